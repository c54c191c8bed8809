/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a request that a function sends: to memory, to the CPUs, or to a peer. */
#pragma once

#include "base/record.h"

enum path_verdict {
	PATH_THROUGH_IOMMU,
	PATH_PASSED_THROUGH,
	PATH_BLOCKED,
	PATH_NO_IOMMU,
	PATH_SHORT_CUT,
	PATH_SAME_DEVICE,
	PATH_REFUSED,
	PATH_REMAPPED,
	PATH_NOT_REMAPPED,
};

enum hop_kind {
	HOP_FUNCTION,
	HOP_ROOT_PORT,
	HOP_UPSTREAM_PORT,
	HOP_DOWNSTREAM_PORT,
	HOP_BRIDGE,
	HOP_UNIT,
	HOP_DOMAIN,
	HOP_RESERVED,
	HOP_MEMORY,
	HOP_CPU,
};

/* What the address in a request is, where it comes to a hop. */
enum address_kind { ADDRESS_IOVA, ADDRESS_BUS, ADDRESS_PHYSICAL, ADDRESS_MESSAGE };

struct path_hop {
	const char *name; /* BDF, unit, group, range of addresses */
	struct fact_enum kind;
	struct fact_str bdf; /* absent for what is no PCI function */
	struct fact_enum address;
	struct fact_str text; /* what it does with the request, and why */
	struct fact_str path; /* the file that says so */
	unsigned int depth;   /* 1 for what is a part of the hop before, else 0 */
};

struct path {
	const char *from, *to;	  /* BDFs; "memory" or "CPUs" */
	struct fact_enum verdict; /* enum path_verdict; unread where it is unknown */
	struct fact_str turn;	  /* the hop that decides; absent where none turns it */
	struct fact_str why;
	struct fact_list hops; /* struct path_hop, from the sender upwards */
};

extern const struct record path_record;
extern const struct record path_hop_record;
extern const struct enum_name path_verdict_names[];
