/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Temporary trees for tests of what opens files: made by hand, removed at the end. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char tree[4096]; /* the directory of the test */

static inline void tree_fail(const char *path)
{
	printf("Bail out! %s: %s\n", path, strerror(errno));
	exit(1);
}

static inline void tree_make(void)
{
	const char *directory = getenv("TMPDIR");

	snprintf(tree, sizeof(tree), "%s/dmascope-unit.XXXXXX",
		 directory && *directory ? directory : "/tmp");
	if (!mkdtemp(tree))
		tree_fail(tree);
	chmod(tree, 0755); /* the test may go on as another user */
}

static inline int tree_remove_one(const char *path, const struct stat *status, int type,
				  struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static inline void tree_remove(void)
{
	nftw(tree, tree_remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

/* The full path of a name in the tree, in one of a few buffers that take turns. */
static inline const char *tree_path(const char *name)
{
	static char paths[4][8192];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", tree, name);
	return path;
}

/* Makes the directories that lead to a name. */
static inline void tree_parents(const char *name)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	for (char *p = path + strlen(tree) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			tree_fail(path);
		*p = '/';
	}
}

static inline void tree_bytes(const char *name, const void *bytes, size_t size)
{
	FILE *stream;

	tree_parents(name);
	stream = fopen(tree_path(name), "we");
	if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0)
		tree_fail(tree_path(name));
}

static inline void tree_file(const char *name, const char *text)
{
	tree_bytes(name, text, strlen(text));
}

static inline void tree_directory(const char *name)
{
	tree_parents(name);
	if (mkdir(tree_path(name), 0755) < 0 && errno != EEXIST)
		tree_fail(tree_path(name));
}

static inline void tree_link(const char *name, const char *target)
{
	tree_parents(name);
	if (symlink(target, tree_path(name)) < 0)
		tree_fail(tree_path(name));
}

/* A file's text, "" where there is none; free it. */
static inline char *tree_text(const char *name)
{
	FILE *stream = fopen(tree_path(name), "re");
	char *text = NULL;
	size_t size = 0;

	if (!stream || getdelim(&text, &size, '\0', stream) < 0) {
		free(text);
		text = strdup("");
	}
	if (stream)
		fclose(stream);
	return text;
}
