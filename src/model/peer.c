// SPDX-License-Identifier: GPL-2.0-or-later
/* What a request of one function that is meant for another one meets on its way. */

#include "model/peer.h"

const struct enum_name peer_verdict_names[] = {
	[PEER_THROUGH_IOMMU] = { "through-iommu", MOOD_GOOD,
				 "every hop sends it on to the IOMMU" },
	[PEER_SHORT_CUT] = { "short-cut", MOOD_BAD,
			     "a hop before the IOMMU may turn it round to its target" },
	[PEER_SAME_DEVICE] = { "same-device", MOOD_BAD,
			       "both are one device, which may keep it inside" },
	[PEER_REFUSED] = { "refused", MOOD_GOOD,
			   "a hop before the IOMMU lets nothing pass to the target" },
	[PEER_NO_IOMMU] = { "no-iommu", MOOD_BAD,
			    "it reaches the root complex, and no IOMMU is in charge" },
	{ 0 },
};

static const struct field hop_fields[] = {
	FIELD(struct peer_hop, bdf, "BDF", F_STR, F_SHOW, "function that it is about"),
	FIELD(struct peer_hop, text, "TEXT", F_STR, F_SHOW | F_BRANCH,
	      "what it does with the request, and why"),
};

const struct record peer_hop_record =
	RECORD("hops", "hop", "hops that send a request on or turn it round", hop_fields);

static const struct field fields[] = {
	FIELD(struct peer, from, "FROM", F_STR, F_SHOW, "function that sends it"),
	FIELD(struct peer, to, "TO", F_STR, F_SHOW, "function that it is meant for"),
	FIELD(struct peer, verdict, "VERDICT", F_ENUM, F_SHOW,
	      "which way it goes; unknown where nothing that can be read decides",
	      .names = peer_verdict_names),
	FIELD(struct peer, why, "WHY", F_STR, F_SHOW | F_WRAP, "why it goes that way"),
	FIELD(struct peer, turn, "TURN", F_STR, 0,
	      "hop that turns it round or may; absent where none does"),
	FIELD(struct peer, hops, "HOPS", F_RECORDS, F_TREE, "the hops that decide",
	      .record = &peer_hop_record),
};

const struct record peer_record = RECORD(
	"peers", "peer", "requests of one function that are meant for another", fields);
