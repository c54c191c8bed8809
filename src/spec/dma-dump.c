// SPDX-License-Identifier: GPL-2.0-or-later
/* The DMA mappings that the kernel's DMA-API debugging knows of. */

#include "spec/dma-dump.h"

enum { INDEX_LENGTH = 5 }; /* of " idx " */

struct text {
	const char *start, *end;
};

/* The last word of a text, which it is cut from. */
static const char *cut_last(struct text *text, size_t *ret_length)
{
	const char *end = text->end, *start;

	while (end > text->start && end[-1] == ' ')
		end--;
	start = end;
	while (start > text->start && start[-1] != ' ')
		start--;
	text->end = start;
	*ret_length = (size_t)(end - start);
	return start;
}

static struct text trim(struct text text)
{
	while (text.start < text.end && *text.start == ' ')
		text.start++;
	while (text.end > text.start && text.end[-1] == ' ')
		text.end--;
	return text;
}

/* "0000:00:04.0 nvme coherent" or "nvme 0000:00:04.0 coherent" */
int dma_dump_parse_names(const struct dma_dump_line *line, struct dma_dump_names *ret)
{
	struct text names = { line->names, line->names + line->names_length }, driver;
	struct dma_dump_names parsed;

	parsed.type = cut_last(&names, &parsed.type_length);
	if (line->driver_first) {
		parsed.device = cut_last(&names, &parsed.device_length);
		driver = trim(names);
	} else {
		names = trim(names);
		parsed.device = names.start;
		while (names.start < names.end && *names.start != ' ')
			names.start++;
		parsed.device_length = (size_t)(names.start - parsed.device);
		driver = trim(names);
	}
	parsed.driver = driver.start;
	parsed.driver_length = (size_t)(driver.end - driver.start);
	if (parsed.type_length == 0 || parsed.device_length == 0)
		return -EBADMSG;
	*ret = parsed;
	return 0;
}

/* What a hexadecimal digit is worth, plus one. */
static const unsigned char digits[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* A word "P=0x1000", with or without 0x, at `at`; where it ends, or NULL. */
static const char *take_hex(const char *at, const char *end, uint64_t *ret)
{
	const char *first;
	uint64_t value = 0;
	unsigned int digit;

	at += 2;
	if (end - at > 2 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
		at += 2;
	for (first = at; at < end && (digit = digits[(unsigned char)*at]); at++)
		value = value << 4 | (digit - 1);
	if (at == first || at - first > 16 || (at < end && *at != ' '))
		return NULL;
	*ret = value;
	return at;
}

/*
 * "16352 P=0x… N=… D=… L=… cln=0x… DMA_TO_DEVICE dma map error checked": this is where
 * the time goes when there are millions, so each byte is looked at once.
 */
static int take_numbers(const char *at, const char *end, struct dma_dump_line *line)
{
	static const char unchecked[] = " dma map error not checked";
	enum { PHYSICAL = 1, ADDRESS = 2, LENGTH = 4 };
	unsigned int found = 0;

	while (at < end) {
		size_t left = (size_t)(end - at);
		const char *next = at;

		if (left > 4 && memcmp(at, "DMA_", 4) == 0)
			break;
		if (left > 2 && at[1] == '=' && *at == 'P') {
			next = take_hex(at, end, &line->physical);
			found |= PHYSICAL;
		} else if (left > 2 && at[1] == '=' && *at == 'D') {
			next = take_hex(at, end, &line->address);
			found |= ADDRESS;
		} else if (left > 2 && at[1] == '=' && *at == 'L') {
			next = take_hex(at, end, &line->length);
			found |= LENGTH;
		} else {
			line->driver_first |= left > 4 && memcmp(at, "cln=", 4) == 0;
			next = memchr(at, ' ', left);
			next = next ? next : end;
		}
		if (!next)
			return -EBADMSG;
		at = next + 1;
	}
	if (at >= end || found != (PHYSICAL | ADDRESS | LENGTH))
		return -EBADMSG;
	line->direction = at;
	at = memchr(at, ' ', (size_t)(end - at));
	at = at ? at : end;
	line->direction_length = (size_t)(at - line->direction);
	line->unchecked = (size_t)(end - at) >= strlen(unchecked) &&
			  memcmp(at, unchecked, strlen(unchecked)) == 0;
	return 0;
}

/* The end of the names; NULL where there is none. There are few spaces before it. */
static const char *find_index(const char *line, const char *end)
{
	const char *space = line;

	while ((space = memchr(space, ' ', (size_t)(end - space)))) {
		if (end - space > INDEX_LENGTH &&
		    memcmp(space, " idx ", INDEX_LENGTH) == 0)
			return space;
		space++;
	}
	return NULL;
}

int dma_dump_parse_line(const char *line, size_t length, struct dma_dump_line *ret)
{
	const char *end = line + length, *middle = find_index(line, end);
	struct dma_dump_line parsed = { .names = line };

	if (!middle || take_numbers(middle + INDEX_LENGTH, end, &parsed) < 0)
		return -EBADMSG;
	parsed.names_length = (size_t)(middle - line);
	if (parsed.length == 0 || parsed.length - 1 > UINT64_MAX - parsed.physical ||
	    parsed.length - 1 > UINT64_MAX - parsed.address)
		return -EBADMSG;
	*ret = parsed;
	return 0;
}
