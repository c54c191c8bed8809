// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What mapping costs by type 1 of VFIO with nothing around it: two calls in a loop, and a
 * look at the clock at its ends. A peer for `dmascope bench map`.
 *
 * map-loop BDF SIZE ROUNDS: nanoseconds of a map and of an unmap, the median of batches.
 */

#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 16, IOVA = 0x10000000 };

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static int open_group(const char *bdf)
{
	char path[128], target[256];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -1;
	target[length] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%s", strrchr(target, '/') + 1);
	return open(path, O_RDWR);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

int main(int count, char **arguments)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
	};
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap) };
	int container, group;
	size_t size, batches;
	uint64_t *times;
	char *memory;

	if (count != 4)
		return 2;
	size = strtoull(arguments[2], NULL, 0);
	batches = strtoull(arguments[3], NULL, 0) / BATCH + 1;
	times = calloc(batches, sizeof(*times));
	memory = mmap(NULL, 2 * size + (2 << 20), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	container = open("/dev/vfio/vfio", O_RDWR);
	group = open_group(arguments[1]);
	if (!times || memory == MAP_FAILED || container < 0 || group < 0 ||
	    ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0 ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0) {
		perror("map-loop");
		return 1;
	}
	madvise(memory, 2 * size + (2 << 20), MADV_NOHUGEPAGE);
	map.vaddr = ((uintptr_t)memory + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1);
	/* No more than is mapped: who touches more finds more of it in one piece. */
	for (size_t at = 0; at < size; at += 4096)
		*(volatile char *)(map.vaddr + at) = 0;
	map.size = unmap.size = size;
	map.iova = unmap.iova = IOVA;
	for (size_t i = 0; i < batches; i++) {
		uint64_t start = now();

		for (int n = 0; n < BATCH; n++) {
			if (ioctl(container, VFIO_IOMMU_MAP_DMA, &map) < 0 ||
			    ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap) < 0) {
				perror("map-loop");
				return 1;
			}
			unmap.size = size;
		}
		times[i] = (now() - start) / BATCH;
	}
	qsort(times, batches, sizeof(*times), compare);
	printf("%llu\n", (unsigned long long)times[batches / 2]);
	return 0;
}
