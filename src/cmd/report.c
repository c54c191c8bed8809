// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope report: all about a machine in one file of HTML, and drawn. */

#include "cmd/report.h"
#include "audit/audit.h"
#include "base/file.h"

/* What can be written; options are numbered so that they fit. */
enum form { FORM_PAGE, FORM_SVG, FORM_DOT, FORMS };

enum { KEY_FORM = 256 };

static const struct option_desc options[] = {
	{ "svg", KEY_FORM + FORM_SVG, "FILE", "write the drawing alone, as SVG" },
	{ "dot", KEY_FORM + FORM_DOT, "FILE", "write the same as a graph for Graphviz" },
	{ 0 },
};

/* Where each goes, NULL for nowhere; one command runs in a process. */
static const char *files[FORMS];

static int take_option(struct context *context, int key, const char *value)
{
	(void)context;
	files[key - KEY_FORM] = value;
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

static int write_form(struct context *context, enum form form, FILE *stream)
{
	struct diagram diagram;

	if (form == FORM_PAGE)
		return write_page(context, stream);
	report_draw(&context->system, &diagram);
	if (form == FORM_SVG)
		diagram_write_svg(stream, &diagram);
	else
		diagram_write_dot(stream, &diagram);
	return 0;
}

static int write_file(struct context *context, enum form form, const char *path)
{
	_cleanup_replacement_ struct replacement file = { 0 };
	bool standard = streq(path, "-");
	int r = standard ? 0 : replacement_begin(&file, path);

	if (r == 0)
		r = write_form(context, form, standard ? stdout : file.stream);
	if (r == 0 && !standard)
		r = replacement_finish(&file);
	if (r < 0)
		complain("%s: %s", standard ? "standard output" : path, strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	int status = EXIT_ANSWERED;

	if (count > 1) {
		complain("%s: report writes one page", arguments[1]);
		return EXIT_TROUBLE;
	}
	if (count == 1)
		files[FORM_PAGE] = arguments[0];
	else if (!files[FORM_SVG] && !files[FORM_DOT])
		files[FORM_PAGE] = "-";
	for (int form = 0; form < FORMS && status == EXIT_ANSWERED; form++)
		if (files[form])
			status = write_file(context, (enum form)form, files[form]);
	return status;
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
