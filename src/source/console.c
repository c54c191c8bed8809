// SPDX-License-Identifier: GPL-2.0-or-later
/* Screens, terminals that the kernel writes to, and keyboards. */

#include "source/attr.h"
#include "source/source.h"

#define SCREENS "sys/class/drm"
#define FRAME_BUFFERS "sys/class/graphics"
#define TERMINALS "sys/class/tty"
#define INPUTS "sys/class/input"

static struct attachment *attach(struct system *system, enum use_kind kind,
				 const char *name, const char *target)
{
	struct attachment *made = arena_new(&system->arena, struct attachment);

	made->kind = kind;
	made->name = name;
	made->target = target;
	list_add(&system->arena, &system->inventory.attachments, made);
	return made;
}

/* "card0" of "card", but not "card0-HDMI-A-1". */
static bool is_numbered(const char *name, const char *stem)
{
	const char *digits = name + strlen(stem);

	return starts_with(name, stem) && *digits &&
	       strspn(digits, "0123456789") == strlen(digits);
}

/* A screen at one of the connectors of a card: "card0-HDMI-A-1/status". */
static struct fact_bool is_connected(struct root *root, const struct list *names,
				     const char *card)
{
	struct fact_bool connected = { .state = FACT_ABSENT };
	size_t length = strlen(card);

	LIST_FOR_EACH (names, const struct entry, entry) {
		struct fact_str status = { 0 };

		if (!starts_with(entry->name, card) || entry->name[length] != '-')
			continue;
		attr_str(root, &status, SCREENS "/%s/status", entry->name);
		if (known_str(status, "connected"))
			return KNOWN_BOOL(true);
		connected = status.state == FACT_KNOWN
				    ? KNOWN_BOOL(false)
				    : (struct fact_bool){ .state = status.state };
	}
	return connected;
}

/*
 * A screen that the firmware set up is a device of the platform. Whose memory it is only
 * the physical address map tells, which nobody else here needs.
 */
static void read_firmware_screens(struct root *root, struct system *system)
{
	LIST_FOR_EACH (&system->inventory.attachments, const struct attachment, one)
		if (is_firmware_screen(one))
			source_iomem_map(root, system);
}

static void read_screens(struct root *root, struct system *system)
{
	struct list cards = { 0 }, buffers = { 0 };
	int r = root_list(root, &cards, ROOT_TARGETS, SCREENS);

	system->inventory.screens_state = list_state(root, r, "sys/class");
	LIST_FOR_EACH (&cards, const struct entry, entry)
		if (entry->target && is_numbered(entry->name, "card"))
			attach(system, USE_DISPLAY, entry->name, entry->target)->active =
				is_connected(root, &cards, entry->name);
	r = root_list(root, &buffers, ROOT_TARGETS, FRAME_BUFFERS);
	if (r < 0 && r != -ENOENT)
		system->inventory.screens_state = fact_state_of(r);
	LIST_FOR_EACH (&buffers, const struct entry, entry)
		if (entry->target && is_numbered(entry->name, "fb"))
			attach(system, USE_DISPLAY, entry->name, entry->target)
				->active.state = FACT_ABSENT;
	read_firmware_screens(root, system);
}

/* The terminals of console= and those that the kernel chose: "tty0 ttyS0". */
static void read_terminals(struct root *root, struct system *system)
{
	struct inventory *inventory = &system->inventory;
	const char *cursor, *word, *target;
	size_t length;

	attr_str(root, &inventory->consoles, TERMINALS "/console/active");
	cursor = known_text(inventory->consoles);
	while (cursor && (word = next_word(&cursor, " ", &length))) {
		const char *name = arena_strndup(&system->arena, word, length);

		if (!strchr(name, '/') && name[0] != '.' &&
		    root_link(root, &target, TERMINALS "/%s", name) == 0)
			attach(system, USE_CONSOLE, name, target)->active =
				KNOWN_BOOL(true);
	}
}

/*
 * Has it the keys of a keyboard, Esc to D (KEY_ESC to KEY_D, 1 to 31)? udev asks the
 * same. The words are the kernel's longs, the lowest last: "…fffffffffffffffe".
 */
static bool has_letters(const char *keys)
{
	const char *last = strrchr(keys, ' ');
	uint64_t low;

	last = last ? last + 1 : keys;
	return parse_u64(last, 16, &low) == 0 && (low & 0xfffffffe) == 0xfffffffe;
}

static void read_keyboards(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, INPUTS);

	system->inventory.keyboards_state = list_state(root, r, "sys/class");
	LIST_FOR_EACH (&names, const struct entry, entry) {
		struct fact_str keys = { 0 }, name = { 0 };

		if (!entry->target || !is_numbered(entry->name, "input") ||
		    !strstr(entry->target, "/pci"))
			continue;
		if (attr_str(root, &keys, INPUTS "/%s/capabilities/key", entry->name) <
			    0 ||
		    !has_letters(keys.value))
			continue;
		attr_str(root, &name, INPUTS "/%s/name", entry->name);
		attach(system, USE_KEYBOARD,
		       name.state == FACT_KNOWN ? name.value : entry->name, entry->target)
			->active = KNOWN_BOOL(true);
	}
}

void source_console_read(struct root *root, struct system *system)
{
	read_screens(root, system);
	read_terminals(root, system);
	read_keyboards(root, system);
}
