// SPDX-License-Identifier: GPL-2.0-or-later
/* An IOMMU hardware unit. */

#include "model/unit.h"

const struct enum_name unit_kind_names[] = {
	[UNIT_INTEL_VTD] = { "intel-vtd", MOOD_NONE,
			     "Intel Virtualization Technology for Directed I/O" },
	[UNIT_AMD_VI] = { "amd-vi", MOOD_NONE, "AMD I/O Virtualization Technology" },
	[UNIT_ARM_SMMU_V3] = { "arm-smmu-v3", MOOD_NONE,
			       "Arm System Memory Management Unit, version 3" },
	[UNIT_ARM_SMMU] = { "arm-smmu", MOOD_NONE,
			    "Arm System Memory Management Unit, version 1 or 2" },
	[UNIT_VIRTIO_IOMMU] = { "virtio-iommu", MOOD_NONE,
				"paravirtual IOMMU of a hypervisor" },
	[UNIT_RISCV] = { "riscv-iommu", MOOD_NONE, "RISC-V IOMMU" },
	[UNIT_S390] = { "s390-iommu", MOOD_NONE, "I/O translation of IBM Z" },
	[UNIT_OTHER] = { "other", MOOD_NONE, "a unit that dmascope has no table for" },
	{ 0 },
};

static const struct field fields[] = {
	FIELD(struct unit, name, "UNIT", F_STR, F_SHOW | F_LABEL,
	      "name in /sys/class/iommu"),
	FIELD(struct unit, kind, "KIND", F_ENUM, F_SHOW | F_INFO,
	      "architecture of the unit", .names = unit_kind_names),
	FIELD(struct unit, segment, "SEGMENT", F_UINT, F_RIGHT,
	      "PCI segment of the functions behind the unit"),
	FIELD(struct unit, register_base, "REGISTERS", F_HEX, F_SHOW,
	      "physical address of the registers"),
	FIELD(struct unit, version, "VERSION", F_STR, F_SHOW,
	      "version of the architecture"),
	FIELD(struct unit, address_width, "WIDTH", F_UINT, F_SHOW | F_RIGHT,
	      "bits of a DMA address that the unit can translate"),
	FIELD(struct unit, page_sizes, "PAGES", F_BYTESV, F_SHOW,
	      "page sizes of the translation tables"),
	FIELD(struct unit, interrupt_remapping, "IR", F_BOOL, F_SHOW,
	      "the hardware can remap interrupts"),
	FIELD(struct unit, devices, "DEVICES", F_UINT, F_SHOW | F_RIGHT | F_GAUGE,
	      "devices behind the unit"),
	FIELD(struct unit, domains_used, "USED", F_UINT, F_RIGHT | F_GAUGE | F_VOLATILE,
	      "domains in use"),
	FIELD(struct unit, domains_supported, "DOMAINS", F_UINT, F_RIGHT | F_GAUGE,
	      "domains that the unit can hold"),
	FIELD(struct unit, capabilities, "CAPABILITIES", F_STRV, F_SHOW | F_TRUNC,
	      "capabilities by the names of the specification"),
	FIELD(struct unit, cap, "CAP", F_HEX, 0, "VT-d Capability Register",
	      .digits = 16),
	FIELD(struct unit, ecap, "ECAP", F_HEX, 0, "VT-d Extended Capability Register",
	      .digits = 16),
	FIELD(struct unit, efr, "EFR", F_HEX, 0, "AMD-Vi Extended Feature Register",
	      .digits = 16),
	FIELD(struct unit, efr2, "EFR2", F_HEX, 0, "AMD-Vi Extended Feature 2 Register",
	      .digits = 16),
	FIELD(struct unit, caching_mode, "CM", F_BOOL, 0,
	      "VT-d caching mode or AMD-Vi NpCache: an emulated unit, for which Linux "
	      "flushes "
	      "at once"),
	FIELD(struct unit, parent, "PARENT", F_STR, 0,
	      "PCI function that is the unit, where there is one"),
};

const struct record unit_record =
	RECORD("units", "unit", "IOMMU hardware units and what they can do", fields);
