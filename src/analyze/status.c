// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine in one screen: the default domain, the counts, and the summary. */

#include "analyze/analyze.h"
#include "analyze/given.h"

/* The parameter of the command line that asks for this default, or NULL. */
static const char *default_parameter(struct system *system, enum default_domain domain)
{
	if (domain == DEFAULT_IDENTITY)
		return given_decided(system, SETTING_DOMAIN, SET_IDENTITY);
	return given_decided(system, SETTING_FLUSH,
			     domain == DEFAULT_LAZY ? SET_LAZY : SET_STRICT);
}

/* Who set the default that the groups show. */
static const char *default_reason(struct system *system, enum default_domain domain)
{
	const char *parameter = default_parameter(system, domain);
	struct built_default built = built_default(system, SETTING_DOMAIN);
	bool as_built = built.value == SET_IDENTITY && domain == DEFAULT_IDENTITY;

	if (domain != DEFAULT_IDENTITY && built.value != SET_IDENTITY) {
		built = built_default(system, SETTING_FLUSH);
		as_built =
			built.value == (domain == DEFAULT_LAZY ? SET_LAZY : SET_STRICT);
	}
	if (parameter)
		return arena_printf(&system->arena, "%s on the kernel command line",
				    parameter);
	if (built.option && as_built)
		return arena_printf(&system->arena, "CONFIG_%s in %s", built.option,
				    system->kconfig.value);
	if (domain == DEFAULT_STRICT && has_caching_mode(system))
		return "the IOMMU is emulated (caching mode or NpCache is set), where "
		       "Linux "
		       "flushes at each unmapping";
	if (!built.option || streq(built.is, "n"))
		return "neither the command line nor a readable kernel configuration "
		       "says "
		       "who set it";
	return arena_printf(&system->arena, "against CONFIG_%s in %s", built.option,
			    system->kconfig.value);
}

static void set_no_default(struct system *system)
{
	struct status *status = &system->status;
	bool listed = system->groups_state == FACT_KNOWN;
	bool none = listed && system->groups.count == 0;

	status->default_domain.state = none ? FACT_ABSENT : FACT_UNREAD;
	status->default_domain_why =
		KNOWN_STR(none	    ? "no IOMMU group exists"
			  : !listed ? "the IOMMU groups could not be listed"
				    : "too few groups tell the type of their domain");
}

/*
 * Single devices get another domain than the rest, so what most groups have is the
 * default: first translated or not, then which kind of translation.
 */
static void set_default_domain(struct system *system)
{
	static const char *const types[] = {
		[DEFAULT_STRICT] = "DMA",
		[DEFAULT_LAZY] = "DMA-FQ",
		[DEFAULT_IDENTITY] = "identity",
	};
	size_t counts[ARRAY_SIZE(types)] = { 0 }, told = 0, translated;
	enum default_domain most;

	LIST_FOR_EACH (&system->groups, struct group, group) {
		if (group->type.state != FACT_KNOWN)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			counts[i] += streq(group->type.value, types[i]);
	}
	translated = counts[DEFAULT_STRICT] + counts[DEFAULT_LAZY];
	told = translated + counts[DEFAULT_IDENTITY];
	if (told == 0 || 2 * told < system->groups.count) {
		set_no_default(system);
		return;
	}
	most = counts[DEFAULT_LAZY] > counts[DEFAULT_STRICT] ? DEFAULT_LAZY
							     : DEFAULT_STRICT;
	if (counts[DEFAULT_IDENTITY] > translated)
		most = DEFAULT_IDENTITY;
	if (type_translation(system, types[most]).state != FACT_KNOWN) {
		system->status.default_domain.state = FACT_UNREAD;
		system->status.default_domain_why = KNOWN_STR(
			"most groups are DMA, which before Linux 5.15 is said of strict "
			"and of lazy domains");
		return;
	}
	system->status.default_domain = KNOWN_ENUM((int)most);
	system->status.default_domain_why = KNOWN_STR(arena_printf(
		&system->arena, "%zu of %zu groups are %s; %s", counts[most],
		system->groups.count, types[most], default_reason(system, most)));
}

/* A unit reads its own tables untranslated, by its nature: no device behind one. */
static bool is_unit(const struct system *system, const struct device *device)
{
	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (known_str(unit->parent, device->bdf))
			return true;
	return false;
}

static bool is_untranslated(const struct device *device)
{
	return device->translation.state == FACT_KNOWN &&
	       (device->translation.value == TRANSLATION_NONE ||
		device->translation.value == TRANSLATION_IDENTITY);
}

/* A count is a fact only when every device could be asked. */
static void count_devices(struct system *system)
{
	struct status *status = &system->status;
	size_t masters = 0, untranslated = 0;
	enum fact_state masters_state = system->devices_state;
	enum fact_state untranslated_state = system->devices_state;

	status->devices =
		(struct fact_u64){ system->devices_state, system->devices.count };
	for (size_t i = 0; i < STATUS_MODES; i++)
		status->modes[i].state = system->devices_state;
	LIST_FOR_EACH (&system->devices, struct device, device) {
		bool known = device->translation.state == FACT_KNOWN;

		status->modes[known ? device->translation.value : STATUS_MODE_UNKNOWN]
			.value++;
		if (device->bus_master.state != FACT_KNOWN)
			masters_state = FACT_UNREAD;
		if (known_false(device->bus_master))
			continue;
		if (known_true(device->bus_master))
			masters++;
		if (is_unit(system, device))
			continue;
		if (!known ||
		    (is_untranslated(device) && !known_true(device->bus_master)))
			untranslated_state = FACT_UNREAD;
		else if (is_untranslated(device)) {
			untranslated++;
			list_add(&system->arena, &status->untranslated.list, device->bdf);
		}
	}
	status->bus_masters = (struct fact_u64){ masters_state, masters };
	status->bus_masters_untranslated =
		(struct fact_u64){ untranslated_state, untranslated };
	status->untranslated.state = untranslated_state;
}

static void set_thunderbolt(struct system *system)
{
	struct status *status = &system->status;
	size_t protected = 0, unknown = 0, domains = system->thunderbolt.count;

	if (domains == 0) {
		/*
		 * No domains, no question; a bus that could not be listed is another
		 * matter.
		 */
		status->external_dma_protection.state =
			system->thunderbolt_state == FACT_KNOWN
				? FACT_ABSENT
				: system->thunderbolt_state;
		status->external_dma_protection_why.state =
			status->external_dma_protection.state;
		return;
	}
	LIST_FOR_EACH (&system->thunderbolt, struct thunderbolt_domain, domain) {
		protected += known_true(domain->iommu_dma_protection);
		unknown += domain->iommu_dma_protection.state != FACT_KNOWN;
	}
	status->external_dma_protection.state =
		protected + unknown == domains && unknown > 0 ? FACT_UNREAD : FACT_KNOWN;
	status->external_dma_protection.value = protected == domains;
	status->external_dma_protection_why = KNOWN_STR(arena_printf(
		&system->arena, "iommu_dma_protection is 1 for %zu of %zu domains%s",
		protected, domains,
		unknown > 0 ? arena_printf(&system->arena, ", unknown for %zu", unknown)
			    : ""));
}

/* Settings that are in force and take protection away. */
static void set_weakened_by(struct system *system)
{
	struct fact_list *weakened = &system->status.weakened_by;

	weakened->state = FACT_KNOWN;
	LIST_FOR_EACH (&system->module_parameters, struct module_parameter, parameter) {
		if (!(parameter->known->flags & PARAMETER_WEAKENS))
			continue;
		if (known_str(parameter->value, "Y"))
			list_add(&system->arena, &weakened->list,
				 arena_printf(&system->arena, "%s.%s=Y",
					      parameter->module, parameter->name));
		else if (parameter->value.state != FACT_KNOWN &&
			 parameter->value.state != FACT_ABSENT &&
			 weakened->list.count == 0)
			weakened->state = parameter->value.state;
	}
	if (weakened->list.count > 0)
		weakened->state = FACT_KNOWN;
}

/* What DMA-API debugging has in its pool; nothing where it is not at work. */
static void set_records(struct system *system)
{
	struct status *status = &system->status;
	struct fact_u64 all = system->dma_api_records, free = system->dma_api_free;

	if (system->dma_api_disabled.state == FACT_ABSENT ||
	    status->dma_debug.value == DMA_DEBUG_NOT_BUILT) {
		status->dma_debug_records.state = status->dma_debug_used.state =
			status->dma_debug_free_min.state =
				status->dma_debug_errors.state =
					status->dma_debug_filter.state = FACT_ABSENT;
		return;
	}
	status->dma_debug_records = all;
	status->dma_debug_free_min = system->dma_api_free_min;
	status->dma_debug_errors = system->dma_api_errors;
	status->dma_debug_filter = system->dma_api_filter;
	/* Both are read one after the other, while mappings come and go. */
	if (all.state == FACT_KNOWN && free.state == FACT_KNOWN)
		status->dma_debug_used =
			KNOWN_U64(all.value > free.value ? all.value - free.value : 0);
	else
		status->dma_debug_used.state =
			all.state == FACT_KNOWN ? free.state : all.state;
}

static void set_debug_facilities(struct system *system)
{
	struct status *status = &system->status;
	const char *built = system_kconfig(system, "DMA_API_DEBUG");
	struct fact_bool disabled = system->dma_api_disabled;
	enum dma_debug state = DMA_DEBUG_UNKNOWN;
	const char *why = "its debugfs files could not be looked at";

	if (disabled.state == FACT_KNOWN) {
		state = disabled.value ? DMA_DEBUG_DISABLED : DMA_DEBUG_ENABLED;
		why = arena_printf(&system->arena,
				   "/sys/kernel/debug/dma-api/disabled reads %s",
				   disabled.value ? "Y" : "N");
	} else if (built && streq(built, "n")) {
		state = DMA_DEBUG_NOT_BUILT;
		why = arena_printf(&system->arena,
				   "CONFIG_DMA_API_DEBUG is not set in %s",
				   system->kconfig.value);
	} else if (disabled.state == FACT_ABSENT) {
		state = DMA_DEBUG_NOT_BUILT;
		why = "debugfs has no dma-api directory";
	} else if (known_false(system->debugfs)) {
		why = "debugfs is not mounted";
	}
	status->dma_debug = KNOWN_ENUM((int)state);
	status->dma_debug_why = KNOWN_STR(why);

	set_records(system);
	status->third_party_channels = system->dma_channels;
	status->swiotlb_slots = system->swiotlb_slots;
	status->swiotlb_used = system->swiotlb_used;
	status->swiotlb_high_water = system->swiotlb_high_water;
	status->swiotlb_transient = system->swiotlb_transient;
	status->swiotlb_pools.state = system->swiotlb_slots.state;
	status->swiotlb_pools.list = system->swiotlb_pools;
	status->swiotlb_why.state = FACT_ABSENT;
	if (system->swiotlb_slots.state == FACT_ABSENT)
		status->swiotlb_why =
			KNOWN_STR("/sys/kernel/debug/swiotlb does not exist");
	else if (known_false(system->debugfs))
		status->swiotlb_why = KNOWN_STR("debugfs is not mounted");
	else if (system->swiotlb_slots.state != FACT_KNOWN)
		status->swiotlb_why = KNOWN_STR("its debugfs files could not be read");
}

static void set_tables(struct system *system)
{
	struct fact_list *tables = &system->status.firmware_tables;

	/* A machine without ACPI has no such table, which is known. */
	tables->state =
		system->tables_state == FACT_ABSENT ? FACT_KNOWN : system->tables_state;
	LIST_FOR_EACH (&system->tables, struct firmware_table, table)
		list_add(&system->arena, &tables->list, path_name(table->file));
}

static void say(struct system *system, const char *sentence)
{
	list_add(&system->arena, &system->status.summary.list, sentence);
}

static const char *state_sentence(struct system *system)
{
	static const char *const sentences[] = {
		[IOMMU_TRANSLATING] = "DMA is translated.",
		[IOMMU_PASSTHROUGH] =
			"DMA is not translated: by default the IOMMU passes "
			"every address through.",
		[IOMMU_INTERRUPT_REMAPPING_ONLY] =
			"DMA is not translated: the IOMMU remaps interrupts only.",
		[IOMMU_OFF_IN_KERNEL] =
			"DMA is not translated: Linux does not use the IOMMU "
			"that the firmware describes.",
		[IOMMU_OFF_IN_FIRMWARE] = "DMA is not translated: the firmware hides the "
					  "IOMMU.",
		[IOMMU_ABSENT] = "DMA is not translated: there is no IOMMU.",
		[IOMMU_UNKNOWN] = "Whether DMA is translated could not be found out.",
	};
	const struct status *status = &system->status;

	if (status->iommu_state.value != IOMMU_TRANSLATING)
		return sentences[status->iommu_state.value];
	if (status->default_domain.state != FACT_KNOWN)
		return sentences[IOMMU_TRANSLATING];
	return arena_printf(&system->arena, "DMA is translated, by default %s.",
			    default_domain_names[status->default_domain.value].name);
}

static const char *masters_sentence(struct system *system)
{
	const struct status *status = &system->status;
	struct arena *arena = &system->arena;
	unsigned long long untranslated = status->bus_masters_untranslated.value;

	if (status->bus_masters_untranslated.state != FACT_KNOWN)
		return untranslated > 0
			       ? arena_printf(
					 arena,
					 "At least %llu bus master%s can reach all of "
					 "memory; not all could be looked at.",
					 untranslated, untranslated == 1 ? "" : "s")
			       : "Whether every bus master is translated could not be "
				 "found out.";
	if (status->bus_masters.value == 0)
		return "No PCI function may start DMA now.";
	if (untranslated == 0)
		return arena_printf(
			arena, "None of %llu bus masters reaches memory untranslated.",
			(unsigned long long)status->bus_masters.value);
	return arena_printf(arena, "%llu of %llu bus masters can reach all of memory.",
			    untranslated, (unsigned long long)status->bus_masters.value);
}

/* The third fact: what weakens isolation most, else the state of interrupts. */
static const char *third_sentence(struct system *system)
{
	const struct status *status = &system->status;

	if (known_false(status->external_dma_protection))
		return "Thunderbolt devices are not held back by the IOMMU.";
	if (status->weakened_by.list.count > 0)
		return arena_printf(&system->arena, "Isolation is weakened by %s.",
				    (const char *)status->weakened_by.list.items[0]);
	if (status->interrupt_remapping.state != FACT_KNOWN)
		return "Whether interrupts are remapped is not to be seen.";
	return status->interrupt_remapping.value
		       ? "Interrupts are remapped."
		       : "Interrupts are not remapped: a device can raise any of them.";
}

void analyze_status(struct system *system)
{
	struct status *status = &system->status;

	status->units = (struct fact_u64){ system->units_state, system->units.count };
	status->groups = (struct fact_u64){ system->groups_state, system->groups.count };
	set_default_domain(system);
	count_devices(system);
	set_thunderbolt(system);
	set_weakened_by(system);
	set_debug_facilities(system);
	set_tables(system);
	status->summary.state = FACT_KNOWN;
	say(system, state_sentence(system));
	say(system, masters_sentence(system));
	say(system, third_sentence(system));
}

void analyze_system(struct system *system)
{
	analyze_command_line(system);
	analyze_platform(system);
	analyze_translation(system);
	analyze_status(system);
	analyze_regions(system);
	analyze_parameters(system);
}
