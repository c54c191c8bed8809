// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults in the kernel's log. */

#include "source/source.h"

#define LOG "dev/kmsg"

bool source_log_take(void *system, const char *line, size_t length)
{
	struct system *to = system;

	return fault_log_line(&to->faults, line, length) != FAULT_LINE_OTHER;
}

/*
 * The kernel's ring buffer, from the oldest record on. dmesg_restrict keeps it from all
 * but CAP_SYSLOG, and a container may have none: then nothing is known of faults.
 */
void source_log_read(struct root *root, struct system *system)
{
	struct root_log log;
	int r = root_log_open(root, LOG, &log);

	system->faults.arena = &system->arena;
	if (r == -ENOENT)
		root_note(root, LOG, "missing, so the kernel's log cannot be read");
	if (r == 0) {
		uint64_t lost;

		r = root_log_read(root, &log, source_log_take, system);
		lost = log.lost;
		r = root_log_close(root, &log, r);
		if (r == 0 && lost > 0)
			root_note(root, LOG,
				  "records were overwritten before they could be read");
	}
	fault_log_end(&system->faults);
	system->faults_state = r == -ENOENT ? FACT_UNREAD : fact_state_of(r);
	if (r == 0 && system->faults.unparsed > 0)
		root_note(root, LOG, "%llu line%s about faults could not be understood",
			  (unsigned long long)system->faults.unparsed,
			  system->faults.unparsed == 1 ? "" : "s");
}
