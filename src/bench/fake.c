// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Backends without a device: a table of mappings in this process, for tests of everything
 * else. Physical memory is the memory of the process, as it sees it.
 */

#include <pthread.h>

#include "bench/backends.h"

struct mapping {
	uint64_t iova, size;
	unsigned char *at;
	unsigned int access;
};

struct fake {
	pthread_mutex_t lock;
	struct mapping *mappings; /* ascending by address */
	size_t count, capacity;
};

enum { FAKE_ADDRESS_BITS = 47, FAKE_MAPPINGS_MAX = 65535 };

static int fake_open(struct bench *bench)
{
	struct fake *fake = bench->backend_state;

	pthread_mutex_init(&fake->lock, NULL);
	/* As on x86, with the window for interrupts left out. */
	bench->ranges[0] = (struct iova_range){ 0, 0xfedfffff };
	bench->ranges[1] =
		(struct iova_range){ 0xfef00000, (UINT64_C(1) << FAKE_ADDRESS_BITS) - 1 };
	bench->range_count = 2;
	bench->page_sizes = UINT64_C(1) << 12 | UINT64_C(1) << 21 | UINT64_C(1) << 30;
	bench->mappings_max = FAKE_MAPPINGS_MAX;
	return 0;
}

static void fake_close(struct bench *bench)
{
	struct fake *fake = bench->backend_state;

	free(fake->mappings);
	fake->mappings = NULL;
	fake->count = fake->capacity = 0;
}

/* The first mapping that ends behind the address, or count. */
static size_t find(const struct fake *fake, uint64_t iova)
{
	size_t low = 0, high = fake->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fake->mappings[middle].iova + fake->mappings[middle].size > iova)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static int add(struct fake *fake, const struct mapping *mapping)
{
	size_t at = find(fake, mapping->iova);

	if (fake->count >= FAKE_MAPPINGS_MAX)
		return -ENOSPC;
	if (at < fake->count && fake->mappings[at].iova < mapping->iova + mapping->size)
		return -EEXIST;
	if (fake->count == fake->capacity) {
		fake->capacity = fake->capacity ? 2 * fake->capacity : 16;
		fake->mappings = xrealloc(fake->mappings,
					  fake->capacity * sizeof(*fake->mappings));
	}
	memmove(fake->mappings + at + 1, fake->mappings + at,
		(fake->count - at) * sizeof(*fake->mappings));
	fake->mappings[at] = *mapping;
	fake->count++;
	return 0;
}

static int fake_map(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		    unsigned int access)
{
	struct fake *fake = bench->backend_state;
	const struct mapping mapping = { iova, size, at, access };
	int r = -EINVAL;

	pthread_mutex_lock(&fake->lock);
	if (size > 0 && iova % 4096 == 0 && size % 4096 == 0)
		r = add(fake, &mapping);
	pthread_mutex_unlock(&fake->lock);
	if (r < 0)
		return bench_fail(bench, r, "0x%llx cannot be mapped: %s",
				  (unsigned long long)iova, strerror(-r));
	return 0;
}

/* As type1 does: what a mapping has only a part of in the range is not touched. */
static int take_out(struct fake *fake, uint64_t iova, uint64_t size)
{
	size_t first = find(fake, iova), end = first;

	while (end < fake->count && fake->mappings[end].iova < iova + size)
		end++;
	if (end == first)
		return -ENOENT;
	if (fake->mappings[first].iova < iova ||
	    fake->mappings[end - 1].iova + fake->mappings[end - 1].size > iova + size)
		return -EINVAL;
	memmove(fake->mappings + first, fake->mappings + end,
		(fake->count - end) * sizeof(*fake->mappings));
	fake->count -= end - first;
	return 0;
}

static int fake_unmap(struct bench *bench, uint64_t iova, uint64_t size)
{
	struct fake *fake = bench->backend_state;
	int r;

	pthread_mutex_lock(&fake->lock);
	r = take_out(fake, iova, size);
	pthread_mutex_unlock(&fake->lock);
	if (r < 0)
		return bench_fail(bench, r, "0x%llx cannot be unmapped: %s",
				  (unsigned long long)iova, strerror(-r));
	return 0;
}

static int fake_unmap_all(struct bench *bench)
{
	struct fake *fake = bench->backend_state;

	pthread_mutex_lock(&fake->lock);
	fake->count = 0;
	pthread_mutex_unlock(&fake->lock);
	return 0;
}

static int fake_map_again(struct bench *bench, uint64_t from, uint64_t iova,
			  uint64_t size, unsigned int access)
{
	void *at = fake_reach(bench, from, size, 0);

	if (!at)
		return bench_fail(bench, -ENOENT, "0x%llx is not mapped",
				  (unsigned long long)from);
	return fake_map(bench, at, iova, size, access);
}

static int fake_locate(struct bench *bench, const void *at, uint64_t *ret)
{
	(void)bench;
	*ret = (uintptr_t)at;
	return 0;
}

static void *translate(struct fake *fake, uint64_t iova, uint64_t size,
		       unsigned int access)
{
	size_t at = find(fake, iova);
	const struct mapping *mapping = fake->mappings + at;

	if (at == fake->count || iova < mapping->iova ||
	    iova + size > mapping->iova + mapping->size ||
	    (mapping->access & access) != access)
		return NULL;
	return mapping->at + (iova - mapping->iova);
}

void *fake_reach(struct bench *bench, uint64_t iova, uint64_t size, unsigned int access)
{
	struct fake *fake = bench->backend_state;
	void *at;

	if (bench->backend == &backend_fake_identity)
		return (void *)(uintptr_t)iova; /* NOLINT(performance-no-int-to-ptr) */
	pthread_mutex_lock(&fake->lock);
	at = translate(fake, iova, size, access);
	pthread_mutex_unlock(&fake->lock);
	return at;
}

#define FAKE_BACKEND                                                                     \
	.state_size = sizeof(struct fake), .open = fake_open, .close = fake_close,       \
	.map = fake_map, .unmap = fake_unmap, .unmap_all = fake_unmap_all,               \
	.map_again = fake_map_again, .locate = fake_locate, .pins_nothing = true

const struct backend backend_fake = {
	.name = "fake",
	.summary = "no device and no IOMMU: a table in this process, to try things out",
	FAKE_BACKEND,
};

const struct backend backend_fake_identity = {
	.name = "fake-identity",
	.summary = "the same with an IOMMU that lets everything pass",
	FAKE_BACKEND,
};
