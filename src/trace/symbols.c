// SPDX-License-Identifier: GPL-2.0-or-later
/* Names for addresses of the kernel, from /proc/kallsyms. */

#include "trace/symbols.h"

#include "base/file.h"

/* No function is that long: what follows the last one of a module is none of it. */
enum { FUNCTION_MAX = 64 * 1024 };

struct loading {
	struct symbols *symbols;
	const char *module; /* of the line before: those of one stand together */
};

/* "ffffffffc0465100 t dmaleak_map_sg\t[dmaleak]" */
static void take_line(void *data, const char *line, size_t length)
{
	struct loading *loading = data;
	struct symbols *symbols = loading->symbols;
	struct symbol symbol = { 0 };
	const char *end = line + length, *name_end, *module;
	char *rest;

	symbol.address = strtoull(line, &rest, 16);
	if (rest == line || end - rest < 4 || rest[0] != ' ' || rest[2] != ' ' ||
	    !strchr("tTwW", rest[1]))
		return;
	name_end = memchr(rest, '\t', (size_t)(end - rest));
	if (!name_end)
		name_end = end;
	symbol.name =
		arena_strndup(&symbols->arena, rest + 3, (size_t)(name_end - (rest + 3)));
	module = name_end < end ? name_end + 1 : NULL;
	if (module && *module == '[' && end[-1] == ']') {
		size_t size = (size_t)(end - module) - 2;

		if (!loading->module || strlen(loading->module) != size ||
		    strncmp(loading->module, module + 1, size) != 0)
			loading->module =
				arena_strndup(&symbols->arena, module + 1, size);
		symbol.module = loading->module;
	}
	if (symbols->count == symbols->capacity) {
		symbols->capacity = symbols->capacity ? 2 * symbols->capacity : 4096;
		symbols->items = xrealloc(symbols->items,
					  symbols->capacity * sizeof(*symbols->items));
	}
	symbols->items[symbols->count++] = symbol;
}

static int compare_symbols(const void *a, const void *b)
{
	uint64_t one = ((const struct symbol *)a)->address;
	uint64_t other = ((const struct symbol *)b)->address;

	return (one > other) - (one < other);
}

int symbols_load(struct symbols *symbols)
{
	struct loading loading = { .symbols = symbols };
	struct line_taker taker = { .line = take_line, .data = &loading };
	_cleanup_close_ int fd = open_named_file("/proc/kallsyms");
	int r = fd < 0 ? fd : each_line(fd, &taker);

	if (r < 0)
		return r;
	if (symbols->count > 0)
		qsort(symbols->items, symbols->count, sizeof(*symbols->items),
		      compare_symbols);
	return symbols->count == 0 || symbols->items[symbols->count - 1].address == 0
		       ? -EPERM
		       : 0;
}

struct trace_frame symbols_frame(const struct symbols *symbols, uint64_t address)
{
	struct trace_frame frame = { .address = address };
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		/* Where a call returns to may be where the next function begins. */
		if (symbols->items[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address - symbols->items[low - 1].address > FUNCTION_MAX)
		return frame;
	frame.function = symbols->items[low - 1].name;
	frame.module = symbols->items[low - 1].module;
	frame.offset = address - symbols->items[low - 1].address;
	return frame;
}

void symbols_free(struct symbols *symbols)
{
	arena_free(&symbols->arena);
	free(symbols->items);
	*symbols = (struct symbols){ 0 };
}
