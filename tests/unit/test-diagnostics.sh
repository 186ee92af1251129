#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/diagnostics.md against the registry: the same ids, severities and meanings, and every id has
# an error test. Knows nothing of when a diagnostic is reported.
set -u
cd "${top_srcdir:-.}" || exit 1
. tests/unit/tap.sh

# "FA0302 REGISTER_CLASH error Two inputs, ..." of each entry
registry() {
    sed -E '/^ID\(.*[^)]$/{N;s/\n +/ /}' lib/base/diag-ids.h |
        sed -nE 's/^ID\(([0-9]+), ([A-Z0-9_]+), ([A-Z]+), "(.*)"\)$/\1 \2 \3 \4/p' |
        while read -r id name severity meaning; do
            printf 'FA%04d %s %s %s\n' "$id" "$name" "${severity,,}" "$meaning"
        done
}
documented() {
    sed -nE 's/^\| (FA[0-9]{4}) \| ([A-Z0-9_]+) \| ([a-z]+) \| (.*) \|$/\1 \2 \3 \4/p' \
        docs/diagnostics.md
}
same() { diff <(registry) <(documented); }
every_line() { [ "$(grep -c '^ID(' lib/base/diag-ids.h)" = "$(registry | wc -l)" ]; }
unique() { ! registry | cut -d' ' -f1 | sort | uniq -d | grep .; }
ascending() { registry | cut -d' ' -f1 | sort -c; }

check 'the test reads every entry of the registry' every_line
check 'docs/diagnostics.md says what the registry says' same
check 'no id is used twice' unique
check 'ids ascend' ascending
tap_done
