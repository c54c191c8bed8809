// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/cmdline and what is made of it: a kernel command line. */

#include "spec/cmdline.h"

#include "fuzz.h"
#include "spec/parameter.h"

/* Each word that may bear on DMA gets a verdict with its reason. */
static void judge(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_source("proc/cmdline", data, size, source_cmdline_read, &system);
	LIST_FOR_EACH (&system.parameters, const struct parameter, parameter) {
		MUST(parameter->number.value == parameter_at + 1);
		MUST(parameter->name && parameter->word);
		MUST(strstr(parameter->word, parameter->name));
		MUST(!parameter->value || strstr(parameter->word, parameter->value));
		MUST(parameter->effect.state == FACT_KNOWN &&
		     parameter->effect.value >= 0 &&
		     parameter->effect.value <= EFFECT_UNKNOWN);
		MUST(parameter->why.state == FACT_KNOWN && *parameter->why.value);
		MUST(starts_with(parameter->told, parameter->why.value));
	}
	system_free(&system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = strndup((const char *)data, size), *end = line + strlen(line);
	const char *rest = line;
	struct cmdline_word word;

	while (cmdline_next(&rest, &word)) {
		char guess[128];

		MUST(word.length > 0 && word.start + word.length <= end && rest <= end);
		MUST(word.name >= word.start && word.name + word.name_length <= end);
		MUST(!word.value || word.value + word.value_length <= end);
		cmdline_is_about_dma(word.name, word.name_length);
		if (parameter_guess(word.start, word.length, guess, sizeof(guess)))
			MUST(strlen(guess) < sizeof(guess) && *guess);
	}
	free(line);
	judge(data, size);
	return 0;
}
