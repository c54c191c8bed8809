#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark without a device: what is measured and told, what proves and what refuses;
# which functions of captured machines it would drive. Real devices are the lab's.
# shellcheck disable=SC2030,SC2031,SC2154 # Bats sets status, output and stderr

load helpers

machines=$BATS_TEST_DIRNAME/../machines
little=(--ops 3 --repeat 2 --warmup 0)
# The quickest of all.
one=(map 0:0.0 --size "4K,8K" --page 4K --live 5 --threads 2)

setup() {
	need jq
	cd "$BATS_TEST_TMPDIR" || return
}

# fake WORKLOAD [OPTION…]: little of it, on no device.
fake() {
	dmascope bench --backend fake "${little[@]}" "$@"
}

# workload NAME: in WORDS, its name, a function and parameters that take no time.
workload() {
	case $1 in
	map) words=("${one[@]}") ;;
	dma) words=(dma 0:0.0 --size "64,4K" --depth "1,4") ;;
	reach) words=(reach 0:0.0 --window "64K,128K" --page 4K) ;;
	isolation) words=(isolation 0:0.0) ;;
	esac
}

@test "every workload as a table, at 80 columns and at 200" {
	for name in map dma reach isolation; do
		workload $name
		for columns in 80 200; do
			COLUMNS=$columns fake "${words[@]}"
			answered
			[[ -z $stderr ]] || fail "$name: $stderr"
			[[ $output == OP* ]] || fail "$name: $output"
			[[ $output == *"Times in nanoseconds"* ]]
			[[ $output != *$'\e'* ]] || fail "$name has colours in a pipe"
		done
	done
}

@test "every workload as JSON has the keys of the contract" {
	for name in map dma reach isolation; do
		workload $name
		fake "${words[@]}" --json
		answered
		is '.command' bench
		is '.results | length > 2' true
		is '.results | all(has("workload", "operation", "backend", "bdf", "device",
			"size", "page_size", "window", "ops", "min_ns", "p50_ns", "p99_ns",
			"p999_ns", "max_ns", "ops_per_s", "bytes_per_s", "verdict"))' true
		is '[.results[] | .workload, .backend, .bdf] | unique | join(" ")' \
			"$(printf '%s\n' 0:0.0 fake $name | sort | tr '\n' ' ' | sed 's/ $//')"
		is '.environment | length' 1
		is '.environment[0] | [has("kernel", "cpu", "clock", "clock_ns", "thp",
			"iommu_page_sizes")] | all' true
		is '.environment[0].kernel' "$(uname -r)"
	done
}

@test "figures are in order, and of as many operations as were asked for" {
	fake "${one[@]}" --json
	answered
	is '.results | all(.min_ns <= .p50_ns and .p50_ns <= .p99_ns and
		.p99_ns <= .p999_ns and .p999_ns <= .max_ns)' true
	is '.results[] | select(.operation == "map" and .live == 0 and .size == 8192) |
		[.ops, .repetitions, .bytes, .page_size] | join(" ")' "6 2 49152 4096"
	is '[.results[] | select(.live == 5) | .operation] | join(" ")' "map unmap"
	fake dma 0:0.0 --size 4K --depth 2 --direction copy --json
	answered
	is '.results[] | [.operation, .size, .depth, .verdict] | join(" ")' "copy 4096 2 pass"
	is '.results[0].verified > 0' true
	fake reach 0:0.0 --window 64K,1M --page 4K --pattern random --depth 1 --json
	answered
	is '.results[] | [.pattern, .window, .depth] | join(" ")' $'random 65536 1\nrandom 1048576 1'
}

@test "JSON lines say what they are" {
	for name in map dma reach isolation; do
		workload $name
		fake "${words[@]}" -f jsonl
		answered
		[[ $(jq -r .record <<<"$output" | uniq | tr '\n' ' ') == "system environment result " ]] ||
			fail "$(jq -r .record <<<"$output" | uniq)"
	done
}

@test "every heading and key of --help is a column, and keys are those of JSON" {
	local heading rest keys

	fake "${one[@]}" --json >base.json
	echo "$output" >base.json
	fake "${one[@]}" --baseline base.json --json
	answered
	keys=$(jq -r '.results[0] | keys_unsorted | join(",")' <<<"$output")
	fake "${one[@]}" -o "$keys"
	answered
	rest=$("$DMASCOPE" bench --help | sed -n '/^Columns/,/^$/s/^ [* ]\([A-Z0-9-]*\) .*/\1/p')
	[[ $(wc -l <<<"$rest") -eq $(tr ',' '\n' <<<"$keys" | wc -l) ]] ||
		fail "$rest against $keys"
	for heading in $rest; do
		[[ ,$keys, == *",$(tr A-Z- a-z_ <<<"$heading"),"* || $heading =~ ^(OP|PAGE|REPEATED|BASE-.*|PERCENT)$ ]] ||
			fail "$heading is none of $keys"
	done
	fake "${one[@]}" -o "$(paste -sd, <<<"$rest")"
	answered
	fake "${one[@]}" -o op,p50-ns
	answered
	[[ ${lines[0]} =~ ^OP\ +P50-NS$ ]]
	fake "${one[@]}" -o nonsense
	refused
}

@test "gauges, text without UTF-8, and a full disk" {
	fake "${one[@]}" -f prometheus
	answered
	[[ $output == *"dmascope_result_p50_seconds"* ]] || fail "$output"
	for name in map isolation; do
		workload $name
		LC_ALL=C fake "${words[@]}" --plot
		answered
		! grep -q $'[^\t -~]' <<<"$output"
	done
	[[ -w /dev/full ]] || skip "no /dev/full"
	run --separate-stderr bash -c '"$0" bench --backend fake --ops 2 "$@" >/dev/full' \
		"$DMASCOPE" "${one[@]}"
	[[ $status -eq 2 && $stderr == *"No space left on device"* ]] || fail "$status: $stderr"
}

# verdicts: "OPERATION VERDICT" in lines.
verdicts() {
	jq -r '.results[] | .operation + " " + .verdict' <<<"$output"
}

@test "the isolation holds: each check passes, and nothing is left out" {
	fake isolation 0:0.0 --json
	answered
	[[ $(verdicts) == "mapped pass
unmapped pass
past-end pass
across-end pass
read-only pass
after-unmap pass
unmapped-read pass
works-afterwards pass" ]] || fail "$(verdicts)"
	is '.results | all(.why | length > 0)' true
}

@test "a mapping that is left in place fails the proof, and it alone" {
	fake isolation 0:0.0 --leave-mapped --json
	[[ $status -eq 1 ]] || fail "exit status $status: $stderr"
	[[ $(verdicts | grep -v ' pass$') == "after-unmap fail" ]] || fail "$(verdicts)"
	is '.results | length' 8
}

@test "where everything passes through the proof fails, and nothing else is measured" {
	dmascope bench --backend fake-identity "${little[@]}" isolation 0:0.0 --json
	[[ $status -eq 1 ]] || fail "exit status $status: $stderr"
	is '[.results[] | select(.verdict == "fail") | .operation] | join(" ")' \
		"mapped unmapped past-end across-end read-only unmapped-read"
	for name in dma reach; do
		workload $name
		dmascope bench --backend fake-identity "${little[@]}" "${words[@]}" --json
		[[ $status -eq 1 ]] || fail "exit status $status: $stderr"
		is '[.results[] | .operation + " " + .verdict] | join(", ")' "translated fail"
		is '.results[0].why | contains("nothing translates it")' true
	done
	dmascope bench --backend fake-identity "${little[@]}" "${one[@]}"
	answered
}

@test "the same run beside itself, and beside one ten times as fast" {
	dmascope bench --backend fake --ops 20 --repeat 3 --warmup 0 "${one[@]}" --json
	answered
	echo "$output" >base.json
	dmascope bench --backend fake --ops 20 --repeat 3 --warmup 0 "${one[@]}" \
		--baseline base.json --json
	answered
	is '.results | all(.baseline_p50_ns != null and .change != null)' true
	# Long enough and alike enough, whatever else runs on this machine.
	jq '.results[] |= (.p50_ns = 100000000000 | .spread_ns = 0)' base.json >slow.json
	jq '.results[] |= (.p50_ns = (.p50_ns / 10 | floor) | .spread_ns = 0)' base.json \
		>tenth.json
	fake "${one[@]}" --baseline slow.json --json
	answered
	is '[.results[].change] | unique | join(" ")' faster
	is '.results | all(.change_percent < -90)' true
	dmascope bench --backend fake --ops 200 --repeat 3 "${one[@]}" --baseline tenth.json --json
	answered
	is '[.results[] | select(.operation == "touch") | .change] | index("slower") != null' true
	fake "${one[@]}" --baseline tenth.json
	answered
	[[ ${lines[0]} == *P50-NS*BASE-P50-NS*PERCENT*CHANGE ]] || fail "${lines[0]}"
	[[ $output == *"Beside tenth.json: "*" rows compared"* ]]
	# What has no such thing says so, and not that it could not be read.
	[[ $output != *" ? "* ]] || fail "$output"
	jq '.results |= .[:1] | .system.hostname = "elsewhere"' base.json >short.json
	fake "${one[@]}" --baseline short.json
	answered
	[[ $output == *"Beside short.json: 1 rows compared"*"; the baseline is of host elsewhere, now "* ]] ||
		fail "$output"
}

@test "a baseline that is none is refused before anything is measured" {
	echo "{ no" >wrong.json
	echo '{"results": 5}' >strange.json
	: >empty.json
	mkdir directory
	truncate -s 100M large.json
	for file in wrong.json strange.json empty.json directory large.json missing.json; do
		SECONDS=0
		dmascope bench --backend fake --time 20 "${one[@]}" --baseline $file
		refused
		[[ $stderr == "dmascope: $file: "* ]] || fail "$stderr"
		[[ $SECONDS -lt 10 ]]
	done
}

@test "drawn into a file, and below the table" {
	for name in map dma reach isolation; do
		workload $name
		fake "${words[@]}" --svg $name.svg
		answered
		if command -v xmllint >/dev/null; then
			xmllint --noout $name.svg
		elif command -v python3 >/dev/null; then
			python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' $name.svg
		else
			grep -q '</svg>' $name.svg
		fi
		grep -q '<svg ' $name.svg
	done
	grep -q 'latency by size' map.svg
	fake "${one[@]}" --svg missing/x.svg
	[[ $status -eq 2 && $output == OP* ]] || fail "$status: $output"
	[[ $stderr == "dmascope: missing/x.svg: No such file or directory" ]] || fail "$stderr"
	fake "${one[@]}" --plot
	answered
	[[ $output == *"map: latency by size"* && $output == *"┤"* ]] || fail "$output"
	# A picture is no JSON.
	fake "${one[@]}" --plot --json
	answered
	is '.command' bench
}

@test "wrong options are one line each" {
	while read -ra words; do
		fake "${one[@]}" "${words[@]}"
		refused
		[[ $stderr == *"${words[0]}"* || $stderr == *"${words[1]-}"* ]] ||
			fail "${words[*]}: $stderr"
	done <<-'END'
		--backend nonsense
		--device nonsense
		--page 3K
		--page 4K,nonsense
		--pattern nonsense
		--direction nonsense
		--size 0
		--size 3x
		--size ,
		--size 2T
		--size 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
		--depth 0
		--depth 1.5
		--threads 0
		--threads 99999
		--live 99999999
		--window 0
		--time 0
		--time nan
		--time 1s
		--warmup -1
		--repeat 0
		--repeat 1001
		--ops x
		--ops 0
		--cpu 99999
	END
	fake "${one[@]}" --cpu 60000
	refused
	fake "${one[@]}" --size $'\e[31m'
	refused
	[[ $stderr != *$'\e'* ]]
}

@test "what is asked for has to be one thing" {
	fake nonsense 0:0.0
	refused
	[[ $stderr == *"map, dma, reach and isolation"* ]]
	for words in "map" "map 0:0.0 0:0.1" "" "--list map 0:0.0" "--restore map 0:0.0" "--list --restore"; do
		# shellcheck disable=SC2086 # words
		fake $words
		refused
	done
	for words in "map 0:0.0" "--restore"; do
		# shellcheck disable=SC2086 # words
		fake --sysroot / $words
		refused
		[[ $stderr == *"live machine only"* ]]
	done
}

@test "what cannot be done is a row that says why" {
	fake dma 0:0.0 --size 4K,2M --depth 1 --direction read --json
	answered
	is '.results[] | [.size, .verdict, .p50_ns == null] | join(" ")' \
		$'4096 pass false\n2097152 unknown true'
	has '.results[1].why' "1 to 1048576 bytes"
	fake dma 0:0.0 --size 2M --depth 1 --direction read
	[[ $status -eq 2 && $output == *unknown* ]] || fail "$status: $output"
	fake dma 0:0.0 --size 4K --depth 1,65536 --direction read --json
	answered
	is '.results[1].verdict' unknown
	fake map 0:0.0 --size 4K --page 4K --live 70000 --threads 1 --json
	answered
	is '.results[] | select(.verdict == "unknown") | .live' 70000
	has '.results[] | select(.verdict == "unknown") | .why' "65535 mappings at once"
	fake reach 0:0.0 --window 64K --page 4K --depth 64 --pattern random --json
	[[ $status -eq 2 ]]
	is '.results[0].verdict' unknown
}

# interrupted SIGNAL SECONDS OPTION…: in $status, $output and $stderr, a run that got it.
interrupted() {
	local signal=$1 seconds=$2 pid

	shift 2
	"$DMASCOPE" bench --backend fake --warmup 0 "$@" >out 2>err &
	pid=$!
	sleep "$seconds"
	kill -"$signal" $pid
	SECONDS=0
	status=0
	wait $pid || status=$?
	[[ $SECONDS -le 2 ]] || fail "it took $SECONDS seconds"
	output=$(<out)
	stderr=$(<err)
}

@test "SIGINT and SIGTERM end it at once, with what there is so far" {
	set -m # what a script runs in the background ignores SIGINT otherwise
	for signal in INT TERM; do
		interrupted $signal 0.3 map 0:0.0 --time 60
		[[ $status -eq 2 && -z $output ]] || fail "$status: $output"
		[[ $stderr == "dmascope: interrupted before anything was measured" ]] || fail "$stderr"
		interrupted $signal 0.8 map 0:0.0 --time 0.2 --repeat 1 --size 4K,8K,16K,32K,64K --json
		[[ $status -eq 2 ]] || fail "$status"
		is '.results | length > 0 and length < 40' true
		is '.results[0].p50_ns != null' true
		[[ $stderr == *"what was measured until then is shown" ]] || fail "$stderr"
	done
	interrupted INT 0.3 dma 0:0.0 --time 60
	[[ $status -eq 2 ]]
	interrupted TERM 0.3 map 0:0.0 --time 60 --size 4K --page 4K --live 0 --threads 2
	[[ $status -eq 2 ]]
}

@test "candidates of every captured machine have a verdict, and a reason but for ready" {
	local machine pairs=()

	need python3
	for machine in "$machines"/*.machine; do
		pairs+=("$machine" "$PWD/$(basename "$machine" .machine)")
	done
	"$machines/unpack" "${pairs[@]}"
	for machine in lab-*/; do
		"$DMASCOPE" --sysroot "$machine" bench --list --json >"${machine%/}.json" ||
			fail "$machine"
	done
	output=$(jq -s '{ all: [.[] | { name: input_filename, it: .candidates }] }' lab-*.json)
	is '.all | length > 40' true
	is '[.all[].it[] | .verdict] | unique | join(" ")' "not-ready ready ready-with-yes unknown"
	is '[.all[].it[] | select(.verdict != "ready" and (.why // "") == "")] | length' 0
	is '[.all[].it[] | select(.verdict == "ready" and .why != null)] | length' 0
	# What would be taken is told where there is a plan, and only there.
	is '[.all[].it[] | select(.verdict == "ready-with-yes" and (.takes | length) == 0)] |
		length' 0
	is '[.all[].it[] | select(.verdict == "not-ready" and (.takes | length) > 0)] | length' 0
	expect lab-vfio-bound 0000:01:00.0 ready null
	expect lab-vfio-bound 0000:00:03.0 ready null
	expect lab-vfio-bound 0000:00:1f.0 not-ready \
		"a bridge of the chipset, which the host cannot do without"
	expect lab-vfio-mixed 0000:01:00.0 ready-with-yes \
		"takes 0000:01:00.1 from e1000e, and gives it back at the end"
	expect lab-vfio-mixed 0000:01:00.1 ready-with-yes \
		"takes 0000:01:00.1 from e1000e, and gives it back at the end"
	expect lab-none 0000:00:01.0 not-ready "*this virtual machine was given no IOMMU"
	expect lab-none-noiommu 0000:00:01.0 not-ready "VFIO's mode without an IOMMU*"
	expect lab-ready-vtd 0000:01:00.0 not-ready "vfio-pci is not loaded: modprobe vfio-pci"
	expect lab-ready-vtd 0000:00:04.0 not-ready "a bridge stays with the host*"
	expect lab-vtd-strict 0000:00:01.0 not-ready "vfio-pci is not loaded: modprobe vfio-pci"
	dmascope --sysroot lab-vfio-mixed bench --list
	answered
	[[ ${lines[0]} =~ ^BDF\ +VERDICT\ +BENCH\ +GROUP\ +DRIVER\ +NAME\ +WHY$ ]] || fail "${lines[0]}"
	dmascope --sysroot lab-vfio-mixed bench --list -o bdf,takes
	answered
}

# expect MACHINE BDF VERDICT PATTERN: of its candidate.
expect() {
	local got

	got=$(jq -r --arg bdf "$2" '.candidates[] | select(.bdf == $bdf) |
		.verdict + " " + (.why | tostring)' "$1.json")
	# shellcheck disable=SC2053 # a pattern
	[[ $got == "$3 "$4 ]] || fail "$1 $2: $got"
}

@test "--list on this machine" {
	dmascope bench --list --json
	answered
	is '.candidates | all(.verdict != null)' true
}

# Whether a function has been given another driver, or a name for one.
bindings() {
	local file

	for file in /sys/bus/pci/devices/*/; do
		printf '%s %s %s\n' "$file" "$(readlink "$file/driver")" "$(cat "$file/driver_override")"
	done
}

@test "without an IOMMU a function of this machine is refused, and left alone" {
	local bdf before

	[[ -z $(ls /sys/class/iommu 2>/dev/null) ]] || skip "this machine has an IOMMU"
	bdf=$(for file in /sys/bus/pci/devices/*; do
		[[ $(<"$file/class") == 0x06* ]] || basename "$file"
	done | head -n 1)
	[[ -n $bdf ]] || skip "this machine has no PCI functions"
	before=$(bindings)
	for words in "map" "map --yes" "isolation --yes --device edu" "map --yes --backend type1"; do
		# shellcheck disable=SC2086 # words
		dmascope bench ${words/ / $bdf }
		[[ $words == *" "* ]] || dmascope bench "$words" "$bdf"
		refused
		[[ $stderr == "dmascope: $bdf: "*IOMMU* ]] || fail "$stderr"
	done
	[[ $(bindings) == "$before" ]]
	dmascope bench map ffff:ff:1f.7
	refused
}

@test "--restore with nothing to give back" {
	[[ ! -e /run/dmascope ]] || skip "something has been taken on this machine"
	dmascope bench --restore
	answered
	[[ $stderr == "dmascope: nothing to give back: no benchmark was interrupted" ]] || fail "$stderr"
}
