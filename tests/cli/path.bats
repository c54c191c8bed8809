#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The way of what a function sends: to memory, to the CPUs, to another function.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

# A switch below a root port, with an endpoint at each of its two downstream ports.
setup() {
	need jq
	machine switch
	command_line "intel_iommu=on"
	remapped_interrupts
	acpi_table DMAR
	pci 0000:00:02.0 1b36:000c 060400 express=4 driver=pcieport
	pci 0000:01:00.0 104c:8232 060400 express=5 parent=0000:00:02.0 driver=pcieport
	pci 0000:02:00.0 104c:8233 060400 express=6 parent=0000:01:00.0 driver=pcieport
	pci 0000:02:01.0 104c:8233 060400 express=6 parent=0000:01:00.0 driver=pcieport
	pci 0000:03:00.0 8086:10d3 020000 express=0 parent=0000:02:00.0 driver=e1000e
	pci 0000:04:00.0 8086:10d3 020000 express=0 parent=0000:02:01.0 command=0002
	acs 0000:00:02.0
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:02.0 0000:01:00.0 0000:02:00.0 \
		0000:02:01.0 0000:03:00.0 0000:04:00.0
	group 0 DMA-FQ 0000:00:02.0
	group 1 DMA-FQ 0000:01:00.0
	group 2 DMA-FQ 0000:02:00.0 0000:02:01.0 0000:03:00.0 0000:04:00.0
}

acs() {
	put "$1" 0x100 "0d000100 5f00 1d00"
}

@test "to memory: every hop, and what the address is there" {
	look path -J 03:00.0
	answered
	is '.path | map(.from + " " + .to + " " + .verdict) | join(", ")' \
		"0000:03:00.0 memory through-iommu, 0000:03:00.0 CPUs remapped"
	is '.path[0].hops | map(.name + " " + .kind + " " + (.address // "?")) | join(", ")' \
		"0000:03:00.0 function iova, 0000:02:00.0 downstream-port iova, 0000:01:00.0 upstream-port iova, 0000:00:02.0 root-port iova, dmar0 unit iova, group 2 domain iova, 0xfee00000-0xfeefffff reserved iova, memory memory physical"
	has '.path[0].hops[0].text' "BusMaster is on; driver e1000e, DMA mask of 64 bits"
	has '.path[0].hops[1].text' "no ACS capability"
	has '.path[0].hops[3].text' "ACS is on"
	has '.path[0].hops[5].text' "one domain for all 4 devices"
	has '.path[0].hops[6].text' "msi"
	is '[.path[].hops[] | select(.path != null) | .path | startswith("/")] | all' true
}

@test "BusMaster of a bridge above stops what comes from below" {
	put 0000:02:01.0 4 0200
	look path -J 04:00.0
	has '.path[0].hops[0].text' "BusMaster is off: it starts no DMA now; no driver"
	has '.path[0].hops[1].text' "BusMaster is off: it sends no requests upwards now"
}

@test "interrupts: MSI-X, and what no table stands in front of" {
	put 0000:03:00.0 6 1000
	put 0000:03:00.0 0x40 "1100 0080 00000000 00000000"
	put 0000:03:00.0 0x34 40
	look path -J 03:00.0
	has '.path[1].hops[0].text' "MSI-X is on"
	is '.path[1].hops[0].address' message
	look devices -J 03:00.0
	is '.devices[0] | [.msi, .msix] | tostring' '["absent","on"]'
	write "$M/proc/interrupts" " 24:  5  PCI-MSI-0000:00:1f.3   0-edge  snd\n"
	look path -J 03:00.0
	is '.path[1].verdict' not-remapped
	has '.path[1].hops[1].text' "any interrupt on any CPU"
}

@test "interrupts: each function's own chip tells" {
	write "$M/proc/interrupts" " 24: 5 IR-PCI-MSIX-0000:03:00.0 0-edge a\n 25: 5 PCI-MSI-0000:04:00.0 0-edge b\n 26: 5 IR-IO-APIC 1-edge c\n"
	look devices -J
	is '.devices | map(.interrupt_remapping) | tostring' '[null,null,null,null,true,false]'
	look path -J 04:00.0
	is '.path[1].verdict' not-remapped
	has '.path[1].why' "not named IR-*"
	look path -J 03:00.0
	is '.path[1].verdict' remapped
	rm "$M"/sys/devices/virtual/iommu/dmar0/devices/0000:00:02.0
	look path -J 00:02.0
	is '.path[1].verdict' null
}

@test "types of domains, and no IOMMU" {
	write "$M/sys/kernel/iommu_groups/2/type" "identity\n"
	look path -J 03:00.0
	is '.path[0].verdict' passed-through
	is '.path[0].hops[0].address' bus
	has '.path[0].hops[-1].text' "everything is within reach: 4.0G"
	write "$M/sys/kernel/iommu_groups/2/type" "blocked\n"
	look path -J 03:00.0
	is '.path[0].verdict' blocked
	rm -r "$M"/sys/kernel/iommu_groups/* "$M"/sys/class/iommu/*
	look path -J 03:00.0
	is '.path[0].verdict' no-iommu
	is '.path[0].hops[-2].name' "no IOMMU"
}

@test "between two functions, both ways" {
	look path -J 03:00.0 04:00.0
	answered
	is '.path | map([.from, .to, .verdict, .turn] | tostring) | join(" ")' \
		'["0000:03:00.0","0000:04:00.0","short-cut","0000:02:00.0"] ["0000:04:00.0","0000:03:00.0","short-cut","0000:02:01.0"]'
	acs 0000:02:00.0
	look path -J 03:00.0 04:00.0
	is '.path | map(.verdict) | join(" ")' "through-iommu short-cut"
	acs 0000:02:01.0
	look path -J 03:00.0 04:00.0
	is '.path | map(.verdict) | join(" ")' "through-iommu through-iommu"
	write "$M/sys/kernel/iommu_groups/2/type" "identity\n"
	look path -J 03:00.0 04:00.0
	is '.path | map(.verdict) | join(" ")' "passed-through passed-through"
	has '.path[0].why' "passes its addresses through"
	write "$M/sys/kernel/iommu_groups/2/type" "blocked\n"
	look path -J 03:00.0 04:00.0
	is '.path | map(.verdict) | join(" ")' "blocked blocked"
	look path -J 03:00.0 03:00.0
	is '.path | map(.verdict) | join(" ")' same-device
}

@test "an ordinary user: the same, or unknown" {
	for bdf in 00:02.0 02:00.0 02:01.0 01:00.0 03:00.0 04:00.0; do
		truncate -s 64 "$(pci_directory "0000:$bdf")/config"
	done
	look path -J 03:00.0 04:00.0
	answered
	is '.path | map(.verdict) | tostring' '[null,null]'
	look path -J 03:00.0
	is '.path[0].verdict' through-iommu
	has '.path[0].hops[1].text' "could not be read"
	is '.path[0].hops[1].kind' null
}

@test "drawn as a tree" {
	look path 03:00.0
	answered
	[[ ${lines[0]} =~ ^HOP\ +WHAT\ +ADDRESS\ +WHY ]] || fail "${lines[0]}"
	[[ ${lines[1]} == "0000:03:00.0 to memory "* ]] || fail "${lines[1]}"
	[[ $output == *"├─dmar0 "*"├─group 2 "*"│ └─0xfee00000-0xfeefffff"*"└─memory "* ]] || fail "$output"
	look path 03:00.0 04:00.0
	[[ ${lines[2]} == "└─0000:02:00.0 "* ]] || fail "$output"
}

@test "arguments" {
	look path
	answered
	[[ $output == *"0000:04:00.0 to CPUs"* ]] || fail "$output"
	look path 1 2 3
	refused
	look path 03:00.0 nothing
	refused
	look path 05:00.0
	refused
	look path 03:00.0 02
	refused
}
