/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits and little-endian integers; bit numbers as the specifications print them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* One-bit capabilities by the specification's names. Ends with a NULL name. */
struct register_bit {
	unsigned int number;
	const char *name;
	const char *help;
};

/* Bits high..low of a register, shifted down; 63 >= high >= low >= 0. */
static inline uint64_t bits(uint64_t value, unsigned int high, unsigned int low)
{
	return (value >> low) & (UINT64_MAX >> (63 - (high - low)));
}

static inline bool bit(uint64_t value, unsigned int number)
{
	return (value >> number) & 1;
}

/* The little-endian integer of 1, 2, 4 or 8 bytes at p. */
static inline uint64_t read_le(const unsigned char *p, unsigned int size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | p[size];
	return value;
}
