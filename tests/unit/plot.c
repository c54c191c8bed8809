// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests output/plot and scale: ticks, strange numbers, hostile names, sound XML. */

#include "output/plot.h"

#include <locale.h>
#include <math.h>

#include "output/scale.h"
#include "tap.h"

static struct arena arena;

static void add_series(struct plot *plot, const char *name,
		       const struct plot_point *points, size_t count)
{
	struct plot_series *series = arena_new(&arena, struct plot_series);

	*series = (struct plot_series){ name, points, count };
	list_add(&arena, &plot->series, series);
}

static char *text_of(const struct plot *plot, unsigned int width, bool utf8, bool color)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	plot_write_text(stream, plot, width, utf8, color);
	fclose(stream);
	return text;
}

static char *svg_of(const struct list *plots)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	plot_write_svg(stream, plots);
	fclose(stream);
	return text;
}

/* Reads the name of an element; returns its length. */
static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz");
}

/* Is each element ended in its order, and each & one of the five that XML knows? */
static bool is_sound(const char *xml)
{
	const char *open[32];
	size_t depth = 0, elements = 0;

	for (const char *p = xml; *p; p++) {
		const char *end;

		if (*p == '&' && !starts_with(p, "&lt;") && !starts_with(p, "&gt;") &&
		    !starts_with(p, "&amp;") && !starts_with(p, "&quot;"))
			return false;
		if ((unsigned char)*p < ' ' && *p != '\n')
			return false;
		if (*p != '<' || p[1] == '?')
			continue;
		end = strchr(p, '>');
		if (!end || memchr(p + 1, '<', (size_t)(end - p) - 1))
			return false;
		elements++;
		if (p[1] == '/') {
			size_t length = name_length(p + 2);

			if (depth == 0 || strncmp(open[--depth], p + 2, length) != 0)
				return false;
		} else if (end[-1] != '/') {
			if (depth == ARRAY_SIZE(open))
				return false;
			open[depth++] = p + 1;
		}
		p = end;
	}
	return depth == 0 && elements > 2;
}

/* What no drawing has: numbers that are none, and bytes that a terminal obeys. */
static bool is_clean(const char *text, bool color)
{
	return !strstr(text, "nan") && !strstr(text, "inf") && !strstr(text, "NaN") &&
	       (color || !strchr(text, '\033'));
}

static size_t widest_line(const char *text)
{
	size_t widest = 0, columns = 0;

	for (; *text; text++) {
		columns = *text == '\n'
				  ? 0
				  : columns + (((unsigned char)*text & 0xc0) != 0x80);
		widest = MAX(widest, columns);
	}
	return widest;
}

/* Draws it in every way there is; the name says what is strange about it. */
static void test_drawings(const char *name, const struct plot *plot)
{
	static const unsigned int widths[] = { 0, 1, 40, 80, 200, 100000 };
	struct list plots = { 0 };
	size_t wrong = 0, wide = 0;
	char *svg;

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		for (unsigned int how = 0; how < 4; how++) {
			char *text = text_of(plot, widths[i], how & 1, how & 2);
			unsigned int width = widths[i] ? widths[i] : 80;

			width = MIN(MAX(width, 40U), 400U);
			wrong += !is_clean(text, how & 2) || !*text;
			wide += !(how & 2) && widest_line(text) > width;
			free(text);
		}
	IS(wrong, 0, "%s: as text", name);
	IS(wide, 0, "%s: as wide as it may be", name);
	list_add(&arena, &plots, plot);
	list_add(&arena, &plots, plot);
	svg = svg_of(&plots);
	OK(is_sound(svg) && is_clean(svg, false), "%s: as SVG", name);
	free(svg);
}

/* The same points on axes of every kind. */
static void test_points(const char *name, const struct plot_point *points, size_t count)
{
	for (int unit = PLOT_PLAIN; unit <= PLOT_PERCENT; unit++)
		for (int log = 0; log <= 1; log++) {
			struct plot plot = {
				.title = name,
				.x = { "x", (enum plot_unit)unit, log },
				.y = { "y", (enum plot_unit)unit, log },
			};

			add_series(&plot, "one", points, count);
			add_series(&plot, "two", points, count / 2);
			test_drawings(arena_printf(&arena, "%s, unit %d%s", name, unit,
						   log ? ", log" : ""),
				      &plot);
		}
}

#define POINTS(...)                                                                      \
	((const struct plot_point[]){ __VA_ARGS__ }),                                    \
		ARRAY_SIZE(((const struct plot_point[]){ __VA_ARGS__ }))

static void test_strange_numbers(void)
{
	test_points("no points", NULL, 0);
	test_points("one point", POINTS({ 4096, 1000 }));
	test_points("one point at 0", POINTS({ 0, 0 }));
	test_points("equal ones", POINTS({ 5, 7 }, { 5, 7 }, { 5, 7 }));
	test_points("the log of 0 and less", POINTS({ 0, 0 }, { -1, -5 }, { 8, 100 }));
	test_points("very large", POINTS({ 1, 1 }, { 1.8e19, 1.8e19 }, { 1e300, 1e300 }));
	test_points("both ends", POINTS({ -1e308, -1e308 }, { 1e308, 1e308 }));
	test_points("very small", POINTS({ 1e-320, 1e-320 }, { 2e-320, 1e-300 }));
	test_points("very near", POINTS({ 1, 1 }, { 1 + 1e-15, 1 + 1e-15 }));
	test_points("no numbers", POINTS({ (double)NAN, 1 }, { 1, (double)INFINITY }));
	test_points("a gap", POINTS({ 1, 1 }, { (double)NAN, 1 }, { 100, 100 }));
	test_points("percents", POINTS({ 0, 1 }, { 99.9, 5 }, { 100, 7 }, { 200, 9 }));
}

static void test_names(void)
{
	static const char *const names[] = {
		"</text><script>alert(1)</script>",
		"a & b \"quoted\" 'too'",
		"\033[31mred\033]0;title\a",
		"\xff\xfe\xc3",
		"not a letter: \xef\xbf\xbe \xef\xbf\xbf",
		"Z\xc3\xbcrich \xe2\x80\xae right to left",
		"]]> <!-- ",
		NULL,
		"",
		"a very long name that goes on and on until nobody knows any more what "
		"it "
		"was that it was meant to be the name of, and then some",
	};
	struct plot plot = { .x = { .unit = PLOT_BYTES, .log = true } };

	test_drawings("a plot without anything", &plot);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		plot.title = plot.x.label = plot.y.label = names[i];
		add_series(&plot, names[i], POINTS({ 4096, 10 }, { 65536, 20 }));
		test_drawings(names[i] ? arena_printf(&arena, "name %zu", i) : "no name",
			      &plot);
	}
}

static void test_many(void)
{
	static struct plot_point points[5000];
	struct plot plot = { .title = "many" };
	char *first, *again;

	for (size_t i = 0; i < ARRAY_SIZE(points); i++)
		points[i] = (struct plot_point){ (double)i, (double)(i * i % 977) };
	for (size_t i = 0; i < 50; i++)
		add_series(&plot, "one of many", points, ARRAY_SIZE(points) / (i + 1));
	test_drawings("fifty series", &plot);
	first = text_of(&plot, 80, true, false);
	again = text_of(&plot, 80, true, false);
	IS_TEXT(again, first, "the same is drawn twice");
	free(first);
	free(again);
}

/* Where ticks are, in words. */
static const char *ticks(enum plot_unit unit, bool log, double low, double high,
			 size_t max)
{
	static struct strbuf text;
	const struct plot_point points[] = { { low, low }, { high, high } };
	struct plot plot = { .x = { NULL, unit, log } };
	struct scale scale;

	strbuf_clear(&text);
	add_series(&plot, NULL, points, 2);
	if (!scale_make(&scale, &plot, false, max))
		return "none";
	for (size_t i = 0; i < scale.tick_count; i++) {
		strbuf_puts(&text, i > 0 ? "," : "");
		scale_add_number(unit, scale.ticks[i], &text);
	}
	return strbuf_text(&text);
}

static void test_ticks(void)
{
	IS_TEXT(ticks(PLOT_BYTES, true, 4096, 65536, 8), "4K,8K,16K,32K,64K",
		"bytes: every power of two");
	IS_TEXT(ticks(PLOT_BYTES, true, 4096, 1 << 30, 8), "4K,64K,1M,16M,256M",
		"bytes: some of them");
	IS_TEXT(ticks(PLOT_BYTES, true, 1, 0x1p60, 8), "1,1K,1M,1G,1T,1P,1E",
		"bytes: every tenth");
	IS_TEXT(ticks(PLOT_NANOSECONDS, true, 600, 1700, 6), "500 ns,1 us,2 us",
		"times: 1, 2, 5");
	IS_TEXT(ticks(PLOT_NANOSECONDS, true, 3, 2e6, 7),
		"10 ns,100 ns,1 us,10 us,100 us,1 ms", "times: powers of ten");
	IS_TEXT(ticks(PLOT_PLAIN, false, 0, 10, 6), "0,2,4,6,8,10", "even steps");
	IS_TEXT(ticks(PLOT_PLAIN, false, 0, 30000, 4), "0,10k,20k,30k", "with a letter");
	IS_TEXT(ticks(PLOT_BYTES, false, 0, 3 << 20, 8), "0,512K,1M,1.5M,2M,2.5M,3M",
		"steps of bytes are powers of two");
	IS_TEXT(ticks(PLOT_PERCENT, false, 0, 99.95, 8), "0,50,90,99,99.9", "nines");
	IS_TEXT(ticks(PLOT_PERCENT, false, 0, 100, 5), "0,50,90,99,99.9", "not too many");
}

static const char *number(enum plot_unit unit, double value)
{
	static struct strbuf text;

	strbuf_clear(&text);
	scale_add_number(unit, value, &text);
	return strbuf_text(&text);
}

static void test_numbers(void)
{
	IS_TEXT(number(PLOT_NANOSECONDS, 800), "800 ns", "nanoseconds");
	IS_TEXT(number(PLOT_NANOSECONDS, 1234), "1.23 us", "microseconds");
	IS_TEXT(number(PLOT_NANOSECONDS, 999.7), "1 us", "rounded into the next");
	IS_TEXT(number(PLOT_NANOSECONDS, 3e6), "3 ms", "milliseconds");
	IS_TEXT(number(PLOT_NANOSECONDS, 86400e9), "8.64e+04 s", "a day");
	IS_TEXT(number(PLOT_BYTES, 4096), "4K", "bytes");
	IS_TEXT(number(PLOT_PLAIN, 20000), "20k", "thousands");
	IS_TEXT(number(PLOT_PERCENT, 99.99), "99.99", "percent");
}

static void test_places(void)
{
	struct plot plot = { .y = { NULL, PLOT_PLAIN, true } };
	struct scale scale;

	add_series(&plot, NULL, POINTS({ 0, 1 }, { 1, 100 }));
	OK(scale_make(&scale, &plot, true, 6), "an axis from 1 to 100");
	IS(lround(scale_place(&scale, 1) * 1000), 0, "its beginning");
	IS(lround(scale_place(&scale, 10) * 1000), 500, "its middle");
	IS(lround(scale_place(&scale, 100) * 1000), 1000, "its end");
	IS(lround(scale_place(&scale, 0) * 1000), 0, "0 lies at the beginning");
	IS(lround(scale_place(&scale, 1e6) * 1000), 1000, "nothing lies outside");
	plot.y.log = false;
	scale_make(&scale, &plot, true, 6);
	IS(lround(scale_place(&scale, 0) * 1000), 0,
	   "without a logarithm it begins at 0");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_strange_numbers();
	test_names();
	test_many();
	test_ticks();
	test_numbers();
	test_places();
	arena_free(&arena);
	return tap_end();
}
