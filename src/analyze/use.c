// SPDX-License-Identifier: GPL-2.0-or-later
/* What of the host stands on each function, and stops where it is taken away. */

#include "analyze/use.h"

#include "analyze/analyze.h"

struct device *use_function(const struct system *system, const char *path)
{
	const char *end = path + strlen(path);

	while (end > path) {
		const char *start = end;
		struct pci_address address;
		char name[24] = "";

		while (start > path && start[-1] != '/')
			start--;
		if ((size_t)(end - start) < sizeof(name)) {
			memcpy(name, start, (size_t)(end - start));
			if (parse_pci_address(name, &address) == 0 &&
			    address.function >= 0)
				return system_find_device(system, name);
		}
		end = start > path ? start - 1 : path;
	}
	return NULL;
}

size_t use_owners(struct device *function, struct device *ret[OWNERS_MAX])
{
	struct device *const takers[] = { function->physfn_ref, function->host_ref };
	size_t count = 0;

	ret[count++] = function;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++)
		if (takers[i] && takers[i] != function)
			ret[count++] = takers[i];
	return count;
}

static struct use *find_use(const struct device *device, enum use_kind kind,
			    const char *name, const char *text)
{
	LIST_FOR_EACH (&device->uses, struct use, known)
		if (known->kind.value == (int)kind && known_str(known->name, name) &&
		    (kind != USE_UNKNOWN || streq(known->text.value, text)))
			return known;
	return NULL;
}

/* Where a use shows. What is unknown has its files in its text. */
static struct fact_str place_of(struct arena *arena, enum use_kind kind, const char *bdf)
{
	static const char device[] = "/sys/bus/pci/devices";

	switch (kind) {
	case USE_FILE_SYSTEM:
		return KNOWN_STR("/proc/self/mountinfo");
	case USE_SWAP:
		return KNOWN_STR("/proc/swaps");
	case USE_STORAGE:
		return KNOWN_STR("/sys/class/block");
	case USE_NETWORK:
		return KNOWN_STR("/sys/class/net");
	case USE_CONSOLE:
		return KNOWN_STR("/sys/class/tty/console/active");
	case USE_DISPLAY:
		return KNOWN_STR("/sys/class/graphics");
	case USE_KEYBOARD:
		return KNOWN_STR("/sys/class/input");
	case USE_VIRTUAL_FUNCTIONS:
		return KNOWN_STR(arena_printf(arena, "%s/%s/sriov_numvfs", device, bdf));
	case USE_DRIVER:
		return KNOWN_STR(arena_printf(arena, "%s/%s/driver", device, bdf));
	default:
		return (struct fact_str){ .state = FACT_ABSENT };
	}
}

struct use *use_add(struct system *system, struct device *device, enum use_kind kind,
		    const char *name, struct fact_bool essential, const char *text)
{
	struct use *use = find_use(device, kind, name, text);
	bool known = use != NULL;

	if (known && (known_true(use->essential) || !known_true(essential)))
		return use;
	if (!known) {
		use = arena_new(&system->arena, struct use);
		use->bdf = device->bdf;
		use->kind = KNOWN_ENUM((int)kind);
		use->name = KNOWN_STR(name);
		use->path = place_of(&system->arena, kind, device->bdf);
		list_add(&system->arena, &device->uses, use);
	}
	use->essential = essential;
	use->text = KNOWN_STR(text);
	return use;
}

struct use *use_add_of(struct system *system, struct device *owner,
		       const struct device *function, enum use_kind kind,
		       const char *name, struct fact_bool essential, const char *text)
{
	struct use *use;

	if (owner == function)
		return use_add(system, owner, kind, name, essential, text);
	text = arena_printf(&system->arena, "%s, of %s", text, function->bdf);
	use = use_add(system, owner, kind, name, essential, text);
	if (use->text.value == text)
		use->bdf = function->bdf;
	return use;
}

static void use_functions(struct system *system, struct device *device)
{
	if (device->sriov_numvfs.state != FACT_KNOWN || device->sriov_numvfs.value == 0)
		return;
	use_add(system, device, USE_VIRTUAL_FUNCTIONS, "virtual functions",
		KNOWN_BOOL(false),
		arena_printf(&system->arena, "its %llu virtual function%s with it",
			     (unsigned long long)device->sriov_numvfs.value,
			     device->sriov_numvfs.value == 1 ? " goes" : "s go"));
}

static void use_chipset(struct system *system, struct device *device)
{
	const char *driver = known_text(device->driver);

	if (!driver || device->class_id.state != FACT_KNOWN ||
	    device->class_id.value >> 16 != PCI_CLASS_BRIDGE >> 8 ||
	    device->class_id.value >> 8 == PCI_CLASS_BRIDGE)
		return;
	use_add(system, device, USE_DRIVER, driver, KNOWN_BOOL(false),
		arena_printf(&system->arena, "%s drives this part of the chipset",
			     driver));
}

/* What stands on a function that goes with another stops with that other, too. */
static void pass_on(struct system *system, const struct device *device, struct device *to)
{
	if (!to || to == device)
		return;
	LIST_FOR_EACH (&device->uses, const struct use, use) {
		struct use *passed = use_add(system, to, (enum use_kind)use->kind.value,
					     use->name.value, use->essential,
					     arena_printf(&system->arena, "%s, of %s",
							  use->text.value, use->bdf));

		if (passed->bdf == to->bdf && !streq(use->bdf, to->bdf))
			passed->bdf = use->bdf;
		passed->decides |= use->decides;
	}
}

void analyze_use(struct system *system)
{
	use_storage(system);
	use_networks(system);
	use_attachments(system);
	/* Virtual functions end with their physical one; so does what is behind VMD. */
	LIST_FOR_EACH (&system->devices, const struct device, device) {
		pass_on(system, device, device->physfn_ref);
		pass_on(system, device, device->host_ref);
	}
	LIST_FOR_EACH (&system->devices, struct device, device) {
		use_functions(system, device);
		use_chipset(system, device);
	}
}
