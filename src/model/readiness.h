/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a guest can have a function, what is missing, and what it would break. */
#pragma once

#include "base/record.h"
#include "model/use.h"

enum readiness_verdict {
	READY_NOW,
	READY_AFTER_STEPS,
	NOT_READY,
	READY_UNKNOWN,
};

/* What stands in the way; the names are for scripts and stay. */
enum blocker_id {
	BLOCKER_BRIDGE,
	BLOCKER_CHIPSET,
	BLOCKER_IOMMU_UNIT,
	BLOCKER_NO_IOMMU,
	BLOCKER_OFF_IN_FIRMWARE,
	BLOCKER_OFF_IN_KERNEL,
	BLOCKER_NOT_COVERED,
	BLOCKER_NO_IOMMU_MODE,
	BLOCKER_GROUP_UNKNOWN,
	BLOCKER_GROUP_NOT_FORMED,
	BLOCKER_MEMBER_UNKNOWN,
	BLOCKER_KIND_UNKNOWN,
	BLOCKER_USE_UNKNOWN,
	BLOCKER_RESERVED_MAPPING,
	BLOCKER_RESERVED_UNKNOWN,
	BLOCKER_INTERRUPTS,
	BLOCKER_INTERRUPTS_UNKNOWN,
	BLOCKER_NO_VFIO,
	BLOCKER_DENYLIST,
	BLOCKER_DENYLIST_UNKNOWN,
	BLOCKER_IN_USE,
	BLOCKER_ROOT_FILE_SYSTEM,
	BLOCKER_SWAP,
	BLOCKER_HOST_USE_UNKNOWN,
	BLOCKER_GUEST_MEMORY,
	BLOCKER_GUEST_MEMORY_UNKNOWN,
};

enum warning_id {
	WARNING_NO_RESET,
	WARNING_RESET_UNKNOWN,
	WARNING_BOOT_VGA,
	WARNING_UNSAFE_INTERRUPTS,
	WARNING_SAME_IDENTIFIERS,
	WARNING_TAKEN_AT_START,
	WARNING_ASK_AGAIN,
	WARNING_MEMLOCK,
	WARNING_DEFAULT_ROUTE,
	WARNING_MOUNTED,
	WARNING_VFIO_UNKNOWN,
};

struct blocker {
	struct fact_enum id;
	struct fact_str text;
	struct fact_str path; /* the file that says so, or would */
};

struct warning {
	struct fact_enum id;
	struct fact_str text;
};

struct step {
	struct fact_str text;
	struct fact_str command; /* absent for what no command does */
};

/* Addresses that a guest's memory may be mapped at. */
struct iova_hole {
	struct fact_u64 start, end; /* both inclusive */
	struct fact_u64 bytes;
};

struct readiness_bar {
	struct fact_str name;
	struct fact_u64 bytes;
};

struct readiness {
	const char *bdf;
	struct fact_enum verdict; /* enum readiness_verdict */
	struct fact_str verdict_why;
	const struct blocker *decisive; /* that the verdict comes from; NULL for none */
	struct fact_str driver, name, class;
	struct fact_u64 group;
	struct fact_list members; /* names of the others that go with it */
	struct fact_list stay;	  /* BDFs of the bridges of its group */
	struct fact_list blockers, warnings, steps, breaks;
	struct fact_list reset_methods;
	struct fact_list bus_reset; /* BDFs that a reset of its bus would hit, too */
	struct fact_u64 address_width;
	struct fact_list iova; /* struct iova_hole */
	struct fact_list bars; /* struct readiness_bar */
	struct fact_bool boot_vga, rom;
	struct fact_bool iommufd;
	struct fact_str cdev; /* the node for iommufd */
	struct fact_u64 memlock;
	struct fact_bool memlock_unlimited;
	struct device *device;
};

extern const struct record readiness_record;
