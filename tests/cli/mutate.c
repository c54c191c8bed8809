// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutate PROGRAM NOISE LINES (NAME TREE… --)…: spoils one file of a tree at a time.
 *
 * After each change PROGRAM has to answer every command within ten seconds with exit
 * status 0 (audit: or 1) and valid JSON that still shows every other function, group and
 * unit, and nothing of the host's files. The trees of one NAME are copies of the same;
 * each is the work of one process. NOISE and LINES are large files to put in place of
 * small ones.
 */

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 10, PATHS_MAX = 20000, NAMES_MAX = 8192, PATH_SIZE = 4096 };

static const char *program, *noise, *lines;
static char secret[256]; /* a line of the host's that no answer may hold */

struct paths {
	char *path[PATHS_MAX]; /* below the tree */
	size_t count;
};

static struct paths files, links;
static size_t tree_length; /* for nftw() */

static int add_path(const char *path, const struct stat *status, int type,
		    struct FTW *place)
{
	struct paths *paths = type == FTW_SL ? &links : &files;

	(void)place;
	if (type == FTW_D || (type != FTW_SL && !S_ISREG(status->st_mode)))
		return 0;
	if (paths->count == PATHS_MAX)
		errx(2, "more than %d files", PATHS_MAX);
	paths->path[paths->count] = strdup(path + tree_length + 1);
	return paths->path[paths->count++] ? 0 : -1;
}

/* The ways to spoil a file. `target` is where it stood; its content is at `saved`. */

static bool do_delete(const char *target, const char *saved)
{
	(void)target;
	(void)saved;
	return true;
}

static bool do_empty(const char *target, const char *saved)
{
	int fd = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	(void)saved;
	return fd >= 0 && close(fd) == 0;
}

static bool do_halve(const char *target, const char *saved)
{
	static char bytes[1 << 20];
	FILE *from = fopen(saved, "re"), *to = fopen(target, "we");
	size_t size = from ? fread(bytes, 1, sizeof(bytes), from) : 0;
	bool done = from && to && fwrite(bytes, 1, size / 2, to) == size / 2;

	if (from)
		fclose(from);
	return to && fclose(to) == 0 && done;
}

static bool do_directory(const char *target, const char *saved)
{
	(void)saved;
	return mkdir(target, 0755) == 0;
}

static bool do_fifo(const char *target, const char *saved)
{
	(void)saved;
	return mkfifo(target, 0644) == 0;
}

static bool do_loop(const char *target, const char *saved)
{
	(void)saved;
	return symlink(strrchr(target, '/') + 1, target) == 0;
}

static bool do_outside(const char *target, const char *saved)
{
	(void)saved;
	return symlink("/etc/passwd", target) == 0;
}

static bool do_far_outside(const char *target, const char *saved)
{
	(void)saved;
	return symlink("../../../../../../../../../../../../../../../../etc/passwd",
		       target) == 0;
}

static bool do_noise(const char *target, const char *saved)
{
	(void)saved;
	return link(noise, target) == 0;
}

static bool do_lines(const char *target, const char *saved)
{
	(void)saved;
	return link(lines, target) == 0;
}

static bool do_root(const char *target, const char *saved)
{
	(void)saved;
	return symlink("/", target) == 0;
}

struct kind {
	const char *name;
	struct paths *paths;
	bool (*apply)(const char *target, const char *saved);
};

static const struct kind kinds[] = {
	{ "deleted", &files, do_delete },
	{ "empty", &files, do_empty },
	{ "cut in half", &files, do_halve },
	{ "a directory", &files, do_directory },
	{ "a FIFO", &files, do_fifo },
	{ "a loop of links", &files, do_loop },
	{ "a link to the host's /etc/passwd", &files, do_outside },
	{ "a link up to the host's /etc/passwd", &files, do_far_outside },
	{ "10 MB of noise", &files, do_noise },
	{ "10 MB of lines", &files, do_lines },
	{ "a deleted link", &links, do_delete },
	{ "a link that is a file", &links, do_empty },
	{ "a link that is a loop", &links, do_loop },
	{ "a link to the root", &links, do_root },
	{ "a link up to the host's /etc/passwd, from a link", &links, do_far_outside },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct command {
	const char *name;
	const char *records; /* key of JSON under which they stand */
	const char *key;     /* tells one record from another; NULL to compare none */
	int worst; /* exit status: audit may not like what it sees, and without a
				log nothing is known of faults */
	bool host; /* asked of files about disks, networks and screens alone */
};

static const struct command commands[] = {
	{ "status", "status", NULL },
	{ "devices", "devices", "bdf" },
	{ "groups", "groups", "id" },
	{ "units", "units", "name" },
	{ "iomem", "regions", NULL },
	{ "channels", "channels", NULL },
	{ "cmdline", "parameters", NULL },
	{ "audit", "findings", NULL, 1 },
	{ "ready", "readiness", "bdf", 0, true },
	{ "faults", "faults", NULL, 2, true },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* How many answers were judged, by kind; shared by all processes. */
static unsigned int *answers;

/* What each command showed before anything was spoilt: names as text. */
static char *known[COMMANDS][NAMES_MAX];
static size_t known_count[COMMANDS];

/* Reads a memory file from its start, terminated. */
static char *read_back(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = malloc((size_t)size + 1);
	ssize_t got = text ? pread(fd, text, (size_t)size, 0) : -1;

	if (got < 0)
		err(2, "memory file");
	text[got] = '\0';
	close(fd);
	return text;
}

static char *run(const char *tree, const char *command, int *ret_status,
		 char **ret_errors)
{
	int out = memfd_create("stdout", MFD_CLOEXEC);
	int errors = memfd_create("stderr", MFD_CLOEXEC);
	pid_t child = fork();

	if (child == 0) {
		dup2(out, STDOUT_FILENO);
		dup2(errors, STDERR_FILENO);
		alarm(SECONDS);
		execl(program, program, "--sysroot", tree, command, "-J", (char *)NULL);
		_exit(127);
	}
	if (out < 0 || errors < 0 || child < 0 || waitpid(child, ret_status, 0) < 0)
		err(2, "%s", program);
	*ret_errors = read_back(errors);
	return read_back(out);
}

/* Is there an object in the list whose key is that text? */
static bool shows(struct json_object *list, const char *key, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *value, *item = json_object_array_get_idx(list, i);

		if (json_object_object_get_ex(item, key, &value) && value &&
		    strcmp(json_object_get_string(value), name) == 0)
			return true;
	}
	return false;
}

/* What is wrong with an answer, NULL when nothing is. */
static const char *judge(size_t command, const char *text, const char *errors, int status,
			 const char *spoilt, bool is_link)
{
	static char problem[512];
	struct json_object *document, *list;
	const char *wrong = NULL;

	if (WIFSIGNALED(status)) {
		snprintf(problem, sizeof(problem), "died of signal %d%s",
			 WTERMSIG(status), WTERMSIG(status) == SIGALRM ? " (hangs)" : "");
		return problem;
	}
	if (WEXITSTATUS(status) > commands[command].worst) {
		snprintf(problem, sizeof(problem), "exit status %d: %.300s",
			 WEXITSTATUS(status), errors);
		return problem;
	}
	if (strstr(errors, "Sanitizer") || strstr(errors, "runtime error"))
		return "a sanitizer has something to say";
	if (*secret && (strstr(text, secret) || strstr(errors, secret)))
		return "shows what stands in the host's /etc/passwd";
	document = json_tokener_parse(text);
	if (!json_object_is_type(document, json_type_object) ||
	    !json_object_object_get_ex(document, commands[command].records, &list) ||
	    !json_object_is_type(list, json_type_array))
		wrong = "is no JSON with its records";
	for (size_t i = 0; !wrong && i < known_count[command]; i++) {
		const char *name = known[command][i];

		/* A link that is gone may have been the only trace of what it led to. */
		if (is_link && strstr(spoilt, name))
			continue;
		if (!shows(list, commands[command].key, name)) {
			snprintf(problem, sizeof(problem), "does not show %s", name);
			wrong = problem;
		}
	}
	json_object_put(document);
	return wrong;
}

/* Files that no command reads but ready: thousands of runs would show nothing. */
static bool is_of_host(const char *path)
{
	static const char *const parts[] = {
		"/block/", "/net/", "/tty/",  "/input/", "/drm/",	   "/graphics/",
		"/misc/",  "/nvme", "/swaps", "/limits", "/mountinfo",	   "/self/status",
		"/fs/",	   "run/",  "etc/",   "dev/",	 "lib/modprobe.d",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *found = strstr(path, parts[i]);

		if (found && (parts[i][0] == '/' || found == path || found[-1] == '/'))
			return true;
	}
	return false;
}

/* Runs every command that is to be asked; prints and counts what is wrong. */
static unsigned int check(const char *tree, const struct kind *kind, const char *spoilt)
{
	unsigned int wrong = 0;

	for (size_t i = 0; i < COMMANDS; i++) {
		char *errors, line[1024], *text;
		const char *problem;
		int status;

		if (commands[i].host != is_of_host(spoilt))
			continue;
		__atomic_fetch_add(&answers[kind - kinds], 1, __ATOMIC_RELAXED);
		text = run(tree, commands[i].name, &status, &errors);
		problem = judge(i, text, errors, status, spoilt, kind->paths == &links);
		if (problem) {
			snprintf(line, sizeof(line), "# %s: %s: %s %s\n", kind->name,
				 spoilt, commands[i].name, problem);
			for (char *p = line; p[1]; p++)
				if (*p == '\n')
					*p = ' ';
			wrong++;
			if (write(STDOUT_FILENO, line, strlen(line)) < 0)
				err(2, "stdout");
		}
		free(text);
		free(errors);
	}
	return wrong;
}

static void remember(const char *tree)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		struct json_object *document, *list;
		char *errors;
		int status;
		char *text = run(tree, commands[i].name, &status, &errors);

		document = json_tokener_parse(text);
		if (WEXITSTATUS(status) > commands[i].worst || WIFSIGNALED(status) ||
		    !json_object_object_get_ex(document, commands[i].records, &list))
			errx(2, "%s: %s: %s", tree, commands[i].name, errors);
		known_count[i] = 0;
		for (size_t j = 0; commands[i].key && j < json_object_array_length(list);
		     j++) {
			struct json_object *value,
				*item = json_object_array_get_idx(list, j);

			if (known_count[i] < NAMES_MAX &&
			    json_object_object_get_ex(item, commands[i].key, &value))
				known[i][known_count[i]++] =
					strdup(json_object_get_string(value));
		}
		json_object_put(document);
		free(text);
		free(errors);
	}
}

static void forget(struct paths *paths)
{
	while (paths->count > 0)
		free(paths->path[--paths->count]);
}

/* The share of one process: every `step`th path of each kind. */
static void work(const char *tree, size_t first, size_t step, unsigned int *wrong)
{
	char target[PATH_SIZE], saved[PATH_SIZE];

	snprintf(saved, sizeof(saved), "%s.saved", tree);
	for (size_t k = 0; k < KINDS; k++) {
		const struct paths *paths = kinds[k].paths;

		for (size_t i = first; i < paths->count; i += step) {
			snprintf(target, sizeof(target), "%s/%s", tree, paths->path[i]);
			if (rename(target, saved) < 0)
				err(2, "%s", target);
			if (!kinds[k].apply(target, saved))
				err(2, "%s: %s", target, kinds[k].name);
			__atomic_fetch_add(&wrong[k],
					   check(tree, &kinds[k], paths->path[i]),
					   __ATOMIC_RELAXED);
			if (remove(target) < 0 && errno != ENOENT)
				err(2, "%s", target);
			if (rename(saved, target) < 0)
				err(2, "%s", target);
		}
	}
}

/* Spoils the copies of one tree, a process each; a line of TAP for each kind. */
static bool mutate(const char *name, char **trees, size_t count)
{
	unsigned int *wrong =
		mmap(NULL, sizeof(*wrong) * 2 * KINDS, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool died = false, failed = false;

	if (wrong == MAP_FAILED)
		err(2, "mmap");
	answers = wrong + KINDS;
	tree_length = strlen(trees[0]);
	if (nftw(trees[0], add_path, 64, FTW_PHYS) != 0)
		err(2, "%s", trees[0]);
	remember(trees[0]);
	fflush(stdout);
	for (size_t i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			err(2, "fork");
		if (child == 0) {
			work(trees[i], i, count, wrong);
			_exit(0);
		}
	}
	for (size_t i = 0; i < count; i++) {
		int status = 0;

		died = wait(&status) < 0 || status != 0 || died;
	}
	if (died)
		errx(2, "%s: a process could not go on", name);
	for (size_t k = 0; k < KINDS; k++) {
		if (kinds[k].paths->count == 0)
			continue;
		failed = failed || wrong[k] > 0;
		printf("%s - %s: each of %zu is %s, in turn: %u answers%s\n",
		       wrong[k] ? "not ok" : "ok", name, kinds[k].paths->count,
		       kinds[k].name, answers[k], wrong[k] ? ", not all good" : "");
	}
	fflush(stdout);
	forget(&files);
	forget(&links);
	for (size_t i = 0; i < COMMANDS; i++)
		while (known_count[i] > 0)
			free(known[i][--known_count[i]]);
	munmap(wrong, sizeof(*wrong) * 2 * KINDS);
	return failed;
}

int main(int argc, char **argv)
{
	FILE *passwd = fopen("/etc/passwd", "re");
	bool failed = false;

	if (argc < 6)
		errx(2, "usage: mutate PROGRAM NOISE LINES (NAME TREE... --)...");
	program = argv[1];
	noise = argv[2];
	lines = argv[3];
	if (passwd && fgets(secret, sizeof(secret), passwd))
		secret[strcspn(secret, "\n")] = '\0';
	if (passwd)
		fclose(passwd);
	for (int i = 4; i < argc;) {
		int end = i + 1;

		while (end < argc && strcmp(argv[end], "--") != 0)
			end++;
		if (end > i + 1)
			failed = mutate(argv[i], argv + i + 1, (size_t)(end - i - 1)) ||
				 failed;
		i = end + 1;
	}
	return failed;
}
