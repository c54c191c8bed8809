#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What changes in a tree that is looked at again and again. Uevents and faults as they come
# are for the lab, where a kernel sends them.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine_vtd
	LINES_TOLD=$BATS_TEST_TMPDIR/lines
}

teardown() {
	[[ -z ${WATCH-} ]] || kill "$WATCH" 2>/dev/null || true
}

# begin: a watch that has told what is there.
begin() {
	"$DMASCOPE" --sysroot "$M" watch --interval 0.05 >"$LINES_TOLD" 2>"$LINES_TOLD.err" &
	WATCH=$!
	await '"event":"watching"'
}

# await TEXT: until a line has it.
await() {
	local tries=200

	until grep -q -- "$1" "$LINES_TOLD"; do
		((tries-- > 0)) || fail "no line has $1: $(tail -n 3 "$LINES_TOLD" "$LINES_TOLD.err")"
		sleep 0.05
	done
}

# news: what was told since the beginning, a line "EVENT NAME FIELD BEFORE AFTER" each.
news() {
	jq -r 'select(.record == "event" and .event != "present" and .event != "watching")
		| [.event, .subject, .name, .field, .before, .after] | map(. // "-") | join(" ")' "$LINES_TOLD"
}

# ends: the watch does, with status 0, when it is told to.
ends() {
	kill -TERM "$WATCH"
	wait "$WATCH" || fail "exit status $?"
	WATCH=
}

# agrees: what the lines come to is what a fresh look shows.
agrees() {
	local words=$top_srcdir/tests/vm/guest/watched.jq

	"$DMASCOPE" --sysroot "$M" devices -J >"$LINES_TOLD.devices" 2>/dev/null
	"$DMASCOPE" --sysroot "$M" groups -J >"$LINES_TOLD.groups" 2>/dev/null
	diff <(jq -n -r -f "$words" "$LINES_TOLD") \
		<(FRESH=1 jq -n -r -f "$words" "$LINES_TOLD.devices" "$LINES_TOLD.groups")
}

device() {
	echo "$M/sys/bus/pci/devices/$1"
}

@test "what is there comes first, and then that it has been told" {
	dmascope --sysroot "$M" watch --looks 1
	answered
	head=$(jq -r '.record' <<<"$output" | head -n 1)
	[[ $head == system ]]
	[[ $(jq -r 'select(.record == "event") | .event' <<<"$output" | tail -n 1) == watching ]]
	[[ $(jq -r 'select(.event == "present" and .subject == "device") | .devices[0].bdf' <<<"$output") == \
		"$("$DMASCOPE" --sysroot "$M" devices -no BDF)" ]]
	[[ $(jq -r 'select(.subject == "group") | .groups[0].id' <<<"$output") == \
		"$("$DMASCOPE" --sysroot "$M" groups -J | jq '.groups[].id')" ]]
	[[ $(jq -r 'select(.subject == "status") | .status[0].iommu_state' <<<"$output") == translating ]]
	[[ $(jq -r 'select(.subject == "fault") | .name' <<<"$output") == 0000:00:1f.6 ]]
	[[ $(jq -c 'select(.record == "event") | .number' <<<"$output") == "$(seq "$(grep -c '"record":"event"' <<<"$output")")" ]]
}

@test "an object that is there has all that its own command shows" {
	dmascope --sysroot "$M" watch --looks 1
	answered
	diff <(jq -cS 'select(.subject == "device").devices[0]' <<<"$output") \
		<("$DMASCOPE" --sysroot "$M" devices -J | jq -cS '.devices[]')
	diff <(jq -cS 'select(.subject == "group").groups[0]' <<<"$output") \
		<("$DMASCOPE" --sysroot "$M" groups -J | jq -cS '.groups[]')
	diff <(jq -cS 'select(.subject == "status").status[0]' <<<"$output") \
		<("$DMASCOPE" --sysroot "$M" status -J | jq -cS '.status[]')
}

@test "drivers, types of groups, functions that go and come: each once" {
	begin
	[[ -z $(news) ]]
	nic=$(device 0000:00:1f.6)
	group=$("$DMASCOPE" --sysroot "$M" devices -J 00:1f.6 | jq '.devices[0].group')
	sed -i '/^DRIVER=/d' "$nic/uevent"
	await '"event":"unbound"'
	write "$M/sys/kernel/iommu_groups/$group/type" 'identity\n'
	await '"field":"translation"'
	sed -i '1i DRIVER=vfio-pci' "$nic/uevent"
	await '"event":"bound"'
	mv "$nic" "$BATS_TEST_TMPDIR/gone"
	await '"event":"removed"'
	mv "$BATS_TEST_TMPDIR/gone" "$nic"
	await '"event":"added"'
	agrees
	ends
	[[ $(news | grep -c .) -ge 6 ]]
	for line in "unbound device 0000:00:1f.6 driver e1000e -" \
		"changed group $group type DMA-FQ identity" \
		"changed device 0000:00:1f.6 translation lazy identity" \
		"bound device 0000:00:1f.6 driver - vfio-pci" \
		"removed device 0000:00:1f.6 - - -" "added device 0000:00:1f.6 - - -"; do
		[[ $(news | grep -cxF -- "$line") -eq 1 ]] || fail "not once: $line in $(news)"
	done
	[[ ! -s $LINES_TOLD.err ]]
}

@test "BusMaster and ACS are told from the configuration space" {
	begin
	config=$(device 0000:00:1f.6)/config
	was=$("$DMASCOPE" --sysroot "$M" devices -no BM 00:1f.6)
	# Bit 2 of the byte at offset 4 (PCI Local Bus 3.0, 6.2.2).
	byte=$(od -An -tu1 -j4 -N1 "$config")
	printf '%b' "\\x$(printf %02x $((byte ^ 4)))" | dd of="$config" bs=1 seek=4 conv=notrunc status=none
	await '"field":"bus_master"'
	ends
	now=$("$DMASCOPE" --sysroot "$M" devices -no BM 00:1f.6)
	[[ $was != "$now" ]]
	[[ $(news) == "changed device 0000:00:1f.6 bus_master ${was// /} ${now// /}" ]] || fail "$(news)"
}

@test "a directory that cannot be read any more takes nothing away" {
	begin
	kill -STOP "$WATCH" # which would see a machine without the directory in between
	mv "$M/sys/bus/pci/devices" "$M/sys/bus/pci/elsewhere"
	printf x >"$M/sys/bus/pci/devices"
	kill -CONT "$WATCH"
	await '"event":"unreadable"'
	sleep 0.3
	kill -STOP "$WATCH"
	rm "$M/sys/bus/pci/devices"
	mv "$M/sys/bus/pci/elsewhere" "$M/sys/bus/pci/devices"
	kill -CONT "$WATCH"
	sleep 0.3
	ends
	[[ $(news | cut -d' ' -f1) == unreadable ]] || fail "$(news)"
}

@test "names are shown without escape sequences, and lines stay lines" {
	begin
	sed -i $'s/^DRIVER=.*/DRIVER=e\e[2J"x/' "$(device 0000:00:1f.6)/uevent"
	await '"event":"bound"'
	ends
	[[ $(grep -c $'\e' "$LINES_TOLD") -eq 0 ]]
	[[ $(news | tail -n 1) == *'bound device 0000:00:1f.6 driver - '* ]] || fail "$(news)"
	jq -e . "$LINES_TOLD" >/dev/null
}

@test "a table has what happens, and not what is there" {
	dmascope --sysroot "$M" watch --looks 1 -f table
	answered
	[[ ${lines[0]} =~ ^TIME\ +EVENT\ +SUBJECT\ +NAME\ +WHAT$ ]]
	[[ ${#lines[@]} -eq 2 ]]
	[[ ${lines[1]} == *watching* ]]
}

@test "what it cannot do is refused" {
	dmascope watch -J
	refused
	dmascope watch -f prometheus
	refused
	dmascope watch 00:1f.6
	refused
	dmascope watch --interval 0
	refused
	dmascope watch --looks many
	refused
}

# LOOKS=8640 is a day of looks ten seconds apart, and takes two minutes.
@test "after many looks at a machine that changes memory and descriptors are what they were" {
	before=$M
	M=$BATS_TEST_TMPDIR/small
	mkdir "$M"
	cp -r "$before"/{sys,proc,dev} "$M"
	nic=$(device 0000:00:1f.6)
	"$DMASCOPE" --sysroot "$M" watch --interval 0.01 --looks "${LOOKS-800}" >"$LINES_TOLD" 2>/dev/null &
	WATCH=$!
	await '"event":"watching"'
	looks=0 first=
	while kill -0 $WATCH 2>/dev/null; do
		mv "$nic" "$BATS_TEST_TMPDIR/gone"
		sleep 0.02
		mv "$BATS_TEST_TMPDIR/gone" "$nic"
		sleep 0.02
		looks=$((looks + 1))
		[[ $looks -ne 50 ]] || first=$(memory)
		[[ $((looks % 10)) -ne 0 ]] || last=$(memory) || true
	done
	wait $WATCH
	WATCH=
	[[ -n $first && -n $last ]]
	[[ ${last#* } == "${first#* }" ]] || fail "descriptors: $first, then $last"
	# A sanitizer keeps what was freed for a while.
	grep -q __asan_init "$DMASCOPE" || [[ ${last% *} -le $((${first% *} + 256)) ]] || fail "KiB and descriptors: $first, then $last"
	[[ $(news | grep -c '^removed ') -ge 50 ]]
}

# memory: KiB that the watch holds, and how many descriptors.
memory() {
	awk '/^VmRSS/ { printf "%d ", $2 }' "/proc/$WATCH/status" && find "/proc/$WATCH/fd" -type l | wc -l
}
