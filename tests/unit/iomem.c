// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/iomem, spec/memory, spec/channel, model/region: lines, nesting, look-up. */

#include "spec/iomem.h"
#include "model/system.h"
#include "spec/channel.h"
#include "spec/memory.h"

#include "tap.h"

static struct arena arena;

/* The line in memory of exactly its size, so that a sanitizer sees a read behind it. */
static char *exactly(const char *line)
{
	char *copy = malloc(strlen(line) + 1);

	return copy ? strcpy(copy, line) : NULL;
}

static void map_line_is(const char *line, unsigned int indent, uint64_t start,
			uint64_t end, const char *name)
{
	char *copy = exactly(line);
	struct iomem_line got = { .indent = 77 };
	int r = iomem_parse_line(copy, strlen(copy), &got);

	if (!name)
		OK(r == -EBADMSG && got.indent == 77, "no line of a map: «%s»", line);
	else
		OK(r == 0 && got.indent == indent && got.start == start &&
			   got.end == end && got.name_length == strlen(name) &&
			   strncmp(got.name, name, got.name_length) == 0,
		   "line of a map: «%s»", line);
	free(copy);
}

static void test_map_lines(void)
{
	map_line_is("00000000-00000fff : Reserved", 0, 0, 0xfff, "Reserved");
	map_line_is("  fed90000-fed90fff : dmar0", 2, 0xfed90000, 0xfed90fff, "dmar0");
	map_line_is("    4000000000-7fffffffff : PCI Bus 0000:00", 4, 0x4000000000,
		    0x7fffffffff, "PCI Bus 0000:00");
	map_line_is("0-ffffffffffffffff : all", 0, 0, UINT64_MAX, "all");
	map_line_is("1-1 : a : b", 0, 1, 1, "a : b");
	map_line_is("ABCD-ABCE : x", 0, 0xabcd, 0xabce, "x");
	map_line_is("1-2 : ", 0, 1, 2, "");
	map_line_is("", 0, 0, 0, NULL);
	map_line_is("  ", 0, 0, 0, NULL);
	map_line_is("1", 0, 0, 0, NULL);
	map_line_is("1-", 0, 0, 0, NULL);
	map_line_is("1-2", 0, 0, 0, NULL);
	map_line_is("1-2 :", 0, 0, 0, NULL);
	map_line_is("1-2: x", 0, 0, 0, NULL);
	map_line_is("2-1 : x", 0, 0, 0, NULL);
	map_line_is("-1 : x", 0, 0, 0, NULL);
	map_line_is("0x1-0x2 : x", 0, 0, 0, NULL);
	map_line_is("\t1-2 : x", 0, 0, 0, NULL);
	map_line_is("00000000000000001-2 : x", 0, 0, 0, NULL);
	map_line_is("1-10000000000000000 : x", 0, 0, 0, NULL);
}

static void kind_is(const char *name, enum iomem_kind kind)
{
	IS_TEXT(region_kind_names[iomem_kind(name)].name, region_kind_names[kind].name,
		"«%s»", name);
}

static void test_kinds(void)
{
	kind_is("System RAM", IOMEM_RAM);
	kind_is("System RAM (kmem)", IOMEM_RAM);
	kind_is("Kernel rodata", IOMEM_KERNEL);
	kind_is("Crash kernel", IOMEM_CRASH_KERNEL);
	kind_is("Reserved", IOMEM_RESERVED);
	kind_is("reserved", IOMEM_RESERVED);
	kind_is("Soft Reserved", IOMEM_RESERVED);
	kind_is("ACPI Tables", IOMEM_ACPI_TABLES);
	kind_is("ACPI Non-volatile Storage", IOMEM_ACPI_NVS);
	kind_is("Persistent Memory (legacy)", IOMEM_PERSISTENT);
	kind_is("namespace0.0", IOMEM_PERSISTENT);
	kind_is("dax0.0", IOMEM_PERSISTENT);
	kind_is("CXL Window 0", IOMEM_CXL_WINDOW);
	kind_is("System ROM", IOMEM_ROM);
	kind_is("Graphics Stolen Memory", IOMEM_GRAPHICS);
	kind_is("PCI MMCONFIG 0000 [bus 00-ff]", IOMEM_PCI_CONFIG);
	kind_is("PCI ECAM 0000 [bus 00-e0]", IOMEM_PCI_CONFIG);
	kind_is("PCI ECAM", IOMEM_PCI_CONFIG);
	kind_is("PCI Bus 0000:3a", IOMEM_PCI_WINDOW);
	kind_is("pciex@620c3c0000000", IOMEM_PCI_WINDOW);
	kind_is("pcie-controller@2040000000", IOMEM_PCI_WINDOW);
	kind_is("0000:00:1f.2", IOMEM_PCI_FUNCTION);
	kind_is("10000:e1:00.0", IOMEM_PCI_FUNCTION);
	kind_is("0000:00:1f.5 0000:00:1f.5", IOMEM_PCI_FUNCTION);
	kind_is("00:1f.2", IOMEM_OTHER);
	kind_is("0000:00:1f", IOMEM_OTHER);
	kind_is("0000:00:20.0", IOMEM_OTHER);
	kind_is("dmar12", IOMEM_IOMMU);
	kind_is("amd_iommu", IOMEM_IOMMU);
	kind_is("arm-smmu-v3.0.auto arm-smmu-v3.0.auto", IOMEM_IOMMU);
	kind_is("IOAPIC 0", IOMEM_INTERRUPTS);
	kind_is("GICR", IOMEM_INTERRUPTS);
	kind_is("HPET 0", IOMEM_TIMER);
	kind_is("PNP0103:00", IOMEM_TIMER);
	kind_is("pnp 00:05", IOMEM_PLATFORM);
	kind_is("INT34C5:00 INT34C5:00", IOMEM_PLATFORM);
	kind_is("AMZNC10C:0a", IOMEM_PLATFORM);
	kind_is("fe804000.i2c i2c@7e804000", IOMEM_PLATFORM);
	kind_is("int34c5:00", IOMEM_OTHER);
	kind_is("nvme", IOMEM_OTHER);
	kind_is("", IOMEM_OTHER);
}

static void zones_are(const char *text, const char *wanted)
{
	_cleanup_strbuf_ struct strbuf got = { 0 };
	char *copy = exactly(text);
	const char *cursor = copy;
	struct zoneinfo zone;

	while (zoneinfo_next(&cursor, &zone))
		strbuf_printf(&got, "%u %.*s %llu+%llu/%llu\n", zone.node,
			      (int)zone.name_length, zone.name,
			      (unsigned long long)zone.start_pfn,
			      (unsigned long long)zone.spanned,
			      (unsigned long long)zone.present);
	IS_TEXT(strbuf_text(&got), wanted, "zones of %zu bytes", strlen(text));
	free(copy);
}

static void test_zones(void)
{
	zones_are("Node 0, zone      DMA\n"
		  "  per-node stats\n"
		  "      nr_inactive_anon 1\n"
		  "  pages free     2814\n"
		  "        high     45\n"
		  "        spanned  4095\n"
		  "        present  3999\n"
		  "        managed  3840\n"
		  "        protection: (0, 2991, 24103, 24103)\n"
		  "    cpu: 0\n"
		  "              high:  0\n"
		  "  start_pfn:           1\n"
		  "Node 0, zone   Device\n"
		  "        spanned  0\n"
		  "        present  0\n"
		  "Node 12, zone   Normal\n"
		  "        spanned  5505024\n"
		  "        present  5505020\n"
		  "  start_pfn:           1048576",
		  "0 DMA 1+4095/3999\n12 Normal 1048576+5505024/5505020\n");
	zones_are("", "");
	zones_are("spanned 5\nstart_pfn: 1\n", "");
	zones_are("Node 0, zone DMA\nspanned 5\n", "");
	zones_are("Node 0, zone DMA\nspanned\nstart_pfn: 7\n", "");
	zones_are("Node 0, zone DMA\nspanned x\nstart_pfn: 7\n", "");
	zones_are("Node 0, zone \nspanned 5\nstart_pfn: 7\n", "");
	zones_are("Node , zone A\nspanned 5\nstart_pfn: 7", "0 A 7+5/0\n");
	zones_are("Node 0, zone A\nspanned 99999999999999999999\nstart_pfn: 7", "");
}

static void memtype_is(const char *line, uint64_t start, uint64_t end, const char *type)
{
	char *copy = exactly(line);
	struct memtype got = { .start = 77 };
	int r = memtype_parse_line(copy, strlen(copy), &got);

	if (!type)
		OK(r == -EBADMSG && got.start == 77, "no mapping: «%s»", line);
	else
		OK(r == 0 && got.start == start && got.end == end &&
			   got.type_length == strlen(type) &&
			   strncmp(got.type, type, got.type_length) == 0,
		   "mapping: «%s»", line);
	free(copy);
}

static void test_memtypes(void)
{
	memtype_is("PAT: [mem 0x00000000c0000000-0x00000000c0001000] uncached-minus",
		   0xc0000000, 0xc0000fff, "uncached-minus");
	memtype_is("PAT: [mem 0xfffffffffffff000-0x0000000000000000] uncached",
		   0xfffffffffffff000, UINT64_MAX, "uncached");
	memtype_is("PAT: [mem 0x1000-0x1000] uncached", 0, 0, NULL);
	memtype_is("PAT: [mem 0x2000-0x1000] uncached", 0, 0, NULL);
	memtype_is("PAT: [mem 0x1000-0x2000] ", 0, 0, NULL);
	memtype_is("PAT: [mem 0x1000-0x2000]", 0, 0, NULL);
	memtype_is("PAT: [mem 1000-2000] uncached", 0, 0, NULL);
	memtype_is("PAT: [mem 0x-0x2000] uncached", 0, 0, NULL);
	memtype_is("PAT: [mem 0x10000000000000000-0x2] uncached", 0, 0, NULL);
	memtype_is("PAT memtype list:", 0, 0, NULL);
	memtype_is("", 0, 0, NULL);
}

static void test_resources(void)
{
	static const char *const wrong[] = {
		"",	 "0x1 0x2",	 "0x1 0x2 ",   "0x1 0x2 0x3 ", "0x1 0x2 0x3 0x4",
		"1 2 3", "0x1  0x2 0x3", "0x1 0x2 0x", "0x1 0x2 0xg",
	};
	struct pci_resource got = { 0 };
	const char *line = "0x00000000a0000000 0x00000000a0ffffff 0x0000000000140204";
	char *copy = exactly(line);

	OK(pci_resource_parse_line(copy, strlen(copy), &got) == 0 &&
		   got.start == 0xa0000000 && got.end == 0xa0ffffff &&
		   got.flags == 0x140204,
	   "a resource");
	free(copy);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		copy = exactly(wrong[i]);
		OK(pci_resource_parse_line(copy, strlen(copy), &got) == -EBADMSG,
		   "no resource: «%s»", wrong[i]);
		free(copy);
	}
	IS_TEXT(pci_resource_name(0, 7), "BAR 0", "the first");
	IS_TEXT(pci_resource_name(6, 7), "ROM", "the ROM");
	IS_TEXT(pci_resource_name(7, 13), "VF BAR 0", "with SR-IOV in the kernel");
	IS_TEXT(pci_resource_name(12, 13), "VF BAR 5", "the last of those");
	IS_TEXT(pci_resource_name(7, 11), "window", "a bridge");
	IS_TEXT(pci_resource_name(12, 17), "VF BAR 5", "a bridge, with SR-IOV");
	IS_TEXT(pci_resource_name(13, 17), "window", "its first window");
	OK(!pci_resource_name(7, 7) && !pci_resource_name(17, 17),
	   "none behind the last");
	OK(!pci_resource_name(0, 6) && !pci_resource_name(0, 64) &&
		   !pci_resource_name(0, 0),
	   "none in a file of another length");
}

/* "channel|client|router", or "-" for a line that is none. */
static void channel_is(int (*parse)(const char *, size_t, struct channel_line *),
		       const char *line, const char *wanted)
{
	_cleanup_strbuf_ struct strbuf got = { 0 };
	char *copy = exactly(line);
	struct channel_line parsed = { 0 };

	if (parse(copy, strlen(copy), &parsed) < 0)
		strbuf_puts(&got, "-");
	else
		strbuf_printf(&got, "%.*s|%.*s|%.*s", (int)parsed.channel_length,
			      parsed.channel, (int)parsed.client_length, parsed.client,
			      (int)parsed.router_length,
			      parsed.router ? parsed.router : "");
	IS_TEXT(strbuf_text(&got), wanted, "«%s»", line);
	free(copy);
}

static void name_is(const char *name, int status, uint64_t device, uint64_t channel)
{
	uint64_t got_device = 77, got_channel = 77;
	int r = dmaengine_parse_name(name, &got_device, &got_channel);

	OK(r == status && (r < 0 ? got_device == 77 && got_channel == 77
				 : got_device == device && got_channel == channel),
	   "«%s»", name);
}

static void test_channels(void)
{
	channel_is(isa_dma_parse_line, " 4: cascade", "4|cascade|");
	channel_is(isa_dma_parse_line, "10: a b: c", "10|a b: c|");
	channel_is(isa_dma_parse_line, "No DMA", "-");
	channel_is(isa_dma_parse_line, "4:", "-");
	channel_is(isa_dma_parse_line, "4: ", "-");
	channel_is(isa_dma_parse_line, ": x", "-");
	channel_is(isa_dma_parse_line, "", "-");
	channel_is(dmaengine_parse_line, " dma0chan0    | fe300000.mmc:rx-tx",
		   "dma0chan0|fe300000.mmc:rx-tx|");
	channel_is(dmaengine_parse_line, " dma0chan1    | in-use", "dma0chan1|in-use|");
	channel_is(dmaengine_parse_line, " dma10chan123456| x", "-");
	channel_is(dmaengine_parse_line, " dma0chan0 | a:tx (via router: b.mux)",
		   "dma0chan0|a:tx|b.mux");
	channel_is(dmaengine_parse_line, " dma0chan0 | a (via router: b",
		   "dma0chan0|a (via router: b|");
	channel_is(dmaengine_parse_line, " dma0chan0 | (via router: )",
		   "dma0chan0|(via router: )|");
	channel_is(dmaengine_parse_line, "dma0 (x): number of channels: 2", "-");
	channel_is(dmaengine_parse_line, "dma0chan0 | x", "-");
	channel_is(dmaengine_parse_line, " dma0chan0", "-");
	channel_is(dmaengine_parse_line, " dma0chan0 |", "-");
	channel_is(dmaengine_parse_line, " dma0chan0 | ", "-");
	channel_is(dmaengine_parse_line, " ", "-");
	channel_is(dmaengine_parse_line, "", "-");
	name_is("dma0chan0", 0, 0, 0);
	name_is("dma12chan34", 0, 12, 34);
	name_is("dmachan0", -EBADMSG, 0, 0);
	name_is("dma0chan", -EBADMSG, 0, 0);
	name_is("dma0", -EBADMSG, 0, 0);
	name_is("dma0chan0x", -EBADMSG, 0, 0);
	name_is("dma0x1chan0", -EBADMSG, 0, 0);
	name_is("", -EBADMSG, 0, 0);
}

/* Nesting */

static struct region *add(struct list *regions, unsigned int indent, uint64_t start,
			  uint64_t end)
{
	struct region *region = arena_new(&arena, struct region);

	region->indent = indent;
	region->line = regions->count;
	region->start = KNOWN_U64(start);
	region->end = KNOWN_U64(end);
	list_add(&arena, regions, region);
	return region;
}

/* The innermost region that holds an address, by looking at each. */
static const struct region *search(const struct list *regions, uint64_t address)
{
	const struct region *found = NULL;

	LIST_FOR_EACH (regions, const struct region, region)
		if (region_holds(region, address) &&
		    (!found || region->depth.value > found->depth.value))
			found = region;
	return found;
}

static size_t wrongly_nested(const struct list *regions)
{
	size_t wrong = 0;

	LIST_FOR_EACH (regions, const struct region, region) {
		const struct region *parent = region->parent;

		if (region_at > 0) {
			const struct region *before = regions->items[region_at - 1];

			wrong += before->start.value > region->start.value;
		}
		wrong += region->depth.value != (parent ? parent->depth.value + 1 : 0);
		wrong += parent && !(parent->start.value <= region->start.value &&
				     region->end.value <= parent->end.value);
	}
	return wrong;
}

/* Splits a region into parts with gaps between them, and each part again. */
static void add_parts(struct list *regions, unsigned int depth, uint64_t start,
		      uint64_t end)
{
	uint64_t at = start;

	while (at < end && depth < 6 && regions->count < 5000) {
		uint64_t size = (uint64_t)random() % ((end - start) / 2 + 1);
		uint64_t last = MIN(at + size, end);

		add(regions, 2 * MIN(depth, 5), at, last);
		if (random() % 3 == 0)
			add_parts(regions, depth + 1, at, last);
		at = last + 1 + (uint64_t)random() % 3;
	}
}

static void test_nesting(void)
{
	size_t wrong = 0, lost = 0, looked = 0;

	srandom(1);
	for (size_t round = 0; round < 50; round++) {
		struct system system = { .regions_state = FACT_KNOWN };

		add_parts(&system.regions, 0, 1, 1 << 12);
		if (round % 2) /* any order of lines is the same map */
			for (size_t i = system.regions.count; i > 1; i--) {
				size_t j = (size_t)random() % i;
				void *kept = system.regions.items[i - 1];

				system.regions.items[i - 1] = system.regions.items[j];
				system.regions.items[j] = kept;
			}
		regions_nest(&system.regions);
		wrong += wrongly_nested(&system.regions);
		for (uint64_t address = 0; address < (1 << 12) + 2; address++) {
			lost += system_region_at(&system, address) !=
				search(&system.regions, address);
			looked++;
		}
	}
	IS(wrong, 0, "regions made at random are nested");
	IS(lost, 0, "%zu addresses lead to the innermost region", looked);
}

static void test_hidden(void)
{
	struct system system = { .regions_state = FACT_DENIED };
	static const unsigned int indents[] = { 0, 2, 4, 2, 0, 6, 6, 1 };
	static const unsigned int depths[] = { 0, 1, 2, 1, 0, 1, 1, 1 };
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(indents); i++) {
		struct region *region = add(&system.regions, indents[i], 0, 0);

		region->start.state = region->end.state = FACT_DENIED;
	}
	regions_nest(&system.regions);
	LIST_FOR_EACH (&system.regions, const struct region, region)
		wrong += region->line != region_at ||
			 region->depth.value != depths[region_at] ||
			 system_region_at(&system, region_at) != NULL;
	IS(wrong, 0, "hidden regions stand as their lines, and hold no address");
}

static void test_spans(void)
{
	struct list sets = { 0 };
	const struct span_set *set;

	OK(spans_add(&arena, &sets, "even", 4, (struct span){ 20, 29 }) &&
		   spans_add(&arena, &sets, "even", 4, (struct span){ 0, 9 }) &&
		   spans_add(&arena, &sets, "evenodd", 7, (struct span){ 5, 5 }) &&
		   spans_add(&arena, &sets, "even", 4, (struct span){ 30, 35 }) &&
		   spans_add(&arena, &sets, "even", 4, (struct span){ 22, 24 }),
	   "spans are added");
	spans_merge(&sets);
	set = sets.items[0];
	IS(sets.count, 2, "two labels");
	IS(set->spans.count, 2, "touching spans are one");
	OK(spans_overlap(set, (struct span){ 0, 0 }) &&
		   spans_overlap(set, (struct span){ 9, 15 }) &&
		   spans_overlap(set, (struct span){ 15, 20 }) &&
		   spans_overlap(set, (struct span){ 35, UINT64_MAX }) &&
		   spans_overlap(set, (struct span){ 0, UINT64_MAX }),
	   "what overlaps");
	OK(!spans_overlap(set, (struct span){ 10, 19 }) &&
		   !spans_overlap(set, (struct span){ 36, UINT64_MAX }),
	   "what does not");
	OK(spans_add(&arena, &sets, "even", 4, (struct span){ 3, UINT64_MAX }),
	   "a span to the end");
	spans_merge(&sets);
	IS(set->spans.count, 1, "takes in what stands behind");
	while (sets.count < SPAN_SETS_MAX) {
		char label[8];

		snprintf(label, sizeof(label), "%zu", sets.count);
		spans_add(&arena, &sets, label, strlen(label), (struct span){ 1, 2 });
	}
	OK(!spans_add(&arena, &sets, "more", 4, (struct span){ 1, 2 }),
	   "too many labels");
	OK(spans_add(&arena, &sets, "even", 4, (struct span){ 1, 2 }),
	   "but for known ones");
}

int main(void)
{
	test_map_lines();
	test_kinds();
	test_zones();
	test_memtypes();
	test_resources();
	test_channels();
	test_nesting();
	test_hidden();
	test_spans();
	arena_free(&arena);
	return tap_end();
}
