// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line that the running kernel was given. */

#include "spec/cmdline.h"

#include "source/attr.h"
#include "source/source.h"

/* The longest of all has 4 KiB, and a boot configuration adds 32 KiB (bootconfig). */
enum { CMDLINE_CAP = 64 * 1024 };

static int read_cmdline(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = root_read(root, &bytes, "proc/cmdline");
	char *text;

	if (r < 0)
		return proc_missing(root, r, "proc/cmdline");
	if (bytes.size > CMDLINE_CAP) {
		root_note(root, "proc/cmdline", "longer than any command line");
		return -EFBIG;
	}
	if (strlen((const char *)bytes.data) != bytes.size) {
		root_note(root, "proc/cmdline", "holds a NUL byte");
		return -EBADMSG;
	}
	text = arena_strdup(&system->arena, (const char *)bytes.data);
	system->cmdline = KNOWN_STR(trim_end(text));
	return 0;
}

void source_cmdline_read(struct root *root, struct system *system)
{
	struct arena *arena = &system->arena;
	int r = read_cmdline(root, system);
	struct cmdline_word word;
	const char *rest;

	if (r < 0) {
		system->cmdline.state = fact_state_of(r);
		return;
	}
	rest = system->cmdline.value;
	while (cmdline_next(&rest, &word)) {
		struct kernel_argument *argument =
			arena_new(arena, struct kernel_argument);

		argument->word = arena_strndup(arena, word.start, word.length);
		argument->name = arena_strndup(arena, word.name, word.name_length);
		if (word.value)
			argument->value =
				arena_strndup(arena, word.value, word.value_length);
		list_add(arena, &system->arguments, argument);
	}
}
