// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a machine is counted by a few words, for metrics. */

#include "analyze/tally.h"

#include "model/tally.h"

static void add_count(struct arena *arena, struct list *rows, const char *label,
		      uint64_t count)
{
	const struct tally row = {
		.labels = { label },
		.count = KNOWN_U64(count),
		.bytes.state = FACT_ABSENT,
	};

	tally_add(arena, rows, &row);
}

void tally_groups(struct system *system, struct list *ret)
{
	if (system->groups_state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (&system->groups, const struct group, group) {
		const char *type = known_text(group->type);

		add_count(&system->arena, ret, type ? type : TALLY_UNKNOWN, 1);
	}
}

void tally_drift(struct system *system, struct list *ret)
{
	uint64_t yes = 0, no = 0, unknown = 0;

	if (system->groups_state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (&system->groups, const struct group, group) {
		yes += known_true(group->drift);
		no += known_false(group->drift);
		unknown += group->drift.state != FACT_KNOWN;
	}
	add_count(&system->arena, ret, "yes", yes);
	add_count(&system->arena, ret, "no", no);
	add_count(&system->arena, ret, TALLY_UNKNOWN, unknown);
}

void tally_devices(struct system *system, struct list *ret)
{
	for (int i = 0; i < STATUS_MODES; i++) {
		struct fact_u64 count = system->status.modes[i];

		if (count.state == FACT_KNOWN)
			add_count(&system->arena, ret,
				  i == STATUS_MODE_UNKNOWN ? TALLY_UNKNOWN
							   : translation_names[i].name,
				  count.value);
	}
}

/* A field of a fault as text, NULL where it has none. */
static const char *fault_text(struct arena *arena, const struct fault_group *fault,
			      const char *key)
{
	struct value value;

	record_get(record_find(&fault_record, key, strlen(key)), fault, &value);
	return value.state == FACT_KNOWN ? arena_strdup(arena, value.text) : NULL;
}

void tally_faults(struct system *system, struct list *ret)
{
	struct arena *arena = &system->arena;

	if (system->faults_state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (&system->faults.groups, const struct fault_group, fault) {
		const struct tally row = {
			.labels = { fault_text(arena, fault, "device"),
				    fault_text(arena, fault, "kind"),
				    fault_text(arena, fault, "cause"),
				    fault_text(arena, fault, "reason") },
			.count = fault->count,
			.bytes.state = FACT_ABSENT,
		};

		tally_add(arena, ret, &row);
	}
	if (system->faults.ungrouped > 0)
		add_count(arena, ret, TALLY_OTHER, system->faults.ungrouped);
}

void tally_unread(struct system *system, struct list *ret)
{
	LIST_FOR_EACH (&system->unread, const struct unread, unread)
		add_count(&system->arena, ret, unread->source, 1);
}

void tally_mappings(struct arena *arena, const struct mapping_table *table,
		    struct list *ret)
{
	uint64_t bytes = 0;

	LIST_FOR_EACH (&table->groups, const struct mapping_group, group) {
		const struct tally row = {
			.labels = { known_text(group->driver), group->direction },
			.count = group->count,
			.bytes = group->bytes,
		};

		tally_add(arena, ret, &row);
		bytes += group->bytes.value;
	}
	if (table->left_out > 0) {
		const struct tally row = {
			.labels = { TALLY_OTHER },
			.count = KNOWN_U64(table->left_out),
			.bytes = KNOWN_U64(table->bytes - bytes),
		};

		tally_add(arena, ret, &row);
	}
}

static void add_known(struct fact_u64 *to, struct fact_u64 more)
{
	if (to->state == FACT_KNOWN && more.state == FACT_KNOWN)
		to->value += more.value;
	else if (to->state == FACT_KNOWN)
		*to = more;
}

void tally_units(struct system *system, size_t limit, struct list *ret)
{
	struct unit *rest = arena_new(&system->arena, struct unit);
	size_t summed = 0, taken = 0;

	*rest = (struct unit){
		.name = TALLY_OTHER,
		.kind.state = FACT_ABSENT,
		.devices = KNOWN_U64(0),
		.domains_used = KNOWN_U64(0),
		.domains_supported = KNOWN_U64(0),
	};
	LIST_FOR_EACH (&system->units, const struct unit, unit) {
		if (taken < limit && !streq(unit->name, TALLY_OTHER)) {
			list_add(&system->arena, ret, unit);
			taken++;
			continue;
		}
		add_known(&rest->devices, unit->devices);
		add_known(&rest->domains_used, unit->domains_used);
		add_known(&rest->domains_supported, unit->domains_supported);
		summed++;
	}
	if (summed > 0)
		list_add(&system->arena, ret, rest);
}
