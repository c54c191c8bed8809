/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of one kind: what a kernel log tells of them, counted. */
#pragma once

#include "base/record.h"
#include "spec/fault.h"

enum {
	FAULT_GROUPS_MAX = 4096, /* rows; what comes after them is counted alone */
	FAULT_EACH_MAX = 65536,	 /* the same where each fault is one */
	FAULT_PAGES_MAX = 256,	 /* different pages that are told apart in a group */
	FAULT_LINES_MAX = 1000,	 /* lines that are kept to be shown as not understood */
};

struct fault_group {
	struct fact_str time, last; /* of the first and of the last of them */
	struct fact_u64 count;
	struct fact_enum kind, cause, access;
	struct fact_str unit, bdf, device, driver;
	struct fact_u64 address; /* of the first */
	struct fact_u64 lowest, highest, pages, size;
	struct fact_u64 stream, pasid, domain, interrupt_index;
	struct fact_str reason, reason_text, detail;
	struct fact_str
		target; /* what the map of physical addresses has at the address */
	struct fact_str advice;

	char last_text[LOG_TIME_SIZE];
	bool has_segment; /* the log tells the segment of the function */
	uint64_t *seen;	  /* page numbers */
	size_t seen_count, seen_capacity;
	size_t next; /* the next one with the same hash, plus 1 */
};

/* All zero is an empty log without an arena; set that first, and what follows it. */
struct fault_log {
	struct arena *arena;
	bool each; /* every fault is a group of its own */
	/* Where it is set it gets each fault, and fault_log_add() is up to it. */
	void (*take)(void *data, const struct fault *fault);
	void *data;
	bool keep_lines; /* keep lines that are not understood */

	struct list groups; /* struct fault_group, in the order of the log */
	size_t *buckets;
	uint64_t count;	    /* faults */
	uint64_t ungrouped; /* of these, those for which there was no group left */
	uint64_t unparsed;  /* lines */
	struct list lines;  /* the first of them, where they are kept */
	struct fault_reader reader;
};

/* Looks at a line and adds the faults that end with it. */
enum fault_line fault_log_line(struct fault_log *log, const char *line, size_t length);

/* Counts a fault among those like it. */
void fault_log_add(struct fault_log *log, const struct fault *fault);

/* No more lines for now: what is pending is a fault, too. */
void fault_log_end(struct fault_log *log);

/* A group of that fault alone. */
struct fault_group *fault_group_new(struct arena *arena, const struct fault *fault);

extern const struct record fault_record;
