/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines about the channels of DMA controllers. */
#pragma once

#include "base/util.h"

/* Words of a line; nothing is terminated. */
struct channel_line {
	const char *channel; /* "dma0chan1", or the number of an ISA channel */
	size_t channel_length;
	const char *client;
	size_t client_length;
	const char *router; /* NULL without one */
	size_t router_length;
};

/*
 * " 4: cascade", of /proc/dma (proc_dma_show() in the kernel's kernel/dma.c). -EBADMSG
 * for others; length without the newline.
 */
int isa_dma_parse_line(const char *line, size_t length, struct channel_line *ret);

/*
 * " dma0chan1    | fe300000.mmc:rx-tx (via router: fe00b880.mux)", of debugfs
 * (dmaengine_dbg_summary_show() in the kernel's drivers/dma/dmaengine.c). -EBADMSG for
 * others, also for those of drivers that print a summary of their own.
 */
int dmaengine_parse_line(const char *line, size_t length, struct channel_line *ret);

/* The numbers of "dma0chan1"; -EBADMSG for other names. */
int dmaengine_parse_name(const char *name, uint64_t *ret_device, uint64_t *ret_channel);
