/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine in one screen: is DMA translated and isolated, and why. */
#pragma once

#include "base/record.h"

enum iommu_state {
	IOMMU_TRANSLATING,
	IOMMU_PASSTHROUGH,
	IOMMU_INTERRUPT_REMAPPING_ONLY,
	IOMMU_OFF_IN_KERNEL,
	IOMMU_OFF_IN_FIRMWARE,
	IOMMU_ABSENT,
	IOMMU_UNKNOWN,
};

enum default_domain { DEFAULT_STRICT, DEFAULT_LAZY, DEFAULT_IDENTITY };

enum dma_debug {
	DMA_DEBUG_ENABLED,
	DMA_DEBUG_DISABLED,
	DMA_DEBUG_NOT_BUILT,
	DMA_DEBUG_UNKNOWN
};

/* How many devices have each translation; the last is for those where it is unknown. */
enum { STATUS_MODES = 7, STATUS_MODE_UNKNOWN = STATUS_MODES - 1 };

/* Bounce buffers that some devices may use and no others ("restricted-dma-pool"). */
struct swiotlb_pool {
	const char *name;
	struct fact_u64 slots, used, high_water; /* slots of 2 KiB */
};

struct status {
	struct fact_list summary; /* the most important facts first, as sentences */

	struct fact_enum iommu_state;
	struct fact_str iommu_state_why;
	struct fact_str iommu_kind;
	struct fact_enum default_domain;
	struct fact_str default_domain_why;
	struct fact_bool interrupt_remapping;
	struct fact_str interrupt_remapping_why;
	struct fact_list firmware_tables;
	struct fact_u64 units, groups, devices;
	struct fact_u64 modes[STATUS_MODES];
	struct fact_u64 bus_masters;
	struct fact_u64 bus_masters_untranslated;
	struct fact_list untranslated; /* their BDFs */
	struct fact_bool external_dma_protection;
	struct fact_str external_dma_protection_why;
	struct fact_list weakened_by;
	struct fact_u64 third_party_channels;
	struct fact_u64 swiotlb_slots, swiotlb_used, swiotlb_high_water,
		swiotlb_transient;
	struct fact_list swiotlb_pools; /* struct swiotlb_pool */
	struct fact_str swiotlb_why;
	struct fact_enum dma_debug;
	struct fact_str dma_debug_why;
	/* Where it is enabled: */
	struct fact_u64 dma_debug_records, dma_debug_used, dma_debug_free_min,
		dma_debug_errors;
	struct fact_str dma_debug_filter;
};

extern const struct record status_record;
extern const struct enum_name iommu_state_names[];
extern const struct enum_name default_domain_names[];
