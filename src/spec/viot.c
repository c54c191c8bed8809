// SPDX-License-Identifier: GPL-2.0-or-later
/* VIOT: the Virtual I/O Translation table of the ACPI specification, 6.5, 5.2.31. */

#include "spec/acpi-node.h"
#include "spec/acpi-range.h"
#include "spec/resolve.h"

enum {
	VIOT_HEADER_SIZE = 48,
	NODE_HEADER = 4,
	KNOWN_TYPES = 4,
	IOMMUS = 1 << VIOT_VIRTIO_PCI | 1 << VIOT_VIRTIO_MMIO, /* types, as bits */
};

static const struct layout_field header_fields[] = {
	{ "node_count", "Node count", L_UINT, 36, 2 },
	{ "node_offset", "Node offset", L_HEX, 38, 2 },
	{ "reserved", "Reserved", L_RESERVED, 40, 8 },
};

static const struct layout header = {
	.name = "VIOT",
	.title = "Virtual I/O Translation Table",
	.section = "ACPI 5.2.31",
	.list = "header",
	.size = VIOT_HEADER_SIZE,
	LAYOUT_FIELDS(header_fields),
	.untyped = true,
};

#define NODE_FIELDS                                                                      \
	{ "type", "Type", L_UINT, 0, 1 }, { "reserved", "Reserved", L_RESERVED, 1, 1 },  \
	{                                                                                \
		"length", "Length", L_UINT, 2, 2                                         \
	}

/* Endpoint IDs count up from the first function of the first segment. */
static const struct layout_field range_fields[] = {
	NODE_FIELDS,
	{ "endpoint_start", "Endpoint start", L_HEX, 4, 4 },
	{ "segment_start", "PCI Segment start", L_UINT, 8, 2 },
	{ "segment_end", "PCI Segment end", L_UINT, 10, 2 },
	{ "bdf_start", "PCI BDF start", L_BDF, 12, 2 },
	{ "bdf_end", "PCI BDF end", L_BDF, 14, 2 },
	{ "output_node", "Output node", L_HEX, 16, 2 },
	{ "reserved_18", "Reserved", L_RESERVED, 18, 6 },
};

static const struct layout_field endpoint_fields[] = {
	NODE_FIELDS,
	{ "endpoint", "Endpoint ID", L_HEX, 4, 4 },
	{ "base_address", "Base address", L_HEX, 8, 8 },
	{ "output_node", "Output node", L_HEX, 16, 2 },
	{ "reserved_18", "Reserved", L_RESERVED, 18, 6 },
};

static const struct layout_field virtio_pci_fields[] = {
	NODE_FIELDS,
	{ "segment", "PCI Segment", L_UINT, 4, 2 },
	{ "bdf", "PCI BDF number", L_BDF, 6, 2 },
	{ "reserved_8", "Reserved", L_RESERVED, 8, 8 },
};

static const struct layout_field virtio_mmio_fields[] = {
	NODE_FIELDS,
	{ "reserved_4", "Reserved", L_RESERVED, 4, 4 },
	{ "base_address", "Base address", L_HEX, 8, 8 },
};

static const struct layout_field unknown_fields[] = {
	NODE_FIELDS,
	{ "bytes", "Bytes", L_BYTES, NODE_HEADER, LAYOUT_REST },
};

static const struct layout layouts[] = {
	{ VIOT_PCI_RANGE, "PCI range", "PCI range node", "ACPI 5.2.31", "nodes", 24,
	  LAYOUT_FIELDS(range_fields) },
	{ VIOT_MMIO_ENDPOINT, "MMIO endpoint", "Single MMIO endpoint node", "ACPI 5.2.31",
	  "nodes", 24, LAYOUT_FIELDS(endpoint_fields) },
	{ VIOT_VIRTIO_PCI, "virtio-iommu PCI", "virtio-iommu based on virtio-pci node",
	  "ACPI 5.2.31", "nodes", 16, LAYOUT_FIELDS(virtio_pci_fields) },
	{ VIOT_VIRTIO_MMIO, "virtio-iommu MMIO", "virtio-iommu based on virtio-mmio node",
	  "ACPI 5.2.31", "nodes", 16, LAYOUT_FIELDS(virtio_mmio_fields) },
	{ 0, "unknown", "Node of an unknown type", "", "nodes", NODE_HEADER,
	  LAYOUT_FIELDS(unknown_fields) },
};

/* A PCI range: functions first..last of each segment from..to. */
struct range {
	uint64_t from, to, first, last;
};

static struct range range_of(const struct layout_node *node)
{
	return (struct range){
		.from = layout_value(node, "segment_start", 1),
		.to = layout_value(node, "segment_end", 0),
		.first = layout_value(node, "bdf_start", 1),
		.last = layout_value(node, "bdf_end", 0),
	};
}

/* Ranges of several segments are rare; more than these are not compared with the rest. */
enum { WIDE_MAX = 16 };

struct ranges {
	struct acpi_ranges narrow; /* of one segment each */
	struct acpi_ranges wide;   /* of several: the space is the node's offset */
};

static void check_range(struct acpi_walk *walk, const struct layout_node *node,
			struct ranges *ranges)
{
	struct range range = range_of(node);

	acpi_follow(walk, node, node, "output_node", IOMMUS);
	if (range.to < range.from || range.last < range.first)
		acpi_complain(
			walk, node->offset + 8, ACPI_RANGE_INVERTED,
			"PCI range: from segment %llu, function 0x%04llx to segment "
			"%llu, function 0x%04llx",
			(unsigned long long)range.from, (unsigned long long)range.first,
			(unsigned long long)range.to, (unsigned long long)range.last);
	else if (range.from == range.to)
		acpi_ranges_add(&ranges->narrow, node, range.from, range.first,
				range.last);
	else
		acpi_ranges_add(&ranges->wide, node, node->offset, range.first,
				range.last);
}

/* Ranges of several segments against all that were there before them, and narrow ones. */
static void check_wide(struct acpi_walk *walk, const struct ranges *ranges)
{
	size_t count = MIN(ranges->wide.count, (size_t)WIDE_MAX);

	for (size_t i = 0; i < count; i++) {
		const struct layout_node *wide = ranges->wide.items[i].node;
		struct range one = range_of(wide);

		for (size_t k = 0; k < i + ranges->narrow.count; k++) {
			const struct acpi_range *other =
				k < i ? &ranges->wide.items[k]
				      : &ranges->narrow.items[k - i];
			struct range two = range_of(other->node);

			if (one.from <= two.to && two.from <= one.to &&
			    one.first <= two.last && two.first <= one.last)
				acpi_complain(walk, wide->offset, ACPI_RANGE_OVERLAP,
					      "PCI range: overlaps the one at 0x%x",
					      other->node->offset);
		}
	}
}

static void check_nodes(struct acpi_walk *walk)
{
	struct ranges ranges = { 0 };
	_cleanup_ranges_ struct acpi_ranges addresses = { 0 }, functions = { 0 };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		uint64_t address, bdf;

		if (!layout_is_whole(node))
			continue;
		address = layout_value(node, "base_address", 0);
		bdf = layout_value(node, "bdf", 0);
		switch (node->type) {
		case VIOT_PCI_RANGE:
			check_range(walk, node, &ranges);
			break;
		case VIOT_MMIO_ENDPOINT:
			acpi_follow(walk, node, node, "output_node", IOMMUS);
			acpi_ranges_add(&addresses, node, 0, address, address);
			break;
		case VIOT_VIRTIO_PCI:
			acpi_ranges_add(&functions, node,
					layout_value(node, "segment", 0), bdf, bdf);
			break;
		case VIOT_VIRTIO_MMIO:
			acpi_ranges_add(&addresses, node, 0, address, address);
			break;
		}
	}
	acpi_check_overlaps(walk, &ranges.narrow, "PCI range: functions", "");
	check_wide(walk, &ranges);
	acpi_check_duplicates(walk, &addresses, "the base address");
	acpi_check_duplicates(walk, &functions, "the function");
	acpi_ranges_free(&ranges.narrow);
	acpi_ranges_free(&ranges.wide);
}

static void decode(struct acpi_walk *walk)
{
	static const struct acpi_nodes nodes = {
		.header = NODE_HEADER,
		.length_at = 2,
		.known = KNOWN_TYPES,
	};

	acpi_walk_nodes(walk, &nodes);
	acpi_check_has(walk, NULL);
	check_nodes(walk);
}

const struct acpi_decoder viot_decoder = {
	.signature = "VIOT",
	.title = "Virtual I/O Translation Table",
	.specification = "ACPI 6.5, 5.2.31",
	.header = &header,
	.layouts = layouts,
	.count = ARRAY_SIZE(layouts),
	.nodes = true,
	.decode = decode,
};

/* Of ranges that overlap, Linux takes the last (drivers/acpi/viot.c). */
const struct layout_node *viot_resolve_pci(const struct acpi_table *table,
					   uint16_t segment, uint16_t bdf,
					   uint32_t *ret_endpoint)
{
	const struct layout_node *found = NULL;
	uint64_t endpoint = 0;

	LIST_FOR_EACH (&table->structures, const struct layout_node, node) {
		struct range range;
		size_t index;

		if (node->type != VIOT_PCI_RANGE)
			continue;
		range = range_of(node);
		index = acpi_node_index(table, layout_value(node, "output_node", 0));
		if (segment < range.from || segment > range.to || bdf < range.first ||
		    bdf > range.last || index == SIZE_MAX)
			continue;
		found = table->structures.items[index];
		endpoint = layout_value(node, "endpoint_start", 0) +
			   ((segment - range.from) << 16) + (bdf - range.first);
	}
	if (!found ||
	    (found->type != VIOT_VIRTIO_PCI && found->type != VIOT_VIRTIO_MMIO) ||
	    (layout_value(found, "segment", UINT64_MAX) == segment &&
	     layout_value(found, "bdf", UINT64_MAX) == bdf))
		return NULL;
	*ret_endpoint = (uint32_t)endpoint;
	return found;
}
