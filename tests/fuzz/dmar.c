// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/dmar: an DMAR table. */

#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_table("DMAR", data, size);
}
