// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/rimt: a table, and which IOMMU its devices are behind. */

#include "spec/resolve.h"
#include "table.h"

static void look(const struct acpi_table *table)
{
	uint32_t arrived;

	LIST_FOR_EACH (&table->structures, const struct layout_node, node) {
		const uint32_t ids[] = { 0, 0x100, UINT32_MAX };

		for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
			const struct layout_node *found =
				rimt_resolve(table, node, ids[i], &arrived);

			MUST(!found || found->type == 0);
		}
	}
	rimt_resolve_pci(table, 0, 0x0008, &arrived);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_table_with("RIMT", data, size, look);
}
