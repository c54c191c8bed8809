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
	struct mappings *current; /* whose lines these are */
	size_t refused;
};

static void add_mapping(struct reading *reading, struct span physical, bool writable,
			bool large)
{
	struct mappings *mappings = reading->current;
	uint64_t size = physical.end - physical.start + 1;

	mappings->count++;
	mappings->bytes += size;
	mappings->large += large ? size : 0;
	mappings->writable += writable ? size : 0;
	mappings_add_span(&reading->system->arena, mappings, physical);
}

static void take_table_line(void *data, const char *line, size_t length)
{
	struct reading *reading = data;
	struct vtd_dump_line parsed;

	if (vtd_dump_parse_line(line, length, &parsed) < 0 ||
	    (parsed.kind == VTD_DUMP_MAPPING && !reading->current)) {
		reading->refused++;
	} else if (parsed.kind == VTD_DUMP_DEVICE) {
		reading->current = mappings_get(&reading->system->arena, reading->list,
						parsed.device, parsed.device_length);
		reading->current->has_pasids |= parsed.pasid;
	} else if (parsed.kind == VTD_DUMP_MAPPING) {
		add_mapping(reading,
			    (struct span){ parsed.physical,
					   parsed.physical + (parsed.size - 1) },
			    parsed.writable, parsed.size > SMALL_PAGE);
	}
}

static void take_dump_line(void *data, const char *line, size_t length)
{
	static const char read_only[] = "DMA_TO_DEVICE";
	struct reading *reading = data;
	struct dma_dump_line parsed;

	if (dma_dump_parse_line(line, length, &parsed) < 0) {
		reading->refused++;
		return;
	}
	reading->current = mappings_get(&reading->system->arena, reading->list,
					parsed.device, parsed.device_length);
	add_mapping(
		reading,
		(struct span){ parsed.physical, parsed.physical + (parsed.length - 1) },
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
	struct reading reading = { .system = system, .list = &system->page_tables };
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
	system->dma_api_state = finish(root, &reading, DUMP, r);
	mappings_finish(&system->dma_api);
}
