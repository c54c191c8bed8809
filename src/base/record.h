/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One description of a record: what its fields are called, mean and hold.
 *
 * The table of a struct stands beside it in model/. Columns, JSON, Prometheus, --help,
 * man pages, completions and the JSON Schema are all drawn from the table, so a new
 * field is one line in one place.
 */
#pragma once

#include "base/fact.h"
#include "base/text.h"

enum field_type {
	F_STR,
	F_BOOL,
	F_INT,	   /* signed count */
	F_UINT,	   /* count */
	F_BYTES,   /* size in bytes */
	F_HEX,	   /* address, register or identifier: a string "0x…" in JSON */
	F_ENUM,	   /* one of field.names */
	F_STRV,	   /* list of strings */
	F_BYTESV,  /* list of sizes */
	F_RECORDS, /* list of field.record */
	F_NODE,	   /* structure of bytes, described by its layout: a list of one */
	F_NODES,   /* list of them */
};

enum field_flags {
	F_SHOW = 1 << 0,      /* a column of the default table */
	F_RIGHT = 1 << 1,     /* aligned to the right */
	F_TRUNC = 1 << 2,     /* may be cut where the terminal is narrow */
	F_TREE = 1 << 3,      /* F_RECORDS drawn as branches below the record */
	F_TEXT_ONLY = 1 << 4, /* a column made of other keys: not in JSON */
	F_NOTE = 1 << 5,      /* on a card: explains the line above */
	F_BANNER = 1 << 6,    /* on a card: stands on top, a line each */
	F_BRANCH = 1 << 7,    /* a column where the record is a branch of another */
	F_GAUGE = 1 << 8,     /* Prometheus gauge; of a list how many it has */
	F_LABEL = 1 << 9,     /* label of every gauge: says which object it is */
	F_WRAP = 1 << 11, /* continued in the lines below where the terminal is narrow */
	F_INFO = 1 << 10, /* label of the record's info metric: may change */
	F_DUMP = 1 << 12, /* follows the line of the record in a dump */
	F_DETAIL = 1 << 13,   /* on a card of a record that is no card by itself */
	F_ASKED = 1 << 14,    /* left out of JSON and trees where nobody filled it in */
	F_OPTIONAL = 1 << 15, /* on a card: left out where it is absent */
	F_CODE = 1 << 16,     /* on a card: a line of its own, never broken */
	F_TABLE = 1 << 17,    /* in no card, which says the same at greater length */
	F_VOLATILE = 1 << 18, /* moves while nothing changes: a count of what is in use */
};

/* How a value should strike the eye; the output chooses the colour. */
enum mood { MOOD_NONE, MOOD_GOOD, MOOD_WARN, MOOD_BAD, MOOD_DIM };

/* The names of an enumeration, by its C value; ends with a NULL name. */
struct enum_name {
	const char *name;
	enum mood mood;
	const char *help;
};

struct value;
struct record;

/* How the C struct holds the field; found out by the compiler, never written by hand. */
enum field_storage {
	STORE_GETTER,
	STORE_TEXT, /* const char *, NULL when absent */
	STORE_BOOL,
	STORE_I64,
	STORE_U64,
	STORE_ENUM,
	STORE_STR,
	STORE_LIST,
};

struct field {
	const char *key;    /* JSON key, snake_case, never renamed */
	const char *column; /* heading, and name for -o */
	enum field_type type;
	unsigned int flags;
	const char *help;
	enum field_storage storage;
	size_t offset;
	unsigned int digits;	       /* F_HEX: at least so many */
	const struct enum_name *names; /* F_ENUM */
	const struct record *record;   /* F_RECORDS */
	const char *gauge;	       /* F_GAUGE: its name, where not RECORD_KEY */
	unsigned int gauge_per; /* the gauge is so many times less: a power of 10 */
	void (*get)(const void *object, struct value *ret);
};

struct record {
	const char *name;     /* plural: the JSON key of a list of them */
	const char *singular; /* "record" of a jsonl line, part of a Prometheus name */
	const char *help;
	const struct field *fields;
	size_t count;
	bool card; /* one object a machine: drawn as a card, not as a table */
	bool dump; /* drawn with all that it consists of, unless columns are chosen */
	/*
	 * Of a list that is a tree, each object behind the one it hangs on: how many
	 * stand above it. NULL where a list is a list.
	 */
	unsigned int (*depth)(const void *object);
};

#define FIELD_STORAGE(S, member)                                                         \
	_Generic(((S *)0)->member,                                                       \
		const char *: STORE_TEXT,                                                \
		struct fact_bool: STORE_BOOL,                                            \
		struct fact_i64: STORE_I64,                                              \
		struct fact_u64: STORE_U64,                                              \
		struct fact_enum: STORE_ENUM,                                            \
		struct fact_str: STORE_STR,                                              \
		struct fact_list: STORE_LIST)

/* FIELD(struct device, bus_master, "BM", F_BOOL, F_SHOW, "…", .names = …) */
#define FIELD(S, member, heading, kind, flag, text, ...)                                 \
	FIELD_AS(S, member, #member, heading, kind, flag, text, ##__VA_ARGS__)

/* The same under a key that is not the member's name. */
#define FIELD_AS(S, member, name, heading, kind, flag, text, ...)                        \
	{                                                                                \
		.key = (name), .column = (heading), .type = (kind), .flags = (flag),     \
		.help = (text), .storage = FIELD_STORAGE(S, member),                     \
		.offset = offsetof(S, member), ##__VA_ARGS__                             \
	}

/* A field that a function makes of others. */
#define FIELD_MADE(name, heading, kind, flag, text, getter, ...)                         \
	{                                                                                \
		.key = (name), .column = (heading), .type = (kind), .flags = (flag),     \
		.help = (text), .storage = STORE_GETTER, .get = (getter), ##__VA_ARGS__  \
	}

#define RECORD(plural, one, text, table, ...)                                            \
	{                                                                                \
		.name = (plural), .singular = (one), .help = (text), .fields = (table),  \
		.count = ARRAY_SIZE(table), ##__VA_ARGS__                                \
	}

/*
 * A field's value in one object; strings and lists belong to the object or to `scratch`.
 */
struct value {
	enum fact_state state;
	enum mood mood;
	union {
		const char *text; /* F_STR, F_ENUM */
		bool truth;
		int64_t number;
		uint64_t count; /* F_UINT, F_BYTES, F_HEX */
		const struct list *list;
	};
	char scratch[192];
};

void record_get(const struct field *field, const void *object, struct value *ret);

/* The field of that key or column heading (case does not matter), or NULL. */
const struct field *record_find(const struct record *record, const char *name,
				size_t length);

/*
 * Adds what tells an object from others of its record: the values of its labels, as a
 * person reads them, between spaces.
 */
void record_add_name(const struct record *record, const void *object,
		     struct strbuf *name);

/*
 * Adds a value as a person reads it: `-` when absent, `?` when unknown. `human` writes
 * sizes as 2M. Text is made safe. F_RECORDS are counted.
 */
void value_add_text(const struct field *field, const struct value *value, bool human,
		    struct strbuf *buf);
