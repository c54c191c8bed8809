/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware's word: an ACPI table that describes DMA remapping. */
#pragma once

#include "base/record.h"
#include "spec/acpi.h"

/* Something that is wrong in a table, or between it and the machine. */
struct table_problem {
	struct fact_u64 offset; /* in the table */
	struct fact_str code;
	struct fact_enum severity; /* enum acpi_severity */
	struct fact_str text;
};

struct firmware_table {
	const char *signature; /* the kind that its file name or its bytes say */
	const char *file;      /* path of the machine's file, or the one that was given */
	enum fact_state state; /* of the bytes */
	const unsigned char *bytes;
	size_t size;
	struct acpi_table decoded; /* where decoded.header is set */
	struct acpi_unsaid unsaid; /* of what was found outside of the decoder */
	bool broken;		   /* a problem is worse than a warning */

	struct fact_u64 length, revision, oem_revision, creator_revision;
	struct fact_str oem_id, oem_table_id, creator_id;
	struct fact_bool checksum_ok;
	struct fact_list problems;    /* struct table_problem */
	struct fact_list acpi_header; /* one struct layout_node: of every ACPI table */
	struct fact_list header;      /* one struct layout_node: fields of this kind */
	struct fact_list structures;  /* struct layout_node */
	struct fact_list nodes;	      /* the same where the specification says nodes */
};

extern const struct record firmware_table_record;
extern const struct record table_problem_record;

/*
 * A table of these bytes, which are copied; state says why there are none. `file` is
 * copied. Never NULL; one that is too short for a header is FACT_MALFORMED.
 */
struct firmware_table *firmware_table_new(struct arena *arena, const char *file,
					  enum fact_state state,
					  const unsigned char *bytes, size_t size);

/*
 * Adds a problem that was found outside of the table's decoder; text is copied. Of many,
 * the first ACPI_PROBLEMS_KEPT are kept.
 */
void firmware_table_complain(struct arena *arena, struct firmware_table *table,
			     uint64_t offset, enum acpi_code code, const char *text);

/*
 * When all problems are found: puts them into the order of their offsets, and says with
 * the last one how many more there were.
 */
void firmware_table_finish(struct arena *arena, struct firmware_table *table);

/* Whether a problem is worse than a warning, or the bytes are no table. */
bool firmware_table_is_broken(const struct firmware_table *table);
