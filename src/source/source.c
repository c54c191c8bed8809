// SPDX-License-Identifier: GPL-2.0-or-later
/* The registry of sources: one file for each place in the kernel that says something. */

#include "source/source.h"

const struct source sources[] = {
	{ "host", "/proc/sys/kernel", PHASE_PLATFORM, FACTS_HOST, source_host_read },
	{ "cmdline", "/proc/cmdline", PHASE_PLATFORM, FACTS_PLATFORM,
	  source_cmdline_read },
	{ "kconfig", "/proc/config.gz, /boot/config-*, /usr/lib/modules/*/config",
	  PHASE_PLATFORM, FACTS_PLATFORM, source_kconfig_read },
	{ "module", "/sys/module/*/parameters", PHASE_PLATFORM, FACTS_PLATFORM,
	  source_module_read },
	{ "parameter", "/sys/module/*/parameters", PHASE_PLATFORM, FACTS_PARAMETERS,
	  source_module_parameters },
	{ "efi", "/sys/firmware/efi", PHASE_PLATFORM, FACTS_PARAMETERS,
	  source_firmware_kind },
	{ "cpu", "/proc/cpuinfo", PHASE_PLATFORM, FACTS_PLATFORM, source_cpu_read },
	{ "interrupts", "/proc/interrupts", PHASE_PLATFORM, FACTS_PLATFORM,
	  source_interrupts_read },
	{ "firmware", "/sys/firmware", PHASE_PLATFORM, FACTS_PLATFORM | FACTS_FIRMWARE,
	  source_firmware_read },
	{ "thunderbolt", "/sys/bus/thunderbolt/devices", PHASE_PLATFORM, FACTS_PLATFORM,
	  source_thunderbolt_read },
	{ "dmaengine", "/sys/class/dma", PHASE_PLATFORM, FACTS_PLATFORM,
	  source_dmaengine_read },
	{ "debugfs", "/sys/kernel/debug, /proc/self/mounts", PHASE_PLATFORM, FACTS_DEBUG,
	  source_debugfs_read },
	{ "channel", "/sys/class/dma/*, /sys/kernel/debug/dmaengine, /proc/dma",
	  PHASE_PLATFORM, FACTS_CHANNELS, source_dmaengine_channels },
	{ "log", "/dev/kmsg", PHASE_PLATFORM, FACTS_LOG, source_log_read },
	{ "unit", "/sys/class/iommu", PHASE_UNITS, FACTS_UNITS, source_unit_read },
	{ "pci", "/sys/bus/pci/devices", PHASE_DEVICES, FACTS_DEVICES, source_pci_read },
	{ "names", "pci.ids, hwdb", PHASE_DEVICES, FACTS_NAMES, source_pci_names },
	{ "slot", "/sys/bus/pci/slots", PHASE_DEVICES, FACTS_DEVICES, source_slot_read },
	{ "iomem",
	  "/proc/iomem, /proc/zoneinfo, /sys/firmware/memmap, "
	  "/sys/kernel/debug/x86/pat_memtype_list",
	  PHASE_DEVICES, FACTS_IOMEM, source_iomem_read },
	{ "bar", "/sys/bus/pci/devices/*/resource", PHASE_DEVICES,
	  FACTS_IOMEM | FACTS_VFIO, source_bar_read },
	{ "block", "/sys/class/block, /sys/class/nvme-subsystem, /run/udev/data",
	  PHASE_DEVICES, FACTS_USE, source_block_read },
	{ "mount", "/proc/self/mountinfo, /proc/swaps, /sys/fs/btrfs", PHASE_DEVICES,
	  FACTS_USE, source_mount_read },
	{ "network",
	  "/sys/class/net, /proc/net/route, /proc/net/ipv6_route, /proc/net/fib_trie, "
	  "/proc/net/if_inet6",
	  PHASE_DEVICES, FACTS_USE, source_network_read },
	{ "console",
	  "/sys/class/drm, /sys/class/graphics, /sys/class/tty, /sys/class/input, "
	  "/proc/iomem",
	  PHASE_DEVICES, FACTS_USE, source_console_read },
	{ "vfio",
	  "/sys/bus/pci/devices/*/vfio-dev, /sys/class/misc/iommu, /proc/self/limits, "
	  "/etc/os-release, /usr/sbin/driverctl",
	  PHASE_DEVICES, FACTS_VFIO, source_vfio_read },
	{ "modprobe", "/etc/modprobe.d", PHASE_DEVICES, FACTS_VFIO | FACTS_PARAMETERS,
	  source_modprobe_read },
	{ "mapping",
	  "/sys/kernel/debug/iommu/intel/*/domain_translation_struct, "
	  "/sys/kernel/debug/dma-api/dump",
	  PHASE_DEVICES, FACTS_MAPPINGS, source_mapping_read },
	{ "group", "/sys/kernel/iommu_groups", PHASE_GROUPS, FACTS_GROUPS,
	  source_group_read },
	{ "region", "/sys/kernel/iommu_groups/*/reserved_regions", PHASE_GROUPS,
	  FACTS_REGIONS, source_group_regions },
	{ "links", "the facts above", PHASE_LINKS, FACTS_DEVICES, source_links },
	{ 0 },
};

void sources_read(struct root *root, struct system *system, unsigned int facts)
{
	for (int phase = PHASE_PLATFORM; phase <= PHASE_LINKS; phase++) {
		for (const struct source *source = sources; source->name; source++) {
			if ((int)source->phase != phase || !(source->facts & facts))
				continue;
			root->source = source->name;
			source->read(root, system);
		}
	}
}
