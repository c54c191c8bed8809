/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drivers there are. */
#pragma once

#include "bench/bench.h"

extern const struct bench_device bench_device_edu;
extern const struct bench_device bench_device_nvme;
extern const struct bench_device bench_device_e1000e;
extern const struct bench_device bench_device_null;
