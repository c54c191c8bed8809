/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel command line: words, quotes, and which parameters are about DMA. */
#pragma once

#include "base/util.h"

/* One word; the pointers lead into the command line, nothing is terminated. */
struct cmdline_word {
	const char *start;
	size_t length;
	const char *name; /* without a quote in front */
	size_t name_length;
	const char *value; /* NULL without '=' */
	size_t value_length;
};

/*
 * The next parameter, as next_arg() of the kernel cuts it (lib/cmdline.c): white space
 * separates, double quotes protect it, and stand around the value or the whole word.
 * False at the end and at "--", behind which init's arguments begin.
 */
bool cmdline_next(const char **cursor, struct cmdline_word *ret);

/* Is this parameter known to bear on DMA, IOMMUs, PCI or VFIO? */
bool cmdline_is_about_dma(const char *name, size_t length);
