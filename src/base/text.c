// SPDX-License-Identifier: GPL-2.0-or-later
/* Text: growing strings, strict numbers, words and lines, and what is safe to show. */

#include "base/text.h"

#include <ctype.h>
#include <stdarg.h>

static void strbuf_reserve(struct strbuf *buf, size_t more)
{
	size_t needed = buf->length + more + 1;

	if (needed > buf->capacity) {
		buf->capacity = MAX(needed, buf->capacity * 2);
		buf->text = xrealloc(buf->text, buf->capacity);
	}
}

void strbuf_free(struct strbuf *buf)
{
	free(buf->text);
	*buf = (struct strbuf){ 0 };
}

void strbuf_add(struct strbuf *buf, const char *bytes, size_t length)
{
	strbuf_reserve(buf, length);
	if (length > 0)
		memcpy(buf->text + buf->length, bytes, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	strbuf_reserve(buf, (size_t)length);
	va_start(arguments, format);
	vsnprintf(buf->text + buf->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buf->length += (size_t)length;
}

void strbuf_clear(struct strbuf *buf)
{
	buf->length = 0;
	if (buf->text)
		buf->text[0] = '\0';
}

const char *strbuf_text(const struct strbuf *buf)
{
	return buf->text ? buf->text : "";
}

int parse_u64(const char *text, unsigned int base, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (base != 10 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		base = 16;
	} else if (base == 0) {
		base = 10;
	}
	if (!isxdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, (int)base);
	if (errno == ERANGE)
		return -ERANGE;
	if (end == text || *end != '\0' || text[1] == 'x' || text[1] == 'X')
		return -EINVAL;
	*ret = value;
	return 0;
}

int parse_i64(const char *text, int64_t *ret)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	uint64_t value;
	int r = parse_u64(digits, 10, &value);

	if (r < 0)
		return r;
	if (value > INT64_MAX)
		return -ERANGE;
	*ret = digits == text ? (int64_t)value : -(int64_t)value;
	return 0;
}

int parse_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	char number[24];
	size_t length = strlen(text);
	const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;
	uint64_t value;

	length -= unit ? 1 : 0;
	if (length >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, length);
	number[length] = '\0';
	if (parse_u64(number, 0, &value) < 0 || value == 0 ||
	    value > UINT64_MAX >> (shift + 1))
		return -EINVAL;
	*ret = value << shift;
	return 0;
}

int parse_hex_digits(const char **text, size_t max_digits, uint32_t *ret)
{
	size_t length = strspn(*text, "0123456789abcdefABCDEF");

	if (length == 0 || length > max_digits)
		return -EINVAL;
	*ret = (uint32_t)strtoul(*text, NULL, 16);
	*text += length;
	return 0;
}

int parse_pci_address(const char *text, struct pci_address *ret)
{
	uint32_t parts[3], function = 0;
	struct pci_address address = { .function = -1 };
	size_t count = 0;
	int r;

	for (;;) {
		if (count == ARRAY_SIZE(parts))
			return -EINVAL;
		r = parse_hex_digits(&text, 8, &parts[count++]);
		if (r < 0)
			return r;
		if (*text != ':')
			break;
		text++;
	}
	if (count < 2)
		return -EINVAL;
	address.domain = count == 3 ? parts[0] : 0;
	if (parts[count - 2] > 0xff || parts[count - 1] > 0x1f)
		return -EINVAL;
	address.bus = (uint8_t)parts[count - 2];
	address.device = (uint8_t)parts[count - 1];
	if (*text == '.') {
		text++;
		r = parse_hex_digits(&text, 1, &function);
		if (r < 0 || function > 7)
			return -EINVAL;
		address.function = (int)function;
	}
	if (*text != '\0')
		return -EINVAL;
	*ret = address;
	return 0;
}

const char *next_word(const char **cursor, const char *separators, size_t *ret_length)
{
	const char *word = *cursor + strspn(*cursor, separators);

	if (*word == '\0') {
		*cursor = word;
		return NULL;
	}
	*ret_length = strcspn(word, separators);
	*cursor = word + *ret_length;
	return word;
}

const char *next_line(const char **cursor, size_t *ret_length)
{
	const char *line = *cursor;

	if (*line == '\0')
		return NULL;
	*ret_length = strcspn(line, "\n");
	*cursor = line + *ret_length + (line[*ret_length] == '\n');
	return line;
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *trim_end(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
	return text;
}

/*
 * The length of the well-formed UTF-8 sequence at p, 0 where there is none (Unicode 15,
 * table 3-7). Control characters count as none: U+0000-001F, 007F, 0080-009F, and the
 * bidirectional controls, which can make a line read as something else.
 */
static size_t printable_length(const unsigned char *p)
{
	uint32_t code;
	size_t length;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		length = 2;
		code = p[0] & 0x1f;
	} else if ((p[0] & 0xf0) == 0xe0) {
		length = 3;
		code = p[0] & 0x0f;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		length = 4;
		code = p[0] & 0x07;
	} else {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if ((length == 3 && code < 0x800) || (length == 4 && code < 0x10000) ||
	    code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code < 0xa0)
		return 0;
	if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
	    code == 0x061c || code == 0x2028 || code == 0x2029 || code == 0x200e ||
	    code == 0x200f)
		return 0;
	return length;
}

void strbuf_add_safe(struct strbuf *buf, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		size_t length = printable_length(p);

		if (length > 0) {
			strbuf_add(buf, (const char *)p, length);
			p += length;
		} else {
			strbuf_printf(buf, "\\x%02x", *p++);
		}
	}
}

bool text_is_safe(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t length = printable_length(p);

		if (length == 0)
			return false;
		p += length;
	}
	return true;
}

void strbuf_add_size(struct strbuf *buf, uint64_t bytes)
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;
	uint64_t whole = bytes, rest = 0;

	while (whole >= 1024) {
		rest = whole % 1024;
		whole /= 1024;
		unit++;
		/* A non-zero rest further down makes the number inexact all the same. */
		if (rest == 0 && (bytes & ((1ULL << (10 * unit)) - 1)) != 0)
			rest = 1;
	}
	/* 1023.95 and more would round to 1024.0. */
	if (whole == 1023 && rest >= 973 && unit > 0 && units[unit + 1]) {
		whole = 1;
		rest = 1;
		unit++;
	}
	if (unit == 0)
		strbuf_printf(buf, "%llu", (unsigned long long)whole);
	else if (rest == 0)
		strbuf_printf(buf, "%llu%c", (unsigned long long)whole, units[unit]);
	else
		strbuf_printf(buf, "%.1f%c", (double)whole + (double)rest / 1024,
			      units[unit]);
}

bool matches_star(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

size_t text_distance(const char *a, size_t a_length, const char *b, size_t b_length,
		     size_t limit)
{
	enum { LONGEST = 63 };
	/* What the first i letters of a cost against the first 0, 1, … letters of b. */
	size_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2];
	size_t apart = a_length > b_length ? a_length - b_length : b_length - a_length;

	if (a_length > LONGEST || b_length > LONGEST || apart >= limit)
		return limit;
	for (size_t j = 0; j <= b_length; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = MIN(row[j], MIN(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return MIN(last[b_length], limit);
}
