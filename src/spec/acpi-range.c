// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges that structures of a table claim: which overlap, which are the same. */

#include "spec/acpi-range.h"

void acpi_ranges_add(struct acpi_ranges *ranges, const struct layout_node *node,
		     uint64_t space, uint64_t first, uint64_t last)
{
	if (ranges->count == ranges->capacity) {
		ranges->capacity = MAX(ranges->capacity * 2, (size_t)64);
		ranges->items = xrealloc(ranges->items,
					 ranges->capacity * sizeof(*ranges->items));
	}
	ranges->items[ranges->count++] =
		(struct acpi_range){ space, first, last, node, NULL };
}

void acpi_ranges_free(struct acpi_ranges *ranges)
{
	free(ranges->items);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct acpi_range *one = a, *other = b;
	int order = compare_numbers(one->space, other->space);

	if (order == 0)
		order = compare_numbers(one->first, other->first);
	if (order == 0)
		order = compare_numbers(one->last, other->last);
	return order ? order : compare_numbers(one->node->offset, other->node->offset);
}

void acpi_ranges_sort(struct acpi_ranges *ranges)
{
	size_t sorted = 1;

	/* Most firmware writes them in order. */
	while (sorted < ranges->count &&
	       compare_ranges(&ranges->items[sorted - 1], &ranges->items[sorted]) < 0)
		sorted++;
	if (sorted < ranges->count)
		qsort(ranges->items, ranges->count, sizeof(*ranges->items),
		      compare_ranges);
}

bool acpi_ranges_have(const struct acpi_ranges *ranges, uint64_t space, uint64_t first)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct acpi_range *range = &ranges->items[middle];

		if (range->space == space && range->first == first)
			return true;
		if (range->space < space ||
		    (range->space == space && range->first < first))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

void acpi_check_overlaps(struct acpi_walk *walk, struct acpi_ranges *ranges,
			 const char *what, const char *hint)
{
	const struct acpi_range *widest = ranges->items;

	acpi_ranges_sort(ranges);
	for (size_t i = 1; i < ranges->count; i++) {
		const struct acpi_range *range = &ranges->items[i];
		bool same = range->first == widest->first && range->last == widest->last;

		bool touch = *hint && range->first == widest->last &&
			     widest->first < widest->last;

		if (range->space == widest->space && range->first <= widest->last &&
		    !(same && ranges->shared))
			acpi_complain(
				walk, range->node->offset,
				touch ? ACPI_COUNT : ACPI_RANGE_OVERLAP,
				"%s 0x%llx to 0x%llx overlap 0x%llx to 0x%llx of 0x%x%s",
				what, (unsigned long long)range->first,
				(unsigned long long)range->last,
				(unsigned long long)widest->first,
				(unsigned long long)widest->last, widest->node->offset,
				touch ? hint : "");
		if (range->space != widest->space || range->last > widest->last)
			widest = range;
	}
}

void acpi_check_duplicates(struct acpi_walk *walk, struct acpi_ranges *ranges,
			   const char *what)
{
	acpi_ranges_sort(ranges);
	for (size_t i = 1; i < ranges->count; i++) {
		const struct acpi_range *one = &ranges->items[i - 1],
					*other = &ranges->items[i];

		if (one->space == other->space && one->first == other->first &&
		    one->last == other->last)
			acpi_complain(walk, other->node->offset, ACPI_DUPLICATE,
				      "%s: %s 0x%llx is also that of the node at 0x%x",
				      other->node->layout->name, what,
				      (unsigned long long)other->first,
				      one->node->offset);
	}
}
