// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/ivrs-check: each fault of a table is found, where it is, and no other. */

#include "ivrs.h"

/* One value that makes the table wrong, and where the problem is said to be. */
static void test_values(void)
{
	static const struct {
		const char *name;
		uint32_t at, size;
		uint64_t value;
		enum acpi_code code;
		uint32_t offset;
	} wrong[] = {
		{ "bits of IVinfo", 36, 4, 0x0020305f, ACPI_RESERVED, 36 },
		{ "virtual addresses of no bits", 36, 4, 0x3043, ACPI_VALUE, 36 },
		{ "the end of the header", 40, 1, 1, ACPI_RESERVED, 40 },
		{ "bits of the attributes", AT_HARDWARE_11 + 20, 4, 0x48002,
		  ACPI_RESERVED, AT_HARDWARE_11 + 20 },
		{ "PreFSup without the feature", AT_HARDWARE_11 + 1, 1, 0x70,
		  ACPI_DISAGREE, AT_HARDWARE_11 + 1 },
		{ "memory of no bytes", AT_MEMORY_20 + 24, 8, 0, ACPI_VALUE,
		  AT_MEMORY_20 + 24 },
		{ "memory beyond the last address", AT_MEMORY_20 + 24, 8,
		  0xffffffffffffe000, ACPI_RANGE_INVERTED, AT_MEMORY_20 + 24 },
		{ "half a page of memory", AT_MEMORY_20 + 24, 8, 0x800, ACPI_ALIGNMENT,
		  AT_MEMORY_20 + 16 },
		{ "memory from half a page", AT_MEMORY_20 + 16, 8, 0x100800,
		  ACPI_ALIGNMENT, AT_MEMORY_20 + 16 },
		{ "flags of memory", AT_MEMORY_20 + 1, 1, 0x17, ACPI_RESERVED,
		  AT_MEMORY_20 + 1 },
		{ "memory without access", AT_MEMORY_20 + 1, 1, 0x01, ACPI_VALUE,
		  AT_MEMORY_20 + 1 },
		{ "a device where all are meant", AT_MEMORY_20 + 4, 2, 1, ACPI_RESERVED,
		  AT_MEMORY_20 + 4 },
		{ "a segment where all are meant", AT_MEMORY_20 + 8, 2, 1, ACPI_RESERVED,
		  AT_MEMORY_20 + 8 },
		{ "auxiliary data of one device", AT_MEMORY_21 + 6, 2, 1, ACPI_RESERVED,
		  AT_MEMORY_21 + 6 },
		{ "devices of memory", AT_MEMORY_22 + 6, 2, 0x01ff, ACPI_RANGE_INVERTED,
		  AT_MEMORY_22 + 6 },
		{ "devices of a unit", AT_ENTRIES_11 + 5, 2, 0x0007, ACPI_RANGE_INVERTED,
		  AT_ENTRIES_11 + 4 },
		{ "no hardware ID", AT_ENTRIES_40 + 4, 8, 0, ACPI_VALUE,
		  AT_ENTRIES_40 + 4 },
		{ "an unknown format of UIDs", AT_ENTRIES_40 + 20, 1, 3, ACPI_VALUE,
		  AT_ENTRIES_40 + 20 },
		{ "an integer of nine bytes", AT_ENTRIES_40 + 20, 1, 1, ACPI_VALUE,
		  AT_ENTRIES_40 + 21 },
		{ "nine bytes of no UID", AT_ENTRIES_40 + 20, 1, 0, ACPI_VALUE,
		  AT_ENTRIES_40 + 21 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		build();
		put(wrong[i].at, wrong[i].value, wrong[i].size);
		complains(wrong[i].code, wrong[i].offset, wrong[i].name);
	}
}

/* One value that makes a unit wrong which stands in one block alone. */
static void test_unit_values(void)
{
	static const struct {
		const char *name;
		uint32_t at, size;
		uint64_t value;
		enum acpi_code code;
	} wrong[] = {
		{ "no registers", 8, 8, 0, ACPI_VALUE },
		{ "registers at the last address", 8, 8, UINT64_MAX, ACPI_VALUE },
		{ "registers not aligned to 16 KiB", 8, 8, 0xfd201000, ACPI_ALIGNMENT },
		{ "a capability in the header", 6, 2, 0x3c, ACPI_VALUE },
		{ "a capability behind the first 256 bytes", 6, 2, 0x100, ACPI_VALUE },
		{ "a capability between two words", 6, 2, 0x42, ACPI_VALUE },
		{ "bits of the info", 18, 2, 0x1322, ACPI_RESERVED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		UNIT(0x10, "\x01\0\0\0");
		put(48 + wrong[i].at, wrong[i].value, wrong[i].size);
		complains(wrong[i].code, 48 + wrong[i].at, wrong[i].name);
	}
}

/* Each bit of each entry that must be zero, and none besides. */
static void test_reserved(void)
{
	static const struct {
		unsigned int type;
		uint64_t mask;
	} entries[] = {
		{ 0, 0xffffff00 },	    { 1, 0x08ffff00 },
		{ 2, 0x08000000 },	    { 3, 0x08000000 },
		{ 4, 0xff000000 },	    { 64, 0xffffffffffffff00 },
		{ 66, 0xff0000ff08000000 }, { 67, 0xff0000ff08000000 },
		{ 70, 0x7ffffff808000000 }, { 71, 0x7ffffff808000000 },
		{ 72, 0x0000000008ffff00 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		unsigned int size = entries[i].type < 64 ? 32 : 64;
		uint64_t mask = 0;

		for (unsigned int j = 8; j < size; j++) {
			put_header(AT_ENTRIES_10 + size / 8);
			put_hardware(AT_HARDWARE_10, 0x10, 24 + size / 8, 0);
			put(AT_ENTRIES_10, entries[i].type | UINT64_C(1) << j, size / 8);
			decode(AT_ENTRIES_10 + size / 8);
			for (size_t k = 0; k < table.problems.count; k++)
				if (problem(k)->code == ACPI_RESERVED)
					mask |= UINT64_C(1) << j;
		}
		OK(mask == entries[i].mask, "reserved bits of the entry %u: 0x%llx",
		   entries[i].type, (unsigned long long)mask);
	}
}

static void test_ranges(void)
{
	UNIT(0x10, "\x03\x08\0\0");
	complains(ACPI_RANGE_OPEN, 72, "no end");
	UNIT(0x10, "\x04\x08\0\0");
	complains(ACPI_RANGE_OPEN, 72, "no beginning");
	UNIT(0x10, "\x03\x08\0\0\x43\x10\0\0\0\0\0\0\x04\xff\xff\0");
	complains(ACPI_RANGE_OPEN, 72, "a beginning before the end");
	UNIT(0x10, "\x47\x08\0\0\0\0\0\0\x04\x08\0\0\x02\x08\0\0");
	decode(88);
	IS(table.problems.count, 0,
	   "a range of one, and the device once more: no problem");
}

static void test_special(void)
{
	UNIT(0x10, "\x48\0\0\0\x01\xa0\0\x03");
	complains(ACPI_VALUE, 79, "an unknown variety");
	UNIT(0x10, "\x48\0\0\0\x01\xa0\0\x01\x48\0\0\0\x01\xa1\0\x01");
	complains(ACPI_DUPLICATE, 80, "an IOAPIC twice");
	UNIT(0x10, "\x48\0\0\0\x01\xa0\0\x01\x48\0\0\0\x01\xa0\0\x02");
	decode(88);
	IS(table.problems.count, 0, "an IOAPIC and a HPET of one number: no problem");
	UNIT(0x11, "\xf0\xa5\0\0MADE0001\0\0\0\0\0\0\0\0\0\0");
	complains(ACPI_VALUE, 88, "an ACPI HID device in an IVHD 11h");
}

/* What the header of the table says about its blocks. */
static void test_features(void)
{
	UNIT(0x40, "\x01\0\0\0");
	put(8, 1, 1);
	complains(ACPI_VALUE, 48, "an IVHD 40h in revision 1");
	UNIT(0x11, "\x01\0\0\0");
	put(36, 0x00203040, 4);
	complains(ACPI_DISAGREE, 48, "an image of the EFR without EFRSup");
	UNIT(0x11, "\x01\0\0\0");
	put(49, 0xb0, 1);
	decode(92);
	IS(table.problems.count, 0, "PPRSup, which is in the EFR too: no problem");
	put(48 + 24, 0x246577efa2254ad8, 8);
	complains(ACPI_DISAGREE, 49, "PPRSup without the feature");
	UNIT(0x10, "\x01\0\0\0");
	put(36, 0x00203040, 4);
	put(8, 1, 1);
	decode(76);
	IS(table.problems.count, 0, "an IVHD 10h needs neither");
}

/* One unit in blocks of two types, which say different things about it. */
static void test_disagreement(void)
{
	static const struct {
		const char *name;
		uint32_t at, size;
		uint64_t value;
	} wrong[] = {
		{ "two DeviceIDs", 4, 2, 0x000a },
		{ "two capabilities", 6, 2, 0x48 },
		{ "two base addresses", 8, 8, 0xfd280000 },
		{ "two segments", 16, 2, 1 },
		{ "two infos", 18, 2, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		build();
		put(AT_HARDWARE_11 + wrong[i].at, wrong[i].value, wrong[i].size);
		put(AT_HARDWARE_40 + wrong[i].at, wrong[i].value, wrong[i].size);
		decode(AT_END);
		OK(table.problems.count == 2 && problem(0)->code == ACPI_DISAGREE &&
			   problem(0)->offset == AT_HARDWARE_11 + wrong[i].at &&
			   problem(1)->code == ACPI_DISAGREE &&
			   problem(1)->offset == AT_HARDWARE_40 + wrong[i].at,
		   "disagree: %s", wrong[i].name);
	}
}

/* Two units, each in one block with one range of devices. */
static void build_two(unsigned int type, unsigned int unit, unsigned int first,
		      unsigned int last)
{
	size_t head = type == 0x10 ? 24 : 40, at = 48 + head;

	put_header(48 + 2 * head + 16);
	put_hardware(48, type, head + 8, 0);
	at = put_entry(at, 3, 0x0008, 0, 0);
	at = put_entry(at, 4, 0x3fff, 0, 0);
	put_hardware(at, type, head + 8, unit);
	at = put_entry(at + head, 3, first, 0, 0);
	put_entry(at, 4, last, 0, 0);
}

static void test_two_units(void)
{
	build_two(0x10, 1, 0x4008, 0xffff);
	decode(112);
	IS(table.problems.count, 0, "two units with devices of their own: no problem");
	build_two(0x10, 1, 0x3ff8, 0xffff);
	complains(ACPI_RANGE_OVERLAP, 104, "devices of two units");
	build_two(0x10, 1, 0x0000, 0xffff);
	complains(ACPI_RANGE_OVERLAP, 72, "devices within those of another unit");
	build_two(0x10, 1, 0x3ff8, 0xffff);
	put(80 + 16, 1, 2);
	decode(112);
	IS(table.problems.count, 0, "and in two segments: no problem");
	build_two(0x10, 0, 0x4008, 0xffff);
	complains(ACPI_DUPLICATE, 80, "one unit in two blocks");
	build_two(0x10, 1, 0x4008, 0xffff);
	put(80 + 8, 0xfd200000, 8);
	complains(ACPI_DUPLICATE, 80, "two units with the same registers");
	build_two(0x10, 0, 0x4008, 0xffff);
	put(80 + 6, 0x60, 2);
	put(80 + 8, 0xfd280000, 8);
	decode(112);
	IS(table.problems.count, 0, "two units in one function: no problem");
	build_two(0x11, 1, 0x0000, 0x0007);
	decode(144);
	IS(table.problems.count, 0, "a unit with devices below the other's: no problem");
}

/* Many claims, and claims between which another unit has its own. */
static void test_many_claims(void)
{
	size_t at = 48 + 24;

	put_header(48 + 24 + 8 + 24 + 4);
	put_hardware(48, 0x10, 24 + 8, 0);
	at = put_entry(at, 2, 0x0010, 0, 0);
	at = put_entry(at, 2, 0x0012, 0, 0);
	put_hardware(at, 0x10, 24 + 4, 1);
	put_entry(at + 24, 2, 0x0011, 0, 0);
	decode(at + 28);
	IS(table.problems.count, 0, "a device between those of another unit: no problem");
	at = 48 + 24;
	put_header(48 + 24 + 12 + 24 + 4 * 200);
	put_hardware(48, 0x10, 24 + 12, 0);
	at = put_entry(at, 2, 0x0300, 0, 0);
	at = put_entry(at, 3, 0x0100, 0, 0);
	at = put_entry(at, 4, 0x0200, 0, 0);
	put_hardware(at, 0x10, 24 + 4 * 200, 1);
	at += 24;
	for (unsigned int i = 0; i < 200; i++)
		at = put_entry(at, 2, (i * 7919 % 200) * 2 + 0x201, 0, 0);
	decode(at);
	IS(table.problems.count, 0, "200 devices among which the other unit has none");
	put(at - 3, 0x0200, 2);
	complains(ACPI_RANGE_OVERLAP, (uint32_t)at - 4, "one of 200 devices");
}

static void test_regions(void)
{
	build();
	put(AT_MEMORY_21 + 16, 0x101000, 8);
	complains(ACPI_RANGE_OVERLAP, AT_MEMORY_21, "memory of all devices and of one");
	build();
	put_memory(AT_MEMORY_22, 0x21, 0x0100, 0, 0x200000);
	put(AT_MEMORY_22 + 8, 0, 2);
	complains(ACPI_DUPLICATE, AT_MEMORY_22, "memory twice");
	put(AT_MEMORY_22 + 1, 0x08, 1);
	complains(ACPI_DISAGREE, AT_MEMORY_22 + 1, "the flags of memory");
	put(AT_MEMORY_22 + 4, 0x0101, 2);
	decode(AT_END);
	IS(table.problems.count, 0, "memory of two devices: no problem");
	put(AT_MEMORY_22 + 4, 0x0100, 2);
	put(AT_MEMORY_22 + 8, 1, 2);
	decode(AT_END);
	IS(table.problems.count, 0, "nor of devices in two segments");
	build();
	put_memory(AT_MEMORY_22, 0x21, 0x0000, 0, 0x201000);
	put(AT_MEMORY_22 + 8, 0, 2);
	decode(AT_END);
	IS(table.problems.count, 0, "nor of a device before the other");
	put_memory(AT_MEMORY_22, 0x21, 0x0100, 0, 0x1fe000);
	decode(AT_END);
	IS(table.problems.count, 0, "nor is memory in front of other memory");
	build();
	put(AT_MEMORY_22 + 16, 0x0ff000, 8);
	complains(ACPI_RANGE_OVERLAP, AT_MEMORY_22,
		  "all devices are those of every segment");
}

int main(void)
{
	test_values();
	test_unit_values();
	test_reserved();
	test_ranges();
	test_special();
	test_features();
	test_disagreement();
	test_two_units();
	test_many_claims();
	test_regions();
	arena_free(&arena);
	return tap_end();
}
