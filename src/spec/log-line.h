/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of a kernel log without what dmesg, journald, syslog or a mail put before it. */
#pragma once

#include "base/util.h"

enum { LOG_TIME_SIZE = 40 };

struct log_line {
	/*
	 * When, as the log has it: seconds since boot ("12.345678"), a date, or "". Of
	 * two times the date.
	 */
	char time[LOG_TIME_SIZE];
	const char *text; /* within the line, behind all prefixes */
	bool record;	  /* of /dev/kmsg: the text has escapes */
	bool foreign;	  /* some program wrote it, not the kernel */
};

/*
 * A terminated line in any of these forms, and in mixtures of them:
 *
 *   6,1234,5678901,-;text                         /dev/kmsg
 *   <6>[   12.345678][  T123] text                dmesg, with and without -r, -x
 *   [Thu Oct 22 08:54:51 2020] text               dmesg -T
 *   Nov 21 10:00:00 host kernel: [ 12.3] text     syslog
 *   2026-11-21T10:00:00+0000 host kernel: text    journalctl -o short-iso
 *   [    4.994533] host kernel: text              journalctl -o short-monotonic
 *
 * and quoted by a mail ("> "). Behind a host, another name than kernel says that it is
 * foreign, as the facility of a record does; anybody may write to a syslog what looks
 * like a fault.
 */
void log_line_parse(const char *line, struct log_line *ret);

/*
 * Undoes the escapes of a record ("\x0a"), in place: a record of several lines has
 * newlines then.
 */
void log_unescape(char *text);
