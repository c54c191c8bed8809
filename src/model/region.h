/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A region of the physical address map and who owns it. */
#pragma once

#include "base/record.h"
#include "spec/iomem.h"

enum { REGION_DEPTH_MAX = 32, SPAN_SETS_MAX = 16 };

struct region {
	const char *name;	    /* as the kernel has it; NULL for a gap */
	struct fact_u64 start, end; /* both inclusive */
	struct fact_u64 size;
	struct fact_u64 depth; /* 0 for what no other region holds */
	struct fact_enum kind; /* enum iomem_kind */
	struct fact_str bdf, driver;
	struct fact_str bar;
	struct fact_list flags;			 /* strings */
	struct fact_list zones, firmware, cache; /* strings */
	const char *asked;	     /* the address that it answers, or NULL */
	const struct region *parent; /* the region that holds it, or NULL */

	/* Its line: how far it is indented, its number from 1, and that of its place. */
	unsigned int indent;
	size_t line, place;
};

/* Addresses, both inclusive. */
struct span {
	uint64_t start, end;
};

/* All addresses with one label: a zone, a type of the firmware's map, a cache type. */
struct span_set {
	const char *label;
	struct list spans; /* struct span; sorted and disjoint after spans_merge() */
};

/* A memory resource of a PCI function. */
struct bar {
	const char *bdf;
	const char *name; /* "BAR 0", "ROM", "VF BAR 0", "window"; NULL where unknown */
	bool window;	  /* of a bridge */
	uint64_t start, end, flags;
};

/* Holds the address; false where its own addresses are not known. */
static inline bool region_holds(const struct region *region, uint64_t address)
{
	return region->start.state == FACT_KNOWN && region->start.value <= address &&
	       address <= region->end.value;
}

/*
 * Puts regions into the order of their addresses, the outer before the inner, and sets
 * parent and depth. Where addresses are known they decide: the kernel indents five levels
 * and no more (MAX_IORES_LEVEL in its kernel/resource.c). Where they are not, the
 * indentation does. What is nested deeper than REGION_DEPTH_MAX stays at that depth.
 */
void regions_nest(struct list *regions);

/* Adds a span to the set of that label; false where there would be too many labels. */
bool spans_add(struct arena *arena, struct list *sets, const char *label, size_t length,
	       struct span span);
/* Sorts spans and joins those that touch or overlap. */
void spans_join(struct list *spans);
/* The same for the spans of each set. */
void spans_merge(struct list *sets);
/* Does any span of a merged set overlap the addresses? */
bool spans_overlap(const struct span_set *set, struct span span);

/* Order of two bar pointers: start, end, windows last, address; for qsort(). */
int bar_compare(const void *a, const void *b);

extern const struct record region_record;
extern const struct enum_name region_kind_names[];
