// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives the downstream ports of switches the capability ACS (PCIe 6.0, 7.7.11), which
 * QEMU's do not have: two registers of the configuration space, and the pointer that
 * leads there. Linux and programs find them as they would in hardware; nothing is turned
 * round or sent up because of them.
 *
 * Linux looks for ACS when it finds a port, so remove the ports then and scan again.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

/* Behind what the ports of QEMU have. */
#define ACS_AT 0x200
#define ACS_BYTES 8
#define ACS_SERVICES                                                                     \
	(PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF | PCI_ACS_DT)

struct switchacs_port {
	struct list_head list;
	struct pci_bus *bus;
	unsigned int devfn;
	int last; /* the header of the extended capability that ACS follows */
	u16 control;
};

/* Filled before a bus is given our ops; then they stay. Buses below inherit these. */
static LIST_HEAD(switchacs_ports);
static struct pci_ops *switchacs_below, switchacs_ops;

static struct switchacs_port *switchacs_port_of(struct pci_bus *bus, unsigned int devfn)
{
	struct switchacs_port *port;

	list_for_each_entry(port, &switchacs_ports,
			    list) if (port->bus == bus &&
				      port->devfn == devfn) return port;
	return NULL;
}

/* The double word there, where it is ours: whole, or as far as the next pointer goes. */
static bool switchacs_word(const struct switchacs_port *port, int where, u32 *word)
{
	if (where == port->last)
		*word = (*word & 0xfffff) | ACS_AT << 20;
	else if (where == ACS_AT)
		*word = 1 << 16 | PCI_EXT_CAP_ID_ACS;
	else if (where == ACS_AT + PCI_ACS_CAP)
		*word = (u32)port->control << 16 | ACS_SERVICES;
	else
		return false;
	return true;
}

static int switchacs_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
			  u32 *value)
{
	struct switchacs_port *port = switchacs_port_of(bus, devfn);
	int r, aligned = where & ~3;
	u32 word = 0;

	if (!port)
		return switchacs_below->read(bus, devfn, where, size, value);
	r = switchacs_below->read(bus, devfn, aligned, 4, &word);
	if (r != PCIBIOS_SUCCESSFUL || !switchacs_word(port, aligned, &word))
		return switchacs_below->read(bus, devfn, where, size, value);
	word >>= 8 * (where - aligned);
	*value = size < 4 ? word & ((1U << 8 * size) - 1) : word;
	return PCIBIOS_SUCCESSFUL;
}

static int switchacs_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
			   u32 value)
{
	struct switchacs_port *port = switchacs_port_of(bus, devfn);

	if (!port || where < ACS_AT || where >= ACS_AT + ACS_BYTES)
		return switchacs_below->write(bus, devfn, where, size, value);
	if (where == ACS_AT + PCI_ACS_CTRL && size == 2)
		port->control = value & ACS_SERVICES;
	return PCIBIOS_SUCCESSFUL;
}

static int switchacs_take_port(struct pci_dev *pdev)
{
	struct switchacs_port *port;
	int at = PCI_CFG_SPACE_SIZE;
	u32 header = 0;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return -ENOMEM;
	do {
		port->last = at;
		pci_read_config_dword(pdev, at, &header);
		at = PCI_EXT_CAP_NEXT(header);
	} while (at > port->last);
	port->bus = pdev->bus;
	port->devfn = pdev->devfn;
	list_add(&port->list, &switchacs_ports);
	return 0;
}

/* Who has found a capability may look at it again: this cannot be unloaded. */
static int __init switchacs_init(void)
{
	struct pci_dev *pdev = NULL;
	struct switchacs_port *port;
	int r = 0;

	for_each_pci_dev(pdev)
	{
		if (!pci_is_pcie(pdev) ||
		    pci_pcie_type(pdev) != PCI_EXP_TYPE_DOWNSTREAM ||
		    pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_ACS))
			continue;
		if (switchacs_below && switchacs_below != pdev->bus->ops)
			r = -EOPNOTSUPP;
		switchacs_below = pdev->bus->ops;
		if (r == 0)
			r = switchacs_take_port(pdev);
		if (r < 0) {
			pci_dev_put(pdev);
			return r;
		}
	}
	if (!switchacs_below)
		return -ENODEV;
	switchacs_ops = *switchacs_below;
	switchacs_ops.read = switchacs_read;
	switchacs_ops.write = switchacs_write;
	list_for_each_entry(port, &switchacs_ports, list)
		pci_bus_set_ops(port->bus, &switchacs_ops);
	return 0;
}
module_init(switchacs_init);

MODULE_DESCRIPTION("ACS for the downstream ports of switches that lack it");
MODULE_LICENSE("GPL");
