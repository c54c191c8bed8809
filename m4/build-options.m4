dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl The switches of a developer's build: warnings as errors, sanitizers, fuzzing, coverage.

dnl DMASCOPE_TRY_CFLAG(FLAG): adds it to WARN_CFLAGS where the compiler takes it.
AC_DEFUN([DMASCOPE_TRY_CFLAG],[
AC_MSG_CHECKING([whether $CC takes $1])
dmascope_saved_CFLAGS="$CFLAGS"
CFLAGS="$CFLAGS -Werror $1"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
	[AC_MSG_RESULT([yes]); WARN_CFLAGS="$WARN_CFLAGS $1"],
	[AC_MSG_RESULT([no])])
CFLAGS="$dmascope_saved_CFLAGS"
])

dnl DMASCOPE_SWITCH(NAME, HELP, CFLAGS, LDFLAGS): --enable-NAME.
AC_DEFUN([DMASCOPE_SWITCH],[
AC_ARG_ENABLE([$1],[AS_HELP_STRING([--enable-$1],[$2])],[],[enable_$1=no])
AS_IF([test "x$enable_$1" = xyes],
	[BUILD_CFLAGS="$BUILD_CFLAGS $3"; BUILD_LDFLAGS="$BUILD_LDFLAGS $4"])
])

AC_DEFUN([DMASCOPE_BUILD_OPTIONS],[
WARN_CFLAGS=
BUILD_CFLAGS=
BUILD_LDFLAGS=
m4_foreach_w([flag],[-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wundef -Wformat=2
	-Wvla -Wimplicit-fallthrough -Wno-missing-field-initializers
	-Wno-unused-parameter],
	[DMASCOPE_TRY_CFLAG(flag)])
DMASCOPE_SWITCH([werror],[make warnings errors],[-Werror],[])
DMASCOPE_SWITCH([asan],[build with AddressSanitizer],
	[-fsanitize=address -fno-omit-frame-pointer],[-fsanitize=address])
DMASCOPE_SWITCH([ubsan],[build with UndefinedBehaviorSanitizer],
	[-fsanitize=undefined -fno-sanitize-recover=all],[-fsanitize=undefined])
DMASCOPE_SWITCH([fuzzing],[build the libFuzzer targets (needs clang)],
	[-fsanitize=fuzzer-no-link],[])
DMASCOPE_SWITCH([coverage],[count which lines run],[--coverage -O0],[--coverage])
AM_CONDITIONAL([FUZZING],[test "x$enable_fuzzing" = xyes])
AC_SUBST([WARN_CFLAGS])
AC_SUBST([BUILD_CFLAGS])
AC_SUBST([BUILD_LDFLAGS])
])
