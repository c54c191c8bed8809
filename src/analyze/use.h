/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those share who look for what of the host stands on a function. */
#pragma once

#include "model/system.h"

/*
 * The function that a path of sysfs leads through last, so that what lies behind a bridge
 * belongs to the endpoint; NULL for none.
 */
struct device *use_function(const struct system *system, const char *path);

/*
 * Notes a use, unless the same is noted already, and returns it: essential is what was
 * noted as that once, for another way to the same may spare it.
 */
struct use *use_add(struct system *system, struct device *device, enum use_kind kind,
		    const char *name, struct fact_bool essential, const char *text);
/* The same of a function that goes with another, the owner. */
struct use *use_add_of(struct system *system, struct device *owner,
		       const struct device *function, enum use_kind kind,
		       const char *name, struct fact_bool essential, const char *text);

enum { OWNERS_MAX = 3 };

/* A function and those that take it along, to whom its uses belong, too; their count. */
size_t use_owners(struct device *function, struct device *ret[OWNERS_MAX]);

/*
 * Does a function leave the host where a device is given away: itself, a member of its
 * group, a virtual function of one of these, or behind one as behind VMD?
 */
bool leaves_with(const struct device *other, const struct device *device);

/* What becomes of each block where a device leaves, each worked out once. */
struct fates {
	const struct system *system;
	const struct device *leaving; /* NULL: is all that a block stands on seen? */
	unsigned char *of;
};

void fates_init(struct fates *fates, const struct system *system,
		const struct device *leaving);
void fates_free(struct fates *fates);
/* Is a block there without what leaves? Where that is not known it is not. */
bool block_stays(struct fates *fates, const struct block *block);

bool is_held_by(const struct block *block, const struct block *holder);
/* Does it hold it, or is its file, as that of a loop device, in a file system there? */
bool is_part_of(const struct inventory *inventory, const struct block *block,
		const struct block *holder);
struct block *find_block(const struct inventory *inventory, const char *name);
/* Is it the name of a block: "/dev/sda2", "/dev/mapper/vg-root"? */
bool is_named(const struct block *block, const char *name, size_t length);

bool stands_on(const struct inventory *inventory, const struct mount *mount,
	       const struct block *block);
/* The mount that a path is in: that with the longest point. */
const struct mount *mount_of(const struct inventory *inventory, const char *path);
/* Is it a place that the host does not live without? */
bool is_essential(const char *point);

/* A mount that no disk is seen of. */
struct unplaced {
	const char *name, *text;
	bool network; /* it comes over one */
};

/* Those of them that the host does not live without, and those of ZFS. */
void find_unplaced(struct system *system, struct list *ret);

/* Does a path of sysfs lead to a disk over a network, such as one of iSCSI? */
bool is_over_network(const char *path);

/* Disks and what is made of them. */
void use_storage(struct system *system);
/* Interfaces, and what stands on them. */
void use_networks(struct system *system);
/* Screens, terminals, keyboards. */
void use_attachments(struct system *system);
