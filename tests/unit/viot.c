// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/viot with made-up tables: every node type, every problem, and endpoints. */

#include "nodes.h"

/* Where the nodes of the table stand. */
static struct {
	size_t pci, mmio, range, wide, endpoint;
} at;

static size_t add_node(unsigned int type, unsigned int length)
{
	add(2, type);
	add(2, length);
	return made.size - 4;
}

static size_t add_range(uint32_t endpoint, unsigned int first_segment,
			unsigned int last_segment, unsigned int first, unsigned int last,
			size_t output)
{
	size_t start = add_node(1, 24);

	add(4, endpoint);
	add(2, first_segment);
	add(2, last_segment);
	add(2, first);
	add(2, last);
	add(2, output);
	add(6, 0);
	return start;
}

static void build(void)
{
	begin("VIOT", 0, 2, 5);
	at.pci = add_node(3, 16);
	add(2, 0);
	add(2, 0x0008);
	add(8, 0);
	at.mmio = add_node(4, 16);
	add(4, 0);
	add(8, 0xa000000);
	at.range = add_range(0x10, 0, 0, 0, 0xff, at.pci);
	at.wide = add_range(0x100000, 1, 3, 0x100, 0xffff, at.mmio);
	at.endpoint = add_node(2, 24);
	add(4, 0x2000);
	add(8, 0xa001000);
	add(2, at.mmio);
	add(6, 0);
	finish();
}

static void test_nodes(void)
{
	const struct layout_node *node;

	build();
	if (!IS(decode_made()->problems.count, 0, "a table without a problem"))
		show_problems();
	IS(made.decoded.structures.count, 5, "its five nodes");
	OK(made.decoded.decoder == &viot_decoder &&
		   value_of(made.decoded.header, "node_count") == 5,
	   "decoder and header");
	node = node_at(at.pci);
	OK(value_of(node, "type") == 3 && value_of(node, "length") == 16 &&
		   value_of(node, "segment") == 0 && value_of(node, "bdf") == 8,
	   "a virtio-iommu on PCI");
	IS(value_of(node_at(at.mmio), "base_address"), 0xa000000,
	   "a virtio-iommu at an address");
	node = node_at(at.wide);
	OK(value_of(node, "endpoint_start") == 0x100000 &&
		   value_of(node, "segment_start") == 1 &&
		   value_of(node, "segment_end") == 3 &&
		   value_of(node, "bdf_start") == 0x100 &&
		   value_of(node, "bdf_end") == 0xffff &&
		   value_of(node, "output_node") == at.mmio,
	   "a PCI range");
	node = node_at(at.endpoint);
	OK(value_of(node, "endpoint") == 0x2000 &&
		   value_of(node, "base_address") == 0xa001000 &&
		   value_of(node, "output_node") == at.mmio,
	   "an MMIO endpoint");
}

static void test_problems(void)
{
	spoil(build, "an unknown type", at.endpoint, 1, 0x77, ACPI_UNKNOWN_TYPE,
	      at.endpoint);
	IS(layout_field_size(node_at(at.endpoint),
			     layout_find_field(node_at(at.endpoint)->layout, "bytes")),
	   20, "whose bytes are there");
	spoil(build, "type 0, which there is not", at.endpoint, 1, 0, ACPI_UNKNOWN_TYPE,
	      at.endpoint);
	spoil(build, "a reserved byte", at.range + 1, 1, 1, ACPI_RESERVED, at.range + 1);
	spoil(build, "reserved bytes", at.range + 20, 1, 1, ACPI_RESERVED, at.range + 18);
	spoil(build, "a node of no length", at.range + 2, 2, 0, ACPI_LENGTH_ZERO,
	      at.range);
	IS(made.decoded.structures.count, 2, "where the walk ends");
	spoil(build, "a node that is too short", at.endpoint + 2, 2, 16,
	      ACPI_LENGTH_SHORT, at.endpoint);
	begin("VIOT", 0, 2, 2);
	at.mmio = add_node(4, 4);
	at.range = add_range(0, 0, 0, 1, 0, at.mmio);
	finish();
	decode_made();
	OK(has_problem(ACPI_RANGE_INVERTED, at.range + 8), "what follows is looked at");
	spoil(build, "a node beyond the table", at.endpoint + 2, 2, 25,
	      ACPI_LENGTH_PAST_END, at.endpoint);
	spoil(build, "nodes beyond the table", 38, 2, 0xfff0, ACPI_REFERENCE, 38);
	spoil(build, "fewer nodes than counted", 36, 2, 6, ACPI_COUNT, 36);
	spoil(build, "more nodes than counted", 36, 2, 0, ACPI_TRAILING, 48);
	spoil(build, "segments that go down", at.range + 8, 2, 1, ACPI_RANGE_INVERTED,
	      at.range + 8);
	spoil(build, "functions that go down", at.range + 12, 2, 0x100,
	      ACPI_RANGE_INVERTED, at.range + 8);
	spoil(build, "a range of no node", at.range + 16, 2, at.pci + 1, ACPI_REFERENCE,
	      at.range + 16);
	spoil(build, "a range behind a range", at.range + 16, 2, at.wide, ACPI_REFERENCE,
	      at.range + 16);
	spoil(build, "an endpoint behind itself", at.endpoint + 16, 2, at.endpoint,
	      ACPI_REFERENCE, at.endpoint + 16);
	spoil(build, "two devices at one address", at.endpoint + 8, 8, 0xa000000,
	      ACPI_DUPLICATE, at.endpoint);
}

static void test_overlaps(void)
{
	build();
	patch(at.wide + 8, 4, 0);
	patch(at.wide + 12, 2, 0xff);
	finish();
	decode_made();
	OK(has_problem(ACPI_RANGE_OVERLAP, at.wide), "ranges of one segment");
	patch(at.wide + 12, 2, 0x100);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "but not one function later");
	patch(at.wide + 8, 2, 0);
	patch(at.wide + 10, 2, 3);
	patch(at.wide + 12, 2, 0xff);
	finish();
	decode_made();
	OK(has_problem(ACPI_RANGE_OVERLAP, at.wide), "a range of several segments");
	patch(at.wide + 8, 2, 1);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "but not of later ones");
	patch(at.range + 10, 2, 1);
	finish();
	decode_made();
	OK(has_problem(ACPI_RANGE_OVERLAP, at.wide), "two ranges of several segments");
	build();
	patch(at.mmio, 1, 3);
	patch(at.mmio + 6, 2, 8);
	patch(at.mmio + 8, 8, 0);
	finish();
	decode_made();
	OK(has_problem(ACPI_DUPLICATE, at.mmio), "two virtio-iommus of one function");
}

static void test_endpoints(void)
{
	const struct layout_node *found;
	uint32_t id = 0xdead;

	build();
	decode_made();
	found = viot_resolve_pci(&made.decoded, 0, 0x20, &id);
	OK(found == node_at(at.pci) && id == 0x30, "an endpoint");
	found = viot_resolve_pci(&made.decoded, 1, 0x100, &id);
	OK(found == node_at(at.mmio) && id == 0x100000, "the first of a range");
	found = viot_resolve_pci(&made.decoded, 3, 0xffff, &id);
	OK(found == node_at(at.mmio) && id == 0x12feff,
	   "the last one, two segments further");
	id = 0xdead;
	OK(!viot_resolve_pci(&made.decoded, 0, 0x100, &id) &&
		   !viot_resolve_pci(&made.decoded, 4, 0x100, &id) &&
		   !viot_resolve_pci(&made.decoded, 1, 0xff, &id),
	   "beside all ranges");
	OK(!viot_resolve_pci(&made.decoded, 0, 8, &id), "the virtio-iommu itself");
	IS(id, 0xdead, "leaves the ID alone");
	patch(at.range + 16, 2, at.wide);
	decode_made();
	OK(!viot_resolve_pci(&made.decoded, 0, 0x20, &id), "behind what is none");
	patch(at.range + 16, 2, 0xffff);
	decode_made();
	OK(!viot_resolve_pci(&made.decoded, 0, 0x20, &id), "behind nothing");
	build();
	patch(at.wide + 8, 2, 0);
	patch(at.wide + 12, 2, 0);
	decode_made();
	OK(viot_resolve_pci(&made.decoded, 0, 0x20, &id) == node_at(at.mmio),
	   "the last of two ranges counts");
}

static void test_empty(void)
{
	begin("VIOT", 1, 2, 0);
	finish();
	decode_made();
	OK(has_problem(ACPI_REJECTED, 0), "a table without nodes");
}

int main(void)
{
	test_nodes();
	test_problems();
	test_empty();
	test_overlaps();
	test_endpoints();
	arena_free(&made.arena);
	return tap_end();
}
