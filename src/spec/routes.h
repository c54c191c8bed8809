/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines about addresses and routes of the network. */
#pragma once

#include "base/util.h"

enum { ADDRESS_TEXT = 46 }; /* room for the text of an address of either kind */

struct route_line {
	const char *interface;
	size_t interface_length;
	uint32_t destination, mask; /* 10.0.2.0 is 0x0a000200 */
	bool gateway;
};

/*
 * A line of /proc/net/route (fib_route_seq_show() in the kernel's net/ipv4/fib_trie.c)
 * but the first, which has the headings. Addresses stand there as the machine has them in
 * memory, so its order of bytes has to be known. -EBADMSG for others, and for those that
 * refuse (RTF_REJECT).
 */
int route_parse_line(const char *line, size_t length, bool big_endian,
		     struct route_line *ret);

/*
 * The interface of a default route in a line of /proc/net/ipv6_route (rt6_info_route() in
 * net/ipv6/route.c); NULL for other routes, and -EBADMSG for other lines.
 */
int route6_parse_default(const char *line, size_t length, const char **ret_interface,
			 size_t *ret_length);

struct address6_line {
	const char *interface;
	size_t interface_length;
	bool local; /* of no use beyond the link or the host */
	char text[ADDRESS_TEXT];
};

/* A line of /proc/net/if_inet6 (if6_seq_show() in net/ipv6/addrconf.c). */
int address6_parse_line(const char *line, size_t length, struct address6_line *ret);

/*
 * Takes the next line of /proc/net/fib_trie, and keeps in *leaf what it needs of it for
 * the ones after. 1 where the line makes *leaf an address of this machine, else 0.
 */
int fib_trie_take_line(const char *line, size_t length, uint32_t *leaf);

/* "10.0.2.15" */
void route_address_text(uint32_t address, char text[ADDRESS_TEXT]);
