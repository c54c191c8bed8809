/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines about ranges of memory: zones, cache types, the resources of PCI functions. */
#pragma once

#include "base/util.h"

/* A zone of /proc/zoneinfo; the name points into it and is not terminated. */
struct zoneinfo {
	unsigned int node;
	const char *name;
	size_t name_length;
	uint64_t start_pfn, spanned, present; /* pages; spanned counts holes too */
};

/*
 * The next zone that has pages; false at the end. Advances *cursor. What a zone does not
 * say is 0 (zoneinfo_show_print() in the kernel's mm/vmstat.c).
 */
bool zoneinfo_next(const char **cursor, struct zoneinfo *ret);

/* A mapping of /sys/kernel/debug/x86/pat_memtype_list. */
struct memtype {
	uint64_t start, end; /* both inclusive, though the kernel prints the end beyond */
	const char *type;    /* "uncached-minus", …; not terminated */
	size_t type_length;
};

/*
 * "PAT: [mem 0x…-0x…] uncached-minus" (memtype_seq_show() in the kernel's
 * arch/x86/mm/pat/memtype.c). -EBADMSG for others; length without the newline.
 */
int memtype_parse_line(const char *line, size_t length, struct memtype *ret);

/* Flags of a resource (the kernel's include/linux/ioport.h). */
enum {
	RESOURCE_TYPE = 0x00001f00,
	RESOURCE_MEMORY = 0x00000200,
	RESOURCE_PREFETCH = 0x00002000,
	RESOURCE_64_BIT = 0x00100000,
	RESOURCE_UNSET = 0x20000000,
};

struct pci_resource {
	uint64_t start, end, flags;
};

/*
 * "0x… 0x… 0x…", a line of the attribute `resource` of a PCI function (resource_show() in
 * the kernel's drivers/pci/pci-sysfs.c). -EBADMSG for others; length without the newline.
 */
int pci_resource_parse_line(const char *line, size_t length, struct pci_resource *ret);

/* Lines in front of the windows of a bridge: BARs, ROM, and BARs of virtual functions. */
enum {
	PCI_RESOURCE_ROM = 6,
	PCI_RESOURCE_VF_BARS = 7,
	PCI_RESOURCE_WINDOWS = 4,
	PCI_RESOURCES_MAX = 64
};

/*
 * What the resource at `index` of `count` is: "BAR 0", "ROM", "VF BAR 0", "window"; NULL
 * where the count is none that the kernel prints. A bridge has four lines more than other
 * functions, and all have six more where the kernel supports SR-IOV (the kernel's
 * include/linux/pci.h).
 */
const char *pci_resource_name(size_t index, size_t count);
