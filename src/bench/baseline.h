/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An earlier run of the benchmark, and what has changed since. */
#pragma once

#include "base/text.h"
#include "bench/result.h"

/*
 * Nothing that dmascope writes comes near: thousands of results have a few MiB. Whoever
 * wants more memory than that of us is refused.
 */
enum { BASELINE_CAP = 8 * 1024 * 1024 };

/* What an earlier run measured. All zero is an empty one; all of it is in the arena. */
struct baseline {
	const char *hostname, *kernel; /* that it ran on; NULL where it does not say */
	struct list rows;	       /* struct result, with its key, bdf and medians */
	size_t duplicates;	       /* rows with a key that one before has */
	/* rows by their key, without duplicates */
	const struct result **sorted;
	size_t sorted_count;
};

/*
 * Takes the document that `dmascope bench … --json` wrote: an object with a list
 * "results". Numbers that no run can have, as a median of more than a day, make the
 * document wrong. On failure -EBADMSG, or -EFBIG where it is larger than BASELINE_CAP,
 * and *ret_why says why on one line that is safe to show, allocated in the arena; *ret is
 * untouched then.
 */
int baseline_parse(struct arena *arena, const char *text, size_t size,
		   struct baseline *ret, const char **ret_why);

/* The same of a file; also the errno of opening and reading it. */
int baseline_read(struct arena *arena, const char *path, struct baseline *ret,
		  const char **ret_why);

struct comparison {
	size_t matched;	      /* results that have a partner with figures */
	size_t only_today;    /* results with figures that the baseline lacks */
	size_t only_baseline; /* the other way round */
	size_t faster, slower, unknown;
	/*
	 * What makes the runs hard to compare: another host, kernel or device,
	 * duplicates. One line in the arena, NULL where there is nothing to tell.
	 */
	const char *note;
};

/*
 * Fills in baseline_p50_ns, baseline_spread_ns, change_percent and change of all results
 * (struct result) by their partners, which have the same workload, operation, backend,
 * device, backing, pattern, size, page size, window, depth, live and threads. bdf is not
 * among them: the card may be in another slot, or another machine. Absent where there is
 * no partner. `hostname` and `kernel` are today's, or NULL where they are unknown.
 *
 * A result is faster or slower only where the ranges of both runs cannot overlap. The
 * median of a run lies among those of its repetitions, so none of these is further from
 * it than the spread: the medians of the runs have to differ by more than both spreads
 * together. They also have to differ by more than 1 % of the baseline's, as each may be
 * off by 0.4 % for the width of a bucket, and by more than 1 ns, which is the step of the
 * clock. Where one of the runs has no spread, as it was not repeated, the change is
 * unknown.
 */
void baseline_compare(struct arena *arena, const struct baseline *baseline,
		      const struct list *results, const char *hostname,
		      const char *kernel, struct comparison *ret);
