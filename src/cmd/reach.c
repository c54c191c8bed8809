// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope reach: which physical memory a device can touch now. */

#include "analyze/analyze.h"
#include "cmd/cmd.h"

enum { KEY_WHY = 256 };

static const struct option_desc options[] = {
	{ "why", KEY_WHY, NULL, "what lies within the reach of each, and what says so" },
	{ 0 },
};

static int take_option(struct context *context, int key, const char *value)
{
	(void)value;
	if (key == KEY_WHY)
		context->output.cards = true;
	return EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	struct list devices = { 0 }, objects = { 0 };
	int status = context_choose_devices(context, count, arguments, &devices);

	if (status != EXIT_ANSWERED)
		return status;
	context_read_mappings(context, &devices);
	analyze_reach(&context->system, &devices, &objects);
	return context_answer(context, &objects);
}

const struct command command_reach = {
	.name = "reach",
	.arguments = "[BDF...]",
	.summary = "Which physical memory a device can touch now",
	.options = options,
	.record = &reach_record,
	.needs = NEED_MODEL,
	.facts = FACTS_ALL | FACTS_IOMEM,
	.option = take_option,
	.run = run,
};
