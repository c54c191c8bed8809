// SPDX-License-Identifier: GPL-2.0-or-later
/* describe: its topics, templates, and what they share. */

#include "describe/describe.h"

bool is_json(const struct field *field)
{
	return !(field->flags & F_TEXT_ONLY);
}

/* Adds a record and those within it to a list, each once. */
static void collect_record(struct arena *arena, struct list *records,
			   const struct record *record)
{
	LIST_FOR_EACH (records, const struct record, known)
		if (known == record)
			return;
	list_add(arena, records, record);
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].record && is_json(&record->fields[i]))
			collect_record(arena, records, record->fields[i].record);
}

void collect_records(struct arena *arena, struct list *records)
{
	collect_record(arena, records, &host_record);
	collect_record(arena, records, &unread_record);
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->record) {
			const struct record *const *more = commands[i]->more;

			collect_record(arena, records, commands[i]->record);
			for (; more && *more; more++)
				collect_record(arena, records, *more);
		}
}

const char *field_word(const struct record *record, const struct field *field)
{
	const char *const words[] = { field->column, field->key };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strchr(words[i], ' ') &&
		    record_find(record, words[i], strlen(words[i])) == field)
			return words[i];
	return NULL;
}

bool next_argument(struct arena *arena, const char **cursor, struct argument *ret)
{
	size_t length, end;
	const char *word = next_word(cursor, " ", &length);

	if (!word)
		return false;
	word = arena_strndup(arena, word, length);
	*ret = (struct argument){ .optional = *word == '[' };
	ret->name = arena_strdup(arena, word + strspn(word, "[{"));
	end = strcspn(ret->name, "]}.");
	ret->many = strstr(ret->name + end, "...") != NULL;
	ret->name[end] = '\0';
	ret->choice = strchr(ret->name, '|') != NULL;
	return true;
}

static int run_topic(const char *name, const char *argument);

/* Copies standard input; "@TOPIC ARGUMENT@" on a line becomes what describe prints. */
static int fill_template(const char *argument, const struct command *command)
{
	_cleanup_free_ char *line = NULL;
	size_t capacity = 0;

	for (unsigned int number = 1; getline(&line, &capacity, stdin) >= 0; number++) {
		char name[32] = "", word[32] = "", end[3] = "";

		if (sscanf(line, "@%31[a-z]%31[^@]%2s", name, word, end) < 2 &&
		    sscanf(line, "@%31[a-z]%2s", name, end) < 2) {
			fputs(line, stdout);
			continue;
		}
		if (!streq(end, "@") || run_topic(name, *word ? word + 1 : NULL) < 0) {
			fprintf(stderr, "describe: line %u: %s", number, line);
			return -EINVAL;
		}
	}
	return 0;
}

static const struct topic {
	const char *name, *argument, *help;
	int (*print)(const char *argument, const struct command *command);
} topics[] = {
	{ "title", "[COMMAND]", "top of a manual page, with synopsis", print_title },
	{ "commands", "", "list of commands, in mdoc", print_commands },
	{ "options", "[COMMAND]", "list of options, in mdoc", print_options },
	{ "formats", "", "list of output formats, in mdoc", print_formats },
	{ "columns", "COMMAND", "lists of columns, in mdoc", print_columns },
	{ "keys", "RECORD", "list of JSON keys, in mdoc", print_keys },
	{ "sources", "", "list of what is read, in mdoc", print_sources },
	{ "structures", "", "structures of firmware tables, in mdoc", print_structures },
	{ "problems", "", "what may be wrong in them, in mdoc", print_problems },
	{ "checks", "", "what the audit asks, in mdoc", print_checks },
	{ "metrics", "", "what dmascope metrics writes, in mdoc", print_metrics },
	{ "limits", "", "how long its lists may be, in mdoc", print_limits },
	{ "words", "[COMMAND]", "completion words, for bash, zsh and fish", print_words },
	{ "schema", "", "JSON Schema of everything printed as JSON", print_schema },
	{ "fill", "", "standard input, its lines @TOPIC...@ filled in", fill_template },
};

static int run_topic(const char *name, const char *argument)
{
	const struct command *command = argument ? command_find(argument) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		if (!streq(topics[i].name, name))
			continue;
		if (argument && !command && strstr(topics[i].argument, "COMMAND"))
			return -EINVAL;
		return topics[i].print(argument, command);
	}
	return -EINVAL;
}

int main(int argc, char **argv)
{
	int r = argc == 2 || argc == 3 ? run_topic(argv[1], argv[2]) : -EINVAL;

	if (r == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		r = -errno;
	if (r == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "describe: %s\nUsage:\n", strerror(-r));
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		fprintf(stderr, "  describe %-8s %-10s %s\n", topics[i].name,
			topics[i].argument, topics[i].help);
	return EXIT_FAILURE;
}
