// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel parameter that bears on DMA, and what it does on this machine. */

#include "model/parameter.h"

const struct enum_name parameter_effect_names[] = {
	[EFFECT_EFFECTIVE] = { "effective", MOOD_NONE, "the machine does what it says" },
	[EFFECT_OVERRIDDEN] = { "overridden", MOOD_WARN,
				"something else has its way: another parameter, the "
				"hardware, or root after boot" },
	[EFFECT_NONE] = { "no-effect", MOOD_WARN,
			  "it does nothing on this kernel or this machine" },
	[EFFECT_UNKNOWN] = { "unknown", MOOD_WARN, "it could not be found out" },
	{ 0 },
};

/* Lists of functions may be long; all of it is in the key of its own. */
enum { TEXT_MAX = 48 };

static void get_text(const void *object, struct value *ret)
{
	const struct parameter *parameter = object;
	int length;

	ret->state = parameter->name ? FACT_KNOWN : FACT_UNREAD;
	if (!parameter->name)
		return;
	ret->text = ret->scratch;
	length = snprintf(ret->scratch, sizeof(ret->scratch), "%s%s%s", parameter->name,
			  parameter->value ? "=" : "",
			  parameter->value ? parameter->value : "");
	if (length > TEXT_MAX)
		memcpy(ret->scratch + TEXT_MAX - strlen("..."), "...", sizeof("..."));
}

static const struct field fields[] = {
	FIELD_MADE("parameter", "PARAMETER", F_STR, F_SHOW | F_TEXT_ONLY,
		   "the parameter, or one option of its list", get_text),
	FIELD(struct parameter, effect, "EFFECT", F_ENUM, F_SHOW | F_INFO,
	      "whether it does anything on this kernel and this machine",
	      .names = parameter_effect_names),
	FIELD(struct parameter, told, "HERE", F_STR, F_SHOW | F_WRAP | F_TEXT_ONLY,
	      "what it does here, or why it does nothing and what was meant"),
	FIELD(struct parameter, why, "WHY", F_STR, F_WRAP,
	      "what it does here, or why it does nothing"),
	FIELD(struct parameter, instead, "INSTEAD", F_STR, 0,
	      "what was probably meant, or how it is written today"),
	FIELD(struct parameter, needed, "NEEDED", F_BOOL, 0,
	      "without it the machine would do otherwise, as far as that is known"),
	FIELD(struct parameter, number, "NUMBER", F_UINT, F_RIGHT | F_LABEL,
	      "place among the parameters, in the order of the command line"),
	FIELD(struct parameter, name, "NAME", F_STR, F_LABEL, "name as it was written"),
	FIELD(struct parameter, value, "VALUE", F_STR, F_LABEL,
	      "value, or one option of it; absent without one"),
	FIELD(struct parameter, word, "WORD", F_STR, F_TRUNC,
	      "the whole word of the command line"),
	FIELD(struct parameter, meaning, "MEANING", F_STR, F_WRAP,
	      "what it does where it has an effect"),
	FIELD(struct parameter, source, "SOURCE", F_STR, 0,
	      "file of the kernel's source that reads it"),
};

const struct record parameter_record =
	RECORD("parameters", "parameter",
	       "kernel parameters that bear on DMA, and what they do here", fields);
