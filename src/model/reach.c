// SPDX-License-Identifier: GPL-2.0-or-later
/* Which physical memory a device can touch now. */

#include "model/reach.h"

#include "model/device.h"
#include "model/region.h"

static const struct enum_name extent_names[] = {
	[REACH_EVERYTHING] = { "everything", MOOD_BAD,
			       "its addresses are physical ones, and nothing refuses "
			       "any" },
	[REACH_MAPPED] = { "mapped", MOOD_GOOD, "what is mapped for it at this moment" },
	[REACH_NOTHING] = { "nothing", MOOD_GOOD, "every access is refused" },
	{ 0 },
};

static const struct enum_name certainty_names[] = {
	[REACH_EXACT] = { "exact", MOOD_NONE,
			  "nothing stands between it and all addresses, or its page "
			  "tables were read" },
	[REACH_AT_LEAST] = { "at-least", MOOD_NONE,
			     "there may be more that nothing here shows" },
	{ 0 },
};

static const struct field kind_fields[] = {
	FIELD(struct reach_kind, kind, "KIND", F_ENUM, F_SHOW,
	      "what holds the addresses, as iomem says it", .names = region_kind_names),
	FIELD(struct reach_kind, bytes, "BYTES", F_BYTES, F_SHOW | F_BRANCH | F_RIGHT,
	      "bytes of it within reach"),
};

static const struct record kind_record =
	RECORD("kinds", "kind", "what lies within a device's reach, by what holds it",
	       kind_fields);

/* "12.5%"; a share too small for a digit is no 0. */
static void get_share(const void *object, struct value *ret)
{
	const struct reach *reach = object;
	double share;

	ret->text = ret->scratch;
	if (reach->extent.state == FACT_KNOWN && reach->certainty.state == FACT_KNOWN &&
	    reach->extent.value == REACH_EVERYTHING) {
		ret->state = FACT_KNOWN;
		snprintf(ret->scratch, sizeof(ret->scratch), "100%%");
		return;
	}
	ret->state = reach->ram.state;
	if (reach->ram.state != FACT_KNOWN)
		return;
	if (reach->ram.value > 0 &&
	    (reach->ram_total.state != FACT_KNOWN || reach->ram_total.value == 0)) {
		ret->state = FACT_UNREAD;
		return;
	}
	share = 100.0 * (double)reach->ram.value /
		(double)MAX(reach->ram_total.value, 1u);
	if (reach->ram.value == 0)
		snprintf(ret->scratch, sizeof(ret->scratch), "0%%");
	else if (reach->ram.value == reach->ram_total.value)
		snprintf(ret->scratch, sizeof(ret->scratch), "100%%");
	else if (share < 0.01)
		snprintf(ret->scratch, sizeof(ret->scratch), "<0.01%%");
	else
		snprintf(ret->scratch, sizeof(ret->scratch), "%.2f%%", MIN(share, 99.99));
}

static const struct field fields[] = {
	FIELD(struct reach, bdf, "BDF", F_STR, F_SHOW | F_LABEL, "PCI address"),
	FIELD(struct reach, driver, "DRIVER", F_STR, F_SHOW | F_INFO,
	      "driver bound to it"),
	FIELD(struct reach, bus_master, "BM", F_BOOL, F_SHOW,
	      "may start DMA now (Bus Master Enable); its reach is given for the time "
	      "that "
	      "it does"),
	FIELD(struct reach, group, "GROUP", F_UINT, F_RIGHT | F_DETAIL,
	      "its IOMMU group"),
	FIELD(struct reach, translation, "TRANSLATION", F_ENUM, F_DETAIL,
	      "what happens to the addresses of its DMA", .names = translation_names),
	FIELD_AS(struct reach, extent, "reach", "REACH", F_ENUM, F_SHOW,
		 "how far it reaches", .names = extent_names),
	FIELD(struct reach, certainty, "SURE", F_ENUM, F_SHOW, "how sure the bytes are",
	      .names = certainty_names),
	FIELD_MADE("share", "SHARE", F_STR, F_SHOW | F_RIGHT | F_TEXT_ONLY,
		   "share of System RAM within reach", get_share),
	FIELD_AS(struct reach, ram, "ram_bytes", "RAM", F_BYTES,
		 F_SHOW | F_RIGHT | F_GAUGE, "bytes of System RAM within reach"),
	FIELD(struct reach, ram_total, "RAM-TOTAL", F_BYTES, F_RIGHT | F_DETAIL | F_GAUGE,
	      "bytes of System RAM that there are", .gauge = "reach_ram_installed_bytes"),
	FIELD_AS(struct reach, others_registers, "others_registers_bytes", "REGISTERS",
		 F_BYTES, F_RIGHT | F_DETAIL,
		 "bytes of other PCI functions' registers within reach, as far as the "
		 "root complex routes so"),
	FIELD(struct reach, mappings, "MAPPINGS", F_UINT, F_RIGHT | F_DETAIL | F_GAUGE,
	      "pages or mappings that were counted"),
	FIELD_AS(struct reach, mapped, "mapped_bytes", "MAPPED", F_BYTES,
		 F_RIGHT | F_DETAIL | F_GAUGE,
		 "bytes of its own addresses that are mapped"),
	FIELD_AS(struct reach, large, "large_page_bytes", "LARGE", F_BYTES,
		 F_RIGHT | F_DETAIL, "of these, bytes in pages larger than 4 KiB"),
	FIELD_AS(struct reach, writable, "writable_bytes", "WRITABLE", F_BYTES,
		 F_RIGHT | F_DETAIL, "of these, bytes that it may write"),
	FIELD(struct reach, kinds, "KINDS", F_RECORDS, F_DETAIL,
	      "what lies within reach, by what holds it", .record = &kind_record),
	FIELD(struct reach, why, "WHY", F_STR, F_SHOW | F_WRAP, "what says so"),
	FIELD(struct reach, path, "PATH", F_STR, F_DETAIL,
	      "file that tells what is mapped"),
};

const struct record reach_record =
	RECORD("reach", "reach", "which physical memory a device can touch now", fields);
