// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host itself uses: disks, networks, screens and keyboards, and on what. */

#include "model/use.h"

const struct enum_name use_kind_names[] = {
	[USE_FILE_SYSTEM] = { "file-system", MOOD_WARN, "a file system that is mounted" },
	[USE_SWAP] = { "swap", MOOD_WARN, "memory is swapped to it" },
	[USE_STORAGE] = { "storage", MOOD_WARN,
			  "an array, a volume or a pool of which nothing is mounted" },
	[USE_NETWORK] = { "network", MOOD_WARN, "a network interface that is in use" },
	[USE_CONSOLE] = { "console", MOOD_WARN, "a terminal that the kernel writes to" },
	[USE_DISPLAY] = { "display", MOOD_WARN, "a graphics device and its screens" },
	[USE_KEYBOARD] = { "keyboard", MOOD_WARN, "a keyboard behind a USB controller" },
	[USE_VIRTUAL_FUNCTIONS] = { "virtual-functions", MOOD_WARN,
				    "virtual functions that go with their physical one" },
	[USE_DRIVER] = { "driver", MOOD_NONE,
			 "a part of the chipset whose driver has to let go" },
	[USE_UNKNOWN] = { "unknown", MOOD_WARN, "something that could not be looked at" },
	{ 0 },
};

static const struct field fields[] = {
	FIELD(struct use, kind, "KIND", F_ENUM, F_SHOW, "what it is",
	      .names = use_kind_names),
	FIELD(struct use, name, "NAME", F_STR, 0,
	      "mount point, interface, screen, and so on"),
	FIELD(struct use, bdf, "BDF", F_STR, 0, "the function that carries it"),
	FIELD(struct use, essential, "ESSENTIAL", F_BOOL, F_BRANCH,
	      "the host does not live on without it"),
	FIELD(struct use, text, "TEXT", F_STR, F_SHOW | F_BRANCH | F_WRAP,
	      "what stops, and what leads from the function to it"),
	FIELD(struct use, path, "PATH", F_STR, 0, "the file that says so"),
};

const struct record use_record =
	RECORD("breaks", "break", "what stops working on the host", fields);
