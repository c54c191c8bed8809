// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does a function send on towards the IOMMU what it could turn round to a peer?
 *
 * The rules are those of pci_acs_enabled() in drivers/pci/pci.c of Linux 6.1 to 6.12,
 * after PCI Express Base 6.0, 6.12.1. Each answer is unknown as long as what would
 * decide it could not be read.
 */

#include "analyze/acs.h"

#include "analyze/quirks.h"

static struct acs_answer answer(enum acs_verdict verdict, enum acs_basis basis)
{
	return (struct acs_answer){ .verdict = verdict, .basis = basis };
}

static struct acs_answer unknown(void)
{
	return answer(ACS_UNKNOWN, ACS_BY_REGISTERS);
}

struct fact_bool acs_multifunction(const struct device *device)
{
	const struct device *above = device->upstream_ref;
	bool first = device->address.function == 0;

	/* A virtual function never is (pci_iov_add_virtfn() in drivers/pci/iov.c). */
	if (device->physfn.state == FACT_KNOWN)
		return KNOWN_BOOL(false);
	if (device->physfn.state != FACT_ABSENT)
		return (struct fact_bool){ .state = device->physfn.state };
	/* Below a port there is device 0 alone, and ARI counts its functions past 7. */
	if (above && is_downward(above) && device->address.device > 0)
		first = false;
	/* Another than the first was found because there are several. */
	return first ? device->multifunction : KNOWN_BOOL(true);
}

struct fact_bool acs_has_ivrs(const struct system *system, enum fact_state *ret_state)
{
	enum fact_state state = system->tables_state;

	LIST_FOR_EACH (&system->tables, const struct firmware_table, table) {
		if (!streq(table->signature, "IVRS"))
			continue;
		*ret_state = table->state;
		return KNOWN_BOOL(true);
	}
	*ret_state = state = state == FACT_ABSENT ? FACT_KNOWN : state;
	return (struct fact_bool){ state, false };
}

bool acs_has_dwords(const struct device *device)
{
	enum acs_rule rule;
	size_t at = 0;

	while ((rule = acs_rule_next((uint16_t)device->vendor_id.value,
				     (uint16_t)device->device_id.value, &at)))
		if (rule == ACS_RULE_DWORDS)
			return is_port_type(device, PCIE_ROOT_PORT);
	return false;
}

struct fact_u64 acs_control_of(const struct device *device)
{
	return acs_has_dwords(device) ? device->acs_egress : device->acs_control;
}

/*
 * A service that the capability lacks is taken to be wired on; one that it offers has to
 * be switched on.
 */
static struct acs_answer judge_registers(const struct device *device)
{
	struct acs_answer got = answer(ACS_ISOLATES, ACS_BY_REGISTERS);
	uint64_t control = acs_control_of(device).value;

	got.off = (uint16_t)(ACS_REQUIRED & device->acs_capability.value & ~control);
	if (got.off)
		got.verdict = ACS_OPEN;
	return got;
}

static struct acs_answer judge_capability(const struct device *device)
{
	if (device->acs_capability.state == FACT_KNOWN)
		return judge_registers(device);
	/*
	 * Known to be PCI Express from the first 256 bytes, and no more could be read by
	 * whom these were shown to: then the kernel does not reach more either.
	 */
	if (device->acs_capability.state == FACT_ABSENT ||
	    device->acs_capability.state == FACT_UNREAD)
		return answer(ACS_OPEN, ACS_NO_CAPABILITY);
	return unknown();
}

static struct acs_answer judge_southbridge(const struct system *system,
					   const struct device *device, bool *applies)
{
	struct fact_bool several = acs_multifunction(device), ivrs;
	enum fact_state bytes;

	ivrs = acs_has_ivrs(system, &bytes);
	*applies = false;
	if (known_false(several) || !is_on_root_bus(device) || known_false(ivrs))
		return unknown();
	*applies = true;
	if (known_true(several) && known_true(ivrs))
		return answer(ACS_ISOLATES, ACS_BY_QUIRK);
	return unknown();
}

/* Whether the rule decides, and if so, how. */
static bool apply_rule(const struct system *system, const struct device *device,
		       enum acs_rule rule, struct acs_answer *ret)
{
	bool conventional = device->port_type.state == FACT_ABSENT;
	bool root = is_port_type(device, PCIE_ROOT_PORT), applies = true;
	enum acs_verdict verdict = ACS_ISOLATES;

	switch (rule) {
	case ACS_RULE_NONE:
		return false;
	case ACS_RULE_ISOLATES:
		break;
	case ACS_RULE_NEVER:
		verdict = ACS_OPEN;
		break;
	case ACS_RULE_SOUTHBRIDGE:
		*ret = judge_southbridge(system, device, &applies);
		return applies;
	case ACS_RULE_ROOT_PORT:
		applies = root;
		break;
	case ACS_RULE_PORT:
		applies = is_downward(device);
		break;
	case ACS_RULE_NO_PORT:
		applies = is_downward(device);
		verdict = ACS_OPEN;
		break;
	case ACS_RULE_INTEGRATED:
		applies = is_port_type(device, PCIE_RC_ENDPOINT);
		break;
	case ACS_RULE_DWORDS:
		applies = root && device->acs_capability.state == FACT_KNOWN;
		break;
	}
	*ret = answer(verdict, ACS_BY_QUIRK);
	if (rule == ACS_RULE_DWORDS && applies)
		*ret = judge_registers(device);
	if (applies || conventional || device->port_type.state == FACT_KNOWN)
		return applies;
	/* What kind of function it is could not be read, so the rule may hold or not. */
	*ret = unknown();
	return true;
}

static struct acs_answer judge_kind(const struct device *device)
{
	struct fact_bool several = acs_multifunction(device);

	switch ((enum pcie_type)device->port_type.value) {
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return judge_capability(device);
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
		return answer(ACS_OPEN, ACS_CONVENTIONAL);
	case PCIE_RC_EVENT_COLLECTOR:
		return answer(ACS_OPEN, ACS_NO_CAPABILITY);
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_RC_ENDPOINT:
		if (known_true(several))
			return judge_capability(device);
		if (several.state != FACT_KNOWN)
			return unknown();
		break;
	}
	return answer(ACS_ISOLATES, ACS_BY_KIND);
}

struct acs_answer acs_judge(const struct system *system, const struct device *device)
{
	struct acs_answer got;
	enum acs_rule rule;
	size_t at = 0;

	if (device->vendor_id.state != FACT_KNOWN ||
	    device->device_id.state != FACT_KNOWN)
		return unknown();
	while ((rule = acs_rule_next((uint16_t)device->vendor_id.value,
				     (uint16_t)device->device_id.value, &at)))
		if (apply_rule(system, device, rule, &got))
			return got;
	if (device->port_type.state == FACT_ABSENT)
		return answer(ACS_OPEN, ACS_CONVENTIONAL);
	if (device->port_type.state != FACT_KNOWN)
		return unknown();
	return judge_kind(device);
}
