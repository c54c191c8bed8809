/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt, QEMU and driverctl want to be told of a function for a guest. */
#pragma once

#include "cmd/cmd.h"
#include "model/readiness.h"

struct snippet {
	const char *name;
	/* Whether it has to be told of another function of the group, too. */
	bool (*wants)(const struct device *member);
	void (*print)(const struct device *device);
};

/* Ends with a NULL name. */
extern const struct snippet snippets[];

/*
 * Prints what is to be said of a function, and of those of its group that have to go with
 * it; what stands in `done` (struct device) was said before.
 */
void snippet_print(const struct snippet *snippet, const struct readiness *readiness,
		   struct arena *arena, struct list *done);
