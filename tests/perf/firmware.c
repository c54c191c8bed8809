// SPDX-License-Identifier: GPL-2.0-or-later
/* The made-up server as a whole: its DMAR table, /proc/iomem and /proc/interrupts. */

#include "machine.h"

#include <stdlib.h>
#include <string.h>

struct table {
	uint8_t *bytes;
	size_t size, capacity;
};

static void put(struct table *table, uint64_t value, unsigned int width)
{
	if (table->size + width > table->capacity) {
		table->capacity = table->capacity * 2 + 4096;
		table->bytes = realloc(table->bytes, table->capacity);
		if (!table->bytes)
			abort();
	}
	for (unsigned int i = 0; i < width; i++)
		table->bytes[table->size++] = value >> 8 * i & 0xff;
}

static void put_text(struct table *table, const char *text)
{
	while (*text)
		put(table, (unsigned char)*text++, 1);
}

/* Fills in the length of what began at `start`. */
static void close_length(struct table *table, size_t start, size_t field, size_t width)
{
	size_t length = table->size - start;

	for (size_t i = 0; i < width; i++)
		table->bytes[start + field + i] = length >> 8 * i & 0xff;
}

/* Device Scope (VT-d 8.3.1): a path of one hop from a root bus. */
static void put_scope(struct table *table, unsigned int type, unsigned int id,
		      unsigned int bus, unsigned int devfn)
{
	put(table, type, 1);
	put(table, 8, 1);
	put(table, 0, 2);
	put(table, id, 1);
	put(table, bus, 1);
	put(table, devfn >> 3, 1);
	put(table, devfn & 7, 1);
}

/*
 * The functions of a root bus, except a host bridge. They are in the order of the array,
 * so the caller hands on where to begin, and gets back where the next host begins.
 */
static size_t put_scopes(struct table *table, const struct machine *machine, size_t i,
			 bool write)
{
	unsigned int host = machine->functions[i].host;
	enum { ENDPOINT = 1, BRIDGE = 2 };

	for (; i < machine->count && machine->functions[i].host == host; i++) {
		const struct function *function = &machine->functions[i];

		if (function->parent || !write || function->kind->class == 0x060000)
			continue;
		put_scope(table, function->kind->has & IS_BRIDGE ? BRIDGE : ENDPOINT, 0,
			  function->bus, function->devfn);
	}
	return i;
}

/* The last unit of a segment takes all that the others have not named. */
static void put_units(struct table *table, const struct machine *machine)
{
	enum { DRHD = 0, INCLUDE_PCI_ALL = 1, IOAPIC = 3, HPET = 4 };
	size_t next = 0;

	for (unsigned int host = 0; host < machine->hosts; host++) {
		bool all = host + 1 == machine->hosts ||
			   host_segment(host + 1) != host_segment(host);
		size_t start = table->size;

		put(table, DRHD, 2);
		put(table, 0, 2);
		put(table, all ? INCLUDE_PCI_ALL : 0, 1);
		put(table, 0, 1);
		put(table, host_segment(host), 2);
		put(table, unit_address(host), 8);
		next = put_scopes(table, machine, next, !all);
		if (all && host_segment(host) == 0) {
			put_scope(table, IOAPIC, 8, 0, 5 << 3 | 2);
			put_scope(table, HPET, 0, 0, 0x1f << 3);
		}
		close_length(table, start, 2, 2);
	}
}

static void put_affinity(struct table *table, const struct machine *machine)
{
	enum { RHSA = 3, LENGTH = 20 };

	for (unsigned int host = 0; host < machine->hosts; host++) {
		put(table, RHSA, 2);
		put(table, LENGTH, 2);
		put(table, 0, 4);
		put(table, unit_address(host), 8);
		put(table, host % 2, 4);
	}
}

static void put_ats(struct table *table, const struct machine *machine)
{
	enum { ATSR = 2, LENGTH = 8, ALL_PORTS = 1 };

	for (unsigned int s = 0; s <= host_segment(machine->hosts - 1); s++) {
		put(table, ATSR, 2);
		put(table, LENGTH, 2);
		put(table, ALL_PORTS, 1);
		put(table, 0, 1);
		put(table, s, 2);
	}
}

void write_dmar(FILE *file, const struct machine *machine)
{
	enum { REVISION = 1, CHECKSUM = 9, WIDTH_46 = 45, INTR_REMAP = 1 };
	struct table table = { 0 };
	uint8_t sum = 0;

	put_text(&table, "DMAR");
	put(&table, 0, 4);
	put(&table, REVISION, 1);
	put(&table, 0, 1);
	put_text(&table, "MADEUPSERVER  "); /* OEM ID, OEM Table ID */
	put(&table, 1, 4);
	put_text(&table, "TEST");
	put(&table, 1, 4);
	put(&table, WIDTH_46, 1);
	put(&table, INTR_REMAP, 1);
	put(&table, 0, 8);
	put(&table, 0, 2);
	put_units(&table, machine);
	put_ats(&table, machine);
	put_affinity(&table, machine);
	close_length(&table, 0, 4, 4);
	for (size_t i = 0; i < table.size; i++)
		sum += table.bytes[i];
	table.bytes[CHECKSUM] = -sum;
	fwrite(table.bytes, 1, table.size, file);
	free(table.bytes);
}

static void write_range(FILE *file, unsigned int depth, uint64_t start, uint64_t size)
{
	fprintf(file, "%*s%08jx-%08jx : ", (int)depth * 2, "", (uintmax_t)start,
		(uintmax_t)(start + size - 1));
}

/* The windows of every host bridge in one space, and the BARs within. */
static void write_space(FILE *file, const struct machine *machine, enum space space)
{
	const struct function *end = machine->functions + machine->count;
	const struct function *first = machine->functions;

	while (first < end) {
		const struct function *function = first, *last = NULL, *begin = NULL;

		for (; function < end && function->host == first->host; function++) {
			if (!function->bar ||
			    (function->kind->port == PORT_NONE) != (space == MEM32))
				continue;
			if (!begin)
				begin = function;
			last = function;
		}
		if (begin) {
			write_range(file, 0, begin->bar,
				    last->bar + last->kind->bar_size - begin->bar);
			fprintf(file, "PCI Bus %04x:%02x\n", host_segment(first->host),
				host_bus(first->host));
		}
		for (; begin && begin <= last; begin++) {
			if (!begin->bar ||
			    (begin->kind->port == PORT_NONE) != (space == MEM32))
				continue;
			write_range(file, 1, begin->bar, begin->kind->bar_size);
			fprintf(file, "%04x:%02x:%02x.%x\n", host_segment(begin->host),
				begin->bus, begin->devfn >> 3, begin->devfn & 7);
			if (!begin->driver)
				continue;
			write_range(file, 2, begin->bar, begin->kind->bar_size);
			fprintf(file, "%s\n", begin->driver);
		}
		first = function;
	}
}

void write_iomem(FILE *file, const struct machine *machine)
{
	fputs("00000000-00000fff : Reserved\n"
	      "00001000-0009ffff : System RAM\n"
	      "000a0000-000fffff : Reserved\n"
	      "  000f0000-000fffff : System ROM\n"
	      "00100000-6fffffff : System RAM\n"
	      "  01000000-01ffffff : Kernel code\n"
	      "  02000000-029fffff : Kernel rodata\n"
	      "  02a00000-02dfffff : Kernel data\n"
	      "  03200000-035fffff : Kernel bss\n"
	      "70000000-7effffff : Reserved\n"
	      "7f000000-7f7fffff : ACPI Non-volatile Storage\n"
	      "7f800000-7fffffff : ACPI Tables\n",
	      file);
	write_space(file, machine, MEM32);
	for (unsigned int unit = 0; unit < machine->hosts; unit++) {
		write_range(file, 0, unit_address(unit), 0x1000);
		fprintf(file, "dmar%u\n", unit);
	}
	fputs("fec00000-fecfffff : PNP0003:00\n"
	      "  fec00000-fec003ff : IOAPIC 0\n"
	      "fee00000-fee00fff : Local APIC\n"
	      "100000000-807fffffff : System RAM\n",
	      file);
	write_space(file, machine, MEM64);
}

void write_interrupts(FILE *file, const struct machine *machine)
{
	unsigned int irq = 24;

	fputs("            CPU0       CPU1       CPU2       CPU3       \n"
	      "   0:         36          0          0          0  IR-IO-APIC    2-edge"
	      "      timer\n"
	      "   8:          0          1          0          0  IR-IO-APIC    8-edge"
	      "      rtc0\n"
	      "   9:          0          0          0          0  IR-IO-APIC    9-fasteoi"
	      "   acpi\n",
	      file);
	for (unsigned int unit = 0; unit < machine->hosts; unit++)
		fprintf(file, "%4u: %10d %10d %10d %10d  DMAR-MSI %4u-edge      dmar%u\n",
			irq++, 0, 0, 0, 0, unit, unit);
	for (size_t i = 0; i < machine->count; i++) {
		const struct function *function = &machine->functions[i];

		if (!function->driver || function->kind->port == PORT_NONE)
			continue;
		fprintf(file,
			"%4u: %10zu %10d %10d %10d  IR-PCI-MSI%s-%04x:%02x:%02x.%x"
			"    0-edge      %s\n",
			irq++, i, 0, 0, 0, function->kind->has & HAS_MSIX ? "X" : "",
			host_segment(function->host), function->bus, function->devfn >> 3,
			function->devfn & 7, function->driver);
	}
	fputs(" NMI:          0          0          0          0   Non-maskable "
	      "interrupts\n"
	      " LOC:      42014      39120      40877      41002   Local timer "
	      "interrupts\n"
	      " ERR:          0\n",
	      file);
}
