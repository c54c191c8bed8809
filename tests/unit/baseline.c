// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests bench/baseline: documents that are none, partners, and what is a change. */

#include "bench/baseline.h"

#include "output/output.h"
#include "tap.h"

static struct arena arena;
static const char *why;

static int parse(const char *text, struct baseline *ret)
{
	why = NULL;
	return baseline_parse(&arena, text, strlen(text), ret, &why);
}

static void test_refusals(void)
{
	static const struct {
		const char *text, *why;
	} refusals[] = {
		{ "", "it is empty" },
		{ "sense", "no JSON document: unexpected character" },
		{ "{\"results\":[", "the JSON document has no end" },
		{ "{\"results\":[]} {}", "no JSON document: unexpected character" },
		{ "null ", "no object with a list of results, as bench writes it" },
		{ "[]", "no object with a list of results, as bench writes it" },
		{ "{\"results\":{}}",
		  "no object with a list of results, as bench writes it" },
		{ "{\"results\":[7]}", "result 1 is no object" },
		{ "{\"results\":[{}]}", "result 1: workload is missing" },
		{ "{\"results\":[{\"workload\":5}]}", "result 1: workload is no text" },
		{ "{\"results\":[{\"workload\":\"a\\u0000b\"}]}",
		  "result 1: workload is a text with a NUL" },
		{ "{\"results\":[{\"workload\":\"a\"},{\"workload\":\"a\",\"size\":-1}]}",
		  "result 2: size is below 0" },
		{ "{\"results\":[{\"workload\":\"a\",\"size\":1.5}]}",
		  "result 1: size is no whole number" },
		{ "{\"results\":[{\"workload\":\"a\",\"depth\":\"8\"}]}",
		  "result 1: depth is no whole number" },
		{ "{\"results\":[{\"workload\":\"a\",\"p50_ns\":86400000000001}]}",
		  "result 1: p50_ns is larger than it can be" },
		{ "{\"results\":[{\"workload\":\"a\",\"spread_ns\":1e300}]}",
		  "result 1: spread_ns is no whole number" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct baseline baseline = { .duplicates = 7 };

		IS(parse(refusals[i].text, &baseline), -EBADMSG, "refused: %s",
		   refusals[i].text);
		IS_TEXT(why, refusals[i].why, "which is said");
		OK(baseline.duplicates == 7, "and nothing is touched");
	}
}

static void test_sizes(void)
{
	struct baseline baseline = { 0 };
	char *text = xzalloc(BASELINE_CAP + 2);

	memset(text, '[', BASELINE_CAP + 1);
	IS(parse(text, &baseline), -EFBIG, "a document that is too large");
	IS_TEXT(why, "larger than 8 MiB", "which is said");
	text[BASELINE_CAP] = '\0';
	IS(parse(text, &baseline), -EBADMSG, "one that is too deep");
	IS_TEXT(why, "no JSON document: nesting too deep", "which is said");
	memset(text, ' ', BASELINE_CAP);
	memcpy(text, "{\"results\":[]}", strlen("{\"results\":[]}"));
	IS(parse(text, &baseline), 0, "one that is as large as it may be");
	free(text);
	IS(baseline_parse(&arena, "{\"results\":[]}\0{}", 17, &baseline, &why), -EBADMSG,
	   "one with a NUL behind it");
	IS_TEXT(why, "more than one JSON document", "which is said");
	IS(baseline_read(&arena, "/dev/null", &baseline, &why), -EBADMSG,
	   "a file without anything");
	IS(baseline_read(&arena, "/not/there", &baseline, &why), -ENOENT,
	   "a file that is not there");
	IS_TEXT(why, "No such file or directory", "which is said");
}

static struct result make(const char *operation, uint64_t size, uint64_t p50)
{
	return (struct result){
		.workload = "map",
		.backend = "type1",
		.bdf = "0000:01:00.0",
		.device = "edu",
		.operation = operation,
		.backing = KNOWN_STR("4K"),
		.pattern = { .state = FACT_ABSENT },
		.size = KNOWN_U64(size),
		.p50_ns = KNOWN_U64(p50),
		.spread_ns = KNOWN_U64(10),
	};
}

/* What JSON of these results says, as the program writes it. */
static char *written(const struct list *results)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	struct output output = { .stream = stream, .version = "1", .command = "bench" };
	struct sheet sheet = { &result_record, results };

	fputs("{\"system\":{\"hostname\":\"old\",\"kernel\":\"6.1\"},\"results\":[",
	      stream);
	for (size_t i = 0; i < results->count; i++) {
		struct list one = { .items = &results->items[i], .count = 1 };

		sheet.objects = &one;
		fputs(i > 0 ? "," : "", stream);
		jsonl_add(&output, &sheet);
	}
	fputs("]}", stream);
	fclose(stream);
	return text;
}

static void test_partners(void)
{
	struct result before[] = { make("map", 4096, 1000), make("unmap", 4096, 0),
				   make("map", 8192, 50), make("map", 4096, 2000),
				   make("check", 0, 0) };
	struct result today[] = { make("map", 4096, 1500), make("unmap", 4096, 900),
				  make("map", 65536, 70), make("check", 0, 0) };
	struct baseline baseline = { 0 };
	struct comparison comparison;
	struct list list = { 0 }, results = { 0 };
	char *text;

	before[4].p50_ns = today[3].p50_ns = (struct fact_u64){ .state = FACT_ABSENT };
	today[0].bdf = "0000:02:00.0";
	today[0].pattern.state = FACT_UNREAD;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		list_add(&arena, &list, &before[i]);
	for (size_t i = 0; i < ARRAY_SIZE(today); i++)
		list_add(&arena, &results, &today[i]);
	text = written(&list);
	IS(parse(text, &baseline), 0, "what the program writes is read");
	free(text);
	IS(baseline.rows.count, 5, "with all of its rows");
	IS(baseline.duplicates, 1, "of which one came twice");
	baseline_compare(&arena, &baseline, &results, "new", "6.1", &comparison);
	IS(comparison.matched, 2, "results that have a partner");
	IS(comparison.only_today, 1, "that have none in the baseline");
	IS(comparison.only_baseline, 1, "that have none today");
	IS(comparison.slower, 2, "those that are slower");
	IS(today[0].baseline_p50_ns.value, 1000, "of two partners the first counts");
	IS(today[0].change_percent.value, 50, "how much slower");
	OK(today[1].change_percent.state == FACT_ABSENT &&
		   today[1].change.value == CHANGE_SLOWER,
	   "slower than 0 ns has no percentage");
	OK(today[2].change.state == FACT_ABSENT &&
		   today[2].baseline_p50_ns.state == FACT_ABSENT,
	   "nothing is said of what has no partner");
	OK(today[3].change.state == FACT_ABSENT, "nor of what has no figures");
	IS_TEXT(comparison.note,
		"the baseline is of host old, now new; of device 0000:01:00.0, now "
		"0000:02:00.0; 1 results of the baseline came once more, the first "
		"counts",
		"what makes them hard to compare");
	baseline_compare(&arena, &(struct baseline){ 0 }, &results, NULL, NULL,
			 &comparison);
	OK(comparison.matched == 0 && comparison.only_today == 3 && !comparison.note,
	   "an empty baseline has no partners");
}

static void test_changes(void)
{
	enum { NO_SPREAD = 999999 };
	static const struct {
		uint64_t then, spread_then, now, spread_now;
		enum result_change change;
		int percent;
	} changes[] = {
		{ 1000, 10, 1000, 10, CHANGE_NONE, 0 },
		{ 1000, 10, 1020, 10, CHANGE_NONE, 2 }, /* as much as both vary */
		{ 1000, 10, 1021, 10, CHANGE_SLOWER, 2 },
		{ 1000, 10, 979, 10, CHANGE_FASTER, -2 },
		{ 1000, 0, 1010, 0, CHANGE_NONE, 1 }, /* 1 % and no more */
		{ 1000, 0, 1011, 0, CHANGE_SLOWER, 1 },
		{ 20, 0, 21, 0, CHANGE_NONE, 5 }, /* one step of the clock */
		{ 20, 0, 22, 0, CHANGE_SLOWER, 10 },
		{ 200, 0, 199, 0, CHANGE_NONE, -1 }, /* half away from 0 */
		{ 1000, 0, 3000, 2500, CHANGE_NONE, 200 },
		{ 1000, NO_SPREAD, 3000, 0, CHANGE_UNKNOWN, 200 },
		{ 1000, 0, 3000, NO_SPREAD, CHANGE_UNKNOWN, 200 },
		{ 1000, 0, 0, 0, CHANGE_FASTER, -100 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct result before = make("map", 1, changes[i].then);
		struct result today = make("map", 1, changes[i].now);
		const struct result *rows[] = { &before };
		struct baseline baseline = { .sorted = rows, .sorted_count = 1 };
		struct comparison comparison;
		struct list results = { 0 };

		before.spread_ns.value = changes[i].spread_then;
		today.spread_ns.value = changes[i].spread_now;
		if (changes[i].spread_then == NO_SPREAD)
			before.spread_ns.state = FACT_ABSENT;
		if (changes[i].spread_now == NO_SPREAD)
			today.spread_ns.state = FACT_ABSENT;
		list_add(&arena, &results, &today);
		baseline_compare(&arena, &baseline, &results, NULL, NULL, &comparison);
		IS_TEXT(result_change_names[today.change.value].name,
			result_change_names[changes[i].change].name,
			"%llu±%llu, then %llu±%llu", (unsigned long long)changes[i].then,
			(unsigned long long)changes[i].spread_then,
			(unsigned long long)changes[i].now,
			(unsigned long long)changes[i].spread_now);
		IS(today.change_percent.value, changes[i].percent, "in percent");
		IS(comparison.faster, changes[i].change == CHANGE_FASTER, "counted");
	}
}

static void test_extremes(void)
{
	struct result before = make("map", 1, 1), today = make("map", 1, UINT64_MAX);
	const struct result *rows[] = { &before };
	struct baseline baseline = { .sorted = rows, .sorted_count = 1 };
	struct comparison comparison;
	struct list results = { 0 };

	list_add(&arena, &results, &today);
	baseline_compare(&arena, &baseline, &results, NULL, NULL, &comparison);
	OK(today.change_percent.state == FACT_UNREAD, "a percentage that does not fit");
	IS(today.change.value, CHANGE_SLOWER, "is slower all the same");
	today.spread_ns.value = UINT64_MAX;
	baseline_compare(&arena, &baseline, &results, NULL, NULL, &comparison);
	IS(today.change.value, CHANGE_NONE, "spreads that do not fit hide every change");
}

int main(void)
{
	test_refusals();
	test_sizes();
	test_partners();
	test_changes();
	test_extremes();
	arena_free(&arena);
	return tap_end();
}
