#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The report: sound, complete, in need of nothing, and hurt by no name.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq python3
	machines=${BATS_TEST_DIRNAME%/cli}/machines
	PAGE=$BATS_TEST_TMPDIR/page
	HOSTILE=$'<script>alert("1")</script>&amp;{|}\\N\e[31m\xff\u202e\'"'
}

captured() {
	M=$BATS_TEST_TMPDIR/$1
	"$machines/unpack" "$machines/$1.machine" "$M"
}

# Writes a report about the machine to $PAGE, and reads it: $output is what is in it.
page() {
	look report "$@"
	answered
	[[ -z $output && -z $stderr ]] || fail "it says: $output$stderr"
	sound
}

sound() {
	run --separate-stderr "$BATS_TEST_DIRNAME/read-page" "$PAGE"
	[[ $status -eq 0 ]] || fail "$stderr"
}

# how_many: PCI functions that the boxes of the drawing stand for.
how_many() {
	jq '[.boxes[].name | if test("^[0-9]+ (bridge|function)s")
		then split(" ")[0] | tonumber
		elif test("^[0-9a-f]{4}:") then 1 else 0 end] | add' <<<"$output"
}

@test "every function, group, unit and finding is on the page" {
	for name in lab-switches-nested lab-second-root-mixed lab-vtd-uncovered lab-ready-viommu \
		lab-amd-bridge lab-none; do
		captured "$name"
		page "$PAGE"
		found=$output
		for command in devices groups units; do
			look "$command" -J
			jq -c "[.${command}[] | (.bdf // .name // .id) | tostring]" <<<"$output" >"$PAGE.wanted"
			output=$found
			is "[.sections.$command.rows[][0]]" "$(cat "$PAGE.wanted")"
		done
		look audit -J
		jq -c '[.findings[] | select(.status == "fail" or .status == "unknown") | .id] | unique' \
			<<<"$output" >"$PAGE.wanted"
		output=$found
		is '[.sections.findings.headings[] | capture("\\[(?<id>.*)\\]$").id] | unique' \
			"$(cat "$PAGE.wanted")"
	done
}

@test "who passes and what does not apply is there, to be opened" {
	captured lab-vtd-default
	page "$PAGE"
	found=$output
	look audit -J
	wanted=$(jq -c '[.findings[] | select(.status == "pass" or .status == "not-applicable")
		| .id] | unique' <<<"$output")
	output=$found
	is '[.sections.findings.rows[][1]] | unique' "$wanted"
}

@test "the status is in words, first, and the head says which machine and when" {
	captured lab-vtd-passthrough
	page "$PAGE"
	is '.sections | keys_unsorted[0]' status
	has .sections.status.text "passes"
	has .head "2026-01-01T00:00:00Z"
	has .head "6.12"
	is .title "DMA report: lab"
	has '.sections.status.text' "bus masters that reach memory untranslated"
}

@test "boxes stand for every function, once" {
	for name in lab-many-groups lab-forty-in-a-group lab-switches-nested lab-sriov \
		lab-ready-smmuv3 lab-bridge-behind-switch; do
		captured "$name"
		page "$PAGE"
		[[ $(how_many) -eq $(jq '.sections.devices.rows | length' <<<"$output") ]] ||
			fail "$name: $(how_many)"
	done
}

@test "a box has its function's translation, bus master and name" {
	machine_vtd
	page "$PAGE"
	is '[.boxes[] | select(.name | test("^0000:")) | "\(.name) \(.word)"] | join(", ")' \
		"0000:00:02.0 identity, 0000:00:14.0 lazy, 0000:00:1f.3 strict, 0000:00:1f.6 lazy"
	has '.boxes[] | select(.name == "0000:00:1f.3") | .title' "BM: no"
	has '.boxes[] | select(.name == "0000:00:14.0") | .text | join(" ")' "xhci_hcd"
	has .texts "group 10"
	is '[.texts[] | select(endswith("translated"))] | join(" ")' "untranslated translated"
	is '[.boxes[] | select(.name | test("^dmar")) | .name] | join(" ")' "dmar0 dmar1"
}

@test "what is not known is never drawn as no" {
	captured lab-ordinary-user
	page "$PAGE"
	has .sections.unread.text "config"
	has '[.boxes[].title] | join(" ")' "GROUP"
	M=$BATS_TEST_TMPDIR/nothing
	mkdir -p "$M/sys"
	page "$PAGE"
	is '.sections.devices.rows | length' 0
	has .sections.devices.text "could not be seen"
	has .sections.groups.text "could not be seen"
	has .sections.unread.text "/sys/bus"
	machine empty
	mappings_listed
	page "$PAGE"
	is '.boxes | length' 0
	has .sections.devices.text "The machine has none."
	has .sections.units.text "The machine has none."
	has .sections.unread.text "All that this report is made of could be read."
}

@test "a group whose isolation is unknown does not look isolated" {
	captured lab-ordinary-user
	page "$PAGE"
	found=$output
	look groups -J
	unknown=$(jq '[.groups[] | select(.isolated == null)] | length' <<<"$output")
	[[ $unknown -gt 0 ]] || fail "no group is unknown: the test tests nothing"
	output=$found
	is '[.texts[] | select(. == "isolation unknown")] | length' "$unknown"
}

@test "hostile names stay text, in page, drawing and graph" {
	machine_vtd
	printf '%s\n' "$HOSTILE" >"$M/proc/sys/kernel/hostname"
	printf '%s\n' "$HOSTILE" >"$M/proc/cmdline"
	printf '%s\n' "$HOSTILE" >"$M/sys/kernel/iommu_groups/1/type"
	printf 'DRIVER=%s\nPCI_CLASS=20000\nPCI_ID=8086:15BB\nPCI_SLOT_NAME=0000:00:1f.6\n' \
		"$HOSTILE" >"$(pci_directory 0000:00:1f.6)/uevent"
	page "$PAGE"
	has .title '<script>alert("1")</script>'
	has '.sections.devices.rows[3] | join(" ")' '<script>alert("1")</script>&amp;{|}\N\x1b[31m'
	has '[.boxes[].text[]] | join(" ")' '<script>'
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|<script' "$PAGE" || fail "the page has it"
	page --svg "$PAGE"
	has '[.boxes[].text[]] | join(" ")' '<script>'
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|<script' "$PAGE" || fail "the drawing has it"
	look report --dot "$PAGE"
	answered
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$PAGE" || fail "the graph has it"
	grep -qF '<script>alert(\"1\")</script>&amp;amp;{|}\\N\\x1b[31m' "$PAGE" ||
		fail "$(cat "$PAGE")"
}

@test "Graphviz takes the graph" {
	command -v dot >/dev/null || skip "dot is not installed"
	for name in lab-many-groups lab-switches-nested lab-none; do
		captured "$name"
		look report --dot "$PAGE"
		answered
		run --separate-stderr timeout 60 dot -Tplain "$PAGE"
		[[ $status -eq 0 && -z $stderr ]] || fail "$name: $stderr"
		[[ $(grep -c '^node ' <<<"$output") -eq $(grep -c '^  n[0-9]* \[label\|^  target' "$PAGE") ]]
	done
	machine_vtd
	printf 'DRIVER=%s\n' "$HOSTILE" >"$(pci_directory 0000:00:1f.6)/uevent"
	look report --dot "$PAGE"
	run --separate-stderr timeout 60 dot -Tplain "$PAGE"
	[[ $status -eq 0 && -z $stderr ]] || fail "$stderr"
}

@test "frames of the graph are ended, and every box hangs on something" {
	captured lab-switches-nested
	look report --dot -
	answered
	[[ $(grep -c '{' <<<"$output") -eq $(grep -c '^ *}' <<<"$output") ]]
	boxes=$(grep -c '^  n[0-9]* \[label' <<<"$output")
	[[ $(grep -c -e '->' <<<"$output") -eq $boxes ]] || fail "$output"
	[[ $(grep -c 'subgraph cluster' <<<"$output") -eq 6 ]]
}

@test "a machine of many functions is drawn in few boxes, and its lists are whole" {
	mktree=${MKTREE:-${top_builddir:-.}/tests/perf/mktree}
	[[ -x $mktree ]] || skip "mktree is not built"
	M=$BATS_TEST_TMPDIR/server
	"$mktree" 768 "$M"
	look report "$PAGE"
	answered
	sound
	is '.sections.devices.rows | length' 768
	[[ $(how_many) -eq 768 ]] || fail "boxes for $(how_many)"
	[[ $(jq '.boxes | length' <<<"$output") -le 90 ]] || fail "too many boxes"
	[[ $(jq .bytes <<<"$output") -lt 1000000 ]] || fail "too large"
	is '.sections.devices.open | length' 0
}

@test "a chain of forty bridges stays within the drawing" {
	local above='' bus

	machine_vtd
	for i in {1..40}; do
		printf -v bus '%02x' "$i"
		pci "0000:$bus:00.0" 8086:1234 060400 express=6 ${above:+"parent=$above"}
		above=0000:$bus:00.0
	done
	pci 0000:29:00.0 8086:10d3 020000 driver=e1000e "parent=$above"
	page "$PAGE"
	[[ $(how_many) -eq 45 ]] || fail "$(how_many)"
	has .texts "still below 0000:"
	look report --dot -
	[[ $(grep -c -e '->' <<<"$output") -eq $(grep -c '^  n[0-9]* \[label' <<<"$output") ]]
	page --svg "$PAGE"
}

@test "a page about an ordinary machine is small" {
	captured lab-many-groups
	page "$PAGE"
	[[ $(jq .bytes <<<"$output") -lt 400000 ]] || fail "$(jq .bytes <<<"$output")"
	captured lab-vtd-default
	page "$PAGE"
	[[ $(jq .bytes <<<"$output") -lt 100000 ]] || fail "$(jq .bytes <<<"$output")"
}

@test "what is joined for reading stands there one by one as well" {
	captured lab-switches-nested
	page "$PAGE"
	found=$output
	look audit -J
	wanted=$(jq '[.findings[] | select(.status == "fail" or .status == "unknown")] | length' \
		<<<"$output")
	output=$found
	shown=$(jq '.sections.findings.headings | length' <<<"$output")
	[[ $shown -lt $wanted ]] || fail "nothing is joined: the test tests nothing"
	has .sections.findings.text "All $wanted findings, one by one"
}

@test "the problems of a firmware table are listed" {
	machine_vtd
	acpi_table DMAR "2601$(printf '00%.0s' {1..10})$(unit_structure fed90000 02.0)$(
		)$(unit_structure fed91000)ffff0400"
	page "$PAGE"
	found=$output
	look tables -J
	wanted=$(jq '[.tables[].problems[]] | length' <<<"$output")
	[[ $wanted -gt 0 ]]
	output=$found
	is ".sections.tables.rows | length" $((1 + wanted))
	has .sections.tables.headings "What is wrong in /sys/firmware/acpi/tables/DMAR"
}

@test "the page, the drawing or the graph, into a file or not" {
	machine_vtd
	for option in "$PAGE" "--svg $PAGE.svg" "--dot $PAGE.dot"; do
		# shellcheck disable=SC2086 # two words
		look report $option
		answered
		[[ -z $output ]]
	done
	grep -q '^<!DOCTYPE html>$' "$PAGE"
	grep -q '^<svg ' "$PAGE.svg"
	grep -q '^digraph ' "$PAGE.dot"
	look report
	answered
	diff <(printf '%s\n' "$output") "$PAGE"
	look report -
	diff <(printf '%s\n' "$output") "$PAGE"
	look report --svg
	diff <(printf '%s\n' "$output") "$PAGE.svg"
	look report --dot -
	diff <(printf '%s\n' "$output") "$PAGE.dot"
}

@test "a file is replaced as a whole, with the rights that it had" {
	machine_vtd
	echo old >"$PAGE"
	chmod 600 "$PAGE"
	ln "$PAGE" "$PAGE.kept"
	ln -s "$PAGE" "$PAGE.link"
	look report "$PAGE.link"
	answered
	[[ $(cat "$PAGE.kept") == old ]] || fail "it was written into the old file"
	[[ -L $PAGE.link && $(stat -c %a "$PAGE") == 600 ]]
	grep -q '^</html>$' "$PAGE"
	[[ $(ls "$BATS_TEST_TMPDIR"/page*) == "$PAGE"$'\n'"$PAGE.kept"$'\n'"$PAGE.link" ]] ||
		fail "something is left"
	(umask 027 && "$DMASCOPE" --sysroot "$M" report "$PAGE.new")
	[[ $(stat -c %a "$PAGE.new") == 640 ]]
}

@test "what cannot be written is told, and nothing is left behind" {
	machine_vtd
	look report "$BATS_TEST_TMPDIR/nowhere/page"
	refused
	look report "$M"
	refused
	look report ""
	refused
	look report /dev/full
	refused
	[[ $stderr == "dmascope: /dev/full: "* ]]
	run bash -c '"$1" --sysroot "$2" report >/dev/full' - "$DMASCOPE" "$M"
	[[ $status -eq 2 ]]
	look report /dev/null
	answered
	[[ -c /dev/null ]]
}

@test "it writes one page, and draws no table" {
	machine_vtd
	look report one two
	refused
	for option in -J "-f jsonl" "-o bdf" "--svg --dot"; do
		# shellcheck disable=SC2086 # two words
		look report $option
		refused
	done
}

@test "findings are no reason for another exit status" {
	captured lab-none
	look audit --fail-on info
	[[ $status -eq 1 ]] || fail "nothing is found: the test tests nothing"
	look report
	answered
}
