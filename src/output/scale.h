/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the numbers of a plot to places on paper, and which of them get a tick. */
#pragma once

#include "base/text.h"
#include "output/plot.h"

enum { TICKS_MAX = 40 };

/* One axis of one plot. */
struct scale {
	enum plot_unit unit;
	bool log;
	double low, high; /* transformed, low < high */
	double ticks[TICKS_MAX];
	size_t tick_count;
};

/*
 * Makes room for all finite points of the plot on its axis of x or y, with at most
 * `ticks_max` ticks (2 to TICKS_MAX), and at least one. False where there is no point.
 */
bool scale_make(struct scale *scale, const struct plot *plot, bool y, size_t ticks_max);

/* Where a number lies: 0 to 1, from the axis' beginning to its end. */
double scale_place(const struct scale *scale, double number);

/* Whether a point is drawn at all. */
bool plot_point_is_finite(const struct plot_point *point);

/* Adds a number as a person reads it, in ASCII. */
void scale_add_number(enum plot_unit unit, double number, struct strbuf *buf);
