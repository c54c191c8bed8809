// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope iomem: the physical address map; who owns an address. */

#include "analyze/analyze.h"
#include "cmd/cmd.h"

/* Bytes in a slot of the bounce-buffer pool (IO_TLB_SIZE of the kernel's swiotlb.h). */
enum { SLOT_SIZE = 2048 };

/* Addresses begin with 0x: /proc/iomem leaves it out, and 1000 might be either. */
static int parse_address(const char *text, uint64_t *ret)
{
	return starts_with(text, "0x") ? parse_u64(text, 16, ret) : -EINVAL;
}

/* "0xfed90000", "0x1000-0x1fff", "0x1000+4K" */
static int parse_asked(const char *text, struct span *ret)
{
	_cleanup_free_ char *first = xstrdup(text);
	size_t length = strcspn(first, "-+");
	char sign = first[length];
	struct span span;
	uint64_t size;

	first[length] = '\0';
	if (parse_address(first, &span.start) < 0)
		return -EINVAL;
	span.end = span.start;
	if (sign == '-' && parse_address(first + length + 1, &span.end) < 0)
		return -EINVAL;
	if (sign == '+') {
		if (parse_size(first + length + 1, &size) < 0)
			return -EINVAL;
		span.end = span.start + (size - 1);
	}
	if (span.end < span.start)
		return -EINVAL;
	*ret = span;
	return 0;
}

/* A copy that tells of the addresses asked for alone. */
static void add_part(struct system *system, struct list *objects,
		     const struct region *region, const char *asked, struct span span)
{
	struct region *part = arena_memdup(&system->arena, region, sizeof(*region));

	part->asked = asked;
	analyze_region_part(system, part,
			    (struct span){ MAX(span.start, region->start.value),
					   MIN(span.end, region->end.value) });
	list_add(&system->arena, objects, part);
}

/* The gap between two regions that an address lies in. */
static void add_gap(struct system *system, struct list *objects, const char *asked,
		    struct span span)
{
	size_t before = system_regions_up_to(system, span.start);
	struct region gap = {
		.start = KNOWN_U64(0),
		.end = KNOWN_U64(UINT64_MAX),
		.depth = KNOWN_U64(0),
		.kind = KNOWN_ENUM(IOMEM_NONE),
		.bdf.state = FACT_ABSENT,
		.driver.state = FACT_ABSENT,
		.bar.state = FACT_ABSENT,
		.flags.state = FACT_ABSENT,
	};

	/* Regions that start before and hold no address in question end before it. */
	for (size_t i = before; i > 0 && gap.start.value == 0; i--) {
		const struct region *region = system->regions.items[i - 1];

		while (region->parent)
			region = region->parent;
		if (region->start.state == FACT_KNOWN)
			gap.start.value = region->end.value + 1;
	}
	if (before < system->regions.count) {
		const struct region *next = system->regions.items[before];

		gap.end.value = next->start.value - 1;
	}
	gap.size = KNOWN_U64(gap.end.value - gap.start.value + 1);
	if (gap.size.value == 0)
		gap.size.state = FACT_UNREAD;
	add_part(system, objects, &gap, asked, span);
}

/* Adds the regions that hold the addresses or lie among them; false where none does. */
static bool add_answer(struct system *system, struct list *objects, const char *asked,
		       struct span span)
{
	const struct region *chain[REGION_DEPTH_MAX + 1];
	size_t depth = 0, next = system_regions_up_to(system, span.start);

	for (const struct region *region = system_region_at(system, span.start); region;
	     region = region->parent)
		chain[depth++] = region;
	for (size_t i = depth; i > 0; i--)
		add_part(system, objects, chain[i - 1], asked, span);
	for (; next < system->regions.count; next++) {
		const struct region *region = system->regions.items[next];

		if (region->start.value > span.end)
			break;
		if (region->start.state == FACT_KNOWN) {
			add_part(system, objects, region, asked, span);
			depth++;
		}
	}
	if (depth == 0)
		add_gap(system, objects, asked, span);
	return depth > 0;
}

static int answer(struct context *context, int count, char **arguments,
		  const struct span *spans)
{
	struct system *system = &context->system;
	struct list objects = { 0 };
	bool owned = true;
	int status;

	for (int i = 0; i < count; i++)
		owned &= add_answer(system, &objects, arguments[i], spans[i]);
	/* The tree of one answer needs no heading; of several each says whose it is. */
	if (count > 1 && !context->output.columns)
		context->output.columns = "+asked";
	status = context_answer(context, &objects);
	return status == EXIT_ANSWERED && !owned ? EXIT_NEGATIVE : status;
}

/* Without addresses no question about one can be answered. */
static int refuse(const struct system *system)
{
	LIST_FOR_EACH (&system->unread, const struct unread, item) {
		if (streq(item->path, "/proc/iomem")) {
			complain("%s: %s", item->path, item->reason);
			return EXIT_TROUBLE;
		}
	}
	complain("/proc/iomem: not read");
	return EXIT_TROUBLE;
}

/* No file tells where the bounce-buffer pool lies; NULL where there is none. */
static const char *pool_note(struct system *system)
{
	_cleanup_strbuf_ struct strbuf size = { 0 };

	if (system->swiotlb_slots.state != FACT_KNOWN || system->swiotlb_slots.value == 0)
		return NULL;
	strbuf_add_size(&size, system->swiotlb_slots.value * SLOT_SIZE);
	return arena_printf(
		&system->arena,
		"Not in this map: where in System RAM the bounce-buffer pool of "
		"%s lies. Only the kernel log tells (software IO TLB).",
		strbuf_text(&size));
}

static int run(struct context *context, int count, char **arguments)
{
	struct system *system = &context->system;
	struct span *spans;

	if (count == 0) {
		context->note = pool_note(system);
		return context_answer(context, &system->regions);
	}
	spans = arena_alloc(&system->arena, sizeof(*spans) * (size_t)count);
	for (int i = 0; i < count; i++) {
		if (parse_asked(arguments[i], &spans[i]) < 0) {
			complain("%s: not an address such as 0xfed90000 or a range such "
				 "as "
				 "0x1000-0x1fff or 0x1000+4K",
				 arguments[i]);
			return EXIT_TROUBLE;
		}
	}
	return system->regions_state == FACT_KNOWN
		       ? answer(context, count, arguments, spans)
		       : refuse(system);
}

const struct command command_iomem = {
	.name = "iomem",
	.arguments = "[ADDR...]",
	.summary = "The physical address map, or who owns an address",
	.record = &region_record,
	.needs = NEED_MODEL,
	.facts = FACTS_HOST | FACTS_DEVICES | FACTS_DEBUG | FACTS_IOMEM,
	.run = run,
};
