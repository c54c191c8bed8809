// SPDX-License-Identifier: GPL-2.0-or-later
/* From a function through its disks to what is mounted and swapped to. */

#include "analyze/analyze.h"
#include "analyze/use.h"

/* Deeper than people stack volumes, and an end to links that go round. */
enum { STACK_MAX = 16, CLASS_STORAGE = 0x01 };

/* On the way from one function upwards. */
struct climb {
	struct system *system;
	struct inventory *inventory;
	struct device *owner;	       /* who leaves */
	const struct device *function; /* itself, or what it takes along */
	struct fates fates;
	const struct list *unplaced;
	bool *visited; /* by the index of blocks */
	size_t found;  /* uses so far */
};

/* One block on that way. */
struct rung {
	const struct block *block;
	const char *trail;	   /* "vg-root (LVM) on nvme0n1p3" */
	const struct block *spare; /* what goes on without the function, or NULL */
	bool file;		   /* a file of another file system, which is told of */
};

static struct use *add_use(struct climb *climb, enum use_kind kind, const char *name,
			   struct fact_bool essential, const char *text)
{
	return use_add_of(climb->system, climb->owner, climb->function, kind, name,
			  essential, text);
}

/* Something of the host may be there: what it is decides, and nobody could look. */
static void climb_unseen(struct climb *climb, const char *name, const char *text)
{
	add_use(climb, USE_UNKNOWN, name, (struct fact_bool){ 0 }, text)->decides = true;
}

static void add_unseen(struct system *system, struct device *device, const char *name,
		       const char *text)
{
	use_add(system, device, USE_UNKNOWN, name, (struct fact_bool){ 0 }, text)
		->decides = true;
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
	climb->found++;
	if (rung->file && !essential)
		return;
	if (more > 3)
		strbuf_printf(&others, " and %zu more", more - 3);
	add_use(climb, USE_FILE_SYSTEM, first->point,
		essential_unless_spare(rung, essential),
		arena_printf(arena, "%s%s (%s) on %s%s", first->point,
			     strbuf_text(&others), first->type, rung->trail,
			     spare_text(climb, rung)))
		->decides |= essential && !rung->spare;
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
		add_use(climb, USE_SWAP, swap->name, essential_unless_spare(rung, true),
			arena_printf(arena, "%s is swapped to (%s used)%s%s%s",
				     swap->partition ? rung->trail : swap->name,
				     strbuf_text(&size), swap->partition ? "" : " on ",
				     swap->partition ? "" : rung->trail,
				     spare_text(climb, rung)))
			->decides |= !rung->spare;
	}
}

/* What goes on on the way up to a block that is there without what leaves. */
static const struct block *spare_at(struct climb *climb, const struct rung *below,
				    const struct block *block)
{
	if (!block_stays(&climb->fates, block))
		return NULL;
	return below && below->spare ? below->spare : block;
}

static void add_unmounted(struct climb *climb, const struct rung *rung, const char *name,
			  const char *what)
{
	climb->found++;
	if (rung->file)
		return;
	add_use(climb, USE_STORAGE, name, KNOWN_BOOL(false),
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
		climb_unseen(climb, rung->block->name,
			     arena_printf(arena, "what is made of %s could not be listed",
					  rung->block->name));
	LIST_FOR_EACH (&climb->inventory->blocks, const struct block, holder) {
		bool held = is_held_by(rung->block, holder);
		size_t found = climb->found;
		struct rung next;

		if (climb->visited[holder->index] ||
		    !is_part_of(climb->inventory, rung->block, holder))
			continue;
		next = (struct rung){ holder,
				      arena_printf(arena, "%s on %s",
						   label_of(arena, holder), rung->trail),
				      spare_at(climb, rung, holder),
				      rung->file || !held };
		climb_block(climb, &next, depth + 1);
		if (climb->found == found && held)
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
			struct rung next = { part, part->name,
					     spare_at(climb, rung, part), rung->file };

			climb_block(climb, &next, depth + 1);
		}
	climb_holders(climb, rung, depth);
}

/* What stands on a disk, for all that is known, may be something of these. */
static void add_unknown(struct climb *climb, const char *disk)
{
	struct inventory *inventory = climb->inventory;
	struct system *system = climb->system;
	struct arena *arena = &system->arena;

	if (inventory->mounts_state != FACT_KNOWN)
		climb_unseen(climb, disk,
			     arena_printf(arena,
					  "what is mounted of %s could not be read "
					  "(/proc/self/mountinfo)",
					  disk));
	if (inventory->swaps_state != FACT_KNOWN && inventory->swaps_state != FACT_ABSENT)
		climb_unseen(climb, disk,
			     arena_printf(arena,
					  "whether %s is swapped to could not be read "
					  "(/proc/swaps)",
					  disk));
	if (inventory->disk_sets_state != FACT_KNOWN &&
	    inventory->mounts_state == FACT_KNOWN)
		climb_unseen(
			climb, disk,
			arena_printf(arena,
				     "whether btrfs has %s among its disks could not be "
				     "read (/sys/fs/btrfs)",
				     disk));
	LIST_FOR_EACH (climb->unplaced, const struct unplaced, one)
		if (!one->network)
			climb_unseen(climb, one->name, one->text);
}

static void climb_disk(struct system *system, struct device *owner,
		       const struct device *function, const struct block *disk,
		       const struct list *unplaced)
{
	struct climb climb = {
		.system = system,
		.inventory = &system->inventory,
		.owner = owner,
		.function = function,
		.unplaced = unplaced,
		.visited = xzalloc((system->inventory.blocks.count + 1) * sizeof(bool)),
	};
	struct rung rung = { disk, disk->name, NULL, false };

	fates_init(&climb.fates, system, owner);
	rung.spare = spare_at(&climb, NULL, disk);
	add_unknown(&climb, disk->name);
	climb_block(&climb, &rung, 0);
	fates_free(&climb.fates);
	free(climb.visited);
}

/* The disk at the end of a path, for the function there and for who takes it along. */
static void climb_path(struct system *system, const char *path, const struct block *disk,
		       const struct list *unplaced)
{
	struct device *function = use_function(system, path), *owners[OWNERS_MAX];
	size_t count = function ? use_owners(function, owners) : 0;

	for (size_t i = 0; i < count; i++)
		climb_disk(system, owners[i], function, disk, unplaced);
}

/* Is a function the host's, and able to have what nobody sees behind it? */
static bool has_driver(const struct device *device)
{
	const char *driver = known_text(device->driver);

	return device->driver.state != FACT_ABSENT && is_candidate(device) &&
	       !(driver && is_vfio_driver(driver));
}

void use_storage(struct system *system)
{
	struct inventory *inventory = &system->inventory;
	struct list unplaced = { 0 };

	if (inventory->blocks_state != FACT_KNOWN) {
		LIST_FOR_EACH (&system->devices, struct device, device)
			if (has_driver(device))
				add_unseen(system, device, "disks",
					   "whether it has disks could not be seen "
					   "(/sys/class/block)");
		return;
	}
	find_unplaced(system, &unplaced);
	LIST_FOR_EACH (&inventory->blocks, const struct block, disk) {
		if (disk->parent)
			continue;
		climb_path(system, disk->target, disk, &unplaced);
		LIST_FOR_EACH (&disk->paths, const char, path)
			climb_path(system, path, disk, &unplaced);
	}
	/* A disk that is not seen may be behind any of them. */
	LIST_FOR_EACH (&system->devices, struct device, device)
		LIST_FOR_EACH (&unplaced, const struct unplaced, one)
			if (!one->network && has_driver(device) &&
			    device->class_id.state == FACT_KNOWN &&
			    device->class_id.value >> 16 == CLASS_STORAGE)
				add_unseen(system, device, one->name, one->text);
}
