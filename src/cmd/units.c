// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope units: IOMMU hardware units and what they can do. */

#include "cmd/cmd.h"

static int run(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;
	struct list objects = { 0 };

	if (count == 0)
		return context_answer(context, &system->units);
	for (int i = 0; i < count; i++) {
		struct unit *unit = system_find_unit(system, arguments[i]);

		if (!unit) {
			complain("%s: no such IOMMU unit", arguments[i]);
			return EXIT_TROUBLE;
		}
		list_add(&system->arena, &objects, unit);
	}
	return context_answer(context, &objects);
}

const struct command command_units = {
	.name = "units",
	.arguments = "[UNIT...]",
	.summary = "IOMMU hardware units and what they can do",
	.record = &unit_record,
	.needs = NEED_MODEL,
	.facts = FACTS_ALL & ~(unsigned int)(FACTS_REGIONS | FACTS_NAMES | FACTS_DEBUG),
	.run = run,
};
