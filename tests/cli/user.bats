#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without privileges on this machine: what cannot be seen is unknown, never no or absent.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	share
	cd /
	DMASCOPE=$SHARED/dmascope
}

# Runs dmascope without privileges.
user() {
	run --separate-stderr as_user "$DMASCOPE" "$@"
}

@test "every command answers, and tells why it could not see" {
	for command in $(record_commands); do
		user "$command"
		answered_by "$command"
		[[ -n $output || $command == @(groups|units|tables) ]]
		while IFS= read -r line; do
			[[ -z $line || $line == "dmascope: /"*": "* ||
				$line == "dmascope: "*" has nothing to show; "* ]] || fail "«$line»"
		done <<<"$stderr"
		user "$command" -J
		answered_by "$command"
		is '[.unread[] | select((.path | startswith("/") | not) or .reason == "")] | length' 0
	done
}

@test "the first 64 bytes are enough for the BusMaster bit" {
	user devices -J
	answered
	is '[.devices[] | select(.bus_master == null)] | length' 0
}

@test "hidden capabilities are null, and their file stands under unread" {
	user devices -J
	answered
	is '[.devices[] | select((.ats == null) != (.acs == null))] | length' 0
	is '[.devices[] | select(.ats == null) | "/sys/bus/pci/devices/\(.bdf)/config"] -
		[.unread[].path] | length' 0
}

@test "whatever a user is told, root is told the same" {
	[[ $EUID -eq 0 ]] || skip "needs root beside the user"
	for command in devices groups units; do
		dmascope "$command" -J
		answered_by "$command"
		root=$output
		user "$command" -J
		answered
		jq -n --argjson root "$root" --argjson user "$output" --arg records "$command" '
			[range($user[$records] | length) as $i
				| $user[$records][$i] as $u | $root[$records][$i] as $r
				| $u | keys[] | select($u[.] != null and $u[.] != $r[.]
					and (endswith("_why") | not))
				| "\(.): user \($u[.]), root \($r[.])"] | .[]' -r >"$SHARED/differences"
		[[ ! -s $SHARED/differences ]] || fail "$command: $(cat "$SHARED/differences")"
	done
}

@test "status: null or what root sees" {
	[[ $EUID -eq 0 ]] || skip "needs root beside the user"
	dmascope status -J
	root=$output
	user status -J
	answered
	jq -n --argjson root "$root" --argjson user "$output" '
		$user.status[0] as $u | $root.status[0] as $r
		| [$u | keys[] | select($u[.] != null and $u[.] != $r[.] and $u[.] != "unknown"
			and (endswith("_why") | not) and . != "summary" and . != "swiotlb_used")
			| "\(.): user \($u[.]), root \($r[.])"] | .[]' -r >"$SHARED/differences"
	[[ ! -s $SHARED/differences ]] || fail "$(cat "$SHARED/differences")"
}

@test "a tree whose files may not be read" {
	machine_vtd
	mv "$M" "$SHARED/machine"
	M=$SHARED/machine
	chmod 0 "$(pci_directory 0000:00:02.0)/config" "$M/sys/class/iommu" \
		"$M/sys/kernel/iommu_groups/1/type"
	user --sysroot "$M" devices -J
	answered
	is '.devices | length' 4
	is '.devices[0] | [.bus_master, .ats, .unit] | tostring' "[null,null,null]"
	is '.devices[0].driver' i915
	is '.devices[1] | [.domain_type, .translation] | tostring' "[null,null]"
	is '[.unread[] | select(.reason == "Permission denied") | .path] | unique | join(" ")' \
		"/sys/bus/pci/devices/0000:00:02.0/config /sys/class/iommu /sys/kernel/iommu_groups/1/type"
	user --sysroot "$M" status -J
	answered
	is '.status[0].iommu_state' unknown
	is '.status[0] | [.units, .bus_masters, .iommu_kind] | tostring' "[null,null,null]"
	user --sysroot "$M" units -J
	answered
	is '.units | length' 0
	chmod -R u+rwX "$M"
}

@test "a tree that may not be entered" {
	mkdir -m 0700 "$SHARED/closed"
	[[ $EUID -eq 0 ]] || chmod 0 "$SHARED/closed"
	user --sysroot "$SHARED/closed" status
	refused
	[[ $stderr == *"Permission denied"* ]]
}
