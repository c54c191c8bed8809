// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings counted by what they have in common. */

#include "model/mapping-group.h"

const struct enum_name mapping_suspicion_names[] = {
	[SUSPECT_NO_DRIVER] = { "no-driver", MOOD_BAD,
				"the device has no driver that could end them" },
	[SUSPECT_KERNEL] = { "kernel-image", MOOD_BAD,
			     "they lie in the kernel's own code or data" },
	[SUSPECT_REGISTERS] = { "registers", MOOD_WARN,
				"they lie in registers and were mapped as memory" },
	[SUSPECT_RESERVED] = { "reserved", MOOD_WARN,
			       "they lie in what the firmware or the kernel keeps" },
	[SUSPECT_NOT_MEMORY] = { "not-memory", MOOD_BAD,
				 "nothing is known to lie where they point" },
	[SUSPECT_PLACE_UNKNOWN] = { "place-unknown", MOOD_DIM,
				    "where they lie could not be looked up, so there may "
				    "be more" },
	{ 0 },
};

static const struct field suspect_fields[] = {
	FIELD(struct mapping_suspect, code, "CODE", F_ENUM, F_SHOW, "what is wrong",
	      .names = mapping_suspicion_names),
	FIELD(struct mapping_suspect, count, "COUNT", F_UINT, F_SHOW | F_RIGHT,
	      "mappings of which that is so"),
	FIELD(struct mapping_suspect, address, "ADDRESS", F_HEX, F_SHOW,
	      "physical address of one of them"),
	FIELD(struct mapping_suspect, text, "TEXT", F_STR, F_SHOW | F_BRANCH,
	      "the same in words"),
};

const struct record mapping_suspect_record =
	RECORD("suspects", "suspect", "something about mappings that should not be",
	       suspect_fields);

static const struct field frame_fields[] = {
	FIELD(struct mapping_frame, text, "TEXT", F_STR, F_SHOW,
	      "the function, where in it, and its module"),
	FIELD(struct mapping_frame, function, "FUNCTION", F_STR, F_SHOW,
	      "function of the kernel"),
	FIELD(struct mapping_frame, module, "MODULE", F_STR, F_SHOW,
	      "module that it is of; none in the kernel itself"),
	FIELD(struct mapping_frame, offset, "OFFSET", F_HEX, F_SHOW,
	      "where it goes on, from its beginning"),
	FIELD(struct mapping_frame, address, "ADDRESS", F_HEX, F_SHOW,
	      "the same as an address"),
};

const struct record mapping_frame_record =
	RECORD("frames", "frame", "a function on the way to a mapping", frame_fields);

static const struct field stack_fields[] = {
	FIELD(struct mapping_stack, by, "BY", F_STR, F_SHOW,
	      "function that called the DMA API"),
	FIELD(struct mapping_stack, count, "COUNT", F_UINT, F_SHOW | F_RIGHT,
	      "mappings that are alive"),
	FIELD(struct mapping_stack, bytes, "BYTES", F_BYTES, F_SHOW | F_RIGHT,
	      "bytes that they have together"),
	FIELD(struct mapping_stack, maps, "MAPS", F_UINT, F_SHOW | F_RIGHT,
	      "mappings made since the trace began"),
	FIELD(struct mapping_stack, unmaps, "UNMAPS", F_UINT, F_SHOW | F_RIGHT,
	      "of these, ended since"),
	FIELD(struct mapping_stack, old, "OLD", F_UINT, F_SHOW | F_RIGHT,
	      "mappings that were not ended for long"),
	FIELD(struct mapping_stack, frames, "FRAMES", F_RECORDS, F_TREE,
	      "functions on the way, the innermost first",
	      .record = &mapping_frame_record),
};

const struct record mapping_stack_record =
	RECORD("stacks", "stack", "mappings that were made in one way", stack_fields);

static const struct field fields[] = {
	FIELD(struct mapping_group, driver, "DRIVER", F_STR, F_SHOW | F_LABEL,
	      "driver that the device has now; none where the kernel names a bus"),
	FIELD(struct mapping_group, device, "DEVICE", F_STR, F_SHOW | F_LABEL,
	      "device that may address them"),
	FIELD(struct mapping_group, type, "TYPE", F_STR, F_SHOW | F_LABEL,
	      "how they were made: single, scatter-gather, coherent …"),
	FIELD(struct mapping_group, direction, "DIRECTION", F_STR, F_SHOW | F_LABEL,
	      "what the device may do with them"),
	FIELD(struct mapping_group, count, "COUNT", F_UINT, F_SHOW | F_RIGHT | F_GAUGE,
	      "mappings", .gauge = "mapping_live"),
	FIELD(struct mapping_group, bytes, "BYTES", F_BYTES, F_SHOW | F_RIGHT | F_GAUGE,
	      "bytes that they have together"),
	FIELD(struct mapping_group, unchecked, "UNCHECKED", F_UINT, F_SHOW | F_RIGHT,
	      "mappings of which the driver did not ask whether they failed"),
	FIELD(struct mapping_group, bounced, "BOUNCED", F_UINT, F_RIGHT,
	      "mappings that bounce buffers stand in for"),
	FIELD(struct mapping_group, maps, "MAPS", F_UINT, F_RIGHT | F_ASKED,
	      "mappings made since the trace began"),
	FIELD(struct mapping_group, unmaps, "UNMAPS", F_UINT, F_RIGHT | F_ASKED,
	      "of these, ended since"),
	FIELD(struct mapping_group, older_unmaps, "OLDER-UNMAPS", F_UINT,
	      F_RIGHT | F_ASKED, "ends of mappings that were made before the trace"),
	FIELD(struct mapping_group, maps_per_second, "RATE", F_UINT, F_RIGHT | F_ASKED,
	      "mappings made in a second"),
	FIELD(struct mapping_group, bytes_per_second, "BYTE-RATE", F_BYTES,
	      F_RIGHT | F_ASKED, "bytes mapped in a second"),
	FIELD(struct mapping_group, life_us, "LIFE", F_UINT, F_RIGHT | F_ASKED,
	      "microseconds from mapping to unmapping, on average"),
	FIELD(struct mapping_group, old, "OLD", F_UINT, F_RIGHT | F_ASKED,
	      "mappings that were not ended for long (--older)"),
	FIELD(struct mapping_group, old_bytes, "OLD-BYTES", F_BYTES, F_RIGHT | F_ASKED,
	      "bytes that these have together"),
	FIELD(struct mapping_group, oldest_seconds, "OLDEST", F_UINT, F_RIGHT | F_ASKED,
	      "age in seconds of the oldest that is alive"),
	FIELD(struct mapping_group, count_delta, "DELTA", F_INT, F_RIGHT | F_ASKED,
	      "mappings more than in the first sample"),
	FIELD(struct mapping_group, bytes_delta, "BYTES-DELTA", F_INT, F_RIGHT | F_ASKED,
	      "bytes more than in the first sample"),
	FIELD(struct mapping_group, per_hour, "PER-HOUR", F_INT, F_RIGHT | F_ASKED,
	      "mappings more in an hour, by the slope of all samples"),
	FIELD(struct mapping_group, growing, "GROWING", F_BOOL, F_ASKED,
	      "whether they keep growing in number or size"),
	FIELD(struct mapping_group, confidence, "SURE", F_UINT, F_RIGHT | F_ASKED,
	      "percent: how seldom chance would bring samples into such an order"),
	FIELD(struct mapping_group, why, "WHY", F_STR, F_ASKED | F_BRANCH,
	      "what the verdict rests on"),
	FIELD(struct mapping_group, stacks, "STACKS", F_RECORDS, F_TREE | F_ASKED,
	      "where they are made, the most mappings first",
	      .record = &mapping_stack_record),
	FIELD(struct mapping_group, suspects, "SUSPECTS", F_RECORDS, F_TREE,
	      "what about them should not be", .record = &mapping_suspect_record),
};

const struct record mapping_group_record = RECORD(
	"mappings", "mapping",
	"DMA mappings of a driver for a device, of one type and direction", fields);

static const struct field change_fields[] = {
	FIELD(struct mapping_change, sample, "SAMPLE", F_UINT, F_SHOW,
	      "number of the sample, from 1"),
	FIELD(struct mapping_change, time, "TIME", F_STR, F_SHOW, "when it was taken"),
	FIELD(struct mapping_change, mappings, "MAPPINGS", F_UINT, F_SHOW,
	      "mappings in all"),
	FIELD(struct mapping_change, bytes, "BYTES", F_BYTES, F_SHOW,
	      "bytes that they have together"),
	FIELD(struct mapping_change, changes, "CHANGES", F_RECORDS, F_SHOW,
	      "groups whose number or size is another than in the sample before",
	      .record = &mapping_group_record),
};

const struct record mapping_change_record = RECORD(
	"samples", "sample", "one of several looks at the mappings", change_fields);

enum { SMALL_PAGE = 4096 }; /* the smallest that an IOMMU maps */

static uint64_t mix(uint64_t hash, uint64_t word)
{
	static const uint64_t factor = 0x9e3779b97f4a7c15; /* 2^64 by the golden ratio */

	hash = (hash ^ word) * factor;
	return hash ^ hash >> 32;
}

/*
 * Two words at a time, each on a way of its own: a multiplication takes a while. What is
 * left at the end is covered by words that overlap those before.
 */
static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t length)
{
	const char *end = bytes + length;
	uint64_t other = hash + length, words[2] = { 0 };

	for (; end - bytes > (ptrdiff_t)sizeof(words); bytes += sizeof(words)) {
		memcpy(words, bytes, sizeof(words));
		hash = mix(hash, words[0]);
		other = mix(other, words[1]);
	}
	if (length >= sizeof(words[0])) {
		bytes = MIN(bytes, end - sizeof(words[0]));
		memcpy(&words[0], bytes, sizeof(words[0]));
		memcpy(&words[1], end - sizeof(words[1]), sizeof(words[1]));
	} else {
		memcpy(words, bytes, length);
	}
	return mix(mix(hash, words[0]), mix(other, words[1]));
}

static bool is_of(const struct mapping_group *group, uint64_t hash,
		  const struct dma_dump_line *line)
{
	return group->hash == hash && group->names_length == line->names_length &&
	       memcmp(group->names, line->names, line->names_length) == 0 &&
	       memcmp(group->direction, line->direction, line->direction_length) == 0 &&
	       group->direction[line->direction_length] == '\0';
}

/* Where a group is or belongs among the slots, of which one at least is free. */
static struct mapping_group **slot_of(const struct mapping_table *table, uint64_t hash,
				      const struct dma_dump_line *line)
{
	size_t at = hash & (table->capacity - 1);

	while (table->slots[at] && !is_of(table->slots[at], hash, line))
		at = (at + 1) & (table->capacity - 1);
	return &table->slots[at];
}

static void grow(struct mapping_table *table)
{
	size_t capacity = table->capacity ? 2 * table->capacity : 64;

	free(table->slots);
	table->slots = xzalloc(capacity * sizeof(struct mapping_group *));
	table->capacity = capacity;
	LIST_FOR_EACH (&table->groups, struct mapping_group, group) {
		size_t at = group->hash & (capacity - 1);

		while (table->slots[at])
			at = (at + 1) & (capacity - 1);
		table->slots[at] = group;
	}
}

/* What dev_driver_string() of the kernel puts where there is no driver. */
static bool is_bus(const char *name)
{
	static const char *const buses[] = { "",    "amba", "pci",    "platform", "spi",
					     "i2c", "usb",  "virtio", "vio" };

	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (streq(name, buses[i]))
			return true;
	return false;
}

static struct mapping_group *make(struct arena *arena, const struct dma_dump_line *line,
				  uint64_t hash)
{
	struct mapping_group *group;
	struct dma_dump_names names;
	const char *driver;

	if (dma_dump_parse_names(line, &names) < 0)
		return NULL;
	group = arena_new(arena, struct mapping_group);
	group->hash = hash;
	group->names = arena_strndup(arena, line->names, line->names_length);
	group->names_length = line->names_length;
	group->device = arena_strndup(arena, names.device, names.device_length);
	group->type = arena_strndup(arena, names.type, names.type_length);
	if (streq(group->type, "scather-gather")) /* as older kernels wrote it */
		group->type = "scatter-gather";
	group->direction = arena_strndup(arena, line->direction, line->direction_length);
	driver = arena_strndup(arena, names.driver, names.driver_length);
	group->driver = KNOWN_STR(driver);
	if (is_bus(driver))
		group->driver.state = FACT_ABSENT;
	group->count = group->bytes = group->unchecked = KNOWN_U64(0);
	return group;
}

static void refuse(struct arena *arena, struct mapping_table *table, const char *line,
		   size_t length)
{
	enum { SHOWN_MAX = 200 };

	if (table->unparsed++ < MAPPING_REFUSED_MAX)
		list_add(arena, &table->refused,
			 arena_strndup(arena, line, MIN(length, (size_t)SHOWN_MAX)));
}

/* The kind of region that an address lies in. Neighbours tend to lie in the same one. */
static enum iomem_kind place_of(struct mapping_table *table, const struct segments *map,
				uint64_t address)
{
	struct segment *last = &table->last;
	size_t at;

	if (last->region && address >= last->span.start && address <= last->span.end)
		return (enum iomem_kind)last->region->kind.value;
	at = segments_from(map, address);
	if (at == map->count || map->items[at].span.start > address)
		return IOMEM_NONE;
	*last = map->items[at];
	return (enum iomem_kind)last->region->kind.value;
}

void mapping_table_add(struct arena *arena, struct mapping_table *table,
		       const struct segments *map, const char *line, size_t length)
{
	struct dma_dump_line parsed;
	struct mapping_group **slot, *group;
	uint64_t hash;

	if (dma_dump_parse_line(line, length, &parsed) < 0) {
		refuse(arena, table, line, length);
		return;
	}
	if (2 * table->groups.count >= table->capacity)
		grow(table);
	hash = hash_bytes(0, parsed.names, parsed.names_length);
	hash = hash_bytes(hash, parsed.direction, parsed.direction_length);
	slot = slot_of(table, hash, &parsed);
	group = *slot;
	if (!group) {
		if (table->groups.count < MAPPING_GROUPS_MAX) {
			group = make(arena, &parsed, hash);
			if (!group) {
				refuse(arena, table, line, length);
				return;
			}
			list_add(arena, &table->groups, group);
			*slot = group;
		} else {
			table->left_out++;
		}
	}
	table->mappings++;
	table->bytes += parsed.length;
	table->unchecked += parsed.unchecked;
	if (!group)
		return;
	group->count.value++;
	group->bytes.value += parsed.length;
	group->unchecked.value += parsed.unchecked;
	group->moved += parsed.address != parsed.physical;
	group->partial += ((parsed.physical | parsed.length) & (SMALL_PAGE - 1)) != 0;
	if (map && map->count > 0) {
		enum iomem_kind kind = place_of(table, map, parsed.physical);

		if (group->places[kind].count++ == 0)
			group->places[kind].address = parsed.physical;
	}
}

int mapping_group_compare(const struct mapping_group *a, const struct mapping_group *b)
{
	int order = strcmp(a->device, b->device);

	if (order == 0)
		order = strcmp(a->driver.value, b->driver.value);
	if (order == 0)
		order = strcmp(a->type, b->type);
	return order != 0 ? order : strcmp(a->direction, b->direction);
}

static int compare(const void *a, const void *b)
{
	const struct mapping_group *one = *(const struct mapping_group *const *)a;
	const struct mapping_group *other = *(const struct mapping_group *const *)b;

	if (one->count.value != other->count.value)
		return one->count.value < other->count.value ? 1 : -1;
	return mapping_group_compare(one, other);
}

void mapping_table_finish(struct mapping_table *table)
{
	free(table->slots);
	table->slots = NULL;
	table->capacity = 0;
	if (table->groups.count > 0)
		qsort(table->groups.items, table->groups.count, sizeof(void *), compare);
}
