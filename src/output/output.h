/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws any record in any format; knows field tables and no model. */
#pragma once

#include "base/layout.h"
#include "base/record.h"

/* The number of the JSON documents' shape; keys may be added within one. */
enum { OUTPUT_SCHEMA = 1 };

enum output_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* One list of objects with the table that describes them. */
struct sheet {
	const struct record *record;
	const struct list *objects;
};

struct output_format;

struct output {
	FILE *stream;
	const struct output_format *format;
	const char *columns; /* of -o: "A,B", "+C", or NULL */
	bool noheadings;
	bool human;
	bool cards; /* each object as a card, with the fields that have no column */
	bool raw;   /* the bytes beside each field of a structure */
	enum output_color color;
	const char *version, *command; /* for the head of JSON */
};

/* An answer: what was asked for, about which machine, and what could not be seen. */
struct document {
	struct sheet head;  /* one object */
	struct sheet about; /* what is beside the answer, not in tables; may be empty */
	struct sheet body;
	struct sheet unread;
	const char *note; /* what a table says below, with its headings; or NULL */
};

/* -EINVAL when -o names no column (printed by the caller from output_check_columns). */
struct output_format {
	const char *name;
	const char *help;
	int (*write)(const struct output *output, const struct document *document);
};

/* Ends with a NULL name. */
extern const struct output_format output_formats[];

const struct output_format *output_find_format(const char *name);

/*
 * The fields that -o asks for, or the default ones (F_SHOW). On an unknown name returns
 * -EINVAL and points ret_bad at it within output->columns, ret_length long. The fields
 * are allocated in the arena.
 */
int output_choose_fields(const struct output *output, const struct record *record,
			 struct arena *arena, struct list *ret, const char **ret_bad,
			 size_t *ret_length);

/* How a field stands among the others of an item; adds nothing where it says nothing. */
void output_add_part(const struct output *output, const struct field *field,
		     const struct value *value, struct strbuf *text);

/* Whether a card says nothing of a field. */
bool output_is_left_out(const struct field *field, const struct value *value);

int text_write(const struct output *output, const struct document *document);
/* One object of a record that is dumped: a line, then all that it consists of. */
void dump_write(const struct output *output, const struct record *record,
		const void *object);
int json_write(const struct output *output, const struct document *document);
int jsonl_write(const struct output *output, const struct document *document);
/* The lines of one sheet alone, for what comes bit by bit. */
void jsonl_add(const struct output *output, const struct sheet *sheet);
int prometheus_write(const struct output *output, const struct document *document);
/* The metrics of several sheets of different records, one behind the other. */
void prometheus_write_sheets(FILE *stream, const struct sheet *sheets, size_t count);
/* Adds the name of a gauge, or of what tells the F_INFO of a record (field NULL). */
void prometheus_add_name(struct strbuf *buf, const struct record *record,
			 const struct field *field);

/*
 * Whether the colours of this output are on: asked for, or a terminal without NO_COLOR.
 */
bool output_has_colors(const struct output *output);

/* Columns of the terminal, of $COLUMNS where it is set, 0 where nothing limits them. */
unsigned int output_width(const struct output *output);

/* Whether it is for a terminal of fewer columns than that. */
bool output_is_narrow(const struct output *output, unsigned int columns);

#define ESCAPE_BOLD "\033[1m"
#define ESCAPE_DIM "\033[90m"
#define ESCAPE_END "\033[0m"

/*
 * In a locale without UTF-8 other characters than ASCII cannot be shown: each of their
 * bytes becomes a question mark.
 */
void output_fit_locale(struct strbuf *text);

/* The terminal's sequence for a mood. */
const char *mood_escape(enum mood mood);
