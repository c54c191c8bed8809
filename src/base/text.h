/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: growing strings, strict numbers, words and lines, and what is safe to show. */
#pragma once

#include "base/alloc.h"

/* A growing string, always terminated once something was added. All zero is empty. */
struct strbuf {
	char *text;
	size_t length;
	size_t capacity;
};

void strbuf_free(struct strbuf *buf);

/* Hands the string over and leaves an empty one behind, for its cleanup. */
static inline struct strbuf strbuf_take(struct strbuf *buf)
{
	struct strbuf taken = *buf;

	*buf = (struct strbuf){ 0 };
	return taken;
}

void strbuf_add(struct strbuf *buf, const char *bytes, size_t length);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_printf(struct strbuf *buf, const char *format, ...) _printf_(2, 3);
void strbuf_clear(struct strbuf *buf);
/* The text so far, "" when empty; valid until the next change. */
const char *strbuf_text(const struct strbuf *buf);

#define _cleanup_strbuf_ _cleanup_(strbuf_free)

/*
 * The whole text as a number: no sign where unsigned, no white space, no rest. Base 0
 * takes 0x and decimal (never octal). -EINVAL or -ERANGE otherwise.
 */
int parse_u64(const char *text, unsigned int base, uint64_t *ret);
int parse_i64(const char *text, int64_t *ret);

/*
 * 1 to max_digits (at most 8) hexadecimal digits at *text, without 0x; moves *text behind
 * them. -EINVAL where there are none or more of them.
 */
int parse_hex_digits(const char **text, size_t max_digits, uint32_t *ret);

/*
 * A size in bytes: "16G", "512M", "4096", "0x1000", with powers of 1024. -EINVAL for 0
 * and for what is none or too large.
 */
int parse_size(const char *text, uint64_t *ret);

/* A PCI address "[dddd:]bb:dd.f" or, where ret_function may be -1, "[dddd:]bb:dd". */
struct pci_address {
	uint32_t domain;
	uint8_t bus, device;
	int function; /* 0 to 7, or -1 for every function of the device */
};

int parse_pci_address(const char *text, struct pci_address *ret);

/*
 * The next word of *cursor, separated by any of `separators`; NULL at the end. Advances
 * *cursor, sets *ret_length; the word is not terminated.
 */
const char *next_word(const char **cursor, const char *separators, size_t *ret_length);
/* The next line of *cursor without its newline, likewise. */
const char *next_line(const char **cursor, size_t *ret_length);

/* What stands behind the last slash of a path. */
const char *path_name(const char *path);

/* Cuts white space at the end of a string, in place; returns its argument. */
char *trim_end(char *text);

/*
 * Adds text so that it can be shown and stored anywhere: valid UTF-8 stays, control
 * characters (escape sequences among them) and invalid bytes become \xNN.
 */
void strbuf_add_safe(struct strbuf *buf, const char *text);

/* The same for a whole word: is there anything that strbuf_add_safe() would change? */
bool text_is_safe(const char *text);

/* A size as people read it: exact powers as "4K", "2M", "1G", others as "1.5G". */
void strbuf_add_size(struct strbuf *buf, uint64_t bytes);

/* Does text match a shell pattern that knows only '*'? */
bool matches_star(const char *pattern, const char *text);

/*
 * How many letters have to be put in, left out, changed or swapped with the next one to
 * make one text of the other; `limit` where it is that or more. Texts of 63 bytes at
 * most: longer ones are `limit` apart.
 */
size_t text_distance(const char *a, size_t a_length, const char *b, size_t b_length,
		     size_t limit);
