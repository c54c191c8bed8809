dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where systemd looks for units: below any prefix that it knows.

AC_DEFUN([DMASCOPE_SYSTEMD_DIR],[
AC_ARG_WITH([systemdsystemunitdir],
	[AS_HELP_STRING([--with-systemdsystemunitdir=DIR],
		[where units of systemd go (PREFIX/lib/systemd/system), or no])],
	[],[with_systemdsystemunitdir='${prefix}/lib/systemd/system'])
AS_IF([test "x$with_systemdsystemunitdir" = xyes],
	[with_systemdsystemunitdir='${prefix}/lib/systemd/system'])
AC_SUBST([systemdsystemunitdir],[$with_systemdsystemunitdir])
AM_CONDITIONAL([HAVE_SYSTEMD],[test "x$with_systemdsystemunitdir" != xno])
])
