# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages: one of the whole, one for each command, and one of a matter, each from its
# NAME.SECTION.in.

man_MANS = %D%/dmascope.8 \
	%D%/dmascope-channels.8 \
	%D%/dmascope-cmdline.8 \
	%D%/dmascope-devices.8 \
	%D%/dmascope-diff.8 \
	%D%/dmascope-faults.8 \
	%D%/dmascope-groups.8 \
	%D%/dmascope-iomem.8 \
	%D%/dmascope-leaks.8 \
	%D%/dmascope-metrics.8 \
	%D%/dmascope-monitoring.7 \
	%D%/dmascope-path.8 \
	%D%/dmascope-reach.8 \
	%D%/dmascope-audit.8 \
	%D%/dmascope-bench.8 \
	%D%/dmascope-explain.8 \
	%D%/dmascope-ready.8 \
	%D%/dmascope-report.8 \
	%D%/dmascope-snapshot.8 \
	%D%/dmascope-status.8 \
	%D%/dmascope-tables.8 %D%/dmascope-units.8 \
	%D%/dmascope-watch.8

EXTRA_DIST += $(man_MANS:=.in) %D%/test-man
CLEANFILES += $(man_MANS)
TESTS += %D%/test-man

SUFFIXES = .8.in .8 .7.in .7
$(man_MANS): $(DESCRIBE)
.8.in.8:
	$(fill_template) <$< >$@.tmp && mv $@.tmp $@
.7.in.7:
	$(fill_template) <$< >$@.tmp && mv $@.tmp $@
