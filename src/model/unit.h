/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IOMMU hardware unit. */
#pragma once

#include "base/record.h"

enum unit_kind {
	UNIT_INTEL_VTD,
	UNIT_AMD_VI,
	UNIT_ARM_SMMU_V3,
	UNIT_ARM_SMMU,
	UNIT_VIRTIO_IOMMU,
	UNIT_RISCV,
	UNIT_S390,
	UNIT_OTHER,
};

struct unit {
	const char *name; /* as in /sys/class/iommu */
	struct fact_enum kind;
	struct fact_u64 segment;
	struct fact_u64 register_base;
	struct fact_str version;
	struct fact_list capabilities; /* names from the specification */
	struct fact_u64 address_width; /* bits of a DMA address before translation */
	struct fact_list page_sizes;   /* uint64_t, bytes, ascending */
	struct fact_bool interrupt_remapping; /* what the hardware offers */
	struct fact_u64 devices;
	struct fact_u64 domains_used, domains_supported;
	struct fact_u64 cap, ecap;     /* VT-d registers */
	struct fact_u64 efr, efr2;     /* AMD-Vi extended feature registers */
	struct fact_str parent;	       /* the device that the unit is, if any: a BDF */
	struct fact_bool caching_mode; /* VT-d CAP.CM, AMD-Vi NpCache: an emulated unit */
	struct list members;	       /* names (char *) of the devices behind the unit */
};

extern const struct record unit_record;
extern const struct enum_name unit_kind_names[];
