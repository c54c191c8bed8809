/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions no IOMMU can keep apart, from topology and ACS alone. */
#pragma once

#include "analyze/acs.h"

/* Two functions that end up in one group, and what made them. */
struct join {
	struct device *member, *with;
	struct device *hop; /* what the code is about */
	enum why_code code;
	/* Only by ACS that is off now: groups may have been formed while it was on. */
	bool by_registers;
};

/* What the way from a bridge to the root complex does to requests. */
struct way {
	enum acs_verdict verdict;
	struct device *culprit; /* the nearest hop that is open, or that is unknown */
	bool by_registers;	/* open hops have ACS that is switched off, all of them */
	bool known;		/* the other members are filled in */
};

struct node {
	struct device *device;
	struct acs_answer acs;
	struct way way; /* as a bridge */
	bool covered;	/* a unit is in charge that groups as pci_device_group() does */
	size_t set;	/* union-find: the node that it follows, itself at the root */
	/* Of a root: */
	struct list members; /* BDFs of those covered, by address */
	const struct device
		*doubt; /* what of it could not be read would change the set */
};

struct prediction {
	struct system *system;
	struct node *nodes; /* one for each device, by its index */
	struct list joins;  /* struct join: none is a consequence of the others */
};

/*
 * Predicts all groups of a system. `changed`, by index of a device, NULL for none, are
 * functions whose ACS registers are taken for switched off. All memory is the system's.
 */
void predict(struct system *system, const bool *changed, struct prediction *ret);

/* The root of a device's set: it has the members, and the doubt. */
struct node *predicted_set(const struct prediction *prediction,
			   const struct device *device);

/* The bridge above. NULL on a root bus, and with `ret_lost` set where it is unknown. */
struct device *bridge_above(const struct device *device, const struct device **ret_lost);

/* PCI numbers no more buses: what is deeper is a loop or a lie. */
enum { DEPTH_MAX = 256 };
