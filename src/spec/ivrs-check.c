// SPDX-License-Identifier: GPL-2.0-or-later
/* IVRS: what must hold between the fields of a table, and between its blocks. */

#include "spec/acpi-range.h"
#include "spec/ivrs.h"

enum {
	PAGE_MASK = 0xfff,
	REGISTERS_MASK = 0x3fff, /* Base Address Low has bits 31 to 14 (3.4.2) */
	CONFIGURATION_HEADER = 0x40,
	CONFIGURATION_SIZE = 0x100,
	LAST_DEVICE = 0xffff,
	REGIONS_MAX = 32, /* real tables have a few; more are not compared pair by pair */
};

/* Flags of an IVMD. */
enum { UNITY = 1 << 0, READABLE = 1 << 1, WRITABLE = 1 << 2, EXCLUSION = 1 << 3 };

/* What is said of a unit in each of the blocks that describe it. */
enum { SEGMENT, DEVICE, CAPABILITY, BASE, INFO, FACTS };

static const struct {
	const char *name;
	uint8_t at, size;
} unit_facts[] = {
	[SEGMENT] = { "the PCI segment group", AT_SEGMENT, 2 },
	[DEVICE] = { "the DeviceID", AT_BLOCK_DEVICE, 2 },
	[CAPABILITY] = { "the capability offset", AT_CAPABILITY, 2 },
	[BASE] = { "the base address", AT_BASE, 8 },
	[INFO] = { "the IOMMU info", AT_INFO, 2 },
};

struct checks {
	struct acpi_walk *walk;
	struct list units; /* blocks, struct layout_node */
	/* Devices that entries name, by type of the block and segment; owned by it. */
	struct acpi_ranges claims;
	/* Offsets of the entries that use a handle: by block type, variety and number. */
	uint32_t handles[3][IVRS_HPET][256];
};

#define BDF "%02x:%02x.%x"
#define BDF_OF(id)                                                                       \
	(unsigned int)(id) >> 8, (unsigned int)(id) >> 3 & 0x1f, (unsigned int)(id)&7

/* The types that describe units, counted. */
static unsigned int type_of(const struct layout_node *block)
{
	return block->type == IVHD_10 ? 0 : block->type == IVHD_11 ? 1 : 2;
}

static uint64_t number_at(const struct layout_node *node, unsigned int at,
			  unsigned int size)
{
	return read_le(node->bytes + at, size);
}

static uint32_t device_at(const struct layout_node *node, unsigned int at)
{
	return (uint32_t)number_at(node, at, 2);
}

static uint64_t fact_of(const struct layout_node *block, unsigned int fact)
{
	return number_at(block, unit_facts[fact].at, unit_facts[fact].size);
}

/* 5.2.2: where a unit has its registers, and its capability in configuration space. */
static void check_place(struct acpi_walk *walk, const struct layout_node *block)
{
	unsigned long long base = fact_of(block, BASE),
			   capability = fact_of(block, CAPABILITY);

	if (base == 0 || base == UINT64_MAX)
		acpi_complain(walk, block->offset + AT_BASE, ACPI_VALUE,
			      "IVHD %02xh: there are no registers at 0x%llx", block->type,
			      base);
	else if (base & REGISTERS_MASK)
		acpi_complain(walk, block->offset + AT_BASE, ACPI_ALIGNMENT,
			      "IVHD %02xh: the registers at 0x%llx are not aligned to 16 "
			      "KiB",
			      block->type, base);
	if (capability < CONFIGURATION_HEADER || capability >= CONFIGURATION_SIZE ||
	    capability % 4)
		acpi_complain(walk, block->offset + AT_CAPABILITY, ACPI_VALUE,
			      "IVHD %02xh: no capability can stand at 0x%llx",
			      block->type, capability);
}

/* 5.2.1 and 5.2.2: what a block with an image of the EFR may say in this table. */
static void check_features(struct acpi_walk *walk, const struct layout_node *block)
{
	uint64_t flags, efr;

	if (block->type == IVHD_10)
		return;
	flags = number_at(block, AT_FLAGS, 1);
	efr = number_at(block, AT_EFR, 8);
	if (!bit(walk->table->bytes[AT_IVINFO], 0))
		acpi_complain(walk, block->offset, ACPI_DISAGREE,
			      "IVHD %02xh: has an image of the EFR, and EFRSup of IVinfo "
			      "denies that there is one",
			      block->type);
	if (block->type == IVHD_40 && walk->table->bytes[AT_REVISION] == 1)
		acpi_complain(
			walk, block->offset, ACPI_VALUE,
			"IVHD 40h: in a table of revision 1, which has no such block");
	if ((bit(flags, 6) && !bit(efr, 0)) || (bit(flags, 7) && !bit(efr, 1)))
		acpi_complain(
			walk, block->offset + AT_FLAGS, ACPI_DISAGREE,
			"IVHD %02xh: PreFSup or PPRSup is set, and not in the image "
			"of the EFR",
			block->type);
}

/* Segment, device and capability offset as one number. */
static uint64_t place_of(const struct layout_node *block)
{
	return fact_of(block, SEGMENT) << 32 | fact_of(block, DEVICE) << 16 |
	       fact_of(block, CAPABILITY);
}

/* Two blocks about one unit: of one type they are too many, of two they must agree. */
static void compare_units(struct acpi_walk *walk, const struct layout_node *earlier,
			  const struct layout_node *later)
{
	if (earlier->type == later->type) {
		acpi_complain(walk, later->offset, ACPI_DUPLICATE,
			      "IVHD %02xh: the unit " BDF " %s the block at 0x%x",
			      later->type, BDF_OF(fact_of(later, DEVICE)),
			      place_of(earlier) == place_of(later)
				      ? "is also that of"
				      : "has the registers of",
			      earlier->offset);
		return;
	}
	for (unsigned int i = 0; i < FACTS; i++)
		if (fact_of(later, i) != fact_of(earlier, i))
			acpi_complain(
				walk, later->offset + unit_facts[i].at, ACPI_DISAGREE,
				"IVHD %02xh: %s of the unit " BDF
				" is 0x%llx, and 0x%llx in the block at 0x%x",
				later->type, unit_facts[i].name,
				BDF_OF(fact_of(later, DEVICE)),
				(unsigned long long)fact_of(later, i),
				(unsigned long long)fact_of(earlier, i), earlier->offset);
}

/*
 * Finds the blocks about one unit: by its place in PCI, or by its registers where that
 * is not the same. A function may hold several units, at several capabilities.
 */
static void compare_all(struct checks *checks, bool by_place)
{
	_cleanup_ranges_ struct acpi_ranges keys = { 0 };
	const struct layout_node *first[3] = { NULL };

	LIST_FOR_EACH (&checks->units, const struct layout_node, block) {
		uint64_t key = by_place ? place_of(block) : fact_of(block, BASE);

		acpi_ranges_add(&keys, block, 0, key, key);
	}
	acpi_ranges_sort(&keys);
	for (size_t i = 0; i < keys.count; i++) {
		const struct layout_node *block = keys.items[i].node;

		if (i > 0 && keys.items[i].first != keys.items[i - 1].first)
			memset(first, 0, sizeof(first));
		for (size_t j = 0; j < ARRAY_SIZE(first); j++)
			if (first[j] &&
			    (by_place || place_of(first[j]) != place_of(block)))
				compare_units(checks->walk, first[j], block);
		if (!first[type_of(block)])
			first[type_of(block)] = block;
	}
}

/* Notes that a unit translates for devices. */
static void add_claim(struct checks *checks, const struct layout_node *block,
		      const struct layout_node *entry, uint32_t first, uint32_t last)
{
	uint64_t space = (uint64_t)type_of(block) << 16 | fact_of(block, SEGMENT);
	struct acpi_ranges *claims = &checks->claims;
	struct acpi_range *before =
		claims->count > 0 ? &claims->items[claims->count - 1] : NULL;

	/* Most follow each other. */
	if (before && before->owner == block && before->first <= first &&
	    first <= before->last + 1) {
		before->last = MAX(before->last, last);
		return;
	}
	acpi_ranges_add(claims, entry, space, first, last);
	claims->items[claims->count - 1].owner = block;
}

/* 5.2.2, device entries: a range has a beginning and an end, in this order. */
static void check_range(struct checks *checks, const struct layout_node *block,
			const struct layout_node *start, const struct layout_node *end)
{
	uint32_t first, last = device_at(end, AT_DEVICE_ID);

	if (!start) {
		acpi_complain(checks->walk, end->offset, ACPI_RANGE_OPEN,
			      "a range of devices ends at " BDF " and has no beginning",
			      BDF_OF(last));
		return;
	}
	first = device_at(start, AT_DEVICE_ID);
	if (last < first)
		acpi_complain(checks->walk, end->offset, ACPI_RANGE_INVERTED,
			      "a range of devices ends at " BDF
			      ", before it begins at " BDF,
			      BDF_OF(last), BDF_OF(first));
	else
		add_claim(checks, block, start, first, last);
}

static void check_no_range(struct checks *checks, const struct layout_node *start)
{
	if (start)
		acpi_complain(checks->walk, start->offset, ACPI_RANGE_OPEN,
			      "a range of devices begins at " BDF " and has no end",
			      BDF_OF(device_at(start, AT_DEVICE_ID)));
}

/* Among the blocks of one type, an IOAPIC or HPET has one entry. */
static void check_special(struct checks *checks, const struct layout_node *block,
			  const struct layout_node *entry)
{
	unsigned int variety = entry->bytes[AT_VARIETY], handle = entry->bytes[AT_HANDLE];
	uint32_t *seen;

	if (variety != IVRS_IOAPIC && variety != IVRS_HPET) {
		acpi_complain(checks->walk, entry->offset + AT_VARIETY, ACPI_VALUE,
			      "special device of the unknown variety %u", variety);
		return;
	}
	seen = &checks->handles[type_of(block)][variety - 1][handle];
	if (*seen)
		acpi_complain(checks->walk, entry->offset, ACPI_DUPLICATE,
			      "%s %u also stands at 0x%x",
			      variety == IVRS_IOAPIC ? "IOAPIC" : "HPET", handle, *seen);
	else
		*seen = entry->offset;
}

static void check_hid(struct checks *checks, const struct layout_node *block,
		      const struct layout_node *entry)
{
	unsigned int format = entry->bytes[AT_UID_FORMAT];
	unsigned int length = entry->bytes[AT_UID_LENGTH];

	if (block->type != IVHD_40)
		acpi_complain(checks->walk, entry->offset, ACPI_VALUE,
			      "ACPI HID device in an IVHD %02xh, which cannot have it",
			      block->type);
	if (number_at(entry, AT_HID, 8) == 0)
		acpi_complain(checks->walk, entry->offset + AT_HID, ACPI_VALUE,
			      "ACPI HID device without a hardware ID");
	if (format > IVRS_UID_TEXT)
		acpi_complain(checks->walk, entry->offset + AT_UID_FORMAT, ACPI_VALUE,
			      "unique ID of the unknown format %u", format);
	else if ((format == IVRS_UID_NONE) != (length == 0) ||
		 (format == IVRS_UID_INTEGER && length != 8))
		acpi_complain(checks->walk, entry->offset + AT_UID_LENGTH, ACPI_VALUE,
			      "unique ID of the format %u and of %u bytes", format,
			      length);
}

static void check_entries(struct checks *checks, const struct layout_node *block)
{
	const struct layout_node *start = NULL;
	bool any = false;
	uint32_t id;

	LIST_FOR_EACH (&block->children, const struct layout_node, entry) {
		if (!layout_is_whole(entry))
			continue;
		any = any || (entry->type != IVRS_PAD4 && entry->type != IVRS_PAD8);
		switch (entry->type) {
		case IVRS_ALL:
			add_claim(checks, block, entry, 0, LAST_DEVICE);
			break;
		case IVRS_SELECT:
		case IVRS_ALIAS_SELECT:
		case IVRS_EXTENDED_SELECT:
			id = device_at(entry, AT_DEVICE_ID);
			add_claim(checks, block, entry, id, id);
			break;
		case IVRS_START:
		case IVRS_ALIAS_START:
		case IVRS_EXTENDED_START:
			check_no_range(checks, start);
			start = entry;
			break;
		case IVRS_END:
			check_range(checks, block, start, entry);
			start = NULL;
			break;
		case IVRS_SPECIAL:
			check_special(checks, block, entry);
			break;
		case IVRS_ACPI_HID:
			check_hid(checks, block, entry);
			break;
		default:
			break;
		}
	}
	check_no_range(checks, start);
	if (!any)
		acpi_complain(checks->walk, block->offset, ACPI_NO_SCOPE,
			      "IVHD %02xh: a unit without devices", block->type);
}

static bool same_unit(const struct acpi_range *one, const struct acpi_range *other)
{
	return fact_of(one->owner, DEVICE) == fact_of(other->owner, DEVICE);
}

/*
 * Devices that two units claim, where the blocks of one type are held together. Whether a
 * claim meets an earlier one, the one that reaches farthest tells; where that is of the
 * same unit, the other one has met it before.
 */
static void check_overlaps(struct checks *checks)
{
	const struct acpi_range *far = NULL, *said = NULL;

	acpi_ranges_sort(&checks->claims);
	for (size_t i = 0; i < checks->claims.count; i++) {
		const struct acpi_range *claim = &checks->claims.items[i];

		if (far && far->space != claim->space)
			far = said = NULL;
		if (far && !same_unit(far, claim) && far->last >= claim->first &&
		    !(said && same_unit(said, claim))) {
			acpi_complain(
				checks->walk, claim->node->offset, ACPI_RANGE_OVERLAP,
				"devices " BDF " to " BDF " belong to the unit " BDF
				", and here to " BDF,
				BDF_OF(claim->first), BDF_OF(MIN(claim->last, far->last)),
				BDF_OF(fact_of(far->owner, DEVICE)),
				BDF_OF(fact_of(claim->owner, DEVICE)));
			said = claim;
		}
		if (!far || claim->last > far->last)
			far = claim;
	}
}

static void check_units(struct checks *checks)
{
	struct acpi_walk *walk = checks->walk;

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, block) {
		if (!block->layout->lists[0] || !layout_is_whole(block))
			continue;
		list_add(walk->arena, &checks->units, block);
		check_place(walk, block);
		check_features(walk, block);
	}
	compare_all(checks, true);
	compare_all(checks, false);
	LIST_FOR_EACH (&checks->units, const struct layout_node, block)
		check_entries(checks, block);
	check_overlaps(checks);
	acpi_ranges_free(&checks->claims);
}

/* Memory that devices need as it is. */
struct region {
	const struct layout_node *block;
	uint64_t start, end, length, flags, segment;
	uint32_t first, last; /* devices */
};

/* Devices that have memory in common, in two blocks. */
static void compare_regions(struct acpi_walk *walk, const struct region *earlier,
			    const struct region *later)
{
	uint32_t at = later->block->offset, other = earlier->block->offset;
	bool everywhere =
		earlier->block->type == IVMD_ALL || later->block->type == IVMD_ALL;

	if ((earlier->segment != later->segment && !everywhere) ||
	    earlier->last < later->first || later->last < earlier->first ||
	    earlier->end < later->start || later->end < earlier->start)
		return;
	if (earlier->start != later->start || earlier->end != later->end)
		acpi_complain(walk, at, ACPI_RANGE_OVERLAP,
			      "IVMD: 0x%llx to 0x%llx overlaps the memory that the block "
			      "at 0x%x has for the same devices",
			      (unsigned long long)later->start,
			      (unsigned long long)later->end, other);
	else if (earlier->flags == later->flags && earlier->first == later->first &&
		 earlier->last == later->last)
		acpi_complain(walk, at, ACPI_DUPLICATE,
			      "IVMD: the same memory for the same devices as at 0x%x",
			      other);
	else if (earlier->flags != later->flags)
		acpi_complain(walk, at + AT_FLAGS, ACPI_DISAGREE,
			      "IVMD: the flags are 0x%llx, and 0x%llx at 0x%x for the "
			      "same memory and devices",
			      (unsigned long long)later->flags,
			      (unsigned long long)earlier->flags, other);
}

/* 5.2.2, IVMD: whole pages, and an order of devices. */
static void check_region(struct acpi_walk *walk, const struct region *region)
{
	uint32_t at = region->block->offset;

	if (region->length == 0)
		acpi_complain(walk, at + AT_MEMORY_LENGTH, ACPI_VALUE,
			      "IVMD: a memory block of no bytes");
	else if (region->end < region->start)
		acpi_complain(
			walk, at + AT_MEMORY_LENGTH, ACPI_RANGE_INVERTED,
			"IVMD: 0x%llx bytes from 0x%llx lead beyond the last address",
			(unsigned long long)region->length,
			(unsigned long long)region->start);
	if ((region->start | region->length) & PAGE_MASK)
		acpi_complain(
			walk, at + AT_START, ACPI_ALIGNMENT,
			"IVMD: 0x%llx bytes from 0x%llx are no whole pages of 4 KiB",
			(unsigned long long)region->length,
			(unsigned long long)region->start);
	if (region->last < region->first)
		acpi_complain(walk, at + AT_AUXILIARY, ACPI_RANGE_INVERTED,
			      "IVMD: the devices end at " BDF
			      ", before they begin at " BDF,
			      BDF_OF(region->last), BDF_OF(region->first));
	if ((region->flags & (UNITY | READABLE | WRITABLE | EXCLUSION)) == UNITY)
		acpi_complain(walk, at + AT_FLAGS, ACPI_VALUE,
			      "IVMD: unity mapped, and neither readable nor writable");
}

static void check_regions(struct acpi_walk *walk)
{
	struct region seen[REGIONS_MAX];
	size_t count = 0;

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, block) {
		struct region region = { .block = block, .last = LAST_DEVICE };

		if (block->type < IVMD_ALL || block->type > IVMD_RANGE ||
		    !layout_is_whole(block))
			continue;
		region.flags = number_at(block, AT_FLAGS, 1);
		region.start = number_at(block, AT_START, 8);
		region.length = number_at(block, AT_MEMORY_LENGTH, 8);
		region.end = region.start + region.length - 1;
		if (block->type != IVMD_ALL) {
			region.segment = number_at(block, AT_IVMD_SEGMENT, 2);
			region.first = device_at(block, AT_BLOCK_DEVICE);
			region.last = region.first;
		}
		if (block->type == IVMD_RANGE)
			region.last = device_at(block, AT_AUXILIARY);
		check_region(walk, &region);
		if (region.length == 0)
			continue;
		for (size_t i = 0; i < count; i++)
			compare_regions(walk, &seen[i], &region);
		if (count < REGIONS_MAX)
			seen[count++] = region;
	}
}

void ivrs_check(struct acpi_walk *walk)
{
	const struct layout_node *header = walk->table->header;
	struct checks checks = { .walk = walk };

	if (layout_is_whole(header) && layout_value(header, "va_size", 0) == 0)
		acpi_complain(walk, AT_IVINFO, ACPI_VALUE,
			      "IVinfo: virtual addresses of no bits");
	check_units(&checks);
	check_regions(walk);
}
