// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of VT-d. */

#include "spec/fault-line.h"

#include <ctype.h>

#define MAPPING "the address is not mapped"

/* VT-d 4.1, appendix A: fault reasons; 01h on of legacy mode, 20h on of interrupts. */
static const struct fault_reason reasons[] = {
	{ 0x01, "0x01", "the root entry of the bus is not present", CAUSE_NO_DOMAIN },
	{ 0x02, "0x02", "the context entry of the device is not present",
	  CAUSE_NO_DOMAIN },
	{ 0x03, "0x03", "the context entry of the device is invalid", CAUSE_BAD_TABLES },
	{ 0x04, "0x04", "the address is wider than the unit translates",
	  CAUSE_BEYOND_WIDTH },
	{ 0x05, "0x05", MAPPING " for writing", CAUSE_NOT_MAPPED },
	{ 0x06, "0x06", MAPPING " for reading", CAUSE_NOT_MAPPED },
	{ 0x07, "0x07", "the next page table could not be read", CAUSE_BAD_TABLES },
	{ 0x08, "0x08", "the root table could not be read", CAUSE_BAD_TABLES },
	{ 0x09, "0x09", "the context table could not be read", CAUSE_BAD_TABLES },
	{ 0x0a, "0x0a", "reserved bits are set in a root entry", CAUSE_BAD_TABLES },
	{ 0x0b, "0x0b", "reserved bits are set in a context entry", CAUSE_BAD_TABLES },
	{ 0x0c, "0x0c", "reserved bits are set in a page table entry", CAUSE_BAD_TABLES },
	{ 0x0d, "0x0d", "the context entry allows no translation requests (ATS)",
	  CAUSE_BAD_REQUEST },
	{ 0x20, "0x20", "reserved bits are set in the interrupt request",
	  CAUSE_INTERRUPT },
	{ 0x21, "0x21", "the interrupt's index is behind the end of the table",
	  CAUSE_INTERRUPT },
	{ 0x22, "0x22", "the interrupt's entry is not present", CAUSE_INTERRUPT },
	{ 0x23, "0x23", "the interrupt remapping table could not be read",
	  CAUSE_INTERRUPT },
	{ 0x24, "0x24", "reserved bits are set in the interrupt's entry",
	  CAUSE_INTERRUPT },
	{ 0x25, "0x25", "an interrupt in compatibility format was blocked",
	  CAUSE_INTERRUPT },
	{ 0x26, "0x26", "the interrupt's entry belongs to another device",
	  CAUSE_INTERRUPT },
	/* Scalable mode. */
	{ 0x30, "0x30", "the root table's address is invalid", CAUSE_BAD_TABLES },
	{ 0x31, "0x31", "the unit is in legacy mode, and the request has a PASID",
	  CAUSE_PASID },
	{ 0x32, "0x32", "the unit is in legacy mode, and pages were requested",
	  CAUSE_PASID },
	{ 0x38, "0x38", "the root entry could not be read", CAUSE_BAD_TABLES },
	{ 0x39, "0x39", "the root entry of the bus is not present", CAUSE_NO_DOMAIN },
	{ 0x3a, "0x3a", "reserved bits are set in a root entry", CAUSE_BAD_TABLES },
	{ 0x40, "0x40", "the context entry could not be read", CAUSE_BAD_TABLES },
	{ 0x41, "0x41", "the context entry of the device is not present",
	  CAUSE_NO_DOMAIN },
	{ 0x42, "0x42", "reserved bits are set in a context entry", CAUSE_BAD_TABLES },
	{ 0x43, "0x43", "the context entry of the device is invalid", CAUSE_BAD_TABLES },
	{ 0x44, "0x44", "the context entry allows no translation requests (ATS)",
	  CAUSE_BAD_REQUEST },
	{ 0x45, "0x45", "PASIDs are off for the device", CAUSE_PASID },
	{ 0x46, "0x46", "the PASID is larger than the device may send", CAUSE_PASID },
	{ 0x47, "0x47", "page requests are off for the device", CAUSE_PASID },
	{ 0x48, "0x48", "the PASID for requests without one is invalid", CAUSE_PASID },
	{ 0x50, "0x50", "the PASID directory could not be read", CAUSE_BAD_TABLES },
	{ 0x51, "0x51", "the entry of the PASID directory is not present", CAUSE_PASID },
	{ 0x52, "0x52", "reserved bits are set in the PASID directory",
	  CAUSE_BAD_TABLES },
	{ 0x58, "0x58", "the PASID table could not be read", CAUSE_BAD_TABLES },
	{ 0x59, "0x59", "the entry of the PASID table is not present", CAUSE_NO_DOMAIN },
	{ 0x5a, "0x5a", "reserved bits are set in the PASID table", CAUSE_BAD_TABLES },
	{ 0x5b, "0x5b", "the entry of the PASID table is invalid", CAUSE_BAD_TABLES },
	{ 0x5c, "0x5c", "the PASID may not fetch instructions", CAUSE_PERMISSION },
	{ 0x5d, "0x5d", "the PASID may not send privileged requests", CAUSE_PERMISSION },
	{ 0x70, "0x70", "a first-stage page table could not be read", CAUSE_BAD_TABLES },
	{ 0x71, "0x71", MAPPING " (first stage)", CAUSE_NOT_MAPPED },
	{ 0x72, "0x72", "reserved bits are set in a first-stage entry",
	  CAUSE_BAD_TABLES },
	{ 0x73, "0x73", "the first-stage top table could not be read", CAUSE_BAD_TABLES },
	{ 0x74, "0x74", "a first-stage table lies beyond the second stage's width",
	  CAUSE_BEYOND_WIDTH },
	{ 0x75, "0x75", "the second stage forbids reading the first stage's top table",
	  CAUSE_PERMISSION },
	{ 0x76, "0x76", "the second stage forbids reading a first-stage table",
	  CAUSE_PERMISSION },
	{ 0x77, "0x77", "the second stage forbids writing a first-stage table",
	  CAUSE_PERMISSION },
	{ 0x78, "0x78", "a second-stage page table could not be read", CAUSE_BAD_TABLES },
	{ 0x79, "0x79", MAPPING ", or not for this access (second stage)",
	  CAUSE_NOT_MAPPED },
	{ 0x7a, "0x7a", "reserved bits are set in a second-stage entry",
	  CAUSE_BAD_TABLES },
	{ 0x7b, "0x7b", "the second-stage table's address is invalid", CAUSE_BAD_TABLES },
	{ 0x7c, "0x7c", "a second-stage entry needs an update without snooping",
	  CAUSE_BAD_TABLES },
	{ 0x80, "0x80", "the address is not canonical", CAUSE_BEYOND_WIDTH },
	{ 0x81, "0x81", "the page is the supervisor's, and the request a user's",
	  CAUSE_PERMISSION },
	{ 0x82, "0x82", "the page may not be executed", CAUSE_PERMISSION },
	{ 0x83, "0x83", "the address is wider than the unit translates",
	  CAUSE_BEYOND_WIDTH },
	{ 0x84, "0x84", "the address is wider than the second stage translates",
	  CAUSE_BEYOND_WIDTH },
	{ 0x85, "0x85", "the page may not be written", CAUSE_PERMISSION },
	{ 0x86, "0x86", "the page may not be read", CAUSE_PERMISSION },
	{ 0x87, "0x87", "the address is one of interrupts", CAUSE_BAD_REQUEST },
	{ 0x90, "0x90", "a first-stage entry needs an update without snooping",
	  CAUSE_BAD_TABLES },
};

/* Errors of the queue of invalidations (VT-d 4.1, 6.5.2.10 and 11.4.7.1). */
static const struct fault_reason queue_errors[] = {
	{ 0, "ITE", "the device did not answer an invalidation of its cache (ATS)",
	  CAUSE_TIMEOUT },
	{ 0, "ICE", "the device answered an invalidation that nobody had sent",
	  CAUSE_HARDWARE },
	{ 0, "IQE", "the unit cannot make sense of its queue of invalidations",
	  CAUSE_HARDWARE },
};

/* "0x05", of older kernels "05" in decimal, for a while "25h"; what follows in text. */
static bool take_code(const char *text, unsigned int *ret, const char **ret_rest)
{
	const char *at = text;
	uint64_t code;

	if (text[0] == '0' && text[1] == 'x') {
		if (!fault_number(&at, 16, &code))
			return false;
	} else if (isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]) &&
		   text[2] == 'h') {
		if (!fault_number(&at, 16, &code))
			return false;
		at++;
	} else if (!fault_number(&at, 10, &code)) {
		return false;
	}
	if (*at != ']' || code > 0xff)
		return false;
	*ret = (unsigned int)code;
	*ret_rest = at + 1 + strspn(at + 1, " ");
	return true;
}

/* A code that no table has keeps the kernel's words. */
static void set_reason(struct fault *fault, unsigned int code, const char *said)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].code == code) {
			fault_set_reason(fault, &reasons[i]);
			return;
		}
	}
	snprintf(fault->reason, sizeof(fault->reason), "0x%02x", code);
	said = *said ? said : "a reason that the specification does not name";
	fault_copy(fault->text, sizeof(fault->text), said, strlen(said));
}

/* "[DMA Read NO_PASID] Request device [01:00.0] fault addr 0x… [fault reason 0x06] …" */
static enum fault_line read_request(struct fault_reader *reader, const char *text,
				    struct fault *fault)
{
	const char *device = fault_after(text, "Request device ["), *reason;
	unsigned int code;

	if (device && *device == '[') /* of Linux 3.x */
		device++;
	if (!device || !fault_bdf(device, fault))
		return FAULT_LINE_UNPARSED;
	if (strstr(text, "INTR-REMAP")) {
		fault->access = FAULT_INTERRUPT;
		fault->has_index = fault_key(device, "fault index ", 16, &fault->index);
		if (!fault->has_index)
			return FAULT_LINE_UNPARSED;
	} else {
		if (strstr(text, "DMA Read"))
			fault->access = FAULT_READ;
		else if (strstr(text, "DMA Write"))
			fault->access = FAULT_WRITE;
		fault->has_address =
			fault_key(device, "fault addr ", 16, &fault->address);
		if (!fault->has_address)
			return FAULT_LINE_UNPARSED;
		/* Linux 5.x prints -1 for none. */
		fault->has_pasid = fault_key(text, " PASID ", 16, &fault->pasid) &&
				   fault->pasid != UINT32_MAX;
	}
	reason = fault_after(text, "[fault reason ");
	if (!reason) {
		FAULT_SET(fault->reason, "unknown");
		FAULT_SET(fault->text, "the line that tells the reason is missing");
		fault_wait_for(reader, WAIT_VTD_REASON, fault);
		return FAULT_LINE_PART;
	}
	if (!take_code(reason, &code, &reason))
		return FAULT_LINE_UNPARSED;
	set_reason(fault, code, reason);
	return FAULT_LINE_WHOLE;
}

/* "DMAR:[fault reason 06] PTE Read access is not set" behind its request. */
static enum fault_line read_reason(struct fault_reader *reader, const char *text,
				   struct fault *fault)
{
	const char *reason = fault_after(text, "[fault reason ");
	unsigned int code;

	if (reader->wait != WAIT_VTD_REASON || !take_code(reason, &code, &reason))
		return FAULT_LINE_UNPARSED;
	*fault = reader->pending;
	reader->wait = WAIT_NOTHING;
	set_reason(fault, code, reason);
	return FAULT_LINE_WHOLE;
}

/* "VT-d detected Invalidation Time-out Error: SID 100" */
static enum fault_line read_queue_error(const char *text, struct fault *fault)
{
	static const char *const names[] = { "Time-out", "Completion", "Queue" };
	const char *at = fault_after(text, "VT-d detected Invalidation ");
	uint64_t source;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!starts_with(at, names[i]))
			continue;
		fault_set_reason(fault, &queue_errors[i]);
		/* 0 where the unit does not tell, all ones where it is gone. */
		if (fault_key(at, "SID ", 16, &source) && source > 0 && source < 0xffff) {
			fault->bdf = (struct pci_address){
				.bus = (uint8_t)(source >> 8),
				.device = source >> 3 & 0x1f,
				.function = (int)(source & 7),
			};
			fault->has_bdf = true;
		}
		return FAULT_LINE_WHOLE;
	}
	return FAULT_LINE_UNPARSED;
}

/* "IOMMU: dmar0: Page request without PASID" */
static enum fault_line read_page_request(const char *text, struct fault *fault)
{
	static const char *const complaints[] = { "Page request without PASID",
						  "Address is not canonical",
						  "Page request in Privilege Mode",
						  "Execution request not supported" };
	const char *unit = fault_after(text, "IOMMU: ");

	for (size_t i = 0; i < ARRAY_SIZE(complaints); i++) {
		const char *at = strstr(text, complaints[i]);

		if (!at || !unit || unit >= at)
			continue;
		fault_copy(fault->unit, sizeof(fault->unit), unit, strcspn(unit, ": "));
		FAULT_SET(fault->reason, "page-request");
		fault_copy(fault->text, sizeof(fault->text), complaints[i],
			   strlen(complaints[i]));
		fault->cause = CAUSE_PASID;
		return FAULT_LINE_WHOLE;
	}
	return FAULT_LINE_OTHER;
}

/* Said before, behind or about faults, and none by itself. */
static bool is_remark(const char *text)
{
	static const char *const remarks[] = {
		"handling fault status reg",
		"QI HEAD: ",
		"QI PRIOR: ",
		"Error (ITE) cleared",
		"(ICE) cleared",
		"(IQE) cleared",
		"table entries for IOVA",
		"root entry",
		"context entry: ",
		"pasid dir entry",
		"pasid table entry",
		"pte level: ",
		"page table not present",
		"Invalid page request: ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(remarks); i++)
		if (strstr(text, remarks[i]))
			return true;
	return false;
}

enum fault_line fault_vtd(struct fault_reader *reader, const char *text,
			  struct fault *fault)
{
	if (!strstr(text, "DMAR") && !strstr(text, "INTR-REMAP") && !strstr(text, "dmar"))
		return FAULT_LINE_OTHER;
	fault->kind = FAULT_VTD;
	if (strstr(text, "Request device ["))
		return read_request(reader, text, fault);
	if (strstr(text, "[fault reason "))
		return read_reason(reader, text, fault);
	if (strstr(text, "VT-d detected Invalidation "))
		return read_queue_error(text, fault);
	if (is_remark(text))
		return FAULT_LINE_PART;
	/* Cut off. */
	if (strstr(text, "[DMA Read") || strstr(text, "[DMA Write") ||
	    strstr(text, "[INTR-REMAP]") || strstr(text, "fault addr "))
		return FAULT_LINE_UNPARSED;
	return read_page_request(text, fault);
}
