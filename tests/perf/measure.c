// SPDX-License-Identifier: GPL-2.0-or-later
/* measure FILE COMMAND…: appends "CPU_us WALL_us PEAK_KiB" of one run to FILE. */

#include <err.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t timeval_us(const struct timeval *time)
{
	return (int64_t)time->tv_sec * 1000000 + time->tv_usec;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int64_t start, wall;
	FILE *file;
	pid_t child;
	int status;

	if (argc < 3)
		errx(2, "usage: measure FILE COMMAND [ARGUMENT]...");
	file = fopen(argv[1], "ae");
	if (!file)
		err(2, "%s", argv[1]);
	start = now_us();
	child = fork();
	if (child < 0)
		err(2, "fork");
	if (child == 0) {
		execvp(argv[2], argv + 2);
		warn("%s", argv[2]);
		_exit(127);
	}
	if (wait4(child, &status, 0, &usage) < 0)
		err(2, "wait4");
	wall = now_us() - start;
	fprintf(file, "%" PRId64 " %" PRId64 " %ld\n",
		timeval_us(&usage.ru_utime) + timeval_us(&usage.ru_stime), wall,
		usage.ru_maxrss);
	if (fclose(file) != 0)
		err(2, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
