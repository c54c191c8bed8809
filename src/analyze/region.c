// SPDX-License-Identifier: GPL-2.0-or-later
/* Who owns each region of the physical address map, and what its addresses are. */

#include "analyze/analyze.h"

#include "spec/memory.h"

/* The PCI address that a name begins with; a part of the function may follow. */
static const char *leading_bdf(struct arena *arena, const char *name)
{
	return arena_strndup(arena, name, strcspn(name, " "));
}

/* A device on the bus that "PCI Bus 0000:3a" names; NULL where it has none. */
static const struct device *device_on_bus(const struct system *system, const char *name)
{
	static const char head[] = "PCI Bus ";
	struct device key = { 0 };
	size_t low = 0, high = system->devices.count;
	const char *text = name;
	uint32_t bus;

	if (!starts_with(name, head))
		return NULL;
	text += strlen(head);
	if (parse_hex_digits(&text, 8, &key.address.domain) < 0 || *text++ != ':' ||
	    parse_hex_digits(&text, 2, &bus) < 0 || *text != '\0')
		return NULL;
	key.address.bus = (uint8_t)bus;
	while (low < high) { /* the first device that does not stand before the bus */
		size_t middle = low + (high - low) / 2;
		const struct device *key_pointer = &key;

		if (device_compare(&system->devices.items[middle], &key_pointer) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < system->devices.count) {
		const struct device *found = system->devices.items[low];

		if (found->address.domain == key.address.domain &&
		    found->address.bus == key.address.bus)
			return found;
	}
	return NULL;
}

/* The resource with these addresses of a function, or of the first bridge; or NULL. */
static const struct bar *find_bar(const struct system *system,
				  const struct region *region, const char *bdf)
{
	bool window = region->kind.value == IOMEM_PCI_WINDOW;
	struct bar key = { .bdf = bdf ? bdf : "", .window = window };
	const struct bar *key_pointer = &key, *found;
	size_t low = 0, high = system->bars.count;

	if (region->start.state != FACT_KNOWN)
		return NULL;
	key.start = region->start.value;
	key.end = region->end.value;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bar_compare(&system->bars.items[middle], &key_pointer) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == system->bars.count)
		return NULL;
	found = system->bars.items[low];
	return found->start == key.start && found->end == key.end &&
			       found->window == window && (!bdf || streq(found->bdf, bdf))
		       ? found
		       : NULL;
}

static void set_bar(struct system *system, struct region *region, const struct bar *bar)
{
	region->flags.state = region->bar.state = FACT_UNREAD;
	if (!bar)
		return;
	if (bar->name)
		region->bar = KNOWN_STR(bar->name);
	region->flags.state = FACT_KNOWN;
	if (bar->flags & RESOURCE_64_BIT)
		list_add(&system->arena, &region->flags.list, "64bit");
	if (bar->flags & RESOURCE_PREFETCH)
		list_add(&system->arena, &region->flags.list, "prefetchable");
}

static void set_driver(const struct system *system, struct region *region)
{
	const struct device *device;

	region->driver.state = region->bdf.state;
	if (region->bdf.state != FACT_KNOWN)
		return;
	device = system_find_device(system, region->bdf.value);
	region->driver.state = FACT_UNREAD;
	if (device)
		region->driver = device->driver;
}

/* A window belongs to the bridge above the bus; that of a root bus to no PCI function. */
static void own_window(struct system *system, struct region *region)
{
	const struct device *below = device_on_bus(system, region->name);
	const struct bar *bar = NULL;

	if (below)
		region->bdf = below->upstream;
	else
		region->bdf.state = FACT_ABSENT;
	/* An empty bus: the first bridge with exactly this window. */
	if (region->bdf.state == FACT_KNOWN || !below)
		bar = find_bar(system, region, known_text(region->bdf));
	if (!below && bar)
		region->bdf = KNOWN_STR(bar->bdf);
	if (region->bdf.state == FACT_KNOWN)
		set_bar(system, region, bar);
}

static bool is_within_function(const struct region *region)
{
	return region && (region->kind.value == IOMEM_PCI_FUNCTION ||
			  region->kind.value == IOMEM_DRIVER);
}

/* Parents stand before their children, and have their owner already. */
static void set_owner(struct system *system, struct region *region)
{
	const struct region *parent = region->parent;

	region->bdf.state = region->bar.state = region->flags.state = FACT_ABSENT;
	if (region->kind.value == IOMEM_PCI_FUNCTION) {
		region->bdf = KNOWN_STR(leading_bdf(&system->arena, region->name));
		set_bar(system, region, find_bar(system, region, region->bdf.value));
	} else if (region->kind.value == IOMEM_PCI_WINDOW) {
		own_window(system, region);
	} else if (is_within_function(parent)) {
		if (region->kind.value == IOMEM_OTHER ||
		    region->kind.value == IOMEM_PLATFORM)
			region->kind.value = IOMEM_DRIVER;
		region->bdf = parent->bdf;
		region->bar = parent->bar;
		region->flags = parent->flags;
	}
	set_driver(system, region);
}

static bool is_ram(const struct region *region)
{
	for (; region; region = region->parent)
		if (region->kind.value == IOMEM_RAM)
			return true;
	return false;
}

/* The labels of the sets that overlap; absent where none does and all are known. */
static void set_labels(struct system *system, struct fact_list *ret,
		       const struct list *sets, enum fact_state state, struct span span)
{
	*ret = (struct fact_list){ .state = state == FACT_KNOWN ? FACT_ABSENT : state };
	LIST_FOR_EACH (sets, const struct span_set, set) {
		if (!spans_overlap(set, span))
			continue;
		list_add(&system->arena, &ret->list, set->label);
		ret->state = FACT_KNOWN;
	}
}

void analyze_region_part(struct system *system, struct region *region, struct span part)
{
	/* The span of a zone has holes, in which there may be anything. */
	if (is_ram(region))
		set_labels(system, &region->zones, &system->zones, system->zones_state,
			   part);
	else
		region->zones.state = FACT_ABSENT;
	set_labels(system, &region->firmware, &system->firmware_map,
		   system->firmware_map_state, part);
	set_labels(system, &region->cache, &system->cache_types,
		   system->cache_types_state, part);
}

void analyze_regions(struct system *system)
{
	LIST_FOR_EACH (&system->regions, struct region, region) {
		set_owner(system, region);
		if (region->start.state == FACT_KNOWN)
			analyze_region_part(
				system, region,
				(struct span){ region->start.value, region->end.value });
		else
			region->zones.state = region->firmware.state =
				region->cache.state = region->start.state;
	}
}
