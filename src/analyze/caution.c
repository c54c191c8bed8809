// SPDX-License-Identifier: GPL-2.0-or-later
/* What does not keep a function from a guest, but matters: resets, resources, names. */

#include "analyze/given.h"
#include "analyze/ready.h"

static bool is_below(const struct device *device, const struct device *bridge)
{
	for (int i = 0; device && i < 256; i++, device = device->upstream_ref)
		if (device->upstream_ref == bridge)
			return true;
	return false;
}

/* A reset of the bus above hits all behind the same bridge; a root bus has none. */
void ask_reset(struct inquiry *inquiry)
{
	struct readiness *readiness = inquiry->readiness;
	const struct device *device = inquiry->device;
	const struct device *bridge = device->upstream_ref;
	bool behind = bridge && bridge != device;

	readiness->reset_methods = device->reset_methods;
	readiness->bus_reset.state = device->upstream.state == FACT_KNOWN && !bridge
					     ? FACT_UNREAD
					     : device->upstream.state;
	LIST_FOR_EACH (&inquiry->system->devices, const struct device, other)
		if (behind && other != device && is_below(other, bridge))
			list_add(&inquiry->system->arena, &readiness->bus_reset.list,
				 other->bdf);
	if (device->reset_methods.state == FACT_KNOWN &&
	    device->reset_methods.list.count > 0)
		return;
	if (device->reset_methods.state == FACT_KNOWN ||
	    device->reset_methods.state == FACT_ABSENT)
		add_warning(
			inquiry, WARNING_NO_RESET,
			!behind ? "the kernel knows no way to reset it, and no bus above "
				  "it can be: what one guest left in it the next one "
				  "finds"
			: readiness->bus_reset.list.count > 0
				? "the kernel knows no way to reset it alone; a reset of "
				  "its bus hits those of BUS-RESET, too"
				: "the kernel knows no way to reset it but with its bus");
	else
		add_warning(inquiry, WARNING_RESET_UNKNOWN,
			    "its reset_method could not be read");
}

void ask_graphics(struct inquiry *inquiry)
{
	struct readiness *readiness = inquiry->readiness;
	const struct device *device = inquiry->device;

	readiness->boot_vga = device->boot_vga;
	readiness->rom = (struct fact_bool){ device->bars_state, false };
	readiness->bars.state = device->bars_state;
	LIST_FOR_EACH (&inquiry->system->bars, const struct bar, bar) {
		struct readiness_bar *one;

		if (!streq(bar->bdf, device->bdf))
			continue;
		one = arena_new(&inquiry->system->arena, struct readiness_bar);
		one->name = bar->name ? KNOWN_STR(bar->name) : (struct fact_str){ 0 };
		one->bytes = KNOWN_U64(bar->end - bar->start + 1);
		readiness->rom.value |= bar->name && streq(bar->name, "ROM");
		list_add(&inquiry->system->arena, &readiness->bars.list, one);
	}
	if (known_true(device->boot_vga))
		add_warning(inquiry, WARNING_BOOT_VGA,
			    "the firmware showed its messages on it: its ROM as read now "
			    "may be spent, and a guest may want a copy from a file");
}

/* vfio-pci.ids= takes every function of that kind, also one that the host needs. */
void ask_identifiers(struct inquiry *inquiry)
{
	const struct device *device = inquiry->device;
	struct arena *arena = &inquiry->system->arena;

	if (device->vendor_id.state != FACT_KNOWN ||
	    device->device_id.state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (&inquiry->system->devices, const struct device, other)
		if (other != device && other->uses.count > 0 &&
		    other->vendor_id.state == FACT_KNOWN &&
		    other->vendor_id.value == device->vendor_id.value &&
		    other->device_id.value == device->device_id.value)
			add_warning(
				inquiry, WARNING_SAME_IDENTIFIERS,
				arena_printf(
					arena,
					"%s is of the same kind (%04llx:%04llx), and the "
					"host uses it: vfio-pci.ids= would take both",
					other->bdf,
					(unsigned long long)device->vendor_id.value,
					(unsigned long long)device->device_id.value));
}

/* "10de:2204", of the list, is what it is; more may follow behind a colon. */
static bool has_identifier(const struct device *device, const char *text)
{
	uint32_t vendor, id;

	return parse_hex_digits(&text, 8, &vendor) == 0 && *text++ == ':' &&
	       parse_hex_digits(&text, 8, &id) == 0 && (*text == '\0' || *text == ':') &&
	       vendor == device->vendor_id.value && id == device->device_id.value;
}

/* "ids=10de:2204,10de:1aef" of modprobe.d. */
static void ask_option_identifiers(struct inquiry *inquiry)
{
	struct arena *arena = &inquiry->system->arena;

	LIST_FOR_EACH (&inquiry->system->vfio.options, const struct module_option,
		       option) {
		const char *cursor = option->value, *word;
		size_t length;

		if (!streq(option->module, "vfio_pci") || !streq(option->name, "ids"))
			continue;
		while ((word = next_word(&cursor, ",", &length))) {
			const char *kind = arena_strndup(arena, word, length);

			if (has_identifier(inquiry->device, kind))
				add_warning(inquiry, WARNING_TAKEN_AT_START,
					    arena_printf(arena,
							 "%s of ids= in /%s is its kind: "
							 "vfio-pci takes it when it is "
							 "loaded, if it comes first",
							 kind, option->file));
		}
	}
}

/* What is given to vfio-pci by its kind, although the host uses it. */
void ask_given_identifiers(struct inquiry *inquiry)
{
	const struct device *device = inquiry->device;

	if (device->uses.count == 0 || device->vendor_id.state != FACT_KNOWN ||
	    device->device_id.state != FACT_KNOWN)
		return;
	LIST_FOR_EACH (&inquiry->system->command_line->given, const struct given, given)
		if (given->parameter && given->text &&
		    streq(given->parameter->name, "vfio-pci.ids") &&
		    has_identifier(device, given->text))
			add_warning(
				inquiry, WARNING_TAKEN_AT_START,
				arena_printf(&inquiry->system->arena,
					     "%s of vfio-pci.ids= on the kernel "
					     "command line is its kind: vfio-pci takes "
					     "it at the next start, if it comes first",
					     given->text));
	ask_option_identifiers(inquiry);
}

void ask_mounted(struct inquiry *inquiry)
{
	struct arena *arena = &inquiry->system->arena;
	const char *driver = known_text(inquiry->device->driver);

	if (inquiry->readiness->blockers.list.count > 0 ||
	    (driver && is_vfio_driver(driver)))
		return;
	LIST_FOR_EACH (&inquiry->readiness->breaks.list, const struct use, use) {
		if (use->kind.value != USE_FILE_SYSTEM || !known_text(use->name) ||
		    use->name.value[0] != '/')
			continue;
		add_warning(
			inquiry, WARNING_MOUNTED,
			arena_printf(arena,
				     "%s: what is not written back is lost, unless it "
				     "is unmounted first",
				     use->text.value));
		add_step(inquiry, arena_printf(arena, "unmount %s", use->name.value),
			 NULL);
	}
}

/* Who types the steps in over the network may not come to the last of them. */
void ask_default_route(struct inquiry *inquiry)
{
	const struct readiness *readiness = inquiry->readiness;

	if (readiness->blockers.list.count > 0 || readiness->steps.list.count == 0)
		return;
	LIST_FOR_EACH (&readiness->breaks.list, const struct use, use)
		if (use->kind.value == USE_NETWORK && !known_false(use->essential))
			add_warning(inquiry, WARNING_DEFAULT_ROUTE,
				    arena_printf(&inquiry->system->arena,
						 "the default route %s by %s: a remote "
						 "session would end before the steps are "
						 "done, so run them detached from it",
						 known_true(use->essential) ? "goes"
									    : "may go",
						 use->name.value));
}
