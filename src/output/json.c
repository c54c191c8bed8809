// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON and JSON lines, made with json-c: one object at a time, so memory stays small. */

#include <json-c/json.h>

#include "output/output.h"

/* JSON is UTF-8 (RFC 8259, 8.1), and the kernel's bytes need not be. */
static struct json_object *safe_string(const char *text)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };

	if (text_is_safe(text))
		return json_object_new_string(text);
	strbuf_add_safe(&safe, text);
	return json_object_new_string(strbuf_text(&safe));
}

static struct json_object *record_object(const struct record *record, const void *object);

static struct json_object *hex_value(uint64_t number, unsigned int digits)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%0*llx", (int)digits, (unsigned long long)number);
	return json_object_new_string(hex);
}

/* [[device, function], ...] */
static struct json_object *path_value(const unsigned char *bytes, size_t size)
{
	struct json_object *path = json_object_new_array();

	for (size_t i = 0; i + 1 < size; i += 2) {
		struct json_object *hop = json_object_new_array_ext(2);

		json_object_array_add(hop, json_object_new_int(bytes[i]));
		json_object_array_add(hop, json_object_new_int(bytes[i + 1]));
		json_object_array_add(path, hop);
	}
	return path;
}

/* NULL, which is printed as null, where the structure ends before the field. */
static struct json_object *layout_field_value(const struct layout_node *node,
					      const struct layout_field *field)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	uint64_t number;

	switch (field->kind) {
	case L_TEXT:
	case L_BYTES:
	case L_UUID:
		layout_add_text(node, field, &text);
		return json_object_new_string(strbuf_text(&text));
	case L_PATH:
		return path_value(node->bytes + field->offset,
				  layout_field_size(node, field));
	default:
		if (!layout_number(node, field, &number))
			return NULL;
	}
	if (field->kind == L_BOOL)
		return json_object_new_boolean(number != 0);
	if (field->kind == L_UINT)
		return json_object_new_uint64(number);
	/* Addresses as everywhere else, identifiers and flags in their full width. */
	return hex_value(number, field->part || field->size == 8 ? 1 : 2U * field->size);
}

/*
 * What every structure has stands first. A field of the same name says more, as the
 * length of the memory that an IVMD describes.
 */
static struct json_object *node_object(const struct layout_node *node)
{
	const struct layout *layout = node->layout;
	struct json_object *json = json_object_new_object();

	if (!layout->untyped) {
		json_object_object_add(json, "type", json_object_new_uint64(node->type));
		json_object_object_add(json, "name",
				       json_object_new_string(layout->name));
	}
	json_object_object_add(json, "offset", json_object_new_uint64(node->offset));
	json_object_object_add(json, "length", json_object_new_uint64(node->length));
	for (size_t i = 0; i < layout->count; i++)
		if (layout->fields[i].kind != L_RESERVED)
			json_object_object_add(
				json, layout->fields[i].key,
				layout_field_value(node, &layout->fields[i]));
	for (size_t i = 0; i < ARRAY_SIZE(layout->lists) && layout->lists[i]; i++)
		json_object_object_add(json, layout->lists[i], json_object_new_array());
	LIST_FOR_EACH (&node->children, const struct layout_node, child)
		json_object_array_add(json_object_object_get(json, child->layout->list),
				      node_object(child));
	return json;
}

static struct json_object *list_value(const struct field *field, const struct list *list)
{
	struct json_object *array = json_object_new_array_ext((int)list->count);

	LIST_FOR_EACH (list, const void, item) {
		if (field->type == F_STRV)
			json_object_array_add(array, safe_string(item));
		else if (field->type == F_BYTESV)
			json_object_array_add(
				array, json_object_new_uint64(*(const uint64_t *)item));
		else if (field->type == F_NODES)
			json_object_array_add(array, node_object(item));
		else
			json_object_array_add(array, record_object(field->record, item));
	}
	return array;
}

static struct json_object *field_value(const struct field *field,
				       const struct value *value)
{

	if (value->state != FACT_KNOWN)
		return NULL; /* which json-c prints as null */
	switch (field->type) {
	case F_STR:
	case F_ENUM:
		return safe_string(value->text);
	case F_BOOL:
		return json_object_new_boolean(value->truth);
	case F_INT:
		return json_object_new_int64(value->number);
	case F_UINT:
	case F_BYTES:
		return json_object_new_uint64(value->count);
	case F_HEX:
		return hex_value(value->count, field->digits);
	case F_NODE:
		return node_object(value->list->items[0]);
	default:
		return list_value(field, value->list);
	}
}

static void add_fields(struct json_object *to, const struct record *record,
		       const void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct value value;

		if (field->flags & F_TEXT_ONLY)
			continue;
		record_get(field, object, &value);
		if (field->flags & F_ASKED && value.state == FACT_UNREAD)
			continue;
		json_object_object_add_ex(to, field->key, field_value(field, &value),
					  JSON_C_OBJECT_ADD_KEY_IS_NEW |
						  JSON_C_OBJECT_ADD_CONSTANT_KEY);
	}
}

static struct json_object *record_object(const struct record *record, const void *object)
{
	struct json_object *json = json_object_new_object();

	add_fields(json, record, object);
	return json;
}

/* Prints an object on one line and frees it. */
static void print_object(FILE *stream, struct json_object *json)
{
	fputs(json_object_to_json_string_ext(json, JSON_C_TO_STRING_NOSLASHESCAPE),
	      stream);
	json_object_put(json);
}

/* "name":[ with an object a line ] */
static void print_sheet(FILE *stream, const struct sheet *sheet)
{
	fprintf(stream, ",\"%s\":[", sheet->record->name);
	LIST_FOR_EACH (sheet->objects, const void, object) {
		fputs(object_at == 0 ? "\n" : ",\n", stream);
		print_object(stream, record_object(sheet->record, object));
	}
	fputs(sheet->objects->count > 0 ? "\n]" : "]", stream);
}

int json_write(const struct output *output, const struct document *document)
{
	struct json_object *command = safe_string(output->command);

	fprintf(output->stream,
		"{\"schema\":%d,\"program\":\"dmascope\",\"version\":\"%s\",\"command\":%"
		"s",
		OUTPUT_SCHEMA, output->version, json_object_to_json_string(command));
	json_object_put(command);
	fprintf(output->stream, ",\n\"%s\":", document->head.record->name);
	print_object(output->stream, record_object(document->head.record,
						   document->head.objects->items[0]));
	if (document->about.record)
		print_sheet(output->stream, &document->about);
	print_sheet(output->stream, &document->body);
	print_sheet(output->stream, &document->unread);
	fputs("}\n", output->stream);
	return 0;
}

static void print_lines(FILE *stream, const struct sheet *sheet)
{
	LIST_FOR_EACH (sheet->objects, const void, object) {
		struct json_object *json = json_object_new_object();

		json_object_object_add_ex(json, "record",
					  json_object_new_string(sheet->record->singular),
					  JSON_C_OBJECT_ADD_CONSTANT_KEY);
		add_fields(json, sheet->record, object);
		print_object(stream, json);
		fputc('\n', stream);
	}
}

void jsonl_add(const struct output *output, const struct sheet *sheet)
{
	print_lines(output->stream, sheet);
}

int jsonl_write(const struct output *output, const struct document *document)
{
	print_lines(output->stream, &document->head);
	if (document->about.record)
		print_lines(output->stream, &document->about);
	print_lines(output->stream, &document->body);
	print_lines(output->stream, &document->unread);
	return 0;
}
