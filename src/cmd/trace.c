// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope leaks trace: what is mapped and not unmapped, and from where. */

#include "cmd/trace.h"

#include "analyze/analyze.h"
#include "cmd/series.h"
#include "trace/trace.h"

enum { STACKS_SHOWN = 3 };

static struct trace trace; /* one runs in a process */

static uint64_t less(uint64_t all, uint64_t part)
{
	return all > part ? all - part : 0;
}

/* A number of something in so many nanoseconds, for a second. */
static uint64_t per_second(uint64_t number, uint64_t ns)
{
	return ns > 0 ? (uint64_t)((double)number * 1e9 / (double)ns + 0.5) : 0;
}

static struct fact_str driver_of(const struct system *system,
				 const struct trace_site *site)
{
	const struct device *device;

	if (site->driver)
		return KNOWN_STR(site->driver);
	if (!site->device) /* nor could the driver's name be read */
		return (struct fact_str){ .state = FACT_UNREAD, .value = "" };
	/* The program would have told; events do not tell. */
	if (trace.method != &trace_events)
		return (struct fact_str){ .state = FACT_ABSENT, .value = "" };
	device = system_find_device(system, site->device);
	if (!device)
		return (struct fact_str){ .state = FACT_UNREAD, .value = "" };
	if (device->driver.state != FACT_KNOWN)
		return (struct fact_str){ .state = device->driver.state, .value = "" };
	return device->driver;
}

/* What a site has in common with the others of its group. */
static struct mapping_group group_names(const struct system *system,
					const struct trace_site *site)
{
	return (struct mapping_group){
		.device = site->device ? site->device : "?",
		.type = site->type,
		.direction = site->direction,
		.driver = driver_of(system, site),
	};
}

/* The group of a site, made where the list has none yet. */
static struct mapping_group *group_of(const struct system *system, struct arena *arena,
				      struct list *groups, const struct trace_site *site)
{
	struct mapping_group wanted = group_names(system, site), *made;

	LIST_FOR_EACH (groups, struct mapping_group, group)
		if (mapping_group_compare(group, &wanted) == 0)
			return group;
	made = arena_memdup(arena, &wanted, sizeof(wanted));
	made->count = made->bytes = made->maps = made->unmaps = KNOWN_U64(0);
	made->older_unmaps = KNOWN_U64(0);
	list_add(arena, groups, made);
	return made;
}

static bool is_older(const struct trace_site *site)
{
	return site->key.stack == DMA_OLDER;
}

static void add_site(struct mapping_group *group, const struct trace_site *site)
{
	const struct dma_site *counts = &site->counts;

	if (is_older(site)) {
		group->older_unmaps.value += counts->unmaps;
		return;
	}
	group->count.value += less(counts->maps, counts->unmaps);
	group->bytes.value += less(counts->bytes_mapped, counts->bytes_unmapped);
	group->maps.value += counts->maps;
	group->unmaps.value += counts->unmaps;
}

static int take_sample(struct context *context, struct arena *arena,
		       struct mapping_sample *ret, const char **ret_why)
{
	int r = trace_read(&trace);

	if (r < 0) {
		*ret_why = strerror(-r);
		return r;
	}
	ret->time = KNOWN_U64(sample_now());
	LIST_FOR_EACH (&trace.sites, const struct trace_site, site)
		add_site(group_of(&context->system, arena, &ret->table.groups, site),
			 site);
	LIST_FOR_EACH (&ret->table.groups, const struct mapping_group, group) {
		ret->table.mappings += group->count.value;
		ret->table.bytes += group->bytes.value;
	}
	return 0;
}

static void wait_for(uint64_t ms)
{
	trace_wait(&trace, trace_now() + ms * 1000000);
}

static void stop(void)
{
	trace_stop(&trace);
}

static const char *frame_text(struct arena *arena, const struct trace_frame *frame)
{
	if (!frame->function)
		return arena_printf(arena, "0x%llx", (unsigned long long)frame->address);
	return arena_printf(arena, "%s+0x%llx%s%s%s", frame->function,
			    (unsigned long long)frame->offset, frame->module ? " [" : "",
			    frame->module ? frame->module : "", frame->module ? "]" : "");
}

static struct mapping_frame *frame_of(struct arena *arena,
				      const struct trace_frame *frame)
{
	struct mapping_frame *made = arena_new(arena, struct mapping_frame);

	made->function.state = made->module.state = made->offset.state = FACT_ABSENT;
	made->address.state = FACT_ABSENT;
	if (frame->function) {
		made->function = KNOWN_STR(frame->function);
		made->offset = KNOWN_U64(frame->offset);
	}
	if (frame->module)
		made->module = KNOWN_STR(frame->module);
	if (frame->address != 0)
		made->address = KNOWN_U64(frame->address);
	made->text = KNOWN_STR(frame_text(arena, frame));
	return made;
}

/* The function that called the DMA API, with its module. */
static struct fact_str caller_of(struct arena *arena, const struct list *frames)
{
	LIST_FOR_EACH (frames, const struct trace_frame, frame) {
		if (trace_is_entry(frame))
			continue;
		if (!frame->function || !frame->module)
			return KNOWN_STR(frame->function ? frame->function
							 : frame_text(arena, frame));
		return KNOWN_STR(
			arena_printf(arena, "%s [%s]", frame->function, frame->module));
	}
	return (struct fact_str){ .state = FACT_ABSENT };
}

/* Stacks are the same where their functions are: interrupts come in anywhere. */
static bool same_frames(const struct mapping_stack *stack, const struct list *frames)
{
	if (stack->frames.list.count != frames->count)
		return false;
	for (size_t i = 0; i < frames->count; i++) {
		const struct mapping_frame *one = stack->frames.list.items[i];
		const struct trace_frame *other = frames->items[i];

		if (!one->function.value || !other->function
			    ? one->address.value != other->address
			    : !streq(one->function.value, other->function))
			return false;
	}
	return true;
}

static struct mapping_stack *stack_of(struct arena *arena, struct mapping_group *group,
				      const struct trace_site *site)
{
	struct mapping_stack *made;

	LIST_FOR_EACH (&group->stacks.list, struct mapping_stack, stack)
		if (same_frames(stack, &site->frames))
			return stack;
	made = arena_new(arena, struct mapping_stack);
	made->count = made->bytes = made->maps = made->unmaps = made->old = KNOWN_U64(0);
	made->by = caller_of(arena, &site->frames);
	made->frames.state = site->frames.count > 0 ? FACT_KNOWN : FACT_ABSENT;
	LIST_FOR_EACH (&site->frames, const struct trace_frame, frame)
		list_add(arena, &made->frames.list, frame_of(arena, frame));
	list_add(arena, &group->stacks.list, made);
	return made;
}

static void add_stack(struct arena *arena, struct mapping_group *group,
		      const struct trace_site *site)
{
	struct mapping_stack *stack = stack_of(arena, group, site);

	stack->count.value += less(site->counts.maps, site->counts.unmaps);
	stack->bytes.value +=
		less(site->counts.bytes_mapped, site->counts.bytes_unmapped);
	stack->maps.value += site->counts.maps;
	stack->unmaps.value += site->counts.unmaps;
	stack->old.value += site->old;
}

static int compare_stacks(const void *a, const void *b)
{
	const struct mapping_stack *one = *(const struct mapping_stack *const *)a;
	const struct mapping_stack *other = *(const struct mapping_stack *const *)b;

	if (one->count.value != other->count.value)
		return one->count.value < other->count.value ? 1 : -1;
	return (one->maps.value < other->maps.value) -
	       (one->maps.value > other->maps.value);
}

/* What was not seen may be the ends of all that seems to grow. */
static void doubt(struct arena *arena, struct mapping_group *group)
{
	if (!known_true(group->growing) || trace.missed == 0 ||
	    group->count_delta.value > (int64_t)MIN(trace.missed, (uint64_t)INT64_MAX))
		return;
	group->growing.state = FACT_UNREAD;
	group->why = KNOWN_STR(arena_printf(arena, "%s; but %llu calls were not seen",
					    group->why.value,
					    (unsigned long long)trace.missed));
}

/* What only the end tells: how old what is left is, and where it was made. */
static void complete(struct context *context, struct mapping_group *group)
{
	struct arena *arena = &context->system.arena;
	uint64_t ns = less(trace.ended_ns, trace.began_ns), mapped = 0, life_ns = 0;
	uint64_t oldest_ns = 0;

	group->old = group->old_bytes = KNOWN_U64(0);
	group->stacks.state = FACT_KNOWN;
	LIST_FOR_EACH (&trace.sites, const struct trace_site, site) {
		struct mapping_group wanted = group_names(&context->system, site);

		if (is_older(site) || mapping_group_compare(group, &wanted) != 0)
			continue;
		group->old.value += site->old;
		group->old_bytes.value += site->old_bytes;
		oldest_ns = MAX(oldest_ns, site->oldest_ns);
		mapped += site->counts.bytes_mapped;
		life_ns += site->counts.life_ns;
		add_stack(arena, group, site);
	}
	group->maps_per_second = KNOWN_U64(per_second(group->maps.value, ns));
	group->bytes_per_second = KNOWN_U64(per_second(mapped, ns));
	group->life_us.state = group->oldest_seconds.state = FACT_ABSENT;
	if (group->unmaps.value > 0)
		group->life_us = KNOWN_U64(life_ns / group->unmaps.value / 1000);
	if (group->count.value > 0)
		group->oldest_seconds = KNOWN_U64(oldest_ns / 1000000000);
	if (group->stacks.list.count > 0)
		qsort(group->stacks.list.items, group->stacks.list.count, sizeof(void *),
		      compare_stacks);
	/* A table shows the first few. */
	if (is_text(context) && group->stacks.list.count > STACKS_SHOWN)
		group->stacks.list.count = STACKS_SHOWN;
	doubt(arena, group);
}

static bool has_old(const struct mapping_group *group)
{
	return group->old.value > 0;
}

static void note(struct system *system, const char *what, const char *reason)
{
	struct unread *unread = arena_new(&system->arena, struct unread);

	unread->source = "leaks";
	unread->path = what;
	unread->reason = reason;
	list_add(&system->arena, &system->unread, unread);
}

static void tell_losses(struct system *system)
{
	const struct dma_losses *losses = &trace.losses;
	const struct {
		uint64_t number;
		const char *what;
	} kinds[] = {
		{ trace.missed, "calls of the DMA API were not seen: there may be fewer "
				"mappings, or more, than it says" },
		{ losses->no_room, "mappings were not followed, as too many were alive "
				   "(--mappings-max)" },
		{ losses->no_site, "mappings were not followed, as they came from too "
				   "many places" },
		{ losses->no_stack, "mappings have no stack, as it could not be kept" },
	};

	if (trace.nameless)
		note(system, "/proc/kallsyms",
		     "hides addresses, so that functions have no names "
		     "(kernel.kptr_restrict)");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].number > 0)
			note(system, "trace",
			     arena_printf(&system->arena, "%llu %s",
					  (unsigned long long)kinds[i].number,
					  kinds[i].what));
}

/* What a driver did, in all places together. */
struct share {
	const char *driver;
	struct dma_site counts;
};

static int compare_shares(const void *a, const void *b)
{
	uint64_t one = ((const struct share *)a)->counts.maps;
	uint64_t other = ((const struct share *)b)->counts.maps;

	return (one < other) - (one > other);
}

/* " By driver: nvme 1200 maps/s of 4.7M/s, 85 us each; …" */
static const char *tell_rates(struct context *context)
{
	enum { TOLD_MAX = 6 };
	struct arena *arena = &context->system.arena;
	uint64_t ns = less(trace.ended_ns, trace.began_ns);
	size_t count = 0;
	struct share *shares =
		arena_alloc(arena, (trace.sites.count + 1) * sizeof(struct share));
	_cleanup_strbuf_ struct strbuf text = { 0 };

	LIST_FOR_EACH (&trace.sites, const struct trace_site, site) {
		struct fact_str fact = driver_of(&context->system, site);
		const char *driver = known_text(fact);
		size_t at = 0;

		if (is_older(site))
			continue;
		if (!driver)
			driver = fact.state == FACT_ABSENT ? "(no driver)"
							   : "(driver not known)";
		while (at < count && !streq(shares[at].driver, driver))
			at++;
		if (at == count)
			shares[count++].driver = driver;
		shares[at].counts.maps += site->counts.maps;
		shares[at].counts.unmaps += site->counts.unmaps;
		shares[at].counts.bytes_mapped += site->counts.bytes_mapped;
		shares[at].counts.life_ns += site->counts.life_ns;
	}
	if (count == 0)
		return arena_printf(arena, " Traced by %s.", trace.method->name);
	qsort(shares, count, sizeof(*shares), compare_shares);
	for (size_t i = 0; i < MIN(count, (size_t)TOLD_MAX); i++) {
		const struct dma_site *counts = &shares[i].counts;

		if (i == 0)
			strbuf_printf(&text, " Traced by %s.", trace.method->name);
		strbuf_puts(&text, i == 0 ? " By driver: " : "; ");
		strbuf_add_safe(&text, shares[i].driver);
		strbuf_printf(&text, " %llu maps/s of ",
			      (unsigned long long)per_second(counts->maps, ns));
		strbuf_add_size(&text, per_second(counts->bytes_mapped, ns));
		strbuf_puts(&text, "/s");
		if (counts->unmaps > 0)
			strbuf_printf(&text, ", each for %llu us",
				      (unsigned long long)(counts->life_ns /
							   counts->unmaps / 1000));
	}
	if (count > TOLD_MAX)
		strbuf_printf(&text, "; and %zu more", count - TOLD_MAX);
	strbuf_puts(&text, ".");
	return arena_strdup(arena, strbuf_text(&text));
}

static int open_trace(struct context *context, const struct trace_plan *plan)
{
	struct system *system = &context->system;
	bool named = false;

	for (size_t i = 0; trace_methods[i]; i++) {
		const struct trace_method *method = trace_methods[i];

		if (plan->method && !streq(plan->method, method->name))
			continue;
		named = true;
		trace = (struct trace){ .method = method,
					.live_max = plan->mappings_max };
		if (trace_open(&trace) == 0)
			return EXIT_ANSWERED;
		note(system, method->name, arena_strdup(&system->arena, trace.obstacle));
		trace_close(&trace);
	}
	if (!named) {
		complain("%s: no way to trace; there are bpf and events", plan->method);
		return EXIT_TROUBLE;
	}
	LIST_FOR_EACH (&system->unread, const struct unread, unread)
		if (streq(unread->source, "leaks"))
			complain("cannot trace by %s: %s", unread->path, unread->reason);
	return EXIT_TROUBLE;
}

static const char growth_columns[] = "DRIVER,DEVICE,TYPE,DIRECTION,RATE,BYTE-RATE,LIFE,"
				     "COUNT,OLD,DELTA,GROWING,SURE";
static const char narrow_columns[] = "DRIVER,DEVICE,TYPE,RATE,COUNT,OLD,DELTA,GROWING";

int trace_run(struct context *context, const struct trace_plan *plan)
{
	struct growth_view view = {
		.columns = growth_columns,
		.narrow_columns = narrow_columns,
		.wanted = has_old,
		.all = plan->all,
		.complete = complete,
	};
	struct series *series;
	int status;

	if (context->sysroot) {
		complain("leaks trace looks at this machine alone");
		return EXIT_TROUBLE;
	}
	status = context_load(context, FACTS_ALL & ~(unsigned int)FACTS_NAMES);
	if (status != EXIT_ANSWERED)
		return status;
	series_catch_signals(); /* before there is something to take back */
	status = open_trace(context, plan);
	if (status != EXIT_ANSWERED)
		return status;
	if (isatty(STDERR_FILENO))
		complain("tracing by %s; Ctrl-C ends it early", trace.method->name);
	series = xzalloc(sizeof(*series));
	series->interval_ms = plan->interval_ms;
	series->wanted = plan->samples;
	series->take = take_sample;
	series->wait = wait_for;
	series->stop = stop;
	status = series_run(context, series);
	if (status == EXIT_ANSWERED) {
		trace_finish(&trace, plan->older_ms * 1000000);
		tell_losses(&context->system);
		view.remark = tell_rates(context);
		status = growth_answer(context, series->samples, series->kept, &view);
	}
	series_free(series);
	trace_close(&trace);
	return status;
}
