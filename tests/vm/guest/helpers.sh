# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2012,SC2034,SC2154 # the names in sysfs are plain; variables of the scenario
#
# Words for the setup and the proofs of scenarios.

PCI=/sys/bus/pci/devices
GROUPS_DIR=/sys/kernel/iommu_groups
# What a scenario may leave out.
modules='' setup='' proof='' expect='' null='' also='' run_as='' drift='' monitor='' brief='' only='' every=''

# wait_for CMD…: until it is true, five seconds at most.
wait_for()
{
	local tries=50
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# unbind BDF / bind BDF DRIVER: take a device from its driver, give it to one.
unbind()
{
	[ ! -e "$PCI/$1/driver" ] || echo "$1" >"$PCI/$1/driver/unbind"
}

bind()
{
	unbind "$1"
	echo "$2" >"$PCI/$1/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
}

# monitor COMMAND…: a word to QEMU's monitor, where the scenario has monitor=1.
monitor()
{
	echo "$*" >/dev/ttyS3
}

# Proofs: each is true or not, and says nothing.

# logged REGEX: the kernel said so.
logged()
{
	dmesg | grep -Eq -- "$1"
}

# unit_count N / group_count N / groups_above N
unit_count()
{
	[ "$(ls /sys/class/iommu 2>/dev/null | wc -l)" -eq "$1" ]
}

group_count()
{
	[ "$(ls "$GROUPS_DIR" 2>/dev/null | wc -l)" -eq "$1" ]
}

groups_above()
{
	[ "$(ls "$GROUPS_DIR" 2>/dev/null | wc -l)" -gt "$1" ]
}

# groups_are TYPE: every group reads so, and there is one at least.
groups_are()
{
	[ "$(cat "$GROUPS_DIR"/*/type 2>/dev/null | sort -u)" = "$1" ]
}

# group_of BDF
group_of()
{
	basename "$(readlink "$PCI/$1/iommu_group")"
}

# together BDF BDF / apart BDF BDF
together()
{
	[ -n "$(group_of "$1")" ] && [ "$(group_of "$1")" = "$(group_of "$2")" ]
}

apart()
{
	[ -n "$(group_of "$1")" ] && [ -n "$(group_of "$2")" ] && ! together "$1" "$2"
}

group_type()
{
	[ "$(cat "$PCI/$1/iommu_group/type")" = "$2" ]
}

no_group()
{
	[ -e "$PCI/$1" ] && [ ! -e "$PCI/$1/iommu_group" ]
}

driven_by()
{
	[ "$(basename "$(readlink "$PCI/$1/driver")")" = "$2" ]
}

undriven()
{
	[ -e "$PCI/$1" ] && [ ! -e "$PCI/$1/driver" ]
}

bus_master()
{
	[ $((0x$(setpci -s "$1" COMMAND) & 4)) -ne 0 ]
}

remapped_interrupts()
{
	grep -q ' IR-' /proc/interrupts
}

reserved()
{
	grep -q "$2" "$PCI/$1/iommu_group/reserved_regions"
}

table()
{
	[ -e "/sys/firmware/acpi/tables/$1" ]
}

# table_address NAME: where the firmware put it.
table_address()
{
	dmesg | sed -n "s/.*ACPI: $1 \(0x[0-9A-Fa-f]*\) .*/\1/p" | head -n 1
}

# poke_table NAME OFFSET BYTE: changes a byte of it where it lies.
poke_table()
{
	devmem $(($(table_address "$1") + $2)) 8 "$3"
}

# table_adds_up NAME: its bytes, to a multiple of 256.
table_adds_up()
{
	hexdump -v -e '1/1 "%u\n"' "/sys/firmware/acpi/tables/$1" |
		awk '{ sum += $1 } END { exit sum % 256 != 0 }'
}

# The device edu of QEMU (docs/specs/edu.rst): it copies what its registers name between an
# address and a buffer of its own.

# start_edu BDF: its registers answer, and it may start DMA, without a driver.
start_edu()
{
	setpci -s "$1" COMMAND=6:6
}

# registers BDF: the address of BAR 0.
registers()
{
	awk 'NR == 1 { print $1 }' "$PCI/$1/resource"
}

# edu_copy BDF SOURCE DESTINATION DIRECTION [BYTES]: to its buffer (0) or from it (2).
edu_copy()
{
	local base
	base=$(registers "$1")
	devmem $((base + 0x80)) 64 "$2"
	devmem $((base + 0x88)) 64 "$3"
	devmem $((base + 0x90)) 64 "${5:-8}"
	devmem $((base + 0x98)) 64 $(($4 | 1))
	while [ $(($(devmem $((base + 0x98)) 64) & 1)) -ne 0 ]; do
		sleep 0.05
	done
}

# edu_reaches BDF BDF: the first reads a register of the second one and writes what it read
# to another, by DMA alone.
edu_reaches()
{
	local peer word
	peer=$(registers "$2")
	word=0x1234$(printf %04x $$)
	devmem $((peer + 0x80)) 64 "$word"
	devmem $((peer + 0x88)) 64 0
	edu_copy "$1" $((peer + 0x80)) 0x40000 0
	edu_copy "$1" 0x40000 $((peer + 0x88)) 2
	[ $(($(devmem $((peer + 0x88)) 64))) -eq $((word)) ]
}

# edu_interrupts BDF BDF: the first sends a message, by DMA, that asks for entry 32767 of an
# interrupt remapping table, which is not in use; without one it is vector 177 for every
# CPU, which has no handler. The second helps it to the data.
edu_interrupts()
{
	local peer
	peer=$(registers "$2")
	devmem $((peer + 0x80)) 64 177
	edu_copy "$1" $((peer + 0x80)) 0x40000 0
	edu_copy "$1" 0x40000 0xfeeffff0 2 4
	wait_for logged 'No irq handler for 0[.]177|0[.]177 No irq handler'
}

# What faults says, against the DMA that a scenario started.

# fault_is BDF ACCESS ADDRESS COUNT: one row of that function and access has that address
# first, and so many faults in all. ACCESS is - where nobody tells.
fault_is()
{
	dmascope faults -J >/tmp/faults.json
	[ $? -eq 1 ] || return 1
	jq -e --arg bdf "$1" --arg access "$2" --argjson count "$4" --arg address "$3" '
		[.faults[] | select(.bdf == $bdf and (.access // "-") == $access)] | length == 1 and
		(.[0] | .address == $address and .count == $count and .cause == "not-mapped" and
			.device == $bdf and .time != null and .advice != null)' /tmp/faults.json
}

# faults_told: how many there are.
faults_told()
{
	dmascope faults -J | jq '[.faults[].count] | add // 0'
}

# fault_field BDF FIELD: of the first row of a function.
fault_field()
{
	dmascope faults -J | jq -r --arg bdf "$1" --arg field "$2" '[.faults[] | select(.bdf == $bdf)][0][$field]'
}

# snapshot_has_faults: the same answer from there.
snapshot_has_faults()
{
	rm -rf /tmp/faults
	dmascope snapshot /tmp/faults || return 1
	dmascope faults -J | jq -c .faults >/tmp/faults.live
	[ "$(dmascope --sysroot /tmp/faults faults -J | jq -c .faults)" = "$(cat /tmp/faults.live)" ]
}

# forged: what a program writes to /dev/kmsg counts for nothing.
forged()
{
	local before
	before=$(faults_told)
	echo "<3>DMAR: [DMA Read NO_PASID] Request device [00:1f.7] fault addr 0x1000 [fault reason 0x06] x" >/dev/kmsg
	logged "Request device .00:1f.7." && [ "$(faults_told)" -eq "$before" ]
}

# follows COMMANDS ADDRESS: what they provoke is written at once, and told again at the end.
follows()
{
	local pid status=0
	dmascope faults --follow >/tmp/followed &
	pid=$!
	sleep 1
	eval "$1"
	wait_for grep -q "$2" /tmp/followed || complained "it was not shown" || return 1
	kill -INT $pid
	wait $pid || status=$?
	[ $status -eq 1 ] || complained "exit status $status" || return 1
	[ "$(grep -c "$2" /tmp/followed)" -eq 1 ]
}

# What faults says of a driver that uses the DMA API wrongly, in a way that it is told
# (module/dmamisuse.c).

MISUSE=/sys/module/dmamisuse/parameters/misuse

# misuse WAY: once.
misuse()
{
	echo "$1" >$MISUSE
}

# errors_counted: since boot, by the kernel.
errors_counted()
{
	cat /sys/kernel/debug/dma-api/error_count
}

# errors_told [FROM]: how many errors that the kernel counts are told, from one on. It does
# not count a cache line that is mapped too often, nor what it refused to map.
errors_told()
{
	dmascope faults --all -J | jq --argjson from "${1-0}" '[.faults[$from:][]
		| select(.kind == "dma-api" and .reason != "too-many-overlaps")] | length'
}

# misused WAY ROWS: what comes of it is told as the rows say that begin with its name, and
# the kernel counted as many.
misused()
{
	local from before rows
	rows=$(printf '%s\n' "$2" | grep "^[[:space:]]*$1 ") || complained "no rows for $1" || return 1
	from=$(faults_told)
	before=$(errors_counted)
	misuse "$1" || complained "$1 is unknown" || return 1
	[ $(($(errors_counted) - before)) -eq "$(errors_told "$from")" ] ||
		complained "$1: the kernel counts others" || return 1
	dmascope faults --all -J | jq -r --argjson from "$from" --arg way "$1" '
		[.faults[$from:][] | "\($way) \(.device // "-") \(.driver // "-") \(.reason)"]
		| group_by(.)[] | "\(.[0]) \(length)"' |
		same_rows "$rows"
}

# left_behind BDF DRIVER: so was one mapping, with what the kernel says of it; the driver is
# that of now, of which the fault says nothing.
left_behind()
{
	driven_by "$1" "$2" || complained "$2 does not drive it" || return 1
	dmascope faults -J | jq -e --arg bdf "$1" '[.faults[] | select(.cause == "leak")] | length == 1 and
		(.[0] | .device == $bdf and .driver == null and .count == 1 and .address != null and .size == 512 and
			.detail == "[count=1] [mapped with DMA_FROM_DEVICE] [mapped as single]")'
}

# addresses_told: each address and size of the kernel's lines.
addresses_told()
{
	dmesg | sed -n 's/.*\[device address=0x0*\([0-9a-f]*\)\] \[[a-z ]*size=\([0-9]*\) bytes\].*/0x\1 \2/p' >/tmp/addresses
	[ -s /tmp/addresses ] && dmascope faults --all -J |
		jq -r '.faults[] | select(.address) | "\(.address) \(.size)"' | same_rows "$(cat /tmp/addresses)"
}

# not_one_unread: nothing in the log was left open.
not_one_unread()
{
	dmascope faults -J | jq -e '.unread == []'
}

# path_is BDF [BDF] VERDICT: to another function, or to memory.
# interrupts_are BDF VERDICT: of the way to the CPUs.
path_is()
{
	[ "$(dmascope path "$1" ${3:+"$2"} -J | jq -r '.path[0].verdict')" = "${3:-$2}" ]
}

interrupts_are()
{
	[ "$(dmascope path "$1" -J | jq -r '.path[] | select(.to == "CPUs").verdict')" = "$2" ]
}

# acs_on BDF: all that Linux would switch on, where it has an IOMMU.
acs_on()
{
	setpci -s "$1" ECAP_ACS+6.w=1d:1d
}

# What ready says, against what VFIO does.

# complained TEXT…: a reason for the log of the run, and no.
complained()
{
	echo "$*" >>/tmp/ready.err
	return 1
}

# open_is BDF ANSWER [ARGUMENT…]: how opening it ends: "opened", or "refused STAGE" at first.
open_is()
{
	local bdf=$1 want=$2 answer
	shift 2
	answer=$(vfio-open "$bdf" "$@" 2>&1)
	case $answer in
	"$want"*)	true ;;
	*)	complained "$bdf: VFIO says '$answer', not '$want'" ;;
	esac
}

# ask_ready BDF VERDICT: what is said, with the exit status that goes with it.
ask_ready()
{
	local status=0 want=0 verdict
	dmascope ready "$1" -J >/tmp/ready.json 2>>/tmp/ready.err || status=$?
	case $2 in
	not-ready|unknown)	want=1 ;;
	esac
	verdict=$(jq -r '.readiness[0].verdict' /tmp/ready.json)
	[ "$verdict" = "$2" ] || complained "$1 is $verdict: $(jq -c '.readiness[0].blockers' /tmp/ready.json)" || return 1
	[ $status -eq $want ] || complained "$1: exit status $status"
}

# take_steps: types in what was said last.
take_steps()
{
	jq -r '.readiness[0].steps[].command // empty' /tmp/ready.json >/tmp/steps
	sh -e /tmp/steps 2>>/tmp/ready.err || complained "a step failed: $(cat /tmp/steps)"
}

# steps_lead BDF: ready after steps; they are taken; VFIO opens it, and ready says so.
steps_lead()
{
	ask_ready "$1" ready-after-steps && take_steps && open_is "$1" opened && ask_ready "$1" ready
}

# give_group BDF: gives it and all of its group but bridges to vfio-pci, ready or not.
give_group()
{
	local member
	modprobe vfio_iommu_type1
	modprobe vfio-pci
	for member in "$PCI/$1"/iommu_group/devices/* "$PCI/$1"; do
		case $(cat "$member/class") in
		0x06*)	[ "$member" != "$PCI/$1" ] && continue ;;
		esac
		bind "$(basename "$member")" vfio-pci
	done 2>/dev/null
	true
}

# refuses BDF BLOCKER STAGE: not ready for that reason, and VFIO refuses there, whatever
# is done.
refuses()
{
	ask_ready "$1" not-ready || return 1
	jq -e --arg id "$2" '.readiness[0].blockers | map(.id) | index($id) != null' /tmp/ready.json >/dev/null ||
		complained "$1: not for $2 but $(jq -c '.readiness[0].blockers' /tmp/ready.json)" || return 1
	give_group "$1"
	open_is "$1" "refused $3 "
}

# refuses_open BDF: not ready, for another has it; it is not even taken from there.
refuses_open()
{
	ask_ready "$1" not-ready || return 1
	jq -e '.readiness[0].blockers | map(.id) == ["in-use"]' /tmp/ready.json >/dev/null || return 1
	open_is "$1" "refused group Device or resource busy"
}

# maps_where_told BDF: memory can be mapped at both ends of each range, and not beside.
maps_where_told()
{
	dmascope ready "$1" -J | jq -r '.readiness[0].iova[] | .start + " " + .end' >/tmp/holes
	[ -s /tmp/holes ] || complained "no ranges are told" || return 1
	while read -r start end; do
		open_is "$1" opened "$start" || return 1
		open_is "$1" opened $((end - 4095)) || return 1
		open_is "$1" "refused map" $((end + 1)) || return 1
		[ $((start)) -eq 0 ] || open_is "$1" "refused map" $((start - 4096)) || return 1
	done </tmp/holes
}

# What leaks says, of the driver that leaks as many mappings as it is told (module/dmaleak.c),
# and of devices that are only busy.

LEAK=/sys/module/dmaleak/parameters
MAPPINGS=/sys/kernel/debug/dma-api/dump

# leak [WAY] NUMBER: so many more, in each way or in one.
leak()
{
	echo "$*" >$LEAK/leak
}

# same_rows ROWS: what is read has these lines, in any order.
same_rows()
{
	printf '%s\n' "$1" | sed 's/^[[:space:]]*//; /^$/d' | sort >/tmp/rows.want
	sort >/tmp/rows.got
	cmp -s /tmp/rows.want /tmp/rows.got || complained "rows:" "$(diff /tmp/rows.want /tmp/rows.got)"
}

# leaks_exit STATUS ARGUMENT…: dmascope leaks, with its answer in leaks.json.
leaks_exit()
{
	local want=$1 status=0
	shift
	dmascope leaks "$@" -J >/tmp/leaks.json 2>>/tmp/ready.err || status=$?
	[ $status -eq "$want" ] || complained "leaks $*: exit status $status"
}

# kernel_rows: the kernel's list, added up without dmascope.
kernel_rows()
{
	while read -r driver device type _ _ _ _ length _ direction _ _ _ checked; do
		echo "$driver $device $type $direction $((0x${length#L=})) $checked"
	done <$MAPPINGS | awk '
		{ key = $1 " " $2 " " $3 " " $4; count[key]++; bytes[key] += $5
		  unchecked[key] += $6 " " $7 == "not checked" }
		END { for (key in count) print key, count[key], bytes[key], unchecked[key] }'
}

# shown_rows JQ: of each row of the answer that a filter of jq lets through: who, what, how
# many mappings and bytes, and how many of them unchecked.
shown_rows()
{
	jq -r ".mappings[] | select($1)"' | [.driver, .device, .type, .direction, .count, .bytes, .unchecked]
		| map(tostring) | join(" ")' /tmp/leaks.json
}

# shows_all: leaks says of every driver what the kernel's list adds up to.
shows_all()
{
	leaks_exit 0 show && shown_rows true | same_rows "$(kernel_rows)"
}

# shows DRIVER ROWS [FILE]: these rows of the driver and no others, on this machine or in a
# copy of the list.
shows()
{
	leaks_exit 0 show ${3:+"$3"} && shown_rows ".driver == \"$1\"" | same_rows "$2"
}

# The kernel's word of each mapping that a bounce buffer stands in for.
BOUNCED=/sys/kernel/debug/tracing/events/swiotlb/swiotlb_bounced

# bounces_traced BDF: how many since that was switched on.
bounces_traced()
{
	grep -c "swiotlb_bounced: dev_name: $1 " /sys/kernel/debug/tracing/trace
}

# bounces_are BDF ROWS: of a function type, direction, count and bounced, and in all as many
# bounced as the kernel traced.
bounces_are()
{
	leaks_exit 0 show && jq -r --arg device "$1" '.mappings[] | select(.device == $device)
		| "\(.type) \(.direction) \(.count) \(.bounced)"' /tmp/leaks.json >/tmp/bounced || return 1
	same_rows "$2" </tmp/bounced && [ "$(awk '{ sum += $4 } END { print sum }' /tmp/bounced)" -eq "$(bounces_traced "$1")" ]
}

# grew ROWS FILE FILE: from one to the other these rows grew, by so many mappings and bytes.
grew()
{
	local rows=$1
	shift
	leaks_exit 1 diff "$@" && jq -r '.mappings[] | select(.growing != false or .count_delta != 0 or .bytes_delta != 0)
		| [.driver, .device, .type, .direction, .count_delta, .bytes_delta, .growing]
		| map(tostring) | join(" ")' /tmp/leaks.json | same_rows "$rows"
}

# watched_growing ROWS: of what was watched these rows grow, each by so many mappings a
# second, a fifth more or less, and of no other that is said.
watched_growing()
{
	jq -r '.mappings[] | select(.growing) | [.driver, .device, .type, .direction, .per_hour / 3600]
		| map(tostring) | join(" ")' /tmp/leaks.json >/tmp/rows.grow
	printf '%s\n' "$1" | sed 's/^[[:space:]]*//; /^$/d' | awk '
		{ key = $1 " " $2 " " $3 " " $4 }
		FNR == NR { want[key] = $5; left++; next }
		!(key in want) || $5 < 0.8 * want[key] || $5 > 1.2 * want[key] { wrong = 1 }
		{ left-- }
		END { exit wrong || left != 0 }' - /tmp/rows.grow ||
		complained "growing:" "$(cat /tmp/rows.grow)"
}

# watched_steady DRIVER…: each of these was watched; of no mappings it is said that they
# grow, nor that they may.
watched_steady()
{
	local driver
	for driver; do
		jq -e --arg driver "$driver" 'any(.mappings[]; .driver == $driver)' /tmp/leaks.json ||
			complained "$driver was not watched" || return 1
	done
	jq -e 'all(.mappings[]; .growing == false)' /tmp/leaks.json ||
		complained "may grow:" "$(jq -c '.mappings[] | select(.growing != false)' /tmp/leaks.json)"
}

# busy: the NVMe disk is read and written, and each network card sends and receives, until
# idle. The far end of a card is 10.0.N.2 of its own network, N counted from 2 in the order of
# PCI addresses.
busy()
{
	local net=2 nic
	rm -f /tmp/idle
	while [ ! -e /tmp/idle ]; do
		dd if=/dev/nvme0n1 of=/dev/null bs=512k count=64 iflag=direct
	done 2>/dev/null &
	while [ ! -e /tmp/idle ]; do
		dd if=/dev/zero of=/dev/nvme0n1 bs=16k count=512 oflag=direct
	done 2>/dev/null &
	for nic in "$PCI"/*/net/*; do
		ip link set "${nic##*/}" up
		ip addr add 10.0.$net.15/24 dev "${nic##*/}" 2>/dev/null
		while [ ! -e /tmp/idle ]; do
			ping -A -q -c 200 -w 5 -s 1400 10.0.$net.2
		done >/dev/null 2>&1 &
		net=$((net + 1))
	done
}

idle()
{
	: >/tmp/idle
	wait
}

# work_done: reads and writes of the disk, and packets in and out of each network card.
work_done()
{
	awk '{ printf "%d reads and %d writes of nvme0n1", $1, $5 }' /sys/block/nvme0n1/stat
	for nic in /sys/class/net/eth*; do
		printf ', %d packets in and %d out of %s' "$(cat "$nic"/statistics/rx_packets)" \
			"$(cat "$nic"/statistics/tx_packets)" "${nic##*/}"
	done
	echo
}

# busy_enough IOS PACKETS: the disk did so many of both, and each network card.
busy_enough()
{
	work_done | grep -o '[0-9][0-9]* \(reads\|writes\|packets\|out\)' |
		awk -v ios="$1" -v packets="$2" '
			{ wrong = wrong || $1 < ($2 ~ /reads|writes/ ? ios : packets) }
			END { exit wrong || NR < 4 }'
}

# trace_begin ARGUMENT…: leaks trace in the background; it sees all that follows this.
trace_begin()
{
	rm -f /tmp/trace.jsonl
	dmascope leaks trace --samples 0 --interval 0.5 --jsonl "$@" >/tmp/trace.jsonl 2>>/tmp/ready.err &
	tracer=$!
	wait_for [ -s /tmp/trace.jsonl ]
}

# trace_end STATUS: interrupts it; its answer is in leaks.json.
trace_end()
{
	local status=0
	kill -INT "$tracer"
	wait "$tracer" || status=$?
	jq -s '{ mappings: map(select(.record == "mapping")), unread: map(select(.record == "unread")) }' \
		/tmp/trace.jsonl >/tmp/leaks.json
	[ $status -eq "$1" ] || complained "leaks trace: exit status $status" "$(tail -n 3 /tmp/ready.err)"
}

# traced ROWS: what is alive of dmaleak, by the function that called the DMA API; of each row
# all is older than was asked for.
traced()
{
	jq -r '.mappings[] | select(.driver == "dmaleak") | [.device, .type, .direction] as $who
		| .stacks[] | select(.count > 0) | $who + [.count, .bytes, .old, (.by | sub(" \\[dmaleak\\]$"; ""))]
		| map(tostring) | join(" ")' /tmp/leaks.json | same_rows "$1"
}

# traced_all PAIRS: dmaleak mapped and unmapped so often, as its own count says, and nothing
# was lost on the way.
traced_all()
{
	jq -e --argjson pairs "$1" '([.mappings[] | select(.driver == "dmaleak") | .maps] | add) == $pairs and
		([.mappings[] | select(.driver == "dmaleak") | .unmaps] | add) == $pairs and .unread == []' /tmp/leaks.json ||
		complained "$1 pairs:" "$(jq -c '[.mappings[] | [.driver, .type, .maps, .unmaps]], .unread' /tmp/leaks.json)"
}

# pairs_in SECONDS: how many pairs dmaleak makes in that time.
pairs_in()
{
	local before after
	before=$(cat $LEAK/pairs)
	sleep "$1"
	after=$(cat $LEAK/pairs)
	echo $(((after - before) / $1))
}

# refused_to_user: an ordinary user may not trace, and is told so.
refused_to_user()
{
	local status=0
	su nobody -c 'dmascope leaks trace' >/tmp/user.out 2>/tmp/user.err || status=$?
	if [ $status -ne 2 ] || [ -s /tmp/user.out ] || ! grep -q 'cannot trace by bpf: ' /tmp/user.err ||
		! grep -q 'cannot trace by events: ' /tmp/user.err; then
		complained "a user:" "$(cat /tmp/user.err)"
	fi
}

# keys_of_help COMMAND FILE: the keys of the first mapping are those that --help names.
keys_of_help()
{
	dmascope "$1" --help | awk '
		/^Columns/ { inside = 1; next }
		/^$/ { inside = 0 }
		inside {
			key = tolower(substr($0, 3, 23))
			sub(/ +$/, "", key)
			gsub(/[- ]/, "_", key)
			if ($NF ~ /^\[.*\]$/)
				key = substr($NF, 2, length($NF) - 2)
			print key
		}' | sort >/tmp/keys.help
	jq -r '.mappings[0] | del(.record) | keys[]' "$2" | sort >/tmp/keys.json
	cmp -s /tmp/keys.json /tmp/keys.help || complained "keys:" "$(diff /tmp/keys.json /tmp/keys.help)"
}

# as_fast_as_can_be: checks that a trace loses nothing, at 100,000 pairs a second and at as
# many as there can be, and tells what it costs.
as_fast_as_can_be()
{
	local alone paced most before
	rmmod dmaleak
	modprobe dmaleak ways=1
	echo -1 >$LEAK/churn
	alone=$(pairs_in 2)
	echo 0 >$LEAK/churn
	sleep 0.5
	before=$(cat $LEAK/pairs)
	trace_begin --method bpf
	echo 100000 >$LEAK/churn
	paced=$(pairs_in 4)
	echo -1 >$LEAK/churn
	most=$(pairs_in 4)
	echo 0 >$LEAK/churn
	sleep 0.5
	ok "pairs as fast as can be: nothing keeps growing" trace_end 0
	ok "none of them is lost" traced_all $(($(cat $LEAK/pairs) - before))
	echo "# $paced pairs a second were asked to be 100000; as fast as can be $most, and $alone without a trace:"
	echo "# $((1000000000 / alone)) ns a pair alone, $((1000000000 / most)) ns traced"
}

# What bench measures and proves.

# bench ARGUMENT…: short, with the device's driver taken and given back; the answer is in
# bench.json.
bench()
{
	local status=0
	dmascope bench "$@" --yes --json >/tmp/bench.json 2>/tmp/bench.err || status=$?
	sed 's/^/# /' /tmp/bench.err
	return $status
}

# rows JQ: how many rows a filter lets through.
rows()
{
	jq "[.results[] | select($1)] | length" /tmp/bench.json
}

# measures BDF WORKLOAD OPTION…: all of its rows are there and all data was right.
measures()
{
	local bdf=$1 workload=$2 was
	shift 2
	was=$(readlink "$PCI/$bdf/driver")
	bench "$workload" "$bdf" "$@" >>/tmp/ready.err || complained "$workload $bdf $*: status $?" || return 1
	jq -e --arg backend "$BACKEND" '.unread == [] and (.results | length > 1) and all(.results[];
			.backend == $backend and .p50_ns > 0 and .ops > 0 and .max_ns >= .p999_ns and
			.p999_ns >= .p99_ns and .p99_ns >= .p50_ns and .p50_ns >= .min_ns and
			(.verdict == null or (.verdict == "pass" and .verified >= .ops)))' /tmp/bench.json >/dev/null ||
		complained "$workload $bdf: $(jq -c '.unread, [.results[] | del(.times) | select(.verdict != "pass")][0:2]' /tmp/bench.json)" || return 1
	[ "$(readlink "$PCI/$bdf/driver")" = "$was" ] || complained "$bdf: its driver was $was"
}

# proves BDF [OPTION…]: the isolation holds, and every check of it was made.
proves()
{
	local bdf=$1
	shift
	bench isolation "$bdf" "$@" >>/tmp/ready.err || complained "isolation $bdf $*: status $?: $(jq -c '[.results[] | [.operation, .verdict]]' /tmp/bench.json)" || return 1
	jq -e 'all(.results[]; .verdict == "pass") and ([.results[].operation] -
			["unmapped-read"] == ["mapped", "unmapped", "past-end", "across-end", "read-only", "after-unmap", "works-afterwards"])' \
		/tmp/bench.json >/dev/null || complained "isolation $bdf: $(jq -c '[.results[].operation]' /tmp/bench.json)"
}

# disproves CHECK BDF OPTION…: the isolation does not hold, which is said of this check.
disproves()
{
	local check=$1 bdf=$2 status=0
	shift 2
	bench isolation "$bdf" "$@" >>/tmp/ready.err || status=$?
	[ $status -eq 1 ] || complained "isolation $bdf $*: status $status" || return 1
	jq -e --arg check "$check" 'any(.results[]; .operation == $check and .verdict == "fail")' /tmp/bench.json >/dev/null ||
		complained "isolation $bdf $*: $(jq -c '[.results[] | [.operation, .verdict]]' /tmp/bench.json)"
}

# bench_all BACKEND EDU NVME NIC: each workload on each of them.
bench_all()
{
	BACKEND=$1
	set -- "$1" "$2" "$3" "$4" "--backend $1 --repeat 2 --warmup 0"
	for bdf in $2 $3 $4; do
		# shellcheck disable=SC2086 # a list of options
		{
			ok "map of $bdf by $1" measures "$bdf" map $5 --ops 20 --size 4K,2M --live 100 --threads 2
			ok "isolation of $bdf by $1" proves "$bdf" $5
			ok "isolation of $bdf by $1 fails where a mapping is left" disproves after-unmap "$bdf" $5 --leave-mapped
		}
	done
	# It takes 100 ms for a transfer.
	# shellcheck disable=SC2086 # a list of options
	{
		ok "dma of $2 by $1" measures "$2" dma $5 --ops 1 --size 4092
		ok "reach of $2 by $1" measures "$2" reach $5 --ops 1 --window 64K,1M --pattern random --page 4K
		ok "dma of $3 by $1" measures "$3" dma $5 --ops 20 --size 4K,64K --depth 1,8
		ok "reach of $3 by $1" measures "$3" reach $5 --ops 20 --window 64K,4M --page 4K,2M --depth 1,8
		ok "dma of $4 by $1" measures "$4" dma $5 --ops 20 --size 64,4K --depth 1,8
		ok "reach of $4 by $1" measures "$4" reach $5 --ops 20 --window 64K,4M --page 4K,2M --depth 1,8
	}
	ok "nothing is left to be given back" [ -z "$(ls /run/dmascope 2>/dev/null)" ]
}

# bench_refused TEXT WORKLOAD BDF OPTION…: refused for that reason, with nothing changed.
bench_refused()
{
	local text=$1 workload=$2 bdf=$3 was status=0
	shift 3
	was=$(readlink "$PCI/$bdf/driver")
	dmascope bench "$workload" "$bdf" "$@" >/tmp/bench.out 2>/tmp/bench.err || status=$?
	[ $status -eq 2 ] || complained "$workload $bdf $*: status $status, not 2" || return 1
	grep -q -- "$text" /tmp/bench.err || complained "$workload $bdf $*: $(cat /tmp/bench.err)" || return 1
	[ ! -s /tmp/bench.out ] && [ "$(readlink "$PCI/$bdf/driver")" = "$was" ] &&
		[ -z "$(ls /run/dmascope 2>/dev/null)" ]
}

# bench_unknown TEXT WORKLOAD BDF OPTION…: answered, but for a row that says why it is unknown.
bench_unknown()
{
	local text=$1 workload=$2 bdf=$3
	shift 3
	bench "$workload" "$bdf" "$@" --ops 2 --repeat 1 >>/tmp/ready.err
	[ "$(rows '.verdict == "unknown" and .p50_ns == null and (.why | contains("'"$text"'"))')" -gt 0 ] ||
		complained "$workload $bdf $*: $(jq -c '[.results[].why]' /tmp/bench.json)"
}

# measured_once BDF: it can be had now.
measured_once()
{
	BACKEND=type1 measures "$1" map --ops 5 --repeat 1 --size 4K --live 2
}

swap_on()
{
	mkswap "$1" && swapon "$1"
}

# vfio_hold BDF: another program has it open; vfio_release ends that.
vfio_hold()
{
	give_group "$1"
	rm -f /tmp/holder
	vfio-open "$1" hold >/tmp/holder &
	holder=$!
	wait_for [ -s /tmp/holder ]
}

vfio_release()
{
	kill "$holder"
	wait "$holder" 2>/dev/null
}

# taken BDF: is it with vfio-pci?
taken()
{
	[ "$(basename "$(readlink "$PCI/$1/driver")")" = vfio-pci ]
}

# restored_by_hand BDF: where nobody is left to give it back, --restore does.
restored_by_hand()
{
	local was
	was=$(readlink "$PCI/$1/driver")
	dmascope bench map "$1" --yes --time 60 --size 4K >/tmp/bench.out 2>&1 &
	wait_for taken "$1" || complained "$1 was not taken: $(cat /tmp/bench.out)" || return 1
	killall -9 dmascope
	wait
	taken "$1" || complained "$1 was given back" || return 1
	[ -n "$(ls /run/dmascope)" ] || complained "no file was left" || return 1
	# What was killed keeps its lock until the kernel has buried it.
	sleep 0.5
	dmascope bench --restore 2>>/tmp/ready.err || complained "--restore: status $?" || return 1
	[ "$(readlink "$PCI/$1/driver")" = "$was" ] && [ -z "$(ls /run/dmascope)" ]
}

# logs_strays BDF: the kernel's log has a fault for each write that is stopped.
logs_strays()
{
	bench isolation "$1" >>/tmp/ready.err
	[ "$(rows '.operation == "unmapped" and .faults > 0')" -eq 1 ] ||
		complained "$1: $(jq -c '[.results[] | [.operation, .faults]]' /tmp/bench.json)"
}

# parameter NAME: what the kernel's command line says.
parameter()
{
	tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p"
}

# random: the next number of a row that begins as `seed` says, 0 to 32767, in $number.
random()
{
	seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
	number=$((seed >> 16 & 0x7fff))
}

# one_interrupt: one benchmark of one device, ended somehow at some moment; it is back then.
one_interrupt()
{
	local bdf workload signal was left=0
	random
	case $((number % 3)) in
	0)	bdf=0000:00:03.0 ;;
	1)	bdf=0000:00:04.0 ;;
	*)	bdf=0000:00:05.0 ;;
	esac
	random
	case $((number % 4)) in
	0)	workload=map ;;
	1)	workload=dma ;;
	2)	workload=reach ;;
	*)	workload=isolation ;;
	esac
	random
	case $((number % 4)) in
	0)	signal=INT ;;
	1)	signal=TERM ;;
	2)	signal=HUP ;;
	*)	signal=KILL ;;
	esac
	was=$(readlink "$PCI/$bdf/driver")
	dmascope bench $workload $bdf --yes --time 20 >/dev/null 2>&1 &
	random
	number=$((number % span))
	sleep "$((number / 1000)).$(printf %03d $((number % 1000)))"
	taken $bdf && hits=$((hits + 1))
	# In the background a shell has programs ignore interrupts, until they see to it.
	# One that has ended, and was not waited for, has no words.
	while kill -$signal $! 2>/dev/null && [ -n "$(cat /proc/$!/cmdline)" ] && [ $left -lt 100 ]; do
		left=$((left + 1))
		sleep 0.1
	done
	[ $left -lt 100 ] || complained "$workload of $bdf, $signal: it does not end" || kill -KILL $!
	wait $! 2>/dev/null
	left=0
	# Killed, it is its guardian that gives back.
	while [ -n "$(ls /run/dmascope 2>/dev/null)" ] && [ $left -lt 50 ]; do
		left=$((left + 1))
		sleep 0.1
	done
	[ $left -lt 50 ] || { dmascope bench --restore 2>>/tmp/ready.err; restored=$((restored + 1)); }
	[ "$(readlink "$PCI/$bdf/driver")" = "$was" ] && return
	complained "$workload of $bdf, $signal: its driver was '$was' and is '$(readlink "$PCI/$bdf/driver")'"
}

# interrupts COUNT SEED: all of them leave each device as it was. On a slow machine they come
# later, or none would meet a device that is taken.
interrupts()
{
	local left=$1 bad=0
	seed=$2 hits=0 restored=0 span=700
	while [ "$left" -gt 0 ]; do
		one_interrupt || bad=$((bad + 1))
		left=$((left - 1))
		[ $hits -gt 0 ] || [ $((left % 4)) -ne 0 ] || [ $span -gt 5000 ] || span=$((span * 2))
	done
	echo "$1 starts: $hits ended while the device was taken, $restored by --restore, $bad not given back" >/tmp/interrupts
	[ $bad -eq 0 ] && [ $hits -gt $(($1 / 10)) ]
}

# map_costs BDF SIZE BYTES: a map with its unmap, by bench and by bare calls in turn, the best
# median of each; the figures are for people, as times fail no check.
map_costs()
{
	local round own='' bare=''
	for round in 1 2 3 4 5 6 7; do
		bench map "$1" --backend type1 --size "$2" --page 4K --live 1 --threads 1 --time 0.3 --repeat 3
		own="$own $(jq '[.results[0:2][].p50_ns] | add' /tmp/bench.json)"
		bare="$bare $(map-loop "$1" "$3" 20000)"
	done
	own=$(echo "$own" | tr ' ' '\n' | sed '/^$/d' | sort -n | sed -n 1p)
	bare=$(echo "$bare" | tr ' ' '\n' | sed '/^$/d' | sort -n | sed -n 1p)
	ok "a map and its unmap of $2: bench says $own ns, bare calls $bare ns, $(awk -v a="$own" -v b="$bare" 'BEGIN { printf "%+.1f %%", (a / b - 1) * 100 }')" \
		[ "$own" -gt 0 -a "$bare" -gt 0 ]
}

# What watch tells, against what was done.

WATCHED=/tmp/watched

# watch_begins [OPTION…]: it runs, and has told what was there.
watch_begins()
{
	dmascope watch "$@" >$WATCHED 2>/tmp/watch.err &
	WATCH=$!
	for _ in 1 2 3; do
		wait_for grep -q '"event":"watching"' $WATCHED && break
	done
	grep -q '"event":"watching"' $WATCHED
}

# event_lines EVENT NAME [FIELD [AFTER]]: those that tell it.
event_lines()
{
	grep "\"event\":\"$1\".*\"name\":\"$2\",${3:+\"field\":\"$3\",}" $WATCHED |
		grep "${4:+\"after\":\"$4\"}"
}

# tells SECONDS COMMANDS EVENT NAME [FIELD [AFTER]]: what the commands do is told, so soon,
# as one line more than before. Where the machine itself takes its time, timed is the last of
# the commands. Leaves /tmp/took.
tells()
{
	local limit=$1 commands=$2 before
	shift 2
	before=$(event_lines "$@" | wc -l)
	timed
	eval "$commands" || complained "$commands failed" || return 1
	wait_for more_lines "$before" "$@" ||
		complained "$commands: not told as $*" || return 1
	[ "$(event_lines "$@" | wc -l)" -eq $((before + 1)) ] || complained "$commands: told twice as $*" || return 1
	event_lines "$@" | tail -n 1 | jq -r --argjson began "$began" --argjson limit "$limit" '
		.time | (sub("\\.[0-9]*Z"; "Z") | fromdate) + (capture("\\.(?<ms>[0-9]*)Z").ms | tonumber / 1000)
		| . - $began | if . <= $limit then "in time: \(.)" else "late: \(.)" end' >/tmp/took
	grep -q 'in time' /tmp/took || complained "$commands: $(cat /tmp/took) s, at most $limit"
}

timed()
{
	began=$(jq -n now)
}

more_lines()
{
	local before=$1
	shift
	[ "$(event_lines "$@" | wc -l)" -gt "$before" ]
}

# tells_growing ROWS: of these mappings, which have a number more, and of no others it is told
# that they grow, once.
tells_growing()
{
	jq -r 'select(.event == "growing").name' $WATCHED |
		same_rows "$(printf '%s\n' "$1" | sed '/DMA/!d; s/ [0-9]*$//')"
}

# watch_agrees: what all lines come to is what a fresh look shows. It has a look itself, so
# the watch gets time for its own.
watch_agrees()
{
	scope devices -J >/tmp/fresh.devices 2>/dev/null
	scope groups -J >/tmp/fresh.groups 2>/dev/null
	FRESH=1 jq -n -r -f /lab/watched.jq /tmp/fresh.devices /tmp/fresh.groups >/tmp/fresh || return 1
	jq -n -r -f /lab/watched.jq $WATCHED >/tmp/came 2>/tmp/came.err ||
		complained "the lines contradict themselves: $(cat /tmp/came.err)" || return 1
	cmp -s /tmp/came /tmp/fresh || complained "$(diff /tmp/came /tmp/fresh | head -n 6)"
}

# watch_ends: when it is told to, with nothing on standard error.
watch_ends()
{
	kill -TERM "$WATCH" && wait "$WATCH" && [ ! -s /tmp/watch.err ]
}

# differs SNAPSHOT LINE…: diff of it and this machine has each "KIND OBJECT FIELD BEFORE AFTER".
differs()
{
	local snapshot=$1 status=0 line
	shift
	dmascope diff "$snapshot" -J >/tmp/diff.json 2>>/tmp/ready.err || status=$?
	[ $status -eq 1 ] || complained "diff: exit status $status" || return 1
	jq -r '.differences[] | [.kind, .object, .field, .before, .after] | map(. // "-") | join(" ")' /tmp/diff.json >/tmp/diff.lines
	for line; do
		grep -qxF -- "$line" /tmp/diff.lines || complained "no '$line' in: $(cat /tmp/diff.lines)" || return 1
	done
}

# differs_not SNAPSHOT OBJECT: nothing of that object is otherwise.
differs_not()
{
	differs "$1" && ! grep -F -- " $2 " /tmp/diff.lines >>/tmp/ready.err
}
