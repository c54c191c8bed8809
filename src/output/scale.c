// SPDX-License-Identifier: GPL-2.0-or-later
/* From the numbers of a plot to places on paper, and which of them get a tick. */

#include "output/scale.h"

#include <math.h>

/* As many nines as there is room for: 99.9999999 %. */
enum { NINES_MAX = 9 };

bool plot_point_is_finite(const struct plot_point *point)
{
	return isfinite(point->x) && isfinite(point->y);
}

/* As a straight line has it; only what is above 0 has a logarithm. */
static double transform(const struct scale *scale, double number)
{
	if (scale->unit == PLOT_PERCENT) {
		double rest = 1 - MIN(MAX(number, 0.0), 100.0) / 100;

		return rest > 0 ? MIN(-log10(rest), (double)NINES_MAX) : NINES_MAX;
	}
	if (!scale->log)
		return number;
	return log2(number);
}

double scale_place(const struct scale *scale, double number)
{
	double at;

	if (scale->log && !(number > 0))
		return 0;
	/* Halves first: the ends may be further apart than the largest number. */
	at = (transform(scale, number) / 2 - scale->low / 2) /
	     (scale->high / 2 - scale->low / 2);
	return MIN(MAX(at, 0.0), 1.0);
}

void scale_add_number(enum plot_unit unit, double number, struct strbuf *buf)
{
	static const char *const times[] = { " ns", " us", " ms", " s" };
	static const char *const powers[] = { "", "k", "M", "G", "T", "P", "E" };
	const char *const *names = unit == PLOT_NANOSECONDS ? times : powers;
	size_t last =
		unit == PLOT_NANOSECONDS ? ARRAY_SIZE(times) - 1 : ARRAY_SIZE(powers) - 1;
	size_t i = 0;

	if (unit == PLOT_PERCENT) {
		strbuf_printf(buf, "%.10g", number);
		return;
	}
	if (unit == PLOT_BYTES && number >= 0 && number < 1.8e19) {
		strbuf_add_size(buf, (uint64_t)(number + 0.5));
		return;
	}
	/* 999.5 would be rounded to 1e+03. */
	while (i < last && fabs(number) >= 999.5) {
		number /= 1000;
		i++;
	}
	strbuf_printf(buf, "%.*g%s", fabs(number) >= 999.5 ? 4 : 3, number, names[i]);
}

static void add_tick(struct scale *scale, double number)
{
	double at = transform(scale, number);
	double slack = (scale->high - scale->low) * 1e-9;

	if (scale->tick_count < TICKS_MAX && at >= scale->low - slack &&
	    at <= scale->high + slack)
		scale->ticks[scale->tick_count++] = number;
}

/* Powers of two, of which bytes are read best by their tenth: 1K, 1M, 1G. */
static void tick_powers_of_two(struct scale *scale, size_t max)
{
	static const int steps[] = { 1, 2, 4, 5, 10, 20, 40, 100, 400, 2000 };
	size_t i = 0;
	int first;

	scale->low = floor(scale->low + 1e-9);
	scale->high = ceil(scale->high - 1e-9);
	if (scale->high <= scale->low)
		scale->high = scale->low + 1;
	while (i + 1 < ARRAY_SIZE(steps) &&
	       (scale->high - scale->low) / steps[i] + 1 > (double)max)
		i++;
	first = (int)ceil(scale->low / steps[i]) * steps[i];
	for (int at = first; at <= scale->high; at += steps[i])
		add_tick(scale, exp2(at));
}

/* The next of 1, 2, 5, 10 … that is not below a number (or above it, downwards). */
static double round_number(double number, bool up)
{
	double power = pow(10, floor(log10(number) + 1e-12)), part = number / power;
	double rounded;

	if (up)
		rounded = part <= 1.000001   ? 1
			  : part <= 2.000001 ? 2
			  : part <= 5.000001 ? 5
					     : 10;
	else
		rounded = part < 1.999999 ? 1 : part < 4.999999 ? 2 : 5;
	return rounded * power;
}

/* All of 1, 2 and 5 where there is room for them, or only powers of ten. */
static void add_decades(struct scale *scale, int first, int last, int step, bool fine)
{
	static const double parts[] = { 1, 2, 5 };

	scale->tick_count = 0;
	for (int power = first; power <= last; power++)
		for (size_t i = 0;
		     power % step == 0 && i < (fine ? ARRAY_SIZE(parts) : 1); i++)
			add_tick(scale, parts[i] * pow(10, power));
}

static void tick_decades(struct scale *scale, size_t max)
{
	double low = round_number(exp2(scale->low), false);
	double high = round_number(exp2(scale->high), true);
	int first, last, step = 1;

	if (!(low > 1e-300 && high < 1e300)) { /* near the ends of what a double holds */
		scale->high += scale->high > scale->low ? 0 : 1;
		add_tick(scale, exp2((scale->low + scale->high) / 2));
		return;
	}
	if (high <= low)
		high = low * 10;
	scale->low = log2(low);
	scale->high = log2(high);
	first = (int)floor(log10(low) + 1e-9);
	last = (int)ceil(log10(high) - 1e-9);
	add_decades(scale, first, last, 1, true);
	/* Every power of ten, every second, every third: 1 ns, 1 us, 1 ms. */
	for (; scale->tick_count > max; step++)
		add_decades(scale, first, last, step, false);
}

/* Steps of 1, 2 or 5 times a power of ten, of bytes a power of two. */
static void tick_evenly(struct scale *scale, size_t max, bool from_zero)
{
	double step, first;

	if (from_zero && scale->low > 0)
		scale->low = 0;
	if (!(scale->high > scale->low)) {
		double room = scale->low != 0 ? fabs(scale->low) / 2 : 1;

		scale->high = scale->low + room;
		scale->low -= from_zero ? 0 : room;
	}
	step = scale->high / (double)max - scale->low / (double)max;
	if (!(step > 0) || !isfinite(scale->high - scale->low)) {
		scale->ticks[scale->tick_count++] = scale->high;
		return;
	}
	step = scale->unit == PLOT_BYTES ? exp2(ceil(log2(step)))
					 : round_number(step, true);
	if (from_zero && isfinite(ceil(scale->high / step) * step))
		scale->high = ceil(scale->high / step - 1e-9) * step;
	first = ceil(scale->low / step - 1e-9);
	for (size_t i = 0; i <= max + 1; i++)
		add_tick(scale, (first + (double)i) * step);
}

static void tick_percents(struct scale *scale, size_t max)
{
	static const double percents[] = { 0,	  50,	  90,	   99,	     99.9,
					   99.99, 99.999, 99.9999, 99.99999, 99.999999 };

	scale->low = 0;
	scale->high = MAX(scale->high, 1.0);
	for (size_t i = 0; i < ARRAY_SIZE(percents); i++)
		if (scale->tick_count < max)
			add_tick(scale, percents[i]);
}

bool scale_make(struct scale *scale, const struct plot *plot, bool y, size_t ticks_max)
{
	const struct plot_axis *axis = y ? &plot->y : &plot->x;
	size_t points = 0, placed = 0;

	*scale = (struct scale){
		.unit = axis->unit,
		.log = axis->log && axis->unit != PLOT_PERCENT,
	};
	LIST_FOR_EACH (&plot->series, const struct plot_series, series)
		for (size_t i = 0; i < series->count; i++) {
			const struct plot_point *point = &series->points[i];
			double number = y ? point->y : point->x, at;

			if (!plot_point_is_finite(point))
				continue;
			points++;
			if (scale->log && !(number > 0))
				continue;
			at = transform(scale, number);
			scale->low = placed ? MIN(scale->low, at) : at;
			scale->high = placed ? MAX(scale->high, at) : at;
			placed++;
		}
	if (points == 0)
		return false;
	ticks_max = MIN(MAX(ticks_max, (size_t)2), (size_t)TICKS_MAX);
	if (scale->unit == PLOT_PERCENT)
		tick_percents(scale, ticks_max);
	else if (scale->log && scale->unit == PLOT_BYTES)
		tick_powers_of_two(scale, ticks_max);
	else if (scale->log)
		tick_decades(scale, ticks_max);
	else
		tick_evenly(scale, ticks_max, y);
	return true;
}
