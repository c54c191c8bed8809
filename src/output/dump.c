// SPDX-License-Identifier: GPL-2.0-or-later
/* Dumps: an object with every field of the structures of bytes that it consists of. */

#include "output/output.h"

enum {
	RAW_SHOWN = 8, /* bytes of a field that stand on its line */
	NAME_MAX_WIDTH = 40,
	INDENT = 2,
	HANG = 8, /* what goes on in the next line stands below an offset's text */
};

struct dump {
	FILE *stream;
	const struct output *output;
	bool colors;
	size_t width; /* columns of the terminal, 0 for no limit */
};

/* A line that goes on in the next one, indented, where the terminal ends. */
struct line {
	const struct dump *dump;
	size_t at, indent;
};

/* Characters, of which each takes a column here: names and texts are ASCII. */
static void put_text(struct line *line, const char *text)
{
	fputs(text, line->dump->stream);
	line->at += strlen(text);
}

/* A text that is not divided, behind what stands between it and the one before. */
static void put_part(struct line *line, const char *between, const char *text)
{
	size_t end = line->at + strlen(between) + strlen(text);

	if (line->dump->width > 0 && end > line->dump->width && line->at > line->indent) {
		/* A comma stays, blanks do not. */
		fprintf(line->dump->stream, "%.*s\n%*s", (int)strcspn(between, " "),
			between, (int)line->indent, "");
		line->at = line->indent;
	} else {
		put_text(line, between);
	}
	put_text(line, text);
}

/* Words, one by one. */
static void put_words(struct line *line, const char *between, const char *text)
{
	const char *word;
	size_t length;

	while ((word = next_word(&text, " ", &length))) {
		_cleanup_strbuf_ struct strbuf one = { 0 };

		strbuf_add(&one, word, length);
		put_part(line, between, strbuf_text(&one));
		between = " ";
	}
}

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

/* What is reserved is worth a line where it is not zero. */
static bool is_worth_a_line(const struct dump *dump, const struct layout_node *node,
			    const struct layout_field *field)
{
	if (layout_field_size(node, field) == 0)
		return false;
	if (dump->output->raw)
		return true;
	return !layout_is_zero_reserve(node, field) &&
	       (node->offset == 0 || !is_in_heading(field));
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

/* The names of the bits that are set. */
static void add_features(const struct register_bit *features, uint64_t value,
			 struct strbuf *text)
{
	const char *between = " (";

	for (; features->name; features++)
		if (bit(value, features->number)) {
			strbuf_printf(text, "%s%s", between, features->name);
			between = ", ";
		}
	strbuf_puts(text, *between == ',' ? ")" : "");
}

/* A field's value, and what that means. */
static void add_value(const struct layout_node *node, const struct layout_field *field,
		      struct strbuf *text)
{
	const char *meaning = NULL;
	uint64_t number;

	layout_add_text(node, field, text);
	if (!layout_number(node, field, &number))
		number = 0;
	if (field->names)
		meaning = layout_name_of(field, number);
	if (meaning)
		strbuf_printf(text, " (%s)", meaning);
	if (field->features)
		add_features(field->features, number, text);
	output_fit_locale(text);
}

/* A line for a field: where it lies, its bytes, what it is called, what it says. */
static void put_field(const struct dump *dump, const struct layout_node *node,
		      const struct layout_field *field, int indent, int width)
{
	size_t size = layout_field_size(node, field);
	int inset = field->part ? INDENT : 0;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct line line = { dump, 0, 0 };

	line.at = (size_t)indent + HANG;
	line.at += MAX((size_t)width, (size_t)inset + strlen(field->name));
	line.at += dump->output->raw ? 3 * RAW_SHOWN + 1 : 0;
	line.indent = line.at + 2;

	fprintf(dump->stream, "%*s", indent, "");
	if (field->part)
		fputs("        ", dump->stream);
	else
		fprintf(dump->stream, "0x%04x  ", node->offset + field->offset);
	if (dump->output->raw)
		put_raw(dump, node, field, 0);
	fprintf(dump->stream, "%*s%-*s", inset, "", width - inset, field->name);
	/* Reserved bytes have stood there. */
	if (field->kind != L_RESERVED || !dump->output->raw)
		add_value(node, field, &text);
	put_words(&line, "  ", strbuf_text(&text));
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

	if (is_in_heading(field) || layout_field_size(node, field) == 0 ||
	    layout_is_zero_reserve(node, field))
		return true;
	return field->kind == L_BOOL &&
	       (!layout_number(node, field, &number) || number == 0);
}

/* "PCI Endpoint Device", the meaning of a scope's type, or "DRHD: …" of a structure. */
static void put_heading(struct line *line, const struct layout_node *node)
{
	const struct layout *layout = node->layout;
	const struct layout_field *type = layout_find_field(layout, "type");
	const char *meaning = type ? layout_name_of(type, node->type) : NULL;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_printf(&text, "0x%04x  ", node->offset);
	if (layout->untyped)
		strbuf_puts(&text, meaning ? meaning : layout->title);
	else
		strbuf_printf(&text, "%s: %s", layout->name, layout->title);
	/* Where no layout knows the type, it is what there is to say. */
	if (type && (layout->untyped ? !meaning : streq(layout->name, "unknown")))
		strbuf_printf(&text, ", %u (0x%02x)", node->type, node->type);
	put_text(line, strbuf_text(&text));
}

/* A structure on one line, or more where they are short. */
static void put_line(const struct dump *dump, const struct layout_node *node, int indent)
{
	struct line line = { dump, (size_t)indent, (size_t)indent + HANG + INDENT };
	const char *between = "  ";

	put_heading(&line, node);
	for (size_t i = 0; i < node->layout->count; i++) {
		const struct layout_field *field = &node->layout->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };

		if (is_brief(node, field))
			continue;
		strbuf_puts(&text, field->name);
		if (field->kind != L_BOOL) {
			strbuf_puts(&text, " ");
			add_value(node, field, &text);
		}
		put_part(&line, between, strbuf_text(&text));
		between = ", ";
	}
	fputc('\n', dump->stream);
}

static void put_node(const struct dump *dump, const struct layout_node *node, int indent)
{
	struct line line = { dump, (size_t)indent, (size_t)indent + HANG };
	bool bold = indent == 0 || node->children.count > 0;
	_cleanup_strbuf_ struct strbuf length = { 0 };

	fprintf(dump->stream, "%*s", indent, "");
	if (indent > 0 && node->children.count == 0 && !dump->output->raw) {
		put_line(dump, node, indent);
		return;
	}
	fputs(escape(dump, bold ? ESCAPE_BOLD : ""), dump->stream);
	put_heading(&line, node);
	if (node->layout->section[0])
		put_part(&line, ", ", node->layout->section);
	strbuf_printf(&length, "%u bytes", node->length);
	put_part(&line, ", ", strbuf_text(&length));
	fprintf(dump->stream, "%s\n", escape(dump, bold ? ESCAPE_END : ""));
	put_fields(dump, node, indent + INDENT);
	LIST_FOR_EACH (&node->children, const struct layout_node, part)
		put_node(dump, part, indent + INDENT);
}

/* A problem or the like: its columns one after the other. */
static void put_record(const struct dump *dump, const struct record *record,
		       const void *object)
{
	struct line line = { dump, INDENT, INDENT + HANG };

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
		fputs(mood_escape(dump->colors ? value.mood : MOOD_NONE), dump->stream);
		put_words(&line, i > 0 ? "  " : "", strbuf_text(&text));
		fputs(value.mood != MOOD_NONE ? escape(dump, ESCAPE_END) : "",
		      dump->stream);
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
	struct line line = { dump, 0, INDENT };
	const char *between = "";

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };
		bool named = !(field->flags & (F_LABEL | F_INFO));
		struct value value;

		if (!(field->flags & F_SHOW) || field->flags & F_DUMP)
			continue;
		record_get(field, object, &value);
		if (named)
			strbuf_printf(&text, "%s ", field->column);
		value_add_text(field, &value, dump->output->human, &text);
		fputs(escape(dump, named ? "" : ESCAPE_BOLD), dump->stream);
		put_part(&line, *between && named ? ", " : between, strbuf_text(&text));
		fputs(escape(dump, named ? "" : ESCAPE_END), dump->stream);
		between = " ";
	}
	fputc('\n', dump->stream);
}

void dump_write(const struct output *output, const struct record *record,
		const void *object)
{
	struct dump dump = { output->stream, output, output_has_colors(output),
			     output_width(output) };

	put_head(&dump, record, object);
	for (size_t i = 0; i < record->count; i++) {
		struct value value;

		if (!(record->fields[i].flags & F_DUMP))
			continue;
		record_get(&record->fields[i], object, &value);
		put_parts(&dump, &record->fields[i], &value);
	}
}
