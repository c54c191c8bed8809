/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trace events of the DMA API, as text. */
#pragma once

#include "base/util.h"

enum dma_event_kind {
	DMA_EVENT_OTHER, /* none that says anything of a mapping */
	DMA_EVENT_MAP,
	DMA_EVENT_UNMAP,
	DMA_EVENT_STACK, /* frames follow, of the processor's last event */
	DMA_EVENT_FRAME,
	DMA_EVENT_LOST, /* the buffer was too small */
};

/* By which an event and the one that ends it are known. */
enum dma_event_type {
	DMA_EVENT_SINGLE,
	DMA_EVENT_PHYS,
	DMA_EVENT_RESOURCE,
	DMA_EVENT_SG,
	DMA_EVENT_COHERENT,
	DMA_EVENT_PAGES,
	DMA_EVENT_NONCONTIGUOUS,
};

/* Words are those of the line itself; nothing is terminated. */
struct dma_event {
	enum dma_event_kind kind;
	uint32_t cpu;	  /* MAP, UNMAP, STACK */
	uint64_t time_us; /* of the trace's clock, likewise */

	/* MAP and UNMAP: */
	enum dma_event_type type;
	const char *device;
	size_t device_length;
	uint32_t direction; /* enum dma_data_direction */
	bool failed;	    /* nothing was mapped */
	bool registers;	    /* no memory, but told as DMA_EVENT_PHYS */
	uint64_t address;   /* the device's; of a list its first segment's physical one */
	uint64_t size;	    /* MAP: bytes; of more than 128 segments those of the first */

	/* FRAME: */
	const char *function, *module; /* NULL without a name, or in the kernel itself */
	size_t function_length, module_length;
	uint64_t offset; /* into the function; the address where there is no name */

	uint64_t lost; /* LOST: events */
};

/*
 * A line of trace_pipe without its newline (include/trace/events/dma.h and
 * kernel/trace/trace_output.c of the kernel), with the options context-info, sym-offset
 * and stacktrace. -EBADMSG for what makes no sense.
 */
int dma_event_parse(const char *line, size_t length, struct dma_event *ret);
