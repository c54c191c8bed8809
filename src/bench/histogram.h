/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often something took how long. */
#pragma once

#include "base/util.h"

/*
 * Buckets grow with what they hold: each power of two is cut into 128, so that a value is
 * told to within 0.8 %. Values below 256 have a bucket each.
 */
enum { HISTOGRAM_PART_BITS = 7, HISTOGRAM_BUCKETS = (64 - 6) * 128 };

struct histogram {
	uint64_t buckets[HISTOGRAM_BUCKETS];
	uint64_t count, sum, min, max; /* nanoseconds; min is UINT64_MAX when empty */
};

void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t value);
void histogram_merge(struct histogram *histogram, const struct histogram *other);
/*
 * The smallest value that at least `percent` (0 to 100) of all do not exceed, to within the
 * width of a bucket, never outside of min and max; 0 when empty.
 */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);
