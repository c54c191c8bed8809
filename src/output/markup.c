// SPDX-License-Identifier: GPL-2.0-or-later
/* What HTML and SVG have in common: safe text, and colours for the light and the dark. */

#include "output/markup.h"

/* Those of Okabe and Ito, which most people can tell apart, darker and lighter. */
static const struct {
	const char *light, *dark;
} colors[MARKUP_COLORS] = {
	{ "#0072b2", "#56b4e9" }, { "#d55e00", "#ff8c42" }, { "#007a5a", "#2fd3a5" },
	{ "#a8477f", "#e79ac6" }, { "#8a6d00", "#f0d24a" }, { "#4b3fa8", "#a9a0ff" },
	{ "#5c5c5c", "#c4c4c4" }, { "#a3231f", "#ff7f7a" },
};

const char *markup_color(size_t color)
{
	return colors[color % MARKUP_COLORS].light;
}

void markup_put_colors(FILE *stream)
{
	for (size_t i = 0; i < MARKUP_COLORS; i++)
		fprintf(stream, ".s%zu{stroke:%s}.f%zu{fill:%s}\n", i, colors[i].light, i,
			colors[i].light);
	fputs("@media screen and (prefers-color-scheme:dark){\n", stream);
	for (size_t i = 0; i < MARKUP_COLORS; i++)
		fprintf(stream, ".s%zu{stroke:%s}.f%zu{fill:%s}\n", i, colors[i].dark, i,
			colors[i].dark);
	fputs("}\n", stream);
}

/* What stands for a character of markup; NULL for one that is none. */
static const char *entity_of(char letter)
{
	switch (letter) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

/*
 * Control characters are not among what is safe; U+FFFE and U+FFFF are, and XML forbids
 * them.
 */
void markup_put_text(FILE *stream, const char *text, size_t room)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	size_t letters = 0;

	strbuf_add_safe(&safe, text ? text : "");
	for (const char *p = strbuf_text(&safe); *p; p++) {
		const char *entity = entity_of(*p);

		if (((unsigned char)*p & 0xc0) != 0x80 && ++letters > room &&
		    room != MARKUP_WHOLE) {
			fputs("…", stream);
			return;
		}
		if (starts_with(p, "\xef\xbf\xbe") || starts_with(p, "\xef\xbf\xbf")) {
			fputs("?", stream);
			p += 2;
		} else if (entity) {
			fputs(entity, stream);
		} else {
			fputc(*p, stream);
		}
	}
}

void markup_put_attribute(FILE *stream, const char *name, const char *text)
{
	fprintf(stream, " %s=\"", name);
	markup_put_text(stream, text, MARKUP_WHOLE);
	fputc('"', stream);
}
