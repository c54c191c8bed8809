// SPDX-License-Identifier: GPL-2.0-or-later
/* ACPI tables that describe DMA remapping: the header and the walk over structures. */

#include "spec/acpi.h"

#include <stdarg.h>

const struct acpi_decoder *const acpi_decoders[] = {
	&dmar_decoder, &ivrs_decoder, &iort_decoder, &viot_decoder, &rimt_decoder, NULL,
};

const struct acpi_problem_name acpi_problem_names[] = {
	[ACPI_TRUNCATED] = { "truncated", ACPI_ERROR,
			     "the file ends before the table does" },
	[ACPI_SIGNATURE] = { "unknown-signature", ACPI_ERROR,
			     "no table that dmascope has a decoder for" },
	[ACPI_CHECKSUM] = { "checksum", ACPI_ERROR,
			    "the bytes of the table do not add up to zero" },
	[ACPI_TRAILING] = { "trailing-bytes", ACPI_WARNING,
			    "there are bytes behind the table's end, or "
			    "behind the last structure" },
	[ACPI_LENGTH_ZERO] = { "length-zero", ACPI_ERROR,
			       "a structure says that it has no bytes; what "
			       "follows cannot be found" },
	[ACPI_LENGTH_SHORT] = { "length-short", ACPI_ERROR,
				"a structure is shorter than its fields" },
	[ACPI_LENGTH_PAST_END] = { "length-past-end", ACPI_ERROR,
				   "a structure leads beyond the table, or beyond the "
				   "structure that holds it" },
	[ACPI_UNKNOWN_TYPE] = { "unknown-type", ACPI_WARNING,
				"a structure of a type that the specification does not "
				"have; its bytes are shown" },
	[ACPI_RESERVED] = { "reserved", ACPI_WARNING, "bits that must be zero are not" },
	[ACPI_VALUE] = { "value", ACPI_WARNING,
			 "a field has a value that the specification does not "
			 "allow" },
	[ACPI_ALIGNMENT] = { "alignment", ACPI_WARNING,
			     "an address or a size is not aligned as the "
			     "specification wants it" },
	[ACPI_RANGE_INVERTED] = { "range-inverted", ACPI_ERROR,
				  "a range ends before it begins" },
	[ACPI_RANGE_OPEN] = { "range-open", ACPI_ERROR,
			      "a range has a beginning and no end, or the other "
			      "way round" },
	[ACPI_RANGE_OVERLAP] = { "range-overlap", ACPI_ERROR, "two ranges overlap" },
	[ACPI_INCLUDE_ALL_TWICE] = { "include-all-twice", ACPI_ERROR,
				     "more than one unit of a segment claims all devices "
				     "that no other unit has" },
	[ACPI_INCLUDE_ALL_NOT_LAST] = { "include-all-not-last", ACPI_WARNING,
					"the unit that claims all other devices of its "
					"segment is not the last one of it" },
	[ACPI_NO_SCOPE] = { "no-scope", ACPI_WARNING,
			    "a structure applies to no device" },
	[ACPI_DUPLICATE] = { "duplicate", ACPI_ERROR,
			     "two structures describe the same thing" },
	[ACPI_DISAGREE] = { "disagree", ACPI_ERROR,
			    "two structures about the same thing contradict each other" },
	[ACPI_REFERENCE] = { "reference", ACPI_ERROR,
			     "an offset, an address or a number does not lead to a "
			     "structure that it may lead to" },
	[ACPI_LOOP] = { "loop", ACPI_ERROR,
			"references lead back to where they come from" },
	[ACPI_COUNT] = { "count", ACPI_WARNING,
			 "a count does not agree with what is there" },
	[ACPI_REJECTED] = { "rejected", ACPI_ERROR,
			    "Linux refuses the whole table, or finds nothing in it" },
	[ACPI_UNIT_MISSING] = { "unit-missing", ACPI_ERROR,
				"the kernel made nothing of a unit of the table, "
				"although "
				"it uses others" },
	[ACPI_UNIT_UNKNOWN] = { "unit-unknown", ACPI_ERROR,
				"the kernel has a unit that the table does not "
				"describe" },
	[ACPI_UNIT_DIFFERS] = { "unit-differs", ACPI_ERROR,
				"devices are behind another unit than the table says" },
	[ACPI_UNIT_WINDOW] = { "unit-window", ACPI_ERROR,
			       "the registers of a unit are not where the memory map has "
			       "room for them" },
	[ACPI_SCOPE_NO_DEVICE] = { "scope-no-device", ACPI_WARNING,
				   "a device scope leads to no function of this "
				   "machine" },
	[ACPI_SCOPE_TYPE] = { "scope-type", ACPI_WARNING,
			      "a device scope leads to a bridge and says endpoint, or "
			      "the "
			      "other way round" },
	[ACPI_REGION_MISSING] = { "region-missing", ACPI_ERROR,
				  "memory that a device needs mapped is not among the "
				  "reserved regions of its group" },
	[ACPI_REGION_NOT_RESERVED] = { "region-not-reserved", ACPI_ERROR,
				       "memory that a device needs is not reserved in "
				       "the "
				       "memory map: the kernel may use it otherwise" },
};

_Static_assert(ARRAY_SIZE(acpi_problem_names) == ACPI_PROBLEMS, "a code lacks its name");

/* ACPI 6.5, table 5.4 */
static const struct layout_field header_fields[] = {
	{ "signature", "Signature", L_TEXT, 0, 4 },
	{ "table_length", "Length", L_UINT, 4, 4 },
	{ "revision", "Revision", L_UINT, 8, 1 },
	{ "checksum", "Checksum", L_HEX, 9, 1 },
	{ "oem_id", "OEMID", L_TEXT, 10, 6 },
	{ "oem_table_id", "OEM Table ID", L_TEXT, 16, 8 },
	{ "oem_revision", "OEM Revision", L_HEX, 24, 4 },
	{ "creator_id", "Creator ID", L_TEXT, 28, 4 },
	{ "creator_revision", "Creator Revision", L_HEX, 32, 4 },
};

const struct layout acpi_header_layout = {
	.name = "header",
	.title = "Header of every ACPI table",
	.section = "ACPI 5.2.6",
	.list = "header",
	.size = ACPI_HEADER_SIZE,
	LAYOUT_FIELDS(header_fields),
	.untyped = true,
};

const struct acpi_decoder *acpi_find_decoder(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; acpi_decoders[i] && size >= 4; i++)
		if (memcmp(acpi_decoders[i]->signature, bytes, 4) == 0)
			return acpi_decoders[i];
	return NULL;
}

bool acpi_is_kept(struct acpi_unsaid *unsaid, size_t count, enum acpi_code code)
{
	if (count < ACPI_PROBLEMS_KEPT)
		return true;
	unsaid->problems++;
	unsaid->errors += acpi_problem_names[code].severity == ACPI_ERROR;
	return false;
}

void acpi_complain(struct acpi_walk *walk, uint32_t offset, enum acpi_code code,
		   const char *format, ...)
{
	struct list *problems = &walk->table->problems;
	struct acpi_problem *problem;
	char text[256];
	va_list arguments;

	if (!acpi_is_kept(&walk->table->unsaid, problems->count, code))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	problem = arena_new(walk->arena, struct acpi_problem);
	problem->offset = offset;
	problem->code = code;
	problem->text = arena_strdup(walk->arena, text);
	list_add(walk->arena, problems, problem);
}

void acpi_check_has(struct acpi_walk *walk, const struct layout *layout)
{
	const struct acpi_table *table = walk->table;

	if (table->checksum_ok.state != FACT_KNOWN || !layout_is_whole(table->header))
		return;
	LIST_FOR_EACH (&table->structures, const struct layout_node, node)
		if (!layout || streq(node->layout->name, layout->name))
			return;
	acpi_complain(walk, 0, ACPI_REJECTED, "the table has no %s",
		      layout ? layout->name : "node");
}

/* Bits that must be zero, and are set in more structures than one. */
struct acpi_reserve {
	const struct layout_node *first;
	const struct layout_field *field;
	uint64_t value; /* those bits; UINT64_MAX where whole bytes are reserved */
	struct acpi_problem *problem;
	size_t others;
};

/* Firmware makes one mistake many times over, and few different ones. */
enum { RESERVES_MAX = 64 };

static bool same_bytes(const struct layout_node *one, const struct layout_node *other,
		       const struct layout_field *field)
{
	size_t size = layout_field_size(one, field);

	return layout_field_size(other, field) == size &&
	       memcmp(one->bytes + field->offset, other->bytes + field->offset, size) ==
		       0;
}

static void complain_reserved(struct acpi_walk *walk, const struct layout_node *node,
			      const struct layout_field *field, uint64_t value)
{
	const struct list *problems = &walk->table->problems;
	uint32_t at = node->offset + field->offset;
	_cleanup_strbuf_ struct strbuf bytes = { 0 };
	size_t before = problems->count;
	struct acpi_reserve *reserve;

	LIST_FOR_EACH (&walk->reserves, struct acpi_reserve, known)
		/* One table of fields serves several types, as of IVHD. */
		if (known->field == field && known->value == value &&
		    (field->kind != L_RESERVED ||
		     same_bytes(known->first, node, field))) {
			known->others++;
			return;
		}
	layout_add_text(node, field, &bytes);
	if (field->kind == L_RESERVED)
		acpi_complain(walk, at, ACPI_RESERVED,
			      "%s: the reserved bytes are no zeros: %s",
			      node->layout->name, strbuf_text(&bytes));
	else
		acpi_complain(walk, at, ACPI_RESERVED,
			      "%s: reserved bits of %s are set (0x%llx)",
			      node->layout->name, field->name, (unsigned long long)value);
	if (problems->count == before || walk->reserves.count == RESERVES_MAX)
		return;
	reserve = arena_new(walk->arena, struct acpi_reserve);
	*reserve =
		(struct acpi_reserve){ node, field, value, problems->items[before], 0 };
	list_add(walk->arena, &walk->reserves, reserve);
}

void acpi_check_reserved(struct acpi_walk *walk, const struct layout_node *node)
{
	for (size_t i = 0; i < node->layout->count; i++) {
		const struct layout_field *field = &node->layout->fields[i];
		uint64_t value = 0;

		if (field->kind == L_RESERVED && !layout_is_zero_reserve(node, field))
			value = UINT64_MAX;
		else if (field->reserved && layout_number(node, field, &value))
			value &= field->reserved;
		if (value)
			complain_reserved(walk, node, field, value);
	}
}

/* Says with the first of several complaints how many others there are. */
static void count_reserved(struct acpi_walk *walk)
{
	LIST_FOR_EACH (&walk->reserves, const struct acpi_reserve, reserve)
		if (reserve->others > 0)
			reserve->problem->text =
				arena_printf(walk->arena, "%s, and in %zu more",
					     reserve->problem->text, reserve->others);
}

struct layout_node *acpi_place(struct acpi_walk *walk, struct list *to,
			       const struct layout *layout, uint32_t offset,
			       uint32_t length, uint32_t header, uint32_t end)
{
	uint32_t left = end - offset;

	if (length == 0 || length < header) {
		acpi_complain(walk, offset,
			      length == 0 ? ACPI_LENGTH_ZERO : ACPI_LENGTH_SHORT,
			      "%s: length %u; %u bytes behind it are not decoded",
			      layout->name, length, left);
		return NULL;
	}
	if (length > left)
		acpi_complain(walk, offset, ACPI_LENGTH_PAST_END,
			      "%s: length %u, but only %u bytes are left", layout->name,
			      length, left);
	else if (length < layout->size)
		acpi_complain(walk, offset, ACPI_LENGTH_SHORT,
			      "%s: length %u, which its fields need %u of", layout->name,
			      length, layout->size);
	return layout_add(walk->arena, to, layout, walk->table->bytes, offset,
			  MIN(length, left));
}

struct layout_node *acpi_add(struct acpi_walk *walk, struct list *to,
			     const struct layout *layout, uint32_t offset,
			     uint32_t length, uint32_t header, uint32_t end)
{
	struct layout_node *node =
		acpi_place(walk, to, layout, offset, length, header, end);

	if (node)
		acpi_check_reserved(walk, node);
	return node;
}

/* The bytes of the whole table, as the header counts them, add up to zero. */
static void check_sum(struct acpi_walk *walk)
{
	struct acpi_table *table = walk->table;
	unsigned char sum = 0;

	if (read_le(table->bytes + 4, 4) > table->size)
		return; /* not all of it is there */
	for (uint32_t i = 0; i < table->size; i++)
		sum = (unsigned char)(sum + table->bytes[i]);
	table->checksum_ok = KNOWN_BOOL(sum == 0);
	if (sum)
		acpi_complain(walk, 9, ACPI_CHECKSUM,
			      "the checksum is 0x%02x and should be 0x%02x",
			      table->bytes[9], (unsigned char)(table->bytes[9] - sum));
}

/* Holds the length in the header against the bytes at hand. */
static void check_size(struct acpi_walk *walk, size_t size)
{
	struct acpi_table *table = walk->table;
	uint64_t length = read_le(table->bytes + 4, 4);

	table->size = (uint32_t)MIN(length, size);
	if (length < ACPI_HEADER_SIZE) {
		acpi_complain(walk, 4, ACPI_LENGTH_SHORT,
			      "the table's length is %llu, less than a header",
			      (unsigned long long)length);
		table->size = (uint32_t)size;
	} else if (length > size) {
		acpi_complain(walk, 4, ACPI_TRUNCATED,
			      "the table's length is %llu, and %zu bytes are there; "
			      "whether its checksum is right cannot be known",
			      (unsigned long long)length, size);
	} else if (length < size) {
		acpi_complain(walk, (uint32_t)length, ACPI_TRAILING,
			      "%zu bytes behind the end of the table",
			      size - (size_t)length);
	}
}

int acpi_decode(struct arena *arena, const unsigned char *bytes, size_t size,
		struct acpi_table *ret)
{
	struct acpi_walk walk = { .arena = arena, .table = ret };
	const struct layout *header = &acpi_header_layout;
	struct list headers = { 0 };

	if (size < ACPI_HEADER_SIZE)
		return -EINVAL;
	*ret = (struct acpi_table){ .bytes = bytes };
	ret->decoder = acpi_find_decoder(bytes, size);
	check_size(&walk, MIN(size, (size_t)UINT32_MAX));
	check_sum(&walk);
	if (ret->decoder)
		header = ret->decoder->header;
	ret->header = layout_add(arena, &headers, header, bytes, 0,
				 MIN(ret->size, (uint32_t)header->size));
	if (!ret->decoder) {
		acpi_complain(&walk, 0, ACPI_SIGNATURE, "no table of DMA remapping");
		return 0;
	}
	if (ret->size < header->size)
		acpi_complain(&walk, 4, ACPI_LENGTH_SHORT,
			      "the table ends within its header");
	acpi_check_reserved(&walk, ret->header);
	ret->decoder->decode(&walk);
	count_reserved(&walk);
	return 0;
}
