// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans the made-up server: host bridges, ports, switches, endpoints, groups. */

#include "machine.h"

#include <stdlib.h>

#define KIB(n) (UINT64_C(1024) * (n))
#define MIB(n) KIB(1024 * (n))

enum kind_id {
	KIND_HOST,
	KIND_ROOT_PORT,
	KIND_UPSTREAM,
	KIND_DOWNSTREAM,
	KIND_TO_PCI,
	KIND_CBDMA,
	KIND_VTD, /* and its two neighbours in the same device: */
	KIND_RAS,
	KIND_IOAPIC,
	KIND_MLX_PF, /* a PF is followed by its VF */
	KIND_MLX_VF,
	KIND_X710_PF,
	KIND_X710_VF,
	KIND_NVME,
	KIND_GPU, /* and the audio function beside it: */
	KIND_AUDIO,
	KIND_VGA, /* conventional PCI, both behind one bridge: */
	KIND_SOUND,
};

#define PORT_KIND(v, d, type, extra)                                                     \
	{                                                                                \
		.vendor = (v), .device = (d), .class = 0x060400, .revision = 7,          \
		.port = (type), .has = IS_BRIDGE | (extra), .dma_mask_bits = 32,         \
		.driver = "pcieport", .reset = NULL                                      \
	}

/* Chipset functions without a BAR and, mostly, without a driver. */
#define CHIPSET_KIND(d, c)                                                               \
	{                                                                                \
		.vendor = 0x8086, .device = (d), .subvendor = 0x8086, .subdevice = (d),  \
		.class = (c), .revision = 7, .port = PORT_INTEGRATED,                    \
		.dma_mask_bits = 32                                                      \
	}

static const struct kind kinds[] = {
	[KIND_HOST] = CHIPSET_KIND(0x2020, 0x060000),
	[KIND_ROOT_PORT] = PORT_KIND(0x8086, 0x2030, PORT_ROOT, HAS_ACS),
	[KIND_UPSTREAM] = PORT_KIND(0x10b5, 0x8747, PORT_UPSTREAM, HAS_DSN),
	[KIND_DOWNSTREAM] = PORT_KIND(0x10b5, 0x8747, PORT_DOWNSTREAM, HAS_ACS | HAS_DSN),
	[KIND_TO_PCI] = { 0x10b5, 0x8112, 0, 0, 0x060400, 0xaa, PORT_TO_PCI, IS_BRIDGE, 0,
			  32, NULL, NULL },
	[KIND_CBDMA] = { 0x8086, 0x2021, 0x8086, 0x2021, 0x088000, 7, PORT_INTEGRATED,
			 HAS_MSIX, KIB(16), 64, "ioatdma", NULL },
	[KIND_VTD] = CHIPSET_KIND(0x2024, 0x088000),
	[KIND_RAS] = CHIPSET_KIND(0x2025, 0x088000),
	[KIND_IOAPIC] = CHIPSET_KIND(0x2026, 0x080020),
	[KIND_MLX_PF] = { 0x15b3, 0x101d, 0x15b3, 0x0016, 0x020000, 0, PORT_ENDPOINT,
			  HAS_MSIX | HAS_ACS | HAS_ATS | HAS_PRI | HAS_SRIOV | HAS_ARI |
				  HAS_FLR,
			  MIB(32), 64, "mlx5_core", "flr bus" },
	[KIND_MLX_VF] = { 0x15b3, 0x101e, 0x15b3, 0x0016, 0x020000, 0, PORT_ENDPOINT,
			  HAS_MSIX | HAS_ATS | HAS_ARI | HAS_FLR | IS_VF, MIB(1), 64,
			  "mlx5_core", "flr" },
	[KIND_X710_PF] = { 0x8086, 0x1572, 0x8086, 0x0007, 0x020000, 2, PORT_ENDPOINT,
			   HAS_MSIX | HAS_ACS | HAS_SRIOV | HAS_ARI | HAS_DSN | HAS_FLR,
			   MIB(8), 64, "i40e", "flr pm bus" },
	[KIND_X710_VF] = { 0x8086, 0x154c, 0x8086, 0x0000, 0x020000, 2, PORT_ENDPOINT,
			   HAS_MSIX | HAS_ARI | HAS_FLR | IS_VF, KIB(64), 64, "iavf",
			   "flr" },
	[KIND_NVME] = { 0x144d, 0xa824, 0x1028, 0x2041, 0x010802, 0, PORT_ENDPOINT,
			HAS_MSIX | HAS_DSN | HAS_FLR, KIB(32), 64, "nvme", "flr bus" },
	[KIND_GPU] = { 0x10de, 0x2204, 0x10de, 0x147d, 0x030000, 0xa1, PORT_ENDPOINT,
		       HAS_MSIX | HAS_ATS | HAS_PRI | HAS_PASID | HAS_DSN, MIB(256), 47,
		       "nouveau", "bus" },
	[KIND_AUDIO] = { 0x10de, 0x1aef, 0x10de, 0x147d, 0x040300, 0xa1, PORT_ENDPOINT, 0,
			 KIB(16), 64, "snd_hda_intel", "bus" },
	[KIND_VGA] = { 0x102b, 0x0534, 0x1028, 0x04f7, 0x030000, 1, PORT_NONE, 0,
		       KIB(512), 32, "mgag200", NULL },
	[KIND_SOUND] = { 0x1102, 0x0002, 0x1102, 0x8022, 0x040100, 8, PORT_NONE, 0,
			 KIB(4), 32, "snd_emu10k1", NULL },
};

struct block;
typedef void (*block_builder)(struct machine *, struct function *, const struct block *);

/* What sits in one slot of a root bus, and how many functions that makes. */
struct block {
	unsigned int size;
	block_builder build;
	enum kind_id kind;
	unsigned int count; /* ports, or functions of one device */
	unsigned int step; /* 1: each function is of the next kind */
	unsigned int leaf; /* behind a switch: functions under each downstream port */
};

static uint64_t align_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

static struct function *add(struct machine *machine, enum kind_id kind,
			    struct function *parent, unsigned int devfn)
{
	struct function *function = &machine->functions[machine->count++];
	uint64_t *next = &machine->next[kinds[kind].port == PORT_NONE ? MEM32 : MEM64];

	*function = (struct function){
		.kind = &kinds[kind],
		.driver = kinds[kind].driver,
		.parent = parent,
		.host = machine->hosts - 1,
		.bus = parent ? parent->secondary : host_bus(machine->hosts - 1),
		.devfn = devfn,
	};
	if (kinds[kind].bar_size) {
		function->bar = align_up(*next, kinds[kind].bar_size);
		*next = function->bar + kinds[kind].bar_size;
	}
	return function;
}

static struct function *add_alone(struct machine *machine, enum kind_id kind,
				  struct function *parent, unsigned int devfn)
{
	struct function *function = add(machine, kind, parent, devfn);

	function->group = machine->groups++;
	return function;
}

/* A bridge is open until all that is behind it has been added. */
static struct function *open_bridge(struct machine *machine, enum kind_id kind,
				    struct function *parent, unsigned int devfn)
{
	struct function *bridge = add_alone(machine, kind, parent, devfn);

	bridge->secondary = machine->next_bus++;
	for (int space = 0; space < SPACES; space++) {
		machine->next[space] = align_up(machine->next[space], MIB(1));
		bridge->windows[space].start = machine->next[space];
	}
	return bridge;
}

static void close_bridge(struct machine *machine, struct function *bridge)
{
	bridge->subordinate = machine->next_bus - 1;
	for (int space = 0; space < SPACES; space++) {
		machine->next[space] = align_up(machine->next[space], MIB(1));
		bridge->windows[space].end = machine->next[space];
	}
}

/*
 * One device of several functions. They share a group unless ACS says that they do not
 * reach each other; of Intel's integrated ones Linux knows it (VT-d 3.1, 3.16).
 */
static void add_device(struct machine *machine, struct function *parent, unsigned int dev,
		       const struct block *block, unsigned int count)
{
	struct function *first = NULL;

	for (unsigned int i = 0; i < count; i++) {
		enum kind_id kind = block->kind + i * block->step;
		struct function *function = add(machine, kind, parent, dev << 3 | i);

		if (!first || function->kind->has & HAS_ACS ||
		    function->kind->port == PORT_INTEGRATED)
			function->group = machine->groups++;
		else
			function->group = first->group;
		if (!first)
			first = function;
		function->multifunction = count > 1;
	}
}

static void build_device(struct machine *machine, struct function *port,
			 const struct block *block)
{
	add_device(machine, port, 0, block, block->count);
}

/* Every eighth VF is given to vfio-pci, the one before it is left without a driver. */
static void build_nic(struct machine *machine, struct function *port,
		      const struct block *block)
{
	struct function *pf = &machine->functions[machine->count];
	unsigned int rid = 0x10;

	add_device(machine, port, 0, block, block->count);
	for (unsigned int i = 0; i < block->count; i++, pf++) {
		pf->vfs = &machine->functions[machine->count];
		pf->vf_offset = rid - pf->devfn;
		for (unsigned int n = 0; n < VFS_PER_PF; n++, rid++) {
			struct function *vf =
				add_alone(machine, block->kind + 1, port, rid);

			vf->physfn = pf;
			if (n == VFS_PER_PF - 1)
				vf->driver = "vfio-pci";
			else if (n == VFS_PER_PF - 2)
				vf->driver = NULL;
		}
	}
}

static void build_switch(struct machine *machine, struct function *port,
			 const struct block *block)
{
	struct function *upstream = open_bridge(machine, KIND_UPSTREAM, port, 0);

	for (unsigned int i = 0; i < block->count; i++) {
		struct function *downstream =
			open_bridge(machine, KIND_DOWNSTREAM, upstream, (i + 8) << 3);

		add_device(machine, downstream, 0, block, block->leaf);
		close_bridge(machine, downstream);
	}
	close_bridge(machine, upstream);
}

/* Behind a bridge to conventional PCI all requests look alike: one group. */
static void build_conventional(struct machine *machine, struct function *port,
			       const struct block *block)
{
	struct function *bridge = open_bridge(machine, KIND_TO_PCI, port, 0);

	for (unsigned int i = 0; i < block->count; i++)
		add(machine, block->kind + i, bridge, (i + 3) << 3)->group =
			bridge->group;
	close_bridge(machine, bridge);
}

/* Integrated into the root complex: no port above it. */
static void build_integrated(struct machine *machine, struct function *port,
			     const struct block *block)
{
	(void)port;
	add_device(machine, NULL, block->kind == KIND_CBDMA ? 4 : 5, block, block->count);
}

/* With the host bridge itself this makes 128 functions. */
static const struct block blocks[] = {
	{ 8, build_integrated, KIND_CBDMA, 8, 0, 0 },
	{ 3, build_integrated, KIND_VTD, 3, 1, 0 },
	{ 19, build_nic, KIND_MLX_PF, 2, 0, 0 },
	{ 10, build_switch, KIND_NVME, 4, 0, 1 },
	{ 3, build_device, KIND_GPU, 2, 1, 0 },
	{ 4, build_conventional, KIND_VGA, 2, 1, 0 },
	{ 37, build_nic, KIND_X710_PF, 4, 0, 0 },
	{ 19, build_nic, KIND_MLX_PF, 2, 0, 0 },
	{ 8, build_switch, KIND_GPU, 2, 1, 2 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
	{ 2, build_device, KIND_NVME, 1, 0, 0 },
};

static void build_host(struct machine *machine)
{
	/* Devices 4 and 5 of a root bus are taken by the integrated ones. */
	static const unsigned char slots[] = { 1,  2,  3,  6,  7,  8,  9,  10, 11,
					       12, 13, 14, 15, 16, 17, 18, 19, 20 };
	unsigned int slot = 0;

	machine->next_bus = host_bus(machine->hosts++) + 1;
	add_alone(machine, KIND_HOST, NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		const struct block *block = &blocks[i];
		struct function *port = NULL;

		if (block->size > machine->wanted - machine->count)
			continue;
		if (block->build != build_integrated)
			port = open_bridge(machine, KIND_ROOT_PORT, NULL,
					   slots[slot++] << 3);
		block->build(machine, port, block);
		if (port)
			close_bridge(machine, port);
	}
}

bool machine_plan(struct machine *machine, size_t wanted)
{
	*machine = (struct machine){
		.wanted = wanted,
		.next = { [MEM32] = UINT64_C(0x80000000),
			  [MEM64] = UINT64_C(0x380000000000) },
	};
	machine->functions = calloc(wanted, sizeof(*machine->functions));
	if (!machine->functions)
		return false;
	while (machine->count < wanted)
		build_host(machine);
	return true;
}
