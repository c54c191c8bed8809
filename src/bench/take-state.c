// SPDX-License-Identifier: GPL-2.0-or-later
/* What functions were before they were taken: the file, strictly read. */

#include "bench/take-state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"

static const char first_line[] = "dmascope-bench 1";

void take_state_free(struct take_state *state)
{
	free(state->records);
	*state = (struct take_state){ 0 };
}

bool take_is_bdf(const char *text)
{
	struct pci_address address;
	char again[32];

	if (strlen(text) >= TAKE_BDF_SIZE || parse_pci_address(text, &address) < 0 ||
	    address.function < 0)
		return false;
	snprintf(again, sizeof(again), "%04x:%02x:%02x.%d", address.domain, address.bus,
		 address.device, address.function);
	return streq(text, again);
}

bool take_is_name(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length >= TAKE_NAME_SIZE || *text == '.' || *text == ' ' ||
	    text[length - 1] == ' ')
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '/')
			return false;
	return true;
}

static bool is_boot(const char *text)
{
	return *text && strlen(text) < sizeof(((struct take_state *)0)->boot) &&
	       text[strspn(text, "0123456789abcdef-")] == '\0';
}

/* Line by line, until one is not as it must be. */
struct parser {
	const char *cursor;
	char line[TAKE_NAME_SIZE + 32];
	unsigned int number;
	struct strbuf *why;
};

static int refuse(const struct parser *parser, const char *what)
{
	strbuf_clear(parser->why);
	strbuf_printf(parser->why, "line %u: %s", parser->number, what);
	return -EBADMSG;
}

/* Every line ends; what does not was cut off. */
static int next(struct parser *parser)
{
	const char *end = strchr(parser->cursor, '\n');

	parser->number++;
	if (!end)
		return refuse(parser, "the file was cut off");
	if ((size_t)(end - parser->cursor) >= sizeof(parser->line))
		return refuse(parser, "it is too long");
	memcpy(parser->line, parser->cursor, (size_t)(end - parser->cursor));
	parser->line[end - parser->cursor] = '\0';
	parser->cursor = end + 1;
	return 0;
}

/* What stands behind the word that the next line begins with; "" for nothing. */
static int next_value(struct parser *parser, const char *word, const char **ret)
{
	size_t length = strlen(word);
	int r = next(parser);

	if (r < 0)
		return r;
	if (!starts_with(parser->line, word) ||
	    (parser->line[length] != ' ' && parser->line[length] != '\0'))
		return refuse(parser, "another word stands there than should");
	*ret = parser->line + length + (parser->line[length] == ' ');
	if (parser->line[length] == ' ' && **ret == '\0')
		return refuse(parser, "nothing stands behind the word");
	return 0;
}

static int next_number(struct parser *parser, const char *word, uint64_t *ret)
{
	const char *value;
	int r = next_value(parser, word, &value);

	if (r < 0)
		return r;
	return parse_u64(value, 10, ret) < 0 ? refuse(parser, "no number") : 0;
}

/* The name of a driver, or nothing. */
static int next_name(struct parser *parser, const char *word, char ret[TAKE_NAME_SIZE])
{
	const char *value;
	int r = next_value(parser, word, &value);

	if (r < 0)
		return r;
	if (*value && !take_is_name(value))
		return refuse(parser, "no name of a driver");
	snprintf(ret, TAKE_NAME_SIZE, "%s", value);
	return 0;
}

static int parse_function(struct parser *parser, const char *bdf,
			  struct take_state *state)
{
	struct take_record *record;
	int r;

	if (!take_is_bdf(bdf))
		return refuse(parser, "no PCI address");
	for (size_t i = 0; i < state->count; i++)
		if (streq(state->records[i].bdf, bdf))
			return refuse(parser, "the function stands there twice");
	if (state->count == TAKE_FUNCTIONS_MAX)
		return refuse(parser, "more functions than a group has");
	state->records =
		xrealloc(state->records, (state->count + 1) * sizeof(*state->records));
	record = state->records + state->count++;
	*record = (struct take_record){ 0 };
	memcpy(record->bdf, bdf, strlen(bdf));
	r = next_name(parser, "driver", record->driver);
	return r < 0 ? r : next_name(parser, "override", record->override);
}

static int parse_head(struct parser *parser, struct take_state *state)
{
	const char *value;
	int r = next(parser);

	if (r < 0)
		return r;
	if (!streq(parser->line, first_line))
		return refuse(parser, starts_with(parser->line, "dmascope-bench ")
					      ? "another version wrote it"
					      : "no file of a benchmark");
	r = next_value(parser, "boot", &value);
	if (r < 0)
		return r;
	if (!is_boot(value))
		return refuse(parser, "no boot");
	snprintf(state->boot, sizeof(state->boot), "%s", value);
	return next_number(parser, "owner", &state->owner);
}

static int parse_all(struct parser *parser, struct take_state *state)
{
	static const char function[] = "function ";
	uint64_t count;
	int r = parse_head(parser, state);

	while (r == 0 && starts_with(parser->cursor, function)) {
		char bdf[sizeof(parser->line)];

		r = next(parser);
		if (r < 0)
			break;
		snprintf(bdf, sizeof(bdf), "%s", parser->line + strlen(function));
		r = parse_function(parser, bdf, state);
	}
	if (r == 0)
		r = next_number(parser, "end", &count);
	if (r < 0)
		return r;
	if (count != state->count)
		return refuse(parser, "functions are missing");
	return *parser->cursor ? refuse(parser, "something follows the end") : 0;
}

int take_state_parse(const unsigned char *bytes, size_t size, struct take_state *ret,
		     struct strbuf *why)
{
	struct take_state state = { 0 };
	struct parser parser = { .why = why };
	_cleanup_free_ char *text = NULL;
	int r;

	if (size > TAKE_FILE_MAX || memchr(bytes, '\0', size)) {
		strbuf_clear(why);
		strbuf_puts(why, "no file of a benchmark");
		return -EBADMSG;
	}
	text = xzalloc(size + 1);
	memcpy(text, bytes, size);
	parser.cursor = text;
	r = parse_all(&parser, &state);
	if (r < 0)
		take_state_free(&state);
	else
		*ret = state;
	return r;
}

static void add_word(struct strbuf *buf, const char *word, const char *value)
{
	strbuf_printf(buf, "%s%s%s\n", word, *value ? " " : "", value);
}

void take_state_format(const struct take_state *state, struct strbuf *ret)
{
	strbuf_printf(ret, "%s\nboot %s\nowner %llu\n", first_line, state->boot,
		      (unsigned long long)state->owner);
	for (size_t i = 0; i < state->count; i++) {
		const struct take_record *record = state->records + i;

		add_word(ret, "function", record->bdf);
		add_word(ret, "driver", record->driver);
		add_word(ret, "override", record->override);
	}
	strbuf_printf(ret, "end %zu\n", state->count);
}

void take_boot(char ret[40])
{
	_cleanup_bytes_ struct bytes bytes = { 0 };

	*ret = '\0';
	if (read_named_file("/proc/sys/kernel/random/boot_id", 4096, &bytes) < 0)
		return;
	trim_end((char *)bytes.data);
	if (is_boot((char *)bytes.data))
		snprintf(ret, 40, "%s", (char *)bytes.data);
}

/* The directory and what is above it, which is there on every running system. */
static void make_directory(const char *directory)
{
	_cleanup_free_ char *above = xstrdup(directory);
	char *slash = strrchr(above, '/');

	if (slash && slash > above) {
		*slash = '\0';
		mkdir(above, 0755);
	}
	mkdir(directory, 0700);
}

int take_directory_open(const char *directory, bool make, struct strbuf *why)
{
	struct stat status;
	int fd;

	if (make)
		make_directory(directory);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0) {
		int error = -errno;

		strbuf_printf(why, "%s: %s", directory, strerror(-error));
		if (fd >= 0)
			close(fd);
		return error;
	}
	if (status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)))
		return fd;
	close(fd);
	strbuf_printf(why, "%s: others can write to it", directory);
	return -EPERM;
}

/* What is in a file is on its way to the disk before its name is. */
static int fill_file(int fd, const struct take_state *state)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	int r;

	take_state_format(state, &text);
	r = write_all(fd, text.text, text.length);
	if (r == 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int take_file_make(int directory, const char *name, const struct take_state *state,
		   struct strbuf *why)
{
	char draft[64];
	int fd, r;

	snprintf(draft, sizeof(draft), ".bench-draft-%ld", (long)getpid());
	unlinkat(directory, draft, 0);
	fd = openat(directory, draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	r = fd < 0 ? -errno : fill_file(fd, state);
	/* Unlike rename(), a link replaces nothing: of two who try one gets it. */
	if (r == 0 && linkat(directory, draft, directory, name, 0) < 0)
		r = -errno;
	unlinkat(directory, draft, 0);
	if (r == 0 && fsync(directory) < 0) {
		r = -errno;
		unlinkat(directory, name, 0);
	}
	if (r == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	strbuf_clear(why);
	strbuf_printf(why, "what is to be restored cannot be written down: %s",
		      strerror(-r));
	return r;
}

int take_file_lock(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		r = -EBADMSG;
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = -errno;
	/* Whoever had it may have finished between the two. */
	if (r == 0 && (fstat(fd, &status) < 0 || status.st_nlink == 0))
		r = -ENOENT;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}
