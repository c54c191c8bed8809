dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where shells look for completions, below the prefix.

AC_DEFUN([DMASCOPE_COMPLETION_DIRS],[
AC_SUBST([bashcompdir],['${datadir}/bash-completion/completions'])
AC_SUBST([zshcompdir],['${datadir}/zsh/site-functions'])
AC_SUBST([fishcompdir],['${datadir}/fish/vendor_completions.d'])
])
