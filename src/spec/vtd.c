// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers of an Intel VT-d remapping unit. */

#include "spec/vtd.h"

#include "base/bits.h"

const struct register_bit vtd_cap_bits[] = {
	{ 4, "RWBF", "required write-buffer flushing" },
	{ 5, "PLMR", "protected low-memory region" },
	{ 6, "PHMR", "protected high-memory region" },
	{ VTD_CAP_CM, "CM", "caching mode: software must flush when it makes a mapping" },
	{ 22, "ZLR", "zero-length reads from write-only pages" },
	{ 39, "PSI", "page-selective invalidation" },
	{ 54, "DWD", "write draining" },
	{ 55, "DRD", "read draining" },
	{ 56, "FS1GP", "first-stage 1-GByte pages" },
	{ 59, "PI", "posted interrupts" },
	{ 60, "FS5LP", "first-stage 5-level paging" },
	{ 61, "ECMDS", "enhanced commands" },
	{ 62, "ESIRTPS", "enhanced set interrupt-remap-table pointer" },
	{ 63, "ESRTPS", "enhanced set root-table pointer" },
	{ 0 },
};

const struct register_bit vtd_ecap_bits[] = {
	{ 0, "C", "page walks are coherent with the processors' caches" },
	{ 1, "QI", "queued invalidation" },
	{ 2, "DT", "device-TLBs: devices may keep translations (ATS)" },
	{ VTD_ECAP_IR, "IR", "interrupt remapping" },
	{ 4, "EIM", "extended interrupt mode (x2APIC)" },
	{ VTD_ECAP_PT, "PT", "pass-through translation type" },
	{ 7, "SC", "snoop control" },
	{ 25, "MTS", "memory types" },
	{ 26, "NEST", "nested translation" },
	{ 29, "PRS", "page requests" },
	{ 30, "ERS", "execute requests" },
	{ 31, "SRS", "supervisor requests" },
	{ 33, "NWFS", "no-write flag" },
	{ 34, "EAFS", "extended accessed flag" },
	{ 40, "PASID", "process address space identifiers" },
	{ 41, "DIT", "device-TLB invalidation throttle" },
	{ 42, "PDS", "page-request drain" },
	{ 43, "SMTS", "scalable-mode translation" },
	{ 44, "VCS", "virtual commands" },
	{ 45, "SSADS", "second-stage accessed and dirty bits" },
	{ 46, "SSTS", "second-stage translation" },
	{ 47, "FSTS", "first-stage translation" },
	{ 48, "SMPWCS", "scalable-mode page-walk coherency" },
	{ 49, "RPS", "RID_PASID" },
	{ 51, "PMS", "performance monitoring" },
	{ 52, "ADMS", "abort-DMA mode" },
	{ 53, "RPRIVS", "RID_PRIV" },
	{ 58, "SMS", "stop marker" },
	{ 0 },
};

unsigned int vtd_address_width(uint64_t cap)
{
	return (unsigned int)bits(cap, 21, 16) + 1; /* MGAW holds one less */
}

void vtd_page_sizes(uint64_t cap, uint64_t ret[4])
{
	size_t count = 0;

	memset(ret, 0, 4 * sizeof(*ret));
	ret[count++] = 1ull << 12;
	if (bit(cap, 34))
		ret[count++] = 1ull << 21;
	if (bit(cap, 35))
		ret[count++] = 1ull << 30;
}
