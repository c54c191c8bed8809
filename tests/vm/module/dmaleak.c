// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that leaks DMA mappings, as many as it is told, by each of the kernel's ways
 * to make one: what a program that looks for leaks has to find. It drives QEMU's device
 * edu (docs/specs/edu.rst), which it never starts: nothing goes through a mapping.
 *
 *	modprobe dmaleak burst=2 rate=1		2 of each at once, and 1 of each a second
 *	echo 10 >parameters/leak		10 more of each
 *	echo map_sg 10 >parameters/leak		10 more of one
 *	cat parameters/leak			how many there are
 *	echo 500 >parameters/churn		so many pairs a second of map and unmap;
 *						-1: as fast as can be
 *	cat parameters/pairs			how many of these there were
 *
 * Unbinding the device, or unloading this, gives back all that was leaked. Each way has
 * a function of its own, to be found in a stack.
 */

#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

enum way {
	MAP_SINGLE,
	MAP_PAGE,
	MAP_SG,
	MAP_SGTABLE,
	ALLOC_COHERENT,
	ALLOC_NONCOHERENT,
	ALLOC_PAGES,
	ALLOC_NONCONTIGUOUS,
	MAP_RESOURCE,
	POOL_ALLOC,
	WAYS,
};

/* The second segment lies apart, so that an IOMMU does not make one of the two. */
#define SEGMENTS 2
#define SEGMENT_AT(i) ((i) * (PAGE_SIZE + 512))

static unsigned int burst;
module_param(burst, uint, 0444);
MODULE_PARM_DESC(burst, "mappings leaked in each way when a device is found");

static int rate;
module_param(rate, int, 0644);
MODULE_PARM_DESC(rate, "mappings leaked a second, in each way");

static int churn;
module_param(churn, int, 0644);
MODULE_PARM_DESC(churn, "pairs of mapping and unmapping a second; -1: as fast as can be");

static unsigned long pairs;
module_param(pairs, ulong, 0444);
MODULE_PARM_DESC(pairs, "how many of these there were");

static unsigned int ways = BIT(WAYS) - 1;
module_param(ways, uint, 0644);
MODULE_PARM_DESC(ways, "bits of the ways that leak and churn, in the order of sizes");

static unsigned int unchecked;
module_param(unchecked, uint, 0644);
MODULE_PARM_DESC(unchecked, "bits of the ways that never ask whether a mapping failed");

static unsigned int sizes[WAYS] = {
	[MAP_SINGLE] = 256,	 [MAP_PAGE] = 4096,
	[MAP_SG] = 1536,	 [MAP_SGTABLE] = 3072,
	[ALLOC_COHERENT] = 8192, [ALLOC_NONCOHERENT] = 12288,
	[ALLOC_PAGES] = 20480,	 [ALLOC_NONCONTIGUOUS] = 16384,
	[MAP_RESOURCE] = 4096,	 [POOL_ALLOC] = 1024,
};
module_param_array(sizes, uint, NULL, 0444);
MODULE_PARM_DESC(sizes,
		 "bytes of: map_single, map_page, map_sg, map_sgtable, alloc_coherent, "
		 "alloc_noncoherent, alloc_pages, alloc_noncontiguous, map_resource, "
		 "pool_alloc");

/* So many a second, since that was asked for. */
struct pace {
	int rate;
	ktime_t start;
	u64 done;
};

struct mapping {
	struct list_head list;
	enum way way;
	size_t size;
	dma_addr_t address;
	void *memory;
	struct sg_table table, *noncontiguous;
};

struct dmaleak {
	struct list_head list;
	struct device *dev;
	phys_addr_t registers;
	struct dma_pool *pool;
	struct task_struct *thread;
	struct list_head leaked;	/* struct mapping */
	struct mapping churned[WAYS];
	unsigned int counts[WAYS];
};

/* Of the devices, and of what they leaked. */
static DEFINE_MUTEX(dmaleak_lock);
static LIST_HEAD(dmaleak_devices);

static int dmaleak_check(struct dmaleak *leak, struct mapping *mapping)
{
	if (READ_ONCE(unchecked) & BIT(mapping->way))
		return 0;
	return dma_mapping_error(leak->dev, mapping->address) ? -EIO : 0;
}

static noinline int dmaleak_map_single(struct dmaleak *leak, struct mapping *mapping)
{
	mapping->address =
		dma_map_single(leak->dev, mapping->memory, mapping->size, DMA_TO_DEVICE);
	return dmaleak_check(leak, mapping);
}

static noinline int dmaleak_map_page(struct dmaleak *leak, struct mapping *mapping)
{
	mapping->address = dma_map_page(leak->dev, virt_to_page(mapping->memory), 0,
					mapping->size, DMA_FROM_DEVICE);
	return dmaleak_check(leak, mapping);
}

static noinline int dmaleak_map_sg(struct dmaleak *leak, struct mapping *mapping)
{
	int mapped = dma_map_sg(leak->dev, mapping->table.sgl, SEGMENTS, DMA_TO_DEVICE);

	return mapped > 0 ? 0 : -EIO;
}

static noinline int dmaleak_map_sgtable(struct dmaleak *leak, struct mapping *mapping)
{
	int r = dma_map_sgtable(leak->dev, &mapping->table, DMA_FROM_DEVICE, 0);

	return r < 0 ? r : 0;
}

static noinline int dmaleak_alloc_coherent(struct dmaleak *leak, struct mapping *mapping)
{
	mapping->memory = dma_alloc_coherent(leak->dev, mapping->size, &mapping->address,
					     GFP_KERNEL);
	return mapping->memory ? 0 : -ENOMEM;
}

static noinline int dmaleak_alloc_noncoherent(struct dmaleak *leak,
					      struct mapping *mapping)
{
	mapping->memory =
		dma_alloc_noncoherent(leak->dev, mapping->size, &mapping->address,
				      DMA_BIDIRECTIONAL, GFP_KERNEL);
	return mapping->memory ? 0 : -ENOMEM;
}

static noinline int dmaleak_alloc_pages(struct dmaleak *leak, struct mapping *mapping)
{
	mapping->memory = dma_alloc_pages(leak->dev, mapping->size, &mapping->address,
					  DMA_FROM_DEVICE, GFP_KERNEL);
	return mapping->memory ? 0 : -ENOMEM;
}

static noinline int dmaleak_alloc_noncontiguous(struct dmaleak *leak,
						struct mapping *mapping)
{
	mapping->noncontiguous = dma_alloc_noncontiguous(
		leak->dev, mapping->size, DMA_BIDIRECTIONAL, GFP_KERNEL, 0);
	return mapping->noncontiguous ? 0 : -ENOMEM;
}

static noinline int dmaleak_map_resource(struct dmaleak *leak, struct mapping *mapping)
{
	mapping->address = dma_map_resource(leak->dev, leak->registers, mapping->size,
					    DMA_TO_DEVICE, 0);
	return dmaleak_check(leak, mapping);
}

static noinline int dmaleak_pool_alloc(struct dmaleak *leak, struct mapping *mapping)
{
	mapping->memory = dma_pool_alloc(leak->pool, GFP_KERNEL, &mapping->address);
	return mapping->memory ? 0 : -ENOMEM;
}

static const struct {
	const char *name;
	int (*map)(struct dmaleak *leak, struct mapping *mapping);
} dmaleak_ways[WAYS] = {
	[MAP_SINGLE] = { "map_single", dmaleak_map_single },
	[MAP_PAGE] = { "map_page", dmaleak_map_page },
	[MAP_SG] = { "map_sg", dmaleak_map_sg },
	[MAP_SGTABLE] = { "map_sgtable", dmaleak_map_sgtable },
	[ALLOC_COHERENT] = { "alloc_coherent", dmaleak_alloc_coherent },
	[ALLOC_NONCOHERENT] = { "alloc_noncoherent", dmaleak_alloc_noncoherent },
	[ALLOC_PAGES] = { "alloc_pages", dmaleak_alloc_pages },
	[ALLOC_NONCONTIGUOUS] = { "alloc_noncontiguous", dmaleak_alloc_noncontiguous },
	[MAP_RESOURCE] = { "map_resource", dmaleak_map_resource },
	[POOL_ALLOC] = { "pool_alloc", dmaleak_pool_alloc },
};

/* Bytes of our own memory that a way maps; 0 where it brings its own. */
static size_t dmaleak_memory(enum way way, size_t size)
{
	switch (way) {
	case MAP_SINGLE:
	case MAP_PAGE:
		return size;
	case MAP_SG:
	case MAP_SGTABLE:
		return SEGMENT_AT(SEGMENTS - 1) + size / SEGMENTS;
	default:
		return 0;
	}
}

static int dmaleak_prepare(struct mapping *mapping)
{
	size_t size = dmaleak_memory(mapping->way, mapping->size);
	struct scatterlist *segment;
	int i;

	if (size == 0)
		return 0;
	mapping->memory = alloc_pages_exact(size, GFP_KERNEL);
	if (!mapping->memory)
		return -ENOMEM;
	if (mapping->way != MAP_SG && mapping->way != MAP_SGTABLE)
		return 0;
	if (sg_alloc_table(&mapping->table, SEGMENTS, GFP_KERNEL) < 0) {
		free_pages_exact(mapping->memory, size);
		return -ENOMEM;
	}
	segment = mapping->table.sgl;
	for (i = 0; i < SEGMENTS; i++, segment = sg_next(segment))
		sg_set_buf(segment, mapping->memory + SEGMENT_AT(i),
			   mapping->size / SEGMENTS);
	return 0;
}

/* Gives back what dmaleak_prepare() got. */
static void dmaleak_clear(struct mapping *mapping)
{
	size_t size = dmaleak_memory(mapping->way, mapping->size);

	if (size == 0)
		return;
	if (mapping->way == MAP_SG || mapping->way == MAP_SGTABLE)
		sg_free_table(&mapping->table);
	free_pages_exact(mapping->memory, size);
}

static void dmaleak_unmap(struct dmaleak *leak, struct mapping *mapping)
{
	struct device *dev = leak->dev;
	size_t size = mapping->size;

	switch (mapping->way) {
	case MAP_SINGLE:
		dma_unmap_single(dev, mapping->address, size, DMA_TO_DEVICE);
		break;
	case MAP_PAGE:
		dma_unmap_page(dev, mapping->address, size, DMA_FROM_DEVICE);
		break;
	case MAP_SG:
		dma_unmap_sg(dev, mapping->table.sgl, SEGMENTS, DMA_TO_DEVICE);
		break;
	case MAP_SGTABLE:
		dma_unmap_sgtable(dev, &mapping->table, DMA_FROM_DEVICE, 0);
		break;
	case ALLOC_COHERENT:
		dma_free_coherent(dev, size, mapping->memory, mapping->address);
		break;
	case ALLOC_NONCOHERENT:
		dma_free_noncoherent(dev, size, mapping->memory, mapping->address,
				     DMA_BIDIRECTIONAL);
		break;
	case ALLOC_PAGES:
		dma_free_pages(dev, size, mapping->memory, mapping->address,
			       DMA_FROM_DEVICE);
		break;
	case ALLOC_NONCONTIGUOUS:
		dma_free_noncontiguous(dev, size, mapping->noncontiguous,
				       DMA_BIDIRECTIONAL);
		break;
	case MAP_RESOURCE:
		dma_unmap_resource(dev, mapping->address, size, DMA_TO_DEVICE, 0);
		break;
	case POOL_ALLOC:
		dma_pool_free(leak->pool, mapping->memory, mapping->address);
		break;
	case WAYS:
		break;
	}
}

static struct mapping *dmaleak_make(struct dmaleak *leak, enum way way)
{
	struct mapping *mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	int r;

	if (!mapping)
		return ERR_PTR(-ENOMEM);
	mapping->way = way;
	mapping->size = sizes[way];
	r = dmaleak_prepare(mapping);
	if (r == 0) {
		r = dmaleak_ways[way].map(leak, mapping);
		if (r < 0)
			dmaleak_clear(mapping);
	}
	if (r < 0) {
		kfree(mapping);
		return ERR_PTR(r);
	}
	return mapping;
}

static void dmaleak_free(struct dmaleak *leak, struct mapping *mapping)
{
	dmaleak_unmap(leak, mapping);
	dmaleak_clear(mapping);
	kfree(mapping);
}

/* Leaks so many in each of the ways that the mask has. */
static int dmaleak_leak(struct dmaleak *leak, unsigned int mask, unsigned int count)
{
	struct mapping *mapping;
	enum way way;

	for (way = 0; way < WAYS; way++) {
		unsigned int left = mask & BIT(way) ? count : 0;

		while (left-- > 0) {
			mapping = dmaleak_make(leak, way);
			if (IS_ERR(mapping))
				return PTR_ERR(mapping);
			list_add(&mapping->list, &leak->leaked);
			leak->counts[way]++;
			cond_resched();
		}
	}
	return 0;
}

/* Maps in all of the ways, then unmaps; how many there were. */
static unsigned int dmaleak_pairs(struct dmaleak *leak, unsigned int mask)
{
	unsigned int done = 0;
	enum way way;

	for (way = 0; way < WAYS; way++) {
		struct mapping *mapping = &leak->churned[way];

		if (!(mask & BIT(way)) || dmaleak_ways[way].map(leak, mapping) < 0)
			continue;
		dmaleak_unmap(leak, mapping);
		done++;
	}
	return done;
}

static void dmaleak_drop(struct dmaleak *leak, enum way ways_prepared)
{
	while (ways_prepared > 0)
		dmaleak_clear(&leak->churned[--ways_prepared]);
}

/* What is mapped again and again needs its memory once. */
static int dmaleak_stock(struct dmaleak *leak)
{
	enum way way;
	int r;

	for (way = 0; way < WAYS; way++) {
		leak->churned[way].way = way;
		leak->churned[way].size = sizes[way];
		r = dmaleak_prepare(&leak->churned[way]);
		if (r < 0) {
			dmaleak_drop(leak, way);
			return r;
		}
	}
	return 0;
}

/* How many are due by now; what is late is not forgotten. */
static u64 dmaleak_due(struct pace *pace, int wanted)
{
	u64 due;

	if (pace->rate != wanted) {
		pace->rate = wanted;
		pace->start = ktime_get();
		pace->done = 0;
	}
	if (wanted <= 0)
		return 0;
	due = div_u64(ktime_us_delta(ktime_get(), pace->start) * wanted, USEC_PER_SEC);
	return due > pace->done ? due - pace->done : 0;
}

static void dmaleak_churn(struct dmaleak *leak, struct pace *pace, unsigned int mask)
{
	int wanted = READ_ONCE(churn);
	u64 due = dmaleak_due(pace, wanted);

	if (wanted < 0)
		due = 1;
	while (due > 0 && !kthread_should_stop()) {
		unsigned int done = dmaleak_pairs(leak, mask);

		if (done == 0)
			break;
		/* Several devices have a thread each: then it is about so many. */
		pairs += done;
		pace->done += done;
		due -= min_t(u64, due, done);
		/* Who takes a function of ours away waits for this. */
		cond_resched_tasks_rcu_qs();
	}
}

static int dmaleak_thread(void *data)
{
	struct dmaleak *leak = data;
	struct pace leaking = { 0 }, churning = { 0 };

	while (!kthread_should_stop()) {
		unsigned int mask = READ_ONCE(ways) & (BIT(WAYS) - 1);
		u64 due = dmaleak_due(&leaking, READ_ONCE(rate));

		if (due > 0) {
			mutex_lock(&dmaleak_lock);
			dmaleak_leak(leak, mask, due);
			mutex_unlock(&dmaleak_lock);
			leaking.done += due;
		}
		dmaleak_churn(leak, &churning, mask);
		if (READ_ONCE(churn) >= 0 || mask == 0)
			schedule_timeout_interruptible(HZ / 50 + 1);
	}
	return 0;
}

/* "10", or "map_sg 10" */
static int dmaleak_set_leak(const char *text, const struct kernel_param *parameter)
{
	unsigned int mask = READ_ONCE(ways), count;
	struct dmaleak *leak;
	char name[24];
	int i, r = -ENODEV;

	if (sscanf(text, "%23s %u", name, &count) == 2) {
		for (i = 0; i < WAYS && strcmp(name, dmaleak_ways[i].name) != 0; i++)
			;
		if (i == WAYS)
			return -EINVAL;
		mask = BIT(i);
	} else if (kstrtouint(text, 0, &count) < 0) {
		return -EINVAL;
	}
	mutex_lock(&dmaleak_lock);
	list_for_each_entry(leak, &dmaleak_devices, list) {
		r = dmaleak_leak(leak, mask, count);
		if (r < 0)
			break;
	}
	mutex_unlock(&dmaleak_lock);
	return r;
}

static int dmaleak_get_leak(char *text, const struct kernel_param *parameter)
{
	struct dmaleak *leak;
	int i, length = 0;

	mutex_lock(&dmaleak_lock);
	for (i = 0; i < WAYS; i++) {
		unsigned int count = 0;

		list_for_each_entry(leak, &dmaleak_devices, list)
			count += leak->counts[i];
		length += sysfs_emit_at(text, length, "%s %u\n", dmaleak_ways[i].name,
					count);
	}
	mutex_unlock(&dmaleak_lock);
	return length;
}

static const struct kernel_param_ops dmaleak_leak_ops = {
	.set = dmaleak_set_leak,
	.get = dmaleak_get_leak,
};
module_param_cb(leak, &dmaleak_leak_ops, NULL, 0644);
MODULE_PARM_DESC(leak, "leak so many in each way, or NAME NUMBER: in one");

/* The segments do not overlap, and all is there. */
static bool dmaleak_sizes_fit(struct pci_dev *pdev)
{
	enum way way;

	for (way = 0; way < WAYS; way++)
		if (sizes[way] < SEGMENTS)
			return false;
	return sizes[MAP_SG] <= SEGMENTS * PAGE_SIZE &&
	       sizes[MAP_SGTABLE] <= SEGMENTS * PAGE_SIZE &&
	       sizes[MAP_RESOURCE] <= pci_resource_len(pdev, 0);
}

static int dmaleak_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct dmaleak *leak;
	int r;

	leak = devm_kzalloc(&pdev->dev, sizeof(*leak), GFP_KERNEL);
	if (!leak)
		return -ENOMEM;
	r = pcim_enable_device(pdev);
	if (r < 0)
		return r;
	if (!dmaleak_sizes_fit(pdev))
		return -EINVAL;
	r = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (r < 0)
		return r;
	INIT_LIST_HEAD(&leak->leaked);
	leak->dev = &pdev->dev;
	leak->registers = pci_resource_start(pdev, 0);
	leak->pool = dma_pool_create("dmaleak", leak->dev, sizes[POOL_ALLOC], 16, 0);
	if (!leak->pool)
		return -ENOMEM;
	r = dmaleak_stock(leak);
	if (r < 0) {
		dma_pool_destroy(leak->pool);
		return r;
	}
	leak->thread = kthread_create(dmaleak_thread, leak, "dmaleak");
	if (IS_ERR(leak->thread)) {
		dmaleak_drop(leak, WAYS);
		dma_pool_destroy(leak->pool);
		return PTR_ERR(leak->thread);
	}
	pci_set_drvdata(pdev, leak);
	mutex_lock(&dmaleak_lock);
	list_add(&leak->list, &dmaleak_devices);
	dmaleak_leak(leak, ways, burst);
	mutex_unlock(&dmaleak_lock);
	wake_up_process(leak->thread);
	return 0;
}

static void dmaleak_remove(struct pci_dev *pdev)
{
	struct dmaleak *leak = pci_get_drvdata(pdev);
	struct mapping *mapping, *next;

	kthread_stop(leak->thread);
	mutex_lock(&dmaleak_lock);
	list_del(&leak->list);
	list_for_each_entry_safe(mapping, next, &leak->leaked, list)
		dmaleak_free(leak, mapping);
	mutex_unlock(&dmaleak_lock);
	dmaleak_drop(leak, WAYS);
	dma_pool_destroy(leak->pool);
}

static const struct pci_device_id dmaleak_ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, {} };
MODULE_DEVICE_TABLE(pci, dmaleak_ids);

static struct pci_driver dmaleak_driver = {
	.name = "dmaleak",
	.id_table = dmaleak_ids,
	.probe = dmaleak_probe,
	.remove = dmaleak_remove,
};
module_pci_driver(dmaleak_driver);

MODULE_DESCRIPTION("Leaks DMA mappings at a known rate, for tests of what finds leaks");
MODULE_LICENSE("GPL");
