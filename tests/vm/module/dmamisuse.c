// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that uses the DMA API wrongly, in each of the ways that the kernel's debugging
 * of it (kernel/dma/debug.c) has a message for: what a program that reads the log has to
 * understand. It drives QEMU's device edu (docs/specs/edu.rst), which it never starts.
 *
 *	modprobe dmamisuse
 *	echo unmap-twice >parameters/misuse	one of them, once
 *	cat parameters/misuse			what there is
 *
 * Each tidies up behind itself, but for pending, which leaves a mapping to be found when
 * the driver lets go of the device, for good. Of the kernel's messages these cannot come:
 *
 *	maps memory from kernel text or rodata: where addresses have 64 bits, the page
 *	that is looked at is never known by that name
 *	syncs DMA memory outside allocated range: only what lies within is found, so that
 *	the rest is told as not allocated
 */

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* No smaller than a cache line, and within a page whatever is done with it. */
#define SIZE 512

/* One mapping more than the kernel counts of one cache line (ACTIVE_CACHELINE_…). */
#define OVERLAPS 9

static DEFINE_MUTEX(dmamisuse_lock);
static struct device *dmamisuse_device;

/* Two pages of memory, for all of them. */
static void *dmamisuse_memory;

static dma_addr_t dmamisuse_map(struct device *dev, size_t size,
				enum dma_data_direction direction)
{
	dma_addr_t address = dma_map_single(dev, dmamisuse_memory, size, direction);

	/* Who did not ask is told so at the end. */
	if (dma_mapping_error(dev, address))
		dev_err(dev, "nothing could be mapped\n");
	return address;
}

static void dmamisuse_unmap_invalid(struct device *dev)
{
	dma_unmap_single(dev, DMA_MAPPING_ERROR, SIZE, DMA_TO_DEVICE);
}

static void dmamisuse_unmap_unmapped(struct device *dev)
{
	dma_unmap_single(dev, 0x12345000, SIZE, DMA_TO_DEVICE);
}

static void dmamisuse_unmap_twice(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_TO_DEVICE);

	dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
	dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
}

static void dmamisuse_unmap_size(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_TO_DEVICE);

	dma_unmap_single(dev, address, SIZE / 2, DMA_TO_DEVICE);
}

static void dmamisuse_unmap_direction(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_TO_DEVICE);

	dma_unmap_single(dev, address, SIZE, DMA_FROM_DEVICE);
}

/* As a list is unmapped, and as memory is that came with its mapping. */
static void dmamisuse_unmap_function(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_BIDIRECTIONAL);
	struct scatterlist list;

	sg_init_one(&list, dmamisuse_memory, SIZE);
	sg_dma_address(&list) = address;
	sg_dma_len(&list) = SIZE;
	dma_unmap_sg(dev, &list, 1, DMA_BIDIRECTIONAL);
}

static void dmamisuse_free_single(struct device *dev)
{
	void *memory = (void *)__get_free_page(GFP_KERNEL);
	dma_addr_t address;

	if (!memory)
		return;
	address = dma_map_single(dev, memory, PAGE_SIZE, DMA_BIDIRECTIONAL);
	if (dma_mapping_error(dev, address))
		free_page((unsigned long)memory);
	else
		dma_free_coherent(dev, PAGE_SIZE, memory, address);
}

/* Each with the other's memory, so that in the end both are free. */
static void dmamisuse_free_memory(struct device *dev)
{
	dma_addr_t one_address, other_address;
	void *one = dma_alloc_coherent(dev, PAGE_SIZE, &one_address, GFP_KERNEL);
	void *other = dma_alloc_coherent(dev, PAGE_SIZE, &other_address, GFP_KERNEL);

	if (one && other) {
		dma_free_coherent(dev, PAGE_SIZE, other, one_address);
		dma_free_coherent(dev, PAGE_SIZE, one, other_address);
	}
}

/* One of two segments is mapped. */
static void dmamisuse_list(struct device *dev, struct scatterlist *list)
{
	sg_init_table(list, 2);
	sg_set_buf(&list[0], dmamisuse_memory, SIZE);
	sg_set_buf(&list[1], dmamisuse_memory + PAGE_SIZE, SIZE);
	if (dma_map_sg(dev, list, 1, DMA_TO_DEVICE) != 1)
		dev_err(dev, "no list could be mapped\n");
}

static void dmamisuse_unmap_sg_count(struct device *dev)
{
	struct scatterlist list[2];

	dmamisuse_list(dev, list);
	dma_unmap_sg(dev, list, 2, DMA_TO_DEVICE);
}

static void dmamisuse_unchecked(struct device *dev)
{
	dma_addr_t address = dma_map_single(dev, dmamisuse_memory, SIZE, DMA_TO_DEVICE);

	dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
}

static void dmamisuse_map_stack(struct device *dev)
{
	char memory[64] __aligned(64) = "";
	struct page *page =
		is_vmalloc_addr(memory) ? vmalloc_to_page(memory) : virt_to_page(memory);
	dma_addr_t address = dma_map_page(dev, page, offset_in_page(memory),
					  sizeof(memory), DMA_TO_DEVICE);

	if (!dma_mapping_error(dev, address))
		dma_unmap_page(dev, address, sizeof(memory), DMA_TO_DEVICE);
}

/*
 * The check alone that dma_map_single() asks for: it refuses the one address before, and
 * would make a page out of the other that does not exist.
 */
static void dmamisuse_map_vmalloc(struct device *dev)
{
	void *memory = vmalloc(SIZE);

	if (memory)
		debug_dma_map_single(dev, memory, SIZE);
	vfree(memory);
}

static void dmamisuse_map_nowhere(struct device *dev)
{
	debug_dma_map_single(dev, (void *)0x1000, SIZE);
}

/* As drivers of old gave no device. */
static void dmamisuse_map_for_nobody(struct device *dev)
{
	debug_dma_map_single(NULL, (void *)0x1000, SIZE);
}

static void dmamisuse_map_refused(struct device *dev)
{
	void *memory = vmalloc(SIZE);
	dma_addr_t address;

	if (!memory)
		return;
	address = dma_map_single(dev, memory, SIZE, DMA_TO_DEVICE);
	if (!dma_mapping_error(dev, address))
		dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
	vfree(memory);
}

static void dmamisuse_sync_unmapped(struct device *dev)
{
	dma_sync_single_for_cpu(dev, 0x12345000, SIZE, DMA_FROM_DEVICE);
}

static void dmamisuse_sync_beyond(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_TO_DEVICE);

	dma_sync_single_for_device(dev, address, 2 * SIZE, DMA_TO_DEVICE);
	dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
}

static void dmamisuse_sync_direction(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_TO_DEVICE);

	dma_sync_single_for_device(dev, address, SIZE, DMA_FROM_DEVICE);
	dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
}

/* These two are another direction, too. */
static void dmamisuse_sync_read_only(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_TO_DEVICE);

	dma_sync_single_for_cpu(dev, address, SIZE, DMA_BIDIRECTIONAL);
	dma_unmap_single(dev, address, SIZE, DMA_TO_DEVICE);
}

static void dmamisuse_sync_write_only(struct device *dev)
{
	dma_addr_t address = dmamisuse_map(dev, SIZE, DMA_FROM_DEVICE);

	dma_sync_single_for_device(dev, address, SIZE, DMA_BIDIRECTIONAL);
	dma_unmap_single(dev, address, SIZE, DMA_FROM_DEVICE);
}

static void dmamisuse_sync_sg_count(struct device *dev)
{
	struct scatterlist list[2];

	dmamisuse_list(dev, list);
	dma_sync_sg_for_device(dev, list, 2, DMA_TO_DEVICE);
	dma_unmap_sg(dev, list, 1, DMA_TO_DEVICE);
}

static void dmamisuse_map_two_pages(struct device *dev)
{
	struct scatterlist list;

	sg_init_one(&list, dmamisuse_memory, 2 * PAGE_SIZE);
	if (dma_map_sg(dev, &list, 1, DMA_TO_DEVICE) == 1)
		dma_unmap_sg(dev, &list, 1, DMA_TO_DEVICE);
}

static void dmamisuse_segment_length(struct device *dev)
{
	unsigned int before = dma_get_max_seg_size(dev);

	dma_set_max_seg_size(dev, PAGE_SIZE);
	dmamisuse_map_two_pages(dev);
	dma_set_max_seg_size(dev, before);
}

static void dmamisuse_segment_boundary(struct device *dev)
{
	unsigned long before = dma_get_seg_boundary(dev);

	dma_set_seg_boundary(dev, PAGE_SIZE - 1);
	dmamisuse_map_two_pages(dev);
	dma_set_seg_boundary(dev, before);
}

static void dmamisuse_map_often(struct device *dev, int times)
{
	dma_addr_t addresses[OVERLAPS];
	int i;

	for (i = 0; i < times; i++)
		addresses[i] = dmamisuse_map(dev, SIZE, DMA_FROM_DEVICE);
	for (i = 0; i < times; i++)
		dma_unmap_single(dev, addresses[i], SIZE, DMA_FROM_DEVICE);
}

static void dmamisuse_overlap(struct device *dev)
{
	dmamisuse_map_often(dev, 2);
}

static void dmamisuse_overlap_often(struct device *dev)
{
	dmamisuse_map_often(dev, OVERLAPS);
}

static noinline void dmamisuse_pending(struct device *dev)
{
	void *memory = kmalloc(SIZE, GFP_KERNEL);

	if (memory &&
	    dma_mapping_error(dev, dma_map_single(dev, memory, SIZE, DMA_FROM_DEVICE)))
		kfree(memory);
}

static const struct {
	const char *name;
	void (*run)(struct device *dev);
} dmamisuse_ways[] = {
	{ "unmap-invalid", dmamisuse_unmap_invalid },
	{ "unmap-unmapped", dmamisuse_unmap_unmapped },
	{ "unmap-twice", dmamisuse_unmap_twice },
	{ "unmap-size", dmamisuse_unmap_size },
	{ "unmap-direction", dmamisuse_unmap_direction },
	{ "unmap-function", dmamisuse_unmap_function },
	{ "unmap-sg-count", dmamisuse_unmap_sg_count },
	{ "free-single", dmamisuse_free_single },
	{ "free-memory", dmamisuse_free_memory },
	{ "unchecked", dmamisuse_unchecked },
	{ "map-stack", dmamisuse_map_stack },
	{ "map-vmalloc", dmamisuse_map_vmalloc },
	{ "map-nowhere", dmamisuse_map_nowhere },
	{ "map-for-nobody", dmamisuse_map_for_nobody },
	{ "map-refused", dmamisuse_map_refused },
	{ "sync-unmapped", dmamisuse_sync_unmapped },
	{ "sync-beyond", dmamisuse_sync_beyond },
	{ "sync-direction", dmamisuse_sync_direction },
	{ "sync-read-only", dmamisuse_sync_read_only },
	{ "sync-write-only", dmamisuse_sync_write_only },
	{ "sync-sg-count", dmamisuse_sync_sg_count },
	{ "segment-length", dmamisuse_segment_length },
	{ "segment-boundary", dmamisuse_segment_boundary },
	{ "overlap", dmamisuse_overlap },
	{ "overlap-often", dmamisuse_overlap_often },
	{ "pending", dmamisuse_pending },
};

static int dmamisuse_set(const char *text, const struct kernel_param *parameter)
{
	int i, r = -EINVAL;

	mutex_lock(&dmamisuse_lock);
	for (i = 0; i < ARRAY_SIZE(dmamisuse_ways); i++) {
		if (!sysfs_streq(text, dmamisuse_ways[i].name))
			continue;
		r = dmamisuse_device ? 0 : -ENODEV;
		if (r == 0)
			dmamisuse_ways[i].run(dmamisuse_device);
	}
	mutex_unlock(&dmamisuse_lock);
	return r;
}

static int dmamisuse_get(char *text, const struct kernel_param *parameter)
{
	int i, length = 0;

	for (i = 0; i < ARRAY_SIZE(dmamisuse_ways); i++)
		length += sysfs_emit_at(text, length, "%s\n", dmamisuse_ways[i].name);
	return length;
}

static const struct kernel_param_ops dmamisuse_ops = {
	.set = dmamisuse_set,
	.get = dmamisuse_get,
};
module_param_cb(misuse, &dmamisuse_ops, NULL, 0644);
MODULE_PARM_DESC(misuse, "what to do wrong, once");

static int dmamisuse_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int r = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));

	if (r < 0)
		return r;
	mutex_lock(&dmamisuse_lock);
	if (!dmamisuse_memory)
		dmamisuse_memory = (void *)__get_free_pages(GFP_KERNEL, 1);
	r = !dmamisuse_memory ? -ENOMEM : dmamisuse_device ? -EBUSY : 0;
	if (r == 0)
		dmamisuse_device = &pdev->dev;
	mutex_unlock(&dmamisuse_lock);
	return r;
}

static void dmamisuse_remove(struct pci_dev *pdev)
{
	mutex_lock(&dmamisuse_lock);
	dmamisuse_device = NULL;
	free_pages((unsigned long)dmamisuse_memory, 1);
	dmamisuse_memory = NULL;
	mutex_unlock(&dmamisuse_lock);
}

static const struct pci_device_id dmamisuse_ids[] = { { PCI_DEVICE(0x1234, 0x11e8) },
						      {} };
MODULE_DEVICE_TABLE(pci, dmamisuse_ids);

static struct pci_driver dmamisuse_driver = {
	.name = "dmamisuse",
	.id_table = dmamisuse_ids,
	.probe = dmamisuse_probe,
	.remove = dmamisuse_remove,
};
module_pci_driver(dmamisuse_driver);

MODULE_DESCRIPTION("Uses the DMA API wrongly, for tests of what reads the kernel's log");
MODULE_LICENSE("GPL");
