#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A snapshot says the same as the machine that it was taken of.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
}

# What has to be the same: the answer without its head and without what changes by itself.
body() {
	jq -S 'del(.system) | del(.status[0].swiotlb_used?)' <<<"$output"
}

# same_as_live COMMAND…: runs through each command on the machine and on the snapshot $S.
same() {
	local where=$1 command live

	shift
	for command; do
		# shellcheck disable=SC2086 # nothing or an option
		dmascope $where "$command" -J
		answered
		live=$(body)
		dmascope --sysroot "$S" "$command" -J
		answered
		diff <(echo "$live") <(body) || fail "$command differs"
	done
}

@test "this machine and its snapshot give the same answers" {
	S=$BATS_TEST_TMPDIR/snapshot
	dmascope snapshot "$S"
	answered
	[[ $output == "$S: "*"files"* ]]
	same "" status devices groups units iomem channels cmdline
	dmascope --sysroot "$S" status -J
	is .system.live false
	is .system.root "$S"
	is '.system.arch' "$(uname -m)"
	is '.system.kernel' "$(uname -r)"
	is '.system.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")' true
}

@test "this machine and its snapshot, as an ordinary user" {
	share
	S=$SHARED/snapshot
	DMASCOPE=$SHARED/dmascope
	run --separate-stderr as_user "$DMASCOPE" snapshot "$S"
	answered
	for command in status devices groups units iomem channels cmdline; do
		run --separate-stderr as_user "$DMASCOPE" "$command" -J
		answered
		live=$(body)
		run --separate-stderr as_user "$DMASCOPE" --sysroot "$S" "$command" -J
		answered
		diff <(echo "$live") <(body) || fail "$command differs"
		# Whoever reads it later sees what its maker saw.
		dmascope --sysroot "$S" "$command" -J
		diff <(echo "$live") <(body) || fail "$command differs for root"
	done
}

@test "a machine made by hand and its snapshot" {
	machine_vtd
	write "$M/sys/bus/thunderbolt/devices/domain0/iommu_dma_protection" "1\n"
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_nslabs" "32768\n"
	pci 0000:07:00.0 8086:1572 020000 express=0
	rm "$(pci_directory 0000:07:00.0)/config"
	ln -s config "$(pci_directory 0000:07:00.0)/config"
	S=$BATS_TEST_TMPDIR/snapshot
	dmascope --sysroot "$M" snapshot "$S"
	answered
	same "--sysroot $M" status devices groups units iomem channels cmdline
}

@test "a snapshot of a snapshot is the same again" {
	machine_vtd
	S=$BATS_TEST_TMPDIR/first
	dmascope --sysroot "$M" snapshot "$S"
	answered
	dmascope --sysroot "$S" snapshot "$BATS_TEST_TMPDIR/second"
	answered
	# The architecture is read from a file only where no manifest has it.
	diff -r --no-dereference -x manifest.json -x arch "$S" "$BATS_TEST_TMPDIR/second"
	for snapshot in "$S" "$BATS_TEST_TMPDIR/second"; do
		jq -S 'del(.refusals["proc/sys/kernel/arch"])' "$snapshot/manifest.json" \
			>"$snapshot.json"
	done
	diff "$S.json" "$BATS_TEST_TMPDIR/second.json"
}

@test "what the machine did not say, its snapshot does not say either" {
	machine_vtd
	rm "$M"/proc/sys/kernel/{arch,hostname}
	look status -J
	is '.system | [.arch, .time, .hostname] | tostring' "[null,null,null]"
	dmascope --sysroot "$M" snapshot "$BATS_TEST_TMPDIR/snapshot"
	answered
	dmascope --sysroot "$BATS_TEST_TMPDIR/snapshot" status -J
	answered
	is '.system | [.arch, .time, .hostname] | tostring' "[null,null,null]"
}

@test "a directory with something in it is refused, and kept" {
	mkdir "$BATS_TEST_TMPDIR/full"
	echo kept >"$BATS_TEST_TMPDIR/full/file"
	dmascope snapshot "$BATS_TEST_TMPDIR/full"
	refused
	[[ $stderr == *"$BATS_TEST_TMPDIR/full"* ]]
	[[ $(ls -A "$BATS_TEST_TMPDIR/full") == file ]]
	[[ $(cat "$BATS_TEST_TMPDIR/full/file") == kept ]]
}

@test "an empty directory is taken" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	dmascope snapshot "$BATS_TEST_TMPDIR/empty"
	answered
	[[ -e $BATS_TEST_TMPDIR/empty/manifest.json ]]
}

@test "places where no snapshot can be made" {
	dmascope snapshot
	refused
	dmascope snapshot a b
	refused
	dmascope snapshot ""
	refused
	dmascope snapshot "$BATS_TEST_TMPDIR/no/such"
	refused
	echo >"$BATS_TEST_TMPDIR/file"
	dmascope snapshot "$BATS_TEST_TMPDIR/file"
	refused
}

@test "the manifest is JSON with time, architecture and refusals" {
	machine_vtd
	S=$BATS_TEST_TMPDIR/snapshot
	dmascope --sysroot "$M" snapshot "$S"
	output=$(cat "$S/manifest.json")
	is .schema 1
	is .program dmascope
	is '.refusals | type' object
	is '[.refusals[]] | unique - ["ENOENT", "ENODATA"] | length' 0
	is .redacted no
	is '.refusals["sys/bus/thunderbolt/devices"]' ENOENT
}

@test "what was not captured is unknown, not absent" {
	machine_vtd
	S=$BATS_TEST_TMPDIR/snapshot
	dmascope --sysroot "$M" snapshot "$S"
	rm -r "$S/sys/class" "$S/sys/kernel"
	dmascope --sysroot "$S" status -J
	answered
	is '.status[0].iommu_state' unknown
	is '.status[0] | [.units, .groups] | tostring' "[null,null]"
	is '[.unread[].reason] | index("not captured in this snapshot") != null' true
	dmascope --sysroot "$S" devices -J
	is '[.devices[].translation] | unique | tostring' "[null]"
}

@test "refusals of the manifest are given again" {
	machine_vtd
	cat >"$M/manifest.json" <<-'JSON'
	{ "schema": 1, "program": "dmascope", "time": "2026-01-02T03:04:05Z", "arch": "x86_64",
	  "refusals": { "sys/class/iommu": "EACCES", "sys/kernel/iommu_groups": "EPERM" } }
	JSON
	look status -J
	answered
	is '.status[0].iommu_state' unknown
	is '.status[0].default_domain' null
	is .system.time 2026-01-02T03:04:05Z
	is '[.unread[] | select(.path == "/sys/class/iommu") | .reason] | join(" ")' \
		"Permission denied"
}

@test "--redact leaves no name, address or serial number" {
	machine_vtd
	write "$M/proc/sys/kernel/hostname" "ws-042\n"
	command_line "root=UUID=123e4567-e89b-12d3-a456-426614174000 intel_iommu=on ip=10.0.0.7 key=hunter2 ws-042"
	pci 0000:07:00.0 8086:1572 020000 express=0
	put 0000:07:00.0 0x100 03000100a1b2c3d4e5f60718
	write "$(pci_directory 0000:07:00.0)/removable" "52:54:00:ab:cd:ef\n"
	S=$BATS_TEST_TMPDIR/snapshot
	dmascope --sysroot "$M" snapshot --redact "$S"
	answered
	! grep -raE 'ws-042|123e4567|hunter2|10\.0\.0\.7|52:54:00' "$S" || fail "it told"
	! LC_ALL=C grep -raP '\xa1\xb2\xc3\xd4' "$S" || fail "it told the serial number"
	grep -q intel_iommu=on "$S/proc/cmdline"
	[[ $(cat "$S/proc/sys/kernel/hostname") == redacted ]]
	dmascope --sysroot "$S" status -J
	is '.status[0].iommu_state' translating
	# Without --redact they are there.
	dmascope --sysroot "$M" snapshot "$S-whole"
	grep -raq ws-042 "$S-whole"
}

@test "a snapshot keeps the links, and none leads a reader out" {
	machine_vtd
	S=$BATS_TEST_TMPDIR/snapshot
	dmascope --sysroot "$M" snapshot "$S"
	[[ $(readlink "$S/sys/bus/pci/devices/0000:00:02.0") == "$(readlink "$M/sys/bus/pci/devices/0000:00:02.0")" ]]
	secret=$BATS_TEST_TMPDIR/secret
	echo "a secret of the other" >"$secret"
	for target in "$secret" ../../../../../secret ../../../../../../../../../../../../"$secret"; do
		ln -sf "$target" "$S/sys/bus/pci/devices/../../../../proc/cmdline"
		ln -sf "$target" "$S/proc/sys/kernel/hostname"
		for command in $(record_commands); do
			for format in table json; do
				dmascope --sysroot "$S" "$command" -f "$format"
				answered_by "$command"
				[[ $output$stderr != *"a secret of the other"* ]] || fail "$command told"
			done
		done
	done
}
