// SPDX-License-Identifier: GPL-2.0-or-later
/* Diagrams as SVG: trees of boxes in strips of one width, side by side where there is room. */

#include "output/diagram.h"
#include "output/markup.h"

/* Where things are, in the units of the drawing, which are pixels on a plain screen. */
enum {
	WIDTH = 352, /* of a strip */
	STEP = 20,   /* to the right, for each depth */
	STEPS_MAX = 8,
	LEFT = 20, /* of what hangs on the head */
	RIGHT = 8,
	GAP = 7, /* below a box */
	LINE = 14,
	EDGE = 14, /* how far below its top a line reaches a box */
	NAME = 24, /* what a box takes without lines */
	FRAME_HEAD = 18,
	FRAME_SIDE = 6,
	ROWS_MAX = 12, /* of a strip that may end within a tree */
	HEAD_WIDTH = 244,
	HEADING = 30,
	BELOW = 18, /* a strip that goes on says what with */
	COLUMN = WIDTH + 20,
	MARGIN = 16,
	KEY_LINE = 20,
	NOTE_LINE = 24,
};

struct place {
	int x, y, width, height;
};

/* Boxes that are drawn together: a strip. */
struct strip {
	const struct diagram_panel *panel;
	size_t from, to;
	unsigned int depth; /* of the one that stands farthest to the left */
	bool head;	    /* it is the head, and has no boxes */
	bool note;	    /* it is the note */
	int height;
	struct place *places; /* of the boxes from `from` on */
};

void diagram_put_style(FILE *stream)
{
	fputs(".d text{font:11px system-ui,sans-serif;fill:#3b3f46}\n"
	      ".d .n{font-size:12.5px;font-weight:600;fill:#111}\n"
	      ".d .w{font-weight:600;fill:#111}\n"
	      ".d .h{font-size:14px;font-weight:600;fill:#111}\n"
	      ".d .b{fill:#fff;stroke-width:1.3}\n"
	      ".d .p{stroke:#8a9099}\n"
	      ".d .e,.d .a{fill:none;stroke:#8a9099;stroke-width:1.3}\n"
	      ".d .a{stroke-width:2.2}\n"
	      ".d .g{fill:#eceff3;stroke:#9aa2ad}\n"
	      ".d .o{fill:#f7f1e3;stroke:#8a6d00;stroke-dasharray:5 3}\n"
	      ".d .m{fill:#111;stroke:#111;stroke-width:1.4}\n"
	      ".d .q{fill:#fff;stroke:#6b7078;stroke-width:1.4}\n"
	      ".d .paper{fill:#fff}\n",
	      stream);
	markup_put_colors(stream);
	fputs("@media screen and (prefers-color-scheme:dark){\n"
	      ".d text{fill:#c3c8d0}\n"
	      ".d .n,.d .w,.d .h{fill:#f2f4f7}\n"
	      ".d .b,.d .q{fill:#22262d}\n"
	      ".d .p{stroke:#737a85}\n"
	      ".d .e,.d .a{stroke:#737a85}\n"
	      ".d .g{fill:#1b1f25;stroke:#555d68}\n"
	      ".d .o{fill:#2b2719;stroke:#d0b03a}\n"
	      ".d .m{fill:#f2f4f7;stroke:#f2f4f7}\n"
	      ".d .q{stroke:#a5acb6}\n"
	      ".d .paper{fill:#14171b}\n"
	      "}\n",
	      stream);
}

/* About what a letter takes of the height of its line, in hundredths, to be sure. */
static int letter_width(unsigned char letter)
{
	if (letter >= 0x80)
		return 100;
	if (strchr(" .,:;'!|iljI", letter))
		return 36;
	if (strchr("mwMW@%", letter))
		return 98;
	if (letter >= 'A' && letter <= 'Z')
		return 73;
	return strchr("frt()[]-/", letter) ? 45 : 63;
}

/*
 * How many letters of a safe text fit into a width; MARKUP_WHOLE where all do. Sets what
 * they take.
 */
static size_t letters_within(const char *text, int size, int width, int *ret_width)
{
	size_t letters = 0, fitting = 0;
	int taken = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if ((*p & 0xc0) == 0x80)
			continue;
		taken += letter_width(*p) * size;
		letters++;
		if (taken + size * 100 <= width * 100) /* an ellipsis has room, too */
			fitting = letters;
	}
	*ret_width = taken / 100;
	return taken <= width * 100 ? MARKUP_WHOLE : MAX(fitting, (size_t)1);
}

/* Puts text into a width, cut where it is longer; returns what it takes. */
static int put_label(FILE *stream, const char *class, int x, int y, int width,
		     const char *text)
{
	bool end = width < 0; /* it ends at x */
	/* Bold letters are wider than others of their size. */
	int size = streq(class, "h")   ? 16
		   : streq(class, "n") ? 14
		   : streq(class, "w") ? 13
				       : 11;
	int taken;
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	size_t letters;

	strbuf_add_safe(&safe, text ? text : "");
	letters = letters_within(strbuf_text(&safe), size, end ? -width : width, &taken);
	fprintf(stream, "<text%s%s%s x=\"%d\" y=\"%d\"%s>", *class ? " class=\"" : "",
		class, *class ? "\"" : "", x, y, end ? " text-anchor=\"end\"" : "");
	markup_put_text(stream, strbuf_text(&safe), letters);
	fputs("</text>", stream);
	return MIN(taken, end ? -width : width);
}

static void put_title(FILE *stream, const char *text)
{
	fputs("<title>", stream);
	markup_put_text(stream, text, MARKUP_WHOLE);
	fputs("</title>", stream);
}

static void put_rect(FILE *stream, const char *class, int color,
		     const struct place *place, int radius)
{
	fprintf(stream, "<rect class=\"%s", class);
	if (color >= 0)
		fprintf(stream, " s%d", color);
	fprintf(stream, "\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>",
		place->x, place->y, place->width, place->height, radius);
}

static void put_mark(FILE *stream, enum diagram_mark mark, int x, int y)
{
	if (mark == MARK_UNKNOWN)
		put_label(stream, "w", x - 4, y + 4, 20, "?");
	else if (mark != MARK_NONE)
		fprintf(stream, "<path class=\"%s\" d=\"M%d %dl5 5-5 5-5-5Z\"/>",
			mark == MARK_ON ? "m" : "q", x, y - 5);
}

static int box_height(const struct diagram_box *box)
{
	int height = NAME;

	for (size_t i = 0; i < DIAGRAM_LINES && box->lines[i]; i++)
		height += LINE;
	return box->lines[0] ? height + 2 : height;
}

static void put_box(FILE *stream, const struct diagram_box *box,
		    const struct place *place)
{
	int color = box->key ? (int)box->key->color : -1, radius = box->junction ? 2 : 8;
	int right = place->x + place->width - 8, left = place->x + 14;
	const char *class = box->key ? "b" : "b p";

	fputs("<g>", stream);
	put_title(stream, box->title ? box->title : box->name);
	for (int i = box->many ? 2 : 0; i >= 0; i--) {
		struct place card = *place;

		card.x += i * 3;
		card.y += i * 3;
		put_rect(stream, class, color, &card, radius);
	}
	if (box->key) {
		fprintf(stream,
			"<rect class=\"f%d\" x=\"%d\" y=\"%d\" width=\"5\" height=\"%d\" "
			"rx=\"2\"/>",
			color, place->x + 4, place->y + 4, place->height - 8);
		right -= put_label(stream, "w", right, place->y + 17, -100,
				   box->key->name) +
			 12;
	}
	if (box->mark != MARK_NONE) {
		put_mark(stream, box->mark, right, place->y + 13);
		right -= 12;
	}
	put_label(stream, "n", left, place->y + 17, right - left, box->name);
	for (int i = 0; i < DIAGRAM_LINES && box->lines[i]; i++)
		put_label(stream, "", left, place->y + 17 + (i + 1) * LINE,
			  place->x + place->width - 6 - left, box->lines[i]);
	fputs("</g>\n", stream);
}

static const struct diagram_box *box_at(const struct strip *strip, size_t i)
{
	return strip->panel->boxes.items[i];
}

/* Whether the frame of a box begins with it, within its strip. */
static bool begins_frame(const struct strip *strip, size_t i)
{
	return i == strip->from || box_at(strip, i)->frame != box_at(strip, i - 1)->frame;
}

static bool ends_frame(const struct strip *strip, size_t i)
{
	return i + 1 == strip->to ||
	       box_at(strip, i)->frame != box_at(strip, i + 1)->frame;
}

/* How far to the right what has this depth stands. */
static int column_of(const struct strip *strip, unsigned int depth)
{
	return LEFT + STEP * (int)MIN(depth - strip->depth, (unsigned int)STEPS_MAX);
}

/* A strip that begins within a tree: below what? NULL where it does not. */
static const struct diagram_box *goes_on_below(const struct strip *strip)
{
	unsigned int depth =
		strip->to > strip->from ? box_at(strip, strip->from)->depth : 0;

	for (size_t i = strip->from; depth > 0 && i-- > 0;)
		if (box_at(strip, i)->depth < depth)
			return box_at(strip, i);
	return NULL;
}

/* Finds places for boxes and the height of them all. */
static void lay_out(struct arena *arena, struct strip *strip)
{
	int y = goes_on_below(strip) ? BELOW : 2;

	strip->places =
		arena_alloc(arena, (strip->to - strip->from) * sizeof(*strip->places));
	strip->depth = box_at(strip, strip->from)->depth;
	for (size_t i = strip->from; i < strip->to; i++)
		strip->depth = MIN(strip->depth, box_at(strip, i)->depth);
	for (size_t i = strip->from; i < strip->to; i++) {
		const struct diagram_box *box = box_at(strip, i);
		struct place *place = &strip->places[i - strip->from];

		if (box->frame && begins_frame(strip, i))
			y += FRAME_HEAD;
		place->x = column_of(strip, box->depth);
		place->y = y;
		place->width = WIDTH - RIGHT - (box->many ? 6 : 0) - place->x;
		place->height = box_height(box);
		y += place->height + GAP + (box->many ? 6 : 0);
		if (box->frame && ends_frame(strip, i))
			y += GAP;
	}
	strip->height = y + 2;
}

/* The frame that begins with a box. */
static void put_frame(FILE *stream, const struct strip *strip, size_t first)
{
	const struct diagram_frame *frame = box_at(strip, first)->frame;
	struct place place = strip->places[first - strip->from];
	int bottom = 0, aside = 0;

	for (size_t i = first; i < strip->to; i++) {
		const struct place *other = &strip->places[i - strip->from];

		place.x = MIN(place.x, other->x);
		bottom = other->y + other->height + (box_at(strip, i)->many ? 6 : 0);
		if (ends_frame(strip, i))
			break;
	}
	place.x -= FRAME_SIDE;
	place.y -= FRAME_HEAD;
	place.width = WIDTH - 1 - place.x;
	place.height = bottom + FRAME_SIDE - place.y;
	put_rect(stream, frame->mood == MOOD_BAD || frame->mood == MOOD_WARN ? "o" : "g",
		 -1, &place, 6);
	if (frame->aside)
		aside = put_label(stream, "", WIDTH - 8, place.y + 13, -130,
				  frame->aside);
	put_label(stream, "", place.x + 8, place.y + 13, WIDTH - 24 - aside - place.x,
		  frame->label);
	fputc('\n', stream);
}

/* Where the line to a box begins: at the neighbour before it, or what both hang on. */
static int edge_top(const struct strip *strip, size_t at)
{
	unsigned int depth = box_at(strip, at)->depth;

	for (size_t i = at; i-- > strip->from;) {
		const struct place *place = &strip->places[i - strip->from];

		if (box_at(strip, i)->depth == depth)
			return place->y + EDGE;
		if (box_at(strip, i)->depth < depth)
			return place->y + place->height;
	}
	return goes_on_below(strip) ? BELOW - 4 : 0;
}

static void put_edge(FILE *stream, const struct strip *strip, size_t at)
{
	const struct place *place = &strip->places[at - strip->from];
	unsigned int depth = box_at(strip, at)->depth;
	int x = depth > strip->depth ? column_of(strip, depth - 1) + 6 : 6;

	fprintf(stream, "<path class=\"e\" d=\"M%d %dV%dH%d\"/>\n", x,
		edge_top(strip, at), place->y + EDGE, place->x);
}

/* The next strip hangs on the head, too: the line from the last that does goes on. */
static void put_going_on(FILE *stream, const struct strip *strip)
{
	size_t last = strip->to - 1;

	if (strip->depth > 0 || strip->to == strip->panel->boxes.count)
		return;
	while (last > strip->from && box_at(strip, last)->depth > 0)
		last--;
	fprintf(stream, "<path class=\"e\" d=\"M6 %dV%d\"/>\n",
		strip->places[last - strip->from].y + EDGE, strip->height);
}

static void put_boxes(FILE *stream, const struct strip *strip)
{
	const struct diagram_box *on = goes_on_below(strip);

	for (size_t i = strip->from; i < strip->to; i++)
		if (box_at(strip, i)->frame && begins_frame(strip, i))
			put_frame(stream, strip, i);
	if (on) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		strbuf_printf(&text, "still below %s", on->name);
		put_label(stream, "", 2, 11, WIDTH - 8, strbuf_text(&text));
		fputc('\n', stream);
	}
	put_going_on(stream, strip);
	for (size_t i = strip->from; i < strip->to; i++)
		put_edge(stream, strip, i);
	for (size_t i = strip->from; i < strip->to; i++)
		put_box(stream, box_at(strip, i), &strip->places[i - strip->from]);
}

/* The head, and the way from it to the target. */
static void put_head(FILE *stream, const struct diagram *diagram,
		     const struct strip *strip)
{
	const struct diagram_box *head = &strip->panel->head;
	struct place place = { 2, 16, HEAD_WIDTH, box_height(head) };
	struct place target = { WIDTH - 72, 16, 70, place.height };
	int y = place.y + place.height / 2, from = place.x + place.width,
	    room = target.x - from;

	put_box(stream, head, &place);
	put_rect(stream, "b p", -1, &target, 2);
	put_label(stream, "w", target.x + 10, y + 4, target.width - 12, diagram->target);
	fprintf(stream, "<path class=\"a\" d=\"M%d %dH%dM%d %dl7 5-7 5\"/>", from + 3, y,
		target.x - 4, target.x - 10, y - 5);
	put_label(stream, "", from - 40, 11, room + 110, strip->panel->way);
	if (strip->panel->boxes.count > 0)
		fprintf(stream, "<path class=\"e\" d=\"M6 %dV%d\"/>",
			place.y + place.height, strip->height);
	fputc('\n', stream);
}

static void put_strip(FILE *stream, const struct diagram *diagram,
		      const struct strip *strip)
{
	if (strip->head)
		put_head(stream, diagram, strip);
	else if (strip->note)
		put_label(stream, "w", 2, 16, WIDTH, strip->panel->note);
	else
		put_boxes(stream, strip);
}

static struct strip *add_strip(struct arena *arena, const struct diagram_panel *panel,
			       size_t from, size_t to, struct list *ret)
{
	struct strip *strip = arena_new(arena, struct strip);

	strip->panel = panel;
	strip->from = from;
	strip->to = to;
	list_add(arena, ret, strip);
	return strip;
}

/* What a strip may not be divided at: a frame, and a short tree. */
static bool may_divide(const struct diagram_panel *panel, size_t from, size_t at)
{
	const struct diagram_box *last = panel->boxes.items[at - 1],
				 *next = panel->boxes.items[at];

	if (last->frame && last->frame == next->frame && at - from < 2 * ROWS_MAX)
		return false;
	return next->depth == 0 || at - from >= ROWS_MAX;
}

static void divide(struct arena *arena, const struct diagram_panel *panel,
		   struct list *ret)
{
	struct strip *strip = add_strip(arena, panel, 0, 0, ret);
	size_t from = 0;

	strip->head = true;
	strip->height = 16 + box_height(&panel->head) + 6;
	for (size_t at = 1; at <= panel->boxes.count; at++)
		if (at == panel->boxes.count || may_divide(panel, from, at)) {
			lay_out(arena, add_strip(arena, panel, from, at, ret));
			from = at;
		}
	if (!panel->note)
		return;
	strip = add_strip(arena, panel, 0, 0, ret);
	strip->note = true;
	strip->height = NOTE_LINE;
}

static void put_swatch(FILE *stream, const struct diagram_key *key, int x, int y)
{
	struct place place = { x + 1, y + 1, 24, 13 };

	put_rect(stream, "b", (int)key->color, &place, 4);
	fprintf(stream,
		"<rect class=\"f%u\" x=\"%d\" y=\"%d\" width=\"5\" height=\"9\" "
		"rx=\"2\"/>",
		key->color, x + 4, y + 3);
}

static void put_frame_swatch(FILE *stream, bool bad, int x, int y)
{
	struct place place = { x + 1, y + 1, 24, 13 };

	put_rect(stream, bad ? "o" : "g", -1, &place, 4);
}

/* One line of the legend after the other; `put` gets its drawing and its words. */
static void each_key(const struct diagram *diagram, void *data,
		     void (*put)(void *data, const struct diagram_key *key,
				 enum diagram_mark mark, const char *name,
				 const char *help))
{
	LIST_FOR_EACH (&diagram->keys, const struct diagram_key, key)
		put(data, key, MARK_NONE, key->name, key->help);
	for (int i = MARK_ON; i <= MARK_UNKNOWN; i++)
		if (diagram->marks[i])
			put(data, NULL, (enum diagram_mark)i, NULL, diagram->marks[i]);
	if (diagram->frame_good)
		put(data, NULL, MARK_NONE, NULL, diagram->frame_good);
	if (diagram->frame_bad)
		put(data, NULL, MARK_NONE, "", diagram->frame_bad);
}

static void put_sign(FILE *stream, const struct diagram_key *key, enum diagram_mark mark,
		     const char *name, int x, int y)
{
	if (key)
		put_swatch(stream, key, x, y);
	else if (mark != MARK_NONE)
		put_mark(stream, mark, x + 13, y + 8);
	else
		put_frame_swatch(stream, name != NULL, x, y);
}

static void put_html_key(void *data, const struct diagram_key *key,
			 enum diagram_mark mark, const char *name, const char *help)
{
	FILE *stream = data;

	fputs("<li><svg class=\"d\" width=\"26\" height=\"15\" viewBox=\"0 0 26 15\" "
	      "aria-hidden=\"true\">",
	      stream);
	put_sign(stream, key, mark, name, 0, 0);
	fputs("</svg> ", stream);
	if (key) {
		fputs("<b>", stream);
		markup_put_text(stream, name, MARKUP_WHOLE);
		fputs("</b>: ", stream);
	}
	markup_put_text(stream, help, MARKUP_WHOLE);
	fputs("</li>\n", stream);
}

void diagram_write_html(FILE *stream, const struct diagram *diagram)
{
	struct arena arena = { 0 };
	struct list strips = { 0 };

	fputs("<ul class=\"legend\">\n", stream);
	each_key(diagram, stream, put_html_key);
	fputs("</ul>\n<div class=\"strips\">\n", stream);
	LIST_FOR_EACH (&diagram->panels, const struct diagram_panel, panel)
		divide(&arena, panel, &strips);
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
			WIDTH, strip->height, WIDTH, strip->height);
		put_title(stream, strip->head ? strip->panel->heading
					      : box_at(strip, strip->from)->name);
		put_strip(stream, diagram, strip);
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

struct legend {
	FILE *stream;
	int y;
};

static void put_svg_key(void *data, const struct diagram_key *key, enum diagram_mark mark,
			const char *name, const char *help)
{
	struct legend *legend = data;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_printf(&text, "%s%s%s", key ? name : "", key ? ": " : "", help);
	put_sign(legend->stream, key, mark, name, MARGIN, legend->y);
	fprintf(legend->stream, "<text x=\"%d\" y=\"%d\">", MARGIN + 34, legend->y + 12);
	markup_put_text(legend->stream, strbuf_text(&text), MARKUP_WHOLE);
	fputs("</text>\n", legend->stream);
	legend->y += KEY_LINE;
}

/* Puts the strips into columns; returns where the longest one ends. */
static int put_columns(FILE *stream, const struct diagram *diagram,
		       const struct list *strips, int top, struct columns columns)
{
	int column = 0, y = 0, lowest = 0;

	LIST_FOR_EACH (strips, const struct strip, strip) {
		int height = strip_height(strip);

		/* A head stands above what hangs on it. */
		if (y > 0 && column + 1 < columns.count &&
		    y + height / 2 + (strip->head ? 120 : 0) > columns.height) {
			column++;
			y = 0;
		}
		if (strip->head) {
			put_label(stream, "h", MARGIN + column * COLUMN, top + y + 20,
				  WIDTH, strip->panel->heading);
			y += HEADING;
		}
		fprintf(stream, "<g transform=\"translate(%d %d)\">\n",
			MARGIN + column * COLUMN, top + y);
		put_strip(stream, diagram, strip);
		fputs("</g>\n", stream);
		y += strip->height;
		lowest = MAX(lowest, top + y);
	}
	return lowest;
}

void diagram_write_svg(FILE *stream, const struct diagram *diagram)
{
	_cleanup_free_ char *body = NULL;
	struct arena arena = { 0 };
	struct list strips = { 0 };
	struct columns columns;
	size_t size = 0;
	FILE *memory = open_memstream(&body, &size);
	struct legend legend = { memory, 50 };
	int width, height;

	LIST_FOR_EACH (&diagram->panels, const struct diagram_panel, panel)
		divide(&arena, panel, &strips);
	columns = choose_columns(&strips);
	width = MAX(columns.count * COLUMN + 2 * MARGIN, 2 * COLUMN);
	each_key(diagram, &legend, put_svg_key);
	height = put_columns(memory, diagram, &strips, legend.y + 12, columns) + MARGIN;
	fclose(memory);
	fprintf(stream,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"d\" role=\"img\" "
		"width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		width, height, width, height);
	put_title(stream, diagram->title);
	fputs("\n<style>\n", stream);
	diagram_put_style(stream);
	fputs("</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
	      stream);
	put_label(stream, "h", MARGIN, 30, width - 2 * MARGIN, diagram->title);
	fprintf(stream, "\n%s</svg>\n", body ? body : "");
	arena_free(&arena);
}
