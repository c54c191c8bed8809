// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests source/root, the one door: nothing leads out or hangs, refusals are noted. */

#include "source/root.h"

#include "tap.h"
#include "tree.h"

static struct root root;
static struct system model;

static void open_tree(const char *name)
{
	int r = root_open(&root, tree_path(name), &model);

	if (r < 0) {
		printf("Bail out! %s: %s\n", tree_path(name), strerror(-r));
		exit(1);
	}
	root.source = "test";
}

static void close_tree(void)
{
	root_close(&root);
	system_free(&model);
}

/* What was noted for a path, NULL where nothing was. */
static const char *noted(const char *path)
{
	LIST_FOR_EACH (&model.unread, struct unread, unread)
		if (streq(unread->path, path) && streq(unread->source, "test"))
			return unread->reason;
	return NULL;
}

/* Reads a path and compares: text where it can be read, else NULL and the error. */
static void reads(const char *path, const char *text, int error, const char *name)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = root_read(&root, &bytes, "%s", path);

	if (text)
		OK(r == 0 && bytes.size == strlen(text) &&
			   streq((char *)bytes.data, text),
		   "%s", name);
	else
		OK(r == error && !bytes.data, "%s: %s", name, strerrorname_np(-error));
}

static void test_inside(void)
{
	tree_file("in/file", "text");
	tree_file("in/empty", "");
	tree_bytes("in/binary", "a\0b", 3);
	tree_link("in/near", "file");
	tree_link("in/sub/up", "../file");
	tree_link("in/sub/absolute", "/file");
	open_tree("in");
	reads("file", "text", 0, "a file");
	reads("empty", "", 0, "an empty file");
	reads("near", "text", 0, "a link beside it");
	reads("sub/up", "text", 0, "a link over ..");
	reads("sub/absolute", "text", 0, "an absolute link means the root of the tree");
	reads("missing", NULL, -ENOENT, "no file");
	OK(!noted("/missing"), "what is not there is no refusal");
	OK(model.unread.count == 0, "nothing else was noted either");
	OK(known_false(model.host.live) && known_str(model.host.root, tree_path("in")),
	   "the head says which tree it is");
	close_tree();
}

/* The file beside the tree is readable: only the door keeps it out. */
static void test_outside(void)
{
	tree_file("secret", "of the host");
	tree_file("walled/etc/hostname", "inside");
	tree_link("walled/relative", "../secret");
	tree_link("walled/deep", "../../../../../../../../etc/passwd");
	tree_link("walled/absolute", tree_path("secret"));
	tree_link("walled/passwd", "/etc/passwd");
	tree_link("walled/hostname", "/etc/hostname");
	tree_link("walled/directory", "..");
	tree_link("walled/slash", "/");
	tree_link("walled/fd", "/proc/self/fd/0");
	open_tree("walled");
	reads("relative", NULL, -ENOENT, "a relative link out of the tree");
	reads("deep", NULL, -ENOENT, "a long way up to the host's files");
	reads("absolute", NULL, -ENOENT, "an absolute link out of the tree");
	reads("passwd", NULL, -ENOENT, "a link to /etc/passwd, which the tree lacks");
	reads("hostname", "inside", 0, "a link to /etc/hostname, which it has");
	reads("../secret", NULL, -ENOENT, ".. above the root");
	reads("../../../../../../etc/hostname", "inside", 0,
	      ".. above it stays at the root");
	reads("/etc/hostname", "inside", 0, "a path with a slash in front");
	reads("directory/secret", NULL, -ENOENT, "a directory's link to the outside");
	reads("directory/etc/hostname", "inside", 0, "which leads to the root itself");
	reads("slash/etc/hostname", "inside", 0, "as a link to / does");
	reads("fd", NULL, -ENOENT, "the host's descriptors");
	close_tree();
}

static void test_live(void)
{
	char path[64];
	int fd = open(tree_path("secret"), O_RDONLY | O_CLOEXEC);
	_cleanup_bytes_ struct bytes bytes = { 0 };

	if (root_open(&root, NULL, &model) < 0)
		tree_fail("/");
	root.source = "test";
	OK(known_true(model.host.live) && known_str(model.host.root, "/"),
	   "without a tree it is this machine");
	OK(root_read(&root, &bytes, "proc/self/status") == 0 && bytes.size > 0,
	   "a file of this machine");
	snprintf(path, sizeof(path), "proc/self/fd/%d", fd);
	reads(path, NULL, -ELOOP, "a magic link is not followed");
	close(fd);
	close_tree();
}

static void test_odd_files(void)
{
	static const char *const names[] = { "directory", "first" };

	tree_directory("odd/directory");
	tree_link("odd/first", "second");
	tree_link("odd/second", "first");
	tree_link("odd/itself", "itself");
	tree_file("odd/plain", "x");
	if (mkfifo(tree_path("odd/fifo"), 0644) < 0)
		tree_fail("fifo");
	open_tree("odd");
	alarm(20); /* a door that waits for a writer dies here, without a plan */
	reads("fifo", "", 0, "a FIFO without a writer is empty and does not hang");
	alarm(0);
	reads("directory", NULL, -EISDIR, "a directory where a file should be");
	reads("plain/below", NULL, -ENOTDIR, "a file where a directory should be");
	reads("first", NULL, -ELOOP, "a loop of links");
	reads("itself", NULL, -ELOOP, "a link to itself");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/%s", names[i]);
		OK(noted(path), "%s is noted: %s", path, noted(path) ? noted(path) : "");
	}
	close_tree();
}

static void test_large(void)
{
	_cleanup_bytes_ struct bytes bytes = { 0 };

	tree_file("large/cap", "");
	tree_file("large/more", "");
	if (truncate(tree_path("large/cap"), ROOT_FILE_CAP) < 0 ||
	    truncate(tree_path("large/more"), ROOT_FILE_CAP + 1) < 0)
		tree_fail("large");
	open_tree("large");
	OK(root_read(&root, &bytes, "cap") == 0 && bytes.size == ROOT_FILE_CAP,
	   "a file that just fits");
	reads("more", NULL, -EFBIG, "a file that is a byte too large");
	OK(noted("/more"), "is noted");
	close_tree();
}

static void test_denied(void)
{
	bool privileged = geteuid() == 0;
	struct list names = { 0 };

	tree_file("denied/file", "x");
	tree_file("denied/directory/file", "x");
	open_tree("denied");
	if (chmod(tree_path("denied/file"), 0) < 0 ||
	    chmod(tree_path("denied/directory"), 0) < 0)
		tree_fail("chmod");
	if (privileged && seteuid(65534) < 0)
		tree_fail("seteuid");
	reads("file", NULL, -EACCES, "a file that may not be read");
	reads("directory/file", NULL, -EACCES,
	      "a file in a directory that may not be entered");
	IS(root_list(&root, &names, 0, "directory"), -EACCES, "its listing");
	if (privileged && seteuid(0) < 0)
		tree_fail("seteuid");
	OK(noted("/file") && noted("/directory/file") && noted("/directory"),
	   "all three are noted");
	IS(fact_state_of(-EACCES), FACT_DENIED, "and make facts that were denied");
	chmod(tree_path("denied/directory"), 0755);
	close_tree();
}

static void test_head(void)
{
	unsigned char buffer[8] = "unread";
	size_t length = 99;

	tree_file("head/file", "0123456789");
	open_tree("head");
	OK(root_read_head(&root, buffer, 4, &length, "file") == 0 && length == 4 &&
		   memcmp(buffer, "0123", 4) == 0,
	   "the head of a file");
	length = 99;
	IS(root_read_head(&root, buffer, 4, &length, "missing"), -ENOENT, "of no file");
	IS(length, 99, "which touches nothing");
	close_tree();
}

static void test_list(void)
{
	static const char *const wanted[] = { "10", "2", "B", "a", "link", "\xc3\xa4" };
	struct list names = { 0 }, targets = { 0 };
	size_t at = 0;

	tree_file("list/d/a", "");
	tree_file("list/d/B", "");
	tree_file("list/d/10", "");
	tree_directory("list/d/2");
	tree_file("list/d/\xc3\xa4", "");
	tree_link("list/d/link", "../../elsewhere");
	tree_directory("list/none");
	open_tree("list");
	IS(root_list(&root, &names, 0, "d"), 0, "a directory can be listed");
	IS(names.count, ARRAY_SIZE(wanted), "every name is there, . and .. are not");
	LIST_FOR_EACH (&names, struct entry, entry) {
		OK(at < ARRAY_SIZE(wanted) && streq(entry->name, wanted[at]) &&
			   !entry->target,
		   "name %zu is %s", at, entry->name);
		at++;
	}
	root_list(&root, &targets, ROOT_TARGETS, "d");
	LIST_FOR_EACH (&targets, struct entry, entry)
		if (streq(entry->name, "link"))
			IS_TEXT(entry->target, "../../elsewhere", "the target of a link");
	names = (struct list){ 0 };
	OK(root_list(&root, &names, 0, "none") == 0 && names.count == 0,
	   "an empty directory");
	IS(root_list(&root, &names, 0, "d/a"), -ENOTDIR, "a file is no directory");
	OK(noted("/d/a"), "which is noted");
	IS(root_list(&root, &names, 0, "missing"), -ENOENT, "no directory");
	OK(!noted("/missing"), "which is not");
	close_tree();
}

static void test_link(void)
{
	const char *target = "untouched";

	tree_link("links/link", "../somewhere/else");
	tree_file("links/file", "");
	open_tree("links");
	OK(root_link(&root, &target, "link") == 0 && streq(target, "../somewhere/else"),
	   "the text of a link");
	target = "untouched";
	IS(root_link(&root, &target, "file"), -EINVAL, "of what is no link");
	IS(root_link(&root, &target, "missing"), -ENOENT, "of nothing");
	IS_TEXT(target, "untouched", "which touch nothing");
	close_tree();
}

static void test_manifest(void)
{
	struct list names = { 0 };
	const char *target;

	tree_file("snap/manifest.json",
		  "{\"schema\":1,\"program\":\"dmascope\",\"time\":\"2026-01-02T03:04:"
		  "05Z\","
		  "\"refusals\":{\"denied\":\"EACCES\",\"there\":\"EACCES\",\"gone\":"
		  "\"ENOENT\","
		  "\"strange\":\"EWHATEVER\",\"number\":13,\"listing\":\"EPERM\"}}\n");
	tree_file("snap/there", "text");
	tree_file("snap/captured", "text");
	tree_file("snap/number", "text");
	tree_directory("snap/listing");
	open_tree("snap");
	reads("captured", "text", 0, "what was captured");
	reads("denied", NULL, -EACCES, "a refusal is given again");
	reads("there", NULL, -EACCES, "even where a file stands");
	reads("gone", NULL, -ENOENT, "absence that was seen is absence");
	reads("other", NULL, -ENODATA, "what nobody captured is not absent");
	reads("strange", NULL, -EIO, "an error that this system does not know");
	reads("number", "text", 0, "a refusal that is no name is none");
	IS(root_list(&root, &names, 0, "listing"), -EPERM, "a listing that was refused");
	IS(root_list(&root, &names, 0, "elsewhere"), -ENODATA, "a listing not captured");
	IS(root_link(&root, &target, "no-link"), -ENODATA, "a link not captured");
	OK(noted("/denied") && noted("/there") && noted("/other") && noted("/listing"),
	   "all of this is noted");
	OK(!noted("/gone") && !noted("/captured"), "what is known is not");
	IS_TEXT(noted("/other"), "not captured in this snapshot", "and says why");
	close_tree();
}

/* With a manifest that says nothing, what is missing may have been there. */
static void test_broken_manifest(void)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "", "empty" },
		{ "{", "cut off" },
		{ "[]", "a list" },
		{ "{}", "without a schema" },
		{ "{\"schema\":2,\"refusals\":{}}", "of another schema" },
		{ "{\"schema\":1}", "without refusals" },
		{ "{\"schema\":1,\"refusals\":[]}", "with a list of refusals" },
		{ "{\"schema\":1,\"refusals\":{\"a\":[[[[[[[[[[[[]]]]]]]]]]]]}}",
		  "too deep" },
		{ "\xff\xfe\x80", "of noise" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t before;
		struct bytes bytes = { 0 };

		tree_file("broken/manifest.json", cases[i].text);
		open_tree("broken");
		before = model.unread.count;
		OK(root_read(&root, &bytes, "missing") == -ENODATA && before == 1,
		   "a manifest %s is noted, and nothing counts as absent", cases[i].name);
		close_tree();
	}
	tree_directory("worse/manifest.json");
	open_tree("worse");
	reads("missing", NULL, -ENODATA, "a manifest that is a directory");
	close_tree();
}

static void test_refused(void)
{
	struct root untouched = { .fd = -7 };

	IS(root_open(&untouched, tree_path("nowhere"), &model), -ENOENT,
	   "a tree that is not");
	IS(root_open(&untouched, tree_path("secret"), &model), -ENOTDIR,
	   "a file is no tree");
	IS(untouched.fd, -7, "which touch nothing");
	system_free(&model);
}

int main(void)
{
	tree_make();
	test_inside();
	test_outside();
	test_live();
	test_odd_files();
	test_large();
	test_denied();
	test_head();
	test_list();
	test_link();
	test_manifest();
	test_broken_manifest();
	test_refused();
	tree_remove();
	return tap_end();
}
