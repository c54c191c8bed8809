/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking functions from their drivers for vfio-pci, and putting them back, whatever
 * becomes of the program meanwhile.
 *
 * What was is written to a file before anything is changed. A guardian, a process of its
 * own, makes the changes and takes them back: when it is told to, or when the program is
 * gone, however it ended. Should the guardian be killed, the program takes its place; if
 * both are, take_restore_all() finishes from the file. All of them do the same, which may
 * be done twice and from any point.
 *
 * Functions return 0 or a negative errno and say why in a sentence without a dot.
 */
#pragma once

#include "base/text.h"

/*
 * How tests, and others that are not of this machine, go about it; take_machine is real.
 */
struct take_place {
	const char *sysfs, *dev; /* "/sys", "/dev" */
	const char *directory;	 /* of the files; made where it is missing, mode 0700 */
	/*
	 * Writes to an attribute: 0 or -errno. In a process of its own, which may hang.
	 */
	int (*write)(const char *path, const char *text);
	/* Milliseconds that one write, or one who holds a function open, may take. */
	unsigned int limit;
};

extern const struct take_place take_machine;

struct take_function {
	const char *bdf;    /* full, "0000:01:00.0" */
	const char *driver; /* that it has now, "" for none */
};

/* Functions of one group that have to be with vfio-pci; none that stays where it is. */
struct take_plan {
	const char *key; /* a BDF that stands for the group: the same for all its plans */
	const struct take_function *functions;
	size_t count; /* may be 0: then the group is locked only */
};

/* Functions that are taken, with their guardian. */
struct take;

/*
 * Takes all of them, or none: after a failure they are back, or the reason says which is
 * not. -EBUSY: another benchmark has the group, a disk is in use, or one was interrupted
 * and take_restore_all() has to come first. Forks: before there are threads, and before
 * VFIO is opened, for what is open in the guardian never closes. Signals that only set a
 * flag do not end it early.
 */
int take_begin(const struct take_place *place, const struct take_plan *plan,
	       struct take **ret, struct strbuf *why);

/*
 * Puts all back and frees `take`; VFIO has to be closed before. -EIO: not all are; `why`
 * has a line for each that is not, and the file stays for take_restore_all(). Where one
 * vanished, or has been given to another driver meanwhile, `why` has a line, too.
 */
int take_end(struct take *take, struct strbuf *why);

/* What became of one file, in take_restore_all(). */
enum take_outcome {
	TAKE_RUNNING,  /* its benchmark goes on: left alone */
	TAKE_RESTORED, /* all is as it was; the text may have remarks */
	TAKE_FAILED,   /* not all is; the file stays */
	TAKE_REFUSED,  /* the file is none of ours, or damaged; it stays */
};

struct take_report {
	const char *name; /* of the file */
	enum take_outcome outcome;
	const char *text; /* lines; "" where there is nothing to say */
};

/*
 * Finishes what was interrupted, and reports each file that there is. -EIO where one of
 * them failed or was refused; 0 without a directory.
 */
int take_restore_all(const struct take_place *place,
		     void (*report)(void *data, const struct take_report *report),
		     void *data);
