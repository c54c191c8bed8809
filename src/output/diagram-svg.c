// SPDX-License-Identifier: GPL-2.0-or-later
/* Diagrams as SVG and within HTML: the legend, and strips side by side. */

#include "output/diagram-draw.h"

enum {
	MARGIN = 16,
	HEADING = 30, /* of a panel */
	TOP = 50,     /* of the legend, below the title */
	COLUMN = STRIP_WIDTH + 20,
	KEY_LINE = 20,
	SIGN_WIDTH = 26,
	SIGN_HEIGHT = 15,
};

/* A line of the legend: one of the signs, and what it means. */
struct sign {
	const struct diagram_key *key;
	enum diagram_mark mark;
	const struct diagram_frame *frame;
	const char *name, *help; /* the name may be NULL */
};

static void add_sign(struct arena *arena, struct sign sign, struct list *ret)
{
	list_add(arena, ret, arena_memdup(arena, &sign, sizeof(sign)));
}

static void make_legend(struct arena *arena, const struct diagram *diagram,
			struct list *ret)
{
	static const struct diagram_frame good = { .mood = MOOD_GOOD },
					  bad = { .mood = MOOD_BAD };

	LIST_FOR_EACH (&diagram->keys, const struct diagram_key, key)
		add_sign(
			arena,
			(struct sign){ .key = key, .name = key->name, .help = key->help },
			ret);
	for (int i = MARK_ON; i <= MARK_UNKNOWN; i++)
		if (diagram->marks[i])
			add_sign(arena,
				 (struct sign){ .mark = (enum diagram_mark)i,
						.help = diagram->marks[i] },
				 ret);
	if (diagram->frame_good)
		add_sign(arena,
			 (struct sign){ .frame = &good, .help = diagram->frame_good },
			 ret);
	if (diagram->frame_bad)
		add_sign(arena,
			 (struct sign){ .frame = &bad, .help = diagram->frame_bad }, ret);
}

/* A sign, in a space of SIGN_WIDTH by SIGN_HEIGHT. */
static void put_sign(FILE *stream, const struct sign *sign, int x, int y)
{
	struct place place = { x + 1, y + 1, SIGN_WIDTH - 2, SIGN_HEIGHT - 2 };

	if (sign->mark != MARK_NONE)
		draw_mark(stream, sign->mark, x + SIGN_WIDTH / 2, y + SIGN_HEIGHT / 2);
	else if (sign->frame)
		draw_rect(stream, draw_frame_class(sign->frame), -1, &place, 4);
	if (!sign->key)
		return;
	draw_rect(stream, "b", (int)sign->key->color, &place, 4);
	fprintf(stream,
		"<rect class=\"f%u\" x=\"%d\" y=\"%d\" width=\"5\" height=\"9\" "
		"rx=\"2\"/>",
		sign->key->color, x + 4, y + 3);
}

static void put_html_legend(FILE *stream, const struct list *legend)
{
	fputs("<ul class=\"legend\">\n", stream);
	LIST_FOR_EACH (legend, const struct sign, sign) {
		fprintf(stream,
			"<li><svg class=\"d\" width=\"%d\" height=\"%d\" "
			"viewBox=\"0 0 %d %d\" aria-hidden=\"true\">",
			SIGN_WIDTH, SIGN_HEIGHT, SIGN_WIDTH, SIGN_HEIGHT);
		put_sign(stream, sign, 0, 0);
		fputs("</svg> ", stream);
		if (sign->name) {
			fputs("<b>", stream);
			markup_put_text(stream, sign->name, MARKUP_WHOLE);
			fputs("</b>: ", stream);
		}
		markup_put_text(stream, sign->help, MARKUP_WHOLE);
		fputs("</li>\n", stream);
	}
	fputs("</ul>\n", stream);
}

static const struct diagram_box *first_box(const struct strip *strip)
{
	return strip->panel->boxes.items[strip->from];
}

void diagram_write_html(FILE *stream, const struct diagram *diagram)
{
	struct arena arena = { 0 };
	struct list strips = { 0 }, legend = { 0 };

	make_legend(&arena, diagram, &legend);
	put_html_legend(stream, &legend);
	fputs("<div class=\"strips\">\n", stream);
	strips_make(&arena, diagram, &strips);
	LIST_FOR_EACH (&strips, const struct strip, strip) {
		if (strip->note) {
			fputs("<p class=\"note\">", stream);
			markup_put_text(stream, strip->panel->note, MARKUP_WHOLE);
			fputs("</p>\n", stream);
			continue;
		}
		if (strip->head) {
			fputs("<h3>", stream);
			markup_put_text(stream, strip->panel->heading, MARKUP_WHOLE);
			fputs("</h3>\n", stream);
		}
		fprintf(stream,
			"<svg class=\"d\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d "
			"%d\" role=\"img\">",
			STRIP_WIDTH, strip->height, STRIP_WIDTH, strip->height);
		draw_title(stream,
			   strip->head ? strip->panel->heading : first_box(strip)->name);
		strip_put(stream, diagram, strip);
		fputs("</svg>\n", stream);
	}
	fputs("</div>\n", stream);
	arena_free(&arena);
}

static int strip_height(const struct strip *strip)
{
	return strip->height + (strip->head ? HEADING : 0);
}

/* Columns of about the same height, as many as look well beside each other. */
struct columns {
	int count, height;
};

static struct columns choose_columns(const struct list *strips)
{
	struct columns columns = { 1, 0 };
	int total = 0;

	LIST_FOR_EACH (strips, const struct strip, strip)
		total += strip_height(strip);
	while (columns.count < 5 && total / columns.count > 360 * columns.count)
		columns.count++;
	columns.height = total / columns.count;
	return columns;
}

/* Puts the signs below each other. */
static void put_legend(FILE *stream, const struct list *legend, int y)
{
	LIST_FOR_EACH (legend, const struct sign, sign) {
		put_sign(stream, sign, MARGIN, y);
		fprintf(stream, "<text x=\"%d\" y=\"%d\">", MARGIN + SIGN_WIDTH + 8,
			y + 12);
		markup_put_text(stream, sign->name, MARKUP_WHOLE);
		fputs(sign->name ? ": " : "", stream);
		markup_put_text(stream, sign->help, MARKUP_WHOLE);
		fputs("</text>\n", stream);
		y += KEY_LINE;
	}
}

/* Finds places for the strips, in columns; returns where the longest one ends. */
static int place_strips(const struct list *strips, int top, struct columns columns)
{
	int column = 0, y = 0, lowest = top;

	LIST_FOR_EACH (strips, struct strip, strip) {
		int height = strip_height(strip);

		/* A head stands above what hangs on it. */
		if (y > 0 && column + 1 < columns.count &&
		    y + height / 2 + (strip->head ? 120 : 0) > columns.height) {
			column++;
			y = 0;
		}
		strip->x = MARGIN + column * COLUMN;
		strip->y = top + y + (strip->head ? HEADING : 0);
		y += height;
		lowest = MAX(lowest, top + y);
	}
	return lowest;
}

static void put_strips(FILE *stream, const struct diagram *diagram,
		       const struct list *strips)
{
	LIST_FOR_EACH (strips, const struct strip, strip) {
		if (strip->head)
			draw_label(stream, "h", strip->x, strip->y - 10, STRIP_WIDTH,
				   strip->panel->heading);
		fprintf(stream, "<g transform=\"translate(%d %d)\">\n", strip->x,
			strip->y);
		strip_put(stream, diagram, strip);
		fputs("</g>\n", stream);
	}
}

void diagram_write_svg(FILE *stream, const struct diagram *diagram)
{
	struct list strips = { 0 }, legend = { 0 };
	struct arena arena = { 0 };
	struct columns columns;
	int width, height;

	strips_make(&arena, diagram, &strips);
	make_legend(&arena, diagram, &legend);
	columns = choose_columns(&strips);
	width = MAX(columns.count * COLUMN + 2 * MARGIN, 2 * COLUMN);
	height = TOP + (int)legend.count * KEY_LINE + KEY_LINE / 2;
	height = place_strips(&strips, height, columns) + MARGIN;
	fprintf(stream,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"d\" role=\"img\" "
		"width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		width, height, width, height);
	draw_title(stream, diagram->title);
	fputs("\n<style>\n", stream);
	diagram_put_style(stream);
	fputs("</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
	      stream);
	draw_label(stream, "h", MARGIN, 30, width - 2 * MARGIN, diagram->title);
	put_legend(stream, &legend, TOP);
	put_strips(stream, diagram, &strips);
	fputs("</svg>\n", stream);
	arena_free(&arena);
}
