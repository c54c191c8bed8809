/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judgements: checks, which are pure functions of the model, and what they found. */
#pragma once

#include "analyze/analyze.h"

/* What a finding weighs; the names are those of the contract with users. */
enum severity {
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITY_SKIP, /* in a profile: the check is not for machines of this kind */
};

enum finding_status {
	FINDING_FAIL,
	FINDING_UNKNOWN,
	FINDING_PASS,
	FINDING_NOT_APPLICABLE,
	FINDING_SUPPRESSED,
};

/* What a machine is for. */
enum profile { PROFILE_HOST, PROFILE_LAPTOP, PROFILE_HYPERVISOR, PROFILE_P2P, PROFILES };

/* What a check looks at, one after the other. */
enum about {
	ABOUT_HOST,	   /* struct system */
	ABOUT_TABLE,	   /* struct firmware_table */
	ABOUT_PARAMETER,   /* struct parameter */
	ABOUT_THUNDERBOLT, /* struct thunderbolt_domain */
	ABOUT_DEVICE,	   /* struct device */
	ABOUT_GROUP,	   /* struct group, those of IOMMUs alone */
	ABOUTS
};

/* A severity in a profile's place, where it is not the check's own. */
#define GRADE(severity) (1 + SEVERITY_##severity)

struct audit;

struct check {
	const char *id; /* stable; users write it into their policies */
	enum severity severity;
	unsigned char in_profile[PROFILES]; /* GRADE(); 0: its severity */
	enum about about;
	const char *title;   /* what holds where it passes, as a sentence */
	const char *failure; /* what holds where it fails */
	const char *impact;  /* what that means to somebody */
	const char *verify;  /* how to see it without dmascope */
	const char *remedy;
	const char *reference; /* a file of the kernel's documentation, a section */
	enum finding_status (*run)(struct audit *audit, const void *object);
};

struct evidence {
	struct fact_str path; /* the file that says so; absent where it is no file */
	const char *value;
};

struct finding {
	const struct check *check;
	struct fact_enum severity, status;
	struct fact_str subject;
	const char *title;
	struct fact_list evidence; /* struct evidence */
	struct fact_str remedy;	   /* absent where nothing is to be mended */
	struct fact_str reason;	   /* of a policy that changed it */
};

/* A policy's word on a check. */
struct ruling {
	const struct check *check;
	bool skip;
	bool regrades;
	enum severity severity;
	struct list subjects; /* shell patterns (char *); none: whatever the subject */
	const char *reason;
};

/* What is handed to a check: for its evidence, and to say more than its table does. */
struct audit {
	struct system *system;
	enum profile profile;
	const struct list *rulings; /* struct ruling */
	struct finding finding;	    /* the one that is being written */
	bool terse;		    /* one of many: why it passes is not written down */
	const char *beside;	    /* why it did not apply to the first of those */
};

/* The next check behind one, the first behind NULL; NULL behind the last. */
const struct check *check_next(const struct check *check);
const struct check *check_find(const char *id);

enum severity check_severity(const struct check *check, enum profile profile);

/*
 * Asks every check of the profile about everything that it is about: struct finding, the
 * worst first. Each object of which it fails or cannot tell is a finding; where it holds
 * of all it is one. Wants analyze_isolation() and analyze_firmware().
 */
void audit_run(struct system *system, enum profile profile, const struct list *rulings,
	       struct list *ret);

/*
 * What fails or is unknown, by check, severity and status; and how many checks passed,
 * failed, could not be answered or did not apply, without a policy. struct tally, added
 * to a list that tally_finish() makes of it.
 */
void audit_tally_findings(struct system *system, const struct list *findings,
			  struct list *ret);
void audit_tally_checks(struct system *system, const struct list *findings,
			struct list *ret);

/* For reading: findings of one check and status become one, with all their subjects. */
void audit_join(struct system *system, const struct list *findings, struct list *ret);

/*
 * Reads a policy: struct ruling, in the arena. -EINVAL with a sentence where it is none.
 */
int policy_parse(struct arena *arena, const char *text, size_t size, struct list *ret,
		 const char **ret_problem);

/* Which ruling a policy has for a subject; the last one; or NULL. */
const struct ruling *policy_find(const struct list *rulings, const struct check *check,
				 const char *subject);

/*
 * For checks. Each adds a line of evidence and returns the status of its name; path may
 * be NULL. What is written stays in the system's arena.
 */
enum finding_status audit_fails(struct audit *audit, const char *path, const char *format,
				...) _printf_(3, 4);
enum finding_status audit_passes(struct audit *audit, const char *path,
				 const char *format, ...) _printf_(3, 4);
enum finding_status audit_is_beside(struct audit *audit, const char *why);
/* The file could not be read: for the reason that was noted when it was tried. */
enum finding_status audit_cannot_see(struct audit *audit, const char *path);
void audit_evidence(struct audit *audit, const char *path, const char *format, ...)
	_printf_(3, 4);
/* Says what to do about this one, and how much this one weighs. */
void audit_remedy(struct audit *audit, const char *format, ...) _printf_(2, 3);
void audit_grade(struct audit *audit, enum severity severity);
/* "/sys/bus/pci/devices/0000:00:1f.2/config", in the arena. */
const char *audit_attr(struct audit *audit, const struct device *device,
		       const char *attribute);
const char *audit_group_attr(struct audit *audit, const struct group *group,
			     const char *attribute);

/* Each ends with a NULL id. */
extern const struct check firmware_checks[], kernel_checks[], device_checks[],
	isolation_checks[];

extern const struct record finding_record;
extern const struct record check_record;
extern const struct enum_name severity_names[];
extern const struct enum_name finding_status_names[];
/* Each ends with NULL. */
extern const char *const profile_names[];
extern const char *const severity_words[];
