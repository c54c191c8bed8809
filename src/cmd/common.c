// SPDX-License-Identifier: GPL-2.0-or-later
/* What all commands share: loading the model, writing the answer, help. */

#include "cmd/cmd.h"

#include <stdarg.h>

#include "analyze/analyze.h"

const struct command *const commands[] = {
	&command_status,
	&command_devices,
	&command_groups,
	&command_units,
	&command_tables,
	&command_path,
	&command_reach,
	&command_iomem,
	&command_channels,
	&command_cmdline,
	&command_faults,
	&command_ready,
	&command_audit,
	&command_explain,
	&command_leaks,
	&command_diff,
	&command_bench,
	&command_watch,
	&command_report,
	&command_metrics,
	&command_snapshot,
	NULL,
};

static const char *const color_values[] = { "auto", "always", "never", NULL };

const struct option_desc global_options[] = {
	{ "sysroot", 's' + 256, "DIR", "look at a snapshot instead of this machine" },
	{ "format", 'f', "FORMAT", "table, json, jsonl or prometheus" },
	{ "json", 'J', NULL, "the same as --format json" },
	{ "columns", 'o', "LIST", "columns to show, by heading or JSON key; +NAME adds" },
	{ "noheadings", 'n', NULL, "leave the headings out" },
	{ "color", 'c' + 256, "WHEN", "auto, always or never", color_values },
	{ "human", 'u' + 256, NULL, "sizes as 4K, 2M, 1G" },
	{ "help", 'h', NULL, "show this help" },
	{ "version", 'V', NULL, "show the version" },
	{ 0 },
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (streq(commands[i]->name, name))
			return commands[i];
	return NULL;
}

void complain(const char *format, ...)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	strbuf_add_safe(&safe, message);
	fprintf(stderr, "dmascope: %s\n", strbuf_text(&safe));
}

/* A directory is a snapshot when it has a manifest, or at least what sysfs would have. */
static bool is_snapshot(struct root *root)
{
	struct list names = { 0 };

	return root->live || root->manifest ||
	       root_list(root, &names, 0, "sys") != -ENOENT;
}

int context_open(struct context *context)
{
	const char *path = context->sysroot ? context->sysroot : "/";
	int r = root_open(&context->root, context->sysroot, &context->system);

	if (r < 0)
		complain("%s: %s", path, strerror(-r));
	else if (!is_snapshot(&context->root))
		complain("%s: no snapshot: it has neither manifest.json nor sys/", path);
	else
		return EXIT_ANSWERED;
	return EXIT_TROUBLE;
}

int context_load(struct context *context, unsigned int facts)
{
	int status = context_open(context);

	if (status != EXIT_ANSWERED)
		return status;
	sources_read(&context->root, &context->system, facts);
	analyze_system(&context->system);
	if (context->command->needs & NEED_ISOLATION)
		analyze_isolation(&context->system);
	return EXIT_ANSWERED;
}

bool is_text(const struct context *context)
{
	return context->output.format->write == text_write;
}

enum { REASONS_TOLD = 20 };

/*
 * A table has no room for what could not be seen, so stderr gets a line for each reason:
 * hundreds of devices are refused for the same one.
 */
void tell_unread(const struct list *unread)
{
	const struct unread *told[REASONS_TOLD];
	size_t counts[REASONS_TOLD], reasons = 0, rest = 0;

	LIST_FOR_EACH (unread, const struct unread, item) {
		size_t i = 0;

		while (i < reasons && !(streq(told[i]->source, item->source) &&
					streq(told[i]->reason, item->reason)))
			i++;
		if (i < reasons) {
			counts[i]++;
		} else if (reasons < REASONS_TOLD) {
			told[reasons] = item;
			counts[reasons++] = 0;
		} else {
			rest++;
		}
	}
	for (size_t i = 0; i < reasons; i++) {
		if (counts[i] > 0)
			complain("%s: %s (and %zu more)", told[i]->path, told[i]->reason,
				 counts[i]);
		else
			complain("%s: %s", told[i]->path, told[i]->reason);
	}
	if (rest > 0)
		complain("%zu more places could not be read; --json names them", rest);
}

int context_answer(struct context *context, const struct list *objects)
{
	struct system *system = &context->system;
	struct list head = { 0 };
	struct document document = {
		.head = { &host_record, &head },
		.about = context->about,
		.body = { context->record, objects },
		.unread = { &unread_record, &system->unread },
		.note = context->note,
	};
	int r;

	list_add(&system->arena, &head, &system->host);
	r = context->output.format->write(&context->output, &document);
	if (r == -EOPNOTSUPP) {
		complain("%s has nothing to show as %s", context->command->name,
			 context->output.format->name);
		return EXIT_TROUBLE;
	}
	if (r < 0) {
		complain("standard output: %s", strerror(-r));
		return EXIT_TROUBLE;
	}
	if (context->output.format->write != text_write)
		return EXIT_ANSWERED;
	fflush(stdout); /* so that what follows on stderr stands below the table */
	if (objects->count == 0 && !context->note)
		complain("%s has nothing to show; dmascope status says why",
			 context->command->name);
	tell_unread(&system->unread);
	return EXIT_ANSWERED;
}

void context_read_mappings(struct context *context, const struct list *devices)
{
	struct system *system = &context->system;

	/* Of all there is nothing to choose. */
	if (devices->count < system->devices.count)
		LIST_FOR_EACH (devices, const struct device, device) {
			list_add(&system->arena, &system->mappings_wanted, device->bdf);
			if (!device->group_ref)
				continue;
			LIST_FOR_EACH (&device->group_ref->devices.list, const char, name)
				list_add(&system->arena, &system->mappings_wanted, name);
		}
	sources_read(&context->root, system, FACTS_MAPPINGS);
}

static bool is_meant(const struct pci_address *wanted, const struct pci_address *address)
{
	return wanted->domain == address->domain && wanted->bus == address->bus &&
	       wanted->device == address->device &&
	       (wanted->function < 0 || wanted->function == address->function);
}

int context_choose_devices(struct context *context, int count, char **arguments,
			   struct list *ret)
{
	struct system *system = &context->system;

	if (count == 0)
		*ret = system->devices;
	for (int i = 0; i < count; i++) {
		struct pci_address wanted;
		size_t before = ret->count;

		if (parse_pci_address(arguments[i], &wanted) < 0) {
			complain("%s: not a PCI address such as 0000:00:1f.2 or 00:1f",
				 arguments[i]);
			return EXIT_TROUBLE;
		}
		LIST_FOR_EACH (&system->devices, struct device, device)
			if (is_meant(&wanted, &device->address))
				list_add(&system->arena, ret, device);
		if (ret->count == before) {
			complain("%s: no such PCI function", arguments[i]);
			return EXIT_TROUBLE;
		}
	}
	return EXIT_ANSWERED;
}
