// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of IOMMUs and errors of the DMA API, from the lines of a kernel log. */

#include "spec/fault.h"

#include <ctype.h>

#include "spec/fault-line.h"

enum { PATIENCE = 8 };

const char *fault_after(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? at + strlen(mark) : NULL;
}

bool fault_number(const char **text, unsigned int base, uint64_t *ret)
{
	const char *digits = *text;
	char *end;

	if (base == 16 && digits[0] == '0' && (digits[1] | 0x20) == 'x')
		digits += 2;
	/* strtoull() would take spaces and a sign. */
	if (base == 16 ? !isxdigit((unsigned char)*digits)
		       : !isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*ret = strtoull(digits, &end, (int)base);
	if (errno != 0)
		return false;
	*text = end;
	return true;
}

bool fault_key(const char *text, const char *key, unsigned int base, uint64_t *ret)
{
	const char *at = fault_after(text, key);

	if (!at)
		return false;
	at += strspn(at, " ");
	return fault_number(&at, base, ret);
}

void fault_copy(char *to, size_t size, const char *from, size_t length)
{
	length = MIN(length, size - 1);
	memcpy(to, from, length);
	to[length] = '\0';
}

bool fault_bdf(const char *text, struct fault *fault)
{
	char address[24] = "";
	size_t length = 0;
	struct pci_address parsed;

	for (; *text && length < sizeof(address) - 1; text++) {
		if (text[0] == '0' && text[1] == 'x') {
			text++;
			continue;
		}
		if (!isxdigit((unsigned char)*text) && *text != ':' && *text != '.')
			break;
		address[length++] = *text;
	}
	if (parse_pci_address(address, &parsed) < 0 || parsed.function < 0)
		return false;
	fault->bdf = parsed;
	fault->has_bdf = true;
	fault->has_segment = strchr(address, ':') != strrchr(address, ':');
	return true;
}

void fault_set_device(struct fault *fault, const char *name, size_t length)
{
	char copy[FAULT_NAME_SIZE];
	struct pci_address address;

	fault_copy(copy, sizeof(copy), name, length);
	fault_copy(fault->device, sizeof(fault->device), name, length);
	/* A whole name: "0000:01:00.0-x" is another device. */
	if (parse_pci_address(copy, &address) == 0 && address.function >= 0)
		fault_bdf(copy, fault);
}

/* The word that ends at `end` within text; NULL where there is none. */
static const char *word_before(const char *text, const char *end, size_t *ret_length)
{
	const char *start;

	while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	start = end;
	while (start > text && start[-1] != ' ' && start[-1] != '\t')
		start--;
	*ret_length = (size_t)(end - start);
	return start < end ? start : NULL;
}

/*
 * dev_driver_string() of the kernel gives the name of the bus or the class where a device
 * has no driver.
 */
static bool is_bus(const char *name, size_t length)
{
	static const char *const buses[] = { "pci", "platform",	  "iommu", "net",  "amba",
					     "usb", "infiniband", "NULL",  "(XEN)" };

	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (strlen(buses[i]) == length && strncmp(buses[i], name, length) == 0)
			return true;
	return false;
}

void fault_names(const char *text, const char *end, struct fault *fault)
{
	size_t length;
	const char *word = word_before(text, end, &length);

	if (!word || length < 2 || word[length - 1] != ':')
		return;
	fault_set_device(fault, word, length - 1);
	word = word_before(text, word, &length);
	if (word && word[length - 1] != ':' && !is_bus(word, length))
		fault_copy(fault->driver, sizeof(fault->driver), word, length);
}

void fault_set_reason(struct fault *fault, const struct fault_reason *reason)
{
	fault_copy(fault->reason, sizeof(fault->reason), reason->name,
		   strlen(reason->name));
	fault_copy(fault->text, sizeof(fault->text), reason->text, strlen(reason->text));
	fault->cause = reason->cause;
}

void fault_wait_for(struct fault_reader *reader, enum fault_wait wait,
		    const struct fault *fault)
{
	fault_read_end(reader);
	reader->pending = *fault;
	reader->wait = wait;
	reader->patience = PATIENCE;
	reader->word_count = 0;
}

void fault_read_end(struct fault_reader *reader)
{
	if (reader->wait == WAIT_NOTHING)
		return;
	reader->wait = WAIT_NOTHING;
	reader->take(reader->data, &reader->pending);
}

/*
 * A line that begins as one of an IOMMU that no decoder knows. "default" has a fault in
 * it, and every log has lines about default domains.
 */
static bool looks_like_fault(const char *text)
{
	static const char *const units[] = { "iommu", "IOMMU", "smmu", "SMMU", "dart" };
	bool fault = false;

	for (const char *at = strcasestr(text, "fault"); at && !fault;
	     at = strcasestr(at + 1, "fault"))
		fault = at == text || (at[-1] | 0x20) != 'e';
	for (size_t i = 0; fault && i < ARRAY_SIZE(units); i++)
		if (strstr(text, units[i]))
			return true;
	return false;
}

static enum fault_line read_text(struct fault_reader *reader, const char *text,
				 const char *time)
{
	struct fault fault = { .access = FAULT_ACCESS_UNKNOWN, .cause = CAUSE_UNKNOWN };
	enum fault_line line;

	fault_copy(fault.time, sizeof(fault.time), time, strlen(time));
	line = fault_vtd(reader, text, &fault);
	if (line == FAULT_LINE_OTHER)
		line = fault_amd(reader, text, &fault);
	if (line == FAULT_LINE_OTHER)
		line = fault_smmu_v3(reader, text, &fault);
	if (line == FAULT_LINE_OTHER)
		line = fault_smmu(reader, text, &fault);
	if (line == FAULT_LINE_OTHER)
		line = fault_virtio(text, &fault);
	if (line == FAULT_LINE_OTHER)
		line = fault_dma(reader, text, &fault);
	if (line == FAULT_LINE_OTHER && looks_like_fault(text))
		line = FAULT_LINE_UNPARSED;
	if (line == FAULT_LINE_WHOLE) {
		fault_read_end(reader);
		reader->take(reader->data, &fault);
	} else if (line != FAULT_LINE_PART && reader->wait != WAIT_NOTHING) {
		if (reader->patience-- == 0)
			fault_read_end(reader);
	}
	return line;
}

enum fault_line fault_read_line(struct fault_reader *reader, const char *line,
				size_t length)
{
	enum fault_line result = FAULT_LINE_OTHER;
	char copy[FAULT_LINE_MAX + 1], *text, *next;
	struct log_line parsed;

	length = MIN(length, sizeof(copy) - 1);
	for (size_t i = 0; i < length; i++)
		copy[i] = line[i] ? line[i] : ' ';
	copy[length] = '\0';
	trim_end(copy);
	log_line_parse(copy, &parsed);
	if (parsed.foreign)
		return FAULT_LINE_OTHER;
	text = copy + (parsed.text - copy);
	if (parsed.record)
		log_unescape(text);
	for (; text; text = next) {
		enum fault_line one;

		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		one = read_text(reader, text, parsed.time);
		/* What is worth most of a record of several lines. */
		if (one == FAULT_LINE_UNPARSED || result == FAULT_LINE_OTHER)
			result = one;
	}
	return result;
}
