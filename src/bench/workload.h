/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured: workloads, and what they share. */
#pragma once

#include "bench/bench.h"
#include "bench/result.h"

enum { PLAN_MAX = 16 }; /* values of one parameter */

/*
 * Values of one parameter that are tried one after the other; count 0: the workload's
 * own.
 */
struct plan_list {
	uint64_t values[PLAN_MAX];
	size_t count;
};

enum bench_pattern { PATTERN_SEQUENTIAL, PATTERN_RANDOM };

/* What the user asked for. */
struct bench_plan {
	struct plan_list sizes, windows, depths, live, threads;
	struct plan_list kinds;	    /* enum memory_kind */
	struct plan_list patterns;  /* enum bench_pattern */
	struct plan_list transfers; /* enum transfer_kind */
	uint64_t time_ns;	    /* of each repetition, where ops is 0 */
	uint64_t ops;		    /* rounds of each repetition; 0: by time */
	uint64_t warmup_ns;
	size_t repetitions;
	bool leave_mapped; /* isolation: a proof that is made to fail */
};

/* One workload while it runs. */
struct run {
	struct bench *bench;
	const struct bench_plan *plan;
	const struct workload *workload;
	struct arena *arena;
	struct list *results; /* struct result */
	uint64_t clock_ns;    /* what a look at the clock costs */
	/*
	 * Told before each measurement, the `step`-th of `steps`; may be NULL. And how
	 * many faults of this device the kernel has logged so far, or -errno where that
	 * cannot be seen.
	 */
	void (*progress)(void *data, const char *what, size_t step, size_t steps);
	int64_t (*faults)(void *data);
	void *data;
	size_t step, steps;
};

struct workload {
	const char *name, *summary;
	bool moves; /* needs a device that moves bytes, not only mappings */
	/*
	 * Adds results. What could not be measured is a result that says why, and the
	 * rest goes on; -errno is for what ends everything, -EINTR among it.
	 */
	int (*run)(struct run *run);
};

/* Ends with NULL. */
extern const struct workload *const workloads[];
extern const struct workload workload_map, workload_dma, workload_reach,
	workload_isolation;

const struct workload *workload_find(const char *name);

/* A new row with what all rows of this run have. */
struct result *run_add(struct run *run, const char *operation);
/* The same for what cannot be measured here, with bench->why or another reason. */
void run_add_unknown(struct run *run, struct result *like, const char *why);
/* "64K", to be printed with others. */
struct size_text {
	char text[32];
} size_text(uint64_t bytes);
void run_tell(struct run *run, const char *format, ...) _printf_(2, 3);

/* The list, or the workload's own where the user gave none. */
const struct plan_list *plan_or(const struct plan_list *given,
				const struct plan_list *otherwise);

/* Pages of 4 KiB, and large ones that are there for the largest of these sizes. */
struct plan_list plan_small_and_large(const struct plan_list *sizes);

/* One operation that is timed while a measurement runs. */
struct lane {
	const char *operation;
	struct sampling sampling;
	struct histogram *histograms; /* one for each repetition, as sampling has them */
	uint64_t *sums;
	struct histogram *now; /* of this repetition, or of the warm-up */
	uint64_t *elapsed;
	uint64_t discarded;
};

enum { LANES_MAX = 4 };

/* Several operations that are done in turn, each with figures of its own. */
struct sampler {
	struct run *run;
	struct lane lanes[LANES_MAX];
	size_t count;
	struct histogram warmup;
	/* Does each of them once, or a batch; adds the times by lane_add(). */
	int (*round)(void *data);
	void *data;
};

/* A lane for an operation that moves or maps so many bytes. */
struct lane *sampler_lane(struct sampler *sampler, const char *operation, uint64_t bytes);
/* Warm-up and repetitions. -EINTR, or what round() says. */
int sampler_run(struct sampler *sampler);

/* From here on the lanes fill this repetition; sampler_run() does it by itself. */
void sampler_begin(struct sampler *sampler, size_t repetition);

/* One operation took so long, the clock included. */
void lane_add(struct lane *lane, uint64_t nanoseconds);
/* The same where several run at once, which the elapsed time is added for by itself. */
void lane_add_one(struct lane *lane, uint64_t nanoseconds);
void lane_add_elapsed(struct lane *lane, uint64_t nanoseconds);

/* Row by row what the lanes have; `like` has the parameters. */
void sampler_results(struct sampler *sampler, const struct result *like);
/* What the lanes had, which is 58 KiB for each repetition. */
void sampler_free(struct sampler *sampler);

/* The name of the driver, NULL where there is none. */
const char *run_device(const struct run *run);

/* What a look at the clock costs, the median of many. */
uint64_t clock_cost(void);

/*
 * Whether addresses of the device are translated at all: one transfer to a mapping whose
 * address is where other memory of ours lies, before any that would hit memory of others.
 * -EFAULT where it arrived there, which a row tells; 0 where it did not, or, with a row
 * that says why, it could
 * not be tried.
 */
int isolation_guard(struct run *run);
