// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks every check about everything that it is about. */

#include "audit/audit.h"

#include "base/text.h"

static const struct check *const families[] = {
	firmware_checks,
	kernel_checks,
	device_checks,
	isolation_checks,
};

const struct check *check_next(const struct check *check)
{
	size_t family = 0;

	if (!check)
		return families[0];
	if (check[1].id)
		return check + 1;
	/* At the end of its array: the family is the one that holds it. */
	while (family < ARRAY_SIZE(families)) {
		const struct check *member = families[family++];

		while (member->id && member != check)
			member++;
		if (member == check)
			break;
	}
	return family < ARRAY_SIZE(families) ? families[family] : NULL;
}

const struct check *check_find(const char *id)
{
	for (const struct check *check = NULL; (check = check_next(check));)
		if (streq(check->id, id))
			return check;
	return NULL;
}

enum severity check_severity(const struct check *check, enum profile profile)
{
	unsigned char graded = check->in_profile[profile];

	return graded > 0 ? (enum severity)(graded - 1) : check->severity;
}

/* The objects that a check is about, and whether they could be listed. */
struct subjects {
	const struct list *list;
	enum fact_state state;
	const char *path;   /* where they are listed */
	const char *none;   /* what to say where there is none */
	const char *hidden; /* why there may be some all the same; or NULL */
};

/*
 * Until USB4 had a class, the host interfaces of Intel's controllers were "other system
 * peripherals", as much else is: their identifiers are those of pci.ids.
 */
static bool is_thunderbolt(const struct device *device)
{
	enum { CLASS_USB4 = 0x0c0340, CLASS_OTHER = 0x088000, VENDOR_INTEL = 0x8086 };
	static const uint16_t interfaces[] = {
		0x1137, 0x1513, 0x151a, 0x151b, 0x1547, 0x1548, 0x1549, 0x1566, 0x1568,
		0x156a, 0x156c, 0x1575, 0x1577, 0x157d, 0x15bf, 0x15d2, 0x15d9, 0x15e8,
		0x15eb, 0x463e, 0x466d, 0x8a0d, 0x8a17, 0x9a1b, 0x9a1d, 0x9a1f, 0x9a21,
	};

	if (device->class_id.state != FACT_KNOWN)
		return false;
	if (device->class_id.value == CLASS_USB4)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++)
		if (device->class_id.value == CLASS_OTHER &&
		    device->vendor_id.state == FACT_KNOWN &&
		    device->vendor_id.value == VENDOR_INTEL &&
		    device->device_id.value == interfaces[i])
			return true;
	return false;
}

/* A controller whose driver is not loaded has no Thunderbolt domain. */
static const char *hidden_thunderbolt(struct system *system)
{
	LIST_FOR_EACH (&system->devices, const struct device, device)
		if (system->thunderbolt.count == 0 && is_thunderbolt(device))
			return arena_printf(
				&system->arena,
				"%s is a Thunderbolt or USB4 controller, and no driver "
				"of it says what it lets through",
				device->bdf);
	return NULL;
}

static struct subjects subjects_of(struct system *system, enum about about)
{
	switch (about) {
	case ABOUT_TABLE:
		return (struct subjects){ &system->tables, system->tables_state,
					  "/sys/firmware/acpi/tables",
					  "the firmware has no table of this kind" };
	case ABOUT_PARAMETER:
		return (struct subjects){
			&system->parameters, system->cmdline.state, "/proc/cmdline",
			"no parameter on the command line bears on DMA"
		};
	case ABOUT_THUNDERBOLT:
		return (struct subjects){ &system->thunderbolt, system->thunderbolt_state,
					  "/sys/bus/thunderbolt/devices",
					  "there is no Thunderbolt controller",
					  hidden_thunderbolt(system) };
	case ABOUT_DEVICE:
		return (struct subjects){ &system->devices, system->devices_state,
					  "/sys/bus/pci/devices",
					  "there is no such PCI function" };
	default:
		return (struct subjects){ &system->groups, system->groups_state,
					  "/sys/kernel/iommu_groups",
					  "there is no IOMMU group" };
	}
}

static const char *parameter_text(struct system *system,
				  const struct parameter *parameter)
{
	return parameter->value ? arena_printf(&system->arena, "%s=%s", parameter->name,
					       parameter->value)
				: parameter->name;
}

/* Whether the same words stand on the command line before. */
static bool is_repeated(const struct system *system, const struct parameter *parameter)
{
	LIST_FOR_EACH (&system->parameters, const struct parameter, before) {
		if (before == parameter)
			break;
		if (streq(before->name, parameter->name) &&
		    !before->value == !parameter->value &&
		    (!before->value || streq(before->value, parameter->value)))
			return true;
	}
	return false;
}

static const char *subject_name(struct system *system, enum about about,
				const void *object)
{
	switch (about) {
	case ABOUT_TABLE:
		return path_name(((const struct firmware_table *)object)->file);
	case ABOUT_PARAMETER: {
		const struct parameter *parameter = object;
		const char *text = parameter_text(system, parameter);

		return is_repeated(system, parameter)
			       ? arena_printf(&system->arena, "%s (word %llu)", text,
					      (unsigned long long)parameter->number.value)
			       : text;
	}
	case ABOUT_THUNDERBOLT:
		return ((const struct thunderbolt_domain *)object)->name;
	case ABOUT_DEVICE:
		return ((const struct device *)object)->bdf;
	case ABOUT_GROUP:
		return arena_printf(
			&system->arena, "group %llu",
			(unsigned long long)((const struct group *)object)->id.value);
	default:
		return "host";
	}
}

/* What a check came to, over all that it was asked about. */
struct tally {
	size_t counts[FINDING_SUPPRESSED + 1];
	struct finding last; /* of those that are not listed one by one */
};

static struct finding new_finding(const struct audit *audit, const struct check *check,
				  const char *subject, enum finding_status status)
{
	bool failed = status == FINDING_FAIL || status == FINDING_SUPPRESSED;

	return (struct finding){
		.check = check,
		.severity = KNOWN_ENUM((int)check_severity(check, audit->profile)),
		.status = KNOWN_ENUM((int)status),
		.subject = KNOWN_STR(subject),
		.title = failed ? check->failure : check->title,
		.evidence.state = FACT_KNOWN,
		.remedy.state = FACT_ABSENT,
		.reason.state = FACT_ABSENT,
	};
}

/* Adds a copy of the finding that was written. */
static void keep(const struct audit *audit, struct list *ret)
{
	struct finding *kept = arena_new(&audit->system->arena, struct finding);

	*kept = audit->finding;
	list_add(&audit->system->arena, ret, kept);
}

/* What a policy says of a finding; the ruling may be NULL. */
static void apply(const struct ruling *ruling, struct finding *finding)
{
	if (!ruling)
		return;
	finding->reason = KNOWN_STR(ruling->reason);
	if (ruling->skip && finding->status.value < FINDING_PASS)
		finding->status = KNOWN_ENUM(FINDING_SUPPRESSED);
	if (ruling->regrades)
		finding->severity = KNOWN_ENUM((int)ruling->severity);
}

static void ask(struct audit *audit, const struct check *check, const void *object,
		struct tally *tally, struct list *ret)
{
	const char *subject = subject_name(audit->system, check->about, object);
	const struct ruling *ruling = policy_find(audit->rulings, check, subject);
	struct finding *finding = &audit->finding;
	enum finding_status status;

	*finding = new_finding(audit, check, subject, FINDING_FAIL);
	finding->remedy = KNOWN_STR(check->remedy);
	finding->status = KNOWN_ENUM((int)check->run(audit, object));
	apply(ruling, finding);
	status = (enum finding_status)finding->status.value;
	if (status != FINDING_FAIL)
		finding->remedy = (struct fact_str){ FACT_ABSENT, NULL };
	if (status != FINDING_FAIL && status != FINDING_SUPPRESSED)
		finding->title = check->title;
	tally->counts[status]++;
	if (status == FINDING_PASS || status == FINDING_NOT_APPLICABLE)
		tally->last = *finding;
	else
		keep(audit, ret);
}

/* One finding for all of which it holds: of many the number alone is of interest. */
static void add_rest(struct audit *audit, const struct check *check,
		     const struct tally *tally, const char *path, const char *none,
		     struct list *ret)
{
	size_t passed = tally->counts[FINDING_PASS];

	audit->finding = new_finding(audit, check, "host",
				     passed > 0 ? FINDING_PASS : FINDING_NOT_APPLICABLE);
	if (tally->last.evidence.list.count > 0) {
		audit->finding.evidence = tally->last.evidence;
		audit->finding.subject = tally->last.subject;
	} else if (passed > 0) {
		audit_evidence(audit, path, "holds of all %zu that it was asked of",
			       passed);
	} else {
		audit_evidence(audit, path, "%s", audit->beside ? audit->beside : none);
	}
	if (tally->last.reason.state == FACT_KNOWN)
		audit->finding.reason = tally->last.reason;
	keep(audit, ret);
}

static void add_unlisted(struct audit *audit, const struct check *check,
			 const struct subjects *subjects, struct list *ret)
{
	audit->finding = new_finding(audit, check, "host", FINDING_UNKNOWN);
	if (subjects->hidden)
		audit_evidence(audit, subjects->path, "%s", subjects->hidden);
	else
		audit_cannot_see(audit, subjects->path);
	apply(policy_find(audit->rulings, check, "host"), &audit->finding);
	keep(audit, ret);
}

static bool is_asked(const struct check *check, const void *object)
{
	/* Groups without an IOMMU are VFIO's, and a check of their own. */
	return check->about != ABOUT_GROUP ||
	       !known_str(((const struct group *)object)->name, "vfio-noiommu");
}

static void ask_all(struct audit *audit, const struct check *check, struct list *ret)
{
	struct subjects subjects = subjects_of(audit->system, check->about);
	struct tally tally = { 0 };

	audit->terse = check->about != ABOUT_HOST && subjects.list->count > 1;
	audit->beside = NULL;
	if (check->about == ABOUT_HOST) {
		ask(audit, check, audit->system, &tally, ret);
	} else if (!subjects.hidden &&
		   (subjects.state == FACT_KNOWN || subjects.state == FACT_ABSENT)) {
		LIST_FOR_EACH (subjects.list, const void, object)
			if (is_asked(check, object))
				ask(audit, check, object, &tally, ret);
	} else {
		add_unlisted(audit, check, &subjects, ret);
		return;
	}
	if (tally.counts[FINDING_FAIL] + tally.counts[FINDING_UNKNOWN] +
		    tally.counts[FINDING_SUPPRESSED] ==
	    0)
		add_rest(audit, check, &tally, subjects.path, subjects.none, ret);
}

/* What fails before what is unknown, the worst first, else in the order of the table. */
static void sort_findings(struct arena *arena, struct list *findings)
{
	struct list sorted = { 0 };

	for (int status = FINDING_FAIL; status <= FINDING_SUPPRESSED; status++)
		for (int grade = SEVERITY_CRITICAL; grade >= SEVERITY_INFO; grade--)
			LIST_FOR_EACH (findings, struct finding, finding)
				if (finding->status.value == status &&
				    finding->severity.value == grade)
					list_add(arena, &sorted, finding);
	*findings = sorted;
}

void audit_run(struct system *system, enum profile profile, const struct list *rulings,
	       struct list *ret)
{
	struct audit audit = { .system = system, .profile = profile, .rulings = rulings };

	for (const struct check *check = NULL; (check = check_next(check));)
		if (check_severity(check, profile) != SEVERITY_SKIP)
			ask_all(&audit, check, ret);
	sort_findings(&system->arena, ret);
}

enum { SUBJECTS_NAMED = 8, EVIDENCE_SHOWN = 6 };

/* A line that says the same, of this place or another; NULL where there is none. */
static const struct evidence *find_line(const struct list *lines, const char *value)
{
	LIST_FOR_EACH (lines, const struct evidence, line)
		if (streq(line->value, value))
			return line;
	return NULL;
}

static bool is_same_place(const struct evidence *a, const struct evidence *b)
{
	const char *path = known_text(a->path), *other = known_text(b->path);

	return path && other ? streq(path, other) : path == other;
}

/* Adds a text behind the others, unless it is the same as the last one. */
static void add_part(struct strbuf *text, const char *between, const char *part,
		     const char *last)
{
	if (last && streq(last, part))
		return;
	strbuf_printf(text, "%s%s", text->length > 0 ? between : "", part);
}

/* Several findings with one check, status and severity, as one. */
static void join(struct system *system, const struct list *findings, size_t first,
		 size_t end, struct list *ret)
{
	struct audit audit = { .system = system,
			       .finding = *(struct finding *)findings->items[first] };
	_cleanup_strbuf_ struct strbuf subjects = { 0 }, remedies = { 0 };
	const char *subject = NULL, *remedy = NULL;
	struct list *lines = &audit.finding.evidence.list;
	size_t left_out = 0;

	*lines = (struct list){ 0 };
	for (size_t i = first; i < end; i++) {
		const struct finding *finding = findings->items[i];

		if (i - first < SUBJECTS_NAMED) {
			add_part(&subjects, ", ", finding->subject.value, subject);
			subject = finding->subject.value;
		}
		if (i - first < SUBJECTS_NAMED && finding->remedy.state == FACT_KNOWN) {
			add_part(&remedies, "; ", finding->remedy.value, remedy);
			remedy = finding->remedy.value;
		}
		LIST_FOR_EACH (&finding->evidence.list, const struct evidence, evidence) {
			const struct evidence *line = find_line(lines, evidence->value);

			if (!line && lines->count < EVIDENCE_SHOWN)
				list_add(&system->arena, lines, evidence);
			else if (!line || !is_same_place(line, evidence))
				left_out++;
		}
	}
	if (end - first > SUBJECTS_NAMED)
		strbuf_printf(&subjects, " and %zu more", end - first - SUBJECTS_NAMED);
	if (left_out > 0)
		audit_evidence(&audit, NULL, "and %zu more: dmascope audit --json",
			       left_out);
	audit.finding.subject =
		KNOWN_STR(arena_strdup(&system->arena, strbuf_text(&subjects)));
	if (remedies.length > 0)
		audit.finding.remedy =
			KNOWN_STR(arena_strdup(&system->arena, strbuf_text(&remedies)));
	keep(&audit, ret);
}

static bool reads_alike(const struct finding *a, const struct finding *b)
{
	return a->check == b->check && a->status.value == b->status.value &&
	       a->severity.value == b->severity.value &&
	       a->reason.state == b->reason.state &&
	       (a->reason.state != FACT_KNOWN || streq(a->reason.value, b->reason.value));
}

void audit_join(struct system *system, const struct list *findings, struct list *ret)
{
	for (size_t first = 0, end; first < findings->count; first = end) {
		end = first + 1;
		while (end < findings->count &&
		       reads_alike(findings->items[first], findings->items[end]))
			end++;
		if (end - first == 1)
			list_add(&system->arena, ret, findings->items[first]);
		else
			join(system, findings, first, end, ret);
	}
}
