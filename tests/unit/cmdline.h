/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines made of facts, without any file, for tests of kernel parameters. */
#pragma once

#include "analyze/analyze.h"
#include "analyze/given.h"
#include "spec/cmdline.h"
#include "tap.h"

static inline void add_words(struct system *system, const char *cmdline)
{
	struct arena *arena = &system->arena;
	struct cmdline_word word;

	system->cmdline = KNOWN_STR(cmdline);
	system->arguments = (struct list){ 0 };
	while (cmdline_next(&cmdline, &word)) {
		struct kernel_argument *argument =
			arena_new(arena, struct kernel_argument);

		argument->word = arena_strndup(arena, word.start, word.length);
		argument->name = arena_strndup(arena, word.name, word.name_length);
		if (word.value)
			argument->value =
				arena_strndup(arena, word.value, word.value_length);
		list_add(arena, &system->arguments, argument);
	}
}

/* Everything could be looked at, and nothing is there. */
static inline void make(struct system *system, const char *arch, const char *kernel)
{
	*system = (struct system){ 0 };
	system->host.arch = KNOWN_STR(arch);
	system->host.kernel = KNOWN_STR(kernel);
	system->kconfig = KNOWN_STR("/boot/config");
	system->devices_state = system->groups_state = system->units_state = FACT_KNOWN;
	system->tables_state = system->modules_state = FACT_KNOWN;
	system->thunderbolt_state = FACT_KNOWN;
	system->remapped_interrupts = KNOWN_BOOL(false);
	system->efi = system->sme = system->hypervisor = KNOWN_BOOL(false);
	system->devicetree = KNOWN_BOOL(false);
	system->swiotlb_slots = KNOWN_U64(32768);
	system->dma_api_disabled.state = FACT_ABSENT;
	add_words(system, "");
}

static inline void config(struct system *system, const char *name, const char *value)
{
	struct kconfig_option *option = arena_new(&system->arena, struct kconfig_option);

	option->name = name;
	option->value = value;
	list_add(&system->arena, &system->kconfig_options, option);
}

static inline void table(struct system *system, const char *signature)
{
	struct firmware_table *added = arena_new(&system->arena, struct firmware_table);

	added->signature = added->file = signature;
	list_add(&system->arena, &system->tables, added);
}

static inline struct unit *unit(struct system *system, enum unit_kind kind)
{
	struct unit *added = arena_new(&system->arena, struct unit);

	added->name = arena_printf(&system->arena, "unit%zu", system->units.count);
	added->kind = KNOWN_ENUM(kind);
	added->ecap = KNOWN_U64(1ull << 43 | 1ull << 6);
	added->caching_mode = KNOWN_BOOL(false);
	list_add(&system->arena, &system->units, added);
	return added;
}

static inline void group(struct system *system, const char *type)
{
	struct group *added = arena_new(&system->arena, struct group);

	added->id = KNOWN_U64(system->groups.count);
	added->type = KNOWN_STR(type);
	added->name.state = FACT_ABSENT;
	added->devices.state = FACT_KNOWN;
	list_add(&system->arena, &system->groups, added);
}

static inline struct device *device(struct system *system, const char *bdf,
				    uint64_t vendor, uint64_t id, uint64_t class,
				    const char *driver)
{
	struct device *added = arena_new(&system->arena, struct device);

	added->bdf = bdf;
	parse_pci_address(bdf, &added->address);
	added->vendor_id = KNOWN_U64(vendor);
	added->device_id = KNOWN_U64(id);
	added->class_id = KNOWN_U64(class);
	added->driver.state = driver ? FACT_KNOWN : FACT_ABSENT;
	added->driver.value = driver;
	added->ats = added->pasid = KNOWN_ENUM(CAPABILITY_ABSENT);
	added->acs_supported.state = FACT_KNOWN;
	added->upstream.state = added->group.state = FACT_ABSENT;
	list_add(&system->arena, &system->devices, added);
	return added;
}

static inline void loaded(struct system *system, const char *module)
{
	list_add(&system->arena, &system->modules, module);
}

static inline void reads(struct system *system, const char *name, const char *value)
{
	struct module_parameter *added =
		arena_new(&system->arena, struct module_parameter);
	char module[32];

	added->known = parameter_find(name, strlen(name), 0);
	parameter_module(added->known, module, sizeof(module), &added->name);
	added->module = arena_strdup(&system->arena, module);
	added->value =
		value ? KNOWN_STR(value) : (struct fact_str){ .state = FACT_ABSENT };
	list_add(&system->arena, &system->module_parameters, added);
	loaded(system, added->module);
}

/* VT-d as on most machines: on by default, lazy by default. */
static inline void make_intel(struct system *system, const char *type)
{
	make(system, "x86_64", "6.12.0");
	table(system, "DMAR");
	unit(system, UNIT_INTEL_VTD);
	group(system, type);
	config(system, "INTEL_IOMMU", "y");
	config(system, "AMD_IOMMU", "y");
	config(system, "IRQ_REMAP", "y");
	config(system, "INTEL_IOMMU_DEFAULT_ON", "y");
	config(system, "IOMMU_DEFAULT_DMA_LAZY", "y");
	system->remapped_interrupts = KNOWN_BOOL(true);
}

static inline void intel_lazy(struct system *system)
{
	make_intel(system, "DMA-FQ");
}

static inline void intel_strict(struct system *system)
{
	make_intel(system, "DMA");
}

static inline void intel_identity(struct system *system)
{
	make_intel(system, "identity");
}

/* The firmware describes VT-d, and the kernel does not use it. */
static inline void intel_off(struct system *system)
{
	intel_lazy(system);
	system->units.count = system->groups.count = 0;
	system->remapped_interrupts = KNOWN_BOOL(false);
}

static inline void intel_emulated(struct system *system)
{
	intel_strict(system);
	((struct unit *)system->units.items[0])->caching_mode = KNOWN_BOOL(true);
}

/* No unit can pass addresses through, and none has scalable mode. */
static inline void intel_limited(struct system *system)
{
	intel_strict(system);
	((struct unit *)system->units.items[0])->ecap = KNOWN_U64(0);
}

static inline void intel_5_10(struct system *system)
{
	intel_strict(system);
	system->host.kernel = KNOWN_STR("5.10.0-30-amd64");
}

static inline void intel_5_14(struct system *system)
{
	intel_strict(system);
	system->host.kernel = KNOWN_STR("5.14.0");
}

static inline void intel_red_hat(struct system *system)
{
	intel_strict(system);
	system->host.kernel = KNOWN_STR("4.18.0-553.el8_10.x86_64");
}

static inline void intel_debian(struct system *system)
{
	make(system, "x86_64", "6.12.0");
	table(system, "DMAR");
	unit(system, UNIT_INTEL_VTD);
	group(system, "DMA-FQ");
	config(system, "INTEL_IOMMU", "y");
	config(system, "INTEL_IOMMU_DEFAULT_ON", "n");
	config(system, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF", "y");
}

static inline void intel_graphics(struct system *system)
{
	intel_debian(system);
	device(system, "0000:00:02.0", 0x8086, 0x3e92, 0x030000, "i915");
}

/* Nothing but what everybody may read, and no configuration. */
static inline void intel_unread(struct system *system)
{
	make(system, "x86_64", "6.12.0");
	system->kconfig = (struct fact_str){ .state = FACT_DENIED };
	system->tables_state = FACT_DENIED;
	system->remapped_interrupts.state = FACT_UNREAD;
	system->swiotlb_slots.state = FACT_DENIED;
	system->devices_state = FACT_UNREAD;
	system->modules_state = FACT_UNREAD;
	system->host.kernel.state = FACT_UNREAD;
}

static inline void make_amd(struct system *system, const char *type)
{
	make(system, "x86_64", "6.12.0");
	table(system, "IVRS");
	unit(system, UNIT_AMD_VI);
	group(system, type);
	config(system, "INTEL_IOMMU", "y");
	config(system, "AMD_IOMMU", "y");
	config(system, "IRQ_REMAP", "y");
	config(system, "IOMMU_DEFAULT_DMA_LAZY", "y");
	system->remapped_interrupts = KNOWN_BOOL(true);
}

static inline void amd_lazy(struct system *system)
{
	make_amd(system, "DMA-FQ");
}

static inline void amd_strict(struct system *system)
{
	make_amd(system, "DMA");
}

static inline void amd_6_1(struct system *system)
{
	amd_lazy(system);
	system->host.kernel = KNOWN_STR("6.1.0-26-amd64");
}

static inline void arm_strict(struct system *system)
{
	make(system, "aarch64", "6.12.0");
	unit(system, UNIT_ARM_SMMU_V3);
	group(system, "DMA");
	config(system, "IOMMU_DEFAULT_DMA_STRICT", "y");
	system->remapped_interrupts.state = FACT_ABSENT;
	system->sme.state = FACT_ABSENT;
}

static inline void without(struct system *system)
{
	make(system, "x86_64", "6.12.0");
	config(system, "DMA_API_DEBUG", "n");
	config(system, "DMA_CMA", "n");
}

static inline void proxmox(struct system *system)
{
	intel_lazy(system);
	system->host.kernel = KNOWN_STR("6.8.12-4-pve");
}

/* Graphics for guests: one function is VFIO's, the other one the kernel's. */
static inline void with_vfio(struct system *system)
{
	struct device *port;

	intel_lazy(system);
	loaded(system, "vfio_pci");
	reads(system, "vfio-pci.disable_vga", "N");
	reads(system, "vfio-pci.enable_sriov", NULL);
	reads(system, "vfio_iommu_type1.allow_unsafe_interrupts", "Y");
	reads(system, "vfio_iommu_type1.dma_entry_limit", "65535");
	device(system, "0000:01:00.0", 0x10de, 0x1b80, 0x030000, "vfio-pci");
	device(system, "0000:01:00.1", 0x10de, 0x10f0, 0x040300, "snd_hda_intel");
	device(system, "0000:02:00.0", 0x8086, 0x10d3, 0x020000, NULL);
	port = device(system, "0000:00:1c.0", 0x8086, 0xa110, 0x060400, "pcieport");
	list_add(&system->arena, &port->acs_supported.list, "SrcValid");
	((struct device *)system->devices.items[0])->upstream_ref = port;
	qsort(system->devices.items, system->devices.count, sizeof(void *),
	      device_compare);
}

static inline void unsafe_interrupts(struct system *system)
{
	with_vfio(system);
	system->remapped_interrupts = KNOWN_BOOL(false);
}

static inline void bounced(struct system *system)
{
	without(system);
	system->swiotlb_slots = KNOWN_U64(65536);
}

static inline void debugged(struct system *system)
{
	make(system, "x86_64", "6.12.0");
	config(system, "DMA_API_DEBUG", "y");
	system->dma_api_disabled = KNOWN_BOOL(true);
}

static inline const struct parameter *find_parameter(const struct system *system,
						     const char *word)
{
	char text[256];

	LIST_FOR_EACH (&system->parameters, const struct parameter, parameter) {
		snprintf(text, sizeof(text), "%s%s%s", parameter->name,
			 parameter->value ? "=" : "",
			 parameter->value ? parameter->value : "");
		if (streq(text, word))
			return parameter;
	}
	return NULL;
}
