// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope leaks trace: what is mapped and not unmapped, and from where. */

#include "cmd/trace.h"

#include "analyze/analyze.h"
#include "cmd/series.h"
#include "trace/trace.h"

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

static struct mapping_group *group_of(const struct system *system, struct arena *arena,
				      const struct trace_site *site, uint64_t ns)
{
	struct mapping_group *group = arena_new(arena, struct mapping_group);
	const struct dma_site *counts = &site->counts;

	group->site = site->id;
	group->device = site->device ? site->device : "?";
	group->type = site->type;
	group->direction = site->direction;
	group->driver = driver_of(system, site);
	group->count = KNOWN_U64(less(counts->maps, counts->unmaps));
	group->bytes = KNOWN_U64(less(counts->bytes_mapped, counts->bytes_unmapped));
	group->maps = KNOWN_U64(counts->maps);
	group->unmaps = KNOWN_U64(counts->unmaps);
	group->maps_per_second = KNOWN_U64(per_second(counts->maps, ns));
	group->bytes_per_second = KNOWN_U64(per_second(counts->bytes_mapped, ns));
	group->life_us.state = FACT_ABSENT;
	if (counts->unmaps > 0)
		group->life_us = KNOWN_U64(counts->life_ns / counts->unmaps / 1000);
	return group;
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
	LIST_FOR_EACH (&trace.sites, const struct trace_site, site) {
		struct mapping_group *group =
			group_of(&context->system, arena, site,
				 less(trace.ended_ns, trace.began_ns));

		list_add(arena, &ret->table.groups, group);
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

/* What only the end tells: how old what is left is, and where it was made. */
static void complete(struct context *context, struct mapping_group *group)
{
	struct arena *arena = &context->system.arena;
	const struct trace_site *site = trace.sites.items[group->site - 1];
	struct list frames = { 0 };

	group->old = KNOWN_U64(site->old);
	group->old_bytes = KNOWN_U64(site->old_bytes);
	group->oldest_seconds.state = FACT_ABSENT;
	if (group->count.value > 0)
		group->oldest_seconds = KNOWN_U64(site->oldest_ns / 1000000000);
	trace_frames(&trace, site, &frames);
	group->stack.state = frames.count > 0 ? FACT_KNOWN : FACT_ABSENT;
	LIST_FOR_EACH (&frames, const struct trace_frame, frame)
		list_add(arena, &group->stack.list, frame_of(arena, frame));
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
		{ losses->no_stack, "mappings have no stack, as there were too many" },
	};

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
		const char *driver = known_text(driver_of(&context->system, site));
		size_t at = 0;

		if (!driver)
			driver = "(no driver)";
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
		return "";
	qsort(shares, count, sizeof(*shares), compare_shares);
	for (size_t i = 0; i < MIN(count, (size_t)TOLD_MAX); i++) {
		const struct dma_site *counts = &shares[i].counts;

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
	if (status == EXIT_ANSWERED)
		status = open_trace(context, plan);
	if (status != EXIT_ANSWERED)
		return status;
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
