/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts: values that know whether they are known.
 *
 * All zero means that nobody looked. A fact becomes `no` only when the machine said so.
 */
#pragma once

#include "base/alloc.h"

enum fact_state {
	FACT_UNREAD = 0, /* nobody could look, or nobody did */
	FACT_KNOWN,
	FACT_ABSENT,	/* looked, and the machine has no such thing */
	FACT_DENIED,	/* the kernel refused to say */
	FACT_MALFORMED, /* it said something that makes no sense */
};

struct fact_bool {
	enum fact_state state;
	bool value;
};

struct fact_i64 {
	enum fact_state state;
	int64_t value;
};

struct fact_u64 {
	enum fact_state state;
	uint64_t value;
};

struct fact_enum {
	enum fact_state state;
	int value;
};

struct fact_str {
	enum fact_state state;
	const char *value;
};

/* Items are strings, pointers to uint64_t, or records: the field table says which. */
struct fact_list {
	enum fact_state state;
	struct list list;
};

#define KNOWN_BOOL(v) ((struct fact_bool){ FACT_KNOWN, (v) })
#define KNOWN_I64(v) ((struct fact_i64){ FACT_KNOWN, (v) })
#define KNOWN_U64(v) ((struct fact_u64){ FACT_KNOWN, (v) })
#define KNOWN_ENUM(v) ((struct fact_enum){ FACT_KNOWN, (v) })
#define KNOWN_STR(v) ((struct fact_str){ FACT_KNOWN, (v) })

static inline bool known_true(struct fact_bool fact)
{
	return fact.state == FACT_KNOWN && fact.value;
}

static inline bool known_false(struct fact_bool fact)
{
	return fact.state == FACT_KNOWN && !fact.value;
}

/* The text, or NULL where it is not known. */
static inline const char *known_text(struct fact_str fact)
{
	return fact.state == FACT_KNOWN ? fact.value : NULL;
}

/* Known and equal to text. */
static inline bool known_str(struct fact_str fact, const char *text)
{
	return fact.state == FACT_KNOWN && streq(fact.value, text);
}

/* What a failed look means for the fact; error is a negative errno or 0. */
static inline enum fact_state fact_state_of(int error)
{
	switch (-error) {
	case 0:
		return FACT_KNOWN;
	case ENOENT:
		return FACT_ABSENT;
	case EACCES:
	case EPERM:
		return FACT_DENIED;
	case ENODATA: /* a snapshot that did not capture the file */
	case ENODEV:  /* the device went away under our eyes */
	case ENXIO:
		return FACT_UNREAD;
	default:
		return FACT_MALFORMED;
	}
}
