/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IOMMU's own performance counters, where the kernel offers them. */
#pragma once

#include "base/text.h"

/* Of all units of the machine, since the counters were opened. */
struct iotlb_counts {
	uint64_t lookups, misses;
};

enum { COUNTERS_MAX = 64 };

struct counters {
	struct {
		int fd;
		bool is_hit, is_miss; /* one of both, or a lookup */
	} events[COUNTERS_MAX];
	size_t count;
};

/*
 * VT-d's dmarN (iotlb_lookup, iotlb_hit) and AMD-Vi's amd_iommu_N (mem_iommu_tlb_pte_hit,
 * mem_iommu_tlb_pte_mis) of perf. -ENOENT: there are none; -errno where perf refuses.
 */
int counters_open(struct counters *counters);
int counters_read(const struct counters *counters, struct iotlb_counts *ret);
void counters_close(struct counters *counters);

/*
 * An event as sysfs has it, "event=0x01,event_group=0x2", into perf's config, by the
 * places that its terms have: format() gives the text of a term's file, "config:0-27", or
 * NULL. -EINVAL where it is not of that form.
 */
int counters_config(const char *event,
		    const char *(*format)(void *data, const char *term), void *data,
		    uint64_t *ret);
