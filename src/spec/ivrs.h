/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the layouts of IVRS and the checks of it have in common. */
#pragma once

#include "spec/acpi.h"

enum ivrs_block {
	IVHD_10 = 0x10,
	IVHD_11 = 0x11,
	IVHD_40 = 0x40,
	IVMD_ALL = 0x20,
	IVMD_SELECT = 0x21,
	IVMD_RANGE = 0x22,
};

enum ivrs_entry {
	IVRS_PAD4 = 0,
	IVRS_ALL = 1,
	IVRS_SELECT = 2,
	IVRS_START = 3,
	IVRS_END = 4,
	IVRS_PAD8 = 64,
	IVRS_ALIAS_SELECT = 66,
	IVRS_ALIAS_START = 67,
	IVRS_EXTENDED_SELECT = 70,
	IVRS_EXTENDED_START = 71,
	IVRS_SPECIAL = 72,
	IVRS_ACPI_HID = 240, /* from here on no length follows from the type */
};

/* Where those fields lie that are checked: looked up by key they would cost too much. */
enum ivrs_offset {
	AT_REVISION = 8, /* in the table */
	AT_IVINFO = 36,
	AT_FLAGS = 1, /* in every block */
	AT_BLOCK_LENGTH = 2,
	AT_BLOCK_DEVICE = 4,
	AT_CAPABILITY = 6, /* in IVHD */
	AT_BASE = 8,
	AT_SEGMENT = 16,
	AT_INFO = 18,
	AT_EFR = 24,
	AT_AUXILIARY = 6, /* in IVMD */
	AT_IVMD_SEGMENT = 8,
	AT_START = 16,
	AT_MEMORY_LENGTH = 24,
	AT_DEVICE_ID = 1, /* in device entries */
	AT_DTE_SETTING = 3,
	AT_HANDLE = 4,
	AT_HID = 4,
	AT_SOURCE_ID = 5,
	AT_VARIETY = 7,
	AT_CID = 12,
	AT_UID_FORMAT = 20,
	AT_UID_LENGTH = 21,
	AT_UID = 22,
};

enum ivrs_variety { IVRS_IOAPIC = 1, IVRS_HPET = 2 };
enum ivrs_uid { IVRS_UID_NONE, IVRS_UID_INTEGER, IVRS_UID_TEXT };

/* What must hold between the fields of the whole table, and between its blocks. */
void ivrs_check(struct acpi_walk *walk);
