/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DMAR: the numbers by which the specification tells structures and scopes apart. */
#pragma once

#include "spec/acpi.h"

/* VT-d 8.2 */
enum dmar_type {
	DMAR_DRHD = 0,
	DMAR_RMRR = 1,
	DMAR_ATSR = 2,
	DMAR_RHSA = 3,
	DMAR_ANDD = 4,
	DMAR_SATC = 5,
	DMAR_SIDP = 6,
};

/* VT-d 8.3.1 */
enum dmar_scope {
	DMAR_ENDPOINT = 1,
	DMAR_SUB_HIERARCHY = 2,
	DMAR_IOAPIC = 3,
	DMAR_HPET = 4,
	DMAR_NAMESPACE = 5,
};

/* Does a scope name a PCI function? */
static inline bool dmar_is_pci(const struct layout_node *scope)
{
	return scope->type == DMAR_ENDPOINT || scope->type == DMAR_SUB_HIERARCHY;
}

/* Is a node a structure of that type with all its fields? */
static inline bool dmar_is(const struct layout_node *node, enum dmar_type type)
{
	return node->type == type && layout_is_whole(node);
}
