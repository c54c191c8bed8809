/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a function send on towards the IOMMU what it could turn round to a peer? */
#pragma once

#include "model/system.h"
#include "spec/pcicap.h"

/* The services without which Linux puts a function's peers into one group with it. */
enum {
	ACS_REQUIRED = ACS_SOURCE_VALIDATION | ACS_REQUEST_REDIRECT |
		       ACS_COMPLETION_REDIRECT | ACS_UPSTREAM_FORWARDING
};

enum acs_verdict { ACS_UNKNOWN, ACS_ISOLATES, ACS_OPEN };

enum acs_basis {
	ACS_BY_REGISTERS,  /* what the ACS capability says */
	ACS_BY_QUIRK,	   /* what Linux knows of the identifiers */
	ACS_BY_KIND,	   /* a function of this kind has nothing to control */
	ACS_NO_CAPABILITY, /* it would need one, and has none */
	ACS_CONVENTIONAL,  /* conventional PCI, and bridges to it, have no such thing */
};

struct acs_answer {
	enum acs_verdict verdict;
	enum acs_basis basis;
	uint16_t off; /* by registers: the required services that are there and off */
};

/* As pci_acs_enabled() of Linux (drivers/pci/pci.c), with what may be read here. */
struct acs_answer acs_judge(const struct system *system, const struct device *device);

/*
 * The ACS control bits, wherever the function has them: in some the registers have 32
 * bits each, so that there is no Egress Control Vector in its place.
 */
struct fact_u64 acs_control_of(const struct device *device);
bool acs_has_dwords(const struct device *device);

/* Whether the firmware has an IVRS, for an AMD IOMMU, and whether it could be read. */
struct fact_bool acs_has_ivrs(const struct system *system, enum fact_state *ret_state);

/* Whether Linux takes it for one of several functions: the bit is not all it asks. */
struct fact_bool acs_multifunction(const struct device *device);

static inline bool is_on_root_bus(const struct device *device)
{
	return device->upstream.state == FACT_ABSENT;
}

static inline bool is_port_type(const struct device *device, enum pcie_type type)
{
	return device->port_type.state == FACT_KNOWN &&
	       device->port_type.value == (int)type;
}

/* A root port or a downstream port of a switch: what stands below it is one device. */
static inline bool is_downward(const struct device *device)
{
	return is_port_type(device, PCIE_ROOT_PORT) ||
	       is_port_type(device, PCIE_DOWNSTREAM_PORT);
}
