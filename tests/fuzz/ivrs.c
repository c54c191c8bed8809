// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/ivrs: an IVRS table. */

#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_table("IVRS", data, size);
}
