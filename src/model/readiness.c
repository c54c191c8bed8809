// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a guest can have a function, what is missing, and what it would break. */

#include "model/readiness.h"

static const struct enum_name verdict_names[] = {
	[READY_NOW] = { "ready", MOOD_GOOD, "VFIO would open it now" },
	[READY_AFTER_STEPS] = { "ready-after-steps", MOOD_GOOD,
				"VFIO would open it after the steps" },
	[NOT_READY] = { "not-ready", MOOD_BAD,
			"something is in the way; steps, if any, begin to remove it" },
	[READY_UNKNOWN] = { "unknown", MOOD_WARN,
			    "what decides could not be seen; the blockers name it" },
	{ 0 },
};

static const struct enum_name blocker_names[] = {
	[BLOCKER_BRIDGE] = { "bridge", MOOD_BAD, "bridges stay with the host" },
	[BLOCKER_CHIPSET] = { "chipset", MOOD_BAD,
			      "a part of the chipset, without which the host has no bus "
			      "or no firmware" },
	[BLOCKER_IOMMU_UNIT] = { "iommu-unit", MOOD_BAD, "it is an IOMMU itself" },
	[BLOCKER_NO_IOMMU] = { "no-iommu", MOOD_BAD, "the machine has no IOMMU" },
	[BLOCKER_OFF_IN_FIRMWARE] = { "iommu-off-in-firmware", MOOD_BAD,
				      "the firmware hides the IOMMU" },
	[BLOCKER_OFF_IN_KERNEL] = { "iommu-off-in-kernel", MOOD_BAD,
				    "the kernel does not use the IOMMU" },
	[BLOCKER_NOT_COVERED] = { "not-covered", MOOD_BAD, "no IOMMU covers it" },
	[BLOCKER_NO_IOMMU_MODE] = { "no-iommu-mode", MOOD_BAD,
				    "VFIO hands it out, but without any protection" },
	[BLOCKER_GROUP_UNKNOWN] = { "group-unknown", MOOD_WARN,
				    "its group or what is in it could not be seen" },
	[BLOCKER_GROUP_NOT_FORMED] = { "group-not-formed", MOOD_WARN,
				       "it gets a group when a driver binds to it" },
	[BLOCKER_MEMBER_UNKNOWN] = { "member-unknown", MOOD_WARN,
				     "the driver of a member of its group could not be "
				     "seen" },
	[BLOCKER_KIND_UNKNOWN] = { "kind-unknown", MOOD_WARN,
				   "its class could not be seen: it may be a bridge" },
	[BLOCKER_USE_UNKNOWN] = { "use-unknown", MOOD_WARN,
				  "whether a program holds it open could not be seen" },
	[BLOCKER_RESERVED_MAPPING] = { "reserved-mapping", MOOD_BAD,
				       "the firmware keeps memory mapped for the group "
				       "(RMRR, unity mapping)" },
	[BLOCKER_RESERVED_UNKNOWN] = { "reserved-unknown", MOOD_WARN,
				       "the reserved regions of the group could not be "
				       "read, or whether this kernel minds them is "
				       "unknown" },
	[BLOCKER_INTERRUPTS] = { "no-interrupt-remapping", MOOD_BAD,
				 "a guest could raise any interrupt of the host" },
	[BLOCKER_INTERRUPTS_UNKNOWN] = { "interrupt-remapping-unknown", MOOD_WARN,
					 "whether interrupts are isolated could not be "
					 "seen" },
	[BLOCKER_NO_VFIO] = { "no-vfio", MOOD_BAD, "the kernel has no vfio-pci" },
	[BLOCKER_DENYLIST] = { "denylist", MOOD_BAD,
			       "vfio-pci refuses this device as unsafe" },
	[BLOCKER_DENYLIST_UNKNOWN] = { "denylist-unknown", MOOD_WARN,
				       "vfio-pci of some kernels refuses this device as "
				       "unsafe" },
	[BLOCKER_IN_USE] = { "in-use", MOOD_BAD, "a program holds it open already" },
	[BLOCKER_ROOT_FILE_SYSTEM] = { "root-file-system", MOOD_BAD,
				       "the host's own system is on it" },
	[BLOCKER_SWAP] = { "swap", MOOD_BAD, "memory of the host is swapped to it" },
	[BLOCKER_HOST_USE_UNKNOWN] = { "host-use-unknown", MOOD_WARN,
				       "whether the host lives on it could not be seen" },
	[BLOCKER_GUEST_MEMORY] = { "guest-memory", MOOD_BAD,
				   "memory of the guest would lie at addresses that "
				   "cannot be mapped" },
	[BLOCKER_GUEST_MEMORY_UNKNOWN] = { "guest-memory-unknown", MOOD_WARN,
					   "which addresses can be mapped is unknown" },
	{ 0 },
};

static const struct enum_name warning_names[] = {
	[WARNING_NO_RESET] = { "no-reset", MOOD_WARN,
			       "nothing cleans it between two users" },
	[WARNING_RESET_UNKNOWN] = { "reset-unknown", MOOD_WARN,
				    "how it can be reset could not be read" },
	[WARNING_BOOT_VGA] = { "boot-vga", MOOD_WARN,
			       "the firmware's own graphics device" },
	[WARNING_UNSAFE_INTERRUPTS] = { "unsafe-interrupts", MOOD_WARN,
					"a guest will be able to raise any interrupt" },
	[WARNING_SAME_IDENTIFIERS] = { "same-identifiers", MOOD_WARN,
				       "vfio-pci.ids would take another function, too" },
	[WARNING_TAKEN_AT_START] = { "taken-at-start", MOOD_BAD,
				     "vfio-pci.ids names it, and the host uses it" },
	[WARNING_ASK_AGAIN] = { "ask-again", MOOD_WARN,
				"more can be said after the steps" },
	[WARNING_MEMLOCK] = { "memlock", MOOD_WARN,
			      "programs may not lock as much as the guest has" },
	[WARNING_DEFAULT_ROUTE] = { "default-route", MOOD_WARN,
				    "a remote session ends before the steps are done" },
	[WARNING_MOUNTED] = { "mounted", MOOD_WARN,
			      "file systems on it are mounted, and to be unmounted "
			      "first" },
	[WARNING_VFIO_UNKNOWN] = { "vfio-unknown", MOOD_WARN,
				   "whether the kernel has vfio-pci could not be seen" },
	{ 0 },
};

static const struct field blocker_fields[] = {
	FIELD(struct blocker, id, "ID", F_ENUM, F_SHOW, "what it is, as one word",
	      .names = blocker_names),
	FIELD(struct blocker, text, "TEXT", F_STR, F_SHOW | F_BRANCH | F_WRAP,
	      "the same in words, with what shows it"),
	FIELD(struct blocker, path, "PATH", F_STR, 0, "the file that says so, or would"),
};

static const struct record blocker_record =
	RECORD("blockers", "blocker", "what stands in the way", blocker_fields);

static const struct field warning_fields[] = {
	FIELD(struct warning, id, "ID", F_ENUM, F_SHOW, "what it is, as one word",
	      .names = warning_names),
	FIELD(struct warning, text, "TEXT", F_STR, F_SHOW | F_BRANCH | F_WRAP,
	      "the same in words"),
};

static const struct record warning_record =
	RECORD("warnings", "warning", "what does not stand in the way, but matters",
	       warning_fields);

static const struct field step_fields[] = {
	FIELD(struct step, text, "STEP", F_STR, F_SHOW | F_WRAP, "what to do, and why"),
	FIELD(struct step, command, "COMMAND", F_STR, F_SHOW | F_BRANCH | F_CODE,
	      "the command that does it; absent where none can"),
};

static const struct record step_record =
	RECORD("steps", "step", "what to do, in this order", step_fields);

static void get_hole(const void *object, struct value *ret)
{
	const struct iova_hole *hole = object;

	ret->state = hole->start.state;
	ret->text = ret->scratch;
	snprintf(ret->scratch, sizeof(ret->scratch), "0x%llx-0x%llx",
		 (unsigned long long)hole->start.value,
		 (unsigned long long)hole->end.value);
}

static const struct field hole_fields[] = {
	FIELD_MADE("range", "RANGE", F_STR, F_SHOW | F_TEXT_ONLY,
		   "first and last address", get_hole),
	FIELD(struct iova_hole, start, "START", F_HEX, 0, "first address"),
	FIELD(struct iova_hole, end, "END", F_HEX, 0, "last address"),
	FIELD(struct iova_hole, bytes, "BYTES", F_BYTES, F_SHOW | F_RIGHT,
	      "how many there are"),
};

static const struct record hole_record = RECORD(
	"iova", "iova_range", "addresses that memory can be mapped at", hole_fields);

static const struct field bar_fields[] = {
	FIELD(struct readiness_bar, name, "BAR", F_STR, F_SHOW, "name of the resource"),
	FIELD(struct readiness_bar, bytes, "BYTES", F_BYTES, F_SHOW | F_BRANCH | F_RIGHT,
	      "size, which the guest needs room for"),
};

static const struct record bar_record =
	RECORD("bars", "bar", "the resources in memory of a function", bar_fields);

/* What a use is called where there is room for names only. */
static const char *use_name(const struct use *use)
{
	const char *name = known_text(use->name);
	int kind = use->kind.value;

	if (kind == USE_UNKNOWN)
		return "?";
	return name && kind != USE_SWAP ? name : use_kind_names[kind].name;
}

/* Did another that stands before it in the list bring the name? */
static bool is_named(const struct list *uses, const struct use *use)
{
	LIST_FOR_EACH (uses, const struct use, before) {
		if (before == use)
			return false;
		if (streq(use_name(before), use_name(use)))
			return true;
	}
	return false;
}

/* "/, swap, eth0": what stops, by its names. */
static void get_breaks(const void *object, struct value *ret)
{
	const struct readiness *readiness = object;
	size_t length = 0;

	ret->state = readiness->breaks.state;
	if (ret->state != FACT_KNOWN)
		return;
	ret->text = ret->scratch;
	ret->scratch[0] = '\0';
	if (readiness->breaks.list.count == 0)
		ret->state = FACT_ABSENT;
	LIST_FOR_EACH (&readiness->breaks.list, const struct use, use) {
		const char *name = use_name(use);

		if (is_named(&readiness->breaks.list, use))
			continue;
		if (length + strlen(name) + 6 >= sizeof(ret->scratch)) {
			snprintf(ret->scratch + length, sizeof(ret->scratch) - length,
				 ", ...");
			return;
		}
		length += (size_t)snprintf(ret->scratch + length,
					   sizeof(ret->scratch) - length, "%s%s",
					   length > 0 ? ", " : "", name);
	}
}

/* The sentence has no room beside other columns; the name of the blocker has. */
static void get_reason(const void *object, struct value *ret)
{
	const struct readiness *readiness = object;

	ret->state = readiness->verdict_why.state;
	ret->text = readiness->verdict_why.value;
	if (readiness->decisive)
		ret->text = blocker_names[readiness->decisive->id.value].name;
}

static void get_memlock(const void *object, struct value *ret)
{
	const struct readiness *readiness = object;
	_cleanup_strbuf_ struct strbuf size = { 0 };

	strbuf_add_size(&size, readiness->memlock.value);
	snprintf(ret->scratch, sizeof(ret->scratch), "%s",
		 known_true(readiness->memlock_unlimited) ? "unlimited"
							  : strbuf_text(&size));
	ret->state = readiness->memlock_unlimited.state;
	ret->text = ret->scratch;
}

static const struct field fields[] = {
	FIELD(struct readiness, bdf, "BDF", F_STR, F_SHOW | F_LABEL, "PCI address"),
	FIELD(struct readiness, verdict, "VERDICT", F_ENUM, F_SHOW | F_INFO,
	      "whether it can be given to a guest", .names = verdict_names),
	FIELD(struct readiness, group, "GROUP", F_UINT, F_SHOW | F_RIGHT,
	      "its IOMMU group"),
	FIELD(struct readiness, driver, "DRIVER", F_STR, F_SHOW, "driver bound to it"),
	FIELD_MADE("stops", "STOPS", F_STR, F_SHOW | F_WRAP | F_TEXT_ONLY | F_OPTIONAL,
		   "names of what stops working on the host", get_breaks),
	FIELD(struct readiness, name, "NAME", F_STR, F_SHOW | F_TRUNC | F_TEXT_ONLY,
	      "name of the device"),
	FIELD_MADE("reason", "REASON", F_STR, F_SHOW | F_WRAP | F_TEXT_ONLY | F_TABLE,
		   "the first blocker, or how many steps there are", get_reason),
	FIELD(struct readiness, verdict_why, "WHY", F_STR, F_DETAIL | F_WRAP,
	      "the most important reason, as a sentence"),
	FIELD(struct readiness, class, "CLASS", F_STR, F_DETAIL, "name of the class"),
	FIELD(struct readiness, members, "WITH", F_STRV, F_DETAIL,
	      "other members of its group: no other guest can have them, nor the host"),
	FIELD(struct readiness, stay, "STAY", F_STRV, F_DETAIL,
	      "bridges of its group, which stay with the host"),
	FIELD(struct readiness, blockers, "BLOCKERS", F_RECORDS, F_DETAIL,
	      "what stands in the way", .record = &blocker_record),
	FIELD(struct readiness, warnings, "WARNINGS", F_RECORDS, F_DETAIL,
	      "what does not stand in the way, but matters", .record = &warning_record),
	FIELD_AS(struct readiness, breaks, "breaks", "BREAKS", F_RECORDS, F_DETAIL,
		 "what stops working on the host", .record = &use_record),
	FIELD(struct readiness, steps, "STEPS", F_RECORDS, F_DETAIL,
	      "what to do, in this order", .record = &step_record),
	FIELD(struct readiness, reset_methods, "RESET", F_STRV, F_DETAIL | F_OPTIONAL,
	      "ways the kernel can reset the function"),
	FIELD(struct readiness, bus_reset, "BUS-RESET", F_STRV, F_DETAIL | F_OPTIONAL,
	      "other functions that a reset of its bus would hit"),
	FIELD_AS(struct readiness, address_width, "address_width", "ADDRESS-BITS", F_UINT,
		 F_RIGHT | F_DETAIL, "bits of an address before translation"),
	FIELD(struct readiness, iova, "IOVA", F_RECORDS, F_DETAIL,
	      "addresses that memory of a guest can be mapped at",
	      .record = &hole_record),
	FIELD(struct readiness, bars, "BARS", F_RECORDS, F_DETAIL,
	      "its resources in memory", .record = &bar_record),
	FIELD(struct readiness, boot_vga, "BOOT-VGA", F_BOOL, F_DETAIL | F_OPTIONAL,
	      "the firmware showed its messages on it; absent where it is no VGA device"),
	FIELD(struct readiness, rom, "ROM", F_BOOL, F_DETAIL,
	      "it has an expansion ROM, which a guest may want to run"),
	FIELD(struct readiness, iommufd, "IOMMUFD", F_BOOL, F_DETAIL,
	      "the kernel has /dev/iommu"),
	FIELD(struct readiness, cdev, "CDEV", F_STR, F_DETAIL | F_OPTIONAL,
	      "the device's own node for iommufd; absent where it has none"),
	FIELD_MADE("memlock", "MEMLOCK", F_STR, F_RIGHT | F_DETAIL | F_TEXT_ONLY,
		   "memory that a program without CAP_IPC_LOCK may lock", get_memlock),
	FIELD_AS(struct readiness, memlock, "memlock_bytes", "MEMLOCK-BYTES", F_BYTES,
		 F_RIGHT, "the same; absent where there is no limit"),
	FIELD(struct readiness, memlock_unlimited, "MEMLOCK-UNLIMITED", F_BOOL, 0,
	      "there is no such limit"),
};

const struct record readiness_record = RECORD(
	"readiness", "readiness",
	"whether a function can be given to a guest, and what it would break", fields);
