// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Live DMA mappings, kept in the kernel: runs at the end of each function of the DMA API
 * that makes a mapping and at the beginning of each that ends one, so that an address is
 * forgotten before it can be given out again.
 *
 * The kernel does not run a program on a processor that is in the middle of it: a call in
 * an interrupt would be lost. So each function has a second program, which works only
 * where the first one was interrupted. What even that misses the kernel counts.
 */

#include <linux/types.h>
#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "trace/dma.h"

/* The kernel's, as far as it is read here; libbpf finds where each member really is. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct kobject {
	const char *name;
};
struct device_driver {
	const char *name;
};
struct device {
	struct kobject kobj;
	struct device_driver *driver;
};
struct scatterlist {
	unsigned long page_link;
	unsigned int length;
	__u64 dma_address;
};
struct sg_table {
	struct scatterlist *sgl;
	unsigned int orig_nents;
};
struct dma_pool {
	struct device *dev;
	unsigned int size;
};
struct dma_iova_state {
	__u64 addr;
};
#pragma clang attribute pop

enum {
	STACKS_MAX = 16384,
	SLOTS_MAX = 16,	     /* of one address */
	SEGMENTS_MAX = 4096, /* of one list */
	ATTR_MMIO = 1 << 10, /* DMA_ATTR_MMIO, include/linux/dma-mapping.h */
	DIRECTION_NONE = 3,  /* DMA_NONE */
	DIRECTION_BOTH = 0,  /* DMA_BIDIRECTIONAL */
};

#define MAPPING_ERROR (~0ULL) /* DMA_MAPPING_ERROR */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* set before it is made */
	__type(key, struct dma_live_key);
	__type(value, struct dma_live);
} live SEC(".maps");

/* The number of each site, and what was counted there. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DMA_SITES_MAX);
	__type(key, struct dma_site_key);
	__type(value, __u32);
} sites SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DMA_SITES_MAX);
	__type(key, __u32);
	__type(value, struct dma_site);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DMA_SITES_MAX);
	__type(key, struct dma_owner_key);
	__type(value, struct dma_owner);
} owners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, STACKS_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, DMA_STACK_FRAMES * sizeof(__u64));
} stacks SEC(".maps");

/* Of a processor: which first programs run now, and what was lost. */
struct state {
	struct dma_losses losses;
	unsigned char busy[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state);
} states SEC(".maps");

/* All begins and ends at one moment, however long attaching takes. */
volatile int enabled = 0;
/* The number that the next new site gets. */
unsigned int next_site = 0;
/* The highest slot in use so far, so that a search need not try them all. */
volatile unsigned int top_slot = 0;

char LICENSE[] SEC("license") = "GPL";

static __always_inline struct state *state_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&states, &zero);
}

static __always_inline void add(unsigned long long *sum, __u64 value)
{
	__sync_fetch_and_add(sum, value);
}

static __always_inline void remember_owner(const struct dma_owner_key *key)
{
	struct dma_owner owner = {};

	if (bpf_map_lookup_elem(&owners, key))
		return;
	bpf_probe_read_kernel_str(owner.device, sizeof(owner.device), (void *)key->name);
	if (key->driver) {
		const struct device_driver *driver = (void *)key->driver;

		bpf_probe_read_kernel_str(owner.driver, sizeof(owner.driver),
					  BPF_CORE_READ(driver, name));
	}
	bpf_map_update_elem(&owners, key, &owner, BPF_NOEXIST);
}

/* The number of a site, given where it has none; NULL where there are too many. */
static __always_inline const __u32 *site_of(const struct dma_site_key *key)
{
	const __u32 *site = bpf_map_lookup_elem(&sites, key);
	__u32 number;

	if (site)
		return site;
	remember_owner(&key->owner);
	number = __sync_fetch_and_add(&next_site, 1);
	if (number < DMA_SITES_MAX)
		bpf_map_update_elem(&sites, key, &number, BPF_NOEXIST);
	return bpf_map_lookup_elem(&sites, key);
}

static __always_inline bool keep(struct dma_live_key *key, const struct dma_live *value)
{
	/* A counter of its own: the verifier does not follow one in memory. */
	for (unsigned int slot = 0; slot < SLOTS_MAX; slot++) {
		int r; /* of 32 bits: before Linux 6.4 the others are not set */

		key->slot = slot;
		r = (int)bpf_map_update_elem(&live, key, value, BPF_NOEXIST);
		if (r == 0) {
			if (slot > top_slot)
				top_slot = slot;
			return true;
		}
		if (r != -17) /* EEXIST */
			return false;
	}
	return false;
}

struct mapping {
	struct device *device;
	__u64 address, size;
	enum dma_way way;
	__u32 direction;
	bool mmio;
};

static __always_inline void name_site(struct dma_site_key *site,
				      const struct mapping *mapping)
{
	site->owner.device = (__u64)mapping->device;
	site->owner.driver = (__u64)mapping->device->driver;
	site->owner.name = (__u64)mapping->device->kobj.name;
	site->way = mapping->way;
	site->direction = mapping->direction;
	site->mmio = mapping->mmio;
}

/*
 * Stacks share a place where their hashes do: without the innermost function, which is
 * this program, a stack has another one.
 */
static __always_inline int stack_of(void *ctx)
{
	long stack = bpf_get_stackid(ctx, &stacks, 0);

	if (stack < 0)
		stack = bpf_get_stackid(ctx, &stacks, 1);
	if (stack < 0)
		stack = bpf_get_stackid(ctx, &stacks, 2);
	return stack < 0 ? DMA_NO_STACK : stack;
}

static __always_inline struct dma_site *count_of(const struct dma_site_key *site,
						 struct dma_live *value)
{
	const __u32 *number = site_of(site);

	if (!number)
		return 0;
	value->site = *number;
	return bpf_map_lookup_elem(&counts, number);
}

static __always_inline int made(void *ctx, struct state *state,
				const struct mapping *mapping)
{
	struct dma_site_key site = {};
	struct dma_live_key key = {};
	struct dma_live value = {};
	struct dma_site *count;

	key.device = (__u64)mapping->device;
	key.address = mapping->address;
	key.way = mapping->way;
	value.size = mapping->size;
	value.time_ns = bpf_ktime_get_ns();
	name_site(&site, mapping);
	site.stack = stack_of(ctx);
	if (site.stack == DMA_NO_STACK)
		add(&state->losses.no_stack, 1);
	count = count_of(&site, &value);
	if (!count) {
		add(&state->losses.no_site, 1);
		return 0;
	}
	if (!keep(&key, &value)) {
		add(&state->losses.no_room, 1);
		return 0;
	}
	add(&count->maps, 1);
	add(&count->bytes_mapped, mapping->size);
	return 0;
}

/* What was made before the trace has no stack that is known. */
static __always_inline int ended_older(struct state *state, const struct mapping *mapping)
{
	struct dma_site_key site = {};
	struct dma_live none;
	struct dma_site *count;

	name_site(&site, mapping);
	site.stack = DMA_OLDER;
	count = count_of(&site, &none);
	if (count)
		add(&count->unmaps, 1);
	else
		add(&state->losses.no_site, 1);
	return 0;
}

static __always_inline int ended(struct state *state, const struct mapping *mapping)
{
	struct dma_live_key key = {};
	unsigned int slots = top_slot;

	key.device = (__u64)mapping->device;
	key.address = mapping->address;
	key.way = mapping->way;
	for (unsigned int slot = 0; slot < SLOTS_MAX && slot <= slots; slot++) {
		const struct dma_live *found;
		struct dma_live value;
		struct dma_site *count;

		key.slot = slot;
		found = bpf_map_lookup_elem(&live, &key);
		if (!found)
			continue;
		value = *found;
		if (bpf_map_delete_elem(&live, &key) != 0)
			continue; /* another processor was faster */
		count = bpf_map_lookup_elem(&counts, &value.site);
		if (!count)
			return 0;
		add(&count->unmaps, 1);
		add(&count->bytes_unmapped, value.size);
		add(&count->life_ns, bpf_ktime_get_ns() - value.time_ns);
		return 0;
	}
	/* What is destroyed may be told as freed, too. */
	return mapping->way == DMA_WAY_IOVA ? 0 : ended_older(state, mapping);
}

/* Follows a list of segments, whose pieces may be chained. */
struct walk {
	__u64 at; /* a number: the verifier would follow a pointer from one to the next */
	__u64 size;
	__u32 left;
};

static long next_segment(__u32 index, struct walk *walk)
{
	const struct scatterlist *segment = (const void *)walk->at;
	unsigned long link;

	if (walk->left == 0)
		return 1;
	link = BPF_CORE_READ(segment, page_link);
	if (link & 1) { /* SG_CHAIN: no segment, but where the next ones are */
		walk->at = link & ~3UL;
		return 0;
	}
	walk->size += BPF_CORE_READ(segment, length);
	walk->left--;
	walk->at += bpf_core_type_size(struct scatterlist);
	return 0;
}

static __always_inline __u64 list_size(const struct scatterlist *list, __u32 count)
{
	struct walk walk = { .left = count };

	bpf_probe_read_kernel(&walk.at, sizeof(walk.at), &list);
	bpf_loop(SEGMENTS_MAX, next_segment, &walk, 0);
	return walk.size;
}

static __always_inline __u64 read_address(const void *at)
{
	__u64 address = MAPPING_ERROR;

	bpf_probe_read_kernel(&address, sizeof(address), at);
	return address;
}

/*
 * TRACE(end, function, parameters, arguments) { body } makes both programs of a function.
 * The body returns; `state` is the processor's.
 */
enum { BUSY_BASE = __COUNTER__ };

#define TRACE_(number, end, function, parameters, arguments)                             \
	static __always_inline int body_##function(void *ctx, struct state *state,       \
						   parameters);                          \
	SEC(#end "/" #function) int BPF_PROG(function, parameters)                       \
	{                                                                                \
		struct state *state = state_here();                                      \
		if (!enabled || !state)                                                  \
			return 0;                                                        \
		*(volatile unsigned char *)&state->busy[number] = 1;                     \
		body_##function(ctx, state, arguments);                                  \
		*(volatile unsigned char *)&state->busy[number] = 0;                     \
		return 0;                                                                \
	}                                                                                \
	SEC(#end "/" #function) int BPF_PROG(again_##function, parameters)               \
	{                                                                                \
		struct state *state = state_here();                                      \
		if (!enabled || !state ||                                                \
		    !*(volatile unsigned char *)&state->busy[number])                    \
			return 0;                                                        \
		add(&state->losses.rescued, 1);                                          \
		return body_##function(ctx, state, arguments);                           \
	}                                                                                \
	static __always_inline int body_##function(void *ctx, struct state *state,       \
						   parameters)
#define LIST(...) __VA_ARGS__
#define TRACE(end, function, parameters, arguments)                                      \
	TRACE_((__COUNTER__ - BUSY_BASE - 1), end, function, LIST(parameters),           \
	       LIST(arguments))

#define MAPPING(...)                                                                     \
	&(const struct mapping)                                                          \
	{                                                                                \
		__VA_ARGS__                                                              \
	}

/* Memory and registers, one range at a time. */

TRACE(fexit, dma_map_page_attrs,
      LIST(struct device *device, void *page, unsigned long offset, unsigned long size,
	   __u32 direction, unsigned long attributes, __u64 address),
      LIST(device, page, offset, size, direction, attributes, address))
{
	if (address == MAPPING_ERROR)
		return 0;
	return made(ctx, state,
		    MAPPING(device, address, size, DMA_WAY_PAGE, direction, false));
}

TRACE(fentry, dma_unmap_page_attrs,
      LIST(struct device *device, __u64 address, unsigned long size, __u32 direction),
      LIST(device, address, size, direction))
{
	return ended(state,
		     MAPPING(device, address, size, DMA_WAY_PAGE, direction, false));
}

TRACE(fexit, dma_map_phys,
      LIST(struct device *device, __u64 physical, unsigned long size, __u32 direction,
	   unsigned long attributes, __u64 address),
      LIST(device, physical, size, direction, attributes, address))
{
	if (address == MAPPING_ERROR)
		return 0;
	return made(ctx, state,
		    MAPPING(device, address, size, DMA_WAY_PHYS, direction,
			    attributes & ATTR_MMIO));
}

TRACE(fentry, dma_unmap_phys,
      LIST(struct device *device, __u64 address, unsigned long size, __u32 direction,
	   unsigned long attributes),
      LIST(device, address, size, direction, attributes))
{
	return ended(state, MAPPING(device, address, size, DMA_WAY_PHYS, direction,
				    attributes & ATTR_MMIO));
}

TRACE(fexit, dma_map_resource,
      LIST(struct device *device, __u64 physical, unsigned long size, __u32 direction,
	   unsigned long attributes, __u64 address),
      LIST(device, physical, size, direction, attributes, address))
{
	if (address == MAPPING_ERROR)
		return 0;
	return made(ctx, state,
		    MAPPING(device, address, size, DMA_WAY_RESOURCE, direction, true));
}

TRACE(fentry, dma_unmap_resource,
      LIST(struct device *device, __u64 address, unsigned long size, __u32 direction),
      LIST(device, address, size, direction))
{
	return ended(state,
		     MAPPING(device, address, size, DMA_WAY_RESOURCE, direction, true));
}

/* Lists: one mapping, known by the address of its first segment. */

static __always_inline int made_list(void *ctx, struct state *state,
				     struct device *device,
				     const struct scatterlist *list, __u32 count,
				     enum dma_way way, __u32 direction)
{
	return made(ctx, state,
		    MAPPING(device, list->dma_address, list_size(list, count), way,
			    direction, false));
}

TRACE(fexit, dma_map_sg_attrs,
      LIST(struct device *device, struct scatterlist *list, int count, __u32 direction,
	   unsigned long attributes, unsigned int mapped),
      LIST(device, list, count, direction, attributes, mapped))
{
	if (mapped == 0)
		return 0;
	return made_list(ctx, state, device, list, count, DMA_WAY_SG, direction);
}

TRACE(fexit, dma_map_sgtable,
      LIST(struct device *device, struct sg_table *table, __u32 direction,
	   unsigned long attributes, int error),
      LIST(device, table, direction, attributes, error))
{
	if (error != 0)
		return 0;
	return made_list(ctx, state, device, table->sgl, table->orig_nents, DMA_WAY_SG,
			 direction);
}

TRACE(fentry, dma_unmap_sg_attrs,
      LIST(struct device *device, struct scatterlist *list, int count, __u32 direction),
      LIST(device, list, count, direction))
{
	return ended(state,
		     MAPPING(device, list->dma_address, 0, DMA_WAY_SG, direction, false));
}

/* Memory that the API brings. */

TRACE(fexit, dma_alloc_attrs,
      LIST(struct device *device, unsigned long size, __u64 *address, __u32 flags,
	   unsigned long attributes, void *memory),
      LIST(device, size, address, flags, attributes, memory))
{
	if (!memory)
		return 0;
	return made(ctx, state,
		    MAPPING(device, read_address(address), size, DMA_WAY_ALLOC,
			    DIRECTION_BOTH, false));
}

TRACE(fentry, dma_free_attrs,
      LIST(struct device *device, unsigned long size, void *memory, __u64 address),
      LIST(device, size, memory, address))
{
	if (!memory)
		return 0;
	return ended(state, MAPPING(device, address, size, DMA_WAY_ALLOC, DIRECTION_BOTH,
				    false));
}

TRACE(fexit, dma_alloc_pages,
      LIST(struct device *device, unsigned long size, __u64 *address, __u32 direction,
	   __u32 flags, void *page),
      LIST(device, size, address, direction, flags, page))
{
	if (!page)
		return 0;
	return made(ctx, state,
		    MAPPING(device, read_address(address), size, DMA_WAY_PAGES, direction,
			    false));
}

TRACE(fentry, dma_free_pages,
      LIST(struct device *device, unsigned long size, void *page, __u64 address,
	   __u32 direction),
      LIST(device, size, page, address, direction))
{
	return ended(state,
		     MAPPING(device, address, size, DMA_WAY_PAGES, direction, false));
}

TRACE(fexit, dma_alloc_noncontiguous,
      LIST(struct device *device, unsigned long size, __u32 direction, __u32 flags,
	   unsigned long attributes, struct sg_table *table),
      LIST(device, size, direction, flags, attributes, table))
{
	if (!table)
		return 0;
	return made(ctx, state,
		    MAPPING(device, BPF_CORE_READ(table, sgl, dma_address), size,
			    DMA_WAY_NONCONTIGUOUS, direction, false));
}

TRACE(fentry, dma_free_noncontiguous,
      LIST(struct device *device, unsigned long size, struct sg_table *table,
	   __u32 direction),
      LIST(device, size, table, direction))
{
	return ended(state, MAPPING(device, BPF_CORE_READ(table, sgl, dma_address), size,
				    DMA_WAY_NONCONTIGUOUS, direction, false));
}

/* Blocks of a pool, whose pages are allocated by dma_alloc_attrs() and counted there. */

TRACE(fexit, dma_pool_alloc,
      LIST(struct dma_pool *pool, __u32 flags, __u64 *address, void *memory),
      LIST(pool, flags, address, memory))
{
	if (!memory)
		return 0;
	return made(ctx, state,
		    MAPPING(pool->dev, read_address(address),
			    BPF_CORE_READ_BITFIELD_PROBED(pool, size), DMA_WAY_POOL,
			    DIRECTION_BOTH, false));
}

TRACE(fentry, dma_pool_free, LIST(struct dma_pool *pool, void *memory, __u64 address),
      LIST(pool, memory, address))
{
	return ended(state,
		     MAPPING(pool->dev, address, 0, DMA_WAY_POOL, DIRECTION_BOTH, false));
}

/* Address space that is reserved first and filled later, since Linux 6.16. */

TRACE(fexit, dma_iova_try_alloc,
      LIST(struct device *device, struct dma_iova_state *iova, __u64 physical,
	   unsigned long size, unsigned long done),
      LIST(device, iova, physical, size, done))
{
	if (!(done & 0xff)) /* a bool: no more of it is defined */
		return 0;
	return made(
		ctx, state,
		MAPPING(device, iova->addr, size, DMA_WAY_IOVA, DIRECTION_NONE, false));
}

TRACE(fentry, dma_iova_free, LIST(struct device *device, struct dma_iova_state *iova),
      LIST(device, iova))
{
	return ended(state,
		     MAPPING(device, iova->addr, 0, DMA_WAY_IOVA, DIRECTION_NONE, false));
}

TRACE(fentry, dma_iova_destroy, LIST(struct device *device, struct dma_iova_state *iova),
      LIST(device, iova))
{
	return ended(state,
		     MAPPING(device, iova->addr, 0, DMA_WAY_IOVA, DIRECTION_NONE, false));
}
