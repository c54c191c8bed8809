// SPDX-License-Identifier: GPL-2.0-or-later
/* IORT: the IO Remapping Table of Arm's document DEN 0049E, revision E.f. */

#include "spec/iort.h"

enum {
	IORT_HEADER_SIZE = 48,
	NODE_HEADER = 16,
	ITS_FIELDS = 20, /* an ITS group in front of its identifiers */
};

/* Table 2 */
static const struct layout_field header_fields[] = {
	{ "node_count", "Number of IORT Nodes", L_UINT, 36, 4 },
	{ "node_offset", "Offset to Array of IORT Nodes", L_HEX, 40, 4 },
	{ "reserved", "Reserved", L_RESERVED, 44, 4 },
};

static const struct layout header = {
	.name = "IORT",
	.title = "IO Remapping Table",
	.section = "DEN 0049E 3",
	.list = "header",
	.size = IORT_HEADER_SIZE,
	LAYOUT_FIELDS(header_fields),
	.untyped = true,
};

/* The identifier is reserved in tables before revision 1 (E). */
#define NODE_FIELDS                                                                      \
	{ "type", "Type", L_UINT, 0, 1 }, { "length", "Length", L_UINT, 1, 2 },          \
		{ "revision", "Revision", L_UINT, 3, 1 },                                \
		{ "identifier", "Identifier", L_UINT, 4, 4 },                            \
		{ "mapping_count", "Number of ID mappings", L_UINT, 8, 4 },              \
	{                                                                                \
		"mapping_offset", "Reference to ID Array", L_HEX, 12, 4                  \
	}

static const struct layout_name coherency_names[] = {
	{ 0, "not coherent" },
	{ 1, "fully coherent" },
	{ 0, NULL },
};

/* Tables 14 and 15 */
#define MEMORY_FIELDS(at)                                                                \
	{ "cache_coherency",	   "Cache Coherent Attribute", L_UINT, at, 4,            \
	  .names = coherency_names },                                                    \
		{ "hints", "Allocation Hints", L_HEX, (at) + 4, 1, .reserved = 0xf0 },   \
		LAYOUT_BIT("transient", "TR: Transient", (at) + 4, 1, 0),                \
		LAYOUT_BIT("write_allocate", "WA: Write Allocate", (at) + 4, 1, 1),      \
		LAYOUT_BIT("read_allocate", "RA: Read Allocate", (at) + 4, 1, 2),        \
		LAYOUT_BIT("override", "AHO: Allocation Hints Override", (at) + 4, 1,    \
			   3),                                                           \
		{ "reserved", "Reserved", L_RESERVED, (at) + 5, 2 },                     \
		{ "memory_flags",  "Memory Access Flags", L_HEX, (at) + 7, 1,            \
		  .reserved = 0xf8 },                                                    \
		LAYOUT_BIT("cpm", "CPM: Coherent Path to Memory", (at) + 7, 1, 0),       \
		LAYOUT_BIT("dacs", "DACS: Device Attributes Cacheable, Shareable",       \
			   (at) + 7, 1, 1),                                              \
		LAYOUT_BIT("canwbs", "CANWBS: Ensured Coherency of Accesses", (at) + 7,  \
			   1, 2)

/* Table 12 */
static const struct layout_field its_fields[] = {
	NODE_FIELDS,
	{ "its_count", "Number of ITSs", L_UINT, 16, 4 },
};

static const struct layout_field component_fields[] = {
	NODE_FIELDS,
	{ "node_flags", "Node flags", L_HEX, 16, 4, .reserved = 0xffffffc0 },
	LAYOUT_BIT("stall_supported", "Stall supported", 16, 4, 0),
	{ "pasid_bits", "Substream width", L_UINT, 16, 4, 5, 1, true },
	MEMORY_FIELDS(20),
	{ "memory_address_limit", "Device memory address size limit", L_UINT, 28, 1 },
	{ "device_name", "Device object name", L_TEXT, 29, LAYOUT_REST },
};

/* Table 17; the limit is from node revision 1, what follows it from revision 4. */
static const struct layout_field complex_fields[] = {
	NODE_FIELDS,
	MEMORY_FIELDS(16),
	{ "ats_attribute", "ATS Attribute", L_HEX, 24, 4, .reserved = 0xfffffff8 },
	LAYOUT_BIT("ats_supported", "ATS supported", 24, 4, 0),
	LAYOUT_BIT("pri_supported", "PRI supported", 24, 4, 1),
	LAYOUT_BIT("pasid_forward_supported", "PASID forwarding supported", 24, 4, 2),
	{ "pci_segment_number", "PCI Segment number", L_UINT, 28, 4 },
	{ "memory_address_limit", "Memory address size limit", L_UINT, 32, 1 },
	{ "pasid_capabilities", "PASID capabilities", L_HEX, 33, 2 },
	{ "max_pasid_width", "Max PASID width", L_UINT, 33, 2, 4, 0, true },
	{ "reserved_35", "Reserved", L_RESERVED, 35, 1 },
	{ "flags", "Flags", L_HEX, 36, 4, .reserved = 0xfffffffe },
	LAYOUT_BIT("pasid_supported", "PASID supported", 36, 4, 0),
};

static const struct layout_name smmu_models[] = {
	{ 0, "Generic SMMUv1" },
	{ 1, "Generic SMMUv2" },
	{ 2, "Arm CoreLink MMU-400" },
	{ 3, "Arm CoreLink MMU-500" },
	{ 4, "Arm CoreLink MMU-401" },
	{ 5, "Cavium ThunderX SMMUv2" },
	{ 0, NULL },
};

/* 3.1.1.1 */
static const struct layout_field smmu_fields[] = {
	NODE_FIELDS,
	{ "base_address", "Base address", L_HEX, 16, 8 },
	{ "span", "Span", L_HEX, 24, 8 },
	{ "model", "Model", L_UINT, 32, 4, .names = smmu_models },
	{ "flags", "Flags", L_HEX, 36, 4, .reserved = 0xfffffffc },
	LAYOUT_BIT("dvm_supported", "DVM supported", 36, 4, 0),
	LAYOUT_BIT("coherent_walk", "Coherent page table walk", 36, 4, 1),
	{ "global_interrupt_offset", "Reference to Global Interrupt Array", L_HEX, 40,
	  4 },
	{ "context_interrupt_count", "Number of context interrupts", L_UINT, 44, 4 },
	{ "context_interrupt_offset", "Reference to Context Interrupt Array", L_HEX, 48,
	  4 },
	{ "pmu_interrupt_count", "Number of PMU interrupts", L_UINT, 52, 4 },
	{ "pmu_interrupt_offset", "Reference to PMU Interrupt Array", L_HEX, 56, 4 },
};

static const struct layout_name smmu_v3_models[] = {
	{ 0, "Generic SMMUv3" },
	{ 1, "HiSilicon Hi161x" },
	{ 2, "Cavium CN99xx" },
	{ 0, NULL },
};

static const struct layout_name httu_names[] = {
	{ 0, "none" },
	{ 1, "Access flag" },
	{ 2, "Access flag and dirty state" },
	{ 0, NULL },
};

/* 3.1.1.2, table 9; the last two from node revision 1 */
static const struct layout_field smmu_v3_fields[] = {
	NODE_FIELDS,
	{ "base_address", "Base address", L_HEX, 16, 8 },
	{ "flags", "Flags", L_HEX, 24, 4, .reserved = 0xffffffe0 },
	LAYOUT_BIT("cohacc_override", "COHACC Override", 24, 4, 0),
	{ "httu_override", "HTTU Override", L_UINT, 24, 4, 2, 1, true,
	  .names = httu_names },
	LAYOUT_BIT("proximity_domain_valid", "Proximity Domain Valid", 24, 4, 3),
	LAYOUT_BIT("device_id_mapping_index_valid", "DeviceID mapping index valid", 24, 4,
		   4),
	{ "reserved", "Reserved", L_RESERVED, 28, 4 },
	{ "vatos_address", "VATOS address", L_HEX, 32, 8 },
	{ "model", "Model", L_UINT, 40, 4, .names = smmu_v3_models },
	{ "event_gsiv", "Event", L_UINT, 44, 4 },
	{ "pri_gsiv", "PRI", L_UINT, 48, 4 },
	{ "gerr_gsiv", "GERR", L_UINT, 52, 4 },
	{ "sync_gsiv", "Sync", L_UINT, 56, 4 },
	{ "proximity_domain", "Proximity domain", L_UINT, 60, 4 },
	{ "device_id_mapping_index", "DeviceID mapping index", L_UINT, 64, 4 },
};

/* 3.1.1.4; page 1 from node revision 1 */
static const struct layout_field pmcg_fields[] = {
	NODE_FIELDS,
	{ "page_0_base_address", "Page 0 Base address", L_HEX, 16, 8 },
	{ "overflow_interrupt_gsiv", "Overflow interrupt GSIV", L_UINT, 24, 4 },
	{ "node_reference", "Node reference", L_HEX, 28, 4 },
	{ "page_1_base_address", "Page 1 Base address", L_HEX, 32, 8 },
};

static const struct layout_name attribute_names[] = {
	{ 0, "Device-nGnRnE memory" },
	{ 1, "Device-nGnRE memory" },
	{ 2, "Device-nGRE memory" },
	{ 3, "Device-GRE memory" },
	{ 4, "Normal Inner Non-cacheable, Outer Non-cacheable" },
	{ 5, "Normal Inner Write-back, Outer Write-back, Inner Shareable" },
	{ 0, NULL },
};

/* 3.1.1.5 */
static const struct layout_field rmr_fields[] = {
	NODE_FIELDS,
	{ "flags", "Flags", L_HEX, 16, 4, .reserved = 0xfffffc00 },
	LAYOUT_BIT("remapping_permitted", "Remapping permitted", 16, 4, 0),
	LAYOUT_BIT("access_privileged", "Access privilege", 16, 4, 1),
	{ "access_attributes", "Access attributes", L_UINT, 16, 4, 9, 2, true,
	  .names = attribute_names },
	{ "memory_range_count", "Number of Memory Range Descriptors", L_UINT, 20, 4 },
	{ "memory_range_offset", "Reference to Memory Range Descriptors", L_HEX, 24, 4 },
};

static const struct layout_field iwb_fields[] = {
	NODE_FIELDS,
	{ "config_frame_base", "Config frame base", L_HEX, 16, 8 },
	{ "iwb_index", "IWB index", L_UINT, 24, 2 },
	{ "device_name", "Device object name", L_TEXT, 26, LAYOUT_REST },
};

static const struct layout_field unknown_fields[] = {
	NODE_FIELDS,
	{ "bytes", "Bytes", L_BYTES, NODE_HEADER, LAYOUT_REST },
};

/* Table 4 */
static const struct layout_field mapping_fields[] = {
	{ "input_base", "Input base", L_HEX, 0, 4 },
	{ "id_count", "Number of IDs", L_UINT, 4, 4, .one_less = "ID" },
	{ "output_base", "Output base", L_HEX, 8, 4 },
	{ "output_reference", "Output reference", L_HEX, 12, 4 },
	{ "flags", "Flags", L_HEX, 16, 4, .reserved = 0xfffffffe },
	LAYOUT_BIT("single_mapping", "Single mapping", 16, 4, 0),
};

static const struct layout_field identifier_fields[] = {
	{ "identifier", "GIC ITS Identifier", L_UINT, 0, 4 },
};

static const struct layout_field global_fields[] = {
	{ "nsg_irpt", "SMMU_NSgIrpt", L_UINT, 0, 4 },
	{ "nsg_irpt_flags", "SMMU_NSgIrpt flags", L_HEX, 4, 4, .reserved = 0xfffffffe },
	LAYOUT_BIT("nsg_irpt_edge_triggered", "SMMU_NSgIrpt edge triggered", 4, 4, 0),
	{ "nsg_cfg_irpt", "SMMU_NSgCfgIrpt", L_UINT, 8, 4 },
	{ "nsg_cfg_irpt_flags", "SMMU_NSgCfgIrpt flags", L_HEX, 12, 4,
	  .reserved = 0xfffffffe },
	LAYOUT_BIT("nsg_cfg_irpt_edge_triggered", "SMMU_NSgCfgIrpt edge triggered", 12, 4,
		   0),
};

static const struct layout_field interrupt_fields[] = {
	{ "interrupt", "Interrupt GSIV", L_UINT, 0, 4 },
	{ "flags", "Flags", L_HEX, 4, 4, .reserved = 0xfffffffe },
	LAYOUT_BIT("edge_triggered", "Edge triggered", 4, 4, 0),
};

static const struct layout_field range_fields[] = {
	{ "physical_range_offset", "Physical Range offset", L_HEX, 0, 8 },
	{ "physical_range_length", "Physical Range length", L_HEX, 8, 8 },
	{ "reserved", "Reserved", L_RESERVED, 16, 4 },
};

enum {
	KNOWN_TYPES = IORT_IWB + 1,
	UNKNOWN = KNOWN_TYPES,
	MAPPING,
	IDENTIFIER,
	GLOBAL_INTERRUPTS,
	CONTEXT_INTERRUPT,
	PMU_INTERRUPT,
	MEMORY_RANGE,
};

/* By type; what is within them behind the unknown. Sizes are those of revision 0. */
static const struct layout layouts[] = {
	{ IORT_ITS_GROUP,
	  "ITS Group",
	  "ITS Group node",
	  "DEN 0049E 3.1.1.3",
	  "nodes",
	  ITS_FIELDS,
	  LAYOUT_FIELDS(its_fields),
	  { "identifiers" } },
	{ IORT_NAMED_COMPONENT,
	  "Named Component",
	  "Named component node",
	  "DEN 0049E 3.1.2",
	  "nodes",
	  29,
	  LAYOUT_FIELDS(component_fields),
	  { "mappings" } },
	{ IORT_ROOT_COMPLEX,
	  "Root Complex",
	  "PCI root complex node",
	  "DEN 0049E 3.1.2",
	  "nodes",
	  32,
	  LAYOUT_FIELDS(complex_fields),
	  { "mappings" } },
	{ IORT_SMMU,
	  "SMMUv1/v2",
	  "SMMUv1 or SMMUv2 node",
	  "DEN 0049E 3.1.1.1",
	  "nodes",
	  60,
	  LAYOUT_FIELDS(smmu_fields),
	  { "global_interrupts", "context_interrupts", "pmu_interrupts", "mappings" } },
	{ IORT_SMMU_V3,
	  "SMMUv3",
	  "SMMUv3 node",
	  "DEN 0049E 3.1.1.2",
	  "nodes",
	  60,
	  LAYOUT_FIELDS(smmu_v3_fields),
	  { "mappings" } },
	{ IORT_PMCG,
	  "PMCG",
	  "SMMU Performance Monitoring Counter Group node",
	  "DEN 0049E 3.1.1.4",
	  "nodes",
	  32,
	  LAYOUT_FIELDS(pmcg_fields),
	  { "mappings" } },
	{ IORT_RMR,
	  "RMR",
	  "Reserved Memory Range node",
	  "DEN 0049E 3.1.1.5",
	  "nodes",
	  28,
	  LAYOUT_FIELDS(rmr_fields),
	  { "memory_ranges", "mappings" } },
	{ IORT_IWB,
	  "IWB",
	  "GICv5 Interrupt Wire Bridge node",
	  "DEN 0049E",
	  "nodes",
	  26,
	  LAYOUT_FIELDS(iwb_fields),
	  { "mappings" } },
	{ 0, "unknown", "Node of an unknown type", "", "nodes", NODE_HEADER,
	  LAYOUT_FIELDS(unknown_fields) },
	{ 0, "mapping", "ID mapping", "DEN 0049E, table 4", "mappings", 20,
	  LAYOUT_FIELDS(mapping_fields), .untyped = true },
	{ 0, "identifier", "GIC ITS Identifier", "DEN 0049E 3.1.1.3", "identifiers", 4,
	  LAYOUT_FIELDS(identifier_fields), .untyped = true },
	{ 0, "global interrupts", "Global interrupts", "DEN 0049E 3.1.1.1",
	  "global_interrupts", 16, LAYOUT_FIELDS(global_fields), .untyped = true },
	{ 0, "context interrupt", "Context interrupt", "DEN 0049E 3.1.1.1",
	  "context_interrupts", 8, LAYOUT_FIELDS(interrupt_fields), .untyped = true },
	{ 0, "PMU interrupt", "PMU interrupt", "DEN 0049E 3.1.1.1", "pmu_interrupts", 8,
	  LAYOUT_FIELDS(interrupt_fields), .untyped = true },
	{ 0, "memory range", "Memory Range Descriptor", "DEN 0049E 3.1.1.5",
	  "memory_ranges", 20, LAYOUT_FIELDS(range_fields), .untyped = true },
};

static struct acpi_array array_of(const struct layout_node *node, size_t layout,
				  const char *count, const char *offset)
{
	return (struct acpi_array){
		.layout = &layouts[layout],
		.count = layout_value(node, count, 0),
		.offset = layout_value(node, offset, 0),
	};
}

static size_t node_arrays(const struct layout_node *node, struct acpi_array *ret)
{
	size_t count = 0;

	switch (node->type) {
	case IORT_ITS_GROUP: /* no output, so no mappings */
		ret[count] = array_of(node, IDENTIFIER, "its_count", "its_count");
		ret[count++].offset = ITS_FIELDS;
		return count;
	case IORT_SMMU:
		ret[count] = array_of(node, GLOBAL_INTERRUPTS, "global_interrupt_offset",
				      "global_interrupt_offset");
		ret[count++].count = 1;
		ret[count++] =
			array_of(node, CONTEXT_INTERRUPT, "context_interrupt_count",
				 "context_interrupt_offset");
		ret[count++] = array_of(node, PMU_INTERRUPT, "pmu_interrupt_count",
					"pmu_interrupt_offset");
		break;
	case IORT_RMR:
		ret[count++] = array_of(node, MEMORY_RANGE, "memory_range_count",
					"memory_range_offset");
		break;
	}
	ret[count++] = array_of(node, MAPPING, "mapping_count", "mapping_offset");
	return count;
}

static void decode(struct acpi_walk *walk)
{
	static const struct acpi_nodes nodes = {
		.header = NODE_HEADER,
		.length_at = 1,
		.known = KNOWN_TYPES,
		.arrays = node_arrays,
	};

	acpi_walk_nodes(walk, &nodes);
	iort_check(walk);
}

const struct acpi_decoder iort_decoder = {
	.signature = "IORT",
	.title = "IO Remapping Table",
	.specification = "Arm DEN 0049E, IO Remapping Table",
	.header = &header,
	.layouts = layouts,
	.count = ARRAY_SIZE(layouts),
	.nodes = true,
	.decode = decode,
};

bool iort_is_mapping(const struct layout_node *child)
{
	return child->layout == &layouts[MAPPING];
}

struct fact_bool iort_has_smmu(const struct acpi_table *table)
{
	if (table->decoder != &iort_decoder)
		return (struct fact_bool){ .state = FACT_MALFORMED };
	LIST_FOR_EACH (&table->structures, const struct layout_node, node)
		if (node->type == IORT_SMMU || node->type == IORT_SMMU_V3)
			return KNOWN_BOOL(true);
	if (table->header->length < IORT_HEADER_SIZE ||
	    table->structures.count < layout_value(table->header, "node_count", 0))
		return (struct fact_bool){ .state = FACT_MALFORMED };
	return KNOWN_BOOL(false);
}

uint32_t iort_own_mapping(const struct layout_node *node)
{
	uint64_t revision = layout_value(node, "revision", 0);
	uint64_t index = layout_value(node, "device_id_mapping_index", IORT_NO_INDEX);

	if (node->type == IORT_PMCG)
		return layout_value(node, "overflow_interrupt_gsiv", 1) ? IORT_NO_INDEX
									: 0;
	if (node->type != IORT_SMMU_V3 || revision < 1)
		return IORT_NO_INDEX;
	/* Before the flag of revision 5 (E.e), it counted unless all have a wire. */
	if (revision < 5 ? layout_value(node, "event_gsiv", 0) &&
				   layout_value(node, "pri_gsiv", 0) &&
				   layout_value(node, "gerr_gsiv", 0) &&
				   layout_value(node, "sync_gsiv", 0)
			 : !layout_value(node, "device_id_mapping_index_valid", 0))
		return IORT_NO_INDEX;
	return (uint32_t)index;
}

/*
 * The mapping of an ID, with *id becoming the one it is mapped to; NULL without one.
 * Much firmware stores the number of IDs, and not that minus one. So the last ID of a
 * mapping belongs to another one that begins with it (Linux's drivers/acpi/arm64/iort.c).
 */
static const struct layout_node *map_id(const struct layout_node *node, uint32_t *id)
{
	const struct layout_node *found = NULL;
	uint32_t own = iort_own_mapping(node), index = 0, in = *id;

	LIST_FOR_EACH (&node->children, const struct layout_node, child) {
		uint64_t base, count, output;

		if (!iort_is_mapping(child) || index++ == own)
			continue;
		base = layout_value(child, "input_base", 0);
		count = layout_value(child, "id_count", 0);
		output = layout_value(child, "output_base", 0);
		if (layout_value(child, "single_mapping", 0)) {
			if (node->type != IORT_NAMED_COMPONENT &&
			    node->type != IORT_ROOT_COMPLEX)
				continue;
			*id = (uint32_t)output;
			return child;
		}
		if (in < base || in > base + count || (found && in != base))
			continue;
		*id = (uint32_t)(output + (in - base));
		found = child;
		if (count == 0 || in < base + count)
			break;
	}
	return found;
}

const struct layout_node *iort_resolve(const struct acpi_table *table,
				       const struct layout_node *from, uint32_t id,
				       unsigned int types, uint32_t *ret_id)
{
	/* A way that is longer than there are nodes goes in a circle. */
	for (size_t step = 0; step <= table->structures.count; step++) {
		const struct layout_node *mapping;
		size_t index;

		if (from->type < 32 && (types & 1u << from->type)) {
			*ret_id = id;
			return from;
		}
		mapping = map_id(from, &id);
		if (!mapping)
			return NULL;
		index = acpi_node_index(table,
					layout_value(mapping, "output_reference", 0));
		if (index == SIZE_MAX)
			return NULL;
		from = table->structures.items[index];
	}
	return NULL;
}

const struct layout_node *iort_resolve_pci(const struct acpi_table *table,
					   uint16_t segment, uint16_t bdf,
					   unsigned int types, uint32_t *ret_id)
{
	LIST_FOR_EACH (&table->structures, const struct layout_node, node) {
		const struct layout_node *found;

		if (node->type != IORT_ROOT_COMPLEX ||
		    layout_value(node, "pci_segment_number", UINT64_MAX) != segment)
			continue;
		found = iort_resolve(table, node, bdf, types, ret_id);
		if (found)
			return found;
	}
	return NULL;
}
