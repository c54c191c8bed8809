// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON Schema (draft 2020-12) */

#include <json-c/json.h>
#include <stdarg.h>

#include "describe/describe.h"

/* Parses JSON, in which json-c takes ' for ". */
static struct json_object *_printf_(1, 2) json(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return length < 0 ? NULL : json_tokener_parse(text);
}

static void add_string(struct json_object *to, const char *value)
{
	json_object_array_add(to, json_object_new_string(value));
}

static void add_description(struct json_object *to, const char *help)
{
	json_object_object_add(to, "description", json_object_new_string(help));
}

/* Any structure of bytes; what else it has is written in dmascope-tables(8). */
static struct json_object *structure_schema(const char *type)
{
	return json("{%s,'required':['offset','length'],'properties':{"
		    "'offset':{'type':'integer','minimum':0},"
		    "'length':{'type':'integer','minimum':0},"
		    "'type':{'type':'integer','minimum':0},'name':{'type':'string'}}}",
		    type);
}

/* What a field may hold: null, too, where the value is not known. */
static struct json_object *field_type_schema(const struct field *field)
{
	struct json_object *schema;

	switch (field->type) {
	case F_BOOL:
		return json("{'type':['boolean','null']}");
	case F_INT:
		return json("{'type':['integer','null']}");
	case F_UINT:
	case F_BYTES:
		return json("{'type':['integer','null'],'minimum':0}");
	case F_HEX:
		return json("{'type':['string','null'],'pattern':'^0x[0-9a-f]{%u,16}$'}",
			    MAX(field->digits, 1));
	case F_STRV:
		return json("{'type':['array','null'],'items':{'type':'string'}}");
	case F_BYTESV:
		return json("{'type':['array','null'],"
			    "'items':{'type':'integer','minimum':0}}");
	case F_RECORDS:
		return json("{'type':['array','null'],'items':{'$ref':'#/$defs/%s'}}",
			    field->record->singular);
	case F_NODE:
		return structure_schema("'type':['object','null']");
	case F_NODES:
		schema = json("{'type':['array','null']}");
		json_object_object_add(schema, "items",
				       structure_schema("'type':'object'"));
		return schema;
	default:
		return json("{'type':['string','null']}");
	}
}

static struct json_object *field_schema(const struct field *field)
{
	struct json_object *schema = field_type_schema(field);

	add_description(schema, field->help);
	if (field->type == F_ENUM) {
		struct json_object *names = json("[]");

		for (size_t i = 0; field->names[i].name; i++)
			add_string(names, field->names[i].name);
		json_object_array_add(names, NULL);
		json_object_object_add(schema, "enum", names);
	}
	return schema;
}

/* Every key is there, and a later version may add others. */
static struct json_object *record_schema(const struct record *record)
{
	struct json_object *schema = json("{'type':'object'}");
	struct json_object *required = json("[]"), *properties = json("{}");

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if (!is_json(field))
			continue;
		if (!(field->flags & F_ASKED))
			add_string(required, field->key);
		json_object_object_add(properties, field->key, field_schema(field));
	}
	add_description(schema, record->help);
	json_object_object_add(schema, "required", required);
	json_object_object_add(schema, "properties", properties);
	return schema;
}

/* Allows `key` to be `value`, and demands `then` where it is. */
static void add_case(struct json_object *schema, const char *key, const char *value,
		     struct json_object *then)
{
	struct json_object *properties = json_object_object_get(schema, "properties");
	struct json_object *choice = json_object_object_get(properties, key);
	struct json_object *rule =
		json("{'if':{'properties':{'%s':{'const':'%s'}}}}", key, value);

	json_object_object_add(rule, "then", then);
	json_object_array_add(json_object_object_get(schema, "allOf"), rule);
	add_string(json_object_object_get(choice, "enum"), value);
}

static void add_line_case(struct json_object *schema, const struct record *record)
{
	add_case(schema, "record", record->singular,
		 json("{'$ref':'#/$defs/%s'}", record->singular));
}

/* A line of jsonl. */
static struct json_object *line_schema(void)
{
	struct json_object *schema = json(
		"{'description':'a line of --format jsonl','type':'object',"
		"'required':['record'],'properties':{'record':{'enum':[]}},'allOf':[]}");

	add_line_case(schema, &host_record);
	add_line_case(schema, &unread_record);
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->record) {
			const struct record *const *more = commands[i]->more;

			add_line_case(schema, commands[i]->record);
			for (; more && *more; more++)
				add_line_case(schema, *more);
		}
	return schema;
}

static struct json_object *list_schema(const struct record *record)
{
	return json("{'type':'array','items':{'$ref':'#/$defs/%s'}%s}", record->singular,
		    record->card ? ",'minItems':1,'maxItems':1" : "");
}

static struct json_object *required_schema(const struct record *record)
{
	return json("{'required':['%s']}", record->name);
}

/* The lists that a command answers with: of several at least one that is no card. */
static struct json_object *answer_schema(const struct command *command)
{
	const struct record *const *more = command->more;
	struct json_object *schema = json("{'properties':{}}");
	struct json_object *lists = json_object_object_get(schema, "properties");
	struct json_object *any = json_object_new_array();

	json_object_object_add(lists, command->record->name,
			       list_schema(command->record));
	json_object_array_add(any, required_schema(command->record));
	for (; more && *more; more++) {
		json_object_object_add(lists, (*more)->name, list_schema(*more));
		if (!(*more)->card)
			json_object_array_add(any, required_schema(*more));
	}
	json_object_object_add(schema, "anyOf", any);
	return schema;
}

/* The document of --json. */
static struct json_object *document_schema(void)
{
	struct json_object *schema =
		json("{'$schema':'https://json-schema.org/draft/2020-12/schema',"
		     "'title':'What dmascope prints as JSON','type':'object',"
		     "'required':['schema','program','version','command','%s','%s'],"
		     "'properties':{'schema':{'const':1},'program':{'const':'dmascope'},"
		     "'version':{'type':'string'},'command':{'enum':[]},"
		     "'%s':{'$ref':'#/$defs/%s'},"
		     "'%s':{'type':'array','items':{'$ref':'#/$defs/%s'}}},'allOf':[]}",
		     host_record.name, unread_record.name, host_record.name,
		     host_record.singular, unread_record.name, unread_record.singular);

	/* What comes line by line is no document. */
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->record && !commands[i]->format)
			add_case(schema, "command", commands[i]->name,
				 answer_schema(commands[i]));
	return schema;
}

int print_schema(const char *argument, const struct command *command)
{
	struct json_object *schema = document_schema(), *definitions = json("{}");
	struct arena arena = { 0 };
	struct list records = { 0 };

	collect_records(&arena, &records);
	LIST_FOR_EACH (&records, const struct record, record)
		json_object_object_add(definitions, record->singular,
				       record_schema(record));
	json_object_object_add(definitions, "line", line_schema());
	json_object_object_add(schema, "$defs", definitions);
	puts(json_object_to_json_string_ext(
		schema, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(schema);
	arena_free(&arena);
	return 0;
}
