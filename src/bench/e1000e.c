// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Intel 82574 (and QEMU's e1000e): a frame that it sends to itself is a copy from one
 * place in memory to another. Loopback is on, at two places, before the transmitter is;
 * nothing reaches the wire.
 *
 * A frame begins with headers of the driver's own, Ethernet, IPv4 and UDP, and the bytes
 * of the transfer come behind them: so these may be any, and the card never takes them
 * for an EtherType, a VLAN tag or flow control. The receiver splits such a frame (packet
 * split): headers go to the rings, bytes to the target. Each header has a number, by
 * which a frame that came for another is found out.
 *
 * A target that is not mapped is not seen: writes on PCI Express are not answered. Only
 * verify() tells.
 *
 * Names are those of Intel's datasheet of the 82574.
 */

#include "bench/devices.h"

#include <endian.h>
#include <time.h>

/* Registers */
enum {
	CTRL = 0x0000,
	CTRL_FD = 1 << 0,
	CTRL_MASTER_DISABLE = 1 << 2,
	CTRL_SLU = 1 << 6,
	CTRL_SPEED_1000 = 2 << 8,
	CTRL_FORCE_SPEED = 1 << 11,
	CTRL_FORCE_DUPLEX = 1 << 12,
	CTRL_RST = 1 << 26,
	STATUS = 0x0008,
	STATUS_LINK_UP = 1 << 1,
	STATUS_MASTER_ENABLED = 1 << 19,
	MDIC = 0x0020,
	MDIC_WRITE = 1 << 26,
	MDIC_READ = 2 << 26,
	MDIC_READY = 1 << 28,
	MDIC_ERROR = 1 << 30,
	ICR = 0x00c0,
	IMC = 0x00d8,
	RCTL = 0x0100,
	RCTL_EN = 1 << 1,
	RCTL_LPE = 1 << 5,
	RCTL_LBM = 3 << 6,
	RCTL_LBM_MAC = 1 << 6,
	RCTL_SPLIT = 1 << 10,
	RCTL_SECRC = 1 << 26,
	TCTL = 0x0400,
	TCTL_EN = 1 << 1,
	TCTL_PSP = 1 << 3,
	TIPG = 0x0410,
	PSRCTL = 0x2170,
	RXCSUM = 0x5000,
	RFCTL = 0x5008,
	RFCTL_EXTENDED = 1 << 15,
	RAL = 0x5400,
	RAH = 0x5404,
	RAH_VALID = 1U << 31,
	MRQC = 0x5818,
};

/* Of the rings: those of the receiver begin at 0x2800, of the transmitter at 0x3800. */
enum {
	RECEIVE = 0x2800,
	TRANSMIT = 0x3800,
	RING_LOW = 0x00,
	RING_HIGH = 0x04,
	RING_LENGTH = 0x08,
	RING_HEAD = 0x10,
	RING_TAIL = 0x18,
};

/* IEEE 802.3 clause 22.2.4.1, control register of a PHY, as 82574 has it at address 1 */
enum {
	PHY_ADDRESS = 1 << 21,
	PHY_CONTROL = 0,
	PHY_CONTROL_1000 = 1 << 6,
	PHY_CONTROL_DUPLEX = 1 << 8,
	PHY_CONTROL_NEGOTIATE = 1 << 12,
	PHY_CONTROL_LOOPBACK = 1 << 14,
	PHY_CONTROL_RESET = 1 << 15,
};

/* Fields of descriptors */
enum {
	SENT_DONE = 1 << 0,	 /* in the upper half */
	SEND_END = 1 << 24,	 /* of the frame */
	SEND_CHECKSUM = 1 << 25, /* append the frame's */
	SEND_REPORT = 1 << 27,	 /* that it was sent */
	RECEIVED_DONE = 1 << 0,
	RECEIVED_END = 1 << 1,
	RECEIVED_SPLIT = 1 << 15,
};

#define RECEIVED_ERRORS 0xff000000U

enum {
	DEPTH = 16,
	HEADER_SIZE = 14 + 20 + 8,
	HEADER_ROOM = 128,
	/* 82574 takes frames of 9018 bytes with all there is. */
	SIZE_MAX_BYTES = 8192,
	/* Below, with the headers, is a frame that is padded. */
	SIZE_MIN_BYTES = 64,
	SPARE_SIZE = 1024, /* behind the target's bytes; stays empty */
	/*
	 * A piece of a frame does not cross a page: QEMU drops what does not lie in one
	 * piece of the machine's memory.
	 */
	PIECE = 4096,
	SENDS = 128,   /* of 16 bytes; a transfer takes 4 at most */
	RECEIVES = 32, /* of 32 bytes, which count as 2 */
};

/* What lies where in bench->rings. */
enum {
	AT_SENDS = 0,
	AT_RECEIVES = AT_SENDS + SENDS * 16,
	AT_HEADERS_OUT = 4096,
	AT_HEADERS_IN = AT_HEADERS_OUT + DEPTH * HEADER_ROOM,
	AT_SPARE = AT_HEADERS_IN + RECEIVES * HEADER_ROOM,
	RINGS_SIZE = 4096 * 4,
};

_Static_assert(AT_SPARE + SPARE_SIZE <= RINGS_SIZE, "all of it fits");

/* Legacy transmit descriptor */
struct send {
	uint64_t address;
	uint32_t command; /* and length */
	uint32_t status;
};

/* Packet split receive descriptor; what was asked is written over. */
union receive {
	uint64_t buffers[4];
	struct {
		uint32_t hash, checksum;
		uint32_t status; /* bit 0 of a target is therefore 0 */
		uint16_t header_size, vlan;
		uint16_t header_status, sizes[3];
		uint64_t reserved;
	} done;
};

enum {
	MS = 1000000,
	SEND_LIMIT_NS = 200 * MS,   /* a frame that was not sent by then never will be */
	RECEIVE_LIMIT_NS = 10 * MS, /* a frame that was sent and has not come by then */
	SETTLE_NS = 10 * MS,
	LINK_SECONDS = 3,
};

struct job {
	uint64_t tag;
	size_t size;
	unsigned int last_send, receive;
};

struct e1000e {
	struct bench_bar bar;
	struct job jobs[DEPTH]; /* in the order in which they are done */
	unsigned int first, count;
	unsigned int next_send, next_receive;
	uint16_t number;     /* of the next frame */
	uint64_t idle_since; /* 0: something happened since reap() was called last */
	bool sent;	     /* the first one, as of then */
	bool out_of_step;    /* a frame was lost: what is under way has failed */
};

static uint32_t get(const struct e1000e *e1000e, unsigned int at)
{
	return bar_read32(&e1000e->bar, at);
}

static void set(const struct e1000e *e1000e, unsigned int at, uint32_t value)
{
	bar_write32(&e1000e->bar, at, value);
}

static void pause_for(long ns)
{
	const struct timespec time = { .tv_nsec = ns };

	nanosleep(&time, NULL);
}

/* Until these bits of the register are as wanted; false: they did not become so. */
static bool wait_until(const struct e1000e *e1000e, unsigned int at, uint32_t bits,
		       uint32_t wanted)
{
	uint64_t deadline = bench_now() + SETTLE_NS;

	while ((get(e1000e, at) & bits) != wanted)
		if (bench_now() >= deadline)
			return false;
	return true;
}

/* A negotiation that its driver had begun goes on for a while. */
static bool wait_for_link(const struct e1000e *e1000e)
{
	uint64_t deadline = bench_now() + (uint64_t)LINK_SECONDS * 1000 * MS;

	while (!wait_until(e1000e, STATUS, STATUS_LINK_UP, STATUS_LINK_UP))
		if (bench_stop || bench_now() >= deadline)
			return false;
	return true;
}

static int phy(struct bench *bench, uint32_t command, uint16_t *ret)
{
	const struct e1000e *e1000e = bench->device_state;
	uint32_t answer;

	set(e1000e, MDIC, command | PHY_ADDRESS | PHY_CONTROL << 16);
	if (!wait_until(e1000e, MDIC, MDIC_READY, MDIC_READY))
		return bench_fail(bench, -EIO, "the PHY does not answer");
	answer = get(e1000e, MDIC);
	if (answer & MDIC_ERROR)
		return bench_fail(bench, -EIO, "the PHY reports an error");
	if (ret)
		*ret = (uint16_t)answer;
	return 0;
}

static void stop(const struct e1000e *e1000e)
{
	set(e1000e, TCTL, 0);
	set(e1000e, RCTL, RCTL_LBM_MAC);
	/* A read makes sure that the writes have got there. */
	get(e1000e, STATUS);
}

/* As software reset is described: silence on the bus first, then the reset. */
static void reset(const struct e1000e *e1000e)
{
	set(e1000e, IMC, UINT32_MAX);
	stop(e1000e);
	set(e1000e, CTRL, get(e1000e, CTRL) | CTRL_MASTER_DISABLE);
	wait_until(e1000e, STATUS, STATUS_MASTER_ENABLED, 0);
	set(e1000e, CTRL, get(e1000e, CTRL) | CTRL_RST);
	/* It may not be looked at while it reads its EEPROM. */
	pause_for(SETTLE_NS);
	wait_until(e1000e, CTRL, CTRL_RST, 0);
	set(e1000e, IMC, UINT32_MAX);
	get(e1000e, ICR);
}

static void give_ring(const struct bench *bench, unsigned int at, size_t ring,
		      uint32_t size)
{
	const struct e1000e *e1000e = bench->device_state;
	uint64_t iova = bench->rings_iova + ring;

	set(e1000e, at + RING_LOW, (uint32_t)iova);
	set(e1000e, at + RING_HIGH, (uint32_t)(iova >> 32));
	set(e1000e, at + RING_LENGTH, size);
	set(e1000e, at + RING_HEAD, 0);
	set(e1000e, at + RING_TAIL, 0);
}

/*
 * Loopback in the MAC and, behind it, in the PHY; both are read back. The transmitter is
 * off until then.
 */
static int set_loopback(struct bench *bench)
{
	const struct e1000e *e1000e = bench->device_state;
	uint16_t control = 0;
	int r;

	if (get(e1000e, TCTL) & TCTL_EN)
		return bench_fail(bench, -EIO, "the transmitter could not be stopped");
	set(e1000e, CTRL,
	    CTRL_FD | CTRL_SLU | CTRL_SPEED_1000 | CTRL_FORCE_SPEED | CTRL_FORCE_DUPLEX);
	r = phy(bench,
		MDIC_WRITE | PHY_CONTROL_LOOPBACK | PHY_CONTROL_DUPLEX | PHY_CONTROL_1000,
		NULL);
	if (r == 0)
		r = phy(bench, MDIC_READ, &control);
	if (r < 0)
		return r;
	set(e1000e, RCTL, RCTL_LBM_MAC);
	if (!(control & PHY_CONTROL_LOOPBACK) ||
	    (get(e1000e, RCTL) & RCTL_LBM) != RCTL_LBM_MAC)
		return bench_fail(bench, -EIO, "loopback cannot be switched on");
	return 0;
}

/* An address that nobody else sends to: frames from outside are dropped. */
static const unsigned char own_address[6] = { 0x02, 0xd3, 0xa5, 0xc0, 0xbe, 0x01 };

static void set_filter(const struct e1000e *e1000e)
{
	uint32_t low, high = 0;

	memcpy(&low, own_address, 4);
	memcpy(&high, own_address + 4, 2);
	set(e1000e, RAL, le32toh(low));
	set(e1000e, RAH, le32toh(high) | RAH_VALID);
}

/* Gives it empty rings and starts both sides. */
static int start(struct bench *bench)
{
	struct e1000e *e1000e = bench->device_state;
	int r;

	stop(e1000e);
	memset(bench->rings.at + AT_SENDS, 0, SENDS * sizeof(struct send));
	memset(bench->rings.at + AT_RECEIVES, 0, RECEIVES * sizeof(union receive));
	e1000e->next_send = e1000e->next_receive = 0;
	e1000e->out_of_step = false;
	e1000e->idle_since = 0;
	r = set_loopback(bench);
	if (r < 0)
		return r;
	set_filter(e1000e);
	/* No checksums, no second queue: a frame is stored as it came. */
	set(e1000e, RXCSUM, 0);
	set(e1000e, MRQC, 0);
	set(e1000e, RFCTL, RFCTL_EXTENDED);
	/* In 128 bytes, then in KiB: headers, the target, what would be too much. */
	set(e1000e, PSRCTL,
	    HEADER_ROOM / 128 | SIZE_MAX_BYTES / 1024 << 8 | SPARE_SIZE / 1024 << 16);
	give_ring(bench, RECEIVE, AT_RECEIVES, RECEIVES * sizeof(union receive));
	give_ring(bench, TRANSMIT, AT_SENDS, SENDS * sizeof(struct send));
	/* TIPG: what copper wants */
	set(e1000e, TIPG, 8 | 8 << 10 | 6 << 20);
	set(e1000e, RCTL, RCTL_LBM_MAC | RCTL_LPE | RCTL_SPLIT | RCTL_SECRC | RCTL_EN);
	if ((get(e1000e, RCTL) & (RCTL_LBM | RCTL_EN)) != (RCTL_LBM_MAC | RCTL_EN))
		return bench_fail(bench, -EIO, "loopback went off");
	if (!wait_for_link(e1000e))
		return bench_fail(bench, -EIO, "the link to itself does not come up");
	set(e1000e, TCTL, TCTL_EN | TCTL_PSP);
	return 0;
}

static void put16(unsigned char *at, size_t value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

/* RFC 1071, of an IPv4 header whose own is still 0 */
static uint16_t sum_header(const unsigned char *header)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* RFC 791 and 768: from itself to itself, port 9 (discard), without a checksum of data */
static void write_header(unsigned char *at, uint16_t number, size_t size)
{
	unsigned char *ip = at + 14, *udp = ip + 20;

	memset(at, 0, HEADER_SIZE);
	memcpy(at, own_address, 6);
	memcpy(at + 6, own_address, 6);
	put16(at + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, 20 + 8 + size);
	put16(ip + 4, number);
	put16(ip + 6, 0x4000); /* not a fragment */
	ip[8] = 1;
	ip[9] = 17;
	ip[12] = ip[16] = 127;
	ip[15] = ip[19] = 1;
	put16(ip + 10, sum_header(ip));
	put16(udp, 9);
	put16(udp + 2, 9);
	put16(udp + 4, 8 + size);
}

static void give_receive(struct bench *bench, unsigned int number, uint64_t target)
{
	union receive *receives = (void *)(bench->rings.at + AT_RECEIVES);

	receives[number] =
		(union receive){ .buffers = {
					 htole64(bench->rings_iova + AT_HEADERS_IN +
						 (uint64_t)number * HEADER_ROOM),
					 htole64(target),
					 htole64(bench->rings_iova + AT_SPARE),
				 } };
}

static void give_send(struct bench *bench, uint64_t address, size_t size, uint32_t flags)
{
	struct e1000e *e1000e = bench->device_state;
	struct send *sends = (void *)(bench->rings.at + AT_SENDS);

	sends[e1000e->next_send] = (struct send){
		.address = htole64(address),
		.command = htole32((uint32_t)size | flags | SEND_CHECKSUM),
	};
	e1000e->next_send = (e1000e->next_send + 1) % SENDS;
}

static bool is_possible(const struct bench *bench, const struct transfer *transfer)
{
	return transfer->kind == TRANSFER_COPY &&
	       transfer->size >= bench->limits.size_min &&
	       transfer->size <= bench->limits.size_max && transfer->target % 2 == 0 &&
	       (transfer->target >= bench->rings_iova + bench->rings.size ||
		transfer->target + transfer->size <= bench->rings_iova);
}

static int e1000e_submit(struct bench *bench, const struct transfer *transfer)
{
	struct e1000e *e1000e = bench->device_state;
	unsigned int slot = (e1000e->first + e1000e->count) % DEPTH;
	struct job *job = e1000e->jobs + slot;
	size_t header = AT_HEADERS_OUT + (size_t)slot * HEADER_ROOM, done = 0, size;

	if (!is_possible(bench, transfer))
		return bench_fail(bench, -EINVAL, "not a transfer that e1000e can do");
	if (e1000e->count == DEPTH || e1000e->out_of_step)
		return -EAGAIN;
	*job = (struct job){
		.tag = transfer->tag,
		.size = transfer->size,
		.receive = e1000e->next_receive,
	};
	give_receive(bench, e1000e->next_receive, transfer->target);
	e1000e->next_receive = (e1000e->next_receive + 1) % RECEIVES;
	write_header(bench->rings.at + header, e1000e->number++, transfer->size);
	give_send(bench, bench->rings_iova + header, HEADER_SIZE, 0);
	for (; done < transfer->size; done += size) {
		uint64_t from = transfer->source + done;

		size = MIN(transfer->size - done, PIECE - (size_t)(from % PIECE));
		job->last_send = e1000e->next_send;
		give_send(bench, from, size,
			  done + size == transfer->size ? SEND_END | SEND_REPORT : 0);
	}
	e1000e->count++;
	/* Descriptors before the doorbells, and the frame's place before the frame. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	set(e1000e, RECEIVE + RING_TAIL, 2 * e1000e->next_receive);
	set(e1000e, TRANSMIT + RING_TAIL, e1000e->next_send);
	return 0;
}

/* Hands back the oldest one. After the last that failed, both sides begin anew. */
static int finish(struct bench *bench, int error, uint64_t *ret_tag, int *ret_error)
{
	struct e1000e *e1000e = bench->device_state;
	int r;

	*ret_tag = e1000e->jobs[e1000e->first].tag;
	*ret_error = error;
	e1000e->first = (e1000e->first + 1) % DEPTH;
	e1000e->count--;
	e1000e->idle_since = 0;
	if (e1000e->out_of_step && e1000e->count == 0) {
		r = start(bench);
		if (r < 0)
			return r;
	}
	return 1;
}

/*
 * A frame was lost, or came where another should have: those behind it are in the wrong
 * place, too. No more DMA, and all that is under way has failed.
 */
static int lose_step(struct bench *bench, int error, uint64_t *ret_tag, int *ret_error)
{
	struct e1000e *e1000e = bench->device_state;

	stop(e1000e);
	if (get(e1000e, STATUS) == UINT32_MAX)
		return bench_fail(bench, -EIO, "the card does not answer any more");
	e1000e->out_of_step = true;
	return finish(bench, error, ret_tag, ret_error);
}

static bool is_sent(const struct bench *bench, const struct job *job)
{
	const volatile struct send *sends = (const void *)(bench->rings.at + AT_SENDS);

	return le32toh(sends[job->last_send].status) & SENT_DONE;
}

/* The whole frame, split where it should be, and the one that this place is for. */
static bool is_right(const struct bench *bench, unsigned int slot)
{
	const struct e1000e *e1000e = bench->device_state;
	const struct job *job = e1000e->jobs + slot;
	const union receive *receives = (const void *)(bench->rings.at + AT_RECEIVES);
	const union receive *receive = receives + job->receive;

	return (le32toh(receive->done.status) & (RECEIVED_ERRORS | RECEIVED_END)) ==
		       RECEIVED_END &&
	       le16toh(receive->done.header_status) == (RECEIVED_SPLIT | HEADER_SIZE) &&
	       le16toh(receive->done.sizes[0]) == job->size &&
	       memcmp(bench->rings.at + AT_HEADERS_IN +
			      (size_t)job->receive * HEADER_ROOM,
		      bench->rings.at + AT_HEADERS_OUT + (size_t)slot * HEADER_ROOM,
		      HEADER_SIZE) == 0;
}

/* Whether the oldest one has been waited for long enough. */
static bool is_late(struct e1000e *e1000e, bool sent)
{
	uint64_t now = bench_now();

	if (e1000e->idle_since == 0 || sent != e1000e->sent) {
		e1000e->idle_since = now;
		e1000e->sent = sent;
	}
	return now - e1000e->idle_since >=
	       (uint64_t)(sent ? RECEIVE_LIMIT_NS : SEND_LIMIT_NS);
}

static int e1000e_reap(struct bench *bench, uint64_t *ret_tag, int *ret_error)
{
	struct e1000e *e1000e = bench->device_state;
	const volatile union receive *receives =
		(const void *)(bench->rings.at + AT_RECEIVES);
	const struct job *job = e1000e->jobs + e1000e->first;
	bool sent, received;

	if (e1000e->count == 0)
		return 0;
	if (e1000e->out_of_step)
		return finish(bench, -EIO, ret_tag, ret_error);
	sent = is_sent(bench, job);
	received = le32toh(receives[job->receive].done.status) & RECEIVED_DONE;
	/* Not before the two: what else is written, and the data. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!sent || !received) {
		if (!is_late(e1000e, sent))
			return 0;
		bench_fail(bench, -ETIMEDOUT,
			   sent ? "a frame was sent and did not come back"
				: "a frame was not sent");
		return lose_step(bench, -ETIMEDOUT, ret_tag, ret_error);
	}
	if (is_right(bench, e1000e->first))
		return finish(bench, 0, ret_tag, ret_error);
	bench_fail(bench, -EIO, "a frame did not come back as it was sent");
	return lose_step(bench, -EIO, ret_tag, ret_error);
}

static int e1000e_verify(struct bench *bench, const struct transfer *transfer,
			 const unsigned char *source, const unsigned char *target)
{
	(void)bench;
	return memcmp(source, target, transfer->size) ? -EBADMSG : 0;
}

static int e1000e_open(struct bench *bench)
{
	struct e1000e *e1000e = bench->device_state;
	int r = bench->backend->map_bar ? bench->backend->map_bar(bench, 0, &e1000e->bar)
					: -EOPNOTSUPP;

	if (r < 0)
		return r;
	if (e1000e->bar.size < 0x20000 || get(e1000e, STATUS) == UINT32_MAX)
		return bench_fail(bench, -EIO, "the card does not answer");
	reset(e1000e);
	return start(bench);
}

/* The PHY gets its defaults back once nothing is sent any more. */
static void e1000e_close(struct bench *bench)
{
	const struct e1000e *e1000e = bench->device_state;

	if (!e1000e->bar.at || get(e1000e, STATUS) == UINT32_MAX)
		return;
	stop(e1000e);
	/* A frame that is on its way takes less. */
	pause_for(MS);
	phy(bench,
	    MDIC_WRITE | PHY_CONTROL_RESET | PHY_CONTROL_NEGOTIATE | PHY_CONTROL_DUPLEX |
		    PHY_CONTROL_1000,
	    NULL);
	reset(e1000e);
}

static const struct pci_match e1000e_match[] = {
	{ .vendor = 0x8086, .device = 0x10d3 },
	{ 0 },
};

const struct bench_device bench_device_e1000e = {
	.name = "e1000e",
	.summary = "Intel 82574: frames that it sends to itself, never to the wire",
	.match = e1000e_match,
	.can = 1 << TRANSFER_COPY,
	.limits = { .size_min = SIZE_MIN_BYTES,
		    .size_max = SIZE_MAX_BYTES,
		    .size_step = 1,
		    .depth_max = DEPTH,
		    .address_bits = 64 },
	.rings_size = RINGS_SIZE,
	.state_size = sizeof(struct e1000e),
	.open = e1000e_open,
	.submit = e1000e_submit,
	.reap = e1000e_reap,
	.verify = e1000e_verify,
	.close = e1000e_close,
};
