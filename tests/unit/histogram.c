// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests bench/histogram: every value has its bucket; percentiles of sorted samples. */

#include "bench/histogram.h"

#include <math.h>

#include "tap.h"

enum { SAMPLES = 20001 };

static struct histogram histogram, other;
static uint64_t samples[SAMPLES];

/* Numbers that look like chance, the same every time. */
static uint64_t chance(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void test_buckets(void)
{
	size_t gaps = 0, strangers = 0, wide = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t low = histogram_bucket_low(i), high = histogram_bucket_high(i);

		if (i > 0)
			gaps += histogram_bucket_high(i - 1) + 1 != low;
		strangers += histogram_bucket(low) != i || histogram_bucket(high) != i;
		wide += i < 256 ? low != high : (high - low) > low / 128;
	}
	IS(gaps, 0, "a bucket begins where the one before ends");
	IS(strangers, 0, "the ends of a bucket are its own");
	IS(wide, 0, "none is wider than 0.8 %%, and below 256 each has one value");
	IS(histogram_bucket_low(0), 0, "the first begins at 0");
	OK(histogram_bucket_high(HISTOGRAM_BUCKETS - 1) == UINT64_MAX,
	   "the last ends with the last number");
	IS(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1, "which falls into it");
}

static void test_extremes(void)
{
	static const uint64_t values[] = { 0, 1, 255, 256, UINT64_MAX };

	histogram_clear(&histogram);
	IS(histogram_percentile(&histogram, 50), 0, "an empty one has no percentile");
	OK(histogram.min == UINT64_MAX && histogram.max == 0, "nor ends");
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		histogram_clear(&histogram);
		histogram_add(&histogram, values[i]);
		OK(histogram_percentile(&histogram, 0) == values[i] &&
			   histogram_percentile(&histogram, 50) == values[i] &&
			   histogram_percentile(&histogram, 100) == values[i],
		   "one value of %llu is every percentile",
		   (unsigned long long)values[i]);
	}
	histogram_clear(&histogram);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		histogram_add(&histogram, values[i]);
	IS(histogram_percentile(&histogram, 20), 0, "20 %% of five is the first");
	IS(histogram_percentile(&histogram, 20.1), 1, "a little more is the second");
	IS(histogram_percentile(&histogram, 60), 255, "60 %% is the third");
	IS(histogram_percentile(&histogram, 80), 256, "80 %% is the fourth");
	OK(histogram_percentile(&histogram, 100) == UINT64_MAX, "100 %% is the last");
	OK(histogram.sum == UINT64_MAX, "a sum that is too large stays at the top");
	histogram_add(&histogram, UINT64_MAX);
	OK(histogram.sum == UINT64_MAX && histogram.count == 6, "and does not come down");
	OK(histogram_percentile(&histogram, -5) == 0 &&
		   histogram_percentile(&histogram, 1000) == UINT64_MAX &&
		   histogram_percentile(&histogram, (double)NAN) == 0,
	   "percents that are none give an end");
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static uint64_t uniform(void)
{
	return 1000 + chance() % 100000;
}

/* Most take about the same, a few take very long: what latencies look like. */
static uint64_t tailed(void)
{
	return 700 + chance() % 50 + (chance() % 100 ? 0 : 1ULL << chance() % 40);
}

static uint64_t two_hills(void)
{
	return (chance() & 1 ? 130 : 900000) + chance() % 20;
}

static uint64_t any_size(void)
{
	return chance() >> chance() % 64;
}

static uint64_t constant(void)
{
	return 123457;
}

static void test_distribution(const char *name, uint64_t (*draw)(void))
{
	static const double percents[] = { 0, 0.1, 1, 10, 50, 90, 99, 99.9, 99.99, 100 };
	size_t wrong = 0;
	uint64_t sum = 0;

	histogram_clear(&histogram);
	for (size_t i = 0; i < SAMPLES; i++) {
		samples[i] = draw();
		sum += samples[i];
		histogram_add(&histogram, samples[i]);
	}
	qsort(samples, SAMPLES, sizeof(samples[0]), compare);
	for (size_t i = 0; i < ARRAY_SIZE(percents); i++) {
		double share = SAMPLES * percents[i] / 100;
		size_t rank = (size_t)share + (share > (double)(size_t)share);
		uint64_t exact = samples[MAX(rank, (size_t)1) - 1];
		uint64_t got = histogram_percentile(&histogram, percents[i]);
		uint64_t apart = got > exact ? got - exact : exact - got;

		if (apart > exact / 125 || got < samples[0] || got > samples[SAMPLES - 1])
			wrong += printf("# %s: %g %%: %llu, not %llu\n", name,
					percents[i], (unsigned long long)got,
					(unsigned long long)exact) > 0;
	}
	IS(wrong, 0, "%s: percentiles are those of the sorted samples", name);
	OK(histogram.min == samples[0] && histogram.max == samples[SAMPLES - 1] &&
		   histogram.count == SAMPLES &&
		   (histogram.sum == sum || histogram.sum == UINT64_MAX),
	   "%s: ends, count and sum are exact", name);
}

static void test_ranks(void)
{
	histogram_clear(&histogram);
	for (uint64_t i = 0; i < 1000; i++)
		histogram_add(&histogram, i < 998 ? 10 : i < 999 ? 100 : 200);
	IS(histogram_percentile(&histogram, 99.8), 10, "99.8 %% of 1000 are 998");
	IS(histogram_percentile(&histogram, 99.9), 100, "99.9 %% are 999");
	IS(histogram_percentile(&histogram, 99.95), 200, "99.95 %% are all of them");
}

static void test_merge(void)
{
	static struct histogram whole;

	histogram_clear(&histogram);
	histogram_clear(&other);
	histogram_clear(&whole);
	for (size_t i = 0; i < SAMPLES; i++) {
		uint64_t value = tailed();

		histogram_add(i % 3 ? &histogram : &other, value);
		histogram_add(&whole, value);
	}
	histogram_merge(&histogram, &other);
	OK(memcmp(&histogram, &whole, sizeof(whole)) == 0,
	   "two that are merged are one that got all");
	histogram_clear(&other);
	histogram_merge(&histogram, &other);
	OK(memcmp(&histogram, &whole, sizeof(whole)) == 0, "an empty one adds nothing");
	histogram_merge(&other, &whole);
	OK(memcmp(&other, &whole, sizeof(whole)) == 0, "into an empty one it is a copy");
}

int main(void)
{
	test_buckets();
	test_extremes();
	test_distribution("uniform", uniform);
	test_distribution("long tail", tailed);
	test_distribution("two hills", two_hills);
	test_distribution("any size", any_size);
	test_distribution("constant", constant);
	test_ranks();
	test_merge();
	return tap_end();
}
