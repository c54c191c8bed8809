// SPDX-License-Identifier: GPL-2.0-or-later
/* Which curves the results of a benchmark make. */

#include "cmd/bench-plots.h"

/* More curves of percentiles than that, nobody can read. */
enum { PERCENTILES_MAX = 8, PARTS_MAX = 12 };

/* What makes one measurement another than the next, in the order in which it is named. */
enum part {
	PART_OPERATION,
	PART_BACKING,
	PART_PATTERN,
	PART_DEPTH,
	PART_BACKEND,
	PART_DEVICE,
	PART_THREADS,
	PART_LIVE,
	PART_PAGE_SIZE,
	PART_SIZE,
	PART_WINDOW,
	PARTS,
};

_Static_assert((int)PARTS <= (int)PARTS_MAX, "room for every part");

/* A part of a result as words; "" where there is none. */
static void add_part(const struct result *result, enum part part, struct strbuf *ret)
{
	const char *const texts[] = {
		[PART_OPERATION] = result->operation,
		[PART_BACKING] = known_text(result->backing),
		[PART_PATTERN] = known_text(result->pattern),
		[PART_BACKEND] = result->backend,
		[PART_DEVICE] = result->device,
	};
	const struct {
		struct fact_u64 number;
		const char *name;
		bool size;
	} numbers[PARTS] = {
		[PART_DEPTH] = { result->depth, "depth", false },
		[PART_THREADS] = { result->threads, "threads", false },
		[PART_LIVE] = { result->live, "live", false },
		[PART_PAGE_SIZE] = { result->page_size, "pages of", true },
		[PART_SIZE] = { result->size, "size", true },
		[PART_WINDOW] = { result->window, "window", true },
	};

	if (part < ARRAY_SIZE(texts) && texts[part]) {
		strbuf_puts(ret, texts[part]);
	} else if (numbers[part].name && numbers[part].number.state == FACT_KNOWN) {
		strbuf_printf(ret, "%s ", numbers[part].name);
		if (numbers[part].size)
			strbuf_add_size(ret, numbers[part].number.value);
		else
			strbuf_printf(ret, "%llu",
				      (unsigned long long)numbers[part].number.value);
	}
}

static bool same_part(const struct result *a, const struct result *b, enum part part)
{
	_cleanup_strbuf_ struct strbuf left = { 0 }, right = { 0 };

	add_part(a, part, &left);
	add_part(b, part, &right);
	return streq(strbuf_text(&left), strbuf_text(&right));
}

/* Are the parts of which there is a bit the same? */
static bool same_parts(const struct result *a, const struct result *b, unsigned int parts)
{
	for (unsigned int part = 0; part < PARTS; part++)
		if (parts & 1U << part && !same_part(a, b, (enum part)part))
			return false;
	return true;
}

/* How the results of a workload are drawn. */
struct chart {
	const char *workload; /* NULL: any other */
	const char *title, *x_label, *y_label;
	enum part x;
	unsigned int parts; /* what tells one series from another, at least */
	bool rate;	    /* bytes in a second, not p50 */
	bool tail;	    /* p99 as well */
};

/* Those of one workload stand together, those of any other at the end. */
static const struct chart charts[] = {
	{ "map", "latency by size", "bytes of one operation", "latency (median)",
	  PART_SIZE, 1 << PART_OPERATION | 1 << PART_BACKING, false, false },
	{ "map", "latency by live mappings", "mappings that there are meanwhile",
	  "latency (median)", PART_LIVE, 1 << PART_OPERATION | 1 << PART_BACKING, false,
	  false },
	{ "map", "latency by threads", "threads at once", "latency (median)",
	  PART_THREADS, 1 << PART_OPERATION | 1 << PART_BACKING, false, false },
	{ "dma", "throughput by size", "bytes of one transfer", "bytes per second",
	  PART_SIZE, 1 << PART_OPERATION | 1 << PART_DEPTH, true, false },
	{ NULL, "latency by window", "bytes that addresses are spread over",
	  "latency (median and 99th percentile)", PART_WINDOW,
	  1 << PART_OPERATION | 1 << PART_BACKING | 1 << PART_PATTERN, false, true },
};

static const struct chart *first_chart(const char *workload)
{
	const struct chart *chart = charts;

	while (chart->workload && !streq(chart->workload, workload))
		chart++;
	return chart;
}

static bool get_x(const struct chart *chart, const struct result *result, double *ret)
{
	const struct fact_u64 *fact = chart->x == PART_SIZE	 ? &result->size
				      : chart->x == PART_LIVE	 ? &result->live
				      : chart->x == PART_THREADS ? &result->threads
								 : &result->window;

	*ret = (double)fact->value;
	return fact->state == FACT_KNOWN;
}

static bool get_y(const struct chart *chart, const struct result *result, bool tail,
		  double *ret)
{
	const struct fact_u64 *fact = chart->rate ? &result->bytes_per_s
				      : tail	  ? &result->p99_ns
						  : &result->p50_ns;

	*ret = (double)fact->value;
	return fact->state == FACT_KNOWN;
}

/* Two results of one series at the same x would make a line that jumps. */
static bool is_crowded(const struct list *results, const struct chart *chart,
		       unsigned int parts, unsigned int *ret_part)
{
	LIST_FOR_EACH (results, const struct result, a)
		for (size_t i = 0; i < a_at; i++) {
			const struct result *b = results->items[i];

			if (!same_parts(a, b, parts | 1U << chart->x))
				continue;
			for (unsigned int part = 0; part < PARTS; part++)
				if (!same_part(a, b, (enum part)part)) {
					*ret_part = part;
					return true;
				}
		}
	return false;
}

/* What tells series apart: what the chart says, and as much more as is needed. */
static unsigned int series_parts(const struct list *results, const struct chart *chart)
{
	unsigned int parts = chart->parts | 1U << PART_BACKEND | 1U << PART_DEVICE,
		     part = 0;

	while (is_crowded(results, chart, parts, &part))
		parts |= 1U << part;
	return parts;
}

/* The parts that differ among the results, and at least the operation. */
static const char *series_name(struct arena *arena, const struct list *results,
			       const struct result *result, unsigned int parts,
			       const char *suffix)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	for (unsigned int part = 0; part < PARTS; part++) {
		_cleanup_strbuf_ struct strbuf word = { 0 };
		bool differs = part == PART_OPERATION;

		LIST_FOR_EACH (results, const struct result, other)
			differs = differs || !same_part(result, other, (enum part)part);
		if (!(parts & 1U << part) || !differs)
			continue;
		add_part(result, (enum part)part, &word);
		if (word.length > 0)
			strbuf_printf(&name, "%s%s", name.length > 0 ? " " : "",
				      strbuf_text(&word));
	}
	if (*suffix)
		strbuf_printf(&name, "%s%s", name.length > 0 ? " " : "", suffix);
	return arena_strdup(arena, strbuf_text(&name));
}

static int compare_points(const void *a, const void *b)
{
	const struct plot_point *left = a, *right = b;

	return (left->x > right->x) - (left->x < right->x);
}

/* The points of a series; without two places at least there is no curve. */
static void add_series(struct arena *arena, struct plot *plot, const struct chart *chart,
		       const struct list *members, bool tail, const char *name)
{
	struct plot_series *series = arena_new(arena, struct plot_series);
	struct plot_point *points = arena_alloc(arena, members->count * sizeof(*points));

	LIST_FOR_EACH (members, const struct result, member) {
		struct plot_point point;

		if (get_x(chart, member, &point.x) &&
		    get_y(chart, member, tail, &point.y))
			points[series->count++] = point;
	}
	if (series->count == 0)
		return;
	qsort(points, series->count, sizeof(*points), compare_points);
	if (points[0].x == points[series->count - 1].x)
		return;
	series->name = name;
	series->points = points;
	list_add(arena, &plot->series, series);
}

/* Splits results into lists of those that are alike in these parts. */
static void split(struct arena *arena, const struct list *results, unsigned int parts,
		  struct list *ret)
{
	LIST_FOR_EACH (results, const struct result, result) {
		struct list *found = NULL;

		LIST_FOR_EACH (ret, struct list, members)
			if (!found && same_parts(members->items[0], result, parts))
				found = members;
		if (!found) {
			found = arena_new(arena, struct list);
			list_add(arena, ret, found);
		}
		list_add(arena, found, result);
	}
}

/* Results of which the chart has curves; the others would make names longer. */
static void keep_curves(struct arena *arena, const struct chart *chart,
			const struct list *groups, struct list *ret)
{
	double first, x;

	LIST_FOR_EACH (groups, const struct list, members) {
		bool curve = false;

		LIST_FOR_EACH (members, const struct result, member)
			curve = curve || (get_x(chart, members->items[0], &first) &&
					  get_x(chart, member, &x) && x != first);
		LIST_FOR_EACH (members, const struct result, member)
			if (curve)
				list_add(arena, ret, member);
	}
}

static size_t add_curves(struct arena *arena, const char *workload,
			 const struct chart *chart, const struct list *results,
			 struct list *ret)
{
	struct plot *plot = arena_new(arena, struct plot);
	unsigned int parts = series_parts(results, chart);
	bool bytes = chart->x == PART_SIZE || chart->x == PART_WINDOW;
	struct list groups = { 0 }, kept = { 0 };

	split(arena, results, parts, &groups);
	keep_curves(arena, chart, &groups, &kept);
	plot->title = arena_printf(arena, "%s: %s", workload, chart->title);
	plot->x = (struct plot_axis){ chart->x_label, bytes ? PLOT_BYTES : PLOT_PLAIN,
				      bytes };
	plot->y = (struct plot_axis){ chart->y_label,
				      chart->rate ? PLOT_BYTES : PLOT_NANOSECONDS, true };
	LIST_FOR_EACH (&groups, const struct list, members)
		for (int tail = 0; tail <= (chart->tail ? 1 : 0); tail++)
			add_series(arena, plot, chart, members, tail,
				   series_name(arena, &kept, members->items[0], parts,
					       !chart->tail ? ""
					       : tail	    ? "p99"
							    : "p50"));
	if (plot->series.count == 0)
		return 0;
	list_add(arena, ret, plot);
	return 1;
}

/* The shortest, percentiles as far as there are values beyond, and the longest. */
static void add_percentiles(struct arena *arena, struct plot *plot,
			    const struct result *result, const char *name)
{
	static const double percents[] = { 10,	  25,	  50,	  75,	   90,
					   95,	  99,	  99.5,	  99.9,	   99.95,
					   99.99, 99.995, 99.999, 99.9999, 99.99999 };
	double count = (double)result->times->count;
	struct plot_series *series = arena_new(arena, struct plot_series);
	struct plot_point *points =
		arena_alloc(arena, (ARRAY_SIZE(percents) + 2) * sizeof(*points));

	points[series->count++] =
		(struct plot_point){ 0, (double)result_percentile(result, 0) };
	for (size_t i = 0; i < ARRAY_SIZE(percents); i++)
		if ((100 - percents[i]) / 100 * count >= 0.999)
			points[series->count++] = (struct plot_point){
				percents[i],
				(double)result_percentile(result, percents[i]),
			};
	/* The longest of n is as rare as half of one in n. */
	points[series->count++] = (struct plot_point){
		100 - 50 / count,
		(double)result_percentile(result, 100),
	};
	series->name = name;
	series->points = points;
	list_add(arena, &plot->series, series);
}

/* One of each series, the one with the largest x; all where these are few. */
static void choose(struct arena *arena, const struct chart *chart,
		   const struct list *results, const struct list *groups,
		   struct list *ret)
{
	if (results->count <= PERCENTILES_MAX) {
		*ret = *results;
		return;
	}
	LIST_FOR_EACH (groups, const struct list, members) {
		const struct result *best = members->items[0];
		double best_x = 0, x;

		LIST_FOR_EACH (members, const struct result, member)
			if (get_x(chart, member, &x) && x > best_x) {
				best = member;
				best_x = x;
			}
		list_add(arena, ret, best);
	}
}

static size_t add_tails(struct arena *arena, const char *workload,
			const struct chart *chart, const struct list *results,
			struct list *ret)
{
	struct plot *plot = arena_new(arena, struct plot);
	struct list chosen = { 0 }, timed = { 0 }, groups = { 0 };
	unsigned int parts;

	LIST_FOR_EACH (results, const struct result, result)
		if (result->times && result->times->count > 1)
			list_add(arena, &timed, result);
	if (timed.count == 0)
		return 0;
	parts = series_parts(&timed, chart);
	split(arena, &timed, parts, &groups);
	choose(arena, chart, &timed, &groups, &chosen);
	plot->title = arena_printf(arena, "%s: latency by percentile", workload);
	plot->x = (struct plot_axis){ "percent of operations", PLOT_PERCENT, false };
	plot->y = (struct plot_axis){ "latency", PLOT_NANOSECONDS, true };
	LIST_FOR_EACH (&chosen, const struct result, result)
		add_percentiles(
			arena, plot, result,
			series_name(arena, &chosen, result, parts | 1U << chart->x, ""));
	list_add(arena, ret, plot);
	return 1;
}

static size_t add_workload(struct arena *arena, const char *workload,
			   const struct list *results, struct list *ret)
{
	const struct chart *first = first_chart(workload), *chart = first;
	size_t added = 0;

	do
		added += add_curves(arena, workload, chart, results, ret);
	while (chart->workload && (++chart)->workload &&
	       streq(chart->workload, first->workload));
	return added + add_tails(arena, workload, first, results, ret);
}

size_t bench_plots(struct arena *arena, const struct list *results,
		   struct list *ret_plots)
{
	size_t added = 0;

	LIST_FOR_EACH (results, const struct result, first) {
		struct list same = { 0 };
		bool seen = first->p50_ns.state != FACT_KNOWN || !first->workload;

		for (size_t i = 0; i < first_at && !seen; i++) {
			const struct result *before = results->items[i];

			seen = before->p50_ns.state == FACT_KNOWN && before->workload &&
			       streq(before->workload, first->workload);
		}
		for (size_t i = first_at; i < results->count && !seen; i++) {
			const struct result *other = results->items[i];

			if (other->p50_ns.state == FACT_KNOWN && other->workload &&
			    streq(other->workload, first->workload))
				list_add(arena, &same, other);
		}
		if (same.count > 0)
			added += add_workload(arena, first->workload, &same, ret_plots);
	}
	return added;
}
