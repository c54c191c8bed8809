// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/dma-event: lines of the kernel's trace events. */

#include "spec/dma-event.h"
#include "fuzz.h"

static void check_word(const char *line, size_t length, const char *word,
		       size_t word_length)
{
	MUST(!word || (word >= line && word + word_length <= line + length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;

	for (const uint8_t *at = data; at < end;) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		/* In memory of its own, so that reading too far is noticed. */
		char *line = malloc(length > 0 ? length : 1);
		struct dma_event event;

		if (!line)
			return 0;
		memcpy(line, at, length);
		if (dma_event_parse(line, length, &event) == 0) {
			MUST(event.kind <= DMA_EVENT_LOST);
			MUST(event.type <= DMA_EVENT_NONCONTIGUOUS);
			MUST(event.direction <= 3);
			check_word(line, length, event.device, event.device_length);
			check_word(line, length, event.function, event.function_length);
			check_word(line, length, event.module, event.module_length);
		}
		free(line);
		at += length + 1;
	}
	return 0;
}
