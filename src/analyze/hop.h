/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hops of any way have in common. */
#pragma once

#include "analyze/analyze.h"

/* What a PCI function is to a request. */
enum hop_kind path_hop_kind(const struct device *device);

/* What the addresses are that a function sends, before any IOMMU; unread if unknown. */
struct fact_enum path_address(const struct device *device);
