// SPDX-License-Identifier: GPL-2.0-or-later
/* Network interfaces, what stands on them, their addresses and the default routes. */

#include "spec/routes.h"

#include "source/attr.h"
#include "source/source.h"

#define INTERFACES "sys/class/net"
#define ROUTES "proc/net/route"
#define ROUTES6 "proc/net/ipv6_route"
#define TRIE "proc/net/fib_trie"
#define ADDRESSES6 "proc/net/if_inet6"

static struct interface *find_interface(const struct system *system, const char *name,
					size_t length)
{
	LIST_FOR_EACH (&system->inventory.interfaces, struct interface, interface)
		if (strlen(interface->name) == length &&
		    memcmp(interface->name, name, length) == 0)
			return interface;
	return NULL;
}

/* Bridges, bonds and VLANs above an interface are links "upper_NAME" in it. */
static void read_uppers(struct root *root, struct interface *interface)
{
	static const char upper[] = "upper_";
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, INTERFACES "/%s", interface->name);

	interface->uppers.state = fact_state_of(r);
	LIST_FOR_EACH (&names, const struct entry, entry) {
		interface->bridge |= streq(entry->name, "bridge");
		if (entry->target && starts_with(entry->name, upper))
			list_add(&root->system->arena, &interface->uppers.list,
				 entry->name + strlen(upper));
	}
}

static void read_interfaces(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, INTERFACES);

	system->inventory.interfaces_state = list_state(root, r, "sys/class");
	LIST_FOR_EACH (&names, const struct entry, entry) {
		struct interface *interface;

		if (!entry->target) /* bonding_masters is a file */
			continue;
		interface = arena_new(&system->arena, struct interface);
		interface->name = entry->name;
		interface->target = entry->target;
		attr_str(root, &interface->operstate, INTERFACES "/%s/operstate",
			 entry->name);
		read_uppers(root, interface);
		list_add(&system->arena, &system->inventory.interfaces, interface);
	}
}

/* A network that an interface is in, from the table of routes. */
struct network {
	struct interface *interface;
	uint32_t address, mask;
};

/* Machines on which a number in memory begins with its greatest byte. */
static bool is_big_endian(const struct system *system)
{
	static const char *const names[] = { "s390*", "ppc", "ppc64", "sparc*", "mips" };
	const char *arch = known_text(system->host.arch);

	for (size_t i = 0; arch && i < ARRAY_SIZE(names); i++)
		if (matches_star(names[i], arch))
			return true;
	return false;
}

static void take_route(struct system *system, const struct route_line *route,
		       struct list *networks)
{
	struct interface *interface =
		find_interface(system, route->interface, route->interface_length);
	struct network *network;

	if (!interface)
		return;
	if (route->mask == 0 && route->destination == 0)
		interface->default_route = true;
	if (route->gateway || route->mask == 0)
		return;
	network = arena_new(&system->arena, struct network);
	*network = (struct network){ interface, route->destination, route->mask };
	list_add(&system->arena, networks, network);
}

static void read_routes(struct root *root, struct system *system, struct list *networks)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	bool big_endian = is_big_endian(system);
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, ROUTES);

	/* Without IPv4 there is no such file, but there is a place for it. */
	system->inventory.routes_state =
		r == -ENOENT ? root_absence(root, r, "proc/self") : fact_state_of(r);
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		struct route_line route;

		if (route_parse_line(line, length, big_endian, &route) == 0)
			take_route(system, &route, networks);
	}
}

static void read_routes6(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line, *name;
	size_t length, name_length;
	int r = root_read(root, &bytes, ROUTES6);

	if (r < 0 && r != -ENOENT)
		system->inventory.routes_state = fact_state_of(r);
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		struct interface *interface = NULL;

		if (route6_parse_default(line, length, &name, &name_length) == 0 && name)
			interface = find_interface(system, name, name_length);
		if (interface && !streq(interface->name, "lo"))
			interface->default_route = true;
	}
}

static void add_address(struct system *system, struct interface *interface,
			const char *text)
{
	if (!interface)
		return;
	LIST_FOR_EACH (&interface->addresses, const char, known)
		if (streq(known, text))
			return;
	list_add(&system->arena, &interface->addresses,
		 arena_strdup(&system->arena, text));
}

/* The interface in whose network an address is: the smallest that holds it. */
static struct interface *interface_of(const struct list *networks, uint32_t address)
{
	const struct network *best = NULL;

	LIST_FOR_EACH (networks, const struct network, network)
		if ((address & network->mask) == network->address &&
		    (!best || network->mask > best->mask))
			best = network;
	return best ? best->interface : NULL;
}

static void read_addresses(struct root *root, struct system *system,
			   const struct list *networks)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	uint32_t leaf = 0;
	size_t length;
	int r = root_read(root, &bytes, TRIE);

	system->inventory.addresses_state = r == -ENOENT ? FACT_ABSENT : fact_state_of(r);
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		char text[ADDRESS_TEXT];

		if (!fib_trie_take_line(line, length, &leaf))
			continue;
		route_address_text(leaf, text);
		add_address(system, interface_of(networks, leaf), text);
	}
}

static void read_addresses6(struct root *root, struct system *system)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, ADDRESSES6);

	if (r < 0 && r != -ENOENT)
		system->inventory.addresses_state = fact_state_of(r);
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		struct address6_line address;

		if (address6_parse_line(line, length, &address) == 0 && !address.local)
			add_address(system,
				    find_interface(system, address.interface,
						   address.interface_length),
				    address.text);
	}
}

void source_network_read(struct root *root, struct system *system)
{
	struct list networks = { 0 };

	read_interfaces(root, system);
	read_routes(root, system, &networks);
	read_routes6(root, system);
	read_addresses(root, system, &networks);
	read_addresses6(root, system);
}
