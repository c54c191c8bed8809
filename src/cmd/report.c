// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope report: all about a machine in one file of HTML, and drawn. */

#include "cmd/report.h"
#include "audit/audit.h"
#include "base/file.h"

/* What is written; an option for each but the first. */
enum form { FORM_PAGE, FORM_SVG, FORM_DOT };

enum { KEY_FORM = 256 };

static const struct option_desc options[] = {
	{ "svg", KEY_FORM + FORM_SVG, NULL, "write the drawing alone, as SVG" },
	{ "dot", KEY_FORM + FORM_DOT, NULL, "write the same as a graph for Graphviz" },
	{ 0 },
};

static enum form wanted; /* one command runs in a process */

static int take_option(struct context *context, int key, const char *value)
{
	enum form form = (enum form)(key - KEY_FORM);

	(void)context;
	(void)value;
	if (wanted != FORM_PAGE && wanted != form) {
		complain("report writes one thing: --svg or --dot");
		return EXIT_TROUBLE;
	}
	wanted = form;
	return EXIT_ANSWERED;
}

static int write_page(struct context *context, FILE *stream)
{
	struct system *system = &context->system;
	struct list rulings = { 0 }, findings = { 0 };

	analyze_firmware(system);
	audit_run(system, PROFILE_HOST, &rulings, &findings);
	return report_write_page(context, &findings, stream);
}

static int write_wanted(struct context *context, FILE *stream)
{
	struct diagram diagram;

	if (wanted == FORM_PAGE)
		return write_page(context, stream);
	report_draw(&context->system, &diagram);
	if (wanted == FORM_SVG)
		diagram_write_svg(stream, &diagram);
	else
		diagram_write_dot(stream, &diagram);
	return 0;
}

/* All of it is there before the file is touched. */
static int write_file(struct context *context, const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	int r = stream ? write_wanted(context, stream) : -errno;

	if (stream && fclose(stream) != 0 && r == 0)
		r = -errno;
	return r == 0 ? replace_named_file(path, text, size) : r;
}

static int run(struct context *context, int count, char **arguments)
{
	const char *path = count > 0 ? arguments[0] : "-";
	bool standard = streq(path, "-");
	int r;

	if (count > 1) {
		complain("%s: report writes one file", arguments[1]);
		return EXIT_TROUBLE;
	}
	r = standard ? write_wanted(context, stdout) : write_file(context, path);
	if (r < 0)
		complain("%s: %s", standard ? "standard output" : path, strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command command_report = {
	.name = "report",
	.arguments = "[FILE]",
	.summary = "All about this machine in one page of HTML, and drawn",
	.options = options,
	.needs = NEED_MODEL | NEED_ISOLATION,
	.facts = FACTS_ALL | FACTS_PARAMETERS | FACTS_IOMEM,
	.option = take_option,
	.run = run,
};
