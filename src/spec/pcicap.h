/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI configuration space: the header (PCI Local Bus 3.0, chapter 6) and the capabilities
 * that matter to DMA (PCI Express Base 6.0, chapter 7).
 */
#pragma once

#include "base/cursor.h"

enum {
	PCI_CONFIG_HEADER = 64, /* what Linux shows to everybody */
	PCI_CONFIG_CONVENTIONAL = 256,
	PCI_CONFIG_EXPRESS = 4096,
};

/* Offsets of capabilities, 0 where there is none. */
struct pci_capabilities {
	uint16_t express, subsystem, iommu, msi, msix;
	uint16_t acs, ats, pri, pasid, sriov, serial_number;
	/*
	 * Whether the lists could be walked: bytes that are hidden are not bytes absent.
	 */
	bool standard_seen, extended_seen;
	const char *problem; /* what is wrong with a list, NULL when nothing */
	uint16_t problem_at;
};

/* Walks both capability lists; every loop and every pointer out of bounds ends a walk. */
void pcicap_walk(const unsigned char *config, size_t size, struct pci_capabilities *ret);

enum pci_switch { PCI_SWITCH_ABSENT, PCI_SWITCH_OFF, PCI_SWITCH_ON };

struct pci_config {
	uint16_t vendor_id, device_id, command;
	uint8_t revision_id, header_type; /* without the multi-function bit */
	uint32_t class_id;		  /* 24 bits */
	bool multifunction;
	bool has_subsystem;
	uint16_t subsystem_vendor_id, subsystem_device_id;
	uint8_t secondary_bus, subordinate_bus; /* of header type 1 */
	bool is_express;
	uint8_t port_type;   /* Device/Port Type, 7.5.3.2 */
	uint8_t port_number; /* of Link Capabilities, 7.5.3.6 */
	enum pci_switch ats, pri, pasid, msi, msix;
	bool has_acs;
	uint16_t acs_capability, acs_control;
	uint32_t acs_egress; /* the first 32 bits of the Egress Control Vector */
	bool has_iommu_base;
	uint64_t iommu_base; /* AMD IOMMU 3.08, 3.4.2: Base Address Low and High */
	struct pci_capabilities capabilities;
};

#define PCI_COMMAND_BUS_MASTER (1u << 2)

/* Bits of the ACS Capability and ACS Control Registers (7.7.11.2 and 7.7.11.3). */
enum {
	ACS_SOURCE_VALIDATION = 1 << 0,
	ACS_TRANSLATION_BLOCKING = 1 << 1,
	ACS_REQUEST_REDIRECT = 1 << 2,
	ACS_COMPLETION_REDIRECT = 1 << 3,
	ACS_UPSTREAM_FORWARDING = 1 << 4,
	ACS_EGRESS_CONTROL = 1 << 5,
	ACS_DIRECT_TRANSLATED = 1 << 6,
};

/*
 * Decodes a configuration space of 64, 256 or 4096 bytes. -EBADMSG when there are fewer
 * than 64, -ENODEV when it reads as all ones, as that of a device that went away does.
 */
int pcicap_decode(const unsigned char *config, size_t size, struct pci_config *ret);

/* The names that lspci prints for ACS bits 0 to 6 (7.7.11.2); ends with NULL. */
extern const char *const pci_acs_names[];
