/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request of one function that is meant for another one meets on its way. */
#pragma once

#include "base/record.h"

enum peer_verdict {
	PEER_THROUGH_IOMMU,
	PEER_SHORT_CUT,
	PEER_SAME_DEVICE,
	PEER_REFUSED,
	PEER_NO_IOMMU,
};

/* A hop that sends the request on or turns it round, and why it does. */
struct peer_hop {
	struct fact_str bdf;
	struct fact_str text;
};

struct peer {
	const char *from, *to;	  /* BDFs */
	struct fact_enum verdict; /* enum peer_verdict; unread where it is unknown */
	struct fact_str turn;	  /* the hop that decides; absent where none turns it */
	struct fact_str why;
	struct fact_list hops; /* struct peer_hop, from the sender upwards */
};

extern const struct record peer_record;
extern const struct record peer_hop_record;
extern const struct enum_name peer_verdict_names[];
