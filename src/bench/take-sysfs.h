/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One function, given to vfio-pci and given back, by the files of sysfs. */
#pragma once

#include "bench/take-state.h"

/*
 * What the function is now. The driver has to be the one that the plan was made for, and
 * no disk of it may be in use.
 */
int take_survey(const struct take_place *place, const struct take_function *function,
		struct take_record *ret, struct strbuf *why);

/* Is vfio-pci there to take anything? */
bool take_has_vfio(const struct take_place *place);

/* Gives it to vfio-pci. What was changed before a failure is for take_put_back(). */
int take_over(const struct take_place *place, const struct take_record *record,
	      struct strbuf *why);

/*
 * Makes it what it was. 0 with a line in `lines` where nothing could be done for it and
 * nothing can: it vanished, or another driver was given it since. Otherwise -EIO and a
 * line where it failed; it may be tried again.
 */
int take_put_back(const struct take_place *place, const struct take_record *record,
		  struct strbuf *lines);

/*
 * Writes in a process of its own. -ETIMEDOUT: it hangs in the kernel, and was left there.
 */
int take_write(const struct take_place *place, const char *path, const char *text);
