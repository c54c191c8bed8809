// SPDX-License-Identifier: GPL-2.0-or-later
/* One function, given to vfio-pci and given back, by the files of sysfs. */

#include "bench/take-sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"

enum { ATTEMPTS = 3, PAUSE_MS = 20 };

static const char vfio_pci[] = "vfio-pci";

struct path {
	char text[PATH_MAX];
};

static struct path path_of(const struct take_place *place, const char *directory,
			   const char *name, const char *attribute)
{
	struct path path;

	snprintf(path.text, sizeof(path.text), "%s/bus/pci/%s%s%s%s%s", place->sysfs,
		 directory, *name ? "/" : "", name, *attribute ? "/" : "", attribute);
	return path;
}

static struct path device_path(const struct take_place *place, const char *bdf,
			       const char *attribute)
{
	return path_of(place, "devices", bdf, attribute);
}

static void sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int write_now(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int wait_for_writer(pid_t pid, unsigned int limit)
{
	uint64_t deadline = now_ms() + limit;
	unsigned int pause = 1;
	int status;

	for (;;) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid)
			return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECANCELED;
		/* Somebody else waits for all children: what came of it will be seen. */
		if (ended < 0 && errno != EINTR)
			return 0;
		if (now_ms() >= deadline)
			return -ETIMEDOUT;
		sleep_ms(pause);
		pause = MIN(pause * 2, (unsigned int)PAUSE_MS);
	}
}

/*
 * The kernel waits in unbind until whoever holds a function of VFIO open closes it, and
 * no signal ends that. No signal is to end a driver's probe half way, either: some wait
 * so that one would. The writer keeps the lock and the socket of its parent, so that
 * whoever would act in the parent's place waits for the end of this, too.
 */
int take_write(const struct take_place *place, const char *path, const char *text)
{
	sigset_t all, before;
	pid_t pid;
	int r;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	r = -errno;
	if (pid == 0)
		_exit(-place->write(path, text));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? r : wait_for_writer(pid, place->limit);
}

const struct take_place take_machine = {
	.sysfs = "/sys",
	.dev = "/dev",
	.directory = "/run/dmascope",
	.write = write_now,
	.limit = 15000,
};

/* The same again while the kernel says that it is busy. */
static int write_patiently(const struct take_place *place, const char *path,
			   const char *text)
{
	uint64_t deadline = now_ms() + place->limit;
	int r = take_write(place, path, text);

	while ((r == -EBUSY || r == -EAGAIN) && now_ms() < deadline) {
		sleep_ms(PAUSE_MS);
		r = take_write(place, path, text);
	}
	return r;
}

/* The driver's name, "" for none, also where the function is gone. */
static void read_driver(const struct take_place *place, const char *bdf,
			char ret[TAKE_NAME_SIZE])
{
	struct path path = device_path(place, bdf, "driver");
	char target[PATH_MAX];
	ssize_t length = readlink(path.text, target, sizeof(target) - 1);

	target[MAX(length, 0)] = '\0';
	snprintf(ret, TAKE_NAME_SIZE, "%.*s", TAKE_NAME_SIZE - 1, path_name(target));
}

static bool has_driver(const struct take_place *place, const char *bdf,
		       const char *driver)
{
	char now[TAKE_NAME_SIZE];

	read_driver(place, bdf, now);
	return streq(now, driver);
}

/* "" for none, which the kernel writes "(null)". */
static int read_override(const struct take_place *place, const char *bdf,
			 char ret[TAKE_NAME_SIZE])
{
	struct path path = device_path(place, bdf, "driver_override");
	_cleanup_bytes_ struct bytes bytes = { 0 };
	int r = read_named_file(path.text, TAKE_FILE_MAX, &bytes);
	const char *text;

	if (r < 0)
		return r;
	text = trim_end((char *)bytes.data);
	if (streq(text, "(null)"))
		text = "";
	if (*text && !take_is_name(text))
		return -EBADMSG;
	snprintf(ret, TAKE_NAME_SIZE, "%s", text);
	return 0;
}

static bool is_there(const struct take_place *place, const char *bdf)
{
	return access(device_path(place, bdf, "").text, F_OK) == 0;
}

bool take_has_vfio(const struct take_place *place)
{
	return access(path_of(place, "drivers", vfio_pci, "").text, F_OK) == 0;
}

/*
 * The kernel lets nobody else claim a disk that is mounted, swapped to or part of
 * another, in whatever namespace. A path of an NVMe disk with several is opened by the
 * disk's name: nvme0c1n1 is a way to nvme0n1.
 */
static bool is_claimed(const struct take_place *place, const char *name)
{
	const char *path = starts_with(name, "nvme") ? strchr(name, 'c') : NULL;
	const char *rest = path ? strchr(path, 'n') : NULL;
	char node[PATH_MAX];
	int fd;

	snprintf(node, sizeof(node), "%s/%.*s%s", place->dev,
		 rest ? (int)(path - name) : NAME_MAX, name, rest ? rest : "");
	for (char *at = node; (at = strchr(at, '!')); at++)
		*at = '/';
	fd = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EBUSY;
}

/* Is a block device, by the link to it, behind the function? */
static bool is_behind(const struct take_place *place, const char *block, const char *bdf)
{
	char path[PATH_MAX], target[PATH_MAX], part[TAKE_BDF_SIZE + 2];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/class/block/%s", place->sysfs, block);
	length = readlink(path, target, sizeof(target) - 1);
	target[MAX(length, 0)] = '\0';
	snprintf(part, sizeof(part), "/%s/", bdf);
	return strstr(target, part) != NULL;
}

/* The name of a disk of the function that is in use, "" for none. */
static void find_claimed(const struct take_place *place, const char *bdf,
			 char ret[NAME_MAX + 1])
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *directory;

	*ret = '\0';
	snprintf(path, sizeof(path), "%s/class/block", place->sysfs);
	directory = opendir(path);
	while (directory && *ret == '\0' && (entry = readdir(directory)))
		if (*entry->d_name != '.' && is_behind(place, entry->d_name, bdf) &&
		    is_claimed(place, entry->d_name))
			snprintf(ret, NAME_MAX + 1, "%s", entry->d_name);
	if (directory)
		closedir(directory);
}

static int tell(struct strbuf *why, int error, const char *bdf, const char *text)
{
	strbuf_printf(why, "%s%s: %s", why->length > 0 ? "\n" : "", bdf, text);
	return error;
}

int take_survey(const struct take_place *place, const struct take_function *function,
		struct take_record *ret, struct strbuf *why)
{
	struct take_record record = { 0 };
	char disk[NAME_MAX + 1], text[NAME_MAX + 64];
	int r;

	if (!take_is_bdf(function->bdf))
		return tell(why, -EINVAL, function->bdf, "no PCI address");
	snprintf(record.bdf, sizeof(record.bdf), "%s", function->bdf);
	if (!is_there(place, record.bdf))
		return tell(why, -ENODEV, record.bdf, "it is gone");
	read_driver(place, record.bdf, record.driver);
	if (!streq(record.driver, function->driver))
		return tell(why, -EBUSY, record.bdf,
			    "its driver changed while it was looked at");
	if (*record.driver && !take_is_name(record.driver))
		return tell(why, -EINVAL, record.bdf,
			    "its driver has a name that cannot be written down");
	r = read_override(place, record.bdf, record.override);
	if (r < 0) {
		snprintf(text, sizeof(text), "its driver_override cannot be read: %s",
			 strerror(-r));
		return tell(why, r, record.bdf, text);
	}
	find_claimed(place, record.bdf, disk);
	if (*disk) {
		snprintf(text, sizeof(text),
			 "its disk %s is in use, perhaps in another namespace", disk);
		return tell(why, -EBUSY, record.bdf, text);
	}
	*ret = record;
	return 0;
}

static int write_override(const struct take_place *place, const char *bdf,
			  const char *driver)
{
	char line[TAKE_NAME_SIZE + 1];

	snprintf(line, sizeof(line), "%s\n", driver);
	return take_write(place, device_path(place, bdf, "driver_override").text, line);
}

static int unbind(const struct take_place *place, const char *bdf, const char *driver)
{
	return write_patiently(place, path_of(place, "drivers", driver, "unbind").text,
			       bdf);
}

static int probe(const struct take_place *place, const char *bdf)
{
	return write_patiently(place, path_of(place, "drivers_probe", "", "").text, bdf);
}

int take_over(const struct take_place *place, const struct take_record *record,
	      struct strbuf *why)
{
	const char *bdf = record->bdf, *stage = "driver_override";
	char text[256];
	int r;

	if (streq(record->driver, vfio_pci) && has_driver(place, bdf, vfio_pci))
		return 0;
	r = write_override(place, bdf, vfio_pci);
	if (r == 0 && *record->driver) {
		stage = "unbind";
		r = unbind(place, bdf, record->driver);
	}
	if (r == 0) {
		stage = "drivers_probe";
		r = probe(place, bdf);
	}
	if (has_driver(place, bdf, vfio_pci))
		return 0;
	snprintf(text, sizeof(text), "vfio-pci did not take it (%s: %s)", stage,
		 r < 0 ? strerror(-r) : "the kernel's log may say why");
	return tell(why, r < 0 ? r : -ENODEV, bdf, text);
}

/* An open function of VFIO is switched on, and none that is closed. */
static bool is_held(const struct take_place *place, const char *bdf)
{
	struct path path = device_path(place, bdf, "enable");
	_cleanup_bytes_ struct bytes bytes = { 0 };

	return read_named_file(path.text, 4096, &bytes) == 0 &&
	       !streq(trim_end((char *)bytes.data), "0");
}

/*
 * Takes it from vfio-pci. Who was killed may still be closing it; with it open the kernel
 * would wait, and nobody could do anything about that.
 */
static int leave_vfio(const struct take_place *place, const char *bdf, const char **why)
{
	uint64_t deadline = now_ms() + place->limit;
	int r;

	while (is_held(place, bdf) && now_ms() < deadline)
		sleep_ms(PAUSE_MS);
	if (is_held(place, bdf)) {
		*why = "a program still holds it open";
		return -EBUSY;
	}
	r = unbind(place, bdf, vfio_pci);
	if (!has_driver(place, bdf, vfio_pci))
		return 0;
	*why = r == -ETIMEDOUT ? "vfio-pci does not let go of it"
			       : "it cannot be taken from vfio-pci";
	return r < 0 ? r : -EBUSY;
}

/*
 * By name first: the kernel's own choice may be another driver that knows the function.
 */
static int bind_former(const struct take_place *place, const struct take_record *record,
		       const char **why)
{
	int r = -ENODEV;

	if (access(path_of(place, "drivers", record->driver, "").text, F_OK) < 0) {
		*why = "its driver is not loaded any more";
		return -ENODEV;
	}
	for (unsigned int i = 0; i < ATTEMPTS; i++) {
		if (i > 0)
			sleep_ms(PAUSE_MS * 10);
		r = write_patiently(
			place, path_of(place, "drivers", record->driver, "bind").text,
			record->bdf);
		if (has_driver(place, record->bdf, record->driver))
			return 0;
		if (r == -ETIMEDOUT)
			break;
	}
	probe(place, record->bdf);
	if (has_driver(place, record->bdf, record->driver))
		return 0;
	*why = "its driver does not take it back";
	return r < 0 ? r : -ENODEV;
}

/* Why it is not what it was, or NULL; -errno of the last try in *ret. */
static const char *try_back(const struct take_place *place,
			    const struct take_record *record, int *ret)
{
	char override[TAKE_NAME_SIZE] = "", now[TAKE_NAME_SIZE];
	const char *why = NULL;

	*ret = read_override(place, record->bdf, override);
	if (*ret == 0 && streq(override, vfio_pci) && !streq(record->override, vfio_pci))
		*ret = write_override(place, record->bdf, record->override);
	if (*ret < 0)
		return "its driver_override cannot be set";
	read_driver(place, record->bdf, now);
	if (streq(now, record->driver))
		return NULL;
	if (streq(now, vfio_pci)) {
		*ret = leave_vfio(place, record->bdf, &why);
		if (*ret < 0)
			return why;
		*now = '\0';
	}
	if (*record->driver && *now == '\0')
		*ret = bind_former(place, record, &why);
	return why;
}

int take_put_back(const struct take_place *place, const struct take_record *record,
		  struct strbuf *lines)
{
	char now[TAKE_NAME_SIZE], text[512];
	int r = 0;
	const char *why = try_back(place, record, &r);

	if (!is_there(place, record->bdf))
		return tell(lines, 0, record->bdf, "it is gone");
	read_driver(place, record->bdf, now);
	if (!why && streq(now, record->driver))
		return 0;
	if (!why || (*now && !streq(now, vfio_pci))) {
		snprintf(text, sizeof(text), "it was left with %s, which has it now%s%s",
			 *now ? now : "no driver", why ? ": " : "", why ? why : "");
		return tell(lines, why ? -EIO : 0, record->bdf, text);
	}
	snprintf(text, sizeof(text), "it could not be put back%s%s: %s%s%s%s",
		 *record->driver ? " to " : "", record->driver, why, r < 0 ? " (" : "",
		 r < 0 ? strerror(-r) : "", r < 0 ? ")" : "");
	return tell(lines, -EIO, record->bdf, text);
}
