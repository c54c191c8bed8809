// SPDX-License-Identifier: GPL-2.0-or-later
/* What the ways to trace have in common: the sites. */

#include "trace/trace.h"

#include <search.h>
#include <time.h>

const struct trace_method *const trace_methods[] = { &trace_bpf, &trace_events, NULL };

/* As kernel/dma/debug.c names them, where it does. */
static const char *type_of(const struct dma_site_key *key)
{
	static const char *const types[DMA_WAYS] = {
		[DMA_WAY_PAGE] = "single",
		[DMA_WAY_PHYS] = "phy",
		[DMA_WAY_RESOURCE] = "resource",
		[DMA_WAY_SG] = "scatter-gather",
		[DMA_WAY_ALLOC] = "coherent",
		[DMA_WAY_PAGES] = "noncoherent",
		[DMA_WAY_NONCONTIGUOUS] = "noncontiguous",
		[DMA_WAY_POOL] = "pool",
		[DMA_WAY_IOVA] = "iova",
	};

	if (key->mmio)
		return types[DMA_WAY_RESOURCE];
	return key->way < DMA_WAYS ? types[key->way] : "unknown";
}

static const char *direction_of(const struct dma_site_key *key)
{
	static const char *const directions[DMA_DIRECTIONS] = {
		"DMA_BIDIRECTIONAL", "DMA_TO_DEVICE", "DMA_FROM_DEVICE", "DMA_NONE"
	};

	return key->direction < DMA_DIRECTIONS ? directions[key->direction] : "unknown";
}

uint64_t trace_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int trace_open(struct trace *trace)
{
	int r;

	trace_events_clear();
	r = trace->method->open(trace);
	trace->began_ns = trace_now();
	return r;
}

void trace_wait(struct trace *trace, uint64_t until_ns)
{
	trace->method->wait(trace, until_ns);
}

int trace_read(struct trace *trace)
{
	if (!trace->stopped)
		trace->ended_ns = trace_now();
	return trace->method->read(trace);
}

void trace_stop(struct trace *trace)
{
	if (trace->stopped)
		return;
	trace->ended_ns = trace_now();
	trace->method->stop(trace);
	trace->stopped = true;
}

int trace_finish(struct trace *trace, uint64_t older_ns)
{
	trace_stop(trace);
	return trace->method->finish(trace, older_ns);
}

static const char *const entries[] = {
	"dma_map_page_attrs", "dma_map_phys",
	"dma_map_resource",   "dma_map_sg_attrs",
	"dma_map_sgtable",    "dma_alloc_attrs",
	"dma_alloc_pages",    "dma_alloc_noncontiguous",
	"dma_pool_alloc",     "dma_iova_try_alloc",
};

bool trace_is_entry(const struct trace_frame *frame)
{
	for (size_t i = 0; frame->function && i < ARRAY_SIZE(entries); i++)
		if (streq(frame->function, entries[i]))
			return true;
	return false;
}

/* What BPF puts between a function and what is run for it. */
static bool is_ours(const struct trace_frame *frame)
{
	return frame->module && streq(frame->module, "bpf");
}

/* Where an interrupt came in: what stands behind it has nothing to do with it. */
static bool is_interrupt(const struct trace_frame *frame)
{
	static const char *const names[] = { "handle_softirqs", "__do_softirq",
					     "el1_interrupt", "el0_interrupt" };

	if (!frame->function)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (streq(frame->function, names[i]))
			return true;
	return starts_with(frame->function, "asm_");
}

void trace_site_frames(struct trace *trace, struct trace_site *site,
		       const struct list *frames)
{
	const struct trace_frame *last = NULL;
	size_t first = 0;

	/* What stands before it is the trace itself. */
	for (size_t i = 0; i < frames->count && first == 0; i++)
		if (trace_is_entry(frames->items[i]))
			first = i;
	for (size_t i = first; i < frames->count; i++) {
		const struct trace_frame *frame = frames->items[i];
		bool again = last && last->function && frame->function && i > first &&
			     is_ours(frames->items[i - 1]) &&
			     streq(last->function, frame->function);

		if (is_ours(frame) || again)
			continue;
		list_add(&trace->arena, &site->frames, frame);
		last = frame;
		if (is_interrupt(frame))
			break;
	}
}

static int compare_sites(const void *a, const void *b)
{
	return memcmp(&((const struct trace_site *)a)->key,
		      &((const struct trace_site *)b)->key, sizeof(struct dma_site_key));
}

struct trace_site *trace_site_get(struct trace *trace, const struct dma_site_key *key,
				  bool *ret_new)
{
	struct trace_site wanted = { .key = *key };
	struct trace_site **node = tfind(&wanted, &trace->tree, compare_sites);
	struct trace_site *site;

	*ret_new = !node;
	if (node)
		return *node;
	site = arena_memdup(&trace->arena, &wanted, sizeof(wanted));
	site->type = type_of(key);
	site->direction = direction_of(key);
	list_add(&trace->arena, &trace->sites, site);
	tsearch(site, &trace->tree, compare_sites);
	return site;
}

void trace_site_live(struct trace *trace, struct trace_site *site, uint64_t size,
		     uint64_t since_ns, uint64_t older_ns)
{
	uint64_t age = trace->ended_ns > since_ns ? trace->ended_ns - since_ns : 0;

	site->oldest_ns = MAX(site->oldest_ns, age);
	if (age < older_ns)
		return;
	site->old++;
	site->old_bytes += size;
}

void trace_close(struct trace *trace)
{
	if (trace->data)
		trace->method->close(trace);
	trace->data = NULL;
	while (trace->tree)
		tdelete(*(struct trace_site **)trace->tree, &trace->tree, compare_sites);
	arena_free(&trace->arena);
}
