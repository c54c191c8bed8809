#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# DMA mappings by driver and device, what about them should not be, and what grows.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine_vtd
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
	write "$M/sys/kernel/debug/dma-api/disabled" "N\n"
	DUMP=$M/sys/kernel/debug/dma-api/dump
	mkdir -p "${DUMP%/*}"
}

# lines GENERATION: four mappings, as the kernels of a time print them: before 6.4 (A), from
# there (B), from 6.13 (C).
lines() {
	local generation=$1 driver device type physical address length direction phrase

	while read -r driver device type physical address length direction phrase; do
		case $generation in
		A) echo "$device $driver $type idx 7 P=$physical N=1 D=$address L=$length $direction $phrase" ;;
		B) echo "$driver $device $type idx 7 P=$physical N=1 D=$address L=$length cln=0x0000000000086a00 $direction $phrase" ;;
		C) printf '%s %s %s idx 7 P=0x%016x D=%s L=%s cln=0x0000000000086a00 %s %s\n' "$driver" "$device" \
			"$type" $((16#$physical)) "$address" "$length" "$direction" "$phrase" ;;
		esac
	done <<-'LINES'
		nvme 0000:00:02.0 single 40000000 fffc0000 1000 DMA_TO_DEVICE dma map error checked
		nvme 0000:00:02.0 single 40001000 fffc1000 200 DMA_TO_DEVICE dma map error not checked
		nvme 0000:00:02.0 coherent 40002000 fffb0000 10000 DMA_BIDIRECTIONAL dma map error check not applicable
		e1000e 0000:00:14.0 single 40003000 fffa0000 600 DMA_FROM_DEVICE dma map error checked
	LINES
}

# mapping DRIVER DEVICE TYPE PHYSICAL: a line of the newest generation.
mapping() {
	printf '%s %s %s idx 1 P=0x%016x D=fffc0000 L=40 cln=0x40 DMA_FROM_DEVICE dma map error checked\n' \
		"$1" "$2" "$3" $((16#$4))
}

rows() {
	jq -c '.mappings[] | [.driver, .device, .type, .direction, .count, .bytes, .unchecked]' <<<"$output"
}

@test "three generations of lines give the same sums" {
	local generation first

	for generation in A B C; do
		lines $generation >"$DUMP"
		look leaks show -J
		answered
		first=${first:-$(rows)}
		[[ $(rows) == "$first" ]] || fail "$generation: $(rows)"
	done
	[[ $first == '["nvme","0000:00:02.0","single","DMA_TO_DEVICE",2,4608,1]
["nvme","0000:00:02.0","coherent","DMA_BIDIRECTIONAL",1,65536,0]
["e1000e","0000:00:14.0","single","DMA_FROM_DEVICE",1,1536,0]' ]] || fail "$first"
}

@test "sums are those that awk counts" {
	local i

	for ((i = 0; i < 300; i++)); do
		lines C
	done | awk '{ print } NR % 7 == 0 { sub(/L=[0-9a-f]*/, "L=" NR); print }' >"$DUMP"
	dmascope leaks show "$DUMP" -J
	answered
	[[ $(jq -r '.mappings[] | "\(.driver) \(.device) \(.type) \(.direction) \(.count)"' <<<"$output" | sort) == \
		$(awk '{ match($0, /DMA_[A-Z_]*/); n[$1 " " $2 " " $3 " " substr($0, RSTART, RLENGTH)]++ }
			END { for (k in n) print k, n[k] }' "$DUMP" | sort) ]] || fail "$(rows)"
	is '.mappings | map(.bytes) | add' "$(sed 's/.* L=\([0-9a-f]*\) .*/0x\1/' "$DUMP" | while read -r n; do
		echo $((n)); done | awk '{ s += $1 } END { print s }')"
}

@test "a table names what there is, with the pool below" {
	lines C >"$DUMP"
	write "$M/sys/kernel/debug/dma-api/nr_total_entries" "65536\n"
	write "$M/sys/kernel/debug/dma-api/num_free_entries" "65532\n"
	write "$M/sys/kernel/debug/dma-api/error_count" "3\n"
	look leaks
	answered
	[[ ${lines[0]} == DRIVER*DEVICE*TYPE*DIRECTION*COUNT*BYTES*UNCHECKED ]] || fail "«${lines[0]}»"
	[[ $output == *"4 mappings of"*"1 not checked"*"4 of 65536"*"3 errors of drivers"* ]] || fail "$output"
}

@test "a device without a driver, and memory that is none, are suspect" {
	memory_map
	{
		mapping pci 0000:00:02.0 single 40000000
		mapping x 0000:00:14.0 single 1800000
		mapping x 0000:00:14.0 coherent fed90000
		mapping x 0000:00:14.0 resource fed90000
		mapping y 0000:00:14.0 scatter-gather 40000000
		mapping y 0000:00:14.0 coherent fffffffff000
	} >"$DUMP"
	look leaks -J
	answered
	is '.mappings[] | select(.driver == null) | .suspects | map(.code) | join(" ")' no-driver
	is '.mappings[] | select(.driver == "x" and .type == "single") | .suspects[0] | [.code, .count, .address] | join(" ")' \
		'kernel-image 1 0x1800000'
	is '.mappings[] | select(.driver == "x" and .type == "coherent") | .suspects[0].code' registers
	is '.mappings[] | select(.type == "resource") | .suspects | length' 0
	is '.mappings[] | select(.type == "scatter-gather") | .suspects | length' 0
	is '.mappings[] | select(.driver == "y" and .type == "coherent") | .suspects[0].code' not-memory
	look leaks
	answered
	[[ $output == *"nobody will end"* && $output == *"Kernel code"* ]] || fail "$output"
}

@test "without the map nothing is said of where mappings lie" {
	mapping x 0000:00:14.0 single 1800000 >"$DUMP"
	rm "$M/proc/iomem"
	look leaks -J
	answered
	is '.mappings[0].suspects' null
}

@test "what is known without the map is not shown as if it were all" {
	local places='.mappings[] | select(.driver == null) | .suspects | map("\(.code) \(.count) \(.address)") | join(", ")'

	{
		mapping pci 0000:00:02.0 single 1800000
		mapping x 0000:00:14.0 single 1800000
	} >"$DUMP"
	memory_map
	look leaks -J
	answered
	is "$places" 'no-driver 1 null, kernel-image 1 0x1800000'
	sed -i 's/^\( *\)[0-9a-f]*-[0-9a-f]* :/\100000000-00000000 :/' "$M/proc/iomem"
	look leaks -J
	answered
	is "$places" 'no-driver 1 null, place-unknown 1 null'
	is '.mappings[] | select(.driver == "x") | .suspects' null
	has '[.unread[] | select(.path == "/proc/iomem") | .reason] | tostring' "addresses are hidden"
	look leaks
	answered
	[[ $output == *"nobody will end"*"nobody could look up where they lie"* ]] || fail "$output"
	dmascope leaks show "$DUMP" -J
	answered
	is "$places" 'no-driver 1 null, place-unknown 1 null'
}

@test "behind an IOMMU what shares a page is bounced for a device that is not trusted" {
	local device line bounced='.mappings | map("\(.device) \(.type) \(.bounced)") | sort | join(", ")'

	group 1 DMA 0000:00:14.0
	for device in 0000:00:14.0 0000:00:1f.6; do
		for line in "single P=0x40000000 D=fffff000 L=1000" "single P=0x40001100 D=ffffe100 L=1000" \
			"single P=0x40002000 D=ffffd000 L=40" "scather-gather P=0x40003000 D=ffffc000 L=200" \
			"coherent P=0x40004000 D=ffffb000 L=100" "resource P=0x40005010 D=ffffa010 L=10"; do
			echo "x $device ${line%% *} idx 1 ${line#* } cln=0x40 DMA_TO_DEVICE dma map error checked"
		done
	done >"$DUMP"
	write "$(pci_directory 0000:00:14.0)/removable" "removable\n"
	look leaks -J
	answered
	is "$bounced" "0000:00:14.0 coherent 0, 0000:00:14.0 resource 0, 0000:00:14.0 scatter-gather 1, 0000:00:14.0 single 2, $(
		)0000:00:1f.6 coherent 0, 0000:00:1f.6 resource 0, 0000:00:1f.6 scatter-gather 0, 0000:00:1f.6 single 0"
	# Who is not trusted is told since Linux 5.14; elsewhere other rules may come in.
	write "$M/proc/sys/kernel/osrelease" "5.13.0\n"
	look leaks -J
	is '[.mappings[].bounced] | unique | tostring' '[null]'
	write "$M/proc/sys/kernel/osrelease" "6.12.0\n"
	write "$M/proc/sys/kernel/arch" "aarch64\n"
	look leaks -J
	is '[.mappings[].bounced] | unique | tostring' '[null]'
	dmascope leaks show "$DUMP" -J
	answered
	is '[.mappings[].bounced] | unique | tostring' '[null]'
}

@test "what is nonsense is counted, shown where asked for, and never fatal" {
	{
		lines C
		echo "nonsense"
		printf 'evil \033[31m\n'
		echo "a b c idx 1 P=zz D=0 L=1 cln=0 DMA_NONE"
		head -c 3000 /dev/zero | tr '\0' x
		echo
	} >"$DUMP"
	look leaks -J
	answered
	is '.mappings | map(.count) | add' 4
	has '.unread | map(.reason) | tostring' "4 lines could not be understood; the first is 'nonsense'"
	look leaks -v
	answered
	[[ $stderr == *"not understood: evil \\x1b[31m"* ]] || fail "$stderr"
	[[ $stderr != *$'\033'* ]] || fail "an escape sequence came through"
}

@test "a line without an end is an error, what stands before it is counted" {
	{ lines C; head -c 100000 /dev/zero | tr '\0' x; } >"$BATS_TEST_TMPDIR/long"
	dmascope leaks show "$BATS_TEST_TMPDIR/long"
	[[ $status -eq 2 && $stderr == *"long: Message too long"* ]] || fail "$status: $stderr"
}

@test "more groups than any machine has are counted in the sums only" {
	seq 70000 | awk '{ printf "x dev%d single idx 1 P=0x1000 D=1000 L=10 cln=0x40 DMA_NONE x\n", $1 }' >"$DUMP"
	dmascope leaks show "$DUMP" -J
	answered
	is '.mappings | length' 65536
	has '.unread[0].reason' "4464 mappings of more than 65536 groups"
}

@test "no list: not built, off, not there, not allowed" {
	look leaks
	[[ $status -eq 2 && $stderr == *"dma-api/dump"* ]] || fail "$status: $stderr"
	lines C >"$DUMP"
	write "$M/sys/kernel/debug/dma-api/disabled" "Y\n"
	look leaks
	[[ $status -eq 2 && $stderr == *"only a reboot brings it back"* ]] || fail "$status: $stderr"
	rm -r "$M/sys/kernel/debug/dma-api"
	look leaks -J
	[[ $status -eq 2 ]] || fail "$status"
	is '.mappings | length' 0
	has '.unread | map(.reason) | tostring' "CONFIG_DMA_API_DEBUG"
}

@test "two copies: what appeared, went, grew; of two nothing more is known" {
	lines A >"$BATS_TEST_TMPDIR/a"
	{
		lines C | grep -v e1000e
		mapping nvme 0000:00:02.0 single 40004000
		mapping new 0000:00:03.0 single 40004000
		lines C | sed -n 1p
	} >"$BATS_TEST_TMPDIR/b"
	dmascope leaks diff "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b" -J
	[[ $status -eq 1 ]] || fail "$status: $stderr"
	is '[.mappings[] | select(.growing) | "\(.driver) \(.direction) \(.count_delta) \(.bytes_delta) \(.confidence)"] | sort | join(", ")' \
		'new DMA_FROM_DEVICE 1 64 50, nvme DMA_FROM_DEVICE 1 64 50, nvme DMA_TO_DEVICE 1 4096 50'
	is '.mappings[] | select(.driver == "e1000e") | [.count, .count_delta, .bytes_delta, .growing] | tostring' \
		'[0,-1,-1536,false]'
	is '.mappings[] | select(.type == "coherent") | .count_delta' 0
	dmascope leaks diff "$BATS_TEST_TMPDIR/b" "$BATS_TEST_TMPDIR/b"
	answered
	[[ $output == *"of 4 groups of mappings 0 grow"* ]] || fail "$output"
	[[ $(wc -l <<<"$output") -le 3 ]] || fail "what did not change is shown: $output"
	dmascope leaks diff -a "$BATS_TEST_TMPDIR/b" "$BATS_TEST_TMPDIR/b"
	answered
	[[ $(wc -l <<<"$output") -eq 7 ]] || fail "$output"
}

@test "fewer columns of growth in a narrow terminal" {
	need script stty
	lines A >"$BATS_TEST_TMPDIR/a"
	lines C | sed 1d >"$BATS_TEST_TMPDIR/b"
	COLUMNS_WANTED=80 on_terminal "$DMASCOPE --color=never leaks diff $BATS_TEST_TMPDIR/a $BATS_TEST_TMPDIR/b"
	[[ $(tr -d '\r' <<<"${lines[0]}" | xargs) == "DRIVER DEVICE TYPE DIRECTION COUNT DELTA GROWING SURE" ]] ||
		fail "${lines[0]}"
	COLUMNS_WANTED=100 on_terminal "$DMASCOPE --color=never leaks diff $BATS_TEST_TMPDIR/a $BATS_TEST_TMPDIR/b"
	[[ ${lines[0]} == *BYTES-DELTA*PER-HOUR* ]] || fail "${lines[0]}"
}

@test "snapshots have times, so that there is a pace" {
	local i

	for i in 0 1 2; do
		mkdir "$BATS_TEST_TMPDIR/$i"
		cp -r "$M/." "$BATS_TEST_TMPDIR/$i/"
		write "$BATS_TEST_TMPDIR/$i/manifest.json" \
			"{\"schema\":1,\"program\":\"dmascope\",\"time\":\"2026-01-01T0$i:00:00Z\",\"arch\":\"x86_64\",\"refusals\":{}}\n"
		seq "$((100 + 10 * i))" | while read -r _; do mapping x 0000:00:14.0 single 40000000; done \
			>"$BATS_TEST_TMPDIR/$i/sys/kernel/debug/dma-api/dump"
	done
	dmascope leaks diff "$BATS_TEST_TMPDIR"/[012] -J
	[[ $status -eq 1 ]] || fail "$status: $stderr"
	is '.mappings[0] | [.count, .count_delta, .per_hour, .growing, .confidence] | tostring' '[120,20,10,true,85]'
}

@test "words and files that are wrong" {
	dmascope leaks grow
	refused
	dmascope leaks diff "$DUMP"
	refused
	dmascope leaks diff "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/none"
	refused
	dmascope leaks show a b
	refused
	dmascope leaks watch "$DUMP"
	refused
	look leaks watch
	refused
	dmascope leaks watch --samples 1
	refused
	dmascope leaks watch --interval 0
	refused
	dmascope leaks watch --interval 1e9
	refused
}

@test "a pool that runs dry, restricted pools, and bounce buffers when most were in use" {
	write "$M/sys/kernel/debug/swiotlb/io_tlb_nslabs" "32768\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_used" "5\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_used_hiwater" "901\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_transient_nslabs" "3\n"
	write "$M/sys/kernel/debug/swiotlb/wifi@40000000/io_tlb_nslabs" "2048\n"
	write "$M/sys/kernel/debug/swiotlb/wifi@40000000/io_tlb_used" "7\n"
	write "$M/sys/kernel/debug/dma-api/nr_total_entries" "65536\n"
	write "$M/sys/kernel/debug/dma-api/num_free_entries" "65500\n"
	write "$M/sys/kernel/debug/dma-api/min_free_entries" "2\n"
	write "$M/sys/kernel/debug/dma-api/driver_filter" "nvme\n"
	look status -J
	answered
	is '.status[0] | [.swiotlb_used, .swiotlb_high_water, .swiotlb_transient] | tostring' '[5,901,3]'
	is '.status[0].swiotlb_pools | map([.name, .slots, .used, .high_water]) | tostring' \
		'[["wifi@40000000",2048,7,null]]'
	is '.status[0] | [.dma_debug_records, .dma_debug_used, .dma_debug_free_min, .dma_debug_filter] | tostring' \
		'[65536,36,2,"nvme"]'
	look status
	answered
	[[ $output == *"36 of 65536 in use, never fewer than 2 free"* ]] || fail "$output"
}

@test "tracing is of this machine, by one of two methods, and says why it cannot" {
	look leaks trace
	refused
	dmascope leaks trace "$DUMP"
	refused
	dmascope leaks trace --method guessing
	refused
	dmascope leaks trace --older never
	refused
	dmascope leaks trace --mappings-max 1
	refused
	share
	run --separate-stderr as_user "$SHARED/dmascope" leaks trace --samples 2 --interval 0.1
	[[ $status -eq 2 && -z $output ]] || fail "$status: $output"
	[[ $stderr == *"cannot trace by bpf: "*"cannot trace by events: "* ]] || fail "$stderr"
	run --separate-stderr as_user "$SHARED/dmascope" leaks trace --method events --samples 2
	[[ $status -eq 2 && $stderr != *bpf* ]] || fail "$stderr"
}
