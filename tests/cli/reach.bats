#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which physical memory a device can touch, and how sure that is.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

RAM=$((0x9f000 + 0x7ff00000 + 0x80000000)) # of memory_map()

setup() {
	need jq
	machine_vtd
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
}

# tables BDF LINES: what VT-d's page tables hold, as newer kernels print it.
tables() {
	write "$M/sys/kernel/debug/iommu/intel/$1/domain_translation_struct" \
		"Device $1 @0x105a5a000\nIOVA_PFN\t\tPML5E\n$2\n"
}

# page IOVA-PFN ENTRY: a line of them.
page() {
	printf '0x%s |\\t0x0000000000000000\\t0x000000010a5a6003\\t0x000000010a5a7003\\t0x000000010a5a8003\\t0x%s\\n' "$1" "$2"
}

dump() {
	write "$M/sys/kernel/debug/dma-api/disabled" "N\n"
	write "$M/sys/kernel/debug/dma-api/dump" "$1"
}

# mapping BDF PHYSICAL LENGTH: a line of the DMA-API's dump.
mapping() {
	printf 'x %s single idx 1 P=0x%s D=fffc0000 L=%s cln=0x40 DMA_FROM_DEVICE dma map error checked\\n' "$@"
}

@test "what passes through reaches all of RAM" {
	look reach -J
	answered
	is '.reach[0] | [.bdf, .reach, .certainty, .ram_bytes, .ram_total] | tostring' \
		"[\"0000:00:02.0\",\"everything\",\"exact\",$RAM,$RAM]"
	is '.reach[0].kinds[] | select(.kind == "kernel") | .bytes' 16777216
	is '.reach[0].mapped_bytes' null
	look reach -n -o SHARE 00:02.0
	[[ ${output// /} == 100% ]] || fail "«$output»"
}

@test "page tables tell exactly, to the page" {
	tables 0000:00:14.0 "$(page 00000000fffc0 0000000002000003)$(page 00000000fffc1 0000000001fff001)$(page 00000000fffc2 00000000fed90003)"
	look reach -J 00:14.0
	answered
	is '.reach[0] | [.reach, .certainty, .mappings, .mapped_bytes, .writable_bytes, .ram_bytes] | tostring' \
		'["mapped","exact",3,12288,8192,8192]'
	is '.reach[0].kinds | map({(.kind): .bytes}) | add | tostring' '{"ram":4096,"kernel":4096,"iommu":4096}'
	is '.reach[0].path' /sys/kernel/debug/iommu/intel
	[[ -z $stderr ]] || fail "$stderr"
}

@test "large pages are told apart" {
	tables 0000:00:14.0 "0x0000000000200 |\t0x0000000000000000\t0x000000010a5a6003\t0x000000010a5a7003\t0x0000000040200083\n$(page 00000000fffc0 0000000002000003)"
	look reach -J 00:14.0
	is '.reach[0] | [.mapped_bytes, .large_page_bytes] | tostring' '[2101248,2097152]'
}

@test "the older single file has all devices in it" {
	write "$M/sys/kernel/debug/iommu/intel/domain_translation_struct" \
		"Device 0000:00:14.0 @0x1\nIOVA_PFN\n$(page 00000000fffc0 0000000002000003)\nDevice 0000:00:1f.3 @0x2\nIOVA_PFN\n\n"
	look reach -J 00:14.0 00:1f.3
	is '.reach | map(.ram_bytes) | tostring' '[4096,0]'
	is '.reach | map(.certainty) | tostring' '["exact","exact"]'
}

@test "the file of all devices may repeat one for each member of its group" {
	block="Device 0000:00:14.0 @0x1\nIOVA_PFN\n$(page 00000000fffc0 0000000002000003)\n"
	rm "$M/sys/kernel/iommu_groups/2/devices/0000:00:1f.3"
	ln -s ../../../../bus/pci/devices/0000:00:1f.3 "$M/sys/kernel/iommu_groups/1/devices/"
	write "$M/sys/kernel/debug/iommu/intel/domain_translation_struct" "$block$block"
	look reach -J 00:14.0 00:1f.3
	is '.reach | map([.certainty, .mappings, .ram_bytes] | tostring) | join(" ")' \
		'["exact",1,4096] ["exact",1,4096]'
}

@test "only what was asked for is read, and what shares its group" {
	tables 0000:00:14.0 "$(page 00000000fffc0 0000000002000003)"
	tables 0000:00:1f.3 "what\n"
	look reach -J 00:14.0
	is '.reach[0].certainty' exact
	is '[.unread[] | select(.path | contains("1f.3/domain"))] | length' 0
	look reach -J
	is '[.unread[] | select(.path | contains("1f.3/domain"))] | length' 1
}

@test "tables in the file of a device are its own, whatever name they bear" {
	write "$M/sys/kernel/debug/iommu/intel/0000:00:14.0/domain_translation_struct" \
		"Device 0000:00:1f.3 @0x1\nIOVA_PFN\n$(page 00000000fffc0 0000000002000003)\n"
	look reach -J 00:14.0
	is '.reach[0] | [.certainty, .ram_bytes] | tostring' '["exact",4096]'
}

@test "a domain of somebody else instead of the one that passes everything" {
	tables 0000:00:02.0 "$(page 00000000fffc0 0000000002000003)"
	look reach -J 00:02.0
	is '.reach[0] | [.reach, .ram_bytes] | tostring' '["mapped",4096]'
}

@test "private memory of a virtual machine is not within reach, and nobody knows how much" {
	write "$M/proc/cpuinfo" "processor\t: 0\nflags\t\t: fpu hypervisor tdx_guest\n\n"
	look reach -J 00:02.0
	is '.reach[0] | [.reach, .certainty, .ram_bytes] | tostring' '["everything",null,null]'
	has '.reach[0].why' private
}

@test "PASIDs of a device count with it" {
	tables 0000:00:14.0 "$(page 00000000fffc0 0000000002000003)"
	write "$M/sys/kernel/debug/iommu/intel/0000:00:14.0/1/domain_translation_struct" \
		"Device 0000:00:14.0 with pasid 1 @0x105a5a000\nIOVA_PFN\n$(page 0000000000001 0000000003000003)\n"
	look reach -J 00:14.0
	is '.reach[0].ram_bytes' 8192
	has '.reach[0].why' PASID
}

@test "the DMA-API gives a lower bound, in whole pages, for the whole group" {
	dump "$(mapping 0000:00:14.0 0000000002000800 10)$(mapping 0000:00:1f.3 0000000003000ff0 20)"
	look reach -J 00:14.0 00:1f.3
	is '.reach | map([.reach, .certainty, .ram_bytes, .mapped_bytes] | tostring) | join(" ")' \
		'["mapped","at-least",4096,16] ["mapped","at-least",8192,32]'
	rm "$M/sys/kernel/iommu_groups/2/devices/0000:00:1f.3"
	ln -s ../../../../bus/pci/devices/0000:00:1f.3 "$M/sys/kernel/iommu_groups/1/devices/"
	look reach -J 00:14.0
	is '.reach[0].ram_bytes' 12288
	dump "$(mapping 0000:00:14.0 0000000002000800 10000 | sed s/single/scatter-gather/)"
	look reach -J 00:14.0
	is '.reach[0] | [.ram_bytes, .mapped_bytes] | tostring' '[4096,65536]'
}

@test "without debug files the reach is what is mapped, and how much is unknown" {
	look reach -J 00:14.0
	answered
	is '.reach[0] | [.reach, .certainty, .ram_bytes, .mapped_bytes] | tostring' '["mapped",null,null,null]'
	dump ''
	write "$M/sys/kernel/debug/dma-api/disabled" "Y\n"
	look reach -J 00:14.0
	is '.reach[0].ram_bytes' null
}

@test "lines that make no sense are told, and nothing is built on them" {
	tables 0000:00:14.0 "$(page 00000000fffc0 0000000002000003)\e[31mwhat\n"
	dump "what\n"
	look reach 00:14.0
	answered
	[[ $stderr == *"1 line could not be understood"* ]] || fail "$stderr"
	[[ $stderr != *$'\e'* ]] || fail "an escape sequence"
	look reach -J 00:14.0
	has '[.unread[].path] | join(" ")' /sys/kernel/debug/dma-api/dump
	is '.reach[0] | [.certainty, .ram_bytes] | tostring' '["at-least",0]'
	dump "what\n$(mapping 0000:00:14.0 0000000002000800 10)"
	look reach -J 00:14.0
	is '.reach[0].ram_bytes' 4096
}

@test "an endless line is no line" {
	mkdir -p "$M/sys/kernel/debug/dma-api"
	head -c 200000 /dev/zero | tr '\0' x >"$M/sys/kernel/debug/dma-api/dump"
	look reach -J 00:14.0
	answered
	is '.reach[0].ram_bytes' null
	has '[.unread[].reason] | join(" ")' "Message too long"
}

@test "a long dump is read to its end" {
	mkdir -p "$M/sys/kernel/debug/dma-api"
	for ((i = 0; i < 3000; i++)); do
		printf 'x 0000:00:14.0 coherent idx 1 P=0x%x D=fffc0000 L=1000 cln=0x40 DMA_TO_DEVICE dma map error checked\n' \
			$((0x10000000 + 8192 * i))
	done >"$M/sys/kernel/debug/dma-api/dump"
	look reach -J 00:14.0
	is '.reach[0] | [.mappings, .ram_bytes, .writable_bytes] | tostring' '[3000,12288000,0]'
}

@test "hidden addresses: everything is still everything, of unknown size" {
	sed -i 's/^\( *\)[0-9a-f]*-[0-9a-f]*/\100000000-00000000/' "$M/proc/iomem"
	look reach -J 00:02.0
	answered
	is '.reach[0] | [.reach, .ram_bytes, .ram_total, .kinds] | tostring' '["everything",null,null,null]'
}

@test "what is read is in a snapshot" {
	tables 0000:00:14.0 "$(page 00000000fffc0 0000000002000003)"
	dump "$(mapping 0000:00:1f.3 0000000003000ff0 20)"
	look reach -J
	before=$(jq -c .reach <<<"$output")
	look snapshot "$BATS_TEST_TMPDIR/again"
	answered
	M=$BATS_TEST_TMPDIR/again
	look reach -J
	[[ $(jq -c .reach <<<"$output") == "$before" ]] || fail "$output"
}

@test "cards, columns and gauges" {
	tables 0000:00:14.0 "$(page 00000000fffc0 0000000002000003)"
	look reach --why 00:14.0
	[[ $output == *"KINDS"*"ram: 4096"* ]] || fail "$output"
	look reach -f prometheus 00:14.0
	[[ $output == *'dmascope_reach_ram_bytes{bdf="0000:00:14.0"} 4096'* ]] || fail "$output"
	look reach 00:1e.0
	refused
}
