// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of spec/acpi, spec/acpidump and spec/dmar: a table with one of everything. */

#include "spec/dmar.h"

#include "tap.h"

/* Built up piece by piece; the header's length and checksum are filled in last. */
struct maker {
	unsigned char bytes[4096];
	size_t size;
};

static void put(struct maker *maker, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		maker->bytes[maker->size++] = (unsigned char)(value >> 8 * i);
}

static void start(struct maker *maker)
{
	static const char head[] = "DMAR....\1.MAKER MACHINE \2...TEST\3...";

	*maker = (struct maker){ .size = 36 };
	memcpy(maker->bytes, head, 36);
	put(maker, 38, 1);
	put(maker, 5, 1);
	maker->size = 48;
}

static void finish(struct maker *maker)
{
	unsigned char sum = 0;

	for (unsigned int i = 0; i < 4; i++)
		maker->bytes[4 + i] = (unsigned char)(maker->size >> 8 * i);
	maker->bytes[9] = 0;
	for (size_t i = 0; i < maker->size; i++)
		sum = (unsigned char)(sum + maker->bytes[i]);
	maker->bytes[9] = (unsigned char)-sum;
}

static void put_scope(struct maker *maker, uint8_t type, uint8_t id, uint8_t bus,
		      unsigned int hops)
{
	put(maker, type, 1);
	put(maker, 6 + 2 * hops, 1);
	put(maker, 0, 2);
	put(maker, id, 1);
	put(maker, bus, 1);
	for (unsigned int i = 0; i < hops; i++)
		put(maker, 0x011c + i, 2);
}

static void put_unit(struct maker *maker, bool all, uint16_t segment, uint64_t base,
		     unsigned int scopes)
{
	put(maker, 0, 2);
	put(maker, 16 + 8 * scopes, 2);
	put(maker, all, 1);
	put(maker, 0, 1);
	put(maker, segment, 2);
	put(maker, base, 8);
	for (unsigned int i = 0; i < scopes; i++)
		put_scope(maker, all ? 3 : 1, 0, 0, 1);
}

static void put_region(struct maker *maker, uint64_t base, uint64_t end, bool scope)
{
	put(maker, 1, 2);
	put(maker, scope ? 32 : 24, 2);
	put(maker, 0, 4);
	put(maker, base, 8);
	put(maker, end, 8);
	if (scope)
		put_scope(maker, 1, 0, 0, 1);
}

static struct arena arena;

static struct acpi_table decode(struct maker *maker)
{
	struct acpi_table table;

	finish(maker);
	acpi_decode(&arena, maker->bytes, maker->size, &table);
	return table;
}

/* How many problems of a code there are; -1 where one lies outside of the table. */
static int problems(const struct acpi_table *table, enum acpi_code code)
{
	int count = 0;

	LIST_FOR_EACH (&table->problems, const struct acpi_problem, problem) {
		if (problem->offset > table->size)
			return -1;
		count += problem->code == code;
	}
	return count;
}

static const struct layout_node *structure(const struct acpi_table *table, size_t number)
{
	return table->structures.items[number];
}

static void test_whole(void)
{
	const struct layout_node *node, *scope;
	struct acpi_table table;
	struct maker maker;

	start(&maker);
	put_unit(&maker, false, 0, 0xfed90000, 1);
	put_unit(&maker, true, 0, 0xfed91000, 1);
	put(&maker, 1, 2); /* RMRR behind a bridge */
	put(&maker, 34, 2);
	put(&maker, 0, 2);
	put(&maker, 0, 2);
	put(&maker, 0x7d000000, 8);
	put(&maker, 0x7d000fff, 8);
	put_scope(&maker, 2, 0, 0, 2);
	put(&maker, 2, 2); /* ATSR */
	put(&maker, 8, 2);
	put(&maker, 1, 1);
	put(&maker, 0, 1);
	put(&maker, 3, 2);
	put(&maker, 3, 2); /* RHSA */
	put(&maker, 20, 2);
	put(&maker, 0, 4);
	put(&maker, 0xfed91000, 8);
	put(&maker, 7, 4);
	put(&maker, 4, 2); /* ANDD */
	put(&maker, 16, 2);
	put(&maker, 0, 3);
	put(&maker, 9, 1);
	put(&maker, 0x4242535c, 4); /* "\SBB" */
	put(&maker, 0, 4);
	put(&maker, 5, 2); /* SATC */
	put(&maker, 16, 2);
	put(&maker, 1, 1);
	put(&maker, 0, 1);
	put(&maker, 0, 2);
	put_scope(&maker, 1, 0, 0, 1);
	put(&maker, 6, 2); /* SIDP, whose scope has flags */
	put(&maker, 16, 2);
	put(&maker, 0, 4);
	put_scope(&maker, 1, 0, 0, 1);
	maker.bytes[maker.size - 6] = 0x10;
	table = decode(&maker);

	OK(known_true(table.checksum_ok), "the checksum is right");
	IS(table.problems.count, 0, "a table with one of everything has no problems");
	IS(table.structures.count, 8, "all structures are found");
	IS(layout_value(table.header, "host_address_width", 0), 38, "the address width");
	IS(layout_value(table.header, "intr_remap", 9), 1, "INTR_REMAP");
	IS(layout_value(table.header, "x2apic_opt_out", 9), 0, "X2APIC_OPT_OUT");
	IS(layout_value(table.header, "dma_ctrl_platform_opt_in_flag", 9), 1, "opt-in");
	node = structure(&table, 0);
	IS(layout_value(node, "register_base", 0), 0xfed90000, "DRHD: registers");
	IS(layout_value(node, "include_pci_all", 9), 0, "DRHD: INCLUDE_PCI_ALL");
	scope = node->children.items[0];
	IS(scope->type, 1, "a scope has its type");
	IS(scope->offset, 64, "and its offset");
	node = structure(&table, 2);
	IS(layout_value(node, "end", 0), 0x7d000fff, "RMRR: limit");
	scope = node->children.items[0];
	IS(layout_field_size(scope, layout_find_field(scope->layout, "path")), 4,
	   "a path of two hops");
	IS(layout_value(structure(&table, 3), "all_ports", 9), 1, "ATSR: ALL_PORTS");
	IS(layout_value(structure(&table, 3), "segment", 9), 3, "ATSR: segment");
	IS(layout_value(structure(&table, 4), "proximity_domain", 0), 7, "RHSA: domain");
	IS(layout_value(structure(&table, 5), "device_number", 0), 9, "ANDD: number");
	IS(layout_value(structure(&table, 6), "atc_required", 9), 1,
	   "SATC: ATC_REQUIRED");
	scope = structure(&table, 7)->children.items[0];
	IS(layout_value(scope, "atc_required", 9), 1, "SIDP: ATC_REQUIRED of a scope");
}

static void test_problems(void)
{
	struct acpi_table table;
	struct maker maker;

	start(&maker);
	put_unit(&maker, true, 0, 0xfed90800, 0);
	put_unit(&maker, false, 0, 0xfed91000, 0);
	put_unit(&maker, true, 0, 0xfed91000, 0);
	put_unit(&maker, true, 1, 0, 0);
	table = decode(&maker);
	IS(problems(&table, ACPI_ALIGNMENT), 1, "registers that are not aligned");
	IS(problems(&table, ACPI_INCLUDE_ALL_TWICE), 1, "INCLUDE_PCI_ALL twice");
	IS(problems(&table, ACPI_INCLUDE_ALL_NOT_LAST), 1, "INCLUDE_PCI_ALL not last");
	IS(problems(&table, ACPI_NO_SCOPE), 1, "a unit for nothing");
	IS(problems(&table, ACPI_DUPLICATE), 1, "two units with the same registers");
	IS(problems(&table, ACPI_REJECTED), 1, "a unit without registers");

	start(&maker);
	put_region(&maker, 0x1000, 0x2fff, true);
	put_region(&maker, 0x2000, 0x3fff, true);
	put_region(&maker, 0x9000, 0x8fff, false);
	put_region(&maker, 0x1000, 0x2fff, true);
	put_region(&maker, 0x100, 0x1ff, true);
	table = decode(&maker);
	IS(problems(&table, ACPI_RANGE_OVERLAP), 1, "regions that overlap");
	IS(problems(&table, ACPI_RANGE_INVERTED), 1, "a region that ends early");
	IS(problems(&table, ACPI_NO_SCOPE), 1, "a region for nothing");
	IS(problems(&table, ACPI_DUPLICATE), 1, "a region that stands there twice");
	IS(problems(&table, ACPI_ALIGNMENT), 1, "a region of part of a page");

	start(&maker);
	put_unit(&maker, false, 0, 0xfed90000, 1);
	maker.bytes[52] = 0x81; /* flags: INCLUDE_PCI_ALL and a reserved bit */
	maker.bytes[64] = 9;	/* type of the scope */
	maker.bytes[71] = 9;	/* function of its hop */
	put(&maker, 77, 2);
	put(&maker, 6, 2);
	put(&maker, 0xabcd, 2);
	put(&maker, 3, 2);
	put(&maker, 20, 2);
	put(&maker, 0, 4);
	put(&maker, 0x1234000, 8);
	put(&maker, 0, 4);
	table = decode(&maker);
	IS(problems(&table, ACPI_RESERVED), 1, "a reserved bit");
	IS(problems(&table, ACPI_UNKNOWN_TYPE), 2,
	   "unknown types of scope and structure");
	IS(problems(&table, ACPI_VALUE), 1, "a function above 7");
	IS(problems(&table, ACPI_REFERENCE), 1, "affinity of a unit that is not there");
	IS(table.structures.count, 3, "the walk goes on behind an unknown structure");
	IS(structure(&table, 1)->type, 77, "which keeps its type");
}

/* Adds a structure without fields of its own behind segment, and these scopes. */
static void put_scopes(struct maker *maker, uint16_t type, const char *types)
{
	put(maker, type, 2);
	put(maker, 8 + 8 * strlen(types), 2);
	put(maker, 0, 4);
	for (; *types; types++)
		put_scope(maker, (uint8_t)(*types - '0'), 7, 0, 1);
}

/* A table that is right but for what a test adds. */
static void start_right(struct maker *maker)
{
	start(maker);
	put_unit(maker, true, 0, 0xfed90000, 0);
}

static int problems_of(struct maker *maker, enum acpi_code code)
{
	struct acpi_table table = decode(maker);

	return problems(&table, code);
}

/* What dmar_table_init() of Linux gives up for. */
static void test_rejected(void)
{
	struct maker maker;

	start(&maker);
	IS(problems_of(&maker, ACPI_REJECTED), 1, "a table without a unit");
	start_right(&maker);
	IS(problems_of(&maker, ACPI_REJECTED), 0, "one with a unit");
	maker.bytes[36] = 10;
	IS(problems_of(&maker, ACPI_REJECTED), 1, "addresses of 11 bits");
	maker.bytes[36] = 11;
	IS(problems_of(&maker, ACPI_REJECTED), 0, "addresses of a page");
	start(&maker);
	put_unit(&maker, true, 0, UINT64_MAX, 0);
	IS(problems_of(&maker, ACPI_REJECTED), 1, "registers behind all addresses");
	start_right(&maker);
	put(&maker, DMAR_ANDD, 2);
	put(&maker, 12, 2);
	put(&maker, 0, 4);
	put(&maker, 0x4242535c, 4);
	IS(problems_of(&maker, ACPI_REJECTED), 1, "a name without an end");
}

static void test_scopes(void)
{
	struct maker maker;

	start(&maker);
	put_unit(&maker, false, 0, 0xfed90000, 1);
	put_unit(&maker, false, 1, 0xfed91000, 1);
	IS(problems_of(&maker, ACPI_DISAGREE), 0, "one path of two segments");
	put_unit(&maker, false, 0, 0xfed92000, 2);
	IS(problems_of(&maker, ACPI_DISAGREE), 1, "a function in two units");
	start_right(&maker);
	put_region(&maker, 0x8000000000, 0x8000000fff, true);
	IS(problems_of(&maker, ACPI_VALUE), 1, "a region above 39 bits");
	start_right(&maker);
	put_region(&maker, 0x7ffffff000, 0x7fffffffff, true);
	IS(problems_of(&maker, ACPI_VALUE), 0, "the last page below");
	maker.bytes[maker.size - 8] = DMAR_HPET;
	IS(problems_of(&maker, ACPI_NO_SCOPE), 1, "a region for a timer");
	start_right(&maker);
	put_scopes(&maker, DMAR_ATSR, "212");
	IS(problems_of(&maker, ACPI_VALUE), 1, "an endpoint as root port");
	start_right(&maker);
	put_scopes(&maker, DMAR_SIDP, "");
	IS(problems_of(&maker, ACPI_NO_SCOPE), 1, "properties of no device");
	start_right(&maker);
	put_scopes(&maker, DMAR_SATC, "5");
	IS(problems_of(&maker, ACPI_REFERENCE), 1, "a device that nothing declares");
	put(&maker, DMAR_ANDD, 2);
	put(&maker, 12, 2);
	put(&maker, 0, 3);
	put(&maker, 7, 1);
	put(&maker, 0x42535c, 4);
	IS(problems_of(&maker, ACPI_REFERENCE), 0, "and one that is declared");
}

static void put_affinity(struct maker *maker, uint32_t domain)
{
	put(maker, DMAR_RHSA, 2);
	put(maker, 20, 2);
	put(maker, 0, 4);
	put(maker, 0xfed90000, 8);
	put(maker, domain, 4);
}

static void test_affinities(void)
{
	struct maker maker;

	start_right(&maker);
	put_affinity(&maker, 1);
	put_affinity(&maker, 1);
	IS(problems_of(&maker, ACPI_DISAGREE), 0, "an affinity said twice");
	put_affinity(&maker, 0);
	IS(problems_of(&maker, ACPI_DISAGREE), 1, "and another one");
}

static void test_lengths(void)
{
	struct acpi_table table;
	struct maker maker;

	start(&maker);
	put_unit(&maker, true, 0, 0xfed90000, 0);
	put(&maker, 1, 2);
	put(&maker, 0, 2);
	put(&maker, 0, 8);
	table = decode(&maker);
	IS(problems(&table, ACPI_LENGTH_ZERO), 1, "a structure without length");
	IS(table.structures.count, 1, "what stands in front of it is there");

	start(&maker);
	put_unit(&maker, true, 0, 0xfed90000, 0);
	put(&maker, 1, 2);
	put(&maker, 200, 2);
	put(&maker, 0, 8);
	table = decode(&maker);
	IS(problems(&table, ACPI_LENGTH_PAST_END), 1, "a structure beyond the end");
	IS(structure(&table, 1)->length, 12, "is cut there");

	start(&maker);
	put_unit(&maker, false, 0, 0xfed90000, 1);
	maker.bytes[65] = 1; /* length of the scope */
	table = decode(&maker);
	IS(problems(&table, ACPI_LENGTH_SHORT), 1, "a scope that is too short");

	start(&maker);
	put_unit(&maker, true, 0, 0xfed90000, 0);
	finish(&maker);
	maker.bytes[9]++;
	acpi_decode(&arena, maker.bytes, maker.size + 3, &table);
	IS(problems(&table, ACPI_CHECKSUM), 1, "a wrong checksum");
	OK(known_false(table.checksum_ok), "is not right");
	IS(problems(&table, ACPI_TRAILING), 1, "bytes behind the table");
	acpi_decode(&arena, maker.bytes, maker.size - 3, &table);
	IS(problems(&table, ACPI_TRUNCATED), 1, "a file that ends early");
	IS(problems(&table, ACPI_CHECKSUM), 0, "has no checksum that could be wrong");
	IS(table.checksum_ok.state, FACT_UNREAD, "for nobody knows it");
	acpi_decode(&arena, maker.bytes, 48, &table);
	IS(problems(&table, ACPI_REJECTED), 0, "what is missing may be a unit");
	IS(acpi_decode(&arena, maker.bytes, 35, &table), -EINVAL, "less than a header");
	memcpy(maker.bytes, "FACP", 4);
	IS(acpi_decode(&arena, maker.bytes, maker.size, &table), 0, "another table");
	IS(problems(&table, ACPI_SIGNATURE), 1, "is said to be one");
}

static void test_dump(void)
{
	static const char text[] =
		"FACP @ 0x0000000000000000\n"
		"    0000: 46 41 43 50 01 02                                FACP..\n"
		"\n"
		"DMAR @ 0x000000007B7A5000\n"
		"    0000: 44 4D 41 52 A8 00 00 00 01 4F 49 4E 54 45 4C 20  "
		"DMAR.....INTEL \n"
		"    0010: 00 01 02 03                                      ....\n"
		"    0030: 00 01\n"
		"no more\n";
	struct list dumps = { 0 };
	const struct acpi_dump *dump;

	IS(acpi_parse_dump(&arena, text, sizeof(text) - 1, &dumps), 2,
	   "a dump of two tables");
	dump = dumps.items[0];
	IS(dump->size, 6, "a short line");
	dump = dumps.items[1];
	IS(dump->size, 20, "a table ends where the offsets do not go on");
	OK(memcmp(dump->bytes, "DMAR\xa8", 5) == 0, "its bytes");
	IS(dump->bytes[19], 3, "the last of them");
	dumps = (struct list){ 0 };
	IS(acpi_parse_dump(&arena, "DMAR", 4, &dumps), 0, "bytes are no dump");
}

int main(void)
{
	test_whole();
	test_problems();
	test_rejected();
	test_scopes();
	test_affinities();
	test_lengths();
	test_dump();
	arena_free(&arena);
	return tap_end();
}
