// SPDX-License-Identifier: GPL-2.0-or-later
/* What of the disks is left where a function leaves, with all that leaves with it. */

#include "analyze/use.h"

/* Of each block, by its index. */
enum { FATE_UNASKED, FATE_ASKED, FATE_LOST, FATE_STAYS };

/* Virtual functions of what is behind VMD: no function is further from the host. */
enum { TAKEN_MAX = 3 };

static bool is_taken(const struct device *other, const struct device *device, int depth)
{
	if (!other || depth > TAKEN_MAX)
		return false;
	if (other == device || (device->leaves && other->leaves) ||
	    (other->group_ref && other->group_ref == device->group_ref))
		return true;
	return is_taken(other->physfn_ref, device, depth + 1) ||
	       is_taken(other->host_ref, device, depth + 1);
}

bool leaves_with(const struct device *other, const struct device *device)
{
	return device && is_taken(other, device, 0);
}

void fates_init(struct fates *fates, const struct system *system,
		const struct device *leaving)
{
	fates->system = system;
	fates->leaving = leaving;
	fates->of = xzalloc(system->inventory.blocks.count + 1);
}

void fates_free(struct fates *fates)
{
	free(fates->of);
}

bool is_held_by(const struct block *block, const struct block *holder)
{
	LIST_FOR_EACH (&block->holders.list, const char, name)
		if (streq(name, holder->name))
			return true;
	return false;
}

bool is_over_network(const char *path)
{
	return strstr(path, "/session") || strstr(path, "nvme-fabrics/") ||
	       strstr(path, "/nbd") || strstr(path, "/rbd");
}

/* One of several ways to a disk; over a network it is nobody's here. */
static bool path_stays(const struct fates *fates, const char *path)
{
	const struct device *function = use_function(fates->system, path);

	return function && !leaves_with(function, fates->leaving);
}

/* A disk of the platform hangs on no function; one of a network on nobody knows which. */
static bool disk_stays(const struct fates *fates, const struct block *disk)
{
	if (use_function(fates->system, disk->target))
		return path_stays(fates, disk->target);
	return *disk->target && !strstr(disk->target, "/virtual/") &&
	       !is_over_network(disk->target);
}

/* How many disks an array does without; -1 where that is not known. */
static int64_t dispensable(const struct block *array, uint64_t disks)
{
	static const struct {
		const char *level;
		int64_t disks;
	} levels[] = { { "raid0", 0 },
		       { "linear", 0 },
		       { "raid4", 1 },
		       { "raid5", 1 },
		       { "raid6", 2 } };

	if (known_str(array->md_level, "raid1"))
		return (int64_t)disks - 1;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (known_str(array->md_level, levels[i].level))
			return levels[i].disks;
	return -1; /* of raid10 it depends on which */
}

/* A disk that has all of its data: no spare, none that failed or is being filled. */
static bool is_in_sync(const struct block *array, const struct block *disk)
{
	LIST_FOR_EACH (&array->md_members, const struct md_member, member)
		if (streq(member->name, disk->name)) {
			const char *cursor = known_text(member->state), *word;
			bool in_sync = false;
			size_t length;

			while (cursor && (word = next_word(&cursor, ",", &length))) {
				in_sync |= length == 7 && starts_with(word, "in_sync");
				if (length == 6 && starts_with(word, "faulty"))
					return false;
			}
			return in_sync;
		}
	return false;
}

/*
 * Does an array go on without those of its disks that are lost? Only where the kernel
 * counts the same disks as working as are seen here: all else is not known.
 */
static bool array_stays(struct fates *fates, const struct block *array)
{
	uint64_t disks, degraded, working = 0, staying = 0;
	int64_t spare;

	if (!known_text(array->md_disks) || !known_text(array->md_degraded) ||
	    parse_u64(array->md_disks.value, 10, &disks) < 0 ||
	    parse_u64(array->md_degraded.value, 10, &degraded) < 0 || disks > INT32_MAX)
		return false;
	LIST_FOR_EACH (&fates->system->inventory.blocks, const struct block, disk) {
		if (!is_held_by(disk, array) || !is_in_sync(array, disk))
			continue;
		working++;
		staying += block_stays(fates, disk);
	}
	spare = dispensable(array, disks);
	return spare >= 0 && staying > 0 && working + degraded == disks &&
	       staying + (uint64_t)spare >= disks;
}

/* Where one whose holders are not known could be among what a block is made of. */
static bool has_unlisted(const struct system *system)
{
	LIST_FOR_EACH (&system->inventory.blocks, const struct block, block)
		if (block->number.state == FACT_KNOWN &&
		    block->holders.state != FACT_KNOWN)
			return true;
	return false;
}

/* What is made of others needs all of them, unless it is made to do without some. */
static bool stack_stays(struct fates *fates, const struct block *block)
{
	const char *uuid = known_text(block->dm_uuid);
	size_t parts = 0, staying = 0;

	LIST_FOR_EACH (&fates->system->inventory.blocks, const struct block, part)
		if (is_part_of(&fates->system->inventory, part, block)) {
			parts++;
			staying += block_stays(fates, part);
		}
	if (parts == 0)
		return disk_stays(fates, block);
	if (uuid && starts_with(uuid, "mpath-"))
		return staying > 0;
	if (parts == staying && !has_unlisted(fates->system))
		return true;
	return fates->leaving && array_stays(fates, block);
}

static bool find_out(struct fates *fates, const struct block *block)
{
	if (block->parent)
		return block_stays(fates, block->parent);
	LIST_FOR_EACH (&block->paths, const char, path)
		if (path_stays(fates, path))
			return true;
	return block->paths.count == 0 && stack_stays(fates, block);
}

bool block_stays(struct fates *fates, const struct block *block)
{
	unsigned char *fate = &fates->of[block->index];

	if (*fate == FATE_UNASKED) {
		*fate = FATE_ASKED; /* what goes round stands on nothing */
		*fate = find_out(fates, block) ? FATE_STAYS : FATE_LOST;
	}
	return *fate == FATE_STAYS;
}
