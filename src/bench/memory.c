// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory of this process, on pages of the kind that was asked for. */

#include "bench/memory.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/resource.h>

const char *const memory_kinds[] = { "4K", "thp", "2M", "1G", NULL };

enum { PAGE_4K = 4096, PAGE_2M = 2 << 20, PAGE_1G = 1 << 30 };

size_t memory_page_size(enum memory_kind kind)
{
	return kind == MEMORY_1G ? PAGE_1G : kind == MEMORY_2M ? PAGE_2M : PAGE_4K;
}

/* "2048kB" of /sys/kernel/mm/hugepages/hugepages-*: what has to be written, and where. */
static void explain_huge(struct strbuf *why, size_t size, size_t page, int error)
{
	size_t pages = (size + page - 1) / page;

	strbuf_printf(why,
		      "no %zu huge page%s of %s (%s); to reserve: echo %zu "
		      ">/sys/kernel/mm/hugepages/hugepages-%zukB/nr_hugepages",
		      pages, pages == 1 ? "" : "s", page == PAGE_2M ? "2 MiB" : "1 GiB",
		      strerror(error), pages, page >> 10);
}

/* Whole 2 MiB that begin on such a boundary, so that the kernel may use huge pages. */
static unsigned char *map_aligned(size_t size)
{
	unsigned char *at = mmap(NULL, size + PAGE_2M, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (at == MAP_FAILED)
		return MAP_FAILED;
	before = -(uintptr_t)at & (PAGE_2M - 1);
	if (before > 0)
		munmap(at, before);
	munmap(at + before + size, PAGE_2M - before);
	return at + before;
}

/* MemAvailable of /proc/meminfo; UINT64_MAX where it is not told. */
static uint64_t available(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/meminfo", "re");
	unsigned long long kilobytes;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %llu kB", &kilobytes) == 1)
			return (uint64_t)kilobytes << 10;
	return UINT64_MAX;
}

int memory_get(struct memory *memory, size_t size, enum memory_kind kind,
	       struct strbuf *why)
{
	size_t page = memory_page_size(kind);
	size_t whole = (size + page - 1) & ~(page - 1);
	unsigned char *at;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	/* All of it will be touched and pinned: others are to keep some. */
	if (page == PAGE_4K && size > PAGE_2M && size / 3 * 4 > available()) {
		strbuf_printf(why,
			      "%zu MiB would take more than three quarters of the memory "
			      "that is available",
			      size >> 20);
		return -ENOMEM;
	}

	if (kind == MEMORY_2M || kind == MEMORY_1G) {
		flags |= MAP_HUGETLB | (kind == MEMORY_2M ? MAP_HUGE_2MB : MAP_HUGE_1GB);
		at = mmap(NULL, whole, PROT_READ | PROT_WRITE, flags, -1, 0);
	} else {
		at = map_aligned(whole);
	}
	if (at == MAP_FAILED) {
		if (page > PAGE_4K)
			explain_huge(why, size, page, errno);
		else
			strbuf_printf(why, "no %zu bytes of memory: %s", whole,
				      strerror(errno));
		return -ENOMEM;
	}
	/* A kernel without transparent huge pages refuses both, which is as well. */
	if (kind == MEMORY_THP)
		madvise(at, whole, MADV_HUGEPAGE);
	else if (kind == MEMORY_4K)
		madvise(at, whole, MADV_NOHUGEPAGE);
	/* What a device writes to is no matter for a child that only waits. */
	madvise(at, whole, MADV_DONTFORK);
	*memory = (struct memory){ .at = at, .size = whole, .kind = kind };
	return 0;
}

/* capabilities(7): CapEff of /proc/self/status, in hexadecimal. */
static bool has_ipc_lock(void)
{
	_cleanup_fclose_ FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long long bits;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "CapEff: %llx", &bits) == 1)
			return bits >> CAP_IPC_LOCK & 1;
	return false;
}

int memory_may_lock(uint64_t size, struct strbuf *why)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ||
	    limit.rlim_cur >= size || has_ipc_lock())
		return 0;
	size = (size + 1023) >> 10;
	strbuf_printf(why,
		      "%llu KiB would have to be locked, and the limit is %llu KiB; to "
		      "raise it: ulimit -l %llu",
		      (unsigned long long)size,
		      (unsigned long long)(limit.rlim_cur >> 10),
		      (unsigned long long)size);
	return -EPERM;
}

enum memory_kind memory_large(size_t size)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct memory memory;

	if (memory_get(&memory, size, MEMORY_2M, &why) < 0)
		return MEMORY_THP;
	memory_free(&memory);
	return MEMORY_2M;
}

void memory_free(struct memory *memory)
{
	if (memory->at)
		munmap(memory->at, memory->size);
	*memory = (struct memory){ 0 };
}

void memory_trim(struct memory *memory, size_t size)
{
	if (size >= memory->size)
		return;
	munmap(memory->at + size, memory->size - size);
	memory->size = size;
}

int memory_forget(struct memory *memory)
{
	return madvise(memory->at, memory->size, MADV_DONTNEED) < 0 ? -errno : 0;
}

void memory_touch(struct memory *memory)
{
	size_t page = memory_page_size(memory->kind);

	for (size_t at = 0; at < memory->size; at += page)
		*(volatile unsigned char *)(memory->at + at) = 0;
}

/* Documentation/admin-guide/mm/pagemap.rst */
enum { PAGEMAP_PRESENT = 63, PAGEMAP_PFN_BITS = 55 };

int memory_physical(const void *at, uint64_t *ret)
{
	_cleanup_close_ int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uintptr_t address = (uintptr_t)at;
	uint64_t entry, frame;

	if (fd < 0)
		return -errno;
	if (pread(fd, &entry, sizeof(entry),
		  (off_t)(address / PAGE_4K * sizeof(entry))) != sizeof(entry))
		return -EIO;
	frame = entry & ((UINT64_C(1) << PAGEMAP_PFN_BITS) - 1);
	if (!(entry >> PAGEMAP_PRESENT & 1))
		return -ENOENT;
	if (frame == 0) /* what those read who may not know */
		return -EPERM;
	*ret = frame * PAGE_4K + address % PAGE_4K;
	return 0;
}

/*
 * "AnonHugePages:      2048 kB" of the area in /proc/self/smaps that begins at `start`.
 */
static int read_huge(FILE *smaps, uintptr_t start, uintptr_t end, size_t *ret)
{
	char line[512];
	bool inside = false;
	size_t sum = 0;

	while (fgets(line, sizeof(line), smaps)) {
		unsigned long long first, last, kilobytes;

		if (sscanf(line, "%llx-%llx ", &first, &last) == 2)
			inside = first >= start && last <= end;
		else if (inside &&
			 sscanf(line, "AnonHugePages: %llu kB", &kilobytes) == 1)
			sum += (size_t)kilobytes << 10;
	}
	*ret = sum;
	return 0;
}

int memory_huge(const struct memory *memory, size_t *ret)
{
	_cleanup_fclose_ FILE *smaps = NULL;

	if (memory_page_size(memory->kind) > PAGE_4K) {
		*ret = memory->size;
		return 0;
	}
	smaps = fopen("/proc/self/smaps", "re");
	if (!smaps)
		return -errno;
	return read_huge(smaps, (uintptr_t)memory->at,
			 (uintptr_t)memory->at + memory->size, ret);
}
