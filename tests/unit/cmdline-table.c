// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests the table of kernel parameters: every line of it acts somewhere. */

#include "cmdline.h"

/* A machine of that architecture on which everything can act. */
static void make_rich(struct system *system, unsigned int arch, unsigned int release)
{
	static const char *const names[] = { "x86_64", "aarch64", "ppc64le", "s390x" };
	struct device *ats;

	make(system, "x86_64", "6.12.0");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (arch & 1u << i)
			system->host.arch = KNOWN_STR(names[i]);
	system->host.kernel = KNOWN_STR(
		arena_printf(&system->arena, "%u.%u.0", release >> 16, release & 0xffff));
	table(system, "DMAR");
	table(system, "IVRS");
	system->efi = system->sme = KNOWN_BOOL(true);
	device(system, "0000:00:02.0", 0x8086, 0x3e92, 0x030000, "i915");
	device(system, "0000:00:18.3", 0x1022, 0x1103, 0x060000, NULL);
	device(system, "0000:00:19.0", 0x1106, 0xb188, 0x060400, NULL);
	ats = device(system, "0000:00:1c.0", 0x8086, 0x10d3, 0x020000, "vfio-pci");
	ats->ats = KNOWN_ENUM(CAPABILITY_OFF);
	list_add(&system->arena, &ats->acs_supported.list, "SrcValid");
	device(system, "0000:00:1d.0", 0x8086, 0x10d4, 0x020000, "pci-stub");
	list_add(&system->arena, &system->thunderbolt,
		 arena_new(&system->arena, struct thunderbolt_domain));
}

/* Makes the machine do what an option says. */
static void obey(struct system *system, const struct kernel_parameter *parameter,
		 const struct parameter_option *option)
{
	static const char *const types[] = {
		[SET_TRANSLATED] = "DMA",
		[SET_IDENTITY] = "identity",
		[SET_STRICT] = "DMA",
		[SET_LAZY] = "DMA-FQ",
	};
	bool domain =
		option->setting == SETTING_DOMAIN || option->setting == SETTING_FLUSH;

	if (parameter->kconfig)
		config(system, parameter->kconfig, "y");
	if (option->kconfig)
		config(system, option->kconfig, "y");
	if (option->value != SET_OFF || option->setting > SETTING_AMD_VI ||
	    option->setting == SETTING_NONE) {
		unit(system, UNIT_INTEL_VTD);
		unit(system, UNIT_AMD_VI);
		unit(system, UNIT_ARM_SMMU);
		unit(system, UNIT_ARM_SMMU_V3);
		group(system, domain ? types[option->value] : "DMA");
	}
	if (option->setting == SETTING_INTERRUPTS && option->value == SET_ON)
		system->remapped_interrupts = KNOWN_BOOL(true);
	if (option->setting == SETTING_DEBUG)
		system->dma_api_disabled = KNOWN_BOOL(true);
	if (!(parameter->flags & PARAMETER_MODULE))
		return;
	if (parameter->form == FORM_IDS)
		loaded(system,
		       starts_with(parameter->name, "vfio") ? "vfio_pci" : "pci_stub");
	else
		reads(system, parameter->name,
		      streq(option->text, "1")	 ? "Y"
		      : streq(option->text, "0") ? "N"
						 : "32768");
}

/* A word with this option. */
static const char *word_of(struct system *system,
			   const struct kernel_parameter *parameter,
			   const struct parameter_option *option)
{
	const char *value = option->text;

	if (parameter->form == FORM_FLAG)
		return parameter->name;
	if (parameter->form == FORM_IDS)
		value = starts_with(parameter->name, "vfio") ? "8086:10d3" : "8086:10d4";
	else if (option->flags & OPTION_FUNCTIONS)
		value = arena_printf(&system->arena, "%s00:1c.0", option->text);
	else if (streq(value, "#"))
		value = "32768";
	else if (!*value)
		value = "some";
	return arena_printf(&system->arena, "%s=%s", parameter->name, value);
}

static unsigned int release_with(const struct parameter_option *option)
{
	if (option->since)
		return option->since;
	return option->until ? option->until - 1 : LINUX(6, 12);
}

/* One line of the table, on a machine where it can act. */
static void test_option(const struct kernel_parameter *parameter,
			const struct parameter_option *option)
{
	bool never = option->flags & OPTION_NEVER || parameter->flags & PARAMETER_PATCH;
	const struct parameter *found;
	const struct given *given;
	unsigned int arch = 1;
	struct system system;
	const char *word;

	while (parameter->arches && !(parameter->arches & arch))
		arch <<= 1;
	make_rich(&system, arch, release_with(option));
	/* "iommu.strict" of other machines than x86 stands behind that of x86. */
	if (parameter->arches == 0)
		system.host.arch = KNOWN_STR("aarch64");
	obey(&system, parameter, option);
	word = word_of(&system, parameter, option);
	add_words(&system, word);
	analyze_system(&system);
	given = system.command_line->given.items[0];
	found = system.parameters.count > 0 ? system.parameters.items[0] : NULL;
	OK(found && given->option && streq(given->option->text, option->text),
	   "%s: its line is found", word);
	if (found &&
	    !OK((found->effect.value == EFFECT_EFFECTIVE) == !never, "%s %s", word,
		never ? "never does anything" : "does something somewhere"))
		printf("# %s\n", found->why.value);
	system_free(&system);
}

static bool is_sound(const struct kernel_parameter *parameter,
		     const struct parameter_option *option)
{
	return option->does && !strpbrk(option->does, "\n\t") &&
	       option->does[strlen(option->does) - 1] != '.' &&
	       (option->maybe == 0 || option->maybe < option->since) &&
	       (!option->until || option->since < option->until) &&
	       (parameter->form != FORM_BOOL || streq(option->text, "1") ||
		streq(option->text, "0")) &&
	       !(option->flags & OPTION_OLD && !option->instead);
}

/* A suggestion is itself something that Linux knows. */
static bool is_known(const char *word)
{
	const char *equals = strchrnul(word, '=');
	const struct kernel_parameter *parameter =
		parameter_find(word, (size_t)(equals - word), ARCH_X86);
	const struct parameter_option *o = parameter ? parameter->options : NULL;

	for (; o && o->text; o++)
		if (!(o->flags & OPTION_NEVER) &&
		    parameter_option_fit(parameter, o, equals + 1, strlen(equals + 1)) >
			    0)
			return true;
	return false;
}

static void test_table(void)
{
	for (const struct kernel_parameter *p = kernel_parameters; p->name; p++) {
		size_t wrong = 0;

		for (const struct parameter_option *o = p->options; o->text; o++) {
			test_option(p, o);
			wrong += !is_sound(p, o);
			if (o->instead)
				OK(is_known(o->instead), "%s=%s: %s is known", p->name,
				   o->text, o->instead);
		}
		OK(p->options->text && wrong == 0, "%s: its options are sound", p->name);
		OK(!(p->flags & PARAMETER_MODULE) || (p->kconfig && strchr(p->name, '.')),
		   "%s: a module has an option that builds it", p->name);
		OK(parameter_find(p->name, strlen(p->name), p->arches) == p,
		   "%s: is found by its name", p->name);
	}
}

int main(void)
{
	test_table();
	return tap_end();
}
