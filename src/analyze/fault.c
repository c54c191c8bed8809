// SPDX-License-Identifier: GPL-2.0-or-later
/* What a fault is about on the machine that logged it, and what to do next. */

#include "analyze/analyze.h"
#include "spec/resolve.h"

/* An address so low is none that anybody mapped: it was never set. */
enum { NEAR_ZERO = 0x10000 };

/* Where x86 has the addresses of message-signalled interrupts (VT-d 4.1, 3.14). */
enum { MSI_START = 0xfee00000u, MSI_END = 0xfeefffffu };

static const char *const advice[] = {
	[CAUSE_NOT_MAPPED] =
		"The device used an address before it was mapped, after it was unmapped, "
		"or beyond its buffer: a bug of its driver or of the device itself. Look "
		"in the log for what the driver did just before.",
	[CAUSE_PERMISSION] =
		"The address is mapped for the other direction: the driver told the DMA "
		"API a direction that is not what the device does. A kernel with "
		"CONFIG_DMA_API_DEBUG names the driver.",
	[CAUSE_NO_DOMAIN] =
		"The kernel attached no domain to this sender: DMA that the firmware or "
		"the kernel before a kdump left running, or a device that sends under "
		"another address than its own and needs a quirk. dmascope devices --why "
		"shows what it has.",
	[CAUSE_BAD_TABLES] =
		"The tables that the IOMMU reads are wrong: a bug of the IOMMU's driver, "
		"or memory that something overwrote. Report it with the whole log.",
	[CAUSE_BEYOND_WIDTH] =
		"The address is longer than what is translated: a broken descriptor, or "
		"a driver whose DMA mask is wider than the IOMMU.",
	[CAUSE_INTERRUPT] =
		"The device sent an interrupt that the kernel did not set up for it: one "
		"from before a reset or a resume, or from a device that the firmware "
		"drives. intremap=off would hide it, and let devices forge interrupts.",
	[CAUSE_BAD_REQUEST] =
		"The device sent a kind of request that it may not: its firmware, or a "
		"driver that set it up wrongly. Where it is about ATS, pci=noats shows "
		"whether that is the cause.",
	[CAUSE_PASID] =
		"The device works for a process that left, or sends a PASID or asks for "
		"pages although its driver never allowed it: look at the process and at "
		"the driver of the accelerator.",
	[CAUSE_HARDWARE] =
		"The IOMMU could not do its own work. Look for memory errors in the log, "
		"and for a firmware update; dmascope tables checks what the firmware "
		"says.",
	[CAUSE_TIMEOUT] =
		"The device stopped answering: it hangs, was reset, or lost power. Where "
		"it caches translations (dmascope devices -o bdf,ats), pci=noats shows "
		"whether that is the cause.",
	[CAUSE_ENCRYPTION] =
		"The device was given memory that belongs to a protected guest: such "
		"guests have to share their buffers with devices first.",
	[CAUSE_LEAK] = "The driver has to undo every mapping before it lets go of a "
		       "device. dmascope leaks shows what is "
		       "mapped now.",
	[CAUSE_WRONG_FREE] =
		"A bug of the driver: what was mapped has to be unmapped with the same "
		"address, size, function and direction. The call trace in the log says "
		"where.",
	[CAUSE_WRONG_SYNC] =
		"A bug of the driver: on machines whose devices do not see the CPU's "
		"caches it corrupts data. The call trace in the log says where.",
	[CAUSE_UNCHECKED] =
		"A bug of the driver: it has to call dma_mapping_error() on every "
		"mapping, or a failed one becomes a stray address.",
	[CAUSE_WRONG_MEMORY] =
		"A bug of the driver: only memory of the page allocator and of kmalloc() "
		"can be mapped. The call trace in the log says where.",
	[CAUSE_SEGMENT_LIMIT] =
		"The driver has to say what the device can do: dma_set_max_seg_size(), "
		"dma_set_seg_boundary(). Until then longer pieces may be cut off.",
	[CAUSE_OVERLAP] =
		"Two mappings share a cache line: harmless where devices see the CPU's "
		"caches, and lost data where they do not. Buffers have to be aligned to "
		"cache lines.",
	[CAUSE_BOUNCE_FULL] =
		"The device cannot reach the memory it was given, or is not trusted with "
		"what lies beside it, and there was no room to copy through: swiotlb= "
		"makes the pool larger, swiotlb=force makes one. dmascope devices -o "
		"bdf,dma-mask,removable shows which devices need it.",
	[CAUSE_DMA_MASK] =
		"The memory lies beyond what the device addresses, and nothing could "
		"copy it: the driver's DMA mask is too narrow or missing, or the "
		"bounce-buffer pool is off (dmascope status).",
	[CAUSE_UNKNOWN] = "Look at the lines around it in the log.",
};

/* What the address itself gives away of a stray request. */
static const char *advice_of(const struct fault_group *group, const struct region *region)
{
	uint64_t address = group->address.value;

	if (group->cause.value != CAUSE_NOT_MAPPED || group->address.state != FACT_KNOWN)
		return advice[group->cause.value];
	if (address < NEAR_ZERO)
		return "The address is near 0, so nobody set it: look at how the driver, "
		       "or the guest that has the device, sets up its descriptors, and "
		       "at "
		       "what the firmware left running.";
	if (address >= MSI_START && address <= MSI_END)
		return "The address is one of interrupts on x86, and was sent as DMA: "
		       "look at how the device's interrupts are set up, above all in a "
		       "guest.";
	if (region && (region->kind.value == IOMEM_RESERVED ||
		       region->kind.value == IOMEM_ACPI_NVS))
		return "The firmware keeps memory of that number, and may use it with "
		       "the "
		       "device although no RMRR, IVMD or RMR tells the kernel to map it: "
		       "look for a firmware update; dmascope tables shows what there is.";
	if (region && region->kind.value == IOMEM_RAM)
		return "System RAM has that number. Where it is no coincidence, the "
		       "driver or the firmware gave the device a physical address and "
		       "did "
		       "not ask the DMA API.";
	return advice[CAUSE_NOT_MAPPED];
}

/* What a number at an IOMMU stands for, where a table of the firmware tells. */
static bool is_stream(const struct firmware_table *table, const struct device *device,
		      uint64_t stream)
{
	uint16_t segment = (uint16_t)device->address.domain;
	uint16_t requester = device_requester_id(device);
	const struct layout_node *unit = NULL;
	uint32_t id = 0;

	if (!table->decoded.header)
		return false;
	if (streq(table->signature, "IORT"))
		unit = iort_resolve_pci(&table->decoded, segment, requester, IORT_SMMUS,
					&id);
	else if (streq(table->signature, "VIOT"))
		unit = viot_resolve_pci(&table->decoded, segment, requester, &id);
	return unit && id == stream;
}

/* The one device that sends under a number; of several units two may have the same. */
static const struct device *device_of_stream(const struct system *system, uint64_t stream)
{
	const struct device *found = NULL;

	LIST_FOR_EACH (&system->tables, const struct firmware_table, table) {
		LIST_FOR_EACH (&system->devices, const struct device, device) {
			if (!is_stream(table, device, stream) || device == found)
				continue;
			if (found)
				return NULL;
			found = device;
		}
	}
	return found;
}

/* VT-d does not tell the segment: it is that of the only function with the rest. */
static const struct device *device_of_bdf(const struct system *system,
					  const struct fault_group *group)
{
	const struct device *device = system_find_device(system, group->bdf.value);
	const char *rest = strchr(group->bdf.value, ':');

	if (device || group->has_segment || !rest)
		return device;
	LIST_FOR_EACH (&system->devices, const struct device, other) {
		const char *of_other = strchr(other->bdf, ':');

		if (!of_other || !streq(of_other, rest))
			continue;
		if (device)
			return NULL;
		device = other;
	}
	return device;
}

/*
 * The DMA API's debugging names the driver of that moment, or none where the driver had
 * left: whoever came since is not to blame.
 */
static void take_device(struct fault_group *group, const struct device *device)
{
	group->bdf = KNOWN_STR(device->bdf);
	if (!known_text(group->driver) && group->kind.value != FAULT_DMA_API)
		group->driver = device->driver;
	if (!known_text(group->unit))
		group->unit = device->unit;
}

void analyze_fault(const struct system *system, struct arena *arena,
		   struct fault_group *group)
{
	const struct device *device = NULL;
	const struct region *region = NULL;

	if (!system) {
		group->target = (struct fact_str){ .state = FACT_UNREAD };
		group->advice = KNOWN_STR(advice_of(group, NULL));
		return;
	}
	if (known_text(group->bdf))
		device = device_of_bdf(system, group);
	else if (group->stream.state == FACT_KNOWN)
		device = device_of_stream(system, group->stream.value);
	if (device)
		take_device(group, device);
	group->target.state = FACT_ABSENT;
	if (group->address.state == FACT_KNOWN) {
		group->target.state = system->regions_state == FACT_KNOWN
					      ? FACT_ABSENT
					      : system->regions_state;
		if (system->regions_state == FACT_KNOWN)
			region = system_region_at(system, group->address.value);
	}
	if (region && region->name)
		group->target = KNOWN_STR(
			known_text(region->bdf) && !streq(region->name, region->bdf.value)
				? arena_printf(arena, "%s of %s", region->name,
					       region->bdf.value)
				: region->name);
	group->advice = KNOWN_STR(advice_of(group, region));
}
