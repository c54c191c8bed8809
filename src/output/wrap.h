/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breaks long cells of a table between words, where libsmartcols breaks in the middle. */
#pragma once

#include <libsmartcols.h>

/*
 * Breaks the cells of the last column that may be wrapped, so that the table fits into
 * `width` columns as far as the others leave room. Where they leave little, words stay as
 * they are and libsmartcols does what it can.
 */
void wrap_table(struct libscols_table *table, unsigned int width);
