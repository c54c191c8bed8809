/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The physical memory map as /proc/iomem prints it, and what its names mean. */
#pragma once

#include "base/util.h"

/* What holds a range of addresses; model/region.c has their names. */
enum iomem_kind {
	IOMEM_RAM,
	IOMEM_KERNEL,
	IOMEM_CRASH_KERNEL,
	IOMEM_RESERVED,
	IOMEM_ACPI_TABLES,
	IOMEM_ACPI_NVS,
	IOMEM_PERSISTENT,
	IOMEM_CXL_WINDOW,
	IOMEM_ROM,
	IOMEM_GRAPHICS,
	IOMEM_PCI_CONFIG,
	IOMEM_PCI_WINDOW,
	IOMEM_PCI_FUNCTION,
	IOMEM_DRIVER, /* a claim within the range of a PCI function: by its place alone */
	IOMEM_IOMMU,
	IOMEM_INTERRUPTS,
	IOMEM_TIMER,
	IOMEM_PLATFORM,
	IOMEM_OTHER,
	IOMEM_NONE, /* no line: a gap between two regions */
};

/* A line; the name points into it and is not terminated. */
struct iomem_line {
	unsigned int indent; /* columns: two for each level, but never more than ten */
	uint64_t start, end; /* both inclusive */
	const char *name;
	size_t name_length;
};

/*
 * A line without its newline: "  fed90000-fed90fff : dmar0" (r_show() in the kernel's
 * kernel/resource.c). -EBADMSG where it is none, or ends before it starts.
 */
int iomem_parse_line(const char *line, size_t length, struct iomem_line *ret);

/* What a region is by its name alone. */
enum iomem_kind iomem_kind(const char *name);
