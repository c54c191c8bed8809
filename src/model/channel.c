// SPDX-License-Identifier: GPL-2.0-or-later
/* A channel of a DMA controller, which moves data on behalf of others. */

#include "model/channel.h"

const struct enum_name channel_kind_names[] = {
	[CHANNEL_DMAENGINE] = { "dmaengine", MOOD_NONE,
				"of a controller that drivers use through dmaengine" },
	[CHANNEL_ISA] = { "isa", MOOD_NONE,
			  "of the controllers that ISA bus devices share, the Intel "
			  "8237A or what behaves like it" },
	{ 0 },
};

static const struct field fields[] = {
	FIELD(struct channel, name, "CHANNEL", F_STR, F_SHOW | F_LABEL,
	      "name in /sys/class/dma, or the number of an ISA channel"),
	FIELD(struct channel, kind, "KIND", F_ENUM, F_SHOW | F_LABEL,
	      "which kind of third-party DMA", .names = channel_kind_names),
	FIELD(struct channel, controller, "CONTROLLER", F_STR, F_SHOW | F_INFO,
	      "device that the controller is; absent for ISA channels"),
	FIELD(struct channel, driver, "DRIVER", F_STR, F_SHOW | F_INFO,
	      "driver of the controller"),
	FIELD(struct channel, client, "CLIENT", F_STR, F_SHOW | F_TRUNC | F_INFO,
	      "device that the channel works for, or what the kernel knows of the user"),
	FIELD(struct channel, in_use, "USERS", F_UINT,
	      F_SHOW | F_RIGHT | F_GAUGE | F_VOLATILE,
	      "how many hold the channel; 0 when it is free"),
	FIELD(struct channel, bytes_transferred, "BYTES", F_BYTES,
	      F_SHOW | F_RIGHT | F_GAUGE | F_VOLATILE,
	      "bytes that it moved, as far as its driver counts; most count nothing"),
	FIELD(struct channel, memcpy_count, "COPIES", F_UINT,
	      F_SHOW | F_RIGHT | F_GAUGE | F_VOLATILE,
	      "copies from memory to memory that were counted",
	      .gauge = "channel_copies"),
	FIELD(struct channel, router, "ROUTER", F_STR, 0,
	      "device that connects the client's request line with the channel"),
};

const struct record channel_record =
	RECORD("channels", "channel", "channels of DMA controllers", fields);
