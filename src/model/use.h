/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host itself uses: disks, networks, screens and keyboards, and on what. */
#pragma once

#include "base/record.h"

enum use_kind {
	USE_FILE_SYSTEM,
	USE_SWAP,
	USE_STORAGE,
	USE_NETWORK,
	USE_CONSOLE,
	USE_DISPLAY,
	USE_KEYBOARD,
	USE_VIRTUAL_FUNCTIONS,
	USE_DRIVER,
	USE_UNKNOWN,
};

/* One thing that stops where a function is taken from the host. */
struct use {
	const char *bdf;
	struct fact_enum kind;
	struct fact_str name;	    /* mount point, interface, screen … */
	struct fact_bool essential; /* the host does not live on without it */
	struct fact_str text;
	struct fact_str path; /* the file that says so; absent where none does */
	bool decides; /* about the life of the host: no function without a look at it */
};

/* A disk of an array, and "in_sync,write_mostly" and the like. */
struct md_member {
	const char *name;
	struct fact_str state;
};

/* A disk, a partition, or what is made of others. */
struct block {
	const char *name;
	const char *target;	/* of /sys/class/block/NAME: leads past its parts */
	struct list paths;	/* of disks with several ways to them: targets like it */
	struct fact_str number; /* "259:2" */
	struct fact_str dm_name, dm_uuid, md_level; /* absent for others */
	struct fact_str md_disks, md_degraded; /* how many it wants, how many it lacks */
	struct list md_members;
	struct fact_str backing_file;	   /* of a loop device */
	struct fact_list holders;	   /* names (char *) of what is made of it */
	struct fact_str fs_type, fs_label; /* as udev found them */
	struct block *parent;		   /* of a partition: the disk */
	size_t index;
};

struct mount {
	const char *number, *root, *point, *type, *source;
};

struct swap {
	const char *name;
	bool partition;
	uint64_t size, used;
};

/* File systems of several disks: the names of what one consists of. */
struct disk_set {
	struct list names;
};

struct interface {
	const char *name, *target;
	struct fact_str operstate;
	struct fact_list uppers; /* names (char *) of what stands on it */
	struct list addresses;	 /* texts (char *) */
	bool default_route;
	bool bridge; /* its ports are ways to different places */
};

/* A screen, a terminal or a keyboard, and the path of the device behind it. */
struct attachment {
	enum use_kind kind;
	const char *name, *target;
	struct fact_bool active; /* a screen is connected; the kernel writes there */
};

/* "…/platform/efi-framebuffer.0/graphics/fb0": one that the firmware has set up. */
static inline bool is_firmware_screen(const struct attachment *attachment)
{
	return attachment->kind == USE_DISPLAY &&
	       strstr(attachment->target, "/platform/") &&
	       strstr(attachment->target, "-framebuffer.");
}

/* Each list with what became of looking for it. */
struct inventory {
	enum fact_state blocks_state, mounts_state, swaps_state, disk_sets_state;
	struct list blocks, mounts, swaps, disk_sets;
	enum fact_state interfaces_state, routes_state, addresses_state;
	struct list interfaces;
	enum fact_state screens_state, keyboards_state;
	struct list attachments;
	struct fact_str consoles; /* names of the terminals that the kernel writes to */
};

extern const struct record use_record;
extern const struct enum_name use_kind_names[];
