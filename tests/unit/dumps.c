// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/dma-dump and spec/vtd-dump: lines of the kernel's debug files. */

#include "spec/dma-dump.h"
#include "spec/vtd-dump.h"

#include "base/text.h"
#include "tap.h"

static char shown[512];

/* "device|driver|type|address|physical|length|direction", or "-" where it is refused. */
static const char *dma_line(const char *text)
{
	struct dma_dump_line line;
	struct dma_dump_names names;

	if (dma_dump_parse_line(text, strcspn(text, "\n"), &line) < 0 ||
	    dma_dump_parse_names(&line, &names) < 0)
		return "-";
	snprintf(shown, sizeof(shown), "%.*s|%.*s|%.*s|%llx|%llx|%llx|%.*s%s",
		 (int)names.device_length, names.device, (int)names.driver_length,
		 names.driver, (int)names.type_length, names.type,
		 (unsigned long long)line.address, (unsigned long long)line.physical,
		 (unsigned long long)line.length, (int)line.direction_length,
		 line.direction, line.unchecked ? "|unchecked" : "");
	return shown;
}

static void test_dma(void)
{
	IS_TEXT(dma_line("0000:00:04.0 nvme coherent idx 16352 P=21a8000 N=21a8 "
			 "D=fffc0000 L=10000 DMA_BIDIRECTIONAL dma map error check not "
			 "applicable"),
		"0000:00:04.0|nvme|coherent|fffc0000|21a8000|10000|DMA_BIDIRECTIONAL",
		"up to Linux 6.3: the device first");
	IS_TEXT(dma_line("nvme 0000:00:04.0 scather-gather idx 1 P=21a8000 N=21a8 "
			 "D=fffc0000 L=200 cln=0x0000000000086a00 DMA_TO_DEVICE dma map "
			 "error not checked"),
		"0000:00:04.0|nvme|scather-gather|fffc0000|21a8000|200|DMA_TO_DEVICE|"
		"unchecked",
		"from Linux 6.4: the driver first");
	IS_TEXT(dma_line(
			"nvme 0000:00:04.0 coherent idx 16352 P=0x00000000021a8000 "
			"D=fffc0000 L=10000 cln=0x0000000000086a00 DMA_BIDIRECTIONAL dma "
			"map error check not applicable\nnext"),
		"0000:00:04.0|nvme|coherent|fffc0000|21a8000|10000|DMA_BIDIRECTIONAL",
		"from Linux 6.13: without a frame number");
	IS_TEXT(dma_line(" 0000:00:04.0 single idx 1 P=0x1000 D=1000 L=1 cln=0x40 "
			 "DMA_FROM_DEVICE dma map error checked"),
		"0000:00:04.0||single|1000|1000|1|DMA_FROM_DEVICE",
		"a device without a driver");
	IS_TEXT(dma_line("My Driver 1 0000:00:04.0 single idx 1 P=0x1000 D=1000 L=1 "
			 "cln=0x40 DMA_FROM_DEVICE dma map error checked"),
		"0000:00:04.0|My Driver 1|single|1000|1000|1|DMA_FROM_DEVICE",
		"a driver with spaces, first");
	IS_TEXT(dma_line("fe300000.mmc My Driver single idx 1 P=1000 N=1 D=1000 L=1 "
			 "DMA_FROM_DEVICE dma map error checked"),
		"fe300000.mmc|My Driver|single|1000|1000|1|DMA_FROM_DEVICE",
		"a driver with spaces, last");
	IS_TEXT(dma_line("a b c idx 1 P=ffffffffffffffff D=0 L=1 cln=0 DMA_NONE x"),
		"b|a|c|0|ffffffffffffffff|1|DMA_NONE", "the last byte of all");
	IS_TEXT(dma_line("a b c idx 1 P=ffffffffffffffff D=0 L=2 cln=0 DMA_NONE x"), "-",
		"beyond the last byte");
	IS_TEXT(dma_line("a b c idx 1 P=0 D=ffffffffffffffff L=2 cln=0 DMA_NONE x"), "-",
		"device addresses beyond the last");
	IS_TEXT(dma_line("a b c idx 1 P=0 D=0 L=0 cln=0 DMA_NONE x"), "-", "no bytes");
	IS_TEXT(dma_line("a b c idx 1 P=0 D=0 cln=0 DMA_NONE x"), "-", "no length");
	IS_TEXT(dma_line("a b c idx 1 P=0 L=1 cln=0 DMA_NONE x"), "-", "no address");
	IS_TEXT(dma_line("a b c idx 1 D=0 L=1 cln=0 DMA_NONE x"), "-", "no memory");
	IS_TEXT(dma_line("a b c idx 1 P=0 D=0 L=1 cln=0"), "-", "no direction");
	IS_TEXT(dma_line("a b c idx 1 P=0 D=0\nL=1 cln=0 DMA_NONE"), "-",
		"the line ends where it ends");
	IS_TEXT(dma_line("a b c idx 1 P=12345678901234567890 D=0 L=1 cln=0 DMA_NONE"),
		"-", "too many digits");
	IS_TEXT(dma_line("a b c idx 1 P=xyz D=0 L=1 cln=0 DMA_NONE"), "-", "no digits");
	IS_TEXT(dma_line("c idx 1 P=0 D=0 L=1 cln=0 DMA_NONE"), "-", "no device");
	IS_TEXT(dma_line("a b c P=0 D=0 L=1 cln=0 DMA_NONE"), "-", "no idx");
	IS_TEXT(dma_line(""), "-", "nothing");
}

/* "device NAME", "ADDRESS to PHYSICAL of SIZE, rw", "nothing" or "-". */
static const char *table_line(const char *text)
{
	struct vtd_dump_line line;

	if (vtd_dump_parse_line(text, strcspn(text, "\n"), &line) < 0)
		return "-";
	switch (line.kind) {
	case VTD_DUMP_NOTHING:
		return "nothing";
	case VTD_DUMP_DEVICE:
		snprintf(shown, sizeof(shown), "device %.*s%s", (int)line.device_length,
			 line.device, line.pasid ? ", a PASID" : "");
		break;
	case VTD_DUMP_MAPPING:
		snprintf(shown, sizeof(shown), "%llx to %llx of %llx%s",
			 (unsigned long long)line.address,
			 (unsigned long long)line.physical, (unsigned long long)line.size,
			 line.writable ? "" : ", read-only");
		break;
	}
	return shown;
}

#define ZERO "\t0x0000000000000000"

static void test_tables(void)
{
	IS_TEXT(table_line("Device 0000:00:04.0 @0x105a5a000"), "device 0000:00:04.0",
		"a device");
	IS_TEXT(table_line("Device 0000:00:04.0 with pasid 1 @0x105a5a000\nx"),
		"device 0000:00:04.0, a PASID", "a device's PASID");
	IS_TEXT(table_line("Device 0000:00:04.0 with pasid 0 @0x105a5a000"),
		"device 0000:00:04.0", "PASID 0 stands for none");
	IS_TEXT(table_line("DMA Remapping is not enabled on dmar0"), "nothing",
		"a unit that is off");
	IS_TEXT(table_line("0x00000000fffff |" ZERO "\t0x000000010036b027"), "-",
		"cut off behind a level that maps no pages");
	IS_TEXT(table_line("0x0000000040000 |" ZERO "\t0x000000010a5a6003"
			   "\t0x00000000c0000003"),
		"-", "cut off behind one that maps no page here");
	IS_TEXT(table_line("0x0000000000200 |" ZERO "\t0x000000010a5a6003"
			   "\t0x000000010a5a7003\t0x00000000402"),
		"-", "cut off within an entry");
	IS_TEXT(table_line("0x00000000fffc0 |" ZERO "\t0x000000010a5a6003" ZERO
			   "\t0x000000010a5a8003\t0x00000000021a8003"),
		"-", "a level left out");
	IS_TEXT(table_line("Device 0000:00:04.0"), "-", "a device without a table");
	IS_TEXT(table_line("Device \n@0x1"), "-", "a table of nobody");
	IS_TEXT(table_line("IOVA_PFN\t\tPML5E\t\t\tPML4E"), "nothing", "the heading");
	IS_TEXT(table_line(""), "nothing", "an empty line");
	IS_TEXT(table_line(
			"0x00000000fffc0 |" ZERO "\t0x000000010a5a6003"
			"\t0x000000010a5a7003\t0x000000010a5a8003\t0x00000000021a8003"),
		"fffc0000 to 21a8000 of 1000", "a page of 4 KiB");
	IS_TEXT(table_line(
			"0x00000000fffc0 |" ZERO ZERO
			"\t0x000000010a5a7003\t0x000000010a5a8003\t0x80000000021a8001"),
		"fffc0000 to 21a8000 of 1000, read-only",
		"three levels, read-only, with bit 63");
	IS_TEXT(table_line(
			"0x00000000fffc0 |" ZERO ZERO
			"\t0x000000010a5a7001\t0x000000010a5a8003\t0x00000000021a8003"),
		"fffc0000 to 21a8000 of 1000, read-only", "read-only from above");
	IS_TEXT(table_line("0x0000000000200 |" ZERO "\t0x000000010a5a6003"
			   "\t0x000000010a5a7003\t0x0000000040200083"),
		"200000 to 40200000 of 200000", "a page of 2 MiB, cut short");
	IS_TEXT(table_line("0x0000000000200 |" ZERO "\t0x000000010a5a6003"
			   "\t0x000000010a5a7003\t0x0000000040200083" ZERO "\nx"),
		"200000 to 40200000 of 200000", "a page of 2 MiB, filled up");
	IS_TEXT(table_line("0x0000000040000 |" ZERO "\t0x000000010a5a6003"
			   "\t0x00000000c0000083"),
		"40000000 to c0000000 of 40000000", "a page of 1 GiB");
	IS_TEXT(table_line("0x0000000040000 |" ZERO ZERO ZERO ZERO ZERO), "-",
		"no entry at all");
	IS_TEXT(table_line("0x0000000040000 |" ZERO ZERO ZERO ZERO ZERO ZERO), "-",
		"six levels");
	IS_TEXT(table_line("0xffffffffffffffff |" ZERO "\t0x1"), "-",
		"a frame beyond all addresses");
	IS_TEXT(table_line("0x0000000040000 |"), "-", "a line cut off");
	IS_TEXT(table_line("0x0000000040000 |\n" ZERO "\t0x83"), "-",
		"the line ends where it ends");
	IS_TEXT(table_line("40000 |\t0x83"), "-", "no 0x");
	IS_TEXT(table_line("words"), "-", "other text");
}

int main(void)
{
	test_dma();
	test_tables();
	return tap_end();
}
