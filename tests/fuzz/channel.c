// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/channel: /proc/dma and the summary of dmaengine. */

#include "spec/channel.h"
#include "fuzz.h"

static void check_line(const char *line, size_t length, const struct channel_line *parsed)
{
	const char *end = line + length;

	MUST(parsed->channel >= line && parsed->channel_length > 0);
	MUST(parsed->channel + parsed->channel_length <= parsed->client);
	MUST(parsed->client + parsed->client_length <= end);
	MUST(!parsed->router || parsed->router + parsed->router_length <= end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char *cursor = text, *line;
	uint64_t device, channel;
	struct system system;
	size_t length, isa = 0;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	dmaengine_parse_name(text, &device, &channel);
	while ((line = next_line(&cursor, &length))) {
		struct channel_line parsed;

		if (isa_dma_parse_line(line, length, &parsed) == 0) {
			check_line(line, length, &parsed);
			isa++;
		}
		if (dmaengine_parse_line(line, length, &parsed) == 0)
			check_line(line, length, &parsed);
	}
	free(text);
	fuzz_source("proc/dma", data, size, source_dmaengine_channels, &system);
	MUST(system.channels.count == isa);
	system_free(&system);
	return 0;
}
