/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel parameter that bears on DMA, and what it does on this machine. */
#pragma once

#include "base/record.h"

enum parameter_effect {
	EFFECT_EFFECTIVE,
	EFFECT_OVERRIDDEN,
	EFFECT_NONE,
	EFFECT_UNKNOWN,
};

/* A word of the kernel command line; value is NULL where there is no '='. */
struct kernel_argument {
	const char *word; /* as it stands there, with its quotes */
	const char *name, *value;
};

/* One option of a parameter as it was given: a list gives several. */
struct parameter {
	struct fact_u64 number; /* in the order of the command line, from 1 */
	const char *name, *value;
	const char *word; /* that it is part of */
	struct fact_enum effect;
	struct fact_str why;
	const char *told; /* the same with what to write instead, for people */
	struct fact_str instead;
	struct fact_bool needed;
	struct fact_str meaning;
	struct fact_str source;
};

extern const struct record parameter_record;
extern const struct enum_name parameter_effect_names[];
