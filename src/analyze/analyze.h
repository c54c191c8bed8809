/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Derived facts with their reasons; pure functions of the model. */
#pragma once

#include "model/path.h"
#include "model/reach.h"
#include "model/system.h"

/*
 * What the kernel does with DMA as a whole, and what shows it: status.iommu_state,
 * iommu_kind, interrupt_remapping, each with its reason. First, for the others build on
 * it.
 */
void analyze_platform(struct system *system);

/*
 * The translation that the type of a group stands for, as long as its default domain is
 * attached; unread where that is not to be told. The type may be NULL.
 */
struct fact_enum type_translation(const struct system *system, const char *type);

/* Each device's translation and translation_why, each group's owner. */
void analyze_translation(struct system *system);

/* The default domain and who set it, counts, and the sentences of the summary. */
void analyze_status(struct system *system);

/* Each region's owner, and what is known of its addresses; none where none were read. */
void analyze_regions(struct system *system);

/* Sets zones, firmware types and cache types of a region to those of some addresses. */
void analyze_region_part(struct system *system, struct region *region, struct span part);

/*
 * Holds the firmware's tables against units, devices and reserved regions: adds to the
 * problems of each table. Costs more than the rest and is no part of it.
 */
void analyze_firmware(struct system *system);

/*
 * Each group's isolated, why, predicted and drift. Not part of analyze_system(): most
 * commands do not ask for it.
 */
void analyze_isolation(struct system *system);

/*
 * Whether a request that one function sends to another passes the IOMMU, or may be turned
 * round before. What `to` sends to `from` is another question. Strings and hops are the
 * system's.
 */
void isolation_peer(struct system *system, struct device *from, struct device *to,
		    struct path *ret);

/*
 * What each of these devices can touch: struct reach, one for each, added to `ret`. Wants
 * the map of addresses and what is mapped (FACTS_IOMEM, FACTS_MAPPINGS).
 */
void analyze_reach(struct system *system, const struct list *devices, struct list *ret);

/*
 * The ways of each of these devices to memory and to the CPUs: struct path, two for each,
 * added to `ret`. Wants what analyze_reach() does.
 */
void analyze_paths(struct system *system, const struct list *devices, struct list *ret);

/*
 * What each parameter of the kernel command line that bears on DMA does here:
 * system->parameters. Last, for it looks at what came of them.
 */
void analyze_parameters(struct system *system);

/*
 * Fills in all that led to the translation of each of these devices, step by step. Only
 * where somebody asks, for it is much.
 */
void explain_translations(struct system *system, const struct list *devices);

/* What every command needs, in order. */
void analyze_system(struct system *system);

/* A driver that hands its device to user space: vfio-pci and its variants. */
bool is_vfio_driver(const char *driver);
