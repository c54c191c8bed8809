// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines about ranges of memory: zones, cache types, the resources of PCI functions. */

#include "spec/memory.h"

#include "base/text.h"

/*
 * The numbers and words of a line that follow a pattern, in which # is a hexadecimal
 * number with 0x; the number of bytes that fitted, 0 where it did not fit.
 */
static size_t scan_hex(const char *line, size_t length, const char *pattern,
		       uint64_t *numbers)
{
	size_t at = 0;

	for (; *pattern; pattern++) {
		char digits[19] = "";
		size_t count = 0;

		if (*pattern != '#') {
			if (at >= length || line[at++] != *pattern)
				return 0;
			continue;
		}
		while (at < length && strchr("0123456789abcdefABCDEFxX", line[at]) &&
		       line[at] && count < sizeof(digits) - 1)
			digits[count++] = line[at++];
		if (!starts_with(digits, "0x") || parse_u64(digits, 16, numbers++) < 0)
			return 0;
	}
	return at;
}

/* The decimal number behind a key that begins the line, white space around it. */
static bool scan_key(const char *line, size_t length, const char *key, uint64_t *ret)
{
	const char *cursor = line, *word;
	size_t word_length;
	char digits[21];

	word = next_word(&cursor, " ", &word_length);
	if (!word || word + word_length > line + length || word_length != strlen(key) ||
	    strncmp(word, key, word_length) != 0)
		return false;
	word = next_word(&cursor, " \n", &word_length);
	if (!word || word + word_length > line + length || word_length >= sizeof(digits))
		return false;
	memcpy(digits, word, word_length);
	digits[word_length] = '\0';
	return parse_u64(digits, 10, ret) == 0;
}

/* "Node 0, zone    DMA32" */
static bool scan_zone(const char *line, size_t length, struct zoneinfo *ret)
{
	static const char head[] = "Node ", middle[] = ", zone ";
	const char *at = line + strlen(head), *end = line + length;
	struct zoneinfo zone = { 0 };

	if (!starts_with(line, head))
		return false;
	while (at < end && *at >= '0' && *at <= '9' && zone.node < 1000000)
		zone.node = zone.node * 10 + (unsigned int)(*at++ - '0');
	if (!starts_with(at, middle))
		return false;
	at += strlen(middle);
	at += strspn(at, " ");
	if (at >= end)
		return false;
	zone.name = at;
	zone.name_length = (size_t)(end - at);
	*ret = zone;
	return true;
}

bool zoneinfo_next(const char **cursor, struct zoneinfo *ret)
{
	struct zoneinfo zone = { 0 }, next;
	const char *rest = *cursor, *line;
	bool has_start = false;
	size_t length;

	while ((line = next_line(&rest, &length))) {
		if (scan_zone(line, length, &next)) {
			if (zone.name && zone.spanned > 0 && has_start)
				break; /* this line is read again */
			zone = next;
			has_start = false;
		}
		*cursor = rest;
		scan_key(line, length, "spanned", &zone.spanned);
		scan_key(line, length, "present", &zone.present);
		has_start |= scan_key(line, length, "start_pfn:", &zone.start_pfn);
	}
	if (!zone.name || zone.spanned == 0 || !has_start)
		return false;
	*ret = zone;
	return true;
}

int memtype_parse_line(const char *line, size_t length, struct memtype *ret)
{
	uint64_t numbers[2];
	size_t at = scan_hex(line, length, "PAT: [mem #-#] ", numbers);

	/* An end of 0 is that of a mapping up to the last address. */
	if (at == 0 || at == length || numbers[1] == numbers[0] ||
	    numbers[1] - 1 < numbers[0])
		return -EBADMSG;
	*ret = (struct memtype){ numbers[0], numbers[1] - 1, line + at, length - at };
	return 0;
}

int pci_resource_parse_line(const char *line, size_t length, struct pci_resource *ret)
{
	uint64_t numbers[3];

	if (scan_hex(line, length, "# # #", numbers) != length || length == 0)
		return -EBADMSG;
	*ret = (struct pci_resource){ numbers[0], numbers[1], numbers[2] };
	return 0;
}

const char *pci_resource_name(size_t index, size_t count)
{
	static const char *const names[] = {
		"BAR 0",    "BAR 1",	"BAR 2",    "BAR 3",	"BAR 4",
		"BAR 5",    "ROM",	"VF BAR 0", "VF BAR 1", "VF BAR 2",
		"VF BAR 3", "VF BAR 4", "VF BAR 5",
	};
	size_t own = count;

	if (count == 7 + PCI_RESOURCE_WINDOWS || count == 13 + PCI_RESOURCE_WINDOWS)
		own -= PCI_RESOURCE_WINDOWS;
	if ((own != 7 && own != 13) || index >= count)
		return NULL;
	return index < own ? names[index] : "window";
}
