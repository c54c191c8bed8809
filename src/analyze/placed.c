// SPDX-License-Identifier: GPL-2.0-or-later
/* Which disks a mount is on, and those of which that does not show. */

#include "analyze/use.h"

struct block *find_block(const struct inventory *inventory, const char *name)
{
	LIST_FOR_EACH (&inventory->blocks, struct block, block)
		if (streq(block->name, name))
			return block;
	return NULL;
}

/* Is it the name of a block: "/dev/sda2", "/dev/mapper/vg-root"? */
bool is_named(const struct block *block, const char *name, size_t length)
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

/* Has a set the block; has it a disk that the text names? */
static bool has_member(const struct inventory *inventory, const struct disk_set *set,
		       const struct block *block, const char *source)
{
	LIST_FOR_EACH (&set->names, const char, name) {
		const struct block *member = find_block(inventory, name);

		if (member && (block ? member == block : is_among(member, source)))
			return true;
	}
	return false;
}

/*
 * Does one file system have both the block and what the text names? What names no disk,
 * as /dev/root does, is the only set that there is.
 */
static bool shares_set(const struct inventory *inventory, const struct block *block,
		       const struct mount *mount)
{
	bool alone = inventory->disk_sets.count == 1 && streq(mount->type, "btrfs");

	LIST_FOR_EACH (&inventory->disk_sets, const struct disk_set, set)
		if (has_member(inventory, set, block, NULL) &&
		    (alone || has_member(inventory, set, NULL, mount->source)))
			return true;
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

bool stands_on(const struct inventory *inventory, const struct mount *mount,
	       const struct block *block)
{
	if (streq(mount->type, "zfs"))
		return is_member_of_pool(block, mount->source);
	if (known_str(block->number, mount->number))
		return true;
	/* File systems of several disks have numbers of their own. */
	return starts_with(mount->number, "0:") &&
	       (is_among(block, mount->source) || shares_set(inventory, block, mount));
}

bool is_essential(const char *point)
{
	static const char *const points[] = { "/", "/usr", "/nix", "/nix/store",
					      "/sysroot" };

	for (size_t i = 0; i < ARRAY_SIZE(points); i++)
		if (streq(point, points[i]))
			return true;
	return false;
}

/* The mount that a path is in: that with the longest point. */
const struct mount *mount_of(const struct inventory *inventory, const char *path)
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

bool is_part_of(const struct inventory *inventory, const struct block *block,
		const struct block *holder)
{
	const char *file = known_text(holder->backing_file);
	const struct mount *mount = file ? mount_of(inventory, file) : NULL;

	return is_held_by(block, holder) || (mount && stands_on(inventory, mount, block));
}

/* What is mounted at a point last hides what was before. */
static const struct mount *last_at(const struct inventory *inventory, const char *point)
{
	const struct mount *last = NULL;

	LIST_FOR_EACH (&inventory->mounts, const struct mount, mount)
		if (streq(mount->point, point))
			last = mount;
	return last;
}

static bool is_of_type(const struct mount *mount, const char *types)
{
	const char *word;
	size_t length;

	while ((word = next_word(&types, " ", &length)))
		if (strlen(mount->type) == length &&
		    memcmp(word, mount->type, length) == 0)
			return true;
	return false;
}

/* Marks a block and all that is made of it. */
static void mark_above(const struct inventory *inventory, const struct block *block,
		       bool *marked)
{
	if (marked[block->index])
		return;
	marked[block->index] = true;
	LIST_FOR_EACH (&inventory->blocks, const struct block, above)
		if (above->parent == block || is_part_of(inventory, block, above))
			mark_above(inventory, above, marked);
}

enum place { PLACE_SEEN, PLACE_NETWORK, PLACE_UNSEEN };

/* Looking for the disks of mounts and swap. */
struct search {
	struct system *system;
	struct fates fates; /* with nobody leaving */
	bool *network;	    /* by the index of blocks: one of its disks is elsewhere */
};

static enum place place_of(struct search *search, const struct mount *mount)
{
	const struct inventory *inventory = &search->system->inventory;
	const struct mount *below = last_at(inventory, "/sysroot");
	enum place place = PLACE_UNSEEN;

	if (is_of_type(mount, "rootfs tmpfs ramfs"))
		return PLACE_SEEN;
	if (is_of_type(mount, "nfs nfs4 cifs smb3 ceph afs fuse.glusterfs fuse.sshfs"))
		return PLACE_NETWORK;
	/* The layers of OSTree are in its own file system. */
	if (streq(mount->type, "overlay") && streq(mount->source, "composefs") && below &&
	    !streq(below->type, "overlay"))
		return place_of(search, below);
	LIST_FOR_EACH (&inventory->blocks, const struct block, block) {
		if (!stands_on(inventory, mount, block))
			continue;
		if (search->network[block->index])
			return PLACE_NETWORK;
		if (block_stays(&search->fates, block))
			place = PLACE_SEEN;
	}
	return place;
}

static const char *unplaced_text(struct arena *arena, const struct mount *mount,
				 enum place place)
{
	if (place == PLACE_NETWORK)
		return arena_printf(arena, "%s is mounted over the network (%s)",
				    mount->point, mount->type);
	if (streq(mount->type, "zfs"))
		return arena_printf(arena,
				    "%s is of the ZFS pool %.*s, and which disks it has "
				    "could not be seen (/run/udev/data)",
				    mount->point, (int)strcspn(mount->source, "/"),
				    mount->source);
	if (streq(mount->type, "overlay"))
		return arena_printf(arena,
				    "%s is made of layers (%s), and where they are could "
				    "not be seen",
				    mount->point, mount->source);
	return arena_printf(arena,
			    "%s is mounted from %s (%s), and which disks that has could "
			    "not be seen",
			    mount->point, mount->source, mount->type);
}

static void add_unplaced(struct search *search, const char *name, const char *text,
			 bool network, struct list *ret)
{
	struct unplaced *unplaced = arena_new(&search->system->arena, struct unplaced);

	*unplaced = (struct unplaced){ name, text, network };
	list_add(&search->system->arena, ret, unplaced);
}

static void place_mounts(struct search *search, struct list *ret)
{
	const struct inventory *inventory = &search->system->inventory;

	if (inventory->mounts_state == FACT_KNOWN && !last_at(inventory, "/"))
		add_unplaced(search, "/",
			     "what is mounted at / is not in /proc/self/mountinfo", false,
			     ret);
	LIST_FOR_EACH (&inventory->mounts, const struct mount, mount) {
		bool decides = is_essential(mount->point) &&
			       last_at(inventory, mount->point) == mount;
		enum place place;

		if (!decides && !streq(mount->type, "zfs"))
			continue;
		place = place_of(search, mount);
		if (place == PLACE_UNSEEN || (place == PLACE_NETWORK && decides))
			add_unplaced(search, mount->point,
				     unplaced_text(&search->system->arena, mount, place),
				     place == PLACE_NETWORK, ret);
	}
}

/* Is what is swapped to in memory, or on disks that are seen? */
static bool swap_is_placed(struct search *search, const struct swap *swap)
{
	const struct inventory *inventory = &search->system->inventory;
	const struct mount *mount;

	if (starts_with(swap->name, "/dev/zram"))
		return true;
	LIST_FOR_EACH (&inventory->blocks, const struct block, block)
		if (swap->partition && is_named(block, swap->name, strlen(swap->name)))
			return search->network[block->index] ||
			       block_stays(&search->fates, block);
	if (swap->partition)
		return false;
	mount = mount_of(inventory, swap->name);
	return mount && place_of(search, mount) == PLACE_SEEN;
}

static void place_swaps(struct search *search, struct list *ret)
{
	LIST_FOR_EACH (&search->system->inventory.swaps, const struct swap, swap)
		if (!swap_is_placed(search, swap))
			add_unplaced(search, swap->name,
				     arena_printf(&search->system->arena,
						  "%s is swapped to (/proc/swaps), and "
						  "which disks it is on could not be "
						  "seen",
						  swap->name),
				     false, ret);
}

void find_unplaced(struct system *system, struct list *ret)
{
	const struct inventory *inventory = &system->inventory;
	struct search search = {
		.system = system,
		.network = xzalloc((inventory->blocks.count + 1) * sizeof(bool)),
	};

	fates_init(&search.fates, system, NULL);
	LIST_FOR_EACH (&inventory->blocks, const struct block, block) {
		bool elsewhere = is_over_network(block->target);

		LIST_FOR_EACH (&block->paths, const char, path)
			elsewhere |= is_over_network(path);
		if (elsewhere)
			mark_above(inventory, block, search.network);
	}
	place_mounts(&search, ret);
	place_swaps(&search, ret);
	fates_free(&search.fates);
	free(search.network);
}
