// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples of the mappings that DMA-API debugging lists. */

#include "cmd/samples.h"

#include <sys/stat.h>
#include <time.h>

uint64_t sample_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

const char *sample_obstacle(struct system *system, int error)
{
	const struct status *status = &system->status;

	if (error != -ENOENT)
		return strerror(-error);
	if (status->dma_debug.value == DMA_DEBUG_NOT_BUILT)
		return arena_printf(&system->arena,
				    "this kernel has no DMA-API debugging (%s); one "
				    "built with CONFIG_DMA_API_DEBUG=y lists mappings "
				    "from boot on, and leaks trace follows them on any",
				    status->dma_debug_why.value);
	if (status->dma_debug.value == DMA_DEBUG_DISABLED)
		return "DMA-API debugging is off, by dma_debug=off or because its "
		       "records "
		       "ran out (dma_debug_entries=N gives it more); only a reboot "
		       "brings "
		       "it back";
	if (known_false(system->debugfs))
		return "debugfs is not mounted: mount -t debugfs debugfs "
		       "/sys/kernel/debug";
	return strerror(-error);
}

int sample_take(struct context *context, struct arena *arena, const struct segments *map,
		struct mapping_sample *ret)
{
	ret->time = KNOWN_U64(sample_now());
	/* Where it is off, the list is there and empty. */
	if (known_true(context->system.dma_api_disabled))
		return -ENOENT;
	return source_count_mappings(&context->root, arena, map, &ret->table);
}

/* The time of a capture, "2026-11-21T10:00:00Z". */
struct fact_u64 sample_time_of(const struct host *host)
{
	struct tm tm = { 0 };
	const char *text = known_text(host->time);
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;

	if (!end || *end != '\0')
		return (struct fact_u64){ .state = FACT_ABSENT };
	return KNOWN_U64((uint64_t)timegm(&tm) * 1000);
}

static int load_snapshot(struct context *context, const char *path,
			 struct mapping_sample *ret)
{
	struct context other = { .command = context->command, .sysroot = path };
	int status;

	other.root.fd = -1;
	status = context_load(&other, FACTS_HOST | FACTS_PLATFORM | FACTS_DEBUG);
	if (status == EXIT_ANSWERED) {
		int r = sample_take(&other, &context->system.arena, NULL, ret);

		if (r < 0) {
			complain("%s: %s", path, sample_obstacle(&other.system, r));
			status = EXIT_TROUBLE;
		}
	}
	ret->time = sample_time_of(&other.system.host);
	if (other.root.fd >= 0)
		root_close(&other.root);
	system_free(&other.system);
	return status;
}

int sample_load(struct context *context, const char *path, struct mapping_sample *ret)
{
	_cleanup_close_ int fd = open_named_file(path);
	struct stat status;
	int r = fd < 0 ? fd : 0;

	if (r == 0 && fstat(fd, &status) < 0)
		r = -errno;
	if (r == 0 && S_ISDIR(status.st_mode))
		return load_snapshot(context, path, ret);
	if (r == 0)
		r = source_count_file(fd, &context->system.arena, &ret->table);
	ret->time.state = FACT_ABSENT;
	if (r < 0)
		complain("%s: %s", path, strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static void note(struct system *system, const char *path, const char *reason)
{
	struct unread *unread = arena_new(&system->arena, struct unread);

	unread->source = "leaks";
	unread->path = arena_strdup(&system->arena, path);
	unread->reason = reason;
	list_add(&system->arena, &system->unread, unread);
}

void sample_tell_unparsed(struct context *context, const char *path,
			  const struct mapping_table *table, bool show)
{
	struct system *system = &context->system;
	_cleanup_strbuf_ struct strbuf first = { 0 };

	if (table->left_out > 0)
		note(system, path,
		     arena_printf(&system->arena,
				  "%llu mappings of more than %d groups are counted in "
				  "the sums only",
				  (unsigned long long)table->left_out,
				  MAPPING_GROUPS_MAX));
	if (table->unparsed == 0)
		return;
	strbuf_add_safe(&first, table->refused.items[0]);
	note(system, path,
	     arena_printf(&system->arena,
			  "%llu line%s could not be understood; the first is '%.60s'",
			  (unsigned long long)table->unparsed,
			  table->unparsed == 1 ? "" : "s", strbuf_text(&first)));
	if (show)
		LIST_FOR_EACH (&table->refused, const char, line)
			complain("%s: not understood: %s", path, line);
}
