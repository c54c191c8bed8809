// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests analyze/growth: what of mappings over samples is growing, and what is not. */

#include "analyze/analyze.h"
#include "tap.h"

enum { SAMPLES_MAX = 1000 };

static struct arena arena;
static struct mapping_sample samples[SAMPLES_MAX];

/* The verdict on one group that had these numbers of mappings, five seconds apart. */
static struct mapping_group *verdict(const unsigned int *counts, size_t count)
{
	struct list answer = { 0 };

	memset(samples, 0, sizeof(samples));
	for (size_t i = 0; i < count; i++) {
		samples[i].time = KNOWN_U64(5000 * i);
		for (unsigned int n = 0; n < counts[i]; n++) {
			char line[200];

			snprintf(line, sizeof(line),
				 "nvme 0000:01:00.0 single idx 1 P=0x%x D=%x L=1000 "
				 "cln=0x40 DMA_TO_DEVICE dma map error checked",
				 n << 12, n << 12);
			mapping_table_add(&arena, &samples[i].table, NULL, line,
					  strlen(line));
		}
		mapping_table_finish(&samples[i].table);
	}
	analyze_growth(&arena, samples, count, &answer);
	return answer.count == 1 ? answer.items[0] : NULL;
}

/* "yes 99", "no 12", "? 98": growing, and how sure. */
static const char *judged(const unsigned int *counts, size_t count)
{
	static char text[32];
	const struct mapping_group *group = verdict(counts, count);

	if (!group)
		return "not one group";
	snprintf(text, sizeof(text), "%s %llu",
		 known_true(group->growing)    ? "yes"
		 : known_false(group->growing) ? "no"
					       : "?",
		 (unsigned long long)group->confidence.value);
	return text;
}

#define JUDGED(...)                                                                      \
	judged((const unsigned int[]){ __VA_ARGS__ },                                    \
	       ARRAY_SIZE(((const unsigned int[]){ __VA_ARGS__ })))

/* Numbers that look like chance, the same every time. */
static unsigned int chance(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)(state >> 33);
}

static void test_few(void)
{
	IS_TEXT(JUDGED(4, 5), "yes 50", "of two samples more is all that can be said");
	IS_TEXT(JUDGED(5, 5), "no 0", "of two samples no more");
	IS_TEXT(JUDGED(5, 4), "no 0", "of two samples fewer");
	IS_TEXT(JUDGED(1, 2, 3, 4, 5), "yes 98", "five, each with more");
	IS_TEXT(JUDGED(1, 2, 3, 3, 5), "no 97", "five, one without more");
	IS_TEXT(JUDGED(0, 3), "yes 50", "a group that was not there before");
	IS_TEXT(JUDGED(3, 0), "no 0", "a group that is gone");
}

static void test_shapes(void)
{
	IS_TEXT(JUDGED(10, 12, 14, 16, 18, 20, 22, 24), "yes 99", "a leak at a pace");
	IS_TEXT(JUDGED(64, 64, 64, 64, 64, 64, 64, 64), "no 0", "a ring");
	IS_TEXT(JUDGED(0, 16, 32, 48, 64, 64, 64, 64, 64, 64, 64, 64), "no 99",
		"a ring that was being filled");
	IS_TEXT(JUDGED(64, 60, 56, 52, 48, 44, 40, 36), "no 0", "fewer and fewer");
	IS_TEXT(JUDGED(4, 60, 0, 33, 12, 64, 2, 41, 9, 55, 1, 30), "no 0",
		"what is in flight of a busy device");
	IS_TEXT(JUDGED(14, 12, 19, 22, 31, 29, 36, 44, 41, 52, 57, 55), "yes 99",
		"a leak below what is in flight");
	IS_TEXT(JUDGED(1, 1, 1, 2, 2, 2, 3, 3, 3, 9, 40, 41), "? 99",
		"a rise without a pace is open");
}

static void test_figures(void)
{
	static const unsigned int counts[] = { 10, 12, 14, 16, 18, 20, 22, 24 };
	const struct mapping_group *group = verdict(counts, ARRAY_SIZE(counts));

	IS(group->count.value, 24, "the count is the last sample's");
	IS(group->bytes.value, 24 * 4096, "and so are the bytes");
	IS(group->count_delta.value, 14, "mappings more");
	IS(group->bytes_delta.value, 14 * 4096, "bytes more");
	IS(group->per_hour.value, 2 * 720,
	   "two more in five seconds are 1440 in an hour");
	IS_TEXT(group->why.value,
		"the least of each quarter of the samples: 10, 14, 18, 22", "why");
}

/* The verdict on what a trace saw: so many alive, so many older ones ended by then. */
static const char *traced(const unsigned int *counts, const unsigned int *older,
			  size_t count)
{
	struct list answer = { 0 };
	const struct mapping_group *group;

	memset(samples, 0, sizeof(samples));
	for (size_t i = 0; i < count; i++) {
		struct mapping_group *made = arena_new(&arena, struct mapping_group);

		made->device = "0000:02:00.0";
		made->type = "single";
		made->direction = "DMA_FROM_DEVICE";
		made->driver = KNOWN_STR("e1000e");
		made->count = made->maps = KNOWN_U64(counts[i]);
		made->bytes = KNOWN_U64(2048 * counts[i]);
		made->older_unmaps = KNOWN_U64(older[i]);
		samples[i].time = KNOWN_U64(1000 * i);
		/* A trace has nothing to tell of a group before its first call. */
		if (counts[i] + older[i] > 0)
			list_add(&arena, &samples[i].table.groups, made);
	}
	analyze_growth(&arena, samples, count, &answer);
	group = answer.items[0];
	return arena_printf(&arena, "%s %lld",
			    known_true(group->growing)	  ? "yes"
			    : known_false(group->growing) ? "no"
							  : "?",
			    (long long)group->count_delta.value);
}

static void test_traced(void)
{
	static const unsigned int rising[] = { 0, 5, 10, 15, 20, 25, 30, 35 };
	static const unsigned int none[ARRAY_SIZE(rising)] = { 0 };
	static const unsigned int half[] = { 0, 2, 5, 7, 10, 12, 15, 17 };

	IS_TEXT(traced(rising, none, ARRAY_SIZE(rising)), "yes 35",
		"a leak that was traced");
	IS_TEXT(traced(rising, rising, ARRAY_SIZE(rising)), "no 0",
		"a ring whose buffers were mapped before the trace");
	IS_TEXT(traced(rising, half, ARRAY_SIZE(rising)), "yes 18",
		"a leak beside such a ring");
	IS_TEXT(traced(rising, none, 5), "? 20", "too few samples of a trace");
}

/* A busy device without a leak must not be accused, however long one looks. */
static void test_chance(void)
{
	static const size_t lengths[] = { 6, 12, 24, 60, 120, 500 };
	unsigned int counts[SAMPLES_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		unsigned int accused = 0, rounds = lengths[i] > 60 ? 20 : 200;

		for (unsigned int round = 0; round < rounds; round++) {
			for (size_t n = 0; n < lengths[i]; n++)
				counts[n] = chance() % 32;
			accused += known_true(verdict(counts, lengths[i])->growing);
			arena_free(&arena);
		}
		OK(accused * 100 <= rounds,
		   "%zu samples of chance: accused %u of %u times", lengths[i], accused,
		   rounds);
	}
	for (size_t n = 0; n < SAMPLES_MAX; n++)
		counts[n] = (unsigned int)n / 10 + chance() % 16;
	IS_TEXT(judged(counts, SAMPLES_MAX), "yes 100",
		"a slow leak below a busy device is found in many samples");
}

int main(void)
{
	test_few();
	test_shapes();
	test_figures();
	test_traced();
	test_chance();
	arena_free(&arena);
	return tap_end();
}
