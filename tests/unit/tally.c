// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests model/tally: rows become one, lists end, and nothing unknown becomes a number. */

#include "model/tally.h"

#include "tap.h"

static struct arena arena;

static void add(struct list *rows, const char *one, const char *two, uint64_t count)
{
	const struct tally row = {
		.labels = { one, two },
		.count = KNOWN_U64(count),
		.bytes = KNOWN_U64(count * 10),
	};

	tally_add(&arena, rows, &row);
}

/* "a,b=1:10 …" of all rows. */
static const char *show(const struct list *rows)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (rows, const struct tally, row) {
		strbuf_printf(&text, "%s%s,%s", text.length > 0 ? " " : "",
			      row->labels[0] ? row->labels[0] : "-",
			      row->labels[1] ? row->labels[1] : "-");
		if (row->count.state == FACT_KNOWN)
			strbuf_printf(&text, "=%llu",
				      (unsigned long long)row->count.value);
		if (row->bytes.state == FACT_KNOWN)
			strbuf_printf(&text, ":%llu",
				      (unsigned long long)row->bytes.value);
	}
	return arena_strdup(&arena, strbuf_text(&text));
}

static void test_merging(void)
{
	struct list rows = { 0 };

	tally_finish(&arena, &rows, 3, 0);
	IS(rows.count, 0, "nothing comes of nothing");
	add(&rows, "b", "x", 1);
	add(&rows, "a", "x", 2);
	add(&rows, "b", "x", 4);
	add(&rows, "b", "y", 2);
	tally_finish(&arena, &rows, 3, 0);
	IS_TEXT(show(&rows), "b,x=5:50 a,x=2:20 b,y=2:20",
		"the same labels are one row, more come before less");
	rows = (struct list){ 0 };
	add(&rows, NULL, "x", 1);
	add(&rows, "", "x", 1);
	tally_finish(&arena, &rows, 3, 0);
	IS(rows.count, 1, "no label is the same series as an empty one");
}

static void test_limits(void)
{
	struct list rows = { 0 };

	for (uint64_t i = 1; i <= 1000; i++)
		add(&rows, arena_printf(&arena, "%03llu", (unsigned long long)i),
		    i % 2 ? "odd" : "even", i);
	tally_finish(&arena, &rows, 2, 0);
	IS_TEXT(show(&rows),
		"1000,even=1000:10000 999,odd=999:9990 other,-=498501:4985010",
		"what is beyond the limit is one row that says so");
	rows.count = 0;
	for (uint64_t i = 1; i <= 5; i++)
		add(&rows, arena_printf(&arena, "%llu", (unsigned long long)i),
		    i % 2 ? "odd" : "even", i);
	tally_finish(&arena, &rows, 1, 1);
	IS_TEXT(show(&rows), "5,odd=5:50 other,even=6:60 other,odd=4:40",
		"or one for each word of the label that is kept");
	rows.count = 0;
	add(&rows, "other", "mine", 7);
	add(&rows, "a", "x", 1);
	add(&rows, "b", "x", 2);
	tally_finish(&arena, &rows, 1, 0);
	IS_TEXT(show(&rows), "b,x=2:20 other,-=8:80",
		"who is called so is counted with the rest, for a series stands once");
	rows.count = 0;
	add(&rows, "a", "x", 1);
	add(&rows, "b", "x", 2);
	tally_finish(&arena, &rows, 2, 0);
	IS(rows.count, 2, "a list that just fits has no rest");
	rows.count = 0;
	add(&rows, "many", NULL, 100);
	add(&rows, "grave", NULL, 1);
	((struct tally *)rows.items[1])->rank = 1;
	tally_finish(&arena, &rows, 1, 0);
	IS_TEXT(show(&rows), "grave,-=1:10 other,-=100:1000",
		"a higher rank comes before a higher count");
}

static void test_unknown(void)
{
	const struct tally unknown = { .labels = { "a" }, .count.state = FACT_DENIED };
	struct list rows = { 0 };

	add(&rows, "a", NULL, 5);
	tally_add(&arena, &rows, &unknown);
	add(&rows, "b", NULL, UINT64_MAX);
	add(&rows, "b", NULL, 1);
	add(&rows, "c", NULL, 1);
	tally_finish(&arena, &rows, 5, 0);
	IS_TEXT(show(&rows), "c,-=1:10 a,- b,-",
		"a sum with something unknown in it, and one too large, is unknown");
}

static void test_labels(void)
{
	static char longest[4 * TALLY_LABEL_CAP];
	struct list rows = { 0 };
	size_t length;

	add(&rows, "\033[31m\n", NULL, 1);
	tally_finish(&arena, &rows, 1, 0);
	IS_TEXT(show(&rows), "\\x1b[31m\\x0a,-=1:10", "labels are made safe");
	/* A character of two bytes where the label is cut. */
	memset(longest, 'a', TALLY_LABEL_CAP - 1);
	strcat(longest, "\u00e4\u00e4\u00e4");
	rows.count = 0;
	add(&rows, longest, NULL, 1);
	length = strlen(((struct tally *)rows.items[0])->labels[0]);
	IS(length, TALLY_LABEL_CAP - 1, "and cut between two characters");
	strcpy(longest + TALLY_LABEL_CAP - 1, "\u00e4 and another end");
	add(&rows, longest, NULL, 1);
	tally_finish(&arena, &rows, 5, 0);
	IS(rows.count, 1, "what differs behind the cut is one series");
}

int main(void)
{
	test_merging();
	test_limits();
	test_unknown();
	test_labels();
	arena_free(&arena);
	return tap_end();
}
