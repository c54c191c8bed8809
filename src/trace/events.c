// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tracing by the kernel's own events of the DMA API, where no program may run in it:
 * Linux 6.12 and later. Every event comes to this process as text, so that it costs more
 * and may lose some where there are many, which is counted. Blocks of pools have none.
 *
 * The events go into an instance of tracefs of our own, which disturbs no other tracer.
 */

#include "trace/trace.h"

#include "base/file.h"
#include "base/text.h"
#include "spec/dma-event.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <search.h>
#include <signal.h>
#include <sys/stat.h>

enum { BUFFER_KB = 4096 }; /* of each processor */

/* A mapping that is alive. */
struct alive {
	uint64_t device, address;
	enum dma_way way;
	uint64_t size, time_ns;
	struct dma_site_key site;
	bool sited;	    /* it has its stack and is counted */
	struct alive *next; /* of the same address */
};

/* The name of a device. */
struct name {
	const char *text;
	uint64_t number;
};

/* A stack that was seen: its number is its place in the list. */
struct stack {
	const char *text;
	struct list frames; /* struct trace_frame */
	int id;
};

struct events {
	const char *instance; /* its directory */
	bool made;	      /* it is ours to remove */
	int pipe;
	char *line; /* what is read so far of one */
	size_t length;
	void *name_tree, *stack_tree, *alive; /* trees */
	struct list names, stacks;
	uint64_t count;		/* of those alive */
	struct alive **pending; /* by processor: whose stack comes next */
	size_t processors;
	struct alive *stacked; /* whose frames are coming in */
	struct strbuf frames;  /* these, one a line */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int compare_stacks(const void *a, const void *b)
{
	return strcmp(((const struct stack *)a)->text, ((const struct stack *)b)->text);
}

static int compare_alive(const void *a, const void *b)
{
	const struct alive *one = a, *other = b;

	if (one->device != other->device)
		return one->device < other->device ? -1 : 1;
	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	return (int)one->way - (int)other->way;
}

/* The number of a name, from 1: the same for all that are the same. */
static uint64_t number_of(struct trace *trace, const char *text, size_t length)
{
	struct events *events = trace->data;
	_cleanup_free_ char *wanted = xzalloc(length + 1);
	struct name *made, **node;

	memcpy(wanted, text, length);
	node = tfind(&(struct name){ .text = wanted }, &events->name_tree, compare_names);
	if (node)
		return (*node)->number;
	made = arena_new(&trace->arena, struct name);
	made->text = arena_strdup(&trace->arena, wanted);
	list_add(&trace->arena, &events->names, made);
	made->number = events->names.count;
	tsearch(made, &events->name_tree, compare_names);
	return made->number;
}

static enum dma_way way_of(enum dma_event_type type)
{
	static const enum dma_way ways[] = {
		[DMA_EVENT_SINGLE] = DMA_WAY_PAGE,
		[DMA_EVENT_PHYS] = DMA_WAY_PHYS,
		[DMA_EVENT_RESOURCE] = DMA_WAY_RESOURCE,
		[DMA_EVENT_SG] = DMA_WAY_SG,
		[DMA_EVENT_COHERENT] = DMA_WAY_ALLOC,
		[DMA_EVENT_PAGES] = DMA_WAY_PAGES,
		[DMA_EVENT_NONCONTIGUOUS] = DMA_WAY_NONCONTIGUOUS,
	};

	return ways[type];
}

static struct trace_site *site_of(struct trace *trace, const struct dma_site_key *key)
{
	const struct events *events = trace->data;
	bool new;
	struct trace_site *site = trace_site_get(trace, key, &new);

	if (new) {
		site->device =
			((struct name *)events->names.items[key->owner.device - 1])->text;
		if (key->stack >= 0)
			trace_site_frames(
				trace, site,
				&((const struct stack *)events->stacks.items[key->stack])
					 ->frames);
	}
	return site;
}

/* Counts a mapping where it comes from, once that is known. */
static void settle(struct trace *trace, struct alive *alive, int stack)
{
	struct trace_site *site;

	if (alive->sited)
		return;
	alive->sited = true;
	alive->site.stack = stack;
	site = site_of(trace, &alive->site);
	site->counts.maps++;
	site->counts.bytes_mapped += alive->size;
}

static struct alive alive_of(struct trace *trace, const struct dma_event *event)
{
	struct alive alive = {
		.device = number_of(trace, event->device, event->device_length),
		.address = event->address,
		.way = way_of(event->type),
		.size = event->size,
		.time_ns = event->time_us * 1000,
	};

	alive.site.owner.device = alive.device;
	alive.site.way = (unsigned char)alive.way;
	alive.site.direction = (unsigned char)event->direction;
	alive.site.mmio = event->registers || event->type == DMA_EVENT_RESOURCE;
	return alive;
}

/* What a processor has mapped and tells no stack of. */
static void settle_pending(struct trace *trace, size_t cpu)
{
	struct events *events = trace->data;

	if (!events->pending[cpu])
		return;
	settle(trace, events->pending[cpu], DMA_NO_STACK);
	events->pending[cpu] = NULL;
	trace->losses.no_stack++;
}

static void take_map(struct trace *trace, const struct dma_event *event)
{
	struct events *events = trace->data;
	struct alive *alive, **node;

	if (event->cpu < events->processors)
		settle_pending(trace, event->cpu);
	if (event->failed)
		return;
	if (events->count >= trace->live_max) {
		trace->losses.no_room++;
		return;
	}
	alive = xzalloc(sizeof(*alive));
	*alive = alive_of(trace, event);
	node = tsearch(alive, &events->alive, compare_alive);
	if (*node != alive) {
		alive->next = (*node)->next;
		(*node)->next = alive;
	}
	events->count++;
	if (event->cpu >= events->processors) {
		size_t more = event->cpu + 1;

		events->pending = xrealloc(events->pending, more * sizeof(void *));
		memset(events->pending + events->processors, 0,
		       (more - events->processors) * sizeof(void *));
		events->processors = more;
	}
	events->pending[event->cpu] = alive;
}

/* Nobody asks for it any more. */
static void forget(struct events *events, struct alive *alive)
{
	for (size_t i = 0; i < events->processors; i++)
		if (events->pending[i] == alive)
			events->pending[i] = NULL;
	if (events->stacked == alive)
		events->stacked = NULL;
	free(alive);
	events->count--;
}

static void take_unmap(struct trace *trace, const struct dma_event *event)
{
	struct events *events = trace->data;
	struct alive wanted = alive_of(trace, event);
	struct alive **node = tfind(&wanted, &events->alive, compare_alive), *found;
	struct trace_site *site;

	if (!node) { /* made before the trace */
		wanted.site.stack = DMA_OLDER;
		site_of(trace, &wanted.site)->counts.unmaps++;
		return;
	}
	found = *node;
	if (found->next) /* the node's item is replaced by one of the same key */
		*node = found->next;
	else
		tdelete(found, &events->alive, compare_alive);
	settle(trace, found, DMA_NO_STACK);
	site = site_of(trace, &found->site);
	site->counts.unmaps++;
	site->counts.bytes_unmapped += found->size;
	site->counts.life_ns += event->time_us * 1000 - found->time_ns;
	forget(events, found);
}

static void add_frame(struct arena *arena, struct stack *stack, const char *line)
{
	struct trace_frame *frame = arena_new(arena, struct trace_frame);
	struct dma_event event;

	if (dma_event_parse(line, strlen(line), &event) < 0)
		return;
	if (event.function) {
		frame->function =
			arena_strndup(arena, event.function, event.function_length);
		frame->offset = event.offset;
	} else {
		frame->address = event.offset;
	}
	if (event.module)
		frame->module = arena_strndup(arena, event.module, event.module_length);
	list_add(arena, &stack->frames, frame);
}

/* The number of the stack whose lines have come in. */
static int stack_id(struct trace *trace)
{
	struct events *events = trace->data;
	struct stack wanted = { .text = strbuf_text(&events->frames) }, *stack;
	struct stack **node = tfind(&wanted, &events->stack_tree, compare_stacks);
	const char *lines = wanted.text, *line;
	size_t length;

	if (node)
		return (*node)->id;
	stack = arena_new(&trace->arena, struct stack);
	stack->text = arena_strdup(&trace->arena, wanted.text);
	stack->id = (int)events->stacks.count;
	while ((line = next_line(&lines, &length)) &&
	       stack->frames.count < DMA_STACK_FRAMES)
		add_frame(&trace->arena, stack,
			  arena_strndup(&trace->arena, line, length));
	list_add(&trace->arena, &events->stacks, stack);
	tsearch(stack, &events->stack_tree, compare_stacks);
	return stack->id;
}

/* A stack has no end of its own: what follows it is no frame. */
static void end_stack(struct trace *trace)
{
	struct events *events = trace->data;

	if (events->stacked)
		settle(trace, events->stacked, stack_id(trace));
	events->stacked = NULL;
	strbuf_clear(&events->frames);
}

static void take_line(struct trace *trace, const char *line, size_t length)
{
	struct events *events = trace->data;
	struct dma_event event;

	if (dma_event_parse(line, length, &event) < 0) {
		trace->missed++;
		return;
	}
	if (event.kind == DMA_EVENT_FRAME) {
		if (!events->stacked)
			return;
		strbuf_add(&events->frames, line, length);
		strbuf_puts(&events->frames, "\n");
		return;
	}
	end_stack(trace);
	switch (event.kind) {
	case DMA_EVENT_MAP:
		take_map(trace, &event);
		break;
	case DMA_EVENT_UNMAP:
		if (event.cpu < events->processors)
			settle_pending(trace, event.cpu);
		take_unmap(trace, &event);
		break;
	case DMA_EVENT_STACK:
		if (event.cpu < events->processors) {
			events->stacked = events->pending[event.cpu];
			events->pending[event.cpu] = NULL;
		}
		break;
	case DMA_EVENT_LOST:
		trace->missed += event.lost;
		break;
	default:
		break;
	}
}

/* Takes what the pipe has; false where it has nothing. */
static bool read_pipe(struct trace *trace)
{
	enum { PIECE = 64 * 1024 };
	struct events *events = trace->data;
	char *start, *newline;
	ssize_t got;

	if (!events->line)
		events->line = xzalloc((size_t)2 * PIECE);
	if (events->length > PIECE) /* no line is that long */
		events->length = 0;
	got = read(events->pipe, events->line + events->length, PIECE);
	if (got <= 0)
		return false;
	events->length += (size_t)got;
	start = events->line;
	while ((newline = memchr(start, '\n',
				 events->length - (size_t)(start - events->line)))) {
		take_line(trace, start, (size_t)(newline - start));
		start = newline + 1;
	}
	events->length -= (size_t)(start - events->line);
	memmove(events->line, start, events->length);
	if (events->length == 0) /* the kernel hands over whole stacks */
		end_stack(trace);
	return true;
}

static void events_wait(struct trace *trace, uint64_t until_ns)
{
	struct events *events = trace->data;
	uint64_t now;

	while ((now = trace_now()) < until_ns) {
		struct pollfd poll_for = { .fd = events->pipe, .events = POLLIN };
		int left = (int)MIN((until_ns - now) / 1000000 + 1, (uint64_t)200);
		int r = poll(&poll_for, 1, left);

		if (r < 0) /* a signal */
			return;
		if (r > 0)
			while (trace_now() < until_ns && read_pipe(trace))
				;
	}
}

static int events_read(struct trace *trace)
{
	(void)trace;
	return 0;
}

static int write_file(const char *directory, const char *name, const char *text)
{
	char path[256];
	_cleanup_close_ int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : write_all(fd, text, strlen(text));
}

static const char *const event_names[] = {
	"dma_map_page",	    "dma_unmap_page", "dma_map_phys",	 "dma_unmap_phys",
	"dma_map_resource", "dma_map_sg",     "dma_unmap_sg",	 "dma_unmap_resource",
	"dma_alloc",	    "dma_free",	      "dma_alloc_pages", "dma_free_pages",
	"dma_alloc_sgt",    "dma_free_sgt",
};

/* How many of the events the kernel has. */
static size_t switch_events(const struct events *events, bool on)
{
	size_t switched = 0;

	for (size_t i = 0; i < ARRAY_SIZE(event_names); i++) {
		char name[64];

		snprintf(name, sizeof(name), "events/dma/%s/enable", event_names[i]);
		switched += write_file(events->instance, name, on ? "1" : "0") == 0;
	}
	return switched;
}

static const char *tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing",
					      "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/instances", places[i]);
		if (access(path, F_OK) == 0)
			return places[i];
	}
	return NULL;
}

void trace_events_clear(void)
{
	const char *place = tracefs();
	const struct dirent *entry;
	char path[512];
	DIR *instances;

	snprintf(path, sizeof(path), "%s/instances", place ? place : "");
	instances = opendir(path);
	while (instances && (entry = readdir(instances))) {
		uint64_t pid;

		if (!starts_with(entry->d_name, "dmascope-") ||
		    parse_u64(entry->d_name + strlen("dmascope-"), 10, &pid) < 0 ||
		    pid > INT32_MAX ||
		    (pid != (uint64_t)getpid() &&
		     (kill((pid_t)pid, 0) == 0 || errno != ESRCH)))
			continue;
		snprintf(path, sizeof(path), "%s/instances/%s", place, entry->d_name);
		rmdir(path);
	}
	if (instances)
		closedir(instances);
}

static const struct {
	const char *name, *value;
} trace_options[] = {
	{ "options/context-info", "1" }, { "options/irq-info", "1" },
	{ "options/record-tgid", "0" },	 { "options/verbose", "0" },
	{ "options/bin", "0" },		 { "options/hex", "0" },
	{ "options/raw", "0" },		 { "options/fields", "0" },
	{ "options/sym-addr", "0" },	 { "options/sym-offset", "1" },
	{ "options/stacktrace", "1" },
};

static int fail(struct trace *trace, int error, const char *what)
{
	trace->obstacle = arena_printf(&trace->arena, "%s: %s", what, strerror(-error));
	return error;
}

static int events_open(struct trace *trace)
{
	struct events *events = trace->data = xzalloc(sizeof(*events));
	struct arena *arena = &trace->arena;
	const char *place = tracefs(), *path, *size;

	events->pipe = -1;
	if (!place) {
		trace->obstacle = "no tracefs that this user may see (as root: mount -t "
				  "tracefs tracefs /sys/kernel/tracing)";
		return -ENOENT;
	}
	path = arena_printf(arena, "%s/events/dma", place);
	if (access(path, F_OK) < 0)
		return fail(trace, -errno,
			    errno == ENOENT
				    ? "no trace events of the DMA API, which Linux "
				      "has from 6.12 on"
				    : path);
	path = arena_printf(arena, "%s/instances", place);
	events->instance = arena_printf(arena, "%s/dmascope-%d", path, (int)getpid());
	if (mkdir(events->instance, 0700) < 0)
		return fail(trace, -errno, events->instance);
	events->made = true;
	size = arena_printf(arena, "%d", BUFFER_KB);
	write_file(events->instance, "buffer_size_kb", size);
	write_file(events->instance, "trace_clock", "mono");
	/* What may be set for all traces is set for this one as it is read here. */
	for (size_t i = 0; i < ARRAY_SIZE(trace_options); i++)
		write_file(events->instance, trace_options[i].name,
			   trace_options[i].value);
	path = arena_printf(arena, "%s/trace_pipe", events->instance);
	events->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (events->pipe < 0)
		return fail(trace, -errno, path);
	if (switch_events(events, true) == 0)
		return fail(trace, -ENOENT, "none of the events can be switched on");
	return 0;
}

struct finishing {
	struct trace *trace;
	uint64_t older_ns;
};

static void finish_node(const void *node, VISIT visit, void *data)
{
	const struct finishing *finishing = data;

	if (visit != postorder && visit != leaf)
		return;
	for (const struct alive *alive = *(struct alive *const *)node; alive;
	     alive = alive->next)
		if (alive->sited)
			trace_site_live(finishing->trace,
					site_of(finishing->trace, &alive->site),
					alive->size, alive->time_ns, finishing->older_ns);
}

static void events_stop(struct trace *trace)
{
	const struct events *events = trace->data;

	switch_events(events, false);
	while (read_pipe(trace))
		;
	end_stack(trace);
	for (size_t cpu = 0; cpu < events->processors; cpu++)
		settle_pending(trace, cpu);
}

static int events_finish(struct trace *trace, uint64_t older_ns)
{
	const struct events *events = trace->data;
	struct finishing finishing = { trace, older_ns };

	twalk_r(events->alive, finish_node, &finishing);
	return 0;
}

static void free_alive(void *data)
{
	for (struct alive *alive = data, *next; alive; alive = next) {
		next = alive->next;
		free(alive);
	}
}

static void keep(void *data)
{
	(void)data; /* of the arena */
}

static void events_close(struct trace *trace)
{
	struct events *events = trace->data;

	if (events->made)
		switch_events(events, false);
	close_descriptor(&events->pipe);
	if (events->made)
		rmdir(events->instance);
	tdestroy(events->alive, free_alive);
	tdestroy(events->name_tree, keep);
	tdestroy(events->stack_tree, keep);
	strbuf_free(&events->frames);
	free(events->pending);
	free(events->line);
	free(events);
}

const struct trace_method trace_events = {
	.name = "events",
	.open = events_open,
	.wait = events_wait,
	.read = events_read,
	.stop = events_stop,
	.finish = events_finish,
	.close = events_close,
};
