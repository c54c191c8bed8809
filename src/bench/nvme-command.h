/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that the driver for NVMe sends, and a gate that lets no others through:
 * what is on the medium stays as it is, whatever else goes wrong.
 *
 * "Base" is the NVM Express Base Specification 2.0, "NVM" the NVM Command Set 1.0.
 */
#pragma once

#include "base/util.h"

/* Queue 1 is the only one for I/O; an opcode means something else on each. */
enum nvme_queue { NVME_QUEUE_ADMIN, NVME_QUEUE_IO };

enum { NVME_QUEUES = NVME_QUEUE_IO + 1 };

/* All that can be asked for. */
enum nvme_what {
	NVME_IDENTIFY_NAMESPACE,
	NVME_IDENTIFY_CONTROLLER,
	NVME_CREATE_COMPLETION_QUEUE,
	NVME_CREATE_SUBMISSION_QUEUE,
	NVME_READ,
};

enum { NVME_WHATS = NVME_READ + 1 };

struct nvme_request {
	enum nvme_what what;
	uint16_t id;
	uint32_t namespace_id;
	/*
	 * PRP entries 1 and 2; with `sgl`, address and length of one data block. For a
	 * queue, where it lies.
	 */
	uint64_t data[2];
	bool sgl;
	unsigned int entries; /* of a queue */
	uint64_t first_block;
	unsigned int blocks; /* to read, at least 1 */
};

/* A submission queue entry as it lies in memory (Base, Common Command Format). */
struct nvme_command {
	uint32_t dwords[16];
};

/* The queue on which it is to be sent; -EPERM: there is no such command. */
int nvme_command_build(const struct nvme_request *request, struct nvme_command *ret);

/* What stands before the doorbell: 0, or -EPERM for all that is not in its table. */
int nvme_command_check(enum nvme_queue queue, const struct nvme_command *command);
