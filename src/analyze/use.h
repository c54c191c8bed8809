/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those share who look for what of the host stands on a function. */
#pragma once

#include "model/system.h"

/*
 * The function that a path of sysfs leads through last, so that what lies behind a bridge
 * belongs to the endpoint; NULL for none.
 */
struct device *use_function(const struct system *system, const char *path);

/* Notes a use, unless the same is noted already, and returns it. */
struct use *use_add(struct system *system, struct device *device, enum use_kind kind,
		    const char *name, struct fact_bool essential, const char *text);

/* Disks and what is made of them. */
void use_storage(struct system *system);
/* Interfaces, and what stands on them. */
void use_networks(struct system *system);
/* Screens, terminals, keyboards. */
void use_attachments(struct system *system);
