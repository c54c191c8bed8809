// SPDX-License-Identifier: GPL-2.0-or-later
/* The manifest of a snapshot: refusals, and when and by what it was taken. */

#include "source/manifest.h"

#include <fcntl.h>
#include <json-c/json.h>

enum { MANIFEST_SCHEMA = 1, MANIFEST_DEPTH = 8, ERRNO_END = 134 };

struct manifest *manifest_new(void)
{
	struct manifest *manifest = xrealloc(NULL, sizeof(*manifest));

	manifest->document = json_object_new_object();
	manifest->refusals = json_object_new_object();
	json_object_object_add(manifest->document, "schema",
			       json_object_new_int(MANIFEST_SCHEMA));
	json_object_object_add(manifest->document, "program",
			       json_object_new_string("dmascope"));
	json_object_object_add(manifest->document, "refusals", manifest->refusals);
	return manifest;
}

void manifest_free(struct manifest *manifest)
{
	if (!manifest)
		return;
	json_object_put(manifest->document);
	free(manifest);
}

/* -EBADMSG unless the document is an object with our schema and an object of refusals. */
static int check_document(struct json_object *document, struct json_object **ret_refusals)
{
	struct json_object *schema, *refusals;

	if (!json_object_is_type(document, json_type_object) ||
	    !json_object_object_get_ex(document, "schema", &schema) ||
	    json_object_get_int(schema) != MANIFEST_SCHEMA ||
	    !json_object_object_get_ex(document, "refusals", &refusals) ||
	    !json_object_is_type(refusals, json_type_object))
		return -EBADMSG;
	*ret_refusals = refusals;
	return 0;
}

int manifest_load(struct root *root, struct manifest **ret)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct json_object *document = NULL, *refusals;
	struct json_tokener *tokener;
	struct manifest *manifest;
	int r = root_read(root, &bytes, MANIFEST_FILE);

	if (r == -ENOENT) {
		*ret = NULL;
		return 0;
	}
	manifest = manifest_new();
	*ret = manifest;
	if (r < 0)
		return 0;
	tokener = json_tokener_new_ex(MANIFEST_DEPTH);
	if (!tokener)
		return 0;
	document = json_tokener_parse_ex(tokener, (const char *)bytes.data,
					 (int)bytes.size + 1);
	json_tokener_free(tokener);
	if (!document || check_document(document, &refusals) < 0) {
		root_note(root, MANIFEST_FILE, "not a snapshot's manifest of schema %d",
			  MANIFEST_SCHEMA);
		json_object_put(document);
		return 0;
	}
	json_object_put(manifest->document);
	manifest->document = document;
	manifest->refusals = refusals;
	return 0;
}

int manifest_refusal(const struct manifest *manifest, const char *path)
{
	struct json_object *name;

	if (!json_object_object_get_ex(manifest->refusals, path, &name) ||
	    !json_object_is_type(name, json_type_string))
		return 0;
	for (int error = 1; error < ERRNO_END; error++) {
		const char *known = strerrorname_np(error);

		if (known && streq(known, json_object_get_string(name)))
			return -error;
	}
	return -EIO;
}

void manifest_set_refusal(struct manifest *manifest, const char *path, int error)
{
	const char *name = strerrorname_np(-error);

	json_object_object_add(manifest->refusals, path,
			       json_object_new_string(name ? name : "EIO"));
}

void manifest_clear_refusal(struct manifest *manifest, const char *path)
{
	json_object_object_del(manifest->refusals, path);
}

const char *manifest_string(const struct manifest *manifest, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(manifest->document, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

void manifest_set_string(struct manifest *manifest, const char *key, const char *value)
{
	json_object_object_add(manifest->document, key, json_object_new_string(value));
}

int manifest_save(const struct manifest *manifest, int directory_fd)
{
	_cleanup_close_ int fd = openat(directory_fd, MANIFEST_FILE,
					O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	const char *text = json_object_to_json_string_ext(
		manifest->document,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, text, strlen(text));
	return r < 0 ? r : write_all(fd, "\n", 1);
}
