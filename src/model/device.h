/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI function and what stands between it and memory. */
#pragma once

#include "base/record.h"

struct group;
struct unit;

enum translation {
	TRANSLATION_STRICT,
	TRANSLATION_LAZY,
	TRANSLATION_IDENTITY,
	TRANSLATION_BLOCKED,
	TRANSLATION_VFIO,
	TRANSLATION_NONE,
};

enum capability_state { CAPABILITY_ABSENT, CAPABILITY_OFF, CAPABILITY_ON };

/* Device/Port Type of the PCI Express Capabilities Register (PCIe 6.0, 7.5.3.2). */
enum pcie_type {
	PCIE_ENDPOINT = 0x0,
	PCIE_LEGACY_ENDPOINT = 0x1,
	PCIE_ROOT_PORT = 0x4,
	PCIE_UPSTREAM_PORT = 0x5,
	PCIE_DOWNSTREAM_PORT = 0x6,
	PCIE_TO_PCI_BRIDGE = 0x7,
	PCI_TO_PCIE_BRIDGE = 0x8,
	PCIE_RC_ENDPOINT = 0x9,
	PCIE_RC_EVENT_COLLECTOR = 0xa,
};

/* One of the facts that lead to a device's translation, in the order that they count. */
struct translation_step {
	const char *step; /* kernel, command-line, firmware, unit … */
	struct fact_enum
		translation; /* what it makes of it; absent where it adds to it */
	const char *fact;
	const char *path; /* the file that says so, or NULL */
	const char *text; /* both, for people */
};

struct device {
	const char *bdf; /* full: "0000:00:1f.2" */
	struct pci_address address;

	struct fact_enum translation;
	struct fact_str translation_why;
	struct fact_list translation_chain; /* struct translation_step, where asked for */
	struct fact_bool bus_master;
	struct fact_u64 group;
	struct fact_str domain_type;
	struct fact_str unit;
	struct fact_str driver;

	struct fact_u64 vendor_id, device_id, class_id, revision_id;
	struct fact_u64 subsystem_vendor_id, subsystem_device_id;
	struct fact_str vendor, device, class;

	struct fact_u64 dma_mask_bits, consistent_dma_mask_bits;
	struct fact_i64 numa_node;
	struct fact_enum ats, pri, pasid;
	struct fact_enum msi, msix;
	struct fact_bool interrupt_remapping;
	struct fact_list acs, acs_supported;
	struct fact_list reset_methods;
	struct fact_str physfn;
	struct fact_list virtfns;
	struct fact_u64 sriov_totalvfs, sriov_numvfs;
	struct fact_str removable;
	enum fact_state bars_state; /* of its memory resources among the system's */
	/* Where VFIO is asked about. */
	struct fact_bool boot_vga;
	struct fact_u64 enable_count; /* of those who switched it on */
	struct fact_str cdev;	      /* node of VFIO for iommufd, in /dev */
	bool leaves;	  /* somebody asks about giving it away along with others */
	struct list uses; /* struct use: what of the host stands on it */
	struct fact_str upstream;
	struct fact_enum port_type;
	struct fact_str slot;

	/* What isolation is judged by. Of ACS there is nothing without the capability. */
	struct fact_bool multifunction; /* the bit of the Header Type Register */
	struct fact_u64 acs_capability, acs_control, acs_egress;
	struct fact_u64 port_number; /* of a PCI Express port, within its switch */

	/* Where the facts above lead; NULL where there is nothing to lead to. */
	struct group *group_ref;
	struct unit *unit_ref;
	struct device *upstream_ref;
	struct device *physfn_ref;
	/*
	 * The function that the host bridge above belongs to, as behind Intel's VMD, and
	 * its BDF: requests bear the address of that function.
	 */
	struct device *host_ref;
	const char *host;
	size_t index; /* its place among the system's devices, for tables beside them */
	/* AMD-Vi: the physical address in the IOMMU capability of this function. */
	struct fact_u64 amd_iommu_base;
};

/* Base class and sub-class of bridges and IOMMUs (PCI Code and ID Assignment 1.1). */
enum { PCI_CLASS_BRIDGE = 0x0604, PCI_CLASS_IOMMU = 0x0806 };

/* Bus, device and function as they stand in a request (PCIe 6.0, 2.2.6.2). */
static inline uint16_t device_requester_id(const struct device *device)
{
	return (uint16_t)(device->address.bus << 8 | device->address.device << 3 |
			  (device->address.function & 7));
}

/* Order of two device pointers by address, for qsort(): PCI segment, bus, device. */
int device_compare(const void *a, const void *b);

extern const struct record device_record;
extern const struct enum_name translation_names[];
