/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one door to the inspected machine: live, or a snapshot.
 *
 * Paths are relative to the root ("sys/bus/pci/devices/%s/config"). Links are followed
 * inside the root and never out of it (openat2 with RESOLVE_IN_ROOT). Every refusal other
 * than ENOENT is noted under `unread` here, so that no source can forget to.
 *
 * In a snapshot a path that was not captured gives -ENODATA, which is not -ENOENT: the
 * machine may have had it. A refusal that was captured is given again.
 */
#pragma once

#include "base/file.h"
#include "base/text.h"
#include "model/system.h"

struct manifest;
struct recorder;

struct root {
	int fd;
	bool live;
	struct system *system;	   /* where unread places are noted */
	const char *source;	   /* who is reading: struct source.name */
	struct manifest *manifest; /* of a snapshot, or NULL */
	struct recorder *recorder; /* while a snapshot is taken, or NULL */
};

enum {
	ROOT_PAGE = 4096,		  /* a sysfs attribute never holds more */
	ROOT_FILE_CAP = 16 * 1024 * 1024, /* more than any file that is read whole */
	ROOT_LIST_CAP = 1024 * 1024,	  /* more names than any directory has */
};

/*
 * Opens the live machine (sysroot NULL) or a directory. Fills system->host's root and
 * live. -errno, with nothing to close; -ENOTSUP where the kernel has no openat2 and so a
 * snapshot could not be kept from reading this machine.
 */
int root_open(struct root *root, const char *sysroot, struct system *system);
void root_close(struct root *root);

/* Notes that a place could not be used, for the reader of the answer. */
void root_note(struct root *root, const char *path, const char *reason, ...)
	_printf_(3, 4);

/*
 * What a failed look at a directory means, given the directory that would hold it. That
 * it is not there is believed only where the parent is there and holds something: a tree
 * that is not mounted, or masked, has nothing in it and proves nothing. Notes what it
 * disbelieves.
 */
enum fact_state root_absence(struct root *root, int error, const char *parent);

/* The same for a list of things: without the directory there are none, which is known. */
static inline enum fact_state list_state(struct root *root, int error, const char *parent)
{
	enum fact_state state = root_absence(root, error, parent);

	return state == FACT_ABSENT ? FACT_KNOWN : state;
}

/* A whole file, at most ROOT_FILE_CAP bytes; *ret is untouched on failure. */
int root_read(struct root *root, struct bytes *ret, const char *format, ...)
	_printf_(3, 4);

/*
 * What one read() of up to `size` bytes at the beginning gives: the whole of a sysfs
 * attribute, the first lines of anything longer. Not terminated.
 */
int root_read_head(struct root *root, void *buffer, size_t size, size_t *ret_length,
		   const char *format, ...) _printf_(5, 6);

/*
 * Hands over each line of a file of any length, terminated and without its newline; the
 * line is gone after take() has returned. -EMSGSIZE where a line is longer than
 * LINE_CAP: what stands before it has been handed over, as before any failure.
 */
int root_each_line(struct root *root,
		   void (*take)(void *data, const char *line, size_t length), void *data,
		   const char *format, ...) _printf_(4, 5);

/* A log of the kernel that may go on while it is read. */
struct root_log {
	int fd;
	const char *path;
	uint64_t lost; /* times that the kernel overwrote records before they were read */
	struct strbuf kept; /* what a snapshot gets */
};

/*
 * Opens /dev/kmsg, or what a snapshot has in its place. -ENODEV where another file bears
 * that name; a tree that is no snapshot may have the device, whose log is that of this
 * machine. With nothing to close on failure.
 */
int root_log_open(struct root *root, const char *path, struct root_log *ret);

/*
 * Hands over each line that is there and was not read yet, as root_each_line() does, and
 * does not wait for more. Of the lines that take() returns true for a snapshot is made;
 * others never leave the machine.
 */
int root_log_read(struct root *root, struct root_log *log,
		  bool (*take)(void *data, const char *line, size_t length), void *data);

/* Ends what was opened; `error` is what the last read gave, which it returns. */
int root_log_close(struct root *root, struct root_log *log, int error);

/* The target of a symbolic link, as text, in the system's arena. */
int root_link(struct root *root, const char **ret, const char *format, ...)
	_printf_(3, 4);

struct entry {
	const char *name;
	const char *target; /* of a link when targets were asked for, else NULL */
};

enum root_list_flags { ROOT_TARGETS = 1 };

/* The names in a directory, sorted bytewise: struct entry in the system's arena. */
int root_list(struct root *root, struct list *ret, unsigned int flags, const char *format,
	      ...) _printf_(4, 5);
