// SPDX-License-Identifier: GPL-2.0-or-later
/* iommufd and VFIO's character devices (Documentation/userspace-api/iommufd.rst). */

#include <dirent.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>

#include "bench/backends.h"
#include "bench/vfio.h"

/*
 * What include/uapi/linux/iommufd.h (since 6.2) and vfio.h (since 6.6) lay down: headers
 * of Debian 12 do not have it yet.
 */
enum {
	IOMMUFD_DESTROY = 0x80,
	IOMMUFD_IOAS_ALLOC,
	IOMMUFD_IOAS_ALLOW_IOVAS,
	IOMMUFD_IOAS_COPY,
	IOMMUFD_IOAS_IOVA_RANGES,
	IOMMUFD_IOAS_MAP,
	IOMMUFD_IOAS_UNMAP,
	VFIO_BIND_IOMMUFD = VFIO_BASE + 18,
	VFIO_ATTACH_IOMMUFD_PT = VFIO_BASE + 19,
};

#define IOMMUFD_CALL(number) _IO(VFIO_TYPE, (number))

enum { MAP_FIXED_IOVA = 1 << 0, MAP_WRITEABLE = 1 << 1, MAP_READABLE = 1 << 2 };

struct ioas_alloc {
	uint32_t size, flags, out_ioas_id;
};

struct ioas_range {
	uint64_t start, last;
} __attribute__((aligned(8)));

struct ioas_iova_ranges {
	uint32_t size, ioas_id, num_iovas, reserved;
	uint64_t allowed_iovas;
	uint64_t out_iova_alignment;
};

struct ioas_map {
	uint32_t size, flags, ioas_id, reserved;
	uint64_t user_va, length, iova;
};

struct ioas_copy {
	uint32_t size, flags, dst_ioas_id, src_ioas_id;
	uint64_t length, dst_iova, src_iova;
};

struct ioas_unmap {
	uint32_t size, ioas_id;
	uint64_t iova, length;
};

struct bind_iommufd {
	uint32_t argsz, flags;
	int32_t iommufd;
	uint32_t out_devid;
};

struct attach_iommufd_pt {
	uint32_t argsz, flags, pt_id;
};

struct iommufd {
	struct vfio_device device;
	int fd;
	uint32_t ioas;
};

static int call(struct bench *bench, const char *name, int fd, unsigned long number,
		void *argument)
{
	if (ioctl(fd, number, argument) == 0)
		return 0;
	return bench_fail(bench, -errno, "%s: %s", name,
			  errno == EPERM ? "no interrupt remapping; the parameter "
					   "allow_unsafe_interrupts of iommufd would "
					   "allow it"
					 : strerror(errno));
}

/* /dev/vfio/devices/vfioN: N is the name below vfio-dev/ of the function. */
static int open_device_node(struct bench *bench)
{
	struct iommufd *iommufd = bench->backend_state;
	char path[300];
	DIR *directory;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", bench->bdf);
	directory = opendir(path);
	path[0] = '\0';
	if (directory) {
		const struct dirent *entry;

		while ((entry = readdir(directory)))
			if (starts_with(entry->d_name, "vfio"))
				snprintf(path, sizeof(path), "/dev/vfio/devices/%s",
					 entry->d_name);
		closedir(directory);
	}
	if (!path[0])
		return bench_fail(bench, -ENODEV, "%s is not with vfio-pci", bench->bdf);
	iommufd->device.fd = open(path, O_RDWR | O_CLOEXEC);
	if (iommufd->device.fd < 0)
		return bench_fail(bench, errno == ENOENT ? -ENODEV : -errno, "%s: %s",
				  path, strerror(errno));
	return 0;
}

static int attach(struct bench *bench)
{
	struct iommufd *iommufd = bench->backend_state;
	struct bind_iommufd bind = { .argsz = sizeof(bind), .iommufd = iommufd->fd };
	struct ioas_alloc alloc = { .size = sizeof(alloc) };
	struct attach_iommufd_pt attachment = { .argsz = sizeof(attachment) };
	int r;

	r = call(bench, "VFIO_DEVICE_BIND_IOMMUFD", iommufd->device.fd,
		 IOMMUFD_CALL(VFIO_BIND_IOMMUFD), &bind);
	if (r < 0)
		return r;
	r = call(bench, "IOMMU_IOAS_ALLOC", iommufd->fd, IOMMUFD_CALL(IOMMUFD_IOAS_ALLOC),
		 &alloc);
	if (r < 0)
		return r;
	iommufd->ioas = alloc.out_ioas_id;
	attachment.pt_id = iommufd->ioas;
	return call(bench, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", iommufd->device.fd,
		    IOMMUFD_CALL(VFIO_ATTACH_IOMMUFD_PT), &attachment);
}

static int ask_ranges(struct bench *bench)
{
	struct iommufd *iommufd = bench->backend_state;
	struct ioas_range ranges[ARRAY_SIZE(bench->ranges)];
	struct ioas_iova_ranges ask = {
		.size = sizeof(ask),
		.ioas_id = iommufd->ioas,
		.num_iovas = ARRAY_SIZE(ranges),
		.allowed_iovas = (uintptr_t)ranges,
	};
	int r = call(bench, "IOMMU_IOAS_IOVA_RANGES", iommufd->fd,
		     IOMMUFD_CALL(IOMMUFD_IOAS_IOVA_RANGES), &ask);

	if (r < 0 && r != -EMSGSIZE)
		return r;
	bench->range_count = MIN(ask.num_iovas, ARRAY_SIZE(ranges));
	for (size_t i = 0; i < bench->range_count; i++)
		bench->ranges[i] = (struct iova_range){ ranges[i].start, ranges[i].last };
	return 0;
}

static int iommufd_open(struct bench *bench)
{
	struct iommufd *iommufd = bench->backend_state;
	int r;

	iommufd->device.fd = -1;
	iommufd->fd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	if (iommufd->fd < 0)
		return bench_fail(bench, errno == ENOENT ? -ENODEV : -errno,
				  "/dev/iommu: %s", strerror(errno));
	r = open_device_node(bench);
	if (r == 0)
		r = attach(bench);
	if (r == 0)
		r = ask_ranges(bench);
	return r < 0 ? r : vfio_device_begin(bench, &iommufd->device);
}

static void iommufd_close(struct bench *bench)
{
	struct iommufd *iommufd = bench->backend_state;

	/* The device first: it holds what the other has. */
	vfio_device_end(&iommufd->device);
	if (iommufd->fd >= 0)
		close(iommufd->fd);
}

static uint32_t map_flags(unsigned int access)
{
	return MAP_FIXED_IOVA | (access & ACCESS_READ ? (uint32_t)MAP_READABLE : 0U) |
	       (access & ACCESS_WRITE ? (uint32_t)MAP_WRITEABLE : 0U);
}

static int iommufd_map(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		       unsigned int access)
{
	const struct iommufd *iommufd = bench->backend_state;
	struct ioas_map map = {
		.size = sizeof(map),
		.flags = map_flags(access),
		.ioas_id = iommufd->ioas,
		.user_va = (uintptr_t)at,
		.length = size,
		.iova = iova,
	};

	if (ioctl(iommufd->fd, IOMMUFD_CALL(IOMMUFD_IOAS_MAP), &map) < 0)
		return vfio_map_failed(bench, iova, size, -errno);
	return 0;
}

static int iommufd_map_again(struct bench *bench, uint64_t from, uint64_t iova,
			     uint64_t size, unsigned int access)
{
	const struct iommufd *iommufd = bench->backend_state;
	struct ioas_copy copy = {
		.size = sizeof(copy),
		.flags = map_flags(access),
		.dst_ioas_id = iommufd->ioas,
		.src_ioas_id = iommufd->ioas,
		.length = size,
		.dst_iova = iova,
		.src_iova = from,
	};

	if (ioctl(iommufd->fd, IOMMUFD_CALL(IOMMUFD_IOAS_COPY), &copy) < 0)
		return vfio_map_failed(bench, iova, size, -errno);
	return 0;
}

static int iommufd_unmap(struct bench *bench, uint64_t iova, uint64_t size)
{
	const struct iommufd *iommufd = bench->backend_state;
	struct ioas_unmap unmap = {
		.size = sizeof(unmap),
		.ioas_id = iommufd->ioas,
		.iova = iova,
		.length = size,
	};

	if (ioctl(iommufd->fd, IOMMUFD_CALL(IOMMUFD_IOAS_UNMAP), &unmap) < 0)
		return vfio_unmap_failed(bench, iova, -errno);
	return 0;
}

static int iommufd_unmap_all(struct bench *bench)
{
	return iommufd_unmap(bench, 0, UINT64_MAX);
}

static int iommufd_map_bar(struct bench *bench, unsigned int number,
			   struct bench_bar *ret)
{
	struct iommufd *iommufd = bench->backend_state;

	return vfio_device_map_bar(bench, &iommufd->device, number, ret);
}

static int iommufd_config_read(struct bench *bench, unsigned int offset, void *ret,
			       size_t size)
{
	struct iommufd *iommufd = bench->backend_state;

	return vfio_device_config(&iommufd->device, offset, ret, size, false);
}

static int iommufd_config_write(struct bench *bench, unsigned int offset,
				const void *bytes, size_t size)
{
	struct iommufd *iommufd = bench->backend_state;
	unsigned char copy[8];

	if (size > sizeof(copy))
		return -EINVAL;
	memcpy(copy, bytes, size);
	return vfio_device_config(&iommufd->device, offset, copy, size, true);
}

static int iommufd_reset(struct bench *bench)
{
	struct iommufd *iommufd = bench->backend_state;

	return vfio_device_reset(&iommufd->device);
}

const struct backend backend_iommufd = {
	.name = "iommufd",
	.summary = "iommufd with VFIO's character device",
	.automatic = true,
	.state_size = sizeof(struct iommufd),
	.open = iommufd_open,
	.close = iommufd_close,
	.map = iommufd_map,
	.unmap = iommufd_unmap,
	.unmap_all = iommufd_unmap_all,
	.map_again = iommufd_map_again,
	.map_bar = iommufd_map_bar,
	.config_read = iommufd_config_read,
	.config_write = iommufd_config_write,
	.reset = iommufd_reset,
};
