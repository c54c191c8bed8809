# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the program from outside share; above all, small machines made by hand.

# shellcheck disable=SC2154 # Bats sets status, output and stderr

bats_require_minimum_version 1.5.0
export LC_ALL=C.UTF-8
unset NO_COLOR COLUMNS DMASCOPE_DEBUG

DMASCOPE=${DMASCOPE:-$PWD/dmascope}

need() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# Runs dmascope; $output is its stdout, $stderr its stderr, $status its exit status.
dmascope() {
	run --separate-stderr timeout 60 "$DMASCOPE" "$@"
}

# The same on the machine that was made last.
look() {
	dmascope --sysroot "$M" "$@"
}

fail() {
	printf '%s\n' "$*" >&2
	return 1
}

answered() {
	[[ $status -eq 0 ]] || fail "exit status $status: $stderr"
}

# The same of a command that answers 1 where it does not like what it sees, or 2 where the
# kernel has no list of what is asked for.
answered_by() {
	case $1 in
	audit) [[ $status -eq 1 ]] || answered ;;
	faults) [[ $status -eq 1 || $status -eq 2 && $output$stderr == *"/dev/kmsg"* ]] || answered ;;
	leaks) [[ $status -eq 2 && $output$stderr == *"dma-api/dump"* ]] || answered ;;
	*) answered ;;
	esac
}

# Exit status 2, nothing on stdout, one line on stderr that begins with the program's name.
refused() {
	[[ $status -eq 2 ]] || fail "exit status $status, not 2: $output"
	[[ -z $output ]] || fail "stdout has: $output"
	[[ $stderr == "dmascope: "* ]] || fail "stderr does not begin with dmascope: «$stderr»"
	[[ $(wc -l <<<"$stderr") -eq 1 ]] || fail "not one line: «$stderr»"
}

# is FILTER TEXT: what jq finds in the JSON of $output.
is() {
	local got

	got=$(jq -cr "$1" <<<"$output") || fail "no JSON: $output"
	[[ $got == "$2" ]] || fail "$1 is «$got», not «$2»"
}

# has FILTER TEXT: the text occurs in what jq finds.
has() {
	local got

	got=$(jq -cr "$1" <<<"$output") || fail "no JSON: $output"
	[[ $got == *"$2"* ]] || fail "$1 is «$got», without «$2»"
}

# The names of all commands and of those that answer from a model, which bench does by its
# --list alone and diff from two: bench.bats and diff.bats have all of them.
all_commands() {
	"$DMASCOPE" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

record_commands() {
	local command

	for command in $(all_commands); do
		[[ $command != bench && $command != diff && $command != watch ]] || continue
		! "$DMASCOPE" "$command" --help | grep -q '^Columns' || echo "$command"
	done
}

# records_of COMMAND: the key of JSON under which its records stand.
records_of() {
	case $1 in
	iomem) echo regions ;;
	cmdline) echo parameters ;;
	ready) echo readiness ;;
	audit) echo findings ;;
	explain) echo checks ;;
	leaks) echo mappings ;;
	*) echo "$1" ;;
	esac
}

# Commands whose records have no gauges.
without_gauges() {
	[[ $1 == iomem || $1 == path || $1 == explain ]]
}

# Runs a command as a user without privileges.
as_user() {
	if [[ $EUID -ne 0 ]]; then
		"$@"
	else
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
	fi
}

# A directory, and a copy of the program in $SHARED, that every user may enter.
share() {
	if [[ $EUID -eq 0 ]]; then
		command -v setpriv >/dev/null || skip "setpriv is not installed"
	fi
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/*/ "$BATS_TEST_TMPDIR"
	SHARED=$BATS_TEST_TMPDIR/shared
	mkdir "$SHARED"
	cp "$DMASCOPE" "$SHARED/dmascope"
	chmod 1777 "$SHARED"
	chmod 755 "$SHARED/dmascope"
}

write() {
	mkdir -p "$(dirname "$1")"
	printf '%b' "$2" >"$1"
}

# Writes hexadecimal digits to stdout as bytes.
bytes() {
	local digits=${1//[[:space:]]/}

	# shellcheck disable=SC2001 # a pattern with a group
	printf '%b' "$(sed 's/../\\x&/g' <<<"$digits")"
}

zeros() {
	head -c "$1" /dev/zero
}

# machine NAME: an x86 machine without anything, in $M.
machine() {
	M=$BATS_TEST_TMPDIR/$1
	mkdir -p "$M"/sys/{bus/pci/devices,bus/pci/slots,kernel/iommu_groups,class/iommu} \
		"$M"/sys/firmware/acpi/tables "$M"/proc/self
	write "$M/proc/cmdline" "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet\n"
	write "$M/proc/sys/kernel/hostname" "by-hand\n"
	write "$M/proc/sys/kernel/osrelease" "6.12.0-test\n"
	write "$M/proc/sys/kernel/arch" "x86_64\n"
	write "$M/proc/interrupts" "           CPU0\n  1:  9  IO-APIC   1-edge  i8042\n"
	write "$M/proc/cpuinfo" "processor\t: 0\nflags\t\t: fpu vme vmx\n\n"
	write "$M/proc/self/mounts" "sysfs /sys sysfs rw 0 0\n"
	write "$M/proc/self/mountinfo" "1 0 0:2 / / rw - rootfs none rw\n"
	write "$M/proc/self/limits" "Max locked memory         8388608              8388608              bytes     \n"
	write "$M/proc/self/status" "Name:\tdmascope\nCapEff:\t0000000000000000\n"
	write "$M/proc/dma" " 4: cascade\n"
	write "$M/dev/kmsg" ""
	memory_map
}

# The map of a machine of 4 GiB, half of them above the registers of devices.
memory_map() {
	cat >"$M/proc/iomem" <<-'END'
	00000000-00000fff : Reserved
	00001000-0009ffff : System RAM
	000f0000-000fffff : System ROM
	00100000-7fffffff : System RAM
	  01000000-01ffffff : Kernel code
	80000000-dfffffff : PCI Bus 0000:00
	fec00000-fec003ff : IOAPIC 0
	fed90000-fed90fff : dmar0
	100000000-17fffffff : System RAM
	END
	zones DMA 1 4095 3999 DMA32 4096 520192 520192 Normal 1048576 524288 524288
}

# mappings_listed: DMA-API debugging with a mapping.
mappings_listed() {
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
	write "$M/sys/kernel/debug/dma-api/disabled" "N\n"
	write "$M/sys/kernel/debug/dma-api/dump" \
		"i915 0000:00:02.0 single idx 1 P=0x40000000 D=fffc0000 L=40 cln=0x40 DMA_TO_DEVICE dma map error checked\n"
}

# zones NAME START-PFN SPANNED PRESENT…: /proc/zoneinfo.
zones() {
	while [[ $# -ge 4 ]]; do
		printf 'Node 0, zone %8s\n  pages free     1\n        spanned  %s\n' "$1" "$3"
		printf '        present  %s\n        managed  1\n  pagesets\n' "$4"
		printf '    cpu: 0\n              high:  0\n  start_pfn:           %s\n' "$2"
		shift 4
	done >"$M/proc/zoneinfo"
}

command_line() {
	write "$M/proc/cmdline" "BOOT_IMAGE=/vmlinuz $1\n"
}

remapped_interrupts() {
	write "$M/proc/interrupts" " 24:  5  IR-PCI-MSI-0000:00:1f.3   0-edge  snd\n"
}

kernel_config() {
	write "$M/boot/config-6.12.0-test" "CONFIG_PCI=y\n$1\n"
}

# acpi_table NAME [HEXADECIMAL]: a table of these bytes behind a header that fits them.
acpi_table() {
	local file=$M/sys/firmware/acpi/tables/$1 body=${2-} size sum

	body=${body//[[:space:]]/}
	printf -v size '%04x' $((36 + ${#body} / 2))
	{
		printf '%s' "${1:0:4}"
		bytes "${size:2:2}${size:0:2}0000"
		printf '\1\0MAKER MACHINE \1\0\0\0TEST\1\0\0\0'
		bytes "$body"
	} >"$file"
	sum=$(od -An -v -tu1 "$file" | awk '{ for (i = 1; i <= NF; i++) sum += $i }
		END { printf "%02x", (256 - sum % 256) % 256 }')
	bytes "$sum" | dd of="$file" bs=1 seek=9 conv=notrunc status=none
}

# A unit of a DMAR with its registers below 4 GiB, for PCI functions of bus 0, or for all
# without any: unit_structure fed90000 [DEVICE.FUNCTION...]; +DEVICE.FUNCTION for a bridge
# with all below it.
unit_structure() {
	local base=$1 scope all=01

	shift
	[[ $# -eq 0 ]] || all=00
	printf '0000%02x00%s000000%s%s%s%s00000000' $((16 + 8 * $#)) "$all" \
		"${base:6:2}" "${base:4:2}" "${base:2:2}" "${base:0:2}"
	for scope; do
		[[ $scope == +* ]] && printf 02 || printf 01
		scope=${scope#+}
		printf '0800000000%s0%s' "${scope%.*}" "${scope#*.}"
	done
}

# pci BDF VENDOR:DEVICE CLASS [KEY=VALUE…]: a function. Keys: driver, command (hexadecimal),
# parent (the bridge above), express (device/port type: then 4096 bytes), size (of config).
pci() {
	local bdf=$1 vendor=${2%:*} device=${2#*:} class=$3 pair
	local driver='' command=0006 parent='' express='' size=256 directory header

	shift 3
	for pair; do
		local "${pair?}"
	done
	directory=$M/sys/devices/pci${bdf%:*:*}:${bdf:5:2}/$bdf
	[[ -z $parent ]] || directory=$(realpath "$M/sys/bus/pci/devices/$parent")/$bdf
	mkdir -p "$directory"
	ln -s "$(realpath --relative-to="$M/sys/bus/pci/devices" "$directory")" \
		"$M/sys/bus/pci/devices/$bdf"
	header=${vendor:2}${vendor:0:2}${device:2}${device:0:2}${command:2}${command:0:2}
	header+=${express:+1000}
	[[ -n $express ]] || header+=0000
	header+=01${class:4}${class:2:2}${class:0:2}00000000
	{
		bytes "$header"
		zeros 28
		bytes "28104120"
		zeros 4
		bytes "${express:+40}"
		[[ -n $express ]] || zeros 1
		zeros 11
		if [[ -n $express ]]; then
			bytes "1000${express}200"
			zeros 4028
		else
			zeros 192
		fi
	} >"$directory/config"
	[[ -z $express || $size -ne 256 ]] || size=4096
	truncate -s "$size" "$directory/config"
	write "$directory/uevent" "${driver:+DRIVER=$driver\n}PCI_CLASS=${class#0}\nPCI_ID=${vendor^^}:${device^^}\nPCI_SUBSYS_ID=1028:2041\nPCI_SLOT_NAME=$bdf\n"
	write "$directory/dma_mask_bits" "64\n"
	write "$directory/consistent_dma_mask_bits" "32\n"
	write "$directory/numa_node" "-1\n"
	write "$directory/reset_method" "flr bus\n"
}

# The directory of a function.
pci_directory() {
	realpath "$M/sys/bus/pci/devices/$1"
}

# put BDF OFFSET BYTES: changes a configuration space.
put() {
	bytes "$3" | dd of="$(pci_directory "$1")/config" bs=1 seek=$(($2)) conv=notrunc status=none
}

# group N TYPE BDF…: an IOMMU group; TYPE - makes no file for it, as before Linux 5.11.
group() {
	local directory=$M/sys/kernel/iommu_groups/$1 type=$2 bdf

	shift 2
	mkdir -p "$directory/devices"
	[[ $type == - ]] || write "$directory/type" "$type\n"
	write "$directory/reserved_regions" "0x00000000fee00000 0x00000000feefffff msi\n"
	for bdf; do
		ln -s "../../../../bus/pci/devices/$bdf" "$directory/devices/$bdf"
	done
}

# unit NAME PLACE BDF…: /sys/class/iommu/NAME, a link to /sys/devices/PLACE/iommu/NAME.
unit() {
	local name=$1 place=$2 bdf

	mkdir -p "$M/sys/devices/$place/iommu/$name/devices"
	ln -s "../../devices/$place/iommu/$name" "$M/sys/class/iommu/$name"
	shift 2
	for bdf; do
		ln -s "/sys/bus/pci/devices/$bdf" "$M/sys/class/iommu/../../devices/$place/iommu/$name/devices/$bdf"
	done
}

# unit_intel NAME ADDRESS CAP ECAP BDF…
unit_intel() {
	local name=$1 registers=$M/sys/devices/virtual/iommu/$1/intel-iommu

	mkdir -p "$registers"
	write "$registers/address" "$2\n"
	write "$registers/cap" "$3\n"
	write "$registers/ecap" "$4\n"
	write "$registers/version" "1:0\n"
	write "$registers/domains_used" "5\n"
	write "$registers/domains_supported" "65536\n"
	shift 4
	unit "$name" virtual "$@"
}

# unit_amd NAME PARENT FEATURES BDF…
unit_amd() {
	local name=$1 parent=$2 registers

	registers=$(pci_directory "$parent")/iommu/$name/amd-iommu
	mkdir -p "$registers"
	write "$registers/cap" "13810b0f\n"
	write "$registers/features" "$3\n"
	shift 3
	unit "$name" "pci0000:00/$parent" "$@"
}

CAP=d2008c40660462 ECAP=f050da

# A VT-d machine: two units, two lazy groups, a strict one and one that passes through. It
# has logged a fault.
machine_vtd() {
	machine "${1:-vtd}"
	write "$M/dev/kmsg" "3,900,5045151,-;DMAR: [DMA Read NO_PASID] Request device [00:1f.6] fault addr 0x23456000 [fault reason 0x06] PTE Read access is not set\n"
	command_line "intel_iommu=on"
	remapped_interrupts
	acpi_table DMAR "2601$(printf '00%.0s' {1..10})$(unit_structure fed90000 02.0)$(
		)$(unit_structure fed91000)"
	pci 0000:00:02.0 8086:3e92 030000 driver=i915
	pci 0000:00:14.0 8086:a36d 0c0330 driver=xhci_hcd
	pci 0000:00:1f.3 8086:a348 040300 driver=snd_hda_intel command=0002
	pci 0000:00:1f.6 8086:15bb 020000 driver=e1000e
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:02.0
	unit_intel dmar1 fed91000 "$CAP" "$ECAP" 0000:00:14.0 0000:00:1f.3 0000:00:1f.6
	sed -i "/: dmar0/a fed91000-fed91fff : dmar1" "$M/proc/iomem"
	group 0 identity 0000:00:02.0
	group 1 DMA-FQ 0000:00:14.0
	group 2 DMA 0000:00:1f.3
	group 10 DMA-FQ 0000:00:1f.6
}

# on_terminal COMMAND: runs it on a terminal of 200 columns, or COLUMNS_WANTED.
on_terminal() {
	run script -qec "stty cols ${COLUMNS_WANTED:-200}; $1" /dev/null
}
