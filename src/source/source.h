/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry of sources: one file for each place in the kernel that says something. */
#pragma once

#include "model/mapping-group.h"
#include "source/root.h"

/* What a source brings; a command names what it needs, and only that is read. */
enum source_facts {
	FACTS_HOST = 1 << 0,
	FACTS_PLATFORM = 1 << 1, /* kernel settings, firmware */
	FACTS_DEVICES = 1 << 2,
	FACTS_GROUPS = 1 << 3,
	FACTS_REGIONS = 1 << 4, /* reserved regions of groups */
	FACTS_UNITS = 1 << 5,
	FACTS_NAMES = 1 << 6,	 /* names of devices from pci.ids and hwdb */
	FACTS_DEBUG = 1 << 7,	 /* debugfs */
	FACTS_FIRMWARE = 1 << 8, /* ACPI tables, a part of FACTS_PLATFORM */
	FACTS_ALL = (1 << 9) - 1,
	/* What few commands need; not among all, which the others begin from. */
	FACTS_IOMEM = 1 << 16, /* the physical address map */
	FACTS_CHANNELS = 1 << 17,
	FACTS_PARAMETERS = 1 << 18, /* what kernel parameters of any kind come to */
	FACTS_MAPPINGS = 1 << 19,   /* what is mapped for devices */
	FACTS_USE = 1 << 20,	    /* what the host uses its devices for */
	FACTS_VFIO = 1 << 21,	    /* what VFIO and its users have to go by */
	FACTS_LOG = 1 << 22,	    /* faults in the kernel's log */
	FACTS_SNAPSHOT = FACTS_ALL | FACTS_IOMEM | FACTS_CHANNELS | FACTS_PARAMETERS |
			 FACTS_MAPPINGS | FACTS_USE | FACTS_VFIO | FACTS_LOG,
};

/* Sources run phase by phase, in the order of the table within one. */
enum source_phase {
	PHASE_PLATFORM,
	PHASE_UNITS,
	PHASE_DEVICES,
	PHASE_GROUPS,
	PHASE_LINKS
};

struct source {
	const char *name;
	const char *reads; /* the place, for people */
	enum source_phase phase;
	unsigned int facts;
	/* Fills the model; notes what it could not see; nothing it meets is fatal. */
	void (*read)(struct root *root, struct system *system);
};

/* Ends with a NULL name. */
extern const struct source sources[];

/* Runs every source that brings any of the facts. */
void sources_read(struct root *root, struct system *system, unsigned int facts);

/*
 * What a failed look at a file of debugfs means: absence is believed only where debugfs
 * is mounted. For sources that run after that of debugfs.
 */
enum fact_state debugfs_state(const struct system *system, int error);

/*
 * Counts what the DMA-API's debugging lists now, however much it is, in constant memory:
 * an empty table filled in, its groups in that arena. `map` may be NULL. -errno; what was
 * read before it failed is counted.
 */
int source_count_mappings(struct root *root, struct arena *arena,
			  const struct segments *map, struct mapping_table *ret);
/* The same for a copy of it, in a file that the user named. */
int source_count_file(int fd, struct arena *arena, struct mapping_table *ret);

void source_host_read(struct root *root, struct system *system);
void source_cmdline_read(struct root *root, struct system *system);
void source_kconfig_read(struct root *root, struct system *system);
void source_module_read(struct root *root, struct system *system);
void source_module_parameters(struct root *root, struct system *system);
void source_firmware_kind(struct root *root, struct system *system);
void source_cpu_read(struct root *root, struct system *system);
void source_interrupts_read(struct root *root, struct system *system);
void source_firmware_read(struct root *root, struct system *system);
void source_thunderbolt_read(struct root *root, struct system *system);
void source_dmaengine_read(struct root *root, struct system *system);
void source_dmaengine_channels(struct root *root, struct system *system);
void source_debugfs_read(struct root *root, struct system *system);
void source_iomem_read(struct root *root, struct system *system);
/* The physical address map alone, unless it was read. */
void source_iomem_map(struct root *root, struct system *system);
void source_bar_read(struct root *root, struct system *system);
void source_block_read(struct root *root, struct system *system);
void source_mount_read(struct root *root, struct system *system);
void source_network_read(struct root *root, struct system *system);
void source_console_read(struct root *root, struct system *system);
void source_modprobe_read(struct root *root, struct system *system);
void source_vfio_read(struct root *root, struct system *system);
void source_log_read(struct root *root, struct system *system);
/* Takes a line into the system's faults; true where it is about one. */
bool source_log_take(void *system, const char *line, size_t length);
void source_mapping_read(struct root *root, struct system *system);
void source_unit_read(struct root *root, struct system *system);
void source_pci_read(struct root *root, struct system *system);
void source_pci_names(struct root *root, struct system *system);
void source_slot_read(struct root *root, struct system *system);
void source_group_read(struct root *root, struct system *system);
void source_group_regions(struct root *root, struct system *system);
void source_links(struct root *root, struct system *system);
