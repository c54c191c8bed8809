// SPDX-License-Identifier: GPL-2.0-or-later
/* Dumps: an object with every field of the structures of bytes that it consists of. */

#include "output/output.h"

enum {
	RAW_SHOWN = 8, /* bytes of a field that stand on its line */
	NAME_MAX_WIDTH = 40,
	INDENT = 2,
};

struct dump {
	FILE *stream;
	const struct output *output;
	bool colors;
};

static const char *escape(const struct dump *dump, const char *sequence)
{
	return dump->colors ? sequence : "";
}

/* What stands in the heading of a structure. */
static bool is_in_heading(const struct layout_field *field)
{
	return field->offset < 4 &&
	       (streq(field->key, "type") || streq(field->key, "length") ||
		streq(field->key, "structure_length"));
}

/* Reserved bytes are worth a line where they are not zero. */
static bool is_worth_a_line(const struct dump *dump, const struct layout_node *node,
			    const struct layout_field *field)
{
	size_t size = layout_field_size(node, field);

	if (size == 0)
		return false;
	if (dump->output->raw)
		return true;
	if (field->kind != L_RESERVED)
		return node->offset == 0 || !is_in_heading(field);
	for (size_t i = 0; i < size; i++)
		if (node->bytes[field->offset + i])
			return true;
	return false;
}

/* The bytes as they lie in memory, in a column of their own. */
static void put_raw(const struct dump *dump, const struct layout_node *node,
		    const struct layout_field *field, size_t from)
{
	size_t size = layout_field_size(node, field);
	size_t end = MIN(size, from + RAW_SHOWN);

	for (size_t i = from; i < from + RAW_SHOWN; i++) {
		if (i < end && !field->part)
			fprintf(dump->stream, "%02x ", node->bytes[field->offset + i]);
		else
			fputs("   ", dump->stream);
	}
	fputc(' ', dump->stream);
}

static void put_value(const struct dump *dump, const struct layout_node *node,
		      const struct layout_field *field)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	const char *meaning = NULL;
	uint64_t number;

	layout_add_text(node, field, &text);
	if (field->kind == L_RESERVED)
		strbuf_puts(&text, dump->output->raw ? "" : "not zero");
	if (field->names && layout_number(node, field, &number))
		meaning = layout_name_of(field, number);
	output_fit_locale(&text);
	fputs(strbuf_text(&text), dump->stream);
	if (meaning)
		fprintf(dump->stream, " %s%s%s", escape(dump, ESCAPE_DIM), meaning,
			escape(dump, ESCAPE_END));
}

/* A line for a field: where it lies, its bytes, what it is called, what it says. */
static void put_field(const struct dump *dump, const struct layout_node *node,
		      const struct layout_field *field, int indent, int width)
{
	size_t size = layout_field_size(node, field);
	int inset = field->part ? INDENT : 0;

	fprintf(dump->stream, "%*s", indent, "");
	if (field->part)
		fputs("        ", dump->stream);
	else
		fprintf(dump->stream, "0x%04x  ", node->offset + field->offset);
	if (dump->output->raw)
		put_raw(dump, node, field, 0);
	fprintf(dump->stream, "%*s%-*s  ", inset, "", width - inset, field->name);
	put_value(dump, node, field);
	fputc('\n', dump->stream);
	for (size_t at = RAW_SHOWN; dump->output->raw && at < size; at += RAW_SHOWN) {
		fprintf(dump->stream, "%*s        ", indent, "");
		put_raw(dump, node, field, at);
		fputc('\n', dump->stream);
	}
}

static void put_fields(const struct dump *dump, const struct layout_node *node,
		       int indent)
{
	const struct layout *layout = node->layout;
	size_t width = 0;

	for (size_t i = 0; i < layout->count; i++)
		width = MAX(width, strlen(layout->fields[i].name) +
					   (layout->fields[i].part ? INDENT : 0));
	width = MIN(width, (size_t)NAME_MAX_WIDTH);
	for (size_t i = 0; i < layout->count; i++)
		if (is_worth_a_line(dump, node, &layout->fields[i]))
			put_field(dump, node, &layout->fields[i], indent, (int)width);
}

/* What the line of a small structure leaves out. */
static bool is_brief(const struct layout_node *node, const struct layout_field *field)
{
	uint64_t number;

	if (is_in_heading(field) || field->kind == L_RESERVED ||
	    layout_field_size(node, field) == 0)
		return true;
	return field->kind == L_BOOL &&
	       (!layout_number(node, field, &number) || number == 0);
}

/* "Device Scope: PCI Endpoint Device", with the meaning of its type where it has one. */
static void put_heading(const struct dump *dump, const struct layout_node *node)
{
	const struct layout *layout = node->layout;
	const struct layout_field *type = layout_find_field(layout, "type");
	const char *meaning = type ? layout_name_of(type, node->type) : NULL;

	fprintf(dump->stream, "0x%04x  %s", node->offset,
		escape(dump, node->children.count > 0 ? ESCAPE_BOLD : ""));
	if (layout->untyped)
		fputs(meaning ? meaning : layout->title, dump->stream);
	else
		fprintf(dump->stream, "%s: %s", layout->name, layout->title);
	fputs(escape(dump, node->children.count > 0 ? ESCAPE_END : ""), dump->stream);
}

/* A structure on one line. */
static void put_line(const struct dump *dump, const struct layout_node *node)
{
	bool first = true;

	put_heading(dump, node);
	for (size_t i = 0; i < node->layout->count; i++) {
		const struct layout_field *field = &node->layout->fields[i];

		if (is_brief(node, field))
			continue;
		fprintf(dump->stream, "%s%s", first ? "  " : ", ", field->name);
		first = false;
		if (field->kind == L_BOOL)
			continue;
		fputc(' ', dump->stream);
		put_value(dump, node, field);
	}
	fputc('\n', dump->stream);
}

static void put_node(const struct dump *dump, const struct layout_node *node, int indent)
{
	bool child = indent > 0;

	fprintf(dump->stream, "%*s", indent, "");
	if (child && node->children.count == 0 && !dump->output->raw) {
		put_line(dump, node);
		return;
	}
	if (!child)
		fputs(escape(dump, ESCAPE_BOLD), dump->stream);
	put_heading(dump, node);
	fprintf(dump->stream, "%s%s, %u bytes", node->layout->section[0] ? ", " : "",
		node->layout->section, node->length);
	fprintf(dump->stream, "%s\n", escape(dump, ESCAPE_END));
	put_fields(dump, node, indent + INDENT);
	LIST_FOR_EACH (&node->children, const struct layout_node, part)
		put_node(dump, part, indent + INDENT);
}

/* A problem or the like: its columns one after the other. */
static void put_record(const struct dump *dump, const struct record *record,
		       const void *object)
{
	fputs("  ", dump->stream);
	for (size_t i = 0; i < record->count; i++) {
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct value value;

		record_get(&record->fields[i], object, &value);
		/* An offset looks like those of the structures above. */
		if (streq(record->fields[i].key, "offset"))
			strbuf_printf(&text, "0x%04llx", (unsigned long long)value.count);
		else
			value_add_text(&record->fields[i], &value, dump->output->human,
				       &text);
		output_fit_locale(&text);
		fprintf(dump->stream, "%s%s%s%s", i > 0 ? "  " : "",
			mood_escape(dump->colors ? value.mood : MOOD_NONE),
			strbuf_text(&text),
			value.mood != MOOD_NONE ? escape(dump, ESCAPE_END) : "");
	}
	fputc('\n', dump->stream);
}

static void put_parts(const struct dump *dump, const struct field *field,
		      const struct value *value)
{
	/* What stands in the first line anyway is worth no more than its bytes. */
	if (value->state != FACT_KNOWN ||
	    (field->flags & F_TEXT_ONLY && !dump->output->raw))
		return;
	LIST_FOR_EACH (value->list, const void, item) {
		if (field->type != F_RECORDS || item_at == 0)
			fputc('\n', dump->stream);
		if (field->type == F_RECORDS && item_at == 0)
			fprintf(dump->stream, "%s:\n", field->key);
		if (field->type == F_RECORDS)
			put_record(dump, field->record, item);
		else if (field->type == F_NODE)
			put_fields(dump, item, 0);
		else
			put_node(dump, item, 0);
	}
}

/* The columns that are no structures: the first ones alone, others with their names. */
static void put_head(const struct dump *dump, const struct record *record,
		     const void *object)
{
	bool first = true;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };
		bool named = !(field->flags & (F_LABEL | F_INFO));
		struct value value;

		if (!(field->flags & F_SHOW) || field->flags & F_DUMP)
			continue;
		record_get(field, object, &value);
		value_add_text(field, &value, dump->output->human, &text);
		fprintf(dump->stream, "%s%s%s%s%s%s",
			first	? ""
			: named ? ", "
				: " ",
			escape(dump, named ? "" : ESCAPE_BOLD),
			named ? field->column : "", named ? " " : "", strbuf_text(&text),
			escape(dump, named ? "" : ESCAPE_END));
		first = false;
	}
	fputc('\n', dump->stream);
}

void dump_write(const struct output *output, const struct record *record,
		const void *object)
{
	struct dump dump = { output->stream, output, output_has_colors(output) };

	put_head(&dump, record, object);
	for (size_t i = 0; i < record->count; i++) {
		struct value value;

		if (!(record->fields[i].flags & F_DUMP))
			continue;
		record_get(&record->fields[i], object, &value);
		put_parts(&dump, &record->fields[i], &value);
	}
}
