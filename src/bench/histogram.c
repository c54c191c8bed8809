// SPDX-License-Identifier: GPL-2.0-or-later
/* How often something took how long, in buckets that grow with what they hold. */

#include "bench/histogram.h"

enum { PARTS = 1 << HISTOGRAM_PART_BITS };

_Static_assert(HISTOGRAM_BUCKETS == (64 - HISTOGRAM_PART_BITS + 1) * PARTS,
	       "a bucket for every value");

void histogram_clear(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
	histogram->min = UINT64_MAX;
}

/* How many low bits of a value its bucket does not tell apart. */
static unsigned int blurred_bits(uint64_t value)
{
	unsigned int top = 63 - (unsigned int)__builtin_clzll(value | 1);

	return top > HISTOGRAM_PART_BITS ? top - HISTOGRAM_PART_BITS : 0;
}

size_t histogram_bucket(uint64_t value)
{
	unsigned int bits = blurred_bits(value);

	/* What is left has its top bit at PARTS where bits > 0: no two share a bucket. */
	return (size_t)bits * PARTS + (size_t)(value >> bits);
}

uint64_t histogram_bucket_low(size_t bucket)
{
	size_t bits = bucket < (size_t)2 * PARTS ? 0 : bucket / PARTS - 1;

	return (uint64_t)(bucket - bits * PARTS) << bits;
}

uint64_t histogram_bucket_high(size_t bucket)
{
	size_t bits = bucket < (size_t)2 * PARTS ? 0 : bucket / PARTS - 1;

	return histogram_bucket_low(bucket) + ((1ULL << bits) - 1);
}

static uint64_t add_capped(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
	histogram->buckets[histogram_bucket(value)]++;
	histogram->count++;
	histogram->sum = add_capped(histogram->sum, value);
	histogram->min = MIN(histogram->min, value);
	histogram->max = MAX(histogram->max, value);
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		histogram->buckets[i] += other->buckets[i];
	histogram->count += other->count;
	histogram->sum = add_capped(histogram->sum, other->sum);
	histogram->min = MIN(histogram->min, other->min);
	histogram->max = MAX(histogram->max, other->max);
}

/* How many values `percent` of all are at least, from 1 to all of them. */
static uint64_t rank_of(uint64_t count, double percent)
{
	/*
	 * 99.9 has no exact double: without a little less, 99.9 % of 1000 would be 1000
	 * values, not 999.
	 */
	double exact = (double)count * percent / 100;
	double wanted = exact - exact * 1e-12;
	uint64_t rank;

	if (!(wanted > 1)) /* NaN, too */
		return 1;
	if (wanted >= (double)count)
		return count;
	rank = (uint64_t)wanted;
	return MIN((double)rank < wanted ? rank + 1 : rank, count);
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
	uint64_t rank = rank_of(histogram->count, percent), seen = 0, middle;
	size_t bucket = 0;

	if (histogram->count == 0)
		return 0;
	/* The first and the last are known to the nanosecond. */
	if (rank == 1)
		return histogram->min;
	if (rank == histogram->count)
		return histogram->max;
	while (bucket < HISTOGRAM_BUCKETS - 1 &&
	       (seen += histogram->buckets[bucket]) < rank)
		bucket++;
	middle = histogram_bucket_low(bucket) +
		 (histogram_bucket_high(bucket) - histogram_bucket_low(bucket)) / 2;
	return MAX(MIN(middle, histogram->max), histogram->min);
}
