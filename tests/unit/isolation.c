// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests analyze/isolation on made-up topologies: groups, reasons, drift, and doubt. */

#include "analyze/analyze.h"

#include "ivrs.h"
#include "topology.h"

/* All services that Linux asks for, and those that a switch port offers besides. */
enum { REQUIRED = 0x1d, OFFERED = 0x5f };

/* Topology and ACS give the groups that are listed, and everything fits. */
static void groups_fit(const char *groups, const char *name)
{
	size_t wrong = 0;

	form_groups(groups);
	analyze_isolation(&machine);
	LIST_FOR_EACH (&machine.groups, const struct group, group) {
		const char *got = joined(&group->predicted);
		const char *wanted = joined(&group->devices);
		bool alone = group->devices.list.count == 1;

		if (streq(got, wanted) && known_false(group->drift) &&
		    group->isolated.state == FACT_KNOWN && group->isolated.value == alone)
			continue;
		printf("# group of %s: predicted %s, drift %s, isolated %s\n", wanted,
		       got, truth(group->drift), truth(group->isolated));
		wrong++;
	}
	IS(wrong, 0, "%s", name);
}

/* The codes of a group's reasons, in order. */
static void codes_are(const char *bdf, const char *wanted)
{
	IS_TEXT(codes_of(bdf), wanted, "why of the group of %s", bdf);
}

static void test_ports(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("00:03.0", NULL, PCIE_ROOT_PORT, 0, 0);
	endpoint("01:00.0", "00:02.0");
	endpoint("02:00.0", "00:03.0");
	groups_fit("00:02.0|00:03.0 02:00.0|01:00.0", "root ports with and without ACS");
	codes_are("01:00.0", "alone");
	codes_are("02:00.0", "root-port-no-acs");
	IS_TEXT(group_at("02:00.0")->isolated_why.value, "2 devices share it",
		"the reason in short");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED & ~0x4);
	port("00:03.0", NULL, PCIE_ROOT_PORT, REQUIRED & ~0x4, REQUIRED & ~0x4);
	endpoint("01:00.0", "00:02.0");
	endpoint("02:00.0", "00:03.0");
	groups_fit("00:02.0 01:00.0|00:03.0|02:00.0",
		   "a service that is off opens the port, one that is not offered does "
		   "not");
	OK(strstr(reason_of("01:00.0", 0)->text.value, "switched off (ReqRedir)"),
	   "the service is named");

	start();
	several(port("00:02.0", NULL, PCIE_ROOT_PORT, 0, 0));
	port("00:02.1", NULL, PCIE_ROOT_PORT, 0, 0);
	several(port("00:02.2", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED));
	endpoint("01:00.0", "00:02.0");
	endpoint("02:00.0", "00:02.1");
	endpoint("03:00.0", "00:02.2");
	groups_fit("00:02.0 00:02.1 01:00.0 02:00.0|00:02.2|03:00.0",
		   "root ports that are functions of one device");
	codes_are("01:00.0", "multifunction-no-acs root-port-no-acs root-port-no-acs");
}

static void make_switch(uint16_t root, uint16_t first, uint16_t second)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, root);
	port("01:00.0", "00:02.0", PCIE_UPSTREAM_PORT, 0, 0);
	port("02:00.0", "01:00.0", PCIE_DOWNSTREAM_PORT, OFFERED, first);
	port("02:01.0", "01:00.0", PCIE_DOWNSTREAM_PORT, OFFERED, second);
	endpoint("03:00.0", "02:00.0");
	endpoint("04:00.0", "02:01.0");
}

static void test_switches(void)
{
	make_switch(REQUIRED, REQUIRED, REQUIRED);
	groups_fit("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0",
		   "a switch with ACS");
	make_switch(REQUIRED, REQUIRED, 0);
	groups_fit("00:02.0|01:00.0|02:00.0|02:01.0 04:00.0|03:00.0",
		   "a switch with ACS at one of two ports");
	codes_are("04:00.0", "downstream-no-acs");
	make_switch(0, REQUIRED, REQUIRED);
	groups_fit("00:02.0 01:00.0 02:00.0 02:01.0 03:00.0 04:00.0",
		   "ACS in a switch does not help below an open root port");
	codes_are("03:00.0", "root-port-no-acs root-port-no-acs root-port-no-acs "
			     "root-port-no-acs root-port-no-acs");
	make_switch(REQUIRED, REQUIRED, REQUIRED);
	several(at("01:00.0"));
	several(endpoint("01:00.1", "00:02.0"));
	groups_fit("00:02.0|01:00.0 01:00.1 02:00.0 02:01.0 03:00.0 04:00.0",
		   "an upstream port that is one of several functions");
	codes_are("02:00.0", "multifunction-no-acs upstream-no-acs upstream-no-acs "
			     "upstream-no-acs upstream-no-acs");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("01:00.0", "00:02.0", PCIE_UPSTREAM_PORT, 0, 0);
	port("02:00.0", "01:00.0", PCIE_DOWNSTREAM_PORT, 0, 0);
	port("03:00.0", "02:00.0", PCIE_UPSTREAM_PORT, 0, 0);
	port("04:00.0", "03:00.0", PCIE_DOWNSTREAM_PORT, OFFERED, REQUIRED);
	endpoint("05:00.0", "04:00.0");
	groups_fit("00:02.0|01:00.0|02:00.0 03:00.0 04:00.0 05:00.0",
		   "a switch with ACS behind one without");
}

static void test_conventional(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("01:00.0", "00:02.0", PCIE_TO_PCI_BRIDGE, 0, 0);
	conventional("02:01.0", "01:00.0");
	conventional("02:02.0", "01:00.0");
	conventional("02:1f.0", "01:00.0");
	conventional("03:01.0", "02:1f.0");
	groups_fit("00:02.0|01:00.0 02:01.0 02:02.0 02:1f.0 03:01.0",
		   "bridges to conventional PCI, one behind the other");
	codes_are("02:01.0",
		  "conventional-bus conventional-bus conventional-bus conventional-bus");

	start();
	conventional("00:1e.0", NULL);
	conventional("01:01.0", "00:1e.0");
	several(conventional("00:1f.0", NULL));
	several(conventional("00:1f.2", NULL));
	conventional("00:05.0", NULL);
	groups_fit("00:05.0|00:1e.0 01:01.0|00:1f.0 00:1f.2",
		   "conventional functions of a root complex");
	codes_are("00:1f.2", "multifunction-no-acs root-bus-peer");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	conventional("01:00.0", "00:02.0"); /* a bridge that hides its Express side */
	conventional("02:01.0", "01:00.0");
	groups_fit("00:02.0|01:00.0 02:01.0",
		   "a bridge without a PCI Express capability");

	start();
	conventional("00:1e.0", NULL);
	port("01:00.0", "00:1e.0", PCI_TO_PCIE_BRIDGE, 0, 0);
	endpoint("02:00.0", "01:00.0");
	groups_fit("00:1e.0 01:00.0 02:00.0", "PCI Express behind conventional PCI");
}

static void test_functions(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	several(endpoint("01:00.0", "00:02.0"));
	endpoint("01:00.1", "00:02.0");
	several(acs(endpoint("01:00.2", "00:02.0"), 0, 0));
	several(acs(endpoint("01:00.3", "00:02.0"), 0x4, 0));
	several(acs(endpoint("01:00.4", "00:02.0"), 0x4, 0x4));
	groups_fit("00:02.0|01:00.0 01:00.1 01:00.3|01:00.2|01:00.4",
		   "functions with and without ACS");
	codes_are("01:00.1", "multifunction-no-acs multifunction-no-acs");
	codes_are("01:00.2", "alone");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	several(endpoint("01:00.0", "00:02.0"));
	virtual_function("01:00.1", "00:02.0", "01:00.0");
	virtual_function("01:00.2", "00:02.0", "01:00.0");
	virtual_function("02:00.0", "00:02.0", "01:00.0");
	groups_fit("00:02.0|01:00.0|01:00.1|01:00.2|02:00.0",
		   "virtual functions are apart, on another bus too");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	several(endpoint("01:00.0", "00:02.0"));
	endpoint("01:01.0", "00:02.0");
	endpoint("01:01.1", "00:02.0");
	groups_fit("00:02.0|01:00.0|01:01.0 01:01.1",
		   "functions past the seventh are one device as Linux numbers it");

	start();
	several(at(conventional("00:00.0", NULL)->bdf));
	several(conventional("00:00.2", NULL))->unit_ref = NULL;
	several(conventional("00:00.3", NULL));
	groups_fit("00:00.0 00:00.3", "a function that no unit covers is in no group");
}

static void test_quirks(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	identify(several(endpoint("01:00.0", "00:02.0")), 0x8086, 0x10c9);
	identify(endpoint("01:00.1", "00:02.0"), 0x8086, 0x10c9);
	groups_fit("00:02.0|01:00.0|01:00.1",
		   "an adapter that keeps its functions apart");
	codes_are("01:00.1", "alone vendor-quirk");

	start();
	identify(several(port("00:1c.0", NULL, PCIE_ROOT_PORT, 0, 0)), 0x8086, 0x8c10);
	identify(port("00:1c.1", NULL, PCIE_ROOT_PORT, 0, 0), 0x8086, 0x8c20);
	endpoint("01:00.0", "00:1c.0");
	endpoint("02:00.0", "00:1c.1");
	groups_fit("00:1c.0|00:1c.1 02:00.0|01:00.0",
		   "root ports of a PCH, known and not");
	codes_are("01:00.0", "alone vendor-quirk");

	start();
	identify(port("00:1c.0", NULL, PCIE_ROOT_PORT, 0xf, 0), 0x8086, 0xa110);
	identify(port("00:1d.0", NULL, PCIE_ROOT_PORT, 0xf, 0xd), 0x8086, 0xa118);
	at("00:1c.0")->acs_egress = KNOWN_U64(0xd);
	at("00:1d.0")->acs_egress = KNOWN_U64(0);
	endpoint("01:00.0", "00:1c.0");
	endpoint("02:00.0", "00:1d.0");
	groups_fit("00:1c.0|00:1d.0 02:00.0|01:00.0",
		   "root ports whose ACS registers have 32 bits each");

	start();
	identify(several(port("00:01.0", NULL, PCIE_RC_ENDPOINT, 0, 0)), 0x8086, 0x2021);
	identify(port("00:01.1", NULL, PCIE_RC_ENDPOINT, 0, 0), 0x8086, 0x2021);
	identify(several(port("00:02.0", NULL, PCIE_RC_ENDPOINT, 0, 0)), 0x1022, 0x2021);
	identify(port("00:02.1", NULL, PCIE_RC_ENDPOINT, 0, 0), 0x1022, 0x2021);
	groups_fit("00:01.0|00:01.1|00:02.0 00:02.1", "integrated endpoints of Intel");
	codes_are("00:02.1", "multifunction-no-acs root-bus-peer");

	start();
	firmware("IVRS");
	identify(several(conventional("00:14.0", NULL)), 0x1002, 0x4385);
	identify(conventional("00:14.2", NULL), 0x1002, 0x4383);
	identify(conventional("00:14.5", NULL), 0x1002, 0x1111);
	groups_fit("00:14.0|00:14.2|00:14.5", "a south bridge beside an AMD IOMMU");
	start();
	identify(several(conventional("00:14.0", NULL)), 0x1002, 0x4385);
	identify(conventional("00:14.2", NULL), 0x1002, 0x4383);
	groups_fit("00:14.0 00:14.2", "and without one");

	start();
	identify(port("00:02.0", NULL, PCIE_ROOT_PORT, 0, 0), 0x1d17, 0x0715);
	identify(port("00:03.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED), 0x1d17,
		 0x0800);
	endpoint("01:00.0", "00:02.0");
	endpoint("02:00.0", "00:03.0");
	identify(several(at("01:00.0")), 0x8088, 0x1001);
	identify(endpoint("01:00.1", "00:02.0"), 0x8088, 0x0200);
	identify(endpoint("01:00.2", "00:02.0"), 0x8088, 0x0201);
	groups_fit("00:02.0|00:03.0 02:00.0|01:00.0|01:00.1 01:00.2",
		   "quirks that say no");

	/* It passes for no alias, but its own lack of ACS counts. */
	start();
	identify(port("00:00.0", NULL, PCIE_TO_PCI_BRIDGE, 0, 0), 0x14e4, 0x9000);
	identify(port("01:00.0", "00:00.0", PCIE_ROOT_PORT, 0, 0), 0x177d, 0xaf84);
	endpoint("02:00.0", "01:00.0");
	groups_fit("00:00.0 01:00.0 02:00.0", "a bridge behind which the IOMMU stands");
	codes_are("02:00.0", "conventional-bus conventional-bus");
}

static void test_aliases(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	identify(several(acs(endpoint("01:00.0", "00:02.0"), 0, 0)), 0x1b4b, 0x9172);
	identify(acs(endpoint("01:00.1", "00:02.0"), 0, 0), 0x1b4b, 0x91a4);
	identify(acs(endpoint("01:00.2", "00:02.0"), 0, 0), 0x1b4b, 0x91a4);
	groups_fit("00:02.0|01:00.0 01:00.1|01:00.2",
		   "a function that uses the address of another");
	codes_are("01:00.1", "dma-alias");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	identify(endpoint("01:00.0", "00:02.0"), 0x1b4b, 0x9172);
	groups_fit("00:02.0|01:00.0", "or an address that nobody else has");

	start();
	identify(several(acs(endpoint("00:04.0", NULL), 0, 0)), 0x1180, 0xe476);
	identify(acs(endpoint("00:04.1", NULL), 0, 0), 0x1180, 0xe832);
	identify(endpoint("00:05.0", NULL), 0x10b5, 0x87b1);
	groups_fit("00:04.0 00:04.1 00:05.0",
		   "function 0, and every function of the bus");

	start();
	identify(conventional("00:0e.0", NULL), 0x9005, 0x0285);
	at("00:0e.0")->subsystem_vendor_id = KNOWN_U64(0x9005);
	at("00:0e.0")->subsystem_device_id = KNOWN_U64(0x02bc);
	conventional("00:01.0", NULL);
	groups_fit("00:01.0 00:0e.0", "one board among those with its identifiers");
	at("00:0e.0")->subsystem_device_id = KNOWN_U64(0x02bd);
	groups_fit("00:01.0|00:0e.0", "and another");

	start();
	identify(endpoint("00:0e.0", NULL), 0x8086, 0x201d);
	port("10000:00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	endpoint("10000:01:00.0", "10000:00:02.0");
	at("10000:00:02.0")->host_ref = at("10000:01:00.0")->host_ref = at("00:0e.0");
	groups_fit("00:0e.0 10000:00:02.0 10000:01:00.0",
		   "what is behind a controller with a segment of its own");
	codes_are("10000:01:00.0", "dma-alias dma-alias");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	identify(several(acs(endpoint("01:00.0", "00:02.0"), 0, 0)), 0x11f8, 0x8532);
	at("01:00.0")->class_id = KNOWN_U64(0x068000);
	acs(endpoint("01:00.1", "00:02.0"), 0, 0);
	form_groups("00:02.0|01:00.0|01:00.1");
	analyze_isolation(&machine);
	OK(group_at("00:02.0")->predicted.state == FACT_KNOWN &&
		   group_at("01:00.1")->predicted.state == FACT_UNREAD &&
		   group_at("01:00.1")->isolated.state == FACT_UNREAD,
	   "addresses that only a driver knows leave the functions of the bus open");
}

/* The firmware of an AMD machine may know of aliases too (AMD IOMMU 5.2.2.3). */
static void test_firmware_aliases(void)
{
	static const char entries[] = "\x42\x28\0\0\0\x30\0\0" /* 05.0: as 06.0 */
				      "\x43\x40\0\0\0\x38\0\0" /* 08.0 to … as 07.0 */
				      "\x04\x50\0\0"	       /* … 0a.0 */
				      "\x42\x58\0\0\0\x30\x01\0"; /* 0b.0: as 01:06.0 */
	static const char *const functions[] = { "00:05.0", "00:06.0", "00:07.0",
						 "00:09.0", "00:0b.0", "01:06.0" };
	struct firmware_table *ivrs;

	start();
	the_unit.kind = KNOWN_ENUM(UNIT_AMD_VI);
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		endpoint(functions[i], i == 5 ? "00:02.0" : NULL);
	UNIT(0x10, entries);
	ivrs = firmware_table_new(&machine.arena, "IVRS", FACT_KNOWN, bytes,
				  48 + 24 + sizeof(entries) - 1);
	list_add(&machine.arena, &machine.tables, ivrs);
	groups_fit("00:02.0|00:05.0 00:06.0|00:07.0 00:09.0|00:0b.0|01:06.0",
		   "aliases that the firmware knows, on the same bus");
	codes_are("00:05.0", "dma-alias");
	OK(strstr(reason_of("00:05.0", 0)->text.value, "IVRS"), "with their source");
	the_unit.kind = KNOWN_ENUM(UNIT_INTEL_VTD);
	groups_fit("00:02.0|00:05.0|00:06.0|00:07.0|00:09.0|00:0b.0|01:06.0",
		   "which other units do not heed");
	the_unit.kind = KNOWN_ENUM(UNIT_AMD_VI);
	ivrs->state = FACT_DENIED;
	ivrs->decoded.header = NULL;
	analyze_isolation(&machine);
	OK(group_at("00:05.0")->predicted.state == FACT_DENIED &&
		   group_at("01:06.0")->predicted.state == FACT_KNOWN,
	   "without the table only a function with a bus of its own is sure");
}

static void test_drift(void)
{
	make_switch(REQUIRED, REQUIRED, 0);
	port("00:03.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	endpoint("05:00.0", "00:03.0");
	form_groups("00:02.0|00:03.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0|05:00.0");
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "02:01.0 04:00.0",
		"drift where ACS was switched off, and nowhere else");
	IS_TEXT(joined(&group_at("04:00.0")->predicted), "0000:02:01.0,0000:04:00.0",
		"what the group would be now");
	OK(known_false(group_at("04:00.0")->isolated) &&
		   known_false(group_at("02:01.0")->isolated) &&
		   known_true(group_at("03:00.0")->isolated),
	   "it isolates no more");
	codes_are("04:00.0", "downstream-no-acs");
	codes_are("02:01.0", "downstream-no-acs");
	OK(strstr(reason_of("04:00.0", 0)->text.value, "when the groups were formed"),
	   "the reason says that it was otherwise");

	make_switch(0, REQUIRED, REQUIRED);
	form_groups("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0");
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "00:02.0 01:00.0 02:00.0 02:01.0 03:00.0 04:00.0",
		"an open root port concerns everything below it");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	form_groups("00:02.0|01:00.0|02:00.0 03:00.0|02:01.0|04:00.0");
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "02:00.0", "drift where ACS was switched on");
	OK(known_false(group_at("03:00.0")->isolated), "a group of two isolates none");
	codes_are("03:00.0", "downstream-no-acs");
	IS_TEXT(reason_of("03:00.0", 0)->remedy.value,
		"the next boot, which forms the groups anew", "which the next boot ends");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	form_groups("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0 04:00.0");
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "", "what ACS cannot have caused is no drift");
	OK(known_false(group_at("03:00.0")->isolated) &&
		   strstr(group_at("03:00.0")->isolated_why.value, "not known here"),
	   "and is told as what it is");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	several(acs(endpoint("01:00.0", "00:02.0"), 0x4, 0));
	endpoint("01:00.1", "00:02.0");
	endpoint("01:00.2", "00:02.0");
	form_groups("00:02.0|01:00.0|01:00.1 01:00.2");
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "01:00.0 01:00.1", "drift between functions of a device");
	IS_TEXT(reason_of("01:00.1", 0)->bdf.value, "0000:01:00.0",
		"the one whose ACS was switched off is named");
}

static void test_override(void)
{
	const char *groups = "00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0";

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	no_acs(at("02:00.0"));
	form_groups(groups);
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "", "a port without ACS cannot drift");
	OK(group_at("03:00.0")->isolated.state == FACT_UNREAD,
	   "whether another quirk isolates is not known");
	codes_are("03:00.0", "downstream-no-acs");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	no_acs(at("02:00.0"));
	parameter("pcie_acs_override", "downstream,multifunction");
	form_groups(groups);
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "", "nor when ACS is overridden");
	OK(known_false(group_at("03:00.0")->isolated) &&
		   known_false(group_at("02:00.0")->isolated) &&
		   known_true(group_at("04:00.0")->isolated),
	   "which isolates nothing");
	codes_are("03:00.0", "acs-override");
	codes_are("04:00.0", "alone");

	make_switch(REQUIRED, 0, REQUIRED);
	parameter("pcie_acs_override", "downstream");
	form_groups(groups);
	analyze_isolation(&machine);
	IS_TEXT(where_drift(), "02:00.0 03:00.0",
		"a port that has ACS is not overridden: it drifts");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	no_acs(at("02:00.0"));
	parameter("pcie_acs_override", "downstream");
	groups_fit("00:02.0|01:00.0|02:00.0 03:00.0|02:01.0|04:00.0",
		   "a kernel that does not know the parameter is not blamed");
	codes_are("03:00.0", "downstream-no-acs");
}

/* As for an ordinary user: 64 bytes of everything. */
static void hide(struct device *device)
{
	device->port_type.state = device->port_number.state = FACT_DENIED;
	device->acs_capability.state = device->acs_control.state = FACT_DENIED;
	device->acs_egress.state = FACT_DENIED;
}

static void test_doubt(void)
{
	size_t wrong = 0;

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	several(conventional("00:1f.0", NULL));
	conventional("00:1f.2", NULL);
	conventional("00:05.0", NULL);
	LIST_FOR_EACH (&machine.devices, struct device, device)
		hide(device);
	form_groups("00:02.0|00:05.0|00:1f.0 00:1f.2|01:00.0|02:00.0|02:01.0|03:00.0|"
		    "04:00.0");
	analyze_isolation(&machine);
	LIST_FOR_EACH (&machine.groups, struct group, group)
		if (!streq(group->devices.list.items[0], "0000:00:05.0"))
			wrong += group->predicted.state != FACT_DENIED ||
				 group->drift.state != FACT_DENIED ||
				 group->why.state != FACT_DENIED ||
				 known_true(group->isolated);
	IS(wrong, 0, "nothing is predicted from what may not be read");
	OK(known_true(group_at("00:05.0")->isolated),
	   "but for a function that needs nothing of it");
	OK(known_false(group_at("00:1f.0")->isolated),
	   "two in a group are not isolated, whatever the reason");
	OK(group_at("04:00.0")->isolated.state == FACT_DENIED, "one alone may be");
	OK(strstr(group_at("04:00.0")->isolated_why.value, "may not be read"),
	   "the reason is told");

	make_switch(REQUIRED, REQUIRED, 0);
	hide(at("03:00.0"));
	groups_fit("00:02.0|01:00.0|02:00.0|02:01.0 04:00.0|03:00.0",
		   "what does not matter may stay hidden");
	hide(at("00:02.0"));
	analyze_isolation(&machine);
	OK(group_at("03:00.0")->predicted.state == FACT_DENIED &&
		   group_at("01:00.0")->predicted.state == FACT_DENIED &&
		   group_at("04:00.0")->predicted.state == FACT_DENIED,
	   "a root port that is hidden concerns all that is below");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("02:00.0")->upstream_ref = NULL;
	form_groups("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0");
	analyze_isolation(&machine);
	OK(group_at("03:00.0")->predicted.state == FACT_UNREAD &&
		   strstr(group_at("03:00.0")->isolated_why.value, "the bridge above"),
	   "a bridge that is missing leaves it open");
	IS_TEXT(joined(&group_at("04:00.0")->predicted), "0000:04:00.0",
		"beside it all is known");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("02:00.0")->acs_capability.state = FACT_MALFORMED;
	form_groups("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0");
	analyze_isolation(&machine);
	OK(group_at("03:00.0")->isolated.state == FACT_MALFORMED, "nonsense is nonsense");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("02:00.0")->acs_capability.state = FACT_UNREAD;
	groups_fit("00:02.0|01:00.0|02:00.0 03:00.0|02:01.0|04:00.0",
		   "what the kernel cannot reach counts as missing there");

	start();
	machine.tables_state = FACT_DENIED;
	identify(several(conventional("00:14.0", NULL)), 0x1002, 0x4385);
	identify(conventional("00:14.2", NULL), 0x1002, 0x4383);
	form_groups("00:14.0|00:14.2");
	analyze_isolation(&machine);
	OK(group_at("00:14.0")->predicted.state == FACT_DENIED &&
		   strstr(group_at("00:14.0")->isolated_why.value, "IVRS"),
	   "a quirk that depends on a table nobody saw");
}

static void test_no_prediction(void)
{
	struct group *group;

	start();
	conventional("00:05.0", NULL)->unit_ref = NULL;
	conventional("00:06.0", NULL)->unit_ref = &other_unit;
	conventional("00:07.0", NULL);
	form_groups("00:05.0|00:06.0|00:07.0|platform.0|00:07.1|");
	group_at("00:07.0")->name = KNOWN_STR("vfio-noiommu");
	analyze_isolation(&machine);
	OK(group_at("00:05.0")->predicted.state == FACT_UNREAD &&
		   group_at("00:05.0")->isolated.state == FACT_UNREAD &&
		   strstr(group_at("00:05.0")->isolated_why.value, "no IOMMU unit"),
	   "without a unit there is no prediction");
	OK(group_at("00:06.0")->predicted.state == FACT_UNREAD &&
		   strstr(group_at("00:06.0")->isolated_why.value, "of its own"),
	   "nor for one with rules of its own");
	OK(group_at("00:07.0")->predicted.state == FACT_ABSENT &&
		   known_false(group_at("00:07.0")->isolated),
	   "no-IOMMU mode isolates nothing");
	group = machine.groups.items[3];
	OK(group->predicted.state == FACT_ABSENT && group->isolated.state == FACT_ABSENT,
	   "a device that is not PCI has no topology");
	group = machine.groups.items[4];
	OK(group->predicted.state == FACT_UNREAD, "a member that is gone");
	group = machine.groups.items[5];
	OK(group->isolated.state == FACT_ABSENT, "an empty group");

	start();
	conventional("00:05.0", NULL);
	form_groups("00:05.0");
	group_at("00:05.0")->devices.state = FACT_DENIED;
	analyze_isolation(&machine);
	OK(group_at("00:05.0")->isolated.state == FACT_DENIED,
	   "a group that could not be listed");

	start();
	analyze_isolation(&machine);
	OK(machine.groups.count == 0, "no devices and no groups");
}

/* Bridges above each other that are more, or others, than PCI can have. */
static void test_hostile(void)
{
	enum { DEEP = 3000 };
	char bdf[16], above[16] = "";
	struct group *last;

	start();
	for (unsigned int i = 0; i < DEEP; i++) {
		snprintf(bdf, sizeof(bdf), "%04x:%02x:00.0", i >> 8, i & 0xff);
		port(bdf, *above ? above : NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
		memcpy(above, bdf, sizeof(above));
	}
	form_groups("0000:00:00.0|000b:b7:00.0");
	analyze_isolation(&machine);
	last = machine.groups.items[1];
	OK(last->predicted.state != FACT_KNOWN, "3,000 bridges in a row give no answer");
	OK(known_true(group_at("0000:00:00.0")->isolated), "the first of them is sound");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("00:02.0")->upstream_ref = at("04:00.0");
	at("00:02.0")->upstream = KNOWN_STR("0000:04:00.0");
	form_groups("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0");
	analyze_isolation(&machine);
	OK(group_at("04:00.0")->predicted.state != FACT_KNOWN,
	   "nor do bridges in a circle");

	make_switch(0, 0, 0);
	at("00:02.0")->upstream_ref = at("00:02.0");
	at("00:02.0")->upstream = KNOWN_STR("0000:00:02.0");
	form_groups("00:02.0|01:00.0|02:00.0|02:01.0|03:00.0|04:00.0");
	analyze_isolation(&machine);
	OK(group_at("04:00.0")->predicted.state != FACT_KNOWN,
	   "nor does a bridge above itself");
}

int main(void)
{
	test_ports();
	test_switches();
	test_conventional();
	test_functions();
	test_quirks();
	test_aliases();
	test_firmware_aliases();
	test_drift();
	test_override();
	test_doubt();
	test_no_prediction();
	test_hostile();
	system_free(&machine);
	return tap_end();
}
