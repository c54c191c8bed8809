// SPDX-License-Identifier: GPL-2.0-or-later
/* IVRS: the I/O Virtualization Reporting Structure of AMD's IOMMU specification, 5.2. */

#include "spec/ivrs.h"

#include "spec/amdvi.h"

enum { IVRS_HEADER_SIZE = 48 };

/* Rows of tables, as they can stand in macros: of any kind, of some bits. */
#define ROW(...)                                                                         \
	{                                                                                \
		__VA_ARGS__                                                              \
	}
#define BITS(key, name, at, size, high, low)                                             \
	ROW(key, name, L_UINT, at, size, high, low, true)

/* What every block and every entry begins with. */
#define TYPE ROW("type", "Type", L_UINT, 0, 1)

static const struct layout_name guest_sizes[] = { { 2, "48 bits" }, { 0 } };

/* 5.2.1 */
static const struct layout_field header_fields[] = {
	{ "ivinfo", "IVinfo", L_HEX, AT_IVINFO, 4, .reserved = 0xff80001c },
	LAYOUT_BIT("efr_sup", "EFRSup", AT_IVINFO, 4, 0),
	LAYOUT_BIT("dma_remap_sup", "DmaRemapSup", AT_IVINFO, 4, 1),
	{ "gva_size", "GVASize", L_UINT, AT_IVINFO, 4, 7, 5, true, .names = guest_sizes },
	BITS("pa_size", "PASize", AT_IVINFO, 4, 14, 8),
	BITS("va_size", "VASize", AT_IVINFO, 4, 21, 15),
	LAYOUT_BIT("ht_ats_resv", "HtAtsResv", AT_IVINFO, 4, 22),
	{ "reserved", "Reserved", L_RESERVED, 40, 8 },
};

static const struct layout header = {
	.name = "IVRS",
	.title = "I/O Virtualization Reporting Structure",
	.section = "AMD IOMMU 5.2.1",
	.list = "header",
	.size = IVRS_HEADER_SIZE,
	LAYOUT_FIELDS(header_fields),
	.untyped = true,
};

/*
 * 5.2.2. Types 11h and 40h reserve PreFSup and PPRSup, because the image of the EFR has
 * them; most firmware repeats them there nevertheless, and iasl shows them.
 */
#define IVHD_FIELDS                                                                      \
	TYPE, ROW("flags", "Flags", L_HEX, AT_FLAGS, 1),                                 \
		LAYOUT_BIT("ht_tun_en", "HtTunEn", AT_FLAGS, 1, 0),                      \
		LAYOUT_BIT("pass_pw", "PassPW", AT_FLAGS, 1, 1),                         \
		LAYOUT_BIT("res_pass_pw", "ResPassPW", AT_FLAGS, 1, 2),                  \
		LAYOUT_BIT("isoc", "Isoc", AT_FLAGS, 1, 3),                              \
		LAYOUT_BIT("iotlb_sup", "IotlbSup", AT_FLAGS, 1, 4),                     \
		LAYOUT_BIT("coherent", "Coherent", AT_FLAGS, 1, 5),                      \
		LAYOUT_BIT("pre_f_sup", "PreFSup", AT_FLAGS, 1, 6),                      \
		LAYOUT_BIT("ppr_sup", "PPRSup", AT_FLAGS, 1, 7),                         \
		ROW("length", "Length", L_UINT, AT_BLOCK_LENGTH, 2),                     \
		ROW("device_id", "DeviceID", L_BDF, AT_BLOCK_DEVICE, 2),                 \
		ROW("capability_offset", "Capability Offset", L_HEX, AT_CAPABILITY, 2),  \
		ROW("base_address", "IOMMU Base Address", L_HEX, AT_BASE, 8),            \
		ROW("segment", "PCI Segment Group", L_UINT, AT_SEGMENT, 2),              \
		ROW("info", "IOMMU Info", L_HEX, AT_INFO, 2, .reserved = 0xe0e0),        \
		BITS("msi_num", "MSInum", AT_INFO, 2, 4, 0),                             \
		BITS("unit_id", "UnitID", AT_INFO, 2, 12, 8)

static const struct layout_field ivhd_10_fields[] = {
	IVHD_FIELDS,
	{ "feature_info", "IOMMU Feature Info", L_HEX, 20, 4 },
	LAYOUT_BIT("xt_sup", "XTSup", 20, 4, 0),
	LAYOUT_BIT("nx_sup", "NXSup", 20, 4, 1),
	LAYOUT_BIT("gt_sup", "GTSup", 20, 4, 2),
	BITS("glx_sup", "GLXSup", 20, 4, 4, 3),
	LAYOUT_BIT("ia_sup", "IASup", 20, 4, 5),
	LAYOUT_BIT("ga_sup", "GASup", 20, 4, 6),
	LAYOUT_BIT("he_sup", "HESup", 20, 4, 7),
	BITS("pas_max", "PASmax", 20, 4, 12, 8),
	BITS("pn_counters", "PNCounters", 20, 4, 16, 13),
	BITS("pn_banks", "PNBanks", 20, 4, 22, 17),
	BITS("msi_num_ppr", "MsiNumPPR", 20, 4, 27, 23),
	BITS("gats", "GATS", 20, 4, 29, 28),
	BITS("hats", "HATS", 20, 4, 31, 30),
};

static const struct layout_field ivhd_11_fields[] = {
	IVHD_FIELDS,
	{ "attributes", "IOMMU Attributes", L_HEX, 20, 4, .reserved = 0xf0001ffe },
	LAYOUT_BIT("hat_dis", "HATDis", 20, 4, 0),
	BITS("pn_counters", "PNCounters", 20, 4, 16, 13),
	BITS("pn_banks", "PNBanks", 20, 4, 22, 17),
	BITS("msi_num_ppr", "MsiNumPPR", 20, 4, 27, 23),
	{ "efr_image", "EFR Register Image", L_HEX, AT_EFR, 8,
	  .features = amdvi_efr_bits },
	{ "efr2_image", "EFR Register Image 2", L_HEX, 32, 8 },
};

/* The block's own length gives way to that of the memory that it describes. */
#define IVMD_FIELDS                                                                      \
	TYPE, ROW("flags", "Flags", L_HEX, AT_FLAGS, 1, .reserved = 0xf0),               \
		LAYOUT_BIT("unity", "Unity", AT_FLAGS, 1, 0),                            \
		LAYOUT_BIT("ir", "IR", AT_FLAGS, 1, 1),                                  \
		LAYOUT_BIT("iw", "IW", AT_FLAGS, 1, 2),                                  \
		LAYOUT_BIT("exclusion_range", "ExclusionRange", AT_FLAGS, 1, 3),         \
		ROW("structure_length", "Length", L_UINT, AT_BLOCK_LENGTH, 2)

#define IVMD_MEMORY                                                                      \
	ROW("start", "IVMD Start Address", L_HEX, AT_START, 8),                          \
		ROW("length", "IVMD Memory Block Length", L_UINT, AT_MEMORY_LENGTH, 8)

static const struct layout_field ivmd_all_fields[] = {
	IVMD_FIELDS,
	{ "device_id", "Reserved DeviceID", L_BDF, AT_BLOCK_DEVICE, 2,
	  .reserved = 0xffff },
	{ "auxiliary_data", "Reserved Auxiliary Data", L_HEX, AT_AUXILIARY, 2,
	  .reserved = 0xffff },
	{ "reserved", "Reserved", L_RESERVED, 8, 8 },
	IVMD_MEMORY,
};

static const struct layout_field ivmd_select_fields[] = {
	IVMD_FIELDS,
	{ "device_id", "DeviceID", L_BDF, AT_BLOCK_DEVICE, 2 },
	{ "auxiliary_data", "Reserved Auxiliary Data", L_HEX, AT_AUXILIARY, 2,
	  .reserved = 0xffff },
	{ "segment", "PCI Segment Group", L_UINT, AT_IVMD_SEGMENT, 2 },
	{ "reserved", "Reserved", L_RESERVED, 10, 6 },
	IVMD_MEMORY,
};

/* The last device of the range stands in the auxiliary data. */
static const struct layout_field ivmd_range_fields[] = {
	IVMD_FIELDS,
	{ "device_id", "DeviceID", L_BDF, AT_BLOCK_DEVICE, 2 },
	{ "auxiliary_data", "Auxiliary Data", L_BDF, AT_AUXILIARY, 2 },
	{ "segment", "PCI Segment Group", L_UINT, AT_IVMD_SEGMENT, 2 },
	{ "reserved", "Reserved", L_RESERVED, 10, 6 },
	IVMD_MEMORY,
};

static const struct layout_field unknown_block_fields[] = {
	TYPE,
	{ "flags", "Flags", L_HEX, 1, 1 },
	{ "length", "Length", L_UINT, 2, 2 },
	{ "bytes", "Bytes", L_BYTES, 4, LAYOUT_REST },
};

/* What becomes of accesses to the system management range (2.2.2.1, SysMgt). */
static const struct layout_name sys_mgt_names[] = {
	{ 0, "target abort" },
	{ 1, "forwarded untranslated" },
	{ 2, "INTx forwarded untranslated" },
	{ 3, "translated" },
	{ 0 },
};

static const struct layout_name varieties[] = {
	{ IVRS_IOAPIC, "IOAPIC" },
	{ IVRS_HPET, "HPET" },
	{ 0 },
};

static const struct layout_name uid_formats[] = {
	{ IVRS_UID_NONE, "not present" },
	{ IVRS_UID_INTEGER, "integer" },
	{ IVRS_UID_TEXT, "string" },
	{ 0 },
};

#define ENTRY_FIELDS TYPE, ROW("device_id", "DeviceID", L_BDF, AT_DEVICE_ID, 2)

#define DTE_FIELDS                                                                       \
	ROW("dte_setting", "DTE Setting", L_HEX, AT_DTE_SETTING, 1, .reserved = 0x08),   \
		LAYOUT_BIT("init_pass", "INITPass", AT_DTE_SETTING, 1, 0),               \
		LAYOUT_BIT("eint_pass", "EIntPass", AT_DTE_SETTING, 1, 1),               \
		LAYOUT_BIT("nmi_pass", "NMIPass", AT_DTE_SETTING, 1, 2),                 \
		ROW("sys_mgt", "SysMgt", L_UINT, AT_DTE_SETTING, 1, 5, 4, true,          \
		    .names = sys_mgt_names),                                             \
		LAYOUT_BIT("lint0_pass", "Lint0Pass", AT_DTE_SETTING, 1, 6),             \
		LAYOUT_BIT("lint1_pass", "Lint1Pass", AT_DTE_SETTING, 1, 7)

/* What an entry has no use for is shown like the rest, and must be zero. */
#define UNUSED_DEVICE                                                                    \
	TYPE, ROW("device_id", "Reserved DeviceID", L_BDF, AT_DEVICE_ID, 2,              \
		  .reserved = 0xffff)

#define UNUSED_DTE                                                                       \
	ROW("dte_setting", "Reserved DTE Setting", L_HEX, AT_DTE_SETTING, 1,             \
	    .reserved = 0xff)

static const struct layout_field pad4_fields[] = { UNUSED_DEVICE, UNUSED_DTE };
static const struct layout_field all_fields[] = { UNUSED_DEVICE, DTE_FIELDS };
static const struct layout_field select_fields[] = { ENTRY_FIELDS, DTE_FIELDS };
static const struct layout_field end_fields[] = { ENTRY_FIELDS, UNUSED_DTE };

static const struct layout_field pad8_fields[] = {
	UNUSED_DEVICE,
	UNUSED_DTE,
	{ "extended_dte_setting", "Reserved Extended DTE Setting", L_HEX, 4, 4,
	  .reserved = 0xffffffff },
};

static const struct layout_field alias_fields[] = {
	ENTRY_FIELDS,
	DTE_FIELDS,
	{ "reserved", "Reserved", L_RESERVED, 4, 1 },
	{ "source_device_id", "Source DeviceID", L_BDF, AT_SOURCE_ID, 2 },
	{ "reserved", "Reserved", L_RESERVED, 7, 1 },
};

static const struct layout_field extended_fields[] = {
	ENTRY_FIELDS,
	DTE_FIELDS,
	{ "extended_dte_setting", "Extended DTE Setting", L_HEX, 4, 4,
	  .reserved = 0x7ffffff8 },
	LAYOUT_BIT("ats_dis", "ATSDis", 4, 4, 31),
};

static const struct layout_field special_fields[] = {
	UNUSED_DEVICE,
	DTE_FIELDS,
	{ "handle", "Handle", L_UINT, AT_HANDLE, 1 },
	{ "source_device_id", "Source DeviceID", L_BDF, AT_SOURCE_ID, 2 },
	{ "variety", "Variety", L_UINT, AT_VARIETY, 1, .names = varieties },
};

/*
 * HID and CID are characters, or numbers of four bytes before four of zero; the UID is
 * either. So there is a layout for each: suffix, kinds of HID, CID and UID.
 */
#define HID_VARIANTS(ONE)                                                                \
	ONE(ttt, L_TEXT, L_TEXT, L_TEXT)                                                 \
	ONE(ttn, L_TEXT, L_TEXT, L_UINT)                                                 \
	ONE(tnt, L_TEXT, L_HEX, L_TEXT)                                                  \
	ONE(tnn, L_TEXT, L_HEX, L_UINT)                                                  \
	ONE(ntt, L_HEX, L_TEXT, L_TEXT)                                                  \
	ONE(ntn, L_HEX, L_TEXT, L_UINT)                                                  \
	ONE(nnt, L_HEX, L_HEX, L_TEXT)                                                   \
	ONE(nnn, L_HEX, L_HEX, L_UINT)

#define HID_FIELDS(suffix, hid, cid, uid)                                                \
	static const struct layout_field hid_fields_##suffix[] = {                       \
		ENTRY_FIELDS,                                                            \
		DTE_FIELDS,                                                              \
		{ "hardware_id", "Hardware ID", hid, AT_HID, 8 },                        \
		{ "compatible_id", "Compatible ID", cid, AT_CID, 8 },                    \
		{ "uid_format", "Unique ID Format", L_UINT, AT_UID_FORMAT, 1,            \
		  .names = uid_formats },                                                \
		{ "uid_length", "Unique ID Length", L_UINT, AT_UID_LENGTH, 1 },          \
		{ "uid", "Unique ID", uid, AT_UID, LAYOUT_REST },                        \
	};

HID_VARIANTS(HID_FIELDS)

static const struct layout_field unknown_entry_fields[] = {
	TYPE,
	{ "bytes", "Bytes", L_BYTES, 1, LAYOUT_REST },
};

#define IVHD(type, title, size, fields)                                                  \
	ROW(type, "IVHD", "I/O Virtualization Hardware Definition " title,               \
	    "AMD IOMMU 5.2.2", "structures", size, LAYOUT_FIELDS(fields), { "entries" })
#define IVMD(type, title, fields)                                                        \
	ROW(type, "IVMD", "I/O Virtualization Memory Definition " title,                 \
	    "AMD IOMMU 5.2.2", "structures", 32, LAYOUT_FIELDS(fields))
#define ENTRY(type, name, number, size, fields)                                          \
	ROW(type, name, "Device entry, type " number, "AMD IOMMU 5.2.2", "entries",      \
	    size, LAYOUT_FIELDS(fields))
#define HID_ENTRY(suffix, hid, cid, uid)                                                 \
	ENTRY(IVRS_ACPI_HID, "acpi-hid", "240", AT_UID, hid_fields_##suffix),

/* Blocks by type, entries by type, and the HID entry in all its variants. */
static const struct layout layouts[] = {
	IVHD(IVHD_10, "10h", 24, ivhd_10_fields),
	IVHD(IVHD_11, "11h", 40, ivhd_11_fields),
	IVHD(IVHD_40, "40h", 40, ivhd_11_fields),
	IVMD(IVMD_ALL, "20h, of all devices", ivmd_all_fields),
	IVMD(IVMD_SELECT, "21h, of one device", ivmd_select_fields),
	IVMD(IVMD_RANGE, "22h, of a range of devices", ivmd_range_fields),
	{ 0, "unknown", "Block of an unknown type", "", "structures", 4,
	  LAYOUT_FIELDS(unknown_block_fields) },

	ENTRY(IVRS_PAD4, "pad4", "0", 4, pad4_fields),
	ENTRY(IVRS_ALL, "all", "1", 4, all_fields),
	ENTRY(IVRS_SELECT, "select", "2", 4, select_fields),
	ENTRY(IVRS_START, "start-of-range", "3", 4, select_fields),
	ENTRY(IVRS_END, "end-of-range", "4", 4, end_fields),
	ENTRY(IVRS_PAD8, "pad8", "64", 8, pad8_fields),
	ENTRY(IVRS_ALIAS_SELECT, "alias-select", "66", 8, alias_fields),
	ENTRY(IVRS_ALIAS_START, "alias-start-of-range", "67", 8, alias_fields),
	ENTRY(IVRS_EXTENDED_SELECT, "extended-select", "70", 8, extended_fields),
	ENTRY(IVRS_EXTENDED_START, "extended-start-of-range", "71", 8, extended_fields),
	ENTRY(IVRS_SPECIAL, "special-device", "72", 8, special_fields),
	{ 0, "unknown", "Device entry of an unknown type", "", "entries", 1,
	  LAYOUT_FIELDS(unknown_entry_fields) },
	HID_VARIANTS(HID_ENTRY)
};

enum {
	BLOCKS = 6,
	UNKNOWN_BLOCK = BLOCKS,
	FIRST_ENTRY,
	ENTRIES = 11,
	UNKNOWN_ENTRY = FIRST_ENTRY + ENTRIES,
	FIRST_HID,
};

/* The bytes of an entry, as its type says, or the length of its UID in a HID entry. */
static uint32_t entry_length(const unsigned char *entry, uint32_t left)
{
	if (entry[0] < IVRS_ACPI_HID)
		return 4u << (entry[0] >> 6);
	if (entry[0] > IVRS_ACPI_HID)
		return left;
	return AT_UID + (left > AT_UID_LENGTH ? entry[AT_UID_LENGTH] : 0);
}

static bool is_number(const unsigned char *id)
{
	return read_le(id + 4, 4) == 0;
}

static const struct layout *entry_layout(const unsigned char *entry, uint32_t left)
{
	const struct layout *layout;
	unsigned int variant = 0;

	if (entry[0] != IVRS_ACPI_HID) {
		layout = layout_find(&layouts[FIRST_ENTRY], ENTRIES, entry[0]);
		return layout ? layout : &layouts[UNKNOWN_ENTRY];
	}
	if (left >= AT_UID)
		variant = is_number(entry + AT_HID) << 2 |
			  is_number(entry + AT_CID) << 1 |
			  (entry[AT_UID_FORMAT] == IVRS_UID_INTEGER);
	return &layouts[FIRST_HID + variant];
}

/* The bits that must be zero in an entry of at most eight bytes. */
static uint64_t reserved_bits(const struct layout *layout)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_field *field = &layout->fields[i];
		uint64_t reserved = field->kind == L_RESERVED
					    ? bits(UINT64_MAX, 8u * field->size - 1, 0)
					    : field->reserved;

		mask |= reserved << 8 * field->offset;
	}
	return mask;
}

/*
 * Adds the entry at an offset. A block may hold 16,000, of which the most are without
 * fault: what is whole and has no reserved bit needs no closer look.
 */
static struct layout_node *add_entry(struct acpi_walk *walk, struct layout_node *block,
				     uint32_t at, uint32_t end, const uint64_t *reserved)
{
	const unsigned char *bytes = walk->table->bytes + at;
	const struct layout *layout = entry_layout(bytes, end - at);
	size_t number = (size_t)(layout - &layouts[FIRST_ENTRY]);

	if (number < ENTRIES && layout->size <= end - at &&
	    (read_le(bytes, layout->size) & reserved[number]) == 0)
		return layout_add(walk->arena, &block->children, layout,
				  walk->table->bytes, at, layout->size);
	return acpi_add(walk, &block->children, layout, at, entry_length(bytes, end - at),
			1, end);
}

static void decode_entries(struct acpi_walk *walk, struct layout_node *block,
			   const uint64_t *reserved)
{
	uint32_t at = block->offset + block->layout->size,
		 end = block->offset + block->length;

	if (at >= end)
		return;
	block->own = block->layout->size;
	while (at < end) {
		struct layout_node *entry = add_entry(walk, block, at, end, reserved);

		entry->type = entry->bytes[0];
		if (entry->layout == &layouts[UNKNOWN_ENTRY])
			acpi_complain(walk, at, ACPI_UNKNOWN_TYPE,
				      "device entry of the unknown type %u, %u bytes",
				      entry->type, entry->length);
		at += entry->length;
	}
}

static void decode(struct acpi_walk *walk)
{
	struct acpi_table *table = walk->table;
	uint32_t at = IVRS_HEADER_SIZE;
	uint64_t reserved[ENTRIES];

	for (size_t i = 0; i < ENTRIES; i++)
		reserved[i] = reserved_bits(&layouts[FIRST_ENTRY + i]);
	while (at < table->size) {
		const unsigned char *bytes = table->bytes + at;
		uint32_t left = table->size - at;
		uint32_t length = left >= 4 ? (uint32_t)read_le(bytes + 2, 2) : 1;
		const struct layout *layout = layout_find(layouts, BLOCKS, bytes[0]);
		struct layout_node *block =
			acpi_add(walk, &table->structures,
				 layout ? layout : &layouts[UNKNOWN_BLOCK], at, length, 4,
				 table->size);

		if (!block)
			break;
		block->type = bytes[0];
		if (!layout)
			acpi_complain(walk, at, ACPI_UNKNOWN_TYPE,
				      "block of the unknown type %02xh, %u bytes",
				      block->type, length);
		else if (layout->lists[0])
			decode_entries(walk, block, reserved);
		else if (block->length > layout->size)
			acpi_complain(walk, at + 2, ACPI_VALUE,
				      "%s: length %u, of which its fields need %u",
				      layout->name, length, layout->size);
		at += block->length;
	}
	acpi_check_has(walk, &layouts[0]); /* an IVHD of any type */
	ivrs_check(walk);
}

const struct acpi_decoder ivrs_decoder = {
	.signature = "IVRS",
	.title = "I/O Virtualization Reporting Structure",
	.specification = "AMD I/O Virtualization Technology (IOMMU) Specification, 48882",
	.header = &header,
	.layouts = layouts,
	.count = ARRAY_SIZE(layouts),
	.decode = decode,
};
