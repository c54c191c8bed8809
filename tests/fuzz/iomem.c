// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/iomem: /proc/iomem, the order of its regions, and who owns an address. */

#include "fuzz.h"

/* A note that nothing was there to be read is no lost line. */
static size_t lines_of_map(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\0', size);
	size_t lines = 0;

	if (end)
		size = (size_t)(end - data);
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || i + 1 == size;
	return lines;
}

static size_t refused_lines(const struct system *system)
{
	size_t count = 0;

	LIST_FOR_EACH (&system->unread, const struct unread, item)
		if (strstr(item->reason, "not \"start-end : name\""))
			count = strtoul(item->reason, NULL, 10);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;
	const struct region *before = NULL;

	fuzz_source("proc/iomem", data, size, source_iomem_read, &system);
	MUST(system.regions.count + refused_lines(&system) == lines_of_map(data, size));
	LIST_FOR_EACH (&system.regions, const struct region, region) {
		bool known = region->start.state == FACT_KNOWN;
		uint64_t start = region->start.value, end = region->end.value;

		MUST(known == (region->end.state == FACT_KNOWN));
		MUST(system.regions_state == FACT_KNOWN || !known);
		MUST(!before || before->start.value <= start);
		MUST(!region->parent ||
		     region->parent->depth.value < region->depth.value);
		before = region;
		if (!known)
			continue;
		MUST(start <= end);
		MUST(!region->parent || (region_holds(region->parent, start) &&
					 region_holds(region->parent, end)));
		MUST(region_holds(system_region_at(&system, start), start));
		MUST(region_holds(system_region_at(&system, end), end));
	}
	system_free(&system);
	return 0;
}
