/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ground on which isolation is proved: memory that is mapped, and a canary.
 *
 * Every address that the device is given there is one where memory of ours lies: the
 * canary. Where the IOMMU translates, the address means what was mapped there, or
 * nothing; where it lets everything pass, the canary is hit and not the memory of
 * somebody else.
 */
#pragma once

#include "bench/workload.h"

enum {
	PAGE = 4096,
	CANARY_PAGES = 8, /* side by side in physical memory */
	TARGET_PAGES = 3, /* one that is mapped, between two that are not */
	SEARCH_FEW = 512, /* where to look for them at first, and then */
	SEARCH_MANY = 8192,
};

/* Pages of the canary, by what their addresses are used for. */
enum { AT_MAPPED = 2, AT_BEHIND = 3, AT_UNMAPPED = 6 };

struct proof {
	struct run *run;
	struct bench *bench;
	struct memory area;    /* where the canary was found */
	struct memory target;  /* TARGET_PAGES; the middle one is mapped */
	struct memory scratch; /* a page that copies read from or write to */
	unsigned char *canary[CANARY_PAGES]; /* its pages */
	uint64_t canary_at; /* where it lies for the machine, and so an address */
	uint64_t area_iova, scratch_iova;
	size_t in_place;    /* how many were mapped where they lie, before it began */
	uint64_t mapped_at; /* the address of the target's middle page */
	bool is_mapped;
	size_t size;  /* of the transfers */
	uint8_t seed; /* of what is written around */
};

/*
 * Memory, a canary and addresses for them. -ENODATA, with the reason in bench->why,
 * where no stray write would be safe. proof_end() undoes it, also after a failure.
 */
int proof_begin(struct proof *proof);
void proof_end(struct proof *proof);

/* What is mapped at mapped_at from here on, to be accessed so; 0: nothing. */
int proof_set_mapped(struct proof *proof, unsigned int access);

/* Fills all of it with what nobody else would write, other than the time before. */
void proof_arm(struct proof *proof);
/* What has changed since: the canary, what lies beside the mapped page, or that page. */
bool proof_is_canary_hit(const struct proof *proof);
bool proof_is_neighbour_hit(const struct proof *proof);
bool proof_is_target_hit(const struct proof *proof);

/* The device writes to an address, and says that it did; errors of bench_transfer(). */
int proof_write(struct proof *proof, uint64_t address);
