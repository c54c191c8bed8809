/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened to a machine that is being watched, and what the kernel told of it. */
#pragma once

#include "base/record.h"

enum event_kind {
	EVENT_PRESENT,
	EVENT_WATCHING,
	EVENT_ADDED,
	EVENT_REMOVED,
	EVENT_BOUND,
	EVENT_UNBOUND,
	EVENT_CHANGED,
	EVENT_FAULT,
	EVENT_GROWING,
	EVENT_LOST,
	EVENT_UNREADABLE,
};

struct event {
	struct fact_u64 number;	       /* of the lines, from 1 */
	struct fact_str time;	       /* UTC, ISO 8601, with milliseconds */
	struct fact_enum event;	       /* enum event_kind */
	struct fact_str subject;       /* singular name of the record that it is about */
	struct fact_str name;	       /* of the object, as its labels have it */
	struct fact_str field;	       /* its key, where a field changed */
	struct fact_str before, after; /* its values */
	struct fact_str text;	       /* the whole of it, for people */
	/* What was there or came, with all that is known of it: a list of one. */
	struct fact_list status, units, groups, devices, faults, mappings;
};

extern const struct record event_record;

/* What the kernel sends when something happens to a device: uevents, of PCI functions. */
enum uevent_action { UEVENT_ADD, UEVENT_REMOVE, UEVENT_BIND, UEVENT_UNBIND };

struct uevent {
	uint64_t number; /* the kernel's: a later one is greater */
	enum uevent_action action;
	const char *name;   /* BDF */
	const char *driver; /* of UEVENT_BIND; else NULL */
};
