// SPDX-License-Identifier: GPL-2.0-or-later
/* Manual pages, in mdoc(7). No text of the tables has a quotation mark or backslash. */

#include "config.h"

#include <ctype.h>

#include "cmd/metrics.h"
#include "describe/describe.h"

enum { LINE_WIDTH = 76, NESTING_MAX = 3 };

/* One argument of a macro, which no text can pass for a macro itself. */
static void put_word(const char *word)
{
	fputs(" \"\\&", stdout);
	for (word += strspn(word, " "); *word; word++)
		printf(*word == '-' ? "\\-" : "%c", *word);
	putchar('"');
}

/* Text in lines of a fitting length, each sentence on its own, as mdoc wants it. */
static void put_prose(const char *prose)
{
	const char *word;
	size_t length, at = 0;

	while ((word = next_word(&prose, " ", &length))) {
		bool breaks = at + length > LINE_WIDTH || (at > 0 && word[-2] == '.');

		if (at > 0)
			putchar(breaks ? '\n' : ' ');
		if (strchr("-.'", *word))
			fputs(*word == '-' ? "\\" : "\\&", stdout);
		printf("%.*s", (int)length, word);
		at = (breaks ? 0 : at) + length + 1;
	}
	putchar('\n');
}

static void put_item(const char *macro, const char *word, const char *prose)
{
	printf(".It %s", macro);
	put_word(word);
	putchar('\n');
	put_prose(prose);
}

static void put_names(const struct enum_name *names)
{
	size_t widest = 0;

	for (size_t i = 0; names[i].name; i++)
		widest = MAX(widest, strlen(names[i].name));
	printf(".Pp\n.Bl -tag -compact -width %zun\n", MIN(widest, 16) + 2);
	for (size_t i = 0; names[i].name; i++)
		put_item("Cm", names[i].name, names[i].help);
	puts(".El");
}

static void put_fields(const struct record *record, unsigned int matters,
		       unsigned int wanted, bool headings, unsigned int nesting);

static void put_field(const struct field *field, bool headings, unsigned int nesting)
{
	static const char *const types[] = {
		[F_STR] = "text",
		[F_BOOL] = "boolean",
		[F_INT] = "number",
		[F_UINT] = "number",
		[F_BYTES] = "bytes",
		[F_HEX] = "hexadecimal",
		[F_ENUM] = "word",
		[F_STRV] = "list of text",
		[F_BYTESV] = "list of bytes",
		[F_RECORDS] = "list",
		[F_NODE] = "object",
		[F_NODES] = "list",
	};

	fputs(".It", stdout);
	if (headings) {
		fputs(" Cm", stdout);
		put_word(field->column);
	}
	fputs(headings ? " ( Va" : " Va", stdout);
	put_word(field->key);
	printf("%s No %s )\n", headings ? " ," : " (",
	       is_json(field) ? types[field->type] : "not in JSON");
	put_prose(field->help);
	if (field->type == F_ENUM)
		put_names(field->names);
	if (field->record && is_json(field) && nesting < NESTING_MAX) {
		puts(".Pp");
		put_fields(field->record, F_TEXT_ONLY, 0, false, nesting + 1);
	}
}

/* The fields of which those flags that matter are the wanted ones. */
static void put_fields(const struct record *record, unsigned int matters,
		       unsigned int wanted, bool headings, unsigned int nesting)
{
	puts(nesting > 0 ? ".Bl -tag -compact -width Ds" : ".Bl -tag -width Ds");
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & matters) == wanted)
			put_field(&record->fields[i], headings, nesting);
	puts(".El");
}

int print_columns(const char *argument, const struct command *command)
{
	if (!command || !command->record)
		return -EINVAL;
	puts(".Ss Shown by default");
	put_fields(command->record, F_SHOW, F_SHOW, true, 0);
	puts(".Ss Shown when asked for");
	put_fields(command->record, F_SHOW, 0, true, 0);
	return 0;
}

int print_keys(const char *argument, const struct command *command)
{
	struct arena arena = { 0 };
	struct list records = { 0 };
	int r = -EINVAL;

	collect_records(&arena, &records);
	LIST_FOR_EACH (&records, const struct record, record) {
		if (!argument || !streq(record->name, argument))
			continue;
		put_fields(record, F_TEXT_ONLY, 0, false, 0);
		r = 0;
	}
	arena_free(&arena);
	return r;
}

/* The options of every command, or those of one and where to find the others. */
int print_options(const char *argument, const struct command *command)
{
	const struct option_desc *options = command ? command->options : global_options;

	if (options)
		puts(".Bl -tag -width Ds");
	for (; options && options->name; options++) {
		fputs(".It", stdout);
		if (options->key < 256)
			printf(" Fl \"\\&%c\" ,", options->key);
		printf(" Fl \"\\&\\-%s\"", options->name);
		if (options->argument) {
			fputs(" Ar", stdout);
			put_word(options->argument);
		}
		putchar('\n');
		put_prose(options->help);
	}
	if (options)
		puts(".El");
	if (command)
		printf("%s\n.Xr dmascope 8\ndescribes the options of every command.\n",
		       options ? ".Pp" : "This command has no options of its own;");
	return 0;
}

/* The arguments of a command, each behind `prefix`, as macros. */
static void put_arguments(const struct command *command, const char *prefix)
{
	const char *cursor = command->arguments;
	struct arena arena = { 0 };
	struct argument argument;

	while (next_argument(&arena, &cursor, &argument)) {
		printf("%s%s%s", prefix,
		       argument.optional ? "Op "
		       : argument.choice ? "Brq "
					 : "",
		       argument.choice ? "Cm" : "Ar");
		put_word(argument.name);
		fputs(argument.many ? " ..." : "", stdout);
	}
	arena_free(&arena);
}

int print_commands(const char *argument, const struct command *command)
{
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; commands[i]; i++) {
		fputs(".It Ic", stdout);
		put_word(commands[i]->name);
		put_arguments(commands[i], " ");
		putchar('\n');
		put_prose(commands[i]->summary);
		printf(".Pq Xr dmascope-%s 8\n", commands[i]->name);
	}
	puts(".El");
	return 0;
}

/* Everything above the DESCRIPTION: of a command's page, or of the whole program's. */
int print_title(const char *argument, const struct command *command)
{
	const char *dash = command ? "-" : "", *name = command ? command->name : "";
	const char *summary = command ? command->summary
				      : "show what stands between every device and the "
					"machine's memory";

	printf(".Dt DMASCOPE%s", dash);
	for (const char *p = name; *p; p++)
		putchar(toupper((unsigned char)*p));
	/* groff's mdoc would write BSD into the margins; others pass over the strings. */
	printf(" 8\n.Os\n.ds doc-volume System Manager's Manual\n"
	       ".ds doc-operating-system dmascope %s\n",
	       PACKAGE_VERSION);
	printf(".Sh NAME\n.Nm dmascope%s%s\n.Nd ", dash, name);
	/* No capital in front, but for a word in capitals. */
	putchar(isupper((unsigned char)summary[1]) ? summary[0]
						   : tolower((unsigned char)summary[0]));
	printf("%s\n.Sh SYNOPSIS\n.Nm dmascope%s%s\n.Op Ar option ...", summary + 1,
	       command ? " " : "", name);
	if (command)
		put_arguments(command, "\n.");
	puts(command ? "" : "\n.Op Ar command Op Ar argument ...");
	return 0;
}

/* What a structure is called, with the name that JSON has for it, and its keys. */
static void put_layout(const struct layout *layout)
{
	fputs(".It", stdout);
	if (!layout->untyped) {
		fputs(" Cm", stdout);
		put_word(layout->name);
		fputs(" No \\(em", stdout);
	}
	printf(" %s%s%s\n", layout->title, *layout->section ? ", " : "", layout->section);
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_field *field = &layout->fields[i];
		bool everywhere = field->offset < 4 &&
				  (streq(field->key, "length") ||
				   (streq(field->key, "type") && !layout->untyped));

		if (field->kind != L_RESERVED && !everywhere)
			printf(".Va %s\n", field->key);
	}
	for (size_t i = 0; i < ARRAY_SIZE(layout->lists) && layout->lists[i]; i++)
		printf(".Va %s\n", layout->lists[i]);
}

/* The keys of every structure of every table, without those that all of them have. */
int print_structures(const char *argument, const struct command *command)
{
	for (size_t i = 0; acpi_decoders[i]; i++) {
		const struct acpi_decoder *decoder = acpi_decoders[i];

		printf(".Ss %s\n", decoder->signature);
		printf("%s, as in\n.Em %s .\n", decoder->title, decoder->specification);
		puts(".Bl -tag -width Ds");
		put_layout(decoder->header);
		/* A structure with variants stands there once. */
		for (size_t j = 0; j < decoder->count; j++)
			if (j == 0 || !streq(decoder->layouts[j].title,
					     decoder->layouts[j - 1].title))
				put_layout(&decoder->layouts[j]);
		puts(".El");
	}
	return 0;
}

int print_problems(const char *argument, const struct command *command)
{
	puts(".Bl -tag -width include-all-not-last");
	for (size_t i = 0; i < ACPI_PROBLEMS; i++) {
		put_item("Cm", acpi_problem_names[i].code, acpi_problem_names[i].help);
		printf("(%s)\n", acpi_problem_names[i].severity == ACPI_ERROR
					 ? "error"
					 : "warning");
	}
	puts(".El");
	return 0;
}

/* Each check with all that dmascope explain says of it. */
int print_checks(const char *argument, const struct command *command)
{
	puts(".Bl -tag -width Ds");
	for (const struct check *check = NULL; (check = check_next(check));) {
		_cleanup_strbuf_ struct strbuf grades = { 0 };

		put_item("Cm", check->id, check->failure);
		strbuf_printf(&grades, "(%s", severity_names[check->severity].name);
		for (int i = 0; i < PROFILES; i++) {
			enum severity severity = check_severity(check, (enum profile)i);

			if (severity == SEVERITY_SKIP)
				strbuf_printf(&grades, "; not asked of the profile %s",
					      profile_names[i]);
			else if (severity != check->severity)
				strbuf_printf(&grades, "; %s of the profile %s",
					      severity_names[severity].name,
					      profile_names[i]);
		}
		strbuf_puts(&grades, ")");
		put_prose(strbuf_text(&grades));
		put_prose(check->impact);
		puts(".Pp\nBy hand:");
		put_prose(check->verify);
		puts(".Pp\nRemedy:");
		put_prose(check->remedy);
		puts(".Pp\nReference:");
		put_prose(check->reference);
	}
	puts(".El");
	return 0;
}

static bool has_flag(const struct record *record, unsigned int flag)
{
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].flags & flag)
			return true;
	return false;
}

/* A metric, the names of its labels, and what it tells; without a field the info. */
static void put_metric(const struct record *record, const struct field *field)
{
	unsigned int labels = field ? F_LABEL : F_LABEL | F_INFO;
	_cleanup_strbuf_ struct strbuf name = { 0 };
	const char *before = " Brq Cm";

	prometheus_add_name(&name, record, field);
	printf(".It Va %s", strbuf_text(&name));
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].flags & labels) {
			printf("%s %s", before, record->fields[i].key);
			before = " ,";
		}
	putchar('\n');
	put_prose(field ? field->help : record->help);
	if (field)
		return;
	puts(".Pp\n.Bl -tag -compact -width Ds");
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].flags & F_INFO)
			put_item("Cm", record->fields[i].key, record->fields[i].help);
	puts(".El");
}

int print_metrics(const char *argument, const struct command *command)
{
	for (const struct metrics_sheet *sheet = metrics_sheets; sheet->record; sheet++) {
		const struct record *record = sheet->record;

		printf(".Ss %c%s\n", toupper((unsigned char)*record->help),
		       record->help + 1);
		if (sheet->limit == 0)
			puts("Only with\n.Fl \\-devices .");
		puts(".Bl -tag -width Ds");
		if (has_flag(record, F_INFO))
			put_metric(record, NULL);
		for (size_t i = 0; i < record->count; i++)
			if (record->fields[i].flags & F_GAUGE)
				put_metric(record, &record->fields[i]);
		puts(".El");
	}
	return 0;
}

/* Of each list that may have an end: its first metric, and where that end is. */
int print_limits(const char *argument, const struct command *command)
{
	puts(".Bl -tag -compact -width dmascope_drift_groups");
	for (const struct metrics_sheet *sheet = metrics_sheets; sheet->record; sheet++) {
		_cleanup_strbuf_ struct strbuf name = { 0 };
		size_t i = 0;

		if (sheet->rest == 0)
			continue;
		while (!(sheet->record->fields[i].flags & F_GAUGE))
			i++;
		prometheus_add_name(&name, sheet->record, &sheet->record->fields[i]);
		put_item("Va", strbuf_text(&name), sheet->of);
		printf("(%zu)\n", sheet->limit);
	}
	puts(".El");
	return 0;
}

int print_formats(const char *argument, const struct command *command)
{
	puts(".Bl -tag -width prometheus");
	for (const struct output_format *format = output_formats; format->name; format++)
		put_item("Cm", format->name, format->help);
	puts(".El");
	return 0;
}

/* What is read, by the names that stand under "unread". */
int print_sources(const char *argument, const struct command *command)
{
	puts(".Bl -tag -compact -width thunderbolt");
	for (const struct source *source = sources; source->name; source++)
		if (source->phase != PHASE_LINKS) /* which reads nothing new */
			put_item("Cm", source->name, source->reads);
	puts(".El");
	return 0;
}
