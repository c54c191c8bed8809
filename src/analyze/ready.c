// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a function can be given to a guest: what VFIO checks, before it does. */

#include "analyze/ready.h"

#include "analyze/given.h"

/* Sub-classes of bridges (PCI Code and ID Assignment 1.1, 1.7). */
enum {
	CLASS_HOST_BRIDGE = 0x0600,
	CLASS_CARDBUS_BRIDGE = 0x0607,
	CLASS_RACEWAY_BRIDGE = 0x0608,
	CLASS_TRANSPARENT_BRIDGE =
		0x0609, /* semi-transparent, between two buses of PCI */
};

/* Where a blocker shows: of the host, of the group, of the function. */
static const char *place_of(struct inquiry *inquiry, enum blocker_id id)
{
	static const char device[] = "/sys/bus/pci/devices";
	struct arena *arena = &inquiry->system->arena;
	const char *bdf = inquiry->device->bdf;

	switch (id) {
	case BLOCKER_NO_IOMMU:
	case BLOCKER_OFF_IN_FIRMWARE:
	case BLOCKER_OFF_IN_KERNEL:
		return "/sys/class/iommu";
	case BLOCKER_NOT_COVERED:
	case BLOCKER_GROUP_UNKNOWN:
	case BLOCKER_GROUP_NOT_FORMED:
		return arena_printf(arena, "%s/%s/iommu_group", device, bdf);
	case BLOCKER_NO_IOMMU_MODE:
		return arena_printf(arena, "%s/%s/iommu_group/name", device, bdf);
	case BLOCKER_MEMBER_UNKNOWN:
		return arena_printf(arena, "%s/%s/iommu_group/devices", device, bdf);
	case BLOCKER_RESERVED_MAPPING:
	case BLOCKER_RESERVED_UNKNOWN:
	case BLOCKER_GUEST_MEMORY:
	case BLOCKER_GUEST_MEMORY_UNKNOWN:
		return arena_printf(arena, "%s/%s/iommu_group/reserved_regions", device,
				    bdf);
	case BLOCKER_INTERRUPTS:
	case BLOCKER_INTERRUPTS_UNKNOWN:
		return "/proc/interrupts";
	case BLOCKER_NO_VFIO:
		return known_text(inquiry->system->kconfig);
	case BLOCKER_DENYLIST:
	case BLOCKER_DENYLIST_UNKNOWN:
		return arena_printf(arena, "%s/%s/device", device, bdf);
	case BLOCKER_IN_USE:
	case BLOCKER_USE_UNKNOWN:
		return arena_printf(arena, "%s/%s/enable", device, bdf);
	case BLOCKER_ROOT_FILE_SYSTEM:
		return "/proc/self/mountinfo";
	case BLOCKER_SWAP:
		return "/proc/swaps";
	case BLOCKER_HOST_USE_UNKNOWN: /* the text names it */
		return NULL;
	default:
		return arena_printf(arena, "%s/%s/class", device, bdf);
	}
}

void add_blocker(struct inquiry *inquiry, enum blocker_id id, const char *text)
{
	struct arena *arena = &inquiry->system->arena;
	struct blocker *blocker = arena_new(arena, struct blocker);
	const char *path = place_of(inquiry, id);

	blocker->id = KNOWN_ENUM((int)id);
	blocker->text = KNOWN_STR(text);
	blocker->path.state = FACT_ABSENT;
	if (path)
		blocker->path = KNOWN_STR(path);
	list_add(arena, &inquiry->readiness->blockers.list, blocker);
}

void add_warning(struct inquiry *inquiry, enum warning_id id, const char *text)
{
	struct arena *arena = &inquiry->system->arena;
	struct warning *warning = arena_new(arena, struct warning);

	warning->id = KNOWN_ENUM((int)id);
	warning->text = KNOWN_STR(text);
	list_add(arena, &inquiry->readiness->warnings.list, warning);
}

bool has_module(const struct system *system, const char *module, const char *option)
{
	LIST_FOR_EACH (&system->modules, const char, name)
		if (streq(name, module))
			return true;
	return system_kconfig_is(system, option, "y");
}

static unsigned int class_of(const struct device *device)
{
	return device->class_id.state == FACT_KNOWN
		       ? (unsigned int)(device->class_id.value >> 8)
		       : 0;
}

/* Those with a header of their own, which are not of type 0. */
bool is_bridge(const struct device *device)
{
	unsigned int class = class_of(device);

	return class == PCI_CLASS_BRIDGE || class == CLASS_CARDBUS_BRIDGE ||
	       class == CLASS_TRANSPARENT_BRIDGE;
}

/* Host bridges, and those to buses of old; not what is called "other", as NVSwitch is. */
static bool is_chipset(const struct device *device)
{
	unsigned int class = class_of(device);

	return class >= CLASS_HOST_BRIDGE && class <= CLASS_RACEWAY_BRIDGE &&
	       !is_bridge(device);
}

bool is_candidate(const struct device *device)
{
	return !is_bridge(device) && !is_chipset(device) &&
	       class_of(device) != PCI_CLASS_IOMMU;
}

bool is_viable(const struct device *device)
{
	const char *driver = known_text(device->driver);

	return device->driver.state == FACT_ABSENT ||
	       (driver && (is_vfio_driver(driver) || is_neutral_driver(driver)));
}

/* What it is, before anything else: vfio_pci_core takes header type 0 alone. */
static void ask_kind(struct inquiry *inquiry)
{
	const struct device *device = inquiry->device;

	if (device->class_id.state != FACT_KNOWN)
		add_blocker(inquiry, BLOCKER_KIND_UNKNOWN,
			    arena_printf(&inquiry->system->arena,
					 "whether it is a bridge could not be seen "
					 "(/sys/bus/pci/devices/%s/class)",
					 device->bdf));
	else if (is_bridge(device))
		add_blocker(inquiry, BLOCKER_BRIDGE,
			    "a bridge stays with the host; what is behind it can be "
			    "given away");
	else if (class_of(device) == PCI_CLASS_IOMMU)
		add_blocker(inquiry, BLOCKER_IOMMU_UNIT, "it is an IOMMU itself");
	else if (!is_candidate(device))
		add_blocker(inquiry, BLOCKER_CHIPSET,
			    "a bridge of the chipset, which the host cannot do without");
}

/* There is no group: what became of the IOMMU? */
static void ask_without_group(struct inquiry *inquiry)
{
	const struct status *status = &inquiry->system->status;
	const char *why = status->iommu_state_why.value;

	switch ((enum iommu_state)status->iommu_state.value) {
	case IOMMU_ABSENT:
		add_blocker(inquiry, BLOCKER_NO_IOMMU, why);
		break;
	case IOMMU_OFF_IN_FIRMWARE:
		add_blocker(inquiry, BLOCKER_OFF_IN_FIRMWARE, why);
		break;
	case IOMMU_OFF_IN_KERNEL:
	case IOMMU_INTERRUPT_REMAPPING_ONLY:
		add_blocker(inquiry, BLOCKER_OFF_IN_KERNEL, why);
		break;
	case IOMMU_UNKNOWN:
		add_blocker(inquiry, BLOCKER_GROUP_UNKNOWN, why);
		break;
	default:
		why = inquiry->device->translation_why.value;
		if (inquiry->device->group.state != FACT_ABSENT)
			add_blocker(inquiry, BLOCKER_GROUP_UNKNOWN, why);
		else if (inquiry->device->translation.state == FACT_KNOWN)
			add_blocker(inquiry, BLOCKER_NOT_COVERED, why);
		else
			add_blocker(inquiry, BLOCKER_GROUP_NOT_FORMED, why);
	}
}

/* An open device of VFIO is switched on (vfio_pci_core_enable()), a closed one is not. */
static bool is_open(const struct device *device)
{
	return known_text(device->driver) && is_vfio_driver(device->driver.value) &&
	       device->enable_count.state == FACT_KNOWN && device->enable_count.value > 0;
}

static bool may_be_open(const struct device *device)
{
	return known_text(device->driver) && is_vfio_driver(device->driver.value) &&
	       device->enable_count.state != FACT_KNOWN;
}

static void add_in_use(struct inquiry *inquiry, const struct device *device)
{
	add_blocker(
		inquiry, BLOCKER_IN_USE,
		arena_printf(&inquiry->system->arena,
			     "a program holds %s open (/sys/bus/pci/devices/%s/enable "
			     "is not 0)",
			     device->bdf, device->bdf));
}

/* Virtual functions end with their physical one, also in the hands of a guest. */
static void ask_virtual_functions(struct inquiry *inquiry, const struct device *physical)
{
	struct arena *arena = &inquiry->system->arena;

	LIST_FOR_EACH (&inquiry->system->devices, const struct device, device) {
		struct use *use;

		if (device->physfn_ref != physical || device == physical ||
		    !is_open(device))
			continue;
		add_in_use(inquiry, device);
		use = arena_new(arena, struct use);
		use->bdf = device->bdf;
		use->kind = KNOWN_ENUM(USE_VIRTUAL_FUNCTIONS);
		use->name = KNOWN_STR(device->bdf);
		use->essential = KNOWN_BOOL(false);
		use->path = KNOWN_STR(arena_printf(
			arena, "/sys/bus/pci/devices/%s/enable", device->bdf));
		use->text = KNOWN_STR(arena_printf(
			arena, "%s, a virtual function that a program holds open",
			device->bdf));
		list_add(arena, &inquiry->readiness->breaks.list, use);
	}
}

/* Members of the group: who has to go along, who stays, and what is not known. */
static void ask_members(struct inquiry *inquiry)
{
	struct readiness *readiness = inquiry->readiness;
	struct arena *arena = &inquiry->system->arena;
	const struct group *group = inquiry->device->group_ref;
	size_t seen = group->members.list.count + group->others.list.count;

	readiness->members.state = readiness->stay.state = group->devices.state;
	if (group->devices.state != FACT_KNOWN || seen < group->devices.list.count)
		add_blocker(inquiry, BLOCKER_GROUP_UNKNOWN,
			    "the members of its group could not all be seen");
	LIST_FOR_EACH (&group->members.list, const struct device, member) {
		if (is_bridge(member))
			list_add(arena, &readiness->stay.list, member->bdf);
		else if (member != inquiry->device)
			list_add(arena, &readiness->members.list, member->bdf);
		if (member->driver.state != FACT_KNOWN &&
		    member->driver.state != FACT_ABSENT)
			add_blocker(inquiry, BLOCKER_MEMBER_UNKNOWN,
				    arena_printf(arena,
						 "the driver of %s could not be read",
						 member->bdf));
		if (is_open(member))
			add_in_use(inquiry, member);
		else if (may_be_open(member))
			add_blocker(inquiry, BLOCKER_USE_UNKNOWN,
				    arena_printf(arena,
						 "whether a program holds %s open could "
						 "not be seen "
						 "(/sys/bus/pci/devices/%s/enable)",
						 member->bdf, member->bdf));
		if (member == inquiry->device ||
		    (!is_bridge(member) && !is_viable(member)))
			ask_virtual_functions(inquiry, member);
	}
	LIST_FOR_EACH (&group->others.list, const struct group_member, member) {
		list_add(arena, &readiness->members.list, member->name);
		if (member->driver.state != FACT_KNOWN &&
		    member->driver.state != FACT_ABSENT)
			add_blocker(inquiry, BLOCKER_MEMBER_UNKNOWN,
				    arena_printf(arena,
						 "the driver of %s could not be read",
						 member->name));
	}
}

static void ask_group(struct inquiry *inquiry)
{
	const struct group *group = inquiry->device->group_ref;

	if (!group) {
		ask_without_group(inquiry);
		return;
	}
	if (known_str(group->name, "vfio-noiommu"))
		add_blocker(inquiry, BLOCKER_NO_IOMMU_MODE,
			    "VFIO's mode without an IOMMU made its group: a guest could "
			    "read and write all memory of the host");
	ask_members(inquiry);
	ask_reserved(inquiry);
	ask_interrupts(inquiry);
}

/* What a use means that the host does not live without. */
static enum blocker_id use_blocker(const struct use *use)
{
	if (use->kind.value == USE_FILE_SYSTEM)
		return BLOCKER_ROOT_FILE_SYSTEM;
	return use->kind.value == USE_SWAP ? BLOCKER_SWAP : BLOCKER_HOST_USE_UNKNOWN;
}

static void add_use_blocker(struct inquiry *inquiry, const struct device *device,
			    const struct use *use, enum blocker_id id)
{
	struct arena *arena = &inquiry->system->arena;
	const char *whose =
		device == inquiry->device
			? ""
			: arena_printf(arena, "%s of the same group: ", device->bdf);
	const char *meaning = "";

	if (id == BLOCKER_ROOT_FILE_SYSTEM)
		meaning = "the host runs from it: ";
	add_blocker(inquiry, id,
		    arena_printf(arena, "%s%s%s%s", whose, meaning, use->text.value,
				 id == BLOCKER_SWAP ? "; swapoff first" : ""));
}

/* What stops on the host, and what of it the host does not survive, the worst first. */
static void ask_use_of(struct inquiry *inquiry, const struct device *device)
{
	static const enum blocker_id order[] = { BLOCKER_ROOT_FILE_SYSTEM, BLOCKER_SWAP,
						 BLOCKER_HOST_USE_UNKNOWN };

	for (int rest = 0; rest < 2; rest++)
		LIST_FOR_EACH (&device->uses, const struct use, use)
			if (known_true(use->essential) != rest)
				list_add(&inquiry->system->arena,
					 &inquiry->readiness->breaks.list, use);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		LIST_FOR_EACH (&device->uses, const struct use, use)
			if (use->decides && use_blocker(use) == order[i])
				add_use_blocker(inquiry, device, use, order[i]);
}

static void ask_use(struct inquiry *inquiry)
{
	inquiry->readiness->breaks.state = FACT_KNOWN;
	ask_use_of(inquiry, inquiry->device);
	if (!inquiry->device->group_ref)
		return;
	LIST_FOR_EACH (&inquiry->device->group_ref->members.list, const struct device,
		       member)
		if (member != inquiry->device && !is_bridge(member) && !is_viable(member))
			ask_use_of(inquiry, member);
}

bool is_uncertain(const struct blocker *blocker)
{
	switch ((enum blocker_id)blocker->id.value) {
	case BLOCKER_GROUP_UNKNOWN:
	case BLOCKER_GROUP_NOT_FORMED:
	case BLOCKER_MEMBER_UNKNOWN:
	case BLOCKER_KIND_UNKNOWN:
	case BLOCKER_USE_UNKNOWN:
	case BLOCKER_RESERVED_UNKNOWN:
	case BLOCKER_INTERRUPTS_UNKNOWN:
	case BLOCKER_DENYLIST_UNKNOWN:
	case BLOCKER_HOST_USE_UNKNOWN:
	case BLOCKER_GUEST_MEMORY_UNKNOWN:
		return true;
	default:
		return false;
	}
}

/* "eth0, the default route": what the host loses that it does not live well without. */
static const char *list_essentials(struct inquiry *inquiry)
{
	struct arena *arena = &inquiry->system->arena;
	const char *text = NULL;

	LIST_FOR_EACH (&inquiry->readiness->breaks.list, const struct use, use)
		if (known_true(use->essential) && known_text(use->name))
			text = arena_printf(arena, "%s%s%s%s", text ? text : "",
					    text ? ", " : "", use->name.value,
					    use->kind.value == USE_NETWORK
						    ? ", the default route"
						    : "");
	return text;
}

static const char *count_steps(struct inquiry *inquiry)
{
	size_t steps = inquiry->readiness->steps.list.count;
	const char *lost = list_essentials(inquiry);

	return arena_printf(&inquiry->system->arena, "%zu step%s%s%s", steps,
			    steps == 1 ? "" : "s", lost ? "; stops " : " to take",
			    lost ? lost : "");
}

static void judge(struct inquiry *inquiry)
{
	struct readiness *readiness = inquiry->readiness;
	const struct blocker *first = NULL;

	LIST_FOR_EACH (&readiness->blockers.list, const struct blocker, blocker)
		if (!first || (is_uncertain(first) && !is_uncertain(blocker)))
			first = blocker;
	readiness->decisive = first;
	if (first) {
		readiness->verdict =
			KNOWN_ENUM(is_uncertain(first) ? READY_UNKNOWN : NOT_READY);
		readiness->verdict_why = first->text;
	} else if (readiness->steps.list.count > 0) {
		readiness->verdict = KNOWN_ENUM(READY_AFTER_STEPS);
		readiness->verdict_why = KNOWN_STR(count_steps(inquiry));
	} else {
		readiness->verdict = KNOWN_ENUM(READY_NOW);
		readiness->verdict_why =
			KNOWN_STR(arena_printf(&inquiry->system->arena,
					       "%s has it, and nothing is in the "
					       "way",
					       known_text(inquiry->device->driver)));
	}
}

static void ask(struct inquiry *inquiry)
{
	struct readiness *readiness = inquiry->readiness;
	const struct device *device = inquiry->device;
	const struct vfio *vfio = &inquiry->system->vfio;

	readiness->blockers.state = readiness->warnings.state = readiness->steps.state =
		FACT_KNOWN;
	readiness->members.state = readiness->stay.state = device->group.state;
	readiness->iommufd = vfio->iommufd;
	readiness->cdev = device->cdev;
	readiness->memlock = vfio->memlock;
	readiness->memlock_unlimited = (struct fact_bool){
		vfio->memlock.state == FACT_ABSENT ? FACT_KNOWN : vfio->memlock.state,
		vfio->memlock.state == FACT_ABSENT
	};
	ask_kind(inquiry);
	ask_use(inquiry);
	ask_reset(inquiry);
	ask_graphics(inquiry);
	if (readiness->blockers.list.count == 0 || is_candidate(device)) {
		ask_group(inquiry);
		ask_vfio(inquiry);
		ask_identifiers(inquiry);
		ask_given_identifiers(inquiry);
		ask_guest_memory(inquiry);
		ask_mounted(inquiry);
		add_iommu_steps(inquiry);
		add_binding_steps(inquiry);
		ask_default_route(inquiry);
	}
	judge(inquiry);
}

void analyze_ready(struct system *system, const struct list *devices, uint64_t memory,
		   struct list *ret)
{
	LIST_FOR_EACH (devices, struct device, device) {
		struct inquiry inquiry = {
			.system = system,
			.device = device,
			.memory = memory,
			.readiness = arena_new(&system->arena, struct readiness),
		};

		inquiry.readiness->device = device;
		inquiry.readiness->bdf = device->bdf;
		inquiry.readiness->driver = device->driver;
		inquiry.readiness->name = device->device;
		inquiry.readiness->class = device->class;
		inquiry.readiness->group = device->group;
		ask(&inquiry);
		list_add(&system->arena, ret, inquiry.readiness);
	}
}
