#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makefile.am against the tree: a source, header, test or specification that it does not name would
# be missing in a release, and one without an SPDX line should not be there.
set -u
cd "${top_srcdir:-.}" || exit 1
. tests/unit/tap.sh

# Succeeds when each path on standard input is a word of Makefile.am.
all_named() {
    local path status=0
    while read -r path; do
        grep -qE "(^|[[:space:]])${path//./\\.}([[:space:]]|\$)" Makefile.am ||
            { echo "$path"; status=1; }
    done
    return "$status"
}

sources()    { find lib backends tools -name '*.[ch]' | all_named; }
headers()    { find include -name '*.h' | all_named; }
unit_tests() {
    find tests/unit -name 'test-*.c' -o -name '*.sh' | sed 's/\.c$//' | all_named
}
only_public() { ! grep -rnE '#include +"(\.\.|lib/)|#include +<lib/' backends tools examples; }
abi_files()  { find abi -name '*.yml' | all_named; }
# What a build in the source directory leaves is not a source.
spdx() {
    find abi backends docs examples include lib scripts tests/unit tools xen \
        configure.ac Makefile.am \
        \( -name .libs -o -name '*.png' -o -name .deps -o -name '*.o' -o -name '*.lo' \
        -o -name '*.la' -o -name '*.log' \
        -o -name '*.trs' -o -name '*.pyc' -o -name .dirstamp -o -path tools/fastabi-gen \
        -o -path 'tests/unit/test-*' ! -name '*.*' -o -path examples/list-calls/list-calls \
        -o -path examples/check-headers/check-headers \) -prune -o \
        -type f -exec grep -L SPDX-License-Identifier {} + | { ! grep .; }
}

# Directories that a person looks into, and the parts of the test kernels.
test_directories() { find tests tests/guest -mindepth 1 -maxdepth 1 -type d ! -name __pycache__; }
has_readme() {
    local directory status=0
    for directory in tests $(test_directories); do
        if [ ! -f "$directory/README.md" ] || [ "$(wc -l <"$directory/README.md")" -gt 20 ]; then
            echo "$directory"
            status=1
        fi
    done
    return "$status"
}
# What a reader sees first: it fits one screen.
short_readme() { [ "$(wc -l <README.md)" -le 60 ]; }
# Data, and code that tests/guest/run and scripts/bench build, have none.
has_entry_point() {
    local directory status=0
    for directory in $(test_directories); do
        case $directory in
        tests/seed | tests/guest/boot | tests/guest/cost | tests/guest/kernel | tests/guest/xtf)
            continue ;;
        esac
        [ -x "$directory/run" ] || { echo "$directory"; status=1; }
    done
    return "$status"
}

check 'every source is in Makefile.am' sources
check 'every public header is in Makefile.am' headers
check 'every unit test is in Makefile.am' unit_tests
check 'every specification is in Makefile.am' abi_files
check 'backends, command and examples include no private header' only_public
check 'every file has an SPDX line' spdx
check 'every directory of tests has a README of at most 20 lines' has_readme
check 'README.md has at most 60 lines' short_readme
check 'every directory of tests has an entry point, run' has_entry_point
tap_done
