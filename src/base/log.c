// SPDX-License-Identifier: GPL-2.0-or-later
/* Debug messages on stderr, off unless the environment has DMASCOPE_DEBUG=1. */

#include "base/log.h"

#include <stdarg.h>

static bool debug_enabled(void)
{
	static int enabled = -1;

	if (enabled < 0) {
		const char *value = getenv("DMASCOPE_DEBUG");

		enabled = value && streq(value, "1");
	}
	return enabled;
}

void log_debug(const char *format, ...)
{
	va_list arguments;

	if (!debug_enabled())
		return;
	fputs("dmascope: debug: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
