// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies: which checks a site skips or weighs otherwise, and why. */

#include <fnmatch.h>
#include <json-c/json.h>
#include <stdarg.h>

#include "audit/audit.h"

static void put_object(struct json_object **object)
{
	json_object_put(*object);
}

static void free_tokener(struct json_tokener **tokener)
{
	json_tokener_free(*tokener);
}

static int refuse(struct arena *arena, const char **ret_problem, const char *format, ...)
	_printf_(3, 4);

static int refuse(struct arena *arena, const char **ret_problem, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	*ret_problem = arena_strdup(arena, text);
	return -EINVAL;
}

static bool take_severity(const char *word, enum severity *ret)
{
	for (int i = 0; severity_words[i]; i++)
		if (streq(severity_words[i], word)) {
			*ret = (enum severity)i;
			return true;
		}
	return false;
}

static int take_subjects(struct arena *arena, struct json_object *value,
			 struct ruling *ruling, const char **ret_problem)
{
	if (!json_object_is_type(value, json_type_array))
		return refuse(arena, ret_problem, "%s: subjects is no list",
			      ruling->check->id);
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *item = json_object_array_get_idx(value, i);

		if (!json_object_is_type(item, json_type_string))
			return refuse(arena, ret_problem, "%s: a subject is no text",
				      ruling->check->id);
		list_add(arena, &ruling->subjects,
			 arena_strdup(arena, json_object_get_string(item)));
	}
	return 0;
}

static int take_key(struct arena *arena, const char *key, struct json_object *value,
		    struct ruling *ruling, const char **ret_problem)
{
	const char *id = ruling->check->id, *text;

	if (streq(key, "subjects"))
		return take_subjects(arena, value, ruling, ret_problem);
	if (streq(key, "skip")) {
		if (!json_object_is_type(value, json_type_boolean))
			return refuse(arena, ret_problem,
				      "%s: skip is neither true nor false", id);
		ruling->skip = json_object_get_boolean(value);
		return 0;
	}
	if (!streq(key, "severity") && !streq(key, "reason"))
		return refuse(arena, ret_problem, "%s: no such key: %s", id, key);
	if (!json_object_is_type(value, json_type_string))
		return refuse(arena, ret_problem, "%s: %s is no text", id, key);
	text = json_object_get_string(value);
	if (streq(key, "reason")) {
		ruling->reason = arena_strdup(arena, text);
		return 0;
	}
	ruling->regrades = true;
	if (!take_severity(text, &ruling->severity))
		return refuse(arena, ret_problem, "%s: no such severity: %s", id, text);
	return 0;
}

static int take_ruling(struct arena *arena, const char *id, struct json_object *object,
		       struct list *ret, const char **ret_problem)
{
	struct ruling *ruling = arena_new(arena, struct ruling);

	ruling->check = check_find(id);
	if (!ruling->check)
		return refuse(arena, ret_problem, "no such check: %s", id);
	if (!json_object_is_type(object, json_type_object))
		return refuse(arena, ret_problem, "%s: no object", id);
	json_object_object_foreach(object, key, value)
	{
		int r = take_key(arena, key, value, ruling, ret_problem);

		if (r < 0)
			return r;
	}
	if (!ruling->reason || !*ruling->reason)
		return refuse(arena, ret_problem, "%s: a reason is missing", id);
	if (!ruling->skip && !ruling->regrades)
		return refuse(arena, ret_problem, "%s: neither skip nor severity", id);
	list_add(arena, ret, ruling);
	return 0;
}

/* An object for each identifier, or a list of them, each for other subjects. */
static int take_check(struct arena *arena, const char *id, struct json_object *value,
		      struct list *ret, const char **ret_problem)
{
	if (!json_object_is_type(value, json_type_array))
		return take_ruling(arena, id, value, ret, ret_problem);
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		int r = take_ruling(arena, id, json_object_array_get_idx(value, i), ret,
				    ret_problem);

		if (r < 0)
			return r;
	}
	return 0;
}

int policy_parse(struct arena *arena, const char *text, size_t size, struct list *ret,
		 const char **ret_problem)
{
	_cleanup_(free_tokener) struct json_tokener *tokener = json_tokener_new();
	_cleanup_(put_object) struct json_object *document = NULL;
	struct json_object *checks;
	struct list rulings = { 0 };

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	document =
		json_tokener_parse_ex(tokener, text, (int)MIN(size, (size_t)INT32_MAX));
	if (!document)
		return refuse(arena, ret_problem, "no JSON: %s at byte %zu",
			      json_tokener_error_desc(json_tokener_get_error(tokener)),
			      json_tokener_get_parse_end(tokener));
	if (!json_object_object_get_ex(document, "checks", &checks) ||
	    !json_object_is_type(checks, json_type_object))
		return refuse(arena, ret_problem,
			      "no policy: it has no object \"checks\"");
	json_object_object_foreach(checks, id, value)
	{
		int r = take_check(arena, id, value, &rulings, ret_problem);

		if (r < 0)
			return r;
	}
	*ret = rulings;
	return 0;
}

const struct ruling *policy_find(const struct list *rulings, const struct check *check,
				 const char *subject)
{
	const struct ruling *found = NULL;

	if (!rulings)
		return NULL;
	LIST_FOR_EACH (rulings, const struct ruling, ruling) {
		bool meant = ruling->subjects.count == 0;

		if (ruling->check != check)
			continue;
		LIST_FOR_EACH (&ruling->subjects, const char, pattern)
			meant = meant || fnmatch(pattern, subject, 0) == 0;
		if (meant)
			found = ruling;
	}
	return found;
}
