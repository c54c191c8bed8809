/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes from descriptors and into files; knows nothing of the inspected machine. */
#pragma once

#include "base/util.h"

/*
 * Bytes read from somewhere, followed by a NUL that is not counted. Free with
 * bytes_free.
 */
struct bytes {
	unsigned char *data;
	size_t size;
};

void bytes_free(struct bytes *bytes);

/* Hands the bytes over and leaves an empty struct behind, for its cleanup. */
static inline struct bytes bytes_take(struct bytes *bytes)
{
	struct bytes taken = *bytes;

	*bytes = (struct bytes){ 0 };
	return taken;
}

#define _cleanup_bytes_ _cleanup_(bytes_free)

/*
 * Reads fd to its end. -EFBIG when it holds more than cap bytes, or the errno of read();
 * *ret is untouched then. A FIFO or socket that is open without a writer reads as empty.
 */
int read_to_end(int fd, size_t cap, struct bytes *ret);

/*
 * Reads a file that the user named, which need not be one of the inspected machine. Never
 * waits for somebody to write into a FIFO.
 */
int read_named_file(const char *path, size_t cap, struct bytes *ret);

/* The same, opened only; -errno. */
int open_named_file(const char *path);

/* A file that the user named, made or emptied for writing; NULL with errno. */
FILE *create_named_file(const char *path);

/*
 * Puts these bytes where a file that the user named is, or shall be: who reads it
 * sees the old one or the new one, whatever happens. Links are followed, the mode
 * stays; what is no regular file, a terminal say, is written to as it is. -errno: the
 * old file is as it was, and nothing is left behind. The temporary file is beside it,
 * its name begins with a dot.
 */
int replace_named_file(const char *path, const void *data, size_t size);

/*
 * The same in a directory where others may write, for others to read: with mode 0644, and
 * -ENOTSUP where the name is that of something else, such as a link, which is left alone.
 */
int replace_file_alone(const char *path, const void *data, size_t size);

enum { LINE_CAP = 16 * 1024 }; /* a longer line is none of a text */

/* Who gets what a descriptor has. */
struct line_taker {
	/* Each line, terminated and without its newline; it is gone after the call. */
	void (*line)(void *data, const char *line, size_t length);
	/* Each piece as it was read, before its lines; may be NULL. */
	void (*piece)(void *data, const char *bytes, size_t size);
	void *data, *piece_data;
};

/*
 * Hands over what a descriptor has to its end, in constant memory. -EMSGSIZE where a line
 * is longer than LINE_CAP, or the errno of read(): what stands before has been handed
 * over.
 */
int each_line(int fd, const struct line_taker *taker);

/*
 * The same for text that may have lines of any length, of which the first `cap` bytes are
 * handed over, not terminated. Only read() fails.
 */
int each_line_cut(int fd, size_t cap,
		  void (*take)(void *data, const char *line, size_t length), void *data);

/* Writes everything or returns the negative errno. */
int write_all(int fd, const void *data, size_t size);
