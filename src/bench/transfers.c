// SPDX-License-Identifier: GPL-2.0-or-later
/* Transfers of a device within a window of addresses, every byte of them looked at. */

#include "bench/transfers.h"

#include "bench/counters.h"

const char *const transfer_names[] = { "read", "write", "copy", NULL };

struct result transfers_row(const struct run *run, const struct transfers *what)
{
	return (struct result){
		.workload = run->workload->name,
		.backend = run->bench->backend->name,
		.bdf = run->bench->bdf,
		.device = run_device(run),
		.operation = transfer_names[what->kind],
		.backing = KNOWN_STR(memory_kinds[what->backing]),
		.page_size = KNOWN_U64(memory_page_size(what->backing)),
		.size = KNOWN_U64(what->size),
		.depth = KNOWN_U64(what->depth),
	};
}

const char *transfers_refusal(const struct run *run, enum transfer_kind kind,
			      uint64_t size, uint64_t depth)
{
	const struct device_limits *limits = &run->bench->limits;

	if (!(run->bench->device->can & 1U << kind))
		return arena_printf(run->arena, "%s does not %s memory",
				    run->bench->device->name, transfer_names[kind]);
	if (size < limits->size_min || size > limits->size_max ||
	    size % limits->size_step != 0)
		return arena_printf(run->arena,
				    "%s moves %zu to %zu bytes, in steps of %zu",
				    run->bench->device->name, limits->size_min,
				    limits->size_max, limits->size_step);
	if (depth == 0)
		return "nothing moves where no transfer is under way";
	if (depth > limits->depth_max)
		return arena_printf(run->arena, "%s takes %u transfers at once",
				    run->bench->device->name, limits->depth_max);
	return NULL;
}

static const uint64_t silence_limit_ns = 2000000000;

/* One transfer of a batch. */
struct place {
	struct transfer transfer;
	unsigned char *source, *target; /* NULL where it has none */
	uint64_t slot, start, took;
	int error;
};

/* A window and what moves through it. */
struct course {
	const struct transfers *transfers;
	struct bench *bench;
	struct sampler sampler;
	struct memory source, target;
	uint64_t source_iova, target_iova;
	uint64_t slots, next, seed, rounds, verified;
	struct place *places; /* depth of them */
	struct strbuf wrong;  /* what was not right, where anything was */
};

/* Marsaglia's xorshift, 64 bits: as random as an order of pages has to be. */
static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static bool is_taken(const struct course *course, size_t count, uint64_t slot)
{
	for (size_t i = 0; i < count; i++)
		if (course->places[i].slot == slot)
			return true;
	return false;
}

/* No two of a batch share a place: each has to find its own bytes there. */
static uint64_t choose_slot(struct course *course, size_t index)
{
	uint64_t slot;

	if (course->transfers->pattern == PATTERN_SEQUENTIAL)
		return course->next++ % course->slots;
	do
		slot = random_next(&course->seed) % course->slots;
	while (is_taken(course, index, slot));
	return slot;
}

static void fill(unsigned char *at, size_t size, uint64_t seed)
{
	for (size_t i = 0; i < size; i += sizeof(seed)) {
		random_next(&seed);
		memcpy(at + i, &seed, MIN(sizeof(seed), size - i));
	}
}

/*
 * What was there before must not pass for what ought to come: it differs in each round.
 */
static void prepare(struct course *course, size_t index)
{
	const struct transfers *transfers = course->transfers;
	struct place *place = course->places + index;
	bool reads = transfers->kind == TRANSFER_READ;
	uint64_t slot = place->slot = choose_slot(course, index);

	place->transfer = (struct transfer){
		.kind = transfers->kind,
		.size = transfers->size,
		.tag = index,
	};
	place->error = 0;
	if (course->source.at) {
		uint64_t at = (reads ? slot : index) * transfers->slot;

		place->source = course->source.at + at;
		place->transfer.source = course->source_iova + at;
		fill(place->source, transfers->size, random_next(&course->seed));
	}
	if (course->target.at) {
		place->target = course->target.at + slot * transfers->slot;
		place->transfer.target = course->target_iova + slot * transfers->slot;
		memset(place->target, course->rounds & 1 ? 0x5a : 0xa5, transfers->size);
	}
}

/* Waits until one is done; 0, or -errno where the device is lost. */
static int reap_one(struct course *course)
{
	struct bench *bench = course->bench;
	uint64_t tag = 0, since = bench_now(), now;
	int error = 0, r;

	do {
		r = bench->device->reap(bench, &tag, &error);
		now = bench_now();
		if (r == 0 && now - since > silence_limit_ns)
			return bench_fail(bench, -ETIMEDOUT,
					  "the device said nothing for two seconds");
	} while (r == 0);
	if (r < 0)
		return r;
	if (tag >= course->transfers->depth)
		return bench_fail(bench, -EIO, "the device answered what was not asked");
	course->places[tag].took = now - course->places[tag].start;
	course->places[tag].error = error;
	return 0;
}

/* Submits a whole batch and waits for all of it. */
static int run_batch(struct course *course)
{
	struct bench *bench = course->bench;
	size_t depth = course->transfers->depth, sent = 0, done = 0;

	while (done < depth) {
		int r = 0;

		while (sent < depth && r == 0) {
			course->places[sent].start = bench_now();
			r = bench->device->submit(bench, &course->places[sent].transfer);
			if (r == 0)
				sent++;
		}
		if (r < 0 && r != -EAGAIN)
			return r;
		r = reap_one(course);
		if (r < 0)
			return r;
		done++;
	}
	return 0;
}

static int check_place(struct course *course, const struct place *place)
{
	struct bench *bench = course->bench;
	int r = place->error;

	if (r == 0)
		r = bench->device->verify(bench, &place->transfer, place->source,
					  place->target);
	if (r == 0) {
		course->verified++;
		return 0;
	}
	strbuf_clear(&course->wrong);
	if (r == -EBADMSG)
		strbuf_printf(&course->wrong,
			      "after %llu right ones a transfer brought other "
			      "bytes than it should have",
			      (unsigned long long)course->verified);
	else
		strbuf_printf(&course->wrong,
			      "after %llu right ones a transfer failed: %s",
			      (unsigned long long)course->verified, strerror(-r));
	return -EBADMSG;
}

static int round_transfers(void *data)
{
	struct course *course = data;
	struct lane *lane = course->sampler.lanes;
	size_t depth = course->transfers->depth;
	uint64_t end = 0, start;
	int r;

	for (size_t i = 0; i < depth; i++)
		prepare(course, i);
	course->rounds++;
	r = run_batch(course);
	if (r < 0)
		return r;
	start = course->places[0].start;
	for (size_t i = 0; i < depth; i++) {
		const struct place *place = course->places + i;

		lane_add_one(lane, place->took);
		end = MAX(end, place->start + place->took);
	}
	lane_add_elapsed(lane, end - start);
	for (size_t i = 0; i < depth && r == 0; i++)
		r = check_place(course, course->places + i);
	return r;
}

/* Memory and addresses; what is read and what is written to are kept apart. */
static int begin(struct course *course)
{
	const struct transfers *transfers = course->transfers;
	struct bench *bench = course->bench;
	size_t own = transfers->depth * transfers->slot;
	uint64_t align = MAX(memory_page_size(transfers->backing), 2 << 20);
	bool reads = transfers->kind == TRANSFER_READ;
	int r = bench_may_lock(bench, transfers->window + own);

	if (r == 0 && transfers->kind != TRANSFER_WRITE) {
		r = memory_get(&course->source, reads ? transfers->window : own,
			       transfers->backing, &bench->why);
		if (r == 0)
			memory_touch(&course->source);
		if (r == 0)
			r = bench_map(bench, &course->source, align, ACCESS_READ,
				      &course->source_iova);
	}
	if (r == 0 && !reads) {
		r = memory_get(&course->target, transfers->window, transfers->backing,
			       &bench->why);
		if (r == 0)
			memory_touch(&course->target);
		if (r == 0)
			r = bench_map(bench, &course->target, align,
				      ACCESS_READ | ACCESS_WRITE, &course->target_iova);
	}
	return r;
}

static void end(struct course *course)
{
	/* An address of 0 was not mapped: none is ever given out. */
	if (course->source_iova)
		bench_unmap(course->bench, course->source_iova, course->source.size);
	if (course->target_iova)
		bench_unmap(course->bench, course->target_iova, course->target.size);
	memory_free(&course->source);
	memory_free(&course->target);
	sampler_free(&course->sampler);
	free(course->places);
	strbuf_free(&course->wrong);
}

static void tell_counters(struct result *row, const struct iotlb_counts *before,
			  const struct iotlb_counts *after)
{
	row->iotlb_lookups = KNOWN_U64(after->lookups - before->lookups);
	row->iotlb_misses = KNOWN_U64(after->misses - before->misses);
}

/* The row, whatever came of it. */
static int conclude(struct course *course, struct result *like, int r)
{
	struct run *run = course->transfers->run;

	like->verified = KNOWN_U64(course->verified);
	if (r == -EBADMSG) {
		struct result *row = run_add(run, like->operation);

		*row = *like;
		row->verdict = KNOWN_ENUM(RESULT_FAIL);
		row->why =
			KNOWN_STR(arena_strdup(run->arena, strbuf_text(&course->wrong)));
		return 0;
	}
	if (r == 0) {
		like->verdict = KNOWN_ENUM(RESULT_PASS);
		sampler_results(&course->sampler, like);
	}
	return r;
}

int transfers_measure(const struct transfers *transfers, const struct result *like)
{
	struct run *run = transfers->run;
	struct course course = {
		.transfers = transfers,
		.bench = run->bench,
		.sampler = { .run = run, .round = round_transfers, .data = &course },
		.slots = transfers->window / transfers->slot,
		.seed = UINT64_C(0x9e3779b97f4a7c15),
		.places = xzalloc(transfers->depth * sizeof(struct place)),
	};
	struct iova_range mark = bench_iova_mark(run->bench);
	struct counters counters = { 0 };
	struct iotlb_counts before, after;
	struct result row = *like;
	int r;

	strbuf_clear(&run->bench->why);
	r = begin(&course);
	if (r < 0) {
		run_add_unknown(run, &row, strbuf_text(&run->bench->why));
		r = 0;
	} else {
		bool counted = transfers->counters && counters_open(&counters) == 0 &&
			       counters_read(&counters, &before) == 0;

		sampler_lane(&course.sampler, like->operation, transfers->size);
		r = sampler_run(&course.sampler);
		if (counted && counters_read(&counters, &after) == 0)
			tell_counters(&row, &before, &after);
		counters_close(&counters);
		r = conclude(&course, &row, r);
		/* It was lost in the middle of a batch, whose memory goes now. */
		if (r < 0 && r != -EINTR)
			bench_silence(run->bench);
	}
	end(&course);
	bench_iova_release(run->bench, mark);
	return r;
}
