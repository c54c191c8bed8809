// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts the mappings that the DMA-API's debugging lists. */

#include "source/source.h"

#define DUMP "sys/kernel/debug/dma-api/dump"

/* A dump while its lines go by. */
struct counting {
	struct arena *arena;
	struct mapping_table *table;
	const struct segments *map;
};

static void take_line(void *data, const char *line, size_t length)
{
	struct counting *counting = data;

	mapping_table_add(counting->arena, counting->table, counting->map, line, length);
}

int source_count_mappings(struct root *root, struct arena *arena,
			  const struct segments *map, struct mapping_table *ret)
{
	struct counting counting = { arena, ret, map };
	int r = root_each_line(root, take_line, &counting, DUMP);

	mapping_table_finish(ret);
	return r;
}

int source_count_file(int fd, struct arena *arena, struct mapping_table *ret)
{
	struct counting counting = { arena, ret, NULL };
	struct line_taker taker = { .line = take_line, .data = &counting };
	int r = each_line(fd, &taker);

	mapping_table_finish(ret);
	return r;
}
