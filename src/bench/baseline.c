// SPDX-License-Identifier: GPL-2.0-or-later
/* An earlier run of the benchmark, and what has changed since. */

#include "bench/baseline.h"

#include <json-c/json.h>
#include <stdarg.h>

#include "base/file.h"

/* Deeper than any document of dmascope. */
enum { DEPTH_MAX = 32 };

/* A day: no operation takes as long, and what is below cannot overflow. */
static const uint64_t ns_max = 24ULL * 3600 * 1000000000;

static void put_object(struct json_object **object)
{
	json_object_put(*object);
}

static void free_tokener(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

static int refuse(struct arena *arena, const char **ret_why, int error,
		  const char *format, ...) _printf_(4, 5);

static int refuse(struct arena *arena, const char **ret_why, int error,
		  const char *format, ...)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	strbuf_add_safe(&safe, text);
	*ret_why = arena_strdup(arena, strbuf_text(&safe));
	return error;
}

/* One row of the document on its way into a struct result. */
struct reading {
	struct arena *arena;
	struct json_object *row;
	const char **ret_why;
	size_t number; /* from 1 */
};

static int refuse_key(const struct reading *reading, const char *key, const char *what)
{
	return refuse(reading->arena, reading->ret_why, -EBADMSG, "result %zu: %s is %s",
		      reading->number, key, what);
}

/* A text in the arena, NULL where it is null or missing. */
static int take_text(const struct reading *reading, const char *key, const char **ret)
{
	struct json_object *value = NULL;
	const char *text;

	*ret = NULL;
	json_object_object_get_ex(reading->row, key, &value);
	if (!value)
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return refuse_key(reading, key, "no text");
	text = json_object_get_string(value);
	if (strlen(text) != (size_t)json_object_get_string_len(value))
		return refuse_key(reading, key, "a text with a NUL");
	*ret = arena_strdup(reading->arena, text);
	return 0;
}

static int take_text_fact(const struct reading *reading, const char *key,
			  struct fact_str *ret)
{
	const char *text;
	int r = take_text(reading, key, &text);

	*ret = (struct fact_str){ text ? FACT_KNOWN : FACT_ABSENT, text };
	return r;
}

static int take_count(const struct reading *reading, const char *key, uint64_t max,
		      struct fact_u64 *ret)
{
	struct json_object *value = NULL;

	*ret = (struct fact_u64){ .state = FACT_ABSENT };
	json_object_object_get_ex(reading->row, key, &value);
	if (!value)
		return 0;
	if (!json_object_is_type(value, json_type_int))
		return refuse_key(reading, key, "no whole number");
	/* Signed numbers are asked first: the other question makes 0 of what is below. */
	if (json_object_get_int64(value) < 0)
		return refuse_key(reading, key, "below 0");
	if (json_object_get_uint64(value) > max)
		return refuse_key(reading, key, "larger than it can be");
	*ret = KNOWN_U64(json_object_get_uint64(value));
	return 0;
}

/* What makes two rows the same measurement. */
static const struct {
	const char *key;
	size_t offset;
	enum { KEY_TEXT, KEY_TEXT_FACT, KEY_COUNT } kind;
} keys[] = {
	{ "workload", offsetof(struct result, workload), KEY_TEXT },
	{ "operation", offsetof(struct result, operation), KEY_TEXT },
	{ "backend", offsetof(struct result, backend), KEY_TEXT },
	{ "device", offsetof(struct result, device), KEY_TEXT },
	{ "backing", offsetof(struct result, backing), KEY_TEXT_FACT },
	{ "pattern", offsetof(struct result, pattern), KEY_TEXT_FACT },
	{ "size", offsetof(struct result, size), KEY_COUNT },
	{ "page_size", offsetof(struct result, page_size), KEY_COUNT },
	{ "window", offsetof(struct result, window), KEY_COUNT },
	{ "depth", offsetof(struct result, depth), KEY_COUNT },
	{ "live", offsetof(struct result, live), KEY_COUNT },
	{ "threads", offsetof(struct result, threads), KEY_COUNT },
};

static int take_key(const struct reading *reading, size_t i, struct result *result)
{
	void *at = (char *)result + keys[i].offset;

	if (keys[i].kind == KEY_TEXT)
		return take_text(reading, keys[i].key, at);
	if (keys[i].kind == KEY_TEXT_FACT)
		return take_text_fact(reading, keys[i].key, at);
	return take_count(reading, keys[i].key, UINT64_MAX, at);
}

static int take_row(const struct reading *reading, struct result *result)
{
	int r = 0;

	if (!json_object_is_type(reading->row, json_type_object))
		return refuse(reading->arena, reading->ret_why, -EBADMSG,
			      "result %zu is no object", reading->number);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(keys); i++)
		r = take_key(reading, i, result);
	if (r == 0 && !result->workload)
		r = refuse_key(reading, "workload", "missing");
	if (r == 0)
		r = take_text(reading, "bdf", &result->bdf);
	if (r == 0)
		r = take_count(reading, "p50_ns", ns_max, &result->p50_ns);
	if (r == 0)
		r = take_count(reading, "spread_ns", ns_max, &result->spread_ns);
	return r;
}

/* Order of texts where NULL is the first. */
static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* What is not known is as good as absent: JSON does not tell one from the other. */
static int compare_counts(const struct fact_u64 *a, const struct fact_u64 *b)
{
	bool a_known = a->state == FACT_KNOWN, b_known = b->state == FACT_KNOWN;

	if (!a_known || !b_known)
		return a_known - b_known;
	return (a->value > b->value) - (a->value < b->value);
}

static int compare_keys(const struct result *a, const struct result *b)
{
	int order = 0;

	for (size_t i = 0; order == 0 && i < ARRAY_SIZE(keys); i++) {
		const void *left = (const char *)a + keys[i].offset;
		const void *right = (const char *)b + keys[i].offset;

		if (keys[i].kind == KEY_TEXT)
			order = compare_texts(*(const char *const *)left,
					      *(const char *const *)right);
		else if (keys[i].kind == KEY_TEXT_FACT)
			order = compare_texts(
				known_text(*(const struct fact_str *)left),
				known_text(*(const struct fact_str *)right));
		else
			order = compare_counts(left, right);
	}
	return order;
}

static int compare_rows(const void *a, const void *b)
{
	return compare_keys(*(const struct result *const *)a,
			    *(const struct result *const *)b);
}

/* qsort() would not keep the first of equal ones the first. */
static void sort_rows(const struct result **rows, const struct result **spare,
		      size_t count)
{
	size_t half = count / 2, left = 0, right = half;

	if (count < 2)
		return;
	sort_rows(rows, spare, half);
	sort_rows(rows + half, spare, count - half);
	for (size_t i = 0; i < count; i++) {
		bool take_left =
			right == count ||
			(left < half && compare_keys(rows[left], rows[right]) <= 0);

		spare[i] = take_left ? rows[left++] : rows[right++];
	}
	memcpy(rows, spare, count * sizeof(void *));
}

static void index_rows(struct arena *arena, struct baseline *baseline)
{
	size_t count = baseline->rows.count, kept = 0;
	const struct result **rows = arena_alloc(arena, count * sizeof(void *));
	const struct result **spare = xzalloc(count * sizeof(void *) + 1);

	LIST_FOR_EACH (&baseline->rows, const struct result, row)
		rows[row_at] = row;
	sort_rows(rows, spare, count);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || compare_keys(rows[kept - 1], rows[i]) != 0)
			rows[kept++] = rows[i];
	free(spare);
	baseline->sorted = rows;
	baseline->sorted_count = kept;
	baseline->duplicates = count - kept;
}

/* A text within one of the document's objects, where it is one. */
static const char *find_text(struct arena *arena, struct json_object *document,
			     const char *object, const char *key)
{
	struct json_object *part = NULL, *value = NULL;

	json_object_object_get_ex(document, object, &part);
	if (json_object_is_type(part, json_type_array))
		part = json_object_array_get_idx(part, 0);
	if (!json_object_is_type(part, json_type_object))
		return NULL;
	json_object_object_get_ex(part, key, &value);
	if (!json_object_is_type(value, json_type_string))
		return NULL;
	return arena_strdup(arena, json_object_get_string(value));
}

static int take_document(struct arena *arena, struct json_object *document,
			 struct baseline *baseline, const char **ret_why)
{
	struct json_object *results = NULL;

	if (json_object_is_type(document, json_type_object))
		json_object_object_get_ex(document, "results", &results);
	if (!json_object_is_type(results, json_type_array))
		return refuse(arena, ret_why, -EBADMSG,
			      "no object with a list of results, as bench writes it");
	for (size_t i = 0; i < json_object_array_length(results); i++) {
		struct reading reading = {
			.arena = arena,
			.row = json_object_array_get_idx(results, i),
			.ret_why = ret_why,
			.number = i + 1,
		};
		struct result *row = arena_new(arena, struct result);
		int r = take_row(&reading, row);

		if (r < 0)
			return r;
		list_add(arena, &baseline->rows, row);
	}
	baseline->hostname = find_text(arena, document, "system", "hostname");
	baseline->kernel = find_text(arena, document, "system", "kernel");
	if (!baseline->kernel)
		baseline->kernel = find_text(arena, document, "environment", "kernel");
	index_rows(arena, baseline);
	return 0;
}

int baseline_parse(struct arena *arena, const char *text, size_t size,
		   struct baseline *ret, const char **ret_why)
{
	_cleanup_(free_tokener) struct json_tokener *tokener =
		json_tokener_new_ex(DEPTH_MAX);
	_cleanup_(put_object) struct json_object *document = NULL;
	struct baseline baseline = { 0 };
	size_t used;
	int r;

	if (!tokener)
		return refuse(arena, ret_why, -ENOMEM, "no memory");
	if (size > BASELINE_CAP)
		return refuse(arena, ret_why, -EFBIG, "larger than %d MiB",
			      BASELINE_CAP >> 20);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	document = json_tokener_parse_ex(tokener, text, (int)size);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		return refuse(arena, ret_why, -EBADMSG,
			      size == 0 ? "it is empty" : "the JSON document has no end");
	if (json_tokener_get_error(tokener) != json_tokener_success)
		return refuse(arena, ret_why, -EBADMSG, "no JSON document: %s",
			      json_tokener_error_desc(json_tokener_get_error(tokener)));
	used = json_tokener_get_parse_end(tokener);
	for (; used < size; used++)
		if (!strchr(" \t\r\n", text[used]) || !text[used])
			return refuse(arena, ret_why, -EBADMSG,
				      "more than one JSON document");
	r = take_document(arena, document, &baseline, ret_why);
	if (r == 0)
		*ret = baseline;
	return r;
}

int baseline_read(struct arena *arena, const char *path, struct baseline *ret,
		  const char **ret_why)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = read_named_file(path, BASELINE_CAP, &bytes);

	if (r == -EFBIG)
		return refuse(arena, ret_why, r, "larger than %d MiB",
			      BASELINE_CAP >> 20);
	if (r < 0)
		return refuse(arena, ret_why, r, "%s", strerror(-r));
	return baseline_parse(arena, (const char *)bytes.data, bytes.size, ret, ret_why);
}

static bool has_figures(const struct result *result)
{
	return result->p50_ns.state == FACT_KNOWN;
}

static enum result_change judge(const struct result *today, const struct result *before)
{
	uint64_t now = today->p50_ns.value, then = before->p50_ns.value;
	uint64_t apart = now > then ? now - then : then - now, vary;

	if (today->spread_ns.state != FACT_KNOWN || before->spread_ns.state != FACT_KNOWN)
		return CHANGE_UNKNOWN;
	if (__builtin_add_overflow(today->spread_ns.value, before->spread_ns.value,
				   &vary))
		return CHANGE_NONE;
	if (apart <= vary || apart <= then / 100 || apart <= 1)
		return CHANGE_NONE;
	return now < then ? CHANGE_FASTER : CHANGE_SLOWER;
}

/* Percent, rounded half away from 0; a baseline of 0 ns has none. */
static struct fact_i64 percent_of(uint64_t now, uint64_t then)
{
	double percent;

	if (then == 0)
		return (struct fact_i64){ .state = FACT_ABSENT };
	percent = ((double)now - (double)then) * 100 / (double)then;
	if (percent > 9e18)
		return (struct fact_i64){ .state = FACT_UNREAD };
	return KNOWN_I64((int64_t)(percent < 0 ? percent - 0.5 : percent + 0.5));
}

static void compare_result(struct result *today, const struct result *before,
			   struct comparison *comparison)
{
	enum result_change change = judge(today, before);

	comparison->matched++;
	comparison->faster += change == CHANGE_FASTER;
	comparison->slower += change == CHANGE_SLOWER;
	comparison->unknown += change == CHANGE_UNKNOWN;
	today->baseline_p50_ns = before->p50_ns;
	today->baseline_spread_ns = before->spread_ns;
	today->change_percent = percent_of(today->p50_ns.value, before->p50_ns.value);
	today->change = KNOWN_ENUM(change);
}

/* "the baseline is of host a, now b; of Linux 6.1, now 6.12" */
static void add_note(struct strbuf *note, const char *what, const char *before,
		     const char *now)
{
	if (!before || !now || streq(before, now))
		return;
	strbuf_puts(note, note->length > 0 ? "; of " : "the baseline is of ");
	strbuf_puts(note, what);
	strbuf_puts(note, " ");
	strbuf_add_safe(note, before);
	strbuf_puts(note, ", now ");
	strbuf_add_safe(note, now);
}

void baseline_compare(struct arena *arena, const struct baseline *baseline,
		      const struct list *results, const char *hostname,
		      const char *kernel, struct comparison *ret)
{
	_cleanup_strbuf_ struct strbuf note = { 0 };
	bool *used = xzalloc(baseline->sorted_count + 1);
	const char *bdf_before = NULL, *bdf_now = NULL;

	*ret = (struct comparison){ 0 };
	LIST_FOR_EACH (results, struct result, today) {
		const struct result **found = NULL;

		today->baseline_p50_ns = (struct fact_u64){ .state = FACT_ABSENT };
		today->baseline_spread_ns = today->baseline_p50_ns;
		today->change_percent = (struct fact_i64){ .state = FACT_ABSENT };
		today->change = (struct fact_enum){ .state = FACT_ABSENT };
		if (!has_figures(today))
			continue;
		if (baseline->sorted_count > 0)
			found = bsearch(&today, baseline->sorted, baseline->sorted_count,
					sizeof(void *), compare_rows);
		if (!found || !has_figures(*found)) {
			ret->only_today++;
			continue;
		}
		used[found - baseline->sorted] = true;
		compare_result(today, *found, ret);
		if (!bdf_now && compare_texts((*found)->bdf, today->bdf) != 0) {
			bdf_before = (*found)->bdf;
			bdf_now = today->bdf;
		}
	}
	for (size_t i = 0; i < baseline->sorted_count; i++)
		ret->only_baseline += has_figures(baseline->sorted[i]) && !used[i];
	free(used);
	add_note(&note, "host", baseline->hostname, hostname);
	add_note(&note, "Linux", baseline->kernel, kernel);
	add_note(&note, "device", bdf_before, bdf_now);
	if (baseline->duplicates > 0)
		strbuf_printf(
			&note,
			"%s%zu results of the baseline came once more, the first counts",
			note.length > 0 ? "; " : "", baseline->duplicates);
	if (note.length > 0)
		ret->note = arena_strdup(arena, strbuf_text(&note));
}
