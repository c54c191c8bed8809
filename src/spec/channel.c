// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines about the channels of DMA controllers. */

#include "spec/channel.h"

#include "base/text.h"

int isa_dma_parse_line(const char *line, size_t length, struct channel_line *ret)
{
	static const char separator[] = ": ";
	const char *number = line, *end = line + length, *at;

	while (number < end && *number == ' ')
		number++;
	at = number;
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	if (at == number || (size_t)(end - at) <= strlen(separator) ||
	    !starts_with(at, separator))
		return -EBADMSG;
	*ret = (struct channel_line){
		.channel = number,
		.channel_length = (size_t)(at - number),
		.client = at + strlen(separator),
		.client_length = (size_t)(end - at) - strlen(separator),
	};
	return 0;
}

int dmaengine_parse_line(const char *line, size_t length, struct channel_line *ret)
{
	static const char separator[] = "| ", via[] = " (via router: ";
	const char *end = line + length, *cursor = line, *at;
	struct channel_line parsed = { 0 };

	parsed.channel = next_word(&cursor, " ", &parsed.channel_length);
	if (length == 0 || *line != ' ' || !parsed.channel || cursor >= end)
		return -EBADMSG;
	at = cursor + strspn(cursor, " ");
	if (at >= end || !starts_with(at, separator) ||
	    (size_t)(end - at) <= strlen(separator))
		return -EBADMSG;
	parsed.client = at + strlen(separator);
	at = memmem(parsed.client, (size_t)(end - parsed.client), via, strlen(via));
	if (at && end[-1] == ')') {
		parsed.router = at + strlen(via);
		parsed.router_length = (size_t)(end - 1 - parsed.router);
		end = at;
	}
	parsed.client_length = (size_t)(end - parsed.client);
	*ret = parsed;
	return 0;
}

/* Decimal digits between two places. */
static int parse_digits(const char *start, const char *end, uint64_t *ret)
{
	char digits[21] = "";

	if (end <= start || (size_t)(end - start) >= sizeof(digits))
		return -EBADMSG;
	memcpy(digits, start, (size_t)(end - start));
	return parse_u64(digits, 10, ret) < 0 ? -EBADMSG : 0;
}

int dmaengine_parse_name(const char *name, uint64_t *ret_device, uint64_t *ret_channel)
{
	const char *middle = starts_with(name, "dma") ? strstr(name, "chan") : NULL;
	uint64_t device, channel;

	if (!middle || parse_digits(name + 3, middle, &device) < 0 ||
	    parse_digits(middle + 4, name + strlen(name), &channel) < 0)
		return -EBADMSG;
	*ret_device = device;
	*ret_channel = channel;
	return 0;
}
