// SPDX-License-Identifier: GPL-2.0-or-later
/* Which functions the benchmark may drive: what `ready` knows, and more caution. */

#include "cmd/take-plan.h"

#include "analyze/ready.h"
#include "bench/bench.h"

/* One candidate while it is looked at. */
struct search {
	struct system *system;
	struct arena *arena;
	struct candidate *candidate;
	const struct readiness *readiness;
	const struct group *group; /* NULL for none */
	bool no_iommu;
	struct take_function *functions;
	size_t count;
};

static void decide(struct search *search, enum candidate_verdict verdict, const char *why)
{
	search->candidate->verdict = KNOWN_ENUM((int)verdict);
	search->candidate->why = KNOWN_STR(why);
}

static bool is_decided(const struct search *search)
{
	return search->candidate->verdict.state == FACT_KNOWN;
}

/* What keeps a guest from it, and no benchmark. */
static bool is_about_guests(const struct blocker *blocker)
{
	return blocker->id.value == BLOCKER_GUEST_MEMORY ||
	       blocker->id.value == BLOCKER_GUEST_MEMORY_UNKNOWN;
}

/* What is in the way of an IOMMU's protection, which nobody asks for. */
static bool is_about_iommu(const struct blocker *blocker)
{
	switch ((enum blocker_id)blocker->id.value) {
	case BLOCKER_NO_IOMMU:
	case BLOCKER_OFF_IN_FIRMWARE:
	case BLOCKER_OFF_IN_KERNEL:
	case BLOCKER_NOT_COVERED:
	case BLOCKER_NO_IOMMU_MODE:
	case BLOCKER_RESERVED_UNKNOWN:
	case BLOCKER_INTERRUPTS:
	case BLOCKER_INTERRUPTS_UNKNOWN:
		return true;
	default:
		return false;
	}
}

/* The first that is certain, or else the first: as `ready` chooses. */
static void ask_blockers(struct search *search)
{
	const struct blocker *first = NULL;

	LIST_FOR_EACH (&search->readiness->blockers.list, const struct blocker, blocker) {
		if (is_about_guests(blocker) ||
		    (search->candidate->no_iommu && is_about_iommu(blocker)))
			continue;
		if (!first || (is_uncertain(first) && !is_uncertain(blocker)))
			first = blocker;
	}
	if (first)
		decide(search,
		       is_uncertain(first) ? CANDIDATE_UNKNOWN : CANDIDATE_NOT_READY,
		       first->text.value);
}

/*
 * A guest gets a device whose user stops using it first; a benchmark comes and goes, and
 * nobody is to notice: whatever the host does with a function is in the way.
 */
static void ask_uses(struct search *search)
{
	const struct use *first = NULL;

	LIST_FOR_EACH (&search->readiness->breaks.list, const struct use, use)
		if (!first ||
		    (first->kind.value == USE_UNKNOWN && use->kind.value != USE_UNKNOWN))
			first = use;
	if (!first || is_decided(search))
		return;
	if (first->kind.value == USE_UNKNOWN)
		decide(search, CANDIDATE_UNKNOWN, first->text.value);
	else
		decide(search, CANDIDATE_NOT_READY,
		       arena_printf(search->arena, "the host uses %s: %s",
				    streq(first->bdf, search->candidate->bdf)
					    ? "it"
					    : first->bdf,
				    first->text.value));
}

/* Is VFIO's mode without an IOMMU switched on? */
static bool has_no_iommu_mode(const struct system *system)
{
	LIST_FOR_EACH (&system->module_parameters, const struct module_parameter, one)
		if (streq(one->module, "vfio") &&
		    streq(one->name, "enable_unsafe_noiommu_mode"))
			return known_text(one->value) &&
			       (*one->value.value == 'Y' || *one->value.value == '1');
	return false;
}

/* Without an IOMMU there is a group only once vfio-pci has the function. */
static void ask_no_iommu(struct search *search)
{
	const struct group *group = search->group;

	if (!search->no_iommu)
		return;
	if (group && !known_str(group->name, "vfio-noiommu"))
		return;
	if (!group && search->candidate->device->group.state != FACT_ABSENT)
		return;
	search->candidate->no_iommu = true;
	if (!group && !has_no_iommu_mode(search->system))
		decide(search, CANDIDATE_NOT_READY,
		       "no IOMMU translates for it, and VFIO does without one only where "
		       "enable_unsafe_noiommu_mode of vfio is on");
}

static void ask_module(struct search *search)
{
	if (is_decided(search) || has_module(search->system, "vfio_pci", "VFIO_PCI"))
		return;
	if (search->system->modules_state == FACT_KNOWN)
		decide(search, CANDIDATE_NOT_READY,
		       "vfio-pci is not loaded: modprobe vfio-pci");
	else
		decide(search, CANDIDATE_UNKNOWN,
		       "whether vfio-pci is loaded could not be seen (/proc/modules)");
}

/* It goes to vfio-pci for the time of the benchmark. */
static void add_taken(struct search *search, const struct device *device)
{
	const char *driver = known_text(device->driver);
	struct candidate *candidate = search->candidate;

	search->functions[search->count++] =
		(struct take_function){ device->bdf, driver ? driver : "" };
	list_add(search->arena, &candidate->takes.list, device->bdf);
	list_add(search->arena, &candidate->lines,
		 driver ? arena_printf(search->arena,
				       "%s: taken from %s, and given back at the end",
				       device->bdf, driver)
			: arena_printf(search->arena,
				       "%s: given to vfio-pci, and left without a driver "
				       "at the end",
				       device->bdf));
}

/* A member that VFIO minds: it goes along, or nothing does. */
static void ask_member(struct search *search, const struct device *member)
{
	if (member == search->candidate->device || is_bridge(member) || is_viable(member))
		return;
	if (is_candidate(member))
		add_taken(search, member);
	else
		decide(search, CANDIDATE_NOT_READY,
		       arena_printf(search->arena,
				    "%s of the same group is a part of the chipset, and "
				    "%s cannot let go of it",
				    member->bdf, known_text(member->driver)));
}

/* The function first, then all of its group that the host has a driver for. */
static void ask_group(struct search *search)
{
	struct candidate *candidate = search->candidate;
	const char *driver = known_text(candidate->device->driver);

	if (!driver || !is_vfio_driver(driver))
		add_taken(search, candidate->device);
	candidate->plan.key = candidate->bdf;
	if (!search->group)
		return;
	LIST_FOR_EACH (&search->group->members.list, const struct device, member) {
		if (strcmp(member->bdf, candidate->plan.key) < 0)
			candidate->plan.key = member->bdf;
		ask_member(search, member);
	}
	LIST_FOR_EACH (&search->group->others.list, const struct group_member, member)
		if (known_text(member->driver))
			decide(search, CANDIDATE_NOT_READY,
			       arena_printf(
				       search->arena,
				       "%s of the same group is no PCI function, and "
				       "%s has it",
				       member->name, member->driver.value));
}

/* Whose driver is taken away has to be told by name. */
static void judge(struct search *search)
{
	const char *text = NULL;

	for (size_t i = 0; i < search->count; i++)
		if (*search->functions[i].driver)
			text = arena_printf(search->arena, "%s%s%s from %s",
					    text ? text : "", text ? ", " : "",
					    search->functions[i].bdf,
					    search->functions[i].driver);
	if (text)
		decide(search, CANDIDATE_WITH_YES,
		       arena_printf(search->arena,
				    "takes %s, and gives %s back at the end", text,
				    strstr(text, ", ") ? "them" : "it"));
	else
		search->candidate->verdict = KNOWN_ENUM(CANDIDATE_READY);
}

static void ask(struct search *search)
{
	struct candidate *candidate = search->candidate;
	size_t most = 1 + (search->group ? search->group->members.list.count : 0);

	search->functions = arena_alloc(search->arena, most * sizeof(*search->functions));
	candidate->takes.state =
		candidate->device->driver.state == FACT_KNOWN ||
				candidate->device->driver.state == FACT_ABSENT
			? FACT_KNOWN
			: candidate->device->driver.state;
	ask_no_iommu(search);
	if (!is_decided(search))
		ask_blockers(search);
	ask_uses(search);
	ask_module(search);
	if (!is_decided(search) && candidate->takes.state != FACT_KNOWN)
		decide(search, CANDIDATE_UNKNOWN, "its driver could not be read");
	if (!is_decided(search))
		ask_group(search);
	if (!is_decided(search))
		judge(search);
	if (candidate->verdict.value >= CANDIDATE_NOT_READY)
		candidate->takes.list.count = candidate->lines.count = search->count = 0;
	candidate->plan.functions = search->functions;
	candidate->plan.count = search->count;
}

/* The driver in this program that knows the device, if one does. */
static struct fact_str find_bench_device(const struct device *device)
{
	const struct bench_device *found;

	if (device->vendor_id.state != FACT_KNOWN ||
	    device->device_id.state != FACT_KNOWN)
		return (struct fact_str){ .state = FACT_UNREAD };
	found = bench_device_for(
		(uint16_t)device->vendor_id.value, (uint16_t)device->device_id.value,
		device->class_id.state == FACT_KNOWN ? (uint32_t)device->class_id.value
						     : 0);
	return found ? KNOWN_STR(found->name) : (struct fact_str){ .state = FACT_ABSENT };
}

void candidates_find(struct system *system, const struct list *devices, bool no_iommu,
		     struct list *ret)
{
	struct list objects = { 0 };

	analyze_ready(system, devices, 0, &objects);
	LIST_FOR_EACH (&objects, const struct readiness, readiness) {
		struct candidate *candidate = arena_new(&system->arena, struct candidate);
		struct device *device = readiness->device;
		struct search search = {
			.system = system,
			.arena = &system->arena,
			.candidate = candidate,
			.readiness = readiness,
			.group = device->group_ref,
			.no_iommu = no_iommu,
		};

		candidate->device = device;
		candidate->bdf = device->bdf;
		candidate->driver = device->driver;
		candidate->name = device->device;
		candidate->group = device->group;
		candidate->why.state = FACT_ABSENT;
		candidate->bench_device = find_bench_device(device);
		ask(&search);
		list_add(&system->arena, ret, candidate);
	}
}

const char *candidate_refusal(const struct candidate *candidate, struct arena *arena,
			      bool yes)
{
	switch ((enum candidate_verdict)candidate->verdict.value) {
	case CANDIDATE_READY:
		return NULL;
	case CANDIDATE_WITH_YES:
		return yes ? NULL
			   : arena_printf(arena, "%s; only with --yes",
					  candidate->why.value);
	default:
		return candidate->why.value;
	}
}

static const struct enum_name verdict_names[] = {
	[CANDIDATE_READY] = { "ready", MOOD_GOOD, "it can be driven now" },
	[CANDIDATE_WITH_YES] = { "ready-with-yes", MOOD_GOOD,
				 "functions are taken from drivers of the host, and "
				 "given "
				 "back at the end: with --yes" },
	[CANDIDATE_NOT_READY] = { "not-ready", MOOD_BAD, "something is in the way" },
	[CANDIDATE_UNKNOWN] = { "unknown", MOOD_WARN, "what decides could not be seen" },
	{ 0 },
};

static const struct field fields[] = {
	FIELD(struct candidate, bdf, "BDF", F_STR, F_SHOW | F_LABEL, "PCI address"),
	FIELD(struct candidate, verdict, "VERDICT", F_ENUM, F_SHOW | F_INFO,
	      "whether it can be driven", .names = verdict_names),
	FIELD(struct candidate, bench_device, "BENCH", F_STR, F_SHOW,
	      "what drives it in a benchmark; absent where nothing knows it"),
	FIELD(struct candidate, group, "GROUP", F_UINT, F_SHOW | F_RIGHT,
	      "its IOMMU group"),
	FIELD(struct candidate, driver, "DRIVER", F_STR, F_SHOW, "driver bound to it"),
	FIELD(struct candidate, name, "NAME", F_STR, F_SHOW | F_TRUNC,
	      "name of the device"),
	FIELD(struct candidate, why, "WHY", F_STR, F_SHOW | F_WRAP,
	      "what is in the way, or what would be done"),
	FIELD(struct candidate, takes, "TAKES", F_STRV, 0,
	      "functions that vfio-pci gets for the time of a benchmark"),
};

const struct record candidate_record = RECORD(
	"candidates", "candidate", "functions that a benchmark could drive", fields);
