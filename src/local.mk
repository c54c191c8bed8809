# SPDX-License-Identifier: GPL-2.0-or-later
# A library for each layer, so that a test links no more than it tests.

noinst_LIBRARIES += %D%/libbase.a %D%/libspec.a %D%/libmodel.a %D%/libsource.a \
	%D%/libanalyze.a %D%/libaudit.a %D%/liboutput.a %D%/libtrace.a %D%/libbench.a %D%/libcmd.a

%C%_libbase_a_SOURCES = \
	%D%/base/alloc.c %D%/base/alloc.h %D%/base/bits.h %D%/base/compare.c \
	%D%/base/compare.h %D%/base/cursor.h \
	%D%/base/fact.h %D%/base/file.c %D%/base/file.h %D%/base/layout.c \
	%D%/base/layout.h %D%/base/log.c %D%/base/log.h \
	%D%/base/record.c %D%/base/record.h %D%/base/text.c %D%/base/text.h \
	%D%/base/util.h
%C%_libspec_a_SOURCES = \
	%D%/spec/acpi-range.c %D%/spec/acpi-range.h %D%/spec/acpi.c %D%/spec/acpi.h \
	%D%/spec/acpi-dump.c %D%/spec/acpi-node.c %D%/spec/acpi-node.h %D%/spec/amdvi.c \
	%D%/spec/amdvi.h %D%/spec/channel.c %D%/spec/channel.h %D%/spec/cmdline.c \
	%D%/spec/cmdline.h %D%/spec/dma-dump.c %D%/spec/dma-dump.h %D%/spec/dma-event.c %D%/spec/dma-event.h %D%/spec/dmar.c \
	%D%/spec/dmar.h %D%/spec/fault-amd.c %D%/spec/fault-dma.c \
	%D%/spec/fault-line.h %D%/spec/fault-smmu-v3.c %D%/spec/fault-smmu.c \
	%D%/spec/fault-vtd.c %D%/spec/fault.c %D%/spec/fault.h %D%/spec/iomem.c %D%/spec/iomem.h \
	%D%/spec/iort.c %D%/spec/iort.h %D%/spec/iort-check.c %D%/spec/ivrs-check.c \
	%D%/spec/ivrs.c %D%/spec/ivrs.h %D%/spec/log-line.c %D%/spec/log-line.h \
	%D%/spec/memory.c %D%/spec/memory.h \
	%D%/spec/mounts.c %D%/spec/mounts.h \
	%D%/spec/parameter-table.c %D%/spec/parameter.c %D%/spec/parameter.h \
	%D%/spec/pcicap.c %D%/spec/pcicap.h %D%/spec/resolve.h %D%/spec/rimt.c \
	%D%/spec/routes.c %D%/spec/routes.h \
	%D%/spec/viot.c %D%/spec/vtd-dump.c %D%/spec/vtd-dump.h \
	%D%/spec/vtd.c %D%/spec/vtd.h
%C%_libmodel_a_SOURCES = \
	%D%/model/channel.c %D%/model/channel.h %D%/model/device.c \
	%D%/model/device.h %D%/model/difference.c %D%/model/difference.h \
	%D%/model/event.c %D%/model/event.h %D%/model/fault.c %D%/model/fault.h %D%/model/firmware.c %D%/model/firmware.h \
	%D%/model/group.c %D%/model/group.h %D%/model/mapping.c \
	%D%/model/mapping.h %D%/model/mapping-group.c %D%/model/mapping-group.h \
	%D%/model/parameter.c %D%/model/parameter.h \
	%D%/model/path.c %D%/model/path.h %D%/model/reach.c %D%/model/reach.h %D%/model/region.c %D%/model/region.h \
	%D%/model/segment.c %D%/model/segment.h %D%/model/status.c %D%/model/status.h %D%/model/system.c %D%/model/system.h \
	%D%/model/readiness.c %D%/model/readiness.h \
	%D%/model/tally.c %D%/model/tally.h \
	%D%/model/unit.c %D%/model/unit.h %D%/model/use.c %D%/model/use.h \
	%D%/model/vfio.h
%C%_libsource_a_SOURCES = \
	%D%/source/attr.c %D%/source/attr.h %D%/source/cmdline.c %D%/source/cpu.c \
	%D%/source/debugfs.c %D%/source/dma-api.c %D%/source/dmaengine.c %D%/source/firmware.c \
	%D%/source/group.c %D%/source/host.c %D%/source/interrupts.c \
	%D%/source/iomem.c \
	%D%/source/kconfig.c %D%/source/links.c %D%/source/log.c %D%/source/manifest.c \
	%D%/source/manifest.h %D%/source/mapping.c %D%/source/modprobe.c %D%/source/module.c %D%/source/monitor.c %D%/source/monitor.h %D%/source/names.c %D%/source/pci.c \
	%D%/source/recorder.c %D%/source/recorder.h %D%/source/redact-names.c %D%/source/redact.c \
	%D%/source/redact.h %D%/source/root.c %D%/source/root.h %D%/source/slot.c \
	%D%/source/source.c %D%/source/source.h %D%/source/thunderbolt.c \
	%D%/source/block.c %D%/source/redact-host.c %D%/source/console.c %D%/source/mount.c \
	%D%/source/network.c %D%/source/unit.c %D%/source/vfio.c
%C%_libanalyze_a_SOURCES = \
	%D%/analyze/acs.c %D%/analyze/acs.h %D%/analyze/analyze.h %D%/analyze/chain.c \
	%D%/analyze/difference-follow.c %D%/analyze/difference-group.c %D%/analyze/difference-meaning.c \
	%D%/analyze/difference-region.c %D%/analyze/difference-table.c \
	%D%/analyze/difference.c %D%/analyze/difference.h \
	%D%/analyze/dmar.c %D%/analyze/explain.c %D%/analyze/explain.h \
	%D%/analyze/event.c %D%/analyze/event.h %D%/analyze/fault.c \
	%D%/analyze/firmware.c %D%/analyze/firmware.h %D%/analyze/given.c \
	%D%/analyze/given.h %D%/analyze/growth.c %D%/analyze/hop.h %D%/analyze/isolation.c %D%/analyze/ivrs.c \
	%D%/analyze/mapping.c %D%/analyze/named.c %D%/analyze/nodes.c %D%/analyze/parameter.c \
	%D%/analyze/path.c %D%/analyze/peer.c %D%/analyze/platform.c %D%/analyze/prediction.c \
	%D%/analyze/prediction.h %D%/analyze/quirks.c %D%/analyze/quirks.h \
	%D%/analyze/reach.c %D%/analyze/refusal.c \
	%D%/analyze/region.c %D%/analyze/setting.c %D%/analyze/status.c \
	%D%/analyze/subject.c %D%/analyze/subject.h %D%/analyze/tally.c %D%/analyze/tally.h \
	%D%/analyze/translation.c \
	%D%/analyze/attached.c %D%/analyze/caution.c %D%/analyze/ready.c %D%/analyze/ready.h \
	%D%/analyze/guest-memory.c %D%/analyze/steps.c %D%/analyze/storage.c \
	%D%/analyze/placed.c %D%/analyze/survive.c \
	%D%/analyze/use.c %D%/analyze/use.h %D%/analyze/verdict.h
%C%_libaudit_a_SOURCES = \
	%D%/audit/audit.c %D%/audit/audit.h %D%/audit/device.c %D%/audit/finding.c \
	%D%/audit/firmware.c %D%/audit/isolation.c %D%/audit/kernel.c %D%/audit/policy.c \
	%D%/audit/tally.c
%C%_liboutput_a_SOURCES = \
	%D%/output/diagram-dot.c %D%/output/diagram-draw.h \
	%D%/output/diagram-parts.c %D%/output/diagram-strip.c %D%/output/diagram-svg.c %D%/output/diagram.h \
	%D%/output/dump.c %D%/output/html-page.c %D%/output/html.c \
	%D%/output/html.h %D%/output/json.c %D%/output/markup.c %D%/output/markup.h %D%/output/output.c %D%/output/output.h \
	%D%/output/plot-svg.c %D%/output/plot-text.c %D%/output/plot.h \
	%D%/output/prometheus.c %D%/output/scale.c %D%/output/scale.h %D%/output/text.c \
	%D%/output/wrap.c %D%/output/wrap.h
%C%_libtrace_a_SOURCES = \
	%D%/trace/bpf.c %D%/trace/dma.h %D%/trace/events.c %D%/trace/symbols.c \
	%D%/trace/symbols.h %D%/trace/trace.c %D%/trace/trace.h
%C%_libbench_a_SOURCES = \
	%D%/bench/backends.h %D%/bench/baseline.c %D%/bench/baseline.h \
	%D%/bench/bench.c %D%/bench/bench.h %D%/bench/counters.c %D%/bench/counters.h \
	%D%/bench/devices.h %D%/bench/dma.c %D%/bench/e1000e.c %D%/bench/edu.c \
	%D%/bench/fake.c %D%/bench/histogram.c %D%/bench/histogram.h \
	%D%/bench/iommufd.c %D%/bench/isolation.c %D%/bench/map-threads.c \
	%D%/bench/map.c %D%/bench/map.h %D%/bench/memory.c %D%/bench/memory.h \
	%D%/bench/null.c %D%/bench/nvme-command.c %D%/bench/nvme-command.h \
	%D%/bench/nvme.c %D%/bench/proof.c %D%/bench/proof.h %D%/bench/reach.c \
	%D%/bench/result.c %D%/bench/result.h %D%/bench/sampler.c \
	%D%/bench/take-state.c %D%/bench/take-state.h %D%/bench/take-sysfs.c \
	%D%/bench/take-sysfs.h %D%/bench/take.c %D%/bench/take.h %D%/bench/transfers.c \
	%D%/bench/transfers.h %D%/bench/type1.c %D%/bench/vfio.c %D%/bench/vfio.h \
	%D%/bench/workload.h
%C%_libcmd_a_SOURCES = \
	%D%/cmd/audit.c %D%/cmd/audit.h %D%/cmd/bench-draw.c %D%/cmd/bench-environment.c \
	%D%/cmd/bench-options.c %D%/cmd/bench-plots.c %D%/cmd/bench-plots.h \
	%D%/cmd/bench-progress.c %D%/cmd/bench.c %D%/cmd/bench.h %D%/cmd/channels.c \
	%D%/cmd/cmd.h %D%/cmd/cmdline.c %D%/cmd/common.c %D%/cmd/devices.c \
	%D%/cmd/diff.c \
	%D%/cmd/faults.c %D%/cmd/follow.c %D%/cmd/follow.h %D%/cmd/groups.c \
	%D%/cmd/help.c %D%/cmd/iomem.c %D%/cmd/leaks.c %D%/cmd/metrics.c \
	%D%/cmd/metrics.h %D%/cmd/path.c %D%/cmd/reach.c \
	%D%/cmd/ready.c %D%/cmd/report-diagram.c %D%/cmd/report-page.c \
	%D%/cmd/report-topology.c %D%/cmd/report.c %D%/cmd/report.h %D%/cmd/samples.c %D%/cmd/samples.h %D%/cmd/series.c \
	%D%/cmd/series.h %D%/cmd/snapshot.c %D%/cmd/snippet.c %D%/cmd/snippet.h \
	%D%/cmd/status.c %D%/cmd/tables.c %D%/cmd/take-plan.c %D%/cmd/take-plan.h \
	%D%/cmd/trace.c %D%/cmd/trace.h %D%/cmd/units.c %D%/cmd/watch.c

# In the order of the layers, lowest last, as the linker wants it.
dmascope_libs = \
	%D%/libcmd.a %D%/libbench.a %D%/libtrace.a %D%/libaudit.a %D%/liboutput.a %D%/libanalyze.a %D%/libsource.a %D%/libmodel.a \
	%D%/libspec.a %D%/libbase.a \
	$(SMARTCOLS_LIBS) $(JSON_C_LIBS) $(LIBPCI_LIBS) $(LIBUDEV_LIBS) $(ZLIB_LIBS) \
	$(LIBBPF_LIBS)

bin_PROGRAMS += dmascope
dmascope_SOURCES = %D%/main.c
dmascope_LDADD = $(dmascope_libs)

# Prints from the tables what documents need. A cross build names one that runs on the
# building machine: make DESCRIBE=/path/to/describe
noinst_PROGRAMS += %D%/describe/describe
%C%_describe_describe_SOURCES = \
	%D%/describe/describe.c %D%/describe/describe.h %D%/describe/man.c \
	%D%/describe/schema.c %D%/describe/words.c
%C%_describe_describe_LDADD = $(dmascope_libs)
DESCRIBE = %D%/describe/describe$(EXEEXT)
fill_template = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(DESCRIBE) fill

# The program that runs in the kernel, as bytes in a header.
EXTRA_DIST += %D%/trace/dma.bpf.c
if HAVE_LIBBPF
BUILT_SOURCES += %D%/trace/dma.skel.h
CLEANFILES += %D%/trace/dma.skel.h %D%/trace/dma.bpf.o %D%/trace/dma.linked.o
%D%/trace/dma.skel.h: %D%/trace/dma.bpf.c %D%/trace/dma.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(BPF_CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Werror -I$(top_srcdir)/src \
		$(BPF_CPPFLAGS) $(LIBBPF_CFLAGS) \
		-c $(top_srcdir)/%D%/trace/dma.bpf.c -o $(@D)/dma.bpf.o && \
	$(BPFTOOL) gen object $(@D)/dma.linked.o $(@D)/dma.bpf.o && \
	{ echo '/* NOLINTBEGIN: bpftool wrote it */' && \
		$(BPFTOOL) gen skeleton $(@D)/dma.linked.o name dma_bpf && \
		echo '/* NOLINTEND */'; } >$@.tmp && mv $@.tmp $@
%D%/trace/bpf.$(OBJEXT): %D%/trace/dma.skel.h
endif
