/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those share who find out whether a function can be given to a guest. */
#pragma once

#include "analyze/analyze.h"

/* One function while it is looked at. */
struct inquiry {
	struct system *system;
	struct device *device;
	uint64_t memory; /* bytes that the guest is to have; 0: nobody said */
	struct readiness *readiness;
};

void add_blocker(struct inquiry *inquiry, enum blocker_id id, const char *text);
void add_warning(struct inquiry *inquiry, enum warning_id id, const char *text);
/* Whether it stands for what could not be seen, and not for a refusal. */
bool is_uncertain(const struct blocker *blocker);
/* The command may be NULL. */
void add_step(struct inquiry *inquiry, const char *text, const char *command);

/* Is a module in the kernel, loaded or built in by this option? */
bool has_module(const struct system *system, const char *module, const char *option);

/* A member of the group that VFIO does not mind: no driver, a neutral one, or VFIO's. */
bool is_viable(const struct device *device);
/* What no guest gets: the ports and bridges above it. */
bool is_bridge(const struct device *device);

/* Steps, in the order that they have to be done. */
void add_iommu_steps(struct inquiry *inquiry);
void add_binding_steps(struct inquiry *inquiry);

/* Which addresses can be mapped, and whether the guest's memory fits. */
void ask_guest_memory(struct inquiry *inquiry);

/* What does not stand in the way, but matters: resets, resources, identifiers. */
void ask_reset(struct inquiry *inquiry);
void ask_graphics(struct inquiry *inquiry);
void ask_identifiers(struct inquiry *inquiry);
void ask_given_identifiers(struct inquiry *inquiry);
/* File systems that are mounted, before the steps that take the disk away. */
void ask_mounted(struct inquiry *inquiry);
/* After the steps, which it is about. */
void ask_default_route(struct inquiry *inquiry);

/* What the kernel refuses: regions of the group, interrupts, devices of a list. */
void ask_reserved(struct inquiry *inquiry);
void ask_interrupts(struct inquiry *inquiry);
void ask_vfio(struct inquiry *inquiry);
