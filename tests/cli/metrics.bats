#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The state of a machine for Prometheus: right, with an end, and never half a file.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	machine_vtd
	PROM=$BATS_TEST_TMPDIR/out/dmascope.prom
	mkdir -p "${PROM%/*}"
}

# sample NAME{LABELS}: its value in $output; nothing where it has no sample.
sample() {
	awk -v name="$1" 'substr($0, 1, length(name) + 1) == name " " { print $NF }' <<<"$output"
}

# sum NAME: over all series of a metric.
sum() {
	awk -v name="$1" '{ metric = $1; sub(/\{.*/, "", metric) }
		metric == name { sum += $NF } END { printf "%d\n", sum }' <<<"$output"
}

series() {
	grep -vc '^#' <<<"$output"
}

# tells NAME{LABELS} VALUE; without a value it has no sample.
tells() {
	[[ $(sample "$1") == "${2-}" ]] || fail "$1 is «$(sample "$1")», not «${2-}»"
}

# Well formed, each metric described once, in one piece, and each series once.
well_formed() {
	! grep -vE '^# (HELP|TYPE) dmascope_[a-z0-9_]+ .+$|^dmascope_[a-z0-9_]+(\{[a-z_]+="([^"\\]|\\[\\"])*"(,[a-z_]+="([^"\\]|\\[\\"])*")*\})? -?[0-9.]+$' <<<"$output" ||
		fail "a line is neither a comment nor a sample"
	[[ -z $(grep '^# TYPE' <<<"$output" | sort | uniq -d) ]] || fail "a metric is described twice"
	[[ -z $(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d) ]] ||
		fail "a series stands twice: $(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d)"
	[[ -z $(grep -v '^#' <<<"$output" | sed 's/[{ ].*//' | uniq | sort | uniq -d) ]] ||
		fail "a metric is in pieces"
	! grep -q $'[^\t -~]' <<<"$output" || fail "something that is not to be shown"
}

@test "what the machine is" {
	look metrics
	answered
	[[ -z $stderr ]]
	well_formed
	tells 'dmascope_status_info{iommu_state="translating",iommu_kind="intel-vtd",default_domain="lazy",dma_debug="unknown"}' 1
	tells dmascope_status_interrupt_remapping 1
	tells dmascope_status_units 2
	tells dmascope_status_bus_masters 3
	tells 'dmascope_unit_domains_used{name="dmar0"}' 5
	tells 'dmascope_unit_domains_supported{name="dmar1"}' 65536
	tells 'dmascope_groups{type="DMA-FQ"}' 2
	tells 'dmascope_groups{type="identity"}' 1
	tells 'dmascope_devices{translation="lazy"}' 2
	tells 'dmascope_devices{translation="identity"}' 1
	tells 'dmascope_devices{translation="unknown"}' 0
	tells 'dmascope_findings{id="device-identity",severity="high",status="fail"}' 1
	tells 'dmascope_faults{device="0000:00:1f.6",kind="intel-vtd",cause="not-mapped",reason="0x06"}' 1
	tells dmascope_look_faults 1
	[[ $output == *'dmascope_look_info{version="'*'",kernel="6.12.0-test"} 1'* ]]
}

@test "the same figures as in JSON" {
	need jq
	mappings_listed
	look metrics
	well_formed
	metrics=$output
	figures() {
		look "$1" --json
		answered_by "$1" || [[ $1 == leaks ]]
		jq -r "$2" <<<"$output" | while read -r name value; do
			got=$(output=$metrics sample "$name")
			[[ $got == "$value" ]] || fail "$name is «$got», not «$value»"
		done
		[[ $(jq -r "$2" <<<"$output" | wc -l) -gt 0 ]]
	}
	figures status '.status[0] | to_entries[] | select(.key | test("^(units|groups|devices|bus_masters.*|swiotlb_(slots|used)|third_party_channels)$")) |
		"dmascope_status_\(.key) \(.value // "")"'
	figures devices '.devices | group_by(.translation)[] |
		"dmascope_devices{translation=\"\(.[0].translation // "unknown")\"} \(length)"'
	figures groups '(.groups | group_by(.type)[] |
		"dmascope_groups{type=\"\(.[0].type // "unknown")\"} \(length)"),
		(.groups | group_by(.drift)[] | "dmascope_drift_groups{drift=\"" +
		({ "true": "yes", "false": "no", "null": "unknown" }[.[0].drift | tostring]) + "\"} \(length)")'
	figures audit '.findings | map(select(.status == "fail" or .status == "unknown")) | group_by(.id, .severity, .status)[] |
		"dmascope_findings{id=\"\(.[0].id)\",severity=\"\(.[0].severity)\",status=\"\(.[0].status)\"} \(length)"'
	figures leaks '.mappings | group_by(.driver, .direction)[] |
		"dmascope_mappings{driver=\"\(.[0].driver)\",direction=\"\(.[0].direction)\"} \(map(.count) | add)",
		"dmascope_mappings_bytes{driver=\"\(.[0].driver)\",direction=\"\(.[0].direction)\"} \(map(.bytes) | add)"'
	figures faults '.faults | group_by(.bdf, .reason)[] |
		"dmascope_faults{device=\"\(.[0].bdf)\",kind=\"\(.[0].kind)\",cause=\"\(.[0].cause)\",reason=\"\(.[0].reason)\"} \(map(.count) | add)"'
	# The audit is asked once a check.
	output=$metrics
	[[ $(sum dmascope_checks) -eq $("$DMASCOPE" --sysroot "$M" audit -f jsonl | jq -r 'select(.record == "finding") | .id' | sort -u | wc -l) ]]
}

@test "what is unknown has no sample" {
	rm "$M/dev/kmsg"
	look metrics
	answered
	well_formed
	tells dmascope_look_faults
	tells 'dmascope_look_unread_places{source="log"}' 1
	tells dmascope_look_complete 0
	[[ $(sum dmascope_mappings) -eq 0 && $output != *'dmascope_mappings{'* ]]
	tells dmascope_status_dma_debug_errors
	tells dmascope_look_timestamp_seconds
	rm "$M"/sys/kernel/iommu_groups/0/type
	truncate -s 0 "$(pci_directory 0000:00:02.0)/config"
	look metrics
	tells 'dmascope_groups{type="unknown"}' 1
	tells dmascope_status_bus_masters
	tells dmascope_status_bus_masters_untranslated
	mv "$M/sys/kernel/iommu_groups" "$M/sys/kernel/elsewhere"
	rm -r "$M/sys/class/iommu"
	look metrics
	answered
	well_formed
	[[ $output != *'dmascope_groups{'* || $(sample dmascope_status_groups) ]]
	[[ $output != *'dmascope_drift_groups{'* || $(sample dmascope_status_groups) ]]
}

@test "a machine of nothing, and none" {
	mkdir -p "$BATS_TEST_TMPDIR/empty/sys"
	dmascope --sysroot "$BATS_TEST_TMPDIR/empty" metrics
	answered
	well_formed
	tells dmascope_look_complete 0
	! grep -E '^dmascope_(status_(units|groups|devices|bus_masters)|groups|devices|drift_groups|mappings|faults|unit_[a-z]*)[{ ]' <<<"$output" ||
		fail "something is said of what nobody saw"
	dmascope --sysroot "$BATS_TEST_TMPDIR/none" metrics
	refused
	dmascope --sysroot "$BATS_TEST_TMPDIR/none" metrics --output "$PROM"
	refused
	[[ ! -e $PROM ]]
	look metrics 00:02.0
	refused
	look metrics --format json
	refused
	dmascope metrics
	answered
	well_formed
	[[ $(sample dmascope_look_timestamp_seconds) =~ ^[0-9]{10}$ ]]
}

# More of everything than there is a series for.
crowd() {
	local i

	mappings_listed
	for i in {2..30}; do
		unit_intel "dmar$i" "$(printf 'fe%x000' $((0x100 + i)))" "$CAP" "$ECAP"
	done
	for i in {100..140}; do
		group "$i" "TYPE-$i"
	done
	for i in {1..300}; do
		echo "driver$i 0000:00:02.0 single idx 1 P=0x40000000 D=fffc0000 L=40 cln=0x40 DMA_TO_DEVICE dma map error checked"
		echo "driver$i 0000:00:02.0 single idx 1 P=0x40000000 D=fffc0000 L=10 cln=0x40 DMA_FROM_DEVICE dma map error checked"
	done >"$M/sys/kernel/debug/dma-api/dump"
	for ((i = 0; i < 10000; i++)); do
		printf '3,%d,%d,-;DMAR: [DMA Read NO_PASID] Request device [%02x:%02x.%d] fault addr 0x23456000 [fault reason 0x06] PTE Read access is not set\n' \
			"$i" "$((5000000 + i))" $((i >> 8)) $((i >> 3 & 31)) $((i & 7))
	done >"$M/dev/kmsg"
	# In a snapshot what was not captured is unread: by every source there is.
	write "$M/manifest.json" '{"schema":1,"program":"dmascope","refusals":{}}\n'
	rm -r "$M"/proc/{cpuinfo,interrupts,zoneinfo} "$M/sys/firmware" "$M/sys/bus/pci/slots"
}

@test "every list has an end, and nothing behind it is lost" {
	crowd
	look metrics
	answered
	well_formed
	[[ $(series) -le 200 ]] || fail "$(series) series"
	[[ $(grep -c '^dmascope_look_unread_places{' <<<"$output") -eq 9 ]]
	[[ $(sum dmascope_look_unread_places) -eq $("$DMASCOPE" --sysroot "$M" audit -f jsonl | grep -c '"unread"') ]]
	[[ $(grep -c '^dmascope_unit_info{' <<<"$output") -eq 13 ]]
	[[ $(sum dmascope_unit_domains_used) -eq $((31 * 5)) ]]
	tells 'dmascope_unit_domains_used{name="other"}' $((19 * 5))
	[[ $(grep -c '^dmascope_groups{' <<<"$output") -eq 9 ]]
	[[ $(sum dmascope_groups) -eq 45 ]]
	[[ $(grep -c '^dmascope_mappings{' <<<"$output") -eq 17 ]]
	[[ $(sum dmascope_mappings) -eq 600 ]]
	[[ $(sum dmascope_mappings_bytes) -eq $((300 * 0x50)) ]]
	[[ $output == *'dmascope_mappings{driver="other",direction=""} 584'* ]]
	[[ $(grep -c '^dmascope_faults{' <<<"$output") -eq 17 ]]
	[[ $(sum dmascope_faults) -eq 10000 ]]
	tells dmascope_look_faults 10000
	tells 'dmascope_faults{device="other",kind="",cause="",reason=""}' 9984
}

@test "a server of 4,096 functions has no more series than others" {
	mktree=${top_builddir:-$PWD}/tests/perf/mktree
	[[ -x $mktree ]] || skip "mktree is not built"
	"$mktree" 4096 "$BATS_TEST_TMPDIR/server" >/dev/null
	dmascope --sysroot "$BATS_TEST_TMPDIR/server" metrics
	answered
	well_formed
	[[ $(series) -le 200 ]] || fail "$(series) series"
	[[ $(sum dmascope_devices) -eq 4096 ]]
	dmascope --sysroot "$BATS_TEST_TMPDIR/server" metrics --devices
	answered
	[[ $(grep -c '^dmascope_device_info{' <<<"$output") -eq 4096 ]]
}

@test "series of single functions and groups are for those who ask" {
	look metrics
	[[ $output != *dmascope_device_* && $output != *dmascope_group_* ]]
	look metrics --devices
	answered
	well_formed
	tells 'dmascope_device_bus_master{bdf="0000:00:02.0"}' 1
	tells 'dmascope_group_drift{id="10"}' 0
}

@test "hostile names" {
	mappings_listed
	printf '%s 0000:00:02.0 single idx 1 P=0x40000000 D=fffc0000 L=40 cln=0x40 DMA_TO_DEVICE dma map error checked\n' \
		'a"b' 'c\d' '{e="f"}' '<script>' $'g\033[31mh' other "$(printf 'x%.0s' {1..300})" \
		>"$M/sys/kernel/debug/dma-api/dump"
	write "$M/sys/kernel/iommu_groups/1/type" 'a"b\\\\c\033[31m{} 1'
	group 50 "other"
	unit_intel other fe900000 "$CAP" "$ECAP"
	look metrics
	answered
	well_formed
	[[ $(sum dmascope_mappings) -eq 7 ]]
	[[ $output == *'driver="a\"b"'* && $output == *'driver="c\\d"'* && $output == *'driver="g\\x1b[31mh"'* ]]
	[[ $output == *'dmascope_mappings{driver="other",direction=""} 1'* ]]
	[[ $output == *"driver=\"$(printf 'x%.0s' {1..64})\""* ]]
	[[ $(sum dmascope_groups) -eq 5 ]]
}

@test "--output replaces a file in one step" {
	look metrics --output "$PROM"
	answered
	[[ -z $output && -z $stderr ]]
	[[ $(stat -c %a "$PROM") == 644 ]]
	[[ $(ls -A "${PROM%/*}") == dmascope.prom ]]
	inode=$(stat -c %i "$PROM")
	exec {old}<"$PROM"
	pci 0000:00:1e.0 8086:15bb 020000
	(umask 077 && timeout 60 "$DMASCOPE" --sysroot "$M" metrics --output "$PROM")
	[[ $(stat -c %a "$PROM") == 644 && $(stat -c %i "$PROM") != "$inode" ]]
	output=$(cat <&"$old")
	tells dmascope_status_devices 4
	output=$(<"$PROM")
	well_formed
	tells dmascope_status_devices 5
	cd "${PROM%/*}"
	look metrics --output here.prom
	answered
	[[ $(ls -A) == $'dmascope.prom\nhere.prom' ]]
}

@test "the temporary file has no name that the collector takes" {
	need strace
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=openat,rename,renameat,renameat2 \
		"$DMASCOPE" --sysroot "$M" metrics --output "$PROM"
	made=$(sed -n 's/^openat(AT_FDCWD, "\([^"]*\)".*O_CREAT.*/\1/p' "$BATS_TEST_TMPDIR/trace")
	[[ $(wc -l <<<"$made") -eq 1 && ${made%/*} == "${PROM%/*}" ]]
	[[ ${made##*/} == .dmascope-?????? && $made != *.prom ]]
	grep -qF "rename(\"$made\", \"$PROM\")" "$BATS_TEST_TMPDIR/trace"
}

@test "where it fails the old file stays, and nothing is left behind" {
	echo old >"$PROM"
	# A limit of the size of files stands in for a disk that is full half way.
	run bash -c 'ulimit -f 1; trap "" XFSZ; exec "$@"' - \
		"$DMASCOPE" --sysroot "$M" metrics --output "$PROM"
	[[ $status -eq 2 && $output == "dmascope: $PROM: File too large" ]] || fail "$status: $output"
	[[ $(<"$PROM") == old && $(ls -A "${PROM%/*}") == dmascope.prom ]]
	look metrics --output "$BATS_TEST_TMPDIR/nowhere/dmascope.prom"
	refused
	for name in "" / "$PROM/" "$BATS_TEST_TMPDIR/$(printf 'x%.0s' {1..300})"; do
		look metrics --output "$name"
		refused
	done
	[[ $(<"$PROM") == old && $(ls -A "${PROM%/*}") == dmascope.prom ]]
}

@test "a full disk" {
	disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	unshare -m mount -t tmpfs -o size=8k tmpfs "$disk" 2>/dev/null ||
		skip "no file system can be mounted here"
	# shellcheck disable=SC2016 # the inner shell expands them
	run unshare -m bash -c 'mount -t tmpfs -o size=8k tmpfs "$1" && echo old >"$1/dmascope.prom" &&
		{ "$2" --sysroot "$3" metrics --output "$1/dmascope.prom"; echo "$?"; ls -A "$1"; cat "$1/dmascope.prom"; }' - \
		"$disk" "$DMASCOPE" "$M"
	[[ $output == "dmascope: $disk/dmascope.prom: No space left on device"$'\n2\ndmascope.prom\nold' ]] ||
		fail "$output"
}

@test "what is no regular file is left alone" {
	directory=${PROM%/*}
	mkfifo "$directory/fifo.prom"
	mkdir "$directory/directory.prom"
	echo kept >"$directory/target"
	ln -s target "$directory/link.prom"
	ln -s nowhere "$directory/dangling.prom"
	before=$(ls -lAi "$directory")
	for name in fifo directory link dangling; do
		look metrics --output "$directory/$name.prom"
		refused
		[[ $stderr == *": no regular file, so it is left alone" ]]
	done
	[[ $(ls -lAi "$directory") == "$before" && $(<"$directory/target") == kept ]]
	look metrics --output /dev/null
	refused
	[[ -c /dev/null ]]
	as_user true
	share
	as_user "$SHARED/dmascope" metrics --output "$SHARED/mine.prom"
	[[ $(stat -c %a "$SHARED/mine.prom") == 644 ]]
	chmod 755 "$SHARED"
	run as_user "$SHARED/dmascope" metrics --output "$SHARED/other.prom"
	[[ $status -eq 2 && $output == *": Permission denied" ]]
}

@test "promtool accepts it" {
	need promtool
	crowd
	"$DMASCOPE" --sysroot "$M" metrics --devices | promtool check metrics
	"$DMASCOPE" metrics --devices | promtool check metrics
}

# All metrics that an alert, a test of one, or a panel asks for.
metrics_asked() {
	grep -ohE 'dmascope_[a-z0-9_]+' "$data"/dmascope.rules.yml "$data"/dmascope.rules.test.yml \
		"$data"/dmascope-dashboard.json | sort -u
}

@test "alerts and dashboard ask for metrics that a machine has" {
	data=${top_srcdir:-$PWD}/data
	machines=${top_srcdir:-$PWD}/tests/machines
	given=$BATS_TEST_TMPDIR/given
	"$machines/unpack" "$machines"/lab-vtd-debug.machine "$BATS_TEST_TMPDIR/debug" \
		"$machines"/lab-thunderbolt-open.machine "$BATS_TEST_TMPDIR/thunderbolt" \
		"$machines"/lab-swiotlb.machine "$BATS_TEST_TMPDIR/swiotlb"
	for tree in "$M" "$BATS_TEST_TMPDIR"/{debug,thunderbolt,swiotlb}; do
		"$DMASCOPE" --sysroot "$tree" metrics
	done | sed -n 's/^\(dmascope_[a-z0-9_]*\).*/\1/p' | sort -u >"$given"
	[[ $(metrics_asked | wc -l) -ge 20 ]]
	missing=$(metrics_asked | comm -23 - "$given")
	[[ -z $missing ]] || fail "no machine has $missing"
	# One that is renamed would be missed.
	sed -i 's/^dmascope_groups$/dmascope_group/' "$given"
	[[ $(metrics_asked | comm -23 - <(sort "$given")) == dmascope_groups ]]
	# What they select by is a label with that value.
	look metrics
	for word in translating fail high yes; do
		grep -q "=\"$word\"" <<<"$output" || fail "no label is $word"
	done
}

@test "the dashboard can be imported" {
	need jq
	dashboard=${top_srcdir:-$PWD}/data/dmascope-dashboard.json
	[[ $(jq -r '.templating.list[0] | .name + " " + .type + " " + .query' "$dashboard") == "datasource datasource prometheus" ]]
	[[ $(jq '.id' "$dashboard") == null ]]
	# shellcheck disable=SC2016 # a variable of Grafana's
	[[ $(jq -c '[.panels[] | select(.type != "row") | .datasource.uid, .targets[].datasource.uid] | unique' "$dashboard") == '["${datasource}"]' ]]
	[[ $(jq '[.panels[].id] | length == (unique | length)' "$dashboard") == true ]]
	[[ $(jq '[.panels[] | select(.type != "row") | .targets | length > 0 and all(.expr | contains("dmascope_"))] | all' "$dashboard") == true ]]
	# No two panels overlap, and none is wider than the page.
	[[ $(jq '[.panels[].gridPos] as $p | [range($p | length) as $i | range($i) as $j | $p[$i] as $a | $p[$j] as $b |
		select($a.x < $b.x + $b.w and $b.x < $a.x + $a.w and $a.y < $b.y + $b.h and $b.y < $a.y + $a.h)] | length' "$dashboard") -eq 0 ]]
	[[ $(jq '[.panels[].gridPos | .x + .w <= 24] | all' "$dashboard") == true ]]
}

@test "the alerts are rules, and their tests pass" {
	need promtool
	data=${top_srcdir:-$PWD}/data
	promtool check rules "$data/dmascope.rules.yml"
	promtool test rules "$data/dmascope.rules.test.yml"
}

@test "every alert has its two tests, and its place in the manual" {
	data=${top_srcdir:-$PWD}/data
	mapfile -t alerts < <(sed -n 's/.*- alert: //p' "$data/dmascope.rules.yml")
	[[ ${#alerts[@]} -ge 10 ]]
	for alert in "${alerts[@]}"; do
		grep -q "^- name: $alert fires$" "$data/dmascope.rules.test.yml" || fail "$alert never fires"
		grep -q "^- name: $alert is quiet$" "$data/dmascope.rules.test.yml" || fail "$alert always fires"
		grep -q "^\.It Sy $alert$" "${data%/*}/man/dmascope-monitoring.7.in" || fail "$alert is in no manual"
	done
}

@test "systemd takes the units" {
	need systemd-analyze
	data=${top_srcdir:-$PWD}/data
	mkdir "$BATS_TEST_TMPDIR/units"
	sed -e "s,@bindir@/dmascope,$DMASCOPE," -e '/^Documentation=/d' "$data/dmascope-metrics.service.in" \
		>"$BATS_TEST_TMPDIR/units/dmascope-metrics.service"
	sed '/^Documentation=/d' "$data/dmascope-metrics.timer" >"$BATS_TEST_TMPDIR/units/dmascope-metrics.timer"
	run systemd-analyze verify "$BATS_TEST_TMPDIR"/units/*
	[[ $status -eq 0 && -z $output ]] || fail "$output"
}

# The system calls of a set of systemd's and of the sets within it.
calls_of() {
	local line

	systemd-analyze syscall-filter "$1" 2>/dev/null | sed -n 's/^    //p' | while read -r line; do
		case $line in
		@*) calls_of "$line" ;;
		'#'*) ;;
		*) echo "$line" ;;
		esac
	done
}

@test "the service may make the system calls that it makes" {
	need systemd-analyze strace
	! grep -qa __asan_init "$DMASCOPE" || skip "a sanitizer makes others"
	[[ $(calls_of @file-system) == *openat2* ]] || skip "this systemd does not list its sets"
	filters=$(sed -n 's/^SystemCallFilter=//p' "${top_srcdir:-$PWD}/data/dmascope-metrics.service.in")
	read -ra allowed < <(sed '/^~/d' <<<"$filters")
	read -ra denied < <(sed -n 's/^~//p' <<<"$filters")
	for name in "${allowed[@]}"; do calls_of "$name"; done | sort -u >"$BATS_TEST_TMPDIR/allowed"
	for name in "${denied[@]}"; do calls_of "$name"; done | sort -u >"$BATS_TEST_TMPDIR/denied"
	strace -qq -f -o "$BATS_TEST_TMPDIR/trace" "$DMASCOPE" metrics --output "$PROM"
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$BATS_TEST_TMPDIR/trace" | sort -u >"$BATS_TEST_TMPDIR/made"
	grep -qx openat2 "$BATS_TEST_TMPDIR/made"
	grep -qx mount "$BATS_TEST_TMPDIR/denied"
	refused=$(comm -23 "$BATS_TEST_TMPDIR/made" <(comm -23 "$BATS_TEST_TMPDIR/allowed" "$BATS_TEST_TMPDIR/denied"))
	[[ -z $refused ]] || fail "not allowed: $refused"
}
