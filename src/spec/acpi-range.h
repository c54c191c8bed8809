/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges that structures of a table claim: which overlap, which are the same. */
#pragma once

#include "spec/acpi.h"

/* The numbers first..last of a space: IDs of a PCI segment, addresses, … */
struct acpi_range {
	uint64_t space, first, last;
	const struct layout_node *node;	 /* that says so */
	const struct layout_node *owner; /* for a check of its own, or NULL */
};

/* A list of ranges, to be freed by acpi_ranges_free. All zero is the empty list. */
struct acpi_ranges {
	struct acpi_range *items;
	size_t count, capacity;
	bool shared; /* the very same range twice is no overlap */
};

void acpi_ranges_add(struct acpi_ranges *ranges, const struct layout_node *node,
		     uint64_t space, uint64_t first, uint64_t last);
void acpi_ranges_free(struct acpi_ranges *ranges);

/* In the order of space, first, last and the offset of the node. */
void acpi_ranges_sort(struct acpi_ranges *ranges);
/* Does any of the sorted ranges begin with `first`? */
bool acpi_ranges_have(const struct acpi_ranges *ranges, uint64_t space, uint64_t first);

#define _cleanup_ranges_ _cleanup_(acpi_ranges_free)

/*
 * Sorts the ranges and complains about each one that overlaps one before it. Where they
 * have a single number in common, `hint`, which is not empty then, ends the sentence and
 * says that a count is wrong: a warning.
 */
void acpi_check_overlaps(struct acpi_walk *walk, struct acpi_ranges *ranges,
			 const char *what, const char *hint);

/* Sorts the ranges and complains about nodes that have the same one. */
void acpi_check_duplicates(struct acpi_walk *walk, struct acpi_ranges *ranges,
			   const char *what);
