// SPDX-License-Identifier: GPL-2.0-or-later
/* The page tables of VT-d as the kernel prints them for debugging. */

#include "spec/vtd-dump.h"

#include "base/bits.h"
#include "base/text.h"

enum {
	LEVELS = 5,
	STRIDE = 9, /* bits of an address that each level translates */
	PAGE_SHIFT = 12,
	ENTRY_WRITE = 1, /* bit of second-stage and of first-stage entries */
	ENTRY_LARGE = 7, /* bit of entries that map a page at a higher level */
	LEVEL_LARGE_MAX = 3,
	ENTRY_ADDRESS_HIGH = 51,
};

/* "0x" and digits: `digits` of them, or as many as fit where that is 0. */
static int parse_number(const char *word, size_t length, size_t digits, uint64_t *ret)
{
	char text[19] = ""; /* 0x and 16 digits */

	if (length >= sizeof(text) || (digits > 0 && length != 2 + digits) ||
	    !starts_with(word, "0x"))
		return -EBADMSG;
	memcpy(text, word, length);
	return parse_u64(text, 16, ret) < 0 ? -EBADMSG : 0;
}

/*
 * "Device 0000:00:03.0 @0x105a5a000", "Device 0000:00:03.0 with pasid 1 @0x…". PASID 0 is
 * what a device in scalable mode sends without any (IOMMU_NO_PASID of Linux).
 */
static int parse_device(const char *line, const char *end, struct vtd_dump_line *ret)
{
	static const char pasid[] = " with pasid ";
	const char *cursor = line + strlen("Device "), *word;
	size_t length;

	word = next_word(&cursor, " \n", &length);
	if (!word || word + length >= end ||
	    !memmem(cursor, (size_t)(end - cursor), "@0x", 3))
		return -EBADMSG;
	*ret = (struct vtd_dump_line){
		.kind = VTD_DUMP_DEVICE,
		.device = word,
		.device_length = length,
		.pasid = starts_with(cursor, pasid) &&
			 !starts_with(cursor + strlen(pasid), "0 "),
	};
	return 0;
}

/* The entries of a row, from the highest level; how many there are, or -EBADMSG. */
static int parse_entries(const char *cursor, const char *end, uint64_t entries[LEVELS])
{
	const char *word;
	size_t length;
	int count = 0;

	while ((word = next_word(&cursor, " \t\n", &length)) && word < end) {
		if (count == LEVELS ||
		    parse_number(word, length, 16, &entries[count++]) < 0)
			return -EBADMSG;
	}
	return count;
}

/*
 * The last entry that is not 0 maps a page, which has to be one that can: of the lowest
 * level, or of the two above with the bit for large pages. So a row that was cut off is
 * taken for no page of another size.
 */
static int parse_mapping(const char *line, const char *end, struct vtd_dump_line *ret)
{
	const char *cursor = line, *word;
	uint64_t frame, entries[LEVELS] = { 0 };
	unsigned int level, shift;
	size_t length;
	int first = 0, last = LEVELS - 1;
	bool writable = true;

	word = next_word(&cursor, " \t|\n", &length);
	if (!word || parse_number(word, length, 0, &frame) < 0 ||
	    frame > UINT64_MAX >> PAGE_SHIFT || !starts_with(cursor, " |\t") ||
	    parse_entries(cursor + strlen(" |"), end, entries) < 0)
		return -EBADMSG;
	while (first < LEVELS && entries[first] == 0)
		first++;
	while (last > first && entries[last] == 0)
		last--;
	if (first == LEVELS)
		return -EBADMSG;
	for (int i = first; i <= last; i++) {
		if (entries[i] == 0)
			return -EBADMSG;
		writable = writable && bit(entries[i], ENTRY_WRITE);
	}
	level = (unsigned int)(LEVELS - last);
	if (level > LEVEL_LARGE_MAX || (level > 1 && !bit(entries[last], ENTRY_LARGE)))
		return -EBADMSG;
	shift = PAGE_SHIFT + STRIDE * (level - 1);
	*ret = (struct vtd_dump_line){
		.kind = VTD_DUMP_MAPPING,
		.address = frame << PAGE_SHIFT,
		.physical = bits(entries[last], ENTRY_ADDRESS_HIGH, shift) << shift,
		.size = 1ull << shift,
		.writable = writable,
	};
	return 0;
}

int vtd_dump_parse_line(const char *line, size_t length, struct vtd_dump_line *ret)
{
	const char *end = line + length;

	if (length == 0 || starts_with(line, "IOVA_PFN") ||
	    starts_with(line, "DMA Remapping is not enabled on ")) {
		*ret = (struct vtd_dump_line){ .kind = VTD_DUMP_NOTHING };
		return 0;
	}
	if (starts_with(line, "Device "))
		return parse_device(line, end, ret);
	return parse_mapping(line, end, ret);
}
