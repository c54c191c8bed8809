// SPDX-License-Identifier: GPL-2.0-or-later
/* What the firmware offers and says: is there an IOMMU, and are its tables right? */

#include "audit/audit.h"

#include "analyze/given.h"

/* A machine has an IOMMU that Linux can use, or one of three things is in the way. */
static enum finding_status cannot_tell_state(struct audit *audit)
{
	audit_evidence(audit, NULL, "%s", audit->system->status.iommu_state_why.value);
	return FINDING_UNKNOWN;
}

static enum iommu_state state_of(const struct audit *audit)
{
	return (enum iommu_state)audit->system->status.iommu_state.value;
}

static enum finding_status state_passes(struct audit *audit)
{
	return audit_passes(audit, "/sys/class/iommu", "%s",
			    audit->system->status.iommu_state_why.value);
}

static enum finding_status run_absent(struct audit *audit, const void *object)
{
	const struct system *system = object;

	switch (state_of(audit)) {
	case IOMMU_UNKNOWN:
		return cannot_tell_state(audit);
	case IOMMU_ABSENT:
		break;
	default:
		return state_passes(audit);
	}
	if (known_true(system->hypervisor)) {
		/* Its devices are the host's matter, unless it has guests itself. */
		if (audit->profile != PROFILE_HYPERVISOR)
			audit_grade(audit, SEVERITY_LOW);
		audit_remedy(audit,
			     "Have the host give this virtual machine an IOMMU, if "
			     "devices are passed to it or it runs guests itself");
	}
	return audit_fails(audit, "/sys/firmware/acpi/tables", "%s",
			   system->status.iommu_state_why.value);
}

static enum finding_status run_off_in_firmware(struct audit *audit, const void *object)
{
	const struct system *system = object;

	if (state_of(audit) == IOMMU_UNKNOWN)
		return cannot_tell_state(audit);
	if (state_of(audit) == IOMMU_ABSENT)
		return audit_is_beside(audit, "there is no IOMMU to be seen");
	if (state_of(audit) != IOMMU_OFF_IN_FIRMWARE)
		return state_passes(audit);
	return audit_fails(audit, "/sys/firmware/acpi/tables", "%s",
			   system->status.iommu_state_why.value);
}

enum { IORT_SMMU = 3, IORT_SMMU_V3 = 4 }; /* types of nodes (IORT E.f, 3.1) */

static bool has_node(const struct firmware_table *table, unsigned int type)
{
	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node)
		if (node->type == type)
			return true;
	return false;
}

/* The option that builds the driver for what a table describes, or NULL. */
static const char *driver_option(const struct firmware_table *table)
{
	static const struct {
		const char *signature, *option;
	} drivers[] = {
		{ "DMAR", "INTEL_IOMMU" },
		{ "IVRS", "AMD_IOMMU" },
		{ "VIOT", "VIRTIO_IOMMU" },
		{ "RIMT", "RISCV_IOMMU" },
	};

	if (streq(table->signature, "IORT"))
		return has_node(table, IORT_SMMU_V3) ? "ARM_SMMU_V3"
		       : has_node(table, IORT_SMMU)  ? "ARM_SMMU"
						     : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (streq(table->signature, drivers[i].signature))
			return drivers[i].option;
	return NULL;
}

/* The first of these options that is not set, or whose setting is not to be seen. */
static const char *missing_driver(const struct system *system,
				  struct fact_bool *ret_built)
{
	const char *unseen = NULL;

	*ret_built = KNOWN_BOOL(true);
	LIST_FOR_EACH (&system->tables, const struct firmware_table, table) {
		const char *option = driver_option(table);
		const char *value = option ? system_kconfig(system, option) : NULL;

		if (value && streq(value, "n")) {
			*ret_built = KNOWN_BOOL(false);
			return option;
		}
		if (option && !value)
			unseen = option;
	}
	if (unseen)
		ret_built->state = FACT_UNREAD;
	return unseen;
}

static bool is_off_in_kernel(const struct audit *audit)
{
	return state_of(audit) == IOMMU_OFF_IN_KERNEL ||
	       state_of(audit) == IOMMU_INTERRUPT_REMAPPING_ONLY;
}

static bool has_table(const struct system *system, const char *signature)
{
	LIST_FOR_EACH (&system->tables, const struct firmware_table, table)
		if (streq(table->signature, signature))
			return true;
	return false;
}

/* Where the kernel holds nothing back it uses the IOMMU, or there is none to be used. */
static enum finding_status not_off(struct audit *audit)
{
	return audit->system->units.count > 0
		       ? state_passes(audit)
		       : audit_is_beside(audit, "no IOMMU is offered to the kernel");
}

static enum finding_status run_not_built(struct audit *audit, const void *object)
{
	const struct system *system = object;
	struct fact_bool built;
	const char *option = missing_driver(system, &built);

	if (state_of(audit) == IOMMU_UNKNOWN)
		return cannot_tell_state(audit);
	if (!is_off_in_kernel(audit))
		return not_off(audit);
	if (system->tables.count == 0)
		return audit_cannot_see(audit, "/sys/firmware/acpi/tables");
	if (system->kconfig.state != FACT_KNOWN) {
		audit_evidence(audit, NULL,
			       "neither /proc/config.gz nor a configuration in /boot or "
			       "/usr/lib/modules could be read");
		return FINDING_UNKNOWN;
	}
	if (known_true(built))
		return audit_passes(audit, system->kconfig.value,
				    "the driver is part of the kernel");
	if (built.state != FACT_KNOWN) {
		audit_evidence(audit, system->kconfig.value, "CONFIG_%s is not in it",
			       option);
		return FINDING_UNKNOWN;
	}
	audit_remedy(audit, "Run a kernel that has CONFIG_%s=y", option);
	return audit_fails(audit, system->kconfig.value, "CONFIG_%s is not set", option);
}

static enum finding_status run_off_in_kernel(struct audit *audit, const void *object)
{
	struct system *system = audit->system;
	const char *off = given_decided(system, SETTING_IOMMU, SET_OFF);
	struct fact_bool built;
	bool wants_on;

	(void)object;
	if (state_of(audit) == IOMMU_UNKNOWN)
		return cannot_tell_state(audit);
	if (!is_off_in_kernel(audit))
		return not_off(audit);
	missing_driver(system, &built);
	if (known_false(built))
		return audit_is_beside(audit, "the kernel has no driver for it");
	off = off ? off : given_decided(system, SETTING_VTD, SET_OFF);
	off = off ? off : given_decided(system, SETTING_AMD_VI, SET_OFF);
	wants_on = has_table(system, "DMAR") &&
		   built_default(system, SETTING_VTD).value == SET_OFF &&
		   !given_decided(system, SETTING_VTD, SET_ON);
	if (off && wants_on)
		audit_remedy(audit, "Write intel_iommu=on instead of %s", off);
	else if (off)
		audit_remedy(audit, "Take %s off the kernel command line", off);
	else if (wants_on)
		audit_remedy(audit, "Boot with intel_iommu=on");
	return audit_fails(audit, off ? "/proc/cmdline" : "/sys/class/iommu", "%s",
			   system->status.iommu_state_why.value);
}

static const char *table_path(struct audit *audit, const struct firmware_table *table)
{
	return arena_printf(&audit->system->arena, "/%s",
			    table->file + (*table->file == '/'));
}

static const struct firmware_table *readable(struct audit *audit, const void *object)
{
	const struct firmware_table *table = object;

	if (table->state == FACT_KNOWN)
		return table;
	audit_cannot_see(audit, table_path(audit, table));
	return NULL;
}

static enum finding_status run_checksum(struct audit *audit, const void *object)
{
	const struct firmware_table *table = readable(audit, object);

	if (!table)
		return FINDING_UNKNOWN;
	if (table->checksum_ok.state != FACT_KNOWN) {
		audit_evidence(audit, table_path(audit, table),
			       "bytes of the table are missing");
		return FINDING_UNKNOWN;
	}
	return table->checksum_ok.value
		       ? audit_passes(audit, table_path(audit, table),
				      "the bytes of the table add up to zero")
		       : audit_fails(audit, table_path(audit, table),
				     "the bytes of the table do not add up to zero");
}

/* Fails where the table has problems of these codes; ends with ACPI_PROBLEMS. */
static enum finding_status run_problems(struct audit *audit, const void *object,
					const enum acpi_code *codes)
{
	const struct firmware_table *table = readable(audit, object);
	size_t found = 0;

	if (!table)
		return FINDING_UNKNOWN;
	LIST_FOR_EACH (&table->problems.list, const struct table_problem, problem)
		for (const enum acpi_code *code = codes; *code != ACPI_PROBLEMS; code++)
			if (known_str(problem->code, acpi_problem_names[*code].code)) {
				audit_evidence(audit, table_path(audit, table), "%s: %s",
					       problem->code.value, problem->text.value);
				found++;
			}
	if (found > 0)
		return FINDING_FAIL;
	return audit_passes(audit, table_path(audit, table), "no problem of this kind");
}

static enum finding_status run_malformed(struct audit *audit, const void *object)
{
	static const enum acpi_code codes[] = {
		ACPI_TRUNCATED,	   ACPI_SIGNATURE,	 ACPI_LENGTH_ZERO,
		ACPI_LENGTH_SHORT, ACPI_LENGTH_PAST_END, ACPI_RANGE_INVERTED,
		ACPI_RANGE_OPEN,   ACPI_RANGE_OVERLAP,	 ACPI_INCLUDE_ALL_TWICE,
		ACPI_DUPLICATE,	   ACPI_DISAGREE,	 ACPI_REFERENCE,
		ACPI_LOOP,	   ACPI_REJECTED,	 ACPI_PROBLEMS,
	};

	return run_problems(audit, object, codes);
}

/* A table is held against the kernel's units where the kernel has any. */
static enum finding_status run_disagrees(struct audit *audit, const void *object)
{
	static const enum acpi_code codes[] = { ACPI_UNIT_MISSING, ACPI_UNIT_UNKNOWN,
						ACPI_UNIT_DIFFERS, ACPI_UNIT_WINDOW,
						ACPI_PROBLEMS };

	if (audit->system->units_state != FACT_KNOWN)
		return audit_cannot_see(audit, "/sys/class/iommu");
	if (audit->system->units.count == 0)
		return audit_is_beside(audit, "the kernel uses no IOMMU");
	return run_problems(audit, object, codes);
}

static enum finding_status run_scope(struct audit *audit, const void *object)
{
	static const enum acpi_code codes[] = { ACPI_SCOPE_NO_DEVICE, ACPI_SCOPE_TYPE,
						ACPI_PROBLEMS };

	if (audit->system->devices_state != FACT_KNOWN)
		return audit_cannot_see(audit, "/sys/bus/pci/devices");
	return run_problems(audit, object, codes);
}

static enum finding_status run_not_reserved(struct audit *audit, const void *object)
{
	static const enum acpi_code codes[] = { ACPI_REGION_NOT_RESERVED,
						ACPI_REGION_MISSING, ACPI_PROBLEMS };
	enum finding_status status = run_problems(audit, object, codes);

	/* The kernel hides the addresses of its memory map from all but root. */
	if (status == FINDING_PASS && audit->system->regions_state != FACT_KNOWN)
		return audit_cannot_see(audit, "/proc/iomem");
	return status;
}

static enum finding_status run_preboot(struct audit *audit, const void *object)
{
	const struct firmware_table *table = readable(audit, object);
	const char *bit;

	if (!table)
		return FINDING_UNKNOWN;
	if (streq(table->signature, "DMAR"))
		bit = "dma_ctrl_platform_opt_in_flag";
	else if (streq(table->signature, "IVRS"))
		bit = "dma_remap_sup";
	else
		return audit_is_beside(audit, "tables of this kind do not say");
	if (!table->decoded.header) {
		audit_evidence(audit, table_path(audit, table),
			       "the table makes no sense");
		return FINDING_UNKNOWN;
	}
	return layout_value(table->decoded.header, bit, 0)
		       ? audit_passes(audit, table_path(audit, table), "%s is 1", bit)
		       : audit_fails(audit, table_path(audit, table), "%s is 0", bit);
}

const struct check firmware_checks[] = {
	{
		.id = "iommu-absent",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_HOST,
		.title = "The machine has an IOMMU",
		.failure =
			"The machine has no IOMMU, or its firmware hides it altogether",
		.impact = "Every bus master can read and write all of memory, the kernel "
			  "with it, and no device can be given to a guest safely.",
		.verify = "ls /sys/class/iommu /sys/firmware/acpi/tables | grep -E "
			  "'dmar|ivhd|smmu|DMAR|IVRS|IORT|VIOT'",
		.remedy =
			"Look in the firmware's setup for VT-d, AMD-Vi, IOMMU or SMMU "
			"and switch it on; where there is none, take care which devices "
			"are plugged in",
		.reference = "Documentation/arch/x86/iommu.rst",
		.run = run_absent,
	},
	{
		.id = "iommu-off-in-firmware",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_HOST,
		.title = "The firmware describes the IOMMU that is there",
		.failure = "The firmware keeps the IOMMU back",
		.impact =
			"The hardware is there, yet every bus master can read and write "
			"all of memory.",
		.verify = "lspci | grep IOMMU; ls /sys/firmware/acpi/tables",
		.remedy = "Switch VT-d, AMD-Vi or IOMMU on in the firmware's setup",
		.reference = "Documentation/arch/x86/iommu.rst",
		.run = run_off_in_firmware,
	},
	{
		.id = "iommu-not-built",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_HOST,
		.title = "The kernel has a driver for the IOMMU",
		.failure = "The kernel was built without a driver for the IOMMU",
		.impact =
			"No parameter can help: every bus master can read and write all "
			"of memory under this kernel.",
		.verify = "grep -E 'INTEL_IOMMU|AMD_IOMMU|ARM_SMMU|VIRTIO_IOMMU' "
			  "/boot/config-$(uname -r)",
		.remedy = "Run a kernel that has the driver",
		.reference = "drivers/iommu/Kconfig",
		.run = run_not_built,
	},
	{
		.id = "iommu-off-in-kernel",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_HOST,
		.title = "The kernel uses the IOMMU that the firmware describes",
		.failure =
			"The kernel does not use the IOMMU that the firmware describes",
		.impact = "Every bus master can read and write all of memory.",
		.verify = "ls /sys/class/iommu; cat /proc/cmdline; dmesg | grep -E "
			  "'DMAR|AMD-Vi|iommu'",
		.remedy = "See what the kernel log says of DMAR, AMD-Vi or iommu",
		.reference = "Documentation/admin-guide/kernel-parameters.txt",
		.run = run_off_in_kernel,
	},
	{
		.id = "table-checksum",
		.severity = SEVERITY_MEDIUM,
		.about = ABOUT_TABLE,
		.title = "The firmware's table has the right checksum",
		.failure = "The firmware's table has a wrong checksum",
		.impact = "The table was changed or damaged; some kernels ignore it, and "
			  "the IOMMU with it.",
		.verify = "dmascope tables; dmesg | grep -i 'checksum'",
		.remedy = "Update the firmware",
		.reference = "ACPI 5.2.6",
		.run = run_checksum,
	},
	{
		.id = "table-malformed",
		.severity = SEVERITY_MEDIUM,
		.about = ABOUT_TABLE,
		.title = "The firmware's table makes sense",
		.failure = "The firmware's table contradicts its specification",
		.impact = "Linux passes over what makes no sense, or refuses all of it: "
			  "devices may be left without translation.",
		.verify = "dmascope tables; dmesg | grep -E 'DMAR|AMD-Vi|IORT'",
		.remedy = "Update the firmware; where there is no newer one, see whether "
			  "dmascope devices has functions without a unit",
		.reference = "dmascope-tables(8), PROBLEMS",
		.run = run_malformed,
	},
	{
		.id = "table-disagrees",
		.severity = SEVERITY_MEDIUM,
		.about = ABOUT_TABLE,
		.title =
			"The kernel uses every unit of the table, where the table has it",
		.failure = "The firmware's table and the kernel's units disagree",
		.impact = "Devices behind a unit that the kernel does not use, or behind "
			  "another than it thinks, are not held back.",
		.verify = "dmascope tables; ls -l /sys/class/iommu/*/devices; grep -E "
			  "'dmar|iommu' /proc/iomem",
		.remedy =
			"Update the firmware, and look in the kernel log for why a unit "
			"was not taken",
		.reference = "dmascope-tables(8), PROBLEMS",
		.run = run_disagrees,
	},
	{
		.id = "table-scope",
		.severity = SEVERITY_INFO,
		.about = ABOUT_TABLE,
		.title = "Every device scope of the table leads to a function",
		.failure = "The firmware's table names functions that are not there",
		.impact =
			"Mostly harmless: firmware names what a board may have. Where a "
			"device of this machine was meant, it is behind the wrong unit.",
		.verify = "dmascope tables; lspci",
		.remedy = "Nothing, unless a device that is missing was meant",
		.reference = "VT-d 8.3.1",
		.run = run_scope,
	},
	{
		.id = "rmrr-not-reserved",
		.severity = SEVERITY_MEDIUM,
		.about = ABOUT_TABLE,
		.title = "Memory that firmware keeps for devices is reserved",
		.failure = "Memory that firmware keeps for devices is not reserved",
		.impact = "The kernel may use memory that a device goes on writing to.",
		.verify = "dmascope tables; grep -i reserved /proc/iomem; dmesg | grep "
			  "RMRR",
		.remedy = "Update the firmware",
		.reference = "VT-d 8.4",
		.run = run_not_reserved,
	},
	{
		.id = "preboot-protection",
		.severity = SEVERITY_INFO,
		.in_profile = { [PROFILE_LAPTOP] = GRADE(MEDIUM),
				[PROFILE_P2P] = GRADE(SKIP) },
		.about = ABOUT_TABLE,
		.title = "The firmware asks to be protected before Linux starts",
		.failure =
			"The firmware does not say that it protects memory before Linux "
			"starts",
		.impact =
			"A device that is plugged in may read and write memory while the "
			"machine boots. Intel's bit also has Linux switch VT-d on where "
			"its default is off.",
		.verify = "dmascope tables | grep -iE 'opt_in|DmaRemapSup'",
		.remedy = "Switch Kernel DMA Protection or pre-boot DMA protection on in "
			  "the firmware's setup, where it has that",
		.reference = "VT-d 8.1; AMD IOMMU 5.2.1",
		.run = run_preboot,
	},
	{ 0 },
};
