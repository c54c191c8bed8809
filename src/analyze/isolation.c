// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Do the groups of the kernel hold what they promise?
 *
 * The prediction knows nothing of the kernel's groups, which were formed when a device
 * appeared, on what its ACS registers said then. Where the two differ, the registers have
 * changed if they explain the difference; otherwise Linux went by what it was told
 * (pcie_acs_override=, which exists in patched kernels) or by a list that is not known
 * here.
 */

#include "analyze/analyze.h"

#include "analyze/explain.h"

/* What is found out about a group of the kernel. */
struct finding {
	struct list joins; /* struct join: those of its members, and those out of it */
	bool cleared;	   /* one that leads out depends on registers alone */
	bool held_apart;   /* one that leads out does not */
	bool coarse;	   /* its members are predicted to be in several groups */
};

struct isolation {
	struct system *system;
	struct prediction live;
	struct prediction earlier; /* with ACS off in the coarse groups */
	struct finding *findings;  /* one for each group, by its index */
	bool overridden;
};

/* Does the kernel have the two in different groups that can be held to account? */
static bool is_across(const struct isolation *isolation, const struct join *join)
{
	const struct node *nodes = isolation->live.nodes;

	return join->member->group_ref && join->with->group_ref &&
	       join->member->group_ref != join->with->group_ref &&
	       nodes[join->member->index].covered && nodes[join->with->index].covered;
}

static void note_join(struct isolation *isolation, const struct group *group,
		      const struct join *join)
{
	struct finding *finding = &isolation->findings[group->index];

	list_add(&isolation->system->arena, &finding->joins, join);
	if (!is_across(isolation, join))
		return;
	if (join->by_registers)
		finding->cleared = true;
	else
		finding->held_apart = true;
}

static void sort_joins(struct isolation *isolation)
{
	LIST_FOR_EACH (&isolation->live.joins, const struct join, join) {
		if (join->member->group_ref)
			note_join(isolation, join->member->group_ref, join);
		if (is_across(isolation, join))
			note_join(isolation, join->with->group_ref, join);
	}
}

/* Groups that are larger than ACS demands now, and whether there are any. */
static bool find_coarse(struct isolation *isolation, bool *changed)
{
	bool any = false;

	LIST_FOR_EACH (&isolation->system->groups, struct group, group) {
		struct finding *finding = &isolation->findings[group->index];
		const struct list *members = &group->members.list;

		LIST_FOR_EACH (members, const struct device, member)
			finding->coarse |=
				predicted_set(&isolation->live, member) !=
				predicted_set(&isolation->live, members->items[0]);
		if (!finding->coarse)
			continue;
		LIST_FOR_EACH (members, const struct device, member)
			changed[member->index] = true;
		any = true;
	}
	return any;
}

/* Why nothing can be predicted of a group; NULL where it can. */
static const char *obstacle_of(struct isolation *isolation, const struct group *group,
			       enum fact_state *ret_state)
{
	const struct list *members = &group->members.list;
	struct arena *arena = &isolation->system->arena;

	*ret_state = FACT_ABSENT;
	if (known_str(group->name, "vfio-noiommu"))
		return "VFIO's no-IOMMU mode made the group: no IOMMU stands behind it";
	if (group->devices.list.count == 0)
		return "it has no members";
	LIST_FOR_EACH (&group->others.list, const struct group_member, other)
		return arena_printf(arena,
				    "%s is no PCI function: its group is not a matter of "
				    "topology",
				    other->name);
	*ret_state = FACT_UNREAD;
	if (members->count < group->devices.list.count)
		return "a member is not among the PCI functions";
	LIST_FOR_EACH (members, const struct device, member) {
		const struct node *node = &isolation->live.nodes[member->index];
		const struct device *doubt =
			predicted_set(&isolation->live, member)->doubt;

		if (!node->covered && !member->unit_ref)
			return arena_printf(arena,
					    "no IOMMU unit in sysfs is in charge of %s",
					    member->bdf);
		if (!node->covered)
			return arena_printf(arena,
					    "unit %s forms groups in a way of its own",
					    member->unit_ref->name);
		if (doubt)
			return explain_doubt(isolation->system, doubt, ret_state);
	}
	return NULL;
}

static void set_unknown(struct isolation *isolation, struct group *group,
			enum fact_state state, const char *why)
{
	bool no_iommu = known_str(group->name, "vfio-noiommu");
	size_t count = group->devices.list.count;

	group->why.state = group->predicted.state = group->drift.state = state;
	group->isolated.state = state;
	group->isolated_why = KNOWN_STR(why);
	/* For this much the kernel's word is enough. */
	if (no_iommu || count > 1)
		group->isolated = KNOWN_BOOL(false);
	if (!no_iommu && count > 1)
		group->isolated_why =
			KNOWN_STR(arena_printf(&isolation->system->arena,
					       "%zu devices share it; %s", count, why));
}

/* Does the group owe its size to ACS that was off when it was formed? */
static bool was_set_since(const struct isolation *isolation, const struct group *group)
{
	const struct list *members = &group->members.list;
	const struct node *set;

	if (!isolation->earlier.nodes)
		return false;
	set = predicted_set(&isolation->earlier, members->items[0]);
	if (set->members.count != members->count)
		return false;
	LIST_FOR_EACH (members, const struct device, member)
		if (predicted_set(&isolation->earlier, member) != set)
			return false;
	return true;
}

static enum situation situation_of(const struct isolation *isolation,
				   const struct join *join)
{
	if (!is_across(isolation, join))
		return JOIN_FORMED;
	if (join->by_registers)
		return JOIN_CLEARED;
	/* The patch overrides what has no ACS capability, and nothing else. */
	if (isolation->overridden && join->code != WHY_CONVENTIONAL_BUS &&
	    join->code != WHY_DMA_ALIAS)
		return JOIN_OVERRIDDEN;
	return JOIN_FOREIGN;
}

/* Functions of one device that is part of the root complex, other than ports. */
static bool is_built_in(const struct join *join)
{
	return join->code == WHY_MULTIFUNCTION_NO_ACS && is_on_root_bus(join->member) &&
	       !is_downward(join->member);
}

static void set_reasons(struct isolation *isolation, struct group *group)
{
	const struct finding *finding = &isolation->findings[group->index];
	struct arena *arena = &isolation->system->arena;
	struct list *why = &group->why.list;
	const struct join *built_in = NULL;

	group->why.state = FACT_KNOWN;
	if (group->isolated.state == FACT_KNOWN && group->isolated.value)
		explain_alone(&isolation->live, group->members.list.items[0], why);
	LIST_FOR_EACH (&finding->joins, const struct join, join) {
		list_add(arena, why,
			 explain_join(&isolation->live, join,
				      situation_of(isolation, join)));
		if (is_built_in(join) && !built_in)
			built_in = join;
	}
	if (built_in)
		list_add(arena, why, explain_root_bus(isolation->system, built_in));
	if (!finding->coarse || !known_true(group->drift))
		return;
	LIST_FOR_EACH (&isolation->earlier.joins, const struct join, join)
		if (join->by_registers && join->member->group_ref == group)
			list_add(arena, why,
				 explain_join(&isolation->earlier, join, JOIN_SET));
}

/* What else there is to say of a group that isolates nothing; NULL for nothing. */
static const char *oddity_of(const struct isolation *isolation, const struct group *group)
{
	const struct finding *finding = &isolation->findings[group->index];

	if (finding->cleared)
		return "ACS was switched off after the groups were formed";
	if (finding->held_apart)
		return isolation->overridden
			       ? "pcie_acs_override= keeps apart what ACS does not"
			       : "Linux keeps apart what ACS does not, for a reason that "
				 "is not known here";
	if (!finding->coarse)
		return NULL;
	return known_true(group->drift)
		       ? "ACS was switched on after the groups were formed"
		       : "Linux has them together for a reason that is not known here";
}

static const char *isolated_why(const struct isolation *isolation,
				const struct group *group, const struct node *set)
{
	const char *oddity = oddity_of(isolation, group);
	size_t count = group->devices.list.count;

	if (known_true(group->isolated))
		return "alone, and every hop isolates";
	return arena_printf(&isolation->system->arena, "%zu %s%s%s",
			    count > 1 ? count : set->members.count,
			    count > 1 ? "devices share it" : "functions are one",
			    oddity ? "; " : "", oddity ? oddity : "");
}

static void judge_group(struct isolation *isolation, struct group *group)
{
	const struct finding *finding = &isolation->findings[group->index];
	enum fact_state state;
	const char *obstacle = obstacle_of(isolation, group, &state);
	const struct node *set;

	if (group->devices.state != FACT_KNOWN) {
		obstacle = "its members could not be listed";
		state = group->devices.state;
	}
	if (obstacle) {
		set_unknown(isolation, group, state, obstacle);
		return;
	}
	set = predicted_set(&isolation->live, group->members.list.items[0]);
	/* Shared: after drift many groups are predicted to be one. */
	group->predicted = (struct fact_list){ FACT_KNOWN, set->members };
	group->cleared = finding->cleared;
	group->drift = KNOWN_BOOL(finding->cleared ||
				  (finding->coarse && was_set_since(isolation, group)));
	group->isolated =
		KNOWN_BOOL(group->devices.list.count == 1 && set->members.count == 1);
	if (finding->held_apart && !finding->cleared && !isolation->overridden &&
	    group->devices.list.count == 1)
		group->isolated.state = FACT_UNREAD;
	group->isolated_why = KNOWN_STR(isolated_why(isolation, group, set));
	set_reasons(isolation, group);
}

/* Only kernels with the patch for it take the parameter; others have the same groups. */
static bool asks_for_override(const struct system *system)
{
	LIST_FOR_EACH (&system->arguments, const struct kernel_argument, argument)
		if (streq(argument->name, "pcie_acs_override"))
			return true;
	return false;
}

void analyze_isolation(struct system *system)
{
	struct arena *arena = &system->arena;
	struct isolation isolation = {
		.system = system,
		.findings =
			arena_alloc(arena, system->groups.count * sizeof(struct finding)),
		.overridden = asks_for_override(system),
	};
	bool *changed = arena_alloc(arena, system->devices.count * sizeof(*changed));

	LIST_FOR_EACH (&system->groups, struct group, group)
		group->index = group_at;
	predict(system, NULL, &isolation.live);
	sort_joins(&isolation);
	if (find_coarse(&isolation, changed))
		predict(system, changed, &isolation.earlier);
	LIST_FOR_EACH (&system->groups, struct group, group)
		judge_group(&isolation, group);
	if (isolation.overridden)
		analyze_override(system);
}
