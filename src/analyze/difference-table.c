// SPDX-License-Identifier: GPL-2.0-or-later
/* Firmware tables held against each other: structure by structure, wherever they lie. */

#include "analyze/difference.h"

/* Where something lies in the table, or how long it is, is another table's matter. */
static const char *const places[] = {
	"length",
	"identifier",
	"node_offset",
	"mapping_offset",
	"global_interrupt_offset",
	"context_interrupt_offset",
	"pmu_interrupt_offset",
	"memory_range_offset",
	"interrupt_wire_offset",
	NULL,
};

/* Fields that point to another node by its place. */
static const char *const references[] = {
	"output_reference", "output_node", "destination_iommu_offset",
	"node_reference",   NULL,
};

static bool is_one_of(const char *const *keys, const char *key)
{
	for (size_t i = 0; keys[i]; i++)
		if (streq(keys[i], key))
			return true;
	return false;
}

/* The kinds of fields by which a structure is told from others, the best first. */
static const enum layout_kind telling[] = { L_HEX, L_PATH, L_TEXT, L_UUID, L_BDF };

static const struct layout_field *telling_field(const struct layout *layout)
{
	for (size_t k = 0; k < ARRAY_SIZE(telling); k++)
		for (size_t i = 0; i < layout->count; i++) {
			const struct layout_field *field = &layout->fields[i];

			if (field->kind != telling[k] || field->part)
				continue;
			if (field->kind != L_HEX || field->size == 8)
				return field;
		}
	return NULL;
}

/* A structure with the table that it lies in, whose other structures it may point to. */
struct place {
	const struct firmware_table *table;
	const struct layout_node *node;
};

static void add_node_name(const struct layout_node *node, bool telling_too,
			  struct strbuf *name)
{
	const struct layout_field *type = layout_find_field(node->layout, "type");
	const struct layout_field *field = telling_field(node->layout);
	const char *kind = type ? layout_name_of(type, node->type) : NULL;

	strbuf_puts(name, node->layout->untyped && kind ? kind : node->layout->name);
	if (!field || !telling_too || layout_field_size(node, field) == 0)
		return;
	strbuf_puts(name, " ");
	layout_add_text(node, field, name);
}

/* The node at an offset of the table, by its name; the number where there is none. */
static void add_reference(const struct place *place, const struct layout_field *field,
			  struct strbuf *text)
{
	uint64_t offset = 0;

	if (!layout_number(place->node, field, &offset))
		return;
	LIST_FOR_EACH (&place->table->structures.list, const struct layout_node, node)
		if (node->offset == offset) {
			add_node_name(node, true, text);
			return;
		}
	layout_add_text(place->node, field, text);
}

static void add_field_text(const struct place *place, const struct layout_field *field,
			   struct strbuf *text)
{
	if (is_one_of(references, field->key))
		add_reference(place, field, text);
	else
		layout_add_text(place->node, field, text);
}

static const char *node_text(struct arena *arena, const struct place *place,
			     const struct layout_field *field)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	add_field_text(place, field, &text);
	return text.length > 0 ? arena_strdup(arena, strbuf_text(&text)) : NULL;
}

static bool same_field(const struct place *a, const struct place *b,
		       const struct layout_field *field)
{
	_cleanup_strbuf_ struct strbuf x = { 0 }, y = { 0 };

	add_field_text(a, field, &x);
	add_field_text(b, field, &y);
	return streq(strbuf_text(&x), strbuf_text(&y));
}

static bool is_looked_at(const struct layout_field *field)
{
	return field->kind != L_RESERVED && !is_one_of(places, field->key);
}

/* Of a field whose bits have names of their own these say it better. */
static bool is_told_by_bits(const struct place *a, const struct place *b,
			    const struct layout_field *field)
{
	const struct layout *layout = a->node->layout;

	for (size_t i = 0; i < layout->count && !field->part; i++) {
		const struct layout_field *part = &layout->fields[i];

		if (part->part && part->offset == field->offset &&
		    !same_field(a, b, part))
			return true;
	}
	return false;
}

/* Are they the same to the last byte? References may be, and mean something else. */
static bool is_same(const struct place *a, const struct place *b)
{
	const struct layout *layout = a->node->layout;

	if (layout != b->node->layout || a->node->type != b->node->type ||
	    a->node->length != b->node->length ||
	    memcmp(a->node->bytes, b->node->bytes, a->node->own) != 0 ||
	    a->node->children.count != b->node->children.count)
		return false;
	for (size_t i = 0; i < layout->count; i++)
		if (is_one_of(references, layout->fields[i].key) &&
		    !same_field(a, b, &layout->fields[i]))
			return false;
	for (size_t i = 0; i < a->node->children.count; i++) {
		struct place x = { a->table, a->node->children.items[i] };
		struct place y = { b->table, b->node->children.items[i] };

		if (!is_same(&x, &y))
			return false;
	}
	return true;
}

/*
 * How much two structures have in common; 0 where they are none of a kind. Those within
 * others are what they are called: with another path it is another scope.
 */
static size_t likeness(const struct place *a, const struct place *b, bool within)
{
	const struct layout *layout = a->node->layout;
	const struct layout_field *telling_one = telling_field(layout);
	size_t score = 1;

	if (layout != b->node->layout || a->node->type != b->node->type)
		return 0;
	if (telling_one && same_field(a, b, telling_one))
		score += layout->count;
	else if (telling_one && within)
		return 0;
	for (size_t i = 0; i < layout->count; i++)
		score += is_looked_at(&layout->fields[i]) &&
			 same_field(a, b, &layout->fields[i]);
	return score;
}

/* Structures of one list that have no partner yet. */
struct rest {
	struct place *places;
	size_t count;
};

static struct rest take_rest(struct arena *arena, const struct firmware_table *table,
			     const struct list *nodes)
{
	struct rest rest = {
		.places = arena_alloc(arena, (nodes->count + 1) * sizeof(struct place)),
	};

	LIST_FOR_EACH (nodes, const struct layout_node, node)
		rest.places[rest.count++] = (struct place){ table, node };
	return rest;
}

static void compact(struct rest *rest)
{
	size_t kept = 0;

	for (size_t i = 0; i < rest->count; i++)
		if (rest->places[i].node)
			rest->places[kept++] = rest->places[i];
	rest->count = kept;
}

enum { PAIRS_MAX = 1000000 }; /* more are not tried one with each other */

/*
 * Takes away those that are the same. Usually they are so in their order; what stands
 * elsewhere is looked for among those that are left, unless a table has absurdly many.
 */
static void drop_same(struct rest *before, struct rest *after)
{
	for (size_t i = 0; i < before->count && i < after->count; i++)
		if (is_same(&before->places[i], &after->places[i]))
			before->places[i].node = after->places[i].node = NULL;
	compact(before);
	compact(after);
	if (before->count * after->count > PAIRS_MAX)
		return;
	for (size_t i = 0; i < before->count; i++)
		for (size_t j = 0; j < after->count && before->places[i].node; j++)
			if (after->places[j].node &&
			    is_same(&before->places[i], &after->places[j]))
				before->places[i].node = after->places[j].node = NULL;
	compact(before);
	compact(after);
}

static void compare_nodes(struct differences *to, const char *name,
			  const struct firmware_table *a, const struct list *before,
			  const struct firmware_table *b, const struct list *after,
			  const struct layout *parent);

static void compare_fields(struct differences *to, const char *object,
			   const struct place *a, const struct place *b)
{
	const struct layout *layout = a->node->layout;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_field *field = &layout->fields[i];
		struct difference *one;

		if (!is_looked_at(field) || same_field(a, b, field) ||
		    is_told_by_bits(a, b, field))
			continue;
		one = difference_add(to, firmware_table_record.singular, object,
				     CHANGE_CHANGED, field->key,
				     node_text(to->arena, a, field),
				     node_text(to->arena, b, field));
		explain_difference(to, one, NULL, NULL, NULL);
	}
}

static void compare_places(struct differences *to, const char *parent,
			   const struct place *a, const struct place *b)
{
	const struct layout_field *field = telling_field(a->node->layout);
	_cleanup_strbuf_ struct strbuf name = { 0 };

	strbuf_printf(&name, "%s ", parent);
	add_node_name(a->node, field && same_field(a, b, field), &name);
	compare_fields(to, strbuf_text(&name), a, b);
	compare_nodes(to, strbuf_text(&name), a->table, &a->node->children, b->table,
		      &b->node->children, a->node->layout);
}

/* What a structure says that came or went: its first fields. */
static const char *describe(struct arena *arena, const struct place *place)
{
	const struct layout *layout = place->node->layout;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	size_t told = 0;

	for (size_t i = 0; i < layout->count && told < 4; i++) {
		const struct layout_field *field = &layout->fields[i];

		if (!is_looked_at(field) || field->part || streq(field->key, "type") ||
		    layout_field_size(place->node, field) == 0 ||
		    field == telling_field(layout))
			continue;
		strbuf_printf(&text, "%s%s ", told++ > 0 ? ", " : "", field->key);
		add_field_text(place, field, &text);
	}
	return text.length > 0 ? arena_strdup(arena, strbuf_text(&text)) : NULL;
}

static void add_places(struct differences *to, const char *parent,
		       const struct rest *rest, enum change change)
{
	bool came = change == CHANGE_APPEARED;

	for (size_t i = 0; i < rest->count; i++) {
		const struct place *place = &rest->places[i];
		_cleanup_strbuf_ struct strbuf name = { 0 };
		const char *text;

		if (!place->node)
			continue;
		strbuf_printf(&name, "%s ", parent);
		add_node_name(place->node, true, &name);
		text = describe(to->arena, place);
		explain_difference(to,
				   difference_add(to, firmware_table_record.singular,
						  strbuf_text(&name), change, NULL,
						  came ? NULL : text, came ? text : NULL),
				   NULL, NULL, NULL);
	}
}

static void add_names(struct arena *arena, const struct list *nodes, const char *key,
		      struct list *ret)
{
	LIST_FOR_EACH (nodes, const struct layout_node, node) {
		_cleanup_strbuf_ struct strbuf name = { 0 };

		if (!streq(node->layout->list, key))
			continue;
		add_node_name(node, true, &name);
		list_add(arena, ret, arena_strdup(arena, strbuf_text(&name)));
	}
}

static void add_moved(const struct rest *rest, const char *key, const char *sign,
		      struct strbuf *text)
{
	for (size_t i = 0; i < rest->count; i++) {
		const struct layout_node *node = rest->places[i].node;

		if (!node || !streq(node->layout->list, key))
			continue;
		strbuf_printf(text, "%s%s", text->length > 0 ? ", " : "", sign);
		add_node_name(node, true, text);
	}
}

/* What came and went in a list of structures within one: a field of that one. */
static void add_list(struct differences *to, const char *object, const char *key,
		     const struct list *before, const struct list *after,
		     const struct rest *old, const struct rest *new)
{
	_cleanup_strbuf_ struct strbuf moved = { 0 };
	struct list was = { 0 }, is = { 0 };
	struct difference *one;

	add_moved(old, key, "-", &moved);
	add_moved(new, key, "+", &moved);
	if (moved.length == 0)
		return;
	add_names(to->arena, before, key, &was);
	add_names(to->arena, after, key, &is);
	one = difference_add(to, firmware_table_record.singular, object, CHANGE_CHANGED,
			     key, join_texts(to->arena, &was),
			     join_texts(to->arena, &is));
	one->moved = arena_strdup(to->arena, strbuf_text(&moved));
	explain_difference(to, one, NULL, NULL, NULL);
}

/* Once for each list that any of the structures stands in. */
static void add_lists(struct differences *to, const char *object,
		      const struct layout *parent, const struct list *before,
		      const struct list *after, const struct rest *old,
		      const struct rest *new)
{
	for (size_t i = 0; i < ARRAY_SIZE(parent->lists) && parent->lists[i]; i++)
		add_list(to, object, parent->lists[i], before, after, old, new);
}

/* The most alike of those that are left; in order where there are many. */
static void pair_alike(struct differences *to, const char *parent, struct rest *before,
		       struct rest *after, bool within)
{
	bool many = before->count * after->count > PAIRS_MAX;

	for (size_t i = 0; i < before->count; i++) {
		size_t best = 0, best_at = 0;
		size_t from = many ? MIN(i, after->count) : 0;
		size_t end = many ? MIN(i + 1, after->count) : after->count;

		for (size_t j = from; j < end; j++) {
			size_t score = after->places[j].node
					       ? likeness(&before->places[i],
							  &after->places[j], within)
					       : 0;

			if (score > best) {
				best = score;
				best_at = j;
			}
		}
		if (best == 0)
			continue;
		compare_places(to, parent, &before->places[i], &after->places[best_at]);
		before->places[i].node = after->places[best_at].node = NULL;
	}
}

static void compare_nodes(struct differences *to, const char *name,
			  const struct firmware_table *a, const struct list *before,
			  const struct firmware_table *b, const struct list *after,
			  const struct layout *parent)
{
	struct rest old = take_rest(to->arena, a, before);
	struct rest new = take_rest(to->arena, b, after);

	drop_same(&old, &new);
	pair_alike(to, name, &old, &new, parent);
	if (parent) {
		add_lists(to, name, parent, before, after, &old, &new);
		return;
	}
	add_places(to, name, &old, CHANGE_VANISHED);
	add_places(to, name, &new, CHANGE_APPEARED);
}

/* The header's own fields, as those of a structure. */
static void compare_headers(struct differences *to, const char *name,
			    const struct firmware_table *a,
			    const struct firmware_table *b)
{
	struct place x = { a, a->header.list.items[0] };
	struct place y = { b, b->header.list.items[0] };

	if (x.node->layout == y.node->layout)
		compare_fields(to, name, &x, &y);
}

/* What the table is held against has to be known, or its problems are not all there. */
static bool can_tell(const struct system *system)
{
	return system->regions_state == FACT_KNOWN && system->units_state == FACT_KNOWN &&
	       system->devices_state == FACT_KNOWN && system->groups_state == FACT_KNOWN;
}

static bool is_of_bytes(const char *code)
{
	for (int i = 0; i < ACPI_UNIT_MISSING; i++)
		if (streq(acpi_problem_names[i].code, code))
			return true;
	return false;
}

static struct list codes(struct arena *arena, const struct list *problems, bool all)
{
	struct list result = { 0 };

	LIST_FOR_EACH (problems, const struct table_problem, problem)
		if (all || is_of_bytes(problem->code.value))
			list_add(arena, &result, problem->code.value);
	return result;
}

/* Problems by their codes: where in the table they are does not matter here. */
static void compare_problems(struct differences *to, const char *name,
			     const struct firmware_table *a,
			     const struct firmware_table *b)
{
	bool all = can_tell(to->before) && can_tell(to->after);
	struct list old = codes(to->arena, &a->problems.list, all);
	struct list new = codes(to->arena, &b->problems.list, all);
	const char *before = join_texts(to->arena, &old);
	const char *after = join_texts(to->arena, &new);
	struct difference *one;

	if (!all)
		difference_count_open(to, firmware_table_record.singular, "problems",
				      !can_tell(to->before), !can_tell(to->after));
	if (streq(before, after))
		return;
	one = difference_add(to, firmware_table_record.singular, name, CHANGE_CHANGED,
			     "problems", before, after);
	explain_difference(to, one, &old, &new, b);
}

static void add_signature(const struct record *record, const void *object,
			  struct strbuf *name)
{
	(void)record;
	strbuf_add_safe(name, ((const struct firmware_table *)object)->signature);
}

static const struct compared_record tables = {
	.record = &firmware_table_record,
	.shown = { "oem_id", "oem_table_id", "oem_revision" },
	.add_name = add_signature,
};

void compare_tables(struct differences *to)
{
	const struct system *a = to->before, *b = to->after;
	struct list pairs = { 0 };

	compare_many(to, &tables, &a->tables, a->tables_state, &b->tables,
		     b->tables_state);
	compare_pair(to->arena, &firmware_table_record, &a->tables, &b->tables,
		     add_signature, &pairs);
	LIST_FOR_EACH (&pairs, const struct pair, pair) {
		const struct firmware_table *before = pair->before, *after = pair->after;
		_cleanup_strbuf_ struct strbuf name = { 0 };

		if (!before || !after)
			continue;
		add_signature(NULL, after, &name);
		if (before->state != FACT_KNOWN || after->state != FACT_KNOWN) {
			difference_count_open(to, firmware_table_record.singular,
					      "structures", before->state != FACT_KNOWN,
					      after->state != FACT_KNOWN);
			continue;
		}
		compare_headers(to, strbuf_text(&name), before, after);
		compare_nodes(to, strbuf_text(&name), before, &before->structures.list,
			      after, &after->structures.list, NULL);
		compare_problems(to, strbuf_text(&name), before, after);
	}
}
