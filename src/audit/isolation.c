// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is kept apart from whom: groups, ACS, and requests between peers. */

#include "audit/audit.h"

#include "spec/pcicap.h"

/* The group's first reason of a code, or NULL. */
static const struct group_reason *reason_of(const struct group *group, enum why_code code)
{
	LIST_FOR_EACH (&group->why.list, const struct group_reason, reason)
		if (reason->code.state == FACT_KNOWN && reason->code.value == (int)code)
			return reason;
	return NULL;
}

static enum finding_status run_mixed(struct audit *audit, const void *object)
{
	const struct group *group = object;
	const char *path = audit_group_attr(audit, group, "devices");

	if (group->owner.state != FACT_KNOWN)
		return audit_cannot_see(audit, path);
	if (group->owner.value != OWNER_MIXED)
		return audit_passes(audit, path, "one owner");
	LIST_FOR_EACH (&group->members.list, const struct device, member)
		if (member->driver.state == FACT_KNOWN)
			audit_evidence(audit, audit_attr(audit, member, "driver"),
				       "%s: %s", member->bdf, member->driver.value);
	return FINDING_FAIL;
}

static enum finding_status run_drift(struct audit *audit, const void *object)
{
	const struct group *group = object;
	const char *text = known_text(group->isolated_why);
	bool told = false;

	if (group->drift.state == FACT_ABSENT)
		return audit_is_beside(audit, "the group has no PCI function");
	if (group->drift.state != FACT_KNOWN) {
		audit_evidence(audit, audit_group_attr(audit, group, "devices"), "%s",
			       text ? text : "ACS of a bridge above could not be read");
		return FINDING_UNKNOWN;
	}
	if (!group->drift.value)
		return audit_passes(audit, audit_group_attr(audit, group, "devices"),
				    "as ACS has it now");
	LIST_FOR_EACH (&group->why.list, const struct group_reason, reason)
		if (reason->text.state == FACT_KNOWN) {
			const char *bdf = known_text(reason->bdf);

			audit_evidence(
				audit,
				bdf ? arena_printf(&audit->system->arena,
						   "/sys/bus/pci/devices/%s/config", bdf)
				    : NULL,
				"%s", reason->text.value);
			told = true;
		}
	if (!told)
		audit_evidence(audit, audit_group_attr(audit, group, "devices"), "%s",
			       text ? text : "ACS no longer justifies the group");
	return FINDING_FAIL;
}

static enum finding_status run_override(struct audit *audit, const void *object)
{
	const struct group *group = object;
	const struct group_reason *reason = reason_of(group, WHY_ACS_OVERRIDE);

	if (group->why.state != FACT_KNOWN) {
		audit_evidence(audit, audit_group_attr(audit, group, "devices"),
			       "why the group is as it is could not be found out");
		return FINDING_UNKNOWN;
	}
	if (!reason)
		return audit_passes(audit, audit_group_attr(audit, group, "devices"),
				    "ACS keeps it apart, or nothing does");
	return audit_fails(audit, "/proc/cmdline", "group %llu: %s",
			   (unsigned long long)group->id.value,
			   known_text(reason->text) ? reason->text.value
						    : "pcie_acs_override=");
}

static enum finding_status run_shared_vf(struct audit *audit, const void *object)
{
	const struct group *group = object;
	const struct device *virtual = NULL;

	LIST_FOR_EACH (&group->members.list, const struct device, member)
		if (member->physfn.state == FACT_KNOWN)
			virtual = member;
	if (!virtual)
		return audit_is_beside(audit, "it has no virtual function");
	if (group->devices.list.count <= 1)
		return audit_passes(audit, audit_group_attr(audit, group, "devices"),
				    "alone in its group");
	LIST_FOR_EACH (&group->why.list, const struct group_reason, reason)
		if (known_text(reason->text))
			audit_evidence(audit, NULL, "%s", reason->text.value);
	return audit_fails(audit, audit_group_attr(audit, group, "devices"),
			   "group %llu: %zu functions, %s is a virtual one",
			   (unsigned long long)group->id.value, group->devices.list.count,
			   virtual->bdf);
}

static enum finding_status run_direct_region(struct audit *audit, const void *object)
{
	const struct group *group = object;
	const char *path = audit_group_attr(audit, group, "reserved_regions");
	size_t found = 0;

	if (group->reserved_regions.state != FACT_KNOWN)
		return audit_cannot_see(audit, path);
	LIST_FOR_EACH (&group->reserved_regions.list, const struct reserved_region,
		       region)
		if (known_str(region->type, "direct")) {
			audit_evidence(audit, path, "0x%llx-0x%llx direct",
				       (unsigned long long)region->start.value,
				       (unsigned long long)region->end.value);
			found++;
		}
	if (found > 0)
		return FINDING_FAIL;
	return audit_passes(audit, path, "no region of the type direct");
}

static bool has_peers(const struct system *system, const struct device *port)
{
	LIST_FOR_EACH (&system->devices, const struct device, other)
		if (other != port && other->upstream_ref &&
		    other->upstream_ref == port->upstream_ref &&
		    other->port_type.state == FACT_KNOWN &&
		    other->port_type.value == PCIE_DOWNSTREAM_PORT)
			return true;
	return false;
}

static bool has_service(const struct device *port, const char *name)
{
	LIST_FOR_EACH (&port->acs.list, const char, service)
		if (streq(service, name))
			return true;
	return false;
}

/* A downstream port of a switch that has others beside it, and whose ACS can be read. */
static enum finding_status switch_port(struct audit *audit, const struct device *device)
{
	if (device->port_type.state != FACT_KNOWN &&
	    device->port_type.state != FACT_ABSENT &&
	    device->class_id.value >> 8 == PCI_CLASS_BRIDGE)
		return audit_cannot_see(audit, audit_attr(audit, device, "config"));
	if (device->port_type.state != FACT_KNOWN ||
	    device->port_type.value != PCIE_DOWNSTREAM_PORT ||
	    !has_peers(audit->system, device))
		return audit_is_beside(audit,
				       "no port of a switch with others beside it");
	if (device->acs.state != FACT_KNOWN && device->acs.state != FACT_ABSENT)
		return audit_cannot_see(audit, audit_attr(audit, device, "config"));
	return FINDING_FAIL;
}

static enum finding_status run_short_cut(struct audit *audit, const void *object)
{
	const struct device *device = object;
	enum finding_status status = switch_port(audit, device);

	if (status != FINDING_FAIL)
		return status;
	return has_service(device, "ReqRedir")
		       ? audit_passes(audit, audit_attr(audit, device, "config"),
				      "ReqRedir is on")
		       : audit_fails(audit, audit_attr(audit, device, "config"),
				     "%s: ReqRedir is %s", device->bdf,
				     device->acs_capability.state == FACT_ABSENT
					     ? "not there: the port has no ACS"
					     : "off");
}

static enum finding_status run_redirected(struct audit *audit, const void *object)
{
	const struct device *device = object;
	enum finding_status status = switch_port(audit, device);

	if (status != FINDING_FAIL)
		return status;
	if (!has_service(device, "ReqRedir") && !has_service(device, "EgressCtrl"))
		return audit_passes(audit, audit_attr(audit, device, "config"),
				    "neither ReqRedir nor EgressCtrl is on");
	audit_remedy(audit,
		     "Boot with pci=disable_acs_redir=%s, where guests are not to be "
		     "kept apart",
		     device->bdf);
	return audit_fails(audit, audit_attr(audit, device, "config"), "%s: %s is on",
			   device->bdf,
			   has_service(device, "ReqRedir") ? "ReqRedir" : "EgressCtrl");
}

const struct check isolation_checks[] = {
	{
		.id = "group-mixed-owner",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_GROUP,
		.title = "A group belongs to the host or to a guest",
		.failure = "A group is split between drivers of the host and of guests",
		.impact = "The IOMMU cannot tell the members apart: VFIO refuses the "
			  "group, or a guest reaches what is mapped for the host.",
		.verify = "for d in /sys/kernel/iommu_groups/N/devices/*; do echo "
			  "$(basename $d) $(readlink $d/driver); done",
		.remedy = "Bind all members but bridges to vfio-pci or unbind them, or "
			  "give all back to the host",
		.reference = "Documentation/driver-api/vfio.rst",
		.run = run_mixed,
	},
	{
		.id = "group-drift",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_GROUP,
		.title = "ACS is as it was when the groups were formed",
		.failure = "ACS was switched off since the groups were formed",
		.impact =
			"Linux still takes the group for isolated; its members can reach "
			"others past the IOMMU.",
		.verify = "setpci -s BDF ECAP_ACS+6.w; dmascope groups --why",
		.remedy = "Find what clears the bits (setpci in a start-up script, tools "
			  "that tune for GPUs), and boot anew",
		.reference = "PCIe 6.0, 7.7.11.3",
		.run = run_drift,
	},
	{
		.id = "acs-override",
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_P2P] = GRADE(INFO) },
		.about = ABOUT_GROUP,
		.title = "Groups are what the hardware keeps apart",
		.failure = "A patched kernel takes apart what the hardware does not",
		.impact = "The groups look isolated, and the devices in them can reach "
			  "each "
			  "other past the IOMMU: a guest reaches the host's devices.",
		.verify = "grep -o 'pcie_acs_override=[^ ]*' /proc/cmdline; lspci -vv | "
			  "grep ACSCtl",
		.remedy = "Take pcie_acs_override= off the kernel command line, and see "
			  "dmascope groups --why for slots that are isolated",
		.reference = "Documentation/driver-api/vfio.rst",
		.run = run_override,
	},
	{
		.id = "vf-shared-group",
		.severity = SEVERITY_LOW,
		.in_profile = { [PROFILE_HYPERVISOR] = GRADE(MEDIUM),
				[PROFILE_P2P] = GRADE(INFO) },
		.about = ABOUT_GROUP,
		.title = "Virtual functions have groups of their own",
		.failure = "A virtual function shares its group",
		.impact = "It can only be given away together with all other members.",
		.verify = "ls /sys/bus/pci/devices/BDF/iommu_group/devices",
		.remedy =
			"Put the card into a slot whose ports have ACS: dmascope groups "
			"--why names what is in the way",
		.reference = "Documentation/PCI/pci-iov-howto.rst",
		.run = run_shared_vf,
	},
	{
		.id = "rmrr-assignable",
		.severity = SEVERITY_INFO,
		.in_profile = { [PROFILE_HYPERVISOR] = GRADE(LOW),
				[PROFILE_P2P] = GRADE(SKIP) },
		.about = ABOUT_GROUP,
		.title = "Firmware keeps no memory mapped for a device",
		.failure = "Firmware keeps memory mapped for a device (RMRR, IVMD, RMR)",
		.impact = "The device reads or writes that memory behind the kernel's "
			  "back, "
			  "and VFIO refuses to give it away.",
		.verify = "grep direct /sys/kernel/iommu_groups/*/reserved_regions",
		.remedy = "Switch the management feature that uses the device off in the "
			  "firmware's setup (HP: shared memory), or update the firmware",
		.reference = "VT-d 8.4",
		.run = run_direct_region,
	},
	{
		.id = "p2p-short-cut",
		.severity = SEVERITY_INFO,
		.in_profile = { [PROFILE_HYPERVISOR] = GRADE(LOW),
				[PROFILE_P2P] = GRADE(SKIP) },
		.about = ABOUT_DEVICE,
		.title = "Switches send requests between peers to the IOMMU",
		.failure = "A switch may deliver requests between peers past the IOMMU",
		.impact = "Devices below the switch can read and write each other's "
			  "registers. Linux puts them into one group for that.",
		.verify = "lspci -vvs BDF | grep ACSCtl; dmascope path BDF BDF",
		.remedy =
			"Nothing, where all of them have the same owner; else use slots "
			"that have ACS",
		.reference = "PCIe 6.0, 6.12",
		.run = run_short_cut,
	},
	{
		.id = "p2p-redirected",
		.severity = SEVERITY_MEDIUM,
		.in_profile = { [PROFILE_HOST] = GRADE(SKIP),
				[PROFILE_LAPTOP] = GRADE(SKIP),
				[PROFILE_HYPERVISOR] = GRADE(SKIP) },
		.about = ABOUT_DEVICE,
		.title = "Switches deliver requests between peers by themselves",
		.failure = "A switch sends requests between peers up to the root complex",
		.impact = "Transfers between GPUs, network cards and disks take the way "
			  "through the root complex: slow, and some do not forward them.",
		.verify = "lspci -vvs BDF | grep ACSCtl; dmascope path BDF BDF",
		.remedy = "Boot with pci=disable_acs_redir=",
		.reference = "Documentation/driver-api/pci/p2pdma.rst",
		.run = run_redirected,
	},
	{ 0 },
};
