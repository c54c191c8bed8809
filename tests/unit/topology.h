/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up machines for tests of analyze/: functions, bridges and groups, by hand. */
#pragma once

#include "analyze/analyze.h"

#include "tap.h"

static struct system machine;
static struct unit the_unit, other_unit;

/* An empty machine with a VT-d unit. */
static inline void start(void)
{
	system_free(&machine);
	the_unit = (struct unit){ .name = "dmar0", .kind = KNOWN_ENUM(UNIT_INTEL_VTD) };
	other_unit = (struct unit){ .name = "odd", .kind = KNOWN_ENUM(UNIT_OTHER) };
	machine.devices_state = machine.groups_state = FACT_KNOWN;
	machine.units_state = machine.tables_state = FACT_KNOWN;
	machine.cmdline = KNOWN_STR("");
	list_add(&machine.arena, &machine.units, &the_unit);
}

/* "00:02.0" is short for "0000:00:02.0". */
static inline const char *full(const char *bdf)
{
	bool whole = strchr(bdf, ':') != strrchr(bdf, ':');

	return arena_printf(&machine.arena, "%s%s", whole ? "" : "0000:", bdf);
}

static inline struct device *at(const char *bdf)
{
	struct device *device = system_find_device(&machine, full(bdf));

	if (!device) {
		printf("Bail out! no device %s\n", bdf);
		exit(1);
	}
	return device;
}

/* A conventional function, single, of a vendor that no quirk knows. */
static inline struct device *conventional(const char *bdf, const char *above)
{
	struct device *device = arena_new(&machine.arena, struct device);

	device->bdf = full(bdf);
	if (parse_pci_address(device->bdf, &device->address) < 0)
		exit(1);
	device->upstream.state = FACT_ABSENT;
	if (above) {
		device->upstream_ref = at(above);
		device->upstream = KNOWN_STR(device->upstream_ref->bdf);
	}
	device->vendor_id = KNOWN_U64(0x1234);
	device->device_id = KNOWN_U64(0x1111);
	device->class_id = KNOWN_U64(0x020000);
	device->multifunction = KNOWN_BOOL(false);
	device->physfn.state = FACT_ABSENT;
	device->port_type.state = device->port_number.state = FACT_ABSENT;
	device->acs_capability.state = device->acs_control.state = FACT_ABSENT;
	device->acs_egress.state = FACT_ABSENT;
	device->ats = KNOWN_ENUM(CAPABILITY_ABSENT);
	device->unit = KNOWN_STR(the_unit.name);
	device->unit_ref = &the_unit;
	list_add(&machine.arena, &machine.devices, device);
	qsort(machine.devices.items, machine.devices.count, sizeof(void *),
	      device_compare);
	return device;
}

static inline struct device *acs(struct device *device, uint16_t offered,
				 uint16_t control)
{
	device->acs_capability = KNOWN_U64(offered);
	device->acs_control = KNOWN_U64(control);
	device->acs_egress = KNOWN_U64(0);
	return device;
}

static inline struct device *no_acs(struct device *device)
{
	device->acs_capability.state = device->acs_control.state = FACT_ABSENT;
	device->acs_egress.state = FACT_ABSENT;
	return device;
}

/* A function of PCI Express; without ACS where it offers nothing. */
static inline struct device *port(const char *bdf, const char *above, enum pcie_type type,
				  uint16_t offered, uint16_t control)
{
	struct device *device = conventional(bdf, above);

	device->port_type = KNOWN_ENUM((int)type);
	device->port_number = KNOWN_U64(device->address.device);
	return offered ? acs(device, offered, control) : device;
}

static inline struct device *endpoint(const char *bdf, const char *above)
{
	return port(bdf, above, PCIE_ENDPOINT, 0, 0);
}

static inline struct device *virtual_function(const char *bdf, const char *above,
					      const char *physical)
{
	struct device *device = endpoint(bdf, above);

	device->physfn_ref = at(physical);
	device->physfn = KNOWN_STR(device->physfn_ref->bdf);
	return device;
}

static inline struct device *several(struct device *device)
{
	device->multifunction = KNOWN_BOOL(true);
	return device;
}

static inline struct device *identify(struct device *device, uint16_t vendor, uint16_t id)
{
	device->vendor_id = KNOWN_U64(vendor);
	device->device_id = KNOWN_U64(id);
	return device;
}

static inline void firmware(const char *signature)
{
	struct firmware_table *made = arena_new(&machine.arena, struct firmware_table);

	made->signature = signature;
	made->state = FACT_KNOWN;
	list_add(&machine.arena, &machine.tables, made);
}

static inline void parameter(const char *name, const char *value)
{
	struct kernel_argument *argument =
		arena_new(&machine.arena, struct kernel_argument);

	*argument = (struct kernel_argument){ name, name, value };
	list_add(&machine.arena, &machine.arguments, argument);
}

static inline void add_member(struct group *group, const char *name)
{
	struct device *device;

	if (!strchr(name, ':')) {
		struct group_member *other =
			arena_new(&machine.arena, struct group_member);

		other->name = name;
		list_add(&machine.arena, &group->devices.list, name);
		list_add(&machine.arena, &group->others.list, other);
		return;
	}
	list_add(&machine.arena, &group->devices.list, full(name));
	device = system_find_device(&machine, full(name));
	if (!device)
		return;
	list_add(&machine.arena, &group->members.list, device);
	device->group_ref = group;
	device->group = group->id;
}

/* The kernel's groups: "00:02.0 01:00.0|00:03.0", instead of those before. */
static inline void form_groups(const char *text)
{
	machine.groups = (struct list){ 0 };
	LIST_FOR_EACH (&machine.devices, struct device, device)
		device->group_ref = NULL;
	for (const char *end; text; text = end ? end + 1 : NULL) {
		struct group *group = arena_new(&machine.arena, struct group);
		const char *cursor, *word;
		size_t length;

		end = strchr(text, '|');
		group->id = KNOWN_U64(machine.groups.count);
		group->devices.state = group->members.state = FACT_KNOWN;
		group->others.state = FACT_KNOWN;
		list_add(&machine.arena, &machine.groups, group);
		cursor = arena_strndup(&machine.arena, text,
				       end ? (size_t)(end - text) : strlen(text));
		while ((word = next_word(&cursor, " ", &length)))
			add_member(group, arena_strndup(&machine.arena, word, length));
	}
}

static inline struct group *group_at(const char *bdf)
{
	struct group *group = at(bdf)->group_ref;

	if (!group) {
		printf("Bail out! %s is in no group\n", bdf);
		exit(1);
	}
	return group;
}

static inline const char *joined(const struct fact_list *names)
{
	const char *text = "";

	if (names->state != FACT_KNOWN)
		return "(unknown)";
	LIST_FOR_EACH (&names->list, const char, name)
		text = arena_printf(&machine.arena, "%s%s%s", text, *text ? "," : "",
				    name);
	return text;
}

static inline const char *truth(struct fact_bool fact)
{
	if (fact.state != FACT_KNOWN)
		return "unknown";
	return fact.value ? "yes" : "no";
}

static inline const struct group_reason *reason_of(const char *bdf, size_t number)
{
	const struct list *why = &group_at(bdf)->why.list;
	static const struct group_reason none = {
		.text = KNOWN_STR("(none)"),
		.remedy = KNOWN_STR("(none)"),
	};

	return number < why->count ? why->items[number] : &none;
}

/* The codes of a group's reasons, as words. */
static inline const char *codes_of(const char *bdf)
{
	const struct field *code = record_find(&group_reason_record, "code", 4);
	const char *text = "";

	LIST_FOR_EACH (&group_at(bdf)->why.list, const struct group_reason, reason) {
		struct value value;

		record_get(code, reason, &value);
		text = arena_printf(&machine.arena, "%s%s%s", text, *text ? " " : "",
				    value.text);
	}
	return text;
}

/* The first members of the groups that drifted. */
static inline const char *where_drift(void)
{
	const char *text = "";

	LIST_FOR_EACH (&machine.groups, const struct group, group)
		if (known_true(group->drift))
			text = arena_printf(
				&machine.arena, "%s%s%s", text, *text ? " " : "",
				(const char *)group->devices.list.items[0] + 5);
	return text;
}
