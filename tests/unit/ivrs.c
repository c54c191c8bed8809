// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/ivrs with a made-up table: every block and entry, and every length. */

#include "ivrs.h"

static bool has(const struct layout_node *node, const char *key, uint64_t value)
{
	return node && layout_find_field(node->layout, key) &&
	       layout_value(node, key, ~value) == value;
}

static enum layout_kind kind(const struct layout_node *node, const char *key)
{
	const struct layout_field *field =
		node ? layout_find_field(node->layout, key) : NULL;

	return field ? field->kind : L_RESERVED;
}

static void test_header(void)
{
	const struct layout_node *header = table.header;

	IS_TEXT(table.decoder->signature, "IVRS", "the table has a decoder");
	OK(has(header, "ivinfo", 0x00203043), "IVinfo");
	OK(has(header, "efr_sup", 1) && has(header, "dma_remap_sup", 1) &&
		   has(header, "gva_size", 2) && has(header, "pa_size", 48) &&
		   has(header, "va_size", 64) && has(header, "ht_ats_resv", 0),
	   "and its bits");
}

static void test_units(void)
{
	const struct layout_node *unit = block(0);

	OK(is_node(unit, "IVHD", 0x10, AT_HARDWARE_10, 108), "IVHD 10h");
	OK(has(unit, "type", 0x10) && has(unit, "length", 108) &&
		   has(unit, "device_id", 2) && has(unit, "capability_offset", 0x40) &&
		   has(unit, "base_address", 0xfd200000) && has(unit, "segment", 0),
	   "where its unit is");
	OK(has(unit, "flags", 0xb0) && has(unit, "ht_tun_en", 0) &&
		   has(unit, "pass_pw", 0) && has(unit, "res_pass_pw", 0) &&
		   has(unit, "isoc", 0) && has(unit, "iotlb_sup", 1) &&
		   has(unit, "coherent", 1) && has(unit, "pre_f_sup", 0) &&
		   has(unit, "ppr_sup", 1),
	   "its flags");
	OK(has(unit, "info", 0x1302) && has(unit, "msi_num", 2) &&
		   has(unit, "unit_id", 0x13),
	   "its info");
	OK(has(unit, "feature_info", 0x80048f6e) && has(unit, "xt_sup", 0) &&
		   has(unit, "nx_sup", 1) && has(unit, "gt_sup", 1) &&
		   has(unit, "glx_sup", 1) && has(unit, "ia_sup", 1) &&
		   has(unit, "ga_sup", 1) && has(unit, "he_sup", 0) &&
		   has(unit, "pas_max", 15) && has(unit, "pn_counters", 4) &&
		   has(unit, "pn_banks", 2) && has(unit, "msi_num_ppr", 0) &&
		   has(unit, "gats", 0) && has(unit, "hats", 2),
	   "its features");
	unit = block(1);
	OK(is_node(unit, "IVHD", 0x11, AT_HARDWARE_11, 48), "IVHD 11h");
	OK(has(unit, "attributes", 0x48000) && has(unit, "hat_dis", 0) &&
		   has(unit, "pn_counters", 4) && has(unit, "pn_banks", 2) &&
		   has(unit, "msi_num_ppr", 0),
	   "its attributes");
	OK(has(unit, "efr_image", 0x246577efa2254ada) && has(unit, "efr2_image", 0x10),
	   "the images of its features");
	OK(is_node(block(2), "IVHD", 0x40, AT_HARDWARE_40, 123) &&
		   has(block(2), "efr2_image", 0x10),
	   "IVHD 40h");
}

static void test_entries(void)
{
	static const struct {
		const char *name;
		uint32_t type, length;
	} wanted[] = {
		{ "pad4", 0, 4 },
		{ "all", 1, 4 },
		{ "select", 2, 4 },
		{ "start-of-range", 3, 4 },
		{ "end-of-range", 4, 4 },
		{ "pad8", 64, 8 },
		{ "alias-select", 66, 8 },
		{ "alias-start-of-range", 67, 8 },
		{ "end-of-range", 4, 4 },
		{ "extended-select", 70, 8 },
		{ "extended-start-of-range", 71, 8 },
		{ "end-of-range", 4, 4 },
		{ "special-device", 72, 8 },
		{ "special-device", 72, 8 },
	};
	uint32_t at = AT_ENTRIES_10;

	IS(block(0)->children.count, ARRAY_SIZE(wanted), "IVHD 10h has all its entries");
	IS(block(0)->own, 24, "which are no part of its own fields");
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		OK(is_node(entry(0, i), wanted[i].name, wanted[i].type, at,
			   wanted[i].length),
		   "entry %zu: %s", i, wanted[i].name);
		at += wanted[i].length;
	}
	OK(has(entry(0, 2), "device_id", 0x0010) && has(entry(0, 2), "dte_setting", 0xd7),
	   "a device and its setting");
	OK(has(entry(0, 2), "init_pass", 1) && has(entry(0, 2), "eint_pass", 1) &&
		   has(entry(0, 2), "nmi_pass", 1) && has(entry(0, 2), "sys_mgt", 1) &&
		   has(entry(0, 2), "lint0_pass", 1) && has(entry(0, 2), "lint1_pass", 1),
	   "every bit of the setting");
	OK(has(entry(0, 3), "sys_mgt", 2) && has(entry(0, 4), "device_id", 0x00ff),
	   "a range");
	OK(has(entry(0, 6), "device_id", 0x0600) &&
		   has(entry(0, 6), "source_device_id", 0xa4) &&
		   has(entry(0, 7), "source_device_id", 0xa4),
	   "aliases");
	OK(has(entry(0, 9), "extended_dte_setting", 0x80000000) &&
		   has(entry(0, 9), "ats_dis", 1) && has(entry(0, 10), "ats_dis", 0),
	   "extended settings");
	OK(has(entry(0, 12), "handle", 0x21) && has(entry(0, 12), "variety", 1) &&
		   has(entry(0, 12), "source_device_id", 0xa0),
	   "an IOAPIC");
	IS_TEXT(layout_name_of(layout_find_field(entry(0, 13)->layout, "variety"),
			       layout_value(entry(0, 13), "variety", 0)),
		"HPET", "and a HPET");
}

static void test_hid(void)
{
	const struct layout_node *one = entry(2, 0), *two = entry(2, 1),
				 *three = entry(2, 2);

	IS(block(2)->children.count, 3, "IVHD 40h has its entries");
	OK(is_node(one, "acpi-hid", 240, AT_ENTRIES_40, 31) &&
		   is_node(two, "acpi-hid", 240, AT_ENTRIES_40 + 31, 30) &&
		   is_node(three, "acpi-hid", 240, AT_ENTRIES_40 + 61, 22),
	   "each as long as its unique ID makes it");
	OK(has(one, "device_id", 0xa5) && has(one, "dte_setting", 0x40) &&
		   has(one, "uid_format", 2) && has(one, "uid_length", 9),
	   "what all of them have");
	OK(kind(one, "hardware_id") == L_TEXT && kind(one, "compatible_id") == L_HEX &&
		   kind(one, "uid") == L_TEXT && has(one, "compatible_id", 0x4d0d041),
	   "a HID of characters, a CID that is a number, a UID of characters");
	OK(kind(two, "hardware_id") == L_HEX && kind(two, "uid") == L_UINT &&
		   has(two, "hardware_id", 0x400dd041) &&
		   has(two, "uid", 0x0100000000000007),
	   "a HID and a UID that are numbers");
	OK(kind(three, "hardware_id") == L_TEXT &&
		   kind(three, "compatible_id") == L_TEXT &&
		   layout_field_size(three, layout_find_field(three->layout, "uid")) == 0,
	   "a HID and a CID of characters, and no UID");
}

static void test_memory(void)
{
	OK(is_node(block(3), "IVMD", 0x20, AT_MEMORY_20, 32) &&
		   is_node(block(4), "IVMD", 0x21, AT_MEMORY_21, 32) &&
		   is_node(block(5), "IVMD", 0x22, AT_MEMORY_22, 32),
	   "IVMD 20h, 21h, 22h");
	OK(has(block(3), "flags", 7) && has(block(3), "unity", 1) &&
		   has(block(3), "ir", 1) && has(block(3), "iw", 1) &&
		   has(block(3), "exclusion_range", 0),
	   "flags");
	OK(has(block(3), "start", 0x100000) && has(block(3), "length", 0x2000) &&
		   has(block(3), "structure_length", 32),
	   "the length is the memory's, the block's is another");
	OK(has(block(4), "device_id", 0x0100) && has(block(4), "segment", 0), "a device");
	OK(has(block(5), "device_id", 0x0200) &&
		   has(block(5), "auxiliary_data", 0x02ff) && has(block(5), "segment", 1),
	   "a range of devices");
}

static void test_unknown(void)
{
	const struct layout_node *unit;

	UNIT(0x10, "\x05\x01\x02\x03\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\x08\0\0");
	decode(96);
	unit = block(0);
	OK(table.problems.count == 2 && problem(0)->code == ACPI_UNKNOWN_TYPE &&
		   problem(0)->offset == 72 && problem(1)->offset == 76,
	   "unknown-type: two entries");
	OK(is_node(entry(0, 0), "unknown", 5, 72, 4) &&
		   is_node(entry(0, 1), "unknown", 128, 76, 16) &&
		   is_node(entry(0, 2), "select", 2, 92, 4),
	   "as long as their types say, and the walk goes on");
	OK(layout_field_size(entry(0, 0),
			     layout_find_field(entry(0, 0)->layout, "bytes")) == 3,
	   "with their bytes");
	UNIT(0x10, "\x02\x08\0\0\xf1\0\0\0\0\0\0");
	complains(ACPI_UNKNOWN_TYPE, 76, "an entry of an unknown length");
	OK(is_node(entry(0, 1), "unknown", 241, 76, 7), "takes the rest of its block");
	build();
	put(AT_MEMORY_20, 0x51, 1);
	complains(ACPI_UNKNOWN_TYPE, AT_MEMORY_20, "a block");
	unit = block(3);
	OK(is_node(unit, "unknown", 0x51, AT_MEMORY_20, 32) &&
		   kind(unit, "bytes") == L_BYTES && has(unit, "length", 32),
	   "with its length and bytes");
	OK(is_node(block(4), "IVMD", 0x21, AT_MEMORY_21, 32), "and the walk goes on");
}

static void test_lengths(void)
{
	build();
	put(AT_HARDWARE_11 + 2, 0, 2);
	complains(ACPI_LENGTH_ZERO, AT_HARDWARE_11, "a block of no bytes ends the walk");
	IS(table.structures.count, 1, "what stands before it is there");
	build();
	put(AT_HARDWARE_11 + 2, 3, 2);
	complains(ACPI_LENGTH_SHORT, AT_HARDWARE_11, "a block without a length");
	build();
	put(AT_MEMORY_22 + 2, 33, 2);
	complains(ACPI_LENGTH_PAST_END, AT_MEMORY_22, "a block beyond the table");
	build();
	put(4, AT_END - 1, 4);
	complains(ACPI_LENGTH_PAST_END, AT_MEMORY_22, "a table within its last block");
	build();
	put(4, AT_END + 3, 4);
	complains(ACPI_LENGTH_SHORT, AT_END, "three bytes behind the last block");
	build();
	put(4, AT_END + 4, 4);
	put(AT_MEMORY_22 + 2, 36, 2);
	complains(ACPI_VALUE, AT_MEMORY_22 + 2, "an IVMD with more than its fields");
	put_header(AT_HARDWARE_10 + 20);
	put_hardware(AT_HARDWARE_10, 0x10, 20, 0);
	complains(ACPI_LENGTH_SHORT, AT_HARDWARE_10, "an IVHD within its fields");
	OK(has(block(0), "base_address", 0xfd200000) &&
		   layout_value(block(0), "feature_info", 0) == 0,
	   "what it has is shown");
	UNIT(0x10, "\x02\x08\0\0\x42\x10\0\0");
	complains(ACPI_LENGTH_PAST_END, 76, "an entry beyond its block");
	UNIT(0x40, "\xf0\xa5\0\0MADE0001\0\0\0\0\0\0\0\0\x02\x01");
	complains(ACPI_LENGTH_PAST_END, 88, "a unique ID beyond its block");
	UNIT(0x10, "\0\0\0\0");
	complains(ACPI_NO_SCOPE, 48, "a unit of padding");
	put_header(40);
	complains(ACPI_LENGTH_SHORT, 4, "a table within its header");
	build();
	decode(AT_MEMORY_22);
	OK(table.problems.count == 1 && problem(0)->code == ACPI_TRUNCATED,
	   "truncated: a file that ends early");
	IS(table.structures.count, 5, "and holds five of six blocks");
}

/* Linux takes its units from IVHDs alone. */
static void test_no_units(void)
{
	put_header(48);
	complains(ACPI_REJECTED, 0, "a table without an IVHD");
}

/* A table as large as one block can be, and more complaints than are kept. */
static void test_large(void)
{
	size_t at = AT_ENTRIES_10;

	put_header(48 + 0xfffc);
	put_hardware(AT_HARDWARE_10, 0x10, 0xfffc, 0);
	while (at < 48 + 0xfffc)
		at = put_entry(at, 5, (unsigned int)at & 0xffff, 0, 0);
	decode(at);
	IS(block(0)->children.count, (0xfffc - 24) / 4, "16,377 entries");
	IS(table.problems.count, ACPI_PROBLEMS_KEPT, "and as many problems as are kept");
	IS(table.unsaid.problems, (0xfffc - 24) / 4 - ACPI_PROBLEMS_KEPT,
	   "the others are counted");
	IS(table.unsaid.errors, 0, "and warnings");
}

int main(void)
{
	build();
	decode(AT_END);
	IS(table.problems.count, 0, "the made-up table has no fault");
	OK(known_true(table.checksum_ok), "its sum is right");
	IS(table.structures.count, 6, "it has six blocks");
	test_header();
	test_units();
	test_entries();
	test_hid();
	test_memory();
	test_unknown();
	test_lengths();
	test_no_units();
	test_large();
	arena_free(&arena);
	return tap_end();
}
