// SPDX-License-Identifier: GPL-2.0-or-later
/* Breaks long cells of a table between words, where libsmartcols breaks in the middle. */

#include "output/wrap.h"

#include <wchar.h>

#include "base/text.h"

enum {
	ROOM_MIN = 24,	/* less is no room for sentences */
	TREE_WIDTH = 2, /* of the lines that lead to a branch, at each level */
};

/* Columns of the terminal that a text takes. */
static size_t text_width(const char *text, size_t length)
{
	mbstate_t state = { 0 };
	size_t width = 0;

	while (length > 0) {
		wchar_t wide;
		size_t used = mbrtowc(&wide, text, length, &state);
		int columns;

		if (used == 0 || used > length)
			return width + length;
		columns = wcwidth(wide);
		width += columns > 0 ? (size_t)columns : 0;
		text += used;
		length -= used;
	}
	return width;
}

static size_t cell_width(struct libscols_line *line, struct libscols_column *column)
{
	const char *text = scols_cell_get_data(scols_line_get_column_cell(line, column));
	size_t width = text ? text_width(text, strlen(text)) : 0;

	if (scols_column_is_tree(column))
		while ((line = scols_line_get_parent(line)))
			width += TREE_WIDTH;
	return width;
}

static size_t column_width(struct libscols_table *table, struct libscols_column *column)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	const char *heading = scols_cell_get_data(scols_column_get_header(column));
	struct libscols_line *line;
	size_t width = 0;

	if (heading && !scols_table_is_noheadings(table))
		width = strlen(heading);
	while (iter && scols_table_next_line(table, iter, &line) == 0)
		width = MAX(width, cell_width(line, column));
	scols_free_iter(iter);
	return width;
}

/* The last column that may be wrapped, and what the others leave of the width. */
static struct libscols_column *find_column(struct libscols_table *table,
					   unsigned int width, size_t *ret_room)
{
	struct libscols_column *found = NULL, *column;
	size_t taken = 0;

	for (size_t i = 0; (column = scols_table_get_column(table, i)); i++)
		if (scols_column_is_wrap(column))
			found = column;
	for (size_t i = 0; found && (column = scols_table_get_column(table, i)); i++) {
		size_t needed = column == found ? 0 : column_width(table, column);

		/* What may be cut will be. */
		if (scols_column_is_trunc(column))
			needed = MIN(needed, width / 5);
		taken += needed + (i > 0);
	}
	*ret_room = MAX(width > taken ? width - taken : 0, (size_t)ROOM_MIN);
	return found;
}

static void break_lines(const char *text, size_t room, struct strbuf *ret)
{
	size_t at = 0, length;
	const char *word;

	while ((word = next_word(&text, " ", &length))) {
		size_t width = text_width(word, length);
		bool first = ret->length == 0;

		if (!first && at + 1 + width > room) {
			strbuf_puts(ret, "\n");
			at = 0;
		} else if (!first) {
			strbuf_puts(ret, " ");
			at++;
		}
		strbuf_add(ret, word, length);
		at += width;
	}
}

void wrap_table(struct libscols_table *table, unsigned int width)
{
	size_t room;
	struct libscols_column *column = find_column(table, width, &room);
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_line *line;

	while (column && iter && scols_table_next_line(table, iter, &line) == 0) {
		struct libscols_cell *cell = scols_line_get_column_cell(line, column);
		const char *text = scols_cell_get_data(cell);
		_cleanup_strbuf_ struct strbuf broken = { 0 };

		if (!text || text_width(text, strlen(text)) <= room)
			continue;
		break_lines(text, room, &broken);
		scols_cell_set_data(cell, strbuf_text(&broken));
	}
	scols_free_iter(iter);
	if (column)
		scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
					  scols_wrapnl_nextchunk, NULL);
}
