/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware's word held against the kernel's: one witness for each kind of table. */
#pragma once

#include "analyze/analyze.h"

/* What a kind of table says about units, devices and memory. */
struct witness {
	const char *signature;
	enum unit_kind kind; /* of the units that Linux makes of such a table */
	/* Whether a structure is a unit that Linux would use. */
	bool (*is_unit)(const struct acpi_table *table, const struct layout_node *node);
	/* The kernel's unit for it, by address or PCI function, or NULL. */
	struct unit *(*find_unit)(const struct system *system,
				  const struct layout_node *node);
	/* What unit_of() looks up for each device, made once; in the system's arena. */
	const void *(*prepare)(struct system *system, const struct acpi_table *table);
	/* The unit that the table puts a device behind, or NULL. */
	const struct layout_node *(*unit_of)(const void *prepared,
					     const struct acpi_table *table,
					     const struct device *device);
	/* The field with the address of a unit's registers; NULL where there is none. */
	const char *base;
	/* Whether a unit has a device that is there; NULL where none is named. */
	bool (*has_device)(const struct system *system, const struct layout_node *node);
	/* What only this kind of table has: scopes, regions. */
	void (*check)(struct system *system, struct firmware_table *table);
};

extern const struct witness dmar_witness, iort_witness, iort_v3_witness, ivrs_witness,
	viot_witness;

/* A problem with text as of printf(). */
void table_complain(struct system *system, struct firmware_table *table, uint64_t offset,
		    enum acpi_code code, const char *format, ...) _printf_(5, 6);

/*
 * Holds start..end (inclusive), which a device needs mapped one to one, against the
 * reserved regions of its group.
 */
void check_direct_region(struct system *system, struct firmware_table *table,
			 const struct layout_node *node, uint64_t start, uint64_t end,
			 const struct device *device);

/* Holds start..end (inclusive), which must be reserved, against the memory map. */
void check_reserved_memory(struct system *system, struct firmware_table *table,
			   const struct layout_node *node, uint64_t start, uint64_t end);

/* Whether a function that is not among the devices is not there. */
static inline bool system_sees_devices(const struct system *system)
{
	return system->devices_state == FACT_KNOWN && system->devices.count > 0;
}

/* Functions first..last of a segment whose requests may bear the address of another. */
struct ivrs_alias {
	uint32_t segment, first, last, source; /* bus, device and function as DeviceID */
};

/* Adds those that Linux makes DMA aliases: where the other is on the same bus. */
void ivrs_find_aliases(struct system *system, struct list *ret);

/* The number by which an IVRS names a function. */
uint32_t ivrs_device_id(const struct device *device);

/* The function of that address, or NULL. */
struct device *find_function(const struct system *system, uint32_t segment,
			     unsigned int bus, unsigned int device,
			     unsigned int function);

/* Whether a device is the bridge or anywhere below it. */
bool is_below(const struct device *device, const struct device *bridge);
