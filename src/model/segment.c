// SPDX-License-Identifier: GPL-2.0-or-later
/* The physical address map, flattened. */

#include "model/segment.h"

static bool is_in_ram(const struct region *region)
{
	while (region && region->kind.value != IOMEM_RAM)
		region = region->parent;
	return region != NULL;
}

static void add(struct segments *segments, const struct region *region, uint64_t start,
		uint64_t end)
{
	if (start > end)
		return;
	if (segments->count == segments->capacity) {
		segments->capacity = segments->capacity ? 2 * segments->capacity : 256;
		segments->items = xrealloc(segments->items,
					   segments->capacity * sizeof(struct segment));
	}
	segments->items[segments->count++] =
		(struct segment){ { start, end }, region, is_in_ram(region) };
}

/* Ends the regions that do not hold an address, and all without one. */
static const struct region *leave(struct segments *segments, const struct region *open,
				  uint64_t *at, const struct region *next)
{
	while (open && !(next && region_holds(open, next->start.value))) {
		if (*at <= open->end.value) {
			add(segments, open, *at, open->end.value);
			*at = open->end.value + 1;
			if (*at == 0) /* that was the last address */
				return NULL;
		}
		open = open->parent;
	}
	return open;
}

void segments_make(const struct list *regions, struct segments *ret)
{
	const struct region *open = NULL;
	uint64_t at = 0;

	*ret = (struct segments){ 0 };
	LIST_FOR_EACH (regions, const struct region, region) {
		if (region->start.state != FACT_KNOWN)
			continue;
		open = leave(ret, open, &at, region);
		if (open && region->start.value > at)
			add(ret, open, at, region->start.value - 1);
		at = MAX(at, region->start.value);
		open = region;
	}
	leave(ret, open, &at, NULL);
}

void segments_free(struct segments *segments)
{
	free(segments->items);
	*segments = (struct segments){ 0 };
}

size_t segments_from(const struct segments *segments, uint64_t address)
{
	size_t low = 0, high = segments->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (segments->items[middle].span.end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
