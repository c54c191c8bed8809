// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way of what a function sends to memory, and of its interrupts: from the function up
 * the bridges to the IOMMU, its domain, and what lies behind.
 */

#include <stdarg.h>

#include "analyze/acs.h"
#include "analyze/hop.h"

enum { HOPS_MAX = 256 }; /* PCI numbers no more buses */

/* A way while it is being written. */
struct walk {
	struct system *system;
	struct device *device;
	struct path *path;
};

struct fact_enum path_hop_kind(const struct device *device)
{
	bool bridge = device->class_id.state == FACT_KNOWN &&
		      device->class_id.value >> 8 == PCI_CLASS_BRIDGE;

	if (is_port_type(device, PCIE_ROOT_PORT))
		return KNOWN_ENUM(HOP_ROOT_PORT);
	if (is_port_type(device, PCIE_UPSTREAM_PORT))
		return KNOWN_ENUM(HOP_UPSTREAM_PORT);
	if (is_port_type(device, PCIE_DOWNSTREAM_PORT))
		return KNOWN_ENUM(HOP_DOWNSTREAM_PORT);
	if (bridge && device->port_type.state != FACT_KNOWN &&
	    device->port_type.state != FACT_ABSENT)
		return (struct fact_enum){ .state = device->port_type.state };
	return KNOWN_ENUM(bridge ? HOP_BRIDGE : HOP_FUNCTION);
}

struct fact_enum path_address(const struct device *device)
{
	static const enum address_kind kinds[] = {
		[TRANSLATION_STRICT] = ADDRESS_IOVA,
		[TRANSLATION_LAZY] = ADDRESS_IOVA,
		[TRANSLATION_VFIO] = ADDRESS_IOVA,
		[TRANSLATION_BLOCKED] = ADDRESS_IOVA,
		[TRANSLATION_IDENTITY] = ADDRESS_BUS,
		[TRANSLATION_NONE] = ADDRESS_BUS,
	};

	if (device->translation.state != FACT_KNOWN)
		return (struct fact_enum){ .state = FACT_UNREAD };
	return KNOWN_ENUM((int)kinds[device->translation.value]);
}

/* Sentences about a hop, one after the other. */
static _printf_(2, 3) void add_words(struct strbuf *text, const char *format, ...)
{
	char words[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	strbuf_puts(text, text->length > 0 ? "; " : "");
	strbuf_puts(text, words);
}

/* The next hop; the text is copied. */
static struct path_hop *add_hop(struct walk *walk, struct fact_enum kind,
				const char *name, struct fact_enum address,
				const struct strbuf *text)
{
	struct arena *arena = &walk->system->arena;
	struct path_hop *hop = arena_new(arena, struct path_hop);

	hop->name = name;
	hop->kind = kind;
	hop->bdf.state = hop->path.state = FACT_ABSENT;
	hop->address = address;
	hop->text = KNOWN_STR(arena_strdup(arena, strbuf_text(text)));
	list_add(arena, &walk->path->hops.list, hop);
	return hop;
}

static void add_device(struct walk *walk, const struct device *device,
		       const struct strbuf *text, struct fact_enum address)
{
	struct path_hop *hop =
		add_hop(walk, path_hop_kind(device), device->bdf, address, text);

	hop->bdf = KNOWN_STR(device->bdf);
	hop->path = KNOWN_STR(arena_printf(
		&walk->system->arena, "/sys/bus/pci/devices/%s/config", device->bdf));
}

/* To memory */

static void tell_mask(const struct device *device, struct strbuf *text)
{
	const char *driver = known_text(device->driver);

	if (device->driver.state == FACT_ABSENT)
		add_words(text, "no driver");
	else if (!driver)
		add_words(text, "its driver could not be read");
	else if (device->dma_mask_bits.state == FACT_KNOWN)
		add_words(text, "driver %s, DMA mask of %llu bits", driver,
			  (unsigned long long)device->dma_mask_bits.value);
	else
		add_words(text, "driver %s", driver);
}

static void add_sender(struct walk *walk)
{
	const struct device *device = walk->device;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	add_words(&text, known_true(device->bus_master) ? "BusMaster is on"
			 : known_false(device->bus_master)
				 ? "BusMaster is off: it starts no DMA now"
				 : "whether BusMaster is on could not be read");
	tell_mask(device, &text);
	if (device->ats.state == FACT_KNOWN && device->ats.value == CAPABILITY_ON)
		add_words(&text,
			  "ATS is on: the IOMMU does not look at addresses that it "
			  "calls translated");
	if (device->pasid.state == FACT_KNOWN && device->pasid.value == CAPABILITY_ON)
		add_words(&text, "PASID is on: it may use several address spaces");
	add_device(walk, device, &text, path_address(device));
}

/* "ReqRedir, UpstreamFwd" */
static const char *service_names(struct system *system, uint16_t services)
{
	_cleanup_strbuf_ struct strbuf names = { 0 };

	for (unsigned int i = 0; pci_acs_names[i]; i++)
		if (services >> i & 1)
			strbuf_printf(&names, "%s%s", names.length > 0 ? ", " : "",
				      pci_acs_names[i]);
	return arena_strdup(&system->arena, strbuf_text(&names));
}

static void tell_acs(struct system *system, const struct device *bridge,
		     struct strbuf *text)
{
	struct acs_answer acs = acs_judge(system, bridge);

	if (is_port_type(bridge, PCIE_UPSTREAM_PORT)) {
		add_words(text, "sends on what the downstream ports send up");
		return;
	}
	if (acs.verdict == ACS_UNKNOWN) {
		add_words(text,
			  "whether ACS keeps requests from peers could not be read");
		return;
	}
	switch (acs.basis) {
	case ACS_BY_REGISTERS:
		if (acs.verdict == ACS_ISOLATES)
			add_words(text, "sends all requests upwards: ACS is on");
		else
			add_words(text,
				  "may turn requests for peers round: of ACS, %s is off",
				  service_names(system, acs.off));
		break;
	case ACS_BY_QUIRK:
		add_words(text, "%s peers apart, as Linux knows from its identifiers",
			  acs.verdict == ACS_ISOLATES ? "keeps" : "does not keep");
		break;
	case ACS_BY_KIND:
		add_words(text, "has no peers that it could turn requests to");
		break;
	case ACS_NO_CAPABILITY:
		add_words(text,
			  "may turn requests for peers round: it has no ACS capability");
		break;
	case ACS_CONVENTIONAL:
		add_words(text, "every function on the bus below hears the others, and "
				"their requests bear the address of a bridge");
		break;
	}
}

/* The bridges above, up to the root complex. */
static void add_bridges(struct walk *walk)
{
	const struct device *device = walk->device;
	size_t count = 0;

	for (const struct device *bridge = device->upstream_ref;
	     bridge && count++ < HOPS_MAX; bridge = bridge->upstream_ref) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		tell_acs(walk->system, bridge, &text);
		if (known_false(bridge->bus_master))
			add_words(&text,
				  "BusMaster is off: it sends no requests upwards now");
		add_device(walk, bridge, &text, path_address(device));
		device = bridge;
	}
	if (!is_on_root_bus(device) && !device->upstream_ref) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		add_words(&text, "what stands above could not be read");
		add_hop(walk, KNOWN_ENUM(HOP_BRIDGE), "?", path_address(walk->device),
			&text);
	}
	if (walk->device->host_ref) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		add_words(&text, "requests bear the address of this function");
		add_device(walk, walk->device->host_ref, &text,
			   path_address(walk->device));
	}
}

static void add_no_unit(struct walk *walk)
{
	const struct device *device = walk->device;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	bool none = device->translation.state == FACT_KNOWN &&
		    device->translation.value == TRANSLATION_NONE;

	add_words(&text, none ? "nobody translates or refuses addresses"
			      : "which unit is in charge could not be read");
	add_hop(walk, KNOWN_ENUM(HOP_UNIT), none ? "no IOMMU" : "?", path_address(device),
		&text)
		->path = KNOWN_STR("/sys/class/iommu");
}

static void add_unit(struct walk *walk)
{
	const struct device *device = walk->device;
	const struct unit *unit = device->unit_ref;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (!unit) {
		add_no_unit(walk);
		return;
	}
	add_words(&text, "%s is in charge of it", unit_kind_names[unit->kind.value].name);
	if (unit->address_width.state == FACT_KNOWN)
		add_words(&text, "addresses of %llu bits",
			  (unsigned long long)unit->address_width.value);
	add_hop(walk, KNOWN_ENUM(HOP_UNIT), unit->name, path_address(device), &text)
		->path = KNOWN_STR(arena_printf(
		&walk->system->arena, "/sys/class/iommu/%s/devices", unit->name));
}

static void add_page_sizes(const struct unit *unit, struct strbuf *text)
{
	_cleanup_strbuf_ struct strbuf sizes = { 0 };

	if (!unit || unit->page_sizes.state != FACT_KNOWN ||
	    unit->page_sizes.list.count == 0)
		return;
	LIST_FOR_EACH (&unit->page_sizes.list, const uint64_t, size) {
		strbuf_puts(&sizes, sizes.length > 0 ? ", " : "");
		strbuf_add_size(&sizes, *size);
	}
	add_words(text, "pages of %s", strbuf_text(&sizes));
}

static const char *region_meaning(const struct unit *unit,
				  const struct reserved_region *region)
{
	enum unit_kind kind = unit ? (enum unit_kind)unit->kind.value : UNIT_OTHER;
	const char *type = region->type.value;

	if (streq(type, "msi"))
		return "interrupts: writes here do not go to memory";
	if (streq(type, "reserved"))
		return "never given out as an IOVA";
	if (!starts_with(type, "direct"))
		return "reserved";
	/* intel_iommu_get_resv_regions() of Linux */
	if (kind == UNIT_INTEL_VTD && region->start.value == 0 &&
	    region->end.value == 0xffffff)
		return "mapped one to one, as Linux does for an ISA bridge";
	if (kind == UNIT_INTEL_VTD)
		return "mapped one to one, as an RMRR of the firmware asks";
	if (kind == UNIT_AMD_VI)
		return "mapped one to one, as an IVMD of the firmware asks";
	return "mapped one to one, as the firmware asks";
}

static bool device_passes(const struct device *device)
{
	return device->translation.state == FACT_KNOWN &&
	       device->translation.value == TRANSLATION_IDENTITY;
}

/* Branches of the domain. */
static void add_regions(struct walk *walk)
{
	const struct group *group = walk->device->group_ref;

	LIST_FOR_EACH (&group->reserved_regions.list, const struct reserved_region,
		       region) {
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct path_hop *hop;

		/* An identity domain maps all one to one, and gives nothing out. */
		if (device_passes(walk->device) && !known_str(region->type, "msi"))
			continue;
		if (region->start.state != FACT_KNOWN ||
		    region->end.state != FACT_KNOWN || region->type.state != FACT_KNOWN)
			continue;
		add_words(&text, "%s: %s", region->type.value,
			  region_meaning(walk->device->unit_ref, region));
		hop = add_hop(walk, KNOWN_ENUM(HOP_RESERVED),
			      arena_printf(&walk->system->arena, "0x%llx-0x%llx",
					   (unsigned long long)region->start.value,
					   (unsigned long long)region->end.value),
			      path_address(walk->device), &text);
		hop->depth = 1;
		hop->path = KNOWN_STR(
			arena_printf(&walk->system->arena,
				     "/sys/kernel/iommu_groups/%llu/reserved_regions",
				     (unsigned long long)group->id.value));
	}
}

static void add_domain(struct walk *walk)
{
	const struct device *device = walk->device;
	const struct group *group = device->group_ref;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct path_hop *hop;

	if (!group || !device->unit_ref)
		return;
	if (device->domain_type.state == FACT_KNOWN)
		add_words(&text, "type %s", device->domain_type.value);
	else
		add_words(&text, "its type could not be read");
	if (device->translation.state == FACT_KNOWN &&
	    device->translation.value == TRANSLATION_VFIO)
		add_words(&text, "a program that has it open brings a domain of its own");
	add_page_sizes(device->unit_ref, &text);
	if (group->devices.list.count > 1)
		add_words(&text, "one domain for all %zu devices of the group",
			  group->devices.list.count);
	hop = add_hop(walk, KNOWN_ENUM(HOP_DOMAIN),
		      arena_printf(&walk->system->arena, "group %llu",
				   (unsigned long long)group->id.value),
		      path_address(device), &text);
	hop->path = KNOWN_STR(arena_printf(&walk->system->arena,
					   "/sys/kernel/iommu_groups/%llu/type",
					   (unsigned long long)group->id.value));
	add_regions(walk);
}

static void tell_reach(const struct reach *reach, struct strbuf *text)
{
	_cleanup_strbuf_ struct strbuf bytes = { 0 };

	if (reach->ram.state == FACT_KNOWN)
		strbuf_add_size(&bytes, reach->ram.value);
	if (reach->extent.state != FACT_KNOWN)
		add_words(text, "how much is within reach is unknown");
	else if (reach->extent.value == REACH_NOTHING)
		add_words(text, "nothing is within reach");
	else if (reach->extent.value == REACH_EVERYTHING && bytes.length > 0)
		add_words(text,
			  "everything is within reach: %s of System RAM, and the "
			  "registers of other devices",
			  strbuf_text(&bytes));
	else if (reach->extent.value == REACH_EVERYTHING)
		add_words(text, "everything is within reach");
	else if (bytes.length > 0)
		add_words(text, "%s%s of System RAM within reach",
			  reach->certainty.value == REACH_AT_LEAST ? "at least " : "",
			  strbuf_text(&bytes));
	else
		add_words(text,
			  "what is mapped is within reach, which nothing shows here");
}

static void add_memory(struct walk *walk, const struct reach *reach)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	tell_reach(reach, &text);
	add_hop(walk, KNOWN_ENUM(HOP_MEMORY), "memory", KNOWN_ENUM(ADDRESS_PHYSICAL),
		&text)
		->path = reach->path;
}

struct fact_enum path_verdict(const struct device *device)
{
	static const enum path_verdict verdicts[] = {
		[TRANSLATION_STRICT] = PATH_THROUGH_IOMMU,
		[TRANSLATION_LAZY] = PATH_THROUGH_IOMMU,
		[TRANSLATION_VFIO] = PATH_THROUGH_IOMMU,
		[TRANSLATION_IDENTITY] = PATH_PASSED_THROUGH,
		[TRANSLATION_BLOCKED] = PATH_BLOCKED,
		[TRANSLATION_NONE] = PATH_NO_IOMMU,
	};

	if (device->translation.state != FACT_KNOWN)
		return (struct fact_enum){ .state = device->translation.state };
	return KNOWN_ENUM((int)verdicts[device->translation.value]);
}

static struct walk begin(struct system *system, struct device *device, const char *to,
			 struct list *ret)
{
	struct path *path = arena_new(&system->arena, struct path);

	path->from = device->bdf;
	path->to = to;
	path->turn.state = FACT_ABSENT;
	path->hops.state = FACT_KNOWN;
	list_add(&system->arena, ret, path);
	return (struct walk){ system, device, path };
}

static void walk_to_memory(struct system *system, struct device *device,
			   const struct reach *reach, struct list *ret)
{
	struct walk walk = begin(system, device, "memory", ret);

	walk.path->verdict = path_verdict(device);
	walk.path->why = device->translation_why;
	add_sender(&walk);
	add_bridges(&walk);
	add_unit(&walk);
	add_domain(&walk);
	add_memory(&walk, reach);
}

/* Interrupts: messages are writes that go the same way up. */

static bool is_on(struct fact_enum capability)
{
	return capability.state == FACT_KNOWN && capability.value == CAPABILITY_ON;
}

static void add_interrupting(struct walk *walk)
{
	const struct device *device = walk->device;
	struct fact_enum kind = KNOWN_ENUM(ADDRESS_MESSAGE);
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (is_on(device->msix) || is_on(device->msi)) {
		add_words(&text,
			  "%s is on: an interrupt is a write, which goes the same "
			  "way up",
			  is_on(device->msix) ? "MSI-X" : "MSI");
	} else if (device->msix.state != FACT_KNOWN || device->msi.state != FACT_KNOWN) {
		kind.state = FACT_UNREAD;
		add_words(&text, "whether MSI or MSI-X is on could not be read");
	} else {
		kind.state = FACT_ABSENT;
		add_words(&text, "neither MSI nor MSI-X is on: if it interrupts, then by "
				 "INTx, which the interrupt controllers turn into a "
				 "message");
	}
	if (known_false(device->bus_master) && kind.state == FACT_KNOWN)
		add_words(&text, "BusMaster is off: it sends none now");
	add_device(walk, device, &text, kind);
}

/*
 * Whether a function's interrupts are remapped: its own chip tells, where it has one.
 * Else those of a function that no unit is in charge of are not, while units are.
 */
static struct fact_bool is_remapped(const struct system *system,
				    const struct device *device, const char **ret_why)
{
	struct fact_bool machine = system->status.interrupt_remapping;

	*ret_why = known_text(system->status.interrupt_remapping_why);
	if (known_true(device->interrupt_remapping))
		*ret_why = "its interrupt chip is named IR-* in /proc/interrupts";
	else if (known_false(device->interrupt_remapping) && !known_false(machine))
		*ret_why = "its interrupt chip is not named IR-* in /proc/interrupts";
	if (device->interrupt_remapping.state == FACT_KNOWN)
		return device->interrupt_remapping;
	if (machine.state == FACT_ABSENT) /* it is no question of one switch here */
		machine.state = FACT_UNREAD;
	if (known_true(machine) && system->units.count > 0 &&
	    device->unit.state == FACT_ABSENT) {
		*ret_why = "interrupts are remapped on this machine, but no unit is in "
			   "charge of this function, which has none in /proc/interrupts";
		machine.state = FACT_UNREAD;
	}
	return machine;
}

static void add_remapping(struct walk *walk, struct fact_bool remapped)
{
	const struct device *device = walk->device;
	const char *name = "?";
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (device->unit_ref)
		name = device->unit_ref->name;
	else if (known_true(remapped))
		name = "remapping";
	else if (known_false(remapped))
		name = "no remapping";
	if (known_true(remapped))
		add_words(&text,
			  "a table that the kernel fills says which interrupts the "
			  "device may raise");
	else if (known_false(remapped))
		add_words(&text, "the device may raise any interrupt on any CPU: what it "
				 "writes is what happens");
	else
		add_words(&text,
			  "whether a table decides which interrupts the device may "
			  "raise is not to be seen");
	add_hop(walk, KNOWN_ENUM(HOP_UNIT), name, KNOWN_ENUM(ADDRESS_MESSAGE), &text)
		->path = KNOWN_STR("/proc/interrupts");
}

static void walk_to_cpus(struct system *system, struct device *device, struct list *ret)
{
	struct walk walk = begin(system, device, "CPUs", ret);
	_cleanup_strbuf_ struct strbuf text = { 0 };
	const char *why;
	struct fact_bool remapped = is_remapped(system, device, &why);

	walk.path->verdict.state = remapped.state;
	walk.path->verdict.value = remapped.value ? PATH_REMAPPED : PATH_NOT_REMAPPED;
	walk.path->why = system->status.interrupt_remapping_why;
	if (why)
		walk.path->why = KNOWN_STR(why);
	add_interrupting(&walk);
	add_remapping(&walk, remapped);
	add_words(&text, known_true(remapped) ? "the vector that the table names"
					      : "the vector that the message names");
	add_hop(&walk, KNOWN_ENUM(HOP_CPU), "CPUs", KNOWN_ENUM(ADDRESS_MESSAGE), &text);
}

void analyze_paths(struct system *system, const struct list *devices, struct list *ret)
{
	struct list reaches = { 0 };

	analyze_reach(system, devices, &reaches);
	LIST_FOR_EACH (devices, struct device, device) {
		walk_to_memory(system, device, reaches.items[device_at], ret);
		walk_to_cpus(system, device, ret);
	}
}
