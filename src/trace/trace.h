/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing of the DMA API: which mappings are made and ended on this machine from now on,
 * by whom, from where, and which are alive. Needs the rights of root; what is set up in
 * the kernel is gone with trace_close(), and with the process.
 */
#pragma once

#include "base/alloc.h"
#include "trace/dma.h"

/* A function on a stack. */
struct trace_frame {
	const char *function; /* NULL where nobody knows its name any more */
	const char *module;   /* NULL in the kernel itself */
	uint64_t address;     /* of where it goes on; 0 where the kernel told names */
	uint64_t offset;      /* of that from its beginning */
};

/* Where mappings come from: one device, driver, way, direction and stack. */
struct trace_site {
	struct dma_site_key key;
	const char *device;    /* NULL where its name could not be read */
	const char *driver;    /* NULL without one, or where it is not told */
	const char *type;      /* as DMA-API debugging calls it */
	const char *direction; /* "DMA_TO_DEVICE" */
	struct list frames;    /* struct trace_frame, from the DMA API on outwards */
	/* Since the trace began; of what was made before, DMA_OLDER, the ends. */
	struct dma_site counts;
	uint64_t old, old_bytes; /* by trace_finish(): alive for long */
	uint64_t oldest_ns;	 /* age of the oldest that is alive */
};

struct trace_method;

struct trace {
	const struct trace_method *method;
	uint64_t live_max; /* mappings that may be alive at once: more are not followed */
	struct arena arena;
	struct list sites; /* struct trace_site */
	void *tree;	   /* of them, by key */
	struct dma_losses losses;
	bool nameless;	 /* the kernel hides which addresses are whose */
	uint64_t missed; /* calls that were not seen at all */
	bool stopped;
	uint64_t began_ns, ended_ns; /* CLOCK_MONOTONIC */
	const char *obstacle;	     /* why it could not be opened, after that failed */
	void *data;		     /* the method's */
};

/* A way to trace. Negative errno on failure, with an obstacle in words. */
struct trace_method {
	const char *name;
	int (*open)(struct trace *trace);
	/* Takes what comes in until then, in ns of CLOCK_MONOTONIC; a signal ends it. */
	void (*wait)(struct trace *trace, uint64_t until_ns);
	/* Brings the counts of the sites up to date. */
	int (*read)(struct trace *trace);
	/* Ends the recording. */
	void (*stop)(struct trace *trace);
	/* After that: counts what is older. */
	int (*finish)(struct trace *trace, uint64_t older_ns);
	void (*close)(struct trace *trace);
};

/* Ends with NULL; the best one first. */
extern const struct trace_method *const trace_methods[];

/* All zero but the method and live_max; trace_close() it, whatever this returns. */
int trace_open(struct trace *trace);
void trace_wait(struct trace *trace, uint64_t until_ns);
int trace_read(struct trace *trace);
/* Nothing is recorded from here on; trace_read() has the last word then. */
void trace_stop(struct trace *trace);
int trace_finish(struct trace *trace, uint64_t older_ns);
void trace_close(struct trace *trace);

uint64_t trace_now(void);

/* Whether it is a function of the DMA API by which mappings are made. */
bool trace_is_entry(const struct trace_frame *frame);

/* For methods: the site of a key, made where there is none yet. */
struct trace_site *trace_site_get(struct trace *trace, const struct dma_site_key *key,
				  bool *ret_new);
/*
 * Gives a site its stack, all of it, the innermost function first: what is no part of the
 * way to the mapping is left out.
 */
void trace_site_frames(struct trace *trace, struct trace_site *site,
		       const struct list *frames);
/* Notes a mapping that is alive when the trace ends. */
void trace_site_live(struct trace *trace, struct trace_site *site, uint64_t size,
		     uint64_t since_ns, uint64_t older_ns);

/* Takes away what those of us left in tracefs who were killed. */
void trace_events_clear(void);

extern const struct trace_method trace_bpf;
extern const struct trace_method trace_events;
