// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope faults: IOMMU faults and DMA-API errors from the kernel log, decoded. */

#include <poll.h>
#include <signal.h>

#include "analyze/analyze.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/follow.h"

enum { KEY_ALL = 'a', KEY_WHY = 256 };

/* What a fault is explained by on the machine that logged it. */
static const unsigned int around =
	FACTS_DEVICES | FACTS_UNITS | FACTS_FIRMWARE | FACTS_IOMEM;

static const struct option_desc options[] = {
	{ "all", KEY_ALL, NULL,
	  "each fault for itself, not counted with others like it" },
	{ "follow", 'F', NULL, "show new faults of this machine as they come" },
	{ "verbose", 'v', NULL, "show lines that begin as a fault and make no sense" },
	{ "why", KEY_WHY, NULL, "all that is known of each, and what to do next" },
	{ 0 },
};

static int take_option(struct context *context, int key, const char *value)
{
	(void)value;
	if (key == KEY_ALL)
		context->each = true;
	else if (key == 'F')
		context->follow = true;
	else if (key == 'v')
		context->verbose = true;
	else
		context->output.cards = true;
	return EXIT_ANSWERED;
}

/* A place other than the machine's, for `unread`. */
static void note_file(struct system *system, const char *path, const char *reason)
{
	struct unread *unread = arena_new(&system->arena, struct unread);

	*unread = (struct unread){ "log", path, reason };
	list_add(&system->arena, &system->unread, unread);
}

/* What is packed has no lines, and an empty answer would be a wrong one. */
static const char *packed_as(const char *line, size_t length)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *hint;
	} packed[] = {
		{ "\x1f\x8b", 2, "packed by gzip: zcat FILE | dmascope faults -" },
		{ "\xfd"
		  "7zXZ",
		  5, "packed by xz: xzcat FILE | dmascope faults -" },
		{ "\x28\xb5\x2f\xfd", 4,
		  "packed by zstd: zstdcat FILE | dmascope faults -" },
		{ "BZh", 3, "packed by bzip2: bzcat FILE | dmascope faults -" },
		{ "LPKSHHRH", 8,
		  "a journal: journalctl -k --file FILE | dmascope faults -" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(packed); i++)
		if (length >= packed[i].length &&
		    memcmp(line, packed[i].magic, packed[i].length) == 0)
			return packed[i].hint;
	return NULL;
}

struct file {
	struct fault_log *log;
	bool begun;
	const char *packed;
};

static void take_line(void *data, const char *line, size_t length)
{
	struct file *file = data;

	if (!file->begun)
		file->packed = packed_as(line, length);
	file->begun = true;
	if (!file->packed)
		fault_log_line(file->log, line, length);
}

static int read_log(struct context *context, const char *path)
{
	struct system *system = &context->system;
	struct file file = { .log = &system->faults };
	uint64_t before = system->faults.unparsed;
	bool standard = streq(path, "-");
	_cleanup_close_ int opened = standard ? -1 : open_named_file(path);
	int r = standard ? 0 : MIN(opened, 0);

	if (r == 0)
		r = each_line_cut(standard ? STDIN_FILENO : opened, LINE_CAP, take_line,
				  &file);
	fault_log_end(&system->faults);
	if (r < 0)
		complain("%s: %s", path, strerror(-r));
	else if (file.packed)
		complain("%s: %s", path, file.packed);
	if (r < 0 || file.packed)
		return EXIT_TROUBLE;
	if (system->faults.unparsed > before)
		note_file(
			system, path,
			arena_printf(&system->arena,
				     "%llu line%s about faults could not be understood",
				     (unsigned long long)system->faults.unparsed - before,
				     system->faults.unparsed - before == 1 ? "" : "s"));
	return EXIT_ANSWERED;
}

static int read_files(struct context *context, int count, char **arguments)
{
	int status = context_load(context, FACTS_HOST);

	if (status != EXIT_ANSWERED)
		return status;
	context->system.faults.arena = &context->system.arena;
	context->system.faults_state = FACT_KNOWN;
	for (int i = 0; i < count; i++)
		if (read_log(context, arguments[i]) != EXIT_ANSWERED)
			status = EXIT_TROUBLE;
	return status;
}

/* What the machine has is looked at only where there is a fault to be explained. */
static int read_machine(struct context *context)
{
	struct system *system = &context->system;
	int status = context_open(context);

	if (status != EXIT_ANSWERED)
		return status;
	sources_read(&context->root, system, FACTS_HOST | FACTS_LOG);
	if (system->faults.groups.count > 0) {
		sources_read(&context->root, system, around);
		analyze_system(system);
	}
	return system->faults_state == FACT_KNOWN ? EXIT_ANSWERED : EXIT_TROUBLE;
}

/* Each piece of advice once, in the order of the faults that it is for. */
static void add_advice(const struct fault_log *log, struct strbuf *text)
{
	enum { TOLD = 3 };
	const char *told[TOLD];
	size_t count = 0;
	bool more = false;

	LIST_FOR_EACH (&log->groups, const struct fault_group, group) {
		const char *advice = known_text(group->advice);
		size_t i = 0;

		while (i < count && told[i] != advice)
			i++;
		if (i < count || !advice)
			continue;
		if (count == TOLD) {
			more = true;
			break;
		}
		told[count++] = advice;
	}
	for (size_t i = 0; i < count; i++)
		strbuf_printf(text, "%s%s", text->length > 0 ? " " : "", told[i]);
	if (more)
		strbuf_puts(text, " There is more: dmascope faults --why.");
}

static const char *make_note(struct context *context)
{
	const struct fault_log *log = &context->system.faults;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (context->system.faults_state != FACT_KNOWN)
		strbuf_puts(&text, "The log could not be read.");
	else if (log->count == 0)
		strbuf_puts(&text, "The log tells of no faults.");
	if (log->ungrouped > 0)
		strbuf_printf(&text,
			      "%llu faults more are left out, for there are too many "
			      "different ones.",
			      (unsigned long long)log->ungrouped);
	if (!context->output.cards)
		add_advice(log, &text);
	if (log->unparsed > 0 && !context->verbose)
		strbuf_printf(
			&text,
			"%s%llu line%s begin%s as a fault does, and could not be "
			"understood: -v shows %s.",
			text.length > 0 ? " " : "", (unsigned long long)log->unparsed,
			log->unparsed == 1 ? "" : "s", log->unparsed == 1 ? "s" : "",
			log->unparsed == 1 ? "it" : "them");
	return arena_strdup(&context->system.arena, strbuf_text(&text));
}

static int answer(struct context *context)
{
	struct fault_log *log = &context->system.faults;
	int status;

	context->note = make_note(context);
	if (context->note[0] == '\0')
		context->note = NULL;
	status = context_answer(context, &log->groups);
	LIST_FOR_EACH (&log->lines, const char, line)
		complain("not understood: %s", line);
	if (log->lines.count > 0 && log->unparsed > log->lines.count)
		complain("not understood: %llu lines more",
			 (unsigned long long)log->unparsed - log->lines.count);
	return status == EXIT_ANSWERED && log->count > 0 ? EXIT_NEGATIVE : status;
}

/* Following */

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

/* Writes a fault as a row, and counts it for the end. */
static void take_new(void *data, const struct fault *fault)
{
	struct follow *follow = data;
	struct arena arena = { 0 };
	struct fault_group *group = fault_group_new(&arena, fault);

	analyze_fault(&follow->context->system, &arena, group);
	follow_row(follow, group);
	arena_free(&arena);
	fault_log_add(&follow->counted, fault);
}

/* Reads on until somebody stops it; what is pending after a while is complete. */
static int follow_log(struct context *context, struct root_log *log)
{
	enum { PATIENCE_MS = 300 };
	struct fault_log *faults = &context->system.faults;
	int r = 0;

	while (!stopped && r == 0) {
		struct pollfd poll_for = { .fd = log->fd, .events = POLLIN };
		bool waits = faults->reader.wait != WAIT_NOTHING;

		r = root_log_read(&context->root, log, source_log_take, &context->system);
		if (r == 0 && poll(&poll_for, 1, waits ? PATIENCE_MS : -1) == 0)
			fault_log_end(faults);
	}
	fault_log_end(faults);
	return r;
}

static int follow_machine(struct context *context)
{
	const struct sigaction action = { .sa_handler = stop };
	struct system *system = &context->system;
	struct follow follow = { .context = context };
	struct root_log log;
	int status = context_open(context), r;

	if (status != EXIT_ANSWERED)
		return status;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sources_read(&context->root, system, FACTS_HOST | around);
	analyze_system(system);
	context->root.source = "log";
	r = root_log_open(&context->root, "dev/kmsg", &log);
	if (r < 0) {
		complain("/dev/kmsg: %s", strerror(-r));
		return EXIT_TROUBLE;
	}
	follow.counted.arena = &system->arena;
	system->faults.arena = &system->arena;
	system->faults.take = take_new;
	system->faults.data = &follow;
	system->faults_state = FACT_KNOWN;
	follow_begin(&follow);
	r = follow_log(context, &log);
	root_log_close(&context->root, &log, r);
	follow_end(&follow);
	/* What was counted takes the place of what came. */
	follow.counted.unparsed = system->faults.unparsed;
	follow.counted.lines = system->faults.lines;
	system->faults = follow.counted;
	LIST_FOR_EACH (&system->faults.groups, struct fault_group, group)
		analyze_fault(system, &system->arena, group);
	status = follow.lines ? follow_count(&follow) : answer(context);
	return r < 0 ? EXIT_TROUBLE : status;
}

/*
 * All columns, where there is room beside them for the reason; else those that tell
 * faults apart. --why has the rest.
 */
static void choose_columns(struct output *output)
{
	enum { ALL_WIDTH = 130, ADDRESS_WIDTH = 100 };

	if (output->format->write != text_write || output->columns || output->cards)
		return;
	if (output_is_narrow(output, ADDRESS_WIDTH))
		output->columns = "LAST,COUNT,DEVICE,DRIVER,ACCESS,WHY";
	else if (output_is_narrow(output, ALL_WIDTH))
		output->columns = "LAST,COUNT,DEVICE,DRIVER,ACCESS,ADDRESS,WHY";
}

static int refuse_mixture(const struct context *context, int count)
{
	bool table = context->output.format->write == text_write;
	bool lines = context->output.format->write == jsonl_write;

	if (context->follow && (count > 0 || context->sysroot))
		complain("--follow is about this machine's log, not about files");
	else if (context->follow && !table && !lines)
		complain("--follow writes a table or jsonl");
	else if (context->each && context->output.format->write == prometheus_write)
		complain("--all has no gauges");
	else
		return EXIT_ANSWERED;
	return EXIT_TROUBLE;
}

static int run(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;
	int status = refuse_mixture(context, count), answered;

	if (status != EXIT_ANSWERED)
		return status;
	choose_columns(&context->output);
	system->faults.each = context->each;
	system->faults.keep_lines = context->verbose;
	if (context->follow)
		return follow_machine(context);
	status =
		count > 0 ? read_files(context, count, arguments) : read_machine(context);
	if (context->root.fd < 0 ||
	    (count > 0 && status == EXIT_TROUBLE && system->faults.count == 0))
		return status;
	LIST_FOR_EACH (&system->faults.groups, struct fault_group, group)
		analyze_fault(count > 0 ? NULL : system, &system->arena, group);
	answered = answer(context);
	return MAX(status, answered);
}

const struct command command_faults = {
	.name = "faults",
	.arguments = "[FILE...]",
	.summary = "IOMMU faults and DMA-API errors in the kernel log, decoded",
	.options = options,
	.record = &fault_record,
	.option = take_option,
	.run = run,
};
