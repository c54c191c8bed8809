// SPDX-License-Identifier: GPL-2.0-or-later
/* The same things at two times, held against each other by their field tables. */

#include "base/compare.h"

#include "base/layout.h"

/* An object under its name; the place in its list keeps the order among equal names. */
struct named {
	const char *name;
	const void *object;
	size_t place;
	bool paired;
};

static int named_compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r != 0 ? r : (x->place > y->place) - (x->place < y->place);
}

static struct named *
name_all(struct arena *arena, const struct record *record, const struct list *objects,
	 void (*add_name)(const struct record *, const void *, struct strbuf *))
{
	struct named *all = arena_alloc(arena, (objects->count + 1) * sizeof(*all));

	LIST_FOR_EACH (objects, const void, object) {
		_cleanup_strbuf_ struct strbuf name = { 0 };

		add_name(record, object, &name);
		all[object_at] = (struct named){
			.name = arena_strdup(arena, strbuf_text(&name)),
			.object = object,
			.place = object_at,
		};
	}
	return all;
}

static void add_pair(struct arena *arena, struct list *list, const void *before,
		     const void *after)
{
	struct pair *pair = arena_new(arena, struct pair);

	*pair = (struct pair){ before, after };
	list_add(arena, list, pair);
}

void compare_pair(struct arena *arena, const struct record *record,
		  const struct list *before, const struct list *after,
		  void (*add_name)(const struct record *, const void *, struct strbuf *),
		  struct list *ret)
{
	struct named *old = name_all(arena, record, before, add_name);
	struct named *new = name_all(arena, record, after, add_name);
	const void **partners = arena_alloc(arena, (after->count + 1) * sizeof(void *));
	bool *stays = arena_alloc(arena, before->count + 1);
	size_t i = 0, j = 0;

	qsort(old, before->count, sizeof(*old), named_compare);
	qsort(new, after->count, sizeof(*new), named_compare);
	while (i < before->count && j < after->count) {
		int r = strcmp(old[i].name, new[j].name);

		if (r == 0) {
			partners[new[j].place] = old[i].object;
			stays[old[i].place] = true;
		}
		i += r <= 0;
		j += r >= 0;
	}
	LIST_FOR_EACH (before, const void, object)
		if (!stays[object_at])
			add_pair(arena, ret, object, NULL);
	LIST_FOR_EACH (after, const void, object)
		add_pair(arena, ret, partners[object_at], object);
}

static bool nodes_equal(const struct list *a, const struct list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct layout_node *x = a->items[i], *y = b->items[i];

		if (x->type != y->type || x->length != y->length ||
		    memcmp(x->bytes, y->bytes, x->length) != 0)
			return false;
	}
	return true;
}

/* The first field that differs decides; else one that is open leaves all open. */
static enum comparison compare_objects(const struct record *record, const void *before,
				       const void *after)
{
	enum comparison result = COMPARED_EQUAL;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		enum comparison one;

		if (field->flags & (F_VOLATILE | F_TEXT_ONLY))
			continue;
		one = compare_field(field, before, after);
		if (one == COMPARED_DIFFERENT)
			return one;
		if (one == COMPARED_OPEN)
			result = one;
	}
	return result;
}

static enum comparison compare_lists(const struct field *field, const struct list *a,
				     const struct list *b)
{
	enum comparison result = COMPARED_EQUAL;

	if (field->type == F_NODE || field->type == F_NODES)
		return nodes_equal(a, b) ? COMPARED_EQUAL : COMPARED_DIFFERENT;
	if (a->count != b->count)
		return COMPARED_DIFFERENT;
	for (size_t i = 0; i < a->count && result != COMPARED_DIFFERENT; i++) {
		enum comparison one = COMPARED_EQUAL;

		if (field->type == F_RECORDS)
			one = compare_objects(field->record, a->items[i], b->items[i]);
		else if (field->type == F_STRV ? !streq(a->items[i], b->items[i])
					       : *(const uint64_t *)a->items[i] !=
							 *(const uint64_t *)b->items[i])
			one = COMPARED_DIFFERENT;
		if (one != COMPARED_EQUAL)
			result = one;
	}
	return result;
}

static bool is_open(enum fact_state state)
{
	return state != FACT_KNOWN && state != FACT_ABSENT;
}

enum comparison compare_field(const struct field *field, const void *before,
			      const void *after)
{
	struct value a, b;
	bool equal = false;

	record_get(field, before, &a);
	record_get(field, after, &b);
	if (is_open(a.state) || is_open(b.state))
		return COMPARED_OPEN;
	if (a.state != b.state)
		return COMPARED_DIFFERENT;
	if (a.state == FACT_ABSENT)
		return COMPARED_EQUAL;
	switch (field->type) {
	case F_STR:
	case F_ENUM:
		equal = streq(a.text, b.text);
		break;
	case F_BOOL:
		equal = a.truth == b.truth;
		break;
	case F_INT:
		equal = a.number == b.number;
		break;
	case F_UINT:
	case F_BYTES:
	case F_HEX:
		equal = a.count == b.count;
		break;
	case F_STRV:
	case F_BYTESV:
	case F_RECORDS:
	case F_NODE:
	case F_NODES:
		return compare_lists(field, a.list, b.list);
	}
	return equal ? COMPARED_EQUAL : COMPARED_DIFFERENT;
}
