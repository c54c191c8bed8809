/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest of a snapshot: manifest.json at its root says what a copy of files cannot:
 * which reads were refused and how, when and by what it was taken.
 */
#pragma once

#include "source/root.h"

struct json_object;

struct manifest {
	struct json_object *refusals; /* path → name of the errno */
	struct json_object *document;
};

#define MANIFEST_FILE "manifest.json"

/*
 * Loads a snapshot's manifest; *ret is NULL for a tree that has none, where a missing
 * file is simply absent. A manifest that cannot be read or parsed is noted and gives an
 * empty one, so that what is missing becomes unknown, never absent.
 */
int manifest_load(struct root *root, struct manifest **ret);
struct manifest *manifest_new(void);
void manifest_free(struct manifest *manifest);

/* The negative errno that reading path gave at the capture, 0 where it gave none. */
int manifest_refusal(const struct manifest *manifest, const char *path);
static inline bool manifest_has(const struct manifest *manifest, const char *path)
{
	return manifest_refusal(manifest, path) != 0;
}

void manifest_set_refusal(struct manifest *manifest, const char *path, int error);
void manifest_clear_refusal(struct manifest *manifest, const char *path);

/* A string of the head ("time", "arch", …), NULL where there is none. */
const char *manifest_string(const struct manifest *manifest, const char *key);
void manifest_set_string(struct manifest *manifest, const char *key, const char *value);

int manifest_save(const struct manifest *manifest, int directory_fd);
