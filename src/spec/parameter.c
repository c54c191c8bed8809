// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds kernel parameters and their options by what somebody wrote. */

#include "spec/parameter.h"

#include <ctype.h>
#include <strings.h>

#include "base/text.h"

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

/* The kernel takes '-' and '_' in parameter names for the same (kernel/params.c). */
static bool same_name(const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (fold(a[i]) != fold(b[i]))
			return false;
	return true;
}

static bool is_named(const struct kernel_parameter *parameter, const char *name,
		     size_t length)
{
	size_t known = strlen(parameter->name);

	if (parameter->flags & PARAMETER_INDEXED && length > known && name[known] == '[')
		length = known;
	return length == known && same_name(name, parameter->name, length);
}

const struct kernel_parameter *parameter_find(const char *name, size_t length,
					      unsigned int arch)
{
	const struct kernel_parameter *found = NULL;

	for (const struct kernel_parameter *p = kernel_parameters; p->name; p++) {
		if (!is_named(p, name, length))
			continue;
		if (p->arches == 0 || p->arches & arch)
			return p;
		found = found ? found : p;
	}
	return found;
}

bool parameter_of_known_module(const char *name, size_t length)
{
	for (const struct kernel_parameter *p = kernel_parameters; p->name; p++) {
		const char *dot = p->source ? strchr(p->name, '.') : NULL;
		size_t module = dot ? (size_t)(dot - p->name) + 1 : 0;

		if (module > 0 && length > module && same_name(name, p->name, module))
			return true;
	}
	return false;
}

void parameter_module(const struct kernel_parameter *parameter, char *ret_module,
		      size_t size, const char **ret_name)
{
	const char *dot = strchr(parameter->name, '.');
	size_t length = MIN((size_t)(dot - parameter->name), size - 1);

	for (size_t i = 0; i < length; i++)
		ret_module[i] = fold(parameter->name[i]);
	ret_module[length] = '\0';
	*ret_name = dot + 1;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int parameter_option_fit(const struct kernel_parameter *parameter,
			 const struct parameter_option *option, const char *text,
			 size_t length)
{
	size_t known = strlen(option->text);

	if (streq(option->text, "#"))
		return length > 0 && is_digit(text[0]) ? 0 : -1;
	if (length < known || strncmp(option->text, text, known) != 0)
		return -1;
	/* Linux compares beginnings of the other options; of these all has to fit. */
	if (length > known && (option->flags & (OPTION_WHOLE | OPTION_NEVER) ||
			       parameter->form == FORM_BOOL))
		return -1;
	return (int)known;
}

/* How many slips of the pen are forgiven in a word: none in a short one. */
static size_t slips(size_t length)
{
	return length < 5 ? 0 : length < 8 ? 1 : 2;
}

/* A guess gets better; at the start it is one slip worse than what is forgiven. */
struct guess {
	const char *name, *option; /* option: NULL to keep what the word has */
	size_t distance;
};

static void consider(struct guess *guess, const char *text, size_t length,
		     const char *name, const char *option)
{
	char known[128];
	size_t distance;

	/* Slips of the pen hit the first letter last, and vm_debug is no dma_debug. */
	if (length == 0 || fold(*name) != *text)
		return;
	snprintf(known, sizeof(known), option ? "%s=%s" : "%s", name, option);
	for (char *p = known; *p; p++)
		*p = fold(*p);
	distance = text_distance(text, length, known, strlen(known), guess->distance);
	if (distance < guess->distance)
		*guess = (struct guess){ name, option, distance };
}

bool parameter_guess(const char *word, size_t length, char *buffer, size_t size)
{
	const char *equals = memchr(word, '=', length);
	size_t name_length = equals ? (size_t)(equals - word) : length;
	struct guess guess = { .distance = slips(name_length) + 1 };
	char folded[64];

	if (name_length >= sizeof(folded))
		return false;
	for (size_t i = 0; i < name_length; i++)
		folded[i] = (char)tolower((unsigned char)fold(word[i]));
	for (const struct kernel_parameter *p = kernel_parameters; p->name; p++) {
		/* "iommu_pt" for "iommu=pt" */
		for (const struct parameter_option *o = p->options;
		     !equals && p->form != FORM_IDS && o->text; o++)
			if (!(o->flags & OPTION_NEVER) && *o->text && *o->text != '#')
				consider(&guess, folded, name_length, p->name, o->text);
		consider(&guess, folded, name_length, p->name, NULL);
	}
	if (!guess.name)
		return false;
	if (guess.option)
		snprintf(buffer, size, "%s=%s", guess.name, guess.option);
	else
		snprintf(buffer, size, "%s%.*s", guess.name,
			 equals ? (int)(length - name_length) : 0, equals ? equals : "");
	return true;
}

const char *parameter_guess_option(const struct kernel_parameter *parameter,
				   const char *text)
{
	size_t length = strlen(text), nearest = slips(length) + 1;
	const char *guess = NULL;

	for (const struct parameter_option *o = parameter->options; o->text; o++) {
		size_t distance;

		if (o->flags & OPTION_NEVER || strlen(o->text) < 2)
			continue;
		distance = strcasecmp(text, o->text) == 0
				   ? 0
				   : text_distance(text, length, o->text, strlen(o->text),
						   nearest);
		if (distance < nearest) {
			nearest = distance;
			guess = o->text;
		}
	}
	return guess;
}
