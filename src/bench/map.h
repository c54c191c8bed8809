/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The workload map: what its two files share. */
#pragma once

#include "bench/workload.h"

/* One set of parameters while it is measured. */
struct maps {
	struct run *run;
	struct sampler *sampler;
	struct memory memory;
	uint64_t iova, size; /* room for twice the size begins at iova */
};

/*
 * Memory and addresses for a measurement; maps->memory is the caller's to free. Sets
 * bench->why where they cannot be had.
 */
int map_begin(struct maps *maps, uint64_t size, enum memory_kind kind);
/* A row with the parameters of this measurement, alone and by one thread. */
struct result map_row(const struct maps *maps);
/* What ends everything; the rest is a row that says why. */
bool map_is_final(int error);

int map_run_threads(struct maps *maps);
