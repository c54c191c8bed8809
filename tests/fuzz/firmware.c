// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes analyze/platform: an IORT table, as source/firmware reads it. */

#include "fuzz.h"

static void read_firmware(struct root *root, struct system *system)
{
	system->units_state = system->groups_state = system->devices_state = FACT_KNOWN;
	source_firmware_read(root, system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_source("sys/firmware/acpi/tables/IORT", data, size, read_firmware, &system);
	MUST(system.status.iommu_state.state == FACT_KNOWN);
	system_free(&system);
	return 0;
}
