// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests base/cursor and base/bits: no read leaves the bytes, and a failure stays. */

#include "base/cursor.h"

#include "tap.h"

static const unsigned char bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88 };

static void test_bits(void)
{
	IS(bits(0xff00, 15, 8), 0xff, "bits 15:8");
	IS(bits(0x80, 7, 7), 1, "one bit");
	OK(bits(UINT64_MAX, 63, 0) == UINT64_MAX, "bits 63:0 are the whole");
	OK(bits(1ull << 63, 63, 63) == 1, "bit 63");
	OK(bit(1ull << 63, 63) && !bit(1ull << 63, 62), "bit() tells 63 from 62");
	OK(read_le(bytes, 8) == 0x8807060504030201ull, "eight bytes, lowest first");
	IS(read_le(bytes, 1), 1, "one byte");
	IS(read_le(bytes + 2, 2), 0x0403, "two bytes");
}

static void test_walk(void)
{
	struct cursor cursor = CURSOR(bytes, sizeof(bytes));

	IS(cursor_left(&cursor), 8, "eight bytes are left");
	IS(cursor_le(&cursor, 1), 1, "a byte");
	IS(cursor_le(&cursor, 2), 0x0302, "two bytes behind it");
	IS(cursor_le(&cursor, 4), 0x07060504, "four bytes behind them");
	OK(!cursor.failed && cursor_left(&cursor) == 1, "one byte is left");
	IS(cursor_le(&cursor, 2), 0, "two bytes where one is left give zero");
	OK(cursor.failed && cursor_left(&cursor) == 0, "and a failure, at the end");
	cursor_seek(&cursor, 0);
	IS(cursor_le(&cursor, 1), 1, "going back reads again");
	OK(cursor.failed, "but the failure stays");
}

static void test_seek(void)
{
	struct cursor cursor = CURSOR(bytes, sizeof(bytes));

	cursor_seek(&cursor, 8);
	OK(!cursor.failed, "the end may be sought");
	cursor_seek(&cursor, 9);
	OK(cursor.failed && cursor_left(&cursor) == 0, "what is behind it may not");

	cursor = CURSOR(bytes, sizeof(bytes));
	IS(cursor_le_at(&cursor, 4, 4), 0x88070605, "four bytes at 4");
	OK(!cursor.failed, "are there");
	IS(cursor_le_at(&cursor, 5, 4), 0, "four bytes at 5");
	OK(cursor.failed, "are not");

	cursor = CURSOR(bytes, sizeof(bytes));
	IS(cursor_le_at(&cursor, SIZE_MAX, 8), 0, "an offset that would wrap around");
	OK(cursor.failed, "fails");

	cursor = CURSOR(NULL, 0);
	IS(cursor_le(&cursor, 1), 0, "no bytes at all give zero");
	OK(cursor.failed, "and fail");
}

int main(void)
{
	test_bits();
	test_walk();
	test_seek();
	return tap_end();
}
