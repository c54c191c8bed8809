/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened between two looks at a machine. */
#pragma once

#include "model/event.h"
#include "model/system.h"

/* What is known of a machine that is being watched, and has been told. */
struct known {
	struct system *system; /* the last look, with what was told since */
	uint64_t seen;	       /* the last uevent that the first look is sure to have */
	struct list pending;   /* names (char *) of functions that came since */
};

/*
 * Applies what the kernel told to what is known, and adds what is news to `ret`. What a
 * look has shown before the kernel's word of it was read is none. A function that came is
 * told by the next look, which shows more of it, or when it goes before that. Events are
 * in the arena; what becomes part of the state is in the system's.
 */
void event_take(struct arena *arena, struct known *known, const struct uevent *uevent,
		struct list *ret);

/*
 * Adds what a new look shows and is not known to `ret`, and puts it in the place of what
 * was known, which the caller frees. `during` has what the kernel told while it went on,
 * struct uevent: of that the look may have seen all, or nothing. Events point into both
 * looks. -EAGAIN where the new look could not see what the old one could: what was known
 * stays then.
 */
int event_look(struct arena *arena, struct known *known, struct system *now,
	       const struct list *during, struct list *ret);

/* Adds all that is known as EVENT_PRESENT. */
void event_present(struct arena *arena, const struct known *known, struct list *ret);

/* An event about an object of a record, which `nested` of it has a list of. */
struct event *event_new(struct arena *arena, enum event_kind kind,
			const struct record *record, const void *object);
