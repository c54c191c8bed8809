// SPDX-License-Identifier: GPL-2.0-or-later
/* What is mounted, where is swapped to, and which disks one file system has. */

#include "spec/mounts.h"

#include "source/attr.h"
#include "source/recorder.h"
#include "source/source.h"

#define MOUNTS "proc/self/mountinfo"
#define SWAPS "proc/swaps"
#define BTRFS "sys/fs/btrfs"

static const char *keep(struct system *system, struct slice slice)
{
	char *text = arena_alloc(&system->arena, slice.length + 1);

	mounts_unescape(slice, text);
	return text;
}

static void add_mount(struct system *system, const struct mount_line *line)
{
	struct mount *mount = arena_new(&system->arena, struct mount);

	mount->number = keep(system, line->number);
	mount->root = keep(system, line->root);
	mount->point = keep(system, line->point);
	mount->type = keep(system, line->type);
	mount->source = keep(system, line->source);
	list_add(&system->arena, &system->inventory.mounts, mount);
}

static void read_mounts(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length, wrong = 0;
	int r = root_read(root, &bytes, MOUNTS);

	r = proc_missing(root, r, MOUNTS);
	system->inventory.mounts_state = fact_state_of(r);
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		struct mount_line parsed;

		if (mountinfo_parse_line(line, length, &parsed) == 0)
			add_mount(system, &parsed);
		else
			wrong++;
	}
	if (wrong > 0 || system->inventory.mounts.count == 0) {
		/* What is mounted at a line that was not understood is not known. */
		if (wrong > 0)
			root_note(root, MOUNTS, "%zu line%s could not be understood",
				  wrong, wrong == 1 ? "" : "s");
		else
			root_note(root, MOUNTS, "empty, as nothing ever is");
		system->inventory.mounts_state = FACT_MALFORMED;
	}
}

static void read_swaps(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length, number = 0;
	int r = root_read(root, &bytes, SWAPS);

	/* A kernel that does not swap has no such file. */
	system->inventory.swaps_state =
		r == -ENOENT ? root_absence(root, r, "proc/self") : fact_state_of(r);
	if (r < 0)
		return;
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length))) {
		struct swap_line parsed;
		struct swap *swap;

		if (number++ == 0) /* headings */
			continue;
		if (swaps_parse_line(line, length, &parsed) < 0) {
			root_note(root, SWAPS, "line %zu could not be understood",
				  number);
			system->inventory.swaps_state = FACT_MALFORMED;
			return;
		}
		swap = arena_new(&system->arena, struct swap);
		swap->name = keep(system, parsed.name);
		swap->partition = parsed.partition;
		swap->size = parsed.size;
		swap->used = parsed.used;
		list_add(&system->arena, &system->inventory.swaps, swap);
	}
}

static bool has_btrfs(const struct system *system)
{
	LIST_FOR_EACH (&system->inventory.mounts, const struct mount, mount)
		if (streq(mount->type, "btrfs"))
			return true;
	return false;
}

/* A mount of btrfs names one of its disks; all of them are in its directory. */
static void read_disk_sets(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r;

	system->inventory.disk_sets_state = FACT_KNOWN;
	if (!has_btrfs(system))
		return;
	/* The directories are called by UUIDs, which no content of a file is to blank. */
	if (root->recorder && recorder_redacts(root->recorder)) {
		system->inventory.disk_sets_state = FACT_UNREAD;
		return;
	}
	r = root_list(root, &names, 0, BTRFS);
	system->inventory.disk_sets_state = fact_state_of(r);
	LIST_FOR_EACH (&names, const struct entry, entry) {
		struct list disks = { 0 };
		struct disk_set *set;

		if (!strchr(entry->name, '-')) /* "features" and the like */
			continue;
		r = root_list(root, &disks, 0, BTRFS "/%s/devices", entry->name);
		if (r < 0) {
			system->inventory.disk_sets_state = fact_state_of(r);
			continue;
		}
		set = arena_new(&system->arena, struct disk_set);
		LIST_FOR_EACH (&disks, const struct entry, disk)
			list_add(&system->arena, &set->names, disk->name);
		list_add(&system->arena, &system->inventory.disk_sets, set);
	}
}

void source_mount_read(struct root *root, struct system *system)
{
	read_mounts(root, system);
	read_swaps(root, system);
	read_disk_sets(root, system);
}
