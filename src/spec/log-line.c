// SPDX-License-Identifier: GPL-2.0-or-later
/* A line of a kernel log without what dmesg, journald, syslog or a mail put before it. */

#include "spec/log-line.h"

#include <ctype.h>

#include "base/text.h"

enum { FACILITY_SHIFT = 3 };

static const char *skip_spaces(const char *text)
{
	return text + strspn(text, " \t");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Of two times a date tells more than seconds since boot, and stands first. */
static void set_time(struct log_line *ret, const char *text, size_t length)
{
	if (ret->time[0])
		return;
	length = MIN(length, sizeof(ret->time) - 1);
	memcpy(ret->time, text, length);
	ret->time[length] = '\0';
}

/* Does text fit a pattern? 9 is a digit, a a letter, ? anything; its length, or 0. */
static size_t fits(const char *text, const char *pattern)
{
	size_t i;

	for (i = 0; pattern[i]; i++) {
		if (text[i] == '\0')
			return 0;
		if (pattern[i] == '9'	? !is_digit(text[i])
		    : pattern[i] == 'a' ? !isalpha((unsigned char)text[i])
					: pattern[i] != '?' && pattern[i] != text[i])
			return 0;
	}
	return i;
}

/* "6,1234,5678901,-,caller=T1;text": priority, number, microseconds since boot, flags. */
static const char *take_record(const char *text, struct log_line *ret)
{
	const char *at = text, *semicolon = strchr(text, ';');
	unsigned long long values[3];
	int priority, length;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char *end;

		if (!is_digit(*at))
			return text;
		errno = 0;
		values[i] = strtoull(at, &end, 10);
		if (*end != ',' || errno != 0)
			return text;
		at = end + 1;
	}
	if (!semicolon || values[0] > UINT16_MAX)
		return text;
	priority = (int)values[0];
	ret->record = true;
	ret->foreign = priority >> FACILITY_SHIFT != 0; /* 0 is LOG_KERN of syslog(3) */
	length = snprintf(ret->time, sizeof(ret->time), "%llu.%06llu",
			  values[2] / 1000000, values[2] % 1000000);
	(void)length;
	return semicolon + 1;
}

/* "<6>": a priority, and a digit that somebody blanked. */
static const char *take_priority(const char *text)
{
	size_t length = *text == '<' ? strspn(text + 1, "0123456789n") : 0;

	return length > 0 && length < 5 && text[1 + length] == '>' ? text + length + 2
								   : text;
}

/* "2026-11-21T10:00:00.123456+0000", "2026-11-21 10:00:00 UTC", "Nov  6 20:29:32" */
static const char *take_date(const char *text, struct log_line *ret)
{
	static const char *const patterns[] = { "9999-99-99?99:99:99", "aaa 99 99:99:99",
						"aaa  9 99:99:99", "aaa 9 99:99:99" };
	size_t weekday = fits(text, "aaa 9999-") > 0 ? strlen("Thu ") : 0, length = 0;

	for (size_t i = 0; i < ARRAY_SIZE(patterns) && length == 0; i++)
		length = fits(text + weekday, patterns[i]);
	if (length == 0)
		return text;
	length += weekday;
	length += strspn(text + length, "0123456789.,:+-Z");
	if (fits(text + length, " aaa ") && isupper((unsigned char)text[length + 1]) &&
	    isupper((unsigned char)text[length + 2]))
		length += strlen(" UTC");
	set_time(ret, text, length);
	return text + length;
}

/* What stands in brackets: a time of dmesg, or who called printk ("T123", "C1")? */
static bool is_stamp(const char *text, size_t length)
{
	const char *at = skip_spaces(text);
	size_t rest = length - MIN(length, (size_t)(at - text));
	const char *digits = at + (rest > 0 && strchr("TC+", *at) ? 1 : 0);
	size_t count = strspn(digits, "0123456789.");

	if (rest == 0)
		return false;
	if (count > 0 && (size_t)(digits - at) + count == rest)
		return true;
	/* "Thu Oct 22 08:54:51 2020", and of dmesg -e "Aug 4 09:48" */
	return (fits(at, "aaa aaa") || fits(at, "aaa 9") || fits(at, "aaa  9")) &&
	       memchr(at, ':', rest);
}

static const char *take_stamps(const char *text, struct log_line *ret)
{
	for (;;) {
		const char *at = skip_spaces(text), *end;

		end = *at == '[' ? strchr(at, ']') : NULL;
		if (!end || end - at > LOG_TIME_SIZE ||
		    !is_stamp(at + 1, (size_t)(end - at - 1)))
			return text;
		at = skip_spaces(at + 1);
		if (*at != 'T' || !is_digit(at[1]))
			if (*at != 'C' || !is_digit(at[1]))
				set_time(ret, at, (size_t)(end - at));
		text = end + 1;
	}
}

/*
 * "host kernel: ", "kernel: ", and behind a date also of another program, as
 * "host program[12]: ".
 */
static const char *take_sender(const char *text, bool dated, struct log_line *ret)
{
	const char *at = skip_spaces(text);
	size_t first = strcspn(at, " \t"), second;
	const char *tag = at;

	if (first == 0 || at[first] == '\0')
		return text;
	if (at[first - 1] != ':') {
		tag = skip_spaces(at + first);
		first = 0;
	}
	second = first > 0 ? first : strcspn(tag, " \t");
	if (second == 0 || tag[second - 1] != ':')
		return text;
	if (fits(tag, "kernel:") || fits(tag, "kernel["))
		return tag + second;
	if (!dated || tag == at)
		return text;
	ret->foreign = true;
	return tag + second;
}

/* Where a stamp of dmesg stands behind what nobody knows: "N[  304.798377] text". */
static const char *find_stamp(const char *text)
{
	const char *at = strchr(text, '[');

	return at && at - text <= 2 &&
			       (fits(skip_spaces(at + 1), "9") ||
				fits(skip_spaces(at + 1), "99"))
		       ? at
		       : text;
}

void log_line_parse(const char *line, struct log_line *ret)
{
	const char *text = line + strspn(line, " \t>|\""), *before;
	bool dated;

	*ret = (struct log_line){ 0 };
	text = take_record(text, ret);
	if (!ret->record) {
		text = take_priority(text);
		text = find_stamp(text);
		before = text;
		text = take_date(text, ret);
		dated = text != before;
		text = take_stamps(text, ret);
		text = take_sender(text, dated, ret);
		text = take_priority(skip_spaces(text));
		text = take_stamps(text, ret);
	}
	ret->text = skip_spaces(text);
}

static int digit_value(char c)
{
	return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

void log_unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && text[1] == 'x' &&
		    isxdigit((unsigned char)text[2]) &&
		    isxdigit((unsigned char)text[3])) {
			int value = digit_value(text[2]) << 4 | digit_value(text[3]);

			*to++ = value ? (char)value : ' ';
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}
