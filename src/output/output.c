// SPDX-License-Identifier: GPL-2.0-or-later
/* The registry of output formats, and the choice of columns that they share. */

#include "output/output.h"

#include <langinfo.h>
#include <sys/ioctl.h>

const struct output_format output_formats[] = {
	{ "table", "columns for people (default)", text_write },
	{ "json", "one document", json_write },
	{ "jsonl", "one object a line", jsonl_write },
	{ "prometheus", "gauges in the text exposition format", prometheus_write },
	{ 0 },
};

const struct output_format *output_find_format(const char *name)
{
	for (const struct output_format *format = output_formats; format->name; format++)
		if (streq(format->name, name))
			return format;
	return NULL;
}

int output_choose_fields(const struct output *output, const struct record *record,
			 struct arena *arena, struct list *ret, const char **ret_bad,
			 size_t *ret_length)
{
	const char *cursor = output->columns, *word;
	struct list fields = { 0 };
	unsigned int wanted = output->cards ? F_SHOW | F_DETAIL : F_SHOW;
	size_t length;

	if (!cursor || *cursor == '+')
		for (size_t i = 0; i < record->count; i++)
			if (record->fields[i].flags & wanted &&
			    !(output->cards && record->fields[i].flags & F_TABLE))
				list_add(arena, &fields, &record->fields[i]);
	while (cursor && (word = next_word(&cursor, ",", &length))) {
		const struct field *field;

		/* "+NAME" adds; the sign stands in front of the list or of each name. */
		if (*word == '+') {
			word++;
			length--;
		}
		field = record_find(record, word, length);
		if (!field) {
			*ret_bad = word;
			*ret_length = length;
			return -EINVAL;
		}
		list_add(arena, &fields, field);
	}
	*ret = fields;
	return 0;
}

void output_add_part(const struct output *output, const struct field *field,
		     const struct value *value, struct strbuf *text)
{
	if (value->state == FACT_ABSENT)
		return;
	if (field->type == F_BOOL && value->state == FACT_KNOWN) {
		/* Without a heading above it a bare "yes" says nothing. */
		strbuf_puts(text, value->truth ? field->column : "");
		return;
	}
	if (field->type == F_BOOL || field->flags & F_NOTE)
		strbuf_puts(text, field->type == F_BOOL ? field->column : field->key);
	if (field->flags & F_NOTE)
		strbuf_puts(text, ": ");
	value_add_text(field, value, output->human, text);
	if (field->type == F_ENUM)
		strbuf_puts(text, ":");
}

bool output_is_left_out(const struct field *field, const struct value *value)
{
	if (field->flags & F_OPTIONAL && value->state == FACT_ABSENT)
		return true;
	return field->type == F_RECORDS && value->state == FACT_KNOWN &&
	       value->list->count == 0;
}

bool output_has_colors(const struct output *output)
{
	const char *no_color = getenv("NO_COLOR");

	if (output->color != COLOR_AUTO)
		return output->color == COLOR_ALWAYS;
	return isatty(fileno(output->stream)) && !(no_color && *no_color);
}

unsigned int output_width(const struct output *output)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (!isatty(fileno(output->stream)))
		return 0;
	if (columns && parse_u64(columns, 10, &width) == 0 && width > 0 && width < 10000)
		return (unsigned int)width;
	if (ioctl(fileno(output->stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

bool output_is_narrow(const struct output *output, unsigned int columns)
{
	unsigned int width = output_width(output);

	return width > 0 && width < columns;
}

const char *mood_escape(enum mood mood)
{
	static const char *const escapes[] = {
		[MOOD_NONE] = "",	  [MOOD_GOOD] = "\033[32m",
		[MOOD_WARN] = "\033[33m", [MOOD_BAD] = "\033[31m",
		[MOOD_DIM] = ESCAPE_DIM,
	};

	return escapes[mood];
}

void output_fit_locale(struct strbuf *text)
{
	if (streq(nl_langinfo(CODESET), "UTF-8"))
		return;
	for (size_t i = 0; i < text->length; i++)
		if ((unsigned char)text->text[i] >= 0x80)
			text->text[i] = '?';
}
