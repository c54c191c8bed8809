/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dmascope leaks trace: what is mapped and not unmapped, and from where. */
#pragma once

#include "cmd/cmd.h"

struct trace_plan {
	const char *method; /* its name; NULL for the best that works */
	uint64_t interval_ms, samples;
	uint64_t older_ms;     /* what lives longer is shown */
	uint64_t mappings_max; /* that are followed at once */
	bool all;
};

/* Follows the DMA API on this machine; an exit status, 1 where something grows. */
int trace_run(struct context *context, const struct trace_plan *plan);
