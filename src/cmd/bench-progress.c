// SPDX-License-Identifier: GPL-2.0-or-later
/* How far a benchmark has come, on a terminal. */

#include "cmd/bench.h"

#include <sys/ioctl.h>

enum { BAR_WIDTH = 20 };

static bool is_shown;

/* One line that is written over; standard output is for the answer alone. */
void bench_progress(const char *what, size_t step, size_t steps)
{
	static const char full[] = "####################";
	static const char rest[] = "....................";
	int done = (int)((step - 1) * BAR_WIDTH / steps), width = 79;
	struct winsize size;

	if (!isatty(STDERR_FILENO))
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > BAR_WIDTH + 16)
		width = size.ws_col - 1;
	fprintf(stderr, "\r\033[K[%.*s%.*s] %3zu %% %.*s", done, full, BAR_WIDTH - done,
		rest, (step - 1) * 100 / steps, width - BAR_WIDTH - 9, what);
	is_shown = true;
}

void bench_progress_end(void)
{
	if (is_shown)
		fputs("\r\033[K", stderr);
	is_shown = false;
}
