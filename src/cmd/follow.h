/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what comes bit by bit, a line each. */
#pragma once

#include "cmd/cmd.h"

struct follow {
	struct context *context;
	bool lines; /* JSON lines, not a table */
	bool late;  /* headings wait for the first rows, to be as wide as those */
	struct arena arena;
	struct list fields;	  /* struct field: the columns */
	size_t *widths;		  /* of each, as wide as what came so far */
	struct fault_log counted; /* of faults: all that came, for the end */
	int failure;		  /* errno of the first write that failed, or 0 */
};

/* Writes what stands above the first line. */
void follow_begin(struct follow *follow);

/* Writes objects of the command's record, at once. */
void follow_rows(struct follow *follow, const struct list *objects);
void follow_row(struct follow *follow, const void *object);

/* Ends the lines, before what was counted is told. */
void follow_end(struct follow *follow);

/* The end where there is no table: a sentence on stderr. An exit status. */
int follow_count(const struct follow *follow);
