// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of AMD-Vi. */

#include "spec/fault-line.h"

/* Flags of an event as Linux prints them (AMD 48882 3.08, 2.5: bits 27:16 of word 1). */
enum {
	FLAG_INTERRUPT = 1 << 3,
	FLAG_PRESENT = 1 << 4,
	FLAG_WRITE = 1 << 5,
	FLAG_PERMISSION = 1 << 6,
	FLAG_RESERVED = 1 << 7,
};

/* AMD 48882 3.08, 2.5.2 to 2.5.14. */
static const struct fault_reason events[] = {
	{ 0x1, "ILLEGAL_DEV_TABLE_ENTRY", "the device table entry is malformed",
	  CAUSE_BAD_TABLES },
	{ 0x2, "IO_PAGE_FAULT", "the address is not mapped", CAUSE_NOT_MAPPED },
	{ 0x3, "DEV_TAB_HARDWARE_ERROR", "the device table could not be read",
	  CAUSE_HARDWARE },
	{ 0x4, "PAGE_TAB_HARDWARE_ERROR", "a page table could not be read",
	  CAUSE_HARDWARE },
	{ 0x5, "ILLEGAL_COMMAND_ERROR", "the unit cannot make sense of a command",
	  CAUSE_HARDWARE },
	{ 0x6, "COMMAND_HARDWARE_ERROR", "a command could not be read", CAUSE_HARDWARE },
	{ 0x7, "IOTLB_INV_TIMEOUT",
	  "the device did not answer an invalidation of its cache (ATS)", CAUSE_TIMEOUT },
	{ 0x8, "INVALID_DEVICE_REQUEST", "the device sent what it may not send",
	  CAUSE_BAD_REQUEST },
	{ 0x9, "INVALID_PPR_REQUEST", "the device asked for pages in a wrong way",
	  CAUSE_PASID },
	{ 0xd, "RMP_PAGE_FAULT", "the page belongs to a protected guest",
	  CAUSE_ENCRYPTION },
	{ 0xe, "RMP_HW_ERROR", "the table of pages of protected guests is broken",
	  CAUSE_ENCRYPTION },
};

static const struct fault_reason not_attached = { 0, "NOT_ATTACHED",
						  "the device has no domain",
						  CAUSE_NO_DOMAIN };

static const struct fault_reason timeout = {
	0, "COMPLETION_WAIT", "the unit did not finish its commands in time",
	CAUSE_TIMEOUT
};

/* What a page fault was about is in its flags. */
static void look_at_flags(struct fault *fault, uint64_t flags)
{
	static const struct fault_reason interrupt = { 0, "IO_PAGE_FAULT",
						       "the interrupt was blocked",
						       CAUSE_INTERRUPT };
	static const struct fault_reason permission = {
		0, "IO_PAGE_FAULT", "the page is mapped, and not for this access",
		CAUSE_PERMISSION
	};
	static const struct fault_reason reserved = {
		0, "IO_PAGE_FAULT", "reserved bits are set in a page table entry",
		CAUSE_BAD_TABLES
	};

	if (flags & FLAG_INTERRUPT) {
		fault->access = FAULT_INTERRUPT;
		fault_set_reason(fault, &interrupt);
		return;
	}
	fault->access = flags & FLAG_WRITE ? FAULT_WRITE : FAULT_READ;
	if (flags & FLAG_PRESENT && flags & FLAG_RESERVED)
		fault_set_reason(fault, &reserved);
	else if (flags & FLAG_PRESENT)
		fault_set_reason(fault, &permission);
}

/* "nvme 0000:01:00.0:", or "iommu ivhd0:", which is the unit. */
static void take_names(const char *text, const char *mark, struct fault *fault)
{
	const char *prefix = strstr(text, "AMD-Vi");

	fault_names(text, prefix && prefix < mark ? prefix : mark, fault);
	if (starts_with(fault->device, "ivhd")) {
		FAULT_SET(fault->unit, fault->device);
		fault->device[0] = '\0';
	} else if (fault->device[0] && !fault->has_bdf) {
		/* "xhci_hcd: AMD-Vi: …": somebody cut the function off. */
		FAULT_SET(fault->driver, fault->device);
		fault->device[0] = '\0';
	}
}

/* "[IO_PAGE_FAULT domain=0x000c address=0xffffc080 flags=0x0050]" */
static enum fault_line read_event(struct fault_reader *reader, const char *text,
				  const char *event, struct fault *fault)
{
	size_t length = strcspn(event, " ]");
	const char *device = fault_after(event, "device=");
	uint64_t flags;

	fault->kind = FAULT_AMD_VI;
	take_names(text, event - strlen("Event logged ["), fault);
	if (device && !fault_bdf(device, fault))
		return FAULT_LINE_UNPARSED;
	if (starts_with(event, "Device not attached to domain properly")) {
		fault_set_reason(fault, &not_attached);
		fault_wait_for(reader, WAIT_AMD_DEVICE, fault);
		return FAULT_LINE_PART;
	}
	fault->has_address = fault_key(event, "address=", 16, &fault->address) ||
			     fault_key(event, "spa=", 16, &fault->address) ||
			     fault_key(event, "gpa=", 16, &fault->address);
	fault->has_domain = fault_key(event, "domain=", 16, &fault->domain);
	fault->has_pasid =
		fault_key(event, "pasid=", 16, &fault->pasid) && fault->pasid != 0;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (strlen(events[i].name) != length ||
		    !starts_with(event, events[i].name))
			continue;
		if (!fault->has_address)
			return FAULT_LINE_UNPARSED;
		fault_set_reason(fault, &events[i]);
		if (events[i].code == 0x2 && fault_key(event, "flags=", 16, &flags))
			look_at_flags(fault, flags);
		return FAULT_LINE_WHOLE;
	}
	if (!starts_with(event, "UNKNOWN"))
		return FAULT_LINE_UNPARSED;
	FAULT_SET(fault->reason, "UNKNOWN");
	FAULT_SET(fault->text, "an event that the kernel does not know");
	return FAULT_LINE_WHOLE;
}

enum fault_line fault_amd(struct fault_reader *reader, const char *text,
			  struct fault *fault)
{
	const char *event = fault_after(text, "Event logged [");
	const char *device = fault_after(text, "device=");

	if (event)
		return read_event(reader, text, event, fault);
	if (!strstr(text, "AMD-Vi") && reader->wait != WAIT_AMD_DEVICE)
		return FAULT_LINE_OTHER;
	if (reader->wait == WAIT_AMD_DEVICE && device) {
		*fault = reader->pending;
		reader->wait = WAIT_NOTHING;
		fault->has_domain = fault_key(text, "domain=", 16, &fault->domain);
		fault_bdf(device, fault);
		return FAULT_LINE_WHOLE;
	}
	if (strstr(text, "Completion-Wait loop timed out") ||
	    strstr(text, "Command buffer timeout")) {
		fault->kind = FAULT_AMD_VI;
		fault_set_reason(fault, &timeout);
		return FAULT_LINE_WHOLE;
	}
	if (strstr(text, "DTE[") || strstr(text, "CMD[") ||
	    strstr(text, "log restarting") ||
	    strstr(text, "No event written to event log"))
		return FAULT_LINE_PART;
	return strstr(text, "Event logged") ? FAULT_LINE_UNPARSED : FAULT_LINE_OTHER;
}
