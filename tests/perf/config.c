// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration space of one function of the made-up server. */

#include "machine.h"

#include <linux/pci_regs.h>
#include <string.h>

struct image {
	const struct function *function;
	uint8_t *bytes;
	unsigned int link; /* where the offset of the next capability goes */
	unsigned int end; /* first free byte of extended space */
	unsigned int last; /* offset of the last extended capability, 0: none */
};

static void put8(struct image *image, unsigned int offset, uint8_t value)
{
	image->bytes[offset] = value;
}

static void put16(struct image *image, unsigned int offset, uint16_t value)
{
	put8(image, offset, value & 0xff);
	put8(image, offset + 1, value >> 8);
}

static void put32(struct image *image, unsigned int offset, uint32_t value)
{
	put16(image, offset, value & 0xffff);
	put16(image, offset + 2, value >> 16);
}

static void put64(struct image *image, unsigned int offset, uint64_t value)
{
	put32(image, offset, value & 0xffffffff);
	put32(image, offset + 4, value >> 32);
}

static void add_capability(struct image *image, unsigned int id, unsigned int offset)
{
	put8(image, image->link, offset);
	put8(image, offset, id);
	image->link = offset + PCI_CAP_LIST_NEXT;
}

/* Returns the offset of the new extended capability. */
static unsigned int add_extended(struct image *image, unsigned int id,
				 unsigned int version, unsigned int size)
{
	unsigned int offset = image->end;

	if (image->last)
		put16(image, image->last + 2,
		      image->bytes[image->last + 2] | offset << 4);
	put32(image, offset, id | version << 16);
	image->last = offset;
	image->end += (size + 3) / 4 * 4;
	return offset;
}

static void put_bar(struct image *image, unsigned int offset, uint64_t bar)
{
	put64(image, offset,
	      bar | PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
}

static void build_endpoint_header(struct image *image)
{
	const struct function *function = image->function;
	const struct kind *kind = function->kind;

	if (kind->bar_size && kind->port == PORT_NONE)
		put32(image, PCI_BASE_ADDRESS_0, function->bar);
	else if (kind->bar_size && !(kind->has & IS_VF)) /* BARs of a VF are its PF's */
		put_bar(image, PCI_BASE_ADDRESS_0, function->bar);
	put16(image, PCI_SUBSYSTEM_VENDOR_ID, kind->subvendor);
	put16(image, PCI_SUBSYSTEM_ID, kind->subdevice);
}

/* A window is closed where its base is above its limit. */
static void build_bridge_header(struct image *image)
{
	const struct function *function = image->function;
	const struct range *mem32 = &function->windows[MEM32];
	const struct range *mem64 = &function->windows[MEM64];
	uint64_t last32 = mem32->end - 1, last64 = mem64->end - 1;

	put8(image, PCI_PRIMARY_BUS, function->bus);
	put8(image, PCI_SECONDARY_BUS, function->secondary);
	put8(image, PCI_SUBORDINATE_BUS, function->subordinate);
	put8(image, PCI_IO_BASE, 0xf0);
	put8(image, PCI_IO_LIMIT, 0x00);
	put16(image, PCI_MEMORY_BASE, mem32->start >> 16 & 0xfff0);
	put16(image, PCI_MEMORY_LIMIT, last32 >> 16 & 0xfff0);
	put16(image, PCI_PREF_MEMORY_BASE,
	      (mem64->start >> 16 & 0xfff0) | PCI_PREF_RANGE_TYPE_64);
	put16(image, PCI_PREF_MEMORY_LIMIT,
	      (last64 >> 16 & 0xfff0) | PCI_PREF_RANGE_TYPE_64);
	put32(image, PCI_PREF_BASE_UPPER32, mem64->start >> 32);
	put32(image, PCI_PREF_LIMIT_UPPER32, last64 >> 32);
	put16(image, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR);
}

static void build_header(struct image *image)
{
	const struct function *function = image->function;
	const struct kind *kind = function->kind;
	bool bridge = kind->has & IS_BRIDGE, vf = kind->has & IS_VF;
	uint16_t command = 0;

	if (bridge || function->driver) {
		command = PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE;
		command |= vf ? 0 : PCI_COMMAND_MEMORY;
	}
	/* A VF answers with all ones: its identity follows from its PF. */
	put16(image, PCI_VENDOR_ID, vf ? 0xffff : kind->vendor);
	put16(image, PCI_DEVICE_ID, vf ? 0xffff : kind->device);
	put16(image, PCI_COMMAND, vf ? command & PCI_COMMAND_MASTER : command);
	put16(image, PCI_STATUS, PCI_STATUS_CAP_LIST);
	put32(image, PCI_CLASS_REVISION, kind->class << 8 | kind->revision);
	put8(image, PCI_CACHE_LINE_SIZE, vf ? 0 : 16);
	put8(image, PCI_HEADER_TYPE, bridge | (function->multifunction ? 0x80 : 0));
	if (bridge)
		build_bridge_header(image);
	else
		build_endpoint_header(image);
	if (!vf && kind->class != 0x060000) {
		put8(image, PCI_INTERRUPT_LINE, 11);
		put8(image, PCI_INTERRUPT_PIN, 1);
	}
}

static void build_power(struct image *image)
{
	enum { VERSION_3 = 3 };

	add_capability(image, PCI_CAP_ID_PM, 0x40);
	put16(image, 0x40 + PCI_PM_PMC, VERSION_3);
	put16(image, 0x40 + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
}

static void build_interrupts(struct image *image)
{
	const struct function *function = image->function;
	enum { OFFSET = 0x50, VECTORS = 64, PENDING = 0x1000 };

	if (function->kind->has & HAS_MSIX) {
		add_capability(image, PCI_CAP_ID_MSIX, OFFSET);
		put16(image, OFFSET + PCI_MSIX_FLAGS,
		      (VECTORS - 1) | (function->driver ? PCI_MSIX_FLAGS_ENABLE : 0));
		put32(image, OFFSET + PCI_MSIX_PBA, PENDING);
	} else if (function->kind->has & IS_BRIDGE) {
		add_capability(image, PCI_CAP_ID_MSI, OFFSET);
		put16(image, OFFSET + PCI_MSI_FLAGS,
		      PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_ENABLE);
		put64(image, OFFSET + PCI_MSI_ADDRESS_LO, UINT64_C(0xfee00018));
	}
}

/* Links run at 8 GT/s, sixteen lanes wide. */
static void build_link(struct image *image, unsigned int offset)
{
	enum { WIDTH_16 = 16 << 4, SPEEDS = 0xe };

	put32(image, offset + PCI_EXP_LNKCAP,
	      PCI_EXP_LNKCAP_SLS_8_0GB | WIDTH_16 | PCI_EXP_LNKCAP_ASPM_L1);
	put16(image, offset + PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_CCC);
	put16(image, offset + PCI_EXP_LNKSTA,
	      PCI_EXP_LNKSTA_CLS_8_0GB | WIDTH_16 | PCI_EXP_LNKSTA_SLC);
	put32(image, offset + PCI_EXP_LNKCAP2, SPEEDS);
	put16(image, offset + PCI_EXP_LNKCTL2, PCI_EXP_LNKCAP_SLS_8_0GB);
}

static void build_express(struct image *image)
{
	enum { OFFSET = 0x70, VERSION_2 = 2, PAYLOAD_256 = 1 };
	const struct function *function = image->function;
	enum port port = function->kind->port;
	bool down = port == PORT_ROOT || port == PORT_DOWNSTREAM;
	bool flr = function->kind->has & HAS_FLR;
	bool vf = function->kind->has & IS_VF;

	add_capability(image, PCI_CAP_ID_EXP, OFFSET);
	put16(image, OFFSET + PCI_EXP_FLAGS,
	      VERSION_2 | port << 4 | (down ? PCI_EXP_FLAGS_SLOT : 0));
	put32(image, OFFSET + PCI_EXP_DEVCAP,
	      PAYLOAD_256 | PCI_EXP_DEVCAP_EXT_TAG | PCI_EXP_DEVCAP_RBER |
		      (flr ? PCI_EXP_DEVCAP_FLR : 0));
	if (!vf)
		put16(image, OFFSET + PCI_EXP_DEVCTL,
		      PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE |
			      PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_PAYLOAD_256B |
			      PCI_EXP_DEVCTL_EXT_TAG);
	put32(image, OFFSET + PCI_EXP_DEVCAP2,
	      PCI_EXP_DEVCAP2_COMP_TMOUT_DIS | (down ? PCI_EXP_DEVCAP2_ARI : 0));
	put16(image, OFFSET + PCI_EXP_DEVCTL2, down ? PCI_EXP_DEVCTL2_ARI : 0);
	if (port != PORT_INTEGRATED)
		build_link(image, OFFSET);
	if (down) {
		put32(image, OFFSET + PCI_EXP_SLTCAP,
		      (uint32_t)function->secondary << 19);
		put16(image, OFFSET + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
	}
}

static void build_errors(struct image *image)
{
	unsigned int offset = add_extended(image, PCI_EXT_CAP_ID_ERR, 2, 0x48);
	uint32_t severe = PCI_ERR_UNC_DLP | PCI_ERR_UNC_SURPDN | PCI_ERR_UNC_FCP |
			  PCI_ERR_UNC_RX_OVER | PCI_ERR_UNC_MALF_TLP;

	put32(image, offset + PCI_ERR_UNCOR_SEVER, severe);
	put32(image, offset + PCI_ERR_COR_MASK, PCI_ERR_COR_ADV_NFAT);
	put32(image, offset + PCI_ERR_CAP, PCI_ERR_CAP_ECRC_GENC | PCI_ERR_CAP_ECRC_CHKC);
	if (image->function->kind->port == PORT_ROOT)
		put32(image, offset + PCI_ERR_ROOT_COMMAND,
		      PCI_ERR_ROOT_CMD_COR_EN | PCI_ERR_ROOT_CMD_NONFATAL_EN |
			      PCI_ERR_ROOT_CMD_FATAL_EN);
}

/* An endpoint with nothing to control promises that its functions are kept apart. */
static void build_acs(struct image *image)
{
	unsigned int offset = add_extended(image, PCI_EXT_CAP_ID_ACS, 1, 8);
	uint16_t control = PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF;

	if (!(image->function->kind->has & IS_BRIDGE))
		return;
	put16(image, offset + PCI_ACS_CAP, control | PCI_ACS_TB | PCI_ACS_DT);
	put16(image, offset + PCI_ACS_CTRL, control);
}

/* ATS is on in PFs and GPUs; PRI and PASID are on in GPUs alone. */
static void build_address_services(struct image *image)
{
	unsigned int has = image->function->kind->has, offset;
	bool on = image->function->driver && !(has & IS_VF);
	enum { PAGES = 256, WIDTH_20 = 20 << 8 };

	if (has & HAS_ATS) {
		offset = add_extended(image, PCI_EXT_CAP_ID_ATS, 1,
				      PCI_EXT_CAP_ATS_SIZEOF);
		put16(image, offset + PCI_ATS_CAP, PCI_ATS_CAP_PAGE_ALIGNED);
		put16(image, offset + PCI_ATS_CTRL, on ? PCI_ATS_CTRL_ENABLE : 0);
	}
	on = on && has & HAS_PASID;
	if (has & HAS_PRI) {
		offset = add_extended(image, PCI_EXT_CAP_ID_PRI, 1,
				      PCI_EXT_CAP_PRI_SIZEOF);
		put16(image, offset + PCI_PRI_CTRL, on ? PCI_PRI_CTRL_ENABLE : 0);
		put16(image, offset + PCI_PRI_STATUS, on ? 0 : PCI_PRI_STATUS_STOPPED);
		put32(image, offset + PCI_PRI_MAX_REQ, PAGES);
		put32(image, offset + PCI_PRI_ALLOC_REQ, on ? PAGES : 0);
	}
	if (has & HAS_PASID) {
		offset = add_extended(image, PCI_EXT_CAP_ID_PASID, 1,
				      PCI_EXT_CAP_PASID_SIZEOF);
		put16(image, offset + PCI_PASID_CAP, WIDTH_20);
		put16(image, offset + PCI_PASID_CTRL, on ? PCI_PASID_CTRL_ENABLE : 0);
	}
}

static void build_sriov(struct image *image)
{
	const struct function *function = image->function;
	unsigned int offset =
		add_extended(image, PCI_EXT_CAP_ID_SRIOV, 1, PCI_EXT_CAP_SRIOV_SIZEOF);

	put16(image, offset + PCI_SRIOV_CTRL,
	      PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI);
	put16(image, offset + PCI_SRIOV_INITIAL_VF, VFS_PER_PF);
	put16(image, offset + PCI_SRIOV_TOTAL_VF, VFS_PER_PF);
	put16(image, offset + PCI_SRIOV_NUM_VF, VFS_PER_PF);
	put8(image, offset + PCI_SRIOV_FUNC_LINK, function->devfn);
	put16(image, offset + PCI_SRIOV_VF_OFFSET, function->vf_offset);
	put16(image, offset + PCI_SRIOV_VF_STRIDE, 1);
	put16(image, offset + PCI_SRIOV_VF_DID, function->vfs->kind->device);
	put32(image, offset + PCI_SRIOV_SUP_PGSIZE, 0x553);
	put32(image, offset + PCI_SRIOV_SYS_PGSIZE, 1);
	put_bar(image, offset + PCI_SRIOV_BAR, function->vfs->bar);
}

static void build_extended(struct image *image)
{
	const struct function *function = image->function;
	unsigned int has = function->kind->has, offset;

	build_errors(image);
	if (has & HAS_DSN) {
		offset = add_extended(image, PCI_EXT_CAP_ID_DSN, 1,
				      PCI_EXT_CAP_DSN_SIZEOF);
		put64(image, offset + 4,
		      (uint64_t)function->kind->vendor << 40 | UINT64_C(0xffff000000) |
			      function->host << 8 | function->bus);
	}
	if (has & HAS_ARI)
		add_extended(image, PCI_EXT_CAP_ID_ARI, 1, PCI_EXT_CAP_ARI_SIZEOF);
	if (has & HAS_SRIOV)
		build_sriov(image);
	if (has & HAS_ACS)
		build_acs(image);
	build_address_services(image);
}

size_t config_build(const struct function *function, uint8_t ret_config[CONFIG_SIZE])
{
	struct image image = {
		.function = function,
		.bytes = ret_config,
		.link = PCI_CAPABILITY_LIST,
		.end = PCI_CFG_SPACE_SIZE,
	};

	memset(ret_config, 0, CONFIG_SIZE);
	build_header(&image);
	if (!(function->kind->has & IS_VF))
		build_power(&image);
	build_interrupts(&image);
	if (function->kind->port == PORT_NONE)
		return PCI_CFG_SPACE_SIZE;
	build_express(&image);
	build_extended(&image);
	return CONFIG_SIZE;
}
