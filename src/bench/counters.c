// SPDX-License-Identifier: GPL-2.0-or-later
/* The IOMMU's own performance counters (Documentation/ABI/testing/sysfs-bus-*). */

#include "bench/counters.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "base/file.h"

static const char devices[] = "/sys/bus/event_source/devices";

/* "config:0-27" or "config:5"; only config itself is used by IOMMUs. */
static int place_term(const char *format, uint64_t value, uint64_t *config)
{
	unsigned int low, high;
	int end = 0;

	if (!format)
		return -EINVAL;
	if (sscanf(format, "config:%2u%n", &low, &end) == 1 && !format[end])
		high = low;
	else if (sscanf(format, "config:%2u-%2u%n", &low, &high, &end) != 2 ||
		 format[end])
		return -EINVAL;
	if (low > high || high > 63 ||
	    (high - low < 63 && value >> (high - low + 1) != 0))
		return -EINVAL;
	*config |= value << low;
	return 0;
}

int counters_config(const char *event,
		    const char *(*format)(void *data, const char *term), void *data,
		    uint64_t *ret)
{
	const char *word, *cursor = event;
	uint64_t config = 0;
	size_t length;

	while ((word = next_word(&cursor, ",\n", &length))) {
		char term[64], *value;
		uint64_t number;
		int r;

		if (length >= sizeof(term))
			return -EINVAL;
		memcpy(term, word, length);
		term[length] = '\0';
		value = strchr(term, '=');
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		if (parse_u64(value, 0, &number) < 0)
			return -EINVAL;
		r = place_term(format(data, term), number, &config);
		if (r < 0)
			return r;
	}
	*ret = config;
	return 0;
}

/* A small file of the directory, its newline cut off. */
static int read_small(const char *pmu, const char *name, char *ret, size_t size)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	_cleanup_close_ int fd = -1;
	char path[320];
	int r;

	snprintf(path, sizeof(path), "%s/%s/%s", devices, pmu, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = read_to_end(fd, size - 1, &bytes);
	if (r < 0)
		return r;
	memcpy(ret, bytes.data, bytes.size);
	ret[bytes.size] = '\0';
	trim_end(ret);
	return 0;
}

struct term_files {
	const char *pmu;
	char text[64];
};

static const char *read_format(void *data, const char *term)
{
	struct term_files *files = data;
	char name[96];

	if (strchr(term, '/'))
		return NULL;
	snprintf(name, sizeof(name), "format/%s", term);
	return read_small(files->pmu, name, files->text, sizeof(files->text)) < 0
		       ? NULL
		       : files->text;
}

static int add_event(struct counters *counters, const char *pmu, const char *event,
		     bool is_hit, bool is_miss)
{
	struct term_files files = { .pmu = pmu };
	struct perf_event_attr attributes = {
		.size = sizeof(attributes),
		.read_format =
			PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	uint64_t type = 0, cpu = 0, config = 0;
	char name[96], text[256];
	long fd;
	int r;

	snprintf(name, sizeof(name), "events/%s", event);
	r = read_small(pmu, name, text, sizeof(text));
	if (r == 0)
		r = counters_config(text, read_format, &files, &config);
	if (r == 0)
		r = read_small(pmu, "type", text, sizeof(text));
	if (r == 0)
		r = parse_u64(text, 10, &type);
	if (r < 0)
		return r;
	/* They count for the whole machine, at one processor: "0" or "0,16". */
	if (read_small(pmu, "cpumask", text, sizeof(text)) == 0) {
		text[strcspn(text, ",-")] = '\0';
		parse_u64(text, 10, &cpu);
	}
	if (counters->count == COUNTERS_MAX)
		return -ENOSPC;
	attributes.type = (uint32_t)type;
	attributes.config = config;
	fd = syscall(SYS_perf_event_open, &attributes, -1, (int)cpu, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	counters->events[counters->count].fd = (int)fd;
	counters->events[counters->count].is_hit = is_hit;
	counters->events[counters->count++].is_miss = is_miss;
	return 0;
}

static int add_unit(struct counters *counters, const char *pmu)
{
	int r = -ENOENT;

	if (starts_with(pmu, "dmar")) {
		r = add_event(counters, pmu, "iotlb_lookup", false, false);
		if (r == 0)
			r = add_event(counters, pmu, "iotlb_hit", true, false);
	} else if (starts_with(pmu, "amd_iommu_")) {
		r = add_event(counters, pmu, "mem_iommu_tlb_pte_hit", false, false);
		if (r == 0)
			r = add_event(counters, pmu, "mem_iommu_tlb_pte_mis", false,
				      true);
	}
	return r;
}

int counters_open(struct counters *counters)
{
	DIR *directory = opendir(devices);
	const struct dirent *entry;
	int r = -ENOENT;

	*counters = (struct counters){ 0 };
	if (!directory)
		return -errno;
	/* All of them or none: a sum that lacks a unit would be wrong. */
	while (r >= 0 || r == -ENOENT) {
		entry = readdir(directory);
		if (!entry)
			break;
		if (starts_with(entry->d_name, "dmar") ||
		    starts_with(entry->d_name, "amd_iommu_")) {
			r = add_unit(counters, entry->d_name);
			if (r < 0)
				break;
		}
	}
	closedir(directory);
	if (r < 0)
		counters_close(counters);
	return r;
}

int counters_read(const struct counters *counters, struct iotlb_counts *ret)
{
	struct iotlb_counts counts = { 0 };

	for (size_t i = 0; i < counters->count; i++) {
		struct {
			uint64_t value, enabled, running;
		} count;
		uint64_t value;

		if (read(counters->events[i].fd, &count, sizeof(count)) != sizeof(count))
			return -EIO;
		/* Where there are more events than counters, a part is not the whole. */
		if (count.running != count.enabled)
			return -ENODATA;
		value = count.value;
		/* VT-d counts lookups and hits, AMD-Vi hits and misses. */
		if (counters->events[i].is_hit) {
			counts.misses -= value;
		} else if (counters->events[i].is_miss) {
			counts.lookups += value;
			counts.misses += value;
		} else {
			counts.lookups += value;
		}
	}
	/* lookups - hits, where a unit counts hits */
	for (size_t i = 0; i < counters->count; i++)
		if (counters->events[i].is_hit) {
			counts.misses += counts.lookups;
			break;
		}
	*ret = counts;
	return 0;
}

void counters_close(struct counters *counters)
{
	for (size_t i = 0; i < counters->count; i++)
		close(counters->events[i].fd);
	counters->count = 0;
}
