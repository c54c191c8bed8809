/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts: structures of bytes as their specification draws them.
 *
 * A const table says where each field of a structure lies, and everything is drawn from
 * it: JSON keys, text, raw bytes and the check of reserved bits. A decoder only finds
 * out where structures begin and end; values are read from the bytes when they are
 * shown, so nothing is copied.
 */
#pragma once

#include "base/bits.h"
#include "base/text.h"

enum layout_kind {
	L_RESERVED, /* bytes that must be zero; not in JSON */
	L_UINT,	    /* count, size, number */
	L_HEX,	    /* address, register, identifier, flags: "0x…" in JSON */
	L_BOOL,	    /* one bit */
	L_TEXT,	    /* characters up to a NUL or the end */
	L_BYTES,    /* bytes as they are, in hexadecimal */
	L_PATH, /* behind a bus, pairs of device and function: [[dev,fn],…] in JSON */
	L_BDF,	/* 16-bit PCI Requester ID: "0x…" in JSON */
	L_UUID, /* 16 bytes, as ACPI's ToUUID writes them */
};

/* The meaning of a value; ends with a NULL name. */
struct layout_name {
	uint64_t value;
	const char *name;
};

enum { LAYOUT_REST = 0 }; /* a size: up to the end of the structure */

struct layout_field {
	const char *key;  /* JSON key: the specification's name in snake_case */
	const char *name; /* as the specification prints it */
	enum layout_kind kind;
	uint16_t offset; /* in the structure */
	uint16_t size;	 /* bytes, LAYOUT_REST, or those of the field that bits are of */
	uint8_t high, low; /* bits of a field above, where `part` is set */
	bool part;	   /* bits high..low of the bytes at offset */
	uint64_t reserved; /* bits that must be zero */
	const struct layout_name *names;
	const char *one_less; /* what is one more than stands there: "bit", "ID" */
	const struct register_bit *features; /* what its bits mean */
};

/* A field that is one bit of those of another one. */
#define LAYOUT_BIT(key, name, offset, size, bit)                                         \
	{                                                                                \
		key, name, L_BOOL, offset, size, bit, bit, true                          \
	}

struct layout {
	uint32_t type;	     /* the number that stands in the structure */
	const char *name;    /* short: "DRHD" */
	const char *title;   /* the specification's heading */
	const char *section; /* where the specification has it */
	const char *list;    /* JSON key under which a parent lists it */
	uint16_t size;	     /* of the fixed part: the least that it may have */
	const struct layout_field *fields;
	uint16_t count;
	const char *lists[5]; /* keys of the lists it may hold, NULL behind the last */
	bool untyped;	      /* without a number: no "type" and "name" in JSON */
};

#define LAYOUT_FIELDS(table) .fields = (table), .count = ARRAY_SIZE(table)

/* One structure found in bytes. */
struct layout_node {
	const struct layout *layout;
	const unsigned char *bytes; /* of the structure's beginning; not owned */
	uint32_t offset;	    /* of the structure in the whole table */
	uint32_t length;	    /* bytes that are really there, capped by the table */
	uint32_t own;		    /* of these, what its own fields may cover */
	uint32_t type;	      /* as it stands there, also where no layout knows it */
	struct list children; /* struct layout_node, in the order of the bytes */
};

/* A new node behind the last of a list; all of its bytes are its own. */
struct layout_node *layout_add(struct arena *arena, struct list *to,
			       const struct layout *layout, const unsigned char *table,
			       uint32_t offset, uint32_t length);

/* Has the structure all of the fields that it must have? */
static inline bool layout_is_whole(const struct layout_node *node)
{
	return node->length >= node->layout->size;
}

/* The layout of a type in a table of `count`, or NULL. */
const struct layout *layout_find(const struct layout *layouts, size_t count,
				 uint32_t type);

/* Bytes of a field that are there: 0 where the structure ends before the field does. */
size_t layout_field_size(const struct layout_node *node,
			 const struct layout_field *field);

/* An integer field's value; false where the structure is too short for it. */
bool layout_number(const struct layout_node *node, const struct layout_field *field,
		   uint64_t *ret);

/* The same by the field's key; `otherwise` where there is none. */
uint64_t layout_value(const struct layout_node *node, const char *key,
		      uint64_t otherwise);

const struct layout_field *layout_find_field(const struct layout *layout,
					     const char *key);

/* Must all bits of a field be zero, and are they? */
bool layout_is_zero_reserve(const struct layout_node *node,
			    const struct layout_field *field);

/* What a value means, or NULL. */
const char *layout_name_of(const struct layout_field *field, uint64_t value);

/*
 * Adds a field's value as a person reads it, safe to show; nothing where the structure
 * is too short.
 */
void layout_add_text(const struct layout_node *node, const struct layout_field *field,
		     struct strbuf *buf);
