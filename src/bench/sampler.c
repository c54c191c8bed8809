// SPDX-License-Identifier: GPL-2.0-or-later
/* Doing something again and again, and how long it took each time. */

#include <stdarg.h>

#include "bench/workload.h"

const struct workload *const workloads[] = {
	&workload_map, &workload_dma, &workload_reach, &workload_isolation, NULL,
};

enum { CLOCK_LOOKS = 2048 };

const struct workload *workload_find(const char *name)
{
	for (size_t i = 0; workloads[i]; i++)
		if (streq(workloads[i]->name, name))
			return workloads[i];
	return NULL;
}

uint64_t clock_cost(void)
{
	struct histogram *looks = xzalloc(sizeof(*looks));
	uint64_t cost, last;

	histogram_clear(looks);
	last = bench_now();
	for (size_t i = 0; i < CLOCK_LOOKS; i++) {
		uint64_t now = bench_now();

		histogram_add(looks, now - last);
		last = now;
	}
	cost = histogram_percentile(looks, 50);
	free(looks);
	return cost;
}

struct lane *sampler_lane(struct sampler *sampler, const char *operation, uint64_t bytes)
{
	struct lane *lane = sampler->lanes + sampler->count++;
	size_t count = sampler->run->plan->repetitions;

	lane->operation = operation;
	lane->histograms = xzalloc(count * sizeof(*lane->histograms));
	lane->sums = xzalloc(count * sizeof(*lane->sums));
	lane->sampling = (struct sampling){
		.repetitions = lane->histograms,
		.elapsed = lane->sums,
		.count = count,
		.bytes = bytes,
		.clock_ns = sampler->run->clock_ns,
	};
	for (size_t i = 0; i < count; i++)
		histogram_clear(lane->histograms + i);
	return lane;
}

void lane_add_one(struct lane *lane, uint64_t nanoseconds)
{
	histogram_add(lane->now, nanoseconds);
}

void lane_add_elapsed(struct lane *lane, uint64_t nanoseconds)
{
	uint64_t clock_ns = lane->sampling.clock_ns;

	*lane->elapsed += nanoseconds > clock_ns ? nanoseconds - clock_ns : 0;
}

void lane_add(struct lane *lane, uint64_t nanoseconds)
{
	lane_add_one(lane, nanoseconds);
	lane_add_elapsed(lane, nanoseconds);
}

static int repeat(struct sampler *sampler, uint64_t time_ns, uint64_t ops)
{
	uint64_t start = bench_now(), done = 0;

	do {
		int r = bench_stop ? -EINTR : sampler->round(sampler->data);

		if (r < 0)
			return r;
		done++;
	} while (ops > 0 ? done < ops : bench_now() - start < time_ns);
	return 0;
}

void sampler_begin(struct sampler *sampler, size_t repetition)
{
	for (size_t i = 0; i < sampler->count; i++) {
		struct lane *lane = sampler->lanes + i;

		lane->now = lane->histograms + repetition;
		lane->elapsed = lane->sums + repetition;
	}
}

int sampler_run(struct sampler *sampler)
{
	const struct bench_plan *plan = sampler->run->plan;
	int r;

	histogram_clear(&sampler->warmup);
	for (size_t i = 0; i < sampler->count; i++) {
		sampler->lanes[i].now = &sampler->warmup;
		sampler->lanes[i].elapsed = &sampler->lanes[i].discarded;
	}
	r = repeat(sampler, plan->warmup_ns, plan->warmup_ns ? 0 : 1);
	for (size_t n = 0; n < plan->repetitions && r == 0; n++) {
		sampler_begin(sampler, n);
		r = repeat(sampler, plan->time_ns, plan->ops);
	}
	return r;
}

void sampler_results(struct sampler *sampler, const struct result *like)
{
	for (size_t i = 0; i < sampler->count; i++) {
		struct result *result =
			run_add(sampler->run, sampler->lanes[i].operation);
		const char *operation = result->operation;

		*result = *like;
		result->operation = operation;
		result_fill(sampler->run->arena, result, &sampler->lanes[i].sampling);
	}
}

void sampler_free(struct sampler *sampler)
{
	for (size_t i = 0; i < sampler->count; i++) {
		free(sampler->lanes[i].histograms);
		free(sampler->lanes[i].sums);
	}
	sampler->count = 0;
}

const struct plan_list *plan_or(const struct plan_list *given,
				const struct plan_list *otherwise)
{
	return given->count > 0 ? given : otherwise;
}

struct plan_list plan_small_and_large(const struct plan_list *sizes)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < sizes->count; i++)
		largest = MAX(largest, sizes->values[i]);
	return (struct plan_list){ { MEMORY_4K, memory_large(largest) }, 2 };
}

struct size_text size_text(uint64_t bytes)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct size_text short_text;

	strbuf_add_size(&text, bytes);
	snprintf(short_text.text, sizeof(short_text.text), "%s", strbuf_text(&text));
	return short_text;
}

const char *run_device(const struct run *run)
{
	return run->bench->device ? run->bench->device->name : NULL;
}

struct result *run_add(struct run *run, const char *operation)
{
	struct result *result = arena_new(run->arena, struct result);

	result->workload = run->workload->name;
	result->backend = run->bench->backend->name;
	result->bdf = run->bench->bdf;
	result->device = run_device(run);
	result->operation = operation;
	list_add(run->arena, run->results, result);
	return result;
}

void run_add_unknown(struct run *run, struct result *like, const char *why)
{
	struct result *result = run_add(run, like->operation);

	*result = *like;
	result->verdict = KNOWN_ENUM(RESULT_UNKNOWN);
	result->why = KNOWN_STR(arena_strdup(run->arena, why));
}

void run_tell(struct run *run, const char *format, ...)
{
	char text[128];
	va_list arguments;

	run->step++;
	if (!run->progress)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	run->progress(run->data, text, run->step, MAX(run->step, run->steps));
}
