/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Curves of numbers, drawn with characters or as SVG; knows no model. */
#pragma once

#include "base/alloc.h"

/* How the numbers of an axis are written. */
enum plot_unit {
	PLOT_PLAIN,	  /* 20, 5k, 1M */
	PLOT_BYTES,	  /* 512, 4K, 2M: ticks at powers of two */
	PLOT_NANOSECONDS, /* 800 ns, 1.2 us, 3 ms */
	PLOT_PERCENT,	  /* 0 to 100, each further nine of 99.9… as far as the last */
};

struct plot_axis {
	const char *label; /* NULL for none */
	enum plot_unit unit;
	/*
	 * Logarithmic; what is not above 0 is drawn at the end then. PLOT_PERCENT has its
	 * own scale, whatever is said here. Other axes of y begin at 0.
	 */
	bool log;
};

/* A point with a coordinate that is not finite is left out, and breaks the line. */
struct plot_point {
	double x, y;
};

struct plot_series {
	const char *name;
	const struct plot_point *points; /* in the order in which a line joins them */
	size_t count;
};

/* Texts may hold anything: they are made safe. */
struct plot {
	const char *title;
	struct plot_axis x, y;
	struct list series; /* struct plot_series */
};

/*
 * Draws about twenty lines of at most `width` columns (0: 80; at least 40, at most 400)
 * with a legend below. Lines of dots and shapes for the points where `utf8`, ASCII
 * otherwise; series have colours, too, where `color`. Says "nothing to draw" where no
 * series has a point.
 */
void plot_write_text(FILE *stream, const struct plot *plot, unsigned int width, bool utf8,
		     bool color);

/*
 * One SVG document with all plots (struct plot) below each other. It needs nothing from
 * anywhere, runs nothing, follows the reader's choice of light or dark, and tells series
 * apart by shapes and dashes as well as by colours.
 */
void plot_write_svg(FILE *stream, const struct list *plots);
