/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which physical memory a device can touch now. */
#pragma once

#include "base/record.h"

enum reach_extent { REACH_EVERYTHING, REACH_MAPPED, REACH_NOTHING };

/* How sure the figures are. */
enum reach_certainty { REACH_EXACT, REACH_AT_LEAST };

/* What lies within reach, by what holds it. */
struct reach_kind {
	struct fact_enum kind; /* enum iomem_kind */
	struct fact_u64 bytes;
};

struct reach {
	const char *bdf;
	struct fact_str driver;
	struct fact_u64 group;
	struct fact_enum translation; /* enum translation */
	struct fact_bool bus_master;
	struct fact_enum extent, certainty;
	struct fact_u64 ram, ram_total;	  /* bytes of System RAM: within reach, and all */
	struct fact_u64 others_registers; /* bytes of other PCI functions' registers */
	struct fact_list kinds;		  /* struct reach_kind */
	/* Of what is mapped: */
	struct fact_u64 mappings, mapped, large, writable;
	struct fact_str why;
	struct fact_str path; /* the file that says what is mapped */
};

extern const struct record reach_record;
