#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Groups, and whether they hold what they promise: isolated, why, predicted, drift.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

ACS_ON=1d00 ACS_OFF=0000

# acs BDF CONTROL: an ACS capability with all services that Linux asks for.
acs() {
	put "$1" 0x100 "0d000100 5f00 $2"
}

# Two root ports with an endpoint each; the second one has a card of two functions.
setup() {
	need jq
	machine ports
	command_line "intel_iommu=on"
	remapped_interrupts
	acpi_table DMAR
	pci 0000:00:02.0 1b36:000c 060400 express=4 driver=pcieport
	pci 0000:00:03.0 1b36:000c 060400 express=4 driver=pcieport
	pci 0000:01:00.0 8086:10d3 020000 express=0 parent=0000:00:02.0 driver=e1000e
	pci 0000:02:00.0 10de:2204 030000 express=0 parent=0000:00:03.0
	pci 0000:02:00.1 10de:1aef 040300 express=0 parent=0000:00:03.0
	put 0000:02:00.0 0x0e 80
	acs 0000:00:02.0 "$ACS_ON"
	acs 0000:00:03.0 "$ACS_ON"
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:02.0 0000:00:03.0 0000:01:00.0 \
		0000:02:00.0 0000:02:00.1
	group 0 DMA-FQ 0000:00:02.0
	group 1 DMA-FQ 0000:00:03.0
	group 2 DMA-FQ 0000:01:00.0
	group 3 DMA-FQ 0000:02:00.0 0000:02:00.1
}

@test "each group is predicted, and has its reasons" {
	look groups -J
	answered
	is '[.groups[] | .predicted == .devices] | all' true
	is '[.groups[].drift] | any' false
	is '[.groups[].isolated] | tostring' '[true,true,true,false]'
	is '[.groups[].why | map(.code) | join(" ")] | join(", ")' \
		"alone, alone, alone, multifunction-no-acs"
	is '.groups[3].why[0] | keys_unsorted | join(" ")' "code bdf member text remedy"
	is '.groups[3].why[0] | [.bdf, .member] | join(" ")' "0000:02:00.1 0000:02:00.1"
	is '.groups[2].why[0].remedy' null
	is '.groups[2].isolated_why' "alone, and every hop isolates"
	is '.groups[3].isolated_why' "2 devices share it"
}

@test "ACS that was switched off is drift, in the groups concerned" {
	acs 0000:00:02.0 "$ACS_OFF"
	look groups -J
	is '[.groups[].drift] | tostring' '[true,false,true,false]'
	is '[.groups[].isolated] | tostring' '[false,true,false,false]'
	is '.groups[2].predicted | join(" ")' "0000:00:02.0 0000:01:00.0"
	is '.groups[2].why | map(.code) | join(" ")' root-port-no-acs
	has '.groups[2].why[0].text' "SrcValid, ReqRedir, CmpltRedir, UpstreamFwd"
	acs 0000:00:02.0 "$ACS_ON"
	look groups -J
	is '[.groups[].drift] | any' false
}

@test "a port without ACS has what is below it in its group" {
	put 0000:00:02.0 0x100 00000000
	rm -r "$M"/sys/kernel/iommu_groups/{0,2}
	group 0 DMA-FQ 0000:00:02.0 0000:01:00.0
	look groups -J
	is '.groups[0] | [.isolated, .drift, (.predicted == .devices)] | tostring' \
		"[false,false,true]"
	is '.groups[0].why | map(.code) | join(" ")' root-port-no-acs
	has '.groups[0].why[0].remedy' "a slot below another root port"
}

@test "pcie_acs_override= is blamed only where it is at work" {
	command_line "intel_iommu=on pcie_acs_override=downstream"
	look groups -J
	is '[.groups[].why[].code] | index("acs-override")' null
	look cmdline -J
	is '.parameters[1].effect' no-effect
	put 0000:00:02.0 0x100 00000000
	look groups -J
	is '.groups[2] | [.isolated, .drift, .why[0].code] | tostring' \
		'[false,false,"acs-override"]'
	look cmdline -J
	is '.parameters[1] | [.effect, .needed] | tostring' '["effective",true]'
	has '.parameters[1].why' "groups are smaller than ACS allows"
	command_line "intel_iommu=on"
	look groups -J
	is '.groups[2] | [.isolated, .drift, .why[0].code] | tostring' \
		'[null,false,"root-port-no-acs"]'
	has '.groups[2].isolated_why' "not known here"
}

@test "what may not be read leaves the answer open, never another one" {
	for bdf in 0000:00:02.0 0000:00:03.0 0000:01:00.0 0000:02:00.0 0000:02:00.1; do
		truncate -s 64 "$(pci_directory "$bdf")/config"
	done
	look groups -J
	answered
	is '[.groups[].isolated] | tostring' '[null,null,null,false]'
	is '[.groups[] | .predicted, .drift, .why] | unique | tostring' '[null]'
	has '.groups[2].isolated_why' "may not be read beyond its first 64 bytes"
	look groups -o group,isolated,drift,predicted,why
	[[ $output == *"2 "*"?"*"?"*"?"* ]]
}

@test "a configuration space that makes no sense leaves it open too" {
	put 0000:00:02.0 0x100 ffffffff
	look groups -J
	answered
	is '[.groups[].isolated] | tostring' '[null,true,null,false]'
	put 0000:00:02.0 0 ffffffffffffffff
	look groups -J
	answered
	is '.groups[2].isolated' null
}

@test "behind VMD every function bears the address of the controller" {
	local directory

	pci 0000:00:0e.0 8086:201d 010400 express=9
	directory=$(pci_directory 0000:00:0e.0)/pci10000:e0/10000:e0:06.0
	pci 10000:e0:06.0 8086:2030 060400 express=4
	mkdir -p "$(dirname "$directory")"
	mv "$(pci_directory 10000:e0:06.0)" "$directory"
	ln -sfn "$(realpath --relative-to="$M/sys/bus/pci/devices" "$directory")" \
		"$M/sys/bus/pci/devices/10000:e0:06.0"
	pci 10000:e1:00.0 144d:a824 010802 express=0 parent=10000:e0:06.0
	acs 10000:e0:06.0 "$ACS_ON"
	group 4 DMA-FQ 0000:00:0e.0 10000:e0:06.0 10000:e1:00.0
	for bdf in 0000:00:0e.0 10000:e0:06.0 10000:e1:00.0; do
		ln -s "/sys/bus/pci/devices/$bdf" "$M/sys/class/iommu/dmar0/devices/$bdf"
	done
	look groups -J 4
	answered
	is '.groups[0] | .predicted == .devices' true
	is '.groups[0].why | map(.code) | join(" ")' "dma-alias dma-alias"
	look devices -J 10000:e0:06.0
	is '.devices[0].upstream' null
}

@test "--why tells members, reasons and what would help, 80 columns wide" {
	acs 0000:00:02.0 "$ACS_OFF"
	look groups --why
	answered
	! grep -E '^.{81}' <<<"$output" || fail "too wide"
	[[ $(grep -c '^GROUP ' <<<"$output") -eq 4 ]]
	[[ $output == *"MEMBERS"*"0000:02:00.0"*"0000:02:00.1"*"WHY"*"multifunction-no-acs:"* ]]
	[[ $output == *"DRIFT         yes"* || $output == *"DRIFT     yes"* ]]
	[[ $output == *"remedy: "* ]]
	look groups --why 3
	answered
	[[ $(grep -c '^GROUP ' <<<"$output") -eq 1 ]]
	look groups --why -o group,why 3
	answered
	[[ $output == "GROUP"*"WHY"* && $output != *ISOLATED* ]]
}

@test "--why changes tables alone: JSON always has everything" {
	look groups -J
	plain=$output
	look groups --why -J
	[[ $output == "$plain" ]]
}

@test "the table has a column for it, and Prometheus gauges" {
	look groups -n
	[[ $(grep -c ' yes' <<<"$output") -ge 3 ]]
	acs 0000:00:02.0 "$ACS_OFF"
	look groups -f prometheus
	[[ $output == *'dmascope_group_isolated{id="1"} 1'* ]]
	[[ $output == *'dmascope_group_drift{id="2"} 1'* ]]
}

@test "the groups of a made-up server are those that it says" {
	local mktree=${MKTREE:-$PWD/tests/perf/mktree}

	[[ -x $mktree ]] || skip "mktree is not built"
	M=$BATS_TEST_TMPDIR/server
	"$mktree" 1024 "$M"
	look groups -J
	answered
	is '.groups | length > 500' true
	is '[.groups[] | select((.predicted | sort) != (.devices | sort) or .drift != false or
		.isolated != (.devices | length == 1))] | length' 0
}
