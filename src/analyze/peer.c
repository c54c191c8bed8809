// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which way a request goes that one function sends to another: to the IOMMU, or round it?
 *
 * PCI Express Base 6.0, 6.12.3: where the ways of both meet, the Request Redirect, Egress
 * Control and Direct Translated P2P of the function or port through which the request
 * comes in decide whether it goes straight across. Sent upwards, it meets ports that have
 * its target below themselves; there Upstream Forwarding decides. What a root complex
 * does between its ports is left to it.
 */

#include "analyze/analyze.h"

#include "analyze/acs.h"
#include "analyze/hop.h"

enum { CHAIN_MAX = 256 }; /* PCI numbers no more buses */

/* A function and the bridges above it, up to the root complex. */
struct chain {
	struct device *items[CHAIN_MAX];
	size_t count;
	bool whole;
};

/* What a function does with a request for a peer beside it. */
enum crossing { CROSS_UP, CROSS_OVER, CROSS_BLOCKED, CROSS_UNKNOWN };

struct inquiry {
	struct system *system;
	struct device *from, *to;
	struct device *in, *out; /* where the ways meet: the two on the same bus */
	struct device *above;	 /* the bridge above that bus; NULL on a root bus */
	struct chain chain;	 /* of the sender */
	struct path *path;
};

static void follow(struct device *device, struct chain *ret)
{
	ret->count = 0;
	while (device && ret->count < CHAIN_MAX) {
		ret->items[ret->count++] = device;
		ret->whole = is_on_root_bus(device);
		device = device->upstream_ref;
	}
	ret->whole = ret->whole && !device;
}

static size_t find(const struct chain *chain, const struct device *device)
{
	size_t i = 0;

	while (i < chain->count && chain->items[i] != device)
		i++;
	return i;
}

static void add_hop(struct inquiry *inquiry, const struct device *device,
		    const char *text)
{
	struct arena *arena = &inquiry->system->arena;
	struct path_hop *hop = arena_new(arena, struct path_hop);

	hop->name = device->bdf;
	hop->kind = path_hop_kind(device);
	hop->bdf = KNOWN_STR(device->bdf);
	hop->address = path_address(inquiry->from);
	hop->text = KNOWN_STR(text);
	hop->path.state = FACT_ABSENT;
	list_add(arena, &inquiry->path->hops.list, hop);
}

static void decide(struct inquiry *inquiry, enum path_verdict verdict,
		   const struct device *turn, const char *why)
{
	inquiry->path->verdict = KNOWN_ENUM((int)verdict);
	inquiry->path->turn.state = FACT_ABSENT;
	if (turn)
		inquiry->path->turn = KNOWN_STR(turn->bdf);
	inquiry->path->why = KNOWN_STR(why);
}

static void leave_open(struct inquiry *inquiry, const struct device *turn,
		       const char *why)
{
	inquiry->path->turn = KNOWN_STR(turn->bdf);
	inquiry->path->why = KNOWN_STR(why);
}

/* The bit of the Egress Control Vector that stands for a peer, -1 where unknown. */
static int egress_bit(const struct inquiry *inquiry)
{
	const struct device *in = inquiry->in, *out = inquiry->out;
	uint64_t number;

	if (is_downward(in))
		number = out->port_number.value;
	else /* under ARI the device number is part of the function's */
		number = (inquiry->above ? out->address.device * 8u : 0) +
			 (unsigned int)out->address.function;
	if (in->acs_egress.state != FACT_KNOWN || acs_has_dwords(in) || number > 31 ||
	    (is_downward(in) && out->port_number.state != FACT_KNOWN))
		return -1;
	return in->acs_egress.value >> number & 1;
}

/* 6.12.3, the table of Request Redirect and Egress Control. */
static enum crossing cross_by_registers(struct inquiry *inquiry)
{
	uint64_t offered = inquiry->in->acs_capability.value;
	uint64_t control = acs_control_of(inquiry->in).value;
	/* Who could turn requests round has to offer not to. */
	bool can_turn = offered & ACS_REQUEST_REDIRECT;
	bool redirects = !can_turn || control & ACS_REQUEST_REDIRECT;
	bool egress = offered & control & ACS_EGRESS_CONTROL;
	int chosen = egress ? egress_bit(inquiry) : 1;

	if (!egress) {
		add_hop(inquiry, inquiry->in,
			!can_turn ? "turns no requests round: it does not offer ReqRedir"
			: redirects ? "sends requests for peers upwards: ReqRedir is on"
				    : "turns requests for peers round: ReqRedir is off");
		return redirects ? CROSS_UP : CROSS_OVER;
	}
	if (chosen < 0) {
		add_hop(inquiry, inquiry->in,
			"goes by its Egress Control Vector, which does not show the "
			"peer's bit here");
		return CROSS_UNKNOWN;
	}
	if (!chosen) {
		add_hop(inquiry, inquiry->in,
			"turns requests for this peer round: EgressCtrl is on, and lets "
			"it through");
		return CROSS_OVER;
	}
	add_hop(inquiry, inquiry->in,
		redirects ? "sends requests for this peer upwards: EgressCtrl and "
			    "ReqRedir are on"
			  : "refuses requests for this peer: EgressCtrl is on, ReqRedir "
			    "is off");
	return redirects ? CROSS_UP : CROSS_BLOCKED;
}

static enum crossing cross(struct inquiry *inquiry)
{
	struct acs_answer acs = acs_judge(inquiry->system, inquiry->in);

	if (acs.verdict == ACS_UNKNOWN) {
		add_hop(inquiry, inquiry->in, "could not be looked at closely enough");
		return CROSS_UNKNOWN;
	}
	/* A virtual function may have the capability and Linux not ask for it. */
	if (acs.basis == ACS_BY_REGISTERS ||
	    (acs.basis == ACS_BY_KIND && inquiry->in->acs_capability.state == FACT_KNOWN))
		return cross_by_registers(inquiry);
	if (acs.basis == ACS_BY_QUIRK)
		add_hop(inquiry, inquiry->in,
			acs.verdict == ACS_ISOLATES
				? "isolates, as Linux knows from its identifiers"
				: "does not isolate, as Linux knows from its "
				  "identifiers");
	else if (acs.verdict == ACS_ISOLATES)
		add_hop(inquiry, inquiry->in,
			"has no ACS capability, and Linux takes a function of its kind "
			"to have no peers");
	else
		add_hop(inquiry, inquiry->in, "has no ACS capability");
	return acs.verdict == ACS_ISOLATES ? CROSS_UP : CROSS_OVER;
}

/* Requests whose addresses the IOMMU has translated already, under ATS. */
static bool goes_translated(struct inquiry *inquiry)
{
	uint64_t control = acs_control_of(inquiry->in).value;

	if (inquiry->from->ats.state != FACT_KNOWN ||
	    inquiry->from->ats.value != CAPABILITY_ON ||
	    acs_control_of(inquiry->in).state != FACT_KNOWN ||
	    !(control & ACS_DIRECT_TRANSLATED) || control & ACS_TRANSLATION_BLOCKING)
		return false;
	add_hop(inquiry, inquiry->in,
		"turns translated requests round: DirectTrans is on, and the sender has "
		"ATS on");
	return true;
}

/* Answers come back another way than requests: they hold what was read, no address. */
static void note_completions(struct inquiry *inquiry)
{
	struct fact_u64 control = acs_control_of(inquiry->out);

	if (control.state == FACT_KNOWN &&
	    inquiry->out->acs_capability.value & ~control.value & ACS_COMPLETION_REDIRECT)
		add_hop(inquiry, inquiry->out,
			"may send the answers to reads straight back: CmpltRedir is off");
}

/*
 * A port on the way up that has the target below itself. True where it sends the request
 * on; otherwise the verdict is left open.
 */
static bool forwards(struct inquiry *inquiry, const struct device *port)
{
	struct acs_answer acs;

	if (is_port_type(port, PCIE_UPSTREAM_PORT))
		return true;
	acs = acs_judge(inquiry->system, port);
	if (is_downward(port) && acs.basis == ACS_BY_REGISTERS &&
	    acs.verdict != ACS_UNKNOWN && !(acs.off & ACS_UPSTREAM_FORWARDING)) {
		add_hop(inquiry, port,
			port->acs_capability.value & ACS_UPSTREAM_FORWARDING
				? "sends on what comes from below: UpstreamFwd is on"
				: "sends on what comes from below: it does not offer "
				  "UpstreamFwd");
		return true;
	}
	if (is_downward(port) && acs.basis == ACS_BY_QUIRK &&
	    acs.verdict == ACS_ISOLATES) {
		add_hop(inquiry, port, "isolates, as Linux knows from its identifiers");
		return true;
	}
	add_hop(inquiry, port,
		acs.verdict == ACS_UNKNOWN ? "could not be looked at closely enough"
		: acs.off & ACS_UPSTREAM_FORWARDING
			? "may send it back down or refuse it: UpstreamFwd is off"
			: "may send it back down or refuse it: it has no ACS capability");
	leave_open(inquiry, port,
		   "a port above has the target below itself, and nothing makes it send "
		   "the request on");
	return false;
}

/* What the IOMMU does with a request that reached it. */
static void arrive(struct inquiry *inquiry)
{
	const struct device *from = inquiry->from;
	struct fact_enum verdict = path_verdict(from);
	const char *does = "";

	if (verdict.state != FACT_KNOWN || verdict.value == PATH_NO_IOMMU)
		verdict = KNOWN_ENUM(PATH_THROUGH_IOMMU);
	if (verdict.value == PATH_PASSED_THROUGH)
		does = ", and passes its addresses through";
	else if (verdict.value == PATH_BLOCKED)
		does = ", and refuses all that it sends";
	else if (from->ats.state == FACT_KNOWN && from->ats.value == CAPABILITY_ON)
		does = ", and looks at no address that it calls translated: ATS is on";
	decide(inquiry, (enum path_verdict)verdict.value, NULL,
	       arena_printf(&inquiry->system->arena,
			    "every hop sends it on to the root complex, where %s is in "
			    "charge%s",
			    from->unit_ref->name, does));
}

/* Having been sent upwards where the ways meet. */
static void climb(struct inquiry *inquiry)
{
	const struct chain *chain = &inquiry->chain;
	const struct device *from = inquiry->from;

	for (size_t i = find(chain, inquiry->above); i < chain->count; i++)
		if (!forwards(inquiry, chain->items[i]))
			return;
	note_completions(inquiry);
	if (from->unit_ref)
		arrive(inquiry);
	else if (from->unit.state == FACT_ABSENT)
		decide(inquiry, PATH_NO_IOMMU, NULL,
		       "every hop sends it on to the root complex, where no IOMMU is in "
		       "charge");
	else
		leave_open(inquiry, from,
			   "every hop sends it on, but which IOMMU is in charge could "
			   "not be seen");
}

/* Two functions of one device, or two ports of one switch. */
static void meet_below_bridge(struct inquiry *inquiry)
{
	bool ports = is_port_type(inquiry->above, PCIE_UPSTREAM_PORT);

	switch (cross(inquiry)) {
	case CROSS_UNKNOWN:
		leave_open(inquiry, inquiry->in,
			   "what decides where their ways meet could not be read");
		return;
	case CROSS_BLOCKED:
		decide(inquiry, PATH_REFUSED, inquiry->in,
		       "where their ways meet, it is refused");
		return;
	case CROSS_OVER:
		decide(inquiry, ports ? PATH_SHORT_CUT : PATH_SAME_DEVICE, inquiry->in,
		       ports ? "a switch may turn it round where their ways meet"
			     : "both are behind functions of one device, which may keep "
			       "it inside");
		return;
	case CROSS_UP:
		break;
	}
	if (goes_translated(inquiry))
		decide(inquiry, ports ? PATH_SHORT_CUT : PATH_SAME_DEVICE, inquiry->in,
		       "requests that the IOMMU has translated before go straight "
		       "across");
	else
		climb(inquiry);
}

static bool same_slot(const struct device *a, const struct device *b)
{
	return a->address.domain == b->address.domain &&
	       a->address.bus == b->address.bus && a->address.device == b->address.device;
}

/* At the root complex: ports, and functions that are built into it. */
static void meet_at_root(struct inquiry *inquiry)
{
	struct device *in = inquiry->in, *out = inquiry->out;
	bool one_device = same_slot(in, out) && !is_downward(in) && !is_downward(out);
	struct acs_answer beyond = acs_judge(inquiry->system, out);
	enum crossing crossing = cross(inquiry);

	if (crossing == CROSS_OVER && one_device) {
		decide(inquiry, PATH_SAME_DEVICE, in,
		       "both are behind functions of one device, which may keep it "
		       "inside");
	} else if (crossing == CROSS_BLOCKED) {
		decide(inquiry, PATH_REFUSED, in, "where their ways meet, it is refused");
	} else if (crossing == CROSS_UNKNOWN) {
		leave_open(inquiry, in,
			   "what decides where their ways meet could not be read");
	} else if (crossing != CROSS_UP) {
		leave_open(inquiry, in,
			   "what a root complex does between its ports is left to it, "
			   "and ACS does not decide here");
	} else if (is_downward(out) && beyond.verdict != ACS_ISOLATES) {
		add_hop(inquiry, out,
			beyond.verdict == ACS_OPEN
				? "does not isolate"
				: "could not be looked at closely enough");
		leave_open(inquiry, out,
			   "what a root complex does between its ports is left to it, "
			   "and ACS is on at one of them only");
	} else if (goes_translated(inquiry)) {
		leave_open(
			inquiry, in,
			"requests that the IOMMU has translated before may go straight "
			"across the root complex");
	} else {
		climb(inquiry);
	}
}

static bool is_conventional(const struct device *device)
{
	return device->port_type.state == FACT_ABSENT;
}

/* Where the ways of both meet, and what happens there. */
static void meet(struct inquiry *inquiry, const struct chain *to)
{
	const struct device *above = inquiry->above;

	if (!above && (inquiry->from->host_ref || inquiry->to->host_ref))
		leave_open(inquiry, inquiry->from,
			   "one is behind a controller that hides its way");
	else if (!inquiry->chain.whole || !to->whole)
		leave_open(inquiry, inquiry->from,
			   "a bridge above one of them is not among the PCI functions");
	else if (!above)
		meet_at_root(inquiry);
	else if (above->port_type.state != FACT_KNOWN &&
		 above->port_type.state != FACT_ABSENT)
		leave_open(inquiry, above,
			   "the kind of bus on which their ways meet could not be read");
	else if (is_conventional(above) || is_port_type(above, PCIE_TO_PCI_BRIDGE))
		decide(inquiry, PATH_SHORT_CUT, above,
		       "their ways meet on a bus of conventional PCI, where each hears "
		       "the other");
	else
		meet_below_bridge(inquiry);
}

void isolation_peer(struct system *system, struct device *from, struct device *to,
		    struct path *ret)
{
	struct inquiry inquiry = {
		.system = system, .from = from, .to = to, .path = ret
	};
	struct chain *chain = &inquiry.chain, other;
	size_t at = 0, beside;

	*ret = (struct path){ .from = from->bdf, .to = to->bdf };
	ret->hops.state = FACT_KNOWN;
	follow(from, chain);
	follow(to, &other);
	while (at < chain->count && find(&other, chain->items[at]) == other.count)
		at++;
	beside = at < chain->count ? find(&other, chain->items[at]) : other.count;
	if (from == to) {
		decide(&inquiry, PATH_SAME_DEVICE, from, "they are one function");
	} else if (at == 0) {
		leave_open(&inquiry, from, "the target is below the port that sends it");
	} else if (beside == 0) {
		decide(&inquiry, PATH_SHORT_CUT, to,
		       "the target is a port on the way to the IOMMU, where requests for "
		       "it end");
	} else {
		inquiry.in = chain->items[at - 1];
		inquiry.out = other.items[beside - 1];
		inquiry.above = at < chain->count ? chain->items[at] : NULL;
		meet(&inquiry, &other);
	}
}
