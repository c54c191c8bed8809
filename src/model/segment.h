/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The physical address map, flattened: each address has one owner. */
#pragma once

#include "model/region.h"

/* Addresses that one region holds and none within it. */
struct segment {
	struct span span;
	const struct region *region;
	bool ram; /* the region or one around it is System RAM */
};

/* Sorted and disjoint. Free with segments_free(). */
struct segments {
	struct segment *items;
	size_t count, capacity;
};

/* Of regions in the order of regions_nest(); those without addresses are left out. */
void segments_make(const struct list *regions, struct segments *ret);
void segments_free(struct segments *segments);

/* The number of the first one that does not end before an address; count for none. */
size_t segments_from(const struct segments *segments, uint64_t address);
