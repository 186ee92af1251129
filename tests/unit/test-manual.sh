#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual pages that a release has. Whether they are up to date, complete and free of warnings,
# tests/manual tells.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
pages=$top_srcdir/docs/man

# same_version PAGE: it is of the version that the command has.
same_version() { grep -F "\"libfastabi $("$FASTABI_GEN" --version | cut -d ' ' -f 2)\"" "$1"; }
# A page that Makefile.am does not name would not be installed.
named() { grep -qE "^ +docs/man/${1##*/}( |\$)" "$top_srcdir/Makefile.am"; }

for page in "$pages"/*.[135]; do
    check "${page##*/} is of this version" same_version "$page"
    check "${page##*/} is in Makefile.am" named "$page"
done
tap_done
