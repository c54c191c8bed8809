/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzz targets of ACPI tables share: decoding, and what a decoded table promises. */
#pragma once

#include "fuzz.h"
#include "spec/acpi.h"

/* Reads every field of a structure and of all within it; returns what they add up to. */
static inline uint64_t fuzz_node(const struct acpi_table *table,
				 const struct layout_node *node)
{
	uint64_t sum = 0;

	MUST(node->bytes == table->bytes + node->offset);
	MUST(node->offset <= table->size && node->length <= table->size - node->offset);
	MUST(node->own <= node->length);
	for (size_t i = 0; i < node->layout->count; i++) {
		const struct layout_field *field = &node->layout->fields[i];
		size_t size = layout_field_size(node, field);
		uint64_t value = 0;

		MUST(size == 0 || field->offset + size <= node->own);
		for (size_t k = 0; k < size; k++)
			sum += node->bytes[field->offset + k];
		if (layout_number(node, field, &value))
			sum += value + (layout_name_of(field, value) != NULL);
	}
	LIST_FOR_EACH (&node->children, const struct layout_node, child) {
		bool listed = false;

		for (size_t i = 0; i < ARRAY_SIZE(node->layout->lists); i++)
			listed = listed ||
				 (node->layout->lists[i] &&
				  streq(node->layout->lists[i], child->layout->list));
		MUST(listed);
		MUST(child->offset >= node->offset);
		MUST(child->offset + child->length <= node->offset + node->length);
		sum += fuzz_node(table, child);
	}
	return sum;
}

static inline void fuzz_promises(const struct acpi_table *table)
{
	volatile uint64_t sum = fuzz_node(table, table->header);

	LIST_FOR_EACH (&table->structures, const struct layout_node, node)
		sum = sum + fuzz_node(table, node);
	(void)sum; /* so that the bytes are really read */
	LIST_FOR_EACH (&table->problems, const struct acpi_problem, problem) {
		MUST(problem->offset <= table->size);
		MUST(problem->code < ACPI_PROBLEMS);
		MUST(problem->text[0] && !strchr(problem->text, '\n'));
	}
}

/* Decodes the input as a table of this kind; `more`, unless NULL, looks at it too. */
static inline int fuzz_table_with(const char *signature, const uint8_t *data, size_t size,
				  void (*more)(const struct acpi_table *table))
{
	unsigned char *bytes = malloc(size ? size : 1);
	struct arena arena = { 0 };
	struct acpi_table table;

	MUST(bytes);
	memcpy(bytes, data, size);
	memcpy(bytes, signature, MIN(size, (size_t)4));
	if (acpi_decode(&arena, bytes, size, &table) == 0) {
		fuzz_promises(&table);
		if (more)
			more(&table);
	} else {
		MUST(size < ACPI_HEADER_SIZE);
	}
	arena_free(&arena);
	free(bytes);
	return 0;
}

static inline int fuzz_table(const char *signature, const uint8_t *data, size_t size)
{
	return fuzz_table_with(signature, data, size, NULL);
}
