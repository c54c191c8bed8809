#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Small machines made by hand, one for each thing that dmascope has to tell from another.

load helpers

setup() {
	need jq
}

# state STATE [TEXT]: iommu_state, and what its reason says.
state() {
	look status -J
	answered
	is '.status[0].iommu_state' "$1"
	[[ -z ${2:-} ]] || has '.status[0].iommu_state_why' "$2"
}

# device BDF FILTER TEXT
device() {
	look devices -J "$1"
	answered
	is ".devices[0]$2" "$3"
}

@test "VT-d: translating, mostly lazy" {
	machine_vtd
	state translating "3 of 4 groups"
	is '.status[0].iommu_kind' intel-vtd
	is '.status[0].default_domain' lazy
	is '.status[0].interrupt_remapping' true
	is '.status[0] | [.units, .groups, .devices] | join(" ")' "2 4 4"
	is '.status[0] | [.devices_strict, .devices_lazy, .devices_identity, .devices_none] | join(" ")' "1 2 1 0"
	is '.status[0].bus_masters' 3
	is '.status[0].bus_masters_untranslated' 1
	is '.status[0].untranslated | join(" ")' 0000:00:02.0
}

@test "VT-d: each function's translation, group and unit" {
	machine_vtd
	look devices -J
	answered
	is '[.devices[].translation] | join(" ")' "identity lazy strict lazy"
	is '[.devices[].domain_type] | join(" ")' "identity DMA-FQ DMA DMA-FQ"
	is '[.devices[].group | tostring] | join(" ")' "0 1 2 10"
	is '[.devices[].unit] | join(" ")' "dmar0 dmar1 dmar1 dmar1"
	is '[.devices[].bus_master | tostring] | join(" ")' "true true false true"
	is '[.devices[].driver] | join(" ")' "i915 xhci_hcd snd_hda_intel e1000e"
	has '.devices[0].translation_why' "/sys/kernel/iommu_groups/0/type"
}

@test "VT-d: decoded registers" {
	machine_vtd
	look units -J
	answered
	is '[.units[].kind] | unique | join(" ")' intel-vtd
	is '[.units[].register_base] | join(" ")' "0xfed90000 0xfed91000"
	is '.units[0].version' 1.0
	is '.units[0].address_width' 39
	is '.units[0].page_sizes | join(" ")' "4096 2097152 1073741824"
	is '.units[0].interrupt_remapping' true
	is '.units[0].caching_mode' false
	is '[.units[].devices] | join(" ")' "1 3"
	is '.units[0] | [.domains_used, .domains_supported] | join(" ")' "5 65536"
	is '.units[0].segment' 0
	is '.units[0].capabilities | contains(["QI", "IR", "EIM", "PT", "DRD", "DWD", "PSI"])' true
	is '.units[0].capabilities | index("CM")' null
}

@test "VT-d with everything identity: passing through, by iommu=pt" {
	machine pt
	command_line "intel_iommu=on iommu=pt"
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000 driver=e1000e
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:1f.6
	group 0 identity 0000:00:1f.6
	state passthrough identity
	is '.status[0].default_domain' identity
	has '.status[0].default_domain_why' "iommu=pt"
	is '.status[0].bus_masters_untranslated' 1
	device 0000:00:1f.6 .translation identity
}

@test "VT-d, strict: who set it" {
	machine strict
	command_line "intel_iommu=on iommu.strict=1"
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000 driver=e1000e
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:1f.6
	group 0 DMA 0000:00:1f.6
	state translating
	is '.status[0].default_domain' strict
	has '.status[0].default_domain_why' "iommu.strict=1"
	command_line "intel_iommu=on"
	kernel_config "CONFIG_IOMMU_DEFAULT_DMA_STRICT=y"
	state translating
	has '.status[0].default_domain_why' CONFIG_IOMMU_DEFAULT_DMA_STRICT
}

@test "VT-d with caching mode: an emulated unit" {
	machine emulated
	acpi_table DMAR
	pci 0000:00:02.0 8086:10d3 020000 driver=e1000e
	unit_intel dmar0 fed90000 d2008c222f06e6 "$ECAP" 0000:00:02.0
	group 0 DMA 0000:00:02.0
	state translating
	has '.status[0].default_domain_why' "caching mode"
	look units -J
	is '.units[0].caching_mode' true
}

@test "interrupt remapping only" {
	machine ir
	remapped_interrupts
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000 driver=e1000e
	kernel_config "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set"
	state interrupt-remapping-only CONFIG_INTEL_IOMMU_DEFAULT_ON
	is '.status[0].interrupt_remapping' true
	is '.status[0].iommu_kind' null
	is '.status[0].default_domain' null
	device 0000:00:1f.6 .translation none
}

@test "a DMAR table and intel_iommu=off" {
	machine off
	command_line "intel_iommu=off"
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000
	state off-in-kernel intel_iommu=off
	has '.status[0].firmware_tables[0]' DMAR
	is '.status[0].interrupt_remapping' false
	device 0000:00:1f.6 .translation none
}

@test "a DMAR table, and a kernel that waits for intel_iommu=on" {
	machine waiting
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000
	kernel_config "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\nCONFIG_INTEL_IOMMU=y"
	state off-in-kernel CONFIG_INTEL_IOMMU_DEFAULT_ON
}

@test "a DMAR table, and a kernel without the driver" {
	machine driverless
	acpi_table DMAR
	kernel_config "# CONFIG_INTEL_IOMMU is not set"
	state off-in-kernel CONFIG_INTEL_IOMMU
}

@test "iommu=off on either platform" {
	for table in DMAR IVRS; do
		machine "off-$table"
		command_line "iommu=off"
		acpi_table "$table"
		state off-in-kernel iommu=off
	done
}

@test "amd_iommu=off" {
	machine amd-off
	command_line "amd_iommu=off intel_iommu=on"
	acpi_table IVRS
	state off-in-kernel amd_iommu=off
}

@test "an IOMMU on the bus that no table describes" {
	machine hidden
	pci 0000:00:00.2 1022:1631 080600
	pci 0000:00:01.0 1022:1632 060000
	state off-in-firmware 0000:00:00.2
}

@test "no IOMMU at all" {
	machine nothing
	pci 0000:00:01.0 1af4:1041 020000 driver=virtio-pci
	state absent
	is '.status[0] | [.units, .groups] | join(" ")' "0 0"
	is '.status[0].bus_masters_untranslated' 1
	is '.status[0].default_domain' null
	is '.status[0].iommu_kind' null
	device 0000:00:01.0 .translation none
	device 0000:00:01.0 .group null
	device 0000:00:01.0 .unit null
	write "$M/proc/cpuinfo" "flags\t\t: fpu hypervisor lahf_lm\n"
	state absent "virtual machine"
}

@test "AMD-Vi: units in the order of either kernel's features" {
	for features in 246577efa2254afa:10 10:246577efa2254afa; do
		machine "amd-${features:0:2}"
		acpi_table IVRS
		remapped_interrupts
		pci 0000:00:00.2 1022:1481 080600 command=0400
		put 0000:00:00.2 0x06 1000
		put 0000:00:00.2 0x34 40
		put 0000:00:00.2 0x40 0f000b180100 # Secure Device, Base Address Low, High:
		put 0000:00:00.2 0x44 010020fd00000000
		pci 0000:01:00.0 144d:a808 010802 driver=nvme
		unit_amd ivhd0 0000:00:00.2 "$features" 0000:01:00.0
		group 0 DMA-FQ 0000:01:00.0
		state translating
		is '.status[0].iommu_kind' amd-vi
		is '.status[0].default_domain' lazy
		is '.status[0].bus_masters_untranslated' 0
		look units -J
		is '.units[0] | [.kind, .efr, .efr2, .parent] | join(" ")' \
			"amd-vi 0x246577efa2254afa 0x0000000000000010 0000:00:00.2"
		is '.units[0].address_width' 64
		is '.units[0].register_base' 0xfd200000
		is '.units[0].caching_mode' false
		device 0000:00:00.2 .translation none
		has '.devices[0].translation_why' "IOMMU unit itself"
		device 0000:01:00.0 .unit ivhd0
	done
}

@test "AMD-Vi with a single value of features" {
	machine amd-one
	pci 0000:00:00.2 1022:1451 080600
	unit_amd ivhd0 0000:00:00.2 f77ef22294ada
	look units -J
	answered
	is '.units[0].efr' 0x000f77ef22294ada
	is '.units[0].efr2' null
}

@test "SMMUv3" {
	machine smmu
	write "$M/proc/interrupts" " 10:  5  GICv3  27 Level  arch_timer\n"
	write "$M/proc/cpuinfo" "processor\t: 0\nFeatures\t: fp asimd\n"
	write "$M/proc/sys/kernel/arch" "aarch64\n"
	acpi_table IORT
	pci 0000:00:01.0 1af4:1041 020000 driver=virtio-pci
	unit smmu3.0x0000000009050000 platform/arm-smmu-v3.0.auto 0000:00:01.0
	group 0 DMA 0000:00:01.0
	state translating
	is '.status[0].iommu_kind' arm-smmu-v3
	is '.status[0].default_domain' strict
	is '.status[0].interrupt_remapping' null
	is .system.arch aarch64
	look units -J
	is '.units[0].register_base' 0x9050000
	is '.units[0] | [.kind, .version, .parent, .cap, .efr] | tostring' \
		'["arm-smmu-v3",null,null,null,null]'
	is '.units[0].capabilities' null
	device 0000:00:01.0 .translation strict
}

@test "an IORT without and with an SMMU that Linux does not use" {
	machine iort
	write "$M/proc/interrupts" " 10:  5  GICv3  27 Level  arch_timer\n"
	# The number and the offset of nodes, 4 reserved bytes, nodes.
	acpi_table IORT "010000003000000000000000 00180000 0000000000000000 00000000000000000000"
	state absent "no SMMU"
	acpi_table IORT "010000003000000000000000 04180000 0000000000000000 00000000000000000000"
	state off-in-kernel IORT
	acpi_table IORT "01000000ffffff0000000000"
	state unknown IORT
	acpi_table IORT
	state unknown IORT
	# The bytes of another table under that name.
	acpi_table IORT "010000003000000000000000 04180000 0000000000000000 00000000000000000000"
	printf DMAR | dd of="$M/sys/firmware/acpi/tables/IORT" conv=notrunc status=none
	state unknown IORT
}

@test "virtio-iommu: functions without a driver are not taken in yet" {
	machine virtio
	acpi_table VIOT
	pci 0000:00:01.0 1af4:1057 ffff00 driver=virtio-pci
	pci 0000:00:02.0 1af4:1041 020000 driver=virtio-pci
	pci 0000:00:03.0 1af4:1042 010000
	unit 0000:00:01.0 pci0000:00/0000:00:01.0/virtio0 0000:00:02.0
	group 0 DMA 0000:00:02.0
	state translating
	is '.status[0].iommu_kind' virtio-iommu
	look units -J
	is '.units[0] | [.name, .kind, .parent] | join(" ")' \
		"0000:00:01.0 virtio-iommu 0000:00:01.0"
	device 0000:00:02.0 .translation strict
	device 0000:00:03.0 .translation null
	has '.devices[0].translation_why' "when a driver binds"
}

@test "a VIOT table and a module that is not loaded" {
	machine viot
	acpi_table VIOT
	kernel_config "CONFIG_VIRTIO_IOMMU=m"
	state off-in-kernel VIRTIO_IOMMU
}

@test "VFIO: owners of groups" {
	machine vfio
	acpi_table DMAR
	pci 0000:00:01.0 8086:1901 060400 driver=pcieport
	pci 0000:01:00.0 10de:2204 030000 driver=vfio-pci parent=0000:00:01.0
	pci 0000:01:00.1 10de:1aef 040300 driver=vfio-pci parent=0000:00:01.0
	pci 0000:00:02.0 15b3:101e 020000 driver=mlx5_vfio_pci
	pci 0000:00:03.0 8086:1572 020000 driver=i40e
	pci 0000:00:03.1 8086:1572 020000 driver=vfio-pci
	pci 0000:00:04.0 8086:1572 020000
	pci 0000:00:05.0 8086:1572 020000 driver=vfio-pci
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:01.0
	group 0 DMA-FQ 0000:00:01.0 0000:01:00.0 0000:01:00.1
	group 1 DMA-FQ 0000:00:02.0
	group 2 DMA-FQ 0000:00:03.0 0000:00:03.1
	group 3 DMA-FQ 0000:00:04.0
	group 4 identity 0000:00:05.0
	look groups -J
	answered
	is '[.groups[].owner] | join(" ")' "user user mixed none user"
	is '.groups[0].devices | join(" ")' "0000:00:01.0 0000:01:00.0 0000:01:00.1"
	look devices -J
	is '[.devices[] | .translation // "?"] | join(" ")' \
		"lazy vfio lazy vfio lazy ? vfio vfio"
	device 0000:01:00.0 .upstream 0000:00:01.0
	device 0000:00:05.0 .translation null
	has '.devices[0].translation_why' identity
}

@test "VFIO without an IOMMU is no translation" {
	machine noiommu
	pci 0000:00:03.0 8086:1572 020000 driver=vfio-pci
	group 0 - 0000:00:03.0
	write "$M/sys/kernel/iommu_groups/0/name" "vfio-noiommu\n"
	write "$M/sys/module/vfio/parameters/enable_unsafe_noiommu_mode" "Y\n"
	state absent
	is '.status[0].weakened_by | join(" ")' "vfio.enable_unsafe_noiommu_mode=Y"
	is '.status[0].default_domain' null
	device 0000:00:03.0 .translation none
	has '.devices[0].translation_why' no-IOMMU
	look groups -J
	is '.groups[0] | [.name, .type] | tostring' '["vfio-noiommu",null]'
}

@test "unsafe interrupts are named" {
	machine_vtd unsafe
	write "$M/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts" "Y\n"
	write "$M/sys/module/iommufd/parameters/allow_unsafe_interrupts" "N\n"
	look status -J
	is '.status[0].weakened_by | join(" ")' "vfio_iommu_type1.allow_unsafe_interrupts=Y"
}

@test "a kernel that does not tell the type of a group" {
	machine old
	acpi_table DMAR
	pci 0000:00:1f.6 8086:15bb 020000 driver=e1000e
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:1f.6
	group 0 - 0000:00:1f.6
	state unknown
	is '.status[0].default_domain' null
	is '.status[0].bus_masters_untranslated' null
	device 0000:00:1f.6 .translation null
	look groups -J
	is '.groups[0].type' null
}

@test "types of domains: blocked, and one that nobody knows" {
	machine types
	pci 0000:00:01.0 8086:15bb 020000
	pci 0000:00:02.0 8086:15bb 020000
	pci 0000:00:03.0 8086:15bb 020000
	unit_intel dmar0 fed90000 "$CAP" "$ECAP"
	group 0 blocked 0000:00:01.0
	group 1 "from the future" 0000:00:02.0
	group 2 unmanaged 0000:00:03.0
	device 0000:00:01.0 .translation blocked
	device 0000:00:02.0 .translation null
	device 0000:00:02.0 .domain_type "from the future"
	device 0000:00:03.0 .translation null
}

@test "a function that no unit covers" {
	machine uncovered
	pci 0000:00:01.0 8086:15bb 020000 driver=e1000e
	pci 0000:00:02.0 8086:15bb 020000 driver=e1000e
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:02.0
	group 0 DMA 0000:00:02.0
	device 0000:00:01.0 .translation none
	has '.devices[0].translation_why' "no unit covers it"
	look status -J
	is '.status[0].bus_masters_untranslated' 1
}

@test "units of several segments" {
	machine segments
	pci 0000:00:01.0 8086:15bb 020000
	pci 10000:00:01.0 8086:0a54 010802
	unit_intel dmar0 fed90000 "$CAP" "$ECAP" 0000:00:01.0
	unit_intel dmar1 fed91000 "$CAP" "$ECAP" 10000:00:01.0
	unit_intel dmar2 fed92000 "$CAP" "$ECAP" 0000:00:01.0 10000:00:01.0
	look units -J
	is '[.units[].segment | tostring] | join(" ")' "0 65536 null"
}

@test "64 bytes of configuration: hidden is not absent" {
	machine hidden-config
	pci 0000:00:01.0 8086:1572 020000 express=0 size=64
	device 0000:00:01.0 '| [.ats, .pri, .pasid, .acs, .acs_supported, .port_type] | tostring' \
		"[null,null,null,null,null,null]"
	is '.devices[0].bus_master' true
	is '.devices[0].vendor_id' 0x8086
	is '[.unread[].path] | index("/sys/bus/pci/devices/0000:00:01.0/config") != null' true
	pci 0000:00:02.0 8086:1572 020000 size=64
	device 0000:00:02.0 '| [.ats, .pri, .pasid] | join(" ")' "absent absent absent"
	is '.devices[0].acs' '[]'
}

@test "256 bytes of a PCI Express function: the rest is unknown" {
	machine half-config
	pci 0000:00:01.0 8086:1572 020000 express=0
	truncate -s 256 "$(pci_directory 0000:00:01.0)/config"
	device 0000:00:01.0 '| [.port_type, .ats, .acs] | tostring' '["endpoint",null,null]'
}

@test "the whole configuration: ATS, PRI, PASID, ACS" {
	machine whole-config
	pci 0000:00:01.0 8086:1572 020000 express=0
	put 0000:00:01.0 0x100 0f00011100000080 # ATS, enabled; next at 110h
	put 0000:00:01.0 0x110 1300011200000000 # PRI, off; next at 120h
	put 0000:00:01.0 0x120 1b00011300000100 # PASID, enabled; next at 130h
	put 0000:00:01.0 0x130 0d0001005f001d00 # ACS
	device 0000:00:01.0 '| [.ats, .pri, .pasid] | join(" ")' "on off on"
	is '.devices[0].acs | join(" ")' "SrcValid ReqRedir CmpltRedir UpstreamFwd"
	is '.devices[0].acs_supported | length' 6
}

@test "a configuration that reads as ones is unknown" {
	machine ones
	pci 0000:00:01.0 8086:1572 020000 driver=i40e
	head -c 256 /dev/zero | tr '\0' '\377' >"$(pci_directory 0000:00:01.0)/config"
	device 0000:00:01.0 '| [.bus_master, .ats] | tostring' '[null,null]'
	is '.devices[0].vendor_id' 0x8086
	look status -J
	is '.status[0].bus_masters' null
}

@test "an uevent that is no uevent is unknown" {
	machine uevent
	pci 0000:00:01.0 8086:1572 020000 driver=i40e
	for text in "PCI_CLASS=\nPCI_ID=\n" "PCI_CLASS=zebra\nPCI_ID=8086:1572\n" \
		"PCI_CLASS=-1\nPCI_ID=-1:-1\n" "PCI_CLASS=fffffffffff\nPCI_ID=8086:1572\n"; do
		write "$(pci_directory 0000:00:01.0)/uevent" "$text"
		look devices -J
		answered
		is '.devices[0] | [.class_id // "0x020000", .vendor_id // "0x8086",
			.device_id // "0x1572"] | join(" ")' "0x020000 0x8086 0x1572"
	done
}

@test "one-value files that make no sense are unknown" {
	machine nonsense
	pci 0000:00:01.0 8086:1572 020000
	directory=$(pci_directory 0000:00:01.0)
	for value in "" "\n" "many\n" "-1\n" "64 bits\n" "0x40\n" "99999999999999999999\n" "6\x004\n"; do
		write "$directory/dma_mask_bits" "$value"
		look devices -J
		answered
		is '.devices[0].dma_mask_bits' null
		is '[.unread[] | select(.path | endswith("/dma_mask_bits"))] | length' 1
	done
	rm "$directory/dma_mask_bits"
	look devices -J
	is '.devices[0].dma_mask_bits' null
	is '[.unread[] | select(.path | endswith("/dma_mask_bits"))] | length' 0
}

@test "reserved regions that make no sense are unknown" {
	machine_vtd regions
	for line in "0x1000 0x0fff direct" "0x1000 direct" \
		"0x1000 0x2000" "0x1000 0x2000 direct more" nonsense; do
		write "$M/sys/kernel/iommu_groups/0/reserved_regions" "$line\n"
		look groups -J 0
		answered
		is '.groups[0].reserved_regions' null
		is '[.unread[] | select(.path == "/sys/kernel/iommu_groups/0/reserved_regions")] |
			length' 1
	done
	write "$M/sys/kernel/iommu_groups/0/reserved_regions" ""
	look groups -J 0
	is '.groups[0].reserved_regions' '[]'
}

@test "virtual functions and their physical one" {
	machine sriov
	pci 0000:03:00.0 8086:1572 020000 driver=i40e express=0
	pci 0000:03:02.0 8086:154c 020000 driver=iavf express=0
	pci 0000:03:02.1 8086:154c 020000 express=0
	write "$(pci_directory 0000:03:00.0)/sriov_totalvfs" "64\n"
	write "$(pci_directory 0000:03:00.0)/sriov_numvfs" "2\n"
	ln -s ../0000:03:00.0 "$(pci_directory 0000:03:02.0)/physfn"
	ln -s ../0000:03:00.0 "$(pci_directory 0000:03:02.1)/physfn"
	device 0000:03:00.0 '.virtfns | join(" ")' "0000:03:02.0 0000:03:02.1"
	is '.devices[0] | [.sriov_totalvfs, .sriov_numvfs] | join(" ")' "64 2"
	is '.devices[0].physfn' null
	device 0000:03:02.1 .physfn 0000:03:00.0
	is '.devices[0].virtfns' null
}

@test "slots, removable, bridges" {
	machine slots
	pci 0000:00:1c.0 8086:a338 060400 driver=pcieport express=4
	pci 0000:01:00.0 8086:1572 020000 driver=i40e parent=0000:00:1c.0 express=0
	write "$(pci_directory 0000:01:00.0)/removable" "removable\n"
	mkdir "$M/sys/bus/pci/slots/SLOT1"
	write "$M/sys/bus/pci/slots/SLOT1/address" "0000:01:00\n"
	device 0000:01:00.0 '| [.upstream, .slot, .removable, .port_type] | join(" ")' \
		"0000:00:1c.0 SLOT1 removable endpoint"
	device 0000:00:1c.0 '| [.upstream, .slot, .removable, .port_type] | tostring' \
		'[null,null,null,"root-port"]'
	is '.devices[0].reset_methods | join(" ")' "flr bus"
}

@test "Thunderbolt domains" {
	machine thunderbolt
	look status -J
	is '.status[0].external_dma_protection' null
	write "$M/sys/bus/thunderbolt/devices/domain0/iommu_dma_protection" "1\n"
	write "$M/sys/bus/thunderbolt/devices/domain0/security" "user\n"
	look status -J
	is '.status[0].external_dma_protection' true
	write "$M/sys/bus/thunderbolt/devices/domain1/iommu_dma_protection" "0\n"
	look status -J
	is '.status[0].external_dma_protection' false
	has '.status[0].summary[2]' Thunderbolt
}

@test "debugfs: bounce buffers and DMA-API debugging" {
	machine debugfs
	write "$M/proc/self/mounts" "debugfs /sys/kernel/debug debugfs rw,nosuid 0 0\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_nslabs" "32768\n"
	write "$M/sys/kernel/debug/swiotlb/io_tlb_used" "5\n"
	write "$M/sys/kernel/debug/dma-api/disabled" "N\n"
	look status -J
	answered
	is '.status[0] | [.swiotlb_slots, .swiotlb_used, .dma_debug] | join(" ")' \
		"32768 5 enabled"
	write "$M/sys/kernel/debug/dma-api/disabled" "Y\n"
	look status -J
	is '.status[0].dma_debug' disabled
	rm -r "$M/sys/kernel/debug/dma-api"
	look status -J
	is '.status[0].dma_debug' not-built
	rm "$M"/sys/kernel/debug/swiotlb/*
	look status -J
	is '.status[0] | [.swiotlb_slots, .swiotlb_used] | join(" ")' "0 0"
}

@test "debugfs that is not mounted says nothing" {
	machine unmounted
	mkdir -p "$M/sys/kernel/debug"
	look status -J
	answered
	is '.status[0] | [.swiotlb_slots, .swiotlb_used, .dma_debug] | tostring' \
		'[null,null,"unknown"]'
	is '[.unread[].path] | index("/sys/kernel/debug") != null' true
	kernel_config "# CONFIG_DMA_API_DEBUG is not set"
	look status -J
	is '.status[0].dma_debug' not-built
}

@test "DMA channels" {
	machine channels
	look status -J
	is '.status[0].third_party_channels' 0
	mkdir -p "$M/sys/class/dma/dma0chan0" "$M/sys/class/dma/dma0chan1"
	look status -J
	is '.status[0].third_party_channels' 2
}

@test "a machine without PCI, without groups, without ACPI" {
	M=$BATS_TEST_TMPDIR/bare
	mkdir -p "$M"/sys/{bus/cpu,class/net,firmware/efi,kernel/mm}
	write "$M/dev/kmsg" ""
	for command in $(record_commands); do
		look "$command" -J
		answered_by "$command"
	done
	look devices -J
	is '.devices | length' 0
	look status -J
	is '.status[0].devices' 0
}

@test "names that are no addresses and no numbers are noted, and the rest is shown" {
	machine_vtd strange
	mkdir "$M/sys/bus/pci/devices/nonsense" "$M/sys/kernel/iommu_groups/many"
	look devices -J
	answered
	is '.devices | length' 4
	is '[.unread[].path] | index("/sys/bus/pci/devices/nonsense") != null' true
	look groups -J
	is '.groups | length' 4
	is '[.unread[].path] | index("/sys/kernel/iommu_groups/many") != null' true
}

@test "a member of a group that is no PCI function" {
	machine_vtd mixed
	ln -s ../../../../devices/platform/INT33A1:00 \
		"$M/sys/kernel/iommu_groups/10/devices/INT33A1:00"
	look groups -J 10
	answered
	is '.groups[0].devices | join(" ")' "0000:00:1f.6 INT33A1:00"
	is '.groups[0].owner' kernel
	mkdir -p "$M/sys/devices/platform/INT33A1:00"
	ln -s ../../../bus/platform/drivers/vfio-platform \
		"$M/sys/devices/platform/INT33A1:00/driver"
	look groups -J 10
	is '.groups[0].owner' mixed
	look groups 10
	[[ $output == *INT33A1:00*vfio-platform* ]]
}

@test "what is not mounted is unknown, never absent" {
	M=$BATS_TEST_TMPDIR/nothing
	mkdir -p "$M"/sys/{bus,class,firmware,kernel}
	look status -J
	answered
	is '.status[0] | [.iommu_state, .units, .groups, .devices, .bus_masters,
		.third_party_channels, .firmware_tables, .interrupt_remapping] | tostring' \
		'["unknown",null,null,null,null,null,null,null]'
	is '[.unread[].path] | index("/sys/class") != null' true
}

@test "a directory that is no snapshot is refused" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	run --separate-stderr "$DMASCOPE" --sysroot "$BATS_TEST_TMPDIR/empty" status
	refused
}
