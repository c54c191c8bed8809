// SPDX-License-Identifier: GPL-2.0-or-later
/* The physical memory map as /proc/iomem prints it, and what its names mean. */

#include "spec/iomem.h"

#include "base/text.h"

#include <ctype.h>

/* 1 to 16 hexadecimal digits at *at, before end; moves *at behind them. */
static int parse_address(const char **at, const char *end, uint64_t *ret)
{
	const char *start = *at;
	uint64_t value = 0;

	for (; *at < end && isxdigit((unsigned char)**at); (*at)++) {
		char letter = (char)tolower((unsigned char)**at);

		value = value << 4 |
			(uint64_t)(letter > '9' ? letter - 'a' + 10 : letter - '0');
	}
	if (*at == start || *at - start > 16)
		return -EBADMSG;
	*ret = value;
	return 0;
}

/* Is this text next? Moves *at behind it. */
static bool skip_text(const char **at, const char *end, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

int iomem_parse_line(const char *line, size_t length, struct iomem_line *ret)
{
	const char *at = line, *end = line + length;
	struct iomem_line parsed = { 0 };

	while (at < end && *at == ' ')
		at++;
	parsed.indent = (unsigned int)(at - line);
	if (parse_address(&at, end, &parsed.start) < 0 || !skip_text(&at, end, "-") ||
	    parse_address(&at, end, &parsed.end) < 0 || !skip_text(&at, end, " : ") ||
	    parsed.end < parsed.start)
		return -EBADMSG;
	parsed.name = at;
	parsed.name_length = (size_t)(end - at);
	*ret = parsed;
	return 0;
}

/*
 * Names as the kernel's sources have them: arch/x86/kernel/e820.c, setup.c, probe_roms.c
 * and apic/, arch/arm64/kernel/setup.c, drivers/pci, drivers/iommu, drivers/irqchip. The
 * first that fits counts.
 */
static const struct {
	const char *pattern;
	enum iomem_kind kind;
} patterns[] = {
	{ "System RAM*", IOMEM_RAM }, /* "System RAM (kmem)": from a device's memory */
	{ "Kernel *", IOMEM_KERNEL },
	{ "Crash kernel*", IOMEM_CRASH_KERNEL },
	{ "Reserved", IOMEM_RESERVED },
	{ "reserved", IOMEM_RESERVED },
	{ "Soft Reserved", IOMEM_RESERVED },
	{ "RAM buffer", IOMEM_RESERVED },
	{ "Unknown E820 type", IOMEM_RESERVED },
	{ "Unusable memory", IOMEM_RESERVED },
	{ "ACPI Tables", IOMEM_ACPI_TABLES },
	{ "ACPI Non-volatile Storage", IOMEM_ACPI_NVS },
	{ "Persistent Memory*", IOMEM_PERSISTENT },
	{ "namespace*.*", IOMEM_PERSISTENT },
	{ "dax*.*", IOMEM_PERSISTENT },
	{ "CXL Window *", IOMEM_CXL_WINDOW },
	{ "System ROM", IOMEM_ROM },
	{ "Video ROM", IOMEM_ROM },
	{ "Adapter ROM", IOMEM_ROM },
	{ "Extension ROM", IOMEM_ROM },
	{ "Graphics Stolen Memory", IOMEM_GRAPHICS },
	{ "Video RAM*", IOMEM_GRAPHICS },
	{ "BOOTFB", IOMEM_GRAPHICS },
	{ "PCI MMCONFIG*", IOMEM_PCI_CONFIG },
	{ "PCI ECAM*", IOMEM_PCI_CONFIG },
	{ "PCI Bus *", IOMEM_PCI_WINDOW },
	{ "PCI CardBus *", IOMEM_PCI_WINDOW },
	{ "VMD MEMBAR*", IOMEM_PCI_WINDOW },
	{ "dmar*", IOMEM_IOMMU },
	{ "amd_iommu", IOMEM_IOMMU },
	{ "arm-smmu*", IOMEM_IOMMU },
	{ "*.iommu *", IOMEM_IOMMU },
	{ "*.smmu *", IOMEM_IOMMU },
	{ "IOAPIC *", IOMEM_INTERRUPTS },
	{ "Local APIC", IOMEM_INTERRUPTS },
	{ "GICD", IOMEM_INTERRUPTS },
	{ "GICR", IOMEM_INTERRUPTS },
	{ "GICv*", IOMEM_INTERRUPTS },
	{ "HPET *", IOMEM_TIMER },
	{ "PNP0103:*", IOMEM_TIMER },
	{ "pnp *", IOMEM_PLATFORM },
	{ "*.* *@*", IOMEM_PLATFORM }, /* of a device tree: "fe804000.i2c i2c@7e804000" */
};

/* "0000:00:1f.2", perhaps with the name of a part behind it. */
static bool is_pci_function(const char *word, size_t length)
{
	struct pci_address address;
	char text[24];
	size_t colons = 0;

	if (length >= sizeof(text))
		return false;
	for (size_t i = 0; i < length; i++)
		colons += word[i] == ':';
	memcpy(text, word, length);
	text[length] = '\0';
	return colons == 2 && parse_pci_address(text, &address) == 0 &&
	       address.function >= 0;
}

/* An ACPI device: hardware identifier and instance, "INT34C5:00" (ACPI 6.5, 6.1.5). */
static bool is_acpi_device(const char *word, size_t length)
{
	if ((length != 10 && length != 11) || word[length - 3] != ':')
		return false;
	for (size_t i = 0; i < length - 3; i++)
		if (!isupper((unsigned char)word[i]) && !isdigit((unsigned char)word[i]))
			return false;
	return isxdigit((unsigned char)word[length - 2]) &&
	       isxdigit((unsigned char)word[length - 1]);
}

enum iomem_kind iomem_kind(const char *name)
{
	size_t first = strcspn(name, " ");

	if (is_pci_function(name, first))
		return IOMEM_PCI_FUNCTION;
	/* The window of a host bridge by its node: "pcie@10000000", "pciex@620c3c000". */
	if (name[first] == '\0' && matches_star("pci*@*", name))
		return IOMEM_PCI_WINDOW;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (matches_star(patterns[i].pattern, name))
			return patterns[i].kind;
	return is_acpi_device(name, first) ? IOMEM_PLATFORM : IOMEM_OTHER;
}
