/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the decoders of ACPI tables made of nodes: IORT, VIOT and RIMT. The header counts
 * the nodes and says where the first one stands, arrays of further structures stand
 * within a node, and nodes refer to each other by their offset in the table.
 */
#pragma once

#include "spec/acpi.h"

/* Items of one layout in a row, somewhere within a node. */
struct acpi_array {
	const struct layout *layout;
	uint64_t count;	 /* as the node says */
	uint64_t offset; /* of the first one, from the node's beginning, as it says */
};

enum { ACPI_ARRAYS_MAX = 4 };

/* How the nodes of one kind of table are stored. */
struct acpi_nodes {
	uint32_t header;    /* bytes that every node has */
	uint32_t length_at; /* where in these its length stands, 16 bits */
	size_t known; /* the decoder's first layouts are of nodes; then the unknown */
	/* The arrays of a node, at most ACPI_ARRAYS_MAX; returns how many. */
	size_t (*arrays)(const struct layout_node *node, struct acpi_array *ret);
};

/*
 * Adds every node that the header's fields node_count and node_offset tell of, and the
 * arrays within them as children in the order of the bytes. A node's own fields end
 * where its first array begins. Complains about what does not fit.
 */
void acpi_walk_nodes(struct acpi_walk *walk, const struct acpi_nodes *nodes);

/* The place in table->structures of the node at an offset, SIZE_MAX without one. */
size_t acpi_node_index(const struct acpi_table *table, uint64_t offset);

/*
 * The node of one of the types (a set, as bits) that a field of `from` leads to, or NULL
 * with a complaint in the name of `owner`. A field that is not there is no reason for it.
 */
const struct layout_node *acpi_follow(struct acpi_walk *walk,
				      const struct layout_node *owner,
				      const struct layout_node *from, const char *key,
				      unsigned int types);

/* Complains where a field of a node is above `limit`; `meaning` ends the sentence. */
void acpi_check_limit(struct acpi_walk *walk, const struct layout_node *node,
		      const char *key, uint64_t limit, const char *meaning);

/* Complains where the text of a field does not end with a NUL, or is empty. */
void acpi_check_name(struct acpi_walk *walk, const struct layout_node *node,
		     const char *key);
