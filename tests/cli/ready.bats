#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Can a device be given to a guest, what is missing, and what would stop on the host.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
	machine_vtd
	host_tree
}

# What a running Linux has, so that nothing of it is unknown.
host_tree() {
	mkdir -p "$M"/sys/class/{block,net,drm,graphics,input,tty/console,misc} "$M"/sys/module \
		"$M"/usr/sbin "$M"/etc "$M"/proc/net
	write "$M/sys/class/tty/console/active" "tty0\n"
	write "$M/proc/swaps" "Filename Type Size Used Priority\n"
	write "$M/proc/net/route" "Iface\tDestination\n"
	write "$M/etc/os-release" 'ID=debian\nVERSION_ID="12"\n'
	for function in "$M"/sys/bus/pci/devices/*; do
		write "$function/resource" "0x00000000f0000000 0x00000000f0003fff 0x0000000000040200\n$(printf '0x0000000000000000 0x0000000000000000 0x0000000000000000\\n%.0s' {1..6})"
	done
	# All that VFIO has is there, and nothing is loaded.
	kernel_config "CONFIG_VFIO_PCI=m\nCONFIG_VFIO_IOMMU_TYPE1=m"
}

# disk BDF NAME NUMBER [PARTITION:NUMBER…]: a disk of a function, with partitions.
disk() {
	local directory block=$M/sys/class/block part
	directory=$(pci_directory "$1")/block/$2
	mkdir -p "$directory/holders"
	write "$directory/dev" "$3\n"
	ln -s "$directory" "$block/$2"
	ln -sfn "$(realpath --relative-to="$block" "$directory")" "$block/$2"
	for part in "${@:4}"; do
		mkdir -p "$directory/${part%%:*}/holders"
		write "$directory/${part%%:*}/dev" "${part#*:}\n"
		ln -sfn "$(realpath --relative-to="$block" "$directory/${part%%:*}")" "$block/${part%%:*}"
	done
}

# made NAME NUMBER ON…: what is made of other blocks.
made() {
	local directory=$M/sys/devices/virtual/block/$1 on
	mkdir -p "$directory/holders"
	write "$directory/dev" "$2\n"
	ln -sfn "../../devices/virtual/block/$1" "$M/sys/class/block/$1"
	for on in "${@:3}"; do
		mkdir -p "$M/sys/class/block/$on/holders/$1"
	done
}

# array NAME NUMBER LEVEL DISKS ON…: of so many disks, and those that are there work.
array() {
	local md=$M/sys/class/block/$1/md on
	made "$1" "$2" "${@:5}"
	write "$md/level" "$3\n"
	write "$md/raid_disks" "$4\n"
	write "$md/degraded" "$(($4 - $# + 4))\n"
	for on in "${@:5}"; do
		write "$md/dev-$on/state" "in_sync\n"
	done
}

# volume NAME NUMBER DM-NAME DM-UUID ON…
volume() {
	made "$1" "$2" "${@:5}"
	write "$M/sys/class/block/$1/dm/name" "$3\n"
	write "$M/sys/class/block/$1/dm/uuid" "$4\n"
}

# mounted NUMBER POINT TYPE SOURCE
mounted() {
	printf '9 1 %s / %s rw shared:1 - %s %s rw\n' "$@" >>"$M/proc/self/mountinfo"
}

# net BDF NAME [UPPER…]: an interface, and what stands on it.
net() {
	local directory=$M/sys/devices/virtual/net/$2 upper
	[[ $1 == - ]] || directory=$(pci_directory "$1")/net/$2
	write "$directory/operstate" "up\n"
	for upper in "${@:3}"; do
		ln -sfn "../$upper" "$directory/upper_$upper"
	done
	ln -sfn "$(realpath --relative-to="$M/sys/class/net" "$directory")" "$M/sys/class/net/$2"
}

# breaks BDF TEXT: kind and name of what stops, with commas.
breaks() {
	look ready -J "$1"
	is '.readiness[0].breaks | map(.kind + " " + .name) | sort | join(", ")' "$2"
}

# blockers BDF [ID…]: they are these, and the exit status is that of no or of yes.
blockers() {
	look ready -J "$1"
	is '.readiness[0].blockers | map(.id) | join(" ")' "${*:2}"
	[[ $status -eq $(($# > 1)) ]] || fail "exit status $status"
}

# commands BDF TEXT: the commands have it, or are nothing else with =TEXT.
commands() {
	local got
	look ready -J "$1"
	got=$(jq -r '.readiness[0].steps[].command // empty' <<<"$output")
	if [[ $2 == =* ]]; then
		[[ $got == "${2#=}" ]] || fail "$got"
	else
		[[ $got == *"$2"* ]] || fail "$got"
	fi
}

@test "a device with a driver is ready after steps" {
	look ready -J 00:1f.6
	answered
	is '.readiness[0] | [.verdict, .group, .driver] | tostring' '["ready-after-steps",10,"e1000e"]'
	is '.readiness[0].steps | map(.command) | join("\n")' "modprobe vfio_iommu_type1
modprobe vfio-pci
echo vfio-pci > /sys/bus/pci/devices/0000:00:1f.6/driver_override
echo 0000:00:1f.6 > /sys/bus/pci/devices/0000:00:1f.6/driver/unbind
echo 0000:00:1f.6 > /sys/bus/pci/drivers_probe"
	is '.readiness[0].iova | map([.start, .end]) | tostring' '[["0x0","0xfedfffff"],["0xfef00000","0x7fffffffff"]]'
	is '.readiness[0].bars | tostring' '[{"name":"BAR 0","bytes":16384}]'
	is '.readiness[0] | [.memlock_bytes, .rom, .iommufd, .cdev] | tostring' '[8388608,false,false,null]'
}

@test "a device with VFIO is ready" {
	mkdir -p "$M"/sys/module/{vfio_pci,vfio_iommu_type1}
	pci 0000:00:1c.0 8086:1533 020000 driver=vfio-pci
	write "$(pci_directory 0000:00:1c.0)/enable" "0\n"
	write "$(pci_directory 0000:00:1c.0)/vfio-dev/vfio3/dev" "511:0\n"
	group 11 DMA-FQ 0000:00:1c.0
	look ready -J 00:1c.0
	answered
	is '.readiness[0] | [.verdict, .cdev, (.steps | length)] | tostring' '["ready","/dev/vfio/devices/vfio3",0]'
	write "$(pci_directory 0000:00:1c.0)/enable" "1\n"
	blockers 00:1c.0 in-use
}

@test "a directory of VFIO without a number is no node" {
	pci 0000:00:1c.0 8086:1533 020000 driver=vfio-pci
	mkdir -p "$(pci_directory 0000:00:1c.0)/vfio-dev/vfio3"
	look ready -J 00:1c.0
	is '.readiness[0].cdev' null
}

@test "bridges, chipset and IOMMUs stay" {
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	pci 0000:00:1f.0 8086:a303 060100
	pci 0000:00:00.2 1022:1481 080600
	blockers 00:01.0 bridge
	blockers 00:1f.0 chipset
	blockers 00:00.2 iommu-unit
	pci 0000:00:1d.0 104c:8232 060740
	blockers 00:1d.0 bridge
	pci 0000:00:1e.0 10de:22a3 068000
	group 11 DMA-FQ 0000:00:1e.0
	blockers 00:1e.0
	commands 00:1e.0 "vfio-pci > /sys/bus/pci/devices/0000:00:1e.0/driver_override"
	look ready -n -o BDF
	[[ $output != *00:01.0* && $output != *00:1f.0* && $output != *00:00.2* ]] || fail "$output"
	answered
}

@test "members of a group go with it, ports stay, others are taken from their drivers" {
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	pci 0000:00:01.1 8086:1902 020000 driver=igb
	pci 0000:00:1f.0 8086:a303 060100 driver=lpc_ich
	group 12 DMA 0000:00:01.0 0000:00:01.1 0000:00:1f.0
	mkdir -p "$M/sys/kernel/iommu_groups/12/devices/serial8250"
	ln -s ../../../../../bus/platform/drivers/serial "$M/sys/kernel/iommu_groups/12/devices/serial8250/driver"
	look ready -J 00:01.1
	answered
	is '.readiness[0] | .stay, .members | tostring' '["0000:00:01.0"]
["0000:00:1f.0","serial8250"]'
	is '.readiness[0].steps | map(.command) | .[2:4] | join("\n")' "echo 0000:00:1f.0 > /sys/bus/pci/devices/0000:00:1f.0/driver/unbind
echo serial8250 > /sys/kernel/iommu_groups/12/devices/serial8250/driver/unbind"
	is '.readiness[0].breaks | map(.kind) | tostring' '["driver"]'
}

@test "a name that a shell would take apart is in no command" {
	local name
	pci 0000:00:1c.0 8086:1533 020000
	group 11 DMA 0000:00:1c.0
	for name in 'x; touch PWNED;#$(id)' $'nl\ntouch PWNED' '-n' 'plain-0.1@a:b'; do
		mkdir -p "$M/sys/kernel/iommu_groups/11/devices/$name"
		ln -s ../../../../../bus/platform/drivers/serial "$M/sys/kernel/iommu_groups/11/devices/$name/driver"
	done
	look ready -J 00:1c.0
	is '.readiness[0].steps | map(.text) | map(select(contains("from serial"))) | length' 4
	is '.readiness[0].steps | map(.command // empty) | map(select(contains("iommu_groups"))) | join("\n")' "echo plain-0.1@a:b > /sys/kernel/iommu_groups/11/devices/plain-0.1@a:b/driver/unbind"
	[[ $(jq -r '.readiness[0].steps[].command // empty' <<<"$output") != *PWNED* ]]
}

@test "nothing is taken from its driver where that leads nowhere or ends the host" {
	pci 0000:00:1c.0 8086:37c8 0b4000 driver=qat
	pci 0000:00:1c.1 8086:1533 020000 driver=igb
	pci 0000:00:1c.2 8086:1533 020000 driver=vfio-pci
	write "$(pci_directory 0000:00:1c.2)/enable" "1\n"
	group 11 DMA-FQ 0000:00:1c.0
	group 12 DMA-FQ 0000:00:1c.1 0000:00:1c.2
	blockers 00:1c.0 denylist
	commands 00:1c.0 =
	blockers 00:1c.1 in-use
	commands 00:1c.1 =
	echo "0x0000000000000000 0x0000000000ffffff direct" >"$M/sys/kernel/iommu_groups/10/reserved_regions"
	blockers 00:1f.6 reserved-mapping
	commands 00:1f.6 =
	disk 0000:00:1f.3 sda 8:0
	rm "$M/proc/self/mountinfo"
	blockers 00:1f.3 host-use-unknown
	commands 00:1f.3 =
	write "$M/proc/self/mountinfo" "1 0 0:2 / / rw - rootfs none rw\n"
	write "$M/proc/interrupts" " 24:  5  PCI-MSI-0000:00:1f.3   0-edge  snd\n"
	blockers 00:1f.3 no-interrupt-remapping
	commands 00:1f.3 =
}

@test "swap is switched off before anything else" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1 sda2:8:2
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/sda1 partition 1024 512 -2\n/dev/sda2 partition 1024 0 -2\n'
	blockers 00:1f.3 swap swap
	is '.readiness[0].steps | map(.command) | .[:3] | join("\n")' "swapoff /dev/sda1
swapoff /dev/sda2
modprobe vfio_iommu_type1"
	is '.readiness[0].verdict' not-ready
	mounted 8:2 / ext4 /dev/sda2
	blockers 00:1f.3 root-file-system swap swap
	is '.readiness[0].steps | length' 0
}

@test "a conventional bridge with a driver of its own is freed of it, and stays" {
	pci 0000:00:01.0 8086:1901 060400 driver=shpchp
	pci 0000:00:01.1 8086:1902 020000
	group 12 DMA 0000:00:01.0 0000:00:01.1
	commands 00:01.1 "echo 0000:00:01.0 > /sys/bus/pci/devices/0000:00:01.0/driver/unbind"
	[[ $output != *"0000:00:01.0/driver_override"* ]]
}

@test "a region that has to stay mapped, and one that need not" {
	echo "0x0000000000000000 0x0000000000ffffff direct" >"$M/sys/kernel/iommu_groups/10/reserved_regions"
	blockers 00:1f.6 reserved-mapping
	echo "0x0000000000000000 0x0000000000ffffff direct-relaxable" >"$M/sys/kernel/iommu_groups/10/reserved_regions"
	blockers 00:1f.6
	echo what >"$M/sys/kernel/iommu_groups/10/reserved_regions"
	blockers 00:1f.6 reserved-unknown
	is '.readiness[0] | [.verdict, .iova] | tostring' '["unknown",null]'
	[[ $status -eq 1 ]]
}

@test "a region that has to stay mapped, on kernels before 6.6" {
	local regions=$M/sys/kernel/iommu_groups/10/reserved_regions
	echo "0x0000000000000000 0x0000000000ffffff direct" >"$regions"
	write "$M/proc/sys/kernel/osrelease" "5.14.0-503.11.1.el9_5.x86_64\n"
	blockers 00:1f.6 reserved-mapping # VT-d refuses by itself
	rm -r "$M"/sys/class/iommu/* "$M/sys/firmware/acpi/tables/DMAR"
	blockers 00:1f.6 reserved-unknown
	has '.readiness[0].blockers[0].text' 'may refuse'
	write "$M/proc/sys/kernel/osrelease" "6.1.0-18-amd64\n"
	blockers 00:1f.6 reserved-unknown # for the unit is not known
	pci 0000:00:00.2 1022:1481 080600
	unit_amd ivhd0 0000:00:00.2 246577efa2254afa 0000:00:1f.6
	blockers 00:1f.6 # AMD-Vi does not
	write "$M/proc/sys/kernel/osrelease" "5.14.0-503.11.1.el9_5.x86_64\n"
	blockers 00:1f.6 reserved-unknown
	echo "0x0000000000000000 0x0000000000ffffff direct-relaxable" >"$regions"
	blockers 00:1f.6
}

@test "interrupts that are not remapped, unless somebody said so" {
	write "$M/proc/interrupts" " 24:  5  PCI-MSI-0000:00:1f.3   0-edge  snd\n"
	blockers 00:1f.6 no-interrupt-remapping
	command_line "intel_iommu=on vfio_iommu_type1.allow_unsafe_interrupts=1"
	blockers 00:1f.6
	has '.readiness[0].warnings | map(.id)' unsafe-interrupts
	mkdir -p "$M/sys/module/vfio_iommu_type1/parameters"
	write "$M/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts" "N\n"
	blockers 00:1f.6 no-interrupt-remapping
	rm "$M/proc/interrupts"
	blockers 00:1f.6 interrupt-remapping-unknown
	is '.readiness[0].verdict' unknown
}

@test "what keeps interrupts from being remapped is taken off the command line" {
	local parameter
	write "$M/proc/interrupts" " 24:  5  PCI-MSI-0000:00:1f.3   0-edge  snd\n"
	for parameter in intremap=off nointremap; do
		command_line "intel_iommu=on $parameter"
		blockers 00:1f.6 no-interrupt-remapping
		is '.readiness[0].steps | map(.text | .[:30]) | join("\n")' "$(printf 'take %s off the kernel command line' "$parameter" | cut -c-30)
restart, and ask again: interr"
		is '.readiness[0].warnings | map(.id) | contains(["ask-again"])' true
	done
}

@test "Arm's ITS isolates interrupts; without it nobody knows" {
	write "$M/proc/sys/kernel/arch" "aarch64\n"
	write "$M/proc/interrupts" " 24:  5  ITS-PCI-MSIX-0000:00:1f.3   0 Edge  snd\n"
	blockers 00:1f.6
	write "$M/proc/interrupts" " 24:  5  GICv3  27 Level  timer\n"
	blockers 00:1f.6 interrupt-remapping-unknown
}

@test "without an IOMMU, with one that is off, and with one that is hidden" {
	rm -r "$M"/sys/class/iommu/* "$M"/sys/kernel/iommu_groups/*
	write "$M/proc/interrupts" "  1:  9  IO-APIC   1-edge  i8042\n"
	kernel_config "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set"
	command_line quiet
	blockers 00:1f.6 iommu-off-in-kernel
	write "$M/etc/default/grub" "GRUB_CMDLINE_LINUX='quiet'\n"
	commands 00:1f.6 "=sed -i 's/^GRUB_CMDLINE_LINUX=\"/&intel_iommu=on /' /etc/default/grub; grep -q '^GRUB_CMDLINE_LINUX=\"intel_iommu=on ' /etc/default/grub
update-grub"
	command_line intel_iommu=off
	commands 00:1f.6 intel_iommu=on
	has '.readiness[0].steps[0].text' 'take intel_iommu=off off'
	rm "$M/sys/firmware/acpi/tables/DMAR"
	blockers 00:1f.6 no-iommu
	pci 0000:00:00.2 1022:1481 080600
	blockers 00:1f.6 iommu-off-in-firmware
	has '.readiness[0].steps[0].text' "firmware's setup"
}

@test "each distribution has its own way to set a kernel parameter" {
	rm -r "$M"/sys/class/iommu/* "$M"/sys/kernel/iommu_groups/*
	write "$M/proc/interrupts" "  1:  9  IO-APIC   1-edge  i8042\n"
	kernel_config "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set"
	command_line quiet
	write "$M/etc/os-release" 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'
	commands 00:1f.6 '=grubby --update-kernel=ALL --args="intel_iommu=on"'
	write "$M/etc/os-release" 'ID=manjaro\nID_LIKE=arch\n'
	commands 00:1f.6 = # another boot loader
	has '.readiness[0].steps[0].text' 'add intel_iommu=on'
	write "$M/etc/default/grub" 'GRUB_CMDLINE_LINUX=""\n'
	commands 00:1f.6 "grub-mkconfig -o /boot/grub/grub.cfg"
	write "$M/etc/os-release" 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n'
	commands 00:1f.6 $'=update-bootloader --add-option "intel_iommu=on"\nupdate-bootloader --refresh'
	write "$M/etc/os-release" 'ID=nixos\n'
	commands 00:1f.6 "=nixos-rebuild boot"
	write "$M/etc/os-release" 'ID=own\n'
	commands 00:1f.6 =
	write "$M/etc/os-release" 'ID=debian\n'
	write "$M/proc/sys/kernel/osrelease" "6.8.12-pve\n"
	write "$M/etc/kernel/cmdline" "root=ZFS=rpool/ROOT/pve-1\n"
	commands 00:1f.6 "proxmox-boot-tool refresh"
	write "$M/run/ostree-booted" ""
	commands 00:1f.6 "=rpm-ostree kargs --append=intel_iommu=on"
}

@test "the step for GRUB fails where it changes nothing" {
	local file=$BATS_TEST_TMPDIR/grub line step
	rm -r "$M"/sys/class/iommu/* "$M"/sys/kernel/iommu_groups/*
	write "$M/proc/interrupts" "  1:  9  IO-APIC   1-edge  i8042\n"
	kernel_config "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set"
	command_line quiet
	write "$M/etc/default/grub" '\n'
	look ready -J 00:1f.6
	step=$(jq -r '.readiness[0].steps[0].command' <<<"$output")
	step=${step//\/etc\/default\/grub/$file}
	for line in "GRUB_CMDLINE_LINUX='quiet'" GRUB_TIMEOUT=5; do
		echo "$line" >"$file"
		run sh -ec "$step"
		[[ $status -ne 0 ]] || fail "$(cat "$file")"
	done
	for line in quiet ''; do
		echo "GRUB_CMDLINE_LINUX=\"$line\"" >"$file"
		run sh -ec "$step"
		[[ $status -eq 0 && $(cat "$file") == "GRUB_CMDLINE_LINUX=\"intel_iommu=on $line\"" ]] || fail "$output"
	done
}

@test "driverctl where it is installed" {
	write "$M/usr/sbin/driverctl" "#!/bin/bash\n"
	commands 00:1f.6 "driverctl set-override 0000:00:1f.6 vfio-pci"
}

@test "a kernel without VFIO, and a device that VFIO refuses" {
	pci 0000:00:1c.0 8086:37c8 0b4000
	group 11 DMA-FQ 0000:00:1c.0
	blockers 00:1c.0 denylist
	kernel_config "# CONFIG_VFIO_PCI is not set"
	blockers 00:1f.6 no-vfio
}

@test "the list of what VFIO refuses, and when it does not count" {
	pci 0000:00:1c.0 8086:0b25 088000 driver=idxd
	pci 0000:00:1c.1 8086:0cfe 088000
	pci 0000:00:1c.2 8086:37c8 0b4000
	group 11 DMA-FQ 0000:00:1c.0
	group 12 DMA-FQ 0000:00:1c.1
	group 13 DMA-FQ 0000:00:1c.2
	write "$M/proc/sys/kernel/osrelease" "6.12.0-test\n"
	blockers 00:1c.0 denylist
	blockers 00:1c.1 denylist
	write "$M/proc/sys/kernel/osrelease" "6.6.0-test\n"
	blockers 00:1c.0 denylist-unknown
	is '.readiness[0].verdict' unknown
	blockers 00:1c.2 denylist
	command_line "intel_iommu=on vfio-pci.disable_denylist=1"
	blockers 00:1c.2
	command_line intel_iommu=on
	write "$M/etc/modprobe.d/a.conf" "options vfio-pci disable_denylist=1\n"
	blockers 00:1c.2
	mkdir -p "$M/sys/module/vfio_pci"
	write "$M/sys/module/vfio_pci/parameters/disable_denylist" "N\n"
	blockers 00:1c.2 denylist
	write "$M/sys/module/vfio_pci/parameters/disable_denylist" "Y\n"
	blockers 00:1c.2
	write "$M/sys/module/vfio_pci/parameters/disable_denylist" "what\n"
	blockers 00:1c.2 denylist-unknown
	write "$M/sys/module/vfio_pci/parameters/disable_denylist" "N\n"
	pci 0000:00:1d.0 8086:37c8 0b4000 driver=vfio-pci
	write "$(pci_directory 0000:00:1d.0)/enable" "0\n"
	group 14 DMA-FQ 0000:00:1d.0
	blockers 00:1d.0
}

@test "root behind LVM, encryption and a partition" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1 sda2:8:2
	volume dm-0 253:0 luks-a CRYPT-LUKS2-x sda2
	volume dm-1 253:1 vg-root LVM-x dm-0
	mounted 253:1 / ext4 /dev/mapper/vg-root
	mounted 253:1 /also ext4 /dev/mapper/vg-root
	mounted 8:1 /boot vfat /dev/sda1
	breaks 00:1f.3 "file-system /, file-system /boot"
	is '.readiness[0].breaks[] | select(.name == "/") | .text' "/, /also (ext4) on vg-root (LVM) on luks-a (encrypted) on sda2"
	is '.readiness[0].breaks | map(.essential) | sort | tostring' '[false,true]'
	blockers 00:1f.3 root-file-system
	is '.readiness[0].steps | length' 0
}

@test "volumes that nobody mounted, and links that go round" {
	disk 0000:00:1f.3 sda 8:0
	volume dm-0 253:0 vg-a LVM-x sda
	breaks 00:1f.3 "storage vg-a (LVM)"
	mkdir -p "$M/sys/class/block/dm-0/holders/sda" "$M/sys/class/block/dm-0/holders/dm-0"
	breaks 00:1f.3 "storage vg-a (LVM)"
	for ((i = 1; i < 40; i++)); do
		made dm-$i 253:$i dm-$((i - 1))
	done
	look ready 00:1f.3
	answered
}

@test "an array goes on without one of its disks, where the others are elsewhere" {
	disk 0000:00:1f.3 sda 8:0
	disk 0000:00:14.0 sdb 8:16
	array md0 9:0 raid1 2 sda sdb
	mounted 9:0 / xfs /dev/md0
	breaks 00:1f.3 "file-system /"
	is '.readiness[0].breaks[0].essential' false
	has '.readiness[0].breaks[0].text' "goes on with less"
	blockers 00:1f.3
	write "$M/sys/class/block/md0/md/level" "raid0\n"
	blockers 00:1f.3 root-file-system
}

@test "an array whose disks leave with one group does not go on" {
	pci 0000:00:1c.0 144d:a808 010802 driver=nvme
	pci 0000:00:1c.1 144d:a808 010802 driver=nvme
	group 11 DMA-FQ 0000:00:1c.0 0000:00:1c.1
	disk 0000:00:1c.0 nvme0n1 259:0
	disk 0000:00:1c.1 nvme1n1 259:1
	array md0 9:0 raid1 2 nvme0n1 nvme1n1
	mounted 9:0 / ext4 /dev/md0
	blockers 00:1c.0 root-file-system root-file-system
	is '.readiness[0].breaks | map(.essential) | tostring' '[true,true]'
	group 11 DMA-FQ 0000:00:1c.0
	rm "$M/sys/kernel/iommu_groups/11/devices/0000:00:1c.1"
	group 13 DMA-FQ 0000:00:1c.1
	blockers 00:1c.0
}

@test "an array whose disks are virtual functions of one device leaves with that" {
	local function
	for function in 0000:00:1c.1 0000:00:1c.2; do
		pci "$function" 144d:a824 010802 driver=nvme
		ln -s ../0000:00:1c.0 "$(pci_directory "$function")/physfn"
	done
	pci 0000:00:1c.0 144d:a824 010802 driver=nvme
	group 11 DMA-FQ 0000:00:1c.0
	group 12 DMA-FQ 0000:00:1c.1
	group 13 DMA-FQ 0000:00:1c.2
	disk 0000:00:1c.1 nvme0n1 259:0
	disk 0000:00:1c.2 nvme1n1 259:1
	array md0 9:0 raid1 2 nvme0n1 nvme1n1
	mounted 9:0 / ext4 /dev/md0
	blockers 00:1c.1
	blockers 00:1c.0 root-file-system
	is '.readiness[0].breaks[0] | [.bdf, .essential] | tostring' '["0000:00:1c.1",true]'
}

@test "an array on encrypted disks of one function does not go on" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1
	disk 0000:00:1f.3 sdb 8:16 sdb1:8:17
	volume dm-0 253:0 luks-a CRYPT-LUKS2-x sda1
	volume dm-1 253:1 luks-b CRYPT-LUKS2-y sdb1
	array md0 9:0 raid1 2 dm-0 dm-1
	mounted 9:0 / ext4 /dev/md0
	blockers 00:1f.3 root-file-system
	disk 0000:00:14.0 sdc 8:32
	volume dm-2 253:2 luks-c CRYPT-LUKS2-z sdc
	array md0 9:0 raid1 3 dm-0 dm-1 dm-2
	blockers 00:1f.3
}

@test "an array goes on without as many disks as its level allows" {
	local md=$M/sys/class/block/md0/md name
	for name in sda:8:0 sdb:8:16 sdc:8:32; do
		disk 0000:00:1f.3 "${name%%:*}" "${name#*:}"
	done
	disk 0000:00:14.0 sdd 8:48
	array md0 9:0 raid5 4 sda sdb sdc sdd
	mounted 9:0 / ext4 /dev/md0
	blockers 00:1f.3 root-file-system
	blockers 00:14.0
	write "$md/level" "raid6\n"
	blockers 00:1f.3 root-file-system
	write "$md/level" "raid10\n"
	blockers 00:14.0 root-file-system
	write "$md/level" "raid1\n"
	blockers 00:1f.3
	write "$md/dev-sdd/state" "faulty\n"
	write "$md/degraded" "1\n"
	blockers 00:1f.3 root-file-system
	blockers 00:14.0
	write "$md/dev-sdd/state" "spare\n"
	blockers 00:1f.3 root-file-system
	write "$md/dev-sdd/state" "in_sync,write_mostly\n"
	blockers 00:1f.3 root-file-system # the kernel counts one less
	write "$md/degraded" "0\n"
	blockers 00:1f.3
	write "$md/raid_disks" "4 (5)\n"
	blockers 00:1f.3 root-file-system
	write "$md/raid_disks" "4\n"
	rm "$md/dev-sdd/state"
	blockers 00:1f.3 root-file-system
}

@test "a volume that an array spares is lost with a plain disk that it has, too" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1 sda2:8:2
	disk 0000:00:14.0 sdb 8:16 sdb1:8:17
	array md0 9:0 raid1 2 sda1 sdb1
	volume dm-0 253:0 vg-root LVM-x md0 sda2
	mounted 253:0 / ext4 /dev/mapper/vg-root
	blockers 00:1f.3 root-file-system
	is '.readiness[0].breaks | map(.essential) | tostring' '[true]'
	blockers 00:14.0
	disk 0000:00:1f.3 sdc 8:32
	volume dm-0 253:0 vg-root LVM-x sdc
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/mapper/vg-root partition 1024 512 -2\n'
	blockers 00:1f.3 root-file-system swap
	blockers 00:14.0
}

@test "btrfs on two disks, and bcachefs" {
	disk 0000:00:1f.3 sda 8:0
	disk 0000:00:14.0 sdb 8:16
	mounted 0:30 / btrfs /dev/sdb
	mkdir -p "$M"/sys/fs/btrfs/12345678-1234-1234-1234-123456789abc/devices/{sda,sdb} "$M"/sys/fs/btrfs/features
	breaks 00:1f.3 "file-system /"
	breaks 00:14.0 "file-system /"
	rm -r "$M/sys/fs/btrfs"
	blockers 00:1f.3 host-use-unknown
	write "$M/proc/self/mountinfo" "9 1 0:31 / / rw - bcachefs /dev/sda:/dev/sdb rw\n"
	breaks 00:1f.3 "file-system /"
}

@test "ZFS: where udev tells, and where it does not" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1
	disk 0000:00:14.0 sdb 8:16
	mounted 0:40 / zfs rpool/ROOT
	blockers 00:1f.3 host-use-unknown
	is '.readiness[0] | [.verdict, .breaks[0].kind, .breaks[0].essential] | tostring' '["unknown","unknown",null]'
	write "$M/run/udev/data/b8:1" "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=rpool\n"
	write "$M/run/udev/data/b8:16" "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=rpool2\n"
	blockers 00:1f.3 root-file-system
	breaks 00:14.0 "storage rpool2"
	blockers 00:14.0
}

@test "a namespace with several controllers" {
	mkdir -p "$M"/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/holders "$M/sys/class/nvme-subsystem"
	write "$M/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/dev" "259:0\n"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0 "$M/sys/class/nvme-subsystem/nvme-subsys0"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1 "$M/sys/class/block/nvme0n1"
	ln -s ../../../pci0000:00/0000:00:1f.3/nvme/nvme0 "$M/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0"
	mounted 259:0 / ext4 /dev/nvme0n1
	blockers 00:1f.3 root-file-system
	ln -s ../../../pci0000:00/0000:00:14.0/nvme/nvme1 "$M/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1"
	blockers 00:1f.3
	breaks 00:14.0 "file-system /"
	group 11 DMA-FQ 0000:00:1f.3 0000:00:14.0
	blockers 00:1f.3 root-file-system root-file-system
}

@test "what is said names the file that says it" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1 sda2:8:2
	mounted 8:1 / ext4 /dev/sda1
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/sda2 partition 1024 512 -2\n'
	net 0000:00:1f.6 eth0
	look ready -J 00:1f.3
	is '.readiness[0].breaks | map(.path) | join(" ")' "/proc/self/mountinfo /proc/swaps"
	is '.readiness[0].blockers | map(.path) | join(" ")' "/proc/self/mountinfo /proc/swaps"
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].path' /sys/class/net
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	look ready -J 00:01.0
	is '.readiness[0].blockers[0].path' /sys/bus/pci/devices/0000:00:01.0/class
}

@test "a default route by a tunnel may go by any card" {
	net 0000:00:1f.6 eth0
	net - ppp0
	write "$M/proc/net/route" "Iface\tDestination\nppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0] | [.essential, .text] | tostring' '[null,"eth0 is up; perhaps the default route by ppp0"]'
	has '.readiness[0].warnings | map(.text) | tostring' "the default route may go by eth0"
	net 0000:00:1f.3 eth1 ppp0
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].essential' false
}

@test "swap to a partition and to a file" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1
	disk 0000:00:14.0 sdb 8:16
	mounted 8:16 /a\\040b ext4 /dev/sdb
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/sda1 partition 1024 512 -2\n/a\\040b/swap file 1024 0 -3\n'
	breaks 00:1f.3 "swap /dev/sda1"
	is '.readiness[0].breaks[0].text' "sda1 is swapped to (512K of 1M used)"
	blockers 00:1f.3 swap
	breaks 00:14.0 "file-system /a b, swap /a b/swap"
}

@test "what could not be read is unknown, and no less" {
	disk 0000:00:1f.3 sda 8:0
	rm "$M/proc/self/mountinfo"
	blockers 00:1f.3 host-use-unknown
	breaks 00:1f.3 "unknown sda"
	blockers 00:1f.6
	write "$M/proc/self/mountinfo" "what\n"
	blockers 00:1f.3 host-use-unknown
	write "$M/proc/self/mountinfo" "1 0 0:2 / / rw - rootfs none rw\n"
	write "$M/proc/swaps" "Filename\nwhat\n"
	blockers 00:1f.3 host-use-unknown
	look ready 00:1f.3
	[[ $stderr == *"/proc/swaps: line 2 could not be understood"* ]] || fail "$stderr"
	rm -r "$M/sys/class/block"
	blockers 00:1f.3 # a kernel without disks
	rm -r "$M"/sys/class/*
	blockers 00:1f.3 host-use-unknown
}

@test "a root whose source names no disk" {
	local uuid=12345678-1234-1234-1234-123456789ab
	disk 0000:00:1f.3 sda 8:0 sda2:8:2
	disk 0000:00:14.0 sdb 8:16
	mounted 0:30 / btrfs /dev/root
	mkdir -p "$M/sys/fs/btrfs/${uuid}c/devices/sda2"
	blockers 00:1f.3 root-file-system
	blockers 00:14.0
	mkdir -p "$M/sys/fs/btrfs/${uuid}d/devices/sdb"
	blockers 00:1f.3 host-use-unknown
	blockers 00:14.0 host-use-unknown
	blockers 00:1f.6
	# A storage controller may have disks that nobody sees.
	pci 0000:00:1c.0 8086:a352 010601 driver=ahci
	group 11 DMA-FQ 0000:00:1c.0
	blockers 00:1c.0 host-use-unknown
	is '.readiness[0].verdict' unknown
	write "$M/proc/self/mountinfo" "9 1 8:2 / /home rw - ext4 /dev/sda2 rw\n"
	blockers 00:1c.0 host-use-unknown # nothing at /
}

@test "a root that is a file, or in memory beside what it needs" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1
	disk 0000:00:14.0 sdb 8:16
	made loop0 7:0
	made loop1 7:1
	write "$M/sys/class/block/loop0/loop/backing_file" "/run/live/fs.squashfs\n"
	write "$M/sys/class/block/loop1/loop/backing_file" "/run/live/snap\n"
	mounted 8:1 /run/live ext4 /dev/sda1
	mounted 7:0 / squashfs /dev/loop0
	mounted 7:1 /snap squashfs /dev/loop1
	blockers 00:1f.3 root-file-system
	breaks 00:1f.3 "file-system /, file-system /run/live"
	blockers 00:14.0
	write "$M/sys/class/block/loop0/loop/backing_file" "/gone/fs.squashfs\n"
	blockers 00:14.0 host-use-unknown
	for point in /nix /nix/store /sysroot; do
		write "$M/proc/self/mountinfo" "9 1 0:30 / / rw - tmpfs tmpfs rw\n"
		mounted 8:1 $point ext4 /dev/sda1
		blockers 00:1f.3 root-file-system
		blockers 00:14.0
	done
	write "$M/proc/self/mountinfo" "9 1 0:30 / / rw - overlay composefs rw\n"
	blockers 00:14.0 host-use-unknown
	mounted 8:1 /sysroot ext4 /dev/sda1
	blockers 00:14.0
}

@test "a root over the network" {
	local disk=$M/sys/devices/platform/host5/session1/target5:0:0/5:0:0:0/block/sdz
	net 0000:00:1f.6 eth0
	disk 0000:00:1f.3 sda 8:0
	blockers 00:1f.6
	mounted 0:40 / nfs4 10.0.0.1:/root
	blockers 00:1f.6 host-use-unknown
	has '.readiness[0].breaks | map(.text) | join(" ")' "over the network (nfs4), perhaps by eth0"
	blockers 00:1f.3
	mkdir -p "$disk/holders"
	write "$disk/dev" "65:0\n"
	ln -s "../../${disk#"$M/sys/"}" "$M/sys/class/block/sdz"
	volume dm-0 253:0 vg-root LVM-x sdz
	mounted 253:0 / ext4 /dev/mapper/vg-root
	blockers 00:1f.6 host-use-unknown
	blockers 00:1f.3
	write "$M/sys/class/net/eth0/operstate" "down\n"
	blockers 00:1f.6
}

@test "a network card below a bond in a bridge carries the default route" {
	net 0000:00:1f.6 eth0 bond0
	net - bond0 br0
	net - br0
	write "$M/proc/net/route" "Iface\tDestination\nbr0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\nbr0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
	write "$M/proc/net/fib_trie" "Main:\n     |-- 10.0.2.15\n        /32 host LOCAL\n"
	write "$M/proc/net/if_inet6" "20010db8000000000000000000000001 02 40 00 80     br0\nfe800000000000000000000000000001 02 40 20 80     br0\n"
	breaks 00:1f.6 "network eth0"
	is '.readiness[0].breaks[0] | .text, .essential' "eth0, part of bond0, br0, with 10.0.2.15, 2001:db8::1: the default route goes by br0
true"
	is '.readiness[0].verdict' ready-after-steps
	is '.readiness[0].verdict_why' "5 steps; stops eth0, the default route"
	has '.readiness[0].warnings[] | select(.id == "default-route") | .text' detached
	net 0000:00:1f.3 eth1
	printf 'eth1\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' >>"$M/proc/net/route"
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].essential' false
	is '.readiness[0].verdict_why' "5 steps to take"
	is '.readiness[0].warnings | map(.id) | index("default-route")' null
	ln -s ../br0 "$M/sys/devices/virtual/net/br0/upper_br0" # rings end
	look ready -J 00:1f.6
	answered
}

@test "a bond over both ports of a card is no other way, if both leave" {
	pci 0000:00:1d.0 8086:1521 020000 driver=igb
	pci 0000:00:1d.1 8086:1521 020000 driver=igb
	group 12 DMA-FQ 0000:00:1d.0 0000:00:1d.1
	net 0000:00:1d.0 eth0 bond0
	net 0000:00:1d.1 eth1 bond0
	net - bond0
	write "$M/proc/net/route" "Iface\tDestination\nbond0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	look ready -J 00:1d.0
	is '.readiness[0].breaks | map(.essential) | tostring' '[true,true]'
	net 0000:00:1f.6 eth2 bond0
	look ready -J 00:1d.0
	is '.readiness[0].breaks | map(.essential) | tostring' '[false,false]'
	write "$M/sys/class/net/eth2/operstate" "down\n"
	look ready -J 00:1d.0
	is '.readiness[0].breaks | map(.essential) | tostring' '[true,true]'
}

@test "a port of Open vSwitch carries the route of a bridge that names no port" {
	net 0000:00:1f.6 eth0 ovs-system
	net - ovs-system
	net - br-ex
	write "$M/proc/net/route" "Iface\tDestination\nbr-ex\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	breaks 00:1f.6 "network eth0"
	is '.readiness[0].breaks[0] | [.essential, .text] | tostring' \
		'[true,"eth0, part of ovs-system, br-ex: the default route goes by br-ex"]'
	# Another port may be one of another bridge.
	net 0000:00:14.0 eth2 ovs-system
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].essential' true
	# That of a bridge with a port goes by that port.
	net 0000:00:1f.3 eth1 br-ex
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].essential' false
}

@test "an interface that is down and has nothing breaks nothing; one of which nothing is known may" {
	net 0000:00:1f.6 eth0
	write "$M/sys/class/net/eth0/operstate" "down\n"
	breaks 00:1f.6 ""
	rm "$M/proc/net/route"
	mkdir "$M/proc/net/route"
	breaks 00:1f.6 "unknown eth0"
	is '.readiness[0].verdict' ready-after-steps
}

@test "screens, consoles and keyboards" {
	local gpu usb
	gpu=$(pci_directory 0000:00:02.0) usb=$(pci_directory 0000:00:14.0)
	write "$gpu/boot_vga" "1\n"
	mkdir -p "$gpu/drm/card0/card0-DP-1" "$gpu/graphics/fb0"
	write "$gpu/drm/card0/card0-DP-1/status" "connected\n"
	for link in drm/card0 drm/card0/card0-DP-1 graphics/fb0; do
		ln -s "$(realpath --relative-to="$M/sys/class/${link%%/*}" "$gpu/$link")" "$M/sys/class/${link%%/*}/${link##*/}"
	done
	write "$usb/usb1/1-1/input/input3/capabilities/key" "10000 7 ff800000 7ff febeffdfffefffff fffffffffffffffe\n"
	write "$usb/usb1/1-1/input/input3/name" "A \e[31mkeyboard\n"
	write "$usb/usb1/1-2/input/input4/capabilities/key" "1f0000 0 0 0 0\n"
	ln -s "$(realpath --relative-to="$M/sys/class/input" "$usb/usb1/1-1/input/input3")" "$M/sys/class/input/input3"
	ln -s "$(realpath --relative-to="$M/sys/class/input" "$usb/usb1/1-2/input/input4")" "$M/sys/class/input/input4"
	breaks 00:02.0 "display card0, display fb0"
	has '.readiness[0].breaks[0].text' "with a screen"
	has '.readiness[0].breaks[1].text' "the kernel's terminals"
	is '.readiness[0].boot_vga' true
	has '.readiness[0].warnings | map(.id)' boot-vga
	breaks 00:14.0 'keyboard A \x1b[31mkeyboard'
	look ready 00:14.0
	[[ $output == *"the keyboard"* && $output != *$'\e'* ]] || fail "$output"
	write "$M/sys/class/tty/console/active" "tty0 ttyS4 ../../x\n"
	mkdir -p "$(pci_directory 0000:00:1f.3)/tty/ttyS4"
	ln -s "$(realpath --relative-to="$M/sys/class/tty" "$(pci_directory 0000:00:1f.3)/tty/ttyS4")" "$M/sys/class/tty/ttyS4"
	breaks 00:1f.3 "console ttyS4"
}

@test "a frame buffer of the firmware is that of the card whose memory it is in" {
	local fb=$M/sys/devices/platform/efi-framebuffer.0/graphics/fb0
	write "$(pci_directory 0000:00:02.0)/resource" \
		"0x00000000e0000000 0x00000000efffffff 0x0000000000040200\n$(printf '0x0000000000000000 0x0000000000000000 0x0000000000000000\\n%.0s' {1..6})"
	mkdir -p "$fb"
	ln -s ../../devices/platform/efi-framebuffer.0/graphics/fb0 "$M/sys/class/graphics/fb0"
	echo "e0000000-e07e8fff : efifb" >>"$M/proc/iomem"
	breaks 00:02.0 "display fb0"
	has '.readiness[0].breaks[0].text' "the kernel's terminals"
	sed -i 's/efifb/BOOTFB/' "$M/proc/iomem"
	breaks 00:02.0 "display fb0"
	breaks 00:1f.6 ""
	sed -i 's/^[^:]* :/00000000-00000000 :/' "$M/proc/iomem"
	breaks 00:02.0 "unknown fb0"
	breaks 00:1f.6 ""
}

@test "a virtual function that a guest has keeps the physical one" {
	pci 0000:00:1c.0 8086:1572 020000 driver=i40e
	pci 0000:00:1c.4 8086:154c 020000 driver=vfio-pci
	ln -s ../0000:00:1c.0 "$(pci_directory 0000:00:1c.4)/physfn"
	write "$(pci_directory 0000:00:1c.0)/sriov_numvfs" "1\n"
	write "$(pci_directory 0000:00:1c.0)/sriov_totalvfs" "1\n"
	write "$(pci_directory 0000:00:1c.4)/enable" "1\n"
	group 11 DMA-FQ 0000:00:1c.0
	group 12 DMA-FQ 0000:00:1c.4
	blockers 00:1c.0 in-use
	is '.readiness[0] | [.steps, (.breaks[] | select(.bdf == "0000:00:1c.4") | .kind)] | tostring' '[[],"virtual-functions"]'
	write "$(pci_directory 0000:00:1c.4)/enable" "0\n"
	blockers 00:1c.0
}

@test "another of the same kind that the host needs is named" {
	pci 0000:00:1c.0 8086:15bb 020000 driver=e1000e
	group 11 DMA-FQ 0000:00:1c.0
	net 0000:00:1c.0 eth0
	look ready -J 00:1f.6
	has '.readiness[0].warnings[] | select(.id == "same-identifiers") | .text' 0000:00:1c.0
	command_line "intel_iommu=on vfio-pci.ids=10de:1234,8086:15bb"
	look ready -J 00:1c.0
	has '.readiness[0].warnings[] | select(.id == "taken-at-start") | .text' 8086:15bb
	command_line "intel_iommu=on vfio-pci.ids=8086:15bc,8086:,x"
	look ready -J 00:1c.0
	is '.readiness[0].warnings | map(.id) | index("taken-at-start")' null
}

@test "options of modprobe.d count" {
	write "$M/proc/interrupts" " 24:  5  PCI-MSI-0000:00:1f.3   0-edge  snd\n"
	blockers 00:1f.6 no-interrupt-remapping
	write "$M/usr/lib/modprobe.d/vfio.conf" "options vfio-iommu-type1 allow_unsafe_interrupts=1\n"
	blockers 00:1f.6
	has '.readiness[0].warnings | map(.id)' unsafe-interrupts
	write "$M/etc/modprobe.d/vfio.conf" "# options vfio_iommu_type1 allow_unsafe_interrupts=1\noptions vfio-pci disable_vga=1 ids=10de:1234,8086:15bb\n"
	blockers 00:1f.6 no-interrupt-remapping # it hides the other one
	write "$M/etc/modprobe.d/vfio.off" "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"
	blockers 00:1f.6 no-interrupt-remapping
	net 0000:00:1f.6 eth0
	look ready -J 00:1f.6
	has '.readiness[0].warnings[] | select(.id == "taken-at-start") | .text' '8086:15bb of ids= in /etc/modprobe.d/vfio.conf'
	rm -r "$M/etc/modprobe.d/vfio.conf"
	mkdir "$M/etc/modprobe.d/vfio.conf"
	blockers 00:1f.6 interrupt-remapping-unknown
}

@test "what goes with another function stops with that one, too" {
	local vmd=$M/sys/devices/pci0000:00/0000:00:0e.0 nvme
	pci 0000:00:1c.0 8086:154c 020000 driver=iavf
	ln -s ../0000:00:1f.6 "$(pci_directory 0000:00:1c.0)/physfn"
	net 0000:00:1c.0 eth0
	breaks 00:1f.6 "network eth0"
	is '.readiness[0].breaks[0].bdf' 0000:00:1c.0
	pci 0000:00:0e.0 8086:9a0b 010400 driver=vmd
	group 11 DMA 0000:00:0e.0
	nvme=$vmd/pci10000:e0/10000:e0:06.0/10000:e1:00.0
	pci 10000:e1:00.0 144d:a808 010802 driver=nvme
	mkdir -p "${nvme%/*}"
	mv "$(pci_directory 10000:e1:00.0)" "$nvme"
	ln -sfn "$(realpath --relative-to="$M/sys/bus/pci/devices" "$nvme")" "$M/sys/bus/pci/devices/10000:e1:00.0"
	disk 10000:e1:00.0 nvme0n1 259:0
	mounted 259:0 / ext4 /dev/nvme0n1
	blockers 00:0e.0 root-file-system
	is '.readiness[0].breaks[0].bdf' 10000:e1:00.0
}

@test "what resets it, and what that would hit" {
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	pci 0000:01:00.0 10de:2204 030000 parent=0000:00:01.0
	pci 0000:01:00.1 10de:1aef 040300 parent=0000:00:01.0
	group 12 DMA 0000:01:00.0 0000:01:00.1
	write "$(pci_directory 0000:01:00.0)/reset_method" "\n"
	look ready -J 01:00.0
	is '.readiness[0] | .reset_methods, .bus_reset | tostring' '[]
["0000:01:00.1"]'
	has '.readiness[0].warnings | map(.id)' no-reset
}

@test "memory of the guest, against what can be mapped" {
	look ready -J --memory 16G 00:1f.6
	answered
	is '.readiness[0].blockers | length' 0
	has '.readiness[0].steps[0].text' "lock 16778240 KiB"
	is '.readiness[0].steps[0].command' null
	has '.readiness[0].warnings | map(.id)' memlock
	look ready -J --memory 600G 00:1f.6
	[[ $status -eq 1 ]]
	is '.readiness[0].blockers | map(.id) | tostring' '["guest-memory"]'
	echo "0x000000fd00000000 0x000000ffffffffff reserved" >"$M/sys/kernel/iommu_groups/10/reserved_regions"
	write "$M/sys/class/iommu/dmar1/intel-iommu/cap" "d2008c402f0462\n"
	look ready -J --memory 1T 00:1f.6
	is '.readiness[0].blockers | map(.id) | tostring' '["guest-memory"]'
	look ready -J --memory 512G 00:1f.6
	is '.readiness[0].blockers | length' 0
	for wrong in 0 G 1X 99999999999T -1 ''; do
		look ready --memory "$wrong" 00:1f.6
		refused
	done
}

@test "who may lock any amount of memory needs no step for it" {
	write "$M/proc/self/status" "Name:\tdmascope\nCapEff:\t000001ffffffffff\n"
	look ready -J --memory 16G 00:1f.6
	is '.readiness[0] | [(.warnings | map(.id) | index("memlock")), (.steps | length)] | tostring' '[null,5]'
	write "$M/proc/self/status" "Name:\tdmascope\nCapEff:\t0000000000003fff\n"
	look ready -J --memory 16G 00:1f.6
	is '.readiness[0] | [(.warnings | map(.id) | index("memlock") != null), (.steps | length)] | tostring' '[true,6]'
}

@test "no limit of what may be locked is told as such" {
	look ready -J 00:1f.6
	is '.readiness[0] | [.memlock_bytes, .memlock_unlimited] | tostring' '[8388608,false]'
	look ready 00:1f.6
	grep -q 'MEMLOCK *8M' <<<"$output" || fail "$output"
	write "$M/proc/self/limits" "Max locked memory         unlimited            unlimited            bytes     \n"
	look ready -J 00:1f.6
	is '.readiness[0] | [.memlock_bytes, .memlock_unlimited] | tostring' '[null,true]'
	look ready 00:1f.6
	grep -q 'MEMLOCK *unlimited' <<<"$output" || fail "$output"
	rm "$M/proc/self/limits"
	look ready -J 00:1f.6
	is '.readiness[0].memlock_unlimited' null
}

@test "snippets for others" {
	look ready --emit libvirt 00:1f.6
	answered
	[[ $output == *"<address domain='0x0000' bus='0x00' slot='0x1f' function='0x6'/>"* ]]
	look ready --emit qemu 00:1f.6 00:1f.3
	[[ $output == $'-device vfio-pci,host=0000:00:1f.6\n-device vfio-pci,host=0000:00:1f.3' ]]
	look ready --emit driverctl 00:1f.6
	[[ $output == "driverctl set-override 0000:00:1f.6 vfio-pci" ]]
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	look ready --emit qemu 00:01.0
	[[ $status -eq 1 && -z $output && $stderr == *bridge* ]]
	look ready --emit what 00:1f.6
	refused
	look ready --emit qemu
	refused
	look ready --emit qemu -J 00:1f.6
	refused
}

@test "snippets have all of a group that has to go along, once" {
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	pci 0000:00:1c.0 10de:2204 030000 driver=nouveau
	pci 0000:00:1c.1 10de:1aef 040300 driver=snd_hda_intel
	pci 0000:00:1c.2 8086:a303 060100 driver=lpc_ich
	pci 0000:00:1c.3 10de:1ada 0c0330 driver=vfio-pci
	pci 0000:00:1c.4 10de:1adb 0c8000
	write "$(pci_directory 0000:00:1c.3)/enable" "0\n"
	group 11 DMA-FQ 0000:00:01.0 0000:00:1c.0 0000:00:1c.1 0000:00:1c.2 0000:00:1c.3 0000:00:1c.4
	look ready --emit qemu 00:1c.1 00:1c.0
	answered
	[[ $output == "-device vfio-pci,host=0000:00:1c.0
-device vfio-pci,host=0000:00:1c.1
-device vfio-pci,host=0000:00:1c.3" ]] || fail "$output"
	look ready --emit libvirt 00:1c.0
	[[ $(grep -c '<hostdev' <<<"$output") -eq 3 ]] || fail "$output"
	look ready --emit driverctl 00:1c.0 00:1c.1
	[[ $output == "driverctl set-override 0000:00:1c.0 vfio-pci
driverctl set-override 0000:00:1c.1 vfio-pci" ]] || fail "$output"
}

@test "a table has the name of a blocker, and a card the sentence" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1 sda2:8:2
	mounted 8:1 / ext4 /dev/sda1
	look ready -n -o BDF,REASON
	answered
	grep -q '^0000:00:1f.3 root-file-system *$' <<<"$output" || fail "$output"
	look ready
	[[ $output != *"the host runs"* && $output == *REASON* && $output != *WHY* ]] || fail "$output"
	look ready 00:1f.3
	[[ $output == *"the host runs"* && $output != *REASON* ]] || fail "$output"
	look ready -n -o WHY 00:1f.3
	[[ $output == *"the host runs"* ]] || fail "$output"
}

@test "what stops is named once" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1 sda2:8:2
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/sda1 partition 1024 512 -2\n/dev/sda2 partition 1024 0 -2\n'
	look ready -n -o STOPS 00:1f.3
	[[ $output == swap ]] || fail "$output"
}

@test "commands on a card are whole lines, however narrow the terminal" {
	COLUMNS=40 look ready 00:1f.6
	answered
	grep -qx ' *echo 0000:00:1f.6 > /sys/bus/pci/devices/0000:00:1f.6/driver/unbind' <<<"$output" || fail "$output"
}

@test "what is read is in a snapshot, also in one without names" {
	disk 0000:00:1f.3 sda 8:0 sda1:8:1
	volume dm-1 253:1 by--hand-root LVM-secret sda1
	mounted 253:1 / ext4 /dev/mapper/by--hand-root
	mounted 8:0 /srv/somebody ext4 /dev/sda
	net 0000:00:1f.6 eth0
	write "$M/proc/net/route" "Iface\tDestination\neth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	write "$M/etc/modprobe.d/a.conf" "options wifi name=somebody\noptions vfio-pci ids=8086:15bb\n"
	look ready -J
	before=$(jq -c .readiness <<<"$output")
	look snapshot "$BATS_TEST_TMPDIR/again"
	answered
	look snapshot --redact "$BATS_TEST_TMPDIR/blank"
	answered
	M=$BATS_TEST_TMPDIR/again
	look ready -J
	[[ $(jq -c .readiness <<<"$output") == "$before" ]] || fail "$output"
	M=$BATS_TEST_TMPDIR/blank
	look ready -J
	is '[.readiness[].breaks[] | select(.essential) | .name] | tostring' '["/","eth0"]'
	run grep -rlE 'somebody|LVM-secret|0202000A' "$M"
	[[ -z $output ]] || fail "$output"
}

@test "a snapshot without names numbers volumes, and interfaces called after a MAC address" {
	local usb

	disk 0000:00:1f.3 sda 8:0 sda1:8:1
	volume dm-1 253:1 acmebank--db01-root LVM-x sda1
	volume dm-2 253:2 3600508b1001cdeadbeef0123 mpath-3600508b1001cdeadbeef0123 sda1
	mounted 253:1 / ext4 /dev/mapper/acmebank--db01-root
	mounted 253:2 /boot ext4 /dev/disk/by-label/acmebank
	net 0000:00:1f.6 enx001122aabbcc
	write "$M/proc/net/route" "Iface\tDestination\nenx001122aabbcc\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	usb=$(pci_directory 0000:00:14.0)
	write "$usb/usb1/1-1/input/input3/capabilities/key" "fffffffffffffffe\n"
	write "$usb/usb1/1-1/input/input3/name" "Alice Smith's keyboard\n"
	ln -s "$(realpath --relative-to="$M/sys/class/input" "$usb/usb1/1-1/input/input3")" \
		"$M/sys/class/input/input3"
	look snapshot --redact "$BATS_TEST_TMPDIR/blank"
	answered
	M=$BATS_TEST_TMPDIR/blank
	run grep -rlE 'acmebank|deadbeef|001122aabbcc|Alice' "$M"
	[[ -z $output ]] || fail "$output"
	run find "$M" -name '*001122aabbcc*' -o -lname '*001122aabbcc*'
	[[ -z $output ]] || fail "$output"
	look ready -J
	is '[.readiness[].breaks[] | select(.essential) | .name] | sort | tostring' \
		'["/","enx000000000003"]'
}

@test "older snapshots read as unknown" {
	rm -r "$M"/sys/class/{block,net,drm,graphics,input,tty,misc} "$M"/proc/{swaps,net} "$M"/proc/self/{mountinfo,limits,status}
	rmdir "$M/sys/module"
	write "$M/manifest.json" '{"schema":1,"program":"dmascope","refusals":{}}'
	look ready -J
	answered
	is '.readiness | map(.verdict) | unique | tostring' '["unknown"]'
	is '.readiness[0] | [.iommufd, .memlock_bytes] | tostring' '[null,null]'
}

@test "functions that are named together leave together" {
	disk 0000:00:1f.3 sda 8:0
	disk 0000:00:1f.6 sdb 8:16
	array md0 9:0 raid1 2 sda sdb
	mounted 9:0 / ext4 /dev/md0
	look ready -J 00:1f.3
	answered
	look ready -J 00:1f.6
	answered
	look ready -J 00:1f.3 00:1f.6
	[[ $status -eq 1 ]] || fail "status $status"
	is '.readiness | map(.blockers[0].id) | join(" ")' "root-file-system root-file-system"
	look ready --emit driverctl 00:1f.3 00:1f.6
	[[ $status -eq 1 && -z $output ]] || fail "$status: $output"
}

@test "a network card is no other way for one that leaves with it" {
	net 0000:00:1f.6 eth0 bond0
	net 0000:00:1f.3 eth1 bond0
	net - bond0
	write "$M/proc/net/route" "Iface\tDestination\nbond0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].essential' false
	look ready -J 00:1f.6 00:1f.3
	is '.readiness | map(.breaks[0].essential) | tostring' '[true,true]'
}

@test "another port of a bridge is no other way to where the default route goes" {
	net 0000:00:1f.6 eth0 br0
	net 0000:00:1f.3 eth1 br0
	net - br0
	mkdir "$M/sys/class/net/br0/bridge"
	write "$M/proc/net/route" "Iface\tDestination\nbr0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	look ready -J 00:1f.6
	is '.readiness[0].breaks[0].essential' true
}

@test "swap whose disks are not seen may be on any of them" {
	disk 0000:00:1f.3 sda 8:0
	mounted 8:0 / ext4 /dev/sda
	disk 0000:00:1f.6 sdb 8:16
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/dm-7 partition 1024 512 -2\n'
	blockers 00:1f.6 host-use-unknown
	has '.readiness[0].blockers[0].text' "/dev/dm-7 is swapped to (/proc/swaps)"
	made zd0 230:0
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/zd0 partition 1024 512 -2\n'
	blockers 00:1f.6 host-use-unknown
	write "$M/proc/swaps" 'Filename Type Size Used Priority\n/dev/zram0 partition 1024 512 -2\n'
	blockers 00:1f.6
}

@test "what is mounted is to be unmounted before the disk leaves" {
	disk 0000:00:1f.3 sda 8:0
	mounted 8:0 / ext4 /dev/sda
	disk 0000:00:1f.6 sdb 8:16
	mounted 8:16 /srv ext4 /dev/sdb
	look ready -J 00:1f.6
	answered
	is '.readiness[0].warnings | map(.id) | join(" ")' mounted
	is '.readiness[0].steps[0] | [.text, .command] | tostring' '["unmount /srv",null]'
	look ready --emit driverctl 00:1f.6
	answered
	[[ $stderr == *"what is not written back is lost"* ]] || fail "$stderr"
}

@test "not seen: the class, whether it is open, and whether there is vfio-pci" {
	pci 0000:00:1c.0 8086:1533 020000 driver=vfio-pci
	mkdir -p "$M"/sys/module/{vfio_pci,vfio_iommu_type1}
	group 11 DMA-FQ 0000:00:1c.0
	blockers 00:1c.0 use-unknown
	write "$(pci_directory 0000:00:1c.0)/enable" "0\n"
	blockers 00:1c.0
	rm "$(pci_directory 0000:00:1c.0)/config"
	sed -i /PCI_CLASS/d "$(pci_directory 0000:00:1c.0)/uevent"
	blockers 00:1c.0 kind-unknown
	rm -r "${M:?}/sys/module/vfio_pci" "${M:?}/boot" "$M/proc/config.gz" 2>/dev/null || true
	look ready -J 00:1f.6
	has '.readiness[0].warnings | map(.id) | tostring' vfio-unknown
}

@test "options of modprobe.d on several lines and in quotes" {
	pci 0000:00:1c.0 8086:1533 020000 driver=igb
	group 11 DMA-FQ 0000:00:1c.0
	net 0000:00:1c.0 eth0
	write "$M/etc/modprobe.d/vfio.conf" 'options vfio-pci \\\n  ids=8086:1533\n'
	look ready -J 00:1c.0
	has '.readiness[0].warnings | map(.id) | tostring' taken-at-start
	write "$M/etc/modprobe.d/vfio.conf" 'options vfio-pci ids="8086:1533"\n'
	look ready -J 00:1c.0
	has '.readiness[0].warnings | map(.id) | tostring' taken-at-start
}

@test "memory of a guest on AMD goes round HyperTransport's range" {
	local machines=$BATS_TEST_DIRNAME/../machines M=$BATS_TEST_TMPDIR/amd

	"$machines/unpack" "$machines/lab-ready-amd.machine" "$M"
	for size in 900G 1020G 2T; do
		look ready --memory $size -J 00:05.0
		is '.readiness[0].blockers | length' 0
	done
	echo "0x0000010000000000 0x0000010000ffffff reserved" >>"$(echo "$M"/sys/kernel/iommu_groups/*/devices/0000:00:05.0 | sed 's,/devices.*,/reserved_regions,')"
	look ready --memory 16G -J 00:05.0
	is '.readiness[0].blockers | length' 0
	look ready --memory 1020G -J 00:05.0
	is '.readiness[0].blockers | map(.id) | join(" ")' guest-memory
}
