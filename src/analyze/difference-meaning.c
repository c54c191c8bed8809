// SPDX-License-Identifier: GPL-2.0-or-later
/* What differences mean: one line for each that has a meaning of its own. */

#include "analyze/difference.h"

/*
 * `what` is RECORD.FIELD, or RECORD of a thing that came or went; '*' stands for anything
 * there, in `object`, `before` and `after`. An empty text is what is not there: of a list
 * each item that went has nothing after it, each that came nothing before. "<" is a
 * smaller number than before. The first line that fits is taken; no line is better than
 * a wrong one.
 */
struct meaning {
	const char *what, *before, *after, *sentence;
	enum protection protection;
	const char *object;		  /* NULL for any */
	bool (*holds)(const void *after); /* NULL for whatever else holds */
};

static bool is_master(const void *after)
{
	return known_true(((const struct device *)after)->bus_master);
}

static bool has_no_driver(const void *after)
{
	return ((const struct device *)after)->driver.state == FACT_ABSENT;
}

#define LESS PROTECTION_LESS
#define MORE PROTECTION_MORE
#define UNTOLD PROTECTION_UNTOLD

/* Sentences go on behind a colon, and have no full stop. */
static const struct meaning meanings[] = {
	{ "status.default_domain", "?*", "identity",
	  "devices reach all of memory, unless something else is said of one", LESS },
	{ "status.default_domain", "identity", "?*",
	  "DMA is translated, unless something else is said of a device", MORE },
	{ "status.default_domain", "strict", "lazy",
	  "what a driver unmaps stays in reach until the next flush", LESS },
	{ "status.default_domain", "lazy", "strict",
	  "what a driver unmaps is out of reach at once", MORE },
	{ "status.iommu_state", "*", "translating", "the IOMMU translates DMA", MORE },
	{ "status.iommu_state", "translating", "passthrough",
	  "the IOMMU passes every address through", LESS },
	{ "status.iommu_state", "translating", "*",
	  "DMA is no longer translated: devices reach all of memory", LESS },
	{ "status.interrupt_remapping", "yes", "no",
	  "a device that writes to the right address may raise any interrupt", LESS },
	{ "status.interrupt_remapping", "no", "yes", "interrupts of devices are checked",
	  MORE },
	{ "status.external_dma_protection", "yes", "no",
	  "what is plugged in may reach memory", LESS },
	{ "status.external_dma_protection", "no", "yes",
	  "the IOMMU stands before what is plugged in", MORE },
	{ "system.hostname", "*", "*", "these may be two machines, not one", UNTOLD },
	{ "system.kernel", "*", "*",
	  "defaults and parameters may be others; what came of them is below", UNTOLD },
	{ "table", "*", "", "the firmware keeps memory for a device no longer", UNTOLD,
	  "* RMRR *" },
	{ "table", "", "*",
	  "the firmware keeps memory for a device, which reaches it whatever is mapped",
	  UNTOLD, "* RMRR *" },
	{ "table", "*", "", "the firmware no longer tells of this unit", UNTOLD,
	  "DMAR DRHD 0x*" },
	{ "table", "", "*", "the firmware tells of one more unit", UNTOLD,
	  "DMAR DRHD 0x*" },
	{ "table", "*", "", "the firmware no longer tells of an IOMMU here", UNTOLD,
	  "DMAR" },
	{ "table", "*", "", "the firmware no longer tells of an IOMMU here", UNTOLD,
	  "IVRS" },
	{ "table.checksum_ok", "yes", "no", "the table is damaged or was made wrong",
	  UNTOLD },
	{ "table.host_address_width", "*", "<",
	  "the firmware claims fewer bits of physical addresses", UNTOLD },
	{ "unit", "*", "", "what it translated has another unit, or none", UNTOLD },
	{ "unit.address_width", "*", "<", "there are fewer addresses for mappings",
	  UNTOLD },
	{ "unit.interrupt_remapping", "yes", "no",
	  "the unit cannot check interrupts any longer", UNTOLD },
	{ "group", "*", "", "its devices are in no group: no IOMMU is in charge of them",
	  UNTOLD },
	{ "group.drift", "no", "yes",
	  "ACS has been changed since the group was formed, which nothing tells the "
	  "kernel",
	  UNTOLD },
	{ "group.isolated", "yes", "no", "it shares its way with others", LESS },
	{ "group.isolated", "no", "yes", "nothing shares its way", MORE },
	{ "group.reserved_regions", "", "*direct*",
	  "these addresses are mapped one to one, whatever the driver does", UNTOLD },
	{ "device.translation", "identity", "none",
	  "no IOMMU is in charge of it; all of memory was in its reach before, too",
	  UNTOLD },
	{ "device.translation", "none", "identity",
	  "an IOMMU is in charge of it, and lets all of its DMA pass", UNTOLD },
	{ "device.translation", "*", "none", "its DMA reaches all of memory", LESS },
	{ "device.translation", "*", "identity",
	  "its DMA reaches all of memory, through the IOMMU", LESS },
	{ "device.translation", "*", "vfio",
	  "a program decides what it reaches, and the IOMMU keeps to that", UNTOLD },
	{ "device.translation", "strict", "lazy",
	  "what its driver unmaps stays in reach until the next flush", LESS },
	{ "device.translation", "lazy", "strict",
	  "what its driver unmaps is out of reach at once", MORE },
	{ "device.translation", "none", "?*", "it reaches only what is mapped for it",
	  MORE },
	{ "device.translation", "identity", "?*", "it reaches only what is mapped for it",
	  MORE },
	{ "device.driver", "?*", "",
	  "nobody drives it, and its BusMaster bit is on: it may still start DMA", LESS,
	  NULL, is_master },
	{ "device.driver", "*", "", "nobody drives it", UNTOLD },
	{ "device.bus_master", "no", "yes", "it may start DMA, and nobody drives it",
	  LESS, NULL, has_no_driver },
	{ "device.acs", "ReqRedir", "",
	  "requests among peers may be delivered without the IOMMU", LESS },
	{ "device.acs", "CmpltRedir", "",
	  "answers among peers may be delivered without the IOMMU", LESS },
	{ "device.acs", "UpstreamFwd", "",
	  "what is sent up may be turned round below the IOMMU", LESS },
	{ "device.acs", "SrcValid", "",
	  "requests with the address of another function are let through", LESS },
	{ "device.acs", "", "ReqRedir",
	  "requests among peers are sent up, where an IOMMU sees them", MORE },
	{ "device.ats", "*", "on", "it translates addresses itself, and is believed",
	  LESS },
	{ "device.ats", "on", "*", "it no longer sends addresses that are believed",
	  MORE },
};

/* The number that a text begins with: "47 (48 bits)". */
static bool take_number(const char *text, uint64_t *ret)
{
	char digits[32];
	size_t length = strcspn(text, " ");

	if (length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return parse_u64(digits, 0, ret) == 0;
}

static bool fits_number(const char *before, const char *after)
{
	uint64_t a, b;

	return take_number(before, &a) && take_number(after, &b) && b < a;
}

/* '?*' is anything but nothing. */
static bool fits_text(const char *pattern, const char *text)
{
	if (starts_with(pattern, "?"))
		return *text && matches_star(pattern + 1, text);
	return matches_star(pattern, text);
}

static bool fits_values(const struct meaning *meaning, const char *before,
			const char *after)
{
	if (!fits_text(meaning->before, before))
		return false;
	if (streq(meaning->after, "<"))
		return fits_number(before, after);
	return fits_text(meaning->after, after);
}

/* Whether a line is about something that went, or that came. */
static bool fits_items(const struct meaning *meaning, const struct list *went,
		       const struct list *came)
{
	LIST_FOR_EACH (went, const char, item)
		if (fits_values(meaning, item, ""))
			return true;
	LIST_FOR_EACH (came, const char, item)
		if (fits_values(meaning, "", item))
			return true;
	return false;
}

static bool fits(const struct meaning *meaning, const struct difference *difference,
		 const struct list *went, const struct list *came, const void *after)
{
	const char *field = known_text(difference->field);
	const char *object = known_text(difference->object);
	const char *old = known_text(difference->before);
	const char *new = known_text(difference->after);
	char what[128];

	snprintf(what, sizeof(what), "%s%s%s", difference->record, field ? "." : "",
		 field ? field : "");
	if (!streq(meaning->what, what) ||
	    (meaning->object && !matches_star(meaning->object, object ? object : "")) ||
	    (meaning->holds && !(after && meaning->holds(after))))
		return false;
	if (difference->change.value == CHANGE_APPEARED)
		return fits_values(meaning, "", "there");
	if (difference->change.value == CHANGE_VANISHED)
		return fits_values(meaning, "there", "");
	if (went && (went->count > 0 || came->count > 0))
		return fits_items(meaning, went, came);
	return fits_values(meaning, old ? old : "", new ? new : "");
}

void explain_difference(struct differences *to, struct difference *difference,
			const struct list *went, const struct list *came,
			const void *after)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct meaning *meaning = &meanings[i];

		if (!fits(meaning, difference, went, came, after))
			continue;
		difference_mean(to, difference, meaning->sentence);
		if (meaning->protection != UNTOLD)
			difference->protection = KNOWN_ENUM((int)meaning->protection);
		return;
	}
}
