/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of this process, on pages of the kind that was asked for. */
#pragma once

#include "base/text.h"

enum memory_kind {
	MEMORY_4K,
	MEMORY_THP, /* transparent huge pages, where the kernel gives them */
	MEMORY_2M,  /* hugetlbfs */
	MEMORY_1G,
};

enum { MEMORY_KINDS = MEMORY_1G + 1 };

/* Their names as the user writes them: "4K", "thp", "2M", "1G"; ends with NULL. */
extern const char *const memory_kinds[];

struct memory {
	unsigned char *at; /* NULL: none */
	size_t size;	   /* a multiple of the page size */
	enum memory_kind kind;
};

/* 4096 for MEMORY_4K and MEMORY_THP. */
size_t memory_page_size(enum memory_kind kind);

/*
 * Zeroed memory of at least that size, not touched yet, aligned to its pages (MEMORY_THP
 * to 2 MiB). Where that fails, adds a sentence with what to do about it to why: -ENOMEM.
 */
int memory_get(struct memory *memory, size_t size, enum memory_kind kind,
	       struct strbuf *why);
/*
 * Large pages for so much memory: MEMORY_2M where enough are reserved, else MEMORY_THP,
 * which needs nobody to reserve any.
 */
enum memory_kind memory_large(size_t size);
void memory_free(struct memory *memory);

/*
 * Whether this process may pin so much (RLIMIT_MEMLOCK, CAP_IPC_LOCK); -EPERM with the
 * command that raises the limit added to why.
 */
int memory_may_lock(uint64_t size, struct strbuf *why);

/* Gives the pages back and leaves the addresses: the next touch gets new ones. */
int memory_forget(struct memory *memory);

/* Touches every page. */
void memory_touch(struct memory *memory);

/*
 * Where a byte of it lies in physical memory, of a page that was touched. -EPERM without
 * CAP_SYS_ADMIN. It stays there only while the page is pinned, as what is mapped is.
 */
int memory_physical(const void *at, uint64_t *ret);

/*
 * Gives back what is behind `size`, a multiple of 4096; none of it may be mapped there.
 */
void memory_trim(struct memory *memory, size_t size);

/* How much of it lies on huge pages; -errno. */
int memory_huge(const struct memory *memory, size_t *ret);
