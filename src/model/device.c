// SPDX-License-Identifier: GPL-2.0-or-later
/* A PCI function and what stands between it and memory. */

#include "model/device.h"

const struct enum_name translation_names[] = {
	[TRANSLATION_STRICT] = { "strict", MOOD_GOOD,
				 "translated; an unmapped address is out of reach at "
				 "once" },
	[TRANSLATION_LAZY] = { "lazy", MOOD_GOOD,
			       "translated; an unmapped address may stay in reach until "
			       "the "
			       "next flush of the IOTLB" },
	[TRANSLATION_IDENTITY] = { "identity", MOOD_BAD,
				   "behind an IOMMU that passes every address through" },
	[TRANSLATION_BLOCKED] = { "blocked", MOOD_GOOD, "every access is refused" },
	[TRANSLATION_VFIO] = { "vfio", MOOD_GOOD,
			       "a user-space driver decides the mappings" },
	[TRANSLATION_NONE] = { "none", MOOD_BAD, "no IOMMU translates this device" },
	{ 0 },
};

static const struct enum_name capability_names[] = {
	[CAPABILITY_ABSENT] = { "absent", MOOD_DIM,
				"the function has no such capability" },
	[CAPABILITY_OFF] = { "off", MOOD_NONE, "present, not enabled" },
	[CAPABILITY_ON] = { "on", MOOD_NONE, "enabled" },
	{ 0 },
};

static const struct enum_name pcie_type_names[] = {
	[PCIE_ENDPOINT] = { "endpoint", MOOD_NONE, "PCI Express Endpoint" },
	[PCIE_LEGACY_ENDPOINT] = { "legacy-endpoint", MOOD_NONE,
				   "Legacy PCI Express Endpoint" },
	[0x2] = { "reserved-2", MOOD_NONE, "not defined by the specification" },
	[0x3] = { "reserved-3", MOOD_NONE, "not defined by the specification" },
	[PCIE_ROOT_PORT] = { "root-port", MOOD_NONE, "Root Port of a Root Complex" },
	[PCIE_UPSTREAM_PORT] = { "upstream-port", MOOD_NONE,
				 "Upstream Port of a Switch" },
	[PCIE_DOWNSTREAM_PORT] = { "downstream-port", MOOD_NONE,
				   "Downstream Port of a Switch" },
	[PCIE_TO_PCI_BRIDGE] = { "pcie-to-pci-bridge", MOOD_NONE,
				 "PCI Express to PCI/PCI-X Bridge" },
	[PCI_TO_PCIE_BRIDGE] = { "pci-to-pcie-bridge", MOOD_NONE,
				 "PCI/PCI-X to PCI Express Bridge" },
	[PCIE_RC_ENDPOINT] = { "rc-endpoint", MOOD_NONE,
			       "Root Complex Integrated Endpoint" },
	[PCIE_RC_EVENT_COLLECTOR] = { "rc-event-collector", MOOD_NONE,
				      "Root Complex Event Collector" },
	{ 0 },
};

/* What people call the device: "Intel Corporation 82574L", or the identifiers. */
static void get_name(const void *object, struct value *ret)
{
	const struct device *device = object;

	if (device->device.state == FACT_KNOWN) {
		ret->state = FACT_KNOWN;
		ret->text = device->device.value;
	} else if (device->vendor_id.state == FACT_KNOWN &&
		   device->device_id.state == FACT_KNOWN) {
		snprintf(ret->scratch, sizeof(ret->scratch), "%04llx:%04llx",
			 (unsigned long long)device->vendor_id.value,
			 (unsigned long long)device->device_id.value);
		ret->state = FACT_KNOWN;
		ret->text = ret->scratch;
	} else {
		ret->state = device->vendor_id.state;
	}
}

static const struct field step_fields[] = {
	FIELD(struct translation_step, step, "STEP", F_STR, F_SHOW,
	      "what the fact is about"),
	FIELD(struct translation_step, translation, "TRANSLATION", F_ENUM,
	      F_SHOW | F_BRANCH,
	      "what the translation is from here on, as far as this fact decides it",
	      .names = translation_names),
	FIELD(struct translation_step, text, "WHY", F_STR,
	      F_SHOW | F_BRANCH | F_WRAP | F_TEXT_ONLY,
	      "the fact, and the file that says so"),
	FIELD(struct translation_step, fact, "FACT", F_STR, 0, "the fact"),
	FIELD(struct translation_step, path, "PATH", F_STR, 0, "the file that says so"),
};

static const struct record step_record = RECORD(
	"translation_chain", "translation_step",
	"facts that lead to a translation, in the order that they count", step_fields);

static const struct field fields[] = {
	FIELD(struct device, bdf, "BDF", F_STR, F_SHOW | F_LABEL,
	      "PCI address: segment, bus, device, function"),
	FIELD(struct device, bus_master, "BM", F_BOOL, F_SHOW | F_BRANCH | F_GAUGE,
	      "BusMaster bit of the command register: the function may start DMA"),
	FIELD(struct device, translation, "TRANSLATION", F_ENUM, F_SHOW | F_INFO,
	      "what happens to the addresses of its DMA", .names = translation_names),
	FIELD(struct device, group, "GROUP", F_UINT, F_SHOW | F_RIGHT,
	      "IOMMU group, the smallest set of functions that can be isolated"),
	FIELD(struct device, unit, "UNIT", F_STR, F_SHOW,
	      "IOMMU hardware unit in charge of it"),
	FIELD(struct device, driver, "DRIVER", F_STR, F_SHOW | F_BRANCH | F_INFO,
	      "driver bound to the function"),
	FIELD_MADE("name", "NAME", F_STR, F_SHOW | F_BRANCH | F_TRUNC | F_TEXT_ONLY,
		   "name of the device, or its identifiers where pci.ids has none",
		   get_name),
	FIELD(struct device, domain_type, "DOMAIN", F_STR, 0,
	      "type of the group's default domain, as the kernel spells it"),
	FIELD(struct device, translation_why, "WHY", F_STR, F_WRAP,
	      "why the translation is what it is"),
	FIELD(struct device, translation_chain, "CHAIN", F_RECORDS, F_TREE | F_ASKED,
	      "all that led to it, step by step; only with --why",
	      .record = &step_record),
	FIELD(struct device, vendor_id, "VENDOR-ID", F_HEX, 0, "vendor identifier",
	      .digits = 4),
	FIELD(struct device, device_id, "DEVICE-ID", F_HEX, 0, "device identifier",
	      .digits = 4),
	FIELD(struct device, class_id, "CLASS-ID", F_HEX, 0,
	      "class code: base class, sub-class, programming interface", .digits = 6),
	FIELD(struct device, revision_id, "REVISION-ID", F_HEX, 0, "revision identifier",
	      .digits = 2),
	FIELD(struct device, subsystem_vendor_id, "SUBSYSTEM-VENDOR-ID", F_HEX, 0,
	      "vendor identifier of the board", .digits = 4),
	FIELD(struct device, subsystem_device_id, "SUBSYSTEM-DEVICE-ID", F_HEX, 0,
	      "identifier of the board", .digits = 4),
	FIELD(struct device, vendor, "VENDOR", F_STR, F_TRUNC, "name of the vendor"),
	FIELD(struct device, device, "DEVICE", F_STR, F_TRUNC, "name of the device"),
	FIELD(struct device, class, "CLASS", F_STR, F_TRUNC, "name of the class"),
	FIELD(struct device, port_type, "PORT-TYPE", F_ENUM, 0,
	      "PCI Express device or port type; absent for conventional PCI",
	      .names = pcie_type_names),
	FIELD(struct device, slot, "SLOT", F_STR, 0,
	      "name of the physical slot it sits in"),
	FIELD(struct device, upstream, "UPSTREAM", F_STR, 0,
	      "the bridge or port above it; absent on a root bus"),
	FIELD(struct device, dma_mask_bits, "DMA-MASK", F_UINT, F_RIGHT,
	      "address bits that the driver set for streaming DMA"),
	FIELD(struct device, consistent_dma_mask_bits, "COHERENT-MASK", F_UINT, F_RIGHT,
	      "address bits that the driver set for coherent DMA"),
	FIELD(struct device, numa_node, "NUMA", F_INT, F_RIGHT,
	      "NUMA node it is attached to, -1 for none in particular"),
	FIELD(struct device, ats, "ATS", F_ENUM, 0,
	      "Address Translation Service: the device keeps translations itself",
	      .names = capability_names),
	FIELD(struct device, pri, "PRI", F_ENUM, 0,
	      "Page Request Interface: the device may ask for pages",
	      .names = capability_names),
	FIELD(struct device, pasid, "PASID", F_ENUM, 0,
	      "Process Address Space ID: several address spaces in one function",
	      .names = capability_names),
	FIELD(struct device, msi, "MSI", F_ENUM, 0,
	      "Message Signaled Interrupts: an interrupt is a write",
	      .names = capability_names),
	FIELD(struct device, msix, "MSI-X", F_ENUM, 0,
	      "MSI-X: the same, with a table of messages", .names = capability_names),
	FIELD(struct device, interrupt_remapping, "IR", F_BOOL, 0,
	      "its interrupts are remapped; unknown where it has none"),
	FIELD(struct device, acs, "ACS", F_STRV, 0,
	      "Access Control Services that are switched on, by the names of lspci; none "
	      "where there is no such capability"),
	FIELD(struct device, acs_supported, "ACS-SUPPORTED", F_STRV, 0,
	      "Access Control Services that the function offers"),
	FIELD(struct device, reset_methods, "RESET", F_STRV, 0,
	      "ways the kernel can reset the function, in the order it tries them"),
	FIELD(struct device, physfn, "PHYSFN", F_STR, 0,
	      "of a virtual function: the physical function it belongs to"),
	FIELD(struct device, virtfns, "VIRTFNS", F_STRV, F_TRUNC,
	      "of a physical function: its virtual functions"),
	FIELD(struct device, sriov_totalvfs, "TOTALVFS", F_UINT, F_RIGHT,
	      "virtual functions that it can have"),
	FIELD(struct device, sriov_numvfs, "NUMVFS", F_UINT, F_RIGHT,
	      "virtual functions that are switched on"),
	FIELD(struct device, removable, "REMOVABLE", F_STR, 0,
	      "removable, fixed or unknown, as the kernel says; absent where it says "
	      "nothing"),
};

const struct record device_record =
	RECORD("devices", "device",
	       "PCI functions and what stands between them and memory", fields);

int device_compare(const void *a, const void *b)
{
	const struct pci_address *x = &(*(const struct device *const *)a)->address;
	const struct pci_address *y = &(*(const struct device *const *)b)->address;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	if (x->bus != y->bus)
		return (int)x->bus - (int)y->bus;
	if (x->device != y->device)
		return (int)x->device - (int)y->device;
	return x->function - y->function;
}
