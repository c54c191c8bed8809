// SPDX-License-Identifier: GPL-2.0-or-later
/* ACPI tables in the text that acpidump(8) writes. */

#include <ctype.h>

#include "spec/acpi.h"

/* What no table of any machine comes near. */
enum { DUMP_MAX = 16 * 1024 * 1024, DUMPS_MAX = 4096 };

/* "DMAR @ 0x000000007B7A5000": four characters, blanks not among them, an address. */
static bool is_heading(const char *line, size_t length)
{
	if (length < 8 || memcmp(line + 4, " @ 0x", MIN((size_t)5, length - 4)) != 0)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!isgraph((unsigned char)line[i]))
			return false;
	return true;
}

/* Mails and forums make tabs of spaces. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * "    0000: 44 4D 41 52 …  DMAR…": at most 16 bytes behind an offset, which must be the
 * next one. Returns how many bytes, -1 where the line is none of these.
 */
static int parse_line(const char *line, size_t length, size_t expected,
		      unsigned char bytes[static 16])
{
	const char *end = line + length;
	size_t offset = 0;
	int count = 0, digits = 0;

	while (line < end && is_blank(*line))
		line++;
	for (; line < end && hex_value(*line) >= 0 && digits < 8; line++, digits++)
		offset = offset << 4 | (size_t)hex_value(*line);
	if (digits == 0 || line == end || *line != ':' || offset != expected)
		return -1;
	line++;
	while (count < 16 && end - line >= 3 && is_blank(line[0]) &&
	       hex_value(line[1]) >= 0 && hex_value(line[2]) >= 0 &&
	       (end - line == 3 || is_blank(line[3]))) {
		bytes[count++] =
			(unsigned char)(hex_value(line[1]) * 16 + hex_value(line[2]));
		line += 3;
	}
	return count > 0 ? count : -1;
}

/* The bytes of a table whose capacity doubles as it grows. */
static void add_bytes(struct arena *arena, struct acpi_dump *dump, size_t *capacity,
		      const unsigned char *bytes, size_t count)
{
	if (dump->size + count > *capacity) {
		unsigned char *grown;

		*capacity = MAX(*capacity * 2, (size_t)1024);
		grown = arena_alloc(arena, *capacity);
		if (dump->size > 0)
			memcpy(grown, dump->bytes, dump->size);
		dump->bytes = grown;
	}
	memcpy(dump->bytes + dump->size, bytes, count);
	dump->size += count;
}

size_t acpi_parse_dump(struct arena *arena, const char *text, size_t length,
		       struct list *ret)
{
	const char *end = text + length;
	struct acpi_dump *dump = NULL;
	size_t capacity = 0, found = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t line = (size_t)((newline ? newline : end) - text);
		size_t ended = line > 0 && text[line - 1] == '\r';
		unsigned char bytes[16];
		int count;

		if (is_heading(text, line) && found == DUMPS_MAX) {
			break;
		} else if (is_heading(text, line)) {
			dump = arena_new(arena, struct acpi_dump);
			memcpy(dump->signature, text, 4);
			dump->bytes = arena_alloc(arena, 1);
			capacity = 0;
			list_add(arena, ret, dump);
			found++;
		} else if (dump && dump->size < DUMP_MAX) {
			count = parse_line(text, line - ended, dump->size, bytes);
			if (count > 0)
				add_bytes(arena, dump, &capacity, bytes, (size_t)count);
			else if (line > ended)
				dump = NULL; /* text between the tables */
		}
		text += line + (newline ? 1 : 0);
	}
	return found;
}
