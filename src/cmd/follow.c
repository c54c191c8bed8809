// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes faults as they come, a line each. */

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

	output->format->write(output, &document);
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
	if (!follow->lines && !context->output.noheadings)
		LIST_FOR_EACH (&follow->fields, const struct field, field)
			put_cell(follow, field_at, field->column, field->flags & F_RIGHT);
	fflush(stdout);
}

void follow_row(struct follow *follow, const void *object)
{
	if (follow->lines) {
		struct arena arena = { 0 };
		struct list one = { 0 };

		list_add(&arena, &one, object);
		write_lines(follow, NULL, &one);
		arena_free(&arena);
	}
	LIST_FOR_EACH (&follow->fields, const struct field, field) {
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct value value;

		record_get(field, object, &value);
		value_add_text(field, &value, follow->context->output.human, &text);
		output_fit_locale(&text);
		put_cell(follow, field_at, strbuf_text(&text), field->flags & F_RIGHT);
	}
	fflush(stdout);
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
