/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzz targets share: the entry point, and one file in an otherwise empty tree. */
#pragma once

#include "../unit/tree.h"
#include "analyze/analyze.h"
#include "source/source.h"

/* libFuzzer calls it with one input after the other; replay.c does the same without. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes the tree of this target, once. */
static inline void fuzz_tree(void)
{
	if (*tree)
		return;
	tree_make();
	atexit(tree_remove);
}

/*
 * Makes the input the content of `path` in the tree of this target, reads it as a source
 * does, and draws the conclusions. The caller looks at the system and frees it.
 */
static inline void fuzz_source(const char *path, const uint8_t *data, size_t size,
			       void (*read)(struct root *root, struct system *system),
			       struct system *ret)
{
	struct root root;

	fuzz_tree();
	tree_bytes(path, data, size);
	*ret = (struct system){ 0 };
	if (root_open(&root, tree, ret) < 0)
		abort();
	root.source = "fuzz";
	read(&root, ret);
	analyze_system(ret);
	root_close(&root);
}

/* A promise that does not hold is a crash, which is what both runners look for. */
#define MUST(condition)                                                                  \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);  \
			abort();                                                         \
		}                                                                        \
	} while (0)
