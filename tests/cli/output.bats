#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What dmascope prints: tables, columns, JSON, lines, gauges, colours, and where it cannot.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	machine_vtd
	mappings_listed
}

@test "every command answers in every format" {
	for command in $(record_commands); do
		for format in table json jsonl prometheus; do
			look "$command" -f "$format"
			if [[ $format == prometheus ]] && without_gauges "$command"; then
				refused
				continue
			fi
			answered_by "$command"
			[[ -n $output ]] || fail "$command as $format is empty"
		done
	done
}

@test "JSON has the head of the contract" {
	need jq
	for command in $(record_commands); do
		look "$command" -J
		answered_by "$command"
		is '[keys_unsorted[]] | join(" ")' \
			"schema program version command system $(records_of "$command") unread"
		is .schema 1
		is .program dmascope
		is .command "$command"
		is '.system | keys_unsorted | join(" ")' "root live hostname kernel arch time"
		is .system.root "$M"
		is .system.live false
		is .system.hostname by-hand
		is .system.kernel 6.12.0-test
		is '.unread | type' array
		is "[.unread[] | keys_unsorted | join(\" \")] | unique | length <= 1" true
		is ".$(records_of "$command") | type" array
	done
	is ".version == \"$("$DMASCOPE" --version | cut -d' ' -f2)\"" true
}

@test "status is one record" {
	need jq
	look status -J
	is '.status | length' 1
}

@test "JSON keys are snake_case, no value is an empty string" {
	need jq
	for command in $(record_commands); do
		look "$command" -J
		is '[paths | .[] | strings | select(test("^[a-z][a-z0-9]*(_[a-z0-9]+)*$") | not)] | length' 0
		is '[.. | strings | select(. == "")] | length' 0
	done
}

@test "JSON lines: an object a line that says what it is" {
	need jq
	for command in $(record_commands); do
		look "$command" -f jsonl
		answered_by "$command"
		[[ $(jq -c 'type' <<<"$output" | sort -u) == '"object"' ]]
		[[ $(wc -l <<<"$output") -eq $(jq -c .record <<<"$output" | wc -l) ]]
	done
	look devices -f jsonl
	[[ $(jq -r 'select(.record == "device") | .bdf' <<<"$output" | wc -l) -eq 4 ]]
	[[ $(jq -r 'select(.record == "system") | .hostname' <<<"$output") == by-hand ]]
}

@test "gauges are in the text exposition format" {
	for command in $(record_commands); do
		! without_gauges "$command" || continue
		look "$command" -f prometheus
		answered_by "$command"
		! grep -vE '^# (HELP|TYPE) dmascope_[a-z0-9_]+ .+$|^dmascope_[a-z0-9_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? -?[0-9.e+]+$' <<<"$output" ||
			fail "$command: a line is neither a comment nor a sample"
		# A metric is described once, before its samples.
		[[ -z $(grep '^# TYPE' <<<"$output" | sort | uniq -d) ]]
		[[ -z $(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d) ]] ||
			fail "$command: a sample stands twice"
	done
	look devices -f prometheus
	[[ $output == *'dmascope_device_bus_master{bdf="0000:00:02.0"} 1'* ]]
	[[ $output == *'dmascope_device_bus_master{bdf="0000:00:1f.3"} 0'* ]]
}

@test "promtool accepts the gauges" {
	need promtool
	for command in $(record_commands); do
		! without_gauges "$command" || continue
		"$DMASCOPE" --sysroot "$M" "$command" -f prometheus | promtool check metrics
	done
}

@test "-n leaves the headings out" {
	for command in devices groups units; do
		look "$command"
		with=$output
		look "$command" -n
		answered_by "$command"
		[[ $(head -n 1 <<<"$with") =~ ^[A-Z] ]]
		[[ $(wc -l <<<"$output") -eq $(($(wc -l <<<"$with") - 1)) ]]
		look "$command" --noheadings
		[[ $(head -n 1 <<<"$output") != "$(head -n 1 <<<"$with")" ]]
	done
	look status -n
	answered
	[[ $output != *"Default domain"* ]]
}

@test "-o chooses columns, in the order given" {
	look devices -n -o GROUP,BDF
	answered
	[[ ${lines[0]} =~ ^\ *0\ +0000:00:02.0$ ]]
	look devices -o bdf,driver
	[[ ${lines[0]} =~ ^BDF\ +DRIVER$ ]]
	[[ ${lines[1]} =~ ^0000:00:02.0\ +i915$ ]]
	look devices -o dma_mask_bits -n
	[[ ${lines[0]// /} == 64 ]]
}

@test "-o +X adds a column to the default ones" {
	look devices
	default=${lines[0]}
	look devices -o +numa
	answered
	[[ ${lines[0]} == *NUMA* && ${lines[0]} == BDF* && $default != *NUMA* ]]
	look devices -o +numa,slot
	[[ ${lines[0]} == BDF*NUMA*SLOT* ]]
}

@test "-o does not change JSON" {
	need jq
	look devices -J
	whole=$output
	look devices -J -o bdf
	answered
	[[ $output == "$whole" ]]
}

@test "status by columns" {
	look status -n -o iommu_state
	answered
	[[ $output == translating ]]
	look status -n -o devices
	answered
	[[ $output == 4 ]] || fail "the key devices is a count, not «$output»"
}

@test "--color: never by default outside a terminal" {
	for command in $(record_commands); do
		look "$command"
		[[ $output != *$'\e'* ]]
		look "$command" --color=auto
		[[ $output != *$'\e'* ]]
		look "$command" --color=never
		[[ $output != *$'\e'* ]]
	done
	for command in status devices; do
		look "$command" --color always
		[[ $output == *$'\e['* ]] || fail "$command has no colours"
	done
	NO_COLOR=1 look devices --color=always
	[[ $output == *$'\e['* ]]
}

@test "on a terminal: colours, unless NO_COLOR says no" {
	need script stty
	on_terminal "$DMASCOPE --sysroot $M devices"
	[[ $output == *$'\e['* ]] || fail "no colours: $output"
	on_terminal "NO_COLOR=1 $DMASCOPE --sysroot $M devices"
	[[ $output != *$'\e['* ]]
	on_terminal "NO_COLOR= $DMASCOPE --sysroot $M devices"
	[[ $output == *$'\e['* ]]
	on_terminal "$DMASCOPE --sysroot $M devices --color=never"
	[[ $output != *$'\e['* ]]
	on_terminal "NO_COLOR=1 $DMASCOPE --sysroot $M status"
	[[ $output != *$'\e['* ]]
}

@test "a card keeps to the width of the terminal" {
	need script stty
	for width in 40 60 80; do
		COLUMNS_WANTED=$width on_terminal "$DMASCOPE --color=never --sysroot $M status 2>/dev/null"
		while IFS= read -r line; do
			line=${line%$'\r'}
			# A word longer than the line cannot be broken.
			[[ ${#line} -le $width || ! ${line:22} == *" "* ]] ||
				fail "${#line} columns in $width: $line"
		done <<<"$output"
	done
}

@test "text without UTF-8 in the locale ends, and has nothing but ASCII" {
	pci 0000:03:00.0 8086:1572 020000 driver=Zürich
	write "$(pci_directory 0000:03:00.0)/removable" "réparé\n"
	for locale in C POSIX; do
		for command in $(record_commands); do
			run --separate-stderr env LC_ALL="$locale" timeout 20 "$DMASCOPE" \
				--sysroot "$M" "$command"
			# The device that was added is behind no unit, which tables notice.
			[[ $command == tables && $status -eq 1 ]] || answered_by "$command"
		done
		run --separate-stderr env LC_ALL="$locale" timeout 20 "$DMASCOPE" \
			--sysroot "$M" devices -o bdf,driver,removable
		answered
		! LC_ALL=C grep -q '[^ -~]' <<<"$output" || fail "not ASCII: $output"
	done
	look devices -n -o driver 03:00.0
	[[ $output == Zürich ]]
}

@test "hostile names of files and drivers are shown safely" {
	need jq
	pci 0000:04:00.0 8086:1572 020000 driver=$'e\\033[31mvil'
	write "$(pci_directory 0000:04:00.0)/removable" 'a"b\\\\c\xe2\x80\xaed\n'
	mkdir "$M/sys/bus/pci/slots/"$'slot\e]0;x\a' "$M/sys/class/iommu/"$'u\e[2J'
	write "$M/sys/bus/pci/slots/"$'slot\e]0;x\a'"/address" "0000:04:00\n"
	for format in table json jsonl prometheus; do
		for command in $(record_commands); do
			[[ $format != prometheus ]] || ! without_gauges "$command" || continue
			look "$command" -f "$format"
			answered_by "$command"
			! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae' <<<"$output" ||
				fail "$command as $format obeys"
			! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae' <<<"$stderr" ||
				fail "$command as $format obeys on stderr"
		done
	done
	look devices -J 04:00.0
	is '.devices[0].driver' 'e\x1b[31mvil'
	is '.devices[0].slot' 'slot\x1b]0;x\x07'
}

@test "a full disk is trouble with a message" {
	[[ -w /dev/full ]] || skip "no /dev/full"
	for command in $(record_commands); do
		for format in table json jsonl prometheus; do
			[[ $format != prometheus ]] || ! without_gauges "$command" || continue
			run --separate-stderr bash -c \
				'"$0" --sysroot "$1" "$2" -f "$3" >/dev/full' \
				"$DMASCOPE" "$M" "$command" "$format"
			[[ $status -eq 2 ]] || fail "$command as $format: exit status $status"
			[[ $stderr == *"dmascope: "*"No space left on device"* ]] || fail "$stderr"
		done
	done
}

@test "a full disk and a long answer" {
	[[ -w /dev/full ]] || skip "no /dev/full"
	for device in {0..31}; do
		printf -v bdf '0000:05:%02x.0' "$device"
		pci "$bdf" 8086:1572 020000
	done
	for format in table json jsonl; do
		run --separate-stderr bash -c '"$0" --sysroot "$1" devices -f "$2" >/dev/full' \
			"$DMASCOPE" "$M" "$format"
		[[ $status -eq 2 ]] || fail "$format: exit status $status"
		[[ $stderr == *"No space left on device"* ]] || fail "$format: $stderr"
	done
}

@test "a full disk for help, version and snapshot" {
	[[ -w /dev/full ]] || skip "no /dev/full"
	for arguments in --help --version "devices --help" \
		"--sysroot $M snapshot $BATS_TEST_TMPDIR/copy"; do
		run --separate-stderr bash -c '"$0" $1 >/dev/full' "$DMASCOPE" "$arguments"
		[[ $status -eq 2 ]] || fail "$arguments: exit status $status"
		[[ $stderr == "dmascope: "* ]] || fail "$arguments: «$stderr»"
	done
}

@test "a closed stdout is trouble with a message" {
	for command in $(record_commands); do
		run --separate-stderr bash -c '"$0" --sysroot "$1" "$2" >&-' \
			"$DMASCOPE" "$M" "$command"
		[[ $status -eq 2 ]] || fail "$command: exit status $status"
		[[ $stderr == *"dmascope: "* ]] || fail "$stderr"
	done
}

@test "a closed stdin and stderr do no harm" {
	run bash -c '"$0" --sysroot "$1" devices -J <&- 2>&-' "$DMASCOPE" "$M"
	[[ $status -eq 0 && $output == '{"schema":1'* ]]
}

@test "what is printed to a closed stdout lands in no file that was opened since" {
	for arguments in "watch --looks 1" "watch --looks 1 -f table" "devices"; do
		run --separate-stderr bash -c '"$0" --sysroot "$1" $2 <&- >&-' \
			"$DMASCOPE" "$M" "$arguments"
		[[ $status -eq 2 ]] || fail "$arguments: exit status $status"
		[[ $stderr == *"dmascope: standard output: Bad file descriptor"* ]] ||
			fail "$arguments: $stderr"
	done
}

@test "a full disk ends a watch with a message that says whose it is" {
	[[ -w /dev/full ]] || skip "no /dev/full"
	for format in table jsonl; do
		run --separate-stderr bash -c \
			'"$0" --sysroot "$1" watch --interval 0.1 --looks 3 -f "$2" >/dev/full' \
			"$DMASCOPE" "$M" "$format"
		[[ $status -eq 2 ]] || fail "$format: exit status $status"
		[[ $stderr == *"dmascope: standard output: No space left on device"* ]] ||
			fail "$format: $stderr"
	done
}

@test "a reader that leaves ends it quietly" {
	for device in {0..31}; do
		printf -v bdf '0000:05:%02x.0' "$device"
		pci "$bdf" 8086:1572 020000
	done
	for arguments in "devices" "devices -J" "devices -f jsonl"; do
		run --separate-stderr bash -c '"$0" --sysroot "$1" $2 2>"$3" | head -n 1' \
			"$DMASCOPE" "$M" "$arguments" "$BATS_TEST_TMPDIR/stderr"
		[[ $status -eq 0 ]]
		! grep -v debugfs "$BATS_TEST_TMPDIR/stderr" || fail "not quiet"
	done
}

@test "--human writes sizes as people read them" {
	look units -n -o pages dmar0
	answered
	[[ $output == 4K,2M,1G ]]
	look units --human
	answered
}

@test "groups are a tree of functions and regions" {
	look groups
	answered
	[[ $output == *0000:00:1f.6* && $output == *e1000e* ]]
	[[ $output == *0xfee00000-0xfeefffff* && $output == *msi* ]]
}

@test "groups and units come in the order of their numbers" {
	need jq
	unit_intel dmar10 fed92000 "$CAP" "$ECAP"
	unit_intel dmar2 fed93000 "$CAP" "$ECAP"
	look groups -J
	is '[.groups[].id] | join(" ")' "0 1 2 10"
	look units -J
	is '[.units[].name] | join(" ")' "dmar0 dmar1 dmar2 dmar10"
}

@test "functions come in the order of their addresses" {
	need jq
	pci 10000:00:00.0 8086:0a54 010802
	pci 0000:0a:00.0 8086:1572 020000
	pci 0000:01:00.1 8086:1572 020000
	look devices -J
	is '[.devices[].bdf] | join(" ")' \
		"0000:00:02.0 0000:00:14.0 0000:00:1f.3 0000:00:1f.6 0000:01:00.1 0000:0a:00.0 10000:00:00.0"
}

@test "DMASCOPE_DEBUG=1 speaks on stderr alone" {
	write "$M/proc/self/mounts" "sysfs /sys sysfs rw 0 0\n"
	run --separate-stderr env DMASCOPE_DEBUG=1 "$DMASCOPE" --sysroot "$M" status -J
	answered
	[[ $stderr == *"dmascope: debug: "* ]]
	[[ $output == '{"schema":1'* ]]
}
