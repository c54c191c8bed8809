// SPDX-License-Identifier: GPL-2.0-or-later
/* What was measured, and what it was measured on: fields, and figures of samples. */

#include "bench/result.h"

const struct enum_name result_verdict_names[] = {
	[RESULT_PASS] = { "pass", MOOD_GOOD, "what was asked for was done, and rightly" },
	[RESULT_FAIL] = { "fail", MOOD_BAD,
			  "something was refused, lost, or done that must not be" },
	[RESULT_UNKNOWN] = { "unknown", MOOD_WARN, "it could not be tried or seen" },
	{ 0 },
};

const struct enum_name result_change_names[] = {
	[CHANGE_NONE] = { "none", MOOD_NONE,
			  "no more apart than repetitions or 1 percent are" },
	[CHANGE_FASTER] = { "faster", MOOD_GOOD,
			    "shorter than in the baseline by more than both runs vary" },
	[CHANGE_SLOWER] = { "slower", MOOD_BAD,
			    "longer than in the baseline by more than both runs vary" },
	[CHANGE_UNKNOWN] = { "unknown", MOOD_WARN,
			     "a run was not repeated, so nobody knows how it varies" },
	{ 0 },
};

/* Gauges are in seconds. */
#define NANOSECONDS(name, heading, flag, text)                                           \
	FIELD(struct result, name##_ns, heading, F_UINT, (flag) | F_RIGHT | F_GAUGE,     \
	      text, .gauge = "result_" #name "_seconds", .gauge_per = 1000000000)

static const struct field fields[] = {
	FIELD(struct result, workload, "WORKLOAD", F_STR, F_SHOW | F_LABEL,
	      "what was measured or checked"),
	FIELD(struct result, backend, "BACKEND", F_STR, F_LABEL,
	      "interface that mapped the memory"),
	FIELD(struct result, bdf, "BDF", F_STR, F_LABEL, "PCI address of the device"),
	FIELD(struct result, device, "DEVICE", F_STR, F_LABEL,
	      "driver of the device, in this program"),
	FIELD(struct result, operation, "OP", F_STR, F_SHOW | F_LABEL,
	      "what was timed, or what the check is about"),
	FIELD(struct result, backing, "BACKING", F_STR, F_SHOW | F_LABEL,
	      "pages of the memory: 4K, thp, 2M or 1G"),
	FIELD(struct result, pattern, "PATTERN", F_STR, F_LABEL,
	      "order of the addresses: sequential or random"),
	FIELD(struct result, size, "SIZE", F_BYTES, F_SHOW | F_RIGHT | F_LABEL,
	      "bytes of one operation"),
	FIELD(struct result, page_size, "PAGE", F_BYTES, F_RIGHT | F_LABEL,
	      "size of the pages that were mapped"),
	FIELD(struct result, window, "WINDOW", F_BYTES, F_SHOW | F_RIGHT | F_LABEL,
	      "bytes that the addresses of the operations are spread over"),
	FIELD(struct result, depth, "DEPTH", F_UINT, F_RIGHT | F_LABEL,
	      "operations under way at once"),
	FIELD(struct result, live, "LIVE", F_UINT, F_RIGHT | F_LABEL,
	      "mappings that there are meanwhile"),
	FIELD(struct result, threads, "THREADS", F_UINT, F_RIGHT | F_LABEL,
	      "threads that do it at once"),
	FIELD(struct result, ops, "OPS", F_UINT, F_RIGHT | F_GAUGE,
	      "operations that were timed, in all repetitions"),
	FIELD(struct result, bytes, "BYTES", F_BYTES, F_RIGHT,
	      "bytes that these moved or mapped"),
	FIELD(struct result, repetitions, "REPEATED", F_UINT, F_RIGHT,
	      "repetitions of the measurement"),
	FIELD(struct result, verified, "VERIFIED", F_UINT, F_RIGHT,
	      "operations whose every byte was looked at"),
	NANOSECONDS(min, "MIN-NS", 0,
		    "time of the shortest operation, less that of the clock"),
	NANOSECONDS(mean, "MEAN-NS", 0, "time of an operation on average"),
	NANOSECONDS(p50, "P50-NS", F_SHOW,
		    "time that half of the operations do not exceed"),
	NANOSECONDS(p90, "P90-NS", 0, "time that 90 percent do not exceed"),
	NANOSECONDS(p99, "P99-NS", F_SHOW, "time that 99 percent do not exceed"),
	NANOSECONDS(p999, "P999-NS", 0, "time that 99.9 percent do not exceed"),
	NANOSECONDS(max, "MAX-NS", 0, "time of the longest operation"),
	NANOSECONDS(spread, "SPREAD-NS", 0,
		    "time between the medians of the repetitions; none of a single one"),
	FIELD(struct result, ops_per_s, "OPS-PER-S", F_UINT, F_RIGHT | F_GAUGE,
	      "operations in a second", .gauge = "result_operations_per_second"),
	FIELD(struct result, bytes_per_s, "BYTES-PER-S", F_BYTES, F_RIGHT | F_GAUGE,
	      "bytes in a second", .gauge = "result_bytes_per_second"),
	FIELD(struct result, iotlb_lookups, "IOTLB-LOOKUPS", F_UINT, F_RIGHT,
	      "translations that were looked up, as the IOMMU counts"),
	FIELD(struct result, iotlb_misses, "IOTLB-MISSES", F_UINT, F_RIGHT,
	      "of these, not in its cache"),
	FIELD(struct result, faults, "FAULTS", F_UINT, F_RIGHT,
	      "faults of DMA that the kernel logged meanwhile"),
	FIELD(struct result, baseline_p50_ns, "BASE-P50-NS", F_UINT, F_RIGHT | F_ASKED,
	      "p50_ns of the same measurement in the baseline"),
	FIELD(struct result, baseline_spread_ns, "BASE-SPREAD-NS", F_UINT,
	      F_RIGHT | F_ASKED, "its spread_ns"),
	FIELD(struct result, change_percent, "PERCENT", F_INT, F_RIGHT | F_ASKED,
	      "percent that p50_ns is above the baseline's; below it where negative"),
	FIELD(struct result, change, "CHANGE", F_ENUM, F_ASKED,
	      "whether that is more than both runs vary by themselves",
	      .names = result_change_names),
	FIELD(struct result, verdict, "VERDICT", F_ENUM, F_SHOW | F_INFO,
	      "whether it did what it should", .names = result_verdict_names),
	FIELD(struct result, why, "WHY", F_STR, F_SHOW | F_WRAP,
	      "what the verdict rests on"),
};

const struct record result_record = RECORD(
	"results", "result",
	"a workload with one set of parameters, or one check of the isolation", fields);

static const struct field environment_fields[] = {
	FIELD(struct environment, kernel, "Kernel", F_STR, F_SHOW | F_INFO,
	      "release of the kernel"),
	FIELD(struct environment, cpu_model, "Processor", F_STR, F_SHOW | F_INFO,
	      "name of the processor"),
	FIELD(struct environment, iommu, "IOMMU", F_STR, F_SHOW | F_INFO,
	      "IOMMU in front of the device"),
	FIELD(struct environment, iommu_page_sizes, "IOMMU pages", F_BYTESV, F_SHOW,
	      "sizes of the pages that it maps"),
	FIELD(struct environment, domain_type, "Domain", F_STR, F_SHOW,
	      "type of the domain that the device's group was in before"),
	FIELD(struct environment, default_domain, "Default domain", F_STR, F_SHOW,
	      "how a device's DMA is translated unless something else is said"),
	FIELD(struct environment, interrupt_remapping, "Interrupt remapping", F_BOOL,
	      F_SHOW, "message-signalled interrupts of devices are checked"),
	FIELD(struct environment, cpu, "Measured on CPU", F_UINT, F_SHOW,
	      "CPU that the measuring thread was pinned to"),
	FIELD(struct environment, governor, "Governor", F_STR, F_SHOW,
	      "what chooses that CPU's frequency"),
	FIELD(struct environment, clock, "Clock", F_STR, F_SHOW,
	      "clock source of the kernel"),
	FIELD(struct environment, clock_ns, "Clock costs ns", F_UINT, F_SHOW,
	      "nanoseconds that a look at the clock takes, taken off every figure"),
	FIELD(struct environment, thp, "Transparent huge pages", F_STR, F_SHOW,
	      "when the kernel gives huge pages by itself"),
	FIELD(struct environment, huge_2m, "Huge pages of 2M", F_UINT, F_SHOW,
	      "pages of 2 MiB that are reserved"),
	FIELD(struct environment, huge_1g, "Huge pages of 1G", F_UINT, F_SHOW,
	      "pages of 1 GiB that are reserved"),
};

const struct record environment_record =
	RECORD("environment", "environment", "what the figures depend on",
	       environment_fields, .card = true);

static const struct fact_u64 absent = { .state = FACT_ABSENT };

void result_settle(struct result *result)
{
	struct fact_u64 *parameters[] = {
		&result->size, &result->page_size, &result->window,   &result->depth,
		&result->live, &result->threads,   &result->verified,
	};
	struct fact_str *texts[] = { &result->backing, &result->pattern, &result->why };

	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
		if (parameters[i]->state == FACT_UNREAD)
			parameters[i]->state = FACT_ABSENT;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i]->state == FACT_UNREAD)
			texts[i]->state = FACT_ABSENT;
	if (result->verdict.state == FACT_UNREAD)
		result->verdict.state = FACT_ABSENT;
}

static uint64_t without_clock(uint64_t time, uint64_t clock)
{
	return time > clock ? time - clock : 0;
}

uint64_t result_percentile(const struct result *result, double percent)
{
	if (!result->times)
		return 0;
	return without_clock(histogram_percentile(result->times, percent),
			     result->clock_ns);
}

/* Unknown where it is more than a count holds. */
static struct fact_u64 rounded(double value)
{
	/* 2^64 is the first double that does not fit. */
	if (!(value >= 0 && value < 18446744073709551616.0))
		return (struct fact_u64){ FACT_UNREAD, 0 };
	return KNOWN_U64((uint64_t)value + (value - (double)(uint64_t)value >= 0.5));
}

static void fill_nothing(struct result *result)
{
	struct fact_u64 *figures[] = {
		&result->ops,	      &result->bytes,	  &result->repetitions,
		&result->min_ns,      &result->mean_ns,	  &result->p50_ns,
		&result->p90_ns,      &result->p99_ns,	  &result->p999_ns,
		&result->max_ns,      &result->spread_ns, &result->ops_per_s,
		&result->bytes_per_s,
	};

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		*figures[i] = absent;
	result->times = NULL;
	result->clock_ns = 0;
}

static void fill_times(struct result *result)
{
	const struct histogram *times = result->times;
	uint64_t mean = times->sum / times->count;

	result->min_ns = KNOWN_U64(result_percentile(result, 0));
	result->p50_ns = KNOWN_U64(result_percentile(result, 50));
	result->p90_ns = KNOWN_U64(result_percentile(result, 90));
	result->p99_ns = KNOWN_U64(result_percentile(result, 99));
	result->p999_ns = KNOWN_U64(result_percentile(result, 99.9));
	result->max_ns = KNOWN_U64(result_percentile(result, 100));
	/* The sum stays at the top where it is too large, and nobody knows the mean. */
	result->mean_ns = times->sum == UINT64_MAX
				  ? (struct fact_u64){ FACT_UNREAD, 0 }
				  : KNOWN_U64(without_clock(mean, result->clock_ns));
}

static void fill_rates(struct result *result, double elapsed, uint64_t bytes)
{
	double ops = (double)result->ops.value;
	uint64_t moved;

	result->ops_per_s = elapsed > 0 ? rounded(ops * 1e9 / elapsed) : absent;
	result->bytes = absent;
	result->bytes_per_s = absent;
	if (bytes == 0)
		return;
	result->bytes = (struct fact_u64){ FACT_UNREAD, 0 };
	if (!__builtin_mul_overflow(result->ops.value, bytes, &moved))
		result->bytes = KNOWN_U64(moved);
	if (elapsed > 0)
		result->bytes_per_s = rounded(ops * (double)bytes * 1e9 / elapsed);
}

void result_fill(struct arena *arena, struct result *result,
		 const struct sampling *sampling)
{
	uint64_t low = UINT64_MAX, high = 0, repetitions = 0;
	struct histogram *times = NULL;
	double elapsed = 0;

	fill_nothing(result);
	for (size_t i = 0; i < sampling->count; i++) {
		const struct histogram *one = &sampling->repetitions[i];
		uint64_t median;

		if (one->count == 0)
			continue;
		if (!times) {
			times = arena_new(arena, struct histogram);
			histogram_clear(times);
		}
		histogram_merge(times, one);
		median = without_clock(histogram_percentile(one, 50), sampling->clock_ns);
		low = MIN(low, median);
		high = MAX(high, median);
		elapsed += (double)sampling->elapsed[i];
		repetitions++;
	}
	if (!times)
		return;
	result->times = times;
	result->clock_ns = sampling->clock_ns;
	result->ops = KNOWN_U64(times->count);
	result->repetitions = KNOWN_U64(repetitions);
	if (repetitions > 1)
		result->spread_ns = KNOWN_U64(high - low);
	fill_times(result);
	fill_rates(result, elapsed, sampling->bytes);
}
