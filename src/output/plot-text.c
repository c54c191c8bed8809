// SPDX-License-Identifier: GPL-2.0-or-later
/* Plots drawn with characters: dots for lines, shapes for points. */

#include <math.h>

#include "output/output.h"
#include "output/scale.h"

enum {
	HEIGHT = 15, /* lines of the area that is drawn on */
	WIDTH_MIN = 40,
	WIDTH_MAX = 400,
	WIDTH_USUAL = 80,
	LABEL_ROOM = 9, /* columns for each tick of x */
	Y_TICKS = 6,
};

/* What things are drawn with. */
struct pen {
	unsigned int across, down; /* dots in a character */
	const char *up, *up_tick, *corner, *along, *along_tick;
	const char *shapes[8];
};

/* Braille has two times four dots in a character. */
static const struct pen unicode_pen = {
	.across = 2,
	.down = 4,
	.up = "│",
	.up_tick = "┤",
	.corner = "└",
	.along = "─",
	.along_tick = "┬",
	.shapes = { "●", "■", "▲", "◆", "○", "□", "△", "◇" },
};

static const struct pen ascii_pen = {
	.across = 1,
	.down = 2,
	.up = "|",
	.up_tick = "+",
	.corner = "+",
	.along = "-",
	.along_tick = "+",
	.shapes = { "*", "o", "x", "#", "@", "%", "&", "=" },
};

struct cell {
	unsigned char dots; /* a bit for each, line by line */
	bool shape;
	size_t series; /* from 1; 0: none */
};

struct drawing {
	FILE *stream;
	const struct plot *plot;
	const struct pen *pen;
	bool color;
	struct scale x, y;
	unsigned int width, left; /* of the area, and columns in front of its axis */
	struct cell *cells;	  /* HEIGHT times width */
};

/* Columns of a safe text, as far as one character takes one. */
static size_t columns_of(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

/* A text that can be shown, in ASCII where the drawing is, of at most `room` columns. */
static void add_text(const struct drawing *drawing, const char *text, size_t room,
		     struct strbuf *ret)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	bool ascii = drawing->pen == &ascii_pen;
	size_t columns = 0;
	const char *p;

	strbuf_add_safe(&safe, text ? text : "");
	for (p = strbuf_text(&safe); *p; p++) {
		bool begins = ((unsigned char)*p & 0xc0) != 0x80;

		if (begins && ++columns > room)
			return;
		if (!ascii || (unsigned char)*p < 0x80)
			strbuf_add(ret, p, 1);
		else if (begins)
			strbuf_puts(ret, "?");
	}
}

static void put_escape(const struct drawing *drawing, size_t series)
{
	static const char *const escapes[] = { "\033[36m", "\033[33m", "\033[35m",
					       "\033[32m", "\033[34m", "\033[31m" };

	if (drawing->color)
		fputs(series > 0 ? escapes[(series - 1) % ARRAY_SIZE(escapes)]
				 : ESCAPE_END,
		      drawing->stream);
}

static const char *shape_of(const struct drawing *drawing, size_t series)
{
	return drawing->pen->shapes[(series - 1) % ARRAY_SIZE(drawing->pen->shapes)];
}

static void put_spaces(const struct drawing *drawing, size_t count)
{
	fprintf(drawing->stream, "%*s", (int)count, "");
}

/* The dot of a number, counted from the left or from above. */
static long dot_across(const struct drawing *drawing, double number)
{
	unsigned int dots = drawing->pen->across;

	return lround(scale_place(&drawing->x, number) * (drawing->width - 1) * dots +
		      (dots - 1) / 2.0);
}

static long dot_down(const struct drawing *drawing, double number)
{
	unsigned int dots = drawing->pen->down;

	return lround((1 - scale_place(&drawing->y, number)) * (HEIGHT - 1) * dots +
		      (dots - 1) / 2.0);
}

static struct cell *cell_at(const struct drawing *drawing, long across, long down)
{
	size_t column = (size_t)across / drawing->pen->across;
	size_t line = (size_t)down / drawing->pen->down;

	column = MIN(column, (size_t)drawing->width - 1);
	line = MIN(line, (size_t)HEIGHT - 1);
	return &drawing->cells[line * drawing->width + column];
}

/* What was drawn first stays in front, as the legend has it first. */
static void set_dot(const struct drawing *drawing, size_t series, long across, long down)
{
	struct cell *cell = cell_at(drawing, across, down);
	unsigned int bit =
		(unsigned int)(down % drawing->pen->down) * drawing->pen->across +
		(unsigned int)(across % drawing->pen->across);

	if (cell->series == 0)
		cell->series = series;
	cell->dots |= (unsigned char)(1U << bit);
}

static void draw_line(const struct drawing *drawing, size_t series,
		      const struct plot_point *from, const struct plot_point *to)
{
	long x = dot_across(drawing, from->x), y = dot_down(drawing, from->y);
	long across = dot_across(drawing, to->x) - x, down = dot_down(drawing, to->y) - y;
	long steps = MAX(labs(across), labs(down));

	for (long i = 0; i <= steps; i++)
		set_dot(drawing, series,
			x + lround((double)across * (double)i / (double)MAX(steps, 1L)),
			y + lround((double)down * (double)i / (double)MAX(steps, 1L)));
}

static void draw_series(const struct drawing *drawing, size_t number,
			const struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct plot_point *point = &series->points[i];
		struct cell *cell;

		if (!plot_point_is_finite(point))
			continue;
		if (i > 0 && plot_point_is_finite(point - 1))
			draw_line(drawing, number, point - 1, point);
		cell = cell_at(drawing, dot_across(drawing, point->x),
			       dot_down(drawing, point->y));
		if (cell->shape)
			continue;
		cell->shape = true;
		cell->series = number;
	}
}

static void put_dots(const struct drawing *drawing, unsigned char dots)
{
	/* The bits of a braille pattern (U+2800) for our dots, line by line. */
	static const unsigned char bits[] = { 0x01, 0x08, 0x02, 0x10,
					      0x04, 0x20, 0x40, 0x80 };
	unsigned int code = 0;

	if (drawing->pen == &ascii_pen) {
		fputc(" '.:"[dots & 3], drawing -> stream);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (dots & 1U << i)
			code |= bits[i];
	if (code == 0)
		fputc(' ', drawing->stream);
	else
		fprintf(drawing->stream, "\xe2%c%c", (int)(0xa0 + (code >> 6)),
			(int)(0x80 + (code & 0x3f)));
}

static void put_cells(const struct drawing *drawing, unsigned int line)
{
	const struct cell *cells = &drawing->cells[(size_t)line * drawing->width];
	unsigned int end = drawing->width;
	size_t series = 0;

	while (end > 0 && cells[end - 1].series == 0)
		end--;
	for (unsigned int i = 0; i < end; i++) {
		if (cells[i].series != series && cells[i].series > 0) {
			series = cells[i].series;
			put_escape(drawing, series);
		}
		if (cells[i].shape)
			fputs(shape_of(drawing, cells[i].series), drawing->stream);
		else
			put_dots(drawing, cells[i].dots);
	}
	if (series > 0)
		put_escape(drawing, 0);
}

static void put_lines(const struct drawing *drawing)
{
	for (unsigned int line = 0; line < HEIGHT; line++) {
		_cleanup_strbuf_ struct strbuf label = { 0 };
		const struct scale *y = &drawing->y;

		for (size_t i = 0; i < y->tick_count; i++)
			if (lround((1 - scale_place(y, y->ticks[i])) * (HEIGHT - 1)) ==
			    (long)line) {
				strbuf_clear(&label);
				scale_add_number(y->unit, y->ticks[i], &label);
			}
		put_spaces(drawing, drawing->left - label.length - 1);
		fprintf(drawing->stream, "%s %s", strbuf_text(&label),
			label.length > 0 ? drawing->pen->up_tick : drawing->pen->up);
		put_cells(drawing, line);
		fputc('\n', drawing->stream);
	}
}

/* The axis of x: a line with ticks, and below it the numbers that have room. */
static void put_axis(const struct drawing *drawing)
{
	_cleanup_strbuf_ struct strbuf labels = { 0 };
	const struct scale *x = &drawing->x;
	bool *ticks = xzalloc(drawing->width);

	for (size_t i = 0; i < x->tick_count; i++) {
		_cleanup_strbuf_ struct strbuf label = { 0 };
		double place = scale_place(x, x->ticks[i]) * (drawing->width - 1);
		size_t at = (size_t)lround(place), begin;

		scale_add_number(x->unit, x->ticks[i], &label);
		begin = drawing->left + 1 + at;
		begin -= MIN(label.length / 2, begin);
		/* One at the very end may stand to the left of its tick. */
		begin = MIN(begin, drawing->left + 1 + drawing->width - label.length);
		if (labels.length > 0 && begin < labels.length + 1)
			continue;
		ticks[at] = true;
		while (labels.length < begin)
			strbuf_puts(&labels, " ");
		strbuf_puts(&labels, strbuf_text(&label));
	}
	put_spaces(drawing, drawing->left);
	fputs(drawing->pen->corner, drawing->stream);
	for (unsigned int i = 0; i < drawing->width; i++)
		fputs(ticks[i] ? drawing->pen->along_tick : drawing->pen->along,
		      drawing->stream);
	fprintf(drawing->stream, "\n%s\n", strbuf_text(&labels));
	free(ticks);
}

static void put_heads(const struct drawing *drawing, unsigned int width)
{
	_cleanup_strbuf_ struct strbuf title = { 0 }, label = { 0 };

	add_text(drawing, drawing->plot->title, width, &title);
	add_text(drawing, drawing->plot->y.label, width, &label);
	fprintf(drawing->stream, "%s%s%s\n", drawing->color ? ESCAPE_BOLD : "",
		strbuf_text(&title), drawing->color ? ESCAPE_END : "");
	if (label.length > 0)
		fprintf(drawing->stream, "%s\n", strbuf_text(&label));
}

static void put_legend(const struct drawing *drawing, unsigned int width)
{
	_cleanup_strbuf_ struct strbuf label = { 0 };
	size_t room = width - drawing->left - 1, at = 0;

	add_text(drawing, drawing->plot->x.label, room, &label);
	if (label.length > 0) {
		put_spaces(drawing, drawing->left + 1 +
					    (room - columns_of(strbuf_text(&label))) / 2);
		fprintf(drawing->stream, "%s\n", strbuf_text(&label));
	}
	LIST_FOR_EACH (&drawing->plot->series, const struct plot_series, series) {
		_cleanup_strbuf_ struct strbuf name = { 0 };
		size_t columns;

		add_text(drawing, series->name, room - 2, &name);
		columns = columns_of(strbuf_text(&name)) + 2;
		if (at > 0 && at + 3 + columns > room) {
			fputc('\n', drawing->stream);
			at = 0;
		}
		put_spaces(drawing, at > 0 ? 3 : drawing->left + 1);
		put_escape(drawing, series_at + 1);
		fputs(shape_of(drawing, series_at + 1), drawing->stream);
		put_escape(drawing, 0);
		fprintf(drawing->stream, " %s", strbuf_text(&name));
		at += columns + (at > 0 ? 3 : 0);
	}
	fputc('\n', drawing->stream);
}

/* Columns that the numbers of y take, and one behind them. */
static unsigned int label_width(const struct scale *scale)
{
	size_t width = 0;

	for (size_t i = 0; i < scale->tick_count; i++) {
		_cleanup_strbuf_ struct strbuf label = { 0 };

		scale_add_number(scale->unit, scale->ticks[i], &label);
		width = MAX(width, label.length);
	}
	return (unsigned int)MIN(width, (size_t)WIDTH_MIN / 2) + 1;
}

void plot_write_text(FILE *stream, const struct plot *plot, unsigned int width, bool utf8,
		     bool color)
{
	struct drawing drawing = {
		.stream = stream,
		.plot = plot,
		.pen = utf8 ? &unicode_pen : &ascii_pen,
		.color = color,
	};

	width = width == 0 ? WIDTH_USUAL : width;
	width = MIN(MAX(width, (unsigned int)WIDTH_MIN), (unsigned int)WIDTH_MAX);
	put_heads(&drawing, width);
	if (!scale_make(&drawing.y, plot, true, Y_TICKS)) {
		fputs("nothing to draw\n", stream);
		return;
	}
	drawing.left = label_width(&drawing.y);
	drawing.width = width - drawing.left - 1;
	scale_make(&drawing.x, plot, false, drawing.width / LABEL_ROOM);
	drawing.cells = xzalloc((size_t)HEIGHT * drawing.width * sizeof(struct cell));
	LIST_FOR_EACH (&plot->series, const struct plot_series, series)
		draw_series(&drawing, series_at + 1, series);
	put_lines(&drawing);
	put_axis(&drawing);
	put_legend(&drawing, width);
	free(drawing.cells);
}
