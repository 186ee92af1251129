#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual page against the command: each has the other's commands and options, and the version.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
manual=$top_srcdir/docs/fastabi-gen.1

# One "COMMAND OPTION" a line; options are what stands first on a line of the help.
"$FASTABI_GEN" --help | sed -n 's/^  \([a-z]\{1,\}\)  .*/\1/p' >"$scratch/commands"
while read -r command; do
    "$FASTABI_GEN" "$command" --help | sed -nE "s/^  (--?[A-Za-z-]+).*/$command \1/p" |
        grep -v -e ' -h$'
done <"$scratch/commands" | LC_ALL=C sort >"$scratch/help"
# In the manual: what has a paragraph (.TP) under .SS COMMAND.
sed 's/\\//g' "$manual" | awk '
    /^\.S[SH]/ { command = $2 }
    tagged && command ~ /^[a-z]+$/ { print command, $2 }
    { tagged = /^\.TP/ }' | LC_ALL=C sort >"$scratch/manual"

has_commands() { test -s "$scratch/commands"; }
sections()     {
    sed -n 's/^\.SS //p' "$manual" | LC_ALL=C sort | diff "$scratch/commands.sorted" -
}
same_options() { diff "$scratch/help" "$scratch/manual"; }
same_version() { grep -F "libfastabi $("$FASTABI_GEN" --version | cut -d ' ' -f 2)\"" "$manual"; }

LC_ALL=C sort "$scratch/commands" >"$scratch/commands.sorted"
check 'the command lists its commands' has_commands
check 'the manual has a section for each command' sections
check 'options of --help (<) and of the manual (>)' same_options
check 'the manual is of this version' same_version
tap_done
