// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/group: the reserved regions of a group. */

#include "fuzz.h"

static void read_groups(struct root *root, struct system *system)
{
	source_group_read(root, system);
	source_group_regions(root, system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_tree();
	tree_directory("sys/kernel/iommu_groups/7/devices");
	fuzz_source("sys/kernel/iommu_groups/7/reserved_regions", data, size, read_groups,
		    &system);
	LIST_FOR_EACH (&system.groups, struct group, group)
		LIST_FOR_EACH (&group->reserved_regions.list, struct reserved_region,
			       region)
			MUST(region->start.value <= region->end.value);
	system_free(&system);
	return 0;
}
