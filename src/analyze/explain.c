// SPDX-License-Identifier: GPL-2.0-or-later
/* Sentences about groups: why functions stand together, and what would separate them. */

#include "analyze/explain.h"

#include "analyze/quirks.h"

static struct group_reason *new_reason(struct system *system, enum why_code code,
				       const struct device *about, const char *text)
{
	struct group_reason *reason = arena_new(&system->arena, struct group_reason);

	reason->code = KNOWN_ENUM((int)code);
	reason->bdf = KNOWN_STR(about->bdf);
	reason->member.state = FACT_ABSENT;
	reason->text = KNOWN_STR(text);
	reason->remedy.state = FACT_ABSENT;
	return reason;
}

/* The required services that are off: "ReqRedir, UpstreamFwd". */
static const char *names_of(struct arena *arena, uint16_t services)
{
	_cleanup_strbuf_ struct strbuf names = { 0 };

	for (unsigned int i = 0; pci_acs_names[i]; i++)
		if (services >> i & 1)
			strbuf_printf(&names, "%s%s", names.length > 0 ? ", " : "",
				      pci_acs_names[i]);
	return arena_strdup(arena, strbuf_text(&names));
}

/* What keeps a function from isolating, as the end of a sentence about it. */
static const char *lack_of(const struct prediction *prediction,
			   const struct device *device)
{
	const struct acs_answer *acs = &prediction->nodes[device->index].acs;
	struct arena *arena = &prediction->system->arena;

	switch (acs->basis) {
	case ACS_BY_REGISTERS:
		return arena_printf(arena, "has ACS switched off (%s)",
				    names_of(arena, acs->off));
	case ACS_CONVENTIONAL:
		return device->port_type.state == FACT_ABSENT
			       ? "is conventional PCI, which knows no ACS"
			       : "is a bridge to conventional PCI, which knows no ACS";
	case ACS_BY_QUIRK:
		return "does not isolate, as Linux knows from its identifiers";
	case ACS_BY_KIND:
	case ACS_NO_CAPABILITY:
		break;
	}
	return "has no ACS capability";
}

static const char *join_text(const struct prediction *prediction, const struct join *join)
{
	struct arena *arena = &prediction->system->arena;
	const char *member = join->member->bdf, *hop = join->hop->bdf;

	switch (join->code) {
	case WHY_ROOT_PORT_NO_ACS:
		return arena_printf(arena,
				    "%s is below root port %s, which %s: it may turn "
				    "requests round before they reach the IOMMU",
				    member, hop, lack_of(prediction, join->hop));
	case WHY_DOWNSTREAM_NO_ACS:
	case WHY_UPSTREAM_NO_ACS:
		return arena_printf(arena,
				    "%s is below %s, a port of a switch, which %s: the "
				    "switch may turn requests round before they reach "
				    "the IOMMU",
				    member, hop, lack_of(prediction, join->hop));
	case WHY_CONVENTIONAL_BUS:
		return arena_printf(arena,
				    "%s is below %s, a bridge between conventional PCI "
				    "and PCI Express, whose address stands in for "
				    "those of all functions behind it",
				    member, hop);
	case WHY_MULTIFUNCTION_NO_ACS:
		return arena_printf(arena,
				    "%s and %s are functions of one device and may reach "
				    "each other inside it: %s %s",
				    join->with->bdf, member, hop,
				    lack_of(prediction, join->hop));
	case WHY_DMA_ALIAS:
		if (join->member->host_ref == join->hop)
			return arena_printf(arena,
					    "%s is behind %s, whose address stands in "
					    "for its own",
					    member, hop);
		return arena_printf(arena,
				    "%s uses the address of %s for its requests, as %s",
				    hop, join->with->bdf,
				    alias_rule_of(join->hop) == ALIAS_NONE
					    ? "the firmware says in IVRS"
					    : "Linux knows from its identifiers");
	case WHY_ALONE:
	case WHY_ROOT_BUS_PEER:
	case WHY_VENDOR_QUIRK:
	case WHY_ACS_OVERRIDE:
		break;
	}
	return "";
}

/* A parameter of pci= that sets ACS, however many others stand beside it. */
static bool sets_acs(const struct system *system)
{
	LIST_FOR_EACH (&system->parameters, struct parameter, parameter)
		if (streq(parameter->name, "pci") && parameter->value &&
		    (strstr(parameter->value, "disable_acs_redir=") ||
		     strstr(parameter->value, "config_acs=")))
			return true;
	return false;
}

static const char *multifunction_remedy(const struct join *join)
{
	if (is_downward(join->member))
		return "slots below ports that are not functions of one device; some "
		       "firmware has a setting that shows ACS";
	if (is_on_root_bus(join->member))
		return "nothing: they are one device of the root complex";
	return "nothing: they are one device; what is in another slot is apart from them";
}

static const char *join_remedy(const struct prediction *prediction,
			       const struct join *join)
{
	if (join->by_registers)
		return sets_acs(prediction->system)
			       ? "another boot with other words in "
				 "pci=disable_acs_redir= "
				 "or pci=config_acs="
			       : "ACS switched on when the groups are formed, at boot: "
				 "pci=config_acs= does, where Linux knows it";
	switch (join->code) {
	case WHY_ROOT_PORT_NO_ACS:
		return "a slot below another root port, one with ACS; some firmware has "
		       "a "
		       "setting that shows ACS";
	case WHY_DOWNSTREAM_NO_ACS:
	case WHY_UPSTREAM_NO_ACS:
		return "a slot that is not behind this switch";
	case WHY_CONVENTIONAL_BUS:
		return "a slot that is not behind this bridge";
	case WHY_MULTIFUNCTION_NO_ACS:
		return multifunction_remedy(join);
	case WHY_DMA_ALIAS:
		if (join->member->host_ref == join->hop)
			return "a firmware setting that takes it out of this controller";
		return "nothing: it is built so";
	case WHY_ALONE:
	case WHY_ROOT_BUS_PEER:
	case WHY_VENDOR_QUIRK:
	case WHY_ACS_OVERRIDE:
		break;
	}
	return NULL;
}

struct group_reason *explain_join(const struct prediction *prediction,
				  const struct join *join, enum situation situation)
{
	struct system *system = prediction->system;
	const char *text = join_text(prediction, join), *rest = "", *remedy = NULL;
	enum why_code code = join->code;
	struct group_reason *reason;

	switch (situation) {
	case JOIN_FORMED:
		remedy = join_remedy(prediction, join);
		break;
	case JOIN_CLEARED:
		rest = "; when the groups were formed it was on";
		remedy = "the services switched on again, as the next boot does";
		break;
	case JOIN_SET:
		text = join->hop->bdf;
		rest = " had ACS switched off when the groups were formed, and has it "
		       "switched on now";
		remedy = "the next boot, which forms the groups anew";
		break;
	case JOIN_OVERRIDDEN:
		code = WHY_ACS_OVERRIDE;
		rest = "; pcie_acs_override= has Linux keep them apart all the same";
		remedy = "a slot whose ports have ACS";
		break;
	case JOIN_FOREIGN:
		rest = "; Linux keeps them apart for a reason that is not known here";
		break;
	}
	reason = new_reason(system, code, join->hop,
			    arena_printf(&system->arena, "%s%s", text, rest));
	reason->member = KNOWN_STR(join->member->bdf);
	if (remedy)
		reason->remedy = KNOWN_STR(remedy);
	return reason;
}

/* "0000:02:00.0, 0000:01:00.0, 0000:00:02.0": the bridges above, nearest first. */
static const char *hops_of(struct arena *arena, const struct device *device)
{
	enum { SHOWN = 8 };
	_cleanup_strbuf_ struct strbuf hops = { 0 };
	const struct device *lost = NULL;
	unsigned int count = 0;

	while ((device = bridge_above(device, &lost)) && count < DEPTH_MAX)
		if (count++ < SHOWN)
			strbuf_printf(&hops, "%s%s", count > 1 ? ", " : "", device->bdf);
	if (count > SHOWN)
		strbuf_printf(&hops, " and %u more", count - SHOWN);
	return arena_strdup(arena, strbuf_text(&hops));
}

static void explain_quirk(const struct prediction *prediction, struct device *device,
			  struct list *ret)
{
	const struct acs_answer *acs = &prediction->nodes[device->index].acs;
	struct system *system = prediction->system;
	bool asked = device->upstream_ref || !is_on_root_bus(device) ||
		     known_true(acs_multifunction(device)) || is_downward(device);

	if (acs->basis != ACS_BY_QUIRK || acs->verdict != ACS_ISOLATES || !asked)
		return;
	list_add(&system->arena, ret,
		 new_reason(system, WHY_VENDOR_QUIRK, device,
			    arena_printf(&system->arena,
					 "Linux takes it from the identifiers of %s "
					 "(%04llx:%04llx), not from its registers, that "
					 "it isolates",
					 device->bdf,
					 (unsigned long long)device->vendor_id.value,
					 (unsigned long long)device->device_id.value)));
}

void explain_alone(const struct prediction *prediction, struct device *device,
		   struct list *ret)
{
	struct system *system = prediction->system;
	const struct device *lost = NULL;
	const char *text;

	if (is_on_root_bus(device))
		text = arena_printf(&system->arena,
				    "%s is on the root bus, with no hop before the root "
				    "complex",
				    device->bdf);
	else
		text = arena_printf(&system->arena,
				    "every hop from %s sends requests on to the root "
				    "complex: %s",
				    device->bdf, hops_of(&system->arena, device));
	list_add(&system->arena, ret, new_reason(system, WHY_ALONE, device, text));
	for (unsigned int depth = 0; device && depth < DEPTH_MAX; depth++) {
		explain_quirk(prediction, device, ret);
		device = bridge_above(device, &lost);
	}
}

struct group_reason *explain_root_bus(struct system *system, const struct join *join)
{
	struct group_reason *reason;
	const char *text = arena_printf(&system->arena,
					"%s is built into the root complex, with other "
					"functions as one device",
					join->member->bdf);

	reason = new_reason(system, WHY_ROOT_BUS_PEER, join->member, text);
	reason->remedy = KNOWN_STR("nothing: no slot and no setting moves them");
	return reason;
}

/* The state of the first of a function's facts that is missing. */
static enum fact_state missing_of(const struct device *device)
{
	const enum fact_state states[] = {
		device->physfn.state,
		device->multifunction.state,
		device->port_type.state,
		device->acs_capability.state,
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (states[i] != FACT_KNOWN && states[i] != FACT_ABSENT)
			return states[i];
	return FACT_KNOWN;
}

const char *explain_doubt(struct system *system, const struct device *device,
			  enum fact_state *ret_state)
{
	const char *before = "the configuration space of ", *after = " could not be read";
	enum fact_state state = missing_of(device), ivrs;

	acs_has_ivrs(system, &ivrs);
	*ret_state = state == FACT_KNOWN ? FACT_UNREAD : state;
	if (device->vendor_id.state != FACT_KNOWN) {
		before = "the identifiers of ";
		*ret_state = device->vendor_id.state;
	} else if (state == FACT_DENIED) {
		after = " may not be read beyond its first 64 bytes";
	} else if (state == FACT_MALFORMED) {
		after = " makes no sense";
	} else if (state == FACT_KNOWN && !device->upstream_ref &&
		   !is_on_root_bus(device)) {
		before = "the bridge above ";
		after = " is not among the PCI functions";
	} else if (state == FACT_KNOWN && ivrs != FACT_KNOWN) {
		before = "what the IVRS table says of ";
		*ret_state = ivrs;
	} else if (state == FACT_KNOWN) {
		before = "whose addresses ";
		after = " uses for its requests is known to its driver alone";
	}
	return arena_printf(&system->arena, "%s%s%s", before, device->bdf, after);
}
