// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers network interfaces that are called after their MAC address, in a snapshot. */

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "source/redact.h"

enum { MAC_DIGITS = 12, TARGET_CAP = 4096, FILE_CAP_TEXT = 1 << 20 };

/* "enx" and "wlx" are what udev puts before a MAC address (systemd.net-naming-scheme). */
static bool is_interface(const char *text)
{
	if (!starts_with(text, "enx") && !starts_with(text, "wlx") &&
	    !starts_with(text, "wwx"))
		return false;
	for (size_t i = 3; i < 3 + MAC_DIGITS; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return !isalnum((unsigned char)text[3 + MAC_DIGITS]);
}

/* Puts a number in place of each such MAC address; false where there is none. */
static bool number_interfaces(struct redactor *redactor, char *text)
{
	bool found = false;

	for (char *p = text; *p; p++) {
		char digits[MAC_DIGITS + 1];

		if ((p > text && isalnum((unsigned char)p[-1])) || !is_interface(p))
			continue;
		snprintf(digits, sizeof(digits), "%0*zu", MAC_DIGITS,
			 redactor_number(redactor, p, 3 + MAC_DIGITS) % 1000000);
		memcpy(p + 3, digits, MAC_DIGITS);
		found = true;
	}
	return found;
}

static int rename_link(struct redactor *redactor, int directory, const char *name)
{
	char target[TARGET_CAP];
	ssize_t length = readlinkat(directory, name, target, sizeof(target) - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	if (!number_interfaces(redactor, target))
		return 0;
	if (unlinkat(directory, name, 0) < 0 || symlinkat(target, directory, name) < 0)
		return -errno;
	return 0;
}

static int rewrite_file(struct redactor *redactor, int directory, const char *name)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	_cleanup_close_ int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = read_to_end(fd, FILE_CAP_TEXT, &bytes);
	if (r == -EFBIG) /* no file of facts about the network is so large */
		return 0;
	if (r < 0 || strlen((char *)bytes.data) != bytes.size ||
	    !number_interfaces(redactor, (char *)bytes.data))
		return r;
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno
					  : write_all(fd, bytes.data, bytes.size);
}

static int rename_all(struct redactor *redactor, int directory);

static int rename_entry(struct redactor *redactor, int directory, const char *name)
{
	_cleanup_free_ char *renamed = xstrdup(name);
	struct stat status;
	int r = 0;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode)) {
		_cleanup_close_ int fd = openat(
			directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		r = fd < 0 ? -errno : rename_all(redactor, fd);
	} else if (S_ISLNK(status.st_mode)) {
		r = rename_link(redactor, directory, name);
	} else if (S_ISREG(status.st_mode)) {
		r = rewrite_file(redactor, directory, name);
	}
	if (r == 0 && number_interfaces(redactor, renamed) &&
	    renameat(directory, name, directory, renamed) < 0)
		r = -errno;
	return r;
}

static int rename_all(struct redactor *redactor, int directory)
{
	struct arena arena = { 0 };
	struct list names = { 0 };
	/* A copy of the descriptor would stand where others have read to. */
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!stream) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	/* What is renamed while a directory is read may come up twice. */
	while ((entry = readdir(stream)))
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			list_add(&arena, &names, arena_strdup(&arena, entry->d_name));
	closedir(stream);
	LIST_FOR_EACH (&names, const char, name)
		if (r == 0)
			r = rename_entry(redactor, directory, name);
	arena_free(&arena);
	return r;
}

int redact_interfaces(struct redactor *redactor, int fd)
{
	return rename_all(redactor, fd);
}
