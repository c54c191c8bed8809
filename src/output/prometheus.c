// SPDX-License-Identifier: GPL-2.0-or-later
/* Gauges in the text exposition format of Prometheus (version 0.0.4). */

#include "output/output.h"

/* Label values escape backslash, quote and newline; text is already printable. */
static void add_label_value(struct strbuf *buf, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			strbuf_puts(buf, "\\");
		strbuf_add(buf, text, 1);
	}
}

static void add_labels(const struct record *record, const void *object,
		       unsigned int flags, struct strbuf *buf)
{
	const char *separator = "{";

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct value value;

		if (!(field->flags & flags))
			continue;
		record_get(field, object, &value);
		if (value.state == FACT_KNOWN)
			value_add_text(field, &value, false, &text);
		strbuf_printf(buf, "%s%s=\"", separator, field->key);
		add_label_value(buf, strbuf_text(&text));
		strbuf_puts(buf, "\"");
		separator = ",";
	}
	if (*separator == ',')
		strbuf_puts(buf, "}");
}

static void write_head(FILE *stream, const struct record *record, const char *name,
		       const char *help)
{
	fprintf(stream, "# HELP dmascope_%s_%s %s\n# TYPE dmascope_%s_%s gauge\n",
		record->singular, name, help, record->singular, name);
}

/* What may change is told by one metric, so that the others keep their series. */
static void write_info(FILE *stream, const struct sheet *sheet)
{
	const struct record *record = sheet->record;

	write_head(stream, record, "info", record->help);
	LIST_FOR_EACH (sheet->objects, const void, object) {
		_cleanup_strbuf_ struct strbuf labels = { 0 };

		add_labels(record, object, F_LABEL | F_INFO, &labels);
		fprintf(stream, "dmascope_%s_info%s 1\n", record->singular,
			strbuf_text(&labels));
	}
}

/* An unknown value has no sample: it is neither 0 nor stale. */
static void write_gauge(FILE *stream, const struct sheet *sheet,
			const struct field *field)
{
	write_head(stream, sheet->record, field->key, field->help);
	LIST_FOR_EACH (sheet->objects, const void, object) {
		_cleanup_strbuf_ struct strbuf labels = { 0 };
		struct value value;

		record_get(field, object, &value);
		if (value.state != FACT_KNOWN)
			continue;
		add_labels(sheet->record, object, F_LABEL, &labels);
		fprintf(stream, "dmascope_%s_%s%s ", sheet->record->singular, field->key,
			strbuf_text(&labels));
		if (field->type == F_BOOL)
			fprintf(stream, "%d\n", value.truth);
		else if (field->type == F_INT)
			fprintf(stream, "%lld\n", (long long)value.number);
		else if (field->type == F_RECORDS)
			fprintf(stream, "%zu\n", value.list->count);
		else
			fprintf(stream, "%llu\n", (unsigned long long)value.count);
	}
}

int prometheus_write(const struct output *output, const struct document *document)
{
	const struct record *record = document->body.record;
	unsigned int flags = 0;

	for (size_t i = 0; i < record->count; i++)
		flags |= record->fields[i].flags;
	if (!(flags & (F_GAUGE | F_INFO)))
		return -EOPNOTSUPP;
	if (flags & F_INFO)
		write_info(output->stream, &document->body);
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i].flags & F_GAUGE)
			write_gauge(output->stream, &document->body, &record->fields[i]);
	return 0;
}
