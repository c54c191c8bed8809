// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/cpu: /proc/cpuinfo. */

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_source("proc/cpuinfo", data, size, source_cpu_read, &system);
	MUST(!known_true(system.hypervisor) || memmem(data, size, "hypervisor", 10));
	system_free(&system);
	return 0;
}
