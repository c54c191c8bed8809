// SPDX-License-Identifier: GPL-2.0-or-later
/* What a kernel parameter acts on: is it on this machine, was its code built in? */

#include "analyze/subject.h"

#include "base/bits.h"

size_t count_units(const struct system *system, enum unit_kind kind)
{
	size_t count = 0;

	LIST_FOR_EACH (&system->units, const struct unit, unit)
		count += unit->kind.value == (int)kind;
	return count;
}

bool has_caching_mode(const struct system *system)
{
	LIST_FOR_EACH (&system->units, const struct unit, unit)
		if (known_true(unit->caching_mode))
			return true;
	return false;
}

/* A count that was made over a list of this state. */
static struct fact_bool some(enum fact_state state, size_t count)
{
	if (count > 0)
		return KNOWN_BOOL(true);
	return (struct fact_bool){ state == FACT_ABSENT ? FACT_KNOWN : state, false };
}

/* An IOMMU that the firmware describes, or that is in use. */
static struct fact_bool described(const struct system *system, const char *signature,
				  enum unit_kind kind)
{
	size_t count = count_units(system, kind);

	LIST_FOR_EACH (&system->tables, const struct firmware_table, table)
		count += streq(table->signature, signature);
	return some(system->tables_state, count);
}

static struct fact_bool has_vtd(const struct system *system)
{
	return described(system, "DMAR", UNIT_INTEL_VTD);
}

static struct fact_bool has_amd_vi(const struct system *system)
{
	return described(system, "IVRS", UNIT_AMD_VI);
}

static struct fact_bool has_remapping(const struct system *system)
{
	struct fact_bool vtd = has_vtd(system);

	return known_true(vtd) ? vtd : has_amd_vi(system);
}

static struct fact_bool has_iommu(const struct system *system)
{
	return some(system->units_state, system->units.count);
}

static struct fact_bool has_scalable(const struct system *system)
{
	enum { ECAP_SMTS = 43 }; /* VT-d, 11.4.3 */
	enum fact_state state = system->units_state;
	size_t count = 0;

	LIST_FOR_EACH (&system->units, const struct unit, unit) {
		if (unit->kind.value != UNIT_INTEL_VTD)
			continue;
		if (unit->ecap.state != FACT_KNOWN)
			state = unit->ecap.state;
		count += unit->ecap.state == FACT_KNOWN &&
			 bit(unit->ecap.value, ECAP_SMTS);
	}
	return some(state, count);
}

static struct fact_bool has_smmu(const struct system *system)
{
	return some(system->units_state, count_units(system, UNIT_ARM_SMMU));
}

static struct fact_bool has_smmu_v3(const struct system *system)
{
	return some(system->units_state, count_units(system, UNIT_ARM_SMMU_V3));
}

static struct fact_bool has_intel_graphics(const struct system *system)
{
	enum { VENDOR_INTEL = 0x8086, CLASS_DISPLAY = 0x03 };
	struct fact_bool vtd = has_vtd(system);
	size_t count = 0;

	LIST_FOR_EACH (&system->devices, const struct device, device)
		count += device->vendor_id.state == FACT_KNOWN &&
			 device->vendor_id.value == VENDOR_INTEL &&
			 device->class_id.state == FACT_KNOWN &&
			 device->class_id.value >> 16 == CLASS_DISPLAY;
	return known_true(vtd) ? some(system->devices_state, count) : vtd;
}

/*
 * The GART is part of the northbridges of AMD64 processors up to the first of family 15h
 * (amd_gart_present() of Linux): function 3 of families 0Fh, 10h, 11h and 15h.
 */
static struct fact_bool has_gart(const struct system *system)
{
	static const uint64_t bridges[] = { 0x1103, 0x1203, 0x1303, 0x1603 };
	size_t count = 0;

	LIST_FOR_EACH (&system->devices, const struct device, device)
		for (size_t i = 0; i < ARRAY_SIZE(bridges); i++)
			count += device->vendor_id.state == FACT_KNOWN &&
				 device->vendor_id.value == 0x1022 &&
				 device->device_id.value == bridges[i];
	return some(system->devices_state, count);
}

static struct fact_bool has_via_bridge(const struct system *system)
{
	enum { VENDOR_VIA = 0x1106, CLASS_BRIDGE_PCI = 0x0604 };
	size_t count = 0;

	LIST_FOR_EACH (&system->devices, const struct device, device)
		count += device->vendor_id.state == FACT_KNOWN &&
			 device->vendor_id.value == VENDOR_VIA &&
			 device->class_id.state == FACT_KNOWN &&
			 device->class_id.value >> 8 == CLASS_BRIDGE_PCI;
	return some(system->devices_state, count);
}

static struct fact_bool has_ats(const struct system *system)
{
	enum fact_state state = system->devices_state;
	size_t count = 0;

	LIST_FOR_EACH (&system->devices, const struct device, device) {
		if (device->ats.state != FACT_KNOWN)
			state = FACT_UNREAD;
		count += device->ats.state == FACT_KNOWN &&
			 device->ats.value != CAPABILITY_ABSENT;
	}
	return some(state, count);
}

static struct fact_bool has_thunderbolt(const struct system *system)
{
	return some(system->thunderbolt_state, system->thunderbolt.count);
}

static struct fact_bool has_efi(const struct system *system)
{
	return system->efi;
}

static struct fact_bool has_sme(const struct system *system)
{
	return system->sme.state == FACT_ABSENT ? KNOWN_BOOL(false) : system->sme;
}

/* Arm isolates interrupts in other ways, which cannot be seen. */
static struct fact_bool has_unsafe_interrupts(const struct system *system)
{
	struct fact_bool remapped = system->remapped_interrupts;

	if (remapped.state == FACT_ABSENT)
		return KNOWN_BOOL(true);
	return (struct fact_bool){ remapped.state, !remapped.value };
}

static const struct subject {
	struct fact_bool (*is_there)(const struct system *system);
	const char *missing, *unseen;
} subjects[SUBJECTS] = {
	[ON_VTD] = { has_vtd, "there is no VT-d: no ACPI table DMAR describes one",
		     "whether there is an ACPI table DMAR could not be seen" },
	[ON_AMD_VI] = { has_amd_vi,
			"there is no AMD-Vi: no ACPI table IVRS describes one",
			"whether there is an ACPI table IVRS could not be seen" },
	[ON_REMAPPING] = { has_remapping,
			   "there is neither VT-d nor AMD-Vi that could remap interrupts",
			   "whether there is an ACPI table DMAR or IVRS could not be "
			   "seen" },
	[ON_IOMMU] = { has_iommu, "no IOMMU is in use",
		       "the IOMMU units could not be listed" },
	[ON_SCALABLE] = { has_scalable,
			  "no VT-d unit that is in use offers scalable mode (ECAP.SMTS)",
			  "whether a VT-d unit offers scalable mode could not be read" },
	[ON_SMMU] = { has_smmu, "no SMMU of version 1 or 2 is in use",
		      "the IOMMU units could not be listed" },
	[ON_SMMU_V3] = { has_smmu_v3, "no SMMU of version 3 is in use",
			 "the IOMMU units could not be listed" },
	[ON_INTEL_GRAPHICS] = { has_intel_graphics,
				"there is no graphics device of Intel behind VT-d",
				"whether there is a graphics device of Intel behind VT-d "
				"could not be seen" },
	[ON_GART] = { has_gart,
		      "only the GART of early AMD64 processors reads it, and there is "
		      "none",
		      "whether there is a GART could not be seen" },
	[ON_VIA_BRIDGE] = { has_via_bridge, "there is no bridge of VIA",
			    "whether there is a bridge of VIA could not be seen" },
	[ON_ATS] = { has_ats, "no PCI function has ATS",
		     "whether a PCI function has ATS could not be read" },
	[ON_THUNDERBOLT] = { has_thunderbolt, "there is no Thunderbolt domain",
			     "whether there is a Thunderbolt domain could not be seen" },
	[ON_EFI] = { has_efi, "the firmware that started this kernel is not UEFI",
		     "whether the firmware is UEFI could not be seen" },
	[ON_SME] = { has_sme,
		     "the processor does not offer memory encryption (sme in "
		     "/proc/cpuinfo)",
		     "whether the processor offers memory encryption could not be read" },
	[ON_UNSAFE_INTERRUPTS] = { has_unsafe_interrupts,
				   "interrupts are remapped, so no device is held back",
				   "whether interrupts are remapped could not be read" },
};

struct fact_bool subject_is_there(const struct system *system,
				  enum parameter_subject subject)
{
	return subject == ON_ANY ? KNOWN_BOOL(true) : subjects[subject].is_there(system);
}

const char *subject_missing(enum parameter_subject subject)
{
	return subjects[subject].missing;
}

const char *subject_unseen(enum parameter_subject subject)
{
	return subjects[subject].unseen;
}

static bool has_driver(const struct system *system, const char *driver)
{
	LIST_FOR_EACH (&system->devices, const struct device, device)
		if (known_str(device->driver, driver))
			return true;
	return false;
}

struct fact_bool is_built(const struct system *system, const char *option)
{
	const struct {
		const char *option;
		bool seen;
	} seen[] = {
		{ "INTEL_IOMMU", count_units(system, UNIT_INTEL_VTD) > 0 },
		{ "AMD_IOMMU", count_units(system, UNIT_AMD_VI) > 0 },
		{ "ARM_SMMU", count_units(system, UNIT_ARM_SMMU) > 0 },
		{ "ARM_SMMU_V3", count_units(system, UNIT_ARM_SMMU_V3) > 0 },
		{ "IRQ_REMAP", known_true(system->remapped_interrupts) },
		{ "DMA_API_DEBUG", system->dma_api_disabled.state == FACT_KNOWN },
		{ "PCIEPORTBUS", has_driver(system, "pcieport") },
	};
	const char *value = system_kconfig(system, option);

	if (value)
		return KNOWN_BOOL(!streq(value, "n"));
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		if (streq(seen[i].option, option) && seen[i].seen)
			return KNOWN_BOOL(true);
	return (struct fact_bool){ .state = FACT_UNREAD };
}

unsigned int kernel_release(const struct system *system)
{
	const char *release = known_text(system->host.kernel);
	unsigned int major, minor;

	if (!release || sscanf(release, "%3u.%3u", &major, &minor) != 2)
		return 0;
	return LINUX(major, minor);
}

bool has_backports(const struct system *system)
{
	/* Red Hat and its kin, Amazon, SUSE, Android. */
	static const char *const signs[] = { ".el", ".amzn", "-default", "-android" };
	const char *release = known_text(system->host.kernel);

	for (size_t i = 0; release && i < ARRAY_SIZE(signs); i++)
		if (strstr(release, signs[i]))
			return true;
	return false;
}

unsigned int machine_arch(const struct system *system)
{
	static const struct {
		const char *pattern;
		unsigned int arch;
	} names[] = {
		{ "x86_64", ARCH_X86 },	    { "i*86", ARCH_X86 },
		{ "aarch64*", ARCH_ARM64 }, { "ppc*", ARCH_POWERPC },
		{ "s390*", ARCH_S390 },
	};
	const char *name = known_text(system->host.arch);

	if (!name)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (matches_star(names[i].pattern, name))
			return names[i].arch;
	return ARCH_OTHER;
}

struct built_default built_default(const struct system *system, enum setting setting)
{
	/* The first that fits says what the kernel does without a parameter. */
	static const struct {
		enum setting setting;
		enum setting_value value;
		const char *option, *is;
	} defaults[] = {
		{ SETTING_DOMAIN, SET_IDENTITY, "IOMMU_DEFAULT_PASSTHROUGH", "y" },
		{ SETTING_DOMAIN, SET_TRANSLATED, "IOMMU_DEFAULT_DMA_LAZY", "y" },
		{ SETTING_DOMAIN, SET_TRANSLATED, "IOMMU_DEFAULT_DMA_STRICT", "y" },
		{ SETTING_DOMAIN, SET_TRANSLATED, "IOMMU_DEFAULT_PASSTHROUGH", "n" },
		{ SETTING_FLUSH, SET_STRICT, "IOMMU_DEFAULT_DMA_STRICT", "y" },
		{ SETTING_FLUSH, SET_LAZY, "IOMMU_DEFAULT_DMA_LAZY", "y" },
		{ SETTING_VTD, SET_ON, "INTEL_IOMMU_DEFAULT_ON", "y" },
		{ SETTING_VTD, SET_ON, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF", "y" },
		{ SETTING_VTD, SET_OFF, "INTEL_IOMMU_DEFAULT_ON", "n" },
		{ SETTING_SCALABLE, SET_ON, "INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON", "y" },
		{ SETTING_SCALABLE, SET_OFF, "INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON",
		  "n" },
		{ SETTING_EARLY_DMA, SET_OFF, "EFI_DISABLE_PCI_DMA", "y" },
		{ SETTING_EARLY_DMA, SET_ON, "EFI_DISABLE_PCI_DMA", "n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (defaults[i].setting == setting &&
		    system_kconfig_is(system, defaults[i].option, defaults[i].is))
			return (struct built_default){ defaults[i].option, defaults[i].is,
						       defaults[i].value };
	return (struct built_default){ 0 };
}
