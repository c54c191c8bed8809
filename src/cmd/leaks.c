// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope leaks: DMA mappings by driver, device, type and direction, and what grows. */

#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "cmd/samples.h"

enum {
	KEY_ALL = 'a',
	KEY_INTERVAL = 'i',
	KEY_SAMPLES = 256 + 'N',
	KEY_JSONL = 256 + 'j',
	KEY_VERBOSE = 'v',
};

static const struct option_desc options[] = {
	{ "all", KEY_ALL, NULL, "diff, watch: show what did not change, too" },
	{ "interval", KEY_INTERVAL, "SECONDS",
	  "watch: time between samples; 5 by default" },
	{ "samples", KEY_SAMPLES, "NUMBER",
	  "watch: how many, 2 at least; 12 by default, 0 for no end" },
	{ "jsonl", KEY_JSONL, NULL,
	  "watch: a line of JSON for each sample, for a log; the same as -f jsonl" },
	{ "verbose", KEY_VERBOSE, NULL, "show the lines that could not be understood" },
	{ 0 },
};

/* What the options came to; one command runs in a process. */
static struct {
	bool all, verbose;
	uint64_t interval_ms, samples;
} asked = { .interval_ms = 5000, .samples = 12 };

/* "0.5", "5", "3600": milliseconds. */
static int parse_seconds(const char *text, uint64_t *ret)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds >= 0.01) || seconds > 86400)
		return -EINVAL;
	*ret = (uint64_t)(seconds * 1000 + 0.5);
	return 0;
}

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
		if (parse_seconds(value, &asked.interval_ms) < 0) {
			complain("%s: not a number of seconds from 0.01 to 86400", value);
			return EXIT_TROUBLE;
		}
		break;
	case KEY_SAMPLES:
		if (parse_u64(value, 10, &asked.samples) < 0 || asked.samples == 1) {
			complain("%s: not a number of samples: 0, or 2 and more", value);
			return EXIT_TROUBLE;
		}
		break;
	}
	return EXIT_ANSWERED;
}

static bool is_text(const struct context *context)
{
	return context->output.format->write == text_write;
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

static const char growth_columns[] =
	"DRIVER,DEVICE,TYPE,DIRECTION,COUNT,DELTA,BYTES-DELTA,PER-HOUR,GROWING,SURE";

/* The same where the terminal is no wider than they were once. */
static const char narrow_columns[] =
	"DRIVER,DEVICE,TYPE,DIRECTION,COUNT,DELTA,GROWING,SURE";

static bool is_narrow(const struct output *output)
{
	unsigned int width = output_width(output);

	return width > 0 && width < 100;
}

/* Why what grows, or may, is said to: a sentence for each of the first. */
static const char *reasons(struct system *system, const struct list *groups,
			   size_t samples)
{
	enum { TOLD_MAX = 5 };
	_cleanup_strbuf_ struct strbuf text = { 0 };
	size_t told = 0;

	if (samples < 6) /* there is no more to say than GROWING does */
		return "";
	LIST_FOR_EACH (groups, const struct mapping_group, group)
		if (!known_false(group->growing) && told++ < TOLD_MAX)
			strbuf_printf(&text, " %s %s (%s): %s.", group->device,
				      group->type, group->direction, group->why.value);
	return arena_strdup(&system->arena, strbuf_text(&text));
}

/* What grew from the first of some samples to the last. */
static int answer_growth(struct context *context, const struct mapping_sample *samples,
			 size_t count)
{
	struct system *system = &context->system;
	struct list groups = { 0 }, changed = { 0 };
	size_t growing = 0, open = 0;
	int status;

	analyze_growth(&system->arena, samples, count, &groups);
	LIST_FOR_EACH (&groups, const struct mapping_group, group) {
		growing += known_true(group->growing);
		open += group->growing.state != FACT_KNOWN;
		if (asked.all || group->count_delta.value != 0 ||
		    group->bytes_delta.value != 0 || !known_false(group->growing))
			list_add(&system->arena, &changed, group);
	}
	if (is_text(context) && !context->output.columns)
		context->output.columns =
			is_narrow(&context->output) ? narrow_columns : growth_columns;
	context->note = arena_printf(
		&system->arena, "%zu samples; of %zu groups of mappings %zu grow%s%s.%s",
		count, groups.count, growing, growing == 1 ? "s" : "",
		open > 0 ? arena_printf(&system->arena, ", %zu may", open) : "",
		reasons(system, &groups, count));
	status = context_answer(context, is_text(context) ? &changed : &groups);
	return status == EXIT_ANSWERED && growing > 0 ? EXIT_NEGATIVE : status;
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

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Until a moment of sample_now(), or a signal. */
static void wait_until(uint64_t moment)
{
	while (!stopped && sample_now() < moment) {
		uint64_t left = moment - sample_now();
		struct timespec time = { (time_t)(left / 1000),
					 (long)(left % 1000) * 1000000 };

		if (left <= moment)
			nanosleep(&time, NULL);
	}
}

/*
 * Samples of a look that may go on for days: every second one is dropped where there are
 * too many. An odd number, so that the last one stays.
 */
enum { KEPT_MAX = 241 };

struct watch {
	struct mapping_sample samples[KEPT_MAX];
	struct arena arenas[KEPT_MAX]; /* of the samples' groups */
	size_t kept;
	uint64_t taken;
};

/* A line of JSON for the last sample: what changed since the one before. */
static void log_sample(struct context *context, const struct watch *watch)
{
	const struct mapping_sample *last = &watch->samples[watch->kept - 1];
	struct arena arena = { 0 };
	char now[32];
	time_t seconds = time(NULL);
	struct tm utc;
	struct mapping_change change = {
		.sample = KNOWN_U64(watch->taken),
		.time = KNOWN_STR(now),
		.mappings = KNOWN_U64(last->table.mappings),
		.bytes = KNOWN_U64(last->table.bytes),
		.changes.state = FACT_KNOWN,
	};
	struct list lines = { 0 }, groups = { 0 };

	strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
	if (watch->kept > 1)
		analyze_growth(&arena, last - 1, 2, &groups);
	LIST_FOR_EACH (&groups, struct mapping_group, group) {
		if (group->count_delta.value == 0 && group->bytes_delta.value == 0)
			continue;
		/* Two samples are no verdict. */
		group->growing.state = group->confidence.state = group->why.state =
			group->per_hour.state = FACT_UNREAD;
		list_add(&arena, &change.changes.list, group);
	}
	list_add(&arena, &lines, &change);
	jsonl_add(&context->output, &(struct sheet){ &mapping_change_record, &lines });
	fflush(stdout);
	arena_free(&arena);
}

/* One line that is written over, where somebody looks. */
static void show_progress(const struct watch *watch)
{
	const struct mapping_table *first = &watch->samples[0].table;
	const struct mapping_table *last = &watch->samples[watch->kept - 1].table;
	_cleanup_strbuf_ struct strbuf size = { 0 };

	if (!isatty(STDERR_FILENO))
		return;
	strbuf_add_size(&size, last->bytes);
	fprintf(stderr, "\rsample %llu", (unsigned long long)watch->taken);
	if (asked.samples > 0)
		fprintf(stderr, " of %llu", (unsigned long long)asked.samples);
	fprintf(stderr, ": %llu mappings of %s, %+lld since the first\033[K",
		(unsigned long long)last->mappings, strbuf_text(&size),
		(long long)(last->mappings - first->mappings));
}

static void thin_out(struct watch *watch)
{
	size_t kept = 0;

	for (size_t i = 0; i < watch->kept; i++) {
		if (i % 2 != 0) {
			arena_free(&watch->arenas[i]);
			continue;
		}
		watch->samples[kept] = watch->samples[i];
		watch->arenas[kept++] = watch->arenas[i];
	}
	watch->kept = kept;
}

static void free_watch(struct watch *watch)
{
	for (size_t i = 0; i < watch->kept; i++)
		arena_free(&watch->arenas[i]);
	free(watch);
}

static int take_samples(struct context *context, struct watch *watch)
{
	uint64_t start = sample_now();
	int r;

	while (!stopped && (asked.samples == 0 || watch->taken < asked.samples)) {
		size_t at = watch->kept;

		watch->samples[at] = (struct mapping_sample){ 0 };
		watch->arenas[at] = (struct arena){ 0 };
		r = sample_take(context, &watch->arenas[at], NULL, &watch->samples[at]);
		if (r < 0) {
			complain("%s: %s", SAMPLE_FILE,
				 sample_obstacle(&context->system, r));
			return EXIT_TROUBLE;
		}
		watch->kept++;
		watch->taken++;
		if (context->output.format == output_find_format("jsonl"))
			log_sample(context, watch);
		show_progress(watch);
		if (watch->kept == KEPT_MAX)
			thin_out(watch);
		if (watch->taken != asked.samples)
			wait_until(start + watch->taken * asked.interval_ms);
	}
	return EXIT_ANSWERED;
}

static int run_watch(struct context *context, int count, char **arguments)
{
	struct watch *watch;
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
	watch = xzalloc(sizeof(*watch));
	catch_signals();
	status = take_samples(context, watch);
	if (isatty(STDERR_FILENO) && watch->taken > 0)
		fputs("\r\033[K", stderr);
	if (status == EXIT_ANSWERED && watch->taken < 2) {
		complain("interrupted before there was a second sample");
		status = EXIT_TROUBLE;
	} else if (status == EXIT_ANSWERED) {
		sample_tell_unparsed(context, SAMPLE_FILE,
				     &watch->samples[watch->kept - 1].table,
				     asked.verbose);
		status = answer_growth(context, watch->samples, watch->kept);
	}
	free_watch(watch);
	return status;
}

static const struct {
	const char *name;
	int (*run)(struct context *context, int count, char **arguments);
} verbs[] = {
	{ "show", run_show },
	{ "diff", run_diff },
	{ "watch", run_watch },
};

static int run(struct context *context, int count, char **arguments)
{
	if (count == 0)
		return run_show(context, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (streq(verbs[i].name, arguments[0]))
			return verbs[i].run(context, count - 1, arguments + 1);
	complain("%s: leaks can show, diff and watch; see dmascope leaks --help",
		 arguments[0]);
	return EXIT_TROUBLE;
}

const struct command command_leaks = {
	.name = "leaks",
	.arguments = "[show|diff|watch] [FILE...]",
	.summary = "DMA mappings by driver and device, and which of them grow",
	.options = options,
	.record = &mapping_group_record,
	.option = take_option,
	.run = run,
};
