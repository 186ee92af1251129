# SPDX-License-Identifier: MIT
# Autoconf macros for users of libfastabi; needs pkg.m4. Must not know how libfastabi is built.

# FASTABI_CHECK([MINIMUM-VERSION], [ACTION-IF-FOUND], [ACTION-IF-NOT-FOUND])
# Finds the command and the specifications: substitutes FASTABI_GEN, FASTABI_ABIDIR. Without
# ACTION-IF-NOT-FOUND, configure ends with an error.
AC_DEFUN([FASTABI_CHECK],
  [AC_REQUIRE([PKG_PROG_PKG_CONFIG])
   AC_ARG_VAR([FASTABI_GEN], [the fastabi-gen to use; default: pkg-config's])
   AC_ARG_VAR([FASTABI_ABIDIR], [directory of the installed specifications; default: pkg-config's])
   AC_MSG_CHECKING([for fastabi m4_ifval([$1], [>= $1])])
   AS_IF([$PKG_CONFIG --exists "fastabi m4_ifval([$1], [>= $1])"],
     [AS_IF([test -z "$FASTABI_GEN"],
        [FASTABI_GEN=$($PKG_CONFIG --variable=fastabi_gen fastabi)])
      AS_IF([test -z "$FASTABI_ABIDIR"],
        [FASTABI_ABIDIR=$($PKG_CONFIG --variable=abidir fastabi)])
      AC_MSG_RESULT([$FASTABI_GEN])
      $2],
     [AC_MSG_RESULT([no])
      m4_default([$3], [AC_MSG_ERROR([fastabi is missing, or too old; set PKG_CONFIG_PATH to where fastabi.pc is])])])])

# FASTABI_GENERATE(DIRECTORY, BACKEND, OPTIONS, SPECIFICATIONS, [PATTERNS])
# Rules for make that write BACKEND's files below DIRECTORY and then DIRECTORY/stamp, which objects
# depend on: appended to FASTABI_RULES, which a Makefile.in or Makefile.am has on a line of its own
# as @FASTABI_RULES@. OPTIONS are key=value, separated by blanks. SPECIFICATIONS may have make's
# variables, as in $(srcdir)/mine.yml. PATTERNS, separated by blanks, select operations, as --only
# does. The files are made again when what configure says of them changes.
AC_DEFUN([FASTABI_GENERATE],
  [AC_REQUIRE([FASTABI_CHECK])
   fastabi_options=
   for fastabi_option in $3; do
     fastabi_options="$fastabi_options -O $fastabi_option"
   done
   fastabi_options="$fastabi_options[]m4_foreach_w([fastabi_pattern], [$5],
     [ --only 'm4_defn([fastabi_pattern])'])"
   FASTABI_RULES="$FASTABI_RULES
$1/stamp: Makefile
	\$(FASTABI_GEN) generate -b $2$fastabi_options -o $1 \\
	    --depfile $1/stamp.d --depfile-target \$[]@ "'$4'"
	touch \$[]@
-include $1/stamp.d
"
   AC_SUBST([FASTABI_RULES])
   m4_ifdef([AM_SUBST_NOTMAKE], [AM_SUBST_NOTMAKE([FASTABI_RULES])])])
