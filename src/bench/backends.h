/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The backends there are. */
#pragma once

#include "bench/bench.h"

extern const struct backend backend_type1;
extern const struct backend backend_iommufd;
extern const struct backend backend_iommufd_group;
extern const struct backend backend_noiommu;
extern const struct backend backend_fake;
extern const struct backend backend_fake_identity;

/*
 * Between backends: where the fake one has what an address of the device means, for the
 * driver that plays a device. NULL where the access is not allowed.
 */
void *fake_reach(struct bench *bench, uint64_t iova, uint64_t size, unsigned int access);
