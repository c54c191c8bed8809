// SPDX-License-Identifier: GPL-2.0-or-later
/* What the running kernel tells of its PCI functions as it happens: uevents. */

#include "source/monitor.h"

#include <libudev.h>

/*
 * A function that goes and comes back sends some ten events of half a kilobyte, those of
 * what its driver makes of it among them, and the kernel counts the memory of each twice.
 */
enum { BUFFER_BYTES = 32 * 1024 * 1024 };

struct monitor {
	struct udev *udev;
	struct udev_monitor *socket;
	struct udev_device *device; /* of the last event, which owns its strings */
};

/*
 * The kernel's own events, not those that udevd sends on: they come at once, and on
 * systems without udevd.
 */
static int open_socket(struct monitor *monitor)
{
	monitor->udev = udev_new();
	if (!monitor->udev)
		return -ENOMEM;
	monitor->socket = udev_monitor_new_from_netlink(monitor->udev, "kernel");
	if (!monitor->socket)
		return errno > 0 ? -errno : -ENOTSUP;
	/* Without the right to a larger buffer the default one has to do. */
	udev_monitor_set_receive_buffer_size(monitor->socket, BUFFER_BYTES);
	if (udev_monitor_filter_add_match_subsystem_devtype(monitor->socket, "pci",
							    NULL) < 0)
		return -ENOMEM;
	return MIN(udev_monitor_enable_receiving(monitor->socket), 0);
}

int monitor_open(struct root *root, struct monitor **ret)
{
	struct monitor *monitor = xzalloc(sizeof(*monitor));
	int r = open_socket(monitor);

	if (r < 0) {
		root->source = "monitor";
		root_note(root, "netlink", "no uevents: %s", strerror(-r));
		monitor_close(monitor);
		return r;
	}
	*ret = monitor;
	return 0;
}

void monitor_close(struct monitor *monitor)
{
	if (!monitor)
		return;
	udev_device_unref(monitor->device);
	udev_monitor_unref(monitor->socket);
	udev_unref(monitor->udev);
	free(monitor);
}

int monitor_descriptor(const struct monitor *monitor)
{
	return udev_monitor_get_fd(monitor->socket);
}

static bool take_action(const char *word, enum uevent_action *ret)
{
	static const char *const actions[] = {
		[UEVENT_ADD] = "add",
		[UEVENT_REMOVE] = "remove",
		[UEVENT_BIND] = "bind",
		[UEVENT_UNBIND] = "unbind",
	};

	for (size_t i = 0; word && i < ARRAY_SIZE(actions); i++) {
		if (!streq(word, actions[i]))
			continue;
		*ret = (enum uevent_action)i;
		return true;
	}
	return false;
}

int monitor_read(struct monitor *monitor, struct uevent *ret)
{
	for (;;) {
		struct pci_address address;

		udev_device_unref(monitor->device);
		errno = 0;
		monitor->device = udev_monitor_receive_device(monitor->socket);
		if (!monitor->device) {
			if (errno == ENOBUFS)
				return -ENOBUFS;
			/* What is no event of the kernel's is left out by the library. */
			if (errno == EINTR)
				continue;
			return 0;
		}
		*ret = (struct uevent){
			.number = udev_device_get_seqnum(monitor->device),
			.name = udev_device_get_sysname(monitor->device),
		};
		if (!take_action(udev_device_get_action(monitor->device), &ret->action) ||
		    !ret->name || parse_pci_address(ret->name, &address) < 0 ||
		    address.function < 0)
			continue;
		if (ret->action == UEVENT_BIND)
			ret->driver =
				udev_device_get_property_value(monitor->device, "DRIVER");
		return 1;
	}
}

uint64_t monitor_last(struct root *root)
{
	char text[32];
	size_t length;
	uint64_t number;

	root->source = "monitor";
	if (root_read_head(root, text, sizeof(text) - 1, &length,
			   "sys/kernel/uevent_seqnum") < 0)
		return 0;
	text[length] = '\0';
	return parse_u64(trim_end(text), 10, &number) < 0 ? 0 : number;
}
