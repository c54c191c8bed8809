// SPDX-License-Identifier: GPL-2.0-or-later
/* Five commands, none of which changes a medium, and the table that says so. */

#include "bench/nvme-command.h"

#include <endian.h>

/* Those of the two queues overlap: 01h on the other one is Write. */
enum {
	ADMIN_CREATE_SUBMISSION_QUEUE = 0x01,
	ADMIN_CREATE_COMPLETION_QUEUE = 0x05,
	ADMIN_IDENTIFY = 0x06,
	IO_READ = 0x02,
};

enum {
	/* Command dword 0: opcode, FUSE and PSDT, identifier */
	OPCODE = 0xff,
	NOT_OPCODE_NOR_SGL = 0xbf00,
	PSDT_SGL = 1 << 14, /* the data pointer is an SGL descriptor */
	ID_SHIFT = 16,
	/* Identify, CNS */
	CNS_NAMESPACE = 0x00,
	CNS_CONTROLLER = 0x01,
	/* Of the queue for I/O: the only one, in one piece, without interrupts */
	QUEUE_ID = 1,
	QUEUE_CONTIGUOUS = 1 << 0,
	QUEUE_COMPLETION_SHIFT = 16,
};

static const struct {
	enum nvme_queue queue;
	uint8_t opcode;
	bool sgl; /* PSDT: never for admin commands over PCI Express */
} permitted[] = {
	{ NVME_QUEUE_ADMIN, ADMIN_IDENTIFY, false },
	{ NVME_QUEUE_ADMIN, ADMIN_CREATE_COMPLETION_QUEUE, false },
	{ NVME_QUEUE_ADMIN, ADMIN_CREATE_SUBMISSION_QUEUE, false },
	{ NVME_QUEUE_IO, IO_READ, true },
};

int nvme_command_check(enum nvme_queue queue, const struct nvme_command *command)
{
	uint32_t first = le32toh(command->dwords[0]);

	/* Not one half of a fused pair, no reserved bits, no SGL of metadata. */
	if (first & NOT_OPCODE_NOR_SGL)
		return -EPERM;
	for (size_t i = 0; i < ARRAY_SIZE(permitted); i++)
		if (permitted[i].queue == queue &&
		    permitted[i].opcode == (first & OPCODE) &&
		    (permitted[i].sgl || !(first & PSDT_SGL)))
			return 0;
	return -EPERM;
}

/* Dwords 10 to 12, which are the command's own; returns its opcode. */
static int fill(const struct nvme_request *request, uint32_t *dwords)
{
	switch (request->what) {
	case NVME_IDENTIFY_NAMESPACE:
		dwords[10] = CNS_NAMESPACE;
		return ADMIN_IDENTIFY;
	case NVME_IDENTIFY_CONTROLLER:
		dwords[10] = CNS_CONTROLLER;
		return ADMIN_IDENTIFY;
	case NVME_CREATE_COMPLETION_QUEUE:
		dwords[10] = (request->entries - 1) << 16 | QUEUE_ID;
		dwords[11] = QUEUE_CONTIGUOUS;
		return ADMIN_CREATE_COMPLETION_QUEUE;
	case NVME_CREATE_SUBMISSION_QUEUE:
		dwords[10] = (request->entries - 1) << 16 | QUEUE_ID;
		dwords[11] = QUEUE_ID << QUEUE_COMPLETION_SHIFT | QUEUE_CONTIGUOUS;
		return ADMIN_CREATE_SUBMISSION_QUEUE;
	case NVME_READ:
		dwords[10] = (uint32_t)request->first_block;
		dwords[11] = (uint32_t)(request->first_block >> 32);
		dwords[12] = (request->blocks - 1) & 0xffff;
		return IO_READ;
	}
	return -EPERM;
}

int nvme_command_build(const struct nvme_request *request, struct nvme_command *ret)
{
	uint32_t dwords[ARRAY_SIZE(ret->dwords)] = { 0 };
	int opcode = fill(request, dwords);
	bool sgl = request->sgl && request->what == NVME_READ;

	if (opcode < 0)
		return opcode;
	dwords[0] = (uint32_t)opcode | (sgl ? (uint32_t)PSDT_SGL : 0U) |
		    (uint32_t)request->id << ID_SHIFT;
	dwords[1] = request->namespace_id;
	/*
	 * SGL Data Block descriptor: its type and subtype are 0 and share a quadword with
	 * its length.
	 */
	for (unsigned int i = 0; i < 2; i++) {
		dwords[6 + 2 * i] = (uint32_t)request->data[i];
		dwords[7 + 2 * i] =
			sgl && i == 1 ? 0 : (uint32_t)(request->data[i] >> 32);
	}
	for (size_t i = 0; i < ARRAY_SIZE(dwords); i++)
		ret->dwords[i] = htole32(dwords[i]);
	return request->what == NVME_READ ? NVME_QUEUE_IO : NVME_QUEUE_ADMIN;
}
