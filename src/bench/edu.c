// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's device for lessons (docs/specs/edu of QEMU): it moves bytes between memory and a
 * buffer of its own. Right for proofs; a transfer takes 100 ms by design.
 */

#include "bench/devices.h"

enum {
	EDU_IDENTIFICATION = 0x00, /* 0xRRrr00ed */
	EDU_DMA_SOURCE = 0x80,
	EDU_DMA_TARGET = 0x88,
	EDU_DMA_COUNT = 0x90,
	EDU_DMA_COMMAND = 0x98,
	EDU_DMA_START = 1 << 0, /* reads as 1 until it is done */
	EDU_DMA_TO_MEMORY = 1 << 1,
	EDU_BUFFER = 0x40000,
	/* QEMU 7.2 takes 4096 for too much, and ends itself. */
	EDU_SIZE_MAX = 4092,
};

struct edu {
	struct bench_bar bar;
	bool busy;
	uint64_t tag;
	unsigned char held[EDU_SIZE_MAX]; /* what its buffer should have */
	size_t held_size;
};

/* Starts what is asked and does not wait. */
static void start(struct edu *edu, uint64_t source, uint64_t target, size_t size,
		  uint32_t command)
{
	bar_write64(&edu->bar, EDU_DMA_SOURCE, source);
	bar_write64(&edu->bar, EDU_DMA_TARGET, target);
	bar_write64(&edu->bar, EDU_DMA_COUNT, size);
	bar_write64(&edu->bar, EDU_DMA_COMMAND, command | EDU_DMA_START);
}

static bool is_busy(const struct edu *edu)
{
	return bar_read64(&edu->bar, EDU_DMA_COMMAND) & EDU_DMA_START;
}

static int edu_submit(struct bench *bench, const struct transfer *transfer)
{
	struct edu *edu = bench->device_state;

	if (edu->busy)
		return -EAGAIN;
	if (transfer->kind == TRANSFER_READ)
		start(edu, transfer->source, EDU_BUFFER, transfer->size, 0);
	else
		start(edu, EDU_BUFFER, transfer->target, transfer->size,
		      EDU_DMA_TO_MEMORY);
	edu->busy = true;
	edu->tag = transfer->tag;
	return 0;
}

/* It does not know whether anybody answered: an error is never reported. */
static int edu_reap(struct bench *bench, uint64_t *ret_tag, int *ret_error)
{
	struct edu *edu = bench->device_state;

	if (!edu->busy || is_busy(edu))
		return 0;
	edu->busy = false;
	*ret_tag = edu->tag;
	*ret_error = 0;
	return 1;
}

/*
 * What it has read is seen by having it written back, to the rings; what it has written
 * is what it held.
 */
static int edu_verify(struct bench *bench, const struct transfer *transfer,
		      const unsigned char *source, const unsigned char *target)
{
	struct edu *edu = bench->device_state;
	const struct transfer back = {
		.kind = TRANSFER_WRITE,
		.target = bench->rings_iova,
		.size = transfer->size,
	};
	int r;

	if (transfer->kind == TRANSFER_WRITE)
		return memcmp(target, edu->held, transfer->size) ? -EBADMSG : 0;
	memset(bench->rings.at, 0, transfer->size);
	r = bench_transfer(bench, &back);
	if (r < 0)
		return r;
	memcpy(edu->held, bench->rings.at, transfer->size);
	return memcmp(source, edu->held, transfer->size) ? -EBADMSG : 0;
}

static int edu_open(struct bench *bench)
{
	struct edu *edu = bench->device_state;
	const struct transfer fill = {
		.kind = TRANSFER_READ,
		.source = bench->rings_iova,
		.size = EDU_SIZE_MAX,
	};
	int r = bench->backend->map_bar ? bench->backend->map_bar(bench, 0, &edu->bar)
					: -EOPNOTSUPP;

	if (r < 0)
		return r;
	if ((bar_read32(&edu->bar, EDU_IDENTIFICATION) & 0xffff) != 0x00ed)
		return bench_fail(bench, -ENODEV, "its registers are not those of edu");
	for (size_t i = 0; i < EDU_SIZE_MAX; i++)
		edu->held[i] = (unsigned char)(i * 31 >> 2 ^ i * 7);
	memcpy(bench->rings.at, edu->held, EDU_SIZE_MAX);
	r = bench_transfer(bench, &fill);
	if (r < 0)
		return r;
	return edu_verify(bench, &fill, edu->held, NULL) < 0
		       ? bench_fail(bench, -EIO, "edu did not give back what it had read")
		       : 0;
}

enum { EDU_WAIT_NS = 500000000 };

static void edu_close(struct bench *bench)
{
	const struct edu *edu = bench->device_state;
	uint64_t deadline = bench_now() + EDU_WAIT_NS;

	while (edu->bar.at && is_busy(edu) && bench_now() < deadline)
		;
}

static const struct pci_match edu_match[] = {
	{ .vendor = 0x1234, .device = 0x11e8 },
	{ 0 },
};

const struct bench_device bench_device_edu = {
	.name = "edu",
	.summary = "QEMU's device for lessons: proofs, not speed",
	.match = edu_match,
	.can = 1 << TRANSFER_READ | 1 << TRANSFER_WRITE,
	.limits = { .size_min = 1,
		    .size_max = EDU_SIZE_MAX,
		    .size_step = 1,
		    .depth_max = 1,
		    .address_bits = 28 },
	.rings_size = 4096,
	.state_size = sizeof(struct edu),
	.open = edu_open,
	.submit = edu_submit,
	.reap = edu_reap,
	.verify = edu_verify,
	.close = edu_close,
};
