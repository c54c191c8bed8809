/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings that the DMA-API's debugging knows of, counted by what they have in common. */
#pragma once

#include "model/segment.h"
#include "spec/dma-dump.h"

/*
 * More of them than any machine has: what would be one more is counted and left out, so
 * that memory stays bounded whatever a file holds.
 */
enum { MAPPING_GROUPS_MAX = 65536, MAPPING_REFUSED_MAX = 100 };

enum mapping_suspicion {
	SUSPECT_NO_DRIVER,
	SUSPECT_KERNEL,
	SUSPECT_REGISTERS,
	SUSPECT_RESERVED,
	SUSPECT_NOT_MEMORY,
	SUSPECT_PLACE_UNKNOWN,
};

/* Something about mappings that should not be. */
struct mapping_suspect {
	struct fact_enum code; /* enum mapping_suspicion */
	struct fact_u64 count;
	struct fact_u64 address; /* physical, of one of them; absent where it is not it */
	struct fact_str text;
};

/* Mappings whose first byte lies in one kind of region. */
struct mapping_place {
	uint64_t count, address; /* of the first one that was met */
};

/* A function of the kernel on the way to a mapping. */
struct mapping_frame {
	struct fact_str text;
	struct fact_str function; /* without a name there is the address */
	struct fact_str module;	  /* absent in the kernel itself */
	struct fact_u64 offset;	  /* of where it goes on, from the function's beginning */
	struct fact_u64 address;
};

/* Mappings of a group that were made in the same way. */
struct mapping_stack {
	struct fact_str by; /* the function that called the DMA API */
	struct fact_u64 count, bytes, maps, unmaps, old;
	struct fact_list frames; /* struct mapping_frame, the innermost first */
};

/* The mappings of a driver for a device, of one type and direction. */
struct mapping_group {
	struct fact_str driver; /* absent where the kernel names a bus in its place */
	const char *device, *type, *direction;
	struct fact_u64 count, bytes, unchecked;
	struct fact_u64 bounced;
	/*
	 * struct mapping_suspect. Where the map of addresses is not known, nor is this,
	 * or it has what is known without the map and says that this is not all.
	 */
	struct fact_list suspects;

	/* Where they were traced: */
	struct fact_u64 maps, unmaps; /* since the trace began */
	struct fact_u64 older_unmaps; /* of mappings that were made before it */
	struct fact_u64 maps_per_second, bytes_per_second;
	struct fact_u64 life_us;			/* mean, of what was unmapped */
	struct fact_u64 old, old_bytes, oldest_seconds; /* of what is alive */
	struct fact_list stacks; /* struct mapping_stack, the most mappings first */

	/* Where there are several samples: */
	struct fact_i64 count_delta, bytes_delta; /* from the first to the last */
	struct fact_i64 per_hour; /* mappings, by the slope of all samples */
	struct fact_bool growing;
	struct fact_u64 confidence; /* percent that the order of samples is no chance */
	struct fact_str why;

	uint64_t moved;	  /* mappings whose device address is not the physical one */
	uint64_t partial; /* mappings that have a part of a page, of 4 KiB */
	struct mapping_place places[IOMEM_NONE + 1];
	const char *names; /* as the lines have them, to know them again */
	size_t names_length;
	uint64_t hash;
};

/* What one sample of several has that the one before had not. */
struct mapping_change {
	struct fact_u64 sample; /* its number, from 1 */
	struct fact_str time;	/* UTC, ISO 8601 */
	struct fact_u64 mappings, bytes;
	struct fact_list changes; /* struct mapping_group, with what became of them */
};

/* All of one dump. All zero is an empty one. */
struct mapping_table {
	struct list groups;	      /* struct mapping_group, in the order they came */
	struct mapping_group **slots; /* by hash, a power of two of them */
	size_t capacity;
	uint64_t mappings, bytes, unchecked;
	uint64_t unparsed;   /* lines that make no sense */
	uint64_t left_out;   /* mappings of more groups than are kept */
	struct list refused; /* the beginnings of the first of these lines */
	struct segment last; /* where the last mapping lay */
};

/*
 * Counts a line of a dump. Where mappings lie is counted where a map is given. Groups are
 * allocated in the arena; the slots are freed by mapping_table_finish().
 */
void mapping_table_add(struct arena *arena, struct mapping_table *table,
		       const struct segments *map, const char *line, size_t length);

/* Puts the groups into order, those with the most mappings first. */
void mapping_table_finish(struct mapping_table *table);

/* Order by device, driver, type and direction; 0 where all are the same. */
int mapping_group_compare(const struct mapping_group *a, const struct mapping_group *b);

extern const struct record mapping_group_record;
extern const struct record mapping_suspect_record;
extern const struct record mapping_change_record;
extern const struct record mapping_frame_record;
extern const struct record mapping_stack_record;
extern const struct enum_name mapping_suspicion_names[];
