/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What HTML and SVG have in common: safe text, and colours for the light and the dark. */
#pragma once

#include "base/text.h"

enum { MARKUP_COLORS = 8, MARKUP_WHOLE = 0 };

/*
 * Text as XML and HTML have it, within elements and quoted attributes: made safe,
 * escaped, and cut with an ellipsis behind `room` letters; MARKUP_WHOLE leaves it whole.
 * NULL is empty.
 */
void markup_put_text(FILE *stream, const char *text, size_t room);

/* ` name="text"` */
void markup_put_attribute(FILE *stream, const char *name, const char *text);

/*
 * CSS for things in one of the colours, as most people can tell them apart: classes s0 to
 * s7 for their lines, f0 to f7 for what is filled. On paper it is light.
 */
void markup_put_colors(FILE *stream);

/* One of them as it is on paper: "#0072b2". */
const char *markup_color(size_t color);
