/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hops of any way have in common. */
#pragma once

#include "analyze/analyze.h"

/* What a PCI function is to a request; of a bridge unread where its port type is. */
struct fact_enum path_hop_kind(const struct device *device);

/* What becomes of DMA that reaches the root complex, by what its translation is. */
struct fact_enum path_verdict(const struct device *device);

/* What the addresses are that a function sends, before any IOMMU; unread if unknown. */
struct fact_enum path_address(const struct device *device);
