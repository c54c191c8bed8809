// SPDX-License-Identifier: GPL-2.0-or-later
/* One-value files of sysfs as facts. */

#include "source/attr.h"

#include <stdarg.h>

struct attr {
	char text[ROOT_PAGE + 2];
	char path[512];
};

/* Reads the value into attr->text, cut at its first line and free of trailing space. */
static _printf_(3, 0) int read_attr(struct root *root, struct attr *attr,
				    const char *format, va_list arguments)
{
	size_t length;
	int r = vsnprintf(attr->path, sizeof(attr->path), format, arguments);

	if (r < 0 || (size_t)r >= sizeof(attr->path))
		return -ENAMETOOLONG;
	r = root_read_head(root, attr->text, ROOT_PAGE + 1, &length, "%s", attr->path);
	if (r < 0)
		return r;
	if (length > ROOT_PAGE) {
		root_note(root, attr->path,
			  "longer than the page that an attribute fills");
		return -EFBIG;
	}
	attr->text[length] = '\0';
	if (strlen(attr->text) != length) {
		root_note(root, attr->path, "holds a NUL byte");
		return -EBADMSG;
	}
	attr->text[strcspn(attr->text, "\n")] = '\0';
	trim_end(attr->text);
	return 0;
}

#define READ_ATTR(root, attr, format)                                                    \
	({                                                                               \
		va_list arguments_;                                                      \
		int r_;                                                                  \
		va_start(arguments_, format);                                            \
		r_ = read_attr(root, attr, format, arguments_);                          \
		va_end(arguments_);                                                      \
		r_;                                                                      \
	})

/*
 * Notes a value that does not parse: what was expected, and a little of what was there.
 */
static int refuse_value(struct root *root, const struct attr *attr, const char *expected)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	char start[33] = "";

	memcpy(start, attr->text, MIN(strlen(attr->text), sizeof(start) - 1));
	strbuf_add_safe(&shown, start);
	if (attr->text[0] == '\0')
		root_note(root, attr->path, "empty where %s was expected", expected);
	else
		root_note(root, attr->path, "'%s' is not %s", strbuf_text(&shown),
			  expected);
	return -EBADMSG;
}

int attr_str(struct root *root, struct fact_str *ret, const char *format, ...)
{
	struct attr attr;
	int r = READ_ATTR(root, &attr, format);

	ret->state = fact_state_of(r);
	if (r == 0)
		ret->value = arena_strdup(&root->system->arena, attr.text);
	return r;
}

int attr_u64(struct root *root, unsigned int base, struct fact_u64 *ret,
	     const char *format, ...)
{
	struct attr attr;
	int r = READ_ATTR(root, &attr, format);

	if (r == 0 && parse_u64(attr.text, base, &ret->value) < 0)
		r = refuse_value(root, &attr, "a number");
	ret->state = fact_state_of(r);
	return r;
}

int attr_i64(struct root *root, struct fact_i64 *ret, const char *format, ...)
{
	struct attr attr;
	int r = READ_ATTR(root, &attr, format);

	if (r == 0 && parse_i64(attr.text, &ret->value) < 0)
		r = refuse_value(root, &attr, "a number");
	ret->state = fact_state_of(r);
	return r;
}

int attr_bool(struct root *root, struct fact_bool *ret, const char *format, ...)
{
	struct attr attr;
	int r = READ_ATTR(root, &attr, format);

	if (r == 0) {
		if (attr.text[0] != '\0' && attr.text[1] == '\0' &&
		    strchr("01NYny", attr.text[0]))
			ret->value = strchr("1Yy", attr.text[0]) != NULL;
		else
			r = refuse_value(root, &attr, "0, 1, N or Y");
	}
	ret->state = fact_state_of(r);
	return r;
}

int proc_missing(struct root *root, int error, const char *path)
{
	if (error != -ENOENT)
		return error;
	root_note(root, path, "missing, as if procfs were not mounted");
	return -ENODATA;
}
