// SPDX-License-Identifier: GPL-2.0-or-later
/* placeholder until the driver is merged */
#include "bench/devices.h"
static int none(struct bench *bench)
{
	return bench_fail(bench, -EOPNOTSUPP, "not yet");
}
static void done(struct bench *bench)
{
	(void)bench;
}
static const struct pci_match match[] = { { 0 } };
const struct bench_device bench_device_nvme = {
	.name = "nvme", .summary = "", .match = match, .open = none, .close = done
};
