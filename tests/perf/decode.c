// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decode: CPU time of decoding firmware tables of growing size, and how it grows.
 *
 * The peer is the checksum of the same bytes, which any reader of an ACPI table makes:
 * its share of the time is what decoding costs beyond reading. Exit status 1 where a
 * structure gets lost; time never fails.
 */

#include <limits.h>
#include <malloc.h>
#include <time.h>

#include "spec/acpi.h"

enum { ROUNDS = 40, LARGEST = 4 };

static const size_t sizes[LARGEST] = { 16384, 32768, 65532, 262144 };

struct maker {
	unsigned char bytes[262144 + 64];
	size_t size;
};

static void put(struct maker *maker, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		maker->bytes[maker->size++] = (unsigned char)(value >> 8 * i);
}

static void start(struct maker *maker, const char *signature, size_t header)
{
	memset(maker, 0, sizeof(*maker));
	memcpy(maker->bytes, signature, 4);
	maker->size = header;
}

static void finish(struct maker *maker)
{
	unsigned char sum = 0;

	for (unsigned int i = 0; i < 4; i++)
		maker->bytes[4 + i] = (unsigned char)(maker->size >> 8 * i);
	for (size_t i = 0; i < maker->size; i++)
		sum = (unsigned char)(sum + maker->bytes[i]);
	maker->bytes[9] = (unsigned char)-sum;
}

/* Reserved regions of one scope each: the most structures that a DMAR can have. */
static size_t make_dmar(struct maker *maker, size_t size)
{
	size_t count = 0;

	start(maker, "DMAR", 48);
	for (; maker->size + 32 <= size; count++) {
		put(maker, 1, 2);
		put(maker, 32, 2);
		put(maker, 0, 4);
		put(maker, 0x10000 + count * 0x1000, 8);
		put(maker, 0x10fff + count * 0x1000, 8);
		put(maker, 0x0801, 4);
		put(maker, 0x00010000, 4);
	}
	finish(maker);
	return count;
}

/* Units of 60 KiB with entries of four bytes, the smallest there are. */
static size_t make_ivrs(struct maker *maker, size_t size)
{
	size_t count = 0;

	start(maker, "IVRS", 48);
	while (maker->size + 64 <= size) {
		size_t block = MIN(size - maker->size, (size_t)61440) / 4 * 4;
		size_t end = maker->size + block;

		put(maker, 0x10, 1);
		put(maker, 0, 1);
		put(maker, block, 2);
		put(maker, 2 + count % 8, 2);
		put(maker, 0x40, 2);
		put(maker, 0xfd000000 + count * 0x100000, 8);
		put(maker, count, 2);
		put(maker, 0, 6);
		for (uint32_t id = 8; maker->size < end; id++) {
			put(maker, 2, 1);
			put(maker, id, 2);
			put(maker, 0, 1);
		}
		count++;
	}
	finish(maker);
	return count;
}

/* An ITS group, and root complexes with three mappings each. */
static size_t make_iort(struct maker *maker, size_t size)
{
	size_t count = 1, at;

	start(maker, "IORT", 48);
	put(maker, 0, 1);
	put(maker, 24, 2);
	put(maker, 0, 13);
	put(maker, 1, 4);
	put(maker, 0, 4);
	for (; maker->size + 96 <= size; count++) {
		at = maker->size;
		put(maker, 2, 1);
		put(maker, 96, 2);
		put(maker, 3, 1);
		put(maker, count, 4);
		put(maker, 3, 4);
		put(maker, 36, 4);
		put(maker, 1, 4);
		put(maker, 0, 8);
		put(maker, count, 4);
		put(maker, 64, 1);
		maker->size = at + 36;
		for (uint64_t i = 0; i < 3; i++) {
			put(maker, i * 0x1000, 4);
			put(maker, 0xfff, 4);
			put(maker, i * 0x1000, 4);
			put(maker, 48, 4);
			put(maker, 0, 4);
		}
	}
	for (unsigned int i = 0; i < 4; i++)
		maker->bytes[36 + i] = (unsigned char)(count >> 8 * i);
	maker->bytes[40] = 48;
	finish(maker);
	return count;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Microseconds of the fastest of several rounds; the number of structures in *ret. */
static double time_decode(const struct maker *maker, size_t *ret)
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct arena arena = { 0 };
		struct acpi_table table;
		double begin = now();

		acpi_decode(&arena, maker->bytes, maker->size, &table);
		*ret = table.structures.count;
		arena_free(&arena);
		best = MIN(best, now() - begin);
	}
	return best;
}

static double time_checksum(const struct maker *maker)
{
	volatile unsigned char sum = 0;
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned char total = 0;
		double begin = now();

		for (size_t at = 0; at < maker->size; at++)
			total = (unsigned char)(total + maker->bytes[at]);
		sum = total;
		best = MIN(best, now() - begin);
	}
	(void)sum;
	return best;
}

int main(void)
{
	static const struct {
		const char *name;
		size_t (*make)(struct maker *maker, size_t size);
	} kinds[] = {
		{ "DMAR", make_dmar },
		{ "IVRS", make_ivrs },
		{ "IORT", make_iort },
	};
	static struct maker maker;
	bool lost = false;

	/*
	 * Memory that is freed stays here. By default malloc() gives large blocks back to
	 * the kernel, so that from some size on each round pays for fresh pages.
	 */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	printf("%-6s  %8s  %10s  %9s  %12s  %8s\n", "TABLE", "BYTES", "STRUCTURES",
	       "CPU us", "of checksum", "ns/byte");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		double times[LARGEST];

		for (size_t j = 0; j < LARGEST; j++) {
			size_t wanted = kinds[i].make(&maker, sizes[j]), found;

			times[j] = time_decode(&maker, &found);
			lost |= found != wanted;
			printf("%-6s  %8zu  %10zu  %9.1f  %11.1fx  %8.2f%s\n",
			       kinds[i].name, maker.size, found, times[j],
			       times[j] / time_checksum(&maker),
			       times[j] * 1e3 / (double)maker.size,
			       found != wanted ? "  LOST SOME" : "");
		}
		printf("%-6s  16 to 256 KiB, 16 times the bytes: %.1f times the CPU; 64 "
		       "KiB in "
		       "%.2f ms, at most 1 ms: %s\n",
		       kinds[i].name, times[3] / times[0], times[2] / 1e3,
		       times[2] <= 1000 ? "met" : "missed");
	}
	return lost;
}
