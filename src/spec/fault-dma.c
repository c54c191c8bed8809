// SPDX-License-Identifier: GPL-2.0-or-later
/* What the DMA API says: errors that debugging found, mappings that it refused. */

#include "spec/fault-line.h"

/* The messages of kernel/dma/debug.c (lib/dma-debug.c of older kernels). */
static const struct {
	const char *mark;
	struct fault_reason reason;
} messages[] = {
	{ "device driver has pending DMA allocations while released from device",
	  { 0, "leaked-mappings", "the driver left, and its mappings are still there",
	    CAUSE_LEAK } },
	{ "device driver tries to free an invalid DMA memory address",
	  { 0, "freed-invalid-address", "the driver unmaps what is no DMA address",
	    CAUSE_WRONG_FREE } },
	{ "device driver tries to free DMA memory it has not allocated",
	  { 0, "freed-not-mapped", "the driver unmaps what is not mapped",
	    CAUSE_WRONG_FREE } },
	{ "device driver frees DMA memory with different size",
	  { 0, "freed-other-size", "the driver unmaps another size than it mapped",
	    CAUSE_WRONG_FREE } },
	{ "device driver frees DMA memory with wrong function",
	  { 0, "freed-other-function",
	    "the driver unmaps with another function than it mapped",
	    CAUSE_WRONG_FREE } },
	{ "device driver frees DMA memory with different CPU address",
	  { 0, "freed-other-cpu-address", "the driver frees another memory",
	    CAUSE_WRONG_FREE } },
	{ "device driver frees DMA sg list with different entry count",
	  { 0, "freed-other-sg-count", "the driver unmaps a list of another length",
	    CAUSE_WRONG_FREE } },
	{ "device driver frees DMA memory with different direction",
	  { 0, "freed-other-direction",
	    "the driver unmaps in another direction than it mapped", CAUSE_WRONG_FREE } },
	{ "device driver failed to check map error",
	  { 0, "map-error-unchecked", "the driver did not ask whether the mapping failed",
	    CAUSE_UNCHECKED } },
	{ "device driver maps memory from stack",
	  { 0, "mapped-stack", "the driver maps memory of a stack",
	    CAUSE_WRONG_MEMORY } },
	{ "device driver maps memory from kernel text or rodata",
	  { 0, "mapped-kernel-text", "the driver maps the kernel's code or constants",
	    CAUSE_WRONG_MEMORY } },
	{ "device driver maps memory from invalid area",
	  { 0, "mapped-invalid-area", "the driver maps an address that is no memory",
	    CAUSE_WRONG_MEMORY } },
	{ "device driver maps memory from vmalloc area",
	  { 0, "mapped-vmalloc", "the driver maps memory that is not contiguous",
	    CAUSE_WRONG_MEMORY } },
	{ "device driver tries to sync DMA memory it has not allocated",
	  { 0, "synced-not-mapped", "the driver syncs what is not mapped",
	    CAUSE_WRONG_SYNC } },
	{ "device driver syncs DMA memory outside allocated range",
	  { 0, "synced-outside", "the driver syncs more than it mapped",
	    CAUSE_WRONG_SYNC } },
	{ "device driver syncs DMA memory with different direction",
	  { 0, "synced-other-direction",
	    "the driver syncs in another direction than it mapped", CAUSE_WRONG_SYNC } },
	{ "device driver syncs device read-only DMA memory for cpu",
	  { 0, "synced-read-only", "the driver syncs back what the device only reads",
	    CAUSE_WRONG_SYNC } },
	{ "device driver syncs device write-only DMA memory to device",
	  { 0, "synced-write-only", "the driver syncs out what the device only writes",
	    CAUSE_WRONG_SYNC } },
	{ "device driver syncs DMA sg list with different entry count",
	  { 0, "synced-other-sg-count", "the driver syncs a list of another length",
	    CAUSE_WRONG_SYNC } },
	{ "mapping sg segment longer than device claims to support",
	  { 0, "sg-segment-too-long",
	    "a piece of a list is longer than the device says it can take",
	    CAUSE_SEGMENT_LIMIT } },
	{ "mapping sg segment across boundary",
	  { 0, "sg-segment-across-boundary",
	    "a piece of a list crosses a boundary that the device has",
	    CAUSE_SEGMENT_LIMIT } },
	{ "cacheline tracking EEXIST",
	  { 0, "overlapping-mappings", "a cache line is mapped twice", CAUSE_OVERLAP } },
	{ "overlapping mappings of cacheline",
	  { 0, "too-many-overlaps", "a cache line is mapped too often to be counted",
	    CAUSE_OVERLAP } },
	{ "cpu touching an active dma mapped cacheline",
	  { 0, "touched-while-mapped", "the CPU touches memory that the device has",
	    CAUSE_WRONG_SYNC } },
};

/*
 * Of kernel/dma/swiotlb.c and direct.c, and of their older versions; the last two are
 * of drivers/iommu/dma-iommu.c and include/linux/dma-mapping.h.
 */
static const struct {
	const char *mark;
	struct fault_reason reason;
} refusals[] = {
	{ "swiotlb buffer is full",
	  { 0, "swiotlb-full", "there is no room in the bounce-buffer pool",
	    CAUSE_BOUNCE_FULL } },
	{ "Out of SW-IOMMU space",
	  { 0, "swiotlb-full", "there is no room in the bounce-buffer pool",
	    CAUSE_BOUNCE_FULL } },
	{ "Can not allocate SWIOTLB buffer earlier",
	  { 0, "swiotlb-missing", "there is no bounce-buffer pool", CAUSE_BOUNCE_FULL } },
	{ "swiotlb: coherent allocation failed",
	  { 0, "swiotlb-coherent", "no memory that the device reaches was free",
	    CAUSE_BOUNCE_FULL } },
	{ "DMA addr ",
	  { 0, "beyond-mask", "the memory lies beyond what the device addresses",
	    CAUSE_DMA_MASK } },
	{ "DMA bounce buffers are inactive",
	  { 0, "swiotlb-missing", "there is no bounce-buffer pool", CAUSE_BOUNCE_FULL } },
	{ "rejecting DMA map of vmalloc memory",
	  { 0, "vmalloc-rejected", "memory that is not contiguous cannot be mapped",
	    CAUSE_WRONG_MEMORY } },
};

/* What no device is guilty of. */
static bool is_remark(const char *text)
{
	static const char *const remarks[] = {
		"Mapped at:",
		"Overlapped entry: ",
		"debugging out of memory",
		"cacheline tracking ENOMEM",
		"dma_debug_entry pool grown",
	};

	for (size_t i = 0; i < ARRAY_SIZE(remarks); i++)
		if (strstr(text, remarks[i]))
			return true;
	return false;
}

/* The brackets behind those that have a key of their own, which is not told twice. */
static const char *other_details(const char *text)
{
	static const char *const told[] = { "[device address=", "[size=" };
	const char *detail = strchr(text, '[');

	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		if (detail && starts_with(detail, told[i])) {
			detail = strstr(detail, "] ");
			detail = detail ? strchr(detail, '[') : NULL;
		}
	return detail;
}

/* Of a leak the second line has some, which follow those of the first. */
static void take_details(const char *text, struct fault *fault)
{
	const char *detail = other_details(text);
	size_t length = strlen(fault->detail);
	uint64_t size;

	if (fault_key(text, "[device address=", 16, &fault->address))
		fault->has_address = true;
	if (fault_key(text, "[size=", 10, &size) ||
	    fault_key(text, "[map size=", 10, &size) ||
	    fault_key(text, "[allocation size=", 10, &size) ||
	    fault_key(text, "[len=", 10, &size)) {
		fault->size = size;
		fault->has_size = true;
	}
	if (detail)
		snprintf(fault->detail + length, sizeof(fault->detail) - length, "%s%s",
			 length > 0 ? " " : "", detail);
}

/* The driver and the device that stand before `end`; a driver of old may give none. */
static void take_names(const char *text, const char *end, struct fault *fault)
{
	fault_names(text, end, fault);
	if (streq(fault->device, "NULL"))
		fault->device[0] = '\0';
}

/*
 * "DMA-API: nvme 0000:04:00.0: device driver …", of kernels before 5.0
 * "nvme 0000:04:00.0: DMA-API: device driver …"
 */
static enum fault_line read_debug(struct fault_reader *reader, const char *text,
				  const char *said, struct fault *fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		const char *at = strstr(said, messages[i].mark);

		if (!at)
			continue;
		if (at == said || starts_with(said, "exceeded"))
			take_names(text, said - strlen("DMA-API: "), fault);
		else
			take_names(said, at, fault);
		fault_set_reason(fault, &messages[i].reason);
		take_details(at, fault);
		if (fault->cause != CAUSE_LEAK || fault->has_address)
			return FAULT_LINE_WHOLE;
		fault_wait_for(reader, WAIT_LEAK, fault);
		return FAULT_LINE_PART;
	}
	if (is_remark(said))
		return FAULT_LINE_PART;
	return strstr(said, "device driver ") || strstr(said, "cacheline") ||
			       strstr(said, "mapping sg segment")
		       ? FAULT_LINE_UNPARSED
		       : FAULT_LINE_OTHER;
}

static enum fault_line read_leak(struct fault_reader *reader, const char *text,
				 struct fault *fault)
{
	if (reader->wait != WAIT_LEAK)
		return FAULT_LINE_PART;
	*fault = reader->pending;
	reader->wait = WAIT_NOTHING;
	take_details(text, fault);
	return FAULT_LINE_WHOLE;
}

/* "nvme 0000:01:00.0: swiotlb buffer is full (sz: 65536 bytes), total 32768 (slots)" */
static enum fault_line read_refusal(const char *text, struct fault *fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const char *at = strstr(text, refusals[i].mark);
		const char *device, *detail, *more;

		if (!at || (refusals[i].reason.cause == CAUSE_DMA_MASK &&
			    !strstr(at, "overflow (mask ")))
			continue;
		fault->kind = FAULT_DMA_MAPPING;
		fault_set_reason(fault, &refusals[i].reason);
		fault_names(text, at, fault);
		device = fault_after(at, "at device ");
		if (device)
			fault_set_device(fault, device, strcspn(device, " "));
		more = fault_after(at, "DMA addr ");
		fault->has_address = more && fault_number(&more, 16, &fault->address);
		if (fault_key(at, "(sz: ", 10, &fault->size) ||
		    fault_key(at, "space for ", 10, &fault->size) ||
		    (more && *more == '+' && more++ &&
		     fault_number(&more, 10, &fault->size)))
			fault->has_size = true;
		detail = strstr(at, "total ");
		detail = detail ? detail : strstr(at, "(mask ");
		if (detail)
			fault_copy(fault->detail, sizeof(fault->detail), detail,
				   strlen(detail));
		return FAULT_LINE_WHOLE;
	}
	return FAULT_LINE_OTHER;
}

enum fault_line fault_dma(struct fault_reader *reader, const char *text,
			  struct fault *fault)
{
	const char *said = fault_after(text, "DMA-API: ");

	if (said) {
		fault->kind = FAULT_DMA_API;
		return read_debug(reader, text, said, fault);
	}
	if (strstr(text, "One of leaked entries details: "))
		return read_leak(reader, text, fault);
	return read_refusal(text, fault);
}
