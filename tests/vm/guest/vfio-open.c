// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens a PCI function through VFIO as QEMU does, or says where that is refused. */

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Says where it ended: "refused set-iommu Operation not permitted". */
static int refused(const char *stage)
{
	printf("refused %s %s\n", stage, strerror(errno));
	return 1;
}

/* The number of the group of a function, from its link; -1 for none. */
static int group_of(const char *bdf)
{
	char path[128], target[256];
	const char *slash;
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -1;
	target[length] = '\0';
	slash = strrchr(target, '/');
	return slash ? atoi(slash + 1) : -1;
}

/* Maps memory at an address of the device, as a guest's would be, and takes it back. */
static int map_at(int container, uint64_t address, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)memory,
		.iova = address,
		.size = size,
	};

	if (memory == MAP_FAILED)
		return -1;
	return ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
}

int main(int count, char **arguments)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int container, group, device, number;
	char path[64];

	if (count < 2)
		return 2;
	number = group_of(arguments[1]);
	if (number < 0)
		return refused("no-group");
	snprintf(path, sizeof(path), "/dev/vfio/%d", number);
	container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		return refused("container");
	group = open(path, O_RDWR);
	if (group < 0)
		return refused("group");
	if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) < 0)
		return refused("status");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		errno = EBUSY;
		return refused("viable");
	}
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0)
		return refused("set-container");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return refused("set-iommu");
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, arguments[1]);
	if (device < 0)
		return refused("device");
	for (int i = 2; i < count; i++)
		if (strcmp(arguments[i], "hold") == 0) {
			printf("opened\n");
			fflush(stdout);
			pause();
		} else if (map_at(container, strtoull(arguments[i], NULL, 0), 4096) < 0) {
			return refused("map");
		}
	printf("opened\n");
	return 0;
}
