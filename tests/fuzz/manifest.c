// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes source/manifest: the manifest of a snapshot. */

#include "source/manifest.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct system system;
	struct bytes bytes = { 0 };
	struct root root;
	int r;

	fuzz_source("manifest.json", data, size, source_host_read, &system);
	system_free(&system);
	if (root_open(&root, tree, &system) < 0)
		abort();
	root.source = "fuzz";
	r = root_read(&root, &bytes, "not/there");
	MUST(r < 0 && !bytes.data);
	/* Nothing but the refusal itself makes it absent. */
	MUST(r != -ENOENT || manifest_refusal(root.manifest, "not/there") == -ENOENT);
	root_close(&root);
	system_free(&system);
	return 0;
}
