// SPDX-License-Identifier: GPL-2.0-or-later
/* Strips of a diagram: trees of boxes with frames and lines, in one width. */

#include "output/diagram-draw.h"

enum {
	STEP = 20, /* to the right, for each depth */
	STEPS_MAX = 8,
	LEFT = 20, /* of what hangs on the head */
	RIGHT = 8,
	GAP = 7,   /* below a box */
	EDGE = 14, /* how far below its top a line reaches a box */
	FRAME_HEAD = 18,
	FRAME_SIDE = 6,
	ROWS_MAX = 12,	 /* of a strip that may end within a tree */
	FRAMED_MAX = 24, /* of one that would end within a frame */
	HEAD_WIDTH = 244,
	HEAD_TOP = 16,
	BELOW = 18, /* a strip that goes on says what with */
	NOTE_LINE = 24,
};

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
		place->width =
			STRIP_WIDTH - RIGHT - (box->many ? STACK_ROOM : 0) - place->x;
		place->height = draw_box_height(box);
		y += place->height + GAP + (box->many ? STACK_ROOM : 0);
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
		bottom = other->y + other->height +
			 (box_at(strip, i)->many ? STACK_ROOM : 0);
		if (ends_frame(strip, i))
			break;
	}
	place.x -= FRAME_SIDE;
	place.y -= FRAME_HEAD;
	place.width = STRIP_WIDTH - 1 - place.x;
	place.height = bottom + FRAME_SIDE - place.y;
	draw_rect(stream, draw_frame_class(frame), -1, &place, 6);
	if (frame->aside)
		aside = draw_label(stream, "", STRIP_WIDTH - 8, place.y + 13, -130,
				   frame->aside);
	draw_label(stream, "", place.x + 8, place.y + 13,
		   STRIP_WIDTH - 24 - aside - place.x, frame->label);
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
		draw_label(stream, "", 2, 11, STRIP_WIDTH - 8, strbuf_text(&text));
		fputc('\n', stream);
	}
	put_going_on(stream, strip);
	for (size_t i = strip->from; i < strip->to; i++)
		put_edge(stream, strip, i);
	for (size_t i = strip->from; i < strip->to; i++)
		draw_box(stream, box_at(strip, i), &strip->places[i - strip->from]);
}

/* The head, and the way from it to the target. */
static void put_head(FILE *stream, const struct diagram *diagram,
		     const struct strip *strip)
{
	const struct diagram_box *head = &strip->panel->head;
	struct place place = { 2, 16, HEAD_WIDTH, draw_box_height(head) };
	struct place target = { STRIP_WIDTH - 72, 16, 70, place.height };
	int y = place.y + place.height / 2, from = place.x + place.width,
	    room = target.x - from;

	draw_box(stream, head, &place);
	draw_rect(stream, "b p", -1, &target, 2);
	draw_label(stream, "w", target.x + 10, y + 4, target.width - 12, diagram->target);
	fprintf(stream, "<path class=\"a\" d=\"M%d %dH%dM%d %dl7 5-7 5\"/>", from + 3, y,
		target.x - 4, target.x - 10, y - 5);
	draw_label(stream, "", from - 40, 11, room + 110, strip->panel->way);
	if (strip->panel->boxes.count > 0)
		fprintf(stream, "<path class=\"e\" d=\"M6 %dV%d\"/>",
			place.y + place.height, strip->height);
	fputc('\n', stream);
}

void strip_put(FILE *stream, const struct diagram *diagram, const struct strip *strip)
{
	if (strip->head)
		put_head(stream, diagram, strip);
	else if (strip->note)
		draw_label(stream, "w", 2, 16, STRIP_WIDTH, strip->panel->note);
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

	if (last->frame && last->frame == next->frame && at - from < FRAMED_MAX)
		return false;
	return next->depth == 0 || at - from >= ROWS_MAX;
}

static void divide(struct arena *arena, const struct diagram_panel *panel,
		   struct list *ret)
{
	struct strip *strip = add_strip(arena, panel, 0, 0, ret);
	size_t from = 0;

	strip->head = true;
	strip->height = 16 + draw_box_height(&panel->head) + 6;
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

void strips_make(struct arena *arena, const struct diagram *diagram, struct list *ret)
{
	LIST_FOR_EACH (&diagram->panels, const struct diagram_panel, panel)
		divide(arena, panel, ret);
}
