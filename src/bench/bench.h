/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live DMA: what backends, drivers of devices and workloads know of each other.
 *
 * A backend maps memory for a device, a driver makes the device move bytes, a workload
 * measures one through the other. None of them knows which others there are: adding one
 * is a file and a line in its table.
 *
 * Times are nanoseconds, sizes bytes, addresses of the device (IOVAs) 64 bits.
 * Functions return 0 or a negative errno, and those that take a struct bench say why in
 * bench->why.
 */
#pragma once

#include "bench/memory.h"

struct bench;

/* Addresses that may be mapped, both ends inclusive. */
struct iova_range {
	uint64_t start, end;
};

/* What the device may do with what is mapped. */
enum bench_access { ACCESS_READ = 1 << 0, ACCESS_WRITE = 1 << 1 };

/* Registers of a device, or memory of its own. */
struct bench_bar {
	volatile unsigned char *at; /* NULL where there is none */
	size_t size;
};

/* A way to map memory for a device: VFIO, or none at all. */
struct backend {
	const char *name, *summary;
	size_t state_size; /* of bench->backend_state, zeroed */
	/*
	 * Takes the function bench->bdf, fills in bench->ranges, page_sizes and
	 * mappings_max. -ENODEV: the kernel lacks it; -EBUSY: another has the device.
	 */
	int (*open)(struct bench *bench);
	/* After open(), whether or not it succeeded; gives everything back. */
	void (*close)(struct bench *bench);
	/* All sizes and addresses are multiples of 4096. */
	int (*map)(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		   unsigned int access);
	/* All that lies in the range, which must not cut a mapping in two. */
	int (*unmap)(struct bench *bench, uint64_t iova, uint64_t size);
	int (*unmap_all)(struct bench *bench);
	/*
	 * Maps at `iova` what is mapped at `from`, without pinning it once more. NULL
	 * where the interface has no such thing.
	 */
	int (*map_again)(struct bench *bench, uint64_t from, uint64_t iova, uint64_t size,
			 unsigned int access);
	/* NULL where there are no registers. */
	int (*map_bar)(struct bench *bench, unsigned int number, struct bench_bar *ret);
	int (*config_read)(struct bench *bench, unsigned int offset, void *ret,
			   size_t size);
	int (*config_write)(struct bench *bench, unsigned int offset, const void *bytes,
			    size_t size);
	/* Resets the function; -EOPNOTSUPP where that cannot be done. */
	int (*reset)(struct bench *bench);
	/* Where memory that is mapped lies for the machine; NULL: memory_physical(). */
	int (*locate)(struct bench *bench, const void *at, uint64_t *ret);
	bool automatic; /* tried where the user names none */
	bool physical;	/* addresses cannot be chosen: memory is mapped where it lies */
	bool pins_nothing; /* what is mapped is not locked: no limit counts */
};

/* One movement of bytes. What is not used of source and target is 0. */
enum transfer_kind {
	TRANSFER_READ,	/* the device reads memory at source */
	TRANSFER_WRITE, /* the device writes memory at target */
	TRANSFER_COPY,	/* it reads source and writes the same bytes to target */
};

enum { TRANSFER_KINDS = TRANSFER_COPY + 1 };

struct transfer {
	enum transfer_kind kind;
	uint64_t source, target; /* IOVAs */
	size_t size;
	uint64_t tag; /* the caller's, handed back by reap() */
};

struct pci_match {
	uint16_t vendor, device; /* 0xffff: any */
	uint32_t class_id, class_mask;
};

/* What one device, as it was found, can do. Set by its open(), or before by its table. */
struct device_limits {
	size_t size_min, size_max, size_step; /* of a transfer */
	unsigned int depth_max;		      /* transfers at once */
	unsigned int address_bits;
};

/* A driver in user space, for devices whose registers it knows. */
struct bench_device {
	const char *name, *summary;
	const struct pci_match
		*match;	  /* ends with one that has no class_mask and no vendor;
					  NULL: never by itself */
	unsigned int can; /* 1 << enum transfer_kind */
	const struct device_limits limits;
	size_t rings_size; /* memory for its own use at bench->rings; multiple of 4096 */
	size_t state_size; /* of bench->device_state, zeroed */
	/* Resets the device and makes it ready; may lower bench->limits. */
	int (*open)(struct bench *bench);
	/* -EAGAIN: as many are under way as it takes. */
	int (*submit)(struct bench *bench, const struct transfer *transfer);
	/*
	 * One that is done: 1, its tag, and in *ret_error 0 or a negative errno of the
	 * device. 0: none is done yet. -errno: the device is lost; a new open() may
	 * help.
	 */
	int (*reap)(struct bench *bench, uint64_t *ret_tag, int *ret_error);
	/*
	 * Did all bytes arrive? -EBADMSG where they differ. `source` and `target` are
	 * the memory at the transfer's addresses (NULL where it does not use one).
	 * Nothing is under way then. May use the device.
	 */
	int (*verify)(struct bench *bench, const struct transfer *transfer,
		      const unsigned char *source, const unsigned char *target);
	/* Stops all DMA of the device; nothing of it is under way afterwards. */
	void (*close)(struct bench *bench);
};

/* One device that is driven. */
struct bench {
	const struct backend *backend;
	const struct bench_device *device;
	void *backend_state, *device_state;
	const char *bdf;	      /* full, "0000:01:00.0" */
	struct iova_range ranges[32]; /* ascending */
	size_t range_count;
	uint64_t page_sizes;   /* of the IOMMU: a bit for each; 0: unknown */
	uint64_t mappings_max; /* at once; 0: unknown */
	struct device_limits limits;
	struct memory rings; /* of the driver, zeroed, mapped for reading and writing */
	uint64_t rings_iova;
	struct iova_range free; /* what bench_iova() has not given yet … */
	struct iova_range
		in_place[4]; /* … but for these, which are mapped where they lie */
	size_t in_place_count;
	struct strbuf why; /* why the last call failed, a sentence without a dot */
};

/* Both end with NULL. */
extern const struct backend *const backends[];
extern const struct bench_device *const bench_devices[];

const struct backend *backend_find(const char *name);
const struct bench_device *bench_device_find(const char *name);
bool bench_device_knows(const struct bench_device *driver, uint16_t vendor,
			uint16_t device, uint32_t class_id);
/* The first driver that knows such a device; NULL for none. */
const struct bench_device *bench_device_for(uint16_t vendor, uint16_t device,
					    uint32_t class_id);

/*
 * Opens the backend, gives the driver its rings and lets it open the device. backend,
 * device and bdf are set by the caller; without a device its function is only taken, and
 * never moves a byte. bench_close() undoes it, also after a failure.
 */
int bench_open(struct bench *bench);
void bench_close(struct bench *bench);

/*
 * Ends all DMA of the device, which takes no more transfers: before memory goes that
 * one of them may be under way to. bench->why stays.
 */
void bench_silence(struct bench *bench);

/* Closes the driver, resets the function and opens the driver anew. */
int bench_recover(struct bench *bench);

/* Sets bench->why and returns `error`. */
int bench_fail(struct bench *bench, int error, const char *format, ...) _printf_(3, 4);

/*
 * Room for `size` bytes at an address that is a multiple of `align`, which the IOMMU can
 * map and the device can reach. -ENOSPC. bench_iova_mark() and bench_iova_release() give
 * back all that was given in between.
 */
int bench_iova(struct bench *bench, uint64_t size, uint64_t align, uint64_t *ret);
struct iova_range bench_iova_mark(const struct bench *bench);
void bench_iova_release(struct bench *bench, struct iova_range mark);
/* Whether the IOMMU maps and the device reaches all of it. */
bool bench_iova_fits(const struct bench *bench, uint64_t iova, uint64_t size);

/* Where memory lies for the machine, which is what a device sees without an IOMMU. */
int bench_locate(struct bench *bench, const void *at, uint64_t *ret);

/* Finds an address for the memory and maps all of it there. */
int bench_map(struct bench *bench, const struct memory *memory, uint64_t align,
	      unsigned int access, uint64_t *ret_iova);
/*
 * The same at the address where it lies for the machine, where that can be: a device
 * that nobody translates finds it there, too, and hits no other memory.
 */
int bench_map_in_place(struct bench *bench, const struct memory *memory,
		       unsigned int access, uint64_t *ret_iova);
int bench_map_at(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		 unsigned int access);
int bench_unmap(struct bench *bench, uint64_t iova, uint64_t size);

/*
 * One transfer from its beginning to its end. The error of the device, -ETIMEDOUT when
 * it said nothing for a second, or what submit() and reap() say.
 */
int bench_transfer(struct bench *bench, const struct transfer *transfer);

/* PCI_COMMAND_MASTER of the function. */
int bench_set_bus_master(struct bench *bench, bool on);

/*
 * Keeps the calling thread on this processor; -1: on the one where it is. And lets
 * another of the process run where it could before, on the `number`-th of these
 * processors.
 */
int bench_pin(int cpu, int *ret_cpu);
void bench_pin_again(size_t number);

/* memory_may_lock() where the backend locks what it maps. */
int bench_may_lock(struct bench *bench, uint64_t size);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t bench_now(void);

/* Set by a signal: whoever loops ends soon, with -EINTR. */
extern volatile int bench_stop;

static inline uint32_t bar_read32(const struct bench_bar *bar, size_t offset)
{
	return *(volatile uint32_t *)(bar->at + offset);
}

static inline void bar_write32(const struct bench_bar *bar, size_t offset, uint32_t value)
{
	*(volatile uint32_t *)(bar->at + offset) = value;
}

/* In two halves, the lower one first: not every device takes 64 bits at once. */
static inline uint64_t bar_read64(const struct bench_bar *bar, size_t offset)
{
	uint64_t low = bar_read32(bar, offset);

	return low | (uint64_t)bar_read32(bar, offset + 4) << 32;
}

static inline void bar_write64(const struct bench_bar *bar, size_t offset, uint64_t value)
{
	bar_write32(bar, offset, (uint32_t)value);
	bar_write32(bar, offset + 4, (uint32_t)(value >> 32));
}
