/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is otherwise on one machine than on another, or than it was. */
#pragma once

#include "base/record.h"

enum change { CHANGE_APPEARED, CHANGE_VANISHED, CHANGE_CHANGED };

/* What a difference does to the protection of memory, where that is certain. */
enum protection { PROTECTION_LESS, PROTECTION_MORE, PROTECTION_UNTOLD };

struct difference {
	const char *record;	/* which kind of thing, by the name of one of them */
	struct fact_str object; /* its name; absent where there is one a machine */
	struct fact_enum change;
	struct fact_str field; /* key, or check; absent where the whole came or went */
	struct fact_str before, after;
	struct fact_str meaning; /* absent where no analysis knows */
	struct fact_enum protection;

	const char *what, *text; /* for people: the thing, and how it differs */
	const char *
		moved; /* what of a list came and went; NULL where that does not say it */
	bool follows;  /* from another difference that is told, or moves by itself */
};

/* What could not be held against each other. */
struct uncompared {
	const char *record;
	const char *field; /* key; NULL for whether there is such a thing at all */
	size_t before, after, both; /* objects of which one side, or none, knows it */
};

extern const struct record difference_record;
