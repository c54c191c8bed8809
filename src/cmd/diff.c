// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope diff: what is otherwise on one machine than on another, or than it was. */

#include "analyze/difference.h"
#include "audit/audit.h"
#include "cmd/cmd.h"

enum { KEY_ALL = 'a', KEY_IGNORE = 256 + 'i', NAMES_SHOWN = 8 };

static const struct option_desc options[] = {
	{ "all", KEY_ALL, NULL,
	  "show what follows from other differences or moves by itself, too" },
	{ "ignore", KEY_IGNORE, "FIELDS",
	  "leave out records, fields or things: channel,*.driver,device 0000:00:02.0" },
	{ 0 },
};

/* What the options came to; one command runs in a process. */
static struct {
	bool all;
	struct arena arena;
	struct list ignored; /* patterns (char *) */
} asked;

/* Does a pattern name something that is compared? A slip would hide nothing, for ever. */
static bool can_match(const char *pattern)
{
	static const struct record *const compared[] = {
		&host_record,	 &status_record, &parameter_record,
		&unit_record,	 &group_record,	 &device_record,
		&channel_record, &region_record, &firmware_table_record,
		&finding_record,
	};
	size_t length = strcspn(pattern, ". ");
	_cleanup_free_ char *kind = xstrdup(pattern);

	kind[length] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(compared); i++) {
		const struct record *record = compared[i];
		const char *field = pattern + length + 1;

		if (!matches_star(kind, record->singular))
			continue;
		/* Objects, checks and structures of tables are not known beforehand. */
		if (pattern[length] != '.' || strchr(field, '*') ||
		    record == &finding_record || record == &firmware_table_record ||
		    record_find(record, field, strlen(field)))
			return true;
	}
	return false;
}

static int take_option(struct context *context, int key, const char *value)
{
	const char *word;
	size_t length;

	(void)context;
	asked.all = asked.all || key == KEY_ALL;
	while (key == KEY_IGNORE && (word = next_word(&value, ",", &length))) {
		char *pattern = arena_strndup(&asked.arena, word, length);

		if (!can_match(pattern)) {
			complain("%s: diff compares nothing of that name", pattern);
			return EXIT_TROUBLE;
		}
		list_add(&asked.arena, &asked.ignored, pattern);
	}
	return EXIT_ANSWERED;
}

/* Faults and mappings move by themselves, and uses are the host's own affair. */
static const unsigned int facts = FACTS_PARAMETERS | FACTS_IOMEM | FACTS_CHANNELS |
				  (FACTS_ALL & ~(unsigned int)FACTS_NAMES);

/* By "device", "device.driver", or "device 0000:00:1f.6" as a table has it. */
static bool is_ignored(const char *record, const char *field, const char *object)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };
	char key[128];

	snprintf(key, sizeof(key), "%s.%s", record, field ? field : "");
	strbuf_printf(&name, "%s %s", record, object ? object : "");
	LIST_FOR_EACH (&asked.ignored, const char, pattern)
		if (matches_star(pattern, record) || matches_star(pattern, key) ||
		    matches_star(pattern, strbuf_text(&name)))
			return true;
	return false;
}

/* Findings: what fails on one side only. */

/* The subject as the other machine calls it: groups may have other numbers there. */
static const char *subject_on(struct differences *found, const struct finding *finding,
			      bool after)
{
	const char *subject = finding->subject.value;

	if (finding->check->about != ABOUT_GROUP)
		return subject;
	LIST_FOR_EACH (&found->groups, const struct pair, pair) {
		const struct group *here = after ? pair->before : pair->after;
		const struct group *there = after ? pair->after : pair->before;
		char name[64];

		if (!here || !there)
			continue;
		snprintf(name, sizeof(name), "group %llu",
			 (unsigned long long)here->id.value);
		if (streq(name, subject))
			return arena_printf(found->arena, "group %llu",
					    (unsigned long long)there->id.value);
	}
	return subject;
}

enum elsewhere { HOLDS_THERE, FAILS_THERE, UNKNOWN_THERE };

static enum elsewhere look_up(const struct list *findings, const struct check *check,
			      const char *subject)
{
	enum elsewhere result = HOLDS_THERE;

	LIST_FOR_EACH (findings, const struct finding, other) {
		bool same = streq(other->subject.value, subject);

		if (other->check != check)
			continue;
		if (same && other->status.value == FINDING_FAIL)
			return FAILS_THERE;
		/* Of all that could not be listed the subject is the host. */
		if (other->status.value == FINDING_UNKNOWN &&
		    (same || streq(other->subject.value, "host")))
			result = UNKNOWN_THERE;
	}
	return result;
}

/* Nothing was mended about a thing that is no longer there. */
static bool is_gone(const struct differences *found, const struct finding *finding)
{
	return finding->check->about == ABOUT_DEVICE &&
	       !streq(finding->subject.value, "host") &&
	       !system_find_device(found->after, finding->subject.value);
}

/* What fails among `findings` and not among those of the other side. */
static void add_failures(struct differences *found, const struct list *findings,
			 const struct list *others, bool came)
{
	LIST_FOR_EACH (findings, const struct finding, finding) {
		const struct check *check = finding->check;
		const char *severity = severity_words[finding->severity.value];
		struct difference *one;
		enum elsewhere there;
		bool host;

		if (finding->status.value != FINDING_FAIL)
			continue;
		there = look_up(others, check, subject_on(found, finding, !came));
		if (there == UNKNOWN_THERE)
			difference_count_open(found, finding_record.singular, check->id,
					      came, !came);
		if (there != HOLDS_THERE)
			continue;
		host = streq(finding->subject.value, "host");
		one = difference_add(found, finding_record.singular,
				     host ? NULL : finding->subject.value,
				     came ? CHANGE_APPEARED : CHANGE_VANISHED, check->id,
				     came ? NULL : severity, came ? severity : NULL);
		one->follows = !came && is_gone(found, finding);
		difference_mean(found, one, finding->title);
		difference_finish(found, one);
	}
}

static void compare_findings(struct system *before, struct system *after,
			     struct differences *found)
{
	struct list none = { 0 }, old = { 0 }, new = { 0 };

	audit_run(before, PROFILE_HOST, &none, &old);
	audit_run(after, PROFILE_HOST, &none, &new);
	add_failures(found, &new, &old, true);
	add_failures(found, &old, &new, false);
}

/* For people: objects that differ in the same way are one line. */

static int compare_alike(const void *a, const void *b)
{
	const struct difference *x = *(const struct difference *const *)a;
	const struct difference *y = *(const struct difference *const *)b;
	const char *x_field = known_text(x->field), *y_field = known_text(y->field);
	int order = strcmp(x->record, y->record);

	if (order == 0)
		order = strcmp(x_field ? x_field : "", y_field ? y_field : "");
	return order != 0 ? order : strcmp(x->text, y->text);
}

/* A stable sort is not at hand: the place decides among those that are alike. */
struct ranked {
	const struct difference *difference;
	size_t place, first; /* its own, and that of the first one like it */
};

static int by_likeness(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = compare_alike(&x->difference, &y->difference);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static const struct difference *join_run(struct arena *arena, const struct ranked *run,
					 size_t count)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct difference *one;

	if (count == 1)
		return run->difference;
	one = arena_memdup(arena, run->difference, sizeof(*one));
	strbuf_printf(&text, "%s [", one->text);
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		strbuf_printf(&text, "%s%s", i > 0 ? ", " : "",
			      run[i].difference->object.value);
	if (count > NAMES_SHOWN)
		strbuf_printf(&text, " and %zu more", count - NAMES_SHOWN);
	strbuf_puts(&text, "]");
	one->what = arena_printf(arena, "%zu %ss", count, one->record);
	one->text = arena_strdup(arena, strbuf_text(&text));
	return one;
}

static void join_alike(struct arena *arena, const struct list *differences,
		       struct list *ret)
{
	struct ranked *all = arena_alloc(arena, (differences->count + 1) * sizeof(*all));
	size_t count = differences->count;

	LIST_FOR_EACH (differences, const struct difference, one)
		all[one_at] = (struct ranked){ one, one_at, one_at };
	if (count > 1)
		qsort(all, count, sizeof(*all), by_likeness);
	for (size_t i = 1; i < count; i++)
		if (compare_alike(&all[i - 1].difference, &all[i].difference) == 0)
			all[i].first = all[i - 1].first;
	if (count > 1)
		qsort(all, count, sizeof(*all), by_first);
	for (size_t from = 0, end; from < count; from = end) {
		for (end = from + 1; end < count && all[end].first == all[from].first;)
			end++;
		list_add(arena, ret, join_run(arena, &all[from], end - from));
	}
}

/* What was not compared */

static const char *side_text(const struct uncompared *open)
{
	if (open->before > 0 && open->after == 0)
		return "the first machine does not tell";
	if (open->after > 0 && open->before == 0)
		return "the second machine does not tell";
	return open->before + open->after > 0 ? "one of the machines does not tell"
					      : "neither machine tells";
}

static void add_unread(struct system *system, const char *source, const char *path,
		       const char *reason)
{
	struct unread *unread = arena_new(&system->arena, struct unread);

	*unread = (struct unread){ source, path, reason };
	list_add(&system->arena, &system->unread, unread);
}

static bool is_noted(const struct list *unread, const struct unread *wanted)
{
	LIST_FOR_EACH (unread, const struct unread, other)
		if (streq(other->path, wanted->path) &&
		    streq(other->reason, wanted->reason))
			return true;
	return false;
}

/*
 * What the first machine did not tell and the second did, under the path that it has;
 * that of the second one, too, where it is not this machine.
 */
static void note_before(struct system *system, const struct system *before)
{
	size_t own = system->unread.count;

	LIST_FOR_EACH (&before->unread, const struct unread, unread) {
		struct list mine = { system->unread.items, own, 0 };

		if (!is_noted(&mine, unread))
			add_unread(system, unread->source,
				   arena_printf(&system->arena, "%s%s",
						before->host.root.value, unread->path),
				   unread->reason);
	}
	for (size_t i = 0; i < own && !known_true(system->host.live); i++) {
		struct unread *mine = system->unread.items[i];

		mine->path = arena_printf(&system->arena, "%s%s", system->host.root.value,
					  mine->path);
	}
}

/* In JSON, for a table has a note below. */
static void note_uncompared(struct system *system, const struct list *uncompared)
{
	LIST_FOR_EACH (uncompared, const struct uncompared, open)
		if (!is_ignored(open->record, open->field, NULL))
			add_unread(system, "diff",
				   arena_printf(&system->arena, "%s%s%s", open->record,
						open->field ? "." : "",
						open->field ? open->field : ""),
				   side_text(open));
}

enum { FIELDS_NAMED = 4 };

/* Fields of a record that one side knows and the other does not. */
static size_t count_one_sided(const struct list *uncompared, const char *record)
{
	size_t count = 0;

	LIST_FOR_EACH (uncompared, const struct uncompared, open)
		count += streq(open->record, record) && open->before + open->after > 0 &&
			 !is_ignored(open->record, open->field, NULL);
	return count;
}

/* "device.acs (12), unit.version, 9 fields of table" */
static void add_one_sided(const struct list *uncompared, struct strbuf *text)
{
	const char *many = "";

	LIST_FOR_EACH (uncompared, const struct uncompared, open) {
		size_t objects = open->before + open->after;
		size_t fields = count_one_sided(uncompared, open->record);

		if (objects == 0 || is_ignored(open->record, open->field, NULL) ||
		    streq(many, open->record))
			continue;
		strbuf_puts(text, text->length > 0 ? ", " : "");
		if (fields > FIELDS_NAMED) {
			many = open->record;
			strbuf_printf(text, "%zu fields of %s", fields, many);
			continue;
		}
		strbuf_printf(text, "%s%s%s", open->record, open->field ? "." : "",
			      open->field ? open->field : "");
		if (objects > 1)
			strbuf_printf(text, " (%zu)", objects);
	}
}

static const char *sum_up(struct arena *arena, size_t shown, size_t hidden,
			  const struct list *uncompared)
{
	_cleanup_strbuf_ struct strbuf text = { 0 }, open = { 0 };
	size_t neither = 0;

	LIST_FOR_EACH (uncompared, const struct uncompared, one)
		neither += one->both > 0 && !is_ignored(one->record, one->field, NULL);
	if (shown == 0)
		strbuf_puts(&text, "No difference.");
	else
		strbuf_printf(&text, "%zu difference%s.", shown, shown == 1 ? "" : "s");
	if (hidden > 0)
		strbuf_printf(
			&text,
			" %zu more follow%s from others or move%s; --all shows them.",
			hidden, hidden == 1 ? "s" : "", hidden == 1 ? "s" : "");
	add_one_sided(uncompared, &open);
	if (open.length > 0)
		strbuf_printf(&text, " Not compared, for one side does not tell: %s.",
			      strbuf_text(&open));
	if (neither > 0)
		strbuf_printf(&text, " %zu field%s known on neither side.", neither,
			      neither == 1 ? " is" : "s are");
	return arena_strdup(arena, strbuf_text(&text));
}

static int answer(struct context *context, const struct differences *found)
{
	struct arena *arena = &context->system.arena;
	struct list shown = { 0 }, joined = { 0 };
	size_t hidden = 0;
	int status;

	/* What follows stands below, wherever it was found. */
	for (int follows = 0; follows < 2; follows++)
		LIST_FOR_EACH (&found->list, const struct difference, one) {
			if (one->follows != (follows > 0) ||
			    is_ignored(one->record, known_text(one->field),
				       known_text(one->object)))
				continue;
			if (follows > 0 && !asked.all)
				hidden++;
			else
				list_add(arena, &shown, one);
		}
	context->note = sum_up(arena, shown.count, hidden, &found->uncompared);
	if (is_text(context) && !context->output.columns)
		join_alike(arena, &shown, &joined);
	else
		joined = shown;
	status = context_answer(context, &joined);
	return status == EXIT_ANSWERED && shown.count > 0 ? EXIT_NEGATIVE : status;
}

static int load(struct context *context)
{
	int status = context_load(context, facts);

	if (status != EXIT_ANSWERED)
		return status;
	analyze_isolation(&context->system);
	analyze_firmware(&context->system);
	return status;
}

static int compare(struct context *context, struct context *before)
{
	struct system *system = &context->system;
	struct differences found = { .arena = &system->arena };
	static struct list hosts;

	analyze_differences(&before->system, system, &found);
	if (found.compared == 0) {
		complain("%s: nothing is known on both sides that could be compared",
			 before->sysroot);
		return EXIT_TROUBLE;
	}
	compare_findings(&before->system, system, &found);
	note_before(system, &before->system);
	if (!is_text(context))
		note_uncompared(system, &found.uncompared);
	list_add(&system->arena, &hosts, &before->system.host);
	context->about = (struct sheet){ &before_record, &hosts };
	return answer(context, &found);
}

static int run(struct context *context, int count, char **arguments)
{
	struct context before = { .command = context->command };
	int status;

	if (count < 1 || count > 2 || (count == 2 && context->sysroot)) {
		complain("diff takes a snapshot to compare this machine with, or two of "
			 "them");
		return EXIT_TROUBLE;
	}
	before.root.fd = -1;
	before.sysroot = arguments[0];
	if (count == 2)
		context->sysroot = arguments[1];
	status = load(&before);
	if (status == EXIT_ANSWERED)
		status = load(context);
	if (status == EXIT_ANSWERED)
		status = compare(context, &before);
	if (before.root.fd >= 0)
		root_close(&before.root);
	system_free(&before.system);
	return status;
}

static const struct record *const more[] = { &before_record, NULL };

const struct command command_diff = {
	.name = "diff",
	.arguments = "DIR [DIR]",
	.summary = "What differs between two snapshots, or one and this machine",
	.options = options,
	.record = &difference_record,
	.more = more,
	.option = take_option,
	.run = run,
};
