# SPDX-License-Identifier: GPL-2.0-or-later
# The JSON Schema of what dmascope prints, a policy to begin with, and what a fleet needs
# around dmascope metrics: units of systemd, alerts with their tests, a dashboard.

pkgdata_DATA = %D%/dmascope.schema.json
dist_pkgdata_DATA = %D%/dmascope.rules.yml %D%/dmascope.rules.test.yml \
	%D%/dmascope-dashboard.json
dist_doc_DATA += %D%/policy.json

EXTRA_DIST += %D%/test-schema %D%/dmascope-metrics.service.in %D%/dmascope-metrics.timer
CLEANFILES += $(pkgdata_DATA) %D%/dmascope-metrics.service
TESTS += %D%/test-schema

%D%/dmascope.schema.json: $(DESCRIBE)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(DESCRIBE) schema >$@.tmp && mv $@.tmp $@

if HAVE_SYSTEMD
systemdsystemunit_DATA = %D%/dmascope-metrics.service %D%/dmascope-metrics.timer
endif
%D%/dmascope-metrics.service: $(srcdir)/%D%/dmascope-metrics.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	sed 's,@bindir[@],$(bindir),' $(srcdir)/%D%/dmascope-metrics.service.in >$@.tmp && \
	mv $@.tmp $@
