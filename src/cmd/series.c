// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples of mappings one after the other, and what grows through them. */

#include "cmd/series.h"

#include <signal.h>
#include <time.h>

enum { ALL_WIDTH = 100 }; /* less is no room for all columns */

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

int growth_answer(struct context *context, const struct mapping_sample *samples,
		  size_t count, const struct growth_view *view)
{
	struct system *system = &context->system;
	struct list groups = { 0 }, changed = { 0 };
	size_t growing = 0, open = 0;
	int status;

	analyze_growth(&system->arena, samples, count, &groups);
	LIST_FOR_EACH (&groups, struct mapping_group, group) {
		if (view->complete)
			view->complete(context, group);
		growing += known_true(group->growing);
		open += group->growing.state != FACT_KNOWN;
		if (view->all || !known_false(group->growing) ||
		    (view->wanted ? view->wanted(group)
				  : group->count_delta.value != 0 ||
					    group->bytes_delta.value != 0))
			list_add(&system->arena, &changed, group);
	}
	if (is_text(context) && !context->output.columns)
		context->output.columns = output_is_narrow(&context->output, ALL_WIDTH)
						  ? view->narrow_columns
						  : view->columns;
	context->note = arena_printf(
		&system->arena,
		"%zu samples; of %zu groups of mappings %zu grow%s%s.%s%s", count,
		groups.count, growing, growing == 1 ? "s" : "",
		open > 0 ? arena_printf(&system->arena, ", %zu may", open) : "",
		reasons(system, &groups, count), view->remark ? view->remark : "");
	status = context_answer(context, is_text(context) ? &changed : &groups);
	return status == EXIT_ANSWERED && growing > 0 ? EXIT_NEGATIVE : status;
}

int series_take_seconds(const char *text, uint64_t *ret_ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds >= 0.01) || seconds > 86400) {
		complain("%s: not a number of seconds from 0.01 to 86400", text);
		return EXIT_TROUBLE;
	}
	*ret_ms = (uint64_t)(seconds * 1000 + 0.5);
	return EXIT_ANSWERED;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

void series_catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = stop };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	/* Nobody reads any more: the write fails, and what was set up is taken back. */
	sigaction(SIGPIPE, &ignore, NULL);
}

static void sleep_for(uint64_t ms)
{
	struct timespec time = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

/* Until a moment of sample_now(), or a signal. */
static void wait_until(const struct series *series, uint64_t moment)
{
	while (!stopped && sample_now() < moment) {
		uint64_t left = moment - sample_now();

		if (left <= moment)
			(series->wait ? series->wait : sleep_for)(left);
	}
}

/* A line of JSON for the last sample: what changed since the one before. */
static void log_sample(struct context *context, const struct series *series)
{
	const struct mapping_sample *last = &series->samples[series->kept - 1];
	struct arena arena = { 0 };
	char now[32];
	time_t seconds = time(NULL);
	struct tm utc;
	struct mapping_change change = {
		.sample = KNOWN_U64(series->taken),
		.time = KNOWN_STR(now),
		.mappings = KNOWN_U64(last->table.mappings),
		.bytes = KNOWN_U64(last->table.bytes),
		.changes.state = FACT_KNOWN,
	};
	struct list lines = { 0 }, groups = { 0 };

	strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
	if (series->kept > 1)
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
static void show_progress(const struct series *series)
{
	const struct mapping_table *first = &series->samples[0].table;
	const struct mapping_table *last = &series->samples[series->kept - 1].table;
	_cleanup_strbuf_ struct strbuf size = { 0 };

	if (!isatty(STDERR_FILENO))
		return;
	strbuf_add_size(&size, last->bytes);
	fprintf(stderr, "\rsample %llu", (unsigned long long)series->taken);
	if (series->wanted > 0)
		fprintf(stderr, " of %llu", (unsigned long long)series->wanted);
	fprintf(stderr, ": %llu mappings of %s, %+lld since the first\033[K",
		(unsigned long long)last->mappings, strbuf_text(&size),
		(long long)(last->mappings - first->mappings));
}

static void thin_out(struct series *series)
{
	size_t kept = 0;

	for (size_t i = 0; i < series->kept; i++) {
		if (i % 2 != 0) {
			arena_free(&series->arenas[i]);
			continue;
		}
		series->samples[kept] = series->samples[i];
		series->arenas[kept++] = series->arenas[i];
	}
	series->kept = kept;
}

int series_add(struct context *context, struct series *series, const char **ret_why)
{
	size_t at;
	int r;

	if (series->kept == SERIES_MAX)
		thin_out(series);
	at = series->kept;
	series->samples[at] = (struct mapping_sample){ 0 };
	series->arenas[at] = (struct arena){ 0 };
	r = series->take(context, &series->arenas[at], &series->samples[at], ret_why);
	if (r < 0) {
		arena_free(&series->arenas[at]);
		return r;
	}
	series->kept++;
	series->taken++;
	return 0;
}

static int take_sample(struct context *context, struct series *series)
{
	const char *why;

	if (series_add(context, series, &why) < 0) {
		complain("%s", why);
		return EXIT_TROUBLE;
	}
	if (context->output.format == output_find_format("jsonl"))
		log_sample(context, series);
	show_progress(series);
	return ferror(stdout) ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static int take_samples(struct context *context, struct series *series)
{
	uint64_t start = sample_now();
	int status = EXIT_ANSWERED;

	while (status == EXIT_ANSWERED && !stopped &&
	       (series->wanted == 0 || series->taken < series->wanted)) {
		status = take_sample(context, series);
		if (series->taken != series->wanted)
			wait_until(series, start + series->taken * series->interval_ms);
	}
	if (status == EXIT_ANSWERED && series->taken != series->wanted && series->stop) {
		series->stop();
		status = take_sample(context, series);
	}
	return status;
}

int series_run(struct context *context, struct series *series)
{
	int status;

	series_catch_signals();
	status = take_samples(context, series);
	if (isatty(STDERR_FILENO) && series->taken > 0)
		fputs("\r\033[K", stderr);
	if (status == EXIT_ANSWERED && series->taken < 2) {
		complain("interrupted before there was a second sample");
		status = EXIT_TROUBLE;
	}
	return status;
}

void series_free(struct series *series)
{
	for (size_t i = 0; i < series->kept; i++)
		arena_free(&series->arenas[i]);
	free(series);
}
