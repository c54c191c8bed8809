/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up IVRS, which the tests of the decoder and of its checks spoil. */
#pragma once

#include "spec/acpi.h"

#include "tap.h"

/* Where the blocks of the made-up table stand, and the device entries in them. */
enum {
	AT_HARDWARE_10 = 48,
	AT_ENTRIES_10 = AT_HARDWARE_10 + 24,
	AT_HARDWARE_11 = AT_ENTRIES_10 + 84,
	AT_ENTRIES_11 = AT_HARDWARE_11 + 40,
	AT_HARDWARE_40 = AT_ENTRIES_11 + 8,
	AT_ENTRIES_40 = AT_HARDWARE_40 + 40,
	AT_MEMORY_20 = AT_ENTRIES_40 + 31 + 30 + 22,
	AT_MEMORY_21 = AT_MEMORY_20 + 32,
	AT_MEMORY_22 = AT_MEMORY_21 + 32,
	AT_END = AT_MEMORY_22 + 32,
};

static unsigned char bytes[70000];
static struct arena arena;
static struct acpi_table table;

static inline void put(size_t at, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		bytes[at + i] = (unsigned char)(value >> 8 * i);
}

static inline void put_header(size_t size)
{
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, "IVRS", 4);
	put(4, size, 4);
	put(8, 2, 1);
	memcpy(bytes + 10, "MADEUPMADEUP  ", 14);
	put(36, 0x00203043, 4);
}

/* A unit with its registers at 0xfd200000, or another one. */
static inline void put_hardware(size_t at, unsigned int type, size_t length,
				unsigned int unit)
{
	put(at, type, 1);
	put(at + 1, 0x30, 1);
	put(at + 2, length, 2);
	put(at + 4, 0x0002 + 0x4000 * unit, 2);
	put(at + 6, 0x40, 2);
	put(at + 8, 0xfd200000 + 0x80000 * unit, 8);
	put(at + 18, 0x1302, 2);
	put(at + 20, type == 0x10 ? 0x80048f6e : 0x00048000, 4);
	if (type == 0x10)
		return;
	put(at + 24, 0x246577efa2254ada, 8);
	put(at + 32, 0x10, 8);
}

/* One device entry; returns where the next one stands. */
static inline size_t put_entry(size_t at, unsigned int type, unsigned int device,
			       unsigned int setting, uint32_t rest)
{
	put(at, type, 1);
	put(at + 1, device, 2);
	put(at + 3, setting, 1);
	if (type < 64)
		return at + 4;
	put(at + 4, rest, 4);
	return at + 8;
}

static inline size_t put_hid(size_t at, const char *hid, uint64_t cid,
			     unsigned int format, const void *uid, unsigned int length)
{
	put(at, 240, 1);
	put(at + 1, 0x00a5, 2);
	put(at + 3, 0x40, 1);
	memcpy(bytes + at + 4, hid, 8);
	put(at + 12, cid, 8);
	put(at + 20, format, 1);
	put(at + 21, length, 1);
	memcpy(bytes + at + 22, uid, length);
	return at + 22 + length;
}

static inline void put_memory(size_t at, unsigned int type, unsigned int device,
			      unsigned int auxiliary, uint64_t start)
{
	put(at, type, 1);
	put(at + 1, 0x07, 1);
	put(at + 2, 32, 2);
	put(at + 4, device, 2);
	put(at + 6, auxiliary, 2);
	put(at + 16, start, 8);
	put(at + 24, 0x2000, 8);
}

/* A table without fault, of one unit in three blocks, and memory. */
static inline void build(void)
{
	size_t at = AT_ENTRIES_10;

	put_header(AT_END);
	put_hardware(AT_HARDWARE_10, 0x10, AT_HARDWARE_11 - AT_HARDWARE_10, 0);
	put(AT_HARDWARE_10 + 1, 0xb0, 1);
	at = put_entry(at, 0, 0, 0, 0);
	at = put_entry(at, 1, 0, 0x01, 0);
	at = put_entry(at, 2, 0x0010, 0xd7, 0);
	at = put_entry(at, 3, 0x0018, 0x20, 0);
	at = put_entry(at, 4, 0x00ff, 0, 0);
	at = put_entry(at, 64, 0, 0, 0);
	at = put_entry(at, 66, 0x0600, 0, 0xa4 << 8);
	at = put_entry(at, 67, 0x0700, 0, 0xa4 << 8);
	at = put_entry(at, 4, 0x07ff, 0, 0);
	at = put_entry(at, 70, 0x0800, 0x40, 0x80000000);
	at = put_entry(at, 71, 0x0900, 0, 0);
	at = put_entry(at, 4, 0x09ff, 0, 0);
	at = put_entry(at, 72, 0, 0xd7, 0x0100a021);
	put_entry(at, 72, 0, 0, 0x0200a000);
	put_hardware(AT_HARDWARE_11, 0x11, AT_HARDWARE_40 - AT_HARDWARE_11, 0);
	at = put_entry(AT_ENTRIES_11, 3, 0x0008, 0, 0);
	put_entry(at, 4, 0xffff, 0, 0);
	put_hardware(AT_HARDWARE_40, 0x40, AT_MEMORY_20 - AT_HARDWARE_40, 0);
	at = put_hid(AT_ENTRIES_40, "AMDI0020", 0x4d0d041, 2, "\\_SB.FUR0", 9);
	at = put_hid(at, "\x41\xd0\x0d\x40\0\0\0", 0, 1, "\x07\0\0\0\0\0\0\x01", 8);
	put_hid(at, "PNP0D40", 0x3030303044445050, 0, "", 0);
	put_memory(AT_MEMORY_20, 0x20, 0, 0, 0x100000);
	put_memory(AT_MEMORY_21, 0x21, 0x0100, 0, 0x200000);
	put_memory(AT_MEMORY_22, 0x22, 0x0200, 0x02ff, 0x300000);
	put(AT_MEMORY_22 + 8, 1, 2);
}

/* Puts one block of the unit with these entries; finishes the table. */
static inline void build_unit(unsigned int type, const char *entries, size_t size)
{
	size_t head = type == 0x10 ? 24 : 40;

	put_header(48 + head + size);
	put_hardware(48, type, head + size, 0);
	memcpy(bytes + 48 + head, entries, size);
}

#define UNIT(type, entries) build_unit(type, entries, sizeof(entries) - 1)

/* Makes the sum right and decodes the first `size` bytes. */
static inline void decode(size_t size)
{
	unsigned char sum = 0;

	arena_free(&arena);
	bytes[9] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + bytes[i]);
	bytes[9] = (unsigned char)-sum;
	if (acpi_decode(&arena, bytes, size, &table) < 0)
		abort();
}

static inline const struct layout_node *block(size_t number)
{
	return number < table.structures.count ? table.structures.items[number] : NULL;
}

static inline const struct layout_node *entry(size_t number, size_t of)
{
	const struct layout_node *unit = block(number);

	return unit && of < unit->children.count ? unit->children.items[of] : NULL;
}

static inline bool is_node(const struct layout_node *node, const char *name,
			   uint32_t type, uint32_t offset, uint32_t length)
{
	return node && strcmp(node->layout->name, name) == 0 && node->type == type &&
	       node->offset == offset && node->length == length;
}

static inline const struct acpi_problem *problem(size_t number)
{
	return number < table.problems.count ? table.problems.items[number] : NULL;
}

/* Decodes; there is this one problem and no other. */
static inline void complains(enum acpi_code code, uint32_t offset, const char *name)
{
	const struct acpi_problem *got;

	decode((size_t)read_le(bytes + 4, 4));
	got = problem(0);
	if (!OK(table.problems.count == 1 && got->code == code && got->offset == offset,
		"%s: %s", acpi_problem_names[code].code, name))
		for (size_t i = 0; (got = problem(i)); i++)
			printf("# 0x%x %s: %s\n", got->offset,
			       acpi_problem_names[got->code].code, got->text);
}
