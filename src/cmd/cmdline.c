// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope cmdline: kernel parameters that bear on DMA, and what they do here. */

#include "cmd/cmd.h"

static int run(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;

	(void)arguments;
	if (count > 0) {
		complain("cmdline takes no arguments");
		return EXIT_TROUBLE;
	}
	if (system->cmdline.state == FACT_KNOWN && system->parameters.count == 0)
		context->note = "No parameter of the kernel command line bears on DMA.";
	return context_answer(context, &system->parameters);
}

const struct command command_cmdline = {
	.name = "cmdline",
	.arguments = "",
	.summary = "What each DMA-related kernel parameter does here, or that it does "
		   "nothing",
	.record = &parameter_record,
	.needs = NEED_MODEL | NEED_ISOLATION,
	.facts = FACTS_PARAMETERS |
		 (FACTS_ALL & ~(unsigned int)(FACTS_REGIONS | FACTS_NAMES)),
	.run = run,
};
