/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What functions were before they were taken, and the file that has it.
 *
 *   dmascope-bench 1
 *   boot 3b4e29a1-…                of the kernel that runs: its restart undoes everything
 *   owner 1234                     the process, for messages; the lock tells who lives
 *   function 0000:01:00.0
 *   driver e1000e                  nothing behind the word: none
 *   override
 *   end 1                          how many functions
 */
#pragma once

#include "bench/take.h"

enum {
	TAKE_BDF_SIZE = 20,
	TAKE_NAME_SIZE = 64,
	TAKE_FUNCTIONS_MAX = 256,
	TAKE_FILE_MAX = 65536,
};

struct take_record {
	char bdf[TAKE_BDF_SIZE];
	char driver[TAKE_NAME_SIZE], override[TAKE_NAME_SIZE]; /* "" for none */
};

struct take_state {
	char boot[40];
	uint64_t owner;
	struct take_record *records; /* freed by take_state_free() */
	size_t count;
};

void take_state_free(struct take_state *state);

/* A PCI address as sysfs spells it. */
bool take_is_bdf(const char *text);
/* The name of a driver, which becomes a part of a path: no slash, nothing unprintable. */
bool take_is_name(const char *text);

/*
 * The bytes of a file. -EBADMSG with a reason for what is not whole, or has names that
 * must not reach sysfs.
 */
int take_state_parse(const unsigned char *bytes, size_t size, struct take_state *ret,
		     struct strbuf *why);
void take_state_format(const struct take_state *state, struct strbuf *ret);

/* The boot of the kernel that runs, "" where it cannot be read. */
void take_boot(char ret[40]);

/* Opens the directory, which nobody else may write to; `make`: where it is missing. */
int take_directory_open(const char *directory, bool make, struct strbuf *why);

/*
 * Writes the file, locked before anybody can see it, and returns the descriptor that
 * holds the lock: as long as a process has it, or a copy. -EEXIST: there is such a file
 * already.
 */
int take_file_make(int directory, const char *name, const struct take_state *state,
		   struct strbuf *why);

/* Locks a file that is there. -EWOULDBLOCK: another has it; -ENOENT: it is gone. */
int take_file_lock(int directory, const char *name);
