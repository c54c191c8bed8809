// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/kconfig: a packed or a plain configuration of the kernel. */

#include "fuzz.h"

static void read_plain(struct root *root, struct system *system)
{
	system->host.kernel = KNOWN_STR("6.12");
	source_kconfig_read(root, system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;

	fuzz_source("proc/config.gz", data, size, source_kconfig_read, &system);
	system_free(&system);
	unlink(tree_path("proc/config.gz"));
	fuzz_source("boot/config-6.12", data, size, read_plain, &system);
	LIST_FOR_EACH (&system.kconfig_options, struct kconfig_option, option)
		MUST(!strchr(option->name, '\n') && !strchr(option->value, '\n'));
	system_free(&system);
	return 0;
}
