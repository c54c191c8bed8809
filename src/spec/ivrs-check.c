// SPDX-License-Identifier: GPL-2.0-or-later
/* IVRS: what must hold between the fields of a table, and between its blocks. */

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

struct unit {
	const struct layout_node *block;
	uint64_t facts[FACTS];
};

/* Something with a number by which it is sorted. */
struct keyed {
	uint64_t key;
	uint32_t at;	     /* which unit, or the offset of a device entry */
	uint16_t unit, last; /* of an entry: its unit's DeviceID, the last device */
};

struct checks {
	struct acpi_walk *walk;
	struct list units; /* struct unit */
	/* Devices that entries name, by type of the block, segment and first device. */
	struct keyed *claims, *spare;
	size_t count;
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

/*
 * A radix sort by key, which takes time in proportion to the count; keys are mostly alike
 * in most of their bytes. Returns the sorted array: `items` or `spare`.
 */
static struct keyed *sort(struct keyed *items, struct keyed *spare, size_t count)
{
	for (unsigned int shift = 0; shift < 64 && count > 0; shift += 8) {
		size_t ends[256] = { 0 }, end = 0;
		struct keyed *sorted = spare;

		for (size_t i = 0; i < count; i++)
			ends[items[i].key >> shift & 0xff]++;
		if (ends[items[0].key >> shift & 0xff] == count)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
			ends[i] = end += ends[i];
		for (size_t i = count; i-- > 0;)
			sorted[--ends[items[i].key >> shift & 0xff]] = items[i];
		spare = items;
		items = sorted;
	}
	return items;
}

/* 5.2.2: where a unit has its registers, and its capability in configuration space. */
static void check_place(struct acpi_walk *walk, const struct unit *unit)
{
	const struct layout_node *block = unit->block;
	unsigned long long base = unit->facts[BASE], capability = unit->facts[CAPABILITY];

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

static bool same_place(const struct unit *one, const struct unit *other)
{
	return one->facts[SEGMENT] == other->facts[SEGMENT] &&
	       one->facts[DEVICE] == other->facts[DEVICE] &&
	       one->facts[CAPABILITY] == other->facts[CAPABILITY];
}

/* Two blocks about one unit: of one type they are too many, of two they must agree. */
static void compare_units(struct acpi_walk *walk, const struct unit *earlier,
			  const struct unit *later)
{
	const struct layout_node *block = later->block;

	if (earlier->block->type == block->type) {
		acpi_complain(walk, block->offset, ACPI_DUPLICATE,
			      "IVHD %02xh: the unit " BDF " %s the block at 0x%x",
			      block->type, BDF_OF(later->facts[DEVICE]),
			      same_place(earlier, later) ? "is also that of"
							 : "has the registers of",
			      earlier->block->offset);
		return;
	}
	for (size_t i = 0; i < FACTS; i++)
		if (later->facts[i] != earlier->facts[i])
			acpi_complain(walk, block->offset + unit_facts[i].at,
				      ACPI_DISAGREE,
				      "IVHD %02xh: %s of the unit " BDF
				      " is 0x%llx, and 0x%llx in the block at 0x%x",
				      block->type, unit_facts[i].name,
				      BDF_OF(later->facts[DEVICE]),
				      (unsigned long long)later->facts[i],
				      (unsigned long long)earlier->facts[i],
				      earlier->block->offset);
}

/*
 * Finds the blocks about one unit: by its place in PCI, or by its registers where that
 * is not the same. A function may hold several units, at several capabilities.
 */
static void compare_all(struct checks *checks, bool by_place)
{
	const struct list *units = &checks->units;
	struct keyed *items _cleanup_free_ =
		xrealloc(NULL, 2 * units->count * sizeof(*items));
	const struct keyed *sorted;
	const struct unit *first[3] = { NULL };

	for (size_t i = 0; i < units->count; i++) {
		const struct unit *unit = units->items[i];
		const uint64_t *facts = unit->facts;

		items[i] = (struct keyed){ .at = (uint32_t)i, .key = facts[BASE] };
		if (by_place)
			items[i].key = facts[SEGMENT] << 32 | facts[DEVICE] << 16 |
				       facts[CAPABILITY];
	}
	sorted = sort(items, items + units->count, units->count);
	for (size_t i = 0; i < units->count; i++) {
		const struct unit *unit = units->items[sorted[i].at];

		if (i > 0 && sorted[i].key != sorted[i - 1].key)
			memset(first, 0, sizeof(first));
		for (size_t j = 0; j < ARRAY_SIZE(first); j++)
			if (first[j] && (by_place || !same_place(first[j], unit)))
				compare_units(checks->walk, first[j], unit);
		if (!first[type_of(unit->block)])
			first[type_of(unit->block)] = unit;
	}
}

/* Notes that a unit translates for devices. */
static void add_claim(struct checks *checks, const struct unit *unit,
		      const struct layout_node *entry, uint32_t first, uint32_t last)
{
	struct keyed claim = {
		.key = (uint64_t)type_of(unit->block) << 32 | unit->facts[SEGMENT] << 16 |
		       first,
		.at = entry->offset,
		.unit = (uint16_t)unit->facts[DEVICE],
		.last = (uint16_t)last,
	};
	struct keyed *before;

	if (!checks->claims)
		return;
	before = checks->count > 0 ? &checks->claims[checks->count - 1] : NULL;
	/* Most follow each other. */
	if (before && before->key <= claim.key && before->key >> 16 == claim.key >> 16 &&
	    before->unit == claim.unit && first <= before->last + 1u)
		before->last = MAX(before->last, claim.last);
	else
		checks->claims[checks->count++] = claim;
}

/* 5.2.2, device entries: a range has a beginning and an end, in this order. */
static void check_range(struct checks *checks, const struct unit *unit,
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
		add_claim(checks, unit, start, first, last);
}

static void check_no_range(struct checks *checks, const struct layout_node *start)
{
	if (start)
		acpi_complain(checks->walk, start->offset, ACPI_RANGE_OPEN,
			      "a range of devices begins at " BDF " and has no end",
			      BDF_OF(device_at(start, AT_DEVICE_ID)));
}

/* Among the blocks of one type, an IOAPIC or HPET has one entry. */
static void check_special(struct checks *checks, const struct unit *unit,
			  const struct layout_node *entry)
{
	unsigned int variety = entry->bytes[AT_VARIETY], handle = entry->bytes[AT_HANDLE];
	uint32_t *seen;

	if (variety != IVRS_IOAPIC && variety != IVRS_HPET) {
		acpi_complain(checks->walk, entry->offset + AT_VARIETY, ACPI_VALUE,
			      "special device of the unknown variety %u", variety);
		return;
	}
	seen = &checks->handles[type_of(unit->block)][variety - 1][handle];
	if (*seen)
		acpi_complain(checks->walk, entry->offset, ACPI_DUPLICATE,
			      "%s %u also stands at 0x%x",
			      variety == IVRS_IOAPIC ? "IOAPIC" : "HPET", handle, *seen);
	else
		*seen = entry->offset;
}

static void check_hid(struct checks *checks, const struct unit *unit,
		      const struct layout_node *entry)
{
	unsigned int format = entry->bytes[AT_UID_FORMAT];
	unsigned int length = entry->bytes[AT_UID_LENGTH];

	if (unit->block->type != IVHD_40)
		acpi_complain(checks->walk, entry->offset, ACPI_VALUE,
			      "ACPI HID device in an IVHD %02xh, which cannot have it",
			      unit->block->type);
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

static void check_entries(struct checks *checks, const struct unit *unit)
{
	const struct layout_node *start = NULL, *block = unit->block;
	bool any = false;
	uint32_t id;

	LIST_FOR_EACH (&block->children, const struct layout_node, entry) {
		if (!layout_is_whole(entry))
			continue;
		any = any || (entry->type != IVRS_PAD4 && entry->type != IVRS_PAD8);
		switch (entry->type) {
		case IVRS_ALL:
			add_claim(checks, unit, entry, 0, LAST_DEVICE);
			break;
		case IVRS_SELECT:
		case IVRS_ALIAS_SELECT:
		case IVRS_EXTENDED_SELECT:
			id = device_at(entry, AT_DEVICE_ID);
			add_claim(checks, unit, entry, id, id);
			break;
		case IVRS_START:
		case IVRS_ALIAS_START:
		case IVRS_EXTENDED_START:
			check_no_range(checks, start);
			start = entry;
			break;
		case IVRS_END:
			check_range(checks, unit, start, entry);
			start = NULL;
			break;
		case IVRS_SPECIAL:
			check_special(checks, unit, entry);
			break;
		case IVRS_ACPI_HID:
			check_hid(checks, unit, entry);
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

/*
 * Devices that two units claim, where the blocks of one type are held together. Whether a
 * claim meets an earlier one, the one that reaches farthest tells; where that is of the
 * same unit, the other one has met it before.
 */
static void check_overlaps(struct checks *checks)
{
	const struct keyed *claim = sort(checks->claims, checks->spare, checks->count);
	const struct keyed *far = NULL, *said = NULL;

	for (size_t i = 0; i < checks->count; i++, claim++) {
		uint32_t first = (uint32_t)(claim->key & LAST_DEVICE);

		if (far && far->key >> 16 != claim->key >> 16)
			far = said = NULL;
		if (far && far->unit != claim->unit && far->last >= first &&
		    !(said && said->unit == claim->unit)) {
			acpi_complain(checks->walk, claim->at, ACPI_RANGE_OVERLAP,
				      "devices " BDF " to " BDF " belong to the unit " BDF
				      ", and here to " BDF,
				      BDF_OF(first), BDF_OF(MIN(claim->last, far->last)),
				      BDF_OF(far->unit), BDF_OF(claim->unit));
			said = claim;
		}
		if (!far || claim->last > far->last)
			far = claim;
	}
}

static void check_units(struct checks *checks)
{
	struct acpi_walk *walk = checks->walk;
	struct keyed *claims _cleanup_free_ = NULL;
	size_t entries = 0;

	LIST_FOR_EACH (&walk->table->structures, const struct layout_node, block) {
		struct unit *unit;

		if (!block->layout->lists[0] || !layout_is_whole(block))
			continue;
		unit = arena_new(walk->arena, struct unit);
		unit->block = block;
		for (size_t i = 0; i < FACTS; i++)
			unit->facts[i] =
				number_at(block, unit_facts[i].at, unit_facts[i].size);
		list_add(walk->arena, &checks->units, unit);
		entries += block->children.count;
		check_place(walk, unit);
		check_features(walk, block);
	}
	compare_all(checks, true);
	compare_all(checks, false);
	if (checks->units.count > 1) {
		claims = xrealloc(NULL, 2 * entries * sizeof(*claims));
		checks->claims = claims;
		checks->spare = claims + entries;
	}
	LIST_FOR_EACH (&checks->units, const struct unit, unit)
		check_entries(checks, unit);
	check_overlaps(checks);
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

	if (header->length >= header->layout->size &&
	    layout_value(header, "va_size", 0) == 0)
		acpi_complain(walk, AT_IVINFO, ACPI_VALUE,
			      "IVinfo: virtual addresses of no bits");
	check_units(&checks);
	check_regions(walk);
}
