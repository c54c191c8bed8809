// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration that the running kernel was built with, as far as it is about DMA. */

#include <zlib.h>

#include "source/source.h"

enum { CONFIG_CAP = 4 * 1024 * 1024 };

/* Options that begin so are kept. */
static const char *const wanted[] = {
	"AGP",
	"AMD_IOMMU",
	"AMD_MEM_ENCRYPT",
	"ARM_SMMU",
	"CMA",
	"DMABOUNCE",
	"DMADEVICES",
	"DMATEST",
	"DMA_",
	"EFI",
	"FAIL_IOMMU",
	"GART_IOMMU",
	"INTEL_IOMMU",
	"IOMMU",
	"IRQ_REMAP",
	"MODULES",
	"PCI",
	"SECURITY_LOCKDOWN_LSM",
	"SWIOTLB",
	"TEGRA241_CMDQV",
	"THUNDERBOLT",
	"USB4",
	"VFIO",
	"VIRTIO_IOMMU",
	"X86_POSTED_MSI",
	"X86_X2APIC",
};

/* A whole configuration has thousands of lines; one in a bug report may be cut down. */
enum { WHOLE_CONFIG = 1000 };

static bool is_wanted(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (starts_with(name, wanted[i]))
			return true;
	return false;
}

static void add_option(struct system *system, const char *name, size_t name_length,
		       const char *value, size_t value_length)
{
	struct kconfig_option *option = arena_new(&system->arena, struct kconfig_option);

	option->name = arena_strndup(&system->arena, name, name_length);
	option->value = arena_strndup(&system->arena, value, value_length);
	list_add(&system->arena, &system->kconfig_options, option);
}

/* Lines are "CONFIG_X=y" and "# CONFIG_X is not set"; names are kept without CONFIG_. */
static size_t parse_config(struct system *system, const char *text)
{
	const char *line;
	size_t length, seen = 0;

	while ((line = next_line(&text, &length))) {
		const char *equals = memchr(line, '=', length);

		if (starts_with(line, "CONFIG_") && equals) {
			const char *name = line + strlen("CONFIG_");

			seen++;
			if (is_wanted(name))
				add_option(system, name, (size_t)(equals - name),
					   equals + 1,
					   length - (size_t)(equals + 1 - line));
		} else if (starts_with(line, "# CONFIG_")) {
			const char *name = line + strlen("# CONFIG_");
			size_t name_length = strcspn(name, " \n");

			seen++;
			if (is_wanted(name))
				add_option(system, name, name_length, "n", 1);
		}
	}
	return seen;
}

/* Unpacks gzip data; a bomb ends at CONFIG_CAP. The result is terminated. */
static int gunzip(const struct bytes *packed, struct bytes *ret)
{
	z_stream stream = {
		.next_in = packed->data,
		.avail_in = (uInt)packed->size,
	};
	_cleanup_bytes_ struct bytes text = { .data = xrealloc(NULL, CONFIG_CAP + 1) };
	int r;

	if (inflateInit2(&stream, 15 + 16) != Z_OK) /* 15 + 16: a gzip header */
		return -EIO;
	stream.next_out = text.data;
	stream.avail_out = CONFIG_CAP;
	r = inflate(&stream, Z_FINISH);
	text.size = stream.total_out;
	inflateEnd(&stream);
	if (r != Z_STREAM_END)
		return r == Z_BUF_ERROR && text.size == CONFIG_CAP ? -EFBIG : -EBADMSG;
	text.data[text.size] = '\0';
	*ret = bytes_take(&text);
	return 0;
}

static int read_config(struct root *root, struct system *system, const char *path,
		       bool packed)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = root_read(root, &bytes, "%s", path);
	size_t seen = 0;

	if (r == 0 && packed) {
		_cleanup_bytes_ struct bytes archive = bytes_take(&bytes);

		r = gunzip(&archive, &bytes);
		if (r < 0)
			root_note(root, path, "not a gzip file of a sane size");
	}
	if (r == 0)
		seen = parse_config(system, (const char *)bytes.data);
	if (r == 0 && seen == 0) {
		root_note(root, path, "holds no kernel configuration");
		r = -EBADMSG;
	}
	system->kconfig_whole = seen >= WHOLE_CONFIG;
	system->kconfig.state = fact_state_of(r);
	if (r == 0)
		system->kconfig.value = arena_printf(&system->arena, "/%s", path);
	return r;
}

void source_kconfig_read(struct root *root, struct system *system)
{
	const char *release = system->host.kernel.value;
	_cleanup_strbuf_ struct strbuf path = { 0 };

	if (read_config(root, system, "proc/config.gz", true) == 0)
		return;
	/* A release is one word; anything with a slash in it is not one. */
	if (system->host.kernel.state != FACT_KNOWN || strchr(release, '/'))
		return;
	strbuf_printf(&path, "boot/config-%s", release);
	if (read_config(root, system, path.text, false) == 0)
		return;
	strbuf_clear(&path);
	strbuf_printf(&path, "usr/lib/modules/%s/config", release);
	read_config(root, system, path.text, false);
}
