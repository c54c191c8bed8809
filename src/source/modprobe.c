// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of the modules of VFIO that modprobe will give them. */

#include "source/source.h"

/* A value may stand in quotes, which are the kernel's matter (lib/cmdline.c). */
static const char *unquoted(struct arena *arena, const char *text, size_t length)
{
	if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
		text++;
		length -= 2;
	}
	return arena_strndup(arena, text, length);
}

/* A backslash at the end of a line joins it with the next. */
static void join_lines(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && from[1] == '\n') {
			from++;
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
}

/* "ids=10de:2204" of the module that the cursor's line is about. */
static void add_option(struct system *system, const char *file, const char *module,
		       const char *word, size_t length)
{
	struct module_option *option = arena_new(&system->arena, struct module_option);
	const char *equals = memchr(word, '=', length);
	size_t name = equals ? (size_t)(equals - word) : length;

	option->file = file;
	option->module = module;
	option->name = arena_strndup(&system->arena, word, name);
	option->value =
		equals ? unquoted(&system->arena, equals + 1, length - name - 1) : "";
	list_add(&system->arena, &system->vfio.options, option);
}

/* Lines as modprobe.d(5) has them: a command, the module, and what it is about. */
static void read_line(struct system *system, const char *file, const char *line,
		      size_t length)
{
	const char *cursor = arena_strndup(&system->arena, line, length), *word;
	char *module;

	word = next_word(&cursor, " \t", &length);
	if (!word || length != strlen("options") || !starts_with(word, "options"))
		return;
	word = next_word(&cursor, " \t", &length);
	if (!word || !starts_with(word, "vfio"))
		return;
	module = arena_strndup(&system->arena, word, length);
	for (char *p = module; *p; p++)
		*p = *p == '-' ? '_' : *p;
	while ((word = next_word(&cursor, " \t", &length)))
		add_option(system, file, module, word, length);
}

static void read_file(struct root *root, struct system *system, const char *path)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, "%s", path);

	if (r < 0) {
		system->vfio.options_state = fact_state_of(r);
		return;
	}
	join_lines((char *)bytes.data);
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length)))
		read_line(system, path, line, length);
}

static bool is_hidden(const struct list *seen, const char *name)
{
	LIST_FOR_EACH (seen, const char, other)
		if (streq(other, name))
			return true;
	return false;
}

/* A file hides those of its name in the directories behind it. */
void source_modprobe_read(struct root *root, struct system *system)
{
	static const char *const directories[] = { "etc/modprobe.d", "run/modprobe.d",
						   "usr/lib/modprobe.d" };
	struct list seen = { 0 };

	system->vfio.options_state = FACT_KNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct list names = { 0 };
		int r = root_list(root, &names, 0, "%s", directories[i]);

		if (r < 0 && r != -ENOENT)
			system->vfio.options_state = fact_state_of(r);
		LIST_FOR_EACH (&names, const struct entry, entry) {
			if (!matches_star("*.conf", entry->name) ||
			    is_hidden(&seen, entry->name))
				continue;
			list_add(&system->arena, &seen, entry->name);
			read_file(root, system,
				  arena_printf(&system->arena, "%s/%s", directories[i],
					       entry->name));
		}
	}
}
