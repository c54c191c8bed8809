// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines about what is mounted and where is swapped to. */

#include "spec/mounts.h"

#include "base/text.h"

/* The next word before `end`; false where there is none. */
static bool next_slice(const char **cursor, const char *end, const char *separators,
		       struct slice *ret)
{
	const char *word;
	size_t length;

	if (*cursor >= end)
		return false;
	word = next_word(cursor, separators, &length);
	if (!word || word >= end)
		return false;
	*ret = (struct slice){ word, MIN(length, (size_t)(end - word)) };
	return true;
}

static bool is_number(struct slice slice)
{
	bool colon = false;

	for (size_t i = 0; i < slice.length; i++) {
		if (slice.text[i] == ':' && !colon && i > 0 && i + 1 < slice.length)
			colon = true;
		else if (slice.text[i] < '0' || slice.text[i] > '9')
			return false;
	}
	return colon;
}

static bool is_dash(struct slice slice)
{
	return slice.length == 1 && slice.text[0] == '-';
}

int mountinfo_parse_line(const char *line, size_t length, struct mount_line *ret)
{
	enum { NUMBER = 2, ROOT, POINT, OPTIONS, WORDS };
	const char *cursor = line, *end = line + length;
	struct mount_line parsed = { 0 };
	struct slice words[WORDS], word = { 0 };

	for (size_t i = 0; i < WORDS; i++)
		if (!next_slice(&cursor, end, " ", &words[i]))
			return -EBADMSG;
	while (!is_dash(word)) /* any number of optional fields stand before it */
		if (!next_slice(&cursor, end, " ", &word))
			return -EBADMSG;
	if (!is_number(words[NUMBER]) || !next_slice(&cursor, end, " ", &parsed.type) ||
	    !next_slice(&cursor, end, " ", &parsed.source))
		return -EBADMSG;
	parsed.number = words[NUMBER];
	parsed.root = words[ROOT];
	parsed.point = words[POINT];
	*ret = parsed;
	return 0;
}

/* Kilobytes as the kernel counts them. */
static int parse_kilobytes(struct slice slice, uint64_t *ret)
{
	char digits[24] = "";
	uint64_t value;

	if (slice.length >= sizeof(digits))
		return -EBADMSG;
	memcpy(digits, slice.text, slice.length);
	if (parse_u64(digits, 10, &value) < 0 || value > UINT64_MAX / 1024)
		return -EBADMSG;
	*ret = value * 1024;
	return 0;
}

int swaps_parse_line(const char *line, size_t length, struct swap_line *ret)
{
	static const char partition[] = "partition", file[] = "file";
	const char *cursor = line, *end = line + length;
	struct swap_line parsed = { 0 };
	struct slice words[5];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!next_slice(&cursor, end, " \t", &words[i]))
			return -EBADMSG;
	parsed.name = words[0];
	parsed.partition = words[1].length == strlen(partition) &&
			   starts_with(words[1].text, partition);
	if (!parsed.partition &&
	    !(words[1].length == strlen(file) && starts_with(words[1].text, file)))
		return -EBADMSG;
	if (parse_kilobytes(words[2], &parsed.size) < 0 ||
	    parse_kilobytes(words[3], &parsed.used) < 0)
		return -EBADMSG;
	*ret = parsed;
	return 0;
}

static bool is_octal(const char *text, size_t length)
{
	return length >= 4 && text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
	       text[2] >= '0' && text[2] <= '7' && text[3] >= '0' && text[3] <= '7' &&
	       (text[1] != '0' || text[2] != '0' || text[3] != '0');
}

size_t mounts_unescape(struct slice slice, char *out)
{
	size_t written = 0;

	for (size_t i = 0; i < slice.length; i++) {
		const char *text = slice.text + i;

		if (is_octal(text, slice.length - i)) {
			out[written++] = (char)((text[1] - '0') << 6 |
						(text[2] - '0') << 3 | (text[3] - '0'));
			i += 3;
		} else {
			out[written++] = *text;
		}
	}
	out[written] = '\0';
	return written;
}
