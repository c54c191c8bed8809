// SPDX-License-Identifier: GPL-2.0-or-later
/* A function that VFIO has handed out: its registers, configuration space and reset. */

#include "bench/vfio.h"

#include <fcntl.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

int vfio_device_begin(struct bench *bench, struct vfio_device *device)
{
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};

	if (ioctl(device->fd, VFIO_DEVICE_GET_REGION_INFO, &region) < 0)
		return bench_fail(bench, -errno, "VFIO_DEVICE_GET_REGION_INFO: %s",
				  strerror(errno));
	device->config_offset = region.offset;
	return 0;
}

void vfio_device_end(struct vfio_device *device)
{
	for (size_t i = 0; i < ARRAY_SIZE(device->bars); i++)
		if (device->bars[i].at)
			munmap(device->bars[i].at, device->bars[i].size);
	if (device->fd >= 0)
		close(device->fd);
	memset(device->bars, 0, sizeof(device->bars));
	device->fd = -1;
}

int vfio_device_map_bar(struct bench *bench, struct vfio_device *device,
			unsigned int number, struct bench_bar *ret)
{
	struct vfio_region_info region = { .argsz = sizeof(region), .index = number };
	struct vfio_bar *bar = device->bars + number;

	if (number >= ARRAY_SIZE(device->bars))
		return -EINVAL;
	if (!bar->at) {
		if (ioctl(device->fd, VFIO_DEVICE_GET_REGION_INFO, &region) < 0)
			return bench_fail(bench, -errno, "BAR %u: %s", number,
					  strerror(errno));
		if (region.size == 0 || !(region.flags & VFIO_REGION_INFO_FLAG_MMAP))
			return bench_fail(bench, -ENXIO,
					  "BAR %u cannot be mapped by a program", number);
		bar->at = mmap(NULL, region.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			       device->fd, (off_t)region.offset);
		if (bar->at == MAP_FAILED) {
			bar->at = NULL;
			return bench_fail(bench, -errno, "BAR %u: %s", number,
					  strerror(errno));
		}
		bar->size = region.size;
	}
	*ret = (struct bench_bar){ .at = bar->at, .size = bar->size };
	return 0;
}

int vfio_device_config(const struct vfio_device *device, unsigned int offset, void *bytes,
		       size_t size, bool write)
{
	off_t at = (off_t)(device->config_offset + offset);
	ssize_t done;

	/* Not found yet, or never: at 0 begin the registers of BAR 0. */
	if (device->config_offset == 0)
		return -ENODEV;
	done = write ? pwrite(device->fd, bytes, size, at)
		     : pread(device->fd, bytes, size, at);
	if (done < 0)
		return -errno;
	return (size_t)done == size ? 0 : -EIO;
}

int vfio_device_reset(const struct vfio_device *device)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	if (ioctl(device->fd, VFIO_DEVICE_GET_INFO, &info) < 0)
		return -errno;
	if (!(info.flags & VFIO_DEVICE_FLAGS_RESET))
		return -EOPNOTSUPP;
	return ioctl(device->fd, VFIO_DEVICE_RESET) < 0 ? -errno : 0;
}

int vfio_group_number(const char *bdf, unsigned int *ret)
{
	char path[64], target[256];
	const char *slash;
	uint64_t number;
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	slash = strrchr(target, '/');
	if (!slash || parse_u64(slash + 1, 10, &number) < 0 || number > UINT32_MAX)
		return -ENOENT;
	*ret = (unsigned int)number;
	return 0;
}

int vfio_map_failed(struct bench *bench, uint64_t iova, uint64_t size, int error)
{
	const char *why = strerror(-error);

	if (error == -ENOMEM)
		why = "no memory, or more than this process may lock (ulimit -l)";
	else if (error == -ENOSPC)
		why = "no more mappings: the limit is dma_entry_limit of "
		      "vfio_iommu_type1";
	return bench_fail(bench, error, "%llu bytes cannot be mapped at 0x%llx: %s",
			  (unsigned long long)size, (unsigned long long)iova, why);
}

int vfio_unmap_failed(struct bench *bench, uint64_t iova, int error)
{
	return bench_fail(bench, error, "0x%llx cannot be unmapped: %s",
			  (unsigned long long)iova, strerror(-error));
}
