// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI functions: configuration space, driver, masks, resets, virtual functions. */

#include "spec/pcicap.h"

#include "base/bits.h"
#include "source/attr.h"
#include "source/source.h"

#define DEVICES "sys/bus/pci/devices"

/* Takes the last component off a path, and returns it if it is a function's address. */
static const char *cut_function(char *path)
{
	struct pci_address address;
	char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;

	if (slash)
		*slash = '\0';
	return parse_pci_address(last, &address) == 0 && address.function >= 0 ? last
									       : NULL;
}

/*
 * ".../pci0000:00/0000:00:1c.0/0000:01:00.0" → the bridge above; absent on a root bus.
 * Where a function stands above the host bridge ("…/0000:00:0e.0/pci10000:e0/…"), it is
 * Intel's VMD: a controller that has other functions behind it.
 */
static void read_upstream(struct root *root, struct device *device, const char *target)
{
	_cleanup_free_ char *path = xstrdup(target);
	struct arena *arena = &root->system->arena;
	const char *above;
	char *host;

	if (!strchr(path, '/'))
		return;
	cut_function(path);
	host = strstr(path, "/pci");
	for (char *next = host; next; next = strstr(next + 1, "/pci"))
		host = next; /* the host bridge that is nearest */
	above = cut_function(path);
	device->upstream.state = FACT_ABSENT;
	if (above)
		device->upstream = KNOWN_STR(arena_strdup(arena, above));
	if (!host)
		return;
	*host = '\0';
	above = cut_function(path);
	if (above)
		device->host = arena_strdup(arena, above);
}

/* The line ends here; the string may have more. */
static bool is_line_end(const char *text)
{
	return *text == '\0' || *text == '\n';
}

/* Keys of a PCI device's uevent hold hexadecimal identifiers: "8086:0D57" and "20000". */
static void parse_id_pair(const char *text, struct fact_u64 *first,
			  struct fact_u64 *second)
{
	uint32_t a, b;

	if (parse_hex_digits(&text, 4, &a) == 0 && *text++ == ':' &&
	    parse_hex_digits(&text, 4, &b) == 0 && is_line_end(text)) {
		*first = KNOWN_U64(a);
		*second = KNOWN_U64(b);
	}
}

static void parse_class(const char *text, struct fact_u64 *class)
{
	uint32_t value;

	if (parse_hex_digits(&text, 6, &value) == 0 && is_line_end(text))
		*class = KNOWN_U64(value);
}

/*
 * One file has the driver, the class and the identifiers, which for a virtual function
 * are not in its configuration space (PCIe 6.0, 9.3.4.1: it reads as FFFFh).
 */
static int read_uevent(struct root *root, struct device *device)
{
	static const char driver[] = "DRIVER=", class[] = "PCI_CLASS=", id[] = "PCI_ID=",
			  subsystem[] = "PCI_SUBSYS_ID=";
	char text[ROOT_PAGE + 1];
	const char *cursor = text, *line;
	size_t length;
	int r = root_read_head(root, text, ROOT_PAGE, &length, DEVICES "/%s/uevent",
			       device->bdf);

	device->driver.state = r < 0 ? fact_state_of(r) : FACT_ABSENT;
	if (r == -ENOENT)
		device->driver.state = FACT_UNREAD;
	if (r < 0)
		return r;
	text[length] = '\0';
	while ((line = next_line(&cursor, &length))) {
		if (starts_with(line, driver))
			device->driver = KNOWN_STR(
				arena_strndup(&root->system->arena, line + strlen(driver),
					      length - strlen(driver)));
		else if (starts_with(line, class))
			parse_class(line + strlen(class), &device->class_id);
		else if (starts_with(line, id))
			parse_id_pair(line + strlen(id), &device->vendor_id,
				      &device->device_id);
		else if (starts_with(line, subsystem))
			parse_id_pair(line + strlen(subsystem),
				      &device->subsystem_vendor_id,
				      &device->subsystem_device_id);
	}
	if (device->vendor_id.state != FACT_KNOWN) {
		char path[128];

		snprintf(path, sizeof(path), DEVICES "/%s/uevent", device->bdf);
		root_note(root, path, "not the uevent of a PCI function");
		device->driver.state = FACT_MALFORMED;
	}
	return 0;
}

/* What is true of a capability that was not found, given how far the lists were seen. */
static enum fact_state missing_state(const struct pci_capabilities *found, bool seen,
				     size_t size)
{
	if (found->problem)
		return FACT_MALFORMED;
	if (seen)
		return FACT_ABSENT;
	return size <= PCI_CONFIG_HEADER ? FACT_DENIED : FACT_UNREAD;
}

static void set_switch(struct fact_enum *fact, enum pci_switch value, uint16_t found,
		       enum fact_state missing)
{
	static const enum capability_state states[] = {
		[PCI_SWITCH_ABSENT] = CAPABILITY_ABSENT,
		[PCI_SWITCH_OFF] = CAPABILITY_OFF,
		[PCI_SWITCH_ON] = CAPABILITY_ON,
	};

	if (found || missing == FACT_ABSENT)
		*fact = KNOWN_ENUM((int)states[value]);
	else
		fact->state = missing;
}

static void add_acs_names(struct arena *arena, struct fact_list *names, uint16_t value)
{
	names->state = FACT_KNOWN;
	for (unsigned int i = 0; pci_acs_names[i]; i++)
		if (bit(value, i))
			list_add(arena, &names->list, pci_acs_names[i]);
}

/* Without the capability the lists of services are empty, and there are no registers. */
static void set_acs(struct arena *arena, struct device *device,
		    const struct pci_config *config, enum fact_state missing)
{
	device->acs_capability.state = device->acs_control.state = missing;
	device->acs_egress.state = missing;
	if (config->has_acs) {
		device->acs_capability = KNOWN_U64(config->acs_capability);
		device->acs_control = KNOWN_U64(config->acs_control);
		device->acs_egress = KNOWN_U64(config->acs_egress);
	}
	if (config->has_acs || missing == FACT_ABSENT) {
		add_acs_names(arena, &device->acs, config->acs_control);
		add_acs_names(arena, &device->acs_supported, config->acs_capability);
	} else {
		device->acs.state = device->acs_supported.state = missing;
	}
}

static void set_capabilities(struct root *root, struct device *device,
			     const struct pci_config *config, size_t size)
{
	const struct pci_capabilities *found = &config->capabilities;
	enum fact_state standard = missing_state(found, found->standard_seen, size);
	enum fact_state extended = missing_state(found, found->extended_seen, size);
	char path[128];

	snprintf(path, sizeof(path), DEVICES "/%s/config", device->bdf);
	if (found->problem)
		root_note(root, path, "%s at 0x%x", found->problem,
			  (unsigned int)found->problem_at);
	else if (standard == FACT_DENIED)
		root_note(root, path, "only %zu bytes can be read without CAP_SYS_ADMIN",
			  size);
	else if (extended == FACT_UNREAD)
		root_note(root, path,
			  "the extended configuration space is not accessible");

	if (config->is_express) {
		device->port_type = KNOWN_ENUM(config->port_type);
		device->port_number = KNOWN_U64(config->port_number);
	} else {
		device->port_type.state = device->port_number.state = standard;
	}
	set_switch(&device->ats, config->ats, found->ats, extended);
	set_switch(&device->pri, config->pri, found->pri, extended);
	set_switch(&device->pasid, config->pasid, found->pasid, extended);
	set_switch(&device->msi, config->msi, found->msi, standard);
	set_switch(&device->msix, config->msix, found->msix, standard);
	set_acs(&root->system->arena, device, config, extended);
	if (config->has_iommu_base && device->class_id.value >> 8 == PCI_CLASS_IOMMU)
		device->amd_iommu_base = KNOWN_U64(config->iommu_base);
}

static void set_config_state(struct device *device, enum fact_state state)
{
	device->bus_master.state = device->revision_id.state = state;
	device->port_type.state = device->port_number.state = state;
	device->multifunction.state = state;
	device->acs_capability.state = device->acs_control.state = state;
	device->acs_egress.state = state;
	device->ats.state = device->pri.state = device->pasid.state = state;
	device->msi.state = device->msix.state = state;
	device->acs.state = device->acs_supported.state = state;
	device->amd_iommu_base.state = state;
}

/* Identifiers and class, where uevent did not have them. */
static void set_identity(struct device *device, const struct pci_config *config)
{
	/* Of a virtual function both read as ones (PCIe 6.0, 9.3.4.1.1). */
	if (device->vendor_id.state != FACT_KNOWN && config->vendor_id != UINT16_MAX) {
		device->vendor_id = KNOWN_U64(config->vendor_id);
		device->device_id = KNOWN_U64(config->device_id);
	}
	if (device->class_id.state != FACT_KNOWN)
		device->class_id = KNOWN_U64(config->class_id);
	if (device->subsystem_vendor_id.state == FACT_KNOWN)
		return;
	device->subsystem_vendor_id.state = device->subsystem_device_id.state =
		FACT_ABSENT;
	if (config->has_subsystem) {
		device->subsystem_vendor_id = KNOWN_U64(config->subsystem_vendor_id);
		device->subsystem_device_id = KNOWN_U64(config->subsystem_device_id);
	}
}

static int read_config(struct root *root, struct device *device)
{
	unsigned char bytes[PCI_CONFIG_EXPRESS + 1];
	struct pci_config config;
	size_t size;
	int r = root_read_head(root, bytes, sizeof(bytes), &size, DEVICES "/%s/config",
			       device->bdf);

	if (r < 0) {
		set_config_state(device, r == -ENOENT ? FACT_UNREAD : fact_state_of(r));
		return r;
	}
	r = size > PCI_CONFIG_EXPRESS ? -EFBIG : pcicap_decode(bytes, size, &config);
	if (r < 0) {
		char path[128];

		snprintf(path, sizeof(path), DEVICES "/%s/config", device->bdf);
		root_note(root, path, "%s",
			  r == -ENODEV ? "reads as all ones, as if the device were gone"
			  : r == -EFBIG
				  ? "larger than a configuration space"
				  : "shorter than the header of a configuration space");
		set_config_state(device, fact_state_of(r));
		return 0;
	}
	device->bus_master = KNOWN_BOOL(config.command & PCI_COMMAND_BUS_MASTER);
	device->revision_id = KNOWN_U64(config.revision_id);
	device->multifunction = KNOWN_BOOL(config.multifunction);
	set_identity(device, &config);
	set_capabilities(root, device, &config, size);
	return 0;
}

/* A virtual function leads to its physical one; "../0000:01:00.0" is the link's text. */
static void read_virtual(struct root *root, struct device *device)
{
	const char *target;
	int r = root_link(root, &target, DEVICES "/%s/physfn", device->bdf);

	device->physfn.state = fact_state_of(r);
	if (r == 0) {
		const char *slash = strrchr(target, '/');

		device->physfn.value = slash ? slash + 1 : target;
		device->sriov_totalvfs.state = device->sriov_numvfs.state = FACT_ABSENT;
		return;
	}
	if (attr_u64(root, 10, &device->sriov_totalvfs, DEVICES "/%s/sriov_totalvfs",
		     device->bdf) == 0)
		attr_u64(root, 10, &device->sriov_numvfs, DEVICES "/%s/sriov_numvfs",
			 device->bdf);
	else
		device->sriov_numvfs.state = device->sriov_totalvfs.state;
}

static void read_reset_methods(struct root *root, struct device *device)
{
	struct fact_str text = { 0 };
	const char *cursor, *word;
	size_t length;

	attr_str(root, &text, DEVICES "/%s/reset_method", device->bdf);
	device->reset_methods.state = text.state;
	if (text.state != FACT_KNOWN)
		return;
	cursor = text.value;
	while ((word = next_word(&cursor, " ", &length)))
		list_add(&root->system->arena, &device->reset_methods.list,
			 arena_strndup(&root->system->arena, word, length));
}

static void read_device(struct root *root, struct system *system,
			const struct entry *entry)
{
	struct device *device = arena_new(&system->arena, struct device);
	int r;

	device->bdf = entry->name;
	if (parse_pci_address(entry->name, &device->address) < 0 ||
	    device->address.function < 0) {
		char path[300];

		snprintf(path, sizeof(path), DEVICES "/%s", entry->name);
		root_note(root, path, "not the address of a PCI function");
		return;
	}
	if (entry->target)
		read_upstream(root, device, entry->target);
	r = read_uevent(root, device);
	/* Unplugged since its name was read: it is no device of this machine any more. */
	if (read_config(root, device) == -ENOENT && r == -ENOENT)
		return;
	attr_u64(root, 10, &device->dma_mask_bits, DEVICES "/%s/dma_mask_bits",
		 device->bdf);
	attr_u64(root, 10, &device->consistent_dma_mask_bits,
		 DEVICES "/%s/consistent_dma_mask_bits", device->bdf);
	attr_i64(root, &device->numa_node, DEVICES "/%s/numa_node", device->bdf);
	attr_str(root, &device->removable, DEVICES "/%s/removable", device->bdf);
	read_reset_methods(root, device);
	read_virtual(root, device);
	list_add(&system->arena, &system->devices, device);
}

void source_pci_read(struct root *root, struct system *system)
{
	struct list names = { 0 };
	int r = root_list(root, &names, ROOT_TARGETS, DEVICES);

	/* Without the bus there is no PCI, and so no functions. */
	system->devices_state = list_state(root, r, "sys/bus");
	LIST_FOR_EACH (&names, struct entry, entry)
		read_device(root, system, entry);
	if (system->devices.count > 1)
		qsort(system->devices.items, system->devices.count, sizeof(void *),
		      device_compare);
}
