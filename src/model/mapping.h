/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mapped for a device, as far as the kernel's debug files tell. */
#pragma once

#include "model/region.h"

struct mappings {
	const char *device; /* its name; of a PCI function its BDF */
	uint64_t count;	    /* mappings or pages */
	uint64_t bytes;	    /* that the device may address */
	uint64_t large;	    /* of these, in pages larger than the smallest, 4 KiB */
	uint64_t writable;  /* of these, not for reading alone */
	bool has_pasids;    /* some are of its PASIDs */
	struct span *last;  /* the newest of: */
	struct list spans;  /* struct span, physical; merged by mappings_finish() */
};

/* The mappings of a device in a list of them; NULL where it has none. */
struct mappings *mappings_find(const struct list *mappings, const char *device);

/* The same for a name of that length; makes them where there are none. */
struct mappings *mappings_get(struct arena *arena, struct list *mappings,
			      const char *device, size_t length);

/* Adds what stands behind a mapping; what follows on the newest span extends it. */
void mappings_add_span(struct arena *arena, struct mappings *mappings, struct span span);

/* Sorts and joins the spans of each device. */
void mappings_finish(struct list *mappings);
