// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests bench/bench: addresses for a device, across what the IOMMU leaves. */

#include "bench/bench.h"

#include "bench/backends.h"
#include "tap.h"

enum { PAGE = 4096, LARGE = 2 << 20 };

static struct bench bench;

/* Ranges of a made-up IOMMU, ascending, two numbers each, and bits of the device. */
static void begin(unsigned int bits, const uint64_t (*ranges)[2], size_t count)
{
	strbuf_free(&bench.why);
	bench = (struct bench){
		.backend = &backend_fake,
		.range_count = count,
		.limits.address_bits = bits,
		.free = { .start = PAGE, .end = UINT64_MAX },
	};
	for (size_t i = 0; i < count; i++)
		bench.ranges[i] = (struct iova_range){ ranges[i][0], ranges[i][1] };
}

#define BEGIN(bits, ...)                                                                 \
	begin((bits), (const uint64_t[][2]){ __VA_ARGS__ },                              \
	      ARRAY_SIZE(((const uint64_t[][2]){ __VA_ARGS__ })))

static void gives(uint64_t size, uint64_t align, uint64_t wanted, const char *what)
{
	uint64_t iova = 1;
	int r = bench_iova(&bench, size, align, &iova);

	OK(r == 0 && iova == wanted, "%s: 0x%llx (got %d, 0x%llx)", what,
	   (unsigned long long)wanted, r, (unsigned long long)iova);
}

static void refuses(uint64_t size, uint64_t align, const char *what)
{
	uint64_t iova = 0x5a5a;
	struct iova_range before = bench_iova_mark(&bench);
	int r = bench_iova(&bench, size, align, &iova);

	OK(r == -ENOSPC && iova == 0x5a5a && bench.why.length > 0, "%s (got %d)", what,
	   r);
	OK(bench.free.start == before.start, "and nothing is given away by that");
}

static void test_order(void)
{
	BEGIN(64, { 0, UINT64_MAX });
	gives(PAGE, PAGE, PAGE, "address 0 is not given");
	gives(3 * PAGE, PAGE, UINT64_C(2) * PAGE, "then the next");
	gives(PAGE, PAGE, UINT64_C(5) * PAGE, "behind what was given");
	gives(LARGE, LARGE, LARGE, "aligned as asked for");
	gives(PAGE, PAGE, UINT64_C(2) * LARGE, "what lies before is not gone back to");
}

static void test_gaps(void)
{
	BEGIN(64, { 0, 0x3fff }, { 0x8000, 0x8fff }, { 0x10000, 0x1ffff });
	gives(2 * PAGE, PAGE, 0x1000, "in the first range");
	gives(2 * PAGE, PAGE, 0x10000, "past the gap, and a range that is too small");
	gives(0xe000, PAGE, 0x12000, "to the last byte");
	refuses(PAGE, PAGE, "then there is nothing more");
	BEGIN(64, { 0, 0x3fff }, { 0x8000, 0x10fff });
	gives(PAGE, 0x4000, 0x8000, "a boundary that lies in a gap is none");
	refuses(PAGE, UINT64_C(1) << 40, "a boundary that lies behind all is none");
	BEGIN(64, { 0xf800, 0x12fff });
	gives(PAGE, PAGE, 0x10000, "a range that begins within a page");
}

static void test_device(void)
{
	BEGIN(16, { 0, UINT64_MAX });
	gives(0xf000, PAGE, 0x1000, "as far as the device's bits reach");
	refuses(PAGE, PAGE, "and no further");
	BEGIN(32, { UINT64_C(1) << 32, UINT64_MAX });
	refuses(PAGE, PAGE, "a device that reaches no range");
	BEGIN(64, { 0, UINT64_MAX });
	OK(bench_iova_fits(&bench, UINT64_MAX - PAGE + 1, PAGE), "the last page");
	OK(!bench_iova_fits(&bench, UINT64_MAX - PAGE + 2, PAGE), "a page that wraps");
	OK(!bench_iova_fits(&bench, PAGE, 0), "nothing fits nowhere");
	BEGIN(28, { 0, UINT64_MAX });
	OK(bench_iova_fits(&bench, (1 << 28) - PAGE, PAGE), "the last page of 28 bits");
	OK(!bench_iova_fits(&bench, (1 << 28) - PAGE, PAGE + 1), "a byte further");
	BEGIN(64, { 0, 0x3fff }, { 0x4000, 0x8fff });
	OK(!bench_iova_fits(&bench, 0x3000, 0x2000), "across two ranges is not whole");
}

static void test_marks(void)
{
	struct iova_range mark, inner;

	BEGIN(64, { 0, 0xffff });
	gives(PAGE, PAGE, 0x1000, "before the mark");
	mark = bench_iova_mark(&bench);
	gives(PAGE, PAGE, 0x2000, "behind it");
	inner = bench_iova_mark(&bench);
	gives(0xd000, PAGE, 0x3000, "all that is left");
	refuses(PAGE, PAGE, "exhausted");
	bench_iova_release(&bench, inner);
	gives(PAGE, PAGE, 0x3000, "what was released is given again");
	bench_iova_release(&bench, mark);
	gives(PAGE, PAGE, 0x2000, "from the outer mark on, too");
}

static void test_in_place(void)
{
	BEGIN(64, { 0, 0xfffff });
	bench.in_place[0] = (struct iova_range){ 0x4000, 0x5fff };
	bench.in_place[1] = (struct iova_range){ 0x2000, 0x2fff };
	bench.in_place_count = 2;
	gives(PAGE, PAGE, 0x1000, "before what lies in place");
	gives(PAGE, PAGE, 0x3000, "between");
	gives(PAGE, PAGE, 0x6000, "behind");
	BEGIN(64, { 0, 0xfffff });
	bench.in_place[0] = (struct iova_range){ 0x4000, 0x5fff };
	bench.in_place[1] = (struct iova_range){ 0x2000, 0x2fff };
	bench.in_place_count = 2;
	gives(2 * PAGE, PAGE, 0x6000, "stepped over both, in whatever order they are");
	BEGIN(64, { 0, 0xfffff });
	bench.in_place[0] = (struct iova_range){ 0x1000, 0x1fff };
	bench.in_place_count = 1;
	gives(PAGE, 0x8000, 0x8000, "aligned behind it");
	BEGIN(64, { 0, 0x3fff }, { 0x8000, 0xffff });
	bench.in_place[0] = (struct iova_range){ 0x1000, 0x3fff };
	bench.in_place_count = 1;
	gives(PAGE, PAGE, 0x8000, "a range that is all taken, and the next");
	BEGIN(64, { 0, 0x3fff });
	bench.in_place[0] = (struct iova_range){ 0x2000, 0x3fff };
	bench.in_place_count = 1;
	refuses(2 * PAGE, PAGE, "what is left is too small");
	/* The end of all addresses: none come after it. */
	BEGIN(64, { UINT64_MAX - 4 * PAGE + 1, UINT64_MAX });
	bench.in_place[0] = (struct iova_range){ UINT64_MAX - 4 * PAGE + 1, UINT64_MAX };
	bench.in_place_count = 1;
	refuses(PAGE, PAGE, "nothing is behind the last address");
}

/* The last page is given once. */
static void test_last(void)
{
	BEGIN(64, { UINT64_MAX - PAGE + 1, UINT64_MAX });
	gives(PAGE, PAGE, UINT64_MAX - PAGE + 1, "the last page of all");
	refuses(PAGE, PAGE, "and then no more");
}

/* Mapped and taken back through the table of the fake backend. */
static void test_map(void)
{
	struct bench mapped = { .backend = &backend_fake, .bdf = "0000:00:00.0" };
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct memory memory = { 0 };
	uint64_t first, second, place;

	if (bench_open(&mapped) < 0 || memory_get(&memory, PAGE, MEMORY_4K, &why) < 0)
		abort();
	IS(bench_map(&mapped, &memory, PAGE, ACCESS_READ, &first), 0, "mapped");
	IS(first, PAGE, "at the first address");
	IS(bench_map(&mapped, &memory, LARGE, ACCESS_READ, &second), 0, "once more");
	IS(second, LARGE, "at another, aligned");
	OK(bench_map_at(&mapped, memory.at, first, PAGE, ACCESS_READ) < 0,
	   "not where something is");
	IS(bench_map_in_place(&mapped, &memory, ACCESS_READ, &place), 0, "in place");
	IS(place, (uintptr_t)memory.at, "where it lies");
	IS(mapped.in_place_count, 1, "which is remembered");
	IS(bench_unmap(&mapped, first, PAGE), 0, "taken back");
	OK(bench_unmap(&mapped, first, PAGE) < 0, "but once");
	memory_free(&memory);
	bench_close(&mapped);
	IS(mapped.in_place_count, 0, "and forgotten at the end");
}

int main(void)
{
	test_order();
	test_gaps();
	test_device();
	test_marks();
	test_in_place();
	test_last();
	test_map();
	strbuf_free(&bench.why);
	return tap_end();
}
