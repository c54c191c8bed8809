// SPDX-License-Identifier: GPL-2.0-or-later
/* Blanks names and addresses in files about disks, mounts and networks. */

#include "base/text.h"
#include "source/redact.h"
#include "spec/mounts.h"

#define BLANK "redacted"

/* Directories that every machine has; others may bear names of people and projects. */
static bool is_common(const char *point, size_t length)
{
	static const char *const common[] = {
		"boot", "dev", "efi", "etc", "home", "media", "mnt",  "opt",
		"proc", "run", "srv", "sys", "tmp",  "usr",   "root", "var",
	};

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (strlen(common[i]) == length && starts_with(point, common[i]))
			return true;
	return false;
}

/* "/home/somebody" as "/home/redacted". */
static void add_path(struct slice path, struct strbuf *ret)
{
	const char *cursor = path.text, *end = path.text + path.length, *word;
	bool known = true;
	size_t length;

	if (path.length == 1 && *path.text == '/')
		strbuf_puts(ret, "/");
	while (cursor < end && (word = next_word(&cursor, "/", &length)) && word < end) {
		length = MIN(length, (size_t)(end - word));
		known = known && is_common(word, length);
		strbuf_puts(ret, "/");
		strbuf_add(ret, known ? word : BLANK, known ? length : strlen(BLANK));
	}
}

static void add_volume(struct redactor *redactor, const char *name, size_t length,
		       struct strbuf *ret)
{
	strbuf_printf(ret, "volume%zu", redactor_number(redactor, name, length));
}

/*
 * The name of a disk stays, and a volume has a number. Of a pool of ZFS, of servers, and
 * of links that are called after labels and serial numbers nothing stays.
 */
static void add_source(struct redactor *redactor, struct slice source, struct strbuf *ret)
{
	static const char disks[] = "/dev/", volumes[] = "/dev/mapper/";
	size_t head = strlen(disks), longer = strlen(volumes);

	if (source.length > longer && starts_with(source.text, volumes)) {
		strbuf_puts(ret, volumes);
		add_volume(redactor, source.text + longer, source.length - longer, ret);
	} else if (source.length > head && starts_with(source.text, disks) &&
		   !memchr(source.text + head, '/', source.length - head)) {
		strbuf_add(ret, source.text, source.length);
	} else {
		strbuf_puts(ret, BLANK);
	}
}

static void redact_mounts(struct redactor *redactor, const char *text, struct strbuf *ret)
{
	const char *line;
	size_t length, number = 0;

	while ((line = next_line(&text, &length))) {
		struct mount_line mount;

		number++;
		if (mountinfo_parse_line(line, length, &mount) < 0)
			continue;
		strbuf_printf(ret, "%zu 0 %.*s / ", number, (int)mount.number.length,
			      mount.number.text);
		add_path(mount.point, ret);
		strbuf_printf(ret, " rw - %.*s ", (int)mount.type.length,
			      mount.type.text);
		add_source(redactor, mount.source, ret);
		strbuf_puts(ret, " rw\n");
	}
}

static void redact_swaps(struct redactor *redactor, const char *text, struct strbuf *ret)
{
	const char *line;
	size_t length;

	strbuf_puts(ret, "Filename Type Size Used Priority\n");
	while ((line = next_line(&text, &length))) {
		struct swap_line swap;

		if (swaps_parse_line(line, length, &swap) < 0)
			continue;
		if (swap.partition)
			add_source(redactor, swap.name, ret);
		else
			add_path(swap.name, ret);
		strbuf_printf(ret, " %s %llu %llu -1\n",
			      swap.partition ? "partition" : "file",
			      (unsigned long long)swap.size / 1024,
			      (unsigned long long)swap.used / 1024);
	}
}

/* Of what udev knows of a disk only what it holds; all labels are one. */
static void redact_udev(const char *text, struct strbuf *ret)
{
	const char *line;
	size_t length;

	while ((line = next_line(&text, &length))) {
		if (starts_with(line, "E:ID_FS_TYPE=")) {
			strbuf_add(ret, line, length);
			strbuf_puts(ret, "\n");
		} else if (starts_with(line, "E:ID_FS_LABEL=")) {
			strbuf_puts(ret, "E:ID_FS_LABEL=" BLANK "\n");
		}
	}
}

static void redact_volume(struct redactor *redactor, const char *text, struct strbuf *ret)
{
	size_t length = strcspn(text, "\n");

	if (length > 0)
		add_volume(redactor, text, length, ret);
	strbuf_puts(ret, "\n");
}

/* Of a program only what it may do, not whose it is. */
static void redact_status(const char *text, struct strbuf *ret)
{
	const char *line;
	size_t length;

	while ((line = next_line(&text, &length)))
		if (starts_with(line, "CapEff:")) {
			strbuf_add(ret, line, length);
			strbuf_puts(ret, "\n");
		}
}

/* Of the options of modules those of VFIO only. */
static void redact_options(const char *text, struct strbuf *ret)
{
	const char *line;
	size_t length;

	while ((line = next_line(&text, &length)))
		if (starts_with(line, "options") && memmem(line, length, "vfio", 4)) {
			strbuf_add(ret, line, length);
			strbuf_puts(ret, "\n");
		}
}

/* "LVM-" and 64 letters: who made it is enough. */
static void redact_mapper(const char *text, struct strbuf *ret)
{
	size_t length = strcspn(text, "-\n");

	strbuf_add(ret, text, length);
	strbuf_puts(ret, text[length] == '-' ? "-" BLANK "\n" : "\n");
}

/*
 * Routes and addresses, with zeros for the digits of every address. A default route is
 * still one, by its mask or the length of its prefix, and others are still none.
 */
static void redact_addresses(const char *text, bool dotted, struct strbuf *ret)
{
	const char *line;
	size_t length;

	while ((line = next_line(&text, &length))) {
		const char *cursor = line, *word;
		size_t word_length, number = 0;

		while (cursor < line + length &&
		       (word = next_word(&cursor, " \t", &word_length)) &&
		       word < line + length) {
			bool address;

			word_length = MIN(word_length, (size_t)(line + length - word));
			address = dotted ? memchr(word, '.', word_length) != NULL
					 : word_length == 32 ||
						   (word_length == 8 &&
						    (number == 1 || number == 2));
			strbuf_puts(ret, number++ > 0 ? "\t" : "");
			if (!address)
				strbuf_add(ret, word, word_length);
			else if (dotted)
				strbuf_puts(ret, "0.0.0.0");
			else
				for (size_t i = 0; i < word_length; i++)
					strbuf_puts(ret, "0");
		}
		strbuf_puts(ret, "\n");
	}
}

bool redact_host_file(struct redactor *redactor, const char *path, const char *text,
		      struct strbuf *ret)
{
	if (matches_star("*/mountinfo", path))
		redact_mounts(redactor, text, ret);
	else if (streq(path, "proc/swaps"))
		redact_swaps(redactor, text, ret);
	else if (matches_star("run/udev/data/*", path))
		redact_udev(text, ret);
	else if (streq(path, "proc/self/status"))
		redact_status(text, ret);
	else if (matches_star("*/modprobe.d/*", path))
		redact_options(text, ret);
	else if (matches_star("sys/class/block/*/dm/uuid", path))
		redact_mapper(text, ret);
	else if (matches_star("sys/class/block/*/dm/name", path))
		redact_volume(redactor, text, ret);
	else if (matches_star("sys/class/input/*/name", path))
		strbuf_puts(ret, BLANK "\n");
	else if (matches_star("sys/class/block/*/loop/backing_file", path))
		add_path((struct slice){ text, strcspn(text, "\n") }, ret);
	else if (matches_star("proc/net/fib_trie", path))
		redact_addresses(text, true, ret);
	else if (streq(path, "proc/net/route") || streq(path, "proc/net/ipv6_route") ||
		 streq(path, "proc/net/if_inet6"))
		redact_addresses(text, false, ret);
	else
		return false;
	return true;
}
