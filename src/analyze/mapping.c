// SPDX-License-Identifier: GPL-2.0-or-later
/* What about mappings should not be: where they lie, and that nobody will end them. */

#include "analyze/analyze.h"

#include "analyze/subject.h"
#include "base/text.h"

/* What a mapping of memory has to do in a kind of region; -1 for nothing against it. */
static int suspicion_of(enum iomem_kind kind)
{
	switch (kind) {
	case IOMEM_KERNEL:
		return SUSPECT_KERNEL;
	case IOMEM_PCI_CONFIG:
	case IOMEM_PCI_WINDOW:
	case IOMEM_PCI_FUNCTION:
	case IOMEM_DRIVER:
	case IOMEM_IOMMU:
	case IOMEM_INTERRUPTS:
	case IOMEM_TIMER:
	case IOMEM_PLATFORM:
		return SUSPECT_REGISTERS;
	case IOMEM_CRASH_KERNEL:
	case IOMEM_RESERVED:
	case IOMEM_ACPI_TABLES:
	case IOMEM_ACPI_NVS:
	case IOMEM_ROM:
		return SUSPECT_RESERVED;
	case IOMEM_NONE:
		return SUSPECT_NOT_MEMORY;
	default: /* memory, or nothing that is known enough */
		return -1;
	}
}

/* dma_map_resource() is there for registers, and so may dma_map_phys() be. */
static bool may_be_registers(const struct mapping_group *group)
{
	return streq(group->type, "resource") || streq(group->type, "phy");
}

static void suspect(struct system *system, struct mapping_group *group,
		    enum mapping_suspicion code, uint64_t count,
		    const struct fact_u64 *address, const char *text)
{
	struct mapping_suspect *one = arena_new(&system->arena, struct mapping_suspect);

	one->code = KNOWN_ENUM((int)code);
	one->count = KNOWN_U64(count);
	one->address.state = FACT_ABSENT;
	if (address)
		one->address = *address;
	one->text = KNOWN_STR(text);
	list_add(&system->arena, &group->suspects.list, one);
}

static void suspect_place(struct system *system, struct mapping_group *group,
			  enum iomem_kind kind)
{
	const struct mapping_place *place = &group->places[kind];
	const struct region *region = system_region_at(system, place->address);
	int code = suspicion_of(kind);
	struct fact_u64 address = KNOWN_U64(place->address);
	const char *text;

	if (code < 0 || (code == SUSPECT_REGISTERS && may_be_registers(group)))
		return;
	if (region && region->name)
		text = arena_printf(&system->arena,
				    "%llu in what is no free memory: 0x%llx is in %s",
				    (unsigned long long)place->count,
				    (unsigned long long)place->address, region->name);
	else
		text = arena_printf(&system->arena,
				    "%llu in nothing that /proc/iomem lists: 0x%llx",
				    (unsigned long long)place->count,
				    (unsigned long long)place->address);
	suspect(system, group, (enum mapping_suspicion)code, place->count, &address,
		text);
}

/* Memory of the driver's own: what the DMA API itself hands out are whole pages. */
static bool is_of_driver(const struct mapping_group *group)
{
	static const char *const types[] = { "single", "scatter-gather", "phy" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (streq(group->type, types[i]))
			return true;
	return false;
}

/*
 * Behind an IOMMU a device that is not trusted gets a bounce buffer for what shares a
 * page with other data, and nobody else gets one (iommu_dma_map_page() of Linux). Other
 * architectures may bounce what shares a cache line, too. `removable` tells who is not
 * trusted, and is there since Linux 5.14.
 */
static struct fact_u64 bounced_translated(const struct system *system,
					  const struct device *device,
					  const struct mapping_group *group)
{
	struct fact_u64 unread = { .state = FACT_UNREAD };

	if (machine_arch(system) != ARCH_X86 || kernel_release(system) < LINUX(5, 14) ||
	    (device->removable.state != FACT_KNOWN &&
	     device->removable.state != FACT_ABSENT))
		return unread;
	if (!known_str(device->removable, "removable") || !is_of_driver(group))
		return KNOWN_U64(0);
	return KNOWN_U64(group->partial);
}

/*
 * Where addresses are not translated, the device's is the physical one, unless a bounce
 * buffer stands in. Encrypted memory has a bit of its own in the address.
 */
static void find_bounced(const struct system *system, struct mapping_group *group)
{
	const struct device *device = system_find_device(system, group->device);

	if (!device || device->translation.state != FACT_KNOWN)
		return;
	switch (device->translation.value) {
	case TRANSLATION_STRICT:
	case TRANSLATION_LAZY:
		group->bounced = bounced_translated(system, device, group);
		break;
	case TRANSLATION_NONE:
	case TRANSLATION_IDENTITY:
		if (known_false(system->sme))
			group->bounced = KNOWN_U64(
				streq(group->type, "coherent") ? 0 : group->moved);
		break;
	default: /* nothing is mapped through the DMA API */
		break;
	}
}

static void suspect_driver(struct system *system, struct mapping_group *group)
{
	suspect(system, group, SUSPECT_NO_DRIVER, group->count.value, NULL,
		arena_printf(&system->arena,
			     "%llu of a device without a driver, which nobody will end",
			     (unsigned long long)group->count.value));
}

/* What is known without the map of addresses is not to look as if it were all. */
static void suspect_unknown(struct system *system, struct mapping_group *group)
{
	group->suspects.state = FACT_KNOWN;
	suspect(system, group, SUSPECT_PLACE_UNKNOWN, group->count.value, NULL,
		arena_printf(&system->arena,
			     "of %llu nobody could look up where they lie",
			     (unsigned long long)group->count.value));
}

void analyze_mappings(struct system *system, struct mapping_table *table)
{
	bool mapped = system->regions_state == FACT_KNOWN;

	LIST_FOR_EACH (&table->groups, struct mapping_group, group) {
		group->suspects.state = system->regions_state;
		if (group->driver.state == FACT_ABSENT)
			suspect_driver(system, group);
		for (int kind = 0; mapped && kind <= IOMEM_NONE; kind++)
			if (group->places[kind].count > 0)
				suspect_place(system, group, (enum iomem_kind)kind);
		if (!mapped && group->suspects.list.count > 0)
			suspect_unknown(system, group);
		find_bounced(system, group);
	}
}
