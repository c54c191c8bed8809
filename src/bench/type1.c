// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VFIO with groups and containers (Documentation/driver-api/vfio.rst): type 1 IOMMUs, the
 * same calls answered by iommufd, and devices without an IOMMU.
 */

#include <fcntl.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>

#include "bench/backends.h"
#include "bench/vfio.h"

struct type1 {
	struct vfio_device device; /* first: what reset and registers take */
	int container, group;
};

/* One after the other is opened; what went wrong where is what a user has to know. */
static int open_container(struct bench *bench, const char *path, int type)
{
	struct type1 *type1 = bench->backend_state;
	int version;

	type1->container = open(path, O_RDWR | O_CLOEXEC);
	if (type1->container < 0)
		return bench_fail(
			bench, errno == ENOENT ? -ENODEV : -errno, "%s: %s", path,
			errno == ENOENT ? "VFIO is not loaded: modprobe vfio-pci"
					: strerror(errno));
	version = ioctl(type1->container, VFIO_GET_API_VERSION);
	if (version != VFIO_API_VERSION)
		return bench_fail(bench, -ENODEV, "%s speaks another version of VFIO: %d",
				  path, version);
	/* iommufd says so only once a group is in. */
	if (type == VFIO_TYPE1v2_IOMMU && bench->backend == &backend_type1 &&
	    ioctl(type1->container, VFIO_CHECK_EXTENSION, type) != 1)
		return bench_fail(bench, -ENODEV,
				  "VFIO has no driver for IOMMUs: modprobe "
				  "vfio_iommu_type1");
	return 0;
}

static int open_group(struct bench *bench, const char *prefix)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct type1 *type1 = bench->backend_state;
	unsigned int number;
	char path[64];

	if (vfio_group_number(bench->bdf, &number) < 0)
		return bench_fail(bench, -ENODEV, "%s is in no IOMMU group", bench->bdf);
	snprintf(path, sizeof(path), "/dev/vfio/%s%u", prefix, number);
	type1->group = open(path, O_RDWR | O_CLOEXEC);
	if (type1->group < 0)
		return bench_fail(bench, errno == ENOENT ? -ENODEV : -errno, "%s: %s",
				  path,
				  errno == EBUSY ? "another program has the group"
						 : strerror(errno));
	if (ioctl(type1->group, VFIO_GROUP_GET_STATUS, &status) < 0)
		return bench_fail(bench, -errno, "%s: %s", path, strerror(errno));
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return bench_fail(bench, -EBUSY,
				  "%s: the group is not viable: another of its functions "
				  "has a driver of the host",
				  path);
	return 0;
}

static int join(struct bench *bench, int type)
{
	struct type1 *type1 = bench->backend_state;

	if (ioctl(type1->group, VFIO_GROUP_SET_CONTAINER, &type1->container) < 0)
		return bench_fail(bench, -errno, "VFIO_GROUP_SET_CONTAINER: %s",
				  strerror(errno));
	if (ioctl(type1->container, VFIO_SET_IOMMU, type) < 0)
		return bench_fail(bench, -errno, "VFIO_SET_IOMMU: %s",
				  errno == EPERM
					  ? "no interrupt remapping; the parameter "
					    "allow_unsafe_interrupts of "
					    "vfio_iommu_type1 would allow it"
					  : strerror(errno));
	type1->device.fd = ioctl(type1->group, VFIO_GROUP_GET_DEVICE_FD, bench->bdf);
	if (type1->device.fd < 0)
		return bench_fail(bench, -errno, "VFIO_GROUP_GET_DEVICE_FD: %s",
				  strerror(errno));
	return vfio_device_begin(bench, &type1->device);
}

static void take_ranges(struct bench *bench, const void *info, size_t offset, size_t size)
{
	const struct vfio_iommu_type1_info_cap_iova_range *ranges =
		(const void *)((const char *)info + offset);

	for (unsigned int i = 0; i < ranges->nr_iovas; i++) {
		if (offset + sizeof(*ranges) + (i + 1) * sizeof(ranges->iova_ranges[0]) >
			    size ||
		    bench->range_count == ARRAY_SIZE(bench->ranges))
			return;
		bench->ranges[bench->range_count++] =
			(struct iova_range){ ranges->iova_ranges[i].start,
					     ranges->iova_ranges[i].end };
	}
}

/* VFIO_IOMMU_GET_INFO with the chain of capabilities behind it. */
static int ask_limits(struct bench *bench)
{
	struct type1 *type1 = bench->backend_state;
	union {
		struct vfio_iommu_type1_info info;
		unsigned char bytes[4096];
	} answer = { .info.argsz = sizeof(answer) };
	size_t size;

	if (ioctl(type1->container, VFIO_IOMMU_GET_INFO, &answer) < 0)
		return bench_fail(bench, -errno, "VFIO_IOMMU_GET_INFO: %s",
				  strerror(errno));
	if (answer.info.flags & VFIO_IOMMU_INFO_PGSIZES)
		bench->page_sizes = answer.info.iova_pgsizes;
	size = MIN(answer.info.argsz, sizeof(answer));
	for (size_t at = answer.info.flags & VFIO_IOMMU_INFO_CAPS ? answer.info.cap_offset
								  : 0,
		    steps = 0;
	     at > 0 && at + sizeof(struct vfio_info_cap_header) <= size && steps < 16;
	     steps++) {
		const struct vfio_info_cap_header *header =
			(const void *)(answer.bytes + at);

		if (header->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
			take_ranges(bench, &answer, at, size);
		if (header->id == VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL)
			bench->mappings_max =
				((const struct vfio_iommu_type1_info_dma_avail
					  *)(const void *)header)
					->avail;
		at = header->next;
	}
	if (bench->range_count == 0)
		return bench_fail(bench, -ENODATA,
				  "VFIO does not say which addresses can be mapped");
	return 0;
}

static int open_through(struct bench *bench, const char *container, const char *prefix,
			int type)
{
	struct type1 *type1 = bench->backend_state;
	int r;

	type1->container = type1->group = type1->device.fd = -1;
	r = open_container(bench, container, type);
	if (r == 0)
		r = open_group(bench, prefix);
	return r < 0 ? r : join(bench, type);
}

static int type1_open(struct bench *bench)
{
	int r = open_through(bench, "/dev/vfio/vfio", "", VFIO_TYPE1v2_IOMMU);

	return r < 0 ? r : ask_limits(bench);
}

/* iommufd answers the calls of a container, too (drivers/iommu/iommufd/vfio_compat.c). */
static int iommufd_group_open(struct bench *bench)
{
	int r = open_through(bench, "/dev/iommu", "", VFIO_TYPE1v2_IOMMU);

	return r < 0 ? r : ask_limits(bench);
}

static int noiommu_open(struct bench *bench)
{
	int r = open_through(bench, "/dev/vfio/vfio", "noiommu-", VFIO_NOIOMMU_IOMMU);

	bench->ranges[0] = (struct iova_range){ 0, UINT64_MAX };
	bench->range_count = 1;
	return r;
}

static void type1_close(struct bench *bench)
{
	struct type1 *type1 = bench->backend_state;

	vfio_device_end(&type1->device);
	if (type1->group >= 0)
		close(type1->group);
	if (type1->container >= 0)
		close(type1->container);
}

static int type1_map(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		     unsigned int access)
{
	const struct type1 *type1 = bench->backend_state;
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = (access & ACCESS_READ ? VFIO_DMA_MAP_FLAG_READ : 0U) |
			 (access & ACCESS_WRITE ? VFIO_DMA_MAP_FLAG_WRITE : 0U),
		.vaddr = (uintptr_t)at,
		.iova = iova,
		.size = size,
	};

	if (ioctl(type1->container, VFIO_IOMMU_MAP_DMA, &map) < 0)
		return vfio_map_failed(bench, iova, size, -errno);
	return 0;
}

static int unmap_flags(struct bench *bench, uint64_t iova, uint64_t size,
		       unsigned int flags)
{
	const struct type1 *type1 = bench->backend_state;
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.flags = flags,
		.iova = iova,
		.size = size,
	};

	if (ioctl(type1->container, VFIO_IOMMU_UNMAP_DMA, &unmap) < 0)
		return vfio_unmap_failed(bench, iova, -errno);
	if (!flags && unmap.size != size)
		return bench_fail(bench, -EIO,
				  "of %llu bytes at 0x%llx %llu were unmapped",
				  (unsigned long long)size, (unsigned long long)iova,
				  (unsigned long long)unmap.size);
	return 0;
}

static int type1_unmap(struct bench *bench, uint64_t iova, uint64_t size)
{
	return unmap_flags(bench, iova, size, 0);
}

static int type1_unmap_all(struct bench *bench)
{
	return unmap_flags(bench, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL);
}

/* Physical addresses: what is mapped has to lie there already, in one piece. */
static int noiommu_map(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		       unsigned int access)
{
	(void)access;
	for (uint64_t done = 0; done < size; done += 4096) {
		uint64_t physical;
		int r = bench_locate(bench, (unsigned char *)at + done, &physical);

		if (r < 0)
			return r;
		if (physical != iova + done)
			return bench_fail(bench, -EINVAL,
					  "memory does not lie in one piece; without an "
					  "IOMMU it has to: use huge pages");
	}
	return 0;
}

static int noiommu_unmap(struct bench *bench, uint64_t iova, uint64_t size)
{
	(void)bench;
	(void)iova;
	(void)size;
	return 0;
}

static int noiommu_unmap_all(struct bench *bench)
{
	(void)bench;
	return 0;
}

static int type1_map_bar(struct bench *bench, unsigned int number, struct bench_bar *ret)
{
	struct type1 *type1 = bench->backend_state;

	return vfio_device_map_bar(bench, &type1->device, number, ret);
}

static int type1_config_read(struct bench *bench, unsigned int offset, void *ret,
			     size_t size)
{
	struct type1 *type1 = bench->backend_state;

	return vfio_device_config(&type1->device, offset, ret, size, false);
}

static int type1_config_write(struct bench *bench, unsigned int offset, const void *bytes,
			      size_t size)
{
	struct type1 *type1 = bench->backend_state;
	unsigned char copy[8];

	if (size > sizeof(copy))
		return -EINVAL;
	memcpy(copy, bytes, size);
	return vfio_device_config(&type1->device, offset, copy, size, true);
}

static int type1_reset(struct bench *bench)
{
	struct type1 *type1 = bench->backend_state;

	return vfio_device_reset(&type1->device);
}

#define GROUP_BACKEND                                                                    \
	.state_size = sizeof(struct type1), .close = type1_close,                        \
	.map_bar = type1_map_bar, .config_read = type1_config_read,                      \
	.config_write = type1_config_write, .reset = type1_reset

const struct backend backend_type1 = {
	.name = "type1",
	.summary = "VFIO's group and container",
	.automatic = true,
	.open = type1_open,
	.map = type1_map,
	.unmap = type1_unmap,
	.unmap_all = type1_unmap_all,
	GROUP_BACKEND,
};

const struct backend backend_iommufd_group = {
	.name = "iommufd-group",
	.summary = "VFIO's group, its container played by iommufd",
	.automatic = true,
	.open = iommufd_group_open,
	.map = type1_map,
	.unmap = type1_unmap,
	.unmap_all = type1_unmap_all,
	GROUP_BACKEND,
};

const struct backend backend_noiommu = {
	.name = "noiommu",
	.summary = "VFIO without an IOMMU: the device sees physical memory",
	.open = noiommu_open,
	.map = noiommu_map,
	.unmap = noiommu_unmap,
	.unmap_all = noiommu_unmap_all,
	.physical = true,
	GROUP_BACKEND,
};
