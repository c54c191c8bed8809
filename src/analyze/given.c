// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line taken apart: parameters, their options, and who has the last word. */

#include "analyze/given.h"

/* Truth values as kstrtobool() of Linux reads them: "1" or "0"; NULL for none. */
static const char *truth_of(const char *text)
{
	if (*text && strchr("yYtT1", *text))
		return "1";
	if (*text && strchr("nNfF0", *text))
		return "0";
	if ((text[0] == 'o' || text[0] == 'O') && text[1] && strchr("nN", text[1]))
		return "1";
	if ((text[0] == 'o' || text[0] == 'O') && text[1] && strchr("fF", text[1]))
		return "0";
	return NULL;
}

static struct hurdle no_hurdle(void)
{
	return (struct hurdle){ .effect = EFFECT_EFFECTIVE };
}

static const char *release_text(unsigned int release, char buffer[16])
{
	snprintf(buffer, 16, "%u.%u", release >> 16, release & 0xffff);
	return buffer;
}

static struct hurdle version_hurdle(struct system *system,
				    const struct parameter_option *option)
{
	unsigned int release = kernel_release(system);
	const char *name = known_text(system->host.kernel);
	char bound[16];

	if (!option->since && !option->until)
		return no_hurdle();
	if (!release)
		return (struct hurdle){
			EFFECT_UNKNOWN,
			"which release of Linux this is could not be read", false
		};
	if (release < option->since) {
		bool maybe = has_backports(system) ||
			     (option->maybe && release >= option->maybe);

		return (struct hurdle){
			maybe ? EFFECT_UNKNOWN : EFFECT_NONE,
			arena_printf(&system->arena,
				     "Linux reads it since %s, and this is %s%s",
				     release_text(option->since, bound), name,
				     maybe ? ", which may have it too" : ""),
			true,
		};
	}
	if (option->until && release >= option->until)
		return (struct hurdle){
			EFFECT_NONE,
			arena_printf(&system->arena,
				     "Linux does not read it any more since %s, and this "
				     "is %s",
				     release_text(option->until, bound), name),
			true,
		};
	return no_hurdle();
}

static struct hurdle subject_hurdle(struct system *system, enum parameter_subject subject)
{
	struct command_line *line = system->command_line;
	struct fact_bool there;

	if (!line->subjects[subject].asked)
		line->subjects[subject].is_there = subject_is_there(system, subject);
	line->subjects[subject].asked = true;
	there = line->subjects[subject].is_there;
	if (known_true(there))
		return no_hurdle();
	if (known_false(there))
		return (struct hurdle){ EFFECT_NONE, subject_missing(subject),
					subject == ON_GART };
	return (struct hurdle){ EFFECT_UNKNOWN, subject_unseen(subject), false };
}

static struct hurdle kconfig_hurdle(struct system *system, const char *option)
{
	struct fact_bool built = option ? is_built(system, option) : KNOWN_BOOL(true);

	if (known_true(built))
		return no_hurdle();
	if (known_false(built))
		return (struct hurdle){
			EFFECT_NONE,
			arena_printf(&system->arena, "CONFIG_%s is not set in %s", option,
				     system->kconfig.value),
			true,
		};
	return (struct hurdle){
		EFFECT_UNKNOWN,
		arena_printf(&system->arena, "whether CONFIG_%s is set could not be read",
			     option),
		false,
	};
}

static bool is_loaded(const struct system *system, const char *module)
{
	LIST_FOR_EACH (&system->modules, const char, name)
		if (streq(name, module))
			return true;
	return false;
}

/* Parameters of a module wait for it; what is built in need not be listed. */
static struct hurdle module_hurdle(struct system *system,
				   const struct kernel_parameter *parameter)
{
	char module[32];
	const char *name;

	if (!(parameter->flags & PARAMETER_MODULE))
		return no_hurdle();
	parameter_module(parameter, module, sizeof(module), &name);
	if (is_loaded(system, module) ||
	    system_kconfig_is(system, parameter->kconfig, "y"))
		return no_hurdle();
	if (system->modules_state != FACT_KNOWN && system->modules_state != FACT_ABSENT)
		return (struct hurdle){ EFFECT_UNKNOWN, "the modules could not be listed",
					false };
	return (struct hurdle){
		EFFECT_NONE,
		arena_printf(&system->arena, "the module %s is not loaded", module),
		false,
	};
}

static struct hurdle arch_hurdle(struct system *system,
				 const struct kernel_parameter *parameter)
{
	unsigned int arch = machine_arch(system);

	if (parameter->arches == 0 || parameter->arches & arch)
		return no_hurdle();
	if (arch == 0)
		return (struct hurdle){ EFFECT_UNKNOWN,
					"which architecture this is could not be read",
					false };
	return (struct hurdle){
		EFFECT_NONE,
		arena_printf(&system->arena, "Linux does not read it on %s",
			     system->host.arch.value),
		true,
	};
}

/* The worse of two: nothing happens, then unknown; the first where they are alike. */
static void add_hurdle(struct hurdle *worst, struct hurdle more)
{
	if (worst->effect == EFFECT_NONE || more.effect == EFFECT_EFFECTIVE)
		return;
	if (worst->effect == EFFECT_EFFECTIVE || more.effect == EFFECT_NONE)
		*worst = more;
}

static struct hurdle option_hurdle(struct system *system,
				   const struct parameter_option *option)
{
	struct hurdle worst = version_hurdle(system, option);

	add_hurdle(&worst, kconfig_hurdle(system, option->kconfig));
	add_hurdle(&worst, subject_hurdle(system, option->on));
	return worst;
}

/* What the way of writing has wrong. */
static struct hurdle form_hurdle(struct system *system, const struct given *given)
{
	const struct kernel_parameter *parameter = given->parameter;
	const struct parameter_option *option = given->option;
	struct arena *arena = &system->arena;

	if (!given->text && parameter->form != FORM_FLAG &&
	    !(parameter->form == FORM_BOOL && parameter->flags & PARAMETER_MODULE))
		return (struct hurdle){ EFFECT_NONE,
					"without '=' and a value Linux does not read it",
					true };
	if (!option && parameter->form == FORM_BOOL)
		return (struct hurdle){ EFFECT_NONE,
					"the value is no truth value such as 1 or 0",
					true };
	if (!option)
		return (struct hurdle){
			EFFECT_NONE,
			arena_printf(arena,
				     "Linux knows no such value of %s=", parameter->name),
			true,
		};
	if (option->flags & OPTION_NEVER)
		return (struct hurdle){ EFFECT_NONE, option->does, true };
	if (given->list_ended)
		return (struct hurdle){
			EFFECT_NONE,
			arena_printf(arena, "Linux reads no further than %s in this list",
				     given->list_ended->text),
			false,
		};
	if (option->flags & OPTION_FINAL && !given->final)
		return (struct hurdle){ EFFECT_NONE,
					"Linux reads it only at the end of the list",
					false };
	return no_hurdle();
}

static struct hurdle given_hurdle(struct system *system, const struct given *given)
{
	struct hurdle worst = arch_hurdle(system, given->parameter), built;

	add_hurdle(&worst, form_hurdle(system, given));
	if (worst.effect == EFFECT_NONE)
		return worst;
	built = kconfig_hurdle(system, given->parameter->kconfig);
	/* Of a module there is more to see than how it was built. */
	if (!(given->parameter->flags & PARAMETER_MODULE) || built.effect == EFFECT_NONE)
		add_hurdle(&worst, built);
	add_hurdle(&worst, subject_hurdle(system, given->parameter->on));
	add_hurdle(&worst, module_hurdle(system, given->parameter));
	add_hurdle(&worst, option_hurdle(system, given->option));
	return worst;
}

/*
 * The line of the table for a text: of those that explain most of it the first with
 * nothing in its way, or else the first that may act, or else simply the first.
 */
static const struct parameter_option *
find_option(struct system *system, const struct kernel_parameter *parameter,
	    const char *text)
{
	const struct parameter_option *first = NULL, *chosen;
	bool may_act = false;
	int best = -1;

	for (const struct parameter_option *o = parameter->options; o->text; o++) {
		int fit = parameter_option_fit(parameter, o, text, strlen(text));

		if (fit > best) {
			best = fit;
			first = o;
		}
	}
	chosen = first;
	for (const struct parameter_option *o = first; o && o->text; o++) {
		enum parameter_effect effect = option_hurdle(system, o).effect;

		if (parameter_option_fit(parameter, o, text, strlen(text)) != best)
			continue;
		if (effect == EFFECT_EFFECTIVE)
			return o;
		if (effect == EFFECT_UNKNOWN && !may_act) {
			chosen = o;
			may_act = true;
		}
	}
	return chosen;
}

static struct given *add_given(struct system *system,
			       const struct kernel_argument *argument,
			       const struct kernel_parameter *parameter, const char *text)
{
	struct given *given = arena_new(&system->arena, struct given);
	const char *wanted = text;

	given->argument = argument;
	given->parameter = parameter;
	given->text = text;
	given->final = true;
	if (parameter && parameter->form == FORM_BOOL)
		wanted = text ? truth_of(text) : "1";
	else if (parameter &&
		 (parameter->form == FORM_FLAG || parameter->form == FORM_IDS))
		wanted = "";
	if (parameter && wanted)
		given->option = find_option(system, parameter, wanted);
	list_add(&system->arena, &system->command_line->given, given);
	return given;
}

/* Options between commas; Linux skips empty ones. */
static void split_list(struct system *system, const struct kernel_argument *argument,
		       const struct kernel_parameter *parameter)
{
	const char *cursor = argument->value, *word;
	const struct given *ended = NULL;
	struct given *given = NULL;
	size_t length, count = 0;

	while ((word = next_word(&cursor, ",", &length))) {
		if (given)
			given->final = false;
		given = add_given(system, argument, parameter,
				  arena_strndup(&system->arena, word, length));
		given->list_ended = ended;
		if (given->option && given->option->flags & OPTION_LAST)
			ended = given;
		count++;
	}
	if (count == 0)
		add_given(system, argument, parameter, "");
}

/* Linux reads all early parameters first, wherever they stand. */
static bool has_last_word(const struct given *given, const struct given *before)
{
	return !before || given->parameter->flags & PARAMETER_LATE ||
	       !(before->parameter->flags & PARAMETER_LATE);
}

static void decide(struct command_line *line, const struct given *given)
{
	const struct parameter_option *option = given->option;

	if (given->hurdle.effect == EFFECT_NONE)
		return;
	line->last[given->parameter - kernel_parameters] = given;
	if (has_last_word(given, line->deciders[option->setting]))
		line->deciders[option->setting] = given;
}

void analyze_command_line(struct system *system)
{
	struct command_line *line = arena_new(&system->arena, struct command_line);
	unsigned int arch = machine_arch(system);
	size_t known = 0;

	while (kernel_parameters[known].name)
		known++;
	system->command_line = line;
	line->last = arena_alloc(&system->arena, known * sizeof(struct given *));
	LIST_FOR_EACH (&system->arguments, const struct kernel_argument, argument) {
		const struct kernel_parameter *parameter =
			parameter_find(argument->name, strlen(argument->name), arch);

		if (parameter && argument->value &&
		    (parameter->form == FORM_LIST || parameter->form == FORM_IDS))
			split_list(system, argument, parameter);
		else
			add_given(system, argument, parameter, argument->value);
	}
	LIST_FOR_EACH (&line->given, struct given, given) {
		if (!given->parameter)
			continue;
		given->hurdle = given_hurdle(system, given);
		decide(line, given);
	}
}

const struct given *given_decider(const struct system *system, enum setting setting)
{
	return system->command_line->deciders[setting];
}

const struct given *given_last(const struct system *system,
			       const struct kernel_parameter *parameter)
{
	return system->command_line->last[parameter - kernel_parameters];
}

const char *given_text(struct system *system, const struct given *given)
{
	if (!given->text)
		return given->argument->name;
	return arena_printf(&system->arena, "%s=%s", given->argument->name, given->text);
}

const char *given_decided(struct system *system, enum setting setting,
			  enum setting_value value)
{
	const struct given *decider = given_decider(system, setting);

	return decider && decider->option->value == value ? given_text(system, decider)
							  : NULL;
}
