#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The audit: each check fails where it should, passes where it should, and says unknown
# where it could not look; severities, policies, exit statuses.
# shellcheck disable=SC2030,SC2031,SC2154 # Bats sets status, output and stderr

load helpers

machines=$BATS_TEST_DIRNAME/../machines

# Captured machines, and some of them changed in one place. That each check fails and passes
# is proven on those of the lab alone; the others have what decides it and the lab lacks.
setup_file() {
	local machine pairs=()

	command -v jq >/dev/null && command -v python3 >/dev/null || return 0
	for machine in "$machines"/*.machine; do
		pairs+=("$machine" "$BATS_FILE_TMPDIR/$(basename "$machine" .machine)")
	done
	"$machines/unpack" "${pairs[@]}"
	change lab-vtd-off not-built
	sed -i 's/^CONFIG_INTEL_IOMMU=y/# CONFIG_INTEL_IOMMU is not set/' "$M"/boot/config-*
	change lab-vtd-default unsafe-interrupts
	write "$M/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts" "Y\n"
	change lab-vtd-default masked-cpu
	sed -i 's/\b\(vmx\|svm\)\b//' "$M/proc/cpuinfo"
	by_hand
}

# port BDF CONTROL: a downstream port of a switch, with ACS.
port() {
	pci "$1" 12d8:2308 060400 express=6 driver=pcieport parent=0000:01:00.0
	put "$1" 0x100 "0d000100 5f00 $2"
}

# What there is no hardware for here.
by_hand() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR

	machine_vtd thunderbolt-alone
	pci 0000:00:06.0 8086:15d2 088000
}

# change MACHINE NAME: a copy of a captured machine to be changed, in $M.
change() {
	M=$BATS_FILE_TMPDIR/changed-$2
	cp -a "$BATS_FILE_TMPDIR/$1" "$M"
}

# forget PATH: the capture knows nothing of it any more.
forget() {
	jq --arg path "$1" 'del(.refusals[$path])' "$M/manifest.json" >"$M/manifest.new" &&
		mv "$M/manifest.new" "$M/manifest.json"
}

# refuse PATH: as if the kernel had refused to show it to an ordinary user.
refuse() {
	# What a listing has stays there as an empty file, as in any capture.
	if [[ -f $M/$1 ]]; then
		: >"$M/$1"
	else
		rm -rf "${M:?}/$1"
	fi
	jq --arg path "$1" '.refusals[$path] = "EACCES"' "$M/manifest.json" >"$M/manifest.new" &&
		mv "$M/manifest.new" "$M/manifest.json"
}

setup() {
	need jq python3
}

@test "a table that was changed in memory: its checksum, and a unit that is another" {
	audit lab-viommu-table-changed -J
	found table-checksum fail
	found table-disagrees fail
	found table-malformed pass
	evidence table-disagrees unit-missing
	evidence table-disagrees unit-unknown
}

# audit MACHINE [OPTIONS]: of one of the machines.
audit() {
	local machine=$1

	shift
	dmascope --sysroot "$BATS_FILE_TMPDIR/$machine" audit "$@"
}

# found ID STATUS [SUBJECT]: the last audit, as JSON, has this finding.
found() {
	jq -e --arg id "$1" --arg status "$2" --arg subject "${3-}" \
		'any(.findings[]; .id == $id and .status == $status and
			($subject == "" or .subject == $subject))' >/dev/null <<<"$output" ||
		fail "$1 is not $2 for ${3:-anything}: $(jq -c --arg id "$1" \
			'[.findings[] | select(.id == $id) | [.status, .subject]]' <<<"$output")"
}

# evidence ID PATTERN: among the lines that a finding rests on, with their files.
evidence() {
	jq -r --arg id "$1" '.findings[] | select(.id == $id) | .evidence[] |
		"\(.path) \(.value)"' <<<"$output" | grep -q -- "$2" ||
		fail "$1 has no evidence $2: $(jq -c --arg id "$1" \
			'[.findings[] | select(.id == $id) | .evidence[]]' <<<"$output")"
}

# verdict MACHINE ID: what a check comes to on a machine, in a profile that asks it.
verdict() {
	local profile=host

	[[ $2 != p2p-redirected ]] || profile=p2p
	audit "lab-$1" --profile $profile -J
	jq -r --arg id "$2" '[.findings[] | select(.id == $id) | .status] |
		unique | join(",")' <<<"$output"
}

# Both as the lab left them: a kernel and an IOMMU, and nobody's idea of what they show.
@test "every check fails on a machine of the lab and passes on another" {
	local id failing passing asked=()

	while read -r id failing passing; do
		asked+=("$id")
		[[ $(verdict "$failing" "$id") == fail ]] || echo "$id: $failing does not fail"
		[[ $(verdict "$passing" "$id") == pass ]] || echo "$id: $passing does not pass"
	done >"$BATS_TEST_TMPDIR/wrong" <<-'END'
		iommu-absent none vtd-default
		iommu-off-in-firmware amd-hidden amd-default
		iommu-not-built amd-not-built amd-default
		iommu-off-in-kernel vtd-off vtd-default
		table-checksum viommu-table-changed viommu
		table-malformed vtd-broken-width vtd-default
		table-disagrees viommu-table-changed viommu
		table-scope vtd-scope vtd-default
		rmrr-not-reserved vtd-tables vtd-default
		preboot-protection thunderbolt-open thunderbolt-held
		default-identity vtd-passthrough vtd-default
		default-lazy vtd-lazy vtd-strict
		parameter-no-effect amd-pt-misspelt amd-passthrough
		parameter-overridden vtd-last-word vtd-strict-cmdline
		interrupt-remapping-off vtd-no-intremap vtd-default
		vfio-unsafe-interrupts vfio-unsafe vfio-bound
		vfio-noiommu none-noiommu none
		swiotlb-exhaustion swiotlb-full swiotlb
		bus-master-no-driver unbound-busmaster smmuv3
		bus-master-no-iommu vtd-uncovered vtd-default
		device-identity type-changed vtd-default
		external-not-strict external-port-off external-port
		external-ats external-port-ats external-port
		thunderbolt-no-protection thunderbolt-open thunderbolt-held
		mask-below-memory mask-below-memory none
		group-mixed-owner vfio-mixed vfio-bound
		group-drift acs-changed ports-acs
		acs-override acs-override acs-override-ignored
		vf-shared-group sriov-no-acs sriov
		rmrr-assignable vtd-tables vtd-default
		p2p-short-cut switch-no-acs switch-acs
		p2p-redirected switch-acs switch-no-acs
	END
	[[ ! -s $BATS_TEST_TMPDIR/wrong ]] || fail "$(cat "$BATS_TEST_TMPDIR/wrong")"
	every_check "${asked[@]}"
}

# every_check ID…: all are among them, and each once.
every_check() {
	local all

	all=$("$DMASCOPE" explain -n -o ID | sed 's/ *$//' | sort)
	[[ $(printf '%s\n' "$@" | sort) == "$all" ]] ||
		fail "a check is not among them, or twice: $*"
}

# real_machine DUMP: of the corpus, in $M.
real_machine() {
	local dump=${DMASCOPE_CORPUS:-}/lspci/$1

	[[ -e $dump ]] || skip "there is no lspci/$1 in \$DMASCOPE_CORPUS"
	M=$BATS_TEST_TMPDIR/${1%.txt}
	"$BATS_TEST_DIRNAME/lspci-tree" "$dump" "$M"
}

@test "switches of real machines, with ReqRedir on and without ACS" {
	# Two ports of a Pericom switch redirect; those of the ASMedia switch have no ACS.
	real_machine mail-linux-pci-72effacf-unxz.txt
	look audit --profile p2p -J
	is '[.findings[] | select(.id == "p2p-redirected") | .status, .subject] | join(" ")' \
		"fail 0000:06:01.0 fail 0000:06:02.0"
	has '.findings[] | select(.id == "p2p-redirected") | .remedy' \
		"'pci=disable_acs_redir=0000:06:01.0;0000:06:02.0'"
	look audit -J
	is '[.findings[] | select(.id == "p2p-short-cut") | .status, .subject] | join(" ")' \
		"$(printf 'fail 0000:02:0%s.0 ' 0 2 3 4)fail 0000:02:08.0"
	real_machine pciutils-tree-asus-p6t6.txt
	look audit --profile p2p -J
	found p2p-redirected pass
	look audit -J
	found p2p-short-cut fail 0000:03:00.0
	found p2p-short-cut fail 0000:03:02.0
}

@test "where DMA is passed through nothing passes for safe because a unit is there" {
	audit lab-vtd-passthrough -J
	[[ $status -eq 1 ]]
	found default-identity fail host
	evidence default-identity '^/proc/cmdline iommu=pt'
	found iommu-absent pass
	has '.findings[] | select(.id == "default-identity") | .remedy' iommu=pt
}

@test "a CPU without flags of virtualisation may have an IOMMU all the same" {
	audit changed-masked-cpu -J
	found iommu-absent pass
	found iommu-off-in-kernel pass
	found default-identity pass
}

@test "groups that VFIO made without an IOMMU are no IOMMU" {
	audit lab-none-noiommu -J
	[[ $status -eq 1 ]]
	found vfio-noiommu fail
	found iommu-absent fail
	evidence vfio-noiommu '/name vfio-noiommu'
	evidence vfio-noiommu 'enable_unsafe_noiommu_mode Y'
}

@test "units that do not cover a device do not help it" {
	audit lab-vtd-uncovered -J
	[[ $status -eq 1 ]]
	found bus-master-no-iommu fail 0000:00:03.0
	found iommu-absent pass
}

@test "remapped interrupts alone are no translation" {
	audit lab-vtd-intremap-only -J
	[[ $status -eq 1 ]]
	found iommu-off-in-kernel fail
	found interrupt-remapping-off pass
}

@test "off in the kernel, not built and absent are three findings" {
	audit lab-vtd-off -J
	found iommu-off-in-kernel fail
	found iommu-not-built pass
	found iommu-absent pass
	audit lab-amd-not-built -J
	found iommu-not-built fail
	evidence iommu-not-built 'CONFIG_AMD_IOMMU is not set'
	audit changed-not-built -J
	found iommu-not-built fail
	found iommu-off-in-kernel not-applicable
	evidence iommu-not-built 'CONFIG_INTEL_IOMMU is not set'
	audit lab-none -J
	found iommu-absent fail
	found iommu-off-in-kernel not-applicable
	found iommu-not-built not-applicable
}

@test "parameters that do nothing are told by name" {
	audit lab-amd-pt-misspelt -J
	found parameter-no-effect fail amd_iommu=pt
	has '.findings[] | select(.subject == "amd_iommu=pt") | .remedy' iommu=pt
}

@test "a group that is split, and one that ACS no longer keeps apart" {
	audit lab-vfio-mixed -J --fail-on medium
	[[ $status -eq 1 ]]
	found group-mixed-owner fail
	evidence group-mixed-owner vfio-pci
	audit lab-acs-changed -J
	[[ $status -eq 1 ]]
	found group-drift fail "group 4"
	evidence group-drift '/sys/bus/pci/devices/0000:00:02.0/config'
}

@test "Thunderbolt without protection, and with it" {
	audit lab-thunderbolt-open -J
	[[ $status -eq 1 ]]
	found thunderbolt-no-protection fail domain0
	evidence thunderbolt-no-protection 'security user'
	is '.findings[] | select(.id == "thunderbolt-no-protection") | .severity' high
	audit lab-thunderbolt-open --profile laptop -J
	is '.findings[] | select(.id == "thunderbolt-no-protection") | .severity' critical
	audit lab-thunderbolt-held -J
	found thunderbolt-no-protection pass
	change lab-thunderbolt-open thunderbolt-screens
	write "$(realpath "$M/sys/bus/thunderbolt/devices/domain0")/security" "dponly\n"
	audit changed-thunderbolt-screens -J
	found thunderbolt-no-protection pass domain0
	evidence thunderbolt-no-protection "security dponly"
}

@test "a USB4 controller without its driver is no reason to say that there is none" {
	machine usb4
	pci 0000:00:0d.2 8086:9a1b 0c0340 command=0002
	look audit -J
	found thunderbolt-no-protection unknown
	evidence thunderbolt-no-protection 0000:00:0d.2
}

@test "what a function says of its class does not take it out of the question" {
	change lab-vtd-uncovered impostor
	printf '\006\010' | dd of="$M/sys/bus/pci/devices/0000:00:03.0/config" bs=1 seek=10 conv=notrunc status=none
	sed -i 's/^PCI_CLASS=.*/PCI_CLASS=80600/' "$M/sys/bus/pci/devices/0000:00:03.0/uevent"
	audit changed-impostor -J
	found bus-master-no-iommu fail 0000:00:03.0
}

@test "ACS that was switched on is worth knowing and no more" {
	audit lab-acs-set-later -J
	answered
	is '[.findings[] | select(.id == "group-drift") | .severity] | unique | tostring' '["info"]'
	audit lab-acs-changed -J
	is '[.findings[] | select(.id == "group-drift") | .severity] | unique | tostring' '["high"]'
}

@test "a unit that takes functions in by their drivers leaves the others unknown" {
	audit lab-viommu -J
	answered
	found bus-master-no-iommu unknown 0000:00:1f.2
}

@test "a parameter that changes nothing now weighs little" {
	audit changed-unsafe-interrupts -J
	is '.findings[] | select(.id == "vfio-unsafe-interrupts") | [.status, .severity] | tostring' '["fail","info"]'
	audit lab-vfio-unsafe -J
	is '.findings[] | select(.id == "vfio-unsafe-interrupts") | [.status, .severity] | tostring' '["fail","high"]'
}

@test "a device that root lets pass through, with who did it" {
	audit lab-type-changed -J
	[[ $status -eq 1 ]]
	is '.findings[] | select(.id == "device-identity") | .severity' high
	evidence device-identity "after boot"
}

@test "what could not be seen is never taken for absent" {
	change lab-vtd-intremap-only tables-hidden
	refuse sys/firmware/acpi/tables
	audit changed-tables-hidden -J
	[[ $status -eq 1 ]] || found iommu-off-in-kernel fail
	found iommu-not-built unknown
	change lab-amd-hidden devices-hidden
	refuse sys/bus/pci/devices
	audit changed-devices-hidden -J
	found iommu-absent unknown
	found iommu-off-in-firmware unknown
	change lab-external-port-ats config-hidden
	: >"$M/sys/bus/pci/devices/0000:01:00.0/config"
	audit changed-config-hidden -J
	found external-ats unknown 0000:01:00.0
	change lab-external-port-off old
	sed -i 's/^6.*/5.10.0-test/' "$M/proc/sys/kernel/osrelease"
	rm "$M/sys/bus/pci/devices/0000:01:00.0/removable"
	jq '.refusals["sys/bus/pci/devices/0000:01:00.0/removable"] = "ENOENT"' "$M/manifest.json" >"$M/new"
	mv "$M/new" "$M/manifest.json"
	audit changed-old -J
	found external-not-strict unknown 0000:01:00.0
	change lab-vtd-off cut-down
	sed -i '/INTEL_IOMMU/d' "$M"/boot/config-*
	audit changed-cut-down -J
	found iommu-not-built unknown
	change lab-vtd-uncovered address-hidden
	refuse "$(cd "$M" && find sys/devices -path '*intel-iommu/address' | head -n 1)"
	audit changed-address-hidden -J
	jq -e 'all(.findings[] | select(.id == "table-disagrees"); .status != "fail")' >/dev/null <<<"$output" ||
		fail "a unit whose address is hidden is told missing"
}

@test "two reasons of a policy stay two" {
	local policy=$BATS_TEST_TMPDIR/policy.json

	write "$policy" '{"checks":{"group-drift":[
		{"severity":"low","subjects":["group 1"],"reason":"ONE"},
		{"severity":"low","subjects":["group 2"],"reason":"TWO"}]}}'
	audit lab-ordinary-user --policy "$policy"
	[[ $output == *ONE* && $output == *TWO* ]] || fail "$output"
}

@test "what is set for a module that is not loaded yet counts" {
	change lab-vtd-no-intremap set-ahead
	audit changed-set-ahead -J
	found vfio-unsafe-interrupts pass
	forget etc/modprobe.d
	write "$M/etc/modprobe.d/vfio.conf" "options vfio_iommu_type1 allow_unsafe_interrupts=1\noptions vfio enable_unsafe_noiommu_mode=Y\n"
	audit changed-set-ahead -J
	found vfio-unsafe-interrupts fail
	found vfio-noiommu fail
	evidence vfio-unsafe-interrupts 'when the module is loaded'
	jq -e '[.findings[] | select(.id == "vfio-unsafe-interrupts").evidence[].path] | index("/etc/modprobe.d/vfio.conf") != null' \
		<<<"$output" >/dev/null || fail "the file is not named"
}

@test "a virtual machine that has guests itself needs an IOMMU" {
	audit lab-none -J
	is '.findings[] | select(.id == "iommu-absent") | .severity' low
	audit lab-none --profile hypervisor -J
	[[ $status -eq 1 ]] || fail "$status"
	is '.findings[] | select(.id == "iommu-absent") | .severity' high
}

@test "a Thunderbolt controller without a driver leaves the question open" {
	audit thunderbolt-alone -J
	found thunderbolt-no-protection unknown
	audit lab-vtd-default -J
	found thunderbolt-no-protection not-applicable
}

@test "bounce buffers near their end" {
	audit lab-swiotlb-full -J
	found swiotlb-exhaustion fail
	evidence swiotlb-exhaustion 'of 1024 slots are in use'
	audit lab-swiotlb -J
	found swiotlb-exhaustion pass
}

@test "what may not be read is unknown, with the file and the reason" {
	local machine path id profile refused=()

	while read -r machine path id; do
		refused+=("$id")
		change "$machine" "refused-$id"
		refuse "$path"
		profile=host
		[[ $id != p2p-redirected ]] || profile=p2p
		audit "changed-refused-$id" --profile "$profile" -J
		[[ $status -le 1 ]] || fail "$id: exit status $status"
		found "$id" unknown
		jq -e --arg id "$id" 'all(.findings[] | select(.id == $id); .status != "pass")' \
			>/dev/null <<<"$output" || fail "$id passes although $path may not be read"
		jq -e --arg id "$id" 'any(.findings[] | select(.id == $id and .status == "unknown");
			.evidence[0].value | length > 5)' >/dev/null <<<"$output" || fail "$id: no reason"
	done <<-'END'
		lab-vtd-default sys/class/iommu iommu-absent
		lab-vtd-default sys/class/iommu iommu-off-in-firmware
		lab-vtd-default sys/class/iommu iommu-off-in-kernel
		lab-vtd-default sys/class/iommu iommu-not-built
		lab-vtd-default sys/class/iommu table-disagrees
		lab-vtd-default sys/class/iommu bus-master-no-iommu
		lab-vtd-default sys/class/iommu default-identity
		lab-vtd-default sys/class/iommu default-lazy
		lab-vtd-default sys/class/iommu device-identity
		lab-vtd-default sys/firmware/acpi/tables/DMAR table-checksum
		lab-vtd-default sys/firmware/acpi/tables/DMAR table-malformed
		lab-vtd-default sys/firmware/acpi/tables/DMAR preboot-protection
		lab-vtd-default sys/bus/pci/devices table-scope
		lab-vtd-default proc/iomem rmrr-not-reserved
		lab-vtd-default proc/cmdline parameter-no-effect
		lab-vtd-default proc/cmdline parameter-overridden
		lab-vtd-default proc/interrupts interrupt-remapping-off
		lab-vfio-bound sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts vfio-unsafe-interrupts
		lab-vfio-bound sys/module vfio-noiommu
		lab-swiotlb-full sys/kernel/debug/swiotlb/io_tlb_used swiotlb-exhaustion
		lab-vtd-default sys/bus/pci/devices/0000:00:1f.2/config bus-master-no-driver
		lab-external-port sys/bus/pci/devices/0000:01:00.0/removable external-not-strict
		lab-external-port sys/bus/pci/devices/0000:01:00.0/removable external-ats
		lab-thunderbolt-held sys/devices/pci0000:00/0000:00:03.0/domain0/iommu_dma_protection thunderbolt-no-protection
		lab-vtd-default sys/kernel/iommu_groups group-mixed-owner
		lab-vtd-default sys/kernel/iommu_groups vf-shared-group
		lab-vtd-default sys/kernel/iommu_groups acs-override
		lab-acs-changed sys/bus/pci/devices/0000:00:02.0/config group-drift
		lab-vtd-default sys/kernel/iommu_groups/0/reserved_regions rmrr-assignable
		lab-switch-no-acs sys/bus/pci/devices/0000:02:00.0/config p2p-short-cut
		lab-switch-no-acs sys/bus/pci/devices/0000:02:00.0/config p2p-redirected
		lab-mask-below-memory proc/iomem mask-below-memory
	END
	every_check "${refused[@]}"
}

@test "an ordinary user gets answers, and unknown for the rest" {
	audit lab-ordinary-user -J
	answered_or_negative
	found default-identity pass
	found table-checksum unknown
	found rmrr-not-reserved unknown
}

answered_or_negative() {
	[[ $status -le 1 ]] || fail "exit status $status: $stderr"
}

@test "--fail-on sets what counts, --unknown-fails whether the unknown does" {
	audit lab-vtd-strict
	answered
	audit lab-vtd-strict --fail-on low
	[[ $output == *"[bus-master-no-driver]"* ]] || fail "$output"
	[[ $status -eq 1 ]]
	audit lab-vtd-passthrough --fail-on critical
	answered
	audit lab-ordinary-user --fail-on medium
	answered
	audit lab-ordinary-user --unknown-fails --fail-on medium
	[[ $status -eq 1 ]]
	audit lab-none --fail-on terrible
	refused
}

@test "a profile changes what findings weigh, and what is asked" {
	audit lab-vtd-default --profile laptop -J
	is '.findings[] | select(.id == "default-lazy") | .severity' medium
	is '[.findings[] | select(.id == "p2p-redirected")] | length' 0
	audit lab-vtd-default --profile p2p -J
	is '[.findings[] | select(.id == "p2p-redirected")] | length > 0' true
	is '[.findings[] | select(.id == "p2p-short-cut")] | length' 0
	audit lab-vtd-default --profile toaster
	refused
}

@test "--nagios writes one line and exits as a plugin does" {
	audit lab-vtd-strict --nagios --fail-on low
	[[ $status -eq 2 && $output == "DMASCOPE CRITICAL - "*" | "* ]] || fail "$status $output"
	audit lab-vtd-strict --nagios
	[[ $status -eq 1 && $output == "DMASCOPE WARNING - "* ]] || fail "$status $output"
	[[ $(wc -l <<<"$output") -eq 1 ]]
	[[ $output =~ \ high=0\;\;0\;0\ medium= ]] || fail "$output"
	write "$BATS_TEST_TMPDIR/policy" '{"checks":{"bus-master-no-driver":{"skip":true,"reason":"firmware"}}}'
	audit lab-vtd-strict --nagios --policy "$BATS_TEST_TMPDIR/policy"
	[[ $status -eq 0 && $output == "DMASCOPE OK - 1 failed"*"suppressed=1;;;0" ]] || fail "$status $output"
	change lab-vtd-strict unlisted
	refuse sys/class/iommu
	audit changed-unlisted --nagios --policy "$BATS_TEST_TMPDIR/policy"
	[[ $status -eq 3 && $output == "DMASCOPE UNKNOWN - "* ]] || fail "$status $output"
	dmascope --sysroot /nowhere audit --nagios
	[[ $status -eq 3 ]]
	audit lab-none --nagios --policy /nowhere
	[[ $status -eq 3 && $output == "DMASCOPE UNKNOWN - "* ]] || fail "$status $output"
	audit lab-none --fail-on nonsense --nagios
	[[ $status -eq 3 && $output == "DMASCOPE UNKNOWN - "* ]] || fail "$status $output"
	audit lab-none --no-such-option --nagios
	[[ $status -eq 3 ]] || fail "$status $output"
	audit lab-ordinary-user --nagios
	[[ $status -eq 3 && $output == *group-drift* ]] || fail "$status $output"
}

@test "a policy skips and re-grades, for some subjects or all, with its reason" {
	local policy=$BATS_TEST_TMPDIR/policy.json

	write "$policy" '{"checks":{
		"default-lazy":{"severity":"critical","reason":"we want strict"},
		"bus-master-no-driver":[
			{"severity":"high","reason":"none of that"},
			{"skip":true,"subjects":["0000:00:1f.*"],"reason":"the firmware does it"}]}}'
	audit lab-vtd-default --policy "$policy" -J
	[[ $status -eq 1 ]]
	is '.findings[] | select(.id == "default-lazy") | [.status, .severity, .reason] | tostring' \
		'["fail","critical","we want strict"]'
	is '.findings[] | select(.id == "bus-master-no-driver") | [.status, .severity, .reason] | tostring' \
		'["suppressed","low","the firmware does it"]'
	audit lab-vtd-default --policy "$policy"
	[[ $output == *"we want strict"* && $output == *"1 suppressed"* ]] || fail "$output"
	[[ $output == *"the firmware does it"* ]] || fail "$output"
}

@test "a policy that makes no sense is refused with what is wrong" {
	local policy=$BATS_TEST_TMPDIR/policy.json text part

	while IFS='|' read -r text part; do
		printf '%s' "$text" >"$policy"
		audit lab-none --policy "$policy"
		refused
		[[ $stderr == *"$policy"*"$part"* ]] || fail "$text: $stderr"
	done <<-'END'
		{"checks":{"no-such-check":{"skip":true,"reason":"x"}}}|no such check: no-such-check
		{"checks":{"default-lazy":{"skip":true}}}|default-lazy: a reason is missing
		{"checks":{"default-lazy":{"skip":true,"reason":""}}}|a reason is missing
		{"checks":{"default-lazy":{"reason":"x"}}}|neither skip nor severity
		{"checks":{"default-lazy":{"severity":"awful","reason":"x"}}}|no such severity: awful
		{"checks":{"default-lazy":{"skp":true,"reason":"x"}}}|no such key: skp
		{"checks":{"default-lazy":{"skip":1,"reason":"x"}}}|neither true nor false
		{"checks":{"default-lazy":{"skip":true,"reason":"x","subjects":"host"}}}|subjects is no list
		{"checks":{"default-lazy":{"skip":true,"reason":"x","subjects":[1]}}}|a subject is no text
		{"checks":{"default-lazy":{"skip":true,"reason":"x","subjects":[]}}}|subjects is no list
		{"chekcs":{}}|no policy
		{"checks":{},"chekcs":{}}|no such key: chekcs
		{"checks":{"default-lazy":[7]}}|no object
		{"checks":[]}|no policy
		[]|no policy
		{"checks":{}} and more|no JSON
		{"checks":{|no JSON
		|no JSON
	END
	audit lab-none --policy "$BATS_TEST_TMPDIR"
	refused
	audit lab-none --policy /dev/zero
	refused
}

@test "the sample policy is one" {
	audit lab-none --policy "$BATS_TEST_DIRNAME/../../data/policy.json"
	answered_or_negative
	[[ -z $stderr ]] || fail "$stderr"
}

@test "explain has all that is to be said of a check" {
	dmascope explain vfio-noiommu
	answered
	for part in SEVERITY IMPACT VERIFY REMEDY REFERENCE vfio-noiommu; do
		[[ $output == *$part* ]] || fail "no $part: $output"
	done
	dmascope explain vfio-noiommu default-lazy -J
	is '.checks | map(.id) | tostring' '["vfio-noiommu","default-lazy"]'
	dmascope audit explain vfio-noiommu -J
	is '.command' explain
	dmascope explain nonsense
	refused
	dmascope audit --list -n -o ID
	answered
	[[ $output == "$("$DMASCOPE" explain -n -o ID)" ]]
	dmascope audit nonsense
	refused
}

@test "every check says all of it, in a form that fits everywhere" {
	dmascope explain -J
	answered
	is '[.checks[] | select(.id | test("^[a-z0-9]+(-[a-z0-9]+)*$") | not)] | length' 0
	is '[.checks[] | .id] | length == (unique | length)' true
	is '[.checks[] | .title, .failure, .impact, .verify, .remedy, .reference |
		select(length < 3 or test("[\"\\\\\n\t]"))] | length' 0
	is '[.checks[] | .title, .failure, .remedy, .reference | select(endswith("."))] | length' 0
	is '[.checks[] | .impact | select(endswith(".") | not)] | length' 0
	is '[.checks[] | select(.title == .failure)] | length' 0
}

@test "every check has its section in the manual" {
	local page=${top_builddir:-.}/man/dmascope-audit.8 id

	[[ -e $page ]] || skip "the manual was not built"
	for id in $("$DMASCOPE" explain -n -o ID); do
		grep -qF ".It Cm \"\\&${id//-/\\-}\"" "$page" || fail "$id is not in the manual"
	done
}

@test "text for people fits the terminal, and says what is hidden" {
	need script
	audit lab-vtd-uncovered
	[[ $status -eq 1 ]]
	[[ $output == *"[bus-master-no-iommu]"*"REMEDY"*" failed ("*"passed"* ]] || fail "$output"
	[[ $output != *"pass: "* ]] || fail "$output"
	audit lab-vtd-uncovered --all
	[[ $output == *"pass: "* ]] || fail "$output"
	awk 'length($0) > 80 && !/dmascope explain/ { print; bad = 1 } END { exit bad }' <<<"$output" ||
		fail "wider than 80 columns"
	audit lab-vtd-uncovered -o ID,SUBJECT -n
	[[ $output == *"bus-master-no-iommu"*"0000:00:03.0"* ]] || fail "$output"
}

@test "many findings of one kind are one for people, and all for programs" {
	local i function

	machine many
	for ((i = 0; i < 32; i++)); do
		printf -v function '0000:00:%02x.0' "$i"
		pci "$function" 8086:10d3 020000 command=0007
	done
	look audit -J
	is '[.findings[] | select(.id == "bus-master-no-driver" and .status == "fail")] | length' 32
	look audit
	[[ $(grep -c '\[bus-master-no-driver\]' <<<"$output") -eq 1 ]] || fail "$output"
	[[ $output == *"and 24 more"* ]] || fail "$output"
}

@test "a remedy names every port, however many" {
	local i ports=()

	machine wide
	pci 0000:00:1c.0 8086:a338 060400 express=4 driver=pcieport
	pci 0000:01:00.0 12d8:2308 060400 express=5 driver=pcieport parent=0000:00:1c.0
	for ((i = 0; i < 32; i++)); do
		printf -v "ports[$i]" '0000:02:%02x.0' "$i"
		port "${ports[i]}" 1d00
	done
	look audit --profile p2p -J
	has '[.findings[] | select(.id == "p2p-redirected")][0].remedy' \
		"'pci=disable_acs_redir=$(IFS=';'; echo "${ports[*]}")'"
}

@test "hostile words of the command line stay words" {
	change lab-none hostile
	printf 'BOOT_IMAGE=/vmlinuz iommu=\033[31mred%%s%%n amd_iommu=on|x\n' >"$M/proc/cmdline"
	audit changed-hostile
	answered_or_negative
	[[ $output != *$'\033'* ]] || fail "an escape sequence gets through"
	audit changed-hostile --nagios
	[[ $output != *$'\033'* && $(tr -cd '|' <<<"$output" | wc -c) -eq 1 ]] || fail "$output"
}

@test "a word that stands twice on the command line is two subjects" {
	machine_vtd
	command_line "iommu=on iommu=on"
	look audit -f prometheus
	[[ -z $(grep '^dmascope_finding_info' <<<"$output" | sort | uniq -d) ]] || fail "$output"
	[[ $(grep -c 'id="parameter-no-effect".*subject="iommu=on' <<<"$output") -eq 2 ]] || fail "$output"
}

@test "findings as Prometheus series, by severity" {
	audit lab-vtd-passthrough -f prometheus
	[[ $status -eq 1 ]] || fail "$status $stderr"
	grep -q '^dmascope_finding_info{.*id="default-identity".*} 1$' <<<"$output" || fail "$output"
}
