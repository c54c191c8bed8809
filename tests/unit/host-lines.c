// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/mounts and spec/routes: what the host uses, line by line. */

#include "base/text.h"
#include "spec/mounts.h"
#include "spec/routes.h"
#include "tap.h"

static bool slice_is(struct slice slice, const char *text)
{
	return slice.length == strlen(text) &&
	       memcmp(slice.text, text, slice.length) == 0;
}

static int mount_of(const char *line, struct mount_line *ret)
{
	return mountinfo_parse_line(line, strlen(line), ret);
}

static void test_mountinfo(void)
{
	static const char *const wrong[] = {
		"",
		"36 35",
		"36 35 98:0 / /mnt rw ext3 /dev/root rw",
		"36 35 98:0 / /mnt rw - ext3",
		"36 35 98 / /mnt rw - ext3 /dev/root rw",
		"36 35 98: / /mnt rw - ext3 /dev/root rw",
		"36 35 :0 / /mnt rw - ext3 /dev/root rw",
		"36 35 9:8:0 / /mnt rw - ext3 /dev/root rw",
		"- - - - - - - - -",
	};
	struct mount_line mount;

	IS(mount_of("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 "
		    "/dev/root rw,errors=continue",
		    &mount),
	   0, "a mount with optional fields");
	OK(slice_is(mount.number, "98:0") && slice_is(mount.root, "/mnt1") &&
		   slice_is(mount.point, "/mnt2") && slice_is(mount.type, "ext3") &&
		   slice_is(mount.source, "/dev/root"),
	   "its parts");
	IS(mount_of("1 1 0:2 / / rw - rootfs none", &mount), 0, "one without options");
	OK(slice_is(mount.source, "none"), "ends where the line does");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		IS(mount_of(wrong[i], &mount), -EBADMSG, "no mount: \"%s\"", wrong[i]);
	IS(mountinfo_parse_line("1 1 0:2 / / rw - rootfs none\n2 2", 22, &mount),
	   -EBADMSG, "nothing is taken from the next line");
}

static int swap_of(const char *line, struct swap_line *ret)
{
	return swaps_parse_line(line, strlen(line), ret);
}

static void test_swaps(void)
{
	struct swap_line swap;

	IS(swap_of("/dev/dm-1    partition\t1003516\t\t512\t\t-2", &swap), 0,
	   "a partition");
	OK(slice_is(swap.name, "/dev/dm-1") && swap.partition &&
		   swap.size == 1003516 * 1024ull && swap.used == 512 * 1024,
	   "its parts, in bytes");
	IS(swap_of("/swap\\040file file\t\t8\t\t0\t\t-2", &swap), 0, "a file");
	OK(!swap.partition, "is none");
	IS(swap_of("Filename Type Size Used Priority", &swap), -EBADMSG, "headings");
	IS(swap_of("/dev/dm-1 partition 8", &swap), -EBADMSG, "too short");
	IS(swap_of("/dev/dm-1 partition -8 0 0", &swap), -EBADMSG, "below nothing");
	IS(swap_of("/dev/dm-1 partition 99999999999999999999999999 0 0", &swap), -EBADMSG,
	   "more than there can be");
	IS(swap_of("/dev/dm-1 partition 18446744073709551615 0 0", &swap), -EBADMSG,
	   "more bytes than there can be");
}

static void unescaped_is(const char *text, const char *wanted)
{
	char out[64];
	size_t length = mounts_unescape((struct slice){ text, strlen(text) }, out);

	OK(streq(out, wanted) && length == strlen(wanted), "%s is unescaped", text);
}

static void test_escapes(void)
{
	unescaped_is("", "");
	unescaped_is("/mnt/a\\040b", "/mnt/a b");
	unescaped_is("\\134040", "\\040");
	unescaped_is("\\011\\012", "\t\n");
	unescaped_is("\\04", "\\04");
	unescaped_is("\\049", "\\049");
	unescaped_is("\\000", "\\000");
	unescaped_is("\\400", "\\400");
	unescaped_is("\\377", "\377");
}

static int route_of(const char *line, bool big, struct route_line *ret)
{
	return route_parse_line(line, strlen(line), big, ret);
}

static void test_routes(void)
{
	struct route_line route;
	const char *name;
	size_t length;
	char text[ADDRESS_TEXT];

	IS(route_of("br0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0", false,
		    &route),
	   0, "a default route");
	OK(route.interface_length == 3 && route.destination == 0 && route.mask == 0 &&
		   route.gateway,
	   "its parts");
	IS(route_of("br0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0", false,
		    &route),
	   0, "a network");
	IS(route.destination, 0x0a000200, "turned round where bytes are");
	IS(route.mask, 0xffffff00, "and the mask with it");
	IS(route_of("br0\t0A000200\t00000000\t0001\t0\t0\t0\tFFFFFF00\t0\t0\t0", true,
		    &route),
	   0, "the same of the other order");
	IS(route.destination, 0x0a000200, "stays");
	IS(route_of("*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0", false,
		    &route),
	   -EBADMSG, "a route that refuses");
	IS(route_of("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask",
		    false, &route),
	   -EBADMSG, "headings");
	IS(route_of("br0\t0\t0\t0\t0\t0\t0\t0", false, &route), -EBADMSG, "digits");

#define ZEROS "00000000000000000000000000000000"
#define DEFAULT6(flags, name)                                                            \
	ZEROS " 00 " ZEROS " 00 fe800000000000000000000000000002 00000400 00000001 "     \
	      "00000000 " flags "     " name
	IS(route6_parse_default(DEFAULT6("00000003", "eth0"),
				strlen(DEFAULT6("00000003", "eth0")), &name, &length),
	   0, "a default route of IPv6");
	OK(name && length == 4 && starts_with(name, "eth0"), "and its interface");
	IS(route6_parse_default(DEFAULT6("00200200", "lo"),
				strlen(DEFAULT6("00200200", "lo")), &name, &length),
	   0, "the one that the kernel refuses with");
	OK(!name, "is none");
	IS(route6_parse_default("what", 4, &name, &length), -EBADMSG, "no route");
	route_address_text(0x0a00020f, text);
	OK(streq(text, "10.0.2.15"), "the text of an address");
}

static void test_addresses(void)
{
	static const char trie[] = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n"
				   "        /0 universe UNICAST\n     |-- 10.0.2.0\n"
				   "        /24 link UNICAST\n     |-- 10.0.2.15\n"
				   "        /32 host LOCAL\n     |-- nonsense\n"
				   "        /32 host LOCAL\n";
	const char *cursor = trie, *line;
	struct address6_line address;
	uint32_t leaf = 0, found = 0;
	size_t length, count = 0;

	while ((line = next_line(&cursor, &length)))
		if (fib_trie_take_line(line, length, &leaf)) {
			found = leaf;
			count++;
		}
	IS(count, 1, "one address in the trie");
	IS(found, 0x0a00020f, "which it is");
#define ADDRESS6 "20010db8000000000000000000000001 02 40 00 80     eth0"
	IS(address6_parse_line(ADDRESS6, strlen(ADDRESS6), &address), 0, "of IPv6");
	OK(streq(address.text, "2001:db8::1") && !address.local &&
		   address.interface_length == 4,
	   "its parts");
#define LINK6 "fe800000000000000000000000000001 02 40 20 80     eth0"
	IS(address6_parse_line(LINK6, strlen(LINK6), &address), 0, "of a link");
	OK(address.local, "is local");
	IS(address6_parse_line("x 02 40 20 80 eth0", 18, &address), -EBADMSG, "none");
#define WRONG6 "fe80000000000000000000000000000g 02 40 20 80     eth0"
	IS(address6_parse_line(WRONG6, strlen(WRONG6), &address), -EBADMSG, "no digit");
}

int main(void)
{
	test_mountinfo();
	test_swaps();
	test_escapes();
	test_routes();
	test_addresses();
	return tap_end();
}
