// SPDX-License-Identifier: GPL-2.0-or-later
/* Diagrams in the language of Graphviz. */

#include "output/diagram.h"
#include "output/markup.h"

/* Boxes are numbered over all panels; heads come first, and the target has no number. */
struct graph {
	FILE *stream;
	size_t next, frames;
};

enum { DEPTH_MAX = 64 };

/* Within quotes: "\" begins escapes of labels, too. */
static void put_text(FILE *stream, const char *text)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };

	strbuf_add_safe(&safe, text ? text : "");
	for (const char *p = strbuf_text(&safe); *p; p++) {
		if (*p == '"' || *p == '\\')
			fputc('\\', stream);
		/* Graphviz reads references to characters as HTML has them. */
		fputs(*p == '&' ? "&amp;" : (char[]){ *p, '\0' }, stream);
	}
}

static void put_attribute(FILE *stream, const char *name, const char *text)
{
	fprintf(stream, ",%s=\"", name);
	put_text(stream, text);
	fputc('"', stream);
}

static void put_box(FILE *stream, size_t number, const struct diagram_box *box)
{
	static const char *const marks[] = { "", "◆ ", "◇ ", "? " };

	fprintf(stream, "  n%zu [label=\"%s", number, marks[box->mark]);
	put_text(stream, box->name);
	if (box->key) {
		fputs(" - ", stream);
		put_text(stream, box->key->name);
	}
	for (size_t i = 0; i < DIAGRAM_LINES && box->lines[i]; i++) {
		fputs("\\n", stream);
		put_text(stream, box->lines[i]);
	}
	fputc('"', stream);
	put_attribute(stream, "tooltip", box->title ? box->title : box->name);
	if (box->key)
		fprintf(stream, ",color=\"%s\"", markup_color(box->key->color));
	if (box->many)
		fputs(",peripheries=2", stream);
	if (box->junction)
		fputs(",shape=component", stream);
	fputs("]\n", stream);
}

static void begin_frame(struct graph *graph, const struct diagram_frame *frame)
{
	bool bad = frame->mood == MOOD_BAD || frame->mood == MOOD_WARN;

	fprintf(graph->stream, "  subgraph cluster_%zu { label=\"", graph->frames++);
	put_text(graph->stream, frame->label);
	if (frame->aside) {
		fputs(" - ", graph->stream);
		put_text(graph->stream, frame->aside);
	}
	fprintf(graph->stream, "\" style=\"rounded%s\"\n", bad ? ",dashed" : "");
}

static void put_panel(struct graph *graph, const struct diagram_panel *panel)
{
	const struct diagram_frame *frame = NULL;
	size_t above[DEPTH_MAX] = { graph->next }, first;

	put_box(graph->stream, graph->next, &panel->head);
	fprintf(graph->stream, "  n%zu -> target [label=\"", graph->next++);
	put_text(graph->stream, panel->way);
	fputs("\"]\n", graph->stream);
	first = graph->next;
	LIST_FOR_EACH (&panel->boxes, const struct diagram_box, box) {
		if (frame && box->frame != frame)
			fputs("  }\n", graph->stream);
		if (box->frame && box->frame != frame)
			begin_frame(graph, box->frame);
		frame = box->frame;
		put_box(graph->stream, graph->next++, box);
	}
	fputs(frame ? "  }\n" : "", graph->stream);
	LIST_FOR_EACH (&panel->boxes, const struct diagram_box, box) {
		size_t depth = MIN(box->depth, (unsigned int)DEPTH_MAX - 2);

		fprintf(graph->stream, "  n%zu -> n%zu\n", first + box_at, above[depth]);
		above[depth + 1] = first + box_at;
	}
	if (!panel->note)
		return;
	fprintf(graph->stream, "  n%zu [shape=plaintext,label=\"", graph->next++);
	put_text(graph->stream, panel->note);
	fputs("\"]\n", graph->stream);
}

void diagram_write_dot(FILE *stream, const struct diagram *diagram)
{
	struct graph graph = { .stream = stream };

	fputs("digraph dma {\n  rankdir=RL\n  fontname=\"sans-serif\"\n"
	      "  node [shape=box,style=rounded,fontname=\"sans-serif\"]\n"
	      "  edge [fontname=\"sans-serif\"]\n  label=\"",
	      stream);
	put_text(stream, diagram->title);
	fputs("\"\n  target [shape=cylinder,label=\"", stream);
	put_text(stream, diagram->target);
	fputs("\"]\n", stream);
	LIST_FOR_EACH (&diagram->panels, const struct diagram_panel, panel)
		put_panel(&graph, panel);
	fputs("}\n", stream);
}
