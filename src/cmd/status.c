// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope status: the machine in one screen. */

#include "cmd/cmd.h"

static int run(struct context *context, int count, char **arguments)
{
	struct list objects = { 0 };

	(void)arguments;
	if (count > 0) {
		complain("status takes no arguments");
		return EXIT_TROUBLE;
	}
	list_add(&context->system.arena, &objects, &context->system.status);
	return context_answer(context, &objects);
}

const struct command command_status = {
	.name = "status",
	.arguments = "",
	.summary = "Is DMA on this machine translated and isolated, and why",
	.record = &status_record,
	.needs = NEED_MODEL,
	.facts = FACTS_ALL & ~(unsigned int)(FACTS_REGIONS | FACTS_NAMES),
	.run = run,
};
