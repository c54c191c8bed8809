// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies what the door lets through into a directory: a snapshot. */

#include "source/recorder.h"

#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sys/stat.h>

#include "source/manifest.h"
#include "source/redact.h"

enum { LINKS_FOLLOWED = 40, TARGET_CAP = 4096 };

struct recorder {
	struct root *root; /* the machine that is recorded */
	int fd;		   /* the directory that is written */
	struct manifest *manifest;
	struct redactor *redactor; /* NULL: everything is written as it was read */
	/*
	 * What stands at each path without links that was met: a link's target, or null.
	 */
	struct json_object *met;
	size_t files;
	int error; /* the first one */
};

static void fail(struct recorder *recorder, int error)
{
	if (error < 0 && recorder->error == 0)
		recorder->error = error;
}

static bool directory_is_empty(int fd)
{
	DIR *directory = fdopendir(dup(fd));
	int names = 0;

	if (!directory)
		return false;
	while (names <= 2 && readdir(directory))
		names++;
	closedir(directory);
	return names <= 2;
}

int recorder_open(struct root *root, const char *directory, bool redact,
		  struct recorder **ret)
{
	struct recorder *recorder;
	int fd;

	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!directory_is_empty(fd)) {
		close(fd);
		return -ENOTEMPTY;
	}
	recorder = xrealloc(NULL, sizeof(*recorder));
	*recorder = (struct recorder){
		.root = root,
		.fd = fd,
		.manifest = manifest_new(),
		.redactor = redact ? redactor_new() : NULL,
		.met = json_object_new_object(),
	};
	manifest_set_string(recorder->manifest, "redacted", redact ? "yes" : "no");
	root->recorder = recorder;
	*ret = recorder;
	return 0;
}

int recorder_close(struct recorder *recorder, const char *time, const char *arch)
{
	int error;

	if (time)
		manifest_set_string(recorder->manifest, "time", time);
	if (arch)
		manifest_set_string(recorder->manifest, "arch", arch);
	fail(recorder, manifest_save(recorder->manifest, recorder->fd));
	if (recorder->redactor)
		fail(recorder, redact_interfaces(recorder->redactor, recorder->fd));
	error = recorder->error;
	recorder->root->recorder = NULL;
	manifest_free(recorder->manifest);
	redactor_free(recorder->redactor);
	json_object_put(recorder->met);
	close(recorder->fd);
	free(recorder);
	return error;
}

bool recorder_redacts(const struct recorder *recorder)
{
	return recorder->redactor != NULL;
}

size_t recorder_files(const struct recorder *recorder)
{
	return recorder->files;
}

/*
 * The target of the link at a path without links before its last part; NULL for others.
 */
static const char *link_target(struct recorder *recorder, const char *path)
{
	struct json_object *target = NULL;
	char text[TARGET_CAP];
	ssize_t length;

	if (json_object_object_get_ex(recorder->met, path, &target))
		return json_object_get_string(target);
	length = readlinkat(recorder->root->fd, path, text, sizeof(text) - 1);
	if (length >= 0) {
		text[length] = '\0';
		target = json_object_new_string(text);
		if (symlinkat(text, recorder->fd, path) < 0 && errno != EEXIST)
			fail(recorder, -errno);
	}
	json_object_object_add(recorder->met, path, target);
	return json_object_get_string(target);
}

/* Drops the last part of a path; "" stays, as ".." does at a root. */
static void drop_last(struct strbuf *path)
{
	const char *slash = path->text ? strrchr(path->text, '/') : NULL;

	path->length = slash ? (size_t)(slash - path->text) : 0;
	if (path->text)
		path->text[path->length] = '\0';
}

/*
 * Makes the directories and links that lead to a path, and gives the path without links
 * at which its last part stands. `follow` tells whether that part may be a link itself.
 */
static int place(struct recorder *recorder, const char *path, bool follow,
		 struct strbuf *ret)
{
	_cleanup_free_ char *rest = xstrdup(path);
	char *cursor = rest;
	int links = 0;

	strbuf_clear(ret);
	while (*cursor) {
		size_t length = strcspn(cursor, "/"), before = ret->length;
		bool last = cursor[length + strspn(cursor + length, "/")] == '\0';
		const char *target;

		if (length == 0 || (length == 1 && cursor[0] == '.')) {
			cursor += length + (cursor[length] == '/');
			continue;
		}
		if (length == 2 && starts_with(cursor, "..")) {
			drop_last(ret);
			cursor += length + (cursor[length] == '/');
			continue;
		}
		if (before > 0)
			strbuf_puts(ret, "/");
		strbuf_add(ret, cursor, length);
		cursor += length;
		target = last && !follow ? NULL : link_target(recorder, strbuf_text(ret));
		if (target) {
			_cleanup_strbuf_ struct strbuf joined = { 0 };

			if (++links > LINKS_FOLLOWED)
				return -ELOOP;
			strbuf_printf(&joined, "%s/%s", target, cursor);
			if (target[0] == '/')
				strbuf_clear(ret);
			else
				drop_last(ret);
			free(rest);
			rest = xstrdup(strbuf_text(&joined));
			cursor = rest;
		} else if (!last && mkdirat(recorder->fd, strbuf_text(ret), 0755) < 0 &&
			   errno != EEXIST) {
			return -errno;
		}
	}
	return 0;
}

static int write_file(struct recorder *recorder, const char *path, const void *data,
		      size_t size)
{
	_cleanup_close_ int fd =
		openat(recorder->fd, path,
		       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	return write_all(fd, data, size);
}

void recorder_file(struct recorder *recorder, const char *path, const void *data,
		   size_t size)
{
	_cleanup_strbuf_ struct strbuf at = { 0 };
	_cleanup_bytes_ struct bytes redacted = { 0 };
	int r = place(recorder, path, true, &at);

	if (r == 0 && recorder->redactor) {
		redactor_apply(recorder->redactor, path, data, size, &redacted);
		data = redacted.data;
		size = redacted.size;
	}
	if (r == 0)
		r = write_file(recorder, strbuf_text(&at), data, size);
	manifest_clear_refusal(recorder->manifest, path);
	recorder->files++;
	fail(recorder, r);
}

void recorder_link(struct recorder *recorder, const char *path, const char *target)
{
	_cleanup_strbuf_ struct strbuf at = { 0 };
	int r = place(recorder, path, false, &at);

	if (r == 0 && symlinkat(target, recorder->fd, strbuf_text(&at)) < 0 &&
	    errno != EEXIST)
		r = -errno;
	fail(recorder, r);
}

/*
 * A name that was listed and not read becomes an empty file that the manifest refuses
 * with ENODATA: a newer dmascope that wants to read it learns that nobody captured it.
 */
static int record_name(struct recorder *recorder, const char *directory,
		       const char *canonical, const char *name)
{
	_cleanup_strbuf_ struct strbuf path = { 0 }, asked = { 0 };
	struct stat status;
	int r = 0;

	strbuf_printf(&path, "%s%s%s", canonical, *canonical ? "/" : "", name);
	strbuf_printf(&asked, "%s/%s", directory, name);
	if (fstatat(recorder->root->fd, path.text, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return 0; /* it went away since it was listed */
	if (S_ISLNK(status.st_mode)) {
		char target[TARGET_CAP];
		ssize_t length = readlinkat(recorder->root->fd, path.text, target,
					    sizeof(target) - 1);

		if (length < 0)
			return 0;
		target[length] = '\0';
		r = symlinkat(target, recorder->fd, path.text);
	} else if (S_ISDIR(status.st_mode)) {
		r = mkdirat(recorder->fd, path.text, 0755);
	} else if (faccessat(recorder->fd, path.text, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
		manifest_set_refusal(recorder->manifest, asked.text, -ENODATA);
		return write_file(recorder, path.text, "", 0);
	}
	return r < 0 && errno != EEXIST ? -errno : 0;
}

void recorder_list(struct recorder *recorder, const char *path, const struct list *names)
{
	_cleanup_strbuf_ struct strbuf at = { 0 };
	int r = place(recorder, path, true, &at);

	if (r == 0 && at.length > 0 && mkdirat(recorder->fd, at.text, 0755) < 0 &&
	    errno != EEXIST)
		r = -errno;
	if (r == 0)
		LIST_FOR_EACH (names, struct entry, entry)
			fail(recorder,
			     record_name(recorder, path, strbuf_text(&at), entry->name));
	fail(recorder, r);
}

void recorder_refusal(struct recorder *recorder, const char *path, int error)
{
	manifest_set_refusal(recorder->manifest, path, error);
}
