// SPDX-License-Identifier: GPL-2.0-or-later
/* How single things of a diagram look: boxes, marks, texts that fit. */

#include "output/diagram-draw.h"

enum {
	LINE = 14,
	NAME = 24, /* what a box takes without lines */
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
int draw_label(FILE *stream, const char *class, int x, int y, int width, const char *text)
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

void draw_title(FILE *stream, const char *text)
{
	fputs("<title>", stream);
	markup_put_text(stream, text, MARKUP_WHOLE);
	fputs("</title>", stream);
}

void draw_rect(FILE *stream, const char *class, int color, const struct place *place,
	       int radius)
{
	fprintf(stream, "<rect class=\"%s", class);
	if (color >= 0)
		fprintf(stream, " s%d", color);
	fprintf(stream, "\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>",
		place->x, place->y, place->width, place->height, radius);
}

void draw_mark(FILE *stream, enum diagram_mark mark, int x, int y)
{
	if (mark == MARK_UNKNOWN)
		draw_label(stream, "w", x - 4, y + 4, 20, "?");
	else if (mark != MARK_NONE)
		fprintf(stream, "<path class=\"%s\" d=\"M%d %dl5 5-5 5-5-5Z\"/>",
			mark == MARK_ON ? "m" : "q", x, y - 5);
}

int draw_box_height(const struct diagram_box *box)
{
	int height = NAME;

	for (size_t i = 0; i < DIAGRAM_LINES && box->lines[i]; i++)
		height += LINE;
	return box->lines[0] ? height + 2 : height;
}

void draw_box(FILE *stream, const struct diagram_box *box, const struct place *place)
{
	int color = box->key ? (int)box->key->color : -1, radius = box->junction ? 2 : 8;
	int right = place->x + place->width - 8, left = place->x + 14;
	const char *class = box->key ? "b" : "b p";

	fputs("<g>", stream);
	draw_title(stream, box->title ? box->title : box->name);
	for (int i = box->many ? 2 : 0; i >= 0; i--) {
		struct place card = *place;

		card.x += i * STACK;
		card.y += i * STACK;
		draw_rect(stream, class, color, &card, radius);
	}
	if (box->key) {
		fprintf(stream,
			"<rect class=\"f%d\" x=\"%d\" y=\"%d\" width=\"5\" height=\"%d\" "
			"rx=\"2\"/>",
			color, place->x + 4, place->y + 4, place->height - 8);
		right -= draw_label(stream, "w", right, place->y + 17, -100,
				    box->key->name) +
			 12;
	}
	if (box->mark != MARK_NONE) {
		draw_mark(stream, box->mark, right, place->y + 13);
		right -= 12;
	}
	draw_label(stream, "n", left, place->y + 17, right - left, box->name);
	for (int i = 0; i < DIAGRAM_LINES && box->lines[i]; i++)
		draw_label(stream, "", left, place->y + 17 + (i + 1) * LINE,
			   place->x + place->width - 6 - left, box->lines[i]);
	fputs("</g>\n", stream);
}

const char *draw_frame_class(const struct diagram_frame *frame)
{
	return frame->mood == MOOD_BAD || frame->mood == MOOD_WARN ? "o" : "g";
}
