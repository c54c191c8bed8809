// SPDX-License-Identifier: GPL-2.0-or-later
/* --help, drawn from the tables of commands, options and fields. */

#include "cmd/cmd.h"

#include <ctype.h>

/* The options of whatever draws records. */
static bool is_of_records(const struct option_desc *option)
{
	static const char *const names[] = { "format",	   "json",  "columns",
					     "noheadings", "human", "color" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (streq(option->name, names[i]))
			return true;
	return false;
}

static void print_options(const struct option_desc *options, bool records)
{
	for (; options && options->name; options++) {
		char left[64];

		if (!records && is_of_records(options))
			continue;
		snprintf(left, sizeof(left), "%c%c%s --%s%s%s",
			 options->key < 256 ? '-' : ' ',
			 options->key < 256 ? options->key : ' ',
			 options->key < 256 ? "," : " ", options->name,
			 options->argument ? " " : "",
			 options->argument ? options->argument : "");
		printf("  %-24s %s\n", left, options->help);
	}
}

/* The key is told where it is not the heading in small letters. */
static bool key_is_heading(const struct field *field)
{
	size_t i;

	for (i = 0; field->key[i]; i++) {
		char letter = (char)tolower((unsigned char)field->column[i]);

		if (field->key[i] != (letter == '-' || letter == ' ' ? '_' : letter))
			return false;
	}
	return field->column[i] == '\0';
}

static void print_columns(const struct record *record)
{
	printf("\nColumns (* shown by default) and, where it differs, the JSON key:\n");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		printf(" %c%-23s %s", field->flags & F_SHOW ? '*' : ' ', field->column,
		       field->help);
		if (field->flags & F_TEXT_ONLY)
			printf(" [not in JSON]\n");
		else if (key_is_heading(field))
			printf("\n");
		else
			printf(" [%s]\n", field->key);
	}
}

static void print_commands(void)
{
	printf("\nCommands:\n");
	for (size_t i = 0; commands[i]; i++) {
		char left[64];

		snprintf(left, sizeof(left), "%s %s", commands[i]->name,
			 commands[i]->arguments);
		printf("  %-24s %s\n", left, commands[i]->summary);
	}
	printf("\nWithout a command: status. `dmascope COMMAND --help` has its "
	       "columns.\n");
}

void print_help(const struct command *command)
{
	if (command)
		printf("Usage: dmascope %s [OPTIONS]%s%s\n\n%s.\n", command->name,
		       *command->arguments ? " " : "", command->arguments,
		       command->summary);
	else
		printf("Usage: dmascope [OPTIONS] [COMMAND [ARGUMENTS]]\n\n"
		       "Shows what stands between every device and the machine's "
		       "memory.\n");
	if (!command)
		print_commands();
	printf("\nOptions:\n");
	print_options(command ? command->options : NULL, true);
	print_options(global_options, !command || command->record);
	if (command && command->record)
		print_columns(command->record);
	printf("\nExit status: 0 answered, 1 the answer is negative, 2 usage or "
	       "trouble.\n");
}
