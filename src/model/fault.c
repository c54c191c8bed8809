// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of one kind: what a kernel log tells of them, counted. */

#include "model/fault.h"

enum { BUCKETS = 8192, PAGE_SHIFT = 12 };

static const struct enum_name kind_names[] = {
	[FAULT_VTD] = { "intel-vtd", MOOD_NONE, "a fault that VT-d reports" },
	[FAULT_AMD_VI] = { "amd-vi", MOOD_NONE, "an event that AMD-Vi logged" },
	[FAULT_SMMU_V3] = { "arm-smmu-v3", MOOD_NONE,
			    "an event of an Arm SMMU, version 3" },
	[FAULT_SMMU] = { "arm-smmu", MOOD_NONE,
			 "a fault of an Arm SMMU, version 1 or 2" },
	[FAULT_VIRTIO] = { "virtio-iommu", MOOD_NONE,
			   "a fault that a hypervisor reports" },
	[FAULT_DMA_API] = { "dma-api", MOOD_NONE,
			    "an error that the debugging of the DMA API found in a "
			    "driver" },
	[FAULT_DMA_MAPPING] = { "dma-mapping", MOOD_NONE,
				"a mapping that could not be made" },
	{ 0 },
};

static const struct enum_name access_names[] = {
	[FAULT_READ] = { "read", MOOD_NONE, "from memory" },
	[FAULT_WRITE] = { "write", MOOD_NONE, "to memory" },
	[FAULT_EXECUTE] = { "execute", MOOD_NONE, "instructions were fetched" },
	[FAULT_INTERRUPT] = { "interrupt", MOOD_NONE, "a message-signalled interrupt" },
	{ 0 },
};

static const struct enum_name cause_names[] = {
	[CAUSE_NOT_MAPPED] = { "not-mapped", MOOD_BAD,
			       "nothing is mapped at the address" },
	[CAUSE_PERMISSION] = { "permission", MOOD_BAD,
			       "it is mapped, and not for this access" },
	[CAUSE_NO_DOMAIN] = { "no-domain", MOOD_BAD,
			      "the kernel gave the sender no domain" },
	[CAUSE_BAD_TABLES] = { "bad-tables", MOOD_BAD,
			       "tables that the IOMMU reads make no sense" },
	[CAUSE_BEYOND_WIDTH] = { "beyond-width", MOOD_BAD,
				 "the address has more bits than are translated" },
	[CAUSE_INTERRUPT] = { "interrupt", MOOD_BAD, "an interrupt was refused" },
	[CAUSE_BAD_REQUEST] = { "bad-request", MOOD_BAD,
				"the device sent what it may not send" },
	[CAUSE_PASID] = { "pasid", MOOD_BAD, "a PASID or a page request was refused" },
	[CAUSE_HARDWARE] = { "hardware", MOOD_BAD, "the IOMMU itself failed" },
	[CAUSE_TIMEOUT] = { "timeout", MOOD_BAD, "the IOMMU waited in vain" },
	[CAUSE_ENCRYPTION] = { "encryption", MOOD_BAD,
			       "the memory belongs to a protected guest" },
	[CAUSE_LEAK] = { "leak", MOOD_WARN, "mappings were left behind" },
	[CAUSE_WRONG_FREE] = { "wrong-free", MOOD_WARN,
			       "unmapped in another way than mapped" },
	[CAUSE_WRONG_SYNC] = { "wrong-sync", MOOD_WARN,
			       "handed over between CPU and device in a wrong way" },
	[CAUSE_UNCHECKED] = { "unchecked", MOOD_WARN,
			      "nobody asked whether the mapping failed" },
	[CAUSE_WRONG_MEMORY] = { "wrong-memory", MOOD_WARN,
				 "memory that is not made for DMA" },
	[CAUSE_SEGMENT_LIMIT] = { "segment-limit", MOOD_WARN,
				  "a list does not respect what the device can do" },
	[CAUSE_OVERLAP] = { "overlap", MOOD_WARN, "memory is mapped more than once" },
	[CAUSE_BOUNCE_FULL] = { "bounce-full", MOOD_BAD,
				"no room among the bounce buffers" },
	[CAUSE_DMA_MASK] = { "dma-mask", MOOD_BAD,
			     "memory is out of the device's reach" },
	[CAUSE_UNKNOWN] = { "unknown", MOOD_NONE, "nobody says why" },
	{ 0 },
};

/* PCI address, name or number: whatever there is to call the device by. */
static void get_who(const void *object, struct value *ret)
{
	const struct fault_group *group = object;

	ret->state = FACT_KNOWN;
	ret->text = ret->scratch;
	if (known_text(group->bdf)) {
		ret->text = group->bdf.value;
	} else if (known_text(group->device)) {
		ret->text = group->device.value;
	} else if (group->stream.state == FACT_KNOWN) {
		snprintf(ret->scratch, sizeof(ret->scratch), "stream 0x%llx",
			 (unsigned long long)group->stream.value);
	} else {
		ret->state = group->bdf.state;
	}
}

static const struct field fields[] = {
	FIELD(struct fault_group, time, "TIME", F_STR, F_SHOW,
	      "when the first was logged, as the log has it: seconds since boot, or a "
	      "date"),
	FIELD(struct fault_group, last, "LAST", F_STR, F_SHOW,
	      "when the last was logged"),
	FIELD(struct fault_group, count, "COUNT", F_UINT, F_SHOW | F_RIGHT | F_GAUGE,
	      "how many of them the log has; the kernel leaves out some where there are "
	      "many",
	      .gauge = "fault_logged"),
	FIELD(struct fault_group, kind, "KIND", F_ENUM, F_SHOW | F_LABEL,
	      "who reports it", .names = kind_names),
	FIELD_MADE("device", "DEVICE", F_STR, F_SHOW | F_LABEL,
		   "whose it is: PCI address, name, or number at the IOMMU", get_who),
	FIELD(struct fault_group, bdf, "BDF", F_STR, F_LABEL,
	      "PCI address of the device; absent where it is no PCI function"),
	FIELD(struct fault_group, stream, "STREAM", F_HEX, F_DETAIL | F_OPTIONAL,
	      "number of the device at the IOMMU: StreamID of an SMMU, endpoint of a "
	      "virtio-iommu"),
	FIELD(struct fault_group, driver, "DRIVER", F_STR, F_SHOW | F_INFO,
	      "its driver, as the log has it, or now"),
	FIELD(struct fault_group, unit, "UNIT", F_STR, F_LABEL | F_DETAIL,
	      "IOMMU that reports it"),
	FIELD(struct fault_group, access, "ACCESS", F_ENUM, F_SHOW | F_LABEL,
	      "what the device was about to do", .names = access_names),
	FIELD(struct fault_group, address, "ADDRESS", F_HEX, F_SHOW,
	      "address that the first was about, as the device sent it: an IOVA where "
	      "there is translation"),
	FIELD(struct fault_group, lowest, "LOWEST", F_HEX, F_DETAIL | F_OPTIONAL,
	      "lowest address among them"),
	FIELD(struct fault_group, highest, "HIGHEST", F_HEX, F_DETAIL | F_OPTIONAL,
	      "highest address among them"),
	FIELD(struct fault_group, pages, "PAGES", F_UINT, F_RIGHT | F_DETAIL | F_OPTIONAL,
	      "different pages of 4 KiB among their addresses; unknown above 256"),
	FIELD(struct fault_group, size, "SIZE", F_BYTES, F_RIGHT | F_DETAIL | F_OPTIONAL,
	      "bytes that the first was about"),
	FIELD(struct fault_group, interrupt_index, "INDEX", F_HEX, F_DETAIL | F_OPTIONAL,
	      "index of the interrupt in the remapping table"),
	FIELD(struct fault_group, pasid, "PASID", F_HEX, F_DETAIL | F_OPTIONAL,
	      "process address space of the first"),
	FIELD(struct fault_group, domain, "DOMAIN", F_HEX, F_DETAIL | F_OPTIONAL,
	      "domain of the first, by the IOMMU's number"),
	FIELD(struct fault_group, cause, "CAUSE", F_ENUM, F_LABEL | F_DETAIL,
	      "what went wrong, whatever the IOMMU calls it", .names = cause_names),
	FIELD(struct fault_group, reason, "REASON", F_STR, F_LABEL | F_DETAIL,
	      "the IOMMU's own code or name of it"),
	FIELD(struct fault_group, reason_text, "WHY", F_STR, F_SHOW | F_WRAP,
	      "the reason in words"),
	FIELD(struct fault_group, detail, "SAID", F_STR, F_WRAP | F_DETAIL | F_OPTIONAL,
	      "what else the line of the first says"),
	FIELD(struct fault_group, target, "TARGET", F_STR, F_DETAIL | F_OPTIONAL,
	      "what the map of physical addresses has at that number; a hint, for an "
	      "IOVA is no physical address"),
	FIELD(struct fault_group, advice, "ADVICE", F_STR, F_WRAP | F_DETAIL,
	      "what to do next"),
};

const struct record fault_record =
	RECORD("faults", "fault", "faults of IOMMUs and errors of the DMA API", fields);

static struct fact_str text_fact(struct arena *arena, const char *text)
{
	if (!text[0])
		return (struct fact_str){ .state = FACT_ABSENT };
	return KNOWN_STR(arena_strdup(arena, text));
}

static struct fact_u64 number_fact(bool has, uint64_t value)
{
	return has ? KNOWN_U64(value) : (struct fact_u64){ .state = FACT_ABSENT };
}

static void format_bdf(char *to, size_t size, const struct fault *fault)
{
	snprintf(to, size, "%04x:%02x:%02x.%d", fault->bdf.domain, fault->bdf.bus,
		 fault->bdf.device, fault->bdf.function);
}

/* Counts a page that was not seen; a full table makes the count unknown. */
static void see_page(struct arena *arena, struct fault_group *group, uint64_t address)
{
	uint64_t page = address >> PAGE_SHIFT;

	if (group->pages.state == FACT_UNREAD)
		return;
	for (size_t i = 0; i < group->seen_count; i++)
		if (group->seen[i] == page)
			return;
	if (group->seen_count == FAULT_PAGES_MAX) {
		group->pages.state = FACT_UNREAD;
		return;
	}
	if (group->seen_count == group->seen_capacity) {
		uint64_t *more;

		group->seen_capacity =
			group->seen_capacity ? 4 * group->seen_capacity : 4;
		more = arena_alloc(arena, group->seen_capacity * sizeof(*more));
		if (group->seen_count > 0)
			memcpy(more, group->seen, group->seen_count * sizeof(*more));
		group->seen = more;
	}
	group->seen[group->seen_count++] = page;
	group->pages = KNOWN_U64(group->seen_count);
}

static void see_address(struct arena *arena, struct fault_group *group,
			const struct fault *fault)
{
	if (!fault->has_address)
		return;
	if (group->address.state != FACT_KNOWN) {
		group->address = KNOWN_U64(fault->address);
		group->lowest = group->highest = group->address;
	}
	group->lowest.value = MIN(group->lowest.value, fault->address);
	group->highest.value = MAX(group->highest.value, fault->address);
	see_page(arena, group, fault->address);
}

/* In place: there may be millions of them. */
static void set_last(struct fault_group *group, const struct fault *fault)
{
	memcpy(group->last_text, fault->time, sizeof(group->last_text));
	group->last = (struct fact_str){
		fault->time[0] ? FACT_KNOWN : FACT_ABSENT,
		group->last_text,
	};
}

struct fault_group *fault_group_new(struct arena *arena, const struct fault *fault)
{
	struct fault_group *group = arena_new(arena, struct fault_group);
	char bdf[32];

	*group = (struct fault_group){
		.time = text_fact(arena, fault->time),
		.count = KNOWN_U64(1),
		.kind = KNOWN_ENUM(fault->kind),
		.cause = KNOWN_ENUM(fault->cause),
		.access = KNOWN_ENUM(fault->access),
		.unit = text_fact(arena, fault->unit),
		.device = text_fact(arena, fault->device),
		.driver = text_fact(arena, fault->driver),
		.address.state = FACT_ABSENT,
		.lowest.state = FACT_ABSENT,
		.highest.state = FACT_ABSENT,
		.pages.state = FACT_ABSENT,
		.size = number_fact(fault->has_size, fault->size),
		.stream = number_fact(fault->has_stream, fault->stream),
		.pasid = number_fact(fault->has_pasid, fault->pasid),
		.domain = number_fact(fault->has_domain, fault->domain),
		.interrupt_index = number_fact(fault->has_index, fault->index),
		.reason = text_fact(arena, fault->reason),
		.reason_text = text_fact(arena, fault->text),
		.detail = text_fact(arena, fault->detail),
		.bdf.state = FACT_ABSENT,
		.has_segment = fault->has_segment,
	};
	set_last(group, fault);
	if (fault->access == FAULT_ACCESS_UNKNOWN)
		group->access = (struct fact_enum){ .state = FACT_ABSENT };
	if (fault->has_bdf) {
		format_bdf(bdf, sizeof(bdf), fault);
		group->bdf = KNOWN_STR(arena_strdup(arena, bdf));
		group->device.state = FACT_ABSENT;
	}
	see_address(arena, group, fault);
	return group;
}

static uint64_t mix(uint64_t hash, const char *text)
{
	while (*text)
		hash = (hash ^ (unsigned char)*text++) * 0x100000001b3;
	return hash * 31;
}

/* FNV-1a over what makes faults the same. */
static size_t hash_of(const struct fault *fault)
{
	uint64_t hash = 0xcbf29ce484222325;

	hash = mix(hash, fault->unit);
	hash = mix(hash, fault->device);
	hash = mix(hash, fault->reason);
	hash = (hash ^ fault->stream ^ (uint64_t)fault->kind << 8) * 0x100000001b3;
	hash = (hash ^ fault->bdf.bus ^ (uint64_t)fault->bdf.device << 8 ^
		(uint64_t)fault->bdf.function << 16) *
	       0x100000001b3;
	return (hash ^ hash >> 32) % BUCKETS;
}

static bool same_text(struct fact_str fact, const char *text)
{
	return fact.state == FACT_KNOWN ? streq(fact.value, text) : !text[0];
}

/* Reasons that a unit has no code for differ by their words. */
static bool is_same(const struct fault_group *group, const struct fault *fault)
{
	char bdf[32] = "";

	if (fault->has_bdf)
		format_bdf(bdf, sizeof(bdf), fault);
	return group->kind.value == (int)fault->kind &&
	       group->cause.value == (int)fault->cause &&
	       (group->access.state == FACT_KNOWN
			? group->access.value == (int)fault->access
			: fault->access == FAULT_ACCESS_UNKNOWN) &&
	       (group->stream.state == FACT_KNOWN) == fault->has_stream &&
	       (!fault->has_stream || group->stream.value == fault->stream) &&
	       same_text(group->unit, fault->unit) && same_text(group->bdf, bdf) &&
	       (fault->has_bdf || same_text(group->device, fault->device)) &&
	       same_text(group->reason, fault->reason) &&
	       same_text(group->reason_text, fault->text);
}

static struct fault_group *find_group(struct fault_log *log, const struct fault *fault,
				      size_t bucket)
{
	for (size_t at = log->buckets[bucket]; at > 0;) {
		struct fault_group *group = log->groups.items[at - 1];

		if (is_same(group, fault))
			return group;
		at = group->next;
	}
	return NULL;
}

void fault_log_add(struct fault_log *log, const struct fault *fault)
{
	size_t limit = log->each ? FAULT_EACH_MAX : FAULT_GROUPS_MAX, bucket;
	struct fault_group *group = NULL;

	log->count++;
	if (!log->buckets)
		log->buckets = arena_alloc(log->arena, BUCKETS * sizeof(*log->buckets));
	bucket = hash_of(fault);
	if (!log->each)
		group = find_group(log, fault, bucket);
	if (group) {
		group->count.value++;
		set_last(group, fault);
		see_address(log->arena, group, fault);
	} else if (log->groups.count < limit) {
		group = fault_group_new(log->arena, fault);
		group->next = log->buckets[bucket];
		list_add(log->arena, &log->groups, group);
		log->buckets[bucket] = log->groups.count;
	} else {
		log->ungrouped++;
	}
}

static void take_fault(void *data, const struct fault *fault)
{
	struct fault_log *log = data;

	if (log->take)
		log->take(log->data, fault);
	else
		fault_log_add(log, fault);
}

enum fault_line fault_log_line(struct fault_log *log, const char *line, size_t length)
{
	enum fault_line kind;

	log->reader.take = take_fault;
	log->reader.data = log;
	kind = fault_read_line(&log->reader, line, length);
	if (kind == FAULT_LINE_UNPARSED) {
		log->unparsed++;
		if (log->keep_lines && log->lines.count < FAULT_LINES_MAX)
			list_add(log->arena, &log->lines,
				 arena_strndup(log->arena, line,
					       MIN(length, (size_t)FAULT_LINE_MAX)));
	}
	return kind;
}

void fault_log_end(struct fault_log *log)
{
	if (log->reader.take)
		fault_read_end(&log->reader);
}
