/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of an AMD-Vi unit (AMD I/O Virtualization Technology (IOMMU) Specification,
 * 48882, revision 3.08): 3.4.8 MMIO Offset 0030h, IOMMU Extended Feature Register.
 */
#pragma once

#include "spec/vtd.h"

extern const struct register_bit amdvi_efr_bits[];

/* Capability header of the IOMMU function (3.4.1): the unit may cache absent entries. */
enum { AMDVI_CAP_NPCACHE = 26 };

/*
 * EFR.HATS: bits of an address that the deepest host page table covers (2.2.3: each level
 * translates 9 bits, six levels all 64); 0 for the reserved value.
 */
unsigned int amdvi_address_width(uint64_t efr);

/*
 * The attribute `features` is "EFR", or two values with a colon in either order: Linux
 * 6.1 prints EFR2 first, 6.12 EFR. EFR2 defines low bits only, far below those that
 * every EFR has set, so the larger value is the EFR. -EINVAL when the text is neither.
 */
int amdvi_parse_features(const char *text, uint64_t *ret_efr, uint64_t *ret_efr2,
			 bool *ret_has_efr2);
