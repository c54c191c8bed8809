// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening a device and giving it memory: what all workloads begin with. */

#include "bench/bench.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <time.h>

#include "bench/backends.h"
#include "bench/devices.h"

const struct backend *const backends[] = {
	&backend_iommufd,
	&backend_type1,
	&backend_iommufd_group,
	&backend_noiommu,
	&backend_fake,
	&backend_fake_identity,
	NULL,
};

const struct bench_device *const bench_devices[] = {
	&bench_device_edu,
	&bench_device_nvme,
	&bench_device_e1000e,
	&bench_device_null,
	NULL,
};

volatile int bench_stop;

const struct backend *backend_find(const char *name)
{
	for (size_t i = 0; backends[i]; i++)
		if (streq(backends[i]->name, name))
			return backends[i];
	return NULL;
}

const struct bench_device *bench_device_find(const char *name)
{
	for (size_t i = 0; bench_devices[i]; i++)
		if (streq(bench_devices[i]->name, name))
			return bench_devices[i];
	return NULL;
}

static bool is_match(const struct pci_match *match, uint16_t vendor, uint16_t device,
		     uint32_t class_id)
{
	return (match->vendor == 0xffff || match->vendor == vendor) &&
	       (match->device == 0xffff || match->device == device) &&
	       (class_id & match->class_mask) == match->class_id;
}

bool bench_device_knows(const struct bench_device *driver, uint16_t vendor,
			uint16_t device, uint32_t class_id)
{
	for (const struct pci_match *match = driver->match;
	     match && (match->vendor || match->class_mask); match++)
		if (is_match(match, vendor, device, class_id))
			return true;
	return false;
}

const struct bench_device *bench_device_for(uint16_t vendor, uint16_t device,
					    uint32_t class_id)
{
	for (size_t i = 0; bench_devices[i]; i++)
		if (bench_device_knows(bench_devices[i], vendor, device, class_id))
			return bench_devices[i];
	return NULL;
}

uint64_t bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

int bench_fail(struct bench *bench, int error, const char *format, ...)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char sentence[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	/* Threads may fail at once. */
	pthread_mutex_lock(&lock);
	strbuf_clear(&bench->why);
	strbuf_puts(&bench->why, sentence);
	pthread_mutex_unlock(&lock);
	return error;
}

bool bench_iova_fits(const struct bench *bench, uint64_t iova, uint64_t size)
{
	uint64_t last = iova + size - 1;

	if (size == 0 || last < iova ||
	    (bench->limits.address_bits < 64 && last >> bench->limits.address_bits != 0))
		return false;
	for (size_t i = 0; i < bench->range_count; i++)
		if (bench->ranges[i].start <= iova && last <= bench->ranges[i].end)
			return true;
	return false;
}

/* The first address from there on where nothing is mapped in place. */
static uint64_t step_over(const struct bench *bench, uint64_t iova, uint64_t size,
			  uint64_t align)
{
	for (size_t i = 0; i < bench->in_place_count; i++) {
		const struct iova_range *taken = bench->in_place + i;

		if (iova > taken->end || iova + size - 1 < taken->start)
			continue;
		iova = (taken->end + align) & ~(align - 1);
		i = (size_t)-1; /* it may meet one that was looked at */
	}
	return iova;
}

/*
 * From low addresses to high ones, across the ranges that the IOMMU leaves. Address 0 is
 * not given: to some devices it means none. 0 comes after the last address, too.
 */
int bench_iova(struct bench *bench, uint64_t size, uint64_t align, uint64_t *ret)
{
	for (size_t i = 0; i < bench->range_count; i++) {
		uint64_t start = MAX(bench->ranges[i].start, bench->free.start);
		uint64_t iova = (start + align - 1) & ~(align - 1);

		if (bench->free.start == 0 || iova < start ||
		    start > bench->ranges[i].end)
			continue;
		iova = step_over(bench, iova, size, align);
		if (!bench_iova_fits(bench, iova, size) || iova > bench->ranges[i].end)
			continue;
		bench->free.start = iova + size;
		*ret = iova;
		return 0;
	}
	return bench_fail(bench, -ENOSPC,
			  "%llu bytes of addresses are not to be had for this device",
			  (unsigned long long)size);
}

struct iova_range bench_iova_mark(const struct bench *bench)
{
	return bench->free;
}

void bench_iova_release(struct bench *bench, struct iova_range mark)
{
	bench->free = mark;
}

int bench_may_lock(struct bench *bench, uint64_t size)
{
	return bench->backend->pins_nothing ? 0 : memory_may_lock(size, &bench->why);
}

int bench_map_at(struct bench *bench, void *at, uint64_t iova, uint64_t size,
		 unsigned int access)
{
	return bench->backend->map(bench, at, iova, size, access);
}

int bench_unmap(struct bench *bench, uint64_t iova, uint64_t size)
{
	return bench->backend->unmap(bench, iova, size);
}

int bench_locate(struct bench *bench, const void *at, uint64_t *ret)
{
	int r = bench->backend->locate ? bench->backend->locate(bench, at, ret)
				       : memory_physical(at, ret);

	if (r < 0)
		return bench_fail(bench, r, "/proc/self/pagemap: %s", strerror(-r));
	return 0;
}

int bench_map(struct bench *bench, const struct memory *memory, uint64_t align,
	      unsigned int access, uint64_t *ret_iova)
{
	uint64_t iova = 0;
	int r;

	if (bench->backend->physical) {
		/* Nothing pins it: others move while the device writes. */
		if (memory->kind != MEMORY_2M && memory->kind != MEMORY_1G)
			return bench_fail(bench, -EINVAL,
					  "without an IOMMU memory has to be on huge "
					  "pages, which stay where they are: --page 2M");
		/* Contiguous or refused: that is for map() to find out. */
		*(volatile unsigned char *)memory->at = memory->at[0];
		r = bench_locate(bench, memory->at, &iova);
		/* A device that knows fewer bits would hit another address. */
		if (r == 0 && !bench_iova_fits(bench, iova, memory->size))
			r = bench_fail(bench, -ENOSPC,
				       "memory lies at 0x%llx, where the device does not "
				       "reach",
				       (unsigned long long)iova);
	} else {
		r = bench_iova(bench, memory->size, align, &iova);
	}
	if (r < 0)
		return r;
	r = bench_map_at(bench, memory->at, iova, memory->size, access);
	if (r < 0)
		return r;
	*ret_iova = iova;
	return 0;
}

/* Where all of it lies, in one piece; -ENOSPC where it does not. */
static int locate_whole(struct bench *bench, const struct memory *memory, uint64_t *ret)
{
	uint64_t first = 0, physical;

	for (size_t at = 0; at < memory->size; at += 4096) {
		int r = bench_locate(bench, memory->at + at, &physical);

		if (r < 0)
			return r;
		if (at == 0)
			first = physical;
		else if (physical != first + at)
			return -ENOSPC;
	}
	*ret = first;
	return 0;
}

int bench_map_in_place(struct bench *bench, const struct memory *memory,
		       unsigned int access, uint64_t *ret_iova)
{
	uint64_t iova, again;

	if (bench->backend->physical ||
	    bench->in_place_count == ARRAY_SIZE(bench->in_place) ||
	    locate_whole(bench, memory, &iova) < 0 || iova < bench->free.start ||
	    !bench_iova_fits(bench, iova, memory->size) ||
	    step_over(bench, iova, memory->size, 4096) != iova ||
	    bench_map_at(bench, memory->at, iova, memory->size, access) < 0)
		return bench_map(bench, memory, 4096, access, ret_iova);
	/* Pages move until they are pinned. */
	if (locate_whole(bench, memory, &again) < 0 || again != iova) {
		bench_unmap(bench, iova, memory->size);
		return bench_map(bench, memory, 4096, access, ret_iova);
	}
	bench->in_place[bench->in_place_count++] =
		(struct iova_range){ iova, iova + memory->size - 1 };
	*ret_iova = iova;
	return 0;
}

enum { PCI_COMMAND = 0x04, PCI_COMMAND_MEMORY = 1 << 1, PCI_COMMAND_MASTER = 1 << 2 };

int bench_set_bus_master(struct bench *bench, bool on)
{
	uint16_t command;
	int r;

	if (!bench->backend->config_read)
		return 0;
	r = bench->backend->config_read(bench, PCI_COMMAND, &command, sizeof(command));
	if (r < 0)
		return bench_fail(bench, r, "its configuration space cannot be read: %s",
				  strerror(-r));
	command |= PCI_COMMAND_MEMORY;
	if (on)
		command |= PCI_COMMAND_MASTER;
	else
		command &= (uint16_t)~PCI_COMMAND_MASTER;
	r = bench->backend->config_write(bench, PCI_COMMAND, &command, sizeof(command));
	if (r < 0)
		return bench_fail(bench, r, "its command register cannot be set: %s",
				  strerror(-r));
	return 0;
}

/* A driver is opened on a function that was reset, where it can be. */
static int open_device(struct bench *bench)
{
	int r = bench->backend->reset ? bench->backend->reset(bench) : 0;

	if (r < 0 && r != -EOPNOTSUPP)
		return bench_fail(bench, r, "the function cannot be reset: %s",
				  strerror(-r));
	if (bench->rings.at)
		memset(bench->rings.at, 0, bench->rings.size);
	bench->limits = bench->device->limits;
	memset(bench->device_state, 0, bench->device->state_size);
	r = bench_set_bus_master(bench, true);
	return r < 0 ? r : bench->device->open(bench);
}

static int give_rings(struct bench *bench)
{
	size_t size = bench->device->rings_size;
	bool physical = bench->backend->physical;
	int r;

	/*
	 * What begins as a huge page lies in one piece, which smaller pages do by
	 * chance: a device that nobody translates writes to its rings before anybody
	 * can try that.
	 */
	r = memory_get(&bench->rings,
		       physical ? size : (size + (2 << 20) - 1) >> 21 << 21,
		       physical ? MEMORY_2M : MEMORY_THP, &bench->why);
	if (r < 0)
		return r;
	memory_touch(&bench->rings);
	if (!physical)
		memory_trim(&bench->rings, size);
	return bench_map_in_place(bench, &bench->rings, ACCESS_READ | ACCESS_WRITE,
				  &bench->rings_iova);
}

int bench_open(struct bench *bench)
{
	const struct bench_device *device = bench->device;
	int r;

	bench->limits =
		device ? device->limits : (struct device_limits){ .address_bits = 64 };
	bench->free = (struct iova_range){ .start = 4096, .end = UINT64_MAX };
	bench->backend_state = xzalloc(bench->backend->state_size + 1);
	bench->device_state = xzalloc((device ? device->state_size : 0) + 1);
	r = bench->backend->open(bench);
	if (r == 0 && device && device->rings_size > 0)
		r = give_rings(bench);
	return r < 0 || !device ? r : open_device(bench);
}

void bench_silence(struct bench *bench)
{
	/* What was wrong stays known, whatever else fails here. */
	struct strbuf why = strbuf_take(&bench->why);

	if (bench->device)
		bench->device->close(bench);
	bench_set_bus_master(bench, false);
	strbuf_free(&bench->why);
	bench->why = why;
}

int bench_recover(struct bench *bench)
{
	bench_silence(bench);
	return open_device(bench);
}

/* The device is silent before its memory goes away. */
void bench_close(struct bench *bench)
{
	if (bench->backend_state) {
		bench_silence(bench);
		bench->backend->close(bench);
	}
	memory_free(&bench->rings);
	free(bench->backend_state);
	free(bench->device_state);
	strbuf_free(&bench->why);
	bench->backend_state = bench->device_state = NULL;
	bench->range_count = 0;
	bench->rings_iova = 0;
	bench->in_place_count = 0;
}

static cpu_set_t before_pinned;

int bench_pin(int cpu, int *ret_cpu)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(before_pinned), &before_pinned) < 0)
		return -errno;
	if (cpu < 0)
		cpu = sched_getcpu();
	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return -EINVAL;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		return -errno;
	*ret_cpu = cpu;
	return 0;
}

void bench_pin_again(size_t number)
{
	size_t count = (size_t)CPU_COUNT(&before_pinned), seen = 0;
	cpu_set_t set;

	if (count == 0)
		return;
	CPU_ZERO(&set);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &before_pinned) && seen++ == number % count)
			CPU_SET(cpu, &set);
	/* Where that is refused it runs where it is, and is measured there. */
	(void)sched_setaffinity(0, sizeof(set), &set);
}

enum { TRANSFER_LIMIT_NS = 1000000000 };

int bench_transfer(struct bench *bench, const struct transfer *transfer)
{
	uint64_t deadline, tag;
	int error, r = bench->device->submit(bench, transfer);

	if (r < 0)
		return r;
	deadline = bench_now() + TRANSFER_LIMIT_NS;
	do {
		r = bench->device->reap(bench, &tag, &error);
		if (r != 0)
			return r < 0 ? r : error;
	} while (bench_now() < deadline);
	return bench_fail(bench, -ETIMEDOUT, "the device did not finish within a second");
}
