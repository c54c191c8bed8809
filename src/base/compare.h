/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same things at two times, held against each other by their field tables. */
#pragma once

#include "base/record.h"

/* One thing as it was and as it is; NULL where it was not, or is no longer. */
struct pair {
	const void *before, *after;
};

/*
 * Finds for each object of two lists the other one of the same name. The pairs are in the
 * arena: first those that are gone, in their order, then the others in the order of
 * `after`. Of several of one name the first belongs to the first. `add_name` may be
 * record_add_name().
 */
void compare_pair(struct arena *arena, const struct record *record,
		  const struct list *before, const struct list *after,
		  void (*add_name)(const struct record *record, const void *object,
				   struct strbuf *name),
		  struct list *ret);

enum comparison {
	COMPARED_EQUAL,
	COMPARED_DIFFERENT,
	COMPARED_OPEN, /* one of them is not known: it may be either */
};

/*
 * Whether a field says the same of two objects. That something is absent is known, and
 * so is a difference from what is there. Lists are equal when their items are, in order;
 * records in them by all of their fields but those that move by themselves (F_VOLATILE).
 */
enum comparison compare_field(const struct field *field, const void *before,
			      const void *after);
