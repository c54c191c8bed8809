// SPDX-License-Identifier: GPL-2.0-or-later
/* The map of addresses held against another: what lies where, by its name. */

#include "analyze/difference.h"

/* All places of one name. */
struct area {
	const char *name;
	struct fact_list range; /* texts */
};

static const struct field fields[] = {
	FIELD(struct area, name, "NAME", F_STR, F_LABEL, "what the kernel calls it"),
	FIELD(struct area, range, "RANGE", F_STRV, 0, "first and last addresses"),
};

static const struct record area_record =
	RECORD("regions", "region", "addresses by their names", fields);

static const struct compared_record areas = {
	.record = &area_record,
	.shown = { "range" },
};

/*
 * The kernel's own place is drawn by lot at each boot, what belongs to functions and
 * drivers moves with them and is told of there.
 */
static bool is_compared(const struct region *region)
{
	static const bool left_out[] = {
		[IOMEM_KERNEL] = true, [IOMEM_PCI_FUNCTION] = true,
		[IOMEM_DRIVER] = true, [IOMEM_PCI_WINDOW] = true,
		[IOMEM_NONE] = true,
	};
	size_t kind = (size_t)region->kind.value;

	return region->name && region->start.state == FACT_KNOWN &&
	       region->kind.state == FACT_KNOWN &&
	       (kind >= ARRAY_SIZE(left_out) || !left_out[kind]);
}

static int compare_names(const void *a, const void *b)
{
	const struct region *x = *(const struct region *const *)a;
	const struct region *y = *(const struct region *const *)b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return (x->start.value > y->start.value) - (x->start.value < y->start.value);
}

static struct list areas_of(struct arena *arena, const struct system *system)
{
	struct list sorted = { 0 }, result = { 0 };
	struct area *area = NULL;

	LIST_FOR_EACH (&system->regions, const struct region, region)
		if (is_compared(region))
			list_add(arena, &sorted, region);
	if (sorted.count > 1)
		qsort(sorted.items, sorted.count, sizeof(void *), compare_names);
	LIST_FOR_EACH (&sorted, const struct region, region) {
		if (!area || !streq(area->name, region->name)) {
			area = arena_new(arena, struct area);
			area->name = region->name;
			area->range.state = FACT_KNOWN;
			list_add(arena, &result, area);
		}
		list_add(arena, &area->range.list,
			 arena_printf(arena, "0x%llx-0x%llx",
				      (unsigned long long)region->start.value,
				      (unsigned long long)region->end.value));
	}
	return result;
}

void compare_regions(struct differences *to)
{
	struct list before = areas_of(to->arena, to->before);
	struct list after = areas_of(to->arena, to->after);

	compare_many(to, &areas, &before, to->before->regions_state, &after,
		     to->after->regions_state);
}
