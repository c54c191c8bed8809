// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope path: the way of one DMA, hop by hop; and of one function to another. */

#include "analyze/analyze.h"
#include "cmd/cmd.h"

/* The one function that an argument names. */
static struct device *choose_one(struct context *context, char *argument)
{
	struct list found = { 0 };

	if (context_choose_devices(context, 1, &argument, &found) != EXIT_ANSWERED)
		return NULL;
	if (found.count == 1)
		return found.items[0];
	complain("%s: names %zu functions; a way to a peer has one at each end", argument,
		 found.count);
	return NULL;
}

static void add_peer(struct system *system, struct list *objects, struct device *from,
		     struct device *to)
{
	struct path *path = arena_new(&system->arena, struct path);

	isolation_peer(system, from, to, path);
	list_add(&system->arena, objects, path);
}

static int run(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;
	struct list devices = { 0 }, objects = { 0 };
	int status;

	if (count > 2) {
		complain("path takes one PCI function, or two: sender and target");
		return EXIT_TROUBLE;
	}
	if (count == 2) {
		struct device *from = choose_one(context, arguments[0]);
		struct device *to = from ? choose_one(context, arguments[1]) : NULL;

		if (!to)
			return EXIT_TROUBLE;
		add_peer(system, &objects, from, to);
		if (from != to)
			add_peer(system, &objects, to, from);
		return context_answer(context, &objects);
	}
	status = context_choose_devices(context, count, arguments, &devices);
	if (status != EXIT_ANSWERED)
		return status;
	context_read_mappings(context, &devices);
	analyze_paths(system, &devices, &objects);
	return context_answer(context, &objects);
}

const struct command command_path = {
	.name = "path",
	.arguments = "[BDF [BDF]]",
	.summary = "The way of one DMA, hop by hop: to memory, or to another function",
	.record = &path_record,
	.needs = NEED_MODEL,
	.facts = FACTS_ALL | FACTS_IOMEM,
	.run = run,
};
