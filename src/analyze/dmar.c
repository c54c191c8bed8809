// SPDX-License-Identifier: GPL-2.0-or-later
/* What a DMAR says about units, devices and memory (VT-d, chapter 8). */

#include "spec/dmar.h"
#include "analyze/firmware.h"

enum { DEPTH_MAX = 256 }; /* a bus has a number of eight bits */

static uint32_t segment_of(const struct layout_node *node)
{
	return (uint32_t)layout_value(node, "segment", 0);
}

/* A device that a unit names, and whether with all that is below it. */
struct claim {
	const struct layout_node *unit;
	const struct device *target;
	bool below;
};

/* What of a table and of the machine is looked up for each scope and each device. */
struct lookup {
	const struct system *system;
	struct list behind; /* devices behind bridges, by bridge and place on its bus */
	struct list claims; /* struct claim, by target, then as the table has them */
	struct list all;    /* units with INCLUDE_PCI_ALL, by segment */
};

/* The order of devices behind bridges: by bridge, then by the place on its bus. */
static int compare_places(const struct device *bridge, unsigned int device,
			  unsigned int function, const struct device *other)
{
	int order = device_compare(&bridge, &other->upstream_ref);

	if (order == 0)
		order = (int)device - other->address.device;
	return order ? order : (int)function - other->address.function;
}

static int compare_behind(const void *a, const void *b)
{
	const struct device *one = *(const struct device *const *)a;
	const struct device *other = *(const struct device *const *)b;
	int order = compare_places(one->upstream_ref, one->address.device,
				   (unsigned int)one->address.function, other);

	return order ? order : device_compare(a, b);
}

static void sort(struct list *list, int (*compare)(const void *, const void *))
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(void *), compare);
}

static void index_devices(struct arena *arena, struct lookup *lookup)
{
	LIST_FOR_EACH (&lookup->system->devices, const struct device, device)
		if (device->upstream_ref && !device->physfn_ref)
			list_add(arena, &lookup->behind, device);
	sort(&lookup->behind, compare_behind);
}

/* The function of a bridge's secondary bus; any bus below that bridge would do. */
static struct device *find_behind(const struct lookup *lookup,
				  const struct device *bridge, unsigned int device,
				  unsigned int function)
{
	size_t low = 0, high = lookup->behind.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_places(bridge, device, function,
				   lookup->behind.items[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == lookup->behind.count ||
	    compare_places(bridge, device, function, lookup->behind.items[low]) != 0)
		return NULL;
	return lookup->behind.items[low];
}

/*
 * 8.3.1: the path begins on the start bus, and each further hop is on the bus behind the
 * hop before it. NULL where it leads to nothing.
 */
static struct device *walk_path(const struct lookup *lookup, uint32_t segment,
				const struct layout_node *scope)
{
	const struct layout_field *path = layout_find_field(scope->layout, "path");
	const unsigned char *hops = scope->bytes + path->offset;
	size_t size = layout_field_size(scope, path);
	struct device *device;

	if (size < 2)
		return NULL;
	device = find_function(lookup->system, segment,
			       (unsigned int)layout_value(scope, "bus", 0), hops[0],
			       hops[1]);
	for (size_t at = 2; device && at + 1 < size; at += 2)
		device = find_behind(lookup, device, hops[at], hops[at + 1]);
	return device;
}

static bool is_unit(const void *prepared, const struct layout_node *node,
		    struct unit_key *ret)
{
	if (!dmar_is(node, DMAR_DRHD))
		return false;
	*ret = (struct unit_key){ UNIT_INTEL_VTD, false,
				  layout_value(node, "register_base", 0) };
	return true;
}

/*
 * Linux leaves a unit out when none of the PCI devices that it is for is there, and one
 * that is for interrupt controllers alone.
 */
static bool has_device(const void *prepared, const struct layout_node *node)
{
	if (layout_value(node, "include_pci_all", 0))
		return true;
	LIST_FOR_EACH (&node->children, const struct layout_node, scope)
		if (dmar_is_pci(scope) && walk_path(prepared, segment_of(node), scope))
			return true;
	return false;
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *one = *(const struct claim *const *)a;
	const struct claim *other = *(const struct claim *const *)b;
	int order = device_compare(&one->target, &other->target);

	if (order != 0)
		return order;
	if (one->unit->offset != other->unit->offset)
		return one->unit->offset < other->unit->offset ? -1 : 1;
	return 0;
}

static int compare_segments(const void *a, const void *b)
{
	const struct layout_node *one = *(const struct layout_node *const *)a;
	const struct layout_node *other = *(const struct layout_node *const *)b;
	uint32_t first = segment_of(one), second = segment_of(other);

	if (first != second)
		return first < second ? -1 : 1;
	return one->offset < other->offset ? -1 : 1;
}

static void index_units(struct arena *arena, struct lookup *lookup,
			const struct acpi_table *table)
{
	LIST_FOR_EACH (&table->structures, const struct layout_node, node) {
		if (!dmar_is(node, DMAR_DRHD))
			continue;
		if (layout_value(node, "include_pci_all", 0))
			list_add(arena, &lookup->all, node);
		LIST_FOR_EACH (&node->children, const struct layout_node, scope) {
			struct claim *claim;
			const struct device *target =
				dmar_is_pci(scope)
					? walk_path(lookup, segment_of(node), scope)
					: NULL;

			if (!target)
				continue;
			claim = arena_new(arena, struct claim);
			*claim = (struct claim){ node, target,
						 scope->type == DMAR_SUB_HIERARCHY };
			list_add(arena, &lookup->claims, claim);
		}
	}
	sort(&lookup->claims, compare_claims);
	sort(&lookup->all, compare_segments);
}

static const void *prepare(struct system *system, const struct acpi_table *table)
{
	struct lookup *lookup = arena_new(&system->arena, struct lookup);

	lookup->system = system;
	index_devices(&system->arena, lookup);
	index_units(&system->arena, lookup, table);
	return lookup;
}

/* The first unit that names a device, as one with all below it where `below`. */
static const struct layout_node *claiming(const struct lookup *lookup,
					  const struct device *device, bool below)
{
	size_t low = 0, high = lookup->claims.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct claim *claim = lookup->claims.items[middle];

		if (device_compare(&claim->target, &device) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < lookup->claims.count; low++) {
		const struct claim *claim = lookup->claims.items[low];

		if (claim->target != device)
			break;
		if (!below || claim->below)
			return claim->unit;
	}
	return NULL;
}

/* The first unit with INCLUDE_PCI_ALL of a segment. */
static const struct layout_node *including_all(const struct lookup *lookup,
					       uint32_t segment)
{
	size_t low = 0, high = lookup->all.count;
	const struct layout_node *unit;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (segment_of(lookup->all.items[middle]) < segment)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == lookup->all.count)
		return NULL;
	unit = lookup->all.items[low];
	return segment_of(unit) == segment ? unit : NULL;
}

/* 8.3: the first unit that names the device, or the one that has all of its segment. */
static const struct layout_node *
unit_of(const void *prepared, const struct acpi_table *table, const struct device *device)
{
	const struct layout_node *found = NULL;
	const struct device *at;

	/* A virtual function stands for its physical function. */
	if (device->physfn_ref)
		device = device->physfn_ref;
	at = device;
	for (int depth = 0; at && depth < DEPTH_MAX; depth++) {
		const struct layout_node *unit = claiming(prepared, at, at != device);

		if (unit && (!found || unit->offset < found->offset))
			found = unit;
		at = device_above(at);
	}
	return found ? found : including_all(prepared, device->address.domain);
}

static const char *path_text(const struct layout_node *scope, struct strbuf *buf)
{
	layout_add_text(scope, layout_find_field(scope->layout, "path"), buf);
	return strbuf_text(buf);
}

/* `device` is what the scope leads to. */
static void check_scope(struct system *system, struct firmware_table *table,
			const struct layout_node *node, const struct layout_node *scope,
			const struct device *device)
{
	_cleanup_strbuf_ struct strbuf path = { 0 };
	bool bridge;

	if (!device) {
		table_complain(system, table, scope->offset, ACPI_SCOPE_NO_DEVICE,
			       "%s: %s leads to no PCI function", node->layout->name,
			       path_text(scope, &path));
		return;
	}
	if (device->class_id.state != FACT_KNOWN)
		return;
	bridge = device->class_id.value >> 8 == PCI_CLASS_BRIDGE;
	if (bridge != (scope->type == DMAR_SUB_HIERARCHY))
		table_complain(system, table, scope->offset, ACPI_SCOPE_TYPE,
			       "%s: %s leads to %s, which is %s", node->layout->name,
			       path_text(scope, &path), device->bdf,
			       bridge ? "a bridge and no endpoint" : "no bridge");
}

static void check(const void *prepared, struct system *system,
		  struct firmware_table *table)
{
	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node) {
		bool region = dmar_is(node, DMAR_RMRR);
		uint64_t base = layout_value(node, "base", 0),
			 end = layout_value(node, "end", 0);

		/* arch_rmrr_sanity_check() of Linux: e820 has it reserved, all of it. */
		if (region)
			check_reserved_memory(system, table, node, base, end, true);
		LIST_FOR_EACH (&node->children, const struct layout_node, scope) {
			const struct device *device;

			if (!dmar_is_pci(scope) || !system_sees_devices(system))
				continue;
			device = walk_path(prepared, segment_of(node), scope);
			check_scope(system, table, node, scope, device);
			if (region && device)
				check_direct_region(system, table, node, base, end,
						    device);
		}
	}
}

const struct witness dmar_witness = {
	.signature = "DMAR",
	.kinds = 1u << UNIT_INTEL_VTD,
	.prepare = prepare,
	.is_unit = is_unit,
	.unit_of = unit_of,
	.base = "register_base",
	.has_device = has_device,
	.check = check,
};
