// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a transfer costs by how much memory is in turn: where the IOTLB does not hold it
 * any more, the curve rises; large pages move that point.
 */

#include "bench/transfers.h"

static const struct plan_list default_windows = {
	{ 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20 },
	6,
};
static const struct plan_list default_patterns = {
	{ PATTERN_SEQUENTIAL, PATTERN_RANDOM },
	2,
};

static const char *const pattern_names[] = { "sequential", "random" };

enum { PAGE = 4096 };

/* As much of a page as the device moves at once. */
static size_t size_of(const struct device_limits *limits)
{
	size_t size = MIN((size_t)PAGE, limits->size_max);

	return MAX(size / limits->size_step * limits->size_step, limits->size_min);
}

/* Writing to memory is what most devices can do without help. */
static enum transfer_kind kind_of(const struct bench_device *device)
{
	if (device->can & 1U << TRANSFER_WRITE)
		return TRANSFER_WRITE;
	return device->can & 1U << TRANSFER_COPY ? TRANSFER_COPY : TRANSFER_READ;
}

static int measure(struct run *run, struct transfers *what, const char *refusal)
{
	struct result like = transfers_row(run, what);

	like.window = KNOWN_U64(what->window);
	like.pattern = KNOWN_STR(pattern_names[what->pattern]);
	run_tell(run, "%s in %s on %s pages, %s, %zu at once", like.operation,
		 size_text(what->window).text, memory_kinds[what->backing],
		 pattern_names[what->pattern], what->depth);
	if (!refusal && what->depth * what->slot > what->window)
		refusal = "the window has no room for so many at once";
	if (refusal) {
		run_add_unknown(run, &like, refusal);
		return 0;
	}
	return transfers_measure(what, &like);
}

/*
 * One transfer at once shows what one costs; as many as the device takes, how many pass.
 */
static struct plan_list depths_of(const struct device_limits *limits)
{
	struct plan_list list = { { 1 }, 1 };

	if (limits->depth_max > 1)
		list.values[list.count++] = MIN(limits->depth_max, 16);
	return list;
}

static int run_windows(struct run *run, struct transfers *what,
		       const struct plan_list *windows, const char *refusal)
{
	for (size_t i = 0; i < windows->count; i++) {
		int r;

		what->window = windows->values[i] / what->slot * what->slot;
		if (what->window == 0)
			what->window = what->slot;
		r = measure(run, what, refusal);
		if (r < 0)
			return r;
	}
	return 0;
}

static int run_reach(struct run *run)
{
	const struct bench_plan *plan = run->plan;
	const struct device_limits *limits = &run->bench->limits;
	const struct plan_list own_depths = depths_of(limits);
	const struct plan_list *windows = plan_or(&plan->windows, &default_windows);
	const struct plan_list own_kinds = plan_small_and_large(windows);
	const struct plan_list *kinds = plan_or(&plan->kinds, &own_kinds),
			       *patterns = plan_or(&plan->patterns, &default_patterns),
			       *depths = plan_or(&plan->depths, &own_depths);
	size_t size = plan->sizes.count > 0 ? plan->sizes.values[0] : size_of(limits);
	enum transfer_kind kind = plan->transfers.count > 0
					  ? (enum transfer_kind)plan->transfers.values[0]
					  : kind_of(run->bench->device);
	int r;

	run->steps = 1 + windows->count * kinds->count * patterns->count * depths->count;
	r = isolation_guard(run);
	for (size_t d = 0; d < depths->count; d++)
		for (size_t k = 0; k < kinds->count; k++)
			for (size_t p = 0; p < patterns->count && r == 0; p++) {
				struct transfers what = {
					.run = run,
					.kind = kind,
					.backing = (enum memory_kind)kinds->values[k],
					.pattern =
						(enum bench_pattern)patterns->values[p],
					.size = size,
					.slot = (size + PAGE - 1) / PAGE * PAGE,
					.depth = depths->values[d],
					.counters = true,
				};

				r = run_windows(
					run, &what, windows,
					transfers_refusal(run, kind, size, what.depth));
			}
	return r;
}

const struct workload workload_reach = {
	.name = "reach",
	.summary = "what transfers cost by how much memory they touch in turn",
	.moves = true,
	.run = run_reach,
};
