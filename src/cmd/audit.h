/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The audit of a machine that a context has loaded, for all who ask for it. */
#pragma once

#include "audit/audit.h"
#include "cmd/cmd.h"

/* What has to be loaded before. */
#define AUDIT_FACTS                                                                      \
	(FACTS_PARAMETERS | FACTS_IOMEM | (FACTS_ALL & ~(unsigned int)FACTS_NAMES))

/* Works out what checks want to know, and asks them: struct finding, the worst first. */
void audit_ask(struct system *system, enum profile profile, const struct list *rulings,
	       struct list *ret);
