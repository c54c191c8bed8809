// SPDX-License-Identifier: GPL-2.0-or-later
/* What happens to the addresses of each device's DMA, and why. */

#include "analyze/analyze.h"
#include "analyze/given.h"

struct verdict {
	enum fact_state state;
	enum translation value;
	const char *why;
};

bool is_vfio_driver(const char *driver)
{
	/* vfio-pci and its variants: mlx5_vfio_pci, nvgrace-gpu-vfio-pci, vfio_pds, … */
	return strstr(driver, "vfio") != NULL;
}

bool is_neutral_driver(const char *driver)
{
	return streq(driver, "pcieport") || streq(driver, "pci-stub");
}

/* Intel and AMD take every device in at boot; the others when a driver binds to it. */
static bool attaches_on_bind(const struct system *system)
{
	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (unit->kind.value != UNIT_INTEL_VTD && unit->kind.value != UNIT_AMD_VI)
			return true;
	return false;
}

static struct verdict none(const char *why)
{
	return (struct verdict){ FACT_KNOWN, TRANSLATION_NONE, why };
}

static struct verdict unknown(const char *why)
{
	return (struct verdict){ .state = FACT_UNREAD, .why = why };
}

static struct verdict judge_without_group(struct system *system,
					  const struct device *device)
{
	struct arena *arena = &system->arena;

	if (system->units_state != FACT_KNOWN)
		return unknown("the IOMMU units could not be listed");
	if (system->units.count == 0)
		return none(arena_printf(
			arena, "no IOMMU is in use (%s)",
			iommu_state_names[system->status.iommu_state.value].name));
	if (device->group.state != FACT_ABSENT)
		return unknown("the IOMMU groups could not be listed");
	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (known_str(unit->parent, device->bdf))
			return none("it is an IOMMU unit itself");
	if (attaches_on_bind(system) && device->driver.state != FACT_KNOWN)
		return unknown(
			"in no IOMMU group: this IOMMU takes a device in when a driver "
			"binds to it");
	return none("in no IOMMU group: no unit covers it");
}

static struct verdict judge_vfio(struct system *system, const struct device *device)
{
	const char *type = device->domain_type.value;

	/*
	 * The type is that of the default domain, which VFIO replaces while a program
	 * holds the device open. Who holds it is not in sysfs.
	 */
	if (device->domain_type.state == FACT_KNOWN && streq(type, "identity"))
		return unknown(arena_printf(&system->arena,
					    "bound to %s, and the group's default domain "
					    "is identity: translated "
					    "only while a program holds the device open",
					    device->driver.value));
	return (struct verdict){
		FACT_KNOWN,
		TRANSLATION_VFIO,
		arena_printf(
			&system->arena,
			"bound to %s: the program that opens it decides the mappings",
			device->driver.value),
	};
}

/* Before Linux 5.15 the type DMA stood for lazy domains too. */
static bool type_tells_flush(const struct system *system)
{
	unsigned int release = kernel_release(system);

	return release == 0 || release >= LINUX(5, 15) || has_backports(system);
}

struct fact_enum type_translation(const struct system *system, const char *type)
{
	static const struct {
		const char *type;
		enum translation translation;
	} types[] = {
		{ "DMA", TRANSLATION_STRICT },
		{ "DMA-FQ", TRANSLATION_LAZY },
		{ "identity", TRANSLATION_IDENTITY },
		{ "blocked", TRANSLATION_BLOCKED },
	};
	const struct given *flush = given_decider(system, SETTING_FLUSH);

	bool strict = flush && flush->option->value == SET_STRICT &&
		      flush->hurdle.effect == EFFECT_EFFECTIVE;

	if (type && streq(type, "DMA") && !type_tells_flush(system) && !strict)
		return (struct fact_enum){ .state = FACT_UNREAD };
	for (size_t i = 0; type && i < ARRAY_SIZE(types); i++)
		if (streq(types[i].type, type))
			return KNOWN_ENUM((int)types[i].translation);
	return (struct fact_enum){ .state = FACT_UNREAD };
}

/* Another of the group that a program may hold, and with it the domain of all. */
static const struct device *held_beside(const struct device *device)
{
	LIST_FOR_EACH (&device->group_ref->members.list, const struct device, member)
		if (member != device && member->driver.state == FACT_KNOWN &&
		    is_vfio_driver(member->driver.value))
			return member;
	return NULL;
}

static struct verdict judge_type(struct system *system, const struct device *device)
{
	static const char *const meanings[] = {
		[TRANSLATION_STRICT] = "flushed at each unmapping",
		[TRANSLATION_LAZY] = "flushed in batches",
		[TRANSLATION_IDENTITY] = "addresses pass through unchanged",
		[TRANSLATION_BLOCKED] = "every access is refused",
	};
	const char *type = device->domain_type.value;
	struct fact_enum found;

	if (device->domain_type.state == FACT_ABSENT)
		return unknown("this kernel does not tell the type of a group's domain");
	if (device->domain_type.state != FACT_KNOWN)
		return unknown("the type of the group's domain could not be read");
	found = type_translation(system, type);
	if (found.state == FACT_KNOWN && found.value == TRANSLATION_IDENTITY &&
	    held_beside(device))
		return unknown(arena_printf(
			&system->arena,
			"the group's default domain is identity, and %s of the group is "
			"bound to %s: translated only while a program holds it open",
			held_beside(device)->bdf, held_beside(device)->driver.value));
	if (found.state == FACT_KNOWN)
		return (struct verdict){
			FACT_KNOWN,
			(enum translation)found.value,
			arena_printf(&system->arena,
				     "domain type %s, %s "
				     "(/sys/kernel/iommu_groups/%llu/type)",
				     type, meanings[found.value],
				     (unsigned long long)device->group.value),
		};
	if (streq(type, "DMA"))
		return unknown(
			"domain type DMA, which before Linux 5.15 is said of strict "
			"and of lazy domains");
	return unknown(arena_printf(&system->arena,
				    "the group's domain has the type '%s'", type));
}

static struct verdict judge(struct system *system, const struct device *device)
{
	if (!device->group_ref)
		return judge_without_group(system, device);
	if (known_str(device->group_ref->name, "vfio-noiommu"))
		return none("its group is VFIO's no-IOMMU mode: nothing is translated");
	if (device->driver.state == FACT_KNOWN && is_vfio_driver(device->driver.value))
		return judge_vfio(system, device);
	if (device->driver.state != FACT_KNOWN && device->driver.state != FACT_ABSENT)
		return unknown("its driver could not be read, which may be VFIO");
	return judge_type(system, device);
}

/* Which kinds of drivers the members of a group have. */
struct drivers {
	bool kernel, user, neutral;
	enum fact_state unknown; /* FACT_KNOWN unless one could not be read */
};

static void add_driver(struct drivers *drivers, struct fact_str driver)
{
	if (driver.state == FACT_ABSENT)
		return;
	if (driver.state != FACT_KNOWN)
		drivers->unknown = driver.state;
	else if (is_vfio_driver(driver.value))
		drivers->user = true;
	else if (is_neutral_driver(driver.value))
		drivers->neutral = true;
	else
		drivers->kernel = true;
}

static void set_owner(struct group *group)
{
	struct drivers drivers = { .unknown = group->devices.state };
	size_t seen = group->members.list.count + group->others.list.count;

	LIST_FOR_EACH (&group->members.list, struct device, device)
		add_driver(&drivers, device->driver);
	LIST_FOR_EACH (&group->others.list, struct group_member, member)
		add_driver(&drivers, member->driver);
	/* A PCI function that went away since the group was listed, say. */
	if (seen < group->devices.list.count)
		drivers.unknown = FACT_UNREAD;
	group->owner.state = drivers.unknown;
	group->owner.value = drivers.user && drivers.kernel	 ? OWNER_MIXED
			     : drivers.user			 ? OWNER_USER
			     : drivers.kernel || drivers.neutral ? OWNER_KERNEL
								 : OWNER_NONE;
}

void analyze_translation(struct system *system)
{
	LIST_FOR_EACH (&system->devices, struct device, device) {
		struct verdict verdict = judge(system, device);

		device->translation.state = verdict.state;
		device->translation.value = (int)verdict.value;
		device->translation_why = KNOWN_STR(verdict.why);
	}
	LIST_FOR_EACH (&system->groups, struct group, group)
		set_owner(group);
}
