// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened to a machine that is being watched, and what the kernel told of it. */

#include "model/event.h"

#include "model/device.h"
#include "model/fault.h"
#include "model/group.h"
#include "model/mapping-group.h"
#include "model/status.h"
#include "model/unit.h"

static const struct enum_name kind_names[] = {
	[EVENT_PRESENT] = { "present", MOOD_DIM, "was there when the watch began" },
	[EVENT_WATCHING] = { "watching", MOOD_DIM,
			     "all that was there has been told; what follows is new" },
	[EVENT_ADDED] = { "added", MOOD_NONE, "came" },
	[EVENT_REMOVED] = { "removed", MOOD_NONE, "went away" },
	[EVENT_BOUND] = { "bound", MOOD_NONE, "a driver took the function" },
	[EVENT_UNBOUND] = { "unbound", MOOD_NONE, "a driver let go of the function" },
	[EVENT_CHANGED] = { "changed", MOOD_WARN, "a field has another value" },
	[EVENT_FAULT] = { "fault", MOOD_BAD,
			  "the kernel logged a fault of an IOMMU or a DMA-API error" },
	[EVENT_GROWING] = { "growing", MOOD_BAD,
			    "mappings of a driver grow; told once for each group" },
	[EVENT_LOST] = { "lost", MOOD_WARN,
			 "the kernel told more than could be kept; what follows is "
			 "what a new look shows" },
	[EVENT_UNREADABLE] = { "unreadable", MOOD_WARN,
			       "a look failed; what was known before stays" },
	{ 0 },
};

static const struct field fields[] = {
	FIELD(struct event, number, "NUMBER", F_UINT, F_RIGHT,
	      "of the line, from 1 without a gap"),
	FIELD(struct event, time, "TIME", F_STR, F_SHOW,
	      "when it was seen, UTC, with milliseconds"),
	FIELD(struct event, event, "EVENT", F_ENUM, F_SHOW, "what happened",
	      .names = kind_names),
	FIELD(struct event, subject, "SUBJECT", F_STR, F_SHOW,
	      "kind of what it happened to: device, group, unit, status, fault, "
	      "mapping"),
	FIELD(struct event, name, "NAME", F_STR, F_SHOW,
	      "what it happened to: a PCI address, a group's number"),
	FIELD(struct event, field, "FIELD", F_STR, 0, "JSON key of what changed"),
	FIELD(struct event, before, "BEFORE", F_STR, 0,
	      "its value before, as columns show it; absent where there was none"),
	FIELD(struct event, after, "AFTER", F_STR, 0, "its value now"),
	FIELD(struct event, text, "WHAT", F_STR, F_SHOW | F_WRAP,
	      "all of it, for people"),
	FIELD(struct event, status, "STATUS", F_RECORDS, F_ASKED,
	      "what status shows, in the line that says that it is there",
	      .record = &status_record),
	FIELD(struct event, units, "UNITS", F_RECORDS, F_ASKED,
	      "the unit that is there or came", .record = &unit_record),
	FIELD(struct event, groups, "GROUPS", F_RECORDS, F_ASKED,
	      "the group that is there or came", .record = &group_record),
	FIELD(struct event, devices, "DEVICES", F_RECORDS, F_ASKED,
	      "the function that is there or came", .record = &device_record),
	FIELD(struct event, faults, "FAULTS", F_RECORDS, F_ASKED, "the fault",
	      .record = &fault_record),
	FIELD(struct event, mappings, "MAPPINGS", F_RECORDS, F_ASKED,
	      "the mappings that grow", .record = &mapping_group_record),
};

const struct record event_record =
	RECORD("events", "event", "what happens to DMA on this machine", fields);
