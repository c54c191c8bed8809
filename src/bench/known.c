// SPDX-License-Identifier: GPL-2.0-or-later
/* Which devices there is a driver for, for those who drive none. */

#include "bench/known.h"

#include "bench/bench.h"

const char *bench_known_name(uint16_t vendor, uint16_t device, uint32_t class_id)
{
	const struct bench_device *found = bench_device_for(vendor, device, class_id);

	return found ? found->name : NULL;
}
