dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl The program in the kernel that traces the DMA API: libbpf loads it, clang compiles it
dnl and bpftool makes it part of dmascope. Where one of them is missing it is left out.

AC_DEFUN([DMASCOPE_LIBBPF],[
AC_ARG_WITH([libbpf],[AS_HELP_STRING([--without-libbpf],
	[leave out leaks trace by BPF, or insist on it; by default where it can be built])],
	[],[with_libbpf=auto])
have_libbpf=no
AS_IF([test "x$with_libbpf" != xno],[
	PKG_CHECK_MODULES([LIBBPF],[libbpf >= 1.0],[have_libbpf=yes],[have_libbpf=no])
	AC_PATH_PROG([BPF_CLANG],[clang])
	AC_PATH_PROG([BPFTOOL],[bpftool],[],[$PATH:/usr/sbin:/sbin])
	# The headers of the machine that builds: what they define is the same everywhere.
	BPF_CPPFLAGS=
	AS_IF([test -n "$BPF_CLANG"],[
		bpf_multiarch=`${BUILD_CC-cc} -print-multiarch 2>/dev/null`
		AS_IF([test -n "$bpf_multiarch"],
			[BPF_CPPFLAGS="-I/usr/include/$bpf_multiarch"])
		AC_MSG_CHECKING([whether $BPF_CLANG compiles for BPF])
		AS_IF([echo '#include <linux/bpf.h>' |
			"$BPF_CLANG" -target bpf $BPF_CPPFLAGS -x c -c -o /dev/null - 2>/dev/null],
			[AC_MSG_RESULT([yes])],[AC_MSG_RESULT([no]); have_libbpf=no])
	],[have_libbpf=no])
	AS_IF([test -z "$BPFTOOL"],[have_libbpf=no])
	AS_IF([test "x$have_libbpf" = xno],[
		AS_IF([test "x$with_libbpf" = xyes],
			[AC_MSG_ERROR([libbpf, clang and bpftool are needed --with-libbpf])],
			[AC_MSG_NOTICE([leaks trace is built without BPF: libbpf, clang and bpftool are not all here])])
	])
])
AS_IF([test "x$have_libbpf" = xyes],
	[AC_DEFINE([HAVE_LIBBPF],[1],[leaks trace by a program in the kernel])],
	[LIBBPF_CFLAGS=; LIBBPF_LIBS=])
AM_CONDITIONAL([HAVE_LIBBPF],[test "x$have_libbpf" = xyes])
AC_SUBST([BPF_CPPFLAGS])
])
