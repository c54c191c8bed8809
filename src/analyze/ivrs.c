// SPDX-License-Identifier: GPL-2.0-or-later
/* What an IVRS says about units, devices and memory (AMD IOMMU 5.2). */

#include "spec/ivrs.h"
#include "analyze/firmware.h"

static bool is_ivhd(const struct layout_node *node)
{
	return node->type == IVHD_10 || node->type == IVHD_11 || node->type == IVHD_40;
}

/*
 * Old kernels need old blocks, so firmware describes the same unit several times. Linux
 * takes the blocks of one type: that of the last block with the device of the first one,
 * and stops looking at a type that it does not know.
 */
static uint32_t used_type(const struct acpi_table *table)
{
	const struct layout_node *first = NULL;
	uint32_t type = IVHD_10;

	LIST_FOR_EACH (&table->structures, const struct layout_node, node) {
		if (node->type > IVHD_40)
			break;
		if (!is_ivhd(node) || !layout_is_whole(node))
			continue;
		if (!first)
			first = node;
		if (layout_value(node, "device_id", 0) ==
		    layout_value(first, "device_id", 1))
			type = node->type;
	}
	return type;
}

static uint32_t segment_of(const struct layout_node *node)
{
	return (uint32_t)layout_value(node, "segment", 0);
}

/* A block that Linux makes a unit of; `used` is the type of those. */
static bool is_used(uint32_t used, const struct layout_node *node)
{
	return is_ivhd(node) && layout_is_whole(node) && node->type == used;
}

/* The devices first..last of a segment that a unit has. */
struct claim {
	const struct layout_node *unit;
	uint32_t segment, first, last;
};

static void add_claim(struct system *system, struct list *claims,
		      const struct layout_node *unit, uint32_t first, uint32_t last)
{
	struct claim *claim = arena_new(&system->arena, struct claim);

	*claim = (struct claim){ unit, segment_of(unit), first, last };
	list_add(&system->arena, claims, claim);
}

/* 5.2.2: single devices, ranges between two entries, or all. */
static void add_claims(struct system *system, struct list *claims,
		       const struct layout_node *unit)
{
	uint32_t start = UINT32_MAX;

	LIST_FOR_EACH (&unit->children, const struct layout_node, entry) {
		uint32_t id = (uint32_t)layout_value(entry, "device_id", 0);

		switch (entry->type) {
		case IVRS_ALL:
			add_claim(system, claims, unit, 0, UINT16_MAX);
			break;
		case IVRS_SELECT:
		case IVRS_ALIAS_SELECT:
		case IVRS_EXTENDED_SELECT:
			add_claim(system, claims, unit, id, id);
			break;
		case IVRS_START:
		case IVRS_ALIAS_START:
		case IVRS_EXTENDED_START:
			start = id;
			break;
		case IVRS_END:
			if (start <= id)
				add_claim(system, claims, unit, start, id);
			start = UINT32_MAX;
			break;
		}
	}
}

static void add_alias(struct system *system, struct list *ret,
		      const struct layout_node *unit, uint32_t first, uint32_t last,
		      uint32_t source)
{
	struct ivrs_alias *alias;

	/* setup_aliases() in drivers/iommu/amd/iommu.c looks at one bus at a time. */
	if (source < (first & ~0xffu) || source > (last | 0xff))
		return;
	alias = arena_new(&system->arena, struct ivrs_alias);
	*alias = (struct ivrs_alias){ segment_of(unit), first, last, source };
	list_add(&system->arena, ret, alias);
}

/* 5.2.2: of one device, or of a range between two entries. */
static void add_aliases(struct system *system, struct list *ret,
			const struct layout_node *unit)
{
	uint32_t start = UINT32_MAX, source = 0;

	LIST_FOR_EACH (&unit->children, const struct layout_node, entry) {
		uint32_t id = (uint32_t)layout_value(entry, "device_id", 0);

		if (entry->type == IVRS_ALIAS_START || entry->type == IVRS_ALIAS_SELECT)
			source = (uint32_t)layout_value(entry, "source_device_id", 0);
		if (entry->type == IVRS_ALIAS_SELECT)
			add_alias(system, ret, unit, id, id, source);
		else if (entry->type == IVRS_ALIAS_START)
			start = id;
		else if (entry->type == IVRS_END && start <= id)
			add_alias(system, ret, unit, start, id, source);
		if (entry->type == IVRS_START || entry->type == IVRS_EXTENDED_START ||
		    entry->type == IVRS_END)
			start = UINT32_MAX;
	}
}

void ivrs_find_aliases(struct system *system, struct list *ret)
{
	LIST_FOR_EACH (&system->tables, const struct firmware_table, table) {
		uint32_t used;

		if (!streq(table->signature, "IVRS") || !table->decoded.header)
			continue;
		used = used_type(&table->decoded);
		LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node)
			if (is_used(used, node))
				add_aliases(system, ret, node);
	}
}

struct lookup {
	uint32_t used;	    /* the type of the blocks that Linux takes */
	struct list claims; /* struct claim */
};

static const void *prepare(struct system *system, const struct acpi_table *table)
{
	struct lookup *lookup = arena_new(&system->arena, struct lookup);

	lookup->used = used_type(table);
	LIST_FOR_EACH (&table->structures, const struct layout_node, node)
		if (is_used(lookup->used, node))
			add_claims(system, &lookup->claims, node);
	return lookup;
}

static bool is_unit(const void *prepared, const struct layout_node *node,
		    struct unit_key *ret)
{
	const struct lookup *lookup = prepared;

	if (!is_used(lookup->used, node))
		return false;
	*ret = (struct unit_key){
		UNIT_AMD_VI,
		true,
		function_number(segment_of(node), layout_value(node, "device_id", 0)),
	};
	return true;
}

/* A later entry has the last word, as in the table that Linux makes of them. */
static const struct layout_node *
unit_of(const void *prepared, const struct acpi_table *table, const struct device *device)
{
	const struct list *claims = &((const struct lookup *)prepared)->claims;
	uint32_t id = device_requester_id(device);

	for (size_t i = claims->count; i-- > 0;) {
		const struct claim *claim = claims->items[i];

		if (claim->segment == device->address.domain && claim->first <= id &&
		    id <= claim->last)
			return claim->unit;
	}
	return NULL;
}

/* 5.2.2.8: memory that devices need mapped one to one, or left alone. */
static void check_memory(struct system *system, struct firmware_table *table,
			 const struct layout_node *node)
{
	uint64_t start = layout_value(node, "start", 0);
	uint64_t length = layout_value(node, "length", 0);
	uint32_t first = (uint32_t)layout_value(node, "device_id", 0), last = first;
	bool mapped = layout_value(node, "unity", 0) && length > 0;

	if (node->type == IVMD_ALL) {
		first = 0;
		last = UINT16_MAX;
	} else if (node->type == IVMD_RANGE) {
		last = (uint32_t)layout_value(node, "auxiliary_data", 0);
	}
	if (length > 0)
		check_reserved_memory(system, table, node, start, start + length - 1,
				      false);
	LIST_FOR_EACH (&system->devices, const struct device, device)
		if (mapped && device->address.domain == segment_of(node) &&
		    device->unit_ref && device_requester_id(device) >= first &&
		    device_requester_id(device) <= last)
			check_direct_region(system, table, node, start,
					    start + length - 1, device);
}

static void check(const void *prepared, struct system *system,
		  struct firmware_table *table)
{
	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node)
		if (layout_is_whole(node) &&
		    (node->type == IVMD_ALL || node->type == IVMD_RANGE ||
		     node->type == IVMD_SELECT))
			check_memory(system, table, node);
}

const struct witness ivrs_witness = {
	.signature = "IVRS",
	.kinds = 1u << UNIT_AMD_VI,
	.prepare = prepare,
	.is_unit = is_unit,
	.unit_of = unit_of,
	.base = "base_address",
	.check = check,
};
