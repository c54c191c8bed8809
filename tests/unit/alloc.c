// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests base/alloc: the arena and its lists; a sanitizer build sees every overrun. */

#include "base/alloc.h"

#include "tap.h"

static void test_arena(void)
{
	static const size_t sizes[] = {
		0, 1, 7, 16, 17, 1000, 65535, 65536, 65537, 300000
	};
	enum { BLOCKS = 500 };
	struct arena arena = { 0 };
	unsigned char *blocks[BLOCKS];
	size_t crooked = 0, dirty = 0, damaged = 0;

	for (size_t i = 0; i < BLOCKS; i++) {
		size_t size = sizes[i % ARRAY_SIZE(sizes)];

		blocks[i] = arena_alloc(&arena, size);
		crooked += (uintptr_t)blocks[i] % _Alignof(max_align_t) != 0;
		for (size_t j = 0; j < size; j++)
			dirty += blocks[i][j] != 0;
		memset(blocks[i], (int)(i & 0xff), size);
	}
	for (size_t i = 0; i < BLOCKS; i++)
		for (size_t j = 0; j < sizes[i % ARRAY_SIZE(sizes)]; j++)
			damaged += blocks[i][j] != (i & 0xff);
	IS(crooked, 0, "%d blocks are aligned for any type", BLOCKS);
	IS(dirty, 0, "they begin as zeros");
	IS(damaged, 0, "they do not overlap");
	arena_free(&arena);
	OK(!arena.chunks, "a freed arena is empty");
	arena_free(&arena);
	OK(arena_alloc(&arena, 10), "and can be used again");
	arena_free(&arena);
}

static void test_strings(void)
{
	struct arena arena = { 0 };
	char text[] = { 'a', 'b', 'c' };

	IS_TEXT(arena_strdup(&arena, ""), "", "arena_strdup of nothing");
	IS_TEXT(arena_strdup(&arena, "abc"), "abc", "arena_strdup");
	IS_TEXT(arena_strndup(&arena, text, 2), "ab", "arena_strndup terminates");
	IS_TEXT(arena_strndup(&arena, text, 0), "", "arena_strndup of no bytes");
	IS_TEXT(arena_printf(&arena, "%s %d%%", "x", 7), "x 7%", "arena_printf");
	IS_TEXT(arena_printf(&arena, "%s", ""), "", "arena_printf of nothing");
	OK(memcmp(arena_memdup(&arena, "a\0b", 3), "a\0b", 3) == 0, "arena_memdup");
	OK(arena_memdup(&arena, NULL, 0), "arena_memdup of no bytes");
	arena_free(&arena);
}

static void test_list(void)
{
	struct arena arena = { 0 };
	struct list list = { 0 };
	size_t visited = 0, wrong = 0;
	int numbers[1000];

	LIST_FOR_EACH (&list, int, number)
		visited += number != NULL;
	IS(visited, 0, "an empty list has no items");
	for (int i = 0; i < 1000; i++) {
		numbers[i] = i;
		list_add(&arena, &list, &numbers[i]);
	}
	IS(list.count, 1000, "a thousand items");
	LIST_FOR_EACH (&list, int, number) {
		wrong += *number != (int)visited;
		visited++;
	}
	IS(visited, 1000, "LIST_FOR_EACH visits all of them");
	IS(wrong, 0, "in order");
	visited = 0;
	LIST_FOR_EACH (&list, int, number) {
		visited++;
		if (*number == 10)
			break;
	}
	IS(visited, 11, "break leaves the loop");
	visited = 0;
	LIST_FOR_EACH (&list, int, number) {
		if (*number % 2 == 0)
			continue;
		visited++;
	}
	IS(visited, 500, "continue goes to the next item");
	arena_free(&arena);
}

static void test_heap(void)
{
	char *copy = xstrdup("text");

	IS_TEXT(copy, "text", "xstrdup");
	copy = xrealloc(copy, 100);
	IS_TEXT(copy, "text", "xrealloc keeps what was there");
	copy = xrealloc(copy, 0);
	OK(copy, "xrealloc to nothing still gives memory");
	free(copy);
}

int main(void)
{
	test_arena();
	test_strings();
	test_list();
	test_heap();
	return tap_end();
}
