/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A drawing of boxes below each other and frames around them; knows no model. */
#pragma once

#include "base/record.h"

/* What the colour of boxes stands for: one line of the legend. */
struct diagram_key {
	const char *name;   /* the word that the box shows, too */
	const char *help;   /* what it means */
	unsigned int color; /* of markup_put_colors() */
};

/* Around boxes that follow each other. */
struct diagram_frame {
	const char *label;
	const char *aside; /* at its other end; NULL for none */
	enum mood mood;	   /* of its line: bad and warn are dashed */
};

enum diagram_mark { MARK_NONE, MARK_ON, MARK_OFF, MARK_UNKNOWN };

enum { DIAGRAM_LINES = 3 };

struct diagram_box {
	const char *name;
	const char *lines[DIAGRAM_LINES]; /* below the name; NULL for none */
	const char *title; /* all of it, for whoever points at it; NULL: the name */
	const struct diagram_key *key; /* NULL for none */
	const struct diagram_frame *frame;
	enum diagram_mark mark;
	bool junction; /* others hang on it */
	bool many;     /* stands for several, as its text says */
	unsigned int depth;
};

/* A box at the top, with the way on from there, and what hangs on it. */
struct diagram_panel {
	const char *heading;
	struct diagram_box head;
	const char *way;   /* what the arrow to the target stands for */
	struct list boxes; /* struct diagram_box: a tree, in the order of its branches */
	const char *note;  /* what is not drawn; NULL for none */
};

/* Texts may hold anything: they are made safe. */
struct diagram {
	const char *title;
	const char *target;		     /* where all ways lead */
	struct list keys;		     /* struct diagram_key: those that occur */
	const char *marks[MARK_UNKNOWN + 1]; /* what marks mean; NULL: does not occur */
	const char *frame_good, *frame_bad;  /* what the lines of frames mean */
	struct list panels;		     /* struct diagram_panel */
};

/*
 * One SVG document, in columns. It needs nothing from anywhere, runs nothing, follows the
 * reader's choice of light or dark, and says in words what it says by colours.
 */
void diagram_write_svg(FILE *stream, const struct diagram *diagram);

/*
 * The same for a page of HTML: headings and small drawings, which the page puts into as
 * many columns as it has room for. Wants the style in its head.
 */
void diagram_write_html(FILE *stream, const struct diagram *diagram);
void diagram_put_style(FILE *stream);

/* The same as a graph in the language of Graphviz, frames as clusters. */
void diagram_write_dot(FILE *stream, const struct diagram *diagram);
