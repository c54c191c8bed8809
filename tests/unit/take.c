// SPDX-License-Identifier: GPL-2.0-or-later
/* bench/take: functions of a made-up machine are taken, and are back whatever happens. */

#include "bench/take.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "bench/take-sysfs.h"
#include "tap.h"
#include "tree.h"

#define NIC "0000:01:00.0"
#define DISK "0000:01:00.1"
#define BARE "0000:01:00.2"

static const char boot_file[] = "/proc/sys/kernel/random/boot_id";
static char sysfs[4200], dev[4200], directory[4200];

/* What the made-up kernel does: rules are files of the tree. */

static bool has_rule(const char *rule)
{
	return access(tree_path(rule), F_OK) == 0;
}

static void set_driver(const char *bdf, const char *driver)
{
	char name[128], target[128];

	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/driver", bdf);
	unlink(tree_path(name));
	snprintf(target, sizeof(target), "../../drivers/%s", driver);
	if (*driver)
		tree_link(name, target);
}

static const char *driver_of(const char *bdf)
{
	static char target[256];
	char name[128];
	ssize_t length;

	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/driver", bdf);
	length = readlink(tree_path(name), target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	return path_name(target);
}

static char *override_of(const char *bdf)
{
	char name[128];

	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/driver_override", bdf);
	return trim_end(tree_text(name));
}

static bool is_override(const char *bdf, const char *wanted)
{
	_cleanup_free_ char *text = override_of(bdf);

	return streq(text, wanted);
}

/* The driver that the kernel would choose, or the only one that it may. */
static int probe(const char *bdf)
{
	_cleanup_free_ char *override = override_of(bdf);
	char rule[64];

	if (*driver_of(bdf))
		return 0;
	snprintf(rule, sizeof(rule), "refuses-%s", override);
	if (has_rule(rule))
		return -EINVAL;
	if (!streq(override, "(null)"))
		set_driver(bdf, override);
	else if (has_rule("chooses-another"))
		set_driver(bdf, "another");
	return 0;
}

/* One thing after the other goes wrong: "fail-3" is the third write. */
static int count_write(void)
{
	static const char file[] = "writes";
	_cleanup_free_ char *text = tree_text(file);
	char rule[64], number[32];
	int count = atoi(text) + 1;

	snprintf(number, sizeof(number), "%d", count);
	tree_file(file, number);
	snprintf(rule, sizeof(rule), "fail-%d", count);
	return has_rule(rule) ? -EIO : 0;
}

static int kernel_write(const char *path, const char *text)
{
	const char *attribute = path_name(path);
	char name[256];
	int r = count_write();

	if (r < 0)
		return r;
	if (has_rule("slow"))
		usleep(20000);
	if (streq(attribute, "driver_override")) {
		snprintf(name, sizeof(name), "%s", path + strlen(tree) + 1);
		tree_file(name, *text == '\n' ? "(null)\n" : text);
		return 0;
	}
	if (streq(attribute, "drivers_probe"))
		return probe(text);
	if (streq(attribute, "unbind")) {
		if (has_rule("busy") && remove(tree_path("busy")) == 0)
			return -EBUSY;
		while (has_rule("hang"))
			usleep(1000);
		if (!strstr(path, driver_of(text)) || !*driver_of(text))
			return -ENODEV;
		set_driver(text, "");
		return 0;
	}
	if (!streq(attribute, "bind") || *driver_of(text))
		return -EBUSY;
	if (has_rule("refuses-bind"))
		return -ENODEV;
	snprintf(name, sizeof(name), "%.*s", (int)(attribute - 1 - path), path);
	set_driver(text, path_name(name));
	return 0;
}

static const struct take_place place = {
	.sysfs = sysfs,
	.dev = dev,
	.directory = directory,
	.write = kernel_write,
	.limit = 500,
};

static void make_function(const char *bdf, const char *driver)
{
	char name[128];

	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/driver_override", bdf);
	tree_file(name, "(null)\n");
	snprintf(name, sizeof(name), "sys/bus/pci/devices/%s/enable", bdf);
	tree_file(name, "0\n");
	set_driver(bdf, driver);
}

static void make_machine(void)
{
	tree_make();
	snprintf(sysfs, sizeof(sysfs), "%s/sys", tree);
	snprintf(dev, sizeof(dev), "%s/dev", tree);
	snprintf(directory, sizeof(directory), "%s/run/dmascope", tree);
	tree_directory("dev");
	tree_directory("sys/bus/pci/drivers/vfio-pci");
	tree_directory("sys/bus/pci/drivers/e1000e");
	tree_directory("sys/bus/pci/drivers/nvme");
	make_function(NIC, "e1000e");
	make_function(DISK, "nvme");
	make_function(BARE, "");
	tree_file("sys/bus/pci/devices/" DISK "/driver_override", "nvme\n");
}

static const struct take_function functions[] = { { NIC, "e1000e" },
						  { DISK, "nvme" },
						  { BARE, "" } };
static const struct take_plan plan = { NIC, functions, 3 };
static const char file[] = "run/dmascope/bench-" NIC;

static bool is_as_it_was(void)
{
	return streq(driver_of(NIC), "e1000e") && streq(driver_of(DISK), "nvme") &&
	       streq(driver_of(BARE), "") && is_override(NIC, "(null)") &&
	       is_override(DISK, "nvme") && is_override(BARE, "(null)");
}

static bool is_taken(void)
{
	return streq(driver_of(NIC), "vfio-pci") && streq(driver_of(DISK), "vfio-pci") &&
	       streq(driver_of(BARE), "vfio-pci");
}

static void begin_anew(void)
{
	tree_remove();
	make_machine();
}

/* Waits for the guardian of a program that is gone: all is back, and no file is left. */
static bool comes_back(void)
{
	for (int i = 0; i < 1000 && has_rule(file); i++)
		usleep(5000);
	return is_as_it_was() && !has_rule(file);
}

/* The last report of take_restore_all(). */
static struct {
	unsigned int count;
	enum take_outcome outcome;
	char text[512];
} reported;

static void keep_report(void *data, const struct take_report *report)
{
	(void)data;
	reported.count++;
	reported.outcome = report->outcome;
	snprintf(reported.text, sizeof(reported.text), "%s", report->text);
}

static int restore(void)
{
	memset(&reported, 0, sizeof(reported));
	return take_restore_all(&place, keep_report, NULL);
}

/* What was killed keeps its lock until the kernel has buried it. */
static int restore_when_dead(void)
{
	int r = restore();

	for (int i = 0; i < 1000 && reported.outcome == TAKE_RUNNING; i++) {
		usleep(5000);
		r = restore();
	}
	return r;
}

/* Texts of a file */

#define BOOT "boot 3b4e29a1-0c14-4c33-8ea2-fd46e0ea19f9\n"
#define HEAD "dmascope-bench 1\n" BOOT "owner 12\n"

static int parse(const char *text, struct take_state *ret, struct strbuf *why)
{
	return take_state_parse((const unsigned char *)text, strlen(text), ret, why);
}

static void check_hostile(void)
{
	static const char *const texts[] = {
		"",
		"dmascope-bench 1",
		"dmascope-bench 2\n" BOOT "owner 12\nend 0\n",
		"dmascope-bench 1\nboot ../x\nowner 12\nend 0\n",
		"dmascope-bench 1\n" BOOT "owner -1\nend 0\n",
		HEAD,
		HEAD "end 1\n",
		HEAD "end 0",
		HEAD "end 0\nmore\n",
		HEAD "function 0000:01:00.0\ndriver e1000e\noverride\n",
		HEAD "function 0000:01:00.0\ndriver e1000e\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver ../../x\noverride\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver a/b\noverride\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver ..\noverride\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver a\tb\noverride\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver \noverride\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver x\noverride \x1b[31m\nend 1\n",
		HEAD "function 0000:01:00\ndriver x\noverride\nend 1\n",
		HEAD "function 01:00.0\ndriver x\noverride\nend 1\n",
		HEAD "function 0000:01:00.0/..\ndriver x\noverride\nend 1\n",
		HEAD
		"function 0000:01:00.0\ndriver "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		"override\nend 1\n",
		HEAD "function 0000:01:00.0\ndriver x\noverride\n"
		     "function 0000:01:00.0\ndriver x\noverride\nend 2\n",
	};
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct take_state state = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		strbuf_clear(&why);
		parse(texts[i], &state, &why);
		OK(!state.records && why.length > 0, "text %zu is refused: %s", i,
		   strbuf_text(&why));
	}
	OK(take_state_parse((const unsigned char *)HEAD "end 0\n\0", strlen(HEAD) + 7,
			    &state, &why) == -EBADMSG,
	   "a NUL is refused");
}

static void check_round_trip(void)
{
	struct take_record records[] = {
		{ NIC, "e1000e", "" },
		{ DISK, "", "vfio-pci" },
		{ "10000:e1:00.0", "3w-9xxx (old)", "x" },
	};
	struct take_state state = { "3b4e29a1-0c14", 77, records, 3 }, again = { 0 };
	_cleanup_strbuf_ struct strbuf text = { 0 }, why = { 0 };

	take_state_format(&state, &text);
	if (!OK(parse(strbuf_text(&text), &again, &why) == 0, "what is written is read"))
		return;
	OK(again.count == 3 && again.owner == 77 && streq(again.boot, state.boot) &&
		   memcmp(again.records, records, sizeof(records)) == 0,
	   "and is the same");
	for (size_t i = 0; i < text.length; i++) {
		struct take_state cut = { 0 };

		if (take_state_parse((const unsigned char *)text.text, i, &cut, &why) < 0)
			continue;
		OK(false, "cut off after %zu bytes it is refused", i);
		take_state_free(&cut);
	}
	take_state_free(&again);
}

static char said[8192]; /* the reason of the last of these */

static int try_begin(const struct take_plan *what, struct take **ret)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	int r = take_begin(&place, what, ret, &why);

	snprintf(said, sizeof(said), "%s", strbuf_text(&why));
	return r;
}

static int try_end(struct take *take)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	int r = take_end(take, &why);

	snprintf(said, sizeof(said), "%s", strbuf_text(&why));
	for (char *at = said; (at = strchr(at, '\n')); at++)
		*at = ' '; /* a line of TAP */
	return r;
}

/* The way that all goes well */

static void check_taking(void)
{
	struct take *take, *second;
	struct stat status;

	begin_anew();
	if (!OK(try_begin(&plan, &take) == 0, "three functions are taken"))
		return;
	OK(is_taken(), "vfio-pci has them");
	OK(stat(directory, &status) == 0 && (status.st_mode & 0777) == 0700,
	   "the directory is for one only");
	OK(try_begin(&plan, &second) == -EBUSY && strstr(said, "another benchmark"),
	   "nobody else gets them: %s", said);
	OK(restore() == 0 && reported.count == 1 && reported.outcome == TAKE_RUNNING,
	   "who restores leaves them alone: %s", reported.text);
	IS(try_end(take), 0, "they are given back");
	OK(is_as_it_was(), "and are as they were");
	OK(!has_rule(file) && *said == '\0', "nothing is left, nor said");
	IS(restore(), 0, "there is nothing to restore");
	IS(reported.count, 0, "and nothing is reported");
}

static void check_refusals(void)
{
	const struct take_function wrong[] = { { NIC, "igb" } },
				   gone[] = { { "0000:02:00.0", "" } };
	struct take *take;

	begin_anew();
	OK(try_begin(&(struct take_plan){ NIC, wrong, 1 }, &take) == -EBUSY,
	   "another driver than planned: %s", said);
	OK(try_begin(&(struct take_plan){ NIC, gone, 1 }, &take) == -ENODEV,
	   "no such function: %s", said);
	OK(try_begin(&(struct take_plan){ "../x", functions, 1 }, &take) == -EINVAL,
	   "no address: %s", said);
	tree_file("refuses-vfio-pci", "");
	OK(try_begin(&plan, &take) < 0, "vfio-pci refuses: %s", said);
	OK(is_as_it_was() && !has_rule(file), "all is as it was");
	rmdir(tree_path("sys/bus/pci/drivers/vfio-pci"));
	OK(try_begin(&plan, &take) == -ENODEV && strstr(said, "modprobe vfio-pci"),
	   "vfio-pci is not there: %s", said);
	tree_directory("sys/bus/pci/drivers/vfio-pci");
	chmod(directory, 0777);
	OK(try_begin(&plan, &take) == -EPERM, "a directory for all: %s", said);
	OK(restore() == -EPERM && reported.outcome == TAKE_REFUSED, "nor is that read");
}

/* Whatever write fails while they are taken, and whichever while they are given back. */
static void check_failing_writes(void)
{
	for (int failing = 1; failing < 20; failing++) {
		struct take *take;
		char rule[32];
		int r;

		begin_anew();
		snprintf(rule, sizeof(rule), "fail-%d", failing);
		tree_file(rule, "");
		r = try_begin(&plan, &take);
		if (r == 0)
			r = try_end(take);
		if (r < 0 && has_rule(file))
			restore();
		OK(is_as_it_was() && !has_rule(file),
		   "write %d fails, and all is back: %s", failing, said);
	}
}

/* Programs that end early */

enum end { KILLED, LEFT, BOTH_KILLED };

static pid_t guardian_of(pid_t parent)
{
	char name[64], children[64] = "";
	FILE *stream;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", parent, parent);
	stream = fopen(name, "re");
	if (stream && !fgets(children, sizeof(children), stream))
		*children = '\0';
	if (stream)
		fclose(stream);
	return atoi(children);
}

/* A program that takes them, says so, and then does what it is told. */
static pid_t start_program(int *ret_pipe, enum end end)
{
	struct take *take;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	fflush(stdout);
	pid = fork();
	if (pid != 0) {
		close(ends[1]);
		*ret_pipe = ends[0];
		return pid;
	}
	close(ends[0]);
	if (try_begin(&plan, &take) < 0 || write(ends[1], "x", 1) != 1)
		_exit(1);
	if (end == LEFT)
		_exit(0);
	for (;;)
		pause();
}

static void check_end(enum end end, const char *name)
{
	int fd = -1;
	pid_t pid, guardian;
	char byte;

	begin_anew();
	pid = start_program(&fd, end);
	if (!OK(pid > 0 && read(fd, &byte, 1) == 1, "%s: they are taken", name))
		return;
	guardian = guardian_of(pid);
	if (end == BOTH_KILLED && guardian > 0)
		kill(guardian, SIGKILL);
	if (end != LEFT)
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (end == BOTH_KILLED) {
		struct take *take;

		OK(guardian > 0 && is_taken() && has_rule(file), "%s: nobody is left",
		   name);
		OK(try_begin(&plan, &take) == -EBUSY, "%s: %s", name, said);
		OK(restore_when_dead() == 0 && reported.outcome == TAKE_RESTORED,
		   "%s: it is restored later", name);
	}
	OK(comes_back(), "%s: all is as it was", name);
	close(fd);
}

/* Killed at many moments of the taking, which is made slow. */
static void check_moments(void)
{
	for (unsigned int ms = 0; ms < 260; ms += 20) {
		int fd = -1;
		pid_t pid;

		begin_anew();
		tree_file("slow", "");
		pid = start_program(&fd, KILLED);
		usleep(ms * 1000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(fd);
		/* Until the guardian has let go, if there is one. */
		for (int i = 0; i < 500; i++) {
			restore();
			if (reported.count == 0 || reported.outcome != TAKE_RUNNING)
				break;
			usleep(10000);
		}
		OK(comes_back(), "killed after %u ms", ms);
	}
}

static void check_guardian(void)
{
	struct take *take;
	pid_t guardian;

	begin_anew();
	if (!OK(try_begin(&plan, &take) == 0, "they are taken"))
		return;
	guardian = guardian_of(getpid());
	if (guardian > 0)
		kill(guardian, SIGINT);
	if (guardian > 0)
		kill(guardian, SIGTERM);
	OK(guardian > 0 && kill(guardian, 0) == 0 && is_taken(),
	   "the guardian minds no signal");
	kill(guardian, SIGKILL);
	IS(try_end(take), 0, "without it, the program gives them back");
	OK(comes_back(), "and all is as it was");
}

/* What cannot be put back, or not yet */

static void check_obstacles(void)
{
	struct take *take;

	begin_anew();
	tree_file("busy", "");
	OK(try_begin(&plan, &take) == 0, "busy once is tried again");
	tree_file("sys/bus/pci/devices/" NIC "/enable", "1\n");
	OK(try_end(take) == -EIO && strstr(said, "holds it open"),
	   "what is held open is not waited for in the kernel: %s", said);
	OK(has_rule(file) && streq(driver_of(DISK), "nvme"), "the others are back");
	tree_file("sys/bus/pci/devices/" NIC "/enable", "0\n");
	tree_file("hang", "");
	OK(restore() == -EIO && reported.outcome == TAKE_FAILED,
	   "a kernel that hangs is not waited for long: %s", reported.text);
	remove(tree_path("hang"));
	usleep(100000);
	IS(restore(), 0, "later it goes on");
	OK(comes_back(), "and all is as it was");
}

static void check_changes(void)
{
	struct take *take;

	begin_anew();
	OK(try_begin(&plan, &take) == 0, "they are taken");
	remove(tree_path("sys/bus/pci/devices/" NIC "/driver"));
	remove(tree_path("sys/bus/pci/devices/" NIC "/driver_override"));
	remove(tree_path("sys/bus/pci/devices/" NIC "/enable"));
	remove(tree_path("sys/bus/pci/devices/" NIC));
	set_driver(DISK, "another");
	OK(try_end(take) == 0 && strstr(said, "it is gone") &&
		   strstr(said, "left with another"),
	   "one vanished, one is another's: %s", said);
	OK(streq(driver_of(DISK), "another") && !has_rule(file), "both are left alone");

	begin_anew();
	OK(try_begin(&plan, &take) == 0, "they are taken");
	tree_file("chooses-another", "");
	OK(try_end(take) == 0 && is_as_it_was(),
	   "the former driver is chosen by name: %s", said);

	begin_anew();
	OK(try_begin(&plan, &take) == 0, "they are taken");
	rmdir(tree_path("sys/bus/pci/drivers/e1000e"));
	OK(try_end(take) == -EIO && strstr(said, "not loaded any more"),
	   "its driver is gone: %s", said);
	tree_directory("sys/bus/pci/drivers/e1000e");
	OK(restore() == 0 && comes_back(), "when it is there again it is restored");
}

static void check_disk_in_use(void)
{
	struct take *take;

	begin_anew();
	tree_link("sys/class/block/nvme0n1",
		  "../../devices/pci0000:00/" DISK "/nvme/nvme0/nvme0n1");
	tree_file("dev/nvme0n1", "");
	OK(try_begin(&plan, &take) == 0, "a disk that nobody uses");
	try_end(take);
	OK(is_as_it_was(), "is given back");
}

/* Files that nobody should act on */
static void check_files(void)
{
	static const char hostile[] = "dmascope-bench 1\n" BOOT "owner 1\nfunction " NIC
				      "\ndriver ../../../etc/x\noverride\nend 1\n";
	static const char older[] = "dmascope-bench 1\nboot 0-0\nowner 1\nfunction " NIC
				    "\ndriver nvme\noverride x\nend 1\n";
	_cleanup_free_ char *writes = NULL;

	begin_anew();
	tree_directory("run/dmascope");
	chmod(directory, 0700);
	tree_file(file, hostile);
	OK(restore() == -EIO && reported.outcome == TAKE_REFUSED, "refused: %s",
	   reported.text);
	writes = tree_text("writes");
	OK(*writes == '\0' && is_as_it_was(), "nothing was written because of it");
	tree_file(file, older);
	OK(restore() == 0 && reported.outcome == TAKE_RESTORED, "of another boot: %s",
	   reported.text);
	OK(is_as_it_was() && !has_rule(file), "it only goes away");
	tree_link(file, "/etc/passwd");
	OK(restore() == -EIO && reported.outcome == TAKE_REFUSED, "a link: %s",
	   reported.text);
	remove(tree_path(file));
	mkfifo(tree_path(file), 0600);
	OK(restore() == -EIO && reported.outcome == TAKE_REFUSED, "a FIFO: %s",
	   reported.text);
}

int main(void)
{
	check_hostile();
	check_round_trip();
	if (access(boot_file, R_OK) < 0) {
		tap_skip("taking", "the boot cannot be read here");
		return tap_end();
	}
	make_machine();
	check_taking();
	check_refusals();
	check_failing_writes();
	check_end(KILLED, "killed");
	check_end(LEFT, "left without a word");
	check_end(BOTH_KILLED, "both killed");
	check_moments();
	check_guardian();
	check_obstacles();
	check_changes();
	check_disk_in_use();
	check_files();
	tree_remove();
	return tap_end();
}
