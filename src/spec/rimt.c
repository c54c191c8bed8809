// SPDX-License-Identifier: GPL-2.0-or-later
/* RIMT: the RISC-V IO Mapping Table, version 1.0. */

#include "spec/acpi-node.h"
#include "spec/acpi-range.h"
#include "spec/resolve.h"

enum {
	RIMT_HEADER_SIZE = 48,
	NODE_HEADER = 8,
	KNOWN_TYPES = RIMT_PLATFORM_DEVICE + 1,
	UNKNOWN = KNOWN_TYPES,
	INTERRUPT_WIRE,
	MAPPING,
	PCIE_IOMMU = 1, /* bits of an IOMMU's flags */
};

static const struct layout_field header_fields[] = {
	{ "node_count", "Number of RIMT Nodes", L_UINT, 36, 4 },
	{ "node_offset", "Offset to RIMT Node Array", L_HEX, 40, 4 },
	{ "reserved", "Reserved", L_RESERVED, 44, 4 },
};

static const struct layout header = {
	.name = "RIMT",
	.title = "RISC-V IO Mapping Table",
	.section = "RIMT 2",
	.list = "header",
	.size = RIMT_HEADER_SIZE,
	LAYOUT_FIELDS(header_fields),
	.untyped = true,
};

#define NODE_FIELDS                                                                      \
	{ "type", "Type", L_UINT, 0, 1 }, { "revision", "Revision", L_UINT, 1, 1 },      \
		{ "length", "Length", L_UINT, 2, 2 },                                    \
		{ "reserved", "Reserved", L_RESERVED, 4, 2 },                            \
	{                                                                                \
		"id", "ID", L_UINT, 6, 2                                                 \
	}

static const struct layout_field iommu_fields[] = {
	NODE_FIELDS,
	{ "hardware_id", "Hardware ID", L_TEXT, 8, 8 },
	{ "base_address", "Base Address", L_HEX, 16, 8 },
	{ "flags", "Flags", L_HEX, 24, 4, .reserved = 0xfffffffc },
	LAYOUT_BIT("pcie_device", "IOMMU is a PCIe device", 24, 4, 0),
	LAYOUT_BIT("proximity_domain_valid", "Proximity Domain valid", 24, 4, 1),
	{ "proximity_domain", "Proximity Domain", L_UINT, 28, 4 },
	{ "pcie_segment_number", "PCIe Segment number", L_UINT, 32, 2 },
	{ "pcie_bdf", "PCIe B/D/F", L_BDF, 34, 2 },
	{ "interrupt_wire_count", "Number of interrupt wires", L_UINT, 36, 2 },
	{ "interrupt_wire_offset", "Interrupt wire array offset", L_HEX, 38, 2 },
};

static const struct layout_field complex_fields[] = {
	NODE_FIELDS,
	{ "flags", "Flags", L_HEX, 8, 4, .reserved = 0xfffffffc },
	LAYOUT_BIT("ats_supported", "ATS support", 8, 4, 0),
	LAYOUT_BIT("pri_supported", "PRI support", 8, 4, 1),
	{ "reserved_12", "Reserved", L_RESERVED, 12, 2 },
	{ "pcie_segment_number", "PCIe Segment number", L_UINT, 14, 2 },
	{ "mapping_offset", "ID mapping array offset", L_HEX, 16, 2 },
	{ "mapping_count", "Number of ID mappings", L_UINT, 18, 2 },
};

static const struct layout_field device_fields[] = {
	NODE_FIELDS,
	{ "mapping_offset", "ID mapping array offset", L_HEX, 8, 2 },
	{ "mapping_count", "Number of ID mappings", L_UINT, 10, 2 },
	{ "device_name", "Device Object Name", L_TEXT, 12, LAYOUT_REST },
};

static const struct layout_field unknown_fields[] = {
	NODE_FIELDS,
	{ "bytes", "Bytes", L_BYTES, NODE_HEADER, LAYOUT_REST },
};

static const struct layout_field wire_fields[] = {
	{ "interrupt_number", "Interrupt Number", L_UINT, 0, 4 },
	{ "flags", "Flags", L_HEX, 4, 4, .reserved = 0xfffffffc },
	LAYOUT_BIT("level_triggered", "Interrupt Mode: level triggered", 4, 4, 0),
	LAYOUT_BIT("active_high", "Interrupt Polarity: active high", 4, 4, 1),
};

static const struct layout_field mapping_fields[] = {
	{ "source_id_base", "Source ID Base", L_HEX, 0, 4 },
	{ "id_count", "Number of IDs", L_UINT, 4, 4 },
	{ "destination_device_id_base", "Destination Device ID Base", L_HEX, 8, 4 },
	{ "destination_iommu_offset", "Destination IOMMU Offset", L_HEX, 12, 4 },
	{ "flags", "Flags", L_HEX, 16, 4, .reserved = 0xfffffffc },
	LAYOUT_BIT("ats_required", "ATS Required", 16, 4, 0),
	LAYOUT_BIT("pri_required", "PRI Required", 16, 4, 1),
};

static const struct layout layouts[] = {
	{ RIMT_IOMMU,
	  "IOMMU",
	  "RISC-V IOMMU Node",
	  "RIMT 2.1.1",
	  "nodes",
	  40,
	  LAYOUT_FIELDS(iommu_fields),
	  { "interrupt_wires" } },
	{ RIMT_ROOT_COMPLEX,
	  "PCIe Root Complex",
	  "PCIe Root Complex Node",
	  "RIMT 2.1.2",
	  "nodes",
	  20,
	  LAYOUT_FIELDS(complex_fields),
	  { "mappings" } },
	{ RIMT_PLATFORM_DEVICE,
	  "Platform Device",
	  "Platform Device Node",
	  "RIMT 2.1.3",
	  "nodes",
	  12,
	  LAYOUT_FIELDS(device_fields),
	  { "mappings" } },
	{ 0, "unknown", "Node of an unknown type", "", "nodes", NODE_HEADER,
	  LAYOUT_FIELDS(unknown_fields) },
	{ 0, "interrupt wire", "Interrupt Wire Structure", "RIMT 2.1.1",
	  "interrupt_wires", 8, LAYOUT_FIELDS(wire_fields), .untyped = true },
	{ 0, "mapping", "ID Mapping Structure", "RIMT 2.1.2", "mappings", 20,
	  LAYOUT_FIELDS(mapping_fields), .untyped = true },
};

static size_t node_arrays(const struct layout_node *node, struct acpi_array *ret)
{
	if (node->type == RIMT_IOMMU)
		*ret = (struct acpi_array){
			.layout = &layouts[INTERRUPT_WIRE],
			.count = layout_value(node, "interrupt_wire_count", 0),
			.offset = layout_value(node, "interrupt_wire_offset", 0),
		};
	else
		*ret = (struct acpi_array){
			.layout = &layouts[MAPPING],
			.count = layout_value(node, "mapping_count", 0),
			.offset = layout_value(node, "mapping_offset", 0),
		};
	return 1;
}

/* Checks a node's mappings and adds what comes in: a segment's IDs, or a device's own. */
static void check_mappings(struct acpi_walk *walk, const struct layout_node *node,
			   struct acpi_ranges *ids)
{
	uint64_t space = node->offset;

	if (node->type == RIMT_ROOT_COMPLEX)
		space = UINT64_C(1) << 32 | layout_value(node, "pcie_segment_number", 0);
	LIST_FOR_EACH (&node->children, const struct layout_node, mapping) {
		uint64_t source = layout_value(mapping, "source_id_base", 0);
		uint64_t count = layout_value(mapping, "id_count", 0);
		uint64_t limit =
			node->type == RIMT_ROOT_COMPLEX ? UINT16_MAX : UINT32_MAX;

		acpi_follow(walk, node, mapping, "destination_iommu_offset",
			    1 << RIMT_IOMMU);
		if (count == 0) {
			acpi_complain(walk, mapping->offset + 4, ACPI_COUNT,
				      "%s: a mapping of no ID", node->layout->name);
			continue;
		}
		if (source + count - 1 > limit ||
		    layout_value(mapping, "destination_device_id_base", 0) + count - 1 >
			    UINT32_MAX)
			acpi_complain(walk, mapping->offset, ACPI_COUNT,
				      "%s: the IDs 0x%llx to 0x%llx lead beyond the last "
				      "that can be",
				      node->layout->name, (unsigned long long)source,
				      (unsigned long long)(source + count - 1));
		acpi_ranges_add(ids, mapping, space, source, source + count - 1);
	}
}

static void check_iommu(struct acpi_walk *walk, const struct layout_node *node,
			struct acpi_ranges *places)
{
	uint64_t pcie = layout_value(node, "flags", 0) & PCIE_IOMMU;
	uint64_t base = layout_value(node, "base_address", 0);

	if (!layout_is_whole(node))
		return;
	if (pcie) {
		base = layout_value(node, "pcie_segment_number", 0) << 16 |
		       layout_value(node, "pcie_bdf", 0);
	} else if (base == 0) {
		acpi_complain(walk, node->offset + 16, ACPI_VALUE,
			      "IOMMU: a platform device without registers");
		return;
	}
	acpi_ranges_add(places, node, pcie, base, base);
}

static void check_nodes(struct acpi_walk *walk)
{
	_cleanup_ranges_ struct acpi_ranges ids = { 0 }, places = { 0 }, numbers = { 0 };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		uint64_t number = layout_value(node, "id", 0);

		acpi_ranges_add(&numbers, node, 0, number, number);
		if (node->type == RIMT_IOMMU)
			check_iommu(walk, node, &places);
		else
			check_mappings(walk, node, &ids);
		if (node->type == RIMT_PLATFORM_DEVICE)
			acpi_check_name(walk, node, "device_name");
	}
	acpi_check_overlaps(walk, &ids, "source IDs", "");
	acpi_check_duplicates(walk, &places, "the place");
	acpi_check_duplicates(walk, &numbers, "the ID");
}

static void decode(struct acpi_walk *walk)
{
	static const struct acpi_nodes nodes = {
		.header = NODE_HEADER,
		.length_at = 2,
		.known = KNOWN_TYPES,
		.arrays = node_arrays,
	};

	acpi_walk_nodes(walk, &nodes);
	acpi_check_has(walk, NULL);
	check_nodes(walk);
}

const struct acpi_decoder rimt_decoder = {
	.signature = "RIMT",
	.title = "RISC-V IO Mapping Table",
	.specification = "RISC-V IO Mapping Table (RIMT) 1.0",
	.header = &header,
	.layouts = layouts,
	.count = ARRAY_SIZE(layouts),
	.nodes = true,
	.decode = decode,
};

/*
 * The specification's number of IDs is just that. QEMU stores it minus one, and Linux
 * lets one more ID in (drivers/acpi/riscv/rimt.c), so an ID right behind a mapping goes
 * there where no mapping covers it.
 */
const struct layout_node *rimt_resolve(const struct acpi_table *table,
				       const struct layout_node *from, uint32_t id,
				       uint32_t *ret_id)
{
	const struct layout_node *mapping = NULL, *iommu;
	uint64_t source = 0;
	size_t index;

	LIST_FOR_EACH (&from->children, const struct layout_node, child) {
		uint64_t base = layout_value(child, "source_id_base", 0);
		uint64_t end = base + layout_value(child, "id_count", 0);

		if (child->layout != &layouts[MAPPING] || id < base || id > end ||
		    (id == end && mapping))
			continue;
		mapping = child;
		source = base;
		if (id < end)
			break;
	}
	if (!mapping)
		return NULL;
	index = acpi_node_index(table,
				layout_value(mapping, "destination_iommu_offset", 0));
	if (index == SIZE_MAX)
		return NULL;
	iommu = table->structures.items[index];
	if (iommu->type != RIMT_IOMMU)
		return NULL;
	*ret_id = (uint32_t)(layout_value(mapping, "destination_device_id_base", 0) +
			     (id - source));
	return iommu;
}

const struct layout_node *rimt_resolve_pci(const struct acpi_table *table,
					   uint16_t segment, uint16_t bdf,
					   uint32_t *ret_id)
{
	LIST_FOR_EACH (&table->structures, const struct layout_node, node) {
		const struct layout_node *found;

		if (node->type != RIMT_ROOT_COMPLEX ||
		    layout_value(node, "pcie_segment_number", UINT64_MAX) != segment)
			continue;
		found = rimt_resolve(table, node, bdf, ret_id);
		if (found)
			return found;
	}
	return NULL;
}
