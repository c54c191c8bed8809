// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope leaks: DMA mappings by driver, device, type and direction, and what grows. */

#include <sys/stat.h>

#include "cmd/series.h"
#include "cmd/trace.h"

enum {
	KEY_ALL = 'a',
	KEY_INTERVAL = 'i',
	KEY_SAMPLES = 256 + 'N',
	KEY_JSONL = 256 + 'j',
	KEY_VERBOSE = 'v',
	KEY_OLDER = 256 + 'O',
	KEY_METHOD = 256 + 'm',
	KEY_MAPPINGS_MAX = 256 + 'M',
};

static const char *const methods[] = { "bpf", "events", NULL };

static const struct option_desc options[] = {
	{ "all", KEY_ALL, NULL, "diff, watch, trace: show what did not change, too" },
	{ "interval", KEY_INTERVAL, "SECONDS",
	  "watch, trace: time between samples; 5 by default, 1 for trace" },
	{ "samples", KEY_SAMPLES, "NUMBER",
	  "watch, trace: how many, 2 at least; 12 by default, 31 for trace, 0 for no "
	  "end" },
	{ "jsonl", KEY_JSONL, NULL,
	  "watch, trace: a line of JSON for each sample; the same as -f jsonl" },
	{ "older", KEY_OLDER, "SECONDS",
	  "trace: show what was not unmapped for so long; 5 by default" },
	{ "method", KEY_METHOD, "METHOD",
	  "trace: bpf or events; by default the first of them that works", methods },
	{ "mappings-max", KEY_MAPPINGS_MAX, "N",
	  "trace: mappings that are followed at once; 262144 by default" },
	{ "verbose", KEY_VERBOSE, NULL, "show the lines that could not be understood" },
	{ 0 },
};

/* What the options came to; one command runs in a process. */
static struct {
	bool all, verbose;
	bool timed, counted; /* the interval and the number of samples are given */
	uint64_t interval_ms, samples;
	uint64_t older_ms, mappings_max;
	const char *method;
} asked = {
	.interval_ms = 5000,
	.samples = 12,
	.older_ms = 5000,
	.mappings_max = 262144,
};

static int take_option(struct context *context, int key, const char *value)
{
	switch (key) {
	case KEY_ALL:
		asked.all = true;
		break;
	case KEY_VERBOSE:
		asked.verbose = true;
		break;
	case KEY_JSONL:
		context->output.format = output_find_format("jsonl");
		break;
	case KEY_INTERVAL:
		asked.timed = true;
		return series_take_seconds(value, &asked.interval_ms);
	case KEY_OLDER:
		return series_take_seconds(value, &asked.older_ms);
	case KEY_METHOD:
		asked.method = value;
		break;
	case KEY_MAPPINGS_MAX:
		if (parse_u64(value, 10, &asked.mappings_max) < 0 ||
		    asked.mappings_max < 64 || asked.mappings_max > 1 << 24) {
			complain("%s: not a number of mappings from 64 to 16777216",
				 value);
			return EXIT_TROUBLE;
		}
		break;
	case KEY_SAMPLES:
		asked.counted = true;
		if (parse_u64(value, 10, &asked.samples) < 0 || asked.samples == 1) {
			complain("%s: not a number of samples: 0, or 2 and more", value);
			return EXIT_TROUBLE;
		}
		break;
	}
	return EXIT_ANSWERED;
}

static const char *size_text(struct arena *arena, uint64_t bytes)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_add_size(&text, bytes);
	return arena_strdup(arena, strbuf_text(&text));
}

/* "1203 mappings of 17.2M by 4 drivers … ; 2 of them were not checked" */
static const char *sum_up(struct context *context, const struct mapping_table *table)
{
	struct arena *arena = &context->system.arena;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	const struct status *status = &context->system.status;

	strbuf_printf(&text, "%llu mapping%s of %s", (unsigned long long)table->mappings,
		      table->mappings == 1 ? "" : "s", size_text(arena, table->bytes));
	if (table->unchecked > 0)
		strbuf_printf(&text, ", %llu not checked for failure",
			      (unsigned long long)table->unchecked);
	if (table->unparsed > 0)
		strbuf_printf(&text, ", %llu line%s not understood",
			      (unsigned long long)table->unparsed,
			      table->unparsed == 1 ? "" : "s");
	strbuf_puts(&text, ".");
	if (status->dma_debug_used.state == FACT_KNOWN)
		strbuf_printf(&text, " Records: %llu of %llu in use.",
			      (unsigned long long)status->dma_debug_used.value,
			      (unsigned long long)status->dma_debug_records.value);
	if (status->dma_debug_errors.state == FACT_KNOWN &&
	    status->dma_debug_errors.value > 0)
		strbuf_printf(&text, " %llu errors of drivers since boot.",
			      (unsigned long long)status->dma_debug_errors.value);
	return arena_strdup(arena, strbuf_text(&text));
}

static const unsigned int show_facts =
	FACTS_IOMEM | (FACTS_ALL & ~(unsigned int)FACTS_NAMES);

static bool is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static const char show_columns[] = "DRIVER,DEVICE,TYPE,DIRECTION,COUNT,BYTES,UNCHECKED";

static bool has_suspects(const struct mapping_table *table)
{
	LIST_FOR_EACH (&table->groups, const struct mapping_group, group)
		if (group->suspects.list.count > 0)
			return true;
	return false;
}

/* There is nothing to count: what is known of that is the answer. */
static int answer_obstacle(struct context *context, int error)
{
	struct list none = { 0 };

	context->root.source = "leaks";
	if (error == -ENOENT) /* others were noted where they were met */
		root_note(&context->root, &SAMPLE_FILE[1], "%s",
			  sample_obstacle(&context->system, error));
	context->note = "No list of mappings.";
	context_answer(context, &none);
	return EXIT_TROUBLE;
}

static int run_show(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;
	struct mapping_sample sample = { 0 };
	struct segments map = { 0 };
	const char *path = count > 0 ? arguments[0] : NULL;
	int status, r = 0;

	if (count > 1) {
		complain("leaks show takes one snapshot or copy of the list");
		return EXIT_TROUBLE;
	}
	if (path && is_directory(path)) {
		context->sysroot = path;
		path = NULL;
	}
	status = context_load(context, path ? FACTS_HOST : show_facts);
	if (status == EXIT_ANSWERED && path) {
		status = sample_load(context, path, &sample);
	} else if (status == EXIT_ANSWERED) {
		segments_make(&system->regions, &map);
		r = sample_take(context, &system->arena, &map, &sample);
		segments_free(&map);
	}
	if (status != EXIT_ANSWERED)
		return status;
	if (r < 0)
		return answer_obstacle(context, r);
	analyze_mappings(system, &sample.table);
	sample_tell_unparsed(context, path ? path : SAMPLE_FILE, &sample.table,
			     asked.verbose);
	context->note = sum_up(context, &sample.table);
	/* What is wrong has branches of its own, where anything is. */
	if (is_text(context) && !context->output.columns && !has_suspects(&sample.table))
		context->output.columns = show_columns;
	return context_answer(context, &sample.table.groups);
}

static int answer_growth(struct context *context, const struct mapping_sample *samples,
			 size_t count)
{
	const struct growth_view view = {
		.columns =
			"DRIVER,DEVICE,TYPE,DIRECTION,COUNT,DELTA,BYTES-DELTA,PER-HOUR,"
			"GROWING,SURE",
		.narrow_columns = "DRIVER,DEVICE,TYPE,DIRECTION,COUNT,DELTA,GROWING,SURE",
		.all = asked.all,
	};

	return growth_answer(context, samples, count, &view);
}

static int run_diff(struct context *context, int count, char **arguments)
{
	struct mapping_sample *samples;
	int status = context_load(context, FACTS_HOST);

	if (status != EXIT_ANSWERED)
		return status;
	if (count < 2) {
		complain("leaks diff takes two snapshots or copies of the list, or more");
		return EXIT_TROUBLE;
	}
	samples = arena_alloc(&context->system.arena, (size_t)count * sizeof(*samples));
	for (int i = 0; i < count; i++) {
		status = sample_load(context, arguments[i], &samples[i]);
		if (status != EXIT_ANSWERED)
			return status;
		sample_tell_unparsed(context, arguments[i], &samples[i].table,
				     asked.verbose);
	}
	return answer_growth(context, samples, (size_t)count);
}

static int take_listed(struct context *context, struct arena *arena,
		       struct mapping_sample *ret, const char **ret_why)
{
	int r = sample_take(context, arena, NULL, ret);

	if (r < 0)
		*ret_why = arena_printf(&context->system.arena, "%s: %s", SAMPLE_FILE,
					sample_obstacle(&context->system, r));
	return r;
}

static int run_watch(struct context *context, int count, char **arguments)
{
	struct series *series;
	int status;

	(void)arguments;
	if (count > 0 || context->sysroot) {
		complain("leaks watch looks at this machine: for files there is leaks "
			 "diff");
		return EXIT_TROUBLE;
	}
	status = context_load(context, FACTS_HOST | FACTS_PLATFORM | FACTS_DEBUG);
	if (status != EXIT_ANSWERED)
		return status;
	series = xzalloc(sizeof(*series));
	series->interval_ms = asked.interval_ms;
	series->wanted = asked.samples;
	series->take = take_listed;
	status = series_run(context, series);
	if (status == EXIT_ANSWERED) {
		sample_tell_unparsed(context, SAMPLE_FILE,
				     &series->samples[series->kept - 1].table,
				     asked.verbose);
		status = answer_growth(context, series->samples, series->kept);
	}
	series_free(series);
	return status;
}

static int run_trace(struct context *context, int count, char **arguments)
{
	const struct trace_plan plan = {
		.method = asked.method,
		.interval_ms = asked.timed ? asked.interval_ms : 1000,
		.samples = asked.counted ? asked.samples : 31,
		.older_ms = asked.older_ms,
		.mappings_max = asked.mappings_max,
		.all = asked.all,
	};

	if (count > 0) {
		complain("%s: leaks trace takes no arguments", arguments[0]);
		return EXIT_TROUBLE;
	}
	return trace_run(context, &plan);
}

static const struct {
	const char *name;
	int (*run)(struct context *context, int count, char **arguments);
} verbs[] = {
	{ "show", run_show },
	{ "diff", run_diff },
	{ "watch", run_watch },
	{ "trace", run_trace },
};

static int run(struct context *context, int count, char **arguments)
{
	if (count == 0)
		return run_show(context, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (streq(verbs[i].name, arguments[0]))
			return verbs[i].run(context, count - 1, arguments + 1);
	complain("%s: leaks can show, diff, watch and trace; see dmascope leaks --help",
		 arguments[0]);
	return EXIT_TROUBLE;
}

const struct command command_leaks = {
	.name = "leaks",
	.arguments = "[show|diff|watch|trace] [FILE...]",
	.summary = "DMA mappings by driver and device, and which of them grow",
	.options = options,
	.record = &mapping_group_record,
	.option = take_option,
	.run = run,
};
