// SPDX-License-Identifier: GPL-2.0-or-later
/* The ground on which isolation is proved: memory that is mapped, and a canary. */

#include "bench/proof.h"

static unsigned char *proof_target(const struct proof *proof)
{
	return proof->target.at + PAGE;
}

/* What memory holds that nobody is to touch. */
static unsigned char guard_byte(const struct proof *proof, size_t at)
{
	return (unsigned char)(proof->seed ^ 0xc3 ^ at * 13 ^ at >> 7);
}

void proof_arm(struct proof *proof)
{
	proof->seed += 29;
	for (size_t page = 0; page < CANARY_PAGES; page++)
		for (size_t i = 0; i < PAGE; i++)
			proof->canary[page][i] = guard_byte(proof, i);
	for (size_t i = 0; i < (size_t)TARGET_PAGES * PAGE; i++)
		proof->target.at[i] = guard_byte(proof, i);
}

/* The first byte that is not as proof_arm() left it, or `size`. */
static size_t disturbed(const struct proof *proof, const unsigned char *memory,
			size_t from, size_t to)
{
	while (from < to && memory[from] == guard_byte(proof, from))
		from++;
	return from;
}

bool proof_is_canary_hit(const struct proof *proof)
{
	for (size_t page = 0; page < CANARY_PAGES; page++)
		if (disturbed(proof, proof->canary[page], 0, PAGE) < PAGE)
			return true;
	return false;
}

/* The pages before and behind the one that is mapped. */
bool proof_is_neighbour_hit(const struct proof *proof)
{
	return disturbed(proof, proof->target.at, 0, PAGE) < PAGE ||
	       disturbed(proof, proof->target.at, (size_t)2 * PAGE, (size_t)3 * PAGE) <
		       (size_t)3 * PAGE;
}

bool proof_is_target_hit(const struct proof *proof)
{
	return disturbed(proof, proof->target.at, PAGE, (size_t)2 * PAGE) <
	       (size_t)2 * PAGE;
}

/*
 * Whether a device that knows so many bits reaches it, an IOMMU would map it, and
 * nothing is mapped there yet: addresses are given out from low to high.
 */
static bool is_usable(const struct proof *proof, uint64_t physical)
{
	return (proof->bench->backend->physical ||
		physical >= proof->bench->free.start) &&
	       bench_iova_fits(proof->bench, physical, (uint64_t)CANARY_PAGES * PAGE);
}

/* A page of this process, and where it lies for the machine. */
struct located {
	uint64_t physical;
	unsigned char *at;
};

static int by_place(const void *a, const void *b)
{
	const struct located *left = a, *right = b;

	return (left->physical > right->physical) - (left->physical < right->physical);
}

/* The first CANARY_PAGES of sorted pages that lie side by side where they are of use. */
static int choose_canary(struct proof *proof, const struct located *pages, size_t count)
{
	size_t run = 0;

	for (size_t i = 0; i < count; i++) {
		const struct located *first = pages + i + 1 - CANARY_PAGES;

		run = run > 0 && pages[i].physical == pages[i - 1].physical + PAGE
			      ? run + 1
			      : 1;
		if (run < CANARY_PAGES || !is_usable(proof, first->physical))
			continue;
		for (size_t page = 0; page < CANARY_PAGES; page++)
			proof->canary[page] = first[page].at;
		proof->canary_at = first->physical;
		return 0;
	}
	return bench_fail(proof->bench, -ENODATA,
			  "no %d pages of this process lie side by side where the device "
			  "reaches them",
			  CANARY_PAGES);
}

/*
 * Pages that lie side by side, found among many, in whatever order. They have to be
 * pinned first: others are moved by the kernel when it likes.
 */
static int find_canary(struct proof *proof)
{
	size_t count = proof->area.size / PAGE;
	_cleanup_free_ struct located *pages = xzalloc(count * sizeof(*pages));

	for (size_t i = 0; i < count; i++) {
		int r;

		pages[i].at = proof->area.at + i * PAGE;
		r = bench_locate(proof->bench, pages[i].at, &pages[i].physical);
		if (r < 0)
			return r;
	}
	qsort(pages, count, sizeof(*pages), by_place);
	return choose_canary(proof, pages, count);
}

static void put_area(struct proof *proof)
{
	if (proof->area_iova)
		bench_unmap(proof->bench, proof->area_iova, proof->area.size);
	proof->area_iova = 0;
	memory_free(&proof->area);
}

/*
 * Where nothing pins memory only huge pages stay where they are: a stray write would
 * hit whoever got the page meanwhile. More than one, for a device that reaches low ones
 * alone.
 */
static int search_huge(struct proof *proof)
{
	struct strbuf *why = &proof->bench->why;
	int r = -ENOMEM;

	for (size_t size = 16 << 20; r < 0 && size >= 2 << 20; size /= 2) {
		strbuf_clear(why);
		r = memory_get(&proof->area, size, MEMORY_2M, why);
	}
	if (r < 0)
		return r;
	for (size_t at = 0; at < proof->area.size; at += PAGE)
		*(volatile unsigned char *)(proof->area.at + at) = 0;
	return find_canary(proof);
}

static int search(struct proof *proof, size_t pages)
{
	struct bench *bench = proof->bench;
	int r;

	strbuf_clear(&bench->why);
	r = bench_may_lock(bench, pages * PAGE);
	if (r == 0)
		r = memory_get(&proof->area, pages * PAGE, MEMORY_THP, &bench->why);
	if (r < 0)
		return r;
	memory_touch(&proof->area);
	/* Pinned at addresses far from where it lies. */
	r = bench_map(bench, &proof->area, 2 << 20, ACCESS_READ, &proof->area_iova);
	return r < 0 ? r : find_canary(proof);
}

/* Among few pages, as each of them has to be mapped, or else among many. */
static int get_area(struct proof *proof)
{
	struct iova_range mark = bench_iova_mark(proof->bench);
	int r;

	if (proof->bench->backend->physical)
		return search_huge(proof);
	r = search(proof, SEARCH_FEW);
	if (r != -ENODATA)
		return r;
	put_area(proof);
	bench_iova_release(proof->bench, mark);
	return search(proof, SEARCH_MANY);
}

/* Devices that see physical memory want it in one piece. */
static int get_target(struct proof *proof)
{
	struct bench *bench = proof->bench;
	bool physical = bench->backend->physical;
	int r = memory_get(&proof->target, (size_t)TARGET_PAGES * PAGE,
			   physical ? MEMORY_2M : MEMORY_4K, &bench->why);

	if (r == 0)
		r = memory_get(&proof->scratch, PAGE, physical ? MEMORY_2M : MEMORY_4K,
			       &bench->why);
	if (r < 0)
		return r;
	memory_touch(&proof->target);
	for (size_t i = 0; i < proof->target.size; i += PAGE)
		*(volatile unsigned char *)(proof->target.at + i) = 0;
	memory_touch(&proof->scratch);
	return bench_map_in_place(bench, &proof->scratch, ACCESS_READ | ACCESS_WRITE,
				  &proof->scratch_iova);
}

int proof_begin(struct proof *proof)
{
	struct bench *bench = proof->bench;
	int r;

	proof->in_place = bench->in_place_count;
	r = get_target(proof);
	if (r == 0)
		r = get_area(proof);
	if (r < 0)
		return r;
	proof->size = MIN((size_t)512, bench->limits.size_max);
	proof->size = MAX(proof->size / bench->limits.size_step * bench->limits.size_step,
			  bench->limits.size_min);
	if (bench->backend->physical)
		return bench_locate(bench, proof_target(proof), &proof->mapped_at);
	proof->mapped_at = proof->canary_at + (uint64_t)AT_MAPPED * PAGE;
	return 0;
}

void proof_end(struct proof *proof)
{
	struct bench *bench = proof->bench;

	/* Without an IOMMU nothing but this ends what may still be under way. */
	if (bench->backend->physical)
		bench_silence(bench);
	if (proof->is_mapped)
		bench_unmap(bench, proof->mapped_at, PAGE);
	if (proof->scratch_iova)
		bench_unmap(bench, proof->scratch_iova, proof->scratch.size);
	put_area(proof);
	bench->in_place_count = proof->in_place;
	memory_free(&proof->scratch);
	memory_free(&proof->target);
}

int proof_set_mapped(struct proof *proof, unsigned int access)
{
	int r = 0;

	if (proof->is_mapped)
		r = bench_unmap(proof->bench, proof->mapped_at, PAGE);
	if (r < 0)
		return r;
	proof->is_mapped = false;
	if (access == 0)
		return 0;
	r = bench_map_at(proof->bench, proof_target(proof), proof->mapped_at, PAGE,
			 access);
	proof->is_mapped = r == 0;
	return r;
}

/* The device writes there: by itself, or what it read from the scratch page. */
int proof_write(struct proof *proof, uint64_t address)
{
	struct transfer transfer = {
		.kind = TRANSFER_WRITE,
		.target = address,
		.size = proof->size,
	};

	if (!(proof->bench->device->can & 1U << TRANSFER_WRITE)) {
		transfer.kind = TRANSFER_COPY;
		transfer.source = proof->scratch_iova;
		for (size_t i = 0; i < PAGE; i++)
			proof->scratch.at[i] = (unsigned char)~guard_byte(proof, i);
	}
	return bench_transfer(proof->bench, &transfer);
}
