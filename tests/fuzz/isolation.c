// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes analyze/isolation and analyze/peer: functions above and below each other. */

#include "fuzz.h"

enum { RECORD = 8, DEVICES_MAX = 24, GROUPS = 8 };

/* Identifiers that the kernel's lists know, each for another rule. */
static const struct {
	uint16_t vendor, device;
} known[] = {
	{ 0x1234, 0x1111 }, { 0x8086, 0x10c9 }, { 0x8086, 0x8c10 }, { 0x8086, 0xa110 },
	{ 0x1002, 0x4385 }, { 0x1d17, 0x0715 }, { 0x1d17, 0x0001 }, { 0x8088, 0x0001 },
	{ 0x14e4, 0x9000 }, { 0x1b4b, 0x9172 }, { 0x10b5, 0x87b0 }, { 0x11f8, 0x8532 },
	{ 0x8086, 0x2954 }, { 0x177d, 0xa001 }, { 0x8086, 0x2260 }, { 0x1180, 0xe832 },
};

static void set_state(struct device *device, enum fact_state state)
{
	device->port_type.state = device->port_number.state = state;
	device->acs_capability.state = device->acs_control.state = state;
	device->acs_egress.state = state;
}

/* Eight bytes: place, bridge above, kind, identifiers, ACS, what is missing. */
static void add_device(struct system *system, const uint8_t *record, struct unit *unit)
{
	struct device *device = arena_new(&system->arena, struct device);

	device->address.bus = record[0] >> 5;
	device->address.device = record[0] >> 3 & 3;
	device->address.function = record[0] & 7;
	device->bdf = arena_printf(&system->arena, "0000:%02x:%02x.%x",
				   (unsigned int)device->address.bus,
				   (unsigned int)device->address.device,
				   (unsigned int)device->address.function);
	if (system_find_device(system, device->bdf))
		return;
	set_state(device, FACT_KNOWN);
	device->port_type.value = record[2] & 0xf;
	device->port_number.value = record[2] >> 4;
	device->multifunction = KNOWN_BOOL(record[7] & 1);
	device->vendor_id = KNOWN_U64(known[record[3] % ARRAY_SIZE(known)].vendor);
	device->device_id = KNOWN_U64(known[record[3] % ARRAY_SIZE(known)].device);
	device->class_id = KNOWN_U64(0x068000);
	device->acs_capability.value = record[4];
	device->acs_control.value = record[5];
	device->acs_egress.value = record[6];
	device->physfn.state = record[7] & 2 ? FACT_KNOWN : FACT_ABSENT;
	device->ats = KNOWN_ENUM(record[7] & 4 ? CAPABILITY_ON : CAPABILITY_OFF);
	device->unit_ref = record[7] & 8 ? NULL : unit;
	device->unit.state = FACT_ABSENT;
	if (record[7] & 16)
		set_state(device, (enum fact_state)(record[7] >> 5) % 5);
	list_add(&system->arena, &system->devices, device);
	qsort(system->devices.items, system->devices.count, sizeof(void *),
	      device_compare);
}

/* Any function may stand above any other, itself and those below it included. */
static void link_devices(struct system *system, const uint8_t *data, size_t count)
{
	size_t devices = system->devices.count;

	LIST_FOR_EACH (&system->devices, struct device, device) {
		const uint8_t *record = data + device_at % count * RECORD;
		struct device *other = system->devices.items[record[1] % devices];

		device->upstream.state = record[1] & 0x80 ? FACT_ABSENT : FACT_KNOWN;
		if (record[1] & 0x40)
			device->upstream.state = FACT_UNREAD;
		if (device->upstream.state == FACT_KNOWN)
			device->upstream_ref = other;
		device->upstream.value = other->bdf;
		if ((record[6] & 0xf0) == 0xf0)
			device->host_ref = other;
	}
}

static void form_groups(struct system *system, uint8_t seed)
{
	for (size_t i = 0; i < GROUPS; i++) {
		struct group *group = arena_new(&system->arena, struct group);

		group->id = KNOWN_U64(i);
		group->devices.state = group->members.state = FACT_KNOWN;
		group->others.state = FACT_KNOWN;
		list_add(&system->arena, &system->groups, group);
	}
	LIST_FOR_EACH (&system->devices, struct device, device) {
		size_t number = device_at * (seed | 1u) / 3 % (GROUPS + 1);

		if (number == GROUPS)
			continue; /* in no group */
		device->group_ref = system->groups.items[number];
		list_add(&system->arena, &device->group_ref->members.list, device);
		list_add(&system->arena, &device->group_ref->devices.list, device->bdf);
	}
}

static bool has(const struct list *names, const char *name)
{
	LIST_FOR_EACH (names, const char, item)
		if (streq(item, name))
			return true;
	return false;
}

static void check_group(const struct group *group)
{
	size_t members = group->devices.list.count;
	bool told = group->predicted.state == FACT_KNOWN;

	MUST(group->isolated_why.state == FACT_KNOWN && group->isolated_why.value[0]);
	MUST(told == (group->drift.state == FACT_KNOWN));
	MUST(told == (group->why.state == FACT_KNOWN));
	MUST(members < 2 || known_false(group->isolated));
	MUST(!known_true(group->isolated) ||
	     (members == 1 && (!told || group->predicted.list.count == 1)));
	MUST(!known_true(group->isolated) || !known_true(group->drift));
	if (!told)
		return;
	MUST(has(&group->predicted.list, group->devices.list.items[0]));
	LIST_FOR_EACH (&group->why.list, const struct group_reason, reason)
		MUST(reason->code.state == FACT_KNOWN && reason->text.value[0] &&
		     reason->bdf.state == FACT_KNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count = MIN((size > 0 ? size - 1 : 0) / RECORD, (size_t)DEVICES_MAX);
	struct unit unit = { .name = "dmar0", .kind = KNOWN_ENUM(UNIT_INTEL_VTD) };
	struct system system = { .tables_state = FACT_KNOWN };
	struct path peer;

	if (count == 0)
		return 0;
	if (data[0] & 1)
		unit.kind.value = UNIT_AMD_VI;
	if (data[0] & 2)
		system.tables_state = FACT_DENIED;
	for (size_t i = 0; i < count; i++)
		add_device(&system, data + 1 + i * RECORD, &unit);
	link_devices(&system, data + 1, count);
	form_groups(&system, data[0]);
	analyze_isolation(&system);
	LIST_FOR_EACH (&system.groups, const struct group, group)
		check_group(group);
	LIST_FOR_EACH (&system.devices, struct device, from) {
		struct device *to = system.devices.items[data[0] % system.devices.count];

		isolation_peer(&system, from, to, &peer);
		MUST(peer.why.state == FACT_KNOWN && peer.why.value[0]);
		MUST(peer.verdict.state == FACT_KNOWN || peer.turn.state == FACT_KNOWN);
	}
	system_free(&system);
	return 0;
}
