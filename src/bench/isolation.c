// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The proof that a device reaches what is mapped for it and nothing else.
 *
 * Every address that the device is given here is one where memory of ours lies: the
 * canary. Where the IOMMU translates, the address means what was mapped there, or
 * nothing; where it lets everything pass, the canary is hit and not the memory of
 * somebody else.
 */

#include "bench/proof.h"

/*
 * An attempt that ought to be stopped may leave the device in any state: what it does
 * not report is as well, so its word is not asked for.
 */
static int attempt(struct proof *proof, uint64_t address)
{
	int r = proof_write(proof, address);

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
	int r = proof_set_mapped(proof, ACCESS_READ | ACCESS_WRITE);

	if (r < 0)
		return r;
	run_tell(proof->run, "%s", operation);
	proof_arm(proof);
	r = proof_write(proof, proof->mapped_at);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (!proof->bench->backend->physical && proof_is_canary_hit(proof)) {
		conclude(proof, operation, RESULT_FAIL, passed_through, faults);
		return 0;
	}
	if (r < 0 || !proof_is_target_hit(proof)) {
		conclude(proof, operation, RESULT_UNKNOWN,
			 r < 0 ? strbuf_text(&proof->bench->why)
			       : "the device wrote nothing",
			 faults);
		return -ENODATA;
	}
	if (proof_is_neighbour_hit(proof)) {
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
	return proof_is_target_hit(proof) || proof_is_canary_hit(proof);
}

/*
 * Right before an attempt: that nothing arrives proves nothing of a device that just
 * then writes nowhere. Memory is armed anew afterwards. 1, or 0 with a row that says
 * so.
 */
static int check_ability(struct proof *proof, const char *operation, int64_t faults)
{
	int r = proof_set_mapped(proof, ACCESS_READ | ACCESS_WRITE);

	if (r < 0)
		return r;
	proof_arm(proof);
	r = proof_write(proof, proof->mapped_at);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (r == 0 && is_written(proof)) {
		proof_arm(proof);
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
	r = proof_set_mapped(proof, stray->access);
	if (r < 0)
		return r;
	r = attempt(proof, stray->address(proof));
	if (r < 0)
		return r;
	hit = proof_is_canary_hit(proof) || proof_is_neighbour_hit(proof) ||
	      (!stray->touches_target && proof_is_target_hit(proof));
	conclude(proof, stray->operation, hit ? RESULT_FAIL : RESULT_PASS,
		 hit ? stray->failed : stray->passed, faults);
	return 0;
}

/* The same address, once while it is mapped and once after. */
static int check_after_unmap(struct proof *proof)
{
	int64_t faults = count_faults(proof);
	int r = proof_set_mapped(proof, ACCESS_READ | ACCESS_WRITE);
	bool hit;

	if (r < 0)
		return r;
	run_tell(proof->run, "after-unmap");
	proof_arm(proof);
	r = proof_write(proof, proof->mapped_at);
	if (r == -EINTR || r == -ENODEV)
		return r;
	if (r < 0 || !proof_is_target_hit(proof)) {
		conclude(proof, "after-unmap", RESULT_UNKNOWN,
			 "what is mapped could not be reached", faults);
		return 0;
	}
	if (!proof->run->plan->leave_mapped)
		r = proof_set_mapped(proof, 0);
	if (r < 0)
		return r;
	proof_arm(proof);
	r = attempt(proof, proof->mapped_at);
	if (r < 0)
		return r;
	hit = proof_is_canary_hit(proof) || proof_is_neighbour_hit(proof) ||
	      proof_is_target_hit(proof);
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
 * Is a part of it what lay at the address? Eight bytes in a row are no accident, and
 * what is read where nobody answers is all zeros or all ones.
 */
static bool is_leaked(const unsigned char *read, const unsigned char *secret, size_t size)
{
	for (size_t i = 0; i < size; i += 8)
		if (memcmp(read + i, secret + i, MIN((size_t)8, size - i)) == 0)
			return true;
	return false;
}

/*
 * A copy goes to the scratch page, which may be written to only where that hits nobody
 * else if nothing translates.
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
		r = proof_set_mapped(proof, 0) < 0 ? -EIO : 1;
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
	int r = proof_set_mapped(proof, 0);

	if (r == 0)
		r = proof_write(proof, address_unmapped(proof));
	if (r == -EINTR || r == -ENODEV)
		return r;
	run_tell(run, "works-afterwards");
	r = proof_set_mapped(proof, ACCESS_READ | ACCESS_WRITE);
	if (r < 0)
		return r;
	proof_arm(proof);
	r = proof_write(proof, proof->mapped_at);
	if (r == -EINTR)
		return r;
	if (r < 0 || !is_written(proof)) {
		reset = true;
		r = bench_recover(proof->bench);
		if (r == 0)
			r = proof_write(proof, proof->mapped_at);
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
	r = proof_begin(&proof);
	if (r == 0) {
		r = run_checks(&proof);
	} else {
		/* Without a canary no stray write is safe: none is made. */
		add_untried(run, "mapped");
		r = 0;
	}
	proof_end(&proof);
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
	r = proof_begin(&proof);
	if (r == 0)
		r = proof_set_mapped(&proof, ACCESS_READ | ACCESS_WRITE);
	if (r == 0) {
		proof_arm(&proof);
		r = proof_write(&proof, proof.mapped_at);
		if (proof_is_canary_hit(&proof)) {
			conclude(&proof, "translated", RESULT_FAIL, passed_through,
				 -ENOTSUP);
			r = -EFAULT;
		}
	} else if (r != -EINTR) {
		/* As an ordinary user, or of a device that reaches few addresses. */
		add_untried(run, "translated");
		r = 0;
	}
	proof_end(&proof);
	bench_iova_release(run->bench, mark);
	return r;
}

const struct workload workload_isolation = {
	.name = "isolation",
	.summary = "the proof that the device reaches what is mapped, and nothing else",
	.moves = true,
	.run = run_isolation,
};
