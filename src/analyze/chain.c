// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All that led to a device's translation, step by step.
 *
 * The first steps are the same for every device and are made once: what the kernel was
 * built for, what the command line says, what the firmware asks for. They come to an
 * expectation. Where a group has something else, the rules are looked through by which
 * Linux treats single devices otherwise; what none of them explains is said to be so.
 */

#include "analyze/analyze.h"
#include "analyze/given.h"

#include "base/bits.h"
#include "spec/vtd.h"

#define NO_TRANSLATION ((struct fact_enum){ .state = FACT_ABSENT })

struct chain {
	struct system *system;
	struct list common;	   /* struct translation_step, shared by all devices */
	struct fact_enum expected; /* the translation that it leads to, where known */
};

static void add_step(struct system *system, struct list *steps, const char *step,
		     struct fact_enum translation, const char *path, const char *fact)
{
	struct translation_step *added =
		arena_new(&system->arena, struct translation_step);

	*added = (struct translation_step){
		.step = step,
		.translation = translation,
		.fact = fact,
		.path = path,
		.text = path ? arena_printf(&system->arena, "%s (%s)", fact, path) : fact,
	};
	list_add(&system->arena, steps, added);
}

static const char *kconfig_text(struct system *system, struct built_default built,
				const char *says)
{
	bool set = streq(built.is, "y");

	return arena_printf(&system->arena, "CONFIG_%s%s: %s", built.option,
			    set ? "=y" : " is not set", says);
}

/* What a domain and a way to flush make together, as far as both are known. */
static struct fact_enum translation_of(enum setting_value domain, bool flush_known,
				       enum setting_value flush)
{
	if (domain == SET_IDENTITY)
		return KNOWN_ENUM(TRANSLATION_IDENTITY);
	if (domain != SET_TRANSLATED || !flush_known)
		return (struct fact_enum){ .state = FACT_UNREAD };
	return KNOWN_ENUM(flush == SET_STRICT ? TRANSLATION_STRICT : TRANSLATION_LAZY);
}

static void add_built(struct chain *chain)
{
	struct system *system = chain->system;
	struct built_default domain = built_default(system, SETTING_DOMAIN);
	struct built_default flush = built_default(system, SETTING_FLUSH);
	struct built_default vtd = built_default(system, SETTING_VTD);
	const char *path = known_text(system->kconfig);
	struct fact_bool has_vtd = subject_is_there(system, ON_VTD);

	chain->expected = translation_of(domain.value, flush.option != NULL, flush.value);
	if (!domain.option)
		add_step(system, &chain->common, "kernel", NO_TRANSLATION, path,
			 "what the kernel does by default could not be read from its "
			 "configuration");
	else
		add_step(system, &chain->common, "kernel", chain->expected, path,
			 domain.value == SET_IDENTITY
				 ? kconfig_text(system, domain,
						"addresses pass through by default")
			 : flush.option
				 ? kconfig_text(system, flush,
						flush.value == SET_STRICT
							? "translated by default, "
							  "flushed at each unmapping"
							: "translated by default, "
							  "flushed in batches")
				 : kconfig_text(system, domain, "translated by default"));
	if (known_true(has_vtd) && vtd.option)
		add_step(system, &chain->common, "kernel",
			 vtd.value == SET_OFF ? KNOWN_ENUM(TRANSLATION_NONE)
					      : chain->expected,
			 path,
			 kconfig_text(system, vtd,
				      vtd.value == SET_OFF ? "VT-d is off by default"
							   : "VT-d is on by default"));
}

/* Parameters that decide, in the order of the command line. */
static void add_parameters(struct chain *chain)
{
	static const enum setting settings[] = { SETTING_IOMMU, SETTING_VTD,
						 SETTING_AMD_VI, SETTING_DOMAIN,
						 SETTING_FLUSH };
	struct system *system = chain->system;
	const struct given *domain = given_decider(system, SETTING_DOMAIN);
	const struct given *flush = given_decider(system, SETTING_FLUSH);
	struct built_default built_domain = built_default(system, SETTING_DOMAIN);
	struct built_default built_flush = built_default(system, SETTING_FLUSH);
	size_t before = chain->common.count;

	chain->expected =
		translation_of(domain ? domain->option->value : built_domain.value,
			       flush || built_flush.option,
			       flush ? flush->option->value : built_flush.value);
	if (system->cmdline.state != FACT_KNOWN) {
		chain->expected.state = FACT_UNREAD;
		add_step(system, &chain->common, "command-line", NO_TRANSLATION,
			 "/proc/cmdline", "what it says could not be read");
		return;
	}
	LIST_FOR_EACH (&system->command_line->given, const struct given, given) {
		bool off, decides = false;

		for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
			decides |= given_decider(system, settings[i]) == given;
		if (!decides)
			continue;
		off = given->option->value == SET_OFF;
		add_step(system, &chain->common, "command-line",
			 off ? KNOWN_ENUM(TRANSLATION_NONE) : chain->expected,
			 "/proc/cmdline",
			 arena_printf(&system->arena, "%s %s", given_text(system, given),
				      given->option->does));
	}
	if (chain->common.count == before)
		add_step(system, &chain->common, "command-line", NO_TRANSLATION,
			 "/proc/cmdline", "no parameter changes that");
}

/*
 * VT-d 8.1, DMA_CTRL_PLATFORM_OPT_IN_FLAG. Linux then uses a VT-d that is off by default,
 * where a port leads out of the machine: for what is not trusted it translates, the rest
 * passes through.
 */
static void add_opt_in(struct chain *chain)
{
	struct system *system = chain->system;
	struct built_default vtd = built_default(system, SETTING_VTD);
	bool off = vtd.option && vtd.value == SET_OFF &&
		   !given_decided(system, SETTING_VTD, SET_ON);

	LIST_FOR_EACH (&system->tables, const struct firmware_table, table) {
		const struct layout_node *header = table->decoded.header;

		if (!streq(table->signature, "DMAR"))
			continue;
		if (!header) {
			add_step(system, &chain->common, "firmware", NO_TRANSLATION,
				 table->file,
				 "whether it asks for protection against devices could "
				 "not be read");
			continue;
		}
		if (!layout_value(header, "dma_ctrl_platform_opt_in_flag", 0))
			continue;
		if (off && system->units.count > 0) {
			chain->expected = KNOWN_ENUM(TRANSLATION_IDENTITY);
			add_step(system, &chain->common, "firmware", chain->expected,
				 table->file,
				 "DMA_CTRL_PLATFORM_OPT_IN_FLAG has Linux use VT-d, for "
				 "devices that are not trusted");
		} else {
			add_step(system, &chain->common, "firmware", NO_TRANSLATION,
				 table->file,
				 "DMA_CTRL_PLATFORM_OPT_IN_FLAG asks for protection "
				 "against devices");
		}
	}
}

static void add_emulated(struct chain *chain)
{
	struct system *system = chain->system;

	if (!has_caching_mode(system))
		return;
	if (chain->expected.state == FACT_KNOWN &&
	    chain->expected.value == TRANSLATION_LAZY)
		chain->expected.value = TRANSLATION_STRICT;
	add_step(system, &chain->common, "unit", chain->expected, "/sys/class/iommu",
		 "the units are emulated (caching mode, NpCache), which Linux flushes at "
		 "each unmapping");
}

/* Where settings do not tell what to expect, most groups do. */
static void add_majority(struct chain *chain)
{
	static const enum translation meant[] = {
		[DEFAULT_STRICT] = TRANSLATION_STRICT,
		[DEFAULT_LAZY] = TRANSLATION_LAZY,
		[DEFAULT_IDENTITY] = TRANSLATION_IDENTITY,
	};
	const struct status *status = &chain->system->status;

	if (chain->expected.state == FACT_KNOWN ||
	    status->default_domain.state != FACT_KNOWN)
		return;
	chain->expected = KNOWN_ENUM((int)meant[status->default_domain.value]);
	add_step(chain->system, &chain->common, "group", chain->expected,
		 "/sys/kernel/iommu_groups", status->default_domain_why.value);
}

static struct chain begin(struct system *system)
{
	struct chain chain = { .system = system };

	add_built(&chain);
	add_parameters(&chain);
	add_opt_in(&chain);
	add_emulated(&chain);
	add_majority(&chain);
	return chain;
}

/* Rules by which Linux treats single devices otherwise than it does by default. */
struct rule {
	enum translation translation;
	bool (*applies)(const struct system *system, const struct device *device);
	const char *fact;
};

static bool is_kind(const struct device *device, enum unit_kind kind)
{
	return device->unit_ref && device->unit_ref->kind.value == (int)kind;
}

static bool is_untrusted(const struct system *system, const struct device *device)
{
	(void)system;
	return known_str(device->removable, "removable");
}

static bool cannot_pass(const struct system *system, const struct device *device)
{
	(void)system;
	return is_kind(device, UNIT_INTEL_VTD) &&
	       device->unit_ref->ecap.state == FACT_KNOWN &&
	       !bit(device->unit_ref->ecap.value, VTD_ECAP_PT);
}

static bool has_pasid(const struct system *system, const struct device *device)
{
	(void)system;
	return is_kind(device, UNIT_AMD_VI) && device->pasid.state == FACT_KNOWN &&
	       device->pasid.value != CAPABILITY_ABSENT;
}

static bool may_have_pasid(const struct system *system, const struct device *device)
{
	(void)system;
	return is_kind(device, UNIT_AMD_VI) && device->pasid.state != FACT_KNOWN;
}

static bool is_graphics(const struct device *device)
{
	enum { CLASS_DISPLAY = 0x03 };

	return is_kind(device, UNIT_INTEL_VTD) && device->class_id.state == FACT_KNOWN &&
	       device->class_id.value >> 16 == CLASS_DISPLAY;
}

static bool is_azalia(const struct system *system, const struct device *device)
{
	(void)system;
	return is_kind(device, UNIT_INTEL_VTD) && device->vendor_id.state == FACT_KNOWN &&
	       device->vendor_id.value == 0x8086 && device->device_id.value == 0x3a3e;
}

/* Debian's kernels may leave integrated graphics out, unless intel_iommu=on. */
static bool is_left_out(const struct system *system, const struct device *device)
{
	const struct given *vtd = given_decider(system, SETTING_VTD);

	return is_graphics(device) && device->upstream.state == FACT_ABSENT &&
	       system_kconfig_is(system, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF", "y") &&
	       !(vtd && vtd->option->value == SET_ON);
}

/* By intel_iommu=igfx_off, or by itself on chipsets that it knows for their faults. */
static bool is_old_graphics(const struct system *system, const struct device *device)
{
	unsigned int release = kernel_release(system);

	return is_graphics(device) && release > 0 && release < LINUX(6, 12);
}

static const struct rule rules[] = {
	{ TRANSLATION_STRICT, is_untrusted,
	  "it is behind a port that leads out of the machine, and so is not trusted" },
	{ TRANSLATION_STRICT, cannot_pass,
	  "its unit cannot let addresses pass through (ECAP.PT)" },
	{ TRANSLATION_IDENTITY, has_pasid,
	  "it can use PASID: Linux lets such devices pass through on AMD-Vi" },
	{ TRANSLATION_IDENTITY, may_have_pasid,
	  "whether it can use PASID could not be read: Linux lets such devices pass "
	  "through on AMD-Vi" },
	{ TRANSLATION_IDENTITY, is_azalia,
	  "it is a sound device (8086:3a3e) that Linux lets pass through where the "
	  "firmware gave its unit no room" },
	{ TRANSLATION_IDENTITY, is_left_out,
	  "it is integrated graphics, which CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF "
	  "lets pass through" },
	{ TRANSLATION_IDENTITY, is_old_graphics,
	  "it is a graphics device: Linux lets those of faulty chipsets pass through, "
	  "and "
	  "all with intel_iommu=igfx_off" },
};

/* Why the group has another type than expected: a rule for one of its members. */
static const char *explain_type(struct system *system, const struct device *device,
				int translation)
{
	const struct list *members = &device->group_ref->members.list;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if ((int)rules[i].translation != translation)
			continue;
		if (rules[i].applies(system, device))
			return rules[i].fact;
		LIST_FOR_EACH (members, const struct device, member)
			if (rules[i].applies(system, member))
				return arena_printf(&system->arena, "as for %s: %s",
						    member->bdf, rules[i].fact);
	}
	return NULL;
}

static void add_group(struct chain *chain, struct device *device, struct list *steps)
{
	struct system *system = chain->system;
	struct fact_enum found =
		type_translation(system, known_text(device->domain_type));
	unsigned long long id = (unsigned long long)device->group.value;
	const char *path =
		arena_printf(&system->arena, "/sys/kernel/iommu_groups/%llu/type", id);
	bool expected = chain->expected.state == FACT_KNOWN &&
			found.state == FACT_KNOWN && found.value == chain->expected.value;
	const char *rule = NULL;

	if (found.state == FACT_KNOWN && !expected)
		rule = explain_type(system, device, found.value);
	if (rule)
		add_step(system, steps, "device", found, NULL, rule);
	if (device->group_ref->devices.list.count > 1)
		add_step(system, steps, "group", NO_TRANSLATION,
			 arena_printf(&system->arena,
				      "/sys/kernel/iommu_groups/%llu/devices", id),
			 arena_printf(&system->arena,
				      "group %llu has %zu devices, and one domain for "
				      "all of them",
				      id, device->group_ref->devices.list.count));
	add_step(system, steps, "group", found, path,
		 device->domain_type.state == FACT_KNOWN
			 ? arena_printf(&system->arena, "the type of group %llu is %s",
					id, device->domain_type.value)
			 : arena_printf(&system->arena,
					"the type of group %llu is not to be seen", id));
	if (chain->expected.state == FACT_KNOWN && found.state == FACT_KNOWN &&
	    !expected && !rule)
		add_step(system, steps, "group", found, path,
			 "nothing above leads to this type: somebody wrote it there "
			 "after boot, or the driver of the unit has a rule of its own");
}

static void add_unit(struct system *system, const struct device *device,
		     struct list *steps)
{
	struct arena *arena = &system->arena;

	if (device->unit.state == FACT_KNOWN)
		add_step(
			system, steps, "unit", NO_TRANSLATION,
			arena_printf(arena, "/sys/class/iommu/%s/devices",
				     device->unit.value),
			arena_printf(arena, "%s is in charge of it", device->unit.value));
	else if (device->unit.state != FACT_ABSENT)
		add_step(system, steps, "unit", NO_TRANSLATION, "/sys/class/iommu",
			 "which unit is in charge of it could not be read");
	else if (system->units.count > 0)
		add_step(system, steps, "unit", KNOWN_ENUM(TRANSLATION_NONE),
			 "/sys/class/iommu/*/devices", "no unit is in charge of it");
}

/* VT-d keeps the first 16 MiB mapped for floppy disks, which go by an ISA bridge. */
static void add_isa(struct system *system, const struct device *device,
		    struct list *steps)
{
	enum { CLASS_BRIDGE_ISA = 0x0601 };

	if (is_kind(device, UNIT_INTEL_VTD) && device->class_id.state == FACT_KNOWN &&
	    device->class_id.value >> 8 == CLASS_BRIDGE_ISA &&
	    system_kconfig_is(system, "INTEL_IOMMU_FLOPPY_WA", "y"))
		add_step(system, steps, "device", NO_TRANSLATION,
			 known_text(system->kconfig),
			 "CONFIG_INTEL_IOMMU_FLOPPY_WA=y: the first 16 MiB stay mapped "
			 "for an ISA bridge");
}

static void add_driver(struct system *system, const struct device *device,
		       struct list *steps)
{
	const char *path = arena_printf(&system->arena, "/sys/bus/pci/devices/%s/uevent",
					device->bdf);

	if (device->driver.state != FACT_KNOWN && device->driver.state != FACT_ABSENT)
		add_step(system, steps, "driver", NO_TRANSLATION, path,
			 "whether its driver is VFIO's could not be read");
	else if (device->driver.state == FACT_KNOWN &&
		 is_vfio_driver(device->driver.value))
		add_step(system, steps, "driver", KNOWN_ENUM(TRANSLATION_VFIO), path,
			 arena_printf(&system->arena,
				      "bound to %s: while a program holds it open, that "
				      "program decides",
				      device->driver.value));
}

static void explain(struct chain *chain, struct device *device)
{
	struct system *system = chain->system;
	struct list *steps = &device->translation_chain.list;

	*steps = (struct list){ 0 };
	device->translation_chain.state = FACT_KNOWN;
	LIST_FOR_EACH (&chain->common, const struct translation_step, step)
		list_add(&system->arena, steps, step);
	if (system->units_state == FACT_KNOWN && system->units.count == 0) {
		add_step(system, steps, "unit", KNOWN_ENUM(TRANSLATION_NONE),
			 "/sys/class/iommu", system->status.iommu_state_why.value);
		return;
	}
	add_unit(system, device, steps);
	add_isa(system, device, steps);
	if (!device->group_ref) {
		add_step(system, steps, "group", device->translation,
			 "/sys/kernel/iommu_groups", device->translation_why.value);
		return;
	}
	if (known_str(device->group_ref->name, "vfio-noiommu")) {
		add_step(system, steps, "group", KNOWN_ENUM(TRANSLATION_NONE),
			 arena_printf(&system->arena,
				      "/sys/kernel/iommu_groups/%llu/name",
				      (unsigned long long)device->group.value),
			 "a group of VFIO's mode without an IOMMU");
		return;
	}
	add_group(chain, device, steps);
	add_driver(system, device, steps);
}

void explain_translations(struct system *system, const struct list *devices)
{
	struct chain chain = begin(system);

	LIST_FOR_EACH (devices, struct device, device)
		explain(&chain, device);
}
