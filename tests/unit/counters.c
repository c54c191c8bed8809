// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests bench/counters: events as sysfs has them, into perf's config. */

#include "bench/counters.h"

#include "tap.h"

struct term {
	const char *name, *format;
};

/* Two kinds of IOMMU, and what no kernel would write. */
static const struct term terms[] = {
	{ "event", "config:0-27" },
	{ "event_group", "config:28-31" },
	{ "csource", "config:0-7" },
	{ "flag", "config:5" },
	{ "whole", "config:0-63" },
	{ "top", "config:63" },
	{ "second", "config1:0-15" },
	{ "split", "config:0-3,8-11" },
	{ "backwards", "config:7-0" },
	{ "outside", "config:60-64" },
	{ "negative", "config:-1" },
	{ "open", "config:3-" },
	{ "nothing", "" },
	{ "garbage", "configuration" },
	{ "trailing", "config:0-7x" },
};

static const char *format_of(void *data, const char *term)
{
	size_t *asked = data;

	(*asked)++;
	for (size_t i = 0; i < ARRAY_SIZE(terms); i++)
		if (streq(terms[i].name, term))
			return terms[i].format;
	return NULL;
}

static void takes(const char *event, uint64_t wanted)
{
	uint64_t config = 0;
	size_t asked = 0;
	int r = counters_config(event, format_of, &asked, &config);

	OK(r == 0 && config == wanted, "%s is 0x%llx (got %d, 0x%llx)", event,
	   (unsigned long long)wanted, r, (unsigned long long)config);
}

static void refuses(const char *event, const char *why)
{
	uint64_t config = 0x5a5a;
	size_t asked = 0;
	int r = counters_config(event, format_of, &asked, &config);

	OK(r == -EINVAL && config == 0x5a5a, "%s: %s (got %d)", event, why, r);
}

static void test_good(void)
{
	takes("event=0x12,event_group=0x4", UINT64_C(0x4) << 28 | 0x12);
	takes("event_group=0x4,event=0x12", UINT64_C(0x4) << 28 | 0x12);
	takes("csource=0x05", 5);
	takes("csource=5\n", 5);
	takes("csource=0xff", 0xff);
	takes("event_group=0xf", UINT64_C(0xf) << 28);
	takes("flag=1", 1 << 5);
	takes("flag=0", 0);
	takes("whole=0xffffffffffffffff", UINT64_MAX);
	takes("whole=1", 1);
	takes("top=1", UINT64_C(1) << 63);
}

static void test_wrong(void)
{
	refuses("umask", "no value");
	refuses("event=0x12,umask", "one of them without a value");
	refuses("umask=1", "a term without a file");
	refuses("csource=0x100", "too large for its field");
	refuses("event_group=0x10", "too large for four bits");
	refuses("flag=2", "too large for a bit");
	refuses("top=2", "too large for the last bit");
	refuses("whole=0x10000000000000000", "too large for any");
	refuses("csource=", "an empty value");
	refuses("csource=x", "no number");
	refuses("csource=-1", "below 0");
	refuses("csource=5 6", "two numbers");
	refuses("=5", "a value without a name");
	refuses("csource=1=2", "two values");
}

static void test_formats(void)
{
	refuses("second=1", "another word of perf's");
	refuses("split=1", "a field in two parts");
	refuses("backwards=1", "ends before it begins");
	refuses("outside=1", "ends beyond 64 bits");
	refuses("negative=1", "begins below 0");
	refuses("nothing=0", "an empty format");
	refuses("garbage=0", "no format");
	refuses("trailing=0", "more behind a format");
	refuses("open=0", "a format without its end");
}

static void test_long(void)
{
	char event[128];

	memset(event, 'x', sizeof(event));
	event[sizeof(event) - 1] = '\0';
	refuses(event, "longer than any name");
	memcpy(event + 70, "=1", 3);
	refuses(event, "the same with a value");
}

int main(void)
{
	test_good();
	test_wrong();
	test_formats();
	test_long();
	return tap_end();
}
