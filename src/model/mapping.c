// SPDX-License-Identifier: GPL-2.0-or-later
/* What is mapped for a device, as far as the kernel's debug files tell. */

#include "model/mapping.h"

/* Where a name is or belongs in the list, which is in the order of names. */
static size_t place(const struct list *mappings, const char *device, size_t length,
		    bool *ret_found)
{
	size_t low = 0, high = mappings->count;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mappings *tried = mappings->items[middle];
		int order = strncmp(tried->device, device, length);

		if (order == 0 && strlen(tried->device) > length)
			order = 1;
		if (order == 0)
			*ret_found = true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct mappings *mappings_find(const struct list *mappings, const char *device)
{
	bool found;
	size_t at = place(mappings, device, strlen(device), &found);

	return found ? mappings->items[at] : NULL;
}

struct mappings *mappings_get(struct arena *arena, struct list *mappings,
			      const char *device, size_t length)
{
	struct mappings *one;
	bool found;
	size_t at = place(mappings, device, length, &found);

	if (found)
		return mappings->items[at];
	one = arena_new(arena, struct mappings);
	one->device = arena_strndup(arena, device, length);
	list_add(arena, mappings, one);
	memmove(mappings->items + at + 1, mappings->items + at,
		(mappings->count - 1 - at) * sizeof(void *));
	mappings->items[at] = one;
	return one;
}

void mappings_add_span(struct arena *arena, struct mappings *mappings, struct span span)
{
	struct span *last = mappings->last;

	if (last && last->end < span.start && last->end + 1 == span.start) {
		last->end = span.end;
		return;
	}
	mappings->last = arena_memdup(arena, &span, sizeof(span));
	list_add(arena, &mappings->spans, mappings->last);
}

void mappings_finish(struct list *mappings)
{
	LIST_FOR_EACH (mappings, struct mappings, one)
		spans_join(&one->spans);
}
