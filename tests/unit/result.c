// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests bench/result: the figures of repetitions, and the keys that programs rely on. */

#include "bench/result.h"

#include "tap.h"

enum { REPETITIONS_MAX = 3 };

static struct histogram repetitions[REPETITIONS_MAX];
static uint64_t elapsed[REPETITIONS_MAX];
static struct arena arena;

static void clear(void)
{
	for (size_t i = 0; i < REPETITIONS_MAX; i++) {
		histogram_clear(&repetitions[i]);
		elapsed[i] = 0;
	}
}

/* Adds a hundred times, from `first` on. */
static void fill(size_t repetition, uint64_t first)
{
	for (uint64_t i = 0; i < 100; i++)
		histogram_add(&repetitions[repetition], first + i);
	elapsed[repetition] = 1000000;
}

static struct result take(size_t count, uint64_t bytes, uint64_t clock_ns)
{
	struct result result = { .workload = "map" };

	result_fill(&arena, &result,
		    &(struct sampling){ .repetitions = repetitions,
					.count = count,
					.elapsed = elapsed,
					.bytes = bytes,
					.clock_ns = clock_ns });
	return result;
}

/* How a figure reads in a table. */
static const char *shown(const struct result *result, const char *key)
{
	static struct strbuf text;
	const struct field *field = record_find(&result_record, key, strlen(key));
	struct value value;

	strbuf_clear(&text);
	if (!field)
		return "no such key";
	record_get(field, result, &value);
	value_add_text(field, &value, false, &text);
	return strbuf_text(&text);
}

static void test_figures(void)
{
	struct result result;

	clear();
	fill(0, 101);
	fill(1, 111);
	fill(2, 121);
	result = take(3, 4096, 20);
	IS_TEXT(shown(&result, "ops"), "300", "operations of all repetitions");
	IS_TEXT(shown(&result, "repetitions"), "3", "which are counted");
	IS_TEXT(shown(&result, "bytes"), "1228800", "bytes of all operations");
	IS_TEXT(shown(&result, "min_ns"), "81", "the shortest, without the clock");
	IS_TEXT(shown(&result, "max_ns"), "200", "the longest, without the clock");
	IS_TEXT(shown(&result, "mean_ns"), "140", "the mean, without the clock");
	IS_TEXT(shown(&result, "p50_ns"), "140", "the median, without the clock");
	IS_TEXT(shown(&result, "spread_ns"), "20", "how far the medians are apart");
	IS_TEXT(shown(&result, "ops_per_s"), "100000", "operations in a second");
	IS_TEXT(shown(&result, "bytes_per_s"), "409600000", "bytes in a second");
	OK(result.times && result.times->count == 300, "times of all repetitions");
	IS(result_percentile(&result, 100), 200, "percentiles are without the clock");
	OK(result.p90_ns.value <= result.p99_ns.value &&
		   result.p99_ns.value <= result.p999_ns.value &&
		   result.p999_ns.value <= result.max_ns.value,
	   "percentiles ascend");
}

static void test_few(void)
{
	struct result result;

	clear();
	fill(1, 11);
	result = take(3, 0, 15);
	IS_TEXT(shown(&result, "repetitions"), "1", "an empty repetition is none");
	IS_TEXT(shown(&result, "spread_ns"), "-", "one repetition has no spread");
	IS_TEXT(shown(&result, "min_ns"), "0", "no time is below 0");
	IS_TEXT(shown(&result, "bytes"), "-", "no bytes where none are moved");
	IS_TEXT(shown(&result, "bytes_per_s"), "-", "nor bytes in a second");
	elapsed[1] = 0;
	result = take(3, 1, 0);
	IS_TEXT(shown(&result, "ops_per_s"), "-", "no rate without a time");
	IS_TEXT(shown(&result, "bytes_per_s"), "-", "nor one of bytes");
}

static void test_nothing(void)
{
	static const char *const keys[] = {
		"ops",	     "bytes",	  "repetitions", "min_ns",  "mean_ns",
		"p50_ns",    "p90_ns",	  "p99_ns",	 "p999_ns", "max_ns",
		"spread_ns", "ops_per_s", "bytes_per_s",
	};
	struct result result;

	clear();
	for (size_t count = 0; count <= 1; count++) {
		size_t wrong = 0;

		result = take(count, 4096, 20);
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			wrong += strcmp(shown(&result, keys[i]), "-") != 0;
		IS(wrong, 0, "%zu empty repetitions: all figures are absent", count);
		OK(!result.times, "and there are no times");
	}
	IS(result_percentile(&result, 50), 0, "nor percentiles");
}

static void test_large(void)
{
	struct result result;

	clear();
	histogram_add(&repetitions[0], UINT64_MAX);
	histogram_add(&repetitions[0], UINT64_MAX);
	elapsed[0] = 1;
	result = take(1, UINT64_MAX, 7);
	OK(result.max_ns.value == UINT64_MAX - 7, "the longest time there can be");
	IS_TEXT(shown(&result, "mean_ns"), "?", "a sum that does not fit has no mean");
	IS_TEXT(shown(&result, "bytes"), "?", "bytes that do not fit are unknown");
	IS_TEXT(shown(&result, "bytes_per_s"), "?", "so is their rate");
	IS_TEXT(shown(&result, "ops_per_s"), "2000000000", "the other rate is known");
}

static void test_keys(void)
{
	static const char *const keys[] = {
		"workload", "backend", "bdf",	    "size",	   "page_size",
		"window",   "ops",     "min_ns",    "p50_ns",	   "p99_ns",
		"p999_ns",  "max_ns",  "ops_per_s", "bytes_per_s", "verdict",
	};
	size_t missing = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct field *field =
			record_find(&result_record, keys[i], strlen(keys[i]));

		missing += !field || strcmp(field->key, keys[i]) != 0 ||
			   field->flags & (F_ASKED | F_TEXT_ONLY);
	}
	IS(missing, 0, "the keys that are promised are in every result");
	IS_TEXT(result_record.name, "results", "results");
	IS_TEXT(environment_record.name, "environment", "environment");
	OK(environment_record.card, "which is a card");
}

int main(void)
{
	test_figures();
	test_few();
	test_nothing();
	test_large();
	test_keys();
	arena_free(&arena);
	return tap_end();
}
