/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices there is a driver for, for those who drive none. */
#pragma once

#include <stdint.h>

/* The name of the first driver that knows such a device, or NULL. */
const char *bench_known_name(uint16_t vendor, uint16_t device, uint32_t class_id);
