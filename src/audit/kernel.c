// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel was told, and what it makes of it. */

#include "audit/audit.h"

#include "analyze/given.h"

/* Whether an IOMMU is in use at all; without one its settings are no question. */
static bool is_in_use(const struct system *system)
{
	return system->status.iommu_state.value == IOMMU_TRANSLATING ||
	       system->status.iommu_state.value == IOMMU_PASSTHROUGH;
}

static enum finding_status beside_or_unknown(struct audit *audit)
{
	if (audit->system->status.iommu_state.value != IOMMU_UNKNOWN)
		return audit_is_beside(audit, "no IOMMU is in use");
	audit_evidence(audit, NULL, "%s", audit->system->status.iommu_state_why.value);
	return FINDING_UNKNOWN;
}

/* Why the default domain is what it is, as evidence. */
static enum finding_status default_passes(struct audit *audit)
{
	return audit_passes(audit, "/sys/kernel/iommu_groups", "%s",
			    audit->system->status.default_domain_why.value);
}

static enum finding_status run_identity(struct audit *audit, const void *object)
{
	struct system *system = audit->system;
	const struct status *status = &system->status;
	const char *parameter = given_decided(system, SETTING_DOMAIN, SET_IDENTITY);

	(void)object;
	if (!is_in_use(system))
		return beside_or_unknown(audit);
	if (status->iommu_state.value == IOMMU_PASSTHROUGH) {
		if (parameter)
			audit_remedy(audit, "Take %s off the kernel command line",
				     parameter);
		audit_evidence(audit, parameter ? "/proc/cmdline" : NULL, "%s",
			       parameter ? parameter : status->default_domain_why.value);
		return audit_fails(audit, "/sys/kernel/iommu_groups", "%s",
				   status->iommu_state_why.value);
	}
	return default_passes(audit);
}

static enum finding_status run_lazy(struct audit *audit, const void *object)
{
	const struct status *status = &audit->system->status;

	(void)object;
	if (!is_in_use(audit->system))
		return beside_or_unknown(audit);
	if (status->iommu_state.value == IOMMU_PASSTHROUGH)
		return audit_is_beside(audit, "by default nothing is translated");
	if (status->default_domain.state != FACT_KNOWN) {
		audit_evidence(audit, "/sys/kernel/iommu_groups", "%s",
			       status->default_domain_why.value);
		return FINDING_UNKNOWN;
	}
	return status->default_domain.value == DEFAULT_LAZY
		       ? audit_fails(audit, "/sys/kernel/iommu_groups", "%s",
				     status->default_domain_why.value)
		       : default_passes(audit);
}

static enum finding_status run_no_effect(struct audit *audit, const void *object)
{
	const struct parameter *parameter = object;

	if (parameter->effect.state != FACT_KNOWN ||
	    parameter->effect.value == EFFECT_UNKNOWN) {
		audit_evidence(audit, "/proc/cmdline", "%s",
			       known_text(parameter->why) ? parameter->why.value
							  : "its effect is not known");
		return FINDING_UNKNOWN;
	}
	if (parameter->effect.value != EFFECT_NONE)
		return audit_passes(audit, "/proc/cmdline", "%s", parameter->why.value);
	if (parameter->instead.state == FACT_KNOWN)
		audit_remedy(audit, "Write %s instead, if that was meant",
			     parameter->instead.value);
	return audit_fails(audit, "/proc/cmdline", "%s", parameter->why.value);
}

static enum finding_status run_overridden(struct audit *audit, const void *object)
{
	const struct parameter *parameter = object;

	if (parameter->effect.state != FACT_KNOWN ||
	    parameter->effect.value == EFFECT_UNKNOWN)
		return audit_is_beside(audit, "its effect is not known");
	return parameter->effect.value == EFFECT_OVERRIDDEN
		       ? audit_fails(audit, "/proc/cmdline", "%s", parameter->why.value)
		       : audit_passes(audit, "/proc/cmdline", "%s", parameter->why.value);
}

static enum finding_status run_interrupts(struct audit *audit, const void *object)
{
	struct system *system = audit->system;
	const struct status *status = &system->status;
	const char *off = given_decided(system, SETTING_INTERRUPTS, SET_OFF);

	(void)object;
	if (status->interrupt_remapping.state == FACT_ABSENT)
		return audit_is_beside(audit, status->interrupt_remapping_why.value);
	if (status->interrupt_remapping.state != FACT_KNOWN)
		return audit_cannot_see(audit, "/proc/interrupts");
	if (status->interrupt_remapping.value)
		return audit_passes(audit, "/proc/interrupts", "%s",
				    status->interrupt_remapping_why.value);
	if (!is_in_use(system))
		return beside_or_unknown(audit);
	if (off)
		audit_remedy(audit, "Take %s off the kernel command line", off);
	else if (known_true(system->hypervisor))
		audit_remedy(audit, "Have the host give the virtual IOMMU interrupt "
				    "remapping (QEMU: intremap=on)");
	return audit_fails(audit, off ? "/proc/cmdline" : "/proc/interrupts", "%s",
			   status->interrupt_remapping_why.value);
}

/* The file of modprobe.d that has an option last; where none has it, the command line. */
static const char *option_file(struct audit *audit, const char *module, const char *name)
{
	const char *file = "/proc/cmdline";

	LIST_FOR_EACH (&audit->system->vfio.options, const struct module_option, option)
		if (streq(option->module, module) && streq(option->name, name))
			file = arena_printf(&audit->system->arena, "/%s", option->file);
	return file;
}

/* The same of a module that is not loaded: "MODULE.NAME", set for when it will be. */
static enum finding_status look_ahead(struct audit *audit, const char *parameter)
{
	struct arena *arena = &audit->system->arena;
	const char *dot = strchr(parameter, '.');
	const char *module = arena_strndup(arena, parameter, (size_t)(dot - parameter));
	struct fact_bool set =
		is_set_for_loading(audit->system, parameter, module, dot + 1);

	if (known_true(set))
		return audit_fails(audit, option_file(audit, module, dot + 1),
				   "%s is set for when the module is loaded", parameter);
	if (set.state != FACT_KNOWN)
		return audit_cannot_see(audit, "/etc/modprobe.d");
	return FINDING_PASS;
}

static bool is_loaded(const struct audit *audit, const char *parameter)
{
	LIST_FOR_EACH (&audit->system->module_parameters, const struct module_parameter,
		       one)
		if (streq(one->known->name, parameter) && one->value.state != FACT_ABSENT)
			return true;
	return false;
}

/* Whether any of these parameters of modules is on; `names` ends with NULL. */
static enum finding_status look_at_modules(struct audit *audit, const char *const *names)
{
	size_t on = 0, unseen = 0, off = 0;

	LIST_FOR_EACH (&audit->system->module_parameters, const struct module_parameter,
		       parameter)
		for (const char *const *name = names; *name; name++) {
			const char *path;

			if (!streq(parameter->known->name, *name) ||
			    parameter->value.state == FACT_ABSENT)
				continue;
			path = arena_printf(&audit->system->arena,
					    "/sys/module/%s/parameters/%s",
					    parameter->module, parameter->name);
			if (known_str(parameter->value, "Y")) {
				audit_evidence(audit, path, "Y");
				on++;
			} else if (parameter->value.state == FACT_KNOWN) {
				audit_evidence(audit, path, "%s", parameter->value.value);
				off++;
			} else {
				audit_cannot_see(audit, path);
				unseen++;
			}
		}
	for (const char *const *name = names; *name; name++) {
		enum finding_status status = FINDING_PASS;

		if (!is_loaded(audit, *name))
			status = look_ahead(audit, *name);
		on += status == FINDING_FAIL;
		unseen += status == FINDING_UNKNOWN;
	}
	if (on > 0)
		return FINDING_FAIL;
	if (unseen > 0)
		return FINDING_UNKNOWN;
	return off > 0 ? FINDING_PASS
		       : audit_passes(audit, "/sys/module",
				      "the modules that would allow it are not loaded");
}

static enum finding_status run_unsafe_interrupts(struct audit *audit, const void *object)
{
	static const char *const names[] = { "vfio_iommu_type1.allow_unsafe_interrupts",
					     "iommufd.allow_unsafe_interrupts", NULL };

	enum finding_status status = look_at_modules(audit, names);
	const struct fact_bool remapping = audit->system->status.interrupt_remapping;

	(void)object;
	/* The word is asked for only where interrupts are not kept apart. */
	if (status == FINDING_FAIL && known_true(remapping)) {
		audit_grade(audit, SEVERITY_INFO);
		audit_evidence(audit, "/proc/interrupts",
			       "interrupts are remapped, so it changes nothing now");
	}
	return status;
}

static enum finding_status run_noiommu(struct audit *audit, const void *object)
{
	static const char *const names[] = { "vfio.enable_unsafe_noiommu_mode", NULL };
	enum finding_status status = look_at_modules(audit, names);

	LIST_FOR_EACH (&((const struct system *)object)->groups, const struct group,
		       group)
		if (known_str(group->name, "vfio-noiommu")) {
			audit_evidence(audit, audit_group_attr(audit, group, "name"),
				       "vfio-noiommu");
			status = FINDING_FAIL;
		}
	/* Groups that were made while it was allowed stay. */
	if (status == FINDING_PASS && audit->system->groups_state != FACT_KNOWN &&
	    audit->system->groups_state != FACT_ABSENT)
		return audit_cannot_see(audit, "/sys/kernel/iommu_groups");
	return status;
}

/* Slots are handed out in rows, so that a pool fails before it is full. */
enum { BOUNCE_PERCENT = 75 };

static enum finding_status run_swiotlb(struct audit *audit, const void *object)
{
	const struct system *system = object;
	uint64_t slots = system->swiotlb_slots.value, used = system->swiotlb_used.value;

	if (system->swiotlb_slots.state == FACT_ABSENT ||
	    (system->swiotlb_slots.state == FACT_KNOWN && slots == 0))
		return audit_is_beside(audit, "there are no bounce buffers");
	if (system->swiotlb_slots.state != FACT_KNOWN ||
	    system->swiotlb_used.state != FACT_KNOWN) {
		if (known_text(system->status.swiotlb_why)) {
			audit_evidence(audit, "/sys/kernel/debug/swiotlb/io_tlb_used",
				       "%s", system->status.swiotlb_why.value);
			return FINDING_UNKNOWN;
		}
		return audit_cannot_see(audit, "/sys/kernel/debug/swiotlb/io_tlb_used");
	}
	if (used < slots && used * 100 / slots < BOUNCE_PERCENT)
		return audit_passes(audit, "/sys/kernel/debug/swiotlb/io_tlb_used",
				    "%llu of %llu slots are in use",
				    (unsigned long long)used, (unsigned long long)slots);
	return audit_fails(audit, "/sys/kernel/debug/swiotlb/io_tlb_used",
			   "%llu of %llu slots are in use", (unsigned long long)used,
			   (unsigned long long)slots);
}

const struct check kernel_checks[] = {
	{
		.id = "default-identity",
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_P2P] = GRADE(INFO) },
		.about = ABOUT_HOST,
		.title = "DMA of the host's devices is translated by default",
		.failure = "DMA of the host's devices is passed through by default",
		.impact =
			"The IOMMU is on and holds no device of the host back: each can "
			"read and write all of memory. Guests are still confined.",
		.verify = "cat /sys/kernel/iommu_groups/*/type | sort | uniq -c; cat "
			  "/proc/cmdline",
		.remedy = "Boot with iommu.passthrough=0, and iommu.strict=1 if speed "
			  "matters less",
		.reference = "Documentation/admin-guide/kernel-parameters.txt, "
			     "iommu.passthrough=",
		.run = run_identity,
	},
	{
		.id = "default-lazy",
		.severity = SEVERITY_INFO,
		.in_profile = { [PROFILE_LAPTOP] = GRADE(MEDIUM),
				[PROFILE_HYPERVISOR] = GRADE(LOW) },
		.about = ABOUT_HOST,
		.title = "A page that is unmapped is out of reach at once",
		.failure = "A page that is unmapped stays within reach for some "
			   "milliseconds",
		.impact =
			"Lazy domains gather what they forget: a device may still write "
			"to memory that the kernel already uses otherwise. In return "
			"fast devices are much faster.",
		.verify = "cat /sys/kernel/iommu_groups/*/type | sort | uniq -c",
		.remedy = "Boot with iommu.strict=1",
		.reference = "Documentation/admin-guide/kernel-parameters.txt, "
			     "iommu.strict=",
		.run = run_lazy,
	},
	{
		.id = "parameter-no-effect",
		.severity = SEVERITY_LOW,
		.about = ABOUT_PARAMETER,
		.title = "Each DMA parameter of the command line does something here",
		.failure = "A parameter of the kernel command line does nothing here",
		.impact = "Somebody meant to change what devices may reach, and did not.",
		.verify = "dmascope cmdline",
		.remedy = "Take it off the kernel command line",
		.reference = "dmascope-cmdline(8)",
		.run = run_no_effect,
	},
	{
		.id = "parameter-overridden",
		.severity = SEVERITY_LOW,
		.about = ABOUT_PARAMETER,
		.title = "Each DMA parameter of the command line has its way",
		.failure = "A parameter of the kernel command line is overridden",
		.impact = "The machine does something else than the command line says.",
		.verify = "dmascope cmdline",
		.remedy = "See what overrides it, and settle it there or take the "
			  "parameter off the kernel command line",
		.reference = "dmascope-cmdline(8)",
		.run = run_overridden,
	},
	{
		.id = "interrupt-remapping-off",
		.severity = SEVERITY_HIGH,
		.in_profile = { [PROFILE_HOST] = GRADE(MEDIUM),
				[PROFILE_P2P] = GRADE(LOW) },
		.about = ABOUT_HOST,
		.title = "Interrupts are remapped",
		.failure = "Interrupts are not remapped: a device can raise any of them",
		.impact =
			"An interrupt message is a write; a guest that owns a device "
			"can raise interrupts of the host with it. VFIO refuses devices "
			"in this state.",
		.verify = "grep IR- /proc/interrupts",
		.remedy = "Switch interrupt remapping or x2APIC on in the firmware's "
			  "setup",
		.reference = "VT-d 5.1; AMD IOMMU 2.2.5",
		.run = run_interrupts,
	},
	{
		.id = "vfio-unsafe-interrupts",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_HOST,
		.title = "VFIO gives no device away whose interrupts are not isolated",
		.failure = "VFIO may give devices away that can raise any interrupt",
		.impact = "A guest with such a device can raise interrupts of the host.",
		.verify = "cd /sys/module; cat "
			  "vfio_iommu_type1/parameters/allow_unsafe_interrupts "
			  "iommufd/parameters/allow_unsafe_interrupts",
		.remedy = "Take allow_unsafe_interrupts out of /etc/modprobe.d and off "
			  "the kernel command line",
		.reference = "drivers/vfio/vfio_iommu_type1.c",
		.run = run_unsafe_interrupts,
	},
	{
		.id = "vfio-noiommu",
		.severity = SEVERITY_HIGH,
		.about = ABOUT_HOST,
		.title = "VFIO gives no device away without an IOMMU",
		.failure = "VFIO may give devices away without an IOMMU",
		.impact = "Whoever opens such a device can read and write all of memory: "
			  "it is as good as root.",
		.verify = "cat /sys/module/vfio/parameters/enable_unsafe_noiommu_mode; "
			  "ls /dev/vfio",
		.remedy =
			"Take enable_unsafe_noiommu_mode out of /etc/modprobe.d, unbind "
			"what uses it, and have an IOMMU instead",
		.reference = "drivers/vfio/Kconfig, VFIO_NOIOMMU",
		.run = run_noiommu,
	},
	{
		.id = "swiotlb-exhaustion",
		.severity = SEVERITY_MEDIUM,
		.about = ABOUT_HOST,
		.title = "Bounce buffers have room",
		.failure = "Bounce buffers are nearly used up",
		.impact = "When they are, mappings fail: drivers lose packets and disks "
			  "report errors (swiotlb buffer is full).",
		.verify =
			"grep . /sys/kernel/debug/swiotlb/io_tlb_{nslabs,used}; dmesg | "
			"grep swiotlb",
		.remedy = "Boot with a larger swiotlb=SLOTS, and look whether the use "
			  "grows: a driver may not unmap what it maps",
		.reference = "Documentation/core-api/swiotlb.rst",
		.run = run_swiotlb,
	},
	{ 0 },
};
