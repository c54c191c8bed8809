/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies what the door lets through: each file as it was read, the links met on the way
 * to it, each listing, each refusal. So a snapshot cannot drift from what the program
 * reads.
 */
#pragma once

#include "source/root.h"

struct recorder;

/*
 * Starts recording `root` into a directory that is made, or is there and empty
 * (-ENOTEMPTY otherwise). With redact, serial numbers, MAC addresses, UUIDs and the
 * host's name are blanked in what is written, not in what is read.
 */
int recorder_open(struct root *root, const char *directory, bool redact,
		  struct recorder **ret);

/*
 * Writes the manifest with `time` and `arch` (NULL where unknown) and frees the
 * recorder. Returns the first error of the whole recording: a snapshot is whole or it is
 * an error.
 */
int recorder_close(struct recorder *recorder, const char *time, const char *arch);

/* What was written so far. */
/* Are names of people and machines blanked in what is written? */
bool recorder_redacts(const struct recorder *recorder);

size_t recorder_files(const struct recorder *recorder);

/* Called by the door alone. */
void recorder_file(struct recorder *recorder, const char *path, const void *data,
		   size_t size);
void recorder_link(struct recorder *recorder, const char *path, const char *target);
void recorder_list(struct recorder *recorder, const char *path, const struct list *names);
void recorder_refusal(struct recorder *recorder, const char *path, int error);
