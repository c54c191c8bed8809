# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2012,SC2034,SC2154 # the names in sysfs are plain; variables of the scenario
#
# Words for the setup and the proofs of scenarios.

PCI=/sys/bus/pci/devices
GROUPS_DIR=/sys/kernel/iommu_groups
# What a scenario may leave out.
modules='' setup='' proof='' expect='' null='' also='' run_as='' drift='' monitor=''

# wait_for CMD…: until it is true, five seconds at most.
wait_for()
{
	local tries=50
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# unbind BDF / bind BDF DRIVER: take a device from its driver, give it to one.
unbind()
{
	[ ! -e "$PCI/$1/driver" ] || echo "$1" >"$PCI/$1/driver/unbind"
}

bind()
{
	unbind "$1"
	echo "$2" >"$PCI/$1/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
}

# monitor COMMAND…: a word to QEMU's monitor, where the scenario has monitor=1.
monitor()
{
	echo "$*" >/dev/ttyS3
}

# Proofs: each is true or not, and says nothing.

# logged REGEX: the kernel said so.
logged()
{
	dmesg | grep -Eq -- "$1"
}

# unit_count N / group_count N / groups_above N
unit_count()
{
	[ "$(ls /sys/class/iommu 2>/dev/null | wc -l)" -eq "$1" ]
}

group_count()
{
	[ "$(ls "$GROUPS_DIR" 2>/dev/null | wc -l)" -eq "$1" ]
}

groups_above()
{
	[ "$(ls "$GROUPS_DIR" 2>/dev/null | wc -l)" -gt "$1" ]
}

# groups_are TYPE: every group reads so, and there is one at least.
groups_are()
{
	[ "$(cat "$GROUPS_DIR"/*/type 2>/dev/null | sort -u)" = "$1" ]
}

# group_of BDF
group_of()
{
	basename "$(readlink "$PCI/$1/iommu_group")"
}

# together BDF BDF / apart BDF BDF
together()
{
	[ -n "$(group_of "$1")" ] && [ "$(group_of "$1")" = "$(group_of "$2")" ]
}

apart()
{
	[ -n "$(group_of "$1")" ] && [ -n "$(group_of "$2")" ] && ! together "$1" "$2"
}

group_type()
{
	[ "$(cat "$PCI/$1/iommu_group/type")" = "$2" ]
}

no_group()
{
	[ -e "$PCI/$1" ] && [ ! -e "$PCI/$1/iommu_group" ]
}

driven_by()
{
	[ "$(basename "$(readlink "$PCI/$1/driver")")" = "$2" ]
}

undriven()
{
	[ -e "$PCI/$1" ] && [ ! -e "$PCI/$1/driver" ]
}

bus_master()
{
	[ $((0x$(setpci -s "$1" COMMAND) & 4)) -ne 0 ]
}

remapped_interrupts()
{
	grep -q ' IR-' /proc/interrupts
}

reserved()
{
	grep -q "$2" "$PCI/$1/iommu_group/reserved_regions"
}

table()
{
	[ -e "/sys/firmware/acpi/tables/$1" ]
}
