// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels of third-party DMA controllers. */

#include "source/attr.h"
#include "source/source.h"
#include "spec/channel.h"

#define CLASS "sys/class/dma"
#define SUMMARY "sys/kernel/debug/dmaengine/summary"
#define ISA "proc/dma"

/* The class exists where CONFIG_DMA_ENGINE does; without it there are no channels. */
void source_dmaengine_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, CLASS);

	system->dma_channels = (struct fact_u64){
		list_state(root, r, "sys/class"),
		names.count,
	};
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void read_link(struct root *root, struct fact_str *ret, const char *channel,
		      const char *link)
{
	const char *target;
	int r = root_link(root, &target, CLASS "/%s/%s", channel, link);

	ret->state = fact_state_of(r);
	if (r == 0)
		ret->value = last_part(target);
}

/*
 * "../../devices/pci0000:00/0000:00:1e.0/dma/dma0chan0": the controller stands above. One
 * without a parent is in ../../devices/virtual.
 */
static struct fact_str controller_of(struct arena *arena, const struct entry *entry)
{
	static const char dma[] = "/dma";
	struct fact_str none = { .state = FACT_ABSENT };
	const char *slash;
	char *path;

	slash = entry->target ? strrchr(entry->target, '/') : NULL;
	if (!slash)
		return (struct fact_str){ .state = FACT_MALFORMED };
	path = arena_strndup(arena, entry->target, (size_t)(slash - entry->target));
	if (strlen(path) > strlen(dma) && streq(path + strlen(path) - strlen(dma), dma))
		path[strlen(path) - strlen(dma)] = '\0';
	return streq(last_part(path), "virtual") ? none : KNOWN_STR(last_part(path));
}

/* The kernel links the client where it asked for a channel by name (DMA_SLAVE_NAME). */
static void read_channel(struct root *root, struct system *system,
			 const struct entry *entry)
{
	struct channel *channel = arena_new(&system->arena, struct channel);

	channel->name = entry->name;
	channel->kind = KNOWN_ENUM(CHANNEL_DMAENGINE);
	channel->controller = controller_of(&system->arena, entry);
	read_link(root, &channel->driver, entry->name, "device/driver");
	read_link(root, &channel->client, entry->name, "slave");
	attr_u64(root, 10, &channel->in_use, CLASS "/%s/in_use", entry->name);
	attr_u64(root, 10, &channel->bytes_transferred, CLASS "/%s/bytes_transferred",
		 entry->name);
	attr_u64(root, 10, &channel->memcpy_count, CLASS "/%s/memcpy_count", entry->name);
	channel->router.state = FACT_ABSENT;
	list_add(&system->arena, &system->channels, channel);
}

/* What is known of a channel that is in use and has neither client nor router yet. */
static void set_unknown_users(struct system *system, enum fact_state state)
{
	LIST_FOR_EACH (&system->channels, struct channel, channel) {
		bool used =
			channel->in_use.state != FACT_KNOWN || channel->in_use.value > 0;

		if (used && state != FACT_ABSENT) {
			channel->router.state = state;
			if (channel->client.state == FACT_ABSENT)
				channel->client.state = state;
		}
	}
}

static void set_user(struct system *system, const struct channel_line *line)
{
	struct arena *arena = &system->arena;

	LIST_FOR_EACH (&system->channels, struct channel, channel) {
		if (strlen(channel->name) != line->channel_length ||
		    !starts_with(line->channel, channel->name))
			continue;
		if (channel->client.state != FACT_KNOWN)
			channel->client = KNOWN_STR(
				arena_strndup(arena, line->client, line->client_length));
		channel->router.state = FACT_ABSENT;
		if (line->router)
			channel->router = KNOWN_STR(
				arena_strndup(arena, line->router, line->router_length));
	}
}

/*
 * Debugfs knows the clients that sysfs does not link. A driver may print a summary of its
 * own: what has no line there keeps an unknown client while it is in use.
 */
static void read_summary(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	struct channel_line parsed;
	size_t length;
	int r = -ENODATA;

	if (system->channels.count == 0)
		return;
	if (!known_false(system->debugfs))
		r = root_read(root, &bytes, SUMMARY);
	set_unknown_users(system, r == 0 ? FACT_UNREAD : debugfs_state(system, r));
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length)))
		if (dmaengine_parse_line(line, length, &parsed) == 0)
			set_user(system, &parsed);
}

/* "No DMA" is all that an architecture without such channels prints. */
static void read_isa(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, ISA);

	/* A kernel without ISA DMA has no such file, if procfs is there at all. */
	if (r == -ENOENT && system->host.kernel.state != FACT_KNOWN)
		r = proc_missing(root, r, ISA);
	if (r < 0 && r != -ENOENT)
		system->channels_state = fact_state_of(r);
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		struct channel_line parsed;
		struct channel *channel;

		if (length == strlen("No DMA") && starts_with(line, "No DMA"))
			continue;
		if (isa_dma_parse_line(line, length, &parsed) < 0) {
			root_note(root, ISA, "a line is not \"number: name\"");
			continue;
		}
		channel = arena_new(&system->arena, struct channel);
		channel->name = arena_strndup(&system->arena, parsed.channel,
					      parsed.channel_length);
		channel->kind = KNOWN_ENUM(CHANNEL_ISA);
		channel->client = KNOWN_STR(arena_strndup(&system->arena, parsed.client,
							  parsed.client_length));
		channel->in_use = KNOWN_U64(1); /* the file lists no others */
		channel->controller.state = channel->driver.state = FACT_ABSENT;
		channel->router.state = FACT_ABSENT;
		channel->bytes_transferred.state = FACT_ABSENT;
		channel->memcpy_count.state = FACT_ABSENT;
		list_add(&system->arena, &system->channels, channel);
	}
}

/* "dma2chan0" before "dma10chan0", and what is called otherwise last. */
static int compare_names(const void *a, const void *b)
{
	const char *x = (*(const struct entry *const *)a)->name;
	const char *y = (*(const struct entry *const *)b)->name;
	uint64_t device[2], channel[2];
	bool odd_x = dmaengine_parse_name(x, &device[0], &channel[0]) < 0;
	bool odd_y = dmaengine_parse_name(y, &device[1], &channel[1]) < 0;

	if (odd_x || odd_y)
		return odd_x != odd_y ? (int)odd_x - (int)odd_y : strcmp(x, y);
	if (device[0] != device[1])
		return device[0] < device[1] ? -1 : 1;
	return channel[0] < channel[1] ? -1 : channel[0] > channel[1];
}

void source_dmaengine_channels(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, CLASS);

	system->channels_state = list_state(root, r, "sys/class");
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(void *), compare_names);
	LIST_FOR_EACH (&names, struct entry, entry)
		read_channel(root, system, entry);
	read_summary(root, system);
	read_isa(root, system);
}
