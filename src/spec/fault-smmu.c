// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of the SMMU, versions 1 and 2, and of the virtio-iommu. */

#include "base/bits.h"
#include "spec/fault-line.h"

/* IHI 0062 D.c, 16.5.16: bits of SMMU_CBn_FSR, the ones that decide first. */
static const struct fault_reason context_faults[] = {
	{ 1, "TF", "the address is not mapped", CAUSE_NOT_MAPPED },
	{ 3, "PF", "the page is mapped, and not for this access", CAUSE_PERMISSION },
	{ 2, "AFF", "the page's access flag is not set", CAUSE_PERMISSION },
	{ 4, "EF", "memory answered with an error, or a page table could not be read",
	  CAUSE_HARDWARE },
	{ 7, "ASF", "an address is wider than the SMMU puts out", CAUSE_BEYOND_WIDTH },
	{ 5, "TLBMCF", "the TLB holds two translations of the address",
	  CAUSE_BAD_TABLES },
	{ 6, "TLBLKF", "the TLB is full of locked entries", CAUSE_HARDWARE },
	{ 8, "UUT", "the transaction is of a kind that is not supported",
	  CAUSE_BAD_REQUEST },
};

/* Bit of both: more faults came than could be recorded. */
enum { STATUS_MULTI = 31 };

/* IHI 0062 D.c, 9.6.15: bits of SMMU_sGFSR. */
static const struct fault_reason global_faults[] = {
	{ 1, "USF", "no domain: the SMMU does not know the StreamID", CAUSE_NO_DOMAIN },
	{ 0, "ICF", "the StreamID leads to an invalid context", CAUSE_NO_DOMAIN },
	{ 2, "SMCF", "the StreamID matches two entries", CAUSE_BAD_TABLES },
	{ 3, "UCBF", "the context bank is not implemented", CAUSE_BAD_TABLES },
	{ 4, "UCIF", "the context's interrupt is not implemented", CAUSE_BAD_TABLES },
	{ 5, "CAF", "an access to the SMMU's own registers was refused",
	  CAUSE_BAD_REQUEST },
	{ 6, "EF", "memory answered with an error", CAUSE_HARDWARE },
	{ 7, "PF", "the access is not permitted", CAUSE_PERMISSION },
	{ 8, "UUT", "the transaction is of a kind that is not supported",
	  CAUSE_BAD_REQUEST },
};

/* Of SMMU_CBn_FSYNR0 and SMMU_sGFSYNR0 (IHI 0062 D.c, 16.5.17 and 9.6.17). */
enum { CONTEXT_WNR = 4, CONTEXT_IND = 6, GLOBAL_WNR = 1, GLOBAL_IND = 3 };

enum { STREAM_MASK = 0xffff };

static void set_bits(struct fault *fault, uint64_t status,
		     const struct fault_reason *table, size_t count)
{
	char names[FAULT_NAME_SIZE] = "";
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		if (!bit(status, table[i].code))
			continue;
		if (length == 0)
			fault_set_reason(fault, &table[i]);
		/* All of them fit. */
		length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
					   length > 0 ? "," : "", table[i].name);
	}
	if (length > 0) {
		FAULT_SET(fault->reason, names);
		return;
	}
	if (bit(status, STATUS_MULTI)) {
		FAULT_SET(fault->reason, "MULTI");
		FAULT_SET(fault->text, "more faults came than the SMMU could record");
		return;
	}
	snprintf(fault->reason, sizeof(fault->reason), "0x%llx",
		 (unsigned long long)status);
	FAULT_SET(fault->text, "the SMMU does not say why");
}

static enum fault_access access_of(uint64_t syndrome, unsigned int write,
				   unsigned int instruction)
{
	if (bit(syndrome, write))
		return FAULT_WRITE;
	return bit(syndrome, instruction) ? FAULT_EXECUTE : FAULT_READ;
}

/* "arm-smmu 15000000.iommu:", of Xen "smmu: /smmu@fd800000:": the unit. */
static void take_unit(const char *text, const char *end, struct fault *fault)
{
	fault_names(text, end, fault);
	FAULT_SET(fault->unit, fault->device);
	fault->device[0] = '\0';
	fault->driver[0] = '\0';
	fault->has_bdf = false;
}

/* "fsr=0x402, iova=0x834e0d00, fsynr=0x21, cbfrsynra=0x1900, cb=0" */
static enum fault_line read_context(const char *text, const char *mark,
				    struct fault *fault)
{
	uint64_t status, syndrome;

	take_unit(text, mark, fault);
	fault->has_address = fault_key(mark, "iova=", 16, &fault->address);
	if (!fault_key(mark, "fsr=", 16, &status) || !fault->has_address)
		return FAULT_LINE_UNPARSED;
	set_bits(fault, status, context_faults, ARRAY_SIZE(context_faults));
	if (fault_key(mark, "fsynr=", 16, &syndrome))
		fault->access = access_of(syndrome, CONTEXT_WNR, CONTEXT_IND);
	if (fault_key(mark, "cbfrsynra=", 16, &fault->stream)) {
		fault->stream &= STREAM_MASK;
		fault->has_stream = true;
	}
	return FAULT_LINE_WHOLE;
}

/* "GFSR 0x80000002, GFSYNR0 0x00000002, GFSYNR1 0x00000043, GFSYNR2 0x00000000" */
static enum fault_line read_registers(struct fault_reader *reader, const char *text,
				      struct fault *fault)
{
	uint64_t status, syndrome;

	take_unit(text, strstr(text, "GFSR 0x"), fault);
	if (!fault_key(text, "GFSR ", 16, &status))
		return FAULT_LINE_UNPARSED;
	if (reader->wait == WAIT_SMMU_GLOBAL)
		reader->wait = WAIT_NOTHING; /* this tells all that it does */
	set_bits(fault, status, global_faults, ARRAY_SIZE(global_faults));
	if (fault_key(text, "GFSYNR0 ", 16, &syndrome))
		fault->access = access_of(syndrome, GLOBAL_WNR, GLOBAL_IND);
	if (fault_key(text, "GFSYNR1 ", 16, &fault->stream)) {
		fault->stream &= STREAM_MASK;
		fault->has_stream = true;
	}
	return FAULT_LINE_WHOLE;
}

static enum fault_line begin_global(struct fault_reader *reader, const char *text,
				    const char *mark, struct fault *fault)
{
	static const struct fault_reason global = { 0, "global",
						    "a fault outside of all contexts",
						    CAUSE_UNKNOWN };

	take_unit(text, mark, fault);
	fault_set_reason(fault, &global);
	if (fault_key(mark, "unknown Stream ID ", 16, &fault->stream)) {
		fault_set_reason(fault, &global_faults[0]);
		fault->has_stream = true;
	}
	fault_wait_for(reader, WAIT_SMMU_GLOBAL, fault);
	return FAULT_LINE_PART;
}

enum fault_line fault_smmu(struct fault_reader *reader, const char *text,
			   struct fault *fault)
{
	static const struct fault_reason deadlock = {
		0, "TLBSYNC", "the SMMU did not finish its commands in time",
		CAUSE_TIMEOUT
	};
	static const char *const heads[] = { "Unexpected global fault",
					     "Blocked unknown Stream ID" };
	const char *context = strstr(text, "Unhandled context fault: ");
	const char *sync = strstr(text, "TLB sync timed out -- SMMU may be deadlocked");

	fault->kind = FAULT_SMMU;
	if (context)
		return read_context(text, context, fault);
	if (strstr(text, "GFSR 0x"))
		return read_registers(reader, text, fault);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (strstr(text, heads[i]))
			return begin_global(reader, text, strstr(text, heads[i]), fault);
	if (sync) {
		take_unit(text, sync, fault);
		fault_set_reason(fault, &deadlock);
		return FAULT_LINE_WHOLE;
	}
	if (strstr(text, "arm-smmu") &&
	    (strstr(text, "FSR    = ") || strstr(text, "FSYNR0 = ")))
		return FAULT_LINE_PART;
	return FAULT_LINE_OTHER;
}

/* virtio 1.2, 5.13.6.9.1: reasons, as the kernel's words for them. */
static const struct fault_reason virtio_reasons[] = {
	{ 0, "unknown", "the hypervisor does not say why", CAUSE_UNKNOWN },
	{ 1, "domain", "the device has no domain", CAUSE_NO_DOMAIN },
	{ 2, "page", "the address is not mapped, or not for this access",
	  CAUSE_NOT_MAPPED },
};

/* "virtio_iommu virtio0: page fault from EP 8 at 0x1000 [W]" */
enum fault_line fault_virtio(const char *text, struct fault *fault)
{
	const char *mark = strstr(text, " fault from EP "), *reason = mark, *flags;

	if (!mark)
		return FAULT_LINE_OTHER;
	fault->kind = FAULT_VIRTIO;
	while (reason > text && reason[-1] != ' ')
		reason--;
	take_unit(text, reason, fault);
	fault_copy(fault->reason, sizeof(fault->reason), reason, (size_t)(mark - reason));
	FAULT_SET(fault->text, "a reason that the specification does not name");
	for (size_t i = 0; i < ARRAY_SIZE(virtio_reasons); i++)
		if (streq(virtio_reasons[i].name, fault->reason))
			fault_set_reason(fault, &virtio_reasons[i]);
	if (!fault->reason[0] || !fault_key(mark, "from EP ", 10, &fault->stream))
		return FAULT_LINE_UNPARSED;
	fault->has_stream = true;
	fault->has_pasid = fault_key(mark, " PASID ", 10, &fault->pasid);
	fault->has_address = fault_key(mark, " at ", 16, &fault->address);
	flags = strchr(mark, '[');
	if (flags)
		fault->access = strchr(flags, 'W')   ? FAULT_WRITE
				: strchr(flags, 'X') ? FAULT_EXECUTE
				: strchr(flags, 'R') ? FAULT_READ
						     : FAULT_ACCESS_UNKNOWN;
	return FAULT_LINE_WHOLE;
}
