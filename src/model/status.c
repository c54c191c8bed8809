// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine in one screen: is DMA translated and isolated, and why. */

#include "model/status.h"

#include "model/device.h"

const struct enum_name iommu_state_names[] = {
	[IOMMU_TRANSLATING] = { "translating", MOOD_GOOD,
				"the IOMMU translates the DMA of devices" },
	[IOMMU_PASSTHROUGH] = { "passthrough", MOOD_BAD,
				"the IOMMU is on and passes every address through" },
	[IOMMU_INTERRUPT_REMAPPING_ONLY] = { "interrupt-remapping-only", MOOD_BAD,
					     "the IOMMU remaps interrupts and leaves DMA "
					     "alone" },
	[IOMMU_OFF_IN_KERNEL] = { "off-in-kernel", MOOD_BAD,
				  "the firmware describes an IOMMU that Linux does not "
				  "use" },
	[IOMMU_OFF_IN_FIRMWARE] = { "off-in-firmware", MOOD_BAD,
				    "the hardware has an IOMMU that the firmware hides" },
	[IOMMU_ABSENT] = { "absent", MOOD_BAD, "the machine has no IOMMU" },
	[IOMMU_UNKNOWN] = { "unknown", MOOD_WARN, "it could not be found out" },
	{ 0 },
};

const struct enum_name default_domain_names[] = {
	[DEFAULT_STRICT] = { "strict", MOOD_GOOD, "unmapping takes effect at once" },
	[DEFAULT_LAZY] = { "lazy", MOOD_GOOD,
			   "unmapping takes effect with the next batch of flushes" },
	[DEFAULT_IDENTITY] = { "identity", MOOD_BAD, "addresses pass through unchanged" },
	{ 0 },
};

static const struct enum_name dma_debug_names[] = {
	[DMA_DEBUG_ENABLED] = { "enabled", MOOD_GOOD,
				"the kernel records every mapping" },
	[DMA_DEBUG_DISABLED] = { "disabled", MOOD_NONE, "built in and switched off" },
	[DMA_DEBUG_NOT_BUILT] = { "not-built", MOOD_NONE,
				  "the kernel lacks CONFIG_DMA_API_DEBUG" },
	[DMA_DEBUG_UNKNOWN] = { "unknown", MOOD_NONE, "it could not be found out" },
	{ 0 },
};

/* "42: 30 lazy, 12 identity" */
static void get_device_line(const void *object, struct value *ret)
{
	const struct status *status = object;
	size_t length;
	const char *separator = ": ";

	ret->state = status->devices.state;
	if (ret->state != FACT_KNOWN)
		return;
	ret->text = ret->scratch;
	length = (size_t)snprintf(ret->scratch, sizeof(ret->scratch), "%llu",
				  (unsigned long long)status->devices.value);
	for (int i = 0; i < STATUS_MODES && length < sizeof(ret->scratch); i++) {
		if (status->modes[i].value == 0)
			continue;
		length += (size_t)snprintf(
			ret->scratch + length, sizeof(ret->scratch) - length, "%s%llu %s",
			separator, (unsigned long long)status->modes[i].value,
			i == STATUS_MODE_UNKNOWN ? "unknown" : translation_names[i].name);
		separator = ", ";
	}
}

/* "0 of 32768 slots of 2 KiB in use" */
static void get_swiotlb_line(const void *object, struct value *ret)
{
	const struct status *status = object;

	ret->state = status->swiotlb_slots.state;
	if (ret->state != FACT_KNOWN)
		return;
	ret->text = ret->scratch;
	if (status->swiotlb_slots.value == 0)
		snprintf(ret->scratch, sizeof(ret->scratch), "none");
	else if (status->swiotlb_used.state == FACT_KNOWN)
		snprintf(ret->scratch, sizeof(ret->scratch),
			 "%llu of %llu slots of 2 KiB in use",
			 (unsigned long long)status->swiotlb_used.value,
			 (unsigned long long)status->swiotlb_slots.value);
	else
		snprintf(ret->scratch, sizeof(ret->scratch), "%llu slots of 2 KiB",
			 (unsigned long long)status->swiotlb_slots.value);
}

/* "1203 of 65536 in use, 63,996 free at least; 2 errors" */
static void get_records_line(const void *object, struct value *ret)
{
	const struct status *status = object;
	size_t length;

	ret->state = status->dma_debug_used.state;
	if (ret->state != FACT_KNOWN)
		return;
	ret->text = ret->scratch;
	length = (size_t)snprintf(ret->scratch, sizeof(ret->scratch),
				  "%llu of %llu in use",
				  (unsigned long long)status->dma_debug_used.value,
				  (unsigned long long)status->dma_debug_records.value);
	if (status->dma_debug_free_min.state == FACT_KNOWN)
		length += (size_t)snprintf(
			ret->scratch + length, sizeof(ret->scratch) - length,
			", never fewer than %llu free",
			(unsigned long long)status->dma_debug_free_min.value);
	if (status->dma_debug_errors.state == FACT_KNOWN &&
	    status->dma_debug_errors.value > 0)
		snprintf(ret->scratch + length, sizeof(ret->scratch) - length,
			 "; %llu errors of drivers: dmascope faults",
			 (unsigned long long)status->dma_debug_errors.value);
}

static const struct field pool_fields[] = {
	FIELD(struct swiotlb_pool, name, "POOL", F_STR, F_SHOW | F_LABEL,
	      "name of the pool"),
	FIELD(struct swiotlb_pool, slots, "SLOTS", F_UINT, F_SHOW | F_RIGHT,
	      "slots of 2 KiB"),
	FIELD(struct swiotlb_pool, used, "USED", F_UINT, F_SHOW | F_RIGHT | F_VOLATILE,
	      "slots in use"),
	FIELD(struct swiotlb_pool, high_water, "MOST", F_UINT,
	      F_SHOW | F_RIGHT | F_VOLATILE, "slots in use when most were"),
};

static const struct record pool_record =
	RECORD("swiotlb_pools", "swiotlb_pool",
	       "bounce buffers that some devices may use and no others", pool_fields);

#define MODE(number, name, text)                                                         \
	FIELD_AS(struct status, modes[number], "devices_" name, "devices " name, F_UINT, \
		 0, text)

static const struct field fields[] = {
	FIELD(struct status, summary, "Summary", F_STRV, F_SHOW | F_BANNER,
	      "the most important facts, most important first"),
	FIELD(struct status, iommu_state, "IOMMU", F_ENUM, F_SHOW | F_INFO,
	      "what the IOMMU does for this machine's memory",
	      .names = iommu_state_names),
	FIELD(struct status, iommu_state_why, "IOMMU why", F_STR, F_SHOW | F_NOTE,
	      "what shows it"),
	FIELD(struct status, iommu_kind, "Kind", F_STR, F_SHOW | F_INFO,
	      "architecture of the IOMMU"),
	FIELD(struct status, default_domain, "Default domain", F_ENUM, F_SHOW | F_INFO,
	      "how a device's DMA is translated unless something else is said",
	      .names = default_domain_names),
	FIELD(struct status, default_domain_why, "Default domain why", F_STR,
	      F_SHOW | F_NOTE, "who set it"),
	FIELD(struct status, interrupt_remapping, "Interrupt remapping", F_BOOL,
	      F_SHOW | F_GAUGE, "message-signalled interrupts of devices are checked"),
	FIELD(struct status, interrupt_remapping_why, "Interrupt remapping why", F_STR,
	      F_SHOW | F_NOTE, "what shows it"),
	FIELD(struct status, firmware_tables, "Firmware tables", F_STRV, F_SHOW,
	      "ACPI tables that describe DMA remapping"),
	FIELD(struct status, units, "Units", F_UINT, F_SHOW | F_GAUGE,
	      "IOMMU units that the kernel uses"),
	FIELD(struct status, groups, "Groups", F_UINT, F_SHOW | F_GAUGE, "IOMMU groups"),
	FIELD_MADE("device_line", "PCI functions", F_STR, F_SHOW | F_TEXT_ONLY,
		   "PCI functions, by translation", get_device_line),
	FIELD(struct status, devices, "Devices", F_UINT, F_GAUGE, "PCI functions"),
	MODE(0, "strict", "PCI functions with strict translation"),
	MODE(1, "lazy", "PCI functions with lazy translation"),
	MODE(2, "identity", "PCI functions passed through"),
	MODE(3, "blocked", "PCI functions that are refused every access"),
	MODE(4, "vfio", "PCI functions bound to a VFIO driver"),
	MODE(5, "none", "PCI functions without an IOMMU"),
	MODE(6, "unknown", "PCI functions whose translation is unknown"),
	FIELD(struct status, bus_masters, "Bus masters", F_UINT, F_SHOW | F_GAUGE,
	      "PCI functions that may start DMA now"),
	FIELD(struct status, bus_masters_untranslated, "  untranslated", F_UINT,
	      F_SHOW | F_GAUGE,
	      "bus masters whose addresses reach memory as they are (none or identity)"),
	FIELD(struct status, untranslated, "Untranslated masters", F_STRV, F_TRUNC,
	      "their PCI addresses"),
	FIELD(struct status, external_dma_protection, "Thunderbolt guarded", F_BOOL,
	      F_SHOW | F_GAUGE, "every Thunderbolt domain is protected by the IOMMU"),
	FIELD(struct status, external_dma_protection_why, "Thunderbolt why", F_STR,
	      F_SHOW | F_NOTE, "what shows it"),
	FIELD(struct status, weakened_by, "Weakened by", F_STRV, F_SHOW,
	      "settings that are in force and weaken isolation"),
	FIELD(struct status, third_party_channels, "DMA channels", F_UINT,
	      F_SHOW | F_GAUGE, "channels of third-party DMA controllers (dmaengine)"),
	FIELD_MADE("swiotlb_line", "Bounce buffers", F_STR, F_SHOW | F_TEXT_ONLY,
		   "use of the swiotlb pool", get_swiotlb_line),
	FIELD(struct status, swiotlb_slots, "swiotlb slots", F_UINT, F_GAUGE,
	      "bounce-buffer slots of 2 KiB in the pool"),
	FIELD(struct status, swiotlb_used, "swiotlb used", F_UINT, F_GAUGE | F_VOLATILE,
	      "bounce-buffer slots in use"),
	FIELD(struct status, swiotlb_high_water, "swiotlb most used", F_UINT,
	      F_GAUGE | F_VOLATILE,
	      "bounce-buffer slots in use when most were, since boot or a reset"),
	FIELD(struct status, swiotlb_transient, "swiotlb transient", F_UINT,
	      F_GAUGE | F_VOLATILE,
	      "bounce-buffer slots that were made for the moment, beside the pool"),
	FIELD(struct status, swiotlb_pools, "Bounce pools", F_RECORDS, F_DETAIL,
	      "pools of single devices", .record = &pool_record),
	FIELD(struct status, swiotlb_why, "swiotlb why", F_STR, F_SHOW | F_NOTE,
	      "why the figures are missing or unusual"),
	FIELD(struct status, dma_debug, "DMA-API debugging", F_ENUM, F_SHOW | F_INFO,
	      "whether the kernel records DMA mappings", .names = dma_debug_names),
	FIELD(struct status, dma_debug_why, "DMA-API debugging why", F_STR,
	      F_SHOW | F_NOTE, "what shows it"),
	FIELD_MADE("dma_debug_line", "  records", F_STR,
		   F_SHOW | F_TEXT_ONLY | F_OPTIONAL, "use of its pool of records",
		   get_records_line),
	FIELD(struct status, dma_debug_records, "DMA-API records", F_UINT,
	      F_GAUGE | F_VOLATILE,
	      "records that DMA-API debugging has made for mappings"),
	FIELD(struct status, dma_debug_used, "DMA-API records used", F_UINT,
	      F_GAUGE | F_VOLATILE, "records in use, one a mapping"),
	FIELD(struct status, dma_debug_free_min, "DMA-API records free", F_UINT,
	      F_GAUGE | F_VOLATILE, "free records when fewest were"),
	FIELD(struct status, dma_debug_errors, "DMA-API errors", F_UINT,
	      F_GAUGE | F_VOLATILE,
	      "errors of drivers that DMA-API debugging has counted since boot"),
	FIELD(struct status, dma_debug_filter, "DMA-API filter", F_STR, 0,
	      "the one driver whose errors are reported; empty for all"),
};

const struct record status_record =
	RECORD("status", "status", "is DMA translated and isolated, and why", fields,
	       .card = true);
