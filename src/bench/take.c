// SPDX-License-Identifier: GPL-2.0-or-later
/* The guardian of functions that are taken, and who stands in for it. */

#include "bench/take.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/file.h"
#include "bench/take-sysfs.h"

struct take {
	const struct take_place *place;
	struct take_state state;
	char name[32];		      /* of the file */
	int directory, lock, channel; /* to the guardian; in it, to the program */
	pid_t guardian;
};

/* What guardian and program tell each other. */
struct message {
	int32_t error;
	char text[8192];
};

enum { MESSAGE_HEAD = offsetof(struct message, text) };

static void take_free(struct take *take)
{
	take_state_free(&take->state);
	close_descriptor(&take->directory);
	close_descriptor(&take->lock);
	close_descriptor(&take->channel);
	free(take);
}

/* The last that was taken first. The file goes when nothing is left to do. */
static int put_back(const struct take_place *place, const struct take_state *state,
		    int directory, const char *name, struct strbuf *lines)
{
	int r = 0;

	for (size_t i = state->count; i > 0; i--)
		if (take_put_back(place, state->records + i - 1, lines) < 0)
			r = -EIO;
	if (r == 0 && unlinkat(directory, name, 0) < 0 && errno != ENOENT) {
		strbuf_printf(lines, "%s%s/%s: %s", lines->length > 0 ? "\n" : "",
			      place->directory, name, strerror(errno));
		r = -EIO;
	}
	return r;
}

static int put_all_back(struct take *take, struct strbuf *lines)
{
	return put_back(take->place, &take->state, take->directory, take->name, lines);
}

static int take_all(struct take *take, struct strbuf *why)
{
	for (size_t i = 0; i < take->state.count; i++) {
		int r = take_over(take->place, take->state.records + i, why);

		if (r < 0)
			return r;
	}
	return 0;
}

static int send_message(int channel, int error, const char *text)
{
	struct message message = { .error = error };
	size_t length = strnlen(text, sizeof(message.text) - 1);
	ssize_t sent;

	memcpy(message.text, text, length);
	do
		sent = send(channel, &message, MESSAGE_HEAD + length, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/*
 * One message, or 0 where the other end is gone; `limit` milliseconds, -1 for ever.
 * Signals do not end it.
 */
static ssize_t receive_message(int channel, int limit, struct message *ret)
{
	struct pollfd wait = { .fd = channel, .events = POLLIN };
	ssize_t size;
	int ready;

	*ret = (struct message){ 0 };
	do
		ready = poll(&wait, 1, limit);
	while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ready < 0 ? -errno : -ETIMEDOUT;
	do
		size = recv(channel, ret, sizeof(*ret) - 1, 0);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return errno == ECONNRESET ? 0 : -errno;
	return size < MESSAGE_HEAD ? 0 : size;
}

/* What is open here stays open when the program closes it. */
static void close_others(const struct take *take)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	uint64_t number;

	while (directory && (entry = readdir(directory))) {
		if (parse_u64(entry->d_name, 10, &number) < 0)
			continue;
		if (number > STDERR_FILENO && (int)number != dirfd(directory) &&
		    (int)number != take->directory && (int)number != take->lock &&
		    (int)number != take->channel)
			close((int)number);
	}
	if (directory)
		closedir(directory);
}

/* Out of the reach of whoever ends the program: a terminal, a shell, a timeout. */
static void guard_alone(const struct take *take)
{
	static const int ignored[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE,
				       SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP };
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	setsid();
	prctl(PR_SET_NAME, "dmascope-guard");
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	/* Whoever reads what the program writes does not wait for the guardian. */
	for (int fd = 0; nothing >= 0 && fd < STDERR_FILENO; fd++)
		dup2(nothing, fd);
	close_others(take);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The program is not there to say it. */
static void tell_alone(const struct strbuf *lines)
{
	dprintf(STDERR_FILENO,
		"dmascope: the benchmark ended early, and not all is as it was:\n%s\n"
		"dmascope bench --restore tries it again\n",
		strbuf_text(lines));
}

/* The life of the guardian; 0 where everything is as it was. */
static int guard(struct take *take)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };
	struct message message;
	int r = take_all(take, &why), back;

	if (r < 0) {
		back = put_all_back(take, &why);
		if (send_message(take->channel, r, strbuf_text(&why)) < 0 && back < 0)
			tell_alone(&why);
		return back;
	}
	/* Where nobody hears it, nobody is at the other end of what follows, either. */
	send_message(take->channel, 0, "");
	receive_message(take->channel, -1, &message);
	back = put_all_back(take, &why);
	if (send_message(take->channel, back, strbuf_text(&why)) < 0 && back < 0)
		tell_alone(&why);
	return back;
}

/*
 * Forks the guardian, which no signal for the program reaches from its first moment on.
 */
static int fork_guardian(struct take *take, struct strbuf *why)
{
	sigset_t all, before;
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		error = -errno;
		strbuf_printf(why, "socketpair: %s", strerror(-error));
		return error;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	take->guardian = fork();
	error = -errno;
	if (take->guardian == 0) {
		take->channel = ends[1];
		close(ends[0]);
		guard_alone(take);
		_exit(guard(take) < 0);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	take->channel = ends[0];
	if (take->guardian > 0)
		return 0;
	strbuf_printf(why, "fork: %s", strerror(-error));
	return error;
}

/*
 * What the guardian says came of it. Where it died, this does its work: nobody of its
 * side is left who could still be writing, for a writer keeps the channel open.
 */
static int hear(struct take *take, bool ending, struct strbuf *why)
{
	unsigned int each = take->place->limit * 8;
	int limit = (int)MIN((take->state.count + 1) * each, (size_t)INT32_MAX);
	struct message message;
	ssize_t size = receive_message(take->channel, limit, &message);

	if (size > 0) {
		strbuf_puts(why, message.text);
		if (ending || message.error < 0)
			waitpid(take->guardian, NULL, 0);
		return message.error;
	}
	if (size < 0) {
		strbuf_puts(why, "the process that moves the functions does not answer");
		return (int)size;
	}
	waitpid(take->guardian, NULL, 0);
	if (!ending)
		strbuf_puts(why, "the process that moves the functions was killed");
	limit = put_all_back(take, why);
	return ending ? limit : -ECANCELED;
}

/* All of them, before the first is changed. */
static int survey(struct take *take, const struct take_plan *plan, struct strbuf *why)
{
	const struct take_place *place = take->place;

	if (plan->count > TAKE_FUNCTIONS_MAX) {
		strbuf_puts(why, "more functions than a group has");
		return -EINVAL;
	}
	if (plan->count > 0 && !take_has_vfio(place)) {
		strbuf_puts(why, "vfio-pci is not loaded: modprobe vfio-pci");
		return -ENODEV;
	}
	take_boot(take->state.boot);
	if (*take->state.boot == '\0') {
		strbuf_puts(why, "/proc/sys/kernel/random/boot_id cannot be read");
		return -ENODATA;
	}
	take->state.owner = (uint64_t)getpid();
	take->state.records = xzalloc((plan->count + 1) * sizeof(struct take_record));
	for (size_t i = 0; i < plan->count; i++) {
		int r = take_survey(place, plan->functions + i, take->state.records + i,
				    why);

		if (r < 0)
			return r;
		take->state.count++;
	}
	return 0;
}

/* Why there is a file already. */
static int explain_file(struct take *take, struct strbuf *why)
{
	int fd = take_file_lock(take->directory, take->name);

	strbuf_clear(why);
	if (fd >= 0)
		close(fd);
	if (fd == -EWOULDBLOCK || fd == -ENOENT)
		strbuf_puts(why, "another benchmark has a function of this group");
	else
		strbuf_puts(why, "a benchmark of this group was interrupted: first "
				 "finish it with dmascope bench --restore");
	return -EBUSY;
}

/*
 * The name of the file is put together, the directory opened, and nobody has the group.
 */
static int find_place(struct take *take, const char *key, struct strbuf *why)
{
	if (!take_is_bdf(key)) {
		strbuf_printf(why, "%s: no PCI address", key);
		return -EINVAL;
	}
	snprintf(take->name, sizeof(take->name), "bench-%.20s", key);
	take->directory = take_directory_open(take->place->directory, true, why);
	if (take->directory < 0)
		return take->directory;
	return faccessat(take->directory, take->name, F_OK, 0) == 0
		       ? explain_file(take, why)
		       : 0;
}

static int begin(struct take *take, const struct take_plan *plan, struct strbuf *why)
{
	int r = find_place(take, plan->key, why);

	if (r == 0)
		r = survey(take, plan, why);
	if (r < 0)
		return r;
	take->lock = take_file_make(take->directory, take->name, &take->state, why);
	if (take->lock < 0)
		return take->lock == -EEXIST ? explain_file(take, why) : take->lock;
	r = fork_guardian(take, why);
	if (r == 0)
		return hear(take, false, why);
	unlinkat(take->directory, take->name, 0);
	return r;
}

int take_begin(const struct take_place *place, const struct take_plan *plan,
	       struct take **ret, struct strbuf *why)
{
	struct take *take = xzalloc(sizeof(*take));
	int r;

	take->place = place;
	take->directory = take->lock = take->channel = -1;
	strbuf_clear(why);
	r = begin(take, plan, why);
	if (r < 0)
		take_free(take);
	else
		*ret = take;
	return r;
}

int take_end(struct take *take, struct strbuf *why)
{
	int r;

	strbuf_clear(why);
	/* Where it is gone, that shows when its answer is missing. */
	send_message(take->channel, 0, "end");
	r = hear(take, true, why);
	take_free(take);
	return r;
}

/* Nothing of what a kernel was told outlives it, and addresses may be others' now. */
static enum take_outcome restore_state(const struct take_place *place, int directory,
				       const char *name, const struct take_state *state,
				       struct strbuf *text)
{
	char boot[40];

	take_boot(boot);
	if (streq(boot, state->boot))
		return put_back(place, state, directory, name, text) < 0 ? TAKE_FAILED
									 : TAKE_RESTORED;
	if (unlinkat(directory, name, 0) < 0) {
		strbuf_printf(text, "%s", strerror(errno));
		return TAKE_FAILED;
	}
	strbuf_puts(text,
		    "the machine was started anew since, which put everything back");
	return TAKE_RESTORED;
}

static void tell_owner(int directory, const char *name, struct strbuf *text)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct take_state state = { 0 };

	if (fd >= 0 && read_to_end(fd, TAKE_FILE_MAX, &bytes) == 0 &&
	    take_state_parse(bytes.data, bytes.size, &state, text) == 0)
		strbuf_printf(text, "process %llu is at it, or its guardian",
			      (unsigned long long)state.owner);
	if (fd >= 0)
		close(fd);
	take_state_free(&state);
}

/* False where there is nothing to report: it was finished meanwhile. */
static bool restore_file(const struct take_place *place, int directory, const char *name,
			 enum take_outcome *ret, struct strbuf *text)
{
	_cleanup_close_ int fd = take_file_lock(directory, name);
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct take_state state = { 0 };
	int r = fd;

	*ret = TAKE_REFUSED;
	if (fd == -ENOENT)
		return false;
	if (fd == -EWOULDBLOCK) {
		*ret = TAKE_RUNNING;
		tell_owner(directory, name, text);
		return true;
	}
	if (fd >= 0)
		r = read_to_end(fd, TAKE_FILE_MAX, &bytes);
	if (r < 0) {
		strbuf_puts(text, r == -EBADMSG ? "no regular file" : strerror(-r));
		return true;
	}
	if (take_state_parse(bytes.data, bytes.size, &state, text) == 0)
		*ret = restore_state(place, directory, name, &state, text);
	take_state_free(&state);
	return true;
}

/*
 * Of a program that was killed while it wrote one; one that is being written is locked.
 */
static void remove_draft(int directory, const char *name)
{
	_cleanup_close_ int fd = take_file_lock(directory, name);

	if (fd >= 0)
		unlinkat(directory, name, 0);
}

int take_restore_all(const struct take_place *place,
		     void (*report)(void *data, const struct take_report *report),
		     void *data)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	_cleanup_close_ int directory =
		take_directory_open(place->directory, false, &text);
	struct dirent **names;
	int count, r = 0;

	if (directory == -ENOENT)
		return 0;
	if (directory < 0) {
		report(data, &(struct take_report){ place->directory, TAKE_REFUSED,
						    strbuf_text(&text) });
		return directory;
	}
	count = scandirat(directory, ".", &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		struct take_report one = { .name = names[i]->d_name };

		strbuf_clear(&text);
		if (starts_with(one.name, ".bench-draft-"))
			remove_draft(directory, one.name);
		if (starts_with(one.name, "bench-") &&
		    restore_file(place, directory, one.name, &one.outcome, &text)) {
			one.text = strbuf_text(&text);
			report(data, &one);
			if (one.outcome == TAKE_FAILED || one.outcome == TAKE_REFUSED)
				r = -EIO;
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return r;
}
