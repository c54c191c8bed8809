// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests what kernel parameters do: the verdicts, and who has the last word. */

#include "cmdline.h"

static const struct {
	void (*make)(struct system *system);
	const char *cmdline, *word;
	enum parameter_effect effect;
	const char *why;     /* a part of it */
	const char *instead; /* all of it; NULL for nothing */
} cases[] = {
	/* What people write and Linux does not know. */
	{ intel_lazy, "iommu=on", "iommu=on", EFFECT_NONE, "no such option",
	  "intel_iommu=on" },
	{ amd_lazy, "iommu=on", "iommu=on", EFFECT_NONE, "AMD-Vi is on without", NULL },
	{ amd_lazy, "amd_iommu=on", "amd_iommu=on", EFFECT_NONE, "AMD-Vi is on without",
	  NULL },
	{ amd_strict, "amd_iommu=pt", "amd_iommu=pt", EFFECT_NONE, "no such option",
	  "iommu=pt" },
	{ intel_lazy, "iommu=strict", "iommu=strict", EFFECT_NONE, "no such option",
	  "iommu.strict=1" },
	{ intel_lazy, "intel_iommu=pt", "intel_iommu=pt", EFFECT_NONE, "no such option",
	  "iommu=pt" },
	{ amd_lazy, "iommu=force", "iommu=force", EFFECT_NONE, "GART", NULL },
	{ intel_lazy, "iommu=force", "iommu=force", EFFECT_NONE, "GART",
	  "intel_iommu=on" },
	{ intel_lazy, "iommu=1", "iommu=1", EFFECT_NONE, "GART", "intel_iommu=on" },
	{ intel_lazy, "pci=noacs", "pci=noacs", EFFECT_NONE, "no such option",
	  "pci=disable_acs_redir=BDF" },
	{ intel_lazy, "pcie_acs_override=downstream", "pcie_acs_override=downstream",
	  EFFECT_NONE, "Linux never took", NULL },
	{ proxmox, "pcie_acs_override=downstream", "pcie_acs_override=downstream",
	  EFFECT_UNKNOWN, "often have it", NULL },
	{ intel_lazy, "kvm.allow_unsafe_assigned_interrupts=1",
	  "kvm.allow_unsafe_assigned_interrupts=1", EFFECT_NONE, "KVM hands out",
	  "vfio_iommu_type1.allow_unsafe_interrupts=1" },

	/* Slips of the pen. */
	{ intel_lazy, "intel_iomu=on", "intel_iomu=on", EFFECT_NONE, "no such parameter",
	  "intel_iommu=on" },
	{ intel_lazy, "iommu.pasthrough=1", "iommu.pasthrough=1", EFFECT_NONE,
	  "no such parameter", "iommu.passthrough=1" },
	{ intel_lazy, "iommu_pt", "iommu_pt", EFFECT_NONE, "no such parameter",
	  "iommu=pt" },
	{ intel_lazy, "IOMMU=pt", "IOMMU=pt", EFFECT_NONE, "no such parameter",
	  "iommu=pt" },
	{ intel_lazy, "swoitlb=1024", "swoitlb=1024", EFFECT_NONE, "no such parameter",
	  "swiotlb=1024" },
	{ intel_lazy, "intel_iommu=igfx_of", "intel_iommu=igfx_of", EFFECT_NONE,
	  "no such value", "intel_iommu=igfx_off" },
	{ intel_lazy, "intel_iommu=on,iommu=pt", "intel_iommu=iommu=pt", EFFECT_NONE,
	  "no such value", "iommu=pt" },
	{ intel_lazy, "intel_iommu", "intel_iommu", EFFECT_NONE, "without '='",
	  "intel_iommu=on" },
	{ intel_lazy, "iommu=", "iommu", EFFECT_NONE, "no such value", NULL },
	{ intel_lazy, "iommu.strict=maybe", "iommu.strict=maybe", EFFECT_NONE,
	  "no truth value", NULL },
	{ intel_lazy, "intel_iommu=nonsense", "intel_iommu=nonsense", EFFECT_NONE,
	  "no such value", NULL },
	{ intel_lazy, "pci=nosats", "pci=nosats", EFFECT_NONE, "no such value",
	  "pci=noats" },

	/* The default domain. */
	{ intel_identity, "iommu=pt", "iommu=pt", EFFECT_EFFECTIVE,
	  "1 of 1 groups are identity", NULL },
	{ intel_identity, "iommu.passthrough=y", "iommu.passthrough=y", EFFECT_EFFECTIVE,
	  "1 of 1 groups are identity", NULL },
	{ intel_lazy, "iommu=pt iommu.passthrough=0", "iommu=pt", EFFECT_OVERRIDDEN,
	  "iommu.passthrough=0 further on", NULL },
	{ intel_lazy, "iommu=pt iommu.passthrough=0", "iommu.passthrough=0",
	  EFFECT_EFFECTIVE, "this kernel does so by itself", NULL },
	{ intel_lazy, "iommu=pt,nopt", "iommu=pt", EFFECT_OVERRIDDEN, "iommu=nopt",
	  NULL },
	{ intel_identity, "iommu=pt iommu=pt", "iommu=pt", EFFECT_EFFECTIVE,
	  "so does iommu=pt", NULL },
	{ intel_limited, "iommu=pt", "iommu=pt", EFFECT_OVERRIDDEN, "ECAP.PT", NULL },
	{ intel_lazy, "iommu=pt", "iommu=pt", EFFECT_OVERRIDDEN,
	  "but 1 of 1 groups are DMA-FQ", NULL },
	{ intel_off, "iommu=pt", "iommu=pt", EFFECT_NONE, "no IOMMU is in use", NULL },
	{ arm_strict, "iommu=pt", "iommu=pt", EFFECT_NONE, "on aarch64",
	  "iommu.passthrough=1" },
	{ intel_lazy, "iommu=usedac,pt", "iommu=pt", EFFECT_NONE,
	  "no further than usedac", NULL },

	/* Flushing. */
	{ intel_strict, "iommu.strict=1", "iommu.strict=1", EFFECT_EFFECTIVE,
	  "1 of 1 groups are DMA", NULL },
	{ intel_lazy, "iommu.strict=0", "iommu.strict=0", EFFECT_EFFECTIVE,
	  "CONFIG_IOMMU_DEFAULT_DMA_LAZY", NULL },
	{ intel_strict, "intel_iommu=strict", "intel_iommu=strict", EFFECT_EFFECTIVE,
	  "flushes at each", "iommu.strict=1" },
	{ amd_strict, "amd_iommu=fullflush", "amd_iommu=fullflush", EFFECT_EFFECTIVE,
	  "flushes at each", "iommu.strict=1" },
	{ amd_strict, "intel_iommu=strict", "intel_iommu=strict", EFFECT_EFFECTIVE,
	  "flushes at each", "iommu.strict=1" },
	{ intel_lazy, "intel_iommu=strict", "intel_iommu=strict", EFFECT_OVERRIDDEN,
	  "but 1 of 1 groups are DMA-FQ", NULL },
	{ intel_strict, "intel_iommu=strict iommu.strict=0", "iommu.strict=0",
	  EFFECT_OVERRIDDEN, "reads it later", NULL },
	{ intel_identity, "iommu.strict=1", "iommu.strict=1", EFFECT_NONE,
	  "nothing is mapped", NULL },
	{ intel_identity, "iommu.forcedac=1", "iommu.forcedac=1", EFFECT_NONE,
	  "nothing is mapped", NULL },
	{ intel_emulated, "iommu.strict=0", "iommu.strict=0", EFFECT_OVERRIDDEN,
	  "emulated", NULL },
	{ intel_emulated, "iommu.strict=1", "iommu.strict=1", EFFECT_EFFECTIVE,
	  "by itself", NULL },
	{ intel_5_10, "iommu.strict=1", "iommu.strict=1", EFFECT_NONE, "since 5.15",
	  "intel_iommu=strict" },
	{ intel_5_14, "iommu.strict=1", "iommu.strict=1", EFFECT_UNKNOWN, "may have it",
	  NULL },
	{ intel_red_hat, "iommu.strict=1", "iommu.strict=1", EFFECT_EFFECTIVE,
	  "1 of 1 groups are DMA", NULL },
	{ intel_5_10, "intel_iommu=strict", "intel_iommu=strict", EFFECT_EFFECTIVE,
	  "flushes", NULL },
	{ arm_strict, "iommu.strict=on", "iommu.strict=on", EFFECT_EFFECTIVE,
	  "by itself (CONFIG_IOMMU_DEFAULT_DMA_STRICT)", NULL },

	/* Units. */
	{ intel_lazy, "intel_iommu=on", "intel_iommu=on", EFFECT_EFFECTIVE,
	  "by itself (CONFIG_INTEL_IOMMU_DEFAULT_ON)", NULL },
	{ intel_lazy, "intel-iommu=on", "intel-iommu=on", EFFECT_EFFECTIVE,
	  "1 unit in /sys", NULL },
	{ intel_debian, "intel_iommu=on", "intel_iommu=on", EFFECT_EFFECTIVE,
	  "INTGPU_OFF", NULL },
	{ intel_graphics, "intel_iommu=on", "intel_iommu=on", EFFECT_EFFECTIVE,
	  "integrated graphics too", NULL },
	{ amd_lazy, "intel_iommu=on", "intel_iommu=on", EFFECT_NONE, "no VT-d", NULL },
	{ without, "intel_iommu=on", "intel_iommu=on", EFFECT_NONE, "no VT-d", NULL },
	{ intel_off, "intel_iommu=off", "intel_iommu=off", EFFECT_EFFECTIVE, "keeps VT-d",
	  NULL },
	{ intel_lazy, "intel_iommu=off intel_iommu=on", "intel_iommu=off",
	  EFFECT_OVERRIDDEN, "intel_iommu=on further on", NULL },
	{ intel_lazy, "intel_iommu=off", "intel_iommu=off", EFFECT_OVERRIDDEN,
	  "but 1 unit", NULL },
	{ intel_off, "intel_iommu=on iommu=off", "intel_iommu=on", EFFECT_OVERRIDDEN,
	  "iommu=off leaves every", NULL },
	{ intel_off, "intel_iommu=on", "intel_iommu=on", EFFECT_OVERRIDDEN, "kernel log",
	  NULL },
	{ intel_off, "iommu=off", "iommu=off", EFFECT_EFFECTIVE, "every IOMMU", NULL },
	{ intel_limited, "intel_iommu=sm_on", "intel_iommu=sm_on", EFFECT_NONE,
	  "ECAP.SMTS", NULL },
	{ intel_lazy, "intel_iommu=sm_on", "intel_iommu=sm_on", EFFECT_EFFECTIVE,
	  "scalable", NULL },
	{ arm_strict, "intel_iommu=on", "intel_iommu=on", EFFECT_NONE, "on aarch64",
	  NULL },
	{ amd_6_1, "amd_iommu=irtcachedis", "amd_iommu=irtcachedis", EFFECT_UNKNOWN,
	  "may have it", NULL },
	{ amd_6_1, "pci=config_acs=1@00:01.0", "pci=config_acs=1@00:01.0", EFFECT_NONE,
	  "since 6.11", NULL },
	{ intel_unread, "intel_iommu=on", "intel_iommu=on", EFFECT_OVERRIDDEN,
	  "kernel log", NULL },
	{ intel_unread, "iommu.strict=1", "iommu.strict=1", EFFECT_NONE,
	  "no IOMMU is in use", NULL },

	{ intel_lazy, "intel_iommu=igfx_off", "intel_iommu=igfx_off", EFFECT_NONE,
	  "no graphics device", NULL },
	{ intel_graphics, "intel_iommu=igfx_off", "intel_iommu=igfx_off",
	  EFFECT_EFFECTIVE, "graphics off", NULL },

	/* Interrupts. */
	{ intel_off, "intremap=off", "intremap=off", EFFECT_EFFECTIVE, "/proc/interrupts",
	  NULL },
	{ intel_off, "nointremap", "nointremap", EFFECT_EFFECTIVE, "/proc/interrupts",
	  NULL },
	{ intel_lazy, "nointremap intremap=on", "nointremap", EFFECT_OVERRIDDEN,
	  "intremap=on", NULL },
	{ intel_lazy, "intremap=off", "intremap=off", EFFECT_OVERRIDDEN, "IR-*", NULL },
	{ without, "intremap=on", "intremap=on", EFFECT_NONE, "neither VT-d nor", NULL },
	{ amd_lazy, "intremap=nosid", "intremap=nosid", EFFECT_NONE, "no VT-d", NULL },

	/* Bounce buffers and debugging. */
	{ bounced, "swiotlb=65536", "swiotlb=65536", EFFECT_EFFECTIVE, "65536 slots",
	  NULL },
	{ bounced, "swiotlb=0x10000", "swiotlb=0x10000", EFFECT_EFFECTIVE, "65536 slots",
	  NULL },
	{ bounced, "swiotlb=65500", "swiotlb=65500", EFFECT_EFFECTIVE, "65536 slots",
	  NULL },
	{ bounced, "swiotlb=1024 swiotlb=65536", "swiotlb=1024", EFFECT_OVERRIDDEN,
	  "swiotlb=65536 further on", NULL },
	{ bounced, "swiotlb=1024", "swiotlb=1024", EFFECT_OVERRIDDEN, "but the pool",
	  NULL },
	{ bounced, "swiotlb=65536,force", "swiotlb=force", EFFECT_EFFECTIVE,
	  "every transfer", NULL },
	{ bounced, "swiotlb=force,65536", "swiotlb=force", EFFECT_NONE, "at the end",
	  NULL },
	{ intel_unread, "swiotlb=65536", "swiotlb=65536", EFFECT_UNKNOWN, "debugfs",
	  NULL },
	{ without, "dma_debug=off", "dma_debug=off", EFFECT_NONE, "CONFIG_DMA_API_DEBUG",
	  NULL },
	{ debugged, "dma_debug=off", "dma_debug=off", EFFECT_EFFECTIVE, "from recording",
	  NULL },
	{ debugged, "dma_debug_entries=100 dma_debug_entries=200",
	  "dma_debug_entries=100", EFFECT_OVERRIDDEN, "dma_debug_entries=200", NULL },
	{ without, "cma=64M", "cma=64M", EFFECT_NONE, "CONFIG_DMA_CMA", NULL },
	{ intel_unread, "cma=64M", "cma=64M", EFFECT_UNKNOWN, "CONFIG_DMA_CMA", NULL },

	/* Modules, and functions that parameters name. */
	{ with_vfio, "vfio-pci.ids=10de:1b80,10de:10f0", "vfio-pci.ids=10de:1b80",
	  EFFECT_EFFECTIVE, "0000:01:00.0 is bound to vfio-pci", NULL },
	{ with_vfio, "vfio-pci.ids=10de:1b80,10de:10f0", "vfio-pci.ids=10de:10f0",
	  EFFECT_OVERRIDDEN, "0000:01:00.1 is bound to snd_hda_intel", NULL },
	{ with_vfio, "vfio_pci.ids=8086:10d3", "vfio_pci.ids=8086:10d3",
	  EFFECT_OVERRIDDEN, "0000:02:00.0 has no driver", NULL },
	{ with_vfio, "vfio-pci.ids=8086:ffff", "vfio-pci.ids=8086:ffff", EFFECT_NONE,
	  "no PCI function", NULL },
	{ with_vfio, "vfio-pci.ids=nvidia", "vfio-pci.ids=nvidia", EFFECT_NONE,
	  "no identifier", NULL },
	{ with_vfio, "vfio-pci.ids=10de:1b80 vfio-pci.ids=8086:10d3",
	  "vfio-pci.ids=10de:1b80", EFFECT_OVERRIDDEN, "vfio-pci.ids=8086:10d3", NULL },
	{ intel_lazy, "vfio-pci.ids=10de:1b80", "vfio-pci.ids=10de:1b80", EFFECT_NONE,
	  "vfio_pci is not loaded", NULL },
	{ with_vfio, "vfio-pci.disable_vga=1", "vfio-pci.disable_vga=1",
	  EFFECT_OVERRIDDEN, "reads N", NULL },
	{ with_vfio, "vfio-pci.disable_vga=0", "vfio-pci.disable_vga=0", EFFECT_EFFECTIVE,
	  "reads N", NULL },
	{ with_vfio, "vfio-pci.enable_sriov", "vfio-pci.enable_sriov", EFFECT_NONE,
	  "has no such parameter", NULL },
	{ with_vfio, "vfio_iommu_type1.dma_entry_limit=0xffff",
	  "vfio_iommu_type1.dma_entry_limit=0xffff", EFFECT_EFFECTIVE, "reads 65535",
	  NULL },
	{ with_vfio, "vfio_iommu_type1.allow_unsafe_interrupts=1",
	  "vfio_iommu_type1.allow_unsafe_interrupts=1", EFFECT_NONE,
	  "interrupts are remapped", NULL },
	{ unsafe_interrupts, "vfio_iommu_type1.allow_unsafe_interrupts=1",
	  "vfio_iommu_type1.allow_unsafe_interrupts=1", EFFECT_EFFECTIVE, "reads Y",
	  NULL },
	{ with_vfio, "vfio.nonsense=1", "vfio.nonsense=1", EFFECT_UNKNOWN,
	  "knows no such parameter", NULL },
	{ with_vfio, "thunderbolt.dyndbg=+p", "thunderbolt.dyndbg=+p", EFFECT_EFFECTIVE,
	  "kernel log", NULL },
	{ with_vfio, "pci=disable_acs_redir=00:1c.0", "pci=disable_acs_redir=00:1c.0",
	  EFFECT_EFFECTIVE, "1 of them", NULL },
	{ with_vfio, "pci=disable_acs_redir=00:1c.0/00.0",
	  "pci=disable_acs_redir=00:1c.0/00.0", EFFECT_NONE, "no ACS", NULL },
	{ with_vfio, "pci=disable_acs_redir=pci:8086:a110;00:1e.0",
	  "pci=disable_acs_redir=pci:8086:a110;00:1e.0", EFFECT_EFFECTIVE,
	  "but there is no PCI function 00:1e.0", NULL },
	{ with_vfio, "pci=config_acs=10x@0000:00:1c.0", "pci=config_acs=10x@0000:00:1c.0",
	  EFFECT_EFFECTIVE, "1 of them", NULL },
	{ with_vfio, "pci=disable_acs_redir=", "pci=disable_acs_redir=", EFFECT_NONE,
	  "names no PCI function", NULL },
	{ intel_lazy, "pci=noats", "pci=noats", EFFECT_NONE, "has ATS", NULL },
	{ without, "mem_encrypt=on", "mem_encrypt=on", EFFECT_NONE, "sme in", NULL },
	{ without, "efi=disable_early_pci_dma", "efi=disable_early_pci_dma", EFFECT_NONE,
	  "not UEFI", NULL },
};

static void test_verdicts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct parameter *found;
		struct system system;
		bool as_wanted;

		cases[i].make(&system);
		add_words(&system, cases[i].cmdline);
		analyze_system(&system);
		found = find_parameter(&system, cases[i].word);
		as_wanted =
			found && found->effect.value == (int)cases[i].effect &&
			strstr(found->why.value, cases[i].why) &&
			(cases[i].instead ? known_str(found->instead, cases[i].instead)
					  : found->instead.state == FACT_ABSENT);
		OK(as_wanted, "%s: %s is %s: %s", cases[i].cmdline, cases[i].word,
		   parameter_effect_names[cases[i].effect].name, cases[i].why);
		if (found && !as_wanted)
			printf("# case %zu: it is %s: %s; instead %s\n", i,
			       parameter_effect_names[found->effect.value].name,
			       found->why.value,
			       known_text(found->instead) ? found->instead.value : "-");
		system_free(&system);
	}
}

/* What has nothing to do with DMA is not shown. */
static void test_silence(void)
{
	static const char *const cmdlines[] = {
		"",
		"BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet splash",
		"pci=nocrs,noaer efi=debug agp=try_unsupported",
		"vm_debug nmi_debug=1 psi=1 pti=on acpi=off cgroup_disable=memory",
		"kvm.ignore_msrs=1 kvm_amd.debug_swap=0 xhci_pci.dyndbg=+p",
		"-- iommu=pt",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cmdlines); i++) {
		struct system system;

		intel_lazy(&system);
		add_words(&system, cmdlines[i]);
		analyze_system(&system);
		IS(system.parameters.count, 0, "«%s» is not about DMA", cmdlines[i]);
		system_free(&system);
	}
}

/* Whether without it the machine would do otherwise. */
static void needed_is(void (*make_it)(struct system *system), const char *cmdline,
		      const char *word, struct fact_bool wanted)
{
	const struct parameter *found;
	struct system system;

	make_it(&system);
	add_words(&system, cmdline);
	analyze_system(&system);
	found = find_parameter(&system, word);
	OK(found && found->needed.state == wanted.state &&
		   found->needed.value == wanted.value,
	   "%s: whether %s is needed", cmdline, word);
	system_free(&system);
}

static void test_needed(void)
{
	const struct fact_bool unread = { 0 };

	needed_is(intel_lazy, "intel_iommu=on", "intel_iommu=on", KNOWN_BOOL(false));
	needed_is(intel_graphics, "intel_iommu=on", "intel_iommu=on", KNOWN_BOOL(true));
	needed_is(intel_strict, "iommu.strict=1", "iommu.strict=1", KNOWN_BOOL(true));
	needed_is(intel_emulated, "iommu.strict=1", "iommu.strict=1", KNOWN_BOOL(false));
	needed_is(intel_identity, "iommu=pt", "iommu=pt", KNOWN_BOOL(true));
	needed_is(intel_identity, "iommu=pt iommu=pt", "iommu=pt", KNOWN_BOOL(false));
	needed_is(amd_lazy, "amd_iommu=on", "amd_iommu=on", KNOWN_BOOL(false));
	needed_is(intel_off, "intremap=off", "intremap=off", KNOWN_BOOL(true));
	needed_is(bounced, "swiotlb=65536", "swiotlb=65536", unread);
}

static void guess_is(const char *word, const char *wanted)
{
	char guess[128];
	bool found = parameter_guess(word, strlen(word), guess, sizeof(guess));

	IS_TEXT(found ? guess : NULL, wanted, "%s may be %s", word,
		wanted ? wanted : "anything");
}

static void test_guesses(void)
{
	guess_is("intel_iommo=on", "intel_iommu=on");
	guess_is("intel-iomu=on", "intel_iommu=on");
	guess_is("itnel_iommu=on", "intel_iommu=on");
	guess_is("amdiommu=off", "amd_iommu=off");
	guess_is("iommu.strikt=1", "iommu.strict=1");
	guess_is("iommu-pt", "iommu=pt");
	guess_is("intel_iommu_on", "intel_iommu=on");
	guess_is("iommu.strict1", "iommu.strict=1");
	guess_is("vfio-pci.id=8086:1", "vfio-pci.ids=8086:1");
	guess_is("PCIE_ACS_OVERRIDE=downstream", "pcie_acs_override=downstream");
	guess_is("vm_debug", NULL);
	guess_is("quiet", NULL);
	guess_is("root=/dev/sda1", NULL);
	guess_is("cca=1", NULL);
	guess_is("", NULL);
	guess_is("=", NULL);
	guess_is("=pt", NULL);
	guess_is("a_name_that_is_longer_than_any_parameter_of_linux_ever_was_so_far_and_"
		 "on=1",
		 NULL);
}

int main(void)
{
	test_verdicts();
	test_silence();
	test_needed();
	test_guesses();
	return tap_end();
}
