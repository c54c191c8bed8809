// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Completions.
 *
 * A line for each word, which bash, zsh and fish all take for the call of a function:
 *
 *	_dmascope_word SCOPE KIND WORD VALUE HELP
 *
 * SCOPE is a command, or empty for all. KIND is command, option, argument, or the name of
 * a value (FORMAT, WHEN, LIST): WORD is then one that it may have. VALUE is what follows
 * an option, or "..." behind an argument that may be repeated.
 */

#include "describe/describe.h"

static void put_completion(const char *scope, const char *kind, const char *word,
			   const char *value, const char *help)
{
	const char *const parts[] = { scope, kind, word, value ? value : "", help };

	fputs("_dmascope_word", stdout);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		fputs(" '", stdout);
		for (const char *p = parts[i]; *p; p++)
			printf(*p == '\'' ? "'\\''" : "%c", *p);
		putchar('\'');
	}
	putchar('\n');
}

static void complete_options(const char *scope, const struct option_desc *options)
{
	for (; options && options->name; options++) {
		char words[64] = "";

		if (options->key < 256)
			snprintf(words, sizeof(words), "-%c,", options->key);
		strncat(words, "--", sizeof(words) - strlen(words) - 1);
		strncat(words, options->name, sizeof(words) - strlen(words) - 1);
		put_completion(scope, "option", words, options->argument, options->help);
		for (size_t i = 0; options->values && options->values[i]; i++)
			put_completion(scope, options->argument, options->values[i], "",
				       "");
	}
}

static void complete_command(const struct command *command)
{
	const struct record *record = command->record;
	const char *cursor = command->arguments;
	struct arena arena = { 0 };
	struct argument argument;

	complete_options(command->name, command->options);
	while (next_argument(&arena, &cursor, &argument))
		put_completion(command->name, "argument", argument.name,
			       argument.many ? "..." : "", "");
	arena_free(&arena);
	for (const struct check *check = NULL;
	     command == &command_explain && (check = check_next(check));)
		put_completion(command->name, "CHECK", check->id, "", check->failure);
	for (size_t i = 0; record && i < record->count; i++) {
		const char *word = field_word(record, &record->fields[i]);

		if (word)
			put_completion(command->name, "LIST", word, "",
				       record->fields[i].help);
	}
}

int print_words(const char *argument, const struct command *command)
{
	for (size_t i = 0; commands[i]; i++)
		put_completion("", "command", commands[i]->name, "",
			       commands[i]->summary);
	complete_options("", global_options);
	for (const struct output_format *format = output_formats; format->name; format++)
		put_completion("", "FORMAT", format->name, "", format->help);
	for (size_t i = 0; commands[i]; i++)
		if (!command || command == commands[i])
			complete_command(commands[i]);
	return 0;
}
