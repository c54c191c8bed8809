/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of an Intel VT-d remapping unit (Intel Virtualization Technology for Directed
 * I/O, architecture specification, revision 4.1): 11.4.2 Capability, 11.4.3 Extended
 * Capability.
 */
#pragma once

#include "base/bits.h"
#include "base/util.h"

extern const struct register_bit vtd_cap_bits[];
extern const struct register_bit vtd_ecap_bits[];

/* CAP.MGAW: bits of the widest address that the unit translates; 1 to 64. */
unsigned int vtd_address_width(uint64_t cap);

/* CAP.SSLPS: the page sizes in bytes, ascending, 0 behind the last. */
void vtd_page_sizes(uint64_t cap, uint64_t ret[4]);

enum { VTD_CAP_CM = 7, VTD_ECAP_IR = 3, VTD_ECAP_PT = 6 };
