// SPDX-License-Identifier: GPL-2.0-or-later
/* The DMA mappings that the kernel's DMA-API debugging knows of. */

#include "spec/dma-dump.h"

#include "base/text.h"

struct text {
	const char *start, *end;
};

/* Is the word `key`, and of what else is it the key? "P=" of "P=1000". */
static bool has_key(const char *word, size_t length, const char *key)
{
	return length > strlen(key) && starts_with(word, key);
}

static int parse_hex(const char *digits, size_t length, uint64_t *ret)
{
	char text[19] = ""; /* 0x and 16 digits */

	if (length == 0 || length >= sizeof(text))
		return -EBADMSG;
	memcpy(text, digits, length);
	return parse_u64(text, 16, ret) < 0 ? -EBADMSG : 0;
}

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

/*
 * "0000:00:04.0 nvme coherent" or "nvme 0000:00:04.0 coherent": who and what. A driver's
 * name may be missing, or have spaces in it.
 */
static int parse_names(struct text names, bool driver_first, struct dma_dump_line *line)
{
	struct text driver;

	line->type = cut_last(&names, &line->type_length);
	if (driver_first) {
		line->device = cut_last(&names, &line->device_length);
		driver = trim(names);
	} else {
		names = trim(names);
		line->device = names.start;
		while (names.start < names.end && *names.start != ' ')
			names.start++;
		line->device_length = (size_t)(names.start - line->device);
		driver = trim(names);
	}
	line->driver = driver.start;
	line->driver_length = (size_t)(driver.end - driver.start);
	return line->type_length > 0 && line->device_length > 0 ? 0 : -EBADMSG;
}

/* "idx 16352 P=0x… N=… D=… L=… cln=0x… DMA_TO_DEVICE dma map error checked" */
static int parse_numbers(struct text rest, struct dma_dump_line *line,
			 bool *ret_cacheline)
{
	static const char unchecked[] = "dma map error not checked";
	const char *cursor = rest.start, *word;
	bool physical = false, address = false, size = false;
	size_t length;
	int r = 0;

	*ret_cacheline = false;
	while (r == 0 && (word = next_word(&cursor, " \n", &length)) &&
	       word + length <= rest.end) {
		if (has_key(word, length, "P=")) {
			r = parse_hex(word + 2, length - 2, &line->physical);
			physical = true;
		} else if (has_key(word, length, "D=")) {
			r = parse_hex(word + 2, length - 2, &line->address);
			address = true;
		} else if (has_key(word, length, "L=")) {
			r = parse_hex(word + 2, length - 2, &line->length);
			size = true;
		} else if (has_key(word, length, "cln=")) {
			*ret_cacheline = true;
		} else if (has_key(word, length, "DMA_")) {
			line->direction = word;
			line->direction_length = length;
			break;
		}
	}
	if (r < 0 || !physical || !address || !size || !line->direction)
		return -EBADMSG;
	line->unchecked = memmem(line->direction, (size_t)(rest.end - line->direction),
				 unchecked, strlen(unchecked)) != NULL;
	return 0;
}

int dma_dump_parse_line(const char *line, size_t length, struct dma_dump_line *ret)
{
	static const char separator[] = " idx ";
	const char *middle = memmem(line, length, separator, strlen(separator));
	struct dma_dump_line parsed = { 0 };
	bool cacheline;

	if (!middle ||
	    parse_numbers((struct text){ middle, line + length }, &parsed, &cacheline) <
		    0 ||
	    parse_names((struct text){ line, middle }, cacheline, &parsed) < 0)
		return -EBADMSG;
	if (parsed.length == 0 || parsed.length - 1 > UINT64_MAX - parsed.physical ||
	    parsed.length - 1 > UINT64_MAX - parsed.address)
		return -EBADMSG;
	*ret = parsed;
	return 0;
}
