// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope audit: is this host safe? And what each check asks: dmascope explain. */

#include "cmd/audit.h"

#include "base/file.h"

enum {
	KEY_FAIL_ON = 256 + 'f',
	KEY_POLICY = 256 + 'p',
	KEY_PROFILE = 256 + 'r',
	KEY_LIST = 256 + 'l',
	KEY_NAGIOS = 256 + 'n',
	KEY_ALL = 'a',
	KEY_UNKNOWN = 256 + 'k',
};

static const struct option_desc options[] = {
	{ "all", KEY_ALL, NULL, "show what passes and what does not apply, too" },
	{ "fail-on", KEY_FAIL_ON, "SEVERITY",
	  "exit with 1 where anything of this severity or above fails; high by default",
	  severity_words },
	{ "unknown-fails", KEY_UNKNOWN, NULL,
	  "take what could not be seen for a failure" },
	{ "profile", KEY_PROFILE, "PROFILE",
	  "what the machine is for: host, laptop, hypervisor or p2p", profile_names },
	{ "policy", KEY_POLICY, "FILE",
	  "JSON that skips or re-grades checks, each with a reason" },
	{ "nagios", KEY_NAGIOS, NULL,
	  "one line with performance data, and the exit status of a Nagios plugin" },
	{ "list", KEY_LIST, NULL, "the checks themselves, as dmascope explain does" },
	{ 0 },
};

/* What the options came to; one command runs in a process. */
static struct {
	enum profile profile;
	enum severity fail_on;
	const char *policy;
	bool all, list, nagios, unknown_fails;
	bool answered; /* the line of --nagios is written */
} asked = { .fail_on = SEVERITY_HIGH };

/* The number of a word; false where it is none. */
static bool take_word(const char *const *words, const char *what, const char *value,
		      int *ret)
{
	for (int i = 0; words[i]; i++)
		if (streq(words[i], value)) {
			*ret = i;
			return true;
		}
	complain("%s: no such %s; see dmascope audit --help", value, what);
	return false;
}

static int take_option(struct context *context, int key, const char *value)
{
	int number = 0;

	(void)context;
	switch (key) {
	case KEY_ALL:
		asked.all = true;
		break;
	case KEY_LIST:
		asked.list = true;
		break;
	case KEY_NAGIOS:
		asked.nagios = true;
		break;
	case KEY_UNKNOWN:
		asked.unknown_fails = true;
		break;
	case KEY_POLICY:
		asked.policy = value;
		break;
	case KEY_FAIL_ON:
		if (!take_word(severity_words, "severity", value, &number))
			return EXIT_TROUBLE;
		asked.fail_on = (enum severity)number;
		break;
	case KEY_PROFILE:
		if (!take_word(profile_names, "profile", value, &number))
			return EXIT_TROUBLE;
		asked.profile = (enum profile)number;
		break;
	}
	return EXIT_ANSWERED;
}

void audit_ask(struct system *system, enum profile profile, const struct list *rulings,
	       struct list *ret)
{
	analyze_isolation(system);
	analyze_firmware(system);
	audit_run(system, profile, rulings, ret);
}

enum { POLICY_CAP = 1 << 20 };

static int read_policy(struct context *context, struct list *ret)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *problem;
	int r;

	if (!asked.policy)
		return EXIT_ANSWERED;
	r = read_named_file(asked.policy, POLICY_CAP, &bytes);
	if (r < 0) {
		complain("%s: %s", asked.policy, strerror(-r));
		return EXIT_TROUBLE;
	}
	r = policy_parse(&context->system.arena, (const char *)bytes.data, bytes.size,
			 ret, &problem);
	if (r < 0)
		complain("%s: %s", asked.policy, problem);
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

/* How many findings there are, by status, and failures by severity. */
struct counts {
	size_t status[FINDING_SUPPRESSED + 1];
	size_t failed[SEVERITY_SKIP];
	bool unknown_counts; /* something unknown weighs as much as what is asked for */
};

static struct counts count_findings(const struct list *findings)
{
	struct counts counts = { 0 };

	LIST_FOR_EACH (findings, const struct finding, finding) {
		counts.status[finding->status.value]++;
		if (finding->status.value == FINDING_FAIL)
			counts.failed[finding->severity.value]++;
		if (finding->status.value == FINDING_UNKNOWN &&
		    finding->severity.value >= (int)asked.fail_on)
			counts.unknown_counts = true;
	}
	return counts;
}

static size_t failed_from(const struct counts *counts, enum severity severity)
{
	size_t failed = 0;

	for (int i = (int)severity; i < SEVERITY_SKIP; i++)
		failed += counts->failed[i];
	return failed;
}

/* Exit statuses of the monitoring plugins' guidelines. */
enum { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

static int nagios_status(const struct counts *counts)
{
	if (failed_from(counts, asked.fail_on) > 0)
		return NAGIOS_CRITICAL;
	if (counts->unknown_counts && asked.unknown_fails)
		return NAGIOS_CRITICAL;
	if (counts->unknown_counts)
		return NAGIOS_UNKNOWN;
	return failed_from(counts, SEVERITY_LOW) > 0 ? NAGIOS_WARNING : NAGIOS_OK;
}

/* The worst findings of a status by name, each check once. */
static void add_names(const struct list *findings, enum finding_status status,
		      struct strbuf *text)
{
	const struct check *last = NULL;
	size_t named = 0;

	LIST_FOR_EACH (findings, const struct finding, finding) {
		if (finding->status.value != (int)status || finding->check == last)
			continue;
		last = finding->check;
		if (++named > 4)
			continue;
		strbuf_printf(text, "%s%s", named > 1 ? ", " : ": ", finding->check->id);
	}
	if (named > 4)
		strbuf_printf(text, ", and %zu more", named - 4);
}

static int write_nagios(const struct list *findings, const struct counts *counts)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	size_t failed = failed_from(counts, SEVERITY_INFO);
	_cleanup_strbuf_ struct strbuf names = { 0 };
	int status = nagios_status(counts);

	add_names(findings, status == NAGIOS_UNKNOWN ? FINDING_UNKNOWN : FINDING_FAIL,
		  &names);
	printf("DMASCOPE %s - %zu failed, %zu unknown, %zu passed%s |", words[status],
	       failed, counts->status[FINDING_UNKNOWN], counts->status[FINDING_PASS],
	       strbuf_text(&names));
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--)
		printf(" %s=%zu;;%s;0", severity_words[i], counts->failed[i],
		       i >= (int)asked.fail_on ? "0" : "");
	printf(" unknown=%zu;;;0 passed=%zu;;;0 suppressed=%zu;;;0\n",
	       counts->status[FINDING_UNKNOWN], counts->status[FINDING_PASS],
	       counts->status[FINDING_SUPPRESSED]);
	asked.answered = true;
	return status;
}

const char *audit_sum_up(struct system *system, const struct list *findings)
{
	_cleanup_strbuf_ struct strbuf grades = { 0 };
	struct counts found = count_findings(findings);
	const struct counts *counts = &found;

	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--)
		if (counts->failed[i] > 0)
			strbuf_printf(&grades, "%s%zu %s",
				      grades.length > 0 ? ", " : " (", counts->failed[i],
				      severity_words[i]);
	strbuf_puts(&grades, grades.length > 0 ? ")" : "");
	return arena_printf(
		&system->arena,
		"%zu failed%s, %zu unknown, %zu passed, %zu not applicable%s.%s",
		counts->status[FINDING_FAIL], strbuf_text(&grades),
		counts->status[FINDING_UNKNOWN], counts->status[FINDING_PASS],
		counts->status[FINDING_NOT_APPLICABLE],
		counts->status[FINDING_SUPPRESSED] > 0
			? arena_printf(&system->arena, ", %zu suppressed",
				       counts->status[FINDING_SUPPRESSED])
			: "",
		counts->status[FINDING_FAIL] > 0 ? " dmascope explain ID tells more."
						 : "");
}

/*
 * What a person reads: what is wrong, not known, or skipped by a policy, with its reason,
 * unless all is asked for.
 */
static void choose_for_text(struct context *context, const struct list *findings,
			    struct list *ret)
{
	struct system *system = &context->system;
	struct list shown = { 0 };

	LIST_FOR_EACH (findings, const struct finding, finding)
		if (asked.all || finding->status.value < FINDING_PASS ||
		    finding->status.value == FINDING_SUPPRESSED)
			list_add(&system->arena, &shown, finding);
	if (context->output.columns) {
		*ret = shown;
		return;
	}
	context->output.cards = true;
	audit_join(system, &shown, ret);
}

static int answer(struct context *context, const struct list *findings)
{
	struct counts counts = count_findings(findings);
	struct list shown = { 0 };
	int status;

	if (asked.nagios)
		return write_nagios(findings, &counts);
	if (context->output.format->write == text_write) {
		context->note = audit_sum_up(&context->system, findings);
		choose_for_text(context, findings, &shown);
		findings = &shown;
	}
	status = context_answer(context, findings);
	if (status == EXIT_ANSWERED && (failed_from(&counts, asked.fail_on) > 0 ||
					(asked.unknown_fails && counts.unknown_counts)))
		status = EXIT_NEGATIVE;
	return status;
}

/* With --nagios trouble of any kind is status 3 and a line, as a plugin must have it. */
static int end(int status, int count, char **words)
{
	for (int i = 0; i < count; i++)
		asked.nagios = asked.nagios || streq(words[i], "--nagios");
	if (!asked.nagios || asked.answered || status != EXIT_TROUBLE)
		return status;
	puts("DMASCOPE UNKNOWN - no answer; standard error has the reason");
	return NAGIOS_UNKNOWN;
}

static int run(struct context *context, int count, char **arguments)
{
	struct list rulings = { 0 }, findings = { 0 };
	int status;

	if (asked.list || (count > 0 && streq(arguments[0], "explain"))) {
		context->command = &command_explain;
		context->record = command_explain.record;
		context->output.command = command_explain.name;
		return command_explain.run(context, count > 0 ? count - 1 : 0,
					   arguments + (count > 0));
	}
	if (count > 0) {
		complain("%s: audit takes no arguments", arguments[0]);
		return EXIT_TROUBLE;
	}
	status = read_policy(context, &rulings);
	if (status == EXIT_ANSWERED)
		status = context_load(context, AUDIT_FACTS);
	if (status != EXIT_ANSWERED)
		return status;
	audit_ask(&context->system, asked.profile, &rulings, &findings);
	return answer(context, &findings);
}

const struct command command_audit = {
	.name = "audit",
	.arguments = "",
	.summary = "Is DMA confined on this host? Findings with evidence and remedy",
	.options = options,
	.record = &finding_record,
	.option = take_option,
	.end = end,
	.run = run,
};

static int run_explain(struct context *context, int count, char **arguments)
{
	struct arena *arena = &context->system.arena;
	struct list checks = { 0 };
	int status = context_load(context, FACTS_HOST);

	if (status != EXIT_ANSWERED)
		return status;
	for (const struct check *check = NULL; count == 0 && (check = check_next(check));)
		list_add(arena, &checks, check);
	for (int i = 0; i < count; i++) {
		const struct check *check = check_find(arguments[i]);

		if (!check) {
			complain("%s: no such check; dmascope explain lists them",
				 arguments[i]);
			return EXIT_TROUBLE;
		}
		list_add(arena, &checks, check);
	}
	context->output.cards = count > 0 && !context->output.columns;
	return context_answer(context, &checks);
}

const struct command command_explain = {
	.name = "explain",
	.arguments = "[CHECK...]",
	.summary = "What each check of the audit asks, why, and what to do",
	.record = &check_record,
	.run = run_explain,
};
