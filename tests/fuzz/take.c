// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes bench/take-state: the file that says which driver gets a function back. */

#include "bench/take-state.h"
#include "fuzz.h"

static void check_name(const char *name)
{
	MUST(strlen(name) < TAKE_NAME_SIZE && !strchr(name, '/') && *name != '.');
	MUST(*name == '\0' || (take_is_name(name) && text_is_safe(name)));
}

static void check_record(const struct take_record *record)
{
	struct pci_address address;

	MUST(take_is_bdf(record->bdf) && !strchr(record->bdf, '/'));
	MUST(parse_pci_address(record->bdf, &address) == 0 && address.function >= 0);
	check_name(record->driver);
	check_name(record->override);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf why = { 0 }, text = { 0 };
	struct take_state state = { 0 }, again = { 0 };

	if (take_state_parse(data, size, &state, &why) < 0) {
		MUST(why.length > 0 && !strchr(why.text, '\n'));
		MUST(!state.records);
	} else {
		MUST(state.count <= TAKE_FUNCTIONS_MAX);
		for (size_t i = 0; i < state.count; i++)
			check_record(state.records + i);
		take_state_format(&state, &text);
		MUST(take_state_parse((const unsigned char *)text.text, text.length,
				      &again, &why) == 0);
		MUST(again.count == state.count && again.owner == state.owner &&
		     streq(again.boot, state.boot));
	}
	take_state_free(&state);
	take_state_free(&again);
	strbuf_free(&why);
	strbuf_free(&text);
	return 0;
}
