// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables, trees and cards for people, drawn with libsmartcols. */

#include <libsmartcols.h>

#include "output/output.h"
#include "output/wrap.h"

/* The colours of moods, as libsmartcols names them; cards use the escape itself. */
static const char *const mood_colors[] = {
	[MOOD_GOOD] = "green",
	[MOOD_WARN] = "yellow",
	[MOOD_BAD] = "red",
	[MOOD_DIM] = "darkgray",
};

struct drawing {
	const struct output *output;
	struct libscols_table *table;
	struct list columns; /* the heading of each, const char */
	struct arena arena;
	bool colors;
};

/* The column of a heading; -1 where the table has none. */
static int find_column(const struct drawing *drawing, const char *heading)
{
	for (size_t i = 0; i < drawing->columns.count; i++)
		if (streq(drawing->columns.items[i], heading))
			return (int)i;
	return -1;
}

static void add_column(struct drawing *drawing, const struct field *field, bool tree)
{
	/* How much of the width a long text may take before it is cut. */
	double hint = field->flags & (F_TRUNC | F_WRAP) ? 0.1 : 0;
	int flags = tree ? SCOLS_FL_TREE : 0;

	if (find_column(drawing, field->column) >= 0)
		return;
	if (field->flags & F_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if (field->flags & F_TRUNC)
		flags |= SCOLS_FL_TRUNC;
	if (field->flags & F_WRAP)
		flags |= SCOLS_FL_WRAP;
	if (scols_table_new_column(drawing->table, field->column, hint, flags))
		list_add(&drawing->arena, &drawing->columns, field->column);
}

/* libsmartcols 2.38 would measure bytes that the locale does not know for ever. */
static void add_shown(const struct field *field, const struct value *value, bool human,
		      struct strbuf *text)
{
	value_add_text(field, value, human, text);
	output_fit_locale(text);
}

static int set_cell(struct drawing *drawing, struct libscols_line *line, int column,
		    const struct field *field, const void *object)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct value value;
	int r;

	record_get(field, object, &value);
	add_shown(field, &value, drawing->output->human, &text);
	r = scols_line_set_data(line, (size_t)column, strbuf_text(&text));
	if (r == 0 && drawing->colors && value.state == FACT_KNOWN &&
	    mood_colors[value.mood])
		r = scols_cell_set_color(scols_line_get_cell(line, (size_t)column),
					 mood_colors[value.mood]);
	return r;
}

/* The last line at each depth of a list that is a tree; deeper ones stand at the last. */
struct branches {
	struct libscols_line *line[32];
	size_t count;
};

/* A line below `parent`, which may be NULL, or below one of the lines before it. */
static struct libscols_line *new_line(struct drawing *drawing,
				      struct libscols_line *parent,
				      const struct record *record, const void *object,
				      struct branches *branches)
{
	size_t depth = record->depth ? record->depth(object) : 0;
	struct libscols_line *line;

	depth = MIN(MIN(depth, branches->count), ARRAY_SIZE(branches->line) - 1);
	line = scols_table_new_line(drawing->table,
				    depth > 0 ? branches->line[depth - 1] : parent);
	branches->line[depth] = line;
	branches->count = depth + 1;
	return line;
}

/*
 * A branch is named in the column of the tree by its first field; the others go under the
 * headings that the table has.
 */
static int draw_branches(struct drawing *drawing, struct libscols_line *parent,
			 const struct record *record, const void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *branch = &record->fields[i];
		struct branches branches = { 0 };
		struct value value;

		if (!(branch->flags & F_TREE))
			continue;
		record_get(branch, object, &value);
		if (value.state != FACT_KNOWN)
			continue;
		LIST_FOR_EACH (value.list, const void, item) {
			struct libscols_line *line = new_line(
				drawing, parent, branch->record, item, &branches);

			if (!line)
				return -ENOMEM;
			for (size_t j = 0; j < branch->record->count; j++) {
				const struct field *field = &branch->record->fields[j];
				int column =
					j == 0 ? 0 : find_column(drawing, field->column);
				int r = 0;

				if (j == 0 || column > 0)
					r = set_cell(drawing, line, column, field, item);

				if (r < 0)
					return r;
			}
			if (draw_branches(drawing, line, branch->record, item) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

/* Branches that are drawn only where they were asked for: filled in everywhere then. */
static bool is_drawn(const struct sheet *sheet, const struct field *field)
{
	struct value value;

	if (!(field->flags & F_ASKED) || sheet->objects->count == 0)
		return !(field->flags & F_ASKED);
	record_get(field, sheet->objects->items[0], &value);
	return value.state != FACT_UNREAD;
}

static bool has_branches(const struct sheet *sheet)
{
	const struct record *record = sheet->record;

	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].flags & F_TREE &&
		    is_drawn(sheet, &record->fields[i]))
			return true;
	return false;
}

/* A tree has the columns of its branches too, unless the user chose. */
static void add_columns(struct drawing *drawing, const struct record *record,
			const struct list *fields, bool tree)
{
	LIST_FOR_EACH (fields, const struct field, field)
		add_column(drawing, field, tree && field_at == 0);
	if (!tree || (drawing->output->columns && drawing->output->columns[0] != '+'))
		return;
	for (size_t i = 0; i < record->count; i++) {
		const struct field *branch = &record->fields[i];

		if (!(branch->flags & F_TREE))
			continue;
		for (size_t j = 1; j < branch->record->count; j++)
			if (branch->record->fields[j].flags & F_BRANCH)
				add_column(drawing, &branch->record->fields[j], false);
	}
}

static int draw_lines(struct drawing *drawing, const struct sheet *sheet,
		      const struct list *fields, bool tree)
{
	struct branches branches = { 0 };

	LIST_FOR_EACH (sheet->objects, const void, object) {
		struct libscols_line *line =
			new_line(drawing, NULL, sheet->record, object, &branches);
		int r = 0;

		if (!line)
			return -ENOMEM;
		LIST_FOR_EACH (fields, const struct field, field)
			if (r == 0)
				r = set_cell(drawing, line,
					     find_column(drawing, field->column), field,
					     object);
		if (r == 0 && tree)
			r = draw_branches(drawing, line, sheet->record, object);
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_table(const struct output *output, const struct sheet *sheet,
		       const struct list *fields)
{
	struct drawing drawing = { .output = output, .table = scols_new_table() };
	bool tree = sheet->record->depth || has_branches(sheet);
	int r;

	if (!drawing.table)
		return -ENOMEM;
	drawing.colors = output_has_colors(output);
	scols_table_set_stream(drawing.table, output->stream);
	scols_table_enable_colors(drawing.table, drawing.colors);
	scols_table_enable_noheadings(drawing.table, output->noheadings);
	scols_table_enable_noencoding(drawing.table,
				      1); /* value_add_text() made it safe */
	add_columns(&drawing, sheet->record, fields, tree);
	r = draw_lines(&drawing, sheet, fields, tree);
	if (r == 0 && output_width(output) > 0)
		wrap_table(drawing.table, output_width(output));
	if (r == 0 && sheet->objects->count > 0)
		r = scols_print_table(drawing.table);
	scols_unref_table(drawing.table);
	arena_free(&drawing.arena);
	return r;
}

/* Words on their way into lines of at most `width` columns, 0 for no limit. */
struct paragraph {
	FILE *stream;
	unsigned int indent; /* of every line but the first */
	unsigned int width;
	unsigned int at;
	bool joins; /* the next word follows without a space */
};

static void put_words(struct paragraph *paragraph, const char *text)
{
	const char *word;
	size_t length;

	while ((word = next_word(&text, " ", &length))) {
		bool fits = paragraph->width == 0 ||
			    paragraph->at + 1 + length <= paragraph->width;

		if (!paragraph->joins && !fits) {
			fprintf(paragraph->stream, "\n%*s", (int)paragraph->indent, "");
			paragraph->at = paragraph->indent;
			paragraph->joins = true;
		}
		fprintf(paragraph->stream, "%s%.*s", paragraph->joins ? "" : " ",
			(int)length, word);
		paragraph->at += (unsigned int)length + !paragraph->joins;
		paragraph->joins = false;
	}
}

static unsigned int card_indent(const struct list *fields)
{
	size_t widest = 0;

	LIST_FOR_EACH (fields, const struct field, field)
		if (!(field->flags & (F_NOTE | F_BANNER)))
			widest = MAX(widest, strlen(field->column));
	return (unsigned int)widest + 2;
}

static void write_banner(const struct output *output, const struct value *value,
			 unsigned int width, bool colors)
{
	if (value->state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (value->list, const char, sentence) {
		struct paragraph paragraph = { output->stream, 0, width, 0, true };
		_cleanup_strbuf_ struct strbuf text = { 0 };

		strbuf_add_safe(&text, sentence);
		fputs(colors && sentence_at == 0 ? ESCAPE_BOLD : "", output->stream);
		put_words(&paragraph, strbuf_text(&text));
		fputs(colors && sentence_at == 0 ? ESCAPE_END : "", output->stream);
		fputc('\n', output->stream);
	}
	fputc('\n', output->stream);
}

/* Puts one field's text, coloured by its mood. */
static void put_field(struct paragraph *paragraph, const struct field *field,
		      const struct value *value, const struct output *output, bool colors)
{
	enum mood mood = field->flags & F_NOTE ? MOOD_DIM : value->mood;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	add_shown(field, value, output->human, &text);
	fputs(colors ? mood_escape(mood) : "", paragraph->stream);
	put_words(paragraph, strbuf_text(&text));
	fputs(colors && mood != MOOD_NONE ? ESCAPE_END : "", paragraph->stream);
}

/*
 * An item of a list on a card: what it would show as a branch of a tree, one after the
 * other, and notes on lines of their own.
 */
static void put_item(const struct paragraph *card, const struct record *record,
		     const void *item, const struct output *output, bool colors)
{
	struct paragraph paragraph = *card;

	paragraph.indent += 2;
	paragraph.at = card->indent;
	paragraph.joins = true;
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct value value;
		enum mood mood;

		if (i > 0 && !(field->flags & (F_BRANCH | F_NOTE)))
			continue;
		record_get(field, item, &value);
		output_add_part(output, field, &value, &text);
		output_fit_locale(&text);
		if (text.length == 0)
			continue;
		if (field->flags & F_CODE) {
			/* To be pasted: with what a terminal breaks it is no command. */
			fprintf(paragraph.stream, "\n%*s%s", (int)paragraph.indent, "",
				strbuf_text(&text));
			continue;
		}
		if (field->flags & F_NOTE) {
			fprintf(paragraph.stream, "\n%*s", (int)paragraph.indent, "");
			paragraph.at = paragraph.indent;
			paragraph.joins = true;
		}
		mood = field->flags & F_NOTE ? MOOD_DIM : value.mood;
		fputs(colors ? mood_escape(mood) : "", paragraph.stream);
		put_words(&paragraph, strbuf_text(&text));
		fputs(colors && mood != MOOD_NONE ? ESCAPE_END : "", paragraph.stream);
	}
}

static void put_items(const struct paragraph *card, const struct field *field,
		      const struct list *items, const struct output *output, bool colors)
{
	LIST_FOR_EACH (items, const void, item) {
		if (item_at > 0)
			fprintf(card->stream, "\n%*s", (int)card->indent, "");
		put_item(card, field->record, item, output, colors);
	}
}

/* An object: sentences on top, then a line for each field, with its reason behind it. */
static void write_card(const struct output *output, const struct list *fields,
		       const void *object)
{
	bool colors = output_has_colors(output), open = false;
	struct paragraph paragraph = {
		.stream = output->stream,
		.indent = output->noheadings ? 0 : card_indent(fields),
		.width = output_width(output),
	};

	/* Sentences in lists are for reading, wherever they go. */
	if (paragraph.width == 0 && output->cards)
		paragraph.width = 80;
	LIST_FOR_EACH (fields, const struct field, field) {
		struct value value;

		record_get(field, object, &value);
		if (output_is_left_out(field, &value))
			continue;
		if (field->flags & F_BANNER) {
			write_banner(output, &value, paragraph.width, colors);
			continue;
		}
		if (field->flags & F_NOTE && open) {
			if (value.state != FACT_KNOWN)
				continue;
			fputc(':', output->stream);
			paragraph.at++;
		} else {
			fputs(open ? "\n" : "", output->stream);
			fprintf(output->stream, "%-*s", (int)paragraph.indent,
				output->noheadings ? "" : field->column);
			paragraph.at = paragraph.indent;
			paragraph.joins = true;
			open = true;
		}
		if (field->type == F_RECORDS && value.state == FACT_KNOWN)
			put_items(&paragraph, field, value.list, output, colors);
		else
			put_field(&paragraph, field, &value, output, colors);
	}
	fputs(open ? "\n" : "", output->stream);
}

static void write_note(const struct output *output, const struct document *document)
{
	struct paragraph paragraph = {
		.stream = output->stream,
		.width = output_width(output),
		.joins = true,
	};

	if (!document->note || output->noheadings)
		return;
	fputs(document->body.objects->count > 0 ? "\n" : "", output->stream);
	put_words(&paragraph, document->note);
	fputc('\n', output->stream);
}

static void write_cards(const struct output *output, const struct list *fields,
			const struct list *objects)
{
	LIST_FOR_EACH (objects, const void, object) {
		fputs(object_at > 0 ? "\n" : "", output->stream);
		write_card(output, fields, object);
	}
}

int text_write(const struct output *output, const struct document *document)
{
	const struct sheet *sheet = &document->body;
	struct arena arena = { 0 };
	struct list fields;
	const char *bad;
	size_t length;
	int r = output_choose_fields(output, sheet->record, &arena, &fields, &bad,
				     &length);

	if (r == 0 && (sheet->record->card || output->cards))
		write_cards(output, &fields, sheet->objects);
	else if (r == 0 && sheet->record->dump && !output->columns)
		LIST_FOR_EACH (sheet->objects, const void, object)
			dump_write(output, sheet->record, object);
	else if (r == 0)
		r = write_table(output, sheet, &fields);
	if (r == 0)
		write_note(output, document);
	arena_free(&arena);
	return r;
}
