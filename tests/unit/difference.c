// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests analyze/difference: which group is which, and what is told of them. */

#include "analyze/difference.h"

#include "topology.h"

static struct system before;
static struct arena arena;

/* A machine of these functions ("01:00.0 02:00.0") in these groups. */
static void make(const char *functions, const char *groups)
{
	const char *word;
	size_t length;

	start();
	while ((word = next_word(&functions, " ", &length)))
		endpoint(arena_strndup(&machine.arena, word, length), NULL);
	form_groups(groups);
	LIST_FOR_EACH (&machine.groups, struct group, group)
		group->index = group_at;
}

static void make_before(const char *functions, const char *groups)
{
	make(functions, groups);
	system_free(&before);
	before = machine;
	machine = (struct system){ 0 };
}

static struct differences compare(void)
{
	struct differences found = { .arena = &arena };

	analyze_differences(&before, &machine, &found);
	return found;
}

/*
 * What is told of groups but their numbers: "group 1: devices -0000:02:00.0",
 * consequences in parentheses.
 */
static const char *told(void)
{
	struct differences found = compare();
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (&found.list, const struct difference, one) {
		if (!streq(one->record, "group") || known_str(one->field, "id"))
			continue;
		strbuf_printf(&text, "%s%s%s: %s%s", text.length > 0 ? "; " : "",
			      one->follows ? "(" : "", one->what, one->text,
			      one->follows ? ")" : "");
	}
	return arena_strdup(&arena, strbuf_text(&text));
}

/* Which group became which: "0>1 1>-", in the order of the pairs. */
static const char *paired(void)
{
	struct differences found = compare();
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (&found.groups, const struct pair, pair) {
		const struct group *a = pair->before, *b = pair->after;

		strbuf_puts(&text, text.length > 0 ? " " : "");
		if (a)
			strbuf_printf(&text, "%llu", (unsigned long long)a->id.value);
		strbuf_puts(&text, ">");
		if (b)
			strbuf_printf(&text, "%llu", (unsigned long long)b->id.value);
	}
	return arena_strdup(&arena, strbuf_text(&text));
}

/* How many groups have another number, which is told as something that follows. */
static size_t renumbered(void)
{
	struct differences found = compare();
	size_t count = 0;

	LIST_FOR_EACH (&found.list, const struct difference, one)
		count += streq(one->record, "group") && known_str(one->field, "id") &&
			 one->follows;
	return count;
}

#define TWO "01:00.0 02:00.0"
#define FOUR "01:00.0 02:00.0 03:00.0 04:00.0"

static void test_same(void)
{
	make_before(FOUR, "01:00.0|02:00.0 03:00.0|04:00.0");
	make(FOUR, "01:00.0|02:00.0 03:00.0|04:00.0");
	IS_TEXT(paired(), "0>0 1>1 2>2", "the same groups");
	IS_TEXT(told(), "", "of which nothing is told");
	make(FOUR, "04:00.0|02:00.0 03:00.0|01:00.0");
	IS_TEXT(paired(), "2>0 1>1 0>2", "the same under other numbers");
	IS_TEXT(told(), "", "of which nothing is told either");
	IS(renumbered(), 2, "but the numbers, which follow");
	make(FOUR, "01:00.0|03:00.0 02:00.0|04:00.0");
	IS_TEXT(told(), "", "members in another order");
}

static void test_devices_move(void)
{
	make_before("02:00.0 03:00.0", "02:00.0|03:00.0");
	make("01:00.0 02:00.0 03:00.0", "01:00.0|02:00.0|03:00.0");
	IS_TEXT(paired(), ">0 0>1 1>2", "a device in front moves all numbers");
	IS_TEXT(told(), "(group 0: appeared: 0000:01:00.0)",
		"and a group of its own follows from it");
	make("03:00.0", "03:00.0");
	IS_TEXT(paired(), "0> 1>0", "a device that went moves them back");
	IS_TEXT(told(), "(group 0: vanished: 0000:02:00.0)", "with its group");
	make("02:00.0 02:00.1 03:00.0", "02:00.0 02:00.1|03:00.0");
	IS_TEXT(told(), "group 0: devices +0000:02:00.1: new in it: 0000:02:00.1",
		"a device that joins a group is told of");
	make("02:00.0 03:00.0", "02:00.0|");
	IS_TEXT(told(),
		"group 1: devices -0000:03:00.0: split: 0000:03:00.0 is in no "
		"group now",
		"an empty group of the same number is the same group");
}

static void test_split_and_join(void)
{
	make_before(FOUR, "01:00.0 02:00.0 03:00.0|04:00.0");
	make(FOUR, "01:00.0 02:00.0|03:00.0|04:00.0");
	IS_TEXT(paired(), "0>0 >1 1>2", "the larger part is the group");
	IS_TEXT(told(),
		"group 0: devices -0000:03:00.0: split: 0000:03:00.0 is in group 1 now",
		"a split is told of once");
	make(FOUR, "01:00.0 02:00.0 03:00.0 04:00.0");
	IS_TEXT(paired(), "1> 0>0", "a group that joined another is gone");
	IS_TEXT(told(),
		"group 0: devices +0000:04:00.0: joined: 0000:04:00.0 was in group 1 "
		"before",
		"and told of once");
	make(FOUR, "03:00.0|01:00.0 02:00.0|04:00.0");
	IS_TEXT(told(),
		"group 1 (was 0): devices -0000:03:00.0: split: 0000:03:00.0 is in "
		"group 0 now",
		"the number of before stands there where it is another");
}

static void test_swap(void)
{
	make_before(FOUR, "01:00.0 02:00.0|03:00.0 04:00.0");
	make(FOUR, "01:00.0 03:00.0|02:00.0 04:00.0");
	IS_TEXT(paired(), "0>0 1>1", "of equals those that kept their number");
	IS_TEXT(told(),
		"group 0: devices -0000:02:00.0 +0000:03:00.0: split: 0000:02:00.0 is "
		"in group 1 now; joined: 0000:03:00.0 was in group 1 before; "
		"group 1: devices -0000:03:00.0 +0000:02:00.0: split: 0000:03:00.0 is "
		"in group 0 now; joined: 0000:02:00.0 was in group 0 before",
		"two members changed places");
	make(FOUR, "01:00.0 02:00.0 03:00.0|04:00.0");
	IS_TEXT(paired(), "0>0 1>1", "who shares most goes first");
}

static void test_none(void)
{
	make_before(TWO, "01:00.0|02:00.0");
	make(TWO, "01:00.0");
	IS_TEXT(told(),
		"group 1: vanished: 0000:02:00.0: its devices are in no group: no IOMMU "
		"is in charge of them",
		"a device that is there still, without its group");
	machine.groups = (struct list){ 0 };
	machine.groups_state = FACT_DENIED;
	IS_TEXT(told(), "", "groups that may not be listed are no difference");
	OK(compare().uncompared.count > 0, "and counted as not compared");
	make_before("", "");
	make("", "");
	before.groups = machine.groups = (struct list){ 0 };
	IS_TEXT(told(), "", "no groups on either side");
}

/* A machine may say nonsense: one function in two groups, and twice in one. */
static void test_nonsense(void)
{
	make_before(TWO, "01:00.0 02:00.0|02:00.0|02:00.0 02:00.0");
	make(TWO, "01:00.0 02:00.0|02:00.0|02:00.0 02:00.0");
	IS_TEXT(told(), "", "a function in several groups, twice the same");
}

int main(void)
{
	test_same();
	test_devices_move();
	test_split_and_join();
	test_swap();
	test_none();
	test_nonsense();
	system_free(&before);
	system_free(&machine);
	arena_free(&arena);
	return tap_end();
}
