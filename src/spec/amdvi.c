// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers of an AMD-Vi unit. */

#include "spec/amdvi.h"

#include "base/bits.h"
#include "base/text.h"

const struct register_bit amdvi_efr_bits[] = {
	{ 0, "PreFSup", "prefetch" },
	{ 1, "PPRSup", "peripheral page requests" },
	{ 2, "XTSup", "x2APIC" },
	{ 3, "NXSup", "no-execute protection" },
	{ 4, "GTSup", "guest translation" },
	{ 6, "IASup", "INVALIDATE_IOMMU_ALL" },
	{ 7, "GASup", "guest virtual APIC" },
	{ 8, "HESup", "hardware error registers" },
	{ 9, "PCSup", "performance counters" },
	{ 37, "USSup", "user and supervisor page protection" },
	{ 40, "PprOvrflwEarlySup", "early overflow of page requests" },
	{ 41, "PPRAutoRspSup", "automatic response to page requests" },
	{ 44, "BlkStopMrkSup", "blocking of stop marks" },
	{ 45, "PerfOptSup", "performance optimisation" },
	{ 46, "MsiCapMmioSup", "MSI capability through MMIO" },
	{ 48, "GIOSup", "guest I/O protection" },
	{ 49, "HASup", "host accessed bit" },
	{ 50, "EPHSup", "enhanced page handling" },
	{ 51, "AttrFWSup", "attribute forwarding" },
	{ 52, "HDSup", "host dirty bit" },
	{ 54, "InvIotlbTypeSup", "invalidation of IOTLBs by type" },
	{ 61, "GAUpdateDisSup", "disabled update of guest virtual APIC tables" },
	{ 62, "ForcePhyDestSup", "forced physical destination of interrupts" },
	{ 63, "SNPSup", "secure nested paging" },
	{ 0 },
};

unsigned int amdvi_address_width(uint64_t efr)
{
	static const unsigned int widths[] = { 48, 57, 64, 0 };

	return widths[bits(efr, 11, 10)];
}

int amdvi_parse_features(const char *text, uint64_t *ret_efr, uint64_t *ret_efr2,
			 bool *ret_has_efr2)
{
	const char *colon = strchr(text, ':');
	uint64_t first, second = 0;
	char part[20];

	if (colon) {
		if ((size_t)(colon - text) >= sizeof(part))
			return -EINVAL;
		memcpy(part, text, (size_t)(colon - text));
		part[colon - text] = '\0';
		text = part;
		if (parse_u64(colon + 1, 16, &second) < 0)
			return -EINVAL;
	}
	if (parse_u64(text, 16, &first) < 0)
		return -EINVAL;
	*ret_efr = MAX(first, second);
	*ret_efr2 = MIN(first, second);
	*ret_has_efr2 = colon != NULL;
	return 0;
}
