// SPDX-License-Identifier: GPL-2.0-or-later
/* Layouts: structures of bytes as their specification draws them. */

#include "base/layout.h"

struct layout_node *layout_add(struct arena *arena, struct list *to,
			       const struct layout *layout, const unsigned char *table,
			       uint32_t offset, uint32_t length)
{
	struct layout_node *node = arena_new(arena, struct layout_node);

	node->layout = layout;
	node->bytes = table + offset;
	node->offset = offset;
	node->length = length;
	node->own = length;
	node->type = layout->type;
	list_add(arena, to, node);
	return node;
}

const struct layout *layout_find(const struct layout *layouts, size_t count,
				 uint32_t type)
{
	for (size_t i = 0; i < count; i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

size_t layout_field_size(const struct layout_node *node, const struct layout_field *field)
{
	if (field->offset >= node->own)
		return 0;
	if (field->size == LAYOUT_REST)
		return node->own - field->offset;
	return field->size <= node->own - field->offset ? field->size : 0;
}

bool layout_number(const struct layout_node *node, const struct layout_field *field,
		   uint64_t *ret)
{
	size_t size = layout_field_size(node, field);
	uint64_t value;

	if (size == 0 || size > 8)
		return false;
	value = read_le(node->bytes + field->offset, (unsigned int)size);
	*ret = field->part ? bits(value, field->high, field->low) : value;
	return true;
}

const struct layout_field *layout_find_field(const struct layout *layout, const char *key)
{
	for (size_t i = 0; i < layout->count; i++) {
		const char *other = layout->fields[i].key;

		/* Most differ in the first letter: no call for these. */
		if (*other == *key && streq(other, key))
			return &layout->fields[i];
	}
	return NULL;
}

uint64_t layout_value(const struct layout_node *node, const char *key, uint64_t otherwise)
{
	const struct layout_field *field = layout_find_field(node->layout, key);
	uint64_t value;

	return field && layout_number(node, field, &value) ? value : otherwise;
}

bool layout_is_zero_reserve(const struct layout_node *node,
			    const struct layout_field *field)
{
	size_t size = layout_field_size(node, field);

	if (field->kind != L_RESERVED &&
	    (field->part || size == 0 || size > 8 ||
	     field->reserved != bits(UINT64_MAX, 8 * (unsigned int)size - 1, 0)))
		return false;
	for (size_t i = 0; i < size; i++)
		if (node->bytes[field->offset + i])
			return false;
	return true;
}

const char *layout_name_of(const struct layout_field *field, uint64_t value)
{
	for (const struct layout_name *name = field->names; name && name->name; name++)
		if (name->value == value)
			return name->name;
	return NULL;
}

static void add_bytes(const unsigned char *bytes, size_t size, struct strbuf *buf)
{
	for (size_t i = 0; i < size; i++)
		strbuf_printf(buf, i > 0 ? " %02x" : "%02x", bytes[i]);
}

/* The start bus, device and function of each hop: "00:1c.4/00.0". */
static void add_path(const unsigned char *bytes, size_t size, struct strbuf *buf)
{
	strbuf_printf(buf, "%02x:", bytes[-1]);
	for (size_t i = 0; i + 1 < size; i += 2)
		strbuf_printf(buf, "%s%02x.%x", i > 0 ? "/" : "", bytes[i], bytes[i + 1]);
}

/* The first three parts of a UUID are little-endian integers (ACPI 6.5, 19.6.142). */
static void add_uuid(const unsigned char *bytes, struct strbuf *buf)
{
	strbuf_printf(buf, "%08llx-%04llx-%04llx-", (unsigned long long)read_le(bytes, 4),
		      (unsigned long long)read_le(bytes + 4, 2),
		      (unsigned long long)read_le(bytes + 6, 2));
	for (size_t i = 8; i < 16; i++)
		strbuf_printf(buf, i == 10 ? "-%02x" : "%02x", bytes[i]);
}

static void add_number(const struct layout_field *field, uint64_t number,
		       struct strbuf *buf)
{
	int digits = field->part || field->size == 8 ? 1 : 2 * field->size;

	if (field->kind == L_BOOL)
		strbuf_puts(buf, number ? "yes" : "no");
	else if (field->kind == L_UINT)
		strbuf_printf(buf, "%llu", (unsigned long long)number);
	else
		strbuf_printf(buf, "0x%0*llx", digits, (unsigned long long)number);
	if (field->one_less)
		strbuf_printf(buf, " (%llu %s%s)", (unsigned long long)number + 1,
			      field->one_less, number ? "s" : "");
	if (field->kind == L_BDF)
		strbuf_printf(buf, " (%02x:%02x.%x)", (unsigned int)bits(number, 15, 8),
			      (unsigned int)bits(number, 7, 3),
			      (unsigned int)bits(number, 2, 0));
}

void layout_add_text(const struct layout_node *node, const struct layout_field *field,
		     struct strbuf *buf)
{
	const unsigned char *bytes = node->bytes + field->offset;
	size_t size = layout_field_size(node, field);
	char text[256];
	uint64_t number;

	if (size == 0)
		return;
	switch (field->kind) {
	case L_TEXT:
		snprintf(text, sizeof(text), "%.*s", (int)MIN(size, sizeof(text) - 1),
			 (const char *)bytes);
		strbuf_add_safe(buf, text);
		break;
	case L_RESERVED:
	case L_BYTES:
		add_bytes(bytes, size, buf);
		break;
	case L_PATH:
		add_path(bytes, size, buf);
		break;
	case L_UUID:
		if (size == 16)
			add_uuid(bytes, buf);
		break;
	default:
		if (layout_number(node, field, &number))
			add_number(field, number, buf);
	}
}
