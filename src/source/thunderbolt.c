// SPDX-License-Identifier: GPL-2.0-or-later
/* Thunderbolt domains and whether the IOMMU guards them. */

#include "source/attr.h"
#include "source/source.h"

void source_thunderbolt_read(struct root *root, struct system *system)
{
	static const char directory[] = "sys/bus/thunderbolt/devices";
	struct list names = { 0 };
	int r = root_list(root, &names, 0, "%s", directory);

	system->thunderbolt_state = root_absence(root, r, "sys/bus");
	LIST_FOR_EACH (&names, struct entry, entry) {
		struct thunderbolt_domain *domain;

		if (!starts_with(entry->name, "domain"))
			continue;
		domain = arena_new(&system->arena, struct thunderbolt_domain);
		domain->name = entry->name;
		attr_bool(root, &domain->iommu_dma_protection,
			  "%s/%s/iommu_dma_protection", directory, entry->name);
		attr_str(root, &domain->security, "%s/%s/security", directory,
			 entry->name);
		list_add(&system->arena, &system->thunderbolt, domain);
	}
}
