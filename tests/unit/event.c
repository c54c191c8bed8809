// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests analyze/event: what uevents and looks come to, each change once. */

#include "analyze/event.h"

#include "tap.h"

static struct arena arena;
static struct known known;
static struct list events;
static struct list looks; /* struct system, freed at the end */

/* A machine of functions "BDF DRIVER" with a driver or "-", in their order. */
static struct system *look_of(const char *const *functions)
{
	struct system *system = arena_new(&arena, struct system);

	list_add(&arena, &looks, system);
	system->devices_state = system->groups_state = system->units_state = FACT_KNOWN;
	for (size_t i = 0; functions[i]; i++) {
		struct device *device = arena_new(&system->arena, struct device);
		const char *driver = strchr(functions[i], ' ') + 1;

		device->bdf = arena_strndup(&system->arena, functions[i],
					    (size_t)(driver - functions[i]) - 1);
		parse_pci_address(device->bdf, &device->address);
		if (streq(driver, "-"))
			device->driver.state = FACT_ABSENT;
		else
			device->driver = KNOWN_STR(driver);
		device->bus_master = KNOWN_BOOL(device->driver.state == FACT_KNOWN);
		list_add(&system->arena, &system->devices, device);
	}
	return system;
}

#define LOOK(...) look_of((const char *const[]){ __VA_ARGS__, NULL })

/* "removed 0000:00:01.0; bound 0000:00:02.0 driver=edu": what came since. */
static const char *news(void)
{
	static char text[1024];
	size_t length = 0;

	text[0] = '\0';
	LIST_FOR_EACH (&events, const struct event, event) {
		const char *const words[] = { "present", "watching", "added",  "removed",
					      "bound",	 "unbound",  "changed" };
		const char *value = known_text(event->after);

		if (!value)
			value = known_text(event->before);
		length += (size_t)snprintf(
			text + length, sizeof(text) - length, "%s%s %s%s%s%s%s",
			event_at > 0 ? "; " : "", words[event->event.value],
			event->name.state == FACT_KNOWN ? event->name.value : "-",
			known_text(event->field) ? " " : "",
			known_text(event->field) ? event->field.value : "",
			value ? "=" : "", value ? value : "");
	}
	events = (struct list){ 0 };
	return text;
}

static void begin(struct system *system, uint64_t seen)
{
	known = (struct known){ .system = system, .seen = seen };
}

static const char *told(uint64_t number, enum uevent_action action, const char *name,
			const char *driver)
{
	const struct uevent uevent = { number, action, name, driver };

	event_take(&arena, &known, &uevent, &events);
	return news();
}

/* What the kernel told while somebody looked. */
static struct list during;

static void meanwhile(enum uevent_action action, const char *name, const char *driver)
{
	static uint64_t number = 1000;
	struct uevent *uevent = arena_new(&arena, struct uevent);

	*uevent = (struct uevent){ number++, action, name, driver };
	list_add(&arena, &during, uevent);
}

static const char *looked(struct system *now)
{
	int r = event_look(&arena, &known, now, &during, &events);

	during = (struct list){ 0 };
	return r < 0 && events.count == 0 ? "refused" : news();
}

static void test_uevents(void)
{
	begin(LOOK("0000:00:01.0 -", "0000:00:02.0 e1000e"), 10);
	IS_TEXT(told(11, UEVENT_BIND, "0000:00:01.0", "nvme"),
		"bound 0000:00:01.0 driver=nvme", "a driver is bound");
	IS_TEXT(told(12, UEVENT_UNBIND, "0000:00:02.0", NULL),
		"unbound 0000:00:02.0 driver=e1000e", "a driver lets go");
	IS_TEXT(told(13, UEVENT_REMOVE, "0000:00:02.0", NULL), "removed 0000:00:02.0",
		"a function goes");
	IS_TEXT(told(14, UEVENT_REMOVE, "0000:00:02.0", NULL), "",
		"and can go no second time");
	IS_TEXT(told(15, UEVENT_ADD, "0000:00:03.0", NULL), "",
		"what comes is told by the look");
	IS_TEXT(looked(LOOK("0000:00:01.0 nvme", "0000:00:03.0 edu")),
		"changed 0000:00:01.0 bus_master=yes; added 0000:00:03.0",
		"and the look tells no more than is new");
	IS_TEXT(looked(LOOK("0000:00:01.0 nvme", "0000:00:03.0 edu")), "",
		"the same look again is no news");
}

static void test_order(void)
{
	begin(LOOK("0000:00:01.0 nvme"), 20);
	IS_TEXT(told(19, UEVENT_REMOVE, "0000:00:01.0", NULL), "",
		"what was sent before the look is in it");
	IS_TEXT(told(20, UEVENT_UNBIND, "0000:00:01.0", NULL), "", "up to the last one");
	IS_TEXT(told(21, UEVENT_BIND, "0000:00:01.0", "nvme"), "",
		"what the look saw already is no news");
	IS_TEXT(told(22, UEVENT_ADD, "0000:00:01.0", NULL), "", "nor that it came");
	IS_TEXT(told(23, UEVENT_UNBIND, "0000:00:01.0", NULL),
		"unbound 0000:00:01.0 driver=nvme", "what it did not see is");
	IS_TEXT(told(24, UEVENT_BIND, "0000:00:01.0", "vfio-pci"),
		"bound 0000:00:01.0 driver=vfio-pci", "as often as it happens");
	IS_TEXT(told(25, UEVENT_BIND, "0000:00:01.0", "nvme"),
		"unbound 0000:00:01.0 driver=vfio-pci; bound 0000:00:01.0 driver=nvme",
		"one driver after the other, of which one event was lost");
	IS_TEXT(told(26, UEVENT_BIND, "0000:00:09.0", "nvme"), "",
		"a driver of something unknown waits for the look");
}

static void test_transient(void)
{
	begin(LOOK("0000:00:01.0 -"), 30);
	IS_TEXT(told(31, UEVENT_ADD, "0000:00:02.0", NULL), "", "one comes");
	IS_TEXT(told(32, UEVENT_BIND, "0000:00:02.0", "edu"), "", "gets a driver");
	IS_TEXT(told(33, UEVENT_UNBIND, "0000:00:02.0", NULL), "", "loses it");
	IS_TEXT(told(34, UEVENT_REMOVE, "0000:00:02.0", NULL),
		"added 0000:00:02.0; removed 0000:00:02.0",
		"and goes before anybody looked");
	IS_TEXT(looked(LOOK("0000:00:01.0 -")), "", "which the look knows nothing of");
	IS_TEXT(told(35, UEVENT_REMOVE, "0000:00:01.0", NULL), "removed 0000:00:01.0",
		"another goes");
	IS_TEXT(told(36, UEVENT_ADD, "0000:00:01.0", NULL), "", "and comes back");
	IS_TEXT(looked(LOOK("0000:00:01.0 edu")), "added 0000:00:01.0",
		"which is told as that, although both looks have it");
}

/* A look that may have seen all of what was sent meanwhile, or nothing. */
static void test_during(void)
{
	static const char *const seen[] = { "0000:00:01.0 e1000e", "0000:00:01.0 -",
					    "0000:00:01.0 vfio-pci" };

	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		begin(LOOK("0000:00:01.0 e1000e"), 0);
		((struct device *)known.system->devices.items[0])->bus_master.state =
			FACT_UNREAD;
		meanwhile(UEVENT_UNBIND, "0000:00:01.0", NULL);
		meanwhile(UEVENT_BIND, "0000:00:01.0", "vfio-pci");
		struct system *now = LOOK(seen[i]);

		((struct device *)now->devices.items[0])->bus_master.state = FACT_UNREAD;
		IS_TEXT(looked(now),
			"unbound 0000:00:01.0 driver=e1000e; "
			"bound 0000:00:01.0 driver=vfio-pci",
			"each driver once, although the look saw '%s'", seen[i]);
		now = LOOK("0000:00:01.0 vfio-pci");
		((struct device *)now->devices.items[0])->bus_master.state = FACT_UNREAD;
		IS_TEXT(looked(now), "", "and no more by the next look");
	}
	begin(LOOK("0000:00:01.0 -"), 0);
	meanwhile(UEVENT_ADD, "0000:00:02.0", NULL);
	meanwhile(UEVENT_BIND, "0000:00:02.0", "edu");
	meanwhile(UEVENT_UNBIND, "0000:00:02.0", NULL);
	meanwhile(UEVENT_BIND, "0000:00:02.0", "nvme");
	IS_TEXT(looked(LOOK("0000:00:01.0 -", "0000:00:02.0 nvme")), "added 0000:00:02.0",
		"one that came is told as it was seen");
	meanwhile(UEVENT_REMOVE, "0000:00:02.0", NULL);
	IS_TEXT(looked(LOOK("0000:00:01.0 -")), "removed 0000:00:02.0",
		"one that went, once");
	meanwhile(UEVENT_REMOVE, "0000:00:01.0", NULL);
	meanwhile(UEVENT_ADD, "0000:00:01.0", NULL);
	IS_TEXT(looked(LOOK("0000:00:01.0 -")), "removed 0000:00:01.0",
		"one that went and came is told to have gone");
	IS_TEXT(looked(LOOK("0000:00:01.0 -")), "added 0000:00:01.0",
		"and to have come by the next look");
}

static void test_looks(void)
{
	struct system *blind = LOOK("0000:00:01.0 edu");

	begin(LOOK("0000:00:01.0 edu", "0000:00:02.0 e1000e"), 0);
	blind->devices_state = FACT_DENIED;
	IS_TEXT(looked(blind), "refused", "a look that sees nothing is none");
	IS_TEXT(looked(LOOK("0000:00:01.0 nvme", "0000:00:04.0 -")),
		"removed 0000:00:02.0; unbound 0000:00:01.0 driver=edu; "
		"bound 0000:00:01.0 driver=nvme; added 0000:00:04.0",
		"without uevents the look tells all");
	blind = LOOK("0000:00:01.0 edu");
	blind->devices = (struct list){ 0 };
	blind->devices_state = FACT_DENIED;
	begin(blind, 0);
	IS_TEXT(looked(LOOK("0000:00:01.0 edu")), "present 0000:00:01.0",
		"what can be listed for the first time has not come just now");
}

/* That something cannot be read any more is told, and that it can again. */
static void test_unknown(void)
{
	struct system *open = LOOK("0000:00:01.0 edu");

	((struct device *)open->devices.items[0])->bus_master.state = FACT_UNREAD;
	begin(LOOK("0000:00:01.0 edu"), 0);
	IS_TEXT(looked(open), "changed 0000:00:01.0 bus_master=yes",
		"a value is no longer known: it was yes");
	IS_TEXT(looked(LOOK("0000:00:01.0 edu")), "changed 0000:00:01.0 bus_master=yes",
		"and is known again");
	open = LOOK("0000:00:01.0 edu");
	((struct device *)open->devices.items[0])->driver.state = FACT_UNREAD;
	IS_TEXT(looked(open), "changed 0000:00:01.0 driver=edu",
		"a driver that cannot be seen has not let go");
	IS_TEXT(looked(LOOK("0000:00:01.0 edu")), "changed 0000:00:01.0 driver=edu",
		"and one that is seen again has not come");
}

static void test_present(void)
{
	begin(LOOK("0000:00:01.0 edu", "0000:00:02.0 -"), 0);
	event_present(&arena, &known, &events);
	IS_TEXT(news(), "present -; present 0000:00:01.0; present 0000:00:02.0",
		"what is there: the status, and each function");
}

int main(void)
{
	test_uevents();
	test_order();
	test_transient();
	test_during();
	test_looks();
	test_unknown();
	test_present();
	LIST_FOR_EACH (&looks, struct system, system)
		system_free(system);
	arena_free(&arena);
	return tap_end();
}
