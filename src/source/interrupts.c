// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether interrupts are remapped: the names of the interrupt chips say so. */

#include "source/attr.h"
#include "source/source.h"

/*
 * The function that a chip is of: "PCI-MSIX-0000:00:03.0", since Linux 6.2. NULL where
 * the name has none.
 */
static const char *function_of(struct arena *arena, const char *word, size_t length)
{
	static const char *const kinds[] = { "PCI-MSI-", "PCI-MSIX-" };
	struct pci_address address;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t head = strlen(kinds[i]);
		const char *bdf;

		if (length <= head || !starts_with(word, kinds[i]))
			continue;
		bdf = arena_strndup(arena, word + head, length - head);
		return parse_pci_address(bdf, &address) == 0 ? bdf : NULL;
	}
	return NULL;
}

/*
 * x86 names the chips of remapped interrupts with a prefix: "IR-PCI-MSI-0000:00:03.0",
 * "IR-IO-APIC". Other architectures have no such chips and the fact stays absent.
 */
static void take_chip(struct system *system, const char *word, size_t length)
{
	static const char prefix[] = "IR-";
	bool remapped = length > strlen(prefix) && starts_with(word, prefix);
	const char *bdf;

	if (*word != 'I' && *word != 'P') /* most words are counts */
		return;
	if (remapped) {
		word += strlen(prefix);
		length -= strlen(prefix);
		system->remapped_interrupts = KNOWN_BOOL(true);
	} else if ((starts_with(word, "IO-APIC") || starts_with(word, "PCI-MSI")) &&
		   system->remapped_interrupts.state != FACT_KNOWN) {
		system->remapped_interrupts = KNOWN_BOOL(false);
	}
	/* Arm's Interrupt Translation Service: "ITS-MSI", "ITS-PCI-MSIX-0000:01:00.0". */
	if (starts_with(word, "ITS-"))
		system->its_interrupts = KNOWN_BOOL(true);
	bdf = function_of(&system->arena, word, length);
	if (bdf) {
		struct interrupt_chip *chip =
			arena_new(&system->arena, struct interrupt_chip);

		*chip = (struct interrupt_chip){ bdf, remapped };
		list_add(&system->arena, &system->interrupt_chips, chip);
	}
}

void source_interrupts_read(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, "proc/interrupts");

	r = proc_missing(root, r, "proc/interrupts");
	system->remapped_interrupts.state = r < 0 ? fact_state_of(r) : FACT_ABSENT;
	system->its_interrupts.state = system->remapped_interrupts.state;
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		const char *end = line + length, *word;
		size_t word_length;

		while ((word = next_word(&line, " \t\n", &word_length)) && word < end)
			take_chip(system, word, word_length);
	}
	if (bytes.size == 0) {
		root_note(root, "proc/interrupts", "empty");
		system->remapped_interrupts.state = FACT_MALFORMED;
	}
}
