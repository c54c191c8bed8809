/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a device to its IOMMU, as the decoded tables tell it.
 *
 * Where tables contradict themselves, the answer is the one that Linux takes.
 */
#pragma once

#include "spec/acpi.h"

/* DEN 0049E: types of the nodes of an IORT. */
enum iort_type {
	IORT_ITS_GROUP = 0,
	IORT_NAMED_COMPONENT = 1,
	IORT_ROOT_COMPLEX = 2,
	IORT_SMMU = 3, /* version 1 or 2 */
	IORT_SMMU_V3 = 4,
	IORT_PMCG = 5,
	IORT_RMR = 6,
	IORT_IWB = 7,
};

/* Sets of these types, as bits. */
enum {
	IORT_ITS_GROUPS = 1 << IORT_ITS_GROUP,
	IORT_SMMUS = 1 << IORT_SMMU | 1 << IORT_SMMU_V3,
};

/* ACPI 6.5, 5.2.31: types of the nodes of a VIOT. */
enum viot_type {
	VIOT_PCI_RANGE = 1,
	VIOT_MMIO_ENDPOINT = 2,
	VIOT_VIRTIO_PCI = 3,
	VIOT_VIRTIO_MMIO = 4,
};

/* RIMT 2.1: types of the nodes of a RIMT. */
enum rimt_type {
	RIMT_IOMMU = 0,
	RIMT_ROOT_COMPLEX = 1,
	RIMT_PLATFORM_DEVICE = 2,
};

/*
 * Has the table a node that is an SMMU? Malformed where there is none among the nodes
 * that could be found, and not all could be.
 */
struct fact_bool iort_has_smmu(const struct acpi_table *table);

/*
 * Follows the ID mappings of a node, and of the nodes that they lead to, up to the first
 * node whose type is in the set `types`: from a root complex with a Requester ID, or from
 * a named component with an ID of its own, to the SMMU or the ITS group. NULL where no
 * mapping covers the ID, or where the mappings lead elsewhere or in a circle; then
 * *ret_id is untouched. Otherwise it is the ID that arrives there.
 */
const struct layout_node *iort_resolve(const struct acpi_table *table,
				       const struct layout_node *from, uint32_t id,
				       unsigned int types, uint32_t *ret_id);

/* The same for a PCI function, by the root complexes of its segment. */
const struct layout_node *iort_resolve_pci(const struct acpi_table *table,
					   uint16_t segment, uint16_t bdf,
					   unsigned int types, uint32_t *ret_id);

/*
 * The virtio-iommu of a VIOT that translates a PCI function, and the function's endpoint
 * ID there; NULL where there is none, also for the virtio-iommu itself.
 */
const struct layout_node *viot_resolve_pci(const struct acpi_table *table,
					   uint16_t segment, uint16_t bdf,
					   uint32_t *ret_endpoint);

/*
 * The IOMMU of a RIMT that an ID of a root complex or of a platform device goes to, and
 * its device ID there; NULL where no mapping covers it.
 */
const struct layout_node *rimt_resolve(const struct acpi_table *table,
				       const struct layout_node *from, uint32_t id,
				       uint32_t *ret_id);

/* The same for a PCI function, by the root complexes of its segment. */
const struct layout_node *rimt_resolve_pci(const struct acpi_table *table,
					   uint16_t segment, uint16_t bdf,
					   uint32_t *ret_id);
