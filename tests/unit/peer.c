// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests analyze/peer on made-up topologies: which way requests between peers go. */

#include "analyze/analyze.h"

#include "topology.h"

enum {
	REQUIRED = 0x1d,
	OFFERED = 0x7f,
	REDIRECT = 0x04,
	COMPLETIONS = 0x08,
	FORWARDING = 0x10,
	EGRESS = 0x20,
	DIRECT = 0x40,
	BLOCKING = 0x02,
};

static struct path peer;

/* The verdict on a request from one to the other, and the hop that decides. */
static void goes(const char *from, const char *to, const char *verdict, const char *turn,
		 const char *name)
{
	const char *got = "unknown", *where;

	isolation_peer(&machine, at(from), at(to), &peer);
	if (peer.verdict.state == FACT_KNOWN)
		got = path_verdict_names[peer.verdict.value].name;
	where = peer.turn.state == FACT_KNOWN ? peer.turn.value + 5 : "-";
	OK(streq(got, verdict) && streq(where, turn) && peer.why.state == FACT_KNOWN,
	   "%s: %s to %s", name, from, to);
	if (!streq(got, verdict) || !streq(where, turn))
		printf("# %s at %s: %s\n", got, where, peer.why.value);
}

/* Whether a hop of the last inquiry is told with these words. */
static void tells(const char *hop, const char *words)
{
	bool found = false;

	LIST_FOR_EACH (&peer.hops.list, const struct path_hop, item)
		found |= streq(item->bdf.value, full(hop)) &&
			 strstr(item->text.value, words);
	OK(found, "told of %s: %s", hop, words);
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

static void test_switch(void)
{
	make_switch(REQUIRED, REQUIRED, REQUIRED);
	goes("03:00.0", "04:00.0", "through-iommu", "-", "a switch with ACS");
	tells("02:00.0", "ReqRedir is on");
	tells("00:02.0", "UpstreamFwd is on");
	goes("03:00.0", "03:00.0", "same-device", "03:00.0", "itself");
	goes("03:00.0", "02:00.0", "short-cut", "02:00.0", "a port on the way");
	goes("02:00.0", "03:00.0", "unknown", "02:00.0", "a port to what is below");
	goes("03:00.0", "02:01.0", "through-iommu", "-", "the port of another");

	make_switch(REQUIRED, REQUIRED & ~REDIRECT, REQUIRED);
	goes("03:00.0", "04:00.0", "short-cut", "02:00.0", "without ReqRedir");
	goes("04:00.0", "03:00.0", "through-iommu", "-", "the other way");
	tells("02:01.0", "ReqRedir is on");

	make_switch(REQUIRED, REQUIRED, REQUIRED & ~COMPLETIONS);
	goes("03:00.0", "04:00.0", "through-iommu", "-", "without CmpltRedir");
	tells("02:01.0", "CmpltRedir is off");

	make_switch(REQUIRED & ~FORWARDING, REQUIRED, REQUIRED);
	goes("03:00.0", "04:00.0", "unknown", "00:02.0", "without UpstreamFwd above");
	tells("00:02.0", "UpstreamFwd is off");
	no_acs(at("00:02.0"));
	goes("03:00.0", "04:00.0", "unknown", "00:02.0", "without ACS above");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	no_acs(at("02:00.0"));
	goes("03:00.0", "04:00.0", "short-cut", "02:00.0", "without ACS");
	tells("02:00.0", "has no ACS capability");
	identify(at("02:00.0"), 0x1d17, 0x0715);
	goes("03:00.0", "04:00.0", "through-iommu", "-", "a port that Linux knows");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("02:00.0")->acs_capability.state = FACT_DENIED;
	goes("03:00.0", "04:00.0", "unknown", "02:00.0", "what may not be read");
	at("01:00.0")->port_type.state = FACT_DENIED;
	goes("03:00.0", "04:00.0", "unknown", "01:00.0", "nor its kind");
	at("02:01.0")->upstream_ref = NULL;
	at("02:01.0")->upstream.state = FACT_UNREAD;
	goes("03:00.0", "04:00.0", "unknown", "03:00.0", "a bridge that is missing");

	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("03:00.0")->unit_ref = NULL;
	at("03:00.0")->unit.state = FACT_ABSENT;
	goes("03:00.0", "04:00.0", "no-iommu", "-", "nobody in charge");
	at("03:00.0")->unit.state = FACT_DENIED;
	goes("03:00.0", "04:00.0", "unknown", "03:00.0", "somebody, perhaps");
}

static void test_translated(void)
{
	make_switch(REQUIRED, REQUIRED | DIRECT, REQUIRED);
	goes("03:00.0", "04:00.0", "through-iommu", "-", "DirectTrans without ATS");
	at("03:00.0")->ats = KNOWN_ENUM(CAPABILITY_ON);
	goes("03:00.0", "04:00.0", "short-cut", "02:00.0", "DirectTrans and ATS");
	tells("02:00.0", "DirectTrans is on");
	acs(at("02:00.0"), OFFERED, REQUIRED | DIRECT | BLOCKING);
	goes("03:00.0", "04:00.0", "through-iommu", "-", "translated ones are refused");
}

/* PCI Express Base 6.0, 6.12.3: with Egress Control the vector decides. */
static void test_egress(void)
{
	make_switch(REQUIRED, REQUIRED | EGRESS, REQUIRED);
	goes("03:00.0", "04:00.0", "short-cut", "02:00.0", "Egress Control lets it pass");
	at("02:00.0")->acs_egress = KNOWN_U64(1 << 1);
	goes("03:00.0", "04:00.0", "through-iommu", "-", "and redirects it");
	acs(at("02:00.0"), OFFERED, EGRESS)->acs_egress = KNOWN_U64(1 << 1);
	goes("03:00.0", "04:00.0", "refused", "02:00.0", "or refuses it");
	at("02:01.0")->port_number = KNOWN_U64(40);
	goes("03:00.0", "04:00.0", "unknown", "02:00.0", "a port beyond the vector");

	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	several(acs(endpoint("01:00.0", "00:02.0"), OFFERED, REDIRECT | EGRESS));
	acs(endpoint("01:00.1", "00:02.0"), OFFERED, REDIRECT);
	at("01:00.0")->acs_egress = KNOWN_U64(1 << 1);
	goes("01:00.0", "01:00.1", "through-iommu", "-", "functions by their numbers");
	at("01:00.0")->acs_egress = KNOWN_U64(1 << 0);
	goes("01:00.0", "01:00.1", "same-device", "01:00.0", "and not by others");
}

static void test_functions(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	several(endpoint("01:00.0", "00:02.0"));
	several(acs(endpoint("01:00.1", "00:02.0"), REDIRECT, REDIRECT));
	several(acs(endpoint("01:00.2", "00:02.0"), REDIRECT, 0));
	several(acs(endpoint("01:00.3", "00:02.0"), COMPLETIONS, 0));
	virtual_function("01:00.4", "00:02.0", "01:00.0");
	acs(virtual_function("01:00.5", "00:02.0", "01:00.0"), REDIRECT, 0);
	goes("01:00.0", "01:00.1", "same-device", "01:00.0", "functions without ACS");
	goes("01:00.1", "01:00.0", "through-iommu", "-", "with ReqRedir");
	goes("01:00.2", "01:00.0", "same-device", "01:00.2", "with ReqRedir off");
	goes("01:00.3", "01:00.0", "through-iommu", "-", "with nothing to redirect");
	goes("01:00.4", "01:00.0", "through-iommu", "-", "a virtual function");
	goes("01:00.5", "01:00.4", "same-device", "01:00.5", "one that says otherwise");
}

static void test_conventional(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("00:03.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("01:00.0", "00:02.0", PCIE_TO_PCI_BRIDGE, 0, 0);
	conventional("02:01.0", "01:00.0");
	conventional("02:02.0", "01:00.0");
	conventional("02:03.0", "01:00.0");
	conventional("03:01.0", "02:03.0");
	endpoint("04:00.0", "00:03.0");
	goes("02:01.0", "02:02.0", "short-cut", "01:00.0", "a conventional bus");
	goes("02:01.0", "03:01.0", "short-cut", "01:00.0", "and one behind it");
	goes("02:01.0", "04:00.0", "through-iommu", "-", "out of it");
	goes("04:00.0", "02:01.0", "through-iommu", "-", "and into it");
}

static void test_root(void)
{
	start();
	port("00:02.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("00:03.0", NULL, PCIE_ROOT_PORT, OFFERED, REQUIRED);
	port("00:04.0", NULL, PCIE_ROOT_PORT, 0, 0);
	several(conventional("00:1f.0", NULL));
	several(conventional("00:1f.2", NULL));
	identify(port("00:05.0", NULL, PCIE_RC_ENDPOINT, 0, 0), 0x8086, 0x2021);
	endpoint("01:00.0", "00:02.0");
	endpoint("02:00.0", "00:03.0");
	endpoint("03:00.0", "00:04.0");
	goes("01:00.0", "02:00.0", "through-iommu", "-", "root ports with ACS");
	goes("01:00.0", "03:00.0", "unknown", "00:04.0", "at one of them");
	goes("03:00.0", "01:00.0", "unknown", "00:04.0", "at the other");
	goes("00:1f.0", "00:1f.2", "same-device", "00:1f.0", "functions of the chipset");
	goes("00:1f.0", "01:00.0", "unknown", "00:1f.0", "out of the chipset");
	goes("00:05.0", "01:00.0", "through-iommu", "-", "an integrated endpoint");
	acs(at("00:02.0"), OFFERED, REQUIRED | DIRECT);
	at("01:00.0")->ats = KNOWN_ENUM(CAPABILITY_ON);
	goes("01:00.0", "02:00.0", "unknown", "00:02.0", "translated requests");
	acs(at("00:02.0"), OFFERED, EGRESS)->acs_egress = KNOWN_U64(1 << 3);
	goes("01:00.0", "02:00.0", "refused", "00:02.0", "a port that refuses");
	identify(acs(at("00:03.0"), 0xf, 0), 0x8086, 0xa110);
	at("00:03.0")->acs_egress = KNOWN_U64(0xd);
	goes("02:00.0", "01:00.0", "unknown", "00:02.0", "registers of 32 bits");
	tells("00:03.0", "ReqRedir is on");
	at("01:00.0")->host_ref = at("00:05.0");
	goes("01:00.0", "02:00.0", "unknown", "01:00.0", "behind a controller");
}

static void test_circle(void)
{
	make_switch(REQUIRED, REQUIRED, REQUIRED);
	at("00:02.0")->upstream_ref = at("02:01.0");
	at("00:02.0")->upstream = KNOWN_STR("0000:02:01.0");
	isolation_peer(&machine, at("03:00.0"), at("04:00.0"), &peer);
	OK(peer.verdict.state != FACT_KNOWN, "bridges in a circle give no answer");
}

int main(void)
{
	test_switch();
	test_translated();
	test_egress();
	test_functions();
	test_conventional();
	test_root();
	test_circle();
	system_free(&machine);
	return tap_end();
}
