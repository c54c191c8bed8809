// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules, and their parameters that change what protects memory. */

#include "source/attr.h"
#include "source/source.h"
#include "spec/parameter.h"

static bool is_listed(const struct list *names, const char *name)
{
	LIST_FOR_EACH (names, const char, listed)
		if (streq(listed, name))
			return true;
	return false;
}

static void read_parameter(struct root *root, struct system *system,
			   const struct kernel_parameter *known)
{
	struct arena *arena = &system->arena;
	struct module_parameter *parameter = arena_new(arena, struct module_parameter);
	char module[32];

	parameter_module(known, module, sizeof(module), &parameter->name);
	parameter->module = arena_strdup(arena, module);
	parameter->known = known;
	/* What is not loaded has no parameter in force. */
	parameter->value.state =
		system->modules_state == FACT_KNOWN ? FACT_ABSENT : system->modules_state;
	if (is_listed(&system->modules, module))
		attr_str(root, &parameter->value, "sys/module/%s/parameters/%s", module,
			 parameter->name);
	list_add(arena, &system->module_parameters, parameter);
}

static void read_parameters(struct root *root, struct system *system, bool weakening)
{
	/* What binds to identifiers cannot be read back. */
	for (const struct kernel_parameter *known = kernel_parameters; known->name;
	     known++)
		if (known->flags & PARAMETER_MODULE && known->form != FORM_IDS &&
		    weakening == !!(known->flags & PARAMETER_WEAKENS))
			read_parameter(root, system, known);
}

void source_module_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, "sys/module");

	system->modules_state = root_absence(root, r, "sys");
	LIST_FOR_EACH (&names, const struct entry, entry)
		list_add(&system->arena, &system->modules, entry->name);
	read_parameters(root, system, true);
}

void source_module_parameters(struct root *root, struct system *system)
{
	read_parameters(root, system, false);
}
