/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DMA mappings that the kernel's DMA-API debugging knows of. */
#pragma once

#include "base/util.h"

/* A line. Words are those of the line itself; nothing is terminated. */
struct dma_dump_line {
	const char *names; /* who and what, for dma_dump_parse_names() */
	size_t names_length;
	bool driver_first; /* in the names, as the generation of the line has it */
	const char *direction;
	size_t direction_length;
	uint64_t address;  /* that the device uses */
	uint64_t physical; /* of the first byte */
	uint64_t length;   /* bytes, 1 at least */
	bool unchecked;	   /* its driver did not ask whether the mapping failed */
};

/*
 * A line of /sys/kernel/debug/dma-api/dump without its newline (dump_show() in the
 * kernel's kernel/dma/debug.c). There are three generations of it: to 6.3, where the
 * device stands before its driver; from 6.4, with `cln=` and the two swapped; from 6.13
 * and late in 6.12.y, without the page frame number. What the line has decides. -EBADMSG
 * for others, and for a mapping that ends beyond all addresses.
 */
int dma_dump_parse_line(const char *line, size_t length, struct dma_dump_line *ret);

struct dma_dump_names {
	const char *device, *driver,
		*type; /* the driver's may be empty, and have spaces */
	size_t device_length, driver_length, type_length;
};

/*
 * The names of a line. They are apart because many lines have the same: who counts
 * mappings splits them once. -EBADMSG where one is missing but the driver's.
 */
int dma_dump_parse_names(const struct dma_dump_line *line, struct dma_dump_names *ret);
