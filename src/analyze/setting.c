// SPDX-License-Identifier: GPL-2.0-or-later
/* What came of the settings of kernel parameters, by the state of the machine. */

#include "analyze/verdict.h"

#include "base/bits.h"
#include "spec/vtd.h"

/* "flushes at each unmapping: 4 of 4 groups are DMA" */
const char *given_proof(struct system *system, const struct given *given,
			const char *proof)
{
	return arena_printf(&system->arena, "%s: %s", given->option->does, proof);
}

/*
 * It did what it says. Where the kernel was built to do so by itself, that is told, and
 * that the parameter could go.
 */
static struct parameter_verdict done(struct system *system, const struct given *given,
				     const char *proof)
{
	struct built_default built = built_default(system, given->option->setting);
	const char *why = proof ? given_proof(system, given, proof) : given->option->does;

	if (!built.option)
		return effective(why, (struct fact_bool){ 0 });
	if (built.value != given->option->value)
		return effective(why, KNOWN_BOOL(true));
	return effective(arena_printf(&system->arena,
				      streq(built.is, "y")
					      ? "%s; this kernel does so by itself "
						"(CONFIG_%s)"
					      : "%s; this kernel does so by itself "
						"(CONFIG_%s is not set)",
				      why, built.option),
			 KNOWN_BOOL(false));
}

static size_t count_types(const struct system *system, const char *type)
{
	size_t count = 0;

	LIST_FOR_EACH (&system->groups, const struct group, group)
		count += known_str(group->type, type);
	return count;
}

/* "3 of 4 groups are DMA-FQ", for the default domain that was found. */
static const char *group_proof(struct system *system)
{
	static const char *const types[] = {
		[DEFAULT_STRICT] = "DMA",
		[DEFAULT_LAZY] = "DMA-FQ",
		[DEFAULT_IDENTITY] = "identity",
	};
	const char *type = types[system->status.default_domain.value];

	return arena_printf(&system->arena, "%zu of %zu groups are %s",
			    count_types(system, type), system->groups.count, type);
}

static bool none_passes_through(const struct system *system)
{
	LIST_FOR_EACH (&system->units, const struct unit, unit)
		if (unit->ecap.state != FACT_KNOWN || bit(unit->ecap.value, VTD_ECAP_PT))
			return false;
	return system->units.count > 0;
}

static struct parameter_verdict look_at_domain(struct system *system,
					       const struct given *given)
{
	struct fact_enum found = system->status.default_domain;
	bool identity = given->option->value == SET_IDENTITY;

	if (found.state != FACT_KNOWN)
		return unknown(
			"which domain the groups have by default is not to be seen");
	if (identity == (found.value == DEFAULT_IDENTITY))
		return done(system, given, group_proof(system));
	if (identity && none_passes_through(system))
		return overridden("no unit can let addresses pass through (ECAP.PT)");
	return overridden(arena_printf(&system->arena, "but %s", group_proof(system)));
}

/* What is about mapping has nothing to do where nothing is mapped. */
static const char *nothing_mapped(struct system *system)
{
	struct fact_enum found = system->status.default_domain;

	if (found.state != FACT_KNOWN || found.value != DEFAULT_IDENTITY)
		return NULL;
	return arena_printf(&system->arena,
			    "the default domain is identity, in which nothing is mapped "
			    "or unmapped: %s",
			    group_proof(system));
}

static struct parameter_verdict look_at_flush(struct system *system,
					      const struct given *given)
{
	struct fact_enum found = system->status.default_domain;
	bool strict = given->option->value == SET_STRICT;
	const char *moot = nothing_mapped(system);
	static const char emulated[] =
		"an emulated unit (caching mode, NpCache) is flushed at each unmapping";

	if (found.state != FACT_KNOWN)
		return unknown(
			"which domain the groups have by default is not to be seen");
	if (moot)
		return nothing(moot);
	if (strict != (found.value == DEFAULT_STRICT))
		return overridden(strict || !has_caching_mode(system)
					  ? arena_printf(&system->arena, "but %s",
							 group_proof(system))
					  : emulated);
	if (strict && has_caching_mode(system))
		return effective(arena_printf(&system->arena,
					      "%s; so it is by itself: %s",
					      given->option->does, emulated),
				 KNOWN_BOOL(false));
	return done(system, given, group_proof(system));
}

static struct parameter_verdict look_at_addresses(struct system *system,
						  const struct given *given)
{
	const char *reason = nothing_mapped(system);

	return reason ? nothing(reason) : done(system, given, NULL);
}

static const char *unit_proof(struct system *system, size_t count)
{
	return arena_printf(&system->arena, "%zu unit%s in /sys/class/iommu", count,
			    count == 1 ? "" : "s");
}

/* Switches of VT-d, AMD-Vi or both, held against the units that are in use. */
static struct parameter_verdict look_at_units(struct system *system,
					      const struct given *given, size_t count)
{
	bool on = given->option->value == SET_ON;
	const char *off = given_decided(system, SETTING_IOMMU, SET_OFF);

	if (system->units_state != FACT_KNOWN)
		return unknown("the IOMMU units could not be listed");
	if (on && count > 0)
		return done(system, given, unit_proof(system, count));
	if (!on && count == 0)
		return done(system, given, NULL);
	if (on && off)
		return overridden(
			arena_printf(&system->arena, "%s leaves every IOMMU off", off));
	return overridden(
		on ? "no unit is in /sys/class/iommu: the kernel log has the reason"
		   : arena_printf(&system->arena, "but %s", unit_proof(system, count)));
}

/* Debian's kernels may leave integrated graphics out, unless they are told. */
static bool adds_graphics(const struct system *system)
{
	enum { CLASS_DISPLAY = 0x03, VENDOR_INTEL = 0x8086 };

	if (!system_kconfig_is(system, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF", "y"))
		return false;
	LIST_FOR_EACH (&system->devices, const struct device, device)
		if (device->class_id.value >> 16 == CLASS_DISPLAY &&
		    device->vendor_id.value == VENDOR_INTEL &&
		    device->upstream.state == FACT_ABSENT)
			return true;
	return false;
}

static struct parameter_verdict look_at_vtd(struct system *system,
					    const struct given *given)
{
	size_t count = count_units(system, UNIT_INTEL_VTD);

	if (given->option->value == SET_ON && count > 0 && adds_graphics(system))
		return effective(arena_printf(&system->arena,
					      "%s, that of integrated graphics too: %s",
					      given->option->does,
					      unit_proof(system, count)),
				 KNOWN_BOOL(true));
	return look_at_units(system, given, count);
}

static struct parameter_verdict look_at_amd_vi(struct system *system,
					       const struct given *given)
{
	return look_at_units(system, given, count_units(system, UNIT_AMD_VI));
}

static struct parameter_verdict look_at_iommu(struct system *system,
					      const struct given *given)
{
	return look_at_units(system, given,
			     count_units(system, UNIT_INTEL_VTD) +
				     count_units(system, UNIT_AMD_VI));
}

static struct parameter_verdict look_at_interrupts(struct system *system,
						   const struct given *given)
{
	struct fact_bool remapped = system->remapped_interrupts;
	bool on = given->option->value == SET_ON;

	if (remapped.state != FACT_KNOWN)
		return unknown("whether interrupts are remapped could not be read");
	if (on != remapped.value)
		return overridden(on ? "but no interrupt chip in /proc/interrupts is "
				       "called IR-*"
				     : "but interrupt chips in /proc/interrupts are "
				       "called IR-*");
	/* Remapping is on unless something is in its way. */
	return effective(given_proof(system, given, "as /proc/interrupts shows"),
			 KNOWN_BOOL(!on));
}

static struct parameter_verdict look_at_bounce_size(struct system *system,
						    const struct given *given)
{
	/* The pool is made of segments of 128 slots (IO_TLB_SEGSIZE). */
	enum { SEGMENT = 128 };
	struct fact_u64 slots = system->swiotlb_slots;
	const char *proof;
	uint64_t wanted;
	char *digits = arena_strndup(&system->arena, given->text,
				     strspn(given->text, "0123456789abcdefABCDEFx"));

	if (slots.state != FACT_KNOWN && slots.state != FACT_ABSENT)
		return unknown("the size of the pool, in debugfs, could not be read");
	if (slots.state == FACT_ABSENT || slots.value == 0)
		return overridden("there is no pool of bounce buffers");
	proof = arena_printf(&system->arena, "the pool has %llu slots",
			     (unsigned long long)slots.value);
	if (parse_u64(digits, 0, &wanted) < 0 ||
	    (wanted + SEGMENT - 1) / SEGMENT * SEGMENT != slots.value)
		return overridden(arena_printf(&system->arena, "but %s", proof));
	return effective(given_proof(system, given, proof), (struct fact_bool){ 0 });
}

static struct parameter_verdict look_at_debug(struct system *system,
					      const struct given *given)
{
	if (known_false(system->dma_api_disabled))
		return overridden("but /sys/kernel/debug/dma-api/disabled reads N");
	return effective(given->option->does, KNOWN_BOOL(true));
}

/* The settings that show in the state of the machine. */
static struct parameter_verdict (*const lookers[SETTINGS])(struct system *system,
							   const struct given *given) = {
	[SETTING_IOMMU] = look_at_iommu,
	[SETTING_VTD] = look_at_vtd,
	[SETTING_AMD_VI] = look_at_amd_vi,
	[SETTING_DOMAIN] = look_at_domain,
	[SETTING_FLUSH] = look_at_flush,
	[SETTING_WIDE_ADDRESSES] = look_at_addresses,
	[SETTING_INTERRUPTS] = look_at_interrupts,
	[SETTING_BOUNCE_SIZE] = look_at_bounce_size,
	[SETTING_DEBUG] = look_at_debug,
};

bool setting_shows(enum setting setting)
{
	return lookers[setting] != NULL;
}

struct parameter_verdict look_at_setting(struct system *system, const struct given *given)
{
	enum setting setting = given->option->setting;

	return setting_shows(setting) ? lookers[setting](system, given)
				      : done(system, given, NULL);
}
