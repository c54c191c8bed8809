// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/interrupts: /proc/interrupts. */

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_source("proc/interrupts", data, size, source_interrupts_read, &system);
	MUST(!known_true(system.remapped_interrupts) || memmem(data, size, "IR-", 3));
	system_free(&system);
	return 0;
}
