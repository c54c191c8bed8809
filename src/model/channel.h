/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A channel of a DMA controller, which moves data on behalf of others. */
#pragma once

#include "base/record.h"

enum channel_kind { CHANNEL_DMAENGINE, CHANNEL_ISA };

struct channel {
	const char *name; /* as in /sys/class/dma; of an ISA channel its number */
	struct fact_enum kind;
	struct fact_str controller, driver;
	struct fact_str client;
	struct fact_str router;
	struct fact_u64 in_use;
	struct fact_u64 bytes_transferred, memcpy_count;
};

extern const struct record channel_record;
extern const struct enum_name channel_kind_names[];
