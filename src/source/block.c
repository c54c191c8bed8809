// SPDX-License-Identifier: GPL-2.0-or-later
/* Disks, their partitions, and what is made of them: LVM, md, multipath, ZFS. */

#include "source/attr.h"
#include "source/source.h"

#define BLOCKS "sys/class/block"
#define SUBSYSTEMS "sys/class/nvme-subsystem"

/* What is in memory stands on no device. */
static bool is_in_memory(const char *name)
{
	return starts_with(name, "ram") || starts_with(name, "zram");
}

static void read_holders(struct root *root, struct block *block)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, BLOCKS "/%s/holders", block->name);

	/* A path to a disk with several of them has none of its own. */
	block->holders.state = r == -ENOENT ? FACT_KNOWN : fact_state_of(r);
	LIST_FOR_EACH (&names, const struct entry, entry)
		list_add(&root->system->arena, &block->holders.list, entry->name);
}

/*
 * With several ways to a namespace its disk hangs below the subsystem, which no
 * controller is above of: "…/virtual/nvme-subsystem/nvme-subsys0/nvme0n1".
 */
static void read_paths(struct root *root, struct block *block)
{
	static const char mark[] = "/nvme-subsystem/";
	const char *start = strstr(block->target, mark);
	struct list names = { 0 };
	const char *subsystem;

	if (!start)
		return;
	start += strlen(mark);
	subsystem = arena_strndup(&root->system->arena, start, strcspn(start, "/"));
	root_list(root, &names, ROOT_TARGETS, SUBSYSTEMS "/%s", subsystem);
	LIST_FOR_EACH (&names, const struct entry, entry)
		if (entry->target && starts_with(entry->name, "nvme"))
			list_add(&root->system->arena, &block->paths, entry->target);
}

/* "E:ID_FS_TYPE=zfs_member" of the file that udev keeps for a disk. */
static void read_udev(struct root *root, struct block *block)
{
	static const char type[] = "E:ID_FS_TYPE=", label[] = "E:ID_FS_LABEL=";
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct arena *arena = &root->system->arena;
	const char *cursor, *line;
	size_t length;
	int r;

	if (block->number.state != FACT_KNOWN)
		return;
	r = root_read(root, &bytes, "run/udev/data/b%s", block->number.value);
	block->fs_type.state = block->fs_label.state = r == 0 ? FACT_ABSENT : FACT_UNREAD;
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		if (starts_with(line, type))
			block->fs_type = KNOWN_STR(arena_strndup(
				arena, line + strlen(type), length - strlen(type)));
		else if (starts_with(line, label))
			block->fs_label = KNOWN_STR(arena_strndup(
				arena, line + strlen(label), length - strlen(label)));
	}
}

/* The disks of an array are directories "dev-NAME" in it. */
static void read_array(struct root *root, struct block *block)
{
	static const char mark[] = "dev-";
	struct arena *arena = &root->system->arena;
	struct list names = { 0 };

	attr_str(root, &block->md_level, BLOCKS "/%s/md/level", block->name);
	if (!known_text(block->md_level))
		return;
	attr_str(root, &block->md_disks, BLOCKS "/%s/md/raid_disks", block->name);
	attr_str(root, &block->md_degraded, BLOCKS "/%s/md/degraded", block->name);
	root_list(root, &names, 0, BLOCKS "/%s/md", block->name);
	LIST_FOR_EACH (&names, const struct entry, entry) {
		struct md_member *member;

		if (!starts_with(entry->name, mark))
			continue;
		member = arena_new(arena, struct md_member);
		member->name = entry->name + strlen(mark);
		attr_str(root, &member->state, BLOCKS "/%s/md/%s/state", block->name,
			 entry->name);
		list_add(arena, &block->md_members, member);
	}
}

static void read_block(struct root *root, struct system *system,
		       const struct entry *entry)
{
	struct block *block = arena_new(&system->arena, struct block);

	block->name = entry->name;
	block->target = entry->target ? entry->target : "";
	block->index = system->inventory.blocks.count;
	list_add(&system->arena, &system->inventory.blocks, block);
	if (is_in_memory(entry->name))
		return;
	if (starts_with(block->name, "loop")) {
		attr_str(root, &block->backing_file, BLOCKS "/%s/loop/backing_file",
			 block->name);
		if (block->backing_file.state == FACT_ABSENT) /* there is no disk in it */
			return;
	}
	attr_str(root, &block->number, BLOCKS "/%s/dev", block->name);
	read_holders(root, block);
	read_paths(root, block);
	read_udev(root, block);
	if (starts_with(block->name, "dm-")) {
		attr_str(root, &block->dm_name, BLOCKS "/%s/dm/name", block->name);
		attr_str(root, &block->dm_uuid, BLOCKS "/%s/dm/uuid", block->name);
	}
	if (starts_with(block->name, "md"))
		read_array(root, block);
}

/* A partition stands below its disk: "…/nvme0n1/nvme0n1p2". */
static void link_partitions(struct inventory *inventory)
{
	LIST_FOR_EACH (&inventory->blocks, struct block, part) {
		const char *end = strrchr(part->target, '/'), *start = end;

		while (start && start > part->target && start[-1] != '/')
			start--;
		if (!start || start == end)
			continue;
		LIST_FOR_EACH (&inventory->blocks, struct block, disk)
			if (disk != part && strlen(disk->name) == (size_t)(end - start) &&
			    starts_with(start, disk->name))
				part->parent = disk;
	}
}

void source_block_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, BLOCKS);

	/* A kernel without disks has no such class. */
	system->inventory.blocks_state = list_state(root, r, "sys/class");
	LIST_FOR_EACH (&names, const struct entry, entry)
		read_block(root, system, entry);
	link_partitions(&system->inventory);
}
