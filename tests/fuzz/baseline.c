// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes bench/baseline: an earlier run's document, and a comparison with itself. */

#include "bench/baseline.h"

#include "fuzz.h"

/* Every row beside itself is the same; nothing is left without a partner. */
static void compare_with_itself(struct arena *arena, const struct baseline *baseline)
{
	struct comparison comparison;
	struct list today = { 0 };

	LIST_FOR_EACH (&baseline->rows, const struct result, row)
		list_add(arena, &today, arena_memdup(arena, row, sizeof(*row)));
	baseline_compare(arena, baseline, &today, baseline->hostname, baseline->kernel,
			 &comparison);
	MUST(comparison.only_baseline == 0);
	MUST(!comparison.note || text_is_safe(comparison.note));
	MUST(comparison.matched + comparison.only_today <= today.count);
	if (baseline->duplicates > 0)
		return;
	MUST(comparison.only_today == 0 && comparison.faster + comparison.slower == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct baseline baseline = { 0 };
	const char *why = NULL;
	int r = baseline_parse(&arena, (const char *)data, size, &baseline, &why);

	if (r < 0)
		MUST(why && *why && text_is_safe(why) && baseline.rows.count == 0);
	else
		compare_with_itself(&arena, &baseline);
	arena_free(&arena);
	return 0;
}
