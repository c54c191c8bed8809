/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transfers of a device within a window of addresses, every byte of them looked at. */
#pragma once

#include "bench/workload.h"

struct transfers {
	struct run *run;
	enum transfer_kind kind;
	enum memory_kind backing;
	enum bench_pattern pattern;
	size_t size;   /* of one transfer */
	size_t slot;   /* a place for one: the size and what is free up to the next */
	size_t window; /* of all places; they are used in the order of the pattern */
	size_t depth;  /* at once */
	bool counters; /* ask the IOMMU's own, too */
};

/* By enum transfer_kind; ends with NULL. */
extern const char *const transfer_names[];

/* A row with the parameters that all transfers have. */
struct result transfers_row(const struct run *run, const struct transfers *what);

/* Why this cannot be asked of this device, or NULL. */
const char *transfers_refusal(const struct run *run, enum transfer_kind kind,
			      uint64_t size, uint64_t depth);

/*
 * Measures and adds a row that begins as `like`: with the verdict that all data was
 * right, or what was wrong. -errno: the device is lost, or -EINTR.
 */
int transfers_measure(const struct transfers *transfers, const struct result *like);
