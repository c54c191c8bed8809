// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests source/recorder and source/redact: what is read is what is written. */

#include "source/recorder.h"

#include "source/manifest.h"
#include "source/redact.h"
#include "tap.h"
#include "tree.h"

static struct root root;
static struct system model;

static struct recorder *start(const char *from, const char *to, bool redact)
{
	struct recorder *recorder = NULL;
	int r = root_open(&root, tree_path(from), &model);

	if (r == 0)
		r = recorder_open(&root, tree_path(to), redact, &recorder);
	if (r < 0) {
		printf("Bail out! %s: %s\n", from, strerror(-r));
		exit(1);
	}
	root.source = "test";
	return recorder;
}

static int stop(struct recorder *recorder)
{
	int r = recorder_close(recorder, "2026-01-02T03:04:05Z", "x86_64");

	root_close(&root);
	system_free(&model);
	return r;
}

/* Reads through the door, as a source would. */
static int visit(const char *path)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };

	return root_read(&root, &bytes, "%s", path);
}

static void file_is(const char *name, const char *text, const char *what)
{
	char *got = tree_text(name);

	IS_TEXT(got, text, "%s", what);
	free(got);
}

static void link_is(const char *name, const char *target, const char *what)
{
	char text[4096];
	ssize_t length = readlink(tree_path(name), text, sizeof(text) - 1);

	text[MAX(length, 0)] = '\0';
	IS_TEXT(text, target, "%s", what);
}

static bool exists(const char *name)
{
	struct stat status;

	return lstat(tree_path(name), &status) == 0;
}

static void make_machine(void)
{
	tree_file("machine/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0/config",
		  "CONFIG");
	tree_file("machine/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0/other",
		  "OTHER");
	tree_link("machine/sys/bus/pci/devices/0000:01:00.0",
		  "../../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0");
	tree_link("machine/proc/self", "1234");
	tree_file("machine/proc/1234/mounts", "debugfs");
	tree_link("machine/absolute", "/proc/self");
	tree_link("machine/two", "absolute/mounts");
	tree_link("machine/loop", "loop");
	tree_file("machine/list/read", "text");
	tree_file("machine/list/unread", "nobody asks");
	tree_directory("machine/list/below");
	tree_link("machine/list/link", "read");
	tree_file("machine/long", "0123456789");
	tree_bytes("machine/binary", "\0\1\2\377", 4);
}

static void test_copy(void)
{
	struct recorder *recorder;
	struct list names = { 0 };
	unsigned char head[4];
	const char *target;
	size_t length;

	make_machine();
	recorder = start("machine", "copy", false);
	visit("sys/bus/pci/devices/0000:01:00.0/config");
	visit("two");
	visit("loop");
	visit("missing");
	visit("binary");
	root_list(&root, &names, 0, "list");
	visit("list/read");
	root_read_head(&root, head, sizeof(head), &length, "long");
	root_link(&root, &target, "proc/self");
	IS(recorder_files(recorder), 5, "five files were written");
	IS(stop(recorder), 0, "a recording without an error");

	file_is("copy/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0/config", "CONFIG",
		"a file stands where it stood");
	link_is("copy/sys/bus/pci/devices/0000:01:00.0",
		"../../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0",
		"with the link that led to it");
	OK(!exists("copy/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0/other"),
	   "what was not read is not copied");
	file_is("copy/proc/1234/mounts", "debugfs", "a file behind three links");
	link_is("copy/two", "absolute/mounts", "the first of them");
	link_is("copy/absolute", "/proc/self", "the second, absolute");
	link_is("copy/proc/self", "1234", "the third");
	file_is("copy/list/read", "text", "a file that was listed and read");
	OK(exists("copy/list/unread"), "one that was listed only");
	file_is("copy/list/unread", "", "is a name without its content");
	OK(exists("copy/list/below"), "a listed directory");
	link_is("copy/list/link", "read", "a listed link");
	file_is("copy/long", "0123", "of a head just the head");
	OK(!exists("copy/missing"), "what was not there is not there");
}

/* The copy gives the same answers as the machine. */
static void test_replay(void)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct list names = { 0 };

	if (root_open(&root, tree_path("copy"), &model) < 0)
		tree_fail("copy");
	root.source = "test";
	OK(root.manifest, "the copy has a manifest");
	IS_TEXT(manifest_string(root.manifest, "time"), "2026-01-02T03:04:05Z",
		"its time");
	IS_TEXT(manifest_string(root.manifest, "arch"), "x86_64", "its architecture");
	IS_TEXT(manifest_string(root.manifest, "redacted"), "no", "it was not redacted");
	IS(visit("loop"), -ELOOP, "a loop is a loop again");
	IS(visit("missing"), -ENOENT, "what was missing is missing");
	IS(visit("never-asked"), -ENODATA, "what nobody asked for is not missing");
	IS(visit("list/unread"), -ENODATA, "nor is what was listed only");
	OK(root_read(&root, &bytes, "binary") == 0 && bytes.size == 4 &&
		   memcmp(bytes.data, "\0\1\2\377", 4) == 0,
	   "binary files are whole");
	IS(root_list(&root, &names, 0, "list"), 0, "the listing");
	IS(names.count, 4, "has every name");
	root_close(&root);
	system_free(&model);
}

static void test_refusals(void)
{
	bool privileged = geteuid() == 0;
	struct recorder *recorder;
	char *manifest;

	tree_file("guarded/secret", "x");
	tree_directory("guarded/file-not-directory");
	recorder = start("guarded", "guarded-copy", false);
	chmod(tree_path("guarded/secret"), 0);
	if (privileged && seteuid(65534) < 0)
		tree_fail("seteuid");
	IS(visit("secret"), -EACCES, "a file that may not be read");
	if (privileged && seteuid(0) < 0)
		tree_fail("seteuid");
	visit("file-not-directory");
	visit("absent");
	IS(stop(recorder), 0, "refusals are no errors of the recording");
	manifest = tree_text("guarded-copy/manifest.json");
	OK(strstr(manifest, "\"secret\": \"EACCES\"") ||
		   strstr(manifest, "\"secret\":\"EACCES\""),
	   "the manifest has the refusal");
	OK(strstr(manifest, "\"EISDIR\"") && strstr(manifest, "\"ENOENT\""),
	   "and the other two");
	free(manifest);
	chmod(tree_path("guarded/secret"), 0644);
	if (root_open(&root, tree_path("guarded-copy"), &model) < 0)
		tree_fail("guarded-copy");
	IS(visit("secret"), -EACCES, "and gives it again, to whoever reads");
	root_close(&root);
	system_free(&model);
}

static void test_directory(void)
{
	struct recorder *recorder = NULL;

	tree_file("full/something", "");
	tree_directory("empty");
	if (root_open(&root, tree_path("machine"), &model) < 0)
		tree_fail("machine");
	IS(recorder_open(&root, tree_path("full"), false, &recorder), -ENOTEMPTY,
	   "a directory with something in it is refused");
	OK(!recorder && !root.recorder, "and nothing is recorded");
	IS(recorder_open(&root, tree_path("full/something"), false, &recorder), -ENOTDIR,
	   "so is a file");
	IS(recorder_open(&root, tree_path("no/such"), false, &recorder), -ENOENT,
	   "and a place below nothing");
	IS(recorder_open(&root, tree_path("empty"), false, &recorder), 0,
	   "an empty directory is taken");
	if (recorder)
		recorder_close(recorder, "", "");
	root_close(&root);
	system_free(&model);
}

/* What cannot be written makes the whole recording an error. */
static void test_write_error(void)
{
	struct recorder *recorder = start("machine", "unwritable", false);

	if (geteuid() == 0 && seteuid(65534) < 0)
		tree_fail("seteuid");
	chmod(tree_path("unwritable"), 0500);
	visit("long");
	OK(stop(recorder) < 0, "a recording that could not be written fails");
	if (getuid() == 0 && seteuid(0) < 0)
		tree_fail("seteuid");
}

static void redacts(const char *path, const char *from, const char *to, const char *name)
{
	struct redactor *redactor = redactor_new();
	struct bytes host = { 0 }, got = { 0 };

	redactor_apply(redactor, "proc/sys/kernel/hostname", "ws-042\n", 7, &host);
	redactor_apply(redactor, path, from, strlen(from), &got);
	IS_TEXT((char *)got.data, to, "redacted: %s", name);
	bytes_free(&host);
	bytes_free(&got);
	redactor_free(redactor);
}

static void test_redact_text(void)
{
	redacts("proc/sys/kernel/hostname", "ws-042\n", "redacted\n", "the host's name");
	redacts("a", "on ws-042 as ws-042.example", "on redacted as redacted.example",
		"the name elsewhere");
	redacts("a", "xws-042 ws-0421", "xws-042 ws-0421", "not inside other words");
	redacts("a", "52:54:00:12:ab:CD", "00:00:00:00:00:00", "a MAC address");
	redacts("a", "52-54-00-12-ab-CD", "00-00-00-00-00-00", "one with dashes");
	redacts("a", "mac=52:54:00:12:34:56\n", "mac=00:00:00:00:00:00\n",
		"one in a line");
	redacts("a", "123e4567-e89b-12d3-a456-426614174000",
		"00000000-0000-0000-0000-000000000000", "a UUID");
	redacts("a", "0000:00:1f.2 0000:01:00.0", "0000:00:1f.2 0000:01:00.0",
		"PCI addresses stay");
	redacts("a", "0x00000000fee00000 0x00000000feefffff msi\n",
		"0x00000000fee00000 0x00000000feefffff msi\n", "reserved regions stay");
	redacts("a", "d2008c222f0686:f050da", "d2008c222f0686:f050da", "registers stay");
	redacts("a", "12:34:56:78:9a:bc:de", "12:34:56:78:9a:bc:de",
		"seven pairs are no MAC address");
	redacts("proc/cmdline",
		"BOOT_IMAGE=/vmlinuz root=UUID=x iommu=pt quiet pw=hunter2\n",
		"BOOT_IMAGE=redacted root=redacted iommu=pt redacted pw=redacted\n",
		"values of unrelated parameters");
	redacts("proc/cmdline",
		"intel_iommu=on,sm_on vfio-pci.ids=10de:2204 swiotlb=65536 pci=noacs",
		"intel_iommu=on,sm_on vfio-pci.ids=10de:2204 swiotlb=65536 pci=noacs\n",
		"values about DMA stay");
	redacts("proc/cmdline", "a=\"b c\" -- secret=x", "a=redacted\n",
		"quotes, and what is meant for init");
	redacts("proc/self/mounts",
		"files:/home/who /home/who nfs rw 0 0\n"
		"debugfs /sys/kernel/debug debugfs rw 0 0\n/dev/sda1 / ext4 rw 0 0\n",
		"debugfs /sys/kernel/debug debugfs rw 0 0\n",
		"where the user's files are");
	redacts("sys/bus/pci/devices/0000:01:00.0/uevent", "DRIVER=ws-042\n",
		"DRIVER=ws-042\n", "a driver that is called like the host stays");
	redacts("a", "", "", "nothing");
}

static void test_redact_host(void)
{
	redacts("proc/self/mountinfo",
		"36 35 98:0 /x /srv/who/mail rw,a shared:1 - ext4 /dev/mapper/ws-042-a "
		"rw\n"
		"37 35 0:40 / / rw - zfs tank/who rw\nwhat\n",
		"1 0 98:0 / /srv/redacted/redacted rw - ext4 /dev/mapper/volume1 rw\n"
		"2 0 0:40 / / rw - zfs redacted rw\n",
		"mounts keep what matters");
	redacts("proc/swaps",
		"Filename\t\tType\n/dev/dm-1 partition 8 4 -2\n/srv/who/swap file 8 0 "
		"-3\n",
		"Filename Type Size Used Priority\n/dev/dm-1 partition 8 4 -1\n"
		"/srv/redacted/redacted file 8 0 -1\n",
		"swaps");
	redacts("run/udev/data/b8:1",
		"E:ID_SERIAL=S1\nE:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n",
		"E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=redacted\n", "what udev knows");
	redacts("sys/class/block/loop0/loop/backing_file", "/srv/who/fs.squashfs\n",
		"/srv/redacted/redacted", "the file of a loop device");
	redacts("sys/class/block/dm-0/dm/uuid", "LVM-abcdef\n", "LVM-redacted\n",
		"a volume");
	redacts("sys/class/block/dm-0/dm/name", "ws-042-root\n", "volume1\n",
		"which is called after the host");
	redacts("proc/net/route",
		"br0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		"br0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
		"br0\t00000000\t00000000\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		"br0\t00000000\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
		"routes");
	redacts("proc/net/fib_trie", "  |-- 10.0.2.15\n     /32 host LOCAL\n",
		"|--\t0.0.0.0\n/32\thost\tLOCAL\n", "addresses");
	redacts("proc/net/if_inet6",
		"20010db8000000000000000000000001 02 40 00 80     eth0\n",
		"00000000000000000000000000000000\t02\t40\t00\t80\teth0\n", "of IPv6");
}

static void test_redact_config(void)
{
	struct redactor *redactor = redactor_new();
	unsigned char config[4096] = { 0 }, wanted[4096];
	struct bytes got = { 0 };

	config[0x00] = 0x86;
	config[0x01] = 0x80;
	config[0x06] = 0x10;
	config[0x34] = 0x40;
	config[0x40] = 0x10;
	config[0x100] = 0x03; /* Device Serial Number at 100h */
	config[0x102] = 0x01;
	memset(config + 0x104, 0xa5, 8);
	memset(config + 0x10c, 0x5a, 8);
	memcpy(wanted, config, sizeof(wanted));
	memset(wanted + 0x104, 0, 8);
	redactor_apply(redactor, "sys/bus/pci/devices/0000:01:00.0/config", config,
		       sizeof(config), &got);
	OK(got.size == sizeof(config) && memcmp(got.data, wanted, sizeof(wanted)) == 0,
	   "the serial number of a device, and no other byte");
	bytes_free(&got);
	redactor_apply(redactor, "sys/bus/pci/devices/0000:01:00.0/config", config, 256,
		       &got);
	OK(got.size == 256 && memcmp(got.data, config, 256) == 0,
	   "a space without one stays as it is");
	bytes_free(&got);
	redactor_apply(redactor, "sys/firmware/acpi/tables/DMAR", "\0\1aa:bb:cc:dd:ee:ff",
		       19, &got);
	OK(got.size == 19 && memcmp(got.data, "\0\1aa:bb:cc:dd:ee:ff", 19) == 0,
	   "binary files stay as they are");
	bytes_free(&got);
	redactor_free(redactor);
}

static void test_redacted_recording(void)
{
	struct recorder *recorder;

	tree_file("owned/proc/sys/kernel/hostname", "ws-042\n");
	tree_file("owned/proc/cmdline", "root=/dev/sda1 iommu=pt\n");
	tree_file("owned/file", "52:54:00:12:34:56 on ws-042\n");
	recorder = start("owned", "owned-copy", true);
	visit("proc/sys/kernel/hostname");
	visit("proc/cmdline");
	visit("file");
	IS(stop(recorder), 0, "a redacted recording");
	file_is("owned-copy/proc/sys/kernel/hostname", "redacted\n",
		"without the host's name");
	file_is("owned-copy/proc/cmdline", "root=redacted iommu=pt\n", "and the disk");
	file_is("owned-copy/file", "00:00:00:00:00:00 on redacted\n", "and the address");
	file_is("owned/file", "52:54:00:12:34:56 on ws-042\n",
		"the machine stays as it was");
}

int main(void)
{
	tree_make();
	test_copy();
	test_replay();
	test_refusals();
	test_directory();
	test_write_error();
	test_redact_text();
	test_redact_host();
	test_redact_config();
	test_redacted_recording();
	tree_remove();
	return tap_end();
}
