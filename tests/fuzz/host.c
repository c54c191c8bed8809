// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/mounts and spec/routes: lines about what the host uses. */

#include "fuzz.h"
#include "spec/mounts.h"
#include "spec/routes.h"

static void check_slice(struct slice slice, const char *line, size_t length)
{
	MUST(slice.text >= line && slice.length > 0 &&
	     slice.text + slice.length <= line + length);
}

static void check_unescape(struct slice slice)
{
	char *out = malloc(slice.length + 1);

	if (!out)
		return;
	MUST(mounts_unescape(slice, out) <= slice.length);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char *cursor = text, *line, *name;
	size_t length, name_length;
	uint32_t leaf = 0;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while ((line = next_line(&cursor, &length))) {
		struct address6_line address;
		struct mount_line mount;
		struct route_line route;
		struct swap_line swap;

		if (mountinfo_parse_line(line, length, &mount) == 0) {
			check_slice(mount.number, line, length);
			check_slice(mount.point, line, length);
			check_slice(mount.source, line, length);
			check_unescape(mount.point);
		}
		if (swaps_parse_line(line, length, &swap) == 0) {
			check_slice(swap.name, line, length);
			check_unescape(swap.name);
		}
		if (route_parse_line(line, length, false, &route) == 0)
			check_slice(
				(struct slice){ route.interface, route.interface_length },
				line, length);
		if (route6_parse_default(line, length, &name, &name_length) == 0 && name)
			check_slice((struct slice){ name, name_length }, line, length);
		if (address6_parse_line(line, length, &address) == 0)
			MUST(strlen(address.text) < ADDRESS_TEXT);
		fib_trie_take_line(line, length, &leaf);
	}
	free(text);
	return 0;
}
