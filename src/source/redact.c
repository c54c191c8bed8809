// SPDX-License-Identifier: GPL-2.0-or-later
/* Blanks what identifies a machine or its owner in the files of a snapshot. */

#include "source/redact.h"

#include <ctype.h>

#include "base/text.h"
#include "spec/cmdline.h"
#include "spec/parameter.h"
#include "spec/pcicap.h"

#define BLANK "redacted"

struct redactor {
	char *hostname; /* NULL until its file was seen: the host source reads it first */
	char **volumes;
	size_t volume_count;
};

struct redactor *redactor_new(void)
{
	return memset(xrealloc(NULL, sizeof(struct redactor)), 0,
		      sizeof(struct redactor));
}

void redactor_free(struct redactor *redactor)
{
	if (!redactor)
		return;
	for (size_t i = 0; i < redactor->volume_count; i++)
		free(redactor->volumes[i]);
	free(redactor->volumes);
	free(redactor->hostname);
	free(redactor);
}

size_t redactor_number(struct redactor *redactor, const char *name, size_t length)
{
	char *copy;
	size_t i = 0;

	while (i < redactor->volume_count &&
	       (strlen(redactor->volumes[i]) != length ||
		strncmp(redactor->volumes[i], name, length) != 0))
		i++;
	if (i < redactor->volume_count)
		return i + 1;
	copy = xzalloc(length + 1);
	memcpy(copy, name, length);
	redactor->volumes =
		xrealloc(redactor->volumes, (i + 1) * sizeof(*redactor->volumes));
	redactor->volumes[redactor->volume_count++] = copy;
	return redactor->volume_count;
}

/* Does text fit a pattern in which x is a hexadecimal digit? Its length, or 0. */
static size_t matches_digits(const char *text, const char *pattern)
{
	size_t i;

	for (i = 0; pattern[i]; i++)
		if (pattern[i] == 'x' ? !isxdigit((unsigned char)text[i])
				      : text[i] != pattern[i])
			return 0;
	return isxdigit((unsigned char)text[i]) || text[i] == ':' ? 0 : i;
}

/* Zeroes the digits of MAC addresses and UUIDs. */
static void blank_identifiers(char *text)
{
	static const char *const patterns[] = {
		"xx:xx:xx:xx:xx:xx",
		"xx-xx-xx-xx-xx-xx",
		"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
	};
	bool inside = false; /* of a longer run of digits */

	for (char *p = text; *p; p++) {
		size_t length = 0;

		for (size_t i = 0; !inside && i < ARRAY_SIZE(patterns); i++)
			length = MAX(length, matches_digits(p, patterns[i]));
		for (size_t i = 0; i < length; i++)
			if (isxdigit((unsigned char)p[i]))
				p[i] = '0';
		if (length > 0)
			p += length - 1;
		inside = isxdigit((unsigned char)*p) || *p == ':';
	}
}

/* Known to bear on DMA, or so near to it that it was meant to. */
static bool is_of_use(const struct cmdline_word *word)
{
	char guess[128];

	return cmdline_is_about_dma(word->name, word->name_length) ||
	       parameter_guess(word->start, word->length, guess, sizeof(guess));
}

static void blank_cmdline(const char *text, struct strbuf *ret)
{
	struct cmdline_word word;

	while (cmdline_next(&text, &word)) {
		strbuf_puts(ret, ret->length > 0 ? " " : "");
		if (is_of_use(&word)) {
			strbuf_add(ret, word.start, word.length);
		} else if (word.value) {
			strbuf_add(ret, word.name, word.name_length);
			strbuf_puts(ret, "=" BLANK);
		} else {
			strbuf_puts(ret, BLANK);
		}
	}
	strbuf_puts(ret, "\n");
}

static void blank_config(unsigned char *config, size_t size)
{
	struct pci_capabilities found;

	pcicap_walk(config, size, &found);
	if (found.serial_number > 0)
		memset(config + found.serial_number + 4, 0, 8);
}

/* Replaces the host's name where it stands as a word of its own. */
static void blank_hostname(const char *hostname, const char *text, struct strbuf *ret)
{
	size_t length = strlen(hostname);

	for (const char *p = text; *p;) {
		bool word = p == text || !isalnum((unsigned char)p[-1]);

		if (word && strncmp(p, hostname, length) == 0 &&
		    !isalnum((unsigned char)p[length])) {
			strbuf_puts(ret, BLANK);
			p += length;
		} else {
			strbuf_add(ret, p++, 1);
		}
	}
}

/* Of the mount table only the lines that say where debug files are. */
static void keep_debug_mounts(const char *text, struct strbuf *ret)
{
	const char *line;
	size_t length;

	while ((line = next_line(&text, &length)))
		if (memmem(line, length, " debugfs ", strlen(" debugfs ")) ||
		    memmem(line, length, " tracefs ", strlen(" tracefs "))) {
			strbuf_add(ret, line, length);
			strbuf_puts(ret, "\n");
		}
}

/* Files of facts, in which a driver or a type may be called like the host. */
static bool has_facts_only(const char *path)
{
	static const char *const files[] = { "proc/dma", "proc/interrupts", "proc/iomem",
					     "proc/zoneinfo" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (streq(path, files[i]))
			return true;
	return starts_with(path, "sys/");
}

void redactor_apply(struct redactor *redactor, const char *path, const void *data,
		    size_t size, struct bytes *ret)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	strbuf_add(&text, data, size);
	if (matches_star("sys/bus/pci/devices/*/config", path)) {
		blank_config((unsigned char *)text.text, size);
	} else if (strlen(text.text) == size) {
		_cleanup_strbuf_ struct strbuf before = strbuf_take(&text);

		_cleanup_strbuf_ struct strbuf host = { 0 };

		strbuf_puts(&text, ""); /* an empty file stays an empty string */
		if (redact_host_file(redactor, path, before.text, &host)) {
			strbuf_free(&before);
			before = strbuf_take(&host);
			strbuf_puts(&before, "");
		}
		if (matches_star("*/hostname", path)) {
			free(redactor->hostname);
			redactor->hostname = trim_end(xstrdup(before.text));
			strbuf_puts(&text, BLANK "\n");
		} else if (matches_star("*/cmdline", path)) {
			blank_cmdline(before.text, &text);
		} else if (matches_star("*/mounts", path)) {
			keep_debug_mounts(before.text, &text);
		} else if (redactor->hostname && redactor->hostname[0] &&
			   !has_facts_only(path)) {
			blank_hostname(redactor->hostname, before.text, &text);
		} else {
			strbuf_puts(&text, before.text);
		}
		if (text.text)
			blank_identifiers(text.text);
	}
	ret->size = text.length;
	ret->data = (unsigned char *)strbuf_take(&text).text;
}
