/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DMA mappings that the kernel's DMA-API debugging knows of. */
#pragma once

#include "base/util.h"

/* Words of a line; nothing is terminated. */
struct dma_dump_line {
	const char *device, *driver, *type, *direction;
	size_t device_length, driver_length, type_length, direction_length;
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
