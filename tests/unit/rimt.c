// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/rimt with made-up tables: all node types, all problems, ways of IDs. */

#include "nodes.h"

/* Where the nodes of the table stand. */
static struct {
	size_t iommu, pcie, complex, device;
} at;

static size_t add_node(unsigned int type, unsigned int length)
{
	static unsigned int id;
	size_t start = made.size;

	id = start == 48 ? 0 : id + 1;
	add(1, type);
	add(1, 1);
	add(2, length);
	add(2, 0);
	add(2, id);
	return start;
}

static size_t add_iommu(unsigned int wires, const char *hardware, uint64_t base,
			unsigned int flags, unsigned int bdf)
{
	size_t start = add_node(0, 40 + 8 * wires);

	add_text(hardware);
	add(8, base);
	add(4, flags);
	add(4, 5);
	add(2, 0);
	add(2, bdf);
	add(2, wires);
	add(2, 40);
	return start;
}

static void build(void)
{
	begin("RIMT", 1, 4, 4);
	at.iommu = add_iommu(2, "RSCV0004", 0x3000000, 2, 0);
	add(4, 36);
	add(4, 3);
	add(4, 37);
	add(4, 1);
	at.pcie = add_iommu(0, "00100014", 0, 1, 8);
	at.complex = add_node(1, 60);
	add(4, 2);
	add(2, 0);
	add(2, 6);
	add(2, 20);
	add(2, 2);
	add_mapping(0, 0x100, 0x1000, at.iommu, 1);
	add_mapping(0x100, 0x100, 0, at.pcie, 2);
	at.device = add_node(2, 44);
	add(2, 24);
	add(2, 1);
	add_text("\\_SB_.DMA0");
	add(2, 0);
	add_mapping(4, 1, 0x900, at.iommu, 0);
	finish();
}

static void test_nodes(void)
{
	const struct layout_node *node;

	build();
	if (!IS(decode_made()->problems.count, 0, "a table without a problem"))
		show_problems();
	IS(made.decoded.structures.count, 4, "its four nodes");
	OK(made.decoded.decoder == &rimt_decoder, "its decoder");
	node = node_at(at.iommu);
	IS(layout_find_field(node->layout, "hardware_id")->offset, 8,
	   "an ID of hardware");
	OK(value_of(node, "type") == 0 && value_of(node, "revision") == 1 &&
		   value_of(node, "length") == 56 && value_of(node, "id") == 0 &&
		   value_of(node, "base_address") == 0x3000000 &&
		   value_of(node, "pcie_device") == 0 &&
		   value_of(node, "proximity_domain_valid") == 1 &&
		   value_of(node, "proximity_domain") == 5,
	   "an IOMMU");
	IS(memcmp(node->bytes + 8, "RSCV0004", 8), 0, "its hardware ID");
	IS(node->children.count, 2, "and its wires");
	IS(value_of(child_at(node, "interrupt_wires", 0), "active_high"), 1,
	   "the first one is active high");
	node = child_at(node, "interrupt_wires", 1);
	OK(value_of(node, "interrupt_number") == 37 &&
		   value_of(node, "level_triggered") == 1 &&
		   value_of(node, "flags") == 1 && value_of(node, "active_high") == 0,
	   "the second wire");
	node = node_at(at.pcie);
	OK(value_of(node, "pcie_device") == 1 &&
		   value_of(node, "pcie_segment_number") == 0 &&
		   value_of(node, "pcie_bdf") == 8,
	   "an IOMMU on PCIe");
	node = node_at(at.complex);
	OK(value_of(node, "flags") == 2 && value_of(node, "ats_supported") == 0 &&
		   value_of(node, "pri_supported") == 1 &&
		   value_of(node, "pcie_segment_number") == 6 &&
		   value_of(node, "mapping_count") == 2,
	   "a root complex");
	node = child_at(node, "mappings", 1);
	OK(value_of(node, "source_id_base") == 0x100 &&
		   value_of(node, "id_count") == 0x100 &&
		   value_of(node, "destination_device_id_base") == 0 &&
		   value_of(node, "destination_iommu_offset") == at.pcie &&
		   value_of(node, "flags") == 2 && value_of(node, "ats_required") == 0 &&
		   value_of(node, "pri_required") == 1,
	   "an ID mapping");
	node = node_at(at.device);
	OK(has_text(node, "device_name", "\\_SB_.DMA0"), "a platform device");
	IS(value_of(child_at(node, "mappings", 0), "source_id_base"), 4, "and its ID");
}

static void test_problems(void)
{
	spoil(build, "an unknown type", at.device, 1, 9, ACPI_UNKNOWN_TYPE, at.device);
	spoil(build, "reserved bytes of a node", at.device + 4, 2, 1, ACPI_RESERVED,
	      at.device + 4);
	spoil(build, "a reserved flag", at.iommu + 24, 4, 4, ACPI_RESERVED,
	      at.iommu + 24);
	spoil(build, "a node of no length", at.pcie + 2, 2, 0, ACPI_LENGTH_ZERO, at.pcie);
	spoil(build, "a node that is too short", at.pcie + 2, 2, 8, ACPI_LENGTH_SHORT,
	      at.pcie);
	spoil(build, "a node beyond the table", at.device + 2, 2, 0xffff,
	      ACPI_LENGTH_PAST_END, at.device);
	spoil(build, "fewer nodes than counted", 36, 4, 5, ACPI_COUNT, 36);
	spoil(build, "more nodes than counted", 36, 4, 3, ACPI_TRAILING, at.device);
	spoil(build, "nodes within the header", 40, 4, 44, ACPI_REFERENCE, 40);
	spoil(build, "too many wires", at.iommu + 36, 2, 3, ACPI_COUNT, at.iommu);
	spoil(build, "wires within the fields", at.iommu + 38, 2, 32, ACPI_REFERENCE,
	      at.iommu);
	spoil(build, "too many mappings", at.complex + 18, 2, 3, ACPI_COUNT, at.complex);
	spoil(build, "mappings beyond the node", at.complex + 16, 2, 60, ACPI_REFERENCE,
	      at.complex);
	spoil(build, "a mapping of no ID", at.complex + 24, 4, 0, ACPI_COUNT,
	      at.complex + 24);
	patch(at.complex + 52, 4, 0);
	finish();
	decode_made();
	OK(has_problem(ACPI_REFERENCE, at.complex + 52), "and the next one is looked at");
	spoil(build, "Requester IDs of 17 bits", at.complex + 44, 4, 0xff01, ACPI_COUNT,
	      at.complex + 40);
	spoil(build, "IDs of 33 bits", at.device + 28, 4, 0xffffffff, ACPI_COUNT,
	      at.device + 24);
	spoil(build, "IDs that overlap", at.complex + 24, 4, 0x101, ACPI_RANGE_OVERLAP,
	      at.complex + 40);
	spoil(build, "a mapping to no node", at.complex + 32, 4, at.iommu + 8,
	      ACPI_REFERENCE, at.complex + 32);
	spoil(build, "a mapping to a device", at.complex + 32, 4, at.device,
	      ACPI_REFERENCE, at.complex + 32);
	spoil(build, "a mapping to itself", at.complex + 32, 4, at.complex,
	      ACPI_REFERENCE, at.complex + 32);
	spoil(build, "an IOMMU nowhere", at.iommu + 16, 8, 0, ACPI_VALUE, at.iommu + 16);
	spoil(build, "a device without a name", at.device + 12, 1, 0, ACPI_VALUE,
	      at.device + 12);
	spoil(build, "two nodes of one ID", at.device + 6, 2, 0, ACPI_DUPLICATE,
	      at.device);
	build();
	patch(at.complex + 44, 4, 0xff00);
	patch(at.device + 24, 4, 0xfffffffe);
	patch(at.device + 28, 4, 2);
	patch(at.device + 32, 4, 0xfffffffe);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "IDs up to the very last");
	patch(at.device + 32, 4, 0xffffffff);
	finish();
	decode_made();
	OK(has_problem(ACPI_COUNT, at.device + 24), "and no device ID behind it");
	build();
	patch(at.pcie + 16, 8, 0x3000000);
	patch(at.pcie + 24, 4, 0);
	finish();
	decode_made();
	OK(has_problem(ACPI_DUPLICATE, at.pcie), "two IOMMUs at one place");
	build();
	patch(at.complex, 1, 2);
	patch(at.complex + 8, 4, 0x20014);
	finish();
	decode_made();
	IS(count_problems(ACPI_RANGE_OVERLAP), 0, "each device has IDs of its own");
}

static void test_ways(void)
{
	const struct layout_node *found;
	uint32_t id = 0xdead;

	build();
	decode_made();
	found = rimt_resolve_pci(&made.decoded, 6, 0x10, &id);
	OK(found == node_at(at.iommu) && id == 0x1010, "a function");
	found = rimt_resolve_pci(&made.decoded, 6, 0x100, &id);
	OK(found == node_at(at.pcie) && id == 0, "the first of the next mapping");
	found = rimt_resolve(&made.decoded, node_at(at.device), 4, &id);
	OK(found == node_at(at.iommu) && id == 0x900, "a platform device");
	id = 0xdead;
	OK(!rimt_resolve_pci(&made.decoded, 5, 0x10, &id) &&
		   !rimt_resolve_pci(&made.decoded, 6, 0x201, &id) &&
		   !rimt_resolve(&made.decoded, node_at(at.device), 3, &id) &&
		   !rimt_resolve(&made.decoded, node_at(at.iommu), 0, &id),
	   "what no mapping covers");
	IS(id, 0xdead, "leaves the ID alone");
	found = rimt_resolve_pci(&made.decoded, 6, 0x200, &id);
	OK(found == node_at(at.pcie) && id == 0x100,
	   "one ID behind the last mapping, as Linux has it");
	patch(at.complex + 32, 4, at.device);
	decode_made();
	OK(!rimt_resolve_pci(&made.decoded, 6, 0x10, &id), "behind what is none");
	patch(at.complex + 32, 4, 1);
	decode_made();
	OK(!rimt_resolve_pci(&made.decoded, 6, 0x10, &id), "behind nothing");
}

static void test_empty(void)
{
	begin("RIMT", 1, 4, 0);
	finish();
	decode_made();
	OK(has_problem(ACPI_REJECTED, 0), "a table without nodes");
}

int main(void)
{
	test_nodes();
	test_problems();
	test_empty();
	test_ways();
	arena_free(&made.arena);
	return tap_end();
}
