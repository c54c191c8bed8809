/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples of mappings one after the other, and what grows through them. */
#pragma once

#include "cmd/samples.h"

/*
 * Samples of a look that may go on for days: every second one is dropped where there are
 * too many. An odd number, so that the last one stays.
 */
enum { SERIES_MAX = 241 };

struct series {
	uint64_t interval_ms, wanted; /* 0 for no end but a signal */

	/* Takes one into an arena of its own; -errno, and ret_why says why not. */
	int (*take)(struct context *context, struct arena *arena,
		    struct mapping_sample *ret, const char **ret_why);
	void (*wait)(uint64_t ms); /* until then or a signal; NULL to sleep */
	void (*stop)(void);	   /* before one more, when interrupted; NULL for none */

	struct mapping_sample samples[SERIES_MAX];
	struct arena arenas[SERIES_MAX]; /* of the samples' groups */
	size_t kept;
	uint64_t taken;
};

/*
 * Takes the samples, until there are enough or somebody interrupts. An exit status; says
 * what went wrong. Logs them where the format is jsonl, and shows on a terminal how far
 * it is.
 */
int series_run(struct context *context, struct series *series);

/*
 * Takes one sample more. -errno, and ret_why says why not; it may be of the context's
 * arena.
 */
int series_add(struct context *context, struct series *series, const char **ret_why);

/* Takes an option's "0.5", "5", "3600" as milliseconds. An exit status. */
int series_take_seconds(const char *text, uint64_t *ret_ms);

/* Signals that end a process end the samples from here on, and no more than that. */
void series_catch_signals(void);

void series_free(struct series *series);

/* How what grows is shown. */
struct growth_view {
	const char *columns,
		*narrow_columns; /* where the terminal is no wider than once */
	/* Whether a group that does not change is shown all the same; NULL for never. */
	bool (*wanted)(const struct mapping_group *group);
	bool all;	    /* shows every one */
	const char *remark; /* what else to say below; NULL for nothing */
	/* Completes a group of the answer; NULL for nothing. */
	void (*complete)(struct context *context, struct mapping_group *group);
};

/* What grew from the first of some samples to the last. An exit status. */
int growth_answer(struct context *context, const struct mapping_sample *samples,
		  size_t count, const struct growth_view *view);
