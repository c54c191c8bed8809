// SPDX-License-Identifier: GPL-2.0-or-later
/* What figures were measured on, and what the kernel says of the device meanwhile. */

#include "cmd/bench.h"

#include <time.h>

#include "base/file.h"
#include "model/fault.h"

/* A short file of this machine, without its newline; absent where there is none. */
static struct fact_str read_word(struct arena *arena, const char *path)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = read_named_file(path, 4096, &bytes);

	if (r < 0)
		return (struct fact_str){ .state = fact_state_of(r) };
	trim_end((char *)bytes.data);
	return KNOWN_STR(arena_strdup(arena, (const char *)bytes.data));
}

static struct fact_u64 read_count(struct arena *arena, const char *path)
{
	struct fact_str word = read_word(arena, path);
	struct fact_u64 count = { .state = word.state };

	if (word.state == FACT_KNOWN && parse_u64(word.value, 10, &count.value) < 0)
		count.state = FACT_MALFORMED;
	return count;
}

/* "always [madvise] never": the one that holds. */
static struct fact_str read_choice(struct arena *arena, const char *path)
{
	struct fact_str word = read_word(arena, path);
	const char *begin, *end;

	if (word.state != FACT_KNOWN)
		return word;
	begin = word.value ? strchr(word.value, '[') : NULL;
	end = begin ? strchr(begin, ']') : NULL;
	if (!end)
		return (struct fact_str){ .state = FACT_MALFORMED };
	return KNOWN_STR(arena_strndup(arena, begin + 1, (size_t)(end - begin) - 1));
}

/* Some kilobytes for each of some thousands of processors. */
enum { CPUINFO_CAP = 32 << 20 };

/* "model name : …" of /proc/cpuinfo, which not every architecture has. */
static struct fact_str read_cpu_model(struct arena *arena)
{
	static const char name[] = "model name";
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = read_named_file("/proc/cpuinfo", CPUINFO_CAP, &bytes);
	const char *line, *colon;

	if (r < 0)
		return (struct fact_str){ .state = fact_state_of(r) };
	line = strstr((const char *)bytes.data, name);
	colon = line ? line + sizeof(name) - 1 : NULL;
	if (colon)
		colon += strspn(colon, " \t");
	if (!colon || *colon != ':')
		return (struct fact_str){ .state = FACT_ABSENT };
	colon += 1 + strspn(colon + 1, " \t");
	return KNOWN_STR(arena_strndup(arena, colon, strcspn(colon, "\n")));
}

static struct fact_list page_sizes_of(struct arena *arena, uint64_t sizes)
{
	struct fact_list list = { .state = sizes ? FACT_KNOWN : FACT_UNREAD };

	for (unsigned int bit = 0; bit < 64; bit++)
		if (sizes >> bit & 1) {
			uint64_t size = UINT64_C(1) << bit;

			list_add(arena, &list.list,
				 arena_memdup(arena, &size, sizeof(size)));
		}
	return list;
}

static struct fact_str default_domain_of(const struct status *status)
{
	static const char *const names[] = { "strict", "lazy", "identity" };

	if (status->default_domain.state != FACT_KNOWN)
		return (struct fact_str){ .state = status->default_domain.state };
	return KNOWN_STR(names[status->default_domain.value]);
}

struct environment *bench_environment(struct context *context,
				      const struct device *device,
				      const struct bench *bench, int cpu,
				      uint64_t clock_ns)
{
	struct arena *arena = &context->system.arena;
	const struct status *status = &context->system.status;
	struct environment *environment = arena_new(arena, struct environment);
	static const char pages[] =
		"/sys/kernel/mm/hugepages/hugepages-%skB/free_hugepages";

	*environment = (struct environment){
		.kernel = context->system.host.kernel,
		.cpu_model = read_cpu_model(arena),
		.iommu = status->iommu_kind,
		.default_domain = default_domain_of(status),
		.interrupt_remapping = status->interrupt_remapping,
		.thp = read_choice(arena, "/sys/kernel/mm/transparent_hugepage/enabled"),
		.clock = read_word(arena, "/sys/devices/system/clocksource/clocksource0/"
					  "current_clocksource"),
		.cpu = KNOWN_U64((uint64_t)cpu),
		.clock_ns = KNOWN_U64(clock_ns),
		.iommu_page_sizes = page_sizes_of(arena, bench->page_sizes),
		.huge_2m = read_count(arena, arena_printf(arena, pages, "2048")),
		.huge_1g = read_count(arena, arena_printf(arena, pages, "1048576")),
		.governor = read_word(
			arena, arena_printf(arena,
					    "/sys/devices/system/cpu/cpu%d/cpufreq/"
					    "scaling_governor",
					    cpu)),
		.domain_type = { .state = FACT_ABSENT },
	};
	if (device)
		environment->domain_type = device->domain_type;
	return environment;
}

static void add_fact(struct strbuf *text, const char *name, struct fact_str fact)
{
	if (fact.state == FACT_KNOWN)
		strbuf_printf(text, ", %s %s", name, fact.value);
}

const char *bench_environment_note(struct context *context,
				   const struct environment *environment)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_printf(&text, "Times in nanoseconds, net of %llu for a look at the clock",
		      (unsigned long long)environment->clock_ns.value);
	add_fact(&text, "clock", environment->clock);
	strbuf_printf(&text, "; CPU %llu", (unsigned long long)environment->cpu.value);
	add_fact(&text, "governor", environment->governor);
	add_fact(&text, "kernel", environment->kernel);
	add_fact(&text, "IOMMU", environment->iommu);
	add_fact(&text, "the kernel's own domain", environment->domain_type);
	strbuf_puts(&text, ".");
	return arena_strdup(&context->system.arena, strbuf_text(&text));
}

struct bench_faults {
	struct context *context;
	struct root_log log;
	struct fault_log faults;
	struct pci_address address;
	int64_t count;
};

static void take_fault(void *data, const struct fault *fault)
{
	struct bench_faults *faults = data;
	const struct pci_address *bdf = &fault->bdf;

	if (fault->has_bdf && bdf->bus == faults->address.bus &&
	    bdf->device == faults->address.device &&
	    bdf->function == faults->address.function &&
	    (!fault->has_segment || bdf->domain == faults->address.domain))
		faults->count++;
}

static bool take_line(void *data, const char *line, size_t length)
{
	struct bench_faults *faults = data;

	fault_log_line(&faults->faults, line, length);
	return false;
}

struct bench_faults *bench_faults_open(struct context *context, const char *bdf)
{
	struct bench_faults *faults =
		arena_new(&context->system.arena, struct bench_faults);

	faults->context = context;
	if (parse_pci_address(bdf, &faults->address) < 0 ||
	    root_log_open(&context->root, "dev/kmsg", &faults->log) < 0)
		return NULL;
	faults->faults.arena = &context->system.arena;
	faults->faults.take = take_fault;
	faults->faults.data = faults;
	/* What was there before is none of ours. */
	root_log_read(&context->root, &faults->log, take_line, faults);
	fault_log_end(&faults->faults);
	faults->count = 0;
	return faults;
}

int64_t bench_faults_count(struct bench_faults *faults)
{
	static const struct timespec moment = { .tv_nsec = 20000000 };
	int r;

	nanosleep(&moment, NULL);
	r = root_log_read(&faults->context->root, &faults->log, take_line, faults);
	fault_log_end(&faults->faults);
	return r < 0 ? r : faults->count;
}

void bench_faults_close(struct bench_faults *faults)
{
	if (faults)
		root_log_close(&faults->context->root, &faults->log, 0);
}
