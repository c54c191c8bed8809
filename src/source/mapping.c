// SPDX-License-Identifier: GPL-2.0-or-later
/* What is mapped for devices: VT-d's page tables, and the DMA-API's debugging. */

#include "source/source.h"
#include "spec/dma-dump.h"
#include "spec/vtd-dump.h"

#define TABLES "sys/kernel/debug/iommu/intel"
#define DUMP "sys/kernel/debug/dma-api/dump"

enum { SMALL_PAGE = 4096 };

/* A file of mappings while its lines go by. */
struct reading {
	struct system *system;
	struct list *list;	  /* struct mappings */
	const char *device;	  /* whose file it is; NULL for one of all devices */
	struct mappings *current; /* whose lines these are */
	size_t refused;
};

static void add_mapping(struct reading *reading, struct span physical, uint64_t size,
			bool writable, bool large)
{
	struct mappings *mappings = reading->current;

	mappings->count++;
	mappings->bytes += size;
	mappings->large += large ? size : 0;
	mappings->writable += writable ? size : 0;
	mappings_add_span(&reading->system->arena, mappings, physical);
}

/*
 * Whose tables follow. In its own file a device may bear the name of another that its
 * requests come from, as behind Intel's VMD. In the file of all devices Linux 6.0 and
 * later print the first of a group once for each member.
 */
static void begin_tables(struct reading *reading, const struct vtd_dump_line *line)
{
	struct arena *arena = &reading->system->arena;
	struct mappings *mappings;

	if (reading->device) {
		mappings = mappings_get(arena, reading->list, reading->device,
					strlen(reading->device));
	} else {
		mappings = mappings_get(arena, reading->list, line->device,
					line->device_length);
		*mappings = (struct mappings){ .device = mappings->device };
	}
	mappings->has_pasids |= line->pasid;
	reading->current = mappings;
}

static void take_table_line(void *data, const char *line, size_t length)
{
	struct reading *reading = data;
	struct vtd_dump_line parsed;

	if (vtd_dump_parse_line(line, length, &parsed) < 0 ||
	    (parsed.kind == VTD_DUMP_MAPPING && !reading->current)) {
		reading->refused++;
	} else if (parsed.kind == VTD_DUMP_DEVICE) {
		begin_tables(reading, &parsed);
	} else if (parsed.kind == VTD_DUMP_MAPPING) {
		add_mapping(reading,
			    (struct span){ parsed.physical,
					   parsed.physical + (parsed.size - 1) },
			    parsed.size, parsed.writable, parsed.size > SMALL_PAGE);
	}
}

/*
 * What of a mapping is known to lie behind its first byte: all of it where it is one
 * piece of memory. Of scatter-gather lists the DMA API may join entries, and coherent
 * memory may be pieced together; of these it tells the first page alone.
 */
static struct span span_of(const struct dma_dump_line *line,
			   const struct dma_dump_names *names)
{
	struct span span = { line->physical, line->physical + (line->length - 1) };
	static const char *const whole[] = { "single", "resource", "phy" };

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (strlen(whole[i]) == names->type_length &&
		    starts_with(names->type, whole[i]))
			return span;
	span.end = MIN(span.end, span.start | (SMALL_PAGE - 1));
	return span;
}

static void take_dump_line(void *data, const char *line, size_t length)
{
	static const char read_only[] = "DMA_TO_DEVICE";
	struct reading *reading = data;
	struct dma_dump_line parsed;
	struct dma_dump_names names;

	if (dma_dump_parse_line(line, length, &parsed) < 0 ||
	    dma_dump_parse_names(&parsed, &names) < 0) {
		reading->refused++;
		return;
	}
	reading->current = mappings_get(&reading->system->arena, reading->list,
					names.device, names.device_length);
	add_mapping(reading, span_of(&parsed, &names), parsed.length,
		    parsed.direction_length != strlen(read_only) ||
			    !starts_with(parsed.direction, read_only),
		    false);
}

/* Lines of a file that make no sense leave what is known incomplete. */
static enum fact_state finish(struct root *root, const struct reading *reading,
			      const char *path, int error)
{
	if (error == 0 && reading->refused > 0) {
		root_note(root, path, "%zu line%s could not be understood",
			  reading->refused, reading->refused == 1 ? "" : "s");
		return FACT_MALFORMED;
	}
	return debugfs_state(reading->system, error);
}

/* What follows of a device that may have been read in part is worse than nothing. */
static void drop(struct list *list, const char *device)
{
	size_t kept = 0;

	LIST_FOR_EACH (list, struct mappings, mappings)
		if (!streq(mappings->device, device))
			list->items[kept++] = mappings;
	list->count = kept;
}

/* Newer kernels have a directory for each device, and in it one for each PASID. */
static void read_device_tables(struct root *root, struct system *system,
			       const char *device)
{
	struct reading reading = { .system = system,
				   .list = &system->page_tables,
				   .device = device };
	struct list names = { 0 };
	char path[512];
	int r;

	snprintf(path, sizeof(path), TABLES "/%s/domain_translation_struct", device);
	r = root_each_line(root, take_table_line, &reading, "%s", path);
	if (r < 0 || finish(root, &reading, path, r) != FACT_KNOWN) {
		drop(reading.list, device);
		return;
	}
	if (root_list(root, &names, 0, TABLES "/%s", device) < 0)
		return;
	LIST_FOR_EACH (&names, struct entry, entry) {
		uint64_t pasid;

		if (parse_u64(entry->name, 16, &pasid) < 0)
			continue;
		snprintf(path, sizeof(path), TABLES "/%s/%s/domain_translation_struct",
			 device, entry->name);
		r = root_each_line(root, take_table_line, &reading, "%s", path);
		if (r < 0 || finish(root, &reading, path, r) != FACT_KNOWN) {
			drop(reading.list, device);
			return;
		}
	}
}

/* The kernel holds the unit's lock while it prints tables: no more than is asked for. */
static bool is_wanted(const struct system *system, const char *device)
{
	LIST_FOR_EACH (&system->mappings_wanted, const char, name)
		if (streq(name, device))
			return true;
	return system->mappings_wanted.count == 0;
}

static void read_tables(struct root *root, struct system *system)
{
	static const char single[] = "domain_translation_struct";
	struct reading reading = { .system = system, .list = &system->page_tables };
	struct list names = { 0 };
	int r = root_list(root, &names, 0, TABLES);

	system->page_tables_state = debugfs_state(system, r);
	LIST_FOR_EACH (&names, struct entry, entry) {
		struct pci_address address;

		if (parse_pci_address(entry->name, &address) == 0) {
			if (!is_wanted(system, entry->name))
				continue;
			read_device_tables(root, system, entry->name);
		} else if (streq(entry->name, single)) {
			r = root_each_line(root, take_table_line, &reading, TABLES "/%s",
					   single);
			system->page_tables_state = finish(
				root, &reading, TABLES "/domain_translation_struct", r);
			if (system->page_tables_state != FACT_KNOWN)
				reading.list->count = 0;
		}
	}
	mappings_finish(&system->page_tables);
}

void source_mapping_read(struct root *root, struct system *system)
{
	struct reading reading = { .system = system, .list = &system->dma_api };
	int r;

	if (known_false(system->debugfs))
		return; /* which its own source has noted */
	read_tables(root, system);
	if (known_true(system->dma_api_disabled)) {
		system->dma_api_state = FACT_ABSENT;
		return;
	}
	r = root_each_line(root, take_dump_line, &reading, DUMP);
	finish(root, &reading, DUMP, r);
	/* Lines that make no sense are missing in it; what is there stays true. */
	system->dma_api_state = debugfs_state(system, r);
	mappings_finish(&system->dma_api);
}
