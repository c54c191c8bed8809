// SPDX-License-Identifier: GPL-2.0-or-later
/* mktree N DIR: writes sys/ and proc/ of a made-up server with N PCI functions. */

#include "machine.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FUNCTIONS = 200000, MAX_PATH = 512, MAX_DRIVERS = 32 };

/*
 * Most attributes have one of a few values. Files of equal content are hard links to one
 * inode, so that a tree of many thousand functions is made quickly and stays small.
 */
struct shared {
	char *path, *content;
};

enum { SHARED_SLOTS = 4096 };

static int root = -1;
static struct shared shared_files[SHARED_SLOTS];
static const char *drivers[MAX_DRIVERS];

static void write_bytes(int dir, const char *name, const void *bytes, size_t size)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		err(2, "%s", name);
	if (write(fd, bytes, size) != (ssize_t)size)
		err(2, "%s", name);
	close(fd);
}

__attribute__((format(printf, 3, 4))) static void write_text(int dir, const char *name,
							     const char *format, ...)
{
	va_list arguments;
	char text[2048];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_bytes(dir, name, text, strlen(text));
}

static struct shared *find_shared(const char *content)
{
	uint32_t hash = 2166136261u;

	for (const char *c = content; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	for (unsigned int i = 0; i < SHARED_SLOTS; i++) {
		struct shared *slot = &shared_files[(hash + i) % SHARED_SLOTS];

		if (!slot->path || strcmp(slot->content, content) == 0)
			return slot;
	}
	errx(2, "more than %d different attributes", SHARED_SLOTS);
}

/* As write_text(), for a value that many files hold; `path` is that of `dir`. */
__attribute__((format(printf, 4, 5))) static void
share_text(int dir, const char *path, const char *name, const char *format, ...)
{
	struct shared *slot;
	va_list arguments;
	char text[256];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	slot = find_shared(text);
	if (slot->path && linkat(root, slot->path, dir, name, 0) == 0)
		return;
	if (slot->path && errno != EMLINK)
		err(2, "%s/%s", path, name);
	write_bytes(dir, name, text, strlen(text));
	free(slot->path);
	free(slot->content);
	slot->content = strdup(text);
	if (!slot->content || asprintf(&slot->path, "%s/%s", path, name) < 0)
		errx(2, "out of memory");
}

__attribute__((format(printf, 3, 4))) static void make_link(int dir, const char *name,
							    const char *format, ...)
{
	char target[MAX_PATH + 64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(target, sizeof(target), format, arguments);
	va_end(arguments);
	if (symlinkat(target, dir, name) < 0)
		err(2, "%s -> %s", name, target);
}

/* Makes a directory, with those above it, and opens it. */
static int make_dirs(const char *path)
{
	char part[MAX_PATH];
	int fd;

	for (size_t i = 1; i <= strlen(path); i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, path);
		if (mkdirat(root, part, 0755) < 0 && errno != EEXIST)
			err(2, "%s", part);
	}
	fd = openat(root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

static int make_dir(const char *path)
{
	int fd;

	if (mkdirat(root, path, 0755) < 0)
		err(2, "%s", path);
	fd = openat(root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

static const char *function_name(const struct function *function, char ret_name[16])
{
	snprintf(ret_name, 16, "%04x:%02x:%02x.%x", host_segment(function->host) & 0xffff,
		 function->bus, function->devfn >> 3, function->devfn & 7);
	return ret_name;
}

/* The path below sys/devices; returns how many directories deep it is. */
static unsigned int function_path(const struct function *function,
				  char ret_path[MAX_PATH])
{
	unsigned int depth = 2;
	size_t length;
	char name[16];

	if (function->parent)
		depth = function_path(function->parent, ret_path) + 1;
	else
		snprintf(ret_path, MAX_PATH, "pci%04x:%02x", host_segment(function->host),
			 host_bus(function->host));
	length = strlen(ret_path);
	snprintf(ret_path + length, MAX_PATH - length, "/%s",
		 function_name(function, name));
	return depth;
}

static void append_range(char text[2048], uint64_t start, uint64_t size,
			 unsigned int flags)
{
	size_t length = strlen(text);

	snprintf(text + length, 2048 - length,
		 "0x%016" PRIx64 " 0x%016" PRIx64 " 0x%016x\n", size ? start : 0,
		 size ? start + size - 1 : 0, size ? flags : 0);
}

/* Six BARs, ROM, six BARs of the VFs; for a bridge also its four windows. */
static void write_resources(int dir, const struct function *function)
{
	enum { ROM = 6, VF_BAR = 7, WINDOWS = 13, LINES = 17 };
	enum { MEM = 0x40200, PREFETCH_64 = 0x14220c, MEM_WINDOW = 0x200 };
	enum { PREFETCH_WINDOW = 0x102201 };
	const struct kind *kind = function->kind;
	bool bridge = kind->has & IS_BRIDGE;
	char text[2048] = "";

	for (int line = 0; line < (bridge ? LINES : WINDOWS); line++) {
		const struct range *range = NULL;

		if (line == 0)
			append_range(text, function->bar, kind->bar_size,
				     kind->port == PORT_NONE ? MEM : PREFETCH_64);
		else if (line == VF_BAR && function->vfs)
			append_range(text, function->vfs->bar,
				     VFS_PER_PF * function->vfs->kind->bar_size,
				     PREFETCH_64);
		else if (line == WINDOWS + 1 || line == WINDOWS + 2)
			range = &function->windows[line == WINDOWS + 1 ? MEM32 : MEM64];
		else
			append_range(text, 0, 0, 0);
		if (range)
			append_range(text, range->start, range->end - range->start,
				     line == WINDOWS + 1 ? MEM_WINDOW : PREFETCH_WINDOW);
	}
	write_bytes(dir, "resource", text, strlen(text));
}

static void write_uevent(int dir, const char *path, const struct function *function)
{
	const struct kind *kind = function->kind;
	char name[16], alias[80];

	snprintf(alias, sizeof(alias), "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		 kind->vendor, kind->device, kind->subvendor, kind->subdevice,
		 kind->class >> 16, kind->class >> 8 & 0xff, kind->class & 0xff);
	share_text(dir, path, "modalias", "%s\n", alias);
	write_text(dir, "uevent",
		   "%s%s%sPCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\n"
		   "PCI_SLOT_NAME=%s\nMODALIAS=%s\n",
		   function->driver ? "DRIVER=" : "", function->driver ?: "",
		   function->driver ? "\n" : "", kind->class, kind->vendor, kind->device,
		   kind->subvendor, kind->subdevice, function_name(function, name),
		   alias);
}

/* What every function has, whatever it is. */
static void write_common(int dir, const char *path, const struct function *function)
{
	const struct kind *kind = function->kind;
	unsigned int node = function->host % 2;
	uint8_t config[CONFIG_SIZE];
	size_t size = config_build(function, config);

	write_bytes(dir, "config", config, size);
	write_resources(dir, function);
	write_uevent(dir, path, function);
	share_text(dir, path, "vendor", "0x%04x\n", kind->vendor);
	share_text(dir, path, "device", "0x%04x\n", kind->device);
	share_text(dir, path, "subsystem_vendor", "0x%04x\n", kind->subvendor);
	share_text(dir, path, "subsystem_device", "0x%04x\n", kind->subdevice);
	share_text(dir, path, "class", "0x%06x\n", kind->class);
	share_text(dir, path, "revision", "0x%02x\n", kind->revision);
	share_text(dir, path, "irq", "%u\n",
		   kind->has & IS_VF ? 0 : 16 + function->bus % 8);
	share_text(dir, path, "numa_node", "%u\n", node);
	share_text(dir, path, "local_cpus", "%s\n", node ? "c" : "3");
	share_text(dir, path, "local_cpulist", "%s\n", node ? "2-3" : "0-1");
	share_text(dir, path, "dma_mask_bits", "%u\n", kind->dma_mask_bits);
	share_text(dir, path, "consistent_dma_mask_bits", "%u\n", kind->dma_mask_bits);
	share_text(dir, path, "enable", "%d\n", function->driver != NULL);
	share_text(dir, path, "broken_parity_status", "0\n");
	share_text(dir, path, "msi_bus", "1\n");
	share_text(dir, path, "d3cold_allowed", "%d\n", (kind->has & IS_BRIDGE) != 0);
	share_text(dir, path, "power_state", "%s\n", function->driver ? "D0" : "unknown");
	share_text(dir, path, "ari_enabled", "%d\n", (kind->has & HAS_ARI) != 0);
	if (function->driver && strcmp(function->driver, "vfio-pci") == 0)
		share_text(dir, path, "driver_override", "vfio-pci\n");
	else
		share_text(dir, path, "driver_override", "(null)\n");
}

static void write_special(int dir, const char *path, const struct function *function)
{
	const struct kind *kind = function->kind;

	if (kind->reset)
		share_text(dir, path, "reset_method", "%s\n", kind->reset);
	if (kind->class == 0x030000)
		share_text(dir, path, "boot_vga", "%d\n", kind->port == PORT_NONE);
	if (kind->port != PORT_NONE && kind->port != PORT_INTEGRATED) {
		share_text(dir, path, "current_link_speed", "8.0 GT/s PCIe\n");
		share_text(dir, path, "current_link_width", "16\n");
		share_text(dir, path, "max_link_speed", "8.0 GT/s PCIe\n");
		share_text(dir, path, "max_link_width", "16\n");
	}
	if (kind->has & IS_BRIDGE) {
		share_text(dir, path, "secondary_bus_number", "%u\n",
			   function->secondary);
		share_text(dir, path, "subordinate_bus_number", "%u\n",
			   function->subordinate);
	}
	if (!function->vfs)
		return;
	share_text(dir, path, "sriov_totalvfs", "%d\n", VFS_PER_PF);
	share_text(dir, path, "sriov_numvfs", "%d\n", VFS_PER_PF);
	share_text(dir, path, "sriov_offset", "%u\n", function->vf_offset);
	share_text(dir, path, "sriov_stride", "1\n");
	share_text(dir, path, "sriov_vf_device", "%x\n", function->vfs->kind->device);
	share_text(dir, path, "sriov_vf_total_msix", "0\n");
	share_text(dir, path, "sriov_drivers_autoprobe", "1\n");
}

static void need_driver(const char *driver)
{
	char path[MAX_PATH];

	for (unsigned int i = 0; i < MAX_DRIVERS; i++) {
		if (drivers[i] && strcmp(drivers[i], driver) == 0)
			return;
		if (drivers[i])
			continue;
		drivers[i] = driver;
		snprintf(path, sizeof(path), "sys/bus/pci/drivers/%s", driver);
		close(make_dir(path));
		return;
	}
	errx(2, "more than %d drivers", MAX_DRIVERS);
}

/* Links out of the directory of a function, which is `depth` below sys/devices. */
static void link_out(int dir, const struct function *function, unsigned int depth)
{
	static const char ups[] = "../../../../../../../../";
	const struct function *vf = function->vfs;
	int up = 3 * (int)(depth + 1); /* leads to sys/ */
	char name[16], entry[16];

	make_link(dir, "iommu", "%.*svirtual/iommu/dmar%u", up - 3, ups, function->host);
	make_link(dir, "subsystem", "%.*sbus/pci", up, ups);
	make_link(dir, "iommu_group", "%.*skernel/iommu_groups/%u", up, ups,
		  function->group);
	if (function->driver)
		make_link(dir, "driver", "%.*sbus/pci/drivers/%s", up, ups,
			  function->driver);
	if (function->physfn)
		make_link(dir, "physfn", "../%s", function_name(function->physfn, name));
	for (unsigned int i = 0; vf && i < VFS_PER_PF; i++, vf++) {
		snprintf(entry, sizeof(entry), "virtfn%u", i);
		make_link(dir, entry, "../%s", function_name(vf, name));
	}
}

static void link_in(const struct function *function, const char *path)
{
	char name[16], place[MAX_PATH];

	function_name(function, name);
	snprintf(place, sizeof(place), "sys/bus/pci/devices/%s", name);
	make_link(root, place, "../../../devices/%s", path);
	snprintf(place, sizeof(place), "sys/kernel/iommu_groups/%u/devices/%s",
		 function->group, name);
	make_link(root, place, "../../../../devices/%s", path);
	snprintf(place, sizeof(place), "sys/devices/virtual/iommu/dmar%u/devices/%s",
		 function->host, name);
	make_link(root, place, "../../../../%s", path);
	if (!function->driver)
		return;
	need_driver(function->driver);
	snprintf(place, sizeof(place), "sys/bus/pci/drivers/%s/%s", function->driver,
		 name);
	make_link(root, place, "../../../../devices/%s", path);
}

static void write_function(const struct function *function)
{
	char path[MAX_PATH], place[MAX_PATH + 16];
	unsigned int depth = function_path(function, path);
	int dir;

	snprintf(place, sizeof(place), "sys/devices/%s", path);
	dir = function->parent ? make_dir(place) : make_dirs(place);
	write_common(dir, place, function);
	write_special(dir, place, function);
	link_out(dir, function, depth);
	link_in(function, path);
	close(dir);
}

/* Groups of several functions are strict; those of host bridges, identity. */
static void write_groups(const struct machine *machine)
{
	unsigned int done = 0;

	for (size_t i = 0; i < machine->count; i++) {
		const struct function *function = &machine->functions[i];
		bool shared =
			i + 1 < machine->count && function[1].group == function->group;
		char path[MAX_PATH], devices[MAX_PATH + 16];
		const char *type = "DMA-FQ";
		int dir;

		if (function->group != done)
			continue;
		snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%u", done++);
		dir = make_dir(path);
		if (function->kind->class == 0x060000)
			type = "identity";
		else if (shared)
			type = "DMA";
		share_text(dir, path, "type", "%s\n", type);
		share_text(dir, path, "reserved_regions",
			   "0x00000000fee00000 0x00000000feefffff msi\n");
		close(dir);
		snprintf(devices, sizeof(devices), "%s/devices", path);
		close(make_dir(devices));
	}
}

static void write_units(const struct machine *machine)
{
	enum { DOMAINS = 65536 };
	char path[MAX_PATH], registers[MAX_PATH + 16], name[16];
	int class = make_dirs("sys/class/iommu"), dir;

	close(make_dirs("sys/devices/virtual/iommu"));
	for (unsigned int unit = 0; unit < machine->hosts; unit++) {
		snprintf(name, sizeof(name), "dmar%u", unit);
		snprintf(path, sizeof(path), "sys/devices/virtual/iommu/%s", name);
		dir = make_dir(path);
		make_link(dir, "subsystem", "../../../../class/iommu");
		write_text(dir, "uevent", "%s", "");
		if (mkdirat(dir, "devices", 0755) < 0)
			err(2, "%s/devices", path);
		close(dir);
		snprintf(registers, sizeof(registers), "%s/intel-iommu", path);
		dir = make_dir(registers);
		write_text(dir, "address", "%" PRIx64 "\n", unit_address(unit));
		share_text(dir, registers, "version", "1:0\n");
		share_text(dir, registers, "cap", "8d2078c106f0466\n");
		share_text(dir, registers, "ecap", "f020df\n");
		share_text(dir, registers, "domains_supported", "%d\n", DOMAINS);
		share_text(dir, registers, "domains_used", "%u\n",
			   machine->groups / machine->hosts);
		close(dir);
		make_link(class, name, "../../devices/virtual/iommu/%s", name);
	}
	close(class);
}

/* Eight channels of the first DMA controller, or of the platform on a small machine. */
static void write_channels(const struct machine *machine)
{
	enum { CHANNELS = 8 };
	char owner[MAX_PATH] = "platform/dma0", path[2 * MAX_PATH], name[16];
	int class = make_dirs("sys/class/dma"), dir;

	for (size_t i = 0; i < machine->count; i++) {
		const struct function *function = &machine->functions[i];

		if (function->driver && strcmp(function->driver, "ioatdma") == 0) {
			function_path(function, owner);
			break;
		}
	}
	for (unsigned int i = 0; i < CHANNELS; i++) {
		snprintf(name, sizeof(name), "dma0chan%u", i);
		snprintf(path, sizeof(path), "sys/devices/%s/dma/%s", owner, name);
		dir = make_dirs(path);
		share_text(dir, path, "in_use", "%u\n", i < 2);
		share_text(dir, path, "memcpy_count", "%u\n", i < 2 ? 1000 : 0);
		share_text(dir, path, "bytes_transferred", "%u\n", i < 2 ? 4096000 : 0);
		write_text(dir, "uevent", "%s", "");
		make_link(dir, "device", "../../../%s", strrchr(owner, '/') + 1);
		make_link(class, name, "../../devices/%s/dma/%s", owner, name);
		close(dir);
	}
	close(class);
}

static void write_file(const char *directory, const char *name,
		       void (*write)(FILE *, const struct machine *),
		       const struct machine *machine)
{
	int dir = make_dirs(directory);
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		err(2, "%s/%s", directory, name);
	write(file, machine);
	if (fflush(file) != 0 || ferror(file))
		err(2, "%s/%s", directory, name);
	fclose(file);
	close(dir);
}

static void write_system(const struct machine *machine)
{
	int proc = make_dirs("proc"), kernel = make_dirs("proc/sys/kernel");

	write_text(proc, "cmdline",
		   "BOOT_IMAGE=/vmlinuz-6.12.38+deb13-amd64 root=/dev/nvme0n1p2 ro quiet "
		   "intel_iommu=on\n");
	write_text(proc, "version",
		   "Linux version 6.12.38+deb13-amd64 (debian-kernel@lists.debian.org) "
		   "#1 SMP PREEMPT_DYNAMIC Debian 6.12.38-1\n");
	write_text(kernel, "hostname", "made-up-server\n");
	write_text(kernel, "osrelease", "6.12.38+deb13-amd64\n");
	write_text(kernel, "arch", "x86_64\n");
	close(kernel);
	close(proc);
	write_file("proc", "interrupts", write_interrupts, machine);
	write_file("proc", "iomem", write_iomem, machine);
	write_file("sys/firmware/acpi/tables", "DMAR", write_dmar, machine);
}

/* Refuses a directory with anything in it: nothing is ever overwritten. */
static void open_root(const char *path)
{
	struct dirent *entry;
	DIR *stream;

	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		err(2, "%s", path);
	stream = opendir(path);
	if (!stream)
		err(2, "%s", path);
	while ((entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			errx(2, "%s: not empty", path);
	closedir(stream);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		err(2, "%s", path);
}

int main(int argc, char **argv)
{
	struct machine machine;
	unsigned long wanted;
	char *end = NULL;

	if (argc != 3)
		errx(2, "usage: mktree N DIR");
	wanted = strtoul(argv[1], &end, 10);
	if (*end || wanted < 1 || wanted > MAX_FUNCTIONS)
		errx(2, "%s: not a number from 1 to %d", argv[1], MAX_FUNCTIONS);
	open_root(argv[2]);
	if (!machine_plan(&machine, wanted))
		errx(2, "out of memory");
	close(make_dirs("sys/bus/pci/devices"));
	close(make_dirs("sys/bus/pci/drivers"));
	close(make_dirs("sys/bus/pci/slots"));
	close(make_dirs("sys/kernel/iommu_groups"));
	write_units(&machine);
	write_groups(&machine);
	for (size_t i = 0; i < machine.count; i++)
		write_function(&machine.functions[i]);
	write_channels(&machine);
	write_system(&machine);
	free(machine.functions);
	return 0;
}
