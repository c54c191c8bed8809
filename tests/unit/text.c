// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests base/text: strict numbers, PCI addresses, safe text, sizes, patterns, words. */

#include "base/text.h"

#include "tap.h"

static void test_u64(void)
{
	static const struct {
		const char *text;
		unsigned int base;
		int status;
		uint64_t value;
	} cases[] = {
		{ "0", 10, 0, 0 },
		{ "42", 10, 0, 42 },
		{ "007", 10, 0, 7 },
		{ "18446744073709551615", 10, 0, UINT64_MAX },
		{ "18446744073709551616", 10, -ERANGE, 0 },
		{ "99999999999999999999999999", 10, -ERANGE, 0 },
		{ "", 10, -EINVAL, 0 },
		{ " 1", 10, -EINVAL, 0 },
		{ "1 ", 10, -EINVAL, 0 },
		{ "1\n", 10, -EINVAL, 0 },
		{ "-1", 10, -EINVAL, 0 },
		{ "+1", 10, -EINVAL, 0 },
		{ "a", 10, -EINVAL, 0 },
		{ "1a", 10, -EINVAL, 0 },
		{ "0x10", 10, -EINVAL, 0 },
		{ "1.0", 10, -EINVAL, 0 },
		{ "ff", 16, 0, 0xff },
		{ "FF", 16, 0, 0xff },
		{ "0xff", 16, 0, 0xff },
		{ "0XfF", 16, 0, 0xff },
		{ "ffffffffffffffff", 16, 0, UINT64_MAX },
		{ "0xffffffffffffffff", 16, 0, UINT64_MAX },
		{ "10000000000000000", 16, -ERANGE, 0 },
		{ "0x", 16, -EINVAL, 0 },
		{ "x", 16, -EINVAL, 0 },
		{ "0x0x1", 16, -EINVAL, 0 },
		{ "0x 1", 16, -EINVAL, 0 },
		{ "0x-1", 16, -EINVAL, 0 },
		{ "fg", 16, -EINVAL, 0 },
		{ "10", 0, 0, 10 },
		{ "010", 0, 0, 10 },
		{ "0x10", 0, 0, 16 },
		{ "ff", 0, -EINVAL, 0 },
		{ "", 0, -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 4711;
		int r = parse_u64(cases[i].text, cases[i].base, &value);

		OK(r == cases[i].status &&
			   value == (cases[i].status == 0 ? cases[i].value : 4711),
		   "parse_u64(\"%s\", %u)",
		   cases[i].text[strcspn(cases[i].text, "\n")] ? "1 with a newline"
							       : cases[i].text,
		   cases[i].base);
	}
}

static void test_i64(void)
{
	static const struct {
		const char *text;
		int status;
		int64_t value;
	} cases[] = {
		{ "-1", 0, -1 },
		{ "0", 0, 0 },
		{ "-0", 0, 0 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775807", 0, -INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "--1", -EINVAL, 0 },
		{ "- 1", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "1x", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t value = 4711;
		int r = parse_i64(cases[i].text, &value);

		OK(r == cases[i].status &&
			   value == (cases[i].status == 0 ? cases[i].value : 4711),
		   "parse_i64(\"%s\")", cases[i].text);
	}
}

static void test_pci_address(void)
{
	static const struct {
		const char *text;
		bool valid;
		struct pci_address address;
	} cases[] = {
		{ "0000:00:1f.2", true, { 0, 0, 0x1f, 2 } },
		{ "00:1f.2", true, { 0, 0, 0x1f, 2 } },
		{ "1f:02", true, { 0, 0x1f, 2, -1 } },
		{ "0001:ff:1f", true, { 1, 0xff, 0x1f, -1 } },
		{ "10000:e1:00.7", true, { 0x10000, 0xe1, 0, 7 } },
		{ "ffffffff:00:00.0", true, { 0xffffffff, 0, 0, 0 } },
		{ "0000:00:1F.2", true, { 0, 0, 0x1f, 2 } },
		{ "0:0:0.0", true, { 0, 0, 0, 0 } },
		{ "", false, { 0 } },
		{ "0", false, { 0 } },
		{ ":", false, { 0 } },
		{ "00:", false, { 0 } },
		{ ":1f.2", false, { 0 } },
		{ "00:1f.", false, { 0 } },
		{ "00:1f.8", false, { 0 } },
		{ "00:1f.10", false, { 0 } },
		{ "00:20.0", false, { 0 } },
		{ "100:00.0", false, { 0 } },
		{ "0:0:0:0", false, { 0 } },
		{ "0:0:0:0.0", false, { 0 } },
		{ "100000000:00:00.0", false, { 0 } },
		{ "00:1f.2 ", false, { 0 } },
		{ " 00:1f.2", false, { 0 } },
		{ "0x0:1f.2", false, { 0 } },
		{ "-1:1f.2", false, { 0 } },
		{ "00:1f.2.3", false, { 0 } },
		{ "00.1f:2", false, { 0 } },
		{ "0000:00:1f.2/..", false, { 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pci_address address = { 9, 9, 9, 9 }, untouched = address;
		const struct pci_address *wanted =
			cases[i].valid ? &cases[i].address : &untouched;
		int r = parse_pci_address(cases[i].text, &address);

		OK(r == (cases[i].valid ? 0 : -EINVAL) &&
			   address.domain == wanted->domain &&
			   address.bus == wanted->bus &&
			   address.device == wanted->device &&
			   address.function == wanted->function,
		   "parse_pci_address(\"%s\")", cases[i].text);
	}
}

static void safe_is(const char *text, const char *wanted, const char *name)
{
	_cleanup_strbuf_ struct strbuf buf = { 0 };

	strbuf_add_safe(&buf, text);
	IS_TEXT(strbuf_text(&buf), wanted, "safe text: %s", name);
	OK(text_is_safe(text) == streq(text, wanted), "text_is_safe agrees: %s", name);
	OK(text_is_safe(strbuf_text(&buf)), "what was made safe is safe: %s", name);
}

static void test_safe(void)
{
	safe_is("", "", "empty");
	safe_is("Intel Corporation 82574L", "Intel Corporation 82574L", "ASCII");
	safe_is("\033[2J\033[31m", "\\x1b[2J\\x1b[31m", "escape sequences");
	safe_is("\033]0;title\007", "\\x1b]0;title\\x07", "a terminal's title");
	safe_is("a\tb\nc\rd\177", "a\\x09b\\x0ac\\x0dd\\x7f", "white space and DEL");
	safe_is("\001\037 ~", "\\x01\\x1f ~", "the ends of the control characters");
	safe_is("Zürich, 東京, 🙂", "Zürich, 東京, 🙂",
		"UTF-8 of two, three and four bytes");
	safe_is("\xc2\x9b"
		"31m",
		"\\xc2\\x9b31m", "the C1 control CSI as UTF-8");
	safe_is("\x9b"
		"31m",
		"\\x9b31m", "the C1 control CSI as a byte");
	safe_is("\xc2\xa0", "\xc2\xa0", "U+00A0, the first behind the controls");
	safe_is("\xff\xfe", "\\xff\\xfe", "bytes that no UTF-8 has");
	safe_is("\x80", "\\x80", "a continuation byte alone");
	safe_is("\xc3", "\\xc3", "two bytes cut after the first");
	safe_is("\xe2\x82", "\\xe2\\x82", "three bytes cut after the second");
	safe_is("\xf0\x9f\x99", "\\xf0\\x9f\\x99", "four bytes cut after the third");
	safe_is("\xe2"
		"A",
		"\\xe2"
		"A",
		"three bytes interrupted");
	safe_is("\xc0\xaf", "\\xc0\\xaf", "a slash in two bytes");
	safe_is("\xe0\x80\xaf", "\\xe0\\x80\\xaf", "a slash in three bytes");
	safe_is("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf", "a slash in four bytes");
	safe_is("\xed\xa0\x80", "\\xed\\xa0\\x80", "a surrogate");
	safe_is("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "beyond U+10FFFF");
	safe_is("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "U+10FFFF");
	safe_is("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80", "a lead byte beyond all");
	safe_is("a\xe2\x80\xa8z", "a\\xe2\\x80\\xa8z", "U+2028, a line separator");
	safe_is("a\xe2\x80\xa9z", "a\\xe2\\x80\\xa9z", "U+2029, a paragraph separator");
}

/* Every character with the property Bidi_Control (Unicode, PropList.txt). */
static void test_bidi(void)
{
	static const uint32_t controls[] = {
		0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c,
		0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
	};

	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		uint32_t code = controls[i];
		char text[4] = { 0 };

		if (code < 0x800) {
			text[0] = (char)(0xc0 | code >> 6);
			text[1] = (char)(0x80 | (code & 0x3f));
		} else {
			text[0] = (char)(0xe0 | code >> 12);
			text[1] = (char)(0x80 | (code >> 6 & 0x3f));
			text[2] = (char)(0x80 | (code & 0x3f));
		}
		OK(!text_is_safe(text), "bidirectional control U+%04X is not safe", code);
	}
}

/* Whatever the bytes, the result is printable and the same when made safe again. */
static void test_safe_always(void)
{
	unsigned int state = 12345, unsafe = 0, changed = 0;

	for (int round = 0; round < 20000; round++) {
		_cleanup_strbuf_ struct strbuf once = { 0 }, twice = { 0 };
		char text[9] = { 0 };

		for (int i = 0; i < 8; i++) {
			state = state * 1664525 + 1013904223;
			text[i] = (char)(state >> 24);
		}
		strbuf_add_safe(&once, text);
		strbuf_add_safe(&twice, strbuf_text(&once));
		unsafe += !text_is_safe(strbuf_text(&once));
		changed += !streq(strbuf_text(&once), strbuf_text(&twice));
	}
	IS(unsafe, 0, "20000 random byte strings become safe");
	IS(changed, 0, "20000 safe strings stay as they are");
}

static void test_sizes(void)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0" },	      { 1, "1" },
		{ 1023, "1023" },     { 1024, "1K" },
		{ 1536, "1.5K" },     { 4096, "4K" },
		{ 2097152, "2M" },    { 2097153, "2.0M" },
		{ 1073741824, "1G" }, { 1ull << 40, "1T" },
		{ 1ull << 50, "1P" }, { 1ull << 60, "1E" },
		{ 1ull << 63, "8E" }, { UINT64_MAX, "16.0E" },
		{ 1048575, "1.0M" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf buf = { 0 };

		strbuf_add_size(&buf, cases[i].bytes);
		IS_TEXT(strbuf_text(&buf), cases[i].text, "size of %llu bytes",
			(unsigned long long)cases[i].bytes);
	}
}

static void test_star(void)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "**", "anything", true },
		{ "dmar*", "dmar12", true },
		{ "dmar*", "dmar", true },
		{ "dmar*", "xdmar1", false },
		{ "*/config", "sys/bus/config", true },
		{ "*/config", "config", false },
		{ "*/config", "sys/config/x", false },
		{ "a*b*c", "a1b2c", true },
		{ "a*b*c", "abc", true },
		{ "a*b*c", "abcb", false },
		{ "a*bc", "abbbbbc", true },
		{ "*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
		{ "a?c", "abc", false },
		{ "[a]", "a", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		OK(matches_star(cases[i].pattern, cases[i].text) == cases[i].matches,
		   "'%s' %s '%s'", cases[i].pattern,
		   cases[i].matches ? "matches" : "does not match", cases[i].text);
}

static void test_words(void)
{
	const char *cursor = ",,a,,bc,", *word;
	size_t length = 0;
	char text[] = "value \t\n", blank[] = " \n", none[] = "";

	word = next_word(&cursor, ",", &length);
	OK(word && length == 1 && *word == 'a', "the first word");
	word = next_word(&cursor, ",", &length);
	OK(word && length == 2 && starts_with(word, "bc"), "the second word");
	OK(!next_word(&cursor, ",", &length), "no third word");
	OK(!next_word(&cursor, ",", &length), "nor a fourth");

	cursor = "one\n\ntwo";
	word = next_line(&cursor, &length);
	OK(word && length == 3 && starts_with(word, "one"), "the first line");
	word = next_line(&cursor, &length);
	OK(word && length == 0, "an empty line");
	word = next_line(&cursor, &length);
	OK(word && length == 3 && starts_with(word, "two"), "a line without a newline");
	OK(!next_line(&cursor, &length), "no line behind the last");

	IS_TEXT(trim_end(text), "value", "trim_end cuts white space");
	IS_TEXT(trim_end(blank), "", "trim_end of white space alone");
	IS_TEXT(trim_end(none), "", "trim_end of nothing");
}

static void test_strbuf(void)
{
	_cleanup_strbuf_ struct strbuf buf = { 0 };

	IS_TEXT(strbuf_text(&buf), "", "an empty buffer is \"\"");
	strbuf_clear(&buf);
	strbuf_add(&buf, NULL, 0);
	IS_TEXT(strbuf_text(&buf), "", "nothing added");
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&buf, "%d,", i % 10);
	IS(buf.length, 2000, "a thousand additions");
	IS(strlen(buf.text), 2000, "are terminated");
	strbuf_clear(&buf);
	strbuf_add(&buf, "a\0b", 3);
	IS(buf.length, 3, "a NUL is counted");
	strbuf_free(&buf);
	IS_TEXT(strbuf_text(&buf), "", "empty again after strbuf_free");
}

static void test_distance(void)
{
	static const struct {
		const char *a, *b;
		size_t limit, distance;
	} cases[] = {
		{ "", "", 3, 0 },
		{ "", "ab", 3, 2 },
		{ "iommu", "iommu", 3, 0 },
		{ "iomu", "iommu", 3, 1 },
		{ "iommmu", "iommu", 3, 1 },
		{ "iommo", "iommu", 3, 1 },
		{ "oimmu", "iommu", 3, 1 },
		{ "itnel_imomu", "intel_iommu", 3, 2 },
		{ "abcd", "dcba", 9, 3 },
		{ "abc", "xyz", 9, 3 },
		{ "abc", "xyz", 2, 2 },
		{ "a", "abcdefgh", 3, 3 },
		{ "abcdefgh", "a", 0, 0 },
	};
	char longest[65];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *a = cases[i].a, *b = cases[i].b;

		IS(text_distance(a, strlen(a), b, strlen(b), cases[i].limit),
		   cases[i].distance, "from '%s' to '%s', below %zu", a, b,
		   cases[i].limit);
		IS(text_distance(b, strlen(b), a, strlen(a), cases[i].limit),
		   cases[i].distance, "and back");
	}
	memset(longest, 'a', sizeof(longest));
	IS(text_distance(longest, 63, longest, 63, 5), 0, "the longest texts");
	IS(text_distance(longest, 64, longest, 64, 5), 5, "texts that are too long");
}

int main(void)
{
	test_u64();
	test_i64();
	test_pci_address();
	test_safe();
	test_bidi();
	test_safe_always();
	test_sizes();
	test_star();
	test_distance();
	test_words();
	test_strbuf();
	return tap_end();
}
