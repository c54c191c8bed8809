// SPDX-License-Identifier: GPL-2.0-or-later
/* What libvirt, QEMU and driverctl want to be told of a function for a guest. */

#include "cmd/snippet.h"

#include "analyze/analyze.h"

/* What has no driver may stay as it is: VFIO does not mind it. */
static bool goes_along(const struct device *member)
{
	const char *driver = known_text(member->driver);

	return driver && !is_neutral_driver(driver);
}

static bool has_host_driver(const struct device *member)
{
	return goes_along(member) && !is_vfio_driver(known_text(member->driver));
}

static void print_libvirt(const struct device *device)
{
	const struct pci_address *address = &device->address;

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

static void print_qemu(const struct device *device)
{
	printf("-device vfio-pci,host=%s\n", device->bdf);
}

static void print_driverctl(const struct device *device)
{
	printf("driverctl set-override %s vfio-pci\n", device->bdf);
}

static void print_once(const struct snippet *snippet, struct device *device,
		       struct arena *arena, struct list *done)
{
	LIST_FOR_EACH (done, const struct device, other)
		if (other == device)
			return;
	list_add(arena, done, device);
	snippet->print(device);
}

void snippet_print(const struct snippet *snippet, const struct readiness *readiness,
		   struct arena *arena, struct list *done)
{
	const struct group *group = readiness->device->group_ref;

	if (group)
		LIST_FOR_EACH (&group->members.list, struct device, member)
			if (member == readiness->device ||
			    (is_candidate(member) && snippet->wants(member)))
				print_once(snippet, member, arena, done);
	print_once(snippet, readiness->device, arena, done);
}

const struct snippet snippets[] = {
	{ "libvirt", goes_along, print_libvirt },
	{ "qemu", goes_along, print_qemu },
	{ "driverctl", has_host_driver, print_driverctl },
	{ 0 },
};
