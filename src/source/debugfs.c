// SPDX-License-Identifier: GPL-2.0-or-later
/* Debug files: the bounce-buffer pool and the state of DMA-API debugging. */

#include "source/attr.h"
#include "source/source.h"

#define DEBUGFS "sys/kernel/debug"

/*
 * An empty directory and a debugfs that was never mounted look the same, and "no file"
 * must not be taken for "not built": the mount table tells them apart. Its lines are
 * "debugfs /sys/kernel/debug debugfs rw,… 0 0".
 */
static void read_mounted(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, "proc/self/mounts");

	system->debugfs.state = fact_state_of(r);
	if (r < 0)
		return;
	system->debugfs = KNOWN_BOOL(false);
	cursor = (const char *)bytes.data;
	while ((line = next_line(&cursor, &length)))
		if (memmem(line, length, " /" DEBUGFS " debugfs ",
			   strlen(" /" DEBUGFS " debugfs ")))
			system->debugfs = KNOWN_BOOL(true);
}

/*
 * Without a mounted debugfs an absent file says nothing. The kernel's refusal stays;
 * where the mount table itself could not be read, absence is not believed either.
 */
static enum fact_state believe(const struct system *system, enum fact_state state)
{
	return state == FACT_ABSENT && !known_true(system->debugfs) ? FACT_UNREAD : state;
}

enum fact_state debugfs_state(const struct system *system, int error)
{
	return believe(system, fact_state_of(error));
}

#define SWIOTLB DEBUGFS "/swiotlb"

static void read_pool(struct root *root, struct system *system, const char *name)
{
	struct swiotlb_pool *pool = arena_new(&system->arena, struct swiotlb_pool);

	if (attr_u64(root, 10, &pool->slots, SWIOTLB "/%s/io_tlb_nslabs", name) < 0)
		return; /* no directory of a pool */
	pool->name = arena_strdup(&system->arena, name);
	attr_u64(root, 10, &pool->used, SWIOTLB "/%s/io_tlb_used", name);
	attr_u64(root, 10, &pool->high_water, SWIOTLB "/%s/io_tlb_used_hiwater", name);
	list_add(&system->arena, &system->swiotlb_pools, pool);
}

/*
 * Linux makes the directory first and the files only for a pool that has slots. Each pool
 * of devices that may use no other has a directory in it.
 */
static void read_swiotlb(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, SWIOTLB);

	if (r == 0 && names.count == 0) {
		system->swiotlb_slots = system->swiotlb_used = KNOWN_U64(0);
		return;
	}
	if (r < 0) {
		system->swiotlb_slots.state = fact_state_of(r);
		system->swiotlb_used.state = fact_state_of(r);
		return;
	}
	attr_u64(root, 10, &system->swiotlb_slots, SWIOTLB "/io_tlb_nslabs");
	attr_u64(root, 10, &system->swiotlb_used, SWIOTLB "/io_tlb_used");
	attr_u64(root, 10, &system->swiotlb_high_water, SWIOTLB "/io_tlb_used_hiwater");
	attr_u64(root, 10, &system->swiotlb_transient,
		 SWIOTLB "/io_tlb_transient_nslabs");
	LIST_FOR_EACH (&names, struct entry, entry)
		if (!starts_with(entry->name, "io_tlb_"))
			read_pool(root, system, entry->name);
}

/* Figures of DMA-API debugging; there are none where it is not built. */
static void read_dma_api(struct root *root, struct system *system)
{
	static const char directory[] = DEBUGFS "/dma-api";

	attr_bool(root, &system->dma_api_disabled, "%s/disabled", directory);
	system->dma_api_disabled.state = believe(system, system->dma_api_disabled.state);
	if (system->dma_api_disabled.state != FACT_KNOWN)
		return;
	attr_u64(root, 10, &system->dma_api_records, "%s/nr_total_entries", directory);
	attr_u64(root, 10, &system->dma_api_free, "%s/num_free_entries", directory);
	attr_u64(root, 10, &system->dma_api_free_min, "%s/min_free_entries", directory);
	attr_u64(root, 10, &system->dma_api_errors, "%s/error_count", directory);
	attr_str(root, &system->dma_api_filter, "%s/driver_filter", directory);
}

void source_debugfs_read(struct root *root, struct system *system)
{
	read_mounted(root, system);
	if (known_false(system->debugfs)) {
		root_note(root, DEBUGFS, "debugfs is not mounted");
		return;
	}
	read_swiotlb(root, system);
	system->swiotlb_slots.state = believe(system, system->swiotlb_slots.state);
	system->swiotlb_used.state = believe(system, system->swiotlb_used.state);
	read_dma_api(root, system);
}
