// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes what comes bit by bit, a line each. */

#include <errno.h>

#include "cmd/follow.h"

enum { GAP = 2 };

/* The list is that of objects, or of the head alone; the rest of a document is empty. */
static void write_lines(struct follow *follow, const struct list *head,
			const struct list *body)
{
	static const struct list none;
	const struct output *output = &follow->context->output;
	struct document document = {
		.head = { &host_record, head ? head : &none },
		.body = { follow->context->command->record, body ? body : &none },
		.unread = { &unread_record, &none },
	};
	int r;

	r = output->format->write(output, &document);
	if (r < 0 && follow->failure == 0)
		follow->failure = -r;
}

/* Whoever asks later, behind other calls, finds no errno of a write any more. */
static void flush(struct follow *follow)
{
	int error = fflush(stdout) != 0 ? errno : ferror(stdout) ? EIO : 0;

	if (follow->failure == 0)
		follow->failure = error;
}

/* Pads what is no last column to the widest so far, so that columns stand in line. */
static void put_cell(struct follow *follow, size_t at, const char *text, bool right)
{
	size_t length = strlen(text);
	int pad;

	follow->widths[at] = MAX(follow->widths[at], length);
	pad = (int)(follow->widths[at] - length);
	if (right)
		printf("%*s", pad, "");
	fputs(text, stdout);
	if (at + 1 == follow->fields.count)
		putchar('\n');
	else
		printf("%*s", (right ? 0 : pad) + GAP, "");
}

static void put_headings(struct follow *follow)
{
	LIST_FOR_EACH (&follow->fields, const struct field, field)
		put_cell(follow, field_at, field->column, field->flags & F_RIGHT);
}

void follow_begin(struct follow *follow)
{
	struct context *context = follow->context;
	const char *bad;
	size_t length;

	follow->lines = context->output.format->write == jsonl_write;
	if (follow->lines) {
		struct list head = { 0 };

		list_add(&follow->arena, &head, &context->system.host);
		write_lines(follow, &head, NULL);
	} else {
		/* That the columns exist was made sure of before. */
		output_choose_fields(&context->output, context->command->record,
				     &follow->arena, &follow->fields, &bad, &length);
		follow->widths = arena_alloc(&follow->arena,
					     follow->fields.count * sizeof(size_t));
	}
	if (!follow->lines && !context->output.noheadings && !follow->late)
		put_headings(follow);
	flush(follow);
}

static void add_cell(const struct follow *follow, const struct field *field,
		     const void *object, struct strbuf *text)
{
	struct value value;

	record_get(field, object, &value);
	value_add_text(field, &value, follow->context->output.human, text);
	output_fit_locale(text);
}

static void put_row(struct follow *follow, const void *object)
{
	LIST_FOR_EACH (&follow->fields, const struct field, field) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		add_cell(follow, field, object, &text);
		put_cell(follow, field_at, strbuf_text(&text), field->flags & F_RIGHT);
	}
}

static void measure(struct follow *follow, const struct list *objects)
{
	LIST_FOR_EACH (objects, const void, object)
		LIST_FOR_EACH (&follow->fields, const struct field, field) {
			_cleanup_strbuf_ struct strbuf text = { 0 };

			add_cell(follow, field, object, &text);
			follow->widths[field_at] =
				MAX(follow->widths[field_at], text.length);
		}
}

void follow_rows(struct follow *follow, const struct list *objects)
{
	if (follow->lines) {
		write_lines(follow, NULL, objects);
	} else {
		measure(follow, objects);
		if (follow->late && !follow->context->output.noheadings)
			put_headings(follow);
		follow->late = false;
		LIST_FOR_EACH (objects, const void, object)
			put_row(follow, object);
	}
	flush(follow);
}

void follow_row(struct follow *follow, const void *object)
{
	struct arena arena = { 0 };
	struct list one = { 0 };

	list_add(&arena, &one, object);
	follow_rows(follow, &one);
	arena_free(&arena);
}

void follow_end(struct follow *follow)
{
	if (!follow->lines && follow->counted.count > 0)
		putchar('\n');
	arena_free(&follow->arena);
}

int follow_count(const struct follow *follow)
{
	const struct fault_log *log = &follow->context->system.faults;

	complain("%llu faults of %zu kinds", (unsigned long long)log->count,
		 log->groups.count);
	return log->count > 0 ? EXIT_NEGATIVE : EXIT_ANSWERED;
}
