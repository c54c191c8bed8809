// SPDX-License-Identifier: GPL-2.0-or-later
/* The way of a request that a function sends: to memory, to the CPUs, or to a peer. */

#include "model/path.h"

const struct enum_name path_verdict_names[] = {
	[PATH_THROUGH_IOMMU] = { "through-iommu", MOOD_GOOD,
				 "it reaches the IOMMU, which translates" },
	[PATH_PASSED_THROUGH] = { "passed-through", MOOD_BAD,
				  "it reaches the IOMMU, which passes its address "
				  "through" },
	[PATH_BLOCKED] = { "blocked", MOOD_GOOD,
			   "it reaches the IOMMU, which refuses it" },
	[PATH_NO_IOMMU] = { "no-iommu", MOOD_BAD,
			    "it reaches the root complex, and no IOMMU is in charge" },
	[PATH_SHORT_CUT] = { "short-cut", MOOD_BAD,
			     "a hop before the IOMMU may turn it round to its target" },
	[PATH_SAME_DEVICE] = { "same-device", MOOD_BAD,
			       "both are one device, which may keep it inside" },
	[PATH_REFUSED] = { "refused", MOOD_GOOD,
			   "a hop before the IOMMU lets nothing pass to the target" },
	[PATH_REMAPPED] = { "remapped", MOOD_GOOD,
			    "an interrupt goes by a table that the kernel fills" },
	[PATH_NOT_REMAPPED] = { "not-remapped", MOOD_BAD,
				"an interrupt is what the device says it is" },
	{ 0 },
};

static const struct enum_name hop_kind_names[] = {
	[HOP_FUNCTION] = { "function", MOOD_NONE, "a PCI function that is no bridge" },
	[HOP_ROOT_PORT] = { "root-port", MOOD_NONE, "Root Port of a Root Complex" },
	[HOP_UPSTREAM_PORT] = { "upstream-port", MOOD_NONE, "Upstream Port of a Switch" },
	[HOP_DOWNSTREAM_PORT] = { "downstream-port", MOOD_NONE,
				  "Downstream Port of a Switch" },
	[HOP_BRIDGE] = { "bridge", MOOD_NONE,
			 "another bridge, or a host bridge's device" },
	[HOP_UNIT] = { "unit", MOOD_NONE, "IOMMU hardware unit, or that there is none" },
	[HOP_DOMAIN] = { "domain", MOOD_NONE,
			 "the IOMMU group and what its domain does" },
	[HOP_RESERVED] = { "reserved", MOOD_DIM,
			   "addresses that the domain treats in another way" },
	[HOP_MEMORY] = { "memory", MOOD_NONE, "what the request can touch" },
	[HOP_CPU] = { "cpus", MOOD_NONE, "interrupt controllers, and the CPUs behind" },
	{ 0 },
};

static const struct enum_name address_names[] = {
	[ADDRESS_IOVA] = { "iova", MOOD_NONE,
			   "I/O virtual address: it means something to its domain "
			   "alone" },
	[ADDRESS_BUS] = { "bus", MOOD_NONE,
			  "address as a bus has it, which nobody translates" },
	[ADDRESS_PHYSICAL] = { "physical", MOOD_NONE, "address in /proc/iomem" },
	[ADDRESS_MESSAGE] = { "message", MOOD_NONE,
			      "address and data that stand for an interrupt" },
	{ 0 },
};

static unsigned int hop_depth(const void *object)
{
	return ((const struct path_hop *)object)->depth;
}

static const struct field hop_fields[] = {
	FIELD(struct path_hop, name, "HOP", F_STR, F_SHOW,
	      "BDF, unit, group or range of addresses"),
	FIELD(struct path_hop, kind, "WHAT", F_ENUM, F_SHOW | F_BRANCH, "what the hop is",
	      .names = hop_kind_names),
	FIELD(struct path_hop, bdf, "BDF", F_STR, 0,
	      "PCI address; absent for what is no PCI function"),
	FIELD(struct path_hop, address, "ADDRESS", F_ENUM, F_SHOW | F_BRANCH,
	      "what the address in the request is when it comes here",
	      .names = address_names),
	FIELD(struct path_hop, text, "WHY", F_STR, F_SHOW | F_BRANCH | F_WRAP,
	      "what it does with the request, and why"),
	FIELD(struct path_hop, path, "PATH", F_STR, 0, "file that says so"),
};

const struct record path_hop_record = RECORD(
	"hops", "hop", "what a request meets on its way", hop_fields, .depth = hop_depth);

/* "0000:01:00.0 to memory" */
static void get_way(const void *object, struct value *ret)
{
	const struct path *path = object;

	if (!path->from)
		return;
	snprintf(ret->scratch, sizeof(ret->scratch), "%s to %s", path->from, path->to);
	ret->state = FACT_KNOWN;
	ret->text = ret->scratch;
}

/* Keeps the column of the hops' addresses before the sentences; a way has none. */
static void get_nothing(const void *object, struct value *ret)
{
	ret->state = ((const struct path *)object)->from ? FACT_KNOWN : FACT_UNREAD;
	ret->text = "";
}

static const struct field fields[] = {
	FIELD_MADE("way", "HOP", F_STR, F_SHOW | F_TEXT_ONLY,
		   "who sends requests and for whom, and the hops on the way", get_way),
	FIELD(struct path, from, "FROM", F_STR, 0, "function that sends"),
	FIELD(struct path, to, "TO", F_STR, 0,
	      "what it is meant for: memory, CPUs, or a function"),
	FIELD(struct path, verdict, "WHAT", F_ENUM, F_SHOW,
	      "what becomes of it; unknown where nothing that can be read decides",
	      .names = path_verdict_names),
	FIELD_MADE("address", "ADDRESS", F_STR, F_SHOW | F_TEXT_ONLY,
		   "what the address in the request is when it comes to the hop",
		   get_nothing),
	FIELD(struct path, why, "WHY", F_STR, F_SHOW | F_WRAP, "why that becomes of it"),
	FIELD(struct path, turn, "TURN", F_STR, 0,
	      "hop that turns it round or may; absent where none does"),
	FIELD(struct path, hops, "HOPS", F_RECORDS, F_TREE, "the hops on its way",
	      .record = &path_hop_record),
};

const struct record path_record =
	RECORD("path", "way", "the way of what a function sends, hop by hop", fields);
