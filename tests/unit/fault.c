// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/log-line and spec/fault: every form of a line, and what is none. */

#include "spec/fault.h"

#include "tap.h"

static char shown[4096];
static unsigned int told;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
	size_t length = strlen(shown);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(shown + length, sizeof(shown) - length, format, arguments);
	va_end(arguments);
}

/* "kind time unit device driver access address reason" and what else is known. */
static void take(void *data, const struct fault *fault)
{
	static const char *const kinds[] = { "vtd",    "amd",	  "smmuv3", "smmu",
					     "virtio", "dma-api", "mapping" };
	static const char *const accesses[] = { "read", "write", "execute", "interrupt",
						"-" };

	told++;
	add("%s%s %s %s %s %s %s ", shown[0] ? "; " : "", kinds[fault->kind],
	    fault->time[0] ? fault->time : "-", fault->unit[0] ? fault->unit : "-",
	    fault->device[0] ? fault->device : "-",
	    fault->driver[0] ? fault->driver : "-", accesses[fault->access]);
	if (fault->has_address)
		add("%llx", (unsigned long long)fault->address);
	else
		add("-");
	add(" %s", fault->reason);
	if (fault->has_bdf)
		add(" bdf=%s%x:%02x:%02x.%d", fault->has_segment ? "" : "?",
		    fault->bdf.domain, fault->bdf.bus, fault->bdf.device,
		    fault->bdf.function);
	if (fault->has_stream)
		add(" stream=%llx", (unsigned long long)fault->stream);
	if (fault->has_pasid)
		add(" pasid=%llx", (unsigned long long)fault->pasid);
	if (fault->has_domain)
		add(" domain=%llx", (unsigned long long)fault->domain);
	if (fault->has_index)
		add(" index=%llx", (unsigned long long)fault->index);
	if (fault->has_size)
		add(" size=%llu", (unsigned long long)fault->size);
	if (fault->detail[0])
		add(" %s", fault->detail);
}

/* Reads lines, each ended by a newline; what the last one was. */
static enum fault_line read_lines(const char *text)
{
	struct fault_reader reader = { .take = take };
	enum fault_line last = FAULT_LINE_OTHER;
	const char *line;
	size_t length;

	shown[0] = '\0';
	told = 0;
	while ((line = next_line(&text, &length)))
		last = fault_read_line(&reader, line, length);
	fault_read_end(&reader);
	return last;
}

static void says(const char *text, const char *wanted)
{
	read_lines(text);
	IS_TEXT(shown, wanted, "%.*s", (int)strcspn(text, "\n"), text);
}

static void line_is(const char *text, enum fault_line wanted)
{
	IS(read_lines(text), wanted, "«%.60s» is a line of kind %d", text, wanted);
	OK(told == 0 || wanted != FAULT_LINE_OTHER, "and tells of no fault by itself");
}

static void test_vtd(void)
{
	says("DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x1234f000 "
	     "[fault reason 0x06] PTE Read access is not set",
	     "vtd - - - - read 1234f000 0x06 bdf=?0:01:00.0");
	says("DMAR: [DMA Write PASID 0x2a] Request device [fe:1f.7] fault addr 0x0 "
	     "[fault reason 0x71] SM: Present bit in first-level paging entry is clear",
	     "vtd - - - - write 0 0x71 bdf=?0:fe:1f.7 pasid=2a");
	says("DMAR: [DMA Read] Request device [02:00.0] PASID ffffffff fault addr 9000 "
	     "[fault reason 02] Present bit in context entry is clear",
	     "vtd - - - - read 9000 0x02 bdf=?0:02:00.0");
	says("DMAR: [DMA Write] Request device [02:00.0] PASID 7 fault addr 9000 "
	     "[fault reason 12] non-zero reserved fields in PTE",
	     "vtd - - - - write 9000 0x0c bdf=?0:02:00.0 pasid=7");
	says("DMAR: [DMA Write] Request device [02:00.0] fault addr fffffffffffff000 "
	     "[fault reason 25h] x",
	     "vtd - - - - write fffffffffffff000 0x25 bdf=?0:02:00.0");
	says("DMAR:[DMA Read] Request device [00:1a.0] fault addr ec000 \n"
	     "DMAR:[fault reason 06] PTE Read access is not set",
	     "vtd - - - - read ec000 0x06 bdf=?0:00:1a.0");
	says("DMAR: [INTR-REMAP] Request device [f0:1f.0] fault index 0x1a [fault reason "
	     "0x25] Blocked a compatibility format interrupt request",
	     "vtd - - - - interrupt - 0x25 bdf=?0:f0:1f.0 index=1a");
	says("DMAR: [INTR-REMAP] Request device [0xf0:0x1f.0] fault index 0x1a [fault "
	     "reason 0x22] Present field in the IRTE entry is clear",
	     "vtd - - - - interrupt - 0x22 bdf=?0:f0:1f.0 index=1a");
	says("INTR-REMAP: Request device [[f0:1f.0] fault index 1a\n"
	     "INTR-REMAP:[fault reason 38] Blocked an interrupt request due to source-id "
	     "verification failure",
	     "vtd - - - - interrupt - 0x26 bdf=?0:f0:1f.0 index=1a");
	says("DMAR: VT-d detected Invalidation Time-out Error: SID 5300",
	     "vtd - - - - - - ITE bdf=?0:53:00.0");
	says("DMAR: VT-d detected Invalidation Time-out Error: SID 0",
	     "vtd - - - - - - ITE");
	says("DMAR: VT-d detected Invalidation Completion Error: SID ffff",
	     "vtd - - - - - - ICE");
	says("DMAR: VT-d detected Invalidation Queue Error: Reason f",
	     "vtd - - - - - - IQE");
	says("DMAR: IOMMU: dmar3: Page request without PASID",
	     "vtd - dmar3 - - - - page-request");
	says("DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x1000 "
	     "[fault reason 0xee] of another age",
	     "vtd - - - - read 1000 0xee bdf=?0:01:00.0");
	line_is("DMAR: DRHD: handling fault status reg 302", FAULT_LINE_PART);
	line_is("DMAR: QI PRIOR: Device-TLB Invalidation qw0 = 0x3, qw1 = 0x0",
		FAULT_LINE_PART);
	line_is("DMAR: Invalidation Time-out Error (ITE) cleared", FAULT_LINE_PART);
	line_is("DMAR: DRHD base: 0x000000fed90000 flags: 0x0", FAULT_LINE_OTHER);
	line_is("DMAR: [DMA Read NO_PASID] Request dev", FAULT_LINE_UNPARSED);
	line_is("DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault ad",
		FAULT_LINE_UNPARSED);
	line_is("DMAR: [DMA Read NO_PASID] Request device [01:00.9] fault addr 0x1 "
		"[fault "
		"reason 0x06] x",
		FAULT_LINE_UNPARSED);
	line_is("DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x1 "
		"[fault "
		"reason 0x",
		FAULT_LINE_UNPARSED);
	line_is("DMAR:[fault reason 06] PTE Read access is not set", FAULT_LINE_UNPARSED);
}

static void test_amd(void)
{
	says("nvme 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c "
	     "address=0xffffc080 flags=0x0000]",
	     "amd - - 0000:01:00.0 nvme read ffffc080 IO_PAGE_FAULT bdf=0:01:00.0 "
	     "domain=c");
	says("pci 0001:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c "
	     "address=0xffffc080 flags=0x0020]",
	     "amd - - 0001:01:00.0 - write ffffc080 IO_PAGE_FAULT bdf=1:01:00.0 "
	     "domain=c");
	says("AMD-Vi: Event logged [IO_PAGE_FAULT device=0002:08:00.0 domain=0x002c "
	     "address=0xfffffffdf8000000 flags=0x0008]",
	     "amd - - - - interrupt fffffffdf8000000 IO_PAGE_FAULT bdf=2:08:00.0 "
	     "domain=2c");
	says("AMD-Vi: Event logged [IO_PAGE_FAULT device=08:00.1 domain=0x002c "
	     "address=0x0000000092050de0 flags=0x0070]",
	     "amd - - - - write 92050de0 IO_PAGE_FAULT bdf=?0:08:00.1 domain=2c");
	says("xhci_hcd 0000:05:00.0: Event logged [IO_PAGE_FAULT domain=0x0000 "
	     "address=0x0000000092050da0 flags=0x0020]",
	     "amd - - 0000:05:00.0 xhci_hcd write 92050da0 IO_PAGE_FAULT bdf=0:05:00.0 "
	     "domain=0");
	says("iommu ivhd1: AMD-Vi: Event logged [ILLEGAL_DEV_TABLE_ENTRY "
	     "device=0000:06:00.0 pasid=0x00000 address=0x135300000 flags=0x0080]",
	     "amd - ivhd1 - - - 135300000 ILLEGAL_DEV_TABLE_ENTRY bdf=0:06:00.0");
	says("iommu ivhd0: AMD-Vi: Event logged [PAGE_TAB_HARDWARE_ERROR "
	     "device=0000:06:00.0 pasid=0x0012 address=0x1000 flags=0x0080]",
	     "amd - ivhd0 - - - 1000 PAGE_TAB_HARDWARE_ERROR bdf=0:06:00.0 pasid=12");
	says("iommu ivhd0: AMD-Vi: Event logged [DEV_TAB_HARDWARE_ERROR "
	     "device=0000:06:00.0 address=0x1000 flags=0x0080]",
	     "amd - ivhd0 - - - 1000 DEV_TAB_HARDWARE_ERROR bdf=0:06:00.0");
	says("iommu ivhd0: AMD-Vi: Event logged [ILLEGAL_COMMAND_ERROR address=0x1000]",
	     "amd - ivhd0 - - - 1000 ILLEGAL_COMMAND_ERROR");
	says("iommu ivhd0: AMD-Vi: Event logged [COMMAND_HARDWARE_ERROR address=0x1000 "
	     "flags=0x0001]",
	     "amd - ivhd0 - - - 1000 COMMAND_HARDWARE_ERROR");
	says("iommu ivhd0: AMD-Vi: Event logged [IOTLB_INV_TIMEOUT device=0b:00.0 "
	     "address=0x38edc0970]",
	     "amd - ivhd0 - - - 38edc0970 IOTLB_INV_TIMEOUT bdf=?0:0b:00.0");
	says("iommu ivhd0: AMD-Vi: Event logged [INVALID_DEVICE_REQUEST "
	     "device=0000:00:00.0 pasid=0x00000 address=0xfffffffdf8000000 "
	     "flags=0x0a00]",
	     "amd - ivhd0 - - - fffffffdf8000000 INVALID_DEVICE_REQUEST bdf=0:00:00.0");
	says("iommu ivhd0: AMD-Vi: Event logged [INVALID_PPR_REQUEST device=0000:01:00.0 "
	     "pasid=0x00011 address=0x2000 flags=0x0001 tag=0x003]",
	     "amd - ivhd0 - - - 2000 INVALID_PPR_REQUEST bdf=0:01:00.0 pasid=11");
	says("vfio-pci 0000:41:00.0: AMD-Vi: Event logged [RMP_PAGE_FAULT "
	     "vmg_tag=0x0001, "
	     "gpa=0x3000, flags_rmp=0x0002, flags=0x0004]",
	     "amd - - 0000:41:00.0 vfio-pci - 3000 RMP_PAGE_FAULT bdf=0:41:00.0");
	says("AMD-Vi: Event logged [RMP_HW_ERROR device=0000:41:00.0, vmg_tag=0x0001, "
	     "spa=0x4000, flags=0x0004]",
	     "amd - - - - - 4000 RMP_HW_ERROR bdf=0:41:00.0");
	says("iommu ivhd0: AMD-Vi: Event logged [UNKNOWN event[0]=0x00000001 "
	     "event[1]=0xf0000000 event[2]=0x00000000 event[3]=0x00000000",
	     "amd - ivhd0 - - - - UNKNOWN");
	says("AMD-Vi: Event logged [Device not attached to domain properly]\n"
	     "AMD-Vi:   device=0000:07:00.0 domain=0x0002",
	     "amd - - - - - - NOT_ATTACHED bdf=0:07:00.0 domain=2");
	says("AMD-Vi: Completion-Wait loop timed out", "amd - - - - - - COMPLETION_WAIT");
	line_is("AMD-Vi: DTE[0]: 7d90000000000003", FAULT_LINE_PART);
	line_is("AMD-Vi: IOMMU Event log restarting", FAULT_LINE_PART);
	line_is("AMD-Vi: Interrupt remapping enabled", FAULT_LINE_OTHER);
	line_is("AMD-Vi: Event logged", FAULT_LINE_UNPARSED);
	line_is("AMD-Vi: Event logged [", FAULT_LINE_UNPARSED);
	line_is("AMD-Vi: Event logged [IO_PAGE_FAULT device=08:00.0 domain=0x0",
		FAULT_LINE_UNPARSED);
	line_is("AMD-Vi: Event logged [IO_PAGE_FAULT device=x address=0x1000 flags=0x0]",
		FAULT_LINE_UNPARSED);
	line_is("AMD-Vi: Event logged [SOMETHING_NEW address=0x1000]",
		FAULT_LINE_UNPARSED);
}

#define V3 "arm-smmu-v3 arm-smmu-v3.0.auto: "

static void test_smmu_v3(void)
{
	says(V3 "event 0x10 received:\n" V3 "\t0x0000018000000010\n" V3
		"\t0x0000020100000000\n" V3 "\t0x00000000ffffe040\n" V3
		"\t0x00000000ffffe000\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - write ffffe040 F_TRANSLATION stream=180");
	says(V3 "event 0x13 received:\n" V3 "\t0x0000018000003813\n" V3
		"\t0x0000020d00000000\n" V3 "\t0x1000\n" V3 "\t0x0\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - execute 1000 F_PERMISSION stream=180 "
	     "pasid=3");
	says(V3 "event 0x02 received:\n" V3 "\t0x0000001800000002\n" V3 "\t0x0\n" V3
		"\t0x77\n" V3 "\t0x88\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - - - C_BAD_STREAMID stream=18");
	says(V3 "event 0x03 received:\n" V3 "\t0x0000001800000003\n" V3 "\t0x0\n" V3
		"\t0x77\n" V3 "\t0x88000\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - - 88000 F_STE_FETCH stream=18");
	says(V3 "event 0x7f received:\n" V3 "\t0x000000180000007f\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - - - 0x7f stream=18");
	says(V3 "event 0x10 received:\n" V3 "\t0x0000010000000010\n" V3
		"\t0x0000020000000000\n" V3 "\t0x000000090000f040\n" V3
		"\t0x0000000000000000\n" V3
		"event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: "
		"0x90000f040 ipa: 0x0\n" V3
		"unpriv data write s1 \"Input address caused fault\" stag: 0x0\n",
	     "smmuv3 - arm-smmu-v3.0.auto 0000:01:00.0 - write 90000f040 F_TRANSLATION "
	     "bdf=0:01:00.0 stream=100");
	says(V3 "event: F_PERMISSION client: fe300000.mmc sid: 0x7 ssid: 0x5 iova: "
		"0x9000 ipa: 0x0\n" V3
		"unpriv data read s1 \"Input address caused fault\" stall stag: 0x3\n",
	     "smmuv3 - arm-smmu-v3.0.auto fe300000.mmc - read 9000 F_PERMISSION stream=7 "
	     "pasid=5");
	says(V3 "event: C_BAD_STREAMID client: (unassigned sid) sid: 0x7 ssid: 0x0",
	     "smmuv3 - arm-smmu-v3.0.auto - - - - C_BAD_STREAMID stream=7");
	says(V3 "unexpected PRI request received:\n" V3
		"\tsid 0x00000100.0x00002: [3L] unprivileged RW access at iova "
		"0x0000000000005000\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - write 5000 PRI stream=100");
	says(V3 "CMDQ error (cons 0x03000012): ATC invalidate timeout",
	     "smmuv3 - arm-smmu-v3.0.auto - - - - CERROR_ATC_INV");
	says(V3 "CMDQ error (cons 0x01000012): Illegal command\n" V3
		"skipping command in error state:\n" V3 "\t0x0000000000000046\n" V3
		"\t0x0000000000000000",
	     "smmuv3 - arm-smmu-v3.0.auto - - - - CMDQ_ERR");
	says(V3
	     "unexpected global error reported (0x00000004), this could be serious\n" V3
	     "EVTQ write aborted -- events may have been lost",
	     "smmuv3 - arm-smmu-v3.0.auto - - - - GERROR");
	/* Two after each other, and lines of others between. */
	says(V3 "event 0x10 received:\n" V3 "\t0x0000018000000010\n"
		"usb 1-1: new device\n" V3 "\t0x0000020800000000\n" V3 "\t0x1000\n"
		"usb 1-1: another\n" V3 "\t0x0\n" V3 "event 0x10 received:\n" V3
		"\t0x0000018100000010\n",
	     "smmuv3 - arm-smmu-v3.0.auto - - read 1000 F_TRANSLATION stream=180; smmuv3 "
	     "- arm-smmu-v3.0.auto - - - - F_TRANSLATION stream=181");
	line_is(V3 "allocated 2048 entries for evtq", FAULT_LINE_OTHER);
	line_is(V3 "event 0xnonsense", FAULT_LINE_UNPARSED);
	line_is(V3 "event: F_TRANSLATION", FAULT_LINE_UNPARSED);
	line_is(V3 "EVTQ overflow detected -- events lost", FAULT_LINE_PART);
}

#define V2 "arm-smmu 15000000.iommu: "

static void test_smmu(void)
{
	says(V2 "Unhandled context fault: fsr=0x402, iova=0x834e0d00, fsynr=0x11, "
		"cbfrsynra=0x1900, cb=0\n" V2
		"FSR    = 00000402 [Format=2 TF], SID=0x1900\n" V2
		"FSYNR0 = 00000011 [S1CBNDX=0 WNR PLVL=1]",
	     "smmu - 15000000.iommu - - write 834e0d00 TF stream=1900");
	says(V2 "Unhandled context fault: fsr=0x8000000a, iova=0x00000000, fsynr=0x40, "
		"cbfrsynra=0x0, cb=0",
	     "smmu - 15000000.iommu - - execute 0 TF,PF stream=0");
	says("qcom-iommu-ctx 1e20000.iommu-ctx: Unhandled context fault: fsr=0x2, "
	     "iova=0x0000000000001000, fsynr=0x0, cb=3",
	     "smmu - 1e20000.iommu-ctx - - read 1000 TF");
	says(V2 "Unexpected global fault, this could be serious\n" V2
		"\tGFSR 0x00000002, GFSYNR0 0x00000002, GFSYNR1 0x000004c3, GFSYNR2 "
		"0x00000000",
	     "smmu - 15000000.iommu - - write - USF stream=4c3");
	says(V2 "Blocked unknown Stream ID 0x43; boot with "
		"\"arm-smmu.disable_bypass=0\" to allow, but this may have security "
		"implications\n" V2
		"\tGFSR 0x00000002, GFSYNR0 0x00000000, GFSYNR1 0x00000043, GFSYNR2 "
		"0x00000000",
	     "smmu - 15000000.iommu - - read - USF stream=43");
	says(V2 "Blocked unknown Stream ID 0x43; boot with",
	     "smmu - 15000000.iommu - - - - USF stream=43");
	says(V2 "Unexpected global fault, this could be serious",
	     "smmu - 15000000.iommu - - - - global");
	says(V2 "\tGFSR 0x80000000, GFSYNR0 0x00000000, GFSYNR1 0x00000001, GFSYNR2 "
		"0x00000000",
	     "smmu - 15000000.iommu - - read - MULTI stream=1");
	says(V2 "TLB sync timed out -- SMMU may be deadlocked",
	     "smmu - 15000000.iommu - - - - TLBSYNC");
	line_is(V2 "Unhandled context fault: fsr=", FAULT_LINE_UNPARSED);
	line_is(V2 "\tstream matching with 128 register groups", FAULT_LINE_OTHER);
}

static void test_virtio(void)
{
	says("virtio_iommu virtio3: page fault from EP 256 at 0x23456000 [R]",
	     "virtio - virtio3 - - read 23456000 page stream=100");
	says("virtio_iommu virtio3: domain fault from EP 8 at 0x1000 [W]",
	     "virtio - virtio3 - - write 1000 domain stream=8");
	says("virtio_iommu virtio3: unknown fault from EP 8",
	     "virtio - virtio3 - - - - unknown stream=8");
	line_is("virtio_iommu virtio3: page fault from EP ?", FAULT_LINE_UNPARSED);
}

static void test_dma(void)
{
	says("DMA-API: nvme 0000:04:00.0: device driver frees DMA memory with different "
	     "size [device address=0x0000000123206c80] [map size=8 bytes] [unmap size=64 "
	     "bytes]",
	     "dma-api - - 0000:04:00.0 nvme - 123206c80 freed-other-size bdf=0:04:00.0 "
	     "size=8 [map size=8 bytes] [unmap size=64 bytes]");
	says("nvme 0000:04:00.0: DMA-API: device driver failed to check map "
	     "error[device address=0x000000001f22be00] [size=1536 bytes] [mapped as "
	     "single]",
	     "dma-api - - 0000:04:00.0 nvme - 1f22be00 map-error-unchecked bdf=0:04:00.0 "
	     "size=1536 [mapped as single]");
	says("DMA-API: pci 0000:0c:00.6: device driver has pending DMA allocations while "
	     "released from device [count=5]\nOne of leaked entries details: [device "
	     "address=0x00000002aefe4000] [size=8208 bytes] [mapped with "
	     "DMA_BIDIRECTIONAL] [mapped as coherent]",
	     "dma-api - - 0000:0c:00.6 - - 2aefe4000 leaked-mappings bdf=0:0c:00.6 "
	     "size=8208 [count=5] [mapped with DMA_BIDIRECTIONAL] [mapped as coherent]");
	says("DMA-API: dwc3 a600000.usb: mapping sg segment longer than device claims to "
	     "support [len=86016] [max=65536]",
	     "dma-api - - a600000.usb dwc3 - - sg-segment-too-long size=86016 "
	     "[len=86016] [max=65536]");
	says("DMA-API: exceeded 7 overlapping mappings of cacheline 0x0000000006d6e400",
	     "dma-api - - - - - - too-many-overlaps");
	says("DMA-API: cacheline tracking EEXIST, overlapping mappings aren't supported",
	     "dma-api - - - - - - overlapping-mappings");
	says("DMA-API: NULL NULL: device driver tries to free an invalid DMA memory "
	     "address",
	     "dma-api - - - - - - freed-invalid-address");
	line_is("DMA-API: preallocated 65536 debug entries", FAULT_LINE_OTHER);
	line_is("DMA-API: debugging enabled by kernel config", FAULT_LINE_OTHER);
	line_is("DMA-API: Mapped at:", FAULT_LINE_PART);
	line_is("DMA-API: nvme 0000:82:00.0: device driver tries to fr",
		FAULT_LINE_UNPARSED);
	says("nvme 0000:01:00.0: swiotlb buffer is full (sz: 65536 bytes), total 32768 "
	     "(slots), used 32750 (slots)",
	     "mapping - - 0000:01:00.0 nvme - - swiotlb-full bdf=0:01:00.0 size=65536 "
	     "total 32768 (slots), used 32750 (slots)");
	says("DMA: Out of SW-IOMMU space for 65536 bytes at device 0000:01:00.0",
	     "mapping - - 0000:01:00.0 - - - swiotlb-full bdf=0:01:00.0 size=65536");
	says("snd 0000:00:1b.0: DMA addr 0x0000000123456000+4096 overflow (mask "
	     "ffffffff, "
	     "bus limit 0).",
	     "mapping - - 0000:00:1b.0 snd - 123456000 beyond-mask bdf=0:00:1b.0 "
	     "size=4096 (mask ffffffff, bus limit 0).");
	says("dmaleak 0000:01:00.0: DMA bounce buffers are inactive, unable to map "
	     "unaligned transaction.",
	     "mapping - - 0000:01:00.0 dmaleak - - swiotlb-missing bdf=0:01:00.0");
	says("b43 0000:02:00.0: rejecting DMA map of vmalloc memory",
	     "mapping - - 0000:02:00.0 b43 - - vmalloc-rejected bdf=0:02:00.0");
}

/* Each message of kernel/dma/debug.c is known. */
static void test_messages(void)
{
	static const char *const messages[] = {
		"device driver tries to free DMA memory it has not allocated [device "
		"address=0x1] [size=2 bytes]",
		"device driver frees DMA memory with wrong function [device address=0x1] "
		"[size=2 bytes] [mapped as single] [unmapped as page]",
		"device driver frees DMA memory with different CPU address [device "
		"address=0x1] [size=2 bytes] [cpu alloc address=0x0x1] [cpu free "
		"address=0x0x2]",
		"device driver frees DMA sg list with different entry count [map "
		"count=1] "
		"[unmap count=2]",
		"device driver frees DMA memory with different direction [device "
		"address=0x1] [size=2 bytes] [mapped with DMA_TO_DEVICE] [unmapped with "
		"DMA_FROM_DEVICE]",
		"device driver maps memory from stack [addr=00000000deadbeef]",
		"device driver maps memory from stack [probable addr=00000000deadbeef]",
		"device driver maps memory from kernel text or rodata [addr=0000000048] "
		"[len=131072]",
		"device driver maps memory from invalid area [addr=0000000048] [len=1]",
		"device driver maps memory from vmalloc area [addr=0000000048] [len=1]",
		"device driver tries to sync DMA memory it has not allocated [device "
		"address=0x1] [size=2 bytes]",
		"device driver syncs DMA memory outside allocated range [device "
		"address=0x1] [allocation size=2 bytes] [sync offset+size=3]",
		"device driver syncs DMA memory with different direction [device "
		"address=0x1] [size=2 bytes] [mapped with DMA_TO_DEVICE] [synced with "
		"DMA_FROM_DEVICE]",
		"device driver syncs device read-only DMA memory for cpu [device "
		"address=0x1] [size=2 bytes] [mapped with DMA_TO_DEVICE] [synced with "
		"DMA_FROM_DEVICE]",
		"device driver syncs device write-only DMA memory to device [device "
		"address=0x1] [size=2 bytes] [mapped with DMA_FROM_DEVICE] [synced with "
		"DMA_TO_DEVICE]",
		"device driver syncs DMA sg list with different entry count [map "
		"count=1] "
		"[sync count=2]",
		"mapping sg segment across boundary [start=0x1] [end=0x2] [boundary=0x1]",
		"cpu touching an active dma mapped cacheline [cln=0x000000001f405880]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		char line[512];

		snprintf(line, sizeof(line), "DMA-API: e1000e 0000:02:00.0: %s",
			 messages[i]);
		IS(read_lines(line), FAULT_LINE_WHOLE, "%.60s", messages[i]);
		OK(told == 1 && strstr(shown, "0000:02:00.0 e1000e"),
		   "with device and driver");
	}
}

/* A time, and whether the line is the kernel's, for all that may stand in front. */
static void prefix(const char *before, const char *time)
{
	char line[512], wanted[512];

	snprintf(line, sizeof(line), "%sAMD-Vi: Completion-Wait loop timed out", before);
	snprintf(wanted, sizeof(wanted), "amd %s - - - - - COMPLETION_WAIT", time);
	says(line, time[0] ? wanted : "");
}

static void test_prefixes(void)
{
	prefix("", "-");
	prefix("[    0.000000] ", "0.000000");
	prefix("[65499.964105] ", "65499.964105");
	prefix("<3>[   12.345678] ", "12.345678");
	prefix("[   12.345678][  T812] ", "12.345678");
	prefix("[   12.345678] [      C1] ", "12.345678");
	prefix("[Thu Oct 22 08:54:51 2020] ", "Thu Oct 22 08:54:51 2020");
	prefix("[  +0.000011] ", "+0.000011");
	prefix("[Aug 4 09:48] ", "Aug 4 09:48");
	prefix("[Aug  4 09:48] ", "Aug  4 09:48");
	prefix("Nov 21 10:00:00 host kernel: [   12.345678] ", "Nov 21 10:00:00");
	prefix("Nov  6 20:29:32 host kernel: ", "Nov  6 20:29:32");
	prefix("May 9 20:29:32 host kernel[0]: ", "May 9 20:29:32");
	prefix("2026-11-21T10:00:00.123456+01:00 host kernel: ",
	       "2026-11-21T10:00:00.123456+01:00");
	prefix("2026-11-21T10:00:00,123456+0000 host kernel: [    1.0] ",
	       "2026-11-21T10:00:00,123456+0000");
	prefix("Sat 2026-11-21 10:00:00 UTC host kernel: ",
	       "Sat 2026-11-21 10:00:00 UTC");
	prefix("[   12.345678] host kernel: ", "12.345678");
	prefix("host kernel: ", "-");
	prefix("kernel: ", "-");
	prefix("> [   12.345678] ", "12.345678");
	prefix("> > >[   12.345678] ", "12.345678");
	prefix("\t  ", "-");
	prefix("N[  304.798377] ", "304.798377");
	prefix("(XEN) [   12.345678] ", "-");
	prefix("3,1234,12345678,-;", "12.345678");
	prefix("3,1234,12345678,-,caller=T1;", "12.345678");
	prefix("0,0,0,c;", "0.000000");
	/* Others than the kernel. */
	prefix("11,1234,12345678,-;", "");
	prefix("Nov 21 10:00:00 host sshd[123]: ", "");
	prefix("Nov 21 10:00:00 host evil: [   12.345678] ", "");
	prefix("2026-11-21T10:00:00+0000 host logger: ", "");
}

static void test_records(void)
{
	says("4,1,1000000,-;DMA-API: pci 0000:0c:00.6: device driver has pending DMA "
	     "allocations while released from device [count=5]\\x0aOne of leaked entries "
	     "details: [device address=0x1000] [size=8 bytes] [mapped with "
	     "DMA_TO_DEVICE] [mapped as single]\n SUBSYSTEM=pci\n "
	     "DEVICE=+pci:0000:0c:00.6",
	     "dma-api 1.000000 - 0000:0c:00.6 - - 1000 leaked-mappings bdf=0:0c:00.6 "
	     "size=8 [count=5] [mapped with DMA_TO_DEVICE] [mapped as single]");
	says("3,1,1,-;DMA-API: a\\x5cb \\x1b[31m: device driver tries to free an invalid "
	     "DMA memory address",
	     "dma-api 0.000001 - \x1b[31m a\\b - - freed-invalid-address");
	says("3,1,1,-;DMA-API: x\\x00\\x0: device driver tries to free an invalid DMA "
	     "memory address\\",
	     "dma-api 0.000001 - \\x0 x - - freed-invalid-address");
}

static void test_others(void)
{
	line_is("", FAULT_LINE_OTHER);
	line_is(" ", FAULT_LINE_OTHER);
	line_is("iommu: Default domain type: Translated", FAULT_LINE_OTHER);
	line_is("iommu: DEFAULT", FAULT_LINE_OTHER);
	line_is("rk_iommu ff650800.iommu: Page fault at 0x0000000000001000 of type read",
		FAULT_LINE_UNPARSED);
	line_is("apple-dart 231304000.iommu: translation fault: status:0x80000002 "
		"stream:1 code:0x2 (no pte) at 0x1000",
		FAULT_LINE_UNPARSED);
	line_is("process: segfault at 0 ip 1 sp 2 error 4", FAULT_LINE_OTHER);
	line_is("One of leaked entries details: [device address=0x1]", FAULT_LINE_PART);
}

/* Names that are too long are cut, and a line that never ends is looked at in part. */
static void test_sizes(void)
{
	static char line[3 * FAULT_LINE_MAX];
	struct fault_reader reader = { .take = take };

	shown[0] = '\0';
	strcpy(line, "DMA-API: ");
	memset(line + strlen(line), 'd', 300);
	strcat(line, " ");
	memset(line + strlen(line), 'n', 300);
	strcat(line, ": device driver tries to free an invalid DMA memory address");
	IS(fault_read_line(&reader, line, strlen(line)), FAULT_LINE_WHOLE, "long names");
	OK(strlen(shown) < 250, "are cut");
	memset(line, 'x', sizeof(line));
	memcpy(line + sizeof(line) - 100, "AMD-Vi: Completion-Wait loop timed out", 38);
	IS(fault_read_line(&reader, line, sizeof(line)), FAULT_LINE_OTHER,
	   "what stands too far behind is not looked at");
	memcpy(line, "AMD\0Vi: Event logged [IO_PAGE_FAULT", 35);
	IS(fault_read_line(&reader, line, 35), FAULT_LINE_UNPARSED,
	   "a line with a NUL in it");
}

int main(void)
{
	test_vtd();
	test_amd();
	test_smmu_v3();
	test_smmu();
	test_virtio();
	test_dma();
	test_messages();
	test_prefixes();
	test_records();
	test_others();
	test_sizes();
	return tap_end();
}
