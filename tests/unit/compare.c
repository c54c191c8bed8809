// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests base/compare: things at two times, paired by name and held together. */

#include "base/compare.h"
#include "base/layout.h"
#include "tap.h"

struct part {
	const char *name;
	struct fact_u64 size, used;
};

struct thing {
	const char *name;
	struct fact_bool truth;
	struct fact_i64 node;
	struct fact_u64 count, address;
	struct fact_enum kind;
	struct fact_str text;
	struct fact_list words, sizes, parts, structures;
};

static const struct enum_name kinds[] = { { "one" }, { "two" }, { 0 } };

static const struct field part_fields[] = {
	FIELD(struct part, name, "NAME", F_STR, F_SHOW | F_LABEL, "name"),
	FIELD(struct part, size, "SIZE", F_UINT, F_SHOW, "size"),
	FIELD(struct part, used, "USED", F_UINT, F_SHOW | F_VOLATILE, "in use"),
};

static const struct record part_record = RECORD("parts", "part", "parts", part_fields);

static const struct field fields[] = {
	FIELD(struct thing, name, "NAME", F_STR, F_LABEL, "name"),
	FIELD(struct thing, truth, "TRUTH", F_BOOL, 0, "truth"),
	FIELD(struct thing, node, "NODE", F_INT, 0, "node"),
	FIELD(struct thing, count, "COUNT", F_UINT, 0, "count"),
	FIELD(struct thing, address, "ADDRESS", F_HEX, 0, "address"),
	FIELD(struct thing, kind, "KIND", F_ENUM, 0, "kind", .names = kinds),
	FIELD(struct thing, text, "TEXT", F_STR, 0, "text"),
	FIELD(struct thing, words, "WORDS", F_STRV, 0, "words"),
	FIELD(struct thing, sizes, "SIZES", F_BYTESV, 0, "sizes"),
	FIELD(struct thing, parts, "PARTS", F_RECORDS, 0, "parts",
	      .record = &part_record),
	FIELD(struct thing, structures, "STRUCTURES", F_NODES, 0, "structures"),
};

static const struct record thing_record = RECORD("things", "thing", "things", fields);

static struct arena arena;

/* How one field of two things compares: "equal", "different", "open". */
static const char *compared(const char *key, const struct thing *a, const struct thing *b)
{
	static const char *const words[] = { "equal", "different", "open" };
	const struct field *field = record_find(&thing_record, key, strlen(key));
	enum comparison there = compare_field(field, a, b);

	if (compare_field(field, b, a) != there)
		return "not the same the other way round";
	return words[there];
}

/* Things of these names, a letter each, in an arena that outlives them. */
static struct list things(const char *names)
{
	struct list list = { 0 };

	for (; *names; names++) {
		struct thing *thing = arena_new(&arena, struct thing);

		thing->name = arena_strndup(&arena, names, 1);
		list_add(&arena, &list, thing);
	}
	return list;
}

static void add_place(struct strbuf *text, const struct list *list, const void *object)
{
	LIST_FOR_EACH (list, const struct thing, thing)
		if (thing == object) {
			strbuf_printf(text, "%s%zu", thing->name, thing_at);
			return;
		}
	strbuf_puts(text, "-");
}

/* "a0>- b1>b0": names with their places in both lists. */
static const char *paired(const char *before, const char *after)
{
	struct list old = things(before), new = things(after), pairs = { 0 };
	_cleanup_strbuf_ struct strbuf text = { 0 };

	compare_pair(&arena, &thing_record, &old, &new, record_add_name, &pairs);
	LIST_FOR_EACH (&pairs, const struct pair, pair) {
		strbuf_puts(&text, text.length > 0 ? " " : "");
		add_place(&text, &old, pair->before);
		strbuf_puts(&text, ">");
		add_place(&text, &new, pair->after);
	}
	return arena_strdup(&arena, strbuf_text(&text));
}

static void test_pairs(void)
{
	IS_TEXT(paired("", ""), "", "nothing and nothing");
	IS_TEXT(paired("ab", ""), "a0>- b1>-", "all are gone, in their order");
	IS_TEXT(paired("", "ba"), "->b0 ->a1", "all are new, in their order");
	IS_TEXT(paired("abc", "abc"), "a0>a0 b1>b1 c2>c2", "the same");
	IS_TEXT(paired("cab", "bca"), "b2>b0 c0>c1 a1>a2", "another order");
	IS_TEXT(paired("axb", "bya"), "x1>- b2>b0 ->y1 a0>a2",
		"what is gone comes first, then the order of now");
	IS_TEXT(paired("aab", "aaa"), "b2>- a0>a0 a1>a1 ->a2",
		"of one name the first belongs to the first");
	IS_TEXT(paired("aaa", "a"), "a1>- a2>- a0>a0", "and the others are gone");
}

static void test_plain(void)
{
	struct thing a = { .truth = KNOWN_BOOL(true), .node = KNOWN_I64(-1) }, b = a;

	a.count = b.count = KNOWN_U64(7);
	a.address = b.address = KNOWN_U64(0xfed90000);
	a.kind = b.kind = KNOWN_ENUM(0);
	a.text = KNOWN_STR("one");
	b.text = KNOWN_STR(arena_strdup(&arena, "one"));
	for (size_t i = 1; i < 7; i++)
		IS_TEXT(compared(fields[i].key, &a, &b), "equal", "%s, equal",
			fields[i].key);
	b.truth = KNOWN_BOOL(false);
	b.node = KNOWN_I64(1);
	b.count = KNOWN_U64(8);
	b.address = KNOWN_U64(0x1fed90000);
	b.kind = KNOWN_ENUM(1);
	b.text = KNOWN_STR("One");
	for (size_t i = 1; i < 7; i++)
		IS_TEXT(compared(fields[i].key, &a, &b), "different", "%s, different",
			fields[i].key);
}

static void test_states(void)
{
	static const enum fact_state open[] = { FACT_UNREAD, FACT_DENIED,
						FACT_MALFORMED };
	struct thing a = { .count = KNOWN_U64(0) }, b = a;

	b.count.state = FACT_ABSENT;
	IS_TEXT(compared("count", &a, &b), "different", "0 and no such thing");
	IS_TEXT(compared("count", &b, &b), "equal", "no such thing twice");
	for (size_t i = 0; i < ARRAY_SIZE(open); i++) {
		b.count.state = open[i];
		IS_TEXT(compared("count", &a, &b), "open", "known and state %d", open[i]);
		IS_TEXT(compared("count", &b, &b), "open", "state %d twice", open[i]);
		a.count.state = FACT_ABSENT;
		IS_TEXT(compared("count", &a, &b), "open", "absent and state %d",
			open[i]);
		a.count.state = FACT_KNOWN;
	}
	a.kind = KNOWN_ENUM(0);
	b.kind = KNOWN_ENUM(5);
	IS_TEXT(compared("kind", &a, &b), "open", "a value that the table does not know");
}

static void test_lists(void)
{
	struct thing a = { .words.state = FACT_KNOWN, .sizes.state = FACT_KNOWN }, b = a;
	uint64_t small = 4096, large = 1 << 21, other = 4096;

	IS_TEXT(compared("words", &a, &b), "equal", "two empty lists");
	list_add(&arena, &a.words.list, "x");
	IS_TEXT(compared("words", &a, &b), "different", "one word more");
	list_add(&arena, &b.words.list, arena_strdup(&arena, "x"));
	IS_TEXT(compared("words", &a, &b), "equal", "the same word");
	list_add(&arena, &a.words.list, "y");
	list_add(&arena, &b.words.list, "z");
	IS_TEXT(compared("words", &a, &b), "different", "another word");
	list_add(&arena, &a.sizes.list, &small);
	list_add(&arena, &b.sizes.list, &other);
	IS_TEXT(compared("sizes", &a, &b), "equal", "the same size");
	list_add(&arena, &a.sizes.list, &large);
	list_add(&arena, &b.sizes.list, &small);
	IS_TEXT(compared("sizes", &a, &b), "different", "another size");
	b.words.state = FACT_ABSENT;
	IS_TEXT(compared("words", &a, &b), "different", "a list and none");
	b.words.state = FACT_DENIED;
	IS_TEXT(compared("words", &a, &b), "open", "a list that may not be read");
}

static void test_records(void)
{
	struct part p = { "p", KNOWN_U64(1), KNOWN_U64(1) }, q = p, r = p;
	struct part o = { "o", KNOWN_U64(1), KNOWN_U64(1) };
	struct thing a = { .parts.state = FACT_KNOWN }, b = a;

	list_add(&arena, &a.parts.list, &p);
	list_add(&arena, &b.parts.list, &q);
	IS_TEXT(compared("parts", &a, &b), "equal", "a part like another");
	q.used = KNOWN_U64(99);
	IS_TEXT(compared("parts", &a, &b), "equal", "what moves by itself moved");
	q.size.state = FACT_DENIED;
	IS_TEXT(compared("parts", &a, &b), "open", "a size that may not be read");
	q.name = "q";
	IS_TEXT(compared("parts", &a, &b), "different", "and yet another name decides");
	q = p;
	q.size.state = FACT_DENIED;
	list_add(&arena, &a.parts.list, &r);
	list_add(&arena, &b.parts.list, &o);
	IS_TEXT(compared("parts", &a, &b), "different",
		"something open, and behind it something that differs");
}

static void test_structures(void)
{
	static const struct layout layout = { .type = 1, .name = "S", .size = 2 };
	static const unsigned char one[] = { 1, 2, 3, 4 }, two[] = { 9, 1, 2, 3, 5 };
	struct thing a = { .structures.state = FACT_KNOWN }, b = a;

	layout_add(&arena, &a.structures.list, &layout, one, 0, 3);
	layout_add(&arena, &b.structures.list, &layout, two, 1, 3);
	IS_TEXT(compared("structures", &a, &b), "equal", "the same bytes elsewhere");
	layout_add(&arena, &a.structures.list, &layout, one, 3, 1);
	IS_TEXT(compared("structures", &a, &b), "different", "a structure more");
	layout_add(&arena, &b.structures.list, &layout, two, 4, 1);
	IS_TEXT(compared("structures", &a, &b), "different", "another byte");
}

int main(void)
{
	test_pairs();
	test_plain();
	test_states();
	test_lists();
	test_records();
	test_structures();
	arena_free(&arena);
	return tap_end();
}
