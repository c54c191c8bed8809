/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt, QEMU and driverctl want to be told of a function for a guest. */
#pragma once

#include "cmd/cmd.h"
#include "model/readiness.h"

struct snippet {
	const char *name;
	void (*print)(const struct readiness *readiness);
};

/* Ends with a NULL name. */
extern const struct snippet snippets[];
