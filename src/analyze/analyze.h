/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Derived facts with their reasons; pure functions of the model. */
#pragma once

#include "model/mapping-group.h"
#include "model/path.h"
#include "model/reach.h"
#include "model/readiness.h"
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
 * What a fault that this machine logged is about: the device behind a number at the
 * IOMMU, its driver and unit, what lies at the address; and, wherever the log comes from
 * (system NULL), what to do next. Strings are the arena's, or the system's.
 */
void analyze_fault(const struct system *system, struct arena *arena,
		   struct fault_group *group);

/*
 * What each parameter of the kernel command line that bears on DMA does here:
 * system->parameters. Last, for it looks at what came of them.
 */
void analyze_parameters(struct system *system);

/*
 * What came of pcie_acs_override=, which only a patch reads: groups show whether this
 * kernel has it, once analyze_isolation() has said why they are as they are, and calls
 * this.
 */
void analyze_override(struct system *system);

/*
 * Fills in all that led to the translation of each of these devices, step by step. Only
 * where somebody asks, for it is much.
 */
void explain_translations(struct system *system, const struct list *devices);

/*
 * What of the host stands on each function: device->uses, struct use. Wants FACTS_USE;
 * what could not be looked at is an entry of its own, of USE_UNKNOWN.
 */
void analyze_use(struct system *system);

/*
 * Whether each of these functions can be given to a guest, of which memory of that size
 * (0: not asked) has to be mapped: struct readiness, one for each, added to `ret`. Wants
 * FACTS_USE, FACTS_VFIO, and analyze_use() before it.
 */
void analyze_ready(struct system *system, const struct list *devices, uint64_t memory,
		   struct list *ret);

/*
 * Will a parameter of a module be on when the module is loaded? By the kernel command
 * line ("MODULE.NAME" as `parameter`), or what modprobe.d says of it. Unread where that
 * could not be looked at.
 */
struct fact_bool is_set_for_loading(const struct system *system, const char *parameter,
				    const char *module, const char *name);

/* No bridge, part of the chipset or IOMMU: something that a guest could be given. */
bool is_candidate(const struct device *device);

/*
 * What about these mappings should not be, and which of them bounce buffers stand in for.
 * Wants the map of addresses with which they were counted; translations of devices where
 * they are known.
 */
void analyze_mappings(struct system *system, struct mapping_table *table);

/* Mappings at one time. */
struct mapping_sample {
	struct mapping_table table;
	struct fact_u64 time; /* milliseconds, by a clock that goes on */
};

/*
 * What became of the mappings from the first to the last of two samples or more: a group
 * for each that any of them has, those that grow first. Strings are the samples'.
 */
void analyze_growth(struct arena *arena, const struct mapping_sample *samples,
		    size_t count, struct list *ret);

/* What every command needs, in order. */
void analyze_system(struct system *system);

/* A driver that hands its device to user space: vfio-pci and its variants. */
bool is_vfio_driver(const char *driver);

/*
 * A driver that starts no DMA of its own, so that VFIO takes a group that it sits in
 * (driver_managed_dma in Linux: the port driver and the stub).
 */
bool is_neutral_driver(const char *driver);
