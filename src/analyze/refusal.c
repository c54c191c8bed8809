// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel refuses of a function that has a group: regions, interrupts, lists. */

#include "analyze/given.h"
#include "analyze/ready.h"

/*
 * A region that has to stay mapped is refused since Linux 6.6 for every IOMMU, in
 * iommu_group_claim_dma_owner() (require_direct), and before by VT-d's own
 * (device_is_rmrr_locked()). Vendors add the former to older releases. What is relaxable
 * is not refused.
 */
static struct fact_bool refuses_direct(struct inquiry *inquiry)
{
	struct system *system = inquiry->system;
	const struct unit *unit = inquiry->device->unit_ref;
	unsigned int release = kernel_release(system);

	if (release >= LINUX(6, 6))
		return KNOWN_BOOL(true);
	if (unit && unit->kind.state == FACT_KNOWN && unit->kind.value == UNIT_INTEL_VTD)
		return KNOWN_BOOL(true);
	if (!release || has_backports(system) || !unit || unit->kind.state != FACT_KNOWN)
		return (struct fact_bool){ .state = FACT_UNREAD };
	return KNOWN_BOOL(false);
}

static void ask_direct(struct inquiry *inquiry, const struct reserved_region *region)
{
	struct fact_bool refuses = refuses_direct(inquiry);
	const char *text = arena_printf(
		&inquiry->system->arena,
		"the firmware wants 0x%llx-0x%llx mapped for group %llu at all times "
		"(direct "
		"in its reserved_regions), so that the kernel %s to give it away",
		(unsigned long long)region->start.value,
		(unsigned long long)region->end.value,
		(unsigned long long)inquiry->device->group_ref->id.value,
		known_true(refuses) ? "refuses" : "may refuse");

	if (!known_false(refuses))
		add_blocker(inquiry,
			    known_true(refuses) ? BLOCKER_RESERVED_MAPPING
						: BLOCKER_RESERVED_UNKNOWN,
			    text);
}

void ask_reserved(struct inquiry *inquiry)
{
	struct system *system = inquiry->system;
	const struct group *group = inquiry->device->group_ref;

	if (group->reserved_regions.state != FACT_KNOWN) {
		add_blocker(inquiry, BLOCKER_RESERVED_UNKNOWN,
			    arena_printf(&system->arena,
					 "/sys/kernel/iommu_groups/%llu/reserved_regions "
					 "could not be read",
					 (unsigned long long)group->id.value));
		return;
	}
	LIST_FOR_EACH (&group->reserved_regions.list, const struct reserved_region,
		       region)
		if (known_str(region->type, "direct")) {
			ask_direct(inquiry, region);
			return;
		}
}

/* Does the command line switch a parameter of a module on? The last word counts. */
static bool is_switched_on(const struct system *system, const char *parameter)
{
	bool on = false;

	LIST_FOR_EACH (&system->command_line->given, const struct given, given)
		if (given->parameter && given->option &&
		    streq(given->parameter->name, parameter))
			on = streq(given->option->text, "1");
	return on;
}

struct fact_bool is_set_for_loading(const struct system *system, const char *parameter,
				    const char *module, const char *name)
{
	const struct vfio *vfio = &system->vfio;
	bool on = false;

	if (is_switched_on(system, parameter))
		return KNOWN_BOOL(true);
	LIST_FOR_EACH (&vfio->options, const struct module_option, option)
		if (streq(option->module, module) && streq(option->name, name))
			on = *option->value == '1' || *option->value == 'Y' ||
			     *option->value == 'y' || *option->value == '\0';
	return on ? KNOWN_BOOL(true) : (struct fact_bool){ vfio->options_state, false };
}

/* Is allow_unsafe_interrupts of type1 on, or set for when it will be loaded? */
static struct fact_bool allows_unsafe(const struct system *system)
{
	static const char module[] = "vfio_iommu_type1",
			  name[] = "allow_unsafe_interrupts";

	LIST_FOR_EACH (&system->module_parameters, const struct module_parameter, one)
		if (streq(one->module, module) && streq(one->name, name)) {
			const char *value = known_text(one->value);

			if (value)
				return KNOWN_BOOL(*value == 'Y' || *value == '1');
			if (one->value.state != FACT_ABSENT)
				return (struct fact_bool){ .state = one->value.state };
		}
	return is_set_for_loading(system, "vfio_iommu_type1.allow_unsafe_interrupts",
				  module, name);
}

/*
 * iommu_group_has_isolated_msi() of Linux, as far as it shows: remapped interrupts on
 * x86, the ITS on Arm, and always on s390.
 */
static struct fact_bool isolates_interrupts(const struct system *system)
{
	switch (machine_arch(system)) {
	case ARCH_X86:
		return system->remapped_interrupts;
	case ARCH_ARM64:
		return system->its_interrupts;
	case ARCH_S390:
		return KNOWN_BOOL(true);
	default:
		return (struct fact_bool){ .state = FACT_UNREAD };
	}
}

void ask_interrupts(struct inquiry *inquiry)
{
	static const char parameter[] =
		"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";
	struct system *system = inquiry->system;
	struct fact_bool isolated = isolates_interrupts(system);
	struct fact_bool allowed = allows_unsafe(system);

	if (known_true(isolated))
		return;
	if (known_true(allowed))
		add_warning(inquiry, WARNING_UNSAFE_INTERRUPTS,
			    "allow_unsafe_interrupts of vfio_iommu_type1 is on: where "
			    "interrupts are not remapped, a guest can raise any of them");
	else if (isolated.state != FACT_KNOWN)
		add_blocker(inquiry, BLOCKER_INTERRUPTS_UNKNOWN,
			    "whether interrupts are isolated does not show in "
			    "/proc/interrupts");
	else if (allowed.state != FACT_KNOWN)
		add_blocker(
			inquiry, BLOCKER_INTERRUPTS_UNKNOWN,
			arena_printf(
				&system->arena,
				"interrupts are not remapped, and %s could not be "
				"read",
				has_module(system, "vfio_iommu_type1", "VFIO_IOMMU_TYPE1")
					? parameter
					: "/etc/modprobe.d"));
	else
		add_blocker(
			inquiry, BLOCKER_INTERRUPTS,
			arena_printf(&system->arena,
				     "%s: VFIO refuses, unless "
				     "vfio_iommu_type1.allow_unsafe_interrupts=1 lets "
				     "guests raise any interrupt of the host",
				     system->status.interrupt_remapping_why.value));
}

/*
 * vfio_pci_dev_in_denylist() of Linux: devices that hurt others from a guest. DSA and IAX
 * came with 6.10, and with stable releases of May 2024, which the release does not tell.
 */
static void ask_denylist(struct inquiry *inquiry)
{
	static const uint16_t denied[] = { 0x0435, 0x0443, 0x19e2, 0x19e3,
					   0x37c8, 0x37c9, 0x0b25, 0x0cfe };
	static const char parameter[] =
		"/sys/module/vfio_pci/parameters/disable_denylist";
	const struct system *system = inquiry->system;
	const struct device *device = inquiry->device;
	struct fact_bool off = system->vfio.no_denylist;
	uint64_t id = device->device_id.value;
	bool newer = id == 0x0b25 || id == 0x0cfe, listed = false;

	for (size_t i = 0; i < ARRAY_SIZE(denied); i++)
		listed |= id == denied[i];
	if (device->vendor_id.state != FACT_KNOWN || device->vendor_id.value != 0x8086 ||
	    !listed ||
	    (known_text(device->driver) && is_vfio_driver(device->driver.value)))
		return;
	if (off.state == FACT_ABSENT)
		off = is_set_for_loading(system, "vfio-pci.disable_denylist", "vfio_pci",
					 "disable_denylist");
	if (known_true(off))
		return;
	if (off.state != FACT_KNOWN)
		add_blocker(inquiry, BLOCKER_DENYLIST_UNKNOWN,
			    arena_printf(&inquiry->system->arena,
					 "vfio-pci does not take this device, unless %s "
					 "is on, which could not be read",
					 parameter));
	else if (newer && kernel_release(system) < LINUX(6, 10))
		add_blocker(inquiry, BLOCKER_DENYLIST_UNKNOWN,
			    "vfio-pci does not take this device since Linux 6.10, and "
			    "since May 2024 in older releases that are maintained");
	else
		add_blocker(inquiry, BLOCKER_DENYLIST,
			    "vfio-pci does not take this device, unless its "
			    "parameter disable_denylist is on");
}

void ask_vfio(struct inquiry *inquiry)
{
	const struct system *system = inquiry->system;

	if (system_kconfig_is(system, "VFIO_PCI", "n") &&
	    !has_module(system, "vfio_pci", "VFIO_PCI"))
		add_blocker(inquiry, BLOCKER_NO_VFIO,
			    arena_printf(&inquiry->system->arena,
					 "CONFIG_VFIO_PCI is not set in %s",
					 system->kconfig.value));
	else if (!system_kconfig(system, "VFIO_PCI") &&
		 !has_module(system, "vfio_pci", "VFIO_PCI"))
		add_warning(inquiry, WARNING_VFIO_UNKNOWN,
			    "the kernel's configuration could not be seen, nor is "
			    "vfio-pci loaded: it may have no such driver");
	ask_denylist(inquiry);
}
