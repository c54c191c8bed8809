/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions the benchmark may drive, and what it would take for that. */
#pragma once

#include "bench/take.h"
#include "model/readiness.h"
#include "model/system.h"

enum candidate_verdict {
	CANDIDATE_READY,    /* nothing of the host is bound to it or to its group */
	CANDIDATE_WITH_YES, /* functions have to be taken from drivers of the host */
	CANDIDATE_NOT_READY,
	CANDIDATE_UNKNOWN, /* what decides could not be seen: as little as not ready */
};

/* One function, asked about; strings and lists are the system's. */
struct candidate {
	const char *bdf;
	struct fact_enum verdict; /* enum candidate_verdict */
	struct fact_str why;	  /* of all verdicts but the first; one sentence */
	struct fact_str driver, name, bench_device;
	struct fact_u64 group;
	struct fact_list takes; /* BDFs (char *) that are given to vfio-pci meanwhile */
	struct device *device;
	/* What the verdict comes from. */
	struct list lines; /* char *: what is done to each function, "BDF: …" */
	struct take_plan plan;
	bool no_iommu; /* by VFIO's mode without one */
};

extern const struct record candidate_record;

/*
 * Asks about each of these devices: struct candidate, one for each, added to `ret`. Wants
 * the facts of `ready`, and analyze_use() before it. `no_iommu`: the caller wants VFIO's
 * mode without an IOMMU, of which it says by itself what that means.
 */
void candidates_find(struct system *system, const struct list *devices, bool no_iommu,
		     struct list *ret);

/* Why the plan must not be carried out, one sentence; NULL where it may be. */
const char *candidate_refusal(const struct candidate *candidate, struct arena *arena,
			      bool yes);
