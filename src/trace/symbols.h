/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for addresses of the kernel. */
#pragma once

#include "trace/trace.h"

struct symbol {
	uint64_t address;
	const char *name, *module; /* NULL in the kernel itself */
};

/* All zero is an empty one, which knows no address. */
struct symbols {
	struct arena arena;
	struct symbol *items; /* by address */
	size_t count, capacity;
};

/* Reads /proc/kallsyms; -EPERM where it hides the addresses. */
int symbols_load(struct symbols *symbols);

/* The frame of an address, with its name where that is known. */
struct trace_frame symbols_frame(const struct symbols *symbols, uint64_t address);

void symbols_free(struct symbols *symbols);
