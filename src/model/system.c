// SPDX-License-Identifier: GPL-2.0-or-later
/* Everything that is known about one machine; the only owner of the model's memory. */

#include "model/system.h"

static const struct field host_fields[] = {
	FIELD(struct host, root, "ROOT", F_STR, F_SHOW, "the tree that was read"),
	FIELD(struct host, live, "LIVE", F_BOOL, F_SHOW, "this machine, not a snapshot"),
	FIELD(struct host, hostname, "HOSTNAME", F_STR, F_SHOW, "name of the host"),
	FIELD(struct host, kernel, "KERNEL", F_STR, F_SHOW, "release of the kernel"),
	FIELD(struct host, arch, "ARCH", F_STR, F_SHOW, "machine architecture"),
	FIELD(struct host, time, "TIME", F_STR, F_SHOW,
	      "time of the look or capture, UTC"),
};

const struct record host_record =
	RECORD("system", "system", "the machine that was looked at", host_fields);

const struct record before_record =
	RECORD("before", "before", "the machine that this one is compared with",
	       host_fields, .card = true);

static const struct field unread_fields[] = {
	FIELD(struct unread, source, "SOURCE", F_STR, F_SHOW,
	      "part of dmascope that looked"),
	FIELD(struct unread, path, "PATH", F_STR, F_SHOW, "file that could not be read"),
	FIELD(struct unread, reason, "REASON", F_STR, F_SHOW, "why"),
};

const struct record unread_record =
	RECORD("unread", "unread", "what could not be seen", unread_fields);

void system_free(struct system *system)
{
	arena_free(&system->arena);
	*system = (struct system){ 0 };
}

struct device *system_find_device(const struct system *system, const char *bdf)
{
	struct device key = { .bdf = bdf };
	const struct device *key_pointer = &key;
	struct device **found;

	if (parse_pci_address(bdf, &key.address) < 0 || key.address.function < 0 ||
	    system->devices.count == 0)
		return NULL;
	found = bsearch(&key_pointer, system->devices.items, system->devices.count,
			sizeof(void *), device_compare);
	return found ? *found : NULL;
}

struct unit *system_find_unit(const struct system *system, const char *name)
{
	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (streq(unit->name, name))
			return unit;
	return NULL;
}

size_t system_regions_up_to(const struct system *system, uint64_t address)
{
	size_t low = 0, high = system->regions.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct region *tried = system->regions.items[middle];

		if (tried->start.value <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The last region that starts at or before the address holds it, or one that holds that
 * region does: the others that start before end before, too.
 */
const struct region *system_region_at(const struct system *system, uint64_t address)
{
	size_t count = system_regions_up_to(system, address);
	const struct region *region = count > 0 ? system->regions.items[count - 1] : NULL;

	while (region && !region_holds(region, address))
		region = region->parent;
	return region;
}

const char *system_kconfig(const struct system *system, const char *name)
{
	LIST_FOR_EACH (&system->kconfig_options, struct kconfig_option, option)
		if (streq(option->name, name))
			return option->value;
	return system->kconfig_whole ? "n" : NULL;
}

bool system_kconfig_is(const struct system *system, const char *name, const char *value)
{
	const char *known = system_kconfig(system, name);

	return known && streq(known, value);
}
