# SPDX-License-Identifier: GPL-2.0-or-later
# The JSON Schema of what dmascope prints, and a policy to begin with.

pkgdata_DATA = %D%/dmascope.schema.json
dist_doc_DATA += %D%/policy.json

EXTRA_DIST += %D%/test-schema
CLEANFILES += $(pkgdata_DATA)
TESTS += %D%/test-schema

%D%/dmascope.schema.json: $(DESCRIBE)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(DESCRIBE) schema >$@.tmp && mv $@.tmp $@
