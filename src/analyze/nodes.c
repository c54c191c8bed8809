// SPDX-License-Identifier: GPL-2.0-or-later
/* What IORT, VIOT and RIMT say about units, devices and memory: tables made of nodes. */

#include "analyze/firmware.h"
#include "spec/resolve.h"

static bool is_whole(const struct layout_node *node)
{
	return node->length >= node->layout->size;
}

static uint16_t requester_id(const struct device *device)
{
	return (uint16_t)(device->address.bus << 8 | device->address.device << 3 |
			  device->address.function);
}

/* Nodes know the way from an ID themselves. */
static const void *prepare(struct system *system, const struct acpi_table *table)
{
	return NULL;
}

static struct unit *find_by_base(const struct system *system, enum unit_kind kind,
				 uint64_t base)
{
	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (unit->kind.value == (int)kind &&
		    unit->register_base.state == FACT_KNOWN &&
		    unit->register_base.value == base)
			return unit;
	return NULL;
}

static struct unit *find_by_function(const struct system *system, enum unit_kind kind,
				     const struct layout_node *node)
{
	uint64_t id = layout_value(node, "bdf", 0);
	const struct device *device =
		find_function(system, (uint32_t)layout_value(node, "segment", 0),
			      (unsigned int)bits(id, 15, 8), (unsigned int)bits(id, 7, 3),
			      (unsigned int)bits(id, 2, 0));

	LIST_FOR_EACH (&system->units, struct unit, unit)
		if (device && unit->kind.value == (int)kind &&
		    known_str(unit->parent, device->bdf))
			return unit;
	return NULL;
}

/* IORT: SMMUs by the address of their registers. */

static bool is_smmu(const struct acpi_table *table, const struct layout_node *node)
{
	return node->type == IORT_SMMU && is_whole(node);
}

static bool is_smmu_v3(const struct acpi_table *table, const struct layout_node *node)
{
	return node->type == IORT_SMMU_V3 && is_whole(node);
}

static struct unit *find_smmu(const struct system *system, const struct layout_node *node)
{
	return find_by_base(system,
			    node->type == IORT_SMMU ? UNIT_ARM_SMMU : UNIT_ARM_SMMU_V3,
			    layout_value(node, "base_address", 0));
}

static const struct layout_node *
smmu_of(const void *prepared, const struct acpi_table *table, const struct device *device)
{
	uint32_t stream;

	return iort_resolve_pci(table, (uint16_t)device->address.domain,
				requester_id(device), IORT_SMMUS, &stream);
}

/* Is the stream of a device one of those that a mapping of an RMR node covers? */
static bool maps_stream(const struct layout_node *rmr, const struct layout_node *smmu,
			uint32_t stream)
{
	LIST_FOR_EACH (&rmr->children, const struct layout_node, mapping) {
		uint64_t base = layout_value(mapping, "output_base", UINT64_MAX);

		if (layout_value(mapping, "output_reference", 0) == smmu->offset &&
		    stream >= base &&
		    stream <= base + layout_value(mapping, "id_count", 0))
			return true;
	}
	return false;
}

/* DEN 0049E, 3.1.1.5: memory that streams need mapped one to one. */
static void check_rmr(struct system *system, struct firmware_table *table,
		      const struct layout_node *rmr, const struct device *device)
{
	const struct layout_node *smmu;
	uint32_t stream;

	smmu = iort_resolve_pci(&table->decoded, (uint16_t)device->address.domain,
				requester_id(device), IORT_SMMUS, &stream);
	if (!smmu || !device->unit_ref || !maps_stream(rmr, smmu, stream))
		return;
	LIST_FOR_EACH (&rmr->children, const struct layout_node, range) {
		uint64_t start = layout_value(range, "physical_range_offset", 0);
		uint64_t length = layout_value(range, "physical_range_length", 0);

		if (length > 0)
			check_direct_region(system, table, range, start,
					    start + length - 1, device);
	}
}

static void check_range(struct system *system, struct firmware_table *table,
			const struct layout_node *range)
{
	uint64_t start = layout_value(range, "physical_range_offset", 0);
	uint64_t length = layout_value(range, "physical_range_length", 0);

	if (length > 0)
		check_reserved_memory(system, table, range, start, start + length - 1);
}

static void check_iort(struct system *system, struct firmware_table *table)
{
	LIST_FOR_EACH (&table->decoded.structures, const struct layout_node, node) {
		if (node->type != IORT_RMR || !is_whole(node))
			continue;
		LIST_FOR_EACH (&node->children, const struct layout_node, range)
			check_range(system, table, range);
		LIST_FOR_EACH (&system->devices, const struct device, device)
			check_rmr(system, table, node, device);
	}
}

/* What concerns both kinds of SMMU is checked once. */
static void check_nothing(struct system *system, struct firmware_table *table)
{
}

const struct witness iort_witness = {
	.signature = "IORT",
	.kind = UNIT_ARM_SMMU,
	.is_unit = is_smmu,
	.find_unit = find_smmu,
	.base = "base_address",
	.prepare = prepare,
	.unit_of = smmu_of,
	.check = check_nothing,
};

const struct witness iort_v3_witness = {
	.signature = "IORT",
	.kind = UNIT_ARM_SMMU_V3,
	.is_unit = is_smmu_v3,
	.find_unit = find_smmu,
	.base = "base_address",
	.prepare = prepare,
	.unit_of = smmu_of,
	.check = check_iort,
};

/* VIOT: a virtio-iommu by its PCI function. One behind MMIO has no name to find it by. */

static bool is_virtio(const struct acpi_table *table, const struct layout_node *node)
{
	return node->type == VIOT_VIRTIO_PCI && is_whole(node);
}

static struct unit *find_virtio(const struct system *system,
				const struct layout_node *node)
{
	return node->type == VIOT_VIRTIO_PCI
		       ? find_by_function(system, UNIT_VIRTIO_IOMMU, node)
		       : NULL;
}

static const struct layout_node *virtio_of(const void *prepared,
					   const struct acpi_table *table,
					   const struct device *device)
{
	uint32_t endpoint;

	return viot_resolve_pci(table, (uint16_t)device->address.domain,
				requester_id(device), &endpoint);
}

const struct witness viot_witness = {
	.signature = "VIOT",
	.kind = UNIT_VIRTIO_IOMMU,
	.is_unit = is_virtio,
	.find_unit = find_virtio,
	.prepare = prepare,
	.unit_of = virtio_of,
	.check = check_nothing,
};
