#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Channels of third-party DMA controllers, beside the bus masters.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine channels
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
	rm "$M/proc/dma"
}

# channel NAME PLACE [IN-USE [BYTES [COPIES]]]: below /sys/devices/PLACE, the controller.
channel() {
	local directory=$M/sys/devices/$2/dma/$1

	mkdir -p "$directory" "$M/sys/class/dma"
	ln -s "../../devices/$2/dma/$1" "$M/sys/class/dma/$1"
	[[ $2 == virtual ]] || ln -s ../.. "$directory/device"
	write "$directory/in_use" "${3-0}\n"
	write "$directory/bytes_transferred" "${4-0}\n"
	write "$directory/memcpy_count" "${5-0}\n"
}

# driver PLACE NAME: the controller's driver.
driver() {
	mkdir -p "$M/sys/bus/platform/drivers/$2"
	ln -s "/sys/bus/platform/drivers/$2" "$M/sys/devices/$1/driver"
}

# client CHANNEL DEVICE: as the kernel links it.
client() {
	mkdir -p "$M/sys/devices/platform/$2"
	ln -s "/sys/devices/platform/$2" "$M/sys/class/dma/$1/slave"
}

summary() {
	write "$M/sys/kernel/debug/dmaengine/summary" "$1"
}

# A controller of the SoC with clients, and one on PCI that copies.
machine_with_channels() {
	channel dma0chan0 platform/fe007000.dma-controller 1
	channel dma0chan1 platform/fe007000.dma-controller
	driver platform/fe007000.dma-controller bcm2835-dma
	client dma0chan0 fe300000.mmc
	channel dma1chan0 pci0000:00/0000:00:04.0 2 1048576 256
	driver pci0000:00/0000:00:04.0 ioatdma
	summary "dma0 (fe007000.dma-controller): number of channels: 2\n dma0chan0    | fe300000.mmc:rx-tx\n\ndma1 (0000:00:04.0): number of channels: 1\n dma1chan0    | in-use\n"
}

@test "dmaengine: controller, driver, client, and what was moved" {
	machine_with_channels
	look channels -J
	answered
	is '.channels[] | [.name, .kind, .controller, .driver, .client, .in_use, .bytes_transferred,
		.memcpy_count, .router] | tostring' \
		'["dma0chan0","dmaengine","fe007000.dma-controller","bcm2835-dma","fe300000.mmc",1,0,0,null]
["dma0chan1","dmaengine","fe007000.dma-controller","bcm2835-dma",null,0,0,0,null]
["dma1chan0","dmaengine","0000:00:04.0","ioatdma","in-use",2,1048576,256,null]'
	is '.unread | length' 0
	look channels
	[[ ${lines[0]} =~ ^CHANNEL\ +KIND\ +CONTROLLER\ +DRIVER\ +CLIENT\ +USERS\ +BYTES\ +COPIES$ ]]
	[[ ${lines[2]} =~ ^dma0chan1\ +dmaengine\ +fe007000.dma-controller\ +bcm2835-dma\ +-\ +0\ +0\ +0$ ]]
}

@test "ISA: those of /proc/dma" {
	write "$M/proc/dma" " 2: floppy\n 4: cascade\n"
	look channels -J
	answered
	is '.channels[] | [.name, .kind, .controller, .driver, .client, .in_use, .bytes_transferred] | tostring' \
		'["2","isa",null,null,"floppy",1,null]
["4","isa",null,null,"cascade",1,null]'
	look channels
	[[ ${lines[1]} =~ ^2\ +isa\ +-\ +-\ +floppy\ +1\ +-\ +-$ ]]
}

@test "no channels, and no file for them: that is an answer" {
	look channels -J
	answered
	is '.channels | tostring' '[]'
	is '.unread | length' 0
	write "$M/proc/dma" "No DMA\n"
	look channels -J
	answered
	is '.channels, .unread | length' $'0\n0'
	look channels
	[[ $output == "Third-party DMA: no controller moves data for others. "* ]]
	[[ -z $stderr ]]
}

@test "bus masters are counted beside, which move their own data" {
	machine_vtd masters
	look channels
	answered
	[[ $output == *$'\n\nThird-party DMA: these controllers move data for others. First-party DMA: 3 of 4 PCI functions are bus masters'* ]]
	pci 0000:00:03.0 8086:a36e 0c0330 command=0000
	for bdf in 0000:00:02.0 0000:00:14.0; do
		put $bdf 4 0200
	done
	look channels
	[[ $output == *"1 of 5 PCI functions is a bus master and moves its own"* ]]
	rm "$(pci_directory 0000:00:02.0)/config"
	look channels
	[[ $output == *"how many PCI functions are bus masters could not be found out"* ]]
	look channels -n
	[[ $output != *party* ]]
}

@test "what cannot be listed is not called none" {
	rm -r "$M/sys/class"
	look channels
	answered
	[[ $output == "Third-party DMA: not all channels could be looked for."* ]]
	[[ $stderr == *"/sys/class: missing or empty"* ]]
}

@test "channels in the order of their numbers" {
	for name in dma10chan0 dma2chan0 dma2chan10 dma2chan9 odd dma2chanx; do
		channel $name platform/x
	done
	look channels -J
	is '.channels | map(.name) | join(" ")' "dma2chan0 dma2chan9 dma2chan10 dma10chan0 dma2chanx odd"
}

@test "clients that only debugfs knows, and routers" {
	channel dma0chan0 platform/4a056000.dma-controller 1
	summary "dma0 (4a056000.dma-controller): number of channels: 1\n dma0chan0    | 48020000.serial:tx (via router: 4a002b78.dma-router)\n"
	look channels -J
	is '.channels[0] | .client, .router' $'48020000.serial:tx\n4a002b78.dma-router'
	# A link in sysfs has the name of the device.
	client dma0chan0 48020000.serial
	look channels -J
	is '.channels[0] | .client, .router' $'48020000.serial\n4a002b78.dma-router'
	# A driver with a summary of its own says nothing that could be read.
	summary "dma0 (4a056000.dma-controller): number of channels: 1\n custom text: channel 0 busy\n"
	rm "$M/sys/class/dma/dma0chan0/slave"
	look channels -J
	answered
	is '.channels[0] | [.client, .router] | tostring' '[null,null]'
	look channels -n -o client
	[[ ${lines[0]} == "?" ]]
}

@test "without debugfs the client of a busy channel is unknown, of a free one absent" {
	channel dma0chan0 platform/x 1
	channel dma0chan1 platform/x 0
	write "$M/proc/self/mounts" "sysfs /sys sysfs rw 0 0\n"
	look channels -n -o client
	answered
	[[ ${lines[0]} == "?" && ${lines[1]} == "-" ]]
	# Mounted and without the file: a kernel that does not print one.
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw 0 0\n"
	look channels -n -o client
	[[ ${lines[0]} == "-" && ${lines[1]} == "-" ]]
}

@test "a controller without a parent" {
	channel dma0chan0 virtual
	look channels -J
	answered
	is '.channels[0] | [.controller, .driver] | tostring' '[null,null]'
	look channels -n -o controller,driver
	[[ ${lines[0]} =~ ^-\ +-$ ]]
}

@test "files that make no sense" {
	machine_with_channels
	write "$M/sys/class/dma/dma1chan0/in_use" "many\n"
	write "$M/sys/class/dma/dma1chan0/bytes_transferred" "\n"
	rm "$M/sys/class/dma/dma1chan0/memcpy_count"
	write "$M/proc/dma" " 4: cascade\nnonsense\n\033[31m: red\n 5: \033[31mred\n"
	look channels -J
	answered
	is '.channels[2] | [.in_use, .bytes_transferred, .memcpy_count] | tostring' '[null,null,null]'
	is '.channels[3:] | map(.client) | join(" ")' 'cascade \x1b[31mred'
	is '[.unread[].path] | unique | join(" ")' \
		"/proc/dma /sys/class/dma/dma1chan0/bytes_transferred /sys/class/dma/dma1chan0/in_use"
	look channels
	! LC_ALL=C grep -qP '[^\x20-\x7e]' <<<"$output$stderr" || fail "$output$stderr"
}

@test "gauges" {
	machine_with_channels
	look channels -f prometheus
	answered
	[[ $output == *'dmascope_channel_bytes_transferred{name="dma1chan0",kind="dmaengine"} 1048576'* ]]
	[[ $output == *'dmascope_channel_in_use{name="dma0chan1",kind="dmaengine"} 0'* ]]
	[[ $output == *'driver="ioatdma"'* ]]
}

@test "channels takes no arguments" {
	look channels dma0chan0
	refused
}

@test "status counts what channels shows" {
	machine_with_channels
	look status -J
	is '.status[0].third_party_channels' 3
}

@test "this machine: every channel that the kernel lists" {
	dmascope channels -J
	answered
	is '[.channels[] | select(.kind == "dmaengine") | .name] | sort | join(" ")' \
		"$(find /sys/class/dma/ -mindepth 1 -printf '%f\n' 2>/dev/null | sort | paste -sd ' ')"
	is '[.channels[] | select(.kind == "isa") | "\(.name): \(.client)"] | join("|")' \
		"$(grep -v 'No DMA' /proc/dma 2>/dev/null | sed 's/^ *//' | paste -sd '|')"
}

@test "a snapshot has them" {
	machine_with_channels
	write "$M/proc/dma" " 4: cascade\n"
	look channels -J
	live=$(jq -S .channels <<<"$output")
	look snapshot "$BATS_TEST_TMPDIR/shot"
	answered
	dmascope --sysroot "$BATS_TEST_TMPDIR/shot" channels -J
	answered
	diff <(echo "$live") <(jq -S .channels <<<"$output")
}

@test "other commands count channels and look no further" {
	need strace
	machine_with_channels
	for command in status devices groups units iomem; do
		ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,openat2,readlinkat -o "$BATS_TEST_TMPDIR/trace" \
			"$DMASCOPE" --sysroot "$M" "$command" >/dev/null 2>&1
		! grep -qE 'class/dma/|dmaengine/summary|proc/dma' "$BATS_TEST_TMPDIR/trace" || fail "$command"
		grep -q proc/sys/kernel "$BATS_TEST_TMPDIR/trace"
	done
}
