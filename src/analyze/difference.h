/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two machines, or two looks at one, and what that means. */
#pragma once

#include "base/compare.h"
#include "model/difference.h"
#include "model/system.h"

struct differences {
	struct arena *arena; /* of all that is added; strings may be the systems' */
	const struct system *before, *after;
	struct list list;	/* struct difference, in the order of the records */
	struct list uncompared; /* struct uncompared */
	struct list groups;	/* struct pair of struct group */
	size_t compared;	/* what both sides know, and is there on one */
};

/*
 * Compares all that commands show of two systems, each with analyze_isolation() and
 * analyze_firmware() done; those have to outlive the result. What follows from something
 * else that is told is marked so, and what one side does not know is no difference but
 * counted among `uncompared`. `ret` comes with its arena set, else zero.
 */
void analyze_differences(const struct system *before, const struct system *after,
			 struct differences *ret);

/* For its parts, and for what other layers have to compare. */

/* What is compared of a record, beyond its field table. */
struct compared_record {
	const struct record *record;
	const char *first;    /* key of the field that is compared before the others */
	const char *shown[3]; /* keys of what describes an object that came or went */
	const char *why; /* key of the text that says what it means that it is there */
	bool reasons;	 /* what a field KEY_why says is part of the meaning */
	/* May be NULL: record_add_name(), and things of one name are one thing. */
	void (*add_name)(const struct record *record, const void *object,
			 struct strbuf *name);
	bool (*is_other)(const void *before, const void *after);
};

/* Adds one; texts may be NULL for absent. What it means is told by the table. */
struct difference *difference_add(struct differences *to, const char *record,
				  const char *object, enum change change,
				  const char *field, const char *before,
				  const char *after);

/* Adds a sentence to what it means; NULL adds nothing. */
void difference_mean(struct differences *to, struct difference *difference,
		     const char *sentence);

/* Writes `what` and `text`; the last thing that is done to it. */
void difference_finish(struct differences *to, struct difference *difference);

/* One thing or a list of them, either side NULL where it is not there. */
void compare_one(struct differences *to, const struct compared_record *how,
		 const char *name, const void *before, const void *after);
void compare_many(struct differences *to, const struct compared_record *how,
		  const struct list *before, enum fact_state before_state,
		  const struct list *after, enum fact_state after_state);

/* Counts something that one side does not know, or neither. */
void difference_count_open(struct differences *to, const char *record, const char *field,
			   bool before, bool after);

/* Whether a field of such a record is compared at all. */
bool difference_is_asked(const struct compared_record *how, const struct field *field);

/* Marks those of one object, which has all from `from` on, that follow from others. */
void mark_followers(struct differences *to, size_t from);

/* Whether a difference of that field ("device.driver", with '*') is told since `from`. */
bool difference_told(const struct differences *to, size_t from, const char *pattern);

/* "a, b"; "none" for none. */
const char *join_texts(struct arena *arena, const struct list *texts);

void compare_tables(struct differences *to);
/* Pairs groups by their members, for their numbers say nothing: to->groups. */
void pair_groups(struct differences *to);
void compare_groups(struct differences *to);
void compare_regions(struct differences *to);

/*
 * What the table of meanings knows: sets meaning and protection. Lists are asked for by
 * what went and came. Objects may be NULL.
 */
void explain_difference(struct differences *to, struct difference *difference,
			const struct list *went, const struct list *came,
			const void *after);
