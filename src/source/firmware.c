// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables with which the firmware describes DMA remapping. */

#include "source/attr.h"
#include "source/source.h"

/* Real tables have kilobytes, and a machine has one of a kind or a few. */
enum { TABLE_CAP = 1024 * 1024, TABLES_MAX = 64 };

static const char *const signatures[] = { "DMAR", "IVRS", "IORT", "VIOT", "RIMT" };

/*
 * Tables of one kind beyond the first are called DMAR1, DMAR2 … (ABI
 * sysfs-firmware-acpi).
 */
static const char *signature_of(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++)
		if (starts_with(file, signatures[i]) &&
		    strspn(file + 4, "0123456789") == strlen(file + 4))
			return signatures[i];
	return NULL;
}

static void read_tables(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, "sys/firmware/acpi/tables");

	system->tables_state = root_absence(root, r, "sys/firmware");
	LIST_FOR_EACH (&names, struct entry, entry) {
		const char *signature = signature_of(entry->name);
		_cleanup_bytes_ struct bytes bytes = { 0 };
		struct firmware_table *table;
		char path[300];

		if (!signature)
			continue;
		if (system->tables.count == TABLES_MAX) {
			root_note(root, "sys/firmware/acpi/tables",
				  "more than %u such tables", TABLES_MAX);
			break;
		}
		snprintf(path, sizeof(path), "/sys/firmware/acpi/tables/%s", entry->name);
		r = root_read(root, &bytes, "%s", path + 1);
		if (r == 0 && bytes.size > TABLE_CAP) {
			root_note(root, path + 1, "larger than any such table");
			r = -EFBIG;
		}
		table = firmware_table_new(&system->arena, path, fact_state_of(r),
					   bytes.data, bytes.size);
		if (r == 0 && table->state == FACT_MALFORMED)
			root_note(root, path + 1, "too short for an ACPI table");
		table->signature = signature;
		list_add(&system->arena, &system->tables, table);
	}
}

/* "compatible" of the tree's root node; both x86 and servers with ACPI lack it. */
static void read_devicetree(struct root *root, struct system *system)
{
	char compatible[ROOT_PAGE];
	size_t length;
	int r = root_read_head(root, compatible, sizeof(compatible), &length,
			       "sys/firmware/devicetree/base/compatible");

	system->devicetree.state = r == -ENOENT ? FACT_KNOWN : fact_state_of(r);
	system->devicetree.value = r == 0;
}

/* A file that every kernel has which UEFI started (ABI sysfs-firmware-efi). */
void source_firmware_kind(struct root *root, struct system *system)
{
	struct fact_str size = { 0 };
	int r = attr_str(root, &size, "sys/firmware/efi/fw_platform_size");

	system->efi.state = root_absence(root, r, "sys/firmware");
	system->efi.value = r == 0;
	if (system->efi.state == FACT_ABSENT)
		system->efi.state = FACT_KNOWN;
}

void source_firmware_read(struct root *root, struct system *system)
{
	read_tables(root, system);
	read_devicetree(root, system);
}
