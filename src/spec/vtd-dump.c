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
	ENTRY_ADDRESS_HIGH = 51,
};

static int parse_number(const char *word, size_t length, uint64_t *ret)
{
	char text[19] = ""; /* 0x and 16 digits */

	if (length >= sizeof(text) || !starts_with(word, "0x"))
		return -EBADMSG;
	memcpy(text, word, length);
	return parse_u64(text, 16, ret) < 0 ? -EBADMSG : 0;
}

/* "Device 0000:00:03.0 @0x105a5a000", "Device 0000:00:03.0 with pasid 1 @0x…" */
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
		.pasid = starts_with(cursor, pasid),
	};
	return 0;
}

static int parse_mapping(const char *line, const char *end, struct vtd_dump_line *ret)
{
	const char *cursor = line, *word;
	uint64_t frame, entry = 0, value;
	unsigned int level = 0, columns = 0, shift;
	size_t length;
	bool writable = true;

	word = next_word(&cursor, " \t|\n", &length);
	if (!word || parse_number(word, length, &frame) < 0 ||
	    frame > UINT64_MAX >> PAGE_SHIFT)
		return -EBADMSG;
	while ((word = next_word(&cursor, " \t\n", &length)) && word < end) {
		if (length == 1 && *word == '|')
			continue;
		if (columns == LEVELS || parse_number(word, length, &value) < 0)
			return -EBADMSG;
		if (value != 0) {
			entry = value;
			level = LEVELS - columns;
			writable = writable && bit(value, ENTRY_WRITE);
		}
		columns++;
	}
	if (level == 0)
		return -EBADMSG;
	shift = PAGE_SHIFT + STRIDE * (level - 1);
	*ret = (struct vtd_dump_line){
		.kind = VTD_DUMP_MAPPING,
		.address = frame << PAGE_SHIFT,
		.physical = bits(entry, ENTRY_ADDRESS_HIGH, shift) << shift,
		.size = 1ull << shift,
		.writable = writable,
	};
	return 0;
}

int vtd_dump_parse_line(const char *line, size_t length, struct vtd_dump_line *ret)
{
	const char *end = line + length;

	if (length == 0 || starts_with(line, "IOVA_PFN")) {
		*ret = (struct vtd_dump_line){ .kind = VTD_DUMP_NOTHING };
		return 0;
	}
	if (starts_with(line, "Device "))
		return parse_device(line, end, ret);
	return parse_mapping(line, end, ret);
}
