/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws any record as HTML that is XML, too; knows field tables and no model. */
#pragma once

#include "output/output.h"

/*
 * A page that needs nothing from anywhere and runs nothing, light or dark as its reader
 * likes, and light on paper. What other drawings add to its style is put between the two
 * beginnings.
 */
void html_begin(FILE *stream, const char *title);
void html_begin_body(FILE *stream);
void html_end(FILE *stream);

/* The name is that of its anchor. */
void html_begin_section(FILE *stream, const char *name, const char *heading);
void html_end_section(FILE *stream);

/* What is opened by whoever wants to read it. */
void html_begin_details(FILE *stream, const char *summary);
void html_end_details(FILE *stream);

void html_put_paragraph(FILE *stream, const char *class, const char *text);

/* "good", "warn", "bad", "dim", or "" */
const char *html_mood(enum mood mood);

/*
 * A table with a column for each field of output->columns, or those that are shown by
 * default. -EINVAL where one does not exist.
 */
int html_write_table(const struct output *output, const struct sheet *sheet);

/*
 * Each object as a list of its fields, each with its reason. The first field of what is
 * no card by itself is its heading.
 */
int html_write_cards(const struct output *output, const struct sheet *sheet);

/* The fields of objects, with nothing around them. */
int html_write_facts(const struct output *output, const struct sheet *sheet);
