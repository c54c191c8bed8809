// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope snapshot: captures what the sources read, for another place and time. */

#include "cmd/cmd.h"
#include "source/recorder.h"

enum { KEY_REDACT = 256 };

static const struct option_desc options[] = {
	{ "redact", KEY_REDACT, NULL,
	  "blank serial numbers, MAC addresses, UUIDs and the host's name" },
	{ 0 },
};

static int take_option(struct context *context, int key, const char *value)
{
	(void)value;
	if (key == KEY_REDACT)
		context->redact = true;
	return EXIT_ANSWERED;
}

static int record(struct context *context, const char *directory)
{
	struct system *system = &context->system;
	struct recorder *recorder;
	size_t files;
	int r = recorder_open(&context->root, directory, context->redact, &recorder);

	if (r < 0) {
		complain("%s: %s", directory, strerror(-r));
		return EXIT_TROUBLE;
	}
	sources_read(&context->root, system, FACTS_SNAPSHOT);
	files = recorder_files(recorder);
	r = recorder_close(recorder, known_text(system->host.time),
			   known_text(system->host.arch));
	if (r < 0) {
		complain("%s: the snapshot is not whole: %s", directory, strerror(-r));
		return EXIT_TROUBLE;
	}
	printf("%s: %zu files of %zu PCI functions, %zu IOMMU groups, %zu units; %zu "
	       "places "
	       "could not be read\n",
	       directory, files, system->devices.count, system->groups.count,
	       system->units.count, system->unread.count);
	return EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	int status;

	if (count != 1) {
		complain("snapshot takes one argument: the directory to make");
		return EXIT_TROUBLE;
	}
	status = context_open(context);
	return status == EXIT_ANSWERED ? record(context, arguments[0]) : status;
}

const struct command command_snapshot = {
	.name = "snapshot",
	.arguments = "DIR",
	.summary = "Capture this machine into a directory that --sysroot takes",
	.options = options,
	.option = take_option,
	.run = run,
};
