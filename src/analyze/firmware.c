// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The firmware's word held against the kernel's: units, devices and reserved memory.
 *
 * A witness says what one kind of table claims; what is done with it is the same for all.
 * Nothing is held against what could not be read.
 */

#include "analyze/firmware.h"

#include <stdarg.h>

static const struct witness *const witnesses[] = {
	&dmar_witness, &ivrs_witness, &iort_witness, &iort_v3_witness, &viot_witness,
};

void table_complain(struct system *system, struct firmware_table *table, uint64_t offset,
		    enum acpi_code code, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	firmware_table_complain(&system->arena, table, offset, code,
				arena_strdup(&system->arena, text));
}

struct device *find_function(const struct system *system, uint32_t segment,
			     unsigned int bus, unsigned int device, unsigned int function)
{
	char bdf[32];

	snprintf(bdf, sizeof(bdf), "%04x:%02x:%02x.%x", segment, bus & 0xff,
		 device & 0x1f, function & 7);
	return system_find_device(system, bdf);
}

enum { DEPTH_MAX = 256 }; /* a bus has a number of eight bits */

bool is_below(const struct device *device, const struct device *bridge)
{
	for (int depth = 0; device && depth < DEPTH_MAX; depth++) {
		if (device == bridge)
			return true;
		device = device->physfn_ref ? device->physfn_ref : device->upstream_ref;
	}
	return false;
}

/* Is start..end within regions of the group that are mapped one to one? */
static bool is_direct(const struct group *group, uint64_t start, uint64_t end)
{
	LIST_FOR_EACH (&group->reserved_regions.list, const struct reserved_region,
		       region) {
		bool direct = known_str(region->type, "direct") ||
			      known_str(region->type, "direct-relaxable") ||
			      known_str(region->type, "relaxable");

		if (!direct || region->start.value > start || region->end.value < start)
			continue;
		if (region->end.value >= end)
			return true;
		start = region->end.value + 1; /* they are sorted: the next may go on */
	}
	return false;
}

void check_direct_region(struct system *system, struct firmware_table *table,
			 const struct layout_node *node, uint64_t start, uint64_t end,
			 const struct device *device)
{
	const struct group *group = device->group_ref;

	if (!group || group->reserved_regions.state != FACT_KNOWN || end < start ||
	    is_direct(group, start, end))
		return;
	table_complain(system, table, node->offset, ACPI_REGION_MISSING,
		       "%s: %s needs 0x%llx to 0x%llx, which are not among the reserved "
		       "regions of its group %llu",
		       node->layout->name, device->bdf, (unsigned long long)start,
		       (unsigned long long)end, (unsigned long long)group->id.value);
}

/*
 * What lies at an address: the outermost region, which the firmware's map made. Below it
 * are what the kernel and drivers put there. NULL for a hole.
 */
static const struct region *outermost_at(const struct system *system, uint64_t address)
{
	const struct region *region = system_region_at(system, address);

	while (region && region->parent)
		region = region->parent;
	return region;
}

/* Linux takes such a region from e820 entries that are reserved, and from no others. */
void check_reserved_memory(struct system *system, struct firmware_table *table,
			   const struct layout_node *node, uint64_t start, uint64_t end)
{
	uint64_t at = start;

	if (system->regions_state != FACT_KNOWN || end < start)
		return;
	for (;;) {
		const struct region *region = outermost_at(system, at);

		if (!region || region->kind.value == IOMEM_RAM) {
			table_complain(
				system, table, node->offset, ACPI_REGION_NOT_RESERVED,
				"%s: 0x%llx to 0x%llx must be reserved, and /proc/iomem "
				"has %s at 0x%llx",
				node->layout->name, (unsigned long long)start,
				(unsigned long long)end,
				region ? region->name : "nothing",
				(unsigned long long)at);
			return;
		}
		if (region->end.value >= end)
			return;
		at = region->end.value + 1;
	}
}

/* The registers of a unit: not in RAM, and taken by the driver that uses them. */
static void check_window(struct system *system, struct firmware_table *table,
			 const struct witness *witness, const struct layout_node *node)
{
	uint64_t base = layout_value(node, witness->base, 0);
	const struct region *region;

	if (system->regions_state != FACT_KNOWN || base == 0)
		return;
	region = outermost_at(system, base);
	if (region && region->kind.value == IOMEM_RAM) {
		table_complain(system, table, node->offset, ACPI_UNIT_WINDOW,
			       "%s: the registers at 0x%llx would be in %s",
			       node->layout->name, (unsigned long long)base,
			       region->name);
		return;
	}
	region = system_region_at(system, base);
	while (region && region->start.value != base)
		region = region->parent;
	if (!region && witness->find_unit(system, node))
		table_complain(system, table, node->offset, ACPI_UNIT_WINDOW,
			       "%s: the kernel uses the unit at 0x%llx, and /proc/iomem "
			       "has no region that begins there",
			       node->layout->name, (unsigned long long)base);
}

/* A unit of the table without one of the kernel, although the kernel uses others. */
static void check_units(struct system *system, struct firmware_table *table,
			const struct witness *witness)
{
	const struct acpi_table *decoded = &table->decoded;

	LIST_FOR_EACH (&decoded->structures, const struct layout_node, node) {
		if (!witness->is_unit(decoded, node) ||
		    witness->find_unit(system, node) ||
		    (witness->has_device && !witness->has_device(system, node)))
			continue;
		table_complain(system, table, node->offset, ACPI_UNIT_MISSING,
			       "%s: the table describes this unit and has devices for "
			       "it; the kernel has no such unit in /sys/class/iommu",
			       node->layout->name);
	}
}

static bool is_described(const struct system *system, const struct acpi_table *decoded,
			 const struct witness *witness, const struct unit *unit)
{
	LIST_FOR_EACH (&decoded->structures, const struct layout_node, node)
		if (witness->is_unit(decoded, node) &&
		    witness->find_unit(system, node) == unit)
			return true;
	return false;
}

/* A unit of the kernel that no table of its kind describes. */
static void check_kernel_units(struct system *system, struct firmware_table *table,
			       const struct witness *witness)
{
	LIST_FOR_EACH (&system->units, const struct unit, unit) {
		bool known = unit->register_base.state == FACT_KNOWN ||
			     unit->parent.state == FACT_KNOWN;

		if (unit->kind.value == (int)witness->kind && known &&
		    !is_described(system, &table->decoded, witness, unit))
			table_complain(system, table, 0, ACPI_UNIT_UNKNOWN,
				       "the kernel has the unit %s, which the table does "
				       "not describe",
				       unit->name);
	}
}

/*
 * Devices behind another unit than the table says, told once for each pair of units with
 * the first device and how many they are.
 */
struct mismatch {
	const struct layout_node *node;
	const struct unit *table_unit, *kernel_unit;
	const struct device *first;
	size_t count;
};

static struct mismatch *find_mismatch(struct system *system, struct list *list,
				      const struct layout_node *node,
				      const struct unit *kernel_unit)
{
	struct mismatch *mismatch;

	LIST_FOR_EACH (list, struct mismatch, known)
		if (known->node == node && known->kernel_unit == kernel_unit)
			return known;
	mismatch = arena_new(&system->arena, struct mismatch);
	mismatch->node = node;
	mismatch->kernel_unit = kernel_unit;
	list_add(&system->arena, list, mismatch);
	return mismatch;
}

/*
 * Whether the kernel has put a device where it will stay. A unit is behind none. Other
 * units than those of x86 take a device in when a driver binds (pci_dma_configure() of
 * the kernel's drivers/pci/pci-driver.c).
 */
static bool has_its_unit(const struct system *system, const struct witness *witness,
			 const struct device *device)
{
	if (device->unit.state == FACT_KNOWN)
		return true;
	if (device->unit.state != FACT_ABSENT)
		return false;
	if (witness->kind != UNIT_INTEL_VTD && witness->kind != UNIT_AMD_VI &&
	    device->driver.state != FACT_KNOWN)
		return false;
	LIST_FOR_EACH (&system->units, const struct unit, unit)
		if (known_str(unit->parent, device->bdf))
			return false;
	return true;
}

static void check_devices(struct system *system, struct firmware_table *table,
			  const struct witness *witness)
{
	const void *prepared = witness->prepare(system, &table->decoded);
	struct list mismatches = { 0 };

	LIST_FOR_EACH (&system->devices, const struct device, device) {
		const struct layout_node *node =
			witness->unit_of(prepared, &table->decoded, device);
		const struct unit *unit = node ? witness->find_unit(system, node) : NULL;
		struct mismatch *mismatch;

		/* A unit that the kernel lacks has been told of. */
		if ((node && !unit) || unit == device->unit_ref ||
		    !has_its_unit(system, witness, device))
			continue;
		mismatch = find_mismatch(system, &mismatches, node, device->unit_ref);
		mismatch->table_unit = unit;
		if (mismatch->count++ == 0)
			mismatch->first = device;
	}
	LIST_FOR_EACH (&mismatches, const struct mismatch, mismatch) {
		char more[48] = "";

		if (mismatch->count > 1)
			snprintf(more, sizeof(more), " and %zu more",
				 mismatch->count - 1);
		table_complain(system, table, mismatch->node ? mismatch->node->offset : 0,
			       ACPI_UNIT_DIFFERS,
			       "%s%s: the table says %s, the kernel has it behind %s",
			       mismatch->first->bdf, more,
			       mismatch->table_unit ? mismatch->table_unit->name
						    : "that no unit has it",
			       mismatch->kernel_unit ? mismatch->kernel_unit->name
						     : "no unit");
	}
}

static void check_table(struct system *system, struct firmware_table *table,
			const struct witness *witness)
{
	bool has_units = false;

	witness->check(system, table);
	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node)
		if (witness->base && witness->is_unit(&table->decoded, node))
			check_window(system, table, witness, node);
	LIST_FOR_EACH (&system->units, const struct unit, unit)
		if (unit->kind.value == (int)witness->kind)
			has_units = true;
	/* Why it uses no unit at all is a question that status answers. */
	if (!has_units)
		return;
	check_units(system, table, witness);
	check_kernel_units(system, table, witness);
	check_devices(system, table, witness);
}

void analyze_firmware(struct system *system)
{
	LIST_FOR_EACH (&system->tables, struct firmware_table, table)
		for (size_t i = 0; i < ARRAY_SIZE(witnesses); i++)
			if (table->state == FACT_KNOWN && table->decoded.decoder &&
			    streq(witnesses[i]->signature, table->signature))
				check_table(system, table, witnesses[i]);
}
