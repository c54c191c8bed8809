// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines about addresses and routes of the network. */

#include "spec/routes.h"

#include <arpa/inet.h>

#include "base/text.h"

/* Words of a line, with where they end. */
static size_t split_words(const char *line, size_t length, const char **words,
			  size_t *lengths, size_t most)
{
	const char *cursor = line, *end = line + length, *word;
	size_t count = 0;

	while (count < most && cursor < end &&
	       (word = next_word(&cursor, " \t", &lengths[count])) && word < end) {
		lengths[count] = MIN(lengths[count], (size_t)(end - word));
		words[count++] = word;
	}
	return count;
}

/* A word that is all hexadecimal digits, `digits` of them. */
static int parse_word(const char *word, size_t length, size_t digits, uint32_t *ret)
{
	const char *end = word + digits;
	uint32_t value;

	if (length != digits || parse_hex_digits(&word, digits, &value) < 0 ||
	    word != end)
		return -EBADMSG;
	*ret = value;
	return 0;
}

int route_parse_line(const char *line, size_t length, bool big_endian,
		     struct route_line *ret)
{
	enum { INTERFACE, DESTINATION, GATEWAY, FLAGS, MASK = 7, WORDS };
	enum { REJECT = 0x200 };
	const char *words[WORDS];
	size_t lengths[WORDS];
	uint32_t destination, gateway, flags, mask;

	if (split_words(line, length, words, lengths, WORDS) < WORDS ||
	    parse_word(words[DESTINATION], lengths[DESTINATION], 8, &destination) < 0 ||
	    parse_word(words[GATEWAY], lengths[GATEWAY], 8, &gateway) < 0 ||
	    parse_word(words[FLAGS], lengths[FLAGS], 4, &flags) < 0 ||
	    parse_word(words[MASK], lengths[MASK], 8, &mask) < 0 || flags & REJECT)
		return -EBADMSG;
	*ret = (struct route_line){
		.interface = words[INTERFACE],
		.interface_length = lengths[INTERFACE],
		.destination = big_endian ? destination : __builtin_bswap32(destination),
		.mask = big_endian ? mask : __builtin_bswap32(mask),
		.gateway = gateway != 0,
	};
	return 0;
}

int route6_parse_default(const char *line, size_t length, const char **ret_interface,
			 size_t *ret_length)
{
	enum { DESTINATION, PREFIX, FLAGS = 8, INTERFACE, WORDS, ADDRESS_DIGITS = 32 };
	enum { REJECT = 0x200 };
	const char *words[WORDS];
	size_t lengths[WORDS];
	uint32_t prefix, flags;

	if (split_words(line, length, words, lengths, WORDS) < WORDS ||
	    lengths[DESTINATION] != ADDRESS_DIGITS ||
	    parse_word(words[PREFIX], lengths[PREFIX], 2, &prefix) < 0 ||
	    parse_word(words[FLAGS], lengths[FLAGS], 8, &flags) < 0)
		return -EBADMSG;
	*ret_interface = prefix == 0 && !(flags & REJECT) ? words[INTERFACE] : NULL;
	*ret_length = lengths[INTERFACE];
	return 0;
}

int address6_parse_line(const char *line, size_t length, struct address6_line *ret)
{
	enum { ADDRESS, INDEX, PREFIX, SCOPE, FLAGS, INTERFACE, WORDS };
	enum { HOST = 0x10, LINK = 0x20 };
	const char *words[WORDS];
	size_t lengths[WORDS];
	unsigned char bytes[16];
	struct address6_line parsed = { 0 };
	uint32_t prefix, scope;

	if (split_words(line, length, words, lengths, WORDS) < WORDS ||
	    lengths[ADDRESS] != 2 * sizeof(bytes) ||
	    parse_word(words[PREFIX], lengths[PREFIX], 2, &prefix) < 0 ||
	    parse_word(words[SCOPE], lengths[SCOPE], 2, &scope) < 0)
		return -EBADMSG;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		char pair[3] = { words[ADDRESS][2 * i], words[ADDRESS][2 * i + 1], '\0' };
		uint32_t byte;

		if (parse_word(pair, 2, 2, &byte) < 0)
			return -EBADMSG;
		bytes[i] = (unsigned char)byte;
	}
	parsed.interface = words[INTERFACE];
	parsed.interface_length = lengths[INTERFACE];
	parsed.local = scope == HOST || scope == LINK;
	if (!inet_ntop(AF_INET6, bytes, parsed.text, sizeof(parsed.text)))
		return -EBADMSG;
	*ret = parsed;
	return 0;
}

int fib_trie_take_line(const char *line, size_t length, uint32_t *leaf)
{
	static const char mark[] = "|-- ", local[] = "/32 host LOCAL";
	const char *end = line + length, *at = line;
	char text[ADDRESS_TEXT] = "";
	struct in_addr address;

	while (at < end && *at == ' ')
		at++;
	length = (size_t)(end - at);
	if (length == strlen(local) && starts_with(at, local))
		return *leaf != 0;
	if (length <= strlen(mark) || !starts_with(at, mark))
		return 0;
	*leaf = 0;
	length -= strlen(mark);
	if (length >= sizeof(text))
		return 0;
	memcpy(text, at + strlen(mark), length);
	if (inet_pton(AF_INET, text, &address) == 1)
		*leaf = ntohl(address.s_addr);
	return 0;
}

void route_address_text(uint32_t address, char text[ADDRESS_TEXT])
{
	snprintf(text, ADDRESS_TEXT, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
		 address >> 8 & 255, address & 255);
}
