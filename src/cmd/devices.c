// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope devices: every PCI function and what stands between it and memory. */

#include "analyze/analyze.h"
#include "cmd/cmd.h"

enum { KEY_WHY = 256 };

static const struct option_desc options[] = {
	{ "why", KEY_WHY, NULL, "all that led to each translation, step by step" },
	{ 0 },
};

static int take_option(struct context *context, int key, const char *value)
{
	(void)value;
	if (key == KEY_WHY)
		context->why = true;
	return EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	struct list objects = { 0 };
	int status = context_choose_devices(context, count, arguments, &objects);

	if (status != EXIT_ANSWERED)
		return status;
	if (context->why) {
		explain_translations(&context->system, &objects);
		/* The columns that the steps have too, unless the user chose. */
		if (!context->output.columns)
			context->output.columns = "BDF,TRANSLATION,WHY";
	}
	return context_answer(context, &objects);
}

const struct command command_devices = {
	.name = "devices",
	.arguments = "[BDF...]",
	.summary = "Every PCI function and what stands between it and memory",
	.options = options,
	.record = &device_record,
	.needs = NEED_MODEL,
	.facts = FACTS_ALL & ~(unsigned int)(FACTS_REGIONS | FACTS_DEBUG),
	.option = take_option,
	.run = run,
};
