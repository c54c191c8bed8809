// SPDX-License-Identifier: GPL-2.0-or-later
/* Plots as SVG (1.1, with the CSS of today for the dark). */

#include <math.h>

#include "output/markup.h"
#include "output/scale.h"

/* Where things are, in units of which the drawing is 640 wide. */
enum {
	WIDTH = 640,
	LEFT = 74,
	RIGHT = 18,
	AREA = WIDTH - LEFT - RIGHT,
	TOP = 50,     /* of the area, below the title */
	HEIGHT = 260, /* of the area */
	BELOW = 42,   /* numbers and label of x */
	LEGEND_ROW = 18,
	LETTER = 7,   /* about the width of one, to be sure */
	KEY = 40,     /* a piece of the line, in front of a name */
	KEY_GAP = 12, /* behind a name */
	NAME_MAX_LETTERS = 70,
	X_TICKS = 9,
	Y_TICKS = 8,
};

/* Five of them and eight colours come together only every forty. */
static const char *const dashes[] = { "none", "7 3", "2 3", "9 3 2 3", "14 4" };

static void put_style(FILE *stream)
{
	fputs("<style>\n"
	      "text{font-family:system-ui,sans-serif;font-size:12px;fill:#222}\n"
	      ".title{font-size:15px;font-weight:600}\n"
	      ".paper{fill:#fff}\n"
	      ".grid{stroke:#ddd;stroke-width:1}\n"
	      ".axis{stroke:#666;stroke-width:1;fill:none}\n"
	      ".line{fill:none;stroke-width:1.8;stroke-linejoin:round}\n"
	      ".mark{stroke-width:1.6}\n"
	      ".hollow{fill:#fff}\n",
	      stream);
	markup_put_colors(stream);
	fputs("@media screen and (prefers-color-scheme:dark){\n"
	      "text{fill:#e4e4e4}\n"
	      ".paper,.hollow{fill:#17191d}\n"
	      ".grid{stroke:#34383f}\n"
	      ".axis{stroke:#9a9a9a}\n"
	      "}\n</style>\n",
	      stream);
}

/* Tenths of a unit, with a point whatever the locale says. */
static void put_number(FILE *stream, double number)
{
	long tenths = lround(number * 10);

	fprintf(stream, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10,
		labs(tenths) % 10);
}

static void put_attribute(FILE *stream, const char *name, double number)
{
	fprintf(stream, " %s=\"", name);
	put_number(stream, number);
	fputc('"', stream);
}

static void put_line(FILE *stream, const char *class, double x1, double y1, double x2,
		     double y2)
{
	fprintf(stream, "<line class=\"%s\"", class);
	put_attribute(stream, "x1", x1);
	put_attribute(stream, "y1", y1);
	put_attribute(stream, "x2", x2);
	put_attribute(stream, "y2", y2);
	fputs("/>\n", stream);
}

static void put_label(FILE *stream, double x, double y, const char *anchor,
		      const char *text)
{
	fputs("<text", stream);
	put_attribute(stream, "x", x);
	put_attribute(stream, "y", y);
	fprintf(stream, " text-anchor=\"%s\">", anchor);
	markup_put_text(stream, text, NAME_MAX_LETTERS);
	fputs("</text>\n", stream);
}

/* Shapes by their corners, in a square from -1 to 1; none of them is a circle. */
static const char *const shapes[] = {
	NULL,			     /* circle, full */
	"M-4-4H4V4H-4Z",	     /* square */
	"M0-5L5 4H-5Z",		     /* triangle */
	"M0-5.5L5.5 0 0 5.5-5.5 0Z", /* diamond */
	NULL,			     /* circle, hollow */
	"M-4-4H4V4H-4Z",	     /* the others, hollow */
	"M0 5L5-4H-5Z",
	"M0-5.5L5.5 0 0 5.5-5.5 0Z",
};

static void put_mark(FILE *stream, size_t series, double x, double y)
{
	size_t shape = series % ARRAY_SIZE(shapes), color = series % MARKUP_COLORS;
	bool hollow = shape >= ARRAY_SIZE(shapes) / 2;
	char classes[40];

	if (hollow)
		snprintf(classes, sizeof(classes), "mark hollow s%zu", color);
	else
		snprintf(classes, sizeof(classes), "mark f%zu s%zu", color, color);
	if (!shapes[shape]) {
		fprintf(stream, "<circle class=\"%s\" r=\"4\"", classes);
		put_attribute(stream, "cx", x);
		put_attribute(stream, "cy", y);
		return;
	}
	fprintf(stream, "<path class=\"%s\" d=\"%s\" transform=\"translate(", classes,
		shapes[shape]);
	put_number(stream, x);
	fputc(' ', stream);
	put_number(stream, y);
	fputs(")\"", stream);
}

/* One plot and how far down it is. */
struct sheet_part {
	FILE *stream;
	const struct plot *plot;
	struct scale x, y;
	double top; /* of the area */
};

static double across(const struct sheet_part *part, double number)
{
	return LEFT + scale_place(&part->x, number) * AREA;
}

static double down(const struct sheet_part *part, double number)
{
	return part->top + (1 - scale_place(&part->y, number)) * HEIGHT;
}

static void put_axes(const struct sheet_part *part)
{
	FILE *stream = part->stream;
	double bottom = part->top + HEIGHT;

	for (size_t i = 0; i < part->y.tick_count; i++) {
		_cleanup_strbuf_ struct strbuf label = { 0 };
		double at = down(part, part->y.ticks[i]);

		scale_add_number(part->y.unit, part->y.ticks[i], &label);
		put_line(stream, "grid", LEFT, at, LEFT + AREA, at);
		put_label(stream, LEFT - 8, at + 4, "end", strbuf_text(&label));
	}
	for (size_t i = 0; i < part->x.tick_count; i++) {
		_cleanup_strbuf_ struct strbuf label = { 0 };
		double at = across(part, part->x.ticks[i]);

		scale_add_number(part->x.unit, part->x.ticks[i], &label);
		put_line(stream, "grid", at, part->top, at, bottom);
		put_line(stream, "axis", at, bottom, at, bottom + 4);
		put_label(stream, at, bottom + 18, "middle", strbuf_text(&label));
	}
	put_line(stream, "axis", LEFT, part->top, LEFT, bottom);
	put_line(stream, "axis", LEFT, bottom, LEFT + AREA, bottom);
	if (part->plot->y.label)
		put_label(stream, 8, part->top - 12, "start", part->plot->y.label);
	if (part->plot->x.label)
		put_label(stream, LEFT + AREA / 2.0, bottom + 36, "middle",
			  part->plot->x.label);
}

/* The attributes of a series' line, up to its path. */
static void begin_line(FILE *stream, size_t number)
{
	fprintf(stream, "<path class=\"line s%zu\" stroke-dasharray=\"%s\" d=\"",
		number % MARKUP_COLORS, dashes[number % ARRAY_SIZE(dashes)]);
}

static void put_series(const struct sheet_part *part, size_t number,
		       const struct plot_series *series)
{
	FILE *stream = part->stream;
	bool joins = false;

	begin_line(stream, number);
	for (size_t i = 0; i < series->count; i++) {
		const struct plot_point *point = &series->points[i];

		if (plot_point_is_finite(point)) {
			fputc(joins ? 'L' : 'M', stream);
			put_number(stream, across(part, point->x));
			fputc(' ', stream);
			put_number(stream, down(part, point->y));
		}
		joins = plot_point_is_finite(point);
	}
	fputs("\"/>\n", stream);
	for (size_t i = 0; i < series->count; i++) {
		const struct plot_point *point = &series->points[i];
		_cleanup_strbuf_ struct strbuf where = { 0 };

		if (!plot_point_is_finite(point))
			continue;
		/* Shown where the mouse is; read out by who cannot see it. */
		scale_add_number(part->x.unit, point->x, &where);
		strbuf_puts(&where, ": ");
		scale_add_number(part->y.unit, point->y, &where);
		put_mark(stream, number, across(part, point->x), down(part, point->y));
		fputs("><title>", stream);
		markup_put_text(stream, series->name, NAME_MAX_LETTERS);
		fprintf(stream, ", %s</title></%s>\n", strbuf_text(&where),
			shapes[number % ARRAY_SIZE(shapes)] ? "path" : "circle");
	}
}

/* Names that stand beside each other: as many as the widest leaves room for. */
static size_t legend_columns(const struct plot *plot)
{
	size_t longest = 1;

	LIST_FOR_EACH (&plot->series, const struct plot_series, series) {
		_cleanup_strbuf_ struct strbuf safe = { 0 };
		size_t letters = 0;

		strbuf_add_safe(&safe, series->name ? series->name : "");
		for (const char *p = strbuf_text(&safe); *p; p++)
			letters += ((unsigned char)*p & 0xc0) != 0x80;
		longest = MAX(longest, MIN(letters, (size_t)NAME_MAX_LETTERS));
	}
	return MAX((WIDTH - LEFT) / (KEY + LETTER * longest + KEY_GAP), (size_t)1);
}

static void put_legend(const struct sheet_part *part)
{
	size_t columns = legend_columns(part->plot);
	FILE *stream = part->stream;

	LIST_FOR_EACH (&part->plot->series, const struct plot_series, series) {
		double x = LEFT + (double)(series_at % columns) * (WIDTH - LEFT) /
					  (double)columns;
		size_t row = series_at / columns + 1;
		double y = part->top + HEIGHT + BELOW + (double)row * LEGEND_ROW;

		begin_line(stream, series_at);
		fputc('M', stream);
		put_number(stream, x);
		fputc(' ', stream);
		put_number(stream, y - 4);
		fputs("h34\"/>\n", stream);
		put_mark(stream, series_at, x + 17, y - 4);
		fputs("/>\n", stream);
		put_label(stream, x + KEY, y, "start", series->name);
	}
}

static double height_of(const struct plot *plot)
{
	size_t columns = legend_columns(plot);
	size_t rows = (plot->series.count + columns - 1) / columns;

	return TOP + HEIGHT + BELOW + (double)(rows + 2) * LEGEND_ROW;
}

static void put_plot(FILE *stream, const struct plot *plot, double top)
{
	struct sheet_part part = { .stream = stream, .plot = plot, .top = top + TOP };

	fputs("<g>\n<text class=\"title\"", stream);
	put_attribute(stream, "x", 8);
	put_attribute(stream, "y", top + 18);
	fputs(">", stream);
	markup_put_text(stream, plot->title, NAME_MAX_LETTERS);
	fputs("</text>\n", stream);
	if (!scale_make(&part.y, plot, true, Y_TICKS)) {
		put_label(stream, WIDTH / 2.0, part.top + HEIGHT / 2.0, "middle",
			  "nothing to draw");
		fputs("</g>\n", stream);
		return;
	}
	scale_make(&part.x, plot, false, X_TICKS);
	put_axes(&part);
	LIST_FOR_EACH (&plot->series, const struct plot_series, series)
		put_series(&part, series_at, series);
	put_legend(&part);
	fputs("</g>\n", stream);
}

void plot_write_svg(FILE *stream, const struct list *plots)
{
	double height = 0, top = 8;

	LIST_FOR_EACH (plots, const struct plot, plot)
		height += height_of(plot);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"",
	      stream);
	fprintf(stream, " width=\"%d\" height=\"%ld\" viewBox=\"0 0 %d %ld\">\n", WIDTH,
		lround(height) + 16, WIDTH, lround(height) + 16);
	put_style(stream);
	fputs("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n", stream);
	LIST_FOR_EACH (plots, const struct plot, plot) {
		put_plot(stream, plot, top);
		top += height_of(plot);
	}
	fputs("</svg>\n", stream);
}
