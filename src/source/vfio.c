// SPDX-License-Identifier: GPL-2.0-or-later
/* What of VFIO there is, and how the owner of this machine changes settings. */

#include "source/attr.h"
#include "source/source.h"

#define DEVICES "sys/bus/pci/devices"
#define LIMITS "proc/self/limits"
#define STATUS "proc/self/status"

enum { CLASS_DISPLAY = 0x03, CAPABILITY_IPC_LOCK = 14 };

/*
 * The directory vfioN is there on every kernel with VFIO; only its entry `dev` says that
 * there is a node for iommufd (CONFIG_VFIO_DEVICE_CDEV, vfio_cdev.c of Linux).
 */
static void read_cdev(struct root *root, struct device *device)
{
	struct list names = { 0 };
	int r = root_list(root, &names, 0, DEVICES "/%s/vfio-dev", device->bdf);

	device->cdev.state = fact_state_of(r);
	LIST_FOR_EACH (&names, const struct entry, entry) {
		struct fact_str number = { 0 };

		attr_str(root, &number, DEVICES "/%s/vfio-dev/%s/dev", device->bdf,
			 entry->name);
		device->cdev.state = number.state;
		if (number.state == FACT_KNOWN)
			device->cdev.value =
				arena_printf(&root->system->arena, "/dev/vfio/devices/%s",
					     entry->name);
	}
	if (r == 0 && names.count == 0)
		device->cdev.state = FACT_ABSENT;
}

static void read_device(struct root *root, struct device *device)
{
	const char *driver = known_text(device->driver);

	device->boot_vga.state = device->class_id.state == FACT_KNOWN
					 ? FACT_ABSENT
					 : device->class_id.state;
	if (device->class_id.state == FACT_KNOWN &&
	    device->class_id.value >> 16 == CLASS_DISPLAY)
		attr_bool(root, &device->boot_vga, DEVICES "/%s/boot_vga", device->bdf);
	device->cdev.state =
		device->driver.state == FACT_KNOWN ? FACT_ABSENT : device->driver.state;
	if (!driver || !strstr(driver, "vfio"))
		return;
	attr_u64(root, 10, &device->enable_count, DEVICES "/%s/enable", device->bdf);
	read_cdev(root, device);
}

/* "Max locked memory   8388608   8388608   bytes": the soft limit comes first. */
static void read_limits(struct root *root, struct system *system)
{
	static const char heading[] = "Max locked memory";
	_cleanup_bytes_ struct bytes bytes = { 0 };
	const char *cursor, *line, *word;
	struct fact_u64 *memlock = &system->vfio.memlock;
	size_t length;
	int r = root_read(root, &bytes, LIMITS);

	r = proc_missing(root, r, LIMITS);
	memlock->state = r < 0 ? fact_state_of(r) : FACT_MALFORMED;
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		char number[32] = "";

		if (length <= strlen(heading) || !starts_with(line, heading))
			continue;
		line += strlen(heading);
		word = next_word(&line, " ", &length);
		if (!word || length >= sizeof(number))
			return;
		memcpy(number, word, length);
		if (streq(number, "unlimited"))
			memlock->state = FACT_ABSENT;
		else if (parse_u64(number, 10, &memlock->value) == 0)
			memlock->state = FACT_KNOWN;
	}
}

/* "CapEff:\t000001ffffffffff": what this program may do, and those started like it. */
static void read_capabilities(struct root *root, struct system *system)
{
	static const char heading[] = "CapEff:\t";
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct fact_bool *may_lock = &system->vfio.may_lock;
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, STATUS);

	r = proc_missing(root, r, STATUS);
	may_lock->state = r < 0 ? fact_state_of(r) : FACT_MALFORMED;
	cursor = r == 0 ? (const char *)bytes.data : "";
	while ((line = next_line(&cursor, &length))) {
		char digits[24] = "";
		uint64_t mask;

		if (!starts_with(line, heading) || length <= strlen(heading) ||
		    length - strlen(heading) >= sizeof(digits))
			continue;
		memcpy(digits, line + strlen(heading), length - strlen(heading));
		if (parse_u64(digits, 16, &mask) == 0)
			*may_lock = KNOWN_BOOL(mask >> CAPABILITY_IPC_LOCK & 1);
	}
}

/* The value of KEY=value or KEY="value", which os-release(5) takes from the shell. */
static struct fact_str release_value(struct arena *arena, const char *text, size_t length)
{
	if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
		text++;
		length -= 2;
	}
	return KNOWN_STR(arena_strndup(arena, text, length));
}

static void read_release(struct root *root, struct system *system)
{
	static const char id[] = "ID=", like[] = "ID_LIKE=";
	_cleanup_bytes_ struct bytes bytes = { 0 };
	struct vfio *vfio = &system->vfio;
	const char *cursor, *line;
	size_t length;
	int r = root_read(root, &bytes, "etc/os-release");

	if (r == -ENOENT)
		r = root_read(root, &bytes, "usr/lib/os-release");
	vfio->os.state = vfio->os_like.state = fact_state_of(r);
	cursor = r == 0 ? (const char *)bytes.data : "";
	if (r == 0)
		vfio->os.state = vfio->os_like.state = FACT_ABSENT;
	while ((line = next_line(&cursor, &length))) {
		if (starts_with(line, id))
			vfio->os = release_value(&system->arena, line + strlen(id),
						 length - strlen(id));
		else if (starts_with(line, like))
			vfio->os_like = release_value(&system->arena, line + strlen(like),
						      length - strlen(like));
	}
}

/* Whether a file is there: the first bytes of it are enough. */
static struct fact_bool is_there(struct root *root, const char *path)
{
	char head[16];
	size_t length;
	int r = root_read_head(root, head, sizeof(head), &length, "%s", path);

	if (r == 0 || r == -EACCES || r == -EPERM)
		return KNOWN_BOOL(true);
	return (struct fact_bool){ r == -ENOENT ? FACT_KNOWN : fact_state_of(r), false };
}

static void read_iommufd(struct root *root, struct system *system)
{
	const char *target;
	int r = root_link(root, &target, "sys/class/misc/iommu");
	enum fact_state state = root_absence(root, r, "sys/class");

	system->vfio.iommufd =
		(struct fact_bool){ state == FACT_ABSENT ? FACT_KNOWN : state,
				    state == FACT_KNOWN };
}

/* What is not loaded has no parameters, and older kernels have no such list. */
static void read_parameters(struct root *root, struct system *system)
{
	struct fact_bool *no_denylist = &system->vfio.no_denylist;

	no_denylist->state =
		system->modules_state == FACT_KNOWN ? FACT_ABSENT : system->modules_state;
	LIST_FOR_EACH (&system->modules, const char, name)
		if (streq(name, "vfio_pci"))
			attr_bool(root, no_denylist,
				  "sys/module/vfio_pci/parameters/disable_denylist");
}

void source_vfio_read(struct root *root, struct system *system)
{
	LIST_FOR_EACH (&system->devices, struct device, device)
		read_device(root, device);
	read_iommufd(root, system);
	read_limits(root, system);
	read_capabilities(root, system);
	read_parameters(root, system);
	read_release(root, system);
	system->vfio.driverctl = is_there(root, "usr/sbin/driverctl");
	if (!system->vfio.driverctl.value)
		system->vfio.driverctl = is_there(root, "usr/bin/driverctl");
	system->vfio.kernel_cmdline = is_there(root, "etc/kernel/cmdline");
	system->vfio.grub = is_there(root, "etc/default/grub");
	system->vfio.ostree = is_there(root, "run/ostree-booted");
}
