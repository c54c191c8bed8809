// SPDX-License-Identifier: GPL-2.0-or-later
/* Which machine this is: name, kernel, architecture, and when it was looked at. */

#include <sys/utsname.h>
#include <time.h>

#include "source/attr.h"
#include "source/manifest.h"
#include "source/source.h"

/* A snapshot keeps in its manifest what no file of the machine says. */
static struct fact_str captured(struct root *root, const char *key)
{
	const char *value = root->manifest ? manifest_string(root->manifest, key) : NULL;

	if (!value)
		return (struct fact_str){ 0 };
	return KNOWN_STR(arena_strdup(&root->system->arena, value));
}

void source_host_read(struct root *root, struct system *system)
{
	struct host *host = &system->host;

	attr_str(root, &host->hostname, "proc/sys/kernel/hostname");
	attr_str(root, &host->kernel, "proc/sys/kernel/osrelease");
	if (root->live) {
		time_t now = time(NULL);
		struct utsname names;
		struct tm utc;
		char text[32];

		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
		host->time = KNOWN_STR(arena_strdup(&system->arena, text));
		if (uname(&names) == 0)
			host->arch =
				KNOWN_STR(arena_strdup(&system->arena, names.machine));
	} else {
		host->time = captured(root, "time");
		host->arch = captured(root, "arch");
		if (host->arch.state != FACT_KNOWN && !root->manifest)
			attr_str(root, &host->arch, "proc/sys/kernel/arch");
	}
}
