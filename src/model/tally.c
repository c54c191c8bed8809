// SPDX-License-Identifier: GPL-2.0-or-later
/* How many there are of something, by a few words: a list with an end, for metrics. */

#include "model/tally.h"

static const struct field look_fields[] = {
	FIELD(struct look, version, "VERSION", F_STR, F_SHOW | F_INFO,
	      "version of dmascope that looked"),
	FIELD(struct look, kernel, "KERNEL", F_STR, F_SHOW | F_INFO,
	      "release of the kernel that it looked at"),
	FIELD(struct look, timestamp, "TIME", F_UINT, F_SHOW | F_RIGHT | F_GAUGE,
	      "seconds since 1970 at the look, of a snapshot at its capture",
	      .gauge = "look_timestamp_seconds"),
	FIELD(struct look, duration_ns, "DURATION-NS", F_UINT, F_SHOW | F_RIGHT | F_GAUGE,
	      "time that the look took", .gauge = "look_duration_seconds",
	      .gauge_per = 1000000000),
	FIELD(struct look, complete, "COMPLETE", F_BOOL, F_SHOW | F_GAUGE,
	      "every place could be read that was looked at"),
	FIELD(struct look, faults, "FAULTS", F_UINT, F_SHOW | F_RIGHT | F_GAUGE,
	      "faults that the kernel log tells of; it forgets the oldest",
	      .gauge = "look_faults"),
};

const struct record look_record =
	RECORD("looks", "look", "what the look at the machine came to", look_fields);

#define LABEL(number, name, heading, text)                                               \
	FIELD_AS(struct tally, labels[number], name, heading, F_STR, F_SHOW | F_LABEL,   \
		 text)
#define COUNT(name, text)                                                                \
	FIELD(struct tally, count, "COUNT", F_UINT, F_SHOW | F_RIGHT | F_GAUGE, text,    \
	      .gauge = (name))

static const struct field unread_fields[] = {
	LABEL(0, "source", "SOURCE", "part of dmascope that looked"),
	COUNT("look_unread_places", "places that could not be read"),
};

const struct record unread_tally_record =
	RECORD("unread_tallies", "unread_tally", "what could not be seen, by source",
	       unread_fields);

static const struct field group_fields[] = {
	LABEL(0, "type", "TYPE", "type of the default domain, as the kernel spells it"),
	COUNT("groups", "IOMMU groups, by the type of the default domain"),
};

const struct record group_tally_record =
	RECORD("group_tallies", "group_tally", "IOMMU groups by type", group_fields);

static const struct field drift_fields[] = {
	LABEL(0, "drift", "DRIFT",
	      "whether the ACS bits of now no longer justify the group"),
	COUNT("drift_groups",
	      "IOMMU groups, by whether the ACS bits of now no longer justify them"),
};

const struct record drift_tally_record =
	RECORD("drift_tallies", "drift_tally", "IOMMU groups and what became of ACS",
	       drift_fields);

static const struct field device_fields[] = {
	LABEL(0, "translation", "TRANSLATION", "what becomes of their addresses"),
	COUNT("devices", "PCI functions, by what becomes of their addresses"),
};

const struct record device_tally_record = RECORD(
	"device_tallies", "device_tally", "PCI functions by translation", device_fields);

static const struct field check_fields[] = {
	LABEL(0, "status", "STATUS", "the worst that came of them"),
	COUNT("checks", "checks of the audit, by the worst that came of them"),
};

const struct record check_tally_record = RECORD(
	"check_tallies", "check_tally", "checks of the audit by status", check_fields);

static const struct field finding_fields[] = {
	LABEL(0, "id", "ID", "name of the check"),
	LABEL(1, "severity", "SEVERITY", "what it weighs"),
	LABEL(2, "status", "STATUS", "fail or unknown"),
	COUNT("findings",
	      "subjects of which a check of the audit fails or could not be answered"),
};

const struct record finding_tally_record =
	RECORD("finding_tallies", "finding_tally",
	       "what of the audit fails or is unknown", finding_fields);

static const struct field mapping_fields[] = {
	LABEL(0, "driver", "DRIVER", "driver that the device has now"),
	LABEL(1, "direction", "DIRECTION", "what the device may do with them"),
	COUNT("mappings", "DMA mappings that DMA-API debugging lists"),
	FIELD(struct tally, bytes, "BYTES", F_BYTES, F_SHOW | F_RIGHT | F_GAUGE,
	      "bytes that these mappings have together", .gauge = "mappings_bytes"),
};

const struct record mapping_tally_record =
	RECORD("mapping_tallies", "mapping_tally", "DMA mappings by driver and direction",
	       mapping_fields);

static const struct field fault_fields[] = {
	LABEL(0, "device", "DEVICE", "whose it is: PCI address, name, or number"),
	LABEL(1, "kind", "KIND", "who reports it"),
	LABEL(2, "cause", "CAUSE", "what went wrong, whatever the IOMMU calls it"),
	LABEL(3, "reason", "REASON", "the IOMMU's own code or name of it"),
	COUNT("faults", "faults that the kernel log tells of, by device and reason"),
};

const struct record fault_tally_record =
	RECORD("fault_tallies", "fault_tally", "faults of the kernel log by device",
	       fault_fields);

/* Cut where a character begins: what is safe is UTF-8. */
static const char *copy_label(struct arena *arena, const char *label)
{
	_cleanup_strbuf_ struct strbuf safe = { 0 };
	size_t length;

	if (!label)
		return NULL;
	strbuf_add_safe(&safe, label);
	length = safe.length;
	if (length > TALLY_LABEL_CAP) {
		length = TALLY_LABEL_CAP;
		while (((unsigned char)safe.text[length] & 0xc0) == 0x80)
			length--;
	}
	return arena_strndup(arena, strbuf_text(&safe), length);
}

void tally_add(struct arena *arena, struct list *rows, const struct tally *row)
{
	struct tally *copy = arena_memdup(arena, row, sizeof(*row));

	for (size_t i = 0; i < TALLY_LABELS; i++)
		copy->labels[i] = copy_label(arena, row->labels[i]);
	list_add(arena, rows, copy);
}

/* A label that is not there and an empty one are the same series. */
static const char *label_of(const struct tally *row, size_t number)
{
	return row->labels[number] ? row->labels[number] : "";
}

static int compare_labels(const void *a, const void *b)
{
	const struct tally *one = *(const struct tally *const *)a;
	const struct tally *other = *(const struct tally *const *)b;
	int order = 0;

	for (size_t i = 0; i < TALLY_LABELS && order == 0; i++)
		order = strcmp(label_of(one, i), label_of(other, i));
	return order;
}

static int compare_weight(const void *a, const void *b)
{
	const struct tally *one = *(const struct tally *const *)a;
	const struct tally *other = *(const struct tally *const *)b;

	if (one->rank != other->rank)
		return one->rank < other->rank ? 1 : -1;
	if (one->count.value != other->count.value)
		return one->count.value < other->count.value ? 1 : -1;
	return compare_labels(a, b);
}

static void add_fact(struct fact_u64 *to, struct fact_u64 more)
{
	if (more.state != FACT_KNOWN || to->state != FACT_KNOWN)
		*to = (struct fact_u64){ to->state == FACT_KNOWN ? more.state : to->state,
					 0 };
	else if (__builtin_add_overflow(to->value, more.value, &to->value))
		*to = (struct fact_u64){ FACT_UNREAD, 0 };
}

static void add_row(struct tally *to, const struct tally *more)
{
	add_fact(&to->count, more->count);
	add_fact(&to->bytes, more->bytes);
	to->rank = MAX(to->rank, more->rank);
}

/* Sorts by labels; of those that are the same one is left. */
static void merge_rows(struct list *rows)
{
	size_t kept = 0;

	if (rows->count == 0)
		return;
	qsort(rows->items, rows->count, sizeof(void *), compare_labels);
	for (size_t i = 1; i < rows->count; i++) {
		if (compare_labels(&rows->items[kept], &rows->items[i]) == 0)
			add_row(rows->items[kept], rows->items[i]);
		else
			rows->items[++kept] = rows->items[i];
	}
	rows->count = kept + 1;
	qsort(rows->items, rows->count, sizeof(void *), compare_weight);
}

void tally_finish(struct arena *arena, struct list *rows, size_t limit, int kept)
{
	struct list whole = { 0 }, rest = { 0 };

	merge_rows(rows);
	LIST_FOR_EACH (rows, struct tally, row) {
		/* What bears that name by itself would be taken for the rest. */
		bool fits = whole.count < limit && !streq(label_of(row, 0), TALLY_OTHER);

		if (!fits)
			for (int i = 0; i < TALLY_LABELS; i++)
				if (i == 0 || i != kept)
					row->labels[i] = i == 0 ? TALLY_OTHER : NULL;
		list_add(arena, fits ? &whole : &rest, row);
	}
	merge_rows(&rest);
	LIST_FOR_EACH (&rest, struct tally, row)
		list_add(arena, &whole, row);
	*rows = whole;
}
