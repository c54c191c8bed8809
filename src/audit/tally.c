// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings counted: by check and severity, and the checks by what came of them. */

#include "audit/audit.h"

#include "model/tally.h"

void audit_tally_findings(struct system *system, const struct list *findings,
			  struct list *ret)
{
	LIST_FOR_EACH (findings, const struct finding, finding) {
		const struct tally row = {
			.labels = { finding->check->id,
				    severity_names[finding->severity.value].name,
				    finding_status_names[finding->status.value].name },
			.count = KNOWN_U64(1),
			.bytes.state = FACT_ABSENT,
			.rank = finding->severity.value,
		};

		if (finding->status.value == FINDING_FAIL ||
		    finding->status.value == FINDING_UNKNOWN)
			tally_add(&system->arena, ret, &row);
	}
}

void audit_tally_checks(struct system *system, const struct list *findings,
			struct list *ret)
{
	uint64_t counts[FINDING_SUPPRESSED + 1] = { 0 };

	/* The first of the enumeration is the worst. */
	for (const struct check *check = NULL; (check = check_next(check));) {
		int worst = FINDING_SUPPRESSED + 1;

		LIST_FOR_EACH (findings, const struct finding, finding)
			if (finding->check == check)
				worst = MIN(worst, finding->status.value);
		if (worst <= FINDING_SUPPRESSED)
			counts[worst]++;
	}
	for (int i = 0; i < FINDING_SUPPRESSED; i++) {
		const struct tally row = {
			.labels = { finding_status_names[i].name },
			.count = KNOWN_U64(counts[i]),
			.bytes.state = FACT_ABSENT,
		};

		tally_add(&system->arena, ret, &row);
	}
}
