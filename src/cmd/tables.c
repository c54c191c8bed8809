// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope tables: the ACPI tables that describe DMA remapping, decoded and validated. */

#include "analyze/analyze.h"
#include "base/file.h"
#include "cmd/cmd.h"

/* What no table and no dump of a machine's tables comes near. */
enum { FILE_CAP = 64 * 1024 * 1024 };

static const unsigned int facts = FACTS_HOST | FACTS_FIRMWARE | FACTS_DEVICES |
				  FACTS_GROUPS | FACTS_REGIONS | FACTS_UNITS |
				  FACTS_IOMEM;

static const struct option_desc options[] = {
	{ "raw", 'r', NULL, "each field on a line of its own, with its bytes" },
	{ 0 },
};

static int option(struct context *context, int key, const char *value)
{
	context->output.raw = true;
	return EXIT_ANSWERED;
}

static void add_table(struct context *context, const char *path,
		      const unsigned char *bytes, size_t size, struct list *ret)
{
	struct arena *arena = &context->system.arena;

	list_add(arena, ret, firmware_table_new(arena, path, FACT_KNOWN, bytes, size));
}

/* The tables of DMA remapping among all that acpidump wrote. */
static int add_dump(struct context *context, const char *path, const struct list *dumps,
		    struct list *ret)
{
	size_t before = ret->count;

	LIST_FOR_EACH (dumps, const struct acpi_dump, dump) {
		if (!acpi_find_decoder(dump->bytes, dump->size))
			continue;
		if (dump->size >= ACPI_HEADER_SIZE)
			add_table(context, path, dump->bytes, dump->size, ret);
		else
			complain("%s: its %s is too short for an ACPI table", path,
				 dump->signature);
	}
	if (ret->count > before)
		return EXIT_ANSWERED;
	complain("%s: none of its %zu tables describes DMA remapping", path,
		 dumps->count);
	return EXIT_TROUBLE;
}

/*
 * A signature of four capital letters or digits, or a dump. Everything else would be
 * decoded as nonsense.
 */
static int take_file(struct context *context, const char *path, struct list *ret)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct list dumps = { 0 };
	int r = streq(path, "-") ? read_to_end(STDIN_FILENO, FILE_CAP, &bytes)
				 : read_named_file(path, FILE_CAP, &bytes);

	if (r < 0) {
		complain("%s: %s", path, strerror(-r));
		return EXIT_TROUBLE;
	}
	if (acpi_parse_dump(&context->system.arena, (const char *)bytes.data, bytes.size,
			    &dumps) > 0)
		return add_dump(context, path, &dumps, ret);
	if (bytes.size < ACPI_HEADER_SIZE || !acpi_find_decoder(bytes.data, bytes.size)) {
		complain("%s: %s", path,
			 bytes.size < ACPI_HEADER_SIZE
				 ? "too short for an ACPI table"
				 : "neither a table of DMA remapping nor text of "
				   "acpidump");
		return EXIT_TROUBLE;
	}
	add_table(context, path, bytes.data, bytes.size, ret);
	return EXIT_ANSWERED;
}

static int run(struct context *context, int count, char **arguments)
{
	struct list given = { 0 };
	const struct list *tables = &given;
	int status = EXIT_ANSWERED, answered;

	/* Files are looked at for themselves, wherever they come from. */
	answered = context_load(context, count == 0 ? facts : (unsigned int)FACTS_HOST);
	if (answered != EXIT_ANSWERED)
		return answered;
	for (int i = 0; i < count; i++)
		if (take_file(context, arguments[i], &given) != EXIT_ANSWERED)
			status = EXIT_TROUBLE;
	if (count == 0) {
		analyze_firmware(&context->system);
		tables = &context->system.tables;
	}
	if (count > 0 && given.count == 0)
		return status;
	LIST_FOR_EACH (tables, struct firmware_table, table)
		firmware_table_finish(&context->system.arena, table);
	answered = context_answer(context, tables);
	if (answered != EXIT_ANSWERED || status != EXIT_ANSWERED)
		return MAX(answered, status);
	LIST_FOR_EACH (tables, const struct firmware_table, table)
		if (firmware_table_is_broken(table))
			status = EXIT_NEGATIVE;
	return status;
}

const struct command command_tables = {
	.name = "tables",
	.arguments = "[FILE...]",
	.summary = "DMAR, IVRS, IORT, VIOT and RIMT: decoded and validated",
	.options = options,
	.record = &firmware_table_record,
	.option = option,
	.run = run,
};
