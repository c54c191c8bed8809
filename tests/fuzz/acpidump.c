// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/acpidump: the text of acpidump. */

#include "fuzz.h"
#include "spec/acpi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct list dumps = { 0 };
	char *text = xrealloc(NULL, size);
	size_t total = 0, found;

	if (size > 0)
		memcpy(text, data, size);
	found = acpi_parse_dump(&arena, text, size, &dumps);
	MUST(found == dumps.count);
	LIST_FOR_EACH (&dumps, const struct acpi_dump, dump) {
		MUST(strlen(dump->signature) == 4);
		for (size_t i = 0; i < dump->size; i++)
			total += dump->bytes[i] ? 1 : 1;
	}
	MUST(total * 3 <= size); /* "00 " makes a byte */
	arena_free(&arena);
	free(text);
	return 0;
}
