// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/amdvi: the features of a unit. */

#include "spec/amdvi.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	uint64_t efr, efr2;
	bool has_efr2;

	if (amdvi_parse_features(text, &efr, &efr2, &has_efr2) == 0) {
		MUST(efr >= efr2);
		MUST(has_efr2 == (strchr(text, ':') != NULL));
		MUST(amdvi_address_width(efr) <= 64);
	}
	free(text);
	return 0;
}
