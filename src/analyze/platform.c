// SPDX-License-Identifier: GPL-2.0-or-later
/* The IOMMU of the machine: on, passing through, off, hidden or absent, and why. */

#include "analyze/analyze.h"
#include "analyze/given.h"

#include "base/text.h"
#include "spec/resolve.h"

struct found_state {
	enum iommu_state state;
	const char *why;
};

/* "DMAR and IVRS", of the tables that describe IOMMUs; "" without any. */
static const char *table_names(struct system *system)
{
	_cleanup_strbuf_ struct strbuf names = { 0 };

	LIST_FOR_EACH (&system->tables, struct firmware_table, table)
		strbuf_printf(&names, "%s%s", names.length > 0 ? " and " : "",
			      table->signature);
	return arena_strdup(&system->arena, strbuf_text(&names));
}

/* The parameter that switched the IOMMU of a table off, as it was written; or NULL. */
static const char *off_parameter(struct system *system, const char *table)
{
	bool intel = streq(table, "DMAR"), amd = streq(table, "IVRS");
	const char *parameter = NULL;

	if (intel)
		parameter = given_decided(system, SETTING_VTD, SET_OFF);
	else if (amd)
		parameter = given_decided(system, SETTING_AMD_VI, SET_OFF);
	if (!parameter && (intel || amd))
		parameter = given_decided(system, SETTING_IOMMU, SET_OFF);
	return parameter;
}

/* The option that builds support for the IOMMU that a table describes. */
static const char *table_option(const char *table)
{
	if (streq(table, "DMAR"))
		return "INTEL_IOMMU";
	if (streq(table, "IVRS"))
		return "AMD_IOMMU";
	if (streq(table, "VIOT"))
		return "VIRTIO_IOMMU";
	return NULL;
}

/* Why Linux made no unit of a table, as far as its settings tell. */
static const char *off_reason(struct system *system, const char *table)
{
	struct arena *arena = &system->arena;
	const char *option = table_option(table);
	const char *value = option ? system_kconfig(system, option) : NULL;
	const char *parameter = off_parameter(system, table);

	if (value && streq(value, "n"))
		return arena_printf(arena, "CONFIG_%s is not set in %s", option,
				    system->kconfig.value);
	if (parameter)
		return arena_printf(arena, "%s stands on the kernel command line",
				    parameter);
	if (streq(table, "DMAR") && system->cmdline.state == FACT_KNOWN &&
	    !given_decided(system, SETTING_VTD, SET_ON)) {
		struct built_default built = built_default(system, SETTING_VTD);

		if (built.option && built.value == SET_OFF)
			return "CONFIG_INTEL_IOMMU_DEFAULT_ON is not set and no "
			       "intel_iommu=on "
			       "stands on the kernel command line";
	}
	if (streq(table, "VIOT") && value && streq(value, "m"))
		return "CONFIG_VIRTIO_IOMMU is a module, which has not taken the device";
	return "the kernel log has the reason";
}

/* A table that names no unit proves nothing: an IORT without SMMUs is normal on Arm. */
static struct fact_bool has_smmu(struct system *system, const struct firmware_table *iort)
{
	struct acpi_table table;

	if (iort->state != FACT_KNOWN)
		return (struct fact_bool){ .state = iort->state };
	if (acpi_decode(&system->arena, iort->bytes, iort->size, &table) < 0)
		return (struct fact_bool){ .state = FACT_MALFORMED };
	return iort_has_smmu(&table);
}

/* An IOMMU function on the bus that no table describes: the firmware keeps it back. */
static const struct device *hidden_iommu(const struct system *system)
{
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (device->class_id.state == FACT_KNOWN &&
		    device->class_id.value >> 8 == PCI_CLASS_IOMMU)
			return device;
	return NULL;
}

static struct found_state without_tables(struct system *system)
{
	const struct device *hidden = hidden_iommu(system);
	static const char tables[] =
		"/sys/firmware/acpi/tables has no DMAR, IVRS, IORT, VIOT "
		"or RIMT";

	if (system->tables_state != FACT_KNOWN && system->tables_state != FACT_ABSENT)
		return (struct found_state){
			IOMMU_UNKNOWN,
			"no unit in /sys/class/iommu, and /sys/firmware/acpi/tables "
			"could not be listed",
		};
	if (hidden)
		return (struct found_state){
			IOMMU_OFF_IN_FIRMWARE,
			arena_printf(&system->arena,
				     "%s is an IOMMU, but %s: a switch of the firmware "
				     "hides it",
				     hidden->bdf, tables),
		};
	if (known_true(system->devicetree))
		return (struct found_state){
			IOMMU_UNKNOWN,
			"no unit in /sys/class/iommu; whether the device tree describes "
			"one is not looked at",
		};
	if (known_true(system->hypervisor))
		return (struct found_state){
			IOMMU_ABSENT,
			arena_printf(
				&system->arena,
				"%s and /sys/class/iommu is empty: this virtual machine "
				"was given no IOMMU",
				tables),
		};
	return (struct found_state){
		IOMMU_ABSENT,
		arena_printf(
			&system->arena,
			"%s and /sys/class/iommu is empty; if the hardware has an IOMMU, "
			"the firmware's setup hides it",
			tables),
	};
}

/* No unit is in use: off in the kernel, hidden by the firmware, or not there. */
static struct found_state without_units(struct system *system)
{
	const struct firmware_table *table =
		system->tables.count > 0 ? system->tables.items[0] : NULL;
	struct arena *arena = &system->arena;

	if (known_true(system->remapped_interrupts))
		return (struct found_state){
			IOMMU_INTERRUPT_REMAPPING_ONLY,
			arena_printf(arena,
				     "/proc/interrupts has remapped chips, but "
				     "/sys/class/iommu is empty: %s",
				     table ? off_reason(system, table->signature)
					   : "the kernel log has the reason"),
		};
	if (system->tables_state != FACT_KNOWN && system->tables_state != FACT_ABSENT)
		return (struct found_state){
			IOMMU_UNKNOWN,
			"/sys/class/iommu is empty, but /sys/firmware/acpi/tables could "
			"not "
			"be listed",
		};
	if (!table)
		return without_tables(system);
	if (streq(table->signature, "IORT") && system->tables.count == 1) {
		struct fact_bool smmu = has_smmu(system, table);

		if (known_false(smmu))
			return (struct found_state){ IOMMU_ABSENT,
						     "the IORT table describes no "
						     "SMMU" };
		if (smmu.state != FACT_KNOWN)
			return (struct found_state){
				IOMMU_UNKNOWN,
				"/sys/class/iommu is empty; whether the IORT table "
				"describes "
				"an SMMU could not be read",
			};
	}
	return (struct found_state){
		IOMMU_OFF_IN_KERNEL,
		arena_printf(arena,
			     "the firmware's %s table%s an IOMMU, but "
			     "/sys/class/iommu is empty: %s",
			     table_names(system),
			     system->tables.count > 1 ? "s describe" : " describes",
			     off_reason(system, table->signature)),
	};
}

/* Units are in use: what do the groups say of the DMA behind them? */
static struct found_state with_units(struct system *system)
{
	struct arena *arena = &system->arena;
	size_t identity = 0, translated = 0, unknown;
	size_t units = system->units.count, groups = 0;

	LIST_FOR_EACH (&system->groups, struct group, group) {
		if (known_str(group->name, "vfio-noiommu"))
			continue;
		groups++;
		if (group->type.state != FACT_KNOWN)
			continue;
		if (streq(group->type.value, "identity"))
			identity++;
		else if (starts_with(group->type.value, "DMA") ||
			 streq(group->type.value, "blocked") ||
			 streq(group->type.value, "unmanaged"))
			translated++;
	}
	unknown = groups - identity - translated;
	/* Single devices get another domain than the rest, so the many decide. */
	if (translated > 0 && translated >= identity + unknown)
		return (struct found_state){
			IOMMU_TRANSLATING,
			arena_printf(
				arena,
				"%zu unit%s in /sys/class/iommu; %zu of %zu groups are "
				"translated%s",
				units, units == 1 ? "" : "s", translated, groups,
				identity > 0
					? arena_printf(arena, ", %zu identity", identity)
					: ""),
		};
	if (system->groups_state != FACT_KNOWN)
		return (struct found_state){
			IOMMU_UNKNOWN,
			arena_printf(
				arena,
				"%zu unit%s in /sys/class/iommu, but the groups could "
				"not be listed",
				units, units == 1 ? "" : "s"),
		};
	if (unknown > 0 && unknown + translated >= identity)
		return (struct found_state){
			IOMMU_UNKNOWN,
			arena_printf(
				arena,
				"%zu unit%s in /sys/class/iommu, but the types of %zu "
				"of %zu groups could not be read",
				units, units == 1 ? "" : "s", unknown, groups),
		};
	if (identity > 0)
		return (struct found_state){
			IOMMU_PASSTHROUGH,
			arena_printf(
				arena,
				"%zu unit%s in /sys/class/iommu, but %zu of %zu groups "
				"have the domain type identity",
				units, units == 1 ? "" : "s", identity, groups),
		};
	return (struct found_state){
		IOMMU_UNKNOWN,
		arena_printf(arena,
			     "%zu unit%s in /sys/class/iommu, but no group has a device",
			     units, units == 1 ? "" : "s"),
	};
}

static void set_kind(struct system *system)
{
	struct fact_str *kind = &system->status.iommu_kind;
	_cleanup_strbuf_ struct strbuf names = { 0 };

	kind->state =
		system->units_state == FACT_KNOWN ? FACT_ABSENT : system->units_state;
	LIST_FOR_EACH (&system->units, struct unit, unit) {
		const char *name = unit_kind_names[unit->kind.value].name;

		/* More than one kind on a machine is rare; all are named then. */
		if (!strstr(strbuf_text(&names), name))
			strbuf_printf(&names, "%s%s", names.length > 0 ? "," : "", name);
	}
	if (names.length > 0)
		*kind = KNOWN_STR(arena_strdup(&system->arena, names.text));
}

/* Why interrupts are not remapped, as far as settings and hardware tell. */
static const char *not_remapped(struct system *system)
{
	const char *parameter = given_decided(system, SETTING_INTERRUPTS, SET_OFF);
	size_t unable = 0;

	if (parameter)
		return arena_printf(&system->arena,
				    "%s stands on the kernel command line", parameter);
	LIST_FOR_EACH (&system->units, struct unit, unit)
		unable += known_false(unit->interrupt_remapping);
	if (unable > 0 && unable == system->units.count)
		return "no interrupt chip named IR-* in /proc/interrupts, and no unit is "
		       "able to";
	return "no interrupt chip named IR-* in /proc/interrupts";
}

static void set_interrupt_remapping(struct system *system)
{
	struct status *status = &system->status;
	const char *why;

	status->interrupt_remapping = system->remapped_interrupts;
	switch (system->remapped_interrupts.state) {
	case FACT_KNOWN:
		why = system->remapped_interrupts.value
			      ? "interrupt chips named IR-* in /proc/interrupts"
			      : not_remapped(system);
		break;
	case FACT_ABSENT:
		why = "/proc/interrupts has no chip whose name would tell";
		break;
	default:
		why = "/proc/interrupts could not be read";
	}
	status->interrupt_remapping_why = KNOWN_STR(why);
}

void analyze_platform(struct system *system)
{
	struct found_state found;

	if (system->units_state != FACT_KNOWN)
		found = (struct found_state){ IOMMU_UNKNOWN,
					      "/sys/class/iommu could not be listed" };
	else if (system->units.count > 0)
		found = with_units(system);
	else
		found = without_units(system);
	system->status.iommu_state = KNOWN_ENUM((int)found.state);
	system->status.iommu_state_why = KNOWN_STR(found.why);
	set_kind(system);
	set_interrupt_remapping(system);
}
