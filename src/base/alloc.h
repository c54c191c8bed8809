/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory: an arena for everything that lives as long as the model, and growing lists.
 *
 * No function here returns NULL. What dmascope reads is capped at the door, so running
 * out of memory means that the machine itself has none left; the program then says so
 * and exits with 2. Every other error of the program is returned, never fatal.
 */
#pragma once

#include "base/util.h"

struct arena_chunk;

/* All zero is an empty arena. Everything allocated from it is freed by arena_free(). */
struct arena {
	struct arena_chunk *chunks;
};

void arena_free(struct arena *arena);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) _printf_(2, 3);
void *arena_memdup(struct arena *arena, const void *bytes, size_t length);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* A growing list of pointers in an arena. All zero is the empty list. */
struct list {
	void **items;
	size_t count;
	size_t capacity;
};

void list_add(struct arena *arena, struct list *list, const void *item);

/* Visits every item of a list in order. */
#define LIST_FOR_EACH(list, type, item)                                                  \
	for (size_t item##_at = 0; item##_at < (list)->count; item##_at = (list)->count) \
		for (type * item; item##_at < (list)->count &&                           \
				  (item = (list)->items[item##_at], true);               \
		     item##_at++)

/* realloc() and friends that never return NULL. */
void *xzalloc(size_t size);
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text);
