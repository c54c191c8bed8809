// SPDX-License-Identifier: GPL-2.0-or-later
/* One description of a record: what its fields are called, mean and hold. */

#include "base/record.h"

#include <strings.h>

/* The name of an enumeration's value; NULL where the table does not reach so far. */
static const struct enum_name *enum_name_of(const struct field *field, int value)
{
	for (int i = 0; field->names[i].name; i++)
		if (i == value)
			return &field->names[i];
	return NULL;
}

static void get_enum(const struct field *field, struct fact_enum fact, struct value *ret)
{
	const struct enum_name *name;

	ret->state = fact.state;
	if (fact.state != FACT_KNOWN)
		return;
	name = enum_name_of(field, fact.value);
	if (!name) {
		ret->state = FACT_MALFORMED;
		return;
	}
	ret->text = name->name;
	ret->mood = name->mood;
}

void record_get(const struct field *field, const void *object, struct value *ret)
{
	const void *at = (const char *)object + field->offset;

	*ret = (struct value){ 0 };
	switch (field->storage) {
	case STORE_GETTER:
		field->get(object, ret);
		break;
	case STORE_TEXT:
		ret->text = *(const char *const *)at;
		ret->state = ret->text ? FACT_KNOWN : FACT_ABSENT;
		break;
	case STORE_BOOL:
		ret->state = ((const struct fact_bool *)at)->state;
		ret->truth = ((const struct fact_bool *)at)->value;
		break;
	case STORE_I64:
		ret->state = ((const struct fact_i64 *)at)->state;
		ret->number = ((const struct fact_i64 *)at)->value;
		break;
	case STORE_U64:
		ret->state = ((const struct fact_u64 *)at)->state;
		ret->count = ((const struct fact_u64 *)at)->value;
		break;
	case STORE_ENUM:
		get_enum(field, *(const struct fact_enum *)at, ret);
		break;
	case STORE_STR:
		ret->state = ((const struct fact_str *)at)->state;
		ret->text = ((const struct fact_str *)at)->value;
		break;
	case STORE_LIST:
		ret->state = ((const struct fact_list *)at)->state;
		ret->list = &((const struct fact_list *)at)->list;
		break;
	}
}

const struct field *record_find(const struct record *record, const char *name,
				size_t length)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if ((strlen(field->key) == length &&
		     strncasecmp(field->key, name, length) == 0) ||
		    (strlen(field->column) == length &&
		     strncasecmp(field->column, name, length) == 0))
			return field;
	}
	return NULL;
}

/* Page sizes are powers of two, which read best as 4K, 2M, 1G whatever was asked for. */
static void add_list(const struct field *field, const struct list *list,
		     struct strbuf *buf)
{
	if (list->count == 0)
		strbuf_puts(buf, "none");
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			strbuf_puts(buf, ",");
		if (field->type == F_STRV)
			strbuf_add_safe(buf, list->items[i]);
		else
			strbuf_add_size(buf, *(const uint64_t *)list->items[i]);
	}
}

void value_add_text(const struct field *field, const struct value *value, bool human,
		    struct strbuf *buf)
{
	if (value->state != FACT_KNOWN) {
		strbuf_puts(buf, value->state == FACT_ABSENT ? "-" : "?");
		return;
	}
	switch (field->type) {
	case F_STR:
	case F_ENUM:
		strbuf_add_safe(buf, value->text);
		break;
	case F_BOOL:
		strbuf_puts(buf, value->truth ? "yes" : "no");
		break;
	case F_INT:
		strbuf_printf(buf, "%lld", (long long)value->number);
		break;
	case F_UINT:
	case F_BYTES:
		if (human && field->type == F_BYTES)
			strbuf_add_size(buf, value->count);
		else
			strbuf_printf(buf, "%llu", (unsigned long long)value->count);
		break;
	case F_HEX:
		strbuf_printf(buf, "0x%0*llx", (int)field->digits,
			      (unsigned long long)value->count);
		break;
	case F_STRV:
	case F_BYTESV:
		add_list(field, value->list, buf);
		break;
	case F_RECORDS:
	case F_NODE:
	case F_NODES:
		strbuf_printf(buf, "%zu", value->list->count);
		break;
	}
}

void record_add_name(const struct record *record, const void *object, struct strbuf *name)
{
	const char *separator = "";

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct value value;

		if (!(field->flags & F_LABEL))
			continue;
		record_get(field, object, &value);
		strbuf_puts(name, separator);
		value_add_text(field, &value, false, name);
		separator = " ";
	}
}
