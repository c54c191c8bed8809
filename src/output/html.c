// SPDX-License-Identifier: GPL-2.0-or-later
/* Records as tables and cards of HTML. */

#include "output/html.h"
#include "output/markup.h"

enum { ITEMS_SHOWN = 12 }; /* of a list; the rest is to be opened */

const char *html_mood(enum mood mood)
{
	static const char *const classes[] = {
		[MOOD_NONE] = "",   [MOOD_GOOD] = "good", [MOOD_WARN] = "warn",
		[MOOD_BAD] = "bad", [MOOD_DIM] = "dim",
	};

	return classes[mood];
}

static void put_text(FILE *stream, const char *text)
{
	markup_put_text(stream, text, MARKUP_WHOLE);
}

void html_begin_section(FILE *stream, const char *name, const char *heading)
{
	fputs("<section", stream);
	markup_put_attribute(stream, "id", name);
	fputs(">\n<h2>", stream);
	put_text(stream, heading);
	fputs("</h2>\n", stream);
}

void html_end_section(FILE *stream)
{
	fputs("</section>\n", stream);
}

void html_begin_details(FILE *stream, const char *summary)
{
	fputs("<details><summary>", stream);
	put_text(stream, summary);
	fputs("</summary>\n", stream);
}

void html_end_details(FILE *stream)
{
	fputs("</details>\n", stream);
}

void html_put_paragraph(FILE *stream, const char *class, const char *text)
{
	fputs("<p", stream);
	if (*class)
		markup_put_attribute(stream, "class", class);
	fputc('>', stream);
	put_text(stream, text);
	fputs("</p>\n", stream);
}

/* What is not known is told from what is not there by its class as well. */
static const char *class_of(const struct field *field, const struct value *value)
{
	if (value->state == FACT_ABSENT)
		return "dim";
	if (value->state != FACT_KNOWN)
		return "unknown";
	return field->flags & F_NOTE ? "" : html_mood(value->mood);
}

static void put_items(const struct output *output, const struct field *field,
		      const struct list *items);

static void put_value(const struct output *output, const struct field *field,
		      const struct value *value)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (field->type == F_RECORDS && value->state == FACT_KNOWN) {
		put_items(output, field, value->list);
		return;
	}
	if (field->type == F_STRV && value->state == FACT_KNOWN &&
	    value->list->count > 0) {
		/* With spaces, where a line may end. */
		LIST_FOR_EACH (value->list, const char, item) {
			fputs(item_at > 0 ? ", " : "", output->stream);
			put_text(output->stream, item);
		}
		return;
	}
	value_add_text(field, value, output->human, &text);
	put_text(output->stream, strbuf_text(&text));
}

/* An item of a list: its first field, what it shows as a branch, and its notes. */
static void put_item(const struct output *output, const struct record *record,
		     const void *item)
{
	FILE *stream = output->stream;
	bool begun = false;

	fputs("<li>", stream);
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };
		const char *class, *element = field->flags & F_CODE ? "code" : "span";
		struct value value;

		if (i > 0 && !(field->flags & (F_BRANCH | F_NOTE)))
			continue;
		record_get(field, item, &value);
		output_add_part(output, field, &value, &text);
		if (text.length == 0)
			continue;
		class = field->flags & F_NOTE ? "note" : class_of(field, &value);
		fputs(begun ? " " : "", stream);
		if (*class || field->flags & F_CODE)
			fprintf(stream, "<%s class=\"%s\">", element, class);
		put_text(stream, strbuf_text(&text));
		if (*class || field->flags & F_CODE)
			fprintf(stream, "</%s>", element);
		begun = true;
	}
	fputs("</li>\n", stream);
}

static void put_items(const struct output *output, const struct field *field,
		      const struct list *items)
{
	FILE *stream = output->stream;
	/* One more takes no more room than the line that would stand for it. */
	size_t shown = items->count > ITEMS_SHOWN + 1 ? ITEMS_SHOWN : items->count;

	if (items->count == 0) {
		fputs("none", stream);
		return;
	}
	for (size_t i = 0; i < items->count; i++) {
		if (i == shown)
			fprintf(stream,
				"</ul>\n<details><summary>and %zu more</summary>\n",
				items->count - shown);
		if (i == 0 || i == shown)
			fputs("<ul>\n", stream);
		put_item(output, field->record, items->items[i]);
	}
	fputs("</ul>\n", stream);
	if (shown < items->count)
		html_end_details(stream);
}

/* A cell; the first of a line is its heading. */
static void put_cell(const struct output *output, const struct field *field,
		     const void *object, bool first)
{
	FILE *stream = output->stream;
	const char *class;
	struct value value;

	record_get(field, object, &value);
	class = class_of(field, &value);
	fputs(first ? "<th scope=\"row\"" : "<td", stream);
	if (*class || field->flags & F_RIGHT)
		fprintf(stream, " class=\"%s%s%s\"", class,
			*class && field->flags & F_RIGHT ? " " : "",
			field->flags & F_RIGHT ? "right" : "");
	fputc('>', stream);
	put_value(output, field, &value);
	fputs(first ? "</th>" : "</td>", stream);
}

int html_write_table(const struct output *output, const struct sheet *sheet)
{
	FILE *stream = output->stream;
	struct arena arena = { 0 };
	struct list fields;
	const char *bad;
	size_t length;
	int r = output_choose_fields(output, sheet->record, &arena, &fields, &bad,
				     &length);

	if (r < 0) {
		arena_free(&arena);
		return r;
	}
	/* Somebody without a mouse can scroll what has the focus. */
	fputs("<div class=\"wide\" tabindex=\"0\" role=\"region\"", stream);
	markup_put_attribute(stream, "aria-label", sheet->record->help);
	fputs(">\n<table>\n<thead><tr>", stream);
	LIST_FOR_EACH (&fields, const struct field, field) {
		fputs("<th scope=\"col\"", stream);
		if (field->flags & F_RIGHT)
			fputs(" class=\"right\"", stream);
		else if (field->flags & F_WRAP || field->type == F_RECORDS)
			fputs(" class=\"long\"", stream);
		markup_put_attribute(stream, "title", field->help);
		fputc('>', stream);
		put_text(stream, field->column);
		fputs("</th>", stream);
	}
	fputs("</tr></thead>\n<tbody>\n", stream);
	LIST_FOR_EACH (sheet->objects, const void, object) {
		fputs("<tr>", stream);
		LIST_FOR_EACH (&fields, const struct field, field)
			put_cell(output, field, object, field_at == 0);
		fputs("</tr>\n", stream);
	}
	fputs("</tbody>\n</table>\n</div>\n", stream);
	arena_free(&arena);
	return 0;
}

static void put_banner(FILE *stream, const struct value *value)
{
	if (value->state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (value->list, const char, sentence)
		html_put_paragraph(stream, sentence_at == 0 ? "lead" : "follows",
				   sentence);
}

/* A heading that begins with spaces belongs to the one above. */
static void put_term(FILE *stream, const struct field *field)
{
	size_t indent = strspn(field->column, " ");

	fputs(indent > 0 ? "<dt class=\"sub\"" : "<dt", stream);
	markup_put_attribute(stream, "title", field->help);
	fputc('>', stream);
	put_text(stream, field->column + indent);
	fputs("</dt>\n", stream);
}

/* A field of a card, and whether the one before is to be ended. */
static void put_line(const struct output *output, const struct field *field,
		     const struct value *value, bool *open)
{
	FILE *stream = output->stream;
	const char *class = class_of(field, value);

	if (field->flags & F_NOTE && *open) {
		if (value->state != FACT_KNOWN)
			return;
		fputs("<span class=\"note\">", stream);
		put_value(output, field, value);
		fputs("</span>", stream);
		return;
	}
	fputs(*open ? "</dd>\n" : "", stream);
	put_term(stream, field);
	fputs("<dd>", stream);
	if (*class)
		fprintf(stream, "<span class=\"%s\">", class);
	put_value(output, field, value);
	if (*class)
		fputs("</span>", stream);
	*open = true;
}

static void put_heading(FILE *stream, const struct field *field,
			const struct value *value)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	value_add_text(field, value, false, &text);
	fputs("<h3>", stream);
	put_text(stream, strbuf_text(&text));
	fputs("</h3>\n", stream);
}

/* The fields from one on that the object has something to say of. */
static void put_list(const struct output *output, const struct list *fields, size_t from,
		     const void *object)
{
	FILE *stream = output->stream;
	bool open = false;

	fputs("<dl>\n", stream);
	for (size_t i = from; i < fields->count; i++) {
		const struct field *field = fields->items[i];
		struct value value;

		record_get(field, object, &value);
		if (!(field->flags & F_BANNER) && !output_is_left_out(field, &value))
			put_line(output, field, &value, &open);
	}
	fputs(open ? "</dd>\n" : "", stream);
	fputs("</dl>\n", stream);
}

/* That of the first field that has one. */
static enum mood mood_of(const struct list *fields, const void *object)
{
	LIST_FOR_EACH (fields, const struct field, field) {
		struct value value;

		record_get(field, object, &value);
		if (value.state == FACT_KNOWN && value.mood != MOOD_NONE)
			return value.mood;
	}
	return MOOD_NONE;
}

static void put_card(const struct output *output, const struct record *record,
		     const struct list *fields, const void *object)
{
	const char *element = record->card ? "div" : "article";
	FILE *stream = output->stream;
	struct value value;

	fprintf(stream, "<%s class=\"card %s\">\n", element,
		html_mood(mood_of(fields, object)));
	LIST_FOR_EACH (fields, const struct field, field) {
		record_get(field, object, &value);
		if (field->flags & F_BANNER)
			put_banner(stream, &value);
		else if (field_at == 0 && !record->card)
			put_heading(stream, field, &value);
	}
	put_list(output, fields, record->card ? 0 : 1, object);
	fprintf(stream, "</%s>\n", element);
}

static void put_facts(const struct output *output, const struct record *record,
		      const struct list *fields, const void *object)
{
	(void)record;
	put_list(output, fields, 0, object);
}

static int put_each(const struct output *output, const struct sheet *sheet,
		    void (*put)(const struct output *output, const struct record *record,
				const struct list *fields, const void *object))
{
	struct output cards = *output;
	struct arena arena = { 0 };
	struct list fields;
	const char *bad;
	size_t length;
	int r;

	cards.cards = !sheet->record->card; /* which is one by itself */
	r = output_choose_fields(&cards, sheet->record, &arena, &fields, &bad, &length);
	if (r == 0)
		LIST_FOR_EACH (sheet->objects, const void, object)
			put(&cards, sheet->record, &fields, object);
	arena_free(&arena);
	return r;
}

int html_write_cards(const struct output *output, const struct sheet *sheet)
{
	return put_each(output, sheet, put_card);
}

int html_write_facts(const struct output *output, const struct sheet *sheet)
{
	return put_each(output, sheet, put_facts);
}
