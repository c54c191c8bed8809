// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope report: all about a machine in one file of HTML, or drawn. */

#include "cmd/report.h"
#include "audit/audit.h"
#include "base/file.h"

enum { KEY_SVG = 256, KEY_DOT };

static const struct option_desc options[] = {
	{ "svg", KEY_SVG, NULL, "the drawing alone, as SVG" },
	{ "dot", KEY_DOT, NULL, "the same as a graph for Graphviz" },
	{ 0 },
};

/* What was asked for; one command runs in a process. */
static enum { AS_PAGE, AS_SVG, AS_DOT } form;

static int take_option(struct context *context, int key, const char *value)
{
	(void)context;
	(void)value;
	form = key == KEY_SVG ? AS_SVG : AS_DOT;
	return EXIT_ANSWERED;
}

static int write_form(struct context *context, FILE *stream)
{
	struct system *system = &context->system;
	struct list rulings = { 0 }, findings = { 0 };
	struct diagram diagram;

	if (form == AS_PAGE) {
		analyze_firmware(system);
		audit_run(system, PROFILE_HOST, &rulings, &findings);
		return report_write_page(context, &findings, stream);
	}
	report_draw(system, &diagram);
	if (form == AS_SVG)
		diagram_write_svg(stream, &diagram);
	else
		diagram_write_dot(stream, &diagram);
	return 0;
}

static int write_file(struct context *context, const char *path)
{
	_cleanup_replacement_ struct replacement file = { 0 };
	int r = replacement_begin(&file, path);

	if (r == 0)
		r = write_form(context, file.stream);
	if (r == 0)
		r = replacement_finish(&file);
	if (r < 0)
		complain("%s: %s", path, strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	int r;

	if (count > 1) {
		complain("%s: report writes one file", arguments[1]);
		return EXIT_TROUBLE;
	}
	if (count == 1 && !streq(arguments[0], "-"))
		return write_file(context, arguments[0]);
	r = write_form(context, stdout);
	if (r < 0)
		complain("standard output: %s", strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command command_report = {
	.name = "report",
	.arguments = "[FILE]",
	.summary = "All about this machine in one page of HTML, with a drawing",
	.options = options,
	.needs = NEED_MODEL | NEED_ISOLATION,
	.facts = FACTS_ALL | FACTS_PARAMETERS | FACTS_IOMEM,
	.option = take_option,
	.run = run,
};
