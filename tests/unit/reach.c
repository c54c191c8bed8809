// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests analyze/reach on a made-up memory map: what is within reach, to the byte. */

#include "analyze/analyze.h"

#include "topology.h"

static struct list reaches;

static void region(const char *name, enum iomem_kind kind, unsigned int indent,
		   uint64_t start, uint64_t end, const char *owner)
{
	struct region *made = arena_new(&machine.arena, struct region);

	made->name = name;
	made->kind = KNOWN_ENUM((int)kind);
	made->indent = indent;
	made->line = machine.regions.count + 1;
	made->start = KNOWN_U64(start);
	made->end = KNOWN_U64(end);
	made->size = KNOWN_U64(end - start + 1);
	made->bdf.state = FACT_ABSENT;
	if (owner)
		made->bdf = KNOWN_STR(full(owner));
	list_add(&machine.arena, &machine.regions, made);
}

/* 1 MiB and 63 MiB of RAM with a kernel in it, and the registers of two functions. */
static void make_map(void)
{
	region("System RAM", IOMEM_RAM, 0, 0, 0xfffff, NULL);
	region("System RAM", IOMEM_RAM, 0, 0x100000, 0x3ffffff, NULL);
	region("Kernel code", IOMEM_KERNEL, 2, 0x1000000, 0x11fffff, NULL);
	region("Kernel data", IOMEM_KERNEL, 2, 0x1200000, 0x12fffff, NULL);
	region("ACPI Tables", IOMEM_ACPI_TABLES, 0, 0x4000000, 0x4000fff, NULL);
	region("PCI Bus 0000:00", IOMEM_PCI_WINDOW, 0, 0x80000000, 0x8fffffff, NULL);
	region("0000:00:02.0", IOMEM_PCI_FUNCTION, 2, 0x80000000, 0x80003fff, "00:02.0");
	region("nvme", IOMEM_DRIVER, 4, 0x80000000, 0x80001fff, "00:02.0");
	region("0000:00:03.0", IOMEM_PCI_FUNCTION, 2, 0x80100000, 0x80100fff, "00:03.0");
	machine.regions_state = FACT_KNOWN;
	regions_nest(&machine.regions);
}

static void make_machine(enum translation translation)
{
	start();
	conventional("00:02.0", NULL);
	conventional("00:03.0", NULL);
	form_groups("00:02.0 00:03.0");
	LIST_FOR_EACH (&machine.devices, struct device, device) {
		device->translation = KNOWN_ENUM((int)translation);
		device->translation_why = KNOWN_STR("because");
		device->bus_master = KNOWN_BOOL(true);
	}
	make_map();
}

static const struct reach *reach_of(const char *bdf)
{
	reaches = (struct list){ 0 };
	analyze_reach(&machine, &machine.devices, &reaches);
	LIST_FOR_EACH (&reaches, const struct reach, reach)
		if (streq(reach->bdf, full(bdf)))
			return reach;
	printf("Bail out! no reach of %s\n", bdf);
	exit(1);
}

static uint64_t of_kind(const struct reach *reach, enum iomem_kind kind)
{
	LIST_FOR_EACH (&reach->kinds.list, const struct reach_kind, one)
		if (one->kind.value == (int)kind)
			return one->bytes.value;
	return 0;
}

static struct mappings *maps(struct list *list, const char *device)
{
	return mappings_get(&machine.arena, list, device, strlen(device));
}

static void map(struct list *list, const char *bdf, uint64_t start, uint64_t size)
{
	struct mappings *mappings = maps(list, full(bdf));

	mappings->count++;
	mappings->bytes += size;
	mappings->writable += size;
	mappings_add_span(&machine.arena, mappings,
			  (struct span){ start, start + size - 1 });
}

static void test_everything(void)
{
	const struct reach *reach;

	make_machine(TRANSLATION_IDENTITY);
	reach = reach_of("00:02.0");
	IS(reach->extent.value, REACH_EVERYTHING, "identity: everything");
	IS(reach->certainty.value, REACH_EXACT, "and that is exact");
	IS(reach->ram.value, 0x4000000, "all of RAM");
	IS(reach->ram_total.value, 0x4000000, "which is how much there is");
	IS(of_kind(reach, IOMEM_KERNEL), 0x300000, "with the kernel");
	IS(of_kind(reach, IOMEM_RAM), 0x4000000 - 0x300000, "and the RAM around it");
	IS(of_kind(reach, IOMEM_ACPI_TABLES), 0x1000, "and the firmware's tables");
	IS(reach->others_registers.value, 0x1000, "registers of others");
	IS(reach_of("00:03.0")->others_registers.value, 0x4000,
	   "a driver's claim is of the same registers");
	IS(reach->mapped.state, FACT_ABSENT, "nothing is mapped, nor needs to be");

	make_machine(TRANSLATION_NONE);
	IS(reach_of("00:02.0")->ram.value, 0x4000000, "no IOMMU: all of RAM");
	make_machine(TRANSLATION_BLOCKED);
	reach = reach_of("00:02.0");
	IS(reach->extent.value, REACH_NOTHING, "blocked: nothing");
	IS(reach->ram.value, 0, "not a byte of RAM");
	IS(reach->ram.state, FACT_KNOWN, "which is known");
}

static void test_page_tables(void)
{
	const struct reach *reach;

	make_machine(TRANSLATION_LAZY);
	machine.page_tables_state = machine.dma_api_state = FACT_KNOWN;
	maps(&machine.page_tables, full("00:02.0"));
	reach = reach_of("00:02.0");
	IS(reach->extent.value, REACH_MAPPED, "empty page tables: what is mapped");
	IS(reach->certainty.value, REACH_EXACT, "exactly");
	IS(reach->ram.value, 0, "nothing");
	map(&machine.page_tables, "00:02.0", 0x1000000 - 0x1000, 0x2000);
	map(&machine.page_tables, "00:02.0", 0x1000000, 0x1000);
	map(&machine.page_tables, "00:02.0", 0x80000000, 0x1000);
	map(&machine.page_tables, "00:02.0", 0x80100000, 0x1000);
	map(&machine.page_tables, "00:02.0", 0x3fff000, 0x3000);
	mappings_finish(&machine.page_tables);
	reach = reach_of("00:02.0");
	IS(reach->ram.value, 0x3000, "a page that is mapped twice counts once");
	IS(of_kind(reach, IOMEM_KERNEL), 0x1000, "of the kernel");
	IS(of_kind(reach, IOMEM_ACPI_TABLES), 0x1000, "beyond the end of RAM");
	IS(of_kind(reach, IOMEM_DRIVER), 0x1000, "its own registers");
	IS(reach->others_registers.value, 0x1000, "and those of the other");
	IS(reach->mapped.value, 0x8000, "mapped are more bytes");
	IS(reach_of("00:03.0")->ram.value, 0x3000, "its group has the same domain");
	maps(&machine.page_tables, full("00:02.0"))->has_pasids = true;
	IS(reach_of("00:03.0")->certainty.value, REACH_AT_LEAST,
	   "but not the PASIDs of another");

	at("00:02.0")->translation = KNOWN_ENUM(TRANSLATION_VFIO);
	IS(reach_of("00:02.0")->ram.value, 0x3000, "VFIO's domain is in the tables too");
	at("00:02.0")->translation.state = FACT_UNREAD;
	IS(reach_of("00:02.0")->extent.value, REACH_MAPPED,
	   "tables tell, whatever the type");
	at("00:02.0")->ats = KNOWN_ENUM(CAPABILITY_ON);
	OK(strstr(reach_of("00:02.0")->why.value, "ATS is on"), "ATS is told");
	IS(reach_of("00:02.0")->certainty.value, REACH_AT_LEAST, "with ATS not exact");
	at("00:02.0")->bus_master = KNOWN_BOOL(false);
	OK(strstr(reach_of("00:02.0")->why.value, "BusMaster is off"), "BusMaster, too");
}

static void reserve(const char *type, uint64_t first, uint64_t last)
{
	struct group *group = group_at("00:02.0");
	struct reserved_region *made = arena_new(&machine.arena, struct reserved_region);

	made->type = KNOWN_STR(type);
	made->start = KNOWN_U64(first);
	made->end = KNOWN_U64(last);
	group->reserved_regions.state = FACT_KNOWN;
	list_add(&machine.arena, &group->reserved_regions.list, made);
}

static void test_lower_bound(void)
{
	const struct reach *reach;

	make_machine(TRANSLATION_STRICT);
	reach = reach_of("00:02.0");
	IS(reach->extent.value, REACH_MAPPED, "no debug file: what is mapped");
	OK(reach->ram.state != FACT_KNOWN, "how much is unknown");
	OK(reach->certainty.state != FACT_KNOWN, "and so is how sure");

	machine.dma_api_state = FACT_KNOWN;
	map(&machine.dma_api, "00:03.0", 0x2000800, 0x10);
	map(&machine.dma_api, "00:02.0", 0x2000ff0, 0x20);
	mappings_finish(&machine.dma_api);
	reach = reach_of("00:02.0");
	IS(reach->certainty.value, REACH_AT_LEAST, "the DMA-API: at least");
	IS(reach->ram.value, 0x2000, "whole pages, of the whole group");
	IS(reach->mapped.value, 0x30, "mapped are a few bytes");
	IS(reach->mappings.value, 2, "in two mappings");
	reserve("direct", 0x3000000, 0x30fffff);
	reserve("msi", 0, 0xfffff);
	IS(reach_of("00:02.0")->ram.value, 0x102000, "what the firmware wants mapped");
	at("00:02.0")->translation = KNOWN_ENUM(TRANSLATION_VFIO);
	IS(reach_of("00:02.0")->extent.value, REACH_MAPPED, "VFIO: what is mapped");
	OK(reach_of("00:02.0")->ram.state != FACT_KNOWN,
	   "which is not what the DMA-API knows");

	make_machine(TRANSLATION_IDENTITY);
	machine.regions_state = FACT_DENIED;
	reach = reach_of("00:02.0");
	IS(reach->extent.value, REACH_EVERYTHING, "without a map: still everything");
	IS(reach->ram.state, FACT_DENIED, "of unknown size");
	make_machine(TRANSLATION_STRICT);
	at("00:02.0")->translation.state = FACT_DENIED;
	OK(reach_of("00:02.0")->extent.state != FACT_KNOWN,
	   "an unknown translation has an unknown reach");
}

int main(void)
{
	test_everything();
	test_page_tables();
	test_lower_bound();
	system_free(&machine);
	return tap_end();
}
