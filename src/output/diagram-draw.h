/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that draw diagrams as SVG share: sizes, single things, and strips. */
#pragma once

#include "output/diagram.h"
#include "output/markup.h"

/* In the units of the drawing, which are pixels on a plain screen. */
enum {
	STRIP_WIDTH = 352,
	STACK = 3,	/* how far a card of a stack shows below the next */
	STACK_ROOM = 6, /* of all of them */
};

struct place {
	int x, y, width, height;
};

/* Boxes that are drawn together, one below the other. */
struct strip {
	const struct diagram_panel *panel;
	size_t from, to;
	unsigned int depth; /* of the one that stands farthest to the left */
	bool head;	    /* it is the head, and has no boxes */
	bool note;	    /* it is the note */
	int height;
	int x, y;	      /* where it is put, by whoever puts it */
	struct place *places; /* of the boxes from `from` on */
};

/* Divides panels into strips (struct strip), in the arena. */
void strips_make(struct arena *arena, const struct diagram *diagram, struct list *ret);

/* Draws one with its left upper corner at 0, 0. */
void strip_put(FILE *stream, const struct diagram *diagram, const struct strip *strip);

/*
 * Puts text of a class into a width, cut where it is longer; one below 0 ends at x.
 * Returns what it takes, about.
 */
int draw_label(FILE *stream, const char *class, int x, int y, int width,
	       const char *text);
void draw_title(FILE *stream, const char *text);
/* Its line has a colour of markup_put_colors(), or that of its class where below 0. */
void draw_rect(FILE *stream, const char *class, int color, const struct place *place,
	       int radius);
void draw_mark(FILE *stream, enum diagram_mark mark, int x, int y);

/* The class of a frame. */
const char *draw_frame_class(const struct diagram_frame *frame);

int draw_box_height(const struct diagram_box *box);
void draw_box(FILE *stream, const struct diagram_box *box, const struct place *place);
