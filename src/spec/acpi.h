/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables that describe DMA remapping: the header, the walk over structures, and the
 * registry of decoders.
 *
 * A decoder never fails. What makes no sense is a problem with a stable code, and what
 * can be read beyond it is read.
 */
#pragma once

#include "base/fact.h"
#include "base/layout.h"
#include "base/text.h"

/* Stable codes of problems; names and explanations are in acpi_problem_names. */
enum acpi_code {
	ACPI_TRUNCATED,
	ACPI_SIGNATURE,
	ACPI_CHECKSUM,
	ACPI_TRAILING,
	ACPI_LENGTH_ZERO,
	ACPI_LENGTH_SHORT,
	ACPI_LENGTH_PAST_END,
	ACPI_UNKNOWN_TYPE,
	ACPI_RESERVED,
	ACPI_VALUE,
	ACPI_ALIGNMENT,
	ACPI_RANGE_INVERTED,
	ACPI_RANGE_OPEN,
	ACPI_RANGE_OVERLAP,
	ACPI_INCLUDE_ALL_TWICE,
	ACPI_INCLUDE_ALL_NOT_LAST,
	ACPI_NO_SCOPE,
	ACPI_DUPLICATE,
	ACPI_DISAGREE,
	ACPI_REFERENCE,
	ACPI_LOOP,
	ACPI_COUNT,
	ACPI_REJECTED,
	/* Between a table and the machine. */
	ACPI_UNIT_MISSING,
	ACPI_UNIT_UNKNOWN,
	ACPI_UNIT_DIFFERS,
	ACPI_UNIT_WINDOW,
	ACPI_SCOPE_NO_DEVICE,
	ACPI_SCOPE_TYPE,
	ACPI_REGION_MISSING,
	ACPI_REGION_NOT_RESERVED,
	ACPI_PROBLEMS, /* how many codes there are */
};

enum acpi_severity {
	ACPI_WARNING, /* against the specification, and nothing depends on it */
	ACPI_ERROR,   /* what the table says cannot be relied upon */
};

struct acpi_problem_name {
	const char *code;
	enum acpi_severity severity;
	const char *help;
};

/* By enum acpi_code. */
extern const struct acpi_problem_name acpi_problem_names[];

struct acpi_problem {
	uint32_t offset; /* in the table */
	enum acpi_code code;
	const char *text;
};

/* How many problems are kept of a decoder, and how many of what is held against it. */
enum { ACPI_PROBLEMS_KEPT = 256 };

/* Problems beyond those that are kept. */
struct acpi_unsaid {
	size_t problems, errors; /* all, and those of them that are errors */
};

/*
 * Whether a problem is one of the first ACPI_PROBLEMS_KEPT, of which there are `count`
 * by now; counts it otherwise.
 */
bool acpi_is_kept(struct acpi_unsaid *unsaid, size_t count, enum acpi_code code);

/* A decoded table. The bytes must live as long as it does; all else is in the arena. */
struct acpi_table {
	const unsigned char *bytes;
	uint32_t size;		    /* bytes at hand, at most what the header says */
	struct layout_node *header; /* all fields in front of the first structure */
	const struct acpi_decoder
		*decoder;	      /* NULL where no decoder knows the signature */
	struct fact_bool checksum_ok; /* unread where bytes are missing */
	struct list structures;	      /* struct layout_node */
	struct list problems; /* struct acpi_problem, in the order they were found */
	struct acpi_unsaid unsaid;
};

struct acpi_walk;

/* One kind of table. */
struct acpi_decoder {
	char signature[5];
	const char *title;
	const char *specification;
	const struct layout
		*header; /* its own fields, behind the 36 bytes of every table */
	const struct layout *layouts; /* of structures and of all within them */
	size_t count;
	bool nodes; /* the specification calls its structures nodes, found by offset */
	void (*decode)(struct acpi_walk *walk);
};

/* Ends with NULL. */
extern const struct acpi_decoder *const acpi_decoders[];
extern const struct acpi_decoder dmar_decoder, iort_decoder, ivrs_decoder, rimt_decoder,
	viot_decoder;

/* Where the fields of every ACPI table end (ACPI 6.5, 5.2.6). */
enum { ACPI_HEADER_SIZE = 36 };

/* The fields of every table. */
extern const struct layout acpi_header_layout;

const struct acpi_decoder *acpi_find_decoder(const unsigned char *bytes, size_t size);

/*
 * Decodes size bytes. -EINVAL where they are too few for a header, with no table.
 */
int acpi_decode(struct arena *arena, const unsigned char *bytes, size_t size,
		struct acpi_table *ret);

/* For decoders: a walk over one table. */
struct acpi_walk {
	struct arena *arena;
	struct acpi_table *table;
	struct list reserves; /* struct acpi_reserve: what acpi_check_reserved() met */
};

void acpi_complain(struct acpi_walk *walk, uint32_t offset, enum acpi_code code,
		   const char *format, ...) _printf_(4, 5);

/*
 * Adds the structure of `length` bytes (as it says itself) at offset to a list, with the
 * layout of its type or, where there is none, `unknown`. Complains about and mends a
 * length that is shorter than `header`, the least that any structure has, or leads
 * beyond `end`. Checks the length against the layout and its reserved bits. Returns NULL
 * where the walk cannot go on because the length is zero or shorter than `header`.
 */
struct layout_node *acpi_add(struct acpi_walk *walk, struct list *to,
			     const struct layout *layout, uint32_t offset,
			     uint32_t length, uint32_t header, uint32_t end);

/* The same without the reserved bits, where the node's own fields are not yet known. */
struct layout_node *acpi_place(struct acpi_walk *walk, struct list *to,
			       const struct layout *layout, uint32_t offset,
			       uint32_t length, uint32_t header, uint32_t end);

/*
 * Complains where no structure has the name of a layout, or where there is none at all
 * without a layout. What is missing of a table may have it.
 */
void acpi_check_has(struct acpi_walk *walk, const struct layout *layout);

/*
 * Complains about bits of the node's fields that must be zero and are not: of the same
 * bits of the same field at its first place in the table, with the number of others.
 */
void acpi_check_reserved(struct acpi_walk *walk, const struct layout_node *node);

/*
 * Tables in the text that acpidump writes: "DMAR @ 0x…", then lines of an offset and at
 * most 16 bytes each. Returns how many of them were found, 0 where the text is something
 * else; the bytes are in the arena, the items struct acpi_dump.
 */
struct acpi_dump {
	char signature[5];
	unsigned char *bytes;
	size_t size;
};

/* In acpi-dump.c. */
size_t acpi_parse_dump(struct arena *arena, const char *text, size_t length,
		       struct list *ret);
