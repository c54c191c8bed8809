// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope metrics: the state of this machine for Prometheus. */

#include "cmd/metrics.h"

#include "config.h"

#include <time.h>

#include "analyze/tally.h"
#include "base/file.h"
#include "cmd/audit.h"
#include "cmd/samples.h"
#include "model/tally.h"

enum { KEY_OUTPUT = 256, KEY_DEVICES };

static const struct option_desc options[] = {
	{ "output", KEY_OUTPUT, "FILE",
	  "replace that file in one step, instead of writing to standard output" },
	{ "devices", KEY_DEVICES, NULL, "add series for each PCI function and group" },
	{ 0 },
};

/* What the options came to; one command runs in a process. */
static struct {
	const char *output;
	bool devices;
} asked;

static int take_option(struct context *context, int key, const char *value)
{
	(void)context;
	if (key == KEY_OUTPUT)
		asked.output = value;
	else
		asked.devices = true;
	return EXIT_ANSWERED;
}

/* What the sheets are made of. */
struct metrics_look {
	struct system *system;
	struct list findings;
	struct mapping_table mappings;
	struct look look;
};

static void fill_status(struct metrics_look *look, struct list *ret)
{
	list_add(&look->system->arena, ret, &look->system->status);
}

static void fill_look(struct metrics_look *look, struct list *ret)
{
	list_add(&look->system->arena, ret, &look->look);
}

static void fill_unread(struct metrics_look *look, struct list *ret)
{
	tally_unread(look->system, ret);
}

enum { UNITS_MAX = 12 };

static void fill_units(struct metrics_look *look, struct list *ret)
{
	tally_units(look->system, UNITS_MAX, ret);
}

static void fill_groups(struct metrics_look *look, struct list *ret)
{
	tally_groups(look->system, ret);
}

static void fill_drift(struct metrics_look *look, struct list *ret)
{
	tally_drift(look->system, ret);
}

static void fill_translations(struct metrics_look *look, struct list *ret)
{
	tally_devices(look->system, ret);
}

static void fill_checks(struct metrics_look *look, struct list *ret)
{
	audit_tally_checks(look->system, &look->findings, ret);
}

static void fill_findings(struct metrics_look *look, struct list *ret)
{
	audit_tally_findings(look->system, &look->findings, ret);
}

static void fill_mappings(struct metrics_look *look, struct list *ret)
{
	tally_mappings(&look->system->arena, &look->mappings, ret);
}

static void fill_faults(struct metrics_look *look, struct list *ret)
{
	tally_faults(look->system, ret);
}

static void fill_each_device(struct metrics_look *look, struct list *ret)
{
	*ret = look->system->devices;
}

static void fill_each_group(struct metrics_look *look, struct list *ret)
{
	*ret = look->system->groups;
}

enum { FINDING_STATUS_LABEL = 2, FINDING_STATUSES = 2 };

/* A limit is what fits below METRICS_SERIES_MAX, and more than most machines have. */
const struct metrics_sheet metrics_sheets[] = {
	{ &look_record, 1, 0, "the look", fill_look },
	{ &unread_tally_record, 8, 1, "sources", fill_unread, .tally = true },
	{ &status_record, 1, 0, "the machine", fill_status },
	{ &unit_record, UNITS_MAX, 1, "units", fill_units },
	{ &group_tally_record, 8, 1, "types", fill_groups, .tally = true },
	{ &drift_tally_record, 3, 0, "yes, no and unknown", fill_drift, .tally = true },
	{ &device_tally_record, STATUS_MODES, 0, "translations", fill_translations,
	  .tally = true },
	{ &check_tally_record, FINDING_SUPPRESSED, 0, "statuses", fill_checks,
	  .tally = true },
	{ &finding_tally_record, 32, FINDING_STATUSES, "checks, severities and statuses",
	  fill_findings, .tally = true, .kept = FINDING_STATUS_LABEL },
	{ &mapping_tally_record, 16, 1, "drivers and directions", fill_mappings,
	  .tally = true },
	{ &fault_tally_record, 16, 1, "devices and reasons", fill_faults, .tally = true },
	{ &device_record, 0, 0, "PCI functions", fill_each_device },
	{ &group_record, 0, 0, "IOMMU groups", fill_each_group },
	{ 0 },
};

/* What DMA-API debugging lists, where it is on and could be read to the end. */
static void count_mappings(struct context *context, struct metrics_look *look)
{
	struct system *system = &context->system;
	struct mapping_sample sample = { 0 };

	context->root.source = "leaks";
	if (sample_take(context, &system->arena, NULL, &sample) < 0)
		return;
	sample_tell_unparsed(context, SAMPLE_FILE, &sample.table, false);
	look->mappings = sample.table;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void fill_about(struct metrics_look *look, uint64_t began)
{
	const struct system *system = look->system;
	struct fact_u64 captured = sample_time_of(&system->host);

	look->look = (struct look){
		.version = PACKAGE_VERSION,
		.kernel = system->host.kernel,
		.timestamp = { captured.state, captured.value / 1000 },
		.duration_ns = KNOWN_U64(now_ns() - began),
		.complete = KNOWN_BOOL(system->unread.count == 0),
		.faults = { system->faults_state, system->faults.count },
	};
}

static void write_sheets(struct metrics_look *look, FILE *stream)
{
	struct list rows[ARRAY_SIZE(metrics_sheets)] = { 0 };
	struct sheet sheets[ARRAY_SIZE(metrics_sheets)];
	size_t count = 0;

	for (const struct metrics_sheet *from = metrics_sheets; from->record; from++) {
		if (from->limit == 0 && !asked.devices)
			continue;
		from->fill(look, &rows[count]);
		if (from->tally)
			tally_finish(&look->system->arena, &rows[count], from->limit,
				     from->kept);
		sheets[count] = (struct sheet){ from->record, &rows[count] };
		count++;
	}
	prometheus_write_sheets(stream, sheets, count);
}

/* All of it is there before the file is touched. */
static int replace_file(struct metrics_look *look)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	int r = stream ? 0 : -errno;

	if (stream) {
		write_sheets(look, stream);
		r = fclose(stream) == 0 ? 0 : -errno;
	}
	if (r == 0)
		r = replace_file_alone(asked.output, text, size);
	if (r < 0)
		complain("%s: %s", asked.output,
			 r == -ENOTSUP ? "no regular file, so it is left alone"
				       : strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	const struct list no_rulings = { 0 };
	struct system *system = &context->system;
	struct metrics_look look = { .system = system };
	uint64_t began = now_ns();
	int status;

	if (count > 0) {
		complain("%s: metrics takes no arguments", arguments[0]);
		return EXIT_TROUBLE;
	}
	status = context_load(context, AUDIT_FACTS | FACTS_LOG);
	if (status != EXIT_ANSWERED)
		return status;
	audit_ask(system, PROFILE_HOST, &no_rulings, &look.findings);
	LIST_FOR_EACH (&system->faults.groups, struct fault_group, group)
		analyze_fault(system, &system->arena, group);
	count_mappings(context, &look);
	fill_about(&look, began);
	if (asked.output && !streq(asked.output, "-"))
		return replace_file(&look);
	write_sheets(&look, stdout);
	return EXIT_ANSWERED;
}

const struct command command_metrics = {
	.name = "metrics",
	.arguments = "",
	.summary = "The state of this machine as metrics for Prometheus",
	.options = options,
	.format = "prometheus",
	.option = take_option,
	.run = run,
};
