// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes base/text: numbers, addresses, patterns, safe text. */

#include "base/text.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	struct pci_address address;
	uint64_t number;
	int64_t signed_number;

	strbuf_add_safe(&safe, text);
	MUST(text_is_safe(strbuf_text(&safe)));
	MUST(text_is_safe(text) == streq(text, strbuf_text(&safe)));
	MUST(matches_star("*", text));
	matches_star(text, "0000:00:1f.2");
	matches_star("*a*b*", text);
	if (parse_pci_address(text, &address) == 0)
		MUST(address.device < 32 && address.function >= -1 &&
		     address.function < 8);
	for (unsigned int base = 0; base <= 16; base += base ? 6 : 10)
		if (parse_u64(text, base, &number) == 0)
			MUST(strspn(text, "0123456789abcdefABCDEFxX") == strlen(text));
	if (parse_i64(text, &signed_number) == 0)
		MUST(strspn(text, "-0123456789") == strlen(text));
	free(text);
	return 0;
}
