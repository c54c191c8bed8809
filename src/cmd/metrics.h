/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sheets of dmascope metrics: which records, and how long each list may be. */
#pragma once

#include "cmd/cmd.h"

/* Series that a machine has at most, whatever it is, unless --devices asks for more. */
enum { METRICS_SERIES_MAX = 200 };

struct metrics_look;

struct metrics_sheet {
	const struct record *record;
	size_t limit;	/* rows at most; 0: as many as there are, for --devices */
	size_t rest;	/* rows more that sum up what is beyond them */
	const char *of; /* what of is a row, for people */
	/* Adds the rows; those of struct tally are sorted and cut by the caller. */
	void (*fill)(struct metrics_look *look, struct list *ret);
	bool tally; /* a row is a struct tally */
	int kept;   /* of the rest: the label that it keeps, for tally_finish() */
};

/* Ends with a NULL record. */
extern const struct metrics_sheet metrics_sheets[];
