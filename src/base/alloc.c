// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory: an arena for everything that lives as long as the model, and growing lists. */

#include "base/alloc.h"

#include <stdarg.h>

enum { CHUNK_SIZE = 64 * 1024 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

static _Noreturn void out_of_memory(void)
{
	static const char message[] = "dmascope: out of memory\n";
	ssize_t ignored _unused_ = write(STDERR_FILENO, message, sizeof(message) - 1);

	_exit(2);
}

void *xrealloc(void *memory, size_t size)
{
	void *moved = realloc(memory, size ? size : 1);

	if (!moved)
		out_of_memory();
	return moved;
}

void *xzalloc(size_t size)
{
	return memset(xrealloc(NULL, size), 0, size);
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xrealloc(NULL, size), text, size);
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *next;

	for (struct arena_chunk *chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	arena->chunks = NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_chunk *chunk = arena->chunks;
	void *memory;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + align - 1) / align * align;
	if (!chunk || chunk->size - chunk->used < size) {
		size_t capacity = MAX(size, (size_t)CHUNK_SIZE);

		chunk = xrealloc(NULL, sizeof(*chunk) + capacity);
		chunk->used = 0;
		chunk->size = capacity;
		/*
		 * A large block goes behind the current chunk, whose rest stays usable.
		 */
		if (arena->chunks && capacity > CHUNK_SIZE) {
			chunk->next = arena->chunks->next;
			arena->chunks->next = chunk;
		} else {
			chunk->next = arena->chunks;
			arena->chunks = chunk;
		}
	}
	memory = chunk->bytes + chunk->used;
	chunk->used += size;
	return memset(memory, 0, size);
}

void *arena_memdup(struct arena *arena, const void *bytes, size_t length)
{
	void *copy = arena_alloc(arena, length);

	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	char *text;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory();
	text = arena_alloc(arena, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void list_add(struct arena *arena, struct list *list, const void *item)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 8;
		void **items = arena_alloc(arena, capacity * sizeof(*items));

		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = (void *)item;
}
