// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope channels: channels of third-party DMA controllers. */

#include "cmd/cmd.h"

/* Third-party DMA beside first-party DMA: who moves data for others, and who its own. */
static const char *note(struct system *system)
{
	const struct status *status = &system->status;
	unsigned long long masters = status->bus_masters.value;
	const char *third, *first;

	if (system->channels_state != FACT_KNOWN)
		third = "not all channels could be looked for";
	else if (system->channels.count == 0)
		third = "no controller moves data for others";
	else
		third = "these controllers move data for others";
	if (status->bus_masters.state != FACT_KNOWN)
		first = "how many PCI functions are bus masters could not be found out";
	else
		first = arena_printf(
			&system->arena, "%llu of %zu PCI functions %s and move%s %s own",
			masters, system->devices.count,
			masters == 1 ? "is a bus master" : "are bus masters",
			masters == 1 ? "s" : "", masters == 1 ? "its" : "their");
	return arena_printf(&system->arena,
			    "Third-party DMA: %s. First-party DMA: %s; dmascope devices "
			    "shows them.",
			    third, first);
}

static int run(struct context *context, int count, char **arguments)
{
	(void)arguments;
	if (count > 0) {
		complain("channels takes no arguments");
		return EXIT_TROUBLE;
	}
	context->note = note(&context->system);
	return context_answer(context, &context->system.channels);
}

const struct command command_channels = {
	.name = "channels",
	.arguments = "",
	.summary = "Channels of DMA controllers, which move data for other devices",
	.record = &channel_record,
	.needs = NEED_MODEL,
	.facts = FACTS_HOST | FACTS_DEVICES | FACTS_DEBUG | FACTS_CHANNELS,
	.run = run,
};
