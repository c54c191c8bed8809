// SPDX-License-Identifier: GPL-2.0-or-later
/* What mapping costs when several threads do it at once, for one device. */

#include <pthread.h>
#include <sched.h>

#include "bench/map.h"

enum { PAGE = 4096, THREADS_MAX = 1024 };

static const struct plan_list default_threads = { { 2 }, 1 };

/* Workers wait until all of them are there. */
enum crew_signal { CREW_WAIT, CREW_GO, CREW_GIVE_UP };

/* Each has a page and an address of its own. */
struct worker {
	pthread_t thread;
	struct bench *bench;
	unsigned char *at;
	uint64_t iova, ops, limit_ns;
	size_t number;
	const int *signal;
	struct histogram map, unmap;
	int error;
};

static int work_once(struct worker *worker)
{
	const struct backend *backend = worker->bench->backend;
	uint64_t start = bench_now(), middle;
	int r = backend->map(worker->bench, worker->at, worker->iova, PAGE,
			     ACCESS_READ | ACCESS_WRITE);

	if (r < 0)
		return r;
	middle = bench_now();
	histogram_add(&worker->map, middle - start);
	r = backend->unmap(worker->bench, worker->iova, PAGE);
	histogram_add(&worker->unmap, bench_now() - middle);
	return r;
}

static void *work(void *data)
{
	struct worker *worker = data;
	uint64_t start, done = 0;
	int signal;

	bench_pin_again(worker->number);
	while ((signal = __atomic_load_n(worker->signal, __ATOMIC_ACQUIRE)) == CREW_WAIT)
		sched_yield();
	start = bench_now();
	while (signal == CREW_GO && !bench_stop && worker->error == 0 &&
	       (worker->ops > 0 ? done++ < worker->ops
				: bench_now() - start < worker->limit_ns))
		worker->error = work_once(worker);
	return NULL;
}

/* Runs all of them to their end; the first error of any. */
static int run_crew(struct bench *bench, struct worker *workers, size_t count,
		    int *signal)
{
	size_t started = 0;
	int r = 0;

	while (started < count && pthread_create(&workers[started].thread, NULL, work,
						 workers + started) == 0)
		started++;
	__atomic_store_n(signal, started == count ? CREW_GO : CREW_GIVE_UP,
			 __ATOMIC_RELEASE);
	for (size_t i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		if (r == 0)
			r = workers[i].error;
	}
	if (started < count)
		r = bench_fail(bench, -EAGAIN, "no more than %zu threads can be started",
			       started);
	return r < 0 ? r : bench_stop ? -EINTR : 0;
}

/* What each operation looked at the clock is in the sum, and not in what it took. */
static uint64_t net_sum(const struct histogram *times, uint64_t clock_ns)
{
	uint64_t clock = times->count * clock_ns;

	return times->sum > clock ? times->sum - clock : 0;
}

/* Figures of one repetition: as if each thread were a machine of its own. */
static void take_figures(struct lane *lanes, const struct worker *workers, size_t count)
{
	uint64_t map = 0, unmap = 0;

	for (size_t i = 0; i < count; i++) {
		histogram_merge(lanes[0].now, &workers[i].map);
		histogram_merge(lanes[1].now, &workers[i].unmap);
		map += net_sum(&workers[i].map, lanes[0].sampling.clock_ns);
		unmap += net_sum(&workers[i].unmap, lanes[1].sampling.clock_ns);
	}
	*lanes[0].elapsed += map / count;
	*lanes[1].elapsed += unmap / count;
}

static int repeat(struct maps *maps, struct sampler *sampler, size_t count)
{
	const struct bench_plan *plan = maps->run->plan;
	struct worker *workers = xzalloc(count * sizeof(*workers));
	int r = 0;

	for (size_t n = 0; n < plan->repetitions && r == 0; n++) {
		int signal = CREW_WAIT;

		for (size_t i = 0; i < count; i++) {
			workers[i] = (struct worker){
				.bench = maps->run->bench,
				.at = maps->memory.at + i * PAGE,
				.iova = maps->iova + 2 * i * PAGE,
				.ops = plan->ops,
				.limit_ns = plan->time_ns,
				.number = i,
				.signal = &signal,
			};
			histogram_clear(&workers[i].map);
			histogram_clear(&workers[i].unmap);
		}
		r = run_crew(maps->run->bench, workers, count, &signal);
		sampler_begin(sampler, n);
		take_figures(sampler->lanes, workers, count);
	}
	free(workers);
	return r;
}

static int measure(struct maps *maps, size_t count)
{
	struct sampler sampler = { .run = maps->run };
	struct result like;
	int r;

	memory_touch(&maps->memory);
	maps->size = PAGE;
	like = map_row(maps);
	like.threads = KNOWN_U64(count);
	sampler_lane(&sampler, "map", PAGE);
	sampler_lane(&sampler, "unmap", PAGE);
	r = repeat(maps, &sampler, count);
	maps->run->bench->backend->unmap_all(maps->run->bench);
	if (r == 0)
		sampler_results(&sampler, &like);
	sampler_free(&sampler);
	return r;
}

int map_run_threads(struct maps *maps)
{
	const struct plan_list *threads =
		plan_or(&maps->run->plan->threads, &default_threads);

	for (size_t i = 0; i < threads->count; i++) {
		uint64_t count = MIN(MAX(threads->values[i], 1), THREADS_MAX);
		int r;

		run_tell(maps->run, "map by %llu threads", (unsigned long long)count);
		r = map_begin(maps, count * PAGE, MEMORY_4K);
		if (r == 0)
			r = measure(maps, count);
		memory_free(&maps->memory);
		if (map_is_final(r))
			return r;
		if (r < 0) {
			struct result like = map_row(maps);

			like.operation = "map";
			like.threads = KNOWN_U64(count);
			run_add_unknown(maps->run, &like,
					strbuf_text(&maps->run->bench->why));
		}
	}
	return 0;
}
