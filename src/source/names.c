// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of vendors, devices and classes, from libpci: pci.ids and udev's hwdb. */

#include <pci/pci.h>
#include <setjmp.h>

#include "base/log.h"
#include "source/source.h"

/*
 * libpci is asked for names alone. It would read configuration spaces as well, but by
 * opening files itself: then links could lead out of a snapshot and the recorder would
 * not see what was read.
 */

/* libpci reports errors by a function that must not return, and exits by default. */
static jmp_buf libpci_failed;

static _Noreturn void trap_error(char *message, ...)
{
	log_debug("libpci: %s", message);
	longjmp(libpci_failed, 1);
}

static void ignore_message(char *message, ...)
{
	log_debug("libpci: %s", message);
}

/* Names that were found, by identifiers: machines have many functions of few kinds. */
struct known_name {
	uint64_t key;
	const char *vendor, *device;
};

static const char *look_up(struct pci_access *access, struct arena *arena, int flags,
			   unsigned int first, unsigned int second)
{
	char name[256];
	char *found = pci_lookup_name(access, name, sizeof(name),
				      flags | PCI_LOOKUP_NO_NUMBERS, first, second);

	return found ? arena_strdup(arena, found) : NULL;
}

static void set_name(struct fact_str *fact, const char *name)
{
	fact->state = name ? FACT_KNOWN : FACT_ABSENT;
	fact->value = name;
}

static struct known_name *find_name(const struct list *known, uint64_t key)
{
	LIST_FOR_EACH (known, struct known_name, name)
		if (name->key == key)
			return name;
	return NULL;
}

static void name_device(struct pci_access *access, struct arena *arena, struct list *ids,
			struct list *classes, struct device *device)
{
	if (device->vendor_id.state == FACT_KNOWN) {
		unsigned int vendor_id = (unsigned int)device->vendor_id.value;
		unsigned int device_id = (unsigned int)device->device_id.value;
		uint64_t key = (uint64_t)vendor_id << 16 | device_id;
		struct known_name *name = find_name(ids, key);

		if (!name) {
			name = arena_new(arena, struct known_name);
			name->key = key;
			name->vendor =
				look_up(access, arena, PCI_LOOKUP_VENDOR, vendor_id, 0);
			name->device = look_up(access, arena, PCI_LOOKUP_DEVICE,
					       vendor_id, device_id);
			list_add(arena, ids, name);
		}
		set_name(&device->vendor, name->vendor);
		set_name(&device->device, name->device);
	}
	if (device->class_id.state == FACT_KNOWN) {
		unsigned int class = (unsigned int)device->class_id.value >> 8;
		struct known_name *name = find_name(classes, class);

		if (!name) {
			name = arena_new(arena, struct known_name);
			name->key = class;
			name->device = look_up(access, arena, PCI_LOOKUP_CLASS, class, 0);
			list_add(arena, classes, name);
		}
		set_name(&device->class, name->device);
	}
}

void source_pci_names(struct root *root, struct system *system)
{
	struct list ids = { 0 }, classes = { 0 };
	struct pci_access *access = pci_alloc();

	(void)root;
	access->error = (void *)trap_error;
	access->warning = ignore_message;
	access->debug = ignore_message;
	/* No cache of names asked over the network: it would look up the user's home. */
	pci_set_param(access, (char *)"net.cache_name", (char *)"");
	if (setjmp(libpci_failed) == 0)
		LIST_FOR_EACH (&system->devices, struct device, device)
			name_device(access, &system->arena, &ids, &classes, device);
	pci_cleanup(access);
}
