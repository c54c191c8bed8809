// SPDX-License-Identifier: GPL-2.0-or-later
/* Which physical memory a device can touch now, and how sure that is. */

#include "analyze/analyze.h"
#include "analyze/prediction.h"
#include "model/segment.h"

/* What lies within some addresses. */
struct tally {
	uint64_t bytes[IOMEM_NONE]; /* by what holds them */
	uint64_t ram;
};

struct survey {
	struct system *system;
	struct segments map;
	struct tally everything;
	uint64_t *own; /* bytes of registers, by the index of the device */
};

static uint64_t span_size(struct span span)
{
	return span.end - span.start + 1;
}

/* Counting */

static void count_part(struct tally *tally, const struct segment *segment, uint64_t bytes)
{
	tally->bytes[segment->region->kind.value] += bytes;
	if (segment->ram)
		tally->ram += bytes;
}

static void count_span(const struct survey *survey, struct tally *tally, struct span span)
{
	for (size_t i = segments_from(&survey->map, span.start); i < survey->map.count;
	     i++) {
		const struct segment *segment = &survey->map.items[i];
		struct span both = { MAX(span.start, segment->span.start),
				     MIN(span.end, segment->span.end) };

		if (segment->span.start > span.end)
			break;
		count_part(tally, segment, span_size(both));
	}
}

static bool is_registers(const struct segment *segment)
{
	return segment->region->bdf.state == FACT_KNOWN &&
	       (segment->region->kind.value == IOMEM_PCI_FUNCTION ||
		segment->region->kind.value == IOMEM_DRIVER);
}

static void count_everything(struct survey *survey)
{
	survey->own = xzalloc((survey->system->devices.count + 1) * sizeof(uint64_t));
	LIST_FOR_EACH (&survey->system->devices, struct device, device)
		device->index = device_at;
	for (size_t i = 0; i < survey->map.count; i++) {
		const struct segment *segment = &survey->map.items[i];
		const struct device *owner = NULL;

		count_part(&survey->everything, segment, span_size(segment->span));
		if (is_registers(segment))
			owner = system_find_device(survey->system,
						   segment->region->bdf.value);
		if (owner)
			survey->own[owner->index] += span_size(segment->span);
	}
}

/* Bytes of a device's own registers within some spans. */
static uint64_t count_own(const struct survey *survey, const struct device *device,
			  const struct list *spans)
{
	uint64_t own = 0;

	LIST_FOR_EACH (spans, const struct span, span)
		for (size_t i = segments_from(&survey->map, span->start);
		     i < survey->map.count &&
		     survey->map.items[i].span.start <= span->end;
		     i++) {
			const struct segment *segment = &survey->map.items[i];

			if (is_registers(segment) &&
			    streq(segment->region->bdf.value, device->bdf))
				own += MIN(span->end, segment->span.end) -
				       MAX(span->start, segment->span.start) + 1;
		}
	return own;
}

/* Puts a tally into the answer; nothing of it where the map has no addresses. */
static void set_tally(const struct survey *survey, const struct tally *tally,
		      uint64_t own, struct reach *reach)
{
	struct system *system = survey->system;
	uint64_t registers =
		tally->bytes[IOMEM_PCI_FUNCTION] + tally->bytes[IOMEM_DRIVER];

	reach->ram.state = reach->others_registers.state = reach->kinds.state =
		system->regions_state;
	if (system->regions_state != FACT_KNOWN)
		return;
	reach->ram.value = tally->ram;
	reach->others_registers.value = registers - own;
	for (int kind = 0; kind < IOMEM_NONE; kind++) {
		struct reach_kind *one;

		if (tally->bytes[kind] == 0)
			continue;
		one = arena_new(&system->arena, struct reach_kind);
		one->kind = KNOWN_ENUM(kind);
		one->bytes = KNOWN_U64(tally->bytes[kind]);
		list_add(&system->arena, &reach->kinds.list, one);
	}
}

/* What is mapped */

static void set_counts(struct reach *reach, enum fact_state state)
{
	reach->mappings.state = reach->mapped.state = reach->large.state =
		reach->writable.state = reach->path.state = state;
}

static void set_mapped(const struct survey *survey, const struct device *device,
		       const struct list *spans, struct reach *reach)
{
	struct tally tally = { 0 };

	reach->extent = KNOWN_ENUM(REACH_MAPPED);
	LIST_FOR_EACH (spans, const struct span, span)
		count_span(survey, &tally, *span);
	set_tally(survey, &tally, count_own(survey, device, spans), reach);
}

static void set_page_tables(const struct survey *survey, const struct device *device,
			    const struct mappings *mappings, struct reach *reach)
{
	static const char debugfs[] = "/sys/kernel/debug/iommu/intel";

	reach->certainty = KNOWN_ENUM(REACH_EXACT);
	reach->mappings = KNOWN_U64(mappings->count);
	reach->mapped = KNOWN_U64(mappings->bytes);
	reach->large = KNOWN_U64(mappings->large);
	reach->writable = KNOWN_U64(mappings->writable);
	reach->path = KNOWN_STR(debugfs);
	reach->why = KNOWN_STR(arena_printf(
		&survey->system->arena, "its page tables map %llu page%s%s (%s)",
		(unsigned long long)mappings->count, mappings->count == 1 ? "" : "s",
		mappings->has_pasids ? ", those of its PASIDs among them" : "", debugfs));
	set_mapped(survey, device, &mappings->spans, reach);
}

/* An IOMMU lets a device have whole pages: the smallest that its unit knows. */
static uint64_t page_of(const struct device *device)
{
	const struct list *sizes =
		device->unit_ref && device->unit_ref->page_sizes.state == FACT_KNOWN
			? &device->unit_ref->page_sizes.list
			: NULL;

	return sizes && sizes->count > 0 ? *(const uint64_t *)sizes->items[0] : 4096;
}

static void add_pages(struct system *system, struct list *spans, struct span span,
		      uint64_t page)
{
	struct span pages = { span.start & ~(page - 1), span.end | (page - 1) };

	list_add(&system->arena, spans,
		 arena_memdup(&system->arena, &pages, sizeof(pages)));
}

/* One domain serves a whole group: what is mapped for one member all can touch. */
static void add_group_mappings(struct system *system, const struct device *device,
			       struct list *spans, struct reach *reach)
{
	LIST_FOR_EACH (&device->group_ref->devices.list, const char, name) {
		const struct mappings *mappings = mappings_find(&system->dma_api, name);

		if (!mappings)
			continue;
		reach->mappings.value += mappings->count;
		reach->mapped.value += mappings->bytes;
		reach->writable.value += mappings->writable;
		LIST_FOR_EACH (&mappings->spans, const struct span, span)
			add_pages(system, spans, *span, page_of(device));
	}
}

/* Regions that are mapped one to one, in the domain from the beginning. */
static bool add_direct_regions(struct system *system, const struct device *device,
			       struct list *spans)
{
	bool any = false;

	LIST_FOR_EACH (&device->group_ref->reserved_regions.list,
		       const struct reserved_region, region) {
		if (!known_str(region->type, "direct") &&
		    !known_str(region->type, "direct-relaxable"))
			continue;
		if (region->start.state != FACT_KNOWN || region->end.state != FACT_KNOWN)
			continue;
		any = true;
		add_pages(system, spans,
			  (struct span){ region->start.value, region->end.value },
			  page_of(device));
	}
	return any;
}

/* What the DMA-API's debugging and the reserved regions tell: there may be more. */
static void set_lower_bound(const struct survey *survey, const struct device *device,
			    struct reach *reach)
{
	static const char dump[] = "/sys/kernel/debug/dma-api/dump";
	struct system *system = survey->system;
	bool api = system->dma_api_state == FACT_KNOWN, direct;
	enum fact_state missing = FACT_UNREAD;
	struct list spans = { 0 };

	direct = add_direct_regions(system, device, &spans);
	if (api)
		missing = FACT_KNOWN;
	else if (system->dma_api_state == FACT_DENIED)
		missing = FACT_DENIED;
	set_counts(reach, missing);
	reach->extent = KNOWN_ENUM(REACH_MAPPED);
	if (!api && !direct) {
		reach->ram.state = reach->others_registers.state = reach->kinds.state =
			reach->certainty.state = missing;
		reach->why =
			KNOWN_STR("translated, and nothing here shows what is mapped");
		return;
	}
	reach->certainty = KNOWN_ENUM(REACH_AT_LEAST);
	reach->large.state = FACT_UNREAD;
	if (api) {
		add_group_mappings(system, device, &spans, reach);
		reach->path = KNOWN_STR(dump);
	}
	spans_join(&spans);
	set_mapped(survey, device, &spans, reach);
	reach->why = KNOWN_STR(arena_printf(
		&system->arena, "%s%s%s; there may be more",
		api ? "what the DMA-API knows to be mapped for its group (" : "",
		api ? arena_printf(&system->arena, "%s)%s", dump, direct ? ", and " : "")
		    : "",
		direct ? "regions of its group that are mapped one to one" : ""));
}

static void set_everything(const struct survey *survey, const struct device *device,
			   struct reach *reach)
{
	struct system *system = survey->system;

	reach->extent = KNOWN_ENUM(REACH_EVERYTHING);
	reach->why = device->translation_why;
	set_counts(reach, FACT_ABSENT);
	if (known_true(system->private_memory)) {
		reach->why = KNOWN_STR(arena_printf(
			&system->arena,
			"%s; but memory of this virtual machine is private until it is "
			"shared (/proc/cpuinfo), and how much is cannot be seen",
			reach->why.value));
		return;
	}
	reach->certainty = KNOWN_ENUM(REACH_EXACT);
	set_tally(survey, &survey->everything, survey->own[device->index], reach);
}

static void set_nothing(const struct device *device, struct reach *reach)
{
	reach->extent = KNOWN_ENUM(REACH_NOTHING);
	reach->certainty = KNOWN_ENUM(REACH_EXACT);
	reach->why = device->translation_why;
	set_counts(reach, FACT_ABSENT);
	reach->ram = reach->others_registers = KNOWN_U64(0);
	reach->kinds.state = FACT_KNOWN;
}

/* A program's domain: what is mapped in it, which nothing else tells of. */
static void set_foreign(const struct device *device, struct reach *reach)
{
	if (device->translation.state == FACT_KNOWN)
		reach->extent = KNOWN_ENUM(REACH_MAPPED);
	reach->why = device->translation_why;
}

static bool is_on(struct fact_enum capability)
{
	return capability.state == FACT_KNOWN && capability.value == CAPABILITY_ON;
}

static void add_remark(struct system *system, struct reach *reach, const char *remark)
{
	reach->why = KNOWN_STR(
		arena_printf(&system->arena, "%s; %s", reach->why.value, remark));
}

/* What makes a device reach more or less than its domain says. */
static void add_remarks(struct system *system, const struct device *device,
			struct reach *reach)
{
	bool mapped =
		reach->extent.state == FACT_KNOWN && reach->extent.value == REACH_MAPPED;
	const struct device *bridge = device->upstream_ref;

	if (mapped && (is_on(device->ats) || is_on(device->pasid)) &&
	    reach->certainty.state == FACT_KNOWN)
		reach->certainty.value = REACH_AT_LEAST;
	if (mapped && is_on(device->ats))
		add_remark(
			system, reach,
			"ATS is on: addresses that it calls translated pass unchecked");
	if (mapped && is_on(device->pasid))
		add_remark(system, reach,
			   "PASID is on: processes may share their memory with it");
	if (known_false(device->bus_master)) {
		add_remark(system, reach, "BusMaster is off: it starts no DMA now");
		return;
	}
	for (size_t i = 0; bridge && i < DEPTH_MAX; i++, bridge = bridge->upstream_ref)
		if (known_false(bridge->bus_master)) {
			add_remark(system, reach,
				   arena_printf(&system->arena,
						"BusMaster of %s is off: nothing from "
						"below gets past it now",
						bridge->bdf));
			return;
		}
}

/* Its own tables, or those of another of its group: they share a domain. */
static const struct mappings *find_tables(const struct system *system,
					  const struct device *device)
{
	const struct mappings *found = mappings_find(&system->page_tables, device->bdf);

	if (found || !device->group_ref)
		return found;
	LIST_FOR_EACH (&device->group_ref->devices.list, const char, name) {
		found = mappings_find(&system->page_tables, name);
		if (found && !found->has_pasids)
			return found;
	}
	return NULL;
}

static void judge(const struct survey *survey, const struct device *device,
		  struct reach *reach)
{
	const struct mappings *tables = find_tables(survey->system, device);
	int translation = device->translation.value;

	if (device->translation.state != FACT_KNOWN || translation == TRANSLATION_VFIO) {
		if (tables && tables->count > 0)
			set_page_tables(survey, device, tables, reach);
		else
			set_foreign(device, reach);
	} else if (translation == TRANSLATION_NONE) {
		set_everything(survey, device, reach);
	} else if (translation == TRANSLATION_IDENTITY) {
		/* With something mapped another domain is attached than the default. */
		if (tables && tables->count > 0)
			set_page_tables(survey, device, tables, reach);
		else
			set_everything(survey, device, reach);
	} else if (translation == TRANSLATION_BLOCKED) {
		set_nothing(device, reach);
	} else if (tables) {
		set_page_tables(survey, device, tables, reach);
	} else {
		set_lower_bound(survey, device, reach);
	}
}

void analyze_reach(struct system *system, const struct list *devices, struct list *ret)
{
	struct survey survey = { .system = system };

	segments_make(&system->regions, &survey.map);
	count_everything(&survey);
	LIST_FOR_EACH (devices, const struct device, device) {
		struct reach *reach = arena_new(&system->arena, struct reach);

		reach->bdf = device->bdf;
		reach->driver = device->driver;
		reach->group = device->group;
		reach->translation = device->translation;
		reach->bus_master = device->bus_master;
		reach->ram_total.state = system->regions_state;
		reach->ram_total.value = survey.everything.ram;
		judge(&survey, device, reach);
		add_remarks(system, device, reach);
		list_add(&system->arena, ret, reach);
	}
	segments_free(&survey.map);
	free(survey.own);
}
