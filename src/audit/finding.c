// SPDX-License-Identifier: GPL-2.0-or-later
/* What a finding and a check say of themselves, and how checks fill a finding in. */

#include "audit/audit.h"

#include <stdarg.h>

const struct enum_name severity_names[] = {
	[SEVERITY_INFO] = { "info", MOOD_DIM, "worth knowing" },
	[SEVERITY_LOW] = { "low", MOOD_NONE,
			   "a setting that does not do what it should" },
	[SEVERITY_MEDIUM] = { "medium", MOOD_WARN,
			      "a layer of protection is missing, others are left" },
	[SEVERITY_HIGH] = { "high", MOOD_BAD,
			    "a device may read or write what is not its own" },
	[SEVERITY_CRITICAL] = { "critical", MOOD_BAD,
				"so may whoever can plug one in, or a guest" },
	{ 0 },
};

const char *const severity_words[] = {
	"info", "low", "medium", "high", "critical", NULL
};

const char *const profile_names[] = { "host", "laptop", "hypervisor", "p2p", NULL };

const struct enum_name finding_status_names[] = {
	[FINDING_FAIL] = { "fail", MOOD_BAD, "it is not as it should be" },
	[FINDING_UNKNOWN] = { "unknown", MOOD_WARN,
			      "what decides it could not be seen; the evidence says "
			      "why" },
	[FINDING_PASS] = { "pass", MOOD_GOOD, "it is as it should be" },
	[FINDING_NOT_APPLICABLE] = { "not-applicable", MOOD_DIM,
				     "there is nothing here that it could be asked of" },
	[FINDING_SUPPRESSED] = { "suppressed", MOOD_DIM,
				 "a policy says not to look; its reason stands there" },
	{ 0 },
};

static void get_id(const void *object, struct value *ret)
{
	const struct finding *finding = object;

	ret->state = finding->check ? FACT_KNOWN : FACT_UNREAD;
	ret->text = finding->check ? finding->check->id : NULL;
}

static void get_reference(const void *object, struct value *ret)
{
	const struct finding *finding = object;

	ret->state = finding->check ? FACT_KNOWN : FACT_UNREAD;
	ret->text = finding->check ? finding->check->reference : NULL;
}

static void get_path(const void *object, struct value *ret)
{
	const struct evidence *evidence = object;

	ret->state = evidence->path.state;
	ret->text = evidence->path.value;
	if (ret->state == FACT_KNOWN) {
		snprintf(ret->scratch, sizeof(ret->scratch), "(%s)",
			 evidence->path.value);
		ret->text = ret->scratch;
	}
}

static const struct field evidence_fields[] = {
	FIELD(struct evidence, value, "VALUE", F_STR, F_SHOW, "what it says"),
	FIELD_MADE("place", "PLACE", F_STR, F_BRANCH | F_TEXT_ONLY, "where it says so",
		   get_path),
	FIELD(struct evidence, path, "PATH", F_STR, F_SHOW, "the file that says so"),
};

static const struct record evidence_record =
	RECORD("evidence", "evidence_item", "what a finding rests on", evidence_fields);

/* "high: Interrupts are not remapped [interrupt-remapping-off]" */
static void get_finding(const void *object, struct value *ret)
{
	const struct finding *finding = object;
	const struct enum_name *word;

	ret->state = finding->status.state;
	if (ret->state != FACT_KNOWN)
		return;
	word = finding->status.value == FINDING_FAIL
		       ? &severity_names[finding->severity.value]
		       : &finding_status_names[finding->status.value];
	ret->text = ret->scratch;
	ret->mood = word->mood;
	snprintf(ret->scratch, sizeof(ret->scratch), "%s: %s [%s]", word->name,
		 finding->title, finding->check->id);
}

static const struct field fields[] = {
	FIELD_MADE("finding", "FINDING", F_STR, F_SHOW | F_WRAP | F_TEXT_ONLY,
		   "severity, what is found, and the check's name", get_finding),
	FIELD(struct finding, severity, "SEVERITY", F_ENUM, F_INFO,
	      "what it weighs on a machine of this profile", .names = severity_names),
	FIELD(struct finding, status, "STATUS", F_ENUM, F_INFO, "what came of the check",
	      .names = finding_status_names),
	FIELD_MADE("id", "ID", F_STR, F_LABEL,
		   "name of the check, for policies and audit explain", get_id),
	FIELD(struct finding, title, "TITLE", F_STR, F_WRAP, "what is found"),
	FIELD(struct finding, subject, "SUBJECT", F_STR, F_SHOW | F_LABEL,
	      "what it is about: a function, group, table, parameter, or the host"),
	FIELD(struct finding, evidence, "EVIDENCE", F_RECORDS, F_SHOW,
	      "what says so, and where", .record = &evidence_record),
	FIELD(struct finding, remedy, "REMEDY", F_STR, F_SHOW | F_WRAP | F_OPTIONAL,
	      "what to do about it; absent where there is nothing to mend"),
	FIELD(struct finding, reason, "POLICY", F_STR, F_DETAIL | F_WRAP | F_OPTIONAL,
	      "why a policy skips or re-grades it, in its words"),
	FIELD_MADE("reference", "REFERENCE", F_STR, F_WRAP, "where to read more",
		   get_reference),
};

const struct record finding_record =
	RECORD("findings", "finding", "what the checks of the audit came to", fields);

static void get_severity(const void *object, struct value *ret)
{
	const struct check *check = object;

	ret->state = check->id ? FACT_KNOWN : FACT_UNREAD;
	ret->text = severity_names[check->severity].name;
	ret->mood = severity_names[check->severity].mood;
}

static void get_about(const void *object, struct value *ret)
{
	static const char *const names[] = {
		[ABOUT_HOST] = "host",
		[ABOUT_TABLE] = "firmware table",
		[ABOUT_PARAMETER] = "parameter",
		[ABOUT_THUNDERBOLT] = "Thunderbolt domain",
		[ABOUT_DEVICE] = "PCI function",
		[ABOUT_GROUP] = "IOMMU group",
	};
	const struct check *check = object;

	ret->state = check->id ? FACT_KNOWN : FACT_UNREAD;
	ret->text = names[check->about];
}

/* "laptop: critical, p2p: not asked": the profiles in which it weighs something else. */
static void get_profiles(const void *object, struct value *ret)
{
	const struct check *check = object;
	size_t at = 0;

	ret->state = check->id ? FACT_ABSENT : FACT_UNREAD;
	ret->text = ret->scratch;
	for (int i = 0; i < PROFILES; i++) {
		enum severity severity = check_severity(check, (enum profile)i);

		if (severity == check->severity)
			continue;
		ret->state = FACT_KNOWN;
		at += (size_t)snprintf(ret->scratch + at, sizeof(ret->scratch) - at,
				       "%s%s: %s", at > 0 ? ", " : "", profile_names[i],
				       severity == SEVERITY_SKIP
					       ? "not asked"
					       : severity_names[severity].name);
	}
}

static const struct field check_fields[] = {
	FIELD(struct check, id, "ID", F_STR, F_SHOW | F_LABEL, "name of the check"),
	FIELD_MADE("severity", "SEVERITY", F_STR, F_SHOW, "what a failure weighs",
		   get_severity),
	FIELD_MADE("profiles", "PROFILES", F_STR, F_DETAIL | F_OPTIONAL,
		   "profiles in which it weighs something else", get_profiles),
	FIELD_MADE("about", "ABOUT", F_STR, F_SHOW, "what it is asked of", get_about),
	FIELD(struct check, title, "TITLE", F_STR, F_SHOW | F_WRAP,
	      "what holds where it passes"),
	FIELD(struct check, failure, "FAILURE", F_STR, F_DETAIL | F_WRAP,
	      "what holds where it fails"),
	FIELD(struct check, impact, "IMPACT", F_STR, F_DETAIL | F_WRAP,
	      "what that means"),
	FIELD(struct check, verify, "VERIFY", F_STR, F_DETAIL | F_WRAP,
	      "how to see it by hand"),
	FIELD(struct check, remedy, "REMEDY", F_STR, F_DETAIL | F_WRAP,
	      "what to do about it"),
	FIELD(struct check, reference, "REFERENCE", F_STR, F_DETAIL | F_WRAP,
	      "where to read more"),
};

const struct record check_record =
	RECORD("checks", "check", "what the audit asks", check_fields);

static const char *_printf_(2, 0)
	write_text(struct audit *audit, const char *format, va_list arguments)
{
	_cleanup_free_ char *text = NULL;

	/* Of any length: a remedy may name every port of a machine. */
	if (vasprintf(&text, format, arguments) < 0)
		return "";
	return arena_strdup(&audit->system->arena, text);
}

static _printf_(3, 0) void add_evidence(struct audit *audit, const char *path,
					const char *format, va_list arguments)
{
	struct evidence *evidence = arena_new(&audit->system->arena, struct evidence);

	evidence->path = path ? KNOWN_STR(path) : (struct fact_str){ FACT_ABSENT, NULL };
	evidence->value = write_text(audit, format, arguments);
	audit->finding.evidence.state = FACT_KNOWN;
	list_add(&audit->system->arena, &audit->finding.evidence.list, evidence);
}

void audit_evidence(struct audit *audit, const char *path, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_evidence(audit, path, format, arguments);
	va_end(arguments);
}

enum finding_status audit_fails(struct audit *audit, const char *path, const char *format,
				...)
{
	va_list arguments;

	va_start(arguments, format);
	add_evidence(audit, path, format, arguments);
	va_end(arguments);
	return FINDING_FAIL;
}

enum finding_status audit_passes(struct audit *audit, const char *path,
				 const char *format, ...)
{
	va_list arguments;

	if (audit->terse)
		return FINDING_PASS;
	va_start(arguments, format);
	add_evidence(audit, path, format, arguments);
	va_end(arguments);
	return FINDING_PASS;
}

enum finding_status audit_is_beside(struct audit *audit, const char *why)
{
	if (!audit->beside)
		audit->beside = why;
	if (!audit->terse)
		audit_evidence(audit, NULL, "%s", why);
	return FINDING_NOT_APPLICABLE;
}

enum finding_status audit_cannot_see(struct audit *audit, const char *path)
{
	LIST_FOR_EACH (&audit->system->unread, const struct unread, unread)
		if (streq(unread->path, path)) {
			audit_evidence(audit, path, "%s", unread->reason);
			return FINDING_UNKNOWN;
		}
	audit_evidence(audit, path, "does not tell");
	return FINDING_UNKNOWN;
}

void audit_remedy(struct audit *audit, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	audit->finding.remedy = KNOWN_STR(write_text(audit, format, arguments));
	va_end(arguments);
}

void audit_grade(struct audit *audit, enum severity severity)
{
	audit->finding.severity = KNOWN_ENUM((int)severity);
}

const char *audit_attr(struct audit *audit, const struct device *device,
		       const char *attribute)
{
	return arena_printf(&audit->system->arena, "/sys/bus/pci/devices/%s/%s",
			    device->bdf, attribute);
}

const char *audit_group_attr(struct audit *audit, const struct group *group,
			     const char *attribute)
{
	return arena_printf(&audit->system->arena, "/sys/kernel/iommu_groups/%llu/%s",
			    (unsigned long long)group->id.value, attribute);
}
