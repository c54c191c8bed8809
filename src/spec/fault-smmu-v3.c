// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of the SMMU, version 3. */

#include "base/bits.h"
#include "spec/fault-line.h"

/* IHI 0070 F.b, 7.3: event records. Which of their fields mean something. */
enum {
	HAS_INPUT = 1 << 0, /* InputAddr and the kind of access */
	HAS_FETCH = 1 << 1, /* FetchAddr: where the SMMU read */
};

struct event {
	struct fault_reason reason;
	unsigned int fields;
};

#define EVENT(code, name, text, cause, fields)                                           \
	{                                                                                \
		{ code, name, text, cause }, fields                                      \
	}

#define UNNAMED "an event that the specification does not name"

static const struct event events[] = {
	EVENT(0x01, "F_UUT", "the transaction is of a kind that is not supported",
	      CAUSE_BAD_REQUEST, HAS_INPUT),
	EVENT(0x02, "C_BAD_STREAMID", "the StreamID is outside of the stream table",
	      CAUSE_NO_DOMAIN, 0),
	EVENT(0x03, "F_STE_FETCH", "the stream table entry could not be read",
	      CAUSE_HARDWARE, HAS_FETCH),
	EVENT(0x04, "C_BAD_STE", "the stream table entry is invalid: no domain",
	      CAUSE_NO_DOMAIN, 0),
	EVENT(0x05, "F_BAD_ATS_TREQ", "the device may not send translation requests",
	      CAUSE_BAD_REQUEST, 0),
	EVENT(0x06, "F_STREAM_DISABLED", "requests without a PASID are off", CAUSE_PASID,
	      0),
	EVENT(0x07, "F_TRANSL_FORBIDDEN", "the device may not send translated addresses",
	      CAUSE_BAD_REQUEST, HAS_INPUT),
	EVENT(0x08, "C_BAD_SUBSTREAMID", "the PASID is not one of the device's",
	      CAUSE_PASID, 0),
	EVENT(0x09, "F_CD_FETCH", "the context descriptor could not be read",
	      CAUSE_HARDWARE, HAS_FETCH),
	EVENT(0x0a, "C_BAD_CD", "the context descriptor is invalid", CAUSE_BAD_TABLES, 0),
	EVENT(0x0b, "F_WALK_EABT", "a page table could not be read", CAUSE_HARDWARE,
	      HAS_INPUT | HAS_FETCH),
	EVENT(0x10, "F_TRANSLATION", "the address is not mapped", CAUSE_NOT_MAPPED,
	      HAS_INPUT),
	EVENT(0x11, "F_ADDR_SIZE", "an address is wider than the SMMU puts out",
	      CAUSE_BEYOND_WIDTH, HAS_INPUT),
	EVENT(0x12, "F_ACCESS", "the page's access flag is not set", CAUSE_PERMISSION,
	      HAS_INPUT),
	EVENT(0x13, "F_PERMISSION", "the page is mapped, and not for this access",
	      CAUSE_PERMISSION, HAS_INPUT),
	EVENT(0x20, "F_TLB_CONFLICT", "the TLB holds two translations of the address",
	      CAUSE_BAD_TABLES, HAS_INPUT),
	EVENT(0x21, "F_CFG_CONFLICT", "cached configurations contradict each other",
	      CAUSE_BAD_TABLES, 0),
	EVENT(0x24, "E_PAGE_REQUEST", "the device asks for a page to be mapped",
	      CAUSE_PASID, HAS_INPUT),
	EVENT(0x25, "F_VMS_FETCH", "the virtual machine structure could not be read",
	      CAUSE_HARDWARE, HAS_FETCH),
};

static const struct fault_reason page_request = {
	0, "PRI", "the device asked for a page that nobody had offered", CAUSE_PASID
};

/* Lines about the SMMU itself; some tell that a device is late. */
static const struct {
	const char *mark;
	struct fault_reason reason;
} errors[] = {
	{ "ATC invalidate timeout",
	  { 0, "CERROR_ATC_INV",
	    "the device did not answer an invalidation of its cache (ATS)",
	    CAUSE_TIMEOUT } },
	{ "CMDQ error (cons ",
	  { 0, "CMDQ_ERR", "the SMMU cannot make sense of a command", CAUSE_HARDWARE } },
	{ "CMDQ timeout",
	  { 0, "CMDQ_TIMEOUT", "the SMMU did not finish its commands in time",
	    CAUSE_TIMEOUT } },
	{ "CMD_SYNC timeout",
	  { 0, "CMDQ_TIMEOUT", "the SMMU did not finish its commands in time",
	    CAUSE_TIMEOUT } },
	{ "unexpected global error reported",
	  { 0, "GERROR", "the SMMU reports an error of its own", CAUSE_HARDWARE } },
};

/* Fields of an event (IHI 0070 F.b, 7.3.11: F_TRANSLATION). */
enum {
	EVENT_ID_HIGH = 7,
	EVENT_SSV = 11, /* the SubstreamID is valid */
	EVENT_SSID_LOW = 12,
	EVENT_SSID_HIGH = 31,
	EVENT_SID_LOW = 32,
	EVENT_SID_HIGH = 63,
	EVENT_IND = 34, /* of word 1: an instruction */
	EVENT_RNW = 35, /* read, not write */
};

static const struct event *find_event(unsigned int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].reason.code == code)
			return &events[i];
	return NULL;
}

/* The first line: "event 0x10 received:", from which a mail may have cut the end. */
static enum fault_line begin_event(struct fault_reader *reader, const char *text,
				   struct fault *fault)
{
	const char *at = fault_after(text, "event 0x");
	const struct event *event;
	uint64_t code;

	if (!fault_number(&at, 16, &code) || code > UINT8_MAX)
		return FAULT_LINE_UNPARSED;
	event = find_event((unsigned int)code);
	if (event) {
		fault_set_reason(fault, &event->reason);
	} else {
		snprintf(fault->reason, sizeof(fault->reason), "0x%02x",
			 (unsigned int)code);
		FAULT_SET(fault->text, UNNAMED);
	}
	fault_wait_for(reader, WAIT_SMMU_WORDS, fault);
	return FAULT_LINE_PART;
}

/* What the words of an event say, as far as they came. */
static void decode_words(struct fault_reader *reader)
{
	struct fault *fault = &reader->pending;
	const uint64_t *words = reader->words;
	const struct event *event =
		find_event((unsigned int)bits(words[0], EVENT_ID_HIGH, 0));

	fault->stream = bits(words[0], EVENT_SID_HIGH, EVENT_SID_LOW);
	fault->has_stream = true;
	if (bit(words[0], EVENT_SSV)) {
		fault->pasid = bits(words[0], EVENT_SSID_HIGH, EVENT_SSID_LOW);
		fault->has_pasid = true;
	}
	if (!event)
		return;
	if (event->fields & HAS_INPUT && reader->word_count > 1) {
		fault->access = bit(words[1], EVENT_IND)   ? FAULT_EXECUTE
				: bit(words[1], EVENT_RNW) ? FAULT_READ
							   : FAULT_WRITE;
	}
	if (event->fields & HAS_INPUT && reader->word_count > 2) {
		fault->address = words[2];
		fault->has_address = true;
	} else if (event->fields == HAS_FETCH && reader->word_count > 3) {
		fault->address = words[3];
		fault->has_address = true;
	}
}

/* "0x0000010000000010", of which a mail made two: "0x00000100 00000010" */
static enum fault_line take_word(struct fault_reader *reader, const char *text)
{
	const char *at = text;
	uint64_t word, low;

	if (!fault_number(&at, 16, &word))
		return FAULT_LINE_UNPARSED;
	if (at - text == strlen("0x00000000") && *at == ' ' && at++ &&
	    fault_number(&at, 16, &low))
		word = word << 32 | (low & UINT32_MAX);
	if (reader->wait != WAIT_SMMU_WORDS)
		return FAULT_LINE_PART; /* of a command, which the kernel prints, too */
	reader->words[reader->word_count++] = word;
	decode_words(reader);
	if (reader->word_count == FAULT_WORDS)
		reader->wait = WAIT_SMMU_DECODED;
	return FAULT_LINE_PART;
}

/* "event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0x9000 …" */
static enum fault_line take_decoded(struct fault_reader *reader, const char *text,
				    struct fault *fault)
{
	const char *name = fault_after(text, "event: ");
	const char *client = fault_after(text, " client: ");
	size_t length = strcspn(name, " ");
	struct fault *pending = &reader->pending;

	if (length == 0 || !client || !strstr(client, " sid: "))
		return FAULT_LINE_UNPARSED;
	if ((reader->wait != WAIT_SMMU_WORDS && reader->wait != WAIT_SMMU_DECODED) ||
	    !streq(pending->unit, fault->unit)) {
		fault_copy(fault->reason, sizeof(fault->reason), name, length);
		FAULT_SET(fault->text, UNNAMED);
		for (size_t i = 0; i < ARRAY_SIZE(events); i++)
			if (streq(events[i].reason.name, fault->reason))
				fault_set_reason(fault, &events[i].reason);
		fault_wait_for(reader, WAIT_SMMU_DECODED, fault);
	}
	if (*client != '(') /* "(unassigned sid)" */
		fault_set_device(pending, client, strcspn(client, " "));
	pending->has_stream = fault_key(text, " sid: ", 16, &pending->stream);
	pending->has_pasid =
		fault_key(text, " ssid: ", 16, &pending->pasid) && pending->pasid != 0;
	if (fault_key(text, " iova: ", 16, &pending->address) ||
	    fault_key(text, " fetch_addr: ", 16, &pending->address))
		pending->has_address = true;
	reader->wait = WAIT_SMMU_ACCESS;
	return FAULT_LINE_PART;
}

/* "unpriv data write s1 "Input address caused fault" stag: 0x0" */
static enum fault_line take_access(struct fault_reader *reader, const char *text,
				   struct fault *fault)
{
	if (reader->wait != WAIT_SMMU_ACCESS)
		return FAULT_LINE_PART;
	*fault = reader->pending;
	reader->wait = WAIT_NOTHING;
	if (strstr(text, " inst "))
		fault->access = FAULT_EXECUTE;
	else if (strstr(text, " read "))
		fault->access = FAULT_READ;
	else if (strstr(text, " write "))
		fault->access = FAULT_WRITE;
	return FAULT_LINE_WHOLE;
}

/* "sid 0x00000100.0x00000: [3L] unprivileged RW access at iova 0x0000000000001000" */
static enum fault_line take_request(struct fault_reader *reader, const char *text,
				    struct fault *fault)
{
	const char *access = fault_after(text, "privileged ");

	if (reader->wait != WAIT_SMMU_REQUEST)
		return FAULT_LINE_UNPARSED;
	*fault = reader->pending;
	reader->wait = WAIT_NOTHING;
	fault->has_stream = fault_key(text, "sid ", 16, &fault->stream);
	fault->has_address = fault_key(text, "at iova ", 16, &fault->address);
	if (access)
		fault->access = strchr("W", *access) || access[1] == 'W' ? FAULT_WRITE
				: *access == 'R'			 ? FAULT_READ
				: *access == 'X'			 ? FAULT_EXECUTE
						 : FAULT_ACCESS_UNKNOWN;
	return FAULT_LINE_WHOLE;
}

static enum fault_line read_error(const char *text, struct fault *fault)
{
	static const char *const remarks[] = {
		"EVTQ overflow detected", "PRIQ overflow detected",
		"write aborted",	  "Service Failure Mode",
		"retrying command fetch", "skipping command in error state",
	};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (strstr(text, errors[i].mark)) {
			fault_set_reason(fault, &errors[i].reason);
			return FAULT_LINE_WHOLE;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(remarks); i++)
		if (strstr(text, remarks[i]))
			return FAULT_LINE_PART;
	return FAULT_LINE_OTHER;
}

/*
 * "arm-smmu-v3 fc900000.iommu: text", of Xen "SMMUv3: /smmuv3@9050000: text": the unit,
 * and where the text is.
 */
static const char *take_unit(const char *text, struct fault *fault)
{
	static const char *const drivers[] = { "arm-smmu-v3 ", "SMMUv3: " };

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		const char *unit = fault_after(text, drivers[i]);
		const char *end = unit ? strstr(unit, ": ") : NULL;

		/* trim_end() may have cut the space off. */
		if (!end)
			continue;
		fault_copy(fault->unit, sizeof(fault->unit), unit, (size_t)(end - unit));
		return end + strlen(": ") + strspn(end + strlen(": "), " \t");
	}
	return NULL;
}

enum fault_line fault_smmu_v3(struct fault_reader *reader, const char *text,
			      struct fault *fault)
{
	const char *said = take_unit(text, fault);

	if (!said)
		return FAULT_LINE_OTHER;
	fault->kind = FAULT_SMMU_V3;
	if (starts_with(said, "event 0x"))
		return begin_event(reader, said, fault);
	if (starts_with(said, "0x"))
		return take_word(reader, said);
	if (starts_with(said, "event: "))
		return take_decoded(reader, said, fault);
	if (strstr(said, " stag: "))
		return take_access(reader, said, fault);
	if (starts_with(said, "unexpected PRI request received")) {
		fault_set_reason(fault, &page_request);
		fault_wait_for(reader, WAIT_SMMU_REQUEST, fault);
		return FAULT_LINE_PART;
	}
	if (starts_with(said, "sid 0x"))
		return take_request(reader, said, fault);
	if (starts_with(said, "event"))
		return FAULT_LINE_UNPARSED;
	return read_error(said, fault);
}
