// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests output/: each format of hostile values, choice of columns, trees, colours. */

#include "output/output.h"

#include <json-c/json.h>
#include <locale.h>
#include <sys/wait.h>

#include "tap.h"

struct item {
	struct fact_str text;
	struct fact_bool flag;
	struct fact_i64 number;
	struct fact_u64 count, bytes, address;
	struct fact_enum mode;
	struct fact_list words, sizes, parts;
};

static const struct enum_name modes[] = {
	{ "good-mode", MOOD_GOOD, "a good one" },
	{ "bad-mode", MOOD_BAD, "a bad one" },
	{ 0 },
};

struct part {
	struct fact_str name;
	struct fact_bool flag;
};

static const struct field part_fields[] = {
	FIELD(struct part, name, "NAME", F_STR, F_SHOW, "name of the part"),
	FIELD(struct part, flag, "FLAG", F_BOOL, F_SHOW | F_BRANCH, "a flag of the part"),
};

static const struct record part_record = RECORD("parts", "part", "parts", part_fields);

static void get_twice(const void *object, struct value *ret)
{
	const struct item *item = object;

	ret->state = item->count.state;
	ret->count = item->count.value * 2;
}

static const struct field fields[] = {
	FIELD(struct item, text, "TEXT", F_STR, F_SHOW | F_LABEL, "a text"),
	FIELD(struct item, flag, "FLAG", F_BOOL, F_SHOW | F_GAUGE, "a flag"),
	FIELD(struct item, number, "NUMBER", F_INT, F_SHOW | F_RIGHT | F_GAUGE,
	      "a number"),
	FIELD(struct item, count, "COUNT", F_UINT, F_SHOW | F_RIGHT | F_GAUGE, "a count"),
	FIELD(struct item, bytes, "BYTES", F_BYTES, F_SHOW | F_RIGHT, "a size"),
	FIELD(struct item, address, "ADDRESS", F_HEX, 0, "an address", .digits = 4),
	FIELD(struct item, mode, "MODE", F_ENUM, F_INFO, "a mode", .names = modes),
	FIELD(struct item, words, "WORDS", F_STRV, 0, "words"),
	FIELD(struct item, sizes, "SIZES", F_BYTESV, 0, "sizes"),
	FIELD_AS(struct item, bytes, "time_ns", "TIME-NS", F_UINT, F_GAUGE, "a time",
		 .gauge = "time_seconds", .gauge_per = 1000000000),
	FIELD_MADE("twice", "TWICE", F_UINT, F_TEXT_ONLY, "the count twice", get_twice),
	FIELD(struct item, parts, "PARTS", F_RECORDS, F_TREE, "parts",
	      .record = &part_record),
};

static const struct record item_record = RECORD("items", "item", "items", fields);

/* The same without branches: a plain table. */
static const struct record flat_record = {
	.name = "items",
	.singular = "item",
	.help = "items",
	.fields = fields,
	.count = ARRAY_SIZE(fields) - 1,
};

static struct arena arena;

/* Draws objects with a record in a format; free the text. */
static char *draw(const struct record *record, struct list *objects, const char *format,
		  const char *columns, struct output settings)
{
	struct output output = settings;
	struct item head_object = { .text = KNOWN_STR("head") };
	struct part unread_object = { .name = KNOWN_STR("gone") };
	struct list head = { 0 }, unread = { 0 };
	struct document document = {
		.head = { &flat_record, &head },
		.body = { record, objects },
		.unread = { &part_record, &unread },
	};
	char *text = NULL;
	size_t size = 0;
	int r;

	list_add(&arena, &head, &head_object);
	list_add(&arena, &unread, &unread_object);
	output.stream = open_memstream(&text, &size);
	output.format = output_find_format(format);
	output.columns = columns;
	output.version = "1.2.3";
	output.command = "test\"\\\033";
	r = output.format->write(&output, &document);
	fclose(output.stream);
	if (r < 0)
		printf("# %s: %s\n", format, strerror(-r));
	return text;
}

static struct item *new_item(const char *text)
{
	struct item *item = arena_new(&arena, struct item);

	item->text = KNOWN_STR(text);
	return item;
}

static const char *const hostile[] = {
	"plain",
	"",
	"quote\" backslash\\ slash/",
	"line\nfeed\r\ttab",
	"\033[31mred\033[0m",
	"\xff\xfe\x80 broken",
	"\xe2\x80\xae reversed",
	"</script><b>&amp;",
	"{label=\"x\"}",
	"Zürich 東京",
	"%s%n%d",
	"very long "
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxx",
};

static struct list hostile_items(void)
{
	struct list objects = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct item *item = new_item(hostile[i]);
		struct part *part = arena_new(&arena, struct part);

		item->flag = KNOWN_BOOL(i % 2);
		item->words.state = FACT_KNOWN;
		list_add(&arena, &item->words.list, hostile[i]);
		list_add(&arena, &item->words.list, "second");
		part->name = KNOWN_STR(hostile[i]);
		item->parts.state = FACT_KNOWN;
		list_add(&arena, &item->parts.list, part);
		list_add(&arena, &objects, item);
	}
	return objects;
}

/* Is there any byte in the text that a terminal would obey, but newlines? */
static size_t controls_in(const char *text)
{
	size_t found = 0;

	for (const char *line = text; line;) {
		size_t length = strcspn(line, "\n");
		char *copy = strndup(line, length);

		found += !text_is_safe(copy);
		free(copy);
		line = line[length] ? line + length + 1 : NULL;
	}
	return found;
}

static void test_hostile(void)
{
	static const char *const formats[] = { "table", "json", "jsonl", "prometheus" };
	struct list objects = hostile_items();

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		char *text = draw(&item_record, &objects, formats[i], NULL,
				  (struct output){ .color = COLOR_NEVER });

		IS(controls_in(text), 0, "%s of hostile texts is safe to show",
		   formats[i]);
		free(text);
	}
}

/* The string of an object's key, "(null)" for null and "(none)" without the key. */
static const char *member(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		return "(none)";
	return value ? json_object_get_string(value) : "(null)";
}

static void test_json(void)
{
	struct list objects = hostile_items();
	char *text = draw(&item_record, &objects, "json", NULL, (struct output){ 0 });
	struct json_object *document = json_tokener_parse(text), *items, *words;
	size_t wrong = 0;

	OK(document && json_object_object_get_ex(document, "items", &items),
	   "JSON of hostile texts parses");
	if (!document)
		return;
	IS_TEXT(member(document, "schema"), "1", "the schema");
	IS_TEXT(member(document, "program"), "dmascope", "the program");
	IS_TEXT(member(document, "version"), "1.2.3", "the version");
	IS_TEXT(member(document, "command"), "test\"\\\\x1b", "the command");
	IS(json_object_array_length(items), objects.count, "every item");
	for (size_t i = 0; i < objects.count; i++) {
		struct json_object *item = json_object_array_get_idx(items, i);
		_cleanup_strbuf_ struct strbuf safe = { 0 };

		strbuf_add_safe(&safe, hostile[i]);
		json_object_object_get_ex(item, "words", &words);
		wrong += !streq(member(item, "text"), strbuf_text(&safe)) ||
			 json_object_array_length(words) != 2;
	}
	IS(wrong, 0, "every text arrives, made safe");
	json_object_put(document);
	free(text);
}

static void test_values(void)
{
	static const uint64_t sizes[] = { 4096, 2097152 };
	struct list objects = { 0 };
	struct item *known = new_item("known"), *empty = new_item("empty"), *unknown;
	struct json_object *document, *items, *item;
	char *text;

	unknown = arena_new(&arena, struct item);
	known->flag = KNOWN_BOOL(true);
	known->number = KNOWN_I64(-1);
	known->count = KNOWN_U64(UINT64_MAX);
	known->bytes = KNOWN_U64(4096);
	known->address = KNOWN_U64(0xab);
	known->mode = KNOWN_ENUM(1);
	known->sizes.state = FACT_KNOWN;
	list_add(&arena, &known->sizes.list, &sizes[0]);
	list_add(&arena, &known->sizes.list, &sizes[1]);
	empty->words.state = empty->sizes.state = empty->parts.state = FACT_KNOWN;
	empty->mode = KNOWN_ENUM(7);
	empty->flag = KNOWN_BOOL(false);
	unknown->flag.state = FACT_DENIED;
	unknown->count.state = FACT_ABSENT;
	list_add(&arena, &objects, known);
	list_add(&arena, &objects, empty);
	list_add(&arena, &objects, unknown);
	text = draw(&item_record, &objects, "json", NULL, (struct output){ 0 });
	document = json_tokener_parse(text);
	json_object_object_get_ex(document, "items", &items);
	item = json_object_array_get_idx(items, 0);
	IS_TEXT(member(item, "flag"), "true", "true");
	IS_TEXT(member(item, "number"), "-1", "a signed number");
	IS_TEXT(member(item, "count"), "18446744073709551615", "the largest count");
	IS_TEXT(member(item, "bytes"), "4096", "a size in bytes");
	IS_TEXT(member(item, "address"), "0x00ab",
		"an address is a string with its digits");
	IS_TEXT(member(item, "mode"), "bad-mode", "the name of a mode");
	OK(strstr(member(item, "sizes"), "4096, 2097152") ||
		   strstr(member(item, "sizes"), "4096,2097152"),
	   "sizes are numbers");
	IS_TEXT(member(item, "twice"), "(none)", "columns for people are not in JSON");
	item = json_object_array_get_idx(items, 1);
	IS_TEXT(member(item, "mode"), "(null)", "a mode without a name is null");
	IS_TEXT(member(item, "flag"), "false", "false");
	OK(strchr(member(item, "words"), '[') && strchr(member(item, "parts"), '['),
	   "empty lists are lists");
	item = json_object_array_get_idx(items, 2);
	IS_TEXT(member(item, "flag"), "(null)", "what was denied is null");
	IS_TEXT(member(item, "count"), "(null)", "what is absent is null");
	IS_TEXT(member(item, "words"), "(null)", "a list that nobody read is null");
	json_object_put(document);
	free(text);

	text = draw(&flat_record, &objects, "table",
		    "text,flag,count,bytes,address,mode,twice",
		    (struct output){ .noheadings = true, .human = true });
	IS_TEXT(text,
		"known yes  18446744073709551615    4K 0x00ab  bad-mode "
		"18446744073709551614\n"
		"empty no                      ?     ? ?       ?        ?\n"
		"?     ?                       -     ? ?       ?        -\n",
		"the same for people");
	free(text);
}

static void test_jsonl(void)
{
	struct list objects = hostile_items();
	char *text = draw(&item_record, &objects, "jsonl", NULL, (struct output){ 0 });
	size_t lines = 0, valid = 0, items = 0;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct json_object *object = json_tokener_parse(line);

		lines++;
		valid += json_object_is_type(object, json_type_object);
		items += streq(member(object, "record"), "item");
		json_object_put(object);
	}
	IS(lines, objects.count + 2,
	   "a line for the head, each item and what was unread");
	IS(valid, lines, "each an object");
	IS(items, objects.count + 1, "that says what it is");
	free(text);
}

static void test_prometheus(void)
{
	struct list objects = { 0 };
	struct item *item = new_item("a\"b\\c\nd"), *unknown = new_item("unknown");
	char *text;

	item->flag = KNOWN_BOOL(true);
	item->number = KNOWN_I64(-5);
	item->count = KNOWN_U64(UINT64_MAX);
	item->bytes = KNOWN_U64(2000000042);
	item->mode = KNOWN_ENUM(0);
	list_add(&arena, &objects, item);
	list_add(&arena, &objects, unknown);
	text = draw(&flat_record, &objects, "prometheus", NULL, (struct output){ 0 });
	IS_TEXT(text,
		"# HELP dmascope_item_info items\n"
		"# TYPE dmascope_item_info gauge\n"
		"dmascope_item_info{text=\"a\\\"b\\\\c\\\\x0ad\",mode=\"good-mode\"} 1\n"
		"dmascope_item_info{text=\"unknown\",mode=\"\"} 1\n"
		"# HELP dmascope_item_flag a flag\n"
		"# TYPE dmascope_item_flag gauge\n"
		"dmascope_item_flag{text=\"a\\\"b\\\\c\\\\x0ad\"} 1\n"
		"# HELP dmascope_item_number a number\n"
		"# TYPE dmascope_item_number gauge\n"
		"dmascope_item_number{text=\"a\\\"b\\\\c\\\\x0ad\"} -5\n"
		"# HELP dmascope_item_count a count\n"
		"# TYPE dmascope_item_count gauge\n"
		"dmascope_item_count{text=\"a\\\"b\\\\c\\\\x0ad\"} "
		"18446744073709551615\n"
		"# HELP dmascope_time_seconds a time\n"
		"# TYPE dmascope_time_seconds gauge\n"
		"dmascope_time_seconds{text=\"a\\\"b\\\\c\\\\x0ad\"} 2.000000042\n",
		"gauges with escaped labels, and no sample for what is unknown");
	free(text);
}

static void chooses(const char *columns, const char *wanted)
{
	struct output output = { .columns = columns };
	_cleanup_strbuf_ struct strbuf got = { 0 }, shown = { 0 };
	struct list chosen = { 0 };
	const char *bad = "";
	size_t length = 0;
	int r = output_choose_fields(&output, &flat_record, &arena, &chosen, &bad,
				     &length);

	if (r < 0)
		strbuf_printf(&got, "!%.*s", (int)length, bad);
	LIST_FOR_EACH (&chosen, const struct field, field)
		strbuf_printf(&got, "%s%s", got.length > 0 ? "," : "", field->key);
	strbuf_add_safe(&shown, columns ? columns : "(none given)");
	IS_TEXT(strbuf_text(&got), wanted, "columns %s", strbuf_text(&shown));
}

static void test_columns(void)
{
	chooses(NULL, "text,flag,number,count,bytes");
	chooses("text", "text");
	chooses("TEXT,Mode", "text,mode");
	chooses("mode,text", "mode,text");
	chooses("+mode", "text,flag,number,count,bytes,mode");
	chooses("+mode,address", "text,flag,number,count,bytes,mode,address");
	chooses("+mode,+address", "text,flag,number,count,bytes,mode,address");
	chooses("nonsense", "!nonsense");
	chooses("text,nonsense,mode", "!nonsense");
	chooses("tex", "!tex");
	chooses("textx", "!textx");
	chooses("+", "!");
	chooses("text\033", "!text\033");
}

static void test_table(void)
{
	struct list objects = { 0 }, none = { 0 };
	struct item *item = new_item("a");
	struct part *part = arena_new(&arena, struct part);
	char *text;

	item->mode = KNOWN_ENUM(1);
	item->flag = KNOWN_BOOL(true);
	item->parts.state = FACT_KNOWN;
	part->name = KNOWN_STR("branch");
	part->flag = KNOWN_BOOL(false);
	list_add(&arena, &item->parts.list, part);
	list_add(&arena, &objects, item);
	list_add(&arena, &objects, new_item("b"));
	text = draw(&flat_record, &objects, "table", "text,mode", (struct output){ 0 });
	IS_TEXT(text, "TEXT MODE\na    bad-mode\nb    ?\n", "a table");
	free(text);
	text = draw(&flat_record, &objects, "table", "text,mode",
		    (struct output){ .noheadings = true });
	IS_TEXT(text, "a    bad-mode\nb    ?\n", "without headings");
	free(text);
	text = draw(&flat_record, &objects, "table", "text,mode",
		    (struct output){ .color = COLOR_ALWAYS });
	OK(strstr(text, "\033[") && strstr(text, "bad-mode"), "with colours");
	free(text);
	text = draw(&item_record, &objects, "table", "text,flag", (struct output){ 0 });
	OK(strstr(text, "branch") && strstr(text, "no"), "a tree has its branches");
	free(text);
	text = draw(&flat_record, &none, "table", NULL, (struct output){ 0 });
	OK(!strstr(text, "a"), "no items, no lines");
	free(text);
}

/*
 * Where the locale has no character for a byte, libsmartcols has been seen to never end:
 * another process tries it, with a clock.
 */
static void test_locales(void)
{
	static const char *const locales[] = { "C", "POSIX", "C.UTF-8" };
	struct list objects = hostile_items();

	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		int status = -1;
		pid_t child;

		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(10);
			setlocale(LC_ALL, locales[i]);
			free(draw(&item_record, &objects, "table", "text,flag,words",
				  (struct output){ 0 }));
			_exit(0);
		}
		waitpid(child, &status, 0);
		IS(status, 0, "a table of hostile texts ends in the locale %s",
		   locales[i]);
	}
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	unsetenv("NO_COLOR");
	test_locales();
	test_hostile();
	test_json();
	test_values();
	test_jsonl();
	test_prometheus();
	test_columns();
	test_table();
	arena_free(&arena);
	return tap_end();
}
