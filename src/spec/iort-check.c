// SPDX-License-Identifier: GPL-2.0-or-later
/* IORT: what its nodes must be like, and where their ID mappings may lead. */

#include "spec/acpi-range.h"
#include "spec/iort.h"

enum { PAGE_64K_MASK = 0xffff };

/* Complains about a field with a value that has no name. */
static void check_named(struct acpi_walk *walk, const struct layout_node *node,
			const char *key)
{
	const struct layout_field *field = layout_find_field(node->layout, key);
	uint64_t value;

	if (layout_number(node, field, &value) && !layout_name_of(field, value))
		acpi_complain(walk, node->offset + field->offset, ACPI_VALUE,
			      "%s: %s has the unknown value %llu", node->layout->name,
			      field->name, (unsigned long long)value);
}

/* The fields that a node's revision has must be there. */
static void check_revision(struct acpi_walk *walk, const struct layout_node *node)
{
	static const struct {
		enum iort_type type;
		uint32_t revision, size;
	} sizes[] = {
		{ IORT_ROOT_COMPLEX, 1, 36 },
		{ IORT_ROOT_COMPLEX, 4, 40 },
		{ IORT_SMMU_V3, 1, 68 },
		{ IORT_PMCG, 1, 40 },
	};
	uint64_t revision = layout_value(node, "revision", 0);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (node->type == sizes[i].type && revision >= sizes[i].revision &&
		    node->own < sizes[i].size) {
			acpi_complain(walk, node->offset, ACPI_LENGTH_SHORT,
				      "%s: revision %llu has %u bytes of fields, and the "
				      "node %u",
				      node->layout->name, (unsigned long long)revision,
				      sizes[i].size, node->own);
			return;
		}
}

static void check_its_group(struct acpi_walk *walk, const struct layout_node *node)
{
	if (layout_value(node, "its_count", 1) == 0)
		acpi_complain(walk, node->offset + 16, ACPI_COUNT,
			      "ITS Group: a group of no ITS");
	if (layout_value(node, "mapping_count", 0))
		acpi_complain(walk, node->offset + 8, ACPI_COUNT,
			      "ITS Group: ID mappings, where no ID leads any further");
}

static void check_complex(struct acpi_walk *walk, const struct layout_node *node)
{
	check_named(walk, node, "cache_coherency");
	acpi_check_limit(walk, node, "pci_segment_number", UINT16_MAX,
			 "and a segment has 16 bits");
	if (layout_value(node, "revision", 0) >= 1)
		acpi_check_limit(walk, node, "memory_address_limit", 64,
				 "more bits than an address has");
	if (layout_value(node, "revision", 0) >= 4)
		acpi_check_limit(walk, node, "pasid_capabilities", 20,
				 "and a PASID has 20 bits");
}

/* An address that hardware stands at. */
static void check_base(struct acpi_walk *walk, const struct layout_node *node,
		       const char *key, uint64_t mask)
{
	const struct layout_field *field = layout_find_field(node->layout, key);
	uint64_t base;

	if (!layout_number(node, field, &base))
		return;
	if (base == 0 || base == UINT64_MAX)
		acpi_complain(walk, node->offset + field->offset, ACPI_VALUE,
			      "%s: there are no registers at 0x%llx", node->layout->name,
			      (unsigned long long)base);
	else if (base & mask)
		acpi_complain(walk, node->offset + field->offset, ACPI_ALIGNMENT,
			      "%s: %s 0x%llx is not aligned to 0x%llx",
			      node->layout->name, field->name, (unsigned long long)base,
			      (unsigned long long)mask + 1);
}

static void check_smmu(struct acpi_walk *walk, const struct layout_node *node)
{
	check_named(walk, node, "model");
	check_base(walk, node, "base_address", 0);
	if (layout_value(node, "span", 1) == 0)
		acpi_complain(walk, node->offset + 24, ACPI_VALUE,
			      "SMMUv1/v2: a register window of no bytes");
}

/* SMMUv3 (IHI 0070), 6.1: two pages of 64 KiB, aligned to one. */
static void check_smmu_v3(struct acpi_walk *walk, const struct layout_node *node)
{
	uint32_t own = iort_own_mapping(node), index = 0;

	check_named(walk, node, "model");
	check_named(walk, node, "httu_override");
	check_base(walk, node, "base_address", PAGE_64K_MASK);
	if (own == IORT_NO_INDEX || node->own < 68)
		return;
	LIST_FOR_EACH (&node->children, const struct layout_node, mapping) {
		if (index++ != own)
			continue;
		if (!layout_value(mapping, "single_mapping", 1))
			acpi_complain(
				walk, mapping->offset + 16, ACPI_VALUE,
				"SMMUv3: the mapping of its own interrupts is not a "
				"single one");
		return;
	}
	/* Without any mapping, revisions below 5 cannot say that there is none. */
	if (index > 0 || layout_value(node, "revision", 0) >= 5)
		acpi_complain(walk, node->offset + 64, ACPI_REFERENCE,
			      "SMMUv3: DeviceID mapping index %u of %u mappings", own,
			      index);
}

static void check_pmcg(struct acpi_walk *walk, const struct layout_node *node)
{
	check_base(walk, node, "page_0_base_address", 0);
	if (layout_value(node, "mapping_count", 0) > 1)
		acpi_complain(walk, node->offset + 8, ACPI_COUNT,
			      "PMCG: more than the one mapping of its overflow "
			      "interrupt");
	acpi_follow(walk, node, node, "node_reference",
		    IORT_SMMUS | 1u << IORT_ROOT_COMPLEX | 1u << IORT_NAMED_COMPONENT);
}

static void check_memory_range(struct acpi_walk *walk, const struct layout_node *range,
			       struct acpi_ranges *ranges)
{
	uint64_t base = layout_value(range, "physical_range_offset", 0);
	uint64_t length = layout_value(range, "physical_range_length", 0);

	if ((base | length) & PAGE_64K_MASK)
		acpi_complain(walk, range->offset, ACPI_ALIGNMENT,
			      "RMR: 0x%llx bytes at 0x%llx are no whole pages of 64 KiB",
			      (unsigned long long)length, (unsigned long long)base);
	if (length == 0 || length - 1 > UINT64_MAX - base)
		acpi_complain(walk, range->offset + 8, ACPI_RANGE_INVERTED,
			      "RMR: no range has 0x%llx bytes at 0x%llx",
			      (unsigned long long)length, (unsigned long long)base);
	else
		acpi_ranges_add(ranges, range, 0, base, base + length - 1);
}

static void check_rmr(struct acpi_walk *walk, const struct layout_node *node,
		      struct acpi_ranges *ranges)
{
	size_t mappings = 0, count = 0;

	check_named(walk, node, "access_attributes");
	LIST_FOR_EACH (&node->children, const struct layout_node, child) {
		if (iort_is_mapping(child)) {
			mappings++;
			continue;
		}
		check_memory_range(walk, child, ranges);
		count++;
	}
	if (mappings == 0)
		acpi_complain(walk, node->offset, ACPI_NO_SCOPE,
			      "RMR: a region that no device needs");
	if (count == 0)
		acpi_complain(walk, node->offset, ACPI_COUNT,
			      "RMR: without a memory range");
}

static void check_node(struct acpi_walk *walk, const struct layout_node *node,
		       struct acpi_ranges *memory)
{
	check_revision(walk, node);
	switch (node->type) {
	case IORT_ITS_GROUP:
		check_its_group(walk, node);
		break;
	case IORT_NAMED_COMPONENT:
		check_named(walk, node, "cache_coherency");
		acpi_check_limit(walk, node, "memory_address_limit", 64,
				 "more bits than an address has");
		acpi_check_name(walk, node, "device_name");
		break;
	case IORT_ROOT_COMPLEX:
		check_complex(walk, node);
		break;
	case IORT_SMMU:
		check_smmu(walk, node);
		break;
	case IORT_SMMU_V3:
		check_smmu_v3(walk, node);
		break;
	case IORT_PMCG:
		check_pmcg(walk, node);
		break;
	case IORT_RMR:
		check_rmr(walk, node, memory);
		break;
	case IORT_IWB:
		check_base(walk, node, "config_frame_base", 0);
		acpi_check_name(walk, node, "device_name");
		break;
	}
}

/* Types that the mappings of a node may lead to. */
static unsigned int outputs_of(uint32_t type)
{
	switch (type) {
	case IORT_SMMU:
	case IORT_SMMU_V3:
		return IORT_ITS_GROUPS;
	case IORT_RMR:
		return IORT_SMMUS;
	default:
		return IORT_SMMUS | IORT_ITS_GROUPS;
	}
}

static void check_mapping(struct acpi_walk *walk, const struct layout_node *node,
			  const struct layout_node *mapping)
{
	uint64_t input = layout_value(mapping, "input_base", 0);
	uint64_t output = layout_value(mapping, "output_base", 0);
	uint64_t count = layout_value(mapping, "id_count", 0);

	acpi_follow(walk, node, mapping, "output_reference", outputs_of(node->type));
	if (layout_value(mapping, "single_mapping", 0)) {
		if (node->type == IORT_SMMU)
			acpi_complain(
				walk, mapping->offset + 16, ACPI_VALUE,
				"SMMUv1/v2: a single mapping, where an ID comes in");
	} else if (input + count > UINT32_MAX || output + count > UINT32_MAX) {
		acpi_complain(walk, mapping->offset + 4, ACPI_COUNT,
			      "%s: the IDs 0x%llx to 0x%llx, mapped to 0x%llx to "
			      "0x%llx, are beyond 32 bits",
			      node->layout->name, (unsigned long long)input,
			      (unsigned long long)input + count,
			      (unsigned long long)output,
			      (unsigned long long)output + count);
	}
}

/*
 * Checks a node's mappings and adds what comes in to the ranges. Root complexes of one
 * segment share its Requester IDs; the IDs of any other node are its own.
 */
static void check_mappings(struct acpi_walk *walk, const struct layout_node *node,
			   struct acpi_ranges *ids)
{
	bool beyond = false;
	uint64_t space = node->offset;
	uint32_t own = iort_own_mapping(node), index = 0;

	if (node->type == IORT_ROOT_COMPLEX)
		space = UINT64_C(1) << 32 | layout_value(node, "pci_segment_number", 0);
	LIST_FOR_EACH (&node->children, const struct layout_node, mapping) {
		uint64_t base, last;

		if (!iort_is_mapping(mapping))
			continue;
		check_mapping(walk, node, mapping);
		if (index++ == own || layout_value(mapping, "single_mapping", 0))
			continue;
		base = layout_value(mapping, "input_base", 0);
		last = base + layout_value(mapping, "id_count", 0);
		acpi_ranges_add(ids, mapping, space, base, last);
		if (node->type != IORT_ROOT_COMPLEX || last <= UINT16_MAX || beyond)
			continue;
		beyond = true;
		acpi_complain(walk, mapping->offset, ACPI_VALUE,
			      "Root Complex: maps the IDs 0x%llx to 0x%llx, and a "
			      "Requester ID has 16 bits",
			      (unsigned long long)base, (unsigned long long)last);
	}
}

/* The next node that a mapping leads to, from child *at on; SIZE_MAX behind the last. */
static size_t next_output(const struct acpi_table *table, const struct layout_node *node,
			  size_t *at, const struct layout_node **ret_mapping)
{
	while (*at < node->children.count) {
		const struct layout_node *child = node->children.items[(*at)++];
		size_t index;

		if (!iort_is_mapping(child))
			continue;
		index = acpi_node_index(table,
					layout_value(child, "output_reference", 0));
		*ret_mapping = child;
		if (index != SIZE_MAX)
			return index;
	}
	return SIZE_MAX;
}

/* How far a node was walked: `path` is that of the node that led to it. */
struct visit {
	enum { VISIT_NEW = 0, VISIT_ON_PATH, VISIT_DONE } state;
	size_t next, path;
};

/* Walks all that can be reached from a node, depth first and without recursion. */
static void check_loops_from(struct acpi_walk *walk, struct visit *visits, size_t start)
{
	const struct acpi_table *table = walk->table;
	const struct layout_node *mapping = NULL;
	size_t at = start;

	visits[at] = (struct visit){ VISIT_ON_PATH, 0, SIZE_MAX };
	while (at != SIZE_MAX) {
		const struct layout_node *node = table->structures.items[at];
		size_t to = next_output(table, node, &visits[at].next, &mapping);

		if (to == SIZE_MAX) {
			visits[at].state = VISIT_DONE;
			at = visits[at].path;
		} else if (visits[to].state == VISIT_ON_PATH) {
			acpi_complain(walk, mapping->offset + 12, ACPI_LOOP,
				      "%s: the mapping leads back to where it comes from",
				      node->layout->name);
		} else if (visits[to].state == VISIT_NEW) {
			visits[to] = (struct visit){ VISIT_ON_PATH, 0, at };
			at = to;
		}
	}
}

static void check_loops(struct acpi_walk *walk)
{
	size_t count = walk->table->structures.count;
	_cleanup_free_ struct visit *visits = xrealloc(NULL, count * sizeof(*visits));

	for (size_t i = 0; i < count; i++)
		visits[i].state = VISIT_NEW;
	for (size_t i = 0; i < count; i++)
		if (visits[i].state == VISIT_NEW)
			check_loops_from(walk, visits, i);
}

void iort_check(struct acpi_walk *walk)
{
	_cleanup_ranges_ struct acpi_ranges ids = { 0 }, memory = { .shared = true },
					    bases = { 0 }, identifiers = { 0 };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		uint64_t value;

		check_node(walk, node, &memory);
		check_mappings(walk, node, &ids);
		value = layout_value(node, "base_address", 0);
		if ((node->type == IORT_SMMU || node->type == IORT_SMMU_V3) && value)
			acpi_ranges_add(&bases, node, 0, value, value);
		value = layout_value(node, "identifier", 0);
		acpi_ranges_add(&identifiers, node, 0, value, value);
	}
	acpi_check_overlaps(walk, &ids, "input IDs",
			    ": the number of IDs must be stored minus one");
	acpi_check_overlaps(walk, &memory, "RMR: addresses", "");
	acpi_check_duplicates(walk, &bases, "the base address");
	/* Identifiers are reserved before revision E of the specification. */
	if (walk->table->bytes[8] >= 1)
		acpi_check_duplicates(walk, &identifiers, "the identifier");
	check_loops(walk);
}
