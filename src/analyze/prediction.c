// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which functions no IOMMU can keep apart, from topology and ACS alone.
 *
 * Linux forms its groups one device after the other: pci_device_group() in
 * drivers/iommu/iommu.c and pci_for_each_dma_alias() in drivers/pci/search.c, the same
 * from 6.1 to 6.12. A device goes to the group of the nearest bridge that puts its own
 * address on requests; else to that of the bridge above, unless every hop from there to
 * the root complex isolates; else to that of functions which it shares an address with,
 * or which it cannot be kept apart from in one device. As bridges come before what is
 * below them, the same sets follow from joining pairs, and in the order of the devices.
 */

#include "analyze/prediction.h"

#include "analyze/firmware.h"
#include "analyze/quirks.h"

/* What a bridge does to the addresses of the functions below it. */
enum bridge_kind { BRIDGE_KEEPS, BRIDGE_REPLACES, BRIDGE_UNKNOWN };

/* Where the functions of one bus go; they go the same way. */
struct route {
	const struct device *above, *host; /* what it was found out for */
	bool valid;
	bool own;		    /* nowhere: only among themselves */
	struct join join;	    /* join.with is NULL where there is none */
	struct device *maybe_with;  /* joined, perhaps */
	const struct device *doubt; /* depending on this function */
};

/* A pair that would be joined if something that could not be read were so. */
struct maybe {
	const struct device *a, *b, *about;
};

struct work {
	struct prediction *prediction;
	const bool *changed;
	struct list maybes;
	struct list aliases; /* struct ivrs_alias */
	bool aliases_known;
	struct route route;
};

static struct node *node_of(const struct prediction *prediction,
			    const struct device *device)
{
	return &prediction->nodes[device->index];
}

static size_t root_of(struct node *nodes, size_t at)
{
	while (nodes[at].set != at) {
		nodes[at].set = nodes[nodes[at].set].set;
		at = nodes[at].set;
	}
	return at;
}

struct node *predicted_set(const struct prediction *prediction,
			   const struct device *device)
{
	return &prediction->nodes[root_of(prediction->nodes, device->index)];
}

struct device *bridge_above(const struct device *device, const struct device **ret_lost)
{
	if (!device->upstream_ref && !is_on_root_bus(device))
		*ret_lost = device;
	return device->upstream_ref;
}

static void add_join(struct work *work, const struct join *join)
{
	struct prediction *prediction = work->prediction;
	size_t a = root_of(prediction->nodes, join->member->index);
	size_t b = root_of(prediction->nodes, join->with->index);

	if (a == b)
		return;
	prediction->nodes[MAX(a, b)].set = MIN(a, b);
	list_add(&prediction->system->arena, &prediction->joins,
		 arena_memdup(&prediction->system->arena, join, sizeof(*join)));
}

static void add_maybe(struct work *work, const struct device *a, const struct device *b,
		      const struct device *about)
{
	struct arena *arena = &work->prediction->system->arena;
	struct maybe *maybe = arena_new(arena, struct maybe);

	*maybe = (struct maybe){ a, b, about };
	list_add(arena, &work->maybes, maybe);
}

/* The kinds of units whose drivers use pci_device_group() for every PCI function. */
static bool is_covered(const struct device *device)
{
	if (!device->unit_ref || device->unit_ref->kind.state != FACT_KNOWN)
		return false;
	switch ((enum unit_kind)device->unit_ref->kind.value) {
	case UNIT_INTEL_VTD:
	case UNIT_AMD_VI:
	case UNIT_ARM_SMMU_V3:
	case UNIT_ARM_SMMU:
	case UNIT_VIRTIO_IOMMU:
	case UNIT_RISCV:
		return true;
	case UNIT_S390:
	case UNIT_OTHER:
		break;
	}
	return false;
}

static void make_nodes(struct work *work)
{
	struct prediction *prediction = work->prediction;
	struct system *system = prediction->system;

	prediction->nodes = arena_alloc(
		&system->arena, system->devices.count * sizeof(*prediction->nodes));
	LIST_FOR_EACH (&system->devices, struct device, device) {
		struct node *node = &prediction->nodes[device_at];

		device->index = node->set = device_at;
		node->device = device;
		node->covered = is_covered(device);
		node->acs = acs_judge(system, device);
		if (work->changed && work->changed[device_at] &&
		    node->acs.basis == ACS_BY_REGISTERS &&
		    node->acs.verdict == ACS_ISOLATES)
			node->acs.verdict = ACS_OPEN;
	}
}

/* One open hop opens the way, whatever the others are. */
static struct way combine(const struct node *node, const struct way *above)
{
	struct way way = {
		.verdict = node->acs.verdict,
		.culprit = node->device,
		.by_registers = node->acs.basis == ACS_BY_REGISTERS,
		.known = true,
	};

	if (!above || above->verdict == ACS_ISOLATES)
		return way;
	if (way.verdict == ACS_OPEN) {
		if (above->verdict == ACS_OPEN)
			way.by_registers = way.by_registers && above->by_registers;
	} else if (way.verdict == ACS_ISOLATES || above->verdict == ACS_OPEN) {
		way = *above;
	}
	return way;
}

/* From a bridge to the root complex, as pci_acs_path_enabled() of Linux. */
static const struct way *way_of(struct prediction *prediction,
				const struct device *bridge, unsigned int depth)
{
	struct node *node = node_of(prediction, bridge);
	const struct way missing = { ACS_UNKNOWN, node->device, false, true };
	const struct way *above = NULL;
	const struct device *lost = NULL;
	struct device *next;

	if (node->way.known)
		return &node->way;
	next = bridge_above(bridge, &lost);
	if (lost || depth == DEPTH_MAX)
		above = &missing;
	else if (next)
		above = way_of(prediction, next, depth + 1);
	if (!node->way.known) /* in a loop it became known meanwhile */
		node->way = combine(node, above);
	return &node->way;
}

static enum bridge_kind kind_of(const struct device *bridge)
{
	if (bridge->port_type.state == FACT_ABSENT)
		return BRIDGE_REPLACES;
	if (bridge->port_type.state != FACT_KNOWN)
		return BRIDGE_UNKNOWN;
	return bridge->port_type.value == PCIE_TO_PCI_BRIDGE ||
			       bridge->port_type.value == PCI_TO_PCIE_BRIDGE
		       ? BRIDGE_REPLACES
		       : BRIDGE_KEEPS;
}

static enum why_code code_of(const struct device *culprit)
{
	if (is_port_type(culprit, PCIE_ROOT_PORT))
		return WHY_ROOT_PORT_NO_ACS;
	if (is_port_type(culprit, PCIE_DOWNSTREAM_PORT))
		return WHY_DOWNSTREAM_NO_ACS;
	return kind_of(culprit) == BRIDGE_REPLACES ? WHY_CONVENTIONAL_BUS
						   : WHY_UPSTREAM_NO_ACS;
}

/*
 * Bridges that put their own address on requests. Returns the last one that was met on
 * the way to the root, `start` without any.
 */
static struct device *route_by_alias(struct work *work, struct device *start,
				     struct route *route)
{
	struct device *bridge = start, *last = start;
	const struct device *lost = NULL;
	unsigned int depth;

	for (depth = 0; depth < DEPTH_MAX; depth++) {
		bridge = bridge_above(bridge, &lost);
		if (!bridge || is_translation_root(bridge))
			break;
		switch (kind_of(bridge)) {
		case BRIDGE_KEEPS:
			continue;
		case BRIDGE_UNKNOWN:
			if (!route->doubt) {
				route->maybe_with = bridge;
				route->doubt = bridge;
			}
			continue;
		case BRIDGE_REPLACES:
			last = bridge;
			if (!node_of(work->prediction, bridge)->covered)
				continue;
			route->join = (struct join){ .with = bridge,
						     .hop = bridge,
						     .code = WHY_CONVENTIONAL_BUS };
			return last;
		}
	}
	if (!route->doubt)
		route->doubt = depth == DEPTH_MAX ? bridge : lost;
	return last;
}

/* Upwards until every hop isolates. */
static struct device *route_by_acs(struct work *work, struct device *start,
				   struct route *route)
{
	struct device *bridge = start, *last = start;
	const struct device *lost = NULL;

	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct way *way;

		bridge = bridge_above(bridge, &lost);
		if (!bridge)
			return last;
		way = way_of(work->prediction, bridge, 0);
		if (way->verdict == ACS_ISOLATES)
			return last;
		if (way->verdict == ACS_UNKNOWN) {
			if (!route->doubt) {
				route->maybe_with = bridge;
				route->doubt = way->culprit;
			}
			return last;
		}
		last = bridge;
		if (!node_of(work->prediction, bridge)->covered)
			continue;
		route->join = (struct join){ .with = bridge,
					     .hop = way->culprit,
					     .code = code_of(way->culprit),
					     .by_registers = way->by_registers };
		return last;
	}
	return last;
}

static void find_route(struct work *work, struct device *device, struct route *ret)
{
	struct device *start = device, *last;

	*ret = (struct route){ .above = device->upstream_ref,
			       .host = device->host_ref,
			       .valid = device->upstream_ref || is_on_root_bus(device) };
	if (device->host_ref) {
		start = device->host_ref;
		if (node_of(work->prediction, start)->covered) {
			ret->join = (struct join){ .with = start,
						   .hop = start,
						   .code = WHY_DMA_ALIAS };
			return;
		}
	}
	last = route_by_alias(work, start, ret);
	if (!ret->join.with)
		last = route_by_acs(work, last, ret);
	ret->own = !ret->join.with && last == device;
}

/* Takes a covered function to where its bus goes; whether that is nowhere. */
static bool follow_route(struct work *work, struct device *device)
{
	struct route *route = &work->route;

	if (!route->valid || route->above != device->upstream_ref ||
	    route->host != device->host_ref)
		find_route(work, device, route);
	if (!node_of(work->prediction, device)->covered)
		return route->own;
	if (route->join.with) {
		struct join join = route->join;

		join.member = device;
		add_join(work, &join);
	}
	if (route->doubt)
		add_maybe(work, device, route->maybe_with, route->doubt);
	return route->own;
}

/* One pair of functions of a device, neither of which isolates. */
static void link_pair(struct work *work, struct device *later, struct device *first)
{
	const struct acs_answer *a = &node_of(work->prediction, later)->acs;
	const struct acs_answer *b = &node_of(work->prediction, first)->acs;
	struct fact_bool several = acs_multifunction(later);
	struct fact_bool first_several = acs_multifunction(first);
	struct join join = { later, first, later, WHY_MULTIFUNCTION_NO_ACS, false };

	/* With ACS on at either of them they would be apart. */
	if (b->basis == ACS_BY_REGISTERS) {
		join.by_registers = true;
		join.hop = first;
	}
	if (a->basis == ACS_BY_REGISTERS) {
		join.by_registers = true;
		join.hop = later;
	}
	if (known_false(several) && known_false(first_several))
		return;
	if (a->verdict == ACS_OPEN && b->verdict == ACS_OPEN &&
	    (known_true(several) || known_true(first_several)))
		add_join(work, &join);
	else
		add_maybe(work, later, first, a->verdict == ACS_OPEN ? first : later);
}

/* The functions of one device: those that do not isolate are one. */
static void link_functions(struct work *work, struct device **functions, size_t count)
{
	struct device *open = NULL, *first = NULL;

	for (size_t i = 0; i < count; i++) {
		enum acs_verdict verdict =
			node_of(work->prediction, functions[i])->acs.verdict;

		if (verdict == ACS_ISOLATES)
			continue;
		if (verdict == ACS_OPEN && open)
			link_pair(work, functions[i], open);
		if (first && (verdict == ACS_UNKNOWN || first != open))
			link_pair(work, functions[i], first);
		if (verdict == ACS_OPEN && !open)
			open = functions[i];
		if (!first)
			first = functions[i];
	}
}

static bool is_amd(const struct device *device)
{
	return device->unit_ref && device->unit_ref->kind.value == UNIT_AMD_VI;
}

/* What the firmware of an AMD machine says of it (setup_aliases() of Linux). */
static void link_firmware(struct work *work, struct device **functions, size_t count,
			  struct device *device)
{
	uint32_t id = device_requester_id(device), source = id;

	LIST_FOR_EACH (&work->aliases, const struct ivrs_alias, alias)
		if (alias->segment == device->address.domain && alias->first <= id &&
		    id <= alias->last)
			source = alias->source; /* the last has the last word */
	for (size_t i = 0; source != id && i < count; i++) {
		struct join join = { device, functions[i], device, WHY_DMA_ALIAS, false };

		if (device_requester_id(functions[i]) == source)
			add_join(work, &join);
	}
}

/* Functions that share an address with others of their bus. */
static void link_aliases(struct work *work, struct device **functions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum alias_rule rule = alias_rule_of(functions[i]);

		if (is_amd(functions[i]))
			link_firmware(work, functions, count, functions[i]);
		if (i > 0 && is_amd(functions[i]) && !work->aliases_known)
			add_maybe(work, functions[i], functions[0], functions[i]);
		for (size_t j = 0; rule != ALIAS_NONE && j < count; j++) {
			struct join join = { functions[i], functions[j], functions[i],
					     WHY_DMA_ALIAS, false };

			if (i == j)
				continue;
			if (rule == ALIAS_UNKNOWN)
				add_maybe(work, functions[i], functions[j], functions[i]);
			else if (alias_covers(rule, functions[i], functions[j]))
				add_join(work, &join);
		}
	}
}

static bool same_bus(const struct device *a, const struct device *b)
{
	return a->address.domain == b->address.domain && a->address.bus == b->address.bus;
}

/* The functions of one bus, in order. */
static void take_bus(struct work *work, struct device **functions, size_t count)
{
	bool own = true;

	for (size_t i = 0; i < count; i++)
		own &= follow_route(work, functions[i]);
	if (!own)
		return;
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && functions[end]->address.device ==
							 functions[i]->address.device;)
			end++;
		link_functions(work, functions + i, end - i);
	}
	link_aliases(work, functions, count);
}

static void set_doubts(struct work *work)
{
	struct prediction *prediction = work->prediction;

	LIST_FOR_EACH (&work->maybes, const struct maybe, maybe) {
		struct node *a = predicted_set(prediction, maybe->a);
		struct node *b = maybe->b ? predicted_set(prediction, maybe->b) : NULL;

		if (a == b)
			continue;
		if (!a->doubt)
			a->doubt = maybe->about;
		if (b && !b->doubt)
			b->doubt = maybe->about;
	}
}

void predict(struct system *system, const bool *changed, struct prediction *ret)
{
	struct work work = { .prediction = ret, .changed = changed };
	struct device **devices = (struct device **)system->devices.items;
	size_t count = system->devices.count;
	enum fact_state ivrs;

	*ret = (struct prediction){ .system = system };
	ivrs_find_aliases(system, &work.aliases);
	acs_has_ivrs(system, &ivrs);
	work.aliases_known = ivrs == FACT_KNOWN;
	make_nodes(&work);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && same_bus(devices[end], devices[i]);)
			end++;
		take_bus(&work, devices + i, end - i);
	}
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (node_of(ret, device)->covered)
			list_add(&system->arena, &predicted_set(ret, device)->members,
				 device->bdf);
	set_doubts(&work);
}
