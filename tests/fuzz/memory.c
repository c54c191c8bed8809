// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/memory: zones, cache types, and resources of PCI functions. */

#include "spec/memory.h"
#include "fuzz.h"

static bool is_within(const char *text, const char *part, size_t length)
{
	return part >= text && part + length <= text + strlen(text);
}

static void read_lines(const char *text)
{
	const char *cursor = text, *line;
	struct pci_resource resource;
	struct memtype memtype;
	size_t length;

	while ((line = next_line(&cursor, &length))) {
		if (memtype_parse_line(line, length, &memtype) == 0) {
			MUST(memtype.start <= memtype.end);
			MUST(is_within(line, memtype.type, memtype.type_length));
			MUST(memtype.type + memtype.type_length == line + length);
		}
		if (pci_resource_parse_line(line, length, &resource) == 0)
			MUST(length >= strlen("0x0 0x0 0x0"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char *cursor = text;
	struct zoneinfo zone;
	struct system system;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while (zoneinfo_next(&cursor, &zone)) {
		MUST(zone.spanned > 0);
		MUST(is_within(text, zone.name, zone.name_length));
		MUST(!memchr(zone.name, '\n', zone.name_length));
	}
	read_lines(text);
	free(text);

	/* The same where pages have to make up the memory. */
	fuzz_tree();
	tree_file("proc/iomem", "00001000-00ffffff : System RAM\n");
	fuzz_source("proc/zoneinfo", data, size, source_iomem_read, &system);
	LIST_FOR_EACH (&system.zones, const struct span_set, set)
		LIST_FOR_EACH (&set->spans, const struct span, span)
			MUST(span->start <= span->end);
	system_free(&system);
	return 0;
}
