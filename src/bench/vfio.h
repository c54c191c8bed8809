/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the backends that go through VFIO share: a function's descriptor. */
#pragma once

#include "bench/bench.h"

struct vfio_device {
	int fd; /* -1: not open */
	struct vfio_bar {
		void *at;
		size_t size;
	} bars[6];
	uint64_t config_offset;
};

/* Finds out what the descriptor of a function, which it owns from here on, offers. */
int vfio_device_begin(struct bench *bench, struct vfio_device *device);
void vfio_device_end(struct vfio_device *device);

int vfio_device_map_bar(struct bench *bench, struct vfio_device *device,
			unsigned int number, struct bench_bar *ret);
int vfio_device_config(const struct vfio_device *device, unsigned int offset, void *bytes,
		       size_t size, bool write);
int vfio_device_reset(const struct vfio_device *device);

/* The number of the function's IOMMU group, from its link in sysfs; -ENOENT: none. */
int vfio_group_number(const char *bdf, unsigned int *ret);

/* A failed map or unmap in words: limits are what stands behind ENOMEM. */
int vfio_map_failed(struct bench *bench, uint64_t iova, uint64_t size, int error);
int vfio_unmap_failed(struct bench *bench, uint64_t iova, int error);
