/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel parameter does here, for those that find out in different ways. */
#pragma once

#include "analyze/given.h"

struct parameter_verdict {
	enum parameter_effect effect;
	const char *why;
	struct fact_bool needed;
};

static inline struct parameter_verdict effective(const char *why, struct fact_bool needed)
{
	return (struct parameter_verdict){ EFFECT_EFFECTIVE, why, needed };
}

static inline struct parameter_verdict overridden(const char *why)
{
	return (struct parameter_verdict){ EFFECT_OVERRIDDEN, why, KNOWN_BOOL(false) };
}

static inline struct parameter_verdict nothing(const char *why)
{
	return (struct parameter_verdict){ EFFECT_NONE, why, KNOWN_BOOL(false) };
}

static inline struct parameter_verdict unknown(const char *why)
{
	return (struct parameter_verdict){ .effect = EFFECT_UNKNOWN, .why = why };
}

/* "flushes at each unmapping: 4 of 4 groups are DMA", in the arena. */
const char *given_proof(struct system *system, const struct given *given,
			const char *proof);

/* Is there anything of a setting that shows in the state of the machine? */
bool setting_shows(enum setting setting);
/* What it shows, where this option decides; or what the table says where nothing does. */
struct parameter_verdict look_at_setting(struct system *system,
					 const struct given *given);

/* An identifier of vfio-pci.ids=: has its driver got the functions that bear it? */
struct parameter_verdict look_at_identifier(struct system *system,
					    const struct given *given);

/* A list of functions (OPTION_FUNCTIONS): are they there, and do they have ACS? */
struct parameter_verdict look_at_functions(struct system *system,
					   const struct given *given);
