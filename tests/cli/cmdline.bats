#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel parameters: what they do on a machine, and all that led to a translation.
# shellcheck disable=SC2154 # Bats sets status, output and stderr

load helpers

setup() {
	need jq
}

# verdicts_are TEXT: a line "NAME=VALUE EFFECT" for each parameter; JSON stays in $output.
verdicts_are() {
	local got

	look cmdline -J
	answered
	got=$(jq -r '.parameters[] | "\(.name)\(if .value then "=" + .value else "" end) \(.effect)"' \
		<<<"$output")
	[[ $got == "$1" ]] || fail "$(diff <(echo "$1") <(echo "$got"))"
}

# chain_is BDF TEXT: a line "STEP TRANSLATION" for each step; JSON stays in $output.
chain_is() {
	local got

	look devices --why -J "$1"
	answered
	got=$(jq -r '.devices[0].translation_chain[] | "\(.step) \(.translation // "-")"' <<<"$output")
	[[ $got == "$2" ]] || fail "$(diff <(echo "$2") <(echo "$got"))"
}

# fact BDF TEXT [PATH]: a step says so.
fact() {
	look devices --why -J "$1"
	answered
	jq -e --arg text "$2" --arg path "${3-}" '.devices[0].translation_chain
		| any(.[]; (.fact | contains($text)) and ($path == "" or .path == $path))' \
		<<<"$output" >/dev/null || fail "no step says «$2»: $(jq -c '.devices[0].translation_chain' <<<"$output")"
}

@test "each option of a list has a verdict of its own, in the order given" {
	machine_vtd
	command_line "intel_iommu=on,sm_on quiet iommu=pt,nopt iommu.strict=0"
	verdicts_are "intel_iommu=on effective
intel_iommu=sm_on no-effect
iommu=pt overridden
iommu=nopt effective
iommu.strict=0 effective"
	is '[.parameters[].number] | tostring' '[1,2,3,4,5]'
	is '.parameters[1].word' intel_iommu=on,sm_on
	is '.parameters[0].source' drivers/iommu/intel/iommu.c
	is '.parameters[0].meaning' "has VT-d translate DMA"
}

@test "what does nothing is said so, with what was meant" {
	machine_vtd
	# As a kernel without the patch has them, which knows no ACS of the two.
	rm -r "$M"/sys/kernel/iommu_groups/10
	group 2 DMA 0000:00:1f.3 0000:00:1f.6
	command_line "iommu=on amd_iommu=on iommu=strict pcie_acs_override=downstream intel_iomu=on"
	look cmdline -J
	is '[.parameters[].effect] | unique | tostring' '["no-effect"]'
	is '[.parameters[].instead] | tostring' '["intel_iommu=on",null,"iommu.strict=1",null,"intel_iommu=on"]'
	is '[.parameters[] | select(.why == "" or .why == null)] | length' 0
	look cmdline
	[[ ${lines[0]} =~ ^PARAMETER\ +EFFECT\ +HERE$ ]]
	[[ ${lines[1]} =~ ^iommu=on\ +no-effect\ +.*write\ intel_iommu=on$ ]]
}

@test "the same words on another machine" {
	machine arm
	write "$M/proc/sys/kernel/arch" "aarch64\n"
	command_line "iommu=pt intel_iommu=on iommu.passthrough=1"
	verdicts_are "iommu=pt no-effect
intel_iommu=on no-effect
iommu.passthrough=1 no-effect"
	is '.parameters[0].instead' iommu.passthrough=1
	has '.parameters[2].why' "no IOMMU is in use"
}

@test "an empty command line, one about other things, and one that cannot be read" {
	machine empty
	for line in "" "\n" "root=/dev/sda1 quiet pci=nocrs\n"; do
		write "$M/proc/cmdline" "$line"
		look cmdline
		answered
		[[ $output == "No parameter of the kernel command line bears on DMA." ]]
		look cmdline -J
		is '.parameters | length' 0
	done
	rm "$M/proc/cmdline"
	look cmdline
	answered
	[[ $output != *"No parameter"* && $stderr == *"/proc/cmdline: "* ]]
	look cmdline -J
	is '[.unread[].path] | index("/proc/cmdline") != null' true
	head -c 100000 /dev/zero | tr '\0' 'a' >"$M/proc/cmdline"
	look cmdline -J
	answered
	has '[.unread[] | select(.path == "/proc/cmdline")] | tostring' "longer than any"
	printf 'iommu=pt\0iommu=off\n' >"$M/proc/cmdline"
	look cmdline -J
	answered
	is '.parameters | length' 0
	has '[.unread[] | select(.path == "/proc/cmdline")] | tostring' NUL
}

@test "two hundred words, and more than a page of them" {
	machine_vtd
	words=$(for ((i = 0; i < 100; i++)); do echo "word$i=$i iommu.strict=$((i % 2))"; done)
	command_line "${words//$'\n'/ }"
	look cmdline -J
	answered
	is '.parameters | length' 100
	is '.parameters | group_by(.name + "=" + .value) | map([length, (map(.effect) | unique[])]) | tostring' \
		'[[50,"overridden"],[50,"overridden"]]'
	has '.parameters[0].why' "iommu.strict=1 further on"
	has '.parameters[-1].why' "but 2 of 4 groups"
	command_line "iommu=$(printf 'pt,%.0s' {1..6000})nopt"
	look cmdline -J
	answered
	is '[.parameters[] | select(.value == "nopt")] | length' 1
	is '[.parameters[:-1][].effect] | unique | tostring' '["overridden"]'
	is '.parameters[-1].effect' effective
}

@test "hostile words" {
	machine_vtd
	command_line 'iommu=\033[31mred vfio-pci.ids=\xff:\x01 "iommu.strict=1" pci=disable_acs_redir=;;/;pci:'
	look cmdline
	answered
	[[ $output != *$'\033'* && $output == *'\x1b'* ]]
	look cmdline -J
	is '.parameters | length >= 3' true
}

@test "parameters of modules are read back" {
	machine_vtd
	mkdir -p "$M/sys/module/vfio_pci/parameters"
	write "$M/sys/module/vfio_pci/parameters/disable_vga" "N\n"
	command_line "vfio-pci.disable_vga=1 vfio-pci.disable_idle_d3=1 vfio_iommu_type1.dma_entry_limit=1"
	verdicts_are "vfio-pci.disable_vga=1 overridden
vfio-pci.disable_idle_d3=1 no-effect
vfio_iommu_type1.dma_entry_limit=1 no-effect"
	has '.parameters[0].why' "/sys/module/vfio_pci/parameters/disable_vga reads N"
	has '.parameters[2].why' "not loaded"
	# Only who asks for parameters reads them all.
	rm "$M/sys/module/vfio_pci/parameters/disable_vga"
	ln -s /nowhere "$M/sys/module/vfio_pci/parameters/disable_vga"
	look status -J
	[[ $output != *disable_vga* ]]
}

@test "UEFI, memory encryption, and a configuration that is whole" {
	machine_vtd
	command_line "efi=disable_early_pci_dma mem_encrypt=on cma=64M"
	verdicts_are "efi=disable_early_pci_dma no-effect
mem_encrypt=on no-effect
cma=64M unknown"
	write "$M/sys/firmware/efi/fw_platform_size" "64\n"
	write "$M/proc/cpuinfo" "flags\t\t: fpu sme sev\n"
	options=$(for ((i = 0; i < 1000; i++)); do echo "CONFIG_MADE_UP_$i=y"; done)
	kernel_config "CONFIG_EFI_STUB=y\nCONFIG_AMD_MEM_ENCRYPT=y\n$options"
	verdicts_are "efi=disable_early_pci_dma effective
mem_encrypt=on effective
cma=64M no-effect"
	has '.parameters[2].why' "CONFIG_DMA_CMA is not set in /boot/config-6.12.0-test"
}

@test "status names the parameter that decided, and none that did not" {
	machine_vtd
	group 3 identity
	group 4 identity
	group 5 identity
	command_line "iommu=pt amd_iommu=pt"
	look status -J
	has '.status[0].default_domain_why' "iommu=pt on the kernel command line"
	write "$M/proc/sys/kernel/arch" "aarch64\n"
	look status -J
	is '.status[0].default_domain_why | contains("iommu=pt")' false
}

@test "a chain from the configuration to the group's type" {
	machine_vtd
	command_line "intel_iommu=on iommu.strict=0"
	kernel_config "CONFIG_IOMMU_DEFAULT_DMA_STRICT=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set"
	chain_is 00:14.0 "kernel strict
kernel none
command-line lazy
command-line lazy
unit -
group lazy"
	is '.devices[0] | [.translation, .translation_chain[-1].translation] | tostring' '["lazy","lazy"]'
	fact 00:14.0 "CONFIG_IOMMU_DEFAULT_DMA_STRICT=y" /boot/config-6.12.0-test
	fact 00:14.0 "iommu.strict=0" /proc/cmdline
	fact 00:14.0 "type of group 1 is DMA-FQ" /sys/kernel/iommu_groups/1/type
	# The one that passes through was changed, or has a rule of its own.
	fact 00:02.0 "after boot"
	is '.devices[0].translation_chain[-1].translation' identity
}

@test "a chain for each way to have no translation" {
	machine off
	command_line "intel_iommu=off"
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000
	fact 00:1f.6 "intel_iommu=off keeps VT-d" /proc/cmdline
	fact 00:1f.6 "stands on the kernel command line" /sys/class/iommu
	is '.devices[0].translation_chain[-1].translation' none
	machine_vtd uncovered
	pci 0000:03:00.0 8086:10d3 020000
	fact 03:00.0 "no unit is in charge"
	is '.devices[0].translation_chain[-1].translation' none
	machine_vtd noiommu
	pci 0000:03:00.0 8086:10d3 020000 driver=vfio-pci
	group 20 - 0000:03:00.0
	write "$M/sys/kernel/iommu_groups/20/name" "vfio-noiommu\n"
	fact 03:00.0 "without an IOMMU"
	is '.devices[0].translation_chain[-1].translation' none
}

@test "a chain with VFIO, with an external port, with an emulated unit, with PASID" {
	machine_vtd vfio
	pci 0000:03:00.0 8086:10d3 020000 driver=vfio-pci
	group 20 DMA-FQ 0000:03:00.0
	look devices --why -J 03:00.0
	is '.devices[0].translation_chain[-1] | [.step, .translation] | join(" ")' "driver vfio"
	machine_vtd external
	kernel_config "CONFIG_IOMMU_DEFAULT_DMA_LAZY=y"
	write "$(pci_directory 0000:00:1f.3)/removable" "removable\n"
	fact 00:1f.3 "not trusted"
	is '[.devices[0].translation_chain[] | select(.fact | contains("after boot"))] | length' 0
	machine emulated
	kernel_config "CONFIG_IOMMU_DEFAULT_DMA_LAZY=y"
	pci 0000:00:02.0 8086:10d3 020000 driver=e1000e
	unit_intel dmar0 fed90000 d2008c222f06e6 "$ECAP" 0000:00:02.0
	group 0 DMA 0000:00:02.0
	look devices --why -J 00:02.0
	is '.devices[0].translation_chain[2] | [.step, .translation] | join(" ")' "unit strict"
	is '[.devices[0].translation_chain[] | select(.fact | contains("after boot"))] | length' 0
	machine amd
	kernel_config "CONFIG_IOMMU_DEFAULT_DMA_LAZY=y"
	pci 0000:00:00.2 1022:1481 080600
	pci 0000:07:00.0 1002:73bf 030000 driver=amdgpu express=0
	put 0000:07:00.0 0x100 1b000100 # PASID
	unit_amd ivhd0 0000:00:00.2 246577efa2254afa 0000:07:00.0
	group 0 identity 0000:07:00.0
	fact 07:00.0 "can use PASID"
	truncate -s 64 "$(pci_directory 0000:07:00.0)/config"
	fact 07:00.0 "could not be read"
}

@test "the firmware's opt-in, where VT-d is off by default" {
	machine_vtd opt-in
	command_line quiet
	kernel_config "CONFIG_IOMMU_DEFAULT_DMA_LAZY=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set"
	acpi_table DMAR "444d4152 30000000 01 00 $(printf '00%.0s' {1..26}) 2604 $(printf '00%.0s' {1..10})"
	fact 00:02.0 DMA_CTRL_PLATFORM_OPT_IN_FLAG /sys/firmware/acpi/tables/DMAR
	is '[.devices[0].translation_chain[] | select(.fact | contains("after boot"))] | length' 0
	fact 00:14.0 "after boot"
}

@test "--why draws the steps below each function, and JSON has them only then" {
	machine_vtd
	look devices --why 00:14.0
	answered
	[[ ${lines[0]} =~ ^BDF\ +TRANSLATION\ +WHY$ ]]
	[[ ${lines[1]} =~ ^0000:00:14.0\ +lazy\ +domain\ type\ DMA-FQ ]]
	[[ ${lines[-1]} == *group*lazy*"(/sys/kernel/iommu_groups/1/type)" ]]
	look devices -J
	is '[.devices[] | has("translation_chain")] | any' false
	look devices --why -J
	is '[.devices[] | has("translation_chain")] | all' true
	look devices --why -o bdf,driver 00:14.0
	answered
	[[ ${lines[0]} =~ ^BDF\ +DRIVER$ ]]
	look devices
	[[ $output != *command-line* ]]
}

@test "before Linux 5.15 the type DMA tells less" {
	machine_vtd old
	write "$M/proc/sys/kernel/osrelease" "5.14.0\n"
	look devices -J 00:1f.3
	is '.devices[0].translation' null
	has '.devices[0].translation_why' "before Linux 5.15"
	write "$M/proc/sys/kernel/osrelease" "5.14.0-503.el9.x86_64\n"
	look devices -J 00:1f.3
	is '.devices[0].translation' strict
	write "$M/proc/sys/kernel/osrelease" "5.14.0\n"
	command_line "intel_iommu=strict"
	look devices -J 00:1f.3
	is '.devices[0].translation' strict
}

@test "every command line of real machines: each word about DMA has a verdict" {
	[[ -e ${DMASCOPE_CORPUS:-}/dmesg ]] || skip "there are no logs in \$DMASCOPE_CORPUS"
	machine_vtd
	seen=0
	while IFS= read -r line; do
		printf '%s\n' "$line" >"$M/proc/cmdline"
		look cmdline -J
		answered
		got=$(jq -r '.parameters[].word' <<<"$output" | sort -u)
		# Words that begin like a parameter of the table, by other means.
		wanted=$(tr -s ' \t' '\n' <<<"${line%% -- *}" | grep -E '^"?(iommu|intel_iommu|amd_iommu(_dump|_intr)?|intremap|nointremap|swiotlb|cma|coherent_pool|dma_debug.*|mem_encrypt|pcie_ports|pcie_acs_override|vfio[a-z_-]*\.[a-z_0-9]+|thunderbolt\.[a-z_]+|iommu\.[a-z]+|arm-smmu.*|nox2apic|x2apic_phys|ivrs_.*|lockdown|module_blacklist)(=|$)|^pci=.*(noats|acs|realloc|noari|pcie_bus|nomsi|nommconf)' | sort -u || true)
		[[ $got == "$wanted" ]] || fail "«$line»: $(diff <(echo "$wanted") <(echo "$got"))"
		seen=$((seen + 1))
	done < <(grep -rhoE '(Kernel command line|Command line): .*' "$DMASCOPE_CORPUS/dmesg" | sed 's/^[^:]*: //')
	[[ $seen -gt 50 ]]
}
