// SPDX-License-Identifier: GPL-2.0-or-later
/* What the processors say: that the machine is virtual, that memory can be encrypted. */

#include "source/attr.h"
#include "source/source.h"

/* Is `word` among the space-separated words of a line? */
static bool has_word(const char *line, size_t length, const char *word)
{
	const char *end = line + length;
	size_t word_length = strlen(word);

	for (const char *p = line; (p = memmem(p, (size_t)(end - p), word, word_length));
	     p += word_length)
		if (p > line && strchr(" \t", p[-1]) &&
		    (p + word_length == end || p[word_length] == ' '))
			return true;
	return false;
}

/*
 * On x86 the flag "hypervisor" (CPUID leaf 1, ECX bit 31) marks a virtual machine, and
 * "sme" (leaf 8000001Fh, EAX bit 0) AMD's Secure Memory Encryption. The memory of a
 * virtual machine with "sev" (EAX bit 1) or "tdx_guest" is private until shared. Other
 * architectures have no such line, and the facts stay absent. The first processor is
 * enough: /proc/cpuinfo grows with every processor and is slow to make.
 */
void source_cpu_read(struct root *root, struct system *system)
{
	char head[ROOT_PAGE + 1];
	const char *cursor = head, *line;
	size_t length;
	int r = root_read_head(root, head, ROOT_PAGE, &length, "proc/cpuinfo");

	r = proc_missing(root, r, "proc/cpuinfo");
	system->hypervisor.state = r < 0 ? fact_state_of(r) : FACT_ABSENT;
	system->sme.state = system->private_memory.state = system->hypervisor.state;
	if (r < 0)
		return;
	head[length] = '\0';
	while ((line = next_line(&cursor, &length)))
		if (starts_with(line, "flags\t") || starts_with(line, "flags ")) {
			system->hypervisor =
				KNOWN_BOOL(has_word(line, length, "hypervisor"));
			system->sme = KNOWN_BOOL(has_word(line, length, "sme"));
			system->private_memory =
				KNOWN_BOOL(has_word(line, length, "tdx_guest") ||
					   (system->hypervisor.value &&
					    has_word(line, length, "sev")));
		}
}
