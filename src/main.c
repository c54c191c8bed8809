// SPDX-License-Identifier: GPL-2.0-or-later
/* dmascope: global options, open the root, dispatch. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "cmd/cmd.h"

enum { OPTIONS_MAX = 32, LETTERS_MAX = 2 * OPTIONS_MAX + 3 };

/* getopt's tables made from ours: global options and those of one command. */
struct option_table {
	struct option options[OPTIONS_MAX + 1];
	char letters[LETTERS_MAX];
	size_t count;
};

static void add_options(struct option_table *table, const struct option_desc *options)
{
	for (; options && options->name && table->count < OPTIONS_MAX; options++) {
		size_t length = strlen(table->letters);

		table->options[table->count++] = (struct option){
			.name = options->name,
			.has_arg = options->argument ? required_argument : no_argument,
			.val = options->key,
		};
		if (options->key < 256)
			snprintf(table->letters + length, sizeof(table->letters) - length,
				 "%c%s", options->key, options->argument ? ":" : "");
	}
}

static int take_color(struct context *context, const char *value)
{
	const struct option_desc *option = global_options;

	while (!streq(option->name, "color"))
		option++;
	for (int i = 0; option->values[i]; i++) { /* in the order of enum output_color */
		if (streq(option->values[i], value)) {
			context->output.color = (enum output_color)i;
			return EXIT_ANSWERED;
		}
	}
	complain("--color takes auto, always or never");
	return EXIT_TROUBLE;
}

static int take_format(struct context *context, const char *value)
{
	context->output.format = output_find_format(value);
	if (context->output.format)
		return EXIT_ANSWERED;
	complain("%s: no such format; there are table, json, jsonl and prometheus",
		 value);
	return EXIT_TROUBLE;
}

/* Takes one option; -1 to go on, otherwise the exit status to end with. */
static int take_option(struct context *context, int key, const char *value)
{
	int status = EXIT_ANSWERED;

	switch (key) {
	case 's' + 256:
		context->sysroot = value;
		break;
	case 'f':
		status = take_format(context, value);
		break;
	case 'J':
		status = take_format(context, "json");
		break;
	case 'o':
		context->output.columns = value;
		break;
	case 'n':
		context->output.noheadings = true;
		break;
	case 'c' + 256:
		status = take_color(context, value);
		break;
	case 'u' + 256:
		context->output.human = true;
		break;
	case 'h':
		print_help(context->command);
		return EXIT_ANSWERED;
	case 'V':
		printf("dmascope %s\n", PACKAGE_VERSION);
		return EXIT_ANSWERED;
	default:
		if (context->command && context->command->option)
			status = context->command->option(context, key, value);
	}
	return status == EXIT_ANSWERED ? -1 : status;
}

/* Says what getopt_long() met, in our words: it would print the word as it came. */
static int refuse_option(int key, char **argv)
{
	const char *word = argv[optind - 1];
	char letter[] = { '-', (char)optopt, '\0' };

	/* A letter may stand in the middle of a word: "-nx". */
	if (optopt > 0 && optopt < 256 && !starts_with(word, "--"))
		word = letter;
	if (key == ':')
		complain("%s: the option needs an argument", word);
	else if (optopt != 0 && strchr(word, '='))
		complain("%s: the option takes no argument", word);
	else
		complain("%s: no such option; see dmascope --help", word);
	return EXIT_TROUBLE;
}

/* Parses options up to the command (stop) or anywhere behind it. */
static int parse_options(struct context *context, int argc, char **argv, bool stop)
{
	struct option_table table = { 0 };
	int key;

	/*
	 * getopt(3): a plus sign stops at the first word that is no option; a colon asks
	 * for ':' where an argument is missing.
	 */
	strncpy(table.letters, stop ? "+:" : ":", sizeof(table.letters) - 1);
	opterr = 0;
	if (context->command)
		add_options(&table, context->command->options);
	add_options(&table, global_options);
	while ((key = getopt_long(argc, argv, table.letters, table.options, NULL)) >= 0) {
		int status = key == '?' || key == ':' ? refuse_option(key, argv)
						      : take_option(context, key, optarg);

		if (status >= 0)
			return status;
	}
	return -1;
}

static const struct output_format *default_format(const struct command *command)
{
	return command->format ? output_find_format(command->format) : output_formats;
}

/* Nothing is read before the columns are known to exist and the format to fit. */
static int check_output(struct context *context)
{
	const struct record *record = context->record;
	struct arena arena = { 0 };
	struct list fields;
	const char *bad;
	size_t length;
	int r = 0;

	if (!record && (context->output.format != default_format(context->command) ||
			context->output.columns)) {
		complain("%s draws no table: it takes neither --format nor --columns",
			 context->command->name);
		return EXIT_TROUBLE;
	}
	if (record)
		r = output_choose_fields(&context->output, record, &arena, &fields, &bad,
					 &length);
	arena_free(&arena);
	if (r < 0)
		complain("'%.*s': %s has no such column; see dmascope %s --help",
			 (int)length, bad, context->command->name,
			 context->command->name);
	return r < 0 ? EXIT_TROUBLE : EXIT_ANSWERED;
}

static int dispatch(struct context *context, int argc, char **argv)
{
	const struct command *command;
	int status = parse_options(context, argc, argv, true);

	if (status >= 0)
		return status;
	command = command_find(optind < argc ? argv[optind] : "status");
	if (!command) {
		complain("%s: no such command; see dmascope --help", argv[optind]);
		return EXIT_TROUBLE;
	}
	context->command = command;
	context->output.command = command->name;
	argc -= optind;
	argv += optind;
	if (argc > 0) {
		optind = 0; /* glibc: start anew, argv[0] is the command's name */
		status = parse_options(context, argc, argv, false);
		if (status >= 0)
			return status;
		argc -= optind;
		argv += optind;
	}
	if (context->sysroot && (command->needs & NEED_LIVE)) {
		complain("%s works on the live machine only", command->name);
		return EXIT_TROUBLE;
	}
	if (!context->output.format)
		context->output.format = default_format(command);
	if (!context->record) /* an option may have chosen another */
		context->record = command->record;
	status = check_output(context);
	if (status == EXIT_ANSWERED && (command->needs & NEED_MODEL))
		status = context_load(context, command->facts);
	if (status == EXIT_ANSWERED)
		status = command->run(context, argc, argv);
	return status;
}

/*
 * The number of a standard stream that the caller closed would be that of the next file
 * opened, and what is printed would land there. Opened the wrong way round, it fails as
 * if it were closed.
 */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return;
}

int main(int argc, char **argv)
{
	struct context context = {
		.root = { .fd = -1 },
		.output = {
			.stream = stdout,
			.version = PACKAGE_VERSION,
			.command = "status",
		},
	};
	int status;

	hold_standard_streams();
	setlocale(LC_CTYPE, "");  /* messages stay English: snapshots compare */
	signal(SIGPIPE, SIG_DFL); /* `dmascope devices | head` ends quietly */
	status = dispatch(&context, argc, argv);
	if (context.command && context.command->end)
		status = context.command->end(status, argc, argv);
	if (status != EXIT_TROUBLE && (fflush(stdout) != 0 || ferror(stdout))) {
		complain("standard output: %s", strerror(errno));
		status = EXIT_TROUBLE;
	}
	if (context.root.fd >= 0)
		root_close(&context.root);
	system_free(&context.system);
	return status;
}
