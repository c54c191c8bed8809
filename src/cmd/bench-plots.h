/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which curves the results of a benchmark make. */
#pragma once

#include "bench/result.h"
#include "output/plot.h"

/*
 * Adds to ret_plots what results (struct result) of each workload show, struct plot in
 * the arena; returns how many that are. The workload "map": latency against size,
 * mappings alive and threads; "dma": bytes per second against size; any other of which
 * there is a window: latency against that. For each, also latency against percentiles,
 * where there are many from the largest x of every series. Nothing is drawn of checks,
 * nor curves of what was measured in one place only. Names are those of the results,
 * which have to stay.
 */
size_t bench_plots(struct arena *arena, const struct list *results,
		   struct list *ret_plots);
