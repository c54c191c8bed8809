// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI functions that kernel parameters name: by identifier, address or path. */

#include "analyze/verdict.h"

/* PCI_ANY_ID of Linux, in identifiers. */
enum { PARTS = 4 };
#define ANY_ID 0xffffffffu

/* "8086:10d3[:SUBVENDOR:SUBDEVICE[:CLASS:MASK]]", all hexadecimal; the rest is any. */
static bool parse_identifier(const char *text, uint32_t ret[PARTS])
{
	for (size_t i = 0; i < PARTS; i++)
		ret[i] = ANY_ID;
	for (size_t i = 0; i < PARTS; i++) {
		if (parse_hex_digits(&text, 8, &ret[i]) < 0)
			return false;
		if (*text != ':')
			return i > 0 && *text == '\0';
		text++;
	}
	return true;
}

static bool bears(const struct device *device, const uint32_t identifier[PARTS])
{
	const struct fact_u64 facts[PARTS] = {
		device->vendor_id,
		device->device_id,
		device->subsystem_vendor_id,
		device->subsystem_device_id,
	};

	for (size_t i = 0; i < PARTS; i++)
		if (identifier[i] != ANY_ID &&
		    (facts[i].state != FACT_KNOWN || facts[i].value != identifier[i]))
			return false;
	return true;
}

/* "0000:01:00.0 is bound to nouveau" */
static const char *bound_text(struct system *system, const struct device *device)
{
	if (device->driver.state == FACT_KNOWN)
		return arena_printf(&system->arena, "%s is bound to %s", device->bdf,
				    device->driver.value);
	return arena_printf(&system->arena, "%s has no driver", device->bdf);
}

struct parameter_verdict look_at_identifier(struct system *system,
					    const struct given *given)
{
	const char *parameter = given->parameter->name;
	const char *driver = arena_strndup(&system->arena, parameter,
					   (size_t)(strchr(parameter, '.') - parameter));
	const struct device *other = NULL, *taken = NULL;
	uint32_t identifier[PARTS];
	size_t count = 0;

	if (!given->text || !parse_identifier(given->text, identifier))
		return nothing("it is no identifier such as 8086:10d3");
	LIST_FOR_EACH (&system->devices, const struct device, device) {
		if (!bears(device, identifier))
			continue;
		if (device->driver.state != FACT_KNOWN &&
		    device->driver.state != FACT_ABSENT)
			return unknown("the driver of a function with this identifier "
				       "could not be read");
		count++;
		if (known_str(device->driver, driver))
			taken = taken ? taken : device;
		else
			other = other ? other : device;
	}
	if (count == 0 && system->devices_state != FACT_KNOWN)
		return unknown("the PCI functions could not be listed");
	if (count == 0)
		return nothing("no PCI function has this identifier");
	if (other)
		return overridden(arena_printf(&system->arena, "but %s",
					       bound_text(system, other)));
	return effective(given_proof(system, given, bound_text(system, taken)),
			 KNOWN_BOOL(true));
}

static struct device *find_below(const struct system *system, const struct device *bridge,
				 const struct pci_address *address)
{
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (device->upstream_ref == bridge &&
		    device->address.device == address->device &&
		    device->address.function == address->function)
			return device;
	return NULL;
}

/* "[SEGMENT:]BUS:DEVICE.FUNCTION[/DEVICE.FUNCTION]…", from bridge to bridge. */
static struct device *walk_path(struct system *system, const char *text, size_t length)
{
	const char *cursor = arena_strndup(&system->arena, text, length), *hop;
	struct device *device = NULL;
	bool first = true;

	while ((hop = next_word(&cursor, "/", &length))) {
		struct pci_address address;
		char full[32];

		snprintf(full, sizeof(full), "%s%.*s", first ? "" : "00:", (int)length,
			 hop);
		if (parse_pci_address(full, &address) < 0 || address.function < 0)
			return NULL;
		if (!first) {
			device = find_below(system, device, &address);
		} else {
			snprintf(full, sizeof(full), "%04x:%02x:%02x.%d", address.domain,
				 address.bus, address.device, address.function);
			device = system_find_device(system, full);
		}
		if (!device)
			return NULL;
		first = false;
	}
	return device;
}

/* Has it ACS that a parameter could set? Adds what it has not to `problem`. */
static bool can_be_set(struct system *system, const struct device *device,
		       const char **problem)
{
	if (device->acs_supported.state != FACT_KNOWN ||
	    device->acs_supported.list.count > 0)
		return true;
	*problem = arena_printf(&system->arena, "%s has no ACS", device->bdf);
	return false;
}

/* One of the list: an identifier "pci:8086:10d3", or a path. How many it names. */
static size_t count_targets(struct system *system, const char *text, size_t length,
			    const char **problem)
{
	uint32_t identifier[PARTS];
	struct device *device;
	size_t count = 0;
	char *name = arena_strndup(&system->arena, text, length);

	*problem = arena_printf(&system->arena, "there is no PCI function %s", name);
	if (!starts_with(name, "pci:")) {
		device = walk_path(system, name, length);
		return device && can_be_set(system, device, problem);
	}
	if (!parse_identifier(name + strlen("pci:"), identifier))
		return 0;
	LIST_FOR_EACH (&system->devices, const struct device, other)
		count += bears(other, identifier) && can_be_set(system, other, problem);
	return count;
}

struct parameter_verdict look_at_functions(struct system *system,
					   const struct given *given)
{
	const char *cursor = given->text + strlen(given->option->text), *one;
	const char *problem = "it names no PCI function";
	size_t length, count = 0, missing = 0;

	while ((one = next_word(&cursor, ";", &length))) {
		const char *at = memchr(one, '@', length), *why;
		size_t found;

		if (at) {
			length -= (size_t)(at + 1 - one);
			one = at + 1;
		}
		found = count_targets(system, one, length, &why);
		count += found;
		missing += found == 0;
		problem = found == 0 ? why : problem;
	}
	if (system->devices_state != FACT_KNOWN)
		return unknown("the PCI functions could not be listed");
	if (count == 0)
		return nothing(problem);
	return effective(
		given_proof(system, given,
			    missing > 0
				    ? arena_printf(&system->arena, "%zu of them, but %s",
						   count, problem)
				    : arena_printf(&system->arena, "%zu of them", count)),
		KNOWN_BOOL(true));
}
