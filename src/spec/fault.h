/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of IOMMUs and errors of the DMA API, from the lines of a kernel log.
 *
 * The lines are those that Linux prints: drivers/iommu/intel/dmar.c, amd/iommu.c,
 * arm/arm-smmu-v3/, arm/arm-smmu/, virtio-iommu.c, kernel/dma/debug.c, swiotlb.c and
 * direct.c. What a line is follows from what stands in it, never from a version.
 */
#pragma once

#include "base/text.h"
#include "spec/log-line.h"

enum fault_kind {
	FAULT_VTD,
	FAULT_AMD_VI,
	FAULT_SMMU_V3,
	FAULT_SMMU,
	FAULT_VIRTIO,
	FAULT_DMA_API,
	FAULT_DMA_MAPPING,
};

enum fault_access {
	FAULT_READ,
	FAULT_WRITE,
	FAULT_EXECUTE,
	FAULT_INTERRUPT,
	FAULT_ACCESS_UNKNOWN,
};

/* What went wrong, whatever the unit calls it. */
enum fault_cause {
	CAUSE_NOT_MAPPED,
	CAUSE_PERMISSION,
	CAUSE_NO_DOMAIN,
	CAUSE_BAD_TABLES,
	CAUSE_BEYOND_WIDTH,
	CAUSE_INTERRUPT,
	CAUSE_BAD_REQUEST,
	CAUSE_PASID,
	CAUSE_HARDWARE,
	CAUSE_TIMEOUT,
	CAUSE_ENCRYPTION,
	CAUSE_LEAK,
	CAUSE_WRONG_FREE,
	CAUSE_WRONG_SYNC,
	CAUSE_UNCHECKED,
	CAUSE_WRONG_MEMORY,
	CAUSE_SEGMENT_LIMIT,
	CAUSE_OVERLAP,
	CAUSE_BOUNCE_FULL,
	CAUSE_DMA_MASK,
	CAUSE_UNKNOWN,
};

enum { FAULT_NAME_SIZE = 64, FAULT_TEXT_SIZE = 128, FAULT_LINE_MAX = 4096 };

/* Names come from the log, which may hold anything. "" where the line has none. */
struct fault {
	enum fault_kind kind;
	enum fault_cause cause;
	enum fault_access access;
	char time[LOG_TIME_SIZE];
	char unit[FAULT_NAME_SIZE];   /* "ivhd0", "arm-smmu-v3.0.auto" */
	char device[FAULT_NAME_SIZE]; /* as the log names it */
	char driver[FAULT_NAME_SIZE];
	char reason[FAULT_NAME_SIZE]; /* the unit's own code or name of it */
	char text[FAULT_TEXT_SIZE];   /* the same in words */
	char detail[FAULT_TEXT_SIZE]; /* what else the line tells */
	bool has_bdf;		      /* the device is a PCI function … */
	bool has_segment;	      /* … whose segment the line tells */
	struct pci_address bdf;
	bool has_address, has_size, has_stream, has_pasid, has_domain, has_index;
	uint64_t address; /* that the device sent, or the DMA API gave it */
	uint64_t size;	  /* bytes */
	uint64_t stream;  /* StreamID of an SMMU, endpoint of a virtio-iommu */
	uint64_t pasid, domain;
	uint64_t index; /* into the table of remapped interrupts */
};

enum fault_line {
	FAULT_LINE_OTHER,    /* nothing about faults */
	FAULT_LINE_WHOLE,    /* a fault, or the end of one */
	FAULT_LINE_PART,     /* a part of a fault, or a remark about some */
	FAULT_LINE_UNPARSED, /* begins as a fault does, and makes no sense */
};

/* A fault whose lines have not all come yet. */
enum fault_wait {
	WAIT_NOTHING,
	WAIT_VTD_REASON,   /* of Linux 3.x: the reason stands in a line of its own */
	WAIT_AMD_DEVICE,   /* "  device=…" */
	WAIT_SMMU_WORDS,   /* the four words of an event */
	WAIT_SMMU_DECODED, /* newer kernels print them, and then what they mean */
	WAIT_SMMU_ACCESS,
	WAIT_SMMU_REQUEST, /* a page request */
	WAIT_SMMU_GLOBAL,  /* registers of a global fault */
	WAIT_LEAK,	   /* "One of leaked entries details: …" */
};

enum { FAULT_WORDS = 4 };

/* Set take and data; the rest is the reader's own. */
struct fault_reader {
	void (*take)(void *data, const struct fault *fault);
	void *data;
	enum fault_wait wait;
	unsigned int patience; /* how many other lines may come between */
	struct fault pending;
	uint64_t words[FAULT_WORDS];
	unsigned int word_count;
};

/*
 * Looks at a line, which may have any bytes in it; FAULT_LINE_MAX of them count. Hands
 * over what is complete, so one fault or two.
 */
enum fault_line fault_read_line(struct fault_reader *reader, const char *line,
				size_t length);

/* No more lines, or none for now: hands over what is pending with what is known. */
void fault_read_end(struct fault_reader *reader);
