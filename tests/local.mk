# SPDX-License-Identifier: GPL-2.0-or-later
# The tests. Each prints TAP; `make check` runs what needs no other machine and no time.

TEST_EXTENSIONS = .bats
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
BATS_LOG_DRIVER = $(tap_driver)
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/%D%/run-bats

AM_TESTS_ENVIRONMENT = \
	DMASCOPE=$${DMASCOPE-'$(abs_top_builddir)/dmascope$(EXEEXT)'}; export DMASCOPE; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	DMASCOPE_CORPUS=$${DMASCOPE_CORPUS-'$(abs_top_srcdir)/../shared/corpus'}; export DMASCOPE_CORPUS; \
	LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/%D%/lsan.supp:print_suppressions=0'; \
	export LSAN_OPTIONS;

# What has no libraries of its own is linked with the program's.
LDADD = $(dmascope_libs)

# Plain C.
unit_tests = \
	%D%/unit/alloc %D%/unit/baseline %D%/unit/bench-iova %D%/unit/bench-memory \
	%D%/unit/bench-plots %D%/unit/cmdline %D%/unit/cmdline-table %D%/unit/compare \
	%D%/unit/counters %D%/unit/cursor %D%/unit/difference %D%/unit/dma-event \
	%D%/unit/dmar %D%/unit/dumps %D%/unit/event %D%/unit/fault \
	%D%/unit/growth %D%/unit/histogram %D%/unit/host-lines %D%/unit/iomem \
	%D%/unit/iort %D%/unit/isolation %D%/unit/ivrs %D%/unit/ivrs-check \
	%D%/unit/nvme-command %D%/unit/output %D%/unit/pcicap %D%/unit/peer \
	%D%/unit/plot %D%/unit/reach %D%/unit/recorder %D%/unit/registries \
	%D%/unit/result %D%/unit/rimt %D%/unit/root %D%/unit/spec-lines %D%/unit/take \
	%D%/unit/tally %D%/unit/text %D%/unit/viot

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
EXTRA_DIST += \
	%D%/unit/cmdline.h %D%/unit/ivrs.h %D%/unit/nodes.h %D%/unit/tap.h %D%/unit/topology.h \
	%D%/unit/tree.h

# The program from outside.
cli_tests = \
	%D%/cli/agreement.bats %D%/cli/audit.bats %D%/cli/bench.bats %D%/cli/channels.bats \
	%D%/cli/cmdline.bats %D%/cli/diff.bats %D%/cli/faults.bats \
	%D%/cli/iomem.bats %D%/cli/isolation.bats %D%/cli/leaks.bats %D%/cli/machines.bats %D%/cli/metrics.bats \
	%D%/cli/output.bats %D%/cli/path.bats %D%/cli/reach.bats %D%/cli/ready.bats %D%/cli/report.bats \
	%D%/cli/snapshot.bats %D%/cli/tables.bats %D%/cli/usage.bats \
	%D%/cli/user.bats %D%/cli/watch.bats

TESTS += $(cli_tests) %D%/cli/iasl %D%/cli/fault-lines %D%/cli/lspci-dumps
EXTRA_DIST += $(cli_tests) %D%/cli/helpers.bash %D%/cli/iasl %D%/cli/fault-lines \
	%D%/cli/lspci-dumps %D%/cli/lspci-tree %D%/cli/diff.expected %D%/cli/diff-lines.jq \
	%D%/cli/read-page \
	%D%/run-bats

# The files of the project themselves.
lint_tests = \
	%D%/lint/check-layers %D%/lint/check-shell %D%/lint/check-style %D%/lint/check-words

TESTS += $(lint_tests)
EXTRA_DIST += $(lint_tests) %D%/lint/check-tarball %D%/lint/lint.sh

EXTRA_DIST += %D%/closing-counts %D%/lsan.supp %D%/valgrind.supp

# Every file of a snapshot spoilt, one at a time. MUTATION_FUNCTIONS: of the made-up server.
check_PROGRAMS += %D%/cli/mutate
%C%_cli_mutate_SOURCES = %D%/cli/mutate.c
%C%_cli_mutate_LDADD = $(JSON_C_LIBS)
TESTS += %D%/cli/mutation
EXTRA_DIST += %D%/cli/mutation

# Fuzzing: with --enable-fuzzing each target is a fuzzer, without it replays its seeds.
fuzz_targets = \
	%D%/fuzz/acpidump %D%/fuzz/amdvi %D%/fuzz/baseline %D%/fuzz/channel %D%/fuzz/cmdline %D%/fuzz/cpu \
	%D%/fuzz/device %D%/fuzz/dma-event %D%/fuzz/dmar %D%/fuzz/fault %D%/fuzz/firmware %D%/fuzz/host %D%/fuzz/interrupts \
	%D%/fuzz/iomem %D%/fuzz/iort %D%/fuzz/isolation %D%/fuzz/ivrs %D%/fuzz/kconfig \
	%D%/fuzz/manifest %D%/fuzz/mapping %D%/fuzz/memory %D%/fuzz/pcicap %D%/fuzz/redact \
	%D%/fuzz/regions %D%/fuzz/rimt %D%/fuzz/take %D%/fuzz/text \
	%D%/fuzz/viot

if FUZZING
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = %D%/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
endif

check_PROGRAMS += $(fuzz_targets)
TESTS += %D%/fuzz/replay-all
EXTRA_DIST += %D%/fuzz/fuzz.h %D%/fuzz/make-seeds %D%/fuzz/replay-all %D%/fuzz/run \
	%D%/fuzz/table.h

%C%_fuzz_acpidump_SOURCES = %D%/fuzz/acpidump.c $(fuzz_main)
%C%_fuzz_acpidump_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_amdvi_SOURCES = %D%/fuzz/amdvi.c $(fuzz_main)
%C%_fuzz_amdvi_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_baseline_SOURCES = %D%/fuzz/baseline.c $(fuzz_main)
%C%_fuzz_baseline_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_channel_SOURCES = %D%/fuzz/channel.c $(fuzz_main)
%C%_fuzz_channel_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_cmdline_SOURCES = %D%/fuzz/cmdline.c $(fuzz_main)
%C%_fuzz_cmdline_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_cpu_SOURCES = %D%/fuzz/cpu.c $(fuzz_main)
%C%_fuzz_cpu_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_device_SOURCES = %D%/fuzz/device.c $(fuzz_main)
%C%_fuzz_device_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_dma_event_SOURCES = %D%/fuzz/dma-event.c $(fuzz_main)
%C%_fuzz_dma_event_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_dmar_SOURCES = %D%/fuzz/dmar.c $(fuzz_main)
%C%_fuzz_dmar_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_fault_SOURCES = %D%/fuzz/fault.c $(fuzz_main)
%C%_fuzz_fault_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_firmware_SOURCES = %D%/fuzz/firmware.c $(fuzz_main)
%C%_fuzz_firmware_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_host_SOURCES = %D%/fuzz/host.c $(fuzz_main)
%C%_fuzz_host_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_interrupts_SOURCES = %D%/fuzz/interrupts.c $(fuzz_main)
%C%_fuzz_interrupts_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_iomem_SOURCES = %D%/fuzz/iomem.c $(fuzz_main)
%C%_fuzz_iomem_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_iort_SOURCES = %D%/fuzz/iort.c $(fuzz_main)
%C%_fuzz_iort_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_isolation_SOURCES = %D%/fuzz/isolation.c $(fuzz_main)
%C%_fuzz_isolation_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_ivrs_SOURCES = %D%/fuzz/ivrs.c $(fuzz_main)
%C%_fuzz_ivrs_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_kconfig_SOURCES = %D%/fuzz/kconfig.c $(fuzz_main)
%C%_fuzz_kconfig_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_manifest_SOURCES = %D%/fuzz/manifest.c $(fuzz_main)
%C%_fuzz_manifest_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_mapping_SOURCES = %D%/fuzz/mapping.c $(fuzz_main)
%C%_fuzz_mapping_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_memory_SOURCES = %D%/fuzz/memory.c $(fuzz_main)
%C%_fuzz_memory_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_pcicap_SOURCES = %D%/fuzz/pcicap.c $(fuzz_main)
%C%_fuzz_pcicap_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_redact_SOURCES = %D%/fuzz/redact.c $(fuzz_main)
%C%_fuzz_redact_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_regions_SOURCES = %D%/fuzz/regions.c $(fuzz_main)
%C%_fuzz_regions_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_rimt_SOURCES = %D%/fuzz/rimt.c $(fuzz_main)
%C%_fuzz_rimt_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_take_SOURCES = %D%/fuzz/take.c $(fuzz_main)
%C%_fuzz_take_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_text_SOURCES = %D%/fuzz/text.c $(fuzz_main)
%C%_fuzz_text_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_viot_SOURCES = %D%/fuzz/viot.c $(fuzz_main)
%C%_fuzz_viot_LDFLAGS = $(fuzz_ldflags)

# The same over real tables, where DMASCOPE_CORPUS has some: minutes.
.PHONY: check-fuzz
check-fuzz: $(fuzz_targets)
	$(AM_TESTS_ENVIRONMENT) REAL_TABLES=1 REPLAY_TIMEOUT=3600 \
		$(srcdir)/%D%/fuzz/replay-all

# Captured machines, too many to name: dist-hook takes all that there are.
TESTS += %D%/machines/run-machines
EXTRA_DIST += %D%/machines/README.md %D%/machines/pack %D%/machines/run-machines \
	%D%/machines/unpack

dist-hook:
	cp $(srcdir)/%D%/machines/*.machine $(srcdir)/%D%/machines/*.expected \
		$(distdir)/%D%/machines

# In a checkout `make distcheck` starts with what the tarball lacks of it.
distcheck-hook:
	$(srcdir)/%D%/lint/check-tarball $(srcdir) $(distdir)

.PHONY: update-machines
update-machines: dmascope$(EXEEXT)
	DMASCOPE=./dmascope$(EXEEXT) $(top_srcdir)/%D%/machines/run-machines --update

# Made-up machines of any size, and how long an answer about them takes.
check_PROGRAMS += %D%/perf/mktree %D%/perf/measure
%C%_perf_mktree_SOURCES = \
	%D%/perf/config.c %D%/perf/firmware.c %D%/perf/machine.c %D%/perf/machine.h \
	%D%/perf/mktree.c
%C%_perf_mktree_LDADD =
%C%_perf_measure_SOURCES = %D%/perf/measure.c
%C%_perf_measure_LDADD =
check_PROGRAMS += %D%/perf/decode %D%/perf/mkdump
%C%_perf_mkdump_SOURCES = %D%/perf/mkdump.c
%C%_perf_mkdump_LDADD =
EXTRA_DIST += %D%/perf/check-dump %D%/perf/check-perf

.PHONY: check-perf
check-perf: dmascope$(EXEEXT) %D%/perf/mktree$(EXEEXT) %D%/perf/measure$(EXEEXT) \
		%D%/perf/decode$(EXEEXT) %D%/perf/mkdump$(EXEEXT)
	%D%/perf/decode$(EXEEXT)
	DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' \
	MKDUMP='$(abs_builddir)/%D%/perf/mkdump$(EXEEXT)' \
	MEASURE='$(abs_builddir)/%D%/perf/measure$(EXEEXT)' \
		$(top_srcdir)/%D%/perf/check-dump
	DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' \
	MKTREE='$(abs_builddir)/%D%/perf/mktree$(EXEEXT)' \
	MEASURE='$(abs_builddir)/%D%/perf/measure$(EXEEXT)' \
		$(top_srcdir)/%D%/perf/check-perf
	@if test -x $(top_srcdir)/%D%/vm/vm; then \
		DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' \
			$(top_srcdir)/%D%/vm/vm -v run bench-map-cost | \
			sed -n '/map and its unmap\|cannot\|not /p'; \
	fi

# Real kernels in virtual machines; the lab is not part of the tarball.
.PHONY: check-vm
check-vm: dmascope$(EXEEXT)
	@if test -x $(top_srcdir)/%D%/vm/vm; then \
		DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' $(top_srcdir)/%D%/vm/vm all; \
	else \
		echo "check-vm: the tarball lacks the lab; it is in the repository" >&2; \
		exit 2; \
	fi

# Reports in a browser, which has to be there with DMASCOPE_REQUIRE_REPORT=1.
.PHONY: check-report
check-report: dmascope$(EXEEXT) %D%/perf/mktree$(EXEEXT)
	@DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' \
		MKTREE='$(abs_builddir)/%D%/perf/mktree$(EXEEXT)' \
		$(top_srcdir)/%D%/report/check-report

# In a real Prometheus.
.PHONY: check-monitoring
check-monitoring: dmascope$(EXEEXT)
	DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' \
		$(top_srcdir)/%D%/monitoring/check-monitoring

EXTRA_DIST += %D%/monitoring/check-monitoring

.PHONY: check-valgrind
check-valgrind: dmascope$(EXEEXT)
	DMASCOPE='$(abs_builddir)/dmascope$(EXEEXT)' $(top_srcdir)/%D%/check-valgrind

.PHONY: check-lint
check-lint: config.h
	$(top_srcdir)/%D%/check-lint $(top_srcdir) $(top_builddir) \
		$(LIBPCI_CFLAGS) $(JSON_C_CFLAGS) $(SMARTCOLS_CFLAGS) $(ZLIB_CFLAGS)

EXTRA_DIST += %D%/check-lint %D%/check-valgrind %D%/report/browse %D%/report/check-report
