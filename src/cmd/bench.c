// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope bench: what translation costs here, and the proof that it isolates. */

#include "cmd/bench.h"

#include <signal.h>

#include "analyze/analyze.h"
#include "bench/baseline.h"
#include "bench/take.h"
#include "bench/transfers.h"
#include "cmd/take-plan.h"

enum {
	KEY_LIST = 256 + 'l',
	KEY_RESTORE = 256 + 'r',
	KEY_YES = 'y',
	KEY_BACKEND = 'b',
	KEY_DEVICE = 'd',
	KEY_SIZE = 256 + 'S',
	KEY_PAGE = 256 + 'P',
	KEY_WINDOW = 256 + 'W',
	KEY_DEPTH = 256 + 'D',
	KEY_LIVE = 256 + 'L',
	KEY_THREADS = 256 + 'T',
	KEY_PATTERN = 256 + 'p',
	KEY_DIRECTION = 256 + 't',
	KEY_TIME = 256 + 'i',
	KEY_OPS = 256 + 'o',
	KEY_WARMUP = 256 + 'w',
	KEY_REPEAT = 256 + 'R',
	KEY_CPU = 256 + 'C',
	KEY_BASELINE = 256 + 'B',
	KEY_SVG = 256 + 'v',
	KEY_PLOT = 256 + 'g',
	KEY_LEAVE = 256 + 'e',
};

static const char *const backend_words[] = { "type1",	"iommufd", "iommufd-group",
					     "noiommu", "fake",	   "fake-identity",
					     NULL };
static const char *const device_words[] = { "edu", "nvme", "e1000e", "null", NULL };
static const char *const pattern_words[] = { "sequential", "random", NULL };
static const char *const page_words[] = { "4K", "thp", "2M", "1G", NULL };

static const struct option_desc options[] = {
	{ "list", KEY_LIST, NULL, "which devices can be driven, and why not the others" },
	{ "restore", KEY_RESTORE, NULL,
	  "give back what a benchmark that was killed has taken" },
	{ "yes", KEY_YES, NULL,
	  "take the device from its driver, and give it back at the end" },
	{ "backend", KEY_BACKEND, "BACKEND", "how memory is mapped; the first that works",
	  backend_words },
	{ "device", KEY_DEVICE, "DRIVER", "who drives the device; by its identifiers",
	  device_words },
	{ "size", KEY_SIZE, "SIZES",
	  "sizes of mappings or transfers, such as 4K,64K,2M" },
	{ "page", KEY_PAGE, "PAGES", "pages behind them: 4K, thp, 2M, 1G", page_words },
	{ "window", KEY_WINDOW, "SIZES", "reach: how much memory is in turn" },
	{ "depth", KEY_DEPTH, "COUNTS", "dma, reach: transfers at once" },
	{ "live", KEY_LIVE, "COUNTS", "map: how many others are mapped meanwhile" },
	{ "threads", KEY_THREADS, "COUNTS", "map: threads at once" },
	{ "pattern", KEY_PATTERN, "PATTERNS", "reach: order of the addresses",
	  pattern_words },
	{ "direction", KEY_DIRECTION, "KINDS",
	  "dma, reach: what the device does to memory", transfer_names },
	{ "time", KEY_TIME, "SECONDS", "each repetition; 0.2 by default" },
	{ "ops", KEY_OPS, "NUMBER", "each repetition by count instead of time" },
	{ "warmup", KEY_WARMUP, "SECONDS", "before the first one; 0.05 by default" },
	{ "repeat", KEY_REPEAT, "NUMBER", "repetitions; 5 by default" },
	{ "cpu", KEY_CPU, "NUMBER", "the processor to stay on; where it starts" },
	{ "baseline", KEY_BASELINE, "FILE",
	  "compare with what --json of an earlier run wrote" },
	{ "svg", KEY_SVG, "FILE", "draw the results into a file" },
	{ "plot", KEY_PLOT, NULL, "draw them below the table, too" },
	{ "leave-mapped", KEY_LEAVE, NULL,
	  "isolation: leave a mapping in place; the proof has to fail" },
	{ 0 },
};

/* One command runs in a process. */
static struct bench_request request = {
	.plan = {
		.time_ns = 200000000,
		.warmup_ns = 50000000,
		.repetitions = 5,
	},
	.cpu = -1,
};

enum { REPETITIONS_MAX = 1000 };

/* Which of the words it is, or -1. */
static int find_word(const char *const *words, const char *word, size_t length)
{
	for (int i = 0; words[i]; i++)
		if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
			return i;
	return -1;
}

/* One value of a list: a word of `words`, a size, or a number. */
static int parse_value(const char *word, size_t length, const char *const *words,
		       bool sizes, uint64_t *ret)
{
	char text[32];
	int at;

	if (words) {
		at = find_word(words, word, length);
		if (at < 0)
			return -EINVAL;
		*ret = (uint64_t)at;
		return 0;
	}
	if (length >= sizeof(text))
		return -EINVAL;
	memcpy(text, word, length);
	text[length] = '\0';
	return sizes ? parse_size(text, ret) : parse_u64(text, 10, ret);
}

static int take_list(const char *name, const char *value, const char *const *words,
		     bool sizes, uint64_t least, uint64_t most, struct plan_list *ret)
{
	const char *word, *cursor = value;
	size_t length;

	*ret = (struct plan_list){ 0 };
	while ((word = next_word(&cursor, ",", &length))) {
		uint64_t number;

		if (ret->count == PLAN_MAX) {
			complain("--%s takes %d values at most", name, PLAN_MAX);
			return EXIT_TROUBLE;
		}
		if (parse_value(word, length, words, sizes, &number) < 0 ||
		    number < least || number > most) {
			complain("%.*s: not a value of --%s; see dmascope bench --help",
				 (int)length, word, name);
			return EXIT_TROUBLE;
		}
		ret->values[ret->count++] = number;
	}
	if (ret->count > 0)
		return EXIT_ANSWERED;
	complain("--%s needs a value", name);
	return EXIT_TROUBLE;
}

static int take_seconds(const char *name, const char *value, double least, uint64_t *ret)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end != '\0' || !(seconds >= least) || seconds > 3600) {
		complain("%s: --%s takes %g to 3600 seconds", value, name, least);
		return EXIT_TROUBLE;
	}
	*ret = (uint64_t)(seconds * 1e9);
	return EXIT_ANSWERED;
}

static int take_number(const char *name, const char *value, uint64_t least, uint64_t most,
		       uint64_t *ret)
{
	if (parse_u64(value, 10, ret) == 0 && *ret >= least && *ret <= most)
		return EXIT_ANSWERED;
	complain("%s: --%s takes %llu to %llu", value, name, (unsigned long long)least,
		 (unsigned long long)most);
	return EXIT_TROUBLE;
}

static int take_name(const char *name, const char *value, const char *const *words,
		     const char **ret)
{
	*ret = value;
	if (find_word(words, value, strlen(value)) >= 0)
		return EXIT_ANSWERED;
	complain("%s: not a value of --%s; see dmascope bench --help", value, name);
	return EXIT_TROUBLE;
}

static int take_plan_option(int key, const char *value)
{
	struct bench_plan *plan = &request.plan;
	uint64_t number;
	int status;

	switch (key) {
	case KEY_SIZE:
		return take_list("size", value, NULL, true, 1, UINT64_C(1) << 40,
				 &plan->sizes);
	case KEY_PAGE:
		return take_list("page", value, memory_kinds, false, 0, UINT64_MAX,
				 &plan->kinds);
	case KEY_WINDOW:
		return take_list("window", value, NULL, true, 1, UINT64_C(1) << 40,
				 &plan->windows);
	case KEY_DEPTH:
		return take_list("depth", value, NULL, false, 1, 65536, &plan->depths);
	case KEY_LIVE:
		return take_list("live", value, NULL, false, 0, 1 << 24, &plan->live);
	case KEY_THREADS:
		return take_list("threads", value, NULL, false, 1, 1024, &plan->threads);
	case KEY_PATTERN:
		return take_list("pattern", value, pattern_words, false, 0, UINT64_MAX,
				 &plan->patterns);
	case KEY_DIRECTION:
		return take_list("direction", value, transfer_names, false, 0, UINT64_MAX,
				 &plan->transfers);
	case KEY_TIME:
		return take_seconds("time", value, 0.001, &plan->time_ns);
	case KEY_WARMUP:
		return take_seconds("warmup", value, 0, &plan->warmup_ns);
	case KEY_OPS:
		return take_number("ops", value, 1, UINT32_MAX, &plan->ops);
	case KEY_REPEAT:
		status = take_number("repeat", value, 1, REPETITIONS_MAX, &number);
		plan->repetitions = (size_t)number;
		return status;
	default:
		plan->leave_mapped = true;
		return EXIT_ANSWERED;
	}
}

static int take_option(struct context *context, int key, const char *value)
{
	uint64_t number;
	int status;

	switch (key) {
	case KEY_LIST:
		request.list = true;
		context->record = &candidate_record;
		return EXIT_ANSWERED;
	case KEY_RESTORE:
		request.restore = true;
		return EXIT_ANSWERED;
	case KEY_YES:
		request.yes = true;
		return EXIT_ANSWERED;
	case KEY_PLOT:
		request.plot = true;
		return EXIT_ANSWERED;
	case KEY_BACKEND:
		return take_name("backend", value, backend_words, &request.backend);
	case KEY_DEVICE:
		return take_name("device", value, device_words, &request.device);
	case KEY_BASELINE:
		request.baseline = value;
		return EXIT_ANSWERED;
	case KEY_SVG:
		request.svg = value;
		return EXIT_ANSWERED;
	case KEY_CPU:
		status = take_number("cpu", value, 0, 65535, &number);
		request.cpu = (int)number;
		return status;
	default:
		return take_plan_option(key, value);
	}
}

static void stop(int signal)
{
	(void)signal;
	bench_stop = 1;
}

/* They end what is measured, and what was taken is given back then. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction action = { .sa_handler = stop };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

static bool is_fake(void)
{
	return request.backend && starts_with(request.backend, "fake");
}

/* One measurement from the device to the rows. */
struct session {
	struct context *context;
	const struct workload *workload;
	struct device *device; /* NULL: fake */
	struct bench bench;
	struct list results, environments;
	struct bench_faults *faults;
};

static int64_t count_faults(void *data)
{
	struct session *session = data;

	return session->faults ? bench_faults_count(session->faults) : -ENOTSUP;
}

static void tell_progress(void *data, const char *what, size_t step, size_t steps)
{
	(void)data;
	bench_progress(what, step, steps);
}

/* Whether the driver that was asked for is one for such a device, or of none at all. */
static bool is_suitable(const struct session *session)
{
	const struct bench_device *named = session->bench.device;
	const struct device *device = session->device;

	if (!device || !named || !named->match)
		return true;
	return device->vendor_id.state == FACT_KNOWN &&
	       device->device_id.state == FACT_KNOWN &&
	       device->class_id.state == FACT_KNOWN &&
	       bench_device_knows(named, (uint16_t)device->vendor_id.value,
				  (uint16_t)device->device_id.value,
				  (uint32_t)device->class_id.value);
}

/* Who drives it: the user's choice, or whoever knows the identifiers. */
static int choose_driver(struct session *session)
{
	const struct device *device = session->device;

	if (!session->workload->moves)
		return EXIT_ANSWERED;
	if (request.device)
		session->bench.device = bench_device_find(request.device);
	else if (is_fake())
		session->bench.device = bench_device_find("null");
	else if (device->vendor_id.state == FACT_KNOWN &&
		 device->device_id.state == FACT_KNOWN &&
		 device->class_id.state == FACT_KNOWN)
		session->bench.device =
			bench_device_for((uint16_t)device->vendor_id.value,
					 (uint16_t)device->device_id.value,
					 (uint32_t)device->class_id.value);
	if (!is_suitable(session)) {
		complain("%s: %s does not know its identifiers, and would write to "
			 "registers that mean something else",
			 session->bench.bdf, request.device);
		return EXIT_TROUBLE;
	}
	if (session->bench.device)
		return EXIT_ANSWERED;
	complain("%s: bench has no driver for it, and can measure `map` alone; see "
		 "dmascope bench --list",
		 session->bench.bdf);
	return EXIT_TROUBLE;
}

/* The one that was asked for, or the first that this kernel has. */
static int open_bench(struct session *session)
{
	struct bench *bench = &session->bench;
	_cleanup_strbuf_ struct strbuf reasons = { 0 };

	for (size_t i = 0; backends[i]; i++) {
		int r;

		if (request.backend ? !streq(backends[i]->name, request.backend)
				    : !backends[i]->automatic)
			continue;
		bench->backend = backends[i];
		r = bench_open(bench);
		if (r == 0)
			return EXIT_ANSWERED;
		strbuf_printf(&reasons, "%s%s: %s", reasons.length ? "; " : "",
			      backends[i]->name,
			      bench->why.length ? strbuf_text(&bench->why)
						: strerror(-r));
		bench_close(bench);
		if (r != -ENODEV || bench_stop)
			break;
	}
	complain("%s: %s", bench->bdf, strbuf_text(&reasons));
	return EXIT_TROUBLE;
}

static int measure(struct session *session)
{
	struct context *context = session->context;
	struct run run = {
		.bench = &session->bench,
		.plan = &request.plan,
		.workload = session->workload,
		.arena = &context->system.arena,
		.results = &session->results,
		.progress = tell_progress,
		.faults = count_faults,
		.data = session,
	};
	struct environment *environment;
	int cpu = 0, r;

	r = bench_pin(request.cpu, &cpu);
	if (r < 0) {
		complain("CPU %d: %s", request.cpu, strerror(-r));
		return EXIT_TROUBLE;
	}
	run.clock_ns = clock_cost();
	environment = bench_environment(context, session->device, &session->bench, cpu,
					run.clock_ns);
	list_add(run.arena, &session->environments, environment);
	context->about = (struct sheet){ &environment_record, &session->environments };
	context->note = bench_environment_note(context, environment);
	r = run.workload->run(&run);
	bench_progress_end();
	if (r == 0)
		return EXIT_ANSWERED;
	if (r == -EINTR)
		complain(session->results.count > 0
				 ? "interrupted: what was measured until then is shown"
				 : "interrupted before anything was measured");
	else
		complain("%s: %s", session->bench.bdf, strbuf_text(&session->bench.why));
	return EXIT_TROUBLE;
}

/* With the device in our hands. */
static int run_taken(struct session *session)
{
	int status = open_bench(session);

	if (status != EXIT_ANSWERED)
		return status;
	if (session->device)
		session->faults = bench_faults_open(session->context, session->bench.bdf);
	status = measure(session);
	bench_faults_close(session->faults);
	bench_close(&session->bench);
	return status;
}

/* What may be done with it, and what that takes; NULL where it may not be had. */
static const struct candidate *ask_candidate(struct session *session)
{
	struct system *system = &session->context->system;
	struct list devices = { 0 }, candidates = { 0 };
	const struct candidate *candidate;
	const char *refusal;

	list_add(&system->arena, &devices, session->device);
	candidates_find(system, &devices,
			request.backend && streq(request.backend, "noiommu"),
			&candidates);
	candidate = candidates.items[0];
	refusal = candidate_refusal(candidate, &system->arena, request.yes);
	if (!refusal)
		return candidate;
	complain("%s: %s", session->bench.bdf, refusal);
	return NULL;
}

/* Takes what has to be taken, measures, and gives it back whatever happened. */
static int run_taking(struct session *session)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	const struct candidate *candidate = ask_candidate(session);
	struct take *take;
	int r, status;

	if (!candidate)
		return EXIT_TROUBLE;
	r = take_begin(&take_machine, &candidate->plan, &take, &why);
	if (r < 0) {
		complain("%s: %s", session->bench.bdf, strbuf_text(&why));
		return EXIT_TROUBLE;
	}
	status = bench_stop ? EXIT_TROUBLE : run_taken(session);
	strbuf_clear(&why);
	r = take_end(take, &why);
	if (why.length > 0)
		complain("%s", strbuf_text(&why));
	return r < 0 ? EXIT_TROUBLE : status;
}

/*
 * 1 where the proof failed or data was wrong, 2 where nothing could be said. A proof that
 * lacks a part is none.
 */
static int verdict_of(const struct list *results, bool is_proof)
{
	size_t passed = 0, unknown = 0;

	LIST_FOR_EACH (results, const struct result, result) {
		if (result->verdict.state == FACT_KNOWN &&
		    result->verdict.value == RESULT_FAIL)
			return EXIT_NEGATIVE;
		passed += result->verdict.state != FACT_KNOWN ||
			  result->verdict.value == RESULT_PASS;
		unknown += result->verdict.state == FACT_KNOWN &&
			   result->verdict.value == RESULT_UNKNOWN;
	}
	return passed > 0 && !(is_proof && unknown > 0) ? EXIT_ANSWERED : EXIT_TROUBLE;
}

/* An earlier run is read before anything is taken: it may be of no use. */
static int read_baseline(struct context *context, struct baseline *baseline)
{
	const char *why;

	if (!request.baseline ||
	    baseline_read(&context->system.arena, request.baseline, baseline, &why) == 0)
		return EXIT_ANSWERED;
	complain("%s: %s", request.baseline, why);
	return EXIT_TROUBLE;
}

static void compare(struct session *session, const struct baseline *baseline)
{
	struct context *context = session->context;
	struct arena *arena = &context->system.arena;
	struct comparison comparison;

	if (!request.baseline)
		return;
	baseline_compare(arena, baseline, &session->results,
			 known_text(context->system.host.hostname),
			 known_text(context->system.host.kernel), &comparison);
	context->note = arena_printf(
		arena,
		"%s Beside %s: %zu rows compared, %zu faster, %zu "
		"slower, %zu unknown; %zu "
		"have no partner there and %zu none here%s%s.",
		context->note, request.baseline, comparison.matched, comparison.faster,
		comparison.slower, comparison.unknown, comparison.only_today,
		comparison.only_baseline, comparison.note ? "; " : "",
		comparison.note ? comparison.note : "");
}

/* Columns that a workload fills, where the user chose none. */
static const char *columns_of(const struct workload *workload, bool compared)
{
	if (workload == &workload_isolation)
		return "OP,VERDICT,FAULTS,WHY";
	if (compared)
		return "OP,BACKING,SIZE,WINDOW,DEPTH,LIVE,THREADS,P50-NS,BASE-P50-NS,"
		       "PERCENT,CHANGE";
	if (workload == &workload_map)
		return "OP,BACKING,SIZE,LIVE,THREADS,P50-NS,P99-NS,SPREAD-NS,OPS-PER-S";
	if (workload == &workload_dma)
		return "OP,SIZE,DEPTH,P50-NS,P99-NS,OPS-PER-S,BYTES-PER-S,VERDICT";
	return "OP,BACKING,PATTERN,WINDOW,DEPTH,P50-NS,P99-NS,BYTES-PER-S,VERDICT";
}

enum { REASONS_TOLD = 8 };

/* What a row of figures has no room for: why there are none, or wrong ones. */
static void tell_reasons(const struct list *results)
{
	const char *told[REASONS_TOLD];
	size_t count = 0;

	LIST_FOR_EACH (results, const struct result, result) {
		const char *why = known_text(result->why);
		size_t i = 0;

		while (why && i < count && !streq(told[i], why))
			i++;
		if (!why || i < count || count == REASONS_TOLD)
			continue;
		told[count++] = why;
		complain("%s: %s", result->operation, why);
	}
}

static int answer(struct session *session, const struct baseline *baseline, int status)
{
	struct context *context = session->context;
	int drawn;

	if (session->results.count == 0)
		return status;
	LIST_FOR_EACH (&session->results, struct result, result)
		result_settle(result);
	compare(session, baseline);
	if (is_text(context) && !context->output.columns)
		context->output.columns =
			columns_of(session->workload, request.baseline != NULL);
	if (context_answer(context, &session->results) != EXIT_ANSWERED)
		return EXIT_TROUBLE;
	if (is_text(context) && session->workload != &workload_isolation)
		tell_reasons(&session->results);
	drawn = bench_draw(context, &session->results, request.plot, request.svg);
	if (status != EXIT_ANSWERED || drawn != EXIT_ANSWERED)
		return EXIT_TROUBLE;
	return verdict_of(&session->results, session->workload == &workload_isolation);
}

static void report(void *data, const struct take_report *report)
{
	static const char *const outcomes[] = {
		[TAKE_RUNNING] = "its benchmark still runs: left alone",
		[TAKE_RESTORED] = "given back",
		[TAKE_FAILED] = "not all could be given back",
		[TAKE_REFUSED] = "not understood, left as it is",
	};
	size_t *count = data;

	(*count)++;
	complain("%s: %s%s%s", report->name, outcomes[report->outcome],
		 *report->text ? ": " : "", report->text);
}

static int run_restore(void)
{
	size_t count = 0;
	int r = take_restore_all(&take_machine, report, &count);

	if (count == 0 && r == 0)
		complain("nothing to give back: no benchmark was interrupted");
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static const unsigned int facts = FACTS_HOST | FACTS_PLATFORM | FACTS_DEVICES |
				  FACTS_GROUPS | FACTS_REGIONS | FACTS_UNITS |
				  FACTS_NAMES | FACTS_FIRMWARE | FACTS_USE | FACTS_VFIO;

static int run_list(struct context *context)
{
	struct list candidates = { 0 };
	int status = context_load(context, facts);

	if (status != EXIT_ANSWERED)
		return status;
	analyze_use(&context->system);
	candidates_find(&context->system, &context->system.devices, false, &candidates);
	return context_answer(context, &candidates);
}

/* The one function that is meant. */
static int choose_device(struct session *session, char *name)
{
	struct context *context = session->context;
	struct list devices = { 0 };
	int status;

	if (is_fake()) {
		session->bench.bdf = name;
		return context_load(context, FACTS_HOST);
	}
	status = context_load(context, facts);
	if (status == EXIT_ANSWERED)
		status = context_choose_devices(context, 1, &name, &devices);
	if (status != EXIT_ANSWERED)
		return status;
	if (devices.count != 1) {
		complain("%s: several functions; bench drives one", name);
		return EXIT_TROUBLE;
	}
	session->device = devices.items[0];
	session->bench.bdf = session->device->bdf;
	analyze_use(&context->system);
	return EXIT_ANSWERED;
}

static int run_workload(struct context *context, char **arguments)
{
	struct session session = {
		.context = context,
		.workload = workload_find(arguments[0]),
	};
	struct baseline baseline = { 0 };
	int status;

	if (!session.workload) {
		complain("%s: bench measures map, dma, reach and isolation; see dmascope "
			 "bench --help",
			 arguments[0]);
		return EXIT_TROUBLE;
	}
	status = choose_device(&session, arguments[1]);
	if (status == EXIT_ANSWERED)
		status = choose_driver(&session);
	if (status == EXIT_ANSWERED)
		status = read_baseline(context, &baseline);
	if (status != EXIT_ANSWERED)
		return status;
	catch_signals();
	status = session.device ? run_taking(&session) : run_taken(&session);
	return answer(&session, &baseline, status);
}

static int run(struct context *context, int count, char **arguments)
{
	if (request.list + request.restore + (count > 0) > 1 ||
	    (count != 2 && !request.list && !request.restore)) {
		complain("bench takes a workload and the address of a function, or "
			 "--list, "
			 "or --restore");
		return EXIT_TROUBLE;
	}
	if (context->sysroot && !request.list) {
		complain("bench works on the live machine only");
		return EXIT_TROUBLE;
	}
	if (request.restore)
		return run_restore();
	return request.list ? run_list(context) : run_workload(context, arguments);
}

static const struct record *const more[] = { &candidate_record, &environment_record,
					     NULL };

const struct command command_bench = {
	.name = "bench",
	.arguments = "[WORKLOAD BDF]",
	.summary = "What translation costs, measured with a device; the proof that it "
		   "isolates",
	.options = options,
	.record = &result_record,
	.more = more,
	.option = take_option,
	.run = run,
};
