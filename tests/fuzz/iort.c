// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/iort: a table, and the ways that its mappings lead. */

#include "spec/resolve.h"
#include "table.h"

static void follow(const struct acpi_table *table, const struct layout_node *node,
		   uint32_t id)
{
	const unsigned int sets[] = { IORT_SMMUS, IORT_ITS_GROUPS, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		uint32_t arrived;
		const struct layout_node *found =
			iort_resolve(table, node, id, sets[i], &arrived);

		MUST(!found || (sets[i] & 1u << found->type));
	}
}

/* One node of each input: over many inputs it is every one's turn. */
static void look(const struct acpi_table *table)
{
	const struct layout_node *node;
	uint32_t arrived, sum = 0;

	MUST(!known_true(iort_has_smmu(table)) || table->structures.count > 0);
	if (table->structures.count == 0)
		return;
	for (uint32_t i = 0; i < table->size; i++)
		sum += table->bytes[i];
	node = table->structures.items[sum % table->structures.count];
	follow(table, node, 0);
	follow(table, node, UINT32_MAX);
	if (node->children.count > 0) {
		const struct layout_node *child =
			node->children.items[sum % node->children.count];

		follow(table, node,
		       (uint32_t)(layout_value(child, "input_base", 1) +
				  layout_value(child, "id_count", 1)));
	}
	iort_resolve_pci(table, 0, (uint16_t)sum, IORT_SMMUS, &arrived);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_table_with("IORT", data, size, look);
}
