// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NVMe controllers: reads of the first blocks of namespace 1, or, where there is none,
 * Identify over and over. Polled, one queue pair, and nothing that could change the
 * medium (nvme-command.h).
 *
 * "Base" is the NVM Express Base Specification 2.0, "PCIe" the NVMe over PCIe Transport
 * Specification 1.0, "NVM" the NVM Command Set Specification 1.0.
 */

#include "bench/devices.h"

#include <endian.h>

#include "bench/nvme-command.h"

/* Base, Controller Properties; PCIe has the doorbells */
enum {
	NVME_CAP = 0x00,
	NVME_INTMS = 0x0c,
	NVME_CC = 0x14,
	NVME_CC_EN = 1 << 0,
	NVME_CC_IOSQES = 6 << 16, /* entries of 64 bytes, */
	NVME_CC_IOCQES = 4 << 20, /* and of 16; MPS 0: pages of 4 KiB */
	NVME_CSTS = 0x1c,
	NVME_CSTS_RDY = 1 << 0,
	NVME_CSTS_CFS = 1 << 1,
	NVME_AQA = 0x24,
	NVME_ASQ = 0x28,
	NVME_ACQ = 0x30,
	NVME_DOORBELLS = 0x1000,
};

enum {
	PAGE = 4096,
	QUEUE_ENTRIES = 64,
	DEPTH = 32,
	SIZE_MAX_BYTES = 128 * 1024,
	LIST_SIZE = 512, /* of PRP entries: 33 pages at most, and none crosses a page */
	NAMESPACE = 1,
	IDLE_POLLS = 1024, /* before a register is looked at, which costs */
	STATUS_DATA_TRANSFER = 0x04,
};

/* Whether SGLs are used where they can be: every controller has PRPs. */
static const bool prefer_sgl = false;

/* What lies where in bench->rings. */
enum {
	AT_COMMANDS = 0, /* a page for each queue */
	AT_COMPLETIONS = AT_COMMANDS + NVME_QUEUES * PAGE,
	AT_LISTS = AT_COMPLETIONS + NVME_QUEUES * PAGE,
	AT_DATA = AT_LISTS + DEPTH * LIST_SIZE,
	RINGS_SIZE = AT_DATA + SIZE_MAX_BYTES,
};

/* Base, Common Completion Queue Entry */
struct completion {
	uint32_t result, reserved;
	uint16_t head, queue, id, status; /* bit 0 of the status is the phase tag */
};

struct queue {
	unsigned int entries;
	unsigned int tail; /* where the next command goes */
	unsigned int head; /* where the next completion comes */
	unsigned int
		unacknowledged; /* completions that the controller may not reuse yet */
	bool phase;		/* of the next completion */
};

struct nvme {
	struct bench_bar bar;
	unsigned int stride; /* from one doorbell to the next */
	uint64_t timeout;
	struct queue queues[NVME_QUEUES];
	uint32_t busy; /* a bit for each slot, whose number is the command's identifier */
	uint64_t tags[DEPTH];
	unsigned int idle;
	bool has_namespace, has_sgl;
	unsigned int block_size;
	unsigned char reference[SIZE_MAX_BYTES]; /* what each transfer has to bring */
};

static int check_alive(struct bench *bench)
{
	const struct nvme *nvme = bench->device_state;
	uint32_t status = bar_read32(&nvme->bar, NVME_CSTS);

	if (status == UINT32_MAX)
		return bench_fail(bench, -EIO, "the controller does not answer any more");
	if (status & NVME_CSTS_CFS)
		return bench_fail(bench, -EIO, "the controller reports a fatal error");
	return 0;
}

/*
 * Rings for the command at the tail, which is looked at once more where it lies. The
 * queue's kind, by which it is judged, also picks the doorbell.
 */
static int ring(struct bench *bench, enum nvme_queue kind)
{
	struct nvme *nvme = bench->device_state;
	struct queue *queue = &nvme->queues[kind];
	const struct nvme_command *commands =
		(const void *)(bench->rings.at + AT_COMMANDS + (size_t)kind * PAGE);

	if (nvme_command_check(kind, &commands[queue->tail]) < 0)
		return bench_fail(bench, -EPERM, "a command that must not be sent");
	queue->tail = (queue->tail + 1) % queue->entries;
	/* The command has to be there before the controller hears of it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	bar_write32(&nvme->bar, NVME_DOORBELLS + 2 * (size_t)kind * nvme->stride,
		    queue->tail);
	return 0;
}

static int send(struct bench *bench, const struct nvme_request *request)
{
	const struct nvme *nvme = bench->device_state;
	struct nvme_command command;
	int kind = nvme_command_build(request, &command);

	if (kind < 0)
		return bench_fail(bench, kind, "a command that cannot be built");
	memcpy(bench->rings.at + AT_COMMANDS + (size_t)kind * PAGE +
		       nvme->queues[kind].tail * sizeof(command),
	       &command, sizeof(command));
	return ring(bench, (enum nvme_queue)kind);
}

/* Base, Status Field: status code, status code type */
static int judge(struct bench *bench, uint16_t status)
{
	unsigned int code = status >> 1 & 0xff, type = status >> 9 & 0x7;

	if (code == 0 && type == 0)
		return 0;
	return bench_fail(bench, -EIO,
			  "the controller reports status 0x%02x of type %u%s", code, type,
			  type == 0 && code == STATUS_DATA_TRANSFER
				  ? ": it could not reach memory"
				  : "");
}

/*
 * The next completion: 1, its slot and error. Doorbells are rung for a quarter of the
 * queue at a time, which leaves room for all that can be under way.
 */
static int take(struct bench *bench, enum nvme_queue kind, unsigned int *ret_slot,
		int *ret_error)
{
	struct nvme *nvme = bench->device_state;
	struct queue *queue = &nvme->queues[kind];
	const volatile struct completion *completion =
		(const volatile struct completion
			 *)(const volatile void *)(bench->rings.at + AT_COMPLETIONS +
						   (size_t)kind * PAGE) +
		queue->head;
	uint16_t status = le16toh(completion->status);
	unsigned int slot;

	if ((status & 1) != queue->phase)
		return ++nvme->idle % IDLE_POLLS == 0 ? check_alive(bench) : 0;
	/* Not before the phase tag: the rest of the entry, and the data. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	slot = le16toh(completion->id);
	queue->head = (queue->head + 1) % queue->entries;
	if (queue->head == 0)
		queue->phase = !queue->phase;
	if (++queue->unacknowledged >= MAX(queue->entries / 4, 1U)) {
		queue->unacknowledged = 0;
		bar_write32(&nvme->bar,
			    NVME_DOORBELLS + (2 * (size_t)kind + 1) * nvme->stride,
			    queue->head);
	}
	if (slot >= DEPTH || !(nvme->busy & 1U << slot))
		return bench_fail(bench, -EIO,
				  "the controller finished a command that was not sent");
	nvme->busy &= ~(1U << slot);
	*ret_slot = slot;
	*ret_error = judge(bench, status);
	return 1;
}

/* One command that is not a transfer, to its end, with nothing else under way. */
static int command(struct bench *bench, struct nvme_request *request)
{
	struct nvme *nvme = bench->device_state;
	enum nvme_queue kind =
		request->what == NVME_READ ? NVME_QUEUE_IO : NVME_QUEUE_ADMIN;
	uint64_t deadline = bench_now() + nvme->timeout;
	unsigned int slot = 0;
	int error = 0, r;

	request->id = 0;
	nvme->busy = 1;
	r = send(bench, request);
	while (r == 0) {
		r = take(bench, kind, &slot, &error);
		if (r > 0)
			return error;
		if (r == 0 && bench_now() >= deadline)
			return bench_fail(bench, -ETIMEDOUT,
					  "the controller did not finish a command");
	}
	return r;
}

/*
 * Base, PRP Entry and List: the first page may begin anywhere, a second one stands in
 * entry 2, and more of them in a list.
 */
static void describe_pages(struct bench *bench, struct nvme_request *request,
			   uint64_t iova, size_t size)
{
	size_t first = MIN(size, PAGE - (size_t)(iova % PAGE)), at = AT_LISTS;
	uint64_t *list;

	at += (size_t)request->id * LIST_SIZE;
	request->data[0] = iova;
	if (size - first <= PAGE) {
		request->data[1] = size > first ? iova + first : 0;
		return;
	}
	list = (void *)(bench->rings.at + at);
	for (size_t done = first; done < size; done += PAGE)
		*list++ = htole64(iova + done);
	request->data[1] = bench->rings_iova + at;
}

static void describe(struct bench *bench, struct nvme_request *request, uint64_t iova,
		     size_t size, bool sgl)
{
	request->sgl = sgl;
	if (sgl) {
		request->data[0] = iova;
		request->data[1] = size;
	} else {
		describe_pages(bench, request, iova, size);
	}
}

/* The request behind a transfer of `size` bytes that begin at byte `from`. */
static struct nvme_request request_for(const struct nvme *nvme, size_t from, size_t size)
{
	if (!nvme->has_namespace)
		return (struct nvme_request){ .what = NVME_IDENTIFY_CONTROLLER };
	return (struct nvme_request){
		.what = NVME_READ,
		.namespace_id = NAMESPACE,
		.first_block = from / nvme->block_size,
		.blocks = (unsigned int)(size / nvme->block_size),
	};
}

/* Part of what is expected, to the rings, where something else was before. */
static int fetch(struct bench *bench, size_t from, size_t size, bool sgl)
{
	const struct nvme *nvme = bench->device_state;
	static unsigned char poison = 0x5a;
	struct nvme_request request = request_for(nvme, from, size);

	/* Never the same twice: what was there must not pass for what came. */
	memset(bench->rings.at + AT_DATA, ++poison, size);
	describe(bench, &request, bench->rings_iova + AT_DATA, size, sgl);
	return command(bench, &request);
}

static int identify(struct bench *bench, enum nvme_what what, unsigned int namespace_id)
{
	struct nvme_request request = { .what = what, .namespace_id = namespace_id };

	memset(bench->rings.at + AT_DATA, 0, PAGE);
	describe_pages(bench, &request, bench->rings_iova + AT_DATA, PAGE);
	return command(bench, &request);
}

/* Base, CC.EN: what is under way has ended once RDY has followed it. */
static int wait_ready(struct bench *bench, bool wanted)
{
	const struct nvme *nvme = bench->device_state;
	uint64_t deadline = bench_now() + nvme->timeout;

	for (;;) {
		uint32_t status = bar_read32(&nvme->bar, NVME_CSTS);

		if (status == UINT32_MAX)
			return check_alive(bench);
		if (!!(status & NVME_CSTS_RDY) == wanted)
			return 0;
		if (wanted && status & NVME_CSTS_CFS)
			return check_alive(bench);
		if (wanted && bench_stop)
			return -EINTR;
		if (bench_now() >= deadline)
			return bench_fail(bench, -ETIMEDOUT,
					  "the controller does not become %s",
					  wanted ? "ready" : "idle");
	}
}

static int disable(struct bench *bench)
{
	const struct nvme *nvme = bench->device_state;
	uint32_t control = bar_read32(&nvme->bar, NVME_CC);

	if (control == UINT32_MAX)
		return check_alive(bench);
	if (control & NVME_CC_EN)
		bar_write32(&nvme->bar, NVME_CC, control & ~(uint32_t)NVME_CC_EN);
	return wait_ready(bench, false);
}

/* Base, CAP: Controller Capabilities */
static int read_capabilities(struct bench *bench)
{
	struct nvme *nvme = bench->device_state;
	uint64_t capabilities = bar_read64(&nvme->bar, NVME_CAP);
	unsigned int entries = (unsigned int)(capabilities & 0xffff) + 1;

	if (capabilities == UINT64_MAX)
		return check_alive(bench);
	/* TO is in units of 500 ms; 0 is found, too. */
	nvme->timeout = MAX(capabilities >> 24 & 0xff, 2U) * 500000000;
	nvme->stride = 4U << (capabilities >> 32 & 0xf);
	if (capabilities >> 48 & 0xf)
		return bench_fail(bench, -EOPNOTSUPP,
				  "the controller does not take pages of 4 KiB");
	if (!(capabilities >> 37 & 1))
		return bench_fail(bench, -EOPNOTSUPP,
				  "the controller lacks the NVM command set");
	if (nvme->bar.size < NVME_DOORBELLS + (size_t)2 * NVME_QUEUES * nvme->stride)
		return bench_fail(bench, -EIO, "BAR 0 is too small for its doorbells");
	for (size_t i = 0; i < NVME_QUEUES; i++)
		nvme->queues[i] = (struct queue){
			.entries = i == NVME_QUEUE_IO ? MIN(entries, QUEUE_ENTRIES)
						      : QUEUE_ENTRIES,
			.phase = true,
		};
	bench->limits.depth_max = MIN(DEPTH, nvme->queues[NVME_QUEUE_IO].entries / 2);
	return 0;
}

static int enable(struct bench *bench)
{
	const struct nvme *nvme = bench->device_state;

	/* Its pin stays silent, and no other interrupts were set up. */
	bar_write32(&nvme->bar, NVME_INTMS, UINT32_MAX);
	bar_write32(&nvme->bar, NVME_AQA,
		    (QUEUE_ENTRIES - 1) << 16 | (QUEUE_ENTRIES - 1));
	bar_write64(&nvme->bar, NVME_ASQ, bench->rings_iova + AT_COMMANDS);
	bar_write64(&nvme->bar, NVME_ACQ, bench->rings_iova + AT_COMPLETIONS);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	bar_write32(&nvme->bar, NVME_CC, NVME_CC_IOCQES | NVME_CC_IOSQES | NVME_CC_EN);
	return wait_ready(bench, true);
}

/* Base, Identify Controller data structure */
static int learn_controller(struct bench *bench)
{
	struct nvme *nvme = bench->device_state;
	const unsigned char *answer = bench->rings.at + AT_DATA;
	int r = identify(bench, NVME_IDENTIFY_CONTROLLER, 0);

	if (r < 0)
		return r;
	/* Both are 4 bits of what is needed: entries of 64 bytes, and of 16. */
	if ((answer[512] & 0xf) > 6 || (answer[513] & 0xf) > 4)
		return bench_fail(bench, -EOPNOTSUPP,
				  "the controller wants larger queue entries");
	/* MDTS: a power of two of pages, 0 for no limit */
	if (answer[77] > 0 && answer[77] < 5)
		bench->limits.size_max = (size_t)PAGE << answer[77];
	/* SGLS: 2 is for blocks of whole dwords, which all transfers here are. */
	nvme->has_sgl = (answer[536] & 3) == 1 || (answer[536] & 3) == 2;
	return 0;
}

/*
 * NVM, Identify Namespace data structure: whether its blocks can be read as they are,
 * without metadata and protection. A namespace that is not there is all 0.
 */
static int learn_namespace(struct bench *bench)
{
	struct nvme *nvme = bench->device_state;
	const unsigned char *answer = bench->rings.at + AT_DATA, *format;
	uint64_t blocks;
	unsigned int shift;
	int r = identify(bench, NVME_IDENTIFY_NAMESPACE, NAMESPACE);

	if (r < 0)
		return r == -EIO ? check_alive(bench) : r;
	memcpy(&blocks, answer, sizeof(blocks));
	blocks = le64toh(blocks);
	/* FLBAS has the number of the format in two pieces. */
	format = answer + 128 +
		 4 * (size_t)((answer[26] & 0xf) | (answer[26] >> 1 & 0x30));
	shift = format[2];
	if (blocks == 0 || shift < 9 || shift > 12 || format[0] || format[1] ||
	    answer[29] & 7)
		return 0;
	nvme->has_namespace = true;
	nvme->block_size = 1U << shift;
	bench->limits.size_min = bench->limits.size_step = nvme->block_size;
	if (blocks < bench->limits.size_max >> shift)
		bench->limits.size_max = (size_t)blocks << shift;
	return 0;
}

static int create_queues(struct bench *bench)
{
	const struct nvme *nvme = bench->device_state;
	/* Commands may not come before there is a place for their completions. */
	struct nvme_request completions = {
		.what = NVME_CREATE_COMPLETION_QUEUE,
		.data = { bench->rings_iova + AT_COMPLETIONS +
			  (size_t)NVME_QUEUE_IO * PAGE },
		.entries = nvme->queues[NVME_QUEUE_IO].entries,
	};
	struct nvme_request commands = {
		.what = NVME_CREATE_SUBMISSION_QUEUE,
		.data = { bench->rings_iova + AT_COMMANDS +
			  (size_t)NVME_QUEUE_IO * PAGE },
		.entries = nvme->queues[NVME_QUEUE_IO].entries,
	};
	int r = command(bench, &completions);

	return r < 0 ? r : command(bench, &commands);
}

static int compare(struct bench *bench, size_t from, size_t size)
{
	const struct nvme *nvme = bench->device_state;

	if (memcmp(bench->rings.at + AT_DATA, nvme->reference + from, size) == 0)
		return 0;
	return bench_fail(bench, -EIO, "the controller gave other bytes the second time");
}

/* The plainest way: page by page, each one twice. */
static int read_reference(struct bench *bench)
{
	struct nvme *nvme = bench->device_state;
	int r = 0;

	for (size_t at = 0; r == 0 && at < bench->limits.size_max; at += PAGE) {
		size_t size = MIN(bench->limits.size_max - at, PAGE);

		r = fetch(bench, at, size, false);
		if (r < 0)
			return r;
		memcpy(nvme->reference + at, bench->rings.at + AT_DATA, size);
		r = fetch(bench, at, size, false);
		if (r == 0)
			r = compare(bench, at, size);
	}
	return r;
}

/* The largest transfer brings the same, by pages and by an SGL. */
static int prove_pointers(struct bench *bench)
{
	const struct nvme *nvme = bench->device_state;
	size_t size = bench->limits.size_max;
	int r = fetch(bench, 0, size, false);

	if (r == 0)
		r = compare(bench, 0, size);
	if (r < 0 || !nvme->has_namespace || !nvme->has_sgl)
		return r;
	r = fetch(bench, 0, size, true);
	return r < 0 ? r : compare(bench, 0, size);
}

static int start(struct bench *bench)
{
	struct nvme *nvme = bench->device_state;
	int r = read_capabilities(bench);

	if (r == 0)
		r = disable(bench);
	if (r == 0)
		r = enable(bench);
	if (r == 0)
		r = learn_controller(bench);
	if (r == 0)
		r = learn_namespace(bench);
	if (r < 0)
		return r;
	if (nvme->has_namespace)
		return create_queues(bench);
	bench->limits.size_min = bench->limits.size_max = bench->limits.size_step = PAGE;
	return 0;
}

static int nvme_open(struct bench *bench)
{
	struct nvme *nvme = bench->device_state;
	int r = bench->backend->map_bar ? bench->backend->map_bar(bench, 0, &nvme->bar)
					: -EOPNOTSUPP;

	if (r == 0)
		r = start(bench);
	if (r == 0)
		r = read_reference(bench);
	return r < 0 ? r : prove_pointers(bench);
}

/* Whole dwords, and not the rings: commands lie there, and nothing may write them. */
static bool can_reach(const struct bench *bench, const struct transfer *transfer)
{
	return transfer->target % 4 == 0 &&
	       (transfer->target >= bench->rings_iova + bench->rings.size ||
		transfer->target + transfer->size <= bench->rings_iova);
}

static int nvme_submit(struct bench *bench, const struct transfer *transfer)
{
	struct nvme *nvme = bench->device_state;
	const struct device_limits *limits = &bench->limits;
	struct nvme_request request;
	unsigned int slot;
	int r;

	if (transfer->kind != TRANSFER_WRITE || transfer->size < limits->size_min ||
	    transfer->size > limits->size_max || transfer->size % limits->size_step ||
	    !can_reach(bench, transfer))
		return bench_fail(bench, -EINVAL, "not a transfer that nvme can do");
	slot = (unsigned int)__builtin_ffs((int)~nvme->busy);
	if (slot == 0 || slot > limits->depth_max)
		return -EAGAIN;
	slot--;
	request = request_for(nvme, 0, transfer->size);
	request.id = (uint16_t)slot;
	describe(bench, &request, transfer->target, transfer->size,
		 prefer_sgl && nvme->has_sgl && nvme->has_namespace);
	nvme->busy |= 1U << slot;
	nvme->tags[slot] = transfer->tag;
	r = send(bench, &request);
	if (r < 0)
		nvme->busy &= ~(1U << slot);
	return r;
}

static int nvme_reap(struct bench *bench, uint64_t *ret_tag, int *ret_error)
{
	const struct nvme *nvme = bench->device_state;
	unsigned int slot = 0;
	int r;

	if (!nvme->busy)
		return 0;
	r = take(bench, nvme->has_namespace ? NVME_QUEUE_IO : NVME_QUEUE_ADMIN, &slot,
		 ret_error);
	if (r > 0)
		*ret_tag = nvme->tags[slot];
	return r;
}

/* QEMU reports success for a target that is not mapped: only the bytes tell. */
static int nvme_verify(struct bench *bench, const struct transfer *transfer,
		       const unsigned char *source, const unsigned char *target)
{
	const struct nvme *nvme = bench->device_state;

	(void)source;
	return memcmp(target, nvme->reference, transfer->size) ? -EBADMSG : 0;
}

static void nvme_close(struct bench *bench)
{
	const struct nvme *nvme = bench->device_state;

	if (nvme->bar.at && nvme->timeout > 0)
		disable(bench);
}

static const struct pci_match nvme_match[] = {
	{ .vendor = 0xffff,
	  .device = 0xffff,
	  .class_id = 0x010802,
	  .class_mask = 0xffffff },
	{ 0 },
};

const struct bench_device bench_device_nvme = {
	.name = "nvme",
	.summary = "NVMe controllers: reads of the first blocks, never a write",
	.match = nvme_match,
	.can = 1 << TRANSFER_WRITE,
	.limits = { .size_min = PAGE,
		    .size_max = SIZE_MAX_BYTES,
		    .size_step = PAGE,
		    .depth_max = DEPTH,
		    .address_bits = 64 },
	.rings_size = RINGS_SIZE,
	.state_size = sizeof(struct nvme),
	.open = nvme_open,
	.submit = nvme_submit,
	.reap = nvme_reap,
	.verify = nvme_verify,
	.close = nvme_close,
};
