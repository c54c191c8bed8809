// SPDX-License-Identifier: GPL-2.0-or-later
/* DMAR: the DMA Remapping table of Intel's VT-d specification, chapter 8. */

#include "spec/dmar.h"
#include "spec/acpi-range.h"

enum {
	DMAR_HEADER_SIZE = 48,
	AT_WIDTH = 36,
	PAGE_MASK = 0xfff,
	PAGE_BITS = 12,
	AT_BUS = 5,    /* the start bus of a device scope */
	SCOPE_MIN = 6, /* a device scope in front of its path */
};

/* 8.1 */
static const struct layout_field header_fields[] = {
	{ "host_address_width", "Host Address Width", L_UINT, 36, 1, .one_less = "bit" },
	{ "flags", "Flags", L_HEX, 37, 1, .reserved = 0xf8 },
	LAYOUT_BIT("intr_remap", "INTR_REMAP", 37, 1, 0),
	LAYOUT_BIT("x2apic_opt_out", "X2APIC_OPT_OUT", 37, 1, 1),
	LAYOUT_BIT("dma_ctrl_platform_opt_in_flag", "DMA_CTRL_PLATFORM_OPT_IN_FLAG", 37,
		   1, 2),
	{ "reserved", "Reserved", L_RESERVED, 38, 10 },
};

static const struct layout header = {
	.name = "DMAR",
	.title = "DMA Remapping Reporting Structure",
	.section = "VT-d 8.1",
	.list = "header",
	.size = DMAR_HEADER_SIZE,
	LAYOUT_FIELDS(header_fields),
	.untyped = true,
};

#define STRUCTURE_FIELDS                                                                 \
	{ "type", "Type", L_UINT, 0, 2 },                                                \
	{                                                                                \
		"length", "Length", L_UINT, 2, 2                                         \
	}

/* 8.3 */
static const struct layout_field drhd_fields[] = {
	STRUCTURE_FIELDS,
	{ "flags", "Flags", L_HEX, 4, 1, .reserved = 0xfe },
	LAYOUT_BIT("include_pci_all", "INCLUDE_PCI_ALL", 4, 1, 0),
	/* 2^n pages of 4 KiB; reserved before revision 4.0 of the specification */
	{ "size", "Size", L_UINT, 5, 1, .reserved = 0xf0 },
	{ "segment", "Segment Number", L_UINT, 6, 2 },
	{ "register_base", "Register Base Address", L_HEX, 8, 8 },
};

/* 8.4 */
static const struct layout_field rmrr_fields[] = {
	STRUCTURE_FIELDS,
	{ "reserved", "Reserved", L_RESERVED, 4, 2 },
	{ "segment", "Segment Number", L_UINT, 6, 2 },
	{ "base", "Reserved Memory Region Base Address", L_HEX, 8, 8 },
	{ "end", "Reserved Memory Region Limit Address", L_HEX, 16, 8 },
};

/* 8.5 */
static const struct layout_field atsr_fields[] = {
	STRUCTURE_FIELDS,
	{ "flags", "Flags", L_HEX, 4, 1, .reserved = 0xfe },
	LAYOUT_BIT("all_ports", "ALL_PORTS", 4, 1, 0),
	{ "reserved", "Reserved", L_RESERVED, 5, 1 },
	{ "segment", "Segment Number", L_UINT, 6, 2 },
};

/* 8.6 */
static const struct layout_field rhsa_fields[] = {
	STRUCTURE_FIELDS,
	{ "reserved", "Reserved", L_RESERVED, 4, 4 },
	{ "register_base", "Register Base Address", L_HEX, 8, 8 },
	{ "proximity_domain", "Proximity Domain", L_UINT, 16, 4 },
};

/* 8.7 */
static const struct layout_field andd_fields[] = {
	STRUCTURE_FIELDS,
	{ "reserved", "Reserved", L_RESERVED, 4, 3 },
	{ "device_number", "ACPI Device Number", L_UINT, 7, 1 },
	{ "object_name", "ACPI Object Name", L_TEXT, 8, LAYOUT_REST },
};

/* 8.8 */
static const struct layout_field satc_fields[] = {
	STRUCTURE_FIELDS,
	{ "flags", "Flags", L_HEX, 4, 1, .reserved = 0xfe },
	LAYOUT_BIT("atc_required", "ATC_REQUIRED", 4, 1, 0),
	{ "reserved", "Reserved", L_RESERVED, 5, 1 },
	{ "segment", "Segment Number", L_UINT, 6, 2 },
};

/* 8.9 */
static const struct layout_field sidp_fields[] = {
	STRUCTURE_FIELDS,
	{ "reserved", "Reserved", L_RESERVED, 4, 2 },
	{ "segment", "Segment Number", L_UINT, 6, 2 },
};

static const struct layout_field unknown_fields[] = {
	STRUCTURE_FIELDS,
	{ "bytes", "Bytes", L_BYTES, 4, LAYOUT_REST },
};

static const struct layout_name scope_types[] = {
	{ DMAR_ENDPOINT, "PCI Endpoint Device" },
	{ DMAR_SUB_HIERARCHY, "PCI Sub-hierarchy" },
	{ DMAR_IOAPIC, "IOAPIC" },
	{ DMAR_HPET, "MSI_CAPABLE_HPET" },
	{ DMAR_NAMESPACE, "ACPI_NAMESPACE_DEVICE" },
	{ 0 },
};

/* 8.3.1; the flags belong to scopes of an SIDP (8.9) and are reserved in others. */
static const struct layout_field scope_fields[] = {
	{ "type", "Type", L_UINT, 0, 1, .names = scope_types },
	{ "length", "Length", L_UINT, 1, 1 },
	{ "reserved", "Reserved", L_RESERVED, 2, 2 },
	{ "enumeration_id", "Enumeration ID", L_UINT, 4, 1 },
	{ "bus", "Start Bus Number", L_UINT, 5, 1 },
	{ "path", "Path", L_PATH, 6, LAYOUT_REST },
};

static const struct layout_field sidp_scope_fields[] = {
	{ "type", "Type", L_UINT, 0, 1, .names = scope_types },
	{ "length", "Length", L_UINT, 1, 1 },
	{ "flags", "Flags", L_HEX, 2, 1, .reserved = 0xe0 },
	LAYOUT_BIT("req_wo_pasid_nested_notallowed", "REQ_WO_PASID_NESTED_NOTALLOWED", 2,
		   1, 0),
	LAYOUT_BIT("req_wo_pasid_pwsnp_notallowed", "REQ_WO_PASID_PWSNP_NOTALLOWED", 2, 1,
		   1),
	LAYOUT_BIT("req_wo_pasid_pgsnp_notallowed", "REQ_WO_PASID_PGSNP_NOTALLOWED", 2, 1,
		   2),
	LAYOUT_BIT("atc_hardened", "ATC_HARDENED", 2, 1, 3),
	LAYOUT_BIT("atc_required", "ATC_REQUIRED", 2, 1, 4),
	{ "reserved", "Reserved", L_RESERVED, 3, 1 },
	{ "enumeration_id", "Enumeration ID", L_UINT, 4, 1 },
	{ "bus", "Start Bus Number", L_UINT, 5, 1 },
	{ "path", "Path", L_PATH, 6, LAYOUT_REST },
};

/* By type; what is within them, and what has no layout of its own, behind them. */
static const struct layout layouts[] = {
	{ DMAR_DRHD,
	  "DRHD",
	  "DMA Remapping Hardware Unit Definition",
	  "VT-d 8.3",
	  "structures",
	  16,
	  LAYOUT_FIELDS(drhd_fields),
	  { "scopes" } },
	{ DMAR_RMRR,
	  "RMRR",
	  "Reserved Memory Region Reporting",
	  "VT-d 8.4",
	  "structures",
	  24,
	  LAYOUT_FIELDS(rmrr_fields),
	  { "scopes" } },
	{ DMAR_ATSR,
	  "ATSR",
	  "Root Port ATS Capability Reporting",
	  "VT-d 8.5",
	  "structures",
	  8,
	  LAYOUT_FIELDS(atsr_fields),
	  { "scopes" } },
	{ DMAR_RHSA, "RHSA", "Remapping Hardware Static Affinity", "VT-d 8.6",
	  "structures", 20, LAYOUT_FIELDS(rhsa_fields) },
	{ DMAR_ANDD, "ANDD", "ACPI Name-space Device Declaration", "VT-d 8.7",
	  "structures", 8, LAYOUT_FIELDS(andd_fields) },
	{ DMAR_SATC,
	  "SATC",
	  "SoC Integrated Address Translation Cache Reporting",
	  "VT-d 8.8",
	  "structures",
	  8,
	  LAYOUT_FIELDS(satc_fields),
	  { "scopes" } },
	{ DMAR_SIDP,
	  "SIDP",
	  "SoC Integrated Device Property Reporting",
	  "VT-d 8.9",
	  "structures",
	  8,
	  LAYOUT_FIELDS(sidp_fields),
	  { "scopes" } },
	{ 0, "unknown", "Structure of an unknown type", "", "structures", 4,
	  LAYOUT_FIELDS(unknown_fields) },
	{ 0, "scope", "Device Scope", "VT-d 8.3.1", "scopes", SCOPE_MIN,
	  LAYOUT_FIELDS(scope_fields), .untyped = true },
	{ 0, "scope", "Device Scope with properties", "VT-d 8.9", "scopes", SCOPE_MIN,
	  LAYOUT_FIELDS(sidp_scope_fields), .untyped = true },
};

enum { KNOWN_TYPES = DMAR_SIDP + 1, UNKNOWN = KNOWN_TYPES, SCOPE, SIDP_SCOPE };

/* 8.3.1: what a scope must have. */
static void check_scope(struct acpi_walk *walk, const struct layout_node *scope)
{
	uint64_t type = scope->type;

	if (!layout_name_of(&scope_fields[0], type))
		acpi_complain(walk, scope->offset, ACPI_UNKNOWN_TYPE,
			      "device scope of the unknown type %u", scope->type);
	if (scope->length < SCOPE_MIN + 2)
		acpi_complain(walk, scope->offset, ACPI_LENGTH_SHORT,
			      "device scope without a path");
	else if (scope->length % 2)
		acpi_complain(walk, scope->offset, ACPI_VALUE,
			      "device scope of an odd length, %u", scope->length);
	for (uint32_t at = SCOPE_MIN; at + 1 < scope->length; at += 2)
		if (scope->bytes[at] > 31 || scope->bytes[at + 1] > 7)
			acpi_complain(walk, scope->offset + at, ACPI_VALUE,
				      "a path leads through device %u, function %u",
				      scope->bytes[at], scope->bytes[at + 1]);
}

static void decode_scopes(struct acpi_walk *walk, struct layout_node *node,
			  const struct layout *layout)
{
	uint32_t at = node->offset + node->layout->size,
		 end = node->offset + node->length;
	const unsigned char *bytes = walk->table->bytes;

	if (at >= end)
		return;
	node->own = node->layout->size;
	while (at < end) {
		uint32_t length = end - at >= 2 ? bytes[at + 1] : 1;
		struct layout_node *scope =
			acpi_add(walk, &node->children, layout, at, length, 2, end);

		if (!scope)
			return;
		scope->type = scope->bytes[0];
		check_scope(walk, scope);
		at += scope->length;
	}
}

/* 8.3: base aligned to the window, scopes or INCLUDE_PCI_ALL. */
static void check_unit(struct acpi_walk *walk, const struct layout_node *unit)
{
	uint64_t base = layout_value(unit, "register_base", 0);
	unsigned int order = (unsigned int)(layout_value(unit, "size", 0) & 0xf);
	bool all = layout_value(unit, "include_pci_all", 0);
	uint64_t mask = (UINT64_C(0x1000) << order) - 1;

	if (base == 0 || base == UINT64_MAX)
		acpi_complain(walk, unit->offset + 8, ACPI_REJECTED,
			      "DRHD: there are no registers at 0x%llx; Linux refuses the "
			      "table for it",
			      (unsigned long long)base);
	else if (base & mask)
		acpi_complain(walk, unit->offset + 8, ACPI_ALIGNMENT,
			      "DRHD: the registers at 0x%llx are not aligned to their "
			      "window of 0x%llx bytes",
			      (unsigned long long)base, (unsigned long long)mask + 1);
	if (!all && unit->children.count == 0)
		acpi_complain(walk, unit->offset, ACPI_NO_SCOPE,
			      "DRHD: without INCLUDE_PCI_ALL and without a device scope");
	if (all)
		LIST_FOR_EACH (&unit->children, const struct layout_node, scope)
			if (dmar_is_pci(scope))
				acpi_complain(
					walk, scope->offset, ACPI_DISAGREE,
					"DRHD: INCLUDE_PCI_ALL, and yet a scope of a "
					"PCI device");
}

/* The last address of the host, as far as the header says something sensible. */
static uint64_t last_address(const struct acpi_table *table)
{
	uint64_t width = layout_value(table->header, "host_address_width", 63);

	return width < PAGE_BITS - 1 || width > 63 ? UINT64_MAX
						   : bits(UINT64_MAX, (uint8_t)width, 0);
}

static bool needs_region(const struct layout_node *region)
{
	LIST_FOR_EACH (&region->children, const struct layout_node, scope)
		if (scope->type != DMAR_IOAPIC && scope->type != DMAR_HPET)
			return true;
	return false;
}

/* 8.4: the base on a page, the limit the last byte of one. */
static void check_region(struct acpi_walk *walk, const struct layout_node *region,
			 uint64_t base, uint64_t end)
{
	uint64_t last = last_address(walk->table);

	if (end < base)
		acpi_complain(walk, region->offset + 16, ACPI_RANGE_INVERTED,
			      "RMRR: ends at 0x%llx, before it begins at 0x%llx",
			      (unsigned long long)end, (unsigned long long)base);
	if ((base & PAGE_MASK) != 0 || (end & PAGE_MASK) != PAGE_MASK)
		acpi_complain(walk, region->offset + 8, ACPI_ALIGNMENT,
			      "RMRR: 0x%llx to 0x%llx are no whole pages of 4 KiB",
			      (unsigned long long)base, (unsigned long long)end);
	if (base > last || end > last)
		acpi_complain(
			walk, region->offset + 16, ACPI_VALUE,
			"RMRR: 0x%llx to 0x%llx lead beyond 0x%llx, the last address "
			"of the host",
			(unsigned long long)base, (unsigned long long)end,
			(unsigned long long)last);
	if (!needs_region(region))
		acpi_complain(walk, region->offset, ACPI_NO_SCOPE,
			      "RMRR: a region that no device needs");
}

/* 8.3: one unit of a segment may have INCLUDE_PCI_ALL, and it must be the last one. */
static void check_units(struct acpi_walk *walk)
{
	_cleanup_free_ bool *all = xzalloc((UINT16_MAX + 1) * sizeof(*all));
	_cleanup_ranges_ struct acpi_ranges bases = { 0 };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		uint64_t segment, base;

		if (!dmar_is(node, DMAR_DRHD))
			continue;
		segment = layout_value(node, "segment", 0);
		base = layout_value(node, "register_base", 0);
		check_unit(walk, node);
		acpi_ranges_add(&bases, node, 0, base, base);
		if (layout_value(node, "include_pci_all", 0)) {
			if (all[segment])
				acpi_complain(walk, node->offset, ACPI_INCLUDE_ALL_TWICE,
					      "DRHD: another unit has INCLUDE_PCI_ALL of "
					      "segment %llu, too",
					      (unsigned long long)segment);
			all[segment] = true;
		} else if (all[segment]) {
			acpi_complain(walk, node->offset, ACPI_INCLUDE_ALL_NOT_LAST,
				      "DRHD: stands behind the unit with INCLUDE_PCI_ALL "
				      "of segment %llu",
				      (unsigned long long)segment);
		}
	}
	acpi_check_duplicates(walk, &bases, "the register base");
}

/* A scope of a unit, by the segment and the path. */
struct claim {
	uint64_t segment;
	const struct layout_node *unit, *scope;
};

/* In the order of the functions that they name. */
static int compare_functions(const struct claim *one, const struct claim *other)
{
	uint32_t length = one->scope->length;

	if (one->segment != other->segment)
		return one->segment < other->segment ? -1 : 1;
	if (length != other->scope->length)
		return length < other->scope->length ? -1 : 1;
	return memcmp(one->scope->bytes + AT_BUS, other->scope->bytes + AT_BUS,
		      length - AT_BUS);
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *one = a, *other = b;
	int order = compare_functions(one, other);

	return order ? order : one->scope->offset < other->scope->offset ? -1 : 1;
}

/* 8.3: a function is in the scope of one unit. */
static void check_claims(struct acpi_walk *walk)
{
	_cleanup_free_ struct claim *claims = NULL;
	size_t count = 0, capacity = 0;

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, unit) {
		if (!dmar_is(unit, DMAR_DRHD))
			continue;
		LIST_FOR_EACH (&unit->children, const struct layout_node, scope) {
			if (!dmar_is_pci(scope) || scope->length < SCOPE_MIN + 2)
				continue;
			if (count == capacity) {
				capacity = MAX(2 * capacity, (size_t)64);
				claims = xrealloc(claims, capacity * sizeof(*claims));
			}
			claims[count++] =
				(struct claim){ layout_value(unit, "segment", 0), unit,
						scope };
		}
	}
	if (count > 0)
		qsort(claims, count, sizeof(*claims), compare_claims);
	for (size_t i = 1; i < count; i++)
		if (compare_functions(&claims[i - 1], &claims[i]) == 0 &&
		    claims[i - 1].unit != claims[i].unit)
			acpi_complain(walk, claims[i].scope->offset, ACPI_DISAGREE,
				      "DRHD: the scope of another unit, at 0x%x, has the "
				      "same function",
				      claims[i - 1].scope->offset);
}

static bool same_bytes(const struct layout_node *a, const struct layout_node *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static void check_regions(struct acpi_walk *walk)
{
	_cleanup_ranges_ struct acpi_ranges regions = { .shared = true };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		uint64_t base, end;

		if (!dmar_is(node, DMAR_RMRR))
			continue;
		base = layout_value(node, "base", 0);
		end = layout_value(node, "end", 0);
		check_region(walk, node, base, end);
		if (base <= end)
			acpi_ranges_add(&regions, node, 0, base, end);
	}
	acpi_check_overlaps(walk, &regions, "RMRR: regions", "");
	/* In their order now: the same region for another device is none twice. */
	for (size_t i = 1; i < regions.count; i++)
		if (same_bytes(regions.items[i - 1].node, regions.items[i].node))
			acpi_complain(walk, regions.items[i].node->offset, ACPI_DUPLICATE,
				      "RMRR: the same as the one at 0x%x",
				      regions.items[i - 1].node->offset);
}

/* 8.6: affinity is that of a unit by its registers. */
static void check_affinities(struct acpi_walk *walk)
{
	_cleanup_ranges_ struct acpi_ranges bases = { 0 }, affinities = { 0 };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		if (dmar_is(node, DMAR_DRHD))
			acpi_ranges_add(&bases, node, 0,
					layout_value(node, "register_base", 0), 0);
	}
	acpi_ranges_sort(&bases);
	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		uint64_t base;

		if (!dmar_is(node, DMAR_RHSA))
			continue;
		base = layout_value(node, "register_base", 0);
		acpi_ranges_add(&affinities, node, 0, base,
				layout_value(node, "proximity_domain", 0));
		if (!acpi_ranges_have(&bases, 0, base))
			acpi_complain(walk, node->offset + 8, ACPI_REFERENCE,
				      "RHSA: no unit has its registers at 0x%llx",
				      (unsigned long long)base);
	}
	acpi_ranges_sort(&affinities);
	for (size_t i = 1; i < affinities.count; i++) {
		const struct acpi_range *one = &affinities.items[i - 1],
					*other = &affinities.items[i];

		if (one->first == other->first && one->last != other->last)
			acpi_complain(walk, other->node->offset + 16, ACPI_DISAGREE,
				      "RHSA: the unit at 0x%llx is in proximity domain "
				      "%llu, and in %llu by the structure at 0x%x",
				      (unsigned long long)one->first,
				      (unsigned long long)other->last,
				      (unsigned long long)one->last, one->node->offset);
	}
}

/* 8.7: what a namespace scope names is declared, and by a name that ends. */
static void check_names(struct acpi_walk *walk)
{
	bool declared[UINT8_MAX + 1] = { false };

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		const struct layout_field *name;

		if (!dmar_is(node, DMAR_ANDD))
			continue;
		declared[layout_value(node, "device_number", 0)] = true;
		name = layout_find_field(node->layout, "object_name");
		if (!memchr(node->bytes + name->offset, '\0',
			    layout_field_size(node, name)))
			acpi_complain(walk, node->offset + name->offset, ACPI_REJECTED,
				      "ANDD: the name does not end with a NUL; Linux "
				      "refuses the table for it");
	}
	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node)
		LIST_FOR_EACH (&node->children, const struct layout_node, scope) {
			uint64_t id = layout_value(scope, "enumeration_id", 0);

			if (scope->type == DMAR_NAMESPACE && layout_is_whole(scope) &&
			    !declared[id])
				acpi_complain(walk, scope->offset + 4, ACPI_REFERENCE,
					      "%s: no ANDD declares the ACPI device %llu",
					      node->layout->name, (unsigned long long)id);
		}
}

/* 8.5: the scopes of an ATSR are root ports, and so all of the type Sub-hierarchy. */
static void check_ports(struct acpi_walk *walk, const struct layout_node *node)
{
	if (node->children.count == 0 && !layout_value(node, "all_ports", 0))
		acpi_complain(walk, node->offset, ACPI_NO_SCOPE,
			      "ATSR: without ALL_PORTS and without a root port");
	LIST_FOR_EACH (&node->children, const struct layout_node, scope)
		if (scope->type != DMAR_SUB_HIERARCHY && layout_is_whole(scope))
			acpi_complain(
				walk, scope->offset, ACPI_VALUE,
				"ATSR: a scope of the type %u, which can be no root "
				"port",
				scope->type);
}

/* What the structures other than units and regions must have. */
static void check_others(struct acpi_walk *walk)
{
	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, node) {
		if (dmar_is(node, DMAR_ATSR))
			check_ports(walk, node);
		if ((dmar_is(node, DMAR_SATC) || dmar_is(node, DMAR_SIDP)) &&
		    node->children.count == 0)
			acpi_complain(walk, node->offset, ACPI_NO_SCOPE,
				      "%s: names no device", node->layout->name);
	}
}

/* parse_dmar_table() in drivers/iommu/intel/dmar.c: at least the bits of a page. */
static void check_width(struct acpi_walk *walk)
{
	uint64_t width = layout_value(walk->table->header, "host_address_width", 63);

	if (width < PAGE_BITS - 1)
		acpi_complain(walk, AT_WIDTH, ACPI_REJECTED,
			      "the host's addresses would have %llu bits; Linux refuses "
			      "the table for less than %u",
			      (unsigned long long)width + 1, PAGE_BITS);
}

static void decode(struct acpi_walk *walk)
{
	struct acpi_table *table = walk->table;
	uint32_t at = DMAR_HEADER_SIZE;

	while (at < table->size) {
		uint32_t left = table->size - at;
		uint32_t type = left >= 2 ? (uint32_t)read_le(table->bytes + at, 2) : 0;
		uint32_t length =
			left >= 4 ? (uint32_t)read_le(table->bytes + at + 2, 2) : 1;
		const struct layout *layout =
			&layouts[type < KNOWN_TYPES ? type : UNKNOWN];
		struct layout_node *node = acpi_add(walk, &table->structures, layout, at,
						    length, 4, table->size);

		if (!node)
			break;
		node->type = type;
		if (type >= KNOWN_TYPES)
			acpi_complain(walk, at, ACPI_UNKNOWN_TYPE,
				      "structure of the unknown type %u, %u bytes", type,
				      length);
		else if (layout->lists[0])
			decode_scopes(walk, node,
				      &layouts[type == DMAR_SIDP ? SIDP_SCOPE : SCOPE]);
		at += node->length;
	}
	check_width(walk);
	acpi_check_has(walk, &layouts[DMAR_DRHD]);
	check_units(walk);
	check_claims(walk);
	check_regions(walk);
	check_affinities(walk);
	check_names(walk);
	check_others(walk);
}

const struct acpi_decoder dmar_decoder = {
	.signature = "DMAR",
	.title = "DMA Remapping Reporting",
	.specification = "Intel Virtualization Technology for Directed I/O",
	.header = &header,
	.layouts = layouts,
	.count = ARRAY_SIZE(layouts),
	.decode = decode,
};
