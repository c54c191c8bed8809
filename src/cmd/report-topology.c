// SPDX-License-Identifier: GPL-2.0-or-later
/* What hangs on what in a machine, and what of it is alike enough to be drawn as one. */

#include "analyze/analyze.h"
#include "cmd/report.h"

/* What makes two of them alike. */
enum likeness { SAME_DEVICE, SAME_CLASS, SAME_TRANSLATION };

/* Ways to fold, the gentlest first. */
struct fold {
	size_t boxes; /* at most so many may be left */
	size_t least; /* so many equal ones become one; 0: none do */
	enum likeness likeness;
	bool neighbours; /* only what stands next to each other, with the same below it */
	bool units;	 /* units, too */
};

/* There are 256 buses, and a host bridge of its own begins at 0 again. */
enum { BOXES_MAX = 90, DEPTH_MAX = 1024 };

static const struct fold folds[] = {
	{ 40, 0, SAME_DEVICE, true, false },
	{ BOXES_MAX, 4, SAME_DEVICE, true, false },
	{ BOXES_MAX, 3, SAME_CLASS, true, false },
	{ BOXES_MAX, 2, SAME_CLASS, false, false },
	{ BOXES_MAX, 2, SAME_CLASS, false, true },
	{ 0, 2, SAME_TRANSLATION, false, true },
};

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
	return hash;
}

static uint64_t mix_number(uint64_t hash, uint64_t number)
{
	return mix(hash, &number, sizeof(number));
}

static uint64_t mix_fact(uint64_t hash, enum fact_state state, uint64_t value)
{
	hash = mix_number(hash, state);
	return mix_number(hash, state == FACT_KNOWN ? value : 0);
}

static uint64_t mix_text(uint64_t hash, struct fact_str fact)
{
	const char *text = known_text(fact);

	hash = mix_number(hash, fact.state);
	return text ? mix(hash, text, strlen(text)) : hash;
}

static uint64_t mix_device(uint64_t hash, const struct device *device,
			   enum likeness likeness)
{
	bool bridge = device->class_id.state == FACT_KNOWN &&
		      device->class_id.value >> 8 == PCI_CLASS_BRIDGE;

	hash = mix_number(hash, bridge);
	if (likeness == SAME_TRANSLATION)
		return hash;
	hash = mix_fact(hash, device->bus_master.state, device->bus_master.value);
	hash = mix_fact(hash, device->class_id.state, device->class_id.value >> 16);
	if (likeness == SAME_CLASS)
		return hash;
	hash = mix_fact(hash, device->vendor_id.state, device->vendor_id.value);
	hash = mix_fact(hash, device->device_id.state, device->device_id.value);
	hash = mix_fact(hash, device->port_type.state, (uint64_t)device->port_type.value);
	return mix_text(hash, device->driver);
}

/* Two nodes of the same signature are alike, with all that hangs on them. */
static void sign(struct topology_node *node, const struct fold *fold)
{
	uint64_t hash = 0xcbf29ce484222325, below = 0;
	const struct list *children = &node->children;

	hash = mix_fact(hash, node->translation.state, (uint64_t)node->translation.value);
	if (node->group)
		hash = mix_fact(hash, node->group->isolated.state,
				node->group->isolated.value);
	if (node->device)
		hash = mix_device(hash, node->device, fold->likeness);
	else if (node->other)
		hash = mix_text(mix_number(hash, 1), node->other->driver);
	else if (node->unit)
		hash = mix_fact(hash, node->unit->kind.state,
				(uint64_t)node->unit->kind.value);
	else
		hash = mix_number(hash, node->unit_known);
	LIST_FOR_EACH (children, struct topology_node, child) {
		bool seen = false;

		sign(child, fold);
		/* How many of a kind does not count, unless all have to be the same. */
		for (size_t i = 0; i < child_at && !fold->neighbours && !seen; i++) {
			const struct topology_node *before = children->items[i];

			seen = before->signature == child->signature;
		}
		if (fold->neighbours)
			hash = mix_number(hash, child->signature);
		else if (!seen)
			below += child->signature;
	}
	node->signature = mix_number(hash, below);
}

static void fold_list(struct arena *arena, const struct list *nodes,
		      const struct fold *fold, bool foldable, struct list *ret);

/* One for all of them, or the only one. */
static void add_one(struct arena *arena, const struct list *equals,
		    const struct fold *fold, struct list *ret)
{
	struct topology_node *one = arena_memdup(arena, equals->items[0], sizeof(*one));
	struct list children = { 0 };

	one->members = (struct list){ 0 };
	one->children = (struct list){ 0 };
	LIST_FOR_EACH (equals, const struct topology_node, node) {
		list_add(arena, &one->members, node);
		LIST_FOR_EACH (&node->children, const struct topology_node, child)
			list_add(arena, &children, child);
	}
	fold_list(arena, &children, fold, true, &one->children);
	list_add(arena, ret, one);
}

/* Those behind `first` that are like it; `taken` are those that were taken before. */
static void find_equals(struct arena *arena, const struct list *nodes, size_t first,
			const struct fold *fold, const bool *taken, struct list *ret)
{
	const struct topology_node *wanted = nodes->items[first];

	for (size_t i = first; i < nodes->count; i++) {
		const struct topology_node *node = nodes->items[i];

		if (!taken[i] && node->signature == wanted->signature)
			list_add(arena, ret, node);
		else if (fold->neighbours)
			return;
	}
}

static void fold_list(struct arena *arena, const struct list *nodes,
		      const struct fold *fold, bool foldable, struct list *ret)
{
	bool *taken = arena_alloc(arena, nodes->count * sizeof(*taken) + 1);

	for (size_t i = 0; i < nodes->count; i++) {
		const struct topology_node *node = nodes->items[i];
		struct list equals = { 0 };
		size_t count = 1;

		if (taken[i])
			continue;
		find_equals(arena, nodes, i, fold, taken, &equals);
		if (foldable && fold->least > 0 && equals.count >= fold->least)
			count = equals.count;
		else
			equals.count = 1;
		for (size_t j = i; j < nodes->count && count > 0; j++) {
			const struct topology_node *other = nodes->items[j];

			if (taken[j] || other->signature != node->signature)
				continue;
			taken[j] = true;
			count--;
		}
		add_one(arena, &equals, fold, ret);
	}
}

size_t topology_count(const struct list *nodes)
{
	size_t count = 0;

	LIST_FOR_EACH (nodes, const struct topology_node, node)
		count += node->children.count + topology_count(&node->children);
	return count;
}

static struct topology_node *add_top(struct system *system, const struct unit *unit,
				     bool known, struct list *tops)
{
	struct topology_node *top = arena_new(&system->arena, struct topology_node);

	top->unit = unit;
	top->unit_known = known;
	list_add(&system->arena, tops, top);
	return top;
}

/* The top that a unit is, or what stands for none, or for one that is not known. */
static struct topology_node *find_top(struct system *system, const struct unit *unit,
				      bool known, struct list *tops)
{
	LIST_FOR_EACH (tops, struct topology_node, top)
		if (top->unit == unit && top->unit_known == known)
			return top;
	return add_top(system, unit, known, tops);
}

static const struct device *above(const struct device *device)
{
	return device->upstream_ref ? device->upstream_ref : device->host_ref;
}

static void add_devices(struct system *system, struct list *tops)
{
	struct arena *arena = &system->arena;
	struct topology_node *nodes =
		arena_alloc(arena, (system->devices.count + 1) * sizeof(*nodes));

	LIST_FOR_EACH (&system->devices, const struct device, device) {
		struct topology_node *node = &nodes[device->index];
		bool known =
			device->unit_ref || device->unit.state == FACT_ABSENT ||
			(system->units_state == FACT_KNOWN && system->units.count == 0);
		const struct device *parent = above(device);
		struct topology_node *up = NULL;

		node->device = device;
		node->group = device->group_ref;
		node->translation = device->translation;
		/* Links of a snapshot may lead in a circle, downwards, or too deep. */
		if (parent && device_compare(&parent, &device) < 0)
			up = &nodes[parent->index];
		if (up && up->depth + 1 >= DEPTH_MAX)
			up = NULL;
		if (!up)
			up = find_top(system, device->unit_ref, known, tops);
		node->depth = up->device ? up->depth + 1 : 0;
		list_add(arena, &up->children, node);
	}
}

static bool has_member(const struct unit *unit, const char *name)
{
	LIST_FOR_EACH (&unit->members, const char, member)
		if (streq(member, name))
			return true;
	return false;
}

/* Devices that are not PCI, behind the unit that lists them. */
static void add_others(struct system *system, struct list *tops)
{
	struct arena *arena = &system->arena;

	LIST_FOR_EACH (&system->groups, const struct group, group)
		LIST_FOR_EACH (&group->others.list, const struct group_member, other) {
			struct topology_node *node =
				arena_new(arena, struct topology_node);
			const struct unit *found = NULL;

			LIST_FOR_EACH (&system->units, const struct unit, unit)
				if (!found && has_member(unit, other->name))
					found = unit;
			node->other = other;
			node->group = group;
			node->translation =
				type_translation(system, known_text(group->type));
			list_add(arena,
				 &find_top(system, found, found != NULL, tops)->children,
				 node);
		}
}

void report_topology(struct system *system, struct list *ret)
{
	struct list tops = { 0 };

	LIST_FOR_EACH (&system->units, const struct unit, unit)
		add_top(system, unit, true, &tops);
	add_devices(system, &tops);
	add_others(system, &tops);
	for (size_t i = 0; i < ARRAY_SIZE(folds); i++) {
		struct list folded = { 0 };

		LIST_FOR_EACH (&tops, struct topology_node, top)
			sign(top, &folds[i]);
		fold_list(&system->arena, &tops, &folds[i], folds[i].units, &folded);
		*ret = folded;
		if (topology_count(&folded) <= folds[i].boxes)
			return;
	}
}
