/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IORT: what the decoder and its checks share. */
#pragma once

#include "spec/acpi-node.h"
#include "spec/resolve.h"

/* Not a mapping that is for interrupts of the node itself. */
enum { IORT_NO_INDEX = UINT32_MAX };

/* Is this child of a node an ID mapping? */
bool iort_is_mapping(const struct layout_node *child);

/*
 * Which of the node's mappings is that of its own interrupts, and so of no ID that comes
 * in; IORT_NO_INDEX without one. It may be beyond the mappings that are there.
 */
uint32_t iort_own_mapping(const struct layout_node *node);

/* Complains about what the nodes say, and about how they refer to each other. */
void iort_check(struct acpi_walk *walk);
