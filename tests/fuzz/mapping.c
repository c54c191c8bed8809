// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/dma-dump and spec/vtd-dump, and what is made of them. */

#include "fuzz.h"
#include "spec/dma-dump.h"
#include "spec/vtd-dump.h"

static void check_names(const struct dma_dump_names *names, const char *line,
			const char *end)
{
	MUST(names->device >= line && names->device + names->device_length <= end);
	MUST(names->driver >= line && names->driver + names->driver_length <= end);
	MUST(names->type >= line && names->type + names->type_length <= end);
	MUST(names->device_length > 0 && names->type_length > 0);
}

static void check_lines(const char *text)
{
	const char *cursor = text, *line;
	struct dma_dump_line dma;
	struct dma_dump_names names;
	struct vtd_dump_line vtd;
	size_t length;

	while ((line = next_line(&cursor, &length))) {
		const char *end = line + length;

		if (dma_dump_parse_line(line, length, &dma) == 0) {
			MUST(dma.direction + dma.direction_length <= end);
			MUST(dma.length > 0);
			MUST(dma.physical + (dma.length - 1) >= dma.physical);
			if (dma_dump_parse_names(&dma, &names) == 0)
				check_names(&names, line, end);
		}
		if (vtd_dump_parse_line(line, length, &vtd) == 0 &&
		    vtd.kind == VTD_DUMP_DEVICE)
			MUST(vtd.device > line && vtd.device + vtd.device_length < end);
	}
}

/* Counting loses nothing: every mapping of a line that is understood is in a sum. */
static void check_table(const char *text)
{
	const char *cursor = text, *line;
	struct arena arena = { 0 };
	struct mapping_table table = { 0 };
	struct mapping_sample samples[2] = { 0 };
	struct list answer = { 0 };
	uint64_t lines = 0, counted = 0;
	size_t length;

	while ((line = next_line(&cursor, &length))) {
		mapping_table_add(&arena, &table, NULL, line, length);
		lines++;
	}
	mapping_table_finish(&table);
	LIST_FOR_EACH (&table.groups, const struct mapping_group, group)
		counted += group->count.value;
	MUST(counted + table.unparsed == lines);
	MUST(counted == table.mappings);
	samples[1].table = table;
	analyze_growth(&arena, samples, 2, &answer);
	MUST(answer.count <= table.groups.count);
	LIST_FOR_EACH (&answer, const struct mapping_group, group)
		MUST(known_true(group->growing));
	arena_free(&arena);
}

static void check_reach(struct system *system)
{
	struct list reaches = { 0 };

	analyze_reach(system, &system->devices, &reaches);
	MUST(reaches.count == system->devices.count);
	LIST_FOR_EACH (&system->dma_api, const struct mappings, mappings)
		for (size_t i = 1; i < mappings->spans.count; i++) {
			const struct span *before = mappings->spans.items[i - 1];
			const struct span *span = mappings->spans.items[i];

			MUST(before->end < span->start && span->start <= span->end);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct system system;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_lines(text);
	check_table(text);
	free(text);
	fuzz_tree();
	tree_file("proc/self/mounts", "debugfs /sys/kernel/debug debugfs rw 0 0\n");
	tree_bytes("sys/kernel/debug/dma-api/dump", data, size);
	fuzz_source("sys/kernel/debug/iommu/intel/domain_translation_struct", data, size,
		    source_mapping_read, &system);
	check_reach(&system);
	system_free(&system);
	return 0;
}
