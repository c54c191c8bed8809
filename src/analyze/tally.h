/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a machine is counted by a few words: struct tally, added to a list that
 * tally_finish() makes of it. A row that would be a guess is not there.
 */
#pragma once

#include "analyze/analyze.h"

/* IOMMU groups by the type of their default domain; one of no known type is unknown. */
void tally_groups(struct system *system, struct list *ret);

/* The same by drift: yes, no or unknown. Wants analyze_isolation(). */
void tally_drift(struct system *system, struct list *ret);

/* PCI functions by translation: a row for each that there may be, and for unknown. */
void tally_devices(struct system *system, struct list *ret);

/* Faults of the kernel's log by device, kind, cause and the IOMMU's own reason. */
void tally_faults(struct system *system, struct list *ret);

/* Places that could not be read, by source. */
void tally_unread(struct system *system, struct list *ret);

/* Mappings by driver and direction; those that the table left out are in the rest. */
void tally_mappings(struct arena *arena, const struct mapping_table *table,
		    struct list *ret);

/*
 * The first `limit` units, in the order of the system, and one of the name TALLY_OTHER
 * that has the domains and devices of all others together: struct unit.
 */
void tally_units(struct system *system, size_t limit, struct list *ret);
