// SPDX-License-Identifier: GPL-2.0-or-later
/* Groups held against each other: by their members, for their numbers move. */

#include "analyze/difference.h"

/* Where a member is on both sides; NULL for in no group. */
struct seat {
	const char *name;
	const struct group *before, *after;
};

/* How many members two groups have in common. */
struct common {
	const struct group *before, *after;
	size_t count;
};

/* The seats in the order of names, of `count`. */
struct seating {
	struct seat *seats;
	size_t count;
};

static int compare_seats(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void take_seats(struct seating *seating, const struct list *groups, bool after)
{
	LIST_FOR_EACH (groups, const struct group, group)
		LIST_FOR_EACH (&group->devices.list, const char, name)
			seating->seats[seating->count++] = (struct seat){
				.name = name,
				.before = after ? NULL : group,
				.after = after ? group : NULL,
			};
}

static size_t count_members(const struct list *groups)
{
	size_t count = 0;

	LIST_FOR_EACH (groups, const struct group, group)
		count += group->devices.list.count;
	return count;
}

static struct seating seat_all(const struct differences *to)
{
	const struct list *before = &to->before->groups, *after = &to->after->groups;
	size_t most = count_members(before) + count_members(after);
	struct seating seating = {
		.seats = arena_alloc(to->arena, (most + 1) * sizeof(struct seat)),
	};
	size_t kept = 0;

	take_seats(&seating, before, false);
	take_seats(&seating, after, true);
	if (seating.count > 1)
		qsort(seating.seats, seating.count, sizeof(struct seat), compare_seats);
	for (size_t i = 0; i < seating.count; i++) {
		struct seat *seat = &seating.seats[i];

		if (kept > 0 && streq(seating.seats[kept - 1].name, seat->name)) {
			struct seat *same = &seating.seats[kept - 1];

			same->before = same->before ? same->before : seat->before;
			same->after = same->after ? same->after : seat->after;
		} else {
			seating.seats[kept++] = *seat;
		}
	}
	seating.count = kept;
	return seating;
}

static const struct seat *find_seat(const struct seating *seating, const char *name)
{
	struct seat key = { .name = name };

	if (seating->count == 0)
		return NULL;
	return bsearch(&key, seating->seats, seating->count, sizeof(key), compare_seats);
}

static int compare_places(const struct group *a, const struct group *b)
{
	return (a->index > b->index) - (a->index < b->index);
}

static int by_groups(const void *a, const void *b)
{
	const struct common *x = a, *y = b;
	int order = compare_places(x->before, y->before);

	return order != 0 ? order : compare_places(x->after, y->after);
}

/* Those that share most come first; of equals those that kept their number. */
static int by_count(const void *a, const void *b)
{
	const struct common *x = a, *y = b;
	bool x_kept = x->before->id.value == x->after->id.value;
	bool y_kept = y->before->id.value == y->after->id.value;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x_kept != y_kept)
		return x_kept ? -1 : 1;
	return by_groups(a, b);
}

static size_t count_common(const struct seating *seating, struct common *common)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < seating->count; i++) {
		const struct seat *seat = &seating->seats[i];

		if (seat->before && seat->after)
			common[count++] = (struct common){ seat->before, seat->after, 1 };
	}
	if (count > 1)
		qsort(common, count, sizeof(*common), by_groups);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && by_groups(&common[kept - 1], &common[i]) == 0)
			common[kept - 1].count++;
		else
			common[kept++] = common[i];
	}
	if (kept > 1)
		qsort(common, kept, sizeof(*common), by_count);
	return kept;
}

static void add_pair(struct differences *to, const struct group *before,
		     const struct group *after)
{
	struct pair *pair = arena_new(to->arena, struct pair);

	*pair = (struct pair){ before, after };
	list_add(to->arena, &to->groups, pair);
}

static const struct group *find_by_number(const struct list *groups, uint64_t id)
{
	LIST_FOR_EACH (groups, const struct group, group)
		if (group->id.value == id)
			return group;
	return NULL;
}

/* Groups whose members one side does not know are the same by their number at best. */
static void pair_by_number(const struct list *before, const struct list *after,
			   const struct group **partners, bool *taken)
{
	LIST_FOR_EACH (after, const struct group, group) {
		const struct group *other;

		if (partners[group->index])
			continue;
		other = find_by_number(before, group->id.value);
		if (other && !taken[other->index] &&
		    (group->devices.list.count == 0 || other->devices.list.count == 0)) {
			partners[group->index] = other;
			taken[other->index] = true;
		}
	}
}

void pair_groups(struct differences *to)
{
	const struct list *before = &to->before->groups, *after = &to->after->groups;
	struct seating seating = seat_all(to);
	const struct group **partners;
	struct common *common;
	size_t count;
	bool *taken;

	common = arena_alloc(to->arena, (seating.count + 1) * sizeof(*common));
	partners = arena_alloc(to->arena, (after->count + 1) * sizeof(void *));
	taken = arena_alloc(to->arena, before->count + 1);
	count = count_common(&seating, common);
	for (size_t i = 0; i < count; i++) {
		const struct common *one = &common[i];

		if (partners[one->after->index] || taken[one->before->index])
			continue;
		partners[one->after->index] = one->before;
		taken[one->before->index] = true;
	}
	pair_by_number(before, after, partners, taken);
	LIST_FOR_EACH (before, const struct group, group)
		if (!taken[group_at])
			add_pair(to, group, NULL);
	LIST_FOR_EACH (after, const struct group, group)
		add_pair(to, partners[group_at], group);
}

static const struct compared_record groups = {
	.record = &group_record,
	.reasons = true,
};

/* Members of one group that stand in another on the other side, or in none. */
struct moves {
	struct strbuf parted; /* where those are that left */
	struct strbuf joined; /* where those were that came */
	struct strbuf fresh;  /* those that are new on the machine */
	bool moved;
};

static void add_move(struct strbuf *text, const char *name, const struct group *group,
		     const char *tense)
{
	strbuf_printf(text, "%s%s %s in ", text->length > 0 ? ", " : "", name, tense);
	if (group)
		strbuf_printf(text, "group %llu", (unsigned long long)group->id.value);
	else
		strbuf_puts(text, "no group");
}

/* A name that stands in several groups of one machine has its seat in one of them. */
static bool holds(const struct group *group, const struct group *seat, const char *name)
{
	if (group == seat)
		return true;
	LIST_FOR_EACH (&group->devices.list, const char, other)
		if (streq(other, name))
			return true;
	return false;
}

static bool is_on(const struct system *system, const char *name)
{
	struct pci_address address;

	return parse_pci_address(name, &address) < 0 || system_find_device(system, name);
}

static struct moves find_moves(const struct differences *to, const struct seating *seats,
			       const struct group *before, const struct group *after)
{
	struct moves moves = { 0 };

	LIST_FOR_EACH (&before->devices.list, const char, name) {
		const struct seat *seat = find_seat(seats, name);

		if (holds(after, seat->after, name))
			continue;
		moves.moved = true;
		if (is_on(to->after, name))
			add_move(&moves.parted, name, seat->after, "is");
	}
	LIST_FOR_EACH (&after->devices.list, const char, name) {
		const struct seat *seat = find_seat(seats, name);

		if (holds(before, seat->before, name))
			continue;
		moves.moved = true;
		if (is_on(to->before, name))
			add_move(&moves.joined, name, seat->before, "was");
		else
			strbuf_printf(&moves.fresh, "%s%s",
				      moves.fresh.length > 0 ? ", " : "", name);
	}
	return moves;
}

static const char *members(struct arena *arena, const struct list *names)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (names, const char, name) {
		strbuf_puts(&text, name_at > 0 ? ", " : "");
		strbuf_add_safe(&text, name);
	}
	return text.length > 0 ? arena_strdup(arena, strbuf_text(&text)) : NULL;
}

static const char *group_name(struct arena *arena, const struct group *group)
{
	return arena_printf(arena, "%llu", (unsigned long long)group->id.value);
}

/* "-0000:01:00.1 +0000:01:00.2" */
static const char *moved_members(struct arena *arena, const struct seating *seats,
				 const struct group *before, const struct group *after)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (&before->devices.list, const char, name)
		if (!holds(after, find_seat(seats, name)->after, name)) {
			strbuf_puts(&text, text.length > 0 ? " -" : "-");
			strbuf_add_safe(&text, name);
		}
	LIST_FOR_EACH (&after->devices.list, const char, name)
		if (!holds(before, find_seat(seats, name)->before, name)) {
			strbuf_puts(&text, text.length > 0 ? " +" : "+");
			strbuf_add_safe(&text, name);
		}
	return arena_strdup(arena, strbuf_text(&text));
}

static void compare_members(struct differences *to, const struct seating *seats,
			    const struct group *before, const struct group *after)
{
	struct moves moves = find_moves(to, seats, before, after);
	struct arena *arena = to->arena;
	struct difference *one;

	if (moves.moved) {
		one = difference_add(to, group_record.singular, group_name(arena, after),
				     CHANGE_CHANGED, "devices",
				     members(arena, &before->devices.list),
				     members(arena, &after->devices.list));
		one->moved = moved_members(arena, seats, before, after);
		if (moves.parted.length > 0)
			difference_mean(to, one,
					arena_printf(arena, "split: %s now",
						     strbuf_text(&moves.parted)));
		if (moves.joined.length > 0)
			difference_mean(to, one,
					arena_printf(arena, "joined: %s before",
						     strbuf_text(&moves.joined)));
		if (moves.fresh.length > 0 && after->devices.list.count > 1)
			difference_mean(to, one,
					arena_printf(arena, "new in it: %s",
						     strbuf_text(&moves.fresh)));
	}
	strbuf_free(&moves.parted);
	strbuf_free(&moves.joined);
	strbuf_free(&moves.fresh);
}

/* Numbers say nothing of the machine. */
static void compare_numbers(struct differences *to, const struct group *before,
			    const struct group *after)
{
	const char *old = group_name(to->arena, before);
	const char *new = group_name(to->arena, after);

	if (!streq(old, new))
		difference_add(to, group_record.singular, new, CHANGE_CHANGED, "id", old,
			       new)
			->follows = true;
}

/*
 * A group that is on one side alone. Whose members are all in other groups has been told
 * of there; whose members came or went as devices follows from that.
 */
static void add_whole(struct differences *to, const struct seating *seats,
		      const struct group *group, enum change change)
{
	bool came = change == CHANGE_APPEARED;
	const char *text = members(to->arena, &group->devices.list);
	size_t elsewhere = 0, on = 0;
	struct difference *one;

	LIST_FOR_EACH (&group->devices.list, const char, name) {
		const struct seat *seat = find_seat(seats, name);

		elsewhere += (came ? seat->before : seat->after) != NULL;
		on += is_on(came ? to->before : to->after, name);
	}
	if (elsewhere > 0)
		return;
	one = difference_add(to, group_record.singular, group_name(to->arena, group),
			     change, NULL, came ? NULL : text, came ? text : NULL);
	one->follows = on == 0 || difference_told(to, 0, "status.iommu_state");
	if (!one->follows)
		explain_difference(to, one, NULL, NULL, came ? group : NULL);
}

static bool member_changed(const struct differences *to, const struct group *group,
			   const char *key)
{
	const struct field *field = record_find(&device_record, key, strlen(key));

	LIST_FOR_EACH (&group->devices.list, const char, name) {
		const struct device *a = system_find_device(to->before, name);
		const struct device *b = system_find_device(to->after, name);

		if (a && b && compare_field(field, a, b) == COMPARED_DIFFERENT)
			return true;
	}
	return false;
}

/*
 * The type is what translates the members, the owner is whose drivers they have, and who
 * is isolated is up to who is in it.
 */
static void mark_more(struct differences *to, size_t from, const struct group *before,
		      const struct group *after)
{
	bool regrouped = difference_told(to, from, "group.devices");

	for (size_t i = from; i < to->list.count; i++) {
		struct difference *one = to->list.items[i];
		const char *field = known_text(one->field);

		if (!field)
			continue;
		if (one->change.value == CHANGE_CHANGED &&
		    before->id.value != after->id.value)
			one->what = arena_printf(to->arena, "%s %s (was %llu)",
						 one->record, one->object.value,
						 (unsigned long long)before->id.value);
		if (streq(field, "type") && member_changed(to, after, "translation"))
			one->follows = true;
		if (streq(field, "owner") &&
		    (member_changed(to, after, "driver") || regrouped))
			one->follows = true;
		if ((streq(field, "isolated") || streq(field, "drift")) && regrouped)
			one->follows = true;
	}
}

void compare_groups(struct differences *to)
{
	enum fact_state old = to->before->groups_state, new = to->after->groups_state;
	bool old_open = old != FACT_KNOWN && old != FACT_ABSENT;
	bool new_open = new != FACT_KNOWN &&new != FACT_ABSENT;
	struct seating seats = seat_all(to);

	if (old_open || new_open) {
		difference_count_open(to, group_record.singular, NULL, old_open,
				      new_open);
		return;
	}
	LIST_FOR_EACH (&to->groups, const struct pair, pair) {
		const struct group *before = pair->before, *after = pair->after;
		size_t from = to->list.count;

		if (!before) {
			add_whole(to, &seats, after, CHANGE_APPEARED);
		} else if (!after) {
			add_whole(to, &seats, before, CHANGE_VANISHED);
		} else {
			compare_members(to, &seats, before, after);
			compare_numbers(to, before, after);
			compare_one(to, &groups, group_name(to->arena, after), before,
				    after);
			mark_more(to, from, before, after);
		}
	}
}
