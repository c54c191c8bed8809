// SPDX-License-Identifier: GPL-2.0-or-later
/* ACPI tables made of nodes that refer to each other: the walk, and checks they share. */

#include "spec/acpi-node.h"

/* Does an array begin where it may? What of it is beyond the node's end is cut off. */
static bool array_fits(struct acpi_walk *walk, const struct layout_node *node,
		       struct acpi_array *array)
{
	const char *name = node->layout->name, *list = array->layout->list;
	uint64_t fits;

	if (array->count == 0)
		return false;
	if (array->offset < node->layout->size || array->offset >= node->length) {
		acpi_complain(walk, node->offset, ACPI_REFERENCE,
			      "%s: %s at 0x%llx are not behind the fields of the node "
			      "and within its %u bytes",
			      name, list, (unsigned long long)array->offset,
			      node->length);
		return false;
	}
	fits = (node->length - array->offset) / array->layout->size;
	if (array->count > fits) {
		acpi_complain(
			walk, node->offset, ACPI_COUNT,
			"%s: the node counts %llu %s, and %llu of them fit into its "
			"%u bytes",
			name, (unsigned long long)array->count, list,
			(unsigned long long)fits, node->length);
		array->count = fits;
	}
	return true;
}

/* Leaves those that fit, in the order of the bytes. */
static size_t sort_arrays(struct acpi_walk *walk, const struct layout_node *node,
			  struct acpi_array *arrays, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct acpi_array array = arrays[i];
		size_t at = kept;

		if (!array_fits(walk, node, &array))
			continue;
		for (; at > 0 && arrays[at - 1].offset > array.offset; at--)
			arrays[at] = arrays[at - 1];
		arrays[at] = array;
		kept++;
	}
	return kept;
}

static void add_arrays(struct acpi_walk *walk, struct layout_node *node,
		       const struct acpi_nodes *nodes)
{
	struct acpi_array arrays[ACPI_ARRAYS_MAX];
	size_t count = nodes->arrays ? nodes->arrays(node, arrays) : 0;
	uint64_t end = 0;

	count = sort_arrays(walk, node, arrays, count);
	if (count > 0)
		node->own = (uint32_t)arrays[0].offset;
	acpi_check_reserved(walk, node);
	for (size_t i = 0; i < count; i++) {
		const struct acpi_array *array = &arrays[i];
		uint64_t at = node->offset + array->offset;

		if (array->offset < end)
			acpi_complain(walk, (uint32_t)at, ACPI_RANGE_OVERLAP,
				      "%s: %s begin within %s", node->layout->name,
				      array->layout->list, arrays[i - 1].layout->list);
		end = MAX(end, array->offset + array->count * array->layout->size);
		for (uint64_t k = 0; k < array->count; k++, at += array->layout->size)
			acpi_check_reserved(
				walk, layout_add(walk->arena, &node->children,
						 array->layout, walk->table->bytes,
						 (uint32_t)at, array->layout->size));
	}
}

/* One node; NULL where the walk cannot go on. */
static struct layout_node *add_node(struct acpi_walk *walk,
				    const struct acpi_nodes *nodes, uint32_t at)
{
	struct acpi_table *table = walk->table;
	const struct acpi_decoder *decoder = table->decoder;
	uint32_t type = table->bytes[at], left = table->size - at;
	uint32_t length =
		left >= nodes->header
			? (uint32_t)read_le(table->bytes + at + nodes->length_at, 2)
			: left;
	const struct layout *layout = layout_find(decoder->layouts, nodes->known, type);
	struct layout_node *node =
		acpi_place(walk, &table->structures,
			   layout ? layout : &decoder->layouts[nodes->known], at, length,
			   nodes->header, table->size);

	if (!node)
		return NULL;
	node->type = type;
	if (layout) {
		add_arrays(walk, node, nodes);
	} else {
		acpi_complain(walk, at, ACPI_UNKNOWN_TYPE,
			      "node of the unknown type %u, %u bytes", type, length);
		acpi_check_reserved(walk, node);
	}
	return node;
}

void acpi_walk_nodes(struct acpi_walk *walk, const struct acpi_nodes *nodes)
{
	struct acpi_table *table = walk->table;
	const struct layout *header = table->header->layout;
	uint64_t count = layout_value(table->header, "node_count", 0);
	uint64_t first = layout_value(table->header, "node_offset", 0);
	uint32_t at = header->size;

	if (count > 0 && (first < header->size || first >= table->size)) {
		acpi_complain(walk, layout_find_field(header, "node_offset")->offset,
			      ACPI_REFERENCE,
			      "the first node at 0x%llx is not behind the header and "
			      "within the table's %u bytes",
			      (unsigned long long)first, table->size);
		return;
	}
	if (count > 0)
		at = (uint32_t)first;
	for (uint64_t i = 0; i < count; i++) {
		const struct layout_node *node;

		if (at >= table->size) {
			acpi_complain(walk,
				      layout_find_field(header, "node_count")->offset,
				      ACPI_COUNT,
				      "the header counts %llu nodes, and there are %llu",
				      (unsigned long long)count, (unsigned long long)i);
			return;
		}
		node = add_node(walk, nodes, at);
		if (!node)
			return;
		at += node->length;
	}
	if (at < table->size)
		acpi_complain(
			walk, at, ACPI_TRAILING,
			"%u bytes behind the last of the %llu nodes that the header "
			"counts",
			table->size - at, (unsigned long long)count);
}

size_t acpi_node_index(const struct acpi_table *table, uint64_t offset)
{
	size_t low = 0, high = table->structures.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct layout_node *node = table->structures.items[middle];

		if (node->offset == offset)
			return middle;
		if (node->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

const struct layout_node *acpi_follow(struct acpi_walk *walk,
				      const struct layout_node *owner,
				      const struct layout_node *from, const char *key,
				      unsigned int types)
{
	const struct layout_field *field = layout_find_field(from->layout, key);
	const struct layout_node *to;
	uint64_t offset;
	size_t index;

	if (!layout_number(from, field, &offset))
		return NULL;
	index = acpi_node_index(walk->table, offset);
	if (index == SIZE_MAX) {
		acpi_complain(walk, from->offset + field->offset, ACPI_REFERENCE,
			      "%s: %s leads to 0x%llx, where no node begins",
			      owner->layout->name, field->name,
			      (unsigned long long)offset);
		return NULL;
	}
	to = walk->table->structures.items[index];
	if (to->type < 32 && (types & 1u << to->type))
		return to;
	acpi_complain(walk, from->offset + field->offset, ACPI_REFERENCE,
		      "%s: %s leads to 0x%llx, a node of type %u (%s), which it may not",
		      owner->layout->name, field->name, (unsigned long long)offset,
		      to->type, to->layout->name);
	return NULL;
}

void acpi_check_limit(struct acpi_walk *walk, const struct layout_node *node,
		      const char *key, uint64_t limit, const char *meaning)
{
	const struct layout_field *field = layout_find_field(node->layout, key);
	uint64_t value;

	if (layout_number(node, field, &value) && value > limit)
		acpi_complain(walk, node->offset + field->offset, ACPI_VALUE,
			      "%s: %s is 0x%llx, %s", node->layout->name, field->name,
			      (unsigned long long)value, meaning);
}

void acpi_check_name(struct acpi_walk *walk, const struct layout_node *node,
		     const char *key)
{
	const struct layout_field *field = layout_find_field(node->layout, key);
	size_t size = layout_field_size(node, field);
	const unsigned char *text = node->bytes + field->offset;

	if (node->own < field->offset)
		return; /* too short, which was said */
	if (size == 0 || *text == '\0')
		acpi_complain(walk, node->offset + field->offset, ACPI_VALUE,
			      "%s: %s is empty", node->layout->name, field->name);
	else if (!memchr(text, '\0', size))
		acpi_complain(walk, node->offset + field->offset, ACPI_VALUE,
			      "%s: %s does not end with a NUL", node->layout->name,
			      field->name);
}
