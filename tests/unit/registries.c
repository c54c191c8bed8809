// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests every const table: records and fields, commands, options, sources, formats. */

#include <ctype.h>
#include <strings.h>

#include "bench/result.h"
#include "cmd/metrics.h"
#include "model/path.h"
#include "tap.h"

enum { RECORDS_MAX = 64, OBJECT_SIZE = 64 * 1024 };

static const struct record *records[RECORDS_MAX];
static size_t record_count;

static bool is_snake_case(const char *text)
{
	if (!islower((unsigned char)*text))
		return false;
	for (const char *p = text; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) &&
		    (*p != '_' || p[1] == '_' || p[1] == '\0'))
			return false;
	return true;
}

static bool is_kebab_case(const char *text)
{
	return *text &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

/* Text for --help and man pages: there, on one line, and no sentence of its own. */
static bool is_help(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	return length > 0 && text[length - 1] != '.' &&
	       !isspace((unsigned char)text[0]) &&
	       !isspace((unsigned char)text[length - 1]) && !strpbrk(text, "\n\t\\\"") &&
	       text_is_safe(text);
}

/* Adds a record and those of its fields, each once. */
static void collect(const struct record *record)
{
	for (size_t i = 0; i < record_count; i++)
		if (records[i] == record)
			return;
	if (record_count == RECORDS_MAX)
		abort();
	records[record_count++] = record;
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].record)
			collect(record->fields[i].record);
}

static bool storage_fits(const struct field *field)
{
	static const unsigned int fits[] = {
		[F_STR] = 1 << STORE_STR | 1 << STORE_TEXT,
		[F_BOOL] = 1 << STORE_BOOL,
		[F_INT] = 1 << STORE_I64,
		[F_UINT] = 1 << STORE_U64,
		[F_BYTES] = 1 << STORE_U64,
		[F_HEX] = 1 << STORE_U64,
		[F_ENUM] = 1 << STORE_ENUM,
		[F_STRV] = 1 << STORE_LIST,
		[F_BYTESV] = 1 << STORE_LIST,
		[F_RECORDS] = 1 << STORE_LIST,
		[F_NODE] = 1 << STORE_LIST,
		[F_NODES] = 1 << STORE_LIST,
	};

	if (field->storage == STORE_GETTER)
		return field->get != NULL;
	return !field->get && (fits[field->type] & 1u << field->storage);
}

static bool flags_fit(const struct field *field)
{
	const unsigned int counts =
		1 << F_BOOL | 1 << F_INT | 1 << F_UINT | 1 << F_BYTES | 1 << F_RECORDS;
	const unsigned int words =
		1 << F_STR | 1 << F_ENUM | 1 << F_UINT | 1 << F_BYTES | 1 << F_HEX;
	unsigned int flags = field->flags, type = 1u << field->type;

	return (!(flags & F_GAUGE) || (type & counts)) &&
	       (!(flags & (F_LABEL | F_INFO)) || (type & words)) &&
	       (!(flags & F_TREE) || field->type == F_RECORDS) &&
	       (!(flags & F_BANNER) || field->type == F_STRV) &&
	       (!(flags & F_NOTE) || field->type == F_STR) &&
	       (!(flags & F_TEXT_ONLY) || !(flags & (F_GAUGE | F_LABEL | F_INFO)));
}

static bool heading_fits(const struct record *record, const struct field *field)
{
	const char *column = field->column;

	if (!column || !*column || strpbrk(column, ",+") || !text_is_safe(column))
		return false;
	if (record->card)
		return true;
	for (const char *p = column; *p; p++)
		if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p) &&
		    *p != '-')
			return false;
	return true;
}

static bool names_fit(const struct field *field)
{
	if (field->type != F_ENUM)
		return !field->names;
	if (!field->names || !field->names[0].name)
		return false;
	for (const struct enum_name *a = field->names; a->name; a++) {
		if (!is_kebab_case(a->name) || !is_help(a->help))
			return false;
		for (const struct enum_name *b = field->names; b < a; b++)
			if (streq(a->name, b->name))
				return false;
	}
	return true;
}

/* The name finds this field and no other: -o takes headings and keys. */
static bool is_found(const struct record *record, const struct field *field,
		     const char *name)
{
	return name && record_find(record, name, strlen(name)) == field;
}

static void test_fields(const struct record *record)
{
	size_t shown = 0, keys = 0, columns = 0, lost = 0, storage = 0, flags = 0;
	size_t headings = 0, names = 0, helps = 0, lists = 0, hex = 0;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		bool wrong_key = !field->key || !is_snake_case(field->key);
		bool wrong_column = false;

		for (size_t j = 0; j < i && !wrong_key; j++) {
			wrong_key = streq(field->key, record->fields[j].key);
			wrong_column |=
				!strcasecmp(field->column, record->fields[j].column);
		}
		if (wrong_key || !is_found(record, field, field->key) ||
		    !is_found(record, field, field->column))
			printf("# %s: %s \"%s\" is not found by its names\n",
			       record->name, field->key, field->column);
		keys += wrong_key;
		columns += wrong_column;
		lost += !is_found(record, field, field->key) ||
			!is_found(record, field, field->column);
		shown += field->flags & F_SHOW;
		storage += !storage_fits(field);
		flags += !flags_fit(field);
		headings += !heading_fits(record, field);
		names += !names_fit(field);
		helps += !is_help(field->help);
		lists += (field->type == F_RECORDS) != (field->record != NULL);
		hex += field->type != F_HEX && field->digits != 0;
	}
	OK(record->count > 0 && shown > 0, "%s: a default table", record->name);
	IS(keys, 0, "%s: keys are snake_case and unique", record->name);
	IS(columns, 0, "%s: columns are unique whatever the case", record->name);
	IS(lost, 0, "%s: every key and every column finds its own field", record->name);
	IS(storage, 0, "%s: storage fits the type", record->name);
	IS(flags, 0, "%s: flags fit the type", record->name);
	IS(headings, 0, "%s: headings can be given to -o", record->name);
	IS(names, 0, "%s: enumerations have names and help", record->name);
	IS(helps, 0, "%s: every field has help without a dot", record->name);
	IS(lists, 0, "%s: lists of records say which", record->name);
	IS(hex, 0, "%s: digits only where there are hexadecimal ones", record->name);
}

/* An object that nobody filled in says nothing: no 0, no false, no "". */
static void test_unread(const struct record *record)
{
	void *object = calloc(1, OBJECT_SIZE);
	size_t wrong = 0;

	for (size_t i = 0; object && i < record->count; i++) {
		const struct field *field = &record->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct value value;

		record_get(field, object, &value);
		value_add_text(field, &value, false, &text);
		if (value.state == FACT_KNOWN || (!streq(strbuf_text(&text), "?") &&
						  !streq(strbuf_text(&text), "-"))) {
			printf("# %s.%s is \"%s\"\n", record->name, field->key,
			       strbuf_text(&text));
			wrong++;
		}
	}
	free(object);
	IS(wrong, 0, "%s: what nobody read is unknown", record->name);
}

/* A number that the table of names does not reach is malformed, not a crash. */
static void test_enums(const struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		struct field field = record->fields[i];
		struct fact_enum fact = KNOWN_ENUM(0);
		struct value value;
		size_t wrong = 0;

		if (field.storage != STORE_ENUM)
			continue;
		field.offset = 0;
		for (int number = -2; number < 40; number++) {
			int count = 0;

			while (field.names[count].name)
				count++;
			fact.value = number;
			record_get(&field, &fact, &value);
			wrong += (value.state == FACT_KNOWN) !=
				 (number >= 0 && number < count);
		}
		IS(wrong, 0, "%s.%s: only values with a name are known", record->name,
		   field.key);
	}
}

/* Adds the names of the metrics of a record to a list; how many there are. */
static size_t collect_metrics(struct arena *arena, const struct record *record,
			      struct list *names)
{
	size_t before = names->count;

	for (size_t i = 0; i <= record->count; i++) {
		const struct field *field = i > 0 ? &record->fields[i - 1] : NULL;
		_cleanup_strbuf_ struct strbuf name = { 0 };
		bool is = field && field->flags & F_GAUGE;

		for (size_t j = 0; !field && j < record->count; j++)
			is = is || record->fields[j].flags & F_INFO;
		if (!is)
			continue;
		prometheus_add_name(&name, record, field);
		list_add(arena, names, arena_strdup(arena, strbuf_text(&name)));
	}
	return names->count - before;
}

/* What promtool would say, as far as tables can tell, and that no name has two uses. */
static void test_metric_names(struct arena *arena)
{
	static const char *const wrong_ends[] = { "_count", "_total", "_sum", "_bucket",
						  "_ns",    "_us",    "_ms" };
	struct list names = { 0 };
	size_t wrong = 0, twice = 0;

	for (size_t i = 0; i < record_count; i++)
		collect_metrics(arena, records[i], &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		size_t length = strlen(name);

		for (size_t j = 0; j < ARRAY_SIZE(wrong_ends); j++) {
			size_t end = strlen(wrong_ends[j]);

			wrong +=
				length > end && streq(name + length - end, wrong_ends[j]);
		}
		wrong += !is_snake_case(name);
		for (size_t j = 0; j < i; j++)
			twice += streq(name, names.items[j]);
	}
	OK(names.count > 50, "%zu metrics are described", names.count);
	IS(wrong, 0, "metrics: names without abbreviated units and reserved endings");
	IS(twice, 0, "metrics: each has its own name, whatever command writes it");
}

/* However many of everything a machine has. */
static void test_metric_limit(struct arena *arena)
{
	size_t series = 0, mixed = 0;

	for (const struct metrics_sheet *sheet = metrics_sheets; sheet->record; sheet++) {
		struct list names = { 0 };
		size_t rows = sheet->limit + sheet->rest;

		series += rows * collect_metrics(arena, sheet->record, &names);
		mixed += !is_help(sheet->of) || !sheet->fill ||
			 (sheet->limit == 0 && sheet->rest > 0);
	}
	OK(series <= METRICS_SERIES_MAX, "metrics: %zu series at most, of %d", series,
	   METRICS_SERIES_MAX);
	IS(mixed, 0, "metrics: each sheet has what it needs");
}

static void test_records(void)
{
	collect(&host_record);
	collect(&unread_record);
	collect(&path_record);
	collect(&result_record);
	collect(&environment_record);
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->record)
			collect(commands[i]->record);
	for (const struct metrics_sheet *sheet = metrics_sheets; sheet->record; sheet++)
		collect(sheet->record);
	OK(record_count >= 7, "%zu records are described", record_count);
	for (size_t i = 0; i < record_count; i++) {
		const struct record *record = records[i];
		bool unique = true;

		for (size_t j = 0; j < i; j++)
			unique = unique && !streq(record->name, records[j]->name);
		OK(unique && is_snake_case(record->name) &&
			   is_snake_case(record->singular),
		   "%s: its own name, in snake_case", record->name);
		OK(is_help(record->help), "%s: help", record->name);
		test_fields(record);
		test_unread(record);
		test_enums(record);
	}
}

static bool options_fit(const struct option_desc *options)
{
	for (const struct option_desc *a = options; a && a->name; a++) {
		if (!is_kebab_case(a->name) || !is_help(a->help) || a->key <= ' ')
			return false;
		for (const struct option_desc *b = global_options; b->name && a != b; b++)
			if (streq(a->name, b->name) || a->key == b->key)
				return false;
		for (const struct option_desc *b = options; b->name && b < a; b++)
			if (streq(a->name, b->name) || a->key == b->key)
				return false;
	}
	return true;
}

static void test_commands(void)
{
	OK(options_fit(global_options), "global options: names, letters and help");
	OK(command_find("status"), "the command that runs without a command exists");
	OK(!command_find("") && !command_find("stat") && !command_find("STATUS"),
	   "commands are found by their whole name alone");
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];

		OK(command_find(command->name) == command && is_kebab_case(command->name),
		   "%s: its own name", command->name);
		OK(is_help(command->summary) && command->arguments, "%s: help",
		   command->name);
		OK(options_fit(command->options), "%s: options", command->name);
		OK(command->run && (!command->options || command->option),
		   "%s: can run and take its options", command->name);
		OK(!(command->needs & NEED_MODEL) || command->facts,
		   "%s: says which facts it needs", command->name);
	}
}

static void test_sources(void)
{
	unsigned int facts = 0;

	for (const struct source *source = sources; source->name; source++) {
		bool unique = true;

		for (const struct source *other = sources; other < source; other++)
			unique = unique && !streq(other->name, source->name);
		OK(unique && is_kebab_case(source->name) && is_help(source->reads) &&
			   source->read && (int)source->phase >= PHASE_PLATFORM &&
			   source->phase <= PHASE_LINKS && source->facts &&
			   !(source->facts & ~(unsigned int)FACTS_SNAPSHOT),
		   "source %s: name, place, phase, facts", source->name);
		facts |= source->facts;
	}
	IS(facts, FACTS_SNAPSHOT, "every fact has a source");
}

static void test_formats(void)
{
	OK(output_find_format("table") == output_formats, "table is the default format");
	OK(!output_find_format("") && !output_find_format("JSON"),
	   "no format by accident");
	for (const struct output_format *format = output_formats; format->name; format++)
		OK(output_find_format(format->name) == format && is_help(format->help) &&
			   format->write,
		   "format %s: name, help, function", format->name);
}

int main(void)
{
	struct arena arena = { 0 };

	test_records();
	test_metric_names(&arena);
	test_metric_limit(&arena);
	arena_free(&arena);
	test_commands();
	test_sources();
	test_formats();
	return tap_end();
}
