/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IOMMU group: the smallest set of devices that can be isolated from the others. */
#pragma once

#include "base/record.h"

enum group_owner { OWNER_KERNEL, OWNER_USER, OWNER_MIXED, OWNER_NONE };

struct reserved_region {
	struct fact_u64 start, end; /* both inclusive */
	struct fact_str type;
};

/* A member that is no PCI function: a platform device, say. */
struct group_member {
	const char *name;
	struct fact_str driver;
};

/* What stands behind a group's being as it is; the names are those of the contract. */
enum why_code {
	WHY_ALONE,
	WHY_MULTIFUNCTION_NO_ACS,
	WHY_DOWNSTREAM_NO_ACS,
	WHY_UPSTREAM_NO_ACS,
	WHY_ROOT_PORT_NO_ACS,
	WHY_CONVENTIONAL_BUS,
	WHY_DMA_ALIAS,
	WHY_ROOT_BUS_PEER,
	WHY_VENDOR_QUIRK,
	WHY_ACS_OVERRIDE,
};

struct group_reason {
	struct fact_enum code;	/* enum why_code */
	struct fact_str bdf;	/* the function that it is about */
	struct fact_str member; /* the member that it explains; absent: all of them */
	struct fact_str text;
	struct fact_str
		remedy; /* what would separate them; absent where they are apart */
};

struct group {
	struct fact_u64 id;
	struct fact_str name; /* "vfio-noiommu" is no IOMMU */
	struct fact_str type; /* of the default domain, as the kernel spells it */
	struct fact_enum owner;
	struct fact_list devices;	   /* names; of PCI functions their BDF */
	struct fact_list reserved_regions; /* struct reserved_region */
	struct fact_list
		others; /* struct group_member: those of devices that are not PCI */
	struct fact_list members; /* struct device: those of devices that are PCI */

	/* By analyze/isolation, for commands that ask for it. */
	struct fact_bool isolated;
	struct fact_str isolated_why;
	struct fact_list why;	    /* struct group_reason */
	struct fact_list predicted; /* BDFs */
	struct fact_bool drift;
	bool cleared; /* where it drifts: ACS was switched off, and not on */
	size_t index; /* its place among the system's groups, for tables beside them */
};

extern const struct record group_record;
extern const struct record reserved_region_record;
extern const struct record group_reason_record;
