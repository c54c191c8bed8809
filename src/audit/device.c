// SPDX-License-Identifier: GPL-2.0-or-later
/* What single devices may do: bus masters, external ones, those treated otherwise. */

#include "audit/audit.h"

#include "analyze/subject.h"

/* A bridge to another bus; one "of another kind" (0680) may do DMA by itself. */
static bool is_bridge(const struct device *device)
{
	enum { BASE_CLASS_BRIDGE = 0x06, OTHER_BRIDGE = 0x0680 };

	return device->class_id.state == FACT_KNOWN &&
	       device->class_id.value >> 16 == BASE_CLASS_BRIDGE &&
	       device->class_id.value >> 8 != OTHER_BRIDGE;
}

/* By the kernel's word: a class is what the function says of itself. */
static bool is_unit(const struct system *system, const struct device *device)
{
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
		return audit_cannot_see(audit, audit_attr(audit, device, "uevent"));
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
	/* Some units take a function in when a driver binds, and may refuse it before. */
	if (!is_translation(device, TRANSLATION_NONE)) {
		audit_evidence(audit, audit_attr(audit, device, "iommu_group"), "%s: %s",
			       device->bdf,
			       known_text(device->translation_why)
				       ? device->translation_why.value
				       : "its translation is not known");
		return FINDING_UNKNOWN;
	}
	return audit_fails(
		audit,
		audit_attr(audit, device,
			   device->group.state == FACT_ABSENT ? "iommu_group" : "iommu"),
		"%s: BusMaster is on, and no IOMMU unit is in charge of it", device->bdf);
}

/* The last step of what led to it: a rule of Linux, or somebody's doing. */
static enum finding_status why_identity(struct audit *audit, const struct device *device)
{
	const struct translation_step *last = NULL;
	struct list one = { 0 };
	bool by_rule = false;

	list_add(&audit->system->arena, &one, device);
	explain_translations(audit->system, &one);
	LIST_FOR_EACH (&device->translation_chain.list, const struct translation_step,
		       step) {
		if (by_rule)
			break;
		by_rule = streq(step->step, "device") &&
			  step->translation.state == FACT_KNOWN;
		if (by_rule || streq(step->step, "group"))
			last = step;
	}
	if (last)
		audit_evidence(audit, last->path, "%s: %s", device->bdf, last->fact);
	if (by_rule) {
		audit_grade(audit, SEVERITY_MEDIUM);
		audit_remedy(audit,
			     "Nothing that lasts: Linux has it so for this device");
	}
	return FINDING_FAIL;
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
	if (!is_translation(device, TRANSLATION_IDENTITY))
		return audit_passes(audit, audit_attr(audit, device, "iommu_group/type"),
				    "%s", device->translation_why.value);
	audit_evidence(audit, audit_attr(audit, device, "iommu_group/type"), "%s: %s",
		       device->bdf, device->translation_why.value);
	return why_identity(audit, device);
}

/* Linux says of a function whether it hangs on a port that leads out of the machine. */
static enum finding_status external(struct audit *audit, const struct device *device)
{
	unsigned int release = kernel_release(audit->system);

	if (known_str(device->removable, "removable"))
		return FINDING_FAIL;
	if (device->removable.state == FACT_ABSENT && release < LINUX(5, 14)) {
		audit_evidence(audit, audit_attr(audit, device, "removable"),
			       "Linux before 5.14 does not say what is external");
		return FINDING_UNKNOWN;
	}
	if (device->removable.state == FACT_KNOWN ||
	    device->removable.state == FACT_ABSENT)
		return audit_is_beside(audit, "Linux takes no function for external: it "
					      "knows those below ports that the "
					      "firmware marks");
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
	if (audit->system->units.count == 0)
		audit_remedy(audit,
			     "Have Linux use an IOMMU first: see what iommu-absent "
			     "or iommu-off-in-kernel says");
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
	if (device->ats.state != FACT_KNOWN)
		return audit_cannot_see(audit, audit_attr(audit, device, "config"));
	if (device->ats.value != CAPABILITY_ON)
		return audit_passes(audit, audit_attr(audit, device, "config"),
				    "ATS is not on");
	audit_remedy(audit,
		     "setpci -s %s ECAP_ATS+6.w=0:8000, and find out what set it: Linux "
		     "leaves ATS of external devices off",
		     device->bdf);
	return audit_fails(audit, audit_attr(audit, device, "config"), "%s: ATS is on",
			   device->bdf);
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
	if (known_text(domain->security)) {
		const char *level = domain->security.value;
		const char *file = arena_printf(
			&audit->system->arena, "/sys/bus/thunderbolt/devices/%s/security",
			domain->name);

		if (streq(level, "nopcie") || streq(level, "dponly") ||
		    streq(level, "usbonly"))
			return audit_passes(audit, file, "%s: no PCIe gets through",
					    level);
		audit_evidence(audit, file, "%s", level);
	}
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

	if (device->driver.state != FACT_KNOWN && device->driver.state != FACT_ABSENT)
		return audit_cannot_see(audit, audit_attr(audit, device, "uevent"));
	if (device->driver.state == FACT_ABSENT || is_bridge(device))
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
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_P2P] = GRADE(INFO) },
		.about = ABOUT_DEVICE,
		.title = "Every device is translated where translation is the default",
		.failure =
			"A device is passed through although the default is translation",
		.impact = "It can read and write all of memory. Linux does that for some "
			  "devices by itself, which is graded medium; root can do it "
			  "for any.",
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
			"It may call any address translated. A unit that takes its word "
			"does not look at the address then: all of memory is within "
			"reach.",
		.verify = "lspci -vvs BDF | grep ATSCtl",
		.remedy = "Clear the bit with setpci, and find out what set it: Linux "
			  "leaves ATS of external devices off",
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
