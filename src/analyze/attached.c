// SPDX-License-Identifier: GPL-2.0-or-later
/* From a function to its networks, screens, terminals and keyboards. */

#include "analyze/use.h"

/* More than people stack: VLAN on bridge on bond on port; and an end to rings. */
enum { STACK_MAX = 8, CLASS_NETWORK = 0x02, CLASS_DISPLAY = 0x03, CLASS_USB = 0x0c03 };

/* What stands on one interface. */
struct stack {
	struct system *system;
	struct strbuf above;	 /* "bond0, br0" */
	struct strbuf addresses; /* "10.0.2.15, 2001:db8::1" */
	const struct interface *route;
	bool unknown; /* what stands on one of them could not be listed */
	bool sure;    /* only what is known to stand on it, not what may */
};

static struct interface *find_interface(const struct system *system, const char *name)
{
	LIST_FOR_EACH (&system->inventory.interfaces, struct interface, interface)
		if (streq(interface->name, name))
			return interface;
	return NULL;
}

static void climb(struct stack *stack, const struct interface *interface,
		  unsigned int depth);

static void climb_to(struct stack *stack, const struct interface *upper,
		     unsigned int depth)
{
	if (depth >= STACK_MAX)
		return;
	strbuf_printf(&stack->above, "%s%s", stack->above.length > 0 ? ", " : "",
		      upper->name);
	climb(stack, upper, depth + 1);
}

static bool has_lower(const struct system *system, const struct interface *interface)
{
	LIST_FOR_EACH (&system->inventory.interfaces, const struct interface, lower)
		LIST_FOR_EACH (&lower->uppers.list, const char, name)
			if (streq(name, interface->name))
				return true;
	return false;
}

/*
 * All ports of Open vSwitch are below "ovs-system", and nothing in sysfs tells which of
 * its bridges they are in: what has a route and no port may be one.
 */
static void climb_switch(struct stack *stack, unsigned int depth)
{
	struct system *system = stack->system;

	LIST_FOR_EACH (&system->inventory.interfaces, const struct interface, bridge)
		if (bridge->default_route && !use_function(system, bridge->target) &&
		    !has_lower(system, bridge))
			climb_to(stack, bridge, depth);
}

static void climb(struct stack *stack, const struct interface *interface,
		  unsigned int depth)
{
	LIST_FOR_EACH (&interface->addresses, const char, address)
		strbuf_printf(&stack->addresses, "%s%s",
			      stack->addresses.length > 0 ? ", " : "", address);
	if (interface->default_route && !stack->route)
		stack->route = interface;
	stack->unknown |= interface->uppers.state != FACT_KNOWN;
	LIST_FOR_EACH (&interface->uppers.list, const char, name) {
		const struct interface *upper = find_interface(stack->system, name);

		/* What a port of a bridge leads to is not known, a bond's is. */
		if (upper && !(stack->sure && upper->bridge))
			climb_to(stack, upper, depth);
		if (streq(name, "ovs-system") && !stack->sure)
			climb_switch(stack, depth);
	}
}

/* Does a default route go by an interface for sure, or by one that stands on it? */
static bool carries_route(struct system *system, const struct interface *interface)
{
	struct stack stack = { .system = system, .sure = true };

	climb(&stack, interface, 0);
	strbuf_free(&stack.above);
	strbuf_free(&stack.addresses);
	return stack.route != NULL;
}

/* A function that stays where the device leaves, and carries a default route, too. */
static bool has_other_route(struct system *system, const struct device *device)
{
	LIST_FOR_EACH (&system->inventory.interfaces, const struct interface, other) {
		const struct device *function = use_function(system, other->target);

		if (function && !leaves_with(function, device) &&
		    !known_str(other->operstate, "down") && carries_route(system, other))
			return true;
	}
	return false;
}

/*
 * A default route by what stands on nothing that is seen, as PPP over Ethernet and
 * tunnels do: any card may carry it.
 */
static const struct interface *floating_route(struct system *system)
{
	LIST_FOR_EACH (&system->inventory.interfaces, const struct interface, upper) {
		bool carried = false;

		if (!upper->default_route || use_function(system, upper->target) ||
		    has_lower(system, upper))
			continue;
		LIST_FOR_EACH (&system->inventory.interfaces, const struct interface,
			       lower) {
			struct stack stack = { .system = system };

			if (!use_function(system, lower->target))
				continue;
			climb(&stack, lower, 0);
			carried |= stack.route == upper;
			strbuf_free(&stack.above);
			strbuf_free(&stack.addresses);
		}
		if (!carried)
			return upper;
	}
	return NULL;
}

static const char *network_text(struct system *system, const struct interface *interface,
				const struct stack *stack)
{
	struct arena *arena = &system->arena;
	const char *text = interface->name;

	if (stack->above.length > 0)
		text = arena_printf(arena, "%s, part of %s", text,
				    strbuf_text(&stack->above));
	if (stack->addresses.length > 0)
		text = arena_printf(arena, "%s, with %s", text,
				    strbuf_text(&stack->addresses));
	if (stack->route)
		text = arena_printf(arena, "%s: the default route%s%s", text,
				    stack->route == interface ? "" : " goes by ",
				    stack->route == interface ? "" : stack->route->name);
	else if (stack->above.length == 0 && stack->addresses.length == 0)
		text = arena_printf(arena, "%s is up", text);
	return text;
}

/* What the host runs from comes over some network: perhaps by this. */
static void add_network_root(struct system *system, struct device *owner,
			     const struct device *function, const char *name,
			     const struct list *unplaced)
{
	LIST_FOR_EACH (unplaced, const struct unplaced, one)
		if (one->network)
			use_add_of(system, owner, function, USE_UNKNOWN, name,
				   (struct fact_bool){ 0 },
				   arena_printf(&system->arena, "%s, perhaps by %s",
						one->text, name))
				->decides = true;
}

static void add_network(struct system *system, struct device *owner,
			const struct device *function, const struct interface *interface,
			const struct interface *floating, const struct list *unplaced)
{
	struct stack stack = { .system = system };
	struct fact_bool essential = KNOWN_BOOL(false);
	const char *text;
	bool used;

	climb(&stack, interface, 0);
	text = network_text(system, interface, &stack);
	if (stack.route) {
		essential = KNOWN_BOOL(!has_other_route(system, owner));
	} else if (floating) {
		essential.state = FACT_UNREAD;
		text = arena_printf(&system->arena, "%s; perhaps the default route by %s",
				    text, floating->name);
	}
	used = stack.above.length > 0 || stack.addresses.length > 0 || stack.route ||
	       known_str(interface->operstate, "up");
	if (used)
		use_add_of(system, owner, function, USE_NETWORK, interface->name,
			   essential, text);
	if (used)
		add_network_root(system, owner, function, interface->name, unplaced);
	if (stack.unknown ||
	    (!stack.route && system->inventory.routes_state != FACT_KNOWN &&
	     system->inventory.routes_state != FACT_ABSENT))
		use_add_of(system, owner, function, USE_UNKNOWN, interface->name,
			   (struct fact_bool){ 0 },
			   arena_printf(&system->arena,
					"whether a default route goes by %s could not be "
					"read (/proc/net/route, /sys/class/net)",
					interface->name));
	strbuf_free(&stack.above);
	strbuf_free(&stack.addresses);
}

static bool has_class(const struct device *device, unsigned int class)
{
	return device->class_id.state == FACT_KNOWN &&
	       device->class_id.value >> 16 == class;
}

void use_networks(struct system *system)
{
	const struct interface *floating = floating_route(system);
	struct list unplaced = { 0 };

	find_unplaced(system, &unplaced);
	LIST_FOR_EACH (&system->devices, struct device, device) {
		if (system->inventory.interfaces_state == FACT_KNOWN ||
		    !has_class(device, CLASS_NETWORK) ||
		    device->driver.state == FACT_ABSENT)
			continue;
		use_add(system, device, USE_UNKNOWN, "network", (struct fact_bool){ 0 },
			"its interfaces could not be seen (/sys/class/net)");
		add_network_root(system, device, device, "network", &unplaced);
	}
	LIST_FOR_EACH (&system->inventory.interfaces, const struct interface, interface) {
		struct device *function = use_function(system, interface->target);
		struct device *owners[OWNERS_MAX];
		size_t count = function ? use_owners(function, owners) : 0;

		for (size_t i = 0; i < count; i++)
			add_network(system, owners[i], function, interface, floating,
				    &unplaced);
	}
}

/* Does the kernel write to its own terminals, which are on a screen? */
static bool has_screen_console(const struct system *system)
{
	const char *cursor = known_text(system->inventory.consoles), *word;
	size_t length;

	while (cursor && (word = next_word(&cursor, " ", &length)))
		if (length > 3 && starts_with(word, "tty") && word[3] >= '0' &&
		    word[3] <= '9')
			return true;
	return false;
}

static const char *attachment_text(struct system *system,
				   const struct attachment *attachment)
{
	struct arena *arena = &system->arena;
	const char *name = attachment->name;

	switch (attachment->kind) {
	case USE_CONSOLE:
		return arena_printf(arena, "the kernel writes to %s", name);
	case USE_KEYBOARD:
		return arena_printf(arena, "the keyboard '%s'", name);
	default:
		if (starts_with(name, "fb"))
			return arena_printf(arena, "the frame buffer %s%s", name,
					    has_screen_console(system)
						    ? ", with the kernel's terminals"
						    : "");
		return arena_printf(arena, "%s, %s", name,
				    known_true(attachment->active) ? "with a screen"
				    : known_false(attachment->active)
					    ? "without a screen"
					    : "with or without a screen");
	}
}

/* The memory of a screen that the firmware set up, as the kernel's drivers name it. */
static bool is_screen_memory(const struct region *region)
{
	static const char *const names[] = { "BOOTFB", "efifb",	  "vesafb",   "simplefb",
					     "efidrm", "vesadrm", "simpledrm" };

	for (size_t i = 0; region->name && i < ARRAY_SIZE(names); i++)
		if (streq(region->name, names[i]))
			return region->start.state == FACT_KNOWN;
	return false;
}

/* The function in whose memory resource that is; NULL where that does not show. */
static struct device *firmware_screen_function(const struct system *system)
{
	LIST_FOR_EACH (&system->regions, const struct region, region)
		LIST_FOR_EACH (&system->bars, const struct bar, bar)
			if (is_screen_memory(region) && !bar->window &&
			    bar->start <= region->start.value &&
			    region->end.value <= bar->end)
				return system_find_device(system, bar->bdf);
	return NULL;
}

static void add_firmware_screen(struct system *system,
				const struct attachment *attachment)
{
	struct device *function = firmware_screen_function(system);

	if (function)
		use_add(system, function, USE_DISPLAY, attachment->name,
			KNOWN_BOOL(false), attachment_text(system, attachment));
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (!function && has_class(device, CLASS_DISPLAY))
			use_add(system, device, USE_UNKNOWN, attachment->name,
				(struct fact_bool){ 0 },
				arena_printf(&system->arena,
					     "whether %s, which the firmware set up, is "
					     "in its memory could not be seen "
					     "(/proc/iomem)",
					     attachment->name));
}

void use_attachments(struct system *system)
{
	struct inventory *inventory = &system->inventory;
	enum fact_state screens = inventory->screens_state;

	LIST_FOR_EACH (&inventory->attachments, const struct attachment, attachment) {
		struct device *device = use_function(system, attachment->target);

		if (device)
			use_add(system, device, attachment->kind, attachment->name,
				KNOWN_BOOL(false), attachment_text(system, attachment));
		else if (is_firmware_screen(attachment))
			add_firmware_screen(system, attachment);
	}
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (screens != FACT_KNOWN && has_class(device, CLASS_DISPLAY) &&
		    device->driver.state != FACT_ABSENT)
			use_add(system, device, USE_UNKNOWN, "screens",
				(struct fact_bool){ 0 },
				"its screens could not be seen (/sys/class/drm)");
	LIST_FOR_EACH (&system->devices, struct device, device)
		if (inventory->keyboards_state != FACT_KNOWN &&
		    device->class_id.state == FACT_KNOWN &&
		    device->class_id.value >> 8 == CLASS_USB &&
		    device->driver.state != FACT_ABSENT)
			use_add(system, device, USE_UNKNOWN, "keyboards",
				(struct fact_bool){ 0 },
				"its keyboards could not be seen (/sys/class/input)");
}
