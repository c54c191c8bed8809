// SPDX-License-Identifier: GPL-2.0-or-later
/* Physical slots: the names that stand on the board, by PCI address. */

#include "source/attr.h"
#include "source/source.h"

#define SLOTS "sys/bus/pci/slots"

/* A slot's address is that of its device without the function: "0000:01:00". */
static void set_slot(struct system *system, const char *slot, const char *text)
{
	struct pci_address address;

	if (parse_pci_address(text, &address) < 0)
		return;
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (device->address.domain == address.domain &&
		    device->address.bus == address.bus &&
		    device->address.device == address.device)
			device->slot = KNOWN_STR(slot);
}

void source_slot_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	enum fact_state open = FACT_ABSENT;
	int r = root_list(root, &names, 0, SLOTS);

	LIST_FOR_EACH (&system->devices, struct device, device)
		device->slot.state = r < 0 ? fact_state_of(r) : FACT_ABSENT;
	LIST_FOR_EACH (&names, struct entry, entry) {
		struct fact_str address = { 0 };

		if (attr_str(root, &address, SLOTS "/%s/address", entry->name) == 0)
			set_slot(system, entry->name, address.value);
		else
			open = address.state;
	}
	/* What sits in a slot that does not tell its address may be any of the others. */
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (open != FACT_ABSENT && device->slot.state == FACT_ABSENT)
			device->slot.state = open;
}
