/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry of commands: who asked for what. Only this layer writes to stdout. */
#pragma once

#include <getopt.h>

#include "output/output.h"
#include "source/source.h"

enum { EXIT_ANSWERED = 0, EXIT_NEGATIVE = 1, EXIT_TROUBLE = 2 };

/* An option of one command, or of every command. */
struct option_desc {
	const char *name;
	int key; /* a letter, or a number above 255 for an option without one */
	const char *argument; /* as --help names it; NULL for none */
	const char *help;
	const char *const *values; /* the words it takes, ends with NULL; NULL for any */
};

enum command_needs {
	NEED_MODEL = 1 << 0, /* main opens the root, reads the sources and analyzes */
	NEED_LIVE = 1 << 1,  /* --sysroot makes no sense */
	NEED_ISOLATION =
		1 << 2, /* with the model: what is known of each group's isolation */
};

struct context;
struct snippet;

struct command {
	const char *name;
	const char *arguments; /* as --help shows them, "" for none */
	const char *summary;
	const struct option_desc *options; /* ends with a NULL name; may be NULL */
	const struct record *record;	   /* what it shows; NULL for none */
	/* What it shows besides or on another question; ends with NULL. May be NULL. */
	const struct record *const *more;
	const char *format; /* what it writes unless asked; NULL for a table */
	unsigned int needs; /* enum command_needs */
	unsigned int facts; /* enum source_facts, for NEED_MODEL */
	/* Takes an option of its own; returns an exit status above 0 on a wrong value. */
	int (*option)(struct context *context, int key, const char *value);
	int (*run)(struct context *context, int count, char **arguments_given);
	/*
	 * Turns the exit status into the one that the caller wants; may be NULL. The
	 * words are those of the command line, for it may be they that are wrong.
	 */
	int (*end)(int status, int count, char **words);
};

struct context {
	const struct command *command;
	const struct record *record; /* of the answer: one of the command's */
	struct sheet about;	     /* what the answer is about, in JSON; may be empty */
	struct output output;
	const char *sysroot;
	struct root root;
	struct system system;
	const char *note;	       /* a sentence or two below a table, or NULL */
	bool redact;		       /* snapshot */
	bool why;		       /* devices */
	uint64_t memory;	       /* ready */
	bool follow, each, verbose;    /* faults */
	const struct snippet *snippet; /* ready: what to write instead of an answer */
};

/* Ends with NULL. */
extern const struct command *const commands[];
extern const struct option_desc global_options[];

const struct command *command_find(const char *name);

/* "dmascope: …" on stderr, one line. */
void complain(const char *format, ...) _printf_(1, 2);

/* Opens the root or says why not. An exit status. */
int context_open(struct context *context);

/* Opens the root, reads what the command needs, analyzes. An exit status. */
int context_load(struct context *context, unsigned int facts);

/* Writes the answer and what was unread; an exit status. */
int context_answer(struct context *context, const struct list *objects);

/*
 * The devices that arguments of the form [SEGMENT:]BUS:DEVICE[.FUNCTION] name, all
 * without any; EXIT_TROUBLE when one names nothing.
 */
int context_choose_devices(struct context *context, int count, char **arguments,
			   struct list *ret);

/* Reads what is mapped for these devices and for what shares their groups. */
void context_read_mappings(struct context *context, const struct list *devices);

/* What could not be seen, a line on stderr for each reason. */
void tell_unread(const struct list *unread);

/* Whether the answer is a table for people. */
bool is_text(const struct context *context);

/* How many findings of the audit there are, of which kind, in a sentence of the arena. */
const char *audit_sum_up(struct system *system, const struct list *findings);

void print_help(const struct command *command);

extern const struct command command_status;
extern const struct command command_devices;
extern const struct command command_groups;
extern const struct command command_units;
extern const struct command command_tables;
extern const struct command command_path;
extern const struct command command_reach;
extern const struct command command_iomem;
extern const struct command command_channels;
extern const struct command command_cmdline;
extern const struct command command_faults;
extern const struct command command_audit;
extern const struct command command_explain;
extern const struct command command_ready;
extern const struct command command_leaks;
extern const struct command command_diff;
extern const struct command command_bench;
extern const struct command command_watch;
extern const struct command command_metrics;
extern const struct command command_snapshot;
extern const struct command command_report;
