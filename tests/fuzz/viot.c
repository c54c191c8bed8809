// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/viot: a table, and which virtio-iommu functions are behind. */

#include "spec/resolve.h"
#include "table.h"

static void look(const struct acpi_table *table)
{
	const uint16_t functions[] = { 0, 0x00f8, 0x0100, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		uint32_t endpoint;
		const struct layout_node *found =
			viot_resolve_pci(table, (uint16_t)i, functions[i], &endpoint);

		MUST(!found || found->type == 3 || found->type == 4);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_table_with("VIOT", data, size, look);
}
