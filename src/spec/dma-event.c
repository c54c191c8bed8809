// SPDX-License-Identifier: GPL-2.0-or-later
/* The trace events of the DMA API, as text. */

#include "spec/dma-event.h"

enum { COMM_LENGTH = 16 }; /* of a process, filled up with spaces */

struct text {
	const char *at, *end;
};

static bool take(struct text *text, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(text->end - text->at) < length ||
	    memcmp(text->at, word, length) != 0)
		return false;
	text->at += length;
	return true;
}

static void skip_spaces(struct text *text)
{
	while (text->at < text->end && *text->at == ' ')
		text->at++;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool take_number(struct text *text, int base, uint64_t *ret)
{
	const char *start = text->at;
	uint64_t value = 0;

	while (text->at < text->end && digit_of(*text->at) < base) {
		uint64_t digit = (uint64_t)digit_of(*text->at);

		if (value > (UINT64_MAX - digit) / (uint64_t)base)
			return false;
		value = value * (uint64_t)base + digit;
		text->at++;
	}
	*ret = value;
	return text->at > start;
}

/* The value of " NAME=" in an event, up to the next space; false without one. */
static bool find_field(struct text event, const char *name, struct text *ret)
{
	size_t length = strlen(name);

	for (; (size_t)(event.end - event.at) > length + 1; event.at++) {
		const char *space;

		if (event.at[0] != ' ' || event.at[length + 1] != '=' ||
		    memcmp(event.at + 1, name, length) != 0)
			continue;
		ret->at = event.at + length + 2;
		space = memchr(ret->at, ' ', (size_t)(event.end - ret->at));
		ret->end = space ? space : event.end;
		return true;
	}
	return false;
}

static bool find_number(struct text event, const char *name, int base, uint64_t *ret)
{
	struct text value;

	return find_field(event, name, &value) && take_number(&value, base, ret) &&
	       value.at == value.end;
}

/* "{0x27e6000,0x27e7200}": the first, and their sum; false where it is empty. */
static bool find_array(struct text event, const char *name, uint64_t *ret_first,
		       uint64_t *ret_sum)
{
	struct text value;
	uint64_t sum = 0, one;

	if (!find_field(event, name, &value) || !take(&value, "{"))
		return false;
	for (bool first = true;; first = false) {
		if (!take(&value, "0x") || !take_number(&value, 16, &one))
			return false;
		if (first)
			*ret_first = one;
		sum += one;
		if (take(&value, "}"))
			break;
		if (!take(&value, ","))
			return false;
	}
	*ret_sum = sum;
	return true;
}

static int take_direction(struct text event, uint32_t *ret)
{
	static const char *const names[] = { "BIDIRECTIONAL", "TO_DEVICE", "FROM_DEVICE",
					     "NONE" };
	struct text value;

	if (!find_field(event, "dir", &value))
		return -EBADMSG;
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		if ((size_t)(value.end - value.at) == strlen(names[i]) &&
		    memcmp(value.at, names[i], strlen(names[i])) == 0) {
			*ret = i;
			return 0;
		}
	return -EBADMSG;
}

/* Memory that was not given has no address: "0000000000000000" or "(null)". */
static bool has_no_memory(struct text event)
{
	struct text value;

	if (!find_field(event, "virt_addr", &value))
		return false;
	if (take(&value, "(null)"))
		return true;
	while (take(&value, "0"))
		;
	return value.at == value.end;
}

static bool has_attribute(struct text event, const char *name)
{
	struct text value;
	size_t length = strlen(name);

	if (!find_field(event, "attrs", &value))
		return false;
	for (; (size_t)(value.end - value.at) >= length; value.at++)
		if (memcmp(value.at, name, length) == 0)
			return true;
	return false;
}

static int parse_mapping(struct text event, struct dma_event *ret)
{
	const char *space = memchr(event.at, ' ', (size_t)(event.end - event.at));
	struct text direction;
	uint64_t sum;

	if (!space || space == event.at)
		return -EBADMSG;
	ret->device = event.at;
	ret->device_length = (size_t)(space - event.at);
	event.at = space;
	/* Of memory that it hands out the first kernels with these events told none. */
	if (take_direction(event, &ret->direction) < 0 &&
	    (ret->type != DMA_EVENT_COHERENT || find_field(event, "dir", &direction)))
		return -EBADMSG;
	if (ret->type == DMA_EVENT_SG) {
		/* The end of a list is told by physical addresses alone. */
		if (!find_array(event, "phys_addrs", &ret->address, &sum))
			return -EBADMSG;
		if (ret->kind == DMA_EVENT_MAP &&
		    !find_array(event, "sizes", &sum, &ret->size))
			return -EBADMSG;
		return 0;
	}
	if (!find_number(event, "dma_addr", 16, &ret->address))
		return -EBADMSG;
	if (ret->kind == DMA_EVENT_MAP && !find_number(event, "size", 10, &ret->size))
		return -EBADMSG;
	ret->registers = has_attribute(event, "MMIO");
	ret->failed = ret->address == UINT64_MAX || has_no_memory(event);
	return 0;
}

static const struct {
	const char *name;
	enum dma_event_kind kind;
	enum dma_event_type type;
} events[] = {
	{ "dma_map_page: ", DMA_EVENT_MAP, DMA_EVENT_SINGLE },
	{ "dma_unmap_page: ", DMA_EVENT_UNMAP, DMA_EVENT_SINGLE },
	{ "dma_map_phys: ", DMA_EVENT_MAP, DMA_EVENT_PHYS },
	{ "dma_unmap_phys: ", DMA_EVENT_UNMAP, DMA_EVENT_PHYS },
	{ "dma_map_resource: ", DMA_EVENT_MAP, DMA_EVENT_RESOURCE },
	{ "dma_unmap_resource: ", DMA_EVENT_UNMAP, DMA_EVENT_RESOURCE },
	{ "dma_map_sg: ", DMA_EVENT_MAP, DMA_EVENT_SG },
	{ "dma_unmap_sg: ", DMA_EVENT_UNMAP, DMA_EVENT_SG },
	{ "dma_alloc: ", DMA_EVENT_MAP, DMA_EVENT_COHERENT },
	{ "dma_free: ", DMA_EVENT_UNMAP, DMA_EVENT_COHERENT },
	{ "dma_alloc_pages: ", DMA_EVENT_MAP, DMA_EVENT_PAGES },
	{ "dma_free_pages: ", DMA_EVENT_UNMAP, DMA_EVENT_PAGES },
	{ "dma_alloc_sgt: ", DMA_EVENT_MAP, DMA_EVENT_NONCONTIGUOUS },
	{ "dma_free_sgt: ", DMA_EVENT_UNMAP, DMA_EVENT_NONCONTIGUOUS },
};

/* " => dmaleak_map_sg+0x2e/0x60 [dmaleak]" or " => 0xffffffffc0465126" */
static int parse_frame(struct text text, struct dma_event *ret)
{
	uint64_t size;

	ret->kind = DMA_EVENT_FRAME;
	if (take(&text, "0x"))
		return take_number(&text, 16, &ret->offset) ? 0 : -EBADMSG;
	ret->function = text.at;
	while (text.at < text.end && *text.at != '+' && *text.at != ' ')
		text.at++;
	ret->function_length = (size_t)(text.at - ret->function);
	if (take(&text, "+0x") && (!take_number(&text, 16, &ret->offset) ||
				   !take(&text, "/0x") || !take_number(&text, 16, &size)))
		return -EBADMSG;
	if (take(&text, " [")) {
		ret->module = text.at;
		while (text.at < text.end && *text.at != ']' && *text.at != ' ')
			text.at++;
		ret->module_length = (size_t)(text.at - ret->module);
	}
	return ret->function_length > 0 ? 0 : -EBADMSG;
}

/*
 * "              sh-145     [000] .....     2.734119: ": the name of a process may be
 * anything, so what follows is found by its width.
 */
static int parse_context(struct text *text, struct dma_event *ret)
{
	uint64_t pid, cpu, seconds, microseconds;

	if (text->end - text->at <= COMM_LENGTH)
		return -EBADMSG;
	text->at += COMM_LENGTH;
	if (!take(text, "-") || !take_number(text, 10, &pid))
		return -EBADMSG;
	skip_spaces(text);
	if (!take(text, "[") || !take_number(text, 10, &cpu) || cpu > UINT32_MAX ||
	    !take(text, "] "))
		return -EBADMSG;
	while (text->at < text->end && *text->at != ' ') /* flags */
		text->at++;
	skip_spaces(text);
	if (!take_number(text, 10, &seconds) || !take(text, ".") ||
	    !take_number(text, 10, &microseconds) || !take(text, ": ") ||
	    microseconds > 999999 || seconds > UINT64_MAX / 1000000 - 1)
		return -EBADMSG;
	ret->cpu = (uint32_t)cpu;
	ret->time_us = seconds * 1000000 + microseconds;
	return 0;
}

static int parse(struct text text, struct dma_event *ret)
{
	uint64_t cpu;

	if (take(&text, " => "))
		return parse_frame(text, ret);
	if (take(&text, "CPU:")) {
		ret->kind = DMA_EVENT_LOST;
		return take_number(&text, 10, &cpu) && take(&text, " [LOST ") &&
				       take_number(&text, 10, &ret->lost)
			       ? 0
			       : -EBADMSG;
	}
	if (parse_context(&text, ret) < 0)
		return -EBADMSG;
	if (take(&text, "<stack trace>")) {
		ret->kind = DMA_EVENT_STACK;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (take(&text, events[i].name)) {
			ret->kind = events[i].kind;
			ret->type = events[i].type;
			return parse_mapping(text, ret);
		}
	return 0;
}

int dma_event_parse(const char *line, size_t length, struct dma_event *ret)
{
	struct dma_event event = { 0 };
	int r = parse((struct text){ line, line + length }, &event);

	if (r == 0)
		*ret = event;
	return r;
}
