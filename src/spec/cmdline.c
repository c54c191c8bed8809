// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel command line: words, quotes, and which parameters are about DMA. */

#include "spec/cmdline.h"

#include <ctype.h>

#include "spec/parameter.h"

bool cmdline_is_about_dma(const char *name, size_t length)
{
	return parameter_find(name, length, 0) || parameter_of_known_module(name, length);
}

bool cmdline_next(const char **cursor, struct cmdline_word *ret)
{
	struct cmdline_word word = { 0 };
	const char *p = *cursor;
	bool quoted = false;
	const char *equals = NULL;

	while (isspace((unsigned char)*p))
		p++;
	word.start = p;
	for (; *p && (quoted || !isspace((unsigned char)*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '=' && !equals)
			equals = p;
	}
	*cursor = p;
	word.length = (size_t)(p - word.start);
	if (word.length == 0 || (word.length == 2 && starts_with(word.start, "--")))
		return false;
	word.name = word.start;
	if (*word.name == '"') {
		word.name++;
		if (p[-1] == '"' && p - 1 > word.name)
			p--;
	}
	if (equals) {
		word.value = equals + 1;
		if (word.value < p && *word.value == '"') {
			word.value++;
			if (p > word.value && p[-1] == '"')
				p--;
		}
		word.value_length = p > word.value ? (size_t)(p - word.value) : 0;
	}
	word.name_length = (size_t)((equals ? equals : p) - word.name);
	*ret = word;
	return true;
}
