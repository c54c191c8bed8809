// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope watch: what changes between devices and memory, a line each, as it happens. */

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "analyze/event.h"
#include "cmd/follow.h"
#include "cmd/series.h"
#include "source/monitor.h"

enum { KEY_INTERVAL = 'i', KEY_GROWTH = 256 + 'G', KEY_LOOKS = 256 + 'L' };

enum {
	QUIET_MS = 100,	  /* what comes in one go is looked at once */
	LONGEST_MS = 500, /* that is as long as it may go on before a look */
	PENDING_MS = 300, /* after that a fault has no more lines */
};

static const struct option_desc options[] = {
	{ "interval", KEY_INTERVAL, "SECONDS",
	  "time between looks at what has no event of its own; 10 by default" },
	{ "growth", KEY_GROWTH, "SECONDS",
	  "time between counts of the mappings that DMA-API debugging lists; 60 by "
	  "default, 0 for none" },
	{ "looks", KEY_LOOKS, "NUMBER", "end after so many; 0, the default, for no end" },
	{ 0 },
};

static struct {
	uint64_t interval_ms, growth_ms, looks;
} asked = { .interval_ms = 10000, .growth_ms = 60000 };

struct watch {
	struct context *context;
	struct follow follow;
	struct monitor *monitor; /* NULL where there is none */
	struct root_log log;
	struct known known;
	struct series *series; /* of mappings; NULL where they are not counted */
	struct arena told;     /* of `growing` */
	struct list growing;   /* struct mapping_group that were told of */
	struct arena arena;    /* of the events of one turn */
	struct list events;
	uint64_t lines, looks;
	uint64_t next_look, next_count; /* moments of sample_now() */
	uint64_t first, last;		/* uevents since the last look; 0 for none */
	sigset_t signals;		/* blocked but while it waits */
	uint64_t log_lost;		/* times that the log was overwritten, told of */
	bool failing;			/* the last look could not see */
};

static volatile sig_atomic_t stopped;

static int take_option(struct context *context, int key, const char *value)
{
	(void)context;
	if (key == KEY_LOOKS) {
		if (parse_u64(value, 10, &asked.looks) == 0)
			return EXIT_ANSWERED;
		complain("%s: not a number of looks", value);
		return EXIT_TROUBLE;
	}
	if (key == KEY_GROWTH && streq(value, "0")) {
		asked.growth_ms = 0;
		return EXIT_ANSWERED;
	}
	return series_take_seconds(value, key == KEY_GROWTH ? &asked.growth_ms
							    : &asked.interval_ms);
}

static const char *time_text(struct arena *arena)
{
	struct timespec now;
	struct tm utc;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &utc));
	return arena_printf(arena, "%s.%03ldZ", text, now.tv_nsec / 1000000);
}

/* While it writes, whoever ends it need not wait for the reader. */
static void begin_writing(const struct watch *watch, sigset_t *ret_before)
{
	sigprocmask(SIG_SETMASK, &watch->signals, ret_before);
}

static void end_writing(const sigset_t *before)
{
	alarm(0);
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* Writes what has happened; what was there already is no news in a table. */
static void tell(struct watch *watch)
{
	const char *now = time_text(&watch->arena);
	struct list told = { 0 };
	sigset_t before;

	LIST_FOR_EACH (&watch->events, struct event, event) {
		if (!watch->follow.lines && event->event.value == EVENT_PRESENT)
			continue;
		event->number = KNOWN_U64(++watch->lines);
		event->time = KNOWN_STR(now);
		list_add(&watch->arena, &told, event);
	}
	begin_writing(watch, &before);
	follow_rows(&watch->follow, &told);
	end_writing(&before);
	arena_free(&watch->arena);
	watch->events = (struct list){ 0 };
}

static struct event *add(struct watch *watch, enum event_kind kind,
			 const struct record *record, const void *object,
			 const char *text)
{
	struct event *event = event_new(&watch->arena, kind, record, object);

	if (text)
		event->text = KNOWN_STR(arena_strdup(&watch->arena, text));
	list_add(&watch->arena, &watch->events, event);
	return event;
}

/* Looks */

static const unsigned int looked_at = FACTS_HOST | FACTS_PLATFORM | FACTS_DEBUG |
				      FACTS_UNITS | FACTS_DEVICES | FACTS_GROUPS;

/* What is shown besides, and not watched. */
static const unsigned int shown = FACTS_NAMES | FACTS_REGIONS;

static struct system *look(struct watch *watch)
{
	struct root *root = &watch->context->root;
	struct system *now = xzalloc(sizeof(*now));

	root->system = now;
	sources_read(root, now, looked_at);
	analyze_system(now);
	analyze_isolation(now);
	watch->looks++;
	watch->next_look = sample_now() + asked.interval_ms;
	watch->first = watch->last = 0;
	return now;
}

static void forget(struct system *system)
{
	system_free(system);
	free(system);
}

/* What came since somebody asked last: copies, struct uevent. */
static void read_uevents(struct watch *watch, struct list *ret)
{
	struct arena *arena = &watch->arena;
	struct uevent uevent, *copy;
	int r;

	while (watch->monitor && (r = monitor_read(watch->monitor, &uevent)) != 0) {
		watch->last = sample_now();
		if (watch->first == 0)
			watch->first = watch->last;
		if (r < 0) {
			add(watch, EVENT_LOST, NULL, NULL,
			    "the kernel dropped uevents; what follows is what a new "
			    "look shows");
			continue;
		}
		copy = arena_memdup(arena, &uevent, sizeof(uevent));
		copy->name = arena_strdup(arena, uevent.name);
		if (uevent.driver)
			copy->driver = arena_strdup(arena, uevent.driver);
		list_add(arena, ret, copy);
	}
}

static void take_uevents(struct watch *watch)
{
	struct list uevents = { 0 };

	read_uevents(watch, &uevents);
	LIST_FOR_EACH (&uevents, const struct uevent, uevent)
		event_take(&watch->arena, &watch->known, uevent, &watch->events);
}

/* Whether something is shown with all that is known of it. */
static bool has_come(const struct list *events)
{
	LIST_FOR_EACH (events, const struct event, event)
		if (event->event.value == EVENT_ADDED)
			return true;
	return false;
}

/*
 * What was sent before the look is taken before it. What is sent during it may be in it
 * or not, and event_look() is told, so that nothing is told twice; another look follows.
 */
static void look_again(struct watch *watch)
{
	struct root *root = &watch->context->root;
	struct system *before = watch->known.system, *now;
	struct list during = { 0 };

	take_uevents(watch);
	now = look(watch);
	read_uevents(watch, &during);
	if (event_look(&watch->arena, &watch->known, now, &during, &watch->events) < 0) {
		if (!watch->failing)
			add(watch, EVENT_UNREADABLE, NULL, NULL,
			    "a look failed; what was known before stays");
		watch->failing = true;
		forget(now);
		root->system = before;
		tell(watch);
		return;
	}
	watch->failing = false;
	if (has_come(&watch->events))
		sources_read(root, now, shown);
	tell(watch); /* before what it points into is gone */
	forget(before);
}

/* Faults */

static void take_fault(void *data, const struct fault *fault)
{
	struct watch *watch = data;
	struct fault_group *group = fault_group_new(&watch->arena, fault);

	analyze_fault(watch->known.system, &watch->arena, group);
	add(watch, EVENT_FAULT, &fault_record, group, known_text(group->reason_text));
}

static void read_log(struct watch *watch)
{
	struct context *context = watch->context;
	int r;

	if (watch->log.fd < 0)
		return;
	context->root.source = "log";
	r = root_log_read(&context->root, &watch->log, source_log_take, &context->system);
	if (watch->log.lost > watch->log_lost)
		add(watch, EVENT_LOST, NULL, NULL,
		    "the kernel's log was overwritten before it could be read; faults "
		    "may be missing");
	watch->log_lost = watch->log.lost;
	if (r == 0)
		return;
	add(watch, EVENT_UNREADABLE, NULL, NULL,
	    "the kernel's log can no longer be read; faults are not told from here on");
	root_log_close(&context->root, &watch->log, 0);
	watch->log.fd = -1;
}

/* What the log holds already is counted; from there on each fault is an event. */
static void open_log(struct watch *watch)
{
	struct system *system = &watch->context->system;

	watch->context->root.source = "log";
	system->faults.arena = &system->arena;
	if (root_log_open(&watch->context->root, "dev/kmsg", &watch->log) < 0)
		watch->log.fd = -1;
	read_log(watch);
	fault_log_end(&system->faults);
	LIST_FOR_EACH (&system->faults.groups, struct fault_group, group)
		analyze_fault(watch->known.system, &system->arena, group);
	LIST_FOR_EACH (&system->faults.groups, const struct fault_group, group)
		add(watch, EVENT_PRESENT, &fault_record, group,
		    known_text(group->reason_text));
	system->faults.take = take_fault;
	system->faults.data = watch;
}

/* Growth */

static int count_mappings(struct context *context, struct arena *arena,
			  struct mapping_sample *ret, const char **ret_why)
{
	int r = sample_take(context, arena, NULL, ret);

	*ret_why = r < 0 ? sample_obstacle(&context->system, r) : NULL;
	return r;
}

static bool was_told(const struct watch *watch, const struct mapping_group *group)
{
	LIST_FOR_EACH (&watch->growing, const struct mapping_group, told)
		if (mapping_group_compare(told, group) == 0)
			return true;
	return false;
}

/* The names of a group outlive the samples that they come from. */
static void remember(struct watch *watch, const struct mapping_group *group)
{
	struct mapping_group *copy = arena_memdup(&watch->told, group, sizeof(*group));

	if (known_text(group->driver))
		copy->driver.value = arena_strdup(&watch->told, group->driver.value);
	copy->device = arena_strdup(&watch->told, group->device);
	copy->type = arena_strdup(&watch->told, group->type);
	copy->direction = arena_strdup(&watch->told, group->direction);
	list_add(&watch->told, &watch->growing, copy);
}

static void count_again(struct watch *watch)
{
	enum { FEWEST = 6 };
	struct series *series = watch->series;
	struct list groups = { 0 };
	const char *why;

	watch->next_count = sample_now() + asked.growth_ms;
	if (series_add(watch->context, series, &why) < 0) {
		add(watch, EVENT_UNREADABLE, NULL, NULL, why);
		series_free(series);
		watch->series = NULL;
		tell(watch);
		return;
	}
	if (series->kept < FEWEST)
		return;
	analyze_growth(&watch->arena, series->samples, series->kept, &groups);
	LIST_FOR_EACH (&groups, const struct mapping_group, group) {
		if (!known_true(group->growing) || was_told(watch, group))
			continue;
		remember(watch, group);
		add(watch, EVENT_GROWING, &mapping_group_record, group,
		    known_text(group->why));
	}
	tell(watch); /* before a sample that it points into is dropped */
}

static void open_series(struct watch *watch)
{
	const char *why;

	if (asked.growth_ms == 0 ||
	    watch->known.system->status.dma_debug.value != DMA_DEBUG_ENABLED)
		return;
	watch->series = xzalloc(sizeof(*watch->series));
	watch->series->take = count_mappings;
	watch->next_count = sample_now() + asked.growth_ms;
	if (series_add(watch->context, watch->series, &why) == 0)
		return;
	complain("%s", why);
	series_free(watch->series);
	watch->series = NULL;
}

/* The loop */

/* A second after it was told to stop, and the reader has not taken what is written. */
static void give_up(int signal)
{
	static const char text[] = "dmascope: standard output: nobody reads it\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)ignored;
	_exit(EXIT_TROUBLE);
}

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
	alarm(1);
}

/* They come while something is waited for: time, uevents, or a reader. */
static void catch_signals(sigset_t *ret_before)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction stops = { .sa_handler = stop, .sa_flags = SA_RESTART };
	const struct sigaction ends = { .sa_handler = give_up };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaddset(&blocked, signals[i]);
		sigaction(signals[i], &stops, NULL);
	}
	sigaction(SIGALRM, &ends, NULL);
	sigprocmask(SIG_BLOCK, &blocked, ret_before);
}

static const char *summary(struct watch *watch)
{
	const struct system *system = watch->known.system;

	return arena_printf(
		&watch->arena, "%zu PCI function%s, %zu group%s, %zu unit%s; %s%s",
		system->devices.count, system->devices.count == 1 ? "" : "s",
		system->groups.count, system->groups.count == 1 ? "" : "s",
		system->units.count, system->units.count == 1 ? "" : "s",
		watch->monitor ? "the kernel tells what comes, goes and is bound"
			       : "nothing tells what comes and goes but the next look",
		watch->log.fd < 0 ? "; faults cannot be seen"
		: watch->series	  ? "; faults and growth of mappings are told"
				  : "; faults are told");
}

static void tell_unseen(const struct watch *watch, const struct list *unread)
{
	if (watch->follow.lines)
		jsonl_add(&watch->context->output,
			  &(struct sheet){ &unread_record, unread });
	else
		tell_unread(unread);
}

static int begin(struct watch *watch)
{
	struct context *context = watch->context;
	struct root *root = &context->root;
	int status = context_open(context);
	sigset_t before;

	if (status != EXIT_ANSWERED)
		return status;
	sources_read(root, &context->system, FACTS_HOST);
	/* First the ear, then the eye: what happens between the two is heard. */
	if (root->live && monitor_open(root, &watch->monitor) == 0)
		watch->known.seen = monitor_last(root);
	watch->known.system = look(watch);
	sources_read(root, watch->known.system, shown);
	event_present(&watch->arena, &watch->known, &watch->events);
	open_log(watch);
	open_series(watch);
	begin_writing(watch, &before);
	follow_begin(&watch->follow);
	tell_unseen(watch, &context->system.unread);
	tell_unseen(watch, &watch->known.system->unread);
	end_writing(&before);
	add(watch, EVENT_WATCHING, NULL, NULL, summary(watch));
	tell(watch);
	return EXIT_ANSWERED;
}

/* When there is something to do even if nothing happens. */
static uint64_t next_moment(const struct watch *watch)
{
	uint64_t moment = watch->next_look;

	if (watch->series)
		moment = MIN(moment, watch->next_count);
	if (watch->first > 0)
		moment = MIN(moment,
			     MIN(watch->last + QUIET_MS, watch->first + LONGEST_MS));
	return moment;
}

static void turn(struct watch *watch)
{
	uint64_t now;

	take_uevents(watch);
	read_log(watch);
	if (watch->events.count > 0)
		tell(watch);
	now = sample_now();
	if (watch->series && now >= watch->next_count)
		count_again(watch);
	if (now >= watch->next_look ||
	    (watch->first > 0 &&
	     (now >= watch->last + QUIET_MS || now >= watch->first + LONGEST_MS)))
		look_again(watch);
}

static int go_on(struct watch *watch)
{
	struct fault_log *faults = &watch->context->system.faults;

	while (!stopped && (asked.looks == 0 || watch->looks < asked.looks)) {
		struct pollfd wait_for[] = {
			{ .fd = watch->monitor ? monitor_descriptor(watch->monitor) : -1,
			  .events = POLLIN },
			/* A file is always readable. */
			{ .fd = watch->context->root.live ? watch->log.fd : -1,
			  .events = POLLIN },
		};
		uint64_t now = sample_now(), moment = next_moment(watch);
		uint64_t wait = moment > now ? moment - now : 0;
		struct timespec time;
		bool pending = faults->reader.wait != WAIT_NOTHING;
		int count;

		if (pending)
			wait = MIN(wait, PENDING_MS);
		time = (struct timespec){ (time_t)(wait / 1000),
					  (long)(wait % 1000) * 1000000 };
		count = ppoll(wait_for, ARRAY_SIZE(wait_for), &time, &watch->signals);
		if (count < 0 && errno != EINTR)
			return -errno;
		if (stopped)
			return 0;
		if (count == 0 && pending)
			fault_log_end(faults);
		turn(watch);
		if (watch->follow.failure != 0)
			return 0;
	}
	return 0;
}

static int run(struct context *context, int count, char **arguments)
{
	struct watch watch = {
		.context = context,
		.follow = { .context = context, .late = true },
		.log = { .fd = -1 },
	};
	int status, r = 0;

	if (count > 0) {
		complain("%s: watch takes no arguments", arguments[0]);
		return EXIT_TROUBLE;
	}
	if (!is_text(context) && context->output.format->write != jsonl_write) {
		complain("watch writes jsonl or a table: a document would never end");
		return EXIT_TROUBLE;
	}
	catch_signals(&watch.signals);
	status = begin(&watch);
	if (status == EXIT_ANSWERED)
		r = go_on(&watch);
	alarm(0);
	if (r < 0)
		complain("%s", strerror(-r));
	if (watch.follow.failure != 0) {
		complain("standard output: %s", strerror(watch.follow.failure));
		status = EXIT_TROUBLE;
	}
	follow_end(&watch.follow);
	if (watch.log.fd >= 0)
		root_log_close(&context->root, &watch.log, 0);
	if (watch.series)
		series_free(watch.series);
	monitor_close(watch.monitor);
	arena_free(&watch.told);
	arena_free(&watch.arena);
	if (watch.known.system)
		forget(watch.known.system);
	return r < 0 ? EXIT_TROUBLE : status;
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "",
	.summary = "one line of JSON for whatever changes, as it happens",
	.options = options,
	.record = &event_record,
	.format = "jsonl",
	.option = take_option,
	.run = run,
};
