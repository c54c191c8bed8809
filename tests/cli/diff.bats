#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dmascope diff: what differs between two machines, and that nothing else does.
# shellcheck disable=SC2030,SC2031,SC2154 # Bats sets status, output and stderr

load helpers

machines=$BATS_TEST_DIRNAME/../machines

setup_file() {
	local machine pairs=()

	command -v jq >/dev/null && command -v python3 >/dev/null || return 0
	for machine in "$machines"/*.machine; do
		pairs+=("$machine" "$BATS_FILE_TMPDIR/$(basename "$machine" .machine)")
	done
	"$machines/unpack" "${pairs[@]}"
}

setup() {
	need jq python3
	lab=$BATS_FILE_TMPDIR/lab
}

# between A B [OPTION...]: what differs between two machines of the lab, as JSON.
between() {
	dmascope diff -J "$lab-$1" "$lab-$2" "${@:3}"
	[[ $status -le 1 ]] || fail "$1 $2: exit status $status: $stderr"
}

# copied NAME: a copy of a machine of the lab, in $M.
copied() {
	M=$BATS_TEST_TMPDIR/$1
	cp -a "$lab-$1" "$M"
}

# same A B [OPTION...]: nothing differs, which is said.
same() {
	dmascope diff "$@"
	[[ $status -eq 0 && $output == "No difference."* ]] ||
		fail "$*: exit status $status: $output $stderr"
}

# meaning A B FILTER TEXT: what the difference that the filter selects is said to mean.
meaning() {
	between "$1" "$2"
	has ".differences[] | select($3) | .meaning" "$4"
}

@test "no machine differs from itself, whatever is asked for" {
	for machine in "$BATS_FILE_TMPDIR"/*-*; do
		same "$machine" "$machine"
	done
	same "$lab-sriov" "$lab-sriov" --all
}

@test "what differs between machines of the lab, and nothing else" {
	local a b got

	got=$(
		sed -n '/^#/p' "$BATS_TEST_DIRNAME/diff.expected"
		sed -n 's/^== //p' "$BATS_TEST_DIRNAME/diff.expected" | while read -r a b; do
			echo "== $a $b"
			between "$a" "$b"
			jq -rf "$BATS_TEST_DIRNAME/diff-lines.jq" <<<"$output"
		done
	)
	diff "$BATS_TEST_DIRNAME/diff.expected" - <<<"$got"
}

@test "B against A is the mirror image of A against B" {
	local names=(none vtd-default vtd-passthrough vtd-off vtd-tables amd-default sriov
		switch-acs vfio-mixed smmuv3 viommu-table-changed ordinary-user) one two forth
	local sides='[.differences[] | select(.kind != "group" and
		(.object // "" | contains(" group ") | not)) | [.kind, .object, .field, .change,
		.before, .after]]'
	local turned='| map([.[:3][], ({"appeared": "vanished", "vanished": "appeared"}[.[3]] //
		.[3]), .[5], .[4]])'

	for one in "${names[@]}"; do
		for two in "${names[@]}"; do
			[[ $one < $two ]] || continue
			between "$one" "$two" --all
			forth=$(jq -c "$sides | sort" <<<"$output")
			[[ $forth != "[]" ]] || fail "$one and $two are the same"
			between "$two" "$one" --all
			is "$sides $turned | sort" "$forth"
		done
	done
}

@test "causes come first, and what follows from them last" {
	between vtd-default vtd-passthrough --all
	is '.differences[0] | "\(.kind) \(.field) \(.before) \(.after)"' \
		"status default_domain lazy identity"
	has '.differences[0].meaning' "iommu=pt on the kernel command line"
	is '[.differences[] | select(.field == "domain_type" or .field == "translation") |
		.field] | unique_by(.) | join(" ")' "domain_type translation"
	is '[.differences[] | .field == "domain_type"] | index(true) > 10' true
	between vtd-default vtd-passthrough
	is '[.differences[] | select(.field == "domain_type")] | length' 0
}

@test "what it means, where that is certain" {
	meaning vtd-lazy vtd-strict '.field == "default_domain"' "out of reach at once"
	meaning vtd-default vtd-off '.field == "iommu_state"' "no longer translated"
	meaning vtd-default vtd-off '.field == "interrupt_remapping"' "any interrupt"
	meaning vtd-default vtd-off '.kind == "unit"' "has another unit, or none"
	meaning vtd-48bit vtd-39bit '.field == "address_width"' "fewer addresses"
	meaning vtd-6.1 vtd-default '.kind == "system"' "defaults and parameters"
	meaning ready-vtd vfio-bound '.field == "translation"' "a program decides"
	meaning acs-set-later acs-changed '.field == "acs"' "without the IOMMU"
	meaning vtd-tables vtd-scope '.object == "DMAR RMRR 0x1fe00000"' "the firmware keeps"
	meaning vtd-default vtd-broken-address '.kind == "parameter"' "no unit"
	meaning vtd-default vtd-passthrough '.kind == "finding"' "passed through by default"
	between vtd-48bit vtd-39bit
	is '[.differences[] | select(.kind == "table") | .meaning] | join(" ")' \
		"the firmware claims fewer bits of physical addresses"
	between vtd-39bit vtd-48bit
	is '[.differences[].meaning] | unique | length' 1
}

@test "a group that was split, or joined" {
	meaning ports-no-acs ports-acs '.kind == "group"' "split: 0000:01:00.0 is in group 4 now"
	meaning ports-acs ports-no-acs '.kind == "group"' "joined: 0000:01:00.0 was in group 4 before"
	meaning vfio-bound vfio-mixed '.kind == "group"' "new in it: 0000:01:00.1"
}

@test "a driver that left a function with its BusMaster bit on" {
	machine_vtd before
	machine_vtd after
	rm "$M/sys/bus/pci/devices/0000:00:1f.6/uevent"
	write "$M/sys/bus/pci/devices/0000:00:1f.6/uevent" \
		"PCI_CLASS=20000\nPCI_ID=8086:15BB\nPCI_SUBSYS_ID=1028:2041\nPCI_SLOT_NAME=0000:00:1f.6\n"
	dmascope diff -J "$BATS_TEST_TMPDIR/before" "$M"
	has '.differences[] | select(.field == "driver") | .meaning' "BusMaster bit is on"
	is '.differences[] | select(.field == "driver") | .protection' less
	put 0000:00:1f.6 4 0000
	dmascope diff -J "$BATS_TEST_TMPDIR/before" "$M"
	is '.differences[] | select(.field == "driver") | .meaning' "nobody drives it"
	is '[.differences[] | select(.field == "bus_master")] | length' 0
}

@test "one more device in front moves the numbers of groups, which is no difference" {
	machine_vtd before
	machine after
	command_line "intel_iommu=on"
	rm -r "$M"
	cp -a "$BATS_TEST_TMPDIR/before" "$M"
	rm -r "$M"/sys/kernel/iommu_groups/*
	group 3 identity 0000:00:02.0
	group 7 DMA-FQ 0000:00:14.0
	group 0 DMA 0000:00:1f.3
	group 1 DMA-FQ 0000:00:1f.6
	same "$BATS_TEST_TMPDIR/before" "$M"
	dmascope diff -J --all "$BATS_TEST_TMPDIR/before" "$M"
	[[ $status -eq 1 ]]
	is '[.differences[].field] | unique | join(" ")' "group id"
	is '[.differences[] | select(.field == "id") | .before + ">" + .after] | join(" ")' \
		"2>0 10>1 0>3 1>7"
}

@test "what one side cannot see is no difference, and counted" {
	local path

	for path in sys/kernel/iommu_groups/0/type sys/devices/virtual/iommu/dmar0/intel-iommu/cap \
		sys/devices/pci0000:00/0000:00:01.0/{uevent,config} proc/iomem proc/cmdline \
		proc/interrupts proc/sys/kernel/osrelease; do
		copied vtd-default
		rm "$M/$path"
		same "$lab-vtd-default" "$M"
		[[ $output == *"Not compared, for one side does not tell: "* ]] || fail "$path: $output"
		same "$M" "$lab-vtd-default"
		dmascope diff -J "$M" "$lab-vtd-default"
		is '[.unread[] | select(.source == "diff") | .reason] |
			index("the first machine does not tell") != null' true
		rm -r "$M"
	done
}

@test "a slot or a virtual function that does not tell is no other one" {
	local path

	for path in bus/pci/slots/0/address \
		devices/pci0000:00/0000:00:02.0/0000:01:00.1/{uevent,config}; do
		copied sriov
		rm "$M/sys/$path"
		same "$lab-sriov" "$M"
		same "$M" "$lab-sriov"
		rm -r "$M"
	done
}

@test "a user may see less than root of the same machine" {
	copied vtd-default
	share
	mv "$M" "$SHARED/before"
	cp -a "$SHARED/before" "$SHARED/after"
	chmod -R a+rX "$SHARED/before" "$SHARED/after"
	chmod 0 "$SHARED"/after/{proc/iomem,sys/firmware/acpi/tables/DMAR} \
		"$SHARED"/after/sys/devices/pci0000:00/*/config
	run --separate-stderr as_user "$SHARED/dmascope" diff "$SHARED/before" "$SHARED/after"
	[[ $status -eq 0 && $output == "No difference."* ]] || fail "$status: $output $stderr"
	[[ $output == *"fields of table"*"fields of device"*region* ]] || fail "$output"
	[[ $stderr == *": $SHARED/after/proc/iomem: Permission denied"* ]] || fail "$stderr"
	run --separate-stderr as_user "$SHARED/dmascope" diff "$SHARED/after" "$SHARED/before"
	[[ $status -eq 0 && $output == "No difference."* ]] || fail "$status: $output $stderr"
	[[ $stderr == *": $SHARED/after/proc/iomem: Permission denied"* ]] || fail "$stderr"
}

@test "a snapshot does not differ from the machine that it was taken of" {
	dmascope snapshot "$BATS_TEST_TMPDIR/now"
	answered
	dmascope diff "$BATS_TEST_TMPDIR/now"
	[[ $status -eq 0 ]] || fail "$output"
	dmascope diff -J "$BATS_TEST_TMPDIR/now"
	is '"\(.system.live) \(.before[0].live) \(.before | length)"' "true false 1"
}

@test "the second machine may be that of --sysroot, and not another one as well" {
	between vtd-default vtd-off
	first=$output
	dmascope --sysroot "$lab-vtd-off" diff -J "$lab-vtd-default"
	[[ $status -eq 1 && $output == "$first" ]]
	dmascope --sysroot "$lab-vtd-off" diff "$lab-vtd-default" "$lab-none"
	refused
}

@test "without two machines there is no answer" {
	dmascope diff
	refused
	dmascope diff "$lab-none" "$lab-none" "$lab-none"
	refused
	for bad in "$BATS_TEST_TMPDIR/nowhere" "$lab-none/proc/cmdline" "$BATS_TEST_TMPDIR" ''; do
		dmascope diff "$bad" "$lab-none"
		refused
		dmascope diff "$lab-none" "$bad"
		refused
	done
	mkdir -p "$BATS_TEST_TMPDIR/empty/sys"
	dmascope diff "$BATS_TEST_TMPDIR/empty" "$BATS_TEST_TMPDIR/empty"
	[[ $status -eq 2 && -z $output && $stderr == *"nothing is known on both sides"* ]] ||
		fail "$status: $output $stderr"
}

@test "what is ignored is not there: records, fields, things, and all of them" {
	between vtd-default vtd-passthrough --ignore 'device,parameter,finding'
	is '[.differences[].kind] | unique | join(" ")' "status table unit"
	between vtd-default vtd-passthrough --ignore 'status.*' --ignore '*.translation'
	is '[.differences[] | select(.kind == "status" or .field == "translation")] | length' 0
	between vtd-default vtd-passthrough --ignore 'parameter iommu=*,finding.default-lazy'
	is '[.differences[] | select(.kind == "parameter" or .kind == "finding") | .object // .field] |
		join(" ")' "intel_iommu=on default-identity"
	dmascope diff "$lab-vtd-default" "$lab-vtd-off" --ignore '*'
	[[ $status -eq 0 && $output == "No difference."* && $output != *"Not compared"* ]]
	for nothing in devicex DEVICE device.colour devices,unit ".driver" "thing 0000:00:02.0"; do
		dmascope diff "$lab-vtd-default" "$lab-vtd-off" --ignore "$nothing"
		refused
	done
}

@test "a table has a line for all that differ alike, and as many columns as asked for" {
	dmascope diff "$lab-vtd-default" "$lab-vtd-off"
	[[ $status -eq 1 ]]
	[[ $output == *"5 devices"*"translation lazy -> none"*"[0000:00:00.0, "* ]]
	[[ $output == *"12 differences. "*" more follow from others or move"* ]]
	dmascope diff -n -o kind,object,change,field,before,after,protection "$lab-vtd-default" \
		"$lab-vtd-off"
	[[ ${#lines[@]} -eq 12 ]] || fail "$output"
	[[ $output == *"device"*"0000:00:1f.3"*"translation"*"lazy"*"none"*"less"* ]]
	dmascope diff -f jsonl "$lab-vtd-default" "$lab-vtd-off"
	[[ $(grep -c '"record":"difference"' <<<"$output") -eq 12 ]]
	[[ $(grep -c '"record":"before"' <<<"$output") -eq 1 ]]
	dmascope diff -f prometheus "$lab-vtd-default" "$lab-vtd-off"
	refused
}

@test "a narrow terminal" {
	need script
	COLUMNS_WANTED=80 on_terminal \
		"$DMASCOPE diff --color=never $lab-vtd-default $lab-vtd-passthrough"
	[[ $output == *default_domain* ]]
	! grep -E '^.{81}' <<<"${output//$'\r'/}" || fail "a line is too wide"
}

@test "hostile names do not reach the terminal, and stay what they are" {
	machine_vtd before
	machine_vtd after
	write "$M/proc/sys/kernel/hostname" 'a\e[31m"{}<script>\n'
	command_line "intel_iommu=on iommu=\\e[31m'\\\"{}"
	group 11 $'DMA\e[31m' $'x\e[31m"{}<script>\xff'
	group 12 DMA 'spaces in it, and -+'
	unit $'u\e[31m' virtual 0000:00:02.0
	dmascope diff "$BATS_TEST_TMPDIR/before" "$M"
	[[ $status -eq 1 ]]
	! grep -qP '[^\x20-\x7e]' <<<"${output//$'\n'/}" || fail "$output"
	[[ $output == *'<script>'* && $output == *'\x1b[31m'* ]]
	dmascope diff -J --all "$M" "$BATS_TEST_TMPDIR/before"
	[[ $status -eq 1 ]]
	is '[.differences[] | select(.kind == "group")] | length' 2
	same "$M" "$M" --all
}

@test "a table whose structures only moved is the same" {
	machine_vtd before
	acpi_table DMAR "2601$(printf '00%.0s' {1..10})$(unit_structure fed90000 02.0)$(
		)$(unit_structure fed91000)"
	machine_vtd after
	acpi_table DMAR "2601$(printf '00%.0s' {1..10})$(unit_structure fed91000)$(
		)$(unit_structure fed90000 02.0)"
	dmascope diff -J "$BATS_TEST_TMPDIR/before" "$M" --ignore '*.problems,finding'
	is '.differences | length' 0
	acpi_table DMAR "2601$(printf '00%.0s' {1..10})$(unit_structure fed91000)"
	dmascope diff -J "$BATS_TEST_TMPDIR/before" "$M" --ignore '*.problems,finding'
	is '[.differences[] | "\(.object) \(.change)"] | join(" ")' "DMAR DRHD 0xfed90000 vanished"
	has '.differences[0].meaning' "no longer tells of this unit"
	acpi_table DMAR "2601$(printf '00%.0s' {1..10})$(unit_structure fed92000 02.0 03.0)$(
		)$(unit_structure fed91000)"
	dmascope diff -J "$BATS_TEST_TMPDIR/before" "$M" --ignore '*.problems,finding'
	is '[.differences[] | "\(.object) \(.field) \(.before) \(.after)"] | join("; ")' \
		"DMAR DRHD register_base 0xfed90000 0xfed92000; DMAR DRHD scopes $(
		)PCI Endpoint Device 00:02.0 PCI Endpoint Device 00:02.0, PCI Endpoint Device 00:03.0"
}
