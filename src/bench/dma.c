// SPDX-License-Identifier: GPL-2.0-or-later
/* How fast a device moves bytes, by the size of a transfer and how many are under way. */

#include "bench/transfers.h"

static const struct plan_list default_kinds = { { MEMORY_4K }, 1 };

/* The device's smallest, a page, and larger ones that it can. */
static struct plan_list sizes_of(const struct device_limits *limits)
{
	static const size_t wanted[] = { 64, 512, 4096, 16384, 65536, 131072, 1 << 20 };
	struct plan_list list = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (wanted[i] >= limits->size_min && wanted[i] <= limits->size_max &&
		    wanted[i] % limits->size_step == 0)
			list.values[list.count++] = wanted[i];
	if (list.count == 0 || list.values[list.count - 1] < limits->size_max)
		list.values[list.count++] =
			limits->size_max / limits->size_step * limits->size_step;
	return list;
}

static struct plan_list depths_of(const struct device_limits *limits)
{
	struct plan_list list = { { 1 }, 1 };

	if (limits->depth_max >= 8)
		list.values[list.count++] = 8;
	if (limits->depth_max > 8)
		list.values[list.count++] = limits->depth_max;
	return list;
}

static struct plan_list transfers_of(const struct bench_device *device)
{
	struct plan_list list = { 0 };

	for (unsigned int kind = 0; kind < TRANSFER_KINDS; kind++)
		if (device->can & 1U << kind)
			list.values[list.count++] = kind;
	return list;
}

static int measure(struct run *run, const struct transfers *what)
{
	struct transfers transfers = *what;
	struct result like = transfers_row(run, what);
	const char *why = transfers_refusal(run, what->kind, what->size, what->depth);

	if (why) {
		run_add_unknown(run, &like, why);
		return 0;
	}
	run_tell(run, "%s %s, %zu at once", like.operation, size_text(what->size).text,
		 what->depth);
	/* Each of those under way has a place of its own. */
	transfers.run = run;
	transfers.slot = (what->size + 4095) & ~(size_t)4095;
	transfers.window = transfers.slot * what->depth;
	return transfers_measure(&transfers, &like);
}

static int run_dma(struct run *run)
{
	const struct bench_plan *plan = run->plan;
	const struct plan_list own_sizes = sizes_of(&run->bench->limits),
			       own_depths = depths_of(&run->bench->limits),
			       own_transfers = transfers_of(run->bench->device);
	const struct plan_list *sizes = plan_or(&plan->sizes, &own_sizes),
			       *depths = plan_or(&plan->depths, &own_depths),
			       *kinds = plan_or(&plan->kinds, &default_kinds),
			       *transfers = plan_or(&plan->transfers, &own_transfers);
	int r;

	run->steps = 1 + transfers->count * kinds->count * depths->count * sizes->count;
	r = isolation_guard(run);
	for (size_t t = 0; t < transfers->count; t++)
		for (size_t k = 0; k < kinds->count; k++)
			for (size_t d = 0; d < depths->count; d++)
				for (size_t s = 0; s < sizes->count && r == 0; s++)
					r = measure(
						run,
						&(struct transfers){
							.kind = (enum transfer_kind)
									transfers->values
										[t],
							.backing = (enum memory_kind)kinds
									   ->values[k],
							.depth = depths->values[d],
							.size = sizes->values[s],
						});
	return r;
}

const struct workload workload_dma = {
	.name = "dma",
	.summary = "how fast the device moves bytes, by size and number at once",
	.moves = true,
	.run = run_dma,
};
