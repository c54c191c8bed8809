/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dmascope bench: what its files share. */
#pragma once

#include "bench/workload.h"
#include "cmd/cmd.h"

/* What the options came to. */
struct bench_request {
	struct bench_plan plan;
	bool yes, list, restore, plot;
	const char *backend, *device; /* names; NULL: chosen */
	const char *baseline, *svg;   /* files */
	int cpu;		      /* -1: where it runs */
};

/* One command runs in a process. */
extern struct bench_request bench_request;
extern const struct option_desc bench_options[];
int bench_take_option(struct context *context, int key, const char *value);

/* Kernel, IOMMU, processor and clock, from the model and this machine. */
struct environment *bench_environment(struct context *context,
				      const struct device *device,
				      const struct bench *bench, int cpu,
				      uint64_t clock_ns);
/* The same in a sentence, for a table. */
const char *bench_environment_note(struct context *context,
				   const struct environment *environment);

/* Faults of one function in the kernel's log, from now on. */
struct bench_faults;
/* NULL where the log cannot be read. */
struct bench_faults *bench_faults_open(struct context *context, const char *bdf);
/* How many so far; waits a moment for the kernel to write them. */
int64_t bench_faults_count(struct bench_faults *faults);
void bench_faults_close(struct bench_faults *faults);

/* How far it has come, on a terminal. */
void bench_progress(const char *what, size_t step, size_t steps);
void bench_progress_end(void);

/*
 * Below the table where it is wanted, and into the file svg unless NULL; an exit status.
 */
int bench_draw(struct context *context, const struct list *results, bool plot,
	       const char *svg);
