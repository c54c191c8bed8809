/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe: prints from the tables of the program what its documents need.
 *
 * Runs in the build. Man pages, completions and the JSON Schema take everything that the
 * tables know from here, so a new field or command shows up in them by itself.
 */
#pragma once

#include "audit/audit.h"
#include "cmd/cmd.h"

/* An argument of a command as its table writes it: DIR, [BDF...], {map|dma}. */
struct argument {
	char *name; /* DIR, BDF, map|dma */
	bool optional, many, choice;
};

/* Takes the next argument of a command's list; false at the end. */
bool next_argument(struct arena *arena, const char **cursor, struct argument *ret);

bool is_json(const struct field *field);

/* Every record that JSON may hold. */
void collect_records(struct arena *arena, struct list *records);

/* A word that -o takes for this field and for no other; NULL where there is none. */
const char *field_word(const struct record *record, const struct field *field);

/* The topics; each prints one thing, or returns a negative errno. */
typedef int print_topic(const char *argument, const struct command *command);

print_topic print_title, print_commands, print_options, print_formats, print_columns,
	print_keys, print_sources, print_structures, print_problems, print_checks,
	print_metrics, print_limits, print_words, print_schema;
