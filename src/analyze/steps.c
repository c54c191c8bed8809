// SPDX-License-Identifier: GPL-2.0-or-later
/* What to do before a function can be given away, as commands in their order. */

#include "analyze/given.h"
#include "analyze/ready.h"

void add_step(struct inquiry *inquiry, const char *text, const char *command)
{
	struct arena *arena = &inquiry->system->arena;
	struct step *step = arena_new(arena, struct step);

	step->text = KNOWN_STR(text);
	step->command =
		command ? KNOWN_STR(command) : (struct fact_str){ .state = FACT_ABSENT };
	list_add(arena, &inquiry->readiness->steps.list, step);
}

/*
 * Can it stand in a command as it is? Names come from drivers, firmware and whoever named
 * a disk; what a shell would take apart is for people to type.
 */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:._@-"

static bool is_plain(const char *name)
{
	return *name != '\0' && *name != '-' && name[strspn(name, PLAIN)] == '\0';
}

static bool is_plain_path(const char *path)
{
	return *path == '/' && path[strspn(path, PLAIN "/")] == '\0';
}

/* Kernel parameters, in the way of the distribution */

enum way {
	WAY_UNKNOWN,
	WAY_OSTREE,
	WAY_DEBIAN,
	WAY_REDHAT,
	WAY_SUSE,
	WAY_ARCH,
	WAY_NIXOS,
	WAY_PROXMOX,
};

static enum way way_of(const struct system *system)
{
	static const struct {
		const char *id;
		enum way way;
	} ways[] = {
		{ "nixos", WAY_NIXOS },	  { "debian", WAY_DEBIAN },
		{ "ubuntu", WAY_DEBIAN }, { "fedora", WAY_REDHAT },
		{ "rhel", WAY_REDHAT },	  { "centos", WAY_REDHAT },
		{ "suse", WAY_SUSE },	  { "opensuse", WAY_SUSE },
		{ "sles", WAY_SUSE },	  { "arch", WAY_ARCH },
	};
	const struct fact_str names[] = { system->vfio.os, system->vfio.os_like };
	const char *release = known_text(system->host.kernel);

	/* What is in /etc of an ostree host does not reach its boot loader. */
	if (known_true(system->vfio.ostree))
		return WAY_OSTREE;
	/* Proxmox VE calls itself Debian; its kernel, and its way to start it, tell. */
	if (release && strstr(release, "-pve") && known_true(system->vfio.kernel_cmdline))
		return WAY_PROXMOX;
	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
			const char *cursor = known_text(names[n]), *word;
			size_t length;

			while (cursor && (word = next_word(&cursor, " ", &length)))
				if (length == strlen(ways[i].id) &&
				    starts_with(word, ways[i].id))
					return ways[i].way;
		}
	return WAY_UNKNOWN;
}

static void add_parameter_text(struct inquiry *inquiry, const char *text,
			       const char *parameter)
{
	add_step(inquiry,
		 arena_printf(&inquiry->system->arena,
			      "%s: add %s to the kernel command line, in the boot "
			      "loader's configuration",
			      text, parameter),
		 NULL);
}

static const char refresh[] = "write the configuration of the boot loader anew";

/* sed is content with a line that it does not find, or that has other quotes. */
static void add_grub_commands(struct inquiry *inquiry, const char *text,
			      const char *parameter, const char *refresh_command)
{
	if (known_false(inquiry->system->vfio.grub)) {
		add_parameter_text(inquiry, text, parameter);
		return;
	}
	add_step(inquiry, text,
		 arena_printf(&inquiry->system->arena,
			      "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&%s /' "
			      "/etc/default/grub; "
			      "grep -q '^GRUB_CMDLINE_LINUX=\"%s ' /etc/default/grub",
			      parameter, parameter));
	add_step(inquiry, refresh, refresh_command);
}

/* Two commands: what writes the parameter, and what brings it to the boot loader. */
static void add_parameter_commands(struct inquiry *inquiry, const char *text,
				   const char *parameter)
{
	struct arena *arena = &inquiry->system->arena;

	switch (way_of(inquiry->system)) {
	case WAY_OSTREE:
		add_step(inquiry, text,
			 arena_printf(arena, "rpm-ostree kargs --append=%s", parameter));
		break;
	case WAY_DEBIAN:
		add_grub_commands(inquiry, text, parameter, "update-grub");
		break;
	case WAY_ARCH:
		add_grub_commands(inquiry, text, parameter,
				  "grub-mkconfig -o /boot/grub/grub.cfg");
		break;
	case WAY_REDHAT:
		add_step(inquiry, text,
			 arena_printf(arena, "grubby --update-kernel=ALL --args=\"%s\"",
				      parameter));
		break;
	case WAY_SUSE:
		add_step(inquiry, text,
			 arena_printf(arena, "update-bootloader --add-option \"%s\"",
				      parameter));
		add_step(inquiry, refresh, "update-bootloader --refresh");
		break;
	case WAY_PROXMOX:
		add_step(inquiry, text,
			 arena_printf(arena, "sed -i '1s/$/ %s/' /etc/kernel/cmdline",
				      parameter));
		add_step(inquiry, refresh, "proxmox-boot-tool refresh");
		break;
	case WAY_NIXOS:
		add_step(inquiry,
			 arena_printf(arena,
				      "%s: boot.kernelParams = [ \"%s\" ]; in "
				      "configuration.nix",
				      text, parameter),
			 NULL);
		add_step(inquiry, "build the system anew", "nixos-rebuild boot");
		break;
	default:
		add_parameter_text(inquiry, text, parameter);
	}
}

static bool has_table(const struct system *system, const char *signature)
{
	LIST_FOR_EACH (&system->tables, const struct firmware_table, table)
		if (streq(table->signature, signature))
			return true;
	return false;
}

/* The parameter that keeps the IOMMU off, as it was written; NULL for none. */
static const char *switched_off_by(struct system *system, bool intel)
{
	const char *given =
		given_decided(system, intel ? SETTING_VTD : SETTING_AMD_VI, SET_OFF);

	return given ? given : given_decided(system, SETTING_IOMMU, SET_OFF);
}

static void add_removal(struct inquiry *inquiry, const char *parameter)
{
	add_step(inquiry,
		 arena_printf(&inquiry->system->arena,
			      "take %s off the kernel command line", parameter),
		 NULL);
}

static void add_restart(struct inquiry *inquiry)
{
	add_step(inquiry, "restart, and ask again: groups show only then", NULL);
	add_warning(inquiry, WARNING_ASK_AGAIN,
		    "the group, and who has to go with it, will be known after the "
		    "IOMMU is on");
}

/* Interrupts that the command line keeps from being remapped. */
static void remap_interrupts(struct inquiry *inquiry)
{
	const char *off = given_decided(inquiry->system, SETTING_INTERRUPTS, SET_OFF);

	if (!off)
		return;
	add_removal(inquiry, off);
	add_step(inquiry,
		 "restart, and ask again: interrupts are remapped from the start "
		 "or not at all",
		 NULL);
	add_warning(inquiry, WARNING_ASK_AGAIN,
		    "whether the machine can remap interrupts will be known after the "
		    "restart");
}

static bool is_on_by_default(const struct system *system)
{
	struct built_default built = built_default(system, SETTING_VTD);

	return built.option && built.value == SET_ON;
}

static void switch_on_in_kernel(struct inquiry *inquiry)
{
	struct system *system = inquiry->system;
	bool intel = has_table(system, "DMAR"), amd = has_table(system, "IVRS");
	const char *off = intel || amd ? switched_off_by(system, intel) : NULL;
	const char *option = intel ? "INTEL_IOMMU" : amd ? "AMD_IOMMU" : NULL;

	if (option && system_kconfig_is(system, option, "n")) {
		add_step(inquiry,
			 arena_printf(&system->arena,
				      "start a kernel that was built with CONFIG_%s",
				      option),
			 NULL);
	} else if (off) {
		add_removal(inquiry, off);
	} else if (!intel && !amd && has_table(system, "VIOT")) {
		add_step(inquiry, "load the driver of virtio-iommu, and ask again",
			 "modprobe virtio-iommu");
		return;
	}
	if (intel && !system_kconfig_is(system, option, "n") &&
	    !is_on_by_default(system) && !given_decided(system, SETTING_VTD, SET_ON))
		add_parameter_commands(inquiry, "switch VT-d on", "intel_iommu=on");
	if (inquiry->readiness->steps.list.count > 0)
		add_restart(inquiry);
}

void add_iommu_steps(struct inquiry *inquiry)
{
	LIST_FOR_EACH (&inquiry->readiness->blockers.list, const struct blocker,
		       blocker) {
		if (blocker->id.value == BLOCKER_OFF_IN_KERNEL) {
			switch_on_in_kernel(inquiry);
			return;
		}
		if (blocker->id.value == BLOCKER_OFF_IN_FIRMWARE) {
			add_step(inquiry,
				 "switch the IOMMU on in the firmware's setup (VT-d, "
				 "AMD-Vi, SVM, SMMU)",
				 NULL);
			add_restart(inquiry);
			return;
		}
		if (blocker->id.value == BLOCKER_INTERRUPTS) {
			remap_interrupts(inquiry);
			return;
		}
	}
}

/* Drivers */

static void load_modules(struct inquiry *inquiry)
{
	const struct system *system = inquiry->system;

	/* modprobe of kmod loads type1 with vfio (MODULE_SOFTDEP), that of others not. */
	if (!has_module(system, "vfio_iommu_type1", "VFIO_IOMMU_TYPE1") &&
	    !system_kconfig_is(system, "VFIO_IOMMU_TYPE1", "n"))
		add_step(inquiry, "load what maps memory for guests",
			 "modprobe vfio_iommu_type1");
	if (!has_module(system, "vfio_pci", "VFIO_PCI"))
		add_step(inquiry, "load VFIO's driver", "modprobe vfio-pci");
}

/* Taken from the driver that it has, which need not be the only one that wants it. */
static void unbind(struct inquiry *inquiry, const struct device *device, const char *why)
{
	struct arena *arena = &inquiry->system->arena;

	if (!known_text(device->driver))
		return;
	add_step(inquiry,
		 arena_printf(arena, "%stake %s from %s", why, device->bdf,
			      device->driver.value),
		 arena_printf(arena, "echo %s > /sys/bus/pci/devices/%s/driver/unbind",
			      device->bdf, device->bdf));
}

static void bind(struct inquiry *inquiry, const struct device *device, const char *why)
{
	struct arena *arena = &inquiry->system->arena;

	if (known_true(inquiry->system->vfio.driverctl)) {
		add_step(inquiry,
			 arena_printf(arena, "%sgive %s to vfio-pci, for good", why,
				      device->bdf),
			 arena_printf(arena, "driverctl set-override %s vfio-pci",
				      device->bdf));
		return;
	}
	add_step(inquiry,
		 arena_printf(arena, "%skeep %s for vfio-pci until the next start", why,
			      device->bdf),
		 arena_printf(arena,
			      "echo vfio-pci > /sys/bus/pci/devices/%s/driver_override",
			      device->bdf));
	unbind(inquiry, device, "");
	add_step(
		inquiry, arena_printf(arena, "give %s to vfio-pci", device->bdf),
		arena_printf(arena, "echo %s > /sys/bus/pci/drivers_probe", device->bdf));
}

/* A member of the group that VFIO would find with a driver of the kernel. */
static void release_member(struct inquiry *inquiry, const struct device *member)
{
	const char *why = arena_printf(&inquiry->system->arena, "of the same group: ");

	/* vfio-pci takes no bridges, and the chipset's are no use to a guest. */
	if (is_candidate(member))
		bind(inquiry, member, why);
	else
		unbind(inquiry, member, why);
}

static void release_others(struct inquiry *inquiry, const struct group *group)
{
	struct arena *arena = &inquiry->system->arena;

	LIST_FOR_EACH (&group->others.list, const struct group_member, member) {
		const char *command;

		if (!known_text(member->driver))
			continue;
		command = arena_printf(
			arena,
			"echo %s > "
			"/sys/kernel/iommu_groups/%llu/devices/%s/driver/unbind",
			member->name, (unsigned long long)group->id.value, member->name);
		add_step(inquiry,
			 arena_printf(arena, "of the same group: take %s from %s",
				      member->name, member->driver.value),
			 is_plain(member->name) ? command : NULL);
	}
}

/* Is it still in the way where the function is bound? Who binds makes some groups. */
static bool remains(const struct blocker *blocker)
{
	return blocker->id.value != BLOCKER_SWAP &&
	       blocker->id.value != BLOCKER_GROUP_NOT_FORMED;
}

static bool has_step(const struct inquiry *inquiry, const char *text)
{
	LIST_FOR_EACH (&inquiry->readiness->steps.list, const struct step, step)
		if (known_str(step->text, text))
			return true;
	return false;
}

/* Switches off what memory is swapped to; false where that is left to people. */
static bool add_swap_steps(struct inquiry *inquiry)
{
	struct arena *arena = &inquiry->system->arena;
	bool complete = true;

	LIST_FOR_EACH (&inquiry->readiness->breaks.list, const struct use, use) {
		const char *name = known_text(use->name), *text;

		if (use->kind.value != USE_SWAP || !use->decides)
			continue;
		text = arena_printf(
			arena, "swap to %s no longer, if memory has room for it", name);
		complete = complete && is_plain_path(name);
		if (!has_step(inquiry, text))
			add_step(inquiry, text,
				 is_plain_path(name)
					 ? arena_printf(arena, "swapoff %s", name)
					 : NULL);
	}
	return complete;
}

/*
 * Every member of the group has to be free of drivers that do DMA
 * (iommu_device_use_default_domain() of Linux); bridges stay with theirs. Nothing is
 * taken from its driver where it would lead nowhere, or end the host.
 */
void add_binding_steps(struct inquiry *inquiry)
{
	const struct device *device = inquiry->device;
	const struct group *group = device->group_ref;
	const char *driver = known_text(device->driver);

	if (!is_candidate(device) || (!group && device->group.state != FACT_ABSENT))
		return;
	LIST_FOR_EACH (&inquiry->readiness->blockers.list, const struct blocker, blocker)
		if (remains(blocker))
			return;
	if (!add_swap_steps(inquiry))
		return;
	load_modules(inquiry);
	if (group)
		LIST_FOR_EACH (&group->members.list, const struct device, member)
			if (member != device && known_text(member->driver) &&
			    !is_viable(member))
				release_member(inquiry, member);
	if (group)
		release_others(inquiry, group);
	if (!driver || !is_vfio_driver(driver))
		bind(inquiry, device, "");
}
