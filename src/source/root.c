// SPDX-License-Identifier: GPL-2.0-or-later
/* The one door to the inspected machine: live, or a snapshot. */

#include "source/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/log.h"
#include "source/manifest.h"
#include "source/recorder.h"

enum { PATH_CAP = 4096, LINK_CAP = 4096, OPEN_ATTEMPTS = 8 };

/* open_in_root() may be told by a seccomp filter or an old kernel that there is none. */
static bool has_openat2 = true;

/*
 * EAGAIN: a rename raced with the walk over "..", which the kernel cannot then prove to
 * stay inside (openat2(2)); trying again is what it asks for.
 */
static int open_in_root(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	if (*path == '\0')
		path = ".";
	for (int i = 0; has_openat2 && i < OPEN_ATTEMPTS; i++) {
		long fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS)
			has_openat2 = false;
		else if (errno != EAGAIN)
			return -errno;
	}
	if (has_openat2)
		return -EAGAIN;
	if (root->live) {
		int fd = openat(root->fd, path, flags | O_CLOEXEC);

		return fd < 0 ? -errno : fd;
	}
	return -ENOTSUP;
}

int root_open(struct root *root, const char *sysroot, struct system *system)
{
	struct root opened = {
		.live = !sysroot,
		.system = system,
		.source = "root",
	};
	int r;

	opened.fd = open(sysroot ? sysroot : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (opened.fd < 0)
		return -errno;
	r = open_in_root(&opened, "", O_PATH | O_DIRECTORY);
	if (r == -EPERM) { /* a seccomp filter that does not know the call */
		has_openat2 = false;
		r = open_in_root(&opened, "", O_PATH | O_DIRECTORY);
	}
	if (r >= 0) {
		close(r);
		r = sysroot ? manifest_load(&opened, &opened.manifest) : 0;
	}
	if (r < 0) {
		close(opened.fd);
		return r;
	}
	system->host.root =
		KNOWN_STR(arena_strdup(&system->arena, sysroot ? sysroot : "/"));
	system->host.live = KNOWN_BOOL(!sysroot);
	*root = opened;
	return 0;
}

void root_close(struct root *root)
{
	manifest_free(root->manifest);
	close(root->fd);
	*root = (struct root){ .fd = -1 };
}

void root_note(struct root *root, const char *path, const char *format, ...)
{
	struct arena *arena = &root->system->arena;
	struct unread *unread = arena_new(arena, struct unread);
	char reason[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	unread->source = root->source;
	unread->path = arena_printf(arena, "/%s", path);
	unread->reason = arena_strdup(arena, reason);
	list_add(arena, &root->system->unread, unread);
	log_debug("%s: %s: %s", unread->source, unread->path, unread->reason);
}

/*
 * Ends every way through the door: turns "not there" into "not captured" in a snapshot,
 * notes what was refused, and tells the recorder.
 */
static int finish(struct root *root, const char *path, int error)
{
	if (error == -ENOENT && root->manifest && !manifest_has(root->manifest, path))
		error = -ENODATA;
	if (error == -ENODATA && root->manifest)
		root_note(root, path, "not captured in this snapshot");
	else if (error < 0 && error != -ENOENT)
		root_note(root, path, "%s", strerror(-error));
	if (error < 0 && root->recorder)
		recorder_refusal(root->recorder, path, error);
	return error;
}

/* Opens for reading unless the snapshot's manifest says that it was refused. */
static int open_captured(struct root *root, const char *path, int flags)
{
	int error = root->manifest ? manifest_refusal(root->manifest, path) : 0;

	if (error < 0)
		return error;
	/* O_NONBLOCK: a FIFO in a snapshot must not make us wait for its writer. */
	if (!(flags & O_PATH))
		flags |= O_NONBLOCK | O_NOCTTY;
	return open_in_root(root, path, flags);
}

static _printf_(2, 0) int format_path(char *path, const char *format, va_list arguments)
{
	int length = vsnprintf(path, PATH_CAP, format, arguments);

	return length < 0 || length >= PATH_CAP ? -ENAMETOOLONG : 0;
}

#define FORMAT_PATH(path, format)                                                        \
	({                                                                               \
		va_list arguments_;                                                      \
		int r_;                                                                  \
		va_start(arguments_, format);                                            \
		r_ = format_path(path, format, arguments_);                              \
		va_end(arguments_);                                                      \
		r_;                                                                      \
	})

int root_read(struct root *root, struct bytes *ret, const char *format, ...)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_CAP];
	int r = FORMAT_PATH(path, format);

	if (r < 0)
		return r;
	fd = open_captured(root, path, O_RDONLY);
	r = fd < 0 ? fd : read_to_end(fd, ROOT_FILE_CAP, ret);
	if (r == 0 && root->recorder)
		recorder_file(root->recorder, path, ret->data, ret->size);
	return finish(root, path, r);
}

int root_read_head(struct root *root, void *buffer, size_t size, size_t *ret_length,
		   const char *format, ...)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_CAP];
	ssize_t length = 0;
	int r = FORMAT_PATH(path, format);

	if (r < 0)
		return r;
	fd = open_captured(root, path, O_RDONLY);
	if (fd < 0)
		return finish(root, path, fd);
	do
		length = read(fd, buffer, size);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return finish(root, path, -errno);
	*ret_length = (size_t)length;
	if (root->recorder)
		recorder_file(root->recorder, path, buffer, (size_t)length);
	return finish(root, path, 0);
}

static void keep_piece(void *data, const char *bytes, size_t size)
{
	strbuf_add(data, bytes, size);
}

int root_each_line(struct root *root,
		   void (*take)(void *data, const char *line, size_t length), void *data,
		   const char *format, ...)
{
	_cleanup_close_ int fd = -1;
	_cleanup_strbuf_ struct strbuf whole = { 0 };
	struct line_taker taker = { .line = take, .data = data, .piece_data = &whole };
	char path[PATH_CAP];
	int r = FORMAT_PATH(path, format);

	if (r < 0)
		return r;
	fd = open_captured(root, path, O_RDONLY);
	if (fd < 0)
		return finish(root, path, fd);
	if (root->recorder)
		taker.piece = keep_piece;
	r = each_line(fd, &taker);
	if (r == 0 && root->recorder)
		recorder_file(root->recorder, path, strbuf_text(&whole), whole.length);
	return finish(root, path, r);
}

/* Is it the kernel's log (Documentation/admin-guide/devices.txt), or a file of it? */
static bool is_log(const struct root *root, int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return false;
	if (root->live)
		return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 11);
	return S_ISREG(status.st_mode);
}

int root_log_open(struct root *root, const char *path, struct root_log *ret)
{
	int fd = open_captured(root, path, O_RDONLY);

	if (fd >= 0 && !is_log(root, fd)) {
		close(fd);
		fd = -ENODEV;
	}
	if (fd < 0)
		return finish(root, path, fd);
	*ret = (struct root_log){ .fd = fd, .path = path };
	return 0;
}

/* Where the lines go. */
struct sieve {
	bool (*take)(void *data, const char *line, size_t length);
	void *data;
	struct strbuf *kept; /* NULL where no snapshot is taken */
};

static void sift_line(void *data, const char *line, size_t length)
{
	struct sieve *sieve = data;

	if (sieve->take(sieve->data, line, length) && sieve->kept) {
		strbuf_add(sieve->kept, line, length);
		strbuf_puts(sieve->kept, "\n");
	}
}

int root_log_read(struct root *root, struct root_log *log,
		  bool (*take)(void *data, const char *line, size_t length), void *data)
{
	struct sieve sieve = { take, data, root->recorder ? &log->kept : NULL };
	struct line_taker taker = { .line = sift_line, .data = &sieve };

	for (;;) {
		int r = each_line(log->fd, &taker);

		if (r != -EPIPE)
			return r == -EAGAIN ? 0 : r;
		log->lost++; /* overwritten since the last read */
	}
}

int root_log_close(struct root *root, struct root_log *log, int error)
{
	if (error == 0 && root->recorder)
		recorder_file(root->recorder, log->path, strbuf_text(&log->kept),
			      log->kept.length);
	close(log->fd);
	strbuf_free(&log->kept);
	error = finish(root, log->path, error);
	*log = (struct root_log){ .fd = -1 };
	return error;
}

int root_link(struct root *root, const char **ret, const char *format, ...)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_CAP], target[LINK_CAP];
	ssize_t length;
	int r = FORMAT_PATH(path, format);

	if (r < 0)
		return r;
	fd = open_captured(root, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return finish(root, path, fd);
	length = readlinkat(fd, "", target, sizeof(target));
	if (length < 0) /* readlinkat(2): ENOENT when fd is no link */
		return finish(root, path, errno == ENOENT ? -EINVAL : -errno);
	if (length == sizeof(target))
		return finish(root, path, -ENAMETOOLONG);
	*ret = arena_strndup(&root->system->arena, target, (size_t)length);
	if (root->recorder)
		recorder_link(root->recorder, path, *ret);
	return finish(root, path, 0);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp((*(const struct entry *const *)a)->name,
		      (*(const struct entry *const *)b)->name);
}

/* One name of a directory; -ENOENT when a link went away since the name was read. */
static int add_entry(struct root *root, int fd, const struct dirent64 *dirent,
		     unsigned int flags, struct list *names)
{
	struct arena *arena = &root->system->arena;
	struct entry *entry = arena_new(arena, struct entry);

	entry->name = arena_strdup(arena, dirent->d_name);
	if ((flags & ROOT_TARGETS) && dirent->d_type == DT_LNK) {
		char target[LINK_CAP];
		ssize_t length = readlinkat(fd, dirent->d_name, target, sizeof(target));

		if (length < 0)
			return errno == ENOENT ? 0 : -errno;
		if ((size_t)length == sizeof(target))
			return -ENAMETOOLONG;
		entry->target = arena_strndup(arena, target, (size_t)length);
	}
	if (names->count >= ROOT_LIST_CAP)
		return -EFBIG;
	list_add(arena, names, entry);
	return 0;
}

static int read_directory(struct root *root, int fd, unsigned int flags,
			  struct list *names)
{
	_cleanup_free_ char *buffer = xrealloc(NULL, 32768);

	for (;;) {
		ssize_t length = getdents64(fd, buffer, 32768);

		if (length < 0)
			return -errno;
		if (length == 0)
			return 0;
		for (ssize_t at = 0; at < length;) {
			const struct dirent64 *dirent = (void *)(buffer + at);
			int r = 0;

			if (!streq(dirent->d_name, ".") && !streq(dirent->d_name, ".."))
				r = add_entry(root, fd, dirent, flags, names);
			if (r < 0)
				return r;
			at += dirent->d_reclen;
		}
	}
}

int root_list(struct root *root, struct list *ret, unsigned int flags, const char *format,
	      ...)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_CAP];
	struct list names = { 0 };
	int r = FORMAT_PATH(path, format);

	if (r < 0)
		return r;
	fd = open_captured(root, path, O_RDONLY | O_DIRECTORY);
	r = fd < 0 ? fd : read_directory(root, fd, flags, &names);
	if (r < 0)
		return finish(root, path, r);
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(void *), compare_entries);
	if (root->recorder)
		recorder_list(root->recorder, path, &names);
	*ret = names;
	return finish(root, path, 0);
}

enum fact_state root_absence(struct root *root, int error, const char *parent)
{
	struct list names = { 0 };

	if (error != -ENOENT)
		return fact_state_of(error);
	if (root_list(root, &names, 0, "%s", parent) == 0 && names.count > 0)
		return FACT_ABSENT;
	root_note(root, parent,
		  "missing or empty, so nothing below it can be called absent");
	return FACT_UNREAD;
}
