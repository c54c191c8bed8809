// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope bench: what translation costs here, and the proof that it isolates. */

#include "cmd/bench.h"

#include <signal.h>

#include "analyze/analyze.h"
#include "bench/baseline.h"
#include "bench/take.h"
#include "bench/transfers.h"
#include "cmd/take-plan.h"

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
	return bench_request.backend && starts_with(bench_request.backend, "fake");
}

/* One measurement from the device to the rows. */
struct session {
	struct context *context;
	const struct workload *workload;
	struct device *device; /* NULL: fake */
	const struct candidate *candidate;
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
	if (bench_request.device)
		session->bench.device = bench_device_find(bench_request.device);
	else if (is_fake())
		session->bench.device = bench_device_find("null");
	else if (device && device->vendor_id.state == FACT_KNOWN &&
		 device->device_id.state == FACT_KNOWN &&
		 device->class_id.state == FACT_KNOWN)
		session->bench.device =
			bench_device_for((uint16_t)device->vendor_id.value,
					 (uint16_t)device->device_id.value,
					 (uint32_t)device->class_id.value);
	if (!is_suitable(session)) {
		complain("%s: %s does not know its identifiers, and would write to "
			 "registers that mean something else",
			 session->bench.bdf, bench_request.device);
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

		if (bench_request.backend
			    ? !streq(backends[i]->name, bench_request.backend)
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
		.plan = &bench_request.plan,
		.workload = session->workload,
		.arena = &context->system.arena,
		.results = &session->results,
		.progress = tell_progress,
		.faults = count_faults,
		.data = session,
	};
	struct environment *environment;
	int cpu = 0, r;

	r = bench_pin(bench_request.cpu, &cpu);
	if (r < 0) {
		complain("CPU %d: %s", bench_request.cpu, strerror(-r));
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
	/* That nothing translates is an answer, which stands in a row. */
	if (r == 0 || (r == -EFAULT && session->results.count > 0))
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

/* Whether it may be had, and what that takes. */
static int ask_candidate(struct session *session)
{
	struct system *system = &session->context->system;
	struct list devices = { 0 }, candidates = { 0 };
	const char *refusal;

	list_add(&system->arena, &devices, session->device);
	candidates_find(system, &devices,
			bench_request.backend && streq(bench_request.backend, "noiommu"),
			&candidates);
	session->candidate = candidates.items[0];
	refusal =
		candidate_refusal(session->candidate, &system->arena, bench_request.yes);
	if (!refusal)
		return EXIT_ANSWERED;
	complain("%s: %s", session->bench.bdf, refusal);
	return EXIT_TROUBLE;
}

/* Takes what has to be taken, measures, and gives it back whatever happened. */
static int run_taking(struct session *session)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct take *take;
	int r, status;

	r = take_begin(&take_machine, &session->candidate->plan, &take, &why);
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

	if (!bench_request.baseline ||
	    baseline_read(&context->system.arena, bench_request.baseline, baseline,
			  &why) == 0)
		return EXIT_ANSWERED;
	complain("%s: %s", bench_request.baseline, why);
	return EXIT_TROUBLE;
}

static void compare(struct session *session, const struct baseline *baseline)
{
	struct context *context = session->context;
	struct arena *arena = &context->system.arena;
	struct comparison comparison;

	if (!bench_request.baseline)
		return;
	baseline_compare(arena, baseline, &session->results,
			 known_text(context->system.host.hostname),
			 known_text(context->system.host.kernel), &comparison);
	context->note = arena_printf(
		arena,
		"%s Beside %s: %zu rows compared, %zu faster, %zu "
		"slower, %zu unknown; %zu "
		"have no partner there and %zu none here%s%s.",
		context->note, bench_request.baseline, comparison.matched,
		comparison.faster, comparison.slower, comparison.unknown,
		comparison.only_today, comparison.only_baseline,
		comparison.note ? "; " : "", comparison.note ? comparison.note : "");
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
			columns_of(session->workload, bench_request.baseline != NULL);
	if (context_answer(context, &session->results) != EXIT_ANSWERED)
		return EXIT_TROUBLE;
	if (is_text(context) && session->workload != &workload_isolation)
		tell_reasons(&session->results);
	drawn = bench_draw(context, &session->results, bench_request.plot,
			   bench_request.svg);
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
	if (status == EXIT_ANSWERED && session.device)
		status = ask_candidate(&session);
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
	if (bench_request.list + bench_request.restore + (count > 0) > 1 ||
	    (count != 2 && !bench_request.list && !bench_request.restore)) {
		complain("bench takes a workload and the address of a function, or "
			 "--list, "
			 "or --restore");
		return EXIT_TROUBLE;
	}
	if (context->sysroot && !bench_request.list) {
		complain("bench works on the live machine only");
		return EXIT_TROUBLE;
	}
	if (bench_request.restore)
		return run_restore();
	return bench_request.list ? run_list(context) : run_workload(context, arguments);
}

static const struct record *const more[] = { &candidate_record, &environment_record,
					     NULL };

const struct command command_bench = {
	.name = "bench",
	.arguments = "[WORKLOAD BDF]",
	.summary = "What translation costs, measured with a device; the proof that it "
		   "isolates",
	.options = bench_options,
	.record = &result_record,
	.more = more,
	.option = bench_take_option,
	.run = run,
};
