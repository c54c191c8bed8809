// SPDX-License-Identifier: GPL-2.0-or-later
/* What differs between two machines: records by their field tables, and what follows. */

#include "analyze/difference.h"

static const struct compared_record host = { .record = &host_record };
static const struct compared_record status = {
	.record = &status_record,
	.first = "default_domain",
	.reasons = true,
};
static const struct compared_record units = {
	.record = &unit_record,
	.shown = { "kind", "register_base" },
};
static const struct compared_record channels = {
	.record = &channel_record,
	.shown = { "controller", "client" },
};

/* "iommu=pt": the number says where it stands, which does not matter. */
static void add_parameter_name(const struct record *record, const void *object,
			       struct strbuf *name)
{
	const struct parameter *parameter = object;

	(void)record;
	strbuf_add_safe(name, parameter->name);
	if (parameter->value) {
		strbuf_puts(name, "=");
		strbuf_add_safe(name, parameter->value);
	}
}

static const struct compared_record parameters = {
	.record = &parameter_record,
	.shown = { "effect" },
	.why = "why",
	.reasons = true,
	.add_name = add_parameter_name,
};

static bool ids_differ(struct fact_u64 a, struct fact_u64 b)
{
	return a.state == FACT_KNOWN && b.state == FACT_KNOWN && a.value != b.value;
}

/* Another device may be at the address of one that is gone. */
static bool is_other_device(const void *before, const void *after)
{
	const struct device *a = before, *b = after;

	return ids_differ(a->vendor_id, b->vendor_id) ||
	       ids_differ(a->device_id, b->device_id);
}

static const struct compared_record devices = {
	.record = &device_record,
	.shown = { "name", "driver" },
	.is_other = is_other_device,
};

static struct fact_str text_or_absent(struct differences *to, const char *text)
{
	return text ? KNOWN_STR(arena_strdup(to->arena, text))
		    : (struct fact_str){ .state = FACT_ABSENT };
}

struct difference *difference_add(struct differences *to, const char *record,
				  const char *object, enum change change,
				  const char *field, const char *before,
				  const char *after)
{
	struct difference *one = arena_new(to->arena, struct difference);

	*one = (struct difference){
		.record = record,
		.object = text_or_absent(to, object),
		.change = KNOWN_ENUM((int)change),
		.field = text_or_absent(to, field),
		.before = text_or_absent(to, before),
		.after = text_or_absent(to, after),
		.meaning.state = FACT_ABSENT,
		.protection.state = FACT_ABSENT,
	};
	list_add(to->arena, &to->list, one);
	return one;
}

void difference_mean(struct differences *to, struct difference *difference,
		     const char *sentence)
{
	const char *known = known_text(difference->meaning);

	if (!sentence || !*sentence)
		return;
	difference->meaning = KNOWN_STR(
		known ? arena_printf(to->arena, "%s; %s", known, sentence) : sentence);
}

static const char *side_text(const char *text)
{
	if (!text)
		return "-";
	return *text ? text : "\"\"";
}

/* "lazy -> identity", "-SrcValid +TransBlk", "appeared: 8086:10d3 e1000e" */
static const char *moved_text(struct differences *to, const struct difference *one)
{
	bool came = one->change.value == CHANGE_APPEARED;
	const char *before = known_text(one->before), *after = known_text(one->after);
	const char *whole = came ? after : before;

	if (one->moved)
		return one->moved;
	if (one->change.value == CHANGE_CHANGED)
		return arena_printf(to->arena, "%s -> %s", side_text(before),
				    side_text(after));
	return arena_printf(to->arena, "%s%s%s", came ? "appeared" : "vanished",
			    whole ? ": " : "", whole ? whole : "");
}

void difference_finish(struct differences *to, struct difference *difference)
{
	enum { WHAT_MAX = 32 }; /* a longer name would leave the text no room */
	const char *object = known_text(difference->object);
	const char *field = known_text(difference->field);
	const char *meaning = known_text(difference->meaning);
	_cleanup_strbuf_ struct strbuf text = { 0 };
	bool apart = object && strlen(object) > WHAT_MAX;

	if (apart)
		strbuf_printf(&text, "%s ", object);
	if (field)
		strbuf_printf(&text, "%s ", field);
	strbuf_puts(&text, moved_text(to, difference));
	if (meaning)
		strbuf_printf(&text, ": %s", meaning);
	difference->text = arena_strdup(to->arena, strbuf_text(&text));
	if (difference->what)
		return;
	difference->what = object && !apart ? arena_printf(to->arena, "%s %s",
							   difference->record, object)
					    : difference->record;
}

static struct uncompared *open_of(struct differences *to, const char *record,
				  const char *field)
{
	struct uncompared *open;

	LIST_FOR_EACH (&to->uncompared, struct uncompared, other)
		if (streq(other->record, record) &&
		    (field && other->field ? streq(other->field, field)
					   : field == other->field))
			return other;
	open = arena_new(to->arena, struct uncompared);
	open->record = record;
	open->field = field;
	list_add(to->arena, &to->uncompared, open);
	return open;
}

void difference_count_open(struct differences *to, const char *record, const char *field,
			   bool before, bool after)
{
	struct uncompared *open = open_of(to, record, field);

	if (before && after)
		open->both++;
	else if (before)
		open->before++;
	else if (after)
		open->after++;
}

/* Values of lists */

/* An item of a list of records: what its columns show. */
static const char *item_text(struct arena *arena, const struct record *record,
			     const void *item)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct value value;

		if (!(field->flags & F_SHOW) || field->flags & F_VOLATILE)
			continue;
		record_get(field, item, &value);
		strbuf_puts(&text, text.length > 0 ? " " : "");
		value_add_text(field, &value, false, &text);
	}
	return arena_strdup(arena, strbuf_text(&text));
}

/* The items of a list field, as texts; NULL where the field is no list. */
static const struct list *field_items(struct arena *arena, const struct field *field,
				      const struct value *value)
{
	struct list *items = arena_new(arena, struct list);

	if (field->type != F_STRV && field->type != F_BYTESV && field->type != F_RECORDS)
		return NULL;
	if (value->state != FACT_KNOWN)
		return items;
	LIST_FOR_EACH (value->list, const void, item) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		if (field->type == F_RECORDS) {
			list_add(arena, items, item_text(arena, field->record, item));
			continue;
		}
		if (field->type == F_STRV)
			strbuf_add_safe(&text, item);
		else
			strbuf_add_size(&text, *(const uint64_t *)item);
		list_add(arena, items, arena_strdup(arena, strbuf_text(&text)));
	}
	return items;
}

const char *join_texts(struct arena *arena, const struct list *texts)
{
	_cleanup_strbuf_ struct strbuf joined = { 0 };

	LIST_FOR_EACH (texts, const char, text) {
		strbuf_puts(&joined, text_at > 0 ? ", " : "");
		strbuf_puts(&joined, text);
	}
	return arena_strdup(arena, texts->count > 0 ? strbuf_text(&joined) : "none");
}

/* Text of a value; NULL where the machine has no such thing. */
static const char *field_text(struct arena *arena, const struct field *field,
			      const struct value *value, const struct list *items)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (value->state != FACT_KNOWN)
		return NULL;
	if (items)
		return join_texts(arena, items);
	value_add_text(field, value, false, &text);
	return arena_strdup(arena, strbuf_text(&text));
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The items of one list that the other lacks, in their order. */
static struct list lacking(struct arena *arena, const struct list *items,
			   const struct list *other)
{
	struct list sorted = { 0 }, result = { 0 };

	LIST_FOR_EACH (other, const char, item)
		list_add(arena, &sorted, item);
	if (sorted.count > 1)
		qsort(sorted.items, sorted.count, sizeof(void *), compare_texts);
	LIST_FOR_EACH (items, const char, item)
		if (sorted.count == 0 || !bsearch(&item, sorted.items, sorted.count,
						  sizeof(void *), compare_texts))
			list_add(arena, &result, item);
	return result;
}

/* "-SrcValid -ReqRedir +TransBlk"; NULL where the order alone is another. */
static const char *moved_items(struct arena *arena, const struct list *went,
			       const struct list *came)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (went, const char, item)
		strbuf_printf(&text, "%s-%s", text.length > 0 ? " " : "", item);
	LIST_FOR_EACH (came, const char, item)
		strbuf_printf(&text, "%s+%s", text.length > 0 ? " " : "", item);
	return text.length > 0 ? arena_strdup(arena, strbuf_text(&text)) : NULL;
}

/* One field */

/* What the reason beside a field says of the machine as it is: default_domain_why. */
static const char *reason_of(struct arena *arena, const struct compared_record *how,
			     const char *key, const void *object)
{
	char name[64];
	const struct field *field;
	struct value value;

	if (!how->reasons)
		return NULL;
	snprintf(name, sizeof(name), "%s_why", key);
	field = record_find(how->record, name, strlen(name));
	if (!field && how->why)
		field = record_find(how->record, how->why, strlen(how->why));
	if (!field)
		return NULL;
	record_get(field, object, &value);
	return value.state == FACT_KNOWN ? arena_strdup(arena, value.text) : NULL;
}

static void add_changed(struct differences *to, const struct compared_record *how,
			const char *name, const struct field *field, const void *before,
			const void *after)
{
	const struct list *old_items, *new_items;
	struct list went = { 0 }, came = { 0 };
	struct difference *one;
	struct value old, new;

	record_get(field, before, &old);
	record_get(field, after, &new);
	old_items = field_items(to->arena, field, &old);
	new_items = field_items(to->arena, field, &new);
	one = difference_add(to, how->record->singular, name, CHANGE_CHANGED, field->key,
			     field_text(to->arena, field, &old, old_items),
			     field_text(to->arena, field, &new, new_items));
	if (old_items) {
		went = lacking(to->arena, old_items, new_items);
		came = lacking(to->arena, new_items, old_items);
		if (old.state == FACT_KNOWN && new.state == FACT_KNOWN)
			one->moved = moved_items(to->arena, &went, &came);
	}
	one->follows = field->flags & F_VOLATILE;
	explain_difference(to, one, &went, &came, after);
	difference_mean(to, one, reason_of(to->arena, how, field->key, after));
}

/* An enumeration may have a value for what could not be found out. */
static bool is_open(const struct field *field, const void *object)
{
	struct value value;

	record_get(field, object, &value);
	if (value.state == FACT_KNOWN && field->type == F_ENUM)
		return streq(value.text, "unknown");
	return value.state != FACT_KNOWN && value.state != FACT_ABSENT;
}

static bool is_known(const struct field *field, const void *object)
{
	struct value value;

	record_get(field, object, &value);
	return value.state == FACT_KNOWN;
}

static void compare_key(struct differences *to, const struct compared_record *how,
			const char *name, const struct field *field, const void *before,
			const void *after)
{
	bool old = is_open(field, before), new = is_open(field, after);
	enum comparison result = compare_field(field, before, after);

	if (old || new || result == COMPARED_OPEN) {
		bool known = !old && !new; /* and yet something in the list is not */

		if (field->flags & F_VOLATILE)
			return;
		difference_count_open(to, how->record->singular, field->key, old || known,
				      new || known);
		return;
	}
	to->compared += is_known(field, before) || is_known(field, after);
	if (result == COMPARED_DIFFERENT)
		add_changed(to, how, name, field, before, after);
}

/* Things */

/* What an object that came or went is, in a few words. */
static const char *describe(struct arena *arena, const struct compared_record *how,
			    const void *object)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(how->shown) && how->shown[i]; i++) {
		const struct field *field =
			record_find(how->record, how->shown[i], strlen(how->shown[i]));
		struct value value;

		record_get(field, object, &value);
		if (value.state != FACT_KNOWN)
			continue;
		strbuf_puts(&text, text.length > 0 ? " " : "");
		value_add_text(field, &value, false, &text);
	}
	return text.length > 0 ? arena_strdup(arena, strbuf_text(&text)) : NULL;
}

static void add_whole(struct differences *to, const struct compared_record *how,
		      const char *name, const void *object, enum change change)
{
	bool came = change == CHANGE_APPEARED;
	const char *text = describe(to->arena, how, object);
	struct difference *one =
		difference_add(to, how->record->singular, name, change, NULL,
			       came ? NULL : text, came ? text : NULL);

	explain_difference(to, one, NULL, NULL, came ? object : NULL);
	if (came && how->why)
		difference_mean(to, one, reason_of(to->arena, how, "", object));
}

void compare_one(struct differences *to, const struct compared_record *how,
		 const char *name, const void *before, const void *after)
{
	const struct record *record = how->record;
	const char *key = how->first ? how->first : "";
	const struct field *first = record_find(record, key, strlen(key));
	size_t from = to->list.count;

	if (!before || !after) {
		add_whole(to, how, name, before ? before : after,
			  before ? CHANGE_VANISHED : CHANGE_APPEARED);
	} else {
		if (first)
			compare_key(to, how, name, first, before, after);
		for (size_t i = 0; i < record->count; i++)
			if (&record->fields[i] != first &&
			    difference_is_asked(how, &record->fields[i]))
				compare_key(to, how, name, &record->fields[i], before,
					    after);
	}
	mark_followers(to, from);
}

void compare_many(struct differences *to, const struct compared_record *how,
		  const struct list *before, enum fact_state before_state,
		  const struct list *after, enum fact_state after_state)
{
	bool old_open = before_state != FACT_KNOWN && before_state != FACT_ABSENT;
	bool new_open = after_state != FACT_KNOWN && after_state != FACT_ABSENT;
	struct list pairs = { 0 };

	if (old_open || new_open) {
		difference_count_open(to, how->record->singular, NULL, old_open,
				      new_open);
		return;
	}
	to->compared += before->count + after->count;
	compare_pair(to->arena, how->record, before, after,
		     how->add_name ? how->add_name : record_add_name, &pairs);
	LIST_FOR_EACH (&pairs, const struct pair, pair) {
		_cleanup_strbuf_ struct strbuf name = { 0 };

		(how->add_name ? how->add_name : record_add_name)(
			how->record, pair->after ? pair->after : pair->before, &name);
		if (pair->before && pair->after && how->is_other &&
		    how->is_other(pair->before, pair->after)) {
			compare_one(to, how, strbuf_text(&name), pair->before, NULL);
			compare_one(to, how, strbuf_text(&name), NULL, pair->after);
			continue;
		}
		compare_one(to, how, strbuf_text(&name), pair->before, pair->after);
	}
}

void analyze_differences(const struct system *before, const struct system *after,
			 struct differences *ret)
{
	const struct system *a = before, *b = after;

	ret->before = a;
	ret->after = b;
	pair_groups(ret);
	compare_one(ret, &status, NULL, &a->status, &b->status);
	compare_one(ret, &host, NULL, &a->host, &b->host);
	compare_many(ret, &parameters, &a->parameters, a->cmdline.state, &b->parameters,
		     b->cmdline.state);
	compare_tables(ret);
	compare_many(ret, &units, &a->units, a->units_state, &b->units, b->units_state);
	compare_groups(ret);
	compare_many(ret, &devices, &a->devices, a->devices_state, &b->devices,
		     b->devices_state);
	compare_many(ret, &channels, &a->channels, a->channels_state, &b->channels,
		     b->channels_state);
	compare_regions(ret);
	LIST_FOR_EACH (&ret->list, struct difference, one)
		difference_finish(ret, one);
}
