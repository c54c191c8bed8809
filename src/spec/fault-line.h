/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the decoders of each vendor's lines share; for spec/fault*.c alone. */
#pragma once

#include "spec/fault.h"

/* A code of the unit, in its own words, and in ours. */
struct fault_reason {
	unsigned int code;
	const char *name;
	const char *text;
	enum fault_cause cause;
};

/* What follows a mark within text, or NULL. */
const char *fault_after(const char *text, const char *mark);

/* A number at *text, moved behind it; base 16 takes 0x. False where there is none. */
bool fault_number(const char **text, unsigned int base, uint64_t *ret);

/* The number behind a key within text: "address=" of "address=0xfee0". */
bool fault_key(const char *text, const char *key, unsigned int base, uint64_t *ret);

/* Copies a name or a text of that length, as much as fits (to has `size` bytes). */
void fault_copy(char *to, size_t size, const char *from, size_t length);

/* The same for a whole text and an array. */
#define FAULT_SET(array, text) fault_copy(array, sizeof(array), text, strlen(text))

/*
 * The two words that stand in front of `end` within text: a driver and the device, whose
 * colon is cut off. A function's bus instead of a driver says that there is none.
 */
void fault_names(const char *text, const char *end, struct fault *fault);

/* Sets the device, and the function that it may be, from a name. */
void fault_set_device(struct fault *fault, const char *name, size_t length);

/* "01:00.0", "0000:01:00.0", "0xe2:0x00.0" */
bool fault_bdf(const char *text, struct fault *fault);

void fault_set_reason(struct fault *fault, const struct fault_reason *reason);

/* Makes a fault pending, in place of the one that was, which is handed over. */
void fault_wait_for(struct fault_reader *reader, enum fault_wait wait,
		    const struct fault *fault);

/*
 * The lines of one vendor each: what the text is. A whole fault is in *fault, which comes
 * with its time; what goes on is pending.
 */
enum fault_line fault_vtd(struct fault_reader *reader, const char *text,
			  struct fault *fault);
enum fault_line fault_amd(struct fault_reader *reader, const char *text,
			  struct fault *fault);
enum fault_line fault_smmu_v3(struct fault_reader *reader, const char *text,
			      struct fault *fault);
enum fault_line fault_smmu(struct fault_reader *reader, const char *text,
			   struct fault *fault);
enum fault_line fault_virtio(const char *text, struct fault *fault);
enum fault_line fault_dma(struct fault_reader *reader, const char *text,
			  struct fault *fault);
