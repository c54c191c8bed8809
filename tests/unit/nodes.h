/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes up ACPI tables that consist of nodes, decodes them, and looks for problems. */
#pragma once

#include "spec/resolve.h"
#include "tap.h"

static struct {
	unsigned char bytes[4096];
	size_t size;
	struct arena arena;
	struct acpi_table decoded;
} made;

/* Writes over what is there. */
static inline void patch(size_t at, unsigned int size, uint64_t value)
{
	for (unsigned int i = 0; i < size; i++)
		made.bytes[at + i] = (unsigned char)(value >> 8 * i);
}

/* Adds a number of so many bytes. */
static inline void add(unsigned int size, uint64_t value)
{
	if (made.size + size > sizeof(made.bytes))
		abort();
	patch(made.size, size, value);
	made.size += size;
}

static inline void add_text(const char *text)
{
	for (; *text; text++)
		add(1, (unsigned char)*text);
}

/* Adds the ID mapping of an IORT or a RIMT. */
static inline void add_mapping(uint32_t input, uint32_t count, uint32_t output,
			       size_t reference, uint32_t flags)
{
	add(4, input);
	add(4, count);
	add(4, output);
	add(4, reference);
	add(4, flags);
}

/* Begins a table whose header ends after 48 bytes; the counts have so many bytes. */
static inline void begin(const char *signature, unsigned int revision, unsigned int width,
			 unsigned int nodes)
{
	memset(made.bytes, 0, sizeof(made.bytes));
	made.size = 0;
	add_text(signature);
	add(4, 0);
	add(1, revision);
	add(1, 0);
	add_text("MADEUPMADEUP  ");
	add(4, 1);
	add_text("TEST");
	add(4, 1);
	add(width, nodes);
	add(width, 48);
	made.size = 48;
}

/* Sets length and checksum. */
static inline void finish(void)
{
	unsigned char sum = 0;

	patch(4, 4, made.size);
	patch(9, 1, 0);
	for (size_t i = 0; i < made.size; i++)
		sum = (unsigned char)(sum + made.bytes[i]);
	patch(9, 1, (unsigned char)-sum);
}

/* Decodes in a copy of just that size, so that a sanitizer sees a read behind it. */
static inline const struct acpi_table *decode_made(void)
{
	arena_free(&made.arena);
	if (acpi_decode(&made.arena, arena_memdup(&made.arena, made.bytes, made.size),
			made.size, &made.decoded) < 0)
		abort();
	return &made.decoded;
}

/* The node at an offset; never NULL. */
static inline const struct layout_node *node_at(size_t offset)
{
	LIST_FOR_EACH (&made.decoded.structures, const struct layout_node, node)
		if (node->offset == offset)
			return node;
	printf("Bail out! no node at %zu\n", offset);
	exit(1);
}

/* The child of a list at a place; never NULL. */
static inline const struct layout_node *child_at(const struct layout_node *node,
						 const char *list, size_t place)
{
	LIST_FOR_EACH (&node->children, const struct layout_node, child)
		if (streq(child->layout->list, list) && place-- == 0)
			return child;
	printf("Bail out! no such child in %s\n", list);
	exit(1);
}

/* All that stands in a field has to be there: 0xdead where it is not. */
static inline uint64_t value_of(const struct layout_node *node, const char *key)
{
	return layout_value(node, key, 0xdead);
}

static inline bool has_text(const struct layout_node *node, const char *key,
			    const char *text)
{
	const struct layout_field *field = layout_find_field(node->layout, key);

	return field && layout_field_size(node, field) > strlen(text) &&
	       memcmp(node->bytes + field->offset, text, strlen(text) + 1) == 0;
}

static inline size_t count_problems(enum acpi_code code)
{
	size_t count = 0;

	LIST_FOR_EACH (&made.decoded.problems, const struct acpi_problem, problem)
		count += problem->code == code;
	return count;
}

static inline bool has_problem(enum acpi_code code, size_t offset)
{
	LIST_FOR_EACH (&made.decoded.problems, const struct acpi_problem, problem)
		if (problem->code == code && problem->offset == offset)
			return true;
	return false;
}

/* What was found, for a test that wanted something else. */
static inline void show_problems(void)
{
	LIST_FOR_EACH (&made.decoded.problems, const struct acpi_problem, problem)
		printf("# 0x%x %s: %s\n", problem->offset,
		       acpi_problem_names[problem->code].code, problem->text);
}

/*
 * One change of a table that is right otherwise, and the problem that has to come of it,
 * at an offset. build() makes the table.
 */
static inline void spoil(void (*build)(void), const char *what, size_t at,
			 unsigned int size, uint64_t value, enum acpi_code code,
			 size_t offset)
{
	build();
	patch(at, size, value);
	finish();
	decode_made();
	if (!OK(has_problem(code, offset), "%s: %s", what, acpi_problem_names[code].code))
		show_problems();
}
