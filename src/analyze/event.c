// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened between two looks at a machine. */

#include "analyze/event.h"

#include "base/compare.h"
#include "model/mapping-group.h"

/* What is watched: lists of the model, and the fields whose changes are told. */
static const struct watched {
	const struct record *record;
	size_t objects, state;	   /* of the list, in struct system; none for status */
	size_t nested;		   /* the list of one in struct event */
	const char *name;	   /* the field that names it; NULL for its labels */
	const char *const *fields; /* ends with NULL */
} watched[] = {
	{
		.record = &status_record,
		.nested = offsetof(struct event, status),
		.fields = (const char *const[]){ "iommu_state", "default_domain",
						 "interrupt_remapping",
						 "external_dma_protection", "dma_debug",
						 NULL },
	},
	{
		.record = &unit_record,
		.objects = offsetof(struct system, units),
		.state = offsetof(struct system, units_state),
		.nested = offsetof(struct event, units),
		.fields = (const char *const[]){ "interrupt_remapping", NULL },
	},
	{
		.record = &group_record,
		.objects = offsetof(struct system, groups),
		.state = offsetof(struct system, groups_state),
		.nested = offsetof(struct event, groups),
		.fields = (const char *const[]){ "type", "devices", "isolated", "drift",
						 NULL },
	},
	{
		.record = &device_record,
		.objects = offsetof(struct system, devices),
		.state = offsetof(struct system, devices_state),
		.nested = offsetof(struct event, devices),
		.fields = (const char *const[]){ "driver", "group", "unit", "translation",
						 "bus_master", "acs", "ats", "pri",
						 "pasid", "interrupt_remapping",
						 "sriov_numvfs", NULL },
	},
	/* Not compared: these come one by one. */
	{
		.record = &fault_record,
		.nested = offsetof(struct event, faults),
		.name = "device",
	},
	{
		.record = &mapping_group_record,
		.nested = offsetof(struct event, mappings),
	},
};

static struct list *objects_of(struct arena *arena, const struct watched *kind,
			       const struct system *system)
{
	struct list *one;

	if (kind->objects > 0)
		return (struct list *)((char *)system + kind->objects);
	one = arena_new(arena, struct list);
	list_add(arena, one, &system->status);
	return one;
}

static enum fact_state state_of(const struct watched *kind, const struct system *system)
{
	if (kind->state == 0)
		return FACT_KNOWN;
	return *(const enum fact_state *)((const char *)system + kind->state);
}

static void set_text(struct arena *arena, struct event *event, const char *text)
{
	event->text = KNOWN_STR(arena_strdup(arena, text));
}

static const char *value_text(struct arena *arena, const struct field *field,
			      const void *object)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct value value;

	record_get(field, object, &value);
	value_add_text(field, &value, false, &text);
	return arena_strdup(arena, strbuf_text(&text));
}

static const struct watched *watched_of(const struct record *record)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		if (watched[i].record == record)
			return &watched[i];
	return NULL;
}

static const char *name_of(struct arena *arena, const struct watched *kind,
			   const void *object)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	if (kind->name)
		return value_text(
			arena, record_find(kind->record, kind->name, strlen(kind->name)),
			object);
	record_add_name(kind->record, object, &name);
	return arena_strdup(arena, strbuf_text(&name));
}

/* With the object in it where that is there or comes. */
struct event *event_new(struct arena *arena, enum event_kind kind,
			const struct record *record, const void *object)
{
	const struct watched *about = watched_of(record);
	struct event *event = arena_new(arena, struct event);
	struct fact_list *nested;

	*event = (struct event){
		.event = KNOWN_ENUM(kind),
		.subject.state = FACT_ABSENT,
		.name.state = FACT_ABSENT,
		.field.state = FACT_ABSENT,
		.before.state = FACT_ABSENT,
		.after.state = FACT_ABSENT,
		.text.state = FACT_ABSENT,
	};
	if (!about)
		return event;
	event->subject = KNOWN_STR(record->singular);
	if (!record->card)
		event->name = KNOWN_STR(name_of(arena, about, object));
	if (kind == EVENT_REMOVED || kind == EVENT_CHANGED || kind == EVENT_UNBOUND ||
	    kind == EVENT_BOUND)
		return event;
	nested = (struct fact_list *)((char *)event + about->nested);
	nested->state = FACT_KNOWN;
	list_add(arena, &nested->list, object);
	return event;
}

static struct fact_str value_fact(struct arena *arena, const struct field *field,
				  const void *object)
{
	struct value value;

	record_get(field, object, &value);
	return (struct fact_str){
		value.state,
		value.state == FACT_KNOWN ? value_text(arena, field, object) : NULL,
	};
}

static void add_binding(struct arena *arena, enum event_kind kind,
			const struct device *device, const char *driver, struct list *ret)
{
	struct event *event = event_new(arena, kind, &device_record, device);

	event->field = KNOWN_STR("driver");
	driver = arena_strdup(arena, driver);
	if (kind == EVENT_BOUND)
		event->after = KNOWN_STR(driver);
	else
		event->before = KNOWN_STR(driver);
	set_text(arena, event,
		 arena_printf(arena, "%s %s", driver,
			      kind == EVENT_BOUND ? "drives it" : "drives it no longer"));
	list_add(arena, ret, event);
}

static void add_removed(struct arena *arena, const struct record *record,
			const void *object, struct list *ret)
{
	list_add(arena, ret, event_new(arena, EVENT_REMOVED, record, object));
}

/* "e1000e drives it, group 12, lazy" and the like: what of the object stands out. */
static void describe(struct arena *arena, struct event *event,
		     const struct record *record, const void *object)
{
	static const char *const telling[] = { "driver", "translation", "group",   "type",
					       "owner",	 "kind",	"devices", NULL };
	_cleanup_strbuf_ struct strbuf text = { 0 };

	for (size_t i = 0; telling[i]; i++) {
		const struct field *field =
			record_find(record, telling[i], strlen(telling[i]));
		struct value value;

		if (!field)
			continue;
		record_get(field, object, &value);
		if (value.state == FACT_ABSENT)
			continue;
		strbuf_printf(&text, "%s%s ", text.length > 0 ? ", " : "", telling[i]);
		value_add_text(field, &value, false, &text);
	}
	if (text.length > 0)
		set_text(arena, event, strbuf_text(&text));
}

static void add_there(struct arena *arena, enum event_kind kind,
		      const struct record *record, const void *object, struct list *ret)
{
	struct event *event = event_new(arena, kind, record, object);

	if (record->card)
		set_text(arena, event,
			 ((const struct status *)object)->iommu_state_why.value
				 ? ((const struct status *)object)->iommu_state_why.value
				 : "");
	else
		describe(arena, event, record, object);
	list_add(arena, ret, event);
}

static bool is_pending(const struct known *known, const char *name)
{
	LIST_FOR_EACH (&known->pending, const char, pending)
		if (streq(pending, name))
			return true;
	return false;
}

static void list_remove(struct list *list, const void *item)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] != item)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static void take_away(struct arena *arena, struct known *known, const char *name,
		      struct list *ret)
{
	struct device *device = system_find_device(known->system, name);

	LIST_FOR_EACH (&known->pending, const char, pending) {
		if (!streq(pending, name))
			continue;
		/* It came and went, and nobody looked meanwhile. */
		device = arena_new(arena, struct device);
		device->bdf = pending;
		list_add(arena, ret,
			 event_new(arena, EVENT_ADDED, &device_record, device));
		add_removed(arena, &device_record, device, ret);
		list_remove(&known->pending, pending);
		return;
	}
	if (!device)
		return;
	add_removed(arena, &device_record, device, ret);
	list_remove(&known->system->devices, device);
}

void event_take(struct arena *arena, struct known *known, const struct uevent *uevent,
		struct list *ret)
{
	struct device *device = system_find_device(known->system, uevent->name);
	const char *driver = device ? known_text(device->driver) : NULL;
	bool pending = is_pending(known, uevent->name);

	if (uevent->number <= known->seen)
		return;
	switch (uevent->action) {
	case UEVENT_ADD:
		if (!device && !pending)
			list_add(&known->system->arena, &known->pending,
				 arena_strdup(&known->system->arena, uevent->name));
		break;
	case UEVENT_REMOVE:
		take_away(arena, known, uevent->name, ret);
		break;
	case UEVENT_BIND:
		if (!device || pending || !uevent->driver ||
		    (driver && streq(driver, uevent->driver)))
			break;
		if (driver)
			add_binding(arena, EVENT_UNBOUND, device, driver, ret);
		device->driver =
			KNOWN_STR(arena_strdup(&known->system->arena, uevent->driver));
		add_binding(arena, EVENT_BOUND, device, uevent->driver, ret);
		break;
	case UEVENT_UNBIND:
		if (!driver || pending)
			break;
		add_binding(arena, EVENT_UNBOUND, device, driver, ret);
		device->driver = (struct fact_str){ .state = FACT_ABSENT };
		break;
	}
}

static void add_changed(struct arena *arena, const struct record *record,
			const struct field *field, const struct pair *pair,
			struct list *ret)
{
	struct event *event = event_new(arena, EVENT_CHANGED, record, pair->after);

	event->field = KNOWN_STR(field->key);
	event->before = value_fact(arena, field, pair->before);
	event->after = value_fact(arena, field, pair->after);
	set_text(arena, event,
		 arena_printf(arena, "%s: %s, was %s", field->key,
			      value_text(arena, field, pair->after),
			      value_text(arena, field, pair->before)));
	list_add(arena, ret, event);
}

/* Whether one of the looks does not know it. */
static bool is_open(const struct field *field, const struct pair *pair)
{
	return compare_field(field, pair->before, pair->after) == COMPARED_OPEN;
}

/* That something can no longer be read, or can again, is a change, too. */
static bool has_changed(const struct field *field, const struct pair *pair)
{
	struct value before, after;

	switch (compare_field(field, pair->before, pair->after)) {
	case COMPARED_EQUAL:
		return false;
	case COMPARED_DIFFERENT:
		return true;
	case COMPARED_OPEN:
		record_get(field, pair->before, &before);
		record_get(field, pair->after, &after);
		return before.state != after.state &&
		       (before.state == FACT_KNOWN || after.state == FACT_KNOWN);
	}
	return false;
}

/* A driver goes and another comes, as the kernel would tell it. */
static void add_rebound(struct arena *arena, const struct device *before,
			const struct device *after, struct list *ret)
{
	if (known_text(before->driver))
		add_binding(arena, EVENT_UNBOUND, after, before->driver.value, ret);
	if (known_text(after->driver))
		add_binding(arena, EVENT_BOUND, after, after->driver.value, ret);
}

static void compare_objects(struct arena *arena, const struct watched *kind,
			    const struct pair *pair, struct list *ret)
{
	for (size_t i = 0; kind->fields[i]; i++) {
		const struct field *field = record_find(kind->record, kind->fields[i],
							strlen(kind->fields[i]));

		if (!has_changed(field, pair))
			continue;
		if (streq(field->key, "driver") && !is_open(field, pair))
			add_rebound(arena, pair->before, pair->after, ret);
		else
			add_changed(arena, kind->record, field, pair, ret);
	}
}

static bool can_see(const struct system *before, const struct system *now)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		if (state_of(&watched[i], before) == FACT_KNOWN &&
		    state_of(&watched[i], now) != FACT_KNOWN)
			return false;
	return true;
}

/*
 * Of what was sent during a look nobody knows how much of it the look has seen. Who
 * drives a function that was there before is told by the uevents; of one that came, the
 * look tells what it saw, and the next one what became of it.
 */
static void leave_to_uevents(const struct system *before, struct system *now,
			     const struct list *during)
{
	LIST_FOR_EACH (during, const struct uevent, uevent) {
		const struct device *old = system_find_device(before, uevent->name);
		struct device *new = system_find_device(now, uevent->name);

		if (!old || !new)
			continue;
		new->driver = old->driver;
		if (known_text(old->driver))
			new->driver.value = arena_strdup(&now->arena, old->driver.value);
	}
}

static void take_during(struct arena *arena, struct known *known,
			const struct system *before, const struct list *during,
			struct list *ret)
{
	LIST_FOR_EACH (during, const struct uevent, uevent) {
		bool drives =
			uevent->action == UEVENT_BIND || uevent->action == UEVENT_UNBIND;

		if (!drives || system_find_device(before, uevent->name))
			event_take(arena, known, uevent, ret);
	}
}

static void compare_looks(struct arena *arena, const struct system *was,
			  const struct system *now, struct list *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		const struct watched *kind = &watched[i];
		enum fact_state before = state_of(kind, was);
		/* What could not be listed before may have been there all the time. */
		enum event_kind came = before == FACT_KNOWN || before == FACT_ABSENT
					       ? EVENT_ADDED
					       : EVENT_PRESENT;
		struct list pairs = { 0 };

		if (!kind->fields)
			continue;
		compare_pair(arena, kind->record, objects_of(arena, kind, was),
			     objects_of(arena, kind, now), record_add_name, &pairs);
		LIST_FOR_EACH (&pairs, const struct pair, pair) {
			if (!pair->after)
				add_removed(arena, kind->record, pair->before, ret);
			else if (!pair->before)
				add_there(arena, came, kind->record, pair->after, ret);
			else
				compare_objects(arena, kind, pair, ret);
		}
	}
}

int event_look(struct arena *arena, struct known *known, struct system *now,
	       const struct list *during, struct list *ret)
{
	const struct system *before = known->system;
	bool sees = can_see(before, now);

	if (sees) {
		leave_to_uevents(before, now, during);
		compare_looks(arena, before, now, ret);
		known->system = now;
		known->pending = (struct list){ 0 };
	}
	take_during(arena, known, before, during, ret);
	return sees ? 0 : -EAGAIN;
}

void event_present(struct arena *arena, const struct known *known, struct list *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (!watched[i].fields)
			continue;
		LIST_FOR_EACH (objects_of(arena, &watched[i], known->system), const void,
			       object)
			add_there(arena, EVENT_PRESENT, watched[i].record, object, ret);
	}
}
