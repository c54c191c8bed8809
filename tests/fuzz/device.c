// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/pci: the uevent of a function and its configuration space. */

#include "fuzz.h"

#define FUNCTION "sys/bus/pci/devices/0000:00:1f.2"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_source(FUNCTION "/uevent", data, size, source_pci_read, &system);
	MUST(system.devices.count == 1);
	LIST_FOR_EACH (&system.devices, struct device, device) {
		MUST(device->vendor_id.state != FACT_KNOWN ||
		     device->vendor_id.value <= 0xffff);
		MUST(device->class_id.state != FACT_KNOWN ||
		     device->class_id.value <= 0xffffff);
	}
	system_free(&system);
	unlink(tree_path(FUNCTION "/uevent"));
	fuzz_source(FUNCTION "/config", data, size, source_pci_read, &system);
	MUST(system.devices.count == 1);
	system_free(&system);
	return 0;
}
