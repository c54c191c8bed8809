# SPDX-License-Identifier: GPL-2.0-or-later
# Completions for bash, zsh and fish, under the names by which the shells look for them.

bashcomp_DATA = %D%/dmascope
zshcomp_DATA = %D%/_dmascope
fishcomp_DATA = %D%/dmascope.fish

EXTRA_DIST += %D%/dmascope.bash.in %D%/dmascope.zsh.in %D%/dmascope.fish.in \
	%D%/test-completions
CLEANFILES += $(bashcomp_DATA) $(zshcomp_DATA) $(fishcomp_DATA)
TESTS += %D%/test-completions

%D%/dmascope: $(srcdir)/%D%/dmascope.bash.in $(DESCRIBE)
	$(fill_template) <$(srcdir)/%D%/dmascope.bash.in >$@.tmp && mv $@.tmp $@
%D%/_dmascope: $(srcdir)/%D%/dmascope.zsh.in $(DESCRIBE)
	$(fill_template) <$(srcdir)/%D%/dmascope.zsh.in >$@.tmp && mv $@.tmp $@
%D%/dmascope.fish: $(srcdir)/%D%/dmascope.fish.in $(DESCRIBE)
	$(fill_template) <$(srcdir)/%D%/dmascope.fish.in >$@.tmp && mv $@.tmp $@
