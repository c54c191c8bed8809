// SPDX-License-Identifier: GPL-2.0-or-later
/* Tracing by a program in the kernel: dma.bpf.c beside this. */

#include "config.h"

#include "base/log.h"
#include "base/text.h"
#include "trace/symbols.h"

#ifdef HAVE_LIBBPF

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <time.h>

#include "trace/dma.skel.h"

/* Of the kernel alone: an operation that is not supported (include/linux/errno.h). */
enum { ENOTSUPP = 524 };

struct tracker {
	struct dma_bpf *programs;
	size_t processors;			 /* that a map may have values of */
	struct trace_site *sites[DMA_SITES_MAX]; /* by the program's numbers */
	uint64_t missed_before;			 /* by first programs, when all began */
	struct symbols
		symbols; /* read again where one is not known: modules come and go */
};

/* What libbpf says of its troubles is for who debugs it. */
_printf_(2, 0) static int keep_quiet(enum libbpf_print_level level, const char *format,
				     va_list arguments)
{
	_cleanup_free_ char *text = NULL;

	(void)level;
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	else
		log_debug("%s", trim_end(text));
	return 0;
}

/* "fexit/dma_map_sgtable" → "dma_map_sgtable" */
static const char *function_of(const struct bpf_program *program)
{
	return strchr(bpf_program__section_name(program), '/') + 1;
}

static bool is_second(const struct bpf_program *program)
{
	return starts_with(bpf_program__name(program), "again_");
}

static bool has_function(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) >= 0;
}

/* Where dma_map_phys() is there, the functions for pages and registers call it. */
static bool is_wrapper(const struct btf *btf, const char *function)
{
	static const char *const wrappers[] = { "dma_map_page_attrs",
						"dma_unmap_page_attrs",
						"dma_map_resource",
						"dma_unmap_resource" };

	if (!has_function(btf, "dma_map_phys"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (streq(function, wrappers[i]))
			return true;
	return false;
}

/* Leaves out what this kernel does not have; how many functions are left. */
static size_t choose_functions(struct tracker *tracker, const struct btf *btf)
{
	struct bpf_program *program;
	size_t chosen = 0;

	bpf_object__for_each_program(program, tracker->programs->obj)
	{
		const char *function = function_of(program);
		bool wanted = has_function(btf, function) && !is_wrapper(btf, function);

		bpf_program__set_autoload(program, wanted);
		chosen += wanted;
	}
	return chosen;
}

static int fail(struct trace *trace, int error, const char *what)
{
	const char *why = strerror(error < 0 ? -error : error);

	if (error == -EPERM || error == -EACCES)
		why = "not permitted (it needs root, or CAP_BPF and CAP_PERFMON, and a "
		      "kernel that is not locked down)";
	else if (error == -ENOTSUPP)
		why = "this kernel cannot attach programs to its functions";
	trace->obstacle = arena_printf(&trace->arena, "%s: %s", what, why);
	return error == -ENOTSUPP ? -EOPNOTSUPP : error;
}

/* Calls that the first programs were not run for, as they were running. */
static uint64_t missed(const struct tracker *tracker)
{
	struct bpf_program *program;
	uint64_t sum = 0;

	bpf_object__for_each_program(program, tracker->programs->obj)
	{
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);
		int fd = bpf_program__fd(program);

		if (fd >= 0 && !is_second(program) &&
		    bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
			sum += info.recursion_misses;
	}
	return sum;
}

static int load(struct trace *trace, struct tracker *tracker)
{
	struct btf *btf = btf__load_vmlinux_btf();
	size_t chosen;
	int r = (int)libbpf_get_error(btf);

	if (r < 0) {
		trace->obstacle = "/sys/kernel/btf/vmlinux: no description of this "
				  "kernel's types (CONFIG_DEBUG_INFO_BTF)";
		return r;
	}
	chosen = choose_functions(tracker, btf);
	btf__free(btf);
	if (chosen == 0)
		return fail(trace, -ENOENT, "functions of the DMA API");
	bpf_map__set_max_entries(tracker->programs->maps.live, (uint32_t)trace->live_max);
	r = dma_bpf__load(tracker->programs);
	if (r < 0)
		return fail(trace, r, "programs cannot be loaded");
	r = dma_bpf__attach(tracker->programs);
	if (r < 0)
		return fail(trace, r, "programs cannot be attached");
	return 0;
}

static int bpf_open(struct trace *trace)
{
	struct tracker *tracker = trace->data = xzalloc(sizeof(*tracker));
	int processors = libbpf_num_possible_cpus();
	int r;

	libbpf_set_print(keep_quiet);
	if (processors < 0)
		return fail(trace, processors, "/sys/devices/system/cpu/possible");
	tracker->processors = (size_t)processors;
	tracker->programs = dma_bpf__open();
	if (!tracker->programs)
		return fail(trace, -errno, "programs cannot be opened");
	r = load(trace, tracker);
	if (r < 0)
		return r;
	trace->nameless = symbols_load(&tracker->symbols) < 0;
	tracker->missed_before = missed(tracker);
	tracker->programs->bss->enabled = 1;
	return 0;
}

static void bpf_wait(struct trace *trace, uint64_t until_ns)
{
	struct timespec until = { (time_t)(until_ns / 1000000000),
				  (long)(until_ns % 1000000000) };

	(void)trace;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static struct dma_site sum_site(const struct dma_site *parts, size_t count)
{
	struct dma_site sum = { 0 };

	for (size_t i = 0; i < count; i++) {
		sum.maps += parts[i].maps;
		sum.unmaps += parts[i].unmaps;
		sum.bytes_mapped += parts[i].bytes_mapped;
		sum.bytes_unmapped += parts[i].bytes_unmapped;
		sum.life_ns += parts[i].life_ns;
	}
	return sum;
}

static void name_site(struct trace *trace, struct trace_site *site)
{
	struct tracker *tracker = trace->data;
	struct dma_owner owner;

	if (bpf_map__lookup_elem(tracker->programs->maps.owners, &site->key.owner,
				 sizeof(site->key.owner), &owner, sizeof(owner), 0) < 0)
		return;
	site->device = arena_strndup(&trace->arena, owner.device,
				     strnlen(owner.device, sizeof(owner.device)));
	if (site->key.owner.driver != 0 && owner.driver[0] != '\0')
		site->driver = arena_strndup(&trace->arena, owner.driver,
					     strnlen(owner.driver, sizeof(owner.driver)));
}

static void read_losses(struct trace *trace)
{
	struct tracker *tracker = trace->data;
	const struct bpf_map *map = tracker->programs->maps.states;
	size_t size = bpf_map__value_size(map), step = (size + 7) / 8 * 8;
	_cleanup_free_ char *values = xzalloc(tracker->processors * step);
	struct dma_losses *sum = &trace->losses;
	uint32_t zero = 0;
	uint64_t skipped;

	*sum = (struct dma_losses){ 0 };
	if (bpf_map__lookup_elem(map, &zero, sizeof(zero), values,
				 tracker->processors * step, 0) < 0)
		return;
	for (size_t i = 0; i < tracker->processors; i++) {
		const struct dma_losses *part = (const void *)(values + i * step);

		sum->no_room += part->no_room;
		sum->no_site += part->no_site;
		sum->no_stack += part->no_stack;
		sum->rescued += part->rescued;
	}
	skipped = missed(tracker) - tracker->missed_before;
	trace->missed = skipped > sum->rescued ? skipped - sum->rescued : 0;
}

/* False where a function is not known, which may be of a module that came just now. */
static bool name_frames(struct trace *trace, const uint64_t *addresses, struct list *ret)
{
	struct tracker *tracker = trace->data;
	bool named = true;

	*ret = (struct list){ 0 };
	for (size_t i = 0; i < DMA_STACK_FRAMES && addresses[i] != 0; i++) {
		struct trace_frame frame = symbols_frame(&tracker->symbols, addresses[i]);

		named = named && frame.function;
		if (frame.function) { /* the table may be read again */
			frame.function = arena_strdup(&trace->arena, frame.function);
			if (frame.module)
				frame.module = arena_strdup(&trace->arena, frame.module);
		}
		list_add(&trace->arena, ret,
			 arena_memdup(&trace->arena, &frame, sizeof(frame)));
	}
	return named;
}

/* Once, while the functions are there to be named. */
static void read_frames(struct trace *trace, struct trace_site *site)
{
	struct tracker *tracker = trace->data;
	uint64_t addresses[DMA_STACK_FRAMES] = { 0 };
	uint32_t id = (uint32_t)site->key.stack;
	struct list frames;

	if (site->key.stack < 0 ||
	    bpf_map__lookup_elem(tracker->programs->maps.stacks, &id, sizeof(id),
				 addresses, sizeof(addresses), 0) < 0)
		return;
	if (!name_frames(trace, addresses, &frames) && !trace->nameless) {
		symbols_free(&tracker->symbols);
		trace->nameless = symbols_load(&tracker->symbols) < 0;
		name_frames(trace, addresses, &frames);
	}
	trace_site_frames(trace, site, &frames);
}

static int bpf_read(struct trace *trace)
{
	struct tracker *tracker = trace->data;
	const struct bpf_map *map = tracker->programs->maps.sites;
	const struct bpf_map *counts = tracker->programs->maps.counts;
	size_t size = tracker->processors * sizeof(struct dma_site);
	_cleanup_free_ struct dma_site *parts = xzalloc(size);
	struct dma_site_key key, *last = NULL;
	uint32_t number;

	while (bpf_map__get_next_key(map, last, &key, sizeof(key)) == 0) {
		bool new;
		struct trace_site *site = trace_site_get(trace, &key, &new);

		last = &site->key;
		if (new) {
			name_site(trace, site);
			read_frames(trace, site);
		}
		if (bpf_map__lookup_elem(map, &key, sizeof(key), &number, sizeof(number),
					 0) < 0 ||
		    number >= DMA_SITES_MAX)
			continue;
		tracker->sites[number] = site;
		if (bpf_map__lookup_elem(counts, &number, sizeof(number), parts, size,
					 0) == 0)
			site->counts = sum_site(parts, tracker->processors);
	}
	read_losses(trace);
	return 0;
}

static void bpf_stop(struct trace *trace)
{
	struct tracker *tracker = trace->data;

	tracker->programs->bss->enabled = 0;
}

static int bpf_finish(struct trace *trace, uint64_t older_ns)
{
	struct tracker *tracker = trace->data;
	const struct bpf_map *map = tracker->programs->maps.live;
	struct dma_live_key key, before, *last = NULL;
	struct dma_live live;

	bpf_read(trace); /* the sites of what is alive */
	while (bpf_map__get_next_key(map, last, &key, sizeof(key)) == 0) {
		if (bpf_map__lookup_elem(map, &key, sizeof(key), &live, sizeof(live),
					 0) == 0 &&
		    live.site < DMA_SITES_MAX && tracker->sites[live.site])
			trace_site_live(trace, tracker->sites[live.site], live.size,
					live.time_ns, older_ns);
		before = key;
		last = &before;
	}
	return 0;
}

static void bpf_close(struct trace *trace)
{
	struct tracker *tracker = trace->data;

	dma_bpf__destroy(tracker->programs);
	symbols_free(&tracker->symbols);
	free(tracker);
}

const struct trace_method trace_bpf = {
	.name = "bpf",
	.open = bpf_open,
	.wait = bpf_wait,
	.read = bpf_read,
	.stop = bpf_stop,
	.finish = bpf_finish,
	.close = bpf_close,
};

#else

static int bpf_open(struct trace *trace)
{
	trace->obstacle = "this dmascope was built without libbpf: configure it where "
			  "libbpf, clang and bpftool are installed";
	return -ENOSYS;
}

const struct trace_method trace_bpf = { .name = "bpf", .open = bpf_open };

#endif
