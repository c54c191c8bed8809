/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page tables of VT-d as the kernel prints them for debugging. */
#pragma once

#include "base/util.h"

enum vtd_dump_kind {
	VTD_DUMP_NOTHING, /* headings, empty lines, units that are off */
	VTD_DUMP_DEVICE,  /* whose tables follow */
	VTD_DUMP_MAPPING,
};

struct vtd_dump_line {
	enum vtd_dump_kind kind;
	const char *device; /* its name, not terminated */
	size_t device_length;
	bool pasid; /* the tables of one of its PASIDs, not those without */
	uint64_t address, physical;
	uint64_t size; /* of the page, bytes */
	bool writable;
};

/*
 * A line of domain_translation_struct in /sys/kernel/debug/iommu/intel, without its
 * newline (dump_page_info() in the kernel's drivers/iommu/intel/debugfs.c):
 * "0x00000000fffff |" and the entries of PML5, PML4, PDP, PD and page table (VT-d 4.1,
 * 9.7 and 9.8). What follows the entry of a large page is 0, or left out by newer
 * kernels. -EBADMSG for others.
 */
int vtd_dump_parse_line(const char *line, size_t length, struct vtd_dump_line *ret);
