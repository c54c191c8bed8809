/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples of the mappings that DMA-API debugging lists, from wherever they come. */
#pragma once

#include "analyze/analyze.h"
#include "cmd/cmd.h"

/* Where the list stands, for what is said of it. */
#define SAMPLE_FILE "/sys/kernel/debug/dma-api/dump"

/* Of the machine that the context has open; -errno. */
int sample_take(struct context *context, struct arena *arena, const struct segments *map,
		struct mapping_sample *ret);

/* Why there is no list, and how to get one; may be of the system's arena. */
const char *sample_obstacle(struct system *system, int error);

/*
 * Of a snapshot's directory, or of a file that is a copy of the list. Groups are in the
 * arena of the context's system. An exit status; says what went wrong.
 */
int sample_load(struct context *context, const char *path, struct mapping_sample *ret);

/* The lines that made no sense: counted under `unread`, and shown where asked for. */
void sample_tell_unparsed(struct context *context, const char *path,
			  const struct mapping_table *table, bool show);

/* When a machine was looked at or captured: milliseconds since 1970. */
struct fact_u64 sample_time_of(const struct host *host);

/* Milliseconds of a clock that goes on whatever happens to the time of day. */
uint64_t sample_now(void);
