// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What Linux knows of functions by their identifiers, beyond what their registers say.
 *
 * The identifiers are those of drivers/pci/quirks.c in Linux 6.12.117: there
 * pci_dev_acs_enabled[] and the functions that it names, the callers of
 * pci_add_dma_alias(), and PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT. Kernels differ in which of
 * them they know; a group that only another list explains is therefore never taken for a
 * change of ACS (analyze/isolation.c).
 */

#include "analyze/quirks.h"

enum {
	VENDOR_LOONGSON = 0x0014,
	VENDOR_ATI = 0x1002,
	VENDOR_AMD = 0x1022,
	VENDOR_EFAR = 0x1055,
	VENDOR_PLX = 0x10b5,
	VENDOR_EMULEX = 0x10df,
	VENDOR_AMCC = 0x10e8,
	VENDOR_TTI = 0x1103,
	VENDOR_RICOH = 0x1180,
	VENDOR_MICROSEMI = 0x11f8,
	VENDOR_BROADCOM = 0x14e4,
	VENDOR_CAVIUM = 0x177d,
	VENDOR_QUALCOMM = 0x17cb,
	VENDOR_SOLARFLARE = 0x1924,
	VENDOR_NXP = 0x1957,
	VENDOR_JMICRON = 0x197b,
	VENDOR_SERVER_ENGINES = 0x19a2,
	VENDOR_MARVELL = 0x1b4b,
	VENDOR_LITE_ON = 0x1c28,
	VENDOR_ANNAPURNA = 0x1c36,
	VENDOR_ZHAOXIN = 0x1d17,
	VENDOR_HXT = 0x1dbf,
	VENDOR_AMPERE = 0x1def,
	VENDOR_GLENFLY = 0x6766,
	VENDOR_INTEL = 0x8086,
	VENDOR_WANGXUN = 0x8088,
	VENDOR_ADAPTEC = 0x9005,
};

/* Devices first to last of a vendor. */
struct identifiers {
	uint16_t vendor, first, last;
	int rule;
};

#define EVERY 0x0000, 0xffff
#define ONE(device) (device), (device)

/* Where several lines name a device, the first whose rule applies to it decides. */
static const struct identifiers acs_rules[] = {
	/* No transfers between functions of the south bridge, beside an AMD IOMMU. */
	{ VENDOR_ATI, 0x4383, 0x4385, ACS_RULE_SOUTHBRIDGE },
	{ VENDOR_ATI, ONE(0x4399), ACS_RULE_SOUTHBRIDGE },
	{ VENDOR_ATI, 0x439c, 0x439d, ACS_RULE_SOUTHBRIDGE },
	{ VENDOR_AMD, ONE(0x7809), ACS_RULE_SOUTHBRIDGE },
	{ VENDOR_AMD, ONE(0x780f), ACS_RULE_SOUTHBRIDGE },

	/* Adapters of several functions that exchange nothing with each other. */
	{ VENDOR_SOLARFLARE, ONE(0x0903), ACS_RULE_ISOLATES },
	{ VENDOR_SOLARFLARE, ONE(0x0923), ACS_RULE_ISOLATES },
	{ VENDOR_SOLARFLARE, ONE(0x0a03), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x105e, 0x1060, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10a7), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10a9), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10c6), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10c9), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10d6), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10d9), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10db), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10dd), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10e1), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x10e6, 0x10e8, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x10f1), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x10f7, 0x10fc, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x1507), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x1509, 0x150a, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x150d, 0x1511, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x1514), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x1516), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x1518), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x151c), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x1521, 0x1524, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x1526, 0x1527, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x1529, 0x152a, ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x154d), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x154f), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x1551), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, ONE(0x1558), ACS_RULE_ISOLATES },
	{ VENDOR_INTEL, 0x15b7, 0x15b8, ACS_RULE_ISOLATES },
	{ VENDOR_SERVER_ENGINES, ONE(0x0710), ACS_RULE_ISOLATES },
	{ VENDOR_EMULEX, ONE(0x0720), ACS_RULE_ISOLATES },
	{ VENDOR_CAVIUM, ONE(0xa026), ACS_RULE_ISOLATES },
	{ VENDOR_CAVIUM, ONE(0xa059), ACS_RULE_ISOLATES },
	{ VENDOR_CAVIUM, ONE(0xa060), ACS_RULE_ISOLATES },
	{ VENDOR_BROADCOM, ONE(0x16d7), ACS_RULE_ISOLATES },
	{ VENDOR_BROADCOM, 0x1750, 0x1752, ACS_RULE_ISOLATES },
	{ VENDOR_BROADCOM, 0x1760, 0x1763, ACS_RULE_ISOLATES },
	{ VENDOR_ZHAOXIN, ONE(0x3038), ACS_RULE_ISOLATES },
	{ VENDOR_ZHAOXIN, ONE(0x3104), ACS_RULE_ISOLATES },
	{ VENDOR_ZHAOXIN, ONE(0x9083), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, 0x0100, 0x010f, ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x1001), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x2001), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x5010), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x5025), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x5040), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x5110), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x5125), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, ONE(0x5140), ACS_RULE_ISOLATES },
	{ VENDOR_WANGXUN, EVERY, ACS_RULE_NEVER },

	/* Root ports without the capability that turn nothing round. */
	{ VENDOR_QUALCOMM, ONE(0x0111), ACS_RULE_ISOLATES },
	{ VENDOR_QUALCOMM, ONE(0x0115), ACS_RULE_ISOLATES },
	{ VENDOR_QUALCOMM, ONE(0x0120), ACS_RULE_ISOLATES },
	{ VENDOR_QUALCOMM, 0x0400, 0x0401, ACS_RULE_ISOLATES },
	{ VENDOR_HXT, ONE(0x0401), ACS_RULE_ISOLATES },
	{ VENDOR_AMCC, ONE(0xe004), ACS_RULE_ISOLATES },
	{ VENDOR_AMPERE, 0xe005, 0xe00c, ACS_RULE_ISOLATES },
	{ VENDOR_BROADCOM, ONE(0xd714), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x3c09), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x3c19), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x3c29), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a09), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a19), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a29), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a39), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a49), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a59), ACS_RULE_ISOLATES },
	{ VENDOR_LOONGSON, ONE(0x7a69), ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8d80, 0x8d83, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8d88, 0x8d8b, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8d90, 0x8d93, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8d98, 0x8d9b, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8da0, 0x8da1, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8da8, 0x8da9, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8db0, 0x8db1, ACS_RULE_ISOLATES },
	{ VENDOR_NXP, 0x8db8, 0x8db9, ACS_RULE_ISOLATES },
	{ VENDOR_CAVIUM, 0xa000, 0xa7ff, ACS_RULE_ROOT_PORT },
	{ VENDOR_CAVIUM, ONE(0xaf84), ACS_RULE_ROOT_PORT },
	{ VENDOR_CAVIUM, ONE(0xb884), ACS_RULE_ROOT_PORT },
	{ VENDOR_ANNAPURNA, ONE(0x0031), ACS_RULE_ROOT_PORT },
	{ VENDOR_ZHAOXIN, 0x0710, 0x071e, ACS_RULE_PORT },
	{ VENDOR_ZHAOXIN, ONE(0x0721), ACS_RULE_PORT },
	{ VENDOR_ZHAOXIN, 0x0723, 0x0752, ACS_RULE_PORT },
	{ VENDOR_ZHAOXIN, EVERY, ACS_RULE_NO_PORT },

	/* VT-d 3.1, 3.16: between them only translated requests may go directly. */
	{ VENDOR_INTEL, EVERY, ACS_RULE_INTEGRATED },

	/* Chipsets with registers of their own, which Linux sets when it starts. */
	{ VENDOR_INTEL, 0x1c10, 0x1c1f, ACS_RULE_ROOT_PORT }, /* Cougar Point */
	{ VENDOR_INTEL, ONE(0x1d10), ACS_RULE_ROOT_PORT },    /* Patsburg */
	{ VENDOR_INTEL, ONE(0x1d12), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x1d14), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x1d16), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x1d18), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x1d1a), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x1d1c), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x1d1e), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, 0x1e10, 0x1e1f, ACS_RULE_ROOT_PORT }, /* Panther Point */
	{ VENDOR_INTEL, 0x3b42, 0x3b51, ACS_RULE_ROOT_PORT }, /* Ibex Peak */
	{ VENDOR_INTEL, 0x8c10, 0x8c1f, ACS_RULE_ROOT_PORT }, /* Lynx Point */
	{ VENDOR_INTEL, ONE(0x8c90), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c92), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c94), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c96), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c98), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c9a), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c9c), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, ONE(0x8c9e), ACS_RULE_ROOT_PORT },
	{ VENDOR_INTEL, 0x8d10, 0x8d1e, ACS_RULE_ROOT_PORT }, /* Wellsburg */
	{ VENDOR_INTEL, 0x9c10, 0x9c1b, ACS_RULE_ROOT_PORT }, /* Lynx Point-LP */
	{ VENDOR_INTEL, 0x9c90, 0x9c9b, ACS_RULE_ROOT_PORT }, /* Wildcat Point */

	/* Capability and control of 32 bits each, so that control stands 2 bytes on. */
	{ VENDOR_INTEL, 0x9d10, 0x9d1b, ACS_RULE_DWORDS }, /* Sunrise Point-LP */
	{ VENDOR_INTEL, 0xa110, 0xa11f, ACS_RULE_DWORDS }, /* Sunrise Point */
	{ VENDOR_INTEL, 0xa167, 0xa16a, ACS_RULE_DWORDS },
	{ VENDOR_INTEL, 0xa290, 0xa29f, ACS_RULE_DWORDS }, /* Union Point */
	{ VENDOR_INTEL, 0xa2e7, 0xa2ee, ACS_RULE_DWORDS },
};

static const struct identifiers alias_rules[] = {
	{ VENDOR_RICOH, ONE(0xe476), ALIAS_FUNCTION_0 },
	{ VENDOR_RICOH, ONE(0xe832), ALIAS_FUNCTION_0 },
	{ VENDOR_GLENFLY, 0x3d40, 0x3d41, ALIAS_FUNCTION_0 },
	{ VENDOR_MARVELL, ONE(0x9120), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9123), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9125), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9128), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9130), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9170), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9172), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x917a), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, 0x9182, 0x9183, ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x91a0), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9215), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9220), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9230), ALIAS_FUNCTION_1 },
	{ VENDOR_MARVELL, ONE(0x9235), ALIAS_FUNCTION_1 },
	{ VENDOR_TTI, ONE(0x0642), ALIAS_FUNCTION_1 },
	{ VENDOR_TTI, ONE(0x0645), ALIAS_FUNCTION_1 },
	{ VENDOR_JMICRON, ONE(0x2392), ALIAS_FUNCTION_1 },
	{ VENDOR_LITE_ON, ONE(0x0122), ALIAS_FUNCTION_1 },
	{ VENDOR_ADAPTEC, ONE(0x0285), ALIAS_DEVICE_1 }, /* of two boards: below */
	{ VENDOR_INTEL, ONE(0x2260), ALIAS_DEVICES_16_18 },
	{ VENDOR_INTEL, ONE(0x2264), ALIAS_DEVICES_16_18 },
	{ VENDOR_INTEL, 0x2954, 0x2956, ALIAS_FUNCTIONS_0_4 },
	{ VENDOR_INTEL, 0x2958, 0x295a, ALIAS_FUNCTIONS_0_4 },
	{ VENDOR_PLX, 0x87b0, 0x87b1, ALIAS_BUS },
	/* Switches of the Switchtec family: their NTB, by its class below. */
	{ VENDOR_MICROSEMI, EVERY, ALIAS_UNKNOWN },
	{ VENDOR_EFAR, 0x1001, 0x1008, ALIAS_UNKNOWN },
};

static bool matches(const struct identifiers *line, uint16_t vendor, uint16_t device)
{
	return line->vendor == vendor && line->first <= device && device <= line->last;
}

enum acs_rule acs_rule_next(uint16_t vendor, uint16_t device, size_t *at)
{
	while (*at < ARRAY_SIZE(acs_rules)) {
		const struct identifiers *line = &acs_rules[(*at)++];

		if (matches(line, vendor, device))
			return (enum acs_rule)line->rule;
	}
	return ACS_RULE_NONE;
}

/* Boards 3405 and 3805 alone; all others with this identifier are sound. */
static bool is_adaptec_raid(const struct device *device)
{
	uint64_t board = device->subsystem_device_id.value;

	return device->subsystem_vendor_id.state == FACT_KNOWN &&
	       device->subsystem_vendor_id.value == VENDOR_ADAPTEC &&
	       (board == 0x02bb || board == 0x02bc);
}

enum alias_rule alias_rule_of(const struct device *device)
{
	enum { CLASS_BRIDGE_OTHER = 0x0680 };
	enum alias_rule rule = ALIAS_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(alias_rules) && rule == ALIAS_NONE; i++)
		if (matches(&alias_rules[i], (uint16_t)device->vendor_id.value,
			    (uint16_t)device->device_id.value))
			rule = (enum alias_rule)alias_rules[i].rule;
	if (rule == ALIAS_DEVICE_1 && !is_adaptec_raid(device))
		return ALIAS_NONE;
	if (rule == ALIAS_UNKNOWN && device->class_id.value >> 8 != CLASS_BRIDGE_OTHER)
		return ALIAS_NONE;
	return rule;
}

bool alias_covers(enum alias_rule rule, const struct device *device,
		  const struct device *other)
{
	unsigned int slot = other->address.device;
	int function = other->address.function;

	switch (rule) {
	case ALIAS_NONE:
	case ALIAS_UNKNOWN:
		return false;
	case ALIAS_FUNCTION_0:
		return slot == device->address.device && function == 0;
	case ALIAS_FUNCTION_1:
		return slot == device->address.device && function == 1;
	case ALIAS_DEVICE_1:
		return slot == 1 && function == 0;
	case ALIAS_DEVICES_16_18:
		return (slot == 0x10 && function == 0) ||
		       (slot == 0x11 && function == 0) || (slot == 0x12 && function == 3);
	case ALIAS_FUNCTIONS_0_4:
		return function <= 4;
	case ALIAS_BUS:
		return true;
	}
	return false;
}

bool is_translation_root(const struct device *device)
{
	return device->vendor_id.value == VENDOR_BROADCOM &&
	       (device->device_id.value == 0x9000 || device->device_id.value == 0x9084);
}
