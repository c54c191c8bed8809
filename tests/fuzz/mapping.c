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
