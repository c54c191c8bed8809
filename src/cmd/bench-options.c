// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope bench: its options. */

#include "bench/transfers.h"
#include "cmd/bench.h"
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

const struct option_desc bench_options[] = {
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
struct bench_request bench_request = {
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
	struct bench_plan *plan = &bench_request.plan;
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

int bench_take_option(struct context *context, int key, const char *value)
{
	uint64_t number;
	int status;

	switch (key) {
	case KEY_LIST:
		bench_request.list = true;
		context->record = &candidate_record;
		return EXIT_ANSWERED;
	case KEY_RESTORE:
		bench_request.restore = true;
		return EXIT_ANSWERED;
	case KEY_YES:
		bench_request.yes = true;
		return EXIT_ANSWERED;
	case KEY_PLOT:
		bench_request.plot = true;
		return EXIT_ANSWERED;
	case KEY_BACKEND:
		return take_name("backend", value, backend_words, &bench_request.backend);
	case KEY_DEVICE:
		return take_name("device", value, device_words, &bench_request.device);
	case KEY_BASELINE:
		bench_request.baseline = value;
		return EXIT_ANSWERED;
	case KEY_SVG:
		bench_request.svg = value;
		return EXIT_ANSWERED;
	case KEY_CPU:
		status = take_number("cpu", value, 0, 65535, &number);
		bench_request.cpu = (int)number;
		return status;
	default:
		return take_plan_option(key, value);
	}
}
