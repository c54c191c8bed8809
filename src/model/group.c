// SPDX-License-Identifier: GPL-2.0-or-later
/* An IOMMU group: the smallest set of devices that can be isolated from the others. */

#include "model/group.h"

#include "model/device.h"

static const struct enum_name owner_names[] = {
	[OWNER_KERNEL] = { "kernel", MOOD_NONE,
			   "drivers of the kernel drive its members" },
	[OWNER_USER] = { "user", MOOD_NONE,
			 "every driver but those of bridges is a VFIO driver" },
	[OWNER_MIXED] = { "mixed", MOOD_WARN,
			  "some functions are bound to a VFIO driver, some to the "
			  "kernel's" },
	[OWNER_NONE] = { "none", MOOD_DIM, "no driver is bound" },
	{ 0 },
};

static void get_range(const void *object, struct value *ret)
{
	const struct reserved_region *region = object;

	ret->state = region->start.state;
	ret->text = ret->scratch;
	snprintf(ret->scratch, sizeof(ret->scratch), "0x%llx-0x%llx",
		 (unsigned long long)region->start.value,
		 (unsigned long long)region->end.value);
}

static const struct field region_fields[] = {
	FIELD_MADE("range", "RANGE", F_STR, F_SHOW | F_TEXT_ONLY,
		   "first and last address", get_range),
	FIELD(struct reserved_region, start, "START", F_HEX, 0, "first address"),
	FIELD(struct reserved_region, end, "END", F_HEX, 0, "last address"),
	FIELD(struct reserved_region, type, "TYPE", F_STR, F_SHOW | F_BRANCH,
	      "direct, direct-relaxable, reserved or msi"),
};

const struct record reserved_region_record =
	RECORD("reserved_regions", "reserved_region",
	       "addresses that are not for ordinary mappings", region_fields);

static const struct field member_fields[] = {
	FIELD(struct group_member, name, "NAME", F_STR, F_SHOW, "name of the device"),
	FIELD(struct group_member, driver, "DRIVER", F_STR, F_SHOW | F_BRANCH,
	      "driver bound to it"),
};

static const struct record member_record =
	RECORD("others", "other", "members that are no PCI functions", member_fields);

static const struct enum_name why_names[] = {
	[WHY_ALONE] = { "alone", MOOD_GOOD,
			"nothing shares the group, and every hop isolates" },
	[WHY_MULTIFUNCTION_NO_ACS] = { "multifunction-no-acs", MOOD_WARN,
				       "functions of one device that no ACS keeps "
				       "apart" },
	[WHY_DOWNSTREAM_NO_ACS] = { "downstream-no-acs", MOOD_WARN,
				    "below a downstream port of a switch without ACS" },
	[WHY_UPSTREAM_NO_ACS] = { "upstream-no-acs", MOOD_WARN,
				  "below an upstream port of a switch without ACS" },
	[WHY_ROOT_PORT_NO_ACS] = { "root-port-no-acs", MOOD_WARN,
				   "below a root port without ACS" },
	[WHY_CONVENTIONAL_BUS] = { "conventional-bus", MOOD_WARN,
				   "behind a bridge to conventional PCI" },
	[WHY_DMA_ALIAS] = { "dma-alias", MOOD_WARN,
			    "requests bear the address of another function" },
	[WHY_ROOT_BUS_PEER] = { "root-bus-peer", MOOD_NONE,
				"functions of one device of the root complex" },
	[WHY_VENDOR_QUIRK] = { "vendor-quirk", MOOD_NONE,
			       "Linux knows from identifiers that a function isolates" },
	[WHY_ACS_OVERRIDE] = { "acs-override", MOOD_BAD,
			       "kept apart by pcie_acs_override= alone" },
	{ 0 },
};

static const struct field reason_fields[] = {
	FIELD(struct group_reason, code, "CODE", F_ENUM, F_SHOW,
	      "what it is, as one word", .names = why_names),
	FIELD(struct group_reason, bdf, "BDF", F_STR, F_SHOW,
	      "function that it is about"),
	FIELD(struct group_reason, member, "MEMBER", F_STR, F_SHOW,
	      "member whose place in the group it explains; absent for all"),
	FIELD(struct group_reason, text, "TEXT", F_STR, F_SHOW | F_BRANCH,
	      "the same as a sentence"),
	FIELD(struct group_reason, remedy, "REMEDY", F_STR, F_SHOW | F_NOTE,
	      "what would separate them; absent where they are apart"),
};

const struct record group_reason_record =
	RECORD("why", "reason", "why members share a group or are apart", reason_fields);

static const struct field fields[] = {
	FIELD(struct group, id, "GROUP", F_UINT, F_SHOW | F_LABEL, "number of the group"),
	FIELD(struct group, type, "TYPE", F_STR, F_SHOW | F_INFO,
	      "type of the default domain: DMA (strict), DMA-FQ (lazy), identity, "
	      "blocked"),
	FIELD(struct group, owner, "OWNER", F_ENUM, F_SHOW | F_INFO,
	      "who drives the members", .names = owner_names),
	FIELD(struct group, isolated, "ISOLATED", F_BOOL, F_SHOW | F_GAUGE,
	      "alone in its group, and every hop to the root complex isolates"),
	FIELD(struct group, isolated_why, "ISOLATED-WHY", F_STR,
	      F_WRAP | F_NOTE | F_DETAIL, "why it is isolated, or not, or unknown"),
	FIELD(struct group, drift, "DRIFT", F_BOOL, F_DETAIL | F_GAUGE,
	      "the ACS bits of now no longer justify the group"),
	FIELD(struct group, name, "GROUP-NAME", F_STR, 0,
	      "name given by the driver, if any"),
	FIELD(struct group, devices, "DEVICES", F_STRV, F_TRUNC, "the members"),
	FIELD(struct group, predicted, "PREDICTED", F_STRV, F_TRUNC,
	      "the members that topology and ACS predict"),
	FIELD(struct group, members, "MEMBERS", F_RECORDS,
	      F_TREE | F_TEXT_ONLY | F_DETAIL, "the members that are PCI functions",
	      .record = &device_record),
	FIELD(struct group, others, "OTHERS", F_RECORDS, F_TREE | F_TEXT_ONLY | F_DETAIL,
	      "the members that are no PCI functions", .record = &member_record),
	FIELD(struct group, why, "WHY", F_RECORDS, F_DETAIL,
	      "why the members stand together, or apart from all others",
	      .record = &group_reason_record),
	FIELD(struct group, reserved_regions, "REGIONS", F_RECORDS, F_TREE,
	      "reserved addresses of the group", .record = &reserved_region_record),
};

const struct record group_record = RECORD(
	"groups", "group", "IOMMU groups, their members and reserved regions", fields);
