// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope ready: can a device be given to a guest, and what would that break. */

#include "analyze/analyze.h"
#include "cmd/cmd.h"
#include "cmd/snippet.h"

enum { KEY_EMIT = 256, KEY_MEMORY };

/* In the order of snippets[]. */
static const char *const emit_words[] = { "libvirt", "qemu", "driverctl", NULL };

static const struct option_desc options[] = {
	{ "emit", KEY_EMIT, "WHAT", "what libvirt, qemu or driverctl want to be told",
	  emit_words },
	{ "memory", KEY_MEMORY, "SIZE",
	  "memory that the guest is to have, such as 16G: does it fit" },
	{ 0 },
};

static int take_option(struct context *context, int key, const char *value)
{
	if (key == KEY_MEMORY) {
		if (parse_size(value, &context->memory) == 0)
			return EXIT_ANSWERED;
		complain("%s: not a size such as 16G", value);
		return EXIT_TROUBLE;
	}
	for (const struct snippet *snippet = snippets; snippet->name; snippet++)
		if (streq(snippet->name, value))
			context->snippet = snippet;
	if (context->snippet)
		return EXIT_ANSWERED;
	complain("--emit takes libvirt, qemu or driverctl");
	return EXIT_TROUBLE;
}

static bool is_refused(const struct readiness *readiness)
{
	return readiness->verdict.value == NOT_READY ||
	       readiness->verdict.value == READY_UNKNOWN;
}

/* What has no place in a snippet. */
static void tell_warnings(const struct readiness *readiness)
{
	LIST_FOR_EACH (&readiness->warnings.list, const struct warning, warning)
		complain("%s: %s", readiness->bdf, warning->text.value);
}

/* What is not known to be ready is told on stderr, and a snippet of it is not written. */
static int emit(struct context *context, const struct list *objects)
{
	struct list done = { 0 };
	int status = EXIT_ANSWERED;

	LIST_FOR_EACH (objects, const struct readiness, readiness) {
		if (is_refused(readiness)) {
			complain("%s: %s", readiness->bdf, readiness->verdict_why.value);
			status = EXIT_NEGATIVE;
		} else {
			tell_warnings(readiness);
			snippet_print(context->snippet, readiness, &context->system.arena,
				      &done);
		}
	}
	return status;
}

/* Without arguments: everything that a guest could be given. */
static void keep_candidates(struct context *context, struct list *devices)
{
	struct list kept = { 0 };

	LIST_FOR_EACH (devices, struct device, device)
		if (is_candidate(device))
			list_add(&context->system.arena, &kept, device);
	*devices = kept;
}

/* Those that are named are judged as leaving together, each with its group. */
static void mark_leaving(const struct list *devices)
{
	LIST_FOR_EACH (devices, struct device, device) {
		device->leaves = true;
		if (device->group_ref)
			LIST_FOR_EACH (&device->group_ref->members.list, struct device,
				       member)
				member->leaves = true;
	}
}

static int run(struct context *context, int count, char **arguments)
{
	struct list devices = { 0 }, objects = { 0 };
	int status;

	if (context->snippet &&
	    (count == 0 || context->output.format != output_formats)) {
		complain("--emit wants the addresses of functions, and no --format");
		return EXIT_TROUBLE;
	}
	status = context_choose_devices(context, count, arguments, &devices);
	if (status != EXIT_ANSWERED)
		return status;
	if (count == 0)
		keep_candidates(context, &devices);
	else
		context->output.cards = !context->output.columns;
	if (count > 0)
		mark_leaving(&devices);
	analyze_use(&context->system);
	analyze_ready(&context->system, &devices, context->memory, &objects);
	if (context->snippet)
		return emit(context, &objects);
	status = context_answer(context, &objects);
	if (status != EXIT_ANSWERED || count == 0)
		return status;
	LIST_FOR_EACH (&objects, const struct readiness, readiness)
		if (is_refused(readiness))
			return EXIT_NEGATIVE;
	return EXIT_ANSWERED;
}

const struct command command_ready = {
	.name = "ready",
	.arguments = "[BDF...]",
	.summary = "Whether a device can be given to a guest, and what that would break",
	.options = options,
	.record = &readiness_record,
	.needs = NEED_MODEL,
	.facts = FACTS_HOST | FACTS_PLATFORM | FACTS_DEVICES | FACTS_GROUPS |
		 FACTS_REGIONS | FACTS_UNITS | FACTS_NAMES | FACTS_FIRMWARE | FACTS_USE |
		 FACTS_VFIO,
	.option = take_option,
	.run = run,
};
