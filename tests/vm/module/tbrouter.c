// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stands in for the router of a Thunderbolt host, which QEMU does not have: the driver
 * thunderbolt, made to drive another device, would wait for an answer of the router, give
 * up, and take its domain away again. With this it believes that there is one. All that
 * it says of its domain it has found out by itself.
 *
 * To be loaded after thunderbolt and before that is bound.
 */

#include <linux/kprobes.h>
#include <linux/module.h>

static int tbrouter_done(void)
{
	return 0;
}

static int tbrouter_busy(void)
{
	return -EBUSY;
}

/* Instead of the function: back to who called it, with 0. */
static int tbrouter_skip(struct kprobe *probe, struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)tbrouter_done);
	return 1;
}
NOKPROBE_SYMBOL(tbrouter_skip);

/* With an error: nothing would bring it back to work. */
static int tbrouter_refuse(struct kprobe *probe, struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)tbrouter_busy);
	return 1;
}
NOKPROBE_SYMBOL(tbrouter_refuse);

static struct kprobe tbrouter_start = {
	.symbol_name = "thunderbolt:tb_start",
	.pre_handler = tbrouter_skip,
};

static struct kprobe tbrouter_stop = {
	.symbol_name = "thunderbolt:tb_stop",
	.pre_handler = tbrouter_skip,
};

static struct kprobe tbrouter_sleep = {
	.symbol_name = "thunderbolt:tb_runtime_suspend",
	.pre_handler = tbrouter_refuse,
};

static struct kprobe *tbrouter_probes[] = {
	&tbrouter_start,
	&tbrouter_stop,
	&tbrouter_sleep,
};

static int __init tbrouter_init(void)
{
	return register_kprobes(tbrouter_probes, ARRAY_SIZE(tbrouter_probes));
}
module_init(tbrouter_init);

static void __exit tbrouter_exit(void)
{
	unregister_kprobes(tbrouter_probes, ARRAY_SIZE(tbrouter_probes));
}
module_exit(tbrouter_exit);

MODULE_DESCRIPTION("Lets the Thunderbolt driver keep a domain without a router");
MODULE_LICENSE("GPL");
