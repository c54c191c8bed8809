// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware's word: an ACPI table that describes DMA remapping. */

#include "model/firmware.h"

static const struct enum_name problem_severity_names[] = {
	[ACPI_WARNING] = { "warning", MOOD_WARN,
			   "against the specification, and nothing depends on it" },
	[ACPI_ERROR] = { "error", MOOD_BAD, "the table cannot be relied upon" },
	{ 0 },
};

static const struct field problem_fields[] = {
	FIELD(struct table_problem, offset, "OFFSET", F_UINT, F_SHOW | F_RIGHT,
	      "bytes from the beginning of the table"),
	FIELD(struct table_problem, code, "CODE", F_STR, F_SHOW,
	      "what is wrong, as a code that stays the same"),
	FIELD(struct table_problem, severity, "SEVERITY", F_ENUM, F_SHOW, "how bad it is",
	      .names = problem_severity_names),
	FIELD(struct table_problem, text, "PROBLEM", F_STR, F_SHOW | F_WRAP,
	      "what is wrong, in words"),
};

const struct record table_problem_record =
	RECORD("problems", "problem", "what is wrong in a table", problem_fields);

static const struct field fields[] = {
	FIELD(struct firmware_table, signature, "TABLE", F_STR, F_SHOW | F_LABEL,
	      "signature"),
	FIELD(struct firmware_table, file, "FILE", F_STR, F_SHOW | F_LABEL | F_INFO,
	      "file that the table was read from"),
	FIELD(struct firmware_table, length, "LENGTH", F_BYTES,
	      F_SHOW | F_RIGHT | F_GAUGE, "bytes, as the table says"),
	FIELD(struct firmware_table, revision, "REVISION", F_UINT,
	      F_SHOW | F_RIGHT | F_GAUGE, "revision of the table's format"),
	FIELD(struct firmware_table, oem_id, "OEM", F_STR, F_SHOW, "who made it"),
	FIELD(struct firmware_table, oem_table_id, "OEM-TABLE", F_STR, F_SHOW,
	      "for what the maker made it"),
	FIELD(struct firmware_table, oem_revision, "OEM-REVISION", F_HEX, 0,
	      "revision of the maker's data"),
	FIELD(struct firmware_table, creator_id, "CREATOR", F_STR, 0,
	      "the program that built it"),
	FIELD(struct firmware_table, creator_revision, "CREATOR-REVISION", F_HEX, 0,
	      "revision of that program"),
	FIELD(struct firmware_table, checksum_ok, "CHECKSUM-OK", F_BOOL, F_SHOW | F_GAUGE,
	      "the bytes add up to zero; unknown where some of them are missing"),
	FIELD_AS(struct firmware_table, acpi_header, "acpi_header", "ACPI-HEADER", F_NODE,
		 F_DUMP | F_TEXT_ONLY, "the 36 bytes with which every ACPI table begins"),
	FIELD(struct firmware_table, header, "HEADER", F_NODE, F_DUMP,
	      "fields of this kind of table in front of the first structure"),
	FIELD(struct firmware_table, structures, "STRUCTURES", F_NODES,
	      F_SHOW | F_DUMP | F_RIGHT, "what the table consists of"),
	FIELD(struct firmware_table, nodes, "NODES", F_NODES, 0,
	      "the same for IORT, VIOT and RIMT, which call their structures so"),
	FIELD(struct firmware_table, problems, "PROBLEMS", F_RECORDS,
	      F_SHOW | F_DUMP | F_RIGHT | F_GAUGE, "what is wrong",
	      .record = &table_problem_record),
};

const struct record firmware_table_record =
	RECORD("tables", "table", "ACPI tables that describe DMA remapping", fields,
	       .dump = true);

static void set_text(struct arena *arena, const unsigned char *bytes, size_t size,
		     struct fact_str *ret)
{
	size_t length = strnlen((const char *)bytes, size);

	while (length > 0 && bytes[length - 1] == ' ')
		length--;
	*ret = KNOWN_STR(arena_strndup(arena, (const char *)bytes, length));
}

/* ACPI 6.5, table 5.4 */
static void set_header(struct arena *arena, struct firmware_table *table)
{
	const unsigned char *bytes = table->bytes;

	table->length = KNOWN_U64(read_le(bytes + 4, 4));
	table->revision = KNOWN_U64(bytes[8]);
	set_text(arena, bytes + 10, 6, &table->oem_id);
	set_text(arena, bytes + 16, 8, &table->oem_table_id);
	table->oem_revision = KNOWN_U64(read_le(bytes + 24, 4));
	set_text(arena, bytes + 28, 4, &table->creator_id);
	table->creator_revision = KNOWN_U64(read_le(bytes + 32, 4));
	table->checksum_ok = table->decoded.checksum_ok;
}

static void add_problem(struct arena *arena, struct firmware_table *table,
			uint64_t offset, enum acpi_code code, const char *text)
{
	struct table_problem *problem = arena_new(arena, struct table_problem);

	problem->offset = KNOWN_U64(offset);
	problem->code = KNOWN_STR(acpi_problem_names[code].code);
	problem->severity = KNOWN_ENUM(acpi_problem_names[code].severity);
	problem->text = KNOWN_STR(text);
	table->broken = table->broken || problem->severity.value == ACPI_ERROR;
	list_add(arena, &table->problems.list, problem);
}

static void set_lists(struct arena *arena, struct firmware_table *table)
{
	const struct acpi_table *decoded = &table->decoded;

	layout_add(arena, &table->acpi_header.list, &acpi_header_layout, table->bytes, 0,
		   ACPI_HEADER_SIZE);
	table->acpi_header.state = FACT_KNOWN;
	list_add(arena, &table->header.list, decoded->header);
	table->header.state = FACT_KNOWN;
	table->structures = (struct fact_list){ FACT_KNOWN, decoded->structures };
	table->nodes.state = FACT_ABSENT;
	if (decoded->decoder && decoded->decoder->nodes)
		table->nodes = table->structures;
	table->problems.state = FACT_KNOWN;
	LIST_FOR_EACH (&decoded->problems, const struct acpi_problem, problem)
		add_problem(arena, table, problem->offset, problem->code, problem->text);
}

/* A fact that could not be had for the same reason as the bytes. */
static void set_states(struct firmware_table *table)
{
	table->length.state = table->revision.state = table->oem_id.state =
		table->oem_table_id.state = table->oem_revision.state =
			table->creator_id.state = table->creator_revision.state =
				table->checksum_ok.state = table->header.state =
					table->acpi_header.state =
						table->structures.state =
							table->nodes.state =
								table->problems.state =
									table->state;
}

struct firmware_table *firmware_table_new(struct arena *arena, const char *file,
					  enum fact_state state,
					  const unsigned char *bytes, size_t size)
{
	struct firmware_table *table = arena_new(arena, struct firmware_table);

	table->file = arena_strdup(arena, file);
	table->state = state;
	if (state == FACT_KNOWN) {
		table->bytes = arena_memdup(arena, bytes, size);
		table->size = size;
		if (acpi_decode(arena, table->bytes, size, &table->decoded) < 0)
			table->state = FACT_MALFORMED;
	}
	set_states(table);
	if (table->state == FACT_KNOWN) {
		struct fact_str signature;

		set_text(arena, table->bytes, 4, &signature);
		table->signature = signature.value;
		set_header(arena, table);
		set_lists(arena, table);
	}
	return table;
}

void firmware_table_complain(struct arena *arena, struct firmware_table *table,
			     uint64_t offset, enum acpi_code code, const char *text)
{
	size_t found = table->problems.list.count - table->decoded.problems.count;

	if (acpi_is_kept(&table->unsaid, found, code))
		add_problem(arena, table, offset, code, arena_strdup(arena, text));
}

/* By offset; those of one offset stay in the order in which they were found. */
static void sort_problems(struct list *problems)
{
	for (size_t i = 1; i < problems->count; i++) {
		struct table_problem *problem = problems->items[i];
		size_t at = i;

		for (; at > 0; at--) {
			struct table_problem *before = problems->items[at - 1];

			if (before->offset.value <= problem->offset.value)
				break;
			problems->items[at] = before;
		}
		problems->items[at] = problem;
	}
}

void firmware_table_finish(struct arena *arena, struct firmware_table *table)
{
	const struct acpi_unsaid *decoder = &table->decoded.unsaid;
	size_t more = decoder->problems + table->unsaid.problems;
	size_t errors = decoder->errors + table->unsaid.errors;
	struct table_problem *last;

	sort_problems(&table->problems.list);
	if (more == 0)
		return;
	table->broken = table->broken || errors > 0;
	last = table->problems.list.items[table->problems.list.count - 1];
	last->text.value =
		arena_printf(arena, "%s (and %zu more problems, %zu of them errors)",
			     last->text.value, more, errors);
}

bool firmware_table_is_broken(const struct firmware_table *table)
{
	return table->broken || table->state == FACT_MALFORMED;
}
