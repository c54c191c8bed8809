// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/dma-event: lines of the kernel's trace events of the DMA API. */

#include "spec/dma-event.h"

#include "base/text.h"
#include "tap.h"

#define CONTEXT "              sh-145     [003] d..1.     2.734119: "

/* An event in a few words: "map single 0000:01:00.0 1 fffff000 256". */
static void event_is(const char *line, const char *wanted)
{
	static const char *const kinds[] = { "other", "map",   "unmap",
					     "stack", "frame", "lost" };
	static const char *const types[] = { "single",	 "phys",  "resource",	  "sg",
					     "coherent", "pages", "noncontiguous" };
	_cleanup_strbuf_ struct strbuf got = { 0 }, shown = { 0 };
	struct dma_event event;

	if (dma_event_parse(line, strlen(line), &event) < 0)
		strbuf_puts(&got, "refused");
	else if (event.kind == DMA_EVENT_MAP || event.kind == DMA_EVENT_UNMAP)
		strbuf_printf(
			&got, "%s %s %.*s %u %llx %llu%s%s cpu %u at %llu",
			kinds[event.kind], types[event.type], (int)event.device_length,
			event.device, event.direction, (unsigned long long)event.address,
			(unsigned long long)event.size, event.failed ? " failed" : "",
			event.registers ? " registers" : "", event.cpu,
			(unsigned long long)event.time_us);
	else if (event.kind == DMA_EVENT_FRAME)
		strbuf_printf(&got, "frame %.*s %llx %.*s", (int)event.function_length,
			      event.function ? event.function : "",
			      (unsigned long long)event.offset, (int)event.module_length,
			      event.module ? event.module : "");
	else
		strbuf_printf(&got, "%s %llu", kinds[event.kind],
			      (unsigned long long)event.lost);
	strbuf_add_safe(&shown, line);
	IS_TEXT(strbuf_text(&got), wanted, "«%s»", strbuf_text(&shown));
}

#define AT " cpu 3 at 2734119"

static void test_mappings(void)
{
	event_is(CONTEXT "dma_map_page: 0000:01:00.0 dir=TO_DEVICE dma_addr=fffff000 "
			 "size=256 phys_addr=13f98000 attrs=",
		 "map single 0000:01:00.0 1 fffff000 256" AT);
	event_is(CONTEXT "dma_unmap_page: 0000:01:00.0 dir=FROM_DEVICE dma_addr=ffffe000 "
			 "size=4096 attrs=SKIP_CPU_SYNC",
		 "unmap single 0000:01:00.0 2 ffffe000 0" AT);
	event_is(CONTEXT "dma_map_phys: eth dir=BIDIRECTIONAL dma_addr=1000 size=1 "
			 "phys_addr=13f98000 attrs=NO_WARN|MMIO",
		 "map phys eth 0 1000 1 registers" AT);
	event_is(CONTEXT "dma_map_resource: 0000:01:00.0 dir=TO_DEVICE dma_addr=fffe3000 "
			 "size=4096 phys_addr=fe600000 attrs=",
		 "map resource 0000:01:00.0 1 fffe3000 4096" AT);
	event_is(CONTEXT "dma_map_sg: 0000:01:00.0 dir=TO_DEVICE nents=2/2 ents=2/2 "
			 "dma_addrs={0xffffc000,0xffffd200} sizes={0x300,0x301} "
			 "phys_addrs={0x27e6000,0x27e7200} attrs=",
		 "map sg 0000:01:00.0 1 27e6000 1537" AT);
	event_is(CONTEXT "dma_map_sg: a dir=TO_DEVICE nents=128/200 ents=1/1 [TRUNCATED] "
			 "dma_addrs={0xffffc000} sizes={0x300} phys_addrs={0x27e6000} "
			 "attrs=",
		 "map sg a 1 27e6000 768" AT);
	event_is(CONTEXT "dma_unmap_sg: 0000:01:00.0 dir=FROM_DEVICE "
			 "phys_addrs={0x27e4000,0x27e5200} attrs=",
		 "unmap sg 0000:01:00.0 2 27e4000 0" AT);
	event_is(CONTEXT "dma_alloc: 0000:01:00.0 dir=BIDIRECTIONAL dma_addr=ffff8000 "
			 "size=8192 virt_addr=0000000068fd01d6 flags=GFP_KERNEL attrs=",
		 "map coherent 0000:01:00.0 0 ffff8000 8192" AT);
	event_is(CONTEXT "dma_free: 0000:01:00.0 dma_addr=ffff8000 size=8192 "
			 "virt_addr=0000000068fd01d6 attrs=",
		 "unmap coherent 0000:01:00.0 0 ffff8000 0" AT);
	event_is(CONTEXT "dma_free_sgt: 0000:01:00.0 dir=BIDIRECTIONAL dma_addr=fffe4000 "
			 "size=16384 phys_addrs={0x1358c000,0x13f9b000,0x13f99000}",
		 "unmap noncontiguous 0000:01:00.0 0 fffe4000 0" AT);
	event_is(CONTEXT "dma_free_pages: x dir=NONE dma_addr=0 size=20480 "
			 "virt_addr=00000000b59c32f5 attrs=",
		 "unmap pages x 3 0 0" AT);
}

static void test_failures(void)
{
	event_is(CONTEXT "dma_map_page: a dir=TO_DEVICE dma_addr=ffffffffffffffff "
			 "size=256 phys_addr=1000 attrs=",
		 "map single a 1 ffffffffffffffff 256 failed" AT);
	event_is(CONTEXT "dma_alloc: a dir=BIDIRECTIONAL dma_addr=1000 size=8192 "
			 "virt_addr=0000000000000000 flags=GFP_KERNEL attrs=",
		 "map coherent a 0 1000 8192 failed" AT);
	event_is(CONTEXT "dma_alloc: a dir=BIDIRECTIONAL dma_addr=1000 size=8192 "
			 "virt_addr=(null) flags=GFP_KERNEL attrs=",
		 "map coherent a 0 1000 8192 failed" AT);
	event_is(CONTEXT "dma_map_sg_err: a dir=TO_DEVICE dma_addrs={0x1} err=-5 attrs=",
		 "other 0");
}

static void test_stacks(void)
{
	event_is(CONTEXT "<stack trace>", "stack 0");
	event_is(" => dmaleak_map_sg+0x2e/0x60 [dmaleak]",
		 "frame dmaleak_map_sg 2e dmaleak");
	event_is(" => param_attr_store+0x98/0xf0", "frame param_attr_store 98 ");
	event_is(" => param_attr_store", "frame param_attr_store 0 ");
	event_is(" => 0xffffffffc046546c", "frame  ffffffffc046546c ");
	event_is(" => ", "refused");
	event_is(" => a+0x", "refused");
	event_is(" => a+0x1/0x", "refused");
	event_is("CPU:1 [LOST 1234 EVENTS]", "lost 1234");
	event_is("CPU:x [LOST 1234 EVENTS]", "refused");
}

/* The name of a process may be anything at all but longer. */
static void test_context(void)
{
	event_is("] 1.1: dma_free:-1       [000] .....     0.000001: dma_map_page: a "
		 "dir=TO_DEVICE dma_addr=1 size=2 phys_addr=3 attrs=",
		 "map single a 1 1 2 cpu 0 at 1");
	event_is("          <idle>-0       [127] d.s2. 86400.123456: dma_unmap_page: a "
		 "dir=TO_DEVICE dma_addr=1 size=2 attrs=",
		 "unmap single a 1 1 0 cpu 127 at 86400123456");
	event_is(CONTEXT "sys_enter: NR 1", "other 0");
	event_is("", "refused");
	event_is("x", "refused");
	event_is("              sh-145     [003] d..1.     2.7341190: x", "refused");
	event_is("              sh-145     [003]", "refused");
	event_is("              sh-99999999999999999999 [0] . 1.1: x", "refused");
}

static void test_broken(void)
{
	static const char line[] =
		CONTEXT "dma_map_sg: 0000:01:00.0 dir=TO_DEVICE nents=2/2 ents=2/2 "
			"dma_addrs={0xffffc000,0xffffd200} sizes={0x300,0x300} "
			"phys_addrs={0x27e6000,0x27e7200} attrs=";
	struct dma_event event;
	size_t taken = 0;

	event_is(CONTEXT "dma_map_page: ", "refused");
	event_is(CONTEXT "dma_map_page:  dir=TO_DEVICE dma_addr=1 size=2 attrs=",
		 "refused");
	event_is(CONTEXT "dma_map_page: a dir=SIDEWAYS dma_addr=1 size=2 attrs=",
		 "refused");
	event_is(CONTEXT "dma_map_page: a dir=TO_DEVICE dma_addr=1 size=0x2 attrs=",
		 "refused");
	event_is(CONTEXT "dma_map_page: a dir=TO_DEVICE dma_addr=10000000000000000 "
			 "size=2 attrs=",
		 "refused");
	event_is(CONTEXT "dma_map_sg: a dir=TO_DEVICE sizes={} phys_addrs={0x1} attrs=",
		 "refused");
	event_is(CONTEXT "dma_map_sg: a dir=TO_DEVICE sizes={0x1 phys_addrs={0x1} attrs=",
		 "refused");
	/* Cut anywhere it is refused or has what stands in it. */
	for (size_t length = 0; length < sizeof(line) - 1; length++)
		if (dma_event_parse(line, length, &event) == 0 &&
		    event.kind != DMA_EVENT_OTHER)
			taken += event.address != 0x27e6000 || event.size != 0x600;
	IS(taken, 0, "a line that is cut has no wrong values");
}

int main(void)
{
	test_mappings();
	test_failures();
	test_stacks();
	test_context();
	test_broken();
	return tap_end();
}
