// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/log-line and spec/fault, and what is made of them. */

#include "fuzz.h"

static void check_text(const char *text, size_t size)
{
	MUST(memchr(text, '\0', size) != NULL);
}

static void take(void *data, const struct fault *fault)
{
	size_t *count = data;

	++*count;
	MUST(fault->kind <= FAULT_DMA_MAPPING && fault->cause <= CAUSE_UNKNOWN);
	MUST(fault->access <= FAULT_ACCESS_UNKNOWN);
	MUST(fault->reason[0] && fault->text[0]);
	MUST(!fault->has_bdf || (fault->bdf.function >= 0 && fault->bdf.function < 8));
	check_text(fault->time, sizeof(fault->time));
	check_text(fault->unit, sizeof(fault->unit));
	check_text(fault->device, sizeof(fault->device));
	check_text(fault->driver, sizeof(fault->driver));
	check_text(fault->reason, sizeof(fault->reason));
	check_text(fault->text, sizeof(fault->text));
	check_text(fault->detail, sizeof(fault->detail));
}

/* A line is at most one fault, and what it ends; all come out at the end. */
static void check_lines(const uint8_t *data, size_t size)
{
	size_t count = 0, begun = 0;
	struct fault_reader reader = { .take = take, .data = &count };

	while (size > 0) {
		const uint8_t *newline = memchr(data, '\n', size);
		size_t length = newline ? (size_t)(newline - data) : size;
		char *line = malloc(length ? length : 1);

		MUST(line);
		memcpy(line, data, length);
		if (fault_read_line(&reader, line, length) != FAULT_LINE_OTHER)
			begun++;
		free(line);
		MUST(reader.word_count <= FAULT_WORDS);
		data += length;
		size -= length;
		if (newline) {
			data++;
			size--;
		}
	}
	fault_read_end(&reader);
	MUST(reader.wait == WAIT_NOTHING);
	MUST(begun > 0 || count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;
	uint64_t counted = 0;

	check_lines(data, size);
	fuzz_tree();
	tree_file("proc/iomem",
		  "00000000-00000fff : Reserved\n00001000-ffffffff : System RAM\n");
	fuzz_source("dev/kmsg", data, size, source_log_read, &system);
	LIST_FOR_EACH (&system.faults.groups, struct fault_group, group) {
		analyze_fault(group_at % 2 ? &system : NULL, &system.arena, group);
		MUST(known_text(group->advice));
		MUST(group->count.value > 0);
		counted += group->count.value;
		if (group->address.state == FACT_KNOWN) {
			MUST(group->lowest.value <= group->address.value);
			MUST(group->highest.value >= group->address.value);
		}
	}
	MUST(counted + system.faults.ungrouped == system.faults.count);
	system_free(&system);
	return 0;
}
