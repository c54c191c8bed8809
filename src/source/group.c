// SPDX-License-Identifier: GPL-2.0-or-later
/* IOMMU groups: members, type of the default domain, reserved regions. */

#include "source/attr.h"
#include "source/source.h"

#define GROUPS "sys/kernel/iommu_groups"

static int compare_groups(const void *a, const void *b)
{
	uint64_t x = (*(const struct group *const *)a)->id.value;
	uint64_t y = (*(const struct group *const *)b)->id.value;

	return x < y ? -1 : x > y;
}

/* "../../../bus/platform/drivers/i2c_designware" */
static void read_other(struct root *root, struct group *group, const char *number,
		       const char *name)
{
	struct arena *arena = &root->system->arena;
	struct group_member *member = arena_new(arena, struct group_member);
	const char *target;
	int r = root_link(root, &target, GROUPS "/%s/devices/%s/driver", number, name);

	member->name = name;
	member->driver.state = fact_state_of(r);
	if (r == 0) {
		const char *slash = strrchr(target, '/');

		member->driver.value = slash ? slash + 1 : target;
	}
	list_add(arena, &group->others.list, member);
}

static void read_group(struct root *root, struct system *system, const char *number)
{
	struct group *group = arena_new(&system->arena, struct group);
	struct list names = { 0 };
	int r;

	if (parse_u64(number, 10, &group->id.value) < 0) {
		char path[300];

		snprintf(path, sizeof(path), GROUPS "/%s", number);
		root_note(root, path, "not the number of a group");
		return;
	}
	group->id.state = FACT_KNOWN;
	r = root_list(root, &names, 0, GROUPS "/%s/devices", number);
	if (r == -ENOENT)
		return; /* it went away since its number was read */
	group->devices.state = fact_state_of(r);
	group->others.state = group->devices.state;
	LIST_FOR_EACH (&names, struct entry, entry) {
		struct pci_address address;

		list_add(&system->arena, &group->devices.list, entry->name);
		if (parse_pci_address(entry->name, &address) < 0)
			read_other(root, group, number, entry->name);
	}
	attr_str(root, &group->type, GROUPS "/%s/type", number);
	attr_str(root, &group->name, GROUPS "/%s/name", number);
	list_add(&system->arena, &system->groups, group);
}

void source_group_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, GROUPS);

	/* Without the directory the kernel has no IOMMU support, and so no groups. */
	system->groups_state = list_state(root, r, "sys/kernel");
	LIST_FOR_EACH (&names, struct entry, entry)
		read_group(root, system, entry->name);
	if (system->groups.count > 1)
		qsort(system->groups.items, system->groups.count, sizeof(void *),
		      compare_groups);
}

/* Lines "0x00000000fee00000 0x00000000feefffff msi"; the end is inclusive. */
static int parse_region(struct arena *arena, const char *line, size_t length,
			struct fact_list *regions)
{
	const char *cursor = arena_strndup(arena, line, length);
	struct reserved_region *region = arena_new(arena, struct reserved_region);
	const char *words[3];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *word = next_word(&cursor, " ", &length);

		if (!word)
			return -EBADMSG;
		words[i] = arena_strndup(arena, word, length);
	}
	if (next_word(&cursor, " ", &length) || !starts_with(words[0], "0x") ||
	    !starts_with(words[1], "0x") ||
	    parse_u64(words[0], 16, &region->start.value) < 0 ||
	    parse_u64(words[1], 16, &region->end.value) < 0 ||
	    region->end.value < region->start.value)
		return -EBADMSG;
	region->start.state = region->end.state = FACT_KNOWN;
	region->type = KNOWN_STR(words[2]);
	list_add(arena, &regions->list, region);
	return 0;
}

static void read_regions(struct root *root, struct system *system, struct group *group)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	char path[128];
	int r;

	snprintf(path, sizeof(path), GROUPS "/%llu/reserved_regions",
		 (unsigned long long)group->id.value);
	r = root_read(root, &bytes, "%s", path);
	group->reserved_regions.state = fact_state_of(r);
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		if (parse_region(&system->arena, line, length, &group->reserved_regions) <
		    0) {
			root_note(root, path, "a line is not \"start end type\"");
			group->reserved_regions.state = FACT_MALFORMED;
			return;
		}
	}
}

void source_group_regions(struct root *root, struct system *system)
{
	LIST_FOR_EACH (&system->groups, struct group, group)
		read_regions(root, system, group);
}
