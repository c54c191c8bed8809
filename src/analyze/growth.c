// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which mappings keep growing over samples, and how sure that is.
 *
 * Rings and pools are there all the time, and a busy device has more in flight at one
 * moment than at another. A leak raises the floor: cut into parts, the samples have a
 * higher minimum in each part than in the one before. It goes on at a pace, so that a
 * line fits. And it has a trend that chance does not bring: the test of Mann and Kendall
 * (H. B. Mann, Nonparametric tests against trend, Econometrica 13, 1945) says how seldom
 * it would.
 */

#include "analyze/analyze.h"

#include <math.h>
#include <search.h>

enum {
	PARTS = 4,
	FEW = 6,	  /* fewer samples prove no trend */
	POINTS_MAX = 120, /* more are thinned out: the test is quadratic */
	SURE_PERCENT = 99,
	HOUR_MS = 3600 * 1000,
};

/* How much of the change a line has to account for. */
static const double FIT = 0.9;

/* A group through all samples. */
struct series {
	struct mapping_group *group; /* of the answer */
	uint64_t *counts, *bytes;    /* one a sample */
	uint64_t *older;	     /* ends, so far, of what nobody saw begin */
};

struct survey {
	struct arena *arena;
	const struct mapping_sample *samples;
	size_t count;
};

static int compare_series(const void *a, const void *b)
{
	return mapping_group_compare(((const struct series *)a)->group,
				     ((const struct series *)b)->group);
}

/* The series of each group that any sample has. */
static void collect(const struct survey *survey, struct list *ret)
{
	struct arena *arena = survey->arena;
	void *tree = NULL;

	for (size_t i = 0; i < survey->count; i++)
		LIST_FOR_EACH (&survey->samples[i].table.groups, struct mapping_group,
			       group) {
			struct series wanted = { .group = group };
			struct series **node = tfind(&wanted, &tree, compare_series);
			struct series *series = node ? *node : NULL;

			if (!series) {
				series = arena_new(arena, struct series);
				series->group =
					arena_memdup(arena, group, sizeof(*group));
				series->counts = arena_alloc(
					arena, survey->count * sizeof(uint64_t));
				series->bytes = arena_alloc(
					arena, survey->count * sizeof(uint64_t));
				series->older = arena_alloc(
					arena, survey->count * sizeof(uint64_t));
				tsearch(series, &tree, compare_series);
				list_add(arena, ret, series);
			}
			series->counts[i] += group->count.value;
			series->bytes[i] += group->bytes.value;
			series->older[i] += group->older_unmaps.value;
			*series->group = *group; /* the last word counts */
		}
	while (tree)
		tdelete(*(struct series **)tree, &tree, compare_series);
}

/*
 * What a trace did not see begin was alive until it ended: without that a ring would grow
 * until each of its buffers was mapped anew.
 */
static void add_older(const struct survey *survey, struct series *series)
{
	size_t last = survey->count - 1;

	/* Where a sample lacks the group, nothing of it had ended. */
	for (size_t i = 0; i < survey->count; i++)
		series->counts[i] += series->older[last] > series->older[i]
					     ? series->older[last] - series->older[i]
					     : 0;
}

/* The least value of each of `parts` parts. */
static void floors(const uint64_t *values, size_t count, size_t parts, uint64_t *ret)
{
	for (size_t part = 0; part < parts; part++) {
		size_t end = (part + 1) * count / parts;

		ret[part] = UINT64_MAX;
		for (size_t i = part * count / parts; i < end; i++)
			ret[part] = MIN(ret[part], values[i]);
	}
}

static bool rises(const uint64_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (values[i] <= values[i - 1])
			return false;
	return true;
}

static int compare_values(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

/* What values that occur several times take from the variance of the test. */
static double ties(const uint64_t *values, size_t count)
{
	uint64_t sorted[POINTS_MAX];
	double sum = 0;

	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), compare_values);
	for (size_t i = 0, same; i < count; i += same) {
		for (same = 1; i + same < count && sorted[i + same] == sorted[i]; same++)
			;
		sum += (double)same * (double)(same - 1) * (double)(2 * same + 5);
	}
	return sum;
}

/* How seldom chance would bring as much of a rise, in percent. */
static double trend(const uint64_t *values, size_t count)
{
	double n = (double)count, score = 0, variance;

	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			score += (values[i] > values[j]) - (values[i] < values[j]);
	variance = (n * (n - 1) * (2 * n + 5) - ties(values, count)) / 18;
	if (score <= 0 || variance <= 0)
		return 0;
	return 100 * (1 - erfc((score - 1) / sqrt(2 * variance)) / 2);
}

/* Least squares: the slope by the times, and how much of the change it accounts for. */
static double slope(const uint64_t *times, const uint64_t *values, size_t count,
		    double *ret_fit)
{
	double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

	for (size_t i = 0; i < count; i++) {
		x += (double)(times[i] - times[0]) / (double)count;
		y += (double)values[i] / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		double dx = (double)(times[i] - times[0]) - x, dy = (double)values[i] - y;

		xx += dx * dx;
		yy += dy * dy;
		xy += dx * dy;
	}
	*ret_fit = xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0;
	return xx > 0 ? xy / xx : 0;
}

/* What is to be said of one row of values. */
struct growth {
	struct fact_bool growing;
	double sure;
	const char *why;
};

static const char *tell_floors(struct arena *arena, const uint64_t *values, size_t parts)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_puts(&text, "the least of each quarter of the samples: ");
	for (size_t i = 0; i < parts; i++)
		strbuf_printf(&text, "%s%llu", i > 0 ? ", " : "",
			      (unsigned long long)values[i]);
	return arena_strdup(arena, strbuf_text(&text));
}

static struct growth judge(const struct survey *survey, const uint64_t *times,
			   const uint64_t *values)
{
	size_t count = survey->count;
	struct growth growth = { .growing = KNOWN_BOOL(false) };
	uint64_t points[POINTS_MAX], moments[POINTS_MAX], quarters[PARTS], most = 0;
	double fit;

	if (count > POINTS_MAX) {
		floors(values, count, POINTS_MAX, points);
		floors(times, count, POINTS_MAX, moments);
		count = POINTS_MAX;
	} else {
		memcpy(points, values, count * sizeof(*values));
		memcpy(moments, times, count * sizeof(*times));
	}
	growth.sure = trend(points, count);
	if (count < FEW) {
		growth.growing.value = rises(points, count);
		growth.why = growth.growing.value
				     ? "each sample has more than the one before"
				     : "not every sample has more than the one before";
		return growth;
	}
	floors(points, count, PARTS, quarters);
	growth.why = tell_floors(survey->arena, quarters, PARTS);
	if (!rises(quarters, PARTS))
		return growth;
	for (size_t i = 0; i < count / PARTS; i++)
		most = MAX(most, points[i]);
	slope(moments, points, count, &fit);
	growth.growing.value = true;
	if (quarters[PARTS - 1] <= most || growth.sure < SURE_PERCENT || fit < FIT) {
		growth.growing.state = FACT_UNREAD;
		growth.why = arena_printf(
			survey->arena, "%s: it may be growing, more samples would tell",
			growth.why);
	}
	return growth;
}

/* Something that grows for sure wins, then something that may. */
static const struct growth *worse(const struct growth *a, const struct growth *b)
{
	if (known_true(a->growing) || known_true(b->growing))
		return known_true(a->growing) ? a : b;
	return a->growing.state != FACT_KNOWN || b->growing.state == FACT_KNOWN ? a : b;
}

static void conclude(const struct survey *survey, const struct series *series,
		     const uint64_t *times, bool timed)
{
	struct mapping_group *group = series->group;
	size_t last = survey->count - 1;
	struct growth counts = judge(survey, times, series->counts);
	struct growth bytes = judge(survey, times, series->bytes);
	/* How many bytes there were before a trace it does not know. */
	bool traced = group->maps.state == FACT_KNOWN;
	const struct growth *growth = traced ? &counts : worse(&counts, &bytes);
	double fit;

	group->count = KNOWN_U64(series->counts[last]);
	group->bytes = KNOWN_U64(series->bytes[last]);
	group->count_delta =
		KNOWN_I64((int64_t)(series->counts[last] - series->counts[0]));
	group->bytes_delta = KNOWN_I64((int64_t)(series->bytes[last] - series->bytes[0]));
	group->growing = growth->growing;
	group->confidence = KNOWN_U64((uint64_t)growth->sure);
	group->why = KNOWN_STR(
		growth == &bytes ? arena_printf(survey->arena, "bytes: %s", bytes.why)
				 : counts.why);
	if (traced && series->older[last] > 0)
		group->bytes_delta.state = FACT_ABSENT;
	/* What is traced begins with nothing: more is no news. */
	if (traced && survey->count < FEW && known_true(group->growing)) {
		group->growing.state = FACT_UNREAD;
		group->why = KNOWN_STR("there are too few samples to tell");
	}
	group->per_hour.state = FACT_ABSENT;
	if (timed && times[last] > times[0])
		group->per_hour = KNOWN_I64(llround(
			slope(times, series->counts, survey->count, &fit) * HOUR_MS));
}

/* Those that grow first, then those that may, then by how much. */
static int compare_answers(const void *a, const void *b)
{
	const struct mapping_group *one = *(const struct mapping_group *const *)a;
	const struct mapping_group *other = *(const struct mapping_group *const *)b;
	int grade = known_true(one->growing) ? 2 : one->growing.state != FACT_KNOWN;
	int other_grade =
		known_true(other->growing) ? 2 : other->growing.state != FACT_KNOWN;

	if (grade != other_grade)
		return other_grade - grade;
	if (one->count_delta.value != other->count_delta.value)
		return one->count_delta.value < other->count_delta.value ? 1 : -1;
	if (one->bytes_delta.value != other->bytes_delta.value)
		return one->bytes_delta.value < other->bytes_delta.value ? 1 : -1;
	return mapping_group_compare(one, other);
}

void analyze_growth(struct arena *arena, const struct mapping_sample *samples,
		    size_t count, struct list *ret)
{
	struct survey survey = { arena, samples, count };
	uint64_t *times = arena_alloc(arena, count * sizeof(*times));
	struct list all = { 0 };
	bool timed = true;

	for (size_t i = 0; i < count; i++) {
		timed = timed && samples[i].time.state == FACT_KNOWN;
		times[i] = samples[i].time.value;
	}
	for (size_t i = 0; i < count && !timed; i++)
		times[i] = i;
	collect(&survey, &all);
	LIST_FOR_EACH (&all, struct series, series) {
		add_older(&survey, series);
		conclude(&survey, series, times, timed);
		list_add(arena, ret, series->group);
	}
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(void *), compare_answers);
}
