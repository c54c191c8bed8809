/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Linux knows of functions by their identifiers, beyond what their registers say. */
#pragma once

#include "model/system.h"

/* How a function keeps peers apart although its ACS capability does not say so. */
enum acs_rule {
	ACS_RULE_NONE,
	ACS_RULE_ISOLATES,    /* it does */
	ACS_RULE_ROOT_PORT,   /* it does if it is a root port */
	ACS_RULE_PORT,	      /* it does if it is a root port or a downstream port */
	ACS_RULE_NO_PORT,     /* such a port does not, whatever its registers say */
	ACS_RULE_NEVER,	      /* it does not, whatever its registers say */
	ACS_RULE_INTEGRATED,  /* it does if it is integrated into the root complex */
	ACS_RULE_SOUTHBRIDGE, /* it does beside an AMD IOMMU, on the root bus */
	ACS_RULE_DWORDS,      /* root port whose ACS registers have 32 bits each */
};

/*
 * The rules for a function's identifiers, one after the other as Linux asks them: the
 * first that applies to its kind decides. `at` starts at 0; ACS_RULE_NONE is the end.
 */
enum acs_rule acs_rule_next(uint16_t vendor, uint16_t device, size_t *at);

/* Whose address a function puts on its requests besides its own. */
enum alias_rule {
	ALIAS_NONE,
	ALIAS_FUNCTION_0, /* function 0 of the device */
	ALIAS_FUNCTION_1,
	ALIAS_DEVICE_1,	     /* function 0 of device 1 of its bus */
	ALIAS_DEVICES_16_18, /* 10.0, 11.0 and 12.3 of its bus */
	ALIAS_FUNCTIONS_0_4, /* functions 0 to 4 of every device of its bus */
	ALIAS_BUS,	     /* every function of its bus */
	ALIAS_UNKNOWN,	     /* some that the driver reads from its memory */
};

enum alias_rule alias_rule_of(const struct device *device);

/* Does a function that follows the rule bear the address of another on its bus? */
bool alias_covers(enum alias_rule rule, const struct device *device,
		  const struct device *other);

/* A bridge above which requests are already translated. */
bool is_translation_root(const struct device *device);
