// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests bench/nvme-command: whatever is asked, and whatever stands in a queue, nothing is
 * sent but what reads. Queues are taken by the numbers of their doorbells, opcodes as the
 * specifications list them.
 */

#include "bench/nvme-command.h"

#include <endian.h>

#include "tap.h"

/* Of the opcodes for admin commands and those of the NVM command set: what does harm */
static const struct {
	const char *name;
	enum nvme_queue queue;
	unsigned int opcode;
} harmful[] = {
	{ "Flush", NVME_QUEUE_IO, 0x00 },
	{ "Write", NVME_QUEUE_IO, 0x01 },
	{ "Write Uncorrectable", NVME_QUEUE_IO, 0x04 },
	{ "Write Zeroes", NVME_QUEUE_IO, 0x08 },
	{ "Dataset Management", NVME_QUEUE_IO, 0x09 },
	{ "Reservation Register", NVME_QUEUE_IO, 0x0d },
	{ "Reservation Acquire", NVME_QUEUE_IO, 0x11 },
	{ "Reservation Release", NVME_QUEUE_IO, 0x15 },
	{ "Copy", NVME_QUEUE_IO, 0x19 },
	{ "Zone Management Send", NVME_QUEUE_IO, 0x79 },
	{ "Zone Append", NVME_QUEUE_IO, 0x7d },
	{ "Set Features", NVME_QUEUE_ADMIN, 0x09 },
	{ "Namespace Management", NVME_QUEUE_ADMIN, 0x0d },
	{ "Firmware Commit", NVME_QUEUE_ADMIN, 0x10 },
	{ "Firmware Image Download", NVME_QUEUE_ADMIN, 0x11 },
	{ "Device Self-test", NVME_QUEUE_ADMIN, 0x14 },
	{ "Namespace Attachment", NVME_QUEUE_ADMIN, 0x15 },
	{ "Directive Send", NVME_QUEUE_ADMIN, 0x19 },
	{ "Virtualization Management", NVME_QUEUE_ADMIN, 0x1c },
	{ "NVMe-MI Send", NVME_QUEUE_ADMIN, 0x1d },
	{ "Capacity Management", NVME_QUEUE_ADMIN, 0x20 },
	{ "Lockdown", NVME_QUEUE_ADMIN, 0x24 },
	{ "Doorbell Buffer Config", NVME_QUEUE_ADMIN, 0x7c },
	{ "Format NVM", NVME_QUEUE_ADMIN, 0x80 },
	{ "Security Send", NVME_QUEUE_ADMIN, 0x81 },
	{ "Sanitize", NVME_QUEUE_ADMIN, 0x84 },
};

static int check(enum nvme_queue queue, uint32_t first)
{
	const struct nvme_command command = { .dwords = { htole32(first) } };

	return nvme_command_check(queue, &command);
}

/* Read on the one; both kinds of queues and Identify on the other. */
static bool is_harmless(unsigned int queue, unsigned int opcode)
{
	return queue == NVME_QUEUE_IO
		       ? opcode == 0x02
		       : opcode == 0x01 || opcode == 0x05 || opcode == 0x06;
}

static void test_gate(void)
{
	for (unsigned int queue = 0; queue < NVME_QUEUES; queue++)
		for (unsigned int opcode = 0; opcode < 256; opcode++)
			IS(check(queue, opcode | 7U << 16),
			   is_harmless(queue, opcode) ? 0 : -EPERM,
			   "queue %u, opcode 0x%02x", queue, opcode);
	for (unsigned int queue = NVME_QUEUES; queue < 256; queue++)
		for (unsigned int opcode = 0; opcode < 256; opcode++)
			if (check(queue, opcode) != -EPERM)
				OK(false, "queue %u takes 0x%02x", queue, opcode);
	for (size_t i = 0; i < ARRAY_SIZE(harmful); i++)
		IS(check(harmful[i].queue, harmful[i].opcode), -EPERM, "%s",
		   harmful[i].name);
}

/* Fused operations, reserved bits, and SGLs where they are not to be. */
static void test_flags(void)
{
	unsigned int wrong = 0;

	for (unsigned int queue = 0; queue < NVME_QUEUES; queue++)
		for (uint32_t first = 0; first < 0x10000; first++) {
			bool sgl = queue == NVME_QUEUE_IO && (first & 0xff00) == 0x4000;
			bool fits = is_harmless(queue, first & 0xff) &&
				    ((first & 0xff00) == 0 || sgl);

			wrong += (check(queue, first) == 0) != fits;
		}
	IS(wrong, 0, "of 65536 values of the lower half on each queue none is misjudged");
}

static const uint64_t extremes[] = { 0, 1, 0x0123456789abcdef, UINT64_MAX };

/* What is asked for, with everything else about it at its extremes. */
static void build_all(unsigned int what, unsigned int *built, unsigned int *wrong)
{
	struct nvme_request request = { .what = what };
	struct nvme_command command;

	for (unsigned int i = 0; i < 1024; i++) {
		int queue;

		request.id = (uint16_t)extremes[i & 3];
		request.namespace_id = (uint32_t)extremes[i >> 2 & 3];
		request.data[0] = extremes[i >> 4 & 3];
		request.data[1] = request.first_block = extremes[i >> 6 & 3];
		request.blocks = request.entries = (unsigned int)extremes[i >> 8 & 1];
		request.sgl = i >> 9;
		queue = nvme_command_build(&request, &command);
		*built += queue >= 0;
		if (queue >= 0)
			*wrong += queue >= NVME_QUEUES ||
				  nvme_command_check(queue, &command) < 0 ||
				  !is_harmless((unsigned int)queue,
					       le32toh(command.dwords[0]) & 0xff) ||
				  le32toh(command.dwords[0]) >> 16 != request.id;
		else
			*wrong += queue != -EPERM;
	}
}

static void test_builder(void)
{
	for (unsigned int what = 0; what < 256; what++) {
		unsigned int built = 0, wrong = 0;

		build_all(what, &built, &wrong);
		IS(built, what < NVME_WHATS ? 1024 : 0, "%u is %s", what,
		   what < NVME_WHATS ? "built" : "refused");
		IS(wrong, 0, "%u never gives anything else", what);
	}
}

static void test_fields(void)
{
	const struct nvme_request read = {
		.what = NVME_READ,
		.id = 5,
		.namespace_id = 1,
		.data = { 0x1122334455667788, 0x99aabbccddeeff00 },
		.first_block = 0x123456789,
		.blocks = 256,
	};
	struct nvme_request request = read;
	struct nvme_command command;

	IS(nvme_command_build(&request, &command), NVME_QUEUE_IO, "Read is for I/O");
	IS(le32toh(command.dwords[0]), 0x50002, "opcode and identifier");
	IS(le32toh(command.dwords[1]), 1, "namespace");
	IS(le32toh(command.dwords[6]), 0x55667788, "PRP 1, lower half");
	IS(le32toh(command.dwords[7]), 0x11223344, "PRP 1, upper half");
	IS(le32toh(command.dwords[8]), 0xddeeff00, "PRP 2, lower half");
	IS(le32toh(command.dwords[9]), 0x99aabbcc, "PRP 2, upper half");
	IS(le32toh(command.dwords[10]), 0x23456789, "first block, lower half");
	IS(le32toh(command.dwords[11]), 1, "first block, upper half");
	IS(le32toh(command.dwords[12]), 255, "blocks, counted from 0");
	request.sgl = true;
	request.data[1] = 131072;
	nvme_command_build(&request, &command);
	IS(le32toh(command.dwords[0]), 0x54002, "an SGL is announced");
	IS(le32toh(command.dwords[8]), 131072, "its length");
	IS(le32toh(command.dwords[9]), 0, "its type is a data block");
	request = (struct nvme_request){ .what = NVME_CREATE_SUBMISSION_QUEUE,
					 .entries = 64 };
	IS(nvme_command_build(&request, &command), NVME_QUEUE_ADMIN, "a queue is admin");
	IS(le32toh(command.dwords[10]), 0x3f0001, "64 entries, number 1");
	IS(le32toh(command.dwords[11]), 0x10001, "completions to 1, in one piece");
}

int main(void)
{
	test_gate();
	test_flags();
	test_builder();
	test_fields();
	return tap_end();
}
