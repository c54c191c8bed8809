#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The physical address map: every line of it, its owners, and who owns an address.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine iomem
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
}

map() {
	cat >"$M/proc/iomem"
}

# The JSON of $output as lines of /proc/iomem: hidden or missing addresses are zeros again.
lines_of_json() {
	jq -r 'def hex: if . == null then "00000000" else .[2:] | (8 - length) as $n
			| (if $n > 0 then "0" * $n else "" end) + . end;
		def indent: [. , 5] | min | if . == 0 then "" else "  " * . end;
		.regions[] | "\(.depth | indent)\(.start | hex)-\(.end | hex) : \(.name)"' <<<"$output"
}

# resource BDF LINE…: the attribute `resource`; lines that are not given are zeros.
resource() {
	local bdf=$1 count=$2 line

	shift 2
	for line; do
		echo "$line"
		count=$((count - 1))
	done >"$(pci_directory "$bdf")/resource"
	while [[ $count -gt 0 ]]; do
		echo "0x0000000000000000 0x0000000000000000 0x0000000000000000"
		count=$((count - 1))
	done >>"$(pci_directory "$bdf")/resource"
}

zero="0x0000000000000000 0x0000000000000000 0x0000000000000000"

# A VT-d machine with a bridge, an NVMe controller and a card with virtual functions.
machine_with_bars() {
	machine_vtd bars
	memory_map
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
	pci 0000:00:1c.0 8086:a338 060400 express=4 driver=pcieport
	pci 0000:01:00.0 144d:a808 010802 express=0 parent=0000:00:1c.0 driver=nvme
	pci 0000:00:1d.0 8086:a330 060400 express=4 driver=pcieport
	resource 0000:00:02.0 13 "0x00000000a0000000 0x00000000a0ffffff 0x0000000000140204" "$zero" \
		"0x0000000090000000 0x000000009fffffff 0x000000000014220c"
	resource 0000:01:00.0 13 "0x00000000a1000000 0x00000000a1003fff 0x0000000000140204" \
		"$zero" "$zero" "$zero" "$zero" "$zero" \
		"0x00000000a1010000 0x00000000a101ffff 0x0000000000046200" \
		"0x00000000a1020000 0x00000000a102ffff 0x0000000000140204"
	resource 0000:00:1c.0 17 "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" \
		"$zero" "$zero" "$zero" "$zero" "$zero" \
		"0x00000000a1000000 0x00000000a11fffff 0x0000000000000200"
	resource 0000:00:1d.0 11 "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" "$zero" \
		"0x00000000a2000000 0x00000000a21fffff 0x0000000000000200"
	map <<-'END'
	00000000-00000fff : Reserved
	00001000-0009ffff : System RAM
	00100000-7fffffff : System RAM
	  01000000-01ffffff : Kernel code
	80000000-dfffffff : PCI Bus 0000:00
	  90000000-9fffffff : 0000:00:02.0
	    90000000-907fffff : efifb
	  a0000000-a0ffffff : 0000:00:02.0
	  a1000000-a11fffff : PCI Bus 0000:01
	    a1000000-a1003fff : 0000:01:00.0
	      a1000000-a1003fff : nvme
	    a1010000-a101ffff : 0000:01:00.0
	    a1020000-a102ffff : 0000:01:00.0
	      a1020000-a1023fff : 0000:01:00.1
	  a2000000-a21fffff : PCI Bus 0000:02
	fec00000-fec003ff : IOAPIC 0
	fed90000-fed90fff : dmar0
	100000000-17fffffff : System RAM
	END
}

@test "the map: every line, in its order, at its depth" {
	machine_with_bars
	look iomem -J
	answered
	diff "$M/proc/iomem" <(lines_of_json)
	is '.regions[5] | [.start, .end, .size, .depth, .parent, .name, .kind] | tostring' \
		'["0x90000000","0x9fffffff",268435456,1,"PCI Bus 0000:00","0000:00:02.0","pci-function"]'
	is '.unread | length' 0
}

@test "the table is the tree of the map" {
	machine_with_bars
	look iomem
	answered
	[[ ${lines[0]} =~ ^RANGE\ +NAME\ +DRIVER\ +DETAILS$ ]]
	[[ ${#lines[@]} -eq 19 ]]
	[[ ${lines[2]} =~ ^0x1000-0x9ffff\ +System\ RAM\ +-\ +zone:\ DMA$ ]]
	[[ ${lines[4]} =~ ^└─0x1000000-0x1ffffff\ +Kernel\ code ]]
	[[ ${lines[11]} =~ ^│\ │\ └─0xa1000000-0xa1003fff\ +nvme\ +nvme\ +BAR\ 0,\ 64bit$ ]]
	look iomem -n -o start,size,kind
	[[ ${lines[1]} =~ ^0x1000\ +651264\ ram$ ]]
}

@test "every line of real maps is shown, none is lost" {
	[[ -e ${DMASCOPE_CORPUS:-}/iomem ]] || skip "there are no maps in \$DMASCOPE_CORPUS"
	files=0
	for file in "$DMASCOPE_CORPUS"/iomem/*; do
		cp "$file" "$M/proc/iomem"
		look iomem -J
		answered
		files=$((files + 1))
		# What is a line of a map, by other means.
		grep -aE '^ *[0-9a-f]{1,16}-[0-9a-f]{1,16} : ' "$file" | sed 's/^ *//' >"$M/lines"
		wc -l <"$M/lines" >"$M/count"
		is '.regions | length' "$(cat "$M/count")"
		[[ $(wc -l <"$file") -eq $(cat "$M/count") ]] ||
			has '[.unread[].reason] | join(" ")' "not \\\"start-end : name\\\""
		diff "$M/lines" <(lines_of_json | sed 's/^ *//') || fail "$file differs"
		# Two mails of these shifted the first column.
		grep -qE '^( {2})* [0-9a-f]' "$file" || diff "$file" <(lines_of_json) || fail "$file differs"
		if grep -qaE '^ *0*[1-9a-f][0-9a-f]*-|-0*[1-9a-f][0-9a-f]* : ' "$file"; then
			is '[.unread[].reason] | index("addresses are hidden without CAP_SYS_ADMIN")' null
		else
			is '[.regions[] | .start, .end, .size] | unique | tostring' '[null]'
			has '[.unread[].reason] | tostring' "hidden without CAP_SYS_ADMIN"
		fi
	done
	[[ $files -ge 40 ]]
}

@test "real maps are classified as a look at the names says" {
	[[ -e ${DMASCOPE_CORPUS:-}/iomem ]] || skip "there are no maps in \$DMASCOPE_CORPUS"
	for file in "$DMASCOPE_CORPUS"/iomem/*; do
		cp "$file" "$M/proc/iomem"
		look iomem -J
		sed -n 's/^ *[0-9a-f]*-[0-9a-f]* : //p' "$file" | awk '
			{ kind = "" }
			/^System RAM/ { kind = "ram" }
			/^Kernel (code|data|rodata|bss|image)/ { kind = "kernel" }
			/^Crash kernel/ { kind = "crash-kernel" }
			/^([Rr]eserved|RAM buffer|Unknown E820 type|Unusable memory)$/ { kind = "reserved" }
			/^ACPI Tables$/ { kind = "acpi-tables" }
			/^ACPI Non-volatile Storage$/ { kind = "acpi-nvs" }
			/^(System|Video|Adapter) ROM$/ { kind = "rom" }
			/^PCI (MMCONFIG|ECAM) / { kind = "pci-config" }
			/^(PCI Bus |pcie[^ ]*@|VMD MEMBAR)/ { kind = "pci-window" }
			/^[0-9a-f]+:[0-9a-f][0-9a-f]:[01][0-9a-f]\.[0-7]/ { kind = "pci-function" }
			/^(dmar[0-9]|amd_iommu)/ { kind = "iommu" }
			/^(IOAPIC|Local APIC)/ { kind = "interrupts" }
			kind { count[kind]++ }
			END { for (kind in count) print kind, count[kind] }' | sort >"$M/wanted"
		jq -r '[.regions[].kind] | group_by(.)[] | "\(.[0]) \(length)"' <<<"$output" |
			grep -vE '^(driver|platform|graphics|timer|other) ' | sort >"$M/got"
		diff "$M/wanted" "$M/got" || fail "$file"
		# Nothing of a real machine is without a kind.
		is '[.regions[] | select(.kind == null or .kind == "none")] | length' 0
	done
}

@test "real maps: the owner of an address is the one that a plain search finds" {
	[[ -e ${DMASCOPE_CORPUS:-}/iomem ]] || skip "there are no maps in \$DMASCOPE_CORPUS"
	for file in "$DMASCOPE_CORPUS"/iomem/{acrn-icx-rvp,acrn-tgl-rvp,tutorial}.txt; do
		cp "$file" "$M/proc/iomem"
		asked=()
		while IFS='- ' read -r start end; do
			for address in $((0x$start)) $((0x$end)) $((0x$start + (0x$end - 0x$start) / 2)); do
				printf -v hex '0x%x' "$address"
				asked+=("$hex")
				# The last line that holds it is the innermost.
				while IFS='-:' read -r first last name; do
					((0x${first// /} <= address && address <= 0x${last// /})) &&
						wanted=${name# }
				done <"$file"
				echo "$hex $wanted"
			done
		done < <(sed -n 's/^ *\([0-9a-f]*-[0-9a-f]*\) : .*/\1/p' "$file" | awk 'NR % 19 == 1') \
			>"$M/wanted"
		look iomem "${asked[@]}" -J
		answered
		# Each answer ends where the next one begins anew.
		jq -r '.regions as $all | range($all | length) as $i
			| select($all[$i + 1].depth != $all[$i].depth + 1)
			| "\($all[$i].asked) \($all[$i].name)"' <<<"$output" | diff "$M/wanted" - || fail "$file"
	done
}

@test "without CAP_SYS_ADMIN addresses are unknown, never zero" {
	map <<-'END'
	00000000-00000000 : System RAM
	  00000000-00000000 : Kernel code
	00000000-00000000 : PCI Bus 0000:00
	END
	look iomem
	answered
	[[ ${lines[1]} =~ ^\?\ +System\ RAM\ +-\ +\?$ ]]
	[[ ${lines[2]} =~ ^└─\?\ +Kernel\ code ]]
	[[ $output != *0x0* ]]
	[[ $stderr == "dmascope: /proc/iomem: addresses are hidden without CAP_SYS_ADMIN" ]]
	look iomem -J
	answered
	is '.regions | map(.name) | join(" ")' "System RAM Kernel code PCI Bus 0000:00"
	is '.regions | map(.depth) | tostring' '[0,1,0]'
	is '[.regions[] | .start, .end, .size, .zones, .firmware, .cache] | unique | tostring' '[null]'
	is '.unread | map("\(.source) \(.path) \(.reason)") | join(" ")' \
		"iomem /proc/iomem addresses are hidden without CAP_SYS_ADMIN"
	for address in 0x0 0x1000 0x0-0xffff; do
		look iomem "$address"
		refused
		[[ $stderr == *"hidden without CAP_SYS_ADMIN" ]]
		look iomem "$address" -J
		refused
	done
}

@test "one line with an address is enough to believe the others" {
	map <<-'END'
	00000000-00000fff : Reserved
	000a0000-000fffff : Reserved
	  00000000-00000000 : PCI Bus 0000:00
	  000a0000-000dffff : PCI Bus 0000:00
	END
	look iomem -J
	answered
	diff "$M/proc/iomem" <(lines_of_json)
	is '.regions[2] | [.start, .end, .size, .depth, .parent] | tostring' '[null,null,null,1,"Reserved"]'
	is '[.unread[].path] | index("/proc/iomem")' null
	look iomem
	[[ ${lines[3]} =~ ^├─-\ +PCI\ Bus ]]
	look iomem 0x0 -J
	is '.regions | map(.start) | tostring' '["0x0"]'
	look iomem 0xa0000 -J
	is '.regions | map(.start) | tostring' '["0xa0000","0xa0000"]'
}

@test "what the kernel indents no deeper is nested by its addresses" {
	map <<-'END'
	80000000-8fffffff : PCI Bus 0000:00
	  80000000-87ffffff : PCI Bus 0000:05
	    80000000-83ffffff : PCI Bus 0000:06
	      80000000-81ffffff : PCI Bus 0000:42
	        80000000-80ffffff : PCI Bus 0000:43
	          80000000-807fffff : PCI Bus 0000:44
	          80000000-803fffff : 0000:44:00.0
	          80000000-803fffff : nvidia
	          80400000-80403fff : 0000:44:00.1
	END
	look iomem -J
	answered
	is '.regions | map(.depth) | tostring' '[0,1,2,3,4,5,6,7,6]'
	is '.regions[7] | [.parent, .kind] | tostring' '["0000:44:00.0","driver"]'
	is '.regions[8].parent' "PCI Bus 0000:44"
	look iomem 0x80400000 -J
	is '.regions | map(.depth) | tostring' '[0,1,2,3,4,5,6]'
	is '.regions[-1].name' "0000:44:00.1"
}

@test "who owns an address: the regions from the outermost to the innermost" {
	machine_with_bars
	look iomem 0xa1000010 -J
	answered
	is '.regions | map(.name) | join(" / ")' \
		"PCI Bus 0000:00 / PCI Bus 0000:01 / 0000:01:00.0 / nvme"
	is '.regions | map(.asked) | unique | join(" ")' 0xa1000010
	is '.regions[-1] | [.bdf, .driver, .kind, .bar] | tostring' '["0000:01:00.0","nvme","driver","BAR 0"]'
	look iomem 0xa1000010
	answered
	[[ ${#lines[@]} -eq 5 ]]
	[[ ${lines[4]} == "    └─0xa1000000-0xa1003fff nvme"* ]]
	look iomem 0xfed90000
	[[ ${#lines[@]} -eq 2 && ${lines[1]} == *dmar0* ]]
}

@test "first and last address belong to a region, their neighbours do not" {
	for address in 0xfed90000 0xfed90fff; do
		look iomem "$address" -J
		answered
		is '.regions | map(.name) | join(" ")' dmar0
	done
	for address in 0xfed8ffff 0xfed91000; do
		look iomem "$address" -J
		[[ $status -eq 1 ]]
		is '.regions | map(.kind) | join(" ")' none
	done
}

@test "an address that nobody owns is a negative answer" {
	look iomem 0xfed91000 -J
	[[ $status -eq 1 ]]
	is '.regions | length' 1
	is '.regions[0] | [.asked, .start, .end, .size, .name, .kind, .parent] | tostring' \
		'["0xfed91000","0xfed91000","0xffffffff",19329024,null,"none",null]'
	look iomem 0xfed91000
	[[ $status -eq 1 ]]
	[[ ${lines[1]} =~ ^0xfed91000-0xffffffff\ +-\ +-\ +no\ region$ ]]
	[[ -z $stderr ]]
	look iomem 0xffffffffffffffff -J
	[[ $status -eq 1 ]]
	is '.regions[0] | .start, .end' $'0x180000000\n0xffffffffffffffff'
	look iomem 0xa0000 -J
	[[ $status -eq 1 ]]
	is '.regions[0] | .start, .end' $'0xa0000\n0xeffff'
	# One of several is enough.
	look iomem 0x1000 0xfed91000 -J
	[[ $status -eq 1 ]]
	is '.regions | map(.asked) | join(" ")' "0x1000 0xfed91000"
}

@test "an address below the first region" {
	map <<<"40000000-4fffffff : System RAM"
	look iomem 0x0 -J
	[[ $status -eq 1 ]]
	is '.regions[0] | .start, .end' $'0x0\n0x3fffffff'
}

@test "several addresses, each with its own answer" {
	look iomem 0x1000000 0xfed90000 0x1000000 -J
	answered
	is '.regions | map("\(.asked) \(.name)") | join(", ")' \
		"0x1000000 System RAM, 0x1000000 Kernel code, 0xfed90000 dmar0, 0x1000000 System RAM, 0x1000000 Kernel code"
	look iomem 0x1000000 0xfed90000
	[[ ${lines[0]} == *ASKED && ${lines[3]} == *0xfed90000 ]]
	look iomem 0x1000000 0xfed90000 -o name
	[[ ${lines[0]} == NAME ]]
}

@test "ranges: everything that overlaps" {
	for range in 0x9f000-0x100000 0x9f000+0x61001 0x9f000+397313; do
		look iomem "$range" -J
		answered
		is '.regions | map(.name) | join(", ")' "System RAM, System ROM, System RAM"
		is '.regions | map(.asked) | unique | join(" ")' "$range"
	done
	look iomem 0x100000000+1G -J
	is '.regions | map(.name) | join(", ")' "System RAM"
	look iomem 0xa0000+4K
	[[ $status -eq 1 ]]
	look iomem 0x0-0xffffffffffffffff -J
	answered
	is '.regions | length' 9
	look iomem 0xfec00000-0xfec00000 -J
	is '.regions | map(.name) | join(", ")' "IOAPIC 0"
	look iomem 0xfffffffffffffffe+2 -J
	[[ $status -eq 1 ]]
}

@test "what is no address is refused" {
	for word in "" 0x 0xg 1000 fed90000 -1 0x1-0 0x2-0x1 0x1+ 0x1+0 0x1+-1 0x1- 0x1+4P 0x1+K \
		0x10000000000000000 0xffffffffffffffff+2 0x1-0x2-0x3 "0x1 " " 0x1" 0x1+0x1+0x1 dmar0 \
		0X1 0x1+17179869184G; do
		look iomem -- "$word"
		refused
		[[ $stderr == *"not an address"* ]] || fail "«$word»: $stderr"
	done
	look iomem 0x1000 nonsense
	refused
}

@test "a map that cannot be read: an empty answer, and none about an address" {
	rm "$M/proc/iomem"
	look iomem -J
	answered
	is '.regions | tostring' '[]'
	has '[.unread[] | select(.path == "/proc/iomem") | .reason] | join(" ")' missing
	look iomem 0x1000
	refused
	[[ $stderr == "dmascope: /proc/iomem: "* ]]
	: >"$M/proc/iomem"
	look iomem 0x1000
	refused
	echo nonsense >"$M/proc/iomem"
	look iomem 0x1000
	refused
}

@test "PCI functions: the resource, its flags, and who drives it" {
	machine_with_bars
	look iomem -J
	answered
	is '.regions[] | select(.bdf == "0000:00:02.0") | "\(.name) \(.bar) \(.flags | join("+")) \(.driver)"' \
		$'0000:00:02.0 BAR 2 64bit+prefetchable i915\nefifb BAR 2 64bit+prefetchable i915\n0000:00:02.0 BAR 0 64bit i915'
	is '.regions[] | select(.bdf == "0000:01:00.0") | "\(.name) \(.bar) \(.kind)"' \
		$'0000:01:00.0 BAR 0 pci-function\nnvme BAR 0 driver\n0000:01:00.0 ROM pci-function\n0000:01:00.0 VF BAR 0 pci-function'
	# A function that is not on the bus any more: nothing is known of it.
	is '.regions[] | select(.name == "0000:01:00.1") | [.bdf, .bar, .driver] | tostring' \
		'["0000:01:00.1",null,null]'
}

@test "windows belong to the bridge above the bus" {
	machine_with_bars
	look iomem -J
	is '.regions[] | select(.kind == "pci-window") | "\(.name) \(.bdf) \(.driver) \(.bar)"' \
		$'PCI Bus 0000:00 null null null\nPCI Bus 0000:01 0000:00:1c.0 pcieport window\nPCI Bus 0000:02 0000:00:1d.0 pcieport window'
	# Claims within a window are not the bridge's.
	is '.regions[] | select(.name == "dmar0") | [.bdf, .driver] | tostring' '[null,null]'
}

@test "a resource file that makes no sense" {
	machine_with_bars
	echo "0x1 0x2" >"$(pci_directory 0000:01:00.0)/resource"
	look iomem -J
	answered
	is '.regions[] | select(.name == "nvme") | [.bdf, .bar, .driver] | tostring' '["0000:01:00.0",null,"nvme"]'
	is '.unread | map("\(.path): \(.reason)") | join(" ")' \
		'/sys/bus/pci/devices/0000:01:00.0/resource: line 1 is not "start end flags"'
	# The others still have theirs.
	is '[.regions[] | select(.bar == "BAR 2")] | length' 2
}

@test "zones: of RAM alone, by pages that make up the RAM" {
	look iomem -J
	is '.regions[] | "\(.start) \(.zones | tostring)"' \
		$'0x0 null\n0x1000 ["DMA"]\n0xf0000 null\n0x100000 ["DMA","DMA32"]\n0x1000000 ["DMA32"]\n0x80000000 null\n0xfec00000 null\n0xfed90000 null\n0x100000000 ["Normal"]'
	# An address has one zone.
	look iomem 0x100000 -J
	is '.regions[0].zones | tostring' '["DMA"]'
	look iomem 0x1000000 -J
	is '.regions | map(.zones[0]) | unique | join(" ")' DMA32
	look iomem 0xffffff-0x1000000 -J
	is '.regions[0].zones | tostring' '["DMA","DMA32"]'
}

@test "zones on a machine with large pages" {
	map <<-'END'
	40000000-7fffffff : System RAM
	  40010000-417fffff : Kernel code
	  7f000000-7fffffff : reserved
	8000000000-80ffffffff : System RAM
	END
	zones DMA 16384 16384 16384 Normal 8388608 65536 65536 # pages of 64 KiB
	look iomem -J
	answered
	is '.regions | map(.zones | tostring) | join(" ")' '["DMA"] ["DMA"] ["DMA"] ["Normal"]'
	zones DMA 262144 262144 262144 Normal 134217728 1048576 1048576 # of 4 KiB
	look iomem -J
	is '.regions | map(.zones | tostring) | join(" ")' '["DMA"] ["DMA"] ["DMA"] ["Normal"]'
	# As arm64 in QEMU has it: memory of the firmware, outside and inside the kernel's.
	map <<-'END'
	04000000-07ffffff : reserved
	40000000-5c43ffff : System RAM
	  55000000-5687ffff : Kernel code
	5c440000-5c72ffff : reserved
	5c730000-5fbfffff : System RAM
	5fc00000-5ffdffff : reserved
	5ffe0000-5fffffff : System RAM
	END
	zones DMA 16384 376832 147456
	look iomem -J
	is '.regions[] | select(.kind == "ram") | .zones[0]' $'DMA\nDMA\nDMA'
	is '.unread | length' 0
	# Not of this machine: no page size makes sense of it.
	zones DMA 1 100 100
	look iomem -J
	is '.regions | map(.zones) | unique | tostring' '[null]'
	has '[.unread[] | select(.path == "/proc/zoneinfo") | .reason] | join(" ")' "do not make up"
	zones DMA 16384 16384 16384 Normal 8388608 65536 65536 Movable 0 0 0
	sed -i 's/8388608/99999999999999999999/' "$M/proc/zoneinfo"
	look iomem -J
	answered
}

@test "the firmware's own map" {
	local i=0

	for entry in "0x0 0x9fbff System RAM" "0x9fc00 0xfffff Reserved" "0x100000 0x7effffff System RAM" \
		"0x7f000000 0x7fffffff ACPI Non-volatile Storage" "0xfec00000 0xfedfffff Reserved"; do
		read -r start end type <<<"$entry"
		write "$M/sys/firmware/memmap/$i/start" "$start\n"
		write "$M/sys/firmware/memmap/$i/end" "$end\n"
		write "$M/sys/firmware/memmap/$i/type" "$type\n"
		i=$((i + 1))
	done
	look iomem -J
	answered
	is '.regions[] | select(.firmware) | "\(.start) \(.firmware | join(" + "))"' \
		$'0x0 System RAM\n0x1000 System RAM + Reserved\n0xf0000 Reserved\n0x100000 System RAM + ACPI Non-volatile Storage\n0x1000000 System RAM\n0xfec00000 Reserved\n0xfed90000 Reserved'
	look iomem
	[[ ${lines[1]} == *"firmware: System RAM" ]]
	[[ ${lines[2]} != *firmware* ]]
	look iomem 0x7f800000 -J
	is '.regions[0].firmware | tostring' '["ACPI Non-volatile Storage"]'
	# What the kernel's map leaves out, the firmware's may have.
	look iomem 0xa0000 -J
	is '.regions[0] | [.kind, .firmware[0]] | join(" ")' "none Reserved"
	# A part of it that is missing makes no answer of absence.
	echo nonsense >"$M/sys/firmware/memmap/1/end"
	look iomem -J
	is '.regions[2].firmware' null
	has '[.unread[].path] | join(" ")' /sys/firmware/memmap/1/end
	look iomem -o firmware -n
	[[ ${lines[2]} == "?" ]]
}

@test "cache types, where debugfs has them" {
	machine_with_bars
	write "$M/sys/kernel/debug/x86/pat_memtype_list" "PAT memtype list:\n\
PAT: [mem 0x0000000090000000-0x00000000907f0000] write-combining\n\
PAT: [mem 0x00000000a1000000-0x00000000a1002000] uncached-minus\n\
PAT: [mem 0x00000000a1002000-0x00000000a1004000] uncached-minus\n\
PAT: [mem 0x00000000fed90000-0x00000000fed91000] uncached-minus\n"
	look iomem -J
	answered
	is '.regions[] | select(.cache) | "\(.name) \(.cache | join("+"))"' \
		$'PCI Bus 0000:00 write-combining+uncached-minus\n0000:00:02.0 write-combining\nefifb write-combining\nPCI Bus 0000:01 uncached-minus\n0000:01:00.0 uncached-minus\nnvme uncached-minus\ndmar0 uncached-minus'
	look iomem 0xfed90000
	[[ ${lines[1]} == *"uncached-minus" ]]
	# The kernel prints the first address behind a mapping, not the last one in it.
	look iomem 0x907f0000 -J
	is '.regions[1].cache' null
	look iomem 0x907effff -J
	is '.regions[1].cache | tostring' '["write-combining"]'
	echo "PAT: what is this" >>"$M/sys/kernel/debug/x86/pat_memtype_list"
	look iomem -J
	has '[.unread[].reason] | join(" ")' "1 line is not"
	is '[.regions[] | select(.cache)] | length' 7
	# Where debugfs is not mounted nothing is absent.
	write "$M/proc/self/mounts" "sysfs /sys sysfs rw 0 0\n"
	look iomem -n -o cache
	[[ ${lines[0]} == "?" ]]
}

@test "lines that make no sense are counted, the others shown" {
	map <<-'END'
	00001000-0009ffff : System RAM
	nonsense
	00100000-000fffff : ends before it starts
	00100000 - 001fffff : spaces
	00100000-001fffff: no space
	0010000g-001fffff : no digit
	11111111111111111-11111111111111112 : 17 digits
	TAB00200000-002fffff : a tab
	> 00300000-003fffff : quoted

	fed90000-fed90fff : dmar0
	END
	sed -i 's/^TAB/\t/' "$M/proc/iomem"
	look iomem -J
	answered
	is '.regions | map(.name) | join(" ")' "System RAM dmar0"
	is '.unread | map(select(.path == "/proc/iomem") | .reason) | join(" ")' \
		"9 lines are not \"start-end : name\"; the first is 'nonsense'"
	look iomem 0xfed90000
	answered
}

@test "hostile names do not reach the terminal" {
	printf '00001000-00001fff : \033[31mred\033[0m\n00002000-00002fff : \xe2\x80\xaereversed \xff\n00003000-00003fff : \n00004000-00004fff : %%s%%n\n\033]0;x\n' \
		>"$M/proc/iomem"
	for format in table json jsonl; do
		look iomem -f "$format"
		answered
		! LC_ALL=C grep -qP '[^\x20-\x7e]' <<<"$output$stderr" || fail "$format: $output$stderr"
	done
	look iomem -J
	is '.regions | map(.name) | tostring' '["\\x1b[31mred\\x1b[0m","\\xe2\\x80\\xaereversed \\xff",null,"%s%n"]'
	printf '00001000-00001fff : before\n\0\n00002000-00002fff : behind\n' >"$M/proc/iomem"
	look iomem -J
	answered
	is '.regions | map(.name) | join(" ")' before
	has '[.unread[].reason] | join(" ")' "NUL byte"
}

@test "a map out of order, twice the same, overlapping, or nested without end" {
	map <<-'END'
	fed90000-fed90fff : dmar0
	00001000-00001fff : first
	00001000-00001fff : again
	00001800-000027ff : across
	00000000-ffffffffffffffff : everything
	END
	look iomem -J
	answered
	is '.regions | map(.name) | join(" ")' "everything first again across dmar0"
	is '.regions | map(.depth) | tostring' '[0,1,2,1,1]'
	is '.regions[0].size' null
	for address in 0x1000 0x1fff 0x27ff 0xfed90000 0xffffffffffffffff; do
		look iomem "$address" -J
		answered
	done
	for ((i = 0; i < 2000; i++)); do
		printf '%*s%x-%x : level\n' "$i" "" "$i" $((100000 - i))
	done | map
	look iomem -J
	answered
	is '.regions | length' 2000
	is '[.regions[].depth] | max' 32
	look iomem
	answered
	sed -i 's/[0-9a-f]*-[0-9a-f]* :/00000000-00000000 :/' "$M/proc/iomem"
	look iomem
	answered
	[[ $(wc -l <<<"$output") -eq 2001 ]]
}

@test "100,000 lines" {
	awk 'BEGIN {
		print "00000000-ffffffff : everything"
		for (i = 0; i < 99999; i++)
			printf "  %08x-%08x : 0000:%02x:%02x.%d\n", i * 16384, i * 16384 + 8191,
				i / 256 % 256, i / 8 % 32, i % 8
	}' | map
	look iomem -J
	answered
	is '.regions | length' 100000
	look iomem 0x61a78000 -J # 99998 * 16384
	answered
	is '.regions[-1].start' 0x61a78000
	look iomem
	[[ $(wc -l <<<"$output") -eq 100001 ]]
}

@test "where the bounce-buffer pool lies is not known, and said so" {
	write "$M/sys/kernel/debug/swiotlb/io_tlb_nslabs" "32768\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_used" "0\n"
	look iomem
	answered
	[[ $output == *$'\n\nNot in this map: '*"bounce-buffer pool of 64M lies"* ]]
	look iomem -n
	[[ $output != *bounce* ]]
	look iomem 0x1000
	[[ $output != *bounce* ]]
	write "$M/sys/kernel/debug/swiotlb/io_tlb_nslabs" "0\n"
	look iomem
	[[ $output != *bounce* ]]
}

@test "this machine: the map is that of the kernel" {
	dmascope iomem -J
	answered
	diff <(sed 's/^ *//' /proc/iomem) <(lines_of_json | sed 's/^ *//')
}

@test "this machine, as an ordinary user: names without addresses" {
	share
	cd /
	run --separate-stderr as_user "$SHARED/dmascope" iomem -J
	answered
	is '.regions | map(.name) | join("|")' "$(sed 's/^ *[0-9a-f]*-[0-9a-f]* : //' /proc/iomem | paste -sd '|')"
	is '[.regions[] | .start, .end, .size] | unique | tostring' '[null]'
	run --separate-stderr as_user "$SHARED/dmascope" iomem 0x1000
	refused
}

@test "a snapshot has the map and all that explains it" {
	machine_with_bars
	write "$M/sys/firmware/memmap/0/start" "0x0\n"
	write "$M/sys/firmware/memmap/0/end" "0xfff\n"
	write "$M/sys/firmware/memmap/0/type" "Reserved\n"
	write "$M/sys/kernel/debug/x86/pat_memtype_list" \
		"PAT memtype list:\nPAT: [mem 0x00000000a1000000-0x00000000a1002000] uncached-minus\n"
	look iomem -J
	live=$(jq -S .regions <<<"$output")
	# No word of these files is a secret, whatever the host is called.
	write "$M/proc/sys/kernel/hostname" "nvme\n"
	for option in "" --redact; do
		# shellcheck disable=SC2086 # nothing when empty
		look snapshot $option "$BATS_TEST_TMPDIR/shot$option"
		answered
		dmascope --sysroot "$BATS_TEST_TMPDIR/shot$option" iomem -J
		answered
		diff <(echo "$live") <(jq -S .regions <<<"$output")
		is '[.unread[].reason] | length' 0
	done
}

@test "a snapshot of before iomem was read says so" {
	machine_with_bars
	look snapshot "$BATS_TEST_TMPDIR/shot"
	rm "$BATS_TEST_TMPDIR"/shot/proc/{iomem,zoneinfo}
	dmascope --sysroot "$BATS_TEST_TMPDIR/shot" iomem
	answered
	[[ $stderr == *"/proc/iomem: not captured in this snapshot"* ]]
	dmascope --sysroot "$BATS_TEST_TMPDIR/shot" iomem 0x1000
	refused
}

@test "other commands do not read the map" {
	need strace
	for command in status devices groups units channels; do
		ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,openat2 -o "$BATS_TEST_TMPDIR/trace" \
			"$DMASCOPE" --sysroot "$M" "$command" >/dev/null 2>&1
		! grep -qE 'proc/iomem|zoneinfo|memmap|/resource"' "$BATS_TEST_TMPDIR/trace" || fail "$command"
		grep -q proc/sys/kernel "$BATS_TEST_TMPDIR/trace"
	done
}
