// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI configuration space: the header and the capabilities that matter to DMA. */

#include "spec/pcicap.h"

/* Capability IDs (PCI Code and ID Assignment, 2) and Extended Capability IDs (3). */
enum {
	CAP_SUBSYSTEM = 0x0d,
	CAP_MSI = 0x05,
	CAP_SECURE_DEVICE = 0x0f, /* AMD IOMMU */
	CAP_EXPRESS = 0x10,
	CAP_MSIX = 0x11,
	EXT_SERIAL_NUMBER = 0x0003,
	EXT_ACS = 0x000d,
	EXT_ATS = 0x000f,
	EXT_SRIOV = 0x0010,
	EXT_PRI = 0x0013,
	EXT_PASID = 0x001b,
};

/* Registers of the header. */
enum {
	REG_COMMAND = 0x04,
	REG_STATUS = 0x06,
	REG_REVISION = 0x08,
	REG_CLASS = 0x09,
	REG_HEADER_TYPE = 0x0e,
	REG_SECONDARY_BUS = 0x19,
	REG_SUBORDINATE_BUS = 0x1a,
	REG_SUBSYSTEM = 0x2c,
	REG_CAPABILITIES = 0x34,
	REG_CAPABILITIES_CARDBUS = 0x14,
	STATUS_CAPABILITY_LIST = 4, /* bit */
};

const char *const pci_acs_names[] = {
	"SrcValid",    "TransBlk",   "ReqRedir",    "CmpltRedir",
	"UpstreamFwd", "EgressCtrl", "DirectTrans", NULL,
};

static void report(struct pci_capabilities *found, const char *problem, size_t at)
{
	if (!found->problem) {
		found->problem = problem;
		found->problem_at = (uint16_t)at;
	}
}

/* Remembers visited dwords: a list that comes back to one is a loop. */
static bool visit(uint8_t *visited, size_t at)
{
	uint8_t mask = (uint8_t)(1u << (at / 4 % 8));

	if (visited[at / 32] & mask)
		return false;
	visited[at / 32] |= mask;
	return true;
}

/* A capability that dmascope reads: where its offset is kept, and how long it is. */
struct wanted {
	uint16_t id;
	uint16_t length;
	size_t member;
};

#define WANTED(id, length, member)                                                       \
	{                                                                                \
		(id), (length), offsetof(struct pci_capabilities, member)                \
	}

static const struct wanted standard[] = {
	WANTED(CAP_EXPRESS, 4, express),      WANTED(CAP_SUBSYSTEM, 8, subsystem),
	WANTED(CAP_SECURE_DEVICE, 12, iommu), WANTED(CAP_MSI, 4, msi),
	WANTED(CAP_MSIX, 12, msix),
};

static const struct wanted extended[] = {
	WANTED(EXT_ACS, 8, acs),      WANTED(EXT_ATS, 8, ats),
	WANTED(EXT_PRI, 8, pri),      WANTED(EXT_PASID, 8, pasid),
	WANTED(EXT_SRIOV, 64, sriov), WANTED(EXT_SERIAL_NUMBER, 12, serial_number),
};

/* Keeps the offset of the first capability of each kind, if it lies in the space. */
static void remember(const struct cursor *config, const struct wanted *wanted,
		     size_t count, unsigned int id, size_t at,
		     struct pci_capabilities *found)
{
	for (size_t i = 0; i < count; i++) {
		uint16_t *offset = (uint16_t *)((char *)found + wanted[i].member);

		if (wanted[i].id != id || *offset != 0)
			continue;
		if (at + wanted[i].length > config->size)
			report(found, "capability cut off by the end of the space", at);
		else
			*offset = (uint16_t)at;
	}
}

static void walk_standard(struct cursor *config, struct pci_capabilities *found)
{
	uint8_t visited[PCI_CONFIG_CONVENTIONAL / 32] = { 0 };
	uint8_t header = cursor_le_at(config, REG_HEADER_TYPE, 1) & 0x7f;
	size_t at = cursor_le_at(
		config, header == 2 ? REG_CAPABILITIES_CARDBUS : REG_CAPABILITIES, 1);

	for (at &= ~3ul; at != 0; at &= ~3ul) {
		uint8_t id;

		if (at < PCI_CONFIG_HEADER) {
			report(found, "capability pointer into the header", at);
			return;
		}
		if (!visit(visited, at)) {
			report(found, "loop in the capability list", at);
			return;
		}
		id = (uint8_t)cursor_le_at(config, at, 1);
		if (id == 0xff) {
			report(found, "capability reads as all ones", at);
			return;
		}
		remember(config, standard, ARRAY_SIZE(standard), id, at, found);
		at = cursor_le_at(config, at + 1, 1);
	}
}

static void walk_extended(struct cursor *config, struct pci_capabilities *found)
{
	uint8_t visited[PCI_CONFIG_EXPRESS / 32] = { 0 };

	for (size_t at = PCI_CONFIG_CONVENTIONAL; at != 0;) {
		uint32_t header;

		if (at < PCI_CONFIG_CONVENTIONAL || at + 4 > config->size) {
			report(found, "extended capability pointer out of bounds", at);
			return;
		}
		if (!visit(visited, at)) {
			report(found, "loop in the extended capability list", at);
			return;
		}
		header = (uint32_t)cursor_le_at(config, at, 4);
		if (header == 0)
			return; /* 7.6.3: an empty list is one header of zeros */
		if (header == UINT32_MAX) {
			report(found, "extended capability reads as all ones", at);
			return;
		}
		remember(config, extended, ARRAY_SIZE(extended), header & 0xffff, at,
			 found);
		at = bits(header, 31, 20) & ~3ul;
	}
}

void pcicap_walk(const unsigned char *config, size_t size, struct pci_capabilities *ret)
{
	struct cursor cursor = CURSOR(config, MIN(size, (size_t)PCI_CONFIG_EXPRESS));
	struct pci_capabilities found = { 0 };
	bool has_list;

	has_list = bit(cursor_le_at(&cursor, REG_STATUS, 2), STATUS_CAPABILITY_LIST);
	if (size >= PCI_CONFIG_HEADER && !has_list) {
		/* No list at all, which 64 bytes are enough to say. */
		found.standard_seen = true;
		found.extended_seen = true;
	} else if (size >= PCI_CONFIG_CONVENTIONAL) {
		walk_standard(&cursor, &found);
		found.standard_seen = true;
		/* Only PCI Express functions have an extended space. */
		found.extended_seen = !found.express && !found.problem;
	}
	if (size > PCI_CONFIG_CONVENTIONAL) {
		walk_extended(&cursor, &found);
		found.extended_seen = true;
	}
	*ret = found;
}

static enum pci_switch read_switch(struct cursor *cursor, uint16_t at,
				   unsigned int offset, unsigned int number)
{
	if (!at)
		return PCI_SWITCH_ABSENT;
	return bit(cursor_le_at(cursor, at + offset, 2), number) ? PCI_SWITCH_ON
								 : PCI_SWITCH_OFF;
}

static void decode_capabilities(struct cursor *cursor, struct pci_config *config)
{
	const struct pci_capabilities *found = &config->capabilities;

	if (found->express) {
		config->is_express = true;
		config->port_type =
			(uint8_t)bits(cursor_le_at(cursor, found->express + 2, 2), 7, 4);
		config->port_number =
			(uint8_t)cursor_le_at(cursor, found->express + 15u, 1);
	}
	config->ats = read_switch(cursor, found->ats, 6, 15); /* ATS Control, Enable */
	config->pri = read_switch(cursor, found->pri, 4, 0);  /* Page Request Control */
	config->pasid = read_switch(cursor, found->pasid, 6, 0); /* PASID Control */
	config->msi = read_switch(cursor, found->msi, 2, 0);	 /* MSI Enable, 7.7.1.2 */
	config->msix = read_switch(cursor, found->msix, 2, 15);	 /* 7.7.2.2 */
	if (found->acs) {
		config->has_acs = true;
		config->acs_capability =
			(uint16_t)cursor_le_at(cursor, found->acs + 4, 2);
		config->acs_control = (uint16_t)cursor_le_at(cursor, found->acs + 6, 2);
		/* Past the end of the space it reads as zero: no port is blocked. */
		config->acs_egress = (uint32_t)cursor_le_at(cursor, found->acs + 8u, 4);
	}
	if (found->iommu) {
		uint64_t low = cursor_le_at(cursor, found->iommu + 4u, 4);

		config->iommu_base = bits(low, 31, 14) << 14 |
				     cursor_le_at(cursor, found->iommu + 8u, 4) << 32;
		/* The Enable bit is not asked: QEMU's unit works with it clear. */
		config->has_iommu_base = config->iommu_base != 0;
	}
}

int pcicap_decode(const unsigned char *bytes, size_t size, struct pci_config *ret)
{
	struct cursor cursor = CURSOR(bytes, MIN(size, (size_t)PCI_CONFIG_EXPRESS));
	struct pci_config config = { 0 };
	uint8_t type;
	size_t subsystem = 0;

	if (size < PCI_CONFIG_HEADER)
		return -EBADMSG;
	if (cursor_le_at(&cursor, 0, 4) == UINT32_MAX &&
	    cursor_le_at(&cursor, REG_COMMAND, 4) == UINT32_MAX)
		return -ENODEV;
	config.vendor_id = (uint16_t)cursor_le_at(&cursor, 0, 2);
	config.device_id = (uint16_t)cursor_le(&cursor, 2);
	config.command = (uint16_t)cursor_le_at(&cursor, REG_COMMAND, 2);
	config.revision_id = (uint8_t)cursor_le_at(&cursor, REG_REVISION, 1);
	config.class_id = (uint32_t)cursor_le_at(&cursor, REG_CLASS, 2) |
			  (uint32_t)cursor_le(&cursor, 1) << 16;
	type = (uint8_t)cursor_le_at(&cursor, REG_HEADER_TYPE, 1);
	config.multifunction = bit(type, 7);
	config.header_type = type & 0x7f;
	pcicap_walk(bytes, size, &config.capabilities);
	if (config.header_type == 1) {
		config.secondary_bus =
			(uint8_t)cursor_le_at(&cursor, REG_SECONDARY_BUS, 1);
		config.subordinate_bus =
			(uint8_t)cursor_le_at(&cursor, REG_SUBORDINATE_BUS, 1);
		/* PCI-to-PCI Bridge 1.2, 3.2.5.13: a bridge has them in a capability. */
		if (config.capabilities.subsystem)
			subsystem = config.capabilities.subsystem + 4u;
	} else if (config.header_type == 0) {
		subsystem = REG_SUBSYSTEM;
	}
	if (subsystem) {
		config.has_subsystem = true;
		config.subsystem_vendor_id =
			(uint16_t)cursor_le_at(&cursor, subsystem, 2);
		config.subsystem_device_id = (uint16_t)cursor_le(&cursor, 2);
	}
	decode_capabilities(&cursor, &config);
	*ret = config;
	return 0;
}
