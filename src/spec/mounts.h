/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines about what is mounted and where is swapped to. */
#pragma once

#include "base/util.h"

/* A stretch of a line; not terminated, and escaped as it stands there. */
struct slice {
	const char *text;
	size_t length;
};

struct mount_line {
	struct slice number; /* "259:2", of the device that stat() tells */
	struct slice root;   /* what of the file system is mounted */
	struct slice point, type, source;
};

/*
 * A line of /proc/self/mountinfo (show_mountinfo() in the kernel's fs/proc_namespace.c):
 * "36 35 98:0 /sub /mnt rw,noatime master:1 - ext4 /dev/vda1 rw". -EBADMSG for others;
 * length without the newline.
 */
int mountinfo_parse_line(const char *line, size_t length, struct mount_line *ret);

struct swap_line {
	struct slice name;
	bool partition;	     /* otherwise a file */
	uint64_t size, used; /* bytes */
};

/*
 * A line of /proc/swaps (swap_show() in the kernel's mm/swapfile.c) but the first, which
 * has the headings: "/dev/dm-1  partition  1003516  0  -2".
 */
int swaps_parse_line(const char *line, size_t length, struct swap_line *ret);

/*
 * Undoes mangle_path() of the kernel: "\040" is a space. `out` takes slice.length + 1
 * bytes and is terminated; returns how many were written before that.
 */
size_t mounts_unescape(struct slice slice, char *out);
