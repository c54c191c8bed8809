// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What mapping memory for a device costs: by size, by the pages behind it, beside others
 * that are mapped, and by several threads at once.
 */

#include "bench/map.h"

static const struct plan_list default_sizes = {
	{ 4 << 10, 64 << 10, 2 << 20, 64 << 20 },
	4,
};
static const struct plan_list default_live = { { 1000 }, 1 };
enum { RANGE_PARTS = 16, PAGE = 4096 };

static struct backend const *backend_of(const struct maps *maps)
{
	return maps->run->bench->backend;
}

/* Times one call; a failure ends the measurement. */
#define TIMED(lane, call)                                                                \
	do {                                                                             \
		uint64_t start_ = bench_now();                                           \
		int r_ = (call);                                                         \
		if (r_ < 0)                                                              \
			return r_;                                                       \
		lane_add((lane), bench_now() - start_);                                  \
	} while (0)

/* Memory that was touched before: the kernel pins it and maps it. */
static int round_touched(void *data)
{
	struct maps *maps = data;
	struct bench *bench = maps->run->bench;

	TIMED(maps->sampler->lanes,
	      backend_of(maps)->map(bench, maps->memory.at, maps->iova, maps->size,
				    ACCESS_READ | ACCESS_WRITE));
	TIMED(maps->sampler->lanes + 1,
	      backend_of(maps)->unmap(bench, maps->iova, maps->size));
	return 0;
}

static int touch(struct maps *maps)
{
	memory_touch(&maps->memory);
	return 0;
}

/* Memory that was never touched: the kernel has to find pages, too. */
static int round_fresh(void *data)
{
	struct maps *maps = data;
	struct bench *bench = maps->run->bench;
	int r = memory_forget(&maps->memory);

	if (r < 0)
		return bench_fail(bench, r, "madvise: %s", strerror(-r));
	TIMED(maps->sampler->lanes,
	      backend_of(maps)->map(bench, maps->memory.at, maps->iova, maps->size,
				    ACCESS_READ | ACCESS_WRITE));
	r = bench_unmap(bench, maps->iova, maps->size);
	if (r == 0)
		r = memory_forget(&maps->memory);
	if (r < 0)
		return r;
	TIMED(maps->sampler->lanes + 1, touch(maps));
	return 0;
}

/* Memory that is pinned already, by a mapping that stays. */
static int round_again(void *data)
{
	struct maps *maps = data;
	struct bench *bench = maps->run->bench;
	uint64_t second = maps->iova + maps->size;

	TIMED(maps->sampler->lanes,
	      backend_of(maps)->map_again(bench, maps->iova, second, maps->size,
					  ACCESS_READ | ACCESS_WRITE));
	return bench_unmap(bench, second, maps->size);
}

/* RANGE_PARTS mappings side by side, taken back by one call. */
static int map_parts(struct maps *maps)
{
	uint64_t part = maps->size / RANGE_PARTS;

	for (uint64_t at = 0; at < maps->size; at += part) {
		int r = bench_map_at(maps->run->bench, maps->memory.at + at,
				     maps->iova + at, part, ACCESS_READ | ACCESS_WRITE);

		if (r < 0)
			return r;
	}
	return 0;
}

static int round_range(void *data)
{
	struct maps *maps = data;
	struct bench *bench = maps->run->bench;
	int r = map_parts(maps);

	if (r < 0)
		return r;
	TIMED(maps->sampler->lanes,
	      backend_of(maps)->unmap(bench, maps->iova, maps->size));
	r = map_parts(maps);
	if (r < 0)
		return r;
	TIMED(maps->sampler->lanes + 1, backend_of(maps)->unmap_all(bench));
	return 0;
}

struct result map_row(const struct maps *maps)
{
	const struct bench *bench = maps->run->bench;

	return (struct result){
		.workload = maps->run->workload->name,
		.backend = bench->backend->name,
		.bdf = bench->bdf,
		.device = run_device(maps->run),
		.backing = KNOWN_STR(memory_kinds[maps->memory.kind]),
		.size = KNOWN_U64(maps->size),
		.page_size = KNOWN_U64(memory_page_size(maps->memory.kind)),
		.live = KNOWN_U64(0),
		.threads = KNOWN_U64(1),
	};
}

/* What ends everything; the rest is a row that says why. */
bool map_is_final(int error)
{
	return error == -EINTR || error == -EIO || error == -ENODEV;
}

static int measure(struct maps *maps, int (*round)(void *data), const char *const *names,
		   struct result like)
{
	struct sampler sampler = { .run = maps->run, .round = round, .data = maps };
	int r;

	maps->sampler = &sampler;
	for (size_t i = 0; names[i]; i++)
		sampler_lane(&sampler, names[i], maps->size);
	r = sampler_run(&sampler);
	if (r == 0)
		sampler_results(&sampler, &like);
	sampler_free(&sampler);
	maps->sampler = NULL;
	if (r == 0)
		return 0;
	maps->run->bench->backend->unmap_all(maps->run->bench);
	if (map_is_final(r))
		return r;
	like.operation = names[0];
	run_add_unknown(maps->run, &like, strbuf_text(&maps->run->bench->why));
	return 0;
}

/* All that is done with one size on one kind of page. */
static int measure_size(struct maps *maps)
{
	static const char *const touched[] = { "map", "unmap", NULL };
	static const char *const fresh[] = { "map-untouched", "touch", NULL };
	static const char *const again[] = { "map-pinned", NULL };
	static const char *const range[] = { "unmap-range", "unmap-all", NULL };
	const struct result like = map_row(maps);
	struct bench *bench = maps->run->bench;
	int r;

	memory_touch(&maps->memory);
	r = measure(maps, round_touched, touched, like);
	if (r == 0)
		r = measure(maps, round_fresh, fresh, like);
	memory_touch(&maps->memory);
	if (r == 0 && bench->backend->map_again) {
		r = bench_map_at(bench, maps->memory.at, maps->iova, maps->size,
				 ACCESS_READ | ACCESS_WRITE);
		if (r == 0)
			r = measure(maps, round_again, again, like);
		if (r == 0)
			r = bench->backend->unmap_all(bench);
	}
	if (r == 0 &&
	    maps->size % (RANGE_PARTS * memory_page_size(maps->memory.kind)) == 0)
		r = measure(maps, round_range, range, like);
	return r;
}

int map_begin(struct maps *maps, uint64_t size, enum memory_kind kind)
{
	struct run *run = maps->run;
	uint64_t page = memory_page_size(kind);
	struct iova_range mark = bench_iova_mark(run->bench);
	int r;

	strbuf_clear(&run->bench->why);
	maps->size = (size + page - 1) / page * page;
	maps->memory = (struct memory){ .kind = kind };
	/* Twice: what is mapped again lies behind it. */
	r = bench_may_lock(run->bench, 2 * maps->size);
	if (r == 0)
		r = memory_get(&maps->memory, maps->size, kind, &run->bench->why);
	if (r == 0)
		r = bench_iova(run->bench, 2 * maps->size, MAX(page, 2 << 20),
			       &maps->iova);
	bench_iova_release(run->bench, mark);
	return r;
}

static int run_sizes(struct maps *maps)
{
	const struct bench_plan *plan = maps->run->plan;
	const struct plan_list *sizes = plan_or(&plan->sizes, &default_sizes);
	const struct plan_list own = plan_small_and_large(sizes);
	const struct plan_list *kinds = plan_or(&plan->kinds, &own);
	int r = 0;

	for (size_t i = 0; i < kinds->count; i++) {
		size_t page = memory_page_size((enum memory_kind)kinds->values[i]);

		for (size_t n = 0; n < sizes->count && r == 0; n++) {
			/* By itself not more memory than the size says. */
			if (sizes->values[n] < page && plan->kinds.count == 0)
				continue;
			run_tell(maps->run, "map %s on %s pages",
				 size_text(sizes->values[n]).text,
				 memory_kinds[kinds->values[i]]);
			r = map_begin(maps, sizes->values[n],
				      (enum memory_kind)kinds->values[i]);
			if (r == 0) {
				r = measure_size(maps);
			} else {
				struct result like = map_row(maps);

				like.operation = "map";
				run_add_unknown(maps->run, &like,
						strbuf_text(&maps->run->bench->why));
				r = 0;
			}
			memory_free(&maps->memory);
		}
	}
	return r;
}

/* Pages that are mapped and stay, each by itself, while one more comes and goes. */
static int measure_live(struct maps *maps, uint64_t live)
{
	static const char *const names[] = { "map", "unmap", NULL };
	struct bench *bench = maps->run->bench;
	struct result like;
	uint64_t first = maps->iova;
	int r = 0;

	maps->size = PAGE;
	like = map_row(maps);
	like.live = KNOWN_U64(live);
	memory_touch(&maps->memory);
	for (uint64_t i = 0; i < live && r == 0; i++)
		/* A page apart, or the IOMMU would make large ones of them. */
		r = bench_stop ? -EINTR
			       : bench_map_at(bench, maps->memory.at + (i + 1) * PAGE,
					      first + 2 * (i + 1) * PAGE, PAGE,
					      ACCESS_READ | ACCESS_WRITE);
	if (r == 0)
		r = measure(maps, round_touched, names, like);
	else if (!map_is_final(r)) {
		like.operation = "map";
		run_add_unknown(maps->run, &like, strbuf_text(&bench->why));
		r = 0;
	}
	bench->backend->unmap_all(bench);
	return r;
}

static int run_live(struct maps *maps)
{
	const struct plan_list *live = plan_or(&maps->run->plan->live, &default_live);
	struct bench *bench = maps->run->bench;
	int r = 0;

	for (size_t i = 0; i < live->count && r == 0; i++) {
		uint64_t count = live->values[i];
		struct result like;

		run_tell(maps->run, "map beside %llu others", (unsigned long long)count);
		r = map_begin(maps, (count + 1) * PAGE, MEMORY_4K);
		if (r == 0 && bench->mappings_max > 0 && count >= bench->mappings_max)
			r = bench_fail(bench, -ENOSPC,
				       "the kernel takes %llu mappings at once",
				       (unsigned long long)bench->mappings_max);
		if (r == 0) {
			r = measure_live(maps, count);
		} else {
			maps->size = PAGE;
			like = map_row(maps);
			like.operation = "map";
			like.live = KNOWN_U64(count);
			run_add_unknown(maps->run, &like, strbuf_text(&bench->why));
			r = 0;
		}
		memory_free(&maps->memory);
	}
	return r;
}

static int run_map(struct run *run)
{
	struct maps maps = { .run = run };
	const struct bench_plan *plan = run->plan;
	int r;

	run->steps = plan_or(&plan->sizes, &default_sizes)->count *
			     (plan->kinds.count ? plan->kinds.count : 2) +
		     plan_or(&plan->live, &default_live)->count +
		     MAX(plan->threads.count, 1);
	r = run_sizes(&maps);
	if (r == 0)
		r = run_live(&maps);
	return r < 0 ? r : map_run_threads(&maps);
}

const struct workload workload_map = {
	.name = "map",
	.summary = "what it costs to map and unmap memory for a device",
	.run = run_map,
};
