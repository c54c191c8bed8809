/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many there are of something, by a few words: a list with an end, for metrics. */
#pragma once

#include "base/record.h"

enum {
	TALLY_LABELS = 4,
	TALLY_LABEL_CAP = 64, /* bytes of a label; what is longer is cut */
};

/* The word that stands in the first label of what sums up the rest of a list. */
#define TALLY_OTHER "other"
/* What stands where a word is not known, beside those that are. */
#define TALLY_UNKNOWN "unknown"

struct tally {
	const char *labels[TALLY_LABELS]; /* NULL: has none */
	struct fact_u64 count, bytes;	  /* bytes are absent where nothing has any */
	int rank; /* the higher ones are the last to be summed up */
};

/* Adds a row. Its labels are copied, made safe to show, and cut. */
void tally_add(struct arena *arena, struct list *rows, const struct tally *row);

/*
 * Makes one of rows with the same labels, puts those of a higher rank and then those with
 * more to count in front, and sums up what is behind the first `limit` of them in rows
 * named TALLY_OTHER: one, or one for each word that the label of the number `kept` has
 * (0: none is kept). A sum with something unknown in it is unknown.
 */
void tally_finish(struct arena *arena, struct list *rows, size_t limit, int kept);

/* What a look at the machine came to. */
struct look {
	const char *version;
	struct fact_str kernel;
	struct fact_u64 timestamp;   /* seconds since 1970, of the look or the capture */
	struct fact_u64 duration_ns; /* from the beginning to the last line */
	struct fact_bool complete;   /* nothing was unread */
	struct fact_u64 faults;	     /* in the kernel's log */
};

extern const struct record look_record;
extern const struct record unread_tally_record;
extern const struct record group_tally_record;
extern const struct record drift_tally_record;
extern const struct record device_tally_record;
extern const struct record check_tally_record;
extern const struct record finding_tally_record;
extern const struct record mapping_tally_record;
extern const struct record fault_tally_record;
