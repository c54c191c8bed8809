// SPDX-License-Identifier: GPL-2.0-or-later
/* A region of the physical address map and who owns it. */

#include "model/region.h"

#include <stdarg.h>

const struct enum_name region_kind_names[] = {
	[IOMEM_RAM] = { "ram", MOOD_NONE, "memory that the kernel manages" },
	[IOMEM_KERNEL] = { "kernel", MOOD_NONE, "code and data of the kernel" },
	[IOMEM_CRASH_KERNEL] = { "crash-kernel", MOOD_NONE,
				 "kept for the kernel that a crash starts" },
	[IOMEM_RESERVED] = { "reserved", MOOD_NONE,
			     "not for the kernel to hand out, for whatever reason" },
	[IOMEM_ACPI_TABLES] = { "acpi-tables", MOOD_NONE, "tables of the firmware" },
	[IOMEM_ACPI_NVS] = { "acpi-nvs", MOOD_NONE,
			     "memory of the firmware that outlives sleep" },
	[IOMEM_PERSISTENT] = { "persistent-memory", MOOD_NONE,
			       "memory that keeps its content without power" },
	[IOMEM_CXL_WINDOW] = { "cxl-window", MOOD_NONE,
			       "addresses for memory on CXL devices" },
	[IOMEM_ROM] = { "rom", MOOD_NONE, "code of the firmware or of a card" },
	[IOMEM_GRAPHICS] = { "graphics", MOOD_NONE, "memory set aside for a display" },
	[IOMEM_PCI_CONFIG] = { "pci-config", MOOD_NONE,
			       "configuration space of PCI functions (ECAM)" },
	[IOMEM_PCI_WINDOW] = { "pci-window", MOOD_NONE,
			       "addresses that a host bridge or bridge passes on to a "
			       "bus" },
	[IOMEM_PCI_FUNCTION] = { "pci-function", MOOD_NONE,
				 "registers or memory of a PCI function (BAR or ROM)" },
	[IOMEM_DRIVER] = { "driver", MOOD_NONE,
			   "claimed by a driver, within a PCI function" },
	[IOMEM_IOMMU] = { "iommu", MOOD_NONE, "registers of an IOMMU unit" },
	[IOMEM_INTERRUPTS] = { "interrupts", MOOD_NONE,
			       "registers of an interrupt controller" },
	[IOMEM_TIMER] = { "timer", MOOD_NONE, "registers of a timer (HPET)" },
	[IOMEM_PLATFORM] = { "platform", MOOD_NONE,
			     "a device of the platform, from ACPI or a device tree" },
	[IOMEM_OTHER] = { "other", MOOD_NONE, "a name that dmascope has no table for" },
	[IOMEM_NONE] = { "none", MOOD_WARN, "no region: nobody claimed these addresses" },
	{ 0 },
};

static void get_range(const void *object, struct value *ret)
{
	const struct region *region = object;

	ret->state = region->start.state;
	ret->text = ret->scratch;
	snprintf(ret->scratch, sizeof(ret->scratch), "0x%llx-0x%llx",
		 (unsigned long long)region->start.value,
		 (unsigned long long)region->end.value);
}

static void get_parent(const void *object, struct value *ret)
{
	const struct region *region = object;

	ret->text = region->parent ? region->parent->name : NULL;
	ret->state = ret->text ? FACT_KNOWN : FACT_ABSENT;
}

static _printf_(2, 3) void add_detail(struct value *value, const char *format, ...)
{
	size_t length = strlen(value->scratch);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(value->scratch + length, sizeof(value->scratch) - length, format,
		  arguments);
	va_end(arguments);
}

/* "64bit, prefetchable", or with a title "zone: DMA + DMA32". */
static void add_details(struct value *value, const char *title,
			const struct fact_list *texts)
{
	if (texts->state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (&texts->list, const char, text) {
		if (title && text_at > 0)
			add_detail(value, " + ");
		else if (value->scratch[0])
			add_detail(value, ", ");
		if (title && text_at == 0)
			add_detail(value, "%s: ", title);
		add_detail(value, "%s", text);
	}
}

/* Each kind of region has another fact that matters: columns for all would be empty. */
static void get_details(const void *object, struct value *ret)
{
	const struct region *region = object;

	ret->state = region->start.state;
	ret->text = ret->scratch;
	if (region->kind.value == IOMEM_NONE)
		add_detail(ret, "no region");
	if (region->bar.state == FACT_KNOWN)
		add_detail(ret, "%s", region->bar.value);
	add_details(ret, NULL, &region->flags);
	if (region->kind.value != IOMEM_PCI_WINDOW) /* others are mapped within it */
		add_details(ret, NULL, &region->cache);
	add_details(ret, "zone", &region->zones);
	if (region->zones.state != FACT_KNOWN) /* what is in a zone is RAM to all */
		add_details(ret, "firmware", &region->firmware);
	if (ret->state == FACT_KNOWN && ret->scratch[0] == '\0')
		ret->state = FACT_ABSENT;
}

static const struct field fields[] = {
	FIELD_MADE("range", "RANGE", F_STR, F_SHOW | F_TEXT_ONLY,
		   "first and last address", get_range),
	FIELD(struct region, name, "NAME", F_STR, F_SHOW | F_TRUNC,
	      "what the kernel calls it: a kind of memory, a PCI function, a driver; "
	      "absent "
	      "for a gap"),
	FIELD(struct region, driver, "DRIVER", F_STR, F_SHOW,
	      "driver of the PCI function that it belongs to; absent where it belongs to "
	      "none"),
	FIELD_MADE(
		"details", "DETAILS", F_STR, F_SHOW | F_TRUNC | F_TEXT_ONLY,
		"what else is known: BAR, cache type, zones, type in the firmware's map",
		get_details),
	FIELD(struct region, start, "START", F_HEX, 0, "first address"),
	FIELD(struct region, end, "END", F_HEX, 0, "last address, which belongs to it"),
	FIELD(struct region, size, "SIZE", F_BYTES, F_RIGHT, "how many bytes"),
	FIELD(struct region, depth, "DEPTH", F_UINT, F_RIGHT, "how many regions hold it"),
	FIELD_MADE("parent", "PARENT", F_STR, F_TRUNC,
		   "name of the region that holds it; absent for the outermost",
		   get_parent),
	FIELD(struct region, kind, "KIND", F_ENUM, 0, "what it is",
	      .names = region_kind_names),
	FIELD(struct region, bdf, "BDF", F_STR, 0,
	      "PCI function that it belongs to; of a window, the bridge that opens it"),
	FIELD(struct region, bar, "BAR", F_STR, 0,
	      "which resource of the PCI function: a Base Address Register, the "
	      "expansion "
	      "ROM, one for virtual functions, a window"),
	FIELD(struct region, flags, "FLAGS", F_STRV, 0,
	      "of such a resource: 64bit, prefetchable"),
	FIELD(struct region, zones, "ZONES", F_STRV, 0,
	      "zones that the kernel's allocator keeps this memory in; absent for what "
	      "is "
	      "no RAM"),
	FIELD(struct region, firmware, "FIRMWARE", F_STRV, 0,
	      "what the memory map of the firmware calls it; absent where that leaves it "
	      "out"),
	FIELD(struct region, cache, "CACHE", F_STRV, 0,
	      "how the processor caches it where a driver mapped it, from the kernel's "
	      "PAT "
	      "list; absent where nobody did"),
	FIELD(struct region, asked, "ASKED", F_STR, 0,
	      "the address or range that this is the answer to"),
};

/* Lists of regions are trees: each stands behind the one that holds it. */
static unsigned int get_depth(const void *object)
{
	return (unsigned int)((const struct region *)object)->depth.value;
}

const struct record region_record = RECORD(
	"regions", "region", "the physical address map", fields, .depth = get_depth);

/* Order */

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_regions(const void *a, const void *b)
{
	const struct region *x = *(const struct region *const *)a;
	const struct region *y = *(const struct region *const *)b;
	int order = compare(x->start.value, y->start.value);

	if (order == 0)
		order = compare(y->end.value, x->end.value);
	if (order == 0)
		order = compare(x->place, y->place);
	return order != 0 ? order : compare(x->line, y->line);
}

/* The regions that are open at some place of the list, the outermost first. */
struct nest {
	struct region *open[REGION_DEPTH_MAX];
	size_t count;
};

static void hang_in(struct nest *nest, struct region *region)
{
	region->parent = nest->count > 0 ? nest->open[nest->count - 1] : NULL;
	region->depth = KNOWN_U64(region->parent ? region->parent->depth.value + 1 : 0);
}

static void open_region(struct nest *nest, struct region *region)
{
	if (nest->count < REGION_DEPTH_MAX)
		nest->open[nest->count++] = region;
}

/*
 * By indentation. What has no addresses takes those of its parent and its place, not as
 * facts but to stand right behind it in the order of addresses.
 */
static void nest_by_lines(const struct list *regions)
{
	struct nest nest = { 0 };

	LIST_FOR_EACH (regions, struct region, region) {
		while (nest.count > 0 &&
		       nest.open[nest.count - 1]->indent >= region->indent)
			nest.count--;
		hang_in(&nest, region);
		open_region(&nest, region);
		region->place = region->line;
		if (region->start.state == FACT_KNOWN)
			continue;
		region->start.value = region->parent ? region->parent->start.value : 0;
		region->end.value =
			region->parent ? region->parent->end.value : UINT64_MAX;
		region->place = region->parent ? region->parent->place : 0;
	}
}

static void nest_by_addresses(const struct list *regions)
{
	struct nest nest = { 0 };

	LIST_FOR_EACH (regions, struct region, region) {
		if (region->start.state != FACT_KNOWN) { /* its parent stands before it */
			region->depth.value =
				region->parent ? region->parent->depth.value + 1 : 0;
			continue;
		}
		while (nest.count > 0 &&
		       !(region_holds(nest.open[nest.count - 1], region->start.value) &&
			 region_holds(nest.open[nest.count - 1], region->end.value)))
			nest.count--;
		hang_in(&nest, region);
		open_region(&nest, region);
	}
}

void regions_nest(struct list *regions)
{
	nest_by_lines(regions);
	if (regions->count > 1)
		qsort(regions->items, regions->count, sizeof(void *), compare_regions);
	nest_by_addresses(regions);
}

/* Spans */

bool spans_add(struct arena *arena, struct list *sets, const char *label, size_t length,
	       struct span span)
{
	struct span_set *set = NULL;

	LIST_FOR_EACH (sets, struct span_set, other)
		if (strlen(other->label) == length &&
		    strncmp(other->label, label, length) == 0)
			set = other;
	if (!set && sets->count == SPAN_SETS_MAX)
		return false;
	if (!set) {
		set = arena_new(arena, struct span_set);
		set->label = arena_strndup(arena, label, length);
		list_add(arena, sets, set);
	}
	list_add(arena, &set->spans, arena_memdup(arena, &span, sizeof(span)));
	return true;
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = *(const struct span *const *)a;
	const struct span *y = *(const struct span *const *)b;

	return compare(x->start, y->start);
}

void spans_join(struct list *spans)
{
	struct list joined = { .items = spans->items };
	struct span *last = NULL;

	if (spans->count > 1)
		qsort(spans->items, spans->count, sizeof(void *), compare_spans);
	LIST_FOR_EACH (spans, struct span, span) {
		if (last && (last->end == UINT64_MAX || span->start <= last->end + 1)) {
			last->end = MAX(last->end, span->end);
		} else {
			joined.items[joined.count++] = span;
			last = span;
		}
	}
	spans->count = joined.count;
}

void spans_merge(struct list *sets)
{
	LIST_FOR_EACH (sets, struct span_set, set)
		spans_join(&set->spans);
}

bool spans_overlap(const struct span_set *set, struct span span)
{
	size_t low = 0, high = set->spans.count;

	/* The first that does not end before the addresses. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct span *tried = set->spans.items[middle];

		if (tried->end < span.start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->spans.count &&
	       ((const struct span *)set->spans.items[low])->start <= span.end;
}

int bar_compare(const void *a, const void *b)
{
	const struct bar *x = *(const struct bar *const *)a;
	const struct bar *y = *(const struct bar *const *)b;
	int order = compare(x->start, y->start);

	if (order == 0)
		order = compare(x->end, y->end);
	if (order == 0)
		order = (int)x->window - (int)y->window;
	return order != 0 ? order : strcmp(x->bdf, y->bdf);
}
