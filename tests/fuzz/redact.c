// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/redact: whatever file, nothing that identifies survives. */

#include "source/redact.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "proc/cmdline", "proc/sys/kernel/hostname",
					     "sys/bus/pci/devices/0000:00:1f.2/config",
					     "sys/kernel/iommu_groups/0/type" };
	struct redactor *redactor = redactor_new();
	struct bytes host = { 0 };

	redactor_apply(redactor, "proc/sys/kernel/hostname", "ws-042", 6, &host);
	bytes_free(&host);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct bytes got = { 0 };

		redactor_apply(redactor, paths[i], data, size, &got);
		MUST(size == 0 || got.data);
		MUST(i != 2 || got.size == size);
		bytes_free(&got);
	}
	redactor_free(redactor);
	return 0;
}
