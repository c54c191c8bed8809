// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stands in for the patch that some kernels carry and Linux never took, by which
 * pcie_acs_override= has groups formed as if there were ACS where there is none. It
 * answers as the patch does and in the same place: where a function has no ACS and no
 * quirk of Linux knows it.
 *
 *	modprobe acsoverride what=downstream,multifunction
 *
 * The groups of functions that are found from then on are formed so.
 */

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

static char *what = "";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "as in pcie_acs_override=: downstream, multifunction, or both");

static bool acsoverride_applies(struct pci_dev *pdev)
{
	if (!pci_is_pcie(pdev) || pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_ACS))
		return false;
	switch (pci_pcie_type(pdev)) {
	case PCI_EXP_TYPE_DOWNSTREAM:
	case PCI_EXP_TYPE_ROOT_PORT:
		return strstr(what, "downstream");
	case PCI_EXP_TYPE_ENDPOINT:
	case PCI_EXP_TYPE_UPSTREAM:
	case PCI_EXP_TYPE_LEG_END:
	case PCI_EXP_TYPE_RC_END:
		return pdev->multifunction && strstr(what, "multifunction");
	default:
		return false;
	}
}

static int acsoverride_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct pci_dev **asked = (struct pci_dev **)instance->data;

	*asked = (struct pci_dev *)regs_get_kernel_argument(regs, 0);
	return 0;
}

static int acsoverride_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct pci_dev **asked = (struct pci_dev **)instance->data;

	if ((int)regs_return_value(regs) == -ENOTTY && acsoverride_applies(*asked))
		regs_set_return_value(regs, 1);
	return 0;
}

static struct kretprobe acsoverride_probe = {
	.kp.symbol_name = "pci_dev_specific_acs_enabled",
	.entry_handler = acsoverride_entry,
	.handler = acsoverride_return,
	.data_size = sizeof(struct pci_dev *),
};

static int __init acsoverride_init(void)
{
	return register_kretprobe(&acsoverride_probe);
}
module_init(acsoverride_init);

static void __exit acsoverride_exit(void)
{
	unregister_kretprobe(&acsoverride_probe);
}
module_exit(acsoverride_exit);

MODULE_DESCRIPTION("Forms groups as a kernel with the ACS override patch does");
MODULE_LICENSE("GPL");
