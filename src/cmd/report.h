/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report: the parts of which it is made. */
#pragma once

#include "cmd/cmd.h"
#include "output/diagram.h"

/*
 * What hangs on what, in the order in which it is drawn. Equal neighbours may have become
 * one, which stands for all of them.
 */
struct topology_node {
	/* One of these, of the first that it stands for. */
	const struct unit *unit; /* NULL, too, for what no unit is in charge of */
	const struct device *device;
	const struct group_member *other; /* of a group; no PCI function */

	const struct group *group; /* NULL for none */
	struct fact_enum translation;
	bool unit_known; /* of the top: it is that unit, or none */
	size_t depth;	 /* below the top; of a device alone */
	struct list children;
	struct list
		members; /* struct topology_node: all that it stands for, itself too */
	uint64_t signature;
};

/*
 * Units and all below them (struct topology_node), with as many equal ones folded into
 * one as it takes for a person to see the whole. Wants analyze_isolation().
 */
void report_topology(struct system *system, struct list *ret);

/* How many nodes there are below these. */
size_t topology_count(const struct list *nodes);

/* The drawing of it; everything is in the system's arena. */
void report_draw(struct system *system, struct diagram *ret);

/*
 * The page. `findings` are those of audit_run(). 0, or -errno where a table of fields and
 * what is asked of it do not agree.
 */
int report_write_page(struct context *context, const struct list *findings, FILE *stream);
