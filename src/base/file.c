// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes from descriptors and into files; knows nothing of the inspected machine. */

#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/alloc.h"

enum { FIRST_READ = 8192 };

void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

int read_to_end(int fd, size_t cap, struct bytes *ret)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	size_t capacity = 0;

	for (;;) {
		ssize_t got;

		if (bytes.size == capacity) {
			capacity = capacity ? capacity * 2 : FIRST_READ;
			bytes.data = xrealloc(bytes.data, capacity + 1);
		}
		got = read(fd, bytes.data + bytes.size, capacity - bytes.size);
		if (got < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (got == 0)
			break;
		bytes.size += (size_t)got;
		if (bytes.size > cap)
			return -EFBIG;
	}
	bytes.data[bytes.size] = '\0';
	*ret = bytes_take(&bytes);
	return 0;
}

int open_named_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), error;

	/* Only opening must not wait; a writer may take its time. */
	if (fd >= 0 && fcntl(fd, F_SETFL, 0) == 0)
		return fd;
	error = -errno;
	if (fd >= 0)
		close(fd);
	return error;
}

FILE *create_named_file(const char *path)
{
	return fopen(path, "we");
}

int read_named_file(const char *path, size_t cap, struct bytes *ret)
{
	_cleanup_close_ int fd = open_named_file(path);

	return fd < 0 ? fd : read_to_end(fd, cap, ret);
}

/* Hands over the whole lines of a buffer; how many bytes they had. -EMSGSIZE */
static ssize_t take_lines(char *buffer, size_t length, bool last,
			  const struct line_taker *taker)
{
	size_t at = 0;

	while (at < length) {
		char *line = buffer + at;
		char *newline = memchr(line, '\n', length - at);
		size_t size = newline ? (size_t)(newline - line) : length - at;

		if (!newline && !last)
			break;
		if (size > LINE_CAP)
			return -EMSGSIZE;
		line[size] = '\0';
		taker->line(taker->data, line, size);
		at += size + (newline ? 1 : 0);
	}
	return length - at > LINE_CAP ? -EMSGSIZE : (ssize_t)at;
}

int each_line(int fd, const struct line_taker *taker)
{
	enum { CHUNK = 4 * LINE_CAP };
	_cleanup_free_ char *buffer = xzalloc(CHUNK + 1);
	size_t kept = 0;
	ssize_t length = 1, taken;

	while (length > 0) {
		do
			length = read(fd, buffer + kept, CHUNK - kept);
		while (length < 0 && errno == EINTR);
		if (length < 0)
			return -errno;
		if (taker->piece)
			taker->piece(taker->piece_data, buffer + kept, (size_t)length);
		kept += (size_t)length;
		taken = take_lines(buffer, kept, length == 0, taker);
		if (taken < 0)
			return (int)taken;
		kept -= (size_t)taken;
		memmove(buffer, buffer + taken, kept);
	}
	return 0;
}

int each_line_cut(int fd, size_t cap,
		  void (*take)(void *data, const char *line, size_t length), void *data)
{
	_cleanup_free_ char *buffer = xzalloc(2 * cap);
	size_t filled = 0;
	bool skip = false; /* up to the end of a line that was too long */

	for (;;) {
		ssize_t got = read(fd, buffer + filled, 2 * cap - filled);
		char *line = buffer, *newline;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		filled += (size_t)got;
		while ((newline = memchr(line, '\n', filled))) {
			size_t length = (size_t)(newline - line);

			if (!skip)
				take(data, line, MIN(length, cap));
			skip = false;
			filled -= length + 1;
			line = newline + 1;
		}
		if (filled > 0 && (got == 0 || filled >= cap)) {
			if (!skip)
				take(data, line, MIN(filled, cap));
			skip = true;
			filled = 0;
		}
		if (got == 0)
			return 0;
		memmove(buffer, line, filled);
	}
}

int write_all(int fd, const void *data, size_t size)
{
	const unsigned char *rest = data;

	while (size > 0) {
		ssize_t written = write(fd, rest, size);

		if (written < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		rest += written;
		size -= (size_t)written;
	}
	return 0;
}

/* Fills the file that was made for it and lets it take the place of the other. */
static int fill_and_rename(int fd, const char *temporary, const char *path, mode_t mode,
			   const void *data, size_t size)
{
	int r = write_all(fd, data, size);

	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	/* A file system may find out only now that it has no room. */
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	return r;
}

static int replace(const char *path, mode_t mode, const void *data, size_t size)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *temporary = NULL;
	sigset_t all, before;
	int fd, r;

	if (asprintf(&temporary, "%.*s.dmascope-XXXXXX",
		     slash ? (int)(slash + 1 - path) : 0, path) < 0)
		return -ENOMEM;
	/* Whoever ends the program waits until there is nothing to leave behind. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	fd = mkostemp(temporary, O_CLOEXEC);
	r = fd < 0 ? -errno : fill_and_rename(fd, temporary, path, mode, data, size);
	if (fd >= 0 && r < 0)
		unlink(temporary);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int replace_file_alone(const char *path, const void *data, size_t size)
{
	struct stat found;

	if (lstat(path, &found) == 0 && !S_ISREG(found.st_mode))
		return -ENOTSUP;
	return replace(path, 0644, data, size);
}

int replace_named_file(const char *path, const void *data, size_t size)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	_cleanup_close_ int fd = -1;
	struct stat found;
	mode_t mask;

	if (!real) {
		if (lstat(path, &found) == 0) /* a link to nowhere */
			return -ENOENT;
		mask = umask(0);
		umask(mask);
		return replace(path, 0666 & ~mask, data, size);
	}
	if (stat(real, &found) == 0 && S_ISREG(found.st_mode))
		return replace(real, found.st_mode & 07777, data, size);
	fd = open(real, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : write_all(fd, data, size);
}
