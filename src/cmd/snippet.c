// SPDX-License-Identifier: GPL-2.0-or-later
/* What libvirt, QEMU and driverctl want to be told of a function for a guest. */

#include "cmd/snippet.h"

#include "analyze/analyze.h"

static void print_libvirt(const struct readiness *readiness)
{
	const struct pci_address *address = &readiness->device->address;

	/* libvirt binds the function itself, and gives it back. */
	printf("<hostdev mode='subsystem' type='pci' managed='yes'>\n"
	       "  <source>\n"
	       "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' "
	       "function='0x%x'/>\n"
	       "  </source>\n"
	       "</hostdev>\n",
	       address->domain, address->bus, address->device,
	       (unsigned int)address->function);
}

static void print_qemu(const struct readiness *readiness)
{
	printf("-device vfio-pci,host=%s\n", readiness->bdf);
}

/* Its group has to go with it, as far as that are PCI functions. */
static void print_driverctl(const struct readiness *readiness)
{
	const struct group *group = readiness->device->group_ref;

	if (group)
		LIST_FOR_EACH (&group->members.list, const struct device, member)
			if (member != readiness->device && is_candidate(member))
				printf("driverctl set-override %s vfio-pci\n",
				       member->bdf);
	printf("driverctl set-override %s vfio-pci\n", readiness->bdf);
}

const struct snippet snippets[] = {
	{ "libvirt", print_libvirt },
	{ "qemu", print_qemu },
	{ "driverctl", print_driverctl },
	{ 0 },
};
