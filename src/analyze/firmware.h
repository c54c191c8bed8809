/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware's word held against the kernel's: one witness for each kind of table. */
#pragma once

#include "analyze/analyze.h"

/* How the kernel's unit for a structure is found. */
struct unit_key {
	enum unit_kind kind;
	bool function;	 /* by a PCI function; otherwise by the unit's registers */
	uint64_t number; /* function_number(), or the address of the registers */
};

static inline uint64_t function_number(uint64_t segment, uint64_t requester_id)
{
	return segment << 16 | requester_id;
}

/* What a kind of table says about units, devices and memory. */
struct witness {
	const char *signature;
	unsigned int kinds; /* of the units that Linux makes of such a table, as bits */
	/*
	 * What the others look up, made once, in the system's arena; they get it as
	 * `prepared`. NULL where the table tells all by itself.
	 */
	const void *(*prepare)(struct system *system, const struct acpi_table *table);
	/* Whether a structure is a unit that Linux would use, and how it is found. */
	bool (*is_unit)(const void *prepared, const struct layout_node *node,
			struct unit_key *ret);
	/* The unit that the table puts a device behind, or NULL. */
	const struct layout_node *(*unit_of)(const void *prepared,
					     const struct acpi_table *table,
					     const struct device *device);
	/* The field with the address of a unit's registers; NULL where there is none. */
	const char *base;
	/* Whether a unit has a device that is there; NULL where none is named. */
	bool (*has_device)(const void *prepared, const struct layout_node *node);
	/* What only this kind of table has: scopes, regions. NULL for nothing. */
	void (*check)(const void *prepared, struct system *system,
		      struct firmware_table *table);
};

extern const struct witness dmar_witness, iort_witness, ivrs_witness, rimt_witness,
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

/*
 * Holds start..end (inclusive), which the kernel must leave alone, against the memory
 * map: it may be anything but RAM or a hole, or, where `reserved`, nothing but Reserved.
 */
void check_reserved_memory(struct system *system, struct firmware_table *table,
			   const struct layout_node *node, uint64_t start, uint64_t end,
			   bool reserved);

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

/* The function of that address, or NULL. */
struct device *find_function(const struct system *system, uint32_t segment,
			     unsigned int bus, unsigned int device,
			     unsigned int function);

/* The device that a function is seen through or that it hangs on, or NULL. */
static inline struct device *device_above(const struct device *device)
{
	return device->physfn_ref ? device->physfn_ref : device->upstream_ref;
}
