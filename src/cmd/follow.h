/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes faults as they come, a line each. */
#pragma once

#include "cmd/cmd.h"

struct follow {
	struct context *context;
	bool lines; /* JSON lines, not a table */
	struct arena arena;
	struct list fields;	  /* struct field: the columns */
	size_t *widths;		  /* of each, as wide as what came so far */
	struct fault_log counted; /* all that came, for the end */
};

/* Writes what stands above the first line. */
void follow_begin(struct follow *follow);

/* Writes one object of the command's record. */
void follow_row(struct follow *follow, const void *object);

/* Ends the lines, before what was counted is told. */
void follow_end(struct follow *follow);

/* The end where there is no table: a sentence on stderr. An exit status. */
int follow_count(const struct follow *follow);
