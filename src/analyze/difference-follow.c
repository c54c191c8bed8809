// SPDX-License-Identifier: GPL-2.0-or-later
/* Which fields are compared, and which differences follow from others. */

#include "analyze/difference.h"

/*
 * Fields that say the same as others in other words, that count what could be seen of
 * others, or that depend on who looks: names of devices are those of the pci.ids at hand.
 */
static const char *const left_out[] = {
	"*_why",
	"*.why",
	"status.summary",
	"status.untranslated",
	"status.weakened_by",
	"status.devices_*",
	"status.bus_masters*",
	"system.root",
	"system.live",
	"system.time",
	"device.vendor",
	"device.device",
	"device.class",
	"group.predicted",
	"group.devices",
	"parameter.instead",
	"parameter.needed",
	"parameter.word",
	"parameter.meaning",
	"parameter.source",
	"table.problems",
	"table.header",
	"table.structures",
	"table.nodes",
	NULL,
};

/* Fields that count or number what is told of elsewhere. */
static const char *const derived[] = {
	"status.units",
	"status.groups",
	"status.devices",
	"status.firmware_tables",
	"status.third_party_channels",
	"unit.devices",
	"device.group",
	"table.length",
	NULL,
};

/* Fields that follow from another one, of the same object or of the status. */
static const struct {
	const char *field, *cause;
	bool where_absent; /* only where one of the machines has no such thing */
} followers[] = {
	{ "status.default_domain", "status.iommu_state", true },
	{ "status.iommu_kind", "status.iommu_state", true },
	{ "status.dma_debug_filter", "status.dma_debug", true },
	{ "device.acs", "status.iommu_state" }, /* Linux asks for it with an IOMMU */
	{ "device.domain_type", "device.translation" },
	{ "device.unit", "device.translation" },
	{ "device.interrupt_remapping", "status.interrupt_remapping" },
	{ "device.interrupt_remapping", "device.driver" },
	{ "device.interrupt_remapping", "device.msi*" },
	{ "device.dma_mask_bits", "device.driver" },
	{ "device.consistent_dma_mask_bits", "device.driver" },
	{ "device.msi", "device.driver" },
	{ "device.msix", "device.driver" },
	{ "device.bus_master", "device.driver" },
	{ "device.virtfns", "device.sriov_numvfs" },
	{ "unit.cap", "unit.*" },
	{ "unit.ecap", "unit.*" },
	{ "unit.efr*", "unit.*" },
	{ "group", "status.iommu_state" },
	{ 0 },
};

static bool matches_any(const char *const *patterns, const char *text)
{
	for (size_t i = 0; patterns[i]; i++)
		if (matches_star(patterns[i], text))
			return true;
	return false;
}

/* Whether it is about the field that a pattern names: "device.msi*". */
static bool is_field(const struct difference *difference, const char *pattern)
{
	char text[128];

	if (difference->field.state != FACT_KNOWN)
		return false;
	snprintf(text, sizeof(text), "%s.%s", difference->record,
		 difference->field.value);
	return matches_star(pattern, text);
}

bool difference_told(const struct differences *to, size_t from, const char *pattern)
{
	for (size_t i = from; i < to->list.count; i++)
		if (is_field(to->list.items[i], pattern))
			return true;
	return false;
}

/*
 * Whether another difference is the cause: of the same object, which has those from
 * `from` on, or of the status, whose stand at the head. What follows itself causes
 * nothing.
 */
static bool is_caused(const struct differences *to, size_t from,
		      const struct difference *one, const char *pattern)
{
	bool of_status = starts_with(pattern, "status.");

	for (size_t i = of_status ? 0 : from; i < to->list.count; i++) {
		const struct difference *told = to->list.items[i];

		if (of_status && !streq(told->record, status_record.singular))
			return false;
		if (told != one && !told->follows && is_field(told, pattern))
			return true;
	}
	return false;
}

/* What the tables above say of the differences of one object, from `from` on. */
void mark_followers(struct differences *to, size_t from)
{
	for (size_t i = from; i < to->list.count; i++) {
		struct difference *one = to->list.items[i];
		bool whole = one->field.state != FACT_KNOWN;
		bool absent =
			one->before.state != FACT_KNOWN || one->after.state != FACT_KNOWN;
		char text[128];

		snprintf(text, sizeof(text), "%s%s%s", one->record, whole ? "" : ".",
			 whole ? "" : one->field.value);
		one->follows = one->follows || matches_any(derived, text);
		for (size_t j = 0; followers[j].field && !one->follows; j++)
			one->follows = matches_star(followers[j].field, text) &&
				       (absent || !followers[j].where_absent) &&
				       is_caused(to, from, one, followers[j].cause);
	}
}

bool difference_is_asked(const struct compared_record *how, const struct field *field)
{
	char text[128];

	if (field->flags & (F_LABEL | F_TEXT_ONLY | F_ASKED))
		return false;
	snprintf(text, sizeof(text), "%s.%s", how->record->singular, field->key);
	return !matches_any(left_out, text);
}
