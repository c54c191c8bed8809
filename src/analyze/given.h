/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line taken apart: parameters, their options, and who has the last word. */
#pragma once

#include "analyze/subject.h"

/* Why an option may do nothing. */
struct hurdle {
	enum parameter_effect effect; /* EFFECT_EFFECTIVE where nothing is in the way */
	const char *why;
	bool instead; /* whether what is written instead would help */
};

/* One option as it was given, and what the table knows of it. */
struct given {
	const struct kernel_argument *argument;
	const struct kernel_parameter *parameter; /* NULL: none of that name */
	const struct parameter_option *option;	  /* NULL: no such option */
	const char *text;		/* the option as written; NULL without '=' */
	const struct given *list_ended; /* the option before it that Linux read last */
	bool final;			/* nothing follows in its list */
	struct hurdle hurdle; /* on this kernel and machine, other options aside */
};

/* What one command line comes to. */
struct command_line {
	struct list given; /* struct given: every option of every word */
	const struct given *deciders[SETTINGS];
	const struct given **last; /* of each parameter, in the order of the table */
	struct {
		bool asked;
		struct fact_bool is_there;
	} subjects[SUBJECTS];
};

/* Fills system->command_line; first, for the others build on it. */
void analyze_command_line(struct system *system);

/* The option that decides a setting: the last that nothing is in the way of; or NULL. */
const struct given *given_decider(const struct system *system, enum setting setting);
/* The same, where it decides for this value: "iommu=pt" in the arena, or NULL. */
const char *given_decided(struct system *system, enum setting setting,
			  enum setting_value value);
/* The last of one parameter that nothing is in the way of, or NULL. */
const struct given *given_last(const struct system *system,
			       const struct kernel_parameter *parameter);
/* "iommu=pt", as it was given, in the arena. */
const char *given_text(struct system *system, const struct given *given);
