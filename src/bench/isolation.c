// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The proof that a device reaches what is mapped for it and nothing else.
 *
 * Every address that the device is given here is one where memory of ours lies: the
 * canary. Where the IOMMU translates, the address means what was mapped there, or
 * nothing; where it lets everything pass, the canary is hit and not the memory of
 * somebody else.
 */

#include "bench/workload.h"

enum {
	PAGE = 4096,
	CANARY_PAGES = 8, /* side by side in physical memory */
	TARGET_PAGES = 3, /* one that is mapped, between two that are not */
	SEARCH_FEW = 512, /* where to look for them at first, and then */
	SEARCH_MANY = 8192,
};

/* Pages of the canary, by what their addresses are used for. */
enum { AT_MAPPED = 2, AT_BEHIND = 3, AT_UNMAPPED = 6 };

struct proof {
	struct run *run;
	struct bench *bench;
	struct memory area;    /* where the canary was found */
	struct memory target;  /* TARGET_PAGES; the middle one is mapped */
	struct memory scratch; /* a page that copies read from or write to */
	unsigned char *canary[CANARY_PAGES]; /* its pages */
	uint64_t canary_at; /* where it lies for the machine, and so an address */
	uint64_t area_iova, scratch_iova;
	size_t in_place;    /* how many were mapped where they lie, before it began */
	uint64_t mapped_at; /* the address of the target's middle page */
	bool is_mapped;
	size_t size;  /* of the transfers */
	uint8_t seed; /* of what is written around */
};

static unsigned char *target_page(const struct proof *proof)
{
	return proof->target.at + PAGE;
}

/* What memory holds that nobody is to touch. */
static unsigned char guard_byte(const struct proof *proof, size_t at)
{
	return (unsigned char)(proof->seed ^ 0xc3 ^ at * 13 ^ at >> 7);
}

static void arm(struct proof *proof)
{
	proof->seed += 29;
	for (size_t page = 0; page < CANARY_PAGES; page++)
		for (size_t i = 0; i < PAGE; i++)
			proof->canary[page][i] = guard_byte(proof, i);
	for (size_t i = 0; i < (size_t)TARGET_PAGES * PAGE; i++)
		proof->target.at[i] = guard_byte(proof, i);
}

/* The first byte that is not as arm() left it, or `size`. */
static size_t disturbed(const struct proof *proof, const unsigned char *memory,
			size_t from, size_t to)
{
	while (from < to && memory[from] == guard_byte(proof, from))
		from++;
	return from;
}

static bool is_canary_hit(const struct proof *proof)
{
	for (size_t page = 0; page < CANARY_PAGES; page++)
		if (disturbed(proof, proof->canary[page], 0, PAGE) < PAGE)
			return true;
	return false;
}

/* The pages before and behind the one that is mapped. */
static bool is_neighbour_hit(const struct proof *proof)
{
	return disturbed(proof, proof->target.at, 0, PAGE) < PAGE ||
	       disturbed(proof, proof->target.at, (size_t)2 * PAGE, (size_t)3 * PAGE) <
		       (size_t)3 * PAGE;
}

static bool is_target_hit(const struct proof *proof)
{
	return disturbed(proof, proof->target.at, PAGE, (size_t)2 * PAGE) <
	       (size_t)2 * PAGE;
}

/*
 * Whether a device that knows so many bits reaches it, an IOMMU would map it, and nothing
 * is mapped there yet: addresses are given out from low to high.
 */
static bool is_usable(const struct proof *proof, uint64_t physical)
{
	return (proof->bench->backend->physical ||
		physical >= proof->bench->free.start) &&
	       bench_iova_fits(proof->bench, physical, (uint64_t)CANARY_PAGES * PAGE);
}

/* A page of this process, and where it lies for the machine. */
struct located {
	uint64_t physical;
	unsigned char *at;
};

static int by_place(const void *a, const void *b)
{
	const struct located *left = a, *right = b;

	return (left->physical > right->physical) - (left->physical < right->physical);
}

/* The first CANARY_PAGES of sorted pages that lie side by side where they are of use. */
static int choose_canary(struct proof *proof, const struct located *pages, size_t count)
{
	size_t run = 0;

	for (size_t i = 0; i < count; i++) {
		const struct located *first = pages + i + 1 - CANARY_PAGES;

		run = run > 0 && pages[i].physical == pages[i - 1].physical + PAGE
			      ? run + 1
			      : 1;
		if (run < CANARY_PAGES || !is_usable(proof, first->physical))
			continue;
		for (size_t page = 0; page < CANARY_PAGES; page++)
			proof->canary[page] = first[page].at;
		proof->canary_at = first->physical;
		return 0;
	}
	return bench_fail(proof->bench, -ENODATA,
			  "no %d pages of this process lie side by side where the device "
			  "reaches them",
			  CANARY_PAGES);
}

/*
 * Pages that lie side by side, found among many, in whatever order. They have to be
 * pinned first: others are moved by the kernel when it likes.
 */
static int find_canary(struct proof *proof)
{
	size_t count = proof->area.size / PAGE;
	_cleanup_free_ struct located *pages = xzalloc(count * sizeof(*pages));

	for (size_t i = 0; i < count; i++) {
		int r;

		pages[i].at = proof->area.at + i * PAGE;
		r = bench_locate(proof->bench, pages[i].at, &pages[i].physical);
		if (r < 0)
			return r;
	}
	qsort(pages, count, sizeof(*pages), by_place);
	return choose_canary(proof, pages, count);
}

static void put_area(struct proof *proof)
{
	if (proof->area_iova)
		bench_unmap(proof->bench, proof->area_iova, proof->area.size);
	proof->area_iova = 0;
	memory_free(&proof->area);
}

/*
 * Where nothing pins memory only huge pages stay where they are: a stray write would hit
 * whoever got the page meanwhile. More than one, for a device that reaches low ones alone.
 */
static int search_huge(struct proof *proof)
{
	struct strbuf *why = &proof->bench->why;
	int r = -ENOMEM;

	for (size_t size = 16 << 20; r < 0 && size >= 2 << 20; size /= 2) {
		strbuf_clear(why);
		r = memory_get(&proof->area, size, MEMORY_2M, why);
	}
	if (r < 0)
		return r;
	for (size_t at = 0; at < proof->area.size; at += PAGE)
		*(volatile unsigned char *)(proof->area.at + at) = 0;
	return find_canary(proof);
}

static int search(struct proof *proof, size_t pages)
{
	struct bench *bench = proof->bench;
	int r;

	strbuf_clear(&bench->why);
	r = bench_may_lock(bench, pages * PAGE);
	if (r == 0)
		r = memory_get(&proof->area, pages * PAGE, MEMORY_THP, &bench->why);
	if (r < 0)
		return r;
	memory_touch(&proof->area);
	/* Pinned at addresses far from where it lies. */
	r = bench_map(bench, &proof->area, 2 << 20, ACCESS_READ, &proof->area_iova);
	return r < 0 ? r : find_canary(proof);
}

/* Among few pages, as each of them has to be mapped, or else among many. */
static int get_area(struct proof *proof)
{
	struct iova_range mark = bench_iova_mark(proof->bench);
	int r;

	if (proof->bench->backend->physical)
		return search_huge(proof);
	r = search(proof, SEARCH_FEW);
	if (r != -ENODATA)
		return r;
	put_area(proof);
	bench_iova_release(proof->bench, mark);
	return search(proof, SEARCH_MANY);
}

/* Devices that see physical memory want it in one piece. */
static int get_target(struct proof *proof)
{
	struct bench *bench = proof->bench;
	bool physical = bench->backend->physical;
	int r = memory_get(&proof->target, (size_t)TARGET_PAGES * PAGE,
			   physical ? MEMORY_2M : MEMORY_4K, &bench->why);

	if (r == 0)
		r = memory_get(&proof->scratch, PAGE, physical ? MEMORY_2M : MEMORY_4K,
			       &bench->why);
	if (r < 0)
		return r;
	memory_touch(&proof->target);
	for (size_t i = 0; i < proof->target.size; i += PAGE)
		*(volatile unsigned char *)(proof->target.at + i) = 0;
	memory_touch(&proof->scratch);
	return bench_map_in_place(bench, &proof->scratch, ACCESS_READ | ACCESS_WRITE,
				  &proof->scratch_iova);
}

static int begin(struct proof *proof)
{
	struct bench *bench = proof->bench;
	int r;

	proof->in_place = bench->in_place_count;
	r = get_target(proof);
	if (r == 0)
		r = get_area(proof);
	if (r < 0)
		return r;
	proof->size = MIN((size_t)512, bench->limits.size_max);
	proof->size = MAX(proof->size / bench->limits.size_step * bench->limits.size_step,
			  bench->limits.size_min);
	if (bench->backend->physical)
		return bench_locate(bench, target_page(proof), &proof->mapped_at);
	proof->mapped_at = proof->canary_at + (uint64_t)AT_MAPPED * PAGE;
	return 0;
}

static void end(struct proof *proof)
{
	struct bench *bench = proof->bench;

	/* Without an IOMMU nothing but this ends what may still be under way. */
	if (bench->backend->physical)
		bench_silence(bench);
	if (proof->is_mapped)
		bench_unmap(bench, proof->mapped_at, PAGE);
	if (proof->scratch_iova)
		bench_unmap(bench, proof->scratch_iova, proof->scratch.size);
	put_area(proof);
	bench->in_place_count = proof->in_place;
	memory_free(&proof->scratch);
	memory_free(&proof->target);
}

static int set_mapped(struct proof *proof, unsigned int access)
{
	int r = 0;

	if (proof->is_mapped)
		r = bench_unmap(proof->bench, proof->mapped_at, PAGE);
	if (r < 0)
		return r;
	proof->is_mapped = false;
	if (access == 0)
		return 0;
	r = bench_map_at(proof->bench, target_page(proof), proof->mapped_at, PAGE,
			 access);
	proof->is_mapped = r == 0;
	return r;
}

/* The device writes there: by itself, or what it read from the scratch page. */
static int write_to(struct proof *proof, uint64_t address)
{
	struct transfer transfer = {
		.kind = TRANSFER_WRITE,
		.target = address,
		.size = proof->size,
	};

	if (!(proof->bench->device->can & 1U << TRANSFER_WRITE)) {
		transfer.kind = TRANSFER_COPY;
		transfer.source = proof->scratch_iova;
		for (size_t i = 0; i < PAGE; i++)
			proof->scratch.at[i] = (unsigned char)~guard_byte(proof, i);
	}
	return bench_transfer(proof->bench, &transfer);
}

/*
 * An attempt that ought to be stopped may leave the device in any state: what it does not
 * report is as well, so its word is not asked for.
 */
static int attempt(struct proof *proof, uint64_t address)
{
	int r = write_to(proof, address);

	if (r == -EINTR || r == -ENODEV)
		return r;
	/* But what it did not even get was stopped by nobody. */
	if (r == -EINVAL || r == -EPERM || r == -EAGAIN)
		return r;
	return bench_recover(proof->bench);
}

static void conclude(struct proof *proof, const char *operation,
		     enum result_verdict verdict, const char *why, int64_t faults_before)
{
	struct run *run = proof->run;
	struct result *row = run_add(run, operation);
	int64_t faults = run->faults ? run->faults(run->data) : -ENOTSUP;

	row->size = KNOWN_U64(proof->size);
	row->verdict = KNOWN_ENUM((int)verdict);
	row->why = KNOWN_STR(arena_strdup(run->arena, why));
	if (faults >= 0 && faults_before >= 0)
		row->faults = KNOWN_U64((uint64_t)(faults - faults_before));
}

static int64_t count_faults(const struct proof *proof)
{
	return proof->run->faults ? proof->run->faults(proof->run->data) : -ENOTSUP;
}

static const char passed_through[] =
	"the address was taken for one of physical memory: nothing translates it";

/* What is mapped is reached, or nothing that follows would prove anything. */
static int check_mapped(struct proof *proof, const char *operation)
{
	int64_t faults = count_faults(proof);
	int r = set_mapped(proof, ACCESS_READ | ACCESS_WRITE);

	if (r < 0)
		return r;
	run_tell(proof->run, "%s", operation);
	arm(proof);
	r = write_to(proof, proof->mapped_at);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (!proof->bench->backend->physical && is_canary_hit(proof)) {
		conclude(proof, operation, RESULT_FAIL, passed_through, faults);
		return 0;
	}
	if (r < 0 || !is_target_hit(proof)) {
		conclude(proof, operation, RESULT_UNKNOWN,
			 r < 0 ? strbuf_text(&proof->bench->why)
			       : "the device wrote nothing",
			 faults);
		return -ENODATA;
	}
	if (is_neighbour_hit(proof)) {
		conclude(proof, operation, RESULT_FAIL,
			 "memory beside what was mapped was written to", faults);
		return 0;
	}
	conclude(proof, operation, RESULT_PASS, "what is mapped is reached", faults);
	return 0;
}

/* Where nothing translates the device works, too. */
static bool is_written(const struct proof *proof)
{
	return is_target_hit(proof) || is_canary_hit(proof);
}

/*
 * Right before an attempt: that nothing arrives proves nothing of a device that just then
 * writes nowhere. Memory is armed anew afterwards. 1, or 0 with a row that says so.
 */
static int check_ability(struct proof *proof, const char *operation, int64_t faults)
{
	int r = set_mapped(proof, ACCESS_READ | ACCESS_WRITE);

	if (r < 0)
		return r;
	arm(proof);
	r = write_to(proof, proof->mapped_at);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (r == 0 && is_written(proof)) {
		arm(proof);
		return 1;
	}
	conclude(
		proof, operation, RESULT_UNKNOWN,
		"not tried: just before, the device did not reach what is mapped, either",
		faults);
	return bench_recover(proof->bench);
}

struct stray {
	const char *operation;
	unsigned int access; /* of the mapping that is there meanwhile; 0: none */
	bool touches_target; /* what is mapped may be written to: a part is allowed */
	uint64_t (*address)(const struct proof *proof);
	const char *passed, *failed;
};

static uint64_t address_unmapped(const struct proof *proof)
{
	return proof->canary_at + (uint64_t)AT_UNMAPPED * PAGE;
}

static uint64_t address_mapped(const struct proof *proof)
{
	return proof->mapped_at;
}

static uint64_t address_behind(const struct proof *proof)
{
	return proof->mapped_at + PAGE;
}

static uint64_t address_across(const struct proof *proof)
{
	/* Some devices want whole double words. */
	return proof->mapped_at + PAGE - (proof->size / 2 & ~(size_t)3);
}

static const struct stray strays[] = {
	{ "unmapped", 0, false, address_unmapped,
	  "a write to an address that was never mapped was stopped",
	  "a write to an address that was never mapped arrived" },
	{ "past-end", ACCESS_READ | ACCESS_WRITE, false, address_behind,
	  "a write just past the end of what is mapped was stopped",
	  "a write just past the end of what is mapped arrived" },
	{ "across-end", ACCESS_READ | ACCESS_WRITE, true, address_across,
	  "of a write across the end of what is mapped nothing arrived past it",
	  "of a write across the end of what is mapped the rest arrived, too" },
	{ "read-only", ACCESS_READ, false, address_mapped,
	  "a write to what is mapped for reading was stopped",
	  "a write to what is mapped for reading arrived" },
};

static int check_stray(struct proof *proof, const struct stray *stray)
{
	int64_t faults = count_faults(proof);
	bool hit;
	int r;

	run_tell(proof->run, "%s", stray->operation);
	r = check_ability(proof, stray->operation, faults);
	if (r <= 0)
		return r;
	r = set_mapped(proof, stray->access);
	if (r < 0)
		return r;
	r = attempt(proof, stray->address(proof));
	if (r < 0)
		return r;
	hit = is_canary_hit(proof) || is_neighbour_hit(proof) ||
	      (!stray->touches_target && is_target_hit(proof));
	conclude(proof, stray->operation, hit ? RESULT_FAIL : RESULT_PASS,
		 hit ? stray->failed : stray->passed, faults);
	return 0;
}

/* The same address, once while it is mapped and once after. */
static int check_after_unmap(struct proof *proof)
{
	int64_t faults = count_faults(proof);
	int r = set_mapped(proof, ACCESS_READ | ACCESS_WRITE);
	bool hit;

	if (r < 0)
		return r;
	run_tell(proof->run, "after-unmap");
	arm(proof);
	r = write_to(proof, proof->mapped_at);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (r < 0 || !is_target_hit(proof)) {
		conclude(proof, "after-unmap", RESULT_UNKNOWN,
			 "what is mapped could not be reached", faults);
		return 0;
	}
	if (!proof->run->plan->leave_mapped)
		r = set_mapped(proof, 0);
	if (r < 0)
		return r;
	arm(proof);
	r = attempt(proof, proof->mapped_at);
	if (r < 0)
		return r;
	hit = is_canary_hit(proof) || is_neighbour_hit(proof) || is_target_hit(proof);
	conclude(proof, "after-unmap", hit ? RESULT_FAIL : RESULT_PASS,
		 hit ? proof->run->plan->leave_mapped
				 ? "a write after the end of a mapping arrived, as was "
				   "asked "
				   "for: the mapping was left in place"
				 : "a write after the end of a mapping arrived"
		     : "a write after the end of a mapping was stopped",
		 faults);
	return 0;
}

/*
 * Is a part of it what lay at the address? Eight bytes in a row are no accident, and what is
 * read where nobody answers is all zeros or all ones.
 */
static bool is_leaked(const unsigned char *read, const unsigned char *secret, size_t size)
{
	for (size_t i = 0; i < size; i += 8)
		if (memcmp(read + i, secret + i, MIN((size_t)8, size - i)) == 0)
			return true;
	return false;
}

/*
 * A copy goes to the scratch page, which may be written to only where that hits nobody else
 * if nothing translates.
 */
static bool is_scratch_ours(const struct proof *proof)
{
	return proof->bench->backend->physical ||
	       proof->bench->in_place_count > proof->in_place;
}

/* 1 where it got something of the secret, 0 where not, -ENODATA where nobody knows. */
static int read_secret(struct proof *proof, const struct transfer *transfer)
{
	struct bench *bench = proof->bench;
	const unsigned char *secret = proof->canary[AT_UNMAPPED];
	int r;

	memset(proof->scratch.at, 0, PAGE);
	r = bench_transfer(bench, transfer);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (transfer->kind == TRANSFER_COPY)
		return is_leaked(proof->scratch.at, secret, proof->size);
	if (r < 0)
		return 0;
	r = bench->device->verify(bench, transfer, secret, NULL);
	return r == 0 ? 1 : r == -EBADMSG ? 0 : -ENODATA;
}

/* What the device reads where nothing is mapped is not what lies there. */
static int check_unmapped_read(struct proof *proof)
{
	static const char operation[] = "unmapped-read";
	struct bench *bench = proof->bench;
	bool copies = bench->device->can & 1U << TRANSFER_COPY;
	struct transfer transfer = {
		.kind = copies ? TRANSFER_COPY : TRANSFER_READ,
		.source = address_unmapped(proof),
		.target = copies ? proof->scratch_iova : 0,
		.size = proof->size,
	};
	int64_t faults = count_faults(proof);
	int r;

	run_tell(proof->run, "%s", operation);
	if (copies && !is_scratch_ours(proof)) {
		conclude(
			proof, operation, RESULT_UNKNOWN,
			"not tried: what is read would go where memory of others may lie",
			faults);
		return 0;
	}
	r = check_ability(proof, operation, faults);
	if (r > 0)
		r = set_mapped(proof, 0) < 0 ? -EIO : 1;
	if (r <= 0)
		return r;
	r = read_secret(proof, &transfer);
	if (r == -EINTR || r == -ENODEV)
		return r;
	conclude(proof, operation,
		 r > 0	  ? RESULT_FAIL
		 : r == 0 ? RESULT_PASS
			  : RESULT_UNKNOWN,
		 r > 0	  ? "the device read memory that was never mapped"
		 : r == 0 ? "what lies at an address that was never mapped was not read"
			  : "what the device has read could not be seen",
		 faults);
	return bench_recover(bench);
}

/* After an attempt that was stopped, and without a reset where that is not needed. */
static int check_afterwards(struct proof *proof)
{
	struct run *run = proof->run;
	int64_t faults = count_faults(proof);
	bool reset = false;
	int r = set_mapped(proof, 0);

	if (r == 0)
		r = write_to(proof, address_unmapped(proof));
	if (r == -EINTR || r == -ENODEV)
		return r;
	run_tell(run, "works-afterwards");
	r = set_mapped(proof, ACCESS_READ | ACCESS_WRITE);
	if (r < 0)
		return r;
	arm(proof);
	r = write_to(proof, proof->mapped_at);
	if (r == -EINTR)
		return r;
	if (r < 0 || !is_written(proof)) {
		reset = true;
		r = bench_recover(proof->bench);
		if (r == 0)
			r = write_to(proof, proof->mapped_at);
	}
	if (r < 0 || !is_written(proof))
		conclude(proof, "works-afterwards", RESULT_FAIL,
			 "the device does not work any more", faults);
	else
		conclude(proof, "works-afterwards", RESULT_PASS,
			 reset ? "the device works, after a reset" : "the device works",
			 faults);
	return 0;
}

static int run_checks(struct proof *proof)
{
	bool can_read =
		proof->bench->device->can & (1U << TRANSFER_READ | 1U << TRANSFER_COPY);
	int r = check_mapped(proof, "mapped");

	if (r == -ENODATA)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(strays) && r == 0; i++)
		r = bench_stop ? -EINTR : check_stray(proof, strays + i);
	if (r == 0)
		r = check_after_unmap(proof);
	if (r == 0 && can_read)
		r = check_unmapped_read(proof);
	return r < 0 ? r : check_afterwards(proof);
}

/* Why nothing was tried: the last reason there was. */
static void add_untried(struct run *run, const char *operation)
{
	struct result like = {
		.workload = run->workload->name,
		.backend = run->bench->backend->name,
		.bdf = run->bench->bdf,
		.device = run_device(run),
		.operation = operation,
	};

	run_add_unknown(run, &like, strbuf_text(&run->bench->why));
}

static int run_isolation(struct run *run)
{
	struct proof proof = { .run = run, .bench = run->bench };
	struct iova_range mark = bench_iova_mark(run->bench);
	int r;

	run->steps = ARRAY_SIZE(strays) + 4;
	r = begin(&proof);
	if (r == 0) {
		r = run_checks(&proof);
	} else {
		/* Without a canary no stray write is safe: none is made. */
		add_untried(run, "mapped");
		r = 0;
	}
	end(&proof);
	bench_iova_release(run->bench, mark);
	return r;
}

int isolation_guard(struct run *run)
{
	struct proof proof = { .run = run, .bench = run->bench };
	struct iova_range mark = bench_iova_mark(run->bench);
	int r;

	/* Those who see physical memory are not translated, and know it. */
	if (run->bench->backend->physical)
		return 0;
	run_tell(run, "is it translated");
	r = begin(&proof);
	if (r == 0)
		r = set_mapped(&proof, ACCESS_READ | ACCESS_WRITE);
	if (r == 0) {
		arm(&proof);
		r = write_to(&proof, proof.mapped_at);
		if (is_canary_hit(&proof)) {
			conclude(&proof, "translated", RESULT_FAIL, passed_through,
				 -ENOTSUP);
			r = -EFAULT;
		}
	} else if (r != -EINTR) {
		/* As an ordinary user, or of a device that reaches few addresses. */
		add_untried(run, "translated");
		r = 0;
	}
	end(&proof);
	bench_iova_release(run->bench, mark);
	return r;
}

const struct workload workload_isolation = {
	.name = "isolation",
	.summary = "the proof that the device reaches what is mapped, and nothing else",
	.moves = true,
	.run = run_isolation,
};
