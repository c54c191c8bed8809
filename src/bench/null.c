// SPDX-License-Identifier: GPL-2.0-or-later
/* A driver without a device: this processor moves the bytes, through a fake IOMMU. */

#include "bench/backends.h"
#include "bench/devices.h"

enum { NULL_DEPTH = 64, NULL_SIZE_MAX = 1 << 20 };

struct done {
	uint64_t tag;
	int error;
};

/* A ring of what is done and was not asked for yet. */
struct null_state {
	struct done done[NULL_DEPTH];
	unsigned int first, count;
	uint64_t sums[NULL_DEPTH];	   /* of what was read, by tag */
	unsigned char held[NULL_SIZE_MAX]; /* what it writes */
};

static int null_open(struct bench *bench)
{
	struct null_state *state = bench->device_state;

	if (bench->backend != &backend_fake && bench->backend != &backend_fake_identity)
		return bench_fail(
			bench, -EINVAL,
			"the driver null moves no bytes but on the backend fake");
	for (size_t i = 0; i < sizeof(state->held); i++)
		state->held[i] = (unsigned char)(i * 167 >> 3 ^ i);
	return 0;
}

/* FNV-1a, by words: what was read is told from what was not. */
static uint64_t sum_of(const unsigned char *bytes, size_t size)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325), word;

	for (size_t i = 0; i < size; i += sizeof(word)) {
		word = 0;
		memcpy(&word, bytes + i, MIN(sizeof(word), size - i));
		sum = (sum ^ word) * UINT64_C(0x100000001b3);
	}
	return sum;
}

static int move(struct bench *bench, const struct transfer *transfer)
{
	struct null_state *state = bench->device_state;
	const void *from = state->held;
	void *to;

	if (transfer->kind != TRANSFER_WRITE) {
		from = fake_reach(bench, transfer->source, transfer->size, ACCESS_READ);
		if (!from)
			return -EFAULT;
	}
	if (transfer->kind == TRANSFER_READ) {
		state->sums[transfer->tag % NULL_DEPTH] = sum_of(from, transfer->size);
		return 0;
	}
	to = fake_reach(bench, transfer->target, transfer->size, ACCESS_WRITE);
	if (!to)
		return -EFAULT;
	memcpy(to, from, transfer->size);
	return 0;
}

static int null_submit(struct bench *bench, const struct transfer *transfer)
{
	struct null_state *state = bench->device_state;

	if (state->count == NULL_DEPTH)
		return -EAGAIN;
	state->done[(state->first + state->count++) % NULL_DEPTH] =
		(struct done){ .tag = transfer->tag, .error = move(bench, transfer) };
	return 0;
}

static int null_reap(struct bench *bench, uint64_t *ret_tag, int *ret_error)
{
	struct null_state *state = bench->device_state;

	if (state->count == 0)
		return 0;
	*ret_tag = state->done[state->first].tag;
	*ret_error = state->done[state->first].error;
	state->first = (state->first + 1) % NULL_DEPTH;
	state->count--;
	return 1;
}

static int null_verify(struct bench *bench, const struct transfer *transfer,
		       const unsigned char *source, const unsigned char *target)
{
	const struct null_state *state = bench->device_state;

	bool right;

	if (transfer->kind == TRANSFER_READ)
		right = state->sums[transfer->tag % NULL_DEPTH] ==
			sum_of(source, transfer->size);
	else
		right = memcmp(target, source ? source : state->held, transfer->size) ==
			0;
	return right ? 0 : -EBADMSG;
}

static void null_close(struct bench *bench)
{
	(void)bench;
}

const struct bench_device bench_device_null = {
	.name = "null",
	.summary = "no device: this processor moves the bytes, on the backend fake",
	.can = 1 << TRANSFER_READ | 1 << TRANSFER_WRITE | 1 << TRANSFER_COPY,
	.limits = { .size_min = 1,
		    .size_max = NULL_SIZE_MAX,
		    .size_step = 1,
		    .depth_max = NULL_DEPTH,
		    .address_bits = 64 },
	.state_size = sizeof(struct null_state),
	.open = null_open,
	.submit = null_submit,
	.reap = null_reap,
	.verify = null_verify,
	.close = null_close,
};
