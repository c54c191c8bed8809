// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/iort with made-up tables: all node types, all problems, ways of IDs. */

#include "nodes.h"

/* Where the nodes of the table stand. */
static struct {
	size_t its, v3, smmu, complex, component, pmcg, rmr, iwb;
} at;

static size_t add_node(unsigned int type, unsigned int length, unsigned int revision,
		       unsigned int mappings, unsigned int offset)
{
	static unsigned int identifier;
	size_t start = made.size;

	identifier = start == 48 ? 0 : identifier + 1;
	add(1, type);
	add(2, length);
	add(1, revision);
	add(4, identifier);
	add(4, mappings);
	add(4, offset);
	return start;
}

static void add_smmus(void)
{
	at.v3 = add_node(IORT_SMMU_V3, 108, 5, 2, 68);
	add(8, 0x9050000);
	add(4, 0x15); /* COHACC, HTTU 2, mapping index */
	add(4, 0);
	add(8, 0x9070000);
	add(4, 1);
	add(4, 74);
	add(4, 75);
	add(4, 77);
	add(4, 76);
	add(4, 6);
	add(4, 1);
	add_mapping(0, 0xffff, 0x10000, at.its, 0);
	add_mapping(0, 0, 0x77, at.its, 1);
	at.smmu = add_node(IORT_SMMU, 120, 3, 1, 100);
	add(8, 0x15000000);
	add(8, 0x100000);
	add(4, 3);
	add(4, 2);
	add(4, 60);
	add(4, 2);
	add(4, 76);
	add(4, 1);
	add(4, 92);
	add(4, 0x41);
	add(4, 1);
	add(4, 0x42);
	add(4, 0);
	add(4, 0x43);
	add(4, 0);
	add(4, 0x44);
	add(4, 1);
	add(4, 0x45);
	add(4, 1);
	add_mapping(0, 0xff, 0x20000, at.its, 0);
}

static void add_devices(void)
{
	at.complex = add_node(IORT_ROOT_COMPLEX, 80, 4, 2, 40);
	add(4, 1);
	add(1, 0x0a);
	add(2, 0);
	add(1, 0x05);
	add(4, 5);
	add(4, 7);
	add(1, 48);
	add(2, 20);
	add(1, 0);
	add(4, 1);
	add_mapping(0, 0xff, 0x1000, at.v3, 0);
	add_mapping(0x100, 0xff, 0x30100, at.its, 0);
	at.component = add_node(IORT_NAMED_COMPONENT, 64, 4, 1, 44);
	add(4, 0x29); /* stall, 20 bits of PASID */
	add(4, 0);
	add(1, 0x05);
	add(2, 0);
	add(1, 0x02);
	add(1, 40);
	add_text("\\_SB_.NET0");
	add(5, 0);
	add_mapping(0, 0, 0x42, at.smmu, 1);
	at.pmcg = add_node(IORT_PMCG, 60, 2, 1, 40);
	add(8, 0x9052000);
	add(4, 0);
	add(4, at.v3);
	add(8, 0x9053000);
	add_mapping(0, 0, 0x78, at.its, 1);
}

static void build(void)
{
	begin("IORT", 7, 4, 8);
	at.its = add_node(IORT_ITS_GROUP, 28, 1, 0, 0);
	add(4, 2);
	add(4, 7);
	add(4, 9);
	add_smmus();
	add_devices();
	at.rmr = add_node(IORT_RMR, 88, 3, 1, 28);
	add(4, 0x12); /* privileged, normal non-cacheable */
	add(4, 2);
	add(4, 48);
	add_mapping(0x1000, 0xff, 0x1000, at.v3, 0);
	add(8, 0x80000000);
	add(8, 0x10000);
	add(4, 0);
	add(8, 0x80020000);
	add(8, 0x20000);
	add(4, 0);
	at.iwb = add_node(IORT_IWB, 56, 0, 1, 36);
	add(8, 0x30000000);
	add(2, 3);
	add_text("\\_SB_.IWB");
	add(1, 0);
	add_mapping(0, 0, 0x79, at.its, 1);
	finish();
}

static void test_nodes(void)
{
	const struct layout_node *node;

	build();
	if (!IS(decode_made()->problems.count, 0, "a table without a problem"))
		show_problems();
	IS(made.decoded.structures.count, 8, "its eight nodes");
	OK(known_true(made.decoded.checksum_ok) && made.decoded.decoder == &iort_decoder,
	   "checksum and decoder");
	IS(value_of(made.decoded.header, "node_offset"), 48, "where the header says");
	node = node_at(at.its);
	IS(node->children.count, 2, "an ITS group of two");
	IS(value_of(child_at(node, "identifiers", 0), "identifier"), 7, "the first");
	IS(value_of(child_at(node, "identifiers", 1), "identifier"), 9, "the second");
	node = node_at(at.complex);
	OK(value_of(node, "type") == 2 && value_of(node, "length") == 80 &&
		   value_of(node, "revision") == 4 && value_of(node, "identifier") == 3 &&
		   value_of(node, "mapping_count") == 2 &&
		   value_of(node, "mapping_offset") == 40,
	   "the header of a node");
	OK(value_of(node, "cache_coherency") == 1 && value_of(node, "hints") == 10 &&
		   value_of(node, "transient") == 0 &&
		   value_of(node, "write_allocate") == 1 &&
		   value_of(node, "read_allocate") == 0 &&
		   value_of(node, "override") == 1,
	   "memory access properties: coherency and hints");
	OK(value_of(node, "memory_flags") == 5 && value_of(node, "cpm") == 1 &&
		   value_of(node, "dacs") == 0 && value_of(node, "canwbs") == 1,
	   "memory access properties: flags");
	OK(value_of(node, "ats_supported") == 1 && value_of(node, "pri_supported") == 0 &&
		   value_of(node, "pasid_forward_supported") == 1,
	   "ATS, PRI and PASID of a root complex");
	OK(value_of(node, "pci_segment_number") == 7 &&
		   value_of(node, "memory_address_limit") == 48 &&
		   value_of(node, "max_pasid_width") == 20 &&
		   value_of(node, "flags") == 1 && value_of(node, "pasid_supported") == 1,
	   "segment, limit and PASID width");
	node = child_at(node, "mappings", 1);
	OK(value_of(node, "input_base") == 0x100 && value_of(node, "id_count") == 0xff &&
		   value_of(node, "output_base") == 0x30100 &&
		   value_of(node, "output_reference") == at.its &&
		   value_of(node, "flags") == 0 && value_of(node, "single_mapping") == 0,
	   "an ID mapping");
	IS(node->offset, at.complex + 60, "and where it stands");
	node = node_at(at.component);
	OK(value_of(node, "node_flags") == 0x29 &&
		   value_of(node, "stall_supported") == 1 &&
		   value_of(node, "pasid_bits") == 20 &&
		   value_of(node, "cache_coherency") == 0 &&
		   value_of(node, "dacs") == 1 &&
		   value_of(node, "memory_address_limit") == 40,
	   "a named component");
	OK(has_text(node, "device_name", "\\_SB_.NET0"), "and its name");
	IS(value_of(child_at(node, "mappings", 0), "single_mapping"), 1,
	   "with a single mapping");
}

static void test_smmus(void)
{
	const struct layout_node *node;

	build();
	decode_made();
	node = node_at(at.v3);
	OK(value_of(node, "base_address") == 0x9050000 &&
		   value_of(node, "cohacc_override") == 1 &&
		   value_of(node, "httu_override") == 2 &&
		   value_of(node, "flags") == 0x15 &&
		   value_of(node, "proximity_domain_valid") == 0 &&
		   value_of(node, "device_id_mapping_index_valid") == 1,
	   "base and flags of an SMMUv3");
	OK(value_of(node, "vatos_address") == 0x9070000 && value_of(node, "model") == 1 &&
		   value_of(node, "event_gsiv") == 74 &&
		   value_of(node, "pri_gsiv") == 75 &&
		   value_of(node, "gerr_gsiv") == 77 &&
		   value_of(node, "sync_gsiv") == 76 &&
		   value_of(node, "proximity_domain") == 6 &&
		   value_of(node, "device_id_mapping_index") == 1,
	   "the rest of it");
	node = node_at(at.smmu);
	OK(value_of(node, "base_address") == 0x15000000 &&
		   value_of(node, "span") == 0x100000 && value_of(node, "model") == 3 &&
		   value_of(node, "flags") == 2 && value_of(node, "dvm_supported") == 0 &&
		   value_of(node, "coherent_walk") == 1,
	   "an SMMUv2");
	IS(node->children.count, 5, "and what is within it");
	node = child_at(node, "global_interrupts", 0);
	OK(value_of(node, "nsg_irpt") == 0x41 && value_of(node, "nsg_irpt_flags") == 1 &&
		   value_of(node, "nsg_irpt_edge_triggered") == 1 &&
		   value_of(node, "nsg_cfg_irpt") == 0x42 &&
		   value_of(node, "nsg_cfg_irpt_flags") == 0 &&
		   value_of(node, "nsg_cfg_irpt_edge_triggered") == 0,
	   "global interrupts");
	node = node_at(at.smmu);
	OK(value_of(child_at(node, "context_interrupts", 0), "interrupt") == 0x43 &&
		   value_of(child_at(node, "context_interrupts", 1), "interrupt") ==
			   0x44 &&
		   value_of(child_at(node, "context_interrupts", 1), "flags") == 1 &&
		   value_of(child_at(node, "context_interrupts", 1), "edge_triggered") ==
			   1,
	   "context interrupts");
	IS(value_of(child_at(node, "pmu_interrupts", 0), "interrupt"), 0x45,
	   "a PMU interrupt");
	IS(value_of(child_at(node, "mappings", 0), "output_base"), 0x20000,
	   "and a mapping");
	node = node_at(at.pmcg);
	OK(value_of(node, "page_0_base_address") == 0x9052000 &&
		   value_of(node, "overflow_interrupt_gsiv") == 0 &&
		   value_of(node, "node_reference") == at.v3 &&
		   value_of(node, "page_1_base_address") == 0x9053000,
	   "a PMCG");
	node = node_at(at.rmr);
	OK(value_of(node, "remapping_permitted") == 0 &&
		   value_of(node, "access_privileged") == 1 &&
		   value_of(node, "access_attributes") == 4 &&
		   value_of(node, "flags") == 0x12,
	   "an RMR");
	OK(value_of(child_at(node, "memory_ranges", 1), "physical_range_offset") ==
			   0x80020000 &&
		   value_of(child_at(node, "memory_ranges", 1),
			    "physical_range_length") == 0x20000,
	   "its second range");
	node = node_at(at.iwb);
	OK(value_of(node, "config_frame_base") == 0x30000000 &&
		   value_of(node, "iwb_index") == 3 &&
		   has_text(node, "device_name", "\\_SB_.IWB"),
	   "an IWB");
}

/* Fields of later revisions are not taken from the mappings of an earlier one. */
static void test_revisions(void)
{
	const struct layout_node *node;

	begin("IORT", 0, 4, 4);
	at.its = add_node(IORT_ITS_GROUP, 24, 0, 0, 0);
	add(4, 1);
	add(4, 0);
	at.v3 = add_node(IORT_SMMU_V3, 80, 0, 1, 60);
	add(8, 0x9050000);
	made.size = at.v3 + 60;
	add_mapping(0, 0xffff, 0, at.its, 0);
	at.complex = add_node(IORT_ROOT_COMPLEX, 52, 0, 1, 32);
	made.size = at.complex + 32;
	add_mapping(0xff40, 0x5f, 0, at.v3, 0);
	at.pmcg = add_node(IORT_PMCG, 32, 0, 0, 0);
	add(8, 0x9052000);
	add(4, 3);
	add(4, at.v3);
	finish();
	if (!IS(decode_made()->problems.count, 0, "nodes of revision 0"))
		show_problems();
	node = node_at(at.complex);
	OK(value_of(node, "pci_segment_number") == 0 &&
		   value_of(node, "memory_address_limit") == 0xdead &&
		   value_of(node, "flags") == 0xdead,
	   "a root complex without a limit and flags");
	IS(node->own, 32, "whose fields end at its mappings");
	IS(value_of(node_at(at.v3), "device_id_mapping_index"), 0xdead,
	   "an SMMUv3 without a mapping index");
	IS(value_of(node_at(at.pmcg), "page_1_base_address"), 0xdead,
	   "a PMCG of one page");
	patch(at.complex + 3, 1, 4);
	patch(at.v3 + 3, 1, 1);
	patch(at.pmcg + 3, 1, 1);
	finish();
	decode_made();
	IS(count_problems(ACPI_LENGTH_SHORT), 3,
	   "all three are too short for a later revision");
}

static void test_walk(void)
{
	build();
	at.iwb = add_node(0x55, 20, 0, 0, 0);
	add(4, 0xdeadbeef);
	patch(36, 4, 10);
	add_node(IORT_ITS_GROUP, 24, 0, 0, 0);
	add(4, 1);
	add(4, 0);
	finish();
	decode_made();
	IS(made.decoded.structures.count, 10, "the walk goes on behind an unknown type");
	OK(has_problem(ACPI_UNKNOWN_TYPE, at.iwb) && node_at(at.iwb)->type == 0x55,
	   "which is a problem");
	IS(layout_field_size(node_at(at.iwb),
			     layout_find_field(node_at(at.iwb)->layout, "bytes")),
	   4, "its bytes are there");
	spoil(build, "a node of no length", at.smmu + 1, 2, 0, ACPI_LENGTH_ZERO, at.smmu);
	IS(made.decoded.structures.count, 2, "where the walk ends");
	spoil(build, "a node shorter than any", at.smmu + 1, 2, 15, ACPI_LENGTH_SHORT,
	      at.smmu);
	spoil(build, "a node beyond the table", at.iwb + 1, 2, 0xffff,
	      ACPI_LENGTH_PAST_END, at.iwb);
	spoil(build, "fewer nodes than counted", 36, 4, 9, ACPI_COUNT, 36);
	spoil(build, "more nodes than counted", 36, 4, 7, ACPI_TRAILING, at.iwb);
	spoil(build, "nodes within the header", 40, 4, 47, ACPI_REFERENCE, 40);
	spoil(build, "nodes beyond the table", 40, 4, 0xffffff, ACPI_REFERENCE, 40);
	IS(made.decoded.structures.count, 0, "of which none is found");
	spoil(build, "nodes at the table's end", 40, 4, made.size, ACPI_REFERENCE, 40);
	spoil(build, "a bit of the header", 44, 4, 1, ACPI_RESERVED, 44);
	begin("IORT", 7, 4, 0);
	patch(40, 4, 0);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "a table of no node");
}

static void test_arrays(void)
{
	spoil(build, "mappings within the fields", at.complex + 12, 4, 24, ACPI_REFERENCE,
	      at.complex);
	IS(node_at(at.complex)->own, 80, "and no field is lost");
	spoil(build, "mappings beyond the node", at.complex + 12, 4, 80, ACPI_REFERENCE,
	      at.complex);
	spoil(build, "too many mappings", at.complex + 8, 4, 0xffffffff, ACPI_COUNT,
	      at.complex);
	IS(node_at(at.complex)->children.count, 2, "those that fit are there");
	spoil(build, "too many ITSs", at.its + 16, 4, 3, ACPI_COUNT, at.its);
	spoil(build, "a group of none", at.its + 16, 4, 0, ACPI_COUNT, at.its + 16);
	spoil(build, "a group with mappings", at.its + 8, 4, 1, ACPI_COUNT, at.its + 8);
	spoil(build, "too many memory ranges", at.rmr + 20, 4, 3, ACPI_COUNT, at.rmr);
	spoil(build, "no memory range", at.rmr + 20, 4, 0, ACPI_COUNT, at.rmr);
	spoil(build, "global interrupts nowhere", at.smmu + 40, 4, 0, ACPI_REFERENCE,
	      at.smmu);
	IS(node_at(at.smmu)->children.count, 4, "what follows them is there");
	spoil(build, "an array within another", at.smmu + 56, 4, 84, ACPI_RANGE_OVERLAP,
	      at.smmu + 84);
	spoil(build, "an RMR for no device", at.rmr + 8, 4, 0, ACPI_NO_SCOPE, at.rmr);
	spoil(build, "two mappings of a PMCG", at.pmcg + 8, 4, 2, ACPI_COUNT,
	      at.pmcg + 8);
}

static void test_values(void)
{
	spoil(build, "allocation hints", at.complex + 20, 1, 0x10, ACPI_RESERVED,
	      at.complex + 20);
	spoil(build, "flags of a mapping", at.complex + 56, 4, 2, ACPI_RESERVED,
	      at.complex + 56);
	spoil(build, "neither coherent nor not", at.complex + 16, 4, 2, ACPI_VALUE,
	      at.complex + 16);
	spoil(build, "a segment of 17 bits", at.complex + 28, 4, 0x10000, ACPI_VALUE,
	      at.complex + 28);
	spoil(build, "addresses of 65 bits", at.complex + 32, 1, 65, ACPI_VALUE,
	      at.complex + 32);
	spoil(build, "a PASID of 21 bits", at.complex + 33, 2, 21, ACPI_VALUE,
	      at.complex + 33);
	spoil(build, "Requester IDs of 17 bits", at.complex + 64, 4, 0xff00, ACPI_VALUE,
	      at.complex + 60);
	build();
	patch(at.complex + 64, 4, 0xfeff);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "a Requester ID may have 16 bits");
	spoil(build, "a component's addresses of 65 bits", at.component + 28, 1, 65,
	      ACPI_VALUE, at.component + 28);
	spoil(build, "a component without a name", at.component + 29, 1, 0, ACPI_VALUE,
	      at.component + 29);
	spoil(build, "a name without room", at.component + 12, 4, 29, ACPI_VALUE,
	      at.component + 29);
	spoil(build, "a name without an end", at.component + 39, 5, UINT64_MAX,
	      ACPI_VALUE, at.component + 29);
	spoil(build, "an SMMU of an unknown model", at.smmu + 32, 4, 6, ACPI_VALUE,
	      at.smmu + 32);
	spoil(build, "an SMMU of no size", at.smmu + 24, 8, 0, ACPI_VALUE, at.smmu + 24);
	spoil(build, "an SMMU nowhere", at.smmu + 16, 8, 0, ACPI_VALUE, at.smmu + 16);
	spoil(build, "an SMMUv3 at half a page", at.v3 + 16, 8, 0x9058000, ACPI_ALIGNMENT,
	      at.v3 + 16);
	spoil(build, "an unknown HTTU", at.v3 + 24, 1, 0x17, ACPI_VALUE, at.v3 + 24);
	spoil(build, "the mapping index beyond the mappings", at.v3 + 64, 4, 2,
	      ACPI_REFERENCE, at.v3 + 64);
	spoil(build, "the mapping index of a range", at.v3 + 64, 4, 0, ACPI_VALUE,
	      at.v3 + 84);
	spoil(build, "an attribute that there is not", at.rmr + 16, 4, 0x1a, ACPI_VALUE,
	      at.rmr + 16);
	spoil(build, "two SMMUs at one place", at.smmu + 16, 8, 0x9050000, ACPI_DUPLICATE,
	      at.smmu);
	spoil(build, "two nodes of one identifier", at.rmr + 4, 4, 0, ACPI_DUPLICATE,
	      at.rmr);
	patch(8, 1, 1);
	finish();
	decode_made();
	IS(count_problems(ACPI_DUPLICATE), 1, "also in a table of revision 1");
	patch(8, 1, 0);
	finish();
	decode_made();
	IS(count_problems(ACPI_DUPLICATE), 0, "which revision 0 does not have");
	build();
	patch(at.complex + 3, 1, 1);
	patch(at.complex + 32, 4, 0xffffff41);
	finish();
	decode_made();
	OK(has_problem(ACPI_VALUE, at.complex + 32) && count_problems(ACPI_VALUE) == 1,
	   "a root complex of revision 1 has a limit, and no PASIDs");
	patch(at.complex + 3, 1, 0);
	finish();
	decode_made();
	IS(count_problems(ACPI_VALUE), 0, "one of revision 0 has neither");
}

static void test_ranges(void)
{
	spoil(build, "an RMR of half a page", at.rmr + 56, 8, 0x8000, ACPI_ALIGNMENT,
	      at.rmr + 48);
	spoil(build, "an RMR of no bytes", at.rmr + 56, 8, 0, ACPI_RANGE_INVERTED,
	      at.rmr + 56);
	build();
	patch(at.rmr + 48, 8, 0xffffffffffff0000);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "an RMR may end with the last byte");
	spoil(build, "but not behind it", at.rmr + 56, 8, 0xffffffffffff0000,
	      ACPI_RANGE_INVERTED, at.rmr + 56);
	spoil(build, "RMRs that overlap", at.rmr + 56, 8, 0x30000, ACPI_RANGE_OVERLAP,
	      at.rmr + 68);
	spoil(build, "or in another order", at.rmr + 68, 8, 0x7fff0000,
	      ACPI_RANGE_OVERLAP, at.rmr + 48);
	build();
	patch(at.rmr + 56, 8, 0x20000);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "RMRs may touch");
	patch(at.rmr + 68, 8, 0x80000000);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "and devices may share one");
	patch(at.rmr + 76, 8, 0x10000);
	finish();
	decode_made();
	OK(has_problem(ACPI_RANGE_OVERLAP, at.rmr + 48), "but not a part of one");
	spoil(build, "IDs that overlap", at.complex + 60, 4, 0x80, ACPI_RANGE_OVERLAP,
	      at.complex + 60);
	spoil(build, "input IDs beyond 32 bits", at.smmu + 104, 4, 0xffffffff, ACPI_COUNT,
	      at.smmu + 104);
	build();
	patch(at.smmu + 100, 4, 0xffffff01);
	finish();
	decode_made();
	IS(count_problems(ACPI_COUNT), 1, "where one ID is too many");
	patch(at.smmu + 100, 4, 0xffffff00);
	finish();
	decode_made();
	IS(count_problems(ACPI_COUNT), 0, "and where the last one fits");
}

/* Whether the mapping index of an SMMUv3 counts. */
static void test_mapping_index(void)
{
	build();
	patch(at.v3 + 64, 4, 9);
	patch(at.v3 + 3, 1, 4);
	finish();
	decode_made();
	IS(made.decoded.problems.count, 0, "before revision 5 not where all have wires");
	for (size_t wire = 44; wire < 60; wire += 4) {
		uint64_t kept = read_le(made.bytes + at.v3 + wire, 4);

		patch(at.v3 + wire, 4, 0);
		finish();
		decode_made();
		OK(has_problem(ACPI_REFERENCE, at.v3 + 64),
		   "but where the one at %zu has none", wire);
		patch(at.v3 + wire, 4, kept);
	}
	patch(at.v3 + 44, 4, 0);
	patch(at.v3 + 3, 1, 1);
	finish();
	decode_made();
	OK(has_problem(ACPI_REFERENCE, at.v3 + 64), "also in revision 1");
	patch(at.v3 + 8, 4, 0);
	finish();
	decode_made();
	OK(!has_problem(ACPI_REFERENCE, at.v3 + 64), "unless there is no mapping at all");
	patch(at.v3 + 3, 1, 5);
	finish();
	decode_made();
	OK(has_problem(ACPI_REFERENCE, at.v3 + 64), "which revision 5 could say");
	patch(at.v3 + 3, 1, 0);
	finish();
	decode_made();
	OK(!has_problem(ACPI_REFERENCE, at.v3 + 64), "revision 0 has no index");
	/* The mapping of the SMMU's own interrupts maps no ID that comes in. */
	build();
	patch(at.v3 + 104, 4, 0);
	finish();
	decode_made();
	IS(count_problems(ACPI_RANGE_OVERLAP), 0, "its mapping overlaps no other");
	patch(at.v3 + 24, 4, 5);
	finish();
	decode_made();
	IS(count_problems(ACPI_RANGE_OVERLAP), 1, "but one without the index does");
}

static void test_references(void)
{
	spoil(build, "a mapping into a node", at.complex + 52, 4, at.v3 + 4,
	      ACPI_REFERENCE, at.complex + 52);
	spoil(build, "a mapping beyond the table", at.complex + 52, 4, 0xffffffff,
	      ACPI_REFERENCE, at.complex + 52);
	spoil(build, "a root complex behind a component", at.complex + 52, 4,
	      at.component, ACPI_REFERENCE, at.complex + 52);
	spoil(build, "an SMMU behind an SMMU", at.smmu + 112, 4, at.v3, ACPI_REFERENCE,
	      at.smmu + 112);
	IS(count_problems(ACPI_LOOP), 0, "is no loop");
	spoil(build, "an RMR in an ITS", at.rmr + 40, 4, at.its, ACPI_REFERENCE,
	      at.rmr + 40);
	spoil(build, "counters of no node", at.pmcg + 28, 4, 0, ACPI_REFERENCE,
	      at.pmcg + 28);
	spoil(build, "counters of an ITS", at.pmcg + 28, 4, at.its, ACPI_REFERENCE,
	      at.pmcg + 28);
	spoil(build, "a single mapping of an SMMUv2", at.smmu + 116, 4, 1, ACPI_VALUE,
	      at.smmu + 116);
	spoil(build, "a node that leads to itself", at.smmu + 112, 4, at.smmu, ACPI_LOOP,
	      at.smmu + 112);
	build();
	patch(at.smmu + 112, 4, at.v3);
	patch(at.v3 + 80, 4, at.complex);
	finish();
	decode_made();
	IS(count_problems(ACPI_LOOP), 1, "a loop of two, beside another way in");
	OK(has_problem(ACPI_LOOP, at.complex + 52), "is told of where it closes");
}

static const struct layout_node *arrive(unsigned int segment, unsigned int bdf,
					unsigned int types, uint32_t *ret_id)
{
	*ret_id = 0xdead;
	return iort_resolve_pci(&made.decoded, (uint16_t)segment, (uint16_t)bdf, types,
				ret_id);
}

static void test_ways(void)
{
	const struct layout_node *found;
	uint32_t id;

	build();
	decode_made();
	found = arrive(7, 0x12, IORT_SMMUS, &id);
	OK(found == node_at(at.v3) && id == 0x1012, "a function behind an SMMUv3");
	found = arrive(7, 0x12, IORT_ITS_GROUPS, &id);
	OK(found == node_at(at.its) && id == 0x11012, "and through it to the ITS");
	found = arrive(7, 0x123, IORT_ITS_GROUPS, &id);
	OK(found == node_at(at.its) && id == 0x30123, "a function beside the SMMU");
	OK(!arrive(7, 0x123, IORT_SMMUS, &id) && id == 0xdead, "is behind none");
	OK(!arrive(7, 0x200, IORT_SMMUS, &id), "a function without a mapping");
	found = arrive(7, 0xff, IORT_SMMUS, &id);
	OK(found == node_at(at.v3) && id == 0x10ff, "the last function of a mapping");
	patch(at.complex + 60, 4, 0x12);
	decode_made();
	found = arrive(7, 0x12, IORT_SMMUS, &id);
	OK(found == node_at(at.v3) && id == 0x1012, "the first of two mappings");
	patch(at.complex + 40, 4, 0x400);
	patch(at.complex + 76, 4, 1);
	decode_made();
	found = arrive(7, 0x77, IORT_ITS_GROUPS, &id);
	OK(found == node_at(at.its) && id == 0x30100, "a root complex of a single ID");
	build();
	decode_made();
	OK(!arrive(6, 0x12, IORT_SMMUS, &id), "another segment");
	found = iort_resolve(&made.decoded, node_at(at.component), 5, IORT_SMMUS, &id);
	OK(found == node_at(at.smmu) && id == 0x42, "a component of a single ID");
	found = iort_resolve(&made.decoded, node_at(at.component), 5, IORT_ITS_GROUPS,
			     &id);
	OK(found == node_at(at.its) && id == 0x20042, "and its interrupts");
	found = iort_resolve(&made.decoded, node_at(at.smmu), 0, IORT_ITS_GROUPS, &id);
	OK(found == node_at(at.its) && id == 0x20000,
	   "an SMMU with interrupts of its own");
	found = iort_resolve(&made.decoded, node_at(at.v3), 0x77, IORT_SMMUS, &id);
	OK(found == node_at(at.v3) && id == 0x77, "a way of no step");
	/* The second mapping is for interrupts of the SMMU itself. */
	patch(at.v3 + 72, 4, 0xff);
	patch(at.v3 + 104, 4, 0);
	decode_made();
	OK(!arrive(7, 0x12, IORT_ITS_GROUPS, &id), "the mapping index is no way");
	build();
	patch(at.v3 + 24, 4, 0);
	patch(at.v3 + 68, 4, 0x8000);
	patch(at.v3 + 104, 4, 0);
	patch(at.v3 + 92, 4, 0x2000);
	decode_made();
	found = arrive(7, 0x12, IORT_ITS_GROUPS, &id);
	OK(found == node_at(at.its) && id == 0x1089,
	   "unless the flag says that it is none");
	build();
	patch(at.v3 + 80, 4, at.v3);
	decode_made();
	OK(!arrive(7, 0x12, IORT_ITS_GROUPS, &id), "a circle leads nowhere");
	build();
	patch(at.smmu + 116, 4, 1);
	patch(at.smmu + 100, 4, 0x400);
	decode_made();
	OK(!iort_resolve(&made.decoded, node_at(at.component), 5, IORT_ITS_GROUPS, &id),
	   "nor does a single mapping of an SMMUv2");
	build();
	patch(at.complex + 52, 4, at.v3 + 1);
	decode_made();
	OK(!arrive(7, 0x12, IORT_SMMUS, &id), "nor does an offset without a node");
}

/* Firmware that stores the number of IDs where it is that minus one. */
static void test_count_quirk(void)
{
	const struct layout_node *found;
	uint32_t id;

	build();
	patch(at.complex + 44, 4, 0x100);
	finish();
	decode_made();
	IS(count_problems(ACPI_COUNT), 1, "two mappings share one ID");
	IS(count_problems(ACPI_RANGE_OVERLAP), 0, "which Linux knows to part");
	LIST_FOR_EACH (&made.decoded.problems, const struct acpi_problem, problem)
		OK(strstr(problem->text, "minus one"), "which tells of the count");
	found = arrive(7, 0x100, IORT_ITS_GROUPS, &id);
	OK(found == node_at(at.its) && id == 0x30100,
	   "which belongs to the one that begins with it");
	OK(!arrive(7, 0x100, IORT_SMMUS, &id), "and not to the other");
	patch(at.complex + 60, 4, 0x80);
	decode_made();
	found = arrive(7, 0x100, IORT_SMMUS, &id);
	OK(found == node_at(at.v3) && id == 0x1100,
	   "of others that overlap, the first one counts");
	patch(at.complex + 60, 4, 0x200);
	decode_made();
	found = arrive(7, 0x100, IORT_SMMUS, &id);
	OK(found == node_at(at.v3) && id == 0x1100, "without another, it is the last ID");
}

static void test_has_smmu(void)
{
	build();
	OK(known_true(iort_has_smmu(decode_made())), "a table with SMMUs");
	patch(at.smmu, 1, IORT_PMCG);
	OK(known_true(iort_has_smmu(decode_made())), "an SMMUv3 is one");
	patch(at.smmu, 1, IORT_SMMU);
	patch(at.v3, 1, IORT_PMCG);
	OK(known_true(iort_has_smmu(decode_made())), "an SMMUv2 is one");
	patch(at.smmu, 1, IORT_PMCG);
	OK(known_false(iort_has_smmu(decode_made())), "a table without");
	patch(36, 4, 9);
	IS(iort_has_smmu(decode_made()).state, FACT_MALFORMED, "one with nodes missing");
	patch(36, 4, 8);
	patch(0, 4, 0);
	IS(iort_has_smmu(decode_made()).state, FACT_MALFORMED, "what is no IORT");
	patch(0, 4, 0x52414d44);
	IS(iort_has_smmu(decode_made()).state, FACT_MALFORMED, "a DMAR");
	made.size = 40;
	patch(0, 4, 0x54524f49);
	IS(iort_has_smmu(decode_made()).state, FACT_MALFORMED, "one cut in the header");
}

int main(void)
{
	test_nodes();
	test_smmus();
	test_revisions();
	test_walk();
	test_arrays();
	test_values();
	test_ranges();
	test_mapping_index();
	test_references();
	test_ways();
	test_count_quirk();
	test_has_smmu();
	arena_free(&made.arena);
	return tap_end();
}
