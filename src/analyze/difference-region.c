// SPDX-License-Identifier: GPL-2.0-or-later
/* The map of addresses held against another: what lies where, by its kind. */

#include "analyze/difference.h"

/* All places of one kind. */
struct area {
	const char *name;
	struct fact_list range; /* texts */
	uint64_t size;		/* of all of them */
};

static const struct field fields[] = {
	FIELD(struct area, name, "NAME", F_STR, F_LABEL, "kind of region"),
	FIELD(struct area, range, "RANGE", F_STRV, 0, "first and last addresses"),
};

static const struct record area_record =
	RECORD("regions", "region", "addresses by what they are", fields);

static const struct compared_record areas = {
	.record = &area_record,
	.shown = { "range" },
};

/*
 * The kernel's own place is drawn by lot at each boot; what belongs to functions, drivers
 * and units is told of there; and others come and go with the release.
 */
static bool is_compared(const struct region *region)
{
	static const bool taken[] = {
		[IOMEM_RAM] = true,	   [IOMEM_CRASH_KERNEL] = true,
		[IOMEM_RESERVED] = true,   [IOMEM_ACPI_TABLES] = true,
		[IOMEM_ACPI_NVS] = true,   [IOMEM_PERSISTENT] = true,
		[IOMEM_CXL_WINDOW] = true, [IOMEM_GRAPHICS] = true,
		[IOMEM_PCI_CONFIG] = true,
	};
	size_t kind = (size_t)region->kind.value;

	return region->start.state == FACT_KNOWN && region->kind.state == FACT_KNOWN &&
	       kind < ARRAY_SIZE(taken) && taken[kind];
}

/* By kind: kernels have called the same by several names. */
static int compare_kinds(const void *a, const void *b)
{
	const struct region *x = *(const struct region *const *)a;
	const struct region *y = *(const struct region *const *)b;

	if (x->kind.value != y->kind.value)
		return x->kind.value - y->kind.value;
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
		qsort(sorted.items, sorted.count, sizeof(void *), compare_kinds);
	LIST_FOR_EACH (&sorted, const struct region, region) {
		const char *name = region_kind_names[region->kind.value].name;

		if (!area || !streq(area->name, name)) {
			area = arena_new(arena, struct area);
			area->name = name;
			area->range.state = FACT_KNOWN;
			list_add(arena, &result, area);
		}
		area->size += region->end.value - region->start.value + 1;
		list_add(arena, &area->range.list,
			 arena_printf(arena, "0x%llx-0x%llx",
				      (unsigned long long)region->start.value,
				      (unsigned long long)region->end.value));
	}
	return result;
}

enum { SLACK = 1 << 20 };

static uint64_t size_of(const struct list *list, const char *name)
{
	LIST_FOR_EACH (list, const struct area, area)
		if (streq(area->name, name))
			return area->size;
	return 0;
}

void compare_regions(struct differences *to)
{
	struct list before = areas_of(to->arena, to->before);
	struct list after = areas_of(to->arena, to->after);
	size_t from = to->list.count;

	compare_many(to, &areas, &before, to->before->regions_state, &after,
		     to->after->regions_state);
	/* From boot to boot the firmware puts its tables elsewhere, or a few more. */
	for (size_t i = from; i < to->list.count; i++) {
		struct difference *one = to->list.items[i];
		uint64_t old = size_of(&before, one->object.value);
		uint64_t new = size_of(&after, one->object.value);

		one->follows = one->follows || MAX(old, new) - MIN(old, new) < SLACK;
	}
}
