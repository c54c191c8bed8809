// SPDX-License-Identifier: GPL-2.0-or-later
/* What IORT, VIOT and RIMT say about units, devices and memory: tables made of nodes. */

#include "analyze/firmware.h"
#include "spec/resolve.h"

/* The key of a unit that is a PCI function. */
static struct unit_key function_key(enum unit_kind kind, const struct layout_node *node,
				    const char *segment, const char *bdf)
{
	return (struct unit_key){
		kind,
		true,
		function_number(layout_value(node, segment, 0),
				layout_value(node, bdf, 0)),
	};
}

/* IORT: SMMUs by the address of their registers. */

static bool is_smmu(const void *prepared, const struct layout_node *node,
		    struct unit_key *ret)
{
	if ((node->type != IORT_SMMU && node->type != IORT_SMMU_V3) ||
	    !layout_is_whole(node))
		return false;
	*ret = (struct unit_key){
		node->type == IORT_SMMU ? UNIT_ARM_SMMU : UNIT_ARM_SMMU_V3,
		false,
		layout_value(node, "base_address", 0),
	};
	return true;
}

static const struct layout_node *
smmu_of(const void *prepared, const struct acpi_table *table, const struct device *device)
{
	uint32_t stream;

	return iort_resolve_pci(table, (uint16_t)device->address.domain,
				device_requester_id(device), IORT_SMMUS, &stream);
}

/* What arrives at an SMMU from a device. */
struct stream {
	const struct layout_node *smmu;
	uint32_t id;
	const struct device *device;
};

static int compare_streams(const void *a, const void *b)
{
	const struct stream *one = a, *other = b;

	if (one->smmu != other->smmu)
		return one->smmu->offset < other->smmu->offset ? -1 : 1;
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return device_compare(&one->device, &other->device);
}

/* All streams of devices behind a unit, in order; returns how many. */
static size_t find_streams(struct system *system, const struct acpi_table *table,
			   struct stream **ret)
{
	struct stream *streams =
		arena_alloc(&system->arena, system->devices.count * sizeof(*streams));
	size_t count = 0;

	LIST_FOR_EACH (&system->devices, const struct device, device) {
		struct stream *stream = &streams[count];

		stream->device = device;
		stream->smmu = iort_resolve_pci(table, (uint16_t)device->address.domain,
						device_requester_id(device), IORT_SMMUS,
						&stream->id);
		count += stream->smmu && device->unit_ref;
	}
	if (count > 1)
		qsort(streams, count, sizeof(*streams), compare_streams);
	*ret = streams;
	return count;
}

/* The first stream of an SMMU from an ID on. */
static size_t first_stream(const struct stream *streams, size_t count, uint64_t smmu,
			   uint64_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct stream *stream = &streams[middle];

		if (stream->smmu->offset < smmu ||
		    (stream->smmu->offset == smmu && stream->id < id))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* DEN 0049E, 3.1.1.5: memory that a device needs mapped one to one. */
static void check_ranges(struct system *system, struct firmware_table *table,
			 const struct layout_node *rmr, const struct device *device)
{
	LIST_FOR_EACH (&rmr->children, const struct layout_node, range) {
		uint64_t start = layout_value(range, "physical_range_offset", 0);
		uint64_t length = layout_value(range, "physical_range_length", 0);

		if (length == 0)
			continue;
		if (device)
			check_direct_region(system, table, range, start,
					    start + length - 1, device);
		else
			check_reserved_memory(system, table, range, start,
					      start + length - 1, false);
	}
}

static void check_iort(const void *prepared, struct system *system,
		       struct firmware_table *table)
{
	struct stream *streams;
	size_t count = find_streams(system, &table->decoded, &streams);

	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, rmr) {
		if (rmr->type != IORT_RMR || !layout_is_whole(rmr))
			continue;
		check_ranges(system, table, rmr, NULL);
		LIST_FOR_EACH (&rmr->children, const struct layout_node, mapping) {
			uint64_t smmu = layout_value(mapping, "output_reference", 0);
			uint64_t base = layout_value(mapping, "output_base", 0);
			uint64_t last = base + layout_value(mapping, "id_count", 0);
			size_t at = first_stream(streams, count, smmu, base);

			for (; at < count && streams[at].smmu->offset == smmu &&
			       streams[at].id <= last;
			     at++)
				check_ranges(system, table, rmr, streams[at].device);
		}
	}
}

const struct witness iort_witness = {
	.signature = "IORT",
	.kinds = 1u << UNIT_ARM_SMMU | 1u << UNIT_ARM_SMMU_V3,
	.is_unit = is_smmu,
	.unit_of = smmu_of,
	.base = "base_address",
	.check = check_iort,
};

/* VIOT: a virtio-iommu by its PCI function. One behind MMIO has no name to find it by. */

static bool is_virtio(const void *prepared, const struct layout_node *node,
		      struct unit_key *ret)
{
	if (node->type != VIOT_VIRTIO_PCI || !layout_is_whole(node))
		return false;
	*ret = function_key(UNIT_VIRTIO_IOMMU, node, "segment", "bdf");
	return true;
}

static const struct layout_node *virtio_of(const void *prepared,
					   const struct acpi_table *table,
					   const struct device *device)
{
	uint32_t endpoint;

	return viot_resolve_pci(table, (uint16_t)device->address.domain,
				device_requester_id(device), &endpoint);
}

const struct witness viot_witness = {
	.signature = "VIOT",
	.kinds = 1u << UNIT_VIRTIO_IOMMU,
	.is_unit = is_virtio,
	.unit_of = virtio_of,
};

/*
 * RIMT: an IOMMU by its PCI function. One that is a platform device has a name from the
 * ACPI namespace, and Linux does not tell its address.
 */

static bool is_riscv(const void *prepared, const struct layout_node *node,
		     struct unit_key *ret)
{
	if (node->type != RIMT_IOMMU || !layout_is_whole(node) ||
	    !layout_value(node, "pcie_device", 0))
		return false;
	*ret = function_key(UNIT_RISCV, node, "pcie_segment_number", "pcie_bdf");
	return true;
}

static const struct layout_node *riscv_of(const void *prepared,
					  const struct acpi_table *table,
					  const struct device *device)
{
	uint32_t id;

	return rimt_resolve_pci(table, (uint16_t)device->address.domain,
				device_requester_id(device), &id);
}

const struct witness rimt_witness = {
	.signature = "RIMT",
	.kinds = 1u << UNIT_RISCV,
	.is_unit = is_riscv,
	.unit_of = riscv_of,
};
