/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-value files of sysfs as facts. Each returns 0 or the negative errno that also set
 * the fact's state; nonsense is noted under `unread` and makes the fact malformed.
 */
#pragma once

#include "source/root.h"

/* The first line without trailing white space; empty is a known empty string. */
int attr_str(struct root *root, struct fact_str *ret, const char *format, ...)
	_printf_(3, 4);
/*
 * A file that every procfs has: without it procfs is not mounted, and nothing is known.
 */
int proc_missing(struct root *root, int error, const char *path);
/* Base 16 takes digits with and without 0x, base 10 decimal only. */
int attr_u64(struct root *root, unsigned int base, struct fact_u64 *ret,
	     const char *format, ...) _printf_(4, 5);
int attr_i64(struct root *root, struct fact_i64 *ret, const char *format, ...)
	_printf_(3, 4);
/* "0", "1", "N", "Y", "n", "y" */
int attr_bool(struct root *root, struct fact_bool *ret, const char *format, ...)
	_printf_(3, 4);
