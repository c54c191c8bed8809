// SPDX-License-Identifier: GPL-2.0-or-later
/* What a DMAR says about units, devices and memory (VT-d, chapter 8). */

#include "analyze/firmware.h"

/* Structures and scopes by the numbers of the specification (8.2, 8.3.1). */
enum { DRHD = 0, RMRR = 1, ATSR = 2, SATC = 5, SIDP = 6 };
enum { SCOPE_ENDPOINT = 1, SCOPE_SUB_HIERARCHY = 2 };

static bool is_whole(const struct layout_node *node, uint32_t type)
{
	return node->type == type && node->length >= node->layout->size;
}

static uint32_t segment_of(const struct layout_node *node)
{
	return (uint32_t)layout_value(node, "segment", 0);
}

/* The function of a bridge's secondary bus; any bus below that bridge would do. */
static struct device *find_behind(const struct system *system,
				  const struct device *bridge, unsigned int device,
				  unsigned int function)
{
	LIST_FOR_EACH (&system->devices, struct device, other)
		if (other->upstream_ref == bridge && !other->physfn_ref &&
		    other->address.device == device &&
		    other->address.function == (int)function)
			return other;
	return NULL;
}

/*
 * 8.3.1: the path begins on the start bus, and each further hop is on the bus behind the
 * hop before it. NULL where it leads to nothing.
 */
static struct device *walk_path(const struct system *system, uint32_t segment,
				const struct layout_node *scope)
{
	const struct layout_field *path = layout_find_field(scope->layout, "path");
	const unsigned char *hops = scope->bytes + path->offset;
	size_t size = layout_field_size(scope, path);
	struct device *device;

	if (size < 2)
		return NULL;
	device = find_function(system, segment,
			       (unsigned int)layout_value(scope, "bus", 0), hops[0],
			       hops[1]);
	for (size_t at = 2; device && at + 1 < size; at += 2)
		device = find_behind(system, device, hops[at], hops[at + 1]);
	return device;
}

static bool is_pci(const struct layout_node *scope)
{
	return scope->type == SCOPE_ENDPOINT || scope->type == SCOPE_SUB_HIERARCHY;
}

static bool is_unit(const struct acpi_table *table, const struct layout_node *node)
{
	return is_whole(node, DRHD);
}

static struct unit *find_unit(const struct system *system, const struct layout_node *node)
{
	uint64_t base = layout_value(node, "register_base", 0);

	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (unit->kind.value == UNIT_INTEL_VTD &&
		    unit->register_base.state == FACT_KNOWN &&
		    unit->register_base.value == base)
			return unit;
	return NULL;
}

/*
 * Linux leaves a unit out when none of the PCI devices that it is for is there, and one
 * that is for interrupt controllers alone.
 */
static bool has_device(const struct system *system, const struct layout_node *node)
{
	if (layout_value(node, "include_pci_all", 0))
		return true;
	LIST_FOR_EACH (&node->children, const struct layout_node, scope)
		if (is_pci(scope) && walk_path(system, segment_of(node), scope))
			return true;
	return false;
}

/* A device that a unit names, and whether with all that is below it. */
struct claim {
	const struct layout_node *unit;
	const struct device *target;
	bool below;
};

static const void *prepare(struct system *system, const struct acpi_table *table)
{
	struct list *claims = arena_new(&system->arena, struct list);

	LIST_FOR_EACH (&table->structures, const struct layout_node, node)
		LIST_FOR_EACH (&node->children, const struct layout_node, scope) {
			const struct device *target = NULL;
			struct claim *claim;

			if (is_whole(node, DRHD) && is_pci(scope))
				target = walk_path(system, segment_of(node), scope);
			if (!target)
				continue;
			claim = arena_new(&system->arena, struct claim);
			*claim = (struct claim){ node, target,
						 scope->type == SCOPE_SUB_HIERARCHY };
			list_add(&system->arena, claims, claim);
		}
	return claims;
}

/* 8.3: a unit that names the device, or the one with INCLUDE_PCI_ALL of its segment. */
static const struct layout_node *
unit_of(const void *prepared, const struct acpi_table *table, const struct device *device)
{
	const struct list *claims = prepared;

	/* A virtual function stands for its physical function. */
	if (device->physfn_ref)
		device = device->physfn_ref;
	LIST_FOR_EACH (claims, const struct claim, claim)
		if (claim->target == device ||
		    (claim->below && is_below(device, claim->target)))
			return claim->unit;
	LIST_FOR_EACH (&table->structures, const struct layout_node, node)
		if (is_whole(node, DRHD) && segment_of(node) == device->address.domain &&
		    layout_value(node, "include_pci_all", 0))
			return node;
	return NULL;
}

static const char *path_text(const struct layout_node *scope, struct strbuf *buf)
{
	strbuf_printf(buf, "%02llx:", (unsigned long long)layout_value(scope, "bus", 0));
	layout_add_text(scope, layout_find_field(scope->layout, "path"), buf);
	return strbuf_text(buf);
}

static void check_scope(struct system *system, struct firmware_table *table,
			const struct layout_node *node, const struct layout_node *scope)
{
	_cleanup_strbuf_ struct strbuf path = { 0 };
	const struct device *device = walk_path(system, segment_of(node), scope);
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
	if (bridge != (scope->type == SCOPE_SUB_HIERARCHY))
		table_complain(system, table, scope->offset, ACPI_SCOPE_TYPE,
			       "%s: %s leads to %s, which is %s", node->layout->name,
			       path_text(scope, &path), device->bdf,
			       bridge ? "a bridge and no endpoint" : "no bridge");
}

static void check(struct system *system, struct firmware_table *table)
{
	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node) {
		bool region = is_whole(node, RMRR);
		uint64_t base = layout_value(node, "base", 0),
			 end = layout_value(node, "end", 0);

		if (region)
			check_reserved_memory(system, table, node, base, end);
		LIST_FOR_EACH (&node->children, const struct layout_node, scope) {
			const struct device *device;

			if (!is_pci(scope) || !system_sees_devices(system))
				continue;
			check_scope(system, table, node, scope);
			device = walk_path(system, segment_of(node), scope);
			if (region && device)
				check_direct_region(system, table, node, base, end,
						    device);
		}
	}
}

const struct witness dmar_witness = {
	.signature = "DMAR",
	.kind = UNIT_INTEL_VTD,
	.is_unit = is_unit,
	.find_unit = find_unit,
	.base = "register_base",
	.prepare = prepare,
	.unit_of = unit_of,
	.has_device = has_device,
	.check = check,
};
