/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the Test Anything Protocol: a line for each thing that was tested.
 *
 * The plan comes last, so that a test which dies half way has none and counts as failed.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int tap_count, tap_failures;

/* One thing that has to be true: OK(x > 0, "%s is positive", name) */
#define OK(condition, ...)                                                               \
	tap_line(!!(condition), __FILE__, __LINE__, #condition, __VA_ARGS__)

/* Two numbers, or two texts, that have to be the same. */
#define IS(got, wanted, ...)                                                             \
	tap_is((long long)(got), (long long)(wanted), __FILE__, __LINE__, __VA_ARGS__)
#define IS_TEXT(got, wanted, ...)                                                        \
	tap_is_text((got), (wanted), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 1, 0))) static inline void tap_name(const char *format,
								  va_list arguments)
{
	tap_count++;
	printf("ok %u - ", tap_count);
	vprintf(format, arguments);
}

__attribute__((format(printf, 5, 6))) static inline bool
tap_line(bool passed, const char *file, int line, const char *condition,
	 const char *format, ...)
{
	va_list arguments;

	if (!passed) {
		tap_failures++;
		printf("not ");
	}
	va_start(arguments, format);
	tap_name(format, arguments);
	va_end(arguments);
	printf("\n");
	if (!passed)
		printf("# %s:%d: %s\n", file, line, condition);
	return passed;
}

__attribute__((format(printf, 5, 6))) static inline bool
tap_is(long long got, long long wanted, const char *file, int line, const char *format,
       ...)
{
	va_list arguments;

	if (got != wanted) {
		tap_failures++;
		printf("not ");
	}
	va_start(arguments, format);
	tap_name(format, arguments);
	va_end(arguments);
	printf("\n");
	if (got != wanted)
		printf("# %s:%d: got %lld, wanted %lld\n", file, line, got, wanted);
	return got == wanted;
}

__attribute__((format(printf, 5, 6))) static inline bool
tap_is_text(const char *got, const char *wanted, const char *file, int line,
	    const char *format, ...)
{
	bool same = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;
	va_list arguments;

	if (!same) {
		tap_failures++;
		printf("not ");
	}
	va_start(arguments, format);
	tap_name(format, arguments);
	va_end(arguments);
	printf("\n");
	if (!same)
		printf("# %s:%d: got \"%s\", wanted \"%s\"\n", file, line,
		       got ? got : "(null)", wanted ? wanted : "(null)");
	return same;
}

/* What could not be tested here, and why. */
static inline void tap_skip(const char *name, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++tap_count, name, why);
}

/* The last statement of main(). */
static inline int tap_end(void)
{
	printf("1..%u\n", tap_count);
	return tap_failures > 0;
}
