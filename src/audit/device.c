// SPDX-License-Identifier: GPL-2.0-or-later
/* What single devices may do: bus masters, external ones, those treated otherwise. */

#include "audit/audit.h"

/* Base classes by which a function is no device that somebody would use by itself. */
static bool is_bridge(const struct device *device)
{
	return device->class_id.state == FACT_KNOWN &&
	       device->class_id.value >> 16 == 0x06;
}

static bool is_unit(const struct system *system, const struct device *device)
{
	if (device->class_id.state == FACT_KNOWN &&
	    device->class_id.value >> 8 == PCI_CLASS_IOMMU)
		return true;
	LIST_FOR_EACH (&system->units, const struct unit, unit)
		if (known_str(unit->parent, device->bdf))
			return true;
	return false;
}

static bool is_translation(const struct device *device, enum translation translation)
{
	return device->translation.state == FACT_KNOWN &&
	       device->translation.value == (int)translation;
}

static bool is_untranslated(const struct device *device)
{
	return is_translation(device, TRANSLATION_NONE) ||
	       is_translation(device, TRANSLATION_IDENTITY);
}

static enum finding_status run_no_driver(struct audit *audit, const void *object)
{
	const struct device *device = object;

	if (is_bridge(device) || is_unit(audit->system, device))
		return audit_is_beside(audit, "bridges pass on what others send");
	if (known_false(device->bus_master))
		return audit_passes(audit, audit_attr(audit, device, "config"),
				    "BusMaster is off");
	if (device->bus_master.state != FACT_KNOWN)
		return audit_cannot_see(audit, audit_attr(audit, device, "config"));
	if (device->driver.state == FACT_KNOWN)
		return audit_passes(audit, audit_attr(audit, device, "driver"), "%s",
				    device->driver.value);
	if (device->driver.state != FACT_ABSENT)
		return audit_cannot_see(audit, audit_attr(audit, device, "driver"));
	/* What is translated reaches what is mapped: without a driver, mostly nothing. */
	if (is_untranslated(device))
		audit_grade(audit, SEVERITY_MEDIUM);
	audit_remedy(audit, "setpci -s %s COMMAND=0:4", device->bdf);
	return audit_fails(audit, audit_attr(audit, device, "config"),
			   "%s: BusMaster is on and no driver is bound; translation: %s",
			   device->bdf,
			   device->translation.state == FACT_KNOWN
				   ? translation_names[device->translation.value].name
				   : "unknown");
}

static enum finding_status run_outside(struct audit *audit, const void *object)
{
	const struct device *device = object;

	if (audit->system->units_state != FACT_KNOWN)
		return audit_cannot_see(audit, "/sys/class/iommu");
	if (audit->system->units.count == 0 || is_unit(audit->system, device))
		return audit_is_beside(audit, "no IOMMU is in use");
	if (device->group.state == FACT_KNOWN && device->unit.state == FACT_KNOWN)
		return audit_passes(audit, audit_attr(audit, device, "iommu_group"),
				    "group %llu",
				    (unsigned long long)device->group.value);
	if (known_false(device->bus_master))
		return audit_passes(audit, audit_attr(audit, device, "config"),
				    "BusMaster is off");
	if (device->group.state != FACT_ABSENT && device->group.state != FACT_KNOWN)
		return audit_cannot_see(audit, audit_attr(audit, device, "iommu_group"));
	if (device->group.state == FACT_KNOWN && device->unit.state != FACT_ABSENT)
		return audit_cannot_see(audit, audit_attr(audit, device, "iommu"));
	if (device->bus_master.state != FACT_KNOWN)
		return audit_cannot_see(audit, audit_attr(audit, device, "config"));
	return audit_fails(
		audit,
		audit_attr(audit, device,
			   device->group.state == FACT_ABSENT ? "iommu_group" : "iommu"),
		"%s: BusMaster is on, and no IOMMU unit is in charge of it", device->bdf);
}

static enum finding_status run_identity(struct audit *audit, const void *object)
{
	const struct device *device = object;
	const struct status *status = &audit->system->status;

	if (status->iommu_state.value == IOMMU_UNKNOWN) {
		audit_evidence(audit, NULL, "%s", status->iommu_state_why.value);
		return FINDING_UNKNOWN;
	}
	if (status->iommu_state.value != IOMMU_TRANSLATING ||
	    device->group.state == FACT_ABSENT)
		return audit_is_beside(audit, "by default nothing is translated");
	if (device->translation.state != FACT_KNOWN) {
		audit_evidence(audit, audit_attr(audit, device, "iommu_group/type"), "%s",
			       known_text(device->translation_why)
				       ? device->translation_why.value
				       : "the type of its domain is not known");
		return FINDING_UNKNOWN;
	}
	return is_translation(device, TRANSLATION_IDENTITY)
		       ? audit_fails(audit, audit_attr(audit, device, "iommu_group/type"),
				     "%s: %s", device->bdf, device->translation_why.value)
		       : audit_passes(audit,
				      audit_attr(audit, device, "iommu_group/type"), "%s",
				      device->translation_why.value);
}

/* Linux says of a function whether it hangs on a port that leads out of the machine. */
static enum finding_status external(struct audit *audit, const struct device *device)
{
	if (known_str(device->removable, "removable"))
		return FINDING_FAIL;
	if (device->removable.state == FACT_KNOWN ||
	    device->removable.state == FACT_ABSENT)
		return audit_is_beside(audit, "it is not external");
	return audit_cannot_see(audit, audit_attr(audit, device, "removable"));
}

static enum finding_status run_external_strict(struct audit *audit, const void *object)
{
	const struct device *device = object;
	enum finding_status status = external(audit, device);

	if (status != FINDING_FAIL)
		return status;
	if (device->translation.state != FACT_KNOWN) {
		audit_evidence(audit, audit_attr(audit, device, "iommu_group/type"),
			       "the type of its domain is not known");
		return FINDING_UNKNOWN;
	}
	if (!is_untranslated(device) && !is_translation(device, TRANSLATION_LAZY))
		return audit_passes(audit, audit_attr(audit, device, "iommu_group/type"),
				    "%s", device->translation_why.value);
	return audit_fails(audit, audit_attr(audit, device, "iommu_group/type"), "%s: %s",
			   device->bdf, device->translation_why.value);
}

static enum finding_status run_external_ats(struct audit *audit, const void *object)
{
	const struct device *device = object;
	enum finding_status status = external(audit, device);

	if (status != FINDING_FAIL)
		return status;
	if (device->ats.state == FACT_UNREAD || device->ats.state == FACT_DENIED)
		return audit_cannot_see(audit, audit_attr(audit, device, "config"));
	return device->ats.state == FACT_KNOWN && device->ats.value == CAPABILITY_ON
		       ? audit_fails(audit, audit_attr(audit, device, "config"),
				     "%s: ATS is on", device->bdf)
		       : audit_passes(audit, audit_attr(audit, device, "config"),
				      "ATS is not on");
}

static enum finding_status run_thunderbolt(struct audit *audit, const void *object)
{
	const struct thunderbolt_domain *domain = object;
	const char *path = arena_printf(
		&audit->system->arena,
		"/sys/bus/thunderbolt/devices/%s/iommu_dma_protection", domain->name);

	if (domain->iommu_dma_protection.state == FACT_ABSENT) {
		audit_evidence(audit, path, "this kernel does not say");
		return FINDING_UNKNOWN;
	}
	if (domain->iommu_dma_protection.state != FACT_KNOWN)
		return audit_cannot_see(audit, path);
	if (domain->iommu_dma_protection.value)
		return audit_passes(audit, path, "1");
	if (known_text(domain->security))
		audit_evidence(audit, NULL, "%s: security level %s", domain->name,
			       domain->security.value);
	return audit_fails(audit, path, "0");
}

/* The last address of System RAM; false where the map is not known. */
static bool top_of_memory(const struct system *system, uint64_t *ret)
{
	uint64_t top = 0;

	if (system->regions_state != FACT_KNOWN)
		return false;
	LIST_FOR_EACH (&system->regions, const struct region, region)
		if (region->kind.state == FACT_KNOWN && region->kind.value == IOMEM_RAM &&
		    region->end.state == FACT_KNOWN)
			top = MAX(top, region->end.value);
	*ret = top;
	return true;
}

static enum finding_status run_mask(struct audit *audit, const void *object)
{
	const struct device *device = object;
	uint64_t bits = device->dma_mask_bits.value, top;

	if (device->driver.state != FACT_KNOWN || is_bridge(device))
		return audit_is_beside(audit, "no driver maps memory for it");
	if (device->translation.state == FACT_KNOWN && !is_untranslated(device))
		return audit_is_beside(audit, "the IOMMU gives it addresses it can use");
	if (device->dma_mask_bits.state != FACT_KNOWN)
		return audit_cannot_see(audit,
					audit_attr(audit, device, "dma_mask_bits"));
	if (bits >= 64)
		return audit_passes(audit, audit_attr(audit, device, "dma_mask_bits"),
				    "64");
	if (!top_of_memory(audit->system, &top))
		return audit_cannot_see(audit, "/proc/iomem");
	if (top >> bits == 0)
		return audit_passes(audit, audit_attr(audit, device, "dma_mask_bits"),
				    "%llu", (unsigned long long)bits);
	return audit_fails(audit, audit_attr(audit, device, "dma_mask_bits"),
			   "%s: %llu bits, and System RAM ends at 0x%llx", device->bdf,
			   (unsigned long long)bits, (unsigned long long)top);
}

const struct check device_checks[] = {
	{
		.id = "bus-master-no-driver",
		.severity = SEVERITY_LOW,
		.about = ABOUT_DEVICE,
		.title = "No function is a bus master without a driver",
		.failure = "A function may start DMA although no driver is bound to it",
		.impact = "Nobody has told the device where it may write; firmware or a "
			  "former driver may have, and that memory has long been used "
			  "otherwise. Medium where nothing translates its addresses.",
		.verify = "setpci -s BDF COMMAND (bit 2); ls -l "
			  "/sys/bus/pci/devices/BDF/driver",
		.remedy = "Bind a driver, or clear the bit with setpci",
		.reference = "PCI Local Bus 3.0, 6.2.2",
		.run = run_no_driver,
	},
	{
		.id = "bus-master-no-iommu",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_DEVICE,
		.title = "A unit is in charge of every bus master",
		.failure = "An IOMMU is in use, and no unit is in charge of a bus master",
		.impact = "It can read and write all of memory, and nothing in "
			  "/sys/class/iommu tells so.",
		.verify = "ls -d /sys/bus/pci/devices/*/iommu_group; setpci -s BDF "
			  "COMMAND (bit 2)",
		.remedy = "Update the firmware, whose table does not cover the function; "
			  "else unbind its driver or take the device out",
		.reference = "VT-d 8.3",
		.run = run_outside,
	},
	{
		.id = "device-identity",
		.severity = SEVERITY_MEDIUM,
		.in_profile = { [PROFILE_P2P] = GRADE(INFO) },
		.about = ABOUT_DEVICE,
		.title = "Every device is translated where translation is the default",
		.failure =
			"A device is passed through although the default is translation",
		.impact = "It can read and write all of memory. Linux does that for some "
			  "devices by itself, root can do it for any.",
		.verify = "dmascope devices --why BDF; cat "
			  "/sys/bus/pci/devices/BDF/iommu_group/type",
		.remedy =
			"Where root changed it: write DMA into the group's type while no "
			"driver is bound, or boot anew; else see dmascope devices --why",
		.reference = "Documentation/ABI/testing/sysfs-kernel-iommu_groups",
		.run = run_identity,
	},
	{
		.id = "external-not-strict",
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_LAPTOP] = GRADE(CRITICAL) },
		.about = ABOUT_DEVICE,
		.title = "External devices are translated, and strictly",
		.failure = "An external device is not translated, or lazily",
		.impact = "Whoever plugs a device in can read and write memory, some of "
			  "it or all.",
		.verify = "cat /sys/bus/pci/devices/BDF/{removable,iommu_group/type}",
		.remedy =
			"Boot with iommu.passthrough=0 iommu.strict=1, and switch Kernel "
			"DMA Protection on in the firmware's setup",
		.reference = "Documentation/ABI/testing/sysfs-devices-removable",
		.run = run_external_strict,
	},
	{
		.id = "external-ats",
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_LAPTOP] = GRADE(CRITICAL) },
		.about = ABOUT_DEVICE,
		.title = "No external device may say that an address is translated",
		.failure = "ATS is on for an external device",
		.impact =
			"It may call any address translated, and the IOMMU then does not "
			"look: it can read and write all of memory.",
		.verify = "lspci -vvs BDF | grep ATSCtl",
		.remedy = "Boot with pci=noats",
		.reference = "PCIe 6.0, 10.1; drivers/pci/ats.c",
		.run = run_external_ats,
	},
	{
		.id = "thunderbolt-no-protection",
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_LAPTOP] = GRADE(CRITICAL) },
		.about = ABOUT_THUNDERBOLT,
		.title = "The IOMMU holds Thunderbolt devices back",
		.failure = "The IOMMU does not hold Thunderbolt devices back",
		.impact =
			"Whoever plugs a device in can read and write memory, unless the "
			"security level asks the user first.",
		.verify = "cat /sys/bus/thunderbolt/devices/domain*/"
			  "iommu_dma_protection; boltctl domains",
		.remedy = "Switch Kernel DMA Protection on in the firmware's setup, and "
			  "boot with the IOMMU on",
		.reference = "Documentation/admin-guide/thunderbolt.rst",
		.run = run_thunderbolt,
	},
	{
		.id = "mask-below-memory",
		.severity = SEVERITY_INFO,
		.about = ABOUT_DEVICE,
		.title = "Every device can address all of memory by itself",
		.failure =
			"A device cannot address all of memory, and nothing translates",
		.impact = "What lies above its mask is copied through bounce buffers: "
			  "slow, "
			  "and when those run out, mappings fail.",
		.verify = "cat /sys/bus/pci/devices/BDF/dma_mask_bits; grep RAM "
			  "/proc/iomem",
		.remedy = "Have the IOMMU translate for it",
		.reference = "Documentation/core-api/dma-api-howto.rst",
		.run = run_mask,
	},
	{ 0 },
};
