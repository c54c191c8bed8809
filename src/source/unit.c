// SPDX-License-Identifier: GPL-2.0-or-later
/* IOMMU hardware units and their registers, as the kernel lists them. */

#include "base/bits.h"
#include "source/attr.h"
#include "source/source.h"
#include "spec/amdvi.h"
#include "spec/vtd.h"

#define UNITS "sys/class/iommu"

static void add_bits(struct arena *arena, struct fact_list *names,
		     const struct register_bit *table, uint64_t value)
{
	names->state = FACT_KNOWN;
	for (; table->name; table++)
		if (bit(value, table->number))
			list_add(arena, &names->list, table->name);
}

static void add_sizes(struct arena *arena, struct fact_list *sizes, const uint64_t *bytes)
{
	sizes->state = FACT_KNOWN;
	for (; *bytes; bytes++)
		list_add(arena, &sizes->list, arena_memdup(arena, bytes, sizeof(*bytes)));
}

static void read_intel(struct root *root, struct unit *unit)
{
	struct arena *arena = &root->system->arena;

	attr_u64(root, 16, &unit->cap, UNITS "/%s/intel-iommu/cap", unit->name);
	attr_u64(root, 16, &unit->ecap, UNITS "/%s/intel-iommu/ecap", unit->name);
	attr_str(root, &unit->version, UNITS "/%s/intel-iommu/version", unit->name);
	attr_u64(root, 10, &unit->domains_used, UNITS "/%s/intel-iommu/domains_used",
		 unit->name);
	attr_u64(root, 10, &unit->domains_supported,
		 UNITS "/%s/intel-iommu/domains_supported", unit->name);
	/* The kernel prints the two halves of the Version Register as "1:0". */
	if (unit->version.state == FACT_KNOWN) {
		char *colon = strchr(unit->version.value, ':');

		if (colon)
			*colon = '.';
	}
	unit->capabilities.state =
		unit->cap.state == FACT_KNOWN ? unit->ecap.state : unit->cap.state;
	if (unit->cap.state == FACT_KNOWN && unit->ecap.state == FACT_KNOWN) {
		add_bits(arena, &unit->capabilities, vtd_cap_bits, unit->cap.value);
		add_bits(arena, &unit->capabilities, vtd_ecap_bits, unit->ecap.value);
	}
	unit->address_width.state = unit->page_sizes.state = unit->cap.state;
	unit->caching_mode.state = unit->cap.state;
	if (unit->cap.state == FACT_KNOWN) {
		uint64_t sizes[4];

		unit->address_width.value = vtd_address_width(unit->cap.value);
		unit->caching_mode.value = bit(unit->cap.value, VTD_CAP_CM);
		vtd_page_sizes(unit->cap.value, sizes);
		add_sizes(arena, &unit->page_sizes, sizes);
	}
	unit->interrupt_remapping.state = unit->ecap.state;
	if (unit->ecap.state == FACT_KNOWN)
		unit->interrupt_remapping.value = bit(unit->ecap.value, VTD_ECAP_IR);
}

static void read_amd(struct root *root, struct unit *unit)
{
	/* AMD-Vi tables take any power of two; these are the ones of whole levels. */
	static const uint64_t sizes[] = { 1ull << 12, 1ull << 21, 1ull << 30, 0 };
	struct arena *arena = &root->system->arena;
	struct fact_str features = { 0 };
	struct fact_u64 header = { 0 };
	unsigned int width;
	bool has_efr2;

	attr_u64(root, 16, &header, UNITS "/%s/amd-iommu/cap", unit->name);
	unit->caching_mode = (struct fact_bool){
		header.state,
		bit(header.value, AMDVI_CAP_NPCACHE),
	};
	if (attr_str(root, &features, UNITS "/%s/amd-iommu/features", unit->name) == 0 &&
	    amdvi_parse_features(features.value, &unit->efr.value, &unit->efr2.value,
				 &has_efr2) == 0) {
		unit->efr.state = FACT_KNOWN;
		unit->efr2.state = has_efr2 ? FACT_KNOWN : FACT_ABSENT;
	} else if (features.state == FACT_KNOWN) {
		char path[256];

		snprintf(path, sizeof(path), UNITS "/%s/amd-iommu/features", unit->name);
		root_note(root, path, "neither EFR nor two registers");
		unit->efr.state = unit->efr2.state = FACT_MALFORMED;
	} else {
		unit->efr.state = unit->efr2.state = features.state;
	}
	add_sizes(arena, &unit->page_sizes, sizes);
	/* 2.2.5: part of every AMD-Vi unit, no feature bit. */
	unit->interrupt_remapping = KNOWN_BOOL(true);
	unit->capabilities.state = unit->address_width.state = unit->efr.state;
	if (unit->efr.state != FACT_KNOWN)
		return;
	add_bits(arena, &unit->capabilities, amdvi_efr_bits, unit->efr.value);
	width = amdvi_address_width(unit->efr.value);
	unit->address_width =
		(struct fact_u64){ width ? FACT_KNOWN : FACT_MALFORMED, width };
}

/* The architecture, told from the names that the drivers give their units. */
static enum unit_kind kind_by_name(const char *name, const char *target)
{
	static const struct {
		const char *pattern;
		enum unit_kind kind;
	} names[] = {
		{ "smmu3.*", UNIT_ARM_SMMU_V3 }, { "smmu.*", UNIT_ARM_SMMU },
		{ "dmar*", UNIT_INTEL_VTD },	 { "ivhd*", UNIT_AMD_VI },
		{ "riscv-iommu*", UNIT_RISCV },	 { "s390-iommu*", UNIT_S390 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (matches_star(names[i].pattern, name))
			return names[i].kind;
	/* virtio-iommu names its unit like its transport; its driver is in the path. */
	if (target && matches_star("*/virtio*/iommu/*", target))
		return UNIT_VIRTIO_IOMMU;
	return UNIT_OTHER;
}

/* "…/0000:00:00.2/iommu/ivhd0" → "0000:00:00.2", past a virtio device in between. */
static struct fact_str parent_of(struct arena *arena, const char *target)
{
	_cleanup_free_ char *path = xstrdup(target);
	struct pci_address address;
	char *slash;

	while ((slash = strrchr(path, '/'))) {
		*slash = '\0';
		slash = strrchr(path, '/');
		if (slash && parse_pci_address(slash + 1, &address) == 0 &&
		    address.function >= 0)
			return KNOWN_STR(arena_strdup(arena, slash + 1));
	}
	return (struct fact_str){ .state = FACT_ABSENT };
}

/* The Arm drivers print the address of the registers in the name. */
static void base_from_name(struct unit *unit, enum unit_kind kind)
{
	const char *dot = strchr(unit->name, '.');

	unit->register_base.state = FACT_ABSENT;
	if (kind != UNIT_ARM_SMMU_V3 && kind != UNIT_ARM_SMMU)
		return;
	if (dot && parse_u64(dot + 1, 16, &unit->register_base.value) == 0)
		unit->register_base.state = FACT_KNOWN;
}

/* RISC-V's driver gives its unit no parent, and the name of its device. */
static void parent_from_name(struct unit *unit)
{
	const char *at = strchr(unit->name, '@');
	struct pci_address address;

	if (at && parse_pci_address(at + 1, &address) == 0 && address.function >= 0)
		unit->parent = KNOWN_STR(at + 1);
}

static void read_unit(struct root *root, struct system *system, const struct entry *entry)
{
	struct unit *unit = arena_new(&system->arena, struct unit);
	enum unit_kind kind = kind_by_name(entry->name, entry->target);
	struct list names = { 0 };
	int r;

	unit->name = entry->name;
	unit->kind = KNOWN_ENUM(kind);
	if (entry->target)
		unit->parent = parent_of(&system->arena, entry->target);
	if (kind == UNIT_RISCV && unit->parent.state == FACT_ABSENT)
		parent_from_name(unit);
	/* What no register of this kind says is absent, not unread. */
	unit->version.state = unit->capabilities.state = FACT_ABSENT;
	unit->address_width.state = unit->page_sizes.state = FACT_ABSENT;
	unit->interrupt_remapping.state = unit->caching_mode.state = FACT_ABSENT;
	unit->domains_used.state = unit->domains_supported.state = FACT_ABSENT;
	unit->cap.state = unit->ecap.state = FACT_ABSENT;
	unit->efr.state = unit->efr2.state = FACT_ABSENT;
	if (kind == UNIT_INTEL_VTD) {
		attr_u64(root, 16, &unit->register_base, UNITS "/%s/intel-iommu/address",
			 unit->name);
		read_intel(root, unit);
	} else if (kind == UNIT_AMD_VI) {
		read_amd(root, unit);
	} else {
		base_from_name(unit, kind);
	}
	r = root_list(root, &names, 0, UNITS "/%s/devices", unit->name);
	unit->devices = (struct fact_u64){ fact_state_of(r), names.count };
	LIST_FOR_EACH (&names, struct entry, member)
		list_add(&system->arena, &unit->members, member->name);
	list_add(&system->arena, &system->units, unit);
}

/* dmar2 before dmar10 */
static int compare_units(const void *a, const void *b)
{
	return strverscmp((*(const struct unit *const *)a)->name,
			  (*(const struct unit *const *)b)->name);
}

void source_unit_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, UNITS);

	/* Without the class the kernel has no IOMMU support, and so no units. */
	system->units_state = list_state(root, r, "sys/class");
	LIST_FOR_EACH (&names, struct entry, entry)
		read_unit(root, system, entry);
	if (system->units.count > 1)
		qsort(system->units.items, system->units.count, sizeof(void *),
		      compare_units);
}
