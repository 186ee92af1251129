#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What libfastabi.so exports against the functions that the public headers mark FASTABI_API, both
# ways.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

library=${top_builddir:?}/.libs/libfastabi.so
headers=("$top_srcdir"/include/fastabi/*.h)

# A declaration may span lines; its name is the last word before the first parenthesis.
cat "${headers[@]}" | grep -v '^ *#' | tr '\n' ' ' | grep -oE 'FASTABI_API [^;(]*\(' |
    sed -E 's/.*[ *](fastabi_[a-z0-9_]+) *\($/\1/' | LC_ALL=C sort >"$scratch/headers"
${NM:-nm} -D --defined-only --with-symbol-versions "$library" |
    awk '$2 != "A" { print $3 }' | LC_ALL=C sort >"$scratch/versioned"
sed 's/@.*//' "$scratch/versioned" >"$scratch/exported"

in_headers()      { test -s "$scratch/headers"; }
not_exported()    { LC_ALL=C comm -23 "$scratch/headers" "$scratch/exported" | { ! grep .; }; }
not_in_headers()  { LC_ALL=C comm -13 "$scratch/headers" "$scratch/exported" | { ! grep .; }; }
no_version()      { ! grep -v '@@LIBFASTABI_[0-9.]*$' "$scratch/versioned"; }
all_marked()      {
    # A prototype in a public header that is not marked could not be called.
    cat "${headers[@]}" | grep -v '^ *#' | tr '\n' ' ' |
        sed 's:/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/::g' |
        tr ';{}' '[\n*]' | grep -E '[ *]fastabi_[a-z0-9_]+ *\(' |
        grep -vE 'FASTABI_API|typedef|\(\*' | { ! grep .; }
}

same_version()    {
    local numbers
    numbers=$(sed -nE 's/^#define FASTABI_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' \
        "$top_srcdir/include/fastabi/context.h" | paste -sd.)
    echo "context.h: $numbers"
    grep -qF "AC_INIT([libfastabi], [$numbers])" "$top_srcdir/configure.ac"
}

check 'the headers and configure.ac have one version' same_version
check 'the headers declare functions' in_headers
check 'every function of the headers is exported' not_exported
check 'nothing else is exported' not_in_headers
check 'every exported symbol has a version' no_version
check 'every prototype of the headers is marked' all_marked
tap_done
