// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/pcicap with made-up configuration spaces: good, broken, cut and poisoned. */

#include "spec/pcicap.h"

#include "tap.h"

/* Where the capabilities of the made-up function stand. */
enum {
	AT_EXPRESS = 0x40,
	AT_MSI = 0x80,
	AT_ATS = 0x100,
	AT_ACS = 0x120,
	AT_PRI = 0x140,
	AT_PASID = 0x160,
	AT_SERIAL = 0x180,
	AT_SRIOV = 0x200,
};

static unsigned char config[PCI_CONFIG_EXPRESS];

static void put(size_t at, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		config[at + i] = (unsigned char)(value >> 8 * i);
}

static void put_extended(size_t at, unsigned int id, size_t next)
{
	put(at, id | 1u << 16 | (uint32_t)next << 20, 4);
}

/* A PCI Express endpoint with every capability that is looked for. */
static void build_endpoint(void)
{
	memset(config, 0, sizeof(config));
	put(0x00, 0x8086, 2);
	put(0x02, 0x1572, 2);
	put(0x04, 0x0406, 2);
	put(0x06, 0x0010, 2); /* Capabilities List */
	put(0x08, 0x02, 1);
	put(0x09, 0x020000, 3);
	put(0x0e, 0x80, 1);
	put(0x2c, 0x1028, 2);
	put(0x2e, 0x2041, 2);
	put(0x34, AT_EXPRESS, 1);
	put(AT_EXPRESS, 0x10, 1);
	put(AT_EXPRESS + 1, AT_MSI, 1);
	put(AT_EXPRESS + 2, 0x0002, 2);
	put(AT_MSI, 0x05, 1);
	put_extended(AT_ATS, 0x000f, AT_ACS);
	put(AT_ATS + 6, 0x8000, 2);
	put_extended(AT_ACS, 0x000d, AT_PRI);
	put(AT_ACS + 4, 0x005f, 2);
	put(AT_ACS + 6, 0x001d, 2);
	put_extended(AT_PRI, 0x0013, AT_PASID);
	put_extended(AT_PASID, 0x001b, AT_SERIAL);
	put(AT_PASID + 6, 0x0001, 2);
	put_extended(AT_SERIAL, 0x0003, AT_SRIOV);
	put(AT_SERIAL + 4, 0x1122334455667788, 8);
	put_extended(AT_SRIOV, 0x0010, 0);
}

static void test_endpoint(void)
{
	struct pci_config got;
	const struct pci_capabilities *found = &got.capabilities;

	build_endpoint();
	IS(pcicap_decode(config, sizeof(config), &got), 0, "an endpoint decodes");
	OK(got.vendor_id == 0x8086 && got.device_id == 0x1572 &&
		   got.class_id == 0x020000 && got.revision_id == 2,
	   "its identifiers");
	OK(got.command & PCI_COMMAND_BUS_MASTER, "it is a bus master");
	OK(got.multifunction && got.header_type == 0, "one of several functions");
	OK(got.has_subsystem && got.subsystem_vendor_id == 0x1028 &&
		   got.subsystem_device_id == 0x2041,
	   "its board");
	OK(got.is_express && got.port_type == 0, "a PCI Express endpoint");
	OK(got.ats == PCI_SWITCH_ON && got.pri == PCI_SWITCH_OFF &&
		   got.pasid == PCI_SWITCH_ON,
	   "ATS on, PRI off, PASID on");
	OK(got.has_acs && got.acs_capability == 0x5f && got.acs_control == 0x1d,
	   "its ACS");
	OK(found->standard_seen && found->extended_seen && !found->problem,
	   "both lists were seen without a problem");
	OK(found->express == AT_EXPRESS && found->ats == AT_ATS && found->acs == AT_ACS &&
		   found->pri == AT_PRI && found->pasid == AT_PASID &&
		   found->serial_number == AT_SERIAL && found->sriov == AT_SRIOV,
	   "every offset");
	OK(!got.has_iommu_base, "it is no IOMMU");
}

/* What the bytes show, and what a reader without privileges is not shown. */
static void test_hidden(void)
{
	struct pci_config got;

	build_endpoint();
	IS(pcicap_decode(config, 64, &got), 0, "64 bytes decode");
	OK(got.ats == PCI_SWITCH_ABSENT && !got.capabilities.standard_seen &&
		   !got.capabilities.extended_seen && !got.capabilities.problem,
	   "and say that no list was seen");
	IS(pcicap_decode(config, 256, &got), 0, "256 bytes decode");
	OK(got.capabilities.standard_seen && !got.capabilities.extended_seen,
	   "and say that the extended list of an Express function was not seen");
	put(AT_EXPRESS, 0x09, 1);
	IS(pcicap_decode(config, 256, &got), 0, "256 bytes of conventional PCI decode");
	OK(got.capabilities.standard_seen && got.capabilities.extended_seen,
	   "and there is no extended list that could be missing");
	put(0x06, 0, 2);
	IS(pcicap_decode(config, 64, &got), 0, "64 bytes without a list decode");
	OK(got.capabilities.standard_seen && got.capabilities.extended_seen,
	   "and say that there is none");
	put(AT_ATS, 0, 4);
	build_endpoint();
	put(AT_ATS, 0, 4);
	IS(pcicap_decode(config, sizeof(config), &got), 0,
	   "an empty extended list decodes");
	OK(got.capabilities.extended_seen && !got.capabilities.problem &&
		   got.ats == PCI_SWITCH_ABSENT,
	   "as empty");
}

static void test_bridge(void)
{
	struct pci_config got;

	build_endpoint();
	put(0x0e, 0x01, 1);
	put(0x19, 0x03, 1);
	put(0x1a, 0x05, 1);
	put(AT_EXPRESS + 2, 0x0042, 2);
	IS(pcicap_decode(config, sizeof(config), &got), 0, "a root port decodes");
	OK(got.header_type == 1 && got.secondary_bus == 3 && got.subordinate_bus == 5,
	   "with the buses below it");
	IS(got.port_type, 4, "as a root port");
	OK(!got.has_subsystem, "2Ch is no subsystem of a bridge");
	put(AT_MSI, 0x0d, 1);
	put(AT_MSI + 4, 0x15d9, 2);
	put(AT_MSI + 6, 0x0891, 2);
	IS(pcicap_decode(config, sizeof(config), &got), 0, "with a subsystem capability");
	OK(got.has_subsystem && got.subsystem_vendor_id == 0x15d9 &&
		   got.subsystem_device_id == 0x0891,
	   "it has one");
}

static void test_cardbus(void)
{
	struct pci_config got;

	build_endpoint();
	put(0x0e, 0x02, 1);
	put(0x14, AT_EXPRESS, 1);
	put(0x34, 0, 1);
	IS(pcicap_decode(config, sizeof(config), &got), 0, "a CardBus bridge decodes");
	OK(got.is_express && !got.has_subsystem, "its list begins at 14h");
}

/* AMD IOMMU 3.08, 3.4.1: the capability header, Base Address Low and High. */
static void test_amd_iommu(void)
{
	struct pci_config got;

	build_endpoint();
	put(AT_MSI, 0x0f, 1);
	put(AT_MSI + 4, 0xfd200001, 4);
	put(AT_MSI + 8, 0x0000000a, 4);
	IS(pcicap_decode(config, sizeof(config), &got), 0, "an AMD IOMMU decodes");
	OK(got.has_iommu_base && got.iommu_base == 0xafd200000ull,
	   "with the address of its registers");
	put(AT_MSI + 4, 0, 4);
	put(AT_MSI + 8, 0, 4);
	IS(pcicap_decode(config, sizeof(config), &got), 0,
	   "one without an address decodes");
	OK(!got.has_iommu_base, "as one without");
}

static void problem_is(const char *wanted, const char *name)
{
	struct pci_config got;

	if (pcicap_decode(config, sizeof(config), &got) < 0)
		OK(false, "%s: does not decode", name);
	else
		IS_TEXT(got.capabilities.problem, wanted, "%s", name);
}

static void test_broken_lists(void)
{
	build_endpoint();
	put(AT_MSI + 1, AT_EXPRESS, 1);
	problem_is("loop in the capability list", "a list that comes back");
	build_endpoint();
	put(AT_EXPRESS + 1, AT_EXPRESS, 1);
	problem_is("loop in the capability list", "a capability that points to itself");
	build_endpoint();
	put(0x34, 0x10, 1);
	problem_is("capability pointer into the header",
		   "a list that begins in the header");
	build_endpoint();
	put(AT_EXPRESS + 1, 0x20, 1);
	problem_is("capability pointer into the header",
		   "a list that returns to the header");
	build_endpoint();
	put(AT_MSI, 0xff, 1);
	problem_is("capability reads as all ones", "a capability of ones");
	build_endpoint();
	put(AT_MSI, 0x10, 1);
	problem_is(NULL, "two of a kind: the first counts");
	build_endpoint();
	put(AT_EXPRESS + 1, AT_MSI | 3, 1);
	problem_is(NULL, "the low two bits of a pointer are reserved");
	build_endpoint();
	put(AT_EXPRESS + 1, 0xfc, 1);
	put(0xfc, 0x0d, 1);
	problem_is(NULL, "a capability at the end of the first 256 bytes");
	build_endpoint();
	put_extended(AT_SRIOV, 0x0010, AT_ATS);
	problem_is("loop in the extended capability list",
		   "an extended list that comes back");
	build_endpoint();
	put_extended(AT_SRIOV, 0x0010, 0x080);
	problem_is("extended capability pointer out of bounds",
		   "an extended list that leaves its space");
	build_endpoint();
	put_extended(AT_SRIOV, 0x0010, 0xffc);
	put_extended(0xffc, 0x001b, 0);
	problem_is(NULL, "a second PASID at the very end is not looked at");
	build_endpoint();
	put_extended(AT_ATS, 0x0001, AT_ACS);
	put_extended(AT_SRIOV, 0x0010, 0xffc);
	put_extended(0xffc, 0x000f, 0);
	problem_is("capability cut off by the end of the space", "ATS at the very end");
}

/* A list that ends in ones was not seen to its end: nothing can be called absent. */
static void test_ones_within(void)
{
	struct pci_config got;

	build_endpoint();
	put(AT_ACS, UINT32_MAX, 4);
	IS(pcicap_decode(config, sizeof(config), &got), 0,
	   "an extended list that breaks off in ones decodes");
	OK(got.ats == PCI_SWITCH_ON, "what stood before the ones is known");
	OK(got.capabilities.problem || !got.capabilities.extended_seen,
	   "what would have followed them is not called absent");
}

static void test_refused(void)
{
	struct pci_config got = { .vendor_id = 4711 };

	memset(config, 0xff, sizeof(config));
	IS(pcicap_decode(config, sizeof(config), &got), -ENODEV, "all ones is no device");
	IS(got.vendor_id, 4711, "and touches nothing");
	build_endpoint();
	IS(pcicap_decode(config, 63, &got), -EBADMSG, "63 bytes are too few");
	IS(pcicap_decode(config, 0, &got), -EBADMSG, "so are none");
	IS(got.vendor_id, 4711, "and touch nothing");
}

/* Every offset lies in the space, with room for what is read there. */
static bool offsets_fit(const struct pci_capabilities *found, size_t size)
{
	const uint16_t offsets[] = {
		found->express, found->subsystem, found->iommu,
		found->acs,	found->ats,	  found->pri,
		found->pasid,	found->sriov,	  found->serial_number,
	};

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++)
		if (offsets[i] &&
		    (offsets[i] < PCI_CONFIG_HEADER || offsets[i] + 4u > size))
			return false;
	return true;
}

/* The exact allocation makes a sanitizer build see a read behind the end. */
static bool decode_copy(size_t size)
{
	unsigned char *copy = malloc(size ? size : 1);
	struct pci_config got;
	bool fits;
	int r;

	if (!copy)
		abort();
	memcpy(copy, config, size);
	r = pcicap_decode(copy, size, &got);
	fits = r < 0 ? size < PCI_CONFIG_HEADER || r == -ENODEV
		     : offsets_fit(&got.capabilities, size);
	free(copy);
	return fits;
}

static void test_truncated(void)
{
	size_t wrong = 0;

	build_endpoint();
	for (size_t size = 0; size <= sizeof(config); size++)
		wrong += !decode_copy(size);
	IS(wrong, 0, "cut at every length from 0 to 4096");
}

static void test_poisoned(void)
{
	static const unsigned char poison[] = { 0x00, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < ARRAY_SIZE(poison); i++) {
		size_t wrong = 0;

		build_endpoint();
		for (size_t at = 0; at < sizeof(config); at++) {
			unsigned char kept = config[at];

			config[at] = poison[i];
			wrong += !decode_copy(sizeof(config));
			wrong += !decode_copy(256);
			wrong += !decode_copy(64);
			config[at] = kept;
		}
		IS(wrong, 0, "every single byte set to %02x", poison[i]);
	}
}

static void test_random(void)
{
	unsigned int state = 1;
	size_t wrong = 0;

	for (int round = 0; round < 3000; round++) {
		for (size_t at = 0; at < sizeof(config); at++) {
			state = state * 1664525 + 1013904223;
			config[at] = (unsigned char)(state >> 24);
		}
		put(0x06, 0x0010, 2);
		wrong += !decode_copy(sizeof(config));
	}
	IS(wrong, 0, "3000 spaces of noise");
}

int main(void)
{
	test_endpoint();
	test_hidden();
	test_bridge();
	test_cardbus();
	test_amd_iommu();
	test_broken_lists();
	test_ones_within();
	test_refused();
	test_truncated();
	test_poisoned();
	test_random();
	return tap_end();
}
