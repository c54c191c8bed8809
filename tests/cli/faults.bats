#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults in the log of a machine, and in files of anybody's.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine_vtd
}

# found: exit status 1, with faults; none: 0, without.
found() {
	[[ $status -eq 1 ]] || fail "exit status $status: $stderr"
}

none() {
	answered
	is '.faults | length' 0
}

log() {
	write "$BATS_TEST_TMPDIR/log" "$1"
}

# ask LINES [OPTION…]: what is said of a file with these lines.
ask() {
	log "$1"
	shift
	dmascope faults "$@" "$BATS_TEST_TMPDIR/log"
}

vtd() {
	printf 'DMAR: [DMA %s NO_PASID] Request device [%s] fault addr 0x%x [fault reason 0x%s] x\\n' \
		"$1" "$2" "$3" "$([[ $1 == Read ]] && echo 06 || echo 05)"
}

@test "the machine's own log: device, driver, unit, and what lies at the address" {
	look faults -J
	found
	is '.faults[0] | [.time, .last, .kind, .device, .bdf, .driver, .unit, .access, .address, .count,
		.cause, .reason, .target] | tostring' \
		'["5.045151","5.045151","intel-vtd","0000:00:1f.6","0000:00:1f.6","e1000e","dmar1","read","0x23456000",1,"not-mapped","0x06","System RAM"]'
	has '.faults[0].advice' "gave the device a physical address"
	is '.unread | length' 0
	look faults
	found
	[[ ${lines[0]} =~ ^TIME\ +LAST\ +COUNT\ +KIND\ +DEVICE\ +DRIVER\ +ACCESS\ +ADDRESS\ +WHY$ ]]
	[[ ${lines[1]} =~ ^5.045151\ +5.045151\ +1\ +intel-vtd\ +0000:00:1f.6\ +e1000e\ +read\ +0x23456000\ +the\ address ]]
	[[ $output == *"System RAM has that number."* ]]
	[[ -z $stderr ]]
}

@test "no faults is an answer" {
	write "$M/dev/kmsg" "6,1,2,-;usb 1-1: new device\n"
	look faults -J
	none
	look faults
	answered
	[[ $output == "The log tells of no faults." && -z $stderr ]]
}

@test "a log that cannot be read leaves the question open" {
	rm "$M/dev/kmsg"
	look faults
	[[ $status -eq 2 && $stderr == *"/dev/kmsg: missing"* && $output != *"no faults"* ]]
	write "$M/manifest.json" '{ "schema": 1, "program": "dmascope", "time": "2026-01-02T03:04:05Z",
		"refusals": { "dev/kmsg": "EPERM" } }'
	look faults -J
	[[ $status -eq 2 ]]
	is '[.unread[] | select(.path == "/dev/kmsg") | .reason] | join(" ")' "Operation not permitted"
	# A FIFO, a directory, a device: none of them is a log that was captured.
	rm "$M/manifest.json"
	mkfifo "$M/dev/kmsg"
	look faults
	[[ $status -eq 2 ]]
	rm "$M/dev/kmsg"
	mkdir "$M/dev/kmsg"
	look faults
	[[ $status -eq 2 ]]
}

@test "a file: from another machine, so nothing is looked up here" {
	ask "$(vtd Read 00:1f.6 0x23456000)" -J
	found
	is '.faults[0] | [.bdf, .driver, .unit, .target, .address] | tostring' \
		'["0000:00:1f.6",null,null,null,"0x23456000"]'
	is .system.live true
}

@test "standard input, several files, and one that is not there" {
	log "$(vtd Read 00:1f.6 4096)"
	run --separate-stderr bash -c "'$DMASCOPE' faults -J - <'$BATS_TEST_TMPDIR/log'"
	found
	is '.faults[0].bdf' 0000:00:1f.6
	dmascope faults -J "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/log"
	found
	is '.faults[0].count' 2
	dmascope faults "$BATS_TEST_TMPDIR/none"
	refused
	dmascope faults -J "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/log"
	[[ $status -eq 2 ]]
	is '.faults[0].count' 1
	dmascope faults "$BATS_TEST_TMPDIR"
	refused
}

@test "what is packed is not called a log without faults" {
	log "$(vtd Read 00:1f.6 4096)"
	gzip -k "$BATS_TEST_TMPDIR/log"
	dmascope faults "$BATS_TEST_TMPDIR/log.gz"
	refused
	[[ $stderr == *"gzip"* ]]
	log 'LPKSHHRH\0\0'
	dmascope faults "$BATS_TEST_TMPDIR/log"
	refused
}

@test "faults of one kind are one row, whatever their addresses" {
	local text='' i

	for ((i = 0; i < 300; i++)); do
		text+="[  $i.000000] $(vtd Write 02:00.0 $((0x10000000 + 2048 * i)))"
	done
	ask "${text}[ 999.5] $(vtd Read 02:00.0 0x5000)" -J
	found
	is '.faults | length' 2
	is '.faults[0] | [.count, .time, .last, .address, .lowest, .highest, .pages] | tostring' \
		'[300,"0.000000","299.000000","0x10000000","0x10000000","0x10095800",150]'
	dmascope faults --all -J "$BATS_TEST_TMPDIR/log"
	found
	is '.faults | length' 301
	is '[.faults[].count] | unique | tostring' '[1]'
	dmascope faults --all -f prometheus "$BATS_TEST_TMPDIR/log"
	refused
}

@test "more different pages than are told apart, and more rows than are kept" {
	for ((i = 0; i < 300; i++)); do
		printf '%b' "$(vtd Write 02:00.0 $((i << 12)))"
	done >"$BATS_TEST_TMPDIR/log"
	dmascope faults -J "$BATS_TEST_TMPDIR/log"
	is '.faults[0] | [.count, .pages] | tostring' '[300,null]'
	for ((i = 0; i < 5000; i++)); do
		printf 'DMA-API: d n%d: device driver tries to free an invalid DMA memory address\n' $i
	done >"$BATS_TEST_TMPDIR/log"
	dmascope faults -J "$BATS_TEST_TMPDIR/log"
	found
	is '.faults | length' 4096
	dmascope faults -o count "$BATS_TEST_TMPDIR/log"
	[[ $output == *"904 faults more are left out"* ]]
}

@test "lines that make no sense are counted, shown with -v, and never fatal" {
	ask "DMAR: [DMA Read NO_PASID] Request dev\nAMD-Vi: Event logged [\033[31mred\n$(vtd Read 02:00.0 0)"
	found
	[[ $output == *"2 lines begin as a fault does, and could not be understood: -v shows them."* ]]
	[[ $stderr == *"2 lines about faults could not be understood" ]]
	ask "DMAR: [DMA Read NO_PASID] Request dev\nAMD-Vi: Event logged [\033[31mred\n" -v
	answered
	[[ $stderr == *"not understood: DMAR: [DMA Read NO_PASID] Request dev"* ]]
	[[ $stderr == *'not understood: AMD-Vi: Event logged [\x1b[31mred'* ]]
	ask "AMD-Vi: Event logged [x\n" -J
	answered
	is '.unread[0].reason' "1 line about faults could not be understood"
	write "$M/dev/kmsg" "AMD-Vi: Event logged [x\n"
	look faults -J
	none
	is '.unread[0] | [.source, .path, .reason] | join("|")' \
		"log|/dev/kmsg|1 line about faults could not be understood"
}

@test "names with escape sequences are made safe everywhere" {
	log 'DMA-API: dr\033[31miver de\033]0;x\007v: device driver tries to free an invalid DMA memory address\n'
	for format in table json jsonl prometheus; do
		dmascope faults -f $format "$BATS_TEST_TMPDIR/log"
		found
		! LC_ALL=C grep -qP '[^\x20-\x7e]' <<<"$output$stderr" || fail "$output"
	done
	dmascope faults --why "$BATS_TEST_TMPDIR/log"
	! LC_ALL=C grep -qP '[^\x20-\x7e]' <<<"$output$stderr" || fail "$output"
}

@test "bytes of any kind, lines without an end" {
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/log"
	dmascope faults "$BATS_TEST_TMPDIR/log"
	[[ $status -lt 2 ]] || [[ $stderr == *packed* ]]
	head -c 3000000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/log"
	printf '%b' "\n$(vtd Read 02:00.0 0)" >>"$BATS_TEST_TMPDIR/log"
	dmascope faults -J "$BATS_TEST_TMPDIR/log"
	found
	is '.faults[0].bdf' 0000:02:00.0
	# The last line without a newline.
	printf '%s' "$(printf '%b' "$(vtd Read 02:00.0 0)")" >"$BATS_TEST_TMPDIR/log"
	dmascope faults -J "$BATS_TEST_TMPDIR/log"
	found
}

@test "what another program wrote is no fault of the kernel's" {
	ask "Nov 21 10:00:00 host evil: $(vtd Read 02:00.0 0)" -J
	none
	write "$M/dev/kmsg" "11,1,2,-;$(vtd Read 02:00.0 0)"
	look faults -J
	none
}

@test "addresses give causes away" {
	for pair in "0x0|near 0" "0xfee01000|one of interrupts" "0x800|near 0" \
		"0xf0000|The firmware keeps memory" "0x90000000|before it was mapped"; do
		write "$M/dev/kmsg" "[ 1.0] $(vtd Write 00:14.0 "${pair%|*}")"
		look faults -J
		found
		has '.faults[0].advice' "${pair#*|}" || [[ $pair == 0xf0000* ]]
	done
	# Without the map there is no such hint.
	write "$M/proc/iomem" "00000000-00000000 : System RAM\n"
	look faults -J
	is '.faults[0].target' null
}

@test "columns that an advice names are there" {
	ask "nvme 0000:01:00.0: swiotlb buffer is full (sz: 65536 bytes), total 32768 (slots)\n$(vtd Read 01:00.0 0)" -J
	found
	for columns in $(jq -r '.faults[].advice' <<<"$output" | grep -o 'devices -o [a-z,-]*' | cut -d' ' -f3); do
		look devices -o "$columns"
		answered
	done
	[[ -n $columns ]] || fail "no advice names columns"
}

@test "a segment that VT-d does not tell" {
	rm -r "$M/sys/bus/pci/devices/0000:00:1f.6"
	pci 0001:00:1f.6 8086:15bb 020000 driver=igb
	look faults -J
	is '.faults[0] | [.bdf, .driver] | join(" ")' "0001:00:1f.6 igb"
	pci 0002:00:1f.6 8086:15bb 020000 driver=ixgbe
	look faults -J
	is '.faults[0] | [.bdf, .driver] | tostring' '["0000:00:1f.6",null]'
}

@test "the driver that has a device now is not blamed for what another left behind" {
	local device='0000:00:1f.6: device driver'

	log "DMA-API: pci $device has pending DMA allocations while released from device [count=2]
One of leaked entries details: [device address=0x1000] [size=8 bytes] [mapped with DMA_TO_DEVICE] [mapped as single]
DMA-API: igb $device failed to check map error[device address=0x2000] [size=8 bytes] [mapped as single]\n"
	cp "$BATS_TEST_TMPDIR/log" "$M/dev/kmsg"
	look faults -J
	found
	is '.faults | map([.bdf, .driver, .reason]) | tostring' \
		'[["0000:00:1f.6",null,"leaked-mappings"],["0000:00:1f.6","igb","map-error-unchecked"]]'
	is '.faults[0] | [.address, .size, .detail] | join(" ")' \
		'0x1000 8 [count=2] [mapped with DMA_TO_DEVICE] [mapped as single]'
}

@test "fewer columns in a narrow terminal, and words that stay whole" {
	local width headings=(
		"80 LAST COUNT DEVICE DRIVER ACCESS WHY"
		"100 LAST COUNT DEVICE DRIVER ACCESS ADDRESS WHY"
		"130 TIME LAST COUNT KIND DEVICE DRIVER ACCESS ADDRESS WHY")

	need script stty
	write "$M/dev/kmsg" "DMA-API: nvme 0000:00:1f.6: mapping sg segment longer than device claims to support [len=86016] [max=65536]\n$(vtd Write 00:1f.6 0xfffffffffffff000)"
	for heading in "${headings[@]}"; do
		width=${heading%% *}
		COLUMNS_WANTED=$width on_terminal "$DMASCOPE --color=never --sysroot $M faults"
		[[ $(tr -d '\r' <<<"${lines[0]}" | xargs) == "${heading#* }" ]] || fail "$width: ${lines[0]}"
		while IFS= read -r line; do
			line=${line%$'\r'}
			[[ ${#line} -le $width ]] || fail "${#line} columns in $width: $line"
		done <<<"$output"
		for word in longer than device says; do
			[[ $output == *$word* ]] || fail "$width: no $word in $output"
		done
	done
	COLUMNS_WANTED=80 on_terminal "$DMASCOPE --color=never --sysroot $M faults -o time,kind"
	[[ ${lines[0]} == TIME*KIND* ]] || fail "${lines[0]}"
	COLUMNS_WANTED=80 on_terminal "$DMASCOPE --color=never --sysroot $M faults --why"
	[[ $output == *ADVICE* ]] || fail "$output"
}

@test "--why has everything of each" {
	look faults --why
	found
	[[ $output =~ ADVICE\ +System\ RAM && $output =~ REASON\ +0x06 && $output =~ TARGET\ +System\ RAM ]]
	[[ $output != *PASID* ]]
}

@test "a snapshot keeps the lines about faults, and no others" {
	write "$M/dev/kmsg" "6,1,2,-;a secret of the kernel\n3,2,5045151,-;$(vtd Read 00:1f.6 4096) SUBSYSTEM=pci\n6,3,2,-;DMAR: DRHD: handling fault status reg 2\n3,4,9,-;AMD-Vi: Event logged [x\n"
	look faults -J
	live=$(jq -S .faults <<<"$output")
	look snapshot "$BATS_TEST_TMPDIR/shot"
	answered
	[[ $(wc -l <"$BATS_TEST_TMPDIR/shot/dev/kmsg") -eq 3 ]]
	! grep -rq secret "$BATS_TEST_TMPDIR/shot" || fail "it told"
	dmascope --sysroot "$BATS_TEST_TMPDIR/shot" faults -J
	found
	diff <(echo "$live") <(jq -S .faults <<<"$output")
}

@test "redacted, the host's name is not in them" {
	write "$M/proc/sys/kernel/hostname" "ws-042\n"
	write "$M/dev/kmsg" "3,2,5,-;DMA-API: 52:54:00:12:34:56 ws-042: device driver tries to free an invalid DMA memory address\n"
	look snapshot --redact "$BATS_TEST_TMPDIR/shot"
	answered
	! grep -rqE 'ws-042|52:54' "$BATS_TEST_TMPDIR/shot" || fail "it told"
	dmascope --sysroot "$BATS_TEST_TMPDIR/shot" faults -J
	found
	is '.faults[0].device' redacted
}

@test "the log is read first, and the machine only where there is something to explain" {
	need strace
	write "$M/dev/kmsg" ""
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,openat2 -o "$BATS_TEST_TMPDIR/trace" \
		"$DMASCOPE" --sysroot "$M" faults >/dev/null
	! grep -qE 'proc/iomem|sys/bus/pci' "$BATS_TEST_TMPDIR/trace" || fail "it looked further"
	for command in status devices groups iomem; do
		ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,openat2 -o "$BATS_TEST_TMPDIR/trace" \
			"$DMASCOPE" --sysroot "$M" "$command" >/dev/null 2>&1
		! grep -q kmsg "$BATS_TEST_TMPDIR/trace" || fail "$command reads the log"
	done
}

@test "gauges" {
	look faults -f prometheus
	found
	[[ $output == *'dmascope_fault_logged{kind="intel-vtd",device="0000:00:1f.6",bdf="0000:00:1f.6",unit="dmar1",access="read",cause="not-mapped",reason="0x06"} 1'* ]]
}

@test "following is about this machine, and ends when it is told to" {
	look faults --follow
	refused
	dmascope faults --follow "$BATS_TEST_TMPDIR/log"
	refused
	dmascope faults --follow -J
	refused
	{ : </dev/kmsg; } 2>/dev/null || skip "the log may not be read here"
	run --separate-stderr timeout --preserve-status -s INT 2 "$DMASCOPE" faults --follow
	[[ $status -lt 2 ]] || fail "exit status $status: $stderr"
	[[ ${lines[0]} == TIME* ]]
	run --separate-stderr timeout --preserve-status -s TERM 2 "$DMASCOPE" faults --follow -f jsonl
	[[ $status -lt 2 ]]
	is .record system
	[[ $stderr == *"faults of"* ]]
}

@test "this machine: without a log to read it is unknown, else an answer" {
	dmascope faults -J
	[[ $status -le 2 ]]
	[[ $status -lt 2 || $(jq '[.unread[] | select(.path == "/dev/kmsg")] | length' <<<"$output") -eq 1 ]]
}
