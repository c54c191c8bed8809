#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dmascope tables: what the firmware says, from the machine and from files, and whether the
# kernel agrees.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine_vtd
	DMAR=$M/sys/firmware/acpi/tables/DMAR
	# Room for the units and the regions of these tests.
	write "$M/proc/iomem" "7d000000-7dffffff : Reserved\nfed90000-fed90fff : dmar0\nfed91000-fed91fff : dmar1\nfed92000-fed92fff : dmar2\n"
	HEAD=2601$(printf '00%.0s' {1..10})
}

# dmar HEXADECIMAL: replaces the structures of the machine's DMAR.
dmar() {
	acpi_table DMAR "$HEAD$1"
}

# region BASE END DEVICE.FUNCTION, in eight digits each
region() {
	local number reversed=

	for number in "$1" "$2"; do
		reversed+=${number:6:2}${number:4:2}${number:2:2}${number:0:2}00000000
	done
	printf '0100200000000000%s010800000000%s0%s' "$reversed" "${3%.*}" "${3#*.}"
}

codes() {
	look tables -J
	is '[.tables[0].problems[].code] | sort | join(" ")' "$1"
}

@test "a table of the machine, structure by structure" {
	look tables -J
	answered
	is '.tables[0] | [.signature, .file, .length, .revision, .oem_id, .checksum_ok] | tostring' \
		'["DMAR","/sys/firmware/acpi/tables/DMAR",88,1,"MAKER",true]'
	is '.tables[0].header | [.host_address_width, .flags, .intr_remap] | tostring' \
		'[38,"0x01",true]'
	is '.tables[0].structures | map([.type, .name, .offset, .length, .register_base] |
		tostring) | join(" ")' \
		'[0,"DRHD",48,24,"0xfed90000"] [0,"DRHD",72,16,"0xfed91000"]'
	is '.tables[0].structures[0].scopes[0] | [.type, .enumeration_id, .bus, .path] |
		tostring' '[1,0,0,[[2,0]]]'
	is '.tables[0].structures[1].include_pci_all' true
	is '.tables[0] | [.nodes, .problems] | tostring' '[null,[]]'
}

@test "the text has every field, and --raw every byte" {
	look tables
	answered
	[[ $output == *"DRHD: DMA Remapping Hardware Unit Definition, VT-d 8.3, 24 bytes"* ]]
	grep -Eq '^  0x0038  Register Base Address +0xfed90000$' <<<"$output"
	grep -Eq '^  0x0040  PCI Endpoint Device .*Path 00:02\.0$' <<<"$output"
	[[ $output != *Reserved* ]]
	grep -Eq '^0x0024  Host Address Width +38 \(39 bits\)$' <<<"$output"
	look tables --raw
	answered
	# All bytes of the file, in their order.
	[[ $(sed -nE 's/^ *(0x[0-9a-f]{4} |       ) (([0-9a-f]{2} )+).*/\2/p' <<<"$output" |
		tr -d ' \n') == "$(od -An -v -tx1 "$DMAR" | tr -d ' \n')" ]] || fail "$output"
}

@test "what must be zero is shown where it is not, and told of once" {
	# Three RHSA whose reserved bytes are set, of two kinds.
	dmar "$(unit_structure fed90000 02.0)$(unit_structure fed91000)$(
		)0300140001000002000091fe0000000001000000$(
		)0300140001000002000091fe0000000001000000$(
		)0300140001000003000091fe0000000001000000"
	look tables -J
	is '[.tables[0].problems[] | select(.code == "reserved") | .text] | join("; ")' \
		"RHSA: the reserved bytes are no zeros: 01 00 00 02, and in 1 more; RHSA: the reserved bytes are no zeros: 01 00 00 03"
	look tables
	grep -Eq '^  0x[0-9a-f]{4}  Reserved +01 00 00 02$' <<<"$output"
}

@test "the features of an image of the EFR have their names" {
	acpi_table IVRS "4130200000000000000000001100300002004000000050fd0000000000000000$(
		)00000000060000000000000000000000000000000308000004feff00"
	look tables
	grep -Eq 'EFR Register Image +0x6 \(PPRSup, XTSup\)$' <<<"$output"
	# What an entry has no use for is shown where it is not zero.
	grep -Eq 'end-of-range: Device entry, type 4  DeviceID 0xfffe \(ff:1f.6\)$' <<<"$output"
}

@test "a line for each table where columns are chosen" {
	look tables -n -o table,length,structures,problems
	answered
	[[ $(tr -s ' ' <<<"$output") == "DMAR 88 2 0" ]] || fail "$output"
}

@test "files: bytes, text of acpidump, and both at once" {
	local dump=$BATS_TEST_TMPDIR/dump

	{
		printf 'FACP @ 0x0000000000000000\n    0000: 46 41 43 50  FACP\n\n'
		echo 'DMAR @ 0x000000007B7A5000'
		od -An -v -tx1 -w16 "$DMAR" | awk '{ printf "    %04X:%s  ...\n", n, toupper($0)
			n += 16 }'
	} >"$dump"
	look tables -J
	wanted=$(jq -c '.tables[0] | del(.file)' <<<"$output")
	dmascope tables -J "$dump" "$DMAR"
	answered
	is '.tables | length' 2
	is '.tables[0] | del(.file)' "$wanted"
	is '.tables[1] | del(.file)' "$wanted"
	is '.tables[0].file' "$dump"
}

@test "what is no table is refused, and the others are shown" {
	local odd=$BATS_TEST_TMPDIR/$'odd\e[31m'

	dmascope tables "$BATS_TEST_TMPDIR/missing"
	refused
	dmascope tables "$BATS_TEST_TMPDIR"
	refused
	echo "no table at all, but longer than a header" >"$odd"
	dmascope tables "$odd"
	refused
	[[ $stderr != *$'\e'* ]]
	: >"$odd"
	dmascope tables "$odd"
	refused
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	dmascope tables "$BATS_TEST_TMPDIR/fifo"
	refused
	printf 'FACP @ 0x0\n    0000: 46 41 43 50  FACP\n' >"$odd"
	dmascope tables "$odd"
	refused
	dmascope tables "$odd" "$DMAR"
	[[ $status -eq 2 && $output == *DRHD* ]]
}

@test "errors give exit status 1, warnings 0" {
	printf '\1' | dd of="$DMAR" bs=1 seek=9 conv=notrunc status=none
	codes checksum
	[[ $status -eq 1 ]]
	is '.tables[0].checksum_ok' false
	is '.tables[0].structures | length' 2
	look tables
	[[ $status -eq 1 && $output == *"checksum  error"* ]]
	dmar "$(unit_structure fed90000 02.0)$(unit_structure fed91000)63000400"
	codes unknown-type
	[[ $status -eq 0 ]]
	is '.tables[0].structures[2] | [.type, .name, .length] | tostring' '[99,"unknown",4]'
	look tables
	[[ $output == *"unknown: Structure of an unknown type, 99 (0x63), 4 bytes"* ]]
}

@test "cut short: what is there is shown" {
	local size

	for size in 36 47 48 60 72 80; do
		head -c "$size" "$DMAR" >"$M/cut"
		dmascope tables -J "$M/cut"
		[[ $status -eq 1 ]] || fail "$size: exit status $status"
		has '[.tables[0].problems[].code] | join(" ")' truncated
	done
	head -c 35 "$DMAR" >"$M/cut"
	dmascope tables "$M/cut"
	refused
	head -c 60 "$DMAR" >"$M/cut"
	dmascope tables -J "$M/cut"
	is '.tables[0] | [.checksum_ok, (.problems | map(select(.code == "checksum")) | length)] |
		tostring' '[null,0]'
	has '.tables[0].problems[].text' "whether its checksum is right cannot be known"
	head -c 35 "$DMAR" >"$M/cut"
	cp "$M/cut" "$DMAR"
	look tables -J
	[[ $status -eq 1 ]] || fail "exit status $status"
	is '.tables[0] | [.signature, .structures] | tostring' '["DMAR",null]'
	has '[.unread[].reason] | join(" ")' "too short"
}

@test "units: the table's and the kernel's" {
	codes ''
	# A unit for a device that is there, of which the kernel made nothing.
	dmar "$(unit_structure fed90000 02.0)$(unit_structure fed92000 14.0)$(
		)$(unit_structure fed91000)"
	codes "unit-missing"
	[[ $status -eq 1 ]]
	# Linux leaves one without any device out.
	dmar "$(unit_structure fed90000 02.0)$(unit_structure fed92000 1b.0)$(
		)$(unit_structure fed91000)"
	codes "scope-no-device"
	[[ $status -eq 0 ]]
	# The kernel has dmar0, which the table no longer describes.
	dmar "$(unit_structure fed91000)"
	codes "unit-differs unit-unknown"
	has '[.tables[0].problems[].text] | join("; ")' \
		"0000:00:02.0: the table says dmar1, the kernel has it behind dmar0"
	# Without any unit of the kernel nothing can differ.
	rm -r "$M"/sys/class/iommu/*
	codes ''
}

@test "devices: the table's choice and the kernel's" {
	dmar "$(unit_structure fed90000 02.0 14.0)$(unit_structure fed91000)"
	codes unit-differs
	has '.tables[0].problems[0].text' "0000:00:14.0: the table says dmar0, the kernel"
	dmar "$(unit_structure fed90000 02.0 14.0 1f.3)$(unit_structure fed91000)"
	codes unit-differs
	has '.tables[0].problems[0].text' "0000:00:14.0 and 1 more: "
}

@test "a scope is walked through the bridges" {
	local units path

	pci 0000:00:1c.0 8086:a338 060400 express=4
	pci 0000:05:00.0 8086:1572 020000 parent=0000:00:1c.0
	unit_intel dmar2 fed92000 "$CAP" "$ECAP" 0000:00:1c.0 0000:05:00.0
	group 5 DMA 0000:05:00.0
	# 00:1c.0 behind a unit of its own, with all below it.
	units=$(unit_structure fed90000 02.0)$(unit_structure fed92000 +1c.0)$(
		unit_structure fed91000)
	dmar "$units"
	codes ''
	# As an endpoint it is itself alone, and it is no endpoint.
	dmar "$(unit_structure fed90000 02.0)$(unit_structure fed92000 1c.0)$(
		)$(unit_structure fed91000)"
	codes "scope-type unit-differs"
	# A region for 00:1c.0/00.0, which is 05:00.0, and for 00:1c.0/01.0.
	path=01002200000000000000007d00000000ff0f007d00000000010a000000001c00
	dmar "$units${path}0000"
	codes region-missing
	has '.tables[0].problems[0].text' "0000:05:00.0 needs 0x7d000000 to 0x7d000fff"
	dmar "$units${path}0100"
	codes scope-no-device
	has '.tables[0].problems[0].text' "00:1c.0/01.0"
}

@test "memory that a device needs is among the reserved regions of its group" {
	local units

	units=$(unit_structure fed90000 02.0)$(unit_structure fed91000)
	dmar "$units$(region 7d000000 7d7fffff 02.0)"
	codes region-missing
	write "$M/sys/kernel/iommu_groups/0/reserved_regions" \
		"0x000000007d000000 0x000000007d7fffff direct-relaxable\n"
	codes ''
	# In two parts, and one byte less.
	write "$M/sys/kernel/iommu_groups/0/reserved_regions" \
		"0x000000007d000000 0x000000007d0fffff direct\n0x000000007d100000 0x000000007d7fffff direct\n"
	codes ''
	write "$M/sys/kernel/iommu_groups/0/reserved_regions" \
		"0x000000007d000000 0x000000007d7ffffe direct\n"
	codes region-missing
	write "$M/sys/kernel/iommu_groups/0/reserved_regions" \
		"0x000000007d000000 0x000000007d7fffff reserved\n"
	codes region-missing
}

@test "without root the tables are unknown, not absent" {
	[[ $EUID -eq 0 ]] || skip "root makes the file that others may not read"
	share
	chmod 0 "$DMAR"
	cp -r "$M" "$SHARED/machine"
	output=$(as_user "$SHARED/dmascope" --sysroot "$SHARED/machine" tables -J)
	is '.tables[0] | [.signature, .structures, .checksum_ok] | tostring' \
		'["DMAR",null,null]'
	is '[.unread[] | select(.path == "/sys/firmware/acpi/tables/DMAR")] | length' 1
}

@test "registers and reserved memory are held against the memory map" {
	local units map

	units=$(unit_structure fed90000 02.0)$(unit_structure fed91000)
	map="00001000-7cffffff : System RAM\n7d000000-7dffffff : Reserved\n"
	map+="fed90000-fed90fff : dmar0\nfed91000-fed91fff : dmar1\n"
	write "$M/proc/iomem" "$map"
	write "$M/sys/kernel/iommu_groups/0/reserved_regions" \
		"0x0000000000000000 0x00000000ffffffff direct\n"
	codes ''
	dmar "$units$(region 7d000000 7dffffff 02.0)"
	codes ''
	# Partly in RAM, at either end, and in a hole.
	dmar "$units$(region 7cfff000 7d000fff 02.0)"
	codes region-not-reserved
	has '.tables[0].problems[0].text' "System RAM at 0x7cfff000"
	dmar "$units$(region 7d000000 7e000fff 02.0)"
	codes region-not-reserved
	has '.tables[0].problems[0].text' "nothing at 0x7e000000"
	# Linux wants Reserved, wherever it stands: no other memory of the firmware, no window.
	write "$M/proc/iomem" "${map/7d000000-7dffffff : Reserved/7d000000-7dffffff : ACPI Non-volatile Storage}"
	dmar "$units$(region 7d000000 7dffffff 02.0)"
	codes region-not-reserved
	has '.tables[0].problems[0].text' "ACPI Non-volatile Storage at 0x7d000000"
	write "$M/proc/iomem" "${map/7d000000-7dffffff : Reserved/7d000000-7dffffff : PCI Bus 0000:00}"
	codes region-not-reserved
	write "$M/proc/iomem" "${map/7d000000-7dffffff : Reserved/7d000000-7dffffff : PCI Bus 0000:00\\n  7d000000-7d7fffff : Reserved\\n  7d800000-7dffffff : Graphics Stolen Memory}"
	codes ''
	write "$M/proc/iomem" "$map"
	# Registers in RAM, and none of the driver's where the kernel uses the unit.
	dmar "$(unit_structure fed90000 02.0)$(unit_structure 00002000)"
	codes "unit-missing unit-unknown unit-window"
	dmar "$units"
	write "$M/proc/iomem" "${map/fed91000-fed91fff : dmar1\\n/}"
	codes unit-window
	has '.tables[0].problems[0].text' "the unit at 0xfed91000"
	# Without root the map has no addresses, and nothing is held against it.
	write "$M/proc/iomem" "00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n"
	dmar "$units$(region 7cfff000 7d000fff 02.0)"
	codes ''
}

# captured NAME: a machine of the lab becomes $M.
captured() {
	local machines=$BATS_TEST_DIRNAME/../machines

	M=$BATS_TEST_TMPDIR/$1
	"$machines/unpack" "$machines/lab-$1.machine" "$M"
}

# patch TABLE OFFSET HEXADECIMAL: other bytes in the machine's table.
patch() {
	bytes "$3" | dd of="$M/sys/firmware/acpi/tables/$1" bs=1 seek=$(($2)) conv=notrunc \
		status=none
}

# disagreements CODES: what stands between the table and the machine.
disagreements() {
	look tables -J
	is '[.tables[0].problems[].code | select(test("^(unit|scope|region)-"))] | sort |
		join(" ")' "$1"
}

@test "IVRS: a real machine, and the same with another table" {
	captured amd-default
	disagreements ''
	patch IVRS 0x34 1000 # the unit would be 00:02.0
	disagreements "unit-missing unit-unknown"
	patch IVRS 0x34 0800
	patch IVRS 0x65 1000 # 00:1f.3 no longer, 00:02.0 instead, which is not there
	disagreements unit-differs
	has '[.tables[0].problems[].text] | join("; ")' "0000:00:1f.3: the table says that no unit"
	patch IVRS 0x65 fb00
	disagreements ''
}

@test "IORT: a real machine, and the same with another table" {
	captured smmuv3
	disagreements ''
	patch IORT 0x58 00000709 # the registers are elsewhere
	disagreements "unit-missing unit-unknown"
	patch IORT 0x58 00000509
	patch IORT 0xd0 30000000 # the root complex maps to the ITS group, past the SMMU
	disagreements unit-differs
	has '[.tables[0].problems[].text] | join("; ")' "the table says that no unit has it"
}

@test "VIOT: a real machine, and the same with another table" {
	captured viommu
	disagreements ''
	patch VIOT 0x36 1000
	disagreements "unit-missing unit-unknown"
	patch VIOT 0x36 0800
	patch VIOT 0x4e ff00 # bus 1 no longer
	disagreements unit-differs
}

@test "RIMT: units by their PCI function" {
	local body mapping=0000000000000100000000003000000000000000

	# An IOMMU that is the function 00:01.0, and a root complex with all IDs behind it.
	body=020000003000000000000000
	body+=00012800000000000000000000000000000000000000000001000000000000000000080000002800
	body+=0101280000000100000000000000000014000100$mapping
	acpi_table RIMT "$body"
	rm "$DMAR"
	pci 0000:00:01.0 1b36:0014 080600
	rm -r "$M"/sys/class/iommu/* "$M"/sys/kernel/iommu_groups/*
	find "$M/sys" \( -name iommu -o -name iommu_group \) -path '*0000:*' -exec rm -r {} +
	mkdir -p "$M/sys/devices/virtual/iommu/riscv-iommu@0000:00:01.0/devices"
	ln -s "../../devices/virtual/iommu/riscv-iommu@0000:00:01.0" "$M/sys/class/iommu/"
	codes "unit-differs"
	has '.tables[0].problems[0].text' "0000:00:02.0 and"
	has '.tables[0].problems[0].text' "the table says riscv-iommu@0000:00:01.0"
	patch RIMT 0x52 1000 # the IOMMU would be 00:02.0
	disagreements "unit-missing unit-unknown"
}

@test "many problems between a table and the machine" {
	local scope=0108000000001e00 units=''

	# 400 functions that are not there, in units that the kernel has not.
	scope=$(printf "$scope%.0s" {1..200})
	units=$(printf '00005006000000000000a0fe00000000%s' "$scope")
	units+=$(printf '00005006000000000000b0fe00000000%s' "$scope")
	dmar "$units"
	look tables -J
	[[ $status -eq 1 ]]
	is '.tables[0].problems | map(select(.code == "scope-no-device")) | length <= 256' true
	has '.tables[0].problems[-1].text' "more problems, "
	# In the order of their offsets.
	is '[.tables[0].problems[].offset] | . == sort' true
}

@test "gauges: a series for each table" {
	cp "$DMAR" "$DMAR"1
	printf '\1' | dd of="$DMAR"1 bs=1 seek=9 conv=notrunc status=none
	look tables -f prometheus
	grep -qF 'dmascope_table_problems{signature="DMAR",file="/sys/firmware/acpi/tables/DMAR"} 0' <<<"$output"
	grep -Eq 'dmascope_table_problems\{signature="DMAR",file="/sys/firmware/acpi/tables/DMAR1"\} [1-9]' <<<"$output"
	[[ -z $(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d) ]] || fail "$output"
}

@test "pipes, and dumps with other ends of lines" {
	run --separate-stderr bash -c '(head -c 40 "$1"; sleep 0.3; tail -c +41 "$1") |
		"$0" tables -J /dev/stdin' "$DMASCOPE" "$DMAR"
	answered
	is '.tables[0] | [.length, (.structures | length)] | tostring' '[88,2]'
	run --separate-stderr bash -c '"$0" tables -J - <"$1"' "$DMASCOPE" "$DMAR"
	answered
	is '.tables[0] | [.file, (.structures | length)] | tostring' '["-",2]'
	{
		printf 'DMAR @ 0x0000000000000000\n'
		od -An -v -tx1 -w16 "$DMAR" | tr ' ' '\t' |
			awk '{ printf "\t%04x:%s\n", n, $0; n += 16 }'
	} >"$M/dump"
	dmascope tables -J "$M/dump"
	answered
	is '.tables[0] | [.length, (.structures | length), .checksum_ok] | tostring' '[88,2,true]'
	{
		printf 'DMAR @ 0x0000000000000000\r\n'
		od -An -v -tx1 -w16 "$DMAR" | awk '{ printf "    %04x:%s\r\n", n, $0; n += 16 }'
	} >"$M/dump"
	dmascope tables -J "$M/dump"
	answered
	is '.tables[0] | [.length, (.structures | length), .checksum_ok] | tostring' '[88,2,true]'
	printf 'DMAR @ 0x0\n    0000: 44 4D 41 52 00\n' >"$M/dump"
	dmascope tables "$M/dump"
	[[ $status -eq 2 && -z $output && $stderr == *"too short"* ]] || fail "$status $stderr"
}
