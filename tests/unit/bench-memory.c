// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests bench/memory: pages for a device, where they lie, and how many may be locked. */

#include "bench/memory.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "tap.h"

enum { PAGE = 4096, LARGE = 2 << 20 };

static bool is_zero(const struct memory *memory)
{
	for (size_t i = 0; i < memory->size; i++)
		if (memory->at[i])
			return false;
	return true;
}

static void test_get(void)
{
	static const size_t sizes[] = { 1, PAGE, PAGE + 1, LARGE, LARGE + 3 * PAGE + 5 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (enum memory_kind kind = MEMORY_4K; kind <= MEMORY_THP; kind++) {
			_cleanup_strbuf_ struct strbuf why = { 0 };
			struct memory memory = { 0 };
			int r = memory_get(&memory, sizes[i], kind, &why);

			OK(r == 0 && why.length == 0 && memory.kind == kind,
			   "%zu bytes on %s", sizes[i], memory_kinds[kind]);
			IS(memory.size, (sizes[i] + PAGE - 1) / PAGE * PAGE,
			   "whole pages");
			IS((uintptr_t)memory.at % LARGE, 0, "from a boundary of 2 MiB");
			memory_touch(&memory);
			OK(is_zero(&memory), "zeroed");
			memset(memory.at, 0xa5, memory.size);
			memory_free(&memory);
			OK(!memory.at && memory.size == 0, "given back");
			memory_free(&memory);
		}
}

static void test_too_much(void)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct memory memory = { 0 };
	int r = memory_get(&memory, (size_t)1 << 56, MEMORY_4K, &why);

	OK(r == -ENOMEM && !memory.at, "more than there are addresses");
	OK(strstr(strbuf_text(&why), "three quarters of the memory that is available"),
	   "which is said: %s", strbuf_text(&why));
	strbuf_clear(&why);
	r = memory_get(&memory, (size_t)1 << 50, MEMORY_1G, &why);
	OK(r == -ENOMEM, "as many huge pages no machine has");
	OK(strstr(strbuf_text(&why), "echo 1048576 >/sys/kernel/mm/hugepages/"
				     "hugepages-1048576kB/nr_hugepages") != NULL,
	   "and how they would be reserved: %s", strbuf_text(&why));
}

static void test_kinds(void)
{
	size_t count = 0;

	while (memory_kinds[count])
		count++;
	IS(count, MEMORY_KINDS, "each kind has a name");
	IS(memory_page_size(MEMORY_4K), PAGE, "a small page");
	IS(memory_page_size(MEMORY_THP), PAGE, "transparent ones may be small");
	IS(memory_page_size(MEMORY_2M), LARGE, "a large page");
	IS(memory_page_size(MEMORY_1G), 1 << 30, "a larger one");
	OK(memory_large(LARGE) == MEMORY_2M || memory_large(LARGE) == MEMORY_THP,
	   "large pages of one kind or the other");
	IS(memory_large((size_t)1 << 50), MEMORY_THP, "which nobody has to reserve");
}

static void test_forget(void)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct memory memory = { 0 };
	unsigned char *at;
	uint64_t physical;
	int r;

	if (memory_get(&memory, (size_t)4 * PAGE, MEMORY_4K, &why) < 0)
		abort();
	at = memory.at;
	r = memory_physical(at, &physical);
	IS(r, -ENOENT, "what was not touched lies nowhere");
	memset(at, 0x5a, memory.size);
	IS(memory_forget(&memory), 0, "pages are given back");
	r = memory_physical(at, &physical);
	IS(r, -ENOENT, "and lie nowhere then");
	OK(memory.at == at && is_zero(&memory), "new ones come at the same address");
	memory_free(&memory);
}

static void test_physical(void)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct memory memory = { 0 };
	uint64_t first, inside;
	size_t huge = 1;
	int r;

	if (memory_get(&memory, PAGE, MEMORY_4K, &why) < 0)
		abort();
	memory_touch(&memory);
	/* As read-only pages of zeros all lie at one place. */
	memory.at[0] = 1;
	r = memory_physical(memory.at, &first);
	OK(r == 0 || r == -EPERM, "where it lies, or that one may not know (%d)", r);
	if (r == 0) {
		IS(first % PAGE, 0, "a page begins at a page");
		IS(memory_physical(memory.at + 100, &inside), 0, "so does a byte of it");
		IS(inside - first, 100, "behind its beginning");
	}
	IS(memory_physical(NULL, &first), -ENOENT, "nothing is at 0");
	IS(memory_huge(&memory, &huge), 0, "how much lies on huge pages is known");
	IS(huge, 0, "none of it");
	memory_free(&memory);
}

/* In effect only, for the capabilities of the kernel's first version of 64 bits. */
static bool drop_ipc_lock(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	data[0].effective &= ~(1U << CAP_IPC_LOCK);
	return syscall(SYS_capset, &header, data) == 0;
}

static void test_lock(void)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct rlimit limit;

	getrlimit(RLIMIT_MEMLOCK, &limit);
	limit.rlim_cur = 64 << 10;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (!drop_ipc_lock()) {
		tap_skip("how much may be locked", "capabilities cannot be dropped");
		return;
	}
	IS(memory_may_lock(64 << 10, &why), 0, "as much as the limit may be locked");
	IS(why.length, 0, "and nothing is said");
	IS(memory_may_lock(128 << 10, &why), -EPERM, "more may not");
	IS_TEXT(strbuf_text(&why),
		"128 KiB would have to be locked, and the limit is 64 KiB; to raise it: "
		"ulimit -l 128",
		"and how it may is said");
	strbuf_clear(&why);
	/* The shell's unit is whole: what it raises has to be enough. */
	IS(memory_may_lock((128 << 10) + 1, &why), -EPERM, "a byte more may not, either");
	OK(strstr(strbuf_text(&why), "ulimit -l 129") != NULL,
	   "and the command raises it far enough: %s", strbuf_text(&why));
}

int main(void)
{
	test_get();
	test_too_much();
	test_kinds();
	test_forget();
	test_physical();
	test_lock();
	return tap_end();
}
