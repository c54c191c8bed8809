// SPDX-License-Identifier: GPL-2.0-or-later
/* From a function through its disks to what is mounted and swapped to. */

#include "analyze/analyze.h"
#include "analyze/use.h"

/* Deeper than people stack volumes, and an end to links that go round. */
enum { STACK_MAX = 16 };

/* On the way from one function upwards. */
struct climb {
	struct system *system;
	struct inventory *inventory;
	struct device *device;
	bool *visited; /* by the index of blocks */
	size_t found;  /* uses so far */
};

/* One block on that way. */
struct rung {
	const struct block *block;
	const char *trail;	   /* "vg-root (LVM) on nvme0n1p3" */
	const struct block *spare; /* what goes on without the function, or NULL */
};

/* Something of the host may be there: what it is decides, and nobody could look. */
static void add_unseen(struct system *system, struct device *device, const char *name,
		       const char *text)
{
	use_add(system, device, USE_UNKNOWN, name, (struct fact_bool){ 0 }, text)
		->decides = true;
}

static struct block *find_block(const struct inventory *inventory, const char *name)
{
	LIST_FOR_EACH (&inventory->blocks, struct block, block)
		if (streq(block->name, name))
			return block;
	return NULL;
}

/* What made a device of the device mapper, by the beginning of its UUID. */
static const char *mapper_of(const struct block *block)
{
	static const struct {
		const char *prefix, *name;
	} makers[] = { { "LVM-", "LVM" },
		       { "CRYPT-", "encrypted" },
		       { "mpath-", "multipath" },
		       { "part", "partition" } };
	const char *uuid = known_text(block->dm_uuid);

	for (size_t i = 0; uuid && i < ARRAY_SIZE(makers); i++)
		if (starts_with(uuid, makers[i].prefix))
			return makers[i].name;
	return "device mapper";
}

static const char *label_of(struct arena *arena, const struct block *block)
{
	if (known_text(block->dm_name))
		return arena_printf(arena, "%s (%s)", block->dm_name.value,
				    mapper_of(block));
	if (known_text(block->md_level))
		return arena_printf(arena, "%s (%s)", block->name, block->md_level.value);
	return block->name;
}

/* Is it the name of a block: "/dev/sda2", "/dev/mapper/vg-root"? */
static bool is_named(const struct block *block, const char *name, size_t length)
{
	static const char devices[] = "/dev/", mapper[] = "/dev/mapper/";
	const char *dm = known_text(block->dm_name);

	if (dm && length == strlen(mapper) + strlen(dm) && starts_with(name, mapper) &&
	    memcmp(name + strlen(mapper), dm, strlen(dm)) == 0)
		return true;
	return length == strlen(devices) + strlen(block->name) &&
	       starts_with(name, devices) &&
	       memcmp(name + strlen(devices), block->name, strlen(block->name)) == 0;
}

/* The same in a list with colons, as bcachefs has its disks in one. */
static bool is_among(const struct block *block, const char *names)
{
	const char *word;
	size_t length;

	while ((word = next_word(&names, ":", &length)))
		if (is_named(block, word, length))
			return true;
	return false;
}

/* Does one file system have both the block and what the text names? */
static bool shares_set(const struct inventory *inventory, const struct block *block,
		       const char *source)
{
	LIST_FOR_EACH (&inventory->disk_sets, const struct disk_set, set) {
		bool has_block = false, has_source = false;

		LIST_FOR_EACH (&set->names, const char, name) {
			const struct block *member = find_block(inventory, name);

			has_block |= member == block;
			has_source |= member && is_among(member, source);
		}
		if (has_block && has_source)
			return true;
	}
	return false;
}

/* The pool of a dataset: "tank" of "tank/home". */
static bool is_of_pool(const char *source, const char *pool)
{
	size_t length = strlen(pool);

	return strncmp(source, pool, length) == 0 &&
	       (source[length] == '\0' || source[length] == '/');
}

static bool is_member_of_pool(const struct block *block, const char *source)
{
	return known_str(block->fs_type, "zfs_member") && known_text(block->fs_label) &&
	       is_of_pool(source, block->fs_label.value);
}

static bool stands_on(const struct inventory *inventory, const struct mount *mount,
		      const struct block *block)
{
	if (streq(mount->type, "zfs"))
		return is_member_of_pool(block, mount->source);
	if (known_str(block->number, mount->number))
		return true;
	/* File systems of several disks have numbers of their own. */
	return starts_with(mount->number, "0:") &&
	       (is_among(block, mount->source) ||
		shares_set(inventory, block, mount->source));
}

static bool is_essential(const char *point)
{
	return streq(point, "/") || streq(point, "/usr");
}

static struct fact_bool essential_unless_spare(const struct rung *rung, bool essential)
{
	return KNOWN_BOOL(essential && !rung->spare);
}

static const char *spare_text(struct climb *climb, const struct rung *rung)
{
	return rung->spare ? arena_printf(&climb->system->arena,
					  "; %s has other disks, and goes on with less",
					  rung->spare->name)
			   : "";
}

/* One use for a file system, however often it is mounted: under its first name. */
static void add_mounts(struct climb *climb, const struct rung *rung)
{
	_cleanup_strbuf_ struct strbuf others = { 0 };
	struct arena *arena = &climb->system->arena;
	const struct mount *first = NULL;
	bool essential = false;
	size_t more = 0;

	LIST_FOR_EACH (&climb->inventory->mounts, const struct mount, mount) {
		if (!stands_on(climb->inventory, mount, rung->block))
			continue;
		essential |= is_essential(mount->point);
		if (!first || (is_essential(mount->point) && !is_essential(first->point)))
			first = mount;
	}
	LIST_FOR_EACH (&climb->inventory->mounts, const struct mount, mount)
		if (first && mount != first && !streq(mount->point, first->point) &&
		    stands_on(climb->inventory, mount, rung->block) && more++ < 3)
			strbuf_printf(&others, ", %s", mount->point);
	if (!first)
		return;
	if (more > 3)
		strbuf_printf(&others, " and %zu more", more - 3);
	climb->found++;
	use_add(climb->system, climb->device, USE_FILE_SYSTEM, first->point,
		essential_unless_spare(rung, essential),
		arena_printf(arena, "%s%s (%s) on %s%s", first->point,
			     strbuf_text(&others), first->type, rung->trail,
			     spare_text(climb, rung)))
		->decides = essential && !rung->spare;
}

/* The mount that a path is in: that with the longest point. */
static const struct mount *mount_of(const struct inventory *inventory, const char *path)
{
	const struct mount *best = NULL;

	LIST_FOR_EACH (&inventory->mounts, const struct mount, mount) {
		size_t length = strlen(mount->point);
		bool inside = strncmp(path, mount->point, length) == 0 &&
			      (path[length] == '/' || mount->point[length - 1] == '/');

		if (length > 0 && inside && (!best || length >= strlen(best->point)))
			best = mount;
	}
	return best;
}

static void add_swaps(struct climb *climb, const struct rung *rung)
{
	struct arena *arena = &climb->system->arena;

	LIST_FOR_EACH (&climb->inventory->swaps, const struct swap, swap) {
		const struct mount *mount = NULL;
		_cleanup_strbuf_ struct strbuf size = { 0 };
		bool here;

		if (swap->partition) {
			here = is_named(rung->block, swap->name, strlen(swap->name));
		} else {
			mount = mount_of(climb->inventory, swap->name);
			here = mount && stands_on(climb->inventory, mount, rung->block);
		}
		if (!here)
			continue;
		strbuf_add_size(&size, swap->used);
		strbuf_puts(&size, " of ");
		strbuf_add_size(&size, swap->size);
		climb->found++;
		use_add(climb->system, climb->device, USE_SWAP, swap->name,
			essential_unless_spare(rung, true),
			arena_printf(arena, "%s is swapped to (%s used)%s%s%s",
				     swap->partition ? rung->trail : swap->name,
				     strbuf_text(&size), swap->partition ? "" : " on ",
				     swap->partition ? "" : rung->trail,
				     spare_text(climb, rung)))
			->decides = !rung->spare;
	}
}

/* Has a disk the function among those that lead to it? */
static bool leads_to(const struct climb *climb, const struct block *block)
{
	while (block->parent)
		block = block->parent;
	if (use_function(climb->system, block->target) == climb->device)
		return true;
	LIST_FOR_EACH (&block->paths, const char, path)
		if (use_function(climb->system, path) == climb->device)
			return true;
	return false;
}

static bool is_held_by(const struct block *block, const struct block *holder)
{
	LIST_FOR_EACH (&block->holders.list, const char, name)
		if (streq(name, holder->name))
			return true;
	return false;
}

/* Arrays and multipath go on where a disk behind another function is left to them. */
static bool goes_on(const struct climb *climb, const struct block *holder)
{
	static const char *const levels[] = { "raid1", "raid4", "raid5", "raid6",
					      "raid10" };
	bool redundant = known_text(holder->dm_uuid) &&
			 starts_with(holder->dm_uuid.value, "mpath-");

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		redundant |= known_str(holder->md_level, levels[i]);
	if (!redundant)
		return false;
	LIST_FOR_EACH (&climb->inventory->blocks, const struct block, block)
		if (is_held_by(block, holder) && !leads_to(climb, block))
			return true;
	return false;
}

static void add_unmounted(struct climb *climb, const struct rung *rung, const char *name,
			  const char *what)
{
	climb->found++;
	use_add(climb->system, climb->device, USE_STORAGE, name, KNOWN_BOOL(false),
		arena_printf(&climb->system->arena,
			     "%s on %s, of which nothing is "
			     "mounted",
			     what, rung->trail));
}

static void climb_block(struct climb *climb, const struct rung *rung, unsigned int depth);

static void climb_holders(struct climb *climb, const struct rung *rung,
			  unsigned int depth)
{
	struct arena *arena = &climb->system->arena;

	if (rung->block->holders.state != FACT_KNOWN)
		add_unseen(climb->system, climb->device, rung->block->name,
			   arena_printf(arena, "what is made of %s could not be listed",
					rung->block->name));
	LIST_FOR_EACH (&rung->block->holders.list, const char, name) {
		const struct block *holder = find_block(climb->inventory, name);
		size_t found = climb->found;
		struct rung next;

		if (!holder || climb->visited[holder->index])
			continue;
		next = (struct rung){ holder,
				      arena_printf(arena, "%s on %s",
						   label_of(arena, holder), rung->trail),
				      goes_on(climb, holder) ? holder : rung->spare };
		climb_block(climb, &next, depth + 1);
		if (climb->found == found)
			add_unmounted(climb, rung, label_of(arena, holder),
				      label_of(arena, holder));
	}
}

static void climb_block(struct climb *climb, const struct rung *rung, unsigned int depth)
{
	const struct block *block = rung->block;
	size_t found = climb->found;

	if (depth > STACK_MAX || climb->visited[block->index])
		return;
	climb->visited[block->index] = true;
	add_mounts(climb, rung);
	add_swaps(climb, rung);
	if (climb->found == found && known_str(block->fs_type, "zfs_member"))
		add_unmounted(
			climb, rung,
			known_text(block->fs_label) ? block->fs_label.value : block->name,
			arena_printf(&climb->system->arena, "the ZFS pool %s",
				     known_text(block->fs_label) ? block->fs_label.value
								 : ""));
	LIST_FOR_EACH (&climb->inventory->blocks, const struct block, part)
		if (part->parent == block) {
			struct rung next = { part, part->name, rung->spare };

			climb_block(climb, &next, depth + 1);
		}
	climb_holders(climb, rung, depth);
}

/* Mounts whose disks nothing tells: each of a pool or a layer, with its text. */
static const char *unplaced(struct system *system, const struct mount *mount)
{
	bool zfs = streq(mount->type, "zfs");

	if (!zfs && !(streq(mount->point, "/") && streq(mount->type, "overlay")))
		return NULL;
	LIST_FOR_EACH (&system->inventory.blocks, const struct block, block)
		if (zfs && is_member_of_pool(block, mount->source))
			return NULL;
	return arena_printf(&system->arena,
			    zfs ? "%s is of the ZFS pool %.*s, and which disks it has "
				  "could not be seen (/run/udev/data)"
				: "%s is made of layers (%.*s), and where they are could "
				  "not be seen",
			    mount->point, (int)strcspn(mount->source, "/"),
			    mount->source);
}

/* What stands on a disk, for all that is known, may be something of these. */
static void add_unknown(struct climb *climb, const char *disk)
{
	struct inventory *inventory = climb->inventory;
	struct system *system = climb->system;
	struct arena *arena = &system->arena;

	if (inventory->mounts_state != FACT_KNOWN)
		add_unseen(system, climb->device, disk,
			   arena_printf(arena,
					"what is mounted of %s could not be read "
					"(/proc/self/mountinfo)",
					disk));
	if (inventory->swaps_state != FACT_KNOWN && inventory->swaps_state != FACT_ABSENT)
		add_unseen(system, climb->device, disk,
			   arena_printf(arena,
					"whether %s is swapped to could not be read "
					"(/proc/swaps)",
					disk));
	if (inventory->disk_sets_state != FACT_KNOWN &&
	    inventory->mounts_state == FACT_KNOWN)
		add_unseen(
			system, climb->device, disk,
			arena_printf(arena,
				     "whether btrfs has %s among its disks could not be "
				     "read (/sys/fs/btrfs)",
				     disk));
	LIST_FOR_EACH (&inventory->mounts, const struct mount, mount) {
		const char *text = unplaced(system, mount);

		if (text)
			add_unseen(system, climb->device, mount->point, text);
	}
}

static void climb_disk(struct system *system, struct device *device,
		       const struct block *disk, bool other_paths)
{
	struct climb climb = {
		.system = system,
		.inventory = &system->inventory,
		.device = device,
		.visited = xzalloc((system->inventory.blocks.count + 1) * sizeof(bool)),
	};
	struct rung rung = { disk, disk->name, other_paths ? disk : NULL };

	add_unknown(&climb, disk->name);
	climb_block(&climb, &rung, 0);
	free(climb.visited);
}

/* Is there a way to the disk that does not lead through the function? */
static bool has_other_path(const struct system *system, const struct block *disk,
			   const struct device *device)
{
	LIST_FOR_EACH (&disk->paths, const char, path) {
		const struct device *other = use_function(system, path);

		if (other && other != device)
			return true;
	}
	return false;
}

void use_storage(struct system *system)
{
	struct inventory *inventory = &system->inventory;

	if (inventory->blocks_state != FACT_KNOWN) {
		LIST_FOR_EACH (&system->devices, struct device, device)
			if (device->driver.state != FACT_ABSENT && is_candidate(device) &&
			    !(known_text(device->driver) &&
			      is_vfio_driver(device->driver.value)))
				add_unseen(system, device, "disks",
					   "whether it has disks could not be seen "
					   "(/sys/class/block)");
		return;
	}
	LIST_FOR_EACH (&inventory->blocks, const struct block, disk) {
		struct device *device = use_function(system, disk->target);

		if (disk->parent)
			continue;
		if (device)
			climb_disk(system, device, disk, false);
		LIST_FOR_EACH (&disk->paths, const char, path) {
			device = use_function(system, path);
			if (device)
				climb_disk(system, device, disk,
					   has_other_path(system, disk, device));
		}
	}
}
