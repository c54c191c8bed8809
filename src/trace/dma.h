/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program in the kernel and the reader of its maps agree on. */
#pragma once

/*
 * The ways to make a mapping. What was made in one way is found again only by the call
 * that ends it in the same way.
 */
enum dma_way {
	DMA_WAY_PAGE,
	DMA_WAY_PHYS,
	DMA_WAY_RESOURCE,
	DMA_WAY_SG,
	DMA_WAY_ALLOC,
	DMA_WAY_PAGES,
	DMA_WAY_NONCONTIGUOUS,
	DMA_WAY_POOL,
	DMA_WAY_IOVA,
	DMA_WAYS
};

/* enum dma_data_direction; an address range that was only reserved has none. */
enum { DMA_DIRECTIONS = 4 };

enum { DMA_SITES_MAX = 4096, DMA_STACK_FRAMES = 12 };

/* A stack that could not be kept; mappings from before the trace, whose ends count. */
enum { DMA_NO_STACK = -1, DMA_OLDER = -2 };

/* Who maps: addresses of the kernel's objects, which tell them apart. */
struct dma_owner_key {
	unsigned long long device, driver, name;
};

struct dma_owner {
	char device[64], driver[32];
};

/* Where something is mapped from, and how. */
struct dma_site_key {
	struct dma_owner_key owner;
	int stack; /* an id, DMA_NO_STACK or DMA_OLDER */
	unsigned char way, direction, mmio, zero;
};

/* Since the trace began; a processor has each of its own. */
struct dma_site {
	unsigned long long maps, unmaps;
	unsigned long long bytes_mapped, bytes_unmapped;
	unsigned long long life_ns; /* of what was unmapped, together */
};

/* A live mapping. The same memory may be mapped several times: each has a slot. */
struct dma_live_key {
	unsigned long long device, address;
	unsigned int way, slot;
};

struct dma_live {
	unsigned int site, zero;	  /* its number */
	unsigned long long size, time_ns; /* of CLOCK_MONOTONIC */
};

/* What was not counted where it belongs; a processor has one of its own. */
struct dma_losses {
	unsigned long long no_room;  /* mappings that found the map full */
	unsigned long long no_site;  /* and that had a stack too many */
	unsigned long long no_stack; /* stacks that could not be kept */
	unsigned long long rescued;  /* calls in an interrupt of the same call */
};
