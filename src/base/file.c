// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes from descriptors and into files; knows nothing of the inspected machine. */

#include "base/file.h"

#include <fcntl.h>

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

int read_named_file(const char *path, size_t cap, struct bytes *ret)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	/* Only opening must not wait; a writer may take its time. */
	if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return -errno;
	return read_to_end(fd, cap, ret);
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
