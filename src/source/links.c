// SPDX-License-Identifier: GPL-2.0-or-later
/* Ties the facts together: device → group, unit, bridge above, physical function. */

#include "source/source.h"

/*
 * What holds of a device that no group or unit names: nothing leads to it, if all is
 * known.
 */
static enum fact_state unnamed(enum fact_state state)
{
	return state == FACT_KNOWN ? FACT_ABSENT : state;
}

static void link_groups(struct system *system)
{
	enum fact_state missing = unnamed(system->groups_state);

	LIST_FOR_EACH (&system->groups, struct group, group)
		if (group->devices.state != FACT_KNOWN)
			missing = FACT_UNREAD; /* it may be one of those not listed */
	LIST_FOR_EACH (&system->devices, struct device, device)
		device->group.state = device->domain_type.state = missing;
	LIST_FOR_EACH (&system->groups, struct group, group) {
		group->members.state = group->devices.state;
		LIST_FOR_EACH (&group->devices.list, const char, name) {
			struct device *device = system_find_device(system, name);

			if (!device)
				continue;
			device->group_ref = group;
			device->group = group->id;
			device->domain_type = group->type;
			list_add(&system->arena, &group->members.list, device);
		}
	}
}

/* The one PCI segment that all functions behind a unit share. */
static void set_segment(struct unit *unit, const struct device *device)
{
	if (unit->segment.state == FACT_ABSENT)
		unit->segment = KNOWN_U64(device->address.domain);
	else if (unit->segment.value != device->address.domain)
		unit->segment.state = FACT_UNREAD; /* several: no one number is right */
}

static void link_units(struct system *system)
{
	enum fact_state missing = unnamed(system->units_state);

	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (unit->devices.state != FACT_KNOWN)
			missing = FACT_UNREAD;
	LIST_FOR_EACH (&system->devices, struct device, device)
		device->unit.state = missing;
	LIST_FOR_EACH (&system->units, struct unit, unit) {
		struct device *parent;

		unit->segment.state = unnamed(unit->devices.state);
		LIST_FOR_EACH (&unit->members, const char, name) {
			struct device *device = system_find_device(system, name);

			if (!device)
				continue;
			device->unit_ref = unit;
			device->unit = KNOWN_STR(unit->name);
			set_segment(unit, device);
		}
		if (unit->kind.value != UNIT_AMD_VI || unit->parent.state != FACT_KNOWN)
			continue;
		parent = system_find_device(system, unit->parent.value);
		if (parent)
			unit->register_base = parent->amd_iommu_base;
	}
}

/*
 * A function without an interrupt of its own tells nothing, unless no chip remaps at all.
 */
static void link_interrupts(struct system *system)
{
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (known_false(system->remapped_interrupts))
			device->interrupt_remapping = KNOWN_BOOL(false);
	LIST_FOR_EACH (&system->interrupt_chips, const struct interrupt_chip, chip) {
		struct device *device = system_find_device(system, chip->bdf);

		if (device)
			device->interrupt_remapping = KNOWN_BOOL(chip->remapped);
	}
}

static void link_devices(struct system *system)
{
	enum fact_state missing = FACT_ABSENT;

	LIST_FOR_EACH (&system->devices, struct device, device) {
		if (device->upstream.state == FACT_KNOWN)
			device->upstream_ref =
				system_find_device(system, device->upstream.value);
		if (device->host)
			device->host_ref = system_find_device(system, device->host);
		if (device->physfn.state == FACT_KNOWN)
			device->physfn_ref =
				system_find_device(system, device->physfn.value);
		if (device->physfn.state != FACT_KNOWN &&
		    device->physfn.state != FACT_ABSENT)
			missing = FACT_UNREAD; /* it may be anybody's virtual function */
	}
	LIST_FOR_EACH (&system->devices, struct device, device)
		device->virtfns.state = missing;
	LIST_FOR_EACH (&system->devices, struct device, device) {
		struct device *physfn = device->physfn_ref;

		if (physfn) {
			physfn->virtfns.state = FACT_KNOWN;
			list_add(&system->arena, &physfn->virtfns.list, device->bdf);
		}
	}
}

void source_links(struct root *root, struct system *system)
{
	(void)root;
	link_devices(system);
	link_groups(system);
	link_units(system);
	link_interrupts(system);
}
