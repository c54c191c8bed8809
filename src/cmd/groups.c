// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope groups: IOMMU groups, who shares them and why, and reserved regions. */

#include "cmd/cmd.h"

static struct group *find_group(const struct system *system, uint64_t id)
{
	LIST_FOR_EACH (&system->groups, struct group, group)
		if (group->id.value == id)
			return group;
	return NULL;
}

static int run(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;
	struct list objects = { 0 };

	if (count == 0)
		return context_answer(context, &system->groups);
	for (int i = 0; i < count; i++) {
		struct group *group;
		uint64_t id;

		if (parse_u64(arguments[i], 10, &id) < 0) {
			complain("%s: not the number of a group", arguments[i]);
			return EXIT_TROUBLE;
		}
		group = find_group(system, id);
		if (!group) {
			complain("%s: no such IOMMU group", arguments[i]);
			return EXIT_TROUBLE;
		}
		list_add(&system->arena, &objects, group);
	}
	return context_answer(context, &objects);
}

enum { KEY_WHY = 256 };

static const struct option_desc options[] = {
	{ "why", KEY_WHY, NULL,
	  "who shares each group and why, and what would change it" },
	{ 0 },
};

static int take_option(struct context *context, int key, const char *value)
{
	(void)value;
	if (key == KEY_WHY)
		context->output.cards = true;
	return EXIT_ANSWERED;
}

const struct command command_groups = {
	.name = "groups",
	.arguments = "[ID...]",
	.summary = "IOMMU groups, who shares them and why, and what is reserved",
	.options = options,
	.record = &group_record,
	.needs = NEED_MODEL | NEED_ISOLATION,
	.facts = FACTS_ALL & ~(unsigned int)FACTS_DEBUG,
	.option = take_option,
	.run = run,
};
