// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether interrupts are remapped: the names of the interrupt chips say so. */

#include "source/attr.h"
#include "source/source.h"

/*
 * x86 names the chips of remapped interrupts with a prefix: "IR-PCI-MSI-0000:00:03.0",
 * "IR-IO-APIC". Other architectures have no such chips and the fact stays absent.
 */
void source_interrupts_read(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, "proc/interrupts");

	r = proc_missing(root, r, "proc/interrupts");
	system->remapped_interrupts.state = r < 0 ? fact_state_of(r) : FACT_ABSENT;
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		const char *end = line + length, *word;
		size_t word_length;

		while ((word = next_word(&line, " \t\n", &word_length)) && word < end) {
			if (starts_with(word, "IR-")) {
				system->remapped_interrupts = KNOWN_BOOL(true);
				return;
			}
			if (starts_with(word, "IO-APIC") || starts_with(word, "PCI-MSI"))
				system->remapped_interrupts = KNOWN_BOOL(false);
		}
	}
	if (bytes.size == 0) {
		root_note(root, "proc/interrupts", "empty");
		system->remapped_interrupts.state = FACT_MALFORMED;
	}
}
