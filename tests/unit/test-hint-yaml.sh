#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every phrase in which libyaml says what is wrong has a row in lib/read/hint-yaml.c, in plain words
# and with what to do; and no row is for a phrase that libyaml does not have.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
rows=$top_srcdir/lib/read/hint-yaml.c

library() { ldd "${top_builddir:?}/fastabi-gen" | awk '/libyaml/ { print $3; exit }'; }
# Of the reader, the scanner and the parser; those of the loader, which is not used, are left out.
starts='found|did not find|could not find|block sequence|mapping (keys|values)|invalid|incomplete'
starts+='|unexpected|expected low|control characters|input '
phrases() {
    strings "$(library)" | grep -E "^($starts)" |
        grep -v -e '^found duplicate anchor' -e '^found undefined alias' | LC_ALL=C sort -u
}
in_rows() {
    sed -nE -e 's/^    \{ "([^"]*)",.*/\1/p' \
        -e 's/^    \{ FASTABI_YAML_NO_KEY.*/did not find expected key/p' "$rows" | LC_ALL=C sort -u
}
enough()  { [ "$(phrases | wc -l)" -gt 40 ]; }
all()     { diff <(phrases) <(comm -12 <(phrases) <(in_rows)); }
# A phrase that is the end of another one is not a string of its own.
no_more() {
    local row status=0
    while read -r row; do
        strings "$(library)" | grep -F -e "$row" >/dev/null || { echo "$row"; status=1; }
    done < <(in_rows)
    return "$status"
}

check 'the phrases of libyaml are found' enough
check 'every phrase of libyaml has a row' all
check 'every row has a phrase of libyaml' no_more
tap_done
