/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running kernel tells of its PCI functions as it happens: uevents. */
#pragma once

#include "model/event.h"
#include "source/root.h"

struct monitor;

/*
 * Listens from here on. -errno, noted among what could not be seen; monitor_close() is
 * for what was opened.
 */
int monitor_open(struct root *root, struct monitor **ret);
void monitor_close(struct monitor *monitor);

/* A descriptor that poll() finds readable when there is something to read. */
int monitor_descriptor(const struct monitor *monitor);

/*
 * The next event about a PCI function: 1, and its strings are good until the next call; 0
 * where there is none now; -ENOBUFS where the kernel had to drop some.
 */
int monitor_read(struct monitor *monitor, struct uevent *ret);

/*
 * The number of the last uevent that was sent: what is read from now on shows all up to
 * there. 0 where it cannot be read.
 */
uint64_t monitor_last(struct root *root);
