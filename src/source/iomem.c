// SPDX-License-Identifier: GPL-2.0-or-later
/* The physical address map, and what the kernel says about its ranges elsewhere. */

#include "spec/iomem.h"
#include "source/attr.h"
#include "source/source.h"
#include "spec/memory.h"

/* The firmware's map has dozens of entries; thousands are no map of any machine. */
enum { FIRMWARE_ENTRIES_MAX = 4096, SHOWN_MAX = 40 };

#define MAP "proc/iomem"
#define ZONES "proc/zoneinfo"
#define FIRMWARE "sys/firmware/memmap"
#define CACHE_TYPES "sys/kernel/debug/x86/pat_memtype_list"
#define DEVICES "sys/bus/pci/devices"

/* Lines that make no sense are counted, and the first is quoted. */
struct refused {
	size_t count;
	char first[SHOWN_MAX + 1];
};

static void refuse_line(struct refused *refused, const char *line, size_t length)
{
	if (refused->count++ == 0)
		memcpy(refused->first, line, MIN(length, (size_t)SHOWN_MAX));
}

static enum fact_state note_refused(struct root *root, const char *path,
				    const struct refused *refused, const char *expected)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	if (refused->count == 0)
		return FACT_KNOWN;
	strbuf_add_safe(&shown, refused->first);
	root_note(root, path, "%zu line%s not %s; the first is '%s'", refused->count,
		  refused->count == 1 ? " is" : "s are", expected, strbuf_text(&shown));
	return FACT_MALFORMED;
}

/* The map */

/*
 * Without CAP_SYS_ADMIN the kernel prints every address as 0. With it a line of zeros is
 * a resource that was given no addresses, such as an empty window of a host bridge.
 */
static void add_region(struct system *system, const struct iomem_line *line,
		       size_t number)
{
	struct region *region = arena_new(&system->arena, struct region);
	bool placed = line->end > 0;

	if (line->name_length > 0)
		region->name =
			arena_strndup(&system->arena, line->name, line->name_length);
	region->kind = KNOWN_ENUM((int)iomem_kind(region->name ? region->name : ""));
	region->indent = line->indent;
	region->line = number;
	region->start = (struct fact_u64){ FACT_ABSENT, line->start };
	region->end = (struct fact_u64){ FACT_ABSENT, line->end };
	region->size.state = FACT_ABSENT;
	if (placed) {
		region->start.state = region->end.state = FACT_KNOWN;
		region->size = KNOWN_U64(line->end - line->start + 1);
		if (region->size.value == 0) /* 2^64 has no place in 64 bits */
			region->size.state = FACT_UNREAD;
		system->regions_state = FACT_KNOWN;
	}
	list_add(&system->arena, &system->regions, region);
}

static void hide_addresses(struct root *root, struct system *system)
{
	root_note(root, MAP, "addresses are hidden without CAP_SYS_ADMIN");
	LIST_FOR_EACH (&system->regions, struct region, region)
		region->start.state = region->end.state = region->size.state =
			FACT_DENIED;
}

static void read_map(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct refused refused = { 0 };
	const char *cursor, *line;
	size_t length, number = 0;
	int r = root_read(root, &bytes, MAP);

	r = proc_missing(root, r, MAP);
	system->regions_state = fact_state_of(r);
	if (r < 0)
		return;
	system->regions_state = FACT_DENIED; /* until a line has an address */
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		struct iomem_line parsed;

		number++;
		if (iomem_parse_line(line, length, &parsed) < 0)
			refuse_line(&refused, line, length);
		else
			add_region(system, &parsed, number);
	}
	if (cursor < (const char *)bytes.data + bytes.size)
		root_note(root, MAP, "holds a NUL byte, behind which nothing is read");
	note_refused(root, MAP, &refused, "\"start-end : name\"");
	if (system->regions.count == 0) {
		if (bytes.size == 0)
			root_note(root, MAP, "empty");
		system->regions_state = FACT_MALFORMED;
	} else if (system->regions_state == FACT_DENIED) {
		hide_addresses(root, system);
	}
	regions_nest(&system->regions);
}

/* Zones */

/*
 * Memory that zones count as present: System RAM, and what the firmware of arm64 and
 * others keeps from the kernel's own mapping, which they call "reserved" where it is no
 * part of that (MEMBLOCK_NOMAP).
 */
static bool is_present(const struct region *region)
{
	const struct region *parent = region->parent;

	if (region->size.state != FACT_KNOWN)
		return false;
	if (region->kind.value == IOMEM_RAM)
		return !parent || parent->kind.value != IOMEM_RAM;
	return !parent && region->name && streq(region->name, "reserved");
}

/*
 * Bytes in a page: /proc/zoneinfo counts pages, and what the zones have is in the map. 0
 * where no power of two comes near.
 */
static uint64_t page_size(const struct system *system, uint64_t present)
{
	uint64_t ram = 0;

	LIST_FOR_EACH (&system->regions, struct region, region)
		if (is_present(region))
			ram += region->size.value;
	for (uint64_t page = 4096; page <= 0x100000; page *= 2) {
		uint64_t bytes = present * page;

		if (bytes / page == present && bytes >= ram - ram / 8 &&
		    bytes <= ram + ram / 8 && present > 0)
			return page;
	}
	return 0;
}

static void add_zone(struct root *root, struct system *system,
		     const struct zoneinfo *zone, uint64_t page)
{
	uint64_t pages = UINT64_MAX / page;

	if (zone->start_pfn > pages || zone->spanned > pages - zone->start_pfn ||
	    !spans_add(&system->arena, &system->zones, zone->name, zone->name_length,
		       (struct span){ zone->start_pfn * page,
				      (zone->start_pfn + zone->spanned) * page - 1 })) {
		root_note(root, ZONES, "a zone beyond all addresses, or too many zones");
		system->zones_state = FACT_MALFORMED;
	}
}

static void read_zones(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	uint64_t present = 0, page;
	struct zoneinfo zone;
	const char *cursor;
	int r = root_read(root, &bytes, ZONES);

	r = proc_missing(root, r, ZONES);
	system->zones_state = fact_state_of(r);
	if (r < 0)
		return;
	if (system->regions_state != FACT_KNOWN) { /* nothing to compare it with */
		system->zones_state = system->regions_state;
		return;
	}
	cursor = (const char *)bytes.data;
	while (zoneinfo_next(&cursor, &zone))
		present += zone.present;
	page = page_size(system, present);
	if (page == 0) {
		root_note(root, ZONES,
			  "its pages do not make up the System RAM of /" MAP);
		system->zones_state = FACT_MALFORMED;
		return;
	}
	cursor = (const char *)bytes.data;
	while (zoneinfo_next(&cursor, &zone))
		add_zone(root, system, &zone, page);
	spans_merge(&system->zones);
}

/* The firmware's map: x86 keeps what it was given at boot. */
static void read_firmware_entry(struct root *root, struct system *system,
				const char *number)
{
	struct fact_u64 start = { 0 }, end = { 0 };
	struct fact_str type = { 0 };

	attr_u64(root, 16, &start, FIRMWARE "/%s/start", number);
	attr_u64(root, 16, &end, FIRMWARE "/%s/end", number);
	attr_str(root, &type, FIRMWARE "/%s/type", number);
	if (start.state == FACT_KNOWN && end.state == FACT_KNOWN &&
	    type.state == FACT_KNOWN && start.value <= end.value &&
	    spans_add(&system->arena, &system->firmware_map, type.value,
		      strlen(type.value), (struct span){ start.value, end.value }))
		return;
	system->firmware_map_state = FACT_UNREAD; /* a part of the map is missing */
}

static void read_firmware_map(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, FIRMWARE);

	system->firmware_map_state = root_absence(root, r, "sys/firmware");
	if (names.count > FIRMWARE_ENTRIES_MAX) {
		root_note(root, FIRMWARE, "%zu entries", names.count);
		system->firmware_map_state = FACT_MALFORMED;
		return;
	}
	LIST_FOR_EACH (&names, struct entry, entry)
		read_firmware_entry(root, system, entry->name);
	spans_merge(&system->firmware_map);
}

static void read_cache_types(struct root *root, struct system *system)
{
	static const char heading[] = "PAT memtype list:";
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct refused refused = { 0 };
	const char *cursor, *line;
	size_t length;
	int r;

	if (known_false(system->debugfs))
		return; /* which its own source has noted */
	r = root_read(root, &bytes, CACHE_TYPES);
	system->cache_types_state = debugfs_state(system, r);
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		struct memtype parsed;

		if (starts_with(line, heading))
			continue;
		if (memtype_parse_line(line, length, &parsed) < 0 ||
		    !spans_add(&system->arena, &system->cache_types, parsed.type,
			       parsed.type_length,
			       (struct span){ parsed.start, parsed.end }))
			refuse_line(&refused, line, length);
	}
	system->cache_types_state = note_refused(root, CACHE_TYPES, &refused,
						 "\"PAT: [mem start-end] type\"");
	spans_merge(&system->cache_types);
}

/* Resources of PCI functions */

static void add_bars(struct system *system, const struct device *device,
		     const struct pci_resource *resources, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct pci_resource *resource = &resources[i];
		const char *name = pci_resource_name(i, count);
		struct bar *bar;

		if ((resource->flags & RESOURCE_TYPE) != RESOURCE_MEMORY ||
		    (resource->flags & RESOURCE_UNSET) || resource->end < resource->start)
			continue;
		bar = arena_new(&system->arena, struct bar);
		bar->bdf = device->bdf;
		bar->name = name;
		bar->window = name && streq(name, "window");
		bar->start = resource->start;
		bar->end = resource->end;
		bar->flags = resource->flags;
		list_add(&system->arena, &system->bars, bar);
	}
}

static void read_resources(struct root *root, struct system *system,
			   struct device *device)
{
	struct pci_resource resources[PCI_RESOURCES_MAX];
	char text[ROOT_PAGE + 1], path[128];
	const char *cursor = text, *line;
	size_t length, count = 0;
	int r = root_read_head(root, text, ROOT_PAGE, &length, DEVICES "/%s/resource",
			       device->bdf);

	device->bars_state = fact_state_of(r);
	if (r < 0)
		return;
	text[length] = '\0';
	while ((line = next_line(&cursor, &length))) {
		if (count < PCI_RESOURCES_MAX &&
		    pci_resource_parse_line(line, length, &resources[count]) == 0) {
			count++;
			continue;
		}
		snprintf(path, sizeof(path), DEVICES "/%s/resource", device->bdf);
		root_note(root, path, "line %zu is not \"start end flags\"", count + 1);
		device->bars_state = FACT_MALFORMED;
		return;
	}
	add_bars(system, device, resources, count);
}

void source_iomem_map(struct root *root, struct system *system)
{
	if (system->regions_state == FACT_UNREAD)
		read_map(root, system);
}

void source_iomem_read(struct root *root, struct system *system)
{
	source_iomem_map(root, system);
	read_zones(root, system);
	read_firmware_map(root, system);
	read_cache_types(root, system);
}

void source_bar_read(struct root *root, struct system *system)
{
	/* Whoever reads what was unread knows these as a part of the map. */
	root->source = "iomem";
	LIST_FOR_EACH (&system->devices, struct device, device)
		read_resources(root, system, device);
	if (system->bars.count > 1)
		qsort(system->bars.items, system->bars.count, sizeof(void *),
		      bar_compare);
}
