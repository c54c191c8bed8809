// SPDX-License-Identifier: GPL-2.0-or-later
/* The topology as a drawing: what boxes, frames and arrows say of devices and groups. */

#include "cmd/report.h"

/* More than that in one drawing, nobody looks at; the rest is counted. */
enum { DRAWN_MAX = 600, NAMES_TOLD = 40 };

/* Colours of markup_put_colors(), by enum translation. */
static const unsigned int key_colors[STATUS_MODES] = {
	[TRANSLATION_STRICT] = 2,  [TRANSLATION_LAZY] = 0, [TRANSLATION_IDENTITY] = 1,
	[TRANSLATION_BLOCKED] = 6, [TRANSLATION_VFIO] = 5, [TRANSLATION_NONE] = 7,
	[STATUS_MODE_UNKNOWN] = 4,
};

/* Groups that boxes stand in, and the frame that says so. */
struct framing {
	const struct group **groups; /* in their order */
	size_t count, runs;
	struct diagram_frame frame;
};

struct drawer {
	struct system *system;
	struct arena *arena;
	struct diagram *diagram;
	struct diagram_panel *panel;
	const struct topology_node *top;
	const struct diagram_key *keys[STATUS_MODES];
	struct list framings; /* of the panel */
	struct framing *last;
	size_t drawn, left_out;
};

static const char *number_of(struct drawer *drawer, size_t count, const char *noun)
{
	return arena_printf(drawer->arena, "%zu %s%s", count, noun,
			    count == 1 ? "" : "s");
}

static const struct diagram_key *key_of(struct drawer *drawer, struct fact_enum fact)
{
	int mode = fact.state == FACT_KNOWN ? fact.value : STATUS_MODE_UNKNOWN;
	struct diagram_key *key;

	if (drawer->keys[mode])
		return drawer->keys[mode];
	key = arena_new(drawer->arena, struct diagram_key);
	*key = (struct diagram_key){ "unknown", "it could not be found out",
				     key_colors[mode] };
	if (mode != STATUS_MODE_UNKNOWN) {
		key->name = translation_names[mode].name;
		key->help = translation_names[mode].help;
	}
	drawer->keys[mode] = key;
	return key;
}

/* A field of a device as a person reads it. */
static void add_field(const struct device *device, const char *key, struct strbuf *text)
{
	const struct field *field = record_find(&device_record, key, strlen(key));
	struct value value;

	record_get(field, device, &value);
	value_add_text(field, &value, false, text);
}

static const char *name_of(const struct topology_node *node)
{
	return node->device ? node->device->bdf : node->other->name;
}

static bool is_bridge(const struct device *device)
{
	return device->class_id.state == FACT_KNOWN &&
	       device->class_id.value >> 8 == PCI_CLASS_BRIDGE;
}

/* "root port", "PCI bridge", or "" for what is an end. */
static const char *port_of(struct drawer *drawer, const struct device *device)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	char *name;

	if (!is_bridge(device))
		return "";
	if (device->port_type.state != FACT_KNOWN)
		return "PCI bridge";
	add_field(device, "port_type", &text);
	name = arena_strdup(drawer->arena, strbuf_text(&text));
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = ' ';
	return name;
}

static const char *driver_of(struct fact_str driver)
{
	if (driver.state == FACT_KNOWN)
		return driver.value;
	return driver.state == FACT_ABSENT ? "no driver" : "driver unknown";
}

/* All that is worth knowing of one function, for who points at its box. */
static const char *title_of(struct drawer *drawer, const struct device *device)
{
	static const char *const keys[] = { "name",	      "class", "driver",
					    "translation",    "group", "unit",
					    "bus_master",     "slot",  "removable",
					    "translation_why" };
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_puts(&text, device->bdf);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct field *field =
			record_find(&device_record, keys[i], strlen(keys[i]));
		struct value value;

		record_get(field, device, &value);
		if (value.state == FACT_ABSENT)
			continue;
		strbuf_printf(&text, "\n%s: ", field->column);
		value_add_text(field, &value, false, &text);
	}
	return arena_strdup(drawer->arena, strbuf_text(&text));
}

static void draw_one(struct drawer *drawer, const struct topology_node *node,
		     struct diagram_box *box)
{
	const struct device *device = node->device;
	_cleanup_strbuf_ struct strbuf name = { 0 };
	const char *port, *driver;
	size_t line = 0;

	box->name = name_of(node);
	if (!device) {
		box->lines[0] = arena_printf(drawer->arena, "no PCI function, %s",
					     driver_of(node->other->driver));
		return;
	}
	port = port_of(drawer, device);
	driver = driver_of(device->driver);
	add_field(device, "name", &name);
	box->title = title_of(drawer, device);
	if (!*port)
		box->lines[line++] = arena_strdup(drawer->arena, strbuf_text(&name));
	if (*port)
		driver = arena_printf(drawer->arena, "%s, %s", port, driver);
	else if (known_text(device->class))
		driver = arena_printf(drawer->arena, "%s, %s", driver,
				      device->class.value);
	if (device->physfn.state == FACT_KNOWN)
		driver = arena_printf(drawer->arena, "virtual, %s", driver);
	box->lines[line++] = driver;
	if (drawer->top->members.count == 1 && device->unit_ref != drawer->top->unit)
		box->lines[line++] = device->unit_ref
					     ? arena_printf(drawer->arena, "behind %s",
							    device->unit_ref->name)
					     : "no unit is known to be in charge of it";
}

/* What all members say of themselves; NULL where they differ. */
static const char *common(struct drawer *drawer, const struct topology_node *node,
			  const char *key)
{
	_cleanup_strbuf_ struct strbuf first = { 0 };

	LIST_FOR_EACH (&node->members, const struct topology_node, member) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		add_field(member->device, key, member_at == 0 ? &first : &text);
		if (member_at > 0 && !streq(strbuf_text(&first), strbuf_text(&text)))
			return NULL;
	}
	return arena_strdup(drawer->arena, strbuf_text(&first));
}

/* Whether the machine has other functions between these. */
static bool has_gaps(const struct list *members)
{
	const struct topology_node *first = members->items[0],
				   *last = members->items[members->count - 1];

	return first->device &&
	       last->device->index - first->device->index + 1 != members->count;
}

/* "0000:03:10.0 to 0000:03:17.7", with the names in the title as far as they go. */
static void name_members(struct drawer *drawer, const struct topology_node *node,
			 struct diagram_box *box)
{
	const struct list *members = &node->members;
	_cleanup_strbuf_ struct strbuf names = { 0 };

	LIST_FOR_EACH (members, const struct topology_node, member)
		if (member_at < NAMES_TOLD)
			strbuf_printf(&names, "%s%s", member_at > 0 ? " " : "",
				      name_of(member));
	if (members->count > NAMES_TOLD)
		strbuf_printf(&names, " and %zu more", members->count - NAMES_TOLD);
	box->title = arena_strdup(drawer->arena, strbuf_text(&names));
	box->lines[0] =
		arena_printf(drawer->arena, "%s %s %s", name_of(members->items[0]),
			     has_gaps(members) ? "…" : "to",
			     name_of(members->items[members->count - 1]));
}

static void draw_many(struct drawer *drawer, const struct topology_node *node,
		      struct diagram_box *box)
{
	const char *name, *class, *driver;

	box->many = true;
	name_members(drawer, node, box);
	if (!node->device) {
		box->name = number_of(drawer, node->members.count, "other device");
		return;
	}
	box->name = number_of(drawer, node->members.count,
			      is_bridge(node->device) ? "bridge" : "function");
	name = common(drawer, node, "name");
	class = common(drawer, node, "class");
	if (!name)
		name = class ? arena_printf(drawer->arena, "%s, several models", class)
			     : "several classes";
	driver = common(drawer, node, "driver");
	driver = driver ? driver_of(node->device->driver) : "several drivers";
	box->lines[1] = name;
	box->lines[2] = is_bridge(node->device)
				? arena_printf(drawer->arena, "%s, %s",
					       port_of(drawer, node->device), driver)
				: driver;
}

static enum diagram_mark mark_of(const struct topology_node *node, size_t *ret_masters)
{
	size_t unknown = 0;

	*ret_masters = 0;
	LIST_FOR_EACH (&node->members, const struct topology_node, member) {
		const struct device *device = member->device;

		if (!device)
			return MARK_NONE;
		if (known_true(device->bus_master))
			++*ret_masters;
		else if (device->bus_master.state != FACT_KNOWN)
			unknown++;
	}
	if (unknown > 0)
		return MARK_UNKNOWN;
	return *ret_masters == node->members.count ? MARK_ON
	       : *ret_masters == 0		   ? MARK_OFF
						   : MARK_NONE;
}

static const char *tell_isolation(struct drawer *drawer, size_t groups, size_t isolated,
				  size_t unknown)
{
	if (isolated == groups)
		return groups > 1 ? "all isolated" : "isolated";
	if (unknown > 0)
		return "isolation unknown";
	if (isolated > 0)
		return arena_printf(drawer->arena, "%zu isolated", isolated);
	return groups > 1 ? "none isolated" : "not isolated";
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *const *left = a, *const *right = b;

	return ((*left)->index > (*right)->index) - ((*left)->index < (*right)->index);
}

/* The groups of all members, each once, in their order; how many. */
static size_t groups_of(struct drawer *drawer, const struct topology_node *node,
			const struct group ***ret)
{
	const struct group **groups =
		arena_alloc(drawer->arena, node->members.count * sizeof(void *) + 1);
	size_t count = 0, kept = 0;

	LIST_FOR_EACH (&node->members, const struct topology_node, member)
		if (member->group)
			groups[count++] = member->group;
	qsort(groups, count, sizeof(void *), compare_groups);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || groups[i] != groups[kept - 1])
			groups[kept++] = groups[i];
	*ret = groups;
	return kept;
}

static const char *label_of(struct drawer *drawer, const struct group **groups,
			    size_t count)
{
	unsigned long long first = (unsigned long long)groups[0]->id.value;
	unsigned long long last = (unsigned long long)groups[count - 1]->id.value;
	size_t devices = groups[0]->devices.list.count;

	if (count > 1)
		return arena_printf(drawer->arena, "%zu groups, %s%llu to %llu", count,
				    last - first + 1 > count ? "of " : "", first, last);
	if (devices > 1)
		return arena_printf(drawer->arena, "group %llu, %zu devices", first,
				    devices);
	return arena_printf(drawer->arena, "group %llu", first);
}

static bool is_framing_of(const struct framing *framing, const struct group **groups,
			  size_t count)
{
	for (size_t i = 0; i < count && framing->count == count; i++)
		if (framing->groups[i] != groups[i])
			return false;
	return framing->count == count;
}

static struct framing *framing_of(struct drawer *drawer, const struct topology_node *node)
{
	const struct group **groups;
	size_t count = groups_of(drawer, node, &groups), isolated = 0, unknown = 0;
	struct framing *framing;

	if (count == 0)
		return NULL;
	LIST_FOR_EACH (&drawer->framings, struct framing, other)
		if (is_framing_of(other, groups, count))
			return other;
	framing = arena_new(drawer->arena, struct framing);
	framing->groups = groups;
	framing->count = count;
	for (size_t i = 0; i < count; i++) {
		isolated += known_true(groups[i]->isolated);
		unknown += groups[i]->isolated.state != FACT_KNOWN;
	}
	framing->frame = (struct diagram_frame){
		.label = label_of(drawer, groups, count),
		.aside = tell_isolation(drawer, count, isolated, unknown),
		.mood = isolated == count ? MOOD_GOOD : MOOD_WARN,
	};
	list_add(drawer->arena, &drawer->framings, framing);
	return framing;
}

static size_t count_members(const struct list *nodes)
{
	size_t count = 0;

	LIST_FOR_EACH (nodes, const struct topology_node, node)
		count += node->members.count + count_members(&node->children);
	return count;
}

static void draw_nodes(struct drawer *drawer, const struct list *nodes,
		       unsigned int depth)
{
	LIST_FOR_EACH (nodes, const struct topology_node, node) {
		struct diagram_box *box;
		struct framing *framing;
		size_t masters;

		if (drawer->drawn >= DRAWN_MAX) {
			drawer->left_out +=
				node->members.count + count_members(&node->children);
			continue;
		}
		drawer->drawn++;
		box = arena_new(drawer->arena, struct diagram_box);
		framing = framing_of(drawer, node);
		box->depth = depth;
		box->key = key_of(drawer, node->translation);
		box->mark = mark_of(node, &masters);
		box->junction = node->device && is_bridge(node->device);
		if (node->members.count > 1)
			draw_many(drawer, node, box);
		else
			draw_one(drawer, node, box);
		if (masters > 0 && masters < node->members.count)
			box->name = arena_printf(drawer->arena, "%s, %zu bus masters",
						 box->name, masters);
		if (framing) {
			framing->runs += framing != drawer->last;
			box->frame = &framing->frame;
		}
		drawer->last = framing;
		list_add(drawer->arena, &drawer->panel->boxes, box);
		draw_nodes(drawer, &node->children, depth + 1);
	}
}

/* What is to be said of the way to memory: by what happens to those who take it. */
static void count_ways(const struct list *nodes, size_t counts[STATUS_MODES])
{
	LIST_FOR_EACH (nodes, const struct topology_node, node) {
		counts[node->translation.state == FACT_KNOWN ? node->translation.value
							     : STATUS_MODE_UNKNOWN] +=
			node->members.count;
		count_ways(&node->children, counts);
	}
}

static const char *way_of(const struct topology_node *top)
{
	size_t counts[STATUS_MODES] = { 0 }, open, unknown, all = 0;

	count_ways(&top->children, counts);
	for (size_t i = 0; i < STATUS_MODES; i++)
		all += counts[i];
	open = counts[TRANSLATION_IDENTITY] + counts[TRANSLATION_NONE];
	unknown = counts[STATUS_MODE_UNKNOWN];
	if (all == 0)
		return "not used";
	if (open == all)
		return "untranslated";
	if (unknown > 0)
		return unknown == all ? "not known" : "not known of all";
	return open > 0 ? "translated for some" : "translated";
}

/* The unit, or what stands in its place. */
static void draw_head(struct drawer *drawer, const struct topology_node *top)
{
	struct diagram_box *head = &drawer->panel->head;
	const struct unit *unit = top->unit;
	_cleanup_strbuf_ struct strbuf line = { 0 };

	if (!unit) {
		head->name = !top->unit_known			? "Unit not known"
			     : drawer->system->units.count == 0 ? "No IOMMU"
								: "No unit";
		head->lines[0] = top->unit_known ? "no unit is in charge of these"
						 : "which unit, if any, was not seen";
		return;
	}
	head->name = unit->name;
	if (top->members.count > 1) {
		const struct topology_node *last =
			top->members.items[top->members.count - 1];

		head->many = true;
		head->name = number_of(drawer, top->members.count, "unit");
		head->lines[1] = arena_printf(drawer->arena, "%s … %s", unit->name,
					      last->unit->name);
	}
	strbuf_puts(&line, unit->kind.state == FACT_KNOWN
				   ? unit_kind_names[unit->kind.value].name
				   : "of unknown kind");
	if (unit->address_width.state == FACT_KNOWN)
		strbuf_printf(&line, ", %llu bits",
			      (unsigned long long)unit->address_width.value);
	if (known_text(unit->version))
		strbuf_printf(&line, ", version %s", unit->version.value);
	head->lines[0] = arena_strdup(drawer->arena, strbuf_text(&line));
	head->title = arena_printf(drawer->arena, "%s: %s", unit->name, head->lines[0]);
}

static void draw_panel(struct drawer *drawer, const struct topology_node *top)
{
	size_t devices = count_members(&top->children), left_out = drawer->left_out;

	drawer->panel = arena_new(drawer->arena, struct diagram_panel);
	drawer->top = top;
	drawer->framings = (struct list){ 0 };
	drawer->last = NULL;
	draw_head(drawer, top);
	drawer->panel->way = way_of(top);
	drawer->panel->heading =
		arena_printf(drawer->arena, "%s: %s", drawer->panel->head.name,
			     number_of(drawer, devices, "device"));
	draw_nodes(drawer, &top->children, 0);
	LIST_FOR_EACH (&drawer->framings, struct framing, framing)
		if (framing->runs > 1)
			framing->frame.label =
				arena_printf(drawer->arena, "%s, in %zu places",
					     framing->frame.label, framing->runs);
	if (drawer->left_out > left_out)
		drawer->panel->note = arena_printf(
			drawer->arena, "%zu more, which the list of devices has",
			drawer->left_out - left_out);
	list_add(drawer->arena, &drawer->diagram->panels, drawer->panel);
}

/* What occurs gets a line of the legend. */
static void draw_legend(struct drawer *drawer)
{
	struct diagram *diagram = drawer->diagram;

	for (size_t i = 0; i < STATUS_MODES; i++)
		if (drawer->keys[i])
			list_add(drawer->arena, &diagram->keys, drawer->keys[i]);
	LIST_FOR_EACH (&diagram->panels, const struct diagram_panel, panel)
		LIST_FOR_EACH (&panel->boxes, const struct diagram_box, box) {
			if (box->mark == MARK_ON)
				diagram->marks[MARK_ON] =
					"bus master: it may start DMA now";
			if (box->mark == MARK_OFF)
				diagram->marks[MARK_OFF] =
					"no bus master: it may not start DMA now";
			if (box->mark == MARK_UNKNOWN)
				diagram->marks[MARK_UNKNOWN] =
					"whether it is a bus master was not seen";
			if (box->frame && box->frame->mood == MOOD_GOOD)
				diagram->frame_good = "IOMMU group, isolated from all "
						      "others";
			else if (box->frame)
				diagram->frame_bad = "IOMMU group that is not isolated, "
						     "or not known to be";
		}
}

void report_draw(struct system *system, struct diagram *ret)
{
	struct drawer drawer = { .system = system, .arena = &system->arena };
	const char *host = known_text(system->host.hostname);
	struct list tops;

	*ret = (struct diagram){
		.title = arena_printf(&system->arena, "The ways of DMA%s%s",
				      host ? " of " : "", host ? host : ""),
		.target = "Memory",
	};
	drawer.diagram = ret;
	report_topology(system, &tops);
	LIST_FOR_EACH (&tops, const struct topology_node, top)
		draw_panel(&drawer, top);
	draw_legend(&drawer);
}
