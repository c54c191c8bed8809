/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often something took how long. */
#pragma once

#include "base/util.h"

/*
 * Buckets grow with what they hold: each power of two is cut into 128, so that a value is
 * told to within 0.8 %. Values below 256 have a bucket each. Powers of two below 2^8 need
 * two times 128 buckets, the other 56 need 128 each: that is every uint64_t.
 */
enum { HISTOGRAM_PART_BITS = 7, HISTOGRAM_BUCKETS = (64 - 6) * 128 };

/* min is UINT64_MAX when empty: begin with histogram_clear(), not with zeros. */
struct histogram {
	uint64_t buckets[HISTOGRAM_BUCKETS];
	uint64_t count, sum, min, max; /* nanoseconds; a sum too large is UINT64_MAX */
};

void histogram_clear(struct histogram *histogram);

/* The bucket that a value falls into, and the smallest and largest that it holds. */
size_t histogram_bucket(uint64_t value);
uint64_t histogram_bucket_low(size_t bucket);
uint64_t histogram_bucket_high(size_t bucket);

/* Adds one value: a few instructions, for loops that measure. */
void histogram_add(struct histogram *histogram, uint64_t value);
/* Adds all of another, as if its values had been added one by one. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);
/*
 * The smallest value that at least `percent` (0 to 100) of all do not exceed, to within
 * half the width of a bucket (0.4 %), never outside of min and max, which are 0 and 100
 * percent exactly; 0 when empty.
 */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);
