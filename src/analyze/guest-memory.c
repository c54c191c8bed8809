// SPDX-License-Identifier: GPL-2.0-or-later
/* Which addresses VFIO can map for a device, and whether a guest's memory fits there. */

#include "analyze/given.h"
#include "analyze/ready.h"

static void add_hole(struct inquiry *inquiry, uint64_t start, uint64_t end)
{
	struct arena *arena = &inquiry->system->arena;
	struct iova_hole *hole = arena_new(arena, struct iova_hole);

	hole->start = KNOWN_U64(start);
	hole->end = KNOWN_U64(end);
	hole->bytes = KNOWN_U64(end - start + 1);
	if (hole->bytes.value == 0) /* 2^64 has no place in 64 bits */
		hole->bytes.state = FACT_UNREAD;
	list_add(arena, &inquiry->readiness->iova.list, hole);
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/*
 * The aperture without what is reserved: vfio_iommu_resv_exclude() of Linux leaves out
 * all regions but those that may be given up.
 */
static void find_holes(struct inquiry *inquiry, const struct list *regions, uint64_t last)
{
	_cleanup_free_ struct span *taken =
		xzalloc((regions->count + 1) * sizeof(struct span));
	size_t count = 0;
	uint64_t at = 0;

	LIST_FOR_EACH (regions, const struct reserved_region, region)
		if (!known_str(region->type, "direct-relaxable"))
			taken[count++] =
				(struct span){ region->start.value, region->end.value };
	qsort(taken, count, sizeof(struct span), compare_spans);
	for (size_t i = 0; i < count; i++) {
		if (taken[i].start > last)
			break;
		if (taken[i].start > at)
			add_hole(inquiry, at, taken[i].start - 1);
		if (taken[i].end >= last)
			return;
		at = MAX(at, taken[i].end + 1);
	}
	add_hole(inquiry, at, last);
}

static bool fits(const struct readiness *readiness, struct span memory)
{
	LIST_FOR_EACH (&readiness->iova.list, const struct iova_hole, hole)
		if (hole->start.value <= memory.start && memory.end <= hole->end.value)
			return true;
	return false;
}

/*
 * Where QEMU puts the memory of a guest. Of a q35 machine up to 2 GiB 768 MiB below the
 * registers of devices, or 2 GiB of it and the rest from 4 GiB on (pc_q35_init()). For
 * AMD's CPUs it starts at 1 TiB instead, where it and the 32 GiB for registers behind it
 * would reach into HyperTransport's range (pc_memory_init(), machines since QEMU 7.1). Of
 * Arm's virt from 1 GiB on.
 */
static size_t lay_out(const struct inquiry *inquiry, uint64_t memory, struct span ret[2])
{
	const uint64_t gigabyte = 1ull << 30, most = 0xb0000000;
	const uint64_t hypertransport = 0xfd00000000;
	const struct unit *unit = inquiry->device->unit_ref;
	const struct system *system = inquiry->system;

	switch (machine_arch(system)) {
	case ARCH_X86:
		if (memory < most) {
			ret[0] = (struct span){ 0, memory - 1 };
			return 1;
		}
		ret[0] = (struct span){ 0, 2 * gigabyte - 1 };
		ret[1] = (struct span){ 4 * gigabyte, 2 * gigabyte + memory - 1 };
		if (unit && unit->kind.state == FACT_KNOWN &&
		    unit->kind.value == UNIT_AMD_VI &&
		    ret[1].end + 32 * gigabyte >= hypertransport) {
			ret[1].end += 1024 * gigabyte - ret[1].start;
			ret[1].start = 1024 * gigabyte;
		}
		return 2;
	case ARCH_ARM64:
		ret[0] = (struct span){ gigabyte, gigabyte + memory - 1 };
		return 1;
	default:
		return 0;
	}
}

static void ask_fit(struct inquiry *inquiry)
{
	struct arena *arena = &inquiry->system->arena;
	struct span spans[2];
	size_t count = lay_out(inquiry, inquiry->memory, spans);

	if (count == 0)
		add_blocker(inquiry, BLOCKER_GUEST_MEMORY_UNKNOWN,
			    "where guests of this architecture have their memory is not "
			    "known");
	for (size_t i = 0; i < count; i++)
		if (!fits(inquiry->readiness, spans[i]))
			add_blocker(
				inquiry, BLOCKER_GUEST_MEMORY,
				arena_printf(
					arena,
					"memory of the guest at 0x%llx-0x%llx does not "
					"lie within the addresses that can be mapped",
					(unsigned long long)spans[i].start,
					(unsigned long long)spans[i].end));
}

/* VFIO pins all memory of a guest, which counts for the limit of who starts it. */
static void ask_limit(struct inquiry *inquiry)
{
	struct fact_u64 limit = inquiry->system->vfio.memlock;
	struct arena *arena = &inquiry->system->arena;
	_cleanup_strbuf_ struct strbuf size = { 0 };

	if (limit.state != FACT_KNOWN || limit.value >= inquiry->memory ||
	    known_true(inquiry->system->vfio.may_lock))
		return;
	strbuf_add_size(&size, limit.value);
	add_warning(
		inquiry, WARNING_MEMLOCK,
		arena_printf(arena,
			     "a program without CAP_IPC_LOCK that is started like "
			     "this one may lock %s (/proc/self/limits); libvirt raises "
			     "the limit by itself",
			     strbuf_text(&size)));
	/* A shell's own limit would end with the shell, so no command does it. */
	add_step(
		inquiry,
		arena_printf(arena,
			     "let who starts the guest lock %llu KiB: memlock in "
			     "/etc/security/limits.conf, or LimitMEMLOCK= of its unit in "
			     "systemd, and a new session",
			     (unsigned long long)inquiry->memory / 1024 + 1024),
		NULL);
}

void ask_guest_memory(struct inquiry *inquiry)
{
	struct readiness *readiness = inquiry->readiness;
	const struct device *device = inquiry->device;
	const struct unit *unit = device->unit_ref;
	enum fact_state regions = device->group_ref
					  ? device->group_ref->reserved_regions.state
					  : device->group.state;
	uint64_t width;

	readiness->address_width.state = device->unit.state;
	if (unit)
		readiness->address_width = unit->address_width;
	readiness->iova.state =
		regions == FACT_KNOWN ? readiness->address_width.state : regions;
	width = readiness->address_width.value;
	if (!device->group_ref)
		return;
	if (readiness->iova.state == FACT_KNOWN && width > 0)
		find_holes(inquiry, &device->group_ref->reserved_regions.list,
			   width >= 64 ? UINT64_MAX : (1ull << width) - 1);
	if (inquiry->memory == 0)
		return;
	if (readiness->iova.state == FACT_KNOWN)
		ask_fit(inquiry);
	else
		add_blocker(inquiry, BLOCKER_GUEST_MEMORY_UNKNOWN,
			    "which addresses can be mapped could not be found out");
	ask_limit(inquiry);
}
