/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was measured, and what it was measured on. */
#pragma once

#include "base/record.h"
#include "bench/histogram.h"

enum result_verdict { RESULT_PASS, RESULT_FAIL, RESULT_UNKNOWN };

/* Beside a baseline: beyond what both runs vary by themselves? */
enum result_change { CHANGE_NONE, CHANGE_FASTER, CHANGE_SLOWER, CHANGE_UNKNOWN };

/* One row: a workload with one set of parameters, or one check of the isolation. */
struct result {
	const char *workload, *backend, *bdf, *device;
	const char *operation; /* "map", "unmap", "read", "copy", … or what was checked */
	struct fact_str backing; /* enum memory_kind's name */
	struct fact_str pattern; /* sequential, random */
	struct fact_u64 size, page_size, window, depth, live, threads;
	struct fact_u64 ops, bytes, repetitions, verified;
	struct fact_u64 min_ns, mean_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
	struct fact_u64 spread_ns; /* between the medians of the repetitions */
	struct fact_u64 ops_per_s, bytes_per_s;
	struct fact_u64 iotlb_lookups, iotlb_misses; /* of the IOMMU's own counters */
	struct fact_enum verdict;
	struct fact_str why;
	struct fact_u64 faults; /* that the kernel logged meanwhile */
	struct fact_u64 baseline_p50_ns, baseline_spread_ns;
	struct fact_i64 change_percent;
	struct fact_enum change; /* enum result_change */
	/*
	 * Of all repetitions, NULL where nothing was measured; with clock_ns in each
	 * time, which result_percentile() takes off.
	 */
	const struct histogram *times;
	uint64_t clock_ns;
};

extern const struct record result_record;

/* What the figures depend on. */
struct environment {
	struct fact_str kernel, cpu_model, iommu, domain_type, default_domain;
	struct fact_str governor, thp, clock;
	struct fact_u64 cpu;	  /* that the measuring thread was pinned to */
	struct fact_u64 clock_ns; /* what looking at the clock costs */
	struct fact_list iommu_page_sizes;
	struct fact_u64 huge_2m, huge_1g; /* pages of hugetlbfs */
	struct fact_bool interrupt_remapping;
};

extern const struct record environment_record;

/* Repetitions of one measurement. */
struct sampling {
	const struct histogram *repetitions; /* count of them */
	size_t count;
	const uint64_t *elapsed; /* nanoseconds each repetition took, count of them */
	uint64_t bytes;		 /* moved or mapped by one operation; 0: none */
	uint64_t clock_ns;	 /* what a look at the clock costs, taken off each time */
};

/*
 * Fills in ops, bytes, repetitions, min_ns to bytes_per_s, and times, which are allocated
 * in the arena and do not point into the sampling. Repetitions in which nothing was done
 * do not count. Where nothing at all was measured, as for a check, every figure is
 * absent: then a sampling that is all zero will do. A figure that does not fit is
 * unknown.
 */
void result_fill(struct arena *arena, struct result *result,
		 const struct sampling *sampling);

/*
 * As histogram_percentile() of result->times, in nanoseconds, without what the clock
 * costs; 0 where there are none.
 */
uint64_t result_percentile(const struct result *result, double percent);

/* What nobody set of what a row is about does not exist for it: absent, not unread. */
void result_settle(struct result *result);

extern const struct enum_name result_verdict_names[], result_change_names[];
