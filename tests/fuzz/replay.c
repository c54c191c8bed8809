// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target without libFuzzer: TARGET FILE…
 *
 * Each file is tried whole, cut at every length, and with each of its bytes replaced by a
 * few others: so a compiler without a fuzzer runs the same code.
 */

#include <err.h>

#include "fuzz.h"

/* In memory of exactly that size, so that a sanitizer sees a read behind it. */
static void try(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		err(2, "memory");
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t replay(const char *path)
{
	static const uint8_t others[] = { 0x00, 0x0a, 0x20, 0x22, 0x7f, 0x80, 0xff };
	static uint8_t data[1 << 16];
	FILE *stream = fopen(path, "re");
	size_t size, tried = 0;

	if (!stream)
		err(2, "%s", path);
	size = fread(data, 1, sizeof(data), stream);
	fclose(stream);
	for (size_t length = 0; length <= size; length++, tried++)
		try(data, length);
	for (size_t at = 0; at < size; at++) {
		uint8_t kept = data[at];

		for (size_t i = 0; i < sizeof(others); i++, tried++) {
			data[at] = others[i];
			try(data, size);
		}
		data[at] = kept;
	}
	return tried;
}

int main(int argc, char **argv)
{
	size_t tried = 0;

	for (int i = 1; i < argc; i++)
		tried += replay(argv[i]);
	printf("%zu inputs of %d files\n", tried, argc - 1);
	return argc < 2;
}
