// SPDX-License-Identifier: GPL-2.0-or-later
/* What is otherwise on one machine than on another, or than it was. */

#include "model/difference.h"

static const struct enum_name change_names[] = {
	[CHANGE_APPEARED] = { "appeared", MOOD_NONE, "it was not there before" },
	[CHANGE_VANISHED] = { "vanished", MOOD_NONE, "it is no longer there" },
	[CHANGE_CHANGED] = { "changed", MOOD_NONE, "a field of it has another value" },
	{ 0 },
};

static const struct enum_name protection_names[] = {
	[PROTECTION_LESS] = { "less", MOOD_BAD, "devices may reach more than before" },
	[PROTECTION_MORE] = { "more", MOOD_GOOD, "devices may reach less than before" },
	{ 0 },
};

/* The colour is that of what it does to the protection. */
static void get_text(const void *object, struct value *ret)
{
	const struct difference *difference = object;

	ret->text = difference->text;
	ret->state = ret->text ? FACT_KNOWN : FACT_UNREAD;
	if (difference->protection.state == FACT_KNOWN)
		ret->mood = protection_names[difference->protection.value].mood;
}

static const struct field fields[] = {
	FIELD(struct difference, what, "WHAT", F_STR, F_SHOW | F_TEXT_ONLY,
	      "record and object: which thing it is"),
	FIELD_MADE("difference", "DIFFERENCE", F_STR, F_SHOW | F_WRAP | F_TEXT_ONLY,
		   "how it differs, and what that means", get_text),
	FIELD_AS(struct difference, record, "kind", "KIND", F_STR, 0,
		 "kind of thing: status, device, group and so on"),
	FIELD(struct difference, object, "OBJECT", F_STR, 0,
	      "name of the thing; absent where a machine has one"),
	FIELD(struct difference, field, "FIELD", F_STR, 0,
	      "key of the field that changed, or a finding's check; absent where the "
	      "whole "
	      "thing came or went"),
	FIELD(struct difference, change, "CHANGE", F_ENUM, 0, "what became of it",
	      .names = change_names),
	FIELD(struct difference, before, "BEFORE", F_STR, F_TRUNC,
	      "value on the first machine; absent where there was none"),
	FIELD(struct difference, after, "AFTER", F_STR, F_TRUNC,
	      "value on the second machine; absent where there is none"),
	FIELD(struct difference, meaning, "MEANING", F_STR, F_WRAP,
	      "what that means; absent where dmascope cannot tell"),
	FIELD(struct difference, protection, "PROTECTION", F_ENUM, 0,
	      "whether memory is protected less or more; absent where that is open",
	      .names = protection_names),
};

const struct record difference_record =
	RECORD("differences", "difference",
	       "what differs between two machines, or between two looks at one", fields);
