/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bounds-checked walk over bytes that somebody else wrote.
 *
 * Reading past the end gives zero and sets `failed`, which stays set: a decoder reads a
 * whole structure and looks once at the end.
 */
#pragma once

#include "base/bits.h"
#include "base/util.h"

struct cursor {
	const unsigned char *bytes;
	size_t size;
	size_t at;
	bool failed;
};

#define CURSOR(b, s) ((struct cursor){ .bytes = (b), .size = (s) })

static inline size_t cursor_left(const struct cursor *cursor)
{
	return cursor->size - cursor->at;
}

/* Goes to an offset from the beginning; one past the last byte is allowed. */
static inline void cursor_seek(struct cursor *cursor, size_t at)
{
	if (at > cursor->size) {
		cursor->failed = true;
		at = cursor->size;
	}
	cursor->at = at;
}

/* The next `size` bytes (1, 2, 4 or 8) as a little-endian integer. */
static inline uint64_t cursor_le(struct cursor *cursor, unsigned int size)
{
	uint64_t value;

	if (cursor_left(cursor) < size) {
		cursor->failed = true;
		cursor->at = cursor->size;
		return 0;
	}
	value = read_le(cursor->bytes + cursor->at, size);
	cursor->at += size;
	return value;
}

/* The integer of `size` bytes at an offset from the beginning. */
static inline uint64_t cursor_le_at(struct cursor *cursor, size_t at, unsigned int size)
{
	cursor_seek(cursor, at);
	return cursor_le(cursor, size);
}
