/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is known about one machine; the only owner of the model's memory. */
#pragma once

#include "model/channel.h"
#include "model/device.h"
#include "model/fault.h"
#include "model/firmware.h"
#include "model/group.h"
#include "model/mapping.h"
#include "model/parameter.h"
#include "model/region.h"
#include "model/status.h"
#include "model/unit.h"
#include "model/use.h"
#include "model/vfio.h"

struct command_line;
struct kernel_parameter;

/* The head of every answer: which machine this is. */
struct host {
	struct fact_str root; /* the tree that was read: "/" or a snapshot's directory */
	struct fact_bool live;
	struct fact_str hostname;
	struct fact_str kernel; /* release, as uname -r */
	struct fact_str arch;
	struct fact_str time; /* of the look or of the capture, UTC, ISO 8601 */
};

/* A place that could not be read, or made no sense. */
struct unread {
	const char *source, *path, *reason;
};

/* An option of the kernel's configuration; value "n" for one that is not set. */
struct kconfig_option {
	const char *name, *value;
};

struct module_parameter {
	const char *module, *name;
	const struct kernel_parameter *known; /* its line in the table */
	struct fact_str value;
};

/* The chip through which a PCI function interrupts, by the name that it has. */
struct interrupt_chip {
	const char *bdf;
	bool remapped;
};

struct thunderbolt_domain {
	const char *name;
	struct fact_bool iommu_dma_protection;
	struct fact_str security;
};

struct system {
	struct arena arena;
	struct host host;

	struct list devices; /* struct device, by address */
	enum fact_state devices_state;
	struct list groups; /* struct group, by number */
	enum fact_state groups_state;
	struct list units; /* struct unit, by name */
	enum fact_state units_state;

	struct fact_str cmdline;
	struct list arguments;	       /* struct kernel_argument: every word of it */
	struct list parameters;	       /* struct parameter, derived by analyze/ */
	struct fact_str kconfig;       /* the file it was read from */
	bool kconfig_whole;	       /* what is not in it does not exist */
	struct list kconfig_options;   /* struct kconfig_option */
	enum fact_state modules_state; /* of the list of modules */
	struct list modules;	       /* names (char *) of modules in the kernel */
	struct list module_parameters; /* struct module_parameter */
	enum fact_state tables_state;
	struct list tables;		 /* struct firmware_table */
	struct fact_bool devicetree;	 /* the firmware gave a device tree */
	struct fact_bool efi;		 /* the firmware is UEFI */
	struct fact_bool hypervisor;	 /* a virtual machine: the CPU says so */
	struct fact_bool sme;		 /* the CPU offers memory encryption */
	struct fact_bool private_memory; /* a virtual machine's, which no device reads */
	struct fact_bool remapped_interrupts; /* chips named IR-… in /proc/interrupts */
	struct fact_bool its_interrupts;      /* Arm's ITS is in use; absent otherwise */
	struct list interrupt_chips;	      /* struct interrupt_chip */
	enum fact_state thunderbolt_state;
	struct list thunderbolt; /* struct thunderbolt_domain */
	struct fact_u64 dma_channels;
	enum fact_state channels_state;
	struct list channels;	  /* struct channel, those of ISA last */
	struct fact_bool debugfs; /* mounted where everybody mounts it */
	struct fact_u64 swiotlb_slots, swiotlb_used, swiotlb_high_water,
		swiotlb_transient;
	struct list swiotlb_pools; /* struct swiotlb_pool: of single devices */
	struct fact_bool dma_api_disabled;
	/* Its records: how many there are, are free, and were free when fewest were. */
	struct fact_u64 dma_api_records, dma_api_free, dma_api_free_min, dma_api_errors;
	struct fact_str dma_api_filter; /* the one driver whose errors it reports */

	/*
	 * The physical address map. Its state is known where the addresses are; the
	 * kernel hides them from all but CAP_SYS_ADMIN, and shows the names.
	 */
	enum fact_state regions_state;
	struct list regions; /* struct region, in the order of regions_nest() */
	struct list bars;    /* struct bar, in the order of bar_compare() */
	enum fact_state zones_state, firmware_map_state, cache_types_state;
	struct list zones, firmware_map, cache_types; /* struct span_set, merged */

	/* What is mapped, from the page tables and from the DMA-API's debugging. */
	enum fact_state page_tables_state, dma_api_state;
	struct list page_tables, dma_api; /* struct mappings, by device */
	struct list mappings_wanted;	  /* names of devices to look at; none: at all */

	/* Faults that the kernel's log tells of. */
	enum fact_state faults_state;
	struct fault_log faults;

	struct inventory inventory; /* what the host uses, for analyze/use */
	struct vfio vfio;	    /* what of VFIO there is, for analyze/ready */

	struct status status;		   /* derived by analyze/ */
	struct command_line *command_line; /* the same, for analyze/ itself */
	struct list unread;		   /* struct unread */
};

void system_free(struct system *system);

struct device *system_find_device(const struct system *system, const char *bdf);
struct unit *system_find_unit(const struct system *system, const char *name);

/* The innermost region that holds a physical address; NULL where none does. */
const struct region *system_region_at(const struct system *system, uint64_t address);

/* How many regions start at or before an address: the next in the list is behind it. */
size_t system_regions_up_to(const struct system *system, uint64_t address);

/*
 * The value of a kernel configuration option ("y", "n", …), NULL where unknown. A whole
 * configuration lacks only what it cannot have, which is "n".
 */
const char *system_kconfig(const struct system *system, const char *name);
/* Is the option known to have this value? */
bool system_kconfig_is(const struct system *system, const char *name, const char *value);

extern const struct record host_record;
extern const struct record before_record; /* the same of a second machine */
extern const struct record unread_record;
