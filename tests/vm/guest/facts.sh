# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2012,SC2154 # the names in sysfs are plain; variables of the scenario
#
# The kernel's own word, read without any code of dmascope: one line a fact,
# "topic subject value", with the names of dmascope's JSON.  "-" is what must
# be null, "?" what the kernel does not tell here.
#
# A guest without hardware virtualisation takes milliseconds per process, and
# some scenarios have hundreds of devices: read many files with one process.

# links DIR NAME: "bdf basename-of-target" for each device that has the link.
links()
{
	ls -ld "$PCI"/*/"$1" 2>/dev/null | awk '$(NF - 1) == "->" {
		n = split($(NF - 2), from, "/")
		sub(/.*\//, "", $NF)
		print from[n - 1], $NF
	}'
}

# every TOPIC: from "bdf value" lines, a fact for every device, "-" where none.
every()
{
	awk -v topic="$1" 'NF > 1 { value[$1] = $2; next }
		{ print topic, $1, ($1 in value) ? value[$1] : "-" }' - /tmp/bdfs
}

# attribute FILE: "bdf contents" for each device that has the file.
attribute()
{
	(cd "$PCI" && grep -Hs '' ./*/"$1") | sed "s#^\./##; s#/$1:# #"
}

# hex: lines "bdf value" with the leading zeros of addresses gone.
unpad()
{
	sed 's/0x00*\([0-9a-f]\)/0x\1/g'
}

facts_devices()
{
	links driver | every dev.driver
	links iommu_group | every dev.group
	links iommu | every dev.unit
	links physfn | every dev.physfn
	for file in vendor device class revision subsystem_vendor subsystem_device; do
		attribute $file | every dev.${file}_id
	done
	for file in dma_mask_bits consistent_dma_mask_bits; do
		attribute $file | every dev.$file
	done
	for file in numa_node removable sriov_totalvfs sriov_numvfs; do
		attribute $file | every dev.$file
	done
	# Where no reset method is known the file is empty, or not there.
	attribute reset_method | awk '{ b = $1; $1 = ""; sub(/^ /, ""); gsub(/ /, ","); print b, $0 }' |
		grep -v ' $' | every dev.reset_methods
	ls -l "$PCI" | awk '{ n = split($NF, p, "/"); if (p[n - 1] ~ /^....:..:..\..$/) print p[n], p[n - 1] }' |
		every dev.upstream
	ls -ld "$PCI"/*/virtfn* 2>/dev/null | awk '{
			n = split($(NF - 2), from, "/"); sub(/.*\//, "", $NF)
			print from[n - 1], $NF
		}' | sort | awk '{ all[$1] = all[$1] (all[$1] ? "," : "") $2 }
			END { for (b in all) print b, all[b] }' | every dev.virtfns
	# Chips of interrupts have the function in their names since Linux 6.2.
	[ "$(uname -m)" != x86_64 ] || awk '
		FILENAME == "/tmp/bdfs" { bdf[$1]; next }
		{
			for (i = 2; i <= NF; i++) {
				if ($i ~ /^IR-/) any = 1
				if ($i !~ /^(IR-)?PCI-MSIX?-....:..:..\../) continue
				name = $i
				sub(/^.*MSIX?-/, "", name)
				remapped[name] = $i ~ /^IR-/ ? "true" : "false"
			}
		}
		END {
			for (b in bdf)
				print "dev.interrupt_remapping", b,
					(b in remapped) ? remapped[b] : any ? "-" : "false"
		}' /tmp/bdfs /proc/interrupts
	facts_config | sort | tee /tmp/k.master | every dev.bus_master
	facts_translation | tee /tmp/k.translation | every dev.translation
	awk '$1 == "group.type" { type[$2] = $3; next }
		$2 in type { print $1, type[$2] }' /tmp/k.groups /tmp/k.group | every dev.domain_type
}

# Bit 2 of the command register, from the first bytes of config space.
facts_config()
{
	while read -r bdf; do
		# shellcheck disable=SC2046 # two bytes
		set -- $(od -An -tx1 -j4 -N2 "$PCI/$bdf/config")
		[ $# -eq 2 ] || continue
		if [ $((0x$1 & 4)) -ne 0 ]; then echo "$bdf true"; else echo "$bdf false"; fi
	done </tmp/bdfs
}

facts_groups()
{
	local dir id
	for dir in "$GROUPS_DIR"/*; do
		[ -d "$dir" ] || continue
		id=${dir##*/}
		type=-
		[ ! -e "$dir/type" ] || read -r type <"$dir/type"
		echo "group.id $id $id"
		if [ -e "$dir/name" ]; then
			echo "group.name $id $(cat "$dir/name")"
		else
			echo "group.name $id -"
		fi
		echo "group.type $id $type"
		regions=
		if [ -e "$dir/reserved_regions" ]; then
			while read -r start end kind; do
				regions=$regions,$start-$end:$kind
			done <"$dir/reserved_regions"
		fi
		echo "group.reserved_regions $id ${regions#,}"
	done | unpad | sed 's/ $/ -/'
	# The second directory, which is not there, has ls print headings always.
	ls -1 "$GROUPS_DIR"/*/devices /none 2>/dev/null | awk '
		/:$/ { n = split($0, p, "/"); id = p[n - 1]; next }
		NF { all[id] = all[id] (all[id] == "" ? "" : ",") $1 }
		END { for (id in all) print "group.devices", id, all[id] }'
	# Who drives the members: VFIO for user space, the kernel, both or nobody.
	awk 'FILENAME ~ /driver$/ { driver[$1] = $2; next }
		{ seen[$2]; if ($1 in driver) { if (driver[$1] ~ /vfio/) user[$2]; else kernel[$2] } }
		END {
			for (id in seen)
				print "group.owner", id, (id in user) ?
					((id in kernel) ? "mixed" : "user") :
					((id in kernel) ? "kernel" : "none")
		}' /tmp/k.driver /tmp/k.group
}

# What topology and ACS predict has to be what the kernel formed, and nothing
# has changed since; where somebody changed ACS, the scenario says what is left.
# An ordinary user may be told less (check.sh).
facts_isolation()
{
	[ -z "$run_as$drift" ] || return
	awk '
		$1 == "group.name" && $3 == "vfio-noiommu" { bare[$2] }
		$1 == "group.devices" { devices[$2] = $3 }
		END {
			for (id in devices) {
				n = split(devices[id], member, ",")
				known = !(id in bare)
				for (i in member)
					if (member[i] !~ /^....+:..:..\..$/) known = 0
				print "group.predicted", id, known ? devices[id] : "-"
				print "group.drift", id, known ? "false" : "-"
				if (known || n > 1 || id in bare)
					print "group.isolated", id, n == 1 && known ? "true" : "false"
				else
					print "group.isolated", id, "-"
			}
		}' /tmp/k.groups
}

# Bytes of System RAM in the pages whose numbers come in, one a line; each counts once.
bytes_in_ram()
{
	sort -un | awk 'FILENAME != "-" { start[++n] = $1; end[n] = $2; next }
		{
			for (i = 1; i <= n; i++) {
				a = $1 * 4096 > start[i] ? $1 * 4096 : start[i]
				b = $1 * 4096 + 4095 < end[i] ? $1 * 4096 + 4095 : end[i]
				if (a <= b) all += b - a + 1
			}
		}
		END { printf "%.0f\n", all }' /tmp/ram -
}

# pages FIRST-ADDRESS LAST-ADDRESS
pages()
{
	seq $(($1 >> 12)) $(($2 >> 12))
}

# Of each row of VT-d's page tables: how many pages of 4 KiB its entry maps, and the entry.
# The columns are the five levels; the last that is not 0 has the address.
table_pages()
{
	awk '/^0x/ {
		count = 1
		for (i = 3; i <= NF; i++) if ($i !~ /^0x0+$/) { n = i; entry = $i }
		for (i = 7; i > n; i--) count *= 512
		print count, entry
	}' "$1" | while read -r count entry; do
		entry=$((entry & 0xffffffffff000))
		if [ "$count" -eq 1 ]; then # without a process for each
			echo $((entry >> 12))
		else
			pages $entry $((entry + count * 4096 - 1))
		fi
	done
}

# What the DMA-API knows to be mapped for the members of a device's group, in whole pages,
# and what the firmware has mapped one to one.
known_pages()
{
	local member start end kind
	for member in "$PCI/$1"/iommu_group/devices/*; do
		grep -sF " ${member##*/} " /sys/kernel/debug/dma-api/dump |
			sed 's/.* \([^ ]*\) idx .* P=\([0-9a-fx]*\) .* L=\([0-9a-f]*\) .*/\1 \2 0x\3/' |
			while read -r kind start length; do
				# Of what may be in pieces the first page alone is known.
				[ "$kind" = single ] || length=1
				pages $((start)) $((start + length - 1))
			done
	done
	while read -r start end kind; do
		case $kind in direct*) pages "$start" "$end" ;; esac
	done <"$PCI/$1/iommu_group/reserved_regions"
}

# How far each device reaches, and how many bytes of System RAM that is: all of it where
# nothing is translated; else what the page tables map, where the kernel shows them, or at
# least what the DMA-API knows.
facts_reach()
{
	local total bdf mode tables seen bytes
	sed -n 's/^\([0-9a-f]*\)-\([0-9a-f]*\) : System RAM$/\1 \2/p' /proc/iomem |
		while read -r start end; do
			echo $((0x$start)) $((0x$end))
		done >/tmp/ram
	total=$(awk '{ all += $2 - $1 + 1 } END { printf "%.0f\n", all }' /tmp/ram)
	while read -r bdf mode; do
		tables=/sys/kernel/debug/iommu/intel/$bdf/domain_translation_struct
		echo "reach.bdf $bdf $bdf"
		echo "reach.ram_total $bdf $total"
		case $mode in
		none | identity)
			echo "reach.reach $bdf everything"
			echo "reach.certainty $bdf exact"
			echo "reach.ram_bytes $bdf $total" ;;
		blocked)
			echo "reach.reach $bdf nothing"
			echo "reach.certainty $bdf exact"
			echo "reach.ram_bytes $bdf 0" ;;
		strict | lazy | vfio)
			seen=-
			bytes=-
			if grep -q '^Device' "$tables" 2>/dev/null; then
				seen=exact
				bytes=$(table_pages "$tables" | bytes_in_ram)
			elif [ "$mode" != vfio ] && { [ -e /sys/kernel/debug/dma-api/dump ] ||
				grep -q direct "$PCI/$bdf/iommu_group/reserved_regions"; }; then
				seen=at-least
				bytes=$(known_pages "$bdf" | bytes_in_ram)
			fi
			echo "reach.reach $bdf mapped"
			echo "reach.certainty $bdf $seen"
			echo "reach.ram_bytes $bdf $bytes" ;;
		*)
			echo "reach.reach $bdf ?"
			echo "reach.certainty $bdf ?"
			echo "reach.ram_bytes $bdf ?" ;;
		esac
	done </tmp/k.translation
}

# truth NUMBER
truth()
{
	if [ "$1" -eq 0 ]; then echo false; else echo true; fi
}

facts_units()
{
	local unit dir
	for unit in /sys/class/iommu/*; do
		[ -d "$unit" ] || continue
		id=${unit##*/}
		echo "unit.name $id $id"
		case $id in
		smmu3.*)	kind=arm-smmu-v3 ;;
		smmu.*)		kind=arm-smmu ;;
		virtio*)	kind=virtio-iommu ;;
		*)	kind=-
			[ ! -d "$unit/intel-iommu" ] || kind=intel-vtd
			[ ! -d "$unit/amd-iommu" ] || kind=amd-vi ;;
		esac
		[ $kind != - ] || case $(readlink -f "$unit") in
		*/virtio*)	kind=virtio-iommu ;;
		esac
		echo "unit.kind $id $kind"
		echo "unit.devices $id $(ls "$unit/devices" 2>/dev/null | wc -l)"
		# sysfs has the AMD registers in either order; the kernel log knows.
		[ ! -d "$unit/amd-iommu" ] ||
			dmesg | sed -n "s/.*AMD-Vi: Extended features (\(0x[0-9a-f]*\), \(0x[0-9a-f]*\)).*/unit.efr $id \1\nunit.efr2 $id \2/p"
		dir=$unit/intel-iommu
		[ -d "$dir" ] || continue
		read -r cap <"$dir/cap"
		read -r ecap <"$dir/ecap"
		echo "unit.cap $id 0x$cap"
		echo "unit.ecap $id 0x$ecap"
		# ECAP bit 3: interrupt remapping; CAP bit 7: caching mode
		echo "unit.interrupt_remapping $id $(truth $((0x$ecap >> 3 & 1)))"
		echo "unit.caching_mode $id $(truth $((0x$cap >> 7 & 1)))"
		# CAP bits 34 and 35: pages of 2 MiB and 1 GiB
		sizes=4096
		[ $((0x$cap >> 34 & 1)) -eq 0 ] || sizes=$sizes,2097152
		[ $((0x$cap >> 35 & 1)) -eq 0 ] || sizes=$sizes,1073741824
		echo "unit.page_sizes $id $sizes"
		echo "unit.version $id $(tr : . <"$dir/version")"
		echo "unit.register_base $id 0x$(cat "$dir/address")"
		echo "unit.domains_supported $id $(cat "$dir/domains_supported")"
		echo "unit.domains_used $id $(cat "$dir/domains_used")"
		# CAP: bits 16-21 hold the maximum guest address width less one
		echo "unit.address_width $id $(((0x$cap >> 16 & 0x3f) + 1))"
	done | sed 's/ $/ -/'
}

# What the group's type means for a device; a VFIO driver takes it over.  A
# group of VFIO without an IOMMU is no group, and where the machine has a unit
# and the device no group, the kernel does not say what its DMA meets.
facts_translation()
{
	awk '
		FILENAME ~ /k.groups$/ {
			if ($1 == "group.name" && $3 == "vfio-noiommu") bare[$2]
			if ($1 == "group.type") type[$2] = ($2 in bare) ? "none" : $3
			next
		}
		FILENAME ~ /k.units$/ { units = 1; next }
		FILENAME ~ /k.driver$/ { driver[$1] = $2; next }
		FILENAME ~ /k.group$/ { group[$1] = $2; next }
		{
			t = ($1 in group) ? type[group[$1]] : units ? "?" : "none"
			if (t == "none")		say = "none"
			else if (t == "?")		say = "?"
			else if (driver[$1] ~ /^vfio/)	say = "vfio"
			else if (t == "DMA")		say = "strict"
			else if (t == "DMA-FQ")		say = "lazy"
			else if (t == "identity")	say = "identity"
			else if (t == "blocked")	say = "blocked"
			else				say = "-"
			print $1, say
		}' /tmp/k.groups /tmp/k.units /tmp/k.driver /tmp/k.group /tmp/bdfs
}

# ATS, PRI, PASID and ACS as lspci decodes them.  It hides what it may not
# read, so this is for root alone.
facts_lspci()
{
	lspci -D -n -vvv 2>/dev/null | awk '
		function flush() {
			if (b == "") return
			print "dev.ats", b, ats
			print "dev.pri", b, pri
			print "dev.pasid", b, pasid
			print "dev.acs", b, acs
			print "dev.acs_supported", b, offers
		}
		# list: the words of the line that end in a plus
		function list(	i, word, out) {
			for (i = 2; i <= NF; i++)
				if ($i ~ /\+$/) {
					word = $i
					sub(/\+$/, "", word)
					out = out (out == "" ? "" : ",") word
				}
			return out == "" ? "none" : out
		}
		/^[0-9a-f]/ { flush(); b = $1; ats = pri = pasid = "absent"; acs = offers = "none" }
		/ATSCtl:/ { ats = /Enable\+/ ? "on" : "off" }
		/PRICtl:/ { pri = /Enable\+/ ? "on" : "off" }
		/PASIDCtl:/ { pasid = /Enable\+/ ? "on" : "off" }
		/ACSCap:/ { offers = list() }
		/ACSCtl:/ { acs = list() }
		END { flush() }'
}

# The verdict on the machine, from what was collected above.
facts_status()
{
	local units groups kind state translated ir domain
	units=$(grep -c '^unit.name' /tmp/k.units)
	groups=$(grep -c '^group.id' /tmp/k.groups)
	kind=$(sed -n 's/^unit.kind [^ ]* //p' /tmp/k.units | sort -u | head -n 1)
	ir=false
	remapped_interrupts && ir=true
	translated=$(grep -Ec '^group.type [0-9]+ (DMA|DMA-FQ|unmanaged|blocked)$' /tmp/k.groups)
	if [ "$translated" -gt 0 ]; then
		state=translating
	elif grep -Eq '^group.type [0-9]+ identity$' /tmp/k.groups; then
		state=passthrough
	elif [ $ir = true ]; then
		state=interrupt-remapping-only
	elif table DMAR || table IVRS || table VIOT; then
		state=off-in-kernel
	elif [ -n "$(lspci -n -d ::0806)" ]; then
		state=off-in-firmware
	else
		state=absent
	fi
	case $(sed -n 's/^group.type [^ ]* //p' /tmp/k.groups | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }') in
	DMA)		domain=strict ;;
	DMA-FQ)		domain=lazy ;;
	identity)	domain=identity ;;
	*)		domain=- ;;
	esac
	[ -z "$drift" ] || domain='?'
	echo "status.iommu_state $state"
	echo "status.iommu_kind ${kind:-?}"
	echo "status.default_domain $domain"
	# Remapping of interrupts as one switch is an idea of x86.
	[ "$(uname -m)" = x86_64 ] || ir='?'
	echo "status.interrupt_remapping $ir"
	echo "status.units $units"
	echo "status.groups $groups"
	echo "status.devices $(wc -l </tmp/bdfs)"
	echo "status.bus_masters $(grep -c ' true$' /tmp/k.master)"
	if grep -q ' ?$' /tmp/k.translation; then
		echo "status.bus_masters_untranslated ?"
	else
		echo "status.bus_masters_untranslated $(awk 'NR == FNR { open[$1] = $2 ~ /^(none|identity)$/; next }
			$2 == "true" && open[$1] { n++ } END { print n + 0 }' /tmp/k.translation /tmp/k.master)"
	fi
	for mode in strict lazy identity blocked vfio; do
		echo "status.devices_$mode $(grep -c " $mode$" /tmp/k.translation)"
	done
	# The directory of a machine without bounce buffers is empty.
	slots=/sys/kernel/debug/swiotlb
	if [ -n "$run_as" ]; then
		# debugfs is for root alone.
		echo "status.swiotlb_slots -"
	elif [ -r $slots/io_tlb_nslabs ]; then
		echo "status.swiotlb_slots $(cat $slots/io_tlb_nslabs)"
	elif [ -d $slots ]; then
		echo "status.swiotlb_slots 0"
	fi
	dma_debug=/sys/kernel/debug/dma-api/disabled
	case $(cat $dma_debug 2>/dev/null) in
	N)	echo status.dma_debug enabled ;;
	Y)	echo status.dma_debug disabled ;;
	*)	echo status.dma_debug not-built ;;
	esac
	if [ -d /sys/class/dma ]; then
		echo "status.third_party_channels $(ls /sys/class/dma | wc -l)"
	fi
}

# table_log TOPIC SIGNATURE PROGRAM: what sed makes of the kernel log, joined by commas; "-" for
# nothing, "?" where the kernel has not logged the structures of the table at all.
table_log()
{
	dmesg | sed -n "$3" | awk -v topic="$1" -v table="$2" -v silent="$silent" '
		{ all = all (all == "" ? "" : ",") $0 }
		END { print "table." topic, table, silent ? "?" : all == "" ? "-" : all }'
}

# The log prints the header of each ACPI table, and of a DMAR what it consists of. An
# override is logged behind the table that it replaces.
facts_tables()
{
	local path table line
	for path in /sys/firmware/acpi/tables/*; do
		table=${path##*/}
		case $table in
		DMAR | IVRS | IORT | VIOT | RIMT) ;;
		*)	continue ;;
		esac
		echo "table.signature $table $table"
		line=$(dmesg | sed -n "s/.*ACPI: $table 0x[0-9A-F]* \([0-9A-F]\{6\}\) (v\([0-9]*\) \(.\{6\}\) \(.\{8\}\) .*/\1 \2 \3 \4/p" | tail -n 1)
		# shellcheck disable=SC2086 # words, without the blanks that fill the names
		set -- $line
		echo "table.length $table $((0x${1:-0}))"
		echo "table.revision $table ${2#0}"
		echo "table.oem_id $table $3"
		echo "table.oem_table_id $table $4"
		echo "table.problems $table ${table_problems:--}"
		[ "$table" = DMAR ] || continue
		silent=1
		! dmesg | grep -q 'DMAR: DRHD base' || silent=
		table_log drhd DMAR 's/.*DMAR: DRHD base: 0x0*\([0-9a-f]*[0-9a-f]\) flags: 0x\(.\)$/0x\1:0x0\2/p'
		table_log rmrr DMAR 's/.*DMAR: RMRR base: 0x0*\([0-9a-f]*[0-9a-f]\) end: 0x0*\([0-9a-f]*\)$/0x\1-0x\2/p'
		table_log atsr DMAR 's/.*DMAR: ATSR flags: 0x\(.\)$/0x0\1/p'
		table_log satc DMAR 's/.*DMAR: SATC flags: 0x\(.\)$/0x0\1/p'
		table_log rhsa DMAR 's/.*DMAR: RHSA base: 0x0*\([0-9a-f]*[0-9a-f]\) proximity domain: 0x\(.\)$/0x\1:\2/p'
	done
}

# facts: everything, into /tmp/k.facts.
facts()
{
	ls "$PCI" >/tmp/bdfs 2>/dev/null
	links driver >/tmp/k.driver
	links iommu_group >/tmp/k.group
	facts_groups >/tmp/k.groups
	facts_units >/tmp/k.units
	{
		sed 's/.*/dev.bdf & &/' /tmp/bdfs
		facts_devices
		[ -n "$run_as" ] || facts_lspci
		[ -n "$run_as" ] || facts_tables
		cat /tmp/k.groups /tmp/k.units
		facts_isolation
		[ -n "$run_as" ] || facts_reach
		facts_status | sed 's/ / - /'
	} >/tmp/k.facts
}
