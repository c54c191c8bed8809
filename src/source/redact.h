/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blanks what identifies a machine or its owner in the files of a snapshot. */
#pragma once

#include "base/file.h"
#include "base/text.h"

struct redactor;

struct redactor *redactor_new(void);
void redactor_free(struct redactor *redactor);

/*
 * A copy of a file without MAC addresses, UUIDs, PCI serial numbers (Device Serial
 * Number Extended Capability), kernel parameters that have nothing to do with DMA,
 * mounts other than those of debug files, and the host's name. Sizes stay where the file
 * is binary. Free *ret with bytes_free().
 */
void redactor_apply(struct redactor *redactor, const char *path, const void *data,
		    size_t size, struct bytes *ret);

/*
 * The same for files about disks, mounts and networks: adds the text to ret without names
 * of people's directories, labels, and addresses. False for other files.
 */
bool redact_host_file(struct redactor *redactor, const char *path, const char *text,
		      struct strbuf *ret);

/*
 * The number by which a snapshot calls a volume or an interface, from 1: the same name
 * has the same one in every file. Volumes are called after hosts, serial numbers …
 */
size_t redactor_number(struct redactor *redactor, const char *name, size_t length);

/*
 * In a snapshot that is written, in the directory fd: gives numbers to the interfaces
 * that are called after their MAC addresses, wherever they are named. Negative errno.
 */
int redact_interfaces(struct redactor *redactor, int fd);
