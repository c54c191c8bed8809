// SPDX-License-Identifier: GPL-2.0-or-later
/* What each parameter of the kernel command line does on this kernel and this machine. */

#include "analyze/analyze.h"
#include "analyze/verdict.h"

/* The option that has its way over this one, if it is another. */
static const struct given *rival(const struct system *system, const struct given *given)
{
	enum setting setting = given->option->setting;
	const struct given *last;

	if (setting != SETTING_NONE)
		return given_decider(system, setting);
	last = given_last(system, given->parameter);
	if (given->parameter->form == FORM_LIST || given->parameter->form == FORM_FLAG ||
	    (last && last->argument == given->argument))
		return NULL;
	return last;
}

static bool says_the_same(const struct given *a, const struct given *b)
{
	if (a->option->setting == SETTING_NONE || a->option->value == SET_NUMBER)
		return a->text && b->text && streq(a->text, b->text);
	return a->option->value == b->option->value;
}

static const struct module_parameter *in_force(const struct system *system,
					       const struct kernel_parameter *parameter)
{
	LIST_FOR_EACH (&system->module_parameters, const struct module_parameter, read)
		if (read->known == parameter)
			return read;
	return NULL;
}

/* Is a value in /sys/module what was asked for? Truth values read back as Y and N. */
static bool reads_back(const struct given *given, const char *value)
{
	uint64_t wanted, got;

	if (given->parameter->form == FORM_BOOL)
		return streq(value, streq(given->option->text, "1") ? "Y" : "N");
	if (given->text && parse_u64(given->text, 0, &wanted) == 0 &&
	    parse_u64(value, 10, &got) == 0)
		return wanted == got;
	return given->text && streq(value, given->text);
}

static struct parameter_verdict look_at_module(struct system *system,
					       const struct given *given,
					       const struct module_parameter *read)
{
	struct arena *arena = &system->arena;
	const char *path = arena_printf(arena, "/sys/module/%s/parameters/%s",
					read->module, read->name);

	if (read->value.state == FACT_ABSENT)
		return nothing(arena_printf(
			arena, "the module of this kernel has no such parameter: no %s",
			path));
	if (read->value.state != FACT_KNOWN)
		return unknown(arena_printf(arena, "%s could not be read", path));
	if (!reads_back(given, read->value.value))
		return overridden(
			arena_printf(arena, "but %s reads %s", path, read->value.value));
	return effective(
		given_proof(system, given,
			    arena_printf(arena, "%s reads %s", path, read->value.value)),
		(struct fact_bool){ 0 });
}

/* Kernels whose makers are known to add the patch. */
static struct parameter_verdict judge_patch(const struct system *system,
					    const struct given *given)
{
	static const char *const signs[] = { "-pve",  "zen", "lqx",   "xanmod",
					     "cachy", "acs", "Unraid" };
	const char *release = known_text(system->host.kernel);

	if (!release)
		return unknown(
			"which kernel this is could not be read; only a patch that "
			"Linux never took reads it");
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strcasestr(release, signs[i]))
			return unknown("only a patch that Linux never took reads it; "
				       "kernels of this name often have it");
	return nothing("only a patch that Linux never took reads it");
}

/* What an option does that decides, or has nobody to contend with. */
static struct parameter_verdict judge_decider(struct system *system,
					      const struct given *given)
{
	const struct module_parameter *read = in_force(system, given->parameter);
	struct parameter_verdict seen;

	if (given->parameter->form == FORM_IDS)
		seen = look_at_identifier(system, given);
	else if (given->option->flags & OPTION_FUNCTIONS)
		seen = look_at_functions(system, given);
	else if (read)
		seen = look_at_module(system, given, read);
	else
		seen = look_at_setting(system, given);
	/* What is there to see counts more than what could not be read. */
	if (given->hurdle.effect == EFFECT_UNKNOWN &&
	    (seen.effect == EFFECT_UNKNOWN || !setting_shows(given->option->setting)))
		return unknown(given->hurdle.why);
	return seen;
}

/* Another option decides: the last word, or one that Linux reads later wherever it is. */
static struct parameter_verdict
judge_beaten(struct system *system, const struct given *given, const struct given *winner)
{
	bool late = winner->parameter->flags & PARAMETER_LATE &&
		    !(given->parameter->flags & PARAMETER_LATE);
	const char *text = given_text(system, winner);
	struct parameter_verdict its;

	if (!says_the_same(given, winner))
		return overridden(arena_printf(
			&system->arena,
			late ? "%s has its way: Linux reads it later, wherever it stands"
			     : "%s further on has its way",
			text));
	its = judge_decider(system, winner);
	if (its.effect != EFFECT_EFFECTIVE)
		return its;
	return effective(
		arena_printf(&system->arena, "%s; so does %s", given->option->does, text),
		KNOWN_BOOL(false));
}

static struct parameter_verdict judge(struct system *system, const struct given *given)
{
	const struct given *winner;

	if (given->parameter->flags & PARAMETER_PATCH)
		return judge_patch(system, given);
	if (given->hurdle.effect == EFFECT_NONE)
		return nothing(given->hurdle.why);
	winner = rival(system, given);
	if (winner && winner != given)
		return judge_beaten(system, given, winner);
	return judge_decider(system, given);
}

/* Would the kernel of this machine know what is written instead? */
static bool is_of_use(struct system *system, const char *text)
{
	const char *equals = strchrnul(text, '=');
	const struct kernel_parameter *parameter =
		parameter_find(text, (size_t)(equals - text), machine_arch(system));

	if (!parameter || !*equals)
		return parameter;
	if (parameter->arches && !(parameter->arches & machine_arch(system)) &&
	    machine_arch(system))
		return false;
	for (const struct parameter_option *o = parameter->options; o->text; o++)
		if (streq(o->text, equals + 1) && (o->on == ON_VTD || o->on == ON_AMD_VI))
			return !known_false(subject_is_there(system, o->on));
	return true;
}

/* What to write instead; NULL where there is nothing that would help. */
static const char *suggestion(struct system *system, const struct given *given,
			      enum parameter_effect effect)
{
	const struct kernel_parameter *parameter = given->parameter;
	const struct parameter_option *option = given->option;
	const char *equals = given->text ? strchr(given->text, '=') : NULL;
	const char *guess = NULL;

	if (option) {
		bool wanted = given->hurdle.effect == EFFECT_NONE
				      ? given->hurdle.instead
				      : option->flags & OPTION_OLD &&
						effect == EFFECT_EFFECTIVE;

		return wanted && option->instead && is_of_use(system, option->instead)
			       ? option->instead
			       : NULL;
	}
	/* "intel_iommu=on,iommu=pt" */
	if (equals && parameter_find(given->text, (size_t)(equals - given->text), 0))
		return given->text;
	if (given->text)
		guess = parameter_guess_option(parameter, given->text);
	else if (parameter_guess_option(parameter, "on"))
		guess = "on";
	return guess ? arena_printf(&system->arena, "%s=%s", parameter->name, guess)
		     : NULL;
}

static void add_parameter(struct system *system, const struct given *given,
			  struct parameter_verdict verdict, const char *instead)
{
	struct parameter *parameter = arena_new(&system->arena, struct parameter);

	parameter->number = KNOWN_U64(system->parameters.count + 1);
	parameter->name = given->argument->name;
	parameter->value = given->text && *given->text ? given->text : NULL;
	parameter->word = given->argument->word;
	parameter->effect = KNOWN_ENUM((int)verdict.effect);
	parameter->why = KNOWN_STR(verdict.why);
	parameter->told = instead ? arena_printf(&system->arena, "%s; write %s",
						 verdict.why, instead)
				  : verdict.why;
	parameter->needed = verdict.needed;
	parameter->instead.state = parameter->meaning.state = FACT_ABSENT;
	parameter->source.state = FACT_ABSENT;
	if (instead)
		parameter->instead = KNOWN_STR(instead);
	if (given->option && !(given->option->flags & OPTION_NEVER))
		parameter->meaning = KNOWN_STR(given->option->does);
	if (given->parameter && given->parameter->source)
		parameter->source = KNOWN_STR(given->parameter->source);
	list_add(&system->arena, &system->parameters, parameter);
}

/* A name that the table does not have: near one that it has, or of a module it knows. */
static void judge_stranger(struct system *system, const struct given *given)
{
	const char *word = given->argument->word, *name = given->argument->name;
	char guess[128];

	if (parameter_guess(word, strlen(word), guess, sizeof(guess)))
		add_parameter(system, given, nothing("Linux has no such parameter"),
			      arena_strdup(&system->arena, guess));
	else if (!parameter_of_known_module(name, strlen(name)))
		return;
	else if (matches_star("*.dyndbg", name))
		add_parameter(
			system, given,
			effective("writes the module's messages for its developers to "
				  "the kernel log",
				  (struct fact_bool){ 0 }),
			NULL);
	else
		add_parameter(system, given,
			      unknown("dmascope knows no such parameter of the module"),
			      NULL);
}

void analyze_parameters(struct system *system)
{
	LIST_FOR_EACH (&system->command_line->given, const struct given, given) {
		struct parameter_verdict verdict;
		const char *instead;

		if (!given->parameter) {
			judge_stranger(system, given);
			continue;
		}
		verdict = judge(system, given);
		instead = suggestion(system, given, verdict.effect);
		/* Most options of pci=, say, are about other things. */
		if (given->option || instead ||
		    !(given->parameter->flags & PARAMETER_OTHERS))
			add_parameter(system, given, verdict, instead);
	}
}

static size_t count_overridden(const struct system *system)
{
	size_t count = 0;

	LIST_FOR_EACH (&system->groups, const struct group, group) {
		bool found = false;

		LIST_FOR_EACH (&group->why.list, const struct group_reason, reason)
			found |= reason->code.state == FACT_KNOWN &&
				 reason->code.value == WHY_ACS_OVERRIDE;
		count += found;
	}
	return count;
}

void analyze_override(struct system *system)
{
	size_t count = count_overridden(system);

	if (count == 0)
		return;
	LIST_FOR_EACH (&system->parameters, struct parameter, parameter) {
		if (!streq(parameter->name, "pcie_acs_override"))
			continue;
		parameter->effect = KNOWN_ENUM(EFFECT_EFFECTIVE);
		parameter->told = arena_printf(
			&system->arena, "%s: %zu group%s smaller than ACS allows",
			known_text(parameter->meaning)
				? parameter->meaning.value
				: "this kernel has the patch that reads it",
			count, count == 1 ? " is" : "s are");
		parameter->why = KNOWN_STR(parameter->told);
		parameter->needed = KNOWN_BOOL(true);
	}
}
