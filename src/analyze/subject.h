/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel parameter acts on: is it on this machine, was its code built in? */
#pragma once

#include "model/system.h"
#include "spec/parameter.h"

/* Whether the machine has it; a state other than known where it could not be seen. */
struct fact_bool subject_is_there(const struct system *system,
				  enum parameter_subject subject);

/* What to say where it is not there, and where that could not be seen: no full stop. */
const char *subject_missing(enum parameter_subject subject);
const char *subject_unseen(enum parameter_subject subject);

/* Whether code is part of the kernel: by its configuration, or by what is seen of it. */
struct fact_bool is_built(const struct system *system, const char *option);

/* A release of Linux (LINUX()); 0 where the kernel's name does not tell. */
unsigned int kernel_release(const struct system *system);
/* The name of a kernel whose vendor adds to old releases what is new in others. */
bool has_backports(const struct system *system);

/* ARCH_X86 and so on; 0 where the architecture is not known. */
unsigned int machine_arch(const struct system *system);

size_t count_units(const struct system *system, enum unit_kind kind);
/* An emulated unit, for which Linux flushes at each unmapping. */
bool has_caching_mode(const struct system *system);

/* What the kernel does by itself, and the option that it was built with for it. */
struct built_default {
	const char *option, *is; /* NULL where that is not known */
	enum setting_value value;
};

struct built_default built_default(const struct system *system, enum setting setting);
