// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests cmd/bench-plots: which curves results make, and what these are called. */

#include "cmd/bench-plots.h"

#include <math.h>

#include "tap.h"

static struct arena arena;
static struct list results, plots;

static void clear(void)
{
	results = (struct list){ 0 };
	plots = (struct list){ 0 };
}

static struct result *add(const char *workload, const char *operation, uint64_t p50)
{
	struct result *result = arena_new(&arena, struct result);

	*result = (struct result){
		.workload = workload,
		.operation = operation,
		.backend = "type1",
		.device = "edu",
		.p50_ns = KNOWN_U64(p50),
		.p99_ns = KNOWN_U64(2 * p50),
	};
	list_add(&arena, &results, result);
	return result;
}

/* "title: series, series; …" of every plot, with the points of each. */
static const char *drawn(void)
{
	static struct strbuf text;

	strbuf_clear(&text);
	plots = (struct list){ 0 };
	bench_plots(&arena, &results, &plots);
	LIST_FOR_EACH (&plots, const struct plot, plot) {
		strbuf_printf(&text, "%s[%s]", plot_at > 0 ? "; " : "", plot->title);
		LIST_FOR_EACH (&plot->series, const struct plot_series, series)
			strbuf_printf(&text, " %s=%zu", series->name, series->count);
	}
	return strbuf_text(&text);
}

static void test_window(void)
{
	clear();
	for (uint64_t window = 1 << 20; window >= 4096; window /= 4) {
		struct result *random = add("reach", "read", 500);
		struct result *plain = add("reach", "read", 400);

		random->window = plain->window = KNOWN_U64(window);
		random->backing = plain->backing = KNOWN_STR("4K");
		random->pattern = KNOWN_STR("random");
		plain->pattern = KNOWN_STR("sequential");
	}
	IS_TEXT(drawn(),
		"[reach: latency by window] read random p50=5 read random p99=5 "
		"read sequential p50=5 read sequential p99=5",
		"latency against the window, a series for each pattern");
	if (plots.count == 1) {
		const struct plot *plot = plots.items[0];
		const struct plot_series *series = plot->series.items[0];

		OK(series->points[0].x == 4096 && series->points[4].x == 1 << 20,
		   "its points from left to right");
	}
	/* Depths at the same window are other series, and only then told. */
	for (size_t i = 0; i < 2; i++) {
		struct result *deep = add("reach", "read", 300 + i);

		deep->window = KNOWN_U64(4096 << i);
		deep->backing = KNOWN_STR("4K");
		deep->pattern = KNOWN_STR("random");
		deep->depth = KNOWN_U64(8);
	}
	OK(strstr(drawn(), "read random depth 8 p50=2"), "depths are kept apart: %s",
	   drawn());
}

static void test_map(void)
{
	clear();
	for (uint64_t size = 4096; size <= 1 << 20; size *= 2) {
		add("map", "map", 1000)->size = KNOWN_U64(size);
		add("map", "unmap", 900)->size = KNOWN_U64(size);
	}
	IS_TEXT(drawn(), "[map: latency by size] map=9 unmap=9",
		"mapping: latency against size");
	LIST_FOR_EACH (&results, struct result, result)
		result->window = KNOWN_U64(result->size.value * 2);
	IS_TEXT(drawn(), "[map: latency by size] map=9 unmap=9",
		"what changes along with x does not part a series");
	for (uint64_t live = 10; live <= 1000; live *= 10) {
		struct result *result = add("map", "map", 1000);

		result->size = KNOWN_U64(4096);
		result->live = KNOWN_U64(live);
	}
	IS_TEXT(drawn(),
		"[map: latency by size] map=9 unmap=9; "
		"[map: latency by live mappings] map=3",
		"each series in the plot where it is a curve");
}

static void test_dma(void)
{
	clear();
	for (uint64_t depth = 1; depth <= 4; depth *= 4)
		for (uint64_t size = 64; size <= 4096; size *= 2) {
			struct result *result = add("dma", "copy", 100);

			result->size = KNOWN_U64(size);
			result->depth = KNOWN_U64(depth);
			if (size < 4096)
				result->bytes_per_s = KNOWN_U64(size * 1000);
		}
	IS_TEXT(drawn(), "[dma: throughput by size] copy depth 1=6 copy depth 4=6",
		"transfers: throughput against size; what is not known is no point");
}

static void test_percentiles(void)
{
	static struct histogram times;
	const struct plot_series *series;
	const struct plot *plot;

	histogram_clear(&times);
	for (uint64_t i = 1; i <= 1000; i++)
		histogram_add(&times, i * 100);
	clear();
	for (uint64_t size = 4096; size <= 1 << 20; size *= 2)
		for (size_t i = 0; i < 2; i++) {
			struct result *result = add("map", i ? "unmap" : "map", 1000);

			result->size = KNOWN_U64(size);
			result->times = &times;
			result->clock_ns = 50;
		}
	IS_TEXT(drawn(),
		"[map: latency by size] map=9 unmap=9; [map: latency by percentile] "
		"map=11 unmap=11",
		"of many results the largest of each series has percentiles");
	results.count = 4;
	OK(strstr(drawn(), "map size 4K=11 unmap size 4K=11 map size 8K=11"),
	   "few have them all: %s", drawn());
	plot = plots.items[1];
	series = plot->series.items[0];
	IS(lround(series->points[0].y), 50, "the shortest, without the clock");
	IS(lround(series->points[10].y), 99950, "the longest");
	OK(series->points[10].x > 99.9 && series->points[10].x < 100,
	   "which is beyond all percentiles");
	for (size_t i = 1; i < series->count; i++)
		OK(series->points[i].x > series->points[i - 1].x &&
			   series->points[i].y >= series->points[i - 1].y,
		   "percentile %g is above the one before", series->points[i].x);
}

static void test_nothing(void)
{
	clear();
	IS_TEXT(drawn(), "", "no results, no plots");
	add("isolation", "write-outside", 0)->p50_ns.state = FACT_ABSENT;
	add("map", "map", 5)->size = KNOWN_U64(4096);
	add(NULL, NULL, 5);
	IS_TEXT(drawn(), "", "nor of a check, a single size, or what has no name");
	clear();
	for (size_t i = 0; i < 2; i++) {
		add("map", "map", 5)->size = KNOWN_U64(4096);
		add("map", "map", 6)->size = KNOWN_U64(8192);
	}
	IS_TEXT(drawn(), "[map: latency by size] map=4", "the same twice is one series");
}

int main(void)
{
	test_window();
	test_map();
	test_dma();
	test_percentiles();
	test_nothing();
	arena_free(&arena);
	return tap_end();
}
