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
	&dmar_witness, &ivrs_witness, &iort_witness, &viot_witness, &rimt_witness,
};

void table_complain(struct system *system, struct firmware_table *table, uint64_t offset,
		    enum acpi_code code, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	firmware_table_complain(&system->arena, table, offset, code, text);
}

struct device *find_function(const struct system *system, uint32_t segment,
			     unsigned int bus, unsigned int device, unsigned int function)
{
	char bdf[32];

	snprintf(bdf, sizeof(bdf), "%04x:%02x:%02x.%x", segment, bus & 0xff,
		 device & 0x1f, function & 7);
	return system_find_device(system, bdf);
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

/*
 * The outermost region at an address that Linux has from an e820 entry of the type
 * Reserved, wherever it stands; NULL without one. The graphics' stolen memory is such an
 * entry, too (arch/x86/kernel/early-quirks.c).
 */
static const struct region *reserved_at(const struct system *system, uint64_t address)
{
	const struct region *found = NULL;

	for (const struct region *region = system_region_at(system, address); region;
	     region = region->parent)
		if (region->kind.value == IOMEM_RESERVED ||
		    region->kind.value == IOMEM_GRAPHICS)
			found = region;
	return found;
}

void check_reserved_memory(struct system *system, struct firmware_table *table,
			   const struct layout_node *node, uint64_t start, uint64_t end,
			   bool reserved)
{
	uint64_t at = start;

	if (system->regions_state != FACT_KNOWN || end < start)
		return;
	for (;;) {
		const struct region *there = outermost_at(system, at);
		const struct region *region = reserved ? reserved_at(system, at) : there;

		if (!region || region->kind.value == IOMEM_RAM) {
			table_complain(
				system, table, node->offset, ACPI_REGION_NOT_RESERVED,
				"%s: 0x%llx to 0x%llx must be reserved, and /proc/iomem "
				"has %s at 0x%llx",
				node->layout->name, (unsigned long long)start,
				(unsigned long long)end, there ? there->name : "nothing",
				(unsigned long long)at);
			return;
		}
		if (region->end.value >= end)
			return;
		at = region->end.value + 1;
	}
}

/* A unit of the kernel under one of the keys by which a table may find it. */
struct entry {
	struct unit_key key;
	const struct unit *unit; /* NULL for a key that it has not */
	bool described;
};

/* A structure that is a unit, and the kernel's unit for it or NULL. */
struct described {
	const struct layout_node *node;
	const struct unit *unit;
	unsigned int kind; /* as a bit */
};

/* One table held against the machine. */
struct trial {
	struct system *system;
	struct firmware_table *table;
	const struct witness *witness;
	const void *prepared;
	struct entry *entries;	     /* two for each unit of the kernel, in their order */
	struct list sorted;	     /* struct entry: those that have a unit, by key */
	unsigned int kinds;	     /* of units that the kernel has, as bits */
	unsigned int unseen;	     /* kinds with a unit whose place is not known */
	struct described *described; /* by offset */
	size_t described_count;
};

static int compare_keys(const struct unit_key *one, const struct unit_key *other)
{
	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->function != other->function)
		return one->function ? 1 : -1;
	return (one->number > other->number) - (one->number < other->number);
}

/* Of units with one key the first stays the first. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *one = *(const struct entry *const *)a;
	const struct entry *other = *(const struct entry *const *)b;
	int order = compare_keys(&one->key, &other->key);

	return order ? order : (one > other) - (one < other);
}

static bool parent_number(const struct unit *unit, uint64_t *ret)
{
	struct pci_address at;

	if (unit->parent.state != FACT_KNOWN ||
	    parse_pci_address(unit->parent.value, &at) < 0 || at.function < 0)
		return false;
	*ret = function_number(at.domain, (uint64_t)at.bus << 8 | at.device << 3 |
						  (unsigned int)at.function);
	return true;
}

static void index_units(struct trial *trial)
{
	const struct list *units = &trial->system->units;
	struct arena *arena = &trial->system->arena;

	trial->entries = arena_alloc(arena, 2 * units->count * sizeof(*trial->entries));
	LIST_FOR_EACH (units, const struct unit, unit) {
		struct entry *entry = &trial->entries[2 * unit_at];
		enum unit_kind kind = (enum unit_kind)unit->kind.value;
		uint64_t number;

		/* It could be any unit of its kind: none is known to be missing. */
		if (unit->register_base.state != FACT_KNOWN &&
		    unit->register_base.state != FACT_ABSENT)
			trial->unseen |= 1u << kind;
		trial->kinds |= 1u << kind;
		if (unit->register_base.state == FACT_KNOWN) {
			entry->key = (struct unit_key){ kind, false,
							unit->register_base.value };
			entry->unit = unit;
			list_add(arena, &trial->sorted, entry);
		}
		entry++;
		if (parent_number(unit, &number)) {
			entry->key = (struct unit_key){ kind, true, number };
			entry->unit = unit;
			list_add(arena, &trial->sorted, entry);
		}
	}
	if (trial->sorted.count > 1)
		qsort(trial->sorted.items, trial->sorted.count, sizeof(void *),
		      compare_entries);
}

/* The first unit of the kernel with that key, or NULL. */
static struct entry *find_entry(const struct trial *trial, const struct unit_key *key)
{
	size_t low = 0, high = trial->sorted.count;
	struct entry *entry;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		entry = trial->sorted.items[middle];
		if (compare_keys(&entry->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == trial->sorted.count)
		return NULL;
	entry = trial->sorted.items[low];
	return compare_keys(&entry->key, key) == 0 ? entry : NULL;
}

/* What of the table is a unit, and which of the kernel's. */
static void describe_units(struct trial *trial)
{
	const struct list *structures = &trial->table->decoded.structures;

	trial->described = arena_alloc(&trial->system->arena,
				       structures->count * sizeof(*trial->described));
	LIST_FOR_EACH (structures, const struct layout_node, node) {
		struct entry *entry;
		struct unit_key key;

		if (!trial->witness->is_unit(trial->prepared, node, &key))
			continue;
		entry = find_entry(trial, &key);
		if (entry)
			entry->described = true;
		trial->described[trial->described_count++] = (struct described){
			node,
			entry ? entry->unit : NULL,
			1u << key.kind,
		};
	}
}

/* The kernel's unit for a structure, or NULL. */
static const struct unit *unit_for(const struct trial *trial,
				   const struct layout_node *node)
{
	size_t low = 0, high = trial->described_count;

	while (node && low < high) {
		size_t middle = low + (high - low) / 2;
		const struct described *described = &trial->described[middle];

		if (described->node == node)
			return described->unit;
		if (described->node->offset < node->offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The registers of a unit: not in RAM, and taken by the driver that uses them. */
static void check_window(const struct trial *trial, const struct described *described)
{
	const struct layout_node *node = described->node;
	struct system *system = trial->system;
	uint64_t base = layout_value(node, trial->witness->base, 0);
	const struct region *region;

	if (system->regions_state != FACT_KNOWN || base == 0)
		return;
	region = outermost_at(system, base);
	if (region && region->kind.value == IOMEM_RAM) {
		table_complain(system, trial->table, node->offset, ACPI_UNIT_WINDOW,
			       "%s: the registers at 0x%llx would be in %s",
			       node->layout->name, (unsigned long long)base,
			       region->name);
		return;
	}
	region = system_region_at(system, base);
	while (region && region->start.value != base)
		region = region->parent;
	if (!region && described->unit)
		table_complain(system, trial->table, node->offset, ACPI_UNIT_WINDOW,
			       "%s: the kernel uses the unit at 0x%llx, and /proc/iomem "
			       "has no region that begins there",
			       node->layout->name, (unsigned long long)base);
}

/*
 * A unit of the table without one of the kernel, although the kernel uses others of its
 * kind. Why it uses no unit at all is a question that status answers.
 */
static void check_unit(const struct trial *trial, const struct described *described)
{
	const struct witness *witness = trial->witness;
	uint64_t base =
		witness->base ? layout_value(described->node, witness->base, 0) : 0;
	char at[32] = "";

	if (base != 0)
		snprintf(at, sizeof(at), " at 0x%llx", (unsigned long long)base);
	if (described->unit || !(trial->kinds & described->kind) ||
	    (trial->unseen & described->kind) ||
	    (witness->has_device &&
	     !witness->has_device(trial->prepared, described->node)))
		return;
	table_complain(trial->system, trial->table, described->node->offset,
		       ACPI_UNIT_MISSING,
		       "%s%s: the table describes this unit and has devices for it; the "
		       "kernel has no such unit in /sys/class/iommu",
		       described->node->layout->name, at);
}

/* A unit of the kernel that no table of its kind describes. */
static void check_kernel_units(const struct trial *trial)
{
	LIST_FOR_EACH (&trial->system->units, const struct unit, unit) {
		const struct entry *entries = &trial->entries[2 * unit_at];
		bool known = unit->register_base.state == FACT_KNOWN ||
			     unit->parent.state == FACT_KNOWN;

		if (trial->witness->kinds & 1u << unit->kind.value && known &&
		    !entries[0].described && !entries[1].described)
			table_complain(trial->system, trial->table, 0, ACPI_UNIT_UNKNOWN,
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
static bool has_its_unit(const struct trial *trial, const struct device *device)
{
	const unsigned int early = 1u << UNIT_INTEL_VTD | 1u << UNIT_AMD_VI;
	uint64_t number =
		function_number(device->address.domain, device_requester_id(device));

	if (device->unit.state == FACT_KNOWN)
		return true;
	if (device->unit.state != FACT_ABSENT)
		return false;
	if (!(trial->witness->kinds & early) && device->driver.state != FACT_KNOWN)
		return false;
	for (unsigned int kind = UNIT_INTEL_VTD; kind <= UNIT_OTHER; kind++) {
		struct unit_key key = { (enum unit_kind)kind, true, number };

		if (find_entry(trial, &key))
			return false;
	}
	return true;
}

static void check_devices(const struct trial *trial)
{
	struct system *system = trial->system;
	struct list mismatches = { 0 };

	LIST_FOR_EACH (&system->devices, const struct device, device) {
		const struct layout_node *node = trial->witness->unit_of(
			trial->prepared, &trial->table->decoded, device);
		const struct unit *unit = unit_for(trial, node);
		struct mismatch *mismatch;

		/* A unit that the kernel lacks has been told of. */
		if ((node && !unit) || unit == device->unit_ref ||
		    !has_its_unit(trial, device))
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
		table_complain(
			system, trial->table, mismatch->node ? mismatch->node->offset : 0,
			ACPI_UNIT_DIFFERS,
			"%s%s: the table says %s, the kernel has it behind %s",
			mismatch->first->bdf, more,
			mismatch->table_unit ? mismatch->table_unit->name
					     : "that no unit has it",
			mismatch->kernel_unit ? mismatch->kernel_unit->name : "no unit");
	}
}

static void check_table(struct system *system, struct firmware_table *table,
			const struct witness *witness)
{
	struct trial trial = { .system = system, .table = table, .witness = witness };

	if (witness->prepare)
		trial.prepared = witness->prepare(system, &table->decoded);
	index_units(&trial);
	describe_units(&trial);
	if (witness->check)
		witness->check(trial.prepared, system, table);
	for (size_t i = 0; i < trial.described_count; i++) {
		if (witness->base)
			check_window(&trial, &trial.described[i]);
		check_unit(&trial, &trial.described[i]);
	}
	if (!(trial.kinds & witness->kinds))
		return;
	check_kernel_units(&trial);
	check_devices(&trial);
}

void analyze_firmware(struct system *system)
{
	LIST_FOR_EACH (&system->tables, struct firmware_table, table)
		for (size_t i = 0; i < ARRAY_SIZE(witnesses); i++)
			if (table->state == FACT_KNOWN && table->decoded.decoder &&
			    streq(witnesses[i]->signature, table->signature))
				check_table(system, table, witnesses[i]);
}
