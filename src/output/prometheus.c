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

void prometheus_add_name(struct strbuf *buf, const struct record *record,
			 const struct field *field)
{
	if (field && field->gauge)
		strbuf_printf(buf, "dmascope_%s", field->gauge);
	else
		strbuf_printf(buf, "dmascope_%s_%s", record->singular,
			      field ? field->key : "info");
}

static void write_head(FILE *stream, const char *name, const char *help)
{
	fprintf(stream, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* What may change is told by one metric, so that the others keep their series. */
static void write_info(FILE *stream, const struct sheet *sheet)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	prometheus_add_name(&name, sheet->record, NULL);
	write_head(stream, name.text, sheet->record->help);
	LIST_FOR_EACH (sheet->objects, const void, object) {
		_cleanup_strbuf_ struct strbuf labels = { 0 };

		add_labels(sheet->record, object, F_LABEL | F_INFO, &labels);
		fprintf(stream, "%s%s 1\n", name.text, strbuf_text(&labels));
	}
}

/* In base units, to the last digit: a nanosecond is 0.000000001 seconds. */
static void write_count(FILE *stream, const struct field *field, uint64_t count)
{
	unsigned int per = field->gauge_per;
	int digits = 0;

	for (unsigned int rest = per; rest > 1; rest /= 10)
		digits++;
	if (digits > 0)
		fprintf(stream, "%llu.%0*llu\n", (unsigned long long)count / per, digits,
			(unsigned long long)count % per);
	else
		fprintf(stream, "%llu\n", (unsigned long long)count);
}

/* An unknown value has no sample: it is neither 0 nor stale. */
static void write_gauge(FILE *stream, const struct sheet *sheet,
			const struct field *field)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	prometheus_add_name(&name, sheet->record, field);
	write_head(stream, name.text, field->help);
	LIST_FOR_EACH (sheet->objects, const void, object) {
		_cleanup_strbuf_ struct strbuf labels = { 0 };
		struct value value;

		record_get(field, object, &value);
		if (value.state != FACT_KNOWN)
			continue;
		add_labels(sheet->record, object, F_LABEL, &labels);
		fprintf(stream, "%s%s ", name.text, strbuf_text(&labels));
		if (field->type == F_BOOL)
			fprintf(stream, "%d\n", value.truth);
		else if (field->type == F_INT)
			fprintf(stream, "%lld\n", (long long)value.number);
		else if (field->type == F_RECORDS)
			fprintf(stream, "%zu\n", value.list->count);
		else
			write_count(stream, field, value.count);
	}
}

static unsigned int flags_of(const struct record *record)
{
	unsigned int flags = 0;

	for (size_t i = 0; i < record->count; i++)
		flags |= record->fields[i].flags;
	return flags;
}

void prometheus_write_sheets(FILE *stream, const struct sheet *sheets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct record *record = sheets[i].record;

		if (flags_of(record) & F_INFO)
			write_info(stream, &sheets[i]);
		for (size_t j = 0; j < record->count; j++)
			if (record->fields[j].flags & F_GAUGE)
				write_gauge(stream, &sheets[i], &record->fields[j]);
	}
}

int prometheus_write(const struct output *output, const struct document *document)
{
	if (!(flags_of(document->body.record) & (F_GAUGE | F_INFO)))
		return -EOPNOTSUPP;
	prometheus_write_sheets(output->stream, &document->body, 1);
	return 0;
}
