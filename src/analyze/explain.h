/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences about groups: why functions stand together, and what would separate them. */
#pragma once

#include "analyze/prediction.h"

/* How the kernel's groups relate to a pair that topology and ACS join. */
enum situation {
	JOIN_FORMED,	 /* it is in one group */
	JOIN_CLEARED,	 /* it was apart when the groups were formed: ACS was on */
	JOIN_SET,	 /* it is in one group from a time when ACS was off */
	JOIN_OVERRIDDEN, /* it is apart because the command line says so */
	JOIN_FOREIGN,	 /* it is apart, and nothing that is known here tells why */
};

struct group_reason *explain_join(const struct prediction *prediction,
				  const struct join *join, enum situation situation);

/* A group of one function that is kept apart: by every hop, and where by which quirk. */
void explain_alone(const struct prediction *prediction, struct device *device,
		   struct list *ret);

/* Functions that are together because the root complex has them as one device. */
struct group_reason *explain_root_bus(struct system *system, const struct join *join);

/* Why the prediction depends on a function, and the state of facts that do. */
const char *explain_doubt(struct system *system, const struct device *device,
			  enum fact_state *ret_state);
