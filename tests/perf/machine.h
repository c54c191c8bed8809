/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The made-up server: its PCI functions, before anything is written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Device/Port Type (PCIe 6.0, 7.5.3.2); PORT_NONE is a conventional PCI function. */
enum port {
	PORT_ENDPOINT = 0x0,
	PORT_ROOT = 0x4,
	PORT_UPSTREAM = 0x5,
	PORT_DOWNSTREAM = 0x6,
	PORT_TO_PCI = 0x7,
	PORT_INTEGRATED = 0x9,
	PORT_NONE = 0xff,
};

enum has {
	HAS_MSIX = 1 << 0,
	HAS_ACS = 1 << 1,
	HAS_ATS = 1 << 2,
	HAS_PRI = 1 << 3,
	HAS_PASID = 1 << 4,
	HAS_DSN = 1 << 5,
	HAS_SRIOV = 1 << 6,
	HAS_ARI = 1 << 7,
	HAS_FLR = 1 << 8,
	IS_VF = 1 << 9,
	IS_BRIDGE = 1 << 10,
};

/* One sort of function: what all functions of the sort have in common. */
struct kind {
	uint16_t vendor, device, subvendor, subdevice;
	uint32_t class;
	uint8_t revision;
	enum port port;
	unsigned int has;
	uint64_t bar_size; /* BAR 0: 64 bits and prefetchable, except on PORT_NONE */
	unsigned int dma_mask_bits;
	const char *driver; /* NULL: none is bound */
	const char *reset; /* NULL: no reset_method file */
};

/* VFs of one PF, and the distance of the first from its PF in routing identifiers. */
enum { VFS_PER_PF = 8 };

/* The two windows of a bridge and of a root bus. */
enum space { MEM32, MEM64, SPACES };

struct range {
	uint64_t start, end; /* end is not included; empty where equal */
};

struct function {
	const struct kind *kind;
	const char *driver;
	struct function *parent; /* the bridge above; NULL on a root bus */
	struct function *physfn; /* of a VF */
	struct function *vfs; /* of a PF: the first of VFS_PER_PF */
	unsigned int host; /* host bridge, and IOMMU unit, that it belongs to */
	unsigned int vf_offset;
	unsigned int group;
	uint8_t bus, devfn, secondary, subordinate;
	bool multifunction;
	uint64_t bar;
	struct range windows[SPACES];
};

struct machine {
	struct function *functions;
	size_t count, wanted;
	unsigned int hosts, groups, next_bus;
	uint64_t next[SPACES];
};

/* The buses of a PCI segment are shared out evenly among its host bridges. */
enum { HOSTS_PER_SEGMENT = 8, BUSES_PER_HOST = 256 / HOSTS_PER_SEGMENT };

static inline unsigned int host_segment(unsigned int host)
{
	return host / HOSTS_PER_SEGMENT;
}

static inline unsigned int host_bus(unsigned int host)
{
	return host % HOSTS_PER_SEGMENT * BUSES_PER_HOST;
}

static inline uint64_t unit_address(unsigned int unit)
{
	return UINT64_C(0xf0000000) + unit * UINT64_C(0x1000);
}

/* machine.c: plans a machine of exactly `wanted` functions; false: out of memory. */
bool machine_plan(struct machine *machine, size_t wanted);

/* config.c: the configuration space of a function; returns 256 or 4096. */
enum { CONFIG_SIZE = 4096 };
size_t config_build(const struct function *function, uint8_t ret_config[CONFIG_SIZE]);

/* firmware.c: the files that describe the machine as a whole. */
void write_dmar(FILE *file, const struct machine *machine);
void write_iomem(FILE *file, const struct machine *machine);
void write_interrupts(FILE *file, const struct machine *machine);
